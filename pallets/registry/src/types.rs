//! What the registry stores.

use allora_primitives::{
	argument_bound, Balance, EpochId, Registration, Slot, TopicParameters, TopicUpdate,
};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::BoundedVec;
use scale_info::TypeInfo;
use sp_runtime::{traits::ConstU32, Permill};

/// The maximum number of changes whose superseded values a topic keeps for epochs on record.
pub const MAX_SUPERSEDED: u32 = 8;
/// The maximum number of accounts that one call adds to an allow-list or removes from it.
pub const MAX_LISTED_AT_ONCE: u32 = 100;
/// The maximum number of accounts on an allow-list.
pub const MAX_LISTED: u32 = 1_000;

/// Accounts that are added to an allow-list or removed from it.
pub type Accounts<AccountId> = BoundedVec<AccountId, ConstU32<MAX_LISTED_AT_ONCE>>;

/// The argument of such a call, of which at most [`MAX_LISTED_AT_ONCE`] accounts are accepted.
pub type NamedAccounts<AccountId> =
	BoundedVec<AccountId, ConstU32<{ argument_bound(MAX_LISTED_AT_ONCE) }>>;

/// The part of a topic that rarely changes.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Topic<AccountId> {
	/// The account that may change and retire it: the one that created it or accepted it since.
	pub creator: AccountId,
	/// The account to which the creator has offered the topic.
	pub offered_to: Option<AccountId>,
	/// The parameters of the next epoch.
	pub parameters: TopicParameters,
	/// The first epoch for which `parameters` hold; earlier ones have superseded values.
	pub in_force_from: EpochId,
	/// The accounts that may register and work as a worker.
	pub workers: AllowList,
	/// The accounts that may register, stake and report as a reputer.
	pub reputers: AllowList,
	/// Whether the creator has retired the topic, which cannot be undone.
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

	/// The slot from which on one of its allow-lists is in force; `None` if neither is enabled.
	pub fn listed_from(&self) -> Option<Slot> {
		[self.workers.enabled_from, self.reputers.enabled_from].into_iter().flatten().min()
	}

	/// The deposits of the entries on both allow-lists, in planck.
	pub fn deposits(&self) -> Balance {
		self.workers.deposits.saturating_add(self.reputers.deposits)
	}

	/// A mutable reference to the allow-list for this registration.
	pub(crate) fn list_mut(&mut self, registration: Registration) -> &mut AllowList {
		match registration {
			Registration::Worker => &mut self.workers,
			Registration::Reputer => &mut self.reputers,
		}
	}
}

/// An allow-list's state and size. [`Allowed`](crate::Allowed) holds its members.
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
	/// The slot from which on only listed accounts are allowed; `None` if every account is.
	pub enabled_from: Option<Slot>,
	/// The number of listed accounts.
	pub members: u32,
	/// The sum of their deposits, in planck; it is on hold on the topic's creator.
	pub deposits: Balance,
}

impl AllowList {
	/// Whether only listed accounts are allowed in this slot.
	pub fn is_in_force(&self, now: Slot) -> bool {
		self.enabled_from.is_some_and(|from| from <= now)
	}
}

/// An account's entry on an allow-list.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct ListEntry {
	/// The deposit, in planck, which is on hold on the topic's creator.
	pub deposit: Balance,
	/// The slot from which on the account is not listed any more; `None` if it stays.
	pub until: Option<Slot>,
}

impl ListEntry {
	/// Whether the account is listed in this slot.
	pub fn counts(&self, now: Slot) -> bool {
		self.until.is_none_or(|until| now < until)
	}
}

/// What the creator of a topic has announced and may do once the notice is over.
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
pub struct Announcements {
	/// A change of parameters, and the slot in which its notice is over.
	pub update: Option<(TopicUpdate, Slot)>,
	/// The slot in which the notice of the retirement is over.
	pub retirement: Option<Slot>,
}

/// The values that one change of parameters superseded, for the epochs that began under them.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Superseded {
	/// The first epoch for which the values do not hold any more.
	pub until: EpochId,
	/// The values before the change; `None` for parameters that it did not change.
	pub parameters: TopicUpdate,
}

/// A topic's superseded parameters, the latest change last.
pub type SupersededValues = BoundedVec<Superseded, ConstU32<MAX_SUPERSEDED>>;

/// An account's registration in a topic.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Membership<AccountId> {
	/// The account that is paid for the registered account's work.
	pub owner: AccountId,
	/// Whether the account has left; its owner is still paid for its past work.
	pub left: bool,
}

/// The part of a topic that changes with every epoch: what its weight follows from.
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
pub struct Economy {
	/// The revenue, in planck, decayed up to `dripped_at`.
	pub revenue: Balance,
	/// The smoothed weight, in planck; `None` before the topic's first epoch. An inactive topic keeps
	/// it, so that no topic skips the smoothing by becoming inactive.
	pub weight: Option<Balance>,
	/// Whether the weight is counted and the revenue decays: from an activation's first opening
	/// until the topic is inactive.
	pub counted: bool,
	/// The slot up to which the revenue has decayed, while the weight is counted.
	pub dripped_at: Slot,
	/// The part of the weight by which the topic shares in emission, which governance sets.
	pub subsidy: Permill,
	/// Whether one of its allow-lists comes into force before the running epoch ends, so that the
	/// topic has no part in emission.
	pub listed: bool,
}

impl Economy {
	/// The weight by which the topic shares in emission, in planck; 0 unless it is counted, and
	/// while the topic is listed (S 6.5).
	pub fn counted_weight(&self) -> Balance {
		let weight = self.weight.filter(|_| self.counted && !self.listed).unwrap_or_default();
		self.subsidy.mul_floor(weight)
	}
}
