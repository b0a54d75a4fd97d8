//! The parameters of a topic.
//!
//! As in [`super::types`], numbers of the chain are in units of 1e-18, amounts in planck and times in
//! slots.

use super::types::{LossMethod, Rule};
use subxt::ext::{scale_decode::DecodeAsType, scale_encode::EncodeAsType};

/// A loss of the chain. Its numbers are in units of 1e-18.
#[derive(Clone, Debug, PartialEq, Eq, DecodeAsType, EncodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
#[encode_as_type(crate_path = "subxt::ext::scale_encode")]
pub enum TopicLoss {
	/// The squared error.
	Squared,
	/// The absolute error.
	Absolute,
	/// Squared up to an error of `delta`, and linear from there on.
	Huber {
		/// The error from which on the loss is linear.
		delta: i128,
	},
	/// The logarithm of the hyperbolic cosine of the error.
	LogCosh,
	/// The loss of quantiles.
	Pinball {
		/// The level of each label's quantile, ascending.
		levels: Vec<i128>,
	},
	/// The squared error of probabilities.
	Brier,
	/// The negative logarithm of the observed label's probability.
	CrossEntropy,
	/// The loss of counts.
	Poisson,
	/// The difference of hyperbolic tangents, in standard deviations of past truths.
	Ztae,
	/// The same with a power law for large errors.
	Zptae,
	/// The loss of returns that counts a wrong sign more than a wrong size.
	Czar {
		/// The weight of the sign.
		alpha: i128,
	},
	/// A loss that reputers compute, by its name.
	Custom(Vec<u8>),
}

impl From<LossMethod> for TopicLoss {
	fn from(method: LossMethod) -> Self {
		match method {
			LossMethod::Squared => Self::Squared,
			LossMethod::Absolute => Self::Absolute,
			LossMethod::CrossEntropy => Self::CrossEntropy,
		}
	}
}

/// When the epochs of a topic open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, DecodeAsType, EncodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
#[encode_as_type(crate_path = "subxt::ext::scale_encode")]
pub enum Cadence {
	/// One every epoch length.
	Regular,
	/// When a request pays for one.
	OnDemand,
}

/// The parameters that the creator of a topic chooses.
#[derive(Clone, Debug, PartialEq, DecodeAsType, EncodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
#[encode_as_type(crate_path = "subxt::ext::scale_encode")]
pub struct TopicParameters {
	/// Description of the topic, for display.
	pub metadata: Vec<u8>,
	/// How far an inference is from the truth.
	pub loss_method: TopicLoss,
	/// Added to a loss before its logarithm is taken.
	pub loss_floor: i128,
	/// Where reputers find the ground truth.
	pub ground_truth: Vec<u8>,
	/// Names of the values of an inference, one each.
	pub labels: Vec<Vec<u8>>,
	/// How far from 1 the sum of an inference's values may be; `None` if the sum is free.
	pub unity_tolerance: Option<i128>,
	/// The value of a label that an inference omits.
	pub label_default: i128,
	/// When epochs open.
	pub cadence: Cadence,
	/// Slots from one epoch's opening to the next, at least.
	pub epoch_length: u32,
	/// Slot, modulo the epoch length, in which epochs open; `None` to let the chain choose.
	pub phase: Option<u32>,
	/// Slots after the opening in which payloads are still accepted.
	pub worker_window: u32,
	/// Slots after that in which committed payloads are revealed; 0 to submit payloads openly.
	pub reveal_window: u32,
	/// Slots after the opening at which the ground truth is known.
	pub ground_truth_lag: u32,
	/// The rule; the next three parameters, `epsilon` and `scale_rule` are read by the regret rule
	/// only.
	pub rule: Rule,
	/// Slope of the weight function (p).
	pub p_norm: i128,
	/// Offset of the weight function (c).
	pub c_norm: i128,
	/// Smoothing factor of regrets.
	pub alpha_regret: i128,
	/// Smoothing factor of scores in merit sortition.
	pub merit_sortition_alpha: i128,
	/// Added to scales, so that none is zero.
	pub epsilon: i128,
	/// How the common scale of regrets is measured.
	pub scale_rule: ScaleRule,
	/// Quantile of the active inferers' scores toward which passive ones are pulled.
	pub inferer_quantile: i128,
	/// Quantile of the active forecasters' scores toward which passive ones are pulled.
	pub forecaster_quantile: i128,
	/// Maximum size of the inferers' active set.
	pub max_inferers: u32,
	/// Maximum size of the forecasters' active set.
	pub max_forecasters: u32,
	/// Maximum size of the reputers' active set.
	pub max_reputers: u32,
	/// Minimum number of reports; with fewer an epoch is void.
	pub min_reputers: u32,
	/// Minimum stake of the reputers that report, in planck; with less an epoch is void.
	pub min_stake: u128,
	/// Number of epochs whose records are kept.
	pub history: u32,
}

impl TopicParameters {
	/// The reveal window of a topic of these lengths in slots: as long as the worker window if two
	/// such windows are below the epoch length, and else none.
	pub fn common_reveal_window(epoch_length: u32, worker_window: u32) -> u32 {
		if worker_window.saturating_mul(2) < epoch_length {
			worker_window
		} else {
			0
		}
	}
}

/// How the common scale of regrets is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, DecodeAsType, EncodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
#[encode_as_type(crate_path = "subxt::ext::scale_encode")]
pub enum ScaleRule {
	/// By the median absolute deviation, which outliers barely change.
	Mad,
	/// By the standard deviation.
	StdDev,
}
