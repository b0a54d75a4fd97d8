//! Networks changed for a trial: members added, replaced or removed.

use crate::{loss::decimals, simulate::Inputs, synthetic::Random, topic::Truths};
use allora_math::loss::Spread;
use anyhow::Result;

/// The mean of numbers; not a number without any.
pub fn mean(numbers: &[f64]) -> f64 {
	numbers.iter().sum::<f64>() / numbers.len() as f64
}

/// The standard deviation of numbers.
pub fn deviation(numbers: &[f64]) -> f64 {
	let centre = mean(numbers);
	mean(&numbers.iter().map(|number| (number - centre).powi(2)).collect::<Vec<_>>()).sqrt()
}

/// The median, of an even number the mean of the two in the middle.
pub fn median(numbers: &[f64]) -> f64 {
	let mut sorted = numbers.to_vec();
	sorted.sort_by(f64::total_cmp);
	let at = |index: usize| sorted.get(index).copied().unwrap_or(f64::NAN);
	(at(sorted.len().saturating_sub(1) / 2) + at(sorted.len() / 2)) / 2.0
}

/// The truths of a topic with one label.
pub fn truths(inputs: &Inputs) -> Vec<f64> {
	inputs.epochs.iter().map(|epoch| epoch.truth[0]).collect()
}

/// The spreads of the truths before each epoch, by which some losses measure.
pub fn spreads(inputs: &Inputs) -> Result<Vec<Vec<Spread>>> {
	let mut truths = Truths::default();
	let of = |epoch: &crate::simulate::Epoch| {
		let truth = decimals(&epoch.truth)?;
		let known = truths.known(&truth);
		truths.add(&truth)?;
		Ok(known)
	};
	inputs.epochs.iter().map(of).collect()
}

/// The values of an epoch, without those that are absent; one label.
pub fn pool(inputs: &Inputs, epoch: usize) -> Vec<f64> {
	inputs.epochs[epoch].inferences.iter().flatten().copied().collect()
}

/// The first epochs.
pub fn first(inputs: &Inputs, epochs: usize) -> Inputs {
	let mut inputs = inputs.clone();
	inputs.epochs.truncate(epochs);
	inputs
}

/// The network with one more inferer, whose value in each epoch is given; `None` where it is absent.
///
/// Forecasters expect of it what they do of the inferer that it is `like`, or nothing.
pub fn with_member(
	inputs: &Inputs,
	like: Option<usize>,
	mut value: impl FnMut(usize) -> Option<f64>,
) -> Inputs {
	let mut inputs = inputs.clone();
	inputs.names.push(format!("member-{}", inputs.names.len() + 1));
	for (at, epoch) in inputs.epochs.iter_mut().enumerate() {
		epoch.inferences.push(value(at).into_iter().collect());
		if let Some(like) = like {
			let rows = epoch.forecasts.iter_mut().filter(|row| !row.is_empty());
			rows.for_each(|row| row.push(row[like]));
		}
	}
	inputs
}

/// The network with other values of an inferer; `None` where it is absent.
pub fn with_values(
	inputs: &Inputs,
	member: usize,
	mut value: impl FnMut(usize) -> Option<f64>,
) -> Inputs {
	let mut inputs = inputs.clone();
	for (at, epoch) in inputs.epochs.iter_mut().enumerate() {
		epoch.inferences[member] = value(at).into_iter().collect();
	}
	inputs
}

/// The network without an inferer.
pub fn without_member(inputs: &Inputs, member: usize) -> Inputs {
	let mut inputs = inputs.clone();
	inputs.names.remove(member);
	for epoch in &mut inputs.epochs {
		epoch.inferences.remove(member);
		let rows = epoch.forecasts.iter_mut().filter(|row| !row.is_empty());
		rows.for_each(|row| {
			row.remove(member);
		});
	}
	inputs
}

/// The network in which an inferer has this number of accounts, each of which sends its value plus
/// noise of this many standard deviations of the epoch's values. The first account is in the
/// inferer's place, the others come last.
pub fn split(inputs: &Inputs, member: usize, accounts: usize, noise: f64, seed: u64) -> Inputs {
	let mut random = Random::new(seed);
	let widths: Vec<_> = (0..inputs.epochs.len()).map(|at| deviation(&pool(inputs, at))).collect();
	let mut jittered = |at: usize| {
		let shift = if noise > 0.0 { noise * widths[at] * random.normal() } else { 0.0 };
		Some(inputs.epochs[at].inferences[member][0] + shift)
	};
	let mut network = with_values(inputs, member, &mut jittered);
	for _ in 1..accounts {
		network = with_member(&network, Some(member), &mut jittered);
	}
	network
}

/// The accounts of an inferer that was [`split`], of a network that had this number of inferers.
pub fn accounts(member: usize, inferers: usize, accounts: usize) -> Vec<usize> {
	std::iter::once(member).chain(inferers..inferers + accounts - 1).collect()
}

/// An epoch of a run of this length, from a quarter to three quarters of it.
pub fn moment(epochs: usize, draw: u64, draws: u64) -> usize {
	let part = (draw as f64 + 0.5) / draws.max(1) as f64;
	(epochs as f64 * (0.25 + 0.5 * part)) as usize
}

/// The network with other forecasters: for each epoch one row per forecaster.
pub fn with_forecasters(
	inputs: &Inputs,
	forecasters: usize,
	mut rows: impl FnMut(usize) -> Vec<Vec<f64>>,
) -> Inputs {
	let mut inputs = inputs.clone();
	inputs.forecasters = forecasters;
	for (at, epoch) in inputs.epochs.iter_mut().enumerate() {
		epoch.forecasts = rows(at);
	}
	inputs
}

/// The network without a forecaster.
pub fn without_forecaster(inputs: &Inputs, forecaster: usize) -> Inputs {
	with_forecasters(inputs, inputs.forecasters.saturating_sub(1), |at| {
		let rows = inputs.epochs[at].forecasts.iter().enumerate();
		rows.filter(|(other, _)| *other != forecaster).map(|(_, row)| row.clone()).collect()
	})
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::{question::Question, simulate::Epoch};

	/// Two inferers and a forecaster.
	fn network() -> Inputs {
		let topic = Question::Range.into();
		let epoch = |truth: f64| Epoch {
			date: String::new(),
			truth: vec![truth],
			inferences: vec![vec![truth], vec![truth + 2.0]],
			forecasts: vec![vec![-3.0, 0.5]],
		};
		let names = vec!["right".into(), "wrong".into()];
		Inputs { topic, names, forecasters: 1, epochs: vec![epoch(1.0), epoch(4.0)] }
	}

	#[test]
	fn exact_copies_have_the_value_and_the_forecast_of_the_copied() {
		let split = split(&network(), 1, 3, 0.0, 1);
		assert_eq!(split.names.len(), 4);
		assert_eq!(split.epochs[1].inferences, [[4.0], [6.0], [6.0], [6.0]]);
		assert_eq!(split.epochs[1].forecasts, [[-3.0, 0.5, 0.5, 0.5]]);
		assert_eq!(accounts(1, 2, 3), [1, 2, 3]);
	}

	#[test]
	fn noise_is_in_standard_deviations_of_the_pool() {
		// Values 1 and 3 have a standard deviation of 1.
		let noisy = |noise| split(&network(), 0, 1, noise, 1).epochs[0].inferences[0][0] - 1.0;
		assert!(noisy(0.1) != 0.0);
		assert!((noisy(0.2) - 2.0 * noisy(0.1)).abs() < 1e-12);
		assert!((noisy(1.0) - Random::new(1).normal()).abs() < 1e-12);
	}

	#[test]
	fn removed_member_is_in_no_forecast() {
		let without = without_member(&network(), 0);
		assert_eq!(without.names, ["wrong"]);
		assert_eq!(without.epochs[0].inferences, [[3.0]]);
		assert_eq!(without.epochs[0].forecasts, [[0.5]]);
	}

	#[test]
	fn moments_are_spread_over_the_middle_half() {
		assert_eq!([0, 1].map(|draw| moment(80, draw, 2)), [30, 50]);
		assert_eq!(moment(80, 0, 1), 40);
	}

	#[test]
	fn statistics_by_hand() {
		assert_eq!(mean(&[1.0, 2.0, 6.0]), 3.0);
		assert_eq!(deviation(&[1.0, 3.0]), 1.0);
		assert_eq!(median(&[5.0, 1.0, 2.0, 4.0]), 3.0);
	}
}
