//! A real equivocation, from its proof to the slash.

use super::*;
use allora_runtime::{
	Balances, Executive, Grandpa, Hash, Historical, RuntimeCall, Session, Staking,
	UncheckedExtrinsic,
};
use finality_grandpa::{Message, Prevote};
use frame_support::{
	dispatch::RawOrigin,
	traits::{fungible::Inspect, KeyOwnerProofSystem, TypedGet},
};
use pallet_staking::{Bonded, Event, UnappliedSlashes};
use sp_consensus_grandpa::{
	localized_payload, AuthorityId, Equivocation, EquivocationProof, KEY_TYPE,
};
use sp_keyring::Ed25519Keyring;
use sp_runtime::traits::Dispatchable;
use sp_staking::StakingAccount;

/// The proof that this validator has voted for two blocks in one round, in the current session.
fn equivocation(who: Ed25519Keyring) -> EquivocationProof<Hash, allora_runtime::BlockNumber> {
	let set_id = Grandpa::current_set_id();
	let vote = |hash: u8| {
		let vote = Prevote { target_hash: Hash::repeat_byte(hash), target_number: 1 };
		let payload = localized_payload(1, set_id, &Message::Prevote(vote.clone()));
		(vote, who.sign(&payload).into())
	};
	let votes = finality_grandpa::Equivocation {
		round_number: 1,
		identity: who.public().into(),
		first: vote(1),
		second: vote(2),
	};
	EquivocationProof::new(set_id, Equivocation::Prevote(votes))
}

/// Reports it as a node does, in a transaction without a signature.
pub fn report_equivocation(who: Ed25519Keyring) {
	let authority: AuthorityId = who.public().into();
	let key_owner_proof = Historical::prove((KEY_TYPE, authority)).expect("it is an authority");
	let call = pallet_grandpa::Call::report_equivocation_unsigned {
		equivocation_proof: Box::new(equivocation(who)),
		key_owner_proof,
	};
	let report = || UncheckedExtrinsic::new_bare(call.clone().into());
	assert_eq!(Executive::apply_extrinsic(report()), Ok(Ok(())));
	assert!(Executive::apply_extrinsic(report()).is_err(), "an offence is reported once");
}

/// The bond of an account, with what is unbonding.
fn total_bond(who: &AccountId) -> Balance {
	Staking::ledger(StakingAccount::Stash(who.clone())).expect("it is bonded").total
}

#[test]
fn equivocation_disables_the_validator_and_is_slashed_after_the_deferral() {
	network(1, json!({}), || {
		let (offender, nominator) = (Session::validators()[1].clone(), account(0));
		block(|| {
			bond(&nominator, 10_000 * ALLO);
			assert_ok!(call(&nominator, nominate(std::slice::from_ref(&offender))));
		});
		run_to_era(active_era() + 2);
		let offence_era = active_era();
		let index = Session::validators().iter().position(|who| *who == offender);
		let index = index.expect("it is a validator") as u32;
		block(|| {
			report_equivocation(keys_of(&offender));
			// From now on it takes no part in consensus.
			assert_eq!(Session::disabled_validators(), [index]);
		});
		assert_eq!(total_bond(&offender), 100_000 * ALLO, "the slash is deferred");
		let due = offence_era + BONDING - 1;
		let slash = UnappliedSlashes::<Runtime>::get(due).remove(0);
		assert_eq!(slash.validator, offender);
		// One of four validators: the square of three quarters.
		let fraction = Perbill::from_rational(9u32, 16);
		assert_eq!(slash.own, fraction * (100_000 * ALLO));
		let of_nominator = fraction * (10_000 * ALLO);
		assert!(slash.others.contains(&(nominator.clone(), of_nominator)));

		while active_era() + 1 < due {
			block(|| ());
		}
		let mut slashed = 0;
		let mut received = 0;
		let issuance = Balances::total_issuance();
		while active_era() < due {
			block(|| ());
			slashed = slashed_amounts().iter().sum();
			received = received_by(&pallet_emissions::EcosystemPot::<Runtime>::get());
		}
		println!("slashed {slashed} planck, of which {received} to the ecosystem pot");
		assert_eq!(total_bond(&offender), 100_000 * ALLO - slash.own);
		assert_eq!(total_bond(&nominator), 10_000 * ALLO - of_nominator);
		assert_eq!(slashed, slash.own + slash.others.iter().map(|(_, part)| part).sum::<Balance>());
		// The rest is paid to the author of the block with the report.
		assert_eq!(received + slash.payout, slashed);
		assert!(slash.payout <= slashed / 20 + 10);
		assert!(Balances::total_issuance() >= issuance, "nothing is burned");
	});
}

/// The consensus key of a validator of the local network.
pub fn keys_of(stash: &AccountId) -> Ed25519Keyring {
	use Ed25519Keyring as Ed;
	use Sr25519Keyring as Sr;
	let keys = [
		(Sr::AliceStash, Ed::Alice),
		(Sr::BobStash, Ed::Bob),
		(Sr::CharlieStash, Ed::Charlie),
		(Sr::DaveStash, Ed::Dave),
	];
	let key = keys.into_iter().find(|(owner, _)| owner.to_account_id() == *stash);
	key.map(|(_, key)| key).expect("it validates since genesis")
}

fn slashed_amounts() -> Vec<Balance> {
	let slashed = |event| match event {
		Event::Slashed { amount, .. } => Some(amount),
		_ => None,
	};
	staking_events().into_iter().filter_map(slashed).collect()
}

/// What was deposited into an account in the newest block's hooks before the first transaction.
fn received_by(account: &AccountId) -> Balance {
	let deposited = |event| match event {
		RuntimeEvent::Balances(pallet_balances::Event::Deposit { who, amount })
			if who == *account =>
		{
			Some(amount)
		}
		_ => None,
	};
	System::events().into_iter().filter_map(|record| deposited(record.event)).sum()
}

/// The staking pallet lets stake go when the next era is planned, a session before that era is active.
/// A slash that is due in the era in which stake unlocks would come too late.
#[test]
fn nobody_withdraws_before_the_slash() {
	network(1, json!({}), || {
		let (offender, nominator) = (Session::validators()[1].clone(), account(0));
		block(|| {
			bond(&nominator, 10_000 * ALLO);
			assert_ok!(call(&nominator, nominate(std::slice::from_ref(&offender))));
		});
		run_to_era(active_era() + 2);
		let offence_era = active_era();
		block(|| {
			report_equivocation(keys_of(&offender));
			for (who, value) in [(&nominator, 10_000 * ALLO), (&offender, 100_000 * ALLO)] {
				assert_ok!(call(who, pallet_staking::Call::chill {}));
				assert_ok!(call(who, pallet_staking::Call::unbond { value }));
			}
		});
		let withdraw = || pallet_staking::Call::withdraw_unbonded { num_slashing_spans: 20 };
		while active_era() <= offence_era + BONDING {
			block(|| {
				for who in [&nominator, &offender] {
					// At first there is nothing to withdraw, in the end it is not bonded.
					let _ = call(who, withdraw());
				}
			});
		}
		// One of four validators: the square of three quarters.
		let slash = Perbill::from_rational(9u32, 16);
		assert!(Balances::total_balance(&nominator) <= ENDOWMENT - slash * (10_000 * ALLO));
		assert!(Balances::total_balance(&offender) <= ENDOWMENT - slash * (100_000 * ALLO));
	});
}

/// Slashes a validator by governance for what it did in the active era.
fn slash(validator: &AccountId, percent: u32) {
	let slash = pallet_staking::Call::<Runtime>::manual_slash {
		validator_stash: validator.clone(),
		era: active_era(),
		slash_fraction: Perbill::from_percent(percent),
	};
	assert_ok!(RuntimeCall::from(slash).dispatch(RawOrigin::Root.into()));
}

/// Ends the bond of an account that has lost all its stake.
fn leave(who: &AccountId) {
	assert_eq!(total_bond(who), 0);
	assert_ok!(call(who, pallet_staking::Call::withdraw_unbonded { num_slashing_spans: 10 }));
	assert!(!Bonded::<Runtime>::contains_key(who));
}

#[test]
fn slash_passes_over_those_who_have_lost_everything_and_left() {
	network(2, json!({}), || {
		let (offender, leaves, stays) = (Session::validators()[1].clone(), account(0), account(1));
		block(|| {
			for who in [&leaves, &stays] {
				bond(who, 10_000 * ALLO);
				assert_ok!(call(who, nominate(std::slice::from_ref(&offender))));
			}
		});
		run_to_era(active_era() + 2);
		block(|| slash(&offender, 100));
		run_to_era(active_era() + 1);
		block(|| slash(&offender, 100));
		run_to_era(active_era() + 1);
		block(|| {
			assert_eq!(total_bond(&stays), 0);
			let max_additional = 4_000 * ALLO;
			assert_ok!(call(&stays, pallet_staking::Call::bond_extra { max_additional }));
			leave(&leaves);
		});
		let before = Balances::total_balance(&leaves);
		run_to_era(active_era() + 1);
		assert_eq!(Balances::total_balance(&leaves), before);
		assert_eq!(total_bond(&stays), 0, "the second slash takes what was bonded since");
	});
}

#[test]
fn slash_of_a_validator_that_has_left_still_takes_from_its_nominators() {
	network(1, json!({}), || {
		let (offender, nominator) = (Session::validators()[1].clone(), account(0));
		run_to_era(active_era() + 2);
		block(|| {
			// In time for the next era, but not for this one.
			bond(&nominator, 10_000 * ALLO);
			assert_ok!(call(&nominator, nominate(std::slice::from_ref(&offender))));
			slash(&offender, 100);
		});
		run_to_era(active_era() + 1);
		block(|| slash(&offender, 50));
		run_to_era(active_era() + 1);
		block(|| leave(&offender));
		run_to_era(active_era() + 1);
		assert_eq!(total_bond(&nominator), 5_000 * ALLO);
	});
}
