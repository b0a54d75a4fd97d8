//! Weights from regrets, and weighted averages (S 8.3, 9), in their plain form.

use crate::{
	arith::{add, gather, mul_div, signed, sum, ExactSum},
	stats::{mad, maximum, std_dev},
	weighing::{self, WeightScale},
	MathError, MathResult, Real,
};
use alloc::vec::Vec;

/// The minimum sum of weights by which an average is divided, 1e-7 (S 3, 8.3).
pub const EPSILON_SAFE_DIV: Real = Real::from_bits(1_844_674_407_371);

/// How the spread of regrets is measured (S 9.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScaleRule {
	/// `|1.4826 MAD| + epsilon`, as in later releases of the original.
	Mad,
	/// `sigma + epsilon`, as in its first releases.
	StdDev,
}

/// The parameters by which losses become regrets and regrets become weights (S 9, 11).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WeightParams {
	/// The slope p, typically 3.
	pub p_norm: Real,
	/// The offset c, typically 0.75.
	pub c_norm: Real,
	/// The minimum of a scale, typically 0.01.
	pub epsilon: Real,
	/// How the spread of regrets is measured.
	pub scale_rule: ScaleRule,
	/// The smoothing factor of regrets, in (0, 1], typically 0.1.
	pub alpha: Real,
}

/// The robust scale of regrets: `|1.4826 MAD(R)| + epsilon` (S 9.2).
///
/// [`MathError::Empty`] without regrets.
pub fn mad_scale(regrets: &[Real], epsilon: Real) -> MathResult {
	let spread = mul_div(mad(regrets)?, Real::ONE * 7413, Real::ONE * 5000)?;
	add(spread, epsilon)
}

/// The scale of the original's first releases: `sigma(R) + epsilon` (S 9.2).
///
/// [`MathError::Empty`] without regrets.
pub fn std_scale(regrets: &[Real], epsilon: Real) -> MathResult {
	add(std_dev(regrets)?, epsilon)
}

/// The scale of regrets by the rule of the parameters (S 9.2).
///
/// [`MathError::Empty`] without regrets.
pub fn scale(regrets: &[Real], params: &WeightParams) -> MathResult {
	match params.scale_rule {
		ScaleRule::Mad => mad_scale(regrets, params.epsilon),
		ScaleRule::StdDev => std_scale(regrets, params.epsilon),
	}
}

/// Weights relative to the best actor: `(1 + e^a) / (1 + e^b)` with `a = -p (x_max - c)`,
/// `b = -p (x - c)` and `x = R / scale` (S 9.3).
///
/// They are in [0, 1] and within 32 * 2^-64. The best actor's is exactly 1, so their sum is at
/// least 1. [`MathError::Empty`] without regrets, [`MathError::Domain`] unless `scale` and `p` are
/// positive, [`MathError::Overflow`] if `p / scale` or `p c` exceeds 2e18.
pub fn weights(regrets: &[Real], scale: Real, p: Real, c: Real) -> MathResult<Vec<Real>> {
	let weight_scale = WeightScale::new(scale, p, c)?;
	let best = maximum(regrets)?;
	let set_scale = weight_scale.for_set(best);
	let whole = weighing::divisor(set_scale.weight(best).into())?;
	let relative = |regret: &Real| {
		let weight = whole.fraction_nearest(set_scale.weight(*regret).into());
		signed(false, weight).map(|weight| weight.min(Real::ONE))
	};
	gather(regrets.iter().map(relative))
}

/// The stored scale, or the scale of the regrets themselves if none or 0 is stored (S 9.2).
pub(crate) fn scale_or_own(
	regrets: &[Real],
	stored: Option<Real>,
	params: &WeightParams,
) -> MathResult {
	match stored {
		Some(stored) if stored > 0 => Ok(stored),
		_ => scale(regrets, params),
	}
}

/// The weighted average `sum w v / max(sum w, 1e-7)`, rounded once (S 8.3).
///
/// Bundles use the faster form of [`weighing`], which is tested against this one.
///
/// [`MathError::Empty`] without values, [`MathError::Shape`] if the lengths differ.
pub fn weighted_average(values: &[Real], weights: &[Real]) -> MathResult {
	if values.len() != weights.len() {
		return Err(MathError::Shape);
	}
	if values.is_empty() {
		return Err(MathError::Empty);
	}
	let divisor = sum(weights)?.max(EPSILON_SAFE_DIV);
	ExactSum::of_products(weights.iter().copied().zip(values.iter().copied()))?.divide(divisor)
}
