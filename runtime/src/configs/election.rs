//! The election of validators: sequential Phragmén, on chain, once per era.
//!
//! The sizes of an election are bounded, so that it fits in a block. Two of the bounds concern who
//! may take part:
//!
//! - **Voters.** The [`MAX_VOTERS`] with the most stake are counted, in the order of the voters'
//!   bags. A small nominator that is not among them is counted as a member of a nomination pool,
//!   which is one voter for all of its members.
//! - **Candidates.** Staking returns an error instead of the candidates if there are more of them
//!   than an election takes, and without an election no era ends. So it is not asked: [`Election`]
//!   reads the candidates itself and takes the [`MAX_CANDIDATES`] with the most stake behind them.
//!   An account that validates does not get in anybody's way, however many there are, and whatever
//!   maximum governance sets. One without session keys is no candidate.

use super::staking::{MaxBackersPerWinner, MaxValidatorSet};
use crate::{
	rotation, weights::rotation::Weights, AccountId, BlockNumber, Runtime, Staking, System,
};
use alloc::{collections::BTreeMap, vec::Vec};
use core::cmp::Reverse;
use frame_election_provider_support::{
	bounds::{DataProviderBounds, ElectionBounds, ElectionBoundsBuilder},
	onchain::{self, Error, OnChainExecution},
	BoundedSupportsOf, ElectionDataProvider, ElectionProvider, InstantElectionProvider, PageIndex,
	SequentialPhragmen, VoterOf, WeightInfo,
};
use frame_support::{
	dispatch::DispatchClass,
	parameter_types,
	traits::{ConstBool, ConstU32},
	weights::Weight,
};
use frame_system::BlockWeight;
use pallet_session::NextKeys;
use pallet_staking::Validators;
use sp_runtime::Perbill;

/// The maximum number of voters that an election counts.
pub const MAX_VOTERS: u32 = 2_000;
/// The maximum number of candidates that an election considers.
pub const MAX_CANDIDATES: u32 = 1_000;

parameter_types! {
	/// The bounds of the solver's input.
	pub Bounds: ElectionBounds = ElectionBoundsBuilder::default()
		.voters_count(MAX_VOTERS.into())
		.targets_count(MAX_CANDIDATES.into())
		.build();
}

/// The solver, for voters and candidates that [`Election`] passes to it.
pub struct Solver;
impl onchain::Config for Solver {
	type System = Runtime;
	type Solver = SequentialPhragmen<AccountId, Perbill>;
	type DataProvider = Staking;
	type WeightInfo = ElectionWeight;
	type MaxBackersPerWinner = MaxBackersPerWinner;
	type MaxWinnersPerPage = MaxValidatorSet;
	type Bounds = Bounds;
	type Sort = ConstBool<true>;
}

/// The weight of a whole election: reading voters and candidates, solving, and storing the
/// validators with those who back them.
///
/// It depends on the number of voters alone; the other sizes are taken at their maximum.
pub struct ElectionWeight;
impl WeightInfo for ElectionWeight {
	fn phragmen(voters: u32, _: u32, _: u32) -> Weight {
		rotation::election::<Weights<Runtime>>(voters)
	}

	fn phragmms(voters: u32, candidates: u32, degree: u32) -> Weight {
		Self::phragmen(voters, candidates, degree)
	}
}

/// The accounts that validate and have session keys; of more than [`MAX_CANDIDATES`], those with the
/// most stake behind them.
///
/// An elected account without keys is left out of the session. So a few of them with the most stake
/// would leave fewer validators, or none at all.
fn candidates(voters: &[VoterOf<Staking>]) -> Vec<AccountId> {
	let all: Vec<AccountId> = Validators::<Runtime>::iter_keys().collect();
	let excess = (all.len() as u64).saturating_sub(MAX_CANDIDATES.into());
	// The weight of the election has the maximum number, each with its keys.
	let reads = <Runtime as frame_system::Config>::DbWeight::get().reads(excess.saturating_mul(2));
	System::register_extra_weight_unchecked(reads, DispatchClass::Mandatory);
	let with_keys = all.into_iter().filter(|who| NextKeys::<Runtime>::contains_key(who));
	let mut candidates: Vec<_> = with_keys.collect();
	if candidates.len() > MAX_CANDIDATES as usize {
		let mut backing = BTreeMap::<&AccountId, u128>::new();
		for (_, stake, targets) in voters {
			for target in targets {
				let backed = backing.entry(target).or_default();
				*backed = backed.saturating_add((*stake).into());
			}
		}
		candidates.sort_by_cached_key(|candidate| Reverse(backing.get(candidate).copied()));
		candidates.truncate(MAX_CANDIDATES as usize);
	}
	candidates
}

/// The election among all voters and candidates of staking that its bounds admit.
pub struct Election;
impl ElectionProvider for Election {
	type AccountId = AccountId;
	type BlockNumber = BlockNumber;
	type Error = Error;
	type MaxWinnersPerPage = MaxValidatorSet;
	type MaxBackersPerWinner = MaxBackersPerWinner;
	type MaxBackersPerWinnerFinal = MaxBackersPerWinner;
	type Pages = ConstU32<1>;
	type DataProvider = Staking;

	fn elect(page: PageIndex) -> Result<BoundedSupportsOf<Self>, Error> {
		let bounds: DataProviderBounds = Bounds::get().voters;
		// Staking registers 120 s for the voters it reads, which `ElectionWeight` has as measured.
		let registered = BlockWeight::<Runtime>::get();
		let voters = Staking::electing_voters(bounds, page).map_err(Error::DataProvider)?;
		BlockWeight::<Runtime>::put(registered);
		let candidates = candidates(&voters);
		let desired = Staking::desired_targets().map_err(Error::DataProvider)?;
		let desired = desired.min(MaxValidatorSet::get());
		OnChainExecution::<Solver>::instant_elect(voters, candidates, desired)
	}

	fn start() -> Result<(), Error> {
		Ok(())
	}

	fn duration() -> BlockNumber {
		0
	}

	fn status() -> Result<Option<Weight>, ()> {
		Ok(Some(ElectionWeight::phragmen(MAX_VOTERS, 0, 0)))
	}
}
