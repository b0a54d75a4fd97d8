//! Taking a submission: its checks, and its way into the active set (S 7.1, 7.4).

use crate::{
	scores::Records, types::WorkerRecord, Actors, Config, Error, Event, Forecasters, Inferers,
	Pallet, ScoreBooks,
};
use allora_primitives::{
	bundle::{Inference, SubmittedForecast, SubmittedInference},
	sortition::{enter, Arrival, Terms, Verdict},
	traits::TopicInspect,
	EpochId, FixedI128, Forecast, Registration, Role, TopicId, TopicParameters, MAX_INFERENCE,
	MAX_LOSS,
};
use frame_support::ensure;
use sp_runtime::{
	traits::{CheckedAdd, CheckedSub, One, SaturatedConversion, Zero},
	ArithmeticError, DispatchError, DispatchResult,
};

/// A payload that has passed its checks, with the record of who sent it.
type Checked<T, Payload> = (Payload, WorkerRecord<<T as frame_system::Config>::AccountId>);

impl<T: Config> Pallet<T> {
	/// Checks everything, then enters the active sets.
	pub(crate) fn do_submit(
		who: &T::AccountId,
		topic: TopicId,
		epoch: EpochId,
		inference: Option<SubmittedInference>,
		forecast: Option<SubmittedForecast<T::AccountId>>,
	) -> DispatchResult {
		ensure!(inference.is_some() || forecast.is_some(), Error::<T>::NothingSubmitted);
		let parameters = T::Topics::parameters_of(topic, epoch).ok_or(Error::<T>::TopicNotFound)?;
		Self::ensure_collecting(topic, epoch)?;
		let worker = Registration::Worker;
		ensure!(T::Topics::is_registered(topic, who, worker), Error::<T>::NotRegistered);
		ensure!(T::Topics::is_allowed(topic, who, worker), Error::<T>::NotAllowed);
		let inference = inference
			.map(|submitted| -> Result<_, DispatchError> {
				let record = Self::first_record(topic, epoch, Role::Inferer, who)?;
				Ok((Self::completed(&parameters, &submitted)?, record))
			})
			.transpose()?;
		let forecast = forecast
			.map(|submitted| -> Result<_, DispatchError> {
				let record = Self::first_record(topic, epoch, Role::Forecaster, who)?;
				Ok((Self::accepted(&parameters, submitted)?, record))
			})
			.transpose()?;
		Self::enter_sets(who, topic, epoch, &parameters, inference, forecast)
	}

	fn enter_sets(
		who: &T::AccountId,
		topic: TopicId,
		epoch: EpochId,
		parameters: &TopicParameters,
		inference: Option<Checked<T, Inference>>,
		forecast: Option<Checked<T, Forecast<T::AccountId>>>,
	) -> DispatchResult {
		let mut books = ScoreBooks::<T>::get(topic);
		if let Some((inference, record)) = inference {
			let terms = Terms::new(epoch, parameters.max_inferers, parameters);
			let role = Role::Inferer;
			let (book, records) = (&mut books.inferers, Records::<T>::new(topic, role));
			let mut set = Inferers::<T>::get(topic, epoch);
			let sent = inference.clone();
			let arrival = enter(&terms, &mut set, book, &records, who.clone(), record, sent)
				.map_err(|_| ArithmeticError::Overflow)?;
			if let Some(score) = Self::announce(topic, epoch, role, who, arrival) {
				Inferers::<T>::insert(topic, epoch, set);
				let account = who.clone();
				let accepted = Event::InferenceAccepted { topic, epoch, account, score, inference };
				Self::deposit_event(accepted);
			}
		}
		if let Some((forecast, record)) = forecast {
			let terms = Terms::new(epoch, parameters.max_forecasters, parameters);
			let role = Role::Forecaster;
			let (book, records) = (&mut books.forecasters, Records::<T>::new(topic, role));
			let mut set = Forecasters::<T>::get(topic, epoch);
			let sent = forecast.clone();
			let arrival = enter(&terms, &mut set, book, &records, who.clone(), record, sent)
				.map_err(|_| ArithmeticError::Overflow)?;
			if let Some(score) = Self::announce(topic, epoch, role, who, arrival) {
				Forecasters::<T>::insert(topic, epoch, set);
				let account = who.clone();
				let accepted = Event::ForecastAccepted { topic, epoch, account, score, forecast };
				Self::deposit_event(accepted);
			}
		}
		ScoreBooks::<T>::insert(topic, books);
		Ok(())
	}

	/// Tells who became passive; answers the score with which the account entered the active set,
	/// if it did.
	fn announce(
		topic: TopicId,
		epoch: EpochId,
		role: Role,
		who: &T::AccountId,
		arrival: Arrival<T::AccountId>,
	) -> Option<FixedI128> {
		let Arrival { score: own, verdict } = arrival;
		match verdict {
			Verdict::Joined => {}
			Verdict::Displaced { account, score, pulled } => {
				let by = who.clone();
				let displaced = Event::Displaced { topic, epoch, role, account, score, by, pulled };
				Self::deposit_event(displaced);
			}
			Verdict::Passive { lowest, pulled } => {
				let account = who.clone();
				let passive =
					Event::Passive { topic, epoch, role, account, score: own, lowest, pulled };
				Self::deposit_event(passive);
				return None;
			}
		}
		Some(own)
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

	/// The account's record in a role in which it has sent nothing for this epoch yet.
	fn first_record(
		topic: TopicId,
		epoch: EpochId,
		role: Role,
		who: &T::AccountId,
	) -> Result<WorkerRecord<T::AccountId>, DispatchError> {
		let record = Actors::<T>::get(topic, (role, who));
		ensure!(record.outcome(epoch).is_none(), Error::<T>::AlreadySubmitted);
		Ok(record)
	}

	/// The inference with the topic's default for every label that was left out (S 17).
	fn completed(
		parameters: &TopicParameters,
		submitted: &SubmittedInference,
	) -> Result<Inference, DispatchError> {
		let labels = parameters.labels.len();
		ensure!(submitted.len() <= labels, Error::<T>::TooManyValues);
		ensure!(submitted.iter().any(Option::is_some), Error::<T>::NoValueGiven);
		ensure!(
			submitted.iter().flatten().all(|value| within(value, MAX_INFERENCE)),
			Error::<T>::InferenceOutOfRange
		);
		let value = |at| submitted.get(at).copied().flatten().unwrap_or(parameters.label_default);
		// As many as the topic has labels, and no more than the type's bound of both.
		let inference = Inference::truncate_from((0..labels).map(value).collect());
		if let Some(tolerance) = parameters.unity_tolerance {
			ensure!(is_unity(&inference, tolerance), Error::<T>::NotUnity);
		}
		Ok(inference)
	}

	/// The forecast, once it is checked.
	///
	/// It may name anyone, once, the forecaster itself included: what is about inactive inferers falls
	/// away at the close.
	fn accepted(
		parameters: &TopicParameters,
		submitted: SubmittedForecast<T::AccountId>,
	) -> Result<Forecast<T::AccountId>, DispatchError> {
		ensure!(parameters.max_forecasters > 0, Error::<T>::ForecastsNotTaken);
		let forecast =
			Forecast::try_from(submitted.into_inner()).map_err(|_| Error::<T>::ForecastTooLong)?;
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
		Ok(forecast)
	}
}

/// Whether the values sum to 1 within the tolerance.
fn is_unity(inference: &Inference, tolerance: FixedI128) -> bool {
	let sum = inference.iter().try_fold(FixedI128::zero(), |sum, value| sum.checked_add(value));
	let distance = sum.and_then(|sum| sum.checked_sub(&FixedI128::one()));
	distance.is_some_and(|distance| within(&distance, tolerance))
}

/// Whether the magnitude of the value is at most `bound`.
fn within(value: &FixedI128, bound: FixedI128) -> bool {
	value.into_inner().unsigned_abs() <= bound.into_inner().unsigned_abs()
}
