//! Differences of transformed z-scores: ZTAE and ZPTAE (S 10.3).
//!
//! Both transforms flatten for large z-scores, so the difference of two transformed numbers would
//! lose most of its digits. It is computed from the difference of the z-scores instead, which is
//! exact.

use super::{
	scaled::{part, Scaled},
	spread::{Spread, ZScale},
};
use crate::MathResult;
use sp_arithmetic::FixedI128;

/// A label's truth for ZTAE.
pub(super) struct TanhTruth {
	scale: ZScale,
	truth: FixedI128,
	below: bool,
	score: Scaled,
	/// `e^(-2 |z|)`, and one more.
	decay: Scaled,
	decay_plus_one: Scaled,
}

impl TanhTruth {
	pub(super) fn new(truth: FixedI128, spread: &Spread) -> MathResult<Self> {
		let scale = ZScale::around(spread.mean, spread)?;
		let (below, score) = scale.score(truth);
		let decay = score.shifted(1).exp_neg();
		let decay_plus_one = Scaled::ONE.plus(decay);
		Ok(Self { scale, truth, below, score, decay, decay_plus_one })
	}

	/// `|tanh a - tanh b| = 2 (1 - e^(-2 |a - b|)) e^(-2 m) / ((1 + e^(-2 |a|)) (1 + e^(-2 |b|)))`
	/// of truth and value, where m is the smaller of |a| and |b|, or 0 if their signs differ.
	pub(super) fn loss(&self, value: FixedI128) -> MathResult<Scaled> {
		let (below, score) = self.scale.score(value);
		let decay = score.shifted(1).exp_neg();
		let distance = self.scale.distance(self.truth, value);
		let shared = match below == self.below {
			true if score < self.score => decay,
			true => self.decay,
			false => Scaled::ONE,
		};
		let top = distance.shifted(1).one_minus_exp_neg().times(shared).shifted(1);
		top.over(self.decay_plus_one.times(Scaled::ONE.plus(decay)))
	}
}

/// A label's truth for ZPTAE.
pub(super) struct PowerTruth {
	scale: ZScale,
	truth: FixedI128,
	below: bool,
	score: Scaled,
	/// The size of the transformed z-score.
	transformed: Scaled,
}

impl PowerTruth {
	pub(super) fn new(truth: FixedI128, spread: &Spread) -> MathResult<Self> {
		let scale = ZScale::around(spread.mean, spread)?;
		let (below, score) = scale.score(truth);
		Ok(Self { scale, truth, below, score, transformed: transform(score)? })
	}

	/// `|h(a) - h(b)| + (|a - b| / 100)^4` of truth and value.
	pub(super) fn loss(&self, value: FixedI128) -> MathResult<Scaled> {
		let (below, score) = self.scale.score(value);
		let distance = self.scale.distance(self.truth, value);
		let near = if below != self.below {
			transform(score)?.plus(self.transformed)
		} else if score > self.score {
			rise(transform(score)?, score, self.score, distance)?
		} else {
			rise(self.transformed, self.score, score, distance)?
		};
		Ok(near.plus(distance.times(Scaled::HUNDREDTH).squared().squared()))
	}
}

/// 3/8 in units of 2^-64.
const THREE_EIGHTHS: u64 = part(3, 8);

/// Three eighths of a number.
fn three_eighths(x: Scaled) -> Scaled {
	x.times(Scaled::new(THREE_EIGHTHS.into(), -64))
}

/// `h(z) = z / (1 + z^2)^(3/8)` for z >= 0.
fn transform(z: Scaled) -> MathResult<Scaled> {
	Ok(z.times(three_eighths(z.squared().ln_one_plus()?).exp_neg()))
}

/// `h(a) - h(b)` for a >= b >= 0, from h(a) and the distance `u = a - b`.
///
/// It is `h(a) (1 - e^-L)` with `L = ln(1 + u / b) - 3/8 ln(1 + u (a + b) / (1 + b^2))`. The second
/// term is at most 3/4 of the first one.
fn rise(high: Scaled, a: Scaled, b: Scaled, distance: Scaled) -> MathResult<Scaled> {
	if b == Scaled::ZERO {
		return Ok(high);
	}
	let outer = distance.over(b)?.ln_one_plus()?;
	let inner = distance.times(a.plus(b)).over(Scaled::ONE.plus(b.squared()))?.ln_one_plus()?;
	Ok(high.times(outer.minus(three_eighths(inner)).one_minus_exp_neg()))
}
