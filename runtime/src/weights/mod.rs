//! Weights of the protocol's pallets, measured by scripts/benchmark.

pub mod pallet_aggregation;
pub mod pallet_clock;
pub mod pallet_emissions;
pub mod pallet_inference;
pub mod pallet_registry;
pub mod pallet_reputer;
#[cfg(test)]
pub(crate) mod tests;
#[cfg(test)]
mod whole_epoch;

/// What all steps of an epoch of 32 inferers, 6 forecasters and 6 reputers take, through all
/// pallets at once.
#[cfg(test)]
trait WholeEpoch {
	/// The workers' close.
	fn close_workers() -> frame_support::weights::Weight;
	/// The reputers' close of one epoch and the opening of another, which fall on one block.
	fn close_reputers_and_open() -> frame_support::weights::Weight;
}
