//! Subsidies, and what a topic's share of emission follows.

use super::signed;
use crate::{mock::*, DefaultSubsidy, Economies, Error, Event};
use allora_primitives::{Balance, Registration, Slots, TopicId, TopicParameters, ALLO};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::{traits::BadOrigin, Permill};

/// The weight by which emission counts the topic.
fn counted(topic: TopicId) -> Balance {
	EmissionWeights::get().get(&topic).copied().unwrap_or_default()
}

/// A topic of weight 10 ALLO, whose first epoch has just opened.
fn running_topic() -> TopicId {
	let topic = topic_with_stake(10 * ALLO);
	run_to(2);
	events();
	topic
}

#[test]
fn topic_shares_in_emission_by_its_subsidy_at_once() {
	ExtBuilder::build_and_execute(|| {
		let topic = running_topic();
		assert_eq!(counted(topic), 10 * ALLO);
		let quarter = Permill::from_percent(25);
		assert_ok!(Topics::set_subsidy(RuntimeOrigin::root(), topic, quarter));
		assert_eq!(events(), vec![Event::SubsidySet { topic, subsidy: quarter }]);
		assert_eq!(counted(topic), 25 * ALLO / 10);
		assert_eq!(Topics::topic_info(topic).unwrap().weight, 25 * ALLO / 10);
		// The next opening keeps it.
		run_to(12);
		let weight = Economies::<Test>::get(topic).weight.unwrap();
		assert_eq!(counted(topic), weight / 4);
	});
}

#[test]
fn only_governance_sets_the_subsidy_of_a_topic_that_exists() {
	ExtBuilder::build_and_execute(|| {
		let one = Permill::one();
		assert_noop!(Topics::set_subsidy(signed(ALICE), 1, one), BadOrigin);
		let missing = Topics::set_subsidy(RuntimeOrigin::root(), 1, one);
		assert_noop!(missing, Error::<Test>::TopicNotFound);
	});
}

#[test]
fn topic_without_subsidy_is_active_and_has_no_part_in_emission() {
	ExtBuilder::build_and_execute(|| {
		DefaultSubsidy::<Test>::put(Permill::zero());
		let topic = topic_with_stake(10 * ALLO);
		run_to(42);
		let info = Topics::topic_info(topic).unwrap();
		assert!(info.active && info.next_epoch.is_some());
		assert_eq!((info.weight, counted(topic)), (0, 0));
		// What was granted to other topics before stays theirs.
		DefaultSubsidy::<Test>::put(Permill::one());
		assert_eq!(Topics::topic_info(topic).unwrap().weight, 0);
	});
}

#[test]
fn topic_with_a_list_in_force_has_no_part_in_emission() {
	for registration in [Registration::Worker, Registration::Reputer] {
		ExtBuilder::build_and_execute(|| {
			let topic = running_topic();
			assert_ok!(Topics::set_allow_list(signed(ALICE), topic, registration, true));
			assert_eq!((counted(topic), Topics::topic_info(topic).unwrap().weight), (0, 0));
			// Neither an opening nor a subsidy changes that.
			run_to(12);
			assert_ok!(Topics::set_subsidy(RuntimeOrigin::root(), topic, Permill::one()));
			assert_eq!(counted(topic), 0);
			assert_ok!(Topics::set_allow_list(signed(ALICE), topic, registration, false));
			assert!(counted(topic) > 9 * ALLO);
		});
	}
}

/// Enables the workers' list of a topic whose first epoch opened in slot 2, in slot 7.
fn announce_list(notice: Slots) -> TopicId {
	Notice::set(notice);
	let topic = running_topic();
	run_to(7);
	assert_ok!(Topics::set_allow_list(signed(ALICE), topic, Registration::Worker, true));
	topic
}

/// Otherwise a creator could end the emission of others at once, and change its mind.
#[test]
fn announced_list_leaves_emission_until_it_is_in_force() {
	ExtBuilder::build_and_execute(|| {
		// It is in force from slot 107 on, within the epoch that opens in slot 102.
		let topic = announce_list(100);
		assert_eq!(
			(counted(topic), Topics::topic_info(topic).unwrap().weight),
			(10 * ALLO, 10 * ALLO)
		);
		for slot in 8..102 {
			run_to(slot);
			assert_eq!(counted(topic), Economies::<Test>::get(topic).weight.unwrap());
		}
		for slot in [102, 106, 107, 112] {
			run_to(slot);
			assert_eq!((counted(topic), Topics::topic_info(topic).unwrap().weight), (0, 0));
		}
	});
}

#[test]
fn list_that_is_withdrawn_before_it_is_in_force_costs_one_epoch_at_most() {
	ExtBuilder::build_and_execute(|| {
		let topic = announce_list(100);
		let withdraw = || Topics::set_allow_list(signed(ALICE), topic, Registration::Worker, false);
		frame_support::hypothetically!({
			run_to(50);
			assert_ok!(withdraw());
			run_to(112);
			assert!(counted(topic) > 8 * ALLO);
		});
		run_to(104);
		assert_eq!(counted(topic), 0);
		assert_ok!(withdraw());
		assert_eq!(counted(topic), Economies::<Test>::get(topic).weight.unwrap());
	});
}

#[test]
fn list_that_is_in_force_before_the_running_epoch_ends_counts_at_once() {
	for (notice, expected) in [(4, 0), (5, 10 * ALLO)] {
		ExtBuilder::build_and_execute(|| {
			// The epoch ends in slot 12.
			let topic = announce_list(notice);
			assert_eq!(counted(topic), expected, "with a notice of {notice} slots");
			run_to(12);
			assert_eq!(counted(topic), 0);
		});
	}
}

#[test]
fn subsidy_of_an_inactive_topic_counts_from_its_activation() {
	ExtBuilder::build_and_execute(|| {
		let topic = topic_with_stake(0);
		let half = Permill::from_percent(50);
		assert_ok!(Topics::set_subsidy(RuntimeOrigin::root(), topic, half));
		assert_eq!(counted(topic), 0);
		Stakes::mutate(|stakes| stakes.insert(topic, 10 * ALLO));
		assert_ok!(Clock::activate(signed(BOB), topic));
		run_to(2);
		assert_eq!(counted(topic), 5 * ALLO);
	});
}

#[test]
fn revenue_decays_by_the_slots_that_have_passed() {
	ExtBuilder::build_and_execute(|| {
		let topic = running_topic();
		run_to(7);
		// Five of a thousand slots of a week: 10 ALLO * 0.995.
		assert_eq!(Topics::topic_info(topic).unwrap().revenue, 99_500_000_000);
		// The decay up to now is that of the old revenue only.
		assert_ok!(Topics::fund(signed(BOB), topic, 10 * ALLO));
		let economy = Economies::<Test>::get(topic);
		assert_eq!((economy.revenue, economy.dripped_at), (199_500_000_000, 7));
		run_to(12);
		assert_eq!(Economies::<Test>::get(topic).revenue, 199_500_000_000 / 1_000 * 995);
	});
}

#[test]
fn weight_falls_with_decayed_revenue_when_the_topic_is_touched() {
	ExtBuilder::build_and_execute(|| {
		let topic = running_topic();
		run_to(7);
		assert_ok!(Topics::fund(signed(BOB), topic, 1));
		// sqrt(10 ALLO * 9.95 ALLO) = 9.97496867163 ALLO.
		assert_eq!(counted(topic), 99_749_686_716);
	});
}

#[test]
fn revenue_of_an_inactive_topic_does_not_decay() {
	ExtBuilder::build_and_execute(|| {
		let topic = topic_with_stake(0);
		run_to(900);
		assert_eq!(Topics::topic_info(topic).unwrap().revenue, 10 * ALLO);
	});
}

#[test]
fn longest_epoch_is_a_week() {
	ExtBuilder::build_and_execute(|| {
		let week = |length| TopicParameters::regression(length, 3, length);
		assert_ok!(Topics::create(signed(ALICE), Box::new(week(1_000))));
		let longer = Topics::create(signed(ALICE), Box::new(week(1_001)));
		assert_noop!(longer, Error::<Test>::EpochTooLong);
	});
}
