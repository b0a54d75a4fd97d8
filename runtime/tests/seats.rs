//! Who gets the seats of a topic over many epochs, on the real runtime (S 7.4).

use crate::support::{block, call, on_chain, run_to};
use allora_primitives::{
	api::runtime_decl_for_explain_api::ExplainApi,
	traits::{BundleInspect, EpochInspect},
	Balance, EpochId, FixedI128, LossMethod, Outcome, Registration, TopicId, TopicParameters, ALLO,
};
use allora_runtime::{AccountId, Aggregation, Clock, Inference, Reputer, Runtime};
use frame_support::{assert_ok, BoundedVec};
use sp_keyring::Sr25519Keyring::{self, *};

const TOPIC: TopicId = 1;
const EPOCH_LENGTH: EpochId = 10;
/// The true value of every epoch.
const TRUTH: u32 = 10;

fn send(who: Sr25519Keyring, sent: impl Into<allora_runtime::RuntimeCall>) {
	assert_ok!(call(&who.to_account_id(), sent));
}

/// A topic of two seats for inferers and two for reputers, with these workers and reputers and
/// their stakes. Returns the first epoch, which has just opened.
fn start(workers: &[Sr25519Keyring], reputers: &[(Sr25519Keyring, Balance)]) -> EpochId {
	let register = |who, registration| {
		send(who, pallet_registry::Call::register { topic: TOPIC, registration, owner: None });
	};
	block(|| {
		let usual = TopicParameters::regression(EPOCH_LENGTH as u32, 4, EPOCH_LENGTH as u32);
		let loss_method = LossMethod::Custom(BoundedVec::truncate_from(b"own".to_vec()));
		let parameters = TopicParameters { max_inferers: 2, max_reputers: 2, loss_method, ..usual };
		send(Ferdie, pallet_registry::Call::create { parameters: Box::new(parameters) });
		workers.iter().for_each(|who| register(*who, Registration::Worker));
		for (who, stake) in reputers {
			register(*who, Registration::Reputer);
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

fn infer(who: Sr25519Keyring, epoch: EpochId, value: u32) {
	let inference = Some(BoundedVec::truncate_from(vec![Some(FixedI128::from_u32(value))]));
	send(who, pallet_inference::Call::submit { topic: TOPIC, epoch, inference, forecast: None });
}

/// Reports as losses the distances from the truth, or their opposites.
fn report(who: Sr25519Keyring, epoch: EpochId, right: bool) {
	let bundle = <Aggregation as BundleInspect<AccountId>>::bundle(TOPIC, epoch).unwrap();
	let loss = |value: &FixedI128| {
		let distance = (value.into_inner() - FixedI128::from_u32(TRUTH).into_inner()).abs();
		FixedI128::from_inner(if right { distance } else { -distance })
	};
	let losses = BoundedVec::truncate_from(bundle.element_values.iter().map(loss).collect());
	let bundle_hash = bundle.hash();
	send(who, pallet_reputer::Call::report_losses { topic: TOPIC, epoch, bundle_hash, losses });
}

/// Two reputers of 100 ALLO with the same wrong report used to keep one of 10 000 ALLO out of both
/// seats, and the wrong worker was paid 287 times the right one.
#[test]
fn small_reputers_that_agree_neither_shut_out_the_largest_stake_nor_decide_who_is_paid() {
	on_chain(|| {
		let first = start(&[Bob, Charlie], &[(One, 100), (Two, 100), (Alice, 10_000)]);
		let (mut right, mut wrong) = (0, 0);
		for epoch in (first..).step_by(EPOCH_LENGTH as usize).take(14) {
			run_to(epoch);
			block(|| {
				infer(Bob, epoch, TRUTH);
				infer(Charlie, epoch, 2 * TRUTH);
				if epoch > first {
					let before = epoch - EPOCH_LENGTH;
					report(One, before, false);
					report(Two, before, false);
					report(Alice, before, true);
					let alice = Reputer::outcome(TOPIC, before, &Alice.to_account_id());
					assert_eq!(alice, Some(Outcome::Accepted), "epoch {before}");
				}
			});
			let settled = epoch.saturating_sub(2 * EPOCH_LENGTH);
			let reward = |who: Sr25519Keyring| {
				Runtime::explain(who.to_account_id(), TOPIC, settled).inferer.standing.reward
			};
			right += reward(Bob);
			wrong += reward(Charlie);
		}
		assert!(right > wrong, "{right} and {wrong}");
	});
}

/// Two equal inferences used to keep a better worker passive in 15 of 15 epochs.
#[test]
fn equal_sybils_do_not_keep_a_better_worker_out() {
	on_chain(|| {
		let first = start(&[Bob, Charlie, Dave], &[(Alice, 1_000)]);
		let mut held = Vec::new();
		for epoch in (first..).step_by(EPOCH_LENGTH as usize).take(15) {
			run_to(epoch);
			block(|| {
				infer(Bob, epoch, 2 * TRUTH);
				infer(Charlie, epoch, 2 * TRUTH);
				infer(Dave, epoch, TRUTH);
				if epoch > first {
					report(Alice, epoch - EPOCH_LENGTH, true);
				}
			});
			let role = allora_primitives::Role::Inferer;
			let dave = Inference::outcome(TOPIC, epoch, role, &Dave.to_account_id());
			held.push(dave == Some(Outcome::Accepted));
		}
		let seats = |of: &[bool]| of.iter().filter(|held| **held).count();
		assert!(seats(&held[..5]) > 0, "{held:?}");
		assert!(seats(&held) >= 10, "{held:?}");
	});
}
