//! Tools of the tests: exact decimals, formulas by the book and random inputs.

pub mod decimal;
pub mod formulas;
pub mod random;
pub mod reputers;
