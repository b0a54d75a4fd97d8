//! The registry's calls: topics, registrations, allow-lists.

use super::{table::Table, world::*};
use crate::support::{block, now, trace::undone};
use allora_primitives::{
	Balance, LossMethod, Registration, Rule, Slots, TopicId, TopicParameters, TopicUpdate, ALLO,
};
use allora_runtime::{AccountId, Runtime, RuntimeOrigin};
use frame_support::BoundedVec;
use pallet_clock::{Reserved, TopicStates};
use pallet_registry::{Call, Economies, Error};
use sp_keyring::Sr25519Keyring::{self, *};
use sp_runtime::{ArithmeticError, DispatchError, Permill, TokenError};
use std::cell::Cell;

type E = Error<Runtime>;

const WORKER: Registration = Registration::Worker;
const REPUTER: Registration = Registration::Reputer;
const POOR: DispatchError = DispatchError::Token(TokenError::FundsUnavailable);
/// What the balances pallet says of more than the total issuance.
const BEYOND: DispatchError = DispatchError::Arithmetic(ArithmeticError::Underflow);

/// The topics of this room.
struct Topics {
	/// Active, with stake.
	active: TopicId,
	/// Without stake, so that its creator's powers act at once.
	idle: TopicId,
	/// Retired, with an epoch that is not settled.
	retired: TopicId,
}

/// All cases of this room.
pub fn cases(table: &mut Table) {
	block(|| {
		// Two has little.
		let value = allora_runtime::Balances::free_balance(id(Two)) - ALLO / 2;
		send(Two, pallet_balances::Call::burn { value, keep_alive: true });
	});
	let topics = topics();
	table.in_block(parameters);
	table.in_block(|table| registrations(table, &topics));
	after_leaving(table, &topics);
	table.in_block(|table| lists(table, &topics));
	full_lists(table, &topics);
	table.in_block(|table| origins(table, topics.active));
	creator(table, &topics);
	no_such_topic(table);
	capacity(table);
}

fn topics() -> Topics {
	let retired = create_retired();
	block(|| Topics { active: create_active(usual()), idle: create(usual()), retired })
}

fn update(topic: TopicId, changes: TopicUpdate) -> Call<Runtime> {
	Call::update { topic, changes: Box::new(changes) }
}

fn p_norm(thousandths: i64) -> TopicUpdate {
	TopicUpdate { p_norm: Some(number(thousandths) / number(1_000)), ..Default::default() }
}

fn text<Bound: frame_support::traits::Get<u32>>(bytes: &[u8]) -> BoundedVec<u8, Bound> {
	BoundedVec::truncate_from(bytes.to_vec())
}

fn labels(names: &[&str]) -> allora_primitives::topic::Labels {
	BoundedVec::truncate_from(names.iter().map(|name| text(name.as_bytes())).collect())
}

/// Each parameter of a topic beyond its bounds.
fn parameters(table: &mut Table) {
	type Change = fn(&mut TopicParameters);
	let rows: Vec<(&str, Change, E)> = vec![
		("text of 256 bytes", |p| p.metadata = text(&[b'x'; 256]), E::InvalidMetadata),
		("text with a control character", |p| p.metadata = text(b"a\0b"), E::InvalidMetadata),
		("text that is no UTF-8", |p| p.metadata = text(&[0xff, 0xfe]), E::InvalidMetadata),
		(
			"Huber without a delta",
			|p| p.loss_method = LossMethod::Huber { delta: number(0) },
			E::InvalidLossMethod,
		),
		(
			"pinball with levels for other labels",
			|p| p.loss_method = LossMethod::Pinball { levels: BoundedVec::new() },
			E::InvalidLossMethod,
		),
		("Brier without a sum", |p| p.loss_method = LossMethod::Brier, E::InvalidLossMethod),
		(
			"custom method without a name",
			|p| p.loss_method = LossMethod::Custom(text(b"")),
			E::InvalidLossMethod,
		),
		("no loss floor", |p| p.loss_floor = number(0), E::InvalidLossFloor),
		("loss floor of the maximum", |p| p.loss_floor = MAX, E::InvalidLossFloor),
		("long source of truth", |p| p.ground_truth = text(&[b'x'; 999]), E::InvalidGroundTruth),
		("no label", |p| p.labels = labels(&[]), E::InvalidLabels),
		(
			"nine labels",
			|p| p.labels = labels(&["1", "2", "3", "4", "5", "6", "7", "8", "9"]),
			E::InvalidLabels,
		),
		("labels that differ in case", |p| p.labels = labels(&["up", "UP"]), E::InvalidLabels),
		("label with a blank", |p| p.labels = labels(&["a b"]), E::InvalidLabels),
		(
			"tolerance of one label",
			|p| p.unity_tolerance = Some(number(0)),
			E::InvalidUnityTolerance,
		),
		("least default", |p| p.label_default = MIN, E::InvalidLabelDefault),
		("epochs of 9 slots", |p| p.epoch_length = 9, E::EpochTooShort),
		("epochs of no slot", |p| p.epoch_length = 0, E::EpochTooShort),
		("longest epochs", |p| p.epoch_length = Slots::MAX, E::EpochTooLong),
		("phase of an epoch length", |p| p.phase = Some(LENGTH), E::InvalidPhase),
		("no worker window", |p| p.worker_window = 0, E::InvalidWorkerWindow),
		("longest worker window", |p| p.worker_window = Slots::MAX, E::InvalidWorkerWindow),
		("longest reveal window", |p| p.reveal_window = Slots::MAX, E::InvalidRevealWindow),
		("truth before the end", |p| p.ground_truth_lag = LENGTH - 1, E::InvalidGroundTruthLag),
		("truth never", |p| p.ground_truth_lag = Slots::MAX, E::InvalidGroundTruthLag),
		("negative slope", |p| p.p_norm = MIN, E::InvalidPNorm),
		("steepest slope", |p| p.p_norm = MAX, E::InvalidPNorm),
		("no offset", |p| p.c_norm = number(0), E::InvalidCNorm),
		("smoothing above 1", |p| p.alpha_regret = number(2), E::InvalidAlphaRegret),
		("smoothing of 1", |p| p.merit_sortition_alpha = number(1), E::InvalidMeritSortitionAlpha),
		("no epsilon", |p| p.epsilon = number(0), E::InvalidEpsilon),
		("quantile of 1", |p| p.inferer_quantile = number(1), E::InvalidQuantile),
		("negative quantile", |p| p.forecaster_quantile = MIN, E::InvalidQuantile),
		("no seat of inferers", |p| p.max_inferers = 0, E::InvalidActiveSetSize),
		("most seats", |p| p.max_reputers = u32::MAX, E::InvalidActiveSetSize),
		("nine forecasters", |p| p.max_forecasters = 9, E::InvalidActiveSetSize),
		("no report needed", |p| p.min_reputers = 0, E::InvalidMinReputers),
		("more reports than seats", |p| p.min_reputers = u32::MAX, E::InvalidMinReputers),
		("more stake than there is", |p| p.min_stake = Balance::MAX, E::InvalidMinStake),
		("no history", |p| p.history = 0, E::InvalidHistory),
		("longest history", |p| p.history = u32::MAX, E::InvalidHistory),
	];
	for (what, change, error) in rows {
		let mut changed = usual();
		change(&mut changed);
		let parameters = Box::new(changed);
		table.signed(what, Eve, Call::create { parameters }, error);
	}
	let parameters = Box::new(usual());
	table.signed("topic for less than its fee", Two, Call::create { parameters }, POOR);
}

/// Registrations, and money for a topic.
fn registrations(table: &mut Table, Topics { active, retired, .. }: &Topics) {
	let (topic, retired) = (*active, *retired);
	let register = |topic, registration| Call::register { topic, registration, owner: None };
	let worker = |topic| register(topic, WORKER);
	table.signed("nothing as funds", Eve, Call::fund { topic, amount: 0 }, E::ZeroAmount);
	table.signed("funds of a poor account", Two, Call::fund { topic, amount: ALLO }, POOR);
	let amount = Balance::MAX;
	table.signed("funds beyond the supply", Eve, Call::fund { topic, amount }, BEYOND);
	table.signed(
		"funds for what is retired",
		Eve,
		Call::fund { topic: retired, amount },
		E::TopicRetired,
	);
	table.signed("registration for less than its fee", Two, worker(topic), POOR);
	table.signed("second registration", Alice, worker(topic), E::AlreadyRegistered);
	table.signed("second as reputer", Charlie, register(topic, REPUTER), E::AlreadyRegistered);
	table.signed("registration where it is retired", Eve, worker(retired), E::TopicRetired);
	let leave = |topic, registration| Call::leave { topic, registration };
	table.signed("leaving without a registration", Eve, leave(topic, WORKER), E::NotRegistered);
	table.signed("leaving in the other role", Alice, leave(topic, REPUTER), E::NotRegistered);
	table.signed("owner of nothing", Eve, set_owner(topic, Eve), E::NotRegistered);
	table.signed("another's registration", Eve, set_owner(topic, Alice), E::NotOwner);
}

/// Gives a worker's registration to Eve.
fn set_owner(topic: TopicId, who: Sr25519Keyring) -> Call<Runtime> {
	Call::set_owner { topic, registration: WORKER, who: id(who), owner: id(Eve) }
}

/// Calls about a registration that has ended, and where there is an allow-list.
fn after_leaving(table: &mut Table, Topics { active, idle, .. }: &Topics) {
	let (topic, idle) = (*active, *idle);
	table.supposing(
		|| {
			block(|| {
				let (registration, owner) = (WORKER, Some(id(Eve)));
				send(Dave, Call::register { topic, registration, owner });
				send(Dave, Call::leave { topic, registration });
				send(Ferdie, Call::set_allow_list { topic: idle, registration, enabled: true });
			})
		},
		|table| {
			let (registration, owner) = (WORKER, Some(id(Dave)));
			let leave = Call::leave { topic, registration };
			table.signed("leaving twice", Dave, leave, E::NotRegistered);
			let back = Call::register { topic, registration, owner };
			table.signed("return to take the earnings", Dave, back, E::NotOwner);
			table.signed("no longer the owner", Dave, set_owner(topic, Dave), E::NotOwner);
			let unlisted = Call::register { topic: idle, registration, owner: None };
			table.signed("not on the list", Eve, unlisted, E::NotAllowed);
		},
	);
}

/// Many accounts.
fn many(count: u32) -> pallet_registry::NamedAccounts<AccountId> {
	accounts(0..count)
}

/// The accounts of these numbers.
fn accounts(numbers: std::ops::Range<u32>) -> pallet_registry::NamedAccounts<AccountId> {
	let account = |n: u32| {
		let mut bytes = [7; 32];
		bytes[..4].copy_from_slice(&n.to_le_bytes());
		AccountId::new(bytes)
	};
	BoundedVec::truncate_from(numbers.map(account).collect())
}

/// Allow-lists: who may change them, their bounds, and their deposits.
fn lists(table: &mut Table, Topics { active, retired, .. }: &Topics) {
	let registration = WORKER;
	let allow = |topic, count| Call::allow { topic, registration, accounts: many(count) };
	let disallow = |topic, count| Call::disallow { topic, registration, accounts: many(count) };
	let enable = |topic| Call::set_allow_list { topic, registration, enabled: true };
	table.signed("list of another's topic", Eve, enable(*active), E::NotCreator);
	table.signed("list of a retired topic", Ferdie, enable(*retired), E::TopicRetired);
	table.signed("entry on another's list", Eve, allow(*active, 1), E::NotCreator);
	table.signed("entry on a retired topic's list", Ferdie, allow(*retired, 1), E::TopicRetired);
	table.signed("101 entries at once", Ferdie, allow(*active, 101), E::TooManyAccounts);
	table.signed("400 entries at once", Ferdie, allow(*active, 400), E::TooManyAccounts);
	table.signed("removal from another's list", Eve, disallow(*active, 1), E::NotCreator);
	table.signed(
		"removal from a retired topic's list",
		Ferdie,
		disallow(*retired, 1),
		E::TopicRetired,
	);
	table.signed("101 removals at once", Ferdie, disallow(*active, 101), E::TooManyAccounts);
}

/// Entries on a full list, and for one who cannot pay their deposits.
fn full_lists(table: &mut Table, Topics { active, idle, .. }: &Topics) {
	let registration = WORKER;
	let allow = |topic, count| Call::allow { topic, registration, accounts: many(count) };
	table.supposing(
		|| {
			block(|| {
				for tenth in 0..10 {
					let accounts = accounts(tenth * 100..(tenth + 1) * 100);
					send(Ferdie, Call::allow { topic: *active, registration, accounts });
				}
				// One with little offers to take over, and cannot pay for the entries.
				send(Ferdie, Call::offer { topic: *active, to: Some(id(Two)) });
				send(Ferdie, Call::offer { topic: *idle, to: Some(id(Two)) });
				send(Two, Call::accept { topic: *idle });
			})
		},
		|table| {
			let accounts = BoundedVec::truncate_from(vec![id(Eve)]);
			let one_more = Call::allow { topic: *active, registration, accounts };
			table.signed("entry 1001", Ferdie, one_more, E::ListFull);
			let accept = Call::accept { topic: *active };
			table.signed("topic whose deposits cannot be paid", Two, accept, POOR);
			table.signed("entries without their deposits", Two, allow(*idle, 100), POOR);
			table.signed("topic taken twice", Two, Call::accept { topic: *idle }, E::NotOffered);
		},
	);
}

/// Each call by origins that may not make it.
fn origins(table: &mut Table, topic: TopicId) {
	let (registration, owner, accounts) = (WORKER, id(Eve), many(1));
	let parameters = Box::new(usual());
	table.only_accounts("create", Call::create { parameters });
	table.only_accounts("fund", Call::fund { topic, amount: 1 });
	table.only_accounts("register", Call::register { topic, registration, owner: None });
	table.only_accounts("leave", Call::leave { topic, registration });
	table.only_accounts("retire", Call::retire { topic });
	table.only_accounts("update", update(topic, p_norm(4_000)));
	table.only_accounts("offer", Call::offer { topic, to: None });
	table.only_accounts("accept", Call::accept { topic });
	let who = id(Alice);
	table.only_accounts("set_owner", Call::set_owner { topic, registration, who, owner });
	table.only_accounts(
		"set_allow_list",
		Call::set_allow_list { topic, registration, enabled: true },
	);
	table.only_accounts("allow", Call::allow { topic, registration, accounts: accounts.clone() });
	table.only_accounts("disallow", Call::disallow { topic, registration, accounts });
	table.only_accounts("withdraw_announcements", Call::withdraw_announcements { topic });
	table.only_privileged("set_subsidy", Call::set_subsidy { topic, subsidy: Permill::one() });
}

/// What a topic's creator may not do, or not yet.
fn creator(table: &mut Table, Topics { active, retired, .. }: &Topics) {
	let (topic, retired) = (*active, *retired);
	let classed =
		|loss_method| TopicUpdate { loss_method: Some(loss_method), ..Default::default() };
	table.in_block(|table| {
		table.signed("update of another's topic", Eve, update(topic, p_norm(4_000)), E::NotCreator);
		table.signed(
			"update of a retired topic",
			Ferdie,
			update(retired, p_norm(4_000)),
			E::TopicRetired,
		);
		table.signed(
			"update of nothing",
			Ferdie,
			update(topic, Default::default()),
			E::NothingChanged,
		);
		table.signed("update to the same", Ferdie, update(topic, p_norm(3_000)), E::NothingChanged);
		table.signed(
			"update beyond a bound",
			Ferdie,
			update(topic, p_norm(9_000)),
			E::InvalidPNorm,
		);
		let other = classed(LossMethod::LogCosh);
		table.signed("other class of losses", Ferdie, update(topic, other), E::LossMethodClass);
		table.signed("retiring another's topic", Eve, Call::retire { topic }, E::NotCreator);
		table.signed("retiring twice", Ferdie, Call::retire { topic: retired }, E::TopicRetired);
		table.signed(
			"offer of another's topic",
			Eve,
			Call::offer { topic, to: None },
			E::NotCreator,
		);
		table.signed(
			"offer of a retired topic",
			Ferdie,
			Call::offer { topic: retired, to: None },
			E::TopicRetired,
		);
		table.signed("topic that is not offered", Eve, Call::accept { topic }, E::NotOffered);
		table.signed("retired topic", Eve, Call::accept { topic: retired }, E::TopicRetired);
		let withdraw = |topic| Call::withdraw_announcements { topic };
		table.signed("nothing to withdraw", Ferdie, withdraw(topic), E::NothingAnnounced);
		table.signed("withdrawing for another", Eve, withdraw(topic), E::NotCreator);
		table.signed("withdrawing for a retired topic", Ferdie, withdraw(retired), E::TopicRetired);
	});
	table.supposing(
		|| {
			block(|| {
				send(Ferdie, update(topic, p_norm(4_000)));
				send(Ferdie, Call::retire { topic });
			})
		},
		|table| {
			table.signed(
				"change before the notice",
				Ferdie,
				update(topic, p_norm(4_000)),
				E::NoticeNotOver,
			);
			table.signed("end before the notice", Ferdie, Call::retire { topic }, E::NoticeNotOver);
		},
	);
	// Epochs on record need the values before each of the changes.
	let change = |n: u32| p_norm(if n.is_multiple_of(2) { 4_000 } else { 3_000 });
	let long = Cell::new(0);
	table.supposing(
		|| {
			block(|| long.set(create_active(TopicParameters { history: 64, ..usual() })));
			let announced = |n| {
				collecting(long.get());
				block(|| send(Ferdie, update(long.get(), change(n))));
				skip_to(now() + 62);
				collecting(long.get());
			};
			for n in 0..pallet_registry::MAX_SUPERSEDED {
				announced(n);
				block(|| send(Ferdie, update(long.get(), change(n))));
			}
			announced(pallet_registry::MAX_SUPERSEDED);
		},
		|table| {
			let ninth = update(long.get(), change(pallet_registry::MAX_SUPERSEDED));
			table.signed("ninth change on record", Ferdie, ninth, E::TooManyUpdates);
		},
	);
}

/// Each call about a topic that does not exist.
fn no_such_topic(table: &mut Table) {
	let (registration, accounts) = (WORKER, many(1));
	table.in_block(|table| {
		for topic in [0, NONE] {
			let mut absent = |what, call| table.signed(what, Eve, call, E::TopicNotFound);
			absent("fund", Call::fund { topic, amount: 1 });
			absent("register", Call::register { topic, registration, owner: None });
			absent("retire", Call::retire { topic });
			absent("update", update(topic, p_norm(4_000)));
			absent("offer", Call::offer { topic, to: None });
			absent("accept", Call::accept { topic });
			absent("allow", Call::allow { topic, registration, accounts: accounts.clone() });
			absent("disallow", Call::disallow { topic, registration, accounts: accounts.clone() });
			absent("set_allow_list", Call::set_allow_list { topic, registration, enabled: false });
			absent("withdraw_announcements", Call::withdraw_announcements { topic });
			table.signed("leave", Eve, Call::leave { topic, registration }, E::NotRegistered);
			let root = RuntimeOrigin::root();
			let call = Call::set_subsidy { topic, subsidy: Permill::one() };
			table.by("subsidy of no topic", root, call, E::TopicNotFound);
		}
	});
}

/// A rule that takes more computation than can be had.
fn capacity(table: &mut Table) {
	let with = |rule| TopicParameters { rule, ..usual() };
	let rate = |rule| allora_runtime::Clock::reservation(&with(rule)).map(|rate| rate.ref_time());
	let [cheap, dear] = match rate(Rule::Mixture) < rate(Rule::Regret) {
		true => [Rule::Mixture, Rule::Regret],
		false => [Rule::Regret, Rule::Mixture],
	};
	let change = || TopicUpdate { rule: Some(dear), ..Default::default() };
	undone(|| {
		// Ones with long epochs fill what is too little for another of this kind.
		let slow = TopicParameters { rule: cheap, ..TopicParameters::regression(5_000, 4, 5_000) };
		let (topic, other) = block(|| (create_active(with(cheap)), create_active(slow.clone())));
		collecting(topic);
		block(|| send(Ferdie, update(topic, change())));
		skip_to(now() + 62);
		collecting(topic);
		let fill = |of: TopicId, parameters: &TopicParameters| {
			let reserved = TopicStates::<Runtime>::get(of).reservation.expect("it is active");
			let left = allora_runtime::Clock::vacancies(parameters);
			Reserved::<Runtime>::mutate(|all| all.add_many(&reserved, left));
		};
		table.supposing(
			|| {
				block(|| {
					fill(topic, &with(cheap));
					fill(other, &slow);
				})
			},
			|table| {
				table.signed(
					"rule without a vacancy",
					Ferdie,
					update(topic, change()),
					E::NoCapacity,
				);
			},
		);
		table.supposing(
			|| block(|| Economies::<Runtime>::mutate(topic, |economy| economy.revenue = 1)),
			|table| {
				table.signed(
					"rule without its rent",
					Ferdie,
					update(topic, change()),
					E::RentTooHigh,
				);
			},
		);
	});
}
