//! The pallet's calls.

use frame_support::pallet_macros::pallet_section;

/// The part of the pallet that declares its calls, see `import_section` in the crate's root.
#[pallet_section]
mod calls {
	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Creates a topic for a fee, the `create_fee` that the runtime API `TopicsApi.terms`
		/// returns. Amounts are in planck: 1 ALLO is 10,000,000,000 planck. Fractions are in units
		/// of 10^-18: 3.5 is 3500000000000000000.
		///
		/// ## Dispatch Origin
		///
		/// Any signed account, which becomes the topic's creator.
		///
		/// ## Details
		///
		/// The fee goes to the ecosystem pot and is not refunded; it is the topic's first revenue.
		/// Activation is tried at once, and the topic is created even if it is deferred: without
		/// stake a topic has no weight yet.
		///
		/// ## Errors
		///
		/// One for each parameter out of range, and those of the transfer of the fee.
		///
		/// ## Events
		///
		/// [`Event::TopicCreated`], and the clock's `TopicActivated` or `ActivationDeferred`.
		#[pallet::call_index(0)]
		#[pallet::weight(T::WeightInfo::create().saturating_add(T::Clock::activation_weight()))]
		pub fn create(origin: OriginFor<T>, parameters: Box<TopicParameters>) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_create(who, *parameters)
		}

		/// Funds a topic with an amount in planck: 1 ALLO is 10,000,000,000 planck.
		///
		/// ## Dispatch Origin
		///
		/// Any signed account.
		///
		/// ## Details
		///
		/// The amount goes to the ecosystem pot and is not refunded; all of it counts as revenue of
		/// the topic. If the topic is inactive, activation is tried. If its end is announced and
		/// its weight is high enough now, the announcement is cancelled.
		///
		/// ## Errors
		///
		/// [`Error::ZeroAmount`], [`Error::TopicNotFound`], [`Error::TopicRetired`], and those of
		/// the transfer of the amount.
		///
		/// ## Events
		///
		/// [`Event::TopicFunded`]; unless the topic continues anyway, also the clock's
		/// `TopicActivated`, `InactivationCancelled` or `ActivationDeferred`.
		#[pallet::call_index(1)]
		#[pallet::weight(T::WeightInfo::fund())]
		pub fn fund(origin: OriginFor<T>, topic: TopicId, amount: Balance) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_fund(who, topic, amount)
		}

		/// Registers the caller in a topic for a fee, the `register_fee` that the runtime API
		/// `TopicsApi.terms` returns.
		///
		/// ## Dispatch Origin
		///
		/// Any signed account.
		///
		/// ## Details
		///
		/// The fee goes to the ecosystem pot and is not refunded; it counts as revenue of the
		/// topic, as with [`Pallet::fund`]. `owner` is paid for the caller's work; without one it
		/// is the caller itself. Scores and regrets of an earlier registration are kept, and so is
		/// its owner: an owner other than the caller stays, and only it can name another.
		///
		/// ## Errors
		///
		/// [`Error::TopicNotFound`], [`Error::TopicRetired`], [`Error::AlreadyRegistered`],
		/// [`Error::NotAllowed`], [`Error::NotOwner`], and those of the transfer of the fee.
		///
		/// ## Events
		///
		/// [`Event::Registered`], and those of activation as with [`Pallet::fund`].
		#[pallet::call_index(2)]
		#[pallet::weight(T::WeightInfo::register())]
		pub fn register(
			origin: OriginFor<T>,
			topic: TopicId,
			registration: Registration,
			owner: Option<T::AccountId>,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_register(who, topic, registration, owner)
		}

		/// Ends the caller's registration in a topic.
		///
		/// ## Dispatch Origin
		///
		/// The registered account, signed.
		///
		/// ## Details
		///
		/// The fee is not refunded. What the account has submitted stays, and its owner is paid for
		/// it.
		///
		/// ## Errors
		///
		/// [`Error::NotRegistered`].
		///
		/// ## Events
		///
		/// [`Event::Left`].
		#[pallet::call_index(3)]
		#[pallet::weight(T::WeightInfo::leave())]
		pub fn leave(
			origin: OriginFor<T>,
			topic: TopicId,
			registration: Registration,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_leave(who, topic, registration)
		}

		/// Retires a topic for good.
		///
		/// ## Dispatch Origin
		///
		/// The creator, signed.
		///
		/// ## Details
		///
		/// The running epoch, or the one that an activation has just announced, is the topic's
		/// last; it and those before it are settled as usual. The topic accepts neither funding nor
		/// registrations any more. Once everything is settled and paid, the topic's records are
		/// removed over several blocks; stake in it can be withdrawn at any time.
		///
		/// If there is stake in the topic, or stake that is being removed, the first call announces
		/// the retirement, and a second call makes it once the notice is over, which is the unbonding
		/// time of stake. The second call must come within a further notice; later it announces anew.
		///
		/// ## Errors
		///
		/// [`Error::TopicNotFound`], [`Error::NotCreator`], [`Error::TopicRetired`],
		/// [`Error::NoticeNotOver`].
		///
		/// ## Events
		///
		/// [`Event::RetirementAnnounced`]; or [`Event::TopicRetired`], and the clock's `TopicForgotten` when nothing is left.
		#[pallet::call_index(4)]
		#[pallet::weight(T::WeightInfo::retire())]
		pub fn retire(origin: OriginFor<T>, topic: TopicId) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_retire(who, topic)
		}

		/// Changes parameters of a topic. Fractions are in units of 10^-18: 3.5 is
		/// 3500000000000000000.
		///
		/// ## Dispatch Origin
		///
		/// The creator, signed.
		///
		/// ## Details
		///
		/// Parameters left out stay as they are. The new values hold for epochs that begin after
		/// this slot; epochs that have begun keep what was in force. The timing, the labels, the
		/// sizes and the other parameters can never be changed.
		///
		/// If there is stake in the topic, or stake that is being removed, the first call announces
		/// the change, and a second call with the same values makes it once the notice is over, which
		/// is the unbonding time of stake. The second call must come within a further notice; later it
		/// announces anew. Only one change is announced at a time: a call with other values replaces
		/// it.
		///
		/// If the topic is active and the changed `rule` takes more computation than is reserved for
		/// the topic, the call reserves it for each step at once, and the topic pays the rent of what
		/// that adds for the slots that it has paid for already. If the changed rule takes less, the
		/// reservation stays as it is until the topic is inactive and all its epochs are closed. A
		/// topic that is not active reserves when it is activated.
		///
		/// ## Errors
		///
		/// [`Error::TopicNotFound`], [`Error::TopicRetired`], [`Error::NotCreator`],
		/// [`Error::NothingChanged`], [`Error::LossMethodClass`], [`Error::NoCapacity`],
		/// [`Error::RentTooHigh`], [`Error::TooManyUpdates`], [`Error::NoticeNotOver`], and those of
		/// [`Pallet::create`] for a parameter out of range.
		///
		/// ## Events
		///
		/// [`Event::UpdateAnnounced`]; or [`Event::TopicUpdated`], and the clock's
		/// `ReservationRaised` if more is reserved.
		#[pallet::call_index(5)]
		#[pallet::weight(T::WeightInfo::update())]
		pub fn update(
			origin: OriginFor<T>,
			topic: TopicId,
			changes: Box<TopicUpdate>,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_update(who, topic, *changes)
		}

		/// Offers a topic to another account, or withdraws the offer.
		///
		/// ## Dispatch Origin
		///
		/// The creator, signed.
		///
		/// ## Details
		///
		/// The creator does not change until the other account calls [`Pallet::accept`], so a topic
		/// cannot be lost to a mistyped account. A new offer replaces the one before; a call
		/// without `to` withdraws it.
		///
		/// ## Errors
		///
		/// [`Error::TopicNotFound`], [`Error::TopicRetired`], [`Error::NotCreator`].
		///
		/// ## Events
		///
		/// [`Event::TopicOffered`].
		#[pallet::call_index(6)]
		#[pallet::weight(T::WeightInfo::offer())]
		pub fn offer(
			origin: OriginFor<T>,
			topic: TopicId,
			to: Option<T::AccountId>,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_offer(who, topic, to)
		}

		/// Takes over a topic that is offered to the caller.
		///
		/// ## Dispatch Origin
		///
		/// The account to which the topic is offered, signed.
		///
		/// ## Details
		///
		/// The caller becomes the topic's creator in every respect. The deposits of the accounts on
		/// its allow-lists are put on hold on the caller, and those of the former creator are
		/// returned.
		///
		/// ## Errors
		///
		/// [`Error::TopicNotFound`], [`Error::TopicRetired`], [`Error::NotOffered`], and those of the
		/// hold of the deposits.
		///
		/// ## Events
		///
		/// [`Event::TopicTransferred`].
		#[pallet::call_index(7)]
		#[pallet::weight(T::WeightInfo::accept())]
		pub fn accept(origin: OriginFor<T>, topic: TopicId) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_accept(who, topic)
		}

		/// Makes another account the owner of a registration.
		///
		/// ## Dispatch Origin
		///
		/// The registration's owner, signed.
		///
		/// ## Details
		///
		/// `owner` is paid for the work of `who` from now on, including work that is already done,
		/// and after `who` has left.
		///
		/// ## Errors
		///
		/// [`Error::NotRegistered`], [`Error::NotOwner`].
		///
		/// ## Events
		///
		/// [`Event::OwnerChanged`].
		#[pallet::call_index(8)]
		#[pallet::weight(T::WeightInfo::set_owner())]
		pub fn set_owner(
			origin: OriginFor<T>,
			topic: TopicId,
			registration: Registration,
			who: T::AccountId,
			owner: T::AccountId,
		) -> DispatchResult {
			let signer = ensure_signed(origin)?;
			Self::do_set_owner(signer, topic, registration, who, owner)
		}

		/// Enables or disables one of a topic's allow-lists.
		///
		/// ## Dispatch Origin
		///
		/// The creator, signed.
		///
		/// ## Details
		///
		/// While the list is enabled, only listed accounts may register, submit, stake and report.
		/// While it is disabled, every account may. Existing registrations stay either way. While one
		/// of its lists is in force, the topic has no part in emission; a list that comes into force
		/// within an epoch counts from that epoch's opening on.
		///
		/// If there is stake in the topic, or stake that is being removed, an enabled list is in force
		/// once the notice is over, which is the unbonding time of stake; accounts that it will exclude
		/// can add no stake meanwhile. When the list is in force, stake that it excludes is free without
		/// the unbonding time, as soon as no epoch whose reporting is open counts it. Disabling acts at
		/// once, and cancels a list that is not in force yet.
		///
		/// ## Errors
		///
		/// [`Error::TopicNotFound`], [`Error::TopicRetired`], [`Error::NotCreator`].
		///
		/// ## Events
		///
		/// [`Event::AllowListSet`].
		#[pallet::call_index(9)]
		#[pallet::weight(T::WeightInfo::set_allow_list())]
		pub fn set_allow_list(
			origin: OriginFor<T>,
			topic: TopicId,
			registration: Registration,
			enabled: bool,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_set_allow_list(who, topic, registration, enabled)
		}

		/// Adds accounts to one of a topic's allow-lists.
		///
		/// ## Dispatch Origin
		///
		/// The creator, signed.
		///
		/// ## Details
		///
		/// A call adds at most 100 accounts; accounts already listed are ignored, and those that are
		/// about to leave the list stay. The list need not be enabled. For each account added, the
		/// creator's account has `ListDeposit` on hold until the entry is removed, or the topic is
		/// handed over.
		///
		/// ## Errors
		///
		/// [`Error::TopicNotFound`], [`Error::TopicRetired`], [`Error::NotCreator`],
		/// [`Error::TooManyAccounts`], [`Error::ListFull`], and those of the hold of the deposits.
		///
		/// ## Events
		///
		/// [`Event::AccountsAllowed`].
		#[pallet::call_index(10)]
		#[pallet::weight(T::WeightInfo::allow(accounts.len() as u32))]
		pub fn allow(
			origin: OriginFor<T>,
			topic: TopicId,
			registration: Registration,
			accounts: NamedAccounts<T::AccountId>,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_allow(who, topic, registration, accounts)
		}

		/// Removes accounts from one of a topic's allow-lists.
		///
		/// ## Dispatch Origin
		///
		/// The creator, signed.
		///
		/// ## Details
		///
		/// A call removes at most 100 accounts; accounts not listed are ignored. Registrations
		/// stay, and what the accounts have submitted counts. The deposits are returned.
		///
		/// If the list is enabled, and there is stake in the topic or stake that is being removed, the
		/// accounts stay listed until the notice is over, which is the unbonding time of stake. Then a
		/// further call removes the entries and returns the deposits: those of reputers once the epochs
		/// are closed that opened before, on which they can still report.
		///
		/// ## Errors
		///
		/// [`Error::TopicNotFound`], [`Error::TopicRetired`], [`Error::NotCreator`],
		/// [`Error::TooManyAccounts`].
		///
		/// ## Events
		///
		/// [`Event::AccountsDisallowed`].
		#[pallet::call_index(11)]
		#[pallet::weight(T::WeightInfo::disallow(accounts.len() as u32))]
		pub fn disallow(
			origin: OriginFor<T>,
			topic: TopicId,
			registration: Registration,
			accounts: NamedAccounts<T::AccountId>,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_disallow(who, topic, registration, accounts)
		}

		/// Sets the subsidy of a topic: the part of its weight by which it shares in emission, in
		/// millionths.
		///
		/// ## Dispatch Origin
		///
		/// `SubsidyOrigin`.
		///
		/// ## Details
		///
		/// It holds from this slot on; what the topic has accrued before stays. A topic without
		/// subsidy can be active all the same. A topic has no part in emission while one of its
		/// allow-lists is in force, whatever its subsidy.
		///
		/// ## Errors
		///
		/// [`Error::TopicNotFound`].
		///
		/// ## Events
		///
		/// [`Event::SubsidySet`].
		#[pallet::call_index(12)]
		#[pallet::weight(T::WeightInfo::set_subsidy())]
		pub fn set_subsidy(
			origin: OriginFor<T>,
			topic: TopicId,
			subsidy: Permill,
		) -> DispatchResult {
			T::SubsidyOrigin::ensure_origin(origin)?;
			Self::do_set_subsidy(topic, subsidy)
		}

		/// Withdraws an announced change of parameters and an announced retirement.
		///
		/// ## Dispatch Origin
		///
		/// The creator, signed.
		///
		/// ## Details
		///
		/// An allow-list that is not in force yet is disabled by [`Pallet::set_allow_list`], and an
		/// account that is about to leave a list stays by [`Pallet::allow`]. No deposit is taken.
		///
		/// ## Errors
		///
		/// [`Error::TopicNotFound`], [`Error::TopicRetired`], [`Error::NotCreator`],
		/// [`Error::NothingAnnounced`].
		///
		/// ## Events
		///
		/// [`Event::AnnouncementsWithdrawn`].
		#[pallet::call_index(13)]
		#[pallet::weight(T::WeightInfo::withdraw_announcements())]
		pub fn withdraw_announcements(origin: OriginFor<T>, topic: TopicId) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_withdraw_announcements(who, topic)
		}
	}
}
