//! The phases of a block to which events belong. Clients show the events in the phase of an
//! extrinsic as its outcome, so none of them may come from a hook.

use crate::support::{begin_block_in, block, call, now, on_chain, transactions};
use allora_primitives::{
	traits::EpochInspect, EpochId, FixedI128, Registration, Slot, TopicId, TopicParameters, ALLO,
};
use allora_runtime::{
	Clock, Executive, Runtime, RuntimeCall, RuntimeEvent, System, UncheckedExtrinsic,
};
use frame_support::{assert_ok, BoundedVec};
use frame_system::{EventRecord, Phase};
use pallet_migrations::{ActiveCursor, Cursor, MigrationCursor};
use sp_core::H256;
use sp_keyring::Sr25519Keyring::{self, *};

type Event = EventRecord<RuntimeEvent, H256>;

const TOPIC: TopicId = 1;

/// A call as a signed transaction, without a tip.
pub fn signed(who: Sr25519Keyring, call: impl Into<RuntimeCall>) -> UncheckedExtrinsic {
	transactions::signed(&who.pair(), call, 0)
}

/// A transaction by an account that has nothing to do with any topic.
fn remark() -> UncheckedExtrinsic {
	signed(Eve, frame_system::Call::remark { remark: b"a stranger's".to_vec() })
}

/// Makes a block with the timestamp and these transactions, which succeed; returns its events.
fn block_of(transactions: Vec<UncheckedExtrinsic>) -> Vec<Event> {
	let now = begin_block_in(now() + 1);
	let timestamp = UncheckedExtrinsic::new_bare(pallet_timestamp::Call::set { now }.into());
	for extrinsic in [timestamp].into_iter().chain(transactions) {
		assert_eq!(Executive::apply_extrinsic(extrinsic), Ok(Ok(())));
	}
	Executive::finalize_block();
	System::events()
}

/// The names of the pallets and events in a phase.
fn names_in(phase: Phase, events: &[Event]) -> Vec<String> {
	let name = |event: &RuntimeEvent| {
		let text = format!("{event:?}").replace("Event::", "");
		let end = text.find([' ', '{', ')']).unwrap_or(text.len());
		text[..end].to_string()
	};
	events.iter().filter(|event| event.phase == phase).map(|event| name(&event.event)).collect()
}

const WORKERS: [Sr25519Keyring; 2] = [Bob, Charlie];
const REPUTERS: [Sr25519Keyring; 2] = [One, Two];

/// Creates a topic with workers and reputers. Returns the first epoch, which has just opened.
fn start() -> EpochId {
	block(|| {
		let parameters = Box::new(TopicParameters::regression(10, 4, 10));
		assert_ok!(call(&Alice.to_account_id(), pallet_registry::Call::create { parameters }));
		let workers = WORKERS.map(|who| (who, Registration::Worker));
		for (who, registration) in
			workers.into_iter().chain(REPUTERS.map(|who| (who, Registration::Reputer)))
		{
			let register =
				pallet_registry::Call::register { topic: TOPIC, registration, owner: None };
			assert_ok!(call(&who.to_account_id(), register));
		}
		for who in REPUTERS {
			let stake = pallet_reputer::Call::stake { topic: TOPIC, amount: 1_000 * ALLO };
			assert_ok!(call(&who.to_account_id(), stake));
		}
		let fund = pallet_registry::Call::fund { topic: TOPIC, amount: 100 * ALLO };
		assert_ok!(call(&Alice.to_account_id(), fund));
	});
	(0..20)
		.find_map(|_| {
			block(|| ());
			<Clock as EpochInspect>::collecting_epoch(TOPIC)
		})
		.expect("the topic is active")
}

fn submissions(epoch: EpochId) -> Vec<UncheckedExtrinsic> {
	let submit = |(who, value)| {
		let inference = Some(BoundedVec::truncate_from(vec![Some(FixedI128::from_u32(value))]));
		let forecast = None;
		signed(who, pallet_inference::Call::submit { topic: TOPIC, epoch, inference, forecast })
	};
	WORKERS.into_iter().zip([7, 9]).map(submit).collect()
}

fn reports(epoch: EpochId) -> Vec<UncheckedExtrinsic> {
	let report = |who| {
		let truth = BoundedVec::truncate_from(vec![FixedI128::from_u32(8)]);
		signed(who, pallet_reputer::Call::report { topic: TOPIC, epoch, truth })
	};
	REPUTERS.into_iter().map(report).collect()
}

/// The last slot of an epoch, in which it is settled.
fn settlement(epoch: EpochId) -> Slot {
	epoch + 20
}

/// Makes the next block of an epoch, with these transactions and those of the participants.
fn next_block(epoch: EpochId, mut transactions: Vec<UncheckedExtrinsic>) -> Vec<Event> {
	match now() - epoch {
		0 => transactions.extend(submissions(epoch)),
		10 => transactions.extend(reports(epoch)),
		_ => (),
	}
	block_of(transactions)
}

#[test]
fn events_of_an_epoch_are_in_the_phase_of_the_hooks() {
	on_chain(|| {
		let epoch = start();
		let mut of_hooks = vec![];
		while now() < settlement(epoch) {
			of_hooks.extend(names_in(Phase::Initialization, &next_block(epoch, vec![])));
		}
		for name in [
			"Clock(EpochOpened",
			"Clock(WorkersClosed",
			"Clock(EpochSettled",
			"Aggregation(InferenceMade",
			"Emissions(PaidOut",
		] {
			assert!(of_hooks.iter().any(|seen| seen == name), "{name} is not in {of_hooks:?}");
		}
	});
}

#[test]
fn unrelated_transaction_has_the_same_events_in_the_block_of_every_step() {
	on_chain(|| {
		let quiet = block_of(vec![remark()]);
		let alone = names_in(Phase::ApplyExtrinsic(1), &quiet);
		assert!(alone.iter().any(|name| name == "System(ExtrinsicSuccess"), "{alone:?}");
		let epoch = start();
		while now() < settlement(epoch) {
			let events = next_block(epoch, vec![remark()]);
			assert_eq!(names_in(Phase::ApplyExtrinsic(0), &events), ["System(ExtrinsicSuccess"]);
			assert_eq!(names_in(Phase::ApplyExtrinsic(1), &events), alone);
		}
	});
}

#[test]
fn no_event_is_in_the_phase_of_an_extrinsic_that_does_not_exist() {
	on_chain(|| {
		let epoch = start();
		block_of(submissions(epoch));
		let mut made = 0;
		while now() < epoch + 10 {
			let events = block_of(vec![]);
			let inherent = |event: &&Event| matches!(event.phase, Phase::ApplyExtrinsic(_));
			assert_eq!(events.iter().filter(inherent).count(), 1, "{events:?}");
			assert_eq!(names_in(Phase::ApplyExtrinsic(0), &events), ["System(ExtrinsicSuccess"]);
			let inference = |name: &&String| *name == "Aggregation(InferenceMade";
			made += names_in(Phase::Initialization, &events).iter().filter(inference).count();
		}
		assert_eq!(made, 1);
	});
}

#[test]
fn end_of_migrations_is_in_the_phase_of_the_hooks() {
	on_chain(|| {
		block(|| ());
		let done = ActiveCursor { index: 0, inner_cursor: None, started_at: 1 };
		Cursor::<Runtime>::put(MigrationCursor::Active(done));
		let events = block_of(vec![]);
		let of_hooks = names_in(Phase::Initialization, &events);
		let ended = of_hooks.iter().filter(|name| *name == "Migrations(UpgradeCompleted").count();
		assert_eq!(ended, 1, "{of_hooks:?}");
		assert_eq!(names_in(Phase::ApplyExtrinsic(1), &events), [""; 0]);
	});
}
