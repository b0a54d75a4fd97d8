//! The capped weights of the original's first releases (S 9.1), which the crate does not implement.

use crate::{decimal::Decimal, formulas::soft_ramp_slope};
use allora_math::{
	arith::{add, div, sub},
	stats::maximum,
	MathResult, Real,
};

fn constant(text: &str) -> Real {
	Decimal::parse(text).and_then(|value| value.real()).expect("a small constant")
}

/// `c + offset / p`.
fn bound(offset: &str, p: Real, c: Real) -> MathResult {
	add(c, div(constant(offset), p)?)
}

/// The weight of a normalized regret: capped from above, shifted if all are far below, cut off.
pub fn weight(x: Real, x_max: Real, p: Real, c: Real) -> MathResult {
	let mut x = x.min(bound("6.75", p, c)?);
	let low = bound("-8.25", p, c)?;
	if x_max < low {
		x = add(sub(x, x_max)?, low)?;
	}
	if x < bound("-17.25", p, c)? {
		return Ok(Real::ZERO);
	}
	soft_ramp_slope(p, c, x)
}

/// The weights of regrets by a scale.
pub fn weights(regrets: &[Real], scale: Real, p: Real, c: Real) -> MathResult<Vec<Real>> {
	let best = div(maximum(regrets)?, scale)?;
	regrets.iter().map(|regret| weight(div(*regret, scale)?, best, p, c)).collect()
}

/// Whether cap, shift or cut-off changes any weight of these regrets.
pub fn bites(regrets: &[Real], scale: Real, p: Real, c: Real) -> MathResult<bool> {
	let mut any = div(maximum(regrets)?, scale)? < bound("-8.25", p, c)?;
	for regret in regrets {
		let x = div(*regret, scale)?;
		any |= x > bound("6.75", p, c)? || x < bound("-17.25", p, c)?;
	}
	Ok(any)
}
