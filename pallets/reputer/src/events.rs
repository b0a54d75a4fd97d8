//! The pallet's events.

use frame_support::pallet_macros::pallet_section;

/// The part of the pallet that declares its events, see `import_section` in the crate's root.
#[pallet_section]
mod events {
	#[pallet::event]
	#[pallet::generate_deposit(pub(crate) fn deposit_event)]
	pub enum Event<T: Config> {
		/// Stake was added.
		Staked {
			/// The topic that the stake is in.
			topic: TopicId,
			/// The owner of the stake.
			who: T::AccountId,
			/// The added amount, in planck.
			amount: Balance,
			/// The account's new stake in the topic, in planck.
			stake: Balance,
		},
		/// A removal of stake was started.
		RemovalStarted {
			/// The topic that the stake is in.
			topic: TopicId,
			/// The owner of the stake.
			who: T::AccountId,
			/// The id by which the removal can be cancelled.
			removal_id: RemovalId,
			/// The amount to be removed, in planck.
			amount: Balance,
			/// The first slot in which the amount can be withdrawn.
			due: Slot,
		},
		/// A removal of stake was cancelled; the amount is staked again.
		RemovalCancelled {
			/// The topic that the stake is in.
			topic: TopicId,
			/// The owner of the stake.
			who: T::AccountId,
			/// The id of the removal.
			removal_id: RemovalId,
			/// The amount, in planck.
			amount: Balance,
		},
		/// The due removals of an account were withdrawn, and their sum was released from hold.
		Withdrawn {
			/// The topic that the stake is in.
			topic: TopicId,
			/// The owner of the stake.
			who: T::AccountId,
			/// The released amount, in planck.
			amount: Balance,
			/// The account's own stake in the topic, in planck.
			stake: Balance,
		},
		/// Stake was delegated to a reputer.
		Delegated {
			/// The topic that the stake is in.
			topic: TopicId,
			/// The owner of the stake.
			who: T::AccountId,
			/// The reputer.
			reputer: T::AccountId,
			/// The added amount, in planck.
			amount: Balance,
			/// The new amount of the delegation, in planck.
			delegation: Balance,
		},
		/// A removal of delegated stake was started.
		UndelegationStarted {
			/// The topic that the stake is in.
			topic: TopicId,
			/// The owner of the stake.
			who: T::AccountId,
			/// The reputer.
			reputer: T::AccountId,
			/// The id by which the removal can be cancelled.
			removal_id: RemovalId,
			/// The amount to be removed, in planck.
			amount: Balance,
			/// The first slot in which the amount can be withdrawn.
			due: Slot,
		},
		/// A removal of delegated stake was cancelled; the amount is delegated again.
		UndelegationCancelled {
			/// The topic that the stake is in.
			topic: TopicId,
			/// The owner of the stake.
			who: T::AccountId,
			/// The reputer.
			reputer: T::AccountId,
			/// The id of the removal.
			removal_id: RemovalId,
			/// The amount, in planck.
			amount: Balance,
		},
		/// The due removals of a delegation were withdrawn, and their sum was released from hold.
		UndelegationWithdrawn {
			/// The topic that the stake was in.
			topic: TopicId,
			/// The owner of the stake.
			who: T::AccountId,
			/// The reputer.
			reputer: T::AccountId,
			/// The released amount, in planck.
			amount: Balance,
			/// The amount that is still delegated, in planck.
			delegation: Balance,
		},
		/// The rewards of a delegation were paid to the delegator.
		RewardsClaimed {
			/// The topic in which they were earned.
			topic: TopicId,
			/// The delegator.
			who: T::AccountId,
			/// The reputer.
			reputer: T::AccountId,
			/// The paid amount, in planck.
			amount: Balance,
		},
		/// The rewards of a delegation were paid to the delegator and delegated.
		RewardsCompounded {
			/// The topic in which they were earned.
			topic: TopicId,
			/// The delegator.
			who: T::AccountId,
			/// The reputer.
			reputer: T::AccountId,
			/// The amount of the rewards, in planck.
			amount: Balance,
			/// The new amount of the delegation, in planck.
			delegation: Balance,
		},
		/// A reputer set its commission.
		CommissionSet {
			/// The topic that it is for.
			topic: TopicId,
			/// The reputer.
			who: T::AccountId,
			/// The new part of its delegators' rewards that it keeps.
			rate: Perbill,
			/// The first slot in which that is in force: this one for a cut, a later one for a rise.
			from: Slot,
		},
		/// The reward of a reputer was shared with its delegators.
		RewardShared {
			/// The topic in which it was earned.
			topic: TopicId,
			/// The settled epoch.
			epoch: EpochId,
			/// The reputer.
			who: T::AccountId,
			/// The whole reward, in planck.
			reward: Balance,
			/// The stake by which it was shared.
			authority: Authority,
			/// What the reputer kept of the delegators' part, in planck.
			commission: Balance,
			/// What went to the delegators' pot, in planck.
			to_delegators: Balance,
		},
		/// A report was accepted into the active set.
		ReportAccepted {
			/// The topic of the report.
			topic: TopicId,
			/// The epoch that it is about.
			epoch: EpochId,
			/// The reputer.
			who: T::AccountId,
			/// Its merit on entering the set: its authority times its listening coefficient, in
			/// planck.
			merit: FixedI128,
			/// Its frozen authority, in planck.
			authority: Balance,
			/// What was reported.
			payload: ReportPayload,
		},
		/// An active reputer was displaced by a stronger one; its report was dropped.
		Displaced {
			/// The topic of the report.
			topic: TopicId,
			/// The epoch that it is about.
			epoch: EpochId,
			/// The account that is no longer active.
			who: T::AccountId,
			/// Its merit in the set, which was the lowest, in planck.
			merit: FixedI128,
			/// The account that is active instead.
			by: T::AccountId,
			/// Its new listening coefficient, pulled toward 1.
			coefficient_after_pull: FixedI128,
		},
		/// A reputer's merit was too low for a seat; its report was not stored.
		Passive {
			/// The topic of the report.
			topic: TopicId,
			/// The epoch that it is about.
			epoch: EpochId,
			/// The account that reported.
			who: T::AccountId,
			/// Its merit on reporting: its authority times its listening coefficient, in planck.
			merit: FixedI128,
			/// The lowest merit in the active set, in planck. The account's is lower, or equal with
			/// a lower lot.
			lowest: FixedI128,
			/// Its new listening coefficient, pulled toward 1.
			coefficient_after_pull: FixedI128,
		},
		/// A reputer declared that it does not report in this epoch.
		Abstained {
			/// The topic of the report.
			topic: TopicId,
			/// The epoch that it is about.
			epoch: EpochId,
			/// The account that abstains.
			who: T::AccountId,
		},
		/// The smoothed scores of reputers were updated with the instant scores of a learned epoch.
		ScoresUpdated {
			/// The topic of the scored reputers.
			topic: TopicId,
			/// The epoch of the instant scores.
			epoch: EpochId,
			/// Per reputer: the account, its instant score in the epoch, its new smoothed score.
			scores: ReputerScores<T::AccountId>,
		},
		/// The listening coefficients of reputers were updated when an epoch was learned.
		CoefficientsUpdated {
			/// The topic of the reputers.
			topic: TopicId,
			/// The learned epoch.
			epoch: EpochId,
			/// Per reputer: the account and its new coefficient, in [0, 1].
			coefficients: ReputerCoefficients<T::AccountId>,
		},
	}
}
