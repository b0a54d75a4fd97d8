//! The steps of the clock as they concern reputers, and forgetting old epochs.

use crate::{
	types::ReportingWindow, ActiveSets, Config, FrozenStakes, Outcomes, Pallet, PruneQueue,
	Reports, WeightInfo, Windows, IDLE_PRUNE_LIMIT, PRUNE_LIMIT,
};
use allora_primitives::{
	traits::{EpochHandler, ReportInspect, TopicInspect},
	Balance, EpochId, EpochSizes, EpochWindows, Step, TopicId, VoidReason,
};
use frame_support::{
	defensive,
	weights::{Weight, WeightMeter},
};

/// This pallet answers for what its traits are asked for in a step as well: handing out the
/// reports, taking the scores and paying the reputers at the reputer close.
impl<T: Config> EpochHandler for Pallet<T> {
	/// Notes when the epoch's reporting will be open. The weight includes forgetting an old epoch,
	/// which the same step asks for.
	fn on_open(topic: TopicId, epoch: EpochId) -> Result<Weight, VoidReason> {
		let Some(parameters) = T::Topics::parameters(topic) else {
			defensive!("an epoch opens in a topic that does not exist");
			return Err(VoidReason::Arithmetic);
		};
		let windows = T::Topics::epoch_windows(topic, epoch)
			.unwrap_or_else(|| EpochWindows::new(epoch, &parameters));
		Self::note_window(topic, ReportingWindow::new(epoch, &windows));
		let sizes = EpochSizes::worst_case(&parameters);
		Ok(<Self as EpochHandler>::weight(Step::Open, &sizes))
	}

	/// The windows being arithmetic, the reports have been final since the window passed.
	fn on_close_reputers(topic: TopicId, epoch: EpochId) -> Result<Weight, VoidReason> {
		let reports = Self::reports(topic, epoch);
		let Some(first) = reports.first() else { return Err(VoidReason::NoReport) };
		let Some(parameters) = T::Topics::parameters(topic) else {
			defensive!("an epoch closes in a topic that does not exist");
			return Err(VoidReason::Arithmetic);
		};
		let reputers = reports.len() as u32;
		// Parts of the total issuance: the sum cannot overflow, and saturating errs to no harm.
		let stake =
			reports.iter().fold(0, |sum: Balance, report| sum.saturating_add(report.authority));
		if reputers < parameters.min_reputers || stake < parameters.min_stake {
			return Err(VoidReason::TooFewReputers);
		}
		Ok(T::WeightInfo::close_reputers(reputers, first.losses.len() as u32))
	}

	/// Without reports no authority need be frozen.
	fn on_void(topic: TopicId, epoch: EpochId, _: VoidReason) {
		Self::forget_window(topic, epoch);
	}

	fn on_prune(topic: TopicId, epoch: EpochId) {
		Self::forget_window(topic, epoch);
		// Bounded: 16 reputers.
		for member in ActiveSets::<T>::take(topic, epoch).members() {
			Reports::<T>::remove((topic, epoch, &member.account));
		}
		if !Self::forget_markers(topic, epoch, PRUNE_LIMIT) {
			PruneQueue::<T>::insert(topic, epoch, ());
		}
	}

	fn weight(step: Step, sizes: &EpochSizes) -> Weight {
		match step {
			Step::Open => {
				let prune = T::WeightInfo::prune(sizes.reputers, PRUNE_LIMIT);
				T::WeightInfo::open().saturating_add(prune).saturating_add(T::WeightInfo::void())
			}
			Step::CloseWorkers => T::WeightInfo::void(),
			Step::CloseReputers => {
				T::WeightInfo::close_reputers(sizes.reputers, sizes.bundle_elements())
					.saturating_add(T::WeightInfo::void())
			}
		}
	}
}

impl<T: Config> Pallet<T> {
	/// Remembers a reporting window and forgets those that are over.
	fn note_window(topic: TopicId, window: ReportingWindow) {
		let now = Self::now();
		Windows::<T>::mutate(topic, |windows| {
			windows.retain(|known| known.last >= now && known.epoch != window.epoch);
			if windows.is_full() {
				// Only a topic whose timing changed time and again within its lag gets here.
				windows.remove(0);
			}
			if windows.try_push(window).is_err() {
				defensive!("no room for a reporting window");
			}
		});
	}

	/// Forgets the epoch's reporting window, if it is remembered.
	fn forget_window(topic: TopicId, epoch: EpochId) {
		let mut windows = Windows::<T>::get(topic);
		let known = windows.len();
		windows.retain(|window| window.epoch != epoch);
		if windows.len() < known {
			Windows::<T>::insert(topic, windows);
		}
	}

	/// Goes on forgetting one queued epoch, as far as the weight reaches; answers what it used.
	pub(crate) fn prune_from_queue(remaining: Weight) -> Weight {
		let mut meter = WeightMeter::with_limit(remaining);
		if meter.try_consume(T::WeightInfo::prune_queue()).is_err() {
			return meter.consumed();
		}
		let Some((topic, epoch, ())) = PruneQueue::<T>::iter().next() else {
			return meter.consumed();
		};
		// The largest limit that fits, by halving: ten trials at most.
		let mut limit = IDLE_PRUNE_LIMIT;
		while limit > 0 && meter.try_consume(T::WeightInfo::prune_markers(limit)).is_err() {
			limit /= 2;
		}
		if limit > 0 && Self::forget_markers(topic, epoch, limit) {
			PruneQueue::<T>::remove(topic, epoch);
		}
		meter.consumed()
	}

	/// Forgets up to `limit` outcomes and as many frozen stakes of the epoch; answers whether none
	/// is left.
	fn forget_markers(topic: TopicId, epoch: EpochId, limit: u32) -> bool {
		let outcomes = Outcomes::<T>::clear_prefix((topic, epoch), limit, None);
		let frozen = FrozenStakes::<T>::clear_prefix((topic, epoch), limit, None);
		outcomes.maybe_cursor.is_none() && frozen.maybe_cursor.is_none()
	}
}
