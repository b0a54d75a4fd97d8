//! The checks after every block.

use super::{
	emergency,
	emission::{minted_by_staking, Emission},
	holds, pools,
	slashes::Slashes,
	statistics::Statistics,
	world::{self, block_number},
};
use allora_primitives::{
	api::TopicInfo, Balance, EpochId, EpochRecord, EpochState, Slot, TopicId, VoidReason,
};
use allora_runtime::{AccountId, AllPalletsWithSystem, Balances, Runtime, RuntimeEvent, System};
use frame_support::{
	dispatch::DispatchClass,
	traits::{PalletsInfoAccess, TryState, TryStateSelect},
};
use pallet_clock::Event::EpochsSkipped;
use sp_runtime::TryRuntimeError;
use std::collections::{BTreeMap, BTreeSet};

/// The history of a chain, for checks across blocks.
#[derive(Clone)]
pub struct History {
	/// The issuance, and the emission minted for topics, after the previous block.
	issuance: Balance,
	minted: Balance,
	emission: Emission,
	/// The last record of each epoch that had one.
	epochs: BTreeMap<(TopicId, EpochId), EpochRecord>,
	/// The epochs for which a payload was accepted.
	served: BTreeSet<(TopicId, EpochId)>,
	/// The last epoch length of each topic.
	lengths: BTreeMap<TopicId, Slot>,
	slashes: Slashes,
}

impl History {
	/// The history of a chain at its genesis.
	pub fn genesis() -> Self {
		let (issuance, minted) = (Balances::total_issuance(), world::ledger().minted);
		Self {
			issuance,
			minted,
			emission: Emission::genesis(),
			epochs: BTreeMap::new(),
			served: BTreeSet::new(),
			lengths: BTreeMap::new(),
			slashes: Slashes::default(),
		}
	}

	/// Checks everything and counts what the block did.
	pub fn check(&mut self, statistics: &mut Statistics) {
		for pallet in AllPalletsWithSystem::infos() {
			// Each pallet by itself, so that a failure has its own text.
			let only = TryStateSelect::Only(vec![pallet.name.into()]);
			if let Err(error) = AllPalletsWithSystem::try_state(block_number(), only) {
				assert!(
					pools::REPLACED.map(TryRuntimeError::Other).contains(&error),
					"an invariant of {} does not hold: {error:?}",
					pallet.name
				);
			}
		}
		pools::check();
		let events: Vec<_> =
			System::read_events_no_consensus().map(|record| record.event).collect();
		for event in &events {
			statistics.count_event(event);
		}
		self.check_money(&events);
		check_weight(&events);
		self.check_epochs(statistics);
		self.check_skips(&events);
		self.slashes.check(&events, statistics);
		emergency::check_events(&events);
		statistics.blocks += 1;
	}

	/// Checks that the ledger, accounts and holds add up, and that issuance changes only by what
	/// was minted, which the schedule bounds, and burned.
	fn check_money(&mut self, events: &[RuntimeEvent]) {
		let ledger = world::ledger();
		assert!(ledger.adds_up, "the ledger does not add up: {ledger:?}");
		let issuance = Balances::total_issuance();
		let accounts = frame_system::Account::<Runtime>::iter_values();
		let balances: Balance =
			accounts.map(|account| account.data.free + account.data.reserved).sum();
		assert_eq!(balances, issuance, "accounts do not add up to the issuance");
		assert_eq!(holds::for_topics(), ledger.reputer_stake, "holds are not the stakes");
		holds::check();

		self.emission.check(events, &ledger);
		let minted =
			ledger.minted - self.minted + events.iter().map(minted_by_staking).sum::<u128>();
		let burned = events.iter().map(burned).sum::<u128>();
		assert_eq!(issuance, self.issuance + minted - burned, "issuance changed by something else");
		(self.issuance, self.minted) = (issuance, ledger.minted);
	}

	/// Checks that epochs go through their states in order, end once, and keep their windows and
	/// numbers. What was sent decides how they end; the chain never fails.
	fn check_epochs(&mut self, statistics: &mut Statistics) {
		let topics = world::topics();
		let length = |topic: &TopicInfo<_>| (topic.topic, topic.parameters.epoch_length.into());
		self.lengths.extend(topics.iter().map(length));
		for topic in topics.iter().map(|topic| topic.topic) {
			let records = world::epochs(topic);
			let ascending = records.windows(2).all(|pair| pair[0].0 < pair[1].0);
			assert!(ascending, "epochs of topic {topic} are out of order: {records:?}");
			for (epoch, record) in records {
				self.check_epoch(topic, epoch, record, statistics);
			}
		}
	}

	/// Checks that a skipped epoch never opened and that nothing was accepted for it.
	fn check_skips(&mut self, events: &[RuntimeEvent]) {
		use pallet_inference::Event::{ForecastAccepted, InferenceAccepted};
		for event in events {
			match event {
				RuntimeEvent::Inference(
					InferenceAccepted { topic, epoch, .. } | ForecastAccepted { topic, epoch, .. },
				) => {
					self.served.insert((*topic, *epoch));
				}
				RuntimeEvent::Clock(EpochsSkipped { topic, first, count }) => {
					for nth in 0..*count {
						let epoch = (*topic, first + nth * self.lengths[topic]);
						let opened = self.epochs.contains_key(&epoch);
						assert!(!opened && !self.served.contains(&epoch), "skipped: {epoch:?}");
					}
				}
				_ => {}
			}
		}
	}

	fn check_epoch(
		&mut self,
		topic: TopicId,
		epoch: EpochId,
		record: EpochRecord,
		statistics: &mut Statistics,
	) {
		let newest = self.epochs.range((topic, EpochId::MIN)..=(topic, EpochId::MAX)).next_back();
		let newest = newest.map(|((_, epoch), _)| *epoch);
		let before = self.epochs.insert((topic, epoch), record);
		let what = format!("epoch {epoch} of topic {topic}, {before:?}, became {record:?}");
		match before {
			None => assert!(newest.is_none_or(|newest| newest < epoch), "a number again: {what}"),
			Some(before) => {
				assert_eq!(before.windows, record.windows, "{what}");
				let ended = before.state.is_final() && before.state != record.state;
				assert!(stage(before.state) <= stage(record.state) && !ended, "{what}");
			}
		}
		if record.state == EpochState::Void(VoidReason::Arithmetic) {
			let parameters = world::epoch_parameters(topic, epoch);
			panic!("accepted input made an epoch fail: {what}; {parameters:?}");
		}
		let is_new = before.is_none_or(|before| !before.state.is_final());
		if record.state.is_final() && is_new {
			statistics.count_end(record.state);
		}
	}

	/// A topic and an epoch of it that had a record.
	pub fn some_epoch(&self, at: usize) -> Option<(TopicId, EpochId)> {
		let count = self.epochs.len().max(1);
		self.epochs.keys().nth(at % count).copied()
	}
}

/// The position of a state in the life of an epoch.
fn stage(state: EpochState) -> u8 {
	match state {
		EpochState::Collecting => 0,
		EpochState::Revealing => 1,
		EpochState::AwaitingTruth => 2,
		EpochState::Reporting => 3,
		EpochState::Settled | EpochState::Void(_) => 4,
	}
}

/// The amount that was burned according to an event. Two events report dust; only the debt counts.
fn burned(event: &RuntimeEvent) -> Balance {
	use pallet_balances::Event::{Burned, BurnedDebt, BurnedHeld, Rescinded};
	match event {
		RuntimeEvent::Balances(
			Burned { amount, .. }
			| BurnedDebt { amount }
			| BurnedHeld { amount, .. }
			| Rescinded { amount },
		) => *amount,
		RuntimeEvent::Balances(pallet_balances::Event::Unexpected(kind)) => {
			panic!("the balances pallet met something unexpected: {kind:?}")
		}
		_ => 0,
	}
}

/// Checks that transactions stay within their part of the block, and the block within its limit. A
/// block that ends a session may exceed it: the SDK declares a whole block for that, and even more
/// for an election.
fn check_weight(events: &[RuntimeEvent]) {
	let limits = <Runtime as frame_system::Config>::BlockWeights::get();
	let used = System::block_weight();
	let normal = *used.get(DispatchClass::Normal);
	let most = limits.get(DispatchClass::Normal).max_total.unwrap_or(limits.max_block);
	assert!(normal.all_lte(most), "transactions use {normal:?} of {most:?}");
	let session_ended = events.iter().any(|event| {
		matches!(event, RuntimeEvent::Session(pallet_session::Event::NewSession { .. }))
	});
	let total = used.total();
	assert!(session_ended || total.all_lte(limits.max_block), "a block uses {total:?}");
}

/// Checks that the explanation of an account agrees with what it was paid.
pub fn check_explanation(who: &AccountId, topic: TopicId, epoch: EpochId) {
	world::read_everything(topic, epoch);
	let explanation = world::explain(who, topic, epoch);
	let rewards = world::rewards(topic, epoch);
	let paid = rewards.iter().filter(|reward| reward.account == *who);
	let standings = [
		explanation.inferer.standing,
		explanation.forecaster.standing,
		explanation.reputer.standing,
	];
	assert_eq!(
		standings.iter().map(|standing| standing.reward).sum::<Balance>(),
		paid.map(|reward| reward.amount).sum::<Balance>(),
		"what is explained was not paid"
	);
	for standing in standings {
		assert_eq!(standing.no_reward.is_none(), standing.reward > 0, "{standing:?}");
	}
}
