//! Tests by subject. Epochs are those of the mock's [`parameters`](crate::mock::parameters): 10
//! slots long, payloads in the first 4, reports from 20 to 29 slots after the opening.

mod creator;
mod invariants;
mod notice;
mod owners;
mod queries;
mod registry;
mod rule;
mod subsidy;

use crate::{mock::*, Economies};
use allora_primitives::{traits::TopicInspect, Registration};
use frame_support::assert_ok;

fn signed(who: u64) -> RuntimeOrigin {
	RuntimeOrigin::signed(who)
}

/// An account that has a balance and signs nothing but changes of ownership.
const VAULT: u64 = 70;

#[docify::export]
#[test]
fn topic_is_created_and_joined() {
	ExtBuilder::build_and_execute(|| {
		// Alice creates a topic and pays the creation fee.
		assert_ok!(Topics::create(RuntimeOrigin::signed(ALICE), Box::new(parameters())));
		let topic = 1;
		// Bob registers as a worker and pays the registration fee. His vault is paid for his work.
		let (worker, owner) = (Registration::Worker, Some(VAULT));
		assert_ok!(Topics::register(RuntimeOrigin::signed(BOB), topic, worker, owner));
		assert!(Topics::is_registered(topic, &BOB, worker));
		assert_eq!(Topics::payee(topic, &BOB, worker), VAULT);
		// Both fees count as revenue of the topic.
		let fees = CreateFee::get() + RegisterFee::get();
		assert_eq!(Economies::<Test>::get(topic).revenue, fees);
	});
}
