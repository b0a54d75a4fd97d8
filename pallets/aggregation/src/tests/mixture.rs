//! The mixture rule on the chain (S 9.4), and what participants are worth under it (S 13.9).

use super::super::mock::*;
use crate::{Bundles, Event, Pallet, RuleState};
use allora_math::{
	convert::{from_fixed, to_fixed},
	loss::Loss,
	rules::mixture::{begin, end, Before, Input, Outcome, Params, TopicState},
	Real,
};
use allora_primitives::{FixedI128, LossMethod, Role, Rule};

/// Accounts 1 and 2 predict 10 and 20.
fn ten_and_twenty(epoch: u64) {
	infer(epoch, &[(1, fx(10, 1)), (2, fx(20, 1))]);
	close_workers(epoch).unwrap();
}

/// Closes an epoch with one report of this truth.
fn learn(epoch: u64, truth: FixedI128) {
	report_truth(epoch, 90, 100, &[truth]);
	close_reputers(epoch).unwrap();
}

fn squared() -> ExtBuilder {
	ExtBuilder::mixture(LossMethod::Squared)
}

fn worth_of(epoch: u64) -> allora_primitives::Worth {
	record(epoch).contributions.worth.unwrap()
}

fn values(epoch: u64) -> Vec<FixedI128> {
	bundle(epoch).element_values.into_inner()
}

#[test]
fn new_topic_takes_the_mean() {
	squared().build_and_execute(|| {
		ten_and_twenty(100);
		// Combined, naive, both inferers, and the network without each of them.
		assert_eq!(values(100), [15, 15, 10, 20, 20, 10].map(|value| fx(value, 1)));
		assert_eq!(bundle(100).inferer_weights.to_vec(), [fx(1, 2); 2]);
		assert_eq!((bundle(100).rule, bundle(100).intervals.len()), (Rule::Mixture, 0));
	});
}

#[test]
fn bundle_has_no_elements_of_pairs() {
	squared().build_and_execute(|| {
		infer(100, &[(1, fx(10, 1)), (2, fx(20, 1)), (3, fx(30, 1))]);
		for forecaster in [4, 5] {
			forecast(100, forecaster, &[(1, fx(-1, 1)), (2, fx(1, 1))]);
		}
		close_workers(100).unwrap();
		// 2, 3 inferers twice, and 2 forecasters three times.
		assert_eq!(bundle(100).elements(), 14);
		learn(100, fx(10, 1));
		assert_eq!(record(100).losses.len(), 14);
	});
}

#[test]
fn better_worker_gains_weight() {
	squared().build_and_execute(|| {
		let mut before = fx(1, 2);
		for epoch in (100..200).step_by(20) {
			ten_and_twenty(epoch);
			learn(epoch, fx(10, 1));
			let next = epoch + 20;
			ten_and_twenty(next);
			let weight = bundle(next).inferer_weights[0];
			assert!(weight > before, "{weight:?} after {before:?}");
			before = weight;
			Bundles::<Test>::remove(TOPIC, next);
		}
		assert!(before > fx(3, 4), "{before:?}");
	});
}

#[test]
fn interval_is_made_of_the_errors_so_far() {
	squared().build_and_execute(|| {
		ten_and_twenty(100);
		// The network infers 15; an error of 3 is the scale.
		learn(100, fx(12, 1));
		ten_and_twenty(120);
		let network = network(120);
		// The quantiles start at 2.5 and 1.25 scales around the inference.
		for (bound, scales) in bundle(120).intervals[0].iter().zip([-10, -5, 5, 10]) {
			assert_close(*bound, network + fx(3 * scales, 4));
		}
		assert_eq!(Aggregation::latest_inference(TOPIC).unwrap().intervals.len(), 1);
	});
}

#[test]
fn interval_of_the_regret_rule_is_made_of_the_errors_so_far() {
	ExtBuilder::truth(LossMethod::Squared).build_and_execute(|| {
		ten_and_twenty(100);
		learn(100, fx(12, 1));
		ten_and_twenty(120);
		let network = network(120);
		for (bound, scales) in bundle(120).intervals[0].iter().zip([-10, -5, 5, 10]) {
			assert_close(*bound, network + fx(3 * scales, 4));
		}
	});
}

#[test]
fn participants_are_worth_what_the_network_would_have_lost_without_them() {
	squared().build_and_execute(|| {
		ten_and_twenty(100);
		report_truth(100, 90, 100, &[fx(10, 1)]);
		report_truth(100, 91, 10, &[fx(12, 1)]);
		close_reputers(100).unwrap();
		// The network infers 15 and loses 25; without account 1 it infers 20 and loses 100, without
		// account 2 it infers 10 and loses nothing.
		let worth = worth_of(100);
		assert_close(worth.network, fx(25, 1));
		assert_eq!(worth.forecasting, fx(0, 1));
		for (one, value, excess) in [(0, 75, -25), (1, -25, 75)] {
			assert_close(worth.inferers[one].worth, fx(value, 1));
			assert_close(worth.inferers[one].excess, fx(excess, 1));
			assert_eq!(worth.inferers[one].weight, fx(1, 2));
		}
		// The second reputer is off by 2.
		let reputers = worth.reputers.unwrap();
		assert_eq!(reputers[0], fx(0, 1));
		assert_close(reputers[1], fx(4, 1));
		let part = Pallet::<Test>::worker_part(TOPIC, 100, Role::Inferer, &2).unwrap();
		assert_close(part.learned.unwrap().worth.unwrap(), fx(-25, 1));
	});
}

#[test]
fn reference_is_the_mean_of_earlier_truths() {
	squared().build_and_execute(|| {
		ten_and_twenty(100);
		learn(100, fx(10, 1));
		assert_eq!(worth_of(100).reference, None);
		// The means are 10 and 12.
		for (epoch, truth, reference) in [(120, 14, 16), (140, 12, 0)] {
			ten_and_twenty(epoch);
			learn(epoch, fx(truth, 1));
			assert_close(worth_of(epoch).reference.unwrap(), fx(reference, 1));
		}
	});
}

#[test]
fn mean_of_truths_that_is_no_accepted_inference_is_no_reference() {
	ExtBuilder::mixture(LossMethod::Poisson).build_and_execute(|| {
		// Counts may be 0, rates may not.
		for (epoch, truth) in [(100, 0), (120, 2), (140, 2)] {
			ten_and_twenty(epoch);
			learn(epoch, fx(truth, 1));
			assert_eq!(worth_of(epoch).reference.is_some(), epoch == 140, "at {epoch}");
		}
	});
}

#[test]
fn workers_with_equal_values_share_weight_worth_and_score() {
	squared().build_and_execute(|| {
		infer(100, &[(1, fx(10, 1)), (2, fx(10, 1)), (3, fx(20, 1))]);
		close_workers(100).unwrap();
		assert_eq!(network(100), fx(15, 1));
		learn(100, fx(10, 1));
		// Without both the network infers 20 and loses 100 instead of 25.
		for (one, (worth, sharers)) in
			worth_of(100).inferers.iter().zip([(75, 2), (75, 2), (-50, 1)])
		{
			assert_close(one.worth, fx(worth, 2));
			assert_eq!(one.sharers, sharers);
		}
		let scores = record(100).contributions.inferers;
		assert_eq!(scores[0].score, scores[1].score);
		let [network, without] = [record(100).losses[0], record(100).losses[5]];
		assert_close(scores[0].score, (without - network) / fx(2, 1));
	});
}

#[test]
fn forecaster_who_knows_who_is_right_is_worth_something() {
	squared().build_and_execute(|| {
		// Each inferer is right every other time, and the forecaster knows when.
		for at in 0..40 {
			let epoch = 100 + 20 * at;
			infer(epoch, &[(1, fx(10, 1)), (2, fx(20, 1))]);
			let right = if at % 2 == 0 { 1 } else { 2 };
			let expected = |who| if who == right { fx(-6, 1) } else { fx(2, 1) };
			forecast(epoch, 9, &[(1, expected(1)), (2, expected(2))]);
			close_workers(epoch).unwrap();
			learn(epoch, fx(10 * i128::from(right), 1));
		}
		let worth = worth_of(100 + 20 * 39);
		assert!(worth.forecasting > fx(0, 1));
		// It is the only one, so its absence is the naive inference.
		assert_eq!(worth.forecasters[0].worth, worth.forecasting);
		assert!(bundle(880).forecaster_weights[0] > fx(0, 1));
	});
}

#[test]
fn forecast_about_no_inferer_of_the_epoch_is_left_out() {
	squared().build_and_execute(|| {
		infer(100, &[(1, fx(10, 1)), (2, fx(20, 1))]);
		forecast(100, 8, &[(3, fx(-1, 1))]);
		forecast(100, 9, &[(2, fx(-1, 1)), (3, fx(-1, 1))]);
		close_workers(100).unwrap();
		assert_eq!(bundle(100).forecasters.to_vec(), [9]);
	});
}

#[test]
fn reported_losses_are_learned_from_by_their_differences() {
	ExtBuilder::mixture(LossMethod::Custom(b"own".to_vec().try_into().unwrap())).build_and_execute(
		|| {
			ten_and_twenty(100);
			// Combined, naive, both inferers, without the first, without the second.
			let losses = [1, 1, 0, 2, 2, 0].map(|loss| fx(loss, 1));
			report(100, 90, 1, &losses);
			close_reputers(100).unwrap();
			let worth = worth_of(100);
			assert_eq!((worth.reference, worth.reputers), (None, None));
			assert_eq!(worth.inferers[0].worth, fx(1, 1));
			assert_eq!(worth.inferers[1].excess, fx(1, 1));
			ten_and_twenty(120);
			assert!(network(120) < fx(15, 1));
			// No truth, no errors.
			assert!(bundle(120).intervals.is_empty() && book().errors.is_empty());
		},
	);
}

#[test]
fn network_without_outliers_is_that_of_the_others() {
	squared().build_and_execute(|| {
		let crowd: Vec<_> = (0..8).map(|who| (who, fx(100 + i128::from(who), 1))).collect();
		let with = [&crowd[..], &[(8, fx(1_000_000, 1))]].concat();
		infer(100, &with);
		close_workers(100).unwrap();
		assert_eq!(resistant(), (fx(207, 2), vec![8]));
		// The network itself is limited to a band around the median of 104.
		assert!(network(100) < fx(110, 1), "{:?}", network(100));
	});
}

#[test]
fn other_rule_begins_anew_and_epochs_in_flight_keep_theirs() {
	squared().build_and_execute(|| {
		for epoch in [100, 120] {
			ten_and_twenty(epoch);
			learn(epoch, fx(10, 1));
		}
		// This epoch is in flight while the rule changes.
		ten_and_twenty(140);
		let of_mixture = Parameters::get().unwrap();
		FormerParameters::mutate(|all| all.insert(140, of_mixture));
		Parameters::mutate(|p| p.as_mut().unwrap().rule = Rule::Regret);
		ten_and_twenty(160);
		// The regret rule knows nobody.
		assert_eq!((bundle(160).rule, network(160)), (Rule::Regret, fx(15, 1)));
		assert_eq!(bundle(160).intervals.len(), 1);
		learn(140, fx(10, 1));
		assert!(matches!(book().state, RuleState::Mixture(_)));
		assert!(record(140).contributions.worth.is_some());
		learn(160, fx(10, 1));
		assert!(matches!(book().state, RuleState::Regret(_)));
		assert_eq!(record(160).contributions.worth, None);
		// The spread of truths goes on.
		assert_eq!(book().spreads.0[0].truths, 4);
	});
}

#[test]
fn single_inferer_is_the_network_and_worth_nothing() {
	squared().build_and_execute(|| {
		infer(100, &[(1, fx(10, 1))]);
		forecast(100, 9, &[(1, fx(-1, 1))]);
		close_workers(100).unwrap();
		// Combined, naive, the inferer, and the forecaster, who can only repeat it.
		assert_eq!(values(100), [fx(10, 1); 4]);
		learn(100, fx(12, 1));
		let worth = worth_of(100);
		assert_eq!((worth.inferers[0].worth, worth.forecasters[0].worth), (fx(0, 1), fx(0, 1)));
	});
}

#[test]
fn newcomer_weighs_less_than_each_known_inferer() {
	squared().build_and_execute(|| {
		ten_and_twenty(100);
		learn(100, fx(15, 1));
		infer(120, &[(1, fx(10, 1)), (2, fx(20, 1)), (3, fx(15, 1))]);
		close_workers(120).unwrap();
		let weights = bundle(120).inferer_weights;
		assert!(weights[2] > fx(0, 1) && weights[2] < weights[0].min(weights[1]));
	});
}

#[test]
fn returning_inferer_has_the_regret_that_it_left_with() {
	squared().build_and_execute(|| {
		for epoch in [100, 120] {
			ten_and_twenty(epoch);
			learn(epoch, fx(11, 1));
		}
		let left_with = Aggregation::regret(TOPIC, Role::Inferer, &1).unwrap();
		infer(140, &[(2, fx(20, 1)), (3, fx(11, 1))]);
		close_workers(140).unwrap();
		learn(140, fx(11, 1));
		assert_eq!(Aggregation::regret(TOPIC, Role::Inferer, &1), Some(left_with));
		ten_and_twenty(160);
		assert!(bundle(160).inferer_weights[0] > fx(1, 2));
	});
}

#[test]
fn void_epoch_teaches_nothing() {
	squared().build_and_execute(|| {
		ten_and_twenty(100);
		learn(100, fx(10, 1));
		let before = book();
		ten_and_twenty(120);
		close_reputers(120).unwrap_err();
		assert_eq!(book(), before);
	});
}

#[test]
fn book_of_the_other_rule_is_within_the_worst_case() {
	let seats = |p: &mut allora_primitives::TopicParameters| {
		p.rule = Rule::Regret;
		(p.max_inferers, p.max_forecasters, p.max_reputers) = (2, 0, 1);
	};
	squared().parameters(seats).build_and_execute(|| {
		// As many accounts as the regret rule remembers take the two seats in turn.
		for at in 0..32u64 {
			let epoch = 100 + 20 * at;
			infer(epoch, &[(2 * at, fx(10, 1)), (2 * at + 1, fx(20, 1))]);
			close_workers(epoch).unwrap();
			learn(epoch, fx(10, 1));
		}
		assert_eq!(regret_book().inferers.len(), 64);
		Parameters::mutate(|p| p.as_mut().unwrap().rule = Rule::Mixture);
		// The mock asserts that both closes are within the worst case of the mixture.
		ten_and_twenty(740);
		learn(740, fx(10, 1));
		assert!(matches!(book().state, RuleState::Mixture(_)));
	});
}

#[test]
fn regrets_of_experts_are_emitted_and_read() {
	squared().build_and_execute(|| {
		ten_and_twenty(100);
		events();
		learn(100, fx(10, 1));
		let regrets = events().into_iter().find_map(|event| match event {
			Event::RegretsLearned { inferers, scale, initial_regret, .. } => {
				Some((inferers, scale, initial_regret))
			}
			_ => None,
		});
		let (inferers, scale, initial) = regrets.unwrap();
		assert_eq!((scale, initial), (fx(5, 1), fx(0, 1)));
		// With the scale of 5 the truth is one below the network, and so is account 1: G is 1 and Q
		// is 1, so the regret is 1 - 0.04. Account 2 is one above: -1 - 0.04. The values had no band,
		// being two without a scale, so the unit is the scale.
		for (who, regret) in [(1, fx(96, 100)), (2, fx(-104, 100))] {
			let read = Aggregation::regret(TOPIC, Role::Inferer, &who).unwrap();
			assert_close(read, regret);
			assert!(inferers.contains(&(who, read)));
		}
		assert_eq!(Aggregation::regret(TOPIC, Role::Inferer, &3), None);
	});
}

#[test]
fn rounding_of_stored_numbers_does_not_add_up() {
	squared().build_and_execute(|| {
		let params = Params { loss: Some(Loss::Squared), labels: 1, unity: false };
		let mut state = TopicState::new(1);
		let mut workers = vec![None; 3];
		let real = |value| from_fixed(value).unwrap();
		for at in 0..300u64 {
			let epoch = 100 + 20 * at;
			let truth = fx(i128::from(at * at % 37), 7);
			let rows: Vec<_> = (1..4)
				.map(|who| (who, truth + fx(i128::from((at * who) % 11) - 4, 3 * i128::from(who))))
				.collect();
			infer(epoch, &rows);
			close_workers(epoch).unwrap();
			learn(epoch, truth);

			let values: Vec<_> = rows.iter().map(|(_, value)| real(*value)).collect();
			let input =
				Input { values: &values, workers: &workers, forecasts: &[], forecasters: &[] };
			let made = begin(&params, &state, &input).unwrap();
			assert_close(network(epoch), to_fixed(made.network[0]).unwrap());
			let losses: Vec<_> =
				record(epoch).losses[2..5].iter().map(|loss| real(*loss)).collect();
			let before = Before { topic: &state, workers: &workers, forecasters: &[], absent: &[] };
			let truth: [Real; 1] = [real(truth)];
			let outcome =
				Outcome { kept: &made.kept, values: &values, truth: Some(&truth), losses: &losses };
			let learned = end(&params, &before, &outcome).unwrap();
			state = learned.topic;
			workers = learned.workers.into_iter().map(Some).collect();
		}
	});
}
