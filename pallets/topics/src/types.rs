//! What the registry stores.

use allora_primitives::{
	argument_bound, Balance, BlockNumber, EpochId, EpochState, EpochWindows, Registration, Step,
	TopicId, TopicParameters, TopicUpdate, MAX_HISTORY,
};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{weights::Weight, BoundedVec};
use scale_info::TypeInfo;
use sp_runtime::traits::ConstU32;

/// Most epochs of a topic that have not come to their end: a ground-truth lag's worth and the one
/// that collects.
pub const MAX_IN_FLIGHT: u32 = TopicParameters::MAX_LAG_EPOCHS + 1;
/// Most former values of a topic's parameters that are kept for epochs on record.
pub const MAX_SUPERSEDED: u32 = 8;
/// Most accounts that one call puts on an allow-list or takes off it.
pub const MAX_LISTED_AT_ONCE: u32 = 100;
/// Most accounts on an allow-list.
pub const MAX_LISTED: u32 = 1_000;

/// A topic's epochs on record with their states, oldest first.
pub type Records = BoundedVec<(EpochId, EpochState), ConstU32<{ MAX_HISTORY + MAX_IN_FLIGHT }>>;

/// Accounts to put on an allow-list or to take off it.
pub type Accounts<AccountId> = BoundedVec<AccountId, ConstU32<MAX_LISTED_AT_ONCE>>;

/// Accounts as a call names them, of which at most [`MAX_LISTED_AT_ONCE`] are accepted.
pub type NamedAccounts<AccountId> =
	BoundedVec<AccountId, ConstU32<{ argument_bound(MAX_LISTED_AT_ONCE) }>>;

/// The part of a topic that hardly ever changes.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Topic<AccountId> {
	/// Who may change and retire it: the account that created it or accepted it since.
	pub creator: AccountId,
	/// To whom the creator has offered it.
	pub offered_to: Option<AccountId>,
	/// What its creator decided, as the next epoch has it.
	pub parameters: TopicParameters,
	/// First epoch for which `parameters` hold; earlier ones have the superseded values.
	pub in_force_from: EpochId,
	/// Who may register and work as a worker.
	pub workers: AllowList,
	/// Who may register, stake and report as a reputer.
	pub reputers: AllowList,
	/// Whether its creator has retired it; there is no way back.
	pub retired: bool,
}

impl<AccountId> Topic<AccountId> {
	/// The allow-list for this registration.
	pub fn list(&self, registration: Registration) -> &AllowList {
		match registration {
			Registration::Worker => &self.workers,
			Registration::Reputer => &self.reputers,
		}
	}

	/// The allow-list for this registration, to be changed.
	pub(crate) fn list_mut(&mut self, registration: Registration) -> &mut AllowList {
		match registration {
			Registration::Worker => &mut self.workers,
			Registration::Reputer => &mut self.reputers,
		}
	}
}

/// An allow-list's switch and size; who is on it stands in [`Allowed`](crate::Allowed).
#[derive(
	Clone,
	Copy,
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
pub struct AllowList {
	/// Whether the list decides; if not, everybody is allowed.
	pub enabled: bool,
	/// Accounts on it.
	pub members: u32,
}

/// Former values of parameters, for the epochs that began under them.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Superseded {
	/// First epoch for which they do not hold any more.
	pub until: EpochId,
	/// The values.
	pub parameters: TopicUpdate,
}

/// A topic's superseded parameters, the latest change last.
pub type SupersededValues = BoundedVec<Superseded, ConstU32<MAX_SUPERSEDED>>;

/// An account's registration in a topic.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Membership<AccountId> {
	/// Who is paid for the account's work.
	pub owner: AccountId,
	/// Whether the account has left; its owner is still paid for what it did before.
	pub left: bool,
}

/// The part of a topic that changes with every epoch.
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
	/// Whether its epochs open by the clock.
	pub active: bool,
	/// Block at which the first epoch since the latest activation opens.
	pub anchor: BlockNumber,
	/// Its epochs on record, oldest first. The clock leaves an epoch [`EpochState::AwaitingTruth`]
	/// while its reporting is open; what clients read is [`EpochRecord::read_at`] a block.
	///
	/// [`EpochRecord::read_at`]: allora_primitives::EpochRecord::read_at
	pub records: Records,
	/// Whether another epoch follows the one opened last.
	pub continues: bool,
	/// Block under which the topic stands on the agenda; none if nothing is to be done.
	pub scheduled: Option<BlockNumber>,
	/// Revenue that counts for the weight, decayed, in planck.
	pub revenue: Balance,
	/// Weight at the latest opening; none before the first one.
	pub weight: Option<Balance>,
	/// Weight of computation a block reserved for the topic's steps; zero while inactive.
	pub reserved: Weight,
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

	/// Changes the state of an epoch; answers whether it is on record.
	pub(crate) fn set_epoch_state(&mut self, epoch: EpochId, state: EpochState) -> bool {
		let record = self.position(epoch).and_then(|at| self.records.get_mut(at));
		record.map(|record| record.1 = state).is_some()
	}

	fn position(&self, epoch: EpochId) -> Option<usize> {
		self.records.binary_search_by_key(&epoch, |(epoch, _)| *epoch).ok()
	}

	/// The epoch that the latest activation has opened last; none before its first one.
	pub fn running_epoch(&self) -> Option<EpochId> {
		self.last_epoch().filter(|last| self.active && *last >= self.anchor)
	}

	/// Block at which the running epoch ends: there the next one opens or the topic becomes inactive.
	pub fn running_end(&self, epoch_length: BlockNumber) -> Option<BlockNumber> {
		self.running_epoch().map(|last| last.saturating_add(epoch_length))
	}

	/// The epoch that opens next; none in an inactive topic and in one whose last epoch is open.
	pub fn next_epoch(&self, epoch_length: BlockNumber) -> Option<EpochId> {
		match self.running_epoch() {
			Some(last) => self.continues.then(|| last.saturating_add(epoch_length)),
			None => self.active.then_some(self.anchor),
		}
	}

	/// The weight by which the topic shares in emission: none before an activation's first opening.
	pub fn counted_weight(&self) -> Balance {
		self.running_epoch().and(self.weight).unwrap_or_default()
	}

	/// The latest epoch of which payloads may have been accepted: it has begun by arithmetic,
	/// whether or not the clock has got round to opening it.
	pub(crate) fn begun_epoch(
		&self,
		now: BlockNumber,
		epoch_length: BlockNumber,
	) -> Option<EpochId> {
		self.next_epoch(epoch_length).filter(|next| *next <= now).or(self.last_epoch())
	}

	/// The topic's next step: of those to come the earliest, and of those due at one block the
	/// first in the order of the steps.
	pub(crate) fn next_step(&self, parameters: &TopicParameters) -> Option<NextStep> {
		let opening = self.active.then(|| {
			let epoch = self.running_end(parameters.epoch_length).unwrap_or(self.anchor);
			NextStep { block: epoch, step: Step::Open, epoch }
		});
		let of_epoch = |(epoch, state): &(EpochId, EpochState)| {
			let step = match state {
				EpochState::Collecting | EpochState::Revealing => Step::CloseWorkers,
				EpochState::AwaitingTruth | EpochState::Reporting => Step::CloseReputers,
				EpochState::Settled | EpochState::Void(_) => return None,
			};
			let block = EpochWindows::new(*epoch, parameters).due(step);
			Some(NextStep { block, step, epoch: *epoch })
		};
		self.records.iter().filter_map(of_epoch).chain(opening).min()
	}
}

/// A topic's next step; orders by when it is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct NextStep {
	/// First block in which it may be done.
	pub block: BlockNumber,
	/// Which step.
	pub step: Step,
	/// Of which epoch; the one that would open next if the topic went on, for the last opening.
	pub epoch: EpochId,
}

/// A topic's place on the agenda.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Due {
	/// Block at which the topic's next step is due.
	pub block: BlockNumber,
	/// The topic.
	pub topic: TopicId,
}

/// A [`Due`] as bytes whose order is that of the agenda.
pub type AgendaKey = [u8; 12];

impl Due {
	/// The bytes under which the agenda keeps this: block, then topic, each with its most
	/// significant byte first.
	pub fn key(&self) -> AgendaKey {
		let [b0, b1, b2, b3] = self.block.to_be_bytes();
		let [t0, t1, t2, t3, t4, t5, t6, t7] = self.topic.to_be_bytes();
		[b0, b1, b2, b3, t0, t1, t2, t3, t4, t5, t6, t7]
	}

	/// What these bytes stand for.
	pub fn from_key(key: AgendaKey) -> Self {
		let [b0, b1, b2, b3, t0, t1, t2, t3, t4, t5, t6, t7] = key;
		Self {
			block: BlockNumber::from_be_bytes([b0, b1, b2, b3]),
			topic: TopicId::from_be_bytes([t0, t1, t2, t3, t4, t5, t6, t7]),
		}
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
