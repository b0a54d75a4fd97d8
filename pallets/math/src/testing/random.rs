//! Random inputs for property tests, which shrink to a small case when a property fails.

use crate::{
	regrets::RegretTable,
	synthesis::Input,
	weights::{ScaleRule, WeightParams},
	Real,
};
use alloc::vec::Vec;
use proptest::{
	collection::vec,
	option::weighted,
	prelude::*,
	test_runner::{Config, RngSeed},
};
use sp_arithmetic::{FixedI128, FixedPointNumber};

/// The configuration of a property test that runs this number of cases.
///
/// The seed is fixed, so that every run tests the same cases; `PROPTEST_RNG_SEED` sets another one.
/// A failure therefore needs no file to be reproduced.
pub fn config(cases: u32) -> Config {
	let given = Config::default();
	let rng_seed = match given.rng_seed {
		RngSeed::Random => RngSeed::Fixed(0),
		fixed => fixed,
	};
	Config { cases, rng_seed, failure_persistence: None, ..given }
}

/// Unsigned numbers of any size, often 0 or the largest.
pub fn any_bits() -> impl Strategy<Value = u128> + Clone {
	prop_oneof![
		1 => Just(0),
		1 => Just(u128::MAX),
		10 => (any::<u128>(), 0..128u32).prop_map(|(bits, shift)| bits >> shift),
	]
}

/// Words of any size, often 0 or the largest.
pub fn any_word() -> impl Strategy<Value = u64> + Clone {
	any_bits().prop_map(|bits| bits as u64)
}

/// Numbers of any size, often an extreme.
pub fn any_real() -> impl Strategy<Value = Real> + Clone {
	const EXTREMES: [Real; 5] = [Real::ZERO, Real::MAX, Real::MIN, Real::ONE, Real::from_bits(-1)];
	prop_oneof![
		5 => prop::sample::select(&EXTREMES[..]),
		7 => (any::<i128>(), 0..127u32).prop_map(|(bits, shift)| Real::from_bits(bits >> shift)),
	]
}

/// Numbers as the chain accepts them: below 1000 in size.
pub fn accepted() -> impl Strategy<Value = Real> + Clone {
	any::<i128>().prop_map(|bits| Real::from_bits(bits % (1000 << 64)))
}

/// Stored decimals of at most this magnitude, mostly extremes: zero, 10^-18, one, the largest and
/// the one next to it.
pub fn decimals(largest: FixedI128) -> impl Strategy<Value = FixedI128> + Clone {
	let most = largest.into_inner();
	let extremes = Vec::from([0, 1, FixedI128::DIV.min(most), most.saturating_sub(1), most]);
	let size = prop_oneof![
		3 => prop::sample::select(extremes),
		1 => (0..=most, 0..127u32).prop_map(|(inner, shift)| inner >> shift),
	];
	(size, any::<bool>())
		.prop_map(|(size, negative)| FixedI128::from_inner(if negative { -size } else { size }))
}

/// The stakes of this number of accounts in planck, mostly extremes: together at most 10^19, the
/// whole supply, and each at least 1.
pub fn stakes(accounts: usize) -> impl Strategy<Value = Vec<u128>> + Clone {
	let most = 10u128.pow(19) / accounts.max(1) as u128;
	let stake = prop_oneof![
		3 => prop::sample::select(Vec::from([1, 2, most - 1, most])),
		1 => (1..=most, 0..64u32).prop_map(|(stake, shift)| (stake >> shift).max(1)),
	];
	vec(stake, accounts)
}

/// Numbers below two to this power in size, from -64 to 62.
pub fn below_power(power: i32) -> impl Strategy<Value = Real> + Clone {
	any::<i64>().prop_map(move |word| {
		let unit = i128::from(word) << 1;
		Real::from_bits(if power >= 0 { unit << power } else { unit >> -power })
	})
}

/// Shares in [0, 1], often one of both bounds.
pub fn share() -> impl Strategy<Value = Real> + Clone {
	prop_oneof![
		1 => Just(Real::ZERO),
		1 => Just(Real::ONE),
		10 => (any::<u64>(), 0..64u32)
			.prop_map(|(word, shift)| Real::from_bits((word >> shift).into())),
	]
}

/// The inputs of a synthesis.
#[derive(Clone, Debug)]
pub struct Epoch {
	/// One row per inferer, one column per label.
	pub inferences: Vec<Real>,
	/// One list per forecaster.
	pub forecasts: Vec<Vec<(usize, Real)>>,
	/// The regrets of all actors.
	pub regrets: RegretTable,
	/// How regrets become weights.
	pub params: WeightParams,
	/// The number of labels.
	pub labels: usize,
}

impl Epoch {
	/// The input, with a previous loss of 1/8.
	pub fn input(&self) -> Input<'_> {
		Input {
			labels: self.labels,
			inferences: &self.inferences,
			forecasts: &self.forecasts,
			previous_loss: Some(Real::ONE / 8),
			all_new: false,
			regrets: &self.regrets,
			params: &self.params,
		}
	}
}

/// Inputs with up to 8 inferers, 3 forecasters and 3 labels. `regrets` also serve as the losses of
/// forecasts; a fifth of them and a third of the forecasts' elements are absent.
pub fn epochs(
	inferences: impl Strategy<Value = Real> + Clone,
	regrets: impl Strategy<Value = Real> + Clone,
	scale: impl Strategy<Value = Option<Real>> + Clone,
) -> impl Strategy<Value = Epoch> {
	(1..9usize, 0..4usize, 1..4usize).prop_flat_map(move |(n, f, labels)| {
		let cells = n + f + n + (n + f) * (n + f) + f * (n + 1);
		let rules = prop_oneof![Just(ScaleRule::Mad), Just(ScaleRule::StdDev)];
		(
			vec(inferences.clone(), n * labels),
			vec(weighted(0.8, regrets.clone()), cells),
			vec(vec(weighted(0.67, regrets.clone()), n), f),
			(regrets.clone(), scale.clone(), rules),
		)
			.prop_map(move |(inferences, cells, forecasts, (initial, scale, scale_rule))| {
				let named = |losses: Vec<Option<Real>>| {
					let elements = losses.into_iter().enumerate();
					elements.filter_map(|(inferer, loss)| Some((inferer, loss?))).collect()
				};
				Epoch {
					inferences,
					forecasts: forecasts.into_iter().map(named).collect(),
					regrets: table(n, f, initial, scale, cells),
					params: params(scale_rule),
					labels,
				}
			})
	})
}

/// A table of regrets with these cells, in the order of its fields.
fn table(
	n: usize,
	f: usize,
	initial: Real,
	scale: Option<Real>,
	cells: Vec<Option<Real>>,
) -> RegretTable {
	let mut cells = cells.into_iter();
	let mut take = |count: usize| cells.by_ref().take(count).collect::<Vec<_>>();
	RegretTable {
		initial,
		scale,
		inferers: take(n),
		forecasters: take(f),
		naive: take(n),
		one_out_inferer: take(n * (n + f)),
		one_out_forecaster: take(f * (n + f)),
		one_in_forecaster: take(f * (n + 1)),
	}
}

/// The typical parameters, with this rule for the scale.
pub fn params(scale_rule: ScaleRule) -> WeightParams {
	WeightParams {
		p_norm: Real::from_num(3),
		c_norm: Real::ONE * 3 / 4,
		epsilon: Real::ONE / 100,
		scale_rule,
		alpha: Real::ONE / 10,
	}
}

/// Complete reports of 20 losses by this number of reputers: losses below two to the `power` in
/// size, and differences between reputers below two to the `spread`.
pub fn reports(
	reputers: usize,
	power: i32,
	spread: i32,
) -> impl Strategy<Value = Vec<Vec<Real>>> + Clone {
	let rows = vec(vec(below_power(spread), 20), reputers);
	(vec(below_power(power), 20), rows).prop_map(|(truth, mut rows)| {
		for row in &mut rows {
			row.iter_mut().zip(&truth).for_each(|(loss, truth)| *loss += *truth);
		}
		rows
	})
}
