//! The ledger of a run: what every cause moved between the groups of accounts.

use super::setup::Setup;
use crate::{
	chain::{
		movements::Movement,
		types::{AccountId, Role},
		Chain, Snapshot, ALLO,
	},
	table,
};
use anyhow::Result;
use comfy_table::Table;
use std::collections::{BTreeMap, BTreeSet};

/// Whose balance changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
	/// The creator of the topics.
	Creator,
	/// Inferers and forecasters.
	Workers,
	/// Reputers.
	Reputers,
	/// The account that delegates to reputers.
	Delegator,
	/// The account that buys network inferences.
	Consumer,
	/// Accounts that are none of these: authors of blocks among them.
	Others,
	/// The pots of pallets.
	Ecosystem,
	/// Emission that is not settled yet.
	Rewards,
	/// Topic pots, and what topics owe.
	Topics,
	/// What reputers owe to their delegators.
	Delegators,
	/// Accounts of other pallets.
	OtherPots,
	/// What is not issued: it loses what is minted and gains what is burned.
	Issuance,
}

impl Group {
	const ALL: [Self; 12] = [
		Self::Creator,
		Self::Workers,
		Self::Reputers,
		Self::Delegator,
		Self::Consumer,
		Self::Others,
		Self::Ecosystem,
		Self::Rewards,
		Self::Topics,
		Self::Delegators,
		Self::OtherPots,
		Self::Issuance,
	];

	fn name(self) -> &'static str {
		match self {
			Self::Creator => "creator",
			Self::Workers => "workers",
			Self::Reputers => "reputers",
			Self::Delegator => "delegator",
			Self::Consumer => "consumer",
			Self::Others => "others",
			Self::Ecosystem => "ecosystem pot",
			Self::Rewards => "rewards pot",
			Self::Topics => "topic pots",
			Self::Delegators => "delegators' pot",
			Self::OtherPots => "other pots",
			Self::Issuance => "not issued",
		}
	}

	/// The group of an account that takes no part in the demo. Accounts of pallets begin with `modl`
	/// and the pallet's id; what follows for pallet-emissions is the number of the pot.
	fn of_stranger(who: &AccountId) -> Self {
		match who.split_at(12) {
			(b"modlal/emiss", [0, ..]) => Self::Ecosystem,
			(b"modlal/emiss", [1, ..]) => Self::Rewards,
			(b"modlal/emiss", [2, ..]) => Self::Topics,
			(b"modlal/deleg", _) => Self::Delegators,
			(id, _) if id.starts_with(b"modl") => Self::OtherPots,
			_ => Self::Others,
		}
	}
}

/// The groups of the accounts that take part.
#[derive(Clone, Debug, Default)]
pub struct Groups(BTreeMap<AccountId, Group>);

impl Groups {
	/// The groups of the demo's accounts.
	pub fn new(setup: &Setup) -> Self {
		let mut groups = BTreeMap::from([
			(setup.creator(), Group::Creator),
			(setup.delegator(), Group::Delegator),
			(setup.consumer(), Group::Consumer),
		]);
		for participants in &setup.topics {
			let names = participants.names();
			for role in [Role::Inferer, Role::Forecaster, Role::Reputer] {
				let group = if role == Role::Reputer { Group::Reputers } else { Group::Workers };
				groups.extend(names.of(role).iter().map(|(who, _)| (*who, group)));
			}
		}
		Self(groups)
	}

	fn of(&self, who: Option<&AccountId>) -> Group {
		match who {
			None => Group::Issuance,
			Some(who) => self.0.get(who).copied().unwrap_or_else(|| Group::of_stranger(who)),
		}
	}
}

/// What each group gained, in planck.
type Gains = BTreeMap<Group, i128>;

/// The ledger of a run of blocks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Flows {
	/// What each cause moved, in the order in which causes first appeared.
	causes: Vec<(String, Gains)>,
	/// By how much the balances of each group changed in the chain's state.
	changed: Gains,
}

impl Flows {
	/// Reads the finalized blocks after `from`, up to `to`.
	pub async fn read(chain: &Chain, groups: &Groups, from: u32, to: &Snapshot) -> Result<Self> {
		let start = chain.finalized_at(from).await?;
		let mut flows = Self::default();
		let mut accounts = BTreeSet::new();
		for number in from..to.head.number {
			let movements = chain.movements(number + 1).await?;
			accounts.extend(movements.iter().filter_map(|movement| movement.account));
			flows.add(groups, &movements);
		}
		for who in &accounts {
			let change = total(to, *who).await? - total(&start, *who).await?;
			*flows.changed.entry(groups.of(Some(who))).or_default() += change;
		}
		let issued = |ledger: crate::chain::types::Ledger| ledger.total_issuance as i128;
		let minted = issued(to.ledger().await?) - issued(start.ledger().await?);
		flows.changed.insert(Group::Issuance, -minted);
		Ok(flows)
	}

	fn add(&mut self, groups: &Groups, movements: &[Movement]) {
		for Movement { cause, account, amount } in movements {
			let at = self.causes.iter().position(|(known, _)| known == cause);
			let at = at.unwrap_or_else(|| {
				self.causes.push((cause.clone(), Gains::new()));
				self.causes.len() - 1
			});
			*self.causes[at].1.entry(groups.of(account.as_ref())).or_default() += amount;
		}
	}

	/// What each group gained by all causes.
	fn sums(&self) -> Gains {
		let mut sums = Gains::new();
		for (group, amount) in self.causes.iter().flat_map(|(_, gains)| gains) {
			*sums.entry(*group).or_default() += amount;
		}
		sums
	}

	/// What is wrong: the groups whose balances changed by something else than their causes say.
	pub fn faults(&self) -> Vec<String> {
		let sums = self.sums();
		let of = |gains: &Gains, group| gains.get(&group).copied().unwrap_or_default();
		let differs = |group: &Group| of(&sums, *group) != of(&self.changed, *group);
		Group::ALL.into_iter().filter(differs).map(|group| self.fault(&sums, group)).collect()
	}

	fn fault(&self, sums: &Gains, group: Group) -> String {
		let of = |gains: &Gains| gains.get(&group).copied().unwrap_or_default();
		format!(
			"the ledger of {} has {} planck, and its balances changed by {}",
			group.name(),
			of(sums),
			of(&self.changed)
		)
	}

	/// The ledger as a table, in ALLO. Each line sums to zero, and each column to the change of the
	/// group's balances. Groups without a change are left out.
	pub fn table(&self) -> Table {
		let sums = self.sums();
		let moved = |group: &Group| {
			self.causes.iter().any(|(_, gains)| gains.get(group).is_some_and(|gain| *gain != 0))
		};
		let groups: Vec<_> = Group::ALL.into_iter().filter(moved).collect();
		let mut columns = vec!["flows in ALLO"];
		columns.extend(groups.iter().map(|group| group.name()));
		columns.push("sum");
		let mut table = table::new(&columns);
		let mut line = |name: &str, gains: &Gains| {
			let mut cells = vec![name.to_owned()];
			cells.extend(groups.iter().map(|group| allo(gains.get(group).copied())));
			cells.push(allo(Some(gains.values().sum())));
			table.add_row(cells);
		};
		for (cause, gains) in
			self.causes.iter().filter(|(_, gains)| gains.values().any(|g| *g != 0))
		{
			line(cause, gains);
		}
		line("change of the balances", &sums);
		table::align(&mut table, 1);
		table
	}
}

/// The whole balance of an account, in planck.
async fn total(state: &Snapshot, who: AccountId) -> Result<i128> {
	let balances = state.balances(who).await?;
	Ok(balances.map_or(0, |data| (data.free + data.reserved) as i128))
}

/// An amount of planck in ALLO with four decimals; nothing where a group takes no part.
fn allo(planck: Option<i128>) -> String {
	planck.map_or_else(String::new, |planck| format!("{:.4}", planck as f64 / ALLO as f64))
}

#[cfg(test)]
mod tests {
	use super::*;

	const CREATOR: AccountId = [1; 32];
	const WORKER: AccountId = [2; 32];

	fn groups() -> Groups {
		Groups(BTreeMap::from([(CREATOR, Group::Creator), (WORKER, Group::Workers)]))
	}

	fn movement(cause: &str, account: Option<AccountId>, amount: i128) -> Movement {
		Movement { cause: cause.into(), account, amount }
	}

	/// The account of a pallet: `modl`, its id, and the number of a pot.
	fn pallet(id: &[u8; 8], pot: u8) -> AccountId {
		let mut account = [0; 32];
		account[..4].copy_from_slice(b"modl");
		account[4..12].copy_from_slice(id);
		account[12] = pot;
		account
	}

	fn flows() -> Flows {
		let mut flows = Flows::default();
		flows.add(
			&groups(),
			&[
				movement("Topics.fund", Some(CREATOR), -50),
				movement("Topics.fund", Some(pallet(b"al/emiss", 0)), 50),
				movement("every block", None, -7),
				movement("every block", Some(pallet(b"al/emiss", 1)), 7),
			],
		);
		flows
	}

	#[test]
	fn accounts_of_pallets_are_pots() {
		let groups = groups();
		let of = |who: AccountId| groups.of(Some(&who));
		assert_eq!(of(pallet(b"al/emiss", 0)), Group::Ecosystem);
		assert_eq!(of(pallet(b"al/emiss", 1)), Group::Rewards);
		assert_eq!(of(pallet(b"al/emiss", 2)), Group::Topics);
		assert_eq!(of(pallet(b"al/deleg", 0)), Group::Delegators);
		assert_eq!(of(pallet(b"py/trsry", 0)), Group::OtherPots);
		assert_eq!(of([9; 32]), Group::Others);
	}

	#[test]
	fn flows_that_explain_every_balance_have_no_fault() {
		let mut flows = flows();
		flows.changed = Gains::from([
			(Group::Creator, -50),
			(Group::Ecosystem, 50),
			(Group::Rewards, 7),
			(Group::Issuance, -7),
		]);
		assert_eq!(flows.faults(), Vec::<String>::new());
	}

	#[test]
	fn balance_that_changed_without_a_flow_is_a_fault() {
		let mut flows = flows();
		flows.changed = flows.sums();
		flows.changed.insert(Group::Workers, 3);
		assert_eq!(
			flows.faults(),
			["the ledger of workers has 0 planck, and its balances changed by 3"]
		);
	}

	#[test]
	fn every_line_of_the_table_sums_to_zero() {
		let text = flows().table().to_string();
		let lines: Vec<_> = text.lines().filter(|line| line.contains("0.0000")).collect();
		assert_eq!(lines.len(), 3, "{text}");
	}
}
