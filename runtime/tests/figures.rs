//! The figures of blocks and of the clock that nodes expose as metrics.

use crate::support::{block, block_in, call, now, on_chain, run_to};
use allora_primitives::{
	api::{
		runtime_decl_for_monitoring_api::MonitoringApi, BlockFigures, ClockFigures,
		SubmissionOutcome,
	},
	traits::EpochInspect,
	EpochId, EpochWindows, FixedI128, Registration, Role, Slot, Step, TopicId, TopicParameters,
	VoidReason, ALLO,
};
use allora_runtime::{Clock, Runtime, RuntimeCall};
use frame_support::{assert_ok, BoundedVec};
use sp_keyring::Sr25519Keyring::{self, *};

const TOPIC: TopicId = 1;
/// The length of an epoch in slots.
const LENGTH: Slot = 10;
/// The number of slots by which a step of such epochs may be late: the largest power of two within a
/// quarter of an epoch.
const TOLERANCE: Slot = 2;

fn parameters() -> TopicParameters {
	TopicParameters::regression(LENGTH as u32, 4, LENGTH as u32)
}

fn send(who: Sr25519Keyring, sent: impl Into<RuntimeCall>) {
	assert_ok!(call(&who.to_account_id(), sent));
}

/// Creates a topic with the workers Bob and Charlie and the reputer Alice, and returns the first epoch
/// that can open.
fn start() -> EpochId {
	block(|| {
		let parameters = Box::new(parameters());
		send(Alice, pallet_registry::Call::create { parameters });
		let worker = Registration::Worker;
		for (who, registration) in
			[(Bob, worker), (Charlie, worker), (Alice, Registration::Reputer)]
		{
			let owner = None;
			send(who, pallet_registry::Call::register { topic: TOPIC, registration, owner });
		}
		send(Alice, pallet_reputer::Call::stake { topic: TOPIC, amount: 1_000 * ALLO });
	});
	while Clock::collecting_epoch(TOPIC).is_none() {
		block(|| ());
	}
	Clock::collecting_epoch(TOPIC).expect("the loop has ended")
}

fn infer(who: Sr25519Keyring, epoch: EpochId, value: u32) {
	let inference = Some(BoundedVec::truncate_from(vec![Some(FixedI128::from_u32(value))]));
	send(who, pallet_inference::Call::submit { topic: TOPIC, epoch, inference, forecast: None });
}

fn windows(epoch: EpochId) -> EpochWindows {
	EpochWindows::new(epoch, &parameters())
}

fn block_figures() -> BlockFigures {
	Runtime::block_figures()
}

fn clock_figures() -> ClockFigures {
	Runtime::clock_figures()
}

#[test]
fn figures_follow_an_epoch_from_its_opening_to_its_settlement() {
	on_chain(|| {
		let epoch = start();
		assert_eq!((block_figures().opened, block_figures().late_steps), (1, 0));
		let figures = clock_figures();
		assert_eq!((figures.active_topics, figures.epochs_in_flight, figures.overdue), (1, 1, 0));
		assert!(figures.reserved.ref_time() > 0 && figures.reserved.all_lte(figures.share));
		let opening = figures.used;

		block(|| {
			infer(Bob, epoch, 4);
			infer(Charlie, epoch, 6);
		});
		// A block without a due step only looks at the agenda.
		let idle = clock_figures().used;
		assert!(idle.ref_time() > 0 && idle.ref_time() < opening.ref_time());
		assert!(opening.all_lte(clock_figures().share));
		let submissions = block_figures().submissions;
		assert_eq!(submissions, [(Role::Inferer, SubmissionOutcome::Accepted, 2)]);

		run_to(windows(epoch).due(Step::CloseWorkers));
		assert_eq!((block_figures().workers_closed, block_figures().late_steps), (1, 0));
		assert!(block_figures().submissions.is_empty());

		run_to(windows(epoch).reports_open);
		block(|| {
			let truth = BoundedVec::truncate_from(vec![FixedI128::from_u32(5)]);
			send(Alice, pallet_reputer::Call::report { topic: TOPIC, epoch, truth });
		});
		let submissions = block_figures().submissions;
		assert_eq!(submissions, [(Role::Reputer, SubmissionOutcome::Accepted, 1)]);

		run_to(windows(epoch).due(Step::CloseReputers));
		let figures = block_figures();
		assert_eq!((figures.settled, figures.late_steps, figures.voided.len()), (1, 0, 0));
		// Both inferers are equally far from the truth, and nobody forecast.
		assert!(figures.inference_rewards > 0 && figures.reputation_rewards > 0);
		assert_eq!((figures.forecast_rewards, figures.failed_payouts), (0, 0));
	});
}

#[test]
fn epoch_without_inferences_counts_as_void_and_later_ones_that_cannot_open_as_skipped() {
	on_chain(|| {
		let epoch = start();
		run_to(windows(epoch).due(Step::CloseWorkers));
		assert_eq!(block_figures().voided, [(VoidReason::NoInference, 1)]);
		// No block is made in two whole windows.
		block_in(epoch + 3 * LENGTH, || ());
		assert_eq!((block_figures().skipped, block_figures().opened), (2, 1));
	});
}

#[test]
fn step_is_late_only_after_its_deadline() {
	for (delay, late) in [(0, 0), (TOLERANCE, 0), (TOLERANCE + 1, 1)] {
		on_chain(|| {
			let epoch = start();
			block(|| infer(Bob, epoch, 4));
			let due = windows(epoch).due(Step::CloseWorkers);
			run_to(due - 1);
			assert_eq!(block_figures().late_steps, 0);
			block_in(due + delay, || ());
			assert_eq!(block_figures().workers_closed, 1, "{delay}");
			assert_eq!(block_figures().late_steps, late, "{delay}");
		});
	}
}

#[test]
fn void_epoch_is_late_by_the_step_that_voided_it() {
	for (delay, late) in [(TOLERANCE, 0), (TOLERANCE + 1, 1)] {
		on_chain(|| {
			let epoch = start();
			let due = windows(epoch).due(Step::CloseWorkers);
			run_to(due - 1);
			block_in(due + delay, || ());
			let figures = block_figures();
			assert_eq!(figures.voided, [(VoidReason::NoInference, 1)]);
			assert_eq!(figures.late_steps, late, "{delay}");
		});
	}
}

#[test]
fn clock_that_has_no_room_shows_what_is_overdue() {
	on_chain(|| {
		let epoch = start();
		let before = now();
		assert_eq!((clock_figures().overdue, clock_figures().delay), (0, 0));
		// The state between a block's beginning and its due steps: nothing is taken yet.
		let due = windows(epoch).due(Step::CloseWorkers);
		crate::support::begin_block_in(due + 1);
		assert!(now() > before);
		assert_eq!((clock_figures().overdue, clock_figures().delay), (1, 1));
		let time = (due + 1) * allora_runtime::Babe::slot_duration();
		assert_ok!(allora_runtime::Timestamp::set(allora_runtime::RuntimeOrigin::none(), time));
		allora_runtime::Executive::inherents_applied();
		allora_runtime::Executive::finalize_block();
		assert_eq!((clock_figures().overdue, clock_figures().delay), (0, 0));
	});
}
