//! The parameters of a topic.
//!
//! As in [`super::types`], numbers of the chain are in units of 1e-18, amounts in planck and times in
//! slots.

use super::{
	json::{self, Fixed, Planck, Text},
	types::{LossMethod, Rule},
};
use schemars::JsonSchema;
use serde::Serialize;
use subxt::ext::{scale_decode::DecodeAsType, scale_encode::EncodeAsType};

/// A loss of the chain. Its numbers are in units of 1e-18.
#[derive(Clone, Debug, PartialEq, Eq, DecodeAsType, EncodeAsType, JsonSchema, Serialize)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
#[encode_as_type(crate_path = "subxt::ext::scale_encode")]
#[serde(rename_all = "snake_case")]
pub enum TopicLoss {
	/// The squared error.
	Squared,
	/// The absolute error.
	Absolute,
	/// Squared up to an error of `delta`, and linear from there on.
	Huber {
		/// The error from which on the loss is linear.
		#[serde(serialize_with = "json::fixed")]
		#[schemars(with = "Fixed")]
		delta: i128,
	},
	/// The logarithm of the hyperbolic cosine of the error.
	LogCosh,
	/// The loss of quantiles.
	Pinball {
		/// The level of each label's quantile, ascending.
		#[serde(serialize_with = "json::all_fixed")]
		#[schemars(with = "Vec<Fixed>")]
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
		#[serde(serialize_with = "json::fixed")]
		#[schemars(with = "Fixed")]
		alpha: i128,
	},
	/// A loss that reputers compute, by its name.
	Custom(
		#[serde(serialize_with = "json::text")]
		#[schemars(with = "Text")]
		Vec<u8>,
	),
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, DecodeAsType, EncodeAsType, JsonSchema, Serialize)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
#[encode_as_type(crate_path = "subxt::ext::scale_encode")]
#[serde(rename_all = "snake_case")]
pub enum Cadence {
	/// One every epoch length.
	Regular,
	/// When a request pays for one.
	OnDemand,
}

/// The parameters that the creator of a topic chooses.
#[derive(Clone, Debug, PartialEq, DecodeAsType, EncodeAsType, JsonSchema, Serialize)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
#[encode_as_type(crate_path = "subxt::ext::scale_encode")]
pub struct TopicParameters {
	/// Description of the topic, for display.
	#[serde(serialize_with = "json::text")]
	#[schemars(with = "Text")]
	pub metadata: Vec<u8>,
	/// How far an inference is from the truth.
	pub loss_method: TopicLoss,
	/// Added to a loss before its logarithm is taken.
	#[serde(serialize_with = "json::fixed")]
	#[schemars(with = "Fixed")]
	pub loss_floor: i128,
	/// Where reputers find the ground truth.
	#[serde(serialize_with = "json::text")]
	#[schemars(with = "Text")]
	pub ground_truth: Vec<u8>,
	/// Names of the values of an inference, one each.
	#[serde(serialize_with = "json::texts")]
	#[schemars(with = "Vec<Text>")]
	pub labels: Vec<Vec<u8>>,
	/// How far from 1 the sum of an inference's values may be; `None` if the sum is free.
	#[serde(serialize_with = "json::maybe_fixed")]
	#[schemars(with = "Option<Fixed>")]
	pub unity_tolerance: Option<i128>,
	/// The value of a label that an inference omits.
	#[serde(serialize_with = "json::fixed")]
	#[schemars(with = "Fixed")]
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
	#[serde(serialize_with = "json::fixed")]
	#[schemars(with = "Fixed")]
	pub p_norm: i128,
	/// Offset of the weight function (c).
	#[serde(serialize_with = "json::fixed")]
	#[schemars(with = "Fixed")]
	pub c_norm: i128,
	/// Smoothing factor of regrets.
	#[serde(serialize_with = "json::fixed")]
	#[schemars(with = "Fixed")]
	pub alpha_regret: i128,
	/// Smoothing factor of scores in merit sortition.
	#[serde(serialize_with = "json::fixed")]
	#[schemars(with = "Fixed")]
	pub merit_sortition_alpha: i128,
	/// Added to scales, so that none is zero.
	#[serde(serialize_with = "json::fixed")]
	#[schemars(with = "Fixed")]
	pub epsilon: i128,
	/// How the common scale of regrets is measured.
	pub scale_rule: ScaleRule,
	/// Quantile of the active inferers' scores toward which passive ones are pulled.
	#[serde(serialize_with = "json::fixed")]
	#[schemars(with = "Fixed")]
	pub inferer_quantile: i128,
	/// Quantile of the active forecasters' scores toward which passive ones are pulled.
	#[serde(serialize_with = "json::fixed")]
	#[schemars(with = "Fixed")]
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
	#[serde(serialize_with = "json::planck")]
	#[schemars(with = "Planck")]
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

/// A change of a topic's parameters; those that it does not have stay as they are.
#[derive(Clone, Debug, Default, PartialEq, DecodeAsType, EncodeAsType, JsonSchema, Serialize)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
#[encode_as_type(crate_path = "subxt::ext::scale_encode")]
pub struct TopicUpdate {
	/// Description of the topic, for display.
	#[serde(serialize_with = "json::maybe_text", skip_serializing_if = "Option::is_none")]
	#[schemars(with = "Option<Text>")]
	pub metadata: Option<Vec<u8>>,
	/// How far an inference is from the truth.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub loss_method: Option<TopicLoss>,
	/// Added to a loss before its logarithm is taken.
	#[serde(serialize_with = "json::maybe_fixed", skip_serializing_if = "Option::is_none")]
	#[schemars(with = "Option<Fixed>")]
	pub loss_floor: Option<i128>,
	/// Where reputers find the ground truth.
	#[serde(serialize_with = "json::maybe_text", skip_serializing_if = "Option::is_none")]
	#[schemars(with = "Option<Text>")]
	pub ground_truth: Option<Vec<u8>>,
	/// The rule.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub rule: Option<Rule>,
	/// Slope of the weight function (p).
	#[serde(serialize_with = "json::maybe_fixed", skip_serializing_if = "Option::is_none")]
	#[schemars(with = "Option<Fixed>")]
	pub p_norm: Option<i128>,
	/// Offset of the weight function (c).
	#[serde(serialize_with = "json::maybe_fixed", skip_serializing_if = "Option::is_none")]
	#[schemars(with = "Option<Fixed>")]
	pub c_norm: Option<i128>,
	/// Smoothing factor of regrets.
	#[serde(serialize_with = "json::maybe_fixed", skip_serializing_if = "Option::is_none")]
	#[schemars(with = "Option<Fixed>")]
	pub alpha_regret: Option<i128>,
	/// Smoothing factor of scores in merit sortition.
	#[serde(serialize_with = "json::maybe_fixed", skip_serializing_if = "Option::is_none")]
	#[schemars(with = "Option<Fixed>")]
	pub merit_sortition_alpha: Option<i128>,
}

impl TopicUpdate {
	/// The parameters after the change.
	pub fn applied(&self, to: &TopicParameters) -> TopicParameters {
		TopicParameters {
			metadata: self.metadata.clone().unwrap_or_else(|| to.metadata.clone()),
			loss_method: self.loss_method.clone().unwrap_or_else(|| to.loss_method.clone()),
			loss_floor: self.loss_floor.unwrap_or(to.loss_floor),
			ground_truth: self.ground_truth.clone().unwrap_or_else(|| to.ground_truth.clone()),
			rule: self.rule.unwrap_or(to.rule),
			p_norm: self.p_norm.unwrap_or(to.p_norm),
			c_norm: self.c_norm.unwrap_or(to.c_norm),
			alpha_regret: self.alpha_regret.unwrap_or(to.alpha_regret),
			merit_sortition_alpha: self.merit_sortition_alpha.unwrap_or(to.merit_sortition_alpha),
			..to.clone()
		}
	}
}

/// How the common scale of regrets is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, DecodeAsType, EncodeAsType, JsonSchema, Serialize)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
#[encode_as_type(crate_path = "subxt::ext::scale_encode")]
#[serde(rename_all = "snake_case")]
pub enum ScaleRule {
	/// By the median absolute deviation, which outliers barely change.
	Mad,
	/// By the standard deviation.
	StdDev,
}
