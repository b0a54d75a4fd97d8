//! Tests, one module per concern. The comments compute the expected numbers by hand.

mod deliveries;
mod invariants;
mod purchases;
mod requests;
mod serving;
mod subscriptions;
