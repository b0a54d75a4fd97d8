//! The notice with which a creator's powers act while others may rely on the topic (S 16).
//!
//! An allow-list that is enabled, and an account that is taken off it, take effect by comparison of
//! slots when they are read. A retirement and a change of parameters need a second call, since the
//! clock has to end the topic's epochs, or to reserve what the change takes.

use crate::{Announced, Announcements, Config, Error, Event, Pallet};
use allora_primitives::{traits::StakeInspect, Slot, TopicId};
use frame_support::{ensure, traits::Get};
use sp_runtime::DispatchResult;

impl<T: Config> Pallet<T> {
	/// The slot from which on a power that is used now may act: after the notice if there is stake
	/// in the topic, pending removals included, else at once.
	///
	/// The creator's own stake counts as well. Otherwise it could exclude itself, and have its stake
	/// released before the unbonding time. So do removals, which may still count in an epoch whose
	/// reporting is open.
	pub(crate) fn acts_from(topic: TopicId) -> Slot {
		match T::Stake::topic_held(topic) {
			0 => Self::now(),
			_ => Self::now().saturating_add(T::Notice::get().into()),
		}
	}

	/// Whether a power has to be announced first, and if so, from which slot on it may act. `due` is
	/// that of the announcement before, if any.
	///
	/// An announcement lapses one further notice after it is due. Otherwise the power could act at
	/// any moment from then on. [`Error::NoticeNotOver`] before it is due.
	pub(crate) fn to_announce(topic: TopicId, due: Option<Slot>) -> Result<Option<Slot>, Error<T>> {
		let (now, from) = (Self::now(), Self::acts_from(topic));
		if from <= now {
			return Ok(None);
		}
		let Some(due) = due else { return Ok(Some(from)) };
		ensure!(now >= due, Error::<T>::NoticeNotOver);
		let lapses = due.saturating_add(T::Notice::get().into());
		Ok((now >= lapses).then_some(from))
	}

	/// Stores a topic's announcements.
	pub(crate) fn put_announced(topic: TopicId, announced: Announcements) {
		if announced == Announcements::default() {
			Announced::<T>::remove(topic);
		} else {
			Announced::<T>::insert(topic, announced);
		}
	}

	/// Withdraws what the creator has announced.
	pub(crate) fn do_withdraw_announcements(who: T::AccountId, topic: TopicId) -> DispatchResult {
		ensure!(Self::not_retired(topic)?.creator == who, Error::<T>::NotCreator);
		ensure!(Announced::<T>::contains_key(topic), Error::<T>::NothingAnnounced);
		Announced::<T>::remove(topic);
		Self::deposit_event(Event::AnnouncementsWithdrawn { topic });
		Ok(())
	}
}
