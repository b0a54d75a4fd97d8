//! The track record of a worker: how well it predicted, with bounds for how much of that may be luck.
//!
//! The same statistics are computed from the epochs that a chain has on record and from a back-test.
//! docs/simulation.md has the formulas.

use crate::{figures::Figures, question::observed_label, topic::Topic};
use allora_math::loss::Loss;
use serde::Serialize;

/// The number of samples that bounds are drawn from.
const DRAWS: usize = 1000;
/// The seed of the samples, so that the same epochs have the same bounds.
const SEED: u64 = 12;
/// The fewest epochs that have bounds.
const FEWEST: usize = 10;
/// The largest change that is none, as a part of the truth before: what rounding leaves.
const STILL: f64 = 1e-12;

/// What is known of an epoch whose truth is known.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Seen {
	/// The truth, one value per label.
	pub truth: Vec<f64>,
	/// The worker's inference, `None` if it had no part in the epoch.
	pub value: Option<Vec<f64>>,
	/// The losses of the worker and of the network's naive inference in the topic's own unit, `None` if
	/// one of them is not known.
	pub losses: Option<[f64; 2]>,
}

/// A number with its 95 % bounds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Estimate {
	/// The number.
	pub value: f64,
	/// The lower bound, `None` with fewer than ten epochs.
	pub low: Option<f64>,
	/// The upper bound.
	pub high: Option<f64>,
}

/// The track record of a worker.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TrackRecord {
	/// The number of epochs, from the worker's first one on.
	pub epochs: usize,
	/// The number of those in which it took part.
	pub participated: usize,
	/// The part of the epochs in which it took part.
	pub participation: f64,
	/// How many independent epochs these are worth, since losses of neighbouring epochs are alike.
	pub effective_sample: f64,
	/// How often the truth went where the worker said, from the truth before; of probabilities, how
	/// often the observed label was the one that it held most probable.
	pub directional_accuracy: Option<Estimate>,
	/// The correlation of predicted and true changes since the truth before; of probabilities, that of
	/// probabilities and outcomes; the mean over labels, but for those that are constant.
	pub correlation: Option<Estimate>,
	/// By how much its losses were lower than those of the network's naive inference, as a part of the
	/// latter.
	pub loss_improvement: Option<Estimate>,
}

/// What a forecaster added to the network: by how much the network's loss was lower with its forecasts
/// than in a run without them, in the epochs in which it took part.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Added {
	/// The number of epochs, from its first one on.
	pub epochs: usize,
	/// The number of those in which it took part.
	pub participated: usize,
	/// How many independent epochs these are worth.
	pub effective_sample: f64,
	/// By how much the losses of the network were lower than without it, as a part of the latter.
	pub loss_improvement: Option<Estimate>,
}

impl Added {
	/// What a forecaster added to a run, from the same run without it; `took_part` has an entry per
	/// epoch. `None` if it took part in none.
	pub fn of_runs(with: &Figures, without: &Figures, took_part: &[bool]) -> Option<Self> {
		let topic = &with.topic;
		let rows = with.rows.iter().zip(&without.rows).zip(took_part).enumerate();
		let seen = rows.map(|(at, ((row, without), took_part))| {
			let own = |values: &[f64]| topic.own(values, &row.truth, with.spreads(at));
			Seen {
				truth: row.truth.clone(),
				value: took_part.then(|| row.network.clone()),
				losses: took_part.then(|| [own(&row.network), own(&without.network)]),
			}
		});
		let record = TrackRecord::of(topic, &seen.collect::<Vec<_>>())?;
		let TrackRecord { epochs, participated, effective_sample, loss_improvement, .. } = record;
		Some(Self { epochs, participated, effective_sample, loss_improvement })
	}
}

/// What an epoch adds to the statistics.
#[derive(Clone, Debug, Default)]
struct Sample {
	/// The predicted and the true change of each label.
	pairs: Vec<[f64; 2]>,
	/// The number of right directions, and of directions.
	directions: [f64; 2],
	losses: Option<[f64; 2]>,
}

/// The statistics of some samples, each not a number if there is none.
type Statistics = [f64; 3];

impl TrackRecord {
	/// The track record of a worker of a topic; `None` if it took part in none of the epochs.
	pub fn of(topic: &Topic, epochs: &[Seen]) -> Option<Self> {
		let first = epochs.iter().position(|epoch| epoch.value.is_some())?;
		let before = first.checked_sub(1).and_then(|at| epochs.get(at)).map(|epoch| &epoch.truth);
		let (mut before, mut samples) = (before, Vec::new());
		let since = epochs.get(first..)?;
		for epoch in since {
			samples.extend(Sample::of(topic, epoch, before.map(Vec::as_slice)));
			before = Some(&epoch.truth);
		}
		let all: Vec<usize> = (0..samples.len()).collect();
		let values = statistics(&samples, &all);
		let bounds = bounds(&samples);
		let estimate = |at: usize| {
			let value = *values.get(at)?;
			let found = bounds.as_ref().and_then(|bounds| *bounds.get(at)?);
			let [low, high] = [0, 1].map(|end| found.map(|found: [f64; 2]| found[end]));
			value.is_finite().then_some(Estimate { value, low, high })
		};
		Some(Self {
			epochs: since.len(),
			participated: samples.len(),
			participation: samples.len() as f64 / since.len() as f64,
			effective_sample: effective_sample(&samples),
			directional_accuracy: estimate(0),
			correlation: estimate(1),
			loss_improvement: estimate(2),
		})
	}

	/// The track record of a worker of a run, by its position; `None` if it never took part.
	pub fn of_run(figures: &Figures, worker: usize) -> Option<Self> {
		let topic = &figures.topic;
		let seen = figures.rows.iter().enumerate().map(|(at, row)| {
			let value = row.workers.get(worker).cloned().flatten();
			let own = |values: &[f64]| topic.own(values, &row.truth, figures.spreads(at));
			let losses = value.as_ref().map(|value| [own(value), own(&row.naive)]);
			Seen { truth: row.truth.clone(), value, losses }
		});
		Self::of(topic, &seen.collect::<Vec<_>>())
	}
}

impl Sample {
	/// What an epoch adds, `None` if the worker had no part in it. `before` is the truth before.
	fn of(topic: &Topic, epoch: &Seen, before: Option<&[f64]>) -> Option<Self> {
		let value = epoch.value.as_deref()?;
		let losses = epoch.losses.filter(|losses| losses.iter().all(|loss| loss.is_finite()));
		if topic.is_unity() {
			let right = observed_label(value) == observed_label(&epoch.truth);
			let pairs = value.iter().zip(&epoch.truth).map(|(value, truth)| [*value, *truth]);
			let directions = [f64::from(u8::from(right)), 1.0];
			return Some(Self { pairs: pairs.collect(), directions, losses });
		}
		let Some(before) = before else { return Some(Self { losses, ..Self::default() }) };
		let change = |to: f64, from: f64| match (to - from).abs() <= STILL * from.abs() {
			true => 0.0,
			false => to - from,
		};
		let changes = value.iter().zip(&epoch.truth).zip(before);
		let changes = changes
			.map(|((value, truth), before)| [change(*value, *before), change(*truth, *before)]);
		let mut pairs: Vec<_> = changes.collect();
		if let Loss::Pinball { .. } = topic.loss() {
			// Quantiles are of one number, which the one in the middle predicts.
			pairs = pairs.get(topic.shown_label(&epoch.truth)).copied().into_iter().collect();
		}
		let mut directions = [0.0; 2];
		for [predicted, happened] in pairs.iter().filter(|[_, happened]| *happened != 0.0) {
			let product = predicted * happened.signum();
			directions[0] += if product == 0.0 { 0.5 } else { f64::from(u8::from(product > 0.0)) };
			directions[1] += 1.0;
		}
		Some(Self { pairs, directions, losses })
	}
}

/// Directional accuracy, correlation and loss improvement over these samples.
fn statistics(samples: &[Sample], chosen: &[usize]) -> Statistics {
	let chosen = || chosen.iter().filter_map(|at| samples.get(*at));
	let (mut directions, mut losses) = ([0.0; 2], [0.0; 2]);
	for sample in chosen() {
		directions[0] += sample.directions[0];
		directions[1] += sample.directions[1];
		let [own, naive] = sample.losses.unwrap_or_default();
		losses[0] += own;
		losses[1] += naive;
	}
	let labels = samples.iter().map(|sample| sample.pairs.len()).max().unwrap_or_default();
	let correlations = (0..labels).map(|label| {
		correlation(chosen().filter_map(move |sample| sample.pairs.get(label).copied()))
	});
	let improvement = if losses[1] > 0.0 { 1.0 - losses[0] / losses[1] } else { f64::NAN };
	let known: Vec<f64> = correlations.filter(|number| number.is_finite()).collect();
	let correlation = known.iter().sum::<f64>() / known.len() as f64;
	[directions[0] / directions[1], correlation, improvement]
}

/// The linear correlation of pairs; not a number if one side is constant.
fn correlation(pairs: impl Iterator<Item = [f64; 2]> + Clone) -> f64 {
	let (mut sums, mut count) = ([0.0; 2], 0.0);
	for [one, other] in pairs.clone() {
		sums[0] += one;
		sums[1] += other;
		count += 1.0;
	}
	let [centre, other_centre] = sums.map(|sum| sum / count);
	let (mut product, mut squares) = (0.0, [0.0; 2]);
	for [one, other] in pairs {
		let (one, other) = (one - centre, other - other_centre);
		product += one * other;
		squares[0] += one * one;
		squares[1] += other * other;
	}
	product / (squares[0] * squares[1]).sqrt()
}

/// The number of independent epochs that would say as much about the mean difference of losses: n
/// times the variance over the long-run variance, with Bartlett weights up to a lag of 4 (n/100)^(2/9).
fn effective_sample(samples: &[Sample]) -> f64 {
	let differences: Vec<_> =
		samples.iter().filter_map(|sample| sample.losses).map(|[own, naive]| naive - own).collect();
	let count = differences.len();
	let n = count as f64;
	let centre = differences.iter().sum::<f64>() / n;
	let covariance = |lag: usize| {
		let pairs = differences.iter().zip(differences.iter().skip(lag));
		pairs.map(|(one, other)| (one - centre) * (other - centre)).sum::<f64>() / n
	};
	let variance = covariance(0);
	if count < 2 || variance <= 0.0 {
		return n;
	}
	let lags = (4.0 * (n / 100.0).powf(2.0 / 9.0)) as usize;
	let weighted = |lag: usize| (1.0 - lag as f64 / (lags + 1) as f64) * covariance(lag);
	let long_run = variance + 2.0 * (1..=lags.min(count - 1)).map(weighted).sum::<f64>();
	if long_run <= variance {
		return n;
	}
	(n * variance / long_run).max(1.0)
}

/// The 2.5 and 97.5 % quantiles of each statistic over samples drawn in blocks, `None` with fewer than
/// ten epochs.
///
/// A sample has as many epochs as there are, in blocks of the cube root of that number, rounded up,
/// which start anywhere and go on at the beginning after the end.
fn bounds(samples: &[Sample]) -> Option<[Option<[f64; 2]>; 3]> {
	let count = samples.len();
	if count < FEWEST {
		return None;
	}
	let length = (1..count).find(|length| length.pow(3) >= count).unwrap_or(1);
	let mut random = SplitMix(SEED);
	let mut drawn = [const { Vec::new() }; 3];
	let mut chosen = Vec::with_capacity(count + length);
	for _ in 0..DRAWS {
		chosen.clear();
		while chosen.len() < count {
			let start = random.below(count);
			chosen.extend((start..start + length).map(|at| at % count));
		}
		chosen.truncate(count);
		for (list, number) in drawn.iter_mut().zip(statistics(samples, &chosen)) {
			list.extend(number.is_finite().then_some(number));
		}
	}
	Some(drawn.map(|mut list| {
		list.sort_by(f64::total_cmp);
		Some([quantile(&list, 0.025)?, quantile(&list, 0.975)?])
	}))
}

/// A quantile of sorted numbers, between the two nearest ones by distance.
fn quantile(sorted: &[f64], level: f64) -> Option<f64> {
	let place = level * sorted.len().checked_sub(1)? as f64;
	let (below, part) = (place.floor() as usize, place.fract());
	let low = *sorted.get(below)?;
	let high = sorted.get(below + 1).copied().unwrap_or(low);
	Some(low + part * (high - low))
}

/// The generator SplitMix64, whose numbers are the same everywhere.
struct SplitMix(u64);

impl SplitMix {
	/// A number below another one.
	fn below(&mut self, end: usize) -> usize {
		self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
		let mut mixed = self.0;
		mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
		mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
		mixed ^= mixed >> 31;
		((u128::from(mixed) * end as u128) >> 64) as usize
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::{figures::Row, question::Question};

	fn close(found: f64, expected: f64) {
		assert!((found - expected).abs() <= 1e-9 * expected.abs().max(1.0), "{found} {expected}");
	}

	fn seen(truth: f64, value: Option<f64>, losses: [f64; 2]) -> Seen {
		let losses = value.map(|_| losses);
		Seen { truth: vec![truth], value: value.map(|value| vec![value]), losses }
	}

	#[test]
	fn statistics_by_hand() {
		// It is absent in the first epoch, which counts as the truth before, and in the fourth.
		let epochs = [
			seen(10.0, None, [0.0; 2]),
			seen(12.0, Some(11.0), [1.0, 2.0]),
			seen(11.0, Some(13.0), [4.0, 2.0]),
			seen(15.0, None, [0.0; 2]),
			seen(14.0, Some(14.0), [0.0, 4.0]),
			seen(16.0, Some(14.0), [2.0, 6.0]),
		];
		let record = TrackRecord::of(&Question::Range.into(), &epochs).unwrap();
		assert_eq!((record.epochs, record.participated, record.participation), (5, 4, 0.8));
		// Predicted changes 1, 1, -1, 0; true ones 2, -1, -1, 2: right, wrong, right, half.
		close(record.directional_accuracy.unwrap().value, 2.5 / 4.0);
		// Means 0.25 and 0.5; products 0.75 * 1.5 - 0.75 * 1.5 + 1.25 * 1.5 - 0.25 * 1.5 = 1.5;
		// squares 0.75^2 * 2 + 1.25^2 + 0.25^2 = 2.75 and 4 * 1.5^2 = 9.
		close(record.correlation.unwrap().value, 1.5 / (2.75f64 * 9.0).sqrt());
		// 1 + 4 + 0 + 2 = 7 of 2 + 2 + 4 + 6 = 14.
		close(record.loss_improvement.unwrap().value, 0.5);
		// Differences 1, -2, 4, 4 around 1.75 have the variance 24.75 / 4; the lag is
		// 4 (0.04)^(2/9) = 1.96, so 1. 0.75 * 3.75 - 3.75 * 2.25 + 2.25^2 = -0.5625 is negative, so
		// that these are worth four.
		assert_eq!(record.effective_sample, 4.0);
		assert_eq!(record.correlation.unwrap().low, None);
		assert!(TrackRecord::of(&Question::Range.into(), &epochs[..1]).is_none());
	}

	#[test]
	fn alike_neighbours_are_worth_fewer_epochs() {
		// Differences 1, 1, -1, -1 have the variance 1; at a lag of 1 the products are 1, -1, 1,
		// whose sum is a quarter of n: 1 + 2 * (1/2) * (1/4) = 1.25.
		let epochs = [1.0, 1.0, -1.0, -1.0].map(|gain| seen(1.0, Some(1.0), [1.0, 1.0 + gain]));
		let record = TrackRecord::of(&Question::Range.into(), &epochs).unwrap();
		close(record.effective_sample, 4.0 / 1.25);
	}

	#[test]
	fn probabilities_are_compared_with_outcomes() {
		let seen = |value: [f64; 3], label: usize| {
			let truth = (0..3).map(|at| f64::from(u8::from(at == label))).collect();
			Seen { truth, value: Some(value.to_vec()), losses: None }
		};
		let epochs = [seen([0.6, 0.2, 0.2], 0), seen([0.5, 0.3, 0.2], 1)];
		let record = TrackRecord::of(&Question::Direction.into(), &epochs).unwrap();
		close(record.directional_accuracy.unwrap().value, 0.5);
		// The third label never came true: the others' probabilities rise and fall with their outcomes.
		close(record.correlation.unwrap().value, 1.0);
		assert_eq!(record.loss_improvement, None);
	}

	#[test]
	fn record_of_a_run_has_the_losses_of_the_topic() {
		let mut figures = Figures::new(Question::Range, vec!["only".into()]);
		for (truth, value) in [(1.0, Some(2.0)), (3.0, None), (2.0, Some(5.0))] {
			figures.push(Row {
				date: String::new(),
				truth: vec![truth],
				network: vec![0.0],
				bounds: Vec::new(),
				naive: vec![truth + 4.0],
				workers: vec![value.map(|value| vec![value])],
			});
		}
		let record = TrackRecord::of_run(&figures, 0).unwrap();
		// Squared errors 1 + 9 of 16 + 16.
		close(record.loss_improvement.unwrap().value, 1.0 - 10.0 / 32.0);
		assert_eq!((record.epochs, record.participated), (3, 2));
	}

	/// The epochs and the numbers of `tests/track_record/oracle.py`, by numpy and scipy.
	#[test]
	fn statistics_and_bounds_are_those_of_the_oracle() {
		let rows = include_str!("../tests/track_record/epochs.csv");
		let mut reader = csv::Reader::from_reader(rows.as_bytes());
		let epochs: Vec<_> = reader
			.records()
			.map(|row| {
				let row = row.unwrap();
				let number = |at: usize| row[at].parse::<f64>().unwrap();
				let value = (!row[1].is_empty()).then(|| number(1));
				let square = |other: f64| (other - number(0)).powi(2);
				seen(number(0), value, [square(value.unwrap_or_default()), square(number(2))])
			})
			.collect();
		let oracle: serde_json::Value =
			serde_json::from_str(include_str!("../tests/track_record/expected.json")).unwrap();
		let record = TrackRecord::of(&Question::Range.into(), &epochs).unwrap();
		let found = serde_json::to_value(&record).unwrap();
		let compare = |found: &serde_json::Value, expected: &serde_json::Value| {
			close(found.as_f64().unwrap(), expected.as_f64().unwrap());
		};
		for (name, expected) in oracle.as_object().unwrap() {
			match expected.as_object() {
				None => compare(&found[name], expected),
				Some(parts) => {
					parts.iter().for_each(|(end, part)| compare(&found[name][end], part))
				}
			}
		}
		assert_eq!(oracle.as_object().unwrap().len(), 7);
	}
}
