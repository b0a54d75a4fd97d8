//! Reads for other pallets and for the runtime API.

use crate::{Config, Economies, Membership, NextTopicId, Pallet, Registrations, Topic, Topics};
use alloc::vec::Vec;
use allora_primitives::{
	api::{
		page_size, Announced, Member, MemberKey, MemberPage, RegistrationInfo, TopicIdPage,
		TopicInfo, MAX_LIST_PAGE, MAX_WALK,
	},
	traits::{Admission, SlotProvider, StakeInspect, TopicClock, TopicInspect, TopicPot},
	EpochId, Registration, Slot, TopicId, TopicParameters,
};

impl<T: Config> TopicInspect<T::AccountId> for Pallet<T> {
	fn admission(
		topic: TopicId,
		epoch: EpochId,
		who: &T::AccountId,
		registration: Registration,
	) -> Option<Admission> {
		let entry = Topics::<T>::get(topic)?;
		// Whoever could report on an epoch when it opened can do so when its truth is known, however
		// long that takes: the notice may be shorter, and others have worked for the epoch meanwhile.
		let slot = match registration {
			Registration::Reputer => epoch.min(Self::now()),
			Registration::Worker => Self::now(),
		};
		let is_listed = entry.list(registration).is_in_force(slot);
		let is_superseded = epoch < entry.in_force_from;
		Some(Admission {
			is_registered: Self::is_registered(topic, who, registration),
			is_allowed: Self::admits_in(slot, topic, &entry, who, registration),
			is_plain: !is_listed && !is_superseded,
			parameters: match is_superseded {
				true => Self::as_before(topic, epoch, entry.parameters),
				false => entry.parameters,
			},
		})
	}

	fn parameters(topic: TopicId) -> Option<TopicParameters> {
		Topics::<T>::get(topic).map(|topic| topic.parameters)
	}

	fn parameters_of(topic: TopicId, epoch: EpochId) -> Option<TopicParameters> {
		let Topic { parameters, in_force_from, .. } = Topics::<T>::get(topic)?;
		if epoch < in_force_from {
			return Some(Self::as_before(topic, epoch, parameters));
		}
		Some(parameters)
	}

	fn is_allowed(topic: TopicId, who: &T::AccountId, registration: Registration) -> bool {
		Topics::<T>::get(topic).is_some_and(|entry| Self::admits(topic, &entry, who, registration))
	}

	fn is_excluded(topic: TopicId, who: &T::AccountId, registration: Registration) -> bool {
		let entry = Topics::<T>::get(topic);
		entry.is_some_and(|entry| !Self::admits(topic, &entry, who, registration))
	}

	fn stays_allowed(topic: TopicId, who: &T::AccountId, registration: Registration) -> bool {
		Topics::<T>::get(topic)
			.is_some_and(|entry| Self::admits_in(Slot::MAX, topic, &entry, who, registration))
	}

	fn is_retired(topic: TopicId) -> bool {
		Topics::<T>::get(topic).is_some_and(|entry| entry.retired)
	}

	fn payee(topic: TopicId, who: &T::AccountId, registration: Registration) -> T::AccountId {
		Registrations::<T>::get(topic, (who, registration))
			.map_or_else(|| who.clone(), |membership| membership.owner)
	}

	fn is_registered(topic: TopicId, who: &T::AccountId, registration: Registration) -> bool {
		Registrations::<T>::get(topic, (who, registration))
			.is_some_and(|membership| !membership.left)
	}
}

impl<T: Config> Pallet<T> {
	/// Whether the topic's allow-list for this registration is not in force or has the account.
	pub(crate) fn admits(
		topic: TopicId,
		entry: &Topic<T::AccountId>,
		who: &T::AccountId,
		registration: Registration,
	) -> bool {
		Self::admits_in(Self::now(), topic, entry, who, registration)
	}
}

/// Reads for the runtime API `TopicsApi`.
impl<T: Config> Pallet<T> {
	/// The topic; `None` if there is none of this number.
	pub fn topic_info(topic: TopicId) -> Option<TopicInfo<T::AccountId>> {
		let entry = Topics::<T>::get(topic)?;
		let (mut economy, clock) = (Economies::<T>::get(topic), T::Clock::info(topic));
		Self::decay(&mut economy, &entry.parameters, Self::now());
		let weight = economy.counted_weight();
		let announced = crate::Announced::<T>::get(topic);
		Some(TopicInfo {
			topic,
			creator: entry.creator,
			offered_to: entry.offered_to,
			workers_listed: entry.workers.is_in_force(Self::now()),
			reputers_listed: entry.reputers.is_in_force(Self::now()),
			active: clock.active,
			retired: entry.retired,
			last_epoch: clock.last_epoch,
			next_epoch: clock.next_epoch,
			parameters: entry.parameters,
			weight,
			revenue: economy.revenue,
			stake: T::Stake::topic_stake(topic),
			pot: T::Pot::topic_pot(topic),
			reserved: clock.reserved,
			announced: Announced {
				workers_listed_from: entry.workers.enabled_from,
				reputers_listed_from: entry.reputers.enabled_from,
				update: announced.update,
				retirement: announced.retirement,
			},
		})
	}

	/// The numbers of the existing topics from `from` on: at most `limit`, which is moved into 1 to
	/// `maximum`.
	pub fn topic_page(from: TopicId, limit: u32, maximum: u32) -> TopicIdPage {
		let exists = |topic| Topics::<T>::contains_key(topic).then_some(topic);
		let (topics, next) = Self::walk_topics(from, page_size(limit, maximum), exists);
		TopicIdPage { topics, next }
	}

	/// What `read` returns of the topic numbers given so far, from `from` on: at most `limit` items,
	/// and the number from which to go on. Looks at no more than [`MAX_WALK`] numbers.
	pub fn walk_topics<Item>(
		from: TopicId,
		limit: usize,
		read: impl Fn(TopicId) -> Option<Item>,
	) -> (Vec<Item>, Option<TopicId>) {
		let (from, end) = (from.max(1), NextTopicId::<T>::get());
		let last = end.min(from.saturating_add(MAX_WALK.into()));
		let mut items = Vec::new();
		for topic in from..last {
			if items.len() == limit {
				return (items, Some(topic));
			}
			items.extend(read(topic));
		}
		(items, (last < end).then_some(last))
	}

	/// The accounts that are registered in a topic, after the entry `after`; without those that have
	/// left. At most `limit`, which is moved into 1 to 256, among [`MAX_WALK`] entries.
	pub fn members(
		topic: TopicId,
		registration: Registration,
		after: Option<MemberKey<T::AccountId>>,
		limit: u32,
	) -> MemberPage<T::AccountId> {
		let limit = page_size(limit, MAX_LIST_PAGE);
		let mut entries = match after {
			Some(MemberKey { account, registration }) => {
				let key = Registrations::<T>::hashed_key_for(topic, (account, registration));
				Registrations::<T>::iter_prefix_from(topic, key)
			}
			None => Registrations::<T>::iter_prefix(topic),
		};
		let (mut members, mut last) = (Vec::new(), None);
		for ((account, of), Membership { owner, left }) in entries.by_ref().take(MAX_WALK as usize)
		{
			last = Some(MemberKey { account: account.clone(), registration: of });
			if of == registration && !left {
				members.push(Member { account, owner });
			}
			if members.len() == limit {
				break;
			}
		}
		let more = entries.next().is_some();
		MemberPage { members, next: last.filter(|_| more) }
	}

	/// The registration of an account, also one that it has left; `None` if it never registered.
	pub fn registration_info(
		topic: TopicId,
		who: &T::AccountId,
		registration: Registration,
	) -> Option<RegistrationInfo<T::AccountId>> {
		let Membership { owner, left } = Registrations::<T>::get(topic, (who, registration))?;
		Some(RegistrationInfo { owner, left })
	}

	/// The current slot.
	pub(crate) fn now() -> Slot {
		T::Time::current_slot()
	}
}
