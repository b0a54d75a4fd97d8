//! The worker close: payloads become a bundle (S 8).

use crate::{
	types::{Intervals, LabelValues},
	BundleHashes, Bundles, Config, Event, Latest, LatestInference, Pallet, RegretBook, RegretBooks,
	WeightInfo, LOG_TARGET,
};
use alloc::vec::Vec;
use allora_math::{
	convert::{from_fixed, to_fixed},
	synthesis::{self, Input, ScaleRule, WeightParams},
	MathError, MathResult, Real,
};
use allora_primitives::{
	bundle::Inference,
	traits::{SubmissionInspect, TopicInspect},
	Bundle, EpochId, FixedI128, TopicId, TopicParameters, VoidReason,
};
use frame_support::{
	traits::{DefensiveOption, Get},
	weights::Weight,
	BoundedVec,
};

/// Inferences by account, ascending.
type Inferences<AccountId> = Vec<(AccountId, Inference)>;
/// Forecasts by account, ascending.
type Forecasts<AccountId> = Vec<(AccountId, Vec<(AccountId, FixedI128)>)>;

impl<T: Config> Pallet<T> {
	/// Makes and stores the bundle of an epoch; answers the weight it took.
	///
	/// [`VoidReason::NoInference`] without inferences, [`VoidReason::Arithmetic`] if a computation
	/// leaves its range.
	pub(crate) fn synthesise(topic: TopicId, epoch: EpochId) -> Result<Weight, VoidReason> {
		let parameters = T::Topics::parameters(topic).defensive_ok_or(VoidReason::Arithmetic)?;
		let inferences = T::Submissions::inferences(topic, epoch);
		if inferences.is_empty() {
			return Err(VoidReason::NoInference);
		}
		let forecasts = T::Submissions::forecasts(topic, epoch);
		let kept = forecasts.iter().map(|(_, forecast)| forecast.len()).max().unwrap_or_default();
		let book = RegretBooks::<T>::get(topic);
		let submitted = forecasts.len() as u32;
		let bundle = make_bundle(&parameters, &book, inferences, forecasts).map_err(|error| {
			log::warn!(target: LOG_TARGET, "topic {topic}, epoch {epoch}: no bundle: {error}");
			VoidReason::Arithmetic
		})?;
		let weight = T::WeightInfo::close_workers(
			bundle.inferers.len() as u32,
			submitted,
			kept as u32,
			bundle.labels,
			book.bytes(),
		);
		Self::store_bundle(topic, epoch, bundle)?;
		Ok(weight)
	}

	/// Stores a bundle with its hash and announces it as the topic's newest network inference.
	fn store_bundle(
		topic: TopicId,
		epoch: EpochId,
		bundle: Bundle<T::AccountId>,
	) -> Result<(), VoidReason> {
		let hash = bundle.hash();
		let values = LabelValues::try_from(bundle.network_inference().to_vec())
			.ok()
			.defensive_ok_or(VoidReason::Arithmetic)?;
		let intervals = bundle.intervals.clone();
		let inferers = bundle.inferers.iter().cloned();
		let forecasters = bundle.forecasters.iter().cloned();
		Self::deposit_event(Event::InferenceMade {
			topic,
			epoch,
			values: values.clone(),
			intervals: intervals.clone(),
			hash,
			// As many as the bundle's, which are bounded alike.
			inferer_weights: BoundedVec::truncate_from(
				inferers.zip(bundle.inferer_weights.iter().copied()).collect(),
			),
			forecaster_weights: BoundedVec::truncate_from(
				forecasters.zip(bundle.forecaster_weights.iter().copied()).collect(),
			),
		});
		Latest::<T>::insert(topic, LatestInference { epoch, values, intervals });
		BundleHashes::<T>::insert(topic, epoch, (hash, bundle.elements()));
		Bundles::<T>::insert(topic, epoch, bundle);
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
fn make_bundle<AccountId: Clone + Ord>(
	parameters: &TopicParameters,
	book: &RegretBook<AccountId>,
	inferences: Inferences<AccountId>,
	forecasts: Forecasts<AccountId>,
) -> MathResult<Bundle<AccountId>> {
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
	let synthesised = synthesis::synthesise(&Input {
		labels,
		inferences: &values,
		forecasts: &expected,
		previous_loss: learned.map(|last| from_fixed(last.network_loss)).transpose()?,
		all_new: book.all_new(&inferers),
		scale: learned.map(|last| from_fixed(last.scale)).transpose()?,
		regrets: &book.table(&inferers, &forecasters)?,
		params: &weight_params(parameters)?,
	})?;
	to_bundle(synthesised, learned.map(|last| last.epoch), inferers, &forecasters)
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
	let intervals = made.intervals.iter().map(to_interval).collect::<MathResult<Vec<_>>>()?;
	Ok(Bundle {
		loss_epoch,
		labels: made.labels as u32,
		inferers: bounded(inferers)?,
		forecasters: bounded(kept.collect())?,
		absent: bounded(absent.collect::<MathResult<Vec<_>>>()?)?,
		values: bounded(fixed(&made.values)?)?,
		inferer_weights: bounded(fixed(&made.inferer_weights)?)?,
		forecaster_weights: bounded(fixed(&made.forecaster_weights)?)?,
		intervals: Intervals::try_from(intervals).map_err(|_| MathError::Shape)?,
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

/// The percentiles of a label, to store.
fn to_interval(percentiles: &[Real; 5]) -> MathResult<[FixedI128; 5]> {
	fixed(percentiles)?.try_into().map_err(|_| MathError::Shape)
}

/// A list that must keep its bound; [`MathError::Shape`] if it does not.
pub(crate) fn bounded<Item, S: Get<u32>>(items: Vec<Item>) -> MathResult<BoundedVec<Item, S>> {
	BoundedVec::try_from(items).map_err(|_| MathError::Shape)
}
