//! The reward rules of epochs: those in force when they opened (S 13.7).

use crate::{pallet::*, types::*};
use allora_primitives::{EpochContext, EpochId, EpochWindows, Step, TopicId};
use frame_support::{defensive, traits::Get};

impl<T: Config> Pallet<T> {
	/// Records the rules that are in force now for the epoch that opens and later ones, if they
	/// differ from those before. Drops rules that no epoch needs any more.
	pub(crate) fn record_rules(of: &EpochContext) {
		let rules = T::RewardRules::get();
		let mut known = EpochRules::<T>::get(of.topic);
		if known.last().is_some_and(|(_, latest)| *latest == rules) {
			return;
		}
		// The reports of earlier epochs than this one are closed: a topic's steps are in order.
		let takes = EpochWindows::new(0, &of.parameters).due(Step::CloseReputers);
		let oldest = of.epoch.saturating_sub(takes).saturating_add(1);
		while known.get(1).is_some_and(|(from, _)| *from <= oldest) || known.is_full() {
			known.remove(0);
		}
		if known.try_push((of.epoch, rules)).is_err() {
			defensive!("no room for reward rules");
		}
		EpochRules::<T>::insert(of.topic, known);
	}

	/// The rules by which an epoch is paid.
	pub(crate) fn rules_of(topic: TopicId, epoch: EpochId) -> RewardParameters {
		let known = EpochRules::<T>::get(topic);
		let of = known.into_iter().rev().find(|(from, _)| *from <= epoch);
		// Every epoch that is settled has opened.
		of.map_or_else(T::RewardRules::get, |(_, rules)| rules)
	}
}
