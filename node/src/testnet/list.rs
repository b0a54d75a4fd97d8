//! The list of a network's validators and holders, and what may be wrong with it.

use allora_runtime::{AccountId, Balance, SessionKeys, ALLO};
use codec::{DecodeAll, Encode};
use sc_network::config::MultiaddrWithPeerId;
use serde::Deserialize;
use sp_core::{bytes::from_hex, crypto::KeyTypeId};
use sp_runtime::traits::OpaqueKeys;
use std::{
	collections::{BTreeMap, BTreeSet},
	fmt,
	path::Path,
};

/// What a list lets the whole network have, as in its file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Network {
	/// The name that the node's log and explorers show.
	pub name: String,
	/// The id, which is the name of the folder of the database.
	pub id: String,
	/// The addresses at which new nodes find others.
	#[serde(default)]
	pub bootnodes: Vec<MultiaddrWithPeerId>,
	/// The number of validators that an era elects; by default that of the list.
	pub validator_count: Option<u32>,
	/// Periods other than those of production.
	#[serde(default)]
	pub timing: Timing,
	/// The accounts that own the allocations of the groups.
	pub groups: Groups,
	/// The members of the technical committee.
	pub committee: Vec<AccountId>,
	/// Accounts with tokens from the participants' allocation.
	#[serde(default, rename = "holder")]
	pub holders: Vec<Holder>,
	/// The validators.
	#[serde(rename = "validator")]
	pub validators: Vec<Validator>,
}

/// Periods of a network; each is production's unless it is set.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Timing {
	/// Milliseconds of a slot.
	pub slot_duration_ms: Option<u64>,
	/// Slots of a session.
	pub session_length: Option<u32>,
	/// Sessions of an era.
	pub sessions_per_era: Option<u32>,
	/// Eras until the stake of a validator or nominator is free.
	pub bonding_duration: Option<u32>,
	/// Milliseconds until the stake of a reputer is free.
	pub stake_unbonding_ms: Option<u64>,
	/// Milliseconds of a day of governance.
	pub governance_day_ms: Option<u64>,
}

/// The accounts of the groups at genesis.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Groups {
	/// Owns the foundation's allocation.
	pub foundation: AccountId,
	/// Owns what the participants' allocation has left after validators and holders.
	pub participants: AccountId,
	/// Owns the investors' allocation, which is vested.
	pub investors: AccountId,
	/// Owns the team's allocation, which is vested.
	pub team: AccountId,
}

impl Groups {
	/// The account of the group of this name.
	pub fn account(&self, name: &str) -> Option<&AccountId> {
		match name {
			"foundation" => Some(&self.foundation),
			"participants" => Some(&self.participants),
			"investors" => Some(&self.investors),
			"team" => Some(&self.team),
			_ => None,
		}
	}
}

/// An account with tokens at genesis, such as that of a faucet.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Holder {
	/// The account.
	pub account: AccountId,
	/// Its balance in whole ALLO.
	pub amount: u64,
}

/// A validator at genesis.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Validator {
	/// The account that has bonded.
	pub stash: AccountId,
	/// Its session keys, as `scripts/session-keys` prints them.
	pub keys: String,
	/// The proof that the session keys are for the stash, as `scripts/session-keys` prints it.
	pub proof: Option<String>,
	/// The bond in whole ALLO.
	pub bond: u64,
	/// The commission in whole percent.
	pub commission: u32,
}

impl Validator {
	/// The bond in planck.
	pub fn bond(&self) -> Balance {
		Balance::from(self.bond).saturating_mul(ALLO)
	}

	/// The session keys, if they are those of this runtime and the proof is for this stash.
	pub fn session_keys(&self) -> Result<SessionKeys, ListError> {
		let stash = || self.stash.clone();
		let keys = from_hex(&self.keys).map_err(|_| ListError::KeysNotHex(stash()))?;
		let keys = SessionKeys::decode_all(&mut &keys[..])
			.map_err(|_| ListError::WrongKeys { stash: stash(), bytes: keys.len() })?;
		let proof = self.proof.as_ref().ok_or_else(|| ListError::KeyWithoutProof(stash()))?;
		let proof = from_hex(proof).map_err(|_| ListError::WrongProof(stash()))?;
		if keys.ownership_proof_is_valid(&self.stash.encode(), &proof) {
			Ok(keys)
		} else {
			Err(ListError::WrongProof(stash()))
		}
	}
}

/// Why a list gives no specification.
#[derive(Debug, PartialEq, Eq)]
pub enum ListError {
	/// It is not TOML or JSON, or a field is missing, has a wrong value or is not known.
	Unreadable(String),
	/// It has no validator.
	NoValidators,
	/// Two validators have the same stash.
	DuplicateStash(AccountId),
	/// Two validators have the same session key of this kind.
	DuplicateKey(KeyTypeId, AccountId, AccountId),
	/// The session keys are not hexadecimal.
	KeysNotHex(AccountId),
	/// The session keys are not as many bytes as those of this runtime, or are not keys.
	WrongKeys {
		/// The validator.
		stash: AccountId,
		/// How many bytes there are.
		bytes: usize,
	},
	/// The session keys have no proof.
	KeyWithoutProof(AccountId),
	/// The proof is not one of these keys for this stash.
	WrongProof(AccountId),
	/// The bond is below the minimum of the network.
	BondTooSmall {
		/// The validator.
		stash: AccountId,
		/// Its bond in planck.
		bond: Balance,
		/// The minimum in planck.
		minimum: Balance,
	},
	/// The commission is below the network's minimum, or above 100 %.
	CommissionOutOfRange {
		/// The validator.
		stash: AccountId,
		/// Its commission in percent.
		percent: u32,
	},
	/// Bonds and holders take more than the participants' allocation has.
	AllocationExceeded {
		/// What they take, in planck.
		taken: Balance,
		/// What there is, in planck.
		allocation: Balance,
	},
	/// A holder has less than the minimum balance of an account.
	AmountTooSmall(AccountId),
	/// The account has two roles that each come with a balance.
	DuplicateAccount(AccountId, &'static str, &'static str),
	/// The committee has no member.
	NoCommittee,
	/// The committee has a member twice.
	DuplicateMember(AccountId),
	/// The number of validators to elect is below that of the list, or above the maximum.
	ValidatorCount(u32),
	/// The runtime refuses the genesis.
	Refused(String),
}

impl fmt::Display for ListError {
	fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
		let allo = |planck: &Balance| planck / ALLO;
		match self {
			Self::Unreadable(why) => write!(f, "Unreadable: {why}"),
			Self::NoValidators => write!(f, "NoValidators: the list needs one `[[validator]]`"),
			Self::DuplicateStash(stash) => write!(f, "DuplicateStash: {stash} is listed twice"),
			Self::DuplicateKey(kind, first, second) => {
				let kind = String::from_utf8_lossy(&kind.0).into_owned();
				write!(f, "DuplicateKey: {first} and {second} have the same session key `{kind}`")
			}
			Self::KeysNotHex(stash) => write!(f, "KeysNotHex: the keys of {stash} are not hex"),
			Self::WrongKeys { stash, bytes } => write!(
				f,
				"WrongKeys: the {bytes} bytes of {stash} are not the {} session keys of this \
				 runtime",
				SessionKeys::key_ids().len()
			),
			Self::KeyWithoutProof(stash) => write!(
				f,
				"KeyWithoutProof: the keys of {stash} have no proof; `scripts/session-keys` makes \
				 both"
			),
			Self::WrongProof(stash) => {
				write!(f, "WrongProof: the proof of {stash} is not one of its keys for that stash")
			}
			Self::BondTooSmall { stash, bond, minimum } => write!(
				f,
				"BondTooSmall: {stash} bonds {} ALLO, the minimum is {} ALLO",
				allo(bond),
				allo(minimum)
			),
			Self::CommissionOutOfRange { stash, percent } => {
				write!(
					f,
					"CommissionOutOfRange: {percent} % of {stash}; at least 1 %, at most 100 %"
				)
			}
			Self::AllocationExceeded { taken, allocation } => write!(
				f,
				"AllocationExceeded: validators and holders take {} ALLO of the participants' {}",
				allo(taken),
				allo(allocation)
			),
			Self::AmountTooSmall(account) => {
				write!(f, "AmountTooSmall: {account} holds less than an account's minimum")
			}
			Self::DuplicateAccount(account, first, second) => {
				write!(f, "DuplicateAccount: {account} is a {first} and a {second}")
			}
			Self::NoCommittee => write!(f, "NoCommittee: the committee needs a member"),
			Self::DuplicateMember(account) => {
				write!(f, "DuplicateMember: {account} is in the committee twice")
			}
			Self::ValidatorCount(count) => write!(
				f,
				"ValidatorCount: {count} is less than the list has, or more than the runtime allows"
			),
			Self::Refused(why) => write!(f, "Refused: the runtime refuses the genesis: {why}"),
		}
	}
}

impl Network {
	/// Reads a list from a file: JSON if its name ends so, else TOML.
	pub fn read(path: &Path) -> Result<Self, ListError> {
		let text = std::fs::read_to_string(path)
			.map_err(|error| ListError::Unreadable(format!("{}: {error}", path.display())))?;
		if path.extension().is_some_and(|extension| extension == "json") {
			serde_json::from_str(&text).map_err(|error| ListError::Unreadable(error.to_string()))
		} else {
			Self::parse(&text)
		}
	}

	/// Reads a list in TOML.
	pub fn parse(text: &str) -> Result<Self, ListError> {
		toml::from_str(text).map_err(|error| ListError::Unreadable(error.to_string()))
	}

	/// Checks what does not depend on the preset, and returns the session keys of the validators.
	pub fn checked_keys(&self) -> Result<Vec<SessionKeys>, ListError> {
		if self.validators.is_empty() {
			return Err(ListError::NoValidators);
		}
		self.check_accounts()?;
		let keys =
			self.validators.iter().map(Validator::session_keys).collect::<Result<Vec<_>, _>>()?;
		for kind in SessionKeys::key_ids() {
			let mut seen = BTreeMap::new();
			for (keys, validator) in keys.iter().zip(&self.validators) {
				if let Some(other) = seen.insert(keys.get_raw(*kind), &validator.stash) {
					let (first, second) = (other.clone(), validator.stash.clone());
					return Err(ListError::DuplicateKey(*kind, first, second));
				}
			}
		}
		Ok(keys)
	}

	/// Checks that no account has two balances, and no member two seats.
	fn check_accounts(&self) -> Result<(), ListError> {
		let mut stashes = BTreeSet::new();
		for Validator { stash, .. } in &self.validators {
			if !stashes.insert(stash) {
				return Err(ListError::DuplicateStash(stash.clone()));
			}
		}
		let Groups { foundation, participants, investors, team } = &self.groups;
		let groups = [foundation, participants, investors, team].map(|account| (account, "group"));
		let stashes = self.validators.iter().map(|one| (&one.stash, "validator"));
		let holders = self.holders.iter().map(|one| (&one.account, "holder"));
		let mut seen = BTreeMap::new();
		for (account, role) in stashes.chain(groups).chain(holders) {
			if let Some(first) = seen.insert(account, role) {
				return Err(ListError::DuplicateAccount(account.clone(), first, role));
			}
		}
		if self.committee.is_empty() {
			return Err(ListError::NoCommittee);
		}
		let mut members = BTreeSet::new();
		for member in &self.committee {
			if !members.insert(member) {
				return Err(ListError::DuplicateMember(member.clone()));
			}
		}
		Ok(())
	}
}
