//! The forgetting of a retired topic.

use crate::{mock::*, types::*, weights::WeightInfo, Event, Memories, Purses, Rewards};
use allora_primitives::{
	traits::{EmissionIndex, EpochRecords},
	Registration, VoidReason,
};
use frame_support::{
	assert_ok,
	weights::{Weight, WeightMeter},
};

type Weights = <Test as crate::Config>::WeightInfo;

/// Forgets topic 1 within this weight. Returns whether nothing is left.
fn forget(limit: Weight) -> bool {
	let mut meter = WeightMeter::with_limit(limit);
	let done = Emissions::on_forget(1, &mut meter);
	assert!(meter.consumed().all_lte(limit));
	done
}

/// Settles an epoch of five inferers and a reputer. Two inferers wait for 14 397 each, and 7 are
/// left in the pot.
fn settled() {
	buy(1, 100_000);
	let inferers: Vec<_> = (1..=5).map(|who| (who, 50)).collect();
	contribute(1, EPOCH, &inferers, &[], &[(6, 100, 7)]);
	assert_ok!(settle(1, EPOCH));
}

#[test]
fn forgotten_topic_has_paid_everyone_and_left_nothing() {
	ExtBuilder::default().build_and_execute(|| {
		settled();
		let (due, left) = (Emissions::due(1, &5), topic_pot(1));
		assert!(due > 0 && left > 0);
		take_events();
		assert!(forget(Weight::MAX));
		assert_eq!((balance(4), balance(5)), (due, due));
		assert_eq!(pot(Pot::Ecosystem), left);
		assert!(!Purses::<Test>::contains_key(1) && !Memories::<Test>::contains_key(1));
		assert_eq!(Rewards::<Test>::iter_prefix(1).count(), 0);
		let ledger = Emissions::ledger();
		assert_eq!((ledger.released, ledger.topic_pots, ledger.earnings), (left, 0, 0));
		let registration = Registration::Worker;
		assert_eq!(
			take_events(),
			vec![
				Event::PaidOut { topic: 1, who: 4, registration, amount: due },
				Event::PaidOut { topic: 1, who: 5, registration, amount: due },
				Event::PotReleased { topic: 1, amount: left },
			]
		);
	});
}

#[test]
fn forgetting_continues_where_the_meter_stopped_it() {
	ExtBuilder::default().build_and_execute(|| {
		settled();
		assert!(!forget(Weight::zero()));
		let one = Weights::forget() + Weights::pay_out();
		assert!(!forget(one));
		assert_eq!(Purses::<Test>::get(1).workers.len(), 1);
		assert!(Emissions::ledger().adds_up && Memories::<Test>::contains_key(1));
		// The second worker is paid, but the weight is too low for the epoch on record.
		assert!(!forget(one));
		assert_eq!(Purses::<Test>::get(1).workers.len(), 0);
		assert!(forget(Weights::forget() + Weights::void()));
		assert!(!Purses::<Test>::contains_key(1));
	});
}

#[test]
fn earnings_that_cannot_be_paid_go_to_the_ecosystem_pot_when_the_topic_is_forgotten() {
	ExtBuilder::default().build_and_execute(|| {
		buy(1, 15);
		contribute(1, EPOCH, &[(1, 50)], &[], &[(BUYER, 100, 7)]);
		assert_ok!(settle(1, EPOCH));
		take_events();
		assert!(forget(Weight::MAX));
		// 7 were due to an account that needs 10, and 1 was in the pot.
		let registration = Registration::Worker;
		assert_eq!(
			take_events(),
			vec![
				Event::EarningsReturned { topic: 1, who: 1, registration, amount: 7 },
				Event::PotReleased { topic: 1, amount: 8 },
			]
		);
		assert_eq!(pot(Pot::Ecosystem), 8);
	});
}

#[test]
fn epochs_left_on_record_are_removed_and_return_their_emission() {
	ExtBuilder::default().block_emission(1_000).build_and_execute(|| {
		assert_ok!(Emissions::set_weight(1, 100));
		run_blocks(1);
		assert_ok!(Emissions::assign_to_epoch(1, EPOCH, 10, 10));
		assert_ok!(Emissions::set_weight(1, 0));
		Emissions::on_void(1, EPOCH + 10, VoidReason::NoReport);
		assert!(forget(Weight::MAX));
		assert_eq!(Rewards::<Test>::iter_prefix(1).count(), 0);
		assert_eq!(pot(Pot::Ecosystem), 750);
	});
}

#[test]
fn crowded_topic_is_forgotten() {
	ExtBuilder::default().build_and_execute(|| {
		for epoch in 0..2u64 {
			let first = 1_000 + 32 * AccountId::from(epoch);
			let inferers: Vec<_> = (first..first + 32).map(|who| (who, 50)).collect();
			contribute(1, epoch, &inferers, &[], &[(9, 100, 7)]);
			buy(1, 50_000);
			assert_ok!(settle(1, epoch));
		}
		assert!(is_crowded(1));
		assert!(forget(Weight::MAX));
		assert!(!is_crowded(1));
		assert_eq!(Emissions::ledger().earnings, 0);
	});
}

#[test]
fn topic_without_items_is_forgotten_at_once() {
	ExtBuilder::default().build_and_execute(|| {
		frame_support::assert_storage_noop!(assert!(forget(Weight::MAX)));
		assert_eq!(take_events(), vec![]);
	});
}
