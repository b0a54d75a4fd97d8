//! Whether a machine is fast enough for a validator.
//!
//! The weights of the runtime are times of one machine, and a block may have two seconds of them. A
//! slower machine takes longer for a full block, and its validator misses slots. The requirements are
//! what that machine reaches, in the SDK's own measurements, while it is busy.

use sc_sysinfo::{
	benchmark_sr25519_verify, gather_hwbench, gather_sysinfo, ExecutionLimit, HwBench, Metric,
	Requirement, Requirements, Throughput,
};
use std::path::PathBuf;

/// What a validator needs: the metric, and the minimum in MiB per second.
///
/// Processor, memory and random writes are the lowest of two measurements on the machine of the
/// weights (an AMD EPYC of two cores) while it was busy, rounded down: 639, 5,038 and 124.
/// Sequential writes, of which it does 1,490, need not be as fast: the database writes in places.
const NEEDED: [(Metric, f64); 4] = [
	(Metric::Blake2256, 600.0),
	(Metric::MemCopy, 4_500.0),
	(Metric::DiskSeqWrite, 400.0),
	(Metric::DiskRndWrite, 120.0),
];

/// The minimum of signatures that a validator checks, in MiB of signed messages per second; measured
/// were 0.67.
const NEEDED_SIGNATURES: f64 = 0.6;

/// Options of the subcommand `check-hardware`.
#[derive(Debug, clap::Parser)]
pub struct CheckHardwareCmd {
	/// A folder on the disk that the database will be on; a file is written there and removed.
	#[arg(long, value_name = "DIR", default_value = ".")]
	pub base_path: PathBuf,
}

impl CheckHardwareCmd {
	/// Measures for some ten seconds and prints a table; fails if the machine is too slow.
	pub fn run(&self) -> sc_cli::Result<()> {
		if !self.base_path.is_dir() {
			return Err(sc_cli::Error::Input(format!("{} is no folder", self.base_path.display())));
		}
		let machine = gather_sysinfo();
		let cpu = machine.cpu.unwrap_or_else(|| "unknown".into());
		let memory = machine.memory.unwrap_or_default() >> 20;
		println!("{cpu}, {} cores, {memory} MiB", machine.core_count.unwrap_or_default());

		let needed = requirements();
		let measured = gather_hwbench(Some(&self.base_path), &needed);
		let seconds = ExecutionLimit::MaxDuration(std::time::Duration::from_secs(2));
		let signatures = benchmark_sr25519_verify(seconds);
		let rows = table(&needed, &measured, signatures);
		for Row { metric, needed, found } in &rows {
			let found_text = found.map_or("not measured".into(), |found| found.to_string());
			let verdict = if is_enough(*needed, *found) { "ok" } else { "TOO SLOW" };
			let needed = needed.to_string();
			println!("{metric:<16} {found_text:>14}   needed {needed:>14}   {verdict}");
		}
		let slow = rows.iter().filter(|row| !is_enough(row.needed, row.found)).count();
		match slow {
			0 => Ok(()),
			slow => Err(sc_cli::Error::Input(format!(
				"{slow} of {} measures are below what a validator needs",
				rows.len()
			))),
		}
	}
}

/// The requirements in the SDK's terms.
fn requirements() -> Requirements {
	let requirement = |(metric, minimum)| Requirement {
		metric,
		minimum: Throughput::from_mibs(minimum),
		validator_only: false,
	};
	Requirements(NEEDED.map(requirement).to_vec())
}

/// A line of the table.
struct Row {
	metric: String,
	needed: Throughput,
	found: Option<Throughput>,
}

/// Whether a measure is high enough; one that could not be taken is not.
fn is_enough(needed: Throughput, found: Option<Throughput>) -> bool {
	found.is_some_and(|found| found >= needed)
}

/// What was needed and measured.
fn table(needed: &Requirements, measured: &HwBench, signatures: Throughput) -> Vec<Row> {
	let row = |requirement: &Requirement| Row {
		metric: requirement.metric.name().into_owned(),
		needed: requirement.minimum,
		found: match requirement.metric {
			Metric::Blake2256 => Some(measured.cpu_hashrate_score),
			Metric::Blake2256Parallel { .. } => Some(measured.parallel_cpu_hashrate_score),
			Metric::MemCopy => Some(measured.memory_memcpy_score),
			Metric::DiskSeqWrite => measured.disk_sequential_write_score,
			Metric::DiskRndWrite => measured.disk_random_write_score,
			Metric::Sr25519Verify => None,
		},
	};
	let signatures = Row {
		metric: Metric::Sr25519Verify.name().into_owned(),
		needed: Throughput::from_mibs(NEEDED_SIGNATURES),
		found: Some(signatures),
	};
	needed.0.iter().map(row).chain([signatures]).collect()
}

#[cfg(test)]
mod tests {
	use super::*;

	/// Measures of this part of what is needed.
	fn measured(part: f64) -> HwBench {
		let of = |index: usize| Throughput::from_mibs(NEEDED[index].1 * part);
		HwBench {
			cpu_hashrate_score: of(0),
			parallel_cpu_hashrate_score: of(0),
			parallel_cpu_cores: 1,
			memory_memcpy_score: of(1),
			disk_sequential_write_score: Some(of(2)),
			disk_random_write_score: None,
		}
	}

	/// The metrics that are too slow.
	fn slow(part: f64) -> Vec<String> {
		let signatures = Throughput::from_mibs(NEEDED_SIGNATURES * part);
		let rows = table(&requirements(), &measured(part), signatures);
		let slow = rows.into_iter().filter(|row| !is_enough(row.needed, row.found));
		slow.map(|row| row.metric).collect()
	}

	#[test]
	fn machine_that_reaches_what_is_needed_lacks_only_what_was_not_measured() {
		assert_eq!(slow(1.0), ["Rnd Write"]);
	}

	#[test]
	fn slower_machine_is_too_slow_in_everything() {
		assert_eq!(slow(0.99).len(), NEEDED.len() + 1);
	}
}
