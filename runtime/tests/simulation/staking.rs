//! Operations outside of the protocol: accounts nominate, validate, join pools, and are paid.

use super::{
	operations::People,
	values::{self, once_in},
	Random,
};
use allora_primitives::ALLO;
use allora_runtime::{
	AccountId, Address, Authorship, Babe, Balances, NominationPools, Runtime, RuntimeCall, Session,
	System,
};
use frame_support::traits::{fungible::Inspect, FindAuthor};
use pallet_nomination_pools::{BondExtra, PoolMember, PoolMembers, PoolState};
use pallet_staking::{ErasStakersPaged, Payee, RewardDestination, ValidatorPrefs};
use rand::{seq::IndexedRandom, Rng};
use sp_runtime::Perbill;
use sp_staking::EraIndex;

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

/// Whether this is the author of the block, by the validators of the session before or of this one:
/// the two differ in the block that begins a session. Whoever is disabled in a block of that place in
/// the list is taken for its author by BABE, which then refuses to end the block.
pub fn is_author(who: &AccountId) -> bool {
	let digest = System::digest();
	let place = <Babe as FindAuthor<u32>>::find_author(
		digest.logs.iter().filter_map(|log| log.as_pre_runtime()),
	);
	let validators = Session::validators();
	let of_place = place.and_then(|place| validators.get(place as usize));
	of_place == Some(who) || Authorship::author().as_ref() == Some(who)
}

/// Whether all who are paid into their stake have the existential deposit free besides.
///
/// Whoever has not is paid all the same, but not into its stake, and staking calls that a failure of
/// its own. Only a member of a pool can have less, since its membership provides for the account.
fn compounds(era: EraIndex, validator: &AccountId) -> bool {
	let pages = ErasStakersPaged::<Runtime>::iter_prefix_values((era, validator));
	let backers = pages.flat_map(|page| page.others).map(|backer| backer.who);
	backers.chain([validator.clone()]).all(|who| {
		Payee::<Runtime>::get(&who) != Some(RewardDestination::Staked)
			|| Balances::balance(&who) >= Balances::minimum_balance()
	})
}

/// A staking call of this account.
pub fn call(people: &People, signer: usize, random: &mut Random) -> RuntimeCall {
	let who = &people.accounts[signer].id;
	let value = values::affordable_amount(random);
	if once_in(random, 3) {
		let (validator_stash, back) = (validator(random), random.random_range(0..4));
		let era = era().saturating_sub(back);
		if compounds(era, &validator_stash) {
			return pallet_staking::Call::payout_stakers { validator_stash, era }.into();
		}
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

/// An account, and its call to the nomination pools.
pub fn pool(people: &People, signer: usize, random: &mut Random) -> (usize, RuntimeCall) {
	if once_in(random, 3) {
		if let Some((who, call)) = exit_from_pool(random) {
			return (people.index_of(&who).unwrap_or(signer), call);
		}
	}
	(signer, membership(people, signer, random))
}

/// A member of a pool that has unbonded withdraws, or a slash of its pool is applied to it.
fn exit_from_pool(random: &mut Random) -> Option<(AccountId, RuntimeCall)> {
	let is_free = |member: &PoolMember<Runtime>| {
		member.unbonding_eras.keys().next().is_some_and(|unlocks| *unlocks <= era())
	};
	let members: Vec<_> = PoolMembers::<Runtime>::iter().collect();
	let free: Vec<_> = members.iter().filter(|(_, member)| is_free(member)).collect();
	let is_slashed = |who: &AccountId| NominationPools::api_member_pending_slash(who.clone()) > 0;
	let slashed: Vec<_> = members.iter().filter(|(who, _)| is_slashed(who)).collect();
	let (withdraws, of) = match (random.random(), slashed.is_empty()) {
		(true, _) | (false, true) => (true, free),
		(false, false) => (false, slashed),
	};
	let (who, _) = of.choose(random)?;
	let member_account = Address::Id(who.clone());
	let call = match withdraws {
		// More than enough: spans are cleared only with the pool's last stake.
		true => Pools::withdraw_unbonded { member_account, num_slashing_spans: 20 },
		false => Pools::apply_slash { member_account },
	};
	Some((who.clone(), call.into()))
}

/// A call of an account that joins a pool or is a member of one.
fn membership(people: &People, signer: usize, random: &mut Random) -> RuntimeCall {
	let who = &people.accounts[signer].id;
	let me = Address::Id(who.clone());
	let value = values::affordable_amount(random);
	let pools: Vec<_> = pallet_nomination_pools::BondedPools::<Runtime>::iter().collect();
	let Some(member) = PoolMembers::<Runtime>::get(who) else {
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
		0..=3 if is_nominator && !once_in(random, 8) => {
			let validators = (0..random.random_range(1..4)).map(|_| validator(random)).collect();
			Pools::nominate { pool_id, validators }
		}
		0..=1 if is_nominator => Pools::set_state { pool_id, state: PoolState::Destroying },
		0..=2 => Pools::bond_extra { extra: BondExtra::FreeBalance(value) },
		3 => Pools::bond_extra { extra: BondExtra::Rewards },
		4..=6 => {
			let unbonding_points = match random.random_range(0..3) {
				0 => member.points,
				_ => random.random_range(0..=member.points),
			};
			Pools::unbond { member_account: me, unbonding_points }
		}
		7..=8 => Pools::claim_payout {},
		9 => Pools::withdraw_unbonded { member_account: me, num_slashing_spans },
		10 => Pools::pool_withdraw_unbonded { pool_id, num_slashing_spans },
		_ => Pools::apply_slash { member_account: Address::Id(people.somebody(random)) },
	};
	call.into()
}

/// A staking call of governance.
pub fn as_root(random: &mut Random) -> RuntimeCall {
	let call = match random.random_range(0..4) {
		0 => pallet_staking::Call::set_validator_count { new: random.random_range(2..=5) },
		1 => pallet_staking::Call::force_new_era {},
		_ => {
			let (validator_stash, era) = (validator(random), era());
			if is_author(&validator_stash) {
				return pallet_staking::Call::force_new_era {}.into();
			}
			let slash_fraction = Perbill::from_percent(random.random_range(0..=30));
			pallet_staking::Call::manual_slash { validator_stash, era, slash_fraction }
		}
	};
	call.into()
}
