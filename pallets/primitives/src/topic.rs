//! The parameters of a topic, and which values are accepted.

use crate::{
	argument_bound,
	loss::{check_range, check_unity, Kind},
	Balance, LossMethod, Slots, ValuesError, MAX_FORECASTERS, MAX_HISTORY, MAX_INFERENCE,
	MAX_INFERERS, MAX_LABEL, MAX_LABELS, MAX_REPUTERS, MAX_TEXT,
};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use core::ops::RangeInclusive;
use frame_support::{traits::ConstU32, BoundedVec};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};
use sp_arithmetic::FixedI128;
use sp_runtime::traits::{One, Zero};

/// A text of a topic, of which [`TopicParameters::validate`] accepts at most [`MAX_TEXT`] bytes.
pub type Text = BoundedVec<u8, ConstU32<{ argument_bound(MAX_TEXT) }>>;
/// A label, of which [`TopicParameters::validate`] accepts at most [`MAX_LABEL`] bytes.
pub type Label = BoundedVec<u8, ConstU32<{ argument_bound(MAX_LABEL) }>>;
/// Labels, of which [`TopicParameters::validate`] accepts at most [`MAX_LABELS`].
pub type Labels = BoundedVec<Label, ConstU32<{ argument_bound(MAX_LABELS) }>>;

/// The measure of the common scale of regrets (S 9.2).
#[derive(
	Clone,
	Copy,
	Debug,
	Default,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Serialize,
	Deserialize,
)]
pub enum ScaleRule {
	/// 1.4826 times the median absolute deviation, plus epsilon.
	#[default]
	#[codec(index = 0)]
	Mad,
	/// The sample standard deviation, plus epsilon.
	#[codec(index = 1)]
	StdDev,
}

/// The rule by which losses become weights, and contributions rewards.
#[derive(
	Clone,
	Copy,
	Debug,
	Default,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Serialize,
	Deserialize,
)]
#[scale_info(capture_docs = "always")]
pub enum Rule {
	/// Weights by regret along the gradient of the topic's loss (S 9.4), rewards by claims (S 13.9).
	#[default]
	#[codec(index = 0)]
	Mixture,
	/// The original's: weights by smoothed regrets (S 9.3, 11), rewards by scores (S 13.1 to 13.5).
	#[codec(index = 1)]
	Regret,
}

/// When the epochs of a topic open (S 6.4, 6.11).
#[derive(
	Clone,
	Copy,
	Debug,
	Default,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Serialize,
	Deserialize,
)]
pub enum Cadence {
	/// While the topic is active, one epoch opens every epoch length.
	#[default]
	#[codec(index = 0)]
	Regular,
	/// An epoch opens when a request pays for it, at least one epoch length after the one before.
	#[codec(index = 1)]
	OnDemand,
}

/// The parameters that the creator of a topic chooses (S 6.1).
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
#[scale_info(capture_docs = "always")]
pub struct TopicParameters {
	/// What to predict, for human readers: at most 255 bytes of UTF-8 without control characters.
	pub metadata: Text,
	/// How far an inference is from the truth (S 10.3); its numbers are in units of 10^-18: 1.5 is
	/// 1500000000000000000.
	pub loss_method: LossMethod,
	/// The number added to a loss before its logarithm is taken, from 10^-12 to 1e15, so that exact
	/// inferences do not outweigh all others; about a thousandth of the typical loss. In units of
	/// 10^-18: 0.01 is 10000000000000000.
	pub loss_floor: FixedI128,
	/// Where reputers find the ground truth: at most 255 bytes of UTF-8 without control characters.
	pub ground_truth: Text,
	/// The names of an inference's values; one label is regression. 1 to 8 labels, each of 1 to 64
	/// printable ASCII characters without blanks; no two may differ in case only.
	pub labels: Labels,
	/// The maximum difference between 1 and the sum of an inference's values, from 0 to 1 in units
	/// of 10^-18: 0.01 is 10000000000000000. `None` if the sum is not restricted, as with a single
	/// label (S 17).
	pub unity_tolerance: Option<FixedI128>,
	/// The value of a label that an inference omits, at most 1e15 in magnitude (S 17), in units of
	/// 10^-18: 3.5 is 3500000000000000000.
	pub label_default: FixedI128,
	/// Whether epochs open regularly, or on demand when a request pays for one.
	pub cadence: Cadence,
	/// The number of slots from one epoch's opening to the next (EL); if epochs open on demand, the
	/// minimum.
	pub epoch_length: Slots,
	/// The slot within an epoch length in which epochs open, counted from the Unix epoch and below
	/// the epoch length; `None` if the chain chooses. With slots of six seconds, an epoch length of
	/// 14400 and a phase of 8700, an epoch opens every day at 14:30 UTC.
	pub phase: Option<Slots>,
	/// The number of slots after the opening in which payloads are still accepted (W), below the
	/// epoch length.
	pub worker_window: Slots,
	/// The number of slots after the worker window in which committed payloads are revealed (V);
	/// 0 if payloads are submitted openly. Together the two windows are below the epoch length.
	pub reveal_window: Slots,
	/// The number of slots after the opening until the truth is known (GTL): 1 to 16 epoch lengths.
	pub ground_truth_lag: Slots,
	/// The rule by which losses become weights, and contributions rewards. The slope, the offset,
	/// the smoothing and the scale of regrets below have an effect under the regret rule only.
	/// Epsilon has one there, and on the fall of a score for a payload that is not revealed (S 7.6).
	pub rule: Rule,
	/// The slope of the weight function (p), 2.5 to 4.5 (S 9.3), in units of 10^-18: 3.5 is
	/// 3500000000000000000.
	pub p_norm: FixedI128,
	/// The offset of the weight function (c), above 0 and at most 10, in units of 10^-18: 0.75 is
	/// 750000000000000000.
	pub c_norm: FixedI128,
	/// The smoothing of regrets, above 0 and at most 1 (S 11.1), in units of 10^-18: 0.1 is
	/// 100000000000000000.
	pub alpha_regret: FixedI128,
	/// The smoothing of scores in merit sortition, at least 0 and below 1 (S 7.5), in units of
	/// 10^-18: 0.1 is 100000000000000000.
	pub merit_sortition_alpha: FixedI128,
	/// The number added to scales so that no divisor is close to 0, from 10^-9 to 1, in units of
	/// 10^-18: 0.01 is 10000000000000000.
	pub epsilon: FixedI128,
	/// The measure of the common scale of regrets.
	pub scale_rule: ScaleRule,
	/// The quantile of the active inferers' scores toward which passive ones are pulled, at least 0
	/// and below 1, in units of 10^-18: 0.25 is 250000000000000000.
	pub inferer_quantile: FixedI128,
	/// The same quantile for forecasters, in units of 10^-18: 0.25 is 250000000000000000.
	pub forecaster_quantile: FixedI128,
	/// The size of the inferers' active set, 1 to 32.
	pub max_inferers: u32,
	/// The size of the forecasters' active set, 0 to 8.
	pub max_forecasters: u32,
	/// The size of the reputers' active set, 1 to 16.
	pub max_reputers: u32,
	/// The minimum number of reports for a valid epoch, 1 to `max_reputers`.
	pub min_reputers: u32,
	/// The minimum stake of the reports for a valid epoch, at most the maximum supply, in planck:
	/// 1 ALLO is 10,000,000,000 planck.
	pub min_stake: Balance,
	/// The number of final epochs whose records are kept, 1 to 64.
	pub history: u32,
}

/// A change of a topic's parameters by its creator (S 6.1); `None` leaves a parameter as it is.
///
/// Parameters on which payloads, windows, capacity or stakes depend cannot be changed.
#[derive(
	Clone,
	Debug,
	Default,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
#[scale_info(capture_docs = "always")]
pub struct TopicUpdate {
	/// What to predict, for human readers: at most 255 bytes of UTF-8 without control characters.
	pub metadata: Option<Text>,
	/// How far an inference is from the truth (S 10.3); its numbers are in units of 10^-18: 1.5 is
	/// 1500000000000000000. Only a method of the same class can replace another one, since reports
	/// and capacity depend on it: squared, absolute, Huber, pinball and Brier; log-cosh,
	/// cross-entropy, Poisson, ZTAE, ZPTAE and CZAR; or custom.
	pub loss_method: Option<LossMethod>,
	/// The number added to a loss before its logarithm is taken, from 10^-12 to 1e15, in units of
	/// 10^-18: 0.01 is 10000000000000000.
	pub loss_floor: Option<FixedI128>,
	/// Where reputers find the ground truth: at most 255 bytes of UTF-8 without control characters.
	pub ground_truth: Option<Text>,
	/// The rule by which losses become weights, and contributions rewards. The other rule begins
	/// without what this one has learned. A rule that takes more computation than is reserved for
	/// the topic needs a vacancy.
	pub rule: Option<Rule>,
	/// The slope of the weight function (p), 2.5 to 4.5 (S 9.3), in units of 10^-18: 3.5 is
	/// 3500000000000000000.
	pub p_norm: Option<FixedI128>,
	/// The offset of the weight function (c), above 0 and at most 10, in units of 10^-18: 0.75 is
	/// 750000000000000000.
	pub c_norm: Option<FixedI128>,
	/// The smoothing of regrets, above 0 and at most 1 (S 11.1), in units of 10^-18: 0.1 is
	/// 100000000000000000.
	pub alpha_regret: Option<FixedI128>,
	/// The smoothing of scores in merit sortition, at least 0 and below 1 (S 7.5), in units of
	/// 10^-18: 0.1 is 100000000000000000.
	pub merit_sortition_alpha: Option<FixedI128>,
}

impl TopicUpdate {
	/// Whether no parameter has a value.
	pub fn is_empty(&self) -> bool {
		*self == Self::default()
	}

	/// These values, or those of `others` for parameters that have none here.
	pub fn or(self, others: Self) -> Self {
		Self {
			metadata: self.metadata.or(others.metadata),
			loss_method: self.loss_method.or(others.loss_method),
			loss_floor: self.loss_floor.or(others.loss_floor),
			ground_truth: self.ground_truth.or(others.ground_truth),
			rule: self.rule.or(others.rule),
			p_norm: self.p_norm.or(others.p_norm),
			c_norm: self.c_norm.or(others.c_norm),
			alpha_regret: self.alpha_regret.or(others.alpha_regret),
			merit_sortition_alpha: self.merit_sortition_alpha.or(others.merit_sortition_alpha),
		}
	}
}

/// The parameter that makes topic parameters invalid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TopicParametersError {
	/// `metadata` is too long, not UTF-8, or has control characters.
	Metadata,
	/// A parameter of `loss_method` is out of its range, the method does not fit the labels, or the
	/// name of a custom method is empty, too long, or not printable ASCII without blanks.
	LossMethod,
	/// `loss_floor` is outside 10^-12 to 1e15.
	LossFloor,
	/// `ground_truth` is too long, not UTF-8, or has control characters.
	GroundTruth,
	/// `labels` is empty or too long, two of them differ in case only, or one of them is empty, too
	/// long, or not printable ASCII without blanks.
	Labels,
	/// `unity_tolerance` is outside 0 to 1, or set with a single label.
	UnityTolerance,
	/// `label_default` is larger than 1e15 in magnitude.
	LabelDefault,
	/// `epoch_length` is below the minimum.
	EpochTooShort,
	/// `epoch_length` is above the maximum.
	EpochTooLong,
	/// `phase` is not below `epoch_length`.
	Phase,
	/// `worker_window` is zero or not below `epoch_length`.
	WorkerWindow,
	/// `worker_window` plus `reveal_window` is not below `epoch_length`.
	RevealWindow,
	/// `ground_truth_lag` is outside 1 to 16 epoch lengths.
	GroundTruthLag,
	/// `p_norm` is outside 2.5 to 4.5.
	PNorm,
	/// `c_norm` is outside (0, 10].
	CNorm,
	/// `alpha_regret` is outside (0, 1].
	AlphaRegret,
	/// `merit_sortition_alpha` is outside [0, 1).
	MeritSortitionAlpha,
	/// `epsilon` is outside 10^-9 to 1.
	Epsilon,
	/// A quantile is outside [0, 1).
	Quantile,
	/// `max_inferers`, `max_forecasters` or `max_reputers` is outside its bounds.
	ActiveSetSize,
	/// `min_reputers` is zero or above `max_reputers`.
	MinReputers,
	/// `min_stake` is above the maximum supply.
	MinStake,
	/// `history` is zero or above 64.
	History,
}

impl TopicParameters {
	/// The minimum of epsilon: divided by it, the regret of the largest losses is far inside the
	/// range of the compute type.
	pub const MIN_EPSILON: FixedI128 = FixedI128::from_inner(1_000_000_000);
	/// The minimum of the loss floor.
	pub const MIN_LOSS_FLOOR: FixedI128 = FixedI128::from_inner(1_000_000);
	/// The loss floor of the original network, and of [`Self::regression`]: 10^-8.
	pub const DEFAULT_LOSS_FLOOR: FixedI128 = FixedI128::from_inner(10_000_000_000);
	/// The maximum ground-truth lag in epoch lengths, which bounds the number of epochs in flight.
	pub const MAX_LAG_EPOCHS: u32 = 16;

	/// The parameters of a regression topic with common values and without a reveal window, for the
	/// caller to change. All arguments are in slots.
	pub fn regression(epoch_length: Slots, worker_window: Slots, ground_truth_lag: Slots) -> Self {
		Self {
			metadata: Text::default(),
			loss_method: LossMethod::Squared,
			loss_floor: Self::DEFAULT_LOSS_FLOOR,
			ground_truth: Text::default(),
			labels: BoundedVec::truncate_from(alloc::vec![Label::truncate_from(b"y".to_vec())]),
			unity_tolerance: None,
			label_default: FixedI128::zero(),
			cadence: Cadence::Regular,
			epoch_length,
			phase: None,
			worker_window,
			reveal_window: 0,
			ground_truth_lag,
			rule: Rule::Mixture,
			p_norm: FixedI128::from_u32(3),
			c_norm: FixedI128::from_rational(3, 4),
			alpha_regret: FixedI128::from_rational(1, 10),
			merit_sortition_alpha: FixedI128::from_rational(1, 10),
			epsilon: FixedI128::from_rational(1, 100),
			scale_rule: ScaleRule::Mad,
			inferer_quantile: FixedI128::from_rational(1, 4),
			forecaster_quantile: FixedI128::from_rational(1, 4),
			max_inferers: 32,
			max_forecasters: 6,
			max_reputers: 6,
			min_reputers: 1,
			min_stake: 0,
			history: 10,
		}
	}

	/// The reveal window that a creator should choose for these windows, in slots: as long as the
	/// worker window if two such windows are below the epoch length, and else none.
	pub const fn common_reveal_window(epoch_length: Slots, worker_window: Slots) -> Slots {
		if worker_window.saturating_mul(2) < epoch_length {
			worker_window
		} else {
			0
		}
	}

	/// Whether an epoch opens only when a request pays for it.
	pub fn is_on_demand(&self) -> bool {
		self.cadence == Cadence::OnDemand
	}

	/// Whether workers commit to their payloads and reveal them in a window of its own.
	pub fn has_reveal_window(&self) -> bool {
		self.reveal_window > 0
	}

	/// Checks all ranges of S 6.2, the texts, and that the windows fit together.
	///
	/// `epoch_lengths` are the minimum and maximum length in slots; `max_supply` is in planck.
	pub fn validate(
		&self,
		epoch_lengths: RangeInclusive<Slots>,
		max_supply: Balance,
	) -> Result<(), TopicParametersError> {
		use TopicParametersError as E;
		let ensure = |holds: bool, error: E| if holds { Ok(()) } else { Err(error) };
		let (zero, one) = (FixedI128::zero(), FixedI128::one());
		let quantile = |q: &FixedI128| *q >= zero && *q < one;

		ensure(is_text(&self.metadata), E::Metadata)?;
		let unity = self.unity_tolerance.is_some();
		ensure(self.loss_method.is_valid(self.labels.len(), unity), E::LossMethod)?;
		ensure((Self::MIN_LOSS_FLOOR..=MAX_INFERENCE).contains(&self.loss_floor), E::LossFloor)?;
		ensure(is_text(&self.ground_truth), E::GroundTruth)?;
		ensure(self.labels_are_valid(), E::Labels)?;
		ensure(self.unity_is_valid(), E::UnityTolerance)?;
		ensure(
			self.label_default >= -MAX_INFERENCE && self.label_default <= MAX_INFERENCE,
			E::LabelDefault,
		)?;
		let shortest = (*epoch_lengths.start()).max(1);
		ensure(self.epoch_length >= shortest, E::EpochTooShort)?;
		ensure(self.epoch_length <= *epoch_lengths.end(), E::EpochTooLong)?;
		ensure(self.phase.is_none_or(|phase| phase < self.epoch_length), E::Phase)?;
		ensure(self.worker_window > 0 && self.worker_window < self.epoch_length, E::WorkerWindow)?;
		// The worker window is below the epoch length, so that this does not underflow.
		let left = self.epoch_length.saturating_sub(self.worker_window);
		ensure(self.reveal_window < left, E::RevealWindow)?;
		let longest_lag = self.epoch_length.saturating_mul(Self::MAX_LAG_EPOCHS);
		ensure(
			self.ground_truth_lag >= self.epoch_length && self.ground_truth_lag <= longest_lag,
			E::GroundTruthLag,
		)?;
		ensure(
			self.p_norm >= FixedI128::from_rational(5, 2)
				&& self.p_norm <= FixedI128::from_rational(9, 2),
			E::PNorm,
		)?;
		ensure(self.c_norm > zero && self.c_norm <= FixedI128::from_u32(10), E::CNorm)?;
		ensure(self.alpha_regret > zero && self.alpha_regret <= one, E::AlphaRegret)?;
		ensure(quantile(&self.merit_sortition_alpha), E::MeritSortitionAlpha)?;
		ensure(self.epsilon >= Self::MIN_EPSILON && self.epsilon <= one, E::Epsilon)?;
		ensure(
			[self.inferer_quantile, self.forecaster_quantile].iter().all(quantile),
			E::Quantile,
		)?;
		ensure(
			(1..=MAX_INFERERS).contains(&self.max_inferers)
				&& self.max_forecasters <= MAX_FORECASTERS
				&& (1..=MAX_REPUTERS).contains(&self.max_reputers),
			E::ActiveSetSize,
		)?;
		ensure((1..=self.max_reputers).contains(&self.min_reputers), E::MinReputers)?;
		ensure(self.min_stake <= max_supply, E::MinStake)?;
		ensure((1..=MAX_HISTORY).contains(&self.history), E::History)
	}

	/// Checks an inference's values, one per label.
	pub fn check_inference(&self, values: &[FixedI128]) -> Result<(), ValuesError> {
		self.check_values(values, Kind::Inference)
	}

	/// Checks a reported truth's values, one per label.
	pub fn check_truth(&self, values: &[FixedI128]) -> Result<(), ValuesError> {
		self.check_values(values, Kind::Truth)
	}

	fn check_values(&self, values: &[FixedI128], kind: Kind) -> Result<(), ValuesError> {
		check_range(values)?;
		self.unity_tolerance.map_or(Ok(()), |tolerance| check_unity(values, tolerance))?;
		self.loss_method.check(values, kind)
	}

	/// Applies a change, and returns the former values of the parameters that are now different.
	///
	/// The result is not validated; see [`TopicParameters::validate`].
	pub fn apply(&mut self, update: TopicUpdate) -> TopicUpdate {
		fn replace<V: PartialEq>(value: &mut V, new: Option<V>) -> Option<V> {
			new.filter(|new| new != value).map(|new| core::mem::replace(value, new))
		}
		TopicUpdate {
			metadata: replace(&mut self.metadata, update.metadata),
			loss_method: replace(&mut self.loss_method, update.loss_method),
			loss_floor: replace(&mut self.loss_floor, update.loss_floor),
			ground_truth: replace(&mut self.ground_truth, update.ground_truth),
			rule: replace(&mut self.rule, update.rule),
			p_norm: replace(&mut self.p_norm, update.p_norm),
			c_norm: replace(&mut self.c_norm, update.c_norm),
			alpha_regret: replace(&mut self.alpha_regret, update.alpha_regret),
			merit_sortition_alpha: replace(
				&mut self.merit_sortition_alpha,
				update.merit_sortition_alpha,
			),
		}
	}

	/// The number of slots from an epoch's opening to the opening of its reporting: the
	/// ground-truth lag rounded up to whole epochs (A).
	pub fn reporting_delay(&self) -> Slots {
		self.lag_epochs().saturating_mul(self.epoch_length)
	}

	/// The maximum number of epochs that await their reputer close while payloads for the newest
	/// are accepted, if the clock is late by at most one epoch.
	pub fn epochs_in_flight(&self) -> u32 {
		self.lag_epochs().saturating_add(2)
	}

	/// The maximum number of epochs on record: those of the history and those in flight.
	pub fn epochs_on_record(&self) -> u32 {
		self.history.saturating_add(self.lag_epochs()).saturating_add(1)
	}

	/// The ground-truth lag in whole epochs, rounded up.
	fn lag_epochs(&self) -> u32 {
		self.ground_truth_lag.div_ceil(self.epoch_length.max(1))
	}

	fn unity_is_valid(&self) -> bool {
		self.unity_tolerance.is_none_or(|tolerance| {
			self.labels.len() > 1 && tolerance >= FixedI128::zero() && tolerance <= FixedI128::one()
		})
	}

	fn labels_are_valid(&self) -> bool {
		let unique = |(at, label): (usize, &Label)| {
			!self.labels.iter().take(at).any(|other| other.eq_ignore_ascii_case(label))
		};
		(1..=MAX_LABELS as usize).contains(&self.labels.len())
			&& self.labels.iter().all(|label| is_name(label, MAX_LABEL))
			&& self.labels.iter().enumerate().all(unique)
	}
}

/// Whether this is a name with a single representation: 1 to `longest` printable ASCII characters
/// without blanks.
pub(crate) fn is_name(bytes: &[u8], longest: u32) -> bool {
	(1..=longest as usize).contains(&bytes.len()) && bytes.iter().all(u8::is_ascii_graphic)
}

/// Whether this is at most [`MAX_TEXT`] bytes of UTF-8 without characters that control the display.
fn is_text(bytes: &[u8]) -> bool {
	// Line and paragraph separators, and marks that change the direction of text.
	let misleads = |c: char| {
		c.is_control()
			|| matches!(
				c,
				'\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
			)
	};
	bytes.len() <= MAX_TEXT as usize
		&& core::str::from_utf8(bytes).is_ok_and(|text| !text.chars().any(misleads))
}

#[cfg(test)]
mod tests {
	use super::*;
	use alloc::vec::Vec;
	use TopicParametersError as Invalid;

	const MAX_SUPPLY: Balance = 1_000;

	/// The result of validating a regression topic with this change.
	fn with(change: impl FnOnce(&mut TopicParameters)) -> Result<(), TopicParametersError> {
		let mut parameters = TopicParameters::regression(10, 4, 10);
		change(&mut parameters);
		parameters.validate(10..=u32::MAX, MAX_SUPPLY)
	}

	fn text(bytes: impl AsRef<[u8]>) -> Text {
		Text::try_from(bytes.as_ref().to_vec()).expect("the argument's type has room for it")
	}

	fn with_labels(labels: &[&[u8]]) -> Result<(), TopicParametersError> {
		let label = |bytes: &&[u8]| Label::try_from(bytes.to_vec()).expect("there is room for it");
		let labels: Vec<_> = labels.iter().map(label).collect();
		with(|p| p.labels = Labels::try_from(labels).expect("there is room for them"))
	}

	#[test]
	fn labels_that_differ_in_case_only_are_invalid() {
		assert_eq!(with_labels(&[b"up", b"down", b"Flat-1%"]), Ok(()));
		assert_eq!(with_labels(&[b"up", b"Up"]), Err(Invalid::Labels));
	}

	#[test]
	fn labels_with_other_characters_than_printable_ascii_are_invalid() {
		let invalid = [
			"",
			" ",
			"up ",
			" up",
			"u p",
			"up\n",
			"up\0",
			"up\u{7f}",
			"up\u{200b}",
			"u\u{308}",
			"ü",
		];
		for label in invalid {
			assert_eq!(with_labels(&[label.as_bytes()]), Err(Invalid::Labels), "{label:?}");
		}
		assert_eq!(with_labels(&[b"\xff"]), Err(Invalid::Labels));
	}

	#[test]
	fn labels_beyond_their_number_or_length_are_invalid() {
		let labels: Vec<_> = (b'a'..=b'i').map(|letter| [letter]).collect();
		let labels: Vec<_> = labels.iter().map(|label| &label[..]).collect();
		assert_eq!(with_labels(&labels[..8]), Ok(()));
		assert_eq!(with_labels(&labels), Err(Invalid::Labels));
		assert_eq!(with_labels(&[]), Err(Invalid::Labels));
		assert_eq!(with_labels(&[&[b'a'; 64]]), Ok(()));
		assert_eq!(with_labels(&[&[b'a'; 65]]), Err(Invalid::Labels));
	}

	#[test]
	fn both_windows_of_workers_end_before_the_epoch_does() {
		for (worker_window, reveal_window, valid) in
			[(4, 5, true), (4, 6, false), (9, 0, true), (9, 1, false), (1, u32::MAX, false)]
		{
			let result =
				with(|p| (p.worker_window, p.reveal_window) = (worker_window, reveal_window));
			assert_eq!(result, if valid { Ok(()) } else { Err(Invalid::RevealWindow) });
		}
	}

	#[test]
	fn common_reveal_window_is_as_long_as_the_worker_window_where_it_fits() {
		for (epoch_length, worker_window, expected) in
			[(10, 4, 4), (10, 5, 0), (11, 5, 5), (10, 9, 0), (u32::MAX, u32::MAX, 0)]
		{
			let common = TopicParameters::common_reveal_window(epoch_length, worker_window);
			assert_eq!(common, expected);
		}
	}

	#[test]
	fn texts_with_control_characters_or_invalid_utf8_are_invalid() {
		for valid in ["", "Gold, in €", "температура", "🙂"] {
			assert_eq!(with(|p| p.metadata = text(valid)), Ok(()), "{valid:?}");
			assert_eq!(with(|p| p.ground_truth = text(valid)), Ok(()), "{valid:?}");
		}
		for invalid in
			["two\nlines", "\0", "\u{1b}[2J", "\u{85}", "\u{2028}", "\u{202e}drawkcab", "\u{2066}"]
		{
			assert_eq!(with(|p| p.metadata = text(invalid)), Err(Invalid::Metadata), "{invalid:?}");
			let result = with(|p| p.ground_truth = text(invalid));
			assert_eq!(result, Err(Invalid::GroundTruth), "{invalid:?}");
		}
		assert_eq!(with(|p| p.metadata = text(b"\xff")), Err(Invalid::Metadata));
	}

	#[test]
	fn texts_beyond_their_length_are_invalid_by_name() {
		assert_eq!(with(|p| p.metadata = text([b'x'; 255])), Ok(()));
		assert_eq!(with(|p| p.metadata = text([b'x'; 256])), Err(Invalid::Metadata));
		assert_eq!(with(|p| p.ground_truth = text([b'x'; 256])), Err(Invalid::GroundTruth));
		let custom = LossMethod::Custom(text([b'x'; 256]));
		assert_eq!(with(|p| p.loss_method = custom), Err(Invalid::LossMethod));
	}

	#[test]
	fn name_of_the_loss_must_be_printable_ascii() {
		for name in ["", "s q e", "sqe\n", "sqé"] {
			let custom = LossMethod::Custom(text(name));
			assert_eq!(with(|p| p.loss_method = custom), Err(Invalid::LossMethod), "{name:?}");
		}
	}

	#[test]
	fn minimum_stake_above_the_supply_is_invalid() {
		assert_eq!(with(|p| p.min_stake = MAX_SUPPLY), Ok(()));
		assert_eq!(with(|p| p.min_stake = MAX_SUPPLY + 1), Err(Invalid::MinStake));
	}
}
