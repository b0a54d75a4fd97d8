//! Genesis presets of the development chain and the local test network, and their names with that
//! of production.

use crate::{
	configs::MAX_CANDIDATES,
	production::{production, PRODUCTION_RUNTIME_PRESET},
	AccountId, Balance, Runtime, RuntimeGenesisConfig, SessionKeys, ALLO,
	BABE_GENESIS_EPOCH_CONFIG,
};
use alloc::{vec, vec::Vec};
use frame_support::build_struct_json_patch;
use pallet_staking::StakerStatus;
use serde_json::Value;
use sp_core::{crypto::get_public_from_string_or_panic, ecdsa};
use sp_genesis_builder::{PresetId, DEV_RUNTIME_PRESET, LOCAL_TESTNET_RUNTIME_PRESET};
use sp_keyring::{Ed25519Keyring, Sr25519Keyring};
use sp_runtime::{Perbill, Percent, Permill};

/// The initial balance of each well-known account.
const ENDOWMENT: Balance = 1_000_000 * ALLO;
/// The bond of each validator and nominator.
const BOND: Balance = 100_000 * ALLO;
/// The minimum bond of a nominator.
const MIN_NOMINATOR_BOND: Balance = ALLO;
/// The minimum bond of a validator.
const MIN_VALIDATOR_BOND: Balance = 100 * ALLO;
/// The maximum number of nominators. An election counts fewer, those with the most stake; the
/// maximum bounds storage, and is so high that nobody can keep others out by reaching it.
pub(crate) const MAX_NOMINATORS: u32 = 100_000;
/// The part of the maximum number of validators, or of nominators, from which anybody may chill
/// those whose bond is below the minimum.
pub(crate) const CHILL_THRESHOLD: Percent = Percent::from_percent(75);
/// The commission of each validator.
const COMMISSION: Perbill = Perbill::from_percent(10);
/// The minimum commission of a validator.
pub(crate) const MIN_COMMISSION: Perbill = Perbill::from_percent(1);
/// The minimum bond of who creates a nomination pool.
const MIN_CREATE_BOND: Balance = 100 * ALLO;
/// The minimum bond of a member of a nomination pool.
const MIN_JOIN_BOND: Balance = ALLO;
/// The maximum commission of a nomination pool.
const MAX_POOL_COMMISSION: Perbill = Perbill::from_percent(25);

/// The limits of nomination pools.
pub(crate) fn nomination_pools() -> pallet_nomination_pools::GenesisConfig<Runtime> {
	pallet_nomination_pools::GenesisConfig {
		min_join_bond: MIN_JOIN_BOND,
		min_create_bond: MIN_CREATE_BOND,
		max_pools: Some(10_000),
		max_members_per_pool: Some(100_000),
		max_members: Some(1_000_000),
		global_max_commission: Some(MAX_POOL_COMMISSION),
	}
}

/// The periods of a network.
struct Periods {
	/// Milliseconds.
	slot_duration_ms: u64,
	/// Slots.
	session_length: u32,
	sessions_per_era: u32,
	/// Eras until the stake of a validator or nominator is free.
	bonding_duration: u32,
	/// Milliseconds until the stake of a reputer is free.
	stake_unbonding_ms: u64,
	/// Milliseconds of a day of governance.
	governance_day_ms: u64,
}

/// One-second slots, sessions of one minute and eras of three, so that people see them pass.
const DEVELOPMENT: Periods = Periods {
	slot_duration_ms: 1_000,
	session_length: 60,
	sessions_per_era: 3,
	bonding_duration: 3,
	stake_unbonding_ms: 60_000,
	governance_day_ms: 60_000,
};

/// Six-second slots as in production, sessions of two minutes and eras of six.
const LOCAL_TESTNET: Periods = Periods {
	slot_duration_ms: 6_000,
	session_length: 20,
	sessions_per_era: 3,
	bonding_duration: 3,
	stake_unbonding_ms: 600_000,
	governance_day_ms: 60_000,
};

/// The session keys of a well-known account: those that a node with the option of its name has.
fn session_keys(sr25519: Sr25519Keyring, ed25519: Ed25519Keyring) -> SessionKeys {
	SessionKeys {
		babe: sr25519.public().into(),
		grandpa: ed25519.public().into(),
		authority_discovery: sr25519.public().into(),
		beefy: get_public_from_string_or_panic::<ecdsa::Public>(sr25519.into()).into(),
	}
}

/// A genesis with these validators (stash, keys) and nominators, the well-known accounts endowed
/// and `root` as the sudo key.
fn genesis(
	periods: Periods,
	validators: Vec<(AccountId, SessionKeys)>,
	nominators: Vec<AccountId>,
	root: AccountId,
) -> Value {
	let stashes: Vec<AccountId> = validators.iter().map(|(stash, _)| stash.clone()).collect();
	let validating = stashes
		.iter()
		.map(|stash| (stash.clone(), stash.clone(), BOND, StakerStatus::<AccountId>::Validator));
	let nominating = nominators.iter().map(|who| {
		(who.clone(), who.clone(), BOND, StakerStatus::<AccountId>::Nominator(stashes.clone()))
	});
	build_struct_json_patch!(RuntimeGenesisConfig {
		timing: pallet_timing::GenesisConfig {
			slot_duration_ms: periods.slot_duration_ms,
			session_length: periods.session_length,
			sessions_per_era: periods.sessions_per_era,
			bonding_duration: periods.bonding_duration,
			stake_unbonding_ms: periods.stake_unbonding_ms,
		},
		balances: pallet_balances::GenesisConfig {
			balances: Sr25519Keyring::iter()
				.map(|key| (key.to_account_id(), ENDOWMENT))
				.collect::<Vec<_>>(),
		},
		babe: pallet_babe::GenesisConfig { epoch_config: BABE_GENESIS_EPOCH_CONFIG },
		session: pallet_session::GenesisConfig {
			keys: validators
				.iter()
				.map(|(stash, keys)| (stash.clone(), stash.clone(), keys.clone()))
				.collect::<Vec<_>>(),
		},
		staking: pallet_staking::GenesisConfig {
			validator_count: validators.len() as u32,
			minimum_validator_count: 1,
			invulnerables: Vec::<AccountId>::new(),
			slash_reward_fraction: Perbill::from_percent(10),
			min_nominator_bond: MIN_NOMINATOR_BOND,
			min_validator_bond: MIN_VALIDATOR_BOND,
			max_validator_count: Some(MAX_CANDIDATES),
			max_nominator_count: Some(MAX_NOMINATORS),
			stakers: validating.chain(nominating).collect::<Vec<_>>(),
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
		emissions: pallet_emissions::GenesisConfig { started: true },
		topics: pallet_registry::GenesisConfig { default_subsidy: Permill::one() },
		sudo: pallet_sudo::GenesisConfig { key: Some(root) },
		origins: crate::governance::origins::GenesisConfig { day_ms: periods.governance_day_ms },
		technical_committee: pallet_collective::GenesisConfig {
			members: [Sr25519Keyring::Alice, Sr25519Keyring::Bob, Sr25519Keyring::Charlie]
				.map(|member| member.to_account_id())
				.to_vec(),
		},
	})
}

/// One validator, Alice, with a nominator; one-second slots.
fn development() -> Value {
	genesis(
		DEVELOPMENT,
		vec![(
			Sr25519Keyring::AliceStash.to_account_id(),
			session_keys(Sr25519Keyring::Alice, Ed25519Keyring::Alice),
		)],
		vec![Sr25519Keyring::BobStash.to_account_id()],
		Sr25519Keyring::Alice.to_account_id(),
	)
}

/// Four validators, Alice, Bob, Charlie and Dave, with two nominators; six-second slots.
fn local_testnet() -> Value {
	use Ed25519Keyring as Ed;
	use Sr25519Keyring as Sr;
	genesis(
		LOCAL_TESTNET,
		vec![
			(Sr::AliceStash.to_account_id(), session_keys(Sr::Alice, Ed::Alice)),
			(Sr::BobStash.to_account_id(), session_keys(Sr::Bob, Ed::Bob)),
			(Sr::CharlieStash.to_account_id(), session_keys(Sr::Charlie, Ed::Charlie)),
			(Sr::DaveStash.to_account_id(), session_keys(Sr::Dave, Ed::Dave)),
		],
		vec![Sr::EveStash.to_account_id(), Sr::FerdieStash.to_account_id()],
		Sr::Alice.to_account_id(),
	)
}

/// The preset of this name, as JSON; `None` if there is none.
pub fn get_preset(id: &PresetId) -> Option<Vec<u8>> {
	let patch = match id.as_str() {
		DEV_RUNTIME_PRESET => development(),
		LOCAL_TESTNET_RUNTIME_PRESET => local_testnet(),
		PRODUCTION_RUNTIME_PRESET => production(),
		_ => return None,
	};
	serde_json::to_vec(&patch).ok()
}

/// Names of the presets.
pub fn preset_names() -> Vec<PresetId> {
	[DEV_RUNTIME_PRESET, LOCAL_TESTNET_RUNTIME_PRESET, PRODUCTION_RUNTIME_PRESET]
		.map(PresetId::from)
		.into()
}
