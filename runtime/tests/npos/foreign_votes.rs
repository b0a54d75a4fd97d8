//! A validator that signs two different roots for other chains, from the proof to the slash.

use super::{offences::keys_of, *};
use allora_runtime::{Beefy, BlockNumber, Executive, Historical, Session, UncheckedExtrinsic};
use frame_support::traits::KeyOwnerProofSystem;
use pallet_staking::UnappliedSlashes;
use sp_consensus_beefy::{
	ecdsa_crypto::{AuthorityId, Signature},
	known_payloads::MMR_ROOT_ID,
	Commitment, DoubleVotingProof, Payload, VoteMessage, KEY_TYPE,
};
use sp_core::{ecdsa, Pair};
use sp_io::hashing::keccak_256;

type Proof = DoubleVotingProof<BlockNumber, AuthorityId, Signature>;

/// The proof that the holder of a key has signed these roots for one block, in the current session.
fn proof(pair: &ecdsa::Pair, roots: [u8; 2]) -> Proof {
	let [first, second] = roots.map(|root| {
		let payload = Payload::from_single_entry(MMR_ROOT_ID, vec![root; 32]);
		let validator_set_id = pallet_beefy::ValidatorSetId::<Runtime>::get();
		let commitment = Commitment { payload, block_number: 1, validator_set_id };
		let signature = pair.sign_prehashed(&keccak_256(&commitment.encode())).into();
		VoteMessage { commitment, id: pair.public().into(), signature }
	});
	DoubleVotingProof { first, second }
}

/// Reports it as a node does, in a transaction without a signature; returns whether it was accepted.
fn report(equivocation_proof: Proof) -> bool {
	let authority = equivocation_proof.first.id.clone();
	let key_owner_proof = Historical::prove((KEY_TYPE, authority)).expect("it is an authority");
	let call = pallet_beefy::Call::report_double_voting_unsigned {
		equivocation_proof: Box::new(equivocation_proof),
		key_owner_proof,
	};
	Executive::apply_extrinsic(UncheckedExtrinsic::new_bare(call.into())) == Ok(Ok(()))
}

#[test]
fn two_roots_for_one_block_disable_the_validator_and_are_slashed() {
	network(0, json!({}), || {
		run_to_era(active_era() + 1);
		let offender = Session::validators()[1].clone();
		let seed = format!("//{}", keys_of(&offender));
		let pair = ecdsa::Pair::from_string(&seed, None).unwrap();
		assert!(Beefy::validator_set().unwrap().validators().contains(&pair.public().into()));
		let era = active_era();
		block(|| {
			assert!(!report(proof(&pair, [1, 1])), "the same root twice is no offence");
			let mut forged = proof(&pair, [1, 2]);
			forged.second.signature = forged.first.signature.clone();
			assert!(!report(forged), "the signatures are checked");
			assert!(Session::disabled_validators().is_empty());
			assert!(report(proof(&pair, [1, 2])));
			assert!(!report(proof(&pair, [1, 2])), "an offence is reported once");
			assert_eq!(Session::disabled_validators(), [1]);
		});
		let slash = UnappliedSlashes::<Runtime>::get(era + BONDING - 1).remove(0);
		assert_eq!(slash.validator, offender);
		// One of four validators: the square of three quarters.
		assert_eq!(slash.own, Perbill::from_rational(9u32, 16) * (100_000 * ALLO));
	});
}
