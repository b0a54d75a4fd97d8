//! The state in which the pallet's benchmarks run.

use super::BenchmarkHelper;
use crate::{
	merit::merit,
	pool::{Delegation, Pool, Round, MAX_ROUNDS, SCALE},
	types::{
		Authority, PendingRemovals, Removal, ReportingWindow, ReputerBook, ReputerRecord,
		ReputerSet, StakeRecord, Standing, StoredReport, MAX_WINDOWS,
	},
	*,
};
use alloc::vec::Vec;
use allora_primitives::{
	traits::TopicInspect, Balance, EpochContext, EpochId, FixedI128, Outcome, ReportPayload,
	ReputerContribution, TopicId, TopicParameters, ALLO, MAX_REPUTERS,
};
use allora_sortition::{actor::MAX_OUTCOMES, SeatRules};
use codec::Encode;
use frame_benchmarking::v2::*;
use frame_support::{
	traits::{
		fungible::{hold::Mutate as _, Mutate as _},
		Get, TypedGet,
	},
	BoundedVec,
};
use sp_runtime::traits::One;

/// The balance of an account, in planck.
pub(super) const FUNDS: Balance = 1_000_000 * ALLO;

/// The stake of a reputer that reports, in planck.
pub(super) const STAKE: Balance = 1_000 * ALLO;

/// The stake behind a reputer without delegations.
pub(super) fn own(own: Balance) -> Authority {
	Authority { own, delegated: 0 }
}

pub(super) fn accounts<T: Config>(name: &'static str, count: u32) -> Vec<T::AccountId> {
	(0..count).map(|at| account(name, at, 0)).collect()
}

pub(super) fn standing(score: i128) -> Standing {
	Standing { score: Some(FixedI128::from(score)), ..Default::default() }
}

/// The largest possible record, of an account with this standing.
pub(super) fn record<T: Config>(
	standing: Option<Standing>,
	by: &T::AccountId,
) -> ReputerRecord<T::AccountId> {
	let mut record = ReputerRecord::<T::AccountId>::default();
	record.standing = standing;
	let score = FixedI128::from(1);
	for epoch in 1..=MAX_OUTCOMES {
		let outcome = Outcome::Displaced { merit: score, by: by.clone(), by_merit: score };
		record.record_outcome(epoch.into(), outcome, MAX_OUTCOMES);
	}
	record
}

pub(super) fn losses<Bound: Get<u32>>(count: u32) -> BoundedVec<FixedI128, Bound> {
	BoundedVec::truncate_from((0..count).map(|_| FixedI128::from(-1)).collect())
}

/// An active set of this many members with this report. All but the weakest are as strong as a
/// [`staker`] of [`STAKE`], so that each comparison draws two lots.
pub(super) fn set_of<T: Config>(
	name: &'static str,
	reputers: u32,
	payload: ReportPayload,
) -> ReputerSet<T::AccountId> {
	let mut set = ReputerSet::<T::AccountId>::default();
	let payload = StoredReport { authority: own(FUNDS), payload };
	for (at, account) in accounts::<T>(name, reputers).iter().enumerate() {
		let authority = if at == 0 { 0 } else { STAKE };
		let _ = set.insert(account, merit(authority, FixedI128::one()), &payload, MAX_REPUTERS);
	}
	set
}

/// A truth for this many labels.
pub(super) fn truth<Bound: Get<u32>>(labels: u32) -> BoundedVec<FixedI128, Bound> {
	BoundedVec::truncate_from((0..labels).map(|_| FixedI128::from(2)).collect())
}

/// Fills the active set with this many members, and the score book with them and with other
/// accounts that were active before. The epoch before is the newest in the book.
pub(super) fn fill_epoch<T: Config>(topic: TopicId, epoch: EpochId, reputers: u32, elements: u32) {
	let before = epoch.saturating_sub(1);
	let mut book = ReputerBook::<T::AccountId>::default();
	book.begin(before, &[], |_| ());
	for account in accounts::<T>("reputer", reputers) {
		Actors::<T>::insert(topic, &account, record::<T>(None, &account));
		book.admit(account, standing(-1), before, |_| true);
	}
	for account in accounts::<T>("stranger", (4 * MAX_REPUTERS).saturating_sub(reputers)) {
		Actors::<T>::insert(topic, &account, record::<T>(None, &account));
		book.admit(account, standing(1), 1, |_| true);
	}
	let reports = ReportPayload::Losses(losses(elements));
	Reports::<T>::insert(topic, epoch, set_of::<T>("reputer", reputers, reports));
	ScoreBooks::<T>::insert(topic, book);
}

/// Stores the maximum number of windows, of which the epoch's is open.
pub(super) fn fill_windows<T: Config>(topic: TopicId, epoch: EpochId) {
	let now = Pallet::<T>::now();
	Windows::<T>::mutate(topic, |windows| {
		let mut all: Vec<_> = (1..MAX_WINDOWS)
			.map(|at| now.saturating_add(at.into()))
			.map(|open| ReportingWindow { epoch: open, open, last: open, min_authority: 0 })
			.collect();
		all.push(ReportingWindow { epoch, open: now, last: now, min_authority: 0 });
		*windows = all.try_into().unwrap_or_default();
	});
}

/// An account that staked before the window opened, with the maximum number of amounts frozen for
/// windows that have closed.
pub(super) fn staker<T: Config>(
	topic: TopicId,
	stake: Balance,
) -> Result<T::AccountId, BenchmarkError> {
	let caller: T::AccountId = whitelisted_caller();
	T::BenchmarkHelper::admit(topic, &caller);
	T::Currency::mint_into(&caller, FUNDS)?;
	T::Currency::hold(&HoldReason::Stake.into(), &caller, stake)?;
	let frozen = (1..=MAX_WINDOWS).map(|epoch| (epoch.into(), own(stake))).collect::<Vec<_>>();
	let frozen = frozen.try_into().unwrap_or_default();
	Stakes::<T>::insert(topic, &caller, StakeRecord { stake: own(stake), frozen });
	TopicStakes::<T>::insert(topic, stake);
	TotalStake::<T>::put(stake);
	Ok(caller)
}

/// Stores this many removals of own stake of 1 ALLO each that are due, with what is on hold.
pub(super) fn fill_removals<T: Config>(
	topic: TopicId,
	who: &T::AccountId,
	count: u32,
) -> Result<(), BenchmarkError> {
	let due = Pallet::<T>::now();
	let removals = (0..u64::from(count)).map(|id| Removal { id, amount: ALLO, due });
	let removals: PendingRemovals = removals.collect::<Vec<_>>().try_into().unwrap_or_default();
	Removals::<T>::insert(topic, who, removals);
	let sum = ALLO.saturating_mul(count.into());
	T::Currency::hold(&HoldReason::Stake.into(), who, sum)?;
	TopicRemovals::<T>::insert(topic, sum);
	TotalRemovals::<T>::put(sum);
	NextRemoval::<T>::put(u64::from(count));
	Ok(())
}

/// A topic whose reporting window is open, its epoch, and a reputer that the topic admits.
pub(super) fn backed<T: Config>() -> (TopicId, EpochId, T::AccountId) {
	let (topic, epoch, _) = T::BenchmarkHelper::reporting(1);
	let reputer: T::AccountId = account("reputer", 0, 0);
	T::BenchmarkHelper::admit(topic, &reputer);
	fill_windows::<T>(topic, epoch);
	Pallet::<T>::endow_pot();
	(topic, epoch, reputer)
}

/// Gives an account a delegation of 1000 ALLO to the reputer, before the epoch's reporting opened.
/// It has not been touched since as many rounds as there can be, which have ended and left the
/// pool; the pool is full of other such rounds, and owes it 10 ALLO.
pub(super) fn put_delegation<T: Config>(
	topic: TopicId,
	reputer: &T::AccountId,
	who: &T::AccountId,
) -> Result<(), BenchmarkError> {
	let amount = 1_000 * ALLO;
	T::Currency::mint_into(who, FUNDS)?;
	T::Currency::hold(&HoldReason::Delegation.into(), who, amount)?;
	T::Currency::mint_into(&DelegatorsPot::<T>::get(), 20 * ALLO)?;
	let ended = |epoch: u32| Round { epoch: epoch.into(), delegations: 1, per_share: Some(0) };
	let earlier = (1..=MAX_ROUNDS).map(|epoch| (epoch.into(), amount)).collect::<Vec<_>>();
	for epoch in 1..=MAX_ROUNDS {
		PastRounds::<T>::insert((topic, reputer, EpochId::from(epoch)), ended(epoch));
	}
	let (first, last) = (MAX_ROUNDS.saturating_add(1), MAX_ROUNDS.saturating_mul(2));
	let rounds = (first..=last).map(ended).collect::<Vec<_>>();
	let pool = Pool {
		delegations: 1,
		funds: 20 * ALLO,
		per_share: SCALE / 100,
		rounds: BoundedVec::truncate_from(rounds),
		..Default::default()
	};
	Pools::<T>::insert(topic, reputer, pool);
	let earlier = BoundedVec::truncate_from(earlier);
	let delegation = Delegation { amount, earlier, ..Default::default() };
	Delegations::<T>::insert((who, topic, reputer), delegation);
	let stake = Authority { own: amount, delegated: amount };
	let frozen = (1..=MAX_WINDOWS).map(|epoch| (epoch.into(), stake)).collect::<Vec<_>>();
	let frozen = BoundedVec::truncate_from(frozen);
	Stakes::<T>::insert(topic, reputer, StakeRecord { stake, frozen });
	TopicStakes::<T>::insert(topic, stake.total());
	TotalStake::<T>::put(stake.total());
	Ok(())
}

/// Stores this many removals of a delegation of 1 ALLO each that are due, with what is on hold.
pub(super) fn fill_undelegations<T: Config>(
	topic: TopicId,
	reputer: &T::AccountId,
	who: &T::AccountId,
	count: u32,
) -> Result<(), BenchmarkError> {
	let due = Pallet::<T>::now();
	let removals = (0..u64::from(count)).map(|id| Removal { id, amount: ALLO, due });
	let removals = BoundedVec::truncate_from(removals.collect::<Vec<_>>());
	Undelegations::<T>::insert((who, topic, reputer), removals);
	let sum = ALLO.saturating_mul(count.into());
	T::Currency::hold(&HoldReason::Delegation.into(), who, sum)?;
	TopicRemovals::<T>::insert(topic, sum);
	TotalRemovals::<T>::put(sum);
	NextRemoval::<T>::put(u64::from(count));
	Ok(())
}

pub(super) fn context(topic: TopicId, epoch: EpochId) -> EpochContext {
	EpochContext { topic, epoch, parameters: TopicParameters::regression(100, 50, 100) }
}

pub(super) fn contributions<T: Config>(
	name: &'static str,
	count: u32,
) -> Vec<ReputerContribution<T::AccountId>> {
	let score = FixedI128::from(1);
	let one = |account| ReputerContribution { account, score, authority: FUNDS };
	accounts::<T>(name, count).into_iter().map(one).collect()
}

pub(super) fn coefficients(count: u32) -> Vec<FixedI128> {
	(0..count).map(|_| FixedI128::from_rational(1, 2)).collect()
}

/// Stores reports of this many reputers that are not in the score book.
pub(super) fn fill_missing<T: Config>(topic: TopicId, epoch: EpochId, missing: u32) {
	fill_epoch::<T>(topic, epoch, 1, 1);
	let mut set = ReputerSet::<T::AccountId>::default();
	for account in accounts::<T>("missing", missing) {
		Actors::<T>::insert(topic, &account, record::<T>(Some(standing(3)), &account));
		let payload =
			StoredReport { authority: own(FUNDS), payload: ReportPayload::Losses(losses(1)) };
		let seat = set.insert(&account, FixedI128::from(3), &payload, MAX_REPUTERS);
		assert!(seat.is_ok(), "every missing reputer has a seat");
	}
	Reports::<T>::insert(topic, epoch, set);
}

/// Gives a staker a full record and a place in the score book of an epoch in which all others have
/// reported, in a topic without an allow-list.
pub(super) fn make_regular<T: Config>(topic: TopicId, epoch: EpochId, caller: &T::AccountId) {
	T::BenchmarkHelper::make_plain(topic);
	fill_windows::<T>(topic, epoch);
	Actors::<T>::insert(topic, caller, record::<T>(None, caller));
	ScoreBooks::<T>::mutate(topic, |book| {
		book.admit(caller.clone(), standing(9), epoch.saturating_sub(1), |_| false);
		book.begin(epoch, &[], |_| ());
	});
}

/// The score book and the account's record, which a regular reputer's report leaves as they are.
pub(super) fn book_and_record<T: Config>(topic: TopicId, who: &T::AccountId) -> Vec<u8> {
	(ScoreBooks::<T>::get(topic), Actors::<T>::get(topic, who)).encode()
}

/// Asserts that the report changed three different accounts with full records: the caller, the
/// member that it displaced, and the account whose entry left the book.
pub(super) fn ensure_worst_report<T: Config>(
	topic: TopicId,
	epoch: EpochId,
	caller: &T::AccountId,
) -> Result<(), &'static str> {
	let book = ScoreBooks::<T>::get(topic);
	let in_book = |who: &T::AccountId| book.entry(who).is_some();
	let outcomes = |who: &T::AccountId| Actors::<T>::get(topic, who).outcomes().len();
	let parameters = T::Topics::parameters_of(topic, epoch).ok_or("there is no topic")?;
	let kept = SeatRules::new(epoch, 0, &parameters).kept as usize;
	let actors: Vec<_> = Actors::<T>::iter_prefix(topic).collect();
	let displaced = actors.iter().find_map(|(who, record)| match record.outcome(epoch) {
		Some(Outcome::Displaced { by, .. }) if by == caller => Some(who),
		_ => None,
	});
	let displaced = displaced.ok_or("no member was displaced")?;
	let left = actors.iter().find(|(_, record)| record.standing.is_some());
	let (left, _) = left.ok_or("no entry left the book")?;
	assert!(in_book(caller) && in_book(displaced) && !in_book(left));
	// Only the displaced member's record got a new outcome, which cuts it to what the topic keeps.
	assert_eq!(outcomes(displaced), kept);
	let full = MAX_OUTCOMES as usize;
	assert_eq!((outcomes(caller), outcomes(left)), (full, full));
	Ok(())
}
