//! The golden vectors: every file of the folder in `ALLORA_VECTORS`, or of this one.
//!
//! Each test prints, per formula, how many values it compared and the worst relative error, and
//! fails beyond 1e-9 (or what a case itself allows, or 16 steps of 2^-64 for tiny values). The
//! number of rows, participants and cases is what the files say.

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
