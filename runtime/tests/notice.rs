//! Notice: what a topic's creator can do to those who have stake in it, on the real runtime (S 16).

use crate::support::{block, call, now, on_chain, run_to};
use allora_primitives::{
	api::runtime_decl_for_topics_api::TopicsApi,
	traits::{EpochInspect, StakeInspect},
	EpochId, FixedI128, Registration, Slot, TopicId, TopicParameters, ALLO,
};
use allora_runtime::{
	AccountId, Balances, Clock, Inference, Reputer, Runtime, RuntimeCall, RuntimeHoldReason,
};
use frame_support::{
	assert_ok,
	traits::{fungible::InspectHold, Get},
	BoundedVec,
};
use sp_keyring::Sr25519Keyring::{self, *};
use sp_runtime::DispatchError;

const TOPIC: TopicId = 1;
const EPOCH_LENGTH: Slot = 10;

fn try_send(who: Sr25519Keyring, sent: impl Into<RuntimeCall>) -> Result<(), DispatchError> {
	call(&who.to_account_id(), sent)
}

fn send(who: Sr25519Keyring, sent: impl Into<RuntimeCall>) {
	assert_ok!(try_send(who, sent));
}

fn register(who: Sr25519Keyring, registration: Registration) {
	send(who, pallet_registry::Call::register { topic: TOPIC, registration, owner: None });
}

fn stake(who: Sr25519Keyring, amount: u128) -> Result<(), DispatchError> {
	try_send(who, pallet_reputer::Call::stake { topic: TOPIC, amount: amount * ALLO })
}

fn report(who: Sr25519Keyring, epoch: EpochId) -> Result<(), DispatchError> {
	let truth = BoundedVec::truncate_from(vec![FixedI128::from_u32(8)]);
	try_send(who, pallet_reputer::Call::report { topic: TOPIC, epoch, truth })
}

fn not_allowed() -> DispatchError {
	pallet_reputer::Error::<Runtime>::NotAllowed.into()
}

/// The balance that an account has on hold as stake.
fn staked(who: Sr25519Keyring) -> u128 {
	let reason = RuntimeHoldReason::Reputer(pallet_reputer::HoldReason::Stake);
	Balances::balance_on_hold(&reason, &who.to_account_id())
}

/// A topic of Ferdie's with the worker Bob, and with the reputers One and Two, who have 1 000 ALLO of
/// stake each. Returns the first epoch, which has just opened.
fn start() -> EpochId {
	block(|| {
		let parameters = Box::new(TopicParameters::regression(EPOCH_LENGTH as u32, 4, 10));
		send(Ferdie, pallet_registry::Call::create { parameters });
		register(Bob, Registration::Worker);
		for who in [One, Two] {
			register(who, Registration::Reputer);
			assert_ok!(stake(who, 1_000));
		}
		send(Ferdie, pallet_registry::Call::fund { topic: TOPIC, amount: 100 * ALLO });
	});
	let collecting = || {
		block(|| ());
		<Clock as EpochInspect>::collecting_epoch(TOPIC)
	};
	(0..20).find_map(|_| collecting()).expect("the topic is active")
}

fn unstake(who: Sr25519Keyring, amount: u128) {
	send(who, pallet_reputer::Call::unstake { topic: TOPIC, amount: amount * ALLO });
}

/// Enables the reputers' list.
fn enable_list() {
	let (topic, registration) = (TOPIC, Registration::Reputer);
	send(Ferdie, pallet_registry::Call::set_allow_list { topic, registration, enabled: true });
}

/// Enables the reputers' list with this account as its only one.
fn allow_only(who: Sr25519Keyring) {
	let (topic, registration) = (TOPIC, Registration::Reputer);
	let accounts = BoundedVec::truncate_from(vec![who.to_account_id()]);
	send(Ferdie, pallet_registry::Call::allow { topic, registration, accounts });
	enable_list();
}

/// Bob's inference for the epoch that opens in this slot.
fn infer(epoch: EpochId) {
	let inference = Some(BoundedVec::truncate_from(vec![Some(FixedI128::from_u32(8))]));
	send(Bob, pallet_inference::Call::submit { topic: TOPIC, epoch, inference, forecast: None });
	let role = allora_primitives::Role::Inferer;
	assert!(Inference::outcome(TOPIC, epoch, role, &Bob.to_account_id()).is_some());
}

/// In the block in which reporting opened, a creator used to enable a list with itself on it: all
/// other reports were refused, and its own decided.
#[test]
fn creator_excludes_nobody_before_the_notice_is_over_and_stakers_leave_before() {
	let notice: Slot = on_chain_value(pallet_timing::UnbondingSlots::<Runtime>::get).into();
	on_chain(|| {
		let first = start();
		block_at(first, || infer(first));
		let acts = first + EPOCH_LENGTH + notice;
		let last = acts + EPOCH_LENGTH;
		for epoch in (first + EPOCH_LENGTH..=last).step_by(EPOCH_LENGTH as usize) {
			block_at(epoch, || {
				infer(epoch);
				let before = epoch - EPOCH_LENGTH;
				if before == first {
					register(Ferdie, Registration::Reputer);
					assert_ok!(stake(Ferdie, 100));
					allow_only(Ferdie);
					// One leaves, Two stays. Nobody who will be excluded can add stake.
					unstake(One, 1_000);
					assert_eq!(stake(Two, 1), Err(not_allowed()));
					assert_ok!(stake(Ferdie, 1));
					let announced = Runtime::topic(TOPIC).unwrap().announced;
					assert_eq!(announced.reputers_listed_from, Some(now() + notice));
				}
				// Whoever may report on an epoch when it opens can do so when its truth is known.
				let expected = if before < acts { Ok(()) } else { Err(not_allowed()) };
				assert_eq!(report(Two, before), expected, "epoch {before}");
			});
		}
		block(|| {
			let withdraw = || pallet_reputer::Call::withdraw { topic: TOPIC };
			send(One, withdraw());
			assert_eq!(staked(One), 0);
			// Two did not leave in time: its stake counts no more, and is free without the unbonding
			// time once the epoch on which it could report is closed.
			unstake(Two, 1_000);
			assert!(try_send(Two, withdraw()).is_err());
			assert_eq!(<Reputer as StakeInspect<AccountId>>::topic_stake(TOPIC), 101 * ALLO);
		});
		block_at(last + EPOCH_LENGTH + 2, || {
			send(Two, pallet_reputer::Call::withdraw { topic: TOPIC });
			assert_eq!(staked(Two), 0);
		});
	});
}

/// A creator that was a topic's only staker used to be free of the unbonding time: it removed its
/// stake, so that a list which excluded it was in force in the same block.
#[test]
fn creator_has_no_immediate_powers_while_stake_is_being_removed() {
	let notice: Slot = on_chain_value(pallet_timing::UnbondingSlots::<Runtime>::get).into();
	on_chain(|| {
		block(|| {
			let parameters = Box::new(TopicParameters::regression(EPOCH_LENGTH as u32, 4, 10));
			send(Ferdie, pallet_registry::Call::create { parameters });
			register(Ferdie, Registration::Reputer);
			assert_ok!(stake(Ferdie, 1_000));
		});
		block(|| {
			unstake(Ferdie, 1_000);
			enable_list();
		});
		let acts = now() + notice;
		let announced = Runtime::topic(TOPIC).unwrap().announced;
		assert_eq!(announced.reputers_listed_from, Some(acts));
		let withdraw = || try_send(Ferdie, pallet_reputer::Call::withdraw { topic: TOPIC });
		while now() + 1 < acts {
			let nothing_due = pallet_reputer::Error::<Runtime>::NothingDue;
			block(|| assert_eq!(withdraw(), Err(nothing_due.into())));
			assert_eq!(staked(Ferdie), 1_000 * ALLO);
		}
		block(|| {
			assert_ok!(withdraw());
		});
		assert_eq!(staked(Ferdie), 0);
	});
}

/// A creator used to take an epoch whose reputers had started to remove their stake, which counts
/// until the close: no other stake was left, so that a list without them was in force at once.
#[test]
fn reputer_that_is_removing_its_stake_reports_although_no_other_stake_is_left() {
	on_chain(|| {
		let first = start();
		block_at(first, || infer(first));
		block_at(first + EPOCH_LENGTH, || {
			// Two is an account of the creator's.
			for who in [One, Two] {
				unstake(who, 1_000);
			}
			assert_eq!(<Reputer as StakeInspect<AccountId>>::topic_stake(TOPIC), 0);
			allow_only(Two);
			assert_ok!(report(One, first));
			assert_ok!(report(Two, first));
		});
	});
}

/// A creator that changes the rule and changes it back used to make the topic forget everybody's
/// claims within two blocks, and could retire the topic at any moment.
#[test]
fn rule_and_retirement_of_a_topic_with_stake_are_announced() {
	let notice: Slot = on_chain_value(pallet_timing::UnbondingSlots::<Runtime>::get).into();
	on_chain(|| {
		start();
		let topic = || Runtime::topic(TOPIC).unwrap();
		block(|| {
			let changes = allora_primitives::TopicUpdate {
				rule: Some(allora_primitives::Rule::Regret),
				..Default::default()
			};
			let update = pallet_registry::Call::update { topic: TOPIC, changes: changes.into() };
			send(Ferdie, update);
			send(Ferdie, pallet_registry::Call::retire { topic: TOPIC });
		});
		let due = now() + notice;
		assert_eq!(topic().parameters.rule, allora_primitives::Rule::Mixture);
		assert!(!topic().retired);
		assert_eq!(topic().announced.retirement, Some(due));
		assert_eq!(topic().announced.update.map(|(_, due)| due), Some(due));
		let retire = || try_send(Ferdie, pallet_registry::Call::retire { topic: TOPIC });
		block_at(due - 1, || assert!(retire().is_err()));
		block(|| {
			assert_ok!(retire());
		});
		assert!(topic().retired);
	});
}

/// Runs to the slot before, then makes the block of this slot.
fn block_at(slot: Slot, inside: impl FnOnce()) {
	if now() < slot {
		run_to(slot - 1);
		block(inside);
	} else {
		block(inside);
	}
}

/// A value of the development chain.
fn on_chain_value<R>(read: impl FnOnce() -> R) -> R {
	crate::support::preset::preset("development").execute_with(read)
}
