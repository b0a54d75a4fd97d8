//! The losses that compare inferences with the ground truth: the chain's own.

use crate::chain::{
	fixed_from_text, to_fixed,
	types::{LossMethod, TopicLoss},
};
use allora_math::loss::{loss_of, Loss};
use anyhow::{bail, Context, Result};
use sp_arithmetic::FixedI128;

/// Added to an error, so that an exact inference has a finite loss.
pub const FLOOR: f64 = 1e-8;

/// Values as the chain stores them; an error if one is not finite or out of range.
pub fn decimals(values: &[f64]) -> Result<Vec<FixedI128>> {
	values.iter().map(|value| to_fixed(*value).map(FixedI128::from_inner)).collect()
}

/// The loss of an inference as the chain learns from it; NaN if it has another number of values than
/// the truth, or a value that the chain cannot represent.
pub fn loss(method: LossMethod, inference: &[f64], truth: &[f64]) -> f64 {
	let method = match method {
		LossMethod::Squared => Loss::Squared,
		LossMethod::Absolute => Loss::Absolute,
		LossMethod::CrossEntropy => Loss::CrossEntropy,
	};
	let loss = || {
		let (inference, truth) = (decimals(inference).ok()?, decimals(truth).ok()?);
		let floor = FixedI128::from_inner(to_fixed(FLOOR).ok()?);
		let loss = loss_of(&method, &truth, &inference, &[], floor).ok()?;
		Some(loss.to_num::<f64>())
	};
	loss().unwrap_or(f64::NAN)
}

/// The loss of the chain's that has this name, by which a topic may call a custom loss: as in the file
/// of a topic, with a parameter after a colon, or as the original network's programs call it. `None` if
/// there is none of this name, an error if it cannot be computed without the chain's memory, or its
/// parameter is no number.
pub fn named(name: &str) -> Result<Option<TopicLoss>> {
	let (base, parameter) = match name.split_once(':') {
		Some((base, parameter)) => (base, Some(parameter)),
		None => (name, None),
	};
	let wrong = || format!("{name:?} is not a loss: {base}:NUMBER");
	let number = |text: &str| fixed_from_text(text).with_context(wrong);
	Ok(Some(match (base, parameter) {
		("squared" | "sqe" | "mse" | "se", None) => TopicLoss::Squared,
		("absolute" | "abse" | "mae", None) => TopicLoss::Absolute,
		("log_cosh" | "log-cosh" | "logcosh", None) => TopicLoss::LogCosh,
		("brier", None) => TopicLoss::Brier,
		("cross_entropy" | "cross-entropy", None) => TopicLoss::CrossEntropy,
		("poisson", None) => TopicLoss::Poisson,
		("huber", delta) => TopicLoss::Huber { delta: number(delta.unwrap_or("1"))? },
		("pinball", Some(levels)) => {
			TopicLoss::Pinball { levels: levels.split(',').map(number).collect::<Result<_>>()? }
		}
		("ztae" | "zptae" | "czar", _) => bail!(
			"the loss {name:?} needs the deviation of past truths, which the chain has only for topics \
			 with this loss of its own: name a model that computes it as `losses` in the [[reputer]] of \
			 the settings (docs/models.md)"
		),
		_ => return Ok(None),
	}))
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn loss_of_a_number_is_the_logarithm_of_the_squared_error() {
		let loss = |inference, truth| loss(LossMethod::Squared, &[inference], &[truth]);
		assert!((loss(3.0, 2.0) - 1e-8f64.ln_1p() / 10f64.ln()).abs() < 1e-15);
		assert!((loss(1.9, 2.0) - (0.01f64 + 1e-8).log10()).abs() < 1e-12);
		assert_eq!(loss(2.0, 2.0), -8.0);
		assert_eq!(loss(1.0, 4.0), loss(4.0, 1.0));
	}

	#[test]
	fn absolute_loss_is_the_logarithm_of_the_absolute_error() {
		let loss = |inference, truth| loss(LossMethod::Absolute, &[inference], &[truth]);
		assert!((loss(1.9, 2.0) - (0.1f64 + 1e-8).log10()).abs() < 1e-12);
		assert_eq!(loss(2.0, 2.0), -8.0);
	}

	#[test]
	fn loss_of_probabilities_depends_on_the_observed_label() {
		let truth = [0.0, 1.0, 0.0];
		let loss = |inference: [f64; 3]| loss(LossMethod::CrossEntropy, &inference, &truth);
		assert!((loss([0.25, 0.5, 0.25]) - 2f64.ln()).abs() < 1e-15);
		// The logarithm of 1 is off by a unit of the chain's arithmetic, 2^-64.
		assert!(loss([0.0, 1.0, 0.0]).abs() < 1e-19);
		// A probability counts as at least 10^-9.
		assert!((loss([1.0, 0.0, 0.0]) - 9.0 * 10f64.ln()).abs() < 1e-12);
	}

	#[test]
	fn loss_of_other_shapes_or_values_is_not_a_number() {
		assert!(loss(LossMethod::Squared, &[1.0, 2.0], &[1.0]).is_nan());
		assert!(loss(LossMethod::Squared, &[f64::INFINITY], &[1.0]).is_nan());
	}
}
