//! Benchmarks: one per function of [`WeightInfo`](crate::WeightInfo), of the same name, each of the
//! worst case.

use crate::{
	pool::{Delegation, Pool, Round, MAX_ROUNDS, SCALE},
	types::{
		Authority, Backing, Commission, PendingRemovals, Removal, ReportingWindow, ReputerBook,
		ReputerRecord, ReputerSet, StakeRecord, Standing, StoredReport, MAX_REMOVALS, MAX_WINDOWS,
	},
	*,
};
use alloc::vec::Vec;
use allora_primitives::{
	traits::{EpochRecords, StakeInspect, TopicInspect},
	Balance, EpochContext, EpochId, FixedI128, Outcome, ReportPayload, ReputerContribution,
	TopicId, TopicParameters, VoidReason, ALLO, MAX_ELEMENTS, MAX_REPUTERS,
};
use allora_sortition::{actor::MAX_OUTCOMES, SeatRules};
use frame_benchmarking::{benchmarking::add_to_whitelist, v2::*};
use frame_support::{
	traits::{
		fungible::{hold::Mutate as _, Mutate as _},
		Get, TypedGet,
	},
	weights::{Weight, WeightMeter},
	BoundedVec,
};
use frame_system::RawOrigin;
use sp_core::H256;

/// Sets up the state of other pallets for benchmarks.
pub trait BenchmarkHelper<AccountId> {
	/// Creates a topic of the largest active set with a custom loss method, and an epoch whose
	/// reporting window is open in this block and whose bundle has this many elements. Returns the topic's id, the epoch's,
	/// which is above 100, and the bundle's hash.
	fn reporting(losses: u32) -> (TopicId, EpochId, H256);
	/// Registers an account as a reputer of the topic and admits it.
	fn admit(topic: TopicId, who: &AccountId);
}

/// The balance of an account, in planck.
const FUNDS: Balance = 1_000_000 * ALLO;

/// The stake behind a reputer without delegations.
fn own(own: Balance) -> Authority {
	Authority { own, delegated: 0 }
}

fn accounts<T: Config>(name: &'static str, count: u32) -> Vec<T::AccountId> {
	(0..count).map(|at| account(name, at, 0)).collect()
}

fn standing(score: i128) -> Standing {
	Standing { score: Some(FixedI128::from(score)), ..Default::default() }
}

/// The largest possible record, of an account with this standing.
fn record<T: Config>(standing: Option<Standing>, by: &T::AccountId) -> ReputerRecord<T::AccountId> {
	let mut record = ReputerRecord::<T::AccountId>::default();
	record.standing = standing;
	let score = FixedI128::from(1);
	for epoch in 1..=MAX_OUTCOMES {
		let outcome = Outcome::Displaced { merit: score, by: by.clone(), by_merit: score };
		record.record_outcome(epoch.into(), outcome, MAX_OUTCOMES);
	}
	record
}

fn losses<Bound: Get<u32>>(count: u32) -> BoundedVec<FixedI128, Bound> {
	BoundedVec::truncate_from((0..count).map(|_| FixedI128::from(-1)).collect())
}

/// Fills the active set with this many weak members, and the score book with them and with other
/// accounts that were active before.
fn fill_epoch<T: Config>(topic: TopicId, epoch: EpochId, reputers: u32, elements: u32) {
	let score = FixedI128::from(-1);
	let mut set = ReputerSet::<T::AccountId>::default();
	let mut book = ReputerBook::<T::AccountId>::default();
	let payload =
		StoredReport { authority: own(FUNDS), payload: ReportPayload::Losses(losses(elements)) };
	for account in accounts::<T>("reputer", reputers) {
		Actors::<T>::insert(topic, &account, record::<T>(None, &account));
		let _ = set.insert(&account, score, &payload, MAX_REPUTERS);
		book.admit(account, standing(-1), epoch);
	}
	for account in accounts::<T>("stranger", (4 * MAX_REPUTERS).saturating_sub(reputers)) {
		Actors::<T>::insert(topic, &account, record::<T>(None, &account));
		book.admit(account, standing(1), 1);
	}
	Reports::<T>::insert(topic, epoch, set);
	ScoreBooks::<T>::insert(topic, book);
}

/// Stores the maximum number of windows, of which the epoch's is open.
fn fill_windows<T: Config>(topic: TopicId, epoch: EpochId) {
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
fn staker<T: Config>(topic: TopicId, stake: Balance) -> Result<T::AccountId, BenchmarkError> {
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
fn fill_removals<T: Config>(
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
	TotalRemovals::<T>::put(sum);
	NextRemoval::<T>::put(u64::from(count));
	Ok(())
}

/// A topic whose reporting window is open, its epoch, and a reputer that the topic admits.
fn backed<T: Config>() -> (TopicId, EpochId, T::AccountId) {
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
fn put_delegation<T: Config>(
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
fn fill_undelegations<T: Config>(
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
	TotalRemovals::<T>::put(sum);
	NextRemoval::<T>::put(u64::from(count));
	Ok(())
}

fn context(topic: TopicId, epoch: EpochId) -> EpochContext {
	EpochContext { topic, epoch, parameters: TopicParameters::regression(100, 50, 100) }
}

fn contributions<T: Config>(
	name: &'static str,
	count: u32,
) -> Vec<ReputerContribution<T::AccountId>> {
	let score = FixedI128::from(1);
	let one = |account| ReputerContribution { account, score, authority: FUNDS };
	accounts::<T>(name, count).into_iter().map(one).collect()
}

fn coefficients(count: u32) -> Vec<FixedI128> {
	(0..count).map(|_| FixedI128::from_rational(1, 2)).collect()
}

/// Stores reports of this many reputers that are not in the score book.
fn fill_missing<T: Config>(topic: TopicId, epoch: EpochId, missing: u32) {
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

/// Asserts that the report changed three different accounts with full records: the caller, the
/// member that it displaced, and the account whose entry left the book.
fn ensure_worst_report<T: Config>(
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
	// Only the caller's record got a new outcome, which cuts it to what the topic keeps.
	assert_eq!(outcomes(caller), kept);
	let full = MAX_OUTCOMES as usize;
	assert_eq!((outcomes(displaced), outcomes(left)), (full, full));
	Ok(())
}

#[benchmarks]
mod benchmarks {
	use super::*;

	#[benchmark]
	fn stake() -> Result<(), BenchmarkError> {
		let (topic, epoch, _) = T::BenchmarkHelper::reporting(1);
		let caller = staker::<T>(topic, 1_000 * ALLO)?;
		fill_windows::<T>(topic, epoch);

		#[extrinsic_call]
		stake(RawOrigin::Signed(caller.clone()), topic, 500 * ALLO);

		assert_eq!(Pallet::<T>::authority(topic, &caller), 1_500 * ALLO);
		Ok(())
	}

	#[benchmark]
	fn unstake() -> Result<(), BenchmarkError> {
		let (topic, epoch, _) = T::BenchmarkHelper::reporting(1);
		let caller = staker::<T>(topic, 1_000 * ALLO)?;
		fill_removals::<T>(topic, &caller, MAX_REMOVALS.saturating_sub(1))?;
		fill_windows::<T>(topic, epoch);

		#[extrinsic_call]
		unstake(RawOrigin::Signed(caller.clone()), topic, ALLO);

		assert_eq!(Removals::<T>::get(topic, &caller).len(), MAX_REMOVALS as usize);
		Ok(())
	}

	#[benchmark]
	fn cancel_unstake() -> Result<(), BenchmarkError> {
		let (topic, epoch, _) = T::BenchmarkHelper::reporting(1);
		let caller = staker::<T>(topic, 1_000 * ALLO)?;
		fill_removals::<T>(topic, &caller, MAX_REMOVALS)?;
		fill_windows::<T>(topic, epoch);

		#[extrinsic_call]
		cancel_unstake(RawOrigin::Signed(caller.clone()), topic, 0);

		assert_eq!(Removals::<T>::get(topic, &caller).len(), MAX_REMOVALS as usize - 1);
		Ok(())
	}

	#[benchmark]
	fn withdraw() -> Result<(), BenchmarkError> {
		let (topic, epoch, _) = T::BenchmarkHelper::reporting(1);
		let caller = staker::<T>(topic, 1_000 * ALLO)?;
		fill_removals::<T>(topic, &caller, MAX_REMOVALS)?;
		fill_windows::<T>(topic, epoch);

		#[extrinsic_call]
		withdraw(RawOrigin::Signed(caller.clone()), topic);

		assert!(!Removals::<T>::contains_key(topic, &caller));
		Ok(())
	}

	/// Losses; a truth of as many values costs less, since the bundle is not read.
	#[benchmark]
	fn report(l: Linear<1, MAX_ELEMENTS>) -> Result<(), BenchmarkError> {
		let (topic, epoch, hash) = T::BenchmarkHelper::reporting(l);
		let caller = staker::<T>(topic, 1_000 * ALLO)?;
		fill_epoch::<T>(topic, epoch, MAX_REPUTERS, l);
		fill_windows::<T>(topic, epoch);
		Actors::<T>::insert(topic, &caller, record::<T>(Some(standing(9)), &caller));
		// A displaced member was last active in the epoch before, so other accounts leave the book
		// first.
		for who in accounts::<T>("reputer", MAX_REPUTERS) {
			Actors::<T>::mutate(topic, &who, |record| {
				record.record_outcome(epoch.saturating_sub(1), Outcome::Accepted, MAX_OUTCOMES);
				record.record_outcome(epoch, Outcome::Accepted, MAX_OUTCOMES);
			});
		}

		#[extrinsic_call]
		report_losses(RawOrigin::Signed(caller.clone()), topic, epoch, hash, losses(l));

		ensure_worst_report::<T>(topic, epoch, &caller)?;
		Ok(())
	}

	#[benchmark]
	fn abstain() -> Result<(), BenchmarkError> {
		let (topic, epoch, _) = T::BenchmarkHelper::reporting(1);
		let caller = staker::<T>(topic, 1_000 * ALLO)?;
		fill_epoch::<T>(topic, epoch, MAX_REPUTERS, 1);
		fill_windows::<T>(topic, epoch);
		Actors::<T>::insert(topic, &caller, record::<T>(Some(standing(9)), &caller));

		#[extrinsic_call]
		abstain(RawOrigin::Signed(caller.clone()), topic, epoch);

		assert_eq!(Pallet::<T>::outcome(topic, epoch, &caller), Some(Outcome::Abstained));
		Ok(())
	}

	#[benchmark]
	fn open() -> Result<(), BenchmarkError> {
		let (topic, epoch, _) = T::BenchmarkHelper::reporting(1);
		fill_windows::<T>(topic, epoch.saturating_sub(1));

		#[block]
		{
			Pallet::<T>::open(&context(topic, epoch)).map_err(|_| "the opening is void")?;
		}

		assert_eq!(Windows::<T>::get(topic).last().map(|window| window.epoch), Some(epoch));
		Ok(())
	}

	#[benchmark]
	fn void() {
		let (topic, epoch, _) = T::BenchmarkHelper::reporting(1);
		fill_windows::<T>(topic, epoch);

		#[block]
		{
			Pallet::<T>::on_void(topic, epoch, VoidReason::NoReport);
		}

		assert_eq!(Windows::<T>::get(topic).len(), MAX_WINDOWS as usize - 1);
	}

	#[benchmark]
	fn freeze(
		r: Linear<0, MAX_REPUTERS>,
		l: Linear<0, MAX_ELEMENTS>,
	) -> Result<(), BenchmarkError> {
		// Without a reputer there is nothing to freeze.
		let (r, l) = (r.max(1), l.max(1));
		let (topic, epoch, _) = T::BenchmarkHelper::reporting(l);
		fill_epoch::<T>(topic, epoch, r, l);
		let frozen;

		#[block]
		{
			frozen = Pallet::<T>::freeze(&context(topic, epoch));
		}

		let ((reports, _), _) = frozen.map_err(|_| "there are reports")?;
		assert_eq!(reports.len(), r as usize);
		Ok(())
	}

	/// Reads that [`freeze`] already counts are left out.
	#[benchmark]
	fn freeze_missing(m: Linear<1, MAX_REPUTERS>) -> Result<(), BenchmarkError> {
		let (topic, epoch, _) = T::BenchmarkHelper::reporting(1);
		fill_missing::<T>(topic, epoch, m);
		add_to_whitelist(Reports::<T>::hashed_key_for(topic, epoch).into());
		add_to_whitelist(ScoreBooks::<T>::hashed_key_for(topic).into());
		let frozen;

		#[block]
		{
			frozen = Pallet::<T>::freeze(&context(topic, epoch));
		}

		let ((reports, _), _) = frozen.map_err(|_| "there are reports")?;
		assert_eq!(reports.len(), m as usize);
		Ok(())
	}

	#[benchmark]
	fn record_scores(r: Linear<1, MAX_REPUTERS>) -> Result<(), BenchmarkError> {
		let (topic, epoch, _) = T::BenchmarkHelper::reporting(1);
		fill_epoch::<T>(topic, epoch, r, 1);
		let (scored, coefficients) = (contributions::<T>("reputer", r), coefficients(r));
		let recorded;

		#[block]
		{
			recorded = Pallet::<T>::record_scores(&context(topic, epoch), &scored, &coefficients);
		}

		assert!(recorded.is_ok());
		// From -1 or 3 toward 1.
		let score = |one: &ReputerContribution<_>| Pallet::<T>::score(topic, &one.account);
		assert!(scored.iter().all(|one| score(one) > Some(FixedI128::from(-1))));
		assert!(scored.iter().all(|one| score(one) < Some(FixedI128::from(3))));
		Ok(())
	}

	#[benchmark]
	fn record_missing(m: Linear<1, MAX_REPUTERS>) -> Result<(), BenchmarkError> {
		let (topic, epoch, _) = T::BenchmarkHelper::reporting(1);
		fill_missing::<T>(topic, epoch, m);
		let (scored, coefficients) = (contributions::<T>("missing", m), coefficients(m));
		let recorded;

		#[block]
		{
			recorded = Pallet::<T>::record_scores(&context(topic, epoch), &scored, &coefficients);
		}

		assert!(recorded.is_ok());
		// From -1 or 3 toward 1.
		let score = |one: &ReputerContribution<_>| Pallet::<T>::score(topic, &one.account);
		assert!(scored.iter().all(|one| score(one) > Some(FixedI128::from(-1))));
		assert!(scored.iter().all(|one| score(one) < Some(FixedI128::from(3))));
		Ok(())
	}

	#[benchmark]
	fn prune() {
		let (topic, epoch, _) = T::BenchmarkHelper::reporting(1);
		fill_epoch::<T>(topic, epoch, MAX_REPUTERS, MAX_ELEMENTS);

		#[block]
		{
			Pallet::<T>::on_prune(topic, epoch);
		}

		assert!(!Reports::<T>::contains_key(topic, epoch));
	}

	#[benchmark]
	fn forget(i: Linear<1, 512>) {
		let (topic, ..) = T::BenchmarkHelper::reporting(1);
		for who in accounts::<T>("actor", i) {
			Actors::<T>::insert(topic, &who, record::<T>(Some(standing(3)), &who));
		}

		#[block]
		{
			Pallet::<T>::on_forget(topic, &mut WeightMeter::with_limit(Weight::MAX));
		}

		assert_eq!(Actors::<T>::iter_prefix_values(topic).count(), 0);
	}

	#[benchmark]
	fn delegate() -> Result<(), BenchmarkError> {
		let (topic, _, reputer) = backed::<T>();
		let caller: T::AccountId = whitelisted_caller();
		put_delegation::<T>(topic, &reputer, &caller)?;

		#[extrinsic_call]
		delegate(RawOrigin::Signed(caller.clone()), topic, reputer.clone(), 500 * ALLO);

		assert_eq!(Pallet::<T>::authority(topic, &reputer), 2_500 * ALLO);
		Ok(())
	}

	#[benchmark]
	fn undelegate() -> Result<(), BenchmarkError> {
		let (topic, _, reputer) = backed::<T>();
		let caller: T::AccountId = whitelisted_caller();
		put_delegation::<T>(topic, &reputer, &caller)?;
		fill_undelegations::<T>(topic, &reputer, &caller, MAX_REMOVALS.saturating_sub(1))?;

		#[extrinsic_call]
		undelegate(RawOrigin::Signed(caller.clone()), topic, reputer.clone(), 500 * ALLO);

		assert_eq!(Pallet::<T>::authority(topic, &reputer), 1_500 * ALLO);
		Ok(())
	}

	#[benchmark]
	fn cancel_undelegate() -> Result<(), BenchmarkError> {
		let (topic, _, reputer) = backed::<T>();
		let caller: T::AccountId = whitelisted_caller();
		put_delegation::<T>(topic, &reputer, &caller)?;
		fill_undelegations::<T>(topic, &reputer, &caller, MAX_REMOVALS)?;

		#[extrinsic_call]
		cancel_undelegate(RawOrigin::Signed(caller.clone()), topic, reputer.clone(), 0);

		assert_eq!(Pallet::<T>::authority(topic, &reputer), 2_001 * ALLO);
		Ok(())
	}

	/// The rest of a delegation, so that its rewards are paid and its pool is removed too.
	#[benchmark]
	fn withdraw_for() -> Result<(), BenchmarkError> {
		let (topic, _, reputer) = backed::<T>();
		let caller: T::AccountId = whitelisted_caller();
		let delegator: T::AccountId = account("delegator", 0, 0);
		put_delegation::<T>(topic, &reputer, &delegator)?;
		fill_undelegations::<T>(topic, &reputer, &delegator, MAX_REMOVALS)?;
		Delegations::<T>::mutate((&delegator, topic, &reputer), |known| {
			if let Some(known) = known {
				known.amount = 0;
			}
		});

		#[extrinsic_call]
		withdraw_for(RawOrigin::Signed(caller), topic, reputer.clone(), delegator.clone());

		assert!(!Undelegations::<T>::contains_key((&delegator, topic, &reputer)));
		assert!(!Pools::<T>::contains_key(topic, &reputer));
		Ok(())
	}

	#[benchmark]
	fn set_commission() -> Result<(), BenchmarkError> {
		let (topic, ..) = T::BenchmarkHelper::reporting(1);
		let caller = staker::<T>(topic, 1_000 * ALLO)?;

		#[extrinsic_call]
		set_commission(RawOrigin::Signed(caller.clone()), topic, T::MaxCommission::get());

		assert!(Commissions::<T>::contains_key(topic, &caller));
		Ok(())
	}

	#[benchmark]
	fn claim() -> Result<(), BenchmarkError> {
		let (topic, _, reputer) = backed::<T>();
		let caller: T::AccountId = whitelisted_caller();
		put_delegation::<T>(topic, &reputer, &caller)?;
		Delegations::<T>::mutate((&caller, topic, &reputer), |known| {
			if let Some(known) = known {
				known.amount = 0;
				known.owed = ALLO * SCALE;
			}
		});

		#[extrinsic_call]
		claim(RawOrigin::Signed(caller.clone()), topic, reputer.clone());

		assert!(!Pools::<T>::contains_key(topic, &reputer));
		Ok(())
	}

	#[benchmark]
	fn compound() -> Result<(), BenchmarkError> {
		let (topic, _, reputer) = backed::<T>();
		let caller: T::AccountId = whitelisted_caller();
		put_delegation::<T>(topic, &reputer, &caller)?;

		#[extrinsic_call]
		compound(RawOrigin::Signed(caller.clone()), topic, reputer.clone());

		// 1000 ALLO have earned a hundredth.
		assert_eq!(Pallet::<T>::authority(topic, &reputer) / ALLO, 2_009);
		Ok(())
	}

	#[benchmark]
	fn share(r: Linear<1, MAX_REPUTERS>) -> Result<(), BenchmarkError> {
		let (topic, epoch, _) = backed::<T>();
		let authority = Authority { own: FUNDS, delegated: FUNDS };
		let mut rewards = Vec::new();
		let mut backings = Vec::new();
		let rate = T::MaxCommission::get();
		for reputer in accounts::<T>("reputer", r) {
			put_delegation::<T>(topic, &reputer, &account("delegator", 0, 0))?;
			Commissions::<T>::insert(topic, &reputer, Commission { rate, rise: Some((rate, 1)) });
			rewards.push((reputer.clone(), 10 * ALLO));
			backings.push(Backing { reputer, authority });
		}
		let shared;

		#[block]
		{
			shared = Pallet::<T>::share(&context(topic, epoch), &backings, &rewards);
		}

		let (parts, _) = shared.map_err(|_| "rewards can be shared")?;
		assert_eq!(parts.len(), r as usize);
		Ok(())
	}

	impl_benchmark_test_suite!(
		Pallet,
		crate::mock::ExtBuilder::default().build(),
		crate::mock::Test
	);
}
