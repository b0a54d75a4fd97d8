//! Figures of blocks and of the chain, for the metrics of nodes.

use crate::{Balance, Role, Slot, VoidReason};
use alloc::vec::Vec;
use codec::{Decode, Encode};
use frame_support::weights::Weight;
use scale_info::TypeInfo;

/// What happened to a submission, as its event says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub enum SubmissionOutcome {
	/// The payload entered the active set: submitted, or revealed by a worker with a seat.
	#[codec(index = 0)]
	Accepted,
	/// The worker took a seat with a commitment.
	#[codec(index = 1)]
	Committed,
	/// The active set was full, and no member was weaker.
	#[codec(index = 2)]
	Passive,
	/// A stronger account took the seat.
	#[codec(index = 3)]
	Displaced,
	/// The worker did not reveal what it had committed to.
	#[codec(index = 4)]
	Unrevealed,
	/// The reputer declared that it does not report.
	#[codec(index = 5)]
	Abstained,
}

/// What happened in a block, counted. Amounts are in planck.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct BlockFigures {
	/// The number of epochs that opened.
	pub opened: u32,
	/// The number of epochs whose network inference was computed.
	pub workers_closed: u32,
	/// The number of epochs that were settled.
	pub settled: u32,
	/// The number of epochs that never opened, since the clock was too late for them.
	pub skipped: u64,
	/// The number of epochs that became void, by reason; reasons without one are left out.
	pub voided: Vec<(VoidReason, u32)>,
	/// The number of steps of epochs that were taken after their deadlines.
	pub late_steps: u32,
	/// The number of submissions by role and outcome; those without one are left out.
	pub submissions: Vec<(Role, SubmissionOutcome, u32)>,
	/// The rewards credited to inferers.
	pub inference_rewards: Balance,
	/// The rewards credited to forecasters.
	pub forecast_rewards: Balance,
	/// The rewards credited to reputers.
	pub reputation_rewards: Balance,
	/// The earnings that were paid out to workers and reputers.
	pub paid_out: Balance,
	/// The emission that returned to the ecosystem pot from epochs that paid nothing.
	pub emission_returned: Balance,
	/// The earnings that could not be paid out and returned to the pots of their topics.
	pub earnings_returned: Balance,
	/// The number of payouts that failed, which are tried again.
	pub failed_payouts: u32,
	/// The number of transactions whose calls succeeded, inherents included.
	pub succeeded_calls: u32,
	/// The number of transactions whose calls failed.
	pub failed_calls: u32,
}

/// The state of the clock after a block, and the weight that the block used.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct ClockFigures {
	/// The number of active topics among those looked at.
	pub active_topics: u32,
	/// The number of epochs in flight of the topics looked at: opened, neither settled nor void.
	pub epochs_in_flight: u32,
	/// The number of topics looked at: those with a step to come, at most
	/// [`MAX_WALK`](super::MAX_WALK).
	pub agenda: u32,
	/// Whether there are more topics with a step to come.
	pub has_more: bool,
	/// The number of topics whose next step was due in the block's slot or before, and was not
	/// taken.
	pub overdue: u32,
	/// The number of slots by which the longest waiting of these steps is behind its due slot.
	pub delay: Slot,
	/// The worst-case average weight per block that active topics have reserved.
	pub reserved: Weight,
	/// The weight of a block that the clock may use and topics may reserve.
	pub share: Weight,
	/// The weight that the clock used in the block.
	pub used: Weight,
	/// The weight that the block used for transactions.
	pub normal: Weight,
	/// The weight that the block used for operational transactions.
	pub operational: Weight,
	/// The weight that the block used for inherents and hooks, of which the clock is one.
	pub mandatory: Weight,
	/// The maximum weight of a block.
	pub max_block: Weight,
}

sp_api::decl_runtime_apis! {
	/// Figures for the metrics of nodes. The version changes with the types of the figures.
	pub trait MonitoringApi {
		/// What happened in the block whose state is read.
		fn block_figures() -> BlockFigures;
		/// The state of the clock, and the weight that the block used.
		fn clock_figures() -> ClockFigures;
	}
}
