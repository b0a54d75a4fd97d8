//! The series: names, units, labels and how figures are added to them.

use allora_primitives::{
	api::{BlockFigures, ClockFigures, SubmissionOutcome},
	Balance, Role, VoidReason, ALLO,
};
use sp_weights::Weight;
use substrate_prometheus_endpoint::{
	register, Counter, CounterVec, Gauge, GaugeVec, Opts, PrometheusError, Registry, F64, U64,
};

/// Why a block is not in the counters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unread {
	/// The runtime has no figures, or figures of other types than this node knows.
	UnknownApi,
	/// The block upgrades the runtime.
	Upgrade,
	/// The state of the block is not there, or the runtime failed.
	NoState,
	/// Too many blocks became final at once, and this is one of the oldest.
	TooOld,
}

impl Unread {
	const ALL: [Self; 4] = [Self::UnknownApi, Self::Upgrade, Self::NoState, Self::TooOld];

	fn label(self) -> &'static str {
		match self {
			Self::UnknownApi => "unknown_api",
			Self::Upgrade => "upgrade",
			Self::NoState => "no_state",
			Self::TooOld => "too_old",
		}
	}
}

const REASONS: [VoidReason; 4] = [
	VoidReason::NoInference,
	VoidReason::NoReport,
	VoidReason::TooFewReputers,
	VoidReason::Arithmetic,
];

fn reason_label(reason: VoidReason) -> &'static str {
	match reason {
		VoidReason::NoInference => "no_inference",
		VoidReason::NoReport => "no_report",
		VoidReason::TooFewReputers => "too_few_reputers",
		VoidReason::Arithmetic => "arithmetic",
	}
}

const ROLES: [Role; 3] = [Role::Inferer, Role::Forecaster, Role::Reputer];

fn role_label(role: Role) -> &'static str {
	match role {
		Role::Inferer => "inferer",
		Role::Forecaster => "forecaster",
		Role::Reputer => "reputer",
	}
}

/// The outcomes that a submission in this role can have.
fn outcomes(role: Role) -> &'static [SubmissionOutcome] {
	use SubmissionOutcome::*;
	match role {
		Role::Inferer | Role::Forecaster => &[Accepted, Committed, Passive, Displaced, Unrevealed],
		Role::Reputer => &[Accepted, Passive, Displaced, Abstained],
	}
}

fn outcome_label(outcome: SubmissionOutcome) -> &'static str {
	match outcome {
		SubmissionOutcome::Accepted => "accepted",
		SubmissionOutcome::Committed => "committed",
		SubmissionOutcome::Passive => "passive",
		SubmissionOutcome::Displaced => "displaced",
		SubmissionOutcome::Unrevealed => "unrevealed",
		SubmissionOutcome::Abstained => "abstained",
	}
}

/// An amount in ALLO, as accurate as a float can be.
fn allo(amount: Balance) -> f64 {
	amount as f64 / ALLO as f64
}

/// The part that this weight is of `whole`, by time or by proof size, whichever is larger.
fn part(used: Weight, whole: Weight) -> f64 {
	let time = used.ref_time() as f64 / whole.ref_time().max(1) as f64;
	let size = used.proof_size() as f64 / whole.proof_size().max(1) as f64;
	time.max(size)
}

/// All series of the node's own.
pub struct Series {
	opened: Counter<U64>,
	workers_closed: Counter<U64>,
	settled: Counter<U64>,
	skipped: Counter<U64>,
	voided: CounterVec<U64>,
	late_steps: Counter<U64>,
	submissions: CounterVec<U64>,
	calls: CounterVec<U64>,
	credited: CounterVec<F64>,
	paid_out: Counter<F64>,
	returned: CounterVec<F64>,
	failed_payouts: Counter<U64>,
	blocks_read: Counter<U64>,
	blocks_unread: CounterVec<U64>,
	active_topics: Gauge<U64>,
	in_flight: Gauge<U64>,
	agenda: Gauge<U64>,
	overdue: Gauge<U64>,
	delay: Gauge<U64>,
	truncated: Gauge<U64>,
	reserved: Gauge<F64>,
	used: Gauge<F64>,
	weight: GaugeVec<F64>,
	readable: Gauge<U64>,
	version: GaugeVec<U64>,
	authority: Gauge<U64>,
}

impl Series {
	/// Registers the series; those with labels start at 0 with each value of the labels.
	pub fn register(registry: &Registry) -> Result<Self, PrometheusError> {
		let counter = |name, help| register(Counter::<U64>::new(name, help)?, registry);
		let counters = |name: &str, help: &str, labels: &[&str]| {
			register(CounterVec::<U64>::new(Opts::new(name, help), labels)?, registry)
		};
		let amounts = |name: &str, help: &str, labels: &[&str]| {
			register(CounterVec::<F64>::new(Opts::new(name, help), labels)?, registry)
		};
		let gauge = |name, help| register(Gauge::<U64>::new(name, help)?, registry);
		let series = Self {
			opened: counter("allora_epochs_opened_total", "Epochs opened in finalized blocks")?,
			workers_closed: counter(
				"allora_epochs_inferred_total",
				"Epochs whose network inference was computed in finalized blocks",
			)?,
			settled: counter("allora_epochs_settled_total", "Epochs settled in finalized blocks")?,
			skipped: counter(
				"allora_epochs_skipped_total",
				"Epochs that never opened because the clock was too late, in finalized blocks",
			)?,
			voided: counters(
				"allora_epochs_voided_total",
				"Epochs that became void in finalized blocks, by reason",
				&["reason"],
			)?,
			late_steps: counter(
				"allora_epoch_steps_late_total",
				"Steps of epochs that finalized blocks took after their deadlines",
			)?,
			submissions: counters(
				"allora_submissions_total",
				"Submissions in finalized blocks, by role and outcome",
				&["role", "outcome"],
			)?,
			calls: counters(
				"allora_extrinsics_total",
				"Transactions and inherents in finalized blocks, by the result of their calls",
				&["result"],
			)?,
			credited: amounts(
				"allora_rewards_credited_allo_total",
				"Rewards credited by settlements in finalized blocks in ALLO, by role",
				&["role"],
			)?,
			paid_out: register(
				Counter::<F64>::new(
					"allora_rewards_paid_out_allo_total",
					"Earnings paid out to workers and reputers in finalized blocks in ALLO",
				)?,
				registry,
			)?,
			returned: amounts(
				"allora_rewards_returned_allo_total",
				"Emission of epochs that pay nothing, and earnings that could not be paid out, \
				 which returned to their pots in finalized blocks, in ALLO",
				&["source"],
			)?,
			failed_payouts: counter(
				"allora_payouts_failed_total",
				"Payouts that failed in finalized blocks and are tried again",
			)?,
			blocks_read: counter(
				"allora_metrics_blocks_read_total",
				"Finalized blocks that are in the counters",
			)?,
			blocks_unread: counters(
				"allora_metrics_blocks_unread_total",
				"Finalized blocks that are not in the counters, by reason",
				&["reason"],
			)?,
			active_topics: gauge("allora_topics_active", "Active topics at the best block")?,
			in_flight: gauge(
				"allora_epochs_in_flight",
				"Epochs at the best block that are open: neither settled nor void",
			)?,
			agenda: gauge(
				"allora_clock_agenda_topics",
				"Topics on the agenda of the clock at the best block",
			)?,
			overdue: gauge(
				"allora_clock_overdue_topics",
				"Topics with a step that was due at the best block and is not taken yet",
			)?,
			delay: gauge(
				"allora_clock_delay_slots",
				"Slots since the oldest step was due that is not taken yet at the best block",
			)?,
			truncated: gauge(
				"allora_clock_agenda_truncated",
				"Whether more topics are on the agenda than the gauges of topics, epochs and the \
				 clock look at",
			)?,
			reserved: register(
				Gauge::<F64>::new(
					"allora_clock_reserved_ratio",
					"Part of the clock's share of a block that topics have reserved, at the best block",
				)?,
				registry,
			)?,
			used: register(
				Gauge::<F64>::new(
					"allora_clock_used_ratio",
					"Part of the clock's share of a block that it used in the best block",
				)?,
				registry,
			)?,
			weight: register(
				GaugeVec::<F64>::new(
					Opts::new(
						"allora_block_weight_ratio",
						"Part of a block's maximum weight that the best block used, by class; hooks, \
						 with the clock, and inherents are mandatory",
					),
					&["class"],
				)?,
				registry,
			)?,
			readable: gauge(
				"allora_metrics_readable",
				"Whether this node can read the figures of the best block's runtime",
			)?,
			version: register(
				GaugeVec::<U64>::new(
					Opts::new(
						"allora_runtime_spec_version",
						"Version of the runtime, of the chain at the best block and as built with \
						 this node",
					),
					&["of"],
				)?,
				registry,
			)?,
			authority: gauge(
				"allora_validator_in_authority_set",
				"Whether this validator has the key of a current block author",
			)?,
		};
		series.start();
		Ok(series)
	}

	fn start(&self) {
		for reason in REASONS {
			self.voided.with_label_values(&[reason_label(reason)]);
		}
		for role in ROLES {
			self.credited.with_label_values(&[role_label(role)]);
			for outcome in outcomes(role) {
				let labels = [role_label(role), outcome_label(*outcome)];
				self.submissions.with_label_values(&labels);
			}
		}
		for why in Unread::ALL {
			self.blocks_unread.with_label_values(&[why.label()]);
		}
		for result in ["success", "failure"] {
			self.calls.with_label_values(&[result]);
		}
		for source in ["emission", "earnings"] {
			self.returned.with_label_values(&[source]);
		}
	}

	/// Adds the figures of a finalized block.
	pub fn count(&self, figures: &BlockFigures) {
		self.blocks_read.inc();
		self.opened.inc_by(figures.opened.into());
		self.workers_closed.inc_by(figures.workers_closed.into());
		self.settled.inc_by(figures.settled.into());
		self.skipped.inc_by(figures.skipped);
		self.late_steps.inc_by(figures.late_steps.into());
		for (reason, count) in &figures.voided {
			self.voided.with_label_values(&[reason_label(*reason)]).inc_by((*count).into());
		}
		for (role, outcome, count) in &figures.submissions {
			let labels = [role_label(*role), outcome_label(*outcome)];
			self.submissions.with_label_values(&labels).inc_by((*count).into());
		}
		let results = [("success", figures.succeeded_calls), ("failure", figures.failed_calls)];
		for (result, count) in results {
			self.calls.with_label_values(&[result]).inc_by(count.into());
		}
		let credited = [
			(Role::Inferer, figures.inference_rewards),
			(Role::Forecaster, figures.forecast_rewards),
			(Role::Reputer, figures.reputation_rewards),
		];
		for (role, amount) in credited {
			self.credited.with_label_values(&[role_label(role)]).inc_by(allo(amount));
		}
		self.paid_out.inc_by(allo(figures.paid_out));
		let returned =
			[("emission", figures.emission_returned), ("earnings", figures.earnings_returned)];
		for (source, amount) in returned {
			self.returned.with_label_values(&[source]).inc_by(allo(amount));
		}
		self.failed_payouts.inc_by(figures.failed_payouts.into());
	}

	/// Counts finalized blocks that could not be read.
	pub fn unread(&self, why: Unread, count: usize) {
		self.blocks_unread.with_label_values(&[why.label()]).inc_by(count as u64);
	}

	/// Shows the figures of the best block.
	pub fn show(&self, figures: &ClockFigures) {
		self.active_topics.set(figures.active_topics.into());
		self.in_flight.set(figures.epochs_in_flight.into());
		self.agenda.set(figures.agenda.into());
		self.overdue.set(figures.overdue.into());
		self.delay.set(figures.delay);
		self.truncated.set(figures.has_more.into());
		self.reserved.set(part(figures.reserved, figures.share));
		self.used.set(part(figures.used, figures.share));
		let classes = [
			("normal", figures.normal),
			("operational", figures.operational),
			("mandatory", figures.mandatory),
		];
		for (class, used) in classes {
			self.weight.with_label_values(&[class]).set(part(used, figures.max_block));
		}
	}

	/// Shows whether the runtime's figures can be read.
	pub fn readable(&self, readable: bool) {
		self.readable.set(readable.into());
	}

	/// Shows the version of the runtime that this node was built with.
	pub fn native_version(&self, version: u32) {
		self.version.with_label_values(&["node"]).set(version.into());
	}

	/// Shows the version of the chain's runtime.
	pub fn chain_version(&self, version: u32) {
		self.version.with_label_values(&["chain"]).set(version.into());
	}

	/// Shows whether this validator has the key of a block author.
	pub fn authority(&self, is_authority: bool) {
		self.authority.set(is_authority.into());
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	/// The value of the series of this name with this value of a label, if it has one.
	fn value(registry: &Registry, name: &str, label: Option<&str>) -> f64 {
		let families = registry.gather();
		let family = families.iter().find(|family| family.get_name() == name);
		let metrics = family.unwrap_or_else(|| panic!("{name} is not registered")).get_metric();
		let found = metrics.iter().find(|metric| {
			label.is_none_or(|label| metric.get_label().iter().any(|of| of.get_value() == label))
		});
		let metric = found.unwrap_or_else(|| panic!("{name} has no {label:?}"));
		metric.get_counter().get_value() + metric.get_gauge().get_value()
	}

	#[test]
	fn counters_add_the_figures_of_blocks() {
		let registry = Registry::new();
		let series = Series::register(&registry).expect("the names differ");
		let figures = BlockFigures {
			settled: 2,
			voided: vec![(VoidReason::NoReport, 3)],
			submissions: vec![(Role::Reputer, SubmissionOutcome::Passive, 4)],
			inference_rewards: 5 * ALLO / 2,
			..Default::default()
		};
		series.count(&figures);
		series.count(&figures);
		let of = |name, label| value(&registry, name, label);
		assert_eq!(of("allora_epochs_settled_total", None), 4.0);
		assert_eq!(of("allora_epochs_voided_total", Some("no_report")), 6.0);
		assert_eq!(of("allora_epochs_voided_total", Some("arithmetic")), 0.0);
		assert_eq!(of("allora_submissions_total", Some("passive")), 0.0);
		assert_eq!(of("allora_rewards_credited_allo_total", Some("inferer")), 5.0);
		assert_eq!(of("allora_metrics_blocks_read_total", None), 2.0);
		let passive = series.submissions.with_label_values(&["reputer", "passive"]);
		assert_eq!(passive.get(), 8);
	}

	#[test]
	fn each_reason_has_its_series_from_the_start() {
		let registry = Registry::new();
		let series = Series::register(&registry).expect("the names differ");
		for why in Unread::ALL {
			assert_eq!(
				value(&registry, "allora_metrics_blocks_unread_total", Some(why.label())),
				0.0
			);
		}
		series.unread(Unread::Upgrade, 2);
		assert_eq!(value(&registry, "allora_metrics_blocks_unread_total", Some("upgrade")), 2.0);
		assert_eq!(value(&registry, "allora_metrics_blocks_unread_total", Some("no_state")), 0.0);
	}
}
