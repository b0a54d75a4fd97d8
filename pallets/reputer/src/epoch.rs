//! The steps of the clock as they concern reputers, and forgetting old epochs and topics.

use crate::{
	types::ReportingWindow, Actors, Config, Pallet, Reports, ScoreBooks, WeightInfo, Windows,
};
use allora_primitives::{
	traits::{EpochHandler, EpochInspect, TopicInspect},
	Balance, EpochId, EpochSizes, EpochWindows, Step, TopicId, VoidReason,
};
use allora_sortition::forget_items;
use frame_support::{
	defensive,
	weights::{Weight, WeightMeter},
};

/// This pallet answers for what its traits are asked for in a step as well: handing out the
/// reports and taking the scores at the reputer close. Settlement answers for paying the reputers.
impl<T: Config> EpochHandler for Pallet<T> {
	/// Notes when the epoch's reporting will be open. The weight includes forgetting an old epoch,
	/// which the same step asks for.
	fn on_open(topic: TopicId, epoch: EpochId) -> Result<Weight, VoidReason> {
		let Some(parameters) = T::Topics::parameters_of(topic, epoch) else {
			defensive!("an epoch opens in a topic that does not exist");
			return Err(VoidReason::Arithmetic);
		};
		let windows = T::Epochs::epoch_windows(topic, epoch)
			.unwrap_or_else(|| EpochWindows::new(epoch, &parameters));
		Self::note_window(topic, ReportingWindow::new(epoch, &windows));
		Ok(T::WeightInfo::open().saturating_add(T::WeightInfo::prune()))
	}

	/// The windows being arithmetic, the reports have been final since the window passed.
	fn on_close_reputers(topic: TopicId, epoch: EpochId) -> Result<Weight, VoidReason> {
		let reports = Reports::<T>::get(topic, epoch);
		let Some(first) = reports.members().first() else { return Err(VoidReason::NoReport) };
		let Some(parameters) = T::Topics::parameters_of(topic, epoch) else {
			defensive!("an epoch closes in a topic that does not exist");
			return Err(VoidReason::Arithmetic);
		};
		// Parts of the total issuance: the sum cannot overflow, and saturating errs to no harm.
		let stake = reports
			.members()
			.iter()
			.fold(0, |sum: Balance, member| sum.saturating_add(member.payload.authority));
		let reputers = reports.len() as u32;
		if reputers < parameters.min_reputers || stake < parameters.min_stake {
			return Err(VoidReason::TooFewReputers);
		}
		let missing = ScoreBooks::<T>::get(topic)
			.missing(reports.members().iter().map(|member| &member.account));
		let losses = first.payload.losses.len() as u32;
		let close = T::WeightInfo::close_reputers(reputers, losses)
			.saturating_add(T::WeightInfo::note_scores(reputers));
		Ok(match missing {
			0 => close,
			_ => close.saturating_add(T::WeightInfo::note_missing(missing)),
		})
	}

	/// Without reports no authority need be frozen.
	fn on_void(topic: TopicId, epoch: EpochId, _: VoidReason) {
		Self::forget_window(topic, epoch);
	}

	/// Its reporting window is long over, and was dropped when another epoch opened.
	fn on_prune(topic: TopicId, epoch: EpochId) {
		Reports::<T>::remove(topic, epoch);
	}

	/// The score book goes first: a topic without one is being forgotten. Stakes and removals stay
	/// until their owners withdraw.
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
		done && forget_items(meter, weight, clear)
	}

	fn weight(step: Step, sizes: &EpochSizes) -> Weight {
		let reputers = sizes.reputers;
		match step {
			Step::Open => T::WeightInfo::open()
				.saturating_add(T::WeightInfo::prune())
				.saturating_add(T::WeightInfo::void()),
			Step::CloseWorkers => T::WeightInfo::void(),
			// Windows of reporting follow each other, so nobody is missing in the score book.
			Step::CloseReputers => T::WeightInfo::close_reputers(reputers, sizes.bundle_elements())
				.saturating_add(T::WeightInfo::note_scores(reputers))
				.saturating_add(T::WeightInfo::void()),
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
}
