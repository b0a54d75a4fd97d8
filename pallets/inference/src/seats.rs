//! The seats of an epoch, and which submissions are free of the transaction fee (S 1.2).

use crate::{
	roles::{ForecasterRole, InfererRole, WorkerRole},
	Commitments, Config, Pallet,
};
use alloc::vec::Vec;
use allora_primitives::{traits::TopicInspect, EpochId, TopicId, TopicParameters};
use allora_sortition::FREE_PER_SEAT;

/// The number of seats given in a role and epoch for which the submission pays no fee.
///
/// With a reveal window each of them also has a free reveal. Either way a role has at most
/// [`FREE_PER_SEAT`] free transactions per seat and epoch.
pub(crate) fn free_seats<T: Config, R: WorkerRole<T>>(parameters: &TopicParameters) -> u32 {
	let per_seat = if parameters.has_reveal_window() { 1 } else { FREE_PER_SEAT };
	R::seats(parameters).saturating_mul(per_seat)
}

/// The accounts with a seat in a role and epoch: for a payload, or for a commitment to one.
pub(crate) fn with_seat<T: Config, R: WorkerRole<T>>(
	topic: TopicId,
	epoch: EpochId,
) -> Vec<T::AccountId> {
	let set = R::set(topic, epoch);
	let mut commitments = Commitments::<T>::get(topic, epoch);
	set.accounts().chain(R::committed(&mut commitments).accounts()).cloned().collect()
}

impl<T: Config> Pallet<T> {
	/// A number that grows with each submission, commitment and reveal of an epoch that pays no
	/// fee, and with nothing else; 0 if there is no such topic.
	pub fn free_of_fee(topic: TopicId, epoch: EpochId) -> u32 {
		let Some(parameters) = T::Topics::parameters_of(topic, epoch) else { return 0 };
		let inferers = Self::free_in_role::<InfererRole>(topic, epoch, &parameters);
		inferers.saturating_add(Self::free_in_role::<ForecasterRole>(topic, epoch, &parameters))
	}

	/// [`Self::free_of_fee`] in one role.
	fn free_in_role<R: WorkerRole<T>>(
		topic: TopicId,
		epoch: EpochId,
		parameters: &TopicParameters,
	) -> u32 {
		let limit = free_seats::<T, R>(parameters);
		// With a reveal window these are the reveals, of which each seat has one.
		let payloads = R::set(topic, epoch).taken().min(limit);
		if !parameters.has_reveal_window() {
			return payloads;
		}
		let mut commitments = Commitments::<T>::get(topic, epoch);
		payloads.saturating_add(R::committed(&mut commitments).taken().min(limit))
	}
}
