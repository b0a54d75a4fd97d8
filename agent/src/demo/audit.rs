//! Whether the chain did what it promises: epochs settled, rewards paid, books in balance.

use super::watch::Ended;
use crate::chain::{
	explanation::NoReward,
	in_allo,
	types::{AccountId, Contribution, EpochState, Ledger, Role, TopicId},
	Snapshot,
};
use anyhow::{bail, Result};
use std::{collections::BTreeMap, fmt};

/// The chain's books and what the participants have at one block.
#[derive(Clone, Debug)]
pub struct Books {
	/// The ledger.
	pub ledger: Ledger,
	/// What each participant has and is owed.
	pub accounts: BTreeMap<AccountId, Means>,
}

/// What an account has, in planck.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Means {
	/// Its balance, what is held included.
	pub balance: u128,
	/// What its topic owes it.
	pub due: u128,
}

impl Books {
	/// Reads the books, and what these participants of topics have.
	pub async fn read(state: &Snapshot, who: &[(TopicId, AccountId)]) -> Result<Self> {
		let mut accounts = BTreeMap::new();
		for (topic, account) in who {
			let balance = state.balances(*account).await?;
			let balance = balance.map_or(0, |data| data.free + data.reserved);
			let due = state.due(*topic, *account).await?;
			accounts.insert(*account, Means { balance, due });
		}
		Ok(Self { ledger: state.ledger().await?, accounts })
	}
}

/// What an audit found.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
	/// Epochs that settled, and epochs there should be.
	pub settled: (usize, usize),
	/// Rewards earned.
	pub rewards: usize,
	/// Their sum, in planck.
	pub paid: u128,
	/// Contributions so poor that their part is less than the smallest amount.
	pub too_small: usize,
	/// Whether the ledger adds up.
	pub adds_up: bool,
	/// Everything that is not as it should be.
	pub faults: Vec<String>,
}

impl Outcome {
	/// An error if anything is not as it should be.
	pub fn verdict(&self) -> Result<()> {
		if self.faults.is_empty() {
			return Ok(());
		}
		bail!("the run failed: {}", self.faults.join("; "))
	}
}

impl fmt::Display for Outcome {
	fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
		write!(
			formatter,
			"{} of {} epochs settled; {} rewards, {:.4} ALLO in all; {} contributions too poor for \
			a planck; the ledger {}",
			self.settled.0,
			self.settled.1,
			self.rewards,
			in_allo(self.paid),
			self.too_small,
			if self.adds_up { "adds up" } else { "does not add up" }
		)
	}
}

/// How a topic's epochs ended.
#[derive(Clone, Copy, Debug)]
pub struct Run<'a> {
	/// Those that ended.
	pub ended: &'a [Ended],
	/// How many there should be.
	pub epochs: usize,
}

/// Compares what was paid with what was due, and the books before with those after.
pub fn audit(runs: &[Run], before: &Books, after: &Books) -> Outcome {
	let ended = || runs.iter().flat_map(|run| run.ended);
	let settled = || ended().filter(|ended| ended.state == EpochState::Settled);
	let rewards = || ended().flat_map(|ended| &ended.rewards);
	let epochs = runs.iter().map(|run| run.epochs).sum();
	let mut outcome = Outcome {
		settled: (settled().count(), epochs),
		rewards: rewards().count(),
		paid: rewards().map(|reward| reward.amount).sum(),
		too_small: 0,
		adds_up: before.ledger.adds_up && after.ledger.adds_up,
		faults: Vec::new(),
	};
	if settled().count() != epochs {
		let missing = epochs - settled().count();
		outcome.faults.push(format!("{missing} of {epochs} epochs did not settle"));
	}
	if !outcome.adds_up {
		outcome.faults.push("the ledger does not add up".into());
	}
	for ended in settled() {
		match &ended.contributions {
			None => outcome.faults.push(format!("epoch {} has no scores", ended.epoch)),
			Some(contributions) => {
				for role in [Role::Inferer, Role::Forecaster, Role::Reputer] {
					outcome.check(ended, role, contributions.of(role));
				}
			}
		}
	}
	let booked = |books: &Books| books.ledger.paid + books.ledger.earnings;
	let booked = booked(after).saturating_sub(booked(before));
	if booked < outcome.paid {
		outcome.faults.push(format!("{booked} planck are booked as earned of {}", outcome.paid));
	}
	for (who, had) in &before.accounts {
		let has = after.accounts.get(who).copied().unwrap_or_default();
		let earned: u128 = rewards().filter(|r| r.account == *who).map(|r| r.amount).sum();
		outcome.check_account(*had, has, earned);
	}
	outcome
}

impl Outcome {
	/// Checks that an account got what it earned.
	///
	/// Accepted submissions cost nothing, so that it has what it had and what it earned.
	fn check_account(&mut self, had: Means, has: Means, earned: u128) {
		if has.balance < had.balance + earned {
			self.faults.push(format!(
				"an account has {} planck instead of {} and {earned} earned",
				has.balance, had.balance
			));
		}
		if has.due > 0 {
			self.faults.push(format!("an account is still owed {} planck", has.due));
		}
	}

	/// Checks that everyone who contributed in a role was paid, or that the chain has recorded that its
	/// part was less than a planck.
	fn check(&mut self, ended: &Ended, role: Role, contributions: &[Contribution]) {
		let Ended { epoch, rewards, unpaid, .. } = ended;
		for Contribution { account, .. } in contributions {
			let paid = rewards.iter().any(|r| r.role == role && r.account == *account);
			let recorded = unpaid.iter().find(|u| u.role == role && u.account == *account);
			match recorded.map(|unpaid| unpaid.reason) {
				None if paid => (),
				Some(NoReward::NoShare) if !paid => self.too_small += 1,
				Some(reason) => {
					self.faults.push(format!("epoch {epoch} paid a {role:?} nothing: {reason:?}"));
				}
				None => self.faults.push(format!("epoch {epoch} owes a {role:?} its reward")),
			}
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::chain::{
		explanation::Unpaid,
		types::{Contributions, Reward},
	};

	fn books(paid: u128, balance: u128) -> Books {
		let ledger = Ledger {
			total_issuance: 0,
			emitted: 0,
			reputer_stake: 0,
			earnings: 0,
			paid,
			adds_up: true,
		};
		Books { ledger, accounts: [([1; 32], Means { balance, due: 0 })].into() }
	}

	fn contribution(who: u8, score: i128) -> Contribution {
		Contribution { account: [who; 32], score }
	}

	fn reward(who: u8, role: Role, amount: u128) -> Reward {
		Reward { account: [who; 32], role, amount }
	}

	fn unpaid(who: u8, role: Role, reason: NoReward) -> Unpaid {
		Unpaid { account: [who; 32], role, reason }
	}

	fn epoch() -> Ended {
		Ended {
			epoch: 1,
			state: EpochState::Settled,
			contributions: Some(Contributions {
				inferers: vec![contribution(1, 5), contribution(2, -3)],
				forecasters: vec![],
				reputers: vec![contribution(3, 9)],
				network_loss: 0,
			}),
			rewards: vec![reward(1, Role::Inferer, 70), reward(3, Role::Reputer, 30)],
			unpaid: vec![unpaid(2, Role::Inferer, NoReward::NoShare)],
		}
	}

	/// The audit of one topic.
	fn check(ended: &[Ended], before: &Books, after: &Books, epochs: usize) -> Outcome {
		audit(&[Run { ended, epochs }], before, after)
	}

	#[test]
	fn paid_epoch_passes() {
		let outcome = check(&[epoch()], &books(10, 5), &books(110, 75), 1);
		assert!(outcome.verdict().is_ok(), "{outcome:?}");
		assert_eq!((outcome.paid, outcome.rewards, outcome.too_small), (100, 2, 1));
	}

	#[test]
	fn unpaid_contribution_fails() {
		let mut missing = epoch();
		missing.rewards.pop();
		assert!(check(&[missing], &books(0, 0), &books(100, 70), 1).verdict().is_err());
		let mut unrecorded = epoch();
		unrecorded.unpaid.clear();
		assert!(check(&[unrecorded], &books(0, 0), &books(100, 70), 1).verdict().is_err());
		let mut crowded = epoch();
		crowded.unpaid[0].reason = NoReward::Unpaid;
		assert!(check(&[crowded], &books(0, 0), &books(100, 70), 1).verdict().is_err());
		let mut both = epoch();
		both.unpaid.push(unpaid(1, Role::Inferer, NoReward::NoShare));
		assert!(check(&[both], &books(0, 0), &books(100, 70), 1).verdict().is_err());
	}

	#[test]
	fn missing_or_void_epoch_fails() {
		assert!(check(&[epoch()], &books(0, 0), &books(100, 70), 2).verdict().is_err());
		let void = Ended { state: EpochState::Revealing, ..epoch() };
		assert!(check(&[void], &books(0, 0), &books(100, 70), 1).verdict().is_err());
	}

	#[test]
	fn books_that_disagree_fail() {
		assert!(check(&[epoch()], &books(0, 0), &books(99, 70), 1).verdict().is_err());
		assert!(check(&[epoch()], &books(0, 0), &books(100, 69), 1).verdict().is_err());
		let mut owing = books(100, 70);
		owing.accounts.insert([1; 32], Means { balance: 70, due: 1 });
		assert!(check(&[epoch()], &books(0, 0), &owing, 1).verdict().is_err());
		let mut after = books(100, 70);
		after.ledger.adds_up = false;
		assert!(check(&[epoch()], &books(0, 0), &after, 1).verdict().is_err());
	}

	#[test]
	fn topics_are_audited_together() {
		let run = |ended| Run { ended, epochs: 1 };
		let (first, other) = ([epoch()], [epoch()]);
		let runs = [run(&first[..]), run(&other[..])];
		let outcome = audit(&runs, &books(10, 5), &books(210, 145));
		assert!(outcome.verdict().is_ok(), "{outcome:?}");
		assert_eq!((outcome.settled, outcome.paid), ((2, 2), 200));
		// Each topic's payments need a booking of their own.
		assert!(audit(&runs, &books(10, 5), &books(110, 145)).verdict().is_err());
		let missing = [run(&first[..]), run(&[])];
		assert!(audit(&missing, &books(10, 5), &books(210, 145)).verdict().is_err());
	}
}
