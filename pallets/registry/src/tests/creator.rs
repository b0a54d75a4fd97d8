//! The calls of creators: changing topics, handing them over, allow-lists.

use super::signed;
use crate::{
	mock::*, Allowed, Error, Event, SupersededParameters, Topics as Registry, MAX_LISTED,
	MAX_SUPERSEDED,
};
use allora_primitives::{
	topic::Text, traits::TopicInspect, EpochId, FixedI128, LossMethod, Registration, Rule, TopicId,
	TopicUpdate, ALLO,
};
use frame_support::{assert_noop, assert_ok, traits::Get, BoundedVec};

fn p_norm(p: u32) -> TopicUpdate {
	TopicUpdate { p_norm: Some(FixedI128::from_u32(p)), ..Default::default() }
}

fn c_norm(c: u32) -> TopicUpdate {
	TopicUpdate { c_norm: Some(FixedI128::from_u32(c)), ..Default::default() }
}

fn update(topic: TopicId, changes: TopicUpdate) {
	assert_ok!(Topics::update(signed(ALICE), topic, Box::new(changes)));
}

/// The slope and the offset of the weight function that hold for an epoch.
fn norms(topic: TopicId, epoch: EpochId) -> (FixedI128, FixedI128) {
	let parameters = Topics::parameters_of(topic, epoch).unwrap();
	(parameters.p_norm, parameters.c_norm)
}

/// The norms with which topics are created here: 3 and 0.75.
fn first_norms() -> (FixedI128, FixedI128) {
	(FixedI128::from_u32(3), FixedI128::from_rational(3, 4))
}

#[test]
fn changed_parameters_hold_from_the_next_epoch_on() {
	ExtBuilder::build_and_execute(|| {
		let topic = topic_with_stake(10 * ALLO);
		run_to(13);
		update(topic, p_norm(4));
		let four = FixedI128::from_u32(4);
		assert_eq!(Topics::parameters(topic).map(|next| next.p_norm), Some(four));
		for epoch in [2, 12] {
			assert_eq!(norms(topic, epoch), first_norms());
		}
		assert_eq!(norms(topic, 22).0, four);
		run_to(45);
		assert_eq!(norms(topic, 12), first_norms());
		assert_eq!(norms(topic, 22).0, four);
	});
}

#[test]
fn update_emits_the_new_values_and_the_slot_from_which_they_hold() {
	ExtBuilder::build_and_execute(|| {
		let topic = topic_with_stake(10 * ALLO);
		run_to(13);
		events();
		update(topic, p_norm(4));
		let changes = Box::new(p_norm(4));
		assert_eq!(events(), vec![Event::TopicUpdated { topic, changes, in_force_from: 14 }]);
	});
}

#[test]
fn every_updatable_parameter_changes() {
	ExtBuilder::build_and_execute(|| {
		let topic = topic_with_stake(10 * ALLO);
		run_to(2);
		let text = |text: &str| Text::truncate_from(text.as_bytes().to_vec());
		let half = FixedI128::from_rational(1, 2);
		update(
			topic,
			TopicUpdate {
				metadata: Some(text("rain")),
				loss_method: Some(LossMethod::Absolute),
				loss_floor: Some(half),
				ground_truth: Some(text("gauge")),
				rule: Some(Rule::Regret),
				p_norm: Some(FixedI128::from_u32(4)),
				c_norm: Some(FixedI128::from_u32(1)),
				alpha_regret: Some(half),
				merit_sortition_alpha: Some(half),
			},
		);
		let expected = allora_primitives::TopicParameters {
			metadata: text("rain"),
			loss_method: LossMethod::Absolute,
			loss_floor: half,
			ground_truth: text("gauge"),
			rule: Rule::Regret,
			p_norm: FixedI128::from_u32(4),
			c_norm: FixedI128::from_u32(1),
			alpha_regret: half,
			merit_sortition_alpha: half,
			..parameters()
		};
		assert_eq!(Topics::parameters(topic), Some(expected));
		assert_eq!(Topics::parameters_of(topic, 2), Some(parameters()));
	});
}

#[test]
fn epoch_that_has_begun_keeps_its_parameters_even_if_the_clock_is_late() {
	ExtBuilder::build_and_execute(|| {
		let topic = topic_with_stake(10 * ALLO);
		run_to(11);
		// The clock does not run in slot 12, in which payloads for epoch 12 are already accepted.
		skip_to(12);
		update(topic, p_norm(4));
		run_to(13);
		assert_eq!(norms(topic, 12), first_norms());
		assert_eq!(norms(topic, 22).0, FixedI128::from_u32(4));
	});
}

#[test]
fn each_epoch_keeps_what_was_in_force_when_it_began() {
	ExtBuilder::build_and_execute(|| {
		let topic = topic_with_stake(10 * ALLO);
		run_to(3);
		update(topic, p_norm(4));
		run_to(13);
		update(topic, c_norm(1));
		run_to(23);
		update(topic, TopicUpdate { c_norm: Some(FixedI128::from_u32(2)), ..p_norm(3) });
		let fixed = FixedI128::from_u32;
		assert_eq!(norms(topic, 2), first_norms());
		assert_eq!(norms(topic, 12), (fixed(4), first_norms().1));
		assert_eq!(norms(topic, 22), (fixed(4), fixed(1)));
		assert_eq!(norms(topic, 32), (fixed(3), fixed(2)));
	});
}

#[test]
fn several_changes_between_two_epochs_are_merged() {
	ExtBuilder::build_and_execute(|| {
		let topic = topic_with_stake(10 * ALLO);
		run_to(3);
		for change in [p_norm(4), c_norm(1), c_norm(2)] {
			update(topic, change);
			skip_to(System::block_number() + 1);
		}
		assert_eq!(SupersededParameters::<Test>::get(topic).len(), 1);
		assert_eq!(norms(topic, 2), first_norms());
		assert_eq!(norms(topic, 12), (FixedI128::from_u32(4), FixedI128::from_u32(2)));
	});
}

#[test]
fn topic_without_epochs_keeps_no_superseded_values() {
	ExtBuilder::build_and_execute(|| {
		assert_ok!(Topics::create(signed(ALICE), Box::new(parameters())));
		update(1, p_norm(4));
		assert!(!SupersededParameters::<Test>::contains_key(1));
	});
}

#[test]
fn superseded_values_are_dropped_when_no_epoch_on_record_needs_them() {
	ExtBuilder::build_and_execute(|| {
		let topic = topic_with_stake(10 * ALLO);
		run_to(3);
		update(topic, p_norm(4));
		run_to(45);
		update(topic, c_norm(1));
		assert_eq!(SupersededParameters::<Test>::get(topic).len(), 2);
		// Epoch 2 is pruned at 52.
		run_to(53);
		update(topic, c_norm(2));
		let until: Vec<_> =
			SupersededParameters::<Test>::get(topic).iter().map(|kept| kept.until).collect();
		assert_eq!(until, vec![46, 54]);
	});
}

#[test]
fn more_changes_than_can_be_kept_are_rejected() {
	ExtBuilder::build_and_execute(|| {
		let long = allora_primitives::TopicParameters { history: 64, ..parameters() };
		Stakes::mutate(|stakes| stakes.insert(1, 10 * ALLO));
		assert_ok!(Topics::create(signed(ALICE), Box::new(long)));
		let change = |n: u32| p_norm(if n.is_multiple_of(2) { 4 } else { 3 });
		for n in 0..MAX_SUPERSEDED {
			run_to(3 + 10 * u64::from(n));
			update(1, change(n));
		}
		run_to(83);
		assert_noop!(
			Topics::update(signed(ALICE), 1, Box::new(p_norm(4))),
			Error::<Test>::TooManyUpdates
		);
	});
}

#[test]
fn update_is_checked_like_a_creation() {
	ExtBuilder::build_and_execute(|| {
		assert_ok!(Topics::create(signed(ALICE), Box::new(parameters())));
		let brier = TopicUpdate { loss_method: Some(LossMethod::Brier), ..Default::default() };
		let log_cosh = TopicUpdate { loss_method: Some(LossMethod::LogCosh), ..Default::default() };
		let custom = LossMethod::Custom(Text::truncate_from(b"own".to_vec()));
		let custom = TopicUpdate { loss_method: Some(custom), ..Default::default() };
		for (changes, error) in [
			(p_norm(5), Error::<Test>::InvalidPNorm),
			(c_norm(11), Error::<Test>::InvalidCNorm),
			(brier, Error::<Test>::InvalidLossMethod),
			(custom, Error::<Test>::LossMethodClass),
			(log_cosh, Error::<Test>::LossMethodClass),
			(TopicUpdate::default(), Error::<Test>::NothingChanged),
			(p_norm(3), Error::<Test>::NothingChanged),
		] {
			assert_noop!(Topics::update(signed(ALICE), 1, Box::new(changes)), error);
		}
	});
}

#[test]
fn only_the_creator_changes_a_topic() {
	ExtBuilder::build_and_execute(|| {
		assert_ok!(Topics::create(signed(ALICE), Box::new(parameters())));
		let (topic, worker) = (1, Registration::Worker);
		let calls: [fn(u64, TopicId) -> frame_support::dispatch::DispatchResult; 5] = [
			|who, topic| Topics::update(signed(who), topic, Box::new(p_norm(4))),
			|who, topic| Topics::offer(signed(who), topic, Some(BOB)),
			|who, topic| Topics::set_allow_list(signed(who), topic, Registration::Worker, true),
			|who, topic| Topics::allow(signed(who), topic, Registration::Worker, listed(&[BOB])),
			|who, topic| Topics::disallow(signed(who), topic, Registration::Worker, listed(&[BOB])),
		];
		for call in calls {
			assert_noop!(call(BOB, topic), Error::<Test>::NotCreator);
			assert_noop!(call(ALICE, 2), Error::<Test>::TopicNotFound);
		}
		assert_ok!(Topics::retire(signed(ALICE), topic));
		for call in calls {
			assert_noop!(call(ALICE, topic), Error::<Test>::TopicRetired);
		}
		assert!(Topics::is_allowed(topic, &BOB, worker));
	});
}

#[test]
fn topic_is_handed_over_once_the_other_account_accepts() {
	ExtBuilder::build_and_execute(|| {
		assert_ok!(Topics::create(signed(ALICE), Box::new(parameters())));
		events();
		assert_ok!(Topics::offer(signed(ALICE), 1, Some(BOB)));
		assert_eq!(Registry::<Test>::get(1).map(|topic| topic.creator), Some(ALICE));
		assert_ok!(Topics::accept(signed(BOB), 1));
		assert_eq!(
			events(),
			vec![
				Event::TopicOffered { topic: 1, to: Some(BOB) },
				Event::TopicTransferred { topic: 1, from: ALICE, to: BOB },
			]
		);
		assert_noop!(Topics::retire(signed(ALICE), 1), Error::<Test>::NotCreator);
		assert_ok!(Topics::retire(signed(BOB), 1));
	});
}

#[test]
fn only_the_account_of_the_latest_offer_can_accept_and_once() {
	ExtBuilder::build_and_execute(|| {
		assert_ok!(Topics::create(signed(ALICE), Box::new(parameters())));
		assert_noop!(Topics::accept(signed(BOB), 1), Error::<Test>::NotOffered);
		assert_ok!(Topics::offer(signed(ALICE), 1, Some(BOB)));
		assert_ok!(Topics::offer(signed(ALICE), 1, Some(PAUPER)));
		assert_noop!(Topics::accept(signed(BOB), 1), Error::<Test>::NotOffered);
		assert_ok!(Topics::offer(signed(ALICE), 1, None));
		assert_noop!(Topics::accept(signed(PAUPER), 1), Error::<Test>::NotOffered);
		assert_ok!(Topics::offer(signed(ALICE), 1, Some(BOB)));
		assert_ok!(Topics::accept(signed(BOB), 1));
		assert_noop!(Topics::accept(signed(BOB), 1), Error::<Test>::NotOffered);
		assert_noop!(Topics::accept(signed(BOB), 2), Error::<Test>::TopicNotFound);
	});
}

#[test]
fn offer_ends_with_the_topic() {
	ExtBuilder::build_and_execute(|| {
		assert_ok!(Topics::create(signed(ALICE), Box::new(parameters())));
		assert_ok!(Topics::offer(signed(ALICE), 1, Some(BOB)));
		assert_ok!(Topics::retire(signed(ALICE), 1));
		assert_noop!(Topics::accept(signed(BOB), 1), Error::<Test>::TopicRetired);
	});
}

fn listed<Bound: Get<u32>>(accounts: &[u64]) -> BoundedVec<u64, Bound> {
	accounts.to_vec().try_into().unwrap()
}

fn restrict(topic: TopicId, registration: Registration, accounts: &[u64]) {
	assert_ok!(Topics::set_allow_list(signed(ALICE), topic, registration, true));
	assert_ok!(Topics::allow(signed(ALICE), topic, registration, listed(accounts)));
}

#[test]
fn too_many_accounts_in_one_call_are_rejected() {
	ExtBuilder::build_and_execute(|| {
		assert_ok!(Topics::create(signed(ALICE), Box::new(parameters())));
		let worker = Registration::Worker;
		let accounts: Vec<u64> = (1_000..1_101).collect();
		for call in [Topics::allow, Topics::disallow] {
			assert_noop!(
				call(signed(ALICE), 1, worker, listed(&accounts)),
				Error::<Test>::TooManyAccounts
			);
			assert_ok!(call(signed(ALICE), 1, worker, listed(&accounts[1..])));
		}
	});
}

#[test]
fn every_account_is_allowed_while_the_list_is_disabled() {
	ExtBuilder::build_and_execute(|| {
		assert_ok!(Topics::create(signed(ALICE), Box::new(parameters())));
		assert_ok!(Topics::allow(signed(ALICE), 1, Registration::Worker, listed(&[BOB])));
		assert!(Topics::is_allowed(1, &ALICE, Registration::Worker));
		assert_ok!(Topics::set_allow_list(signed(ALICE), 1, Registration::Worker, true));
		assert!(!Topics::is_allowed(1, &ALICE, Registration::Worker));
		assert!(Topics::is_allowed(1, &BOB, Registration::Worker));
		assert_ok!(Topics::set_allow_list(signed(ALICE), 1, Registration::Worker, false));
		assert!(Topics::is_allowed(1, &ALICE, Registration::Worker));
	});
}

#[test]
fn enabled_list_governs_its_own_topic_and_registration_only() {
	ExtBuilder::build_and_execute(|| {
		assert_ok!(Topics::create(signed(ALICE), Box::new(parameters())));
		assert_ok!(Topics::create(signed(ALICE), Box::new(parameters())));
		restrict(1, Registration::Worker, &[]);
		// The lists of the other registration and of the other topic are disabled.
		assert!(!Topics::is_allowed(1, &BOB, Registration::Worker));
		assert!(Topics::is_allowed(1, &BOB, Registration::Reputer));
		assert!(Topics::is_allowed(2, &BOB, Registration::Worker));
	});
}

#[test]
fn account_listed_as_a_worker_is_not_listed_as_a_reputer() {
	ExtBuilder::build_and_execute(|| {
		assert_ok!(Topics::create(signed(ALICE), Box::new(parameters())));
		restrict(1, Registration::Worker, &[BOB]);
		restrict(1, Registration::Reputer, &[]);
		assert!(Topics::is_allowed(1, &BOB, Registration::Worker));
		assert!(!Topics::is_allowed(1, &BOB, Registration::Reputer));
	});
}

#[test]
fn no_account_is_allowed_in_a_topic_that_does_not_exist() {
	ExtBuilder::build_and_execute(|| {
		assert!(!Topics::is_allowed(1, &BOB, Registration::Worker));
	});
}

#[test]
fn only_listed_accounts_register() {
	ExtBuilder::build_and_execute(|| {
		assert_ok!(Topics::create(signed(ALICE), Box::new(parameters())));
		restrict(1, Registration::Worker, &[BOB]);
		assert_ok!(Topics::register(signed(BOB), 1, Registration::Worker, None));
		assert_noop!(
			Topics::register(signed(ALICE), 1, Registration::Worker, None),
			Error::<Test>::NotAllowed
		);
	});
}

#[test]
fn delisted_account_stays_registered_and_is_not_allowed() {
	ExtBuilder::build_and_execute(|| {
		assert_ok!(Topics::create(signed(ALICE), Box::new(parameters())));
		restrict(1, Registration::Worker, &[BOB]);
		assert_ok!(Topics::register(signed(BOB), 1, Registration::Worker, None));
		assert_ok!(Topics::disallow(signed(ALICE), 1, Registration::Worker, listed(&[BOB])));
		assert!(Topics::is_registered(1, &BOB, Registration::Worker));
		assert!(!Topics::is_allowed(1, &BOB, Registration::Worker));
	});
}

#[test]
fn list_events_have_only_the_accounts_that_changed() {
	ExtBuilder::build_and_execute(|| {
		assert_ok!(Topics::create(signed(ALICE), Box::new(parameters())));
		events();
		let (topic, registration) = (1, Registration::Reputer);
		assert_ok!(Topics::set_allow_list(signed(ALICE), topic, registration, true));
		assert_ok!(Topics::allow(signed(ALICE), topic, registration, listed(&[BOB, BOB])));
		assert_ok!(Topics::allow(signed(ALICE), topic, registration, listed(&[BOB, PAUPER])));
		assert_ok!(Topics::disallow(signed(ALICE), topic, registration, listed(&[BOB, ALICE])));
		let list = |accounts| listed(accounts);
		assert_eq!(
			events(),
			vec![
				Event::AllowListSet { topic, registration, enabled: true, in_force_from: Some(1) },
				Event::AccountsAllowed { topic, registration, accounts: list(&[BOB]) },
				Event::AccountsAllowed { topic, registration, accounts: list(&[PAUPER]) },
				Event::AccountsDisallowed { topic, registration, accounts: list(&[BOB]), until: 1 },
			]
		);
		assert_eq!(Registry::<Test>::get(1).unwrap().reputers.members, 1);
	});
}

#[test]
fn list_has_a_maximum_length() {
	ExtBuilder::build_and_execute(|| {
		assert_ok!(Topics::create(signed(ALICE), Box::new(parameters())));
		let worker = Registration::Worker;
		for hundred in 0..10u64 {
			let accounts: Vec<_> = (hundred * 100..(hundred + 1) * 100).collect();
			assert_ok!(Topics::allow(signed(ALICE), 1, worker, listed(&accounts)));
		}
		assert_eq!(Allowed::<Test>::iter_prefix(1).count() as u32, MAX_LISTED);
		assert_noop!(
			Topics::allow(signed(ALICE), 1, worker, listed(&[5_000])),
			Error::<Test>::ListFull
		);
		// Accounts already listed need no further place.
		assert_ok!(Topics::allow(signed(ALICE), 1, worker, listed(&[5, 6])));
		assert_ok!(Topics::disallow(signed(ALICE), 1, worker, listed(&[5])));
		assert_ok!(Topics::allow(signed(ALICE), 1, worker, listed(&[5_000])));
	});
}
