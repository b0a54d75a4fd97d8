//! Nomination pools, and holds of several kinds on one account.

use super::{
	offences::{keys_of, report_equivocation},
	*,
};
use allora_primitives::{Registration, TopicParameters};
use allora_runtime::{Balances, NominationPools, RuntimeHoldReason, Session};
use frame_support::traits::{
	fungible::{Inspect, InspectHold},
	tokens::{Fortitude, Preservation},
};
use pallet_delegated_staking::Agents;
use pallet_nomination_pools::{BondedPools, Call, Error, PoolId, PoolMembers, PoolState};
use pallet_staking::{ErasStakersPaged, Ledger};

const POOL: PoolId = 1;
/// Stakes of the pool's depositor and of its member.
const DEPOSIT: Balance = 30_000 * ALLO;
const MEMBER: Balance = 10_000 * ALLO;

fn delegated(who: &AccountId) -> Balance {
	let reason = pallet_delegated_staking::HoldReason::StakingDelegation;
	Balances::balance_on_hold(&reason.into(), who)
}

fn spendable(who: &AccountId) -> Balance {
	Balances::reducible_balance(who, Preservation::Preserve, Fortitude::Polite)
}

fn address(who: &AccountId) -> Address {
	Address::Id(who.clone())
}

/// Creates a pool of account 0 that nominates a validator; account 1 joins it.
fn create_pool(validator: &AccountId) -> (AccountId, AccountId) {
	let (depositor, member) = (account(0), account(1));
	let create = Call::create {
		amount: DEPOSIT,
		root: address(&depositor),
		nominator: address(&depositor),
		bouncer: address(&depositor),
	};
	assert_ok!(call(&depositor, create));
	let validators = vec![validator.clone()];
	assert_ok!(call(&depositor, Call::nominate { pool_id: POOL, validators }));
	assert_ok!(call(&member, Call::join { amount: MEMBER, pool_id: POOL }));
	(depositor, member)
}

/// Has an account create the first topic and register there as a reputer.
fn become_reputer(who: &AccountId) {
	let parameters = Box::new(TopicParameters::regression(100, 10, 100));
	assert_ok!(call(who, pallet_registry::Call::create { parameters }));
	let (topic, registration, owner) = (1, Registration::Reputer, None);
	let register = pallet_registry::Call::register { topic, registration, owner };
	assert_ok!(call(who, register));
}

#[test]
fn member_of_a_pool_joins_is_paid_unbonds_and_withdraws() {
	network(3, json!({}), || {
		// All blocks of the tests are the first validator's.
		let validator = Session::validators()[0].clone();
		let (depositor, member) = block(|| create_pool(&validator));
		assert_eq!(delegated(&member), MEMBER, "the tokens stay on the member's account");
		run_to_era(active_era() + 2);
		let era = active_era();
		let page = ErasStakersPaged::<Runtime>::get((era, &validator, 0)).expect("it is backed");
		let pool = NominationPools::api_pool_accounts(POOL).0;
		let backer = page.others.iter().find(|backer| backer.who == pool);
		assert_eq!(backer.map(|backer| backer.value), Some(DEPOSIT + MEMBER));
		run_to_era(era + 1);
		block(|| {
			let validator_stash = validator.clone();
			assert_ok!(call(
				&account(2),
				pallet_staking::Call::payout_stakers { validator_stash, era }
			));
		});

		let pending = |who: &AccountId| NominationPools::api_pending_rewards(who.clone());
		let of_member = pending(&member).expect("it is a member");
		let of_depositor = pending(&depositor).expect("it is a member");
		println!("the pool's depositor earned {of_depositor}, its member {of_member}");
		assert!(of_member > 0);
		assert!(of_depositor.abs_diff(3 * of_member) <= 3, "by stake");
		let before = spendable(&member);
		assert_ok!(block(|| call(&member, Call::claim_payout {})));
		assert_eq!(spendable(&member), before + of_member);

		block(|| {
			let unbond =
				Call::unbond { member_account: address(&member), unbonding_points: MEMBER };
			assert_ok!(call(&member, unbond));
		});
		let withdraw =
			|| Call::withdraw_unbonded { member_account: address(&member), num_slashing_spans: 0 };
		block(|| {
			let early = Error::<Runtime>::CannotWithdrawAny;
			assert_eq!(call(&member, withdraw()), Err(early.into()));
		});
		run_to_era(active_era() + BONDING + 1);
		assert_ok!(block(|| call(&member, withdraw())));
		assert_eq!(delegated(&member), 0);
		assert_eq!(Balances::total_balance_on_hold(&member), 0);
		assert!(Balances::total_balance(&member) >= ENDOWMENT + of_member);
	});
}

#[test]
fn slash_of_a_validator_is_borne_by_the_members_of_a_pool_that_backs_it() {
	network(3, json!({}), || {
		let offender = Session::validators()[1].clone();
		let (depositor, member) = block(|| create_pool(&offender));
		run_to_era(active_era() + 2);
		block(|| report_equivocation(keys_of(&offender)));
		assert_eq!(NominationPools::api_member_pending_slash(member.clone()), 0);
		run_to_era(active_era() + BONDING);

		// One of four validators: the square of three quarters.
		let fraction = Perbill::from_rational(9u32, 16);
		for (who, stake) in [(depositor, DEPOSIT), (member, MEMBER)] {
			let pending = NominationPools::api_member_pending_slash(who.clone());
			assert!(pending.abs_diff(fraction * stake) <= 10, "{pending}");
			let reporter = spendable(&account(2));
			// Anybody may apply it, and is paid a hundredth for that.
			assert_ok!(block(|| call(
				&account(2),
				Call::apply_slash { member_account: address(&who) }
			)));
			assert_eq!(delegated(&who), stake - pending);
			assert_eq!(spendable(&account(2)), reporter + Perbill::from_percent(1) * pending);
			assert_eq!(NominationPools::api_member_pending_slash(who), 0);
		}
	});
}

/// Has four members have a part in a pool that a slash, which was applied to all of them, left in
/// planck that none of their parts divide. Returns the members, the depositor first.
fn slashed_pool() -> [AccountId; 4] {
	let offender = Session::validators()[1].clone();
	let (depositor, member) = block(|| create_pool(&offender));
	let all = [depositor, member, account(2), account(3)];
	block(|| {
		for (who, amount) in [(&all[2], MEMBER + 1), (&all[3], MEMBER + 5)] {
			assert_ok!(call(who, Call::join { amount, pool_id: POOL }));
		}
	});
	run_to_era(active_era() + 2);
	block(|| report_equivocation(keys_of(&offender)));
	run_to_era(active_era() + BONDING);
	block(|| {
		for who in &all {
			let member_account = address(who);
			assert_ok!(call(&account(3), Call::apply_slash { member_account }));
		}
	});
	all
}

/// Takes all that a member has out of the pool.
fn leave_pool(members: &[AccountId]) {
	block(|| {
		for who in members {
			let unbonding_points = PoolMembers::<Runtime>::get(who).expect("it is a member").points;
			let member_account = address(who);
			assert_ok!(call(who, Call::unbond { member_account, unbonding_points }));
		}
	});
	run_to_era(active_era() + BONDING + 1);
	block(|| {
		for who in members {
			// More than there are; they are cleared with the pool's last stake.
			let (member_account, num_slashing_spans) = (address(who), 20);
			let withdraw = Call::withdraw_unbonded { member_account, num_slashing_spans };
			assert_ok!(call(who, withdraw));
			assert_eq!(delegated(who), 0);
		}
	});
}

#[test]
fn members_of_a_pool_lose_together_what_the_pool_lost() {
	network(4, json!({}), || {
		let all = slashed_pool();
		let pool = NominationPools::api_pool_accounts(POOL).0;
		let ledger = Ledger::<Runtime>::get(&pool).expect("it is bonded");
		assert_eq!(all.iter().map(delegated).sum::<Balance>(), ledger.total);
		assert_eq!(NominationPools::api_pool_pending_slash(POOL), 0);
		// The pallet's own check counts the rounding as missing while there is more than one member.
		leave_pool(&all[1..]);
	});
}

#[test]
fn rounding_of_a_slash_keeps_no_member_in_its_pool_and_goes_to_the_depositor() {
	network(4, json!({}), || {
		let all = slashed_pool();
		let pool = NominationPools::api_pool_accounts(POOL).0;
		leave_pool(&all[1..]);
		let rest = Ledger::<Runtime>::get(&pool).expect("it is bonded").total;
		assert_eq!(delegated(&all[0]), rest);

		let destroy = Call::set_state { pool_id: POOL, state: PoolState::Destroying };
		assert_ok!(block(|| call(&all[0], destroy)));
		leave_pool(&all[..1]);
		assert!(!BondedPools::<Runtime>::contains_key(POOL));
		assert!(!Agents::<Runtime>::contains_key(&pool));
	});
}

#[test]
fn member_that_loses_all_its_delegation_keeps_what_else_is_on_hold() {
	network(4, json!({}), || {
		let offenders = [1, 2].map(|nth| Session::validators()[nth].clone());
		let (_, who) = block(|| create_pool(&offenders[0]));
		let stake = 7_000 * ALLO;
		block(|| {
			become_reputer(&who);
			assert_ok!(call(&who, pallet_reputer::Call::stake { topic: 1, amount: stake }));
		});
		run_to_era(active_era() + 2);
		block(|| {
			// Two of four validators: everything.
			offenders.iter().for_each(|offender| report_equivocation(keys_of(offender)));
			// While the delegation provides for the account, it may have nothing free.
			let (dest, keep_alive) = (address(&account(3)), false);
			assert_ok!(call(&who, pallet_balances::Call::transfer_all { dest, keep_alive }));
		});
		assert_eq!(Balances::balance(&who), 0);
		run_to_era(active_era() + BONDING);
		block(|| {
			let member_account = address(&who);
			assert_ok!(call(&account(3), Call::apply_slash { member_account }));
		});
		assert_eq!(delegated(&who), 0);
		assert_eq!(Balances::total_balance_on_hold(&who), stake);
		let unstake = pallet_reputer::Call::unstake { topic: 1, amount: stake };
		assert_ok!(block(|| call(&who, unstake)));
	});
}

#[test]
fn bond_membership_and_reputer_stake_are_held_side_by_side_on_one_account() {
	network(3, json!({}), || {
		let validators = Session::validators();
		let (_, who) = block(|| create_pool(&validators[0]));
		let before = spendable(&who);
		block(|| become_reputer(&who));
		let fees = before - spendable(&who);
		block(|| {
			assert_ok!(call(&who, pallet_reputer::Call::stake { topic: 1, amount: 7_000 * ALLO }));
			bond(&who, 20_000 * ALLO);
			assert_ok!(call(&who, nominate(&validators)));
		});
		let held = |reason: RuntimeHoldReason| Balances::balance_on_hold(&reason, &who);
		assert_eq!(held(pallet_reputer::HoldReason::Stake.into()), 7_000 * ALLO);
		assert_eq!(held(pallet_staking::HoldReason::Staking.into()), 20_000 * ALLO);
		assert_eq!(delegated(&who), MEMBER);
		// No token counts twice.
		let all = 27_000 * ALLO + MEMBER;
		assert_eq!(Balances::total_balance_on_hold(&who), all);
		assert_eq!(spendable(&who), before - fees - 27_000 * ALLO);
		let too_much = pallet_reputer::Call::stake { topic: 1, amount: spendable(&who) + ALLO };
		assert!(block(|| call(&who, too_much)).is_err());

		// Each is released by itself.
		block(|| {
			assert_ok!(call(&who, pallet_staking::Call::chill {}));
			assert_ok!(call(&who, pallet_staking::Call::unbond { value: 20_000 * ALLO }));
			let unbond = Call::unbond { member_account: address(&who), unbonding_points: MEMBER };
			assert_ok!(call(&who, unbond));
		});
		run_to_era(active_era() + BONDING + 2);
		block(|| {
			let withdraw = pallet_staking::Call::withdraw_unbonded { num_slashing_spans: 0 };
			assert_ok!(call(&who, withdraw));
		});
		assert_eq!(held(pallet_staking::HoldReason::Staking.into()), 0);
		assert_eq!(delegated(&who), MEMBER);
		block(|| {
			let member_account = address(&who);
			let withdraw = Call::withdraw_unbonded { member_account, num_slashing_spans: 0 };
			assert_ok!(call(&who, withdraw));
		});
		assert_eq!(Balances::total_balance_on_hold(&who), 7_000 * ALLO);
	});
}
