//! Changes of a topic's rule, and what they reserve.

use super::signed;
use crate::{mock::*, Error, MAX_SUPERSEDED};
use allora_primitives::{
	traits::{TopicClock, TopicInspect},
	FixedI128, Rule, Step, TopicId, TopicParameters, TopicUpdate, ALLO,
};
use frame_support::{assert_noop, assert_ok, dispatch::DispatchResult, weights::Weight};

fn ms(count: u64) -> Weight {
	Weight::from_parts(count * 1_000_000_000, 0)
}

fn change(topic: TopicId, changes: TopicUpdate) -> DispatchResult {
	Topics::update(signed(ALICE), topic, Box::new(changes))
}

fn to(rule: Rule) -> TopicUpdate {
	TopicUpdate { rule: Some(rule), ..Default::default() }
}

fn p_norm(p: u32) -> TopicUpdate {
	TopicUpdate { p_norm: Some(FixedI128::from_u32(p)), ..Default::default() }
}

fn reserved_by(topic: TopicId) -> Weight {
	Clock::info(topic).reserved
}

/// What a topic of this rule reserves.
fn reservation(rule: Rule) -> Weight {
	Clock::reservation(&TopicParameters { rule, ..parameters() }).unwrap()
}

/// Makes steps take 80 ms, of which two topics fill the clock's share, and a close to reputers 160 ms
/// under the regret rule.
fn costly_regrets() {
	WorstStep::set(Weight::from_parts(80_000_000_000, 1_000));
	WorstOfRule::set(vec![(Rule::Regret, Step::CloseReputers, ms(80))]);
}

#[test]
fn epochs_in_flight_keep_their_rule() {
	ExtBuilder::build_and_execute(|| {
		let topic = topic_with_stake(10 * ALLO);
		run_to(13);
		assert_ok!(change(topic, to(Rule::Regret)));
		run_to(23);
		assert_ok!(change(topic, to(Rule::Mixture)));
		let rules =
			[(2, Rule::Mixture), (12, Rule::Mixture), (22, Rule::Regret), (32, Rule::Mixture)];
		for (epoch, rule) in rules {
			assert_eq!(Topics::parameters_of(topic, epoch).unwrap().rule, rule, "of {epoch}");
			let (context, _) = Topics::epoch_context(topic, epoch).unwrap();
			assert_eq!(context.parameters.rule, rule, "of {epoch}");
		}
	});
}

#[test]
fn rule_changed_back_before_an_epoch_opens_is_no_change_for_any_epoch() {
	ExtBuilder::build_and_execute(|| {
		let topic = topic_with_stake(10 * ALLO);
		run_to(13);
		assert_ok!(change(topic, to(Rule::Regret)));
		assert_ok!(change(topic, to(Rule::Mixture)));
		for epoch in [2, 12, 22] {
			assert_eq!(Topics::parameters_of(topic, epoch).unwrap().rule, Rule::Mixture);
		}
	});
}

#[test]
fn change_to_a_costlier_rule_reserves_for_it() {
	ExtBuilder::build_and_execute(|| {
		let topic = topic_with_stake(10 * ALLO);
		run_to(3);
		assert_eq!(reserved_by(topic), reservation(Rule::Mixture));
		assert_ok!(change(topic, to(Rule::Regret)));
		assert!(reservation(Rule::Regret).all_gt(reservation(Rule::Mixture)));
		assert_eq!(reserved_by(topic), reservation(Rule::Regret));
	});
}

#[test]
fn change_to_a_costlier_rule_without_capacity_is_refused() {
	ExtBuilder::build_and_execute(|| {
		costly_regrets();
		let topic = topic_with_stake(10 * ALLO);
		topic_with_stake(10 * ALLO);
		run_to(3);
		let both = TopicUpdate { rule: Some(Rule::Regret), ..p_norm(4) };
		assert_noop!(change(topic, both), Error::<Test>::NoCapacity);
		// Without the rule the change succeeds.
		assert_ok!(change(topic, p_norm(4)));
	});
}

#[test]
fn change_to_a_cheaper_rule_keeps_the_reservation() {
	ExtBuilder::build_and_execute(|| {
		let topic = topic_with_stake(10 * ALLO);
		assert_ok!(change(topic, to(Rule::Regret)));
		run_to(13);
		assert_ok!(change(topic, to(Rule::Mixture)));
		assert_eq!(reserved_by(topic), reservation(Rule::Regret));
	});
}

#[test]
fn change_that_is_refused_for_another_reason_reserves_nothing() {
	ExtBuilder::build_and_execute(|| {
		let long = TopicParameters { history: 64, ..parameters() };
		Stakes::mutate(|stakes| stakes.insert(1, 10 * ALLO));
		assert_ok!(Topics::create(signed(ALICE), Box::new(long)));
		for n in 0..MAX_SUPERSEDED {
			run_to(3 + 10 * u64::from(n));
			assert_ok!(change(1, p_norm(if n.is_multiple_of(2) { 4 } else { 3 })));
		}
		run_to(83);
		assert_noop!(change(1, to(Rule::Regret)), Error::<Test>::TooManyUpdates);
		assert_eq!(reserved_by(1), reservation(Rule::Mixture));
	});
}

#[test]
fn change_of_other_parameters_needs_no_vacancy_after_steps_became_heavier() {
	ExtBuilder::build_and_execute(|| {
		costly_regrets();
		let topic = topic_with_stake(10 * ALLO);
		topic_with_stake(10 * ALLO);
		let before = reserved_by(topic);
		// A runtime upgrade.
		WorstStep::set(Weight::from_parts(200_000_000_000, 1_000));
		assert_ok!(change(topic, p_norm(4)));
		assert_eq!(reserved_by(topic), before);
		assert_noop!(change(topic, to(Rule::Regret)), Error::<Test>::NoCapacity);
	});
}

#[test]
fn rule_of_a_topic_that_is_not_active_changes_without_capacity() {
	ExtBuilder::build_and_execute(|| {
		costly_regrets();
		topic_with_stake(10 * ALLO);
		topic_with_stake(10 * ALLO);
		let waiting = topic_with_stake(10 * ALLO);
		assert_ok!(change(waiting, to(Rule::Regret)));
		assert_eq!(reserved_by(waiting), Weight::zero());
	});
}
