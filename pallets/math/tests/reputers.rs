//! Properties of the reputers' scoring (S 12.3).

use allora_math::{
	scores::{reputer_scores, ReputerParams},
	Real,
};

/// Numbers without a pattern, from -8 to 8 in steps of 1/64.
fn noise(seed: u32) -> impl Iterator<Item = Real> {
	let mut state = seed;
	core::iter::repeat_with(move || {
		state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
		Real::from_num(i64::from(state >> 22) - 512) / 64
	})
}

/// Reputers that report the same losses but for noise, the last of which is far off.
fn reports(seed: u32, reputers: usize, elements: usize) -> Vec<Vec<Real>> {
	let truth: Vec<_> = noise(seed).take(elements).collect();
	let row = |m: usize| {
		let spread = if m + 1 == reputers { 1 } else { 16 };
		let errors = noise(seed ^ (m as u32 + 1) << 8);
		truth.iter().zip(errors).map(|(loss, error)| *loss + error / spread).collect()
	};
	(0..reputers).map(row).collect()
}

#[test]
fn more_gradient_rounds_never_lower_the_total() {
	for seed in 1..=40 {
		let reputers = 2 + seed as usize % 5;
		let reports = reports(seed, reputers, 6);
		let stakes: Vec<_> = (0..reputers).map(|m| Real::from_num(1 + m % 3)).collect();
		let ones = vec![Real::ONE; reputers];
		let total = |rounds| {
			let params = ReputerParams { rounds, ..Default::default() };
			let scores = reputer_scores(&reports, &stakes, &ones, &params).unwrap().scores;
			scores.iter().zip(&stakes).map(|(score, stake)| *score * *stake).sum::<Real>()
		};
		let mut before = total(1);
		for rounds in 2..=10 {
			let after = total(rounds);
			assert!(after >= before, "seed {seed}, round {rounds}: {after} after {before}");
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
