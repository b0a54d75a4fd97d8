//! The two roles of workers: what they submit, and where their payloads and scores are stored.

use crate::{
	types::{
		CommittedSet, EpochCommitments, ForecasterBook, ForecasterPlaces, ForecasterSet,
		InfererBook, InfererPlaces, InfererSet, WorkerBooks,
	},
	Config, Error, Event, Forecasters, Inferers,
};
use allora_primitives::{
	bundle::{Inference, SubmittedForecast, SubmittedInference},
	EpochId, FixedI128, Forecast, Role, Stored, TopicId, TopicParameters, ValuesError,
	MAX_FORECASTERS, MAX_INFERERS, MAX_LOSS,
};
use allora_sortition::{ActiveSet, ScoreBook};
use frame_support::{
	ensure,
	traits::{ConstU32, Get},
};
use sp_runtime::DispatchError;

/// An active set of a role.
pub(crate) type SetOf<T, R> = ActiveSet<
	<T as frame_system::Config>::AccountId,
	<R as WorkerRole<T>>::Payload,
	<R as WorkerRole<T>>::Seats,
>;

/// The score book of a role.
pub(crate) type BookOf<T, R> =
	ScoreBook<<T as frame_system::Config>::AccountId, <R as WorkerRole<T>>::Places>;

/// A role in which workers submit.
pub(crate) trait WorkerRole<T: Config>: Sized {
	/// The role's value in keys and events.
	const ROLE: Role;
	/// The payload as submitted.
	type Submitted;
	/// The payload as stored.
	type Payload: Stored;
	/// Seats of the largest active set.
	type Seats: Get<u32>;
	/// Places of the score book.
	type Places: Get<u32>;

	/// Checks a submission. Returns the payload to store.
	fn check(
		parameters: &TopicParameters,
		submitted: Self::Submitted,
	) -> Result<Self::Payload, DispatchError>;
	/// The topic's number of seats.
	fn seats(parameters: &TopicParameters) -> u32;
	/// The active set of an epoch.
	fn set(topic: TopicId, epoch: EpochId) -> SetOf<T, Self>;
	/// Stores the active set of an epoch.
	fn put_set(topic: TopicId, epoch: EpochId, set: SetOf<T, Self>);
	/// The role's commitments.
	fn committed(of: &mut EpochCommitments<T::AccountId>) -> &mut CommittedSet<T::AccountId>;
	/// The role's score book.
	fn book(books: &mut WorkerBooks<T::AccountId>) -> &mut BookOf<T, Self>;
	/// The event for a payload that entered the active set.
	fn accepted(
		topic: TopicId,
		epoch: EpochId,
		who: T::AccountId,
		score: FixedI128,
		payload: Self::Payload,
	) -> Event<T>;
}

/// The role of inferers.
pub(crate) struct InfererRole;

impl<T: Config> WorkerRole<T> for InfererRole {
	const ROLE: Role = Role::Inferer;
	type Submitted = SubmittedInference;
	type Payload = Inference;
	type Seats = ConstU32<MAX_INFERERS>;
	type Places = InfererPlaces;

	/// Fills every label that was left out with the topic's default value (S 17).
	fn check(
		parameters: &TopicParameters,
		submitted: SubmittedInference,
	) -> Result<Inference, DispatchError> {
		let labels = parameters.labels.len();
		ensure!(submitted.len() <= labels, Error::<T>::TooManyValues);
		ensure!(submitted.iter().any(Option::is_some), Error::<T>::NoValueGiven);
		let value = |at| submitted.get(at).copied().flatten().unwrap_or(parameters.label_default);
		// One value per label, and the type bounds the number of labels.
		let inference = Inference::truncate_from((0..labels).map(value).collect());
		parameters.check_inference(&inference).map_err(Error::<T>::from)?;
		Ok(inference)
	}

	fn seats(parameters: &TopicParameters) -> u32 {
		parameters.max_inferers
	}

	fn set(topic: TopicId, epoch: EpochId) -> InfererSet<T::AccountId> {
		Inferers::<T>::get(topic, epoch)
	}

	fn put_set(topic: TopicId, epoch: EpochId, set: InfererSet<T::AccountId>) {
		Inferers::<T>::insert(topic, epoch, set);
	}

	fn committed(of: &mut EpochCommitments<T::AccountId>) -> &mut CommittedSet<T::AccountId> {
		&mut of.inferers
	}

	fn book(books: &mut WorkerBooks<T::AccountId>) -> &mut InfererBook<T::AccountId> {
		&mut books.inferers
	}

	fn accepted(
		topic: TopicId,
		epoch: EpochId,
		who: T::AccountId,
		score: FixedI128,
		inference: Inference,
	) -> Event<T> {
		Event::InferenceAccepted { topic, epoch, who, score, inference }
	}
}

/// The role of forecasters.
pub(crate) struct ForecasterRole;

impl<T: Config> WorkerRole<T> for ForecasterRole {
	const ROLE: Role = Role::Forecaster;
	type Submitted = SubmittedForecast<T::AccountId>;
	type Payload = Forecast<T::AccountId>;
	type Seats = ConstU32<MAX_FORECASTERS>;
	type Places = ForecasterPlaces;

	/// Accepts elements about any account, the forecaster itself included, but one per account.
	/// Elements about inactive inferers are dropped at the close.
	fn check(
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

	fn seats(parameters: &TopicParameters) -> u32 {
		parameters.max_forecasters
	}

	fn set(topic: TopicId, epoch: EpochId) -> ForecasterSet<T::AccountId> {
		Forecasters::<T>::get(topic, epoch)
	}

	fn put_set(topic: TopicId, epoch: EpochId, set: ForecasterSet<T::AccountId>) {
		Forecasters::<T>::insert(topic, epoch, set);
	}

	fn committed(of: &mut EpochCommitments<T::AccountId>) -> &mut CommittedSet<T::AccountId> {
		&mut of.forecasters
	}

	fn book(books: &mut WorkerBooks<T::AccountId>) -> &mut ForecasterBook<T::AccountId> {
		&mut books.forecasters
	}

	fn accepted(
		topic: TopicId,
		epoch: EpochId,
		who: T::AccountId,
		score: FixedI128,
		forecast: Forecast<T::AccountId>,
	) -> Event<T> {
		Event::ForecastAccepted { topic, epoch, who, score, forecast }
	}
}

/// Whether the magnitude of the value is at most `bound`.
fn within(value: &FixedI128, bound: FixedI128) -> bool {
	value.into_inner().unsigned_abs() <= bound.into_inner().unsigned_abs()
}

impl<T> From<ValuesError> for Error<T> {
	fn from(error: ValuesError) -> Self {
		match error {
			ValuesError::OutOfRange => Self::InferenceOutOfRange,
			ValuesError::NotUnity => Self::NotUnity,
			ValuesError::NotProbability => Self::NotProbability,
			ValuesError::NotPositive => Self::NotPositive,
			// Only truths are refused for differences.
			ValuesError::QuantilesDecrease | ValuesError::TruthsDiffer => Self::QuantilesDecrease,
		}
	}
}
