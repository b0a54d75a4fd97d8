//! The input and the result of a synthesis.

use crate::{
	layout::{Element, Layout},
	regrets::RegretTable,
	weights::WeightParams,
	MathError, MathResult, Real,
};
use alloc::vec::Vec;

/// The input of a synthesis.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
	/// The number of labels, at least 1.
	pub labels: usize,
	/// The inferences: one row per inferer, one column per label.
	pub inferences: &'a [Real],
	/// The forecasts: for each forecaster, the log losses that it expects of inferers, sorted by
	/// the inferer's index, without duplicates.
	pub forecasts: &'a [Vec<(usize, Real)>],
	/// The network's last log loss; without it, forecasters are ignored (S 8.1).
	pub previous_loss: Option<Real>,
	/// Whether no actor has history. Every average is then the plain mean of the inferences, and a
	/// forecast-implied inference the median of its inferers' inferences (S 8.1).
	pub all_new: bool,
	/// The regrets of the inferers and of all forecasters in `forecasts`. Their scale also weighs
	/// the elements of forecasts.
	pub regrets: &'a RegretTable,
	/// The parameters of the weights.
	pub params: &'a WeightParams,
}

impl Input<'_> {
	/// The number of inferers.
	pub(crate) fn inferers(&self) -> usize {
		self.inferences.len().checked_div(self.labels).unwrap_or_default()
	}

	/// The values of an inferer, empty if there is none.
	pub(crate) fn inference(&self, inferer: usize) -> &[Real] {
		row(self.inferences, inferer, self.labels)
	}

	/// Checks that the sizes of all parts match and that forecasts are sorted; [`MathError::Empty`]
	/// or [`MathError::Shape`] if not.
	pub(crate) fn check(&self) -> MathResult<()> {
		let n = self.inferers();
		if self.inferences.is_empty() {
			return Err(MathError::Empty);
		}
		let ascending = |forecast: &Vec<(usize, Real)>| {
			forecast.iter().zip(forecast.iter().skip(1)).all(|(a, b)| a.0 < b.0)
				&& forecast.last().is_none_or(|(inferer, _)| *inferer < n)
		};
		let whole = n.checked_mul(self.labels) == Some(self.inferences.len());
		if !whole || !self.regrets.fits(n, self.forecasts.len()) {
			return Err(MathError::Shape);
		}
		self.forecasts.iter().all(ascending).then_some(()).ok_or(MathError::Shape)
	}
}

/// The network inferences of an epoch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bundle {
	/// The elements and their order.
	pub layout: Layout,
	/// The number of labels.
	pub labels: usize,
	/// The forecasters that have a forecast-implied inference, as indices into the input's
	/// forecasts.
	pub forecasters: Vec<usize>,
	/// The values: one row per element of the layout, one column per label.
	pub values: Vec<Real>,
	/// The inferers' weights in the combined inference; inferers' and forecasters' weights add up
	/// to 1.
	pub inferer_weights: Vec<Real>,
	/// The forecasters' weights in the combined inference, in the order of `forecasters`.
	pub forecaster_weights: Vec<Real>,
	/// The percentiles of the values in the combined inference, by weight, at 2.28, 15.87, 50, 84.13 and 97.72 %, per label.
	pub disagreement: Vec<[Real; 5]>,
}

impl Bundle {
	/// The values of an element, one per label; `None` if the bundle does not have it.
	pub fn value(&self, element: Element) -> Option<&[Real]> {
		let start = self.layout.position(element)?.checked_mul(self.labels)?;
		self.values.get(start..start.checked_add(self.labels)?)
	}
}

/// A row of a matrix, empty if there is none.
fn row(matrix: &[Real], index: usize, columns: usize) -> &[Real] {
	let start = index.saturating_mul(columns);
	matrix.get(start..start.saturating_add(columns)).unwrap_or_default()
}
