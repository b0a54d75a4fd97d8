//! The elements of a bundle, their order (S 12.3), and the sets of actors that are averaged.

use alloc::vec::Vec;

/// An inference of a bundle, for which each report has a loss.
///
/// Inferers and forecasters are identified by their index in the bundle, from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Element {
	/// The network inference of all inferers and forecasters (S 8.3).
	Combined,
	/// The network inference of the inferers alone (S 8.4).
	Naive,
	/// The inference of an inferer.
	Inferer(usize),
	/// The forecast-implied inference of a forecaster (S 8.2).
	Forecaster(usize),
	/// The forecast-implied inference of a forecaster without an inferer (S 8.5).
	OneOutInfererForecaster {
		/// The forecaster.
		forecaster: usize,
		/// The inferer that is left out.
		inferer: usize,
	},
	/// The network inference without an inferer (S 8.5).
	OneOutInferer(usize),
	/// The network inference without a forecaster (S 8.6).
	OneOutForecaster(usize),
	/// The network inference of the inferers and a single forecaster (S 8.7).
	OneInForecaster(usize),
}

/// The actors whose values a network inference averages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Set {
	/// All inferers and forecasters (S 8.3).
	Combined,
	/// The inferers alone (S 8.4).
	Naive,
	/// All but one inferer (S 8.5).
	OneOutInferer(usize),
	/// All but one forecaster (S 8.6).
	OneOutForecaster(usize),
	/// The inferers and one forecaster (S 8.7).
	OneInForecaster(usize),
}

/// The elements of a bundle and their positions.
///
/// The order is: combined, naive, inferers, forecasters, forecast-implied inferences without an
/// inferer (forecaster by forecaster), one-out inferers, one-out forecasters, one-in forecasters
/// (S 12.3). One-out inferers exist if there are at least two inferers, one-out and one-in
/// forecasters if there are at least two forecasters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
	/// The number of inferers.
	pub inferers: usize,
	/// The number of forecasters that have a forecast-implied inference.
	pub forecasters: usize,
	/// The pairs (forecaster, inferer) without an [`Element::OneOutInfererForecaster`], because the
	/// forecast has an element for this inferer only; sorted, without duplicates.
	pub absent: Vec<(usize, usize)>,
}

impl Layout {
	/// The layout of a bundle of the mixture rule, which has no [`Element::OneOutInfererForecaster`]
	/// (S 9.4).
	pub fn of_mixture(inferers: usize, forecasters: usize) -> Self {
		let pairs = (0..forecasters).flat_map(|k| (0..inferers).map(move |j| (k, j)));
		Self { inferers, forecasters, absent: pairs.collect() }
	}

	/// The number of inferers that can be left out.
	fn one_out_inferers(&self) -> usize {
		if self.inferers >= 2 {
			self.inferers
		} else {
			0
		}
	}

	/// The number of forecasters that can be left out or taken in alone.
	fn one_out_forecasters(&self) -> usize {
		if self.forecasters >= 2 {
			self.forecasters
		} else {
			0
		}
	}

	/// The position of the first one-out inferer.
	fn one_out_start(&self) -> usize {
		let pairs = self.forecasters.saturating_mul(self.one_out_inferers());
		let skipped = if self.one_out_inferers() > 0 { self.absent.len() } else { 0 };
		self.inferers
			.saturating_add(self.forecasters)
			.saturating_add(pairs)
			.saturating_add(2)
			.saturating_sub(skipped)
	}

	/// The number of elements.
	pub fn len(&self) -> usize {
		self.one_out_start()
			.saturating_add(self.one_out_inferers())
			.saturating_add(self.one_out_forecasters().saturating_mul(2))
	}

	/// Always false: every bundle has a combined and a naive inference.
	pub fn is_empty(&self) -> bool {
		false
	}

	/// The position of an element; `None` if the bundle does not have it.
	pub fn position(&self, element: Element) -> Option<usize> {
		let (n, f) = (self.inferers, self.forecasters);
		let (outs, ins) = (self.one_out_inferers(), self.one_out_forecasters());
		let within = |index: usize, count: usize, start: usize| {
			(index < count).then(|| start.saturating_add(index))
		};
		let forecasters = n.saturating_add(2);
		match element {
			Element::Combined => Some(0),
			Element::Naive => Some(1),
			Element::Inferer(j) => within(j, n, 2),
			Element::Forecaster(k) => within(k, f, forecasters),
			Element::OneOutInfererForecaster { forecaster, inferer } => {
				if forecaster >= f || inferer >= outs {
					return None;
				}
				let before = self.absent.binary_search(&(forecaster, inferer)).err()?;
				let row = forecaster.saturating_mul(outs).saturating_add(inferer);
				Some(forecasters.saturating_add(f).saturating_add(row).saturating_sub(before))
			}
			Element::OneOutInferer(x) => within(x, outs, self.one_out_start()),
			Element::OneOutForecaster(k) => {
				within(k, ins, self.one_out_start().saturating_add(outs))
			}
			Element::OneInForecaster(k) => {
				within(k, ins, self.one_out_start().saturating_add(outs).saturating_add(ins))
			}
		}
	}

	/// All elements, in order.
	pub fn elements(&self) -> impl Iterator<Item = Element> + '_ {
		let (outs, ins) = (self.one_out_inferers(), self.one_out_forecasters());
		let pairs = (0..self.forecasters)
			.flat_map(move |forecaster| (0..outs).map(move |inferer| (forecaster, inferer)))
			.filter(|pair| self.absent.binary_search(pair).is_err())
			.map(|(forecaster, inferer)| Element::OneOutInfererForecaster { forecaster, inferer });
		[Element::Combined, Element::Naive]
			.into_iter()
			.chain((0..self.inferers).map(Element::Inferer))
			.chain((0..self.forecasters).map(Element::Forecaster))
			.chain(pairs)
			.chain((0..outs).map(Element::OneOutInferer))
			.chain((0..ins).map(Element::OneOutForecaster))
			.chain((0..ins).map(Element::OneInForecaster))
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use alloc::vec;

	fn consistent(layout: &Layout) {
		let elements: Vec<_> = layout.elements().collect();
		assert_eq!(elements.len(), layout.len());
		for (position, element) in elements.into_iter().enumerate() {
			assert_eq!(layout.position(element), Some(position));
		}
	}

	#[test]
	fn positions_follow_the_order_of_the_elements() {
		for inferers in 0..5 {
			for forecasters in 0..4 {
				consistent(&Layout { inferers, forecasters, absent: vec![] });
			}
		}
		consistent(&Layout { inferers: 3, forecasters: 2, absent: vec![(0, 1), (1, 0), (1, 2)] });
		for inferers in 0..5 {
			for forecasters in 0..4 {
				consistent(&Layout::of_mixture(inferers, forecasters));
			}
		}
	}

	#[test]
	fn mixture_has_no_elements_of_pairs() {
		let layout = Layout::of_mixture(32, 6);
		// Combined and naive; inferers twice, forecasters three times.
		assert_eq!(layout.len(), 2 + 2 * 32 + 3 * 6);
		let pair = Element::OneOutInfererForecaster { forecaster: 5, inferer: 31 };
		assert_eq!(layout.position(pair), None);
		assert_eq!(layout.position(Element::OneOutInferer(0)), Some(2 + 32 + 6));
	}

	#[test]
	fn full_topic_has_276_elements() {
		assert_eq!(Layout { inferers: 32, forecasters: 6, absent: vec![] }.len(), 276);
	}

	#[test]
	fn single_inferer_or_forecaster_is_never_left_out() {
		let layout = Layout { inferers: 1, forecasters: 1, absent: vec![] };
		assert_eq!(layout.len(), 4);
		assert_eq!(layout.position(Element::OneOutInferer(0)), None);
		assert_eq!(layout.position(Element::OneInForecaster(0)), None);
		let pair = Element::OneOutInfererForecaster { forecaster: 0, inferer: 0 };
		assert_eq!(layout.position(pair), None);
		assert_eq!(layout.position(Element::Inferer(1)), None);
	}

	#[test]
	fn absent_pairs_have_no_position() {
		let layout = Layout { inferers: 2, forecasters: 1, absent: vec![(0, 1)] };
		let pair = |inferer| Element::OneOutInfererForecaster { forecaster: 0, inferer };
		assert_eq!(layout.position(pair(0)), Some(5));
		assert_eq!(layout.position(pair(1)), None);
		assert_eq!(layout.position(Element::OneOutInferer(0)), Some(6));
	}
}
