//! What an epoch teaches once its truth is known (S 9.4.9).

use super::{
	band::limit,
	gradient::{short_loss, Gradient},
	state::{BaseState, ForecasterState, Kept, Standing, TopicState, WorkerState},
	weights::{rate, LN_2},
	Params, MAX_VALUE,
};
use crate::{
	arith::{abs, add, clip, div, gather, mul, sub, sum, Unit},
	convert::from_fixed,
	elementary::{exp, ln},
	loss::{Loss, MAX_RAW},
	predictive::{self, next_scale, LEAST_SCALE},
	stats::{ema, over_count},
	MathError, MathResult, Real,
};
use alloc::vec::Vec;

/// The smoothing of losses and of the spread of losses.
const SMOOTHING: Real = Real::lit("0.05");

/// The largest step of a regret, the lowest regret of an expert, and the largest gain in base S
/// where it is not bounded by itself.
const TEN: Real = Real::from_bits(10 << 64);

/// What is kept of an expert's regret, and the share of the curvature that it pays.
const KEPT_REGRET: Real = Real::lit("0.998");
const CURVATURE: Real = Real::lit("0.04");

/// The share of the workers' median deviation below which the unit of experts' steps does not fall:
/// where workers are far apart, an error of many scales shows little about them.
const DEVIATION: Real = Real::lit("0.4");

/// What is kept of a base's regret.
const KEPT_BASE: Real = Real::lit("0.99");

/// What is kept of a log weight, the rate at which it learns in the first epoch, the number of
/// epochs over which the rate falls to its last value, 0.2, and the largest size.
const KEPT_LOG: Real = Real::lit("0.9");
const FIRST_LOG_RATE: Real = Real::ONE;
const FAST_EPOCHS: u8 = 5;
const MAX_LOG: Real = Real::from_bits(15 << 64);

/// The steps of corrections, by the error and by its sign; the largest error that counts, and the
/// largest correction.
const STEP: Real = Real::lit("0.01");
const SIGN_STEP: Real = Real::lit("0.005");
const MAX_ERROR: Real = Real::from_bits(4 << 64);
const MAX_CORRECTION: Real = super::numbers::MAX_UNITS;

/// The states before an epoch is learned.
#[derive(Clone, Copy, Debug)]
pub struct Before<'a> {
	/// The topic's state.
	pub topic: &'a TopicState,
	/// The states of the epoch's workers, in the order of its rows; `None` if still unknown.
	pub workers: &'a [Option<WorkerState>],
	/// The states of the epoch's forecasters, in their order; `None` if still unknown.
	pub forecasters: &'a [Option<ForecasterState>],
	/// The states of all known workers that had no part in the epoch, whose log weights fall back.
	/// Those that a caller leaves out keep theirs.
	pub absent: &'a [WorkerState],
}

/// What became known about an epoch.
#[derive(Clone, Copy, Debug)]
pub struct Outcome<'a> {
	/// What [`begin`](super::begin()) returned to be kept.
	pub kept: &'a Kept,
	/// The workers' values, as they were given to [`begin`](super::begin()).
	pub values: &'a [Real],
	/// The truth, one value per label, at most [`MAX_VALUE`] in size; `None` in custom topics.
	pub truth: Option<&'a [Real]>,
	/// The topic's loss of each worker's row, as regrets would use it, at most 1000 in size.
	pub losses: &'a [Real],
}

/// The states after an epoch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Learned {
	/// The topic's state.
	pub topic: TopicState,
	/// The states of the epoch's workers, all known now.
	pub workers: Vec<WorkerState>,
	/// The states of the epoch's forecasters, all known now.
	pub forecasters: Vec<ForecasterState>,
	/// The states of the absent workers, in their order.
	pub absent: Vec<WorkerState>,
}

/// Learns from an epoch.
///
/// For accepted values it fails only if lengths do not match or a truth is missing, with
/// [`MathError::Shape`], or there are no workers, with [`MathError::Empty`]; [`MathError::Domain`]
/// for a value out of the accepted range, and errors of [`Loss::check`].
pub fn end(params: &Params, before: &Before, outcome: &Outcome) -> MathResult<Learned> {
	check(params, before, outcome)?;
	let mut topic = before.topic.clone();
	let limited = limit(params, &outcome.kept.bands, outcome.values)?;
	let (mut workers, fresh) = newcomers(before, outcome)?;
	let mut forecasters: Vec<_> = before
		.forecasters
		.iter()
		.map(|known| known.unwrap_or(ForecasterState { tilted: fresh }))
		.collect();
	let gains = match outcome.truth {
		Some(truth) => {
			let errors = errors(truth, &outcome.kept.network)?;
			let error = mean_error(&errors)?;
			predictive::learn(&mut topic.labels, &outcome.kept.label_scales, &errors)?;
			if topic.scale <= 0 {
				topic.scale = error.max(LEAST_SCALE);
			}
			let epoch = Epoch { params, kept: outcome.kept, truth, unit: Unit::new(topic.scale)? };
			epoch.learn_bases(&mut topic.bases)?;
			epoch.learn_experts(&mut workers, &mut forecasters, &limited)?;
			epoch.learn_corrections(&mut workers, &limited)?;
			topic.scale = next_scale(topic.scale, error)?;
			epoch.gains(&limited)?
		}
		None => custom_gains(&mut topic, outcome.losses)?,
	};
	let mut absent = before.absent.to_vec();
	topic.epochs = topic.epochs.saturating_add(1).min(FAST_EPOCHS);
	let rate = div(FIRST_LOG_RATE, topic.epochs.into())?;
	learn_log_weights(&mut workers, &mut absent, &gains, rate)?;
	for (worker, loss) in workers.iter_mut().zip(outcome.losses) {
		worker.loss = ema(SMOOTHING, *loss, Some(worker.loss))?;
	}
	Ok(Learned { topic, workers, forecasters, absent })
}

/// Checks shapes and ranges.
fn check(params: &Params, before: &Before, outcome: &Outcome) -> MathResult<()> {
	params.check()?;
	let (kept, rows, labels) = (outcome.kept, before.workers.len(), params.labels);
	if rows == 0 {
		return Err(MathError::Empty);
	}
	let of_labels = [
		before.topic.labels.len(),
		kept.network.len(),
		kept.polynomial.len(),
		kept.exponential.len(),
		kept.bands.len(),
		kept.label_scales.len(),
		outcome.truth.map_or(labels, <[Real]>::len),
	];
	let corrected = if params.corrects() { rows } else { 0 };
	let shaped = of_labels.iter().all(|count| *count == labels)
		&& Some(outcome.values.len()) == rows.checked_mul(labels)
		&& Some(kept.tilted.len()) == before.forecasters.len().checked_mul(labels)
		&& kept.corrected.len() == corrected
		&& outcome.losses.len() == rows
		&& outcome.truth.is_some() == params.loss.is_some();
	if !shaped {
		return Err(MathError::Shape);
	}
	let within = |x: &Real, limit: Real| (-limit..=limit).contains(x);
	let values = outcome.values.iter().chain(outcome.truth.unwrap_or_default());
	let sound = values.into_iter().all(|x| within(x, MAX_VALUE))
		&& outcome.losses.iter().all(|x| within(x, MAX_RAW));
	sound.then_some(()).ok_or(MathError::Domain)
}

/// The states of the epoch's workers, and the standing with which a forecaster starts.
///
/// A newcomer gets the mean variances and running loss of those known, and a quarter of their mean
/// weight in base S; the first ones of all get zeros and their own loss.
fn newcomers(before: &Before, outcome: &Outcome) -> MathResult<(Vec<WorkerState>, Standing)> {
	let known: Vec<_> = before.workers.iter().flatten().collect();
	let mean = |of: &dyn Fn(&WorkerState) -> Real| {
		let total = known.iter().try_fold(Real::ZERO, |total, worker| add(total, of(worker)))?;
		over_count(total.to_bits(), known.len())
	};
	let mut fresh = WorkerState::default();
	if !known.is_empty() {
		fresh.raw.variance = mean(&|worker| worker.raw.variance)?;
		fresh.corrected.variance = mean(&|worker| worker.corrected.variance)?;
		fresh.loss = mean(&|worker| worker.loss)?;
		fresh.log_weight = sub(log_mean(known.iter().copied())?, add(LN_2, LN_2)?)?;
	}
	let pairs = before.workers.iter().zip(outcome.losses);
	let workers = pairs.map(|(worker, loss)| match worker {
		Some(worker) => *worker,
		None if known.is_empty() => WorkerState { loss: *loss, ..fresh },
		None => fresh,
	});
	Ok((workers.collect(), fresh.raw))
}

/// The logarithm of the mean weight in base S; [`MathError::Empty`] if there are no workers.
fn log_mean<'a>(workers: impl Iterator<Item = &'a WorkerState> + Clone) -> MathResult {
	let best = workers.clone().map(|worker| worker.log_weight).max().ok_or(MathError::Empty)?;
	let weights = gather(workers.map(|worker| exp(sub(worker.log_weight, best)?)))?;
	add(best, ln(over_count(sum(&weights)?.to_bits(), weights.len())?)?)
}

/// The errors of the network, one per label.
fn errors(truth: &[Real], network: &[Real]) -> MathResult<Vec<Real>> {
	gather(truth.iter().zip(network).map(|(truth, value)| sub(*truth, *value)))
}

/// The mean size of errors.
fn mean_error(errors: &[Real]) -> MathResult {
	let total = errors.iter().try_fold(Real::ZERO, |total, error| add(total, abs(*error)?))?;
	over_count(total.to_bits(), errors.len())
}

/// An epoch whose truth is known.
struct Epoch<'a> {
	params: &'a Params<'a>,
	kept: &'a Kept,
	truth: &'a [Real],
	unit: Unit,
}

/// The standing after one more step.
fn next_standing(standing: &Standing, [gain, curvature]: [Real; 2]) -> MathResult<Standing> {
	let step = clip(sub(gain, mul(CURVATURE, curvature)?)?, TEN);
	let regret = add(mul(KEPT_REGRET, standing.regret)?, step)?.max(-TEN);
	let variance = add(mul(KEPT_REGRET, standing.variance)?, mul(step, step)?)?;
	Ok(Standing { regret, variance })
}

impl Epoch<'_> {
	/// Learns the standings of both bases, at the network inference.
	fn learn_bases(&self, bases: &mut [BaseState; 2]) -> MathResult<()> {
		let gradient = Gradient::new(self.params, &self.unit, self.truth, &self.kept.network)?;
		for (base, value) in bases.iter_mut().zip([&self.kept.polynomial, &self.kept.exponential]) {
			let [gain, _] = gradient.toward(value)?;
			let step = clip(gain, TEN);
			let square = mul(step, step)?;
			base.range = base.range.max(abs(step)?);
			base.variance = add(mul(KEPT_BASE, base.variance)?, square)?;
			let paid = mul(rate(base)?, square)?;
			base.regret = sub(add(mul(KEPT_BASE, base.regret)?, step)?, paid)?;
		}
		Ok(())
	}

	/// Learns the standings of all experts, at the inference of base P.
	fn learn_experts(
		&self,
		workers: &mut [WorkerState],
		forecasters: &mut [ForecasterState],
		limited: &[Real],
	) -> MathResult<()> {
		let size = self.unit.size.max(mul(DEVIATION, self.kept.deviation)?);
		let unit = Unit::new(size)?;
		let gradient = Gradient::new(self.params, &unit, self.truth, &self.kept.polynomial)?;
		let labels = self.params.labels.max(1);
		for (worker, row) in workers.iter_mut().zip(limited.chunks_exact(labels)) {
			worker.raw = next_standing(&worker.raw, gradient.toward(row)?)?;
		}
		for (worker, value) in workers.iter_mut().zip(self.kept.corrected.chunks_exact(1)) {
			worker.corrected = next_standing(&worker.corrected, gradient.toward(value)?)?;
		}
		for (known, row) in forecasters.iter_mut().zip(self.kept.tilted.chunks_exact(labels)) {
			known.tilted = next_standing(&known.tilted, gradient.toward(row)?)?;
		}
		Ok(())
	}

	/// Moves the corrections toward the workers' errors.
	fn learn_corrections(&self, workers: &mut [WorkerState], limited: &[Real]) -> MathResult<()> {
		let (Some(loss), [truth]) = (self.params.loss, self.truth) else {
			return Ok(());
		};
		if !self.params.corrects() {
			return Ok(());
		}
		let scale = self.kept.scale;
		let unit = Unit::new(if scale > 0 { scale } else { self.unit.size })?;
		for (worker, value) in workers.iter_mut().zip(limited) {
			let error = unit.of(sub(*truth, *value)?, MAX_CORRECTION)?;
			let rest = sub(error, worker.correction)?;
			let step = match loss {
				Loss::Absolute | Loss::Ztae | Loss::Zptae | Loss::Czar { .. } => {
					mul(SIGN_STEP, rest.signum())?
				}
				Loss::Pinball { levels } => {
					let level =
						levels.first().copied().map(from_fixed).ok_or(MathError::Shape)??;
					let below = if rest < 0 { Real::ONE } else { Real::ZERO };
					mul(STEP, sub(level, below)?)?
				}
				_ => mul(STEP, clip(rest, MAX_ERROR))?,
			};
			worker.correction = clip(add(worker.correction, step)?, MAX_CORRECTION);
		}
		Ok(())
	}

	/// By how much each worker was better than base S.
	fn gains(&self, limited: &[Real]) -> MathResult<Vec<Real>> {
		let loss = |value: &[Real]| short_loss(self.params, &self.unit, self.truth, value);
		let base = loss(&self.kept.exponential)?;
		let rows = limited.chunks_exact(self.params.labels.max(1));
		let raw = self.params.loss == Some(Loss::CrossEntropy);
		gather(rows.map(|row| {
			let gain = sub(base, loss(row)?)?;
			Ok(if raw { clip(gain, TEN) } else { gain })
		}))
	}
}

/// By how much each worker was better than the mean, in mean deviations of the losses.
fn custom_gains(topic: &mut TopicState, losses: &[Real]) -> MathResult<Vec<Real>> {
	let mean = over_count(sum(losses)?.to_bits(), losses.len())?;
	let gains = gather(losses.iter().map(|loss| sub(mean, *loss)))?;
	let deviation = mean_error(&gains)?;
	let before = Some(topic.spread).filter(|spread| *spread > 0);
	topic.spread = ema(SMOOTHING, deviation, before)?;
	if topic.spread <= 0 {
		return Ok(losses.iter().map(|_| Real::ZERO).collect());
	}
	let unit = Unit::new(topic.spread)?;
	gather(gains.iter().map(|gain| unit.of(*gain, TEN)))
}

/// Learns the log weights of base S; those of absent workers fall back toward between a quarter of
/// the mean and the mean.
fn learn_log_weights(
	workers: &mut [WorkerState],
	absent: &mut [WorkerState],
	gains: &[Real],
	rate: Real,
) -> MathResult<()> {
	let mean = log_mean(workers.iter())?;
	for (worker, gain) in workers.iter_mut().zip(gains) {
		let ahead = sub(worker.log_weight, mean)?;
		worker.log_weight = add(mul(KEPT_LOG, ahead)?, mul(rate, *gain)?)?;
	}
	let quarter = -add(LN_2, LN_2)?;
	for worker in &mut *absent {
		let ahead = sub(worker.log_weight, mean)?;
		let rest = ahead.min(Real::ZERO).max(quarter);
		worker.log_weight = add(rest, mul(KEPT_LOG, sub(ahead, rest)?)?)?;
	}
	let best = workers.iter().map(|worker| worker.log_weight).max().ok_or(MathError::Empty)?;
	for worker in workers.iter_mut().chain(absent) {
		worker.log_weight = clip(sub(worker.log_weight, best)?, MAX_LOG);
	}
	Ok(())
}
