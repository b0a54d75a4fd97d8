//! `account`: what an account has, and what it is owed.

use super::{
	counted, print,
	stake::{in_time, percent},
	who, Node, Who,
};
use crate::chain::{
	address, decimal, exact_allo,
	holdings::{Delegation, PendingRemoval, Position, Receipt, Subscription},
	json::Address,
	types::{AccountData, AccountId, Clock, Registration},
	Snapshot,
};
use anyhow::Result;
use serde::Serialize;

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
		let Who(account) = self.account;
		let found = Account::read(&state, account).await?;
		if self.node.json {
			print(serde_json::to_string(&found)?);
		} else {
			found.lines(&state.clock().await?).iter().for_each(print);
		}
		Ok(())
	}
}

/// All that an account has.
#[derive(Serialize)]
struct Account {
	account: Address,
	balance: Option<AccountData>,
	positions: Vec<Position>,
	delegations: Vec<Delegation>,
	subscriptions: Vec<Subscription>,
	receipts: Vec<Numbered>,
}

/// A receipt with its number.
#[derive(Serialize)]
struct Numbered {
	number: u64,
	#[serde(flatten)]
	receipt: Receipt,
}

impl Account {
	async fn read(state: &Snapshot, account: AccountId) -> Result<Self> {
		let receipts = state.receipts(account).await?.into_iter();
		Ok(Self {
			account: Address(account),
			balance: state.balances(account).await?,
			positions: state.positions(account).await?,
			delegations: state.delegations(account).await?,
			subscriptions: state.subscriptions(account).await?,
			receipts: receipts.map(|(number, receipt)| Numbered { number, receipt }).collect(),
		})
	}

	fn lines(&self, clock: &Clock) -> Vec<String> {
		let (free, reserved) =
			self.balance.as_ref().map_or((0, 0), |balance| (balance.free, balance.reserved));
		let mut lines = vec![
			address(&self.account.0),
			format!("  free {} ALLO, on hold {} ALLO", exact_allo(free), exact_allo(reserved)),
		];
		for position in &self.positions {
			let (topic, stake) = (position.topic, &position.stake);
			let roles = [Registration::Worker, Registration::Reputer];
			let roles = roles.into_iter().filter(|role| position.is_registered(*role));
			let roles: Vec<_> = roles.map(Registration::name).collect();
			let is = if roles.is_empty() { "has left".into() } else { roles.join(" and ") };
			let due = exact_allo(position.due.0);
			lines
				.push(format!("  topic {topic}: {is}; {due} ALLO are owed (`allora-agent claim`)"));
			if stake.own.0 > 0 || stake.delegated.0 > 0 {
				lines.push(format!(
					"    stake {} ALLO, delegated to it {} ALLO, commission {}",
					exact_allo(stake.own.0),
					exact_allo(stake.delegated.0),
					percent(stake.commission.0)
				));
			}
			lines.extend(removals(&stake.removals, clock));
		}
		for delegation in &self.delegations {
			lines.push(format!(
				"  delegates {} ALLO to {} in topic {}; {} ALLO can be claimed (`allora-agent claim`)",
				exact_allo(delegation.amount.0),
				address(&delegation.reputer.0),
				delegation.topic,
				exact_allo(delegation.claimable.0)
			));
			lines.extend(removals(&delegation.removals, clock));
		}
		lines.extend(self.subscriptions.iter().map(|held| {
			format!(
				"  subscribed to topic {}: {} at {} ALLO each",
				held.topic,
				counted(held.epochs_left, "more inference"),
				exact_allo(held.per_epoch.0)
			)
		}));
		lines.extend(self.receipts.iter().map(|Numbered { number, receipt }| {
			let values: Vec<_> = receipt.label_values.iter().map(|it| decimal(it.0)).collect();
			format!(
				"  receipt {number}: topic {}, epoch {}, {}",
				receipt.topic,
				receipt.epoch,
				values.join(" ")
			)
		}));
		lines
	}
}

/// Pending removals, in lines.
fn removals(removals: &[PendingRemoval], clock: &Clock) -> Vec<String> {
	let line = |removal: &PendingRemoval| {
		let amount = exact_allo(removal.amount.0);
		let when = match removal.due.saturating_sub(clock.slot) {
			0 => "can be withdrawn now".into(),
			slots => format!("can be withdrawn in {}", in_time(clock.seconds(slots))),
		};
		format!("    removal {}: {amount} ALLO, {when}", removal.id)
	};
	removals.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::chain::{json::Planck, ALLO};

	#[test]
	fn removals_say_when_they_can_be_withdrawn() {
		let clock = Clock { slot: 100, slot_duration_ms: 6_000 };
		let removal = |id, due| PendingRemoval { id, amount: Planck(ALLO), due };
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
