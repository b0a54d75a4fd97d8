//! Key files: the encrypted JSON of polkadot.js, which its apps and extension read too.
//!
//! The secret key is encrypted (XSalsa20 and Poly1305) by a key that scrypt derives from a password.

use crate::chain::{address, Key};
use anyhow::{bail, ensure, Context, Result};
use base64::{engine::general_purpose::STANDARD, Engine};
use poly1305::{universal_hash::KeyInit, Poly1305};
use salsa20::{
	cipher::{KeyIvInit, StreamCipher},
	XSalsa20,
};
use serde::{Deserialize, Serialize};
use std::{
	fs::OpenOptions,
	io::{ErrorKind, IsTerminal, Write},
	path::Path,
	time::{SystemTime, UNIX_EPOCH},
};

/// The environment variable that names a file with the password.
pub const PASSWORD_FILE: &str = "ALLORA_PASSWORD_FILE";

/// The bytes before the secret key, and between it and the public one, of PKCS 8.
const HEADER: [u8; 16] = [48, 83, 2, 1, 1, 48, 5, 6, 3, 43, 101, 112, 4, 34, 4, 32];
const DIVIDER: [u8; 5] = [161, 35, 3, 33, 0];
/// Length of a Poly1305 tag in bytes.
const TAG: usize = 16;

/// The costs of scrypt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Costs {
	/// Memory, in blocks: a power of two.
	n: u32,
	/// Number of independent mixings.
	p: u32,
	/// Length of a block, in units of 128 bytes.
	r: u32,
}

/// The costs of new files: 32 MiB of memory, a tenth of a second.
const COSTS: Costs = Costs { n: 1 << 15, p: 1, r: 8 };
/// The costs that polkadot.js allows; a file may not ask for any more.
const ALLOWED: [Costs; 6] = [
	Costs { n: 1 << 13, p: 10, r: 8 },
	Costs { n: 1 << 14, p: 5, r: 8 },
	Costs { n: 1 << 15, p: 3, r: 8 },
	COSTS,
	Costs { n: 1 << 16, p: 2, r: 8 },
	Costs { n: 1 << 17, p: 1, r: 8 },
];

/// A key file.
#[derive(Serialize, Deserialize)]
struct KeyFile {
	/// Base64 of salt, costs, nonce and encrypted keys.
	encoded: String,
	encoding: Encoding,
	address: String,
	#[serde(default)]
	meta: serde_json::Value,
}

#[derive(Serialize, Deserialize)]
struct Encoding {
	content: Vec<String>,
	r#type: Vec<String>,
	version: String,
}

impl Encoding {
	/// That of a key of sr25519 encrypted by a password.
	fn encrypted() -> Self {
		Self {
			content: vec!["pkcs8".into(), "sr25519".into()],
			r#type: vec!["scrypt".into(), "xsalsa20-poly1305".into()],
			version: "3".into(),
		}
	}
}

/// The text of a file with this key, encrypted by a password.
pub fn encrypt(key: &Key, name: &str, password: &str) -> Result<String> {
	let mut random = [0; 56];
	getrandom::fill(&mut random).context("the system has no random bytes")?;
	let (salt, nonce) = random.split_at(32);
	let mut secret = Vec::with_capacity(117);
	secret.extend(HEADER);
	secret.extend(key.secret());
	secret.extend(DIVIDER);
	secret.extend(key.id());
	let mut encoded = salt.to_vec();
	for cost in [COSTS.n, COSTS.p, COSTS.r] {
		encoded.extend(cost.to_le_bytes());
	}
	encoded.extend(nonce);
	encoded.extend(seal(&derive(password.as_bytes(), salt, COSTS)?, nonce, secret));
	let created = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_millis());
	let file = KeyFile {
		encoded: STANDARD.encode(encoded),
		encoding: Encoding::encrypted(),
		address: address(&key.id()),
		meta: serde_json::json!({ "name": name, "whenCreated": u64::try_from(created)? }),
	};
	Ok(serde_json::to_string_pretty(&file)?)
}

/// The key in the text of a file; an error if the password is not its own.
pub fn decrypt(json: &str, password: &str) -> Result<Key> {
	let file: KeyFile = serde_json::from_str(json).context("not a key file of polkadot.js")?;
	let is_known = Encoding::encrypted();
	ensure!(
		(file.encoding.content, file.encoding.r#type, file.encoding.version)
			== (is_known.content, is_known.r#type, is_known.version),
		"not an encrypted sr25519 key of version 3"
	);
	let encoded = STANDARD.decode(file.encoded).context("not a key file of polkadot.js")?;
	let parts = (encoded.get(..32), encoded.get(32..44), encoded.get(44..68), encoded.get(68..));
	let (Some(salt), Some(costs), Some(nonce), Some(sealed)) = parts else {
		bail!("the encrypted key is too short")
	};
	let cost = |at: usize| costs.get(at..at + 4).and_then(|bytes| bytes.try_into().ok());
	let cost = |at| cost(at).map_or(0, u32::from_le_bytes);
	let costs = Costs { n: cost(0), p: cost(4), r: cost(8) };
	ensure!(ALLOWED.contains(&costs), "its scrypt parameters are not among those of polkadot.js");
	let secret = open(&derive(password.as_bytes(), salt, costs)?, nonce, sealed);
	let secret = secret.context("the password is wrong")?;
	let parts = (secret.get(..16), secret.get(16..80), secret.get(80..85), secret.get(85..));
	let (Some(header), Some(bytes), Some(divider), Some(public)) = parts else {
		bail!("the encrypted key is too short")
	};
	ensure!(header == HEADER && divider == DIVIDER, "it does not hold a key");
	let key = Key::from_secret(bytes)?;
	ensure!(public == key.id(), "its secret key and its public key do not match");
	ensure!(file.address == address(&key.id()), "its address is that of another key");
	Ok(key)
}

/// The key for a file's contents.
fn derive(password: &[u8], salt: &[u8], Costs { n, p, r }: Costs) -> Result<[u8; 32]> {
	let log_n = u8::try_from(n.ilog2())?;
	let params = scrypt::Params::new(log_n, r, p).context("the scrypt parameters are not valid")?;
	let mut key = [0; 32];
	scrypt::scrypt(password, salt, &params, &mut key).context("the key has no valid length")?;
	Ok(key)
}

/// The keystream of a key and a nonce of 24 bytes, and the authenticator with its first 32 bytes.
fn cipher(key: &[u8; 32], nonce: &[u8]) -> (XSalsa20, Poly1305) {
	let mut stream = XSalsa20::new(key.into(), nonce.into());
	let mut first = [0; 32];
	stream.apply_keystream(&mut first);
	(stream, Poly1305::new(&first.into()))
}

/// Encrypts by XSalsa20 and Poly1305, as NaCl's secret box does: the tag is before the text.
fn seal(key: &[u8; 32], nonce: &[u8], mut text: Vec<u8>) -> Vec<u8> {
	let (mut stream, authenticator) = cipher(key, nonce);
	stream.apply_keystream(&mut text);
	let mut sealed = authenticator.compute_unpadded(&text).to_vec();
	sealed.extend(text);
	sealed
}

/// What [`seal`] has encrypted, `None` if key or text are not the same.
fn open(key: &[u8; 32], nonce: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
	let (tag, text) = (sealed.get(..TAG)?, sealed.get(TAG..)?);
	let (mut stream, authenticator) = cipher(key, nonce);
	if authenticator.compute_unpadded(text).as_slice() != tag {
		return None;
	}
	let mut text = text.to_vec();
	stream.apply_keystream(&mut text);
	Some(text)
}

/// Writes a new key file that only its owner may read; an error if there is a file already.
pub fn write(path: &Path, key: &Key, name: &str, password: &str) -> Result<()> {
	let text = encrypt(key, name, password)?;
	let mut options = OpenOptions::new();
	options.write(true).create_new(true);
	#[cfg(unix)]
	{
		use std::os::unix::fs::OpenOptionsExt;
		options.mode(0o600);
	}
	let mut file =
		options.open(path).with_context(|| format!("cannot write {}", path.display()))?;
	file.write_all(text.as_bytes())?;
	Ok(file.sync_all()?)
}

/// The address in a key file, which needs no password.
pub fn read_address(path: &Path) -> Result<String> {
	let file: KeyFile = serde_json::from_str(&read_text(path)?)
		.with_context(|| format!("{} is not a key file of polkadot.js", path.display()))?;
	Ok(file.address)
}

/// Reads a key file; an error if others may read it.
pub fn read(path: &Path, password: &str) -> Result<Key> {
	let text = read_text(path)?;
	#[cfg(unix)]
	{
		use std::os::unix::fs::PermissionsExt;
		let mode = std::fs::metadata(path)?.permissions().mode();
		ensure!(mode & 0o077 == 0, "others may read {0}: run `chmod 600 {0}`", path.display());
	}
	decrypt(&text, password).with_context(|| format!("cannot read the key in {}", path.display()))
}

fn read_text(path: &Path) -> Result<String> {
	match std::fs::read_to_string(path) {
		Err(error) if error.kind() == ErrorKind::NotFound => {
			bail!("there is no key file {}: `allora-agent init` makes one", path.display())
		}
		text => text.with_context(|| format!("cannot read {}", path.display())),
	}
}

/// The password of the key files: the first line of the file that [`PASSWORD_FILE`] names, or what the
/// user types; twice if it is new.
pub fn password(is_new: bool) -> Result<String> {
	if let Some(path) = std::env::var_os(PASSWORD_FILE) {
		let text = std::fs::read_to_string(&path);
		let text = text.with_context(|| format!("cannot read {}", Path::new(&path).display()))?;
		return Ok(text.lines().next().unwrap_or_default().into());
	}
	ensure!(
		std::io::stdin().is_terminal(),
		"there is no terminal to ask for the password of the keys: put it into a file, and set \
		 {PASSWORD_FILE} to its path"
	);
	let typed = rpassword::prompt_password(if is_new {
		"New password for the key file: "
	} else {
		"Password of the key file: "
	})?;
	if is_new {
		let again = rpassword::prompt_password("The same again: ")?;
		ensure!(typed == again, "the two passwords differ");
	}
	Ok(typed)
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn key_is_the_same_after_a_round_trip() {
		let key = Key::generate().unwrap();
		let text = encrypt(&key, "main", "secret").unwrap();
		let same = decrypt(&text, "secret").unwrap();
		assert_eq!((same.id(), same.secret()), (key.id(), key.secret()));
		let error = decrypt(&text, "Secret").err().unwrap();
		assert_eq!(error.to_string(), "the password is wrong");
	}

	#[test]
	fn file_that_polkadot_js_wrote_is_read() {
		// The key of the development path //Alice, written by @polkadot/keyring 14.0.3.
		let text = r#"{
			"encoded": "t+quPPWTZKnIBojbNciDV2E1Dwtsq0gUT+wxH2uut7cAAAIAAQAAAAgAAADzL9gq8FV1ZArw/FQEcZL217BFaVqnYlxEwl6tm/xInfFulFLbaAS7Y9j+LB8bsNoUZAEv9g9WJnsjLUHMXsrCAVsVQLmW9HU6uZn/fqqJhdPpbaJ0M9qvYLNgU7Y8gUpi+I6QoIE03YRKiPQUXmNhGaiitM58OysvHbsEcKS8TSpv9q+kJ/fXYG3MJextEc11VCk98MOrduPrYY/M",
			"encoding": {
				"content": ["pkcs8", "sr25519"],
				"type": ["scrypt", "xsalsa20-poly1305"],
				"version": "3"
			},
			"address": "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY",
			"meta": { "name": "Alice" }
		}"#;
		let key = decrypt(text, "a password").unwrap();
		assert_eq!(key.id(), Key::development("//Alice").unwrap().id());
	}

	#[test]
	fn file_that_asks_for_too_much_memory_is_refused() {
		let key = Key::development("//Alice").unwrap();
		let mut file: KeyFile = serde_json::from_str(&encrypt(&key, "", "").unwrap()).unwrap();
		let mut bytes = STANDARD.decode(&file.encoded).unwrap();
		bytes[32..36].copy_from_slice(&(1u32 << 30).to_le_bytes());
		file.encoded = STANDARD.encode(bytes);
		let error = decrypt(&serde_json::to_string(&file).unwrap(), "").err().unwrap();
		assert!(error.to_string().contains("scrypt parameters"), "{error}");
	}

	#[cfg(unix)]
	#[test]
	fn file_is_for_its_owner_alone_and_never_overwritten() {
		use std::os::unix::fs::PermissionsExt;
		let folder = tempfile::tempdir().unwrap();
		let path = folder.path().join("key.json");
		let key = Key::generate().unwrap();
		write(&path, &key, "main", "secret").unwrap();
		assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
		assert_eq!(read(&path, "secret").unwrap().id(), key.id());
		assert_eq!(read_address(&path).unwrap(), address(&key.id()));
		assert!(write(&path, &Key::generate().unwrap(), "main", "other").is_err());
		assert_eq!(read(&path, "secret").unwrap().id(), key.id());
		std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
		let error = read(&path, "secret").err().unwrap().to_string();
		assert!(error.starts_with("others may read") && error.contains("chmod 600"), "{error}");
	}
}
