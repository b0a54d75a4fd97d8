//! The bands of values and of corrected values.

use crate::pool::{float, ABSOLUTE, SQUARED};
use allora_math::{
	loss::Loss,
	predictive::LabelState,
	rules::mixture::{
		begin, BaseState, ForecasterState, Input, Params, Standing, TopicState, WorkerState,
		MAX_VALUE,
	},
	testing::random::config,
	Real,
};
use proptest::{collection::vec, prelude::*, sample::select};
use sp_arithmetic::FixedI128;

/// The fewest known workers beside one of whom none can decide the median alone.
const OTHERS: usize = 6;

/// A number up to this size, often at its ends.
fn within(low: f64, high: f64) -> impl Strategy<Value = Real> + Clone {
	prop_oneof![1 => select(vec![low, high]), 4 => low..high].prop_map(Real::from_num)
}

fn standing() -> impl Strategy<Value = Standing> + Clone {
	(within(-10.0, 5000.0), within(0.0, 50_000.0))
		.prop_map(|(regret, variance)| Standing { regret, variance })
}

/// The state of a worker whose correction is at most this large.
fn worker(correction: f64) -> impl Strategy<Value = WorkerState> + Clone {
	let states = (standing(), standing(), within(-15.0, 0.0), within(-1000.0, 1000.0));
	(states, within(-correction, correction)).prop_map(
		|((raw, corrected, log_weight, loss), correction)| WorkerState {
			raw,
			corrected,
			log_weight,
			correction,
			loss,
		},
	)
}

fn base() -> impl Strategy<Value = BaseState> + Clone {
	(within(-1500.0, 1000.0), within(0.0, 10_000.0), within(0.05, 10.0))
		.prop_map(|(regret, variance, range)| BaseState { regret, variance, range })
}

/// A topic with one label, known or not.
fn topic() -> impl Strategy<Value = TopicState> + Clone {
	let scale = prop_oneof![1 => select(vec![0.0, 2f64.powi(-30), 3e15]), 4 => 0.001..100.0];
	(scale, base(), base()).prop_map(|(scale, p, s)| TopicState {
		scale: Real::from_num(scale),
		bases: [p, s],
		labels: vec![LabelState { scale: Real::from_num(scale), ..LabelState::default() }],
		..TopicState::new(1)
	})
}

/// A value, often an extreme one.
fn value() -> impl Strategy<Value = Real> + Clone {
	let unit = Real::from_bits(18); // 1e-18
	let extremes = vec![MAX_VALUE, -MAX_VALUE, Real::ZERO, unit, -unit];
	prop_oneof![1 => select(extremes), 1 => within(-1e15, 1e15), 2 => within(6.0, 8.0)]
}

/// Values near each other, or of any size.
fn honest() -> impl Strategy<Value = Vec<Real>> + Clone {
	let near = within(6.0, 8.0).boxed();
	prop_oneof![3 => vec(near, OTHERS..12), 1 => vec(value().boxed(), OTHERS..12)]
}

/// Where the network inference may be, by what the others sent and what is known about them.
fn allowed(topic: &TopicState, workers: &[WorkerState], values: &[Real]) -> (f64, f64) {
	let (low, high) = (values.iter().min().unwrap(), values.iter().max().unwrap());
	let scale = float(topic.scale);
	let corrections = workers.iter().map(|worker| float(worker.correction) * scale);
	let (down, up) = corrections.fold((0f64, 0f64), |(down, up), x| (down.min(x), up.max(x)));
	let (low, high) = (float(*low) + down, float(*high) + up);
	let width = 4.0 * scale.max(high - low);
	// A rounding per worker.
	let slack = 1e-9 + 1e-14 * (low.abs() + high.abs() + width);
	(low - width - slack, high + width + slack)
}

proptest! {
	#![proptest_config(config(1000))]

	/// The range does not depend on the worker's own value or state: the worker moves the network
	/// inference by no more than its length.
	#[test]
	fn no_value_moves_the_network_out_of_the_range_that_the_others_allow(
		topic in topic(),
		loss in select(vec![Loss::Squared, Loss::Absolute, Loss::Poisson, Loss::LogCosh]),
		others in vec(prop_oneof![3 => worker(3.0).boxed(), 1 => worker(1e4).boxed()], 12),
		known in prop::option::weighted(0.8, worker(1e4)),
		values in honest(),
		own in vec(value(), 3),
		forecast in vec(within(-1000.0, 1000.0), 13),
		forecaster in standing(),
	) {
		let params = Params { loss: Some(loss), labels: 1, unity: false };
		let positive = |x: &Real| match loss == Loss::Poisson {
			true => x.abs().max(Real::from_bits(18)),
			false => *x,
		};
		let mut values: Vec<_> = values.iter().map(positive).collect();
		values.sort_unstable();
		values.dedup();
		prop_assume!(values.len() >= OTHERS);
		let others = &others[..values.len()];
		let (low, high) = allowed(&topic, others, &values);
		let states: Vec<_> = others.iter().copied().map(Some).chain([known]).collect();
		let forecasts = [forecast.iter().copied().enumerate().take(states.len()).collect()];
		for own in &own {
			let all: Vec<_> = values.iter().copied().chain([positive(own)]).collect();
			let input = Input {
				values: &all,
				workers: &states,
				forecasts: &forecasts,
				forecasters: &[Some(ForecasterState { tilted: forecaster })],
			};
			let network = float(begin(&params, &topic, &input).unwrap().network[0]);
			prop_assert!(low <= network && network <= high, "{network} is not in {low} to {high}");
		}
	}
}

/// The network inference of workers that have proved themselves with these corrections.
fn network(params: Params, corrections: &[f64], values: &[f64]) -> f64 {
	let topic = TopicState {
		scale: Real::ONE,
		labels: vec![LabelState { scale: Real::ONE, ..LabelState::default() }],
		..TopicState::new(1)
	};
	let state = |correction: &f64| {
		let proven = Standing { regret: Real::from_num(10), variance: Real::ONE };
		let correction = Real::from_num(*correction);
		Some(WorkerState { corrected: proven, correction, ..WorkerState::default() })
	};
	let values: Vec<_> = values.iter().copied().map(Real::from_num).collect();
	let workers: Vec<_> = corrections.iter().map(state).collect();
	let input = Input { values: &values, workers: &workers, forecasts: &[], forecasters: &[] };
	begin(&params, &topic, &input).unwrap().kept.polynomial[0].to_num()
}

#[test]
fn correction_that_all_workers_need_is_not_cut_off() {
	for params in [SQUARED, ABSOLUTE] {
		let found = network(params, &[-30.0, -31.0, -29.0, -30.5], &[130.0, 131.0, 129.0, 130.5]);
		assert!((found - 100.0).abs() < 1e-9, "{found}");
	}
}

#[test]
fn correction_of_one_worker_alone_carries_it_to_the_edge_of_the_band() {
	for params in [SQUARED, ABSOLUTE] {
		// Three at 100, and one that is taken to 104: half-widths are 4 mean errors.
		let found = network(params, &[0.0, 0.0, 0.0, 9000.0], &[99.9, 100.0, 100.1, 100.2]);
		assert!((found - (99.9 + 100.0 + 100.1 + 104.0) / 4.0).abs() < 0.1, "{found}");
	}
}

/// The band of the first label is wide, since the others differ in it, and those of the others have
/// no width.
#[test]
fn row_far_above_all_leaves_quantiles_in_order() {
	let levels = [(1, 10), (1, 2), (9, 10)].map(|(n, d)| FixedI128::from_rational(n, d));
	let params = Params { loss: Some(Loss::Pinball { levels: &levels }), labels: 3, unity: false };
	let values: Vec<_> =
		[-20.0, -0.1, 0.1, -10.0, -0.1, 0.1, 1000.0, 1000.0, 1000.0].map(Real::from_num).to_vec();
	let workers = [None; 3];
	let input = Input { values: &values, workers: &workers, forecasts: &[], forecasters: &[] };
	let network = begin(&params, &TopicState::new(3), &input).unwrap().network;
	// (-20 - 10 - 0.1) / 3, and not (-20 - 10 + 30) / 3: the first label's own band ends at 30.
	assert!((float(network[0]) + 10.033_333_333).abs() < 1e-6, "{network:?}");
	assert!(network.is_sorted(), "{network:?}");
}
