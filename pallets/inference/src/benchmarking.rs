//! Benchmarks: one per function of [`WeightInfo`](crate::WeightInfo), of the same name, each of the
//! worst case.

use crate::{
	types::{Commitment, EpochCommitments, ForecasterSet, InfererSet, WorkerBooks, WorkerRecord},
	*,
};
use alloc::{vec, vec::Vec};
use allora_primitives::{
	bundle::{Inference, SubmittedForecast, SubmittedInference},
	commitment_hash,
	traits::{EpochRecords, TopicInspect},
	Contribution, Contributions, EpochContext, EpochId, FixedI128, Outcome, Role, Salt, TopicId,
	TopicParameters, WorkerRoles, MAX_FORECASTERS, MAX_FORECAST_ELEMENTS, MAX_INFERERS, MAX_LABELS,
};
use allora_sortition::{actor::MAX_OUTCOMES, ActorStore, ScoreBook, SeatRules, Standing};
use frame_benchmarking::v2::*;
use frame_support::{
	traits::Get,
	weights::{Weight, WeightMeter},
	BoundedVec,
};
use frame_system::RawOrigin;
use sp_core::H256;

/// Sets up the state of other pallets for benchmarks.
pub trait BenchmarkHelper<AccountId> {
	/// Creates a topic of this many labels and the largest active sets, with an epoch whose worker
	/// window is open in this block. Returns the ids of both; the epoch's is above 100.
	fn collecting(labels: u32) -> (TopicId, EpochId);
	/// Creates such a topic with a reveal window.
	fn committing(labels: u32) -> (TopicId, EpochId);
	/// Goes to the first block of the reveal window of that epoch.
	fn reveal(topic: TopicId, epoch: EpochId);
	/// Registers an account as a worker of the topic and admits it.
	fn admit(topic: TopicId, who: &AccountId);
}

/// The salt of commitments.
const SALT: Salt = [7; 32];

/// Seats of both roles.
const SEATS: u32 = MAX_INFERERS + MAX_FORECASTERS;

fn accounts<T: Config>(name: &'static str, count: u32) -> Vec<T::AccountId> {
	(0..count).map(|at| account(name, at, 0)).collect()
}

fn standing(score: i128) -> Standing {
	Standing { score: FixedI128::from(score), round: 1, unrevealed: 1 }
}

/// The largest possible record, of an account with this standing.
fn record<T: Config>(standing: Option<Standing>, by: &T::AccountId) -> WorkerRecord<T::AccountId> {
	let mut record = WorkerRecord::<T::AccountId>::default();
	record.standing = standing;
	let score = FixedI128::from(1);
	for epoch in 1..=MAX_OUTCOMES {
		let outcome = Outcome::Displaced { merit: score, by: by.clone(), by_merit: score };
		record.record_outcome(epoch.into(), outcome, MAX_OUTCOMES);
	}
	record
}

/// Fills a book with these members, active in this epoch, and with other accounts that were active
/// before it.
fn fill<T: Config, Places: Get<u32>>(
	book: &mut ScoreBook<T::AccountId, Places>,
	epoch: EpochId,
	members: &[T::AccountId],
	topic: TopicId,
	role: Role,
) {
	book.epoch = epoch.saturating_sub(1);
	book.round = 100;
	for who in members {
		book.places.admit(who.clone(), standing(-1), epoch);
		Actors::<T>::insert(topic, (role, who), record::<T>(None, who));
	}
	let strangers = Places::get().saturating_sub(members.len() as u32);
	for who in accounts::<T>("stranger", strangers) {
		book.places.admit(who.clone(), standing(1), 1);
		Actors::<T>::insert(topic, (role, &who), record::<T>(None, &who));
	}
}

/// Fills the active sets with this many weak members and the largest payloads, and the score books.
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
	let payload = Inference::truncate_from((0..labels).map(|_| score).collect());
	for account in &inferers {
		let _ = set.insert(account, score, &payload, MAX_INFERERS);
	}
	Inferers::<T>::insert(topic, epoch, set);
	let mut set = ForecasterSet::<T::AccountId>::default();
	let payload = forecast::<T, _>(MAX_FORECAST_ELEMENTS);
	for account in &forecasters {
		let _ = set.insert(account, score, &payload, MAX_FORECASTERS);
	}
	Forecasters::<T>::insert(topic, epoch, set);
	let mut books = WorkerBooks::<T::AccountId>::default();
	fill::<T, _>(&mut books.inferers, epoch, &inferers, topic, Role::Inferer);
	fill::<T, _>(&mut books.forecasters, epoch, &forecasters, topic, Role::Forecaster);
	ScoreBooks::<T>::insert(topic, books);
}

/// Fills the commitments of an epoch with those of this many members of its active sets.
fn fill_commitments<T: Config>(topic: TopicId, epoch: EpochId, inferers: u32, forecasters: u32) {
	let score = FixedI128::from(-1);
	let mut all = EpochCommitments::<T::AccountId>::default();
	let commitment = Commitment { payload_hash: H256::repeat_byte(7), roles: WorkerRoles::Both };
	for account in accounts::<T>("inferer", inferers) {
		let _ = all.inferers.insert(&account, score, &commitment, MAX_INFERERS);
	}
	for account in accounts::<T>("forecaster", forecasters) {
		let _ = all.forecasters.insert(&account, score, &commitment, MAX_FORECASTERS);
	}
	Commitments::<T>::insert(topic, epoch, all);
}

/// A forecast about this many inferers.
fn forecast<T: Config, Bound: Get<u32>>(
	elements: u32,
) -> BoundedVec<(T::AccountId, FixedI128), Bound> {
	let element = |who| (who, FixedI128::from(-1));
	BoundedVec::truncate_from(accounts::<T>("inferer", elements).into_iter().map(element).collect())
}

fn context(topic: TopicId, epoch: EpochId) -> EpochContext {
	EpochContext { topic, epoch, parameters: TopicParameters::regression(100, 50, 100) }
}

/// Scores of this many accounts per role.
fn contributions<T: Config>(
	(inferers, n): (&'static str, u32),
	(forecasters, f): (&'static str, u32),
) -> Contributions<T::AccountId> {
	let scored = |name, count| -> Vec<_> {
		let score = FixedI128::from(2);
		let accounts = accounts::<T>(name, count).into_iter();
		accounts.map(|account| Contribution { account, score }).collect()
	};
	Contributions {
		inferers: BoundedVec::truncate_from(scored(inferers, n)),
		forecasters: BoundedVec::truncate_from(scored(forecasters, f)),
		reputers: BoundedVec::default(),
		network_loss: FixedI128::default(),
		naive_loss: FixedI128::default(),
		worth: None,
	}
}

/// Sets up the worst case of an account's submission in a role: it displaces the weakest member,
/// and a third account's entry leaves the book. All three have full records.
fn before_submission<T: Config>(labels: u32, role: Role) -> (TopicId, EpochId, T::AccountId) {
	let (topic, epoch) = T::BenchmarkHelper::collecting(labels);
	(topic, epoch, before_entry::<T>(topic, epoch, labels, role))
}

/// Sets up the same for a commitment.
fn before_commitment<T: Config>(role: Role) -> (TopicId, EpochId, T::AccountId) {
	let (topic, epoch) = T::BenchmarkHelper::committing(MAX_LABELS);
	let caller = before_entry::<T>(topic, epoch, MAX_LABELS, role);
	Inferers::<T>::remove(topic, epoch);
	Forecasters::<T>::remove(topic, epoch);
	fill_commitments::<T>(topic, epoch, MAX_INFERERS, MAX_FORECASTERS);
	(topic, epoch, caller)
}

/// Gives an account the last seat for a payload, after all others have revealed.
fn before_reveal<T: Config>(
	labels: u32,
	role: Role,
	inference: &Option<SubmittedInference>,
	forecast: &Option<SubmittedForecast<T::AccountId>>,
) -> (TopicId, EpochId, T::AccountId) {
	let (topic, epoch) = T::BenchmarkHelper::committing(labels);
	let caller: T::AccountId = whitelisted_caller();
	let (n, f) = match role {
		Role::Inferer => (MAX_INFERERS.saturating_sub(1), MAX_FORECASTERS),
		_ => (MAX_INFERERS, MAX_FORECASTERS.saturating_sub(1)),
	};
	fill_epoch::<T>(topic, epoch, labels, n, f);
	fill_commitments::<T>(topic, epoch, n, f);
	let payload_hash = commitment_hash(inference, forecast, &SALT, &caller, topic, epoch);
	Commitments::<T>::mutate(topic, epoch, |all| {
		let score = FixedI128::from(3);
		let _ = match role {
			Role::Inferer => {
				let commitment = Commitment { payload_hash, roles: WorkerRoles::Inferer };
				all.inferers.insert(&caller, score, &commitment, MAX_INFERERS)
			}
			_ => {
				let commitment = Commitment { payload_hash, roles: WorkerRoles::Forecaster };
				all.forecasters.insert(&caller, score, &commitment, MAX_FORECASTERS)
			}
		};
	});
	T::BenchmarkHelper::reveal(topic, epoch);
	(topic, epoch, caller)
}

/// Registers an account with a full record that displaces the weakest member of an active set on
/// entering it, so that a third account's entry leaves the book.
fn before_entry<T: Config>(
	topic: TopicId,
	epoch: EpochId,
	labels: u32,
	role: Role,
) -> T::AccountId {
	let caller: T::AccountId = whitelisted_caller();
	T::BenchmarkHelper::admit(topic, &caller);
	fill_epoch::<T>(topic, epoch, labels, MAX_INFERERS, MAX_FORECASTERS);
	let known = record::<T>(Some(standing(9)), &caller);
	Actors::<T>::insert(topic, (role, &caller), known);
	// A displaced member was last active in the epoch before, so other accounts leave the book
	// first.
	let members = match role {
		Role::Inferer => accounts::<T>("inferer", MAX_INFERERS),
		_ => accounts::<T>("forecaster", MAX_FORECASTERS),
	};
	for who in members {
		Actors::<T>::mutate(topic, (role, &who), |record| {
			record.record_outcome(epoch.saturating_sub(1), Outcome::Accepted, MAX_OUTCOMES);
			record.record_outcome(epoch, Outcome::Accepted, MAX_OUTCOMES);
		});
	}
	caller
}

/// Asserts that the submission changed three different accounts with full records: the caller, the
/// member that it displaced, and the account whose entry left the book.
fn ensure_worst_submission<T: Config>(
	topic: TopicId,
	epoch: EpochId,
	role: Role,
	caller: &T::AccountId,
) -> Result<(), &'static str> {
	let books = ScoreBooks::<T>::get(topic);
	let in_book = |who: &T::AccountId| match role {
		Role::Inferer => books.inferers.places.entry(who).is_some(),
		_ => books.forecasters.places.entry(who).is_some(),
	};
	let outcomes = |who: &T::AccountId| Actors::<T>::get(topic, (role, who)).outcomes().len();
	let parameters = T::Topics::parameters_of(topic, epoch).ok_or("there is no topic")?;
	let kept = SeatRules::new(epoch, 0, &parameters).kept as usize;
	let actors = Actors::<T>::iter_prefix(topic).filter(|((of, _), _)| *of == role);
	let actors: Vec<_> = actors.map(|((_, who), record)| (who, record)).collect();
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
