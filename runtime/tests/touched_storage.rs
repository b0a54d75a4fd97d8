//! The storage keys that submissions and reports touch, compared with the tables of STORAGE.md. A
//! test of the weights compares the same tables with the declared weights.

use crate::support::{block, call, now, on_chain, run_to};
use allora_primitives::{
	bundle::{SubmittedForecast, SubmittedInference},
	commitment_hash,
	traits::{BundleInspect, EpochInspect},
	EpochId, FixedI128, LossMethod, Registration, Role, Salt, Slots, TopicId, TopicParameters,
	TopicUpdate, WorkerRoles, ALLO,
};
use allora_runtime::{
	AccountId, Aggregation, AllPalletsWithSystem, Clock, Runtime, RuntimeCall, RuntimeOrigin,
};
use frame_support::{assert_ok, traits::StorageInfoTrait, BoundedVec};
use sp_core::{Blake2Hasher, H256};
use sp_keyring::Sr25519Keyring::{self, *};
use sp_runtime::{traits::Dispatchable, Storage};
use sp_state_machine::{Ext, OverlayedChanges, TrieBackendBuilder};
use sp_trie::{
	cache::{CacheSize, LocalTrieCache, SharedTrieCache},
	StorageProof, TrieRecorder, TrieRecorderProvider,
};
use std::{
	collections::{BTreeMap, BTreeSet},
	sync::{Arc, Mutex},
};
use trie_db::{RecordedForKey, TrieAccess};

const TOPIC: TopicId = 1;
const EPOCH_LENGTH: EpochId = 10;
const SALT: Salt = [7; 32];

/// Reads and writes by storage item.
pub type Accesses = BTreeMap<String, (u32, u32)>;

/// The keys that are read from the state, whether or not they exist.
#[derive(Clone, Default)]
struct ReadKeys(Arc<Mutex<BTreeSet<Vec<u8>>>>);

impl TrieRecorder<H256> for ReadKeys {
	fn record(&mut self, access: TrieAccess<H256>) {
		if let TrieAccess::Value { full_key, .. }
		| TrieAccess::InlineValue { full_key }
		| TrieAccess::Hash { full_key }
		| TrieAccess::NonExisting { full_key } = access
		{
			self.0.lock().unwrap().insert(full_key.to_vec());
		}
	}

	fn trie_nodes_recorded_for_key(&self, _: &[u8]) -> RecordedForKey {
		RecordedForKey::None
	}
}

impl TrieRecorderProvider<Blake2Hasher> for ReadKeys {
	type Recorder<'a> = Self;

	fn drain_storage_proof(self) -> Option<StorageProof> {
		None
	}

	fn as_trie_recorder(&self, _: H256) -> Self {
		self.clone()
	}
}

/// Runs a call on the committed state and does not change it. Returns the numbers of keys that it
/// read and wrote per item, without those that every block touches anyway.
pub fn touched(
	chain: &sp_io::TestExternalities,
	who: Sr25519Keyring,
	call: RuntimeCall,
) -> Accesses {
	let read = ReadKeys::default();
	// The type needs a cache; the backend has none.
	let cache =
		SharedTrieCache::<Blake2Hasher>::new(CacheSize::new(0), None).local_cache_untrusted();
	let state = TrieBackendBuilder::new_with_cache(
		chain.backend.backend_storage(),
		*chain.backend.root(),
		cache,
	);
	let state = state.with_optional_cache::<LocalTrieCache<Blake2Hasher>>(None);
	let state = state.with_recorder(read.clone()).build();
	let mut overlay = OverlayedChanges::default();
	let mut ext = Ext::new(&mut overlay, &state, None);
	sp_externalities::set_and_run_with_externalities(&mut ext, || {
		assert_ok!(call.dispatch(RuntimeOrigin::signed(who.to_account_id())));
	});
	let read = read.0.lock().unwrap().clone();
	let mut touched = Accesses::new();
	for item in read.iter().filter_map(|key| item(key)) {
		touched.entry(item).or_default().0 += 1;
	}
	for item in overlay.changes().filter_map(|(key, _)| item(key)) {
		touched.entry(item).or_default().1 += 1;
	}
	touched
}

/// The item of a storage key. `None` for the keys of System and for the current slot, which every
/// block touches and the benchmarks do not count either, for what the filter of calls reads, which
/// is the same in the whole block, and for keys outside of pallets.
fn item(key: &[u8]) -> Option<String> {
	let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
	if key.starts_with(b":") || key == pallet_babe::CurrentSlot::<Runtime>::hashed_key() {
		return None;
	}
	// Some bounds are lengths of time, which are read from storage.
	let items =
		sp_io::TestExternalities::default().execute_with(AllPalletsWithSystem::storage_info);
	let item =
		items.into_iter().find(|item| key.starts_with(&item.prefix)).expect("a pallet's key");
	let (pallet, name) = (text(&item.pallet_name), text(&item.storage_name));
	let left_out = ["System", "SafeMode", "TxPause"];
	(!left_out.contains(&pallet.as_str())).then(|| format!("{pallet}::{name}"))
}

/// The heading of the table of submissions: inferences, forecasts, reports.
const SUBMISSIONS: &str = "# What a submission and a report touch";
/// The heading of the table of commitments to inferences and forecasts, and of their reveals.
const COMMITMENTS: &str = "# What commitments and reveals touch";

/// A column of the table of STORAGE.md under this heading, from 0.
fn listed(heading: &str, column: usize) -> Accesses {
	let text = include_str!("../STORAGE.md");
	let (_, section) = text.split_once(heading).unwrap();
	let table = section.split("\n# ").next().unwrap();
	let rows = table.lines().filter_map(|line| line.strip_prefix("| `"));
	let rows = rows.map(|row| {
		let cells: Vec<_> = row.split(" | ").collect();
		let (reads, writes) = cells[column + 1].split_once('/').unwrap();
		let item = cells[0].trim_end_matches('`').to_owned();
		(item, (reads.parse().unwrap(), writes.parse().unwrap()))
	});
	rows.filter(|(_, accesses)| *accesses != (0, 0)).collect()
}

fn inference(epoch: EpochId) -> RuntimeCall {
	let inference = Some(BoundedVec::truncate_from(vec![Some(FixedI128::from_u32(1))]));
	pallet_inference::Call::submit { topic: TOPIC, epoch, inference, forecast: None }.into()
}

fn forecast(epoch: EpochId) -> RuntimeCall {
	let forecast =
		Some(BoundedVec::truncate_from(vec![(Bob.to_account_id(), FixedI128::from_u32(1))]));
	pallet_inference::Call::submit { topic: TOPIC, epoch, inference: None, forecast }.into()
}

/// The arguments of calls that commit to what the calls above submit, and reveal it: the inference,
/// or the forecast.
fn payload(role: Role) -> (Option<SubmittedInference>, Option<SubmittedForecast<AccountId>>) {
	match role {
		Role::Inferer => {
			(Some(BoundedVec::truncate_from(vec![Some(FixedI128::from_u32(1))])), None)
		}
		_ => {
			let about_bob = vec![(Bob.to_account_id(), FixedI128::from_u32(1))];
			(None, Some(BoundedVec::truncate_from(about_bob)))
		}
	}
}

fn commitment(who: Sr25519Keyring, role: Role, epoch: EpochId) -> RuntimeCall {
	let (inference, forecast) = payload(role);
	let roles = WorkerRoles::of(inference.is_some(), forecast.is_some()).unwrap();
	let who = who.to_account_id();
	let payload_hash = commitment_hash(&inference, &forecast, &SALT, &who, TOPIC, epoch);
	pallet_inference::Call::commit { topic: TOPIC, epoch, payload_hash, roles }.into()
}

fn reveal(role: Role, epoch: EpochId) -> RuntimeCall {
	let (inference, forecast) = payload(role);
	pallet_inference::Call::reveal { topic: TOPIC, epoch, inference, forecast, salt: SALT }.into()
}

fn report(epoch: EpochId) -> RuntimeCall {
	let shape = <Aggregation as BundleInspect<AccountId>>::report_shape(TOPIC, epoch);
	let (bundle_hash, losses) = shape.expect("there is a bundle");
	let losses = BoundedVec::truncate_from(vec![FixedI128::from_u32(1); losses as usize]);
	pallet_reputer::Call::report_losses { topic: TOPIC, epoch, bundle_hash, losses }.into()
}

fn send(who: Sr25519Keyring, sent: impl Into<RuntimeCall>) {
	assert_ok!(call(&who.to_account_id(), sent));
}

/// Creates a topic with this reveal window and this many seats per role; with one, both allow-lists
/// are enabled. Bob and Charlie are workers, One and Two are reputers, and Two has more stake. Returns
/// the first epoch, which has just opened.
fn start(reveal_window: Slots, seats: u32) -> EpochId {
	block(|| {
		let parameters = TopicParameters {
			max_inferers: seats,
			max_forecasters: seats,
			max_reputers: seats,
			// A report of losses touches the bundle, one of the truth does not.
			loss_method: LossMethod::Custom(BoundedVec::truncate_from(b"own".to_vec())),
			reveal_window,
			..TopicParameters::regression(EPOCH_LENGTH as Slots, 4, EPOCH_LENGTH as Slots)
		};
		send(Alice, pallet_registry::Call::create { parameters: Box::new(parameters) });
		for (registration, accounts) in
			[(Registration::Worker, [Bob, Charlie]), (Registration::Reputer, [One, Two])]
		{
			let topic = TOPIC;
			let enabled = seats == 1;
			send(Alice, pallet_registry::Call::set_allow_list { topic, registration, enabled });
			let listed = accounts.map(|who| who.to_account_id()).to_vec();
			let accounts_listed = BoundedVec::truncate_from(listed);
			send(
				Alice,
				pallet_registry::Call::allow { topic, registration, accounts: accounts_listed },
			);
			for who in accounts {
				send(who, pallet_registry::Call::register { topic, registration, owner: None });
				if registration == Registration::Reputer {
					let amount = if who == Two { 2_000 * ALLO } else { 1_000 * ALLO };
					send(who, pallet_reputer::Call::stake { topic, amount });
				}
			}
		}
		send(Alice, pallet_registry::Call::fund { topic: TOPIC, amount: 100 * ALLO });
	});
	let collecting = || {
		block(|| ());
		<Clock as EpochInspect>::collecting_epoch(TOPIC)
	};
	(0..20).find_map(|_| collecting()).expect("the topic is active")
}

/// The score of Charlie, high enough to displace Bob.
const HIGH: FixedI128 = FixedI128::from_u32(1_000);

/// Accounts that were active longer ago than Bob and One.
fn strangers() -> impl Iterator<Item = AccountId> {
	(0..200u8).map(|n| AccountId::from([n; 32]))
}

/// Fills the workers' score books with strangers, and gives Charlie a high score.
fn fill_books_of_workers() {
	pallet_inference::ScoreBooks::<Runtime>::mutate(TOPIC, |books| {
		let bob = Bob.to_account_id();
		let mut inferer = books.inferers.places.entry(&bob).unwrap().standing;
		let mut forecaster = books.forecasters.places.entry(&bob).unwrap().standing;
		for stranger in strangers() {
			books.inferers.places.admit(stranger.clone(), inferer, 1, |_| false);
			books.forecasters.places.admit(stranger, forecaster, 1, |_| false);
		}
		(inferer.score, forecaster.score) = (HIGH, HIGH);
		for (role, standing) in [(Role::Inferer, inferer), (Role::Forecaster, forecaster)] {
			let key = (role, Charlie.to_account_id());
			pallet_inference::Actors::<Runtime>::mutate(TOPIC, key, |record| {
				record.standing = Some(standing);
			});
		}
	});
}

/// Fills all score books with strangers, and gives Charlie a high score. Two displaces One by its
/// stake.
fn fill_books() {
	fill_books_of_workers();
	pallet_reputer::ScoreBooks::<Runtime>::mutate(TOPIC, |book| {
		let standing = book.entry(&One.to_account_id()).unwrap().standing;
		for stranger in strangers() {
			book.admit(stranger, standing, 1, |_| false);
		}
		pallet_reputer::Actors::<Runtime>::mutate(TOPIC, Two.to_account_id(), |record| {
			record.standing = Some(standing);
		});
	});
}

/// Everything in storage.
pub fn snapshot() -> Storage {
	let mut stored = Storage::default();
	let mut last = Vec::new();
	while let Some(key) = sp_io::storage::next_key(&last) {
		let value = sp_io::storage::get(&key).expect("the key is in the state").to_vec();
		stored.top.insert(key.clone(), value);
		last = key;
	}
	stored
}

/// A chain on which Charlie's submissions and Two's report touch the maximum of those that displace
/// a member, or of those that are the first of their epoch. Bob and One, whom they displace, were
/// active before, and the parameters have changed since the epochs began. Also returns the epoch
/// whose worker window is open; the reporting window of the one before is open, too.
fn worst_case(is_first: bool) -> (sp_io::TestExternalities, EpochId) {
	let mut reached = None;
	on_chain(|| {
		let first = start(0, 1);
		let last = first + 2 * EPOCH_LENGTH;
		for epoch in [first, first + EPOCH_LENGTH, last] {
			run_to(epoch);
			if is_first && epoch == last {
				continue;
			}
			block(|| {
				send(Bob, inference(epoch));
				send(Bob, forecast(epoch));
				if epoch > first {
					send(One, report(epoch - EPOCH_LENGTH));
				}
			});
		}
		block(|| {
			let changes =
				TopicUpdate { p_norm: Some(FixedI128::from_u32(4)), ..Default::default() };
			update(changes);
		});
		reached = Some((snapshot(), last));
	});
	let (state, epoch) = reached.expect("the test has run");
	let mut chain = sp_io::TestExternalities::new(state);
	chain.execute_with(fill_books);
	chain.commit_all().unwrap();
	(chain, epoch)
}

/// Changes the topic's parameters as if the notice were over.
fn update(changes: TopicUpdate) {
	let call =
		|| pallet_registry::Call::update { topic: TOPIC, changes: Box::new(changes.clone()) };
	send(Alice, call());
	pallet_registry::Announced::<Runtime>::mutate(TOPIC, |announced| {
		announced.update.as_mut().expect("there is stake, so it is announced").1 = now();
	});
	send(Alice, call());
}

/// A chain with a reveal window on which Charlie's commitments touch the maximum of those that
/// displace a member, or of those that are the first of their epoch, and the epoch whose worker window is open; or, once he has committed, his reveals.
fn worst_case_of_commitments(is_first: bool, reveals: bool) -> (sp_io::TestExternalities, EpochId) {
	let mut reached = None;
	on_chain(|| {
		let first = start(4, 1);
		let last = first + EPOCH_LENGTH;
		for epoch in [first, last] {
			run_to(epoch);
			if is_first && epoch == last {
				continue;
			}
			block(|| {
				for role in [Role::Inferer, Role::Forecaster] {
					send(Bob, commitment(Bob, role, epoch));
				}
			});
			if epoch == first {
				run_to(epoch + 5);
				block(|| {
					for role in [Role::Inferer, Role::Forecaster] {
						send(Bob, reveal(role, epoch));
					}
				});
			}
		}
		block(|| {
			let changes =
				TopicUpdate { p_norm: Some(FixedI128::from_u32(4)), ..Default::default() };
			update(changes);
		});
		reached = Some((snapshot(), last));
	});
	let (state, epoch) = reached.expect("the test has run");
	let mut chain = sp_io::TestExternalities::new(state);
	chain.execute_with(|| {
		fill_books_of_workers();
		if reveals {
			block(|| {
				for role in [Role::Inferer, Role::Forecaster] {
					send(Charlie, commitment(Charlie, role, epoch));
				}
			});
			run_to(epoch + 5);
		}
	});
	chain.commit_all().unwrap();
	(chain, epoch)
}

/// Asserts that a column of the table lists, per item, the maximum of what the two calls touch: one
/// that displaces a member, and one that is the first of its epoch. The seed of the lots is left
/// out, since only one that displaces nobody reads it.
fn assert_lists_the_maximum(displacing: Accesses, first: Accesses, listed: Accesses) {
	let mut most = displacing;
	for (item, (reads, writes)) in first {
		if item.starts_with("Babe::") {
			continue;
		}
		let known = most.entry(item).or_default();
		*known = (known.0.max(reads), known.1.max(writes));
	}
	assert_eq!(most, listed);
}

#[test]
fn worst_case_of_commitments_touches_what_the_table_lists() {
	let (displacing, epoch) = worst_case_of_commitments(false, false);
	let (first, _) = worst_case_of_commitments(true, false);
	for (column, role) in [Role::Inferer, Role::Forecaster].into_iter().enumerate() {
		let by = |chain| touched(chain, Charlie, commitment(Charlie, role, epoch));
		assert_lists_the_maximum(by(&displacing), by(&first), listed(COMMITMENTS, column));
	}
}

#[test]
fn worst_case_of_reveals_touches_what_the_table_lists() {
	let (chain, epoch) = worst_case_of_commitments(false, true);
	for (column, role) in [Role::Inferer, Role::Forecaster].into_iter().enumerate() {
		let call = reveal(role, epoch);
		assert_eq!(touched(&chain, Charlie, call), listed(COMMITMENTS, 2 + column));
	}
}

#[test]
fn worst_case_of_payloads_touches_what_the_table_lists() {
	let (displacing, epoch) = worst_case(false);
	let (first, _) = worst_case(true);
	for (column, call) in [inference(epoch), forecast(epoch)].into_iter().enumerate() {
		let by = |chain| touched(chain, Charlie, call.clone());
		assert_lists_the_maximum(by(&displacing), by(&first), listed(SUBMISSIONS, column));
	}
}

#[test]
fn worst_case_of_a_report_touches_what_the_table_lists() {
	let by = |(mut chain, epoch): (sp_io::TestExternalities, EpochId)| {
		let report = chain.execute_with(|| report(epoch - EPOCH_LENGTH));
		touched(&chain, Two, report)
	};
	let (displacing, first) = (by(worst_case(false)), by(worst_case(true)));
	assert_lists_the_maximum(displacing, first, listed(SUBMISSIONS, 2));
}

/// A chain on which Charlie and Two are regulars: they took part in the epochs before, others have
/// submitted already, and seats are free.
fn regulars(reveal_window: Slots) -> (sp_io::TestExternalities, EpochId) {
	let mut reached = None;
	on_chain(|| {
		let first = start(reveal_window, 2);
		let last = first + 2 * EPOCH_LENGTH;
		for epoch in [first, first + EPOCH_LENGTH, last] {
			run_to(epoch);
			let workers = if epoch < last { &[Bob, Charlie][..] } else { &[Bob] };
			let reputers = if epoch < last { &[One, Two][..] } else { &[One] };
			block(|| {
				for who in workers {
					if reveal_window == 0 {
						send(*who, inference(epoch));
						send(*who, forecast(epoch));
					} else {
						send(*who, commitment(*who, Role::Inferer, epoch));
					}
				}
				for who in reputers.iter().filter(|_| reveal_window == 0 && epoch > first) {
					send(*who, report(epoch - EPOCH_LENGTH));
				}
			});
			if reveal_window > 0 && epoch < last {
				run_to(epoch + 5);
				block(|| workers.iter().for_each(|who| send(*who, reveal(Role::Inferer, epoch))));
			}
		}
		reached = Some((snapshot(), last));
	});
	let (state, epoch) = reached.expect("the test has run");
	(sp_io::TestExternalities::new(state), epoch)
}

#[test]
fn regulars_touch_what_the_tables_list() {
	let (mut chain, epoch) = regulars(0);
	assert_eq!(touched(&chain, Charlie, inference(epoch)), listed(SUBMISSIONS, 3));
	assert_eq!(touched(&chain, Charlie, forecast(epoch)), listed(SUBMISSIONS, 4));
	let report = chain.execute_with(|| report(epoch - EPOCH_LENGTH));
	assert_eq!(touched(&chain, Two, report), listed(SUBMISSIONS, 5));
	let (chain, epoch) = regulars(4);
	let call = commitment(Charlie, Role::Inferer, epoch);
	assert_eq!(touched(&chain, Charlie, call), listed(COMMITMENTS, 4));
}

#[test]
fn inference_with_a_forecast_touches_no_more_than_one_after_the_other() {
	let (chain, epoch) = worst_case(false);
	let inference = Some(BoundedVec::truncate_from(vec![Some(FixedI128::from_u32(1))]));
	let forecast =
		Some(BoundedVec::truncate_from(vec![(Bob.to_account_id(), FixedI128::from_u32(1))]));
	let both = pallet_inference::Call::submit { topic: TOPIC, epoch, inference, forecast };
	let (apart, besides) = (listed(SUBMISSIONS, 0), listed(SUBMISSIONS, 1));
	let touched = touched(&chain, Charlie, both.into());
	assert_eq!(touched["Inference::Actors"], (6, 6));
	for (item, (reads, writes)) in touched {
		let sum = |of: fn(&(u32, u32)) -> u32| {
			apart.get(&item).map_or(0, of) + besides.get(&item).map_or(0, of)
		};
		assert!(
			reads <= sum(|(reads, _)| *reads) && writes <= sum(|(_, writes)| *writes),
			"{item}"
		);
	}
}
