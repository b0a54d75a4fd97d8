//! Benchmarks: one for each function of [`WeightInfo`](crate::WeightInfo), of the same name, each at
//! its worst.

use crate::{
	types::{ForecasterSet, InfererSet, WorkerBooks, WorkerRecord},
	*,
};
use alloc::vec::Vec;
use allora_primitives::{
	actor::MAX_OUTCOMES,
	bundle::{Inference, SubmittedForecast, SubmittedInference},
	traits::{EpochHandler, ScoreSink, SubmissionInspect},
	EpochId, FixedI128, Member, Outcome, Role, ScoreBook, Standing, TopicId, MAX_FORECASTERS,
	MAX_FORECAST_ELEMENTS, MAX_INFERERS, MAX_LABELS,
};
use frame_benchmarking::{benchmarking::add_to_whitelist, v2::*};
use frame_support::{
	traits::Get,
	weights::{Weight, WeightMeter},
	BoundedVec,
};
use frame_system::RawOrigin;

/// Sets up what benchmarks need of other pallets.
pub trait BenchmarkHelper<AccountId> {
	/// Makes a topic of so many labels and the largest active sets whose worker window is open in
	/// this block; answers its number and that of the epoch, which is above 100.
	fn collecting(labels: u32) -> (TopicId, EpochId);
	/// Registers an account as a worker of the topic, which admits it.
	fn admit(topic: TopicId, who: &AccountId);
}

/// Seats of both roles.
const SEATS: u32 = MAX_INFERERS + MAX_FORECASTERS;

fn accounts<T: Config>(name: &'static str, count: u32) -> Vec<T::AccountId> {
	(0..count).map(|at| account(name, at, 0)).collect()
}

fn standing(score: i128) -> Standing<()> {
	Standing { score: FixedI128::from(score), round: 1, note: () }
}

/// The largest record there is, of an account that stands so.
fn record<T: Config>(
	standing: Option<Standing<()>>,
	by: &T::AccountId,
) -> WorkerRecord<T::AccountId> {
	let mut record = WorkerRecord::<T::AccountId>::default();
	record.standing = standing;
	let score = FixedI128::from(1);
	for epoch in 1..=MAX_OUTCOMES {
		let outcome = Outcome::Displaced { score, by: by.clone(), by_score: score };
		record.note(epoch, outcome, MAX_OUTCOMES);
	}
	record
}

/// A book whose members were active in this epoch and whose other places are taken by strangers
/// that were active before it.
fn fill<T: Config, Places: Get<u32>>(
	book: &mut ScoreBook<T::AccountId, (), Places>,
	epoch: EpochId,
	members: &[T::AccountId],
	topic: TopicId,
	role: Role,
) {
	book.epoch = epoch.saturating_sub(1);
	book.round = 100;
	for who in members {
		book.admit(who.clone(), standing(-1), epoch);
		Actors::<T>::insert(topic, (role, who), record::<T>(None, who));
	}
	let strangers = Places::get().saturating_sub(members.len() as u32);
	for who in accounts::<T>("stranger", strangers) {
		book.admit(who.clone(), standing(1), 1);
		Actors::<T>::insert(topic, (role, &who), record::<T>(None, &who));
	}
}

/// Fills the active sets with so many weak members and the largest payloads, and the score books.
fn fill_epoch<T: Config>(
	topic: TopicId,
	epoch: EpochId,
	labels: u32,
	inferers: u32,
	forecasters: u32,
) {
	let score = FixedI128::from(-1);
	let inferers = accounts::<T>("inferer", inferers);
	let forecasters = accounts::<T>("forecaster", forecasters);
	let mut set = InfererSet::<T::AccountId>::default();
	for account in inferers.iter().cloned() {
		let payload = Inference::truncate_from((0..labels).map(|_| score).collect());
		set.insert(Member { account, score, payload }, MAX_INFERERS);
	}
	Inferers::<T>::insert(topic, epoch, set);
	let mut set = ForecasterSet::<T::AccountId>::default();
	for account in forecasters.iter().cloned() {
		let payload = forecast::<T, _>(MAX_FORECAST_ELEMENTS);
		set.insert(Member { account, score, payload }, MAX_FORECASTERS);
	}
	Forecasters::<T>::insert(topic, epoch, set);
	let mut books = WorkerBooks::<T::AccountId>::default();
	fill::<T, _>(&mut books.inferers, epoch, &inferers, topic, Role::Inferer);
	fill::<T, _>(&mut books.forecasters, epoch, &forecasters, topic, Role::Forecaster);
	ScoreBooks::<T>::insert(topic, books);
}

/// A forecast about so many inferers.
fn forecast<T: Config, Bound: Get<u32>>(
	elements: u32,
) -> BoundedVec<(T::AccountId, FixedI128), Bound> {
	let element = |who| (who, FixedI128::from(-1));
	BoundedVec::truncate_from(accounts::<T>("inferer", elements).into_iter().map(element).collect())
}

fn scores<T: Config>(name: &'static str, count: u32) -> Vec<(T::AccountId, FixedI128)> {
	accounts::<T>(name, count).into_iter().map(|who| (who, FixedI128::from(2))).collect()
}

#[benchmarks]
mod benches {
	use super::*;

	#[benchmark]
	fn submit(v: Linear<0, MAX_LABELS>, e: Linear<0, MAX_FORECAST_ELEMENTS>) {
		// Nothing at all is no submission.
		let values = if e == 0 { v.max(1) } else { v };
		let labels = values.max(1);
		let (topic, epoch) = T::BenchmarkHelper::collecting(labels);
		let caller: T::AccountId = whitelisted_caller();
		T::BenchmarkHelper::admit(topic, &caller);
		fill_epoch::<T>(topic, epoch, labels, MAX_INFERERS, MAX_FORECASTERS);
		for role in [Role::Inferer, Role::Forecaster] {
			let known = record::<T>(Some(standing(9)), &caller);
			Actors::<T>::insert(topic, (role, &caller), known);
		}
		let values = (0..values).map(|_| Some(FixedI128::from(3))).collect();
		let inference = Some(SubmittedInference::truncate_from(values)).filter(|v| !v.is_empty());
		let forecast: Option<SubmittedForecast<_>> =
			Some(forecast::<T, _>(e)).filter(|elements| !elements.is_empty());

		#[extrinsic_call]
		submit(
			RawOrigin::Signed(caller.clone()),
			topic,
			epoch,
			inference.clone(),
			forecast.clone(),
		);

		let active =
			|role| Pallet::<T>::outcome(topic, epoch, role, &caller) == Some(Outcome::Accepted);
		assert_eq!(active(Role::Inferer), inference.is_some());
		assert_eq!(active(Role::Forecaster), forecast.is_some());
	}

	#[benchmark]
	fn close_inferers(n: Linear<1, MAX_INFERERS>) -> Result<(), BenchmarkError> {
		let (topic, epoch) = T::BenchmarkHelper::collecting(MAX_LABELS);
		fill_epoch::<T>(topic, epoch, MAX_LABELS, n, 0);
		let inferences;

		#[block]
		{
			Pallet::<T>::on_close_workers(topic, epoch).map_err(|_| "the close is void")?;
			inferences = Pallet::<T>::inferences(topic, epoch);
		}

		assert_eq!(inferences.len(), n as usize);
		Ok(())
	}

	/// Counted before they are handed out. Both items have been read for the inferers already.
	#[benchmark]
	fn close_forecasters(f: Linear<0, MAX_FORECASTERS>) -> Result<(), BenchmarkError> {
		let (topic, epoch) = T::BenchmarkHelper::collecting(MAX_LABELS);
		fill_epoch::<T>(topic, epoch, MAX_LABELS, MAX_INFERERS, f);
		add_to_whitelist(Inferers::<T>::hashed_key_for(topic, epoch).into());
		add_to_whitelist(Forecasters::<T>::hashed_key_for(topic, epoch).into());
		let (counted, forecasts);

		#[block]
		{
			counted = Forecasters::<T>::get(topic, epoch).len();
			forecasts = Pallet::<T>::forecasts(topic, epoch);
		}

		assert_eq!((counted, forecasts.len()), (f as usize, f as usize));
		Ok(())
	}

	#[benchmark]
	fn note_scores(
		n: Linear<1, MAX_INFERERS>,
		f: Linear<0, MAX_FORECASTERS>,
	) -> Result<(), BenchmarkError> {
		let (topic, epoch) = T::BenchmarkHelper::collecting(MAX_LABELS);
		fill_epoch::<T>(topic, epoch, MAX_LABELS, n, f);
		let (inferers, forecasters) = (scores::<T>("inferer", n), scores::<T>("forecaster", f));

		#[block]
		{
			Pallet::<T>::on_close_reputers(topic, epoch).map_err(|_| "the close is void")?;
			let note = |role, scores: &[_]| {
				Pallet::<T>::note_scores(topic, epoch, role, scores).map_err(|_| "not noted")
			};
			note(Role::Inferer, &inferers)?;
			note(Role::Forecaster, &forecasters)?;
		}

		assert!(ScoreBooks::<T>::get(topic).inferers.quantile != FixedI128::default());
		Ok(())
	}

	#[benchmark]
	fn note_missing(m: Linear<1, SEATS>) -> Result<(), BenchmarkError> {
		let (topic, epoch) = T::BenchmarkHelper::collecting(MAX_LABELS);
		fill_epoch::<T>(topic, epoch, MAX_LABELS, 1, 0);
		let missing = scores::<T>("missing", m);
		for (who, _) in &missing {
			let known = record::<T>(Some(standing(3)), who);
			Actors::<T>::insert(topic, (Role::Inferer, who), known);
		}

		#[block]
		{
			for missing in missing.chunks(MAX_INFERERS as usize) {
				Pallet::<T>::note_scores(topic, epoch, Role::Inferer, missing)
					.map_err(|_| "not noted")?;
			}
		}

		assert!(ScoreBooks::<T>::get(topic).inferers.quantile != FixedI128::default());
		Ok(())
	}

	#[benchmark]
	fn prune() {
		let (topic, epoch) = T::BenchmarkHelper::collecting(MAX_LABELS);
		fill_epoch::<T>(topic, epoch, MAX_LABELS, MAX_INFERERS, MAX_FORECASTERS);

		#[block]
		{
			Pallet::<T>::on_prune(topic, epoch);
		}

		assert!(!Inferers::<T>::contains_key(topic, epoch));
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
