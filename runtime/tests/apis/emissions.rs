//! `EmissionsApi`: what the running epoch of a topic would pay.

use super::*;
use crate::support::{on_chain, run_to};
use allora_primitives::api::{
	runtime_decl_for_emissions_api::EmissionsApi, runtime_decl_for_topics_api::TopicsApi, Accrued,
};
use allora_runtime::{Runtime, RuntimeEvent, System};

/// The emission assigned to an epoch in the newest block, in planck.
fn assigned(of: EpochId) -> Option<u128> {
	System::events().into_iter().find_map(|record| match record.event {
		RuntimeEvent::Emissions(pallet_emissions::Event::EmissionAssigned {
			epoch,
			amount,
			..
		}) if epoch == of => Some(amount),
		_ => None,
	})
}

#[test]
fn running_epoch_gets_what_its_topic_has_accrued() {
	on_chain(|| {
		assert_eq!(Runtime::accrued(TOPIC), None);
		let first = start(parameters());
		let accrued = || Runtime::accrued(TOPIC).unwrap().emission;
		// Without an inference the epoch would be void, and its emission returned.
		block(|| send(Bob, inference(first, 1)));
		run_to(first + LENGTH - 2);
		let before = accrued();
		run_to(first + LENGTH - 1);
		let (last, step) = (accrued(), accrued() - before);
		assert!(step > 0);
		// The block that opens the next epoch adds the emission of the slot before its own.
		run_to(first + LENGTH);
		let amount = assigned(first).expect("the epoch has ended");
		assert!(amount.abs_diff(last + step) <= 1, "{amount} after {last} and {step}");
		assert!(accrued() <= 1);
	});
}

#[test]
fn topic_that_shares_in_nothing_has_accrued_nothing() {
	on_chain(|| {
		block(|| create(parameters()));
		block(|| ());
		assert_eq!(Runtime::accrued(TOPIC), Some(Accrued { emission: 0, pot: 0 }));
	});
}

#[test]
fn pot_is_what_consumers_have_paid_since_the_last_settlement() {
	on_chain(|| {
		let first = start(parameters());
		run_epochs(first, 0..1, &[Bob]);
		let pot = || Runtime::accrued(TOPIC).unwrap().pot;
		assert_eq!(pot(), 0);
		block(|| {
			let (payment, max_age) = (4 * ALLO, 10);
			send(Eve, pallet_consumer::Call::buy { topic: TOPIC, payment, max_age, keep: false });
		});
		// Three quarters of the payment.
		assert_eq!((pot(), Runtime::topic(TOPIC).unwrap().pot), (3 * ALLO, 3 * ALLO));
		run_epochs(first, 1..2, &[Bob]);
		go_to(first + 2 * LENGTH);
		// What rounding leaves of an epoch stays in the pot.
		assert!(pot() < 100, "{} planck are left", pot());
	});
}
