//! The golden vectors: all files of the folder `ALLORA_VECTORS`, or of this one.
//!
//! Each test prints, per formula, the number of compared values and the worst relative error. It
//! fails beyond 1e-9, the tolerance of a case, or 16 * 2^-64 for tiny values. The files determine
//! the numbers of rows, participants and cases.

use allora_math::testing::{decimal, formulas, reputers};

mod capped;
mod epochs;
mod learning;
mod report;
mod rewards;
mod sortition;
mod table;
mod tokenomics;
mod unit;
mod unit_functions;
