//! What a closed epoch has: the payloads of its active workers (S 5.3, 7.2).

use crate::{types::InfererSet, Config, Forecasters, Inferers, Pallet};
use alloc::vec::Vec;
use allora_primitives::{
	bundle::Inference, traits::SubmissionInspect, EpochId, FixedI128, Forecast, Stored, TopicId,
	KEPT_FORECAST_ELEMENTS,
};
use core::cmp::Reverse;

/// The elements of a forecast that are kept: inferers and their log losses.
pub type KeptElements<AccountId> = Vec<(AccountId, FixedI128)>;

impl<T: Config> SubmissionInspect<T::AccountId> for Pallet<T> {
	fn inferences(topic: TopicId, epoch: EpochId) -> Vec<(T::AccountId, Inference)> {
		let members = Inferers::<T>::get(topic, epoch).into_members();
		let mut inferences: Vec<_> =
			members.into_iter().map(|member| (member.account, member.payload)).collect();
		inferences.sort_by(|(a, _), (b, _)| a.cmp(b));
		inferences
	}

	fn forecasts(
		topic: TopicId,
		epoch: EpochId,
	) -> Vec<(T::AccountId, KeptElements<T::AccountId>)> {
		let inferers = Inferers::<T>::get(topic, epoch);
		let members = Forecasters::<T>::get(topic, epoch).into_members();
		let mut forecasts: Vec<_> = members
			.into_iter()
			.map(|member| (member.account, kept(&inferers, member.payload)))
			.filter(|(_, kept)| !kept.is_empty())
			.collect();
		forecasts.sort_by(|(a, _), (b, _)| a.cmp(b));
		forecasts
	}
}

impl<T: Config> Pallet<T> {
	/// The elements that are kept of a forecaster's forecast, ascending by account; none if it is
	/// not in the epoch's active set. They are final when the worker window has closed.
	pub fn kept_elements(
		topic: TopicId,
		epoch: EpochId,
		forecaster: &T::AccountId,
	) -> KeptElements<T::AccountId> {
		let forecasters = Forecasters::<T>::get(topic, epoch);
		forecasters
			.member(forecaster)
			.map(|member| kept(&Inferers::<T>::get(topic, epoch), member.payload.clone()))
			.unwrap_or_default()
	}
}

/// The elements about active inferers, of these the 12 best-scored inferers', ascending by
/// account. Of equal scores the lower account goes first.
fn kept<AccountId: Stored + Ord>(
	inferers: &InfererSet<AccountId>,
	forecast: Forecast<AccountId>,
) -> KeptElements<AccountId> {
	let mut ranked: Vec<_> = forecast
		.into_iter()
		.filter_map(|(inferer, loss)| {
			inferers.member(&inferer).map(|member| (Reverse(member.score), inferer, loss))
		})
		.collect();
	ranked.sort();
	let mut kept: KeptElements<_> = ranked
		.into_iter()
		.take(KEPT_FORECAST_ELEMENTS as usize)
		.map(|(_, inferer, loss)| (inferer, loss))
		.collect();
	kept.sort();
	kept
}
