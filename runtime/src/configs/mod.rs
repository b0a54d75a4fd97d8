//! The configuration of each pallet, one file per concern.

mod accounts;
mod bridge;
mod consensus;
mod election;
mod governance;
mod money;
mod pools;
mod protocol;
mod slashes;
mod staking;
mod system;
mod vesting;

pub use accounts::ProxyType;
pub use consensus::BabeSlots;
pub use election::{MAX_CANDIDATES, MAX_VOTERS};
pub use money::{FollowFullness, SplitFees, TargetBlockFullness, WeightToFee};
pub use protocol::terms;
pub use staking::{MaxValidatorSet, MAX_NOMINATIONS};

/// The maximum weight of a block.
pub fn max_block_weight() -> frame_support::weights::Weight {
	system::RuntimeBlockWeights::get().max_block
}
