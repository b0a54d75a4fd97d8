//! A topic's revenue, weight and subsidy (S 6.5, 6.7).

use crate::{Config, Economies, Economy, Error, Event, Pallet, Topics};
use allora_math::{
	convert::from_fixed,
	topic::{
		epochs_paid, revenue_after_drip, revenue_after_skipped, smoothed_alpha, target_weight,
		weight_ema,
	},
	MathError,
};
use allora_primitives::{
	traits::{
		ClockedTopic, EpochPrice, Renewal, StakeInspect, Standing, TopicClock, TopicRegistry,
	},
	Balance, EpochId, Slot, TopicId, TopicParameters,
};
use frame_support::{defensive, ensure, traits::Get};
use sp_runtime::{DispatchResult, Permill};

impl<T: Config> TopicRegistry for Pallet<T> {
	fn clocked(topic: TopicId) -> Option<ClockedTopic> {
		let entry = Topics::<T>::get(topic)?;
		let listed_from = entry.listed_from();
		Some(ClockedTopic { parameters: entry.parameters, retired: entry.retired, listed_from })
	}

	fn standing(topic: TopicId, parameters: &TopicParameters) -> Standing {
		let mut economy = Economies::<T>::get(topic);
		Self::decay(&mut economy, parameters, Self::now());
		let revenue = economy.revenue;
		Standing { target: target_weight(T::Stake::topic_stake(topic), revenue), revenue }
	}

	fn take_rent(topic: TopicId, parameters: &TopicParameters, rent: Balance) {
		Economies::<T>::mutate(topic, |economy| {
			Self::decay(economy, parameters, Self::now());
			economy.revenue = economy.revenue.saturating_sub(rent);
		});
	}

	fn renew_weight(
		topic: TopicId,
		clocked: &ClockedTopic,
		epoch: EpochId,
		next: Option<EpochPrice>,
	) -> Renewal {
		let parameters = &clocked.parameters;
		let mut economy = Economies::<T>::get(topic);
		Self::decay(&mut economy, parameters, epoch);
		// A topic that has just been activated begins to decay.
		economy.dripped_at = economy.dripped_at.max(epoch);
		economy.counted = true;
		// The weight is renewed once per epoch, so a list counts from the opening before it is in
		// force: nothing is emitted for a slot in which it is.
		let end = epoch.saturating_add(parameters.epoch_length.into());
		economy.listed = clocked.listed_from.is_some_and(|from| from < end);
		let stake = T::Stake::topic_stake(topic);
		let without = |EpochPrice { min_weight, rent }: EpochPrice| {
			let rest = economy.revenue.checked_sub(rent)?;
			(target_weight(stake, rest) >= min_weight).then_some((rest, rent))
		};
		let (paid, rent) = match next.and_then(without) {
			Some((rest, rent)) => {
				economy.revenue = rest;
				(true, rent)
			}
			None => (false, 0),
		};
		let target = target_weight(stake, economy.revenue);
		let weight = match Self::smoothed_weight(parameters, target, economy.weight) {
			Ok(weight) => weight,
			Err(error) => {
				defensive!("a topic's weight is out of range", error);
				economy.weight.unwrap_or_default().min(target)
			}
		};
		economy.weight = Some(weight);
		let (counted, revenue) = (economy.counted_weight(), economy.revenue);
		Economies::<T>::insert(topic, economy);
		Self::deposit_event(Event::WeightUpdated { topic, weight, counted, revenue, rent });
		Renewal { counted, paid }
	}

	fn lower_weight(topic: TopicId, clocked: &ClockedTopic) -> Option<Balance> {
		let mut economy = Economies::<T>::get(topic);
		let before = economy.weight?;
		Self::decay(&mut economy, &clocked.parameters, Self::now());
		let target = target_weight(T::Stake::topic_stake(topic), economy.revenue);
		if target >= before {
			return None;
		}
		economy.weight = Some(target);
		let (counted, revenue) = (economy.counted_weight(), economy.revenue);
		let (weight, rent, is_counted) = (target, 0, economy.counted);
		Economies::<T>::insert(topic, economy);
		Self::deposit_event(Event::WeightUpdated { topic, weight, counted, revenue, rent });
		is_counted.then_some(counted)
	}

	fn suspend(topic: TopicId, parameters: &TopicParameters, slot: Slot) {
		Economies::<T>::mutate(topic, |economy| {
			Self::decay(economy, parameters, slot);
			economy.counted = false;
		});
	}

	fn counted_weight(topic: TopicId) -> Balance {
		Economies::<T>::get(topic).counted_weight()
	}

	fn epochs_funded(topic: TopicId, parameters: &TopicParameters, price: EpochPrice) -> u32 {
		let mut economy = Economies::<T>::get(topic);
		Self::decay(&mut economy, parameters, Self::now());
		let stake = T::Stake::topic_stake(topic);
		let (week, length) = (T::SlotsPerWeek::get().into(), parameters.epoch_length.into());
		let enough = |revenue| target_weight(stake, revenue) >= price.min_weight;
		epochs_paid(economy.revenue, week, length, price.rent, enough).unwrap_or_else(|error| {
			defensive!("revenue cannot decay", error);
			0
		})
	}
}

impl<T: Config> Pallet<T> {
	/// Sets the part of a topic's weight by which the topic shares in emission.
	pub(crate) fn do_set_subsidy(topic: TopicId, subsidy: Permill) -> DispatchResult {
		ensure!(Topics::<T>::contains_key(topic), Error::<T>::TopicNotFound);
		Economies::<T>::mutate(topic, |economy| economy.subsidy = subsidy);
		Self::deposit_event(Event::SubsidySet { topic, subsidy });
		T::Clock::on_weight_changed(topic);
		Ok(())
	}

	/// Lets the revenue decay up to a slot (S 6.7): for each whole epoch length that has passed,
	/// and for the slots that are left. An inactive topic's revenue does not decay.
	pub(crate) fn decay(economy: &mut Economy, parameters: &TopicParameters, slot: Slot) {
		if !economy.counted || slot <= economy.dripped_at {
			return;
		}
		let passed = slot.saturating_sub(economy.dripped_at);
		economy.dripped_at = slot;
		match Self::decayed(economy.revenue, parameters.epoch_length.into(), passed) {
			Ok(revenue) => economy.revenue = revenue,
			Err(error) => {
				defensive!("revenue cannot decay", error);
			}
		}
	}

	fn decayed(revenue: Balance, length: u64, passed: Slot) -> Result<Balance, MathError> {
		let week = T::SlotsPerWeek::get().into();
		let epochs = passed.checked_div(length).unwrap_or_default();
		let rest = passed.checked_rem(length).unwrap_or_default();
		let revenue = match epochs {
			0 => revenue,
			1 => revenue_after_drip(revenue, week, length)?,
			_ => {
				let epochs = u32::try_from(epochs).unwrap_or(u32::MAX);
				revenue_after_skipped(revenue, week, length, epochs)?
			}
		};
		revenue_after_drip(revenue, week, rest)
	}

	/// The weight after an opening (S 6.5): it goes a week's part of the way up to its target, and
	/// all the way down.
	fn smoothed_weight(
		parameters: &TopicParameters,
		target: Balance,
		before: Option<Balance>,
	) -> Result<Balance, MathError> {
		let alpha = smoothed_alpha(
			from_fixed(T::TopicAlpha::get())?,
			parameters.epoch_length.into(),
			T::SlotsPerWeek::get().into(),
		)?;
		Ok(weight_ema(alpha, target, before)?.min(target))
	}
}
