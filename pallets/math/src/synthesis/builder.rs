//! How a bundle is made (S 8): every set's weights and averages, with shared work done once.
//!
//! With n inferers and f forecasters there are n + 2 f + 2 sets of up to n + f members, so the cost
//! grows as (n + 2 f) (n + f). What a forecast implies without one of the inferers it names differs
//! from the whole by one term, which is taken away; only where that term carried most of the weight
//! is the rest weighed anew.

use super::{
	bundle::{Bundle, Input},
	formulas::{confidence_intervals, forecast_implied},
};
use crate::{
	arith::{add, gather, signed, sub},
	layout::{Element, Layout, Set},
	rules::{Actors, RegretRule, Rule},
	weighing::{divisor, sum_of, Gauge, Total, Weight, SMALL},
	weights::WeightParams,
	MathError, MathResult, Real,
};
use alloc::{borrow::Cow, vec, vec::Vec};
use core::{mem, ops::Range};

/// The least weight, a quarter, that a forecast must keep for a term to be just taken away.
const ENOUGH: u128 = 1 << 62;

/// The most actors of a bundle, inferers and forecasters together.
const MOST: usize = 64;

/// All network inferences of an epoch (S 8): the whole bundle.
///
/// Forecasters that name nobody are dropped; without a previous loss all are. If all actors are
/// new, each average is the plain mean of the inferences. [`MathError::Empty`] without inferences,
/// [`MathError::Shape`] if the parts do not fit together, [`MathError::Domain`] if parameters are
/// not positive, [`MathError::Overflow`] if there are more than 64 actors or values do not fit; an
/// inference has to be below 2^56 in size.
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

/// A bundle in the making, its sets weighed by a rule.
struct Builder<'a, R: Rule> {
	input: &'a Input<'a>,
	/// The forecasters that have an implied inference, as indices into the forecasts.
	forecasters: Vec<usize>,
	rule: R,
	/// What the rule knows of the inferers and of these forecasters.
	state: &'a R::State,
	/// The state made ready; `None` if all actors are new and count alike.
	ready: Option<R::Ready>,
	/// How the losses of forecasts are weighed by a scale common to all sets; `None` without one.
	gauge: Option<Gauge>,
	layout: Layout,
	/// One row an element, one column a label.
	values: Vec<Real>,
	/// Who belongs to the set at hand.
	members: Vec<bool>,
	/// Where the values of the set's forecasters stand, as rows of `values`.
	rows: Vec<usize>,
	/// The weights of the set at hand.
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
		// Averages lie among the inferences, so all values are as small.
		let small = |value: &Real| (-SMALL..SMALL).contains(value);
		if actors > MOST || !input.inferences.iter().all(small) {
			return Err(MathError::Overflow);
		}
		let implied = layout.forecasters;
		let ready = (!input.all_new).then(|| rule.ready(state)).transpose()?;
		let common = input.regrets.scale.filter(|scale| *scale > 0 && !input.all_new);
		let WeightParams { p_norm, c_norm, .. } = *input.params;
		let gauge = common.map(|scale| Gauge::new(scale, p_norm, c_norm)).transpose()?;
		Ok(Self {
			input,
			forecasters,
			rule,
			state,
			ready,
			gauge,
			layout,
			values: vec![Real::ZERO; cells],
			members: Vec::with_capacity(actors),
			rows: Vec::with_capacity(implied),
			weights: Vec::with_capacity(actors),
		})
	}

	/// Makes the bundle.
	fn build(mut self) -> MathResult<Bundle> {
		for j in 0..self.layout.inferers {
			self.put(Element::Inferer(j), self.input.inference(j))?;
		}
		for k in 0..self.forecasters.len() {
			self.implied(k)?;
		}
		self.networks()?;
		// Last, so that the combined set's weights are at hand.
		self.network(Set::Combined, Element::Combined)?;
		let intervals = self.intervals()?;
		let mut inferer_weights = self.shares()?;
		let forecaster_weights = inferer_weights.split_off(self.layout.inferers);
		Ok(Bundle {
			layout: self.layout,
			labels: self.input.labels,
			forecasters: self.forecasters,
			values: self.values,
			inferer_weights,
			forecaster_weights,
			intervals,
		})
	}

	/// The row of an element.
	fn row(&self, element: Element) -> MathResult<usize> {
		self.layout.position(element).ok_or(MathError::Shape)
	}

	/// Where the values of a row stand.
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

	/// Fills in what a forecast implies, with everyone and with each inferer left out.
	fn implied(&mut self, k: usize) -> MathResult<()> {
		let input = self.input;
		let original = *self.forecasters.get(k).ok_or(MathError::Shape)?;
		let forecast = input.forecasts.get(original).ok_or(MathError::Shape)?;
		match self.gauge {
			Some(gauge) => self.implied_by_scale(k, forecast, gauge)?,
			None => self.implied_apart(k, forecast)?,
		}
		// Without an inferer it does not name, a forecast implies the same.
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

	/// The implied inferences when each set has a scale of its own or none: nothing is shared.
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

	/// The implied inferences under a scale common to all sets: the weights are taken once, and
	/// leaving an inferer out takes its term away.
	///
	/// Sums are exact, so nothing is lost by that while [`ENOUGH`] weight is left: the error of the
	/// weights left, in parts of their sum, is at most twice that of the whole. Otherwise the rest
	/// is weighed anew, by its own best.
	fn implied_by_scale(
		&mut self,
		k: usize,
		forecast: &[(usize, Real)],
		gauge: Gauge,
	) -> MathResult<()> {
		let input = self.input;
		let previous = input.previous_loss.ok_or(MathError::Shape)?;
		self.weigh_forecast(gauge, previous, forecast, None)?;
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
			if rest < ENOUGH {
				self.weigh_forecast(gauge, previous, forecast, Some(at))?;
				let others = divisor(sum_of(&self.weights))?;
				for (label, total) in self.forecast_totals(forecast).iter().enumerate() {
					self.set(row, label, total.over(&others)?)?;
				}
				self.weigh_forecast(gauge, previous, forecast, None)?;
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

	/// Weighs the elements of a forecast, all but one of them.
	fn weigh_forecast(
		&mut self,
		gauge: Gauge,
		previous: Real,
		forecast: &[(usize, Real)],
		left_out: Option<usize>,
	) -> MathResult<()> {
		let counts = |at: usize| Some(at) != left_out;
		let least = forecast.iter().enumerate().filter(|(at, _)| counts(*at));
		let least = least.map(|(_, (_, loss))| *loss).min().ok_or(MathError::Empty)?;
		let scales = gauge.for_best(sub(previous, least)?);
		self.weights.clear();
		for (at, (_, loss)) in forecast.iter().enumerate() {
			let weight = if counts(at) { scales.weight(sub(previous, *loss)?) } else { 0 };
			self.weights.push(weight);
		}
		Ok(())
	}

	/// The sums of the weights at hand times the inferences that a forecast names, one per label.
	fn forecast_totals(&self, forecast: &[(usize, Real)]) -> Vec<Total> {
		let mut totals = vec![Total::default(); self.input.labels];
		for (weight, (inferer, _)) in self.weights.iter().zip(forecast) {
			for (total, value) in totals.iter_mut().zip(self.input.inference(*inferer)) {
				total.add_small(*weight, *value);
			}
		}
		totals
	}

	/// Fills in every network inference but the combined one.
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

	/// The network inference of a set, with its members and weights left at hand.
	fn network(&mut self, set: Set, element: Element) -> MathResult<()> {
		self.gather(set);
		let mut weights = mem::take(&mut self.weights);
		if let Some(ready) = &self.ready {
			self.rule.weights(self.state, ready, &self.actors(set), &mut weights)?;
		} else {
			// The plain mean of the inferences; forecasters do not count.
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

	/// The set at hand as a rule sees it.
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

	/// The sum of the weights at hand times the values of the set's actors.
	fn total(&self, label: usize) -> MathResult<Total> {
		let (n, labels) = (self.layout.inferers, self.input.labels);
		let mut total = Total::default();
		let (inferers, forecasters) = self.weights.split_at_checked(n).ok_or(MathError::Shape)?;
		// The inferers' values stand together, after combined and naive.
		let values = self.values.chunks_exact(labels).skip(2);
		for (weight, values) in inferers.iter().zip(values) {
			total.add_small(*weight, *values.get(label).ok_or(MathError::Shape)?);
		}
		for (weight, row) in forecasters.iter().zip(&self.rows) {
			total.add_small(*weight, self.value(*row, label)?);
		}
		Ok(total)
	}

	/// Notes who belongs to a set and where the values of its forecasters stand.
	fn gather(&mut self, set: Set) {
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

	/// The percentiles of each label under the weights at hand.
	fn intervals(&self) -> MathResult<Vec<[Real; 5]>> {
		let weights: Vec<_> =
			self.weights.iter().map(|weight| Real::from_bits((*weight).into())).collect();
		let of_label = |label| {
			let rows = (0..self.layout.inferers).map(|j| j.saturating_add(2));
			let column = rows.chain(self.rows.iter().copied()).map(|row| self.value(row, label));
			confidence_intervals(&gather(column)?, &weights)
		};
		gather((0..self.input.labels).map(of_label))
	}

	/// The weights at hand over their sum.
	fn shares(&self) -> MathResult<Vec<Real>> {
		let whole = divisor(sum_of(&self.weights))?;
		let share = |weight: &Weight| signed(false, whole.fraction_nearest((*weight).into()));
		gather(self.weights.iter().map(share))
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

#[cfg(test)]
mod tests {
	use super::*;
	use crate::{regrets::RegretTable, rules::Observation, weights::ScaleRule};

	/// A rule that weighs by what it knows of each actor, puts a bias on top, and learns who was
	/// below the others: what a rule may use beyond the original's.
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

	/// Two inferers, 8 and 16, of whom a forecaster expects the first to be far better.
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
	fn another_rule_weighs_by_its_own_state_and_adds_its_offset() {
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
			// Without the first inferer the forecaster implies 16, as the second sent: 16 + 16 + 1.
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
