//! Test support: exact decimals, plain forms of the fast formulas, and random inputs.

pub mod decimal;
pub mod formulas;
pub mod fuzz;
pub mod random;
pub mod reputers;
