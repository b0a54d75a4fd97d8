//! Benchmarks: one for each function of [`WeightInfo`](crate::WeightInfo), of the same name.

use crate::{forget::MAX_FORGOTTEN, pallet::*, types::*};
use alloc::{boxed::Box, vec, vec::Vec};
use allora_primitives::{
	topic::{Label, Text},
	BlockNumber, EpochId, EpochState, FixedI128, Registration, Step, TopicId, TopicParameters,
	TopicUpdate, ALLO, MAX_HISTORY, MAX_LABELS,
};
use frame_benchmarking::v2::*;
use frame_support::{
	traits::Get,
	weights::{Weight, WeightMeter},
	BoundedVec,
};
use frame_system::{pallet_prelude::BlockNumberFor, RawOrigin};

/// What the benchmarks need of other pallets.
pub trait BenchmarkHelper<AccountId> {
	/// Gives an account money enough for every fee.
	fn endow(who: &AccountId);
}

/// The block in which the benchmarks run.
const NOW: BlockNumber = 1_000_000;
/// Blocks of an epoch; there are as many as may be on record before [`NOW`].
const LENGTH: BlockNumber = 1_000;

fn text() -> Text {
	Text::truncate_from(vec![b'x'; 255])
}

/// The largest parameters, with the longest history.
fn largest() -> TopicParameters {
	let label = |n: u32| Label::truncate_from(vec![b'a'.saturating_add(n as u8); 64]);
	TopicParameters {
		metadata: text(),
		loss_method: text(),
		ground_truth: text(),
		labels: BoundedVec::truncate_from((0..MAX_LABELS).map(label).collect()),
		history: MAX_HISTORY,
		..TopicParameters::regression(LENGTH, LENGTH - 1, LENGTH * TopicParameters::MAX_LAG_EPOCHS)
	}
}

fn rich<T: Config>(name: &'static str) -> T::AccountId {
	let who = account(name, 0, 0);
	T::BenchmarkHelper::endow(&who);
	who
}

fn set_now<T: Config>() {
	frame_system::Pallet::<T>::set_block_number(BlockNumberFor::<T>::from(NOW));
}

/// An inactive topic of the largest parameters that has weight enough without stake.
fn topic<T: Config>(creator: &T::AccountId) -> TopicId {
	set_now::<T>();
	let topic = NextTopicId::<T>::get();
	NextTopicId::<T>::put(topic.saturating_add(1));
	let cold = Topic {
		creator: creator.clone(),
		offered_to: None,
		parameters: largest(),
		in_force_from: 0,
		workers: AllowList::default(),
		reputers: AllowList::default(),
		retired: false,
	};
	Topics::<T>::insert(topic, cold);
	// What the weight smooths towards is nothing, so it begins far above the minimum.
	let weight = T::MinTopicWeight::get().max(ALLO).saturating_mul(1_000);
	let state = TopicState {
		records: records(NOW - LENGTH),
		revenue: 1_000 * ALLO,
		weight: Some(weight),
		..Default::default()
	};
	TopicStates::<T>::insert(topic, state);
	topic
}

/// As many settled epochs as fit, up to `last`.
fn records(last: EpochId) -> Records {
	let most = MAX_HISTORY + MAX_IN_FLIGHT;
	let record = |n: u32| (last - (most - 1 - n) * LENGTH, EpochState::Settled);
	BoundedVec::truncate_from((0..most).map(record).collect())
}

/// Makes a topic active, its running epoch the last on record, and puts it on the agenda for its next
/// step.
fn activate<T: Config>(topic: TopicId, continues: bool) {
	let cold = Topics::<T>::get(topic).expect("the topic was just made");
	let mut state = TopicStates::<T>::get(topic);
	state.active = true;
	state.anchor = state.records.first().map(|(epoch, _)| *epoch).unwrap_or_default();
	state.continues = continues;
	state.reserved = Weight::from_parts(1, 1);
	Reserved::<T>::put(state.reserved);
	Pallet::<T>::schedule(topic, &cold, &mut state);
	TopicStates::<T>::insert(topic, state);
}

/// Leaves the item of a topic's state, which the turn counts, out of a step's.
fn whitelist_state<T: Config>(topic: TopicId) {
	whitelist(TopicStates::<T>::hashed_key_for(topic));
	whitelist(Topics::<T>::hashed_key_for(topic));
}

fn whitelist(key: Vec<u8>) {
	frame_benchmarking::benchmarking::add_to_whitelist(key.into());
}

fn accounts<T: Config>(n: u32) -> NamedAccounts<T::AccountId> {
	BoundedVec::truncate_from((0..n).map(|n| account("listed", n, 0)).collect())
}

#[benchmarks]
mod benches {
	use super::*;

	#[benchmark]
	fn create() {
		let who = rich::<T>("creator");
		#[extrinsic_call]
		_(RawOrigin::Signed(who), Box::new(largest()));
		assert_eq!(NextTopicId::<T>::get(), 2);
	}

	#[benchmark]
	fn fund() {
		let who = rich::<T>("funder");
		let topic = topic::<T>(&who);
		#[extrinsic_call]
		_(RawOrigin::Signed(who), topic, ALLO);
		assert!(TopicStates::<T>::get(topic).active);
	}

	#[benchmark]
	fn register() {
		let who = rich::<T>("worker");
		let topic = topic::<T>(&who);
		let worker = Registration::Worker;
		Topics::<T>::mutate(topic, |topic| {
			topic.as_mut().expect("the topic was just made").workers =
				AllowList { enabled: true, members: 1 };
		});
		Allowed::<T>::insert(topic, (&who, worker), ());
		let before = Membership { owner: who.clone(), left: true };
		Registrations::<T>::insert(topic, (&who, worker), before);
		#[extrinsic_call]
		_(RawOrigin::Signed(who), topic, worker, Some(account("owner", 0, 0)));
		assert!(TopicStates::<T>::get(topic).active);
	}

	/// A worker of a topic that has registered.
	fn membership<T: Config>() -> (TopicId, T::AccountId) {
		let who = account("worker", 0, 0);
		let topic = topic::<T>(&who);
		let membership = Membership { owner: who.clone(), left: false };
		Registrations::<T>::insert(topic, (&who, Registration::Worker), membership);
		(topic, who)
	}

	#[benchmark]
	fn leave() {
		let (topic, who) = membership::<T>();
		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()), topic, Registration::Worker);
		assert!(Registrations::<T>::get(topic, (who, Registration::Worker)).unwrap().left);
	}

	#[benchmark]
	fn retire() {
		let who: T::AccountId = account("creator", 0, 0);
		let topic = topic::<T>(&who);
		#[extrinsic_call]
		_(RawOrigin::Signed(who), topic);
		assert!(Forgetting::<T>::contains_key(topic));
	}

	#[benchmark]
	fn activate() {
		let who: T::AccountId = account("anybody", 0, 0);
		let topic = topic::<T>(&who);
		// An epoch of the activation before is in flight, so that the topic moves on the agenda.
		let cold = Topics::<T>::get(topic).unwrap();
		let mut state = TopicStates::<T>::get(topic);
		state.records.last_mut().unwrap().1 = EpochState::AwaitingTruth;
		Pallet::<T>::schedule(topic, &cold, &mut state);
		TopicStates::<T>::insert(topic, state);
		#[extrinsic_call]
		_(RawOrigin::Signed(who), topic);
		assert!(TopicStates::<T>::get(topic).active);
	}

	#[benchmark]
	fn update() {
		let who: T::AccountId = account("creator", 0, 0);
		let topic = topic::<T>(&who);
		let values = || TopicUpdate {
			metadata: Some(Text::truncate_from(vec![b'm'; 255])),
			loss_method: Some(Text::truncate_from(vec![b'l'; 255])),
			ground_truth: Some(Text::truncate_from(vec![b'g'; 255])),
			p_norm: Some(FixedI128::from_u32(4)),
			c_norm: Some(FixedI128::from_u32(2)),
			alpha_regret: Some(FixedI128::from_u32(1)),
			merit_sortition_alpha: Some(FixedI128::from_u32(0)),
		};
		let former = |n: u32| Superseded { until: NOW - n, parameters: values() };
		let kept = (1..MAX_SUPERSEDED).rev().map(former).collect();
		SupersededParameters::<T>::insert(topic, BoundedVec::truncate_from(kept));
		// The last epoch began under the parameters that change.
		let mut state = TopicStates::<T>::get(topic);
		state.records = records(NOW);
		TopicStates::<T>::insert(topic, state);
		Topics::<T>::mutate(topic, |topic| {
			topic.as_mut().expect("the topic was just made").in_force_from = NOW - 1;
		});
		#[extrinsic_call]
		_(RawOrigin::Signed(who), topic, Box::new(values()));
		assert_eq!(SupersededParameters::<T>::get(topic).len() as u32, MAX_SUPERSEDED);
	}

	#[benchmark]
	fn offer() {
		let who: T::AccountId = account("creator", 0, 0);
		let topic = topic::<T>(&who);
		#[extrinsic_call]
		_(RawOrigin::Signed(who), topic, Some(account("heir", 0, 0)));
		assert!(Topics::<T>::get(topic).unwrap().offered_to.is_some());
	}

	#[benchmark]
	fn accept() {
		let who: T::AccountId = account("heir", 0, 0);
		let topic = topic::<T>(&account("creator", 0, 0));
		Topics::<T>::mutate(topic, |topic| {
			topic.as_mut().expect("the topic was just made").offered_to = Some(who.clone());
		});
		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()), topic);
		assert_eq!(Topics::<T>::get(topic).unwrap().creator, who);
	}

	#[benchmark]
	fn set_owner() {
		let (topic, who) = membership::<T>();
		let owner: T::AccountId = account("owner", 0, 0);
		let worker = Registration::Worker;
		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()), topic, worker, who.clone(), owner.clone());
		assert_eq!(Registrations::<T>::get(topic, (who, worker)).unwrap().owner, owner);
	}

	#[benchmark]
	fn set_allow_list() {
		let who: T::AccountId = account("creator", 0, 0);
		let topic = topic::<T>(&who);
		#[extrinsic_call]
		_(RawOrigin::Signed(who), topic, Registration::Reputer, true);
		assert!(Topics::<T>::get(topic).unwrap().reputers.enabled);
	}

	#[benchmark]
	fn allow(n: Linear<1, MAX_LISTED_AT_ONCE>) {
		let who: T::AccountId = account("creator", 0, 0);
		let topic = topic::<T>(&who);
		#[extrinsic_call]
		_(RawOrigin::Signed(who), topic, Registration::Worker, accounts::<T>(n));
		assert_eq!(Topics::<T>::get(topic).unwrap().workers.members, n);
	}

	#[benchmark]
	fn disallow(n: Linear<1, MAX_LISTED_AT_ONCE>) {
		let who: T::AccountId = account("creator", 0, 0);
		let topic = topic::<T>(&who);
		Pallet::<T>::do_allow(who.clone(), topic, Registration::Worker, accounts::<T>(n)).unwrap();
		#[extrinsic_call]
		_(RawOrigin::Signed(who), topic, Registration::Worker, accounts::<T>(n));
		assert_eq!(Topics::<T>::get(topic).unwrap().workers.members, 0);
	}

	#[benchmark]
	fn poll() {
		let who: T::AccountId = account("creator", 0, 0);
		let topic = topic::<T>(&who);
		super::activate::<T>(topic, true);
		// The opening is due and does not fit; looking for a topic to forget is read beside it.
		let mut meter = WeightMeter::with_limit(<T::WeightInfo as crate::WeightInfo>::poll());
		#[block]
		{
			Pallet::<T>::take_due_steps(NOW, &mut meter);
			Pallet::<T>::forget_retired(&mut meter);
		}
		assert_eq!(TopicStates::<T>::get(topic).last_epoch(), Some(NOW - LENGTH));
	}

	#[benchmark]
	fn turn() {
		let who: T::AccountId = account("creator", 0, 0);
		let topic = topic::<T>(&who);
		super::activate::<T>(topic, true);
		#[block]
		{
			let due = Pallet::<T>::next_due(NOW, None).unwrap();
			let cold = Topics::<T>::get(due.topic).unwrap();
			let next = Pallet::<T>::step_due(due.topic, &cold.parameters, due.block);
			assert!(next.is_some());
			// What the steps would do, as far as the agenda is concerned.
			TopicStates::<T>::mutate(topic, |state| {
				state.records.remove(0);
				state.records.try_push((NOW, EpochState::Collecting)).unwrap();
			});
			Pallet::<T>::end_turn(due.topic, &cold);
		}
		assert_eq!(TopicStates::<T>::get(topic).scheduled, Some(NOW + LENGTH));
	}

	#[benchmark]
	fn open() {
		let who: T::AccountId = account("creator", 0, 0);
		let topic = topic::<T>(&who);
		// Without a weight before and without stake there is none, all of it computed, and what
		// emission does with another one it counts itself.
		TopicStates::<T>::mutate(topic, |state| state.weight = Some(0));
		super::activate::<T>(topic, true);
		whitelist_state::<T>(topic);
		let cold = Topics::<T>::get(topic).unwrap();
		#[block]
		{
			Pallet::<T>::end_and_record(topic, &cold);
		}
		assert_eq!(TopicStates::<T>::get(topic).last_epoch(), Some(NOW));
	}

	#[benchmark]
	fn inactivate() {
		let who: T::AccountId = account("creator", 0, 0);
		let topic = topic::<T>(&who);
		super::activate::<T>(topic, false);
		whitelist_state::<T>(topic);
		let cold = Topics::<T>::get(topic).unwrap();
		#[block]
		{
			Pallet::<T>::end_and_record(topic, &cold);
		}
		assert!(!TopicStates::<T>::get(topic).active);
	}

	/// A topic whose last epoch on record is about to take a step, and that epoch.
	fn epoch_in_flight<T: Config>(state: EpochState) -> (TopicId, EpochId) {
		let topic = topic::<T>(&account("creator", 0, 0));
		TopicStates::<T>::mutate(topic, |topic| topic.set_epoch_state(NOW - LENGTH, state));
		whitelist_state::<T>(topic);
		(topic, NOW - LENGTH)
	}

	#[benchmark]
	fn close_workers() {
		let (topic, epoch) = epoch_in_flight::<T>(EpochState::Collecting);
		#[block]
		{
			Pallet::<T>::note_step(topic, epoch, Step::CloseWorkers);
		}
		assert_ne!(TopicStates::<T>::get(topic).epoch_state(epoch), Some(EpochState::Collecting));
	}

	#[benchmark]
	fn close_reputers() {
		let (topic, epoch) = epoch_in_flight::<T>(EpochState::AwaitingTruth);
		#[block]
		{
			Pallet::<T>::note_step(topic, epoch, Step::CloseReputers);
		}
		assert!(TopicStates::<T>::get(topic).epoch_state(epoch).unwrap().is_final());
	}

	#[benchmark]
	fn forget(n: Linear<0, MAX_FORGOTTEN>) {
		let who: T::AccountId = account("creator", 0, 0);
		let topic = topic::<T>(&who);
		for n in 0..n {
			let key = (account::<T::AccountId>("listed", n, 0), Registration::Worker);
			let membership = Membership { owner: who.clone(), left: false };
			Registrations::<T>::insert(topic, key, membership);
		}
		let kept = vec![Superseded { until: NOW, parameters: TopicUpdate::default() }];
		SupersededParameters::<T>::insert(topic, BoundedVec::truncate_from(kept));
		Forgetting::<T>::insert(topic, ());
		#[block]
		{
			// One more than there are, so that the end is looked for in both maps.
			Pallet::<T>::free_accounts(topic, n.saturating_add(1));
			Pallet::<T>::free_topic(topic);
		}
		assert!(!Topics::<T>::contains_key(topic));
	}

	impl_benchmark_test_suite!(Pallet, crate::mock::ExtBuilder::externalities(), crate::mock::Test);
}
