//! What the clock stores.

use crate::{Class, Reservation};
use allora_primitives::{
	traits::ClockInfo, EpochId, EpochState, EpochWindows, Slot, Slots, Step, TopicId,
	TopicParameters, MAX_HISTORY,
};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{weights::Weight, BoundedVec};
use scale_info::TypeInfo;
use sp_runtime::traits::ConstU32;

/// Maximum number of a topic's epochs that have not come to their end: a ground-truth lag's worth and
/// the one that collects.
pub const MAX_IN_FLIGHT: u32 = TopicParameters::MAX_LAG_EPOCHS + 1;

/// A topic's epochs on record with their states, oldest first.
pub type Records = BoundedVec<(EpochId, EpochState), ConstU32<{ MAX_HISTORY + MAX_IN_FLIGHT }>>;

/// A topic's clock: what has happened to its epochs, and what comes next.
#[derive(
	Clone,
	Debug,
	Default,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct TopicState {
	/// Whether the topic's epochs open by the clock.
	pub active: bool,
	/// Slot in which the first epoch since the latest activation opens.
	pub anchor: Slot,
	/// Its epochs on record, oldest first. The clock leaves an epoch [`EpochState::AwaitingTruth`]
	/// while its reporting is open; what clients read is [`EpochRecord::read_at`] a slot.
	///
	/// [`EpochRecord::read_at`]: allora_primitives::EpochRecord::read_at
	pub records: Records,
	/// Whether another epoch follows the one opened last.
	pub continues: bool,
	/// The epoch that opens next, or the slot in which the topic becomes inactive, if the epochs
	/// between the running one and it were skipped.
	pub put_off_to: Option<Slot>,
	/// Due slot under which the topic is on the agenda; `None` if nothing is to be done.
	pub scheduled: Option<Slot>,
	/// What is reserved for the topic; `None` while it has no step to come.
	pub reservation: Option<Reservation>,
}

impl TopicState {
	/// The epoch opened last.
	pub fn last_epoch(&self) -> Option<EpochId> {
		self.records.last().map(|(epoch, _)| *epoch)
	}

	/// The state of an epoch on record, as the clock has left it.
	pub fn epoch_state(&self, epoch: EpochId) -> Option<EpochState> {
		self.position(epoch).and_then(|at| self.records.get(at)).map(|(_, state)| *state)
	}

	/// Changes the state of an epoch; returns whether it is on record.
	pub(crate) fn set_epoch_state(&mut self, epoch: EpochId, state: EpochState) -> bool {
		let record = self.position(epoch).and_then(|at| self.records.get_mut(at));
		record.map(|record| record.1 = state).is_some()
	}

	fn position(&self, epoch: EpochId) -> Option<usize> {
		self.records.binary_search_by_key(&epoch, |(epoch, _)| *epoch).ok()
	}

	/// The epoch that the latest activation has opened last; `None` before its first one.
	pub fn running_epoch(&self) -> Option<EpochId> {
		self.last_epoch().filter(|last| self.active && *last >= self.anchor)
	}

	/// Slot in which the running epoch has ended: the next one opens or the topic becomes inactive.
	pub fn running_end(&self, epoch_length: Slots) -> Option<Slot> {
		let last = self.running_epoch()?;
		Some(self.put_off_to.unwrap_or_else(|| last.saturating_add(epoch_length.into())))
	}

	/// The epoch that opens next; `None` in an inactive topic and in one whose last epoch is open.
	pub fn next_epoch(&self, epoch_length: Slots) -> Option<EpochId> {
		match self.running_epoch() {
			Some(_) => self.running_end(epoch_length).filter(|_| self.continues),
			None => self.active.then_some(self.anchor),
		}
	}

	/// Puts the next opening off to a later slot.
	pub(crate) fn put_off(&mut self, to: Slot) {
		match self.running_epoch() {
			Some(_) => self.put_off_to = Some(to),
			None => self.anchor = to,
		}
	}

	/// The latest epoch of which payloads may have been accepted: it has begun by arithmetic,
	/// whether or not the clock has opened it yet.
	fn begun_epoch(&self, now: Slot, epoch_length: Slots) -> Option<EpochId> {
		self.next_epoch(epoch_length).filter(|next| *next <= now).or(self.last_epoch())
	}

	/// What the registry reads of the topic in a slot.
	pub(crate) fn info(&self, now: Slot, epoch_length: Slots) -> ClockInfo {
		ClockInfo {
			active: self.active,
			oldest_epoch: self.records.first().map(|(epoch, _)| *epoch),
			last_epoch: self.last_epoch(),
			next_epoch: self.next_epoch(epoch_length),
			begun_epoch: self.begun_epoch(now, epoch_length),
			reserved: self.reservation.as_ref().map_or(Weight::zero(), |own| own.rate),
		}
	}

	/// The topic's next step: of those to come the earliest, and of those due in one slot the
	/// first in the order of the steps.
	pub(crate) fn next_step(&self, parameters: &TopicParameters) -> Option<NextStep> {
		let opening = self.active.then(|| {
			let epoch = self.running_end(parameters.epoch_length).unwrap_or(self.anchor);
			NextStep { due: epoch, step: Step::Open, epoch }
		});
		let of_epoch = |(epoch, state): &(EpochId, EpochState)| {
			let step = match state {
				EpochState::Collecting | EpochState::Revealing => Step::CloseWorkers,
				EpochState::AwaitingTruth | EpochState::Reporting => Step::CloseReputers,
				EpochState::Settled | EpochState::Void(_) => return None,
			};
			let due = EpochWindows::new(*epoch, parameters).due(step);
			Some(NextStep { due, step, epoch: *epoch })
		};
		self.records.iter().filter_map(of_epoch).chain(opening).min()
	}
}

/// A topic's next step; orders by when it is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct NextStep {
	/// First slot in which it may be done.
	pub due: Slot,
	/// Which step.
	pub step: Step,
	/// Of which epoch; the one that would open next if the topic went on, for the last opening.
	pub epoch: EpochId,
}

/// A topic's place on the agenda.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AgendaEntry {
	/// The topic's class, by which its steps may be late.
	pub class: Class,
	/// Slot in which the topic's next step is due.
	pub due: Slot,
	/// The topic.
	pub topic: TopicId,
}

/// An [`AgendaEntry`] as bytes whose order, within a class, is that in which entries are served.
pub type AgendaKey = [u8; 17];

impl AgendaEntry {
	/// The bytes under which the agenda keeps this: class, due slot, topic, each with its most
	/// significant byte first.
	pub fn key(&self) -> AgendaKey {
		let [s0, s1, s2, s3, s4, s5, s6, s7] = self.due.to_be_bytes();
		let [t0, t1, t2, t3, t4, t5, t6, t7] = self.topic.to_be_bytes();
		[self.class.0, s0, s1, s2, s3, s4, s5, s6, s7, t0, t1, t2, t3, t4, t5, t6, t7]
	}

	/// The entry that these bytes are the key of.
	pub fn from_key(key: AgendaKey) -> Self {
		let [class, s0, s1, s2, s3, s4, s5, s6, s7, t0, t1, t2, t3, t4, t5, t6, t7] = key;
		Self {
			class: Class(class),
			due: Slot::from_be_bytes([s0, s1, s2, s3, s4, s5, s6, s7]),
			topic: TopicId::from_be_bytes([t0, t1, t2, t3, t4, t5, t6, t7]),
		}
	}

	/// Last slot in which the entry's steps are on time.
	pub fn deadline(&self) -> Slot {
		self.due.saturating_add(self.class.tolerance())
	}
}

/// Why a topic could not be activated yet.
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
pub enum Deferral {
	/// Its weight is below the minimum: it needs more stake or revenue.
	#[codec(index = 0)]
	WeightTooLow,
	/// The chain has no computation left to promise to it: an active topic must end first.
	#[codec(index = 1)]
	NoCapacity,
	/// Its weight is out of range.
	#[codec(index = 2)]
	Arithmetic,
}
