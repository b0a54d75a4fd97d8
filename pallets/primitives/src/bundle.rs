//! Inferences, forecasts, reports, and the network inference bundle.

use crate::{
	argument_bound, EpochId, Rule, MAX_ELEMENTS, MAX_FORECASTERS, MAX_FORECAST_ELEMENTS,
	MAX_INFERERS, MAX_LABELS, MAX_VALUES,
};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{traits::ConstU32, BoundedVec};
use scale_info::TypeInfo;
use sp_arithmetic::FixedI128;
use sp_core::H256;

/// An inference: one value per label of the topic, in the topic's order of labels.
pub type Inference = BoundedVec<FixedI128, ConstU32<MAX_LABELS>>;

/// A submitted inference: values in the topic's order of labels (S 17). A value may be omitted: as
/// `None`, or at the end altogether. At most one value per label is accepted.
pub type SubmittedInference =
	BoundedVec<Option<FixedI128>, ConstU32<{ argument_bound(MAX_LABELS) }>>;

/// A forecast: inferers and the log losses expected of their inferences, each inferer at most once.
pub type Forecast<AccountId> = BoundedVec<(AccountId, FixedI128), ConstU32<MAX_FORECAST_ELEMENTS>>;

/// A submitted forecast; at most [`MAX_FORECAST_ELEMENTS`] elements are accepted.
pub type SubmittedForecast<AccountId> =
	BoundedVec<(AccountId, FixedI128), ConstU32<{ argument_bound(MAX_FORECAST_ELEMENTS) }>>;

/// A submitted truth; exactly one value per label of the topic is accepted.
pub type SubmittedTruth = BoundedVec<FixedI128, ConstU32<{ argument_bound(MAX_LABELS) }>>;

/// The losses of a bundle's elements, in the order of S 12.3.
pub type Losses = BoundedVec<FixedI128, ConstU32<MAX_ELEMENTS>>;

/// Reported losses; exactly one per element of the bundle is accepted.
pub type SubmittedLosses = BoundedVec<FixedI128, ConstU32<{ argument_bound(MAX_ELEMENTS) }>>;

/// Where the truth is expected, one row per label: the predictive quantiles at 2.5, 16, 84 and 97.5
/// %, ascending (S 8.10). Empty before the first truth of a topic, and always in topics with a
/// custom loss method.
pub type Intervals = BoundedVec<[FixedI128; 4], ConstU32<MAX_LABELS>>;

/// How far the workers disagree, one row per label: the percentiles 2.28, 15.87, 50, 84.13 and 97.72
/// of their values by weight (S 8.8).
pub type Disagreement = BoundedVec<[FixedI128; 5], ConstU32<MAX_LABELS>>;

/// The network inference bundle of an epoch: all inferences whose losses reputers report.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Bundle<AccountId> {
	/// The epoch whose network losses were used as the previous ones (L_{i-1}); `None` before the
	/// first.
	pub loss_epoch: Option<EpochId>,
	/// The rule by which it was made.
	pub rule: Rule,
	/// The number of values per element.
	pub labels: u32,
	/// The active inferers, sorted by account.
	pub inferers: BoundedVec<AccountId, ConstU32<MAX_INFERERS>>,
	/// The active forecasters that have a forecast-implied inference, sorted by account.
	pub forecasters: BoundedVec<AccountId, ConstU32<MAX_FORECASTERS>>,
	/// The one-out-inferer-forecaster elements that do not exist, since the forecaster names no
	/// other inferer: sorted positions (forecaster, inferer). Empty under the mixture rule, which
	/// has no such elements.
	pub absent: BoundedVec<(u8, u8), ConstU32<{ MAX_INFERERS * MAX_FORECASTERS }>>,
	/// The elements' values, label by label, in the order of S 12.3: combined, naive, inferers,
	/// forecasters, one-out-inferer-forecaster (forecaster by forecaster), one-out inferers,
	/// one-out forecasters, one-in forecasters.
	pub element_values: BoundedVec<FixedI128, ConstU32<MAX_VALUES>>,
	/// The weight of each inferer in the network inference; all weights sum to 1.
	pub inferer_weights: BoundedVec<FixedI128, ConstU32<MAX_INFERERS>>,
	/// The weight of each forecaster in the network inference. Under the mixture rule it is a part
	/// of the inferers' weights, which sum to 1.
	pub forecaster_weights: BoundedVec<FixedI128, ConstU32<MAX_FORECASTERS>>,
	/// Where the truth is expected, if the errors of earlier epochs are known.
	pub intervals: Intervals,
	/// How far the workers disagree.
	pub disagreement: Disagreement,
}

impl<AccountId: Encode> Bundle<AccountId> {
	/// The hash by which a report names this bundle: Blake2-256 of the encoded bundle.
	pub fn hash(&self) -> H256 {
		sp_io::hashing::blake2_256(&self.encode()).into()
	}

	/// The number of elements of the bundle, and of losses in a report.
	pub fn elements(&self) -> u32 {
		(self.element_values.len() as u32).checked_div(self.labels).unwrap_or_default()
	}

	/// The values of the element at this position, one per label; empty if there is none.
	pub fn element(&self, position: usize) -> &[FixedI128] {
		let labels = self.labels as usize;
		let from = position.saturating_mul(labels);
		self.element_values.get(from..from.saturating_add(labels)).unwrap_or_default()
	}

	/// The network inference: the combined element.
	pub fn network_inference(&self) -> &[FixedI128] {
		self.element(0)
	}
}

/// A reputer's report on an epoch, with the reputer's influence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report<AccountId> {
	/// The reputer.
	pub reputer: AccountId,
	/// The reputer's stake when the epoch's reporting opened, in planck.
	pub authority: crate::Balance,
	/// The listening coefficient of the reputer, in [0, 1]; 1 before its first scoring (S 12.3).
	pub coefficient: FixedI128,
	/// What was reported.
	pub payload: ReportPayload,
}

/// What a reputer reports on an epoch.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
#[scale_info(capture_docs = "always")]
pub enum ReportPayload {
	/// The truth: one value per label of the topic.
	#[codec(index = 0)]
	Truth(Inference),
	/// In a topic with a custom loss method: one log10 loss per element of the bundle.
	#[codec(index = 1)]
	Losses(Losses),
}

impl ReportPayload {
	/// The number of values reported.
	pub fn len(&self) -> u32 {
		match self {
			Self::Truth(truth) => truth.len() as u32,
			Self::Losses(losses) => losses.len() as u32,
		}
	}

	/// Whether nothing was reported, which no report that is accepted does.
	pub fn is_empty(&self) -> bool {
		self.len() == 0
	}
}
