//! Benchmarks: one per function of [`WeightInfo`](crate::WeightInfo), of the same name, each of the
//! worst case.

mod setup;

use self::setup::*;
use crate::{
	pool::SCALE,
	types::{Authority, Backing, Commission, MAX_REMOVALS, MAX_WINDOWS},
	*,
};
use alloc::vec::Vec;
use allora_primitives::{
	traits::{EpochRecords, StakeInspect},
	EpochId, FixedI128, Outcome, ReportPayload, ReputerContribution, TopicId, VoidReason, ALLO,
	MAX_ELEMENTS, MAX_LABELS, MAX_REPUTERS,
};
use allora_sortition::ActorStore;
use frame_benchmarking::{benchmarking::add_to_whitelist, v2::*};
use frame_support::{
	traits::Get,
	weights::{Weight, WeightMeter},
};
use frame_system::RawOrigin;
use sp_core::H256;

/// Sets up the state of other pallets for benchmarks.
pub trait BenchmarkHelper<AccountId> {
	/// Creates a topic of the largest active set with a custom loss method, and an epoch whose
	/// reporting window is open in this block and whose bundle has this many elements. Returns the
	/// topic's id, the epoch's, which is above 100, and the bundle's hash.
	fn reporting(losses: u32) -> (TopicId, EpochId, H256);
	/// Makes the topic one without allow-lists, whose parameters have not changed.
	fn make_plain(topic: TopicId);
	/// Makes the topic one of this many labels whose reputers report the truth.
	fn use_truth(topic: TopicId, labels: u32);
	/// Registers an account as a reputer of the topic and admits it.
	fn admit(topic: TopicId, who: &AccountId);
}

#[benchmarks]
mod benchmarks {
	use super::*;

	#[benchmark]
	fn stake() -> Result<(), BenchmarkError> {
		let (topic, epoch, _) = T::BenchmarkHelper::reporting(1);
		let caller = staker::<T>(topic, STAKE)?;
		fill_windows::<T>(topic, epoch);

		#[extrinsic_call]
		stake(RawOrigin::Signed(caller.clone()), topic, 500 * ALLO);

		assert_eq!(Pallet::<T>::authority(topic, &caller), 1_500 * ALLO);
		Ok(())
	}

	#[benchmark]
	fn unstake() -> Result<(), BenchmarkError> {
		let (topic, epoch, _) = T::BenchmarkHelper::reporting(1);
		let caller = staker::<T>(topic, STAKE)?;
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
		let caller = staker::<T>(topic, STAKE)?;
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
		let caller = staker::<T>(topic, STAKE)?;
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
		let caller = staker::<T>(topic, STAKE)?;
		fill_epoch::<T>(topic, epoch, MAX_REPUTERS, l);
		fill_windows::<T>(topic, epoch);
		Actors::<T>::insert(topic, &caller, record::<T>(Some(standing(9)), &caller));
		// The reputers of the epoch before are marked. It has reports of its own, although no epoch
		// begins with a full set: this is above the worst case.
		Reports::<T>::insert(
			topic,
			epoch.saturating_sub(1),
			set_of::<T>("stranger", MAX_REPUTERS, ReportPayload::Losses(losses(l))),
		);

		#[extrinsic_call]
		report_losses(RawOrigin::Signed(caller.clone()), topic, epoch, hash, losses(l));

		ensure_worst_report::<T>(topic, epoch, &caller)?;
		Ok(())
	}

	#[benchmark]
	fn report_regular_losses(l: Linear<1, MAX_ELEMENTS>) -> Result<(), BenchmarkError> {
		let (topic, epoch, hash) = T::BenchmarkHelper::reporting(l);
		let caller = staker::<T>(topic, STAKE)?;
		fill_epoch::<T>(topic, epoch, MAX_REPUTERS - 1, l);
		make_regular::<T>(topic, epoch, &caller);
		let before = book_and_record::<T>(topic, &caller);

		#[extrinsic_call]
		report_losses(RawOrigin::Signed(caller.clone()), topic, epoch, hash, losses(l));

		assert_eq!(Reports::<T>::get(topic, epoch).len(), MAX_REPUTERS as usize);
		assert!(book_and_record::<T>(topic, &caller) == before);
		Ok(())
	}

	#[benchmark]
	fn report_regular_truth(l: Linear<1, MAX_LABELS>) -> Result<(), BenchmarkError> {
		let (topic, epoch, _) = T::BenchmarkHelper::reporting(1);
		T::BenchmarkHelper::use_truth(topic, l);
		let caller = staker::<T>(topic, STAKE)?;
		fill_epoch::<T>(topic, epoch, MAX_REPUTERS - 1, 1);
		let truths = ReportPayload::Truth(truth(l));
		Reports::<T>::insert(topic, epoch, set_of::<T>("reputer", MAX_REPUTERS - 1, truths));
		make_regular::<T>(topic, epoch, &caller);
		let before = book_and_record::<T>(topic, &caller);

		#[extrinsic_call]
		report(RawOrigin::Signed(caller.clone()), topic, epoch, truth(l));

		assert_eq!(Reports::<T>::get(topic, epoch).len(), MAX_REPUTERS as usize);
		assert!(book_and_record::<T>(topic, &caller) == before);
		Ok(())
	}

	/// The largest record, as of a displaced member; what reports do not use is taken off by it.
	#[benchmark]
	fn change_record() {
		let (topic, ..) = T::BenchmarkHelper::reporting(1);
		let who: T::AccountId = account("reputer", 0, 0);
		Actors::<T>::insert(topic, &who, record::<T>(None, &who));
		let records = crate::scores::Records::<T>::new(topic);

		#[block]
		{
			let mut record = records.get(&who);
			record.standing = Some(standing(1));
			records.put(&who, record);
		}

		assert_eq!(Actors::<T>::get(topic, &who).standing, Some(standing(1)));
	}

	#[benchmark]
	fn abstain() -> Result<(), BenchmarkError> {
		let (topic, epoch, _) = T::BenchmarkHelper::reporting(1);
		let caller = staker::<T>(topic, STAKE)?;
		fill_epoch::<T>(topic, epoch, MAX_REPUTERS, MAX_ELEMENTS);
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
				known.owed = ALLO * SCALE;
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
		let (topic, epoch, _) = T::BenchmarkHelper::reporting(1);
		let caller = staker::<T>(topic, STAKE)?;
		fill_windows::<T>(topic, epoch);

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
