//! The fake registry and clock of a mock without the real ones.

use crate::{
	traits::{Admission, EpochInspect, SlotProvider, TopicInspect},
	EpochId, EpochRecord, EpochState, EpochWindows, Registration, Slot, TopicId, TopicParameters,
};
use codec::Encode;
use core::marker::PhantomData;
use frame_support::{parameter_types, traits::Randomness};
use sp_core::H256;
use std::collections::BTreeMap;

/// The topic whose epochs are in [`States`].
pub const TOPIC: TopicId = 1;

parameter_types! {
	/// The topics that exist; `None` if all do.
	pub static ExistingTopics: Option<Vec<TopicId>> = None;
	/// The topics that are retired.
	pub static Retired: Vec<TopicId> = vec![];
	/// The parameters of every topic: epochs of 10 slots, payloads in the first 6 of them, the
	/// truth known after 10.
	pub static Parameters: TopicParameters = TopicParameters::regression(10, 5, 10);
	/// The registrations that accounts have and are allowed to have.
	pub static Registrations: Vec<Registration> = vec![Registration::Worker, Registration::Reputer];
	/// The accounts that are not registered.
	pub static Strangers: Vec<u64> = vec![];
	/// The accounts that are missing on the allow-lists.
	pub static Excluded: Vec<u64> = vec![];
	/// Whether admissions read nothing but the topic and the registration.
	pub static Plain: bool = true;
	/// The owners of registrations, where it is not the account itself.
	pub static Payees: BTreeMap<(u128, Registration), u128> = BTreeMap::new();
	/// The states of the epochs of [`TOPIC`].
	pub static States: Vec<(EpochId, EpochState)> = vec![];
	/// The state of all other epochs; `None` if they are not on record.
	pub static OtherState: Option<EpochState> = None;
	/// What all randomness follows from.
	pub static Drawn: u64 = 0;
	/// The epochs that are not on record any more.
	pub static Forgotten: Vec<(TopicId, EpochId)> = vec![];
}

/// A registry and a clock with the current slot of `Time`. Epochs open at multiples of the epoch
/// length.
pub struct FakeTopics<Time>(PhantomData<Time>);

impl<Time> FakeTopics<Time> {
	/// Sets the defaults: all topics exist, every account is registered and allowed, no epoch is on
	/// record.
	pub fn reset() {
		ExistingTopics::set(None);
		Retired::set(vec![]);
		Parameters::set(TopicParameters::regression(10, 5, 10));
		Registrations::set(vec![Registration::Worker, Registration::Reputer]);
		Strangers::set(vec![]);
		Excluded::set(vec![]);
		Plain::set(true);
		Payees::set(BTreeMap::new());
		States::set(vec![]);
		OtherState::set(None);
		Drawn::set(0);
		Forgotten::set(vec![]);
	}

	fn exists(topic: TopicId) -> bool {
		ExistingTopics::get().is_none_or(|topics| topics.contains(&topic))
	}
}

/// Randomness that follows from [`Drawn`].
pub struct FakeRandomness;

impl<BlockNumber: Default> Randomness<H256, BlockNumber> for FakeRandomness {
	fn random(subject: &[u8]) -> (H256, BlockNumber) {
		let drawn = (Drawn::get(), subject).using_encoded(sp_io::hashing::blake2_256);
		(drawn.into(), BlockNumber::default())
	}
}

/// Whether the account is in the list.
fn has<AccountId: Copy + Into<u128>>(list: &[u64], who: &AccountId) -> bool {
	list.iter().any(|listed| u128::from(*listed) == (*who).into())
}

impl<AccountId: Copy + Into<u128> + TryFrom<u128>, Time> TopicInspect<AccountId>
	for FakeTopics<Time>
{
	fn admission(
		topic: TopicId,
		epoch: EpochId,
		who: &AccountId,
		registration: Registration,
	) -> Option<Admission> {
		Some(Admission {
			parameters: <Self as TopicInspect<AccountId>>::parameters_of(topic, epoch)?,
			is_registered: Self::is_registered(topic, who, registration),
			is_allowed: Self::is_allowed(topic, who, registration),
			is_plain: Plain::get(),
		})
	}
	fn parameters(topic: TopicId) -> Option<TopicParameters> {
		Self::exists(topic).then(Parameters::get)
	}
	fn parameters_of(topic: TopicId, _: EpochId) -> Option<TopicParameters> {
		Self::exists(topic).then(Parameters::get)
	}
	fn is_registered(topic: TopicId, who: &AccountId, registration: Registration) -> bool {
		Self::exists(topic)
			&& Registrations::get().contains(&registration)
			&& !has(&Strangers::get(), who)
	}
	fn is_allowed(topic: TopicId, who: &AccountId, registration: Registration) -> bool {
		Self::exists(topic)
			&& Registrations::get().contains(&registration)
			&& !has(&Excluded::get(), who)
	}
	fn is_retired(topic: TopicId) -> bool {
		Retired::get().contains(&topic)
	}
	fn payee(_: TopicId, who: &AccountId, registration: Registration) -> AccountId {
		let payee = Payees::get().get(&((*who).into(), registration)).copied();
		payee.and_then(|payee| payee.try_into().ok()).unwrap_or(*who)
	}
}

impl<Time: SlotProvider> FakeTopics<Time> {
	fn state(topic: TopicId, epoch: EpochId) -> Option<EpochState> {
		if Forgotten::get().contains(&(topic, epoch)) {
			return None;
		}
		let known = States::get().into_iter().find(|(id, _)| topic == TOPIC && *id == epoch);
		known.map(|(_, state)| state).or_else(OtherState::get)
	}

	/// The epoch that has begun last, if it is in one of its windows and still collects.
	fn begun(topic: TopicId, is_open: impl FnOnce(&EpochWindows, Slot) -> bool) -> Option<EpochId> {
		let (parameters, now) = (Parameters::get(), Time::current_slot());
		let epoch = now - now % Slot::from(parameters.epoch_length);
		let windows = EpochWindows::new(epoch, &parameters);
		let state = Self::state(topic, epoch);
		let is_collecting = state.is_none_or(|state| state == EpochState::Collecting);
		(Self::exists(topic) && is_open(&windows, now) && is_collecting).then_some(epoch)
	}
}

impl<Time: SlotProvider> EpochInspect for FakeTopics<Time> {
	fn collecting_epoch(topic: TopicId) -> Option<EpochId> {
		Self::begun(topic, |windows, now| windows.accepts_payloads(now))
	}
	fn is_collecting(topic: TopicId, epoch: EpochId, _: &TopicParameters) -> bool {
		Self::collecting_epoch(topic) == Some(epoch)
	}
	fn revealing_epoch(topic: TopicId) -> Option<EpochId> {
		Self::begun(topic, |windows, now| windows.accepts_reveals(now))
	}
	fn epoch_record(topic: TopicId, epoch: EpochId) -> Option<EpochRecord> {
		let state = Self::state(topic, epoch)?;
		Some(EpochRecord { state, windows: EpochWindows::new(epoch, &Parameters::get()) })
	}
	fn epoch_record_in(topic: TopicId, epoch: EpochId, _: &TopicParameters) -> Option<EpochRecord> {
		Self::epoch_record(topic, epoch)
	}
	fn unsettled_epochs(topic: TopicId) -> Vec<EpochId> {
		let known = States::get().into_iter().map(|(epoch, _)| epoch);
		let unsettled = |state: EpochState| !state.is_final();
		known.filter(|epoch| Self::epoch_state(topic, *epoch).is_some_and(unsettled)).collect()
	}
}
