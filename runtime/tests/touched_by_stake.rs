//! What changes of stake touch in storage, compared with what their calls declare: a change may
//! activate the topic, or lower its weight.

use crate::{
	support::{block, call, now, on_chain, run_to},
	touched_storage::{snapshot, touched, Accesses},
};
use allora_primitives::{Registration, TopicId, TopicParameters, ALLO};
use allora_runtime::{Runtime, RuntimeCall};
use frame_support::{assert_ok, dispatch::GetDispatchInfo, weights::Weight};
use pallet_clock::WeightInfo as _;
use pallet_emissions::WeightInfo as _;
use pallet_reputer::{Call, WeightInfo as _};
use sp_io::TestExternalities;
use sp_keyring::Sr25519Keyring::{self, *};

type Clock = <Runtime as pallet_clock::Config>::WeightInfo;
type Emissions = <Runtime as pallet_emissions::Config>::WeightInfo;
type Reputer = <Runtime as pallet_reputer::Config>::WeightInfo;

const TOPIC: TopicId = 1;
const REPUTER: &str = include_str!("../src/weights/pallet_reputer.rs");
const CLOCK: &str = include_str!("../src/weights/pallet_clock.rs");
const EMISSIONS: &str = include_str!("../src/weights/pallet_emissions.rs");

fn send(who: Sr25519Keyring, sent: impl Into<RuntimeCall>) {
	assert_ok!(call(&who.to_account_id(), sent));
}

/// A chain with a funded topic that has a reputer, One, and no stake yet; then `and`.
fn chain(and: impl FnOnce()) -> TestExternalities {
	let mut state = None;
	on_chain(|| {
		block(|| {
			let (topic, registration) = (TOPIC, Registration::Reputer);
			let parameters = Box::new(TopicParameters::regression(10, 4, 10));
			send(Alice, pallet_registry::Call::create { parameters });
			send(Alice, pallet_registry::Call::fund { topic, amount: 100 * ALLO });
			send(One, pallet_registry::Call::register { topic, registration, owner: None });
		});
		and();
		state = Some(snapshot());
	});
	TestExternalities::new(state.expect("the test has run"))
}

fn stake() -> RuntimeCall {
	Call::stake { topic: TOPIC, amount: 1_000 * ALLO }.into()
}

/// The accesses per item that the committed weight of a function counts.
fn counted(weights: &str, function: &str) -> Accesses {
	let (before, _) = weights.split_once(&format!("fn {function}(")).expect("there is one");
	let notes = before.trim_end().lines().rev().take_while(|line| line.contains("//"));
	let notes = notes.filter_map(|line| line.split_once("Storage: `"));
	let accesses = notes.map(|(_, note)| {
		let (item, counts) = note.split_once("` (r:").expect("counts follow an item");
		let (reads, writes) = counts.trim_end_matches(')').split_once(" w:").expect("r and w");
		(item.to_owned(), (reads.parse().unwrap(), writes.parse().unwrap()))
	});
	accesses.collect()
}

/// The items that every block's emission touches, and counts.
const OF_EVERY_BLOCK: [&str; 2] = ["Emissions::LedgerTotals", "Emissions::CurrentDistribution"];

/// Asserts that what a call touches is counted by its function of the reputer pallet's weights, by
/// that of an activation, by that of a change of weight in emission, or by every block.
fn assert_is_counted(touched: &Accesses, function: &str) {
	let parts = [(REPUTER, function), (CLOCK, "activate"), (EMISSIONS, "set_weight")];
	let mut declared = Accesses::new();
	for (item, (reads, writes)) in parts.into_iter().flat_map(|(file, of)| counted(file, of)) {
		let sum = declared.entry(item).or_default();
		*sum = (sum.0 + reads, sum.1 + writes);
	}
	let of_call = |(item, _): &(&String, _)| !OF_EVERY_BLOCK.contains(&item.as_str());
	for (item, (reads, writes)) in touched.iter().filter(of_call) {
		let of = declared.get(item).copied().unwrap_or_default();
		assert!(*reads <= of.0 && *writes <= of.1, "{item}: {reads}/{writes}, declared {of:?}");
	}
}

#[test]
fn stake_that_activates_a_topic_declares_what_it_touches() {
	let touched = touched(&chain(|| ()), One, stake());
	// It is active: it has reserved capacity and is on the agenda.
	assert_eq!((touched["Clock::Reserved"].1, touched["Clock::Agenda"].1), (1, 1));
	assert_is_counted(&touched, "stake");
}

#[test]
fn removal_that_lowers_a_topics_weight_declares_what_it_touches() {
	let chain = chain(|| {
		block(|| send(One, stake()));
		run_to(now() + 25);
	});
	let unstake = Call::unstake { topic: TOPIC, amount: 1_000 * ALLO };
	let touched = touched(&chain, One, unstake.into());
	assert_eq!((touched["Topics::Economies"].1, touched["Emissions::Accruals"].1), (1, 1));
	assert_is_counted(&touched, "unstake");
}

#[test]
fn calls_that_change_stake_declare_the_work_that_this_causes() {
	let (topic, reputer, amount) = (TOPIC, One.to_account_id(), ALLO);
	let calls: [(Call<Runtime>, Weight); 7] = [
		(Call::stake { topic, amount }, Reputer::stake()),
		(Call::unstake { topic, amount }, Reputer::unstake()),
		(Call::cancel_unstake { topic, removal_id: 0 }, Reputer::cancel_unstake()),
		(Call::delegate { topic, reputer: reputer.clone(), amount }, Reputer::delegate()),
		(Call::undelegate { topic, reputer: reputer.clone(), amount }, Reputer::undelegate()),
		(
			Call::cancel_undelegate { topic, reputer: reputer.clone(), removal_id: 0 },
			Reputer::cancel_undelegate(),
		),
		(Call::compound { topic, reputer }, Reputer::compound()),
	];
	let caused = Clock::activate().saturating_add(Emissions::set_weight());
	for (call, own) in calls {
		assert_eq!(call.get_dispatch_info().call_weight, own.saturating_add(caused), "{call:?}");
	}
}
