//! The outlier-resistant network inference (S 18).

use crate::{
	arith::gather,
	synthesis::{disagreement, forecast_implied, Input},
	weights::{scale_or_own, weighted_average, weights},
	MathError, MathResult, Real,
};
use alloc::vec::Vec;

/// A network inference with the workers' disagreement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Network {
	/// The inference, one value per label.
	pub values: Vec<Real>,
	/// The percentiles of the values, by weight, at 2.28, 15.87, 50, 84.13 and 97.72 %, per label.
	pub disagreement: Vec<[Real; 5]>,
}

/// The combined inference (S 8.3) without some inferers and without the elements of forecasts about
/// them.
///
/// `kept` are ascending indices into the inferences. Regrets and scale are those of the whole set,
/// so if all are kept, the result is the combined inference of
/// [`synthesise`](crate::synthesis::synthesise), except for rounding.
/// [`MathError::Empty`] if none is kept, [`MathError::Shape`] if lengths do not match or an index
/// is out of range; other errors as for `synthesise`.
pub fn resistant(input: &Input, kept: &[usize]) -> MathResult<Network> {
	if input.labels == 0 {
		return Err(MathError::Shape);
	}
	let inferences: Vec<_> = input.inferences.chunks(input.labels).collect();
	let mut rows = Vec::with_capacity(kept.len().saturating_add(input.forecasts.len()));
	let mut members = Vec::with_capacity(rows.capacity());
	for inferer in kept {
		rows.push(inferences.get(*inferer).ok_or(MathError::Shape)?.to_vec());
		members.push(*inferer);
	}
	for (k, forecast) in input.forecasts.iter().enumerate() {
		let about_kept = |(inferer, _): &&(usize, Real)| kept.binary_search(inferer).is_ok();
		let forecast: Vec<_> = forecast.iter().filter(about_kept).copied().collect();
		if let Some(implied) = forecast_implied(input, &forecast, None)? {
			rows.push(implied);
			members.push(inferences.len().saturating_add(k));
		}
	}
	let weights = if input.all_new {
		// The plain mean of the inferences, without forecasters.
		members.iter().map(|member| Real::from_num(u8::from(*member < inferences.len()))).collect()
	} else {
		let regrets = &input.regrets;
		if regrets.inferers.len() != inferences.len() {
			return Err(MathError::Shape);
		}
		let cells: Vec<_> = regrets.inferers.iter().chain(&regrets.forecasters).collect();
		let regret = |member: &usize| {
			let cell = cells.get(*member).ok_or(MathError::Shape)?;
			Ok(cell.unwrap_or(regrets.initial))
		};
		let regrets = gather(members.iter().map(regret))?;
		let scale = scale_or_own(&regrets, input.regrets.scale, input.params)?;
		weights(&regrets, scale, input.params.p_norm, input.params.c_norm)?
	};
	let mut network = Network { values: Vec::new(), disagreement: Vec::new() };
	for label in 0..input.labels {
		let column: Vec<_> = rows.iter().filter_map(|row| row.get(label).copied()).collect();
		network.values.push(weighted_average(&column, &weights)?);
		network.disagreement.push(disagreement(&column, &weights)?);
	}
	Ok(network)
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::{
		regrets::RegretTable,
		synthesis::{synthesise, Bundle},
		weights::{ScaleRule, WeightParams},
	};
	use alloc::vec;

	const PARAMS: WeightParams = WeightParams {
		p_norm: Real::lit("3"),
		c_norm: Real::lit("0.75"),
		epsilon: Real::lit("0.01"),
		scale_rule: ScaleRule::Mad,
		alpha: Real::lit("0.1"),
	};

	fn reals<const N: usize>(xs: [i64; N]) -> Vec<Real> {
		xs.map(Real::from_num).to_vec()
	}

	/// Three inferers of two labels and two forecasters, one of which names the last inferer only.
	fn with_input(all_new: bool, test: impl FnOnce(&Input)) {
		let mut regrets = RegretTable::empty(3, 2);
		regrets.inferers = [1, -1, 2].map(|regret| Some(Real::from_num(regret) / 10)).to_vec();
		regrets.forecasters = vec![Some(Real::ONE / 5), None];
		regrets.scale = Some(Real::ONE / 2);
		let losses = [-2, -1, 0].map(Real::from_num);
		let forecasts =
			[losses.into_iter().enumerate().collect::<Vec<_>>(), vec![(2, Real::from_num(-1))]];
		test(&Input {
			labels: 2,
			inferences: &reals([10, 1, 20, 2, 90, 9]),
			forecasts: &forecasts,
			previous_loss: Some(Real::from_num(-1)),
			all_new,
			regrets: &regrets,
			params: &PARAMS,
		});
	}

	/// Asserts that the network is the bundle's combined inference, within 1e-14.
	fn assert_same(network: &Network, bundle: &Bundle) {
		let percentiles = network.disagreement.as_flattened().iter();
		let expected = bundle.values[..2].iter().chain(bundle.disagreement.as_flattened());
		for (value, expected) in network.values.iter().chain(percentiles).zip(expected) {
			assert!((*value - *expected).abs() < Real::lit("1e-14"), "{value} is not {expected}");
		}
	}

	#[test]
	fn it_is_the_combined_inference_if_all_are_kept() {
		for all_new in [true, false] {
			with_input(all_new, |input| {
				let bundle = synthesise(input).unwrap();
				let network = resistant(input, &[0, 1, 2]).unwrap();
				assert_same(&network, &bundle);
			});
		}
	}

	#[test]
	fn without_an_inferer_it_is_the_combined_inference_of_the_others() {
		with_input(false, |input| {
			let network = resistant(input, &[0, 1]).unwrap();
			let mut regrets = input.regrets.clone();
			regrets.inferers.truncate(2);
			regrets.forecasters.truncate(1);
			let mut table = RegretTable { scale: regrets.scale, ..RegretTable::empty(2, 1) };
			(table.inferers, table.forecasters) = (regrets.inferers, regrets.forecasters);
			let forecasts = [vec![(0, Real::from_num(-2)), (1, Real::from_num(-1))]];
			let inferences = reals([10, 1, 20, 2]);
			let others =
				Input { inferences: &inferences, forecasts: &forecasts, regrets: &table, ..*input };
			let bundle = synthesise(&others).unwrap();
			assert_same(&network, &bundle);
		});
	}

	#[test]
	fn it_is_the_plain_mean_of_newcomers_that_are_kept() {
		// (10 + 20) / 2 and (1 + 2) / 2.
		with_input(true, |input| {
			let network = resistant(input, &[0, 1]).unwrap();
			assert_eq!(network.values, [Real::from_num(15), Real::from_num(3) / 2]);
		});
	}

	#[test]
	fn no_or_unknown_inferers_are_an_error() {
		with_input(false, |input| {
			assert_eq!(resistant(input, &[]), Err(MathError::Empty));
			assert_eq!(resistant(input, &[3]), Err(MathError::Shape));
			assert_eq!(resistant(&Input { labels: 0, ..*input }, &[0]), Err(MathError::Shape));
		});
	}
}
