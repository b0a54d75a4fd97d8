//! What the rooms have in common: topics, and who does what in them.

use crate::support::{block, call, now, run_to};
use allora_primitives::{
	traits::EpochInspect, Balance, EpochId, FixedI128, Registration, TopicId, TopicParameters, ALLO,
};
use allora_runtime::{AccountId, Clock, Runtime, RuntimeCall};
use frame_support::{assert_ok, BoundedVec};
use sp_keyring::Sr25519Keyring::{self, *};

/// The length of an epoch in slots, and the number of slots after its opening in which payloads are
/// accepted.
pub const LENGTH: u32 = 10;
/// See [`LENGTH`].
pub const WINDOW: u32 = 4;
/// The topic of an id that no topic has.
pub const NONE: TopicId = TopicId::MAX;

/// The largest number.
pub const MAX: FixedI128 = FixedI128::from_inner(i128::MAX);
/// The least number.
pub const MIN: FixedI128 = FixedI128::from_inner(i128::MIN);

/// The id of an account.
pub fn id(who: Sr25519Keyring) -> AccountId {
	who.to_account_id()
}

/// Sends a call that succeeds.
pub fn send(who: Sr25519Keyring, sent: impl Into<RuntimeCall>) {
	assert_ok!(call(&id(who), sent));
}

/// The parameters of a topic of one label.
pub fn usual() -> TopicParameters {
	TopicParameters::regression(LENGTH, WINDOW, LENGTH)
}

/// Creates a topic of Ferdie's, and returns its id.
pub fn create(parameters: TopicParameters) -> TopicId {
	let topic = pallet_registry::NextTopicId::<Runtime>::get();
	send(Ferdie, pallet_registry::Call::create { parameters: Box::new(parameters) });
	topic
}

/// Registers an account.
pub fn register(topic: TopicId, who: Sr25519Keyring, registration: Registration) {
	send(who, pallet_registry::Call::register { topic, registration, owner: None });
}

/// Stakes this many ALLO.
pub fn stake(topic: TopicId, who: Sr25519Keyring, amount: Balance) {
	send(who, pallet_reputer::Call::stake { topic, amount: amount * ALLO });
}

/// Funds a topic with this many ALLO of Ferdie's.
pub fn fund(topic: TopicId, amount: Balance) {
	send(Ferdie, pallet_registry::Call::fund { topic, amount: amount * ALLO });
}

/// Creates a topic of Ferdie's with the workers Alice and Bob, and the reputer Charlie, whose stake
/// is 1000 ALLO. It is active from the next slot on, unless its epochs open on demand.
pub fn create_active(parameters: TopicParameters) -> TopicId {
	let topic = create(parameters);
	register(topic, Alice, Registration::Worker);
	register(topic, Bob, Registration::Worker);
	register(topic, Charlie, Registration::Reputer);
	stake(topic, Charlie, 1_000);
	fund(topic, 100);
	topic
}

/// Creates a topic, and retires it after the notice. An epoch of it with an inference is not settled
/// for twenty slots.
pub fn create_retired() -> TopicId {
	let topic = block(|| create_active(usual()));
	block(|| send(Ferdie, pallet_registry::Call::retire { topic }));
	// The notice is 60 slots.
	skip_to(now() + 62);
	let epoch = collecting(topic);
	block(|| {
		send(Alice, submit(topic, epoch, &[number(1)]));
		send(Ferdie, pallet_registry::Call::retire { topic });
	});
	topic
}

/// Makes blocks until an epoch of the topic collects payloads, and returns it.
pub fn collecting(topic: TopicId) -> EpochId {
	let in_next_block = || {
		block(|| ());
		<Clock as EpochInspect>::collecting_epoch(topic)
	};
	let now = <Clock as EpochInspect>::collecting_epoch(topic);
	now.or_else(|| (0..40).find_map(|_| in_next_block())).expect("the topic is active")
}

/// A number.
pub fn number(value: i64) -> FixedI128 {
	FixedI128::from_inner(i128::from(value) * 1_000_000_000_000_000_000)
}

/// The values of an inference.
pub fn values(values: &[FixedI128]) -> Option<allora_primitives::bundle::SubmittedInference> {
	Some(BoundedVec::truncate_from(values.iter().map(|value| Some(*value)).collect()))
}

/// A forecast about these accounts.
pub fn forecast(
	of: &[(AccountId, FixedI128)],
) -> Option<allora_primitives::bundle::SubmittedForecast<AccountId>> {
	Some(BoundedVec::truncate_from(of.to_vec()))
}

/// A submission of an inference.
pub fn submit(topic: TopicId, epoch: EpochId, inference: &[FixedI128]) -> RuntimeCall {
	let (inference, forecast) = (values(inference), None);
	pallet_inference::Call::submit { topic, epoch, inference, forecast }.into()
}

/// A report of the truth.
pub fn report(topic: TopicId, epoch: EpochId, truth: &[FixedI128]) -> RuntimeCall {
	let truth = BoundedVec::truncate_from(truth.to_vec());
	pallet_reputer::Call::report { topic, epoch, truth }.into()
}

/// Alice submits an inference for the epoch, whose values are these, and time passes until its
/// reporting is open.
pub fn serve(topic: TopicId, epoch: EpochId, inference: &[FixedI128]) {
	block(|| send(Alice, submit(topic, epoch, inference)));
	run_to(epoch + EpochId::from(LENGTH));
}

/// Makes all topics' clocks stop, in effect: the slots until this one have no blocks.
pub fn skip_to(slot: EpochId) {
	assert!(now() < slot);
	crate::support::block_in(slot, || ());
}
