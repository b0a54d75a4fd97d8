//! Network inferences, losses and scores.

use super::{LearnedReputer, WorkerPart};
use crate::{
	bundle::{Inference, Intervals},
	Balance, Bundle, Contributions, EpochId, EpochState, Role, Slot, TopicId,
};
use alloc::vec::Vec;
use codec::{Codec, Decode, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_arithmetic::FixedI128;
use sp_core::H256;

/// A network inference and its age.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct NetworkInference {
	/// The epoch it belongs to.
	pub epoch: EpochId,
	/// One value per label.
	pub label_values: Vec<FixedI128>,
	/// Where the truth is expected, one row per label: the predictive quantiles at 2.5, 16, 84 and
	/// 97.5 %, ascending (S 8.10). Empty before the first truth of the topic, and always in topics
	/// with a custom loss method.
	pub intervals: Vec<[FixedI128; 4]>,
	/// How far the workers disagree, one row per label: the percentiles 2.28, 15.87, 50, 84.13 and
	/// 97.72 of their values by weight (S 8.8).
	pub disagreement: Vec<[FixedI128; 5]>,
	/// The number of slots since the epoch opened.
	pub age: Slot,
}

/// A network inference that excludes outliers (S 18).
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
#[scale_info(capture_docs = "always")]
pub struct ResistantInference<AccountId> {
	/// The inference; the ordinary one if no inferer was left out.
	pub inference: NetworkInference,
	/// The inferers left out, sorted by account.
	pub left_out: Vec<AccountId>,
}

/// The standing of an account in a topic and role.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct ActorInfo {
	/// Whether it is registered for the role.
	pub registered: bool,
	/// The smoothed score; `None` before the first one.
	pub score: Option<FixedI128>,
	/// The combined regret as an inferer or forecaster; `None` before the first one.
	pub regret: Option<FixedI128>,
	/// The authority as a reputer, in planck.
	pub authority: Balance,
}

/// An epoch as a curve over epochs shows it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct EpochSummary {
	/// The epoch.
	pub epoch: EpochId,
	/// Its state, or why it is void.
	pub state: EpochState,
	/// The network inference, one value per label; empty before the worker close, and if there was
	/// no inference.
	pub label_values: Inference,
	/// Where the truth was expected, one row per label: the predictive quantiles at 2.5, 16, 84 and
	/// 97.5 %, ascending (S 8.10). Empty if they were not known.
	pub intervals: Intervals,
	/// The truth, one value per label; `None` before it is learned, and in a topic with a custom
	/// loss method.
	pub truth: Option<Inference>,
	/// The losses; `None` before they are learned.
	pub losses: Option<EpochLosses>,
	/// The number of its participants.
	pub participants: Participants,
	/// The sum of the rewards that it credited, in planck; 0 before its settlement.
	pub paid: Balance,
}

/// The losses of an epoch that are compared most, as log10 of the topic's loss.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct EpochLosses {
	/// The loss of the network inference.
	pub network: FixedI128,
	/// The loss of the naive inference, which leaves out forecasters.
	pub naive: FixedI128,
	/// The lowest loss of an inferer's inference.
	pub best: FixedI128,
}

/// The number of participants of an epoch, by role.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Participants {
	/// The inferers in its bundle; 0 before the worker close.
	pub inferers: u32,
	/// The forecasters in its bundle; 0 before the worker close.
	pub forecasters: u32,
	/// The reputers from which it was learned; 0 before that.
	pub reputers: u32,
}

/// Whether an account takes part in a topic and role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub enum Activity {
	/// Nothing is known of it yet, or no longer: it has no regret as a worker, or no score as a
	/// reputer.
	#[codec(index = 0)]
	Newcomer,
	/// It is in the active set of the topic's newest settled epoch, or of a later epoch.
	#[codec(index = 1)]
	Active,
	/// It is in none of these sets: it sent nothing, or found no seat.
	#[codec(index = 2)]
	Passive,
}

/// The accounts that were lately active in a role of a topic.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct Leaderboard<AccountId> {
	/// The topic's newest settled epoch on record, of which the leaders' results are.
	pub settled: Option<EpochId>,
	/// The accounts by falling smoothed score, those without a score last; of equal score, by
	/// account.
	pub leaders: Vec<Leader<AccountId>>,
}

/// An account of a leaderboard.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct Leader<AccountId> {
	/// The account.
	pub account: AccountId,
	/// The account that is paid for its work.
	pub owner: AccountId,
	/// Whether it is registered for the role.
	pub registered: bool,
	/// Whether it takes part.
	pub activity: Activity,
	/// The number of settled epochs on record that are newer than all in whose active set it is.
	pub missed: u32,
	/// The smoothed score; `None` before the first one.
	pub score: Option<FixedI128>,
	/// The combined regret as an inferer or forecaster; `None` before the first one.
	pub regret: Option<FixedI128>,
	/// The rewards in the topic, of all roles, that are credited and not paid out yet, in planck.
	pub due: Balance,
	/// Its result in the newest settled epoch; `None` if it has no part in it.
	pub latest: Option<LatestResult>,
}

/// An account's result in a role in the newest settled epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct LatestResult {
	/// The reward, in planck.
	pub reward: Balance,
	/// Its part, with weight, loss and score.
	pub part: RolePart,
}

/// An account's part in an epoch, by role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub enum RolePart {
	/// The part of an inferer or forecaster.
	#[codec(index = 0)]
	Worker(WorkerPart),
	/// The part of a reputer.
	#[codec(index = 1)]
	Reputer(LearnedReputer),
}

/// An inference of a bundle, for which the network has a loss.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub enum Element<AccountId> {
	/// The network inference of all inferers and forecasters (S 8.3).
	#[codec(index = 0)]
	Combined,
	/// The network inference of the inferers alone (S 8.4).
	#[codec(index = 1)]
	Naive,
	/// The inference of this inferer.
	#[codec(index = 2)]
	Inferer(AccountId),
	/// The forecast-implied inference of this forecaster (S 8.2).
	#[codec(index = 3)]
	Forecaster(AccountId),
	/// The forecast-implied inference of a forecaster without an inferer (S 8.5).
	#[codec(index = 4)]
	OneOutInfererForecaster {
		/// The forecaster.
		forecaster: AccountId,
		/// The inferer that is left out.
		inferer: AccountId,
	},
	/// The network inference without this inferer (S 8.5).
	#[codec(index = 5)]
	OneOutInferer(AccountId),
	/// The network inference without this forecaster (S 8.6).
	#[codec(index = 6)]
	OneOutForecaster(AccountId),
	/// The network inference of the inferers and this forecaster alone (S 8.7).
	#[codec(index = 7)]
	OneInForecaster(AccountId),
}

/// An element of a bundle with its values and its loss.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct ElementInfo<AccountId> {
	/// The element.
	pub element: Element<AccountId>,
	/// One value per label.
	pub label_values: Vec<FixedI128>,
	/// The network's loss, as log10 of the topic's loss; `None` before it is learned.
	pub loss: Option<FixedI128>,
}

sp_api::decl_runtime_apis! {
	/// Network inferences, losses and scores.
	pub trait AggregationApi<AccountId> where AccountId: Codec {
		/// The newest network inference of the topic; `None` before the first one.
		fn latest_inference(topic: TopicId) -> Option<NetworkInference>;
		/// The newest outlier-resistant inference of the topic (S 18); `None` before the first one.
		fn latest_resistant_inference(topic: TopicId) -> Option<ResistantInference<AccountId>>;
		/// The outlier-resistant inference of an epoch; `None` before its worker close and after
		/// pruning.
		fn resistant_inference(
			topic: TopicId,
			epoch: EpochId,
		) -> Option<ResistantInference<AccountId>>;
		/// The bundle of an epoch and the hash that reports must name; `None` before its worker
		/// close and after pruning.
		fn bundle(topic: TopicId, epoch: EpochId) -> Option<(H256, Bundle<AccountId>)>;
		/// The truth of an epoch, one value per label, by the reputers' consensus; `None` before it is
		/// learned, after pruning, and in a topic with a custom loss method.
		fn truth(topic: TopicId, epoch: EpochId) -> Option<Vec<FixedI128>>;
		/// The network losses of an epoch, one per element of its bundle; `None` before they are
		/// learned and after pruning.
		fn losses(topic: TopicId, epoch: EpochId) -> Option<Vec<FixedI128>>;
		/// The scores of an epoch; `None` before they are learned and after pruning.
		fn contributions(topic: TopicId, epoch: EpochId) -> Option<Contributions<AccountId>>;
		/// The epochs on record before the epoch `before`, or up to the newest one, newest first: at
		/// most `limit`, which is moved into 1 to 64. For the following page, `before` is the oldest
		/// epoch of this one.
		fn history(topic: TopicId, before: Option<EpochId>, limit: u32) -> Vec<EpochSummary>;
		/// The accounts that were lately active in a role of a topic, the best first: at most 128
		/// inferers, 32 forecasters or 64 reputers.
		fn leaderboard(topic: TopicId, role: Role) -> Leaderboard<AccountId>;
		/// The elements of an epoch's bundle by name, in the order in which `losses` has their losses;
		/// empty before its worker close and after pruning.
		fn elements(topic: TopicId, epoch: EpochId) -> Vec<ElementInfo<AccountId>>;
		/// The standing of an account in a topic and role.
		fn actor(topic: TopicId, account: AccountId, role: Role) -> ActorInfo;
		/// The storage key of the topic's newest network inference, for a storage proof.
		fn latest_inference_key(topic: TopicId) -> Vec<u8>;
	}
}
