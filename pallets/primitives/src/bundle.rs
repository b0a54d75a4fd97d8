//! What workers and reputers send, and what the Topic Coordinator makes of it.

use crate::{
	argument_bound, EpochId, MAX_ELEMENTS, MAX_FORECASTERS, MAX_FORECAST_ELEMENTS, MAX_INFERERS,
	MAX_LABELS, MAX_VALUES,
};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{traits::ConstU32, BoundedVec};
use scale_info::TypeInfo;
use sp_arithmetic::FixedI128;
use sp_core::H256;

/// An inference: one value a label of the topic, in the topic's order of labels.
pub type Inference = BoundedVec<FixedI128, ConstU32<MAX_LABELS>>;

/// An inference as it is submitted: values in the topic's order of labels, of which some may be
/// left out, in the middle as none and at the end altogether (S 17). At most as many as the topic has
/// labels are accepted.
pub type SubmittedInference =
	BoundedVec<Option<FixedI128>, ConstU32<{ argument_bound(MAX_LABELS) }>>;

/// A forecast: the log losses its author expects of inferers' inferences, each inferer at most once.
pub type Forecast<AccountId> = BoundedVec<(AccountId, FixedI128), ConstU32<MAX_FORECAST_ELEMENTS>>;

/// A forecast as it is submitted; at most [`MAX_FORECAST_ELEMENTS`] are accepted.
pub type SubmittedForecast<AccountId> =
	BoundedVec<(AccountId, FixedI128), ConstU32<{ argument_bound(MAX_FORECAST_ELEMENTS) }>>;

/// Losses of a bundle's elements, positional in the order of S 12.3.
pub type Losses = BoundedVec<FixedI128, ConstU32<MAX_ELEMENTS>>;

/// Losses as they are reported; as many as the bundle has elements are accepted.
pub type SubmittedLosses = BoundedVec<FixedI128, ConstU32<{ argument_bound(MAX_ELEMENTS) }>>;

/// The network inference bundle of an epoch: everything that reputers report losses of.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Bundle<AccountId> {
	/// The epoch whose network losses stood for the previous ones (L_{i-1}); none at first.
	pub loss_epoch: Option<EpochId>,
	/// Values an element has.
	pub labels: u32,
	/// Active inferers, ascending.
	pub inferers: BoundedVec<AccountId, ConstU32<MAX_INFERERS>>,
	/// Active forecasters that have a forecast-implied inference, ascending.
	pub forecasters: BoundedVec<AccountId, ConstU32<MAX_FORECASTERS>>,
	/// One-out-inferer-forecaster elements that do not exist, as (forecaster, inferer) positions,
	/// ascending: the forecaster names no other inferer.
	pub absent: BoundedVec<(u8, u8), ConstU32<{ MAX_INFERERS * MAX_FORECASTERS }>>,
	/// The elements' values, label by label, in the order of S 12.3: combined, naive, inferers,
	/// forecasters, one-out-inferer-forecaster (forecaster by forecaster), one-out inferers,
	/// one-out forecasters, one-in forecasters.
	pub element_values: BoundedVec<FixedI128, ConstU32<MAX_VALUES>>,
	/// Weight of each inferer in the network inference; with the forecasters' they sum to 1.
	pub inferer_weights: BoundedVec<FixedI128, ConstU32<MAX_INFERERS>>,
	/// Weight of each forecaster in the network inference.
	pub forecaster_weights: BoundedVec<FixedI128, ConstU32<MAX_FORECASTERS>>,
	/// A label's confidence interval: percentiles 2.28, 15.87, 50, 84.13 and 97.72 (S 8.8).
	pub intervals: BoundedVec<[FixedI128; 5], ConstU32<MAX_LABELS>>,
}

impl<AccountId: Encode> Bundle<AccountId> {
	/// What a report must name to be about this bundle: Blake2-256 of the encoded bundle.
	pub fn hash(&self) -> H256 {
		sp_io::hashing::blake2_256(&self.encode()).into()
	}

	/// How many elements the bundle has, and so how many losses a report.
	pub fn elements(&self) -> u32 {
		(self.element_values.len() as u32).checked_div(self.labels).unwrap_or_default()
	}

	/// The values of the element at this position, one a label.
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

/// A reputer's report on an epoch as it is learned from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report<AccountId> {
	/// The reputer.
	pub reputer: AccountId,
	/// Own and delegated stake in planck, frozen when the epoch's reporting opened.
	pub authority: crate::Balance,
	/// How much the network listens to the reputer, in [0, 1]; 1 before its first scoring (S 12.3).
	pub coefficient: FixedI128,
	/// One loss per element of the bundle.
	pub losses: Losses,
}
