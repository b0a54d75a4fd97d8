//! Tests by subject; epochs in them are those of [`parameters`](crate::mock::parameters): length
//! 10, payloads in the first 4 blocks, reporting from 20 to 29 blocks after the opening.

mod admission;
mod capacity;
mod clock;
mod forget;
mod invariants;
mod metering;
mod promise;
mod queries;
mod room;
mod skipping;
