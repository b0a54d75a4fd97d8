//! Tests, one module per concern. The comments compute the expected numbers by hand.

mod accepted;
mod claims;
mod distribution;
mod earnings;
mod forgetting;
mod issuance;
mod ledger;
mod memory;
mod months;
mod settlement;
mod start;
mod year;
