//! What somebody who looks at the chain reads: topics, their past and their participants, as the
//! runtime APIs return them and as the gateway passes them on.
//!
//! As in [`super::types`], values are decoded by the names in the chain's metadata.

use super::{
	explanation::{LearnedReputer, WorkerPart},
	json::{Address, Fixed, Fraction, Name, Planck, Text},
	types::{AccountId, EpochId, EpochState, Role, Rule, Slot, TopicId},
	Snapshot,
};
use anyhow::Result;
use schemars::JsonSchema;
use serde::Serialize;
use subxt::ext::scale_decode::DecodeAsType;

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
	/// The parameters of the next epoch.
	pub parameters: Parameters,
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
}

/// The parameters of a topic that say what it asks, and when. The texts are its creator's words.
#[derive(Clone, Debug, PartialEq, DecodeAsType, Serialize, JsonSchema)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub struct Parameters {
	/// What the topic predicts, in the words of its creator.
	pub metadata: Text,
	/// Where reputers find the truth, in the words of its creator.
	pub ground_truth: Text,
	/// Names of the values of an inference, one each, in the words of its creator.
	pub labels: Vec<Text>,
	/// How far an inference is from the truth.
	pub loss_method: Name,
	/// The rule by which losses become weights.
	pub rule: Rule,
	/// Slots from one epoch's opening to the next.
	pub epoch_length: u32,
	/// Slots after the opening in which payloads are accepted.
	pub worker_window: u32,
	/// Slots after that in which payloads are revealed.
	pub reveal_window: u32,
	/// Slots after the opening at which the truth is known.
	pub ground_truth_lag: u32,
	/// Number of epochs that the chain keeps.
	pub history: u32,
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
	/// The truth, one value per label; none before it is learned.
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

/// A page of an account's positions.
#[derive(Clone, Debug, PartialEq, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub struct PositionPage {
	/// The positions, by ascending topic.
	pub positions: Vec<Position>,
	/// The topic from which the following page starts; none if there is none.
	pub next: Option<TopicId>,
}

/// What an account is, has and is owed in a topic.
#[derive(Clone, Debug, PartialEq, DecodeAsType, Serialize, JsonSchema)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub struct Position {
	/// The topic.
	pub topic: TopicId,
	/// The registration as a worker; none if it never registered as one.
	pub worker: Option<RegistrationInfo>,
	/// The registration as a reputer; none if it never registered as one.
	pub reputer: Option<RegistrationInfo>,
	/// The roles of these registrations.
	pub roles: Vec<RolePosition>,
	/// The stake behind it as a reputer.
	pub stake: Stake,
	/// The rewards that are not paid out yet, in planck.
	pub due: Planck,
}

/// An account's registration in a topic.
#[derive(Clone, Debug, PartialEq, DecodeAsType, Serialize, JsonSchema)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub struct RegistrationInfo {
	/// The account that is paid for its work.
	pub owner: Address,
	/// Whether the account has left.
	pub left: bool,
}

/// An account's score and latest activity in a role.
#[derive(Clone, Debug, PartialEq, DecodeAsType, Serialize, JsonSchema)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub struct RolePosition {
	/// The role.
	pub role: Role,
	/// The smoothed score; none before the first one.
	pub score: Option<Fixed>,
	/// The newest epoch in whose active set the account is.
	pub last_active: Option<EpochId>,
}

/// The stake behind a reputer in a topic. Amounts are in planck.
#[derive(Clone, Debug, PartialEq, DecodeAsType, Serialize, JsonSchema)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub struct Stake {
	/// Its own stake that counts.
	pub own: Planck,
	/// The stake that others have delegated to it.
	pub delegated: Planck,
	/// The part of its delegators' rewards that it keeps.
	pub commission: Fraction,
	/// The pending removals of its own stake, oldest first.
	pub removals: Vec<PendingRemoval>,
}

/// A pending removal of stake.
#[derive(Clone, Debug, PartialEq, DecodeAsType, Serialize, JsonSchema)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub struct PendingRemoval {
	/// The id by which it can be cancelled.
	pub id: u64,
	/// The amount, in planck.
	pub amount: Planck,
	/// The first slot in which it can be withdrawn.
	pub due: Slot,
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

	/// The accounts that were recently active in a role of a topic, the best first.
	pub async fn leaderboard_page(&self, topic: TopicId, role: Role) -> Result<Leaderboard> {
		self.call("AggregationApi", "leaderboard", (topic, role)).await
	}

	/// The elements of an epoch's bundle by name; empty if it is not on record.
	pub async fn elements(&self, topic: TopicId, epoch: EpochId) -> Result<Vec<ElementInfo>> {
		self.call("AggregationApi", "elements", (topic, epoch)).await
	}

	/// An account's positions in the topics from a number on, at most 256.
	pub async fn position_page(
		&self,
		account: AccountId,
		from: TopicId,
		limit: u32,
	) -> Result<PositionPage> {
		self.call("TopicsApi", "positions", (account, from, limit)).await
	}
}
