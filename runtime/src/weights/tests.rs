//! Tests of the weights: the declared weight of an epoch, and the declared storage accesses.

use super::{whole_epoch::Weights, WholeEpoch};
use crate::{configs::max_block_weight, Clock, Runtime};
use allora_primitives::{traits::EpochPipeline, EpochSizes, Step, TopicParameters};
use frame_support::{
	parameter_types,
	weights::{constants::ParityDbWeight, RuntimeDbWeight},
};
use pallet_clock::{Config, WeightInfo};
use std::collections::BTreeMap;

parameter_types! {
	/// The runtime's storage weights in tests, which can set them to zero.
	pub static DbWeight: RuntimeDbWeight = ParityDbWeight::get();
}

/// A topic of this many inferers, forecasters and reputers, with one label.
fn topic((max_inferers, max_forecasters, max_reputers): (u32, u32, u32)) -> TopicParameters {
	let regression = TopicParameters::regression(10, 9, 10);
	TopicParameters { max_inferers, max_forecasters, max_reputers, ..regression }
}

/// The picoseconds that all steps of an epoch declare. They take two turns, since the reputer close
/// is due in the same block as an opening.
fn epoch(parameters: &TopicParameters) -> u64 {
	let turns = <Runtime as Config>::WeightInfo::turn().saturating_mul(2);
	let steps = [Step::Open, Step::CloseWorkers, Step::CloseReputers];
	let weight = |step| Clock::step_weight(step, parameters);
	steps.into_iter().map(weight).fold(turns, |sum, step| sum.saturating_add(step)).ref_time()
}

/// The picoseconds that all pallets except the clock declare for a step.
fn others(step: Step, parameters: &TopicParameters) -> u64 {
	let sizes = EpochSizes::worst_case(parameters);
	<Runtime as Config>::Pipeline::worst_case(step, &sizes).ref_time()
}

fn without_storage<R>(compute: impl FnOnce() -> R) -> R {
	DbWeight::set(RuntimeDbWeight::default());
	let result = compute();
	DbWeight::set(ParityDbWeight::get());
	result
}

fn millis(picoseconds: u64) -> f64 {
	picoseconds as f64 / 1e9
}

#[test]
fn quarter_of_a_block_closes_a_hundred_topics_of_the_usual_size() {
	let quarter = max_block_weight().ref_time() / 4;
	println!(
		"{:<12} {:>8} {:>14} {:>15} {:>8} {:>10} {:>16}",
		"declared ms",
		"open",
		"close workers",
		"close reputers",
		"epoch",
		"computing",
		"topics per block",
	);
	for (n, f, r) in [(8, 2, 3), (32, 6, 6), (32, 8, 16)] {
		let topic = topic((n, f, r));
		println!(
			"{:<12} {:>8.3} {:>14.3} {:>15.3} {:>8.3} {:>10.3} {:>16}",
			format!("{n}/{f}/{r}"),
			millis(others(Step::Open, &topic)),
			millis(others(Step::CloseWorkers, &topic)),
			millis(others(Step::CloseReputers, &topic)),
			millis(epoch(&topic)),
			millis(without_storage(|| epoch(&topic))),
			quarter / epoch(&topic),
		);
	}
	assert!(quarter / epoch(&topic((32, 6, 6))) >= 100);
}

#[test]
fn declared_computing_is_within_half_of_what_a_whole_epoch_takes() {
	type Clocks = <Runtime as Config>::WeightInfo;
	let (declared, measured) = without_storage(|| {
		// Each of the two blocks is polled once.
		let polls = Clocks::poll(1).saturating_mul(2).ref_time();
		let workers = Weights::<Runtime>::close_workers();
		let rest = Weights::<Runtime>::close_reputers_and_open();
		(epoch(&topic((32, 6, 6))) + polls, workers.saturating_add(rest).ref_time())
	});
	println!(
		"computing of an epoch at 32/6/6: declared {:.3} ms, measured {:.3} ms, ratio {:.2}",
		millis(declared),
		millis(measured),
		declared as f64 / measured as f64,
	);
	assert!(declared * 2 <= measured * 3 && measured * 2 <= declared * 3);
}

/// The number of reads and writes of an item.
type Accesses = (u64, u64);

/// A function of a weights file.
#[derive(Debug, Default)]
struct Function {
	name: &'static str,
	/// The accesses per item that the benchmark counted, with every component at its maximum.
	counted: BTreeMap<&'static str, Accesses>,
	/// The accesses that the function declares for the same components.
	declared: Accesses,
}

impl Function {
	fn counted(&self) -> Accesses {
		self.counted.values().fold((0, 0), |(reads, writes), (r, w)| (reads + r, writes + w))
	}
}

/// Parses the functions of a weights file.
fn functions(weights: &'static str) -> Vec<Function> {
	let mut functions = vec![Function::default()];
	let mut maxima = BTreeMap::new();
	for line in weights.lines().map(str::trim) {
		let function = functions.last_mut().expect("the list is never empty");
		if let Some(note) = line.strip_prefix("// Storage: `") {
			let (item, counts) = note.split_once("` (r:").expect("counts follow an item");
			let (reads, writes) = counts.trim_end_matches(')').split_once(" w:").expect("r and w");
			function.counted.insert(item, (number(reads), number(writes)));
		} else if let Some((component, range)) = line.split_once("` in [") {
			let (_, maximum) = range.split_once(", ").expect("a range has two ends");
			maxima.insert(component.trim_start_matches("// `"), number(maximum));
		} else if let Some(signature) = line.strip_prefix("fn ") {
			function.name = signature.split('(').next().expect("a function has a name");
		}
		function.declared.0 += declared(line, ".reads(", &maxima);
		function.declared.1 += declared(line, ".writes(", &maxima);
		if line == "}" {
			functions.push(Function::default());
			maxima.clear();
		}
	}
	functions.retain(|function| !function.name.is_empty());
	functions
}

/// The number at the start of a text.
fn number(text: &str) -> u64 {
	let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
	text[..digits].parse().expect("the text begins with a number")
}

/// The sum of the numbers that a line passes to this method; a component counts with its maximum.
fn declared(line: &str, method: &str, maxima: &BTreeMap<&str, u64>) -> u64 {
	let arguments = line.split(method).skip(1);
	arguments
		.map(|argument| {
			let component = argument.split_once("saturating_mul(").map(|(_, rest)| &rest[..1]);
			number(argument) * component.map_or(1, |component| maxima[component])
		})
		.sum()
}

const INFERENCE: &str = include_str!("pallet_inference.rs");
const REPUTER: &str = include_str!("pallet_reputer.rs");
const WHOLE_EPOCH: &str = include_str!("whole_epoch.rs");

#[test]
fn weights_declare_every_access_that_the_benchmarks_counted() {
	let files = [
		INFERENCE,
		REPUTER,
		WHOLE_EPOCH,
		include_str!("pallet_aggregation.rs"),
		include_str!("pallet_emissions.rs"),
		include_str!("pallet_clock.rs"),
		include_str!("pallet_consumer.rs"),
		include_str!("pallet_mmr.rs"),
		include_str!("pallet_proofs.rs"),
		include_str!("pallet_registry.rs"),
	];
	for file in files {
		let functions = functions(file);
		assert!(!functions.is_empty(), "{file}");
		for function in functions {
			assert_eq!(function.declared, function.counted(), "{}", function.name);
		}
	}
}

#[test]
fn lost_access_is_found() {
	let weights = "	// Storage: `A::B` (r:40 w:40)
		// Storage: `A::C` (r:1 w:0)
		// `m` in [1, 40]
		fn f(m: u32) -> Weight {
			Weight::from_parts(1, 0)
				.saturating_add(T::DbWeight::get().reads(1_u64.saturating_mul(m.into())))
				.saturating_add(T::DbWeight::get().writes(1_u64.saturating_mul(m.into())))
		}";
	let [f] = functions(weights).try_into().expect("there is one function");
	assert_eq!((f.counted(), f.declared), ((41, 40), (40, 40)));
}

/// The accesses per item that the benchmarks counted for a function.
fn counted(weights: &'static str, name: &str) -> BTreeMap<&'static str, Accesses> {
	let mut functions = functions(weights).into_iter();
	functions.find(|function| function.name == name).expect("the file has the function").counted
}

/// Asserts that a table of STORAGE.md, whose columns are the accesses of these functions, equals
/// the counts in the weights files.
fn assert_table_is_what_was_counted(heading: &str, columns: &[(&'static str, &str)]) {
	let text = include_str!("../../STORAGE.md");
	let (_, section) = text.split_once(heading).expect("STORAGE.md has the section");
	let section = section.split("\n# ").next().expect("a split has a first part");
	let mut listed = vec![BTreeMap::new(); columns.len()];
	for row in section.lines().filter_map(|line| line.strip_prefix("| `")) {
		let mut cells = row.split(" | ");
		let item = cells.next().expect("a row has cells").trim_end_matches('`');
		let mut touched = false;
		for listed in &mut listed {
			let (reads, writes) = cells.next().and_then(|cell| cell.split_once('/')).expect(item);
			let accesses = (number(reads), number(writes));
			if accesses != (0, 0) {
				assert!(listed.insert(item, accesses).is_none(), "{item} is listed twice");
				touched = true;
			}
		}
		assert!(touched, "nothing touches {item}");
	}
	for (listed, (weights, name)) in listed.into_iter().zip(columns) {
		assert!(!listed.is_empty());
		assert_eq!(listed, counted(weights, name), "{name}");
	}
}

#[test]
fn storage_table_of_an_epoch_is_what_the_benchmarks_counted() {
	assert_table_is_what_was_counted(
		"# What an epoch touches in storage\n",
		&[(WHOLE_EPOCH, "close_workers"), (WHOLE_EPOCH, "close_reputers_and_open")],
	);
}

#[test]
fn storage_table_of_submissions_is_what_the_benchmarks_counted() {
	assert_table_is_what_was_counted(
		"# What a submission and a report touch in storage\n",
		&[
			(INFERENCE, "submit_inference"),
			(INFERENCE, "submit_forecast"),
			(REPUTER, "report"),
			(INFERENCE, "submit_regular_inference"),
			(INFERENCE, "submit_regular_forecast"),
			(REPUTER, "report_regular_losses"),
		],
	);
}

#[test]
fn storage_table_of_commitments_is_what_the_benchmarks_counted() {
	let columns = [
		"commit_inference",
		"commit_forecast",
		"reveal_inference",
		"reveal_forecast",
		"commit_regular",
	];
	assert_table_is_what_was_counted(
		"# What commitments and reveals touch in storage
",
		&columns.map(|name| (INFERENCE, name)),
	);
}
