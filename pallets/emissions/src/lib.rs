//! # Emissions
//!
//! Issues ALLO slot by slot, keeps the protocol's pots, pays epochs, and keeps the books.
//!
//! ## Pallet API
//!
//! The one call, [`Pallet::collect`], pays out at once what an account would be paid soon anyway.
//! The stages [`Pallet::settle`] and [`Pallet::pay`] of an epoch are this pallet's. Other pallets meet this one in the traits
//! [`EmissionIndex`] and [`TopicPot`], the clock in [`EpochRecords`], staking in [`EraPayout`]; clients
//! in [`Pallet::emission_info`],
//! [`Pallet::rewards`], [`Pallet::due`] and [`Pallet::ledger`].
//!
//! ## Overview
//!
//! Once a month a rate is computed from what is staked, what circulates and what the ecosystem may
//! still issue; each slot brings the same part of the month's emission, whether or not there is a
//! block in it: a block issues what the slots before it without one have left. A quarter is the
//! validators': a number that staking takes at the end of an era and mints as it pays out. The
//! rest is the topics': it comes out of the ecosystem pot, into which fees and funding flow, and
//! what that cannot pay is minted. It waits in the rewards pot, shared among topics by their
//! weights. When an epoch is over, what its topic accrued in its slots is the epoch's; when the
//! epoch's reports have been learned from, that and the topic's pot are credited to inferers,
//! forecasters and reputers. The emission of an epoch that came to nothing goes to the ecosystem
//! pot.
//!
//! Earnings are paid out without anybody's doing: each settlement of a topic pays those who have
//! waited longest, so that everyone in a topic of 38 workers and 6 reputers is paid every 13
//! epochs, and every 16 in the largest one. Whoever cannot wait calls [`Pallet::collect`].
//!
//! ### Who is paid when
//!
//! | situation | what is paid |
//! |---|---|
//! | one inferer, one reputer | half to each |
//! | one inferer | forecasters get nothing: there is nothing to forecast about it |
//! | one forecaster, several inferers | it is paid, with the entropy of one participant |
//! | scores spread by less than the topic's epsilon | all members of the class alike |
//! | no inferer scores above 0 and the network is no better than without forecasters | forecasters get most: chi is 0.5 |
//! | no reputer has both stake and a score above 0 | workers share all |
//! | a newcomer | by its score like everyone; its share enters the entropy unsmoothed |
//! | a member is absent | nothing; its smoothed share waits while there is room for as many absent as present |
//! | a member returns | by its score; its smoothed share goes on, or begins anew if forgotten |
//! | the epoch is void | nobody; its emission goes to the ecosystem pot, the topic's pot stays for the next |
//! | neither emission nor anything in the pot | nobody; the epoch is settled, so that what was learned stays |
//!
//! ## Low Level / Implementation Details
//!
//! ### Design
//!
//! * What a block issues is shared at its start by the weights set in the blocks before, through a
//!   cumulative index per unit of weight. Amounts on the way have 64 fraction bits, so sharing
//!   loses nothing: the remainder of a division is shared out with the next block's emission, and
//!   the part of a planck that a topic cannot hand over stays its own.
//! * While no topic has weight, the topics' part is not issued at all: the supply lasts longer.
//! * While nothing is staked nothing is emitted; the first month begins with the first stake.
//! * Supply counts when it is minted or promised to validators, so that the maximum holds whatever
//!   staking pays out later. Once it is used up, the ecosystem pot alone pays topics, and
//!   validators live on fees.
//! * Each pot keeps an existential deposit, given at genesis, that is never paid: so any amount can
//!   move in and out, and no balance turns to dust. The balances pallet must therefore stand
//!   before this one in the runtime.
//! * An epoch may be void before its topic hands its emission over; a mark then sends it on to the
//!   ecosystem pot. The mark goes when the epoch is pruned.
//! * A settlement moves the epoch's emission into the topic's pot and credits out of that, so that
//!   whatever rounding leaves over stays there.
//! * A transfer writes an account, and that costs more than all the arithmetic about it. So a
//!   settlement credits everyone in one item, the topic's [`Purse`], and pays out three workers and
//!   a reputer at most; amounts of several epochs go out in one transfer. It reads and
//!   writes six items besides those payouts: the epoch's [`Rewards`], the topic's [`Purses`] and
//!   [`Memories`], the [`Books`], and the accounts of two pots.
//! * Where members change so fast that more wait than an epoch can have, the topic is *crowded*,
//!   and the hook `on_poll` pays out those who wait longest, up to a twentieth of every block.
//!   A purse has room for three epochs that have nobody in common. Only if that many of a topic are
//!   settled before the hook has caught up may a reward find no place; it stays in the topic's pot.
//! * Earnings that cannot be paid out, as when they would leave an account below the existential
//!   deposit, wait and grow; in a crowded or retired topic they go back to its pot instead.
//! * Whose account the money goes to is asked when it is paid out, not when it is credited.
//! * Running totals make the ledger's laws checkable in constant time ([`Ledger::adds_up`]).
//!
//! ### Terminology
//!
//! *Emission* is what the schedule brings, newly minted or recycled from the ecosystem pot. A
//! *topic's pot* is what consumers paid for it and what its epochs left over. A *reward* is what an
//! epoch credits to an account; *earnings* are rewards that are due and not paid out yet. *Planck*
//! is the unit of balances.
//!
//! [`EmissionIndex`]: allora_primitives::traits::EmissionIndex
//! [`TopicPot`]: allora_primitives::traits::TopicPot
//! [`EpochRecords`]: allora_primitives::traits::EpochRecords
//! [`EraPayout`]: sp_staking::EraPayout
//! [`Ledger::adds_up`]: allora_primitives::Ledger::adds_up
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

#[cfg(feature = "runtime-benchmarks")]
pub mod benchmarking;
mod distribution;
mod earnings;
mod epoch;
mod issuance;
mod ledger;
pub mod memory;
mod pots;
mod settlement;
#[cfg(any(test, feature = "try-runtime"))]
mod try_state;
pub mod types;
pub mod weights;

#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

pub use memory::Memory;
pub use pallet::*;
pub use pots::EcosystemPot;
pub use types::{IssuanceParameters, Pot, Purse, RewardParameters};
pub use weights::WeightInfo;

/// Where the pallet's log lines belong.
pub(crate) const LOG_TARGET: &str = "runtime::emissions";

/// Issues ALLO, pays epochs, keeps the books.
#[frame_support::pallet]
pub mod pallet {
	use crate::{memory::Memory, types::*, weights::WeightInfo};
	use allora_primitives::{
		hook_phase::in_initialization,
		traits::{BondedStake, EpochInspect, SlotProvider, StakeInspect, TopicInspect},
		Balance, EpochId, FixedI128, Registration, Role, Slots, TopicId,
	};
	use frame_support::{
		pallet_prelude::*,
		traits::fungible::{Balanced, Mutate},
		weights::WeightMeter,
		PalletId,
	};
	use frame_system::pallet_prelude::{ensure_signed, BlockNumberFor, OriginFor};

	const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	/// The pallet.
	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	/// What the runtime provides.
	#[pallet::config]
	pub trait Config: frame_system::Config<RuntimeEvent: From<Event<Self>>> {
		/// The token.
		type Currency: Mutate<Self::AccountId, Balance = Balance> + Balanced<Self::AccountId>;
		/// Under this id the pots have their accounts.
		#[pallet::constant]
		type PalletId: Get<PalletId>;
		/// The registry of topics.
		type Topics: TopicInspect<Self::AccountId>;
		/// The clock of topics.
		type Epochs: EpochInspect;
		/// Stakes in topics.
		type Stake: StakeInspect<Self::AccountId>;
		/// Stake bonded by validators and nominators.
		type Bonded: BondedStake;
		/// How much is issued.
		type Issuance: Get<IssuanceParameters>;
		/// How an epoch's reward is shared.
		type RewardRules: Get<RewardParameters>;
		/// The slot that it is.
		type Time: SlotProvider;
		/// Slots of a month of 30 days, above 0.
		type SlotsPerMonth: Get<Slots>;
		/// The maximum number of planck that may ever be in issue, below 2^64.
		#[pallet::constant]
		type MaxSupply: Get<Balance>;
		/// Most planck that emission may ever mint, validators' part included; at most `MaxSupply`.
		#[pallet::constant]
		type EcosystemSupply: Get<Balance>;
		/// Genesis allocations, in planck, that unlock by the schedule of S 15.2; 0 if there are none.
		#[pallet::constant]
		type Vested: Get<Balance>;
		/// Weights of the pallet's work.
		type WeightInfo: WeightInfo;
		/// Prepares the neighbours for benchmarks.
		#[cfg(feature = "runtime-benchmarks")]
		type BenchmarkHelper: crate::benchmarking::BenchmarkHelper<Self::AccountId>;
	}

	/// The rate in force and when it is renewed.
	#[pallet::storage]
	pub type CurrentSchedule<T> = StorageValue<_, Schedule, ValueQuery>;

	/// The index by which emission is shared out.
	#[pallet::storage]
	pub type Shared<T> = StorageValue<_, Distribution, ValueQuery>;

	/// Running totals for the ledger, and crowded topics.
	#[pallet::storage]
	pub type Books<T> = StorageValue<_, Totals, ValueQuery>;

	// Topic and epoch numbers are given by the chain, so nobody can choose colliding keys: Twox is
	// safe in all maps.

	/// What each topic accrues; topics without weight and accrual have no entry.
	#[pallet::storage]
	pub type Accruals<T> = StorageMap<_, Twox64Concat, TopicId, Accrual>;

	/// What epochs on record pay; none before any emission came.
	#[pallet::storage]
	pub type Rewards<T: Config> = StorageDoubleMap<
		_,
		Twox64Concat,
		TopicId,
		Twox64Concat,
		EpochId,
		EpochReward<T::AccountId>,
	>;

	/// The topics' pots and what they owe; a topic with neither has no entry.
	#[pallet::storage]
	pub type Purses<T: Config> =
		StorageMap<_, Twox64Concat, TopicId, Purse<T::AccountId>, ValueQuery>;

	/// What settlement remembers of the topics' epochs.
	#[pallet::storage]
	pub type Memories<T: Config> =
		StorageMap<_, Twox64Concat, TopicId, Memory<T::AccountId>, ValueQuery>;

	/// What the ecosystem pot has at first.
	#[pallet::genesis_config]
	#[derive(frame_support::DefaultNoBound)]
	pub struct GenesisConfig<T: Config> {
		/// Planck minted into the ecosystem pot, besides the deposit every pot gets.
		pub ecosystem: Balance,
		#[serde(skip)]
		#[doc(hidden)]
		pub _config: PhantomData<T>,
	}

	#[pallet::genesis_build]
	impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
		fn build(&self) {
			Pallet::<T>::endow_pots(self.ecosystem);
		}
	}

	/// What happened; amounts in planck.
	#[pallet::event]
	#[pallet::generate_deposit(pub(crate) fn deposit_event)]
	pub enum Event<T: Config> {
		/// A month's rate and the emission of its slots were computed.
		RateRenewed {
			/// Emission of a staked token in a month.
			rate: FixedI128,
			/// Emission of a slot, topics' and validators' parts together.
			slot_emission: Balance,
			/// Stake of validators, nominators and reputers.
			staked: Balance,
			/// What the ecosystem pot holds and emission may still mint.
			ecosystem_locked: Balance,
			/// Tokens in circulation.
			circulating: Balance,
		},
		/// An era took the validators' part of emission; staking mints it at payout.
		ValidatorsShareTaken {
			/// How much.
			amount: Balance,
		},
		/// An epoch got the emission that its topic accrued.
		EmissionAssigned {
			/// The topic.
			topic: TopicId,
			/// Its epoch.
			epoch: EpochId,
			/// How much.
			amount: Balance,
		},
		/// Emission of an epoch that pays nothing, or of those skipped after it, went back to the
		/// ecosystem pot.
		EmissionReturned {
			/// The topic.
			topic: TopicId,
			/// Its epoch.
			epoch: EpochId,
			/// How much.
			amount: Balance,
		},
		/// An epoch was settled and its rewards were credited; they are paid out in turn.
		RewardsCredited {
			/// The topic.
			topic: TopicId,
			/// Its epoch.
			epoch: EpochId,
			/// Emission that was there to share.
			emission: Balance,
			/// What was there to share in the topic's pot.
			from_pot: Balance,
			/// Credited to inferers.
			inference: Balance,
			/// Credited to forecasters.
			forecast: Balance,
			/// Credited to reputers.
			reputation: Balance,
			/// Everyone's reward.
			rewards: RewardList<T::AccountId>,
		},
		/// An epoch was settled that had nothing to pay.
		NothingToPay {
			/// The topic.
			topic: TopicId,
			/// Its epoch.
			epoch: EpochId,
		},
		/// A reward found no place among those who wait in a crowded topic; it stays in the topic's
		/// pot.
		RewardUnpaid {
			/// The topic.
			topic: TopicId,
			/// Its epoch.
			epoch: EpochId,
			/// The account that should have been credited.
			account: T::AccountId,
			/// For which role.
			role: Role,
			/// How much.
			amount: Balance,
		},
		/// Earnings were paid out to the account that the worker or reputer named.
		PaidOut {
			/// The topic.
			topic: TopicId,
			/// Whose work earned them.
			account: T::AccountId,
			/// As what it worked.
			registration: Registration,
			/// How much.
			amount: Balance,
		},
		/// Earnings could not be paid out, as when they would leave an account below the existential
		/// deposit; they stay due and are tried again after everyone else's.
		PayoutFailed {
			/// The topic.
			topic: TopicId,
			/// Whose work earned them.
			account: T::AccountId,
			/// As what it worked.
			registration: Registration,
			/// How much.
			amount: Balance,
		},
		/// Earnings that could not be paid out went back to the topic's pot: in a crowded topic, for
		/// want of places, or in a retired one.
		EarningsReturned {
			/// The topic.
			topic: TopicId,
			/// Whose work earned them.
			account: T::AccountId,
			/// As what it worked.
			registration: Registration,
			/// How much.
			amount: Balance,
		},
		/// What was left in a retired topic's pot went to the ecosystem pot.
		PotReleased {
			/// The topic.
			topic: TopicId,
			/// How much.
			amount: Balance,
		},
	}

	/// Why the pallet refuses.
	#[pallet::error]
	pub enum Error<T> {
		/// The topic owes the account nothing; ask for what is due in another topic, or after the
		/// next settlement.
		NothingDue,
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		fn on_initialize(_: BlockNumberFor<T>) -> Weight {
			Self::begin_block(T::Time::current_slot())
		}

		fn on_poll(_: BlockNumberFor<T>, meter: &mut WeightMeter) {
			in_initialization::<T, _>(|| Self::relieve_crowded(meter));
		}

		fn integrity_test() {
			assert!(T::MaxSupply::get() < SCALE, "the whole supply needs 64 bits");
			assert!(
				T::EcosystemSupply::get() <= T::MaxSupply::get(),
				"emission is within the supply"
			);
			assert!(T::SlotsPerMonth::get() > 0, "a month has slots");
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::do_try_state()
		}
	}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Pays out now what a topic owes an account for its work.
		///
		/// ## Dispatch Origin
		///
		/// Signed by anyone. Free of charge if it pays something.
		///
		/// ## Details
		///
		/// Pays the account's earnings as a worker and as a reputer, to the accounts it named for
		/// them. If only one of them can be paid out the other stays due.
		///
		/// ## Errors
		///
		/// * [`Error::NothingDue`] if the topic owes the account nothing.
		/// * The token's error if nothing can be paid out, as when the earnings would leave the
		///   account that takes them below the existential deposit.
		///
		/// ## Events
		///
		/// * [`Event::PaidOut`] for each kind of earnings.
		#[pallet::call_index(0)]
		#[pallet::weight(T::WeightInfo::collect())]
		pub fn collect(
			origin: OriginFor<T>,
			topic: TopicId,
			account: T::AccountId,
		) -> DispatchResultWithPostInfo {
			ensure_signed(origin)?;
			Self::do_collect(topic, &account)?;
			Ok(Pays::No.into())
		}
	}
}
