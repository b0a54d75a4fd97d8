//! Bad input: a table of calls that are refused, each with the name of its error and a proof that it
//! has changed nothing.
//!
//! Every call of this workspace's pallets has a case, and every error of theirs is reached by one,
//! see [`coverage`]. Each case of a signed call is tried twice: dispatched, after which the root of
//! the storage is the same, and in a transaction, which changes nothing but the signer's nonce and
//! what the fee takes, see [`crate::support::trace`].

mod apis;
mod clock;
mod consumer;
mod coverage;
mod emissions;
mod every_call;
mod extremes;
mod inference;
mod patterns;
mod registry;
mod reputer;
mod sdk;
mod table;
mod transactions;
mod world;

use crate::support::preset::preset;
use std::{
	panic::{catch_unwind, AssertUnwindSafe},
	sync::Mutex,
	thread,
};
use table::Table;

/// A part of the table with a chain of its own: its name, the genesis, and its cases.
type Room = (&'static str, &'static str, fn(&mut Table));

/// All rooms.
const ROOMS: &[Room] = &[
	("registry", "development", registry::cases),
	("reputer", "development", reputer::cases),
	("consumer", "development", consumer::cases),
	("inference", "development", inference::cases),
	("clock", "development", clock::cases),
	("apis", "development", apis::cases),
	("transactions", "development", transactions::cases),
	("emissions", "development", emissions::cases),
	("sdk", "development", sdk::cases),
	("production", "production", sdk::production),
	("by a stranger", "development", every_call::by_a_stranger),
	("unfunded", "development", every_call::by_the_unfunded),
	("by nobody", "development", every_call::by_nobody),
];

/// Tries the cases of a room. A room that cannot be furnished is a failure too.
fn try_room((name, genesis, cases): &Room) -> Table {
	let mut table = Table::of(name);
	let tried = catch_unwind(AssertUnwindSafe(|| {
		let mut chain = preset(genesis);
		// Otherwise each root of the storage is computed from all that the genesis has.
		chain.commit_all().expect("no transaction is open");
		chain.execute_with(|| cases(&mut table));
	}));
	if tried.is_err() {
		table.failures.push(format!("{name}: the room's cases have not all been tried"));
	}
	table
}

#[test]
fn bad_input_is_refused_by_name_and_changes_nothing() {
	let all = Mutex::new(Table::default());
	let rooms = Mutex::new(ROOMS.iter());
	let next_room = || rooms.lock().expect("taking does not fail").next();
	let try_rooms = || {
		while let Some(room) = next_room() {
			let tried = try_room(room);
			all.lock().expect("adding does not fail").add(tried);
		}
	};
	let threads = thread::available_parallelism().map_or(1, |threads| threads.get());
	thread::scope(|scope| {
		for _ in 0..threads {
			// Calls in calls take much of the stack without optimization.
			let thread = thread::Builder::new().stack_size(256 * 1_024 * 1_024);
			thread.spawn_scoped(scope, try_rooms).expect("the thread starts");
		}
	});
	let table = all.into_inner().expect("adding does not fail");
	let covered = coverage::of(&table);
	println!("{covered}");
	let (failures, missing) = (table.failures.join("\n"), covered.missing());
	assert!(failures.is_empty() && missing.is_empty(), "{failures}\nthe table lacks {missing:#?}");
	assert!(table.total() >= 150, "{} cases", table.total());
}
