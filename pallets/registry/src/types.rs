//! What the registry stores.

use allora_primitives::{
	argument_bound, Balance, EpochId, Registration, TopicParameters, TopicUpdate,
};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::BoundedVec;
use scale_info::TypeInfo;
use sp_runtime::traits::ConstU32;

/// The maximum number of former values of a topic's parameters that are kept for epochs on record.
pub const MAX_SUPERSEDED: u32 = 8;
/// The maximum number of accounts that one call puts on an allow-list or takes off it.
pub const MAX_LISTED_AT_ONCE: u32 = 100;
/// The maximum number of accounts on an allow-list.
pub const MAX_LISTED: u32 = 1_000;

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
	/// The account that may change and retire it: the account that created it or accepted it since.
	pub creator: AccountId,
	/// To whom the creator has offered it.
	pub offered_to: Option<AccountId>,
	/// What its creator decided, as the next epoch has it.
	pub parameters: TopicParameters,
	/// First epoch for which `parameters` hold; earlier ones have the superseded values.
	pub in_force_from: EpochId,
	/// The accounts that may register and work as a worker.
	pub workers: AllowList,
	/// The accounts that may register, stake and report as a reputer.
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
	/// The account that is paid for the work of this one.
	pub owner: AccountId,
	/// Whether the account has left; its owner is still paid for what it did before.
	pub left: bool,
}

/// The part of a topic that changes with every epoch: what its weight is made of.
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
	/// Revenue that counts for the weight, decayed, in planck.
	pub revenue: Balance,
	/// Weight at the latest opening, in planck; `None` before the first one.
	pub weight: Option<Balance>,
	/// Whether the weight counts: from an activation's first opening until the topic is inactive.
	pub counted: bool,
}

impl Economy {
	/// The weight by which the topic shares in emission, in planck.
	pub fn counted_weight(&self) -> Balance {
		self.weight.filter(|_| self.counted).unwrap_or_default()
	}
}
