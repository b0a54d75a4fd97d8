//! The close of an epoch for benchmarks: random, reproducible inputs, dense as in the worst case.

pub mod close;

use crate::{
	layout::Layout,
	regrets::RegretTable,
	weights::{ScaleRule, WeightParams},
	Real,
};
use alloc::{vec, vec::Vec};

/// The numbers of participants and labels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
	/// The number of inferers.
	pub n: usize,
	/// The number of forecasters.
	pub f: usize,
	/// The number of reputers.
	pub r: usize,
	/// The number of labels.
	pub labels: usize,
}

/// The inputs of an epoch close.
pub struct World {
	/// The numbers of participants and labels.
	pub size: Size,
	/// The inferences, one row per inferer.
	pub inferences: Vec<Real>,
	/// The forecasts, at most 12 elements per forecaster.
	pub forecasts: Vec<Vec<(usize, Real)>>,
	/// The network's last loss.
	pub previous_loss: Real,
	/// The regrets, without missing ones; the scale is 1/2.
	pub regrets: RegretTable,
	/// The topic's parameters.
	pub params: WeightParams,
	/// The reports, one row per reputer.
	pub reports: Vec<Vec<Real>>,
	/// The reputers' shares of stake.
	pub stakes: Vec<Real>,
	/// The reputers' listening coefficients.
	pub coefficients: Vec<Real>,
	/// Ten scores per inferer.
	pub inferer_history: Vec<Real>,
	/// Ten scores per forecaster.
	pub forecaster_history: Vec<Real>,
	/// The smoothed shares of inferers, forecasters and reputers.
	pub smoothed: [Vec<Option<Real>>; 3],
	/// The previous ratio of forecasters' and inferers' scores.
	pub ratio: Real,
	/// The reward of the epoch, in planck.
	pub reward: u128,
}

/// A xorshift generator, which needs neither `std` nor another dependency of the runtime.
struct Random(u64);

impl Random {
	/// A number in [low, high).
	fn within(&mut self, low: i64, high: i64) -> Real {
		self.0 ^= self.0 << 13;
		self.0 ^= self.0 >> 7;
		self.0 ^= self.0 << 17;
		let share = Real::from_bits(i128::from(self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)));
		Real::from_num(low) + share * Real::from_num(high - low)
	}

	fn many(&mut self, count: usize, low: i64, high: i64) -> Vec<Real> {
		(0..count).map(|_| self.within(low, high)).collect()
	}
}

impl World {
	/// The inputs for a size.
	pub fn new(size: Size) -> Self {
		let Size { n, f, r, labels } = size;
		let mut random = Random(0x9e37_79b9_7f4a_7c15);
		let mut regrets = RegretTable { scale: Some(Real::ONE / 2), ..RegretTable::empty(n, f) };
		for cells in [
			&mut regrets.inferers,
			&mut regrets.forecasters,
			&mut regrets.naive,
			&mut regrets.one_out_inferer,
			&mut regrets.one_out_forecaster,
			&mut regrets.one_in_forecaster,
		] {
			cells.iter_mut().for_each(|cell| *cell = Some(random.within(-1, 1)));
		}
		let kept = n.min(12);
		let element = |random: &mut Random, k: usize, i: usize| {
			((i * n / kept + k) % n, random.within(-2, 1))
		};
		let forecasts = (0..f)
			.map(|k| {
				let mut forecast: Vec<_> = (0..kept).map(|i| element(&mut random, k, i)).collect();
				forecast.sort_by_key(|(inferer, _)| *inferer);
				forecast
			})
			.collect();
		let elements = Layout { inferers: n, forecasters: f, absent: vec![] }.len();
		let truth = random.many(elements, -4, 2);
		// Later reputers differ more from the truth, so that coefficients move in every round.
		let reports = (0..r)
			.map(|m| {
				let doubt = Real::from_num(m + 1) / 4;
				truth.iter().map(|loss| *loss + doubt * random.within(-1, 1)).collect()
			})
			.collect();
		let weights = random.many(r, 1, 3);
		let all: Real = weights.iter().sum();
		let third = |count: usize| vec![Some(Real::ONE / 3); count];
		Self {
			size,
			inferences: random.many(n * labels, 900, 1100),
			forecasts,
			previous_loss: -Real::ONE / 2,
			regrets,
			params: WeightParams {
				p_norm: Real::from_num(3),
				c_norm: Real::ONE * 3 / 4,
				epsilon: Real::ONE / 100,
				scale_rule: ScaleRule::Mad,
				alpha: Real::ONE / 10,
			},
			reports,
			stakes: weights.iter().map(|weight| *weight / all).collect(),
			coefficients: vec![Real::ONE * 3 / 4; r],
			inferer_history: random.many(10 * n, -1, 1),
			forecaster_history: random.many(10 * f, -1, 1),
			smoothed: [third(n), third(f), third(r)],
			ratio: Real::ONE / 4,
			reward: 123_456_789_012_345,
		}
	}

	/// The same with reports that cancel, which are the most expensive to score: the last two
	/// differ from the others in opposite directions, far more than the consensus is long.
	pub fn cancelling(mut self) -> Self {
		let mut random = Random(0x6a09_e667_f3bc_c908);
		for row in &mut self.reports {
			row.iter_mut().for_each(|loss| *loss /= 64);
		}
		if let [.., one, other] = self.stakes.as_mut_slice() {
			let half = (*one + *other) / 2;
			(*one, *other) = (half, half);
		}
		if let [.., one, other] = self.reports.as_mut_slice() {
			for (one, other) in one.iter_mut().zip(other) {
				let far = random.within(0, 1000);
				*one += far;
				*other -= far;
			}
		}
		self
	}
}
