//! The rules of topics: each makes the elements of a bundle, and learns from their losses.

pub(crate) mod mixture;
pub(crate) mod regret;

use crate::{learn::RegretStep, types::KeptMixture};
use alloc::vec::Vec;
use allora_math::{layout::Layout, Real};
use allora_primitives::FixedI128;

/// What a rule makes of an epoch's payloads.
pub(crate) struct Made {
	/// The elements.
	pub(crate) layout: Layout,
	/// The values of the elements, in their order, label by label.
	pub(crate) values: Vec<Real>,
	/// The forecasters that are in the bundle, as indices into the forecasts.
	pub(crate) forecasters: Vec<usize>,
	/// The weights of the inferers.
	pub(crate) inferer_weights: Vec<Real>,
	/// The weights of the forecasters in the bundle.
	pub(crate) forecaster_weights: Vec<Real>,
	/// How far the workers disagree, per label.
	pub(crate) disagreement: Vec<[Real; 5]>,
	/// The inference without the outliers, if there are any.
	pub(crate) resistant: Option<Resistant>,
	/// What the mixture rule needs for learning.
	pub(crate) kept: Option<KeptMixture>,
}

/// A network inference without outliers.
pub(crate) struct Resistant {
	/// One value per label.
	pub(crate) values: Vec<Real>,
	/// How far the remaining workers disagree, per label.
	pub(crate) disagreement: Vec<[Real; 5]>,
}

/// What a rule learns from an epoch.
#[derive(Debug)]
pub(crate) struct Update {
	/// The inferers' regrets before and after it.
	pub(crate) inferers: Vec<RegretStep>,
	/// The forecasters' regrets before and after it.
	pub(crate) forecasters: Vec<RegretStep>,
	/// The scale that is stored until the next epoch is learned.
	pub(crate) scale: FixedI128,
	/// The regret of newcomers.
	pub(crate) initial_regret: FixedI128,
}
