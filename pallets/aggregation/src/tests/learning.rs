//! The reputer close.

use super::synthesis::{first_is_better, TEN_AND_TWENTY};
use crate::{mock::*, Event, Pallet};
use allora_primitives::{Contribution, EpochId, FixedI128, Role, VoidReason};
use codec::Encode;
use frame_support::assert_noop;

/// The combined regret of an inferer.
fn regret(who: u64) -> Option<FixedI128> {
	Pallet::<Test>::regret(TOPIC, Role::Inferer, &who)
}

/// A regret of the book.
fn cell(cell: i64) -> FixedI128 {
	crate::cells::to_decimal(cell).unwrap()
}

/// Whole numbers as losses.
fn losses<const N: usize>(of: [i128; N]) -> [FixedI128; N] {
	of.map(|loss| fx(loss, 1))
}

#[test]
fn losses_are_medians_by_stake() {
	ExtBuilder::default().build_and_execute(|| {
		infer(100, &[(1, fx(7, 1))]);
		close_workers(100).unwrap();
		report(100, 90, 300, &losses([-1, -1, -1]));
		report(100, 91, 250, &losses([-3, 1, 0]));
		report(100, 92, 150, &losses([900, 900, -900]));
		close_reputers(100).unwrap();
		// Of a stake of 700: 250 at -3 and 300 more at -1; 300 at -1 and 250 more at 1; 150 at -900
		// and 300 more at -1.
		assert_eq!(record(100).losses.to_vec(), losses([-1, 1, -1]));
		let contributions = record(100).contributions;
		assert_eq!(contributions.network_loss, fx(-1, 1));
		assert_eq!(contributions.naive_loss, fx(1, 1));
	});
}

#[test]
fn reputer_without_stake_does_not_count() {
	ExtBuilder::default().build_and_execute(|| {
		infer(100, &[(1, fx(7, 1))]);
		close_workers(100).unwrap();
		report(100, 90, 0, &losses([900, 900, 900]));
		report(100, 91, 1, &losses([-3, 1, 0]));
		close_reputers(100).unwrap();
		assert_eq!(record(100).losses.to_vec(), losses([-3, 1, 0]));
	});
}

#[test]
fn regrets_follow_losses_at_the_topics_pace() {
	ExtBuilder::default().build_and_execute(|| {
		whole_epoch(100, &TEN_AND_TWENTY(), &first_is_better());
		// 0.1 * (-1 - -2) and 0.1 * (-1 - 0).
		assert_close(regret(1).unwrap(), fx(1, 10));
		assert_close(regret(2).unwrap(), fx(-1, 10));
		whole_epoch(120, &TEN_AND_TWENTY(), &losses([-2, -2, -1, -2, 0, -2]));
		// 0.1 * (-2 - -1) + 0.9 * 0.1 and 0.1 * (-2 - -2) + 0.9 * -0.1.
		assert_close(regret(1).unwrap(), fx(-1, 100));
		assert_close(regret(2).unwrap(), fx(-9, 100));
	});
}

#[test]
fn regrets_of_every_set_are_kept() {
	ExtBuilder::default().build_and_execute(|| {
		whole_epoch(100, &TEN_AND_TWENTY(), &first_is_better());
		let book = regret_book();
		let (first, second) = (&book.inferers[0], &book.inferers[1]);
		assert_close(cell(first.naive), fx(1, 10));
		assert_close(cell(second.naive), fx(-1, 10));
		// Without 1 (loss 0): 0.1 * (0 - -2), 0.1 * (0 - 0).
		assert_close(cell(first.out_inferers[0]), fx(2, 10));
		assert_close(cell(first.out_inferers[1]), fx(0, 1));
		// Without 2 (loss -2): 0.1 * (-2 - -2), 0.1 * (-2 - 0).
		assert_close(cell(second.out_inferers[0]), fx(0, 1));
		assert_close(cell(second.out_inferers[1]), fx(-2, 10));
	});
}

#[test]
fn scale_is_that_of_the_epochs_combined_regrets() {
	ExtBuilder::default().build_and_execute(|| {
		whole_epoch(100, &TEN_AND_TWENTY(), &first_is_better());
		let learned = book().learned.unwrap();
		// 1.4826 * MAD(0.1, -0.1) + 0.01.
		assert_close(regret_book().scale.unwrap(), fx(15_826, 100_000));
		assert_eq!((learned.epoch, learned.network_loss), (100, fx(-1, 1)));
	});
}

#[test]
fn forecasters_regrets_are_kept_for_every_set() {
	ExtBuilder::default().build_and_execute(|| {
		whole_epoch(100, &TEN_AND_TWENTY(), &first_is_better());
		infer(120, &TEN_AND_TWENTY());
		forecast(120, 1, &[(1, fx(-1, 1)), (2, fx(-1, 1))]);
		forecast(120, 3, &[(2, fx(-1, 1))]);
		close_workers(120).unwrap();
		// Combined, naive, inferers 1 and 2, forecasters 1 and 3, forecasters without an inferer
		// (1, 1), (1, 2), (3, 1), where (3, 2) is absent; without inferers 1 and 2, without
		// forecasters 1 and 3, with each alone.
		let values = losses([-1, 0, 0, 0, -3, -2, 1, 2, 3, 5, 0, -2, -4, 1, 2]);
		report(120, 90, 1, &values);
		close_reputers(120).unwrap();
		let regret = |who: u64| Pallet::<Test>::regret(TOPIC, Role::Forecaster, &who).unwrap();
		// 0.1 * (-1 - -3), 0.1 * (-1 - -2).
		assert_close(regret(1), fx(2, 10));
		assert_close(regret(3), fx(1, 10));
		let book = regret_book();
		let (one, three) = (&book.forecasters[0], &book.forecasters[1]);
		// Alone (losses 1 and 2): 0.1 * (1 - -3), 0.1 * (2 - -2).
		assert_close(cell(one.alone), fx(4, 10));
		assert_close(cell(three.alone), fx(4, 10));
		// Without forecaster 1 (loss -2): 0.1 * (-2 - -3), 0.1 * (-2 - -2).
		assert_close(cell(one.out_forecasters[0]), fx(1, 10));
		assert_close(cell(one.out_forecasters[1]), fx(0, 1));
		// Without inferer 1 (loss 5): 0.1 * (5 - 1), 0.1 * (5 - 3).
		assert_close(cell(book.inferers[0].out_forecasters[0]), fx(4, 10));
		assert_close(cell(book.inferers[0].out_forecasters[1]), fx(2, 10));
		// Without inferer 2 (loss 0): 0.1 * (0 - 2), and forecaster 3 has no inference then.
		assert_close(cell(book.inferers[1].out_forecasters[0]), fx(-2, 10));
		assert_eq!(book.inferers[1].out_forecasters.get(1), None);
		// An account that infers and forecasts has a regret in each role.
		// 0.1 * (-1 - 0) + 0.9 * 0.1.
		assert_close(Pallet::<Test>::regret(TOPIC, Role::Inferer, &1).unwrap(), fx(-1, 100));
		// Scores, with f+ = 1/2: (0 - 1) / 2 + (-2 - -1) / 2, (0 - 2) / 2 + (-4 - -1) / 2.
		let scores = record(120).contributions.forecasters;
		let scores: Vec<_> = scores.iter().map(|one| one.score).collect();
		assert_eq!(scores, [fx(-1, 1), fx(-5, 2)]);
	});
}

#[test]
fn inferers_score_what_the_network_loses_without_them() {
	ExtBuilder::default().build_and_execute(|| {
		whole_epoch(100, &TEN_AND_TWENTY(), &first_is_better());
		let contributions = record(100).contributions;
		// 0 - -1 and -2 - -1.
		let expected = [(1, fx(1, 1)), (2, fx(-1, 1))];
		let expected = expected.map(|(account, score)| Contribution { account, score });
		assert_eq!(contributions.inferers.to_vec(), expected);
		// Alone, a reputer is the consensus: 1 / (0 + 0.01).
		let [reputer] = &contributions.reputers[..] else { panic!("one reputer reported") };
		assert_eq!((reputer.account, reputer.authority), (90, 100));
		assert_close(reputer.score, fx(100, 1));
	});
}

/// Three reputers of equal stake, the last of which reports something else.
fn two_agree_and_one_does_not(epoch: EpochId) {
	infer(epoch, &[(1, fx(7, 1))]);
	close_workers(epoch).unwrap();
	report(epoch, 90, 100, &losses([-1, -2, -3]));
	report(epoch, 91, 100, &losses([-1, -2, -3]));
	report(epoch, 92, 100, &losses([1, 2, 3]));
	close_reputers(epoch).unwrap();
}

#[test]
fn unanimous_reputers_get_the_maximum_score() {
	ExtBuilder::default().build_and_execute(|| {
		infer(100, &[(1, fx(7, 1))]);
		close_workers(100).unwrap();
		report(100, 90, 300, &losses([-1, -2, -3]));
		report(100, 91, 100, &losses([-1, -2, -3]));
		close_reputers(100).unwrap();
		let reputers = record(100).contributions.reputers;
		for reputer in reputers {
			// 1 / (0 + 0.01), whatever the stake.
			assert_close(reputer.score, fx(100, 1));
		}
		// A lower coefficient of either would not improve the scores.
		assert_eq!(Coefficients::get().into_values().collect::<Vec<_>>(), [fx(1, 1), fx(1, 1)]);
	});
}

#[test]
fn reputer_away_from_the_consensus_scores_less() {
	ExtBuilder::default().build_and_execute(|| {
		two_agree_and_one_does_not(100);
		let reputers = record(100).contributions.reputers;
		let [first, second, apart] = &reputers[..] else { panic!("three reputers reported") };
		assert_eq!(first.score, second.score);
		assert!(apart.score < first.score, "{:?} of {:?}", apart.score, first.score);
	});
}

#[test]
fn coefficient_of_a_reputer_away_from_the_consensus_falls() {
	ExtBuilder::default().build_and_execute(|| {
		two_agree_and_one_does_not(100);
		let after_one = Coefficients::get();
		assert_eq!((after_one[&90], after_one[&91]), (fx(1, 1), fx(1, 1)));
		assert!(after_one[&92] < fx(1, 1));
		two_agree_and_one_does_not(120);
		assert!(Coefficients::get()[&92] < after_one[&92]);
	});
}

#[test]
fn losses_do_not_depend_on_listening_coefficients() {
	ExtBuilder::default().build_and_execute(|| {
		Coefficients::mutate(|all| all.extend([(90, fx(0, 1)), (91, fx(0, 1))]));
		two_agree_and_one_does_not(100);
		assert_eq!(record(100).losses.to_vec(), losses([-1, -2, -3]));
	});
}

#[test]
fn majority_cannot_silence_more_than_half_of_the_stake() {
	ExtBuilder::default().build_and_execute(|| {
		// Two reputers that agree hold 40 % of the stake, three that disagree with all others 60 %.
		for epoch in [100, 120, 140, 160, 180] {
			infer(epoch, &[(1, fx(7, 1))]);
			close_workers(epoch).unwrap();
			report(epoch, 90, 200, &losses([-1, -2, -3]));
			report(epoch, 91, 200, &losses([-1, -2, -3]));
			report(epoch, 92, 200, &losses([5, 0, 0]));
			report(epoch, 93, 200, &losses([0, 5, 0]));
			report(epoch, 94, 200, &losses([0, 0, 5]));
			close_reputers(epoch).unwrap();
			// Stakes are equal, so the part that counts is the mean of the coefficients.
			let listened: i128 = Coefficients::get().values().map(|c| c.into_inner()).sum();
			assert!(listened >= fx(5, 2).into_inner() - 1_000_000, "{listened}");
		}
	});
}

#[test]
fn learning_is_emitted() {
	ExtBuilder::default().build_and_execute(|| {
		whole_epoch(100, &[(1, fx(7, 1))], &losses([-1, -2, -3]));
		let one = |value| vec![(1, value)].try_into().unwrap();
		let scale = regret_book().scale.unwrap();
		// A single regret has no deviation, so the scale is epsilon.
		assert_close(scale, fx(1, 100));
		// 0.1 * (-1 - -3), before the rounding of its cell.
		let learned = fx(2, 10);
		assert_close(regret(1).unwrap(), learned);
		assert_eq!(
			events()[1..],
			[
				Event::LossesLearned {
					topic: TOPIC,
					epoch: 100,
					truth: None,
					network_loss: fx(-1, 1),
					naive_loss: fx(-2, 1)
				},
				Event::RegretsLearned {
					topic: TOPIC,
					epoch: 100,
					inferers: one(learned),
					forecasters: Default::default(),
					scale,
					initial_regret: fx(0, 1),
				},
				Event::ScoresGiven {
					topic: TOPIC,
					epoch: 100,
					inferers: one(fx(0, 1)),
					forecasters: Default::default(),
				},
			]
		);
	});
}

#[test]
fn reports_without_stake_void_the_epoch() {
	ExtBuilder::default().build_and_execute(|| {
		infer(100, &TEN_AND_TWENTY());
		close_workers(100).unwrap();
		report(100, 90, 0, &first_is_better());
		assert_noop!(close_reputers(100), VoidReason::TooFewReputers);
	});
}

#[test]
fn losses_past_the_range_void_the_epoch() {
	ExtBuilder::default().build_and_execute(|| {
		infer(100, &TEN_AND_TWENTY());
		close_workers(100).unwrap();
		// 64.64 ends at 9.2e18.
		let mut values = first_is_better();
		values[3] = fx(10i128.pow(19), 1);
		report(100, 90, 1, &values);
		assert_noop!(close_reputers(100), VoidReason::Arithmetic);
	});
}

#[test]
fn report_of_the_wrong_length_voids_the_epoch() {
	ExtBuilder::default().build_and_execute(|| {
		infer(100, &TEN_AND_TWENTY());
		close_workers(100).unwrap();
		report(100, 90, 1, &losses([0; 5]));
		assert_noop!(close_reputers(100), VoidReason::Arithmetic);
	});
}

#[test]
fn stakes_past_the_range_void_the_epoch() {
	ExtBuilder::default().build_and_execute(|| {
		infer(100, &TEN_AND_TWENTY());
		close_workers(100).unwrap();
		report(100, 90, u128::MAX, &first_is_better());
		report(100, 91, 1, &first_is_better());
		assert_noop!(close_reputers(100), VoidReason::Arithmetic);
	});
}

#[test]
fn void_epoch_leaves_what_was_learned_in_force() {
	ExtBuilder::default().build_and_execute(|| {
		whole_epoch(100, &TEN_AND_TWENTY(), &first_is_better());
		infer(120, &TEN_AND_TWENTY());
		close_workers(120).unwrap();
		report(120, 90, 0, &first_is_better());
		assert_noop!(close_reputers(120), VoidReason::TooFewReputers);
		infer(140, &TEN_AND_TWENTY());
		close_workers(140).unwrap();
		assert_eq!(bundle(140).loss_epoch, Some(100));
		assert_eq!(bundle(140).element_values, bundle(120).element_values);
	});
}

#[test]
#[should_panic(expected = "learned in their order")]
fn epochs_are_learned_in_their_order() {
	ExtBuilder::default().build_and_execute(|| {
		for epoch in [100, 120] {
			infer(epoch, &TEN_AND_TWENTY());
			close_workers(epoch).unwrap();
			report(epoch, 90, 1, &first_is_better());
		}
		close_reputers(120).unwrap();
		let _ = close_reputers(100);
	});
}

#[test]
fn full_topic_is_learned_within_its_worst_case() {
	let full = |parameters: &mut allora_primitives::TopicParameters| {
		parameters.max_forecasters = 8;
		parameters.max_reputers = 16;
	};
	ExtBuilder::default().parameters(full).build_and_execute(|| {
		// The mock asserts that the weight used is within the worst case.
		full_epoch(100, 8, 16);
		full_epoch(120, 8, 16);
		// 2 + 2 * 32 + 3 * 8 + 32 * 8.
		assert_eq!(bundle(120).elements(), 346);
	});
}

#[test]
fn items_of_a_full_epoch_are_as_large_as_stated() {
	ExtBuilder::default().build_and_execute(|| {
		for epoch in [100, 120, 140] {
			full_epoch(epoch, 6, 6);
		}
		// Accounts of the mock have 8 bytes; the documented sizes are for 32.
		let wider = |accounts: usize, bytes: usize| bytes + 24 * accounts;
		let bundle = crate::Bundles::<Test>::get(TOPIC, 140).unwrap().encoded_size();
		// Hash and number of elements 36, the previous epoch 9, rule 1, labels 4, 32 and 6 accounts
		// and weights 38 * 48 + 4, values 276 * 16 + 2, no interval 1, the disagreement 81, no absent
		// element 1, no outlier 1, the scale of errors 17, nothing kept for the mixture 1.
		assert_eq!(wider(38, bundle), 36 + 9 + 1 + 4 + 1_828 + 4_418 + 1 + 81 + 1 + 1 + 17 + 1);
		// Scores 38 * 48 + 2 and with stakes 6 * 64 + 1, two losses 32, all losses 276 * 16 + 2;
		// regrets and smoothed scores 38 * 49 + 2, coefficients and smoothed scores 6 * 48 + 1, no
		// truth 1, no worth 1.
		let record = record(140).encoded_size();
		assert_eq!(wider(44, record), 1_826 + 385 + 32 + 4_418 + 1_864 + 289 + 1 + 1);
		// Epoch 8, value 17, no interval 1, disagreement 81, no outlier 1, deviation 16.
		assert_eq!(crate::Latest::<Test>::get(TOPIC).unwrap().encoded_size(), 124);
	});
}

#[test]
fn items_of_a_full_epoch_of_the_mixture_are_as_large_as_stated() {
	ExtBuilder::mixture(allora_primitives::LossMethod::Squared).build_and_execute(|| {
		for epoch in [100, 120, 140] {
			full_epoch_of_truth(epoch, 6, 6);
		}
		let wider = |accounts: usize, bytes: usize| bytes + 24 * accounts;
		let bundle = crate::Bundles::<Test>::get(TOPIC, 140).unwrap().encoded_size();
		// As under the regret rule, but with 84 values, 84 * 16 + 2, and an interval, 65. Kept are
		// the scale and a label's scale, 16 + 17, two inferences, 2 * 17, 32 corrected values, 32 *
		// 16 + 1, a band, 33, and the deviation, 16; and that they are there, 1.
		let kept = 16 + 17 + 34 + 513 + 33 + 16 + 1;
		assert_eq!(wider(38, bundle), 36 + 9 + 1 + 4 + 1_828 + 1_346 + 65 + 81 + 1 + 1 + kept);
		// With 84 losses, a truth, 18, and what the participants were worth, 1: two losses 32, the
		// reference 17, 38 workers 38 * 52 + 2, six reputers 6 * 16 + 2.
		let record = record(140).encoded_size();
		let worth = 1 + 32 + 17 + 1_978 + 98;
		assert_eq!(wider(44, record), 1_826 + 385 + 32 + 1_346 + 1_864 + 289 + 18 + worth);
		// Epoch 8, value 17, interval 65, disagreement 81, no outlier 1, deviation 16.
		assert_eq!(crate::Latest::<Test>::get(TOPIC).unwrap().encoded_size(), 188);
		// The rule 1, epoch and loss 25, a spread 34, a label's errors 81, the topic's numbers 129,
		// 32 inferers 32 * 88 + 1, 6 forecasters 6 * 48 + 1.
		assert_eq!(wider(38, book().encoded_size()), 1 + 25 + 34 + 81 + 129 + 2_817 + 289);
	});
}

#[test]
fn epoch_is_closed_with_the_parameters_of_its_opening() {
	ExtBuilder::default().build_and_execute(|| {
		let mut former = Parameters::get().unwrap();
		former.alpha_regret = fx(1, 1);
		FormerParameters::mutate(|all| all.insert(100, former));
		whole_epoch(100, &TEN_AND_TWENTY(), &first_is_better());
		// 1 * (-1 - -2); then 0.1 * (-1 - -2) + 0.9 * 1.
		assert_close(regret(1).unwrap(), fx(1, 1));
		whole_epoch(120, &TEN_AND_TWENTY(), &first_is_better());
		assert_close(regret(1).unwrap(), fx(1, 1));
		whole_epoch(140, &TEN_AND_TWENTY(), &losses([-1, -1, -1, 0, 0, -2]));
		// 0.1 * (-1 - -1) + 0.9 * 1.
		assert_close(regret(1).unwrap(), fx(9, 10));
	});
}

#[test]
fn bundle_is_made_with_the_parameters_of_its_opening() {
	ExtBuilder::default().build_and_execute(|| {
		let mut former = Parameters::get().unwrap();
		former.labels.force_push(b"another".to_vec().try_into().unwrap());
		FormerParameters::mutate(|all| all.insert(100, former));
		Inferences::mutate(|all| all.insert(100, vec![(1, vec![fx(1, 1), fx(2, 1)])]));
		close_workers(100).unwrap();
		assert_eq!(bundle(100).labels, 2);
	});
}
