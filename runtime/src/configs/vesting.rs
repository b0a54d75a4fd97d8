//! Locks of tokens that are released over time.

use crate::{Balance, Balances, BlockNumber, Runtime, RuntimeEvent, ALLO};
use frame_support::{parameter_types, traits::WithdrawReasons};
use sp_runtime::traits::{BlockNumberProvider, ConvertInto};

parameter_types! {
	/// The minimum amount of a vested transfer: 100 ALLO, since anybody may add a schedule to any
	/// account, and the number of an account's schedules is bounded.
	pub const MinVestedTransfer: Balance = 100 * ALLO;
	/// The uses of locked tokens: they pay fees and are staked, but not transferred or reserved.
	pub UnvestedFundsAllowedWithdrawReasons: WithdrawReasons =
		WithdrawReasons::except(WithdrawReasons::TRANSFER | WithdrawReasons::RESERVE);
}

/// The number of slots since the chain's first block, with which schedules count instead of blocks:
/// slots without a block do not delay them.
pub struct SlotsSinceGenesis;
impl BlockNumberProvider for SlotsSinceGenesis {
	type BlockNumber = BlockNumber;

	fn current_block_number() -> BlockNumber {
		let now = u64::from(pallet_babe::CurrentSlot::<Runtime>::get());
		let first = u64::from(pallet_babe::GenesisSlot::<Runtime>::get());
		// The maximum is more than a century, even with slots of one second.
		BlockNumber::try_from(now.saturating_sub(first)).unwrap_or(BlockNumber::MAX)
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn set_block_number(number: BlockNumber) {
		let first = u64::from(pallet_babe::GenesisSlot::<Runtime>::get());
		pallet_babe::CurrentSlot::<Runtime>::put(sp_consensus_babe::Slot::from(
			first.saturating_add(number.into()),
		));
	}
}

impl pallet_vesting::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type Currency = Balances;
	type BlockNumberToBalance = ConvertInto;
	type MinVestedTransfer = MinVestedTransfer;
	type WeightInfo = pallet_vesting::weights::SubstrateWeight<Runtime>;
	type UnvestedFundsAllowedWithdrawReasons = UnvestedFundsAllowedWithdrawReasons;
	type BlockNumberProvider = SlotsSinceGenesis;
	const MAX_VESTING_SCHEDULES: u32 = 28;
}
