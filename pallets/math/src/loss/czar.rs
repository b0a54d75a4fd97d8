//! CZAR: a loss of returns that punishes a wrong sign more and a miss beyond a large truth less
//! (S 10.3).
//!
//! Truth and value are mirrored so that the truth is not negative. Differences of arc tangents are
//! arc tangents of `(a - b) / (1 + a b)`, so that all terms are positive and nothing cancels.

use super::{
	atan::atan_of_quotient,
	scaled::Scaled,
	spread::{Spread, ZScale},
};
use crate::MathResult;
use sp_arithmetic::FixedI128;

/// What does not depend on the truth.
pub(super) struct Curve {
	/// `d = alpha / sqrt 3`, the shift of z-scores.
	shift: Scaled,
	/// `D = 1 + d^2`.
	size: Scaled,
	/// `h_1 / 2 = d / D`, the curvature on the wrong side.
	bend: Scaled,
	/// `A`, the loss without softening of a value at epsilon = 1 from a truth of 0.
	softening: Scaled,
	/// The inverse of `tau'`.
	steepness: Scaled,
	/// `softplus(1 / tau')`.
	full: Scaled,
}

impl Curve {
	/// The curve for an alpha that is not negative.
	pub(super) fn new(alpha: FixedI128) -> MathResult<Self> {
		let shift = Scaled::of_fixed(alpha).times(Scaled::INVERSE_ROOT_3);
		let size = Scaled::ONE.plus(shift.squared());
		let bend = shift.over(size)?;
		let zero = Scaled::ZERO;
		let mut curve = Self { shift, size, bend, softening: zero, steepness: zero, full: zero };
		curve.softening = curve.above_zero(Scaled::ONE)?;
		// D (pi / 2 - atan d) is D atan(1 / d); it is at least twice A, so tau' is at least tau.
		let limit = size.times(atan_of_quotient(Scaled::ONE, shift)?);
		let width = limit.over(curve.softening)?.minus(Scaled::ONE);
		// 1 / tau = 20.
		curve.steepness = Scaled::new(20, 0).over(width)?;
		curve.full = softplus(false, curve.steepness)?;
		Ok(curve)
	}

	/// `D (atan(t + d) - atan d) = D atan(t / (1 + d (t + d)))` for t >= 0.
	fn above_zero(&self, t: Scaled) -> MathResult<Scaled> {
		let bottom = Scaled::ONE.plus(self.shift.times(t.plus(self.shift)));
		Ok(self.size.times(atan_of_quotient(t, bottom)?))
	}

	/// `n(t) L_0(0, e')`, the softening at a truth of this size.
	///
	/// By the definition of e', `L_0(0, e') = e' + b e'^2` is A; so e' itself is not needed.
	fn softened(&self, above_zero: Scaled) -> MathResult<Scaled> {
		let ratio = above_zero.over(self.softening)?;
		let negative = ratio > Scaled::ONE;
		let m = ratio.max(Scaled::ONE).minus(ratio.min(Scaled::ONE));
		let n = softplus(negative, m.times(self.steepness))?.over(self.full)?;
		Ok(n.times(self.softening))
	}
}

/// `ln(1 + e^x)`, for x given by sign and size.
fn softplus(negative: bool, size: Scaled) -> MathResult<Scaled> {
	let rest = size.exp_neg().ln_one_plus()?;
	Ok(if negative { rest } else { size.plus(rest) })
}

/// A label's truth for CZAR.
pub(super) struct CurveTruth {
	scale: ZScale,
	truth: FixedI128,
	/// `T = |t| + d`.
	shifted: Scaled,
	/// `D (atan T - atan d)`, the loss without softening of 0.
	at_zero: Scaled,
	/// `min(h_1, h_3) / 2` and `D g(T)`: curvature and slope beyond the truth.
	bend_beyond: Scaled,
	slope_beyond: Scaled,
	softened: Scaled,
}

impl CurveTruth {
	pub(super) fn new(curve: &Curve, truth: FixedI128, spread: &Spread) -> MathResult<Self> {
		// Returns have the mean 0.
		let scale = ZScale::around(FixedI128::from_u32(0), spread)?;
		let (_, score) = scale.score(truth);
		let shifted = score.plus(curve.shift);
		let spreading = Scaled::ONE.plus(shifted.squared());
		let slope_beyond = curve.size.over(spreading)?;
		let bend = slope_beyond.times(shifted).over(spreading)?;
		let at_zero = curve.above_zero(score)?;
		Ok(Self {
			truth,
			shifted,
			at_zero,
			bend_beyond: bend.min(curve.bend),
			slope_beyond,
			softened: curve.softened(at_zero)?,
			scale,
		})
	}

	/// The loss of a value.
	pub(super) fn loss(&self, curve: &Curve, value: FixedI128) -> MathResult<Scaled> {
		let zero = FixedI128::from_u32(0);
		// A truth of 0 counts as positive.
		let (value_aside, beyond) = if self.truth < zero {
			(value >= zero, value < self.truth)
		} else {
			(value <= zero, value > self.truth)
		};
		let (_, score) = self.scale.score(value);
		let distance = self.scale.distance(self.truth, value);
		let loss = if value_aside {
			curve.bend.times(score.squared()).plus(score).plus(self.at_zero)
		} else if beyond {
			self.bend_beyond.times(distance.squared()).plus(self.slope_beyond.times(distance))
		} else {
			let bottom = Scaled::ONE.plus(self.shifted.times(score.plus(curve.shift)));
			curve.size.times(atan_of_quotient(distance, bottom)?)
		};
		Ok(loss.plus(self.softened))
	}
}
