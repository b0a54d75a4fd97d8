//! Submissions: their checks, and how they enter the active set (S 7.1, 7.4).

use crate::{
	roles::{ForecasterRole, InfererRole, SetOf, WorkerRole},
	scores::Records,
	seats::{free_seats, with_seat},
	types::WorkerBooks,
	Actors, Config, Error, Event, Pallet, ScoreBooks, WeightInfo,
};
use allora_primitives::{
	bundle::{SubmittedForecast, SubmittedInference},
	traits::{Admission, EpochInspect, SlotProvider, TopicInspect},
	EpochId, EpochState, FixedI128, Registration, Stored, TopicId, TopicParameters,
};
use allora_sortition::{
	enter, seed_of_lots, unused_records, ActiveSet, Changes, Displaced, Entered, SeatOutcome,
	SeatRules,
};
use frame_support::{dispatch::Pays, ensure, traits::Get, weights::Weight};
use sp_runtime::{ArithmeticError, DispatchError, DispatchResult};

/// A payload that has passed its checks, and the active set that it may enter.
type Checked<T, R> = (<R as WorkerRole<T>>::Payload, SetOf<T, R>);

/// The result of entering an active set.
pub(crate) struct Seat {
	/// The score with which the account entered; `None` if it found no seat.
	pub(crate) score: Option<FixedI128>,
	/// What has changed besides the active set.
	changes: Changes,
	/// Whether the submission is the first of its epoch and role.
	is_first: bool,
}

/// What the submissions of one call have used in its roles.
#[derive(Default)]
pub(crate) struct Used {
	/// Their weight.
	pub(crate) weight: Weight,
	/// Whether one of them took a seat that is free of the fee.
	is_free: bool,
	/// Whether the score books have changed.
	changes_books: bool,
}

impl Used {
	/// Adds a submission in a role with the weight that it declares, and with that of a regular
	/// worker's. `is_free` states whether it took a seat that is free of the fee.
	pub(crate) fn add<T: Config>(
		&mut self,
		of: &Context<T>,
		seat: &Seat,
		(declared, regular): (Weight, Weight),
		is_free: bool,
	) {
		let Seat { changes, is_first, .. } = *seat;
		let is_regular = changes.are_none() && !is_first && of.is_plain;
		let weight = match is_regular {
			true => regular,
			false => {
				let unused = unused_records(changes, is_first);
				declared
					.saturating_sub(T::WeightInfo::change_record().saturating_mul(unused.into()))
			}
		};
		self.weight.saturating_accrue(weight);
		self.is_free |= is_free;
		self.changes_books |= changes.places || is_first;
	}

	/// Stores the score books if they have changed. Returns the weight used, and whether the call
	/// pays the fee.
	pub(crate) fn finish<T: Config>(
		self,
		topic: TopicId,
		books: WorkerBooks<T::AccountId>,
	) -> (Weight, Pays) {
		if self.changes_books {
			ScoreBooks::<T>::insert(topic, books);
		}
		(self.weight, if self.is_free { Pays::No } else { Pays::Yes })
	}
}

/// A submission's account, topic and epoch, and the parameters that hold for it.
pub(crate) struct Context<'a, T: Config> {
	pub(crate) who: &'a T::AccountId,
	pub(crate) topic: TopicId,
	pub(crate) epoch: EpochId,
	pub(crate) parameters: TopicParameters,
	/// Whether nothing but the topic and the registration was read for admission.
	pub(crate) is_plain: bool,
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
		let admission = Self::admission(topic, epoch, who)?;
		ensure!(!admission.parameters.has_reveal_window(), Error::<T>::CommitFirst);
		Self::ensure_collecting(topic, epoch, &admission.parameters)?;
		let context = Context::<T>::new(who, topic, epoch, admission)?;
		let labels = context.parameters.labels.len() as u32;
		let elements = forecast.as_ref().map_or(0, |elements| elements.len() as u32);
		let inference = inference.map(|submitted| context.check::<InfererRole>(submitted));
		let inference = inference.transpose()?;
		let forecast = forecast.map(|submitted| context.check::<ForecasterRole>(submitted));
		let forecast = forecast.transpose()?;
		let (mut books, mut used) = (ScoreBooks::<T>::get(topic), Used::default());
		if let Some(checked) = inference {
			let declared = T::WeightInfo::submit_inference(labels);
			let weights = (declared, T::WeightInfo::submit_regular_inference(labels));
			context.submit::<InfererRole>(&mut books, checked, weights, &mut used)?;
		}
		if let Some(checked) = forecast {
			let declared = T::WeightInfo::submit_forecast(elements);
			let weights = (declared, T::WeightInfo::submit_regular_forecast(elements));
			context.submit::<ForecasterRole>(&mut books, checked, weights, &mut used)?;
		}
		Ok(used.finish::<T>(topic, books))
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

	/// What the topic says about a worker that submits for an epoch.
	pub(crate) fn admission(
		topic: TopicId,
		epoch: EpochId,
		who: &T::AccountId,
	) -> Result<Admission, DispatchError> {
		let admission = T::Topics::admission(topic, epoch, who, Registration::Worker);
		Ok(admission.ok_or(Error::<T>::TopicNotFound)?)
	}

	/// Fails unless the epoch's worker window is open in this slot.
	pub(crate) fn ensure_collecting(
		topic: TopicId,
		epoch: EpochId,
		parameters: &TopicParameters,
	) -> DispatchResult {
		if T::Epochs::is_collecting(topic, epoch, parameters) {
			return Ok(());
		}
		Self::ensure_not_void(topic, epoch)?;
		// An epoch's id is the slot in which its window opens.
		let is_early = epoch > T::Time::current_slot();
		Err(if is_early { Error::<T>::WindowNotOpen } else { Error::<T>::WindowClosed }.into())
	}

	/// Fails if the epoch is void.
	pub(crate) fn ensure_not_void(topic: TopicId, epoch: EpochId) -> DispatchResult {
		let state = T::Epochs::epoch_state(topic, epoch);
		ensure!(!matches!(state, Some(EpochState::Void(_))), Error::<T>::EpochVoid);
		Ok(())
	}
}

impl<'a, T: Config> Context<'a, T> {
	/// The context of a submission. Fails unless the account is registered as a worker of the topic
	/// and allowed.
	pub(crate) fn new(
		who: &'a T::AccountId,
		topic: TopicId,
		epoch: EpochId,
		admission: Admission,
	) -> Result<Self, DispatchError> {
		let Admission { parameters, is_registered, is_allowed, is_plain } = admission;
		ensure!(is_registered, Error::<T>::NotRegistered);
		ensure!(is_allowed, Error::<T>::NotAllowed);
		Ok(Self { who, topic, epoch, parameters, is_plain })
	}
}

impl<T: Config> Context<'_, T> {
	/// Checks a submission, and that the account has made none in this role and epoch yet.
	fn check<R: WorkerRole<T>>(
		&self,
		submitted: R::Submitted,
	) -> Result<Checked<T, R>, DispatchError> {
		let set = R::set(self.topic, self.epoch);
		self.ensure_new::<R, _, _>(&set)?;
		Ok((R::check(&self.parameters, submitted)?, set))
	}

	/// Fails if the account has a seat or another outcome in a role for this epoch already.
	///
	/// As long as a seat is free, nobody has lost one or found none, so that no record has an
	/// outcome for the epoch.
	pub(crate) fn ensure_new<R: WorkerRole<T>, Payload: Stored, Seats: Get<u32>>(
		&self,
		set: &ActiveSet<T::AccountId, Payload, Seats>,
	) -> DispatchResult {
		ensure!(set.member(self.who).is_none(), Error::<T>::AlreadySubmitted);
		if set.len() < R::seats(&self.parameters) as usize {
			return Ok(());
		}
		let record = Actors::<T>::get(self.topic, (R::ROLE, self.who));
		ensure!(record.outcome(self.epoch).is_none(), Error::<T>::AlreadySubmitted);
		Ok(())
	}

	/// Enters the role's active set if the account gets a seat, and emits the outcome. `weights` are
	/// the declared one, and that of a regular worker's submission.
	fn submit<R: WorkerRole<T>>(
		&self,
		books: &mut WorkerBooks<T::AccountId>,
		(payload, mut set): Checked<T, R>,
		weights: (Weight, Weight),
		used: &mut Used,
	) -> DispatchResult {
		let Self { topic, epoch, .. } = *self;
		let seat = self.enter::<R, _, _>(books, &mut set, &payload)?;
		let is_free = seat.score.is_some() && set.taken() <= free_seats::<T, R>(&self.parameters);
		used.add(self, &seat, weights, is_free);
		let Some(score) = seat.score else { return Ok(()) };
		R::put_set(topic, epoch, set);
		let who = self.who.clone();
		Pallet::<T>::deposit_event(R::accepted(topic, epoch, who, score, payload));
		Ok(())
	}

	/// Enters an active set of the role if the account gets a seat. Emits who was displaced, or that
	/// the account found no seat.
	pub(crate) fn enter<R: WorkerRole<T>, Payload: Stored, Seats: Get<u32>>(
		&self,
		books: &mut WorkerBooks<T::AccountId>,
		set: &mut ActiveSet<T::AccountId, Payload, Seats>,
		payload: &Payload,
	) -> Result<Seat, DispatchError> {
		let Self { who, topic, epoch, ref parameters, .. } = *self;
		let rules = SeatRules::new(epoch, R::seats(parameters), parameters);
		let records = Records::<T>::new(topic, R::ROLE);
		let seed = || seed_of_lots::<T::Randomness, _>(topic, epoch, R::ROLE);
		*set = core::mem::take(set).or_seeded(seed);
		let book = R::book(books);
		let is_first = book.begin(epoch, |before| with_seat::<T, R>(topic, before));
		let Entered { outcome, changes } = enter(&rules, set, book, &records, who, payload)
			.map_err(|_| ArithmeticError::Overflow)?;
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
		Ok(Seat { score, changes, is_first })
	}
}
