//! The stages of an epoch that concern reputers, and the pruning and forgetting of records.

use crate::{
	types::{Backing, ReportingWindow, ReputerSet, StoredReport},
	Actors, Commissions, Config, Pallet, Reports, ScoreBooks, WeightInfo, Windows,
};
use alloc::vec::Vec;
use allora_primitives::{
	traits::{EpochInspect, EpochRecords},
	Balance, EpochContext, EpochId, EpochSizes, EpochWindows, FixedI128, Report,
	ReputerContribution, StageError, StageResult, Step, Stored, TopicId, TopicParameters,
	VoidReason,
};
use allora_sortition::{forget_items, Member};
use frame_support::{
	defensive,
	traits::Get,
	weights::{Weight, WeightMeter},
};

/// The reports on an epoch, and the backing of the reputers to which stake is delegated.
pub type Frozen<AccountId> = (Vec<Report<AccountId>>, Vec<Backing<AccountId>>);

impl<T: Config> Pallet<T> {
	/// Records the epoch's reporting window, with the minimum authority that is in force now.
	pub fn open(of: &EpochContext) -> StageResult<()> {
		let windows = EpochWindows::new(of.epoch, &of.parameters);
		let window = ReportingWindow::new(of.epoch, &windows, T::MinReputerStake::get());
		Self::record_window(of.topic, window);
		Ok(((), Self::open_weight()))
	}

	/// Worst case of [`Self::open`].
	pub fn open_weight() -> Weight {
		T::WeightInfo::open()
	}

	/// Returns the reports of the active reputers, ascending by account, with their frozen
	/// authority and their listening coefficients, and the backing of those to which stake is
	/// delegated. Reports are final since the reporting window passed.
	///
	/// Fails with [`VoidReason::NoReport`] if there is no report, and with
	/// [`VoidReason::TooFewReputers`] if the number of reputers, or the sum of their authority, is
	/// below the topic's minimum.
	pub fn freeze(of: &EpochContext) -> StageResult<Frozen<T::AccountId>> {
		let set = Reports::<T>::get(of.topic, of.epoch);
		let values = set.members().first().map_or(0, |first| first.payload.payload.len());
		let used = T::WeightInfo::freeze(set.len() as u32, values);
		ensure_enough(&set, &of.parameters).map_err(|reason| StageError { reason, used })?;

		let book = ScoreBooks::<T>::get(of.topic);
		let missing = book.missing(set.members().iter().map(|member| &member.account));
		let mut backings = Vec::new();
		let report = |member: Member<T::AccountId, StoredReport>| {
			let coefficient = Self::coefficient_in(&book, of.topic, &member.account);
			let (reputer, StoredReport { authority, payload }) = (member.account, member.payload);
			if authority.delegated > 0 {
				backings.push(Backing { reputer: reputer.clone(), authority });
			}
			Report { reputer, authority: authority.total(), coefficient, payload }
		};
		let mut reports: Vec<_> = set.into_members().into_iter().map(report).collect();
		reports.sort_by(|a, b| a.reputer.cmp(&b.reputer));
		let used = match missing {
			0 => used,
			_ => used.saturating_add(T::WeightInfo::freeze_missing(missing)),
		};
		Ok(((reports, backings), used))
	}

	/// Worst case of [`Self::freeze`].
	///
	/// Reporting windows follow each other, so every active reputer is in the score book.
	pub fn freeze_weight(sizes: &EpochSizes) -> Weight {
		T::WeightInfo::freeze(sizes.reputers, sizes.reported_values())
	}

	/// Updates the reputers' smoothed scores with an epoch's instant scores, and their listening
	/// coefficients; returns the smoothed scores.
	///
	/// `coefficients` are in [0, 1] and in the order of `reputers`. Fails with
	/// [`VoidReason::Arithmetic`] if a score leaves its range.
	pub fn record_scores(
		of: &EpochContext,
		reputers: &[ReputerContribution<T::AccountId>],
		coefficients: &[FixedI128],
	) -> StageResult<Vec<FixedI128>> {
		let mut book = ScoreBooks::<T>::get(of.topic);
		let missing = book.missing(reputers.iter().map(|one| &one.account));
		let recording = T::WeightInfo::record_scores(reputers.len() as u32);
		let used = match missing {
			0 => recording,
			_ => recording.saturating_add(T::WeightInfo::record_missing(missing)),
		};
		let scores = Self::score_all(of, &mut book, reputers, coefficients)
			.map_err(|reason| StageError { reason, used })?;
		ScoreBooks::<T>::insert(of.topic, book);
		Ok((scores, used))
	}

	/// Worst case of [`Self::record_scores`]; every scored reputer is in the score book.
	pub fn record_scores_weight(sizes: &EpochSizes) -> Weight {
		T::WeightInfo::record_scores(sizes.reputers)
	}

	/// Records a reporting window and drops those that have closed, except of epochs that await
	/// their own close: a late clock may take it after this opening, and until then changes of
	/// stake have to find the epoch.
	fn record_window(topic: TopicId, window: ReportingWindow) {
		let (now, unsettled) = (Self::now(), T::Epochs::unsettled_epochs(topic));
		Windows::<T>::mutate(topic, |windows| {
			windows.retain(|known| {
				known.epoch != window.epoch
					&& (known.last >= now || unsettled.contains(&known.epoch))
			});
			if windows.is_full() {
				// Reached only if a topic's timing changed many times within its ground-truth lag.
				windows.remove(0);
			}
			if windows.try_push(window).is_err() {
				defensive!("no room for a reporting window");
			}
		});
	}

	/// Drops the epoch's reporting window, if it is recorded.
	fn drop_window(topic: TopicId, epoch: EpochId) {
		let mut windows = Windows::<T>::get(topic);
		let known = windows.len();
		windows.retain(|window| window.epoch != epoch);
		if windows.len() < known {
			Windows::<T>::insert(topic, windows);
		}
	}
}

/// Fails unless the reputers and their stake reach the topic's minimum.
fn ensure_enough<AccountId: Stored>(
	reports: &ReputerSet<AccountId>,
	parameters: &TopicParameters,
) -> Result<(), VoidReason> {
	if reports.is_empty() {
		return Err(VoidReason::NoReport);
	}
	// Stakes are parts of the total issuance, so their sum cannot overflow.
	let stake = reports
		.members()
		.iter()
		.fold(0, |sum: Balance, member| sum.saturating_add(member.payload.authority.total()));
	if (reports.len() as u32) < parameters.min_reputers || stake < parameters.min_stake {
		return Err(VoidReason::TooFewReputers);
	}
	Ok(())
}

impl<T: Config> EpochRecords for Pallet<T> {
	/// A void epoch takes no reports, so its window need not freeze any stake.
	fn on_void(topic: TopicId, epoch: EpochId, _: VoidReason) -> Weight {
		Self::drop_window(topic, epoch);
		T::WeightInfo::void()
	}

	/// The epoch's reporting window is dropped by the opening that prunes it, if not before.
	fn on_prune(topic: TopicId, epoch: EpochId) -> Weight {
		Reports::<T>::remove(topic, epoch);
		Self::prune_weight()
	}

	/// Removes the score book first: a topic without one is being forgotten. Stakes, delegations,
	/// their pools and removals stay until they are withdrawn and claimed.
	fn on_forget(topic: TopicId, meter: &mut WeightMeter) -> bool {
		let weight = T::WeightInfo::forget;
		if meter.try_consume(weight(2)).is_err() {
			return false;
		}
		ScoreBooks::<T>::remove(topic);
		Windows::<T>::remove(topic);
		let clear = |limit| Reports::<T>::clear_prefix(topic, limit, None);
		let done = forget_items(meter, weight, clear);
		let clear = |limit| Actors::<T>::clear_prefix(topic, limit, None);
		let done = done && forget_items(meter, weight, clear);
		let clear = |limit| Commissions::<T>::clear_prefix(topic, limit, None);
		done && forget_items(meter, weight, clear)
	}

	fn void_weight(_: Step) -> Weight {
		T::WeightInfo::void()
	}

	fn prune_weight() -> Weight {
		T::WeightInfo::prune()
	}
}
