//! Checks that all epochs settled, all rewards were paid and the ledger adds up.

use super::watch::EndedEpoch;
use crate::chain::{
	explanation::NoReward,
	in_allo,
	types::{AccountId, Contribution, EpochState, Ledger, Role, TopicId},
	Snapshot,
};
use anyhow::{bail, Result};
use std::{collections::BTreeMap, fmt};

/// The ledger and the participants' balances at one block.
#[derive(Clone, Debug)]
pub struct Accounting {
	/// The ledger.
	pub ledger: Ledger,
	/// The balances of each participant.
	pub balances: BTreeMap<AccountId, Balances>,
}

/// The balances of an account, in planck.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Balances {
	/// The free and the reserved balance together.
	pub total: u128,
	/// What its topic owes to it.
	pub due: u128,
}

impl Accounting {
	/// Reads the ledger and the balances of these participants.
	pub async fn read(state: &Snapshot, who: &[(TopicId, AccountId)]) -> Result<Self> {
		let mut balances = BTreeMap::new();
		for (topic, account) in who {
			let total = state.balances(*account).await?;
			let total = total.map_or(0, |data| data.free + data.reserved);
			let due = state.due(*topic, *account).await?;
			balances.insert(*account, Balances { total, due });
		}
		Ok(Self { ledger: state.ledger().await?, balances })
	}
}

/// The result of an audit.
#[derive(Clone, Debug, PartialEq)]
pub struct AuditReport {
	/// The number of epochs that settled, and of all epochs.
	pub settled: (usize, usize),
	/// The number of rewards.
	pub rewards: usize,
	/// The sum of all rewards, in planck.
	pub paid: u128,
	/// The number of contributions whose share is zero, or less than one planck.
	pub too_small: usize,
	/// Whether the ledger adds up.
	pub adds_up: bool,
	/// Descriptions of everything that is wrong.
	pub faults: Vec<String>,
}

impl AuditReport {
	/// An error with all faults, if there are any.
	pub fn ensure_passed(&self) -> Result<()> {
		if self.faults.is_empty() {
			return Ok(());
		}
		bail!("the demo failed: {}", self.faults.join("; "))
	}
}

impl fmt::Display for AuditReport {
	fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
		write!(
			formatter,
			"{} of {} epochs settled; {} rewards of {:.4} ALLO in total; {} contributions without \
			a share of one planck; the ledger {}",
			self.settled.0,
			self.settled.1,
			self.rewards,
			in_allo(self.paid),
			self.too_small,
			if self.adds_up { "adds up" } else { "does not add up" }
		)
	}
}

/// The epochs of a topic.
#[derive(Clone, Copy, Debug)]
pub struct TopicRun<'a> {
	/// The epochs that have ended.
	pub ended: &'a [EndedEpoch],
	/// The number of epochs that should have ended.
	pub epochs: usize,
}

/// Compares the rewards with the contributions, and the balances and the ledger before the run with
/// those after it. `shared` is what the delegators of reputers have got of their rewards.
pub fn audit(
	runs: &[TopicRun],
	before: &Accounting,
	after: &Accounting,
	shared: &BTreeMap<AccountId, u128>,
) -> AuditReport {
	let ended = || runs.iter().flat_map(|run| run.ended);
	let settled = || ended().filter(|ended| ended.state == EpochState::Settled);
	let rewards = || ended().flat_map(|ended| &ended.rewards);
	let epochs = runs.iter().map(|run| run.epochs).sum();
	let mut report = AuditReport {
		settled: (settled().count(), epochs),
		rewards: rewards().count(),
		paid: rewards().map(|reward| reward.amount).sum(),
		too_small: 0,
		adds_up: before.ledger.adds_up && after.ledger.adds_up,
		faults: Vec::new(),
	};
	if settled().count() != epochs {
		let missing = epochs - settled().count();
		report.faults.push(format!("{missing} of {epochs} epochs did not settle"));
	}
	if !report.adds_up {
		report.faults.push("the ledger does not add up".into());
	}
	for ended in settled() {
		match &ended.contributions {
			None => report.faults.push(format!("epoch {} has no scores", ended.epoch)),
			Some(contributions) => {
				for role in [Role::Inferer, Role::Forecaster, Role::Reputer] {
					report.check(ended, role, contributions.of(role));
				}
			}
		}
	}
	let booked = |at: &Accounting| at.ledger.paid + at.ledger.earnings;
	let booked = booked(after).saturating_sub(booked(before));
	if booked < report.paid {
		report
			.faults
			.push(format!("the ledger has {booked} planck of the {} credited", report.paid));
	}
	for (who, balances) in &before.balances {
		let now = after.balances.get(who).copied().unwrap_or_default();
		let mut earned: u128 = rewards().filter(|r| r.account == *who).map(|r| r.amount).sum();
		if let Some(shared) = shared.get(who) {
			// Of each epoch's reward, less than a planck is neither the reputer's nor a delegator's.
			let fractions = settled().count() as u128 + 1;
			earned = earned.saturating_sub(shared + fractions);
		}
		report.check_account(*balances, now, earned);
	}
	report
}

impl AuditReport {
	/// Checks that an account received its rewards.
	///
	/// Submissions that take a seat are free, so that its balance is the one before and its rewards.
	fn check_account(&mut self, before: Balances, after: Balances, earned: u128) {
		if after.total < before.total + earned {
			self.faults.push(format!(
				"an account has {} planck instead of {} and its rewards of {earned}",
				after.total, before.total
			));
		}
		if after.due > 0 {
			self.faults.push(format!("an account is still owed {} planck", after.due));
		}
	}

	/// Checks that each account that contributed in a role was rewarded, or that the chain recorded
	/// that its share was zero, or less than one planck.
	fn check(&mut self, ended: &EndedEpoch, role: Role, contributions: &[Contribution]) {
		let EndedEpoch { epoch, rewards, unpaid, .. } = ended;
		for Contribution { account, .. } in contributions {
			let paid = rewards.iter().any(|r| r.role == role && r.account == *account);
			let recorded = unpaid.iter().find(|u| u.role == role && u.account == *account);
			match recorded.map(|unpaid| unpaid.reason) {
				None if paid => (),
				Some(NoReward::NoShare) if !paid => self.too_small += 1,
				Some(reason) => {
					self.faults
						.push(format!("epoch {epoch} did not reward a {role:?}: {reason:?}"));
				}
				None => self.faults.push(format!("epoch {epoch} credited no reward to a {role:?}")),
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

	fn accounting(paid: u128, total: u128) -> Accounting {
		let ledger = Ledger {
			total_issuance: 0,
			emitted: 0,
			reputer_stake: 0,
			earnings: 0,
			paid,
			adds_up: true,
		};
		Accounting { ledger, balances: [([1; 32], Balances { total, due: 0 })].into() }
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

	fn epoch() -> EndedEpoch {
		EndedEpoch {
			epoch: 1,
			state: EpochState::Settled,
			recorded: None,
			contributions: Some(Contributions {
				inferers: vec![contribution(1, 5), contribution(2, -3)],
				forecasters: vec![],
				reputers: vec![contribution(3, 9)],
				network_loss: 0,
				worth: None,
			}),
			rewards: vec![reward(1, Role::Inferer, 70), reward(3, Role::Reputer, 30)],
			unpaid: vec![unpaid(2, Role::Inferer, NoReward::NoShare)],
		}
	}

	/// The audit of one topic.
	fn check(
		ended: &[EndedEpoch],
		before: &Accounting,
		after: &Accounting,
		epochs: usize,
	) -> AuditReport {
		audit(&[TopicRun { ended, epochs }], before, after, &BTreeMap::new())
	}

	#[test]
	fn paid_epoch_passes() {
		let report = check(&[epoch()], &accounting(10, 5), &accounting(110, 75), 1);
		assert!(report.ensure_passed().is_ok(), "{report:?}");
		assert_eq!((report.paid, report.rewards, report.too_small), (100, 2, 1));
	}

	#[test]
	fn what_delegators_got_of_a_reward_is_no_fault() {
		let (ended, shared) = ([epoch()], BTreeMap::from([([1; 32], 30)]));
		let runs = [TopicRun { ended: &ended, epochs: 1 }];
		let with = |total| audit(&runs, &accounting(0, 0), &accounting(100, total), &shared);
		assert!(with(40).ensure_passed().is_ok());
		assert!(with(37).ensure_passed().is_err());
	}

	#[test]
	fn unpaid_contribution_fails() {
		let mut missing = epoch();
		missing.rewards.pop();
		assert!(check(&[missing], &accounting(0, 0), &accounting(100, 70), 1)
			.ensure_passed()
			.is_err());
		let mut unrecorded = epoch();
		unrecorded.unpaid.clear();
		assert!(check(&[unrecorded], &accounting(0, 0), &accounting(100, 70), 1)
			.ensure_passed()
			.is_err());
		let mut crowded = epoch();
		crowded.unpaid[0].reason = NoReward::Unpaid;
		assert!(check(&[crowded], &accounting(0, 0), &accounting(100, 70), 1)
			.ensure_passed()
			.is_err());
		let mut both = epoch();
		both.unpaid.push(unpaid(1, Role::Inferer, NoReward::NoShare));
		assert!(check(&[both], &accounting(0, 0), &accounting(100, 70), 1)
			.ensure_passed()
			.is_err());
	}

	#[test]
	fn missing_or_void_epoch_fails() {
		assert!(check(&[epoch()], &accounting(0, 0), &accounting(100, 70), 2)
			.ensure_passed()
			.is_err());
		let void = EndedEpoch { state: EpochState::Revealing, ..epoch() };
		assert!(check(&[void], &accounting(0, 0), &accounting(100, 70), 1)
			.ensure_passed()
			.is_err());
	}

	#[test]
	fn balances_that_disagree_fail() {
		assert!(check(&[epoch()], &accounting(0, 0), &accounting(99, 70), 1)
			.ensure_passed()
			.is_err());
		assert!(check(&[epoch()], &accounting(0, 0), &accounting(100, 69), 1)
			.ensure_passed()
			.is_err());
		let mut owing = accounting(100, 70);
		owing.balances.insert([1; 32], Balances { total: 70, due: 1 });
		assert!(check(&[epoch()], &accounting(0, 0), &owing, 1).ensure_passed().is_err());
		let mut after = accounting(100, 70);
		after.ledger.adds_up = false;
		assert!(check(&[epoch()], &accounting(0, 0), &after, 1).ensure_passed().is_err());
	}

	#[test]
	fn topics_are_audited_together() {
		let run = |ended| TopicRun { ended, epochs: 1 };
		let (first, other) = ([epoch()], [epoch()]);
		let runs = [run(&first[..]), run(&other[..])];
		let report = audit(&runs, &accounting(10, 5), &accounting(210, 145), &BTreeMap::new());
		assert!(report.ensure_passed().is_ok(), "{report:?}");
		assert_eq!((report.settled, report.paid), ((2, 2), 200));
		// The ledger must include the payments of both topics.
		assert!(audit(&runs, &accounting(10, 5), &accounting(110, 145), &BTreeMap::new())
			.ensure_passed()
			.is_err());
		let missing = [run(&first[..]), run(&[])];
		assert!(audit(&missing, &accounting(10, 5), &accounting(210, 145), &BTreeMap::new())
			.ensure_passed()
			.is_err());
	}
}
