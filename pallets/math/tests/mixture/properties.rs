//! Random runs of whole topics, with extremes mixed in: every accepted input has a result, and
//! states stay in the ranges that they state.

use allora_math::{
	rules::mixture::MAX_VALUE,
	testing::{
		mixture::{run, Epoch, Setting, LABELS, NAMES},
		random::config,
	},
	Real,
};
use proptest::{collection::vec, prelude::*, sample::select};
use sp_arithmetic::FixedI128;

/// A value, often an extreme one; the small numbers are those next to which others are small.
fn value() -> impl Strategy<Value = Real> + Clone {
	let unit = Real::from_bits(18); // 1e-18
	prop_oneof![
		2 => select(vec![MAX_VALUE, -MAX_VALUE, Real::ZERO, unit, -unit, Real::ONE]),
		2 => (any::<i64>(), 0..63u32)
			.prop_map(|(bits, shift)| Real::from_bits(i128::from(bits) << 49 >> shift)),
		4 => (-1000..1000i32).prop_map(|thousandths| Real::from_num(7000 + thousandths) / 1000),
	]
}

/// A loss or an expected one.
fn loss() -> impl Strategy<Value = Real> + Clone {
	prop_oneof![
		1 => select(vec![Real::from_num(1000), Real::from_num(-1000), Real::ZERO]),
		4 => (-3000..3000i32).prop_map(|thousandths| Real::from_num(thousandths) / 1000),
	]
}

const WORKERS: usize = 32;
const FORECASTERS: usize = 8;

fn epoch() -> impl Strategy<Value = Epoch> + Clone {
	(
		(select(vec![0, 10, 50, 90, 100]), vec(0..100u32, WORKERS + FORECASTERS)),
		(prop::bool::weighted(0.05), any::<bool>()),
		vec(value(), WORKERS * LABELS),
		vec(value(), LABELS),
		vec(loss(), WORKERS),
		vec(loss(), FORECASTERS),
	)
		.prop_map(|((presence, draws), (equal, calm), values, truth, losses, expected)| Epoch {
			presence,
			draws,
			equal,
			calm,
			values,
			truth,
			losses,
			expected,
		})
}

fn setting() -> impl Strategy<Value = Setting> + Clone {
	let delta = (9..34u32).prop_map(|digits| FixedI128::from_inner(10i128.pow(digits)));
	let counts = (1..LABELS + 1, 1..WORKERS + 1, 0..FORECASTERS + 1, 0..4usize);
	let alone = prop_oneof![2 => Just(true), 3 => Just(false)];
	(select(&NAMES[..]), delta, counts, any::<bool>(), alone).prop_map(
		|(name, delta, (labels, workers, forecasters, lag), unity, alone)| {
			let probabilities = Setting::needs_probabilities(name);
			let labels = if alone && !probabilities { 1 } else { labels };
			let level = |at| FixedI128::from_rational(at as u128 + 1, labels as u128 + 1);
			Setting {
				name,
				delta,
				levels: (0..labels).map(level).collect(),
				labels,
				unity: probabilities || unity && Setting::allows_unity(name, labels),
				workers,
				forecasters,
				lag,
			}
		},
	)
}

proptest! {
	#![proptest_config(config(100))]

	#[test]
	fn every_accepted_run_has_results_and_states_in_range(
		setting in setting(),
		epochs in vec(epoch(), 1..25),
	) {
		run(&setting, &epochs);
	}

	#[test]
	fn states_stay_in_range_over_long_repetitions(
		setting in setting(),
		epochs in vec(epoch(), 1..4),
	) {
		run(&setting, std::iter::repeat_n(&epochs, 40).flatten());
	}
}
