//! The sharing of rewards, and their claims.

use super::*;
use crate::{Delegations, Error, Event, PastRounds, Pools, Reports, Residue};
use allora_primitives::{
	traits::{EpochRecords, StakeInspect},
	VoidReason,
};
use frame_support::{assert_noop, assert_storage_noop, weights::Weight};
use proptest::prelude::*;

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
fn late_opening_does_not_drop_the_window_of_an_epoch_that_awaits_its_close() {
	with_delegations(256, 0, || {
		report_on(0);
		// An epoch off the grid opens a slot late, before the clock has closed the one before.
		System::set_block_number(REPORTS_LAST + 1);
		States::mutate(|states| states.push((REPORTS_LAST, EpochState::Collecting)));
		assert_ok!(Reputers::open(&context(REPORTS_LAST)));
		assert_ok!(delegate(3, 256));
		assert_eq!(info(3).earning, [(EPOCH, 0)]);
		// 128 of 384 planck are the reputer's own stake.
		assert_eq!(settle(0, 384), 256);
		assert_eq!((claimable(2), claimable(3)), (256, 0));
		assert_ok!(claim(2));
		assert_eq!(Balances::balance(&2), FUNDS);
	});
}

#[test]
fn delegator_that_leaves_after_a_late_opening_shares_in_the_epoch_that_awaits_its_close() {
	with_delegations(256, 0, || {
		report_on(0);
		System::set_block_number(REPORTS_LAST + 1);
		States::mutate(|states| states.push((REPORTS_LAST, EpochState::Collecting)));
		assert_ok!(Reputers::open(&context(REPORTS_LAST)));
		assert_ok!(undelegate(2, 256));
		assert_eq!(settle(0, 384), 256);
		assert_ok!(claim(2));
		assert_eq!(Balances::balance(&2), FUNDS);
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

/// Lets each of these accounts delegate in another window, so that the first rounds leave the pool.
fn delegate_in_turn(accounts: core::ops::RangeInclusive<u64>) {
	for (nth, who) in (0..).zip(accounts) {
		if nth > 0 {
			open(nth);
		}
		assert_ok!(delegate(who, 100));
		set_state(nth, EpochState::Void(VoidReason::NoReport));
	}
	assert!(PastRounds::<Test>::iter().count() > 0);
}

#[test]
fn withdrawing_a_part_leaves_the_rewards_of_the_rest() {
	with_delegations(128, 0, || {
		report_on(0);
		assert_ok!(undelegate(2, 64));
		assert_eq!(settle(0, 256), 128);
		// The round that account 2 is in leaves the pool.
		delegate_in_turn(4..=12);
		System::set_block_number(System::block_number() + 50);
		assert_ok!(withdraw_for(2));
		Reputers::do_try_state().unwrap();
		assert_eq!((info(2).amount, info(2).earning, claimable(2)), (64, vec![], 128));
		assert_ok!(claim(2));
		assert_ok!(undelegate(2, 64));
		System::set_block_number(System::block_number() + 50);
		assert_ok!(withdraw_for(2));
		assert_eq!((Delegations::<Test>::get((2, TOPIC, 1)), held(2)), (None, 0));
	});
}

#[test]
fn looking_at_a_delegation_changes_nothing() {
	with_delegations(100, 100, || {
		delegate_in_turn(4..=12);
		for who in 4..=12 {
			assert_storage_noop!(assert!(Reputers::delegation_now(TOPIC, &1, &who).is_some()));
		}
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

/// Closes the `nth` epoch: if account 1 has reported on it, settles it with this reward, else
/// voids it.
fn close(nth: u64, reward: Balance) {
	if reward > 0 && Reports::<Test>::contains_key(TOPIC, epoch(nth)) {
		settle(nth, reward);
	} else {
		set_state(nth, EpochState::Void(VoidReason::NoReport));
	}
	// As the clock does, for records of accounts have no more outcomes than that.
	let kept = 10 * u64::from(Parameters::get().history);
	let known: Vec<_> = Reports::<Test>::iter_key_prefix(TOPIC).collect();
	for old in known.into_iter().filter(|known| known + kept < epoch(nth)) {
		Reputers::on_prune(TOPIC, old);
		States::mutate(|states| states.retain(|(epoch, _)| *epoch != old));
	}
}

/// Opens an epoch off the grid that was due in the slot before, as in a topic that was revived. It
/// gets no inference.
fn open_off_the_grid() {
	let epoch = System::block_number() - 1;
	if States::get().iter().any(|(known, _)| *known == epoch) {
		return;
	}
	States::mutate(|states| states.push((epoch, EpochState::Collecting)));
	assert_ok!(Reputers::open(&context(epoch)));
	let reason = VoidReason::NoInference;
	Reputers::on_void(TOPIC, epoch, reason);
	States::mutate(|states| {
		states.retain(|(known, _)| *known != epoch);
		states.push((epoch, EpochState::Void(reason)));
	});
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(64))]
	/// Whatever accounts do in whatever epoch, and however late epochs open and close, what a pool
	/// has is exactly what its delegations have earned, and everybody can leave with what is theirs.
	#[test]
	fn money_of_delegators_adds_up(
		steps in prop::collection::vec((0u8..10, 2u64..7, 1u128..200), 1..80),
	) {
		let mut nth = 0;
		ExtBuilder::default().last_account(6).stake(1, 500).build_and_execute(|| {
			for (step, who, amount) in steps {
				let now = System::block_number();
				let _ = match step {
					0 | 1 => delegate(who, amount),
					2 => undelegate(who, amount),
					3 => claim(who),
					4 => compound(who),
					5 => withdraw_for(who),
					6 => {
						System::set_block_number(now + 1 + amount as u64 % 8);
						Ok(())
					}
					7 => {
						let (topic, epoch) = (TOPIC, epoch(nth));
						send(1, crate::Call::report { topic, epoch, truth: numbers(&[3]) })
					}
					8 => {
						open_off_the_grid();
						Ok(())
					}
					_ => {
						close(nth, if amount.is_multiple_of(5) { 0 } else { amount * 97 });
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
			close(nth, 0);
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
