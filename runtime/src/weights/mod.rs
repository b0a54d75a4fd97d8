//! Weights of the protocol's pallets, measured by `scripts/benchmark`.

pub mod nomination_pools;
pub mod pallet_aggregation;
pub mod pallet_clock;
pub mod pallet_consumer;
pub mod pallet_emissions;
pub mod pallet_inference;
pub mod pallet_mmr;
pub mod pallet_proofs;
pub mod pallet_registry;
pub mod pallet_reputer;
#[cfg(test)]
mod promise;
pub mod rotation;
#[cfg(test)]
pub(crate) mod tests;
#[cfg(test)]
mod whole_epoch;

/// The weights of an epoch's steps through all pallets, for 32 inferers, 6 forecasters and 6
/// reputers.
#[cfg(test)]
trait WholeEpoch {
	/// The close of the worker window.
	fn close_workers() -> frame_support::weights::Weight;
	/// The close of one epoch's reporting window and the opening of another epoch in the same
	/// block.
	fn close_reputers_and_open() -> frame_support::weights::Weight;
}
