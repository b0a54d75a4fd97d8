//! What somebody who looks at the chain reads: topics, their past and their participants, as the
//! runtime APIs return them, and as the gateway and the commands write them. [`super::holdings`] has
//! what an account has.
//!
//! As in [`super::types`], values are decoded by the names in the chain's metadata.

use super::{
	address,
	explanation::{LearnedReputer, WorkerPart},
	json::{Address, Fixed, Name, Planck},
	types::{EpochId, EpochState, Role, Slot, TopicId, TopicParameters, TopicUpdate},
	Snapshot,
};
use anyhow::Result;
use schemars::JsonSchema;
use serde::Serialize;
use std::fmt::{self, Display, Formatter};
use subxt::ext::scale_decode::DecodeAsType;

/// The number of topics in a page of [`Snapshot::overviews`].
const TOPIC_PAGE: u32 = 64;
/// The number of epochs in a page of [`Snapshot::history`].
const EPOCH_PAGE: u32 = 64;

/// A page of topics.
#[derive(Clone, Debug, PartialEq, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub struct OverviewPage {
	/// The topics, by ascending number.
	pub topics: Vec<Overview>,
	/// The number from which the following page starts; none if there is none.
	pub next: Option<TopicId>,
}

/// A topic with its newest results.
#[derive(Clone, Debug, PartialEq, DecodeAsType, Serialize, JsonSchema)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub struct Overview {
	/// The topic.
	pub info: Topic,
	/// The newest settled epoch on record.
	pub settled: Option<EpochSummary>,
	/// The newest network inference; none before the first one.
	pub inference: Option<Inference>,
}

/// A topic with its state. Amounts are in planck.
#[derive(Clone, Debug, PartialEq, DecodeAsType, Serialize, JsonSchema)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub struct Topic {
	/// The topic's number.
	pub topic: TopicId,
	/// The account that may change and retire it.
	pub creator: Address,
	/// The account to which the creator has offered it.
	pub offered_to: Option<Address>,
	/// The parameters of the next epoch; their texts are the creator's words.
	pub parameters: TopicParameters,
	/// Whether only listed accounts may be workers.
	pub workers_listed: bool,
	/// Whether only listed accounts may be reputers.
	pub reputers_listed: bool,
	/// Whether the topic is active: its epochs open.
	pub active: bool,
	/// Whether the creator has retired it.
	pub retired: bool,
	/// The epoch that opened last.
	pub last_epoch: Option<EpochId>,
	/// The epoch that opens next; none if no further one follows.
	pub next_epoch: Option<EpochId>,
	/// The weight by which it shares in emission.
	pub weight: Planck,
	/// The decayed revenue.
	pub revenue: Planck,
	/// The stake of its reputers.
	pub stake: Planck,
	/// The balance of its pot.
	pub pot: Planck,
	/// What its creator has announced.
	pub announced: Announced,
}

/// What the creator of a topic has announced, and the slots from which on it holds or may be done.
#[derive(Clone, Debug, Default, PartialEq, DecodeAsType, Serialize, JsonSchema)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub struct Announced {
	/// The slot from which on only listed accounts may be workers.
	pub workers_listed_from: Option<Slot>,
	/// The slot from which on only listed accounts may be reputers.
	pub reputers_listed_from: Option<Slot>,
	/// A change of parameters, and the slot from which on the creator may make it.
	pub update: Option<(TopicUpdate, Slot)>,
	/// The slot from which on the creator may retire the topic.
	pub retirement: Option<Slot>,
}

impl Topic {
	/// Its state in one word.
	pub fn state(&self) -> &'static str {
		match (self.retired, self.active) {
			(true, _) => "retired",
			(false, true) => "active",
			(false, false) => "inactive",
		}
	}
}

/// How long a topic is funded at today's price of rent.
#[derive(Clone, Debug, PartialEq, DecodeAsType, Serialize, JsonSchema)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub struct Funding {
	/// The rent of one epoch, in planck.
	pub rent: Planck,
	/// The number of epochs, besides those that are paid for.
	pub epochs: u32,
	/// The seconds until the topic lapses.
	pub seconds: u64,
}

/// A network inference.
#[derive(Clone, Debug, PartialEq, DecodeAsType, Serialize, JsonSchema)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub struct Inference {
	/// The epoch it belongs to.
	pub epoch: EpochId,
	/// One value per label.
	pub label_values: Vec<Fixed>,
	/// Where the truth is expected, one row per label: the quantiles at 2.5, 16, 84 and 97.5 %.
	/// Empty before the first truth of the topic.
	pub intervals: Vec<[Fixed; 4]>,
	/// How far the workers disagree, one row per label: the percentiles 2.28, 15.87, 50, 84.13 and
	/// 97.72 of their values by weight.
	pub disagreement: Vec<[Fixed; 5]>,
	/// The number of slots since the epoch opened.
	pub age: Slot,
}

/// A network inference without outliers.
#[derive(Clone, Debug, PartialEq, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub struct ResistantInference {
	/// The inference; the ordinary one if no inferer was left out.
	pub inference: Inference,
	/// The inferers left out.
	pub left_out: Vec<Address>,
}

/// An epoch as a curve over epochs shows it.
#[derive(Clone, Debug, PartialEq, DecodeAsType, Serialize, JsonSchema)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub struct EpochSummary {
	/// The epoch: the slot in which it opened.
	pub epoch: EpochId,
	/// Its state.
	pub state: EpochState,
	/// The network inference, one value per label; empty if there is none.
	pub label_values: Vec<Fixed>,
	/// Where the truth was expected, one row per label: the quantiles at 2.5, 16, 84 and 97.5 %.
	pub intervals: Vec<[Fixed; 4]>,
	/// The truth, one value per label; none before it is learned, and in topics with a custom loss.
	pub truth: Option<Vec<Fixed>>,
	/// The losses; none before they are learned.
	pub losses: Option<Losses>,
	/// The number of its participants.
	pub participants: Participants,
	/// The sum of the rewards that it credited, in planck.
	pub paid: Planck,
}

impl EpochSummary {
	/// Whether the epoch has ended, so that nothing of it changes any more.
	pub fn has_ended(&self) -> bool {
		matches!(self.state, EpochState::Settled | EpochState::Void(_))
	}
}

/// The losses of an epoch that are compared most, as log10 of the topic's loss.
#[derive(Clone, Debug, PartialEq, DecodeAsType, Serialize, JsonSchema)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub struct Losses {
	/// The loss of the network inference.
	pub network: Fixed,
	/// The loss of the naive inference, which leaves out forecasters.
	pub naive: Fixed,
	/// The lowest loss of an inferer.
	pub best: Fixed,
}

/// The number of participants of an epoch, by role.
#[derive(Clone, Debug, PartialEq, DecodeAsType, Serialize, JsonSchema)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub struct Participants {
	/// The inferers in its bundle.
	pub inferers: u32,
	/// The forecasters in its bundle.
	pub forecasters: u32,
	/// The reputers from which it was learned.
	pub reputers: u32,
}

/// The accounts that were recently active in a role of a topic.
#[derive(Clone, Debug, PartialEq, DecodeAsType, Serialize, JsonSchema)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub struct Leaderboard {
	/// The newest settled epoch on record, of which the leaders' results are.
	pub settled: Option<EpochId>,
	/// The accounts by falling smoothed score.
	pub leaders: Vec<Leader>,
}

/// An account of a leaderboard.
#[derive(Clone, Debug, PartialEq, DecodeAsType, Serialize, JsonSchema)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub struct Leader {
	/// The account.
	pub account: Address,
	/// The account that is paid for its work.
	pub owner: Address,
	/// Whether it is registered for the role.
	pub registered: bool,
	/// Whether it takes part: `newcomer`, `active` or `passive`.
	pub activity: Name,
	/// The number of settled epochs since its last one.
	pub missed: u32,
	/// The smoothed score; none before the first one.
	pub score: Option<Fixed>,
	/// The regret as an inferer or forecaster; none before the first one.
	pub regret: Option<Fixed>,
	/// The rewards in the topic, of all roles, that are not paid out yet, in planck.
	pub due: Planck,
	/// Its result in the newest settled epoch; none if it has no part in it.
	pub latest: Option<LatestResult>,
}

/// An account's result in a role in the newest settled epoch.
#[derive(Clone, Debug, PartialEq, DecodeAsType, Serialize, JsonSchema)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub struct LatestResult {
	/// The reward, in planck.
	pub reward: Planck,
	/// Its part, with weight, loss and score.
	pub part: RolePart,
}

/// An account's part in an epoch, by role.
#[derive(Clone, Debug, PartialEq, DecodeAsType, Serialize, JsonSchema)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
#[serde(rename_all = "snake_case")]
pub enum RolePart {
	/// The part of an inferer or forecaster.
	Worker(WorkerPart),
	/// The part of a reputer.
	Reputer(LearnedReputer),
}

/// An inference of a bundle, for which the network has a loss.
#[derive(Clone, Copy, Debug, PartialEq, Eq, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub enum Element {
	/// The network inference of all inferers and forecasters.
	Combined,
	/// The network inference of the inferers alone.
	Naive,
	/// The inference of this inferer.
	Inferer(Address),
	/// The forecast-implied inference of this forecaster.
	Forecaster(Address),
	/// The forecast-implied inference of a forecaster without an inferer.
	OneOutInfererForecaster {
		/// The forecaster.
		forecaster: Address,
		/// The inferer that is left out.
		inferer: Address,
	},
	/// The network inference without this inferer.
	OneOutInferer(Address),
	/// The network inference without this forecaster.
	OneOutForecaster(Address),
	/// The network inference of the inferers and this forecaster alone.
	OneInForecaster(Address),
}

impl Display for Element {
	fn fmt(&self, to: &mut Formatter) -> fmt::Result {
		let who = |Address(account): &Address| address(account);
		match self {
			Self::Combined => to.write_str("combined"),
			Self::Naive => to.write_str("naive"),
			Self::Inferer(inferer) => write!(to, "inferer {}", who(inferer)),
			Self::Forecaster(forecaster) => write!(to, "forecaster {}", who(forecaster)),
			Self::OneOutInfererForecaster { forecaster, inferer } => {
				write!(to, "forecaster {} without {}", who(forecaster), who(inferer))
			}
			Self::OneOutInferer(inferer) => write!(to, "without {}", who(inferer)),
			Self::OneOutForecaster(forecaster) => {
				write!(to, "without forecaster {}", who(forecaster))
			}
			Self::OneInForecaster(forecaster) => {
				write!(to, "with forecaster {} alone", who(forecaster))
			}
		}
	}
}

/// An element of a bundle with its values.
#[derive(Clone, Debug, PartialEq, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub struct ElementInfo {
	/// The element.
	pub element: Element,
	/// One value per label.
	pub label_values: Vec<Fixed>,
}

impl Snapshot {
	/// The topics from a number on with their newest results, at most 64.
	pub async fn overview_page(&self, from: TopicId, limit: u32) -> Result<OverviewPage> {
		self.call("TopicsApi", "overview", (from, limit)).await
	}

	/// All topics, by ascending number.
	pub async fn overviews(&self) -> Result<Vec<Overview>> {
		let (mut topics, mut from) = (Vec::new(), Some(0));
		while let Some(start) = from {
			let page = self.overview_page(start, TOPIC_PAGE).await?;
			topics.extend(page.topics);
			from = page.next;
		}
		Ok(topics)
	}

	/// A topic with its newest results, `None` if it does not exist.
	pub async fn overview(&self, topic: TopicId) -> Result<Option<Overview>> {
		let page = self.overview_page(topic, 1).await?;
		Ok(page.topics.into_iter().find(|found| found.info.topic == topic))
	}

	/// A topic, `None` if it does not exist.
	pub async fn details(&self, topic: TopicId) -> Result<Option<Topic>> {
		self.call("TopicsApi", "topic", (topic,)).await
	}

	/// The parameters that hold for an epoch of a topic, `None` if it is not on record.
	pub async fn epoch_parameters(
		&self,
		topic: TopicId,
		epoch: EpochId,
	) -> Result<Option<TopicParameters>> {
		self.call("TopicsApi", "epoch_parameters", (topic, epoch)).await
	}

	/// How long a topic is funded, `None` if it does not exist.
	pub async fn funding(&self, topic: TopicId) -> Result<Option<Funding>> {
		self.call("TopicsApi", "funded", (topic,)).await
	}

	/// The number of topics with these parameters that can still be admitted.
	pub async fn vacancies(&self, parameters: &TopicParameters) -> Result<u32> {
		self.call("TopicsApi", "vacancies", (parameters.clone(),)).await
	}

	/// The newest network inference of a topic without outliers, `None` before the first one.
	pub async fn resistant(&self, topic: TopicId) -> Result<Option<ResistantInference>> {
		self.call("AggregationApi", "latest_resistant_inference", (topic,)).await
	}

	/// The epochs on record before an epoch, or up to the newest one, newest first, at most 64.
	pub async fn history_page(
		&self,
		topic: TopicId,
		before: Option<EpochId>,
		limit: u32,
	) -> Result<Vec<EpochSummary>> {
		self.call("AggregationApi", "history", (topic, before, limit)).await
	}

	/// The epochs of a topic on record, newest first.
	pub async fn history(&self, topic: TopicId) -> Result<Vec<EpochSummary>> {
		let mut epochs: Vec<EpochSummary> = Vec::new();
		loop {
			let before = epochs.last().map(|oldest| oldest.epoch);
			let page = self.history_page(topic, before, EPOCH_PAGE).await?;
			if page.is_empty() {
				return Ok(epochs);
			}
			epochs.extend(page);
		}
	}

	/// The accounts that were recently active in a role of a topic, the best first.
	pub async fn leaderboard(&self, topic: TopicId, role: Role) -> Result<Leaderboard> {
		self.call("AggregationApi", "leaderboard", (topic, role)).await
	}

	/// The elements of an epoch's bundle by name; empty if it is not on record.
	pub async fn elements(&self, topic: TopicId, epoch: EpochId) -> Result<Vec<ElementInfo>> {
		self.call("AggregationApi", "elements", (topic, epoch)).await
	}
}
