//! Where the truth of an epoch is expected: the network inference and the quantiles of its own
//! recent errors (S 8.10).
//!
//! A topic keeps a [`LabelState`] per label, whatever the rule by which it weighs workers.

use crate::{
	arith::{abs, add, clip, gather, mul, sub, Unit},
	stats::ema,
	MathError, MathResult, Real,
};
use alloc::vec::Vec;

/// The least size of a scale, 2^-30.
pub(crate) const LEAST_SCALE: Real = Real::from_bits(1 << 34);

/// The largest error that moves a scale, in scales.
const GROWTH: i32 = 10;

/// The smoothing of scales.
const SMOOTHING: Real = Real::lit("0.05");

/// The levels of the quantiles, their steps, and the largest size of a quantile.
const LEVELS: [Real; 4] =
	[Real::lit("0.025"), Real::lit("0.16"), Real::lit("0.84"), Real::lit("0.975")];
const STEPS: [Real; 4] =
	[Real::lit("0.06"), Real::lit("0.02"), Real::lit("0.02"), Real::lit("0.06")];
const MAX_QUANTILE: Real = Real::from_bits(20 << 64);

/// The network's errors in one label.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LabelState {
	/// The running mean absolute error: 0 before the first truth, then at least 2^-30, and at most
	/// 3e15 where values and truths are at most 1e15 in size.
	pub scale: Real,
	/// The quantiles of the error at 2.5, 16, 84 and 97.5 %, in units of `scale`, each from -20 to
	/// 20.
	pub quantiles: [Real; 4],
}

impl Default for LabelState {
	fn default() -> Self {
		let quantiles = ["-2.5", "-1.25", "1.25", "2.5"].map(Real::lit);
		Self { scale: Real::ZERO, quantiles }
	}
}

/// Where the truth is expected with 95 % and 68 % probability: the quantiles at 2.5, 16, 84 and
/// 97.5 %, in ascending order, per label (S 8.10).
///
/// `network` is the network inference, one value per label; `probabilities` limits the quantiles to
/// [0, 1]. `None` if a label has seen no truth. [`MathError::Shape`] if the lengths differ,
/// [`MathError::Overflow`] only for values far above 1e15.
pub fn interval(
	labels: &[LabelState],
	network: &[Real],
	probabilities: bool,
) -> MathResult<Option<Vec<[Real; 4]>>> {
	if labels.len() != network.len() {
		return Err(MathError::Shape);
	}
	if labels.iter().any(|label| label.scale <= 0) {
		return Ok(None);
	}
	let of_label = |(state, value): (&LabelState, &Real)| {
		let mut bounds = state.quantiles;
		for bound in &mut bounds {
			*bound = add(*value, mul(state.scale, *bound)?)?;
			if probabilities {
				*bound = (*bound).clamp(Real::ZERO, Real::ONE);
			}
		}
		bounds.sort_unstable();
		Ok(bounds)
	};
	gather(labels.iter().zip(network).map(of_label)).map(Some)
}

/// Learns from the errors of an epoch's network inference, truth less inference, one per label
/// (S 8.10).
///
/// `scales_then` are the labels' scales when the inference was made; a label whose scale was 0 then
/// keeps its quantiles. [`MathError::Shape`] if the lengths differ, [`MathError::Overflow`] only for
/// the minimum of the type as an error.
pub fn learn(labels: &mut [LabelState], scales_then: &[Real], errors: &[Real]) -> MathResult<()> {
	if labels.len() != scales_then.len() || labels.len() != errors.len() {
		return Err(MathError::Shape);
	}
	for ((state, then), error) in labels.iter_mut().zip(scales_then).zip(errors) {
		if *then > 0 {
			// A quantile is at most 20 in size, so a limit above it does not change the order.
			let z = Unit::new(*then)?.of(*error, Real::from_num(10_000))?;
			for ((quantile, level), step) in state.quantiles.iter_mut().zip(LEVELS).zip(STEPS) {
				let below = if z < *quantile { Real::ONE } else { Real::ZERO };
				let moved = add(*quantile, mul(step, sub(level, below)?)?)?;
				*quantile = clip(moved, MAX_QUANTILE);
			}
		}
		let size = abs(*error)?;
		let scale = if state.scale > 0 { state.scale } else { size.max(LEAST_SCALE) };
		state.scale = next_scale(scale, size)?;
	}
	Ok(())
}

/// The running mean error after one more error.
pub(crate) fn next_scale(scale: Real, error: Real) -> MathResult {
	let counted = error.min(scale.saturating_mul(Real::from_num(GROWTH)));
	Ok(ema(SMOOTHING, counted, Some(scale))?.max(LEAST_SCALE))
}

#[cfg(test)]
mod tests {
	use super::*;
	use alloc::vec;

	/// Numbers of a uniform distribution in [-1, 1), by a linear congruential generator.
	fn uniform(count: usize) -> Vec<Real> {
		let mut state = 1u64;
		let mut next = || {
			state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
			Real::from_bits(i128::from(state >> 32) << 33) - Real::ONE
		};
		(0..count).map(|_| next()).collect()
	}

	#[test]
	fn interval_needs_a_truth_of_every_label() {
		let mut labels = [LabelState::default(); 2];
		let network = [Real::ONE, Real::from_num(2)];
		assert_eq!(interval(&labels, &network, false), Ok(None));
		labels[0].scale = Real::from_num(2);
		assert_eq!(interval(&labels, &network, false), Ok(None));
		labels[1].scale = Real::ONE;
		let expected = [[-4.0, -1.5, 3.5, 6.0], [-0.5, 0.75, 3.25, 4.5]];
		let expected = expected.map(|row| row.map(Real::from_num));
		assert_eq!(interval(&labels, &network, false), Ok(Some(expected.to_vec())));
		let limited = [[0, 0, 1, 1].map(Real::from_num), [0.0, 0.75, 1.0, 1.0].map(Real::from_num)];
		assert_eq!(interval(&labels, &network, true), Ok(Some(limited.to_vec())));
	}

	#[test]
	fn lengths_must_match() {
		let mut labels = [LabelState::default(); 2];
		let one = [Real::ONE];
		assert_eq!(interval(&labels, &one, false), Err(MathError::Shape));
		let two = [Real::ONE; 2];
		assert_eq!(learn(&mut labels, &one, &two), Err(MathError::Shape));
		assert_eq!(learn(&mut labels, &two, &one), Err(MathError::Shape));
	}

	#[test]
	fn first_truth_sets_the_scale_and_leaves_the_quantiles() {
		let mut labels = [LabelState::default(); 3];
		let errors = [-4, 0, 1].map(Real::from_num);
		learn(&mut labels, &[Real::ZERO; 3], &errors).unwrap();
		let scales = labels.map(|label| label.scale);
		assert_eq!(scales, [Real::from_num(4), Real::ONE >> 30, Real::ONE]);
		assert!(labels.iter().all(|label| label.quantiles == LabelState::default().quantiles));
	}

	#[test]
	fn interval_contains_the_stated_share_of_truths() {
		let mut labels = vec![LabelState::default()];
		let (mut inner, mut outer) = (0, 0);
		let errors = uniform(6_000);
		for (epoch, error) in errors.iter().enumerate() {
			let bounds = interval(&labels, &[Real::ZERO], false).unwrap();
			if let (Some([[a, b, c, d]]), true) = (bounds.as_deref(), epoch >= 1_000) {
				inner += u32::from(b <= error && error <= c);
				outer += u32::from(a <= error && error <= d);
			}
			let then = [labels[0].scale];
			learn(&mut labels, &then, &[*error]).unwrap();
		}
		assert!((3_250..=3_550).contains(&inner), "{inner} of 5000");
		assert!((4_650..=4_850).contains(&outer), "{outer} of 5000");
	}

	#[test]
	fn scale_grows_by_at_most_45_percent_and_errors_of_any_size_are_accepted() {
		let mut labels = [LabelState { scale: Real::ONE, ..Default::default() }; 2];
		learn(&mut labels, &[Real::DELTA; 2], &[Real::MAX, -Real::MAX]).unwrap();
		for label in &labels {
			assert!((label.scale - Real::lit("1.45")).abs() < Real::lit("1e-18"));
		}
		assert!(labels[0].quantiles > LabelState::default().quantiles);
		assert!(labels[1].quantiles < LabelState::default().quantiles);
	}
}
