//! Supply and emission on the composed runtime: the production preset, its locks, and the switch
//! that starts emission (S 15).

use crate::support::{block, block_in, call, genesis::genesis, now, preset::in_preset};
use allora_primitives::{
	api::{runtime_decl_for_emissions_api::EmissionsApi, EmissionInfo},
	Balance, Registration, Slot, TopicParameters,
};
use allora_runtime::{
	parameters::{emissions, RuntimeParameters, ValidatorsPart},
	production::{placeholder, GROUPS},
	AccountId, Balances, Block, Emissions, Parameters, Runtime, RuntimeEvent, RuntimeOrigin,
	Session, System, Vesting, ALLO, MAX_SUPPLY,
};
use frame_support::{
	assert_ok,
	traits::{
		fungible::Inspect,
		tokens::{Fortitude::Polite, Preservation::Expendable},
		Get,
	},
};
use pallet_emissions::Pot;
use serde_json::json;
use sp_consensus_beefy::ecdsa_crypto::AuthorityId as BeefyId;
use sp_core::{ecdsa, Pair};
use sp_keyring::Sr25519Keyring;
use sp_runtime::{traits::AccountIdConversion, DispatchError, Perbill, TokenError};

/// The slots of a month of 30 days in production.
const MONTH: Slot = 432_000;

fn in_production(test: impl FnOnce()) {
	in_preset("production", test);
}

/// The accounts of a kind of group.
fn groups(vested: bool) -> impl Iterator<Item = (AccountId, Balance)> {
	let of_kind = GROUPS.iter().filter(move |group| group.vested == vested);
	of_kind.map(|group| (group.account(), group.allocation()))
}

/// The sum of what the vesting pallet locks on accounts, after it has unlocked what is due.
fn vesting_locks() -> Balance {
	let accounts: Vec<AccountId> = pallet_vesting::Vesting::<Runtime>::iter_keys().collect();
	for account in &accounts {
		let done =
			Vesting::vest_other(RuntimeOrigin::signed(account.clone()), account.clone().into());
		assert_ok!(done);
	}
	accounts.iter().map(frozen).sum()
}

fn frozen(account: &AccountId) -> Balance {
	let locks = Balances::locks(account).into_iter();
	locks.filter(|lock| lock.id == *b"vesting ").map(|lock| lock.amount).sum()
}

/// What an account may transfer.
fn movable(account: &AccountId) -> Balance {
	Balances::reducible_balance(account, Expendable, Polite)
}

/// The accounts with their free and held balances.
fn accounts() -> Vec<(AccountId, Balance)> {
	let accounts = frame_system::Account::<Runtime>::iter();
	accounts.map(|(who, account)| (who, account.data.free + account.data.reserved)).collect()
}

/// The sum of all balances, without the ecosystem pot and the vesting locks.
fn counted_circulating() -> Balance {
	let all: Balance = accounts().into_iter().map(|(_, balance)| balance).sum();
	all - Emissions::pot_balance(Pot::Ecosystem) - vesting_locks()
}

#[test]
fn production_genesis_has_all_tokens_that_are_not_left_to_emission() {
	in_production(|| {
		let ecosystem = <Runtime as pallet_emissions::Config>::EcosystemSupply::get();
		assert_eq!(ecosystem, 214_500_000 * ALLO);
		assert_eq!(Balances::total_issuance(), MAX_SUPPLY - ecosystem);
		let allocated: Balance = GROUPS.iter().map(|group| group.allocation()).sum();
		assert_eq!(allocated + ecosystem, MAX_SUPPLY);
		assert!(Emissions::ledger().adds_up);
		assert_eq!(Emissions::pot_balance(Pot::Ecosystem), 0);
	});
}

#[test]
fn production_has_no_sudo_key_and_the_periods_of_production() {
	in_production(|| {
		assert_eq!(pallet_sudo::Key::<Runtime>::get(), None);
		assert_eq!(allora_runtime::Babe::slot_duration(), 6_000);
		assert_eq!(pallet_timing::SlotsPerMonth::<Runtime>::get(), MONTH as u32);
		assert_eq!(pallet_timing::UnbondingSlots::<Runtime>::get(), 21 * 14_400);
		assert_eq!(<Runtime as pallet_staking::Config>::BondingDuration::get(), 28);
		assert_eq!(Session::validators().len(), 4);
	});
}

#[test]
fn placeholders_are_accounts_of_nobody_who_is_known() {
	let well_known: Vec<AccountId> =
		Sr25519Keyring::iter().map(|key| key.to_account_id()).collect();
	in_production(|| {
		for (who, _) in accounts() {
			assert!(!well_known.contains(&who), "{who}");
		}
	});
	let foundation = sp_io::hashing::blake2_256(b"allora production placeholder/group/foundation");
	assert_eq!(placeholder("group", "foundation"), foundation);
}

#[test]
fn specification_replaces_the_placeholders() {
	let alice = Sr25519Keyring::Alice.to_account_id();
	let team: AccountId = frame_support::PalletId(*b"team msg").into_account_truncating();
	let changes = json!({
		"balances": { "balances": [
			[team, 1_000 * ALLO as u64],
			[alice, 200_000 * ALLO as u64],
		]},
		"session": { "keys": [[alice, alice, {
			"babe": Sr25519Keyring::Alice.public(),
			"grandpa": sp_keyring::Ed25519Keyring::Alice.public(),
			"authority_discovery": Sr25519Keyring::Alice.public(),
			"beefy": BeefyId::from(ecdsa::Pair::from_seed(&[1; 32]).public()),
		}]]},
		"staking": { "minimumValidatorCount": 1, "validatorCount": 1,
			"stakers": [[alice, alice, 100_000 * ALLO as u64, "Validator"]] },
		"genesisValidators": { "commissions": [[alice, 100_000_000]] },
		"emissions": { "vested": [[team, 900 * ALLO as u64]] },
	});
	genesis("production", changes).execute_with(|| {
		assert_eq!(Session::validators(), vec![alice]);
		assert_eq!((movable(&team), frozen(&team)), (100 * ALLO, 900 * ALLO));
		assert_eq!(pallet_emissions::Vested::<Runtime>::get(), 900 * ALLO);
	});
}

#[test]
fn groups_that_vest_are_locked_for_a_year_and_unlock_until_month_thirty_six() {
	in_production(|| {
		block(|| ());
		let first = now();
		for (month, twelfths) in [(0, 36), (11, 36), (12, 24), (18, 18), (30, 6), (36, 0)] {
			if month > 0 {
				block_in(first + month * MONTH, || ());
			}
			vesting_locks();
			for (account, allocation) in groups(true) {
				let locked = allocation / 36 * twelfths;
				let error = frozen(&account).abs_diff(locked);
				assert!(error < ALLO / 100, "month {month}: {error} planck");
				assert_eq!(movable(&account), allocation - frozen(&account));
			}
			for (account, _) in groups(false) {
				assert_eq!(frozen(&account), 0);
			}
		}
	});
}

#[test]
fn circulating_supply_is_what_exists_without_locks_and_the_ecosystem_pot() {
	in_production(|| {
		assert_ok!(block(|| Emissions::start(RuntimeOrigin::root())));
		let first = now();
		// The rate is renewed 1 slot after the months in which the locks end.
		for month in [1, 6, 11, 12, 13, 24, 35, 36, 40] {
			// A month without blocks costs nothing, so that the renewal is the block's.
			block_in(first + month * MONTH, || ());
			block(|| {
				let info = Emissions::emission_info();
				let figures = info.month.expect("emission has started");
				assert_eq!(info.next_recomputation, now() + MONTH);
				let counted = counted_circulating();
				let error = figures.circulating.abs_diff(counted);
				assert!(error < ALLO / 10, "month {month}: {} and {counted}", figures.circulating);
			});
		}
	});
}

#[test]
fn production_emits_nothing_until_root_starts_emission() {
	in_production(|| {
		for _ in 0..3 {
			block(|| ());
		}
		let info = <Runtime as EmissionsApi<Block, AccountId>>::emission();
		assert_eq!((info.started, info.emitted, info.month), (false, 0, None));
		let (signer, _) = groups(false).next().expect("there is a group");
		block(|| {
			let denied = Emissions::start(RuntimeOrigin::signed(signer));
			assert_eq!(denied.map_err(|failed| failed.error), Err(DispatchError::BadOrigin));
			assert_ok!(Emissions::start(RuntimeOrigin::root()));
		});
		let started = now();
		block_in(started + 10, || ());
		let info = <Runtime as EmissionsApi<Block, AccountId>>::emission();
		let figures = info.month.expect("emission has started");
		assert!(info.started && info.slot_emission > 0);
		assert_eq!(info.next_recomputation, started + 1 + MONTH);
		assert_eq!(figures.staked, 400_000 * ALLO);
		assert_eq!(figures.ecosystem_locked, 214_500_000 * ALLO);
		// 30 % of the supply is not locked: foundation and participants.
		assert_eq!(figures.circulating, 300_000_000 * ALLO);
		// Without topics validators alone get something, for 10 slots.
		let validators = Perbill::from_percent(25).mul_floor(info.slot_emission);
		assert_eq!(info.emitted, 10 * validators);
	});
}

#[test]
fn test_presets_emit_from_the_first_block() {
	for name in ["development", "local_testnet"] {
		in_preset(name, || {
			block(|| ());
			assert!(Emissions::emission_info().started);
			assert!(Emissions::emission_info().emitted > 0);
		});
	}
}

#[test]
fn locked_tokens_are_staked_and_pay_fees_but_are_not_transferred() {
	in_production(|| {
		let (holder, allocation) = groups(true).next().expect("there is a group");
		let (other, _) = groups(false).next().expect("there is a group");
		block(|| {
			let pay = |to: &AccountId, value| pallet_balances::Call::transfer_allow_death {
				dest: to.clone().into(),
				value,
			};
			assert_eq!(call(&holder, pay(&other, ALLO)), Err(TokenError::Frozen.into()));
			let payee = pallet_staking::RewardDestination::Staked;
			let value = allocation / 2;
			assert_ok!(call(&holder, pallet_staking::Call::bond { value, payee }));
			// The topic's fees are transfers, so they need tokens that are not locked.
			let parameters = Box::new(TopicParameters::regression(10, 4, 10));
			assert_ok!(call(&other, pallet_registry::Call::create { parameters }));
			assert_ok!(call(&other, pay(&holder, 2 * ALLO)));
			let registration = Registration::Reputer;
			let register = pallet_registry::Call::register { topic: 1, registration, owner: None };
			assert_ok!(call(&holder, register));
			// Bonded tokens cannot be staked in a topic, too.
			let stake = |amount| pallet_reputer::Call::stake { topic: 1, amount };
			assert!(call(&holder, stake(allocation * 3 / 4)).is_err());
			assert_ok!(call(&holder, stake(allocation / 4)));
			assert_eq!(pallet_reputer::TotalStake::<Runtime>::get(), allocation / 4);
		});
	});
}

#[test]
fn governed_share_of_validators_is_in_force_from_the_next_month() {
	in_preset("development", || {
		block(|| ());
		let share = Perbill::from_percent(40);
		let set = RuntimeParameters::Emissions(emissions::Parameters::ValidatorsShare(
			emissions::ValidatorsShare,
			Some(ValidatorsPart::new(share.deconstruct())),
		));
		assert_ok!(block(|| Parameters::set_parameter(RuntimeOrigin::root(), set)));
		let month = |info: EmissionInfo| info.month.expect("a month");
		let info = Emissions::emission_info();
		assert_eq!(month(info.clone()).validators_share, Perbill::from_percent(25));
		block_in(info.next_recomputation, || {
			let renewed = System::events().into_iter().any(|record| {
				matches!(
					record.event,
					RuntimeEvent::Emissions(pallet_emissions::Event::RateRenewed {
						validators_share,
						..
					}) if validators_share == share
				)
			});
			assert!(renewed);
		});
		assert_eq!(month(Emissions::emission_info()).validators_share, share);
	});
}
