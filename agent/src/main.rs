//! The off-chain participant of the Allora network.
fn main() {}
