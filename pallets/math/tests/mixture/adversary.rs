//! What a minority can do to the mixture.

use crate::pool::{float, learned, step, submitted, Pool, Random, ABSOLUTE, SQUARED};
use allora_math::{
	rules::mixture::Params,
	testing::mixture::{assert_states_in_range, Topic},
	Real,
};

#[test]
fn newcomers_absurd_value_moves_the_network_by_a_fraction_of_the_band() {
	for (seed, workers) in (0..120).zip((2..31).cycle()) {
		let params = if seed % 2 == 0 { SQUARED } else { ABSOLUTE };
		let mut pool = Pool::new(seed, workers);
		let learns = [0, 1, 5, 60][seed as usize / 2 % 4];
		let topic = learned(params, &mut pool, learns);
		let (_, mut values) = pool.epoch();
		let before = topic.begin(&submitted(&values)).unwrap();
		values.push(if seed % 3 == 0 { -1e15 } else { 1e15 });
		let after = topic.begin(&submitted(&values)).unwrap();
		let shift = float(after.network[0] - before.network[0]).abs();
		let band = after.kept.bands[0];
		let half = float(band.high - band.low) / 2.0;
		// Where nobody is known, a newcomer counts as much as the others.
		let share = if learns == 0 { 0.5 } else { 0.2 };
		assert!(shift <= share * half, "{shift} of {half} with {workers} after {learns}");
	}
}

#[test]
fn single_absurd_truth_moves_scales_by_at_most_45_percent() {
	let mut pool = Pool::new(1, 6);
	let mut topic = learned(SQUARED, &mut pool, 30);
	let before = topic.state.scale;
	let (_, values) = pool.epoch();
	step(&mut topic, &values, 1e15);
	assert!(topic.state.scale <= before * Real::from_num(1.46));
	assert_states_in_range(&topic);
}

/// The mean weight of an account's copies together, the account's included, over that in a run with
/// fewer copies; and the largest difference of both network inferences.
///
/// There are `copies[0]` and `copies[1]` of them, besides the account. They join in an epoch, and
/// their values differ by up to `jitter` mean distances of the pool from its mean.
fn weight_of_copies(
	params: Params,
	seed: u64,
	copies: [usize; 2],
	jitter: f64,
	joining: usize,
) -> (f64, f64) {
	let (workers, epochs) = (8, 150);
	let mut pool = Pool::new(seed, workers);
	let mut noise = Random(77 + seed);
	let mut topics = [Topic::new(params), Topic::new(params)];
	let copied = seed as usize % workers;
	let (mut weights, mut apart) = ([0.0; 2], 0f64);
	for epoch in 0..epochs {
		let (truth, values) = pool.epoch();
		let mean = values.iter().sum::<f64>() / workers as f64;
		let spread = values.iter().map(|value| (value - mean).abs()).sum::<f64>() / workers as f64;
		let mut networks = [0.0; 2];
		for (run, topic) in topics.iter_mut().enumerate() {
			let mut all = values.clone();
			for _ in 0..if epoch < joining { 0 } else { copies[run] } {
				all.push(values[copied] + jitter * spread * (2.0 * noise.share() - 1.0));
			}
			let published = step(topic, &all, truth);
			networks[run] = float(published.network[0]);
			if epoch >= 50.max(joining) {
				let more = published.weights[workers..].iter().copied().map(float).sum::<f64>();
				weights[run] += float(published.weights[copied]) + more;
			}
		}
		apart = apart.max((networks[0] - networks[1]).abs());
	}
	(weights[1] / weights[0].max(1e-3), apart)
}

#[test]
fn exact_copies_weigh_what_one_would_and_change_nothing() {
	for params in [SQUARED, ABSOLUTE] {
		for seed in 0..4 {
			for copies in [1, 9] {
				let (ratio, apart) = weight_of_copies(params, seed, [0, copies], 0.0, 0);
				assert!((ratio - 1.0).abs() < 1e-9, "{ratio}");
				assert!(apart < 1e-9, "{apart}");
			}
		}
	}
}

#[test]
fn nine_exact_copies_that_join_later_weigh_no_more_than_one() {
	for params in [SQUARED, ABSOLUTE] {
		for seed in 0..8 {
			let (ratio, _) = weight_of_copies(params, seed, [1, 9], 0.0, 60);
			assert!(ratio <= 1.1, "{ratio}");
		}
	}
}

#[test]
fn copies_jittered_by_a_tenth_of_the_spread_weigh_at_most_half_more() {
	for params in [SQUARED, ABSOLUTE] {
		for seed in 0..8 {
			for copies in [1, 4, 9] {
				let (ratio, _) = weight_of_copies(params, seed, [0, copies], 0.1, 0);
				assert!(ratio <= 1.5, "{copies} copies weigh {ratio}");
			}
		}
	}
}
