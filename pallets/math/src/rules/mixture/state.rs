//! What the mixture rule keeps between epochs, and between an epoch and its truth.
//!
//! All numbers are bounded; each field states its range, which [`end`](super::end()) never leaves.

use crate::{predictive::LabelState, Real};
use alloc::{vec, vec::Vec};

/// What a topic has learned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TopicState {
	/// The running mean absolute error s of the network, averaged over labels: 0 before the first
	/// truth, then from 2^-30 to 3e15, in the unit of values. Always 0 for a custom loss.
	pub scale: Real,
	/// The running mean deviation of the workers' losses, from 0 to 2000; custom losses only.
	pub spread: Real,
	/// The number of epochs learned, from 0 to 5; later ones are not counted.
	pub epochs: u8,
	/// Base P and base S.
	pub bases: [BaseState; 2],
	/// One entry per label.
	pub labels: Vec<LabelState>,
}

impl TopicState {
	/// The state of a topic with this number of labels that has learned nothing.
	pub fn new(labels: usize) -> Self {
		Self {
			scale: Real::ZERO,
			spread: Real::ZERO,
			epochs: 0,
			bases: [BaseState::default(); 2],
			labels: vec![LabelState::default(); labels],
		}
	}
}

/// A base's standing against the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BaseState {
	/// The discounted regret R, from -1500 to 1000.
	pub regret: Real,
	/// The discounted sum V of squared steps, from 0 to 10 000.
	pub variance: Real,
	/// The largest step E so far, from 0.05 to 10.
	pub range: Real,
}

impl Default for BaseState {
	fn default() -> Self {
		Self { regret: Real::ZERO, variance: Real::lit("0.0025"), range: Real::lit("0.05") }
	}
}

/// An expert's standing in base P.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
	/// The discounted regret R, from -10 to 5000.
	pub regret: Real,
	/// The discounted sum V of squared steps, from 0 to 50 000.
	pub variance: Real,
}

/// What is known about a worker.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WorkerState {
	/// The expert that predicts the worker's value.
	pub raw: Standing,
	/// The expert that predicts the corrected value; used by topics with one label.
	pub corrected: Standing,
	/// The log weight in base S, from -15 to 0 for those of the last epoch and from -15 to 15 for
	/// absent ones.
	pub log_weight: Real,
	/// The correction beta in units of the topic's scale, from -10 000 to 10 000.
	pub correction: Real,
	/// The running loss, in the unit of the topic's losses, from -1000 to 1000.
	pub loss: Real,
}

/// What is known about a forecaster: the standing of its tilt in base P.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ForecasterState {
	/// The expert that predicts the tilted value.
	pub tilted: Standing,
}

/// The range to which a label's values were limited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Band {
	/// The lowest value.
	pub low: Real,
	/// The highest value.
	pub high: Real,
}

/// What an epoch keeps until its truth is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
	/// The network inference, one value per label.
	pub network: Vec<Real>,
	/// The inference of base P, one value per label.
	pub polynomial: Vec<Real>,
	/// The inference of base S, one value per label.
	pub exponential: Vec<Real>,
	/// The forecasters' tilted values, one row per forecaster.
	pub tilted: Vec<Real>,
	/// The corrected values, one per worker; none if the topic has none.
	pub corrected: Vec<Real>,
	/// One band per label.
	pub bands: Vec<Band>,
	/// The weighted median distance of values from their median, averaged over labels, from 0 to
	/// 2e15; a label without a band counts as 0.
	pub deviation: Real,
	/// The topic's scale.
	pub scale: Real,
	/// One scale per label.
	pub label_scales: Vec<Real>,
}
