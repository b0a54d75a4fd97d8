//! The Topic Coordinator off chain: the chain's own formulas over a fixed set of participants.

use allora_math::{
	regrets::{self, InitialRegretParams, RegretTable},
	rules::{Observation, RegretRule, Rule},
	scores,
	synthesis::{self, Bundle, Input},
	weights::{ScaleRule, WeightParams},
	MathResult, Real,
};

/// What the creator of the demo's topic decides about learning.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Learning {
	/// Slope of the weight function (p), 2.5 to 4.5.
	pub p_norm: f64,
	/// Offset of the weight function (c).
	pub c_norm: f64,
	/// Smoothing of regrets.
	pub alpha_regret: f64,
	/// What keeps a scale from zero.
	pub epsilon: f64,
	/// Whether the scale is the standard deviation rather than the robust one.
	pub standard_deviation: bool,
}

impl Default for Learning {
	/// What serves noisy log losses: slow regrets, as a day tells little of who is better.
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
	/// The inferers'.
	pub inferers: Vec<Real>,
	/// Those of the forecasters that have a forecast-implied inference.
	pub forecasters: Vec<Real>,
}

/// The state that a topic carries from epoch to epoch.
#[derive(Clone, Debug)]
pub struct Coordinator {
	learning: Learning,
	labels: usize,
	regrets: RegretTable,
	previous_loss: Option<Real>,
	/// Epochs learned of each inferer and then of each forecaster.
	inclusions: Vec<u32>,
}

impl Coordinator {
	/// A topic without history whose inferences have so many values.
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

	/// The worker close: the network inference and all others of the epoch (S 8).
	///
	/// `inferences` are rows of a value a label, `forecasts` rows of the losses expected of all
	/// inferers.
	pub fn synthesise(
		&self,
		inferences: &[Vec<f64>],
		forecasts: &[Vec<f64>],
	) -> MathResult<Bundle> {
		let inferences: Vec<_> =
			inferences.iter().flatten().map(|value| Real::from_num(*value)).collect();
		let forecasts: Vec<Vec<_>> = forecasts
			.iter()
			.map(|losses| losses.iter().map(|loss| Real::from_num(*loss)).enumerate().collect())
			.collect();
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

	/// The reputer close: regrets, scale and initial regret from the network's losses (S 9.2, 11).
	///
	/// `losses` stand in the order of the bundle's layout.
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

	/// The initial regret after an epoch, with the experience had before it (S 11.4).
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

/// Writes what an epoch's participants learned back into the table of all.
///
/// `part` has all inferers of `whole` and of its forecasters those named by `kept`, ascending.
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

#[cfg(test)]
mod tests {
	use super::*;
	use allora_math::layout::Element;

	fn close(real: Real, expected: f64) {
		let real = real.to_num::<f64>();
		assert!((real - expected).abs() < 1e-9, "{real} for {expected}");
	}

	/// Inferences of one label.
	fn single<const N: usize>(values: [f64; N]) -> Vec<Vec<f64>> {
		values.map(|value| vec![value]).to_vec()
	}

	/// The loss of each element, made up of its position.
	fn losses(bundle: &Bundle) -> Vec<Real> {
		(0..bundle.layout.len()).map(|at| Real::from_num(0.1 * at as f64)).collect()
	}

	#[test]
	fn first_epoch_is_the_plain_mean_without_forecasters() {
		let coordinator = Coordinator::new(Learning::default(), 1, 3, 2);
		let bundle =
			coordinator.synthesise(&single([1.0, 2.0, 6.0]), &vec![vec![0.0; 3]; 2]).unwrap();
		assert!(bundle.forecasters.is_empty());
		close(bundle.values[0], 3.0);
		close(bundle.values[1], 3.0);
		close(bundle.value(Element::OneOutInferer(2)).unwrap()[0], 1.5);
	}

	#[test]
	fn regrets_follow_the_formula() {
		let learning = Learning { alpha_regret: 0.5, ..Learning::default() };
		let mut coordinator = Coordinator::new(learning, 1, 2, 1);
		let bundle = coordinator.synthesise(&single([1.0, 2.0]), &[vec![0.0; 2]]).unwrap();
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
	fn weights_equal_those_computed_by_hand() {
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
	fn every_label_is_averaged_with_the_same_weights() {
		let learning = Learning { alpha_regret: 1.0, ..Learning::default() };
		let inferences = [vec![0.5, 0.25, 0.25], vec![0.125, 0.75, 0.125]];
		let mut coordinator = Coordinator::new(learning, 3, 2, 0);
		let bundle = coordinator.synthesise(&inferences, &[]).unwrap();
		assert_eq!(bundle.values.len(), 3 * bundle.layout.len());
		coordinator.learn(&bundle, &losses(&bundle)).unwrap();

		let next = coordinator.synthesise(&inferences, &[]).unwrap();
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
		let forecasts = [vec![-1.0, 0.0, 1.0], vec![0.0, 0.0, 0.0]];
		let bundle = coordinator.synthesise(&inferences, &forecasts).unwrap();
		coordinator.learn(&bundle, &losses(&bundle)).unwrap();
		let bundle = coordinator.synthesise(&inferences, &forecasts).unwrap();
		assert_eq!(bundle.forecasters, [0, 1]);
		coordinator.learn(&bundle, &losses(&bundle)).unwrap();
		assert!(coordinator.regrets().forecasters.iter().all(Option::is_some));
		assert!(coordinator.regrets().one_in_forecaster.iter().all(Option::is_some));
	}
}
