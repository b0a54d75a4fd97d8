//! Delegations, commissions, and the sharing of rewards.
//!
//! Account 1 is the reputer. The reporting of the epoch is open in blocks 110 to 119.

use super::*;
use crate::{
	types::Backing, Delegations, DelegatorsPot, Error, Event, HoldReason, PastRounds, Pools,
	Removals, Residue, Stakes, TopicStakes, Undelegations, WeightInfo,
};
use allora_primitives::testing::topics::ExistingTopics;
use allora_primitives::{
	api::DelegationInfo,
	traits::{EpochRecords, StakeInspect},
	EpochState, Slot, VoidReason,
};
use frame_support::{
	assert_noop, assert_ok,
	traits::{
		fungible::{Inspect, InspectHold, Mutate},
		TypedGet,
	},
	weights::{Weight, WeightMeter},
};
use proptest::prelude::*;
use sp_runtime::{traits::Dispatchable, Perbill, TokenError};

/// Dispatches a call, which undoes its changes if it fails.
fn send(who: u64, call: crate::Call<Test>) -> DispatchResult {
	let done = RuntimeCall::from(call).dispatch(RuntimeOrigin::signed(who));
	done.map(|_| ()).map_err(|failed| failed.error)
}

fn delegate(who: u64, amount: Balance) -> DispatchResult {
	send(who, crate::Call::delegate { topic: TOPIC, reputer: 1, amount })
}

fn undelegate(who: u64, amount: Balance) -> DispatchResult {
	send(who, crate::Call::undelegate { topic: TOPIC, reputer: 1, amount })
}

fn withdraw_for(who: u64) -> DispatchResult {
	send(200, crate::Call::withdraw_for { topic: TOPIC, reputer: 1, account: who })
}

fn claim(who: u64) -> DispatchResult {
	send(who, crate::Call::claim { topic: TOPIC, reputer: 1 })
}

fn compound(who: u64) -> DispatchResult {
	send(who, crate::Call::compound { topic: TOPIC, reputer: 1 })
}

fn set_commission(percent: u32) -> DispatchResult {
	let commission = Perbill::from_percent(percent);
	send(1, crate::Call::set_commission { topic: TOPIC, commission })
}

fn held(who: u64) -> Balance {
	Balances::balance_on_hold(&HoldReason::Delegation.into(), &who)
}

fn pot() -> Balance {
	Balances::balance(&DelegatorsPot::<Test>::get())
}

fn info(who: u64) -> DelegationInfo<u64> {
	Reputers::delegation(TOPIC, &1, &who).unwrap()
}

fn claimable(who: u64) -> Balance {
	info(who).claimable
}

/// The epoch that opens `nth` after [`EPOCH`].
fn epoch(nth: u64) -> EpochId {
	EPOCH + 10 * nth
}

/// Begins the slot in which the reporting of the `nth` epoch opens; the epoch before has not been
/// settled yet.
fn open(nth: u64) {
	System::set_block_number(epoch(nth));
	States::mutate(|states| {
		if !states.iter().any(|(known, _)| *known == epoch(nth)) {
			states.push((epoch(nth), EpochState::Collecting));
		}
	});
	assert_ok!(Reputers::open(&context(epoch(nth))));
	System::set_block_number(epoch(nth) + 10);
	set_state(nth, EpochState::Reporting);
}

fn set_state(nth: u64, state: EpochState) {
	States::mutate(|states| {
		states.iter_mut().filter(|(known, _)| *known == epoch(nth)).for_each(|one| one.1 = state)
	});
}

/// Lets account 1 report on the `nth` epoch.
fn report_on(nth: u64) {
	assert_ok!(Reputers::report(RuntimeOrigin::signed(1), TOPIC, epoch(nth), numbers(&[3])));
}

/// Settles the `nth` epoch with this reward of account 1. Returns the delegators' part, which is
/// paid into the pot.
fn settle(nth: u64, reward: Balance) -> Balance {
	let ((_, backings), _) = Reputers::freeze(&context(epoch(nth))).unwrap();
	let (parts, used) = Reputers::share(&context(epoch(nth)), &backings, &[(1, reward)]).unwrap();
	assert!(used.all_lte(<() as WeightInfo>::share(1)));
	let part = parts.iter().map(|(_, part)| part).sum();
	if part > 0 {
		Balances::mint_into(&DelegatorsPot::<Test>::get(), part).unwrap();
	}
	set_state(nth, EpochState::Settled);
	part
}

/// Delegations of this many planck of accounts 2 and 3 to a reputer with a stake of 128 planck,
/// since before the epoch's reporting opened.
fn with_delegations(two: Balance, three: Balance, test: impl FnOnce()) {
	ExtBuilder::default().stake(1, 128).build_and_execute(|| {
		System::set_block_number(REPORTS_OPEN - 1);
		assert_ok!(delegate(2, two));
		if three > 0 {
			assert_ok!(delegate(3, three));
		}
		System::set_block_number(REPORTS_OPEN);
		take_events();
		Heard::set(vec![]);
		test();
	});
}

#[test]
fn delegation_is_held_on_the_delegators_account_and_counts_for_the_reputer() {
	ExtBuilder::default().stake(1, 100).build_and_execute(|| {
		take_events();
		assert_ok!(delegate(2, 300));
		assert_eq!((held(2), Balances::balance(&2)), (300, FUNDS - 300));
		assert_eq!(Reputers::authority(TOPIC, &1), 400);
		assert_eq!((Reputers::topic_stake(TOPIC), Reputers::total_held()), (400, 400));
		let event =
			Event::Delegated { topic: TOPIC, who: 2, reputer: 1, amount: 300, delegation: 300 };
		assert_eq!(take_events(), vec![event]);
		assert_eq!(Heard::get(), vec![TOPIC]);
	});
}

#[test]
fn delegating_needs_a_reputer_whom_the_topic_admits_and_no_registration_of_ones_own() {
	ExtBuilder::default().stake(1, 100).build_and_execute(|| {
		Strangers::set(vec![2]);
		assert_ok!(delegate(2, 300));
		Strangers::set(vec![1]);
		assert_noop!(delegate(2, 300), Error::<Test>::NotRegistered);
		Strangers::set(vec![]);
		Excluded::set(vec![1]);
		assert_noop!(delegate(2, 300), Error::<Test>::NotAllowed);
	});
}

#[test]
fn delegation_is_at_least_the_minimum_or_nothing() {
	ExtBuilder::default().stake(1, 100).build_and_execute(|| {
		assert_noop!(delegate(2, 0), Error::<Test>::ZeroAmount);
		assert_noop!(delegate(1, 100), Error::<Test>::SelfDelegation);
		assert_noop!(delegate(2, MIN_DELEGATION - 1), Error::<Test>::DelegationTooLow);
		assert_noop!(delegate(2, FUNDS), TokenError::FundsUnavailable);
		assert_ok!(delegate(2, MIN_DELEGATION));
		assert_ok!(delegate(2, 1));
		assert_noop!(undelegate(2, 2), Error::<Test>::DelegationTooLow);
		assert_noop!(undelegate(2, 0), Error::<Test>::ZeroAmount);
		assert_noop!(undelegate(2, 12), Error::<Test>::StakeExceeded);
		assert_noop!(undelegate(3, 1), Error::<Test>::DelegationNotFound);
		assert_ok!(undelegate(2, 1));
		assert_ok!(undelegate(2, MIN_DELEGATION));
	});
}

#[test]
fn reputer_without_own_stake_may_report_by_what_is_delegated_to_it() {
	ExtBuilder::default().build_and_execute(|| {
		System::set_block_number(REPORTS_OPEN - 1);
		assert_ok!(delegate(2, 100));
		System::set_block_number(REPORTS_OPEN);
		assert_ok!(report(1));
		let ((reports, backings), _) = freeze().unwrap();
		assert_eq!(reports[0].authority, 100);
		let authority = crate::types::Authority { own: 0, delegated: 100 };
		assert_eq!(backings, [Backing { reputer: 1, authority }]);
	});
}

#[test]
fn removal_of_a_delegation_stops_counting_at_once_and_is_paid_by_anyone_when_due() {
	with_delegations(300, 0, || {
		assert_ok!(undelegate(2, 300));
		let due = REPORTS_OPEN + 50;
		let started = Event::UndelegationStarted {
			topic: TOPIC,
			who: 2,
			reputer: 1,
			removal_id: 0,
			amount: 300,
			due,
		};
		assert_eq!(take_events(), vec![started]);
		assert_eq!((Reputers::authority(TOPIC, &1), held(2)), (128, 300));
		System::set_block_number(due - 1);
		assert_noop!(withdraw_for(2), Error::<Test>::NothingDue);
		System::set_block_number(due);
		set_state(0, EpochState::Void(VoidReason::NoReport));
		assert_ok!(withdraw_for(2));
		let withdrawn = Event::UndelegationWithdrawn {
			topic: TOPIC,
			who: 2,
			reputer: 1,
			amount: 300,
			delegation: 0,
		};
		assert_eq!(take_events(), vec![withdrawn]);
		assert_eq!((held(2), Balances::balance(&2)), (0, FUNDS));
		// Nothing is left of the delegation, although it earned nothing.
		assert_eq!(Delegations::<Test>::iter().count() + Pools::<Test>::iter().count(), 0);
	});
}

#[test]
fn nothing_is_left_of_a_delegation_that_is_gone() {
	with_delegations(256, 0, || {
		report_on(0);
		assert_ok!(undelegate(2, 256));
		assert_ok!(unstake(1, 128));
		assert_eq!(settle(0, 3), 2);
		System::set_block_number(REPORTS_OPEN + 50);
		// The rewards are paid too.
		assert_ok!(withdraw_for(2));
		assert_eq!(Balances::balance(&2), FUNDS + 2);
		assert_ok!(withdraw_for(1));
		assert_eq!(Delegations::<Test>::iter().count() + Undelegations::<Test>::iter().count(), 0);
		assert_eq!(Pools::<Test>::iter().count() + PastRounds::<Test>::iter().count(), 0);
		assert_eq!(Stakes::<Test>::iter().count() + TopicStakes::<Test>::iter().count(), 0);
		assert_eq!(Removals::<Test>::iter().count(), 0);
		assert_eq!((pot(), Residue::<Test>::get()), (1, 0));
	});
}

#[test]
fn removal_of_a_delegation_can_be_cancelled() {
	with_delegations(300, 0, || {
		assert_ok!(undelegate(2, 100));
		take_events();
		let cancel = |who, id| {
			send(who, crate::Call::cancel_undelegate { topic: TOPIC, reputer: 1, removal_id: id })
		};
		assert_noop!(cancel(3, 0), Error::<Test>::RemovalNotFound);
		assert_noop!(cancel(2, 1), Error::<Test>::RemovalNotFound);
		assert_ok!(cancel(2, 0));
		let event = Event::UndelegationCancelled {
			topic: TOPIC,
			who: 2,
			reputer: 1,
			removal_id: 0,
			amount: 100,
		};
		assert_eq!(take_events(), vec![event]);
		assert_eq!((info(2).amount, Reputers::authority(TOPIC, &1)), (300, 428));
	});
}

#[test]
fn seventeenth_pending_removal_of_a_delegation_is_refused() {
	with_delegations(300, 0, || {
		for _ in 0..16 {
			assert_ok!(undelegate(2, 1));
		}
		assert_noop!(undelegate(2, 1), Error::<Test>::TooManyRemovals);
		// The reputer's own removals are counted apart.
		assert_ok!(unstake(1, 1));
	});
}

// Rewards

#[test]
fn reward_is_shared_by_stake_and_the_commission_is_the_reputers() {
	with_delegations(256, 128, || {
		assert_ok!(set_commission(25));
		System::set_block_number(REPORTS_OPEN + 50);
		States::mutate(|states| states.clear());
		open(6);
		report_on(6);
		take_events();
		// 128 of 512 planck are the reputer's own. A quarter of the other 3/4 is its commission.
		assert_eq!(settle(6, 128), 72);
		let event = Event::RewardShared {
			topic: TOPIC,
			epoch: epoch(6),
			who: 1,
			reward: 128,
			authority: crate::types::Authority { own: 128, delegated: 384 },
			commission: 24,
			to_delegators: 72,
		};
		assert_eq!(take_events(), vec![event]);
		assert_eq!((claimable(2), claimable(3)), (48, 24));
		assert_ok!(claim(2));
		let event = Event::RewardsClaimed { topic: TOPIC, who: 2, reputer: 1, amount: 48 };
		assert_eq!(take_events(), vec![event]);
		assert_eq!(Balances::balance(&2), FUNDS - 256 + 48);
		assert_noop!(claim(2), Error::<Test>::NothingToClaim);
		assert_noop!(claim(4), Error::<Test>::DelegationNotFound);
	});
}

#[test]
fn sharing_without_delegations_costs_nothing() {
	ExtBuilder::default().stake(1, 100).build_and_execute(|| {
		report_on(0);
		let ((_, backings), _) = freeze().unwrap();
		let shared = Reputers::share(&context(EPOCH), &backings, &[(1, 100)]);
		assert_eq!(shared, Ok((vec![], Weight::zero())));
	});
}

#[test]
fn late_delegation_does_not_share_in_an_epoch_whose_reporting_has_opened() {
	with_delegations(256, 0, || {
		report_on(0);
		// Twice as much in the last slot of the window, and once more before the close.
		System::set_block_number(REPORTS_LAST);
		assert_ok!(delegate(3, 512));
		System::set_block_number(REPORTS_LAST + 1);
		assert_ok!(delegate(4, 512));
		assert_eq!(info(3).earning, [(EPOCH, 0)]);
		assert_eq!(settle(0, 3_840), 2_560);
		assert_eq!((claimable(2), claimable(3), claimable(4)), (2_560, 0, 0));
		// They share in the next one, whose reporting opens later.
		open(2);
		report_on(2);
		assert_eq!(settle(2, 1_408), 1_280);
		assert_eq!((claimable(2), claimable(3), claimable(4)), (2_816, 512, 512));
	});
}

#[test]
fn delegation_removed_within_the_window_shares_in_that_epoch_and_no_later_one() {
	with_delegations(256, 256, || {
		report_on(0);
		assert_ok!(undelegate(3, 256));
		assert_eq!(settle(0, 640), 512);
		open(1);
		report_on(1);
		assert_eq!(settle(1, 384), 256);
		assert_eq!((claimable(2), claimable(3)), (512, 256));
		assert_ok!(claim(3));
		assert_eq!(Reputers::delegation_now(TOPIC, &1, &3), None);
	});
}

#[test]
fn several_changes_within_a_window_share_by_the_first_amount() {
	with_delegations(128, 128, || {
		report_on(0);
		assert_ok!(delegate(2, 200));
		assert_ok!(undelegate(2, 250));
		assert_ok!(delegate(2, 50));
		assert_eq!(settle(0, 384), 256);
		assert_eq!((claimable(2), claimable(3), info(2).amount), (128, 128, 128));
	});
}

#[test]
fn void_epoch_between_others_shares_nothing() {
	with_delegations(128, 128, || {
		assert_ok!(delegate(2, 128));
		Reputers::on_void(TOPIC, EPOCH, VoidReason::NoReport);
		set_state(0, EpochState::Void(VoidReason::NoReport));
		open(1);
		report_on(1);
		assert_eq!(settle(1, 512), 384);
		assert_eq!((claimable(2), claimable(3)), (256, 128));
	});
}

#[test]
fn delegator_that_sleeps_for_many_epochs_gets_exactly_its_part() {
	with_delegations(100, 100, || {
		report_on(0);
		// Account 2 is not touched again until the end; account 3 changes in each epoch.
		assert_ok!(delegate(2, 100));
		let mut expected = 0;
		for nth in 0..12 {
			if nth > 0 {
				open(nth);
				report_on(nth);
			}
			assert_ok!(delegate(3, 10));
			let part = settle(nth, 1_000 * (nth as Balance + 1));
			let three = 100 + 10 * nth as Balance;
			let two = if nth == 0 { 100 } else { 200 };
			// With 64 fraction bits, in hundredths of a planck.
			expected += part * two * 100 / (two + three);
		}
		let got = claimable(2) * 100;
		assert!((expected - 200..=expected + 200).contains(&got), "{got} of {expected}");
		assert_ok!(claim(2));
		assert_ok!(claim(3));
	});
}

#[test]
fn rounds_of_sleeping_delegators_leave_the_pool_and_are_found_again() {
	with_delegations(100, 100, || {
		let others = 4..=12u64;
		for (nth, who) in others.clone().enumerate() {
			let nth = nth as u64;
			if nth > 0 {
				open(nth);
			}
			report_on(nth);
			// Each delegates once, in another window, and sleeps.
			assert_ok!(delegate(who, 100));
			settle(nth, 1_000);
		}
		assert!(PastRounds::<Test>::iter().count() > 0);
		Reputers::do_try_state().unwrap();
		for who in others {
			if who < 12 {
				assert_ok!(claim(who));
			}
		}
		assert_eq!(PastRounds::<Test>::iter().count(), 0);
	});
}

#[test]
fn delegations_do_not_change_while_the_clock_is_many_epochs_late() {
	with_delegations(100, 0, || {
		assert_ok!(delegate(2, 10));
		for nth in 1..4 {
			open(nth);
			assert_ok!(delegate(2, 10));
		}
		open(4);
		assert_noop!(delegate(2, 10), Error::<Test>::TooManyUnsettled);
		set_state(0, EpochState::Void(VoidReason::NoReport));
		assert_ok!(delegate(2, 10));
	});
}

#[test]
fn thousand_claims_get_no_more_than_one() {
	with_delegations(300, 700, || {
		let mut paid = 0;
		for nth in 0..1_000u64 {
			if nth > 0 {
				open(nth);
			}
			report_on(nth);
			paid += settle(nth, 7);
			let _ = claim(2);
			Reputers::on_prune(TOPIC, epoch(nth));
			States::mutate(|states| states.retain(|(known, _)| *known != epoch(nth)));
		}
		// 1000 of 1128 planck are delegated: 6 of each 7 planck are the delegators'.
		assert_eq!(paid, 6_000);
		assert_eq!(Balances::balance(&2), FUNDS - 300 + 1_800);
		assert_eq!(claimable(3), 4_200);
	});
}

#[test]
fn compounding_delegates_the_rewards() {
	with_delegations(256, 0, || {
		report_on(0);
		settle(0, 384);
		take_events();
		assert_ok!(compound(2));
		let event = Event::RewardsCompounded {
			topic: TOPIC,
			who: 2,
			reputer: 1,
			amount: 256,
			delegation: 512,
		};
		assert_eq!(take_events(), vec![event]);
		assert_eq!((held(2), Balances::balance(&2)), (512, FUNDS - 256));
		assert_eq!(Reputers::authority(TOPIC, &1), 640);
		assert_noop!(compound(2), Error::<Test>::NothingToClaim);
	});
}

#[test]
fn rewards_of_the_reputer_are_not_added_to_its_stake() {
	with_delegations(300, 0, || {
		report_on(0);
		settle(0, 400);
		assert_eq!(Reputers::reputer_stake(TOPIC, &1).own, 128);
	});
}

// Commission

#[test]
fn rise_of_a_commission_waits_for_the_unbonding_time_and_a_cut_does_not() {
	with_delegations(300, 0, || {
		assert_ok!(set_commission(20));
		let from = REPORTS_OPEN + 50;
		let rate = Perbill::from_percent(20);
		let event = Event::CommissionSet { topic: TOPIC, who: 1, rate, from };
		assert_eq!(take_events(), vec![event]);
		let in_force = |slot: Slot| {
			System::set_block_number(slot);
			Reputers::reputer_stake(TOPIC, &1).commission
		};
		assert_eq!(in_force(from - 1), Perbill::zero());
		assert_eq!(Reputers::reputer_stake(TOPIC, &1).commission_rise, Some((rate, from)));
		assert_eq!(in_force(from), rate);
		assert_ok!(set_commission(10));
		assert_eq!(in_force(from), Perbill::from_percent(10));
		// A rise that has been announced ends with a cut.
		assert_ok!(set_commission(30));
		assert_ok!(set_commission(0));
		assert_eq!(in_force(from + 100), Perbill::zero());
		assert_eq!(crate::Commissions::<Test>::iter().count(), 0);
	});
}

#[test]
fn commission_cannot_rise_before_delegators_can_leave() {
	with_delegations(256, 0, || {
		report_on(0);
		assert_ok!(set_commission(50));
		// Half of the reward is not taken from those who could not leave yet.
		assert_eq!(settle(0, 384), 256);
		assert_ok!(undelegate(2, 256));
		System::set_block_number(REPORTS_OPEN + 50);
		assert_ok!(withdraw_for(2));
		assert_eq!(Balances::balance(&2), FUNDS + 256);
	});
}

#[test]
fn commission_is_limited_and_only_a_reputer_has_one() {
	ExtBuilder::default().build_and_execute(|| {
		assert_noop!(set_commission(51), Error::<Test>::CommissionTooHigh);
		Strangers::set(vec![1]);
		assert_noop!(set_commission(5), Error::<Test>::NotRegistered);
	});
}

// Rights

#[test]
fn delegators_keep_their_rights_when_the_reputer_leaves_and_the_topic_is_forgotten() {
	with_delegations(256, 256, || {
		report_on(0);
		settle(0, 640);
		assert_ok!(set_commission(5));
		Strangers::set(vec![1]);
		while !Reputers::on_forget(TOPIC, &mut WeightMeter::new()) {}
		ExistingTopics::set(Some(vec![OTHER_TOPIC]));
		States::set(vec![]);
		assert_eq!(crate::Commissions::<Test>::iter().count(), 0);
		assert_ok!(claim(2));
		assert_noop!(compound(3), Error::<Test>::NotRegistered);
		assert_ok!(undelegate(2, 256));
		assert_ok!(undelegate(3, 256));
		assert_ok!(unstake(1, 128));
		System::set_block_number(REPORTS_OPEN + 50);
		for who in 1..=3 {
			assert_ok!(withdraw_for(who));
		}
		let balances = (1..=3).map(|who| Balances::balance(&who));
		assert_eq!(balances.collect::<Vec<_>>(), [FUNDS, FUNDS + 256, FUNDS + 256]);
		assert_eq!(Pools::<Test>::iter().count() + Stakes::<Test>::iter().count(), 0);
	});
}

#[test]
fn pending_removals_and_delegations_are_listed() {
	with_delegations(300, 0, || {
		assert_ok!(undelegate(2, 100));
		let other = Reputers::delegate(RuntimeOrigin::signed(2), OTHER_TOPIC, 3, 50);
		assert_ok!(other);
		let all = Reputers::delegations(&2);
		let listed: Vec<_> = all.iter().map(|one| (one.topic, one.reputer, one.amount)).collect();
		assert_eq!(listed, [(TOPIC, 1, 200), (OTHER_TOPIC, 3, 50)]);
		assert_eq!(info(2).earning, [(EPOCH, 300)]);
		let removals: Vec<_> = info(2).removals.iter().map(|one| (one.amount, one.due)).collect();
		assert_eq!(removals, [(100, REPORTS_OPEN + 50)]);
		assert_eq!(Reputers::delegations(&4), []);
	});
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(64))]
	/// Whatever accounts do in whatever epoch, what a pool has is exactly what its delegations have
	/// earned, and everybody can leave with what is theirs.
	#[test]
	fn money_of_delegators_adds_up(
		steps in prop::collection::vec((0u8..8, 2u64..7, 1u128..200), 1..80),
	) {
		let mut nth = 0;
		ExtBuilder::default().stake(1, 500).build_and_execute(|| {
			for (step, who, amount) in steps {
				let _ = match step {
					0 | 1 => delegate(who, amount),
					2 => undelegate(who, amount),
					3 => claim(who),
					4 => compound(who),
					5 => withdraw_for(who),
					6 => {
						System::set_block_number(System::block_number() + 3);
						Ok(())
					}
					_ => {
						let now = System::block_number();
						if amount.is_multiple_of(5) || now > epoch(nth) + 19 {
							set_state(nth, EpochState::Void(VoidReason::NoReport));
						} else {
							let origin = RuntimeOrigin::signed(1);
							let sent = Reputers::report(origin, TOPIC, epoch(nth), numbers(&[3]));
							if sent.is_ok() {
								settle(nth, amount * 97);
							} else {
								set_state(nth, EpochState::Void(VoidReason::NoReport));
							}
						}
						nth += 1;
						while epoch(nth) + 10 < now {
							nth += 1;
						}
						open(nth);
						Ok(())
					}
				};
				Reputers::do_try_state().unwrap();
			}
			set_state(nth, EpochState::Void(VoidReason::NoReport));
			for who in 2..7 {
				if let Some(delegation) = Reputers::delegation_now(TOPIC, &1, &who) {
					if delegation.amount > 0 {
						System::set_block_number(System::block_number() + 100);
						let _ = withdraw_for(who);
						assert_ok!(undelegate(who, delegation.amount));
					}
				}
				System::set_block_number(System::block_number() + 100);
				let _ = withdraw_for(who);
				let _ = claim(who);
				assert_eq!(held(who), 0);
			}
			assert_eq!(Pools::<Test>::iter().count(), 0);
			assert_eq!(pot(), 1 + Residue::<Test>::get());
		});
	}
}
