//! What other chains verify, on the real runtime: the leaves of the mountain range, the sets of validators
//! that they name, and the inferences that they prove.

use crate::support::{block, call, on_chain, preset::in_genesis, run_to};
use allora_primitives::{
	api::{runtime_decl_for_proofs_api::ProofsApi, InclusionProof},
	bundle::Intervals,
	traits::{BundleInspect, EpochInspect},
	EpochId, FixedI128, MadeInference, ProvableInference, Registration, TopicId, TopicParameters,
	ALLO,
};
use allora_runtime::{AccountId, Aggregation, BeefyMmrLeaf, Clock, Mmr, Proofs, Runtime, System};
use codec::Encode;
use frame_support::{
	assert_ok,
	traits::{Get, PalletInfoAccess},
	BoundedVec,
};
use pallet_aggregation::WeightInfo as _;
use pallet_clock::WeightInfo as _;
use pallet_consumer::WeightInfo as _;
use pallet_inference::WeightInfo as _;
use pallet_proofs::WeightInfo as _;
use serde_json::json;
use sp_core::H256;
use sp_keyring::Sr25519Keyring::{self, *};
use sp_mmr_primitives::{
	mmr_lib::{self, util::MemStore, MMR},
	LeafDataProvider,
};
use sp_runtime::traits::{Hash, Keccak256};

const LENGTH: EpochId = 10;
/// The number of slots after the opening in which payloads are accepted.
const WINDOW: EpochId = 4;

fn send(who: Sr25519Keyring, sent: impl Into<allora_runtime::RuntimeCall>) {
	assert_ok!(call(&who.to_account_id(), sent));
}

/// Two topics with the worker Bob and the reputer Alice, whose epochs open and close together. Returns
/// the first epoch, which has just opened.
fn start() -> EpochId {
	block(|| {
		for topic in [1, 2] {
			let parameters = TopicParameters {
				phase: Some(0),
				..TopicParameters::regression(LENGTH as u32, WINDOW as u32, LENGTH as u32)
			};
			send(Ferdie, pallet_registry::Call::create { parameters: Box::new(parameters) });
			for (who, registration) in [(Bob, Registration::Worker), (Alice, Registration::Reputer)]
			{
				send(who, pallet_registry::Call::register { topic, registration, owner: None });
			}
			send(Alice, pallet_reputer::Call::stake { topic, amount: 1_000 * ALLO });
			send(Ferdie, pallet_registry::Call::fund { topic, amount: 1_000 * ALLO });
		}
	});
	let collecting = || {
		block(|| ());
		<Clock as EpochInspect>::collecting_epoch(2)
	};
	(0..20).find_map(|_| collecting()).expect("the topics are active")
}

/// Bob submits an inference to both topics, and their worker windows close. Returns the block of the
/// close.
fn infer(epoch: EpochId) -> u32 {
	block(|| {
		for topic in [1, 2] {
			let value = FixedI128::from_u32(10 * topic as u32);
			let inference = Some(BoundedVec::truncate_from(vec![Some(value)]));
			send(Bob, pallet_inference::Call::submit { topic, epoch, inference, forecast: None });
		}
	});
	run_to(epoch + WINDOW + 1);
	System::block_number()
}

fn proof(topic: TopicId, epoch: EpochId) -> InclusionProof {
	Runtime::inference_proof(topic, epoch).expect("the inference is kept")
}

/// The extra data of the leaf that the newest block has appended.
fn leaf_extra() -> H256 {
	BeefyMmrLeaf::leaf_data().leaf_extra
}

#[test]
fn leaf_of_the_next_block_proves_the_inferences_of_a_block() {
	on_chain(|| {
		let epoch = start();
		assert_eq!(leaf_extra(), H256::zero());
		let closed = infer(epoch);
		// The leaf of the block itself has no inference, whatever it makes later.
		assert_eq!(leaf_extra(), H256::zero());
		let time = pallet_timestamp::Pallet::<Runtime>::get() / 1_000;
		block(|| ());
		let root = leaf_extra();
		for topic in [1, 2] {
			let InclusionProof { block, leaf, leaves, index, siblings, root: of_proof } =
				proof(topic, epoch);
			assert_eq!((block, leaves, of_proof), (closed, 2, root));
			let holds = binary_merkle_tree::verify_proof::<Keccak256, _, _>(
				&root, siblings, leaves, index, &leaf,
			);
			assert!(holds, "topic {topic}");
			let expected = ProvableInference {
				genesis: System::block_hash(0),
				topic,
				epoch,
				block: closed,
				time,
				made: MadeInference {
					label_values: vec![FixedI128::from_u32(10 * topic as u32)].try_into().unwrap(),
					// No truth is known yet.
					intervals: Intervals::default(),
				},
			};
			assert_eq!(ProvableInference::from_leaf(&leaf), Some(expected));
		}
		assert_eq!(Runtime::inference_proof(1, epoch + 1), None);
		assert_eq!(Runtime::inference_proof(3, epoch), None);
		block(|| ());
		assert_eq!(leaf_extra(), H256::zero());
		assert_eq!(proof(1, epoch).root, root);
	});
}

#[test]
fn intervals_are_proven_once_truths_are_known() {
	on_chain(|| {
		let epoch = start();
		infer(epoch);
		run_to(epoch + LENGTH + 1);
		block(|| {
			for topic in [1, 2] {
				let truth = BoundedVec::truncate_from(vec![FixedI128::from_u32(11)]);
				send(Alice, pallet_reputer::Call::report { topic, epoch, truth });
			}
		});
		let third = epoch + 2 * LENGTH;
		run_to(third);
		infer(third);
		let leaf = ProvableInference::from_leaf(&proof(1, third).leaf).expect("it is a leaf");
		let bundle = <Aggregation as BundleInspect<AccountId>>::bundle(1, third).unwrap();
		assert_eq!(leaf.made.intervals, bundle.intervals);
		assert_eq!(leaf.made.intervals.len(), 1);
	});
}

/// The inner nodes of a mountain range that is built here.
struct Nodes;
impl mmr_lib::Merge for Nodes {
	type Item = H256;

	fn merge(left: &H256, right: &H256) -> mmr_lib::Result<H256> {
		Ok(Keccak256::hash_of(&(left, right)))
	}
}

#[test]
fn range_of_every_block_is_the_one_over_its_leaves() {
	// Sessions end in it: each leaf must name the validators of the session after that of its block.
	let timing = json!({ "slotDurationMs": 1_000, "sessionLength": 5, "sessionsPerEra": 2,
		"bondingDuration": 3 });
	in_genesis("local_testnet", json!({ "timing": timing }), || {
		let store = MemStore::default();
		let mut range = MMR::<H256, Nodes, _>::new(0, &store);
		let mut sets = Vec::new();
		for number in 1..=30u32 {
			block(|| ());
			let leaf = BeefyMmrLeaf::leaf_data();
			assert_eq!(leaf.encode().len(), 113);
			assert_eq!(leaf.parent_number_and_hash.0, number - 1);
			let next = leaf.beefy_next_authority_set.clone();
			assert_eq!(next.id, pallet_beefy::ValidatorSetId::<Runtime>::get() + 1);
			assert_eq!(next.len, 4);
			sets.push(next.id);
			range.push(Keccak256::hash(&leaf.encode())).unwrap();
			assert_eq!(Mmr::mmr_root(), range.get_root().unwrap(), "block {number}");
		}
		sets.dedup();
		assert!(sets.len() > 4, "{sets:?}");
	});
}

#[test]
fn pallets_are_called_in_the_order_that_the_leaf_needs() {
	let order = [
		allora_runtime::Session::index(),
		allora_runtime::Rotation::index(),
		allora_runtime::Beefy::index(),
		Mmr::index(),
		BeefyMmrLeaf::index(),
		Proofs::index(),
	];
	assert!(order.is_sorted(), "{order:?}");
}

#[test]
fn block_has_room_for_more_inferences_than_the_clock_can_make() {
	type OfClock = <Runtime as pallet_clock::Config>::WeightInfo;
	type OfInference = <Runtime as pallet_inference::Config>::WeightInfo;
	type OfAggregation = <Runtime as pallet_aggregation::Config>::WeightInfo;
	type OfProofs = <Runtime as pallet_proofs::Config>::WeightInfo;
	type OfConsumer = <Runtime as pallet_consumer::Config>::WeightInfo;
	// The least that a worker close of one inferer uses; the synthesis comes on top.
	let least = OfClock::turn()
		+ OfClock::close_workers()
		+ OfInference::freeze(1, 0)
		+ OfAggregation::store(1)
		+ OfProofs::append()
		+ OfConsumer::announce();
	// The clock has a quarter of a block.
	let share = <Runtime as frame_system::Config>::BlockWeights::get().max_block / 4;
	let most = share.ref_time() / least.ref_time() + 1;
	let room: u32 = <Runtime as pallet_proofs::Config>::MaxInferences::get();
	println!("a block makes at most {most} inferences, and has room for {room}");
	assert!(most <= u64::from(room));
}
