//! The gradients of losses, from which base P and both bases' shares are learned (S 9.4.8).

use super::{numbers::MAX_UNITS, Params};
use crate::{
	arith::{abs, add, clip, div, mul, sub, Unit},
	convert::from_fixed,
	elementary::{exp_neg, ln},
	loss::Loss,
	stats::over_count,
	MathError, MathResult, Real,
};
use alloc::vec::Vec;

/// The largest size of a slope.
const MAX_SLOPE: Real = Real::from_bits(4 << 64);

/// The slope of absolute losses per unit of error, until it reaches 1: that of a Huber loss.
const STEEP: Real = Real::lit("1.5");

/// The lowest probability that counts, 1e-9.
const LEAST_PROBABILITY: Real = Real::lit("0.000000001");

/// The gradient of the loss at an inference.
pub(super) struct Gradient<'a> {
	loss: Loss<'a>,
	labels: usize,
	unit: &'a Unit,
	at: &'a [Real],
	/// One slope per label.
	slopes: Vec<Real>,
}

/// The level of a label's quantile.
fn level(loss: &Loss, label: usize) -> MathResult {
	match loss {
		Loss::Pinball { levels } => from_fixed(*levels.get(label).ok_or(MathError::Shape)?),
		_ => Err(MathError::Domain),
	}
}

/// The slope of a label's loss at an error: the negative derivative, divided by its usual size.
fn slope(loss: &Loss, label: usize, error: Real, unit: &Unit) -> MathResult {
	match loss {
		Loss::Absolute | Loss::Ztae | Loss::Zptae | Loss::Czar { .. } => {
			Ok(clip(mul(STEEP, unit.of(error, Real::ONE)?)?, Real::ONE))
		}
		Loss::Pinball { .. } if error == 0 => Ok(Real::ZERO),
		Loss::Pinball { .. } => {
			let level = level(loss, label)?;
			let level = if error > 0 { level } else { sub(level, Real::ONE)? };
			add(level, level)
		}
		Loss::Huber { delta } => {
			let delta = from_fixed(*delta)?;
			Unit::new(unit.size.min(delta))?.of(clip(error, delta), MAX_SLOPE)
		}
		Loss::LogCosh => {
			// tanh |e| = (1 - e^(-2 |e|)) / (1 + e^(-2 |e|)).
			let size = abs(error)?;
			let power = exp_neg(add(size, size)?)?;
			let tanh = div(sub(Real::ONE, power)?, add(Real::ONE, power)?)?;
			let steep = unit.of(tanh, MAX_SLOPE)?.max(tanh);
			Ok(if error < 0 { -steep } else { steep })
		}
		Loss::Squared | Loss::Brier | Loss::CrossEntropy | Loss::Poisson => {
			unit.of(error, MAX_SLOPE)
		}
	}
}

impl<'a> Gradient<'a> {
	/// The gradient at `at` for a truth, in this unit.
	pub(super) fn new(
		params: &Params<'a>,
		unit: &'a Unit,
		truth: &[Real],
		at: &'a [Real],
	) -> MathResult<Self> {
		let loss = params.loss.ok_or(MathError::Domain)?;
		if truth.len() != params.labels || at.len() != params.labels {
			return Err(MathError::Shape);
		}
		let mut slopes = Vec::with_capacity(params.labels);
		for (label, (truth, at)) in truth.iter().zip(at).enumerate() {
			slopes.push(match loss {
				Loss::CrossEntropy => div(*truth, (*at).max(LEAST_PROBABILITY))?,
				_ => slope(&loss, label, sub(*truth, *at)?, unit)?,
			});
		}
		Ok(Self { loss, labels: params.labels, unit, at, slopes })
	}

	/// How much better a step toward `value` would have been, to first order, and the curvature of
	/// that step.
	pub(super) fn toward(&self, value: &[Real]) -> MathResult<[Real; 2]> {
		let cross_entropy = self.loss == Loss::CrossEntropy;
		let (mut gain, mut curvature) = (Real::ZERO, Real::ZERO);
		for ((value, at), slope) in value.iter().zip(self.at).zip(&self.slopes) {
			let step = sub(*value, *at)?;
			if cross_entropy {
				gain = add(gain, mul(*slope, step)?)?;
				continue;
			}
			let step = self.unit.of(step, MAX_UNITS)?;
			gain = add(gain, mul(*slope, step)?)?;
			curvature = add(curvature, mul(step, step)?)?;
		}
		if cross_entropy {
			// Its square is at most 10 000.
			let root = clip(gain, Real::from_num(100));
			return Ok([gain, mul(root, root)?]);
		}
		Ok([
			over_count(gain.to_bits(), self.labels)?,
			over_count(curvature.to_bits(), self.labels)?,
		])
	}
}

/// The loss by which base S learns: `ln(1 + d^2)`, where `d^2` is the mean square of errors in
/// units of the scale, each at most 10 000; or the cross-entropy.
pub(super) fn short_loss(
	params: &Params,
	unit: &Unit,
	truth: &[Real],
	value: &[Real],
) -> MathResult {
	let loss = params.loss.ok_or(MathError::Domain)?;
	let mut total = Real::ZERO;
	for (label, (truth, value)) in truth.iter().zip(value).enumerate() {
		let error = sub(*truth, *value)?;
		let term = match loss {
			Loss::CrossEntropy => {
				let value = (*value).clamp(LEAST_PROBABILITY, Real::ONE);
				-mul(*truth, ln(value)?)?
			}
			Loss::Pinball { .. } => {
				let level = level(&loss, label)?;
				let rate = if error > 0 { level } else { sub(Real::ONE, level)? };
				let units = abs(unit.of(error, MAX_UNITS)?)?;
				let units = mul(add(rate, rate)?, units)?.min(MAX_UNITS);
				mul(units, units)?
			}
			_ => {
				let units = unit.of(error, MAX_UNITS)?;
				mul(units, units)?
			}
		};
		total = add(total, term)?;
	}
	match loss {
		Loss::CrossEntropy => Ok(total),
		_ => ln(add(Real::ONE, over_count(total.to_bits(), params.labels)?)?),
	}
}
