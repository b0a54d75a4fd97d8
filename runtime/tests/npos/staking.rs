//! The life of a validator and of a nominator: bond, validate, nominate, payout, chill, withdraw.

use super::*;
use allora_runtime::{Balances, Session, SessionKeys, Staking};
use frame_support::traits::{
	fungible::{Inspect, InspectHold},
	tokens::{Fortitude, Preservation},
};
use pallet_staking::{ErasStakersOverview, ErasStakersPaged, ErasValidatorReward, Event};
use sp_core::{ecdsa, ed25519, proof_of_possession::ProofOfPossessionGenerator, sr25519, Pair};

/// Session keys with the proof that they were made for this owner.
pub fn session_keys(seed: [u8; 32], owner: &AccountId) -> (SessionKeys, Vec<u8>) {
	let mut sr = sr25519::Pair::from_seed(&seed);
	let mut ed = ed25519::Pair::from_seed(&seed);
	let mut ec = ecdsa::Pair::from_seed(&seed);
	let keys = SessionKeys {
		babe: sr.public().into(),
		grandpa: ed.public().into(),
		authority_discovery: sr.public().into(),
		beefy: ec.public().into(),
	};
	let proof_of_sr = owner.using_encoded(|owner| sr.generate_proof_of_possession(owner));
	let proof_of_ed = owner.using_encoded(|owner| ed.generate_proof_of_possession(owner));
	let proof_of_ec = owner.using_encoded(|owner| ec.generate_proof_of_possession(owner));
	(keys, (proof_of_sr, proof_of_ed, proof_of_sr, proof_of_ec).encode())
}

fn bonded(who: &AccountId) -> Balance {
	Balances::balance_on_hold(&pallet_staking::HoldReason::Staking.into(), who)
}

fn spendable(who: &AccountId) -> Balance {
	Balances::reducible_balance(who, Preservation::Expendable, Fortitude::Polite)
}

#[test]
fn validator_bonds_is_elected_chills_and_withdraws() {
	network(2, json!({ "validatorCount": 5 }), || {
		let (who, other) = (account(0), account(1));
		let (keys, proof) = session_keys([7; 32], &who);
		block(|| {
			bond(&who, 50_000 * ALLO);
			assert_eq!(bonded(&who), 50_000 * ALLO);
			// The keys of somebody else are refused with a proof that is not for the account.
			let stolen =
				pallet_session::Call::set_keys { keys: keys.clone(), proof: proof.clone() };
			let refused = pallet_session::Error::<Runtime>::InvalidProof;
			assert_eq!(call(&other, stolen), Err(refused.into()));
			assert_ok!(call(&who, pallet_session::Call::set_keys { keys, proof }));
			assert_ok!(call(&who, validate()));
		});
		run_to_era(active_era() + 2);
		assert!(Session::validators().contains(&who));

		block(|| {
			assert_ok!(call(&who, pallet_staking::Call::chill {}));
			assert_ok!(call(&who, pallet_staking::Call::unbond { value: 50_000 * ALLO }));
			let early = pallet_staking::Call::withdraw_unbonded { num_slashing_spans: 0 };
			assert_ok!(call(&who, early));
			assert_eq!(bonded(&who), 50_000 * ALLO, "unbonding takes its time");
		});
		run_to_era(active_era() + BONDING + 1);
		assert!(!Session::validators().contains(&who));
		block(|| {
			let withdraw = pallet_staking::Call::withdraw_unbonded { num_slashing_spans: 0 };
			assert_ok!(call(&who, withdraw));
			assert_ok!(call(&who, pallet_session::Call::purge_keys {}));
		});
		assert_eq!(bonded(&who), 0);
		assert_eq!(Balances::total_balance_on_hold(&who), 0);
		assert_eq!(spendable(&who), ENDOWMENT);
	});
}

#[test]
fn emission_of_an_era_is_paid_to_the_validator_and_its_nominators_by_stake() {
	network(2, json!({}), || {
		let validators = Session::validators();
		let backers = [(account(0), 300_000 * ALLO), (account(1), 100_000 * ALLO)];
		block(|| {
			for (who, value) in &backers {
				bond(who, *value);
				assert_ok!(call(who, nominate(&validators[..1])));
			}
		});
		run_to_era(active_era() + 2);
		let era = active_era();
		run_to_era(era + 1);

		// All blocks of the tests are the first validator's, which has all points.
		let validator = &validators[0];
		let reward = ErasValidatorReward::<Runtime>::get(era).expect("the era has ended");
		assert!(reward > 0);
		let exposed = ErasStakersOverview::<Runtime>::get(era, validator).expect("it is elected");
		let commission = Perbill::from_percent(10) * reward;
		let part =
			|stake: Balance| Perbill::from_rational(stake, exposed.total) * (reward - commission);
		let page = ErasStakersPaged::<Runtime>::get((era, validator, 0)).expect("it has a page");

		let issuance = Balances::total_issuance();
		let before = backers.each_ref().map(|(who, _)| spendable(who));
		let paid = block(|| {
			let at_start = Balances::total_issuance();
			let payout =
				pallet_staking::Call::payout_stakers { validator_stash: validator.clone(), era };
			assert_ok!(call(&backers[0].0, payout.clone()));
			let minted = Balances::total_issuance() - at_start;
			let again = call(&backers[0].0, payout);
			assert!(again.is_err(), "an era is paid once");
			minted
		});
		assert!(Balances::total_issuance() >= issuance + paid);
		let rewarded: Vec<_> = staking_events()
			.into_iter()
			.filter_map(|event| match event {
				Event::Rewarded { stash, amount, .. } => Some((stash, amount)),
				_ => None,
			})
			.collect();
		println!("era {era}: emission {reward}, commission {commission}, paid {paid}");
		for (stash, amount) in &rewarded {
			println!("  {stash:?}: {amount}");
		}
		assert_eq!(rewarded.iter().map(|(_, amount)| amount).sum::<Balance>(), paid);
		assert!(paid <= reward && reward - paid <= reward / 1_000_000, "{paid} of {reward}");
		for ((who, stake), before) in backers.iter().zip(before) {
			let exposed = page.others.iter().find(|backer| backer.who == *who);
			assert_eq!(exposed.map(|backer| backer.value), Some(*stake));
			let gain = spendable(who) - before;
			assert!(gain.abs_diff(part(*stake)) <= reward / 100_000_000, "{gain}");
		}
		let own = rewarded.iter().find(|(stash, _)| stash == validator).map(|(_, amount)| *amount);
		let expected = commission + part(exposed.own);
		assert!(own.is_some_and(|own| own.abs_diff(expected) <= reward / 100_000_000));
	});
}

#[test]
fn nominator_chills_unbonds_and_withdraws_after_the_bonding_duration() {
	network(1, json!({}), || {
		let (who, validators) = (account(0), Session::validators());
		block(|| {
			bond(&who, 5_000 * ALLO);
			assert_ok!(call(&who, nominate(&validators)));
		});
		run_to_era(active_era() + 2);
		let start = active_era();
		block(|| {
			assert_ok!(call(&who, pallet_staking::Call::chill {}));
			assert_ok!(call(&who, pallet_staking::Call::unbond { value: 5_000 * ALLO }));
		});
		let withdraw = || pallet_staking::Call::withdraw_unbonded { num_slashing_spans: 0 };
		assert_ok!(block(|| call(&who, withdraw())));
		assert_eq!(bonded(&who), 5_000 * ALLO, "unbonding takes its time");
		run_to_era(start + BONDING + 1);
		assert_ok!(block(|| call(&who, withdraw())));
		assert_eq!(bonded(&who), 0);
		assert_eq!(spendable(&who), ENDOWMENT);
		assert!(Staking::ledger(sp_staking::StakingAccount::Stash(who)).is_err());
	});
}
