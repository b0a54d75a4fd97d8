//! Topics, fees and registrations (S 6.1, 6.2).

use crate::{
	Config, Error, Event, NextTopicId, Pallet, Registrations, Topic, TopicState, TopicStates,
	Topics,
};
use allora_primitives::{
	traits::TopicPot, Balance, Registration, TopicId, TopicParameters, TopicParametersError,
};
use frame_support::{
	ensure,
	traits::{DefensiveSaturating, Get},
};
use sp_runtime::DispatchResult;

impl<T: Config> Pallet<T> {
	/// Creates a topic with the creation fee as its first revenue.
	pub(crate) fn do_create(creator: T::AccountId, parameters: TopicParameters) -> DispatchResult {
		parameters.validate(T::MinEpochLength::get()).map_err(Error::<T>::from)?;
		let fee = T::CreateFee::get();
		T::Pot::pay_ecosystem(&creator, fee)?;

		let topic = NextTopicId::<T>::get();
		NextTopicId::<T>::put(topic.defensive_saturating_add(1));
		let cold = Topic { creator: creator.clone(), parameters, retired: false };
		Topics::<T>::insert(topic, &cold);
		let mut state = TopicState { revenue: fee, ..Default::default() };
		Self::deposit_event(Event::TopicCreated { topic, creator, fee });
		Self::offer_activation(topic, &cold, &mut state);
		TopicStates::<T>::insert(topic, state);
		Ok(())
	}

	/// Moves `amount` to the ecosystem pot and counts it as the topic's revenue.
	pub(crate) fn do_fund(who: T::AccountId, topic: TopicId, amount: Balance) -> DispatchResult {
		ensure!(amount > 0, Error::<T>::ZeroAmount);
		let (cold, mut state) = Self::living(topic)?;
		Self::take_revenue(&who, &mut state, amount)?;
		let revenue = state.revenue;
		Self::deposit_event(Event::TopicFunded { topic, who, amount, revenue });
		Self::offer_activation(topic, &cold, &mut state);
		TopicStates::<T>::insert(topic, state);
		Ok(())
	}

	/// Registers an account for the registration fee.
	pub(crate) fn do_register(
		who: T::AccountId,
		topic: TopicId,
		registration: Registration,
	) -> DispatchResult {
		let (cold, mut state) = Self::living(topic)?;
		let key = (who, registration);
		ensure!(!Registrations::<T>::contains_key(topic, &key), Error::<T>::AlreadyRegistered);
		let fee = T::RegisterFee::get();
		Self::take_revenue(&key.0, &mut state, fee)?;
		Registrations::<T>::insert(topic, &key, ());
		Self::deposit_event(Event::Registered { topic, who: key.0, registration, fee });
		Self::offer_activation(topic, &cold, &mut state);
		TopicStates::<T>::insert(topic, state);
		Ok(())
	}

	/// Gives a registration up; its fee stays where it is.
	pub(crate) fn do_leave(
		who: T::AccountId,
		topic: TopicId,
		registration: Registration,
	) -> DispatchResult {
		let key = (who, registration);
		Registrations::<T>::take(topic, &key).ok_or(Error::<T>::NotRegistered)?;
		Self::deposit_event(Event::Left { topic, who: key.0, registration });
		Ok(())
	}

	/// Retires a topic: no epoch opens that has not begun or been announced by an activation.
	pub(crate) fn do_retire(who: T::AccountId, topic: TopicId) -> DispatchResult {
		let mut cold = Topics::<T>::get(topic).ok_or(Error::<T>::TopicNotFound)?;
		ensure!(cold.creator == who, Error::<T>::NotCreator);
		ensure!(!cold.retired, Error::<T>::TopicRetired);
		cold.retired = true;

		let length = cold.parameters.epoch_length;
		let last_epoch = TopicStates::<T>::mutate(topic, |state| {
			// An epoch that has begun may have payloads already, even if the clock is late.
			if state.running_end(length).is_some_and(|end| Self::now() < end) {
				state.continues = false;
			}
			state.next_epoch(length).or(state.last_epoch)
		});
		Topics::<T>::insert(topic, cold);
		Self::deposit_event(Event::TopicRetired { topic, last_epoch });
		Ok(())
	}

	/// The topic, unless it is retired.
	pub(crate) fn living(topic: TopicId) -> Result<(Topic<T::AccountId>, TopicState), Error<T>> {
		let cold = Topics::<T>::get(topic).ok_or(Error::<T>::TopicNotFound)?;
		ensure!(!cold.retired, Error::<T>::TopicRetired);
		Ok((cold, TopicStates::<T>::get(topic)))
	}

	fn take_revenue(who: &T::AccountId, state: &mut TopicState, amount: Balance) -> DispatchResult {
		T::Pot::pay_ecosystem(who, amount)?;
		state.revenue = state.revenue.checked_add(amount).ok_or(Error::<T>::Arithmetic)?;
		Ok(())
	}
}

impl<T> From<TopicParametersError> for Error<T> {
	fn from(error: TopicParametersError) -> Self {
		use TopicParametersError as E;
		match error {
			E::LossMethod => Self::EmptyLossMethod,
			E::Labels => Self::InvalidLabels,
			E::UnityTolerance => Self::InvalidUnityTolerance,
			E::LabelDefault => Self::InvalidLabelDefault,
			E::EpochLength => Self::EpochTooShort,
			E::WorkerWindow => Self::InvalidWorkerWindow,
			E::GroundTruthLag => Self::InvalidGroundTruthLag,
			E::PNorm => Self::InvalidPNorm,
			E::CNorm => Self::InvalidCNorm,
			E::AlphaRegret => Self::InvalidAlphaRegret,
			E::MeritSortitionAlpha => Self::InvalidMeritSortitionAlpha,
			E::Epsilon => Self::InvalidEpsilon,
			E::Quantile => Self::InvalidQuantile,
			E::ActiveSetSize => Self::InvalidActiveSetSize,
			E::MinReputers => Self::InvalidMinReputers,
			E::History => Self::InvalidHistory,
		}
	}
}
