//! The state in which the pallet's benchmarks run.

use super::BenchmarkHelper;
use crate::{
	types::{Commitment, EpochCommitments, ForecasterSet, InfererSet, WorkerBooks, WorkerRecord},
	*,
};
use alloc::vec::Vec;
use allora_primitives::{
	bundle::{Inference, SubmittedForecast, SubmittedInference},
	commitment_hash,
	traits::TopicInspect,
	Contribution, Contributions, EpochContext, EpochId, FixedI128, Outcome, Role, Salt, TopicId,
	TopicParameters, WorkerRoles, MAX_FORECASTERS, MAX_FORECAST_ELEMENTS, MAX_INFERERS, MAX_LABELS,
};
use allora_sortition::{
	actor::{Round, MAX_OUTCOMES},
	ScoreBook, SeatRules, Standing,
};
use codec::Encode;
use frame_benchmarking::v2::*;
use frame_support::{traits::Get, BoundedVec};
use sp_core::H256;

/// The salt of commitments.
pub(super) const SALT: Salt = [7; 32];

/// Seats of both roles.
pub(super) const SEATS: u32 = MAX_INFERERS + MAX_FORECASTERS;

pub(super) fn accounts<T: Config>(name: &'static str, count: u32) -> Vec<T::AccountId> {
	(0..count).map(|at| account(name, at, 0)).collect()
}

pub(super) fn standing(score: i128) -> Standing {
	Standing { score: FixedI128::from(score), round: 1, unrevealed: 1 }
}

/// The largest possible record, of an account with this standing.
pub(super) fn record<T: Config>(
	standing: Option<Standing>,
	by: &T::AccountId,
) -> WorkerRecord<T::AccountId> {
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
pub(super) const ROUND: Round = 100;

/// Fills a book with these members, which were active in the epoch before this one, and with other
/// accounts that were active before that. The epoch before is the newest.
pub(super) fn fill<T: Config, Places: Get<u32>>(
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
pub(super) fn merits(count: usize) -> impl Iterator<Item = FixedI128> {
	(0..count).map(|at| if at == 0 { FixedI128::from(-1) } else { FixedI128::default() })
}

/// Fills the active sets of an epoch with these members, with the [`merits`], and the largest
/// payloads.
pub(super) fn fill_sets<T: Config>(
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
pub(super) fn fill_epoch<T: Config>(
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
pub(super) fn fill_commitments<T: Config>(
	topic: TopicId,
	epoch: EpochId,
	inferers: u32,
	forecasters: u32,
) {
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
pub(super) fn forecast<T: Config, Bound: Get<u32>>(
	elements: u32,
) -> BoundedVec<(T::AccountId, FixedI128), Bound> {
	let element = |who| (who, FixedI128::from(-1));
	BoundedVec::truncate_from(accounts::<T>("inferer", elements).into_iter().map(element).collect())
}

pub(super) fn context(topic: TopicId, epoch: EpochId) -> EpochContext {
	EpochContext { topic, epoch, parameters: TopicParameters::regression(100, 50, 100) }
}

/// Scores of this many accounts per role.
pub(super) fn contributions<T: Config>(
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
pub(super) fn before_submission<T: Config>(
	labels: u32,
	role: Role,
) -> (TopicId, EpochId, T::AccountId) {
	let (topic, epoch) = T::BenchmarkHelper::collecting(labels);
	(topic, epoch, before_entry::<T>(topic, epoch, labels, role))
}

/// Sets up the same for a commitment.
pub(super) fn before_commitment<T: Config>(role: Role) -> (TopicId, EpochId, T::AccountId) {
	let (topic, epoch) = T::BenchmarkHelper::committing(MAX_LABELS);
	let caller = before_entry::<T>(topic, epoch, MAX_LABELS, role);
	Inferers::<T>::remove(topic, epoch);
	Forecasters::<T>::remove(topic, epoch);
	fill_commitments::<T>(topic, epoch, MAX_INFERERS, MAX_FORECASTERS);
	(topic, epoch, caller)
}

/// Gives an account the last seat for a payload, after all others have revealed.
pub(super) fn before_reveal<T: Config>(
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
pub(super) fn before_entry<T: Config>(
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
pub(super) fn before_regular<T: Config>(
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
pub(super) fn admit_last<T: Config, Places: Get<u32>>(
	book: &mut ScoreBook<T::AccountId, Places>,
	caller: T::AccountId,
	seen: Standing,
	epoch: EpochId,
) {
	book.places.admit(caller, seen, epoch.saturating_sub(1), |_| false);
	book.begin(epoch, |_| accounts::<T>("inferer", 1));
}

/// The state of a topic's books and records, which a regular worker's submission leaves as it is.
pub(super) fn books_and_records<T: Config>(topic: TopicId) -> (Vec<u8>, Vec<Vec<u8>>) {
	let records = Actors::<T>::iter_prefix_values(topic).map(|record| record.encode());
	(ScoreBooks::<T>::get(topic).encode(), records.collect())
}

/// Asserts that the submission changed three different accounts with full records: the caller, the
/// member that it displaced, and the account whose entry left the book.
pub(super) fn ensure_worst_submission<T: Config>(
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
