//! Test support: exact decimals, plain forms of the fast formulas, random inputs, and
//! the mixture as a caller keeps it.

pub mod decimal;
pub mod formulas;
pub mod fuzz;
pub mod mixture;
pub mod random;
pub mod reputers;
