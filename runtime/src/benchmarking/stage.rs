//! The state that a pallet's benchmarks need of other pallets: topics, epochs and participants,
//! each of the maximum size.

use crate::{AccountId, Balance, Balances, Emissions, Runtime, System, Topics, ALLO};
use alloc::vec;
use allora_primitives::{
	topic::{Label, Text},
	traits::{EmissionIndex, TopicInspect},
	Bundle, Cadence, EpochId, EpochState, FixedI128, LossMethod, Registration, Rule, Slot, Slots,
	TopicId, TopicParameters, TopicUpdate, MAX_ELEMENTS, MAX_FORECASTERS, MAX_HISTORY,
	MAX_INFERERS, MAX_LABELS, MAX_REPUTERS,
};
use frame_benchmarking::account;
use frame_support::{traits::fungible::Mutate, BoundedVec};
use pallet_aggregation::{Kept, LatestInference, StoredBundle};
use pallet_clock::TopicState;
use pallet_registry::{
	AllowList, Economy, ListEntry, Membership, Superseded, Topic, MAX_SUPERSEDED,
};
use sp_core::H256;
use sp_runtime::Permill;

/// The slot in which benchmarks run.
const NOW: Slot = 100_000;
/// The epoch length in slots.
const EPOCH_LENGTH: Slots = 1_000;
/// The balance of an account in planck, more than any fee.
const FUNDS: Balance = 1_000_000 * ALLO;

/// Implements the benchmark helpers of all pallets.
pub struct Stage;

/// Former values, of the maximum size, of all parameters that a topic's creator may change. They
/// were superseded `n` slots ago.
fn superseded(n: u32) -> Superseded {
	let text = || Some(Text::truncate_from(vec![b'a'.saturating_add(n as u8); 255]));
	let number = || Some(FixedI128::from_rational(1, n.saturating_add(20).into()));
	let parameters = TopicUpdate {
		metadata: text(),
		loss_method: text().map(LossMethod::Custom),
		loss_floor: number(),
		ground_truth: text(),
		rule: Some(Rule::Mixture),
		p_norm: Some(FixedI128::from_u32(4)),
		c_norm: number(),
		alpha_regret: number(),
		merit_sortition_alpha: number(),
	};
	Superseded { until: NOW + 1 - Slot::from(n), parameters }
}

/// Sets the current slot, in a block that is not genesis.
pub fn set_slot(slot: Slot) {
	System::set_block_number(1);
	pallet_babe::CurrentSlot::<Runtime>::put(sp_consensus_babe::Slot::from(slot));
}

/// Stores a topic of the largest parameters and this many labels, with the maximum number of epochs
/// on record. The latest of them is `epoch`, in this state; parameters have changed since it began.
fn put_topic(topic: TopicId, labels: u32, epoch: EpochId, state: EpochState) {
	set_slot(NOW);
	let text = || Text::truncate_from(vec![b'x'; 255]);
	let label = |n: u32| Label::truncate_from(vec![b'a'.saturating_add(n as u8); 64]);
	let parameters = TopicParameters {
		metadata: text(),
		loss_method: LossMethod::Custom(text()),
		ground_truth: text(),
		labels: BoundedVec::truncate_from((0..labels).map(label).collect()),
		max_inferers: MAX_INFERERS,
		max_forecasters: MAX_FORECASTERS,
		max_reputers: MAX_REPUTERS,
		history: MAX_HISTORY,
		rule: Rule::Regret,
		..TopicParameters::regression(EPOCH_LENGTH, EPOCH_LENGTH - 1, EPOCH_LENGTH)
	};
	let list = AllowList { enabled_from: Some(0), members: 1, deposits: 0 };
	let entry = Topic {
		creator: account("creator", 0, 0),
		offered_to: None,
		parameters,
		in_force_from: NOW + 1,
		workers: list,
		reputers: list,
		retired: false,
	};
	pallet_registry::Topics::<Runtime>::insert(topic, entry);
	let economy = Economy {
		revenue: FUNDS,
		weight: Some(FUNDS),
		counted: true,
		dripped_at: epoch,
		subsidy: Permill::one(),
		listed: true,
	};
	pallet_registry::Economies::<Runtime>::insert(topic, economy);
	// A change of stake lowers this weight.
	Emissions::set_weight(topic, FUNDS).expect("the sum of weights is small");
	let former = BoundedVec::truncate_from((0..MAX_SUPERSEDED).rev().map(superseded).collect());
	pallet_registry::SupersededParameters::<Runtime>::insert(topic, former);
	// Both items are read for the epoch's parameters.
	assert_ne!(Topics::parameters_of(topic, epoch), Topics::parameters(topic));
	let before =
		(1..MAX_HISTORY).rev().map(|n| (epoch - Slot::from(n * EPOCH_LENGTH), EpochState::Settled));
	let records = before.chain([(epoch, state)]).collect();
	let state = TopicState {
		active: true,
		anchor: epoch,
		records: BoundedVec::truncate_from(records),
		continues: true,
		..Default::default()
	};
	pallet_clock::TopicStates::<Runtime>::insert(topic, state);
}

/// Stores such a topic under the next free id, which it returns.
fn new_topic(labels: u32, epoch: EpochId, state: EpochState) -> TopicId {
	let topic = pallet_registry::NextTopicId::<Runtime>::mutate(|next| {
		let topic = *next;
		*next = topic.saturating_add(1);
		topic
	});
	put_topic(topic, labels, epoch, state);
	topic
}

/// Registers an account with another account as its owner, and adds it to the topic's allow-list.
fn admit(topic: TopicId, who: &AccountId, registration: Registration) {
	// Another one per registration, as in the worst case of what pays both.
	let owner: AccountId = account("owner", (registration == Registration::Reputer).into(), 0);
	Balances::set_balance(&owner, FUNDS);
	let key = (who.clone(), registration);
	pallet_registry::Registrations::<Runtime>::insert(
		topic,
		&key,
		Membership { owner, left: false },
	);
	let entry = ListEntry { deposit: 0, until: None };
	pallet_registry::Allowed::<Runtime>::insert(topic, key, entry);
}

/// Disables the topic's allow-lists, and gives it the parameters that it has since all its epochs.
fn make_plain(topic: TopicId) {
	pallet_registry::Topics::<Runtime>::mutate(topic, |topic| {
		if let Some(topic) = topic {
			topic.in_force_from = 0;
			(topic.workers, topic.reputers) = Default::default();
		}
	});
}

/// Stores a bundle of this many elements with eight labels each.
fn put_bundle(topic: TopicId, epoch: EpochId, elements: u32) -> H256 {
	let bundle_hash = H256::repeat_byte(7);
	let zero = FixedI128::from_u32(0);
	let many = |count: u32| vec![zero; count as usize];
	let some = |name, count: u32| (0..count).map(|n| account(name, n, 0)).collect();
	let bundle = Bundle {
		loss_epoch: None,
		labels: MAX_LABELS,
		inferers: BoundedVec::truncate_from(some("inferer", MAX_INFERERS)),
		forecasters: BoundedVec::truncate_from(some("forecaster", MAX_FORECASTERS)),
		absent: BoundedVec::default(),
		element_values: BoundedVec::truncate_from(many(elements.saturating_mul(MAX_LABELS))),
		inferer_weights: BoundedVec::truncate_from(many(MAX_INFERERS)),
		forecaster_weights: BoundedVec::truncate_from(many(MAX_FORECASTERS)),
		rule: Rule::Regret,
		intervals: BoundedVec::truncate_from(vec![[zero; 4]; MAX_LABELS as usize]),
		disagreement: BoundedVec::truncate_from(vec![[zero; 5]; MAX_LABELS as usize]),
	};
	let kept = Kept::default();
	let stored = StoredBundle { bundle_hash, elements, bundle, resistant: None, kept };
	pallet_aggregation::Bundles::<Runtime>::insert(topic, epoch, stored);
	bundle_hash
}

impl pallet_registry::BenchmarkHelper<AccountId> for Stage {
	fn endow(who: &AccountId) {
		Balances::set_balance(who, FUNDS);
	}
	fn set_slot(slot: Slot) {
		set_slot(slot);
	}
	fn clocked(topic: TopicId, last: EpochId) {
		pallet_reputer::TopicStakes::<Runtime>::insert(topic, FUNDS);
		pallet_clock::benchmarking::put_clock::<Runtime>(topic, last);
	}
}

impl pallet_clock::BenchmarkHelper for Stage {
	fn set_slot(slot: Slot) {
		set_slot(slot);
	}
	fn put_topic(topic: TopicId, parameters: TopicParameters, retired: bool) {
		let creator = account("creator", 0, 0);
		pallet_reputer::TopicStakes::<Runtime>::insert(topic, FUNDS);
		pallet_registry::benchmarking::put_topic::<Runtime>(topic, parameters, creator, retired);
	}
}

impl pallet_inference::benchmarking::BenchmarkHelper<AccountId> for Stage {
	fn collecting(labels: u32) -> (TopicId, EpochId) {
		(new_topic(labels, NOW, EpochState::Collecting), NOW)
	}
	fn committing(labels: u32) -> (TopicId, EpochId) {
		let topic = new_topic(labels, NOW, EpochState::Collecting);
		pallet_registry::Topics::<Runtime>::mutate(topic, |topic| {
			if let Some(topic) = topic {
				topic.parameters.worker_window = EPOCH_LENGTH / 2;
				topic.parameters.reveal_window = EPOCH_LENGTH / 2 - 1;
			}
		});
		(topic, NOW)
	}
	fn make_plain(topic: TopicId) {
		make_plain(topic);
	}
	fn reveal(_: TopicId, epoch: EpochId) {
		set_slot(epoch + Slot::from(EPOCH_LENGTH / 2) + 1);
	}
	fn admit(topic: TopicId, who: &AccountId) {
		admit(topic, who, Registration::Worker);
	}
}

impl pallet_reputer::benchmarking::BenchmarkHelper<AccountId> for Stage {
	fn reporting(losses: u32) -> (TopicId, EpochId, H256) {
		// The reporting window of the epoch before the current one has just opened.
		let epoch = NOW - Slot::from(EPOCH_LENGTH);
		let topic = new_topic(MAX_LABELS, epoch, EpochState::AwaitingTruth);
		(topic, epoch, put_bundle(topic, epoch, losses))
	}
	fn make_plain(topic: TopicId) {
		make_plain(topic);
	}
	fn use_truth(topic: TopicId, labels: u32) {
		pallet_registry::Topics::<Runtime>::mutate(topic, |topic| {
			if let Some(topic) = topic {
				topic.parameters.loss_method = LossMethod::Squared;
				topic.parameters.labels.truncate(labels as usize);
			}
		});
	}
	fn admit(topic: TopicId, who: &AccountId) {
		admit(topic, who, Registration::Reputer);
	}
}

impl pallet_emissions::benchmarking::BenchmarkHelper<AccountId> for Stage {
	fn member(topic: TopicId, who: &AccountId, registration: Registration) {
		Balances::set_balance(who, FUNDS);
		admit(topic, who, registration);
	}
	fn bonded() {
		pallet_staking::CurrentEra::<Runtime>::put(1);
		pallet_staking::ErasTotalStake::<Runtime>::insert(1, FUNDS);
	}
}

impl pallet_consumer::benchmarking::BenchmarkHelper<AccountId> for Stage {
	fn on_demand(topic: TopicId, idle: bool) {
		pallet_registry::Topics::<Runtime>::mutate(topic, |topic| {
			if let Some(topic) = topic {
				topic.parameters.cadence = Cadence::OnDemand;
			}
		});
		pallet_reputer::TopicStakes::<Runtime>::insert(topic, FUNDS);
		pallet_registry::Economies::<Runtime>::mutate(topic, |economy| economy.revenue = FUNDS);
		pallet_clock::TopicStates::<Runtime>::mutate(topic, |state| {
			state.continues = false;
			state.active = !idle;
		});
		if idle {
			set_slot(NOW + Slot::from(EPOCH_LENGTH));
		}
	}
	fn topic() -> (TopicId, AccountId) {
		let topic = new_topic(MAX_LABELS, NOW, EpochState::AwaitingTruth);
		put_bundle(topic, NOW, MAX_ELEMENTS);
		let zero = FixedI128::from_u32(0);
		let latest = LatestInference {
			epoch: NOW,
			label_values: BoundedVec::truncate_from(vec![zero; MAX_LABELS as usize]),
			intervals: BoundedVec::truncate_from(vec![[zero; 4]; MAX_LABELS as usize]),
			disagreement: BoundedVec::truncate_from(vec![[zero; 5]; MAX_LABELS as usize]),
			resistant: None,
			deviation: zero,
		};
		pallet_aggregation::Latest::<Runtime>::insert(topic, latest);
		(topic, account("creator", 0, 0))
	}
	fn endow(who: &AccountId) {
		Balances::set_balance(who, FUNDS);
	}
	fn retire(topic: TopicId) {
		pallet_registry::Topics::<Runtime>::mutate(topic, |topic| {
			if let Some(topic) = topic {
				topic.retired = true;
			}
		});
	}
}
