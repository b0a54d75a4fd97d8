//! Registrations: `register`, `leave` and `set-owner`.

use super::{
	no_topic,
	send::{nothing, Plan, Sending, Signer},
	who, Kind, Who,
};
use crate::chain::{
	address, calls,
	json::Text,
	types::{Registration, TopicId},
};
use anyhow::{Context, Result};
use clap::Args;

/// Registers the signer.
#[derive(Debug, Args)]
pub struct Register {
	/// Id of the topic.
	#[arg(long)]
	topic: TopicId,
	/// What to register as.
	#[arg(long, value_enum)]
	role: Kind,
	/// The account that is paid [default: the signer].
	#[arg(long, value_name = "ACCOUNT", value_parser = who)]
	owner: Option<Who>,
	#[command(flatten)]
	sending: Sending,
}

impl Register {
	pub async fn run(self) -> Result<()> {
		let signer = Signer::open(&self.sending).await?;
		let state = signer.state().await?;
		let topic = state.details(self.topic).await?.with_context(|| no_topic(self.topic))?;
		let registration = Registration::from(self.role);
		let owner = self.owner.map_or(signer.id(), |Who(owner)| owner);
		let call = calls::register(self.topic, registration, self.owner.map(|Who(owner)| owner));
		let text = Text::new(&topic.parameters.metadata).0;
		let plan = Plan::free(
			call,
			format!("registers as a {} of topic {}, {text}", registration.name(), self.topic),
		);
		let plan = plan
			.and(format!("rewards are paid to {}", address(&owner)))
			.costing("registration, not returned", state.terms().await?.register_fee);
		signer.send(plan, nothing).await.map(drop)
	}
}

/// Leaves a topic.
#[derive(Debug, Args)]
pub struct Leave {
	/// Id of the topic.
	#[arg(long)]
	topic: TopicId,
	/// What the account is registered as.
	#[arg(long, value_enum)]
	role: Kind,
	#[command(flatten)]
	sending: Sending,
}

impl Leave {
	pub async fn run(self) -> Result<()> {
		let signer = Signer::open(&self.sending).await?;
		let registration = Registration::from(self.role);
		let plan = Plan::free(
			calls::leave(self.topic, registration),
			format!("is no longer a {} of topic {}", registration.name(), self.topic),
		);
		let plan = plan.and("what was earned is still paid; to come back costs the fee again");
		let plan = match registration {
			Registration::Worker => plan,
			Registration::Reputer => plan.and(format!(
				"stake stays until it is removed: `allora-agent unstake --topic {}`",
				self.topic
			)),
		};
		signer.send(plan, nothing).await.map(drop)
	}
}

/// Changes the owner of a registration.
#[derive(Debug, Args)]
pub struct SetOwner {
	/// Id of the topic.
	#[arg(long)]
	topic: TopicId,
	/// What the account is registered as.
	#[arg(long, value_enum)]
	role: Kind,
	/// The account that is registered.
	#[arg(long, value_parser = who)]
	account: Who,
	/// The account to pay from now on.
	#[arg(long, value_name = "ACCOUNT", value_parser = who)]
	owner: Who,
	#[command(flatten)]
	sending: Sending,
}

impl SetOwner {
	pub async fn run(self) -> Result<()> {
		let signer = Signer::open(&self.sending).await?;
		let (Who(account), Who(owner)) = (self.account, self.owner);
		let plan = Plan::free(
			calls::set_owner(self.topic, self.role.into(), account, owner),
			format!("pays {} for the work of {}", address(&owner), address(&account)),
		);
		let plan = plan.and("only the owner may do this; the signer gives that right away");
		signer.send(plan, nothing).await.map(drop)
	}
}
