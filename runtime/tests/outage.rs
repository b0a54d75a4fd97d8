//! The chain after a long time without blocks.

use crate::support::{block, block_in, call, now, on_chain, run_to};
use allora_primitives::{
	traits::EpochInspect, EpochId, EpochState, FixedI128, Registration, Slot, TopicId,
	TopicParameters, VoidReason, ALLO,
};
use allora_runtime::{Clock, Emissions, Runtime, RuntimeEvent, System};
use frame_support::{assert_ok, BoundedVec};
use pallet_clock::{Agenda, AgendaEntry, Event};
use sp_keyring::Sr25519Keyring::{Alice, Bob};

const TOPICS: TopicId = 100;
/// The length of an epoch in slots.
const LENGTH: Slot = 10;
/// The number of slots without a block.
const OUTAGE: Slot = 2_000;

/// Creates the topics in one block, each with the usual seats for 32 inferers, 6 forecasters and 6
/// reputers, and with a worker and a staked reputer. Returns their first epoch.
fn start() -> EpochId {
	block(|| {
		let (creator, worker) = (Alice.to_account_id(), Bob.to_account_id());
		for topic in 1..=TOPICS {
			// All first epochs open in the same slot, the next one.
			let phase = Some(((now() + 1) % LENGTH) as u32);
			let regression = TopicParameters::regression(LENGTH as u32, 4, LENGTH as u32);
			let parameters = Box::new(TopicParameters { phase, ..regression });
			assert_ok!(call(&creator, pallet_registry::Call::create { parameters }));
			for (who, registration) in
				[(&worker, Registration::Worker), (&creator, Registration::Reputer)]
			{
				let register = pallet_registry::Call::register { topic, registration, owner: None };
				assert_ok!(call(who, register));
			}
			assert_ok!(call(&creator, pallet_reputer::Call::stake { topic, amount: 100 * ALLO }));
		}
	});
	now() + 1
}

fn infer(topic: TopicId, epoch: EpochId) {
	let inference = Some(BoundedVec::truncate_from(vec![Some(FixedI128::from_u32(1))]));
	let submit = pallet_inference::Call::submit { topic, epoch, inference, forecast: None };
	assert_ok!(call(&Bob.to_account_id(), submit));
}

fn state(topic: TopicId, epoch: EpochId) -> Option<EpochState> {
	Clock::epoch_state(topic, epoch)
}

/// The number of topics with a step that is due and not taken yet.
fn late_topics() -> usize {
	Agenda::<Runtime>::iter_keys().filter(|key| AgendaEntry::from_key(*key).due <= now()).count()
}

/// The clock's events of the newest block.
fn events() -> Vec<Event<Runtime>> {
	let topics = |event| match event {
		RuntimeEvent::Clock(event) => Some(event),
		_ => None,
	};
	System::events().into_iter().filter_map(|record| topics(record.event)).collect()
}

#[test]
fn clock_takes_missed_steps_only_of_epochs_that_were_open() {
	on_chain(|| {
		let first = start();
		run_to(first + LENGTH);
		let second = first + LENGTH;
		block(|| (1..=TOPICS).for_each(|topic| infer(topic, second)));
		let emitted = Emissions::emission_info();

		// Two slots into the window of an epoch, so that it opens at once.
		let back = second + OUTAGE + 2;
		let before = now();
		block_in(back, || ());
		// Emission counts a slot without a block as it counts one with a block.
		let after = Emissions::emission_info();
		let slots = u128::from(back - before);
		assert_eq!(after.emitted - emitted.emitted, slots * emitted.slot_emission);

		// Each topic has missed both closes of the epoch with a payload, and has an epoch to open.
		// The epoch before is already void, because it has no inference.
		let due = 3 * TOPICS as usize;
		let (mut blocks, mut skipped, mut opened) = (1, 0, 0);
		loop {
			for event in events() {
				match event {
					Event::EpochsSkipped { first, count, .. } => {
						assert_eq!((first, count), (second + LENGTH, OUTAGE / LENGTH - 1));
						skipped += 1;
					}
					Event::EpochOpened { epoch, .. } => {
						assert_eq!(epoch, second + OUTAGE);
						opened += 1;
					}
					_ => (),
				}
			}
			if late_topics() == 0 {
				break;
			}
			block(|| ());
			blocks += 1;
		}
		println!("on time again after {blocks} blocks for {due} steps");
		assert!(blocks <= due, "{blocks} blocks");
		assert_eq!((skipped, opened), (TOPICS, TOPICS));
		for topic in 1..=TOPICS {
			assert_eq!(state(topic, first), Some(EpochState::Void(VoidReason::NoInference)));
			assert_eq!(state(topic, second), Some(EpochState::Void(VoidReason::NoReport)));
			assert_eq!(state(topic, second + OUTAGE), Some(EpochState::Collecting));
			assert_eq!(state(topic, second + OUTAGE / 2), None);
		}
	});
}
