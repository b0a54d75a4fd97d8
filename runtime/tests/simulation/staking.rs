//! Operations outside of the protocol: accounts nominate, validate, join pools, and are paid.

use super::{
	operations::People,
	values::{self, once_in},
	Random,
};
use allora_primitives::ALLO;
use allora_runtime::{AccountId, Address, Authorship, Runtime, RuntimeCall, Session, SessionKeys};
use codec::Encode;
use pallet_nomination_pools::BondExtra;
use pallet_staking::{RewardDestination, ValidatorPrefs};
use rand::{seq::IndexedRandom, Rng};
use sp_core::{ed25519, proof_of_possession::ProofOfPossessionGenerator, sr25519, Pair};
use sp_runtime::Perbill;

/// The calls of the nomination pools.
type Pools = pallet_nomination_pools::Call<Runtime>;

/// The current era.
fn era() -> u32 {
	pallet_staking::CurrentEra::<Runtime>::get().unwrap_or_default()
}

/// One of the validators.
fn validator(random: &mut Random) -> AccountId {
	Session::validators().choose(random).expect("somebody validates").clone()
}

/// A staking call of this account.
pub fn call(people: &People, signer: usize, random: &mut Random) -> RuntimeCall {
	let who = &people.accounts[signer].id;
	let value = values::affordable_amount(random);
	if once_in(random, 3) {
		let (validator_stash, back) = (validator(random), random.random_range(0..4));
		let era = era().saturating_sub(back);
		return pallet_staking::Call::payout_stakers { validator_stash, era }.into();
	}
	if !pallet_staking::Ledger::<Runtime>::contains_key(who) {
		let payee = match random.random_range(0..4) {
			0 => RewardDestination::Staked,
			1 => RewardDestination::Account(people.somebody(random)),
			2 => RewardDestination::None,
			_ => RewardDestination::Stash,
		};
		let value = 2 * ALLO + value;
		return pallet_staking::Call::bond { value, payee }.into();
	}
	let call = match random.random_range(0..10) {
		0 => pallet_staking::Call::bond_extra { max_additional: value },
		1..=2 => pallet_staking::Call::unbond { value },
		3 => pallet_staking::Call::withdraw_unbonded {
			num_slashing_spans: random.random_range(0..5),
		},
		4 => pallet_staking::Call::rebond { value },
		5 => {
			let prefs = ValidatorPrefs {
				commission: Perbill::from_percent(random.random_range(0..=100)),
				blocked: once_in(random, 10),
			};
			pallet_staking::Call::validate { prefs }
		}
		6..=7 => {
			let targets =
				(0..random.random_range(1..4))
					.map(|_| {
						if once_in(random, 4) {
							people.somebody(random)
						} else {
							validator(random)
						}
					})
					.map(Address::Id)
					.collect();
			pallet_staking::Call::nominate { targets }
		}
		8 => pallet_staking::Call::chill {},
		_ => pallet_staking::Call::set_payee { payee: RewardDestination::Staked },
	};
	call.into()
}

/// A call of this account to the nomination pools.
pub fn pool(people: &People, signer: usize, random: &mut Random) -> RuntimeCall {
	let who = &people.accounts[signer].id;
	let me = Address::Id(who.clone());
	let value = values::affordable_amount(random);
	let pools: Vec<_> = pallet_nomination_pools::BondedPools::<Runtime>::iter().collect();
	let Some(member) = pallet_nomination_pools::PoolMembers::<Runtime>::get(who) else {
		return match pools.choose(random) {
			Some((pool_id, _)) if !once_in(random, 4) => {
				Pools::join { amount: ALLO + value, pool_id: *pool_id }.into()
			}
			_ => {
				let (root, nominator, bouncer) = (me.clone(), me.clone(), me);
				Pools::create { amount: 100 * ALLO + value, root, nominator, bouncer }.into()
			}
		};
	};
	let pool_id = member.pool_id;
	let is_nominator =
		pools.iter().any(|(id, pool)| *id == pool_id && pool.roles.nominator.as_ref() == Some(who));
	let num_slashing_spans = random.random_range(0..5);
	let call = match random.random_range(0..12) {
		0..=1 if is_nominator => {
			let validators = (0..random.random_range(1..4)).map(|_| validator(random)).collect();
			Pools::nominate { pool_id, validators }
		}
		0..=2 => Pools::bond_extra { extra: BondExtra::FreeBalance(value) },
		3 => Pools::bond_extra { extra: BondExtra::Rewards },
		4..=5 => {
			let unbonding_points = match random.random_range(0..3) {
				0 => member.points,
				_ => random.random_range(0..=member.points),
			};
			Pools::unbond { member_account: me, unbonding_points }
		}
		6..=8 => Pools::claim_payout {},
		9 => Pools::withdraw_unbonded { member_account: me, num_slashing_spans },
		10 => Pools::pool_withdraw_unbonded { pool_id, num_slashing_spans },
		_ => Pools::apply_slash { member_account: Address::Id(people.somebody(random)) },
	};
	call.into()
}

/// New session keys for this account, or none.
pub fn keys(who: &AccountId, random: &mut Random) -> RuntimeCall {
	if once_in(random, 3) {
		return pallet_session::Call::purge_keys {}.into();
	}
	let seed: [u8; 32] = random.random();
	let (mut sr, mut ed) = (sr25519::Pair::from_seed(&seed), ed25519::Pair::from_seed(&seed));
	let keys = SessionKeys {
		babe: sr.public().into(),
		grandpa: ed.public().into(),
		authority_discovery: sr.public().into(),
	};
	let owner = who.encode();
	let proof = (
		sr.generate_proof_of_possession(&owner),
		ed.generate_proof_of_possession(&owner),
		sr.generate_proof_of_possession(&owner),
	);
	pallet_session::Call::set_keys { keys, proof: proof.encode() }.into()
}

/// A staking call of governance.
pub fn as_root(random: &mut Random) -> RuntimeCall {
	let call = match random.random_range(0..4) {
		0 => pallet_staking::Call::set_validator_count { new: random.random_range(2..=5) },
		1 => pallet_staking::Call::force_new_era {},
		_ => {
			let (validator_stash, era) = (validator(random), era());
			if Authorship::author() == Some(validator_stash.clone()) {
				// The author would be disabled in its own block, which BABE then refuses to end.
				return pallet_staking::Call::force_new_era {}.into();
			}
			let slash_fraction = Perbill::from_percent(random.random_range(0..=30));
			pallet_staking::Call::manual_slash { validator_stash, era, slash_fraction }
		}
	};
	call.into()
}
