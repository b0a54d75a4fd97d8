//! What the pallet stores, and the parameters it works with.

use allora_primitives::{
	Balance, BlockNumber, FixedI128, Role, MAX_FORECASTERS, MAX_INFERERS, MAX_REPUTERS,
};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{traits::ConstU32, BoundedVec};
use scale_info::TypeInfo;
use sp_runtime::Perbill;

/// One planck in the units of the emission index and of accruals: they have 64 fraction bits.
pub const SCALE: u128 = 1 << 64;

/// Recent scores that are kept of a role, in sizes of its active set (S 13.1).
pub const SCORES_PER_SEAT: u32 = 10;
/// Most recent scores kept of a topic and role.
pub const MAX_SCORES: u32 = SCORES_PER_SEAT * MAX_INFERERS;
/// Smoothed shares that are kept of a role, in sizes of its largest active set.
pub const SHARES_PER_SEAT: u32 = 4;
/// Most smoothed shares kept of a topic and role.
pub const MAX_SHARES: u32 = SHARES_PER_SEAT * MAX_INFERERS;
/// Most rewards an epoch pays.
pub const MAX_REWARDS: u32 = MAX_INFERERS + MAX_FORECASTERS + MAX_REPUTERS;

/// Recent scores of a topic and role, oldest first.
pub type Scores = BoundedVec<FixedI128, ConstU32<MAX_SCORES>>;
/// Smoothed shares of a topic and role, those whose owners took part longest ago first.
pub type Shares<AccountId> = BoundedVec<(AccountId, FixedI128), ConstU32<MAX_SHARES>>;
/// What an epoch paid: to whom, for which role, how much in planck.
pub type RewardList<AccountId> = BoundedVec<(AccountId, Role, Balance), ConstU32<MAX_REWARDS>>;

/// The pots, each an account of its own under the pallet's id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode)]
pub enum Pot {
	/// Fees, funding, and emission that void epochs gave back; it pays emission before any is minted.
	#[codec(index = 0)]
	Ecosystem,
	/// Emission on its way from its block to the settlement of an epoch.
	#[codec(index = 1)]
	Rewards,
	/// All topic pots together.
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
	/// The validators' part of a block's emission; topics get the rest.
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
	/// Emission of a block in planck: topics' and validators' parts together.
	pub block_emission: Balance,
	/// Reputers' part of the topics' rewards in the last month that paid any (S 13.8).
	pub reputers_share: Option<FixedI128>,
	/// First block at which the rate is renewed.
	pub next_recomputation: BlockNumber,
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

/// What became of the emission of an epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub enum EpochEmission {
	/// So much, in planck, waits in the rewards pot for the settlement.
	#[codec(index = 0)]
	Assigned(Balance),
	/// The epoch is void: what it had, and what still comes for it, goes to the ecosystem pot.
	#[codec(index = 1)]
	Voided,
	/// The epoch is settled: what still comes for it goes to the topic's pot.
	#[codec(index = 2)]
	Settled,
}

/// Running totals since genesis, in planck, by which the ledger adds up without counting.
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
	/// Paid to inferers, forecasters and reputers.
	pub paid: Balance,
	/// Paid since the rate was last renewed.
	pub month_paid: Balance,
	/// Paid to reputers since the rate was last renewed.
	pub month_paid_to_reputers: Balance,
}
