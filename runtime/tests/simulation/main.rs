//! Random operations on the real runtime: signed transactions of every pallet of the protocol and
//! of staking, in whole blocks, by accounts that come and go. After every block every pallet's
//! `try_state` holds, and what [`checks`] adds to that.
//!
//! A simulation is a number of worlds, each a chain of its own with a seed of its own, so that
//! states stay small and several run at a time. Everything follows from the seed:
//!
//! * `ALLORA_SIM_SEED`: the first world's seed, the next ones' count on from it;
//! * `ALLORA_SIM_OPERATIONS`: operations of all worlds together, [`OPERATIONS`] if it is not set.
//!
//! A world that fails says how to repeat it alone. What was done is printed as a table at the end,
//! and a simulation of at least [`OPERATIONS`] fails, too, if a call of the protocol never succeeded
//! in it or an end of epochs was never come to.

mod checks;
#[path = "../support/genesis.rs"]
mod genesis;
mod operations;
mod staking;
mod statistics;
mod values;
mod world;

use allora_runtime::{Executive, RuntimeCall, RuntimeOrigin};
use checks::{check_explanation, History};
use frame_support::storage::with_transaction_unchecked;
use operations::{Operation, People};
use rand::{Rng, SeedableRng};
use sp_runtime::{
	traits::Dispatchable,
	transaction_validity::{InvalidTransaction, TransactionValidityError},
	DispatchError, StateVersion, TransactionOutcome,
};
use statistics::{name_of, Statistics};
use std::{
	collections::VecDeque,
	io::Write,
	sync::{
		atomic::{AtomicU64, Ordering},
		Mutex,
	},
	thread,
};
use values::once_in;
use world::Tip;

/// The generator of everything random: its output for a seed is the same on all machines and in
/// all versions.
pub type Random = rand_chacha::ChaCha8Rng;

/// Operations of a simulation, unless the environment says otherwise.
const OPERATIONS: u64 = 10_000;
/// The first world's seed, unless the environment says otherwise.
const SEED: u64 = 1;
/// Operations of a world.
const WORLD: u64 = 2_500;
/// Operations that a failing world says it did last.
const REMEMBERED: usize = 12;

/// A chain, its people, and what was seen of them.
struct Simulation {
	seed: u64,
	random: Random,
	people: People,
	tip: Tip,
	history: History,
	statistics: Statistics,
	/// Operations done and blocks made.
	done: u64,
	blocks: u64,
	/// The last operations, for who looks for a failure.
	latest: VecDeque<String>,
}

impl Simulation {
	fn new(seed: u64) -> Self {
		Self {
			seed,
			random: Random::seed_from_u64(seed),
			people: People::new(),
			tip: Tip::genesis(),
			history: History::genesis(),
			statistics: Statistics::default(),
			done: 0,
			blocks: 0,
			latest: VecDeque::new(),
		}
	}

	/// Makes a block with at most so many operations and checks what must hold after it.
	fn block(&mut self, most: u64) {
		let missed = match self.random.gen_range(0..200) {
			0 => self.random.gen_range(5..40),
			1..=6 => self.random.gen_range(1..4),
			_ => 0,
		};
		self.blocks += 1;
		self.tip.begin_block(missed, self.random.gen());
		self.people.look(&mut self.random);
		let operations = self.random.gen_range(0..=10).min(most);
		for _ in 0..operations {
			let operation = self.people.next(&mut self.random);
			if !self.apply(operation) {
				break;
			}
		}
		self.tip.end_block();
		self.history.check(&mut self.statistics);
		if let Some((topic, epoch)) = self.history.some_epoch(self.random.gen::<u16>().into()) {
			check_explanation(&self.people.somebody(&mut self.random), topic, epoch);
		}
	}

	/// Sends an operation in a transaction; whether the block has room for more.
	fn apply(&mut self, operation: Operation) -> bool {
		let Operation { signer, call, garbage } = operation;
		let account = &self.people.accounts[signer];
		self.done += 1;
		self.latest.truncate(REMEMBERED - 1);
		self.latest.push_front(format!("{signer}: {call:?}"));
		if once_in(&mut self.random, if garbage { 2 } else { 20 }) {
			let origin = RuntimeOrigin::signed(account.id.clone());
			self.statistics.unchanged += u32::from(is_refused_without_a_trace(&call, origin));
		}
		let result = Executive::apply_extrinsic(account.sign(call.clone()));
		self.statistics.count_call(&call, &result);
		if let Ok(Err(error)) = &result {
			check_error(error, &call);
		}
		let full = TransactionValidityError::Invalid(InvalidTransaction::ExhaustsResources);
		result != Err(full)
	}
}

impl Drop for Simulation {
	fn drop(&mut self) {
		if thread::panicking() {
			eprintln!(
				"A world failed; to repeat it: ALLORA_SIM_SEED={} ALLORA_SIM_OPERATIONS={WORLD}, {} operations \
				 were done, in block {} the latest first:",
				self.seed,
				self.done,
				self.blocks
			);
			for operation in &self.latest {
				eprintln!("  {operation}");
			}
		}
	}
}

/// Whether the call is refused; panics if it is and has changed anything. What a call does that is
/// not refused is undone.
fn is_refused_without_a_trace(call: &RuntimeCall, origin: RuntimeOrigin) -> bool {
	let root = || sp_io::storage::root(StateVersion::V1);
	let before = root();
	with_transaction_unchecked(|| {
		let refused = call.clone().dispatch(origin).is_err();
		assert!(!refused || root() == before, "a refused call left a trace: {call:?}");
		TransactionOutcome::Rollback(refused)
	})
}

/// Whoever is refused is told why: by the name of an error of the pallet's or of the token's.
fn check_error(error: &DispatchError, call: &RuntimeCall) {
	let named = match error {
		DispatchError::Module(module) => module.message.is_some(),
		DispatchError::Token(_) | DispatchError::BadOrigin => true,
		// Amounts beyond all supply.
		DispatchError::Arithmetic(_) => true,
		_ => false,
	};
	assert!(named, "refused without a name, by {}: {call:?}", name_of(error));
}

/// Runs one world.
fn run(seed: u64, operations: u64) -> Statistics {
	let changes = serde_json::json!({
		"timing": {
			"slotDurationMs": world::SLOT_DURATION,
			"sessionLength": 8,
			"sessionsPerEra": 3,
			"bondingDuration": 2,
			"stakeUnbondingMs": 20 * world::SLOT_DURATION,
		},
	});
	let mut chain = genesis::genesis("local_testnet", changes);
	let mut simulation = chain.execute_with(|| Simulation::new(seed));
	while simulation.done < operations {
		chain.execute_with(|| simulation.block(operations - simulation.done));
		chain.commit_all().expect("no transaction is open");
	}
	std::mem::take(&mut simulation.statistics)
}

/// Reads a number from the environment.
fn number(name: &str, default: u64) -> u64 {
	match std::env::var(name) {
		Ok(value) => value.parse().unwrap_or_else(|_| panic!("{name} must be a number")),
		Err(_) => default,
	}
}

/// Prints past the capture of test output.
fn announce(text: impl std::fmt::Display) {
	writeln!(std::io::stderr(), "{text}").expect("standard error is open");
}

#[test]
fn random_operations_break_no_invariant() {
	let (seed, operations) =
		(number("ALLORA_SIM_SEED", SEED), number("ALLORA_SIM_OPERATIONS", OPERATIONS));
	announce(format_args!("simulation: seed {seed}, {operations} operations"));
	let (worlds, next) = (operations.div_ceil(WORLD), AtomicU64::new(0));
	let statistics = Mutex::new(Statistics::default());
	let threads = thread::available_parallelism().map_or(1, |threads| threads.get());
	thread::scope(|scope| {
		for _ in 0..threads {
			scope.spawn(|| loop {
				let world = next.fetch_add(1, Ordering::Relaxed);
				if world >= worlds {
					break;
				}
				let operations = WORLD.min(operations - world * WORLD);
				let done = run(seed.wrapping_add(world), operations);
				statistics.lock().expect("no world has failed").add(done);
			});
		}
	});
	let statistics = statistics.into_inner().expect("no world has failed");
	announce(&statistics);
	if operations >= OPERATIONS {
		let missing = statistics.missing();
		assert!(missing.is_empty(), "the simulation did not reach: {missing:#?}");
	}
}
