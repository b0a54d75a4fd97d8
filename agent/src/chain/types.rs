//! What the chain takes and answers, in the parts that the agent needs.
//!
//! Encoding and decoding go by the names in the chain's metadata, so that these shapes need not be
//! whole nor in order. Decimals are `i128` in units of 1e-18.

use chrono::DateTime;
use subxt::ext::{scale_decode::DecodeAsType, scale_encode::EncodeAsType};

/// A topic's number.
pub type TopicId = u64;
/// A slot's number, counted from the Unix epoch: the time of the chain.
pub type Slot = u64;
/// An epoch's number: the slot in which its worker window opens.
pub type EpochId = Slot;
/// An account's bytes.
pub type AccountId = [u8; 32];

/// Everything the creator of a topic decides.
#[derive(Clone, Debug, EncodeAsType)]
#[encode_as_type(crate_path = "subxt::ext::scale_encode")]
pub struct TopicParameters {
	/// What to predict, for people to read.
	pub metadata: Vec<u8>,
	/// Name of the loss function.
	pub loss_method: Vec<u8>,
	/// Where the truth is found.
	pub ground_truth: Vec<u8>,
	/// What the values of an inference stand for.
	pub labels: Vec<Vec<u8>>,
	/// How far from 1 an inference's values may sum.
	pub unity_tolerance: Option<i128>,
	/// The value of a label that an inference omits.
	pub label_default: i128,
	/// Slots from one epoch's opening to the next.
	pub epoch_length: u32,
	/// Slot of an epoch length in which epochs open, counted from the Unix epoch; without one the
	/// chain chooses.
	pub phase: Option<u32>,
	/// Slots after the opening in which payloads are still accepted.
	pub worker_window: u32,
	/// Slots after the opening at which the truth is known.
	pub ground_truth_lag: u32,
	/// Slope of the weight function.
	pub p_norm: i128,
	/// Offset of the weight function.
	pub c_norm: i128,
	/// Smoothing of regrets.
	pub alpha_regret: i128,
	/// Smoothing of scores in merit sortition.
	pub merit_sortition_alpha: i128,
	/// What keeps scales from zero.
	pub epsilon: i128,
	/// How the common scale of regrets is measured.
	pub scale_rule: ScaleRule,
	/// Quantile that passive inferers are pulled to.
	pub inferer_quantile: i128,
	/// Quantile that passive forecasters are pulled to.
	pub forecaster_quantile: i128,
	/// Quantile that passive reputers are pulled to.
	pub reputer_quantile: i128,
	/// Whether reported losses are raw ones.
	pub allow_negative: bool,
	/// Size of the inferers' active set.
	pub max_inferers: u32,
	/// Size of the forecasters' active set.
	pub max_forecasters: u32,
	/// Size of the reputers' active set.
	pub max_reputers: u32,
	/// The minimum number of reports with which an epoch counts.
	pub min_reputers: u32,
	/// The minimum stake behind the reports, in planck.
	pub min_stake: u128,
	/// Epochs whose records are kept.
	pub history: u32,
}

/// How the common scale of regrets is measured.
#[derive(Clone, Copy, Debug, EncodeAsType)]
#[encode_as_type(crate_path = "subxt::ext::scale_encode")]
pub enum ScaleRule {
	/// Robust: by the median absolute deviation.
	Mad,
	/// By the standard deviation.
	StdDev,
}

/// What an account registers for.
#[derive(Clone, Copy, Debug, EncodeAsType)]
#[encode_as_type(crate_path = "subxt::ext::scale_encode")]
pub enum Registration {
	/// To submit inferences and forecasts.
	Worker,
	/// To stake and report losses.
	Reputer,
}

/// What an account does in an epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub enum Role {
	/// Predicts the truth.
	Inferer,
	/// Predicts the inferers' losses.
	Forecaster,
	/// Reports losses.
	Reputer,
}

/// The chain's time at a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub struct Clock {
	/// The block's slot.
	pub slot: Slot,
	/// Milliseconds of a slot.
	pub slot_duration_ms: u64,
}

impl Clock {
	/// When a slot begins, for people.
	pub fn utc(&self, slot: Slot) -> String {
		let begins = slot.checked_mul(self.slot_duration_ms).and_then(|ms| ms.try_into().ok());
		match begins.and_then(DateTime::from_timestamp_millis) {
			Some(time) => time.format("%Y-%m-%d %H:%M:%S UTC").to_string(),
			None => format!("slot {slot}"),
		}
	}

	/// Whole seconds of this many slots.
	pub fn seconds(&self, slots: u64) -> u64 {
		slots.saturating_mul(self.slot_duration_ms) / 1_000
	}
}

/// A topic as the chain describes it.
#[derive(Clone, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub struct TopicInfo {
	/// Whether its epochs open.
	pub active: bool,
	/// The epoch opened last.
	pub last_epoch: Option<EpochId>,
	/// The epoch that opens next.
	pub next_epoch: Option<EpochId>,
	/// Its share of emission, by the total weight.
	pub weight: u128,
	/// Stake of its reputers.
	pub stake: u128,
}

/// State of an epoch.
#[derive(Clone, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub struct EpochRecord {
	/// Where it stands.
	pub state: EpochState,
	/// Its windows.
	pub windows: EpochWindows,
}

/// Where an epoch stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub enum EpochState {
	/// Payloads are accepted.
	Collecting,
	/// Committed payloads are revealed.
	Revealing,
	/// The truth is not known yet.
	AwaitingTruth,
	/// Loss reports are accepted.
	Reporting,
	/// Learned from and paid.
	Settled,
	/// Came to nothing.
	Void(VoidReason),
}

/// Why an epoch came to nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub enum VoidReason {
	/// No inference was accepted.
	NoInference,
	/// No report was accepted.
	NoReport,
	/// Too few reputers, or too little stake.
	TooFewReputers,
	/// A computation left its range.
	Arithmetic,
	/// There was nothing to pay.
	NoReward,
}

/// The slots of an epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub struct EpochWindows {
	/// First slot for payloads.
	pub workers_open: Slot,
	/// Last slot for payloads.
	pub workers_last: Slot,
	/// First slot for reports.
	pub reports_open: Slot,
	/// Last slot for reports.
	pub reports_last: Slot,
}

/// The network inference bundle of an epoch.
#[derive(Clone, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub struct Bundle {
	/// Values an element has.
	pub labels: u32,
	/// Active inferers.
	pub inferers: Vec<AccountId>,
	/// Active forecasters that have an implied inference.
	pub forecasters: Vec<AccountId>,
	/// The elements' values: combined, naive, inferers, forecasters and so on.
	pub element_values: Vec<i128>,
	/// Percentiles of each label.
	pub intervals: Vec<[i128; 5]>,
}

impl Bundle {
	/// The elements in their order, each a value a label.
	pub fn elements(&self) -> impl Iterator<Item = Vec<f64>> + '_ {
		let labels = (self.labels as usize).max(1);
		let numbers = |values: &[i128]| values.iter().copied().map(super::from_fixed).collect();
		self.element_values.chunks(labels).map(numbers)
	}

	/// An inferer's inference.
	pub fn inference(&self, who: &AccountId) -> Option<Vec<f64>> {
		let position = self.inferers.iter().position(|inferer| inferer == who)?;
		self.elements().nth(2 + position)
	}

	/// The outer percentiles of each label.
	pub fn outer_intervals(&self) -> Vec<(f64, f64)> {
		let outer =
			|bounds: &[i128; 5]| (super::from_fixed(bounds[0]), super::from_fixed(bounds[4]));
		self.intervals.iter().map(outer).collect()
	}
}

/// A contribution to an epoch and its score.
#[derive(Clone, Debug, PartialEq, Eq, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub struct Contribution {
	/// The account that contributed.
	pub account: AccountId,
	/// The score of the epoch.
	pub score: i128,
}

/// Everyone's contributions to an epoch.
#[derive(Clone, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub struct Contributions {
	/// Inferers.
	pub inferers: Vec<Contribution>,
	/// Forecasters.
	pub forecasters: Vec<Contribution>,
	/// Reputers.
	pub reputers: Vec<Contribution>,
	/// Loss of the network inference.
	pub network_loss: i128,
}

impl Contributions {
	/// The contributions of a role.
	pub fn of(&self, role: Role) -> &[Contribution] {
		match role {
			Role::Inferer => &self.inferers,
			Role::Forecaster => &self.forecasters,
			Role::Reputer => &self.reputers,
		}
	}
}

/// What an account earned in an epoch.
#[derive(Clone, Debug, PartialEq, Eq, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub struct Reward {
	/// The account that earned it.
	pub account: AccountId,
	/// For which role.
	pub role: Role,
	/// How much, in planck.
	pub amount: u128,
}

/// The chain's books.
#[derive(Clone, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub struct Ledger {
	/// Total issuance.
	pub total_issuance: u128,
	/// Emission since genesis.
	pub emitted: u128,
	/// Stake of all reputers.
	pub reputer_stake: u128,
	/// Earned by participants and not paid out yet.
	pub earnings: u128,
	/// Paid out to participants since genesis.
	pub paid: u128,
	/// Whether everything agrees.
	pub adds_up: bool,
}

/// The part of an account's state that holds its money.
#[derive(Clone, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub struct AccountInfo {
	/// Its balances.
	pub data: AccountData,
}

/// An account's balances, in planck.
#[derive(Clone, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub struct AccountData {
	/// What it may spend.
	pub free: u128,
	/// What is held, stakes among it.
	pub reserved: u128,
}

/// The event of a topic's creation.
#[derive(Clone, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub struct TopicCreated {
	/// Its number.
	pub topic: TopicId,
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn slots_are_times_of_day() {
		// 20 000 days of 14 400 slots after the Unix epoch, and 14.5 hours of 600.
		let clock = Clock { slot: 0, slot_duration_ms: 6_000 };
		let slot = 20_000 * 14_400 + 8_700;
		assert_eq!(clock.utc(slot), "2024-10-04 14:30:00 UTC");
		assert_eq!(clock.seconds(15), 90);
		// Times without a date stay slots.
		assert_eq!(clock.utc(u64::MAX), format!("slot {}", u64::MAX));
	}
}
