//! The operations of accounts: each is a call and the account that signs it.
//!
//! Most operations fit the state of the chain, so that topics stay active and epochs end in every
//! way. Some are too late, from the wrong account, or have arguments that must be refused.

mod economy;
mod epochs;
mod governance;
mod offences;
mod unusual;

use super::{
	keys, staking,
	values::{self, once_in, weighted},
	world::{self, Account, Accounts, ClockCall, TopicsCall},
	Random,
};
use allora_primitives::{api::TopicInfo, EpochId, Registration, Role, TopicId, ALLO};
use allora_runtime::{AccountId, Address, Balances, Runtime, RuntimeCall, SafeMode};
use frame_support::BoundedVec;
use rand::{seq::IndexedRandom, Rng};
use sp_keyring::Sr25519Keyring;
use std::collections::{BTreeMap, VecDeque};

pub use offences::is_unsigned;

/// The maximum number of accounts that take part.
const ACCOUNTS: usize = 20;
/// New accounts are endowed as long as there are fewer than this.
const ALIVE: usize = 14;
/// Topics are created more often as long as there are fewer than this.
const TOPICS: usize = 4;
/// The maximum number of topics.
const MOST_TOPICS: usize = 6;

/// How many times an account that has already acted in an epoch is replaced by another.
const TRIES: usize = 3;

/// A call and the account that signs it.
pub struct Operation {
	/// The index of the account that signs.
	pub signer: usize,
	/// The call.
	pub call: RuntimeCall,
	/// Whether it should be refused.
	pub garbage: bool,
}

/// The kinds of operations.
#[derive(Clone, Copy)]
enum Kind {
	Work,
	Report,
	Stake,
	Delegate,
	Consume,
	Create,
	Fund,
	Govern,
	Membership,
	Collect,
	Money,
	Staking,
	Pool,
	Session,
	Offend,
	Wrap,
	Root,
	Committee,
	Vote,
	Garbage,
}

/// The frequency of each kind of operation.
const KINDS: [(u32, Kind); 20] = [
	(46, Kind::Work),
	(48, Kind::Report),
	(7, Kind::Stake),
	(9, Kind::Delegate),
	(10, Kind::Consume),
	(3, Kind::Create),
	(4, Kind::Fund),
	(6, Kind::Govern),
	(3, Kind::Membership),
	(3, Kind::Collect),
	(6, Kind::Money),
	(6, Kind::Staking),
	(4, Kind::Pool),
	(1, Kind::Session),
	(1, Kind::Offend),
	(6, Kind::Wrap),
	(3, Kind::Root),
	(4, Kind::Committee),
	(6, Kind::Vote),
	(7, Kind::Garbage),
];

/// The frequency of the kinds that go on in the safe mode, which are half of all there.
const IN_SAFE_MODE: [(u32, Kind); 9] = [
	(3, Kind::Stake),
	(3, Kind::Delegate),
	(2, Kind::Collect),
	(6, Kind::Staking),
	(1, Kind::Session),
	(1, Kind::Offend),
	(2, Kind::Root),
	(3, Kind::Committee),
	(6, Kind::Vote),
];

/// All accounts, and the topics that they see.
pub struct People {
	/// All accounts, including removed ones; the first is the root key's.
	pub accounts: Vec<Account>,
	/// The indices of the accounts that existed at the beginning of the block, or joined in it.
	alive: Vec<usize>,
	/// The topics at the beginning of the block.
	pub topics: Vec<TopicInfo<AccountId>>,
	/// The topic that most operations are about.
	focus: TopicId,
	/// The latest commitments: the indices of the accounts and the calls that reveal.
	commitments: VecDeque<(usize, pallet_inference::Call<Runtime>)>,
	/// The latest equivocations.
	evidence: Vec<offences::Evidence>,
	/// How often each epoch has been sent a payload, and a report.
	sent: BTreeMap<(TopicId, EpochId), [u32; 2]>,
}

/// The account of the root key in the list of all.
const ROOT: usize = 0;

impl People {
	/// The accounts that the preset endows.
	pub fn new() -> Self {
		let known = [Sr25519Keyring::Alice, Sr25519Keyring::Bob];
		let accounts = known.into_iter().map(Account::known).collect();
		Self {
			accounts,
			alive: Vec::new(),
			topics: Vec::new(),
			focus: 0,
			commitments: VecDeque::new(),
			evidence: Vec::new(),
			sent: BTreeMap::new(),
		}
	}

	/// Reads accounts and topics at the beginning of a block.
	pub fn look(&mut self, random: &mut Random) {
		let is_alive = |index: &usize| self.accounts[*index].is_alive();
		self.alive = (0..self.accounts.len()).filter(is_alive).collect();
		self.topics = world::topics();
		let gone = !self.topics.iter().any(|topic| topic.topic == self.focus);
		if gone || once_in(random, 30) {
			self.focus = self.topics.choose(random).map_or(0, |topic| topic.topic);
		}
	}

	/// The next operation.
	pub fn next(&mut self, random: &mut Random) -> Operation {
		if self.alive.len() < ALIVE && once_in(random, 2) {
			return self.join(random);
		}
		let kind = if self.topics.is_empty() {
			Kind::Create
		} else if SafeMode::is_entered() && random.random() {
			weighted(random, &IN_SAFE_MODE)
		} else if once_in(random, 8) && self.is_urgent() {
			Kind::Committee
		} else {
			weighted(random, &KINDS)
		};
		self.operation(kind, random)
	}

	fn operation(&mut self, kind: Kind, random: &mut Random) -> Operation {
		let (signer, call) = match kind {
			Kind::Work => self.work(random),
			Kind::Report => self.report(random),
			Kind::Stake => self.stake(random),
			Kind::Delegate => self.delegate(random),
			Kind::Consume => self.consume(random),
			Kind::Create => self.create(random),
			Kind::Fund => self.fund(random),
			Kind::Govern => self.govern(random),
			Kind::Membership => self.membership(random),
			Kind::Collect => self.collect(random),
			Kind::Money => self.money(random),
			Kind::Staking => {
				let signer = self.anyone(random);
				(signer, staking::call(self, signer, random))
			}
			Kind::Pool => {
				let signer = self.anyone(random);
				staking::pool(self, signer, random)
			}
			Kind::Session => {
				let signer = self.anyone(random);
				(signer, keys::change(&self.accounts[signer].id, random))
			}
			Kind::Offend => self.offend(random),
			Kind::Wrap => self.wrap(random),
			Kind::Root => (ROOT, self.as_root(random)),
			Kind::Committee => self.committee(random),
			Kind::Vote => self.vote(random),
			Kind::Garbage => return self.garbage(random),
		};
		Operation { signer, call, garbage: false }
	}

	/// The index of an account that exists; the root key's takes part like any other.
	fn anyone(&self, random: &mut Random) -> usize {
		*self.alive.choose(random).expect("somebody is alive")
	}

	/// The id of an account, existing or not.
	pub fn somebody(&self, random: &mut Random) -> AccountId {
		match self.accounts.choose(random) {
			Some(account) if !once_in(random, 20) => account.id.clone(),
			_ => AccountId::new(random.random()),
		}
	}

	/// One of the accounts that take part in a topic: a third of all accounts, so that the same
	/// accounts meet again, or all accounts in every fourth topic.
	fn participant(&self, topic: TopicId, part: Registration, random: &mut Random) -> usize {
		let group = match part {
			Registration::Worker => 0,
			Registration::Reputer => 1,
		};
		let belongs =
			|index: &usize| topic.is_multiple_of(4) || (*index as u64 + topic) % 3 == group;
		let members: Vec<_> = self.alive.iter().copied().filter(belongs).collect();
		match members.choose(random) {
			Some(index) if !once_in(random, 20) => *index,
			_ => self.anyone(random),
		}
	}

	/// A topic for which `fits` holds, preferably the one in focus, or else any topic.
	fn topic(
		&self,
		random: &mut Random,
		fits: impl Fn(&TopicInfo<AccountId>) -> bool,
	) -> &TopicInfo<AccountId> {
		let fitting: Vec<_> = self.topics.iter().filter(|topic| fits(topic)).collect();
		let focus = fitting.iter().find(|topic| topic.topic == self.focus);
		match focus {
			Some(topic) if random.random() => topic,
			_ => match fitting.choose(random) {
				Some(topic) => topic,
				None => self.topics.choose(random).expect("there is a topic"),
			},
		}
	}

	/// One of the oldest accounts endows a new account, or one that was removed.
	fn join(&mut self, random: &mut Random) -> Operation {
		let dead = self.accounts.iter().position(|account| !account.is_alive());
		let newcomer = match dead {
			Some(dead) if self.accounts.len() >= ACCOUNTS || once_in(random, 3) => dead,
			_ => {
				self.accounts.push(Account::new(random.random()));
				self.accounts.len() - 1
			}
		};
		if !self.alive.contains(&newcomer) {
			self.alive.push(newcomer);
		}
		let dest = Address::Id(self.accounts[newcomer].id.clone());
		let value = match random.random_range(0..10) {
			0 => random.random_range(ALLO..10 * ALLO),
			_ => random.random_range(500 * ALLO..20_000 * ALLO),
		};
		let call = pallet_balances::Call::transfer_keep_alive { dest, value };
		Operation { signer: random.random_range(0..2), call: call.into(), garbage: false }
	}

	fn register(
		&self,
		topic: TopicId,
		registration: Registration,
		random: &mut Random,
	) -> RuntimeCall {
		let owner = once_in(random, 3).then(|| self.somebody(random));
		TopicsCall::register { topic, registration, owner }.into()
	}

	fn stake(&self, random: &mut Random) -> (usize, RuntimeCall) {
		let topic = self.topic(random, |topic| topic.stake > 0).topic;
		let signer = self.participant(topic, Registration::Reputer, random);
		let who = &self.accounts[signer].id;
		let staked = world::actor(topic, who, Role::Reputer).authority;
		let removals = world::removals(topic, who);
		let call = match random.random_range(0..12) {
			0..=2 => {
				pallet_reputer::Call::stake { topic, amount: values::affordable_amount(random) }
			}
			3..=7 if staked > 0 => {
				let amount =
					if once_in(random, 2) { staked } else { random.random_range(1..=staked) };
				pallet_reputer::Call::unstake { topic, amount }
			}
			8..=9 if !removals.is_empty() => {
				let removal_id = *removals.choose(random).expect("there is one");
				pallet_reputer::Call::cancel_unstake { topic, removal_id }
			}
			_ => pallet_reputer::Call::withdraw { topic },
		};
		(signer, call.into())
	}

	fn create(&self, random: &mut Random) -> (usize, RuntimeCall) {
		let living = self.topics.iter().filter(|topic| !topic.retired).count();
		if living >= MOST_TOPICS || living >= TOPICS && !once_in(random, 6) {
			return self.fund(random);
		}
		let parameters = Box::new(values::parameters(random));
		(self.anyone(random), TopicsCall::create { parameters }.into())
	}

	/// Somebody funds a topic, or has an inactive one activated, which one on demand never is by this
	/// call. What a topic lacks first is stake.
	fn fund(&self, random: &mut Random) -> (usize, RuntimeCall) {
		let lacks = |topic: &TopicInfo<_>| {
			!topic.active && !topic.retired && !topic.parameters.is_on_demand()
		};
		// One whose bar was lifted may need no more: nobody has tried to activate it since.
		let ready = |topic: &&TopicInfo<_>| lacks(topic) && topic.stake > 0 && topic.revenue > 0;
		let ready: Vec<_> = self.topics.iter().filter(ready).collect();
		if let Some(topic) = ready.choose(random).filter(|_| random.random()) {
			return (self.anyone(random), ClockCall::activate { topic: topic.topic }.into());
		}
		let TopicInfo { topic, stake, active, .. } = self.topic(random, lacks).clone();
		if !active && stake < world::terms().min_reputer_stake && !once_in(random, 6) {
			return self.back(topic, random);
		}
		let call = match random.random_range(0..4) {
			0..=1 if !active || once_in(random, 8) => ClockCall::activate { topic }.into(),
			1 => TopicsCall::fund { topic, amount: values::amount(random) }.into(),
			_ => TopicsCall::fund { topic, amount: values::affordable_amount(random) }.into(),
		};
		(self.anyone(random), call)
	}

	/// A reputer stakes enough to report, and registers before.
	fn back(&self, topic: TopicId, random: &mut Random) -> (usize, RuntimeCall) {
		let reputer = Registration::Reputer;
		let signer = self.participant(topic, reputer, random);
		let call = match world::is_registered(topic, &self.accounts[signer].id, reputer) {
			true => stake_to_report(topic, random),
			false => self.register(topic, reputer, random),
		};
		(signer, call)
	}

	/// The creator changes, opens, closes, transfers or retires its topic.
	fn govern(&self, random: &mut Random) -> (usize, RuntimeCall) {
		let TopicInfo { topic, creator, offered_to, announced, .. } =
			self.topic(random, |_| true).clone();
		let mut by = creator;
		let registration = some_registration(random);
		let call = match random.random_range(0..22) {
			// What was announced acts only by the same call again.
			0..=2 if announced.update.is_some() => match announced.update {
				Some((changes, _)) => TopicsCall::update { topic, changes: changes.into() },
				None => TopicsCall::retire { topic },
			},
			3 if announced.retirement.is_some() => TopicsCall::retire { topic },
			0..=5 => TopicsCall::update { topic, changes: values::update(random).into() },
			6..=7 => {
				let to = (!once_in(random, 4)).then(|| self.somebody(random));
				TopicsCall::offer { topic, to }
			}
			8..=10 => {
				by = offered_to.unwrap_or(by);
				TopicsCall::accept { topic }
			}
			11..=13 => {
				let enabled = once_in(random, 5);
				TopicsCall::set_allow_list { topic, registration, enabled }
			}
			14..=16 => {
				let accounts = self.several(random);
				TopicsCall::allow { topic, registration, accounts }
			}
			17..=18 => {
				let accounts = self.several(random);
				TopicsCall::disallow { topic, registration, accounts }
			}
			19 => TopicsCall::withdraw_announcements { topic },
			_ => TopicsCall::retire { topic },
		};
		(self.index_of(&by).unwrap_or_else(|| self.anyone(random)), call.into())
	}

	fn several(&self, random: &mut Random) -> Accounts {
		let count = random.random_range(0..=8);
		BoundedVec::truncate_from((0..count).map(|_| self.somebody(random)).collect())
	}

	fn membership(&self, random: &mut Random) -> (usize, RuntimeCall) {
		let topic = self.topic(random, |_| true).topic;
		let registration = some_registration(random);
		let signer = self.participant(topic, registration, random);
		let call = match random.random_range(0..3) {
			0 => TopicsCall::leave { topic, registration },
			_ => {
				let who = match once_in(random, 2) {
					true => self.accounts[signer].id.clone(),
					false => self.somebody(random),
				};
				let owner = self.somebody(random);
				TopicsCall::set_owner { topic, registration, who, owner }
			}
		};
		(signer, call.into())
	}

	fn collect(&self, random: &mut Random) -> (usize, RuntimeCall) {
		let owes = |topic: &TopicInfo<AccountId>| {
			self.accounts.iter().any(|account| world::due(topic.topic, &account.id) > 0)
		};
		let topic = self.topic(random, owes).topic;
		let owed = self.accounts.iter().filter(|account| world::due(topic, &account.id) > 0);
		let owed: Vec<_> = owed.map(|account| account.id.clone()).collect();
		let account = owed.choose(random).cloned().unwrap_or_else(|| self.somebody(random));
		(self.anyone(random), pallet_emissions::Call::collect { topic, account }.into())
	}

	fn money(&self, random: &mut Random) -> (usize, RuntimeCall) {
		let signer = self.anyone(random);
		let dest = Address::Id(self.somebody(random));
		let call = match random.random_range(0..10) {
			// The account gives everything away and is removed, unless something is on hold.
			0..=2 if signer > 1 => pallet_balances::Call::transfer_all { dest, keep_alive: false },
			3 => pallet_balances::Call::transfer_all { dest, keep_alive: true },
			4 => pallet_balances::Call::burn {
				value: values::affordable_amount(random),
				keep_alive: random.random(),
			},
			5..=6 if signer > 1 => {
				// All but dust, which is lost with the account.
				let free = Balances::free_balance(&self.accounts[signer].id);
				let value = free.saturating_sub(random.random_range(0..ALLO / 100));
				pallet_balances::Call::transfer_allow_death { dest, value }
			}
			_ => {
				let value = values::amount(random);
				pallet_balances::Call::transfer_keep_alive { dest, value }
			}
		};
		(signer, call.into())
	}

	/// The index of this account, if it takes part and exists.
	pub fn index_of(&self, who: &AccountId) -> Option<usize> {
		self.accounts.iter().position(|account| account.id == *who && account.is_alive())
	}
}

/// As much stake as reports need, or more.
fn stake_to_report(topic: TopicId, random: &mut Random) -> RuntimeCall {
	let least = world::terms().min_reputer_stake;
	let amount = least + random.random_range(0..200 * ALLO);
	pallet_reputer::Call::stake { topic, amount }.into()
}

fn some_registration(random: &mut Random) -> Registration {
	if random.random() {
		Registration::Worker
	} else {
		Registration::Reputer
	}
}
