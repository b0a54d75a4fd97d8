//! Runs of whole topics: every accepted input has a result, and states stay in the ranges that they
//! state.

use super::topic::{assert_states_in_range, Submitted, Topic};
use crate::{
	loss::Loss,
	rules::mixture::{Params, Synthesis, MAX_VALUE},
	Real,
};
use alloc::{collections::VecDeque, vec::Vec};
use sp_arithmetic::FixedI128;

/// The maximum number of labels of a setting.
pub const LABELS: usize = 8;

/// The names of losses in a [`Setting`].
pub const NAMES: [&str; 12] = [
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

/// An epoch of a run; a run uses what its setting has room for.
#[derive(Clone, Debug)]
pub struct Epoch {
	/// The percentage of workers that are present; 0 for one only.
	pub presence: u32,
	/// One number below 100 per worker, then one per forecaster, which decide who is present and
	/// who forecasts whom.
	pub draws: Vec<u32>,
	/// Whether all workers send the first one's row.
	pub equal: bool,
	/// Whether all values are below 9 in size.
	pub calm: bool,
	/// At least one value per worker and label.
	pub values: Vec<Real>,
	/// At least one value per label.
	pub truth: Vec<Real>,
	/// At least one loss per worker.
	pub losses: Vec<Real>,
	/// At least one number per forecaster, from which its expected losses follow.
	pub expected: Vec<Real>,
}

/// A topic's loss, the number of its labels, and how many actors there are.
#[derive(Clone, Debug)]
pub struct Setting {
	/// The name of the loss, one of [`NAMES`].
	pub name: &'static str,
	/// The delta of a Huber loss.
	pub delta: FixedI128,
	/// The levels of a pinball loss, one per label.
	pub levels: Vec<FixedI128>,
	/// The number of values per row, at most [`LABELS`].
	pub labels: usize,
	/// Whether the values of a row sum to 1.
	pub unity: bool,
	/// The number of workers that come and go, at least 1.
	pub workers: usize,
	/// The number of forecasters that come and go.
	pub forecasters: usize,
	/// The number of epochs that begin before the truth of one is known.
	pub lag: usize,
}

impl Setting {
	/// Whether values are probabilities for this loss.
	pub fn needs_probabilities(name: &str) -> bool {
		matches!(name, "brier" | "cross-entropy")
	}

	/// Whether the rows of a topic with this loss and this number of labels may have to sum to 1, if
	/// they need not anyway.
	pub fn allows_unity(name: &str, labels: usize) -> bool {
		labels > 1 && name != "pinball" && name != "poisson"
	}

	/// What the topic is about.
	pub fn params(&self) -> Params<'_> {
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
		Self::needs_probabilities(self.name)
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
			let first = if epoch.equal { 0 } else { *worker as usize * self.labels };
			self.row(&epoch.values[first..], epoch.calm)
		};
		let forecasts =
			(0..self.forecasters).filter(|k| epoch.draws[self.workers + k] >= 20).map(|k| {
				let named =
					workers.iter().filter(|at| epoch.draws[**at as usize] % 5 != k as u32 % 5);
				let losses =
					named.map(|at| (*at, epoch.expected[k] - epoch.losses[*at as usize] / 3));
				(k as u32, losses.collect())
			});
		let forecasts = forecasts.collect();
		Submitted { values: workers.iter().flat_map(row).collect(), forecasts, workers }
	}
}

/// Asserts what holds of everything that an epoch publishes.
pub fn assert_published(setting: &Setting, submitted: &Submitted, published: &Synthesis) {
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

/// Runs a topic through these epochs; panics if anything fails, or does not hold.
pub fn run<'a>(setting: &Setting, epochs: impl IntoIterator<Item = &'a Epoch>) {
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
