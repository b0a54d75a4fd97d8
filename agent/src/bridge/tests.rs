//! Tests of the verification: a proof that holds, and each of its parts changed.

use super::*;
use allora_primitives::{FixedI128, MadeInference};
use binary_merkle_tree::merkle_proof;
use sp_consensus_beefy::{mmr::MmrLeafVersion, Commitment, Payload};
use sp_core::Pair;
use sp_mmr_primitives::mmr_lib::{util::MemStore, MMR};

const SET_ID: u64 = 12;
/// The block that made the inferences.
const BLOCK: u32 = 37;
/// The block that was signed.
const SIGNED: u32 = 60;
const TIME: u64 = 1_700_000_000;
const GENESIS: H256 = H256([9; 32]);

/// The keys of this many validators, from this one on.
fn pairs(from: u8, count: u8) -> Vec<ecdsa::Pair> {
	(from..from + count).map(|n| ecdsa::Pair::from_seed(&[n; 32])).collect()
}

fn set_of(pairs: &[ecdsa::Pair], set_id: u64) -> Trusted {
	let addresses: Vec<_> = pairs.iter().map(|p| p.public().to_eth_address().unwrap()).collect();
	let root = binary_merkle_tree::merkle_root::<Keccak256, _>(&addresses);
	Trusted { genesis: GENESIS, set_id, validators: pairs.len() as u32, root }
}

fn inference(topic: u64) -> ProvableInference {
	let row = [-2, -1, 1, 2].map(|value| FixedI128::from_inner(value * 10i128.pow(18)));
	ProvableInference {
		genesis: GENESIS,
		topic,
		epoch: 100,
		block: BLOCK,
		time: TIME,
		made: MadeInference {
			label_values: vec![FixedI128::from_rational(1, 2)].try_into().unwrap(),
			intervals: vec![row].try_into().unwrap(),
		},
	}
}

/// A chain up to the signed block, whose block [`BLOCK`] has made these inferences.
struct World {
	validators: Vec<ecdsa::Pair>,
	inferences: Vec<Vec<u8>>,
	leaves: Vec<Leaf>,
}

impl World {
	fn new(validators: u8) -> Self {
		let inferences: Vec<_> = (1..=3).map(|topic| inference(topic).to_leaf()).collect();
		let root = binary_merkle_tree::merkle_root::<Keccak256, _>(&inferences);
		let next = BeefyAuthoritySet { id: SET_ID + 1, len: 4, keyset_commitment: H256([5; 32]) };
		let leaf = |number: u32| MmrLeaf {
			version: MmrLeafVersion::new(0, 0),
			parent_number_and_hash: (number, H256::from_low_u64_be(number.into())),
			beefy_next_authority_set: next.clone(),
			leaf_extra: if number == BLOCK { root } else { H256::zero() },
		};
		let leaves = (0..SIGNED).map(leaf).collect();
		Self { validators: pairs(1, validators), inferences, leaves }
	}

	fn trusted(&self) -> Trusted {
		set_of(&self.validators, SET_ID)
	}

	/// The root of the mountain range at the signed block, and the path of the leaf of this index.
	fn range(&self, index: u32) -> (H256, Vec<H256>) {
		let store = MemStore::default();
		let mut range = MMR::<H256, Nodes, _>::new(0, &store);
		for leaf in &self.leaves {
			range.push(H256(keccak_256(&leaf.encode()))).unwrap();
		}
		let path = range.gen_proof(vec![leaf_index_to_pos(index.into())]).unwrap();
		(range.get_root().unwrap(), path.proof_items().to_vec())
	}

	fn commitment(&self) -> Commitment<u32> {
		let payload = Payload::from_single_entry(MMR_ROOT_ID, self.range(BLOCK).0.encode());
		Commitment { payload, block_number: SIGNED, validator_set_id: SET_ID }
	}

	/// A commitment with the signatures of these keys, at the places of the set.
	fn signed(&self, commitment: Commitment<u32>, signers: &[Option<ecdsa::Pair>]) -> Bytes {
		let hash = keccak_256(&commitment.encode());
		let sign = |pair: &ecdsa::Pair| Signature::from(pair.sign_prehashed(&hash));
		let signatures = signers.iter().map(|pair| pair.as_ref().map(sign)).collect();
		Bytes(SignedRoot::V1(SignedCommitment { commitment, signatures }).encode())
	}

	/// The validators of whom the first ones sign.
	fn signers(&self, count: usize) -> Vec<Option<ecdsa::Pair>> {
		let all = self.validators.iter().cloned().enumerate();
		all.map(|(at, pair)| (at < count).then_some(pair)).collect()
	}

	/// The proof of the second inference, with this number of signatures.
	fn proof(&self, signatures: usize) -> BridgeProof {
		let path = merkle_proof::<Keccak256, _, _>(&self.inferences, 1);
		BridgeProof {
			commitment: self.signed(self.commitment(), &self.signers(signatures)),
			keys: self.validators.iter().map(|pair| Bytes(pair.public().0.to_vec())).collect(),
			leaf: Bytes(self.leaves[BLOCK as usize].encode()),
			leaf_path: self.range(BLOCK).1,
			inference: Bytes(self.inferences[1].clone()),
			inferences: 3,
			index: 1,
			path: path.proof,
		}
	}
}

fn failure(proof: &BridgeProof, trusted: &Trusted) -> String {
	format!("{:#}", proof.verify(trusted, 0).expect_err("it does not hold"))
}

#[test]
fn inference_is_verified_by_the_validators_alone() {
	let world = World::new(4);
	let proven = world.proof(3).verify(&world.trusted(), TIME).unwrap();
	assert_eq!((proven.topic, proven.epoch, proven.block, proven.time), (2, 100, BLOCK, TIME));
	assert_eq!((proven.signed_block, proven.signatures), (SIGNED, 3));
	assert_eq!(proven.label_values, [0.5]);
	assert_eq!(proven.intervals, [[-2.0, -1.0, 1.0, 2.0]]);
	assert_eq!((proven.next.set_id, proven.next.validators), (SET_ID + 1, 4));
}

#[test]
fn quorum_is_more_than_two_thirds() {
	let quorum = |validators| Trusted { validators, ..World::new(1).trusted() }.quorum();
	assert_eq!([1, 2, 3, 4, 7, 10, 100].map(quorum), [1, 2, 3, 3, 5, 7, 67]);
	for (validators, needed) in [(1, 1), (3, 3), (4, 3), (7, 5)] {
		let world = World::new(validators);
		assert!(world.proof(needed).verify(&world.trusted(), 0).is_ok());
		let error = failure(&world.proof(needed - 1), &world.trusted());
		let short = needed - 1;
		let expected = format!("{short} validators have signed the commitment, of {needed} needed");
		assert_eq!(error, expected);
	}
}

#[test]
fn every_changed_byte_of_the_inference_is_refused() {
	let world = World::new(4);
	let proof = world.proof(3);
	for at in 0..proof.inference.len() {
		let mut forged = proof.clone();
		forged.inference.0[at] ^= 1;
		let error = failure(&forged, &world.trusted());
		assert_eq!(error, "the inference is not among those of the leaf", "byte {at}");
	}
}

#[test]
fn every_changed_hash_and_position_is_refused() {
	let world = World::new(4);
	let (proof, trusted) = (world.proof(3), world.trusted());
	let refused = |change: &dyn Fn(&mut BridgeProof), expected: &str| {
		let mut forged = proof.clone();
		change(&mut forged);
		let error = failure(&forged, &trusted);
		assert!(error.starts_with(expected), "{error}");
	};
	let inclusion = "the inference is not among those of the leaf";
	for at in 0..proof.path.len() {
		refused(&|proof| proof.path[at].0[0] ^= 1, inclusion);
	}
	refused(&|proof| proof.path.truncate(proof.path.len() - 1), inclusion);
	refused(&|proof| proof.path.clear(), inclusion);
	refused(&|proof| proof.path.push(H256::zero()), inclusion);
	for index in [0, 2, 3, u32::MAX] {
		refused(&|proof| proof.index = index, inclusion);
	}
	refused(&|proof| proof.inferences = 1, inclusion);
	refused(&|proof| proof.inferences = 0, inclusion);

	let range = "the leaf is not in the mountain range that was signed";
	assert!(proof.leaf_path.len() > 4);
	for at in 0..proof.leaf_path.len() {
		refused(&|proof| proof.leaf_path[at].0[31] ^= 1, range);
	}
	refused(&|proof| proof.leaf_path.truncate(proof.leaf_path.len() - 1), range);
	refused(&|proof| proof.leaf_path.clear(), range);
	refused(&|proof| proof.leaf_path.push(H256::zero()), range);
}

#[test]
fn every_changed_byte_of_the_leaf_is_refused() {
	let world = World::new(4);
	let proof = world.proof(3);
	assert_eq!(proof.leaf.len(), 113);
	for at in 0..proof.leaf.len() {
		let mut forged = proof.clone();
		forged.leaf.0[at] ^= 0x40;
		let error = failure(&forged, &world.trusted());
		let expected = match at {
			0 => "the leaf has version 2",
			// The lowest byte of the number becomes 37 + 64.
			1..=4 => "the leaf is of a later block than the commitment",
			_ => "the leaf is not in the mountain range that was signed",
		};
		assert_eq!(error, expected, "byte {at}");
	}
	let mut forged = proof.clone();
	forged.leaf.0.push(0);
	assert!(failure(&forged, &world.trusted()).starts_with("the bytes of the leaf are wrong"));
}

#[test]
fn leaf_of_another_block_does_not_prove_the_inference() {
	let world = World::new(4);
	let mut forged = world.proof(3);
	forged.leaf = Bytes(world.leaves[36].encode());
	forged.leaf_path = world.range(36).1;
	let error = failure(&forged, &world.trusted());
	assert_eq!(error, "the inference is not among those of the leaf");
}

#[test]
fn every_changed_byte_of_the_commitment_is_refused() {
	let world = World::new(4);
	let proof = world.proof(3);
	let decoded = |bytes: &Bytes| SignedRoot::decode_all(&mut &bytes[..]).ok();
	let mut same = 0;
	for at in 0..proof.commitment.len() {
		let mut forged = proof.clone();
		forged.commitment.0[at] ^= 1;
		// The places of the signatures are bits of a byte, of which the last ones mean nothing.
		if decoded(&forged.commitment) == decoded(&proof.commitment) {
			same += 1;
			continue;
		}
		assert!(forged.verify(&world.trusted(), 0).is_err(), "byte {at}");
	}
	assert_eq!(same, 1);
}

#[test]
fn signer_counts_once() {
	let world = World::new(4);
	let [first, second] = [0, 1].map(|at| world.validators[at].clone());
	// The second validator's signature again, in the place of the third.
	let signers = [Some(first.clone()), Some(second.clone()), Some(second.clone()), None];
	let mut forged = world.proof(3);
	forged.commitment = world.signed(world.commitment(), &signers);
	let short = "2 validators have signed the commitment, of 3 needed";
	assert_eq!(failure(&forged, &world.trusted()), short);
	// And its key as well: that is another set.
	forged.keys[2] = forged.keys[1].clone();
	let foreign = "the keys are not those of the trusted validators";
	assert_eq!(failure(&forged, &world.trusted()), foreign);
	// A place more than there are validators.
	let mut longer = world.proof(3);
	let signers = [Some(first), Some(second.clone()), None, None, Some(second)];
	longer.commitment = world.signed(world.commitment(), &signers);
	let error = failure(&longer, &world.trusted());
	assert_eq!(error, "the commitment is of another number of validators");
}

#[test]
fn signature_of_a_stranger_does_not_count() {
	let world = World::new(4);
	let stranger = pairs(50, 1).pop();
	let mut signers = world.signers(2);
	signers[2] = stranger;
	let mut forged = world.proof(3);
	forged.commitment = world.signed(world.commitment(), &signers);
	let short = "2 validators have signed the commitment, of 3 needed";
	assert_eq!(failure(&forged, &world.trusted()), short);
}

#[test]
fn foreign_validators_are_refused() {
	let (world, mut strangers) = (World::new(4), World::new(4));
	strangers.validators = pairs(60, 4);
	let foreign = "the keys are not those of the trusted validators";
	assert_eq!(failure(&strangers.proof(4), &world.trusted()), foreign);
	// The same validators in another order, one too few, and one too many.
	for keys in [vec![1, 0, 2, 3], vec![0, 1, 2], vec![0, 1, 2, 3, 3]] {
		let mut forged = world.proof(3);
		forged.keys = keys.into_iter().map(|at| world.proof(3).keys[at].clone()).collect();
		assert_eq!(failure(&forged, &world.trusted()), foreign);
	}
	// The root alone does not do: the number of validators decides the quorum.
	let mut trusted = world.trusted();
	trusted.validators = 1;
	assert_eq!(failure(&world.proof(1), &trusted), foreign);
	let mut forged = world.proof(3);
	forged.keys[0] = Bytes(vec![2; 32]);
	assert_eq!(failure(&forged, &world.trusted()), "a key has a wrong length");
	// No point has this coordinate; its address in the tree would be zero.
	forged.keys[0] = Bytes(vec![0; 33]);
	assert_eq!(failure(&forged, &world.trusted()), "a key is not one of secp256k1");
}

#[test]
fn commitment_of_another_set_is_refused() {
	let world = World::new(4);
	for (set_id, trusted) in [(SET_ID - 1, SET_ID), (SET_ID + 1, SET_ID)] {
		let commitment = Commitment { validator_set_id: set_id, ..world.commitment() };
		let mut old = world.proof(3);
		old.commitment = world.signed(commitment, &world.signers(4));
		let error = failure(&old, &world.trusted());
		let expected = format!("the commitment is of validator set {set_id}, not of {trusted}");
		assert_eq!(error, expected);
	}
}

#[test]
fn stale_commitment_and_inference_are_refused() {
	let world = World::new(4);
	// Signed before the inference was made: the leaf is not in the range yet.
	for block_number in [1, BLOCK - 1, BLOCK] {
		let commitment = Commitment { block_number, ..world.commitment() };
		let mut early = world.proof(3);
		early.commitment = world.signed(commitment, &world.signers(4));
		let error = failure(&early, &world.trusted());
		assert_eq!(error, "the leaf is of a later block than the commitment");
	}
	// Signed, but for a number of leaves with which the path to the leaf is another one.
	let commitment = Commitment { block_number: BLOCK + 2, ..world.commitment() };
	let mut other = world.proof(3);
	other.commitment = world.signed(commitment, &world.signers(4));
	let error = failure(&other, &world.trusted());
	assert_eq!(error, "the leaf is not in the mountain range that was signed");
	let error = world.proof(3).verify(&world.trusted(), TIME + 1).expect_err("it is older");
	assert_eq!(error.to_string(), format!("the inference was made at {TIME}, before {}", TIME + 1));
}

#[test]
fn commitment_to_something_else_is_refused() {
	let world = World::new(4);
	let root = world.range(BLOCK).0;
	let two = Payload::from_single_entry(MMR_ROOT_ID, root.encode())
		.push_raw(MMR_ROOT_ID, H256::zero().encode());
	for payload in [
		Payload::from_single_entry(*b"xx", root.encode()),
		Payload::from_single_entry(MMR_ROOT_ID, vec![1]),
		two,
	] {
		let commitment = Commitment { payload, ..world.commitment() };
		let mut forged = world.proof(3);
		forged.commitment = world.signed(commitment, &world.signers(4));
		let error = failure(&forged, &world.trusted());
		assert_eq!(error, "the commitment has no root of a mountain range");
	}
}

#[test]
fn inference_of_another_chain_or_block_is_refused() {
	let mut world = World::new(4);
	let trusted = Trusted { genesis: H256([1; 32]), ..world.trusted() };
	assert_eq!(failure(&world.proof(3), &trusted), "the inference is of another chain");
	// Validators that sign a leaf with the inference of another block.
	world.inferences[1] = ProvableInference { block: BLOCK - 1, ..inference(2) }.to_leaf();
	let root = binary_merkle_tree::merkle_root::<Keccak256, _>(&world.inferences);
	world.leaves[BLOCK as usize].leaf_extra = root;
	let error = failure(&world.proof(3), &world.trusted());
	assert_eq!(error, "the inference is of another block than its leaf");
	// And a leaf of something that is no inference.
	world.inferences[1].truncate(100);
	let root = binary_merkle_tree::merkle_root::<Keccak256, _>(&world.inferences);
	world.leaves[BLOCK as usize].leaf_extra = root;
	let error = failure(&world.proof(3), &world.trusted());
	assert_eq!(error, "the bytes of the inference are wrong");
}

#[test]
fn inner_node_of_a_tree_is_no_inference() {
	let world = World::new(4);
	let [left, right] = [0, 1].map(|at| keccak_256(&world.inferences[at]));
	let mut forged = world.proof(3);
	forged.inference = Bytes([left, right].concat());
	(forged.inferences, forged.index) = (2, 0);
	forged.path = vec![H256(keccak_256(&world.inferences[2]))];
	assert_eq!(failure(&forged, &world.trusted()), "the bytes of the inference are wrong");
}
