//! One behaviour a test; numbers are computed by hand in the comments.

mod distribution;
mod earnings;
mod forgetting;
mod issuance;
mod ledger;
mod memory;
mod settlement;
