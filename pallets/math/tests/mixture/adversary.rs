//! What a minority can do to the mixture.

use crate::{
	pool::{float, learned, step, submitted, Pool, Random, ABSOLUTE, SQUARED},
	topic::{assert_states_in_range, Topic},
};
use allora_math::{rules::mixture::Params, Real};

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

/// The mean weight of an account's copies together, the account's included, in runs with this
/// many more copies whose values differ by up to `jitter` mean distances from the mean; and the
/// largest difference of the network inference from that without copies.
fn weight_of_copies(params: Params, seed: u64, copies: usize, jitter: f64) -> (f64, f64) {
	let (workers, epochs) = (8, 150);
	let mut pool = Pool::new(seed, workers);
	let mut noise = Random(77 + seed);
	let (mut alone, mut together) = (Topic::new(params), Topic::new(params));
	let copied = seed as usize % workers;
	let (mut weights, mut apart) = ([0.0; 2], 0f64);
	for epoch in 0..epochs {
		let (truth, values) = pool.epoch();
		let mean = values.iter().sum::<f64>() / workers as f64;
		let spread = values.iter().map(|value| (value - mean).abs()).sum::<f64>() / workers as f64;
		let mut more = values.clone();
		for _ in 0..copies {
			more.push(values[copied] + jitter * spread * (2.0 * noise.share() - 1.0));
		}
		let one = step(&mut alone, &values, truth);
		let many = step(&mut together, &more, truth);
		apart = apart.max(float(one.network[0] - many.network[0]).abs());
		if epoch >= 50 {
			weights[0] += float(one.weights[copied]);
			weights[1] += float(many.weights[copied]);
			weights[1] += many.weights[workers..].iter().copied().map(float).sum::<f64>();
		}
	}
	(weights[1] / weights[0].max(1e-3), apart)
}

#[test]
fn exact_copies_weigh_what_one_would_and_change_nothing() {
	for params in [SQUARED, ABSOLUTE] {
		for seed in 0..4 {
			for copies in [1, 9] {
				let (ratio, apart) = weight_of_copies(params, seed, copies, 0.0);
				assert!((ratio - 1.0).abs() < 1e-9, "{ratio}");
				assert!(apart < 1e-9, "{apart}");
			}
		}
	}
}

#[test]
fn copies_jittered_by_a_tenth_of_the_spread_weigh_at_most_half_more() {
	for params in [SQUARED, ABSOLUTE] {
		for seed in 0..8 {
			for copies in [1, 4, 9] {
				let (ratio, _) = weight_of_copies(params, seed, copies, 0.1);
				assert!(ratio <= 1.5, "{copies} copies weigh {ratio}");
			}
		}
	}
}
