//! Delegations, commissions, and the sharing of rewards.
//!
//! Account 1 is the reputer. The reporting of the epoch is open in blocks 110 to 119.

mod calls;
mod commission;
mod rewards;
mod rights;

use super::*;
use crate::{DelegatorsPot, HoldReason, WeightInfo};
use allora_primitives::{api::DelegationInfo, EpochState};
use frame_support::{
	assert_ok,
	traits::{
		fungible::{Inspect, InspectHold, Mutate},
		TypedGet,
	},
};
use sp_runtime::{traits::Dispatchable, Perbill};

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
