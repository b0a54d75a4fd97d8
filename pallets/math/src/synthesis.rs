//! Weights from regrets and the network inferences made with them (S 8, 9).

use crate::{
	arith::{add, div, mul, mul_div, sub, sum, Exact},
	elementary::exp_ratio,
	layout::{Element, Layout},
	rules::{RegretRule, Rule, Set},
	stats::{mad, maximum, median, std_dev, weighted_percentiles},
	MathError, MathResult, Real,
};
use alloc::{borrow::Cow, vec, vec::Vec};

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
	fn inferers(&self) -> usize {
		self.inferences.len().checked_div(self.labels).unwrap_or_default()
	}

	/// The values of an inferer, empty if there is none.
	fn inference(&self, inferer: usize) -> &[Real] {
		row(self.inferences, inferer, self.labels)
	}

	/// Whether all parts fit together.
	fn check(&self) -> MathResult<()> {
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
/// In [0, 1], the best actor's is exactly 1, so their sum is at least 1. [`MathError::Empty`]
/// without regrets, [`MathError::Domain`] unless scale and p are positive, [`MathError::Overflow`]
/// if a regret is more than 9.2e18 scales over p.
pub fn weights(regrets: &[Real], scale: Real, p: Real, c: Real) -> MathResult<Vec<Real>> {
	if scale <= 0 || p <= 0 {
		return Err(MathError::Domain);
	}
	let exponent = |regret: Real| mul(p, sub(c, div(regret, scale)?)?);
	let best = exponent(maximum(regrets)?)?;
	regrets.iter().map(|regret| exp_ratio(best, exponent(*regret)?)).collect()
}

/// Weights by a stored scale, or if there is none (or 0) by the regrets' own (S 9.2).
pub fn weights_or_own_scale(
	regrets: &[Real],
	stored: Option<Real>,
	params: &WeightParams,
) -> MathResult<Vec<Real>> {
	let scale = match stored {
		Some(stored) if stored > 0 => stored,
		_ => scale(regrets, params)?,
	};
	weights(regrets, scale, params.p_norm, params.c_norm)
}

/// The weighted average `sum w v / max(sum w, 1e-7)`, rounded once (S 8.3).
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

/// The weighted average of rows, label by label with the same weights (S 17).
fn average_rows(rows: &[&[Real]], weights: &[Real], labels: usize) -> MathResult<Vec<Real>> {
	let mut column = Vec::with_capacity(rows.len());
	(0..labels)
		.map(|label| {
			column.clear();
			column.extend(rows.iter().filter_map(|row| row.get(label).copied()));
			weighted_average(&column, weights)
		})
		.collect()
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
	let rows: Vec<_> = named().map(|(inferer, _)| input.inference(*inferer)).collect();
	if rows.iter().any(|row| row.len() != input.labels || row.is_empty()) {
		return Err(MathError::Shape);
	}
	match rows.as_slice() {
		[] => Ok(None),
		[only] => Ok(Some(only.to_vec())),
		_ if input.all_new => (0..input.labels)
			.map(|label| {
				let column: Vec<_> =
					rows.iter().filter_map(|row| row.get(label).copied()).collect();
				median(&column)
			})
			.collect::<MathResult<Vec<_>>>()
			.map(Some),
		_ => {
			let regrets = named()
				.map(|(_, loss)| sub(previous_loss, *loss))
				.collect::<MathResult<Vec<_>>>()?;
			let weights = weights_or_own_scale(&regrets, input.scale, input.params)?;
			average_rows(&rows, &weights, input.labels).map(Some)
		}
	}
}

/// The percentiles of values at 2.28, 15.87, 50, 84.13 and 97.72 % of the weight (S 8.8).
///
/// Errors as [`weighted_percentiles`].
pub fn confidence_intervals(values: &[Real], weights: &[Real]) -> MathResult<[Real; 5]> {
	let percentages = INTERVAL_HUNDREDTHS.map(|hundredths| Real::ONE * hundredths / 100);
	weighted_percentiles(values, weights, &percentages)
}

/// A set's network inference and how it came about.
struct Average {
	/// The members, each with the element that holds its values; forecaster k is member n + k.
	members: Vec<(usize, Element)>,
	/// Their weights, not normalised.
	weights: Vec<Real>,
	/// The inference, one value a label.
	value: Vec<Real>,
}

/// A bundle in the making.
struct Builder<'a> {
	input: &'a Input<'a>,
	regrets: Cow<'a, RegretTable>,
	layout: Layout,
	values: Vec<Real>,
}

impl Builder<'_> {
	/// Writes the values of an element.
	fn put(&mut self, element: Element, values: &[Real]) -> MathResult<()> {
		let labels = self.input.labels;
		let start = self
			.layout
			.position(element)
			.and_then(|position| position.checked_mul(labels))
			.ok_or(MathError::Shape)?;
		let target = self.values.get_mut(start..start.saturating_add(labels));
		let target = target.filter(|target| target.len() == values.len());
		target.ok_or(MathError::Shape)?.copy_from_slice(values);
		Ok(())
	}

	/// The members of a set with the element that holds their values; forecaster k is n + k.
	fn members(&self, set: Set) -> Vec<(usize, Element)> {
		let (n, f) = (self.layout.inferers, self.layout.forecasters);
		let inferer = |j: usize| (j, Element::Inferer(j));
		let forecaster = |k: usize| (n.saturating_add(k), Element::Forecaster(k));
		let inferers = (0..n).map(inferer);
		match set {
			Set::Combined => inferers.chain((0..f).map(forecaster)).collect(),
			Set::Naive => inferers.collect(),
			Set::OneOutInferer(x) => (0..n)
				.filter(|j| *j != x)
				.map(inferer)
				.chain((0..f).map(|forecaster| {
					let element = Element::OneOutInfererForecaster { forecaster, inferer: x };
					(n.saturating_add(forecaster), element)
				}))
				.filter(|(_, element)| self.layout.position(*element).is_some())
				.collect(),
			Set::OneOutForecaster(x) => {
				inferers.chain((0..f).filter(|k| *k != x).map(forecaster)).collect()
			}
			Set::OneInForecaster(k) => inferers.chain([forecaster(k)]).collect(),
		}
	}

	/// The weights of a set and its average.
	fn average(&self, set: Set) -> MathResult<Average> {
		let labels = self.input.labels;
		let members = self.members(set);
		let rows: Vec<_> = members
			.iter()
			.filter_map(|(_, element)| self.layout.position(*element))
			.map(|position| row(&self.values, position, labels))
			.collect();
		let weights = if self.input.all_new {
			// The plain mean of the inferences; forecasters do not count.
			let weight = |(member, _): &(usize, Element)| {
				Real::from_num(u8::from(*member < self.layout.inferers))
			};
			members.iter().map(weight).collect()
		} else {
			let indices: Vec<_> = members.iter().map(|(member, _)| *member).collect();
			let rule =
				RegretRule { params: self.input.params, alpha: Real::ONE, scale: self.input.scale };
			rule.weights(&self.regrets, set, &indices)?
		};
		let value = average_rows(&rows, &weights, labels)?;
		Ok(Average { members, weights, value })
	}

	/// Fills in what comes from the inputs alone: inferences and what forecasts imply of them.
	fn inputs(&mut self, forecasters: &[usize]) -> MathResult<()> {
		let input = self.input;
		for j in 0..self.layout.inferers {
			self.put(Element::Inferer(j), input.inference(j))?;
		}
		for (k, original) in forecasters.iter().enumerate() {
			let forecast = input.forecasts.get(*original).ok_or(MathError::Shape)?;
			let whole = forecast_implied(input, forecast, None)?.ok_or(MathError::Shape)?;
			self.put(Element::Forecaster(k), &whole)?;
			for inferer in 0..self.layout.inferers {
				let element = Element::OneOutInfererForecaster { forecaster: k, inferer };
				if self.layout.position(element).is_none() {
					continue;
				}
				let named = forecast.binary_search_by_key(&inferer, |(named, _)| *named);
				let without = match named {
					Ok(_) => forecast_implied(input, forecast, Some(inferer))?,
					Err(_) => None,
				};
				// Without an inferer it does not name, a forecast implies the same.
				self.put(element, without.as_ref().unwrap_or(&whole))?;
			}
		}
		Ok(())
	}

	/// Fills in every network inference but the combined one.
	fn networks(&mut self) -> MathResult<()> {
		let (n, f) = (self.layout.inferers, self.layout.forecasters);
		let sets = [(Set::Naive, Element::Naive)]
			.into_iter()
			.chain((0..n).map(|x| (Set::OneOutInferer(x), Element::OneOutInferer(x))))
			.chain((0..f).map(|k| (Set::OneOutForecaster(k), Element::OneOutForecaster(k))))
			.chain((0..f).map(|k| (Set::OneInForecaster(k), Element::OneInForecaster(k))));
		for (set, element) in sets {
			if self.layout.position(element).is_some() {
				let average = self.average(set)?;
				self.put(element, &average.value)?;
			}
		}
		Ok(())
	}

	/// The percentiles of each label under the combined weights.
	fn intervals(
		&self,
		members: &[(usize, Element)],
		weights: &[Real],
	) -> MathResult<Vec<[Real; 5]>> {
		(0..self.input.labels)
			.map(|label| {
				let column: Vec<_> = members
					.iter()
					.filter_map(|(_, element)| self.layout.position(*element))
					.filter_map(|at| row(&self.values, at, self.input.labels).get(label).copied())
					.collect();
				confidence_intervals(&column, weights)
			})
			.collect()
	}
}

/// The layout of a bundle for those forecasters that have an implied inference.
fn layout_of(input: &Input, forecasters: &[usize]) -> Layout {
	let n = input.inferers();
	let named = forecasters.iter().map(|original| input.forecasts.get(*original));
	let only = |(k, forecast): (usize, Option<&Vec<(usize, Real)>>)| match forecast?.as_slice() {
		[(inferer, _)] if n >= 2 => Some((k, *inferer)),
		_ => None,
	};
	let absent = named.enumerate().filter_map(only).collect();
	Layout { inferers: n, forecasters: forecasters.len(), absent }
}

/// All network inferences of an epoch (S 8): the whole bundle.
///
/// Forecasters that name nobody are dropped; without a previous loss all are. If all actors are
/// new, each average is the plain mean of the inferences. [`MathError::Empty`] without inferences,
/// [`MathError::Shape`] if the parts do not fit together, [`MathError::Domain`] if parameters are
/// not positive, [`MathError::Overflow`] if values do not fit.
pub fn synthesise(input: &Input) -> MathResult<Bundle> {
	input.check()?;
	let named = |(k, forecast): (usize, &Vec<(usize, Real)>)| (!forecast.is_empty()).then_some(k);
	let forecasters: Vec<_> = match input.previous_loss {
		Some(_) => input.forecasts.iter().enumerate().filter_map(named).collect(),
		None => Vec::new(),
	};
	let regrets = if forecasters.len() == input.forecasts.len() {
		Cow::Borrowed(input.regrets)
	} else {
		Cow::Owned(input.regrets.keep_forecasters(&forecasters)?)
	};
	let layout = layout_of(input, &forecasters);
	let cells = layout.len().checked_mul(input.labels).ok_or(MathError::Overflow)?;
	let mut builder = Builder { input, regrets, layout, values: vec![Real::ZERO; cells] };
	builder.inputs(&forecasters)?;
	let Average { members, weights, value } = builder.average(Set::Combined)?;
	builder.put(Element::Combined, &value)?;
	builder.networks()?;
	let intervals = builder.intervals(&members, &weights)?;
	let total = sum(&weights)?;
	let mut inferer_weights =
		weights.iter().map(|weight| div(*weight, total)).collect::<MathResult<Vec<_>>>()?;
	let forecaster_weights = inferer_weights.split_off(builder.layout.inferers);
	Ok(Bundle {
		layout: builder.layout,
		labels: input.labels,
		forecasters,
		values: builder.values,
		inferer_weights,
		forecaster_weights,
		intervals,
	})
}
