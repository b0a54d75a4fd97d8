//! Creating and funding topics, and registering in them (S 6.1, 6.2).

use crate::{
	AllowList, Config, DefaultSubsidy, Economies, Economy, Error, Event, Membership, NextTopicId,
	Pallet, Registrations, Topic, Topics,
};
use allora_primitives::{
	traits::{TopicClock, TopicPot},
	Balance, Registration, Slots, TopicId, TopicParameters, TopicParametersError,
};
use core::ops::RangeInclusive;
use frame_support::{
	ensure,
	traits::{DefensiveSaturating, Get},
};
use sp_runtime::{DispatchError, DispatchResult};

impl<T: Config> Pallet<T> {
	/// Creates a topic, with the creation fee as its first revenue.
	pub(crate) fn do_create(creator: T::AccountId, parameters: TopicParameters) -> DispatchResult {
		parameters
			.validate(Self::epoch_lengths(), T::MaxSupply::get())
			.map_err(Error::<T>::from)?;
		let fee = T::CreateFee::get();
		T::Pot::pay_ecosystem(&creator, fee)?;

		let topic = NextTopicId::<T>::get();
		NextTopicId::<T>::put(topic.defensive_saturating_add(1));
		let entry = Topic {
			creator: creator.clone(),
			offered_to: None,
			parameters,
			in_force_from: 0,
			workers: AllowList::default(),
			reputers: AllowList::default(),
			retired: false,
		};
		Topics::<T>::insert(topic, entry);
		let subsidy = DefaultSubsidy::<T>::get();
		Economies::<T>::insert(topic, Economy { revenue: fee, subsidy, ..Default::default() });
		Self::deposit_event(Event::TopicCreated { topic, creator, fee });
		T::Clock::on_revenue(topic);
		Ok(())
	}

	/// Moves `amount` planck to the ecosystem pot and counts it as revenue of the topic.
	pub(crate) fn do_fund(who: T::AccountId, topic: TopicId, amount: Balance) -> DispatchResult {
		ensure!(amount > 0, Error::<T>::ZeroAmount);
		Self::not_retired(topic)?;
		let revenue = Self::take_revenue(&who, topic, amount)?;
		Self::deposit_event(Event::TopicFunded { topic, who, amount, revenue });
		T::Clock::on_revenue(topic);
		Ok(())
	}

	/// Registers an account for the registration fee.
	pub(crate) fn do_register(
		who: T::AccountId,
		topic: TopicId,
		registration: Registration,
		owner: Option<T::AccountId>,
	) -> DispatchResult {
		let entry = Self::not_retired(topic)?;
		let key = (who, registration);
		let owner = Self::owner_of_new(&key.0, Registrations::<T>::get(topic, &key), owner)?;
		let allowed = Self::admits(topic, &entry, &key.0, registration);
		ensure!(allowed, Error::<T>::NotAllowed);
		let fee = T::RegisterFee::get();
		Self::take_revenue(&key.0, topic, fee)?;
		let membership = Membership { owner: owner.clone(), left: false };
		Registrations::<T>::insert(topic, &key, membership);
		Self::deposit_event(Event::Registered { topic, who: key.0, registration, owner, fee });
		T::Clock::on_revenue(topic);
		Ok(())
	}

	/// The owner of a new registration of `who`, given its registration `before`, if any, and the
	/// owner that the call names.
	///
	/// An owner other than `who` outlives leaving: otherwise the signing key could take what the
	/// owner is still owed.
	fn owner_of_new(
		who: &T::AccountId,
		before: Option<Membership<T::AccountId>>,
		named: Option<T::AccountId>,
	) -> Result<T::AccountId, Error<T>> {
		let Some(Membership { owner, left }) = before else {
			return Ok(named.unwrap_or_else(|| who.clone()));
		};
		ensure!(left, Error::<T>::AlreadyRegistered);
		let named = named.unwrap_or_else(|| owner.clone());
		ensure!(owner == *who || owner == named, Error::<T>::NotOwner);
		Ok(named)
	}

	/// Marks a registration as left; the fee is not refunded, and the owner stays on record.
	pub(crate) fn do_leave(
		who: T::AccountId,
		topic: TopicId,
		registration: Registration,
	) -> DispatchResult {
		Registrations::<T>::try_mutate(topic, (&who, registration), |membership| {
			let membership = membership.as_mut().filter(|membership| !membership.left);
			membership.ok_or(Error::<T>::NotRegistered)?.left = true;
			Ok::<(), Error<T>>(())
		})?;
		Self::deposit_event(Event::Left { topic, who, registration });
		Ok(())
	}

	/// Makes another account the owner of a registration.
	pub(crate) fn do_set_owner(
		signer: T::AccountId,
		topic: TopicId,
		registration: Registration,
		who: T::AccountId,
		owner: T::AccountId,
	) -> DispatchResult {
		Registrations::<T>::try_mutate(topic, (&who, registration), |membership| {
			let membership = membership.as_mut().ok_or(Error::<T>::NotRegistered)?;
			ensure!(membership.owner == signer, Error::<T>::NotOwner);
			membership.owner = owner.clone();
			Ok::<(), Error<T>>(())
		})?;
		Self::deposit_event(Event::OwnerChanged { topic, who, registration, owner });
		Ok(())
	}

	/// The minimum and maximum length of an epoch, in slots.
	pub(crate) fn epoch_lengths() -> RangeInclusive<Slots> {
		T::MinEpochLength::get()..=T::SlotsPerWeek::get()
	}

	/// The topic; an error if there is none or it is retired.
	pub(crate) fn not_retired(topic: TopicId) -> Result<Topic<T::AccountId>, Error<T>> {
		let entry = Topics::<T>::get(topic).ok_or(Error::<T>::TopicNotFound)?;
		ensure!(!entry.retired, Error::<T>::TopicRetired);
		Ok(entry)
	}

	/// Moves `amount` planck from the account to the ecosystem pot, counts it as revenue of the
	/// topic, and returns the topic's new revenue.
	pub(crate) fn take_revenue(
		who: &T::AccountId,
		topic: TopicId,
		amount: Balance,
	) -> Result<Balance, DispatchError> {
		let Topic { parameters, .. } = Topics::<T>::get(topic).ok_or(Error::<T>::TopicNotFound)?;
		T::Pot::pay_ecosystem(who, amount)?;
		Economies::<T>::try_mutate(topic, |economy| {
			Self::decay(economy, &parameters, Self::now());
			economy.revenue = economy.revenue.checked_add(amount).ok_or(Error::<T>::Arithmetic)?;
			Ok(economy.revenue)
		})
	}
}

impl<T> From<TopicParametersError> for Error<T> {
	fn from(error: TopicParametersError) -> Self {
		use TopicParametersError as E;
		match error {
			E::Metadata => Self::InvalidMetadata,
			E::LossMethod => Self::InvalidLossMethod,
			E::LossFloor => Self::InvalidLossFloor,
			E::GroundTruth => Self::InvalidGroundTruth,
			E::Labels => Self::InvalidLabels,
			E::UnityTolerance => Self::InvalidUnityTolerance,
			E::LabelDefault => Self::InvalidLabelDefault,
			E::EpochTooShort => Self::EpochTooShort,
			E::EpochTooLong => Self::EpochTooLong,
			E::Phase => Self::InvalidPhase,
			E::WorkerWindow => Self::InvalidWorkerWindow,
			E::RevealWindow => Self::InvalidRevealWindow,
			E::GroundTruthLag => Self::InvalidGroundTruthLag,
			E::PNorm => Self::InvalidPNorm,
			E::CNorm => Self::InvalidCNorm,
			E::AlphaRegret => Self::InvalidAlphaRegret,
			E::MeritSortitionAlpha => Self::InvalidMeritSortitionAlpha,
			E::Epsilon => Self::InvalidEpsilon,
			E::Quantile => Self::InvalidQuantile,
			E::ActiveSetSize => Self::InvalidActiveSetSize,
			E::MinReputers => Self::InvalidMinReputers,
			E::MinStake => Self::InvalidMinStake,
			E::History => Self::InvalidHistory,
		}
	}
}
