//! The registry's stage of an epoch's steps: the parameters that hold for the epoch.

use crate::{Config, Pallet, SupersededParameters, Topics, WeightInfo};
use allora_primitives::{
	EpochContext, EpochId, StageError, StageResult, TopicId, TopicParameters, VoidReason,
};
use frame_support::{defensive, weights::Weight};

impl<T: Config> Pallet<T> {
	/// The epoch with the parameters that hold for it. The weight of reading the topic is part of
	/// the clock's turn.
	///
	/// [`VoidReason::Arithmetic`] if there is no such topic, which does not happen in a step.
	pub fn epoch_context(topic: TopicId, epoch: EpochId) -> StageResult<EpochContext> {
		let Some(entry) = Topics::<T>::get(topic) else {
			defensive!("a step of a topic that does not exist");
			let used = Weight::zero();
			return Err(StageError { reason: VoidReason::Arithmetic, used });
		};
		let superseded = epoch < entry.in_force_from;
		let used = if superseded { Self::epoch_context_weight() } else { Weight::zero() };
		let parameters = match superseded {
			true => Self::as_before(topic, epoch, entry.parameters),
			false => entry.parameters,
		};
		Ok((EpochContext { topic, epoch, parameters }, used))
	}

	/// The worst-case weight of [`Self::epoch_context`].
	pub fn epoch_context_weight() -> Weight {
		T::WeightInfo::superseded_parameters()
	}

	/// The parameters as they were for this epoch: undoes later changes, the latest first.
	pub(crate) fn as_before(
		topic: TopicId,
		epoch: EpochId,
		mut parameters: TopicParameters,
	) -> TopicParameters {
		for superseded in SupersededParameters::<T>::get(topic).into_iter().rev() {
			if epoch < superseded.until {
				parameters.apply(superseded.parameters);
			}
		}
		parameters
	}
}
