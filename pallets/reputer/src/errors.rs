//! The pallet's errors.

use frame_support::pallet_macros::pallet_section;

/// The part of the pallet that declares its errors, see `import_section` in the crate's root.
#[pallet_section]
mod errors {
	#[pallet::error]
	pub enum Error<T> {
		/// No topic has this id.
		TopicNotFound,
		/// The topic is retired, so that stake would earn nothing in it; stake on another topic.
		TopicRetired,
		/// The account is not registered as a reputer of the topic; register first.
		NotRegistered,
		/// The topic's allow-list of reputers is enabled and does not include the account; ask the
		/// topic's creator.
		NotAllowed,
		/// The amount is zero; give a positive one.
		ZeroAmount,
		/// The amount exceeds the stake or the delegation; remove less. What is being removed does
		/// not count.
		StakeExceeded,
		/// 16 removals of the stake or delegation are pending; withdraw or cancel one first.
		TooManyRemovals,
		/// The account has no pending removal with this id in the topic.
		RemovalNotFound,
		/// No removal of the account in the topic is due yet; wait until the slot in which one is.
		NothingDue,
		/// A reputer cannot delegate to itself; use `stake`.
		SelfDelegation,
		/// The delegation would be below the minimum and not zero; delegate more, or remove all.
		DelegationTooLow,
		/// The account has no delegation to this reputer in the topic.
		DelegationNotFound,
		/// The delegation has earned less than a planck since the last claim.
		NothingToClaim,
		/// The commission exceeds the maximum, which is a constant of the pallet.
		CommissionTooHigh,
		/// The topic's clock is several epochs late, so that nothing can be added to the delegation
		/// or removed from it; wait until the epochs are settled.
		TooManyUnsettled,
		/// The topic has no such epoch on record; query the epochs whose reporting is open.
		EpochNotFound,
		/// The epoch's reporting window opens later.
		WindowNotOpen,
		/// The epoch's reporting window has closed; report on the next epoch.
		WindowClosed,
		/// The epoch accepts no reports: it has no bundle, is void or is settled.
		EpochNotReporting,
		/// The bundle hash of the report is not the epoch's; fetch the bundle and its hash again.
		WrongBundle,
		/// A truth has one value per label of the topic; losses have one per element of the bundle.
		WrongLength,
		/// The chain computes the losses of this topic; report the truth with `report`.
		TruthExpected,
		/// The topic has a custom loss method; report losses with `report_losses`.
		LossesExpected,
		/// A value of the truth is larger than 1e15 in magnitude.
		TruthOutOfRange,
		/// The truth must sum to 1 within the topic's `unity_tolerance`.
		NotUnity,
		/// Each value of the truth must be from 0 to 1, since the topic predicts probabilities.
		NotProbability,
		/// The truth of a topic of counts must be at least 0.
		NegativeCount,
		/// All labels are quantiles of one truth; report its value for each of them.
		TruthsDiffer,
		/// A loss exceeds 1000 in magnitude; losses are log10.
		LossOutOfRange,
		/// The stake that counts in this epoch is below the minimum; stake more for later epochs.
		StakeTooLow,
		/// The account has already reported in this epoch; wait for the next epoch.
		AlreadyReported,
		/// The account has abstained in this epoch; wait for the next epoch.
		AlreadyAbstained,
	}
}
