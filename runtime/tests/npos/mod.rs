//! Validators, nominators and nomination pools on the real runtime.

mod elections;
mod foreign_votes;
mod offences;
mod pools;
mod staking;

use crate::support::{block, call, preset::in_genesis};
use allora_runtime::{AccountId, Address, Balance, Runtime, RuntimeEvent, System, ALLO};
use codec::Encode;
use frame_support::assert_ok;
use pallet_staking::{ActiveEra, RewardDestination, ValidatorPrefs};
use serde_json::{json, Value};
use sp_keyring::Sr25519Keyring;
use sp_runtime::Perbill;
use sp_staking::EraIndex;

/// The length of an era in slots.
const ERA: u64 = 10;
/// The bonding duration in eras.
const BONDING: EraIndex = 3;
/// The initial balance of each account; all accounts together stay below the maximum supply.
const ENDOWMENT: Balance = 400_000 * ALLO;

/// Account `n` of those that are endowed besides the well-known ones.
fn account(n: u32) -> AccountId {
	sp_io::hashing::blake2_256(&("npos", n).encode()).into()
}

/// Runs a test on the local network's genesis state, with short eras, `accounts` more accounts, and
/// these changes to staking's genesis.
fn network(accounts: u32, staking: Value, test: impl FnOnce()) {
	let known = Sr25519Keyring::iter().map(|key| key.to_account_id());
	let balances: Vec<_> =
		known.chain((0..accounts).map(account)).map(|who| (who, ENDOWMENT)).collect();
	let changes = json!({
		"timing": {
			"slotDurationMs": 1_000,
			"sessionLength": ERA / 2,
			"sessionsPerEra": 2,
			"bondingDuration": BONDING,
		},
		"balances": { "balances": balances },
		"staking": staking,
	});
	in_genesis("local_testnet", changes, test);
}

fn active_era() -> EraIndex {
	ActiveEra::<Runtime>::get().map(|era| era.index).expect("an era is active")
}

/// Makes empty blocks until this era is active; fails if eras do not end.
fn run_to_era(era: EraIndex) {
	for _ in 0..=2 * ERA * u64::from(era + 1) {
		if active_era() >= era {
			return;
		}
		block(|| ());
	}
	panic!("era {} does not end", active_era());
}

fn bond(who: &AccountId, value: Balance) {
	let payee = RewardDestination::Stash;
	assert_ok!(call(who, pallet_staking::Call::bond { value, payee }));
}

/// The call with which an account becomes a candidate, with a commission of 10 %.
fn validate() -> pallet_staking::Call<Runtime> {
	let prefs = ValidatorPrefs { commission: Perbill::from_percent(10), blocked: false };
	pallet_staking::Call::validate { prefs }
}

fn nominate(targets: &[AccountId]) -> pallet_staking::Call<Runtime> {
	let targets = targets.iter().cloned().map(Address::Id).collect();
	pallet_staking::Call::nominate { targets }
}

/// Staking's events of the newest block.
fn staking_events() -> Vec<pallet_staking::Event<Runtime>> {
	let staking = |event| match event {
		RuntimeEvent::Staking(event) => Some(event),
		_ => None,
	};
	System::events().into_iter().filter_map(|record| staking(record.event)).collect()
}
