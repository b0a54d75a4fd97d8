//! Stake, delegations and their rewards over whole epochs, on the real runtime (S 14).

use crate::support::{begin_block_in, block, call, now, on_chain, run_to};
use allora_primitives::{
	api::{runtime_decl_for_explain_api::ExplainApi, DelegationInfo},
	traits::{EpochInspect, StakeInspect, TopicClock, TopicInspect, TopicPot},
	Balance, EpochId, EpochState, FixedI128, Registration, Slot, Step, TopicId, TopicParameters,
	ALLO,
};
use allora_runtime::{
	AccountId, Balances, Clock, Emissions, Executive, Reputer, Runtime, RuntimeCall,
	RuntimeHoldReason, RuntimeOrigin, System, Timestamp, Topics,
};
use frame_support::{
	assert_noop, assert_ok,
	dispatch::DispatchClass,
	traits::{
		fungible::{Inspect, InspectHold},
		TypedGet,
	},
	BoundedVec,
};
use pallet_reputer::{Call, DelegatorsPot, Error, HoldReason};
use sp_keyring::Sr25519Keyring::{self, *};
use sp_runtime::{traits::Dispatchable, DispatchError, Perbill};

const TOPIC: TopicId = 1;
const LENGTH: EpochId = 10;
/// The unbonding time of the development chain, in slots.
const UNBONDING: u64 = 60;

fn send(who: Sr25519Keyring, sent: impl Into<RuntimeCall>) -> Result<(), DispatchError> {
	call(&who.to_account_id(), sent)
}

/// Creates a topic with the workers Bob and Charlie and the reputers One and Two, who stake 1000
/// ALLO each; then `and` in the same block. Returns the first epoch, which has just opened.
fn start(and: impl FnOnce()) -> EpochId {
	block(|| {
		let parameters = Box::new(TopicParameters::regression(LENGTH as u32, 4, LENGTH as u32));
		assert_ok!(send(Alice, pallet_registry::Call::create { parameters }));
		for (registration, accounts) in
			[(Registration::Worker, [Bob, Charlie]), (Registration::Reputer, [One, Two])]
		{
			for who in accounts {
				let topic = TOPIC;
				let register = pallet_registry::Call::register { topic, registration, owner: None };
				assert_ok!(send(who, register));
				if registration == Registration::Reputer {
					assert_ok!(send(who, Call::stake { topic, amount: 1_000 * ALLO }));
				}
			}
		}
		assert_ok!(send(Alice, pallet_registry::Call::fund { topic: TOPIC, amount: 100 * ALLO }));
		and();
	});
	let collecting = || {
		block(|| ());
		<Clock as EpochInspect>::collecting_epoch(TOPIC)
	};
	(0..20).find_map(|_| collecting()).expect("the topic is active")
}

fn report(who: Sr25519Keyring, epoch: EpochId) -> Result<(), DispatchError> {
	let truth = BoundedVec::truncate_from(vec![FixedI128::from_u32(3)]);
	send(who, Call::report { topic: TOPIC, epoch, truth })
}

/// Sends the inferences of an epoch.
fn submit(epoch: EpochId) {
	for (who, value) in [(Bob, 3), (Charlie, 4)] {
		let inference = Some(BoundedVec::truncate_from(vec![Some(FixedI128::from_u32(value))]));
		let topic = TOPIC;
		let submit = pallet_inference::Call::submit { topic, epoch, inference, forecast: None };
		assert_ok!(send(who, submit));
	}
}

/// Sends the inferences of an epoch, and goes on to the block before its reporting opens.
fn infer(epoch: EpochId) {
	run_to(epoch);
	block(|| submit(epoch));
	run_to(epoch + LENGTH - 1);
}

/// The reward of a reputer, with its delegators' part.
fn reward(who: Sr25519Keyring, epoch: EpochId) -> Balance {
	Runtime::explain(who.to_account_id(), TOPIC, epoch).reputer.standing.reward
}

fn delegate(who: Sr25519Keyring, allo: Balance) {
	let (reputer, amount) = (One.to_account_id(), allo * ALLO);
	assert_ok!(send(who, Call::delegate { topic: TOPIC, reputer, amount }));
}

fn delegation(who: Sr25519Keyring) -> DelegationInfo<AccountId> {
	Reputer::delegation(TOPIC, &One.to_account_id(), &who.to_account_id()).expect("there is one")
}

fn held(reason: impl Into<RuntimeHoldReason>, who: Sr25519Keyring) -> Balance {
	Balances::balance_on_hold(&reason.into(), &who.to_account_id())
}

/// A removal that was started right after staking used to be withdrawn at any moment, for instance
/// in the block in which reporting opens: the account reported with the frozen stake and was paid,
/// with nothing on hold.
#[test]
fn stake_whose_removal_was_started_right_after_staking_gives_no_authority_once_it_is_free() {
	on_chain(|| {
		let unstake = || Call::unstake { topic: TOPIC, amount: 1_000 * ALLO };
		let first = start(|| {
			assert_ok!(send(One, unstake()));
		});
		let started = now();
		// In no epoch, before or after it is due.
		infer(first);
		block(|| {
			assert_noop!(report(One, first), Error::<Runtime>::StakeTooLow);
		});
		let epoch = first + LENGTH * (UNBONDING / LENGTH);
		infer(epoch);
		assert!(now() + 1 >= started + UNBONDING);
		block(|| {
			assert_ok!(send(One, Call::withdraw { topic: TOPIC }));
			assert_noop!(report(One, epoch), Error::<Runtime>::StakeTooLow);
			assert_ok!(report(Two, epoch));
		});
		run_to(epoch + 2 * LENGTH);
		assert_eq!((reward(One, epoch), held(HoldReason::Stake, One)), (0, 0));
		assert!(reward(Two, epoch) > 0);
	});
}

#[test]
fn weight_of_a_topic_does_not_rest_on_stake_that_is_being_removed() {
	on_chain(|| {
		start(|| ());
		assert_eq!(Reputer::topic_stake(TOPIC), 2_000 * ALLO);
		block(|| {
			assert_ok!(send(One, Call::unstake { topic: TOPIC, amount: 600 * ALLO }));
		});
		assert_eq!(Reputer::topic_stake(TOPIC), 1_400 * ALLO);
		assert_eq!(held(HoldReason::Stake, One), 1_000 * ALLO);
	});
}

#[test]
fn authority_of_an_epoch_is_on_hold_until_the_epoch_is_settled() {
	on_chain(|| {
		let epoch = start(|| ());
		infer(epoch);
		block(|| {
			assert_ok!(report(One, epoch));
			assert_ok!(send(One, Call::unstake { topic: TOPIC, amount: 1_000 * ALLO }));
		});
		while Runtime::explain(One.to_account_id(), TOPIC, epoch).reputer.learned.is_none() {
			assert_eq!(held(HoldReason::Stake, One), 1_000 * ALLO);
			block(|| {
				let _ = send(One, Call::withdraw { topic: TOPIC });
			});
		}
		assert!(reward(One, epoch) > 0);
	});
}

#[test]
fn reward_reaches_delegators_by_stake_and_late_ones_take_nothing_of_it() {
	on_chain(|| {
		let epoch = start(|| delegate(Eve, 3_000));
		infer(epoch);
		block(|| {
			assert_ok!(report(One, epoch));
		});
		// In the last block before the close.
		run_to(epoch + 2 * LENGTH - 2);
		block(|| delegate(Ferdie, 50_000));
		run_to(epoch + 2 * LENGTH);
		let reward = reward(One, epoch);
		let part = reward * 3 / 4;
		assert!(reward > ALLO / 1_000, "{reward}");
		let claimable = delegation(Eve).claimable;
		assert!((part - 1..=part).contains(&claimable), "{claimable} of {part}");
		assert_eq!(delegation(Ferdie).claimable, 0);

		let (eve, pot) = (Eve.to_account_id(), DelegatorsPot::<Runtime>::get());
		let before = (Balances::balance(&eve), Balances::balance(&pot));
		block(|| {
			let reputer = One.to_account_id();
			assert_ok!(send(Eve, Call::claim { topic: TOPIC, reputer }));
		});
		let after = (Balances::balance(&eve), Balances::balance(&pot));
		assert_eq!(after, (before.0 + claimable, before.1 - claimable));
		// The rest is the reputer's, which is paid as before.
		let paid = pallet_emissions::LedgerTotals::<Runtime>::get().paid;
		assert!(paid >= reward, "{paid} of {reward}");
	});
}

/// Makes a block in which the clock has room for an opening, but not for a reputer close as well.
fn crowded_block_in(slot: Slot, inside: impl FnOnce()) {
	let time = begin_block_in(slot);
	assert_ok!(Timestamp::set(RuntimeOrigin::none(), time));
	let parameters = Topics::parameters(TOPIC).expect("the topic exists");
	let worst = |step| Clock::step_weight(step, &parameters);
	let left = worst(Step::Open).saturating_add(worst(Step::CloseReputers) / 2);
	let full = System::remaining_block_weight().remaining().saturating_sub(left);
	// Hooks run only if some proof size is left, too.
	let full = full.set_proof_size(0);
	System::register_extra_weight_unchecked(full, DispatchClass::Mandatory);
	Executive::inherents_applied();
	inside();
	Executive::finalize_block();
}

/// An opening that was late used to drop the window of an epoch that awaited its close. Whoever
/// delegated before that close shared in its reward, at the cost of the others.
#[test]
fn late_opening_of_a_revived_topic_lets_nobody_share_in_an_epoch_that_awaits_its_close() {
	on_chain(|| {
		let epoch = start(|| {
			delegate(Eve, 1_000);
			let consumer = Alice.to_account_id();
			assert_ok!(<Emissions as TopicPot<_>>::pay_topic(&consumer, TOPIC, 100 * ALLO));
		});
		let root = |call: pallet_clock::Call<Runtime>| {
			assert_ok!(RuntimeCall::from(call).dispatch(RuntimeOrigin::root()));
		};
		block(|| {
			submit(epoch);
			root(pallet_clock::Call::force_inactivate { topic: TOPIC });
		});
		run_to(epoch + LENGTH);
		block(|| {
			assert_ok!(report(One, epoch));
		});
		// Revived, the topic opens its next epoch off the grid, in the slot before the close is due.
		// That slot is missed.
		let revived = epoch + 2 * LENGTH - 1;
		run_to(revived - 2);
		block(|| root(pallet_clock::Call::lift { topic: TOPIC }));
		assert_eq!(Clock::info(TOPIC).next_epoch, Some(revived));
		let state = |epoch| Clock::epoch_state(TOPIC, epoch).expect("the epoch is on record");
		crowded_block_in(revived + 1, || {
			assert_eq!(state(revived), EpochState::Collecting);
			assert!(!state(epoch).is_final());
			delegate(Ferdie, 11_000);
		});
		block(|| ());
		assert_eq!(state(epoch), EpochState::Settled);
		// One and Eve have 1000 ALLO each.
		let part = reward(One, epoch) / 2;
		let claimable = delegation(Eve).claimable;
		assert!(part > 0 && (part - 1..=part).contains(&claimable), "{claimable} of {part}");
		assert_eq!(delegation(Ferdie).claimable, 0);
		block(|| {
			let reputer = One.to_account_id();
			assert_ok!(send(Eve, Call::claim { topic: TOPIC, reputer }));
		});
	});
}

#[test]
fn rise_of_a_commission_does_not_take_from_those_who_cannot_leave_yet() {
	on_chain(|| {
		let epoch = start(|| delegate(Eve, 1_000));
		infer(epoch);
		let half = Perbill::from_percent(50);
		block(|| {
			assert_ok!(report(One, epoch));
			assert_ok!(send(One, Call::set_commission { topic: TOPIC, commission: half }));
		});
		let raised = now();
		run_to(epoch + 2 * LENGTH);
		let part = reward(One, epoch) / 2;
		assert!(part > 0 && part - delegation(Eve).claimable <= 1);
		// It takes what was announced one unbonding time later.
		let claimed = delegation(Eve).claimable;
		let later = epoch + LENGTH * (UNBONDING / LENGTH + 1);
		infer(later);
		assert!(now() + 1 >= raised + UNBONDING);
		block(|| {
			assert_ok!(report(One, later));
		});
		run_to(later + 2 * LENGTH);
		let part = reward(One, later) / 4;
		let got = delegation(Eve).claimable - claimed;
		assert!((part - 1..=part + 1).contains(&got), "{got} of {part}");
	});
}

#[test]
fn holds_of_a_reputer_a_delegator_and_a_nominator_lie_side_by_side_on_one_account() {
	on_chain(|| {
		start(|| ());
		let staking = RuntimeHoldReason::Staking(pallet_staking::HoldReason::Staking);
		let before = Balances::total_balance(&Two.to_account_id());
		block(|| {
			let payee = pallet_staking::RewardDestination::Staked;
			let bond = pallet_staking::Call::bond { value: 300 * ALLO, payee };
			assert_ok!(send(Two, bond));
			delegate(Two, 200);
		});
		let all = |who| {
			(held(HoldReason::Stake, who), held(HoldReason::Delegation, who), held(staking, who))
		};
		assert_eq!(all(Two), (1_000 * ALLO, 200 * ALLO, 300 * ALLO));
		let reputer = One.to_account_id();
		block(|| {
			assert_ok!(send(Two, Call::unstake { topic: TOPIC, amount: 1_000 * ALLO }));
			let (topic, reputer, amount) = (TOPIC, reputer.clone(), 200 * ALLO);
			assert_ok!(send(Two, Call::undelegate { topic, reputer, amount }));
			assert_ok!(send(Two, pallet_staking::Call::unbond { value: 100 * ALLO }));
		});
		run_to(now() + UNBONDING);
		block(|| {
			// Anyone pays out what is due.
			for reputer in [reputer, Two.to_account_id()] {
				let account = Two.to_account_id();
				assert_ok!(send(Eve, Call::withdraw_for { topic: TOPIC, reputer, account }));
			}
		});
		assert_eq!(all(Two), (0, 0, 300 * ALLO));
		assert_eq!(Balances::total_balance(&Two.to_account_id()), before);
	});
}

#[test]
fn retired_topic_takes_no_stake_and_no_delegation() {
	on_chain(|| {
		let epoch = start(|| delegate(Eve, 1_000));
		let (topic, amount, reputer) = (TOPIC, 100 * ALLO, || One.to_account_id());
		let retire = || send(Alice, pallet_registry::Call::retire { topic });
		infer(epoch);
		block(|| {
			assert_ok!(report(One, epoch));
			assert_ok!(send(One, Call::unstake { topic, amount }));
			assert_ok!(send(Eve, Call::undelegate { topic, reputer: reputer(), amount }));
			// There is stake in the topic, so that the retirement is announced first.
			assert_ok!(retire());
		});
		run_to(now() + UNBONDING);
		block(|| {
			assert_ok!(retire());
			let refused = DispatchError::from(Error::<Runtime>::TopicRetired);
			let delegate = Call::delegate { topic, reputer: reputer(), amount };
			let cancel_undelegate =
				Call::cancel_undelegate { topic, reputer: reputer(), removal_id: 1 };
			let compound = Call::compound { topic, reputer: reputer() };
			assert!(delegation(Eve).claimable > 0);
			assert_noop!(send(One, Call::stake { topic, amount }), refused);
			assert_noop!(send(One, Call::cancel_unstake { topic, removal_id: 0 }), refused);
			assert_noop!(send(Eve, delegate), refused);
			assert_noop!(send(Eve, cancel_undelegate), refused);
			assert_noop!(send(Eve, compound), refused);
			// What is there can leave.
			assert_ok!(send(One, Call::unstake { topic, amount }));
			assert_ok!(send(Eve, Call::undelegate { topic, reputer: reputer(), amount }));
			assert_ok!(send(Eve, Call::claim { topic, reputer: reputer() }));
			for account in [One, Eve].map(|who| who.to_account_id()) {
				let reputer = reputer();
				assert_ok!(send(Bob, Call::withdraw_for { topic, reputer, account }));
			}
		});
		assert_eq!(held(HoldReason::Stake, One), 900 * ALLO);
		assert_eq!(held(HoldReason::Delegation, Eve), 900 * ALLO);
	});
}

#[test]
fn delegators_of_a_retired_topic_keep_their_rewards_and_their_stake() {
	on_chain(|| {
		let epoch = start(|| delegate(Eve, 1_000));
		infer(epoch);
		block(|| {
			assert_ok!(report(One, epoch));
			// There is stake in the topic, so that the retirement is announced first.
			assert_ok!(send(Alice, pallet_registry::Call::retire { topic: TOPIC }));
			let registration = Registration::Reputer;
			assert_ok!(send(One, pallet_registry::Call::leave { topic: TOPIC, registration }));
		});
		run_to(now() + UNBONDING);
		block(|| {
			assert_ok!(send(Alice, pallet_registry::Call::retire { topic: TOPIC }));
		});
		let exists = || pallet_registry::Topics::<Runtime>::contains_key(TOPIC);
		for _ in 0..400 {
			if exists() {
				block(|| ());
			}
		}
		assert!(!exists(), "the topic is forgotten");
		let earned = delegation(Eve).claimable;
		assert!(earned > 0);
		let before = Balances::balance(&Eve.to_account_id());
		let reputer = One.to_account_id();
		block(|| {
			let (topic, amount) = (TOPIC, 1_000 * ALLO);
			assert_ok!(send(Eve, Call::undelegate { topic, reputer: reputer.clone(), amount }));
		});
		run_to(now() + UNBONDING);
		block(|| {
			let account = Eve.to_account_id();
			assert_ok!(send(Bob, Call::withdraw_for { topic: TOPIC, reputer, account }));
		});
		let after = Balances::balance(&Eve.to_account_id());
		assert_eq!(after, before + earned + 1_000 * ALLO);
		assert_eq!(pallet_reputer::Pools::<Runtime>::iter().count(), 0);
	});
}
