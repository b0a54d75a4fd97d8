//! The configuration of each pallet, one file per concern.

mod accounts;
mod consensus;
mod money;
mod protocol;
mod staking;
mod system;

pub use accounts::ProxyType;
pub use consensus::BabeSlots;
pub use money::{FeesToAuthor, WeightToFee};
pub use protocol::terms;

/// The maximum weight of a block.
pub fn max_block_weight() -> frame_support::weights::Weight {
	system::RuntimeBlockWeights::get().max_block
}
