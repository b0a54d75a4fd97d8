//! Rewards, sortition and topics by hand (S 13, 7, 6).

use allora_math::testing::formulas::{gamma, topic_rewards};
use allora_math::{
	rewards::{
		class_shares, effective_number, entropy, forecaster_score_ratio, forecasting_utility,
		normalise, payouts, reputer_fractions, score_fractions, smooth_fractions, task_entropy,
		ENTROPY_OF_ONE,
	},
	sortition::{active_quantile, initial_score, liveness, missed_epochs, pull_to_quantile},
	topic::{revenue_after_drip, smoothed_alpha, target_weight, weight_ema},
	MathError, Real,
};

fn reals(numbers: &[i64]) -> Vec<Real> {
	numbers.iter().map(|number| Real::from_num(*number)).collect()
}

fn near(got: Real, want: Real) -> bool {
	got.abs_diff(want) <= Real::DELTA * 16
}

#[test]
fn equal_scores_have_equal_shares() {
	let (p, c, epsilon) = (Real::from_num(3), Real::ONE * 3 / 4, Real::ONE / 100);
	let got = score_fractions(&reals(&[2, 2]), &reals(&[2, 2, 2]), p, c, epsilon).unwrap();
	assert_eq!(got, vec![Real::ONE / 2; 2]);
	let spread = score_fractions(&reals(&[1, 2]), &reals(&[1, 2, 1]), p, c, epsilon).unwrap();
	assert!(spread[0] < spread[1]);
	// All masses are below 2^-64, so shares are equal.
	let low = reals(&[-1000, -2000]);
	let got = score_fractions(&low, &reals(&[0, 1]), p, c, epsilon).unwrap();
	assert_eq!(got, vec![Real::ONE / 2; 2]);
	assert_eq!(score_fractions(&[], &[], p, c, epsilon), Err(MathError::Empty));
}

#[test]
fn reputers_share_by_stake_and_score() {
	let got = reputer_fractions(&reals(&[1, 3]), &reals(&[3, 1]), Real::ONE).unwrap();
	assert_eq!(got, vec![Real::ONE / 2; 2]);
	// (1/2)^3 of 9/8.
	let got = reputer_fractions(&reals(&[1, 2]), &reals(&[1, 1]), Real::from_num(3)).unwrap();
	assert!(near(got[0], Real::ONE / 9) && near(got[1], Real::ONE * 8 / 9));
	let large = reals(&[1_000_000_000_000_000_000, 1]);
	assert!(reputer_fractions(&large, &reals(&[100, 100]), Real::from_num(3)).is_ok());
	assert_eq!(reputer_fractions(&reals(&[0, 0]), &reals(&[1, 1]), Real::ONE), Ok(reals(&[0, 0])));
	assert_eq!(reputer_fractions(&reals(&[1]), &reals(&[]), Real::ONE), Err(MathError::Shape));
}

#[test]
fn shares_and_payouts_never_exceed_the_whole() {
	for n in 1..40usize {
		let masses: Vec<_> = (0..n).map(|i| Real::from_num(i * i % 7 + 1) / 3).collect();
		let shares = normalise(masses).unwrap();
		assert!(shares.iter().sum::<Real>() <= 1);
		for amount in [0, 1, 999, 10u128.pow(19), u128::MAX] {
			let paid = payouts(amount, &shares).unwrap();
			let total = paid.iter().try_fold(0u128, |sum, part| sum.checked_add(*part));
			assert!(total.is_some_and(|total| total <= amount));
		}
	}
	assert_eq!(normalise(reals(&[1, -1])), Err(MathError::DivisionByZero));
	assert_eq!(payouts(1, &[-Real::ONE]), Err(MathError::Domain));
}

#[test]
fn class_shares_never_exceed_the_whole() {
	for (f, g, h, chi) in
		[(7, 3, 5, 2), (1, 1, 1, 10), (100, 1, 3, 50), (0, 5, 1, 33), (5, 0, 0, 10)]
	{
		let [f, g, h] = [f, g, h].map(|x| Real::from_num(x) / 7);
		let chi = Real::from_num(chi) / 100;
		let (u, v, w) = class_shares(f, g, h, chi).unwrap();
		let total = u + v + w;
		assert!(total <= 1 && near(total, Real::ONE));
		let rest = gamma(f, g, chi).unwrap() * (Real::ONE - chi) * f / (f + g + h);
		assert!(near(u, rest));
	}
	let zero = Real::ZERO;
	assert_eq!(class_shares(zero, zero, Real::ONE, Real::ONE / 2), Ok((zero, zero, Real::ONE)));
	assert_eq!(class_shares(zero, zero, zero, zero), Err(MathError::DivisionByZero));
	assert_eq!(class_shares(-Real::ONE, zero, zero, zero), Err(MathError::Domain));
}

#[test]
fn entropy_of_equal_shares_is_the_logarithm_of_their_number() {
	let fractions = vec![Real::ONE / 4; 4];
	let ln_4 = allora_math::elementary::ln(Real::from_num(4)).unwrap();
	assert_eq!(effective_number(&fractions), Ok(Real::from_num(4)));
	assert!(near(task_entropy(&fractions, Real::ONE / 4).unwrap(), ln_4));
	let shares = |fractions: &[i64]| reals(fractions).into_iter().map(Ok);
	assert_eq!(entropy(shares(&[1, 0]), Real::ONE, 2, Real::ZERO), Ok(Real::ZERO));
	assert_eq!(task_entropy(&reals(&[1]), Real::ONE), Ok(ENTROPY_OF_ONE));
	assert_eq!(task_entropy(&[], Real::ONE), Ok(Real::ZERO));
	assert_eq!(entropy(shares(&[1]), Real::ONE, 0, Real::ONE), Err(MathError::DivisionByZero));
}

#[test]
fn smoothed_share_without_a_previous_one_is_the_share() {
	let got = smooth_fractions(&reals(&[1, 1]), &[None, Some(Real::ZERO)], Real::ONE / 8);
	assert_eq!(got, Ok(vec![Real::ONE, Real::ONE / 8]));
}

#[test]
fn utility_without_any_spread_is_a_half() {
	let zero = Real::ZERO;
	let none = forecaster_score_ratio(zero, &reals(&[-1, -2]), Real::ONE, Real::ONE / 8).unwrap();
	assert_eq!((none, forecasting_utility(none)), (None, Real::ONE / 2));
	// Without a positive score, the divisor is the size of the task's score.
	let own = forecaster_score_ratio(-Real::ONE * 5, &[], zero, Real::ONE);
	assert_eq!(own, Ok(Some(-Real::ONE)));
	assert_eq!(forecasting_utility(Some(-Real::ONE)), Real::ONE / 10);
	assert_eq!(forecasting_utility(Some(Real::ONE * 2)), Real::ONE / 2);
	assert!(near(forecasting_utility(Some(Real::ONE / 2)), Real::ONE * 3 / 10));
}

#[test]
fn newcomers_start_below_the_lowest_score() {
	let two = Real::from_num(2);
	// Standard deviation 2 around 3.
	assert_eq!(initial_score(&reals(&[1, 3, 5]), two), Ok(Real::from_num(-3)));
	assert_eq!(initial_score(&reals(&[4]), two), Ok(Real::from_num(4)));
	assert_eq!(initial_score(&[], two), Ok(Real::ZERO));
	assert_eq!(active_quantile(&[], Real::ONE / 4), Ok(Real::ZERO));
}

#[test]
fn missed_epochs_pull_toward_the_initial_score() {
	// Epochs of 10 blocks, the previous one began at 100.
	assert_eq!(missed_epochs(100, 100, 10), Ok(0));
	assert_eq!(missed_epochs(100, 110, 10), Ok(0));
	assert_eq!(missed_epochs(100, 99, 10), Ok(1));
	assert_eq!(missed_epochs(100, 90, 10), Ok(1));
	assert_eq!(missed_epochs(100, 89, 10), Ok(2));
	assert_eq!(missed_epochs(100, 80, 0), Err(MathError::DivisionByZero));
	assert_eq!(missed_epochs(u64::MAX, 0, 1), Ok(u64::MAX));
	let half = Real::ONE / 2;
	let late = |missed| liveness(half, Real::ZERO, Real::from_num(8), missed).unwrap();
	assert_eq!([late(0), late(1), late(3)], [8, 4, 1].map(|x: i64| Real::from_num(x)));
	assert_eq!(late(u64::MAX), Real::ZERO);
	assert_eq!(pull_to_quantile(half, Real::ONE, Real::from_num(3)), Ok(Real::from_num(2)));
}

#[test]
fn target_weight_is_the_geometric_mean_of_stake_and_revenue() {
	assert_eq!(target_weight(9, 4), 6);
	assert_eq!(target_weight(u128::MAX, 0), 0);
	assert_eq!(weight_ema(Real::ONE / 2, 10, Some(5)), Ok(7));
	assert_eq!(weight_ema(Real::ONE / 2, 10, None), Ok(10));
	assert_eq!(weight_ema(Real::ONE / 2, u128::MAX, Some(u128::MAX)), Ok(u128::MAX));
	assert_eq!(weight_ema(Real::ONE * 2, 1, None), Err(MathError::Domain));
}

#[test]
fn weekly_smoothing_adds_up_over_a_week() {
	let half = Real::ONE / 2;
	assert_eq!(smoothed_alpha(half, 70, 70), Ok(half));
	assert_eq!(smoothed_alpha(Real::ONE, 1, 70), Ok(Real::ONE));
	assert_eq!(smoothed_alpha(half, 0, 70), Ok(Real::ZERO));
	let tenth = smoothed_alpha(half, 7, 70).unwrap();
	let kept = (0..10).fold(Real::ONE, |kept, _| kept * (Real::ONE - tenth));
	assert!(near(kept, half));
	assert_eq!(smoothed_alpha(half, 1, 0), Err(MathError::DivisionByZero));
}

#[test]
fn decay_of_revenue_is_rounded_up() {
	assert_eq!(revenue_after_drip(1000, 10, 1), Ok(900));
	assert_eq!(revenue_after_drip(1001, 10, 1), Ok(900));
	assert_eq!(revenue_after_drip(1000, 10, 11), Ok(0));
	assert_eq!(revenue_after_drip(u128::MAX, 1 << 63, 1), Ok(u128::MAX - (1 << 65)));
	assert_eq!(revenue_after_drip(1, 0, 1), Err(MathError::DivisionByZero));
}

#[test]
fn topic_rewards_stay_within_the_treasury() {
	assert_eq!(topic_rewards(&[3, 1], 4, &[100, 200], 1, 1000), Ok(vec![75, 50]));
	assert_eq!(topic_rewards(&[3, 1], 4, &[100, 200], 1, 50), Ok(vec![30, 20]));
	assert_eq!(topic_rewards(&[1], 1, &[100], 10, 7), Ok(vec![7]));
	assert_eq!(topic_rewards(&[1], 0, &[1], 1, 1), Err(MathError::DivisionByZero));
	assert_eq!(topic_rewards(&[1], 1, &[], 1, 1), Err(MathError::Shape));
}
