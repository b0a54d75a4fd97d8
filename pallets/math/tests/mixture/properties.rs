//! Random runs of whole topics, with extremes mixed in: every accepted input has a result, and
//! states stay in the ranges that they state.

use crate::topic::{assert_states_in_range, Submitted, Topic};
use allora_math::{
	loss::Loss,
	rules::mixture::{Params, Synthesis, MAX_VALUE},
	testing::random::config,
	Real,
};
use proptest::{collection::vec, prelude::*, sample::select};
use sp_arithmetic::FixedI128;
use std::collections::VecDeque;

/// A value, often an extreme one; the small numbers are those next to which others are small.
fn value() -> impl Strategy<Value = Real> + Clone {
	let unit = Real::from_bits(18); // 1e-18
	prop_oneof![
		2 => select(vec![MAX_VALUE, -MAX_VALUE, Real::ZERO, unit, -unit, Real::ONE]),
		2 => (any::<i64>(), 0..63u32)
			.prop_map(|(bits, shift)| Real::from_bits(i128::from(bits) << 49 >> shift)),
		4 => (-1000..1000i32).prop_map(|thousandths| Real::from_num(7000 + thousandths) / 1000),
	]
}

/// A loss or an expected one.
fn loss() -> impl Strategy<Value = Real> + Clone {
	prop_oneof![
		1 => select(vec![Real::from_num(1000), Real::from_num(-1000), Real::ZERO]),
		4 => (-3000..3000i32).prop_map(|thousandths| Real::from_num(thousandths) / 1000),
	]
}

/// An epoch of the largest pool; a run uses what it has room for.
#[derive(Clone, Debug)]
struct Epoch {
	/// How many of 100 workers are present: 0 for one only.
	presence: u32,
	draws: Vec<u32>,
	/// Whether all send the first one's row.
	equal: bool,
	/// The size of all values of a calm epoch, or none.
	calm: bool,
	values: Vec<Real>,
	truth: Vec<Real>,
	losses: Vec<Real>,
	expected: Vec<Real>,
}

const WORKERS: usize = 32;
const FORECASTERS: usize = 8;
const LABELS: usize = 8;

fn epoch() -> impl Strategy<Value = Epoch> + Clone {
	(
		(select(vec![0, 10, 50, 90, 100]), vec(0..100u32, WORKERS + FORECASTERS)),
		(prop::bool::weighted(0.05), any::<bool>()),
		vec(value(), WORKERS * LABELS),
		vec(value(), LABELS),
		vec(loss(), WORKERS),
		vec(loss(), FORECASTERS),
	)
		.prop_map(|((presence, draws), (equal, calm), values, truth, losses, expected)| Epoch {
			presence,
			draws,
			equal,
			calm,
			values,
			truth,
			losses,
			expected,
		})
}

const NAMES: [&str; 12] = [
	"squared",
	"absolute",
	"huber",
	"log-cosh",
	"pinball",
	"brier",
	"cross-entropy",
	"poisson",
	"ztae",
	"zptae",
	"czar",
	"custom",
];

/// A topic's loss, the number of its labels, and how many actors there are.
#[derive(Clone, Debug)]
struct Setting {
	name: &'static str,
	delta: FixedI128,
	levels: Vec<FixedI128>,
	labels: usize,
	unity: bool,
	workers: usize,
	forecasters: usize,
	lag: usize,
}

fn setting() -> impl Strategy<Value = Setting> + Clone {
	let delta = (9..34u32).prop_map(|digits| FixedI128::from_inner(10i128.pow(digits)));
	let counts = (1..LABELS + 1, 1..WORKERS + 1, 0..FORECASTERS + 1, 0..4usize);
	let alone = prop_oneof![2 => Just(true), 3 => Just(false)];
	(select(&NAMES[..]), delta, counts, any::<bool>(), alone).prop_map(
		|(name, delta, (labels, workers, forecasters, lag), unity, alone)| {
			let probabilities = matches!(name, "brier" | "cross-entropy");
			let labels = if alone && !probabilities { 1 } else { labels };
			let level = |at| FixedI128::from_rational(at as u128 + 1, labels as u128 + 1);
			Setting {
				name,
				delta,
				levels: (0..labels).map(level).collect(),
				labels,
				unity: probabilities
					|| unity && labels > 1 && name != "pinball" && name != "poisson",
				workers,
				forecasters,
				lag,
			}
		},
	)
}

impl Setting {
	fn params(&self) -> Params<'_> {
		let loss = match self.name {
			"squared" => Some(Loss::Squared),
			"absolute" => Some(Loss::Absolute),
			"huber" => Some(Loss::Huber { delta: self.delta }),
			"log-cosh" => Some(Loss::LogCosh),
			"pinball" => Some(Loss::Pinball { levels: &self.levels }),
			"brier" => Some(Loss::Brier),
			"cross-entropy" => Some(Loss::CrossEntropy),
			"poisson" => Some(Loss::Poisson),
			"ztae" => Some(Loss::Ztae),
			"zptae" => Some(Loss::Zptae),
			"czar" => Some(Loss::Czar { alpha: FixedI128::from_u32(1) }),
			_ => None,
		};
		Params { loss, labels: self.labels, unity: self.unity }
	}

	fn has_probabilities(&self) -> bool {
		matches!(self.name, "brier" | "cross-entropy")
	}

	/// A row as the topic accepts it.
	fn row(&self, values: &[Real], calm: bool) -> Vec<Real> {
		let mut row = values[..self.labels].to_vec();
		if calm {
			row.iter_mut().for_each(|value| *value %= Real::from_num(9));
		}
		if self.has_probabilities() {
			// Shares of the numbers' sizes; the first label takes the rest.
			let size = |value: &Real| (*value).abs().min(Real::from_num(1_000_000));
			let total: Real = row.iter().map(size).sum::<Real>() + Real::DELTA;
			let mut shares: Vec<_> = row.iter().map(|value| size(value) / total).collect();
			let others: Real = shares[1..].iter().sum();
			shares[0] = Real::ONE - others;
			return shares;
		}
		if self.unity {
			let others: Real = row[1..].iter().sum();
			row[0] = Real::ONE - others;
			if row[0].abs() > MAX_VALUE {
				row.fill(Real::ONE / self.labels as i128);
			}
		}
		match self.name {
			"pinball" => row.sort_unstable(),
			"poisson" => {
				row.iter_mut().for_each(|value| *value = value.abs().max(Real::from_bits(18)))
			}
			_ => {}
		}
		row
	}

	fn submitted(&self, epoch: &Epoch) -> Submitted {
		let present = |at: &u32| epoch.draws[*at as usize] < epoch.presence;
		let mut workers: Vec<_> = (0..self.workers as u32).filter(present).collect();
		if workers.is_empty() {
			workers.push(epoch.draws[0] % self.workers as u32);
		}
		let row = |worker: &u32| {
			let first = if epoch.equal { 0 } else { *worker as usize * LABELS };
			self.row(&epoch.values[first..first + LABELS], epoch.calm)
		};
		let forecasts = (0..self.forecasters).filter(|k| epoch.draws[WORKERS + k] >= 20).map(|k| {
			let named = workers.iter().filter(|at| epoch.draws[**at as usize] % 5 != k as u32 % 5);
			let losses = named.map(|at| (*at, epoch.expected[k] - epoch.losses[*at as usize] / 3));
			(k as u32, losses.collect())
		});
		let forecasts = forecasts.collect();
		Submitted { values: workers.iter().flat_map(row).collect(), forecasts, workers }
	}
}

/// Asserts what holds of everything that an epoch publishes.
fn assert_published(setting: &Setting, submitted: &Submitted, published: &Synthesis) {
	let labels = setting.labels;
	// A few units of rounding per term.
	let rounding = Real::from_bits(1 << 14);
	let total: Real = published.weights.iter().sum();
	assert!((total - Real::ONE).abs() < rounding, "weights sum to {total}");
	assert!(published.weights.iter().all(|weight| *weight >= 0));
	let through: Real = published.forecaster_weights.iter().sum();
	assert!(
		through <= Real::ONE + rounding && published.forecaster_weights.iter().all(|w| *w >= 0)
	);
	let rows = [
		&published.network,
		&published.naive,
		&published.one_out_workers,
		&published.one_out_forecasters,
		&published.one_in_forecasters,
	];
	let limit = if setting.unity { 2 * MAX_VALUE } else { MAX_VALUE } + Real::ONE;
	let sizes = submitted.values.iter().map(|value| value.abs()).max().unwrap();
	// Rounding, where an average is over the difference of two sums.
	let near = Real::from_num(1e-6) + sizes / 1_000_000_000_000i128;
	if setting.name == "pinball" {
		assert!(published.network.is_sorted() && published.naive.is_sorted(), "{published:?}");
	}
	for row in rows.into_iter().flat_map(|rows| rows.chunks(labels)) {
		assert_eq!(row.len(), labels);
		assert!(row.iter().all(|value| value.abs() <= limit), "{row:?}");
		if setting.unity {
			let sum: Real = row.iter().sum();
			assert!((sum - Real::ONE).abs() < near, "{sum} of {row:?}");
		}
		if setting.name == "pinball" {
			let ascends = |pair: &[Real]| pair[0] <= pair[1] + near;
			assert!(row.windows(2).all(ascends), "{row:?}");
		}
		if setting.has_probabilities() {
			// The rest of a hundred roundings over the least weight of an average, 2^-20.
			let slack = Real::from_num(1e-11);
			assert!(row.iter().all(|value| (-slack..=Real::ONE + slack).contains(value)));
			let sum: Real = row.iter().sum();
			assert!((sum - Real::ONE).abs() < slack, "{sum} of {row:?}");
		}
	}
	assert!((Real::ZERO..=2 * MAX_VALUE).contains(&published.kept.deviation));
	for bounds in published.intervals.iter().flatten() {
		assert!(bounds.is_sorted());
	}
}

fn run(setting: &Setting, epochs: &[Epoch]) {
	let mut topic = Topic::new(setting.params());
	let mut pending = VecDeque::new();
	let learn = |topic: &mut Topic,
	             (epoch, submitted, published): (&Epoch, Submitted, Synthesis)| {
		let truth = setting.row(&epoch.truth, epoch.calm);
		let truth = (setting.name != "custom").then_some(&truth[..]);
		let losses: Vec<_> =
			submitted.workers.iter().map(|worker| epoch.losses[*worker as usize]).collect();
		topic.end(&submitted, &published.kept, truth, &losses).expect("accepted");
		assert_states_in_range(topic);
	};
	for epoch in epochs {
		let submitted = setting.submitted(epoch);
		let published = topic.begin(&submitted).expect("accepted");
		assert_published(setting, &submitted, &published);
		assert_eq!(topic.infer(&submitted).as_ref(), Ok(&published.network));
		pending.push_back((epoch, submitted, published));
		if pending.len() > setting.lag {
			learn(&mut topic, pending.pop_front().unwrap());
		}
	}
	pending.into_iter().for_each(|epoch| learn(&mut topic, epoch));
}

proptest! {
	#![proptest_config(config(100))]

	#[test]
	fn every_accepted_run_has_results_and_states_in_range(
		setting in setting(),
		epochs in vec(epoch(), 1..25),
	) {
		run(&setting, &epochs);
	}

	#[test]
	fn states_stay_in_range_over_long_repetitions(
		setting in setting(),
		epochs in vec(epoch(), 1..4),
	) {
		let repeated: Vec<_> = std::iter::repeat_n(&epochs, 40).flatten().cloned().collect();
		run(&setting, &repeated);
	}
}
