//! Losses: how far a value is from the truth (S 10.3).
//!
//! A [`Target`] is an epoch's truth with all that depends on it alone; [`Target::loss`] measures a
//! value against it. Losses are [`Real`]s, as regrets and scores take them. Every loss is defined
//! for all values; accepted ones are at most [`MAX_VALUE`] in size.

mod atan;
mod bounded;
mod czar;
mod distance;
mod raw;
mod scaled;
mod spread;
#[cfg(test)]
mod tests;

use crate::{
	arith::{add, gather},
	MathError, MathResult, Real,
};
use alloc::vec::Vec;
use bounded::{PowerTruth, TanhTruth};
use czar::{Curve, CurveTruth};
use scaled::Scaled;
use sp_arithmetic::FixedI128;

pub use spread::Spread;

/// The largest accepted size of a truth or value, 1e15.
pub const MAX_VALUE: FixedI128 =
	FixedI128::from_inner(1_000_000_000_000_000_000_000_000_000_000_000);

/// The largest accepted delta of [`Loss::Huber`], 1e15.
pub const MAX_DELTA: FixedI128 = MAX_VALUE;

/// The largest accepted alpha of [`Loss::Czar`].
pub const MAX_ALPHA: FixedI128 = FixedI128::from_u32(1000);

/// The lowest floor under which logarithmic losses have the stated accuracy, 1e-12.
pub const MIN_FLOOR: FixedI128 = FixedI128::from_inner(1_000_000);

/// The largest size of a raw loss; larger ones count as this.
pub const MAX_RAW: Real = Real::from_bits(1000 << 64);

/// The largest size of [`Measured::own`]; larger losses count as this, 2^60.
pub const MAX_OWN: Real = Real::from_bits(1 << 124);

/// How far a value is from the truth, per label; e is truth less value (S 10.3).
///
/// A topic's loss is the sum over labels, for [`Loss::Pinball`] the mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loss<'a> {
	/// `e^2`.
	Squared,
	/// `|e|`.
	Absolute,
	/// `e^2 / 2` up to delta, `delta (|e| - delta / 2)` beyond it.
	Huber {
		/// Where the loss becomes linear, in (0, 1e15].
		delta: FixedI128,
	},
	/// `ln cosh e`.
	LogCosh,
	/// `q e` if the truth is above the value, `(q - 1) e` otherwise.
	Pinball {
		/// One level q in (0, 1) per label, in strictly ascending order.
		levels: &'a [FixedI128],
	},
	/// `e^2` of probabilities.
	Brier,
	/// `-t ln max(x, 1e-9)` of probabilities; raw.
	CrossEntropy,
	/// `x - t ln x` for counts t and rates x > 0; raw.
	Poisson,
	/// `|tanh z_t - tanh z_x|` of z-scores.
	Ztae,
	/// `|h(z_t) - h(z_x)| + (|z_t - z_x| / 100)^4` of z-scores, `h(z) = z / (1 + z^2)^0.375`.
	Zptae,
	/// The asymmetric loss of returns (S 10.3).
	Czar {
		/// The strength of the asymmetry, in [0, 1000].
		alpha: FixedI128,
	},
}

impl Loss<'_> {
	/// Whether the loss is learned from as it is, not by its logarithm.
	pub const fn is_raw(&self) -> bool {
		matches!(self, Self::CrossEntropy | Self::Poisson)
	}

	/// Whether the loss needs the [`Spread`] of each label.
	pub const fn needs_spread(&self) -> bool {
		matches!(self, Self::Ztae | Self::Zptae | Self::Czar { .. })
	}

	/// Checks the parameters, for this number of labels.
	///
	/// [`MathError::Domain`] for a delta, alpha or level out of range or levels that do not ascend,
	/// [`MathError::Shape`] unless there is a level per label, [`MathError::Empty`] without labels.
	pub fn check(&self, labels: usize) -> MathResult<()> {
		let zero = FixedI128::from_u32(0);
		let sound = match self {
			_ if labels == 0 => return Err(MathError::Empty),
			Self::Huber { delta } => *delta > zero && *delta <= MAX_DELTA,
			Self::Czar { alpha } => *alpha >= zero && *alpha <= MAX_ALPHA,
			Self::Pinball { levels } if levels.len() != labels => return Err(MathError::Shape),
			Self::Pinball { levels } => {
				let mut lower = zero;
				levels.iter().all(|level| {
					let ascends = *level > lower && *level < FixedI128::from_u32(1);
					lower = *level;
					ascends
				})
			}
			_ => true,
		};
		sound.then_some(()).ok_or(MathError::Domain)
	}
}

/// What a loss needs of the truth's labels, computed once.
enum Labels {
	Plain,
	Tanh(Vec<TanhTruth>),
	Power(Vec<PowerTruth>),
	Czar(Curve, Vec<CurveTruth>),
}

/// A loss in the topic's own unit, and as rules learn from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Measured {
	/// The loss before the logarithm and without the floor, rounded toward zero to 2^-64 and limited
	/// to [`MAX_OWN`] in size; negative for raw losses only.
	pub own: Real,
	/// What [`Target::loss`] returns.
	pub learned: Real,
}

/// An epoch's truth, against which any number of values is measured.
pub struct Target<'a> {
	loss: Loss<'a>,
	truth: &'a [FixedI128],
	floor: Scaled,
	labels: Labels,
}

impl<'a> Target<'a> {
	/// Prepares a truth.
	///
	/// `truth` has one value per label. `spreads` has one entry per label if
	/// [`Loss::needs_spread`]; otherwise it is not read. `floor` is what is added before the
	/// logarithm; not read for a raw loss. Errors of [`Loss::check`], [`MathError::Shape`] if
	/// lengths differ, [`MathError::Domain`] for a floor that is not positive.
	pub fn new(
		loss: Loss<'a>,
		truth: &'a [FixedI128],
		spreads: &[Spread],
		floor: FixedI128,
	) -> MathResult<Self> {
		loss.check(truth.len())?;
		if loss.needs_spread() && spreads.len() != truth.len() {
			return Err(MathError::Shape);
		}
		if !loss.is_raw() && floor <= FixedI128::from_u32(0) {
			return Err(MathError::Domain);
		}
		let pairs = truth.iter().zip(spreads);
		let labels = match loss {
			Loss::Ztae => {
				Labels::Tanh(gather(pairs.map(|(t, spread)| TanhTruth::new(*t, spread)))?)
			}
			Loss::Zptae => {
				Labels::Power(gather(pairs.map(|(t, spread)| PowerTruth::new(*t, spread)))?)
			}
			Loss::Czar { alpha } => {
				let curve = Curve::new(alpha)?;
				let truths = gather(pairs.map(|(t, spread)| CurveTruth::new(&curve, *t, spread)))?;
				Labels::Czar(curve, truths)
			}
			_ => Labels::Plain,
		};
		Ok(Self { loss, truth, floor: Scaled::of_fixed(floor), labels })
	}

	/// The loss of one value per label: the decimal logarithm of loss and floor, or the loss itself
	/// if it is raw, limited to [`MAX_RAW`] in size (S 10.3).
	///
	/// For accepted values it never fails but with [`MathError::Shape`], if the number of values is
	/// not that of labels.
	pub fn loss(&self, values: &[FixedI128]) -> MathResult {
		Ok(self.measure(values)?.learned)
	}

	/// The loss of one value per label, both in the topic's own unit and as rules learn from it
	/// (S 10.3); errors as for [`Target::loss`].
	///
	/// The two are equal for a raw loss of at most [`MAX_RAW`] in size.
	pub fn measure(&self, values: &[FixedI128]) -> MathResult<Measured> {
		if values.len() != self.truth.len() {
			return Err(MathError::Shape);
		}
		let raw = match self.loss {
			Loss::CrossEntropy => self.raw(values, raw::cross_entropy)?,
			Loss::Poisson => self.raw(values, raw::poisson)?,
			_ => {
				let total = self.total(values)?;
				let learned = total.plus(self.floor).log10()?;
				return Ok(Measured { own: total.to_real(MAX_OWN), learned });
			}
		};
		Ok(Measured { own: raw.clamp(-MAX_OWN, MAX_OWN), learned: raw.clamp(-MAX_RAW, MAX_RAW) })
	}

	/// The sum of a raw loss over the labels.
	fn raw(
		&self,
		values: &[FixedI128],
		loss: impl Fn(FixedI128, FixedI128) -> MathResult,
	) -> MathResult {
		let mut pairs = self.truth.iter().zip(values);
		pairs.try_fold(Real::ZERO, |sum, (t, x)| add(sum, loss(*t, *x)?))
	}

	/// The loss over all labels, before the logarithm.
	fn total(&self, values: &[FixedI128]) -> MathResult<Scaled> {
		let pairs = self.truth.iter().copied().zip(values.iter().copied());
		match (self.loss, &self.labels) {
			(_, Labels::Tanh(truths)) => {
				sum(truths.iter().zip(values).map(|(truth, x)| truth.loss(*x)))
			}
			(_, Labels::Power(truths)) => {
				sum(truths.iter().zip(values).map(|(truth, x)| truth.loss(*x)))
			}
			(_, Labels::Czar(curve, truths)) => {
				sum(truths.iter().zip(values).map(|(truth, x)| truth.loss(curve, *x)))
			}
			(Loss::Squared, _) => sum(pairs.map(|(t, x)| Ok(distance::squared(t, x)))),
			(Loss::Absolute, _) => sum(pairs.map(|(t, x)| Ok(distance::absolute(t, x)))),
			(Loss::Huber { delta }, _) => sum(pairs.map(|(t, x)| Ok(distance::huber(delta, t, x)))),
			(Loss::LogCosh, _) => sum(pairs.map(|(t, x)| distance::log_cosh(t, x))),
			(Loss::Brier, _) => sum(pairs.map(|(t, x)| Ok(distance::brier(t, x)))),
			(Loss::Pinball { levels }, _) => {
				let losses = levels.iter().zip(pairs);
				let losses = losses.map(|(q, (t, x))| Ok(distance::pinball(*q, t, x)));
				let count = u128::try_from(levels.len()).map_err(|_| MathError::Overflow)?;
				sum(losses)?.over(Scaled::new(count, 0))
			}
			// All others have prepared labels or are raw.
			_ => Err(MathError::Shape),
		}
	}
}

/// The sum of losses, or the first error.
fn sum(mut losses: impl Iterator<Item = MathResult<Scaled>>) -> MathResult<Scaled> {
	losses.try_fold(Scaled::ZERO, |sum, loss| Ok(sum.plus(loss?)))
}

/// The loss of one value per label; arguments and errors as for [`Target::new`] and
/// [`Target::loss`] (S 10.3).
pub fn loss_of(
	loss: &Loss,
	truth: &[FixedI128],
	value: &[FixedI128],
	spreads: &[Spread],
	floor: FixedI128,
) -> MathResult {
	Target::new(*loss, truth, spreads, floor)?.loss(value)
}

/// The losses of all elements of a bundle, in their order (S 10.3).
///
/// `elements` is the concatenation of the elements' rows, one value per label, as bundles store
/// them. Errors as for [`loss_of`]; [`MathError::Shape`] also if the last row is incomplete.
pub fn element_losses(
	loss: &Loss,
	truth: &[FixedI128],
	elements: &[FixedI128],
	spreads: &[Spread],
	floor: FixedI128,
) -> MathResult<Vec<Real>> {
	let target = Target::new(*loss, truth, spreads, floor)?;
	// At least 1, since a truth without labels is an error.
	gather(elements.chunks(truth.len()).map(|values| target.loss(values)))
}
