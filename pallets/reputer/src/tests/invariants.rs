//! Violations that `try_state` finds.

use super::*;
use crate::{
	pool::Round,
	types::{Authority, Commission, StakeRecord},
	Commissions, Delegations, HoldReason, PastRounds, Pools, Stakes, TopicRemovals, TopicStakes,
	TotalStake, Windows,
};
use frame_support::{assert_ok, hypothetically, traits::fungible::hold::Mutate};
use sp_runtime::Perbill;

/// Runs a topic to an open reporting window: accounts 2 and 3 have delegated 200 planck each to
/// account 1, which has reported; account 2 has added 100 and account 3 has removed 100 since then.
/// Corrupts the state, and checks that `try_state` finds this error.
fn is_found(error: &'static str, corrupt: impl FnOnce()) {
	ExtBuilder::default().stake(1, 100).build_and_execute(|| {
		let signed = RuntimeOrigin::signed;
		System::set_block_number(REPORTS_OPEN - 1);
		assert_ok!(Reputers::delegate(signed(2), TOPIC, 1, 200));
		assert_ok!(Reputers::delegate(signed(3), TOPIC, 1, 200));
		System::set_block_number(REPORTS_OPEN);
		assert_ok!(report(1));
		assert_ok!(Reputers::delegate(signed(2), TOPIC, 1, 100));
		assert_ok!(Reputers::undelegate(signed(3), TOPIC, 1, 100));
		assert_ok!(Reputers::do_try_state());
		hypothetically!({
			corrupt();
			assert_eq!(Reputers::do_try_state(), Err(error.into()));
		});
	});
}

#[test]
fn hold_without_a_record_is_found() {
	for reason in [HoldReason::Stake, HoldReason::Delegation] {
		is_found("a balance on hold is not the account's stake", || {
			assert_ok!(Balances::hold(&reason.into(), &9, 5));
		});
	}
}

#[test]
fn record_of_an_account_that_does_not_exist_is_found() {
	is_found("a stake of no account is stored", || {
		let stake = Authority { own: 5, delegated: 0 };
		let record = StakeRecord { stake, ..Default::default() };
		Stakes::<Test>::insert(OTHER_TOPIC, LAST_ACCOUNT + 1, record);
		TopicStakes::<Test>::insert(OTHER_TOPIC, 5);
		TotalStake::<Test>::mutate(|total| *total += 5);
	});
}

#[test]
fn sum_of_removals_that_is_not_the_topics_is_found() {
	let error = "removals do not sum to their topic's sum";
	is_found(error, || TopicRemovals::<Test>::mutate(TOPIC, |sum| *sum += 1));
	is_found(error, || TopicRemovals::<Test>::insert(OTHER_TOPIC, 0));
}

#[test]
fn delegation_that_earns_by_another_amount_than_was_reported_is_found() {
	is_found("delegations earn by other amounts than the report counts", || {
		Delegations::<Test>::mutate((2, TOPIC, 1), |delegation| {
			let earlier = &mut delegation.as_mut().unwrap().earlier;
			assert_eq!(earlier.to_vec(), [(EPOCH, 200)]);
			earlier[0].1 += 1;
		});
	});
}

#[test]
fn reports_without_a_window_are_found() {
	let error = "an epoch with reports that has not ended has no window";
	is_found(error, || Windows::<Test>::remove(TOPIC));
}

#[test]
fn commission_of_nothing_or_above_the_maximum_is_found() {
	let maximum = MaxCommission::get();
	let above = Perbill::from_parts(maximum.deconstruct() + 1);
	for (error, commission) in [
		("a commission of nothing is stored", Commission::default()),
		("a commission is above the maximum", Commission { rate: above, rise: None }),
		(
			"a commission is above the maximum",
			Commission { rate: maximum, rise: Some((above, 1_000)) },
		),
	] {
		is_found(error, || Commissions::<Test>::insert(TOPIC, 1, commission));
	}
}

#[test]
fn round_that_left_its_pool_before_its_end_is_found() {
	is_found("a round left its pool before its end", || {
		let round = Pools::<Test>::mutate(TOPIC, 1, |pool| pool.rounds.remove(0));
		assert_eq!(round, Round { epoch: EPOCH, delegations: 2, per_share: None });
		PastRounds::<Test>::insert((TOPIC, 1, EPOCH), round);
	});
}
