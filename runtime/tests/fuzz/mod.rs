//! Fuzzing of the whole runtime: sequences of calls of all pallets on a chain with topics in all
//! stages. After each block every pallet's `try_state` holds, all balances are the issuance, which
//! grows by emission only, and no call uses more weight than it declares; nothing panics.
//!
//! An input is the SCALE encoding of a list of [`target::Step`]. Those in `fuzz/corpus/runtime` are
//! run first, then new ones, which are made from the metadata or by changing known ones. An input
//! that reaches what none before has reached, a new outcome of a call or kind of event, is known
//! from then on. The runtime is not instrumented, so that the tests' own build is what runs.
//!
//! * `ALLORA_FUZZ_SECONDS`: for how long new inputs are run; without it, [`INPUTS`] are;
//! * `ALLORA_FUZZ_SEED`: the seed of the new inputs;
//! * `ALLORA_FUZZ_KEEP=1`: replaces the corpus by the [`CORPUS`] inputs that together reach the most.
//!
//! An input that fails is printed in hex and, with a directory in `ALLORA_FUZZ_CRASHES`, written to
//! it; the run goes on.

mod generate;
mod payloads;
mod target;

use crate::simulation::Random;
use codec::Encode;
use generate::{Generator, Known};
use rand::{seq::IndexedRandom, Rng, SeedableRng};
use std::{
	collections::BTreeSet,
	env, fs,
	panic::{catch_unwind, AssertUnwindSafe},
	path::PathBuf,
	time::{Duration, Instant},
};
use target::{decode, Chain, Reached, Step};

/// The number of new inputs that are run if no time is given.
const INPUTS: u32 = 15;

/// The maximum number of inputs in the corpus: the tests run all of them.
const CORPUS: usize = 12;

/// The minimum number of outcomes and events that the corpus reaches.
const REACHED: usize = 104;

/// The directory of the corpus.
fn corpus() -> PathBuf {
	PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus/runtime")
}

/// A run over many inputs.
struct Fuzzer {
	chain: Chain,
	/// The inputs that have reached something new, and all that they reach.
	known: Vec<(Vec<Step>, Reached)>,
	reached: Reached,
	executed: u32,
	calls: u64,
	failures: BTreeSet<String>,
}

impl Fuzzer {
	fn run(&mut self, steps: Vec<Step>) {
		self.executed += 1;
		self.calls += steps.len() as u64;
		match catch_unwind(AssertUnwindSafe(|| self.chain.run(&steps))) {
			Ok(reached) => {
				if !reached.is_subset(&self.reached) {
					self.reached.extend(reached.iter().cloned());
					self.known.push((steps, reached));
				}
			}
			Err(panic) => {
				let text = panic.downcast_ref::<String>().cloned();
				let text =
					text.or_else(|| panic.downcast_ref::<&str>().map(|text| text.to_string()));
				self.fail(&steps, text.unwrap_or_default());
				// What the input has done is not undone.
				self.chain = Chain::new();
			}
		}
	}

	/// Replaces the files of the corpus by the inputs that together reach the most, each chosen for
	/// what those before it do not reach.
	fn keep(mut self) {
		let _ = fs::remove_dir_all(corpus());
		fs::create_dir_all(corpus()).expect("the directory can be made");
		let mut reached = Reached::new();
		for _ in 0..CORPUS {
			let more = |(_, of): &(Vec<Step>, Reached)| of.difference(&reached).count();
			let best = (0..self.known.len()).max_by_key(|at| more(&self.known[*at]));
			let Some(best) = best.filter(|best| more(&self.known[*best]) > 0) else { break };
			let (steps, of) = self.known.swap_remove(best);
			reached.extend(of);
			let bytes = steps.encode();
			let hash = sp_io::hashing::blake2_128(&bytes);
			let name: String = hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
			fs::write(corpus().join(name), bytes).expect("the corpus can be written");
		}
		println!(
			"the corpus reaches {} of {} outcomes and events",
			reached.len(),
			self.reached.len()
		);
	}

	fn fail(&mut self, steps: &[Step], text: String) {
		let kind: String =
			text.chars().filter(|letter| !letter.is_ascii_digit()).take(80).collect();
		if !self.failures.insert(kind) {
			return;
		}
		let bytes = steps.encode();
		let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
		eprintln!("an input fails: {text}\n{steps:#?}\n{hex}");
		write_failing(&format!("crash-{}", self.failures.len()), &bytes);
	}
}

/// Writes an input that fails to the directory in `ALLORA_FUZZ_CRASHES`, if there is one.
fn write_failing(name: &str, bytes: &[u8]) {
	if let Ok(directory) = env::var("ALLORA_FUZZ_CRASHES") {
		fs::write(PathBuf::from(directory).join(name), bytes).expect("the directory exists");
	}
}

/// The number in an environment variable.
fn number(name: &str) -> Option<u64> {
	let text = env::var(name).ok()?;
	Some(text.parse().unwrap_or_else(|_| panic!("{name} must be a number")))
}

#[test]
fn fuzzed_calls_break_no_invariant() {
	let mut chain = Chain::new();
	let generator = Generator::new(chain.look(Known::look));
	let mut fuzzer = Fuzzer {
		chain,
		known: vec![],
		reached: Reached::new(),
		executed: 0,
		calls: 0,
		failures: BTreeSet::new(),
	};
	let mut files: Vec<_> =
		fs::read_dir(corpus()).into_iter().flatten().flatten().map(|file| file.path()).collect();
	files.sort();
	let (mut replayed, mut outdated) = (0, 0);
	for file in &files {
		let bytes = fs::read(file).expect("the file can be read");
		match decode(&bytes) {
			Some(steps) => {
				fuzzer.run(steps);
				replayed += 1;
			}
			None => outdated += 1,
		}
	}
	let of_corpus = fuzzer.reached.len();
	let begin = Instant::now();
	let limit = number("ALLORA_FUZZ_SECONDS").map(Duration::from_secs);
	let mut random = Random::seed_from_u64(number("ALLORA_FUZZ_SEED").unwrap_or(1));
	let mut told = Instant::now();
	for nth in 0u32.. {
		if limit.map_or(nth >= INPUTS, |limit| begin.elapsed() >= limit) {
			break;
		}
		let steps = match (fuzzer.known.choose(&mut random), fuzzer.known.choose(&mut random)) {
			(Some((one, _)), Some((other, _))) if random.random_range(0..4) > 0 => {
				generator.changed(one, other, &mut random)
			}
			_ => generator.steps(&mut random),
		};
		fuzzer.run(steps);
		if told.elapsed() > Duration::from_secs(60) {
			told = Instant::now();
			let (executed, known) = (fuzzer.executed, fuzzer.known.len());
			eprintln!("{executed} inputs, {known} known, {} reached", fuzzer.reached.len());
		}
	}
	println!(
		"fuzzing: {replayed} inputs of the corpus reach {of_corpus} outcomes and events, {outdated} are outdated; \
		 {} inputs with {} calls in all, in {:?}, reach {}",
		fuzzer.executed,
		fuzzer.calls,
		begin.elapsed(),
		fuzzer.reached.len()
	);
	assert!(fuzzer.failures.is_empty(), "inputs fail: {:#?}", fuzzer.failures);
	if env::var("ALLORA_FUZZ_KEEP").is_ok() {
		return fuzzer.keep();
	}
	assert_eq!(outdated, 0, "inputs of the corpus do not decode; make it anew");
	assert!(of_corpus >= REACHED, "the corpus reaches {of_corpus}; make it anew");
}
