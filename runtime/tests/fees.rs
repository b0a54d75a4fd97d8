//! Transaction fees: which submissions are free, where, and who gets what is paid (S 1.2).

use crate::support::{block, call, now, on_chain, preset::preset, run_to, transactions::signed};
use allora_primitives::{
	traits::EpochInspect, EpochId, FixedI128, Registration, TopicId, TopicParameters, ALLO,
};
use allora_runtime::{
	configs::TargetBlockFullness, AccountId, Authorship, Balance, Balances, Clock, Executive,
	Inference, Reputer, Runtime, RuntimeCall, System, TransactionPayment, UncheckedExtrinsic,
};
use codec::Encode;
use frame_support::{
	assert_ok,
	dispatch::{DispatchClass, GetDispatchInfo, Pays},
	weights::Weight,
	BoundedVec,
};
use pallet_emissions::Pot;
use pallet_transaction_payment::Multiplier;
use sp_core::{sr25519, Pair};
use sp_keyring::Sr25519Keyring::{self, *};
use sp_runtime::{
	traits::{Convert, One},
	DispatchError, FixedPointNumber,
};

const TOPIC: TopicId = 1;

fn free(who: &AccountId) -> Balance {
	Balances::free_balance(who)
}

fn ecosystem() -> Balance {
	free(&pallet_emissions::Pallet::<Runtime>::pot_account(Pot::Ecosystem))
}

/// Applies a transaction in the current block. Returns its result, and what its signer paid.
fn apply(
	who: &sr25519::Pair,
	sent: impl Into<RuntimeCall>,
	tip: Balance,
) -> (Result<(), DispatchError>, Balance) {
	let account = AccountId::from(who.public());
	let (xt, before) = (signed(who, sent, tip), free(&account));
	let result = Executive::apply_extrinsic(xt).expect("the transaction is valid");
	(result, before - free(&account))
}

fn send(who: Sr25519Keyring, sent: impl Into<RuntimeCall>) {
	assert_ok!(call(&who.to_account_id(), sent));
}

fn register(who: &AccountId, registration: Registration) {
	let sent = pallet_registry::Call::register { topic: TOPIC, registration, owner: None };
	assert_ok!(call(who, sent));
}

/// A topic with these seats for inferers and reputers. Returns the first epoch, which has just
/// opened.
fn start(
	max_inferers: u32,
	max_reputers: u32,
	workers: &[AccountId],
	reputers: &[(Sr25519Keyring, Balance)],
) -> EpochId {
	block(|| {
		let usual = TopicParameters::regression(10, 4, 10);
		let parameters = Box::new(TopicParameters { max_inferers, max_reputers, ..usual });
		send(Ferdie, pallet_registry::Call::create { parameters });
		workers.iter().for_each(|who| register(who, Registration::Worker));
		for (who, stake) in reputers {
			register(&who.to_account_id(), Registration::Reputer);
			send(*who, pallet_reputer::Call::stake { topic: TOPIC, amount: stake * ALLO });
		}
		send(Ferdie, pallet_registry::Call::fund { topic: TOPIC, amount: 100 * ALLO });
	});
	let collecting = || {
		block(|| ());
		<Clock as EpochInspect>::collecting_epoch(TOPIC)
	};
	(0..20).find_map(|_| collecting()).expect("the topic is active")
}

fn inference(epoch: EpochId) -> RuntimeCall {
	let inference = Some(BoundedVec::truncate_from(vec![Some(FixedI128::from_u32(8))]));
	pallet_inference::Call::submit { topic: TOPIC, epoch, inference, forecast: None }.into()
}

fn report(epoch: EpochId) -> RuntimeCall {
	let truth = BoundedVec::truncate_from(vec![FixedI128::from_u32(8)]);
	pallet_reputer::Call::report { topic: TOPIC, epoch, truth }.into()
}

fn proxied(real: Sr25519Keyring, call: RuntimeCall) -> RuntimeCall {
	let (real, call) = (real.to_account_id().into(), Box::new(call));
	pallet_proxy::Call::proxy { real, force_proxy_type: None, call }.into()
}

fn submitted_for(real: Sr25519Keyring, call: RuntimeCall) -> RuntimeCall {
	let (real, call) = (real.to_account_id().into(), Box::new(call));
	allora_runtime::delegates::Call::submit_for { real, call }.into()
}

/// The call inside of each kind of batch, as the only one.
fn batches_of_one(call: &RuntimeCall) -> [RuntimeCall; 3] {
	let calls = vec![call.clone()];
	[
		pallet_utility::Call::batch { calls: calls.clone() }.into(),
		pallet_utility::Call::batch_all { calls: calls.clone() }.into(),
		pallet_utility::Call::force_batch { calls }.into(),
	]
}

fn accounts(of: &[Sr25519Keyring]) -> Vec<AccountId> {
	of.iter().map(|who| who.to_account_id()).collect()
}

/// Lets `Two` submit for these accounts.
fn add_proxies(of: &[Sr25519Keyring]) {
	for who in of {
		let (delegate, proxy_type) =
			(Two.to_account_id().into(), allora_runtime::configs::ProxyType::Submissions);
		send(*who, pallet_proxy::Call::add_proxy { delegate, proxy_type, delay: 0 });
	}
}

#[test]
fn seat_is_free_on_its_own_by_proxy_and_in_a_batch_of_one() {
	on_chain(|| {
		let workers = [Alice, Bob, Charlie, Dave, Eve];
		let reputers = [(Alice, 1_000), (Bob, 1_000), (Charlie, 1_000)];
		let first = start(32, 16, &accounts(&workers), &reputers);
		block(|| {
			add_proxies(&[Alice, Bob]);
			assert_eq!(apply(&Eve.pair(), inference(first), 0), (Ok(()), 0));
			let by_proxy = proxied(Alice, inference(first));
			assert_eq!(apply(&Two.pair(), by_proxy, 0), (Ok(()), 0));
			for (who, batch) in
				[Bob, Charlie, Dave].into_iter().zip(batches_of_one(&inference(first)))
			{
				assert_eq!(apply(&who.pair(), batch, 0), (Ok(()), 0), "{who:?}");
			}
			assert_eq!(Inference::free_of_fee(TOPIC, first), 5);
		});
		run_to(first + 10);
		block(|| {
			// A tip is paid all the same.
			let report = || report(first);
			assert_eq!(apply(&Two.pair(), proxied(Alice, report()), 7), (Ok(()), 7));
			let [_, batch_all, _] = batches_of_one(&proxied(Bob, report()));
			assert_eq!(apply(&Two.pair(), batch_all, 0), (Ok(()), 0));
			assert_eq!(apply(&Charlie.pair(), report(), 0), (Ok(()), 0));
			assert_eq!(Reputer::free_of_fee(TOPIC, first), 3);
		});
	});
}

#[test]
fn delegate_makes_only_submissions_and_only_for_who_named_it() {
	on_chain(|| {
		let first = start(32, 16, &accounts(&[Alice, Bob]), &[(Alice, 1_000)]);
		block(|| {
			add_proxies(&[Alice]);
			let by_two = |real, sent| apply(&Two.pair(), submitted_for(real, sent), 0).0;
			let not_proxy = pallet_proxy::Error::<Runtime>::NotProxy;
			assert_eq!(by_two(Bob, inference(first)), Err(not_proxy.into()));
			let remark = frame_system::Call::remark { remark: vec![] }.into();
			let refused =
				DispatchError::from(allora_runtime::delegates::Error::<Runtime>::NotASubmission);
			assert_eq!(by_two(Alice, remark), Err(refused));
			assert_eq!(by_two(Alice, proxied(Alice, inference(first))), Err(refused));
			let sent = submitted_for(Alice, inference(first));
			assert_eq!(apply(&Two.pair(), sent, 0), (Ok(()), 0));
			let role = allora_primitives::Role::Inferer;
			assert!(Inference::outcome(TOPIC, first, role, &Alice.to_account_id()).is_some());
		});
	});
}

#[test]
fn what_takes_no_seat_pays_wherever_it_is_sent() {
	on_chain(|| {
		let first = start(1, 1, &accounts(&[Alice, Bob, Charlie, Dave, Eve]), &[(Alice, 1_000)]);
		block(|| {
			add_proxies(&[Alice, Bob]);
			assert_eq!(apply(&Alice.pair(), inference(first), 0), (Ok(()), 0));
			// All are equal, so that those whose lot is lower stay passive. Each second one that is
			// seated is the last that is free.
			let taken = |who: Sr25519Keyring, sent: RuntimeCall| {
				let before = Inference::free_of_fee(TOPIC, first);
				let (result, paid) = apply(&who.pair(), sent, 0);
				assert_eq!(result, Ok(()));
				let is_free = Inference::free_of_fee(TOPIC, first) > before;
				assert_eq!(paid == 0, is_free, "{who:?} paid {paid}");
				is_free
			};
			let mut free = u32::from(taken(Two, proxied(Bob, inference(first))));
			for (who, batch) in
				[Charlie, Dave, Eve].into_iter().zip(batches_of_one(&inference(first)))
			{
				free += u32::from(taken(who, batch));
			}
			assert!(free <= 1, "{free} more than the first are free, of one seat");
		});
	});
}

#[test]
fn refused_submission_pays_and_is_an_error_by_proxy_and_in_a_batch() {
	on_chain(|| {
		let first = start(32, 16, &accounts(&[Alice]), &[(Alice, 1_000)]);
		block(|| {
			add_proxies(&[Alice]);
			assert_eq!(apply(&Alice.pair(), inference(first), 0), (Ok(()), 0));
			let again = DispatchError::from(pallet_inference::Error::<Runtime>::AlreadySubmitted);
			let is_refused = |(result, paid)| {
				assert_eq!(result, Err(again));
				assert!(paid > 0);
			};
			is_refused(apply(&Alice.pair(), inference(first), 0));
			let [_, batch_all, _] = batches_of_one(&inference(first));
			is_refused(apply(&Alice.pair(), batch_all, 0));
			is_refused(apply(&Two.pair(), submitted_for(Alice, inference(first)), 0));
			// The SDK's own calls succeed.
			let (result, paid) = apply(&Two.pair(), proxied(Alice, inference(first)), 0);
			assert_eq!(result, Ok(()));
			assert!(paid > 0);
		});
	});
}

#[test]
fn only_one_submission_alone_is_free() {
	on_chain(|| {
		let first = start(32, 16, &accounts(&[Alice, Bob]), &[(Alice, 1_000)]);
		block(|| {
			let remark = frame_system::Call::remark { remark: vec![0; 1_000] }.into();
			let calls = vec![inference(first), remark];
			let (result, paid) = apply(&Alice.pair(), pallet_utility::Call::batch_all { calls }, 0);
			assert_eq!(result, Ok(()));
			assert!(paid > 0);
			// A third wrapping pays as well.
			let [batch, ..] = batches_of_one(&inference(first));
			let [batch, ..] = batches_of_one(&batch);
			let [batch, ..] = batches_of_one(&batch);
			let (result, paid) = apply(&Bob.pair(), batch, 0);
			assert_eq!(result, Ok(()));
			assert!(paid > 0);
		});
	});
}

/// A key of the attacker.
fn sybil(number: u32) -> sr25519::Pair {
	sr25519::Pair::from_string(&format!("//Sybil//{number}"), None).expect("a valid path")
}

/// The attacker of the audit registered 13 900 accounts in a topic of its own and filled every block
/// with submissions that cost nothing.
#[test]
fn flood_of_registered_accounts_pays_for_all_but_twice_the_seats() {
	const ACCOUNTS: u32 = 60;
	on_chain(|| {
		let keys: Vec<_> = (0..ACCOUNTS).map(sybil).collect();
		let sybils: Vec<_> = keys.iter().map(|key| AccountId::from(key.public())).collect();
		block(|| {
			for who in &sybils {
				let dest = who.clone().into();
				send(Alice, pallet_balances::Call::transfer_keep_alive { dest, value: 2 * ALLO });
			}
		});
		let first = start(4, 1, &sybils, &[(Alice, 1_000)]);
		for epoch in [first, first + 10] {
			run_to(epoch);
			block(|| {
				let paid: Vec<_> = keys
					.iter()
					.map(|key| {
						let (result, paid) = apply(key, inference(epoch), 0);
						assert_eq!(result, Ok(()));
						paid
					})
					.collect();
				let free = paid.iter().filter(|paid| **paid == 0).count();
				assert!((4..=8).contains(&free), "{free} of {ACCOUNTS} were free");
				assert!(paid.iter().all(|paid| *paid == 0 || *paid > ALLO / 200));
			});
		}
	});
}

/// Fills the current block beyond the target with normal transactions of others.
fn fill_to_target() {
	let limits = <Runtime as frame_system::Config>::BlockWeights::get();
	let most = limits.get(DispatchClass::Normal).max_total.expect("there is a limit");
	let target = Weight::from_parts(TargetBlockFullness::get() * most.ref_time(), 0);
	System::register_extra_weight_unchecked(target, DispatchClass::Normal);
}

#[test]
fn free_submissions_never_fill_a_block_beyond_the_fullness_from_which_fees_rise() {
	on_chain(|| {
		let first = start(32, 16, &accounts(&[Alice, Bob, Charlie]), &[(Alice, 1_000)]);
		block(|| {
			add_proxies(&[Charlie]);
			assert_eq!(apply(&Alice.pair(), inference(first), 0), (Ok(()), 0));
			fill_to_target();
			let (result, paid) = apply(&Bob.pair(), inference(first), 0);
			assert_eq!(result, Ok(()));
			assert!(paid > ALLO / 200, "a seat in a busy block costs {paid}");
			let (result, paid) = apply(&Two.pair(), proxied(Charlie, inference(first)), 0);
			assert_eq!(result, Ok(()));
			assert!(paid > ALLO / 200, "a seat in a busy block costs {paid} by proxy");
		});
		// Blocks that are full to the target do not raise the multiplier.
		type Update = <Runtime as pallet_transaction_payment::Config>::FeeMultiplierUpdate;
		block(|| {
			fill_to_target();
			assert_eq!(Update::convert(Multiplier::one()), Multiplier::one());
		});
	});
}

/// Applies a transaction that fills the current block beyond the target by its bytes, a quarter of
/// 3.75 MiB, and by a fiftieth of that by its weight.
fn fill_by_length() {
	let remark = vec![0; 1_100_000];
	assert_ok!(apply(&Dave.pair(), frame_system::Call::remark { remark }, 0).0);
}

#[test]
fn block_full_of_bytes_is_busy_and_raises_the_fees_of_the_next_ones() {
	on_chain(|| {
		let first = start(32, 16, &accounts(&[Alice, Bob]), &[(Alice, 1_000)]);
		let next = pallet_transaction_payment::NextFeeMultiplier::<Runtime>::get;
		assert_eq!(next(), Multiplier::one());
		block(|| {
			assert_eq!(apply(&Alice.pair(), inference(first), 0), (Ok(()), 0));
			fill_by_length();
			let (result, paid) = apply(&Bob.pair(), inference(first), 0);
			assert_eq!(result, Ok(()));
			assert!(paid > ALLO / 200, "a seat in a busy block costs {paid}");
		});
		let raised = next();
		assert!(raised > Multiplier::one(), "{raised}");
		block(|| ());
		assert!(next() < raised, "{} after an empty block", next());
	});
}

#[test]
fn fee_for_bytes_follows_the_multiplier() {
	on_chain(|| {
		let fee = || TransactionPayment::length_to_fee(1_000);
		assert_eq!(fee(), ALLO / 1_000);
		let hundred = Multiplier::saturating_from_integer(100);
		pallet_transaction_payment::NextFeeMultiplier::<Runtime>::put(hundred);
		assert_eq!(fee(), ALLO / 10);
	});
}

/// A hundred blocks whose bytes fill `percent` of what they may, and whose weight fills as much, raise
/// or lower the multiplier alike: the SDK's formula is the reference.
#[test]
fn multiplier_follows_length_by_the_formula_of_weight() {
	type Update = <Runtime as pallet_transaction_payment::Config>::FeeMultiplierUpdate;
	let after = |fill: &dyn Fn()| {
		preset("development").execute_with(|| {
			fill();
			(0..100).fold(Multiplier::from_u32(2), |multiplier, _| Update::convert(multiplier))
		})
	};
	for percent in [0, 10, 25, 60, 100] {
		let by_weight = after(&|| {
			let limits = <Runtime as frame_system::Config>::BlockWeights::get();
			let most = limits.get(DispatchClass::Normal).max_total.expect("there is a limit");
			let weight = Weight::from_parts(most.ref_time() / 100 * percent, 0);
			frame_system::BlockWeight::<Runtime>::kill();
			frame_system::BlockSize::<Runtime>::kill();
			System::register_extra_weight_unchecked(weight, DispatchClass::Normal);
		});
		let by_length = after(&|| {
			let limits = <Runtime as frame_system::Config>::BlockLength::get();
			let most = u64::from(*limits.max.get(DispatchClass::Normal));
			frame_system::BlockWeight::<Runtime>::kill();
			frame_system::BlockSize::<Runtime>::put((most * percent / 100) as u32);
		});
		let (one, other) = (by_weight.into_inner(), by_length.into_inner());
		assert!(one.abs_diff(other) < 1_000_000_000, "{percent} %: {by_weight} and {by_length}");
		let expected = percent.cmp(&25);
		assert_eq!(by_length.cmp(&Multiplier::from_u32(2)), expected, "{percent} %: {by_length}");
	}
}

#[test]
fn fee_multiplier_is_at_most_a_hundred() {
	on_chain(|| {
		type Update = <Runtime as pallet_transaction_payment::Config>::FeeMultiplierUpdate;
		let limits = <Runtime as frame_system::Config>::BlockWeights::get();
		let full = limits.get(DispatchClass::Normal).max_total.expect("there is a limit");
		let most = Multiplier::saturating_from_integer(100);
		block(|| {
			System::register_extra_weight_unchecked(full, DispatchClass::Normal);
			let mut multiplier = Multiplier::one();
			let blocks = (0..).take_while(|_| {
				multiplier = Update::convert(multiplier);
				multiplier < most
			});
			// Eight to nine days of full blocks.
			let days = blocks.count() as u32 * 6 / 86_400;
			assert!((5..20).contains(&days), "{days}");
			assert_eq!(Update::convert(multiplier), most);
		});
		// What a full block costs then, in fees for weight.
		pallet_transaction_payment::NextFeeMultiplier::<Runtime>::put(most);
		let each = TransactionPayment::weight_to_fee(full) * 100 / ALLO;
		assert!((1_000..2_000).contains(&each), "{each} ALLO");
	});
}

/// The author of test blocks.
fn author() -> AccountId {
	Authorship::author().expect("the block has an author")
}

#[test]
fn author_gets_a_quarter_of_fees_and_all_tips_and_the_ecosystem_pot_the_rest() {
	on_chain(|| {
		block(|| {
			let (author_before, pot_before) = (free(&author()), ecosystem());
			let issued = Balances::total_issuance();
			let remark = || frame_system::Call::remark { remark: vec![1] };
			let mut fees = 0;
			for tip in [0, 1, 12_345] {
				let (result, paid) = apply(&Eve.pair(), remark(), tip);
				assert_eq!(result, Ok(()));
				fees += (paid - tip) / 4;
				assert_eq!(
					free(&author()),
					author_before + fees + [0, 1, 12_346][tip.min(2) as usize]
				);
				// Rounding favours the pot.
				assert!((paid - tip) * 3 <= (paid - tip - (paid - tip) / 4) * 4);
			}
			let authors = free(&author()) - author_before;
			assert_eq!(authors, fees + 12_346);
			assert!(ecosystem() - pot_before >= 3 * fees);
			assert_eq!(Balances::total_issuance(), issued);
		});
	});
}

/// An author used to get back all that it paid in its own blocks.
#[test]
fn author_that_fills_its_own_block_pays_three_quarters() {
	on_chain(|| {
		block(|| {
			let who = AliceStash;
			assert_eq!(author(), who.to_account_id());
			let before = (free(&who.to_account_id()), ecosystem());
			for _ in 0..10 {
				let sent = frame_system::Call::remark { remark: vec![0; 100] };
				let xt = signed(&who.pair(), sent, 1_000);
				assert_eq!(Executive::apply_extrinsic(xt), Ok(Ok(())));
			}
			let lost = before.0 - free(&who.to_account_id());
			assert!(lost > 0);
			assert_eq!(ecosystem() - before.1, lost);
		});
	});
}

/// What an account must hold for a transaction beyond the existential deposit: the fee of the
/// declared weight, of which what is free is returned.
fn fee_beforehand(call: RuntimeCall) -> Balance {
	let xt: UncheckedExtrinsic = signed(&Alice.pair(), call, 0);
	let info = xt.get_dispatch_info();
	assert_eq!(info.pays_fee, Pays::Yes);
	let details = TransactionPayment::query_fee_details(xt.clone(), xt.encoded_size() as u32);
	let fee = details.inclusion_fee.expect("it pays a fee").inclusion_fee();
	assert_eq!(
		fee,
		TransactionPayment::query_info(xt.clone(), xt.encoded_size() as u32).partial_fee
	);
	fee
}

#[test]
fn what_must_lie_on_an_account_beforehand_is_as_documented() {
	on_chain(|| {
		block(|| {
			let epoch = now();
			let units = |call| fee_beforehand(call) * 10_000 / ALLO;
			// A submission and a report of one label: 0.0087 and 0.0083 ALLO.
			let usual = [units(inference(epoch)), units(report(epoch))];
			// The largest of both kinds, by proxy: 0.0196 and 0.0189 ALLO.
			let value = FixedI128::from_u32(8);
			let forecast = (0..32).map(|n| (AccountId::new([n; 32]), value)).collect();
			let largest = pallet_inference::Call::submit {
				topic: TOPIC,
				epoch,
				inference: Some(BoundedVec::truncate_from(vec![Some(value); 8])),
				forecast: Some(BoundedVec::truncate_from(forecast)),
			};
			let losses = BoundedVec::truncate_from(vec![value; 346]);
			let bundle_hash = Default::default();
			let losses =
				pallet_reputer::Call::report_losses { topic: TOPIC, epoch, bundle_hash, losses };
			let largest =
				[largest.into(), losses.into()].map(|call| units(submitted_for(Bob, call)));
			assert!(usual.iter().all(|fee| (50..120).contains(fee)), "{usual:?}");
			let most = usual.into_iter().chain(largest).max();
			assert!(most.is_some_and(|most| most <= 300), "{usual:?} and {largest:?}");
			assert!(include_str!("../../docs/workers.md").contains("Keep 0.03 ALLO"));
		});
	});
}
