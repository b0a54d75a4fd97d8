//! The genesis preset of production: the base from which the chain specification of a network is
//! generated.
//!
//! The preset fixes what a network's genesis has in common with every other one: supply, groups,
//! vesting, periods, minimum bonds, no sudo key, and emission that governance starts. Accounts and
//! session keys are **placeholders**: hashes of names ([`placeholder`]) to which nobody has a
//! private key. A chain of the unchanged preset makes no block, and nobody can move its tokens.
//! Whoever generates a specification replaces, at the same places of the JSON,
//!
//! - the account of each group, by a multisig account, or by the accounts of its members with the
//!   same sum, in `balances.balances` and `emissions.vested`;
//! - the stash, the session keys and the bond of each validator, in `balances.balances`,
//!   `session.keys`, `staking.stakers` and `genesisValidators.commissions`;
//! - the members of the technical committee, in `technicalCommittee.members`.
//!
//! The sum of all balances must stay `MAX_SUPPLY - EcosystemSupply`. Emission then can mint exactly
//! the rest.

use crate::{
	configs::MAX_CANDIDATES,
	genesis_presets::{nomination_pools, CHILL_THRESHOLD, MAX_NOMINATORS, MIN_COMMISSION},
	AccountId, Balance, RuntimeGenesisConfig, SessionKeys, ALLO, BABE_GENESIS_EPOCH_CONFIG,
	EXISTENTIAL_DEPOSIT, MAX_SUPPLY,
};
use alloc::vec::Vec;
use frame_support::{build_struct_json_patch, crypto::ecdsa::ECDSAExt};
use pallet_emissions::Pot;
use pallet_staking::StakerStatus;
use serde_json::Value;
use sp_core::{ecdsa, ed25519, sr25519};
use sp_io::hashing::blake2_256;
use sp_runtime::Perbill;

/// The name of the preset.
pub const PRODUCTION_RUNTIME_PRESET: &str = "production";

/// The number of validators at genesis.
const VALIDATORS: u32 = 4;
/// The bond of each validator at genesis, out of the participants' allocation.
const BOND: Balance = 100_000 * ALLO;
/// What each validator has besides its bond, to pay fees.
const LIQUID: Balance = 100 * ALLO;
/// The minimum bond of a validator.
const MIN_VALIDATOR_BOND: Balance = 10_000 * ALLO;
/// The minimum bond of a nominator.
const MIN_NOMINATOR_BOND: Balance = 100 * ALLO;
/// The commission of each validator at genesis.
const COMMISSION: Perbill = Perbill::from_percent(10);

/// A group of holders at genesis (S 15.1).
pub struct Group {
	/// Its name, from which its placeholder account derives.
	pub name: &'static str,
	/// Its share of the maximum supply in hundredths of a percent.
	pub share: Balance,
	/// Whether its allocation is locked, and unlocks from month 12 to month 36 (S 15.2).
	pub vested: bool,
}

/// All groups; the rest of the supply is left to emission.
pub const GROUPS: [Group; 4] = [
	Group { name: "foundation", share: 1_770, vested: false },
	Group { name: "participants", share: 1_230, vested: false },
	Group { name: "investors", share: 3_105, vested: true },
	Group { name: "team", share: 1_750, vested: true },
];

impl Group {
	/// The group's allocation, in planck.
	pub const fn allocation(&self) -> Balance {
		(MAX_SUPPLY / 10_000).saturating_mul(self.share)
	}

	/// The placeholder of the group's account, which is to be a multisig.
	pub fn account(&self) -> AccountId {
		placeholder("group", self.name).into()
	}

	/// What the group pays out of its allocation at genesis: the foundation the deposits of the
	/// pots and of the treasury, the participants the validators.
	fn spent(&self) -> Balance {
		match self.name {
			// The pots of emission, the delegators' pot and the treasury.
			"foundation" => EXISTENTIAL_DEPOSIT.saturating_mul(Pot::ALL.len() as Balance + 2),
			"participants" => BOND.saturating_add(LIQUID).saturating_mul(VALIDATORS.into()),
			_ => 0,
		}
	}
}

/// The placeholder of an account or key: the hash of its kind and name, to which nobody has a
/// private key.
pub fn placeholder(kind: &str, name: &str) -> [u8; 32] {
	blake2_256(&["allora production placeholder", kind, name].join("/").into_bytes())
}

/// The placeholder of a key for other chains. Half of all numbers are coordinates of no point, and
/// such a key would have no address: this is the first hash that is one.
fn secp256k1_placeholder(name: &str) -> ecdsa::Public {
	let nth = |n: u8| {
		let mut key = [2; 33];
		key[1..].copy_from_slice(&placeholder("beefy", &alloc::format!("{name}/{n}")));
		ecdsa::Public::from_raw(key)
	};
	(0..u8::MAX).map(nth).find(|key| key.to_eth_address().is_ok()).unwrap_or_default()
}

/// The placeholders of a validator: its stash and its session keys.
fn validator(index: u32) -> (AccountId, SessionKeys) {
	let name = alloc::format!("{index}");
	let key = |kind| sr25519::Public::from_raw(placeholder(kind, &name));
	let keys = SessionKeys {
		babe: key("babe").into(),
		grandpa: ed25519::Public::from_raw(placeholder("grandpa", &name)).into(),
		authority_discovery: key("authority discovery").into(),
		beefy: secp256k1_placeholder(&name).into(),
	};
	(placeholder("stash", &name).into(), keys)
}

/// The preset, as a patch of the default genesis: six-second slots, sessions of an hour, eras of six
/// hours, bonding for 28 eras, and 21 days for the stake of reputers.
pub fn production() -> Value {
	let validators: Vec<_> = (1..=VALIDATORS).map(validator).collect();
	let stashes: Vec<AccountId> = validators.iter().map(|(stash, _)| stash.clone()).collect();
	let groups = GROUPS
		.iter()
		.map(|group| (group.account(), group.allocation().saturating_sub(group.spent())));
	let pots = Pot::ALL.iter().map(|pot| {
		(pallet_emissions::Pallet::<crate::Runtime>::pot_account(*pot), EXISTENTIAL_DEPOSIT)
	});
	let validating = stashes.iter().map(|stash| (stash.clone(), BOND.saturating_add(LIQUID)));
	let timing = pallet_timing::TimingParameters::default();
	build_struct_json_patch!(RuntimeGenesisConfig {
		timing: pallet_timing::GenesisConfig {
			slot_duration_ms: timing.slot_duration_ms,
			session_length: timing.session_length,
			sessions_per_era: timing.sessions_per_era,
			bonding_duration: timing.bonding_duration,
			stake_unbonding_ms: timing.stake_unbonding_ms,
		},
		balances: pallet_balances::GenesisConfig {
			balances: groups.chain(pots).chain(validating).collect::<Vec<_>>(),
		},
		babe: pallet_babe::GenesisConfig { epoch_config: BABE_GENESIS_EPOCH_CONFIG },
		session: pallet_session::GenesisConfig {
			keys: validators
				.iter()
				.map(|(stash, keys)| (stash.clone(), stash.clone(), keys.clone()))
				.collect::<Vec<_>>(),
		},
		staking: pallet_staking::GenesisConfig {
			validator_count: VALIDATORS,
			minimum_validator_count: VALIDATORS,
			invulnerables: Vec::<AccountId>::new(),
			slash_reward_fraction: Perbill::from_percent(10),
			min_nominator_bond: MIN_NOMINATOR_BOND,
			min_validator_bond: MIN_VALIDATOR_BOND,
			max_validator_count: Some(MAX_CANDIDATES),
			max_nominator_count: Some(MAX_NOMINATORS),
			stakers: stashes
				.iter()
				.map(|stash| {
					(stash.clone(), stash.clone(), BOND, StakerStatus::<AccountId>::Validator)
				})
				.collect::<Vec<_>>(),
		},
		genesis_validators: crate::genesis_validators::GenesisConfig {
			commissions: stashes
				.iter()
				.map(|stash| (stash.clone(), COMMISSION))
				.collect::<Vec<_>>(),
			min_commission: MIN_COMMISSION,
			chill_threshold: Some(CHILL_THRESHOLD),
		},
		nomination_pools: nomination_pools(),
		emissions: pallet_emissions::GenesisConfig {
			vested: GROUPS
				.iter()
				.filter(|group| group.vested)
				.map(|group| (group.account(), group.allocation()))
				.collect::<Vec<_>>(),
			started: false,
		},
		sudo: pallet_sudo::GenesisConfig { key: None },
		technical_committee: pallet_collective::GenesisConfig {
			members: ["1", "2", "3"].map(|name| placeholder("committee", name).into()).to_vec(),
		},
	})
}
