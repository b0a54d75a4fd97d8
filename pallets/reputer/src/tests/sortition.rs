//! How seats and scores develop over several epochs (S 7.4, 7.5).

use super::*;
use crate::{Actors, Error, ScoreBooks, WeightInfo};
use allora_primitives::{EpochState, Outcome, TopicParameters};
use frame_support::{assert_noop, assert_ok};

/// Sets a merit alpha of 1/4, which is exact in binary, as are then the expected numbers.
fn quarter(parameters: &mut TopicParameters) {
	parameters.merit_sortition_alpha = FixedI128::from_rational(1, 4);
}

/// Goes to the first block of an epoch's reporting window and puts the epoch on record.
fn open(epoch: EpochId) {
	System::set_block_number(epoch + 10);
	if !States::get().iter().any(|(known, _)| *known == epoch) {
		States::mutate(|states| states.push((epoch, EpochState::Reporting)));
	}
}

fn report_in(epoch: EpochId, who: u64) -> DispatchResultWithPostInfo {
	let origin = RuntimeOrigin::signed(who);
	Reputers::report(origin, TOPIC, epoch, numbers(&[3]))
}

fn abstain_in(epoch: EpochId, who: u64) -> DispatchResultWithPostInfo {
	Reputers::abstain(RuntimeOrigin::signed(who), TOPIC, epoch)
}

fn score(who: u64) -> Option<FixedI128> {
	Reputers::score(TOPIC, &who)
}

#[test]
fn newcomer_starts_two_deviations_below_the_weakest() {
	ExtBuilder::default().stake(9, 100).build_and_execute(|| {
		// 2, 4 and 6: mean 4, variance (4 + 0 + 4) / 2 = 4, so 2 - 2 * 2 = -2.
		let scores = [(1, fixed(2)), (2, fixed(4)), (3, fixed(6))];
		assert_ok!(record(EPOCH, &scores));
		assert_ok!(report(9));
		assert_eq!(score(9), Some(fixed(-2)));
	});
}

#[test]
fn each_missed_epoch_pulls_toward_the_initial_score() {
	let builder = ExtBuilder::default().with(quarter).score(1, 8).stake(1, 100).stake(2, 100);
	builder.build_and_execute(|| {
		assert_ok!(report(1));
		for epoch in [EPOCH, EPOCH + 10, EPOCH + 20] {
			open(epoch);
			assert_ok!(report_in(epoch, 2));
		}
		open(EPOCH + 30);
		assert_ok!(report_in(EPOCH + 30, 1));
		// It missed two epochs, and the initial score is 0: 8 * (3/4)^2 = 4.5. Only epochs that
		// were reported on count.
		assert_eq!(score(1), Some(FixedI128::from_rational(9, 2)));
	});
}

#[test]
fn abstention_does_not_count_as_missed() {
	let builder = ExtBuilder::default().with(quarter).score(1, 8).stake(1, 100).stake(2, 100);
	builder.build_and_execute(|| {
		assert_ok!(report(1));
		for epoch in [EPOCH + 10, EPOCH + 20] {
			open(epoch);
			assert_ok!(abstain_in(epoch, 1));
			assert_ok!(report_in(epoch, 2));
		}
		open(EPOCH + 30);
		assert_ok!(report_in(EPOCH + 30, 1));
		assert_eq!(score(1), Some(fixed(8)));
	});
}

#[test]
fn abstention_does_not_excuse_epochs_missed_before() {
	let builder = ExtBuilder::default().with(quarter).score(1, 8).stake(1, 100).stake(2, 100);
	builder.build_and_execute(|| {
		assert_ok!(report(1));
		for epoch in [EPOCH + 10, EPOCH + 20] {
			open(epoch);
			assert_ok!(report_in(epoch, 2));
		}
		assert_ok!(abstain_in(EPOCH + 20, 1));
		open(EPOCH + 30);
		assert_ok!(report_in(EPOCH + 30, 1));
		// It missed one epoch: 8 * 3/4 = 6.
		assert_eq!(score(1), Some(fixed(6)));
	});
}

#[test]
fn passive_and_displaced_reputers_are_pulled_toward_the_stored_quantile() {
	ExtBuilder::default()
		.with(quarter)
		.with(|p| p.max_reputers = 1)
		.stake(1, 100)
		.stake(2, 100)
		.stake(3, 100)
		.score(1, 2)
		.score(2, 0)
		.score(3, 4)
		.build_and_execute(|| {
			ScoreBooks::<Test>::mutate(TOPIC, |book| book.quantile = fixed(10));
			assert_ok!(report(1));
			assert_ok!(report(2));
			// Passive: 0 + 10 / 4 = 2.5.
			assert_eq!(score(2), Some(FixedI128::from_rational(5, 2)));
			assert_ok!(report(3));
			// Displaced: 2 + (10 - 2) / 4 = 4. The reputer that displaced it keeps its 4.
			assert_eq!((score(1), score(3)), (Some(fixed(4)), Some(fixed(4))));
			// Neither can try again in this epoch.
			assert_noop!(report(1), Error::<Test>::AlreadyReported);
			assert_noop!(report(2), Error::<Test>::AlreadyReported);
		});
}

#[test]
fn newcomer_that_keeps_reporting_passes_the_weakest_member() {
	let builder = ExtBuilder::default()
		.with(quarter)
		.with(|p| p.max_reputers = 3)
		.stake(1, 100)
		.stake(2, 100)
		.stake(3, 100)
		.stake(9, 100);
	builder.build_and_execute(|| {
		// 2, 4 and 6: Q = 3, and a newcomer starts from -2 (see above). Its first report leaves it
		// there; k further ones take it to 3 - 5 * (3/4)^k, above the weakest, 2, once
		// (3/4)^k < 1/5, that is for k = 6. So it is passive seven times and active the eighth.
		let scores = [(1, fixed(2)), (2, fixed(4)), (3, fixed(6))];
		assert_ok!(record(90, &scores));
		let mut passive = 0;
		for epoch in (EPOCH..).step_by(10) {
			open(epoch);
			for who in [1, 2, 3, 9] {
				assert_ok!(report_in(epoch, who));
			}
			match Reputers::outcome(TOPIC, epoch, &9) {
				Some(Outcome::Accepted) => break,
				_ => passive += 1,
			}
		}
		assert_eq!(passive, 7);
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
			let mut reports = frozen.into_iter().flat_map(|(reports, _)| reports);
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
