//! Accepted inputs never fail, however extreme, however mixed, and however long they go on.

use allora_math::{
	convert::{from_fixed, ratio, to_fixed},
	regrets::{initial_regret, InitialRegretParams, MAX_REGRET},
	rewards::{self, SCORE_RATIOS},
	scores::{reputer_scores, ReputerParams},
	testing::random::{config, decimals, params, stakes},
	weights::{ScaleRule, WeightParams},
	Real,
};
use proptest::{collection::vec, prelude::*};
use sp_arithmetic::FixedI128;

/// The smoothing of tau.
fn tenth() -> Real {
	Real::ONE / 10
}

/// The maximum magnitude of a loss.
fn most() -> FixedI128 {
	FixedI128::from_u32(1000)
}

/// The reports of an epoch: the losses and the stakes of up to 5 reputers.
fn epoch() -> impl Strategy<Value = (Vec<Vec<FixedI128>>, Vec<u128>)> + Clone {
	(1..6usize, 1..9usize).prop_flat_map(|(reputers, elements)| {
		(vec(vec(decimals(most()), elements), reputers), stakes(reputers))
	})
}

proptest! {
	#![proptest_config(config(400))]

	#[test]
	fn any_reports_are_scored_epoch_after_epoch(
		epochs in vec((epoch(), any::<prop::sample::Index>()), 1..8),
		start in vec(decimals(FixedI128::from_u32(1)), 5),
	) {
		let mut coefficients: Vec<_> =
			start.iter().map(|one| FixedI128::from_inner(one.into_inner().abs())).collect();
		for ((losses, stakes), first) in epochs {
			// Other reputers from epoch to epoch, with the coefficients that they were left with.
			coefficients.rotate_left(first.index(5));
			let number = |row: &Vec<FixedI128>| {
				row.iter().map(|loss| from_fixed(*loss).unwrap()).collect::<Vec<_>>()
			};
			let reports: Vec<_> = losses.iter().map(number).collect();
			let total = stakes.iter().sum();
			let shares: Vec<_> = stakes.iter().map(|one| ratio(*one, total).unwrap()).collect();
			let before: Vec<_> =
				coefficients.iter().take(reports.len()).map(|one| from_fixed(*one).unwrap()).collect();
			let scored =
				reputer_scores(&reports, &shares, &before, &ReputerParams::default()).unwrap();
			for (coefficient, after) in coefficients.iter_mut().zip(&scored.coefficients) {
				prop_assert!((0..=1).contains(after));
				*coefficient = to_fixed(*after).unwrap();
			}
			prop_assert!(scored.scores.iter().all(|score| (0..=101).contains(score)));
		}
	}

	#[test]
	fn ratio_of_scores_is_back_eighteen_epochs_after_any_other_ones(
		epochs in vec((decimals(most()), vec(decimals(most()), 1..4)), 1..20),
	) {
		let mut tau = Real::ZERO;
		for (task, scores) in epochs {
			let scores: Vec<_> = scores.iter().map(|score| from_fixed(*score).unwrap()).collect();
			let task = from_fixed(task).unwrap();
			let next = rewards::forecaster_score_ratio(task, &scores, tau, tenth()).unwrap();
			tau = next.unwrap_or_default();
			prop_assert!((SCORE_RATIOS.0..=SCORE_RATIOS.1).contains(&tau));
		}
		let after = |task: Real| {
			(0..18).fold(tau, |tau, _| {
				rewards::forecaster_score_ratio(task, &[Real::ONE], tau, tenth()).unwrap().unwrap()
			})
		};
		// Forecasters without a score, and such as are worth as much as the best inferer.
		prop_assert!(after(Real::ZERO) < 1 && after(Real::ONE) > 0);
	}
}

#[test]
fn reports_that_cancel_between_extremes_are_scored() {
	let params = ReputerParams::default();
	let thousand = Real::from_num(1000);
	let least = from_fixed(FixedI128::from_inner(1)).unwrap();
	let values = [thousand, -thousand, Real::ZERO, least, -least];
	let half = Real::ONE / 2;
	for a in values {
		for b in values {
			for c in values {
				let reports = [vec![a, b, c], vec![b, c, a]];
				for shares in [[half, half], [Real::ONE - Real::DELTA, Real::DELTA]] {
					for start in [Real::ONE, Real::ZERO, Real::DELTA] {
						let one = reputer_scores(&reports, &shares, &[start, start], &params);
						assert!(one.is_ok(), "{a} {b} {c} {start}: {one:?}");
					}
				}
			}
		}
	}
}

#[test]
fn one_absurd_epoch_neither_fails_nor_locks_the_forecasters_part() {
	let least = from_fixed(FixedI128::from_inner(1)).unwrap();
	for task in [Real::from_num(2000), Real::from_num(-2000), Real::ONE / 100] {
		let tau = rewards::forecaster_score_ratio(task, &[least], Real::ZERO, tenth()).unwrap();
		// A tenth of the range's end.
		assert!(tau.unwrap().abs() < Real::ONE, "{tau:?}");
	}
}

/// With c = 10 newcomers start above the experienced, and what is left of their start when they
/// count as experienced raises the start of the next.
#[test]
fn initial_regret_that_feeds_on_itself_stays_within_the_range_of_regrets() {
	let (p, c) = (Real::ONE * 9 / 2, Real::ONE * 10);
	let params = WeightParams { p_norm: p, c_norm: c, ..params(ScaleRule::Mad) };
	let mut initial = Real::ONE;
	for _ in 0..100 {
		let left = initial * 36 / 100;
		let regrets: Vec<_> = [vec![Real::ZERO; 5], vec![left; 5]].concat();
		let rule = InitialRegretParams::default();
		initial = initial_regret(&regrets, &regrets, initial, &params, &rule).unwrap();
		assert!(initial <= MAX_REGRET, "{initial}");
	}
	assert_eq!(initial, MAX_REGRET, "it grows without the bound");
}
