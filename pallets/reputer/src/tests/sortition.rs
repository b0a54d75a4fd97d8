//! How seats and scores develop over several epochs (S 7.4, 7.5).

use super::*;
use crate::{Actors, Error, ScoreBooks, WeightInfo};
use allora_primitives::{EpochState, Outcome, TopicParameters};
use frame_support::{assert_noop, assert_ok};

/// Goes to the first block of an epoch's reporting window and puts the epoch on record.
fn open(epoch: EpochId) {
	System::set_block_number(epoch + 10);
	if !States::get().iter().any(|(known, _)| *known == epoch) {
		assert_ok!(Reputers::open(&context(epoch)));
		States::mutate(|states| states.push((epoch, EpochState::Reporting)));
	}
}

fn report_in(epoch: EpochId, who: u64) -> DispatchResultWithPostInfo {
	let origin = RuntimeOrigin::signed(who);
	Reputers::report(origin, TOPIC, epoch, numbers(&[3]))
}

fn score(who: u64) -> Option<FixedI128> {
	Reputers::score(TOPIC, &who)
}

/// The reputers of an epoch's active set, ascending by account.
fn active(epoch: EpochId) -> Vec<u64> {
	let ((reports, _), _) = Reputers::freeze(&context(epoch)).unwrap();
	reports.iter().map(|report| report.reputer).collect()
}

/// One seat, and as much history as there can be.
fn one_seat(parameters: &mut TopicParameters) {
	(parameters.max_reputers, parameters.history) = (1, 64);
}

/// Two reputers of a hundredth of its stake used to keep the largest out of both seats.
#[test]
fn small_equal_reputers_do_not_shut_out_the_largest_stake() {
	MinReputerStake::set(9);
	let builder = ExtBuilder::default().with(|p| (p.max_reputers, p.history) = (2, 64));
	builder.stake(1, 9).stake(2, 9).stake(3, 900).build_and_execute(|| {
		for epoch in (EPOCH..).step_by(10).take(12) {
			open(epoch);
			for who in [1, 2, 3] {
				assert_ok!(report_in(epoch, who));
			}
			assert!(active(epoch).contains(&3), "epoch {epoch}");
			// The small ones agree with each other: the highest score there is.
			let high = |who| (who, fixed(100), fixed(1));
			assert_ok!(record_with_coefficients(epoch, &[high(1), high(2)]));
		}
	});
}

#[test]
fn seat_of_equal_reputers_changes_with_the_lots() {
	let builder = ExtBuilder::default().with(one_seat).stake(1, 100).stake(2, 100);
	builder.build_and_execute(|| {
		let mut held = [0, 0];
		for epoch in (EPOCH..).step_by(10).take(40) {
			open(epoch);
			Drawn::set(epoch / 50);
			assert_ok!(report_in(epoch, 1));
			assert_ok!(report_in(epoch, 2));
			let seated = active(epoch);
			held[0] += usize::from(seated == [1]);
			held[1] += usize::from(seated == [2]);
		}
		// 20 each, and the root of 40 / 4 is 3.2.
		assert_eq!(held[0] + held[1], 40);
		assert!((11..=29).contains(&held[0]), "{held:?}");
	});
}

#[test]
fn randomness_that_changes_within_an_epoch_does_not_change_its_lots() {
	let builder = ExtBuilder::default().with(one_seat).stake(1, 100).stake(2, 100);
	let seated = |change: bool| {
		let mut seated = vec![];
		builder.clone().build_and_execute(|| {
			for epoch in (EPOCH..).step_by(10).take(20) {
				open(epoch);
				Drawn::set(0);
				assert_ok!(report_in(epoch, 1));
				Drawn::set(u64::from(change));
				assert_ok!(report_in(epoch, 2));
				seated.push(active(epoch));
			}
		});
		seated
	};
	assert_eq!(seated(true), seated(false));
}

#[test]
fn large_reputer_that_is_not_listened_to_returns() {
	let builder = ExtBuilder::default().with(one_seat).coefficient(2, 0);
	MinReputerStake::set(90);
	builder.stake(1, 90).stake(2, 900).build_and_execute(|| {
		let mut passive = 0;
		for epoch in (EPOCH..).step_by(10) {
			open(epoch);
			assert_ok!(report_in(epoch, 1));
			assert_ok!(report_in(epoch, 2));
			match Reputers::outcome(TOPIC, epoch, &2) {
				Some(Outcome::Accepted) => break,
				_ => passive += 1,
			}
		}
		// Its merit is 0, then 0.1 * 900, which is the other's, then 0.19 * 900. Equal merits
		// are decided by lot.
		assert!((1..=2).contains(&passive), "{passive}");
	});
}

#[test]
fn reputers_active_longest_ago_leave_the_book_and_keep_their_standing() {
	let builder = (1..=80).fold(ExtBuilder::default(), |builder, who| builder.stake(who, 100));
	builder.with(|p| p.max_reputers = 16).build_and_execute(|| {
		// Five epochs of 16 reputers each: one set more than the book's 64 places.
		for (at, epoch) in (EPOCH..).step_by(10).take(5).enumerate() {
			open(epoch);
			let first = at as u64 * 16 + 1;
			for who in first..first + 16 {
				assert_ok!(report_in(epoch, who));
			}
			let half = FixedI128::from_rational(1, 2);
			assert_ok!(record_with_coefficients(epoch, &[(first, fixed(0), half)]));
		}
		let book = ScoreBooks::<Test>::get(TOPIC);
		assert_eq!(book.entries().len(), 64);
		assert!(book.entry(&1).is_none() && book.entry(&17).is_some());
		assert!(Actors::<Test>::get(TOPIC, 1).standing.is_some());
		let coefficient = |who: u64| {
			let frozen =
				[EPOCH, EPOCH + 10].map(|epoch| Reputers::freeze(&context(epoch)).unwrap());
			let mut reports = frozen.into_iter().flat_map(|((reports, _), _)| reports);
			reports.find(|report| report.reputer == who).map(|report| report.coefficient)
		};
		for who in [1, 17] {
			assert_eq!(coefficient(who), Some(FixedI128::from_rational(1, 2)));
			assert_eq!(score(who), Some(fixed(0)));
		}
		// The coefficients of the first epoch's reputers are read from their own records.
		type Info = <Test as crate::Config>::WeightInfo;
		let (_, used) = Reputers::freeze(&context(EPOCH)).unwrap();
		assert_eq!(used, Info::freeze(16, 1) + Info::freeze_missing(16));
		// A scoring updates the record of a reputer that is not in the book.
		assert_ok!(record_with_coefficients(EPOCH, &[(1, fixed(10), fixed(0))]));
		assert_eq!(coefficient(1), Some(fixed(0)));
		// 0.9 * 0 + 0.1 * 10
		assert_eq!(score(1), Some(fixed(1)));
	});
}

#[test]
fn report_of_a_regular_reputer_writes_the_active_set_alone() {
	type Info = <Test as crate::Config>::WeightInfo;
	let first_of_epoch = Some(Info::report(1) - Info::change_record());
	let newcomer = Some(Info::report(1) - Info::change_record() * 2);
	ExtBuilder::default().stake(1, 100).stake(2, 200).build_and_execute(|| {
		assert_eq!(report_in(EPOCH, 1).unwrap().actual_weight, first_of_epoch);
		assert_eq!(report_in(EPOCH, 2).unwrap().actual_weight, newcomer);
		for epoch in [EPOCH + 10, EPOCH + 20] {
			open(epoch);
			// The first report marks who was active in the epoch before.
			assert_eq!(report_in(epoch, 1).unwrap().actual_weight, first_of_epoch);
			let before = ScoreBooks::<Test>::get(TOPIC);
			let regular = report_in(epoch, 2).unwrap().actual_weight;
			assert_eq!(regular, Some(Info::report_regular_truth(1)));
			assert_eq!(ScoreBooks::<Test>::get(TOPIC), before);
			assert_eq!(Actors::<Test>::iter().count(), 0);
			assert_eq!(Reputers::outcome(TOPIC, epoch, &2), Some(Outcome::Accepted));
			assert_noop!(report_in(epoch, 2), Error::<Test>::AlreadyReported);
		}
	});
}
