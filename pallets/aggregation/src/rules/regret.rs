//! The original's rule (S 8, 9.3, 11).

use super::{Made, Resistant, Update};
use crate::{
	learn::{layout_of, regret_steps},
	regret_book::RegretBook,
	synthesise::{reals, Submitted},
};
use allora_math::{
	convert::{from_fixed, to_fixed},
	regrets::{initial_regret, InitialRegretParams},
	resistant::resistant,
	rules::{Observation, RegretRule, Rule},
	synthesis::{self, Input},
	weights::{ScaleRule, WeightParams},
	MathError, MathResult, Real,
};
use allora_primitives::{Bundle, EpochId, FixedI128, TopicParameters};

/// The parameters by which a topic's losses become regrets, and regrets weights.
fn weight_params(parameters: &TopicParameters) -> MathResult<WeightParams> {
	Ok(WeightParams {
		p_norm: from_fixed(parameters.p_norm)?,
		c_norm: from_fixed(parameters.c_norm)?,
		epsilon: from_fixed(parameters.epsilon)?,
		scale_rule: match parameters.scale_rule {
			allora_primitives::ScaleRule::Mad => ScaleRule::Mad,
			allora_primitives::ScaleRule::StdDev => ScaleRule::StdDev,
		},
		alpha: from_fixed(parameters.alpha_regret)?,
	})
}

/// Makes the elements of a bundle. `previous_loss` is the newest settled loss of the network.
pub(crate) fn synthesise<AccountId: Clone + Ord>(
	parameters: &TopicParameters,
	book: &RegretBook<AccountId>,
	previous_loss: Option<FixedI128>,
	submitted: &Submitted<AccountId>,
) -> MathResult<Made> {
	let located = book.locate(&submitted.inferers, &submitted.forecasters);
	let input = Input {
		labels: submitted.labels,
		inferences: &submitted.values,
		forecasts: &submitted.forecasts,
		previous_loss: previous_loss.map(from_fixed).transpose()?,
		all_new: book.all_new(&located),
		regrets: &book.table(&located)?,
		params: &weight_params(parameters)?,
	};
	let made = synthesis::synthesise(&input)?;
	let without_outliers = match &submitted.without_outliers {
		None => None,
		Some(kept) => {
			let network = resistant(&input, kept)?;
			Some(Resistant { values: network.values, disagreement: network.disagreement })
		}
	};
	Ok(Made {
		layout: made.layout,
		values: made.values,
		forecasters: made.forecasters,
		inferer_weights: made.inferer_weights,
		forecaster_weights: made.forecaster_weights,
		disagreement: made.disagreement,
		resistant: without_outliers,
		kept: None,
	})
}

/// Updates the regrets, the common scale and the initial regret (S 11, 9.2).
pub(crate) fn learn<AccountId: Clone + PartialEq>(
	parameters: &TopicParameters,
	book: &mut RegretBook<AccountId>,
	bundle: &Bundle<AccountId>,
	losses: &[Real],
	epoch: EpochId,
) -> MathResult<Update> {
	let (inferers, forecasters) = (&bundle.inferers, &bundle.forecasters);
	let (params, layout) = (weight_params(parameters)?, layout_of(bundle));
	let values = || reals(bundle.element_values.iter());
	let seen = Observation { layout: &layout, losses, values: &values };
	let located = book.locate(inferers, forecasters);
	let before = book.table(&located)?;
	let table = RegretRule { params: &params }.learn(&before, &seen)?;
	let experienced = book.experienced(&located, &table, parameters.alpha_regret);
	let all = table.inferers.iter().chain(&table.forecasters).flatten().copied();
	let all: alloc::vec::Vec<_> = all.collect();
	let initial = initial_regret(
		&experienced,
		&all,
		table.initial,
		&params,
		&InitialRegretParams::default(),
	)?;
	let scale = to_fixed(table.scale.ok_or(MathError::Shape)?)?;
	book.initial = to_fixed(initial)?;
	book.scale = Some(scale);
	book.store(&located, &table, epoch)?;
	Ok(Update {
		inferers: regret_steps(&before.inferers, &table.inferers)?,
		forecasters: regret_steps(&before.forecasters, &table.forecasters)?,
		scale,
		initial_regret: book.initial,
	})
}
