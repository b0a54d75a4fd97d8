//! Epochs: their windows, their states, and the steps of the clock.

use crate::{EpochId, LossClass, Rule, Slot, TopicParameters};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// The windows of an epoch, in slots, which follow from its opening.
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
#[scale_info(capture_docs = "always")]
pub struct EpochWindows {
	/// The first slot in which payloads, or commitments to them, are accepted; the epoch's number.
	pub workers_open: Slot,
	/// The last slot in which payloads, or commitments to them, are accepted.
	pub workers_last: Slot,
	/// The last slot in which committed payloads are revealed; reveals are accepted from the slot
	/// after `workers_last`. Equal to `workers_last` in a topic without a reveal window.
	pub reveals_last: Slot,
	/// The first slot in which reports are accepted.
	pub reports_open: Slot,
	/// The last slot in which reports are accepted.
	pub reports_last: Slot,
}

impl EpochWindows {
	/// The windows of `epoch` in a topic with these parameters: payloads in `B ..= B + W`, reveals
	/// in `B + W + 1 ..= B + W + V`, reports in `B + A ..= B + A + EL - 1`.
	pub fn new(epoch: EpochId, parameters: &TopicParameters) -> Self {
		let workers_last = epoch.saturating_add(parameters.worker_window.into());
		let reports_open = epoch.saturating_add(parameters.reporting_delay().into());
		Self {
			workers_open: epoch,
			workers_last,
			reveals_last: workers_last.saturating_add(parameters.reveal_window.into()),
			reports_open,
			reports_last: reports_open
				.saturating_add(parameters.epoch_length.into())
				.saturating_sub(1),
		}
	}

	/// Whether payloads, or commitments to them, are accepted in this slot.
	pub fn accepts_payloads(&self, slot: Slot) -> bool {
		(self.workers_open..=self.workers_last).contains(&slot)
	}

	/// Whether committed payloads are revealed in this slot.
	pub fn accepts_reveals(&self, slot: Slot) -> bool {
		slot > self.workers_last && slot <= self.reveals_last
	}

	/// Whether reports are accepted in this slot.
	pub fn accepts_reports(&self, slot: Slot) -> bool {
		(self.reports_open..=self.reports_last).contains(&slot)
	}

	/// The first slot in which a step may be taken.
	pub fn due(&self, step: Step) -> Slot {
		match step {
			Step::Open => self.workers_open,
			Step::CloseWorkers => self.reveals_last.saturating_add(1),
			Step::CloseReputers => self.reports_last.saturating_add(1),
		}
	}
}

/// A step of an epoch. Steps that are due in the same slot are taken in this order.
///
/// There is no step that opens reporting, since that follows from the slot alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
	/// Reporting closes: losses, regrets, weights, scores and rewards are computed.
	CloseReputers,
	/// The worker window and the reveal window have closed: the network inference bundle is
	/// computed.
	CloseWorkers,
	/// The epoch opens: revenue decays, and the topic's weight is renewed.
	Open,
}

/// The state of an epoch.
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
#[scale_info(capture_docs = "always")]
pub enum EpochState {
	/// Payloads, or commitments to them, are accepted until the worker window is over. This is also
	/// how the state is stored while it reads as [`EpochState::Revealing`].
	#[codec(index = 0)]
	Collecting,
	/// The worker window is over, and the topic has a reveal window: committed payloads are
	/// revealed until it is over, and the clock has not closed the epoch to workers yet.
	#[codec(index = 1)]
	Revealing,
	/// The network inference is computed, and the truth is not known yet. This is also how the
	/// state is stored while it reads as [`EpochState::Reporting`].
	#[codec(index = 2)]
	AwaitingTruth,
	/// The reporting window has opened, and the clock has not closed it yet.
	#[codec(index = 3)]
	Reporting,
	/// Losses and scores are computed, and rewards are credited.
	#[codec(index = 4)]
	Settled,
	/// A step failed, for this reason.
	#[codec(index = 5)]
	Void(VoidReason),
}

impl EpochState {
	/// Whether the epoch has no step to come.
	pub fn is_final(&self) -> bool {
		matches!(self, Self::Settled | Self::Void(_))
	}
}

/// Why an epoch is void.
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
#[scale_info(capture_docs = "always")]
pub enum VoidReason {
	/// No inference was accepted.
	#[codec(index = 0)]
	NoInference,
	/// No report was accepted.
	#[codec(index = 1)]
	NoReport,
	/// The reports were fewer, or had less stake, than the topic's minimum.
	#[codec(index = 2)]
	TooFewReputers,
	/// A number was out of range.
	#[codec(index = 3)]
	Arithmetic,
}

/// The state and the windows of an epoch.
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
	/// The state.
	pub state: EpochState,
	/// The windows.
	pub windows: EpochWindows,
}

impl EpochRecord {
	/// The record as it reads in this slot: [`EpochState::Collecting`] becomes
	/// [`EpochState::Revealing`] in the first slot of the reveal window, if there is one, and
	/// [`EpochState::AwaitingTruth`] becomes [`EpochState::Reporting`] in the slot in which reporting
	/// opens.
	pub fn read_at(self, slot: Slot) -> Self {
		let EpochWindows { workers_last, reveals_last, reports_open, .. } = self.windows;
		match self.state {
			EpochState::Collecting if slot > workers_last && reveals_last > workers_last => {
				Self { state: EpochState::Revealing, ..self }
			}
			EpochState::AwaitingTruth if slot >= reports_open => {
				Self { state: EpochState::Reporting, ..self }
			}
			_ => self,
		}
	}
}

/// The sizes of an epoch, which determine the weights of its steps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EpochSizes {
	/// The number of active inferers.
	pub inferers: u32,
	/// The number of active forecasters.
	pub forecasters: u32,
	/// The number of active reputers.
	pub reputers: u32,
	/// The number of elements kept of each forecast.
	pub elements: u32,
	/// The number of labels.
	pub labels: u32,
	/// The number of epochs that await their scores when payloads for the newest are accepted.
	pub in_flight: u32,
	/// What it takes to compute the losses; nothing if they are reported.
	pub loss: LossClass,
	/// Whether workers commit to their payloads and reveal them.
	pub reveals: bool,
	/// The rule by which the epoch is synthesized and learned from.
	pub rule: Rule,
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
			loss: parameters.loss_method.class(),
			reveals: parameters.has_reveal_window(),
			rule: parameters.rule,
		}
	}

	/// The number of values of a report on such an epoch.
	pub const fn reported_values(&self) -> u32 {
		match self.loss {
			LossClass::Reported => self.bundle_elements(),
			LossClass::Plain | LossClass::Curved => self.labels,
		}
	}

	/// The number of elements of the bundle of such an epoch (S 12.3).
	pub const fn bundle_elements(&self) -> u32 {
		let (n, f) = (self.inferers, self.forecasters);
		let pairs = match self.rule {
			Rule::Mixture => 0,
			Rule::Regret => n.saturating_mul(f),
		};
		2u32.saturating_add(n.saturating_mul(2))
			.saturating_add(f.saturating_mul(3))
			.saturating_add(pairs)
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	/// The windows of epoch 1000 with epochs of 20 slots.
	fn windows(worker_window: u32, reveal_window: u32) -> EpochWindows {
		let regression = TopicParameters::regression(20, worker_window, 20);
		EpochWindows::new(1_000, &TopicParameters { reveal_window, ..regression })
	}

	/// The state in which a collecting epoch with these windows reads in a slot.
	fn state(windows: EpochWindows, slot: Slot) -> EpochState {
		EpochRecord { state: EpochState::Collecting, windows }.read_at(slot).state
	}

	#[test]
	fn each_slot_until_the_close_is_in_one_window_of_workers() {
		for worker_window in 1..20 {
			for reveal_window in 0..20 - worker_window {
				let windows = windows(worker_window, reveal_window);
				let due = windows.due(Step::CloseWorkers);
				assert_eq!(due, 1_000 + Slot::from(worker_window + reveal_window) + 1);
				assert!(due <= 1_020);
				for slot in 990..1_050 {
					let is_open = (1_000..due).contains(&slot);
					let payloads = windows.accepts_payloads(slot);
					let reveals = windows.accepts_reveals(slot);
					assert_eq!(payloads != reveals, is_open);
					assert!(!(payloads && reveals));
					assert_eq!(payloads, is_open && slot - 1_000 <= worker_window.into());
				}
				assert!(windows.reports_open >= due);
			}
		}
	}

	#[test]
	fn collecting_epoch_reads_as_revealing_in_its_reveal_window_and_until_it_is_closed() {
		let with = windows(4, 3);
		for (slot, expected) in [
			(1_004, EpochState::Collecting),
			(1_005, EpochState::Revealing),
			(1_007, EpochState::Revealing),
			(1_008, EpochState::Revealing),
		] {
			assert_eq!(state(with, slot), expected, "{slot}");
		}
	}

	#[test]
	fn epoch_without_a_reveal_window_never_reads_as_revealing() {
		assert!((1_000..1_040).all(|slot| state(windows(4, 0), slot) == EpochState::Collecting));
	}
}
