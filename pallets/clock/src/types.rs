//! The types that the clock stores.

use crate::{Class, Reservation};
use allora_primitives::{
	traits::ClockInfo, EpochId, EpochState, EpochWindows, Slot, Slots, Step, TopicId,
	TopicParameters, MAX_HISTORY,
};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{weights::Weight, BoundedVec};
use scale_info::TypeInfo;
use sp_runtime::traits::ConstU32;

/// The maximum number of a topic's epochs in flight: those of a ground-truth lag and the one that
/// accepts payloads.
pub const MAX_IN_FLIGHT: u32 = TopicParameters::MAX_LAG_EPOCHS + 1;

/// A topic's epochs on record with their states, oldest first.
pub type Records = BoundedVec<(EpochId, EpochState), ConstU32<{ MAX_HISTORY + MAX_IN_FLIGHT }>>;

/// The state of a topic's clock: its epochs on record, and what follows.
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
	/// Whether the topic is active: its epochs open.
	pub active: bool,
	/// The slot in which the first epoch since the latest activation opens.
	pub anchor: Slot,
	/// The epochs on record, oldest first. An epoch is stored as [`EpochState::Collecting`] while
	/// its reveal window is open, and as [`EpochState::AwaitingTruth`] while its reporting window
	/// is; [`EpochRecord::read_at`] returns what clients read.
	///
	/// [`EpochRecord::read_at`]: allora_primitives::EpochRecord::read_at
	pub records: Records,
	/// Whether another epoch follows the one opened last.
	pub continues: bool,
	/// The slot in which the next epoch opens or the topic becomes inactive; `None` unless epochs
	/// after the running one were skipped.
	pub put_off_to: Option<Slot>,
	/// The due slot under which the topic is on the agenda; `None` if it has no step to come.
	pub scheduled: Option<Slot>,
	/// What the topic reserves; `None` if it has no step to come.
	pub reservation: Option<Reservation>,
	/// The slot up to which rent is paid: the one in which the reports of the last epoch that may
	/// open close.
	pub paid_through: Slot,
	/// Whether the emergency origin has barred the topic from being active.
	pub barred: bool,
}

impl TopicState {
	/// The epoch opened last.
	pub fn last_epoch(&self) -> Option<EpochId> {
		self.records.last().map(|(epoch, _)| *epoch)
	}

	/// The state of an epoch as it is stored; `None` if it is not on record.
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

	/// The epoch opened last since the latest activation; `None` before the first one.
	pub fn running_epoch(&self) -> Option<EpochId> {
		self.last_epoch().filter(|last| self.active && *last >= self.anchor)
	}

	/// The slot in which the running epoch has ended: the next one opens, or the topic becomes
	/// inactive.
	pub fn running_end(&self, epoch_length: Slots) -> Option<Slot> {
		let last = self.running_epoch()?;
		Some(self.put_off_to.unwrap_or_else(|| last.saturating_add(epoch_length.into())))
	}

	/// The epoch that opens next; `None` if the topic is inactive or the running epoch is its last.
	pub fn next_epoch(&self, epoch_length: Slots) -> Option<EpochId> {
		match self.running_epoch() {
			Some(_) => self.running_end(epoch_length).filter(|_| self.continues),
			None => self.active.then_some(self.anchor),
		}
	}

	/// Postpones the next opening to a later slot.
	pub(crate) fn put_off(&mut self, to: Slot) {
		match self.running_epoch() {
			Some(_) => self.put_off_to = Some(to),
			None => self.anchor = to,
		}
	}

	/// The latest epoch for which payloads may have been accepted: one that has begun, whether or
	/// not the clock has opened it yet.
	fn begun_epoch(&self, now: Slot, epoch_length: Slots) -> Option<EpochId> {
		self.next_epoch(epoch_length).filter(|next| *next <= now).or(self.last_epoch())
	}

	/// What the registry reads about the topic in this slot.
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

	/// The topic's next step: the earliest by due slot, then by the order of [`Step`].
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

/// A topic's next step, ordered by due slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct NextStep {
	/// The first slot in which it may be taken.
	pub due: Slot,
	/// The step.
	pub step: Step,
	/// The epoch. For a topic that becomes inactive, the one that would open if it continued.
	pub epoch: EpochId,
}

/// A topic's place on the agenda.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AgendaEntry {
	/// The topic's class, which determines how late its steps may be.
	pub class: Class,
	/// The slot in which the topic's next step is due.
	pub due: Slot,
	/// The topic.
	pub topic: TopicId,
}

/// An [`AgendaEntry`] as bytes. Within a class they sort in the order in which entries are served.
pub type AgendaKey = [u8; 17];

impl AgendaEntry {
	/// The entry's key on the agenda: class, due slot and topic, each big-endian.
	pub fn key(&self) -> AgendaKey {
		let [s0, s1, s2, s3, s4, s5, s6, s7] = self.due.to_be_bytes();
		let [t0, t1, t2, t3, t4, t5, t6, t7] = self.topic.to_be_bytes();
		[self.class.0, s0, s1, s2, s3, s4, s5, s6, s7, t0, t1, t2, t3, t4, t5, t6, t7]
	}

	/// The entry of a key.
	pub fn from_key(key: AgendaKey) -> Self {
		let [class, s0, s1, s2, s3, s4, s5, s6, s7, t0, t1, t2, t3, t4, t5, t6, t7] = key;
		Self {
			class: Class(class),
			due: Slot::from_be_bytes([s0, s1, s2, s3, s4, s5, s6, s7]),
			topic: TopicId::from_be_bytes([t0, t1, t2, t3, t4, t5, t6, t7]),
		}
	}

	/// The last slot in which the entry's steps are on time.
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
#[scale_info(capture_docs = "always")]
pub enum Deferral {
	/// The topic's weight would be below the minimum: it needs more stake or revenue.
	#[codec(index = 0)]
	WeightTooLow,
	/// The active topics have reserved the clock's whole share: one of them must end first.
	#[codec(index = 1)]
	NoCapacity,
	/// The topic's revenue does not suffice for the rent of its first epoch.
	#[codec(index = 3)]
	RentTooHigh,
	/// The emergency origin has barred the topic.
	#[codec(index = 4)]
	Barred,
}
