//! The epoch close once more in f64: the same formulas, the same shared work, nothing checked.

use crate::floats::{dot, entropy, mad, normal, percentiles, quantile, std_dev};
use allora_math::{
	bench_world::{Size, World},
	scores::ReputerParams,
	Real,
};

/// The inputs in f64.
pub struct Twin {
	size: Size,
	inferences: Vec<f64>,
	forecasts: Vec<Vec<(usize, f64)>>,
	previous_loss: f64,
	scale: f64,
	regrets: Regrets,
	p: f64,
	c: f64,
	epsilon: f64,
	reports: Vec<Vec<f64>>,
	stakes: Vec<f64>,
	coefficients: Vec<f64>,
	inferer_history: Vec<f64>,
	forecaster_history: Vec<f64>,
	smoothed: [Vec<Option<f64>>; 3],
	ratio: f64,
	reward: u128,
	reputers: Scoring,
}

/// The regrets, laid out as the crate's.
#[derive(Clone)]
pub struct Regrets {
	initial: f64,
	pub inferers: Vec<Option<f64>>,
	pub forecasters: Vec<Option<f64>>,
	pub naive: Vec<Option<f64>>,
	pub one_out_inferer: Vec<Option<f64>>,
	pub one_out_forecaster: Vec<Option<f64>>,
	pub one_in_forecaster: Vec<Option<f64>>,
}

/// The parameters of the search for coefficients.
struct Scoring {
	rate: f64,
	rounds: u32,
	threshold: f64,
	floor: f64,
	epsilon: f64,
}

/// The network inferences.
pub struct Bundle {
	pub values: Vec<f64>,
	pub weights: Vec<f64>,
	pub disagreement: Vec<[f64; 5]>,
}

/// The results of learning from an epoch's reports.
pub struct Learned {
	pub losses: Vec<f64>,
	pub regrets: Regrets,
	pub scale: f64,
	pub initial: f64,
	pub inferers: Vec<f64>,
	pub forecasters: Vec<f64>,
	pub reputers: Reputers,
}

/// The result of a scoring of reputers.
pub struct Reputers {
	pub scores: Vec<f64>,
	pub coefficients: Vec<f64>,
	pub adjusted: Vec<f64>,
	pub rounds: u32,
}

fn float(x: &Real) -> f64 {
	x.to_num()
}

fn floats(xs: &[Real]) -> Vec<f64> {
	xs.iter().map(float).collect()
}

fn cells(xs: &[Option<Real>]) -> Vec<Option<f64>> {
	xs.iter().map(|x| x.as_ref().map(float)).collect()
}

impl Twin {
	pub fn new(world: &World) -> Self {
		let forecast = |forecast: &Vec<(usize, Real)>| {
			forecast.iter().map(|(inferer, loss)| (*inferer, float(loss))).collect()
		};
		let regrets = &world.regrets;
		let rule = ReputerParams::default();
		Self {
			size: world.size,
			inferences: floats(&world.inferences),
			forecasts: world.forecasts.iter().map(forecast).collect(),
			previous_loss: float(&world.previous_loss),
			scale: world.regrets.scale.as_ref().map_or(0.0, float),
			regrets: Regrets {
				initial: float(&regrets.initial),
				inferers: cells(&regrets.inferers),
				forecasters: cells(&regrets.forecasters),
				naive: cells(&regrets.naive),
				one_out_inferer: cells(&regrets.one_out_inferer),
				one_out_forecaster: cells(&regrets.one_out_forecaster),
				one_in_forecaster: cells(&regrets.one_in_forecaster),
			},
			p: float(&world.params.p_norm),
			c: float(&world.params.c_norm),
			epsilon: float(&world.params.epsilon),
			reports: world.reports.iter().map(|row| floats(row)).collect(),
			stakes: floats(&world.stakes),
			coefficients: floats(&world.coefficients),
			inferer_history: floats(&world.inferer_history),
			forecaster_history: floats(&world.forecaster_history),
			smoothed: [0, 1, 2].map(|class| cells(&world.smoothed[class])),
			ratio: float(&world.ratio),
			reward: world.reward,
			reputers: Scoring {
				rate: float(&rule.learning_rate),
				rounds: rule.rounds,
				threshold: float(&rule.gradient_threshold),
				floor: float(&rule.min_stake_fraction),
				epsilon: float(&rule.epsilon),
			},
		}
	}

	/// The elements' offsets: forecasters, pairs, one-out inferers, one-out forecasters, one-in.
	fn offsets(&self) -> [usize; 6] {
		let Size { n, f, .. } = self.size;
		let forecasters = 2 + n;
		let pairs = forecasters + f;
		let outs = pairs + n * f;
		[forecasters, pairs, outs, outs + n, outs + n + f, outs + n + 2 * f]
	}

	pub fn synthesise(&self) -> Bundle {
		let Size { n, f, labels, .. } = self.size;
		let [forecasters, pairs, outs, out_forecasters, ins, len] = self.offsets();
		let mut values = vec![0.0; len * labels];
		values[2 * labels..(2 + n) * labels].copy_from_slice(&self.inferences);
		let mut weights = Vec::with_capacity(n + f);
		let mut totals = vec![0.0; labels];
		for k in 0..f {
			self.implied(k, &mut weights, &mut totals, &mut values);
		}
		let mut network = Network {
			twin: self,
			values: &mut values,
			weights: Vec::with_capacity(n + f),
			rows: Vec::with_capacity(n + f),
		};
		let regrets = &self.regrets;
		let inferers = |x: usize| (0..n).map(move |j| (j != x).then_some(2 + j));
		let none = usize::MAX;
		network.average(regrets.naive.iter().zip(inferers(none)), 1);
		for (x, row) in regrets.one_out_inferer.chunks(n + f).enumerate() {
			let members = inferers(x).chain((0..f).map(|k| Some(pairs + k * n + x)));
			network.average(row.iter().zip(members), outs + x);
		}
		for (x, row) in regrets.one_out_forecaster.chunks(n + f).enumerate() {
			let others = (0..f).map(|k| (k != x).then_some(forecasters + k));
			let members = inferers(none).chain(others);
			network.average(row.iter().zip(members), out_forecasters + x);
		}
		for (k, row) in regrets.one_in_forecaster.chunks(n + 1).enumerate() {
			let members = inferers(none).chain([Some(forecasters + k)]);
			network.average(row.iter().zip(members), ins + k);
		}
		let all = regrets.inferers.iter().chain(&regrets.forecasters);
		let members = inferers(none).chain((0..f).map(|k| Some(forecasters + k)));
		network.average(all.zip(members), 0);
		let mut weights = network.weights;
		let disagreement = (0..labels)
			.map(|label| {
				let column = (2..2 + n + f).map(|row| values[row * labels + label]);
				percentiles(column, &weights)
			})
			.collect();
		let sum: f64 = weights.iter().sum();
		weights.iter_mut().for_each(|weight| *weight /= sum);
		Bundle { values, weights, disagreement }
	}

	/// How a regret is weighed where the best exponent is this.
	fn weigher(&self, best: f64) -> impl Fn(f64) -> f64 {
		let (slope, offset) = (self.p / self.scale, self.p * self.c);
		let best = best * slope - offset;
		let at_best = best.exp();
		move |regret| {
			let exponent = regret * slope - offset;
			if best < 0.0 {
				let relative = (exponent - best).exp();
				relative / (1.0 + at_best * relative)
			} else {
				1.0 / (1.0 + (-exponent).exp())
			}
		}
	}

	fn weigh_forecast(&self, k: usize, left_out: Option<usize>, weights: &mut Vec<f64>) {
		let forecast = &self.forecasts[k];
		let counts = |at: usize| Some(at) != left_out;
		let least = forecast.iter().enumerate().filter(|(at, _)| counts(*at));
		let least = least.fold(f64::INFINITY, |least, (_, (_, loss))| least.min(*loss));
		let weigh = self.weigher(self.previous_loss - least);
		weights.clear();
		weights.extend(forecast.iter().enumerate().map(|(at, (_, loss))| match counts(at) {
			true => weigh(self.previous_loss - loss),
			false => 0.0,
		}));
	}

	fn forecast_total(&self, k: usize, weights: &[f64], label: usize) -> f64 {
		let labels = self.size.labels;
		let value = |inferer: usize| self.inferences[inferer * labels + label];
		weights.iter().zip(&self.forecasts[k]).map(|(weight, (j, _))| weight * value(*j)).sum()
	}

	/// Writes the forecast-implied inferences, whole and without each inferer.
	fn implied(&self, k: usize, weights: &mut Vec<f64>, totals: &mut [f64], values: &mut [f64]) {
		let Size { n, labels, .. } = self.size;
		let [forecasters, pairs, ..] = self.offsets();
		self.weigh_forecast(k, None, weights);
		let sum: f64 = weights.iter().sum();
		for label in 0..labels {
			totals[label] = self.forecast_total(k, weights, label);
			values[(forecasters + k) * labels + label] = totals[label] / sum;
		}
		let mut named = self.forecasts[k].iter().enumerate().peekable();
		for inferer in 0..n {
			let row = pairs + k * n + inferer;
			let Some((at, _)) = named.next_if(|(_, (j, _))| *j == inferer) else {
				for label in 0..labels {
					values[row * labels + label] = values[(forecasters + k) * labels + label];
				}
				continue;
			};
			let weight = weights[at];
			if sum - weight < 0.25 {
				self.weigh_forecast(k, Some(at), weights);
				let rest: f64 = weights.iter().sum();
				for label in 0..labels {
					values[row * labels + label] = self.forecast_total(k, weights, label) / rest;
				}
				self.weigh_forecast(k, None, weights);
				continue;
			}
			for label in 0..labels {
				let taken = weight * self.inferences[inferer * labels + label];
				values[row * labels + label] = (totals[label] - taken) / (sum - weight);
			}
		}
	}

	pub fn learn(&self) -> Learned {
		let Size { n, f, .. } = self.size;
		let [_, _, outs, out_forecasters, ins, len] = self.offsets();
		let losses: Vec<_> = (0..len).map(|element| self.network_loss(element)).collect();
		let reputers = self.score_reputers();
		let regrets = self.update(&losses);
		let workers: Vec<_> =
			regrets.inferers.iter().chain(&regrets.forecasters).flatten().copied().collect();
		let offset = self.c - 8.25 / self.p;
		let spread = std_dev(&workers) + self.epsilon;
		let initial = if workers.len() >= 10 {
			quantile(&workers, 0.25) + offset * spread
		} else {
			self.regrets.initial
		};
		let (network, naive) = (losses[0], losses[1]);
		let share = 1.0 / f64::from(1u32 << (f - 1));
		Learned {
			scale: 1.4826 * mad(&workers) + self.epsilon,
			initial,
			inferers: (0..n).map(|j| losses[outs + j] - network).collect(),
			forecasters: (0..f)
				.map(|k| {
					let (one_in, one_out) =
						(naive - losses[ins + k], losses[out_forecasters + k] - network);
					share * one_in + (1.0 - share) * one_out
				})
				.collect(),
			losses,
			regrets,
			reputers,
		}
	}

	fn network_loss(&self, element: usize) -> f64 {
		let (mut total, mut weight) = (0.0, 0.0);
		for (stake, report) in self.stakes.iter().zip(&self.reports) {
			total += stake * report[element];
			weight += stake;
		}
		total / weight
	}

	/// All regrets after the epoch.
	fn update(&self, losses: &[f64]) -> Regrets {
		let Size { n, f, .. } = self.size;
		let [forecasters, pairs, outs, out_forecasters, ins, _] = self.offsets();
		let mut next = self.regrets.clone();
		let initial = self.regrets.initial;
		let step = |cell: &mut Option<f64>, reference: f64, actor: f64| {
			let previous = cell.unwrap_or(initial);
			*cell = Some(0.1 * (reference - actor) + 0.9 * previous);
		};
		let inferers = &losses[2..2 + n];
		let implied = &losses[forecasters..forecasters + f];
		let workers = &losses[2..2 + n + f];
		let all = |cells: &mut [Option<f64>], reference: f64, actors: &[f64]| {
			cells.iter_mut().zip(actors).for_each(|(cell, actor)| step(cell, reference, *actor));
		};
		all(&mut next.inferers, losses[0], inferers);
		all(&mut next.forecasters, losses[0], implied);
		all(&mut next.naive, losses[1], inferers);
		for (x, row) in next.one_out_inferer.chunks_mut(n + f).enumerate() {
			let reference = losses[outs + x];
			let (own, of_forecasters) = row.split_at_mut(n);
			all(own, reference, inferers);
			for (k, cell) in of_forecasters.iter_mut().enumerate() {
				step(cell, reference, losses[pairs + k * n + x]);
			}
		}
		for (x, row) in next.one_out_forecaster.chunks_mut(n + f).enumerate() {
			all(row, losses[out_forecasters + x], workers);
		}
		for (k, row) in next.one_in_forecaster.chunks_mut(n + 1).enumerate() {
			let (own, last) = row.split_at_mut(n);
			all(own, losses[ins + k], inferers);
			all(last, losses[ins + k], &implied[k..=k]);
		}
		next
	}

	/// The search for coefficients, by inner products.
	pub fn score_reputers(&self) -> Reputers {
		let rule = &self.reputers;
		let mut gram = Gram::new(&self.reports, &self.stakes, rule.epsilon);
		let mut current = self.coefficients.clone();
		let mut scored = current.clone();
		let (mut scores, mut others, mut rounds) = (Vec::new(), Vec::new(), 0);
		let all_stake: f64 = self.stakes.iter().sum();
		for _ in 0..rule.rounds {
			rounds += 1;
			gram.score(&current, &mut scores);
			let base = gram.total(&scores);
			let mut moved = current.clone();
			let mut next = current.clone();
			for m in 0..current.len() {
				let step = if current[m] == 1.0 { -0.001 } else { 0.001 };
				moved[m] = current[m] + step;
				gram.score(&moved, &mut others);
				let slope = (1.0 - base / gram.total(&others)) / step;
				moved[m] = current[m];
				next[m] = (current[m] + rule.rate * slope).clamp(0.0, 1.0);
			}
			let listened = |coefficients: &[f64]| {
				let terms = coefficients.iter().zip(&self.stakes);
				terms.map(|(coefficient, stake)| coefficient * stake).sum::<f64>() / all_stake
			};
			scored.clone_from(&current);
			let (before, after) = (listened(&current), listened(&next));
			if after < rule.floor {
				if after == before {
					break;
				}
				let part = (rule.floor - before) / (after - before);
				for (new, old) in next.iter_mut().zip(&current) {
					*new = (old + (*new - old) * part).clamp(0.0, 1.0);
				}
			}
			let moves = current.iter().zip(&next).map(|(old, new)| (new - old).abs());
			let largest = moves.fold(0.0, f64::max);
			current = next;
			if largest < rule.threshold * rule.rate {
				break;
			}
		}
		gram.adjust(&scored);
		Reputers { scores, coefficients: current, adjusted: gram.adjusted, rounds }
	}

	/// The payouts of inferers, forecasters and reputers.
	pub fn settle(&self, learned: &Learned) -> [Vec<u128>; 3] {
		let fractions = [
			self.score_fractions(&learned.inferers, &self.inferer_history),
			self.score_fractions(&learned.forecasters, &self.forecaster_history),
			self.reputer_fractions(&learned.reputers.scores),
		];
		let [f, g, h] = [0, 1, 2].map(|class| entropy(&fractions[class], &self.smoothed[class]));
		let score = learned.losses[1] - learned.losses[0];
		let best = learned.inferers.iter().copied().fold(0.0, f64::max);
		let divisor = if best == 0.0 { score.abs() } else { best };
		let tau = 0.1 * score / divisor + 0.9 * self.ratio;
		let chi = if tau < 0.0 { 0.1 } else { (0.4 * tau + 0.1).min(0.5) };
		let (inference, forecasting) = ((1.0 - chi) * f, chi * g);
		let part = (f + g) / (f + g + h) / (inference + forecasting);
		let classes = [part * inference, part * forecasting, h / (f + g + h)];
		[0, 1, 2].map(|class| {
			let amount = (self.reward as f64 * classes[class]).floor();
			fractions[class].iter().map(|fraction| (amount * fraction) as u128).collect()
		})
	}

	fn score_fractions(&self, latest: &[f64], history: &[f64]) -> Vec<f64> {
		let scale = std_dev(history) + self.epsilon;
		let ramp = |score: &f64| {
			let z = 3.0 * (score / scale - 0.75);
			z.max(0.0) + (1.0 + (-z.abs()).exp()).ln()
		};
		normal(latest.iter().map(ramp).collect())
	}

	fn reputer_fractions(&self, scores: &[f64]) -> Vec<f64> {
		normal(self.stakes.iter().zip(scores).map(|(stake, score)| stake * score).collect())
	}
}

/// The network inferences in the making.
struct Network<'a> {
	twin: &'a Twin,
	values: &'a mut [f64],
	weights: Vec<f64>,
	rows: Vec<usize>,
}

impl Network<'_> {
	/// Writes the average of a set: regrets with the rows of those who belong to it.
	fn average<'r>(
		&mut self,
		set: impl Iterator<Item = (&'r Option<f64>, Option<usize>)> + Clone,
		target: usize,
	) {
		let initial = self.twin.regrets.initial;
		let regrets = set.clone().filter(|(_, row)| row.is_some());
		let regrets = regrets.map(|(cell, _)| cell.unwrap_or(initial));
		let weigh = self.twin.weigher(regrets.fold(f64::NEG_INFINITY, f64::max));
		self.weights.clear();
		self.rows.clear();
		for (cell, row) in set {
			self.weights.push(row.map_or(0.0, |_| weigh(cell.unwrap_or(initial))));
			self.rows.push(row.unwrap_or_default());
		}
		let sum: f64 = self.weights.iter().sum();
		let labels = self.twin.size.labels;
		for label in 0..labels {
			let terms = self.weights.iter().zip(&self.rows);
			let total: f64 =
				terms.map(|(weight, row)| weight * self.values[row * labels + label]).sum();
			self.values[target * labels + label] = total / sum.max(1e-7);
		}
	}
}

/// The inner products of the reports' differences from the first, and with the first.
struct Gram<'a> {
	products: Vec<f64>,
	with_origin: Vec<f64>,
	origin: f64,
	stakes: &'a [f64],
	epsilon: f64,
	adjusted: Vec<f64>,
	shares: Vec<f64>,
	with_consensus: Vec<f64>,
}

impl<'a> Gram<'a> {
	fn new(reports: &[Vec<f64>], stakes: &'a [f64], epsilon: f64) -> Self {
		let (n, elements) = (reports.len(), reports[0].len());
		let first = &reports[0];
		let mut differences = Vec::with_capacity(n * elements);
		for row in reports {
			differences.extend(row.iter().zip(first).map(|(loss, first)| loss - first));
		}
		let mut products = vec![0.0; n * n];
		for (i, a) in differences.chunks(elements).enumerate().skip(1) {
			for (j, b) in differences.chunks(elements).enumerate().take(i + 1).skip(1) {
				let product = dot(a, b);
				products[i * n + j] = product;
				products[j * n + i] = product;
			}
		}
		let empty = || Vec::with_capacity(n);
		Self {
			products,
			with_origin: differences.chunks(elements).map(|row| dot(first, row)).collect(),
			origin: dot(first, first),
			stakes,
			epsilon,
			adjusted: empty(),
			shares: empty(),
			with_consensus: empty(),
		}
	}

	fn adjust(&mut self, coefficients: &[f64]) {
		let n = self.stakes.len() as f64;
		let products = || self.stakes.iter().zip(coefficients).map(|(stake, a)| stake * a);
		let sum: f64 = products().sum();
		self.adjusted.clear();
		self.adjusted.extend(products().map(|product| (n * product / sum).min(1.0)));
	}

	fn score(&mut self, coefficients: &[f64], scores: &mut Vec<f64>) {
		self.adjust(coefficients);
		let n = self.stakes.len();
		let all: f64 = self.adjusted.iter().sum();
		self.shares.clear();
		self.shares.extend(self.adjusted.iter().map(|stake| stake / all));
		self.with_consensus.clear();
		self.with_consensus.push(0.0);
		for row in self.products.chunks(n).skip(1) {
			self.with_consensus.push(dot(&row[1..], &self.shares[1..]));
		}
		let spread = dot(&self.with_consensus, &self.shares);
		let norm = (self.origin + 2.0 * dot(&self.with_origin, &self.shares) + spread).sqrt();
		scores.clear();
		scores.extend(self.with_consensus.iter().enumerate().map(|(m, with)| {
			let distance = (self.products[m * n + m] - 2.0 * with + spread).max(0.0).sqrt();
			1.0 / (distance / norm + self.epsilon)
		}));
	}

	fn total(&self, scores: &[f64]) -> f64 {
		self.stakes.iter().zip(scores).map(|(stake, score)| stake * score).sum()
	}
}
