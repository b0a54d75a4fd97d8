//! The genesis presets, and what the composition of the pallets promises.

use crate::support::preset::in_preset;
use allora_primitives::{api::Terms, Registration, WorkerRoles};
use allora_runtime::{
	configs::ProxyType, genesis_presets, AccountId, Address, Runtime, RuntimeCall, RuntimeOrigin,
	Staking, VoterList, ALLO,
};
use frame_election_provider_support::SortedListProvider;
use frame_support::{
	assert_noop, assert_ok,
	traits::{BuildGenesisConfig, InstanceFilter},
	BoundedVec,
};
use pallet_bags_list::ListError;
use sp_keyring::Sr25519Keyring;
use sp_runtime::{traits::Zero, Perbill};

#[test]
fn development_has_one_second_slots_and_one_validator() {
	in_preset("development", || {
		assert_eq!(allora_runtime::Babe::slot_duration(), 1_000);
		assert_eq!(allora_runtime::Session::validators().len(), 1);
	});
}

#[test]
fn local_testnet_has_four_validators_with_nominators() {
	in_preset("local_testnet", || {
		assert_eq!(allora_runtime::Babe::slot_duration(), 6_000);
		assert_eq!(allora_runtime::Session::validators().len(), 4);
		assert_eq!(pallet_staking::Nominators::<Runtime>::count(), 2);
	});
}

#[test]
fn validators_of_a_preset_have_a_commission() {
	for name in genesis_presets::preset_names() {
		in_preset(&name, || {
			let validators = allora_runtime::Session::validators();
			assert!(!validators.is_empty());
			assert_eq!(pallet_staking::Validators::<Runtime>::count() as usize, validators.len());
			for stash in validators {
				let preferences = pallet_staking::Validators::<Runtime>::get(stash);
				assert_eq!(preferences.commission, Perbill::from_percent(10));
			}
		});
	}
}

#[test]
#[should_panic(expected = "is not a validator")]
fn genesis_refuses_the_commission_of_an_account_that_does_not_validate() {
	in_preset("development", || {
		let commissions = vec![(Sr25519Keyring::Bob.to_account_id(), Perbill::from_percent(10))];
		allora_runtime::genesis_validators::GenesisConfig::<Runtime> {
			commissions,
			..Default::default()
		}
		.build();
	});
}

#[test]
fn every_preset_name_has_a_preset() {
	for name in genesis_presets::preset_names() {
		assert!(genesis_presets::get_preset(&name).is_some());
	}
}

#[test]
fn ledger_adds_up_at_genesis() {
	in_preset("development", || {
		let ledger = allora_runtime::Emissions::ledger();
		assert!(ledger.adds_up);
		assert_eq!(ledger.total_issuance, ledger.genesis_issuance);
		assert!(ledger.emitted.is_zero());
	});
}

fn submissions() -> Vec<RuntimeCall> {
	vec![
		pallet_inference::Call::submit { topic: 1, epoch: 1, inference: None, forecast: None }
			.into(),
		pallet_inference::Call::commit {
			topic: 1,
			epoch: 1,
			payload_hash: Default::default(),
			roles: WorkerRoles::Both,
		}
		.into(),
		pallet_inference::Call::reveal {
			topic: 1,
			epoch: 1,
			inference: None,
			forecast: None,
			salt: [0; 32],
		}
		.into(),
		pallet_reputer::Call::report { topic: 1, epoch: 1, truth: BoundedVec::default() }.into(),
		pallet_reputer::Call::report_losses {
			topic: 1,
			epoch: 1,
			bundle_hash: Default::default(),
			losses: BoundedVec::default(),
		}
		.into(),
		pallet_reputer::Call::abstain { topic: 1, epoch: 1 }.into(),
	]
}

/// Calls that move money, and calls that wrap or prepare one that does.
fn others() -> Vec<RuntimeCall> {
	let bob: AccountId = Sr25519Keyring::Bob.to_account_id();
	let to = || Address::Id(bob.clone());
	let transfer: RuntimeCall =
		pallet_balances::Call::transfer_keep_alive { dest: to(), value: ALLO }.into();
	let wrapped = || Box::new(transfer.clone());
	vec![
		transfer.clone(),
		pallet_registry::Call::fund { topic: 1, amount: ALLO }.into(),
		pallet_registry::Call::register {
			topic: 1,
			registration: Registration::Worker,
			owner: None,
		}
		.into(),
		pallet_reputer::Call::stake { topic: 1, amount: ALLO }.into(),
		pallet_reputer::Call::unstake { topic: 1, amount: ALLO }.into(),
		pallet_reputer::Call::withdraw { topic: 1 }.into(),
		pallet_staking::Call::unbond { value: ALLO }.into(),
		pallet_session::Call::purge_keys {}.into(),
		pallet_utility::Call::batch { calls: vec![transfer.clone()] }.into(),
		pallet_utility::Call::as_derivative { index: 0, call: wrapped() }.into(),
		pallet_multisig::Call::as_multi_threshold_1 { other_signatories: vec![], call: wrapped() }
			.into(),
		pallet_proxy::Call::proxy { real: to(), force_proxy_type: None, call: wrapped() }.into(),
		pallet_proxy::Call::add_proxy { delegate: to(), proxy_type: ProxyType::Any, delay: 0 }
			.into(),
		pallet_sudo::Call::sudo { call: wrapped() }.into(),
	]
}

#[test]
fn submissions_proxy_may_submit_and_report() {
	for call in submissions() {
		assert!(ProxyType::Submissions.filter(&call), "{call:?}");
	}
}

#[test]
fn submissions_proxy_may_do_nothing_else() {
	for call in others() {
		assert!(!ProxyType::Submissions.filter(&call), "{call:?}");
		assert!(ProxyType::Any.filter(&call));
	}
}

#[test]
fn submissions_proxy_is_not_a_superset_of_any() {
	assert!(ProxyType::Any.is_superset(&ProxyType::Submissions));
	assert!(!ProxyType::Submissions.is_superset(&ProxyType::Any));
}

#[test]
fn terms_include_what_governance_has_set() {
	use allora_runtime::parameters::{topics, Fee, RuntimeParameters};
	in_preset("development", || {
		let terms = allora_runtime::configs::terms();
		assert_eq!((terms.create_fee, terms.register_fee), (10 * ALLO, ALLO));
		assert_eq!((terms.min_topic_weight, terms.min_reputer_stake), (ALLO, 100 * ALLO));
		let create_fee = RuntimeParameters::Topics(topics::Parameters::CreateFee(
			topics::CreateFee,
			Some(Fee::new(25 * ALLO)),
		));
		let root = allora_runtime::RuntimeOrigin::root();
		frame_support::assert_ok!(allora_runtime::Parameters::set_parameter(root, create_fee));
		assert_eq!(allora_runtime::configs::terms(), Terms { create_fee: 25 * ALLO, ..terms });
	});
}

#[test]
fn chilled_staker_cannot_be_put_back_among_the_voters() {
	in_preset("local_testnet", || {
		let who = pallet_staking::Nominators::<Runtime>::iter_keys().next().expect("there is one");
		let (origin, dislocated) = (RuntimeOrigin::signed(who.clone()), Address::Id(who.clone()));
		assert_ok!(VoterList::rebag(origin.clone(), dislocated.clone()));
		assert_ok!(Staking::chill(origin.clone()));
		assert!(!VoterList::contains(&who));
		let refused = pallet_bags_list::Error::<Runtime, _>::List(ListError::NodeNotFound);
		assert_noop!(VoterList::rebag(origin, dislocated), refused);
	});
}
