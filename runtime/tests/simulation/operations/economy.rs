//! Operations of delegators and consumers.

use super::{
	super::{
		values::{self, once_in},
		world, Random,
	},
	People,
};
use allora_primitives::{api::TopicInfo, Registration, Role, TopicId, ALLO};
use allora_runtime::{AccountId, Reputer, Runtime, RuntimeCall};
use pallet_consumer::{Call as ConsumerCall, Requests};
use pallet_reputer::{Call as ReputerCall, Delegations, Removals, Undelegations};
use rand::{seq::IndexedRandom, Rng};
use sp_runtime::Perbill;

/// A delegator, a topic and a reputer.
type Key = (AccountId, TopicId, AccountId);

impl People {
	/// A call of a delegator, of a reputer that has delegators, or of anybody for them.
	pub(super) fn delegate(&self, random: &mut Random) -> (usize, RuntimeCall) {
		let delegations: Vec<Key> = Delegations::<Runtime>::iter_keys().collect();
		let Some((who, topic, reputer)) = delegations.choose(random).cloned() else {
			return self.new_delegation(random);
		};
		let signer = self.index_of(&who).unwrap_or_else(|| self.anyone(random));
		let call = match random.random_range(0..20) {
			0..=3 => {
				let delegation = Delegations::<Runtime>::get((&who, topic, &reputer));
				let all = delegation.map_or(0, |delegation| delegation.amount);
				let amount = if once_in(random, 2) { all } else { random.random_range(0..=all) };
				ReputerCall::undelegate { topic, reputer, amount }
			}
			4..=5 => return self.cancel_undelegate(random),
			6..=8 => return self.withdraw_for(random),
			9 => {
				let commission = Perbill::from_percent(random.random_range(0..=60));
				let reputer = self.index_of(&reputer).unwrap_or(signer);
				return (reputer, ReputerCall::set_commission { topic, commission }.into());
			}
			10..=12 => return self.claim(&delegations, random),
			13 => {
				ReputerCall::delegate { topic, reputer, amount: values::affordable_amount(random) }
			}
			_ => return self.new_delegation(random),
		};
		(signer, call.into())
	}

	fn new_delegation(&self, random: &mut Random) -> (usize, RuntimeCall) {
		let topic = self.topic(random, |topic| topic.stake > 0).topic;
		let is_reputer = |who: &&AccountId| world::actor(topic, who, Role::Reputer).authority > 0;
		let accounts = self.accounts.iter().map(|account| &account.id);
		let reputers: Vec<_> = accounts.filter(is_reputer).collect();
		let reputer = match reputers.choose(random) {
			Some(reputer) => (*reputer).clone(),
			None => {
				let reputer = self.participant(topic, Registration::Reputer, random);
				self.accounts[reputer].id.clone()
			}
		};
		let amount = values::affordable_amount(random);
		(self.anyone(random), ReputerCall::delegate { topic, reputer, amount }.into())
	}

	fn cancel_undelegate(&self, random: &mut Random) -> (usize, RuntimeCall) {
		let pending: Vec<(Key, _)> = Undelegations::<Runtime>::iter().collect();
		let Some(((who, topic, reputer), removals)) = pending.choose(random).cloned() else {
			return self.new_delegation(random);
		};
		let signer = self.index_of(&who).unwrap_or_else(|| self.anyone(random));
		let removal_id = removals.choose(random).map_or(0, |removal| removal.id);
		(signer, ReputerCall::cancel_undelegate { topic, reputer, removal_id }.into())
	}

	/// Anybody has a removal paid out that is due, own or delegated; sometimes one that is not.
	fn withdraw_for(&self, random: &mut Random) -> (usize, RuntimeCall) {
		let own = Removals::<Runtime>::iter()
			.map(|(topic, who, removals)| ((who.clone(), topic, who), removals));
		let mut pending: Vec<(Key, _)> = Undelegations::<Runtime>::iter().chain(own).collect();
		if !once_in(random, 8) {
			let now = world::now();
			pending.retain(|(_, removals)| removals.iter().any(|removal| removal.due <= now));
		}
		let Some(((account, topic, reputer), _)) = pending.choose(random).cloned() else {
			return self.new_delegation(random);
		};
		(self.anyone(random), ReputerCall::withdraw_for { topic, reputer, account }.into())
	}

	/// A delegator claims its rewards, or delegates them; preferably one that has some.
	fn claim(&self, delegations: &[Key], random: &mut Random) -> (usize, RuntimeCall) {
		let has_earned = |(who, topic, reputer): &&Key| {
			Reputer::delegation_now(*topic, reputer, who)
				.is_some_and(|delegation| delegation.claimable() > 0)
		};
		let earned: Vec<_> = delegations.iter().filter(has_earned).collect();
		let some = earned.choose(random).copied().or_else(|| delegations.choose(random));
		let (who, topic, reputer) = some.cloned().expect("there is a delegation");
		let signer = self.index_of(&who).unwrap_or_else(|| self.anyone(random));
		let call = match random.random() {
			true => ReputerCall::claim { topic, reputer },
			false => ReputerCall::compound { topic, reputer },
		};
		(signer, call.into())
	}

	/// A call of a consumer, or of a creator that sets its price.
	pub(super) fn consume(&self, random: &mut Random) -> (usize, RuntimeCall) {
		if once_in(random, 3) && Requests::<Runtime>::iter_keys().any(has_waiting) {
			return self.end_of_request(random);
		}
		let for_sale = |topic: &TopicInfo<_>| world::quote(topic.topic).is_some();
		let TopicInfo { topic, creator, .. } = self.topic(random, for_sale).clone();
		let signer = self.anyone(random);
		let call = match random.random_range(0..14) {
			0 => {
				let minimum = match random.random_range(0..4) {
					0 => random.random_range(0..20 * ALLO),
					1 => random.random_range(0..ALLO),
					_ => 0,
				};
				let creator = self.index_of(&creator).unwrap_or(signer);
				return (creator, ConsumerCall::set_minimum { topic, minimum }.into());
			}
			1..=2 => return self.end_of_subscription(random),
			3..=4 => {
				let per_epoch = self.price(topic, random);
				let epochs = random.random_range(0..=6);
				ConsumerCall::subscribe { topic, per_epoch, epochs }
			}
			5 => return self.discard(random),
			6..=9 => return self.request(random),
			_ => {
				let age = world::quote(topic).map_or(0, |quote| quote.age);
				let age = u32::try_from(age).unwrap_or(u32::MAX);
				let max_age = if once_in(random, 8) { age.saturating_sub(1) } else { age };
				let (payment, keep) = (self.price(topic, random), random.random());
				ConsumerCall::buy { topic, payment, max_age, keep }
			}
		};
		(signer, call.into())
	}

	/// A call of a requester: a request to a topic on demand, or the end of one.
	fn request(&self, random: &mut Random) -> (usize, RuntimeCall) {
		if once_in(random, 3) {
			return self.end_of_request(random);
		}
		// A request to a topic whose epoch is running waits, and can be cancelled.
		let must_wait: bool = random.random();
		let on_demand = |topic: &TopicInfo<_>| {
			world::opening(topic.topic).is_some_and(|_| topic.active || !must_wait)
		};
		let topic = self.topic(random, on_demand).topic;
		let minimum = world::opening(topic).map_or(ALLO / 100, |opening| opening.minimum);
		let payment = match random.random_range(0..10) {
			0 => minimum.saturating_sub(1),
			1..=3 => minimum,
			_ => minimum.saturating_add(values::affordable_amount(random) / 10),
		};
		let max_wait = if once_in(random, 10) { 0 } else { random.random_range(1..100) };
		(self.anyone(random), ConsumerCall::request { topic, payment, max_wait }.into())
	}

	fn end_of_request(&self, random: &mut Random) -> (usize, RuntimeCall) {
		let mut requests: Vec<_> = Requests::<Runtime>::iter().collect();
		if !once_in(random, 5) {
			requests.retain(|(topic, _)| has_waiting(*topic));
		}
		let Some((topic, requests)) = requests.choose(random) else { return self.request(random) };
		// Those that wait are the newest.
		let request = requests.last().expect("no list is empty");
		let signer = self.index_of(&request.requester).unwrap_or_else(|| self.anyone(random));
		(signer, ConsumerCall::cancel_request { topic: *topic }.into())
	}

	/// A price that is rarely too low.
	fn price(&self, topic: TopicId, random: &mut Random) -> u128 {
		let minimum = world::quote(topic).map_or(ALLO / 100, |quote| quote.minimum);
		match random.random_range(0..10) {
			0 => minimum.saturating_sub(1),
			1..=3 => minimum,
			_ => minimum.saturating_add(values::affordable_amount(random) / 10),
		}
	}

	fn end_of_subscription(&self, random: &mut Random) -> (usize, RuntimeCall) {
		let subscriptions: Vec<_> = pallet_consumer::SubscribedTo::<Runtime>::iter().collect();
		let Some((who, topics)) = subscriptions.choose(random) else { return self.fund(random) };
		let topic = *topics.choose(random).expect("no list is empty");
		let signer = self.index_of(who).unwrap_or_else(|| self.anyone(random));
		(signer, ConsumerCall::cancel { topic }.into())
	}

	fn discard(&self, random: &mut Random) -> (usize, RuntimeCall) {
		let receipts: Vec<_> = pallet_consumer::Receipts::<Runtime>::iter_keys().collect();
		let Some((who, number)) = receipts.choose(random) else { return self.fund(random) };
		let signer = self.index_of(who).unwrap_or_else(|| self.anyone(random));
		(signer, ConsumerCall::discard { number: *number }.into())
	}
}

/// Whether a topic has requests that wait for an opening, which can be cancelled.
fn has_waiting(topic: TopicId) -> bool {
	world::opening(topic).is_some_and(|opening| opening.waiting > 0)
}
