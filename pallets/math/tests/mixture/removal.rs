//! What inferences without a worker or forecaster, or with one forecaster, are equal to.

use crate::pool::{float, learn, submitted, Random, ABSOLUTE, SQUARED};
use allora_math::{
	rules::mixture::{group_sizes, Params, Synthesis},
	testing::mixture::{Submitted, Topic},
	Real,
};

/// A topic in which values are so far apart that none counts as a copy, and so near that no band
/// limits them; with two forecasters that do not name worker 0; and what is submitted next.
fn settled(params: Params, seed: u64, epochs: usize) -> (Topic, Submitted) {
	let mut random = Random(seed + 1);
	let mut topic = Topic::new(params);
	let mut truth = 50.0;
	let mut next = |random: &mut Random| {
		truth += random.normal();
		let common = random.normal();
		let offset = |worker: i32| f64::from(worker - 3) / 2.0 + 0.2 * random.share();
		let values: Vec<_> = (0..7)
			.map(offset)
			.collect::<Vec<_>>()
			.into_iter()
			.map(|x| truth + common + x)
			.collect();
		let mut submitted = submitted(&values);
		submitted.forecasts = (0..2)
			.map(|k| {
				let of =
					|worker| (worker, Real::from_num(-random.share() - f64::from(worker) / 9.0));
				(k, (1..7).map(of).collect())
			})
			.collect();
		(truth, submitted)
	};
	for _ in 0..epochs {
		let (truth, submitted) = next(&mut random);
		let published = topic.begin(&submitted).unwrap();
		learn(&mut topic, &submitted, &published.kept, truth);
	}
	let (_, submitted) = next(&mut random);
	(topic, submitted)
}

/// The same without a worker.
fn without_worker(submitted: &Submitted, worker: u32) -> Submitted {
	let at = submitted.workers.binary_search(&worker).unwrap();
	let mut others = submitted.clone();
	others.workers.remove(at);
	others.values.remove(at);
	others
}

/// The same with those forecasters for which `keeps` holds.
fn with_forecasters(submitted: &Submitted, keeps: impl Fn(u32) -> bool) -> Submitted {
	let mut kept = submitted.clone();
	kept.forecasts.retain(|(account, _)| keeps(*account));
	kept
}

fn assert_near(one: Real, other: Real) {
	assert!(float(one - other).abs() < 1e-12, "{one} is not {other}");
}

fn topics(test: impl Fn(&Topic, &Submitted, &Synthesis)) {
	for params in [SQUARED, ABSOLUTE] {
		for seed in 0..20 {
			let (topic, submitted) = settled(params, seed, 20 + 3 * seed as usize);
			test(&topic, &submitted, &topic.begin(&submitted).unwrap());
		}
	}
}

#[test]
fn without_a_worker_it_is_the_network_of_the_others() {
	topics(|topic, submitted, published| {
		let others = topic.begin(&without_worker(submitted, 0)).unwrap();
		assert_near(published.one_out_workers[0], others.network[0]);
		assert!(published.one_out_workers[0] != published.network[0]);
	});
}

#[test]
fn without_forecasters_it_is_the_network_of_the_workers() {
	let mut used = 0;
	for seed in 0..20 {
		let (topic, submitted) = settled(SQUARED, seed, 40);
		let published = topic.begin(&submitted).unwrap();
		let with = |keeps: &dyn Fn(u32) -> bool| {
			topic.begin(&with_forecasters(&submitted, keeps)).unwrap().network[0]
		};
		assert_near(published.naive[0], with(&|_| false));
		for k in 0..2 {
			assert_near(published.one_out_forecasters[k as usize], with(&|account| account != k));
			assert_near(published.one_in_forecasters[k as usize], with(&|account| account == k));
		}
		used += usize::from(published.forecaster_weights.iter().any(|weight| *weight > 0));
	}
	assert!(used > 2, "{used}");
}

#[test]
fn weights_are_the_shares_of_values_in_the_network() {
	// Without corrections, the network is the average of the values by the weights.
	topics(|topic, submitted, _| {
		let mut topic = topic.clone();
		topic.workers.values_mut().for_each(|worker| worker.correction = Real::ZERO);
		let published = topic.begin(submitted).unwrap();
		let average = published.weights.iter().zip(&submitted.values).map(|(w, x)| *w * *x).sum();
		assert_near(published.network[0], average);
	});
}

#[test]
fn alone_a_worker_is_the_network_with_and_without_it() {
	let mut topic = Topic::new(SQUARED);
	for value in [3.0, 4.0, 5.0] {
		let submitted = submitted(&[value]);
		let published = topic.begin(&submitted).unwrap();
		assert_eq!(published.one_out_workers, published.network);
		learn(&mut topic, &submitted, &published.kept, value + 0.25);
	}
}

/// The same with one more worker, which sends what the first one does.
fn with_copy(submitted: &Submitted) -> Submitted {
	let mut more = submitted.clone();
	more.workers.push(more.workers.len() as u32);
	more.values.push(more.values[0]);
	more
}

#[test]
fn without_a_copied_worker_it_is_the_network_without_the_single_one() {
	topics(|topic, submitted, published| {
		let mut topic = topic.clone();
		topic.workers.insert(7, topic.workers[&0]);
		let copied = topic.begin(&with_copy(submitted)).unwrap();
		assert_near(copied.network[0], published.network[0]);
		assert_eq!(copied.one_out_workers[7], copied.one_out_workers[0]);
		for (one, other) in published.one_out_workers.iter().zip(&copied.one_out_workers) {
			assert_near(*one, *other);
		}
	});
}

#[test]
fn without_a_worker_whose_copies_are_named_by_forecasts_it_is_the_network_of_the_others() {
	for seed in 0..20 {
		let (topic, mut submitted) = settled(SQUARED, seed, 40);
		// Rows of the two are equal, and forecasts name one of them only.
		submitted.values[1] = submitted.values[0];
		let published = topic.begin(&submitted).unwrap();
		assert_eq!(published.one_out_workers[0], published.one_out_workers[1]);
		let mut unnamed = submitted.clone();
		unnamed.forecasts.iter_mut().for_each(|(_, named)| named.retain(|(worker, _)| *worker > 1));
		let published = topic.begin(&unnamed).unwrap();
		let others = without_worker(&without_worker(&unnamed, 1), 0);
		assert_near(published.one_out_workers[0], topic.begin(&others).unwrap().network[0]);
	}
}

#[test]
fn without_all_workers_it_is_the_network() {
	let mut topic = Topic::new(SQUARED);
	for value in [3.0, 4.0, 5.0] {
		let submitted = submitted(&[value; 3]);
		let published = topic.begin(&submitted).unwrap();
		assert_eq!(published.one_out_workers, vec![published.network[0]; 3]);
		learn(&mut topic, &submitted, &published.kept, value + 0.25);
	}
}

#[test]
fn equal_forecasters_count_as_one() {
	let mut used = 0;
	for seed in 0..20 {
		let (mut topic, submitted) = settled(SQUARED, seed, 40);
		let published = topic.begin(&submitted).unwrap();
		let copied = submitted.forecasts[0].1.clone();
		let mut copies = submitted.clone();
		for account in 2..6 {
			copies.forecasts.push((account, copied.clone()));
		}
		// Unknown ones have no mass, and take none.
		for known in [false, true] {
			if known {
				(2..6).for_each(|account| {
					topic.forecasters.insert(account, topic.forecasters[&0]);
				});
			}
			let with_copies = topic.begin(&copies).unwrap();
			assert_near(with_copies.network[0], published.network[0]);
			let through = |all: &[Real]| all[0] + all[2..].iter().sum::<Real>();
			let weights = &with_copies.forecaster_weights;
			assert_near(through(weights), published.forecaster_weights[0]);
			assert!(!known || weights[2..].iter().all(|weight| *weight == weights[0]));
			for (k, original) in [0, 1, 0, 0, 0, 0].into_iter().enumerate() {
				let (out, alone) =
					(&with_copies.one_out_forecasters, &with_copies.one_in_forecasters);
				assert_near(out[k], published.one_out_forecasters[original]);
				assert_near(alone[k], published.one_in_forecasters[original]);
			}
			assert_eq!(group_sizes(&with_copies.kept.tilted, 1), [5, 1, 5, 5, 5, 5]);
		}
		used += usize::from(published.forecaster_weights[0] > 0);
	}
	assert!(used > 2, "{used}");
}

#[test]
fn groups_are_of_rows_that_are_equal_in_all_labels() {
	let rows = [1, 2, 3, 4, 1, 2, 1, 3, 3, 4].map(Real::from_num);
	assert_eq!(group_sizes(&rows, 2), [2, 2, 2, 1, 2]);
	assert_eq!(group_sizes(&rows, 1), [3, 2, 3, 2, 3, 2, 3, 3, 3, 2]);
	assert_eq!(group_sizes(&[], 1), [0; 0]);
}
