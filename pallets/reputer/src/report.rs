//! Taking a report: its checks, and its way into the active set (S 7.3, 7.4).

use crate::{
	scores::Records,
	types::{ReputerRecord, StoredReport},
	Actors, Config, Error, Event, Pallet, Reports, ScoreBooks,
};
use alloc::vec::Vec;
use allora_primitives::{
	bundle::{Losses, SubmittedLosses},
	sortition::{enter, Arrival, Terms, Verdict},
	traits::{BundleInspect, ReportInspect, TopicInspect},
	Balance, EpochId, EpochState, Outcome, Registration, Report, TopicId, MAX_LOSS,
};
use frame_support::{ensure, traits::Get};
use sp_core::H256;
use sp_runtime::{ArithmeticError, DispatchError, DispatchResult};

/// Who may report: its record and its frozen authority.
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

		let terms = Terms::new(epoch, parameters.max_reputers, &parameters);
		let mut set = Reports::<T>::get(topic, epoch);
		let mut book = ScoreBooks::<T>::get(topic);
		let records = Records::<T>::new(topic);
		let report = StoredReport { authority, losses: losses.clone() };
		let arrival = enter(&terms, &mut set, &mut book, &records, who.clone(), record, report)
			.map_err(|_| ArithmeticError::Overflow)?;
		ScoreBooks::<T>::insert(topic, book);
		let Arrival { score: own, verdict } = arrival;
		match verdict {
			Verdict::Joined => {}
			Verdict::Displaced { account, score, pulled } => {
				let by = who.clone();
				Self::deposit_event(Event::Displaced { topic, epoch, account, score, by, pulled });
			}
			Verdict::Passive { lowest, pulled } => {
				let account = who.clone();
				let passive = Event::Passive { topic, epoch, account, score: own, lowest, pulled };
				Self::deposit_event(passive);
				return Ok(());
			}
		}
		Reports::<T>::insert(topic, epoch, set);
		let account = who.clone();
		Self::deposit_event(Event::ReportAccepted {
			topic,
			epoch,
			account,
			score: own,
			authority,
			losses,
		});
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
		let kept = Terms::new(epoch, parameters.max_reputers, &parameters).kept;
		record.note(epoch, Outcome::Abstained, kept);
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
		let windows = T::Topics::epoch_windows(topic, epoch).ok_or(Error::<T>::EpochNotFound)?;
		let now = Self::now();
		ensure!(now >= windows.reports_open, Error::<T>::WindowNotOpen);
		ensure!(windows.accepts_reports(now), Error::<T>::WindowClosed);
		ensure!(
			matches!(
				T::Topics::epoch_state(topic, epoch),
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

	/// The account's report that is active in the epoch, if there is one.
	pub fn report_of(
		topic: TopicId,
		epoch: EpochId,
		who: &T::AccountId,
	) -> Option<Report<T::AccountId>> {
		let set = Reports::<T>::get(topic, epoch);
		let StoredReport { authority, losses } = set.member(who)?.payload.clone();
		Some(Report { reputer: who.clone(), authority, losses })
	}
}

impl<T: Config> ReportInspect<T::AccountId> for Pallet<T> {
	fn reports(topic: TopicId, epoch: EpochId) -> Vec<Report<T::AccountId>> {
		let members = Reports::<T>::get(topic, epoch).into_members();
		let mut reports: Vec<_> = members
			.into_iter()
			.map(|member| {
				let StoredReport { authority, losses } = member.payload;
				Report { reputer: member.account, authority, losses }
			})
			.collect();
		reports.sort_by(|a, b| a.reputer.cmp(&b.reputer));
		reports
	}
}
