//! What the pallet stores, and the parameters it works with.

use allora_primitives::{
	api::NoReward, Balance, FixedI128, Registration, Role, Slot, TopicId, MAX_FORECASTERS,
	MAX_INFERERS, MAX_REPUTERS,
};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{traits::ConstU32, BoundedVec};
use scale_info::TypeInfo;
use sp_runtime::Perbill;

/// One planck in the units of the emission index and of accruals: they have 64 fraction bits.
pub const SCALE: u128 = 1 << 64;

/// The maximum number of rewards of an epoch.
pub const MAX_REWARDS: u32 = MAX_INFERERS + MAX_FORECASTERS + MAX_REPUTERS;
/// The maximum number of workers that are credited in an epoch.
pub const MAX_WORKERS: u32 = MAX_INFERERS + MAX_FORECASTERS;
/// Most accounts that may wait for their earnings of a kind: the workers of three epochs that have
/// nobody in common.
pub const MAX_WAITING: u32 = 3 * MAX_WORKERS;
/// The maximum number of topics that may be known to be crowded at once.
pub const MAX_CROWDED: u32 = 64;
/// Workers that a settlement tries to pay out, those who wait longest.
pub const WORKER_PAYOUTS: u32 = 3;
/// Reputers that a settlement tries to pay out, those who wait longest.
pub const REPUTER_PAYOUTS: u32 = 1;

/// The kinds of earnings: workers' and reputers'.
pub const KINDS: [Registration; 2] = [Registration::Worker, Registration::Reputer];

/// What an epoch credited: to whom, for which role, how much in planck.
pub type RewardList<AccountId> = BoundedVec<(AccountId, Role, Balance), ConstU32<MAX_REWARDS>>;
/// What became of everyone who contributed to a settled epoch: account, role, credit.
pub type CreditList<AccountId> = BoundedVec<(AccountId, Role, Credit), ConstU32<MAX_REWARDS>>;
/// Who waits for earnings, those who wait longest first; each account once.
pub type Waiting<AccountId> = BoundedVec<Due<AccountId>, ConstU32<MAX_WAITING>>;

/// Earnings that wait to be paid out.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Due<AccountId> {
	/// Whose work earned them.
	pub account: AccountId,
	/// How much, in planck, above 0.
	pub amount: Balance,
}

/// A topic's money in the topics' account: its pot, and what it owes.
///
/// 48 bytes each who waits: 2.1 KB in a topic of 38 workers and 6 reputers, 11.5 KB at most.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Purse<AccountId> {
	/// What is there to be shared by the next settlement, in planck.
	pub pot: Balance,
	/// Inferers and forecasters that wait for earnings.
	pub workers: Waiting<AccountId>,
	/// Reputers that wait for earnings.
	pub reputers: Waiting<AccountId>,
}

impl<AccountId> Default for Purse<AccountId> {
	fn default() -> Self {
		Self { pot: 0, workers: BoundedVec::new(), reputers: BoundedVec::new() }
	}
}

impl<AccountId: PartialEq> Purse<AccountId> {
	/// Who waits for earnings of a kind.
	pub fn waiting(&self, kind: Registration) -> &Waiting<AccountId> {
		match kind {
			Registration::Worker => &self.workers,
			Registration::Reputer => &self.reputers,
		}
	}

	/// Who waits for earnings of a kind, to change.
	pub fn waiting_mut(&mut self, kind: Registration) -> &mut Waiting<AccountId> {
		match kind {
			Registration::Worker => &mut self.workers,
			Registration::Reputer => &mut self.reputers,
		}
	}

	/// Adds to what is due to an account, which goes on waiting where it does, or at the end;
	/// whether there was a place for it.
	#[must_use]
	pub fn credit(&mut self, kind: Registration, account: AccountId, amount: Balance) -> bool {
		let waiting = self.waiting_mut(kind);
		if let Some(due) = waiting.iter_mut().find(|due| due.account == account) {
			// Tokens in existence, whose sum the balances pallet keeps in range.
			due.amount = due.amount.saturating_add(amount);
			return true;
		}
		waiting.try_push(Due { account, amount }).is_ok()
	}

	/// Takes what is due to an account for work of a kind out of the list.
	pub fn take(&mut self, kind: Registration, account: &AccountId) -> Option<Due<AccountId>> {
		let waiting = self.waiting_mut(kind);
		let at = waiting.iter().position(|due| due.account == *account)?;
		Some(waiting.remove(at))
	}

	/// What is due to an account, for all its work, in planck.
	pub fn due(&self, account: &AccountId) -> Balance {
		let all = self.workers.iter().chain(&self.reputers);
		sum(all.filter(|due| due.account == *account))
	}

	/// What is due to all, in planck.
	pub fn earnings(&self) -> Balance {
		sum(self.workers.iter().chain(&self.reputers))
	}

	/// Whether there is nothing in it.
	pub fn is_empty(&self) -> bool {
		self.pot == 0 && self.workers.is_empty() && self.reputers.is_empty()
	}

	/// Whether more wait than an epoch can have, of workers or reputers.
	pub fn is_crowded(&self) -> bool {
		KINDS.iter().any(|kind| self.waiting(*kind).len() as u32 > most_waiting(*kind))
	}
}

/// How many of a kind an epoch can have; where more wait, the topic is crowded.
pub fn most_waiting(kind: Registration) -> u32 {
	match kind {
		Registration::Worker => MAX_WORKERS,
		Registration::Reputer => MAX_REPUTERS,
	}
}

/// The sum of what is due, in planck: tokens in existence, so it stays in range.
fn sum<'a, AccountId: 'a>(dues: impl Iterator<Item = &'a Due<AccountId>>) -> Balance {
	dues.fold(0, |sum, due| sum.saturating_add(due.amount))
}

/// The pots, each an account of its own under the pallet's id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode)]
pub enum Pot {
	/// Fees, funding, and emission that void epochs gave back; it pays emission before any is minted.
	#[codec(index = 0)]
	Ecosystem,
	/// Emission on its way from its block to the settlement of an epoch.
	#[codec(index = 1)]
	Rewards,
	/// All topic pots together, and the earnings that topics owe.
	#[codec(index = 2)]
	Topics,
}

impl Pot {
	/// Every pot.
	pub const ALL: [Self; 3] = [Self::Ecosystem, Self::Rewards, Self::Topics];
}

/// How much is issued (S 15.1).
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct IssuanceParameters {
	/// The validators' part of a slot's emission; topics get the rest.
	pub validators_share: Perbill,
	/// Emission a month over what is locked, at full circulation (f_E), not negative.
	pub emission_factor: FixedI128,
	/// How much of a new month's rate counts against the old one's, in (0, 1].
	pub rate_smoothing: FixedI128,
	/// The highest yield of a staked token a month (MPY), above 0.
	pub max_monthly_yield: FixedI128,
	/// Reputers' part of the topics' rewards until a month has measured it (S 13.8), in [0, 1].
	pub initial_reputers_share: FixedI128,
}

impl Default for IssuanceParameters {
	fn default() -> Self {
		Self {
			validators_share: Perbill::from_percent(25),
			emission_factor: FixedI128::from_rational(25, 1_000),
			rate_smoothing: FixedI128::from_rational(1, 10),
			max_monthly_yield: FixedI128::from_rational(95, 10_000),
			initial_reputers_share: FixedI128::from_rational(1, 3),
		}
	}
}

/// How an epoch's reward is shared (S 3, S 13).
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct RewardParameters {
	/// How much inferers' rewards favour the best (PRewardInference), above 0.
	pub p_inference: FixedI128,
	/// How much forecasters' rewards favour the best (PRewardForecast), above 0.
	pub p_forecast: FixedI128,
	/// The power of stake times score (PRewardReputer), above 0.
	pub p_reputer: FixedI128,
	/// Where inferers' rewards set in (CRewardInference), above 0.
	pub c_inference: FixedI128,
	/// Where forecasters' rewards set in (CRewardForecast), above 0.
	pub c_forecast: FixedI128,
	/// How much few effective participants lower a class's share (BetaEntropy), in [0, 1].
	pub beta_entropy: FixedI128,
	/// How much an epoch counts in smoothed shares and tau (TaskRewardAlpha), in (0, 1].
	pub smoothing: FixedI128,
}

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
		}
	}
}

/// The rate in force and when it is renewed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Schedule {
	/// Emission of a staked token in a month (e_i); none before the first one.
	pub rate: Option<FixedI128>,
	/// Emission of a slot in planck: topics' and validators' parts together.
	pub slot_emission: Balance,
	/// Reputers' part of the topics' rewards in the last month that paid any (S 13.8).
	pub reputers_share: Option<FixedI128>,
	/// First slot in which the rate is renewed.
	pub next_recomputation: Slot,
	/// The slot of the chain's first block, from which months are counted; none before it.
	pub first_slot: Option<Slot>,
	/// First slot whose emission is still to be issued.
	pub next_slot: Slot,
}

/// How emission is shared out among topics by weight.
///
/// The amounts have 64 fraction bits, so that sharing loses nothing: what has been put in is
/// `accruing + carried`, to the last bit, and a whole number of planck.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Distribution {
	/// Emission a unit of weight has accrued since genesis, in planck with 64 fraction bits.
	pub index: u128,
	/// Sum of all topics' weights.
	pub total_weight: Balance,
	/// What all topics have accrued and not handed over to epochs, with 64 fraction bits.
	pub accruing: u128,
	/// What division left over, to be shared out with the next block's, with 64 fraction bits.
	pub carried: u128,
}

impl Distribution {
	/// Shares `amount` planck out; none without any weight or past the range.
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

/// What a topic accrues.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Accrual {
	/// Its weight.
	pub weight: Balance,
	/// The index up to which `accrued` counts.
	pub checkpoint: u128,
	/// What it has accrued and not handed over, in planck with 64 fraction bits.
	pub accrued: u128,
}

impl Accrual {
	/// Counts up to this index; none past the range.
	pub fn advance(&mut self, index: u128) -> Option<()> {
		let grown = index.checked_sub(self.checkpoint)?.checked_mul(self.weight)?;
		self.accrued = self.accrued.checked_add(grown)?;
		self.checkpoint = index;
		Some(())
	}

	/// What is accrued at this index, with 64 fraction bits; none past the range.
	pub fn accrued_at(mut self, index: u128) -> Option<u128> {
		self.advance(index)?;
		Some(self.accrued)
	}
}

/// What a settlement credited to one who contributed, or why nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub enum Credit {
	/// A reward of this much, in planck, above 0.
	#[codec(index = 0)]
	Reward(Balance),
	/// There was nothing to pay anybody.
	#[codec(index = 1)]
	NothingToPay,
	/// Its share is nothing, or less than a planck.
	#[codec(index = 2)]
	NoShare,
	/// Its reward found no place among those who wait; it is in the topic's pot.
	#[codec(index = 3)]
	NoPlace,
}

impl Credit {
	/// What was credited, in planck.
	pub fn amount(&self) -> Balance {
		match self {
			Self::Reward(amount) => *amount,
			_ => 0,
		}
	}

	/// Why nothing was credited; none if something was.
	pub fn no_reward(&self) -> Option<NoReward> {
		match self {
			Self::Reward(_) => None,
			Self::NothingToPay => Some(NoReward::NothingToPay),
			Self::NoShare => Some(NoReward::NoShare),
			Self::NoPlace => Some(NoReward::Unpaid),
		}
	}
}

/// What an epoch pays: first the emission it waits with, in the end everyone's reward.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub enum EpochReward<AccountId> {
	/// So much emission, in planck, waits in the rewards pot for the settlement.
	#[codec(index = 0)]
	Assigned(Balance),
	/// The epoch is void: what it had, and what still comes for it, goes to the ecosystem pot.
	#[codec(index = 1)]
	Voided,
	/// The epoch is settled, and this became of those who contributed; what still comes for it goes
	/// to the topic's pot.
	#[codec(index = 2)]
	Settled(CreditList<AccountId>),
}

/// Running totals since genesis, in planck, by which the ledger adds up without counting; and which
/// topics are crowded.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Totals {
	/// Total issuance at genesis, the pots' endowment included.
	pub genesis_issuance: Balance,
	/// Emission minted into the rewards pot.
	pub minted: Balance,
	/// Emission that the ecosystem pot paid into the rewards pot.
	pub recycled: Balance,
	/// Validators' emission that no era has taken yet.
	pub validators_accrued: Balance,
	/// Validators' emission that eras took.
	pub validators_taken: Balance,
	/// Emission of epochs that wait for their settlement.
	pub assigned: Balance,
	/// Emission that went back to the ecosystem pot.
	pub returned: Balance,
	/// Emission that settlements moved to the topic pots.
	pub settled: Balance,
	/// What was paid into the topic pots by accounts.
	pub purchased: Balance,
	/// Sum of the topic pots.
	pub topic_pots: Balance,
	/// Credited to inferers, forecasters and reputers and not paid out yet.
	pub earnings: Balance,
	/// Paid out to inferers, forecasters and reputers.
	pub paid: Balance,
	/// What retired topics left to the ecosystem pot.
	pub released: Balance,
	/// Credited since the rate was last renewed.
	pub month_credited: Balance,
	/// Credited to reputers since the rate was last renewed.
	pub month_credited_to_reputers: Balance,
	/// Topics where more wait for earnings than an epoch can have, to be relieved in this order.
	///
	/// They stand with the totals, which settlements write anyway. A topic that finds no place here
	/// tries again at its next settlement.
	pub crowded: BoundedVec<TopicId, ConstU32<MAX_CROWDED>>,
}
