//! A topic's revenue and weight (S 6.5, 6.7).

use crate::{Config, Economies, Economy, Event, Pallet, Topics};
use allora_math::{
	convert::from_fixed,
	topic::{revenue_after_drip, revenue_after_skipped, smoothed_alpha, target_weight, weight_ema},
	MathError,
};
use allora_primitives::{
	traits::{ClockedTopic, StakeInspect, TopicRegistry},
	Balance, TopicId, TopicParameters, VoidReason,
};
use frame_support::{defensive, traits::Get};

impl<T: Config> TopicRegistry for Pallet<T> {
	fn clocked(topic: TopicId) -> Option<ClockedTopic> {
		let entry = Topics::<T>::get(topic)?;
		Some(ClockedTopic { parameters: entry.parameters, retired: entry.retired })
	}

	fn prospective_weight(
		topic: TopicId,
		parameters: &TopicParameters,
	) -> Result<Balance, VoidReason> {
		Self::renewed_weight(topic, parameters, &Economies::<T>::get(topic))
			.map_err(|_| VoidReason::Arithmetic)
	}

	fn drip(topic: TopicId, parameters: &TopicParameters, epochs: u32) {
		let (week, length) = (T::SlotsPerWeek::get().into(), parameters.epoch_length.into());
		Economies::<T>::mutate(topic, |economy| {
			let decayed = match epochs {
				1 => revenue_after_drip(economy.revenue, week, length),
				_ => revenue_after_skipped(economy.revenue, week, length, epochs),
			};
			match decayed {
				Ok(revenue) => economy.revenue = revenue,
				Err(error) => {
					defensive!("revenue cannot decay", error);
				}
			}
		});
	}

	fn renew_weight(topic: TopicId, parameters: &TopicParameters) -> Balance {
		let mut economy = Economies::<T>::get(topic);
		let weight = match Self::renewed_weight(topic, parameters, &economy) {
			Ok(weight) => weight,
			Err(error) => {
				defensive!("a topic's weight is out of range", error);
				economy.weight.unwrap_or_default()
			}
		};
		economy.weight = Some(weight);
		economy.counted = true;
		let revenue = economy.revenue;
		Economies::<T>::insert(topic, economy);
		Self::deposit_event(Event::WeightUpdated { topic, weight, revenue });
		weight
	}

	fn suspend(topic: TopicId) {
		Economies::<T>::mutate(topic, |economy| economy.counted = false);
	}

	fn counted_weight(topic: TopicId) -> Balance {
		Economies::<T>::get(topic).counted_weight()
	}
}

impl<T: Config> Pallet<T> {
	/// The topic's weight by its present stake and revenue (S 6.5): `EMA(alpha', sqrt(S P), w)`,
	/// where `alpha'` is a week's smoothing per epoch; 0 without revenue.
	fn renewed_weight(
		topic: TopicId,
		parameters: &TopicParameters,
		economy: &Economy,
	) -> Result<Balance, MathError> {
		if economy.revenue == 0 {
			return Ok(0);
		}
		let alpha = smoothed_alpha(
			from_fixed(T::TopicAlpha::get())?,
			parameters.epoch_length.into(),
			T::SlotsPerWeek::get().into(),
		)?;
		let target = target_weight(T::Stake::topic_stake(topic), economy.revenue);
		weight_ema(alpha, target, economy.weight)
	}
}
