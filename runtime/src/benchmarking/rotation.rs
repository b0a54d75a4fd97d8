//! The end of a session: with slashes and the beginning of an era, and with an election.
//!
//! The benchmarks are marked as extra, because their setup takes long: `scripts/benchmark
//! --rotation` runs them with fewer repeats.

use super::stage::set_slot;
use crate::{
	configs::{MAX_CANDIDATES, MAX_NOMINATIONS, MAX_VOTERS},
	AccountId, Balance, Balances, Runtime, RuntimeOrigin, Session, SessionKeys, Staking, ALLO,
};
use alloc::{vec, vec::Vec};
use codec::{Decode, Encode};
use core::marker::PhantomData;
use frame_benchmarking::v2::*;
use frame_election_provider_support::{ElectionDataProvider, VoteWeight};
use frame_support::{
	traits::{fungible::Mutate, Get},
	BoundedVec,
};
use pallet_staking::{
	ActiveEra, ActiveEraInfo, BondedEras, CurrentEra, ErasStartSessionIndex, ErasValidatorPrefs,
	Forcing, RewardDestination, UnappliedSlash, UnappliedSlashes, ValidatorCount, ValidatorPrefs,
};
use sp_core::{ecdsa, Pair};
use sp_staking::{EraIndex, Exposure, IndividualExposure, StakingAccount};

/// The pallet that the benchmark macro requires.
pub struct Pallet<T>(PhantomData<T>);
/// The configuration that the benchmark macro requires.
pub trait Config: frame_system::Config {}
impl Config for Runtime {}

/// The slot of the measured block.
const NOW: u64 = 1_000;
/// The maximum number of voters in hundreds. The component of elections counts hundreds, because
/// storage accesses per voter are not whole numbers.
const MAX_HUNDREDS: u32 = MAX_VOTERS / 100;
/// The stake of a nominator in planck.
const STAKE: Balance = 10_000 * ALLO;

/// The maximum number of validators.
fn max_validators() -> u32 {
	<Runtime as pallet_staking::Config>::MaxValidatorSet::get()
}

fn validators(count: u32) -> Vec<AccountId> {
	(0..count).map(|index| account("validator", index, 0)).collect()
}

/// Session keys that nobody else has. The key for other chains has an address, whose computation the
/// end of a session pays for.
fn session_keys(who: &AccountId) -> Result<SessionKeys, BenchmarkError> {
	let public: [u8; 32] = who.clone().into();
	let beefy = ecdsa::Pair::from_seed(&public).public();
	SessionKeys::decode(&mut &(public, public, public, beefy).encode()[..])
		.map_err(|_| BenchmarkError::Stop("four public keys are session keys"))
}

/// Stores an era of the maximum number of validators, each backed by this many nominators.
fn put_era(era: EraIndex, backers: u32) {
	for validator in validators(max_validators()) {
		let others: Vec<_> = (0..backers)
			.map(|index| IndividualExposure { who: account("nominator", index, 0), value: STAKE })
			.collect();
		let total = STAKE * Balance::from(backers);
		ErasValidatorPrefs::<Runtime>::insert(era, &validator, ValidatorPrefs::default());
		Staking::add_era_stakers(era, validator, Exposure { total, own: 0, others });
	}
}

/// Makes the end of the session elect among the maximum number of candidates, with `voters` voters
/// that name the maximum number of them each. All name the first, which is elected at once, so that
/// the solver computes with a load of each voter in the rounds to come; the other nominations are
/// for the first `popular` ones. The oldest era on record is as large as the new one can be, and is
/// forgotten.
fn before_election(voters: u32, popular: u32) -> Result<(), BenchmarkError> {
	set_slot(NOW);
	let candidates = validators(MAX_CANDIDATES);
	for who in &candidates {
		pallet_session::NextKeys::<Runtime>::insert(who, session_keys(who)?);
	}
	let voters_of_staking = (0..voters)
		.map(|voter| {
			let targets = (0..MAX_NOMINATIONS)
				.map(|n| if n == 0 { 0 } else { 1 + (voter * 7 + n * 61) % (popular - 1) })
				.filter_map(|index| candidates.get(index as usize).cloned())
				.collect();
			let stake = STAKE as VoteWeight + VoteWeight::from(voter);
			(account("nominator", voter, 0), stake, BoundedVec::truncate_from(targets))
		})
		.collect();
	// The candidates' own votes are the smallest, so that the nominators are counted.
	let own_stake = VoteWeight::from(ALLO as u64);
	Staking::put_snapshot(voters_of_staking, candidates, Some(own_stake));
	ValidatorCount::<Runtime>::put(max_validators());
	pallet_staking::ForceEra::<Runtime>::put(Forcing::ForceNew);
	let history: EraIndex = <Runtime as pallet_staking::Config>::HistoryDepth::get();
	CurrentEra::<Runtime>::put(history);
	ErasStartSessionIndex::<Runtime>::insert(history, 0);
	put_era(0, voters * MAX_NOMINATIONS / max_validators());
	Ok(())
}

/// Whether an era of the maximum number of validators is planned.
fn elected() -> bool {
	let history: EraIndex = <Runtime as pallet_staking::Config>::HistoryDepth::get();
	CurrentEra::<Runtime>::get() == Some(history + 1)
		&& Session::queued_keys().len() == max_validators() as usize
		&& ErasValidatorPrefs::<Runtime>::iter_prefix(0).next().is_none()
}

#[benchmarks]
mod benchmarks {
	use super::*;

	/// An era begins, with the slashes of a validator and `s` nominators due.
	#[benchmark(extra)]
	fn change_session(s: Linear<0, 100>) -> Result<(), BenchmarkError> {
		set_slot(NOW);
		let active = 60;
		let mut keys = Vec::new();
		for who in validators(max_validators()) {
			let of_session = session_keys(&who)?;
			pallet_session::NextKeys::<Runtime>::insert(&who, &of_session);
			keys.push((who, of_session));
		}
		pallet_session::QueuedKeys::<Runtime>::put(keys);
		pallet_session::QueuedChanged::<Runtime>::put(true);
		pallet_staking::ForceEra::<Runtime>::put(Forcing::ForceNone);
		ActiveEra::<Runtime>::put(ActiveEraInfo { index: active, start: Some(0) });
		CurrentEra::<Runtime>::put(active + 1);
		let next = Session::current_index() + 1;
		ErasStartSessionIndex::<Runtime>::insert(active + 1, next);
		BondedEras::<Runtime>::put((active - 28..=active).map(|era| (era, 0)).collect::<Vec<_>>());
		let mut slashed = Vec::new();
		for index in 0..=s {
			let who: AccountId = account("slashed", index, 0);
			Balances::set_balance(&who, 2 * STAKE);
			let signed = RuntimeOrigin::signed(who.clone());
			Staking::bond(signed, STAKE, RewardDestination::Staked)?;
			slashed.push((who, STAKE / 10));
		}
		let (validator, own) = slashed.remove(0);
		let slash =
			UnappliedSlash { validator, own, others: slashed, reporters: vec![], payout: 0 };
		UnappliedSlashes::<Runtime>::insert(active + 1, vec![slash]);
		#[block]
		{
			Session::rotate_session();
		}
		assert_eq!(ActiveEra::<Runtime>::get().map(|era| era.index), Some(active + 1));
		assert_eq!(Session::validators().len(), max_validators() as usize);
		assert!(Staking::ledger(StakingAccount::Stash(account("slashed", s, 0)))
			.is_ok_and(|ledger| ledger.total < STAKE));
		Ok(())
	}

	/// An election whose nominations are spread over ten times as many candidates as are elected,
	/// so that the solver has the most to compute.
	#[benchmark(extra)]
	fn elect_spread(h: Linear<1, MAX_HUNDREDS>) -> Result<(), BenchmarkError> {
		before_election(100 * h, MAX_CANDIDATES)?;
		#[block]
		{
			Session::rotate_session();
		}
		assert!(elected());
		Ok(())
	}

	/// An election whose nominations are all for those who are elected, so that the most is stored.
	#[benchmark(extra)]
	fn elect_backed(h: Linear<1, MAX_HUNDREDS>) -> Result<(), BenchmarkError> {
		before_election(100 * h, max_validators())?;
		#[block]
		{
			Session::rotate_session();
		}
		assert!(elected());
		Ok(())
	}
}
