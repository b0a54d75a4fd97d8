//! Participants on the chain, each a task with its own account.

mod forecaster;
mod inferer;
mod reputer;
mod worker;

pub use forecaster::ForecasterTask;
pub use inferer::InfererTask;
pub use reputer::ReputerTask;
pub use worker::Worker;

use crate::{
	chain::{
		schedule::{OpenEpoch, Schedule, Windows},
		types::{EpochId, Slot, TopicId},
		Chain, Head,
	},
	question::Question,
	series::{Day, Series},
};
use anyhow::{Context, Result};
use std::{collections::BTreeMap, sync::Arc};
use tokio::sync::watch;

/// Which epoch predicts which day of the series.
#[derive(Clone)]
pub struct Plan {
	/// The topic.
	pub topic: TopicId,
	/// The question that the topic asks of a day.
	pub question: Question,
	/// The epoch that predicts the first day.
	pub first_epoch: EpochId,
	/// Slots from one epoch to the next.
	pub epoch_length: u64,
	/// Index in the series of the first day to predict.
	pub first_day: usize,
	/// The number of epochs, and therefore of days that are predicted.
	pub epochs: usize,
	/// The series.
	pub series: Arc<Series>,
}

impl Plan {
	/// The epochs in order, one per day.
	pub fn epoch_ids(&self) -> impl Iterator<Item = EpochId> + '_ {
		(0..self.epochs as u64).map(|index| self.first_epoch + index * self.epoch_length)
	}

	/// The position of an epoch among those of the plan, `None` if it is not one of them.
	pub fn index(&self, epoch: EpochId) -> Option<usize> {
		let index = epoch.checked_sub(self.first_epoch)? / self.epoch_length;
		((index as usize) < self.epochs).then_some(index as usize)
	}

	/// The day that an epoch predicts, as an index in the series.
	pub fn day(&self, epoch: EpochId) -> Option<usize> {
		self.index(epoch).map(|index| self.first_day + index)
	}

	/// The days before the one that an epoch predicts: all that is known while it collects.
	pub fn past(&self, epoch: EpochId) -> Option<&[Day]> {
		self.series.days.get(..self.day(epoch)?)
	}

	/// The ground truth of an epoch, one value per label: known once the epoch reports.
	pub fn truth(&self, epoch: EpochId) -> Option<Vec<f64>> {
		self.question.truth(&self.series.days, self.day(epoch)?)
	}

	/// The slot after the last step of the last epoch.
	pub fn end(&self) -> Slot {
		self.first_epoch + (self.epochs as u64 + 1) * self.epoch_length
	}
}

/// The open windows of topics at a best block.
#[derive(Clone, Debug)]
pub struct Tick {
	/// The block.
	pub head: Head,
	/// The open windows, by topic.
	pub topics: Arc<BTreeMap<TopicId, Schedule>>,
}

impl Tick {
	/// The epoch of a topic that accepts payloads.
	pub fn collecting(&self, topic: TopicId) -> Option<OpenEpoch> {
		self.topics.get(&topic)?.collecting
	}

	/// The epoch of a topic whose committed payloads are revealed.
	pub fn revealing(&self, topic: TopicId) -> Option<OpenEpoch> {
		self.topics.get(&topic)?.revealing
	}

	/// The epochs of a topic that accept reports.
	pub fn reporting(&self, topic: TopicId) -> &[OpenEpoch] {
		self.topics.get(&topic).map_or(&[], |schedule| &schedule.reporting)
	}
}

/// Reads the open windows of these topics at every best block, once for all participants.
pub async fn follow_clock(
	mut chain: Chain,
	topics: Vec<TopicId>,
	ticks: watch::Sender<Option<Tick>>,
) -> Result<()> {
	let mut windows = Windows::new(topics);
	loop {
		let head = chain.next_head().await?;
		let topics = match windows.read(&chain, head).await {
			Ok(topics) => Arc::new(topics),
			// A node discards the state of an abandoned block.
			Err(_) if !chain.holds(head).await? => continue,
			Err(error) => return Err(error),
		};
		if ticks.send(Some(Tick { head, topics })).is_err() {
			return Ok(());
		}
	}
}

/// The newest [`Tick`], `None` before the first.
pub type Ticks = watch::Receiver<Option<Tick>>;

/// Waits for the next tick.
pub async fn next(ticks: &mut Ticks) -> Result<Tick> {
	loop {
		ticks.changed().await.context("the open epochs are no longer read")?;
		if let Some(tick) = ticks.borrow_and_update().clone() {
			return Ok(tick);
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	/// Epochs 40, 55 and 70 predict the days 100 to 102.
	pub(super) fn plan() -> Plan {
		Plan {
			topic: 1,
			question: Question::Range,
			first_epoch: 40,
			epoch_length: 15,
			first_day: 100,
			epochs: 3,
			series: Arc::new(Series::sp500().unwrap()),
		}
	}

	#[test]
	fn plan_maps_epochs_to_days() {
		let plan = plan();
		let days = &plan.series.days;
		assert_eq!(plan.epoch_ids().collect::<Vec<_>>(), [40, 55, 70]);
		assert_eq!(plan.day(55), Some(101));
		assert_eq!(plan.past(55), Some(&days[..101]));
		assert_eq!(plan.truth(55), Some(vec![days[101].range()]));
		assert_eq!((plan.day(25), plan.day(85)), (None, None));
		assert_eq!(plan.end(), 100);
	}
}
