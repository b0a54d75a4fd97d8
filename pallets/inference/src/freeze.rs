//! The payloads of a closed epoch's active workers (S 5.3, 7.2).

use crate::{
	types::{ForecasterSet, InfererSet},
	Config, Forecasters, Inferers, Pallet,
};
use alloc::vec::Vec;
use allora_primitives::{
	pipeline::KeptElements, EpochId, FixedI128, Forecast, Payloads, Stored, TopicId,
	KEPT_FORECAST_ELEMENTS,
};
use core::cmp::Reverse;

/// The payloads of these active sets, by ascending account. Forecasts of which no element is kept
/// are left out.
pub(crate) fn payloads_of<AccountId: Stored + Ord>(
	inferers: InfererSet<AccountId>,
	forecasters: ForecasterSet<AccountId>,
) -> Payloads<AccountId> {
	let scores = scores_of(&inferers);
	let mut inferences: Vec<_> =
		inferers.into_members().into_iter().map(|one| (one.account, one.payload)).collect();
	inferences.sort_by(|(a, _), (b, _)| a.cmp(b));
	let mut forecasts: Vec<_> = forecasters
		.into_members()
		.into_iter()
		.map(|one| (one.account, kept(&scores, one.payload)))
		.filter(|(_, kept)| !kept.is_empty())
		.collect();
	forecasts.sort_by(|(a, _), (b, _)| a.cmp(b));
	Payloads { inferences, forecasts }
}

impl<T: Config> Pallet<T> {
	/// The elements that are kept of a forecaster's forecast, ascending by account; empty if the
	/// forecaster is not in the epoch's active set. They are final once the worker window has
	/// closed.
	pub fn kept_elements(
		topic: TopicId,
		epoch: EpochId,
		forecaster: &T::AccountId,
	) -> KeptElements<T::AccountId> {
		let forecasters = Forecasters::<T>::get(topic, epoch);
		forecasters
			.member(forecaster)
			.map(|member| {
				let scores = scores_of(&Inferers::<T>::get(topic, epoch));
				kept(&scores, member.payload.clone())
			})
			.unwrap_or_default()
	}
}

/// The scores of the inferers on entering their active set, ascending by account.
fn scores_of<AccountId: Stored + Ord>(
	inferers: &InfererSet<AccountId>,
) -> Vec<(AccountId, FixedI128)> {
	let mut scores: Vec<_> =
		inferers.members().iter().map(|one| (one.account.clone(), one.merit)).collect();
	scores.sort();
	scores
}

/// The elements about the 12 active inferers with the highest scores, ascending by account. Of
/// equal scores the lower account ranks higher.
fn kept<AccountId: Stored + Ord>(
	scores: &[(AccountId, FixedI128)],
	forecast: Forecast<AccountId>,
) -> KeptElements<AccountId> {
	let score_of = |inferer: &AccountId| {
		let at = scores.binary_search_by(|(account, _)| account.cmp(inferer)).ok()?;
		scores.get(at).map(|(_, score)| *score)
	};
	let mut ranked: Vec<_> = forecast
		.into_iter()
		.filter_map(|(inferer, loss)| Some((Reverse(score_of(&inferer)?), inferer, loss)))
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
