//! Random operations on the real runtime: signed transactions to every pallet of the protocol, to
//! staking, pools and governance, in whole blocks, by accounts that are created and removed.
//! Validators equivocate and are slashed, calls are paused, and the safe mode is entered. After every
//! block every pallet's `try_state` and the checks of [`checks`] hold. At the end of a world everybody
//! withdraws, and [`closing`] checks that nothing is stuck.
//!
//! A simulation has several worlds, each with its own chain and its own seed, so that states stay
//! small and worlds run at the same time. The seed determines everything:
//!
//! * `ALLORA_SIM_SEED`: the seed of the first world; those of the others are the next numbers;
//! * `ALLORA_SIM_OPERATIONS`: the operations of all worlds together, by default [`OPERATIONS`].
//!
//! A world that fails prints how to repeat it alone. At the end a table shows the operations and
//! their results. A simulation of at least [`OPERATIONS`] also fails if it has missed anything that
//! it is for: if a call of the protocol never succeeded, if no epoch ended in one of the ways that
//! epochs should, if most epochs were not settled, or if nothing was slashed or went on in the safe
//! mode, see [`Statistics::missing`].

pub mod checks;
mod closing;
mod emergency;
mod emission;
mod holds;
mod keys;
mod operations;
mod pools;
mod slashes;
mod staking;
pub mod statistics;
pub mod values;
pub mod world;

use crate::support::{genesis::genesis, trace::refusal_without_a_trace};
use allora_runtime::{
	Executive, Runtime, RuntimeCall, RuntimeEvent, RuntimeOrigin, System, UncheckedExtrinsic,
};
use checks::{check_explanation, History};
use frame_system::Phase;
use operations::{is_unsigned, Operation, People};
use rand::{Rng, SeedableRng};
use sp_runtime::{
	transaction_validity::{InvalidTransaction, TransactionValidityError},
	DispatchError, DispatchResult,
};
use statistics::{name_of, Statistics};
use std::{
	collections::VecDeque,
	io::Write,
	ops::RangeInclusive,
	sync::{
		atomic::{AtomicU64, Ordering},
		Mutex,
	},
	thread,
};
use values::once_in;
use world::{ClockCall, Tip};

/// The random number generator. A seed gives the same numbers on all 64-bit machines as long as the
/// lock file has the same version.
pub type Random = rand::rngs::SmallRng;

/// The default number of operations of a simulation.
const OPERATIONS: u64 = 10_000;
/// The default seed of the first world.
const SEED: u64 = 1;
/// The number of operations of a world.
const WORLD: u64 = 2_500;
/// The number of latest operations that a failing world prints.
const REMEMBERED: usize = 12;
/// The number of blocks without operations near the end of a world: ten weeks, in which topics lapse,
/// and stay so for four.
const QUIET: u64 = 10;
/// The numbers of slots without a block between two of these.
const QUIET_SLOTS: RangeInclusive<u64> = 40..=44;
/// The maximum number of blocks in which everything is withdrawn and forgotten at the end of a
/// world.
const CLOSING: u32 = 200;
/// The numbers of slots without a block between two of them, at random: by any regular pattern the
/// epochs of some length would always open in such slots, and be put off for ever.
const CLOSING_SLOTS: RangeInclusive<u64> = 10..=13;

/// A chain, its accounts, and their history.
struct Simulation {
	seed: u64,
	random: Random,
	people: People,
	tip: Tip,
	history: History,
	statistics: Statistics,
	/// The numbers of operations and blocks so far.
	done: u64,
	blocks: u64,
	/// The latest operations, printed on failure.
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

	/// Makes a block with at most `most` operations and checks what must hold after it.
	fn block(&mut self, most: u64) {
		let missed = match self.random.random_range(0..200) {
			0 => self.random.random_range(5..40),
			1..=6 => self.random.random_range(1..4),
			_ => 0,
		};
		self.blocks += 1;
		self.tip.begin_block(missed, self.random.random());
		self.people.look(&mut self.random);
		let operations = self.random.random_range(0..=20).min(most);
		for _ in 0..operations {
			let operation = self.people.next(&mut self.random);
			if !self.apply(operation) {
				break;
			}
		}
		self.tip.end_block();
		self.history.check(&mut self.statistics);
		if let Some((topic, epoch)) = self.history.some_epoch(self.random.random::<u16>().into()) {
			check_explanation(&self.people.somebody(&mut self.random), topic, epoch);
		}
	}

	/// Makes a block in which nothing happens but that lapsed topics are pruned.
	fn quiet_block(&mut self) {
		self.blocks += 1;
		let missed = self.random.random_range(QUIET_SLOTS);
		self.tip.begin_block(missed, self.random.random());
		for topic in world::topics().iter().map(|of| of.topic) {
			if world::is_prunable(topic) {
				let call = ClockCall::prune { topic }.into();
				self.apply(Operation { signer: 0, call, garbage: false });
			}
		}
		self.tip.end_block();
		// Epochs in which nobody takes part are checked as all are, and not counted.
		self.history.check(&mut Statistics::default());
	}

	/// Makes a block in which everybody withdraws, and checks what must hold after it. Returns what is
	/// left.
	fn closing_block(&mut self, first: bool) -> Vec<String> {
		self.blocks += 1;
		let missed = self.random.random_range(CLOSING_SLOTS);
		self.tip.begin_block(missed, self.random.random());
		if first {
			closing::endow(&self.people);
		}
		closing::withdraw_everything();
		self.tip.end_block();
		self.history.check(&mut self.statistics);
		closing::left()
	}

	/// Sends an operation in a transaction. Returns whether the block has room for more.
	fn apply(&mut self, operation: Operation) -> bool {
		let Operation { signer, call, garbage } = operation;
		let account = &self.people.accounts[signer];
		self.done += 1;
		self.latest.truncate(REMEMBERED - 1);
		self.latest.push_front(format!("{signer}: {call:?}"));
		if once_in(&mut self.random, if garbage { 2 } else { 20 }) {
			let origin = RuntimeOrigin::signed(account.id.clone());
			let refused = refusal_without_a_trace(&call, origin).is_some();
			self.statistics.unchanged += u32::from(refused);
		}
		let (inside, rule) = (decided(&call), emergency::rule(&call));
		let transaction = match is_unsigned(&call) {
			true => UncheckedExtrinsic::new_bare(call.clone()),
			false => account.sign(call.clone()),
		};
		let result = Executive::apply_extrinsic(transaction);
		self.statistics.count_call(&call, &result);
		emergency::check_result(&call, rule, &result);
		if let Ok(Err(error)) = &result {
			check_error(error, &call);
		}
		if let (Some(inside), Some(result)) = (inside, decision()) {
			self.statistics.count_call(&inside, &Ok(result));
		}
		let full = TransactionValidityError::Invalid(InvalidTransaction::ExhaustsResources);
		result != Err(full)
	}
}

/// The call that another one dispatches if governance decides so: the root key or the committee.
fn decided(call: &RuntimeCall) -> Option<RuntimeCall> {
	match call {
		RuntimeCall::Sudo(pallet_sudo::Call::sudo { call }) => Some((**call).clone()),
		RuntimeCall::TechnicalCommittee(pallet_collective::Call::close {
			proposal_hash, ..
		}) => pallet_collective::ProposalOf::<Runtime, pallet_collective::Instance1>::get(
			proposal_hash,
		),
		_ => None,
	}
}

/// The result of such a call, if the latest transaction has dispatched one.
fn decision() -> Option<DispatchResult> {
	let index = System::extrinsic_index()?.checked_sub(1)?;
	let events = System::read_events_no_consensus();
	let own = events.filter(|record| record.phase == Phase::ApplyExtrinsic(index));
	own.filter_map(|record| match record.event {
		RuntimeEvent::Sudo(pallet_sudo::Event::Sudid { sudo_result }) => Some(sudo_result),
		RuntimeEvent::TechnicalCommittee(pallet_collective::Event::Executed { result, .. }) => {
			Some(result)
		}
		_ => None,
	})
	.last()
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

/// Fails unless a refusal has a reason: an error of a pallet or of the token.
fn check_error(error: &DispatchError, call: &RuntimeCall) {
	let named = match error {
		DispatchError::Module(module) => module.message.is_some(),
		DispatchError::Token(_) | DispatchError::BadOrigin | DispatchError::CannotLookup => true,
		// Amounts above the supply.
		DispatchError::Arithmetic(_) => true,
		_ => false,
	};
	assert!(named, "refused without a name, by {}: {call:?}", name_of(error));
}

/// The genesis of a world: all periods are short.
pub fn chain(seed: u64) -> sp_io::TestExternalities {
	let changes = serde_json::json!({
		"timing": {
			"slotDurationMs": world::SLOT_DURATION,
			"sessionLength": 8,
			"sessionsPerEra": 3,
			"bondingDuration": 3,
			"stakeUnbondingMs": 20 * world::SLOT_DURATION,
		},
		// Periods of governance are at least one block. The safe mode lasts as many blocks as a day.
		"origins": { "dayMs": world::SLOT_DURATION * (1 + seed % 3) },
		"emissions": { "started": false },
	});
	genesis("local_testnet", changes)
}

/// Runs one world.
fn run(seed: u64, operations: u64) -> Statistics {
	let mut chain = chain(seed);
	let mut simulation = chain.execute_with(|| Simulation::new(seed));
	while simulation.done < operations {
		chain.execute_with(|| simulation.block(operations - simulation.done));
		chain.commit_all().expect("no transaction is open");
	}
	for _ in 0..QUIET {
		chain.execute_with(|| simulation.quiet_block());
		chain.commit_all().expect("no transaction is open");
	}
	let mut left = vec![String::new()];
	for nth in 0..CLOSING {
		if left.is_empty() {
			break;
		}
		left = chain.execute_with(|| simulation.closing_block(nth == 0));
		chain.commit_all().expect("no transaction is open");
	}
	assert!(left.is_empty(), "after the end of all epochs there is left: {left:#?}");
	chain.execute_with(closing::check_pots);
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
	let failed = Mutex::new(Vec::new());
	let threads = thread::available_parallelism().map_or(1, |threads| threads.get());
	thread::scope(|scope| {
		for _ in 0..threads {
			scope.spawn(|| loop {
				let world = next.fetch_add(1, Ordering::Relaxed);
				if world >= worlds {
					break;
				}
				let operations = WORLD.min(operations - world * WORLD);
				let seed = seed.wrapping_add(world);
				match std::panic::catch_unwind(|| run(seed, operations)) {
					Ok(done) => statistics.lock().expect("adding does not fail").add(done),
					Err(_) => failed.lock().expect("pushing does not fail").push(seed),
				}
			});
		}
	});
	let statistics = statistics.into_inner().expect("adding does not fail");
	announce(&statistics);
	let failed = failed.into_inner().expect("pushing does not fail");
	assert!(failed.is_empty(), "worlds of these seeds failed: {failed:?}");
	if operations >= OPERATIONS {
		let missing = statistics.missing();
		assert!(missing.is_empty(), "the simulation did not reach: {missing:#?}");
	}
}
