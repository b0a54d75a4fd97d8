//! Elections at their bounds: nobody can stop them, and their block has room for others.

use super::{staking::session_keys, *};
use crate::{
	event_phases::signed,
	support::{begin_block_in, now},
};
use allora_primitives::{traits::EpochInspect, Registration, TopicParameters};
use allora_runtime::{
	configs::{max_block_weight, MAX_CANDIDATES, MAX_VOTERS},
	genesis_presets, Clock, Executive, RuntimeOrigin, Session, Staking, Timestamp,
};
use frame_support::assert_noop;
use pallet_staking::{
	ChillThreshold, ConfigOp, CurrentEra, ErasStakersOverview, ErasStakersPaged, Error,
	MaxNominatorsCount, MaxValidatorsCount, MinCommission, MinNominatorBond, MinValidatorBond,
	Validators,
};
use sp_keyring::Sr25519Keyring::{Alice, Bob};
use std::collections::BTreeSet;

/// Changes staking's maximum number of validators, as governance does.
fn set_max_validators(max_validators: ConfigOp<u32>) {
	assert_ok!(Staking::set_staking_configs(
		RuntimeOrigin::root(),
		ConfigOp::Noop,
		ConfigOp::Noop,
		ConfigOp::Noop,
		max_validators,
		ConfigOp::Noop,
		ConfigOp::Noop,
		ConfigOp::Noop,
	));
}

/// Makes these accounts candidates with a bond of 1 ALLO each.
fn put_candidates(accounts: std::ops::Range<u32>) {
	block(|| {
		for who in accounts.map(account) {
			bond(&who, ALLO);
			assert_ok!(call(&who, validate()));
		}
	});
}

/// Gives an account session keys of its own.
fn put_keys(who: &AccountId) {
	let (keys, _) = session_keys(who.clone().into(), who);
	pallet_session::NextKeys::<Runtime>::insert(who, keys);
}

#[test]
fn every_preset_limits_candidates_nominators_and_bonds() {
	for name in genesis_presets::preset_names() {
		crate::support::preset::in_preset(&name, || {
			let max_validators = MaxValidatorsCount::<Runtime>::get().expect("it is limited");
			assert!(max_validators <= MAX_CANDIDATES);
			assert!(MaxNominatorsCount::<Runtime>::get().is_some_and(|most| most > MAX_VOTERS));
			assert!(MinNominatorBond::<Runtime>::get() >= ALLO);
			assert!(MinValidatorBond::<Runtime>::get() >= 100 * ALLO);
			assert!(MinCommission::<Runtime>::get() > Perbill::zero());
			assert!(ChillThreshold::<Runtime>::get().is_some());
			assert!(pallet_staking::ValidatorCount::<Runtime>::get() <= max_validators);
			assert!(pallet_nomination_pools::MaxPools::<Runtime>::get().is_some());
			assert!(pallet_nomination_pools::MaxPoolMembers::<Runtime>::get().is_some());
			assert!(pallet_nomination_pools::MinJoinBond::<Runtime>::get() >= ALLO);
			assert!(pallet_nomination_pools::MinCreateBond::<Runtime>::get() >= 100 * ALLO);
		});
	}
}

#[test]
fn five_hundred_and_one_cheap_candidates_do_not_stop_elections() {
	network(501, json!({ "minValidatorBond": ALLO, "maxValidatorCount": null }), || {
		put_candidates(0..501);
		let era = active_era();
		run_to_era(era + 3);
		assert_eq!(Session::validators().len(), 4);
	});
}

#[test]
fn candidate_beyond_the_maximum_is_refused_and_the_era_still_ends() {
	network(MAX_CANDIDATES, json!({ "minValidatorBond": ALLO }), || {
		// Four candidates are of genesis.
		put_candidates(0..MAX_CANDIDATES - 4);
		let one_too_many = account(MAX_CANDIDATES - 1);
		block(|| {
			bond(&one_too_many, ALLO);
			let refused = call(&one_too_many, validate());
			assert_eq!(refused, Err(Error::<Runtime>::TooManyValidators.into()));
		});
		run_to_era(active_era() + 2);
		assert_eq!(Session::validators().len(), 4);
	});
}

#[test]
fn governance_that_lifts_the_maximum_does_not_stop_elections() {
	let candidates = MAX_CANDIDATES + 50;
	network(candidates + 1, json!({ "minValidatorBond": ALLO }), || {
		block(|| set_max_validators(ConfigOp::Remove));
		put_candidates(0..candidates);
		(0..candidates).map(account).for_each(|who| put_keys(&who));
		assert!(Validators::<Runtime>::count() > MAX_CANDIDATES);
		// A candidate with the smallest bond is among those considered if nominators back it.
		let (backed, nominator) = (account(candidates - 1), account(candidates));
		block(|| {
			bond(&nominator, 300_000 * ALLO);
			assert_ok!(call(&nominator, nominate(std::slice::from_ref(&backed))));
			assert_ok!(Staking::set_validator_count(RuntimeOrigin::root(), 5));
		});
		run_to_era(active_era() + 2);
		let overview = ErasStakersOverview::<Runtime>::get(active_era(), &backed);
		assert_eq!(overview.map(|exposed| exposed.total), Some(300_001 * ALLO));
		assert_eq!(Session::validators().len(), 5);
	});
}

/// An account without session keys cannot validate, though it is elected: a few of them with the most
/// stake used to leave the session without validators.
#[test]
fn candidates_without_session_keys_take_nobodys_seat() {
	network(4, json!({}), || {
		let genesis: BTreeSet<_> = Session::validators().into_iter().collect();
		block(|| {
			for who in (0..4).map(account) {
				bond(&who, 300_000 * ALLO);
				assert_ok!(call(&who, validate()));
			}
		});
		run_to_era(active_era() + 3);
		assert_eq!(Session::validators().into_iter().collect::<BTreeSet<_>>(), genesis);
		for who in (0..4).map(account) {
			assert_eq!(ErasStakersOverview::<Runtime>::get(active_era(), who), None);
		}
	});
}

#[test]
fn nominator_beyond_the_maximum_is_refused() {
	// Two nominators are of genesis.
	network(2, json!({ "maxNominatorCount": 3 }), || {
		let validators = Session::validators();
		block(|| {
			for n in 0..2 {
				bond(&account(n), ALLO);
			}
			assert_ok!(call(&account(0), nominate(&validators)));
			let refused = call(&account(1), nominate(&validators));
			assert_eq!(refused, Err(Error::<Runtime>::TooManyNominators.into()));
		});
		run_to_era(active_era() + 2);
	});
}

#[test]
fn election_counts_as_many_voters_as_it_takes_and_the_largest_of_them() {
	network(MAX_VOTERS + 1, json!({}), || {
		let validators = Session::validators();
		block(|| {
			for n in 0..=MAX_VOTERS {
				let who = account(n);
				bond(&who, if n == MAX_VOTERS { 10 * ALLO } else { ALLO });
				assert_ok!(call(&who, nominate(&validators[n as usize % 4..][..1])));
			}
		});
		run_to_era(active_era() + 2);
		let era = active_era();
		let backers: Vec<_> = ErasStakersPaged::<Runtime>::iter_prefix((era,))
			.flat_map(|(_, page)| page.others)
			.map(|backer| backer.who)
			.collect();
		// The four validators vote for themselves, the two nominators of genesis for several.
		let small: BTreeSet<_> = (0..MAX_VOTERS).map(account).collect();
		let counted = backers.iter().filter(|who| small.contains(who)).count();
		assert_eq!(counted as u32, MAX_VOTERS - 4 - 2 - 1);
		assert!(backers.contains(&account(MAX_VOTERS)));
	});
}

#[test]
fn validator_with_too_small_a_bond_or_commission_is_refused() {
	network(1, json!({}), || {
		let who = account(0);
		block(|| {
			bond(&who, MinValidatorBond::<Runtime>::get() - ALLO);
			let refused = Error::<Runtime>::InsufficientBond;
			assert_noop!(call(&who, validate()), refused);
			assert_ok!(call(&who, pallet_staking::Call::bond_extra { max_additional: ALLO }));
			let prefs = ValidatorPrefs { commission: Perbill::zero(), blocked: false };
			let refused = Error::<Runtime>::CommissionTooLow;
			assert_noop!(call(&who, pallet_staking::Call::validate { prefs }), refused);
			assert_ok!(call(&who, validate()));
		});
	});
}

/// Creates a topic whose epochs open in the same slots as elections are held, with a staked
/// reputer.
fn put_topic(phase: u64) {
	let who = Alice.to_account_id();
	let regression = TopicParameters::regression(ERA as u32, 4, ERA as u32);
	let parameters = Box::new(TopicParameters { phase: Some((phase % ERA) as u32), ..regression });
	assert_ok!(call(&who, pallet_registry::Call::create { parameters }));
	let registration = Registration::Reputer;
	assert_ok!(call(&who, pallet_registry::Call::register { topic: 1, registration, owner: None }));
	assert_ok!(call(&who, pallet_reputer::Call::stake { topic: 1, amount: 1_000 * ALLO }));
	assert_ok!(call(&who, pallet_registry::Call::fund { topic: 1, amount: 1_000 * ALLO }));
}

#[test]
fn block_of_the_largest_election_has_room_for_the_clock_and_a_transfer() {
	network(MAX_VOTERS, json!({}), || {
		let validators = Session::validators();
		let planned = || CurrentEra::<Runtime>::get();
		let mut era = planned();
		while planned() == era {
			block(|| ());
		}
		let election = now();
		block(|| {
			put_topic(election);
			for n in 0..MAX_VOTERS {
				bond(&account(n), 10 * ALLO);
				assert_ok!(call(&account(n), nominate(&validators)));
			}
		});
		era = planned();
		while now() + 1 < election + ERA {
			block(|| ());
		}
		let time = begin_block_in(now() + 1);
		assert_ne!(planned(), era, "an election is held in this block");
		let used = System::block_weight().total();
		println!("hooks of the block use {} of {}", used, max_block_weight());
		assert!(used.all_lte(Perbill::from_percent(61) * max_block_weight()));
		assert_ok!(Timestamp::set(RuntimeOrigin::none(), time));
		Executive::inherents_applied();
		assert_eq!(
			Clock::collecting_epoch(1),
			Some(now()),
			"the clock opens the epoch that is due"
		);
		let transfer = pallet_balances::Call::transfer_keep_alive {
			dest: Bob.to_account_id().into(),
			value: ALLO,
		};
		assert_eq!(Executive::apply_extrinsic(signed(Alice, transfer)), Ok(Ok(())));
		Executive::finalize_block();
	});
}

#[test]
fn block_that_ends_a_session_without_an_election_is_almost_empty() {
	network(0, json!({}), || {
		let state = || (Session::current_index(), CurrentEra::<Runtime>::get());
		let ends_session = |_| {
			let (session, era) = state();
			block(|| ());
			state() == (session + 1, era)
		};
		assert!((0..2 * ERA).any(ends_session));
		let used = System::block_weight().total();
		assert!(used.all_lte(Perbill::from_percent(10) * max_block_weight()), "{used}");
	});
}
