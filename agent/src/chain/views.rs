//! What lists of topics, histories and leaderboards show: the types of the runtime APIs with pages,
//! and the calls that return them.
//!
//! As in [`super::types`], numbers of the chain are in units of 1e-18 and amounts in planck.

use super::{
	explanation::{LearnedReputer, WorkerPart},
	types::{AccountId, EpochId, EpochState, Registration, Role, Slot, TopicId, TopicParameters},
	Snapshot,
};
use anyhow::Result;
use subxt::ext::scale_decode::DecodeAsType;

/// The number of topics in a page of [`Snapshot::overview`].
const TOPICS: u32 = 64;
/// The number of epochs in a page of [`Snapshot::history`].
const EPOCHS: u32 = 64;
/// The number of entries in a page of a list.
const ENTRIES: u32 = 256;

/// A topic with its state and its weight.
#[derive(Clone, Debug, PartialEq, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub struct TopicDetails {
	/// Its number.
	pub topic: TopicId,
	/// The account that may change and retire it.
	pub creator: AccountId,
	/// The account to which the creator has offered it.
	pub offered_to: Option<AccountId>,
	/// The parameters of the next epoch.
	pub parameters: TopicParameters,
	/// Whether only listed accounts may take part as workers.
	pub workers_listed: bool,
	/// Whether only listed accounts may take part as reputers.
	pub reputers_listed: bool,
	/// Whether it is active: its epochs open by the clock.
	pub active: bool,
	/// Whether the creator has retired it.
	pub retired: bool,
	/// The epoch that opens next, `None` if none is planned.
	pub next_epoch: Option<EpochId>,
	/// The weight by which it shares in emission.
	pub weight: u128,
	/// The decayed revenue.
	pub revenue: u128,
	/// The stake of its reputers.
	pub stake: u128,
	/// The balance of its pot.
	pub pot: u128,
}

impl TopicDetails {
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub struct Funding {
	/// The rent of one epoch.
	pub rent: u128,
	/// The number of epochs, besides those that are paid for.
	pub epochs: u32,
	/// The seconds until the topic lapses.
	pub seconds: u64,
}

/// A network inference and its age.
#[derive(Clone, Debug, PartialEq, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub struct NetworkInference {
	/// Its epoch.
	pub epoch: EpochId,
	/// One value per label.
	pub label_values: Vec<i128>,
	/// The slots since the epoch opened.
	pub age: Slot,
}

/// A topic in a list.
#[derive(Clone, Debug, PartialEq, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub struct TopicOverview {
	/// The topic.
	pub info: TopicDetails,
	/// The newest settled epoch on record.
	pub settled: Option<EpochSummary>,
	/// The newest network inference.
	pub inference: Option<NetworkInference>,
}

/// A page of topics.
#[derive(Clone, Debug, PartialEq, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub struct OverviewPage {
	/// The topics, by ascending number.
	pub topics: Vec<TopicOverview>,
	/// Where the following page starts, `None` if there is none.
	pub next: Option<TopicId>,
}

/// An epoch in a history.
#[derive(Clone, Debug, PartialEq, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub struct EpochSummary {
	/// The epoch.
	pub epoch: EpochId,
	/// Its state.
	pub state: EpochState,
	/// The network inference, one value per label; empty if there is none.
	pub label_values: Vec<i128>,
	/// Where the truth was expected, per label: the quantiles at 2.5, 16, 84 and 97.5 %; empty if
	/// they were not known.
	pub intervals: Vec<[i128; 4]>,
	/// The truth, one value per label; `None` before it is learned.
	pub truth: Option<Vec<i128>>,
	/// The losses, `None` before they are learned.
	pub losses: Option<EpochLosses>,
	/// The number of its participants.
	pub participants: ParticipantCounts,
	/// The rewards that it credited.
	pub paid: u128,
}

/// The losses of an epoch that are compared most, as log10 of the topic's loss.
#[derive(Clone, Copy, Debug, PartialEq, Eq, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub struct EpochLosses {
	/// That of the network inference.
	pub network: i128,
	/// That of the naive inference, which leaves out forecasters.
	pub naive: i128,
	/// The lowest one of an inferer.
	pub best: i128,
}

/// The number of participants of an epoch, by role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub struct ParticipantCounts {
	/// The inferers.
	pub inferers: u32,
	/// The forecasters.
	pub forecasters: u32,
	/// The reputers.
	pub reputers: u32,
}

/// The accounts that were lately active in a role of a topic.
#[derive(Clone, Debug, PartialEq, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub struct Leaderboard {
	/// The newest settled epoch on record, of which the results are.
	pub settled: Option<EpochId>,
	/// The accounts, the best first.
	pub leaders: Vec<Leader>,
}

/// An account of a leaderboard.
#[derive(Clone, Debug, PartialEq, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub struct Leader {
	/// The account.
	pub account: AccountId,
	/// The account that is paid for its work.
	pub owner: AccountId,
	/// Whether it takes part.
	pub activity: Activity,
	/// The number of settled epochs on record since it was last active.
	pub missed: u32,
	/// The smoothed score, `None` before the first one.
	pub score: Option<i128>,
	/// Its result in the newest settled epoch, `None` if it has no part in it.
	pub latest: Option<LatestResult>,
}

/// Whether an account takes part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub enum Activity {
	/// Nothing is known of it yet.
	Newcomer,
	/// It is in the active set of the newest settled epoch, or of a later one.
	Active,
	/// It is in none of these sets.
	Passive,
}

impl Activity {
	/// Its name.
	pub fn name(self) -> &'static str {
		match self {
			Self::Newcomer => "newcomer",
			Self::Active => "active",
			Self::Passive => "passive",
		}
	}
}

/// An account's result in the newest settled epoch.
#[derive(Clone, Debug, PartialEq, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub struct LatestResult {
	/// The reward.
	pub reward: u128,
	/// Its part.
	pub part: RolePart,
}

/// An account's part in an epoch, by role.
#[derive(Clone, Debug, PartialEq, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub enum RolePart {
	/// That of an inferer or forecaster.
	Worker(WorkerPart),
	/// That of a reputer.
	Reputer(LearnedReputer),
}

/// What an account is owed in a topic in which it has registered.
#[derive(Clone, Debug, PartialEq, Eq, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub struct Position {
	/// The topic.
	pub topic: TopicId,
	/// Its registration as a worker, `None` if it never registered as one.
	pub worker: Option<RegistrationInfo>,
	/// Its registration as a reputer, `None` if it never registered as one.
	pub reputer: Option<RegistrationInfo>,
	/// The rewards that are credited and not paid out yet.
	pub due: u128,
}

/// A registration.
#[derive(Clone, Debug, PartialEq, Eq, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub struct RegistrationInfo {
	/// The account that is paid.
	pub owner: AccountId,
	/// Whether the account has left.
	pub left: bool,
}

impl Position {
	/// Whether the account is registered.
	pub fn is_registered(&self, registration: Registration) -> bool {
		let found = match registration {
			Registration::Worker => &self.worker,
			Registration::Reputer => &self.reputer,
		};
		found.as_ref().is_some_and(|found| !found.left)
	}
}

/// A page of positions.
#[derive(Clone, Debug, PartialEq, Eq, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub struct PositionPage {
	/// The positions, by ascending topic.
	pub positions: Vec<Position>,
	/// Where the following page starts, `None` if there is none.
	pub next: Option<TopicId>,
}

/// The stake behind a reputer.
#[derive(Clone, Debug, PartialEq, Eq, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub struct StakeDetails {
	/// Its own stake that counts.
	pub own: u128,
	/// The stake delegated to it that counts.
	pub delegated: u128,
	/// The part of its delegators' rewards that it keeps, in 1e-9.
	pub commission: u32,
	/// The pending removals of its own stake, oldest first.
	pub removals: Vec<PendingRemoval>,
}

/// A pending removal of stake.
#[derive(Clone, Copy, Debug, PartialEq, Eq, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub struct PendingRemoval {
	/// The id by which it can be cancelled.
	pub id: u64,
	/// The amount.
	pub amount: u128,
	/// The first slot in which it can be withdrawn.
	pub due: Slot,
}

/// A delegation.
#[derive(Clone, Debug, PartialEq, Eq, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub struct DelegationDetails {
	/// The topic.
	pub topic: TopicId,
	/// The reputer.
	pub reputer: AccountId,
	/// The amount that counts.
	pub amount: u128,
	/// The rewards that can be claimed now.
	pub claimable: u128,
	/// The pending removals, oldest first.
	pub removals: Vec<PendingRemoval>,
}

/// What can be bought of a topic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub struct Quote {
	/// The epoch of the newest network inference.
	pub epoch: EpochId,
	/// The slots since that epoch opened.
	pub age: Slot,
	/// The minimum payment.
	pub minimum: u128,
}

/// A subscription.
#[derive(Clone, Copy, Debug, PartialEq, Eq, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub struct Subscription {
	/// The topic.
	pub topic: TopicId,
	/// The price of one delivery.
	pub per_epoch: u128,
	/// The number of deliveries to come.
	pub epochs_left: u32,
	/// What is on hold for them.
	pub escrow: u128,
	/// What is on hold for the storage.
	pub deposit: u128,
}

/// What an epoch of a topic on demand costs, as far as it is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub struct Opening {
	/// The minimum payment of a new request.
	pub minimum: u128,
	/// The rent of one epoch at today's price.
	pub rent: u128,
	/// The slot in which an ordered epoch opens, `None` if none is ordered.
	pub ordered: Option<Slot>,
	/// The number of requests that no opening is ordered for.
	pub waiting: u32,
}

/// What a buyer got, as far as it is shown.
#[derive(Clone, Debug, PartialEq, Eq, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub struct Receipt {
	/// The topic.
	pub topic: TopicId,
	/// The epoch of the inference.
	pub epoch: EpochId,
	/// The inference, one value per label.
	pub label_values: Vec<i128>,
	/// The amount paid.
	pub price: u128,
}

impl Snapshot {
	/// A topic with its parameters, `None` if it does not exist.
	pub async fn details(&self, topic: TopicId) -> Result<Option<TopicDetails>> {
		self.call("TopicsApi", "topic", (topic,)).await
	}

	/// How long a topic is funded, `None` if it does not exist.
	pub async fn funding(&self, topic: TopicId) -> Result<Option<Funding>> {
		self.call("TopicsApi", "funded", (topic,)).await
	}

	/// All topics, by ascending number.
	pub async fn overview(&self) -> Result<Vec<TopicOverview>> {
		let (mut topics, mut from) = (Vec::new(), Some(0));
		while let Some(start) = from {
			let page: OverviewPage = self.call("TopicsApi", "overview", (start, TOPICS)).await?;
			topics.extend(page.topics);
			from = page.next;
		}
		Ok(topics)
	}

	/// The epochs of a topic on record, newest first.
	pub async fn history(&self, topic: TopicId) -> Result<Vec<EpochSummary>> {
		let mut epochs: Vec<EpochSummary> = Vec::new();
		loop {
			let before = epochs.last().map(|oldest| oldest.epoch);
			let page: Vec<EpochSummary> =
				self.call("AggregationApi", "history", (topic, before, EPOCHS)).await?;
			if page.is_empty() {
				return Ok(epochs);
			}
			epochs.extend(page);
		}
	}

	/// The accounts that were lately active in a role of a topic, the best first.
	pub async fn leaderboard(&self, topic: TopicId, role: Role) -> Result<Leaderboard> {
		self.call("AggregationApi", "leaderboard", (topic, role)).await
	}

	/// What an account has and is owed in the topics in which it has ever registered.
	pub async fn positions(&self, who: AccountId) -> Result<Vec<Position>> {
		let (mut positions, mut from) = (Vec::new(), Some(0));
		while let Some(start) = from {
			let args = (who, start, ENTRIES);
			let page: PositionPage = self.call("TopicsApi", "positions", args).await?;
			positions.extend(page.positions);
			from = page.next;
		}
		Ok(positions)
	}

	/// The stake behind a reputer of a topic.
	pub async fn stake(&self, topic: TopicId, reputer: AccountId) -> Result<StakeDetails> {
		self.call("ReputerApi", "stake", (topic, reputer)).await
	}

	/// The delegations of an account in all topics.
	pub async fn delegations(&self, delegator: AccountId) -> Result<Vec<DelegationDetails>> {
		self.call("ReputerApi", "delegations", (delegator,)).await
	}

	/// The age and minimum price of a topic's newest inference, `None` if there is none for sale.
	pub async fn quote(&self, topic: TopicId) -> Result<Option<Quote>> {
		self.call("ConsumerApi", "quote", (topic,)).await
	}

	/// The minimum price per epoch of a new subscription, `None` if the topic takes none.
	pub async fn subscription_minimum(&self, topic: TopicId) -> Result<Option<u128>> {
		self.call("ConsumerApi", "subscription_minimum", (topic,)).await
	}

	/// The subscriptions of an account.
	pub async fn subscriptions(&self, who: AccountId) -> Result<Vec<Subscription>> {
		self.call("ConsumerApi", "subscriptions", (who,)).await
	}

	/// What an epoch of a topic costs, `None` if its epochs do not open on demand.
	pub async fn opening(&self, topic: TopicId) -> Result<Option<Opening>> {
		self.call("ConsumerApi", "opening", (topic,)).await
	}

	/// The number of topics with these parameters that can still be admitted.
	pub async fn vacancies(&self, parameters: &TopicParameters) -> Result<u32> {
		self.call("TopicsApi", "vacancies", (parameters.clone(),)).await
	}
	/// The receipts that an account keeps, oldest first, with their numbers.
	pub async fn receipts(&self, who: AccountId) -> Result<Vec<(u64, Receipt)>> {
		self.call("ConsumerApi", "receipts", (who, 0u64, ENTRIES)).await
	}
}
