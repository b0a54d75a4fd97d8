//! Operations around offences: validators equivocate, and others report it, soon or later.

use super::{
	super::{keys, staking, values::once_in, world, Random},
	People,
};
use allora_runtime::{
	AccountId, Babe, BlockNumber, Grandpa, Hash, Header, Historical, RuntimeCall, Session, System,
};
use codec::Encode;
use finality_grandpa::{Message, Prevote};
use frame_support::traits::KeyOwnerProofSystem;
use rand::{seq::IndexedRandom, Rng};
use sp_consensus_babe::{
	digests::{CompatibleDigestItem, PreDigest, SecondaryPlainPreDigest},
	AuthorityId as BabeId,
};
use sp_consensus_grandpa::{localized_payload, AuthorityId as GrandpaId, Equivocation};
use sp_core::Pair;
use sp_runtime::{
	generic::{Digest, DigestItem},
	traits::Header as _,
};
use sp_session::MembershipProof;

/// The maximum number of equivocations that are remembered, to be reported.
const EVIDENCE: usize = 8;

/// The proof of an equivocation.
#[derive(Clone)]
enum Proof {
	/// Two blocks in one slot.
	Blocks(Box<sp_consensus_babe::EquivocationProof<Header>>),
	/// Two votes in one round.
	Votes(Box<sp_consensus_grandpa::EquivocationProof<Hash, BlockNumber>>),
}

/// An equivocation with the proof that its key is the offender's.
#[derive(Clone)]
pub(super) struct Evidence {
	offender: AccountId,
	proof: Proof,
	key_owner_proof: MembershipProof,
}

impl Evidence {
	/// The transaction that reports it: of an account, or without a signature as nodes send it.
	fn report(self, unsigned: bool) -> RuntimeCall {
		let Self { proof, key_owner_proof, .. } = self;
		match (proof, unsigned) {
			(Proof::Blocks(equivocation_proof), false) => {
				pallet_babe::Call::report_equivocation { equivocation_proof, key_owner_proof }
					.into()
			}
			(Proof::Blocks(equivocation_proof), true) => {
				pallet_babe::Call::report_equivocation_unsigned {
					equivocation_proof,
					key_owner_proof,
				}
				.into()
			}
			(Proof::Votes(equivocation_proof), false) => {
				pallet_grandpa::Call::report_equivocation { equivocation_proof, key_owner_proof }
					.into()
			}
			(Proof::Votes(equivocation_proof), true) => {
				pallet_grandpa::Call::report_equivocation_unsigned {
					equivocation_proof,
					key_owner_proof,
				}
				.into()
			}
		}
	}
}

/// Whether a call is sent without a signature.
pub fn is_unsigned(call: &RuntimeCall) -> bool {
	matches!(
		call,
		RuntimeCall::Babe(pallet_babe::Call::report_equivocation_unsigned { .. })
			| RuntimeCall::Grandpa(pallet_grandpa::Call::report_equivocation_unsigned { .. })
	)
}

impl People {
	/// A validator equivocates, and a report of this or an earlier equivocation.
	///
	/// The author of the block is not reported, see [`staking::is_author`].
	pub(super) fn offend(&mut self, random: &mut Random) -> (usize, RuntimeCall) {
		let signer = self.anyone(random);
		if self.evidence.is_empty() || once_in(random, 2) {
			if let Some(evidence) = equivocation(random) {
				self.evidence.insert(0, evidence);
				self.evidence.truncate(EVIDENCE);
			}
		}
		let others =
			(0..self.evidence.len()).filter(|at| !staking::is_author(&self.evidence[*at].offender));
		let others: Vec<_> = others.collect();
		let Some(at) = others.choose(random).copied() else { return self.vote(random) };
		// Some are reported again, in vain.
		let evidence = match once_in(random, 6) {
			true => self.evidence[at].clone(),
			false => self.evidence.remove(at),
		};
		(signer, evidence.report(random.random()))
	}
}

/// The equivocation of one of the validators, if its keys have been its own since the session began.
fn equivocation(random: &mut Random) -> Option<Evidence> {
	let offender = Session::validators().choose(random)?.clone();
	let pairs = keys::pairs(&offender)?;
	let (proof, id, key) = if random.random() {
		let key: BabeId = pairs.sr.public().into();
		let index = Babe::authorities().iter().position(|(authority, _)| *authority == key)?;
		let blocks = two_blocks(&pairs.sr, index as u32, random.random());
		(Proof::Blocks(Box::new(blocks)), sp_consensus_babe::KEY_TYPE, key.encode())
	} else {
		let key: GrandpaId = pairs.ed.public().into();
		let is_key = |(authority, _): &(GrandpaId, u64)| *authority == key;
		Grandpa::grandpa_authorities().iter().any(is_key).then_some(())?;
		let votes = two_votes(&pairs.ed, random.random_range(1..4));
		(Proof::Votes(Box::new(votes)), sp_consensus_grandpa::KEY_TYPE, key.encode())
	};
	let key_owner_proof = Historical::prove((id, key))?;
	Some(Evidence { offender, proof, key_owner_proof })
}

/// Two blocks of an authority in the current slot.
fn two_blocks(
	pair: &sp_core::sr25519::Pair,
	authority_index: u32,
	state: [u8; 32],
) -> sp_consensus_babe::EquivocationProof<Header> {
	let slot = world::now().into();
	let block = |state: Hash| {
		let claim = SecondaryPlainPreDigest { authority_index, slot };
		let claim = DigestItem::babe_pre_digest(PreDigest::SecondaryPlain(claim));
		let (number, digest) = (System::block_number(), Digest { logs: vec![claim] });
		let mut header = Header::new(number, Default::default(), state, Default::default(), digest);
		let seal = pair.sign(header.hash().as_ref());
		header.digest_mut().push(DigestItem::babe_seal(seal.into()));
		header
	};
	sp_consensus_babe::EquivocationProof {
		offender: pair.public().into(),
		slot,
		first_header: block(state.into()),
		second_header: block(Hash::zero()),
	}
}

/// Two votes of an authority in a round of the current session.
fn two_votes(
	pair: &sp_core::ed25519::Pair,
	round_number: u64,
) -> sp_consensus_grandpa::EquivocationProof<Hash, BlockNumber> {
	let set_id = Grandpa::current_set_id();
	let vote = |hash: u8| {
		let vote = Prevote { target_hash: Hash::repeat_byte(hash), target_number: 1 };
		let payload = localized_payload(round_number, set_id, &Message::Prevote(vote.clone()));
		(vote, pair.sign(&payload).into())
	};
	let votes = finality_grandpa::Equivocation {
		round_number,
		identity: pair.public().into(),
		first: vote(1),
		second: vote(2),
	};
	sp_consensus_grandpa::EquivocationProof::new(set_id, Equivocation::Prevote(votes))
}
