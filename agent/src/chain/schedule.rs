//! The open windows of topics at a block: the agent's clock.

use super::{
	types::{
		EpochId, EpochRecord, EpochState, EpochWindows, OpenWindow, Slot, TopicId, TopicSchedule,
	},
	Chain, Head,
};
use anyhow::Result;
use std::collections::{btree_map::Entry, BTreeMap};

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
	/// The windows that are open in the slot of the best block: `best` and `finalized` are what the
	/// topic accepts there and at the last finalized block, and `records` has the epochs of both.
	fn new(
		slot: Slot,
		best: Option<&TopicSchedule>,
		finalized: Option<&TopicSchedule>,
		records: &Records,
	) -> Self {
		let of = |window: &OpenWindow| {
			let windows = *records.windows.get(&window.epoch)?;
			Some(OpenEpoch { epoch: window.epoch, windows })
		};
		let reporting = finalized.map_or(&[][..], |schedule| &schedule.reporting);
		let reporting = reporting.iter().filter(|window| slot <= window.last);
		Self {
			collecting: best.and_then(|schedule| of(schedule.collecting.as_ref()?)),
			revealing: best.and_then(|schedule| of(schedule.revealing.as_ref()?)),
			reporting: reporting.filter_map(of).collect(),
			ended: records.ended.clone(),
		}
	}
}

/// Reads the open windows of topics, block by block.
///
/// That takes two calls per block and 64 topics. The epochs on record are read only when a window of
/// their topic has opened or closed; the windows of an epoch never change.
pub struct Windows {
	topics: Vec<TopicId>,
	records: BTreeMap<TopicId, Records>,
}

/// The epochs of a topic.
#[derive(Default)]
struct Records {
	/// The windows of those on record at the last finalized block, and of those that are open at the
	/// best one.
	windows: BTreeMap<EpochId, EpochWindows>,
	/// Those that have ended, oldest first.
	ended: Vec<(EpochId, EpochState)>,
	/// What the topic accepted at the finalized block when they were read, `None` before that.
	seen: Option<TopicSchedule>,
	/// The slot from which on the state of one of them may change although no window opens or closes:
	/// the chain is late with its step.
	step_due: Option<Slot>,
}

impl Records {
	/// Whether epochs may have begun or ended since they were read.
	fn is_stale(&self, slot: Slot, finalized: &TopicSchedule) -> bool {
		self.seen.as_ref() != Some(finalized) || self.step_due.is_some_and(|due| due <= slot)
	}

	/// The epochs on record at a finalized block.
	fn of(epochs: &[(EpochId, EpochRecord)], seen: TopicSchedule) -> Self {
		let has_ended = |state| matches!(state, EpochState::Settled | EpochState::Void(_));
		let (ended, running): (Vec<_>, Vec<_>) =
			epochs.iter().copied().partition(|(_, record)| has_ended(record.state));
		let closes = |record: &EpochRecord| match record.state {
			EpochState::Collecting => record.windows.workers_last,
			EpochState::Revealing => record.windows.reveals_last,
			_ => record.windows.reports_last,
		};
		Self {
			windows: epochs.iter().map(|(epoch, record)| (*epoch, record.windows)).collect(),
			ended: ended.into_iter().map(|(epoch, record)| (epoch, record.state)).collect(),
			seen: Some(seen),
			step_due: running.iter().map(|(_, record)| closes(record).saturating_add(1)).min(),
		}
	}
}

impl Windows {
	/// The windows of these topics.
	pub fn new(topics: Vec<TopicId>) -> Self {
		Self { topics, records: BTreeMap::new() }
	}

	/// The open windows at a best block.
	pub async fn read(&mut self, chain: &Chain, head: Head) -> Result<BTreeMap<TopicId, Schedule>> {
		let (best, finalized) = (chain.at(head).await?, chain.finalized().await?);
		let now = best.schedules(&self.topics).await?;
		let last = finalized.schedules(&self.topics).await?;
		let mut schedules = BTreeMap::new();
		for topic in &self.topics {
			let records = self.records.entry(*topic).or_default();
			let (now, last) = (now.get(topic), last.get(topic));
			match last {
				Some(last) if records.is_stale(finalized.head.slot, last) => {
					let epochs = finalized.epochs(*topic).await?;
					*records = Records::of(&epochs, last.clone());
				}
				Some(_) => (),
				None => *records = Records::default(),
			}
			let open = now.map(|now| [now.collecting, now.revealing]);
			for window in open.into_iter().flatten().flatten() {
				if let Entry::Vacant(unread) = records.windows.entry(window.epoch) {
					if let Some(record) = best.epoch(*topic, window.epoch).await? {
						unread.insert(record.windows);
					}
				}
			}
			schedules.insert(*topic, Schedule::new(head.slot, now, last, records));
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

	fn window(epoch: EpochId, last: Slot) -> OpenWindow {
		OpenWindow { epoch, last }
	}

	const VOID: EpochState = EpochState::Void(VoidReason::NoReport);

	#[test]
	fn windows_are_those_of_the_epochs_on_record() {
		let finalized =
			TopicSchedule { topic: 1, reporting: vec![window(90, 109)], ..Default::default() };
		let epochs = [record(80, VOID), record(90, EpochState::Reporting)];
		let mut records = Records::of(&epochs, finalized.clone());
		let best = TopicSchedule { collecting: Some(window(100, 105)), ..finalized.clone() };
		let schedule =
			|slot, records: &Records| Schedule::new(slot, Some(&best), Some(&finalized), records);
		// The windows of an epoch that only the best block has are read besides.
		assert_eq!(schedule(103, &records).collecting, None);
		records.windows.insert(100, record(100, EpochState::Collecting).1.windows);
		let open = schedule(103, &records);
		assert!(open.collecting.is_some_and(|open| open.epoch == 100 && open.reveals()));
		assert_eq!(open.revealing, None);
		assert_eq!(open.reporting.iter().map(|open| open.epoch).collect::<Vec<_>>(), [90]);
		assert_eq!(open.ended, [(80, VOID)]);
		// The best block is in a later slot than the finalized one: reporting has closed.
		assert_eq!(schedule(109, &records).reporting.len(), 1);
		assert_eq!(schedule(110, &records).reporting, []);
	}

	#[test]
	fn epochs_are_read_again_when_a_window_changes_or_a_step_is_late() {
		let seen = TopicSchedule { reporting: vec![window(90, 109)], ..Default::default() };
		let records = Records::of(&[record(90, EpochState::Reporting)], seen.clone());
		assert!(!records.is_stale(109, &seen));
		assert!(records.is_stale(110, &seen), "it is to be settled in slot 110");
		assert!(records.is_stale(100, &TopicSchedule::default()));
		assert!(Records::default().is_stale(100, &seen));
		let ended = Records::of(&[record(90, EpochState::Settled)], seen.clone());
		assert!(!ended.is_stale(1_000, &seen));
	}
}
