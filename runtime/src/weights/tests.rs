//! What an epoch costs by the weights.

use super::{whole_epoch::Weights, WholeEpoch};
use crate::{configs::max_block_weight, Clock, Runtime};
use allora_primitives::{traits::EpochPipeline, EpochSizes, Step, TopicParameters};
use frame_support::{
	parameter_types,
	weights::{constants::ParityDbWeight, RuntimeDbWeight},
};
use pallet_clock::{Config, WeightInfo};
use std::collections::{BTreeMap, BTreeSet};

parameter_types! {
	/// The runtime's prices of storage in tests, which may ask what remains without them.
	pub static DbWeight: RuntimeDbWeight = ParityDbWeight::get();
}

/// A topic of so many inferers, forecasters and reputers, with one label.
fn topic((max_inferers, max_forecasters, max_reputers): (u32, u32, u32)) -> TopicParameters {
	let regression = TopicParameters::regression(10, 9, 10);
	TopicParameters { max_inferers, max_forecasters, max_reputers, ..regression }
}

/// Picoseconds that all steps of an epoch declare, in two turns: reports close where an epoch opens.
fn epoch(parameters: &TopicParameters) -> u64 {
	let turns = <Runtime as Config>::WeightInfo::turn().saturating_mul(2);
	let steps = [Step::Open, Step::CloseWorkers, Step::CloseReputers];
	let weight = |step| Clock::step_weight(step, parameters);
	steps.into_iter().map(weight).fold(turns, |sum, step| sum.saturating_add(step)).ref_time()
}

/// Picoseconds that the pallets beside the clock declare for a step.
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
fn a_quarter_of_a_block_closes_a_hundred_customary_topics() {
	let quarter = max_block_weight().ref_time() / 4;
	println!(
		"{:<12} {:>8} {:>14} {:>15} {:>8} {:>10} {:>15}",
		"declared ms",
		"open",
		"close workers",
		"close reputers",
		"epoch",
		"computing",
		"topics a block",
	);
	for (n, f, r) in [(8, 2, 3), (32, 6, 6), (32, 8, 16)] {
		let topic = topic((n, f, r));
		println!(
			"{:<12} {:>8.3} {:>14.3} {:>15.3} {:>8.3} {:>10.3} {:>15}",
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

/// Reads and writes of each item, as `r/w`, that the benchmarks of a whole epoch counted for a step.
fn counted(step: &str) -> BTreeMap<&'static str, String> {
	let weights = include_str!("whole_epoch.rs");
	let before = weights.split(&format!("fn {step}(")).next().expect("the step is measured");
	let notes = before.rsplit("}\n").next().expect("there are notes");
	let items = notes.lines().filter_map(|line| line.trim().strip_prefix("// Storage: `"));
	items
		.filter_map(|line| {
			let (item, counts) = line.split_once("` (r:")?;
			let (reads, writes) = counts.trim_end_matches(')').split_once(" w:")?;
			Some((item, format!("{reads}/{writes}")))
		})
		.collect()
}

#[test]
fn storage_table_is_what_the_benchmarks_counted() {
	let (workers, learning) = (counted("close_workers"), counted("close_reputers_and_open"));
	let rows = include_str!("../../STORAGE.md").lines().filter_map(|line| {
		let mut cells = line.strip_prefix("| `")?.split(" | ");
		Some((cells.next()?.trim_end_matches('`'), cells.next()?, cells.next()?))
	});
	let mut listed = BTreeSet::new();
	for (item, at_workers, at_learning) in rows {
		let none = String::from("0/0");
		assert_eq!(at_workers, workers.get(item).unwrap_or(&none), "{item}");
		assert_eq!(at_learning, learning.get(item).unwrap_or(&none), "{item}");
		assert!(listed.insert(item), "{item} is listed twice");
	}
	let touched: BTreeSet<_> = workers.keys().chain(learning.keys()).copied().collect();
	assert_eq!(listed, touched);
	assert!(touched.len() > 20);
}
