//! Stakes and delegations: `stake`, `unstake`, `withdraw`, `delegate`, `undelegate`, `commission` and
//! `claim`.

use super::{
	allo, no_topic,
	send::{nothing, Plan, Sending, Signer},
	who, Who,
};
use crate::chain::{
	address, calls, exact_allo,
	holdings::PendingRemoval,
	types::{AccountId, Registration, Slot, TopicId},
	Snapshot,
};
use anyhow::{bail, ensure, Context, Result};
use clap::{ArgGroup, Args};

/// Stakes.
#[derive(Debug, Args)]
pub struct Stake {
	/// Id of the topic.
	#[arg(long)]
	topic: TopicId,
	/// The amount, in ALLO.
	#[arg(long, value_name = "ALLO", value_parser = allo)]
	amount: u128,
	#[command(flatten)]
	sending: Sending,
}

impl Stake {
	pub async fn run(self) -> Result<()> {
		let signer = Signer::open(&self.sending).await?;
		let state = signer.state().await?;
		ensure!(state.topic(self.topic).await?.is_some(), no_topic(self.topic));
		let actor =
			state.actor(self.topic, signer.id(), Registration::Reputer.role()).await?.registered;
		ensure!(
			actor,
			"{} is not a reputer of topic {1}: `allora-agent register --topic {1} --role reputer`",
			address(&signer.id()),
			self.topic,
		);
		let now = state.own_stake(self.topic, signer.id()).await?;
		let sum = exact_allo(now.saturating_add(self.amount));
		let plan = Plan::free(
			calls::stake(self.topic, self.amount),
			format!(
				"stakes {} ALLO in topic {}, {sum} with what is there",
				exact_allo(self.amount),
				self.topic
			),
		)
		.and("counts for epochs whose reporting opens from now on")
		.and(unbonding(&state).await?)
		.costing("on hold until it is withdrawn", self.amount);
		signer.send(plan, nothing).await.map(drop)
	}
}

/// Removes stake, or cancels a removal.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("what").required(true).args(["amount", "cancel"]))]
pub struct Unstake {
	/// Id of the topic.
	#[arg(long)]
	topic: TopicId,
	/// The amount, in ALLO.
	#[arg(long, value_name = "ALLO", value_parser = allo)]
	amount: Option<u128>,
	/// Cancel the removal with this id instead, as `account` shows it.
	#[arg(long, value_name = "ID")]
	cancel: Option<u64>,
	#[command(flatten)]
	sending: Sending,
}

impl Unstake {
	pub async fn run(self) -> Result<()> {
		let signer = Signer::open(&self.sending).await?;
		let state = signer.state().await?;
		let stake = state.stake(self.topic, signer.id()).await?;
		if let Some(id) = self.cancel {
			let found = removal(&stake.removals, id, signer.id())?;
			let effect =
				format!("stakes {} ALLO in topic {} again", exact_allo(found.amount.0), self.topic);
			let plan = Plan::free(calls::cancel_unstake(self.topic, id), effect);
			return signer.send(plan, nothing).await.map(drop);
		}
		let amount = self.amount.unwrap_or_default();
		ensure!(
			amount <= stake.own.0,
			"the stake in topic {0} is {1} ALLO: `allora-agent unstake --topic {0} --amount {1}`",
			self.topic,
			exact_allo(stake.own.0),
		);
		let plan = Plan::free(
			calls::unstake(self.topic, amount),
			format!(
				"removes {} ALLO from topic {}; it no longer counts",
				exact_allo(amount),
				self.topic
			),
		)
		.and(withdrawable(&state, self.topic, None).await?);
		signer.send(plan, nothing).await.map(drop)
	}
}

/// Takes out what is due.
#[derive(Debug, Args)]
pub struct Withdraw {
	/// Id of the topic.
	#[arg(long)]
	topic: TopicId,
	/// Take out a delegation to this reputer, rather than the signer's own stake.
	#[arg(long, value_name = "ACCOUNT", value_parser = who)]
	reputer: Option<Who>,
	/// The account whose delegation it is [default: the signer].
	#[arg(long, value_parser = who, requires = "reputer")]
	account: Option<Who>,
	#[command(flatten)]
	sending: Sending,
}

impl Withdraw {
	pub async fn run(self) -> Result<()> {
		let signer = Signer::open(&self.sending).await?;
		let state = signer.state().await?;
		let slot = state.clock().await?.slot;
		let account = self.account.map_or(signer.id(), |Who(account)| account);
		let removals = match self.reputer {
			None => state.stake(self.topic, account).await?.removals,
			Some(Who(reputer)) => {
				let all = state.delegations(account).await?;
				let found =
					all.into_iter().find(|one| (one.topic, one.reputer.0) == (self.topic, reputer));
				found.map(|found| found.removals).unwrap_or_default()
			}
		};
		let due: u128 = removals.iter().filter(|one| one.due <= slot).map(|one| one.amount.0).sum();
		if due == 0 {
			let when = match removals.first() {
				Some(first) => format!("the first one at {}", state.clock().await?.utc(first.due)),
				None => "there is no removal".into(),
			};
			bail!(
				"nothing is due in topic {}, {when}: `allora-agent account {}`",
				self.topic,
				address(&account)
			);
		}
		let effect = format!("gives {} ALLO back to {}", exact_allo(due), address(&account));
		match self.reputer {
			None => signer.send(Plan::free(calls::withdraw(self.topic), effect), nothing).await,
			Some(Who(reputer)) => {
				let call = calls::withdraw_for(self.topic, reputer, account);
				signer.send(Plan::free(call, effect), nothing).await
			}
		}
		.map(drop)
	}
}

/// Delegates.
#[derive(Debug, Args)]
pub struct Delegate {
	/// Id of the topic.
	#[arg(long)]
	topic: TopicId,
	/// The reputer.
	#[arg(long, value_name = "ACCOUNT", value_parser = who)]
	reputer: Who,
	/// The amount, in ALLO.
	#[arg(long, value_name = "ALLO", value_parser = allo)]
	amount: u128,
	#[command(flatten)]
	sending: Sending,
}

impl Delegate {
	pub async fn run(self) -> Result<()> {
		let signer = Signer::open(&self.sending).await?;
		let state = signer.state().await?;
		ensure!(state.topic(self.topic).await?.is_some(), no_topic(self.topic));
		let Who(reputer) = self.reputer;
		let stake = state.stake(self.topic, reputer).await?;
		let plan = Plan::free(
			calls::delegate(self.topic, reputer, self.amount),
			format!(
				"delegates {} ALLO to {}, a reputer of topic {} with {} ALLO of its own",
				exact_allo(self.amount),
				address(&reputer),
				self.topic,
				exact_allo(stake.own.0)
			),
		)
		.and(format!("the reputer keeps {} of what it earns", percent(stake.commission.0)))
		.and(unbonding(&state).await?)
		.costing("on hold until it is withdrawn", self.amount);
		signer.send(plan, nothing).await.map(drop)
	}
}

/// Removes a delegation, or cancels a removal.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("what").required(true).args(["amount", "cancel"]))]
pub struct Undelegate {
	/// Id of the topic.
	#[arg(long)]
	topic: TopicId,
	/// The reputer.
	#[arg(long, value_name = "ACCOUNT", value_parser = who)]
	reputer: Who,
	/// The amount, in ALLO.
	#[arg(long, value_name = "ALLO", value_parser = allo)]
	amount: Option<u128>,
	/// Cancel the removal with this id instead, as `account` shows it.
	#[arg(long, value_name = "ID")]
	cancel: Option<u64>,
	#[command(flatten)]
	sending: Sending,
}

impl Undelegate {
	pub async fn run(self) -> Result<()> {
		let signer = Signer::open(&self.sending).await?;
		let state = signer.state().await?;
		let Who(reputer) = self.reputer;
		let all = state.delegations(signer.id()).await?;
		let found = all.into_iter().find(|one| (one.topic, one.reputer.0) == (self.topic, reputer));
		let found = found.with_context(|| {
			format!(
				"there is no delegation to {} in topic {}: `allora-agent account {}`",
				address(&reputer),
				self.topic,
				address(&signer.id())
			)
		})?;
		if let Some(id) = self.cancel {
			let found = removal(&found.removals, id, signer.id())?;
			let effect = format!(
				"delegates {} ALLO in topic {} again",
				exact_allo(found.amount.0),
				self.topic
			);
			let plan = Plan::free(calls::cancel_undelegate(self.topic, reputer, id), effect);
			return signer.send(plan, nothing).await.map(drop);
		}
		let amount = self.amount.unwrap_or_default();
		let plan = Plan::free(
			calls::undelegate(self.topic, reputer, amount),
			format!(
				"removes {} of {} ALLO delegated to {}; it no longer counts",
				exact_allo(amount),
				exact_allo(found.amount.0),
				address(&reputer)
			),
		)
		.and(withdrawable(&state, self.topic, Some(reputer)).await?);
		signer.send(plan, nothing).await.map(drop)
	}
}

/// Sets a commission.
#[derive(Debug, Args)]
pub struct Commission {
	/// Id of the topic.
	#[arg(long)]
	topic: TopicId,
	/// The part in percent.
	#[arg(long, value_name = "PERCENT", value_parser = percentage)]
	percent: u32,
	#[command(flatten)]
	sending: Sending,
}

impl Commission {
	pub async fn run(self) -> Result<()> {
		let signer = Signer::open(&self.sending).await?;
		let state = signer.state().await?;
		let now = state.stake(self.topic, signer.id()).await?.commission.0;
		let maximum: u32 = state.constant("Reputer", "MaxCommission")?;
		ensure!(
			self.percent <= maximum,
			"the maximum is {}: `allora-agent commission --topic {} --percent {}`",
			percent(maximum),
			self.topic,
			f64::from(maximum) / 1e7,
		);
		let plan = Plan::free(
			calls::set_commission(self.topic, self.percent),
			format!(
				"keeps {} of the rewards of delegators in topic {}, rather than {}",
				percent(self.percent),
				self.topic,
				percent(now)
			),
		);
		let plan = match self.percent > now {
			true => plan.and("is announced, and in force after one unbonding time"),
			false => plan,
		};
		signer.send(plan, nothing).await.map(drop)
	}
}

/// Collects earnings.
#[derive(Debug, Args)]
pub struct Claim {
	/// Only in this topic [default: in all].
	#[arg(long)]
	topic: Option<TopicId>,
	/// Add what delegations have earned to them, rather than paying it out.
	#[arg(long)]
	compound: bool,
	#[command(flatten)]
	sending: Sending,
}

impl Claim {
	pub async fn run(self) -> Result<()> {
		let signer = Signer::open(&self.sending).await?;
		let state = signer.state().await?;
		let (mut effects, mut calls) = (Vec::new(), Vec::new());
		let is_meant = |topic| self.topic.is_none_or(|only| only == topic);
		for position in state.positions(signer.id()).await? {
			if position.due.0 > 0 && is_meant(position.topic) {
				effects.push(format!(
					"pays out {} ALLO that topic {} owes",
					exact_allo(position.due.0),
					position.topic
				));
				calls.push(calls::Claim::Earnings(position.topic, signer.id()));
			}
		}
		for delegation in state.delegations(signer.id()).await? {
			let (topic, reputer) = (delegation.topic, delegation.reputer.0);
			if delegation.claimable.0 == 0 || !is_meant(topic) {
				continue;
			}
			let amount = exact_allo(delegation.claimable.0);
			let by =
				format!("that the delegation to {} in topic {topic} has earned", address(&reputer));
			if self.compound {
				effects.push(format!("delegates {amount} ALLO more {by}"));
				calls.push(calls::Claim::Compound(topic, reputer));
			} else {
				effects.push(format!("pays out {amount} ALLO {by}"));
				calls.push(calls::Claim::Rewards(topic, reputer));
			}
		}
		ensure!(
			!calls.is_empty(),
			"nothing is owed to {0}: `allora-agent account {0}`",
			address(&signer.id())
		);
		let plan = Plan { call: calls::claims(&calls), effects, costs: Vec::new() };
		signer.send(plan, nothing).await.map(drop)
	}
}

/// The removal of this id.
fn removal(removals: &[PendingRemoval], id: u64, account: AccountId) -> Result<PendingRemoval> {
	let found = removals.iter().find(|removal| removal.id == id).copied();
	found.with_context(|| {
		format!("there is no removal {id}: `allora-agent account {}`", address(&account))
	})
}

/// How long stake cannot be taken out.
async fn unbonding(state: &Snapshot) -> Result<String> {
	let seconds = state.clock().await?.seconds(unbonding_slots(state)?);
	Ok(format!("can be withdrawn {} after its removal", in_time(seconds)))
}

/// When what is removed now can be taken out, and how.
async fn withdrawable(
	state: &Snapshot,
	topic: TopicId,
	reputer: Option<AccountId>,
) -> Result<String> {
	let clock = state.clock().await?;
	let due = clock.slot.saturating_add(unbonding_slots(state)?);
	let of = reputer.map_or(String::new(), |who| format!(" --reputer {}", address(&who)));
	Ok(format!(
		"can be taken out from about {} on: `allora-agent withdraw --topic {topic}{of}`",
		clock.utc(due)
	))
}

fn unbonding_slots(state: &Snapshot) -> Result<Slot> {
	state.constant::<u32>("Reputer", "UnbondingSlots").map(Slot::from)
}

/// A number of seconds in words.
pub fn in_time(seconds: u64) -> String {
	match seconds {
		0..120 => format!("{seconds} s"),
		120..7_200 => format!("{} min", seconds / 60),
		7_200..172_800 => format!("{} h", seconds / 3_600),
		_ => format!("{} days", seconds / 86_400),
	}
}

/// A part in 1e-9, as a percentage.
pub fn percent(part: u32) -> String {
	format!("{} %", f64::from(part) / 1e7)
}

/// The parser of percentages, in 1e-9.
fn percentage(text: &str) -> Result<u32> {
	let percent = crate::chain::fixed_from_text(text)?;
	// A percent is 1e18 units, and 1e7 of the parts.
	let part = u32::try_from(percent / 100_000_000_000).ok().filter(|part| *part <= 1_000_000_000);
	part.with_context(|| format!("{text} is not a percentage from 0 to 100"))
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn percentages_are_parts_of_1e9() {
		assert_eq!(percentage("12.5").unwrap(), 125_000_000);
		assert_eq!(percent(125_000_000), "12.5 %");
		assert_eq!(percentage("100").unwrap(), 1_000_000_000);
		for text in ["101", "-1", "half"] {
			assert!(percentage(text).is_err(), "{text}");
		}
	}

	#[test]
	fn times_are_in_the_unit_that_fits() {
		let times = [90, 600, 7_200, 1_814_400].map(in_time);
		assert_eq!(times, ["90 s", "10 min", "2 h", "21 days"]);
	}
}
