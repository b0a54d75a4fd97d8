//! The pallet's calls.

use frame_support::pallet_macros::pallet_section;

/// The part of the pallet that declares its calls, see `import_section` in the crate's root.
#[pallet_section]
mod calls {
	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Stake an amount of the account's balance on the topic, in planck: 1 ALLO is
		/// 10,000,000,000 planck.
		///
		/// ## Dispatch Origin
		///
		/// Signed by an account that is registered as a reputer of the topic. If the topic's
		/// allow-list of reputers is enabled, it must include the account.
		///
		/// ## Details
		///
		/// The topic must not be retired. The amount is put on hold on the account. It counts in epochs
		/// whose reporting opens in a later slot. The transaction fee is paid.
		///
		/// ## Errors
		///
		/// [`Error::ZeroAmount`], [`Error::NotRegistered`], [`Error::NotAllowed`],
		/// [`Error::TopicRetired`]; a token error if the account's free balance, less the existential
		/// deposit, is below the amount.
		///
		/// ## Events
		///
		/// [`Event::Staked`].
		#[pallet::call_index(0)]
		#[pallet::weight(T::WeightInfo::stake().saturating_add(T::Observer::weight()))]
		pub fn stake(
			origin: OriginFor<T>,
			topic: TopicId,
			#[pallet::compact] amount: Balance,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_stake(&who, topic, amount)
		}

		/// Start the removal of an amount of stake from the topic, in planck: 1 ALLO is
		/// 10,000,000,000 planck.
		///
		/// ## Dispatch Origin
		///
		/// Signed by the owner of the stake, registered or not.
		///
		/// ## Details
		///
		/// From this slot on the amount counts neither for the topic's weight nor in epochs whose
		/// reporting opens later; in an epoch whose reporting is open it still counts. It stays on
		/// hold until the removal is due: after the unbonding time, and not before that epoch has
		/// closed. If an allow-list excludes the account, the unbonding time is left out. Up to 16
		/// removals may be pending. The transaction fee is paid.
		///
		/// ## Errors
		///
		/// [`Error::ZeroAmount`], [`Error::StakeExceeded`], [`Error::TooManyRemovals`].
		///
		/// ## Events
		///
		/// [`Event::RemovalStarted`].
		#[pallet::call_index(1)]
		#[pallet::weight(T::WeightInfo::unstake().saturating_add(T::Observer::weight()))]
		pub fn unstake(
			origin: OriginFor<T>,
			topic: TopicId,
			#[pallet::compact] amount: Balance,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_unstake(&who, topic, amount)
		}

		/// Cancel a pending removal of own stake, due or not.
		///
		/// ## Dispatch Origin
		///
		/// Signed by the owner of the stake, as for [`Pallet::stake`].
		///
		/// ## Details
		///
		/// The amount is staked again: it counts in epochs whose reporting opens in a later slot. The
		/// transaction fee is paid.
		///
		/// ## Errors
		///
		/// [`Error::RemovalNotFound`], [`Error::NotRegistered`], [`Error::NotAllowed`],
		/// [`Error::TopicRetired`].
		///
		/// ## Events
		///
		/// [`Event::RemovalCancelled`].
		#[pallet::call_index(2)]
		#[pallet::weight(T::WeightInfo::cancel_unstake().saturating_add(T::Observer::weight()))]
		pub fn cancel_unstake(
			origin: OriginFor<T>,
			topic: TopicId,
			#[pallet::compact] removal_id: RemovalId,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_cancel_unstake(&who, topic, removal_id)
		}

		/// Withdraw all due removals of the account's own stake in the topic.
		///
		/// ## Dispatch Origin
		///
		/// Signed by the owner of the stake, registered or not.
		///
		/// ## Details
		///
		/// The amount is released from hold. The transaction fee is paid. Anyone may do the same for
		/// the account with [`Pallet::withdraw_for`].
		///
		/// ## Errors
		///
		/// [`Error::NothingDue`].
		///
		/// ## Events
		///
		/// [`Event::Withdrawn`].
		#[pallet::call_index(3)]
		#[pallet::weight(T::WeightInfo::withdraw())]
		pub fn withdraw(origin: OriginFor<T>, topic: TopicId) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_withdraw(&who, topic)
		}

		/// Report the truth of an epoch, one value per label, in units of 10^-18: 3.5 is
		/// 3500000000000000000, and -0.25 is -250000000000000000.
		///
		/// ## Dispatch Origin
		///
		/// Signed by an account that is registered as a reputer of the topic and has the minimum
		/// stake. If the topic's allow-list of reputers is enabled, it must include the account.
		///
		/// ## Details
		///
		/// The topic's loss method must not be custom. The values are in the order of the topic's
		/// labels; the chain computes all losses from the reports. An account may report once per
		/// epoch. Its merit is its authority times its listening coefficient. When the active set is
		/// full, the report displaces the member of the lowest merit if the account's own is greater;
		/// otherwise the report is passive and not stored. Between equal merits the epoch's lot
		/// decides. An account that stays passive or is displaced has its coefficient pulled toward
		/// 1. No deposit is taken. A report that takes a seat pays no fee, up to twice the seats per
		/// epoch; one that takes none, or fails, pays the fee. The account must hold the fee
		/// beforehand in any case.
		///
		/// ## Errors
		///
		/// [`Error::TopicNotFound`], [`Error::EpochNotFound`], [`Error::WindowNotOpen`],
		/// [`Error::WindowClosed`], [`Error::EpochNotReporting`], [`Error::NotRegistered`],
		/// [`Error::NotAllowed`], [`Error::AlreadyReported`], [`Error::AlreadyAbstained`],
		/// [`Error::StakeTooLow`], [`Error::LossesExpected`], [`Error::WrongLength`],
		/// [`Error::TruthOutOfRange`], [`Error::NotUnity`], [`Error::NotProbability`],
		/// [`Error::NegativeCount`], [`Error::TruthsDiffer`].
		///
		/// ## Events
		///
		/// [`Event::Passive`]; or [`Event::ReportAccepted`], preceded by [`Event::Displaced`] if a
		/// member lost its seat.
		#[pallet::call_index(4)]
		#[pallet::weight(T::WeightInfo::report(truth.len() as u32))]
		pub fn report(
			origin: OriginFor<T>,
			topic: TopicId,
			epoch: EpochId,
			truth: SubmittedTruth,
		) -> DispatchResultWithPostInfo {
			let who = ensure_signed(origin)?;
			let (weight, pays) = Self::do_report(&who, topic, epoch, Submitted::Truth(truth))?;
			Ok((Some(weight), pays).into())
		}

		/// Declare that the account does not report in an epoch.
		///
		/// ## Dispatch Origin
		///
		/// Signed by an account that is registered as a reputer of the topic and has the minimum
		/// stake. If the topic's allow-list of reputers is enabled, it must include the account.
		///
		/// ## Details
		///
		/// An abstention has no penalty. It is final: the account cannot report in this epoch
		/// afterwards. No deposit is taken. An abstention takes no seat, so it pays the fee.
		///
		/// ## Errors
		///
		/// [`Error::TopicNotFound`], [`Error::EpochNotFound`], [`Error::WindowNotOpen`],
		/// [`Error::WindowClosed`], [`Error::EpochNotReporting`], [`Error::NotRegistered`],
		/// [`Error::NotAllowed`], [`Error::AlreadyReported`], [`Error::AlreadyAbstained`],
		/// [`Error::StakeTooLow`].
		///
		/// ## Events
		///
		/// [`Event::Abstained`].
		#[pallet::call_index(5)]
		#[pallet::weight(T::WeightInfo::abstain())]
		pub fn abstain(origin: OriginFor<T>, topic: TopicId, epoch: EpochId) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_abstain(&who, topic, epoch)
		}

		/// Report the losses of the elements of an epoch's bundle, in units of 10^-18: 3.5 is
		/// 3500000000000000000, and -0.25 is -250000000000000000.
		///
		/// ## Dispatch Origin
		///
		/// Signed by an account that is registered as a reputer of the topic and has the minimum
		/// stake. If the topic's allow-list of reputers is enabled, it must include the account.
		///
		/// ## Details
		///
		/// The topic's loss method must be custom. The losses are in the order of the elements of
		/// the bundle whose hash is `bundle_hash`. Seats, deposit and fee are as for
		/// [`Pallet::report`].
		///
		/// ## Errors
		///
		/// [`Error::TopicNotFound`], [`Error::EpochNotFound`], [`Error::WindowNotOpen`],
		/// [`Error::WindowClosed`], [`Error::EpochNotReporting`], [`Error::NotRegistered`],
		/// [`Error::NotAllowed`], [`Error::AlreadyReported`], [`Error::AlreadyAbstained`],
		/// [`Error::StakeTooLow`], [`Error::TruthExpected`], [`Error::WrongBundle`], [`Error::WrongLength`],
		/// [`Error::LossOutOfRange`].
		///
		/// ## Events
		///
		/// [`Event::Passive`]; or [`Event::ReportAccepted`], preceded by [`Event::Displaced`] if a
		/// member lost its seat.
		#[pallet::call_index(6)]
		#[pallet::weight(T::WeightInfo::report(losses.len() as u32))]
		pub fn report_losses(
			origin: OriginFor<T>,
			topic: TopicId,
			epoch: EpochId,
			bundle_hash: H256,
			losses: SubmittedLosses,
		) -> DispatchResultWithPostInfo {
			let who = ensure_signed(origin)?;
			let submitted = Submitted::Losses(bundle_hash, losses);
			let (weight, pays) = Self::do_report(&who, topic, epoch, submitted)?;
			Ok((Some(weight), pays).into())
		}

		/// Delegate an amount of the account's balance to a reputer in the topic, in planck: 1 ALLO
		/// is 10,000,000,000 planck.
		///
		/// ## Dispatch Origin
		///
		/// Signed by any account but the reputer.
		///
		/// ## Details
		///
		/// The reputer must be registered in the topic and admitted by its allow-list, and the topic
		/// must not be retired. The amount is put on hold on the account. It counts and earns, with the reputer's own stake, in epochs
		/// whose reporting opens in a later slot. The delegation must be at least the minimum of 1
		/// ALLO. The transaction fee is paid.
		///
		/// ## Errors
		///
		/// [`Error::ZeroAmount`], [`Error::SelfDelegation`], [`Error::NotRegistered`],
		/// [`Error::NotAllowed`], [`Error::TopicRetired`], [`Error::DelegationTooLow`],
		/// [`Error::TooManyUnsettled`]; a token error if the account's free balance, less the
		/// existential deposit, is below the amount.
		///
		/// ## Events
		///
		/// [`Event::Delegated`].
		#[pallet::call_index(7)]
		#[pallet::weight(T::WeightInfo::delegate().saturating_add(T::Observer::weight()))]
		pub fn delegate(
			origin: OriginFor<T>,
			topic: TopicId,
			reputer: T::AccountId,
			#[pallet::compact] amount: Balance,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_delegate(&who, topic, &reputer, amount)
		}

		/// Start the removal of an amount of a delegation, in planck: 1 ALLO is 10,000,000,000
		/// planck.
		///
		/// ## Dispatch Origin
		///
		/// Signed by the delegator.
		///
		/// ## Details
		///
		/// Works also after the reputer has left or the topic is retired. From this slot on the
		/// amount counts and earns only in epochs whose reporting has opened. It stays on hold as
		/// after [`Pallet::unstake`], and is withdrawn with [`Pallet::withdraw_for`]. What stays
		/// delegated must be zero or at least the minimum. Up to 16 removals of a delegation may be
		/// pending. The transaction fee is paid.
		///
		/// ## Errors
		///
		/// [`Error::ZeroAmount`], [`Error::DelegationNotFound`], [`Error::StakeExceeded`],
		/// [`Error::DelegationTooLow`], [`Error::TooManyRemovals`], [`Error::TooManyUnsettled`].
		///
		/// ## Events
		///
		/// [`Event::UndelegationStarted`].
		#[pallet::call_index(8)]
		#[pallet::weight(T::WeightInfo::undelegate().saturating_add(T::Observer::weight()))]
		pub fn undelegate(
			origin: OriginFor<T>,
			topic: TopicId,
			reputer: T::AccountId,
			#[pallet::compact] amount: Balance,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_undelegate(&who, topic, &reputer, amount)
		}

		/// Cancel a pending removal of a delegation, due or not.
		///
		/// ## Dispatch Origin
		///
		/// Signed by the delegator.
		///
		/// ## Details
		///
		/// The amount is delegated again, as with [`Pallet::delegate`]. The transaction fee is paid.
		///
		/// ## Errors
		///
		/// [`Error::RemovalNotFound`], [`Error::NotRegistered`], [`Error::NotAllowed`],
		/// [`Error::TopicRetired`], [`Error::DelegationTooLow`], [`Error::TooManyUnsettled`].
		///
		/// ## Events
		///
		/// [`Event::UndelegationCancelled`].
		#[pallet::call_index(9)]
		#[pallet::weight(T::WeightInfo::cancel_undelegate().saturating_add(T::Observer::weight()))]
		pub fn cancel_undelegate(
			origin: OriginFor<T>,
			topic: TopicId,
			reputer: T::AccountId,
			#[pallet::compact] removal_id: RemovalId,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_cancel_undelegate(&who, topic, &reputer, removal_id)
		}

		/// Withdraw all due removals of an account from a reputer in the topic.
		///
		/// ## Dispatch Origin
		///
		/// Signed by any account.
		///
		/// ## Details
		///
		/// If `account` is the reputer, this is [`Pallet::withdraw`] for it. Otherwise the due
		/// removals of its delegation are released from hold; if nothing is delegated any more, its
		/// rewards are paid too. The transaction fee is paid.
		///
		/// ## Errors
		///
		/// [`Error::NothingDue`].
		///
		/// ## Events
		///
		/// [`Event::Withdrawn`] or [`Event::UndelegationWithdrawn`]; [`Event::RewardsClaimed`] if
		/// rewards are paid.
		#[pallet::call_index(10)]
		#[pallet::weight(T::WeightInfo::withdraw_for())]
		pub fn withdraw_for(
			origin: OriginFor<T>,
			topic: TopicId,
			reputer: T::AccountId,
			account: T::AccountId,
		) -> DispatchResult {
			ensure_signed(origin)?;
			if account == reputer {
				Self::do_withdraw(&account, topic)
			} else {
				Self::do_withdraw_delegation(&account, topic, &reputer)
			}
		}

		/// Set the part of its delegators' rewards that the reputer keeps, in parts of 1,000,000,000:
		/// 5 % is 50,000,000.
		///
		/// ## Dispatch Origin
		///
		/// Signed by an account that is registered as a reputer of the topic.
		///
		/// ## Details
		///
		/// A cut is in force at once and cancels an announced rise. A rise is in force after one
		/// unbonding time, in which delegators can leave, and not before the close of an epoch whose
		/// reporting has opened by then; it replaces an announced one. The commission in force when an
		/// epoch is settled counts. It is 0 until it is set. No deposit
		/// is taken. The transaction fee is paid.
		///
		/// ## Errors
		///
		/// [`Error::CommissionTooHigh`], [`Error::NotRegistered`].
		///
		/// ## Events
		///
		/// [`Event::CommissionSet`].
		#[pallet::call_index(11)]
		#[pallet::weight(T::WeightInfo::set_commission())]
		pub fn set_commission(
			origin: OriginFor<T>,
			topic: TopicId,
			commission: Perbill,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_set_commission(&who, topic, commission)
		}

		/// Pay out the rewards of the account's delegation to a reputer in the topic.
		///
		/// ## Dispatch Origin
		///
		/// Signed by the delegator.
		///
		/// ## Details
		///
		/// Works also after the reputer has left or the topic is retired. A fraction of a planck
		/// stays owed. The transaction fee is paid.
		///
		/// ## Errors
		///
		/// [`Error::DelegationNotFound`], [`Error::NothingToClaim`]; a token error if the rewards
		/// would leave the account below the existential deposit.
		///
		/// ## Events
		///
		/// [`Event::RewardsClaimed`].
		#[pallet::call_index(12)]
		#[pallet::weight(T::WeightInfo::claim())]
		pub fn claim(
			origin: OriginFor<T>,
			topic: TopicId,
			reputer: T::AccountId,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_claim(&who, topic, &reputer)
		}

		/// Delegate the rewards of the account's delegation to the same reputer.
		///
		/// ## Dispatch Origin
		///
		/// Signed by the delegator.
		///
		/// ## Details
		///
		/// As [`Pallet::claim`] and then [`Pallet::delegate`] with what was paid. The transaction fee
		/// is paid.
		///
		/// ## Errors
		///
		/// Those of [`Pallet::claim`] and [`Pallet::delegate`].
		///
		/// ## Events
		///
		/// [`Event::RewardsCompounded`].
		#[pallet::call_index(13)]
		#[pallet::weight(T::WeightInfo::compound().saturating_add(T::Observer::weight()))]
		pub fn compound(
			origin: OriginFor<T>,
			topic: TopicId,
			reputer: T::AccountId,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_compound(&who, topic, &reputer)
		}
	}
}
