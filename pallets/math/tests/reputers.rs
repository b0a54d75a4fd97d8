//! Properties of the reputers' scoring (S 12.3).

use allora_math::{
	scores::{reputer_scores, ReputerParams},
	testing::random::config,
	Real,
};
use proptest::{collection::vec, prelude::*};

/// Losses from -8 to 8 in steps of 1/64.
fn loss() -> impl Strategy<Value = Real> + Clone {
	(-512..512i64).prop_map(|parts| Real::from_num(parts) / 64)
}

/// Reputers that report the same losses but for noise; the last one has 16 times as much of it.
fn reports() -> impl Strategy<Value = Vec<Vec<Real>>> {
	(2..7usize).prop_flat_map(|reputers| {
		(vec(loss(), 6), vec(vec(loss(), 6), reputers)).prop_map(|(truth, mut rows)| {
			let count = rows.len();
			for (m, row) in rows.iter_mut().enumerate() {
				let spread = if m + 1 == count { 1 } else { 16 };
				row.iter_mut()
					.zip(&truth)
					.for_each(|(error, loss)| *error = *loss + *error / spread);
			}
			rows
		})
	})
}

proptest! {
	#![proptest_config(config(60))]

	#[test]
	fn more_gradient_rounds_never_lower_the_total(reports in reports()) {
		let stakes: Vec<_> = (0..reports.len()).map(|m| Real::from_num(1 + m % 3)).collect();
		let ones = vec![Real::ONE; reports.len()];
		let total = |rounds| {
			let params = ReputerParams { rounds, ..Default::default() };
			let scores = reputer_scores(&reports, &stakes, &ones, &params).unwrap().scores;
			scores.iter().zip(&stakes).map(|(score, stake)| *score * *stake).sum::<Real>()
		};
		let mut before = total(1);
		for rounds in 2..=10 {
			let after = total(rounds);
			prop_assert!(after >= before, "round {}: {} after {}", rounds, after, before);
			before = after;
		}
	}
}

/// Equal within a billionth, so that it does not matter in which order the formulas round.
fn close(a: Real, b: Real) -> bool {
	(a - b).abs() <= Real::ONE / 1_000_000_000
}

#[test]
fn one_reputer_is_the_consensus() {
	let reports = [vec![Real::ONE * 3, -Real::ONE * 4]];
	let got = reputer_scores(&reports, &[Real::ONE], &[Real::ONE], &Default::default()).unwrap();
	// 1 / (0 + 0.01)
	assert!(close(got.scores[0], Real::ONE * 100), "{:?}", got.scores);
	assert_eq!(got.coefficients, [Real::ONE]);
}

#[test]
fn two_reputers_of_equal_stake_score_alike() {
	// The consensus is (4, 0), of norm 4, and each is 3 away from it: 1 / (3/4 + 1/4) = 1.
	let reports = [vec![Real::ONE * 4, Real::ONE * 3], vec![Real::ONE * 4, -Real::ONE * 3]];
	let (stakes, params) =
		([Real::ONE; 2], ReputerParams { epsilon: Real::ONE / 4, rounds: 1, ..Default::default() });
	let got = reputer_scores(&reports, &stakes, &stakes, &params).unwrap();
	assert!(got.scores.iter().all(|score| close(*score, Real::ONE)), "{:?}", got.scores);
	assert!(close(got.coefficients[0], got.coefficients[1]), "{:?}", got.coefficients);
}
