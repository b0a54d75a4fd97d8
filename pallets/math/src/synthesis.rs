//! Weights from regrets and the network inferences made with them (S 8, 9).

use crate::{
	arith::{add, gather, mul_div, signed, sub, sum, Exact},
	bundle::Builder,
	layout::{Element, Layout},
	stats::{mad, maximum, median, std_dev, weighted_percentiles},
	weighing::{self, Gauge, Total},
	wide::U256,
	MathError, MathResult, Real,
};
use alloc::vec::Vec;

pub use crate::regrets::RegretTable;

/// The least sum of weights an average divides by, 1e-7 (S 3, 8.3).
pub const EPSILON_SAFE_DIV: Real = Real::from_bits(1_844_674_407_371);

/// The percentages of the confidence intervals, in hundredths (S 8.8).
const INTERVAL_HUNDREDTHS: [i128; 5] = [228, 1587, 5000, 8413, 9772];

/// How the spread of regrets is measured (S 9.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScaleRule {
	/// `|1.4826 MAD| + epsilon`, the robust one of the later releases.
	Mad,
	/// `sigma + epsilon`, the one of the first releases.
	StdDev,
}

/// How regrets become weights (S 9).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WeightParams {
	/// The slope p, typically 3.
	pub p_norm: Real,
	/// The offset c, typically 0.75.
	pub c_norm: Real,
	/// What keeps a scale from zero, typically 0.01.
	pub epsilon: Real,
	/// How the scale is measured.
	pub scale_rule: ScaleRule,
}

/// What a synthesis needs.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
	/// Labels a value has, at least 1.
	pub labels: usize,
	/// The inferences: one row an inferer, one column a label.
	pub inferences: &'a [Real],
	/// The forecasts: for each forecaster the log losses it expects of inferers, by ascending
	/// index, each inferer at most once.
	pub forecasts: &'a [Vec<(usize, Real)>],
	/// The network's last log loss; without one the forecasters are ignored (S 8.1).
	pub previous_loss: Option<Real>,
	/// Whether no actor has history: every average is then the plain mean of the inferences, and a
	/// forecast-implied inference the median of those it names (S 8.1).
	pub all_new: bool,
	/// The stored scale common to all sets (S 9.2); `None` or 0: each set uses its own.
	pub scale: Option<Real>,
	/// The regrets of the inferers and of all forecasters in `forecasts`.
	pub regrets: &'a RegretTable,
	/// How regrets become weights.
	pub params: &'a WeightParams,
}

impl Input<'_> {
	/// The number of inferers.
	pub(crate) fn inferers(&self) -> usize {
		self.inferences.len().checked_div(self.labels).unwrap_or_default()
	}

	/// The values of an inferer, empty if there is none.
	pub(crate) fn inference(&self, inferer: usize) -> &[Real] {
		row(self.inferences, inferer, self.labels)
	}

	/// Whether all parts fit together.
	pub(crate) fn check(&self) -> MathResult<()> {
		let n = self.inferers();
		if self.inferences.is_empty() {
			return Err(MathError::Empty);
		}
		let ascending = |forecast: &Vec<(usize, Real)>| {
			forecast.iter().zip(forecast.iter().skip(1)).all(|(a, b)| a.0 < b.0)
				&& forecast.last().is_none_or(|(inferer, _)| *inferer < n)
		};
		let whole = n.checked_mul(self.labels) == Some(self.inferences.len());
		if !whole || !self.regrets.fits(n, self.forecasts.len()) {
			return Err(MathError::Shape);
		}
		self.forecasts.iter().all(ascending).then_some(()).ok_or(MathError::Shape)
	}
}

/// The network inferences of an epoch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bundle {
	/// Which elements there are.
	pub layout: Layout,
	/// Labels a value has.
	pub labels: usize,
	/// The forecasters that have a forecast-implied inference, as indices into the forecasts given.
	pub forecasters: Vec<usize>,
	/// The values: one row an element of the layout, one column a label.
	pub values: Vec<Real>,
	/// The inferers' weights in the combined inference; with the forecasters' they add up to 1.
	pub inferer_weights: Vec<Real>,
	/// The forecasters' weights in the combined inference, in the order of `forecasters`.
	pub forecaster_weights: Vec<Real>,
	/// For each label the combined inference's percentiles at 2.28, 15.87, 50, 84.13 and 97.72 %.
	pub intervals: Vec<[Real; 5]>,
}

impl Bundle {
	/// The values of an element, or `None` if the bundle lacks it.
	pub fn value(&self, element: Element) -> Option<&[Real]> {
		let start = self.layout.position(element)?.checked_mul(self.labels)?;
		self.values.get(start..start.checked_add(self.labels)?)
	}
}

/// A row of a matrix, empty if there is none.
fn row(matrix: &[Real], index: usize, columns: usize) -> &[Real] {
	let start = index.saturating_mul(columns);
	matrix.get(start..start.saturating_add(columns)).unwrap_or_default()
}

/// The robust scale of regrets: `|1.4826 MAD(R)| + epsilon` (S 9.2).
///
/// [`MathError::Empty`] without regrets.
pub fn mad_scale(regrets: &[Real], epsilon: Real) -> MathResult {
	let spread = mul_div(mad(regrets)?, Real::ONE * 7413, Real::ONE * 5000)?;
	add(spread, epsilon)
}

/// The scale of the first releases: `sigma(R) + epsilon` (S 9.1).
///
/// [`MathError::Empty`] without regrets.
pub fn std_scale(regrets: &[Real], epsilon: Real) -> MathResult {
	add(std_dev(regrets)?, epsilon)
}

/// The scale of regrets by the rule of the parameters (S 9.2); [`MathError::Empty`] of none.
pub fn scale(regrets: &[Real], params: &WeightParams) -> MathResult {
	match params.scale_rule {
		ScaleRule::Mad => mad_scale(regrets, params.epsilon),
		ScaleRule::StdDev => std_scale(regrets, params.epsilon),
	}
}

/// Weights relative to the best actor: `(1 + e^a) / (1 + e^b)` with `a = -p (x_max - c)`,
/// `b = -p (x - c)` and `x = R / scale` (S 9.3).
///
/// In [0, 1], the best actor's is exactly 1, so their sum is at least 1; within 32 * 2^-64.
/// [`MathError::Empty`] without regrets, [`MathError::Domain`] unless scale and p are positive,
/// [`MathError::Overflow`] if `p / scale` or `p c` is beyond 2e18.
pub fn weights(regrets: &[Real], scale: Real, p: Real, c: Real) -> MathResult<Vec<Real>> {
	let gauge = Gauge::new(scale, p, c)?;
	let best = maximum(regrets)?;
	let scales = gauge.for_best(best);
	let whole = weighing::divisor(scales.weight(best).into())?;
	let relative = |regret: &Real| {
		let weight = U256::shifted(scales.weight(*regret).into());
		signed(false, whole.divide_nearest(weight)).map(|weight| weight.min(Real::ONE))
	};
	gather(regrets.iter().map(relative))
}

/// The scale to weigh by: the stored one, or if there is none (or 0) the regrets' own (S 9.2).
fn scale_or_own(regrets: &[Real], stored: Option<Real>, params: &WeightParams) -> MathResult {
	match stored {
		Some(stored) if stored > 0 => Ok(stored),
		_ => scale(regrets, params),
	}
}

/// The weighted average `sum w v / max(sum w, 1e-7)`, rounded once (S 8.3).
///
/// The formula by the book; bundles take the shorter way of [`weighing`], which is tested against
/// it.
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
	Exact::of_products(weights.iter().copied().zip(values.iter().copied()))?.divide(divisor)
}

/// The inference a forecast implies, with one inferer left out or none (S 8.2, 8.5).
///
/// One value a label. The weights come from the regrets `L_{i-1} - L_forecast` of the inferers it
/// names; of a single one it is that inference, if all are new their median. `None` if the forecast
/// names nobody who is left, or there is no previous loss. [`MathError::Shape`] if it names an
/// inferer who is not there.
pub fn forecast_implied(
	input: &Input,
	forecast: &[(usize, Real)],
	left_out: Option<usize>,
) -> MathResult<Option<Vec<Real>>> {
	let Some(previous_loss) = input.previous_loss else {
		return Ok(None);
	};
	let named = || forecast.iter().filter(|(inferer, _)| Some(*inferer) != left_out);
	let column = |label| {
		let value =
			move |(inferer, _): &(usize, Real)| input.inference(*inferer).get(label).copied();
		named().map(move |element| value(element).ok_or(MathError::Shape))
	};
	if named().next().is_none() {
		return Ok(None);
	}
	if input.all_new {
		let of_label = |label| median(&gather(column(label))?);
		return gather((0..input.labels).map(of_label)).map(Some);
	}
	let regrets = gather(named().map(|(_, loss)| sub(previous_loss, *loss)))?;
	let params = input.params;
	let gauge =
		Gauge::new(scale_or_own(&regrets, input.scale, params)?, params.p_norm, params.c_norm)?;
	let scales = gauge.for_best(maximum(&regrets)?);
	let weights: Vec<_> = regrets.iter().map(|regret| scales.weight(*regret)).collect();
	let divisor = weighing::divisor(weighing::sum_of(&weights))?;
	let of_label = |label| {
		let mut total = Total::default();
		for (weight, value) in weights.iter().zip(column(label)) {
			total.add(*weight, value?)?;
		}
		total.over(&divisor)
	};
	gather((0..input.labels).map(of_label)).map(Some)
}

/// The percentiles of values at 2.28, 15.87, 50, 84.13 and 97.72 % of the weight (S 8.8).
///
/// Errors as [`weighted_percentiles`].
pub fn confidence_intervals(values: &[Real], weights: &[Real]) -> MathResult<[Real; 5]> {
	let percentages = INTERVAL_HUNDREDTHS.map(|hundredths| Real::ONE * hundredths / 100);
	weighted_percentiles(values, weights, &percentages)
}

/// All network inferences of an epoch (S 8): the whole bundle.
///
/// Forecasters that name nobody are dropped; without a previous loss all are. If all actors are
/// new, each average is the plain mean of the inferences. [`MathError::Empty`] without inferences,
/// [`MathError::Shape`] if the parts do not fit together, [`MathError::Domain`] if parameters are
/// not positive, [`MathError::Overflow`] if there are more than 64 actors or values do not fit; an
/// inference has to be below 2^56 in size.
pub fn synthesise(input: &Input) -> MathResult<Bundle> {
	Builder::new(input)?.build()
}
