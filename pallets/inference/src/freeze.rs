//! What a closed epoch has: the payloads of its active workers (S 5.3, 7.2).

use crate::{types::Inferers, ActiveSets, Config, Forecasts, Inferences, Pallet};
use alloc::vec::Vec;
use allora_primitives::{
	bundle::Inference, traits::SubmissionInspect, EpochId, FixedI128, Forecast, TopicId,
	KEPT_FORECAST_ELEMENTS,
};
use core::cmp::Reverse;
use frame_support::defensive;

impl<T: Config> SubmissionInspect<T::AccountId> for Pallet<T> {
	fn inferences(topic: TopicId, epoch: EpochId) -> Vec<(T::AccountId, Inference)> {
		let sets = ActiveSets::<T>::get(topic, epoch);
		let mut inferences: Vec<_> = sets
			.inferers
			.members()
			.iter()
			.filter_map(|member| {
				let Some(inference) = Inferences::<T>::get((topic, epoch, &member.account)) else {
					defensive!("active inferer without an inference");
					return None;
				};
				Some((member.account.clone(), inference))
			})
			.collect();
		inferences.sort_by(|(a, _), (b, _)| a.cmp(b));
		inferences
	}

	fn forecasts(
		topic: TopicId,
		epoch: EpochId,
	) -> Vec<(T::AccountId, Vec<(T::AccountId, FixedI128)>)> {
		let sets = ActiveSets::<T>::get(topic, epoch);
		let mut forecasts: Vec<_> = sets
			.forecasters
			.members()
			.iter()
			.filter_map(|member| {
				let Some(forecast) = Forecasts::<T>::get((topic, epoch, &member.account)) else {
					defensive!("active forecaster without a forecast");
					return None;
				};
				let kept = Self::kept_elements(&sets.inferers, forecast);
				(!kept.is_empty()).then(|| (member.account.clone(), kept))
			})
			.collect();
		forecasts.sort_by(|(a, _), (b, _)| a.cmp(b));
		forecasts
	}
}

impl<T: Config> Pallet<T> {
	/// The elements about active inferers, of these the 12 best-scored inferers', ascending by
	/// account. Of equal scores the lower account goes first.
	fn kept_elements(
		inferers: &Inferers<T::AccountId>,
		forecast: Forecast<T::AccountId>,
	) -> Vec<(T::AccountId, FixedI128)> {
		let mut ranked: Vec<_> = forecast
			.into_iter()
			.filter_map(|(inferer, loss)| {
				inferers.score_of(&inferer).map(|score| (Reverse(score), inferer, loss))
			})
			.collect();
		ranked.sort();
		let mut kept: Vec<_> = ranked
			.into_iter()
			.take(KEPT_FORECAST_ELEMENTS as usize)
			.map(|(_, inferer, loss)| (inferer, loss))
			.collect();
		kept.sort();
		kept
	}
}
