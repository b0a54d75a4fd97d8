//! Records of topics that lapsed long ago: anybody removes them, for no fee (S 6.6).

use crate::support::{block, block_in, call, now, on_chain, run_to, transactions::signed};
use allora_primitives::{
	api::{runtime_decl_for_aggregation_api::AggregationApi, NetworkInference},
	consumer::runtime_decl_for_consumer_api::ConsumerApi,
	traits::EpochInspect,
	Balance, EpochId, FixedI128, Registration, Role, Slot, TopicId, TopicParameters, ALLO,
};
use allora_runtime::{AccountId, Balances, Clock, Executive, Runtime, RuntimeCall, System};
use frame_support::{assert_ok, dispatch::DispatchClass, traits::Get, BoundedVec};
use pallet_clock::{Error, TopicStates, PRUNED_AFTER_WEEKS};
use sp_keyring::Sr25519Keyring::{self, *};
use sp_runtime::DispatchError;

const TOPIC: TopicId = 1;
const LENGTH: EpochId = 10;

fn send(who: Sr25519Keyring, sent: impl Into<RuntimeCall>) {
	assert_ok!(call(&who.to_account_id(), sent));
}

/// A topic whose worker Alice has submitted a value for several epochs, each reported on by Bob, and
/// that has lapsed since.
fn lapsed_topic() {
	block(|| {
		let usual = TopicParameters::regression(LENGTH as u32, 4, LENGTH as u32);
		send(Ferdie, pallet_registry::Call::create { parameters: Box::new(usual) });
		for (who, registration) in [(Alice, Registration::Worker), (Bob, Registration::Reputer)] {
			let topic = TOPIC;
			send(who, pallet_registry::Call::register { topic, registration, owner: None });
		}
		send(Bob, pallet_reputer::Call::stake { topic: TOPIC, amount: 1_000 * ALLO });
		send(Ferdie, pallet_registry::Call::fund { topic: TOPIC, amount: 100 * ALLO });
	});
	let value = FixedI128::from_u32(8);
	for _ in 0..5 * LENGTH {
		block(|| {
			if let Some(epoch) = Clock::collecting_epoch(TOPIC).filter(|epoch| *epoch == now()) {
				let inference = Some(BoundedVec::truncate_from(vec![Some(value)]));
				let (topic, forecast) = (TOPIC, None);
				let submit = pallet_inference::Call::submit { topic, epoch, inference, forecast };
				send(Alice, submit);
			}
			let reporting = Clock::reporting_epochs(TOPIC);
			if let Some(epoch) = reporting.into_iter().find(|epoch| epoch + LENGTH == now()) {
				let truth = BoundedVec::truncate_from(vec![value]);
				send(Bob, pallet_reputer::Call::report { topic: TOPIC, epoch, truth });
			}
		});
	}
	block(|| pallet_registry::Economies::<Runtime>::mutate(TOPIC, |of| of.revenue = 0));
	run_to(now() + 6 * LENGTH);
	assert!(!TopicStates::<Runtime>::get(TOPIC).active);
}

/// Applies the call in a transaction of an account. Returns its result, and what the account paid.
fn prune(who: Sr25519Keyring) -> (Result<(), DispatchError>, Balance) {
	let account: AccountId = who.to_account_id();
	let before = Balances::free_balance(&account);
	let transaction = signed(&who.pair(), pallet_clock::Call::prune { topic: TOPIC }, 0);
	let result = Executive::apply_extrinsic(transaction).expect("the transaction is valid");
	(result, before - Balances::free_balance(&account))
}

/// The number of storage keys of a map under the topic.
fn kept(pallet: &str, map: &str) -> usize {
	let topic = sp_io::hashing::twox_64(&TOPIC.to_le_bytes()).to_vec();
	let of = |name: &str| sp_io::hashing::twox_128(name.as_bytes()).to_vec();
	let prefix = [of(pallet), of(map), topic, TOPIC.to_le_bytes().to_vec()].concat();
	let next = |key: &Vec<u8>| sp_io::storage::next_key(key).filter(|key| key.starts_with(&prefix));
	std::iter::successors(next(&prefix), next).count()
}

/// The records of epochs, which grow with their number, and how many are left in the end: those of
/// the last epoch for which somebody submitted, on which nobody has reported any more.
const RECORDS: [(&str, &str, usize); 4] = [
	("Inference", "Inferers", 1),
	("Aggregation", "Bundles", 1),
	("Reputer", "Reports", 0),
	("Aggregation", "LearningRecords", 0),
];

#[test]
fn records_of_a_lapsed_topic_go_after_four_weeks_and_what_it_has_learned_stays() {
	on_chain(|| {
		lapsed_topic();
		for (pallet, map, _) in RECORDS {
			assert!(kept(pallet, map) >= 3, "{pallet}.{map}: {}", kept(pallet, map));
		}
		let (inference, leaders) = (Runtime::latest_inference(TOPIC), leaders());
		assert!(inference.is_some() && !leaders.is_empty());
		block(|| {
			let (result, paid) = prune(Charlie);
			assert_eq!(result, Err(Error::<Runtime>::NotLapsed.into()));
			assert!(paid > 0);
		});

		let week = Slot::from(pallet_timing::SlotsPerWeek::<Runtime>::get());
		block_in(now() + PRUNED_AFTER_WEEKS * week, || {
			assert_eq!(prune(Charlie), (Ok(()), 0));
			let (result, paid) = prune(Charlie);
			assert_eq!(result, Err(Error::<Runtime>::NothingToPrune.into()));
			assert!(paid > 0);
		});
		for (pallet, map, left) in RECORDS {
			assert_eq!(kept(pallet, map), left, "{pallet}.{map}");
		}
		let value =
			|inference: Option<NetworkInference>| inference.map(|of| (of.epoch, of.label_values));
		assert_eq!(value(Runtime::latest_inference(TOPIC)), value(inference));
		assert_eq!(self::leaders(), leaders);
		// Nobody has submitted anything for the last epochs; the inference is of one before, and for sale.
		assert!(Runtime::quote(TOPIC).is_some());

		// It goes on as it would have without that.
		block(|| {
			send(Ferdie, pallet_registry::Call::fund { topic: TOPIC, amount: 100 * ALLO });
		});
		run_to(now() + LENGTH);
		assert!(Clock::epochs(TOPIC).len() >= 2);
	});
}

#[test]
fn pruning_pays_in_a_busy_block() {
	on_chain(|| {
		lapsed_topic();
		let week = Slot::from(pallet_timing::SlotsPerWeek::<Runtime>::get());
		block_in(now() + PRUNED_AFTER_WEEKS * week, || {
			let half = <Runtime as frame_system::Config>::BlockWeights::get().max_block / 2;
			System::register_extra_weight_unchecked(half, DispatchClass::Normal);
			let (result, paid) = prune(Charlie);
			assert_ok!(result);
			assert!(paid > 0);
		});
	});
}

/// The accounts on the leaderboard of workers.
fn leaders() -> Vec<AccountId> {
	let board = Runtime::leaderboard(TOPIC, Role::Inferer);
	board.leaders.into_iter().map(|leader| leader.account).collect()
}
