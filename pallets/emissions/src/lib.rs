//! # Emissions
//!
//! Issues ALLO slot by slot, keeps the protocol's pots, pays epochs, and keeps the ledger.
//!
//! ## Pallet API
//!
//! The pallet has two calls: [`Pallet::collect`] pays out at once what an account would otherwise
//! be paid in turn, and [`Pallet::start`] starts emission. It implements four stages of an epoch,
//! [`Pallet::open`], [`Pallet::settle`], [`Pallet::credit_delegators`] and [`Pallet::pay`]. The
//! clock shares emission out through [`EmissionIndex`] and removes old records through
//! [`EpochRecords`], the registry and the consumer pallet pay into pots through [`TopicPot`], and
//! staking takes the validators' share through [`EraPayout`]. Clients read
//! [`Pallet::emission_info`], [`Pallet::rewards`], [`Pallet::claim`], [`Pallet::due`] and
//! [`Pallet::ledger`].
//!
//! ## Overview
//!
//! Once a month the pallet computes a rate from the staked tokens, the circulating tokens and the
//! tokens that the ecosystem may still issue. It locks genesis allocations, which do not circulate
//! until they unlock. Each slot brings the same part of the month's emission, with or without a
//! block: a block also issues the emission of the slots without a block before it.
//!
//! A part of the emission, by default a quarter, is the validators' share: a number that staking
//! takes at the end of an era, and mints as it pays out. The rest is the topics' share. The
//! ecosystem pot, which receives fees and funding, pays it as far as it can; the remainder is
//! minted. It is kept in the rewards pot and shared among topics by their weights.
//!
//! When an epoch ends, it is assigned the emission that its topic accrued in its slots. When the
//! epoch has been learned from, that emission and the topic's pot are credited to inferers,
//! forecasters and reputers. The emission of a void epoch goes to the ecosystem pot.
//!
//! Earnings are paid out automatically: each settlement of a topic pays the accounts that have
//! waited longest. In a topic of 38 workers and 6 reputers every account is paid within 13 epochs,
//! in the largest topic within 16. Any account may be paid earlier with [`Pallet::collect`].
//!
//! ### Example
#![doc = docify::embed!("src/tests/settlement.rs", epoch_is_paid)]
//!
//! ### Rewards by Situation
//!
//! Under the mixture rule (S 13.9) a worker is paid by its *claim*, the discounted sum of what the
//! network would have lost without it. Reputers get a quarter of an epoch's reward.
//!
//! | situation | rewards |
//! |---|---|
//! | the network would have been as good or better without a worker, for long | nothing to that worker |
//! | inferers with equal values | what one of them would get, in equal parts, if all have the same past |
//! | an inferer whose loss is far above the network's | next to nothing, whatever its claim |
//! | one inferer | all of the inferers' part; forecasters gain nothing, since there is nothing to forecast about it |
//! | no inferer has a claim above 0 | by weight in the network inference |
//! | forecasters that add nothing | nothing; forecasters get at most half of the workers' share |
//! | a truth farther from the consensus than a hundredth of the network's usual loss | less than half per stake |
//! | no reputer has stake, or, in a topic with a custom loss method, both stake and a score above 0 | workers share all |
//! | a newcomer | its claim starts at 0 |
//! | an absent member | nothing; its claim fades by 1/64 per settled epoch, and is kept while there are at most as many absent as present members |
//! | a returning member | by what is left of its claim; it starts at 0 if it was dropped |
//! | a void epoch | none, and no claim changes; its emission goes to the ecosystem pot, and the topic's pot is kept for the next epoch |
//! | neither emission nor a pot | none; the epoch is settled, so that claims change |
//! | a new rule of the topic | claims, or scores and shares, start anew |
//!
//! Under the regret rule they are paid by scores (S 13.1 to 13.5):
//!
//! | situation | rewards |
//! |---|---|
//! | one inferer, one reputer | half to each |
//! | one inferer | forecasters get nothing, since there is nothing to forecast about it |
//! | one forecaster, several inferers | the forecaster is paid, with the entropy of one participant |
//! | scores spread by less than the topic's epsilon | equal within the class |
//! | no inferer scores above 0, and the network is no better than without forecasters | forecasters get the maximum share: chi is 0.5 |
//! | no reputer has both stake and a score above 0 | workers share all |
//! | a newcomer | by its score like all others; its share enters the entropy unsmoothed |
//! | an absent member | nothing; its smoothed share is kept while there are at most as many absent as present members |
//! | a returning member | by its score; its smoothed share goes on, or starts anew if it was dropped |
//! | a void epoch | none; its emission goes to the ecosystem pot, and the topic's pot is kept for the next epoch |
//! | neither emission nor a pot | none; the epoch is settled, so that what was learned stays |
//!
//! ## Low Level / Implementation Details
//!
//! ### Design
//!
//! - **Sharing.** At its start a block shares what it issues by the weights set in the blocks
//!   before, through a cumulative index per unit of weight. Amounts in the index have 64 fraction
//!   bits, so sharing loses nothing: the remainder of a division is shared out with the next
//!   block's emission, and the fraction of a planck that a topic cannot hand over stays with the
//!   topic.
//! - **No weight, no stake.** While no topic has weight, the topics' share is not issued, and the
//!   supply lasts longer. While nothing is staked, nothing is emitted; the first month begins with
//!   the first stake.
//! - **Start.** Emission starts at genesis or by a call. It cannot be stopped again, so that nobody
//!   can withhold the pay of those who work and stake.
//! - **Stake.** Each block adds the stake of its slots to a sum, so that the month's rate follows
//!   from the mean. Stake at one moment could be borrowed.
//! - **Supply.** Tokens count against the maximum supply when they are minted or promised to
//!   validators, so the maximum holds whenever staking pays out. Once the supply is used up, the
//!   ecosystem pot alone pays topics, and validators earn fees only.
//! - **Deposits of pots.** Each pot keeps an existential deposit, which it gets at genesis and
//!   never pays out. So any amount can move in and out, and no balance becomes dust. The balances
//!   pallet must come before this pallet in the runtime.
//! - **Rules.** An epoch is paid by the parameters that were in force when it opened, whatever
//!   governance has changed since. Each block remembers them if they have changed.
//! - **Void epochs.** An epoch may become void before its topic hands its emission over. A mark
//!   then sends the emission on to the ecosystem pot; pruning the epoch removes the mark.
//! - **Rounding.** A settlement moves the epoch's emission into the topic's pot and credits rewards
//!   from there, so what rounding leaves stays in the pot.
//! - **Payouts in turn.** A transfer writes an account, which costs more than all the arithmetic of
//!   a reward. So a settlement credits all rewards in one item, the topic's [`Purse`], and pays out
//!   at most three workers and one reputer; one transfer may pay the rewards of several epochs.
//!   Besides these payouts it reads and writes six items: the epoch's [`Rewards`], the topic's
//!   [`Purses`] and [`Memories`], the running totals ([`LedgerTotals`]), and the accounts of two
//!   pots. It also reads the [`KnownRules`].
//! - **Crowded topics.** If members change so fast that more accounts wait than an epoch can have
//!   members, the topic is *crowded*. The hook `on_poll` then pays the accounts that have waited
//!   longest, in up to a twentieth of every block. A purse has places for the members of three
//!   epochs without a common member. A reward finds no place only if three such epochs of a topic
//!   are settled before the hook has paid enough accounts; it then stays in the topic's pot.
//! - **Failed payouts.** Earnings that cannot be paid out, for instance because they would leave an
//!   account below the existential deposit, stay due and accumulate. In a crowded or retired topic
//!   they return to its pot instead.
//! - **Delegators.** The delegators' part of reputers' credits leaves the pots in the step that
//!   settles the epoch, in one transfer. The reputer pallet computes it and pays it out.
//! - **Payees.** The account that is paid is looked up at the payout, not when the reward is
//!   credited.
//! - **Ledger.** Running totals make the laws of the ledger checkable in constant time
//!   ([`Ledger::adds_up`]).
//!
//! ### Terminology
//!
//! - **Emission**: what the schedule brings, newly minted or recycled from the ecosystem pot.
//! - **Topic's pot**: what was paid for the topic, and what its epochs left over.
//! - **Reward**: what an epoch credits to an account.
//! - **Earnings**: rewards that are due and not paid out yet.
//! - **Planck**: the unit of balances.
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
pub mod claims;
mod distribution;
mod earnings;
mod epoch;
mod issuance;
mod ledger;
pub mod memory;
mod pots;
mod rules;
mod settlement;
#[cfg(any(test, feature = "try-runtime"))]
mod try_state;
pub mod types;
mod vesting;
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

/// Target of this pallet's log lines.
pub(crate) const LOG_TARGET: &str = "runtime::emissions";

#[frame_support::pallet]
pub mod pallet {
	use crate::{memory::Memory, types::*, weights::WeightInfo};
	use alloc::vec::Vec;
	use allora_primitives::{
		api::MonthFigures,
		hook_phase::in_initialization,
		traits::{BondedStake, EpochInspect, SlotProvider, StakeInspect, TopicInspect},
		Balance, EpochId, FixedI128, Registration, Role, Slot, Slots, TopicId,
	};
	use frame_support::{
		pallet_prelude::*,
		traits::{
			fungible::{Balanced, Mutate},
			Currency, VestingSchedule,
		},
		weights::WeightMeter,
		PalletId,
	};
	use frame_system::pallet_prelude::{ensure_signed, BlockNumberFor, OriginFor};
	use sp_runtime::Perbill;

	/// The version of the storage layout.
	const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	#[pallet::config]
	pub trait Config: frame_system::Config<RuntimeEvent: From<Event<Self>>> {
		/// The currency that is issued.
		type Currency: Mutate<Self::AccountId, Balance = Balance> + Balanced<Self::AccountId>;
		/// The pallet id that the accounts of the pots derive from.
		#[pallet::constant]
		type PalletId: Get<PalletId>;
		/// The registry of topics.
		type Topics: TopicInspect<Self::AccountId>;
		/// The clock of topics.
		type Epochs: EpochInspect;
		/// The stakes in topics.
		type Stake: StakeInspect<Self::AccountId>;
		/// The stake bonded by validators and nominators.
		type Bonded: BondedStake;
		/// The parameters of the emission schedule.
		type Issuance: Get<IssuanceParameters>;
		/// The parameters by which the rewards of epochs are shared that open from now on.
		type RewardRules: Get<RewardParameters>;
		/// The current slot.
		type Time: SlotProvider;
		/// The number of slots in a month of 30 days, above 0.
		type SlotsPerMonth: Get<Slots>;
		/// The maximum total issuance in planck, below 2^64.
		#[pallet::constant]
		type MaxSupply: Get<Balance>;
		/// The maximum number of planck that emission may mint, the validators' share included; at
		/// most `MaxSupply`.
		#[pallet::constant]
		type EcosystemSupply: Get<Balance>;
		/// The locks of genesis allocations; time counts in slots from the chain's first one.
		type Vesting: VestingSchedule<
			Self::AccountId,
			Moment = BlockNumberFor<Self>,
			Currency: Currency<Self::AccountId, Balance = Balance>,
		>;
		/// The origin that may start emission.
		type StartOrigin: EnsureOrigin<Self::RuntimeOrigin>;
		/// Weights of the call, the hooks, the stages, and of pruning and forgetting.
		type WeightInfo: WeightInfo;
		/// Sets up the state of other pallets for benchmarks.
		#[cfg(feature = "runtime-benchmarks")]
		type BenchmarkHelper: crate::benchmarking::BenchmarkHelper<Self::AccountId>;
	}

	/// The rate in force and the slot in which it is renewed.
	#[pallet::storage]
	pub type CurrentSchedule<T> = StorageValue<_, Schedule, ValueQuery>;

	/// What the rate in force follows from; there is none before the first month.
	#[pallet::storage]
	pub type CurrentFigures<T> = StorageValue<_, MonthFigures>;

	/// The genesis allocations, in planck, that unlock by the schedule of S 15.2.
	#[pallet::storage]
	pub type Vested<T> = StorageValue<_, Balance, ValueQuery>;

	/// The index by which emission is shared out.
	#[pallet::storage]
	pub type CurrentDistribution<T> = StorageValue<_, Distribution, ValueQuery>;

	/// The running totals of the ledger, and the crowded topics.
	#[pallet::storage]
	pub type LedgerTotals<T> = StorageValue<_, Totals, ValueQuery>;

	/// The weights and accruals of topics; a topic with neither has no entry.
	// Twox is safe for topics and epochs: both are numbers that the chain gives out.
	#[pallet::storage]
	pub type Accruals<T> = StorageMap<_, Twox64Concat, TopicId, Accrual>;

	/// The rewards of epochs on record; an epoch has no entry before it is assigned emission or
	/// ends.
	#[pallet::storage]
	pub type Rewards<T: Config> = StorageDoubleMap<
		_,
		Twox64Concat,
		TopicId,
		Twox64Concat,
		EpochId,
		EpochReward<T::AccountId>,
	>;

	/// The topics' pots and the earnings that they owe; a topic with neither has no entry.
	#[pallet::storage]
	pub type Purses<T: Config> =
		StorageMap<_, Twox64Concat, TopicId, Purse<T::AccountId>, ValueQuery>;

	/// Claims, or recent scores and smoothed shares, which the settlement of a topic's next epoch
	/// needs.
	#[pallet::storage]
	pub type Memories<T: Config> =
		StorageMap<_, Twox64Concat, TopicId, Memory<T::AccountId>, ValueQuery>;

	/// The parameters by which the rewards of epochs are shared, by the slots in which they opened;
	/// empty before the first block.
	#[pallet::storage]
	pub type KnownRules<T: Config> = StorageValue<_, RuleHistory, ValueQuery>;

	/// The endowment of the ecosystem pot, the locked allocations, and whether emission starts.
	#[pallet::genesis_config]
	#[derive(frame_support::DefaultNoBound)]
	pub struct GenesisConfig<T: Config> {
		/// Planck minted into the ecosystem pot, in addition to the deposit that every pot gets.
		pub ecosystem: Balance,
		/// Accounts and the planck of their balances that are locked and unlock by S 15.2.
		pub vested: Vec<(T::AccountId, Balance)>,
		/// Whether emission starts with the first block; otherwise it starts by [`Pallet::start`].
		pub started: bool,
		#[serde(skip)]
		#[doc(hidden)]
		pub _config: PhantomData<T>,
	}

	#[pallet::genesis_build]
	impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
		fn build(&self) {
			Pallet::<T>::endow_pots(self.ecosystem);
			for (who, amount) in &self.vested {
				Pallet::<T>::lock_allocation(who, *amount);
			}
			CurrentSchedule::<T>::mutate(|schedule| schedule.started = self.started);
		}
	}

	/// The events of this pallet; amounts are in planck.
	#[pallet::event]
	#[pallet::generate_deposit(pub(crate) fn deposit_event)]
	pub enum Event<T: Config> {
		/// The rate of a month and the emission of its slots were computed.
		RateRenewed {
			/// The emission per staked token and month.
			rate: FixedI128,
			/// The emission per slot, topics' and validators' shares together.
			slot_emission: Balance,
			/// The stake of validators, nominators and reputers, as an average of the month before.
			staked: Balance,
			/// The balance of the ecosystem pot, and what emission may still mint.
			ecosystem_locked: Balance,
			/// The tokens in circulation.
			circulating: Balance,
			/// The reputers' share of the topics' rewards.
			reputers_share: FixedI128,
			/// The validators' share of the emission; topics get the rest.
			validators_share: Perbill,
			/// The target of the rate, before cap and smoothing.
			target: FixedI128,
			/// The maximum of the rate before smoothing.
			cap: FixedI128,
			/// The slot in which the next month begins.
			next_recomputation: Slot,
		},
		/// An era took the validators' share of emission; staking mints it at payout.
		ValidatorsShareTaken {
			/// The amount taken.
			amount: Balance,
		},
		/// An epoch was assigned the emission that its topic accrued.
		EmissionAssigned {
			/// The topic that accrued it.
			topic: TopicId,
			/// The epoch that it is for.
			epoch: EpochId,
			/// The amount assigned.
			amount: Balance,
		},
		/// The emission of an epoch that pays nothing, or of epochs skipped after it, returned to
		/// the ecosystem pot.
		EmissionReturned {
			/// The topic that accrued it.
			topic: TopicId,
			/// The epoch that it was for, or the one before the skipped epochs.
			epoch: EpochId,
			/// The amount returned.
			amount: Balance,
		},
		/// An epoch was settled and its rewards were credited; they are paid out in turn.
		RewardsCredited {
			/// The topic of the epoch.
			topic: TopicId,
			/// The settled epoch.
			epoch: EpochId,
			/// The epoch's emission, which was shared.
			emission: Balance,
			/// The former balance of the topic's pot, which was shared too.
			from_pot: Balance,
			/// The sum credited to inferers.
			inference: Balance,
			/// The sum credited to forecasters.
			forecast: Balance,
			/// The sum credited to reputers.
			reputation: Balance,
			/// All rewards: account, role, amount.
			rewards: RewardList<T::AccountId>,
		},
		/// An epoch was settled that had nothing to pay.
		NothingToPay {
			/// The topic of the epoch.
			topic: TopicId,
			/// The settled epoch.
			epoch: EpochId,
		},
		/// A reward found no place among the waiting accounts of a crowded topic; it stays in the
		/// topic's pot.
		RewardUnpaid {
			/// The topic of the epoch.
			topic: TopicId,
			/// The settled epoch.
			epoch: EpochId,
			/// The account that earned the reward.
			who: T::AccountId,
			/// The role in which it earned the reward.
			role: Role,
			/// The amount of the reward.
			amount: Balance,
		},
		/// The delegators' part of the credits of an epoch's reputers went to the delegators' pot.
		DelegatorsCredited {
			/// The topic of the epoch.
			topic: TopicId,
			/// The settled epoch.
			epoch: EpochId,
			/// The amount moved.
			amount: Balance,
		},
		/// Earnings were paid out to the payee of a worker or reputer.
		PaidOut {
			/// The topic in which they were earned.
			topic: TopicId,
			/// The account that earned them.
			who: T::AccountId,
			/// The registration under which it earned them.
			registration: Registration,
			/// The amount paid.
			amount: Balance,
		},
		/// Earnings could not be paid out, for instance because they would leave an account below
		/// the existential deposit. They stay due and are tried again after all others.
		PayoutFailed {
			/// The topic in which they were earned.
			topic: TopicId,
			/// The account that earned them.
			who: T::AccountId,
			/// The registration under which it earned them.
			registration: Registration,
			/// The amount due.
			amount: Balance,
		},
		/// Earnings that could not be paid out returned to the topic's pot, because the topic is
		/// crowded or retired.
		EarningsReturned {
			/// The topic in which they were earned.
			topic: TopicId,
			/// The account that earned them.
			who: T::AccountId,
			/// The registration under which it earned them.
			registration: Registration,
			/// The amount returned.
			amount: Balance,
		},
		/// The rest of a retired topic's pot went to the ecosystem pot.
		PotReleased {
			/// The retired topic.
			topic: TopicId,
			/// The amount released.
			amount: Balance,
		},
		/// Emission was started.
		EmissionStarted {
			/// The first slot with emission.
			slot: Slot,
		},
	}

	#[pallet::error]
	pub enum Error<T> {
		/// The topic owes the account nothing; collect from another topic, or after the next
		/// settlement.
		NothingDue,
		/// Emission has started already; there is nothing to do.
		AlreadyStarted,
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		fn on_initialize(_: BlockNumberFor<T>) -> Weight {
			let now = T::Time::current_slot();
			Self::record_rules(now);
			Self::begin_block(now)
				.saturating_add(T::WeightInfo::record_rules())
				.saturating_add(Self::weight_of_every_block())
		}

		fn on_poll(_: BlockNumberFor<T>, meter: &mut WeightMeter) {
			in_initialization::<T, _>(|| Self::relieve_crowded(meter));
		}

		fn integrity_test() {
			assert!(T::MaxSupply::get() < SCALE, "the maximum supply is below 2^64");
			assert!(
				T::EcosystemSupply::get() <= T::MaxSupply::get(),
				"the supply of emission is within the maximum supply"
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
		/// Pay out now what a topic owes an account for its work.
		///
		/// ## Dispatch Origin
		///
		/// Signed by any account.
		///
		/// ## Details
		///
		/// The account's earnings as a worker and as a reputer are paid to the payees of its
		/// registrations. If only one of the two can be paid out, the other stays due. No deposit
		/// is taken. A call that pays something pays no fee; one that fails does.
		///
		/// ## Errors
		///
		/// [`Error::NothingDue`]; a token error if nothing can be paid out, for instance because
		/// the earnings would leave the payee below the existential deposit.
		///
		/// ## Events
		///
		/// [`Event::PaidOut`] per registration.
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

		/// Start emission with the next slot. It cannot be stopped again.
		///
		/// ## Dispatch Origin
		///
		/// [`Config::StartOrigin`]; no deposit is taken and no fee paid.
		///
		/// ## Errors
		///
		/// [`Error::AlreadyStarted`].
		///
		/// ## Events
		///
		/// [`Event::EmissionStarted`].
		#[pallet::call_index(1)]
		#[pallet::weight(T::WeightInfo::start())]
		pub fn start(origin: OriginFor<T>) -> DispatchResultWithPostInfo {
			T::StartOrigin::ensure_origin(origin)?;
			Self::start_after(T::Time::current_slot())?;
			Ok(Pays::No.into())
		}
	}
}
