//! The worker close: payloads become a bundle (S 8), and an inference without outliers (S 18).

use crate::{
	types::{Intervals, LabelValues, ResistantInference, StoredBundle},
	weights::synthesis_work,
	Bundles, Config, Event, Latest, LatestInference, Pallet, RegretBook, RegretBooks, WeightInfo,
	LOG_TARGET,
};
use alloc::vec::Vec;
use allora_math::{
	convert::{from_fixed, to_fixed},
	outliers::{screen, OutlierParams},
	resistant::resistant,
	synthesis::{self, Input, ScaleRule, WeightParams},
	MathError, MathResult, Real,
};
use allora_primitives::{
	bundle::Inference,
	traits::{SubmissionInspect, TopicInspect},
	Bundle, EpochId, EpochSizes, FixedI128, TopicId, TopicParameters, VoidReason,
};
use frame_support::{
	traits::{DefensiveOption, Get},
	weights::Weight,
	BoundedVec,
};

/// Inferences by account, ascending.
pub(crate) type Inferences<AccountId> = Vec<(AccountId, Inference)>;
/// Forecasts by account, ascending.
pub(crate) type Forecasts<AccountId> = Vec<(AccountId, Vec<(AccountId, FixedI128)>)>;

/// The bundle of an epoch, and what is left of it without outliers.
struct Made<AccountId> {
	bundle: Bundle<AccountId>,
	resistant: Option<ResistantInference<AccountId>>,
	deviation: FixedI128,
}

impl<T: Config> Pallet<T> {
	/// Makes and stores the bundle of an epoch; answers the weight it took.
	///
	/// [`VoidReason::NoInference`] without inferences, [`VoidReason::Arithmetic`] if a computation
	/// leaves its range.
	pub(crate) fn synthesise(topic: TopicId, epoch: EpochId) -> Result<Weight, VoidReason> {
		let parameters =
			T::Topics::parameters_of(topic, epoch).defensive_ok_or(VoidReason::Arithmetic)?;
		let inferences = T::Submissions::inferences(topic, epoch);
		if inferences.is_empty() {
			return Err(VoidReason::NoInference);
		}
		let forecasts = T::Submissions::forecasts(topic, epoch);
		Self::synthesise_of(topic, epoch, &parameters, inferences, forecasts)
	}

	/// Makes and stores the bundle of these payloads; answers the weight it took.
	pub(crate) fn synthesise_of(
		topic: TopicId,
		epoch: EpochId,
		parameters: &TopicParameters,
		inferences: Inferences<T::AccountId>,
		forecasts: Forecasts<T::AccountId>,
	) -> Result<Weight, VoidReason> {
		let kept = forecasts.iter().map(|(_, forecast)| forecast.len()).max().unwrap_or_default();
		let book = RegretBooks::<T>::get(topic);
		let deviation = Latest::<T>::get(topic).map(|latest| latest.deviation);
		let submitted = forecasts.len() as u32;
		let made = make_bundle(parameters, &book, inferences, forecasts, deviation);
		let made = made.map_err(|error| {
			log::warn!(target: LOG_TARGET, "topic {topic}, epoch {epoch}: no bundle: {error}");
			VoidReason::Arithmetic
		})?;
		let sizes = EpochSizes {
			inferers: made.bundle.inferers.len() as u32,
			forecasters: submitted,
			elements: kept as u32,
			labels: made.bundle.labels,
			..Default::default()
		};
		let weight = T::WeightInfo::close_workers(synthesis_work(&sizes, book.bytes()));
		Self::store_bundle(topic, epoch, made)?;
		Ok(weight)
	}

	/// Stores a bundle with its hash and announces it as the topic's newest network inference.
	fn store_bundle(
		topic: TopicId,
		epoch: EpochId,
		made: Made<T::AccountId>,
	) -> Result<(), VoidReason> {
		let Made { bundle, resistant, deviation } = made;
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
			// As many as the bundle's, which are bounded alike.
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

/// How a topic's regrets become weights.
pub(crate) fn weight_params(parameters: &TopicParameters) -> MathResult<WeightParams> {
	Ok(WeightParams {
		p_norm: from_fixed(parameters.p_norm)?,
		c_norm: from_fixed(parameters.c_norm)?,
		epsilon: from_fixed(parameters.epsilon)?,
		scale_rule: match parameters.scale_rule {
			allora_primitives::ScaleRule::Mad => ScaleRule::Mad,
			allora_primitives::ScaleRule::StdDev => ScaleRule::StdDev,
		},
	})
}

/// The bundle of these payloads by what the topic has learned so far.
///
/// `deviation` is the last epoch's, by which outliers are told.
fn make_bundle<AccountId: Clone + Ord>(
	parameters: &TopicParameters,
	book: &RegretBook<AccountId>,
	inferences: Inferences<AccountId>,
	forecasts: Forecasts<AccountId>,
	deviation: Option<FixedI128>,
) -> MathResult<Made<AccountId>> {
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
	let seated = book.seat(&inferers, &forecasters);
	let input = Input {
		labels,
		inferences: &values,
		forecasts: &expected,
		previous_loss: learned.map(|last| from_fixed(last.network_loss)).transpose()?,
		all_new: book.all_new(&seated),
		scale: learned.map(|last| from_fixed(last.scale)).transpose()?,
		regrets: &book.table(&seated)?,
		params: &weight_params(parameters)?,
	};
	let synthesised = synthesis::synthesise(&input)?;
	let (resistant, deviation) = leave_outliers_out(&input, &inferers, deviation)?;
	let bundle = to_bundle(synthesised, learned.map(|last| last.epoch), inferers, &forecasters)?;
	Ok(Made { bundle, resistant, deviation })
}

/// The inference without outliers, if there are any, and the smoothed deviation (S 18).
///
/// Accepted inferences are at most 1e15 in magnitude, which nothing here makes too large.
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
	let out = |(at, _): &(usize, &AccountId)| screened.kept.binary_search(at).is_err();
	let left_out = inferers.iter().enumerate().filter(out).map(|(_, who)| who.clone());
	let inference = ResistantInference {
		label_values: bounded(fixed(&network.values)?)?,
		intervals: to_intervals(&network.intervals)?,
		left_out: bounded(left_out.collect())?,
	};
	Ok((Some(inference), deviation))
}

/// The computed bundle in its stored form.
fn to_bundle<AccountId: Clone>(
	made: synthesis::Bundle,
	loss_epoch: Option<EpochId>,
	inferers: Vec<AccountId>,
	forecasters: &[AccountId],
) -> MathResult<Bundle<AccountId>> {
	let position = |at: usize| u8::try_from(at).map_err(|_| MathError::Shape);
	let absent = made.layout.absent.iter().map(|(k, j)| Ok((position(*k)?, position(*j)?)));
	let kept = made.forecasters.iter().filter_map(|at| forecasters.get(*at)).cloned();
	Ok(Bundle {
		loss_epoch,
		labels: made.labels as u32,
		inferers: bounded(inferers)?,
		forecasters: bounded(kept.collect())?,
		absent: bounded(absent.collect::<MathResult<Vec<_>>>()?)?,
		element_values: bounded(fixed(&made.values)?)?,
		inferer_weights: bounded(fixed(&made.inferer_weights)?)?,
		forecaster_weights: bounded(fixed(&made.forecaster_weights)?)?,
		intervals: to_intervals(&made.intervals)?,
	})
}

/// A forecast by index of the inferer; elements about others than these are left out.
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

/// Numbers to compute with.
pub(crate) fn reals<'a>(values: impl Iterator<Item = &'a FixedI128>) -> MathResult<Vec<Real>> {
	values.copied().map(from_fixed).collect()
}

/// Numbers to store.
pub(crate) fn fixed(values: &[Real]) -> MathResult<Vec<FixedI128>> {
	values.iter().copied().map(to_fixed).collect()
}

/// The percentiles of each label, to store.
fn to_intervals(intervals: &[[Real; 5]]) -> MathResult<Intervals> {
	let one =
		|percentiles: &[Real; 5]| fixed(percentiles)?.try_into().map_err(|_| MathError::Shape);
	bounded(intervals.iter().map(one).collect::<MathResult<Vec<_>>>()?)
}

/// A list that must keep its bound; [`MathError::Shape`] if it does not.
pub(crate) fn bounded<Item, S: Get<u32>>(items: Vec<Item>) -> MathResult<BoundedVec<Item, S>> {
	BoundedVec::try_from(items).map_err(|_| MathError::Shape)
}
