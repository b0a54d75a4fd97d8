//! The session keys of validators: those of the preset, and those that accounts set later.

use super::{values::once_in, Random};
use allora_runtime::{AccountId, Runtime, RuntimeCall, SessionKeys};
use codec::Encode;
use rand::Rng;
use sp_core::{ecdsa, ed25519, proof_of_possession::ProofOfPossessionGenerator, sr25519, Pair};
use sp_io::hashing::blake2_256;
use sp_keyring::{Ed25519Keyring, Sr25519Keyring};
use std::sync::LazyLock;

/// The number of keys of each kind that an account chooses from.
const KEYS: u8 = 3;
/// The number of validators of the preset: the first of the well-known accounts.
const VALIDATORS: usize = 4;

/// The key pairs of the preset's validators, which take long to derive.
static OF_PRESET: LazyLock<Vec<Pairs>> = LazyLock::new(|| {
	let pairs = Sr25519Keyring::iter().zip(Ed25519Keyring::iter()).take(VALIDATORS);
	let beefy = |sr: Sr25519Keyring| ecdsa::Pair::from_string(&sr.to_seed(), None).unwrap();
	pairs.map(|(sr, ed)| Pairs { sr: sr.pair(), ed: ed.pair(), ec: beefy(sr) }).collect()
});

/// The key pairs behind the session keys of a validator.
#[derive(Clone)]
pub struct Pairs {
	/// For blocks.
	pub sr: sr25519::Pair,
	/// For finality.
	pub ed: ed25519::Pair,
	/// For other chains.
	pub ec: ecdsa::Pair,
}

impl Pairs {
	/// One of the pairs of this account. They follow from its id, so that they can be found again.
	fn of(who: &AccountId, nth: u8) -> Self {
		let seed = blake2_256(&(who, nth).encode());
		Self {
			sr: sr25519::Pair::from_seed(&seed),
			ed: ed25519::Pair::from_seed(&seed),
			ec: ecdsa::Pair::from_seed(&seed),
		}
	}

	fn public(&self) -> SessionKeys {
		SessionKeys {
			babe: self.sr.public().into(),
			grandpa: self.ed.public().into(),
			authority_discovery: self.sr.public().into(),
			beefy: self.ec.public().into(),
		}
	}
}

/// New session keys for this account, or none.
pub fn change(who: &AccountId, random: &mut Random) -> RuntimeCall {
	if once_in(random, 3) {
		return pallet_session::Call::purge_keys {}.into();
	}
	let mut pairs = Pairs::of(who, random.random_range(0..KEYS));
	let (keys, owner) = (pairs.public(), who.encode());
	let proof = (
		pairs.sr.generate_proof_of_possession(&owner),
		pairs.ed.generate_proof_of_possession(&owner),
		pairs.sr.generate_proof_of_possession(&owner),
		pairs.ec.generate_proof_of_possession(&owner),
	);
	pallet_session::Call::set_keys { keys, proof: proof.encode() }.into()
}

/// The key pairs of the session keys that this account has on record.
pub fn pairs(who: &AccountId) -> Option<Pairs> {
	let keys = pallet_session::NextKeys::<Runtime>::get(who)?;
	let is_right = |pairs: &Pairs| pairs.public().encode() == keys.encode();
	let mut of_preset = OF_PRESET.iter().cloned();
	of_preset.find(is_right).or_else(|| (0..KEYS).map(|nth| Pairs::of(who, nth)).find(is_right))
}
