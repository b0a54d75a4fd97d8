//! Taking a submission: its checks, and its way into the active set (S 7.1, 7.4).

use crate::{ActiveSets, Config, Error, Event, Forecasts, Inferences, Outcomes, Pallet};
use allora_primitives::{
	bundle::Inference, traits::TopicInspect, EpochId, FixedI128, Forecast, Insertion, Outcome,
	Registration, Role, TopicId, TopicParameters, MAX_INFERENCE, MAX_LOSS,
};
use frame_support::ensure;
use sp_runtime::{
	traits::{SaturatedConversion, Zero},
	DispatchResult,
};

impl<T: Config> Pallet<T> {
	/// Checks everything, then enters the active sets.
	pub(crate) fn do_submit(
		who: &T::AccountId,
		topic: TopicId,
		epoch: EpochId,
		inference: Option<Inference>,
		forecast: Option<Forecast<T::AccountId>>,
	) -> DispatchResult {
		ensure!(inference.is_some() || forecast.is_some(), Error::<T>::NothingSubmitted);
		let parameters = T::Topics::parameters(topic).ok_or(Error::<T>::TopicNotFound)?;
		Self::ensure_collecting(topic, epoch)?;
		ensure!(
			T::Topics::is_registered(topic, who, Registration::Worker),
			Error::<T>::NotRegistered
		);
		if let Some(inference) = &inference {
			Self::ensure_first(topic, epoch, Role::Inferer, who)?;
			Self::ensure_inference(&parameters, inference)?;
		}
		if let Some(forecast) = &forecast {
			Self::ensure_first(topic, epoch, Role::Forecaster, who)?;
			Self::ensure_forecast(&parameters, forecast)?;
		}

		let mut sets = ActiveSets::<T>::get(topic, epoch);
		if let Some(inference) = inference {
			let score = Self::entry_score(topic, Role::Inferer, who);
			let insertion = sets.inferers.insert(who.clone(), score, parameters.max_inferers);
			if Self::note_insertion(topic, epoch, Role::Inferer, who, score, insertion) {
				Inferences::<T>::insert((topic, epoch, who), &inference);
				let account = who.clone();
				let accepted = Event::InferenceAccepted { topic, epoch, account, score, inference };
				Self::deposit_event(accepted);
			}
		}
		if let Some(forecast) = forecast {
			let score = Self::entry_score(topic, Role::Forecaster, who);
			let insertion = sets.forecasters.insert(who.clone(), score, parameters.max_forecasters);
			if Self::note_insertion(topic, epoch, Role::Forecaster, who, score, insertion) {
				Forecasts::<T>::insert((topic, epoch, who), &forecast);
				let account = who.clone();
				let accepted = Event::ForecastAccepted { topic, epoch, account, score, forecast };
				Self::deposit_event(accepted);
			}
		}
		ActiveSets::<T>::insert(topic, epoch, sets);
		Ok(())
	}

	/// The score with which an account enters an active set: its smoothed score, 0 without history.
	///
	/// This is where a newcomer's initial score and the penalty for missed epochs belong (S 7.4,
	/// steps 2 and 3).
	fn entry_score(topic: TopicId, role: Role, who: &T::AccountId) -> FixedI128 {
		Self::score(topic, role, who).unwrap_or_else(FixedI128::zero)
	}

	/// The epoch must be the one whose worker window is open in this block.
	fn ensure_collecting(topic: TopicId, epoch: EpochId) -> DispatchResult {
		if T::Topics::collecting_epoch(topic) != Some(epoch) {
			let now = frame_system::Pallet::<T>::block_number().saturated_into::<u32>();
			// An epoch's number is the block at which its window opens.
			let error =
				if epoch > now { Error::<T>::WindowNotOpen } else { Error::<T>::WindowClosed };
			return Err(error.into());
		}
		// A late clock may not have opened the epoch yet: then it has no state and is fine.
		let void = T::Topics::epoch_state(topic, epoch).is_some_and(|state| state.is_final());
		ensure!(!void, Error::<T>::EpochVoid);
		Ok(())
	}

	fn ensure_first(
		topic: TopicId,
		epoch: EpochId,
		role: Role,
		who: &T::AccountId,
	) -> DispatchResult {
		let submitted = Outcomes::<T>::contains_key((topic, epoch, (role, who)));
		ensure!(!submitted, Error::<T>::AlreadySubmitted);
		Ok(())
	}

	fn ensure_inference(parameters: &TopicParameters, inference: &Inference) -> DispatchResult {
		ensure!(inference.len() == parameters.labels.len(), Error::<T>::WrongNumberOfLabels);
		ensure!(
			inference.iter().all(|value| within(value, MAX_INFERENCE)),
			Error::<T>::InferenceOutOfRange
		);
		Ok(())
	}

	/// A forecast may name anyone, once, the forecaster itself included: what is about inactive
	/// inferers falls away at the close.
	fn ensure_forecast(
		parameters: &TopicParameters,
		forecast: &Forecast<T::AccountId>,
	) -> DispatchResult {
		ensure!(parameters.max_forecasters > 0, Error::<T>::ForecastsNotTaken);
		ensure!(!forecast.is_empty(), Error::<T>::ForecastEmpty);
		ensure!(
			forecast.iter().all(|(_, loss)| within(loss, MAX_LOSS)),
			Error::<T>::ForecastOutOfRange
		);
		// At most 32 elements: 496 comparisons.
		let named_before = |(at, (inferer, _)): (usize, &(T::AccountId, FixedI128))| {
			forecast.iter().take(at).any(|(other, _)| other == inferer)
		};
		ensure!(!forecast.iter().enumerate().any(named_before), Error::<T>::DuplicateInferer);
		Ok(())
	}

	/// Records what became of a submission; answers whether its payload is to be kept.
	///
	/// This is where the scores of the passive and the displaced are to be pulled to the quantile
	/// (S 7.4, step 5).
	fn note_insertion(
		topic: TopicId,
		epoch: EpochId,
		role: Role,
		who: &T::AccountId,
		score: FixedI128,
		insertion: Insertion<T::AccountId>,
	) -> bool {
		let by = who.clone();
		match insertion {
			Insertion::Passive { lowest } => {
				let passive = Outcome::Passive { score, lowest };
				Outcomes::<T>::insert((topic, epoch, (role, who)), passive);
				let event = Event::Passive { topic, epoch, role, account: by, score, lowest };
				Self::deposit_event(event);
				return false;
			}
			Insertion::Joined => {}
			Insertion::Displaced(member) => {
				let (account, by_score) = (member.account, score);
				let score = member.score;
				match role {
					Role::Forecaster => Forecasts::<T>::remove((topic, epoch, &account)),
					_ => Inferences::<T>::remove((topic, epoch, &account)),
				}
				let displaced = Outcome::Displaced { score, by: by.clone(), by_score };
				Outcomes::<T>::insert((topic, epoch, (role, &account)), displaced);
				Self::deposit_event(Event::Displaced { topic, epoch, role, account, score, by });
			}
		}
		Outcomes::<T>::insert((topic, epoch, (role, who)), Outcome::Accepted);
		true
	}
}

/// Whether the magnitude of the value is at most `bound`.
fn within(value: &FixedI128, bound: FixedI128) -> bool {
	value.into_inner().unsigned_abs() <= bound.into_inner().unsigned_abs()
}
