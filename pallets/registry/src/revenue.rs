//! What consumers pay for topics.

use crate::{Config, Pallet};
use allora_primitives::{
	traits::{TopicClock, TopicRevenue},
	Balance, Slot, TopicId,
};
use frame_support::weights::Weight;
use sp_runtime::{DispatchError, DispatchResult};

impl<T: Config> TopicRevenue<T::AccountId> for Pallet<T> {
	fn creator(topic: TopicId) -> Result<T::AccountId, DispatchError> {
		Ok(Self::not_retired(topic)?.creator)
	}

	fn pay_revenue(from: &T::AccountId, topic: TopicId, amount: Balance) -> DispatchResult {
		Self::not_retired(topic)?;
		Self::take_revenue(from, topic, amount).map(|_| ())
	}

	fn on_revenue(topic: TopicId) {
		T::Clock::on_revenue(topic);
	}

	fn activation_weight() -> Weight {
		T::Clock::activation_weight()
	}

	fn acts_from(topic: TopicId) -> Slot {
		Pallet::<T>::acts_from(topic)
	}
}
