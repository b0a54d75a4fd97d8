//! Epochs and states at the ends of their ranges, and input that is refused.

use crate::pool::{learned, submitted, Pool, SQUARED};
use allora_math::{
	loss::Loss,
	predictive::LabelState,
	rules::mixture::{
		end, Before, ForecasterState, Outcome, Params, Standing, TopicState, WorkerState, MAX_VALUE,
	},
	testing::mixture::{assert_states_in_range, Submitted, Topic},
	MathError, Real,
};
use sp_arithmetic::FixedI128;

const LOSSES: [Option<Loss>; 9] = [
	Some(Loss::Squared),
	Some(Loss::Absolute),
	Some(Loss::Huber { delta: FixedI128::from_inner(1_000_000_000) }),
	Some(Loss::LogCosh),
	Some(Loss::Poisson),
	Some(Loss::Ztae),
	Some(Loss::Zptae),
	Some(Loss::Czar { alpha: FixedI128::from_u32(1) }),
	None,
];

/// Learns an epoch with this value of each worker; losses are all the same.
fn epoch(topic: &mut Topic, values: &[Real], truth: Real) {
	let submitted = Submitted {
		workers: (0..values.len() as u32).collect(),
		values: values.to_vec(),
		forecasts: vec![(0, vec![(0, Real::ONE)])],
	};
	let published = topic.begin(&submitted).expect("accepted");
	let truth = topic.params.loss.map(|_| [truth]);
	let truth = truth.as_ref().map(|truth| &truth[..]);
	topic
		.end(&submitted, &published.kept, truth, &vec![Real::ONE; values.len()])
		.expect("accepted");
	assert_states_in_range(topic);
}

#[test]
fn truths_leap_after_the_scale_has_shrunk_to_its_least() {
	let (seven, tiny) = (Real::from_num(7), Real::from_bits(18));
	for loss in LOSSES {
		let mut topic = Topic::new(Params { loss, labels: 1, unity: false });
		for _ in 0..700 {
			epoch(&mut topic, &[seven, seven, seven], seven);
		}
		if loss.is_some() {
			assert_eq!(topic.state.scale, Real::ONE >> 30);
		}
		for truth in [MAX_VALUE, tiny, -MAX_VALUE, Real::ZERO, MAX_VALUE] {
			let truth = if loss == Some(Loss::Poisson) { truth.abs() } else { truth };
			for values in [[MAX_VALUE, tiny, seven], [seven, tiny, tiny], [MAX_VALUE; 3]] {
				epoch(&mut topic, &values, truth);
			}
		}
	}
}

#[test]
fn states_at_the_ends_of_their_ranges_have_results() {
	let real = |x: i64| Real::from_num(x);
	for loss in LOSSES {
		for sign in [-1, 1] {
			for scale in [Real::ONE >> 30, MAX_VALUE * 3] {
				let standing = |regret, variance| Standing { regret: real(regret), variance };
				let mut topic = Topic::new(Params { loss, labels: 1, unity: false });
				let custom = loss.is_none();
				topic.state.scale = if custom { Real::ZERO } else { scale };
				topic.state.spread = if custom { Real::DELTA } else { Real::ZERO };
				topic.state.labels[0] = LabelState {
					scale: topic.state.scale,
					quantiles: [-20, -20, 20, 20].map(|x| real(sign * x)),
				};
				for (base, side) in topic.state.bases.iter_mut().zip([sign, -sign]) {
					base.regret = real(if side < 0 { -1500 } else { 1000 });
					base.variance = if side < 0 { real(10_000) } else { Real::ZERO };
					base.range = if side < 0 { real(10) } else { base.range };
				}
				for account in 0..32u32 {
					let far = if account % 2 == 0 { 5000 } else { -10 };
					let worker = WorkerState {
						raw: standing(far, Real::ZERO),
						corrected: standing(far, real(50_000)),
						log_weight: real(if account % 3 == 0 { 15 } else { -15 }),
						correction: real(sign * 10_000),
						loss: real(1000 * sign),
					};
					topic.workers.insert(account, worker);
				}
				topic.forecasters.insert(0, ForecasterState { tilted: standing(5000, Real::ZERO) });
				let value = |account: u32| match account % 3 {
					0 => MAX_VALUE,
					1 => Real::from_bits(18),
					_ => Real::ONE,
				};
				let values: Vec<_> = (0..32).map(value).collect();
				for truth in [MAX_VALUE, Real::from_bits(18)] {
					epoch(&mut topic, &values, truth);
				}
			}
		}
	}
}

#[test]
fn values_out_of_range_and_shapes_that_do_not_match_are_refused() {
	let mut pool = Pool::new(1, 3);
	let topic = learned(SQUARED, &mut pool, 3);
	let good = submitted(&[1.0, 2.0, 3.0]);
	let published = topic.begin(&good).unwrap();
	let refused = |submitted: &Submitted, error| {
		assert_eq!(topic.begin(submitted).map(|_| ()), Err(error));
	};
	let large = MAX_VALUE + Real::DELTA;
	refused(&submitted(&[]), MathError::Empty);
	refused(&Submitted { values: vec![large; 3], ..good.clone() }, MathError::Domain);
	refused(&Submitted { values: vec![Real::ONE; 2], ..good.clone() }, MathError::Shape);
	refused(
		&Submitted { forecasts: vec![(0, vec![(0, -large)])], ..good.clone() },
		MathError::Domain,
	);
	let learn = |truth: Option<&[Real]>, losses: &[Real]| {
		topic.clone().end(&good, &published.kept, truth, losses)
	};
	let losses = [Real::ONE; 3];
	assert_eq!(learn(Some(&[Real::ONE]), &losses), Ok(()));
	assert_eq!(learn(None, &losses), Err(MathError::Shape));
	assert_eq!(learn(Some(&[Real::ONE; 2]), &losses), Err(MathError::Shape));
	assert_eq!(learn(Some(&[Real::ONE]), &losses[1..]), Err(MathError::Shape));
	assert_eq!(learn(Some(&[large]), &losses), Err(MathError::Domain));
	assert_eq!(learn(Some(&[Real::ONE]), &[Real::from_num(1001); 3]), Err(MathError::Domain));
	let state = TopicState::new(1);
	let before = Before { topic: &state, workers: &[], forecasters: &[], absent: &[] };
	let outcome =
		Outcome { kept: &published.kept, values: &[], truth: Some(&[Real::ONE]), losses: &[] };
	assert_eq!(end(&SQUARED, &before, &outcome), Err(MathError::Empty));
}
