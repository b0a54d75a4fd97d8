//! The pallet's events.

use frame_support::pallet_macros::pallet_section;

/// The part of the pallet that declares its events, see `import_section` in the crate's root.
#[pallet_section]
mod events {
	/// The events of the registry. Amounts and weights are in planck.
	#[pallet::event]
	#[pallet::generate_deposit(pub(crate) fn deposit_event)]
	pub enum Event<T: Config> {
		/// A topic was created.
		TopicCreated {
			/// The number of the new topic.
			topic: TopicId,
			/// The account that created it.
			creator: T::AccountId,
			/// The fee paid, which is the topic's first revenue.
			fee: Balance,
		},
		/// A topic was funded.
		TopicFunded {
			/// The topic.
			topic: TopicId,
			/// The account that paid.
			who: T::AccountId,
			/// The amount paid.
			amount: Balance,
			/// The topic's revenue including the amount.
			revenue: Balance,
		},
		/// An account registered in a topic.
		Registered {
			/// The topic.
			topic: TopicId,
			/// The account.
			who: T::AccountId,
			/// What the account registered for.
			registration: Registration,
			/// The account that is paid for its work.
			owner: T::AccountId,
			/// The fee paid, which counts as revenue of the topic.
			fee: Balance,
		},
		/// An account ended its registration in a topic.
		Left {
			/// The topic.
			topic: TopicId,
			/// The account.
			who: T::AccountId,
			/// What the account was registered for.
			registration: Registration,
		},
		/// A registration has another owner, which is paid for the account's work from now on.
		OwnerChanged {
			/// The topic.
			topic: TopicId,
			/// The registered account.
			who: T::AccountId,
			/// What the account is registered for.
			registration: Registration,
			/// The new owner.
			owner: T::AccountId,
		},
		/// The creator changed parameters of a topic.
		TopicUpdated {
			/// The topic.
			topic: TopicId,
			/// The new values; `None` for parameters that the call left out.
			changes: Box<TopicUpdate>,
			/// The first slot whose epoch has the new values.
			in_force_from: EpochId,
		},
		/// The creator offered a topic to an account, or withdrew the offer.
		TopicOffered {
			/// The topic.
			topic: TopicId,
			/// The account that may accept; `None` if the offer was withdrawn.
			to: Option<T::AccountId>,
		},
		/// An account accepted a topic that was offered to it.
		TopicTransferred {
			/// The topic.
			topic: TopicId,
			/// The creator before.
			from: T::AccountId,
			/// The creator from now on.
			to: T::AccountId,
		},
		/// The creator enabled or disabled an allow-list.
		AllowListSet {
			/// The topic.
			topic: TopicId,
			/// The registration that the list governs.
			registration: Registration,
			/// Whether only listed accounts are allowed.
			enabled: bool,
			/// The slot from which on that holds; `None` if the list was disabled.
			in_force_from: Option<Slot>,
		},
		/// The creator added accounts to an allow-list.
		AccountsAllowed {
			/// The topic.
			topic: TopicId,
			/// The registration that the list governs.
			registration: Registration,
			/// The accounts that were not listed before, or were about to leave the list.
			accounts: Accounts<T::AccountId>,
		},
		/// The creator removed accounts from an allow-list.
		AccountsDisallowed {
			/// The topic.
			topic: TopicId,
			/// The registration that the list governs.
			registration: Registration,
			/// The accounts that were listed before.
			accounts: Accounts<T::AccountId>,
			/// The slot from which on they are not listed any more.
			until: Slot,
		},
		/// The creator retired a topic.
		TopicRetired {
			/// The topic.
			topic: TopicId,
			/// The last epoch; `None` if there never was one.
			last_epoch: Option<EpochId>,
		},
		/// A topic's weight was renewed at an opening, or lowered to what stands behind the topic
		/// now. It holds from this slot on.
		WeightUpdated {
			/// The topic.
			topic: TopicId,
			/// The new weight.
			weight: Balance,
			/// The weight by which the topic shares in emission.
			counted: Balance,
			/// The revenue, decayed and without the rent.
			revenue: Balance,
			/// The rent that the topic paid for the epoch that follows; 0 if none follows.
			rent: Balance,
		},
		/// Governance set a topic's subsidy.
		SubsidySet {
			/// The topic.
			topic: TopicId,
			/// The part of the topic's weight by which it shares in emission.
			subsidy: Permill,
		},
		/// The creator announced a change of parameters.
		UpdateAnnounced {
			/// The topic.
			topic: TopicId,
			/// The new values; `None` for parameters that the call left out.
			changes: Box<TopicUpdate>,
			/// The slot from which on the creator may make the change.
			due: Slot,
		},
		/// The creator announced the retirement of a topic.
		RetirementAnnounced {
			/// The topic.
			topic: TopicId,
			/// The slot from which on the creator may retire it.
			due: Slot,
		},
		/// The creator withdrew what it had announced: a change of parameters, a retirement or both.
		AnnouncementsWithdrawn {
			/// The topic.
			topic: TopicId,
		},
	}
}
