//! Commit and reveal: in a topic with a reveal window, payloads become public only once no further
//! one is accepted (S 7.6).

use crate::{
	roles::{ForecasterRole, InfererRole, WorkerRole},
	scores::Records,
	seats::free_seats,
	submit::{Context, Used},
	types::{Commitment, EpochCommitments, RoleScores, WorkerBooks},
	Commitments, Config, Error, Event, Pallet, ScoreBooks, WeightInfo,
};
use alloc::vec::Vec;
use allora_primitives::{
	bundle::{SubmittedForecast, SubmittedInference},
	commitment_hash,
	traits::{EpochInspect, SlotProvider, TopicInspect},
	EpochContext, EpochId, FixedI128, Role, Salt, TopicId, TopicParameters, WorkerRoles,
};
use allora_sortition::{ActorStore, Standing};
use frame_support::{defensive, dispatch::Pays, ensure, weights::Weight};
use sp_core::H256;
use sp_runtime::{
	traits::{Saturating, Zero},
	DispatchError, DispatchResult,
};

/// The maximum of [`Standing::unrevealed`]: further seats without a reveal lower a score no faster.
pub const MAX_UNREVEALED: u8 = 16;

impl<T: Config> Pallet<T> {
	/// Makes all checks, then enters the account into the active sets of its roles with its
	/// commitment. Returns the weight used, and whether the commitment pays the fee.
	pub(crate) fn do_commit(
		who: &T::AccountId,
		topic: TopicId,
		epoch: EpochId,
		payload_hash: H256,
		roles: WorkerRoles,
	) -> Result<(Weight, Pays), DispatchError> {
		let admission = Self::admission(topic, epoch, who)?;
		ensure!(admission.parameters.has_reveal_window(), Error::<T>::NoRevealWindow);
		Self::ensure_collecting(topic, epoch, &admission.parameters)?;
		let context = Context::<T>::new(who, topic, epoch, admission)?;
		let is_forecaster = roles.has(Role::Forecaster);
		let has_forecasters = context.parameters.max_forecasters > 0;
		ensure!(!is_forecaster || has_forecasters, Error::<T>::ForecastsNotTaken);

		let commitment = Commitment { payload_hash, roles };
		let mut all = Commitments::<T>::get(topic, epoch);
		let is_inferer = roles.has(Role::Inferer);
		if is_inferer {
			context.ensure_new::<InfererRole, _, _>(&all.inferers)?;
		}
		if is_forecaster {
			context.ensure_new::<ForecasterRole, _, _>(&all.forecasters)?;
		}
		let (mut books, mut used, of) = (ScoreBooks::<T>::get(topic), Used::default(), &commitment);
		let regular = T::WeightInfo::commit_regular();
		if is_inferer {
			let weights = (T::WeightInfo::commit_inference(), regular);
			context.commit::<InfererRole>(&mut books, &mut all, of, weights, &mut used)?;
		}
		if is_forecaster {
			let weights = (T::WeightInfo::commit_forecast(), regular);
			context.commit::<ForecasterRole>(&mut books, &mut all, of, weights, &mut used)?;
		}
		Commitments::<T>::insert(topic, epoch, all);
		Ok(used.finish::<T>(topic, books))
	}

	/// The weight of committing for these roles.
	pub(crate) fn weight_of_committing(roles: WorkerRoles) -> Weight {
		match roles {
			WorkerRoles::Inferer => T::WeightInfo::commit_inference(),
			WorkerRoles::Forecaster => T::WeightInfo::commit_forecast(),
			WorkerRoles::Both => {
				T::WeightInfo::commit_inference().saturating_add(T::WeightInfo::commit_forecast())
			}
		}
	}

	/// Makes all checks, then stores the parts of the payload for which the account has a seat.
	/// Returns the weight used.
	pub(crate) fn do_reveal(
		who: &T::AccountId,
		topic: TopicId,
		epoch: EpochId,
		inference: Option<SubmittedInference>,
		forecast: Option<SubmittedForecast<T::AccountId>>,
		salt: &Salt,
	) -> Result<Weight, DispatchError> {
		let roles = WorkerRoles::of(inference.is_some(), forecast.is_some());
		let roles = roles.ok_or(Error::<T>::NothingSubmitted)?;
		let parameters = T::Topics::parameters_of(topic, epoch).ok_or(Error::<T>::TopicNotFound)?;
		ensure!(parameters.has_reveal_window(), Error::<T>::NoRevealWindow);
		Self::ensure_revealing(topic, epoch, &parameters)?;

		let mut all = Commitments::<T>::get(topic, epoch);
		ensure!(all.of(who).next().is_some(), Error::<T>::NoSeat);
		let hash = commitment_hash(&inference, &forecast, salt, who, topic, epoch);
		let commitment = all.of(who).find(|commitment| commitment.payload_hash == hash).copied();
		let commitment = commitment.ok_or(Error::<T>::WrongHash)?;
		ensure!(commitment.roles == roles, Error::<T>::WrongRoles);

		let labels = inference.as_ref().map(|_| parameters.labels.len() as u32);
		let elements = forecast.as_ref().map(|elements| elements.len() as u32);
		let context = Context::<T> { who, topic, epoch, parameters, is_plain: false };
		let inference = inference
			.map(|submitted| context.check_reveal::<InfererRole>(&mut all, &hash, submitted));
		let inference = inference.transpose()?.flatten();
		let forecast = forecast
			.map(|submitted| context.check_reveal::<ForecasterRole>(&mut all, &hash, submitted));
		let forecast = forecast.transpose()?.flatten();
		if let Some(revealed) = inference {
			context.reveal::<InfererRole>(revealed);
		}
		if let Some(revealed) = forecast {
			context.reveal::<ForecasterRole>(revealed);
		}
		Ok(Self::weight_of_revealing(labels, elements))
	}

	/// The weight of revealing an inference in a topic of this many labels, a forecast of this many
	/// elements, or both. A call with neither fails, and is charged for an inference of one label.
	pub(crate) fn weight_of_revealing(labels: Option<u32>, elements: Option<u32>) -> Weight {
		let inference = T::WeightInfo::reveal_inference;
		let forecast = T::WeightInfo::reveal_forecast;
		match (labels, elements) {
			(Some(labels), Some(elements)) => inference(labels).saturating_add(forecast(elements)),
			(None, Some(elements)) => forecast(elements),
			(labels, None) => inference(labels.unwrap_or(1)),
		}
	}

	/// Fails unless the epoch's reveal window is open in this slot.
	fn ensure_revealing(
		topic: TopicId,
		epoch: EpochId,
		parameters: &TopicParameters,
	) -> DispatchResult {
		if T::Epochs::revealing_epoch(topic) == Some(epoch) {
			return Ok(());
		}
		Self::ensure_not_void(topic, epoch)?;
		let opens_after = epoch.saturating_add(parameters.worker_window.into());
		let is_early = T::Time::current_slot() <= opens_after;
		Err(if is_early { Error::<T>::RevealNotOpen } else { Error::<T>::RevealClosed }.into())
	}

	/// Whether the account has a seat in the epoch for a commitment that it has not revealed.
	pub(crate) fn is_unrevealed(
		topic: TopicId,
		epoch: EpochId,
		role: Role,
		who: &T::AccountId,
	) -> bool {
		fn lacks<T: Config, R: WorkerRole<T>>(
			topic: TopicId,
			epoch: EpochId,
			who: &T::AccountId,
		) -> bool {
			let mut all = Commitments::<T>::get(topic, epoch);
			let is_committed = R::committed(&mut all).member(who).is_some();
			is_committed && R::set(topic, epoch).member(who).is_none()
		}
		match role {
			Role::Inferer => lacks::<T, InfererRole>(topic, epoch, who),
			Role::Forecaster => lacks::<T, ForecasterRole>(topic, epoch, who),
			Role::Reputer => false,
		}
	}

	/// Lowers the scores of the workers that have a seat in the epoch and did not reveal, and clears
	/// the counts of those that did. Returns the weight used.
	///
	/// Scores change at the close, and not with those of the epoch, so that they count when the
	/// seats of the next epoch are taken, also if the epoch is void since nobody revealed.
	pub(crate) fn close_commitments(of: &EpochContext) -> Weight {
		let mut all = Commitments::<T>::get(of.topic, of.epoch);
		if all == Default::default() {
			return T::WeightInfo::close_commitments(0, 0);
		}
		let mut books = ScoreBooks::<T>::get(of.topic);
		let used = Self::weight_of_closing(&all, &books);
		Self::close_role::<InfererRole>(of, &mut all, &mut books);
		Self::close_role::<ForecasterRole>(of, &mut all, &mut books);
		ScoreBooks::<T>::insert(of.topic, books);
		used
	}

	fn weight_of_closing(
		all: &EpochCommitments<T::AccountId>,
		books: &WorkerBooks<T::AccountId>,
	) -> Weight {
		let (inferers, forecasters) = (all.inferers.members(), all.forecasters.members());
		let missing =
			books.inferers.places.missing(inferers.iter().map(|one| &one.account)).saturating_add(
				books.forecasters.places.missing(forecasters.iter().map(|one| &one.account)),
			);
		let closing =
			T::WeightInfo::close_commitments(inferers.len() as u32, forecasters.len() as u32);
		Self::with_missing(closing, missing)
	}

	/// [`Self::close_commitments`] in one role.
	fn close_role<R: WorkerRole<T>>(
		of: &EpochContext,
		all: &mut EpochCommitments<T::AccountId>,
		books: &mut WorkerBooks<T::AccountId>,
	) {
		let (topic, epoch) = (of.topic, of.epoch);
		let revealed = R::set(topic, epoch);
		let (book, records) = (R::book(books), Records::<T>::new(topic, R::ROLE));
		let fall = Fall::of(book.quantile, book.initial, &of.parameters);
		let mut lowered = Vec::new();
		for member in R::committed(all).members() {
			let who = &member.account;
			let is_revealed = revealed.member(who).is_some();
			let mut change = |standing: &mut Standing| {
				if is_revealed {
					standing.unrevealed = 0;
					return;
				}
				let before = standing.score;
				standing.unrevealed = standing.unrevealed.saturating_add(1).min(MAX_UNREVEALED);
				standing.score = fall.lowered(before, standing.unrevealed);
				lowered.push((who.clone(), before, standing.score));
			};
			if let Some(entry) = book.places.entry_mut(who) {
				change(&mut entry.standing);
				continue;
			}
			let mut record = records.get(who);
			match record.standing.as_mut() {
				Some(standing) => change(standing),
				None => {
					defensive!("a worker with a seat has no standing");
				}
			}
			records.put(who, record);
		}
		if !lowered.is_empty() {
			// The type's bound is the size of the largest active set.
			let (role, scores) = (R::ROLE, RoleScores::<T::AccountId>::truncate_from(lowered));
			Self::deposit_event(Event::Unrevealed { topic, epoch, role, scores });
		}
	}
}

impl<T: Config> Context<'_, T> {
	/// Enters the account into the role's active set with its commitment, if it gets a seat, and
	/// emits the outcome. `weights` are the declared one, and that of a regular worker's commitment.
	fn commit<R: WorkerRole<T>>(
		&self,
		books: &mut WorkerBooks<T::AccountId>,
		all: &mut EpochCommitments<T::AccountId>,
		commitment: &Commitment,
		weights: (Weight, Weight),
		used: &mut Used,
	) -> DispatchResult {
		let set = R::committed(all);
		let seat = self.enter::<R, _, _>(books, set, commitment)?;
		let is_free = seat.score.is_some() && set.taken() <= free_seats::<T, R>(&self.parameters);
		used.add(self, &seat, weights, is_free);
		let Some(score) = seat.score else { return Ok(()) };
		let Self { who, topic, epoch, .. } = *self;
		let (role, who, payload_hash) = (R::ROLE, who.clone(), commitment.payload_hash);
		Pallet::<T>::deposit_event(Event::Committed {
			topic,
			epoch,
			role,
			who,
			score,
			payload_hash,
		});
		Ok(())
	}

	/// Checks the part of a payload for a role. Returns the score with which the account took its
	/// seat, and the payload to store; `None` if it has no seat for this payload.
	fn check_reveal<R: WorkerRole<T>>(
		&self,
		all: &mut EpochCommitments<T::AccountId>,
		hash: &H256,
		submitted: R::Submitted,
	) -> Result<Option<(FixedI128, R::Payload)>, DispatchError> {
		let payload = R::check(&self.parameters, submitted)?;
		let member = R::committed(all).member(self.who);
		let Some(member) = member.filter(|member| member.payload.payload_hash == *hash) else {
			return Ok(None);
		};
		let is_revealed = R::set(self.topic, self.epoch).member(self.who).is_some();
		ensure!(!is_revealed, Error::<T>::AlreadyRevealed);
		Ok(Some((member.merit, payload)))
	}

	/// Stores the part of a payload for a role in which the account has a seat, and emits it.
	fn reveal<R: WorkerRole<T>>(&self, (score, payload): (FixedI128, R::Payload)) {
		let Self { who, topic, epoch, ref parameters, .. } = *self;
		let mut set = R::set(topic, epoch);
		// At most as many reveal as have a seat.
		if set.insert(who, score, &payload, R::seats(parameters)) != Ok(None) {
			defensive!("no seat for a payload whose commitment has one");
			return;
		}
		R::put_set(topic, epoch, set);
		Pallet::<T>::deposit_event(R::accepted(topic, epoch, who.clone(), score, payload));
	}
}

/// By how much the scores of a role fall for seats without a reveal.
struct Fall {
	/// The initial score of newcomers.
	initial: FixedI128,
	/// By how much a score falls the first time, above 0.
	first: FixedI128,
}

impl Fall {
	/// The first fall is the distance from the quantile of the active scores to the initial score
	/// of newcomers, plus epsilon: it takes a modest active worker to below a newcomer.
	fn of(quantile: FixedI128, initial: FixedI128, parameters: &TopicParameters) -> Self {
		let distance = quantile.saturating_sub(initial).max(FixedI128::zero());
		Self { initial, first: distance.saturating_add(parameters.epsilon) }
	}

	/// The score after the account has not revealed this many times in a row: each time it falls by
	/// twice as much as the time before. It never rises, and falls no further than to the 2^16-fold
	/// of the first fall below the initial score, so that it stays in its range.
	fn lowered(&self, score: FixedI128, times: u8) -> FixedI128 {
		let times_first = |power: u8| {
			let factor = 1u32.checked_shl(power.into()).unwrap_or(u32::MAX);
			self.first.saturating_mul(FixedI128::from_u32(factor))
		};
		let lowest = self.initial.saturating_sub(times_first(MAX_UNREVEALED));
		let lowered = score.saturating_sub(times_first(times.saturating_sub(1)));
		lowered.max(lowest).min(score)
	}
}
