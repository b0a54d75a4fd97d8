//! Benchmarks: one for each function of [`WeightInfo`](crate::WeightInfo), of the same name.

use crate::{forget::MAX_FORGOTTEN, pallet::*, types::*};
use alloc::{boxed::Box, vec};
use allora_primitives::{
	topic::{Label, Text},
	traits::TopicClock,
	EpochId, FixedI128, LossMethod, Registration, Rule, Slot, Slots, TopicId, TopicParameters,
	TopicUpdate, ALLO, MAX_HISTORY, MAX_LABELS,
};
use frame_benchmarking::{benchmarking::add_to_whitelist, v2::*};
use frame_support::{
	traits::{EnsureOrigin, Get},
	BoundedVec,
};
use frame_system::RawOrigin;
use sp_runtime::Permill;

/// What the benchmarks need from other pallets.
pub trait BenchmarkHelper<AccountId> {
	/// Gives an account enough balance for every fee.
	fn endow(who: &AccountId);
	/// Makes a slot the current one.
	fn set_slot(slot: Slot);
	/// Gives an inactive topic stake, and the maximum number of epochs on record, all settled, up to
	/// `last`.
	fn clocked(topic: TopicId, last: EpochId);
}

/// The slot in which the benchmarks run.
const NOW: Slot = 1_000_000;
/// The epoch length in slots: the maximum number of epochs on record fits before [`NOW`].
const LENGTH: Slots = 1_000;
/// The slot in which the epoch before opened.
const BEFORE: EpochId = NOW - LENGTH as Slot;

fn text() -> Text {
	Text::truncate_from(vec![b'x'; 255])
}

/// The largest parameters, with the longest history.
fn largest() -> TopicParameters {
	let label = |n: u32| Label::truncate_from(vec![b'a'.saturating_add(n as u8); 64]);
	TopicParameters {
		metadata: text(),
		loss_method: LossMethod::Custom(text()),
		ground_truth: text(),
		labels: BoundedVec::truncate_from((0..MAX_LABELS).map(label).collect()),
		history: MAX_HISTORY,
		..TopicParameters::regression(LENGTH, LENGTH - 1, LENGTH * TopicParameters::MAX_LAG_EPOCHS)
	}
}

/// Parameters with the smallest active sets, of the rule that [`all_values`] changes.
fn smallest() -> TopicParameters {
	TopicParameters {
		rule: Rule::Mixture,
		max_inferers: 1,
		max_forecasters: 0,
		max_reputers: 1,
		..TopicParameters::regression(LENGTH, LENGTH - 1, LENGTH)
	}
}

/// A change of every parameter that can change, with texts of the maximum length.
fn all_values() -> TopicUpdate {
	TopicUpdate {
		metadata: Some(Text::truncate_from(vec![b'm'; 255])),
		loss_method: Some(LossMethod::Custom(Text::truncate_from(vec![b'l'; 255]))),
		loss_floor: Some(FixedI128::from_u32(1)),
		ground_truth: Some(Text::truncate_from(vec![b'g'; 255])),
		rule: Some(Rule::Regret),
		p_norm: Some(FixedI128::from_u32(4)),
		c_norm: Some(FixedI128::from_u32(2)),
		alpha_regret: Some(FixedI128::from_u32(1)),
		merit_sortition_alpha: Some(FixedI128::from_u32(0)),
	}
}

/// An account that can pay every fee.
fn rich<T: Config>(name: &'static str) -> T::AccountId {
	let who = account(name, 0, 0);
	T::BenchmarkHelper::endow(&who);
	who
}

/// Stores a topic with these parameters, whose revenue is high enough for an activation.
pub fn put_topic<T: Config>(
	topic: TopicId,
	parameters: TopicParameters,
	creator: T::AccountId,
	retired: bool,
) {
	NextTopicId::<T>::mutate(|next| *next = topic.saturating_add(1).max(*next));
	let entry = Topic {
		creator,
		offered_to: None,
		parameters,
		in_force_from: 0,
		workers: AllowList::default(),
		reputers: AllowList::default(),
		retired,
	};
	Topics::<T>::insert(topic, entry);
	// A change of stake or revenue lowers the weight, and emission counts what is left.
	let economy = Economy {
		revenue: 1_000 * ALLO,
		weight: Some(10_000_000 * ALLO),
		counted: true,
		dripped_at: Pallet::<T>::now().saturating_sub(1),
		subsidy: Permill::one(),
		listed: false,
	};
	Economies::<T>::insert(topic, economy);
}

/// An inactive topic with the largest parameters and epochs on record up to `last`.
fn topic_until<T: Config>(creator: &T::AccountId, last: EpochId) -> TopicId {
	T::BenchmarkHelper::set_slot(NOW);
	let topic = NextTopicId::<T>::get();
	put_topic::<T>(topic, largest(), creator.clone(), false);
	T::BenchmarkHelper::clocked(topic, last);
	topic
}

fn topic<T: Config>(creator: &T::AccountId) -> TopicId {
	topic_until::<T>(creator, BEFORE)
}

/// Announces all that can be, with notices that are over: the topic has stake, so that nothing acts
/// without one.
fn announce<T: Config>(topic: TopicId) {
	let announcements = Announcements { update: Some((all_values(), NOW)), retirement: Some(NOW) };
	Announced::<T>::insert(topic, announcements);
}

/// Puts this many accounts on the workers' list of the creator's topic.
fn list<T: Config>(topic: TopicId, creator: &T::AccountId, n: u32) {
	T::BenchmarkHelper::endow(creator);
	let deposit = T::ListDeposit::get();
	let deposits = deposit.saturating_mul(n.into());
	Pallet::<T>::take_deposits(creator, deposits).expect("the account was just endowed");
	for n in 0..n {
		let key = (account::<T::AccountId>("listed", n, 0), Registration::Worker);
		Allowed::<T>::insert(topic, key, ListEntry { deposit, until: None });
	}
	Topics::<T>::mutate(topic, |topic| {
		let topic = topic.as_mut().expect("the topic was just made");
		(topic.workers.members, topic.workers.deposits) = (n, deposits);
	});
}

fn accounts<T: Config>(n: u32) -> NamedAccounts<T::AccountId> {
	BoundedVec::truncate_from((0..n).map(|n| account("listed", n, 0)).collect())
}

#[benchmarks]
mod benchmarks {
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
		assert!(T::Clock::info(topic).active);
	}

	#[benchmark]
	fn register() {
		let who = rich::<T>("worker");
		let topic = topic::<T>(&who);
		let worker = Registration::Worker;
		Topics::<T>::mutate(topic, |topic| {
			topic.as_mut().expect("the topic was just made").workers =
				AllowList { enabled_from: Some(0), members: 1, deposits: 0 };
		});
		let entry = ListEntry { deposit: 0, until: None };
		Allowed::<T>::insert(topic, (&who, worker), entry);
		let before = Membership { owner: who.clone(), left: true };
		Registrations::<T>::insert(topic, (&who, worker), before);
		#[extrinsic_call]
		_(RawOrigin::Signed(who), topic, worker, Some(account("owner", 0, 0)));
		assert!(T::Clock::info(topic).active);
	}

	/// A topic and a worker that is registered in it.
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
		announce::<T>(topic);
		#[extrinsic_call]
		_(RawOrigin::Signed(who), topic);
		assert!(Topics::<T>::get(topic).unwrap().retired);
	}

	#[benchmark]
	fn update() {
		let who: T::AccountId = account("creator", 0, 0);
		// The last epoch began under the parameters that change.
		let topic = topic_until::<T>(&who, NOW);
		let former = |n: u32| Superseded { until: NOW - Slot::from(n), parameters: all_values() };
		let kept = (1..MAX_SUPERSEDED).rev().map(former).collect();
		SupersededParameters::<T>::insert(topic, BoundedVec::truncate_from(kept));
		// It is active, and the change reserves more.
		put_topic::<T>(topic, smallest(), who.clone(), false);
		T::Clock::on_revenue(topic);
		let reserved = T::Clock::info(topic).reserved;
		Topics::<T>::mutate(topic, |topic| {
			let topic = topic.as_mut().expect("the topic was just made");
			(topic.parameters, topic.in_force_from) = (largest(), NOW - 1);
		});
		announce::<T>(topic);
		#[extrinsic_call]
		_(RawOrigin::Signed(who), topic, Box::new(all_values()));
		assert_eq!(SupersededParameters::<T>::get(topic).len() as u32, MAX_SUPERSEDED);
		assert!(T::Clock::info(topic).reserved.any_gt(reserved));
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
		let who = rich::<T>("heir");
		let creator = account("creator", 0, 0);
		let topic = topic::<T>(&creator);
		list::<T>(topic, &creator, MAX_LISTED_AT_ONCE);
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
		assert!(Topics::<T>::get(topic).unwrap().reputers.enabled_from.is_some());
	}

	#[benchmark]
	fn allow(n: Linear<1, MAX_LISTED_AT_ONCE>) {
		let who: T::AccountId = account("creator", 0, 0);
		T::BenchmarkHelper::endow(&who);
		let topic = topic::<T>(&who);
		#[extrinsic_call]
		_(RawOrigin::Signed(who), topic, Registration::Worker, accounts::<T>(n));
		assert_eq!(Topics::<T>::get(topic).unwrap().workers.members, n);
	}

	#[benchmark]
	fn disallow(n: Linear<1, MAX_LISTED_AT_ONCE>) {
		let who: T::AccountId = account("creator", 0, 0);
		let topic = topic::<T>(&who);
		list::<T>(topic, &who, n);
		#[extrinsic_call]
		_(RawOrigin::Signed(who), topic, Registration::Worker, accounts::<T>(n));
		assert_eq!(Topics::<T>::get(topic).unwrap().workers.members, 0);
	}

	#[benchmark]
	fn set_subsidy() -> Result<(), BenchmarkError> {
		let topic = topic::<T>(&account("creator", 0, 0));
		let half = Permill::from_percent(50);
		let origin =
			T::SubsidyOrigin::try_successful_origin().map_err(|()| BenchmarkError::Weightless)?;
		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, topic, half);
		assert_eq!(Economies::<T>::get(topic).subsidy, half);
		Ok(())
	}

	#[benchmark]
	fn withdraw_announcements() {
		let who: T::AccountId = account("creator", 0, 0);
		let topic = topic::<T>(&who);
		let announced = Announcements { update: Some((all_values(), NOW)), retirement: Some(NOW) };
		Announced::<T>::insert(topic, announced);
		#[extrinsic_call]
		_(RawOrigin::Signed(who), topic);
		assert!(!Announced::<T>::contains_key(topic));
	}

	#[benchmark]
	fn superseded_parameters() {
		let topic = topic::<T>(&account("creator", 0, 0));
		let former = |n: u32| Superseded { until: NOW - Slot::from(n), parameters: all_values() };
		let kept = (0..MAX_SUPERSEDED).rev().map(former).collect();
		SupersededParameters::<T>::insert(topic, BoundedVec::truncate_from(kept));
		Topics::<T>::mutate(topic, |topic| {
			topic.as_mut().expect("the topic was just made").in_force_from = NOW;
		});
		// Reading the topic itself is part of the clock's turn.
		add_to_whitelist(Topics::<T>::hashed_key_for(topic).into());
		let context;
		#[block]
		{
			context = Pallet::<T>::epoch_context(topic, NOW - Slot::from(MAX_SUPERSEDED));
		}
		let (context, _) = context.expect("there is a topic");
		assert_eq!(context.parameters.p_norm, FixedI128::from_u32(4));
	}

	#[benchmark]
	fn forget(n: Linear<0, MAX_FORGOTTEN>) {
		let who: T::AccountId = account("creator", 0, 0);
		let topic = topic::<T>(&who);
		list::<T>(topic, &who, n);
		let kept = vec![Superseded { until: NOW, parameters: TopicUpdate::default() }];
		SupersededParameters::<T>::insert(topic, BoundedVec::truncate_from(kept));
		#[block]
		{
			// One more than is stored, so that both maps are read to their end.
			Pallet::<T>::remove_accounts(topic, n.saturating_add(1));
			Pallet::<T>::remove_topic(topic);
		}
		assert!(!Topics::<T>::contains_key(topic));
	}

	impl_benchmark_test_suite!(Pallet, crate::mock::ExtBuilder::externalities(), crate::mock::Test);
}
