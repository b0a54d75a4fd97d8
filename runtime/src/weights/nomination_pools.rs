//! Weights of `pallet_nomination_pools`: those of the SDK, and what the runtime's `ExactDelegations`
//! does besides (`configs/pools.rs`).

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};
use pallet_nomination_pools::{weights::SubstrateWeight, WeightInfo};

/// The weights of the runtime's nomination pools.
pub struct Weights<T>(PhantomData<T>);

impl<T: frame_system::Config> Weights<T> {
	/// Giving a rounding remainder to the depositor: the pool's number, and the depositor's account,
	/// holds and delegation. A withdrawal reads and writes the other items anyway.
	fn leave_to_depositor() -> Weight {
		Weight::from_parts(60_000_000, 0).saturating_add(T::DbWeight::get().reads_writes(4, 3))
	}
}

/// Functions that return the SDK's weight, and after `and` those that add to it.
macro_rules! weights {
	(
		$($name:ident($($argument:ident)?)),* $(,)?;
		and $more:ident: $($heavier:ident($size:ident)),* $(,)?
	) => {
		impl<T: frame_system::Config> WeightInfo for Weights<T> {
			$(fn $name($($argument: u32)?) -> Weight {
				SubstrateWeight::<T>::$name($($argument)?)
			})*
			$(fn $heavier($size: u32) -> Weight {
				SubstrateWeight::<T>::$heavier($size).saturating_add(Self::$more())
			})*
		}
	};
}

weights! {
	join(),
	bond_extra_transfer(),
	bond_extra_other(),
	claim_payout(),
	unbond(),
	pool_withdraw_unbonded(spans),
	create(),
	nominate(targets),
	set_state(),
	set_metadata(length),
	set_configs(),
	update_roles(),
	chill(),
	set_commission(),
	set_commission_max(),
	set_commission_change_rate(),
	set_commission_claim_permission(),
	set_claim_permission(),
	claim_commission(),
	adjust_pool_deposit(),
	apply_slash(),
	apply_slash_fail(),
	pool_migrate(),
	migrate_delegation();
	and leave_to_depositor: withdraw_unbonded_update(spans), withdraw_unbonded_kill(spans)
}
