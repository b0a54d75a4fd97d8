//! The reward rules of epochs: those in force when they opened (S 13.7).

use crate::{pallet::*, types::*};
use allora_primitives::{EpochId, Slot};
use frame_support::{defensive, traits::Get};

impl<T: Config> Pallet<T> {
	/// Records the rules that are in force in this block for the epochs that open from its slot on,
	/// if they differ from those before. Of more than [`MAX_RULES`] the oldest are forgotten.
	pub(crate) fn record_rules(now: Slot) {
		let rules = T::RewardRules::get();
		let mut known = KnownRules::<T>::get();
		if known.last().is_some_and(|(_, latest)| *latest == rules) {
			return;
		}
		if known.is_full() {
			known.remove(0);
		}
		if known.try_push((now, rules)).is_err() {
			defensive!("no room for reward rules");
		}
		KnownRules::<T>::put(known);
	}

	/// The rules by which an epoch is paid; the oldest that are known for an epoch before them.
	pub(crate) fn rules_of(epoch: EpochId) -> RewardParameters {
		let known = KnownRules::<T>::get();
		let of = known.iter().rev().find(|(from, _)| *from <= epoch).or(known.first());
		of.map_or_else(T::RewardRules::get, |(_, rules)| rules.clone())
	}
}
