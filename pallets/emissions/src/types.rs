//! The stored types, and the parameters of issuance and rewards.

use alloc::vec::Vec;
use allora_primitives::{
	api::NoReward, Balance, FixedI128, Registration, Role, Slot, TopicId, MAX_FORECASTERS,
	MAX_INFERERS, MAX_REPUTERS,
};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{traits::ConstU32, BoundedVec};
use scale_info::TypeInfo;
use sp_runtime::Perbill;

/// One planck in the units of the emission index and of accruals, which have 64 fraction bits.
pub const SCALE: u128 = 1 << 64;

/// The maximum number of rewards of an epoch.
pub const MAX_REWARDS: u32 = MAX_INFERERS + MAX_FORECASTERS + MAX_REPUTERS;
/// The maximum number of workers that are credited in an epoch.
pub const MAX_WORKERS: u32 = MAX_INFERERS + MAX_FORECASTERS;
/// The maximum number of accounts that wait for earnings per registration: the workers of three
/// epochs without a common worker.
pub const MAX_WAITING: u32 = 3 * MAX_WORKERS;
/// The maximum number of topics that are recorded as crowded.
pub const MAX_CROWDED: u32 = 64;
/// The number of workers that a settlement tries to pay out, beginning with the longest waiting.
pub const WORKER_PAYOUTS: u32 = 3;
/// The number of reputers that a settlement tries to pay out, beginning with the longest waiting.
pub const REPUTER_PAYOUTS: u32 = 1;

/// The registrations under which accounts earn.
pub const REGISTRATIONS: [Registration; 2] = [Registration::Worker, Registration::Reputer];

/// The rewards of an epoch: account, role, amount in planck.
pub type RewardList<AccountId> = BoundedVec<(AccountId, Role, Balance), ConstU32<MAX_REWARDS>>;
/// The credits of all participants in a settled epoch: account, role, credit.
pub type CreditList<AccountId> = BoundedVec<(AccountId, Role, Credit), ConstU32<MAX_REWARDS>>;
/// The accounts that wait for earnings, the longest waiting first; each account at most once.
pub type Waiting<AccountId> = BoundedVec<PendingPayout<AccountId>, ConstU32<MAX_WAITING>>;

/// Earnings that wait to be paid out.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct PendingPayout<AccountId> {
	/// The account that earned them.
	pub account: AccountId,
	/// The amount in planck, above 0.
	pub amount: Balance,
}

/// A topic's money in the account of the topic pots: its pot, and the earnings that it owes.
///
/// Size: 48 bytes per waiting account; 2.1 kB in a topic of 38 workers and 6 reputers, 11.5 kB at
/// most.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Purse<AccountId> {
	/// The balance that the next settlement shares, in planck.
	pub pot: Balance,
	/// The inferers and forecasters that wait for earnings.
	pub workers: Waiting<AccountId>,
	/// The reputers that wait for earnings.
	pub reputers: Waiting<AccountId>,
}

impl<AccountId> Default for Purse<AccountId> {
	fn default() -> Self {
		Self { pot: 0, workers: BoundedVec::new(), reputers: BoundedVec::new() }
	}
}

impl<AccountId: PartialEq> Purse<AccountId> {
	/// The accounts that wait for earnings under a registration.
	pub fn waiting(&self, registration: Registration) -> &Waiting<AccountId> {
		match registration {
			Registration::Worker => &self.workers,
			Registration::Reputer => &self.reputers,
		}
	}

	/// The accounts that wait for earnings under a registration, to change.
	pub fn waiting_mut(&mut self, registration: Registration) -> &mut Waiting<AccountId> {
		match registration {
			Registration::Worker => &mut self.workers,
			Registration::Reputer => &mut self.reputers,
		}
	}

	/// Adds to the earnings of an account, which keeps its place among the waiting accounts, or
	/// gets the last one. Returns whether there was a place.
	#[must_use]
	pub fn credit(
		&mut self,
		registration: Registration,
		account: AccountId,
		amount: Balance,
	) -> bool {
		let waiting = self.waiting_mut(registration);
		if let Some(due) = waiting.iter_mut().find(|due| due.account == account) {
			// Earnings are parts of the total issuance, so their sum cannot overflow.
			due.amount = due.amount.saturating_add(amount);
			return true;
		}
		waiting.try_push(PendingPayout { account, amount }).is_ok()
	}

	/// Removes and returns what is due to an account under a registration.
	pub fn take(
		&mut self,
		registration: Registration,
		account: &AccountId,
	) -> Option<PendingPayout<AccountId>> {
		let waiting = self.waiting_mut(registration);
		let at = waiting.iter().position(|due| due.account == *account)?;
		Some(waiting.remove(at))
	}

	/// Takes this amount off what is due to a reputer; `None` if it is more than that.
	pub fn take_from_reputer(&mut self, account: &AccountId, amount: Balance) -> Option<()> {
		let at = self.reputers.iter().position(|due| due.account == *account)?;
		let due = self.reputers.get_mut(at)?;
		due.amount = due.amount.checked_sub(amount)?;
		if due.amount == 0 {
			self.reputers.remove(at);
		}
		Some(())
	}

	/// The sum of what is due to an account, in planck.
	pub fn due(&self, account: &AccountId) -> Balance {
		let all = self.workers.iter().chain(&self.reputers);
		sum(all.filter(|due| due.account == *account))
	}

	/// The sum of all earnings, in planck.
	pub fn earnings(&self) -> Balance {
		sum(self.workers.iter().chain(&self.reputers))
	}

	/// Whether the pot is empty and no account waits.
	pub fn is_empty(&self) -> bool {
		self.pot == 0 && self.workers.is_empty() && self.reputers.is_empty()
	}

	/// Whether more workers or reputers wait than an epoch can have.
	pub fn is_crowded(&self) -> bool {
		let crowded = |of: &Registration| self.waiting(*of).len() as u32 > max_waiting(*of);
		REGISTRATIONS.iter().any(crowded)
	}
}

/// A settled epoch, whose purse is not stored yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settlement<AccountId> {
	/// The topic's purse with the epoch's credits.
	pub purse: Purse<AccountId>,
	/// The credits of reputers, in planck.
	pub reputation: Vec<(AccountId, Balance)>,
}

/// The maximum number of an epoch's members under a registration. If more accounts wait, the topic
/// is crowded.
pub fn max_waiting(registration: Registration) -> u32 {
	match registration {
		Registration::Worker => MAX_WORKERS,
		Registration::Reputer => MAX_REPUTERS,
	}
}

/// The sum of these payouts in planck. They are parts of the total issuance, so it cannot overflow.
fn sum<'a, AccountId: 'a>(payouts: impl Iterator<Item = &'a PendingPayout<AccountId>>) -> Balance {
	payouts.fold(0, |sum, due| sum.saturating_add(due.amount))
}

/// The pots. Each has its own account, which derives from the pallet id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode)]
pub enum Pot {
	/// Fees, funding, and the emission returned by void epochs. It pays emission before any is
	/// minted.
	#[codec(index = 0)]
	Ecosystem,
	/// Emission between its block and the settlement of an epoch.
	#[codec(index = 1)]
	Rewards,
	/// The sum of all topic pots, and the earnings that topics owe.
	#[codec(index = 2)]
	Topics,
}

impl Pot {
	/// Every pot.
	pub const ALL: [Self; 3] = [Self::Ecosystem, Self::Rewards, Self::Topics];
}

/// The parameters of the emission schedule (S 15.1), which are read when the rate is renewed.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct IssuanceParameters {
	/// The validators' share of a slot's emission; topics get the rest.
	pub validators_share: Perbill,
	/// The emission per month as a part of the locked tokens, at full circulation (f_E), not
	/// negative.
	pub emission_factor: FixedI128,
	/// The weight of a new month's rate in the smoothed rate, in (0, 1].
	pub rate_smoothing: FixedI128,
	/// The maximum yield per staked token and month (MPY), above 0.
	pub max_monthly_yield: FixedI128,
	/// The reputers' share of the topics' rewards until a month has measured it (S 13.8), in [0,
	/// 1].
	pub initial_reputers_share: FixedI128,
}

impl Default for IssuanceParameters {
	fn default() -> Self {
		Self {
			validators_share: Perbill::from_percent(25),
			emission_factor: FixedI128::from_rational(35, 1_000),
			rate_smoothing: FixedI128::from_rational(1, 10),
			max_monthly_yield: FixedI128::from_rational(95, 10_000),
			initial_reputers_share: FixedI128::from_rational(1, 3),
		}
	}
}

/// The parameters by which an epoch's reward is shared (S 3, S 13).
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct RewardParameters {
	/// The degree to which inferers' rewards favour the best (PRewardInference), above 0.
	pub p_inference: FixedI128,
	/// The degree to which forecasters' rewards favour the best (PRewardForecast), above 0.
	pub p_forecast: FixedI128,
	/// The power of stake times score (PRewardReputer), above 0.
	pub p_reputer: FixedI128,
	/// The scaled score from which inferers' rewards grow (CRewardInference), above 0.
	pub c_inference: FixedI128,
	/// The scaled score from which forecasters' rewards grow (CRewardForecast), above 0.
	pub c_forecast: FixedI128,
	/// The degree to which few effective participants lower a class's share (BetaEntropy), in [0,
	/// 1].
	pub beta_entropy: FixedI128,
	/// The weight of an epoch in smoothed shares and tau (TaskRewardAlpha), in (0, 1].
	pub smoothing: FixedI128,
	/// The reputers' share of an epoch's reward under the mixture rule (S 13.9), in (0, 1).
	pub reputers_share: FixedI128,
}

/// The maximum number of parameters of rewards that are remembered. Governance would have to change
/// them more often within the life of an epoch for it to be paid by others than those of its opening.
pub const MAX_RULES: u32 = 16;

/// Parameters of rewards, each with the slot from which on epochs that open are paid by them, in
/// ascending order.
pub type RuleHistory = BoundedVec<(Slot, RewardParameters), ConstU32<MAX_RULES>>;

impl Default for RewardParameters {
	fn default() -> Self {
		Self {
			p_inference: FixedI128::from_u32(3),
			p_forecast: FixedI128::from_u32(3),
			p_reputer: FixedI128::from_u32(1),
			c_inference: FixedI128::from_rational(3, 4),
			c_forecast: FixedI128::from_rational(3, 4),
			beta_entropy: FixedI128::from_rational(1, 4),
			smoothing: FixedI128::from_rational(1, 10),
			reputers_share: FixedI128::from_rational(1, 4),
		}
	}
}

/// The rate in force, the slot in which it is renewed, and the stake from which the next one
/// follows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Schedule {
	/// The emission per staked token and month (e_i); `None` before the first month.
	pub rate: Option<FixedI128>,
	/// The emission per slot in planck, topics' and validators' shares together.
	pub slot_emission: Balance,
	/// The validators' share of the month's emission; topics get the rest.
	pub validators_share: Perbill,
	/// The reputers' share of the topics' rewards in the latest month with rewards, moved into
	/// [0.2, 0.5] (S 13.8); `None` before it.
	pub reputers_share: Option<FixedI128>,
	/// The first slot in which the rate is renewed.
	pub next_recomputation: Slot,
	/// The slot of the chain's first block, from which months are counted; `None` before it.
	pub first_slot: Option<Slot>,
	/// The first slot whose emission is not issued yet.
	pub next_slot: Slot,
	/// Whether emission has started.
	pub started: bool,
	/// The stake in planck, summed over the slots since the rate was last renewed.
	pub stake_sum: u128,
	/// The number of these slots.
	pub stake_slots: Slot,
}

/// The index by which emission is shared out among topics by weight.
///
/// Amounts have 64 fraction bits, so that sharing loses nothing: `accruing + carried` is exactly
/// what was put in and not handed over, a whole number of planck.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Distribution {
	/// The emission accrued per unit of weight since genesis, in planck with 64 fraction bits.
	pub index: u128,
	/// The sum of all topics' weights.
	pub total_weight: Balance,
	/// The emission that all topics have accrued and not handed over to epochs, with 64 fraction
	/// bits.
	pub accruing: u128,
	/// The remainder of divisions, shared out with the next block's emission, with 64 fraction
	/// bits.
	pub carried: u128,
}

impl Distribution {
	/// Shares `amount` planck out; `None` if there is no weight, or if a number leaves its range.
	pub fn share_out(self, amount: Balance) -> Option<Self> {
		let pool = amount.checked_mul(SCALE)?.checked_add(self.carried)?;
		let step = pool.checked_div(self.total_weight)?;
		let carried = pool.checked_rem(self.total_weight)?;
		Some(Self {
			index: self.index.checked_add(step)?,
			accruing: self.accruing.checked_add(pool.checked_sub(carried)?)?,
			carried,
			..self
		})
	}
}

/// A topic's weight and what it has accrued.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Accrual {
	/// The topic's weight, in planck.
	pub weight: Balance,
	/// The index up to which `accrued` counts.
	pub checkpoint: u128,
	/// The emission accrued and not handed over, in planck with 64 fraction bits.
	pub accrued: u128,
}

impl Accrual {
	/// Accrues up to this index; `None` if a number leaves its range.
	pub fn advance(&mut self, index: u128) -> Option<()> {
		let grown = index.checked_sub(self.checkpoint)?.checked_mul(self.weight)?;
		self.accrued = self.accrued.checked_add(grown)?;
		self.checkpoint = index;
		Some(())
	}

	/// The emission accrued at this index, with 64 fraction bits; `None` if a number leaves its
	/// range.
	pub fn accrued_at(mut self, index: u128) -> Option<u128> {
		self.advance(index)?;
		Some(self.accrued)
	}
}

/// The result of a participant in a settlement: its reward, or why it has none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub enum Credit {
	/// A reward of this amount, in planck, above 0.
	#[codec(index = 0)]
	Reward(Balance),
	/// The epoch had nothing to pay.
	#[codec(index = 1)]
	NothingToPay,
	/// The participant's share is zero, or less than a planck.
	#[codec(index = 2)]
	NoShare,
	/// The reward found no place among the waiting accounts; it stays in the topic's pot.
	#[codec(index = 3)]
	NoPlace,
}

impl Credit {
	/// The credited amount, in planck.
	pub fn amount(&self) -> Balance {
		match self {
			Self::Reward(amount) => *amount,
			_ => 0,
		}
	}

	/// Why nothing was credited; `None` if something was.
	pub fn no_reward(&self) -> Option<NoReward> {
		match self {
			Self::Reward(_) => None,
			Self::NothingToPay => Some(NoReward::NothingToPay),
			Self::NoShare => Some(NoReward::NoShare),
			Self::NoPlace => Some(NoReward::Unpaid),
		}
	}
}

/// The reward of an epoch: its emission before the settlement, the credits after it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub enum EpochReward<AccountId> {
	/// This amount of emission, in planck, is in the rewards pot until the settlement.
	#[codec(index = 0)]
	Assigned(Balance),
	/// The epoch is void: its emission, also what is assigned later, goes to the ecosystem pot.
	#[codec(index = 1)]
	Voided,
	/// The epoch is settled with these credits; emission that is assigned later goes to the topic's
	/// pot.
	#[codec(index = 2)]
	Settled(CreditList<AccountId>),
}

/// The running totals of the ledger since genesis, in planck, so that it is checked without
/// iteration; and the crowded topics.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Totals {
	/// The total issuance at genesis, with the endowment of the pots.
	pub genesis_issuance: Balance,
	/// Emission minted into the rewards pot.
	pub minted: Balance,
	/// Emission that the ecosystem pot paid into the rewards pot.
	pub recycled: Balance,
	/// The validators' emission that no era has taken yet.
	pub validators_accrued: Balance,
	/// The validators' emission that eras took.
	pub validators_taken: Balance,
	/// Emission assigned to epochs that are not settled yet.
	pub assigned: Balance,
	/// Emission that returned to the ecosystem pot.
	pub returned: Balance,
	/// Emission that settlements moved to the topic pots.
	pub settled: Balance,
	/// Payments of accounts into the topic pots.
	pub purchased: Balance,
	/// The sum of the topic pots.
	pub topic_pots: Balance,
	/// Rewards of inferers, forecasters and reputers that are not paid out yet.
	pub earnings: Balance,
	/// Rewards paid out to inferers, forecasters and reputers.
	pub paid: Balance,
	/// Payments of retired topics' pots to the ecosystem pot.
	pub released: Balance,
	/// Rewards credited since the rate was last renewed.
	pub month_credited: Balance,
	/// Rewards credited to reputers since the rate was last renewed.
	pub month_credited_to_reputers: Balance,
	/// The crowded topics, in the order in which they are relieved.
	///
	/// They are stored with the totals, which every settlement writes. A topic that finds no place
	/// here is added at a later settlement.
	pub crowded: BoundedVec<TopicId, ConstU32<MAX_CROWDED>>,
}
