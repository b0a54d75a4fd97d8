//! The calls `report` and `abstain`: what they accept, refuse and cost.

use super::*;
use crate::{Error, Event, WeightInfo};
use allora_primitives::{EpochState, Outcome, VoidReason, MAX_ELEMENTS, MAX_INFERENCE, MAX_LOSS};
use frame_support::{assert_noop, assert_ok, dispatch::Pays};
use sp_core::H256;

fn outcome(who: u64) -> Option<Outcome<u64>> {
	Reputers::outcome(TOPIC, EPOCH, &who)
}

#[docify::export]
#[test]
fn reputer_stakes_and_reports() {
	ExtBuilder::default().build_and_execute(|| {
		// Account 1, a registered reputer, stakes before the reporting window opens.
		System::set_block_number(REPORTS_OPEN - 1);
		assert_ok!(Reputers::stake(RuntimeOrigin::signed(1), TOPIC, 500));

		// The topic has one label, so the truth is one value: here 3.5.
		System::set_block_number(REPORTS_OPEN);
		let truth: SubmittedTruth = vec![FixedI128::from_rational(7, 2)].try_into().unwrap();
		assert_ok!(Reputers::report(RuntimeOrigin::signed(1), TOPIC, EPOCH, truth));

		// A seat was free, so the reputer is active.
		assert_eq!(Reputers::outcome(TOPIC, EPOCH, &1), Some(Outcome::Accepted));

		// Stake that is added now counts in the next epoch only.
		assert_ok!(Reputers::stake(RuntimeOrigin::signed(1), TOPIC, 100));
		assert_eq!(Reputers::frozen_authority(TOPIC, EPOCH, &1).total(), 500);
	});
}

#[test]
fn reputer_reports_the_truth() {
	ExtBuilder::default().stake(1, 100).build_and_execute(|| {
		assert_ok!(report(1));
		assert_eq!(
			take_events(),
			vec![Event::ReportAccepted {
				topic: TOPIC,
				epoch: EPOCH,
				who: 1,
				merit: fixed(100),
				authority: 100,
				payload: ReportPayload::Truth(numbers(&[3])),
			}]
		);
		assert_eq!(outcome(1), Some(Outcome::Accepted));
	});
}

#[test]
fn reputer_of_a_custom_topic_reports_losses() {
	ExtBuilder::default().with(custom).stake(1, 100).build_and_execute(|| {
		assert_ok!(report_losses(1, numbers(&[1, 2])));
		let payload = ReportPayload::Losses(numbers(&[1, 2]));
		assert_eq!(reports().first().map(|report| &report.payload), Some(&payload));
	});
}

#[test]
fn custom_topic_takes_no_truth_and_another_one_no_losses() {
	ExtBuilder::default().stake(1, 100).build_and_execute(|| {
		assert_noop!(report_losses(1, numbers(&[1, 2])), Error::<Test>::TruthExpected);
	});
	ExtBuilder::default().with(custom).stake(1, 100).build_and_execute(|| {
		assert_noop!(report(1), Error::<Test>::LossesExpected);
	});
}

#[test]
fn truth_has_a_value_for_each_label() {
	ExtBuilder::default().stake(1, 100).build_and_execute(|| {
		assert_noop!(report_truth(1, numbers(&[])), Error::<Test>::WrongLength);
		assert_noop!(report_truth(1, numbers(&[1, 2])), Error::<Test>::WrongLength);
		// No topic has that many labels.
		assert_noop!(report_truth(1, numbers(&[1; 9])), Error::<Test>::WrongLength);
	});
}

#[test]
fn truth_is_bounded_in_magnitude() {
	ExtBuilder::default().stake(1, 100).build_and_execute(|| {
		let step = FixedI128::from_inner(1);
		for value in [MAX_INFERENCE + step, FixedI128::from_inner(i128::MIN)] {
			let truth = BoundedVec::truncate_from(vec![value]);
			assert_noop!(report_truth(1, truth), Error::<Test>::TruthOutOfRange);
		}
		assert_ok!(report_truth(1, BoundedVec::truncate_from(vec![-MAX_INFERENCE])));
	});
}

/// A change to a topic of this many labels and this loss method.
fn labelled(count: u8, loss_method: LossMethod) -> impl FnOnce(&mut TopicParameters) {
	move |p| {
		let labels = (b'a'..b'a' + count).map(|letter| vec![letter].try_into().unwrap());
		p.labels = BoundedVec::truncate_from(labels.collect());
		p.loss_method = loss_method;
	}
}

#[test]
fn truth_of_probabilities_sums_to_one_and_has_none_below_zero() {
	let unity = |p: &mut TopicParameters| p.unity_tolerance = Some(fixed(0));
	let topic = ExtBuilder::default().with(labelled(2, LossMethod::Brier)).with(unity);
	topic.stake(1, 100).build_and_execute(|| {
		assert_noop!(report_truth(1, numbers(&[1, 1])), Error::<Test>::NotUnity);
		assert_noop!(report_truth(1, numbers(&[2, -1])), Error::<Test>::NotProbability);
		assert_ok!(report_truth(1, numbers(&[0, 1])));
	});
}

#[test]
fn truth_of_a_count_is_not_negative() {
	let poisson = |p: &mut TopicParameters| p.loss_method = LossMethod::Poisson;
	ExtBuilder::default().with(poisson).stake(1, 100).build_and_execute(|| {
		assert_noop!(report_truth(1, numbers(&[-1])), Error::<Test>::NegativeCount);
		assert_ok!(report_truth(1, numbers(&[0])));
	});
}

#[test]
fn quantiles_have_one_truth() {
	let levels = [1, 9].map(|tenths| FixedI128::from_rational(tenths, 10)).to_vec();
	let pinball = LossMethod::Pinball { levels: levels.try_into().unwrap() };
	ExtBuilder::default().with(labelled(2, pinball)).stake(1, 100).build_and_execute(|| {
		assert_noop!(report_truth(1, numbers(&[1, 2])), Error::<Test>::TruthsDiffer);
		assert_ok!(report_truth(1, numbers(&[2, 2])));
	});
}

#[test]
fn reports_are_returned_by_ascending_account_with_frozen_authority() {
	ExtBuilder::default().stake(2, 200).stake(1, 100).score(2, 5).build_and_execute(|| {
		assert_ok!(stake(2, 50));
		assert_ok!(report(2));
		assert_ok!(report(1));
		let expected = [(1, 100), (2, 200)].map(|(reputer, authority)| Report {
			reputer,
			authority,
			coefficient: fixed(1),
			payload: ReportPayload::Truth(numbers(&[3])),
		});
		assert_eq!(reports(), expected);
	});
}

#[test]
fn report_with_a_seat_pays_no_fee_and_passive_or_failed_one_does() {
	ExtBuilder::default()
		.with(|p| p.max_reputers = 1)
		.stake(1, 100)
		.stake(2, 100)
		.build_and_execute(|| {
			assert_eq!(report(1).unwrap().pays_fee, Pays::No);
			// The second one is passive.
			assert_eq!(report(2).unwrap().pays_fee, Pays::Yes);
			assert_eq!(report(1).unwrap_err().post_info.pays_fee, Pays::Yes);
		});
}

#[test]
fn report_is_charged_for_the_record_of_the_member_that_it_displaces() {
	type Info = <Test as crate::Config>::WeightInfo;
	let builder = ExtBuilder::default().with(|p| p.max_reputers = 1);
	builder.stake(1, 100).stake(2, 200).build_and_execute(|| {
		// Two records of others are declared. The first report changes none, and keeps the weight of
		// one; the second one changes one.
		let one = Some(Info::report(1) - Info::change_record());
		assert_eq!(report(1).unwrap().actual_weight, one);
		assert_eq!(report(2).unwrap().actual_weight, one);
	});
}

#[test]
fn reports_are_free_up_to_twice_the_seats() {
	let builder = (1..=4u64)
		.fold(ExtBuilder::default().with(|p| p.max_reputers = 1), |all, who| {
			all.stake(who, 100 * u128::from(who))
		});
	builder.build_and_execute(|| {
		// Each one takes the seat: its stake is larger than that of the one before.
		let pays: Vec<_> = (1..=4).map(|who| report(who).unwrap().pays_fee).collect();
		assert_eq!(pays, [Pays::No, Pays::No, Pays::Yes, Pays::Yes]);
		assert_eq!(Reputers::free_of_fee(TOPIC, EPOCH), 2);
	});
}

#[test]
fn report_needs_an_existing_topic() {
	ExtBuilder::default().stake(1, 100).build_and_execute(|| {
		let origin = RuntimeOrigin::signed(1);
		let call = Reputers::report(origin, 9, EPOCH, numbers(&[3]));
		assert_noop!(call, Error::<Test>::TopicNotFound);
	});
}

#[test]
fn report_needs_an_epoch_on_record() {
	ExtBuilder::default().stake(1, 100).build_and_execute(|| {
		let origin = RuntimeOrigin::signed(1);
		let call = Reputers::report(origin, TOPIC, 90, numbers(&[3]));
		assert_noop!(call, Error::<Test>::EpochNotFound);
	});
}

#[test]
fn reputer_cannot_report_before_window_opens() {
	ExtBuilder::default().stake(1, 100).build_and_execute(|| {
		System::set_block_number(REPORTS_OPEN - 1);
		assert_noop!(report(1), Error::<Test>::WindowNotOpen);
	});
}

#[test]
fn reputer_can_report_in_the_last_block_of_the_window() {
	ExtBuilder::default().stake(1, 100).build_and_execute(|| {
		System::set_block_number(REPORTS_LAST);
		assert_ok!(report(1));
	});
}

#[test]
fn reputer_cannot_report_after_window_closes() {
	ExtBuilder::default().stake(1, 100).build_and_execute(|| {
		System::set_block_number(REPORTS_LAST + 1);
		assert_noop!(report(1), Error::<Test>::WindowClosed);
	});
}

#[test]
fn reputer_can_report_before_a_late_clock_opens_the_reporting() {
	ExtBuilder::default().stake(1, 100).build_and_execute(|| {
		States::set(vec![(EPOCH, EpochState::AwaitingTruth)]);
		assert_ok!(report(1));
	});
}

#[test]
fn reputer_cannot_report_on_a_void_or_collecting_epoch() {
	ExtBuilder::default().stake(1, 100).build_and_execute(|| {
		let void = EpochState::Void(VoidReason::NoInference);
		for state in [void, EpochState::Collecting, EpochState::Settled] {
			States::set(vec![(EPOCH, state)]);
			assert_noop!(report(1), Error::<Test>::EpochNotReporting);
		}
	});
}

#[test]
fn losses_cannot_be_reported_without_a_bundle() {
	ExtBuilder::default().with(custom).stake(1, 100).build_and_execute(|| {
		Elements::set(None);
		assert_noop!(report_losses(1, numbers(&[1, 2])), Error::<Test>::EpochNotReporting);
	});
}

#[test]
fn report_needs_registration() {
	ExtBuilder::default().stake(1, 100).build_and_execute(|| {
		Strangers::set(vec![1]);
		assert_noop!(report(1), Error::<Test>::NotRegistered);
	});
}

#[test]
fn report_needs_the_topics_admission() {
	ExtBuilder::default().stake(1, 100).build_and_execute(|| {
		Excluded::set(vec![1]);
		assert_noop!(report(1), Error::<Test>::NotAllowed);
		assert_noop!(abstain(1), Error::<Test>::NotAllowed);
	});
}

#[test]
fn report_on_another_bundle_is_refused() {
	ExtBuilder::default().with(custom).stake(1, 100).build_and_execute(|| {
		let origin = RuntimeOrigin::signed(1);
		let call = Reputers::report_losses(origin, TOPIC, EPOCH, H256::zero(), numbers(&[1, 2]));
		assert_noop!(call, Error::<Test>::WrongBundle);
	});
}

#[test]
fn report_has_a_loss_for_each_element() {
	ExtBuilder::default().with(custom).stake(1, 100).build_and_execute(|| {
		assert_noop!(report_losses(1, numbers(&[1])), Error::<Test>::WrongLength);
		assert_noop!(report_losses(1, numbers(&[1, 2, 3])), Error::<Test>::WrongLength);
		// No bundle has that many elements.
		let too_many = vec![1; MAX_ELEMENTS as usize + 1];
		assert_noop!(report_losses(1, numbers(&too_many)), Error::<Test>::WrongLength);
	});
}

#[test]
fn losses_are_bounded_in_magnitude() {
	ExtBuilder::default().with(custom).stake(1, 100).build_and_execute(|| {
		let step = FixedI128::from_inner(1);
		for loss in [MAX_LOSS + step, -MAX_LOSS - step, FixedI128::from_inner(i128::MIN)] {
			let losses = BoundedVec::truncate_from(vec![MAX_LOSS, loss]);
			assert_noop!(report_losses(1, losses), Error::<Test>::LossOutOfRange);
		}
		let losses = BoundedVec::truncate_from(vec![MAX_LOSS, -MAX_LOSS]);
		assert_ok!(report_losses(1, losses));
	});
}

#[test]
fn report_needs_the_minimum_stake() {
	ExtBuilder::default().stake(1, 99).stake(2, 100).build_and_execute(|| {
		assert_noop!(report(1), Error::<Test>::StakeTooLow);
		assert_noop!(abstain(1), Error::<Test>::StakeTooLow);
		assert_ok!(report(2));
	});
}

/// Otherwise a referendum could exclude reputers from epochs that have begun.
#[test]
fn raised_minimum_stake_holds_for_epochs_that_open_later() {
	ExtBuilder::default().stake(1, 100).build_and_execute(|| {
		MinReputerStake::set(101);
		assert_ok!(report(1));
		// The next epoch opened under the raised minimum.
		let next = EPOCH + 10;
		assert_ok!(Reputers::open(&context(next)));
		System::set_block_number(REPORTS_OPEN + 10);
		States::set(vec![(EPOCH, EpochState::AwaitingTruth), (next, EpochState::Reporting)]);
		let report = || Reputers::report(RuntimeOrigin::signed(1), TOPIC, next, numbers(&[3]));
		assert_noop!(report(), Error::<Test>::StakeTooLow);
		// A lowered minimum does not hold for it either.
		MinReputerStake::set(100);
		assert_noop!(report(), Error::<Test>::StakeTooLow);
	});
}

#[test]
fn one_report_per_epoch_is_accepted() {
	ExtBuilder::default().stake(1, 100).build_and_execute(|| {
		assert_ok!(report(1));
		assert_noop!(report(1), Error::<Test>::AlreadyReported);
		assert_noop!(abstain(1), Error::<Test>::AlreadyReported);
	});
}

#[test]
fn abstention_is_emitted_and_final() {
	ExtBuilder::default().stake(1, 100).build_and_execute(|| {
		assert_ok!(abstain(1));
		let event = Event::Abstained { topic: TOPIC, epoch: EPOCH, who: 1 };
		assert_eq!(take_events(), vec![event]);
		assert_eq!(outcome(1), Some(Outcome::Abstained));
		assert_noop!(report(1), Error::<Test>::AlreadyAbstained);
		assert_noop!(abstain(1), Error::<Test>::AlreadyAbstained);
		assert!(crate::Reports::<Test>::get(TOPIC, EPOCH).is_empty());
	});
}

#[test]
fn nobody_abstains_outside_the_window() {
	ExtBuilder::default().stake(1, 100).build_and_execute(|| {
		System::set_block_number(REPORTS_LAST + 1);
		assert_noop!(abstain(1), Error::<Test>::WindowClosed);
	});
}

#[test]
fn stronger_reputer_displaces_the_weakest() {
	ExtBuilder::default()
		.with(|p| p.max_reputers = 2)
		.stake(1, 500)
		.stake(2, 400)
		.stake(3, 300)
		.coefficient(2, 50)
		.build_and_execute(|| {
			assert_ok!(report(1));
			assert_ok!(report(2));
			take_events();
			assert_ok!(report(3));
			let events = take_events();
			assert_eq!(
				events.first(),
				Some(&Event::Displaced {
					topic: TOPIC,
					epoch: EPOCH,
					who: 2,
					merit: fixed(200),
					by: 3,
					// 0.9 * 0.5 + 0.1 * 1.
					coefficient_after_pull: FixedI128::from_rational(55, 100),
				})
			);
			let displaced = Outcome::Displaced { merit: fixed(200), by: 3, by_merit: fixed(300) };
			assert_eq!(outcome(2), Some(displaced));
			let active: Vec<_> = reports().iter().map(|report| report.reputer).collect();
			assert_eq!(active, [1, 3]);
			assert_noop!(report(2), Error::<Test>::AlreadyReported);
		});
}

#[test]
fn reputer_of_less_merit_stays_passive_when_the_set_is_full() {
	ExtBuilder::default()
		.with(|p| p.max_reputers = 1)
		.stake(1, 100)
		.stake(2, 900)
		.coefficient(2, 10)
		.build_and_execute(|| {
			assert_ok!(report(1));
			take_events();
			assert_ok!(report(2));
			assert_eq!(
				take_events(),
				vec![Event::Passive {
					topic: TOPIC,
					epoch: EPOCH,
					who: 2,
					merit: fixed(90),
					lowest: fixed(100),
					// 0.9 * 0.1 + 0.1 * 1.
					coefficient_after_pull: FixedI128::from_rational(19, 100),
				}]
			);
			let passive = Outcome::Passive { merit: fixed(90), lowest: fixed(100) };
			assert_eq!(outcome(2), Some(passive));
		});
}
