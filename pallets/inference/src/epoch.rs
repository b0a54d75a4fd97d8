//! The steps of the clock as they concern payloads, and forgetting old epochs and topics.

use crate::{
	types::{ForecasterBook, InfererBook},
	Actors, Config, Forecasters, Inferers, Pallet, ScoreBooks, WeightInfo,
};
use allora_primitives::{
	forget::forget_items, traits::EpochHandler, EpochId, EpochSizes, Step, TopicId, VoidReason,
};
use frame_support::weights::{Weight, WeightMeter};

/// This pallet answers for what its traits are asked for in a step as well: reading the payloads
/// at the worker close, and taking the scores at the reputer close.
impl<T: Config> EpochHandler for Pallet<T> {
	fn has_payloads(topic: TopicId, epoch: EpochId) -> bool {
		Inferers::<T>::contains_key(topic, epoch) || Forecasters::<T>::contains_key(topic, epoch)
	}

	/// Nothing to do; the weight is that of forgetting an old epoch, which the same step asks for.
	fn on_open(_: TopicId, _: EpochId) -> Result<Weight, VoidReason> {
		Ok(T::WeightInfo::prune())
	}

	/// The windows being arithmetic, the payloads have been final since the window passed.
	fn on_close_workers(topic: TopicId, epoch: EpochId) -> Result<Weight, VoidReason> {
		let inferers = Inferers::<T>::get(topic, epoch).len();
		if inferers == 0 {
			return Err(VoidReason::NoInference);
		}
		let forecasters = Forecasters::<T>::get(topic, epoch).len();
		Ok(Self::weight_of_closing(inferers as u32, forecasters as u32))
	}

	fn on_close_reputers(topic: TopicId, epoch: EpochId) -> Result<Weight, VoidReason> {
		let (inferers, forecasters) =
			(Inferers::<T>::get(topic, epoch), Forecasters::<T>::get(topic, epoch));
		let books = ScoreBooks::<T>::get(topic);
		let missing = books
			.inferers
			.missing(inferers.members().iter().map(|member| &member.account))
			.saturating_add(
				books
					.forecasters
					.missing(forecasters.members().iter().map(|member| &member.account)),
			);
		let (inferers, forecasters) = (inferers.len() as u32, forecasters.len() as u32);
		Ok(Self::weight_of_noting(inferers, forecasters, missing))
	}

	fn on_prune(topic: TopicId, epoch: EpochId) {
		Inferers::<T>::remove(topic, epoch);
		Forecasters::<T>::remove(topic, epoch);
	}

	/// The score book goes first: a topic without one is being forgotten.
	fn on_forget(topic: TopicId, meter: &mut WeightMeter) -> bool {
		let weight = T::WeightInfo::forget;
		if meter.try_consume(weight(1)).is_err() {
			return false;
		}
		ScoreBooks::<T>::remove(topic);
		let clear = |limit| Inferers::<T>::clear_prefix(topic, limit, None);
		let done = forget_items(meter, weight, clear);
		let clear = |limit| Forecasters::<T>::clear_prefix(topic, limit, None);
		let done = done && forget_items(meter, weight, clear);
		let clear = |limit| Actors::<T>::clear_prefix(topic, limit, None);
		done && forget_items(meter, weight, clear)
	}

	fn weight(step: Step, sizes: &EpochSizes) -> Weight {
		let EpochSizes { inferers, forecasters, in_flight, .. } = *sizes;
		match step {
			Step::Open => T::WeightInfo::prune(),
			Step::CloseWorkers => Self::weight_of_closing(inferers, forecasters),
			Step::CloseReputers => {
				let missing =
					InfererBook::<T::AccountId>::most_missing(inferers, in_flight).saturating_add(
						ForecasterBook::<T::AccountId>::most_missing(forecasters, in_flight),
					);
				Self::weight_of_noting(inferers, forecasters, missing)
			}
		}
	}
}

impl<T: Config> Pallet<T> {
	/// What handing out the payloads of an epoch's workers costs.
	fn weight_of_closing(inferers: u32, forecasters: u32) -> Weight {
		T::WeightInfo::close_inferers(inferers)
			.saturating_add(T::WeightInfo::close_forecasters(forecasters))
	}

	/// What taking the instant scores of an epoch's workers costs.
	fn weight_of_noting(inferers: u32, forecasters: u32, missing: u32) -> Weight {
		let noting = T::WeightInfo::note_scores(inferers, forecasters);
		match missing {
			0 => noting,
			_ => noting.saturating_add(T::WeightInfo::note_missing(missing)),
		}
	}
}
