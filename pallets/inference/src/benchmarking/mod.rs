//! Benchmarks: one per function of [`WeightInfo`](crate::WeightInfo), of the same name, each of the
//! worst case.

mod setup;

use self::setup::*;
use crate::{
	types::{ForecasterSet, InfererSet, WorkerBooks},
	*,
};
use alloc::vec;
use allora_primitives::{
	bundle::{Inference, SubmittedForecast, SubmittedInference},
	traits::EpochRecords,
	EpochId, FixedI128, Role, TopicId, WorkerRoles, MAX_FORECASTERS, MAX_FORECAST_ELEMENTS,
	MAX_INFERERS, MAX_LABELS,
};
use allora_sortition::ActorStore;
use frame_benchmarking::v2::*;
use frame_support::weights::{Weight, WeightMeter};
use frame_system::RawOrigin;
use sp_core::H256;

/// Sets up the state of other pallets for benchmarks.
pub trait BenchmarkHelper<AccountId> {
	/// Creates a topic of this many labels and the largest active sets, with an epoch whose worker
	/// window is open in this block. Returns the ids of both; the epoch's is above 100.
	fn collecting(labels: u32) -> (TopicId, EpochId);
	/// Creates such a topic with a reveal window.
	fn committing(labels: u32) -> (TopicId, EpochId);
	/// Makes the topic one without allow-lists, whose parameters have not changed.
	fn make_plain(topic: TopicId);
	/// Goes to the first block of the reveal window of that epoch.
	fn reveal(topic: TopicId, epoch: EpochId);
	/// Registers an account as a worker of the topic and admits it.
	fn admit(topic: TopicId, who: &AccountId);
}

#[benchmarks]
mod benchmarks {
	use super::*;

	#[benchmark]
	fn submit_inference(l: Linear<1, MAX_LABELS>) -> Result<(), BenchmarkError> {
		let (topic, epoch, caller) = before_submission::<T>(l, Role::Inferer);
		let values = (0..l).map(|_| Some(FixedI128::from(3))).collect();
		let inference = Some(SubmittedInference::truncate_from(values));

		#[extrinsic_call]
		submit(RawOrigin::Signed(caller.clone()), topic, epoch, inference, None);

		ensure_worst_submission::<T>(topic, epoch, Role::Inferer, &caller)?;
		Ok(())
	}

	#[benchmark]
	fn submit_forecast(e: Linear<1, MAX_FORECAST_ELEMENTS>) -> Result<(), BenchmarkError> {
		let (topic, epoch, caller) = before_submission::<T>(MAX_LABELS, Role::Forecaster);
		let forecast: Option<SubmittedForecast<_>> = Some(forecast::<T, _>(e));

		#[extrinsic_call]
		submit(RawOrigin::Signed(caller.clone()), topic, epoch, None, forecast);

		ensure_worst_submission::<T>(topic, epoch, Role::Forecaster, &caller)?;
		Ok(())
	}

	#[benchmark]
	fn commit_inference() -> Result<(), BenchmarkError> {
		let (topic, epoch, caller) = before_commitment::<T>(Role::Inferer);
		let hash = H256::repeat_byte(9);

		#[extrinsic_call]
		commit(RawOrigin::Signed(caller.clone()), topic, epoch, hash, WorkerRoles::Inferer);

		ensure_worst_submission::<T>(topic, epoch, Role::Inferer, &caller)?;
		Ok(())
	}

	#[benchmark]
	fn commit_forecast() -> Result<(), BenchmarkError> {
		let (topic, epoch, caller) = before_commitment::<T>(Role::Forecaster);
		let hash = H256::repeat_byte(9);

		#[extrinsic_call]
		commit(RawOrigin::Signed(caller.clone()), topic, epoch, hash, WorkerRoles::Forecaster);

		ensure_worst_submission::<T>(topic, epoch, Role::Forecaster, &caller)?;
		Ok(())
	}

	#[benchmark]
	fn submit_regular_inference(l: Linear<1, MAX_LABELS>) {
		let (topic, epoch) = T::BenchmarkHelper::collecting(l);
		let caller = before_regular::<T>((topic, epoch), l, Role::Inferer);
		let values = (0..l).map(|_| Some(FixedI128::from(3))).collect();
		let inference = Some(SubmittedInference::truncate_from(values));
		let before = books_and_records::<T>(topic);

		#[extrinsic_call]
		submit(RawOrigin::Signed(caller), topic, epoch, inference, None);

		assert_eq!(Inferers::<T>::get(topic, epoch).len(), MAX_INFERERS as usize);
		assert!(books_and_records::<T>(topic) == before);
	}

	#[benchmark]
	fn submit_regular_forecast(e: Linear<1, MAX_FORECAST_ELEMENTS>) {
		let (topic, epoch) = T::BenchmarkHelper::collecting(MAX_LABELS);
		let caller = before_regular::<T>((topic, epoch), MAX_LABELS, Role::Forecaster);
		let forecast: Option<SubmittedForecast<_>> = Some(forecast::<T, _>(e));
		let before = books_and_records::<T>(topic);

		#[extrinsic_call]
		submit(RawOrigin::Signed(caller), topic, epoch, None, forecast);

		assert_eq!(Forecasters::<T>::get(topic, epoch).len(), MAX_FORECASTERS as usize);
		assert!(books_and_records::<T>(topic) == before);
	}

	/// As an inferer; a forecaster's score book and active set are smaller, and read as well.
	#[benchmark]
	fn commit_regular() {
		let (topic, epoch) = T::BenchmarkHelper::committing(MAX_LABELS);
		let caller = before_regular::<T>((topic, epoch), MAX_LABELS, Role::Inferer);
		Inferers::<T>::remove(topic, epoch);
		Forecasters::<T>::remove(topic, epoch);
		fill_commitments::<T>(topic, epoch, MAX_INFERERS.saturating_sub(1), MAX_FORECASTERS);
		let before = books_and_records::<T>(topic);
		let hash = H256::repeat_byte(9);

		#[extrinsic_call]
		commit(RawOrigin::Signed(caller), topic, epoch, hash, WorkerRoles::Inferer);

		assert_eq!(Commitments::<T>::get(topic, epoch).inferers.len(), MAX_INFERERS as usize);
		assert!(books_and_records::<T>(topic) == before);
	}

	/// The largest record, as of a displaced member; what submissions do not use is taken off by it.
	#[benchmark]
	fn change_record() {
		let (topic, epoch) = T::BenchmarkHelper::collecting(1);
		let who: T::AccountId = account("inferer", 0, 0);
		Actors::<T>::insert(topic, (Role::Inferer, &who), record::<T>(None, &who));
		let records = crate::scores::Records::<T>::new(topic, Role::Inferer);

		#[block]
		{
			let mut record = records.get(&who);
			record.standing = Some(standing(1));
			records.put(&who, record);
		}

		let changed = Actors::<T>::get(topic, (Role::Inferer, &who));
		assert_eq!(changed.standing, Some(standing(1)));
		assert!(changed.outcome(epoch).is_none());
	}

	#[benchmark]
	fn reveal_inference(l: Linear<1, MAX_LABELS>) {
		let values = (0..l).map(|_| Some(FixedI128::from(3))).collect();
		let inference = Some(SubmittedInference::truncate_from(values));
		let (topic, epoch, caller) = before_reveal::<T>(l, Role::Inferer, &inference, &None);

		#[extrinsic_call]
		reveal(RawOrigin::Signed(caller), topic, epoch, inference, None, SALT);

		assert_eq!(Inferers::<T>::get(topic, epoch).len(), MAX_INFERERS as usize);
	}

	#[benchmark]
	fn reveal_forecast(e: Linear<1, MAX_FORECAST_ELEMENTS>) {
		let forecast: Option<SubmittedForecast<_>> = Some(forecast::<T, _>(e));
		let (topic, epoch, caller) =
			before_reveal::<T>(MAX_LABELS, Role::Forecaster, &None, &forecast);

		#[extrinsic_call]
		reveal(RawOrigin::Signed(caller), topic, epoch, None, forecast, SALT);

		assert_eq!(Forecasters::<T>::get(topic, epoch).len(), MAX_FORECASTERS as usize);
	}

	/// None of the workers has revealed, so that all scores are lowered; other payloads are read.
	#[benchmark]
	fn close_commitments(n: Linear<0, MAX_INFERERS>, f: Linear<0, MAX_FORECASTERS>) {
		let (topic, epoch) = T::BenchmarkHelper::committing(MAX_LABELS);
		fill_epoch::<T>(topic, epoch, MAX_LABELS, n, f);
		fill_commitments::<T>(topic, epoch, n, f);
		let others = |set: &mut InfererSet<T::AccountId>| {
			let payload = Inference::truncate_from(vec![FixedI128::from(1); MAX_LABELS as usize]);
			*set = Default::default();
			for who in accounts::<T>("other", MAX_INFERERS) {
				let _ = set.insert(&who, FixedI128::from(1), &payload, MAX_INFERERS);
			}
		};
		Inferers::<T>::mutate(topic, epoch, others);
		let others = |set: &mut ForecasterSet<T::AccountId>| {
			let payload = forecast::<T, _>(MAX_FORECAST_ELEMENTS);
			*set = Default::default();
			for who in accounts::<T>("other", MAX_FORECASTERS) {
				let _ = set.insert(&who, FixedI128::from(1), &payload, MAX_FORECASTERS);
			}
		};
		Forecasters::<T>::mutate(topic, epoch, others);
		let lowered = |books: &WorkerBooks<T::AccountId>| {
			let inferers = books.inferers.places.entries().iter().map(|entry| &entry.standing);
			let all =
				inferers.chain(books.forecasters.places.entries().iter().map(|one| &one.standing));
			all.filter(|standing| standing.score < FixedI128::from(-1)).count()
		};

		#[block]
		{
			Pallet::<T>::close_commitments(&context(topic, epoch));
		}

		assert_eq!(lowered(&ScoreBooks::<T>::get(topic)), n.saturating_add(f) as usize);
	}

	#[benchmark]
	fn freeze(
		n: Linear<0, MAX_INFERERS>,
		f: Linear<0, MAX_FORECASTERS>,
	) -> Result<(), BenchmarkError> {
		let (topic, epoch) = T::BenchmarkHelper::collecting(MAX_LABELS);
		// Without an inferer there is nothing to freeze.
		let n = n.max(1);
		fill_epoch::<T>(topic, epoch, MAX_LABELS, n, f);
		let frozen;

		#[block]
		{
			frozen = Pallet::<T>::freeze(&context(topic, epoch));
		}

		let (payloads, _) = frozen.map_err(|_| "there are inferences")?;
		assert_eq!(payloads.inferences.len(), n as usize);
		assert_eq!(payloads.forecasts.len(), f as usize);
		Ok(())
	}

	#[benchmark]
	fn record_scores(
		n: Linear<1, MAX_INFERERS>,
		f: Linear<0, MAX_FORECASTERS>,
	) -> Result<(), BenchmarkError> {
		let (topic, epoch) = T::BenchmarkHelper::collecting(MAX_LABELS);
		fill_epoch::<T>(topic, epoch, MAX_LABELS, n, f);
		let contributions = contributions::<T>(("inferer", n), ("forecaster", f));
		let recorded;

		#[block]
		{
			recorded = Pallet::<T>::record_scores(&context(topic, epoch), &contributions);
		}

		let (scores, _) = recorded.map_err(|_| "the scores are in range")?;
		assert_eq!((scores.inferers.len(), scores.forecasters.len()), (n as usize, f as usize));
		assert!(ScoreBooks::<T>::get(topic).inferers.quantile != FixedI128::default());
		Ok(())
	}

	/// Of the missing workers, the first ones are inferers and the rest forecasters.
	#[benchmark]
	fn record_missing(m: Linear<1, SEATS>) -> Result<(), BenchmarkError> {
		let (topic, epoch) = T::BenchmarkHelper::collecting(MAX_LABELS);
		fill_epoch::<T>(topic, epoch, MAX_LABELS, 1, 0);
		let (n, f) = (m.min(MAX_INFERERS), m.saturating_sub(MAX_INFERERS));
		for (role, count) in [(Role::Inferer, n), (Role::Forecaster, f)] {
			for who in accounts::<T>("missing", count) {
				let known = record::<T>(Some(standing(3)), &who);
				Actors::<T>::insert(topic, (role, who), known);
			}
		}
		let contributions = contributions::<T>(("missing", n), ("missing", f));
		let recorded;

		#[block]
		{
			recorded = Pallet::<T>::record_scores(&context(topic, epoch), &contributions);
		}

		assert!(recorded.is_ok());
		assert!(ScoreBooks::<T>::get(topic).inferers.quantile != FixedI128::default());
		Ok(())
	}

	#[benchmark]
	fn prune() {
		let (topic, epoch) = T::BenchmarkHelper::collecting(MAX_LABELS);
		fill_epoch::<T>(topic, epoch, MAX_LABELS, MAX_INFERERS, MAX_FORECASTERS);
		fill_commitments::<T>(topic, epoch, MAX_INFERERS, MAX_FORECASTERS);

		#[block]
		{
			Pallet::<T>::on_prune(topic, epoch);
		}

		assert!(!Inferers::<T>::contains_key(topic, epoch));
		assert!(!Commitments::<T>::contains_key(topic, epoch));
	}

	#[benchmark]
	fn forget(i: Linear<1, 512>) {
		let (topic, _) = T::BenchmarkHelper::collecting(MAX_LABELS);
		for who in accounts::<T>("actor", i) {
			let known = record::<T>(Some(standing(3)), &who);
			Actors::<T>::insert(topic, (Role::Inferer, &who), known);
		}

		#[block]
		{
			Pallet::<T>::on_forget(topic, &mut WeightMeter::with_limit(Weight::MAX));
		}

		assert_eq!(Actors::<T>::iter_prefix_values(topic).count(), 0);
	}

	impl_benchmark_test_suite!(
		Pallet,
		crate::mock::ExtBuilder::default().build(),
		crate::mock::Test
	);
}
