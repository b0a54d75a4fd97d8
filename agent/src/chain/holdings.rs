//! What an account has on the chain: registrations and what they earn, stakes, delegations and
//! purchases, as the runtime APIs return them, and as the gateway and the commands write them.
//!
//! As in [`super::types`], values are decoded by the names in the chain's metadata.

use super::{
	json::{Address, Fixed, Fraction, Planck},
	types::{AccountId, EpochId, Registration, Role, Slot, TopicId},
	Snapshot,
};
use anyhow::Result;
use schemars::JsonSchema;
use serde::Serialize;
use subxt::ext::scale_decode::DecodeAsType;

/// The number of entries in a page of a list.
const PAGE: u32 = 256;

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
#[derive(Clone, Copy, Debug, PartialEq, Eq, DecodeAsType, Serialize, JsonSchema)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub struct PendingRemoval {
	/// The id by which it can be cancelled.
	pub id: u64,
	/// The amount, in planck.
	pub amount: Planck,
	/// The first slot in which it can be withdrawn.
	pub due: Slot,
}

/// A delegation.
#[derive(Clone, Debug, PartialEq, DecodeAsType, Serialize, JsonSchema)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub struct Delegation {
	/// The topic.
	pub topic: TopicId,
	/// The reputer.
	pub reputer: Address,
	/// The amount that counts, in planck.
	pub amount: Planck,
	/// The rewards that can be claimed now, in planck.
	pub claimable: Planck,
	/// The pending removals, oldest first.
	pub removals: Vec<PendingRemoval>,
}

/// What can be bought of a topic.
#[derive(Clone, Debug, PartialEq, DecodeAsType, Serialize, JsonSchema)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub struct Quote {
	/// The epoch of the newest network inference.
	pub epoch: EpochId,
	/// The slots since that epoch opened.
	pub age: Slot,
	/// The minimum payment, in planck.
	pub minimum: Planck,
}

/// A subscription. Amounts are in planck.
#[derive(Clone, Debug, PartialEq, DecodeAsType, Serialize, JsonSchema)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub struct Subscription {
	/// The topic.
	pub topic: TopicId,
	/// The price of one delivery.
	pub per_epoch: Planck,
	/// The number of deliveries to come.
	pub epochs_left: u32,
	/// What is on hold for them.
	pub escrow: Planck,
	/// What is on hold for the storage.
	pub deposit: Planck,
}

/// What an epoch of a topic on demand costs. Amounts are in planck.
#[derive(Clone, Debug, PartialEq, DecodeAsType, Serialize, JsonSchema)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub struct Opening {
	/// The minimum payment of a new request.
	pub minimum: Planck,
	/// The rent of one epoch at today's price.
	pub rent: Planck,
	/// The slot in which an ordered epoch opens, `None` if none is ordered.
	pub ordered: Option<Slot>,
	/// The number of requests that no opening is ordered for.
	pub waiting: u32,
}

/// What a buyer got.
#[derive(Clone, Debug, PartialEq, DecodeAsType, Serialize, JsonSchema)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub struct Receipt {
	/// The topic.
	pub topic: TopicId,
	/// The epoch of the inference.
	pub epoch: EpochId,
	/// The inference, one value per label.
	pub label_values: Vec<Fixed>,
	/// The amount paid, in planck.
	pub price: Planck,
}

impl Snapshot {
	/// An account's positions in the topics from a number on, at most 256.
	pub async fn position_page(
		&self,
		account: AccountId,
		from: TopicId,
		limit: u32,
	) -> Result<PositionPage> {
		self.call("TopicsApi", "positions", (account, from, limit)).await
	}

	/// What an account is, has and is owed in the topics in which it has ever registered.
	pub async fn positions(&self, account: AccountId) -> Result<Vec<Position>> {
		let (mut positions, mut from) = (Vec::new(), Some(0));
		while let Some(start) = from {
			let page = self.position_page(account, start, PAGE).await?;
			positions.extend(page.positions);
			from = page.next;
		}
		Ok(positions)
	}

	/// The stake behind a reputer of a topic.
	pub async fn stake(&self, topic: TopicId, reputer: AccountId) -> Result<Stake> {
		self.call("ReputerApi", "stake", (topic, reputer)).await
	}

	/// The stake that an account has in a topic as a reputer, in planck.
	pub async fn own_stake(&self, topic: TopicId, reputer: AccountId) -> Result<u128> {
		Ok(self.stake(topic, reputer).await?.own.0)
	}

	/// The delegations of an account in all topics.
	pub async fn delegations(&self, delegator: AccountId) -> Result<Vec<Delegation>> {
		self.call("ReputerApi", "delegations", (delegator,)).await
	}

	/// What a delegator can claim from a reputer of a topic, in planck.
	pub async fn claimable(
		&self,
		topic: TopicId,
		reputer: AccountId,
		delegator: AccountId,
	) -> Result<u128> {
		let args = (topic, reputer, delegator);
		let found: Option<Delegation> = self.call("ReputerApi", "delegation", args).await?;
		Ok(found.map_or(0, |delegation| delegation.claimable.0))
	}

	/// The age and minimum price of a topic's newest inference, `None` if there is none for sale.
	pub async fn quote(&self, topic: TopicId) -> Result<Option<Quote>> {
		self.call("ConsumerApi", "quote", (topic,)).await
	}

	/// The minimum price per epoch of a new subscription in planck, `None` if the topic takes none.
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

	/// The receipts that an account keeps, oldest first, with their numbers.
	pub async fn receipts(&self, who: AccountId) -> Result<Vec<(u64, Receipt)>> {
		self.call("ConsumerApi", "receipts", (who, 0u64, PAGE)).await
	}
}
