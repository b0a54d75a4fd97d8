//! The worker close: payloads become a bundle (S 8, 9.4), and an inference without outliers (S 18).

use crate::{
	book::{label_states, Book, RuleState},
	rules::{mixture, regret, Made},
	types::{Kept, LabelValues, ResistantInference, StoredBundle},
	Bundles, Config, Event, Latest, LatestInference, Pallet,
};
use alloc::vec::Vec;
use allora_math::{
	convert::{from_fixed, to_fixed},
	outliers::{screen, OutlierParams},
	predictive::{self, LabelState},
	MathError, MathResult, Real,
};
use allora_primitives::{
	bundle::{Disagreement, Intervals},
	Bundle, EpochId, FixedI128, LossMethod, MadeInference, Payloads, Rule, TopicId,
	TopicParameters, VoidReason,
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
	pub(crate) kept: Kept,
}

impl<T: Config> Pallet<T> {
	/// Stores a bundle with its hash, and stores, emits and returns the topic's newest network
	/// inference.
	pub(crate) fn store_bundle(
		topic: TopicId,
		epoch: EpochId,
		synthesis: Synthesis<T::AccountId>,
	) -> Result<MadeInference, VoidReason> {
		let Synthesis { bundle, resistant, deviation, kept } = synthesis;
		let bundle_hash = bundle.hash();
		let label_values = LabelValues::try_from(bundle.network_inference().to_vec())
			.ok()
			.defensive_ok_or(VoidReason::Arithmetic)?;
		let Bundle { intervals, disagreement, .. } = &bundle;
		let (intervals, disagreement) = (intervals.clone(), disagreement.clone());
		let inferers = bundle.inferers.iter().cloned();
		let forecasters = bundle.forecasters.iter().cloned();
		Self::deposit_event(Event::InferenceMade {
			topic,
			epoch,
			label_values: label_values.clone(),
			intervals: intervals.clone(),
			disagreement: disagreement.clone(),
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
		let made =
			MadeInference { label_values: label_values.clone(), intervals: intervals.clone() };
		let latest = LatestInference {
			epoch,
			label_values,
			intervals,
			disagreement,
			resistant: resistant.clone(),
			deviation,
		};
		Latest::<T>::insert(topic, latest);
		let elements = bundle.elements();
		Bundles::<T>::insert(
			topic,
			epoch,
			StoredBundle { bundle_hash, elements, bundle, resistant, kept },
		);
		Ok(made)
	}
}

/// What was submitted for an epoch, in the compute type.
pub(crate) struct Submitted<AccountId> {
	/// The number of values per inference.
	pub(crate) labels: usize,
	/// The inferers, ascending.
	pub(crate) inferers: Vec<AccountId>,
	/// Their inferences, one row per inferer.
	pub(crate) values: Vec<Real>,
	/// The forecasters, ascending.
	pub(crate) forecasters: Vec<AccountId>,
	/// Their forecasts: the losses expected of inferers, which are named by their index.
	pub(crate) forecasts: Vec<Vec<(usize, Real)>>,
	/// The indices of the inferers that are no outliers, ascending; `None` if no inferer is one.
	pub(crate) without_outliers: Option<Vec<usize>>,
}

/// Makes the bundle of these payloads with what the topic has learned so far.
///
/// `deviation` is the smoothed deviation after the previous epoch, by which outliers are detected.
/// Accepted inferences are at most 1e15 in magnitude, which leaves room in the compute type.
pub(crate) fn make_bundle<AccountId: Clone + Ord>(
	parameters: &TopicParameters,
	book: &Book<AccountId>,
	Payloads { inferences, forecasts }: Payloads<AccountId>,
	deviation: Option<FixedI128>,
) -> MathResult<Synthesis<AccountId>> {
	let labels = parameters.labels.len();
	if inferences.iter().any(|(_, inference)| inference.len() != labels) {
		return Err(MathError::Shape);
	}
	let values = reals(inferences.iter().flat_map(|(_, inference)| inference.iter()))?;
	let inferers: Vec<_> = inferences.into_iter().map(|(who, _)| who).collect();
	let expected = forecasts.iter().map(|(_, forecast)| indexed(forecast, &inferers));
	let expected = expected.collect::<MathResult<Vec<_>>>()?;
	let previous = deviation.map(from_fixed).transpose()?;
	let screened = screen(&values, labels, previous, &OutlierParams::default())?;
	let submitted = Submitted {
		labels,
		without_outliers: (screened.kept.len() < inferers.len()).then_some(screened.kept),
		inferers,
		values,
		forecasters: forecasts.into_iter().map(|(who, _)| who).collect(),
		forecasts: expected,
	};
	let errors = label_states(&book.errors, labels)?;
	let previous_loss = book.learned.map(|last| last.network_loss);
	let made = match (parameters.rule, &book.state) {
		(Rule::Mixture, RuleState::Mixture(state)) => {
			mixture::synthesise(parameters, state, errors.clone(), &submitted)?
		}
		(Rule::Mixture, _) => {
			mixture::synthesise(parameters, &Default::default(), errors.clone(), &submitted)?
		}
		(Rule::Regret, RuleState::Regret(state)) => {
			regret::synthesise(parameters, state, previous_loss, &submitted)?
		}
		(Rule::Regret, _) => {
			regret::synthesise(parameters, &Default::default(), previous_loss, &submitted)?
		}
	};
	let loss_epoch = book.learned.map(|last| last.epoch);
	to_synthesis(parameters, &errors, loss_epoch, made, submitted, to_fixed(screened.deviation)?)
}

/// Where the truth is expected around a network inference, one row per label; none before the first
/// truth.
fn predicted(
	parameters: &TopicParameters,
	errors: &[LabelState],
	network: &[Real],
) -> MathResult<Intervals> {
	let probabilities =
		matches!(parameters.loss_method, LossMethod::Brier | LossMethod::CrossEntropy);
	let rows = predictive::interval(errors, network, probabilities)?.unwrap_or_default();
	let row = |bounds: &[Real; 4]| fixed(bounds)?.try_into().map_err(|_| MathError::Shape);
	bounded(rows.iter().map(row).collect::<MathResult<Vec<_>>>()?)
}

/// What a rule made, in its stored form.
fn to_synthesis<AccountId: Clone>(
	parameters: &TopicParameters,
	errors: &[LabelState],
	loss_epoch: Option<EpochId>,
	made: Made,
	Submitted { labels, inferers, forecasters, without_outliers, .. }: Submitted<AccountId>,
	deviation: FixedI128,
) -> MathResult<Synthesis<AccountId>> {
	let resistant = match (made.resistant, without_outliers) {
		(Some(network), Some(kept)) => {
			let is_outlier = |(at, _): &(usize, &AccountId)| kept.binary_search(at).is_err();
			let left_out = inferers.iter().enumerate().filter(is_outlier);
			Some(ResistantInference {
				intervals: predicted(parameters, errors, &network.values)?,
				label_values: bounded(fixed(&network.values)?)?,
				disagreement: to_disagreement(&network.disagreement)?,
				left_out: bounded(left_out.map(|(_, who)| who.clone()).collect())?,
			})
		}
		_ => None,
	};
	let position = |at: usize| u8::try_from(at).map_err(|_| MathError::Shape);
	let absent = match parameters.rule {
		Rule::Mixture => Vec::new(),
		Rule::Regret => {
			let pair = |(k, j): &(usize, usize)| Ok((position(*k)?, position(*j)?));
			made.layout.absent.iter().map(pair).collect::<MathResult<_>>()?
		}
	};
	let present = made.forecasters.iter().filter_map(|at| forecasters.get(*at)).cloned();
	let network = made.values.get(..labels).ok_or(MathError::Shape)?;
	let bundle = Bundle {
		loss_epoch,
		rule: parameters.rule,
		labels: labels as u32,
		inferers: bounded(inferers)?,
		forecasters: bounded(present.collect())?,
		absent: bounded(absent)?,
		intervals: predicted(parameters, errors, network)?,
		element_values: bounded(fixed(&made.values)?)?,
		inferer_weights: bounded(fixed(&made.inferer_weights)?)?,
		forecaster_weights: bounded(fixed(&made.forecaster_weights)?)?,
		disagreement: to_disagreement(&made.disagreement)?,
	};
	let scales: Vec<_> = errors.iter().map(|state| state.scale).collect();
	let kept = Kept { label_scales: bounded(fixed(&scales)?)?, mixture: made.kept };
	Ok(Synthesis { bundle, resistant, deviation, kept })
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
fn to_disagreement(labels: &[[Real; 5]]) -> MathResult<Disagreement> {
	let one =
		|percentiles: &[Real; 5]| fixed(percentiles)?.try_into().map_err(|_| MathError::Shape);
	bounded(labels.iter().map(one).collect::<MathResult<Vec<_>>>()?)
}

/// A list in its bounded type; [`MathError::Shape`] if it exceeds the bound.
pub(crate) fn bounded<Item, S: Get<u32>>(items: Vec<Item>) -> MathResult<BoundedVec<Item, S>> {
	BoundedVec::try_from(items).map_err(|_| MathError::Shape)
}
