//! Tests of the pallet.

use crate::{mock::*, Inferences, WeightInfo};
use allora_primitives::ProvableInference;
use binary_merkle_tree::{verify_proof, Leaf};
use sp_core::H256;
use sp_runtime::traits::{Hash, Keccak256};

fn verifies(topic: u64, epoch: u64, root: H256) -> bool {
	let path = Proofs::inclusion(topic, epoch).expect("the inference is kept");
	let leaf = Leaf::Hash(path.appended.leaf_hash);
	verify_proof::<Keccak256, _, _>(&root, path.siblings, path.leaves, path.index, leaf)
}

#[docify::export]
#[test]
fn path_of_an_inference_leads_to_the_root() {
	run(|| {
		append(1, 10, 5);
		append(2, 10, -7);
		let path = Proofs::inclusion(2, 10).expect("the block has made it");
		assert_eq!((path.block, path.index, path.leaves), (1, 1, 2));

		next_block();
		let root = Proofs::root_of_parent();
		assert_eq!(path.root, root);
		let leaf = Proofs::provable(2, 10, 1, time_of(1), made(&[-7])).to_leaf();
		assert!(verify_proof::<Keccak256, _, _>(&root, path.siblings, 2, 1, &leaf));
	});
}

#[test]
fn leaf_names_chain_block_and_time() {
	run(|| {
		next_block();
		append(3, 20, 1);
		let path = Proofs::inclusion(3, 20).expect("the block has made it");
		let inference = Proofs::provable(3, 20, path.block, path.appended.time, made(&[1]));
		assert_eq!(path.appended.leaf_hash, Keccak256::hash(&inference.to_leaf()));
		let expected = ProvableInference {
			genesis: System::block_hash(0),
			topic: 3,
			epoch: 20,
			block: 2,
			time: 1_012,
			made: made(&[1]),
		};
		assert_eq!(inference, expected);
		assert_ne!(expected.genesis, H256::zero());
	});
}

#[test]
fn every_inference_of_every_number_of_them_is_proven() {
	run(|| {
		for count in 1..=MAX {
			for topic in 1..=count {
				append(topic.into(), count.into(), 1);
			}
			next_block();
			let root = Proofs::root_of_parent();
			for topic in 1..=count {
				assert!(verifies(topic.into(), count.into(), root), "{topic} of {count}");
				// That of another epoch has another root.
				assert!(count == 1 || !verifies(1, u64::from(count) - 1, root));
			}
		}
	});
}

#[test]
fn root_is_zero_without_inferences() {
	run(|| {
		append(1, 1, 1);
		// This block's own inferences are for the next one.
		assert_eq!(Proofs::root_of_parent(), H256::zero());
		next_block();
		assert_ne!(Proofs::root_of_parent(), H256::zero());
		next_block();
		assert_eq!(Proofs::root_of_parent(), H256::zero());
		assert_eq!(Proofs::inclusion(1, 2), None);
		assert_eq!(Proofs::inclusion(2, 1), None);
	});
}

#[test]
fn lists_are_dropped_when_they_are_too_old() {
	run(|| {
		append(1, 1, 1);
		for _ in 0..KEPT {
			next_block();
			assert!(Proofs::inclusion(1, 1).is_some());
		}
		next_block();
		assert_eq!(Proofs::inclusion(1, 1), None);
		assert_eq!(Inferences::<Test>::iter().count(), 0);
	});
}

#[test]
fn hook_is_charged_for_the_inferences_of_the_parent() {
	run(|| {
		append(1, 1, 1);
		append(2, 1, 1);
		assert_eq!(next_block(), <() as WeightInfo>::on_initialize(2));
		assert_eq!(next_block(), <() as WeightInfo>::on_initialize(0));
	});
}

#[test]
#[should_panic(expected = "more inferences than its weight allows")]
fn list_that_is_full_is_a_defect() {
	run(|| (0..=MAX).for_each(|topic| append(topic.into(), 1, 1)));
}
