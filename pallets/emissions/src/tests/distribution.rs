//! The sharing of emission among topics and epochs (S 6.8).

use crate::{mock::*, types::*, Accruals, CurrentDistribution, Event, Rewards};
use allora_primitives::{
	traits::{EmissionIndex, EpochRecords},
	Balance, EpochId, Role, Step, TopicId, VoidReason,
};
use frame_support::{assert_ok, assert_storage_noop};

const NONE: VoidReason = VoidReason::NoInference;

/// Hands over to an epoch what its topic accrued.
fn assign(topic: TopicId, epoch: EpochId) {
	assert_ok!(Emissions::assign_to_epoch(topic, epoch, 10, 10));
}

fn assigned(topic: TopicId, epoch: EpochId) -> Option<Balance> {
	match Rewards::<Test>::get(topic, epoch) {
		Some(EpochReward::Assigned(amount)) => Some(amount),
		_ => None,
	}
}

#[test]
fn topics_accrue_by_weight() {
	ExtBuilder::default().block_emission(1_000).build_and_execute(|| {
		assert_ok!(Emissions::set_weight(1, 100));
		assert_ok!(Emissions::set_weight(2, 200));
		assert_eq!(<Emissions as EmissionIndex>::total_weight(), 300);
		run_blocks(4);
		assign(1, EPOCH);
		assign(2, EPOCH);
		// 4 * 750 = 3 000, one third and two thirds.
		assert_eq!(assigned(1, EPOCH), Some(1_000));
		assert_eq!(assigned(2, EPOCH), Some(2_000));
		assert_eq!(
			take_events(),
			vec![
				Event::EmissionAssigned { topic: 1, epoch: EPOCH, amount: 1_000 },
				Event::EmissionAssigned { topic: 2, epoch: EPOCH, amount: 2_000 },
			]
		);
	});
}

#[test]
fn changed_weight_counts_from_the_next_block() {
	ExtBuilder::default().block_emission(1_000).build_and_execute(|| {
		assert_ok!(Emissions::set_weight(1, 100));
		assert_ok!(Emissions::set_weight(2, 200));
		run_blocks(2);
		assert_ok!(Emissions::set_weight(1, 400));
		run_blocks(2);
		assign(1, EPOCH);
		assign(2, EPOCH);
		// 1 500 at 1 : 2 are 500 and 1 000; 1 500 at 4 : 2 are 1 000 and 500.
		assert_eq!(assigned(1, EPOCH), Some(1_500));
		assert_eq!(assigned(2, EPOCH), Some(1_500));
	});
}

#[test]
fn remainder_of_rounding_is_shared_out_by_later_blocks() {
	ExtBuilder::default().block_emission(133).build_and_execute(|| {
		for topic in 1..=3 {
			assert_ok!(Emissions::set_weight(topic, 1));
		}
		run_blocks(1);
		// 133 - floor(133 / 4) = 100 for three topics: 33 1/3 each.
		for topic in 1..=3 {
			assign(topic, EPOCH);
			assert_eq!(assigned(topic, EPOCH), Some(33));
		}
		// 2^64 = 1 (mod 3), so 100 * 2^64 leaves 1.
		assert_eq!(CurrentDistribution::<Test>::get().carried, 1);
		assert_eq!(Emissions::ledger().rewards_carried + Emissions::ledger().rewards_owed, 100);
		run_blocks(2);
		for topic in 1..=3 {
			assign(topic, EPOCH);
			assert_eq!(assigned(topic, EPOCH), Some(100));
		}
		assert_eq!(CurrentDistribution::<Test>::get().carried, 0);
		assert_eq!(CurrentDistribution::<Test>::get().accruing, 0);
	});
}

#[test]
fn emission_of_skipped_epochs_goes_to_the_ecosystem_pot() {
	ExtBuilder::default().block_emission(1_000).build_and_execute(|| {
		assert_ok!(Emissions::set_weight(1, 100));
		run_blocks(1);
		take_events();
		// Topics get 750. Of 34 slots the epoch had 10: 750 * 10 / 34 = 220.6.
		assert_ok!(Emissions::assign_to_epoch(1, EPOCH, 10, 34));
		assert_eq!(assigned(1, EPOCH), Some(220));
		assert_eq!(pot(Pot::Ecosystem), 530);
		assert_eq!(
			take_events(),
			vec![
				Event::EmissionAssigned { topic: 1, epoch: EPOCH, amount: 220 },
				Event::EmissionReturned { topic: 1, epoch: EPOCH, amount: 530 },
			]
		);
	});
}

#[test]
fn topic_that_loses_its_weight_keeps_what_it_accrued() {
	ExtBuilder::default().block_emission(1_000).build_and_execute(|| {
		assert_ok!(Emissions::set_weight(1, 100));
		run_blocks(1);
		assert_ok!(Emissions::set_weight(1, 0));
		run_blocks(2);
		assert_eq!(Emissions::ledger().minted, 750);
		assign(1, EPOCH);
		assert_eq!(assigned(1, EPOCH), Some(750));
		assert_eq!(Accruals::<Test>::get(1), None);
	});
}

#[test]
fn fraction_of_a_planck_of_a_topic_without_weight_is_shared_out_again() {
	ExtBuilder::default().block_emission(133).build_and_execute(|| {
		assert_ok!(Emissions::set_weight(1, 1));
		assert_ok!(Emissions::set_weight(2, 2));
		run_blocks(1);
		// 33 1/3 and 66 2/3.
		assert_ok!(Emissions::set_weight(1, 0));
		assign(1, EPOCH);
		assert_eq!(assigned(1, EPOCH), Some(33));
		assert_eq!(Accruals::<Test>::get(1), None);
		run_blocks(1);
		assign(2, EPOCH);
		// 66 2/3 + 1/3 + 100.
		assert_eq!(assigned(2, EPOCH), Some(167));
	});
}

#[test]
fn unchanged_weight_changes_nothing() {
	ExtBuilder::default().block_emission(1_000).build_and_execute(|| {
		assert_ok!(Emissions::set_weight(1, 100));
		run_blocks(1);
		assert_storage_noop!(assert_ok!(Emissions::set_weight(1, 100)));
		assert_storage_noop!(assert_ok!(Emissions::set_weight(7, 0)));
		assert_storage_noop!(assert_ok!(Emissions::assign_to_epoch(7, EPOCH, 10, 10)));
	});
}

#[test]
fn weights_out_of_range_are_refused() {
	ExtBuilder::default().build_and_execute(|| {
		assert_ok!(Emissions::set_weight(1, u128::MAX));
		frame_support::assert_noop!(
			Emissions::set_weight(2, 1),
			sp_runtime::ArithmeticError::Overflow
		);
	});
}

#[test]
fn emission_handed_over_twice_adds_up() {
	ExtBuilder::default().block_emission(1_000).build_and_execute(|| {
		assert_ok!(Emissions::set_weight(1, 100));
		run_blocks(1);
		assign(1, EPOCH);
		assign(1, EPOCH);
		assert_eq!(assigned(1, EPOCH), Some(750));
		run_blocks(1);
		assign(1, EPOCH);
		assert_eq!(assigned(1, EPOCH), Some(1_500));
		assert_eq!(Emissions::ledger().rewards_owed, 1_500);
	});
}

#[test]
fn void_epoch_returns_the_emission_it_was_given() {
	ExtBuilder::default().block_emission(1_000).build_and_execute(|| {
		assert_ok!(Emissions::set_weight(1, 100));
		run_blocks(1);
		assign(1, EPOCH);
		take_events();
		buy(1, 40);
		let used = Emissions::on_void(1, EPOCH, VoidReason::NoReport);
		assert_eq!(used, Emissions::void_weight(Step::CloseReputers));
		assert_eq!(pot(Pot::Ecosystem), 750);
		assert_eq!(pot(Pot::Rewards), 0);
		assert_eq!(topic_pot(1), 40);
		assert_eq!(Emissions::ledger().returned, 750);
		let returned = Event::EmissionReturned { topic: 1, epoch: EPOCH, amount: 750 };
		assert_eq!(take_events(), vec![returned]);
	});
}

#[test]
fn void_epoch_returns_emission_that_is_assigned_later() {
	ExtBuilder::default().block_emission(1_000).build_and_execute(|| {
		assert_ok!(Emissions::set_weight(1, 100));
		run_blocks(1);
		let used = Emissions::on_void(1, EPOCH, NONE);
		assert_eq!(used, Emissions::void_weight(Step::CloseWorkers));
		assert_eq!(pot(Pot::Ecosystem), 0);
		assign(1, EPOCH);
		assert_eq!(pot(Pot::Ecosystem), 750);
		assert_eq!(assigned(1, EPOCH), None);
		let returned = Event::EmissionReturned { topic: 1, epoch: EPOCH, amount: 750 };
		assert_eq!(take_events(), vec![returned]);
	});
}

#[test]
fn epoch_that_is_void_twice_returns_its_emission_once() {
	ExtBuilder::default().block_emission(1_000).build_and_execute(|| {
		assert_ok!(Emissions::set_weight(1, 100));
		run_blocks(1);
		assign(1, EPOCH);
		Emissions::on_void(1, EPOCH, NONE);
		Emissions::on_void(1, EPOCH, NONE);
		assert_eq!(pot(Pot::Ecosystem), 750);
	});
}

#[test]
fn pruned_epoch_leaves_no_mark_and_returns_its_emission() {
	ExtBuilder::default().block_emission(1_000).build_and_execute(|| {
		assert_ok!(Emissions::set_weight(1, 100));
		Emissions::on_void(1, EPOCH, NONE);
		Emissions::on_prune(1, EPOCH);
		assert_eq!(Rewards::<Test>::get(1, EPOCH), None);

		run_blocks(1);
		assign(1, EPOCH + 1);
		Emissions::on_prune(1, EPOCH + 1);
		assert_eq!(Rewards::<Test>::get(1, EPOCH + 1), None);
		assert_eq!(pot(Pot::Ecosystem), 750);
	});
}

#[test]
fn emission_of_an_epoch_that_is_not_on_record_is_returned() {
	ExtBuilder::default().block_emission(1_000).build_and_execute(|| {
		assert_ok!(Emissions::set_weight(1, 100));
		run_blocks(1);
		Forgotten::set(vec![(1, EPOCH)]);
		assign(1, EPOCH);
		assert_eq!(Rewards::<Test>::get(1, EPOCH), None);
		assert_eq!(pot(Pot::Ecosystem), 750);
	});
}

#[test]
fn emission_assigned_after_the_settlement_goes_to_the_topics_pot() {
	ExtBuilder::default().block_emission(1_000).build_and_execute(|| {
		contribute(1, EPOCH, &[(1, 50)], &[], &[(2, 100, 1)]);
		assert_ok!(settle(1, EPOCH));
		assert_ok!(Emissions::set_weight(1, 100));
		run_blocks(1);
		assign(1, EPOCH);
		assert_eq!(topic_pot(1), 750);
		let nothing = |account, role| (account, role, Credit::NothingToPay);
		let credits = vec![nothing(1, Role::Inferer), nothing(2, Role::Reputer)];
		let settled = EpochReward::Settled(credits.try_into().unwrap());
		assert_eq!(Rewards::<Test>::get(1, EPOCH), Some(settled));
	});
}
