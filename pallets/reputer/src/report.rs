//! Taking a report: its checks, and its way into the active set (S 7.3, 7.4).

use crate::{types::StoredReport, ActiveSets, Config, Error, Event, Outcomes, Pallet, Reports};
use alloc::vec::Vec;
use allora_primitives::{
	bundle::Losses,
	traits::{BundleInspect, ReportInspect, TopicInspect},
	Balance, EpochId, EpochState, FixedI128, Insertion, Outcome, Registration, Report, TopicId,
	MAX_LOSS,
};
use frame_support::{defensive, ensure, traits::Get};
use sp_core::H256;
use sp_runtime::{traits::Zero, DispatchError, DispatchResult};

impl<T: Config> Pallet<T> {
	/// Checks everything, then enters the active set.
	pub(crate) fn do_report(
		who: &T::AccountId,
		topic: TopicId,
		epoch: EpochId,
		bundle_hash: H256,
		losses: Losses,
	) -> DispatchResult {
		let parameters = T::Topics::parameters(topic).ok_or(Error::<T>::TopicNotFound)?;
		let authority = Self::ensure_may_report(who, topic, epoch)?;
		Self::ensure_losses(topic, epoch, bundle_hash, &losses)?;

		// This is where a newcomer's initial score and the penalty for missed epochs belong
		// (S 7.4, steps 2 and 3); without history the score is 0.
		let score = Self::score(topic, who).unwrap_or_else(FixedI128::zero);
		let account = who.clone();
		let mut set = ActiveSets::<T>::get(topic, epoch);
		match set.insert(who.clone(), score, parameters.max_reputers) {
			Insertion::Passive { lowest } => {
				Outcomes::<T>::insert((topic, epoch, who), Outcome::Passive { score, lowest });
				Self::deposit_event(Event::Passive { topic, epoch, account, score, lowest });
				return Ok(());
			}
			Insertion::Joined => {}
			Insertion::Displaced(member) => {
				Reports::<T>::remove((topic, epoch, &member.account));
				let by_score = score;
				let score = member.score;
				let displaced = Outcome::Displaced { score, by: who.clone(), by_score };
				Outcomes::<T>::insert((topic, epoch, &member.account), displaced);
				Self::deposit_event(Event::Displaced {
					topic,
					epoch,
					account: member.account,
					score: member.score,
					by: who.clone(),
				});
			}
		}
		ActiveSets::<T>::insert(topic, epoch, set);
		Outcomes::<T>::insert((topic, epoch, who), Outcome::Accepted);
		let report = StoredReport { authority, losses };
		Reports::<T>::insert((topic, epoch, who), &report);
		let losses = report.losses;
		Self::deposit_event(Event::ReportAccepted {
			topic,
			epoch,
			account,
			score,
			authority,
			losses,
		});
		Ok(())
	}

	/// Marks the account for this epoch.
	pub(crate) fn do_abstain(who: &T::AccountId, topic: TopicId, epoch: EpochId) -> DispatchResult {
		ensure!(T::Topics::parameters(topic).is_some(), Error::<T>::TopicNotFound);
		Self::ensure_may_report(who, topic, epoch)?;
		Outcomes::<T>::insert((topic, epoch, who), Outcome::Abstained);
		Self::deposit_event(Event::Abstained { topic, epoch, account: who.clone() });
		Ok(())
	}

	/// Whether the account can report in this block; answers its frozen authority.
	///
	/// The window is arithmetic: a clock that has not yet opened the reporting is no obstacle.
	fn ensure_may_report(
		who: &T::AccountId,
		topic: TopicId,
		epoch: EpochId,
	) -> Result<Balance, DispatchError> {
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
		ensure!(
			T::Topics::is_registered(topic, who, Registration::Reputer),
			Error::<T>::NotRegistered
		);
		match Outcomes::<T>::get((topic, epoch, who)) {
			None => {}
			Some(Outcome::Abstained) => return Err(Error::<T>::AlreadyAbstained.into()),
			Some(_) => return Err(Error::<T>::AlreadyReported.into()),
		}
		let authority = Self::frozen_authority(topic, epoch, who);
		ensure!(authority >= T::MinReputerStake::get(), Error::<T>::StakeTooLow);
		Ok(authority)
	}

	fn ensure_losses(
		topic: TopicId,
		epoch: EpochId,
		bundle_hash: H256,
		losses: &Losses,
	) -> DispatchResult {
		let (hash, elements) =
			T::Bundles::report_shape(topic, epoch).ok_or(Error::<T>::EpochNotReporting)?;
		ensure!(bundle_hash == hash, Error::<T>::WrongBundle);
		ensure!(losses.len() == elements as usize, Error::<T>::WrongLength);
		let bound = MAX_LOSS.into_inner().unsigned_abs();
		ensure!(
			losses.iter().all(|loss| loss.into_inner().unsigned_abs() <= bound),
			Error::<T>::LossOutOfRange
		);
		Ok(())
	}

	/// What became of an account's report; none if it sent nothing, or if the epoch has been
	/// forgotten.
	pub fn outcome(
		topic: TopicId,
		epoch: EpochId,
		who: &T::AccountId,
	) -> Option<Outcome<T::AccountId>> {
		Outcomes::<T>::get((topic, epoch, who))
	}
}

impl<T: Config> ReportInspect<T::AccountId> for Pallet<T> {
	fn reports(topic: TopicId, epoch: EpochId) -> Vec<Report<T::AccountId>> {
		let set = ActiveSets::<T>::get(topic, epoch);
		let mut reports: Vec<_> = set
			.members()
			.iter()
			.filter_map(|member| {
				let reputer = member.account.clone();
				let Some(report) = Reports::<T>::get((topic, epoch, &reputer)) else {
					defensive!("active reputer without a report");
					return None;
				};
				let StoredReport { authority, losses } = report;
				Some(Report { reputer, authority, losses })
			})
			.collect();
		reports.sort_by(|a, b| a.reputer.cmp(&b.reputer));
		reports
	}
}
