//! Whole runs against the oracle `oracle.py`, which computes in floats.

use allora_math::{
	loss::Loss,
	predictive::LabelState,
	rules::mixture::{Kept, Params, Synthesis, TopicState},
	testing::mixture::{Submitted, Topic},
	Real,
};
use serde_json::Value;
use sp_arithmetic::FixedI128;
use std::path::Path;

/// The largest accepted error, relative to the larger one of the number's size and 0.001.
const BOUND: f64 = 1e-9;

/// All numbers of a value, in order; what is null has none.
fn numbers(value: &Value) -> Vec<f64> {
	match value {
		Value::Array(values) => values.iter().flat_map(numbers).collect(),
		Value::Null => Vec::new(),
		number => vec![number.as_f64().expect("a number")],
	}
}

fn reals(value: &Value) -> Vec<Real> {
	numbers(value).into_iter().map(Real::from_num).collect()
}

fn accounts(value: &Value) -> Vec<u32> {
	numbers(value).into_iter().map(|account| account as u32).collect()
}

fn list(value: &Value) -> &[Value] {
	value.as_array().expect("a list")
}

/// Compares results with those of the oracle, and keeps the largest error.
#[derive(Default)]
struct Comparison {
	worst: f64,
	compared: usize,
}

impl Comparison {
	fn check(&mut self, what: &str, got: &[Real], expected: &Value) {
		let expected = numbers(expected);
		assert_eq!(got.len(), expected.len(), "{what}");
		for (got, expected) in got.iter().zip(expected) {
			let got: f64 = got.to_num();
			let error = (got - expected).abs() / expected.abs().max(0.001);
			assert!(error <= BOUND, "{what}: {got} is not {expected}");
			self.worst = self.worst.max(error);
			self.compared += 1;
		}
	}

	fn published(&mut self, at: &str, got: &Synthesis, expected: &Value, kept: &Value) {
		let intervals: Vec<_> = got.intervals.iter().flatten().flatten().copied().collect();
		let lists = [
			&got.network,
			&got.naive,
			&got.weights,
			&got.forecaster_weights,
			&got.one_out_workers,
			&got.one_out_forecasters,
			&got.one_in_forecasters,
			&intervals,
		];
		for (k, (got, expected)) in lists.into_iter().zip(list(expected)).enumerate() {
			self.check(&format!("{at}, published {k}"), got, expected);
		}
		let Kept { network, polynomial, exponential, tilted, corrected, deviation, .. } = &got.kept;
		let deviation = vec![*deviation];
		let lists = [network, polynomial, exponential, tilted, corrected, &deviation];
		for (k, (got, expected)) in lists.into_iter().zip(list(kept)).enumerate() {
			self.check(&format!("{at}, kept {k}"), got, expected);
		}
	}

	fn states(&mut self, at: &str, topic: &Topic, row: &Value) {
		let TopicState { scale, spread, epochs, bases, labels } = &topic.state;
		let mut of_topic = vec![*scale, *spread, (*epochs).into()];
		of_topic.extend(bases.iter().flat_map(|base| [base.regret, base.variance, base.range]));
		for LabelState { scale, quantiles } in labels {
			of_topic.push(*scale);
			of_topic.extend(quantiles);
		}
		self.check(&format!("{at}, topic"), &of_topic, &row["topic"]);
		let workers = topic.workers.iter().flat_map(|(account, worker)| {
			let [raw, corrected] = [worker.raw, worker.corrected];
			[
				(*account).into(),
				raw.regret,
				raw.variance,
				corrected.regret,
				corrected.variance,
				worker.log_weight,
				worker.correction,
				worker.loss,
			]
		});
		let workers: Vec<_> = workers.collect();
		self.check(&format!("{at}, workers"), &workers, &row["worker_states"]);
		let forecasters = topic.forecasters.iter().flat_map(|(account, known)| {
			[(*account).into(), known.tilted.regret, known.tilted.variance]
		});
		let forecasters: Vec<_> = forecasters.collect();
		self.check(&format!("{at}, forecasters"), &forecasters, &row["forecaster_states"]);
	}
}

fn submitted(row: &Value) -> Submitted {
	let forecasts = list(&row["forecasters"]).iter().map(|pair| {
		let named = list(&pair[1])
			.iter()
			.map(|named| (named[0].as_u64().expect("an account") as u32, reals(&named[1])[0]));
		(pair[0].as_u64().expect("an account") as u32, named.collect())
	});
	Submitted {
		workers: accounts(&row["workers"]),
		values: reals(&row["values"]),
		forecasts: forecasts.collect(),
	}
}

/// Runs a file; each epoch is learned when the file says so.
fn run(name: &str) -> Comparison {
	let path =
		Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/mixture/runs/{name}.json"));
	let text = std::fs::read_to_string(path).expect("the runs are committed");
	let file: Value = serde_json::from_str(&text).expect("an object");
	let fixed = |x: f64| FixedI128::from_inner((x * 1e18).round() as i128);
	let levels: Vec<_> = numbers(&file["levels"]).into_iter().map(fixed).collect();
	let loss = match file["loss"].as_str().expect("a name") {
		"squared" => Some(Loss::Squared),
		"absolute" => Some(Loss::Absolute),
		"huber" => Some(Loss::Huber { delta: fixed(file["delta"].as_f64().expect("a number")) }),
		"log-cosh" => Some(Loss::LogCosh),
		"pinball" => Some(Loss::Pinball { levels: &levels }),
		"brier" => Some(Loss::Brier),
		"cross-entropy" => Some(Loss::CrossEntropy),
		"poisson" => Some(Loss::Poisson),
		"ztae" => Some(Loss::Ztae),
		"custom" => None,
		other => panic!("{other} is no loss"),
	};
	let labels = file["labels"].as_u64().expect("a number") as usize;
	let params = Params { loss, labels, unity: file["unity"] == true };
	let (mut topic, mut comparison) = (Topic::new(params), Comparison::default());
	let mut pending = std::collections::VecDeque::new();
	let rows = list(&file["epochs"]);
	let learn = |topic: &mut Topic,
	             comparison: &mut Comparison,
	             (at, submitted, kept): (usize, Submitted, Kept)| {
		let row = &rows[at];
		let truth = (!row["truth"].is_null()).then(|| reals(&row["truth"]));
		topic.end(&submitted, &kept, truth.as_deref(), &reals(&row["losses"])).expect("accepted");
		comparison.states(&format!("{name} {at}"), topic, row);
	};
	for (at, row) in rows.iter().enumerate() {
		while at - pending.len() < row["learned"].as_u64().expect("a number") as usize {
			learn(&mut topic, &mut comparison, pending.pop_front().expect("an epoch"));
		}
		let submitted = submitted(row);
		let published = topic.begin(&submitted).expect("accepted");
		comparison.published(&format!("{name} {at}"), &published, &row["out"], &row["kept"]);
		pending.push_back((at, submitted, published.kept));
	}
	for epoch in pending {
		learn(&mut topic, &mut comparison, epoch);
	}
	comparison
}

#[test]
fn every_run_of_the_oracle_is_reproduced() {
	let names = [
		"squared",
		"squared_outlier",
		"squared_copies",
		"squared_labels",
		"squared_alone",
		"absolute",
		"absolute_labels",
		"huber",
		"log_cosh",
		"pinball",
		"pinball_labels",
		"pinball_outlier",
		"brier",
		"cross_entropy",
		"poisson",
		"ztae",
		"custom",
		"squared_unity",
		"poisson_low",
	];
	for name in names {
		let comparison = run(name);
		println!("{name}: {} numbers within {:.1e}", comparison.compared, comparison.worst);
		assert!(comparison.compared > 400, "{name}");
	}
}
