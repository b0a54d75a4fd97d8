//! The formulas of a bundle that stand alone: implied inferences and percentiles (S 8.2, 8.8).

use super::bundle::Input;
use crate::{
	arith::{gather, sub},
	stats::{maximum, median, weighted_quantiles},
	weighing::{self, Gauge, Total},
	weights::scale_or_own,
	MathError, MathResult, Real,
};
use alloc::vec::Vec;

/// Where the confidence intervals stand in the weight (S 8.8): percentages, rounded down to units of
/// 2^-64, over 100, rounded to nearest.
const INTERVALS: [Real; 5] = {
	let hundredths = [228, 1587, 5000, 8413, 9772];
	let mut fractions = [Real::ZERO; 5];
	let mut at = 0;
	while at < fractions.len() {
		let percentage = (hundredths[at] << 64) / 100;
		fractions[at] = Real::from_bits((percentage + 50) / 100);
		at += 1;
	}
	fractions
};

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
	let gauge = Gauge::new(
		scale_or_own(&regrets, input.regrets.scale, params)?,
		params.p_norm,
		params.c_norm,
	)?;
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
/// Errors as [`weighted_quantiles`].
pub fn confidence_intervals(values: &[Real], weights: &[Real]) -> MathResult<[Real; 5]> {
	weighted_quantiles(values, weights, &INTERVALS)
}
