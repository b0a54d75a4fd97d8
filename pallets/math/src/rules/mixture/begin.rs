//! The inferences of an epoch (S 9.4.6).

use super::{
	band::{bands, limit, limit_corrected, Bands},
	copies::{factors, Groups, Values},
	numbers::{mix, normalise},
	state::{Band, ForecasterState, Kept, TopicState, WorkerState},
	tilt::{Members, Shares, Tilt},
	weights::{exponential, of_bases, polynomial, Polynomial},
	Params, MAX_VALUE,
};
use crate::{
	arith::{add, div, gather, mul, sum},
	loss::Loss,
	predictive, MathError, MathResult, Real,
};
use alloc::{vec, vec::Vec};

/// What workers and forecasters have submitted in an epoch, and what is known about them.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
	/// The workers' values, one row per worker, one column per label; at most
	/// [`MAX_VALUE`] in size.
	pub values: &'a [Real],
	/// One entry per row; `None` for an unknown worker.
	pub workers: &'a [Option<WorkerState>],
	/// One list per forecaster: rows, each at most once, and the losses expected of them, at most
	/// [`MAX_VALUE`] in size.
	pub forecasts: &'a [Vec<(usize, Real)>],
	/// One entry per list; `None` for an unknown forecaster.
	pub forecasters: &'a [Option<ForecasterState>],
}

/// What an epoch publishes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Synthesis {
	/// The network inference, one value per label.
	pub network: Vec<Real>,
	/// The network inference without all forecasters.
	pub naive: Vec<Real>,
	/// The share of each worker in the network inference, through forecasters included; they sum to
	/// 1.
	pub weights: Vec<Real>,
	/// The share of the network inference that goes through each forecaster.
	pub forecaster_weights: Vec<Real>,
	/// The network inference without each worker and all those with equal values, one row per
	/// worker; that with them if nobody else is left.
	pub one_out_workers: Vec<Real>,
	/// The network inference without each forecaster and all those with equal tilts, one row
	/// per forecaster.
	pub one_out_forecasters: Vec<Real>,
	/// The network inference with one forecaster and those with equal tilts only, one row per
	/// forecaster.
	pub one_in_forecasters: Vec<Real>,
	/// Where the truth is expected, as from [`predictive::interval`].
	pub intervals: Option<Vec<[Real; 4]>>,
	/// What [`end`](super::end()) needs.
	pub kept: Kept,
}

/// The experts of an epoch and their weights.
pub(super) struct Mixture<'a> {
	pub(super) params: &'a Params<'a>,
	/// The shares of base P and base S.
	bases: [Real; 2],
	/// The workers by equal values.
	pub(super) groups: Groups,
	/// The workers' rows, limited to the bands.
	pub(super) limited: Vec<Real>,
	/// The corrected values, if the topic has them.
	pub(super) corrected: Vec<Real>,
	/// The workers' weights in base P, their sum, and their terms, one row per worker.
	pub(super) own: Vec<Real>,
	pub(super) own_total: Real,
	pub(super) terms: Vec<Real>,
	/// The mass of base P's members, and that of each forecaster, after those with equal tilts
	/// have shared theirs.
	pub(super) mass: Real,
	pub(super) tilted_masses: Vec<Real>,
	/// The shares of both in base P.
	pub(super) shares: Shares,
	pub(super) tilts: Vec<Tilt>,
	/// The forecasters by equal tilts.
	pub(super) forecaster_groups: Groups,
	/// The inference of base P without forecasters.
	pub(super) naive_polynomial: Vec<Real>,
	/// The workers' weights in base S, their sum, and its inference.
	pub(super) exponential: Vec<Real>,
	pub(super) exponential_total: Real,
	pub(super) exponential_inference: Vec<Real>,
}

/// Checks the shapes and ranges of an input.
fn check(params: &Params, topic: &TopicState, input: &Input) -> MathResult<()> {
	params.check()?;
	let rows = input.workers.len();
	if rows == 0 {
		return Err(MathError::Empty);
	}
	let shaped = rows.checked_mul(params.labels) == Some(input.values.len())
		&& topic.labels.len() == params.labels
		&& input.forecasts.len() == input.forecasters.len();
	if !shaped {
		return Err(MathError::Shape);
	}
	let expected = input.forecasts.iter().flatten().map(|(_, loss)| loss);
	let accepted = |x: &Real| (-MAX_VALUE..=MAX_VALUE).contains(x);
	let sound = input.values.iter().chain(expected).all(accepted);
	sound.then_some(()).ok_or(MathError::Domain)
}

/// Multiplies weights by the factors of groups and divides them by their sum; if that is 0, which
/// takes a base that has no weight, they stay as they are.
fn shrink<const N: usize>(
	weights: &mut Vec<[Real; N]>,
	groups: &Groups,
	factors: &[Real],
) -> MathResult<()> {
	let mut shrunk = weights.clone();
	for (members, factor) in groups.members().zip(factors) {
		for member in members {
			for cell in shrunk.get_mut(*member).ok_or(MathError::Shape)? {
				*cell = mul(*cell, *factor)?;
			}
		}
	}
	if normalise(shrunk.as_flattened_mut())? {
		*weights = shrunk;
	}
	Ok(())
}

/// The corrected values, limited to the accepted range; that of a rate is at least half of it.
fn corrected(
	params: &Params,
	topic: &TopicState,
	workers: &[Option<WorkerState>],
	limited: &[Real],
) -> MathResult<Vec<Real>> {
	if !params.corrects() {
		return Ok(Vec::new());
	}
	gather(limited.iter().zip(workers).map(|(value, worker)| {
		let correction = worker.unwrap_or_default().correction;
		let shift = mul(correction, topic.scale).or_else(|error| match error {
			MathError::Overflow if correction < 0 => Ok(-2 * MAX_VALUE),
			MathError::Overflow => Ok(2 * MAX_VALUE),
			error => Err(error),
		});
		let sum = value.saturating_add(shift?).clamp(-MAX_VALUE, MAX_VALUE);
		Ok(if params.loss == Some(Loss::Poisson) { sum.max(*value / 2) } else { sum })
	}))
}

/// The limited values and all weights, after copies have shared theirs.
struct Weighed {
	groups: Groups,
	limited: Vec<Real>,
	bands: Vec<Band>,
	deviation: Real,
	/// What groups weigh in medians.
	shares: Vec<Real>,
	/// The shares of base P and base S.
	bases: [Real; 2],
	/// Base P.
	polynomial: Polynomial,
	/// The weights of base S.
	exponential: Vec<Real>,
}

impl Weighed {
	fn new(params: &Params, topic: &TopicState, input: &Input) -> MathResult<Self> {
		let (values, workers) = (input.values, input.workers);
		let groups = Groups::new(values, params.labels);
		let mut exponential = exponential(workers, &groups)?;
		let mut polynomial = polynomial(params, workers, input.forecasters, &groups)?;
		let bases = of_bases(params, &topic.bases)?;
		let known: Vec<_> = workers.iter().map(Option::is_some).collect();
		let Bands { medians, bands, deviation, shares } =
			bands(params, &topic.labels, values, &groups, exponential.as_flattened(), &known)?;
		let limited = limit(params, &bands, values)?;
		let pairs = polynomial.weights.iter().zip(exponential.as_flattened());
		let together = gather(pairs.map(|(pair, weight)| {
			let [p, s] = bases;
			mix([(p, sum(pair)?), (s, *weight)].into_iter())
		}))?;
		let rows = Values { labels: params.labels, rows: &limited, medians: &medians };
		let factors = factors(&groups, &rows, &together, topic.scale)?;
		shrink(&mut polynomial.weights, &groups, &factors)?;
		shrink(&mut exponential, &groups, &factors)?;
		let exponential = exponential.into_flattened();
		Ok(Self { groups, limited, bands, deviation, shares, bases, polynomial, exponential })
	}
}

/// The sums of rows over workers, each times the worker's weight, one per label.
fn weighted_sums(labels: usize, weights: &[Real], rows: &[Real]) -> MathResult<Vec<Real>> {
	gather((0..labels).map(|label| {
		let column = rows.iter().skip(label).step_by(labels);
		mix(weights.iter().copied().zip(column.copied()))
	}))
}

/// Forecasters by equal tilts of the workers that have weight; so their tilted values are equal.
///
/// Values of different tilts may be equal by rounding, if a single worker has all the weight.
fn by_tilts(tilts: &[Tilt], own: &[Real]) -> Groups {
	let factor = |(factor, own): (&Real, &Real)| if *own > 0 { *factor } else { Real::ZERO };
	let rows = tilts.iter().flat_map(|tilt| tilt.factors.iter().zip(own).map(factor));
	Groups::new(&rows.collect::<Vec<_>>(), own.len())
}

impl<'a> Mixture<'a> {
	/// The mixture, and what an epoch keeps of the bands.
	fn new(
		params: &'a Params<'a>,
		topic: &TopicState,
		input: &Input<'a>,
	) -> MathResult<(Self, Vec<Band>, Real)> {
		let (workers, labels) = (input.workers, params.labels);
		let Weighed { groups, limited, bands, deviation, shares, bases, polynomial, exponential } =
			Weighed::new(params, topic, input)?;
		let mut corrected = corrected(params, topic, workers, &limited)?;
		if let [label] = topic.labels.as_slice() {
			limit_corrected(label, &groups, &shares, &mut corrected)?;
		}
		let pairs = polynomial.weights;
		let own = gather(pairs.iter().map(|pair| sum(pair)))?;
		let mut terms = Vec::with_capacity(limited.len());
		for (worker, (pair, row)) in pairs.iter().zip(limited.chunks_exact(labels)).enumerate() {
			let [raw, shifted] = *pair;
			let other = corrected.get(worker).copied().unwrap_or_default();
			for value in row {
				terms.push(mix([(raw, *value), (shifted, other)].into_iter())?);
			}
		}
		let members = Members { weights: &own, terms: &terms };
		let tilt = |forecast: &Vec<_>| Tilt::new(params, workers, forecast, &members);
		let tilts = input.forecasts.iter().map(tilt).collect::<MathResult<Vec<_>>>()?;
		let forecaster_groups = by_tilts(&tilts, &own);
		let mut tilted_masses = polynomial.tilted;
		forecaster_groups.share_out_own(&mut tilted_masses)?;
		let mixture = Self {
			params,
			bases,
			groups,
			forecaster_groups,
			naive_polynomial: weighted_sums(labels, &vec![Real::ONE; own.len()], &terms)?,
			exponential_inference: weighted_sums(labels, &exponential, &limited)?,
			own_total: sum(&own)?,
			own,
			terms,
			mass: polynomial.mass,
			shares: Shares::new(polynomial.mass, &tilted_masses)?,
			tilted_masses,
			tilts,
			exponential_total: sum(&exponential)?,
			exponential,
			limited,
			corrected,
		};
		Ok((mixture, bands, deviation))
	}

	/// The inferences of base P and of the network.
	fn inferences(&self) -> MathResult<(Vec<Real>, Vec<Real>)> {
		let polynomial = self.polynomial(&self.tilted_masses)?;
		let network = self.network(&polynomial, &self.exponential_inference)?;
		Ok((polynomial, network))
	}

	/// The network's value from those of both bases.
	pub(super) fn network_value(&self, polynomial: Real, exponential: Real) -> MathResult {
		let [p, s] = self.bases;
		mix([(p, polynomial), (s, exponential)].into_iter())
	}

	/// The network inference from those of both bases.
	pub(super) fn network(
		&self,
		polynomial: &[Real],
		exponential: &[Real],
	) -> MathResult<Vec<Real>> {
		let pairs = polynomial.iter().zip(exponential);
		gather(pairs.map(|(one, other)| self.network_value(*one, *other)))
	}

	/// The shares of workers and of forecasters in the network inference.
	fn weights(&self) -> MathResult<(Vec<Real>, Vec<Real>)> {
		let [p, s] = self.bases;
		let of_members = mul(p, self.shares.members)?;
		let of_forecasters = gather(self.shares.tilted.iter().map(|share| mul(p, *share)))?;
		let rates = of_forecasters.iter().zip(&self.tilts);
		let rates = gather(rates.map(|(weight, tilt)| div(*weight, tilt.total)))?;
		let mut of_workers = Vec::with_capacity(self.own.len());
		for (worker, (own, weight)) in self.own.iter().zip(&self.exponential).enumerate() {
			let mut rate = of_members;
			for (of_tilt, tilt) in rates.iter().zip(&self.tilts) {
				let factor = tilt.factors.get(worker).ok_or(MathError::Shape)?;
				rate = add(rate, mul(*of_tilt, *factor)?)?;
			}
			of_workers.push(mix([(*own, rate), (s, *weight)].into_iter())?);
		}
		Ok((of_workers, of_forecasters))
	}
}

/// Computes the network inference alone, one value per label, as [`begin()`] publishes it.
///
/// Errors as for [`begin()`].
pub fn infer(params: &Params, topic: &TopicState, input: &Input) -> MathResult<Vec<Real>> {
	check(params, topic, input)?;
	let (mixture, ..) = Mixture::new(params, topic, input)?;
	Ok(mixture.inferences()?.1)
}

/// Computes what an epoch publishes.
///
/// For accepted values it fails only if lengths do not match, with [`MathError::Shape`], or there
/// are no workers, with [`MathError::Empty`]; [`MathError::Domain`] for a value or expected loss
/// beyond [`MAX_VALUE`], and errors of [`Loss::check`].
pub fn begin(params: &Params, topic: &TopicState, input: &Input) -> MathResult<Synthesis> {
	check(params, topic, input)?;
	let (mixture, bands, deviation) = Mixture::new(params, topic, input)?;
	let (polynomial, network) = mixture.inferences()?;
	let naive = mixture.network(&mixture.naive_polynomial, &mixture.exponential_inference)?;
	let (weights, forecaster_weights) = mixture.weights()?;
	Ok(Synthesis {
		one_out_workers: mixture.without_workers(&network)?,
		one_out_forecasters: mixture.without_forecasters()?,
		one_in_forecasters: mixture.with_forecasters()?,
		intervals: predictive::interval(&topic.labels, &network, params.has_probabilities())?,
		kept: Kept {
			network: network.clone(),
			polynomial,
			tilted: mixture.tilts.iter().flat_map(|tilt| &tilt.value).copied().collect(),
			exponential: mixture.exponential_inference,
			corrected: mixture.corrected,
			bands,
			deviation,
			scale: topic.scale,
			label_scales: topic.labels.iter().map(|label| label.scale).collect(),
		},
		network,
		naive,
		weights,
		forecaster_weights,
	})
}
