//! Taking a report: its checks, and its way into the active set (S 7.3, 7.4).

use crate::{
	scores::Records,
	types::{ReputerRecord, StoredReport},
	Actors, Config, Error, Event, Pallet, Reports, ScoreBooks,
};
use allora_primitives::{
	bundle::{Losses, SubmittedLosses},
	traits::{BundleInspect, EpochInspect, TopicInspect},
	Balance, EpochId, EpochState, Outcome, Registration, TopicId, MAX_LOSS,
};
use allora_sortition::{enter, Displaced, SeatOutcome, SeatRules};
use frame_support::{ensure, traits::Get};
use sp_core::H256;
use sp_runtime::{ArithmeticError, DispatchError, DispatchResult};

/// An account that may report: its record and its frozen authority.
type Admitted<T> = (ReputerRecord<<T as frame_system::Config>::AccountId>, Balance);

impl<T: Config> Pallet<T> {
	/// Checks everything, then enters the active set.
	pub(crate) fn do_report(
		who: &T::AccountId,
		topic: TopicId,
		epoch: EpochId,
		bundle_hash: H256,
		losses: SubmittedLosses,
	) -> DispatchResult {
		let parameters = T::Topics::parameters_of(topic, epoch).ok_or(Error::<T>::TopicNotFound)?;
		let (record, authority) = Self::ensure_may_report(who, topic, epoch)?;
		let losses = Self::accepted(topic, epoch, bundle_hash, losses)?;

		let rules = SeatRules::new(epoch, parameters.max_reputers, &parameters);
		let mut set = Reports::<T>::get(topic, epoch);
		let mut book = ScoreBooks::<T>::get(topic);
		let records = Records::<T>::new(topic);
		let report = StoredReport { authority, losses };
		let outcome = enter(&rules, &mut set, &mut book, &records, who, record, &report)
			.map_err(|_| ArithmeticError::Overflow)?;
		ScoreBooks::<T>::insert(topic, book);
		let account = who.clone();
		match outcome {
			SeatOutcome::Active { score, displaced } => {
				if let Some(Displaced { account, score, score_after_pull: pulled }) = displaced {
					let by = who.clone();
					let displaced = Event::Displaced { topic, epoch, account, score, by, pulled };
					Self::deposit_event(displaced);
				}
				Reports::<T>::insert(topic, epoch, set);
				let losses = report.losses;
				let accepted =
					Event::ReportAccepted { topic, epoch, account, score, authority, losses };
				Self::deposit_event(accepted);
			}
			SeatOutcome::Passive { score, lowest, score_after_pull: pulled } => {
				let passive = Event::Passive { topic, epoch, account, score, lowest, pulled };
				Self::deposit_event(passive);
			}
		}
		Ok(())
	}

	/// Marks the account for this epoch, which does not count as missed.
	pub(crate) fn do_abstain(who: &T::AccountId, topic: TopicId, epoch: EpochId) -> DispatchResult {
		let parameters = T::Topics::parameters_of(topic, epoch).ok_or(Error::<T>::TopicNotFound)?;
		let (mut record, _) = Self::ensure_may_report(who, topic, epoch)?;
		let mut book = ScoreBooks::<T>::get(topic);
		if let Some(mut standing) = book.entry(who).map(|entry| entry.standing).or(record.standing)
		{
			book.excuse(epoch, &mut standing);
			match book.entry_mut(who) {
				Some(entry) => entry.standing = standing,
				None => record.standing = Some(standing),
			}
			ScoreBooks::<T>::insert(topic, book);
		}
		let kept = SeatRules::new(epoch, parameters.max_reputers, &parameters).kept;
		record.record_outcome(epoch, Outcome::Abstained, kept);
		Actors::<T>::insert(topic, who, record);
		Self::deposit_event(Event::Abstained { topic, epoch, account: who.clone() });
		Ok(())
	}

	/// Whether the account can report in this block; answers its record and its frozen authority.
	///
	/// The window is arithmetic: a clock that has not yet opened the reporting is no obstacle.
	fn ensure_may_report(
		who: &T::AccountId,
		topic: TopicId,
		epoch: EpochId,
	) -> Result<Admitted<T>, DispatchError> {
		let windows = T::Epochs::epoch_windows(topic, epoch).ok_or(Error::<T>::EpochNotFound)?;
		let now = Self::now();
		ensure!(now >= windows.reports_open, Error::<T>::WindowNotOpen);
		ensure!(windows.accepts_reports(now), Error::<T>::WindowClosed);
		ensure!(
			matches!(
				T::Epochs::epoch_state(topic, epoch),
				Some(EpochState::AwaitingTruth | EpochState::Reporting)
			),
			Error::<T>::EpochNotReporting
		);
		Self::ensure_admitted(topic, who)?;
		let record = Actors::<T>::get(topic, who);
		match record.outcome(epoch) {
			None => {}
			Some(Outcome::Abstained) => return Err(Error::<T>::AlreadyAbstained.into()),
			Some(_) => return Err(Error::<T>::AlreadyReported.into()),
		}
		let authority = Self::frozen_authority(topic, epoch, who);
		ensure!(authority >= T::MinReputerStake::get(), Error::<T>::StakeTooLow);
		Ok((record, authority))
	}

	/// The account must be registered as a reputer, and the topic must admit it.
	pub(crate) fn ensure_admitted(topic: TopicId, who: &T::AccountId) -> DispatchResult {
		let reputer = Registration::Reputer;
		ensure!(T::Topics::is_registered(topic, who, reputer), Error::<T>::NotRegistered);
		ensure!(T::Topics::is_allowed(topic, who, reputer), Error::<T>::NotAllowed);
		Ok(())
	}

	/// The losses, once they are checked.
	fn accepted(
		topic: TopicId,
		epoch: EpochId,
		bundle_hash: H256,
		submitted: SubmittedLosses,
	) -> Result<Losses, DispatchError> {
		let (hash, elements) =
			T::Bundles::report_shape(topic, epoch).ok_or(Error::<T>::EpochNotReporting)?;
		ensure!(bundle_hash == hash, Error::<T>::WrongBundle);
		ensure!(submitted.len() == elements as usize, Error::<T>::WrongLength);
		let losses =
			Losses::try_from(submitted.into_inner()).map_err(|_| Error::<T>::WrongLength)?;
		let bound = MAX_LOSS.into_inner().unsigned_abs();
		ensure!(
			losses.iter().all(|loss| loss.into_inner().unsigned_abs() <= bound),
			Error::<T>::LossOutOfRange
		);
		Ok(losses)
	}
}
