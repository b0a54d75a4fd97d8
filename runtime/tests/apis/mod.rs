//! What pages and agents read through the runtime APIs, on the real runtime: pages join, limits
//! hold, and lists agree with the calls for single items.

mod aggregation;
mod emissions;
mod explain;
mod reputer;
mod topics;

use crate::support::{block, block_in, call, now};
use allora_primitives::{
	traits::{EpochInspect, TopicInspect},
	EpochId, FixedI128, Registration, Slot, TopicId, TopicParameters, ALLO,
};
use allora_runtime::{AccountId, Clock, RuntimeCall, Topics};
use frame_support::{assert_ok, BoundedVec};
use sp_keyring::Sr25519Keyring::{self, *};
use sp_runtime::DispatchError;

const TOPIC: TopicId = 1;
/// The length of an epoch in slots, and the number of slots after its opening in which payloads are
/// accepted.
const LENGTH: EpochId = 10;
const WINDOW: EpochId = 4;
/// The value of each label in every epoch.
const TRUTH: u32 = 10;
/// The limits with which pages are read.
const LIMITS: [u32; 4] = [1, 2, 3, 7];

fn try_send(who: Sr25519Keyring, sent: impl Into<RuntimeCall>) -> Result<(), DispatchError> {
	call(&who.to_account_id(), sent)
}

fn send(who: Sr25519Keyring, sent: impl Into<RuntimeCall>) {
	assert_ok!(try_send(who, sent));
}

fn parameters() -> TopicParameters {
	TopicParameters::regression(LENGTH as u32, WINDOW as u32, LENGTH as u32)
}

fn create(parameters: TopicParameters) {
	send(Alice, pallet_registry::Call::create { parameters: Box::new(parameters) });
}

fn register(topic: TopicId, who: Sr25519Keyring, registration: Registration) {
	send(who, pallet_registry::Call::register { topic, registration, owner: None });
}

fn stake(topic: TopicId, who: Sr25519Keyring, amount: u128) {
	register(topic, who, Registration::Reputer);
	send(who, pallet_reputer::Call::stake { topic, amount: amount * ALLO });
}

/// Creates a topic of these parameters with four workers, and with the reputers One and Two, whose
/// stakes are 1000 and 2000 ALLO. Returns the first epoch, which has just opened.
fn start(parameters: TopicParameters) -> EpochId {
	block(|| {
		create(parameters);
		for who in [Bob, Charlie, Dave, Ferdie] {
			register(TOPIC, who, Registration::Worker);
		}
		stake(TOPIC, One, 1_000);
		stake(TOPIC, Two, 2_000);
		send(Alice, pallet_registry::Call::fund { topic: TOPIC, amount: 1_000 * ALLO });
	});
	let collecting = || {
		block(|| ());
		<Clock as EpochInspect>::collecting_epoch(TOPIC)
	};
	(0..20).find_map(|_| collecting()).expect("the topic is active")
}

/// Makes a block in this slot, unless there is one; the slots before it are missed.
fn go_to(slot: Slot) {
	if now() < slot {
		block_in(slot, || ());
	}
}

/// One value per label.
fn labels<Value: Clone>(value: Value) -> Vec<Value> {
	let parameters = <Topics as TopicInspect<AccountId>>::parameters(TOPIC).unwrap();
	vec![value; parameters.labels.len()]
}

fn inference(epoch: EpochId, value: u32) -> RuntimeCall {
	let values = labels(Some(FixedI128::from_u32(value)));
	let inference = Some(BoundedVec::truncate_from(values));
	pallet_inference::Call::submit { topic: TOPIC, epoch, inference, forecast: None }.into()
}

fn forecast(epoch: EpochId, about: &[Sr25519Keyring]) -> RuntimeCall {
	let elements = about.iter().map(|who| (who.to_account_id(), FixedI128::from_u32(1)));
	let forecast = Some(BoundedVec::truncate_from(elements.collect()));
	pallet_inference::Call::submit { topic: TOPIC, epoch, inference: None, forecast }.into()
}

fn report(epoch: EpochId) -> RuntimeCall {
	let truth = BoundedVec::truncate_from(labels(FixedI128::from_u32(TRUTH)));
	pallet_reputer::Call::report { topic: TOPIC, epoch, truth }.into()
}

/// Runs these epochs, counted from the first one: inferers send values that are further from the
/// truth one by one, Ferdie forecasts about them, and both reputers report on the epoch before.
fn run_epochs(first: EpochId, numbers: std::ops::Range<u64>, inferers: &[Sr25519Keyring]) {
	for number in numbers {
		let epoch = first + number * LENGTH;
		go_to(epoch);
		block(|| {
			if number > 0 {
				[One, Two].iter().for_each(|who| send(*who, report(epoch - LENGTH)));
			}
			for (at, who) in inferers.iter().enumerate() {
				send(*who, inference(epoch, TRUTH + 1 + at as u32));
			}
			send(Ferdie, forecast(epoch, inferers));
		});
		go_to(epoch + WINDOW + 1);
	}
}
