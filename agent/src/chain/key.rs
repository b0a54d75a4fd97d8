//! Keys that sign transactions.

use super::types::AccountId;
use anyhow::{ensure, Context, Result};
use sp_core::{sr25519, Pair};
use subxt::{
	tx::Signer,
	utils::{AccountId32, MultiSignature},
	SubstrateConfig,
};

/// A pair of keys (sr25519). It is not displayed, so that a log never holds a secret.
#[derive(Clone)]
pub struct Key(sr25519::Pair);

impl Key {
	/// The key of a path from the well-known development seed, such as `//Alice`.
	pub fn development(path: &str) -> Result<Self> {
		ensure!(path.starts_with('/'), "{path:?} is not the path of a key, such as //Alice");
		let pair = sr25519::Pair::from_string(path, None);
		pair.map(Self).ok().with_context(|| format!("no key can be derived from {path:?}"))
	}

	/// A new key, from the system's random bytes.
	pub fn generate() -> Result<Self> {
		let mut seed = [0; 32];
		getrandom::fill(&mut seed).context("the system has no random bytes")?;
		Ok(Self(sr25519::Pair::from_seed(&seed)))
	}

	/// The account of the key.
	pub fn id(&self) -> AccountId {
		self.0.public().0
	}

	/// The secret key, in the form of ed25519: 64 bytes.
	pub fn secret(&self) -> [u8; 64] {
		let pair: &schnorrkel::Keypair = self.0.as_ref();
		pair.secret.to_ed25519_bytes()
	}

	/// The key of these bytes, as [`Key::secret`] returns them; an error if they are not one.
	pub fn from_secret(secret: &[u8]) -> Result<Self> {
		let secret = schnorrkel::SecretKey::from_ed25519_bytes(secret);
		let secret = secret.map_err(|error| anyhow::anyhow!("not a secret key: {error}"))?;
		Ok(Self(secret.to_keypair().into()))
	}
}

impl Signer<SubstrateConfig> for Key {
	fn account_id(&self) -> AccountId32 {
		AccountId32(self.id())
	}

	fn sign(&self, payload: &[u8]) -> MultiSignature {
		MultiSignature::Sr25519(self.0.sign(payload).0)
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn secret_bytes_are_those_of_the_key() {
		let key = Key::generate().unwrap();
		let same = Key::from_secret(&key.secret()).unwrap();
		assert_eq!(key.id(), same.id());
		let MultiSignature::Sr25519(signature) = same.sign(b"message") else { panic!() };
		let public = sr25519::Public::from_raw(key.id());
		assert!(sr25519::Pair::verify(&signature.into(), b"message", &public));
		assert!(Key::from_secret(&[0; 63]).is_err());
	}

	#[test]
	fn paths_derive_the_development_keys() {
		let alice = Key::development("//Alice").unwrap().id();
		let address = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";
		assert_eq!(AccountId32(alice).to_string(), address);
		assert!(Key::development("Alice").is_err());
	}
}
