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
use allora_sortition::{
	actor::{Round, MAX_OUTCOMES},
	ActorStore, ScoreBook, SeatRules, Standing,
};
use codec::Encode;
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
	/// Makes the topic one without allow-lists, whose parameters have not changed.
	fn make_plain(topic: TopicId);
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

/// The round of the newest epoch.
const ROUND: Round = 100;

/// Fills a book with these members, which were active in the epoch before this one, and with other
/// accounts that were active before that. The epoch before is the newest.
fn fill<T: Config, Places: Get<u32>>(
	book: &mut ScoreBook<T::AccountId, Places>,
	epoch: EpochId,
	members: &[T::AccountId],
	topic: TopicId,
	role: Role,
) {
	let before = epoch.saturating_sub(1);
	book.begin(before, |_| Vec::new());
	book.round = ROUND;
	let strangers = Places::get().saturating_sub(members.len() as u32);
	let strangers = accounts::<T>("stranger", strangers).into_iter().map(|who| (who, 1, 1));
	let members = members.iter().map(|who| (who.clone(), -1, before));
	for (who, score, active) in members.chain(strangers) {
		Actors::<T>::insert(topic, (role, &who), record::<T>(None, &who));
		book.places.admit(who, standing(score), active, |_| true);
	}
}

/// The merits of this many members, the weakest first. All but that one are as strong as the accounts
/// of the benchmarks, so that each comparison draws two lots.
fn merits(count: usize) -> impl Iterator<Item = FixedI128> {
	(0..count).map(|at| if at == 0 { FixedI128::from(-1) } else { FixedI128::default() })
}

/// Fills the active sets of an epoch with these members, with the [`merits`], and the largest
/// payloads.
fn fill_sets<T: Config>(
	topic: TopicId,
	epoch: EpochId,
	labels: u32,
	(inferers, forecasters): (&[T::AccountId], &[T::AccountId]),
) {
	let mut set = InfererSet::<T::AccountId>::default();
	let payload = Inference::truncate_from((0..labels).map(|_| FixedI128::from(-1)).collect());
	for (account, merit) in inferers.iter().zip(merits(inferers.len())) {
		let _ = set.insert(account, merit, &payload, MAX_INFERERS);
	}
	Inferers::<T>::insert(topic, epoch, set);
	let mut set = ForecasterSet::<T::AccountId>::default();
	let payload = forecast::<T, _>(MAX_FORECAST_ELEMENTS);
	for (account, merit) in forecasters.iter().zip(merits(forecasters.len())) {
		let _ = set.insert(account, merit, &payload, MAX_FORECASTERS);
	}
	Forecasters::<T>::insert(topic, epoch, set);
}

/// Fills the active sets with this many members and the largest payloads, and the score books.
fn fill_epoch<T: Config>(
	topic: TopicId,
	epoch: EpochId,
	labels: u32,
	inferers: u32,
	forecasters: u32,
) {
	let inferers = accounts::<T>("inferer", inferers);
	let forecasters = accounts::<T>("forecaster", forecasters);
	fill_sets::<T>(topic, epoch, labels, (&inferers, &forecasters));
	let mut books = WorkerBooks::<T::AccountId>::default();
	fill::<T, _>(&mut books.inferers, epoch, &inferers, topic, Role::Inferer);
	fill::<T, _>(&mut books.forecasters, epoch, &forecasters, topic, Role::Forecaster);
	ScoreBooks::<T>::insert(topic, books);
}

/// Fills the commitments of an epoch with those of this many members of its active sets.
fn fill_commitments<T: Config>(topic: TopicId, epoch: EpochId, inferers: u32, forecasters: u32) {
	let mut all = EpochCommitments::<T::AccountId>::default();
	let commitment = Commitment { payload_hash: H256::repeat_byte(7), roles: WorkerRoles::Both };
	let inferers = accounts::<T>("inferer", inferers);
	for (account, merit) in inferers.iter().zip(merits(inferers.len())) {
		let _ = all.inferers.insert(account, merit, &commitment, MAX_INFERERS);
	}
	let forecasters = accounts::<T>("forecaster", forecasters);
	for (account, merit) in forecasters.iter().zip(merits(forecasters.len())) {
		let _ = all.forecasters.insert(account, merit, &commitment, MAX_FORECASTERS);
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
		let score = FixedI128::default();
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

/// Registers an account with a full record that begins an epoch and displaces the weakest member of
/// its active set, so that a third account's entry leaves the book.
///
/// No epoch has both: its active set is empty when it begins. So this is above the worst case.
fn before_entry<T: Config>(
	topic: TopicId,
	epoch: EpochId,
	labels: u32,
	role: Role,
) -> T::AccountId {
	let caller: T::AccountId = whitelisted_caller();
	T::BenchmarkHelper::admit(topic, &caller);
	fill_epoch::<T>(topic, epoch, labels, MAX_INFERERS, MAX_FORECASTERS);
	let known = record::<T>(Some(standing(0)), &caller);
	Actors::<T>::insert(topic, (role, &caller), known);
	// Members of the epoch before have seats and commitments, and are marked.
	let before = epoch.saturating_sub(1);
	let (n, f) =
		(accounts::<T>("stranger", MAX_INFERERS), accounts::<T>("stranger", MAX_FORECASTERS));
	fill_sets::<T>(topic, before, labels, (&n, &f));
	fill_commitments::<T>(topic, before, MAX_INFERERS, MAX_FORECASTERS);
	caller
}

/// Registers an account with a full record and a place in the score books, and leaves the last seat
/// of the role free, in an epoch that others have submitted for. The topic has no allow-list.
fn before_regular<T: Config>(
	(topic, epoch): (TopicId, EpochId),
	labels: u32,
	role: Role,
) -> T::AccountId {
	let caller: T::AccountId = whitelisted_caller();
	T::BenchmarkHelper::admit(topic, &caller);
	T::BenchmarkHelper::make_plain(topic);
	let (n, f) = match role {
		Role::Inferer => (MAX_INFERERS.saturating_sub(1), MAX_FORECASTERS),
		_ => (MAX_INFERERS, MAX_FORECASTERS.saturating_sub(1)),
	};
	fill_epoch::<T>(topic, epoch, labels, n, f);
	Actors::<T>::insert(topic, (role, &caller), record::<T>(None, &caller));
	ScoreBooks::<T>::mutate(topic, |books| {
		let seen = Standing { round: ROUND, ..standing(0) };
		let caller = caller.clone();
		match role {
			Role::Inferer => admit_last::<T, _>(&mut books.inferers, caller, seen, epoch),
			_ => admit_last::<T, _>(&mut books.forecasters, caller, seen, epoch),
		}
	});
	caller
}

/// Gives an account the place of the one that was active longest ago, and begins the epoch.
fn admit_last<T: Config, Places: Get<u32>>(
	book: &mut ScoreBook<T::AccountId, Places>,
	caller: T::AccountId,
	seen: Standing,
	epoch: EpochId,
) {
	book.places.admit(caller, seen, epoch.saturating_sub(1), |_| false);
	book.begin(epoch, |_| accounts::<T>("inferer", 1));
}

/// The state of a topic's books and records, which a regular worker's submission leaves as it is.
fn books_and_records<T: Config>(topic: TopicId) -> (Vec<u8>, Vec<Vec<u8>>) {
	let records = Actors::<T>::iter_prefix_values(topic).map(|record| record.encode());
	(ScoreBooks::<T>::get(topic).encode(), records.collect())
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
	// Only the displaced member's record got a new outcome, which cuts it to what the topic keeps.
	assert_eq!(outcomes(displaced), kept);
	let full = MAX_OUTCOMES as usize;
	assert_eq!((outcomes(caller), outcomes(left)), (full, full));
	assert!(displaced != left);
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
