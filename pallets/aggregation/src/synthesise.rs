//! The worker close: payloads become a bundle (S 8), and an inference without outliers (S 18).

use crate::{
	types::{Intervals, LabelValues, ResistantInference, StoredBundle},
	Bundles, Config, Event, Latest, LatestInference, Pallet, RegretBook,
};
use alloc::vec::Vec;
use allora_math::{
	convert::{from_fixed, to_fixed},
	outliers::{screen, OutlierParams},
	resistant::resistant,
	synthesis::{self, Input},
	weights::{ScaleRule, WeightParams},
	MathError, MathResult, Real,
};
use allora_primitives::{
	Bundle, EpochId, FixedI128, Payloads, TopicId, TopicParameters, VoidReason,
};
use frame_support::{
	traits::{DefensiveOption, Get},
	BoundedVec,
};

/// The result of a synthesis: the bundle of an epoch, and its inference without outliers.
#[derive(Debug)]
pub struct Synthesis<AccountId> {
	pub(crate) bundle: Bundle<AccountId>,
	pub(crate) resistant: Option<ResistantInference<AccountId>>,
	pub(crate) deviation: FixedI128,
}

impl<T: Config> Pallet<T> {
	/// Stores a bundle with its hash, and stores and emits the topic's newest network inference.
	pub(crate) fn store_bundle(
		topic: TopicId,
		epoch: EpochId,
		synthesis: Synthesis<T::AccountId>,
	) -> Result<(), VoidReason> {
		let Synthesis { bundle, resistant, deviation } = synthesis;
		let bundle_hash = bundle.hash();
		let label_values = LabelValues::try_from(bundle.network_inference().to_vec())
			.ok()
			.defensive_ok_or(VoidReason::Arithmetic)?;
		let intervals = bundle.intervals.clone();
		let inferers = bundle.inferers.iter().cloned();
		let forecasters = bundle.forecasters.iter().cloned();
		Self::deposit_event(Event::InferenceMade {
			topic,
			epoch,
			label_values: label_values.clone(),
			intervals: intervals.clone(),
			bundle_hash,
			// One per actor of the bundle, whose lists have the same bounds.
			inferer_weights: BoundedVec::truncate_from(
				inferers.zip(bundle.inferer_weights.iter().copied()).collect(),
			),
			forecaster_weights: BoundedVec::truncate_from(
				forecasters.zip(bundle.forecaster_weights.iter().copied()).collect(),
			),
		});
		if let Some(inference) = resistant.clone() {
			Self::deposit_event(Event::OutliersLeftOut { topic, epoch, inference });
		}
		let latest = LatestInference {
			epoch,
			label_values,
			intervals,
			resistant: resistant.clone(),
			deviation,
		};
		Latest::<T>::insert(topic, latest);
		let elements = bundle.elements();
		Bundles::<T>::insert(
			topic,
			epoch,
			StoredBundle { bundle_hash, elements, bundle, resistant },
		);
		Ok(())
	}
}

/// The parameters by which a topic's losses become regrets, and regrets weights.
pub(crate) fn weight_params(parameters: &TopicParameters) -> MathResult<WeightParams> {
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

/// Makes the bundle of these payloads with the regrets that the topic has learned so far.
///
/// `deviation` is the smoothed deviation after the previous epoch, by which outliers are detected.
pub(crate) fn make_bundle<AccountId: Clone + Ord>(
	parameters: &TopicParameters,
	book: &RegretBook<AccountId>,
	Payloads { inferences, forecasts }: Payloads<AccountId>,
	deviation: Option<FixedI128>,
) -> MathResult<Synthesis<AccountId>> {
	let labels = parameters.labels.len();
	if inferences.iter().any(|(_, inference)| inference.len() != labels) {
		return Err(MathError::Shape);
	}
	let values = reals(inferences.iter().flat_map(|(_, inference)| inference.iter()))?;
	let inferers: Vec<_> = inferences.into_iter().map(|(who, _)| who).collect();
	let expected = forecasts
		.iter()
		.map(|(_, forecast)| indexed(forecast, &inferers))
		.collect::<MathResult<Vec<_>>>()?;
	let forecasters: Vec<_> = forecasts.into_iter().map(|(who, _)| who).collect();
	let learned = book.learned;
	let located = book.locate(&inferers, &forecasters);
	let input = Input {
		labels,
		inferences: &values,
		forecasts: &expected,
		previous_loss: learned.map(|last| from_fixed(last.network_loss)).transpose()?,
		all_new: book.all_new(&located),
		regrets: &book.table(&located)?,
		params: &weight_params(parameters)?,
	};
	let synthesised = synthesis::synthesise(&input)?;
	let (resistant, deviation) = leave_outliers_out(&input, &inferers, deviation)?;
	let bundle = to_bundle(synthesised, learned.map(|last| last.epoch), inferers, &forecasters)?;
	Ok(Synthesis { bundle, resistant, deviation })
}

/// The inference without outliers, if there are any, and the new smoothed deviation (S 18).
///
/// Accepted inferences are at most 1e15 in magnitude, which leaves room in the compute type.
fn leave_outliers_out<AccountId: Clone>(
	input: &Input,
	inferers: &[AccountId],
	deviation: Option<FixedI128>,
) -> MathResult<(Option<ResistantInference<AccountId>>, FixedI128)> {
	let previous = deviation.map(from_fixed).transpose()?;
	let screened = screen(input.inferences, input.labels, previous, &OutlierParams::default())?;
	let deviation = to_fixed(screened.deviation)?;
	if screened.kept.len() == inferers.len() {
		return Ok((None, deviation));
	}
	let network = resistant(input, &screened.kept)?;
	let is_outlier = |(at, _): &(usize, &AccountId)| screened.kept.binary_search(at).is_err();
	let left_out = inferers.iter().enumerate().filter(is_outlier).map(|(_, who)| who.clone());
	let inference = ResistantInference {
		label_values: bounded(fixed(&network.values)?)?,
		intervals: to_intervals(&network.disagreement)?,
		left_out: bounded(left_out.collect())?,
	};
	Ok((Some(inference), deviation))
}

/// The synthesised bundle in its stored form.
fn to_bundle<AccountId: Clone>(
	synthesised: synthesis::Bundle,
	loss_epoch: Option<EpochId>,
	inferers: Vec<AccountId>,
	forecasters: &[AccountId],
) -> MathResult<Bundle<AccountId>> {
	let position = |at: usize| u8::try_from(at).map_err(|_| MathError::Shape);
	let absent = synthesised.layout.absent.iter().map(|(k, j)| Ok((position(*k)?, position(*j)?)));
	let kept = synthesised.forecasters.iter().filter_map(|at| forecasters.get(*at)).cloned();
	Ok(Bundle {
		loss_epoch,
		labels: synthesised.labels as u32,
		inferers: bounded(inferers)?,
		forecasters: bounded(kept.collect())?,
		absent: bounded(absent.collect::<MathResult<Vec<_>>>()?)?,
		element_values: bounded(fixed(&synthesised.values)?)?,
		inferer_weights: bounded(fixed(&synthesised.inferer_weights)?)?,
		forecaster_weights: bounded(fixed(&synthesised.forecaster_weights)?)?,
		intervals: to_intervals(&synthesised.disagreement)?,
	})
}

/// A forecast with inferers as indices; elements about accounts that are not among them are left
/// out.
fn indexed<AccountId: Ord>(
	forecast: &[(AccountId, FixedI128)],
	inferers: &[AccountId],
) -> MathResult<Vec<(usize, Real)>> {
	forecast
		.iter()
		.filter_map(|(who, loss)| Some((inferers.binary_search(who).ok()?, loss)))
		.map(|(inferer, loss)| Ok((inferer, from_fixed(*loss)?)))
		.collect()
}

/// Stored numbers in the compute type.
pub(crate) fn reals<'a>(values: impl Iterator<Item = &'a FixedI128>) -> MathResult<Vec<Real>> {
	values.copied().map(from_fixed).collect()
}

/// Computed numbers in the stored type.
pub(crate) fn fixed(values: &[Real]) -> MathResult<Vec<FixedI128>> {
	values.iter().copied().map(to_fixed).collect()
}

/// The computed percentiles of each label in the stored type.
fn to_intervals(intervals: &[[Real; 5]]) -> MathResult<Intervals> {
	let one =
		|percentiles: &[Real; 5]| fixed(percentiles)?.try_into().map_err(|_| MathError::Shape);
	bounded(intervals.iter().map(one).collect::<MathResult<Vec<_>>>()?)
}

/// A list in its bounded type; [`MathError::Shape`] if it exceeds the bound.
pub(crate) fn bounded<Item, S: Get<u32>>(items: Vec<Item>) -> MathResult<BoundedVec<Item, S>> {
	BoundedVec::try_from(items).map_err(|_| MathError::Shape)
}
