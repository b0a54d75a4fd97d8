//! One behaviour a test; numbers are computed by hand in the comments.

mod distribution;
mod issuance;
mod ledger;
mod settlement;
