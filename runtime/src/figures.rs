//! Figures for the metrics of nodes: what a block did, and how busy the clock is.
//!
//! Only the runtime of a block can decode the block's events for certain, so nodes ask it to count
//! them instead of decoding them.

use crate::{
	configs::{max_block_weight, BabeSlots},
	Clock, Runtime, RuntimeEvent, System, Topics,
};
use allora_primitives::{
	api::{BlockFigures, ClockFigures, SubmissionOutcome, MAX_WALK},
	traits::{SlotProvider, TopicRegistry},
	EpochId, EpochWindows, Role, Slot, Step, TopicId, VoidReason,
};
use frame_support::dispatch::DispatchClass;
use pallet_clock::{Agenda, AgendaEntry, Class, TopicStates};

/// Counts the events of the block.
pub fn block_figures() -> BlockFigures {
	let mut figures = BlockFigures::default();
	for record in System::read_events_no_consensus() {
		match record.event {
			RuntimeEvent::Clock(event) => count_step(&mut figures, event),
			RuntimeEvent::Inference(event) => count_work(&mut figures, event),
			RuntimeEvent::Reputer(event) => count_report(&mut figures, event),
			RuntimeEvent::Emissions(event) => add_amounts(&mut figures, event),
			RuntimeEvent::System(event) => count_call(&mut figures, event),
			_ => (),
		}
	}
	figures
}

fn add(count: &mut u32, more: usize) {
	*count = count.saturating_add(more.try_into().unwrap_or(u32::MAX));
}

fn count_step(figures: &mut BlockFigures, event: pallet_clock::Event<Runtime>) {
	use pallet_clock::Event::*;
	match event {
		EpochOpened { topic, epoch, .. } => {
			add(&mut figures.opened, 1);
			add(&mut figures.late_steps, is_late(topic, epoch, &[Step::Open]).into());
		}
		WorkersClosed { topic, epoch } => {
			add(&mut figures.workers_closed, 1);
			add(&mut figures.late_steps, is_late(topic, epoch, &[Step::CloseWorkers]).into());
		}
		EpochSettled { topic, epoch } => {
			add(&mut figures.settled, 1);
			add(&mut figures.late_steps, is_late(topic, epoch, &[Step::CloseReputers]).into());
		}
		EpochVoided { topic, epoch, reason } => {
			count_void(figures, reason);
			// Which step failed follows from the slot, as long as no step is later than the next.
			let steps = [Step::CloseReputers, Step::CloseWorkers, Step::Open];
			add(&mut figures.late_steps, is_late(topic, epoch, &steps).into());
		}
		EpochsSkipped { count, .. } => figures.skipped = figures.skipped.saturating_add(count),
		_ => (),
	}
}

fn count_void(figures: &mut BlockFigures, reason: VoidReason) {
	match figures.voided.iter_mut().find(|(of, _)| *of == reason) {
		Some((_, count)) => add(count, 1),
		None => figures.voided.push((reason, 1)),
	}
}

/// Whether the first of these steps that is due was taken after its deadline.
fn is_late(topic: TopicId, epoch: EpochId, steps: &[Step]) -> bool {
	let Some(clocked) = <Topics as TopicRegistry>::clocked(topic) else { return false };
	let now = BabeSlots::current_slot();
	let windows = EpochWindows::new(epoch, &clocked.parameters);
	let due = steps.iter().map(|step| windows.due(*step)).find(|due| *due <= now);
	let tolerance = Class::of(clocked.parameters.epoch_length).tolerance();
	due.is_some_and(|due| due.saturating_add(tolerance) < now)
}

fn count_submission(figures: &mut BlockFigures, role: Role, outcome: SubmissionOutcome, n: usize) {
	match figures.submissions.iter_mut().find(|(of, what, _)| (*of, *what) == (role, outcome)) {
		Some((.., count)) => add(count, n),
		None => {
			let mut count = 0;
			add(&mut count, n);
			figures.submissions.push((role, outcome, count));
		}
	}
}

fn count_work(figures: &mut BlockFigures, event: pallet_inference::Event<Runtime>) {
	use pallet_inference::Event;
	use SubmissionOutcome::*;
	let (role, outcome, count) = match event {
		Event::InferenceAccepted { .. } => (Role::Inferer, Accepted, 1),
		Event::ForecastAccepted { .. } => (Role::Forecaster, Accepted, 1),
		Event::Committed { role, .. } => (role, Committed, 1),
		Event::Passive { role, .. } => (role, Passive, 1),
		Event::Displaced { role, .. } => (role, Displaced, 1),
		Event::Unrevealed { role, scores, .. } => (role, Unrevealed, scores.len()),
		_ => return,
	};
	count_submission(figures, role, outcome, count);
}

fn count_report(figures: &mut BlockFigures, event: pallet_reputer::Event<Runtime>) {
	use pallet_reputer::Event;
	let outcome = match event {
		Event::ReportAccepted { .. } => SubmissionOutcome::Accepted,
		Event::Passive { .. } => SubmissionOutcome::Passive,
		Event::Displaced { .. } => SubmissionOutcome::Displaced,
		Event::Abstained { .. } => SubmissionOutcome::Abstained,
		_ => return,
	};
	count_submission(figures, Role::Reputer, outcome, 1);
}

fn add_amounts(figures: &mut BlockFigures, event: pallet_emissions::Event<Runtime>) {
	use pallet_emissions::Event::*;
	let (sum, amount) = match event {
		RewardsCredited { inference, forecast, reputation, .. } => {
			let BlockFigures { inference_rewards, forecast_rewards, .. } = figures;
			*inference_rewards = inference_rewards.saturating_add(inference);
			*forecast_rewards = forecast_rewards.saturating_add(forecast);
			(&mut figures.reputation_rewards, reputation)
		}
		PaidOut { amount, .. } => (&mut figures.paid_out, amount),
		EmissionReturned { amount, .. } => (&mut figures.emission_returned, amount),
		EarningsReturned { amount, .. } => (&mut figures.earnings_returned, amount),
		PayoutFailed { .. } => return add(&mut figures.failed_payouts, 1),
		_ => return,
	};
	*sum = sum.saturating_add(amount);
}

fn count_call(figures: &mut BlockFigures, event: frame_system::Event<Runtime>) {
	match event {
		frame_system::Event::ExtrinsicSuccess { .. } => add(&mut figures.succeeded_calls, 1),
		frame_system::Event::ExtrinsicFailed { .. } => add(&mut figures.failed_calls, 1),
		_ => (),
	}
}

/// The state of the clock, from the first [`MAX_WALK`] topics on its agenda, and the weight of the
/// block.
pub fn clock_figures() -> ClockFigures {
	let now = BabeSlots::current_slot();
	let mut agenda = Agenda::<Runtime>::iter_keys();
	let (mut active_topics, mut epochs_in_flight, mut entries, mut overdue) = (0, 0, 0, 0);
	let mut delay: Slot = 0;
	for key in agenda.by_ref().take(MAX_WALK as usize) {
		let AgendaEntry { due, topic, .. } = AgendaEntry::from_key(key);
		let state = TopicStates::<Runtime>::get(topic);
		let in_flight = state.records.iter().filter(|(_, state)| !state.is_final()).count();
		add(&mut entries, 1);
		add(&mut active_topics, state.active.into());
		add(&mut epochs_in_flight, in_flight);
		add(&mut overdue, (due <= now).into());
		delay = delay.max(now.saturating_sub(due));
	}
	let (reserved, share) = Clock::reserved_and_share();
	let block = System::block_weight();
	ClockFigures {
		active_topics,
		epochs_in_flight,
		agenda: entries,
		has_more: agenda.next().is_some(),
		overdue,
		delay,
		reserved,
		share,
		used: pallet_clock::Used::<Runtime>::get(),
		normal: *block.get(DispatchClass::Normal),
		operational: *block.get(DispatchClass::Operational),
		mandatory: *block.get(DispatchClass::Mandatory),
		max_block: max_block_weight(),
	}
}
