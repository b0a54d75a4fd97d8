//! Runtime upgrades: of a chain whose epochs are open, and by governance.

use crate::{
	governance::{carry, decide, ROOT},
	support::{block, block_in, call, genesis::genesis, header_in, now, run_to},
};
use allora_primitives::{
	traits::EpochInspect, EpochId, EpochState, FixedI128, Registration, Slot, TopicId,
	TopicParameters, ALLO,
};
use allora_runtime::{
	governance::{blocks, origins::Origin::WhitelistedCaller, DAY},
	AllPalletsWithSystem, Block, Clock, Emissions, Executive, Hash, Runtime, RuntimeCall,
	RuntimeOrigin, Signature, System, Timestamp, TxExtension, VERSION,
};
use codec::Encode;
use frame_support::{
	assert_ok,
	migrations::VersionedMigration,
	storage::{storage_prefix, unhashed},
	traits::{GetStorageVersion, StorageVersion, UncheckedOnRuntimeUpgrade},
	weights::Weight,
	BoundedVec,
};
use frame_system::{LastRuntimeUpgrade, LastRuntimeUpgradeInfo};
use serde_json::json;
use sp_core::traits::{ReadRuntimeVersion, ReadRuntimeVersionExt};
use sp_externalities::Externalities;
use sp_keyring::Sr25519Keyring::{self, *};
use sp_runtime::traits::{BlakeTwo256, Hash as _};

const TOPIC: TopicId = 1;
const LENGTH: Slot = 10;
const WORKERS: [Sr25519Keyring; 2] = [Bob, Charlie];
const REPUTERS: [Sr25519Keyring; 2] = [One, Two];

/// The items that the migration of this test translates: the clock's epochs in flight.
fn keys() -> Vec<Vec<u8>> {
	let prefix = storage_prefix(b"Clock", b"TopicStates").to_vec();
	let next = |key: &Vec<u8>| sp_io::storage::next_key(key);
	std::iter::successors(next(&prefix), next).take_while(|key| key.starts_with(&prefix)).collect()
}

/// Changes how each of the items is encoded.
fn translate(change: impl Fn(Vec<u8>) -> Vec<u8>) -> u64 {
	let keys = keys();
	for key in &keys {
		let old = unhashed::get_raw(key).expect("the key has a value");
		unhashed::put_raw(key, &change(old));
	}
	keys.len() as u64
}

/// Writes the items as an earlier version would have: with a byte in front of each.
fn to_version_0() {
	assert!(translate(|value| [vec![1], value].concat()) > 0);
	StorageVersion::new(0).put::<Clock>();
	LastRuntimeUpgrade::<Runtime>::put(LastRuntimeUpgradeInfo {
		spec_version: (VERSION.spec_version - 1).into(),
		spec_name: VERSION.spec_name,
	});
}

/// Removes the byte that version 0 has in front of each item.
struct FromVersion0;
impl UncheckedOnRuntimeUpgrade for FromVersion0 {
	fn on_runtime_upgrade() -> Weight {
		let items = translate(|value| value[1..].to_vec());
		<Runtime as frame_system::Config>::DbWeight::get().reads_writes(items + 1, items)
	}
}
type Migration =
	VersionedMigration<0, 1, FromVersion0, Clock, <Runtime as frame_system::Config>::DbWeight>;
/// The next release: this runtime with the migration.
type NextExecutive = frame_executive::Executive<
	Runtime,
	Block,
	frame_system::ChainContext<Runtime>,
	Runtime,
	AllPalletsWithSystem,
	Migration,
>;

/// Makes the first block of the next release.
fn upgrade() {
	to_version_0();
	let slot = now() + 1;
	NextExecutive::initialize_block(&header_in(slot));
	assert_ok!(Timestamp::set(RuntimeOrigin::none(), slot * 1_000));
	NextExecutive::inherents_applied();
	NextExecutive::finalize_block();
	assert_eq!(
		LastRuntimeUpgrade::<Runtime>::get().map(|last| last.spec_version.0),
		Some(VERSION.spec_version)
	);
}

fn check_state() {
	#[cfg(feature = "try-runtime")]
	<AllPalletsWithSystem as frame_support::traits::TryState<allora_runtime::BlockNumber>>::try_state(
		System::block_number(),
		frame_support::traits::TryStateSelect::All,
	)
	.expect("every pallet's invariants hold");
}

/// Creates a topic with workers and reputers. Returns the first epoch, which has just opened.
fn start() -> EpochId {
	block(|| {
		let parameters = Box::new(TopicParameters::regression(LENGTH as u32, 4, LENGTH as u32));
		assert_ok!(call(&Alice.to_account_id(), pallet_registry::Call::create { parameters }));
		let workers = WORKERS.map(|who| (who, Registration::Worker));
		let reputers = REPUTERS.map(|who| (who, Registration::Reputer));
		for (who, registration) in workers.into_iter().chain(reputers) {
			let register =
				pallet_registry::Call::register { topic: TOPIC, registration, owner: None };
			assert_ok!(call(&who.to_account_id(), register));
		}
		for who in REPUTERS {
			let stake = pallet_reputer::Call::stake { topic: TOPIC, amount: 1_000 * ALLO };
			assert_ok!(call(&who.to_account_id(), stake));
		}
		let fund = pallet_registry::Call::fund { topic: TOPIC, amount: 100 * ALLO };
		assert_ok!(call(&Alice.to_account_id(), fund));
	});
	(0..2 * LENGTH)
		.find_map(|_| {
			block(|| ());
			<Clock as EpochInspect>::collecting_epoch(TOPIC)
		})
		.expect("the topic is active")
}

fn infer(who: Sr25519Keyring, epoch: EpochId, value: u32) {
	let inference = Some(BoundedVec::truncate_from(vec![Some(FixedI128::from_u32(value))]));
	let submit = pallet_inference::Call::submit { topic: TOPIC, epoch, inference, forecast: None };
	assert_ok!(call(&who.to_account_id(), submit));
}

fn report(who: Sr25519Keyring, epoch: EpochId) {
	let truth = BoundedVec::truncate_from(vec![FixedI128::from_u32(8)]);
	let report = pallet_reputer::Call::report { topic: TOPIC, epoch, truth };
	assert_ok!(call(&who.to_account_id(), report));
}

/// What an epoch has come to.
#[derive(Debug, PartialEq)]
struct Outcome {
	states: Vec<Option<EpochState>>,
	rewards: String,
	emitted: String,
}

/// Runs a chain to the settlement of two epochs. `at_reporting` makes the block in which the older
/// one is reported on by one of two reputers, and `at_collecting` the one in which the newer one
/// has one of two inferences.
fn run(between: impl Fn()) -> Outcome {
	let mut outcome = None;
	genesis("development", json!({})).execute_with(|| {
		let first = start();
		block(|| WORKERS.into_iter().zip([7, 9]).for_each(|(who, value)| infer(who, first, value)));
		let second = first + LENGTH;
		run_to(second);
		// In mid-window of both: one of two reports, one of two inferences.
		block(|| {
			report(One, first);
			infer(Bob, second, 6);
		});
		between();
		check_state();
		block(|| {
			report(Two, first);
			infer(Charlie, second, 10);
		});
		run_to(second + LENGTH);
		block(|| REPUTERS.into_iter().for_each(|who| report(who, second)));
		run_to(second + 2 * LENGTH);
		check_state();
		let epochs = [first, second];
		outcome = Some(Outcome {
			states: epochs.map(|epoch| Clock::epoch_state(TOPIC, epoch)).to_vec(),
			rewards: format!("{:?}", epochs.map(|epoch| Emissions::rewards(TOPIC, epoch))),
			emitted: format!("{:?}", Emissions::ledger()),
		});
	});
	outcome.expect("the chain has run")
}

#[test]
fn epochs_that_are_open_in_an_upgrade_settle_as_without_it() {
	let without = run(|| block(|| ()));
	assert_eq!(without.states, [Some(EpochState::Settled), Some(EpochState::Settled)]);
	assert_ne!(without.rewards, "[[], []]");
	assert_eq!(run(upgrade), without);
}

#[test]
fn old_encoding_of_this_test_is_misread_without_its_migration() {
	genesis("development", json!({})).execute_with(|| {
		let epoch = start();
		let open = Clock::epoch_state(TOPIC, epoch);
		to_version_0();
		assert_ne!(Clock::epoch_state(TOPIC, epoch), open);
		assert_ne!(Clock::on_chain_storage_version(), Clock::in_code_storage_version());
	});
}

#[test]
fn upgrade_after_missed_slots_settles_what_was_reported() {
	genesis("development", json!({})).execute_with(|| {
		let first = start();
		block(|| WORKERS.into_iter().zip([7, 9]).for_each(|(who, value)| infer(who, first, value)));
		run_to(first + LENGTH);
		block(|| REPUTERS.into_iter().for_each(|who| report(who, first)));
		upgrade();
		// The new release makes no block until after the window.
		block_in(first + 3 * LENGTH, || ());
		run_to(first + 4 * LENGTH);
		assert_eq!(Clock::epoch_state(TOPIC, first), Some(EpochState::Settled));
		check_state();
	});
}

#[test]
fn every_pallet_of_the_protocol_has_a_storage_version_from_genesis_on() {
	fn check<P: GetStorageVersion<InCodeStorageVersion = StorageVersion>>(name: &str) {
		assert!(P::in_code_storage_version() >= StorageVersion::new(1), "{name}");
		assert_eq!(P::on_chain_storage_version(), P::in_code_storage_version(), "{name}");
	}
	genesis("development", json!({})).execute_with(|| {
		check::<allora_runtime::Topics>("Topics");
		check::<Clock>("Clock");
		check::<allora_runtime::Inference>("Inference");
		check::<allora_runtime::Reputer>("Reputer");
		check::<allora_runtime::Aggregation>("Aggregation");
		check::<Emissions>("Emissions");
		check::<allora_runtime::Timing>("Timing");
		check::<allora_runtime::Origins>("Origins");
	});
}

#[test]
fn signed_metadata_hash_of_another_runtime_is_refused() {
	use allora_runtime::{Address, UncheckedExtrinsic};
	use codec::Decode;
	use sp_runtime::{
		generic::{Era, SignedPayload},
		transaction_validity::{TransactionSource, TransactionValidityError},
	};
	genesis("development", json!({})).execute_with(|| {
		block(|| ());
		let signed = |hash: Option<Hash>| {
			// The extension's mode and hash are private; both are what a wallet encodes.
			let mode = u8::from(hash.is_some());
			let check = frame_metadata_hash_extension::CheckMetadataHash::<Runtime>::decode(
				&mut &[mode][..],
			)
			.expect("a mode");
			let extension: TxExtension = (
				frame_system::CheckNonZeroSender::new(),
				frame_system::CheckSpecVersion::new(),
				frame_system::CheckTxVersion::new(),
				frame_system::CheckGenesis::new(),
				frame_system::CheckEra::from(Era::Immortal),
				frame_system::CheckNonce::from(0),
				frame_system::CheckWeight::new(),
				pallet_transaction_payment::ChargeTransactionPayment::<Runtime>::from(0).into(),
				check,
				frame_system::WeightReclaim::new(),
			);
			let call: RuntimeCall = frame_system::Call::remark { remark: vec![] }.into();
			let implicit = (
				(),
				VERSION.spec_version,
				VERSION.transaction_version,
				System::block_hash(0),
				System::block_hash(0),
				(),
				(),
				(),
				hash.map(|hash| hash.0),
				(),
			);
			let payload = SignedPayload::from_raw(call, extension, implicit);
			let signature = payload.using_encoded(|bytes| Bob.sign(bytes));
			let (call, extension, _) = payload.deconstruct();
			let address = Address::Id(Bob.to_account_id());
			let transaction = UncheckedExtrinsic::new_signed(
				call,
				address,
				Signature::Sr25519(signature),
				extension,
			);
			Executive::validate_transaction(
				TransactionSource::External,
				transaction,
				System::block_hash(0),
			)
		};
		assert!(signed(None).is_ok());
		let refused = signed(Some(Hash::repeat_byte(1)));
		assert!(matches!(
			refused,
			Err(TransactionValidityError::Invalid(_) | TransactionValidityError::Unknown(_))
		));
	});
}

/// Reads the version of the next runtime out of any code, in place of the node's executor.
struct NextVersion;
impl ReadRuntimeVersion for NextVersion {
	fn read_runtime_version(&self, _: &[u8], _: &mut dyn Externalities) -> Result<Vec<u8>, String> {
		let spec_version = VERSION.spec_version + 1;
		Ok(sp_version::RuntimeVersion { spec_version, ..VERSION }.encode())
	}
}

/// Runs a test on a development chain that accepts any code as the next runtime's.
fn on_upgradable_chain(test: impl FnOnce()) {
	let mut chain = genesis("development", json!({}));
	chain.register_extension(ReadRuntimeVersionExt::new(NextVersion));
	chain.execute_with(test);
}

fn code() -> Vec<u8> {
	sp_io::storage::get(sp_core::storage::well_known_keys::CODE)
		.map(|code| code.to_vec())
		.unwrap_or_default()
}

#[test]
fn whitelisted_upgrade_is_applied_by_anyone_within_a_day() {
	on_upgradable_chain(|| {
		block(|| ());
		let new_code = vec![7; 100];
		let code_hash = BlakeTwo256::hash(&new_code);
		let authorize: RuntimeCall = frame_system::Call::authorize_upgrade { code_hash }.into();
		let call_hash = BlakeTwo256::hash_of(&authorize);
		assert_ok!(carry(pallet_whitelist::Call::whitelist_call { call_hash }));
		let dispatch = pallet_whitelist::Call::dispatch_whitelisted_call_with_preimage {
			call: Box::new(authorize),
		};
		let (result, waited) = decide(WhitelistedCaller, dispatch.into());
		assert_eq!(result, Ok(()));
		assert!(waited < blocks(DAY), "{waited} blocks");
		block(|| {
			let other = frame_system::Call::apply_authorized_upgrade { code: vec![8; 100] };
			assert!(call(&Eve.to_account_id(), other).is_err());
			let apply = frame_system::Call::apply_authorized_upgrade { code: new_code.clone() };
			assert_ok!(call(&Eve.to_account_id(), apply));
		});
		assert_eq!(code(), new_code);
	});
}

#[test]
fn call_that_the_committee_has_not_whitelisted_is_not_dispatched() {
	on_upgradable_chain(|| {
		block(|| ());
		let authorize = frame_system::Call::authorize_upgrade { code_hash: Hash::zero() };
		let dispatch = pallet_whitelist::Call::dispatch_whitelisted_call_with_preimage {
			call: Box::new(authorize.into()),
		};
		// It waits for the committee.
		assert_eq!(decide(WhitelistedCaller, dispatch.into()).0, Ok(()));
		block(|| {
			let apply = frame_system::Call::apply_authorized_upgrade { code: vec![7; 100] };
			let nothing = frame_system::Error::<Runtime>::NothingAuthorized.into();
			assert_eq!(call(&Eve.to_account_id(), apply), Err(nothing));
		});
	});
}

#[test]
fn root_referendum_sets_the_code() {
	on_upgradable_chain(|| {
		block(|| ());
		let new_code = vec![9; 100];
		let set_code = frame_system::Call::set_code { code: new_code.clone() };
		assert_eq!(decide(ROOT, set_code.into()).0, Ok(()));
		assert_eq!(code(), new_code);
	});
}
