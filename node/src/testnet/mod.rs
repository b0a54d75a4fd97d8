//! The specification of a test network, from a list of its validators.
//!
//! The genesis is the runtime's preset of production, with the accounts and keys of the list in the
//! place of the placeholders: supply, vesting, governance and minimum bonds are those of production,
//! and there is no sudo key. The same list and the same binary give the same bytes.

mod list;
#[cfg(test)]
mod tests;

pub use list::{ListError, Network};

use crate::chain_spec::{test_network, ChainSpec};
use allora_runtime::{
	configs::MaxValidatorSet,
	genesis_presets::get_preset,
	opaque::Block,
	production::{placeholder, GROUPS, PRODUCTION_RUNTIME_PRESET},
	AccountId, Balance, SessionKeys, ALLO, EXISTENTIAL_DEPOSIT, VERSION,
};
use list::Timing;
use serde::{de::DeserializeOwned, Serialize};
use serde_json::{json, Value};
use sp_core::storage::{well_known_keys::CODE, Storage};
use sp_runtime::{
	traits::{Block as BlockT, Hash as _, HashingFor},
	Perbill,
};
use std::{
	collections::BTreeMap,
	io::{self, Write},
	path::PathBuf,
};

/// What each validator has besides its bond, to pay fees.
const LIQUID: Balance = 100 * ALLO;

/// Options of the subcommand `testnet-spec`.
#[derive(Debug, clap::Parser)]
pub struct TestnetSpecCmd {
	/// The list of validators, in TOML, or in JSON if the name ends with `.json`.
	pub list: PathBuf,

	/// Leave the runtime's code out, for a file that people compare.
	#[arg(long)]
	pub without_code: bool,
}

impl TestnetSpecCmd {
	/// Prints the specification, and what identifies it to standard error.
	pub fn run(&self) -> sc_cli::Result<()> {
		let failed = |error: ListError| sc_cli::Error::Input(error.to_string());
		let spec = Network::read(&self.list).and_then(|network| specification(&network));
		let spec = spec.map_err(failed)?;
		let genesis = Genesis::of(&spec).map_err(failed)?;
		eprintln!("genesis block:      {:?}", genesis.block);
		eprintln!("runtime code:       {:?}", genesis.code);
		eprintln!("state without code: {:?}", genesis.state_without_code);
		let json = if self.without_code { without_code(&spec) } else { spec.as_json(false) };
		let json = json.map_err(sc_cli::Error::Input)?;
		Ok(writeln!(io::stdout(), "{json}")?)
	}
}

/// The specification of the network of a list.
pub fn specification(network: &Network) -> Result<ChainSpec, ListError> {
	let genesis = genesis(network)?;
	test_network(&network.name, &network.id, network.bootnodes.clone(), genesis)
		.map_err(ListError::Refused)
}

/// The specification as JSON, without the runtime's code.
fn without_code(spec: &ChainSpec) -> Result<String, String> {
	let json = spec.as_json(false)?;
	let mut json: Value = serde_json::from_str(&json).map_err(|error| error.to_string())?;
	*at(&mut json, "/genesis/runtimeGenesis/code")? = "0x".into();
	serde_json::to_string_pretty(&json).map_err(|error| error.to_string())
}

/// The place in JSON at this path.
fn at<'a>(json: &'a mut Value, path: &str) -> Result<&'a mut Value, String> {
	json.pointer_mut(path).ok_or_else(|| format!("there is no {path}"))
}

/// The genesis of the network, as a patch of the default one.
fn genesis(network: &Network) -> Result<Value, ListError> {
	let keys = network.checked_keys()?;
	let preset = get_preset(&PRODUCTION_RUNTIME_PRESET.into()).unwrap_or_default();
	let preset = serde_json::from_slice(&preset).map_err(refused)?;
	let mut patch = Patch(preset);
	patch.check_limits(network)?;
	patch.replace_balances(network)?;
	patch.replace_validators(network, &keys)?;
	patch.set("/technicalCommittee/members", &network.committee)?;
	patch.set_timing(&network.timing)?;
	Ok(patch.0)
}

/// An error of the runtime, or of the shape of its preset.
fn refused(error: impl ToString) -> ListError {
	ListError::Refused(error.to_string())
}

/// The preset, while its placeholders are being replaced.
struct Patch(Value);

impl Patch {
	/// The value at a path.
	fn get<T: DeserializeOwned>(&mut self, path: &str) -> Result<T, ListError> {
		serde_json::from_value(at(&mut self.0, path).map_err(refused)?.take()).map_err(refused)
	}

	/// Replaces the value at a path.
	fn set(&mut self, path: &str, value: impl Serialize) -> Result<(), ListError> {
		let value = serde_json::to_value(value).map_err(refused)?;
		*at(&mut self.0, path).map_err(refused)? = value;
		Ok(())
	}

	/// A copy of the value at a path.
	fn read<T: DeserializeOwned>(&mut self, path: &str) -> Result<T, ListError> {
		let value = at(&mut self.0, path).map_err(refused)?.clone();
		serde_json::from_value(value).map_err(refused)
	}

	/// Checks bonds, commissions and the number of validators against the preset's limits.
	fn check_limits(&mut self, network: &Network) -> Result<(), ListError> {
		let minimum: Balance = self.read("/staking/minValidatorBond")?;
		let min_commission: Perbill = self.read("/genesisValidators/minCommission")?;
		for validator in &network.validators {
			let (stash, bond) = (validator.stash.clone(), validator.bond());
			if bond < minimum {
				return Err(ListError::BondTooSmall { stash, bond, minimum });
			}
			let percent = validator.commission;
			if percent > 100 || Perbill::from_percent(percent) < min_commission {
				return Err(ListError::CommissionOutOfRange { stash, percent });
			}
		}
		let listed = network.validators.len() as u32;
		let count = network.validator_count.unwrap_or(listed);
		if count < listed || count > MaxValidatorSet::get() {
			return Err(ListError::ValidatorCount(count));
		}
		Ok(())
	}

	/// Gives the groups' allocations to their accounts, and pays validators and holders from that of
	/// the participants.
	fn replace_balances(&mut self, network: &Network) -> Result<(), ListError> {
		let mut taken: Balance = 0;
		let mut added = Vec::new();
		for validator in &network.validators {
			added.push((validator.stash.clone(), validator.bond().saturating_add(LIQUID)));
		}
		for holder in &network.holders {
			let amount = Balance::from(holder.amount).saturating_mul(ALLO);
			if amount < EXISTENTIAL_DEPOSIT {
				return Err(ListError::AmountTooSmall(holder.account.clone()));
			}
			added.push((holder.account.clone(), amount));
		}
		for (_, amount) in &added {
			taken = taken.saturating_add(*amount);
		}

		let mut balances: Vec<(AccountId, Balance)> = self.get("/balances/balances")?;
		// What the preset gives its own validators goes back to the participants.
		let stakers: Vec<(AccountId, AccountId, Balance, Value)> = self.read("/staking/stakers")?;
		let mut returned: Balance = 0;
		balances.retain(|(account, amount)| {
			let of_preset = stakers.iter().any(|(stash, ..)| stash == account);
			returned = returned.saturating_add(if of_preset { *amount } else { 0 });
			!of_preset
		});
		for (account, amount) in &mut balances {
			if *account == AccountId::from(placeholder("group", "participants")) {
				let allocation = amount.saturating_add(returned);
				*amount = allocation
					.checked_sub(taken)
					.filter(|rest| *rest >= EXISTENTIAL_DEPOSIT)
					.ok_or(ListError::AllocationExceeded { taken, allocation })?;
			}
			*account = replaced(network, account);
		}
		for (account, _) in &balances {
			if added.iter().any(|(other, _)| other == account) {
				return Err(ListError::DuplicateAccount(account.clone(), "pot", "holder"));
			}
		}
		balances.extend(added);
		let vested: Vec<(AccountId, Balance)> = self.get("/emissions/vested")?;
		let vested: Vec<_> =
			vested.iter().map(|(account, amount)| (replaced(network, account), amount)).collect();
		self.set("/emissions/vested", vested)?;
		self.set("/balances/balances", balances)
	}

	/// Puts the list's validators in the place of the preset's.
	fn replace_validators(
		&mut self,
		network: &Network,
		keys: &[SessionKeys],
	) -> Result<(), ListError> {
		let all = &network.validators;
		let owned = all.iter().zip(keys).map(|(one, keys)| (&one.stash, &one.stash, keys));
		self.set("/session/keys", owned.collect::<Vec<_>>())?;
		let stakers = all.iter().map(|one| (&one.stash, &one.stash, one.bond(), "Validator"));
		self.set("/staking/stakers", stakers.collect::<Vec<_>>())?;
		let commissions = all.iter().map(|one| (&one.stash, Perbill::from_percent(one.commission)));
		self.set("/genesisValidators/commissions", commissions.collect::<Vec<_>>())?;
		let listed = all.len() as u32;
		let minimum: u32 = self.read("/staking/minimumValidatorCount")?;
		self.set("/staking/minimumValidatorCount", minimum.min(listed))?;
		self.set("/staking/validatorCount", network.validator_count.unwrap_or(listed))
	}

	/// Sets the periods that the list has.
	fn set_timing(&mut self, timing: &Timing) -> Result<(), ListError> {
		let periods = [
			("slotDurationMs", timing.slot_duration_ms),
			("sessionLength", timing.session_length.map(u64::from)),
			("sessionsPerEra", timing.sessions_per_era.map(u64::from)),
			("bondingDuration", timing.bonding_duration.map(u64::from)),
			("stakeUnbondingMs", timing.stake_unbonding_ms),
		];
		for (name, period) in periods {
			if let Some(period) = period {
				self.set(&format!("/timing/{name}"), period)?;
			}
		}
		if let Some(day) = timing.governance_day_ms {
			// The preset has none: it is the default's.
			let patch = self.0.as_object_mut().ok_or_else(|| refused("the preset is no object"))?;
			patch.insert("origins".into(), json!({ "dayMs": day }));
		}
		Ok(())
	}
}

/// The account of the group whose placeholder this is, or the account itself.
fn replaced(network: &Network, account: &AccountId) -> AccountId {
	let group = GROUPS.iter().find(|group| group.account() == *account);
	let own = group.and_then(|group| network.groups.account(group.name));
	own.unwrap_or(account).clone()
}

/// A hash as the chain computes it.
type Hash = <Block as BlockT>::Hash;

/// What identifies a genesis.
#[derive(Debug, PartialEq, Eq)]
pub struct Genesis {
	/// The hash of the genesis block.
	pub block: Hash,
	/// The hash of the runtime's code.
	pub code: Hash,
	/// The root of the state without the code, which depends on the compiler.
	pub state_without_code: Hash,
}

impl Genesis {
	/// Builds the genesis state of a specification, and hashes it.
	pub fn of(spec: &ChainSpec) -> Result<Self, ListError> {
		let Storage { mut top, children_default } =
			sc_chain_spec::ChainSpec::as_storage_builder(spec).build_storage().map_err(refused)?;
		if !children_default.is_empty() {
			return Err(refused("the genesis has a child state, which is not counted"));
		}
		let state_root = root(&top);
		let code = top.remove(CODE).ok_or_else(|| refused("the genesis has no code"))?;
		let block: Block =
			sc_chain_spec::construct_genesis_block(state_root, VERSION.state_version());
		Ok(Self {
			block: block.header().hash(),
			code: HashingFor::<Block>::hash(&code),
			state_without_code: root(&top),
		})
	}
}

/// The root of a state.
fn root(state: &BTreeMap<Vec<u8>, Vec<u8>>) -> Hash {
	let pairs = state.iter().map(|(key, value)| (key.clone(), value.clone())).collect();
	HashingFor::<Block>::trie_root(pairs, VERSION.state_version())
}
