//! The life of an epoch: its windows, its states, and the steps of the clock.

use crate::{EpochId, Slot, TopicParameters};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// The slots of one epoch, by arithmetic on its opening.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct EpochWindows {
	/// First slot in which payloads are accepted; the epoch's number.
	pub workers_open: Slot,
	/// Last slot in which payloads are accepted.
	pub workers_last: Slot,
	/// First slot in which loss reports are accepted.
	pub reports_open: Slot,
	/// Last slot in which loss reports are accepted.
	pub reports_last: Slot,
}

impl EpochWindows {
	/// The windows of `epoch` in a topic with these parameters: payloads in `B ..= B + W`, reports
	/// in `B + A ..= B + A + EL - 1`.
	pub fn new(epoch: EpochId, parameters: &TopicParameters) -> Self {
		let reports_open = epoch.saturating_add(parameters.reporting_delay().into());
		Self {
			workers_open: epoch,
			workers_last: epoch.saturating_add(parameters.worker_window.into()),
			reports_open,
			reports_last: reports_open
				.saturating_add(parameters.epoch_length.into())
				.saturating_sub(1),
		}
	}

	/// Whether loss reports are accepted in this slot.
	pub fn accepts_reports(&self, slot: Slot) -> bool {
		(self.reports_open..=self.reports_last).contains(&slot)
	}

	/// The slot in which a step is due.
	pub fn due(&self, step: Step) -> Slot {
		match step {
			Step::Open => self.workers_open,
			Step::CloseWorkers => self.workers_last.saturating_add(1),
			Step::CloseReputers => self.reports_last.saturating_add(1),
		}
	}
}

/// A step of the clock, in the order in which steps due in one slot are done.
///
/// Reporting opens by arithmetic alone: nothing is to be done for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
	/// Reports are closed: losses, regrets, weights, scores, rewards.
	CloseReputers,
	/// Payloads are closed: the network inference bundle is made.
	CloseWorkers,
	/// The epoch opens: revenue decays, the topic's weight is renewed.
	Open,
}

/// Where an epoch stands.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub enum EpochState {
	/// Payloads are being accepted.
	#[codec(index = 0)]
	Collecting,
	/// Committed payloads are being revealed; only in topics that require it.
	#[codec(index = 1)]
	Revealing,
	/// The network inference is made; the truth is not known yet. Once the reporting window has
	/// opened, the same epoch reads [`EpochState::Reporting`].
	#[codec(index = 2)]
	AwaitingTruth,
	/// The reporting window has opened, and the clock has not closed it yet.
	#[codec(index = 3)]
	Reporting,
	/// Losses are known, scores are given, rewards are paid.
	#[codec(index = 4)]
	Settled,
	/// The epoch came to nothing, for this reason.
	#[codec(index = 5)]
	Void(VoidReason),
}

impl EpochState {
	/// Whether nothing more happens to the epoch.
	pub fn is_final(&self) -> bool {
		matches!(self, Self::Settled | Self::Void(_))
	}
}

/// Why an epoch came to nothing.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub enum VoidReason {
	/// No inference was accepted.
	#[codec(index = 0)]
	NoInference,
	/// No loss report was accepted.
	#[codec(index = 1)]
	NoReport,
	/// Fewer reputers, or less stake, reported than the topic asks for.
	#[codec(index = 2)]
	TooFewReputers,
	/// A computation left its range.
	#[codec(index = 3)]
	Arithmetic,
	/// There was nothing to pay.
	#[codec(index = 4)]
	NoReward,
}

/// Where an epoch stands and what its windows are.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct EpochRecord {
	/// Where the epoch stands.
	pub state: EpochState,
	/// Its windows.
	pub windows: EpochWindows,
}

impl EpochRecord {
	/// The record as it reads in this slot: the clock leaves an epoch awaiting its truth, and from
	/// the slot in which reporting opens on that is [`EpochState::Reporting`].
	pub fn read_at(self, slot: Slot) -> Self {
		match self.state {
			EpochState::AwaitingTruth if slot >= self.windows.reports_open => {
				Self { state: EpochState::Reporting, ..self }
			}
			_ => self,
		}
	}
}

/// How big an epoch is, for weights.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EpochSizes {
	/// Inferers.
	pub inferers: u32,
	/// Forecasters.
	pub forecasters: u32,
	/// Reputers.
	pub reputers: u32,
	/// Elements kept of each forecast.
	pub elements: u32,
	/// Labels.
	pub labels: u32,
	/// Epochs whose scores are still to come when payloads for the newest are taken.
	pub in_flight: u32,
}

impl EpochSizes {
	/// The largest epoch that a topic with these parameters can have.
	pub fn worst_case(parameters: &TopicParameters) -> Self {
		Self {
			inferers: parameters.max_inferers,
			forecasters: parameters.max_forecasters,
			reputers: parameters.max_reputers,
			elements: crate::KEPT_FORECAST_ELEMENTS,
			labels: parameters.labels.len() as u32,
			in_flight: parameters.epochs_in_flight(),
		}
	}

	/// Elements of the bundle of such an epoch (S 12.3).
	pub const fn bundle_elements(&self) -> u32 {
		let (n, f) = (self.inferers, self.forecasters);
		2u32.saturating_add(n.saturating_mul(2))
			.saturating_add(f.saturating_mul(3))
			.saturating_add(n.saturating_mul(f))
	}
}
