//! The open windows of topics at a block: the agent's clock.

use super::{
	types::{EpochId, EpochRecord, EpochState, EpochWindows, Slot, TopicId},
	Chain, Head,
};
use anyhow::Result;
use std::collections::BTreeMap;

/// An epoch with a window that is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenEpoch {
	/// The epoch.
	pub epoch: EpochId,
	/// Its windows.
	pub windows: EpochWindows,
}

impl OpenEpoch {
	/// Whether payloads are committed first and revealed later.
	pub fn reveals(&self) -> bool {
		self.windows.reveals_last > self.windows.workers_last
	}
}

/// The open windows of a topic.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Schedule {
	/// The epoch that accepts payloads: as of the best block, since the window is short.
	pub collecting: Option<OpenEpoch>,
	/// The epoch whose committed payloads are revealed, as of the best block.
	pub revealing: Option<OpenEpoch>,
	/// The epochs that accept reports: as of the last finalized block, so that their bundles are
	/// final.
	pub reporting: Vec<OpenEpoch>,
	/// The epochs on record that have ended, oldest first, as of the last finalized block.
	pub ended: Vec<(EpochId, EpochState)>,
}

impl Schedule {
	/// The windows that are open in the slot of the best block, by the epochs on record there and at
	/// the last finalized block.
	fn new(
		slot: Slot,
		best: &[(EpochId, EpochRecord)],
		finalized: &[(EpochId, EpochRecord)],
	) -> Self {
		let of = |epochs: &[(EpochId, EpochRecord)], state| -> Vec<OpenEpoch> {
			let epochs = epochs.iter().filter(|(_, record)| record.state == state);
			epochs
				.map(|(epoch, record)| OpenEpoch { epoch: *epoch, windows: record.windows })
				.collect()
		};
		let newest = |state, is_open: fn(&EpochWindows, Slot) -> bool| {
			of(best, state).into_iter().rfind(|open| is_open(&open.windows, slot))
		};
		let has_ended = |state| matches!(state, EpochState::Settled | EpochState::Void(_));
		let ended = finalized.iter().filter(|(_, record)| has_ended(record.state));
		let mut reporting = of(finalized, EpochState::Reporting);
		reporting.retain(|open| slot <= open.windows.reports_last);
		Self {
			collecting: newest(EpochState::Collecting, |windows, slot| {
				slot <= windows.workers_last
			}),
			revealing: newest(EpochState::Revealing, |windows, slot| slot <= windows.reveals_last),
			reporting,
			ended: ended.map(|(epoch, record)| (*epoch, record.state)).collect(),
		}
	}
}

impl Chain {
	/// The open windows of these topics at a best block.
	pub async fn schedules(
		&self,
		head: Head,
		topics: &[TopicId],
	) -> Result<BTreeMap<TopicId, Schedule>> {
		let (best, finalized) = (self.at(head).await?, self.finalized().await?);
		let mut schedules = BTreeMap::new();
		for topic in topics {
			let (now, last) = (best.epochs(*topic).await?, finalized.epochs(*topic).await?);
			schedules.insert(*topic, Schedule::new(head.slot, &now, &last));
		}
		Ok(schedules)
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::chain::types::VoidReason;

	fn record(epoch: EpochId, state: EpochState) -> (EpochId, EpochRecord) {
		let windows = EpochWindows {
			workers_open: epoch,
			workers_last: epoch + 5,
			reveals_last: epoch + 8,
			reports_open: epoch + 10,
			reports_last: epoch + 19,
		};
		(epoch, EpochRecord { state, windows })
	}

	#[test]
	fn windows_follow_from_states_and_the_slot() {
		let void = EpochState::Void(VoidReason::NoReport);
		let before = [record(80, void), record(90, EpochState::Reporting)];
		let mut now = before.to_vec();
		now.push(record(100, EpochState::Collecting));
		let schedule = Schedule::new(103, &now, &before);
		assert_eq!(schedule.collecting.map(|open| open.epoch), Some(100));
		assert_eq!(schedule.revealing, None);
		assert_eq!(schedule.reporting.iter().map(|open| open.epoch).collect::<Vec<_>>(), [90]);
		assert_eq!(schedule.ended, [(80, void)]);
		assert!(schedule.collecting.is_some_and(|open| open.reveals()));
	}

	#[test]
	fn window_whose_last_slot_has_passed_is_closed() {
		let records = [record(90, EpochState::Reporting), record(100, EpochState::Revealing)];
		let schedule = |slot| Schedule::new(slot, &records, &records);
		assert!(schedule(108).revealing.is_some() && schedule(109).revealing.is_none());
		assert_eq!(schedule(109).reporting.len(), 1);
		assert_eq!(schedule(110).reporting, []);
	}
}
