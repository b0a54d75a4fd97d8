//! The Topic Coordinator off chain: the chain's formulas for a fixed set of participants.

use allora_math::{
	regrets::{self, InitialRegretParams, RegretTable},
	rules::{Observation, RegretRule, Rule},
	scores,
	synthesis::{self, Bundle, Input},
	weights::{ScaleRule, WeightParams},
	MathResult, Real,
};
use anyhow::{Context, Result};

/// The learning parameters of the demo's topics.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Learning {
	/// Slope of the weight function (p), 2.5 to 4.5.
	pub p_norm: f64,
	/// Offset of the weight function (c), 0 to 10.
	pub c_norm: f64,
	/// Smoothing factor of regrets, 0 to 1.
	pub alpha_regret: f64,
	/// Added to the scale of regrets, so that it is not zero.
	pub epsilon: f64,
	/// Whether the scale is the standard deviation rather than the robust one.
	pub standard_deviation: bool,
}

impl Default for Learning {
	/// Slow regrets, which suit noisy log losses: a single day says little about who is better.
	fn default() -> Self {
		Self {
			p_norm: 3.5,
			c_norm: 0.75,
			alpha_regret: 0.005,
			epsilon: 0.01,
			standard_deviation: false,
		}
	}
}

impl Learning {
	/// The parameters of the regret rule.
	fn weights(&self) -> WeightParams {
		WeightParams {
			p_norm: Real::from_num(self.p_norm),
			c_norm: Real::from_num(self.c_norm),
			epsilon: Real::from_num(self.epsilon),
			scale_rule: if self.standard_deviation { ScaleRule::StdDev } else { ScaleRule::Mad },
			alpha: Real::from_num(self.alpha_regret),
		}
	}
}

/// Scores of an epoch (S 12.1, 12.2).
#[derive(Clone, Debug, PartialEq)]
pub struct Scores {
	/// The scores of the inferers.
	pub inferers: Vec<Real>,
	/// The scores of the forecasters that have a forecast-implied inference.
	pub forecasters: Vec<Real>,
}

/// The state that a topic keeps from epoch to epoch.
#[derive(Clone, Debug)]
pub struct Coordinator {
	learning: Learning,
	labels: usize,
	regrets: RegretTable,
	previous_loss: Option<Real>,
	/// The number of epochs learned of each inferer and then of each forecaster.
	inclusions: Vec<u32>,
}

impl Coordinator {
	/// A topic without history, with this number of values per inference.
	pub fn new(learning: Learning, labels: usize, inferers: usize, forecasters: usize) -> Self {
		Self {
			learning,
			labels,
			regrets: RegretTable::empty(inferers, forecasters),
			previous_loss: None,
			inclusions: vec![0; inferers + forecasters],
		}
	}

	/// The regrets learned so far.
	pub fn regrets(&self) -> &RegretTable {
		&self.regrets
	}

	/// The close of the worker window: the network inference and all others of the epoch (S 8).
	///
	/// `inferences` has one row of values per inferer, `forecasts` one row of the losses expected of
	/// all inferers per forecaster.
	pub fn synthesise(
		&self,
		inferences: &[Vec<Real>],
		forecasts: &[Vec<Real>],
	) -> MathResult<Bundle> {
		let inferences = inferences.concat();
		let forecasts: Vec<Vec<_>> =
			forecasts.iter().map(|losses| losses.iter().copied().enumerate().collect()).collect();
		let new = self.regrets.inferers.iter().all(Option::is_none);
		synthesis::synthesise(&Input {
			labels: self.labels,
			inferences: &inferences,
			forecasts: &forecasts,
			previous_loss: self.previous_loss,
			all_new: new && self.regrets.initial == Real::ZERO,
			regrets: &self.regrets,
			params: &self.learning.weights(),
		})
	}

	/// The close of the reporting window: regrets, scale and initial regret follow from the network's
	/// losses (S 9.2, 11).
	///
	/// `losses` are in the order of the bundle's layout.
	pub fn learn(&mut self, bundle: &Bundle, losses: &[Real]) -> MathResult<Scores> {
		let scores = Scores {
			inferers: scores::inferer_scores(&bundle.layout, losses)?,
			forecasters: scores::forecaster_scores(&bundle.layout, losses)?,
		};
		let before = self.regrets.keep_forecasters(&bundle.forecasters)?;
		let seen =
			Observation { layout: &bundle.layout, losses, values: &|| Ok(bundle.values.clone()) };
		let after = RegretRule { params: &self.learning.weights() }.learn(&before, &seen)?;
		self.regrets.scale = after.scale;
		self.regrets.initial = self.initial_regret(bundle, &after)?;
		merge(&mut self.regrets, &after, &bundle.forecasters);
		let n = bundle.layout.inferers;
		for member in (0..n).chain(bundle.forecasters.iter().map(|k| n + k)) {
			self.inclusions[member] += 1;
		}
		self.previous_loss = losses.first().copied();
		Ok(scores)
	}

	/// The initial regret after an epoch, from the participants with enough epochs before it
	/// (S 11.4).
	fn initial_regret(&self, bundle: &Bundle, after: &RegretTable) -> MathResult {
		let n = bundle.layout.inferers;
		let members = (0..n).chain(bundle.forecasters.iter().map(|k| n + k));
		let enough = 1.0 / self.learning.alpha_regret;
		let (mut experienced, mut all) = (Vec::new(), Vec::new());
		for (member, regret) in members.zip(after.inferers.iter().chain(&after.forecasters)) {
			let Some(regret) = regret else { continue };
			all.push(*regret);
			if f64::from(self.inclusions[member]) >= enough {
				experienced.push(*regret);
			}
		}
		let previous = self.regrets.initial;
		let params = InitialRegretParams::default();
		regrets::initial_regret(&experienced, &all, previous, &self.learning.weights(), &params)
	}
}

/// Writes the regrets of an epoch's participants back into the table of all participants.
///
/// `part` has all inferers of `whole`, and the forecasters whose indices `kept` lists in ascending
/// order.
fn merge(whole: &mut RegretTable, part: &RegretTable, kept: &[usize]) {
	let (n, f) = (whole.inferers.len(), whole.forecasters.len());
	let all: Vec<usize> = (0..n).chain(kept.iter().map(|k| n + k)).collect();
	let scatter = |to: &mut [Option<Real>], from: &[Option<Real>], columns: &[usize]| {
		for (column, cell) in columns.iter().zip(from) {
			to[*column] = *cell;
		}
	};
	whole.inferers.clone_from(&part.inferers);
	whole.naive.clone_from(&part.naive);
	scatter(&mut whole.forecasters, &part.forecasters, kept);
	let width = all.len().max(1);
	let rows = part.one_out_inferer.chunks(width);
	for (to, from) in whole.one_out_inferer.chunks_mut(n + f).zip(rows) {
		scatter(to, from, &all);
	}
	for (k, from) in kept.iter().zip(part.one_out_forecaster.chunks(width)) {
		scatter(&mut whole.one_out_forecaster[k * (n + f)..][..n + f], from, &all);
	}
	for (k, from) in kept.iter().zip(part.one_in_forecaster.chunks(n + 1)) {
		whole.one_in_forecaster[k * (n + 1)..][..n + 1].copy_from_slice(from);
	}
}

/// Numbers in the chain's arithmetic; an error if one is not finite or out of its range (about
/// ±9.2e18).
pub fn reals(values: &[f64]) -> Result<Vec<Real>> {
	let real = |value: &f64| {
		Real::checked_from_num(*value).with_context(|| {
			format!("{value:?} is not finite or out of the range of the arithmetic")
		})
	};
	values.iter().map(real).collect()
}

#[cfg(test)]
mod tests {
	use super::*;
	use allora_math::layout::Element;

	fn close(real: Real, expected: f64) {
		let real = real.to_num::<f64>();
		assert!((real - expected).abs() < 1e-9, "{real} for {expected}");
	}

	/// Inferences of one label.
	fn single<const N: usize>(values: [f64; N]) -> Vec<Vec<Real>> {
		values.map(|value| vec![Real::from_num(value)]).to_vec()
	}

	/// A row of numbers.
	fn row(values: &[f64]) -> Vec<Real> {
		reals(values).unwrap()
	}

	#[test]
	fn numbers_outside_the_arithmetic_are_refused() {
		assert_eq!(row(&[1.5, -2.0]), [Real::from_num(1.5), Real::from_num(-2)]);
		for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e19, -1e300] {
			assert!(reals(&[1.0, value]).is_err(), "{value}");
		}
	}

	/// The loss of each element, a tenth of its position.
	fn losses(bundle: &Bundle) -> Vec<Real> {
		(0..bundle.layout.len()).map(|at| Real::from_num(0.1 * at as f64)).collect()
	}

	#[test]
	fn first_epoch_is_the_plain_mean_without_forecasters() {
		let coordinator = Coordinator::new(Learning::default(), 1, 3, 2);
		let bundle =
			coordinator.synthesise(&single([1.0, 2.0, 6.0]), &vec![row(&[0.0; 3]); 2]).unwrap();
		assert!(bundle.forecasters.is_empty());
		close(bundle.values[0], 3.0);
		close(bundle.values[1], 3.0);
		close(bundle.value(Element::OneOutInferer(2)).unwrap()[0], 1.5);
	}

	#[test]
	fn regrets_follow_the_formula() {
		let learning = Learning { alpha_regret: 0.5, ..Learning::default() };
		let mut coordinator = Coordinator::new(learning, 1, 2, 1);
		let bundle = coordinator.synthesise(&single([1.0, 2.0]), &[row(&[0.0; 2])]).unwrap();
		let losses = losses(&bundle);
		coordinator.learn(&bundle, &losses).unwrap();
		// Combined 0, naive 0.1, inferers 0.2 and 0.3, one-out inferers 0.4 and 0.5.
		let regrets = coordinator.regrets();
		close(regrets.inferers[0].unwrap(), -0.1);
		close(regrets.inferers[1].unwrap(), -0.15);
		close(regrets.naive[1].unwrap(), -0.1);
		close(regrets.one_out_inferer[4].unwrap(), 0.1);
		assert_eq!(regrets.forecasters, [None]);
		assert_eq!(regrets.one_out_inferer[2], None);
	}

	#[test]
	fn weights_equal_the_formula() {
		let learning = Learning { p_norm: 3.0, alpha_regret: 1.0, ..Learning::default() };
		let mut coordinator = Coordinator::new(learning, 1, 2, 0);
		let bundle = coordinator.synthesise(&single([1.0, 2.0]), &[]).unwrap();
		let losses = losses(&bundle);
		let scores = coordinator.learn(&bundle, &losses).unwrap();
		close(scores.inferers[0], 0.4);
		close(scores.inferers[1], 0.5);

		let next = coordinator.synthesise(&single([1.0, 2.0]), &[]).unwrap();
		// Regrets -0.2 and -0.3, their median absolute deviation 0.05.
		let scale = 1.4826 * 0.05 + 0.01;
		let x = [-0.2 / scale, -0.3 / scale];
		let ratio = |x: f64| 1.0 / (1.0 + (-3.0 * (x - 0.75)).exp());
		let weight = ratio(x[1]) / ratio(x[0]);
		close(next.values[0], (1.0 + 2.0 * weight) / (1.0 + weight));
		close(next.inferer_weights[1], weight / (1.0 + weight));
	}

	#[test]
	fn all_labels_are_averaged_with_the_same_weights() {
		let learning = Learning { alpha_regret: 1.0, ..Learning::default() };
		let inferences = [vec![0.5, 0.25, 0.25], vec![0.125, 0.75, 0.125]];
		let mut coordinator = Coordinator::new(learning, 3, 2, 0);
		let rows = inferences.each_ref().map(|values| row(values));
		let bundle = coordinator.synthesise(&rows, &[]).unwrap();
		assert_eq!(bundle.values.len(), 3 * bundle.layout.len());
		coordinator.learn(&bundle, &losses(&bundle)).unwrap();

		let next = coordinator.synthesise(&rows, &[]).unwrap();
		let weights: Vec<f64> = next.inferer_weights.iter().map(|w| w.to_num()).collect();
		assert!(weights[0] > weights[1]);
		let [first, second] = &inferences;
		for ((value, a), b) in next.values.iter().zip(first).zip(second) {
			close(*value, weights[0] * a + weights[1] * b);
		}
	}

	#[test]
	fn forecasters_take_part_once_a_loss_is_known() {
		let mut coordinator = Coordinator::new(Learning::default(), 1, 3, 2);
		let inferences = single([1.0, 2.0, 6.0]);
		let forecasts = [row(&[-1.0, 0.0, 1.0]), row(&[0.0; 3])];
		let bundle = coordinator.synthesise(&inferences, &forecasts).unwrap();
		coordinator.learn(&bundle, &losses(&bundle)).unwrap();
		let bundle = coordinator.synthesise(&inferences, &forecasts).unwrap();
		assert_eq!(bundle.forecasters, [0, 1]);
		coordinator.learn(&bundle, &losses(&bundle)).unwrap();
		assert!(coordinator.regrets().forecasters.iter().all(Option::is_some));
		assert!(coordinator.regrets().one_in_forecaster.iter().all(Option::is_some));
	}
}
