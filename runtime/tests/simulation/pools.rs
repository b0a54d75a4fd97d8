//! The check of the nomination pools' books.
//!
//! The pallet's own `try_state` fails after a slash: it demands that the balances of all members
//! add up to at least the total value locked, but rounds each of them down. What is missing is
//! rounding and nothing else:
//!
//! * The total value locked is, for each pool, what staking has on its ledger: `A` that is active,
//!   and a chunk `c` per era in which some of it unlocks.
//! * A member's balance (`PoolMember::total_balance`) is `floor(A * p / P)` for its `p` of the
//!   pool's `P` points, and `floor(B * u / U)` for each era for which it has `u` of the `U` points
//!   of a sub-pool, which has the balance `B`.
//! * Every point belongs to a member: joining, unbonding and withdrawing change a member's points
//!   and the sum by the same number. So over the `n` members with `p > 0`, the sum of `A * p / P`
//!   is `A`, and `A` less the sum of the rounded numbers is the sum of `n` fractions below 1. Being
//!   an integer, it is at most `n - 1`. Likewise it is at most `k - 1` in a sub-pool of `k` members.
//! * A chunk is at most the balance of its era's sub-pool. Unbonding adds the same amount to both,
//!   and a slash sets the balance to what is left of the chunk. A withdrawal takes the whole chunk
//!   first, and then only the member's part of the balance. Eras long past share one sub-pool,
//!   which has the sum of their balances and points.
//!
//! Members therefore lack at most the sum of all `n - 1` and `k - 1`. Before the first slash a point
//! is worth a planck, `A = P` and `B = U`, and nothing is rounded. The bound is reached: a slash of
//! one planck of three, which three members have in equal parts, leaves `A = 2` and `P = 3`, and
//! `floor(2 * 1 / 3)` to each; `n - 1 = 2` are missing.
//!
//! The pallet's `try_state` also fails if a member has no points, which is how it stays until its
//! next withdrawal if it unbonds after its pool has lost everything. This hides the checks that
//! follow, of which [`check`] repeats those of the counts and the total.
//!
//! One exception is larger: if less than the existential deposit `E` would stay active, staking
//! unlocks it as well. The chunk is then larger than the sub-pool's balance by at most `E - 1`.

use allora_primitives::Balance;
use allora_runtime::{Balances, NominationPools, Runtime};
use frame_support::traits::fungible::Inspect;
use pallet_nomination_pools::{
	BondedPoolInner, BondedPools, PoolId, PoolMembers, SubPoolsStorage, TotalValueLocked,
};
use pallet_staking::{Ledger, StakingLedger};
use sp_staking::EraIndex;
use std::collections::BTreeMap;

/// The failures of the pallet's `try_state` that [`check`] replaces.
pub const REPLACED: [&str; 2] = [
	"TVL must be equal to or less than the total balance of all PoolMembers.",
	"No member should have zero points",
];

/// The sums over a sub-pool, by the records of members and of staking.
#[derive(Default)]
struct Unbonding {
	members: Balance,
	points: Balance,
	/// What staking unlocks.
	chunks: Balance,
}

/// Fails unless all points belong to members, each sub-pool covers what staking unlocks, the total
/// value locked is what is staked, and members lack no more of it than what rounding takes.
pub fn check() {
	let pools = BondedPools::<Runtime>::iter().map(|(id, pool)| most_lost(id, &pool));
	let most: Balance = pools.sum();
	let members = PoolMembers::<Runtime>::iter_keys();
	let balances: Balance = members.map(NominationPools::api_member_total_balance).sum();
	let locked = TotalValueLocked::<Runtime>::get();
	let staked: Balance = BondedPools::<Runtime>::iter_keys().map(|id| ledger(id).total).sum();
	assert_eq!(locked, staked, "the total value locked is not what pools have staked");
	assert!(locked <= balances + most, "members have {balances} of {locked}, {most} may be lost");
}

/// Checks a pool. Returns the most that its members' balances lose by rounding, in planck.
fn most_lost(id: PoolId, pool: &BondedPoolInner<Runtime>) -> Balance {
	let members: Vec<_> =
		PoolMembers::<Runtime>::iter_values().filter(|member| member.pool_id == id).collect();
	let points: Balance = members.iter().map(|member| member.points).sum();
	assert_eq!(points, pool.points, "points of pool {id} have no member");
	let active = members.iter().filter(|member| member.points > 0).count() as Balance;

	assert_eq!(members.len(), pool.member_counter as usize, "pool {id} miscounts its members");
	let ledger = ledger(id);
	assert!(pool.points >= ledger.active, "a point of pool {id} is worth more than a planck");
	let sub_pools = SubPoolsStorage::<Runtime>::get(id).unwrap_or_default();
	let mut unbonding = BTreeMap::<Option<EraIndex>, Unbonding>::new();
	let at = |era: EraIndex| sub_pools.with_era.contains_key(&era).then_some(era);
	for (era, points) in members.iter().flat_map(|member| &member.unbonding_eras) {
		let sums = unbonding.entry(at(*era)).or_default();
		sums.members += 1;
		sums.points += points;
	}
	for chunk in &ledger.unlocking {
		unbonding.entry(at(chunk.era)).or_default().chunks += chunk.value;
	}
	let eras = sub_pools.with_era.iter().map(|(era, pool)| (Some(*era), pool));
	let mut all: BTreeMap<_, _> = eras.chain([(None, &sub_pools.no_era)]).collect();
	let mut lost = active.saturating_sub(1);
	for (era, sums) in unbonding {
		let sub_pool = all.remove(&era).expect("every era has a sub-pool");
		assert_eq!(sums.points, sub_pool.points, "points of pool {id} in {era:?} have no member");
		let dust = sums.chunks.saturating_sub(sub_pool.balance);
		let most = most_dust(&ledger);
		assert!(dust <= most, "{dust} of pool {id} in {era:?} is of no sub-pool");
		lost += sums.members.saturating_sub(1) + dust;
	}
	let empty = all.values().all(|sub_pool| sub_pool.points == 0);
	assert!(empty, "nobody has the points of a sub-pool of pool {id}: {all:?}");
	lost
}

/// The most that staking unlocks together with what a member unbonds.
fn most_dust(ledger: &StakingLedger<Runtime>) -> Balance {
	match ledger.active {
		0 => Balances::minimum_balance() - 1,
		_ => 0,
	}
}

/// What staking has on record of a pool; an empty record if it has none.
fn ledger(id: PoolId) -> StakingLedger<Runtime> {
	let (account, _) = NominationPools::api_pool_accounts(id);
	let ledger = Ledger::<Runtime>::get(&account);
	ledger.unwrap_or_else(|| StakingLedger::new(account, 0))
}
