//! `account`: what an account has, and what it is owed.

use super::{
	print,
	show::decimals,
	stake::{in_time, percent},
	who, Node, Who,
};
use crate::chain::{
	address, exact_allo,
	types::{Clock, Registration},
	views::PendingRemoval,
	Snapshot,
};
use anyhow::Result;
use serde_json::{json, Value};

/// Shows an account.
#[derive(Debug, clap::Args)]
pub struct Args {
	/// Address of the account, its key file, or a path such as `//Alice` from the development seed.
	#[arg(value_parser = who)]
	account: Who,
	#[command(flatten)]
	node: Node,
}

impl Args {
	pub async fn run(self) -> Result<()> {
		let state = self.node.state().await?;
		let (lines, json) = describe(&state, self.account).await?;
		if self.node.json {
			print(json);
		} else {
			lines.iter().for_each(print);
		}
		Ok(())
	}
}

/// An account in lines and in JSON.
async fn describe(state: &Snapshot, Who(account): Who) -> Result<(Vec<String>, Value)> {
	let clock = state.clock().await?;
	let balances = state.balances(account).await?;
	let free = balances.as_ref().map_or(0, |balances| balances.free);
	let reserved = balances.as_ref().map_or(0, |balances| balances.reserved);
	let mut lines = vec![
		address(&account),
		format!("  free {} ALLO, on hold {} ALLO", exact_allo(free), exact_allo(reserved)),
	];
	let (mut topics, mut delegations) = (Vec::new(), Vec::new());
	for position in state.positions(account).await? {
		let topic = position.topic;
		let stake = state.stake(topic, account).await?;
		let roles: Vec<_> = [Registration::Worker, Registration::Reputer]
			.into_iter()
			.filter(|registration| position.is_registered(*registration))
			.map(Registration::name)
			.collect();
		let is = if roles.is_empty() { "has left".into() } else { roles.join(" and ") };
		let due = exact_allo(position.due);
		lines.push(format!("  topic {topic}: {is}; {due} ALLO are owed (`allora-agent claim`)"));
		if stake.own > 0 || stake.delegated > 0 {
			lines.push(format!(
				"    stake {} ALLO, delegated to it {} ALLO, commission {}",
				exact_allo(stake.own),
				exact_allo(stake.delegated),
				percent(stake.commission)
			));
		}
		lines.extend(removals(&stake.removals, &clock));
		topics.push(json!({
			"topic": topic,
			"roles": roles,
			"due_planck": position.due.to_string(),
			"stake_planck": stake.own.to_string(),
			"delegated_planck": stake.delegated.to_string(),
			"removals": removals_json(&stake.removals),
		}));
	}
	for delegation in state.delegations(account).await? {
		lines.push(format!(
			"  delegates {} ALLO to {} in topic {}; {} ALLO can be claimed (`allora-agent claim`)",
			exact_allo(delegation.amount),
			address(&delegation.reputer),
			delegation.topic,
			exact_allo(delegation.claimable)
		));
		lines.extend(removals(&delegation.removals, &clock));
		delegations.push(json!({
			"topic": delegation.topic,
			"reputer": address(&delegation.reputer),
			"amount_planck": delegation.amount.to_string(),
			"claimable_planck": delegation.claimable.to_string(),
			"removals": removals_json(&delegation.removals),
		}));
	}
	let subscriptions = state.subscriptions(account).await?;
	for held in &subscriptions {
		lines.push(format!(
			"  subscribed to topic {}: {} more inferences at {} ALLO each",
			held.topic,
			held.epochs_left,
			exact_allo(held.per_epoch)
		));
	}
	let receipts = state.receipts(account).await?;
	for (number, receipt) in &receipts {
		let values: Vec<_> =
			receipt.label_values.iter().copied().map(crate::chain::decimal).collect();
		lines.push(format!(
			"  receipt {number}: topic {}, epoch {}, {}",
			receipt.topic,
			receipt.epoch,
			values.join(" ")
		));
	}
	let json = json!({
		"account": address(&account),
		"free_planck": free.to_string(),
		"on_hold_planck": reserved.to_string(),
		"topics": topics,
		"delegations": delegations,
		"subscriptions": subscriptions
			.iter()
			.map(|held| json!({
				"topic": held.topic,
				"per_epoch_planck": held.per_epoch.to_string(),
				"epochs_left": held.epochs_left,
			}))
			.collect::<Vec<_>>(),
		"receipts": receipts
			.iter()
			.map(|(number, receipt)| json!({
				"number": number,
				"topic": receipt.topic,
				"epoch": receipt.epoch,
				"values": decimals(&receipt.label_values),
			}))
			.collect::<Vec<_>>(),
	});
	Ok((lines, json))
}

/// Pending removals, in lines.
fn removals(removals: &[PendingRemoval], clock: &Clock) -> Vec<String> {
	let line = |removal: &PendingRemoval| {
		let amount = exact_allo(removal.amount);
		let when = match removal.due.saturating_sub(clock.slot) {
			0 => "can be withdrawn now".into(),
			slots => format!("can be withdrawn in {}", in_time(clock.seconds(slots))),
		};
		format!("    removal {}: {amount} ALLO, {when}", removal.id)
	};
	removals.iter().map(line).collect()
}

fn removals_json(removals: &[PendingRemoval]) -> Vec<Value> {
	let json = |removal: &PendingRemoval| {
		json!({
			"id": removal.id,
			"amount_planck": removal.amount.to_string(),
			"due_slot": removal.due,
		})
	};
	removals.iter().map(json).collect()
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::chain::ALLO;

	#[test]
	fn removals_say_when_they_can_be_withdrawn() {
		let clock = Clock { slot: 100, slot_duration_ms: 6_000 };
		let removal = |id, due| PendingRemoval { id, amount: ALLO, due };
		// 50 slots of 6 s are 5 minutes.
		assert_eq!(
			removals(&[removal(1, 100), removal(2, 150)], &clock),
			[
				"    removal 1: 1 ALLO, can be withdrawn now",
				"    removal 2: 1 ALLO, can be withdrawn in 5 min"
			]
		);
	}
}
