//! The pallet's errors.

use frame_support::pallet_macros::pallet_section;

/// The part of the pallet that declares its errors, see `import_section` in the crate's root.
#[pallet_section]
mod errors {
	/// The reasons for which a call fails.
	#[pallet::error]
	pub enum Error<T> {
		/// There is no topic of this number, or it was retired and its records were removed.
		TopicNotFound,
		/// The creator has retired the topic: it accepts neither funding nor registrations, and
		/// cannot be changed.
		TopicRetired,
		/// Only the creator of a topic may do this.
		NotCreator,
		/// The topic is not offered to the account; its creator must call `offer` first.
		NotOffered,
		/// Every parameter would keep its value.
		NothingChanged,
		/// Epochs on record need as many superseded values as can be kept; wait until the oldest of
		/// them are pruned, or make several changes before an epoch opens.
		TooManyUpdates,
		/// The changed rule takes more computation than is reserved for the topic, which is active,
		/// and the other active topics have reserved what is left. Wait until one of them has ended,
		/// or keep the rule; the other parameters can be changed in a call without it.
		NoCapacity,
		/// The topic's revenue does not suffice for the rent of what the changed rule reserves in
		/// addition; fund the topic first.
		RentTooHigh,
		/// The account is not on the topic's allow-list; its creator must call `allow` first.
		NotAllowed,
		/// The allow-list would have more than 1000 accounts.
		ListFull,
		/// The call names more than 100 accounts; make several calls.
		TooManyAccounts,
		/// Only the owner of a registration may name another, also when registering again.
		NotOwner,
		/// The amount is zero; fund with at least one planck.
		ZeroAmount,
		/// The account is already registered for this.
		AlreadyRegistered,
		/// The account is not registered for this.
		NotRegistered,
		/// A number is out of range.
		Arithmetic,
		/// `metadata` must be at most 255 bytes of UTF-8 without control characters.
		InvalidMetadata,
		/// `loss_method` has a parameter out of its range, or does not fit the labels: pinball needs
		/// one level per label, ascending between 0 and 1, and no `unity_tolerance`; Brier and
		/// cross-entropy need a `unity_tolerance`; the name of a custom method is 1 to 255 printable
		/// ASCII characters without blanks.
		InvalidLossMethod,
		/// `loss_floor` must be from 10^-12 to 1e15.
		InvalidLossFloor,
		/// Only a loss method of the same class can replace another one: squared, absolute, Huber,
		/// pinball and Brier; log-cosh, cross-entropy, Poisson, ZTAE, ZPTAE and CZAR; or custom.
		/// Create another topic.
		LossMethodClass,
		/// `ground_truth` must be at most 255 bytes of UTF-8 without control characters.
		InvalidGroundTruth,
		/// `labels` must be 1 to 8 names, each of 1 to 64 printable ASCII characters without
		/// blanks; no two of them may differ in case only.
		InvalidLabels,
		/// `unity_tolerance` must be from 0 to 1, and needs several labels.
		InvalidUnityTolerance,
		/// `label_default` must be at most 1e15 in magnitude.
		InvalidLabelDefault,
		/// `epoch_length` must be at least `MinEpochLength`.
		EpochTooShort,
		/// `epoch_length` must be at most a week, `SlotsPerWeek`.
		EpochTooLong,
		/// `phase` must be below `epoch_length`.
		InvalidPhase,
		/// `worker_window` must be above zero and below `epoch_length`.
		InvalidWorkerWindow,
		/// `reveal_window` and `worker_window` must be below `epoch_length` together.
		InvalidRevealWindow,
		/// `ground_truth_lag` must be from 1 to 16 epoch lengths.
		InvalidGroundTruthLag,
		/// `p_norm` must be from 2.5 to 4.5.
		InvalidPNorm,
		/// `c_norm` must be above 0 and at most 10.
		InvalidCNorm,
		/// `alpha_regret` must be above 0 and at most 1.
		InvalidAlphaRegret,
		/// `merit_sortition_alpha` must be at least 0 and below 1.
		InvalidMeritSortitionAlpha,
		/// `epsilon` must be from 10^-9 to 1.
		InvalidEpsilon,
		/// The quantiles must be at least 0 and below 1.
		InvalidQuantile,
		/// `max_inferers` must be 1 to 32, `max_forecasters` 0 to 8, `max_reputers` 1 to 16.
		InvalidActiveSetSize,
		/// `min_reputers` must be from 1 to `max_reputers`.
		InvalidMinReputers,
		/// `min_stake` must be at most the maximum supply of ALLO, in planck.
		InvalidMinStake,
		/// `history` must be from 1 to 64.
		InvalidHistory,
		/// The announced change or retirement may be made after the notice, in the slot that
		/// `TopicsApi.topic` returns.
		NoticeNotOver,
		/// Nothing is announced that could be withdrawn. An allow-list that is not in force yet is
		/// disabled by `set_allow_list`, and an account stays listed by `allow`.
		NothingAnnounced,
	}
}
