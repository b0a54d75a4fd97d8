//! Submissions: their checks, and how they enter the active set (S 7.1, 7.4).

use crate::{
	roles::{ForecasterRole, InfererRole, WorkerRole},
	scores::Records,
	seats::free_seats,
	types::{WorkerBooks, WorkerRecord},
	Actors, Config, Error, Event, Pallet, ScoreBooks, WeightInfo,
};
use allora_primitives::{
	bundle::{SubmittedForecast, SubmittedInference},
	traits::{EpochInspect, SlotProvider, TopicInspect},
	EpochId, FixedI128, Registration, Stored, TopicId, TopicParameters,
};
use allora_sortition::{
	enter, seed_of_lots, ActiveSet, Displaced, Entered, SeatOutcome, SeatRules, MAX_OTHERS,
};
use frame_support::{dispatch::Pays, ensure, traits::Get, weights::Weight};
use sp_runtime::{ArithmeticError, DispatchError, DispatchResult};

/// A payload that has passed its checks, and the record of the account that submits it.
type Checked<T, R> =
	(<R as WorkerRole<T>>::Payload, WorkerRecord<<T as frame_system::Config>::AccountId>);

/// The result of entering an active set.
pub(crate) struct Seat {
	/// The score with which the account entered; `None` if it found no seat.
	pub(crate) score: Option<FixedI128>,
	/// The weight declared for changes to other accounts' records that were not made.
	pub(crate) unused: Weight,
}

/// A submission's account, topic and epoch, and the parameters that hold for it.
pub(crate) struct Context<'a, T: Config> {
	pub(crate) who: &'a T::AccountId,
	pub(crate) topic: TopicId,
	pub(crate) epoch: EpochId,
	pub(crate) parameters: TopicParameters,
}

impl<T: Config> Pallet<T> {
	/// Makes all checks, then enters the active sets. Returns the weight used, and whether the
	/// submission pays the fee.
	pub(crate) fn do_submit(
		who: &T::AccountId,
		topic: TopicId,
		epoch: EpochId,
		inference: Option<SubmittedInference>,
		forecast: Option<SubmittedForecast<T::AccountId>>,
	) -> Result<(Weight, Pays), DispatchError> {
		ensure!(inference.is_some() || forecast.is_some(), Error::<T>::NothingSubmitted);
		let parameters = T::Topics::parameters_of(topic, epoch).ok_or(Error::<T>::TopicNotFound)?;
		ensure!(!parameters.has_reveal_window(), Error::<T>::CommitFirst);
		Self::ensure_collecting(topic, epoch)?;
		Self::ensure_admitted(topic, who)?;

		let labels = parameters.labels.len() as u32;
		let elements = forecast.as_ref().map(|elements| elements.len() as u32);
		let mut weight = Self::weight_of_submitting(inference.as_ref().map(|_| labels), elements);

		let context = Context::<T> { who, topic, epoch, parameters };
		let inference = inference.map(|submitted| context.check::<InfererRole>(submitted));
		let inference = inference.transpose()?;
		let forecast = forecast.map(|submitted| context.check::<ForecasterRole>(submitted));
		let forecast = forecast.transpose()?;
		let mut books = ScoreBooks::<T>::get(topic);
		let mut is_free = false;
		if let Some(checked) = inference {
			is_free |= context.submit::<InfererRole>(&mut books, checked, &mut weight)?;
		}
		if let Some(checked) = forecast {
			is_free |= context.submit::<ForecasterRole>(&mut books, checked, &mut weight)?;
		}
		ScoreBooks::<T>::insert(topic, books);
		Ok((weight, if is_free { Pays::No } else { Pays::Yes }))
	}

	/// The weight of submitting an inference in a topic of this many labels, a forecast of this
	/// many elements, or both. A call with neither fails, and is charged for an inference of one
	/// label.
	pub(crate) fn weight_of_submitting(labels: Option<u32>, elements: Option<u32>) -> Weight {
		let inference = T::WeightInfo::submit_inference;
		let forecast = T::WeightInfo::submit_forecast;
		match (labels, elements) {
			(Some(labels), Some(elements)) => inference(labels).saturating_add(forecast(elements)),
			(None, Some(elements)) => forecast(elements),
			(labels, None) => inference(labels.unwrap_or(1)),
		}
	}

	/// Fails unless the epoch's worker window is open in this slot.
	pub(crate) fn ensure_collecting(topic: TopicId, epoch: EpochId) -> DispatchResult {
		if T::Epochs::collecting_epoch(topic) != Some(epoch) {
			let now = T::Time::current_slot();
			// An epoch's id is the slot in which its window opens.
			let error =
				if epoch > now { Error::<T>::WindowNotOpen } else { Error::<T>::WindowClosed };
			return Err(error.into());
		}
		// If the clock is late, the epoch has no state yet; its window is open all the same.
		let void = T::Epochs::epoch_state(topic, epoch).is_some_and(|state| state.is_final());
		ensure!(!void, Error::<T>::EpochVoid);
		Ok(())
	}

	/// Fails unless the account is registered as a worker of the topic and allowed.
	pub(crate) fn ensure_admitted(topic: TopicId, who: &T::AccountId) -> DispatchResult {
		let worker = Registration::Worker;
		ensure!(T::Topics::is_registered(topic, who, worker), Error::<T>::NotRegistered);
		ensure!(T::Topics::is_allowed(topic, who, worker), Error::<T>::NotAllowed);
		Ok(())
	}
}

impl<T: Config> Context<'_, T> {
	/// Checks a submission, and that the account has no outcome in this role and epoch yet.
	fn check<R: WorkerRole<T>>(
		&self,
		submitted: R::Submitted,
	) -> Result<Checked<T, R>, DispatchError> {
		let record = self.record::<R>()?;
		Ok((R::check(&self.parameters, submitted)?, record))
	}

	/// The account's record in a role in which it has no outcome for this epoch yet.
	pub(crate) fn record<R: WorkerRole<T>>(
		&self,
	) -> Result<WorkerRecord<T::AccountId>, DispatchError> {
		let record = Actors::<T>::get(self.topic, (R::ROLE, self.who));
		ensure!(record.outcome(self.epoch).is_none(), Error::<T>::AlreadySubmitted);
		Ok(record)
	}

	/// Enters the role's active set if the account gets a seat, and emits the outcome. Takes the
	/// weight that is not used off `weight`. Returns whether the account got a seat that is free of
	/// the fee.
	fn submit<R: WorkerRole<T>>(
		&self,
		books: &mut WorkerBooks<T::AccountId>,
		(payload, record): Checked<T, R>,
		weight: &mut Weight,
	) -> Result<bool, DispatchError> {
		let Self { topic, epoch, .. } = *self;
		let mut set = R::set(topic, epoch);
		let Seat { score, unused } = self.enter::<R, _, _>(books, &mut set, record, &payload)?;
		weight.saturating_reduce(unused);
		let Some(score) = score else { return Ok(false) };
		let is_free = set.taken() <= free_seats::<T, R>(&self.parameters);
		R::put_set(topic, epoch, set);
		let who = self.who.clone();
		Pallet::<T>::deposit_event(R::accepted(topic, epoch, who, score, payload));
		Ok(is_free)
	}

	/// Enters an active set of the role if the account gets a seat. Emits who was displaced, or that
	/// the account found no seat.
	pub(crate) fn enter<R: WorkerRole<T>, Payload: Stored, Seats: Get<u32>>(
		&self,
		books: &mut WorkerBooks<T::AccountId>,
		set: &mut ActiveSet<T::AccountId, Payload, Seats>,
		record: WorkerRecord<T::AccountId>,
		payload: &Payload,
	) -> Result<Seat, DispatchError> {
		let Self { who, topic, epoch, ref parameters } = *self;
		let rules = SeatRules::new(epoch, R::seats(parameters), parameters);
		let records = Records::<T>::new(topic, R::ROLE);
		let seed = || seed_of_lots::<T::Randomness, _>(topic, epoch, R::ROLE);
		*set = core::mem::take(set).or_seeded(seed);
		let Entered { outcome, others } =
			enter(&rules, set, R::book(books), &records, who, record, payload)
				.map_err(|_| ArithmeticError::Overflow)?;
		let unused = MAX_OTHERS.saturating_sub(others);
		let unused = T::WeightInfo::change_record().saturating_mul(unused.into());
		let (role, who) = (R::ROLE, who.clone());
		let score = match outcome {
			SeatOutcome::Active { merit: score, displaced } => {
				if let Some(Displaced { account, merit, standing }) = displaced {
					let by = who.clone();
					Pallet::<T>::deposit_event(Event::Displaced {
						topic,
						epoch,
						role,
						who: account,
						score: merit,
						by,
						score_after_pull: standing.score,
					});
				}
				Some(score)
			}
			SeatOutcome::Passive { merit, lowest, standing } => {
				Pallet::<T>::deposit_event(Event::Passive {
					topic,
					epoch,
					role,
					who,
					score: merit,
					lowest,
					score_after_pull: standing.score,
				});
				None
			}
		};
		Ok(Seat { score, unused })
	}
}
