//! The computation of a bundle (S 8): weights and averages of all sets.
//!
//! With n inferers and f forecasters there are n + 2 f + 2 sets of up to n + f members, so the cost
//! grows as (n + 2 f) (n + f). A forecast-implied inference without one of its inferers differs
//! from the whole one by one term, which is subtracted. Only if that term has most of the weight,
//! the others are weighed again.

use super::{
	bundle::{Bundle, Input},
	formulas::{disagreement, forecast_implied},
};
use crate::{
	arith::{add, gather, signed, sub},
	layout::{Element, Layout, Set},
	rules::{Actors, RegretRule, Rule},
	weighing::{divisor, sum_of, Total, Weight, WeightScale, SMALL},
	weights::WeightParams,
	MathError, MathResult, Real,
};
use alloc::{borrow::Cow, vec, vec::Vec};
use core::{mem, ops::Range};

/// The minimum weight, a quarter, of the other terms of a forecast if a term is to be subtracted.
const MIN_REST: u128 = 1 << 62;

/// The maximum number of actors of a bundle, inferers and forecasters together.
const MAX_ACTORS: usize = 64;

/// The bundle of an epoch: all its network inferences (S 8).
///
/// Forecasters with an empty forecast are dropped, and all forecasters without a previous loss. If
/// all actors are new, each average is the plain mean of the inferences. [`MathError::Empty`]
/// without inferences, [`MathError::Shape`] if the sizes of the parts do not match,
/// [`MathError::Domain`] if parameters are not positive, [`MathError::Overflow`] if there are more
/// than 64 actors, an inference is not below 2^56 in absolute value, or a result does not fit.
pub fn synthesise(input: &Input) -> MathResult<Bundle> {
	input.check()?;
	let forecasters = implying(input);
	let regrets = if forecasters.len() == input.forecasts.len() {
		Cow::Borrowed(input.regrets)
	} else {
		Cow::Owned(input.regrets.keep_forecasters(&forecasters)?)
	};
	Builder::new(input, forecasters, RegretRule { params: input.params }, &*regrets)?.build()
}

/// The forecasters that have an implied inference, as indices into the forecasts.
fn implying(input: &Input) -> Vec<usize> {
	if input.previous_loss.is_none() {
		return Vec::new();
	}
	let forecasts = input.forecasts.iter().enumerate();
	forecasts.filter_map(|(k, forecast)| (!forecast.is_empty()).then_some(k)).collect()
}

/// The state of the computation of a bundle.
struct Builder<'a, R: Rule> {
	input: &'a Input<'a>,
	/// The forecasters that have an implied inference, as indices into the forecasts.
	forecasters: Vec<usize>,
	rule: R,
	/// The rule's state for the inferers and these forecasters.
	state: &'a R::State,
	/// The numbers common to all sets; `None` if all actors are new and have equal weights.
	ready: Option<R::Ready>,
	/// The common scale, which weighs the losses of forecasts; `None` if there is none.
	weight_scale: Option<WeightScale>,
	layout: Layout,
	/// One row per element, one column per label.
	values: Vec<Real>,
	/// Whether each actor belongs to the current set.
	members: Vec<bool>,
	/// The rows of `values` of the current set's forecasters.
	rows: Vec<usize>,
	/// The weights of the current set.
	weights: Vec<Weight>,
}

impl<'a, R: Rule> Builder<'a, R> {
	/// A bundle without values.
	fn new(
		input: &'a Input,
		forecasters: Vec<usize>,
		rule: R,
		state: &'a R::State,
	) -> MathResult<Self> {
		let layout = layout_of(input, &forecasters);
		let cells = layout.len().checked_mul(input.labels).ok_or(MathError::Overflow)?;
		let actors = layout.inferers.saturating_add(layout.forecasters);
		// Averages are within the inferences.
		let small = |value: &Real| (-SMALL..SMALL).contains(value);
		if actors > MAX_ACTORS || !input.inferences.iter().all(small) {
			return Err(MathError::Overflow);
		}
		let implied = layout.forecasters;
		let ready = (!input.all_new).then(|| rule.ready(state)).transpose()?;
		let common = input.regrets.scale.filter(|scale| *scale > 0 && !input.all_new);
		let WeightParams { p_norm, c_norm, .. } = *input.params;
		let weight_scale =
			common.map(|scale| WeightScale::new(scale, p_norm, c_norm)).transpose()?;
		Ok(Self {
			input,
			forecasters,
			rule,
			state,
			ready,
			weight_scale,
			layout,
			values: vec![Real::ZERO; cells],
			members: Vec::with_capacity(actors),
			rows: Vec::with_capacity(implied),
			weights: Vec::with_capacity(actors),
		})
	}

	/// Computes the bundle.
	fn build(mut self) -> MathResult<Bundle> {
		for j in 0..self.layout.inferers {
			self.put(Element::Inferer(j), self.input.inference(j))?;
		}
		for k in 0..self.forecasters.len() {
			self.implied(k)?;
		}
		self.networks()?;
		// Last, so that its weights remain for the percentiles and shares.
		self.network(Set::Combined, Element::Combined)?;
		let disagreement = self.disagreement()?;
		let mut inferer_weights = self.shares()?;
		let forecaster_weights = inferer_weights.split_off(self.layout.inferers);
		Ok(Bundle {
			layout: self.layout,
			labels: self.input.labels,
			forecasters: self.forecasters,
			values: self.values,
			inferer_weights,
			forecaster_weights,
			disagreement,
		})
	}

	/// The row of an element.
	fn row(&self, element: Element) -> MathResult<usize> {
		self.layout.position(element).ok_or(MathError::Shape)
	}

	/// The cells of a row.
	fn cells(&self, row: usize) -> Range<usize> {
		let start = row.saturating_mul(self.input.labels);
		start..start.saturating_add(self.input.labels)
	}

	/// A value of a row.
	fn value(&self, row: usize, label: usize) -> MathResult {
		let cell = row.saturating_mul(self.input.labels).saturating_add(label);
		self.values.get(cell).copied().ok_or(MathError::Shape)
	}

	/// Writes a value of a row.
	fn set(&mut self, row: usize, label: usize, value: Real) -> MathResult<()> {
		let cell = row.saturating_mul(self.input.labels).saturating_add(label);
		*self.values.get_mut(cell).ok_or(MathError::Shape)? = value;
		Ok(())
	}

	/// Writes the values of an element.
	fn put(&mut self, element: Element, values: &[Real]) -> MathResult<()> {
		let row = self.row(element)?;
		for label in 0..self.input.labels {
			self.set(row, label, *values.get(label).ok_or(MathError::Shape)?)?;
		}
		Ok(())
	}

	/// Writes the forecast-implied inferences of a forecaster, whole and without each inferer.
	fn implied(&mut self, k: usize) -> MathResult<()> {
		let input = self.input;
		let original = *self.forecasters.get(k).ok_or(MathError::Shape)?;
		let forecast = input.forecasts.get(original).ok_or(MathError::Shape)?;
		match self.weight_scale {
			Some(weight_scale) => self.implied_by_scale(k, forecast, weight_scale)?,
			None => self.implied_apart(k, forecast)?,
		}
		// Leaving out an inferer without an element in the forecast makes no difference.
		let whole = self.cells(self.row(Element::Forecaster(k))?);
		let mut named = forecast.iter().map(|(inferer, _)| *inferer).peekable();
		for inferer in 0..self.layout.inferers {
			if named.next_if_eq(&inferer).is_some() {
				continue;
			}
			let element = Element::OneOutInfererForecaster { forecaster: k, inferer };
			if let Some(row) = self.layout.position(element) {
				let copy = self.cells(row);
				if whole.end > self.values.len() || copy.end > self.values.len() {
					return Err(MathError::Shape);
				}
				self.values.copy_within(whole.clone(), copy.start);
			}
		}
		Ok(())
	}

	/// Writes the implied inferences if there is no common scale: each is computed separately.
	fn implied_apart(&mut self, k: usize, forecast: &[(usize, Real)]) -> MathResult<()> {
		let input = self.input;
		let whole = forecast_implied(input, forecast, None)?.ok_or(MathError::Shape)?;
		self.put(Element::Forecaster(k), &whole)?;
		for (inferer, _) in forecast {
			let element = Element::OneOutInfererForecaster { forecaster: k, inferer: *inferer };
			if self.layout.position(element).is_some() {
				let rest = forecast_implied(input, forecast, Some(*inferer))?;
				self.put(element, &rest.ok_or(MathError::Shape)?)?;
			}
		}
		Ok(())
	}

	/// Writes the implied inferences under the common scale: the elements are weighed once, and the
	/// term of an inferer that is left out is subtracted.
	///
	/// Sums are exact. If the other terms have a weight of at least [`MIN_REST`], the relative
	/// error of their weights is at most twice that of all. Otherwise they are weighed again,
	/// relative to their own best.
	fn implied_by_scale(
		&mut self,
		k: usize,
		forecast: &[(usize, Real)],
		weight_scale: WeightScale,
	) -> MathResult<()> {
		let input = self.input;
		let previous = input.previous_loss.ok_or(MathError::Shape)?;
		self.weigh_forecast(weight_scale, previous, forecast, None)?;
		let sum = sum_of(&self.weights);
		let whole = self.row(Element::Forecaster(k))?;
		let everyone = divisor(sum)?;
		let totals = self.forecast_totals(forecast);
		for (label, total) in totals.iter().enumerate() {
			self.set(whole, label, total.over(&everyone)?)?;
		}
		for (at, (inferer, _)) in forecast.iter().enumerate() {
			let element = Element::OneOutInfererForecaster { forecaster: k, inferer: *inferer };
			let Some(row) = self.layout.position(element) else {
				continue;
			};
			let weight = *self.weights.get(at).ok_or(MathError::Shape)?;
			let rest = sum.saturating_sub(weight.into());
			if rest < MIN_REST {
				self.weigh_forecast(weight_scale, previous, forecast, Some(at))?;
				let others = divisor(sum_of(&self.weights))?;
				for (label, total) in self.forecast_totals(forecast).iter().enumerate() {
					self.set(row, label, total.over(&others)?)?;
				}
				self.weigh_forecast(weight_scale, previous, forecast, None)?;
				continue;
			}
			let others = divisor(rest)?;
			let values = input.inference(*inferer);
			for (label, (total, value)) in totals.iter().zip(values).enumerate() {
				let mut total = *total;
				total.subtract_small(weight, *value);
				self.set(row, label, total.over(&others)?)?;
			}
		}
		Ok(())
	}

	/// Writes the weights of a forecast's elements, 0 for one that is left out.
	fn weigh_forecast(
		&mut self,
		weight_scale: WeightScale,
		previous: Real,
		forecast: &[(usize, Real)],
		left_out: Option<usize>,
	) -> MathResult<()> {
		let counts = |at: usize| Some(at) != left_out;
		let least = forecast.iter().enumerate().filter(|(at, _)| counts(*at));
		let least = least.map(|(_, (_, loss))| *loss).min().ok_or(MathError::Empty)?;
		let set_scale = weight_scale.for_set(sub(previous, least)?);
		self.weights.clear();
		for (at, (_, loss)) in forecast.iter().enumerate() {
			let weight = if counts(at) { set_scale.weight(sub(previous, *loss)?) } else { 0 };
			self.weights.push(weight);
		}
		Ok(())
	}

	/// The sums of the weights times the inferences of a forecast's inferers, one per label.
	fn forecast_totals(&self, forecast: &[(usize, Real)]) -> Vec<Total> {
		let mut totals = vec![Total::default(); self.input.labels];
		for (weight, (inferer, _)) in self.weights.iter().zip(forecast) {
			for (total, value) in totals.iter_mut().zip(self.input.inference(*inferer)) {
				total.add_small(*weight, *value);
			}
		}
		totals
	}

	/// Writes all network inferences except the combined one.
	fn networks(&mut self) -> MathResult<()> {
		let (n, f) = (self.layout.inferers, self.layout.forecasters);
		self.network(Set::Naive, Element::Naive)?;
		let leaving = if n >= 2 { n } else { 0 };
		for x in 0..leaving {
			self.network(Set::OneOutInferer(x), Element::OneOutInferer(x))?;
		}
		let leaving = if f >= 2 { f } else { 0 };
		for k in 0..leaving {
			self.network(Set::OneOutForecaster(k), Element::OneOutForecaster(k))?;
			self.network(Set::OneInForecaster(k), Element::OneInForecaster(k))?;
		}
		Ok(())
	}

	/// Writes the network inference of a set. Its members and weights remain in `self`.
	fn network(&mut self, set: Set, element: Element) -> MathResult<()> {
		self.set_members(set);
		let mut weights = mem::take(&mut self.weights);
		if let Some(ready) = &self.ready {
			self.rule.weights(self.state, ready, &self.actors(set), &mut weights)?;
		} else {
			// The plain mean of the inferences, without forecasters.
			let n = self.layout.inferers;
			let alike = |(at, member): (usize, &bool)| match *member && at < n {
				true => 1 << 63,
				false => 0,
			};
			weights.clear();
			weights.extend(self.members.iter().enumerate().map(alike));
		}
		self.weights = weights;
		let row = self.row(element)?;
		let divisor = divisor(sum_of(&self.weights))?;
		for label in 0..self.input.labels {
			let mut value = self.total(label)?.over(&divisor)?;
			if let Some(ready) = &self.ready {
				let (rule, actors) = (&self.rule, self.actors(set));
				let offset = rule.offset(self.state, ready, &actors, &self.weights, label)?;
				value = add(value, offset)?;
			}
			self.set(row, label, value)?;
		}
		Ok(())
	}

	/// The current set, for the rule.
	fn actors(&self, set: Set) -> Actors<'_> {
		Actors {
			set,
			members: &self.members,
			labels: self.input.labels,
			inferences: self.input.inferences,
			rows: &self.values,
			implied: &self.rows,
		}
	}

	/// The sum of the current weights times the values of the set's actors.
	fn total(&self, label: usize) -> MathResult<Total> {
		let (n, labels) = (self.layout.inferers, self.input.labels);
		let mut total = Total::default();
		let (inferers, forecasters) = self.weights.split_at_checked(n).ok_or(MathError::Shape)?;
		// The rows of the inferers come after combined and naive.
		let values = self.values.chunks_exact(labels).skip(2);
		for (weight, values) in inferers.iter().zip(values) {
			total.add_small(*weight, *values.get(label).ok_or(MathError::Shape)?);
		}
		for (weight, row) in forecasters.iter().zip(&self.rows) {
			total.add_small(*weight, self.value(*row, label)?);
		}
		Ok(total)
	}

	/// Writes the members of a set and the rows of its forecasters.
	fn set_members(&mut self, set: Set) {
		let (n, f) = (self.layout.inferers, self.layout.forecasters);
		self.members.clear();
		self.rows.clear();
		self.members.resize(n, true);
		if let Set::OneOutInferer(x) = set {
			if let Some(member) = self.members.get_mut(x) {
				*member = false;
			}
		}
		let forecasters = match set {
			Set::Naive => 0..0,
			Set::OneInForecaster(k) => k..k.saturating_add(1),
			_ => 0..f,
		};
		for forecaster in forecasters {
			let row = match set {
				Set::OneOutInferer(inferer) => {
					self.layout.position(Element::OneOutInfererForecaster { forecaster, inferer })
				}
				Set::OneOutForecaster(x) if x == forecaster => None,
				_ => self.layout.position(Element::Forecaster(forecaster)),
			};
			self.members.push(row.is_some());
			self.rows.push(row.unwrap_or_default());
		}
	}

	/// The percentiles of each label under the current weights.
	fn disagreement(&self) -> MathResult<Vec<[Real; 5]>> {
		let weights: Vec<_> =
			self.weights.iter().map(|weight| Real::from_bits((*weight).into())).collect();
		let of_label = |label| {
			let rows = (0..self.layout.inferers).map(|j| j.saturating_add(2));
			let column = rows.chain(self.rows.iter().copied()).map(|row| self.value(row, label));
			disagreement(&gather(column)?, &weights)
		};
		gather((0..self.input.labels).map(of_label))
	}

	/// The current weights over their sum.
	fn shares(&self) -> MathResult<Vec<Real>> {
		let whole = divisor(sum_of(&self.weights))?;
		let share = |weight: &Weight| signed(false, whole.fraction_nearest((*weight).into()));
		gather(self.weights.iter().map(share))
	}
}

/// The layout of a bundle with these forecasters.
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

#[cfg(test)]
mod tests {
	use super::*;
	use crate::{regrets::RegretTable, rules::Observation, weights::ScaleRule};

	/// A rule with given weights and a bias, which uses everything that the trait offers: values,
	/// offset and state.
	struct Biased;

	struct Known {
		weights: Vec<Weight>,
		bias: Real,
	}

	impl Rule for Biased {
		type State = Known;
		type Ready = ();

		fn ready(&self, _known: &Known) -> MathResult<()> {
			Ok(())
		}

		fn weights(
			&self,
			known: &Known,
			_ready: &(),
			actors: &Actors,
			weights: &mut Vec<Weight>,
		) -> MathResult<()> {
			let known = known.weights.iter().zip(actors.members);
			weights.clear();
			weights.extend(known.map(|(weight, member)| if *member { *weight } else { 0 }));
			Ok(())
		}

		/// The bias and the least of the members' values.
		fn offset(
			&self,
			known: &Known,
			_ready: &(),
			actors: &Actors,
			_weights: &[Weight],
			label: usize,
		) -> MathResult {
			let members = (0..actors.members.len()).filter_map(|actor| actors.value(actor));
			let least = members.filter_map(|values| values.get(label).copied()).min();
			add(known.bias, least.ok_or(MathError::Empty)?)
		}

		fn learn(&self, known: &Known, seen: &Observation) -> MathResult<Known> {
			let combined = (seen.values)()?.first().copied().ok_or(MathError::Shape)?;
			Ok(Known { weights: known.weights.clone(), bias: sub(known.bias, combined)? })
		}
	}

	/// Two inferers with values 8 and 16; a forecaster expects the first to be far better.
	fn with_input(test: impl FnOnce(&Input)) {
		let params = WeightParams {
			p_norm: Real::ONE,
			c_norm: Real::ZERO,
			epsilon: Real::ONE,
			scale_rule: ScaleRule::Mad,
			alpha: Real::ONE,
		};
		let far = Real::from_num(1000);
		let regrets = RegretTable { scale: Some(Real::ONE), ..RegretTable::empty(2, 1) };
		test(&Input {
			labels: 1,
			inferences: &[Real::from_num(8), Real::from_num(16)],
			forecasts: &[vec![(0, -far), (1, far)]],
			previous_loss: Some(Real::ZERO),
			all_new: false,
			regrets: &regrets,
			params: &params,
		});
	}

	#[test]
	fn rule_weighs_by_its_state_and_adds_its_offset() {
		with_input(|input| {
			let known = Known { weights: vec![1 << 62, 1 << 61, 1 << 62], bias: Real::ONE };
			let bundle = Builder::new(input, vec![0], Biased, &known).unwrap().build().unwrap();
			let value = |element| bundle.value(element).unwrap()[0];
			// The forecaster implies 8. (2 * 8 + 16 + 2 * 8) / 5 = 9.6, the least is 8, the bias 1.
			let expected = Real::from_num(96) / 10 + Real::from_num(9);
			assert!((value(Element::Combined) - expected).abs() <= Real::DELTA * 2);
			// (2 * 8 + 16) / 3, and again 8 and 1.
			let expected = Real::from_num(32) / 3 + Real::from_num(9);
			assert!((value(Element::Naive) - expected).abs() <= Real::DELTA * 2);
			// Without the first inferer the forecaster implies 16, and the average is 16: 16 + 16 +
			// 1.
			assert_eq!(value(Element::OneOutInferer(0)), Real::from_num(33));
			let seen = Observation {
				layout: &bundle.layout,
				losses: &[],
				values: &|| Ok(bundle.values.clone()),
			};
			let learned = Biased.learn(&known, &seen).unwrap();
			assert_eq!(learned.bias, Real::ONE - value(Element::Combined));
		});
	}
}
