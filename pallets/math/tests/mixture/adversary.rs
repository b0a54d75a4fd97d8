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

/// The number of workers of a pool whose values are copied.
const WORKERS: usize = 8;

/// The mean weight of an account's copies together, the account's included, over that in a run with
/// fewer copies; and the largest difference of both network inferences.
///
/// There are `copies[0]` and `copies[1]` of them, besides the account, and they join in an epoch.
/// From then on each of these accounts adds normal noise to the value, with a standard deviation of
/// `jitter` times that of the epoch's values, as in the trials of `allora-agent simulate --attacks`.
fn weight_of_copies(
	params: Params,
	seed: u64,
	copied: usize,
	copies: [usize; 2],
	jitter: f64,
	joining: usize,
) -> (f64, f64) {
	let (workers, epochs) = (WORKERS, 150);
	let mut pool = Pool::new(seed, workers);
	let mut noise = Random(77 + seed);
	let mut topics = [Topic::new(params), Topic::new(params)];
	let (mut weights, mut apart) = ([0.0; 2], 0f64);
	for epoch in 0..epochs {
		let (truth, values) = pool.epoch();
		let mean = values.iter().sum::<f64>() / workers as f64;
		let squares = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>();
		let width = jitter * (squares / workers as f64).sqrt();
		let mut networks = [0.0; 2];
		for (run, topic) in topics.iter_mut().enumerate() {
			let mut all = values.clone();
			if epoch >= joining && copies[run] > 0 {
				all.resize(workers + copies[run], values[copied]);
				let accounts = all.iter_mut().enumerate();
				accounts
					.filter(|(at, _)| *at == copied || *at >= workers)
					.for_each(|(_, value)| *value += width * noise.normal());
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
				let (ratio, apart) =
					weight_of_copies(params, seed, seed as usize, [0, copies], 0.0, 0);
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
			let (ratio, _) = weight_of_copies(params, seed, seed as usize, [1, 9], 0.0, 60);
			assert!(ratio <= 1.1, "{ratio}");
		}
	}
}

/// Asserts how many times its own weight the best worker and this number of jittered copies have
/// together, at most: in the median and in the worst of two losses and eight pools each.
fn assert_weight_of_jittered(jitter: f64, copies: usize, [median, worst]: [f64; 2]) {
	let ratios = [SQUARED, ABSOLUTE].into_iter().flat_map(|params| {
		(0..8).map(move |seed| {
			let best = Pool::new(seed, WORKERS).best();
			weight_of_copies(params, seed, best, [0, copies], jitter, 0).0
		})
	});
	let mut ratios: Vec<_> = ratios.collect();
	ratios.sort_by(f64::total_cmp);
	let reached = [(ratios[7] + ratios[8]) / 2.0, ratios[15]];
	println!("{copies} copies, jitter {jitter}: {reached:.3?}");
	assert!(reached[0] <= median && reached[1] <= worst, "{copies} copies weigh {ratios:.3?}");
}

/// Reached, in the median and at worst: 1.13 and 1.23 with one copy, 1.12 and 1.38 with four, 1.19
/// and 1.50 with nine.
#[test]
fn copies_jittered_by_a_twentieth_of_the_deviation_weigh_half_more_at_worst() {
	for (copies, bounds) in [(1, [1.2, 1.3]), (4, [1.2, 1.4]), (9, [1.25, 1.51])] {
		assert_weight_of_jittered(0.05, copies, bounds);
	}
}

/// The jitter of the trials, whose bar is a factor of 1.5. Reached, in the median and at worst: 1.25
/// and 1.38 with one copy, 1.34 and 1.73 with four, 1.49 and 2.02 with nine. So two accounts are
/// within the bar, and many miss it.
#[test]
fn copies_jittered_by_a_tenth_of_the_deviation_weigh_twice_as_much_at_worst() {
	for (copies, bounds) in [(1, [1.3, 1.4]), (4, [1.4, 1.8]), (9, [1.55, 2.1])] {
		assert_weight_of_jittered(0.1, copies, bounds);
	}
}
