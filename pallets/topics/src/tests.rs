//! Tests by subject; epochs in them are those of [`parameters`](crate::mock::parameters): length
//! 10, payloads in the first 4 blocks, reporting from 20 to 29 blocks after the opening.

mod admission;
mod clock;
mod creator;
mod forget;
mod invariants;
mod owners;
mod queries;
mod registry;
mod room;
mod skipping;
