//! Forecast-implied inferences and percentiles (S 8.2, 8.8).

use super::bundle::Input;
use crate::{
	arith::{gather, sub},
	stats::{maximum, median, weighted_quantiles},
	weighing::{self, Total, WeightScale},
	weights::scale_or_own,
	MathError, MathResult, Real,
};
use alloc::vec::Vec;

/// The fractions of the weight at which workers' disagreement is published (S 8.8): percentages, rounded down to
/// units of 2^-64, over 100, rounded to nearest.
const PERCENTILES: [Real; 5] = {
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

/// The forecast-implied inference of a forecast, one value per label, with all inferers or without
/// one (S 8.2, 8.5).
///
/// The weights come from the regrets `L_{i-1} - L_forecast` of the forecast's inferers. If all
/// actors are new, it is the median of their inferences. `None` if no inferer is left or there is
/// no previous loss. [`MathError::Shape`] if the forecast has an unknown inferer; other errors as
/// for [`synthesise`](super::synthesise).
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
	let weight_scale = WeightScale::new(
		scale_or_own(&regrets, input.regrets.scale, params)?,
		params.p_norm,
		params.c_norm,
	)?;
	let set_scale = weight_scale.for_set(maximum(&regrets)?);
	let weights: Vec<_> = regrets.iter().map(|regret| set_scale.weight(*regret)).collect();
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
/// Errors as for [`weighted_quantiles`].
pub fn disagreement(values: &[Real], weights: &[Real]) -> MathResult<[Real; 5]> {
	weighted_quantiles(values, weights, &PERCENTILES)
}
