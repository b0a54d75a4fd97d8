//! Purchases: `buy`, `discard`, `subscribe`, `unsubscribe` and `request`.

use super::{
	allo, counted, no_topic,
	send::{nothing, Outcome, Plan, Sending, Signer},
};
use crate::chain::{
	calls, decimal, exact_allo, holdings::Receipt, json::Text, types::TopicId, Events,
};
use anyhow::{ensure, Context, Result};
use clap::Args;
use subxt::ext::scale_decode::DecodeAsType;

/// Buys an inference.
#[derive(Debug, Args)]
pub struct Buy {
	/// Id of the topic.
	#[arg(long)]
	topic: TopicId,
	/// What to pay, in ALLO [default: the minimum].
	#[arg(long, value_name = "ALLO", value_parser = allo)]
	payment: Option<u128>,
	/// Refuse an inference that is older than this number of slots [default: an epoch's length more
	/// than now].
	#[arg(long, value_name = "SLOTS")]
	max_age: Option<u32>,
	/// Keep the receipt in the chain's state, for a deposit.
	#[arg(long)]
	keep: bool,
	#[command(flatten)]
	sending: Sending,
}

/// The event of a purchase.
#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
struct Purchased {
	receipt: Receipt,
}

impl Buy {
	pub async fn run(self) -> Result<()> {
		let signer = Signer::open(&self.sending).await?;
		let state = signer.state().await?;
		let topic = state.details(self.topic).await?.with_context(|| no_topic(self.topic))?;
		let quote = state.quote(self.topic).await?.with_context(|| {
			format!(
				"topic {0} has no inference for sale yet: `allora-agent topic show {0}`",
				self.topic
			)
		})?;
		let payment = self.payment.unwrap_or(quote.minimum.0);
		ensure!(
			payment >= quote.minimum.0,
			"the minimum is {0} ALLO: `allora-agent buy --topic {1} --payment {0}`",
			exact_allo(quote.minimum.0),
			self.topic,
		);
		let usual = u32::try_from(quote.age)?.saturating_add(topic.parameters.epoch_length);
		let max_age = self.max_age.unwrap_or(usual);
		let mut plan = Plan::free(
			calls::buy(self.topic, payment, max_age, self.keep),
			format!(
				"buys the newest inference of topic {}, at most {max_age} slots old; that of epoch {} is \
				 {} slots old",
				self.topic, quote.epoch, quote.age
			),
		)
		.and("three quarters go to the topic's pot, a quarter to the ecosystem pot")
		.costing("payment", payment);
		if self.keep {
			let deposit = state.constant("Consumer", "ReceiptDeposit")?;
			plan = plan.costing("deposit for the receipt, until it is discarded", deposit);
		}
		let labels = topic.parameters.labels;
		let outcome = |events: &Events| bought(events, &labels);
		signer.send(plan, outcome).await.map(drop)
	}
}

/// What was bought.
fn bought(events: &Events, labels: &[Vec<u8>]) -> Result<Vec<Outcome>> {
	for event in events.iter() {
		let event = event?;
		if (event.pallet_name(), event.event_name()) == ("Consumer", "Purchased") {
			let receipt = event.decode_fields_unchecked_as::<Purchased>()?.receipt;
			let values = labels.iter().zip(&receipt.label_values);
			let values: Vec<_> = values
				.map(|(label, value)| format!("{} {}", Text::new(label).0, decimal(value.0)))
				.collect();
			let text = format!("epoch {}: {}", receipt.epoch, values.join(", "));
			let value = serde_json::to_value(receipt)?;
			return Ok(vec![Outcome { name: "receipt", value, text }]);
		}
	}
	Ok(Vec::new())
}

/// Discards a receipt.
#[derive(Debug, Args)]
pub struct Discard {
	/// Number of the receipt, as `account` shows it.
	number: u64,
	#[command(flatten)]
	sending: Sending,
}

impl Discard {
	pub async fn run(self) -> Result<()> {
		let signer = Signer::open(&self.sending).await?;
		let deposit: u128 = signer.state().await?.constant("Consumer", "ReceiptDeposit")?;
		let effect = format!(
			"discards receipt {}, and gives back its deposit of {} ALLO",
			self.number,
			exact_allo(deposit)
		);
		signer.send(Plan::free(calls::discard(self.number), effect), nothing).await.map(drop)
	}
}

/// Subscribes to a topic.
#[derive(Debug, Args)]
pub struct Subscribe {
	/// Id of the topic.
	#[arg(long)]
	topic: TopicId,
	/// What to pay per inference, in ALLO [default: the minimum].
	#[arg(long, value_name = "ALLO", value_parser = allo)]
	per_epoch: Option<u128>,
	/// The number of inferences.
	#[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..))]
	epochs: u32,
	#[command(flatten)]
	sending: Sending,
}

impl Subscribe {
	pub async fn run(self) -> Result<()> {
		let signer = Signer::open(&self.sending).await?;
		let state = signer.state().await?;
		let minimum = state.subscription_minimum(self.topic).await?;
		let minimum = minimum.with_context(|| no_topic(self.topic))?;
		let price = self.per_epoch.unwrap_or(minimum);
		ensure!(
			price >= minimum,
			"the minimum is {0} ALLO: `allora-agent subscribe --topic {1} --per-epoch {0} --epochs {2}`",
			exact_allo(minimum),
			self.topic,
			self.epochs,
		);
		let plan = Plan::free(
			calls::subscribe(self.topic, price, self.epochs),
			format!(
				"delivers the next {} of topic {}, {} ALLO each; an epoch without one costs nothing",
				counted(self.epochs, "inference"),
				self.topic,
				exact_allo(price)
			),
		)
		.and(format!("ends early by `allora-agent unsubscribe --topic {}`", self.topic))
		.costing("on hold for the inferences", price.saturating_mul(self.epochs.into()))
		.costing(
			"deposit, returned at the end",
			state.constant("Consumer", "SubscriptionDeposit")?,
		);
		signer.send(plan, nothing).await.map(drop)
	}
}

/// Ends a subscription.
#[derive(Debug, Args)]
pub struct Unsubscribe {
	/// Id of the topic.
	#[arg(long)]
	topic: TopicId,
	#[command(flatten)]
	sending: Sending,
}

impl Unsubscribe {
	pub async fn run(self) -> Result<()> {
		let signer = Signer::open(&self.sending).await?;
		let held = signer.state().await?.subscriptions(signer.id()).await?;
		let found = held.into_iter().find(|held| held.topic == self.topic);
		let found = found.with_context(|| {
			format!(
				"the account is not subscribed to topic {}: `allora-agent account {}`",
				self.topic,
				crate::chain::address(&signer.id())
			)
		})?;
		let effect = format!(
			"ends the subscription to topic {} with {} to come, and gives back {} ALLO",
			self.topic,
			counted(found.epochs_left, "inference"),
			exact_allo(found.escrow.0.saturating_add(found.deposit.0))
		);
		signer.send(Plan::free(calls::unsubscribe(self.topic), effect), nothing).await.map(drop)
	}
}

/// Requests an inference of a topic whose epochs open on demand.
#[derive(Debug, Args)]
pub struct Request {
	/// Id of the topic.
	#[arg(long)]
	topic: TopicId,
	/// What to pay for the inference, in ALLO [default: the minimum].
	#[arg(long, value_name = "ALLO", value_parser = allo, conflicts_with = "cancel")]
	payment: Option<u128>,
	/// The number of slots to wait until an epoch is ordered.
	#[arg(long, value_name = "SLOTS", default_value_t = 600, conflicts_with = "cancel")]
	max_wait: u32,
	/// Cancels the request instead, as long as no epoch is ordered.
	#[arg(long)]
	cancel: bool,
	#[command(flatten)]
	sending: Sending,
}

impl Request {
	pub async fn run(self) -> Result<()> {
		let signer = Signer::open(&self.sending).await?;
		if self.cancel {
			let effect = format!("cancels the request to topic {}", self.topic);
			let plan = Plan::free(calls::cancel_request(self.topic), effect);
			return signer.send(plan, nothing).await.map(drop);
		}
		let state = signer.state().await?;
		let opening = state.opening(self.topic).await?.with_context(|| {
			format!(
				"the epochs of topic {0} do not open on demand: `allora-agent topic show {0}`",
				self.topic
			)
		})?;
		let payment = self.payment.unwrap_or(opening.minimum.0);
		ensure!(
			payment >= opening.minimum.0,
			"the minimum is {0} ALLO: `allora-agent request --topic {1} --payment {0}`",
			exact_allo(opening.minimum.0),
			self.topic,
		);
		let plan = Plan::free(
			calls::request(self.topic, payment, self.max_wait),
			format!("delivers an inference of topic {} made for this request", self.topic),
		)
		.and(match opening.ordered {
			Some(slot) => format!("an epoch opens in slot {slot}"),
			None => {
				format!("an epoch is ordered within {} slots, or the request ends", self.max_wait)
			}
		})
		.and(format!(
			"without an inference all but the rent of the epoch is returned, {} ALLO today",
			exact_allo(opening.rent.0)
		))
		.costing("on hold for the inference", payment)
		.costing("deposit, returned at the end", state.constant("Consumer", "RequestDeposit")?);
		signer.send(plan, nothing).await.map(drop)
	}
}
