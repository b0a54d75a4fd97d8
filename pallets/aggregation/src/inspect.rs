//! Reads for other pallets and the runtime API.

use crate::{
	learn::layout_of, types::LabelValues, Books, Bundles, Config, Latest, LearningRecords, Pallet,
	ResistantInference, StoredBundle,
};
use alloc::vec::Vec;
use allora_math::layout;
use allora_primitives::{
	api::{
		Element, ElementInfo, EpochLosses, EpochSummary, NetworkInference, Participants,
		ResistantInference as AgedResistant,
	},
	bundle::{Disagreement, Inference, Intervals},
	traits::{BundleInspect, InferenceInspect, SlotProvider},
	Balance, Bundle, Contributions, EpochId, EpochState, FixedI128, NewestInference, Role, TopicId,
};
use frame_support::{storage::unhashed, BoundedVec};
use sp_core::H256;

impl<T: Config> BundleInspect<T::AccountId> for Pallet<T> {
	fn bundle(topic: TopicId, epoch: EpochId) -> Option<Bundle<T::AccountId>> {
		Bundles::<T>::get(topic, epoch).map(|stored| stored.bundle)
	}

	fn report_shape(topic: TopicId, epoch: EpochId) -> Option<(H256, u32)> {
		// Decodes the first two fields of the stored bundle only.
		unhashed::get(&Bundles::<T>::hashed_key_for(topic, epoch))
	}
}

impl<T: Config> InferenceInspect for Pallet<T> {
	fn newest(topic: TopicId) -> Option<NewestInference> {
		let latest = Latest::<T>::get(topic)?;
		let shape = Self::report_shape(topic, latest.epoch);
		Some(NewestInference {
			epoch: latest.epoch,
			label_values: latest.label_values,
			intervals: latest.intervals,
			bundle_hash: shape.map(|(hash, _)| hash),
		})
	}
}

impl<T: Config> Pallet<T> {
	/// An epoch's network inference with its age in slots.
	fn aged(
		epoch: EpochId,
		label_values: Vec<FixedI128>,
		intervals: Intervals,
		disagreement: Disagreement,
	) -> NetworkInference {
		let now = T::Time::current_slot();
		// No epoch opens in the future, so the subtraction never saturates.
		NetworkInference {
			epoch,
			label_values,
			intervals: intervals.into_inner(),
			disagreement: disagreement.into_inner(),
			age: now.saturating_sub(epoch),
		}
	}

	/// The outlier-resistant inference; the network inference itself if no inferer was left out.
	fn resistant_or(
		ordinary: NetworkInference,
		resistant: Option<ResistantInference<T::AccountId>>,
	) -> AgedResistant<T::AccountId> {
		match resistant {
			None => AgedResistant { inference: ordinary, left_out: Vec::new() },
			Some(ResistantInference { label_values, intervals, disagreement, left_out }) => {
				let label_values = label_values.into_inner();
				AgedResistant {
					inference: Self::aged(ordinary.epoch, label_values, intervals, disagreement),
					left_out: left_out.into_inner(),
				}
			}
		}
	}

	/// The newest network inference of the topic, with its age in slots.
	pub fn latest_inference(topic: TopicId) -> Option<NetworkInference> {
		let latest = Latest::<T>::get(topic)?;
		Some(Self::aged(
			latest.epoch,
			latest.label_values.into_inner(),
			latest.intervals,
			latest.disagreement,
		))
	}

	/// The newest outlier-resistant inference of the topic (S 18), with its age in slots.
	pub fn latest_resistant_inference(topic: TopicId) -> Option<AgedResistant<T::AccountId>> {
		let resistant = Latest::<T>::get(topic)?.resistant;
		Some(Self::resistant_or(Self::latest_inference(topic)?, resistant))
	}

	/// The outlier-resistant inference of an epoch; `None` if its bundle is not stored.
	pub fn resistant_inference(
		topic: TopicId,
		epoch: EpochId,
	) -> Option<AgedResistant<T::AccountId>> {
		let stored = Bundles::<T>::get(topic, epoch)?;
		let label_values = stored.bundle.network_inference().to_vec();
		let Bundle { intervals, disagreement, .. } = stored.bundle;
		let ordinary = Self::aged(epoch, label_values, intervals, disagreement);
		Some(Self::resistant_or(ordinary, stored.resistant))
	}

	/// The bundle of an epoch and the hash that reports must give; `None` if it is not stored.
	pub fn hashed_bundle(topic: TopicId, epoch: EpochId) -> Option<(H256, Bundle<T::AccountId>)> {
		Bundles::<T>::get(topic, epoch).map(|stored| (stored.bundle_hash, stored.bundle))
	}

	/// The contributions of all participants to an epoch; `None` before it is learned and after
	/// pruning.
	pub fn contributions(topic: TopicId, epoch: EpochId) -> Option<Contributions<T::AccountId>> {
		LearningRecords::<T>::get(topic, epoch).map(|record| record.contributions)
	}

	/// The truth of an epoch, one value per label; `None` before it is learned, after pruning, and
	/// if losses were reported.
	pub fn truth(topic: TopicId, epoch: EpochId) -> Option<Vec<FixedI128>> {
		// Decodes the first field of the record only.
		let key = LearningRecords::<T>::hashed_key_for(topic, epoch);
		unhashed::get::<Option<LabelValues>>(&key)?.map(BoundedVec::into_inner)
	}

	/// The network's log10 losses in an epoch, one per element of its bundle; `None` before it is
	/// learned and after pruning.
	pub fn losses(topic: TopicId, epoch: EpochId) -> Option<Vec<FixedI128>> {
		LearningRecords::<T>::get(topic, epoch).map(|record| record.losses.into_inner())
	}

	/// The regret of an inferer or forecaster by the topic's rule: the combined one (S 11), or the
	/// larger one of those of its experts (S 9.4); `None` before its first one, and for reputers.
	pub fn regret(topic: TopicId, role: Role, who: &T::AccountId) -> Option<FixedI128> {
		Books::<T>::get(topic).state.regret(role, who)
	}

	/// The regrets of accounts in a role, in their order, as [`Pallet::regret`] returns them.
	pub fn regrets(
		topic: TopicId,
		role: Role,
		accounts: &[T::AccountId],
	) -> Vec<Option<FixedI128>> {
		let state = Books::<T>::get(topic).state;
		accounts.iter().map(|who| state.regret(role, who)).collect()
	}

	/// An epoch of this state that has paid this amount, with its inference, truth and losses.
	pub fn epoch_summary(
		topic: TopicId,
		epoch: EpochId,
		state: EpochState,
		paid: Balance,
	) -> EpochSummary {
		let mut summary = EpochSummary {
			epoch,
			state,
			label_values: Default::default(),
			intervals: Default::default(),
			truth: None,
			losses: None,
			participants: Participants::default(),
			paid,
		};
		let Some(StoredBundle { bundle, .. }) = Bundles::<T>::get(topic, epoch) else {
			return summary;
		};
		// One value per label, which is the bound of the type.
		summary.label_values = Inference::truncate_from(bundle.network_inference().to_vec());
		summary.participants.inferers = bundle.inferers.len() as u32;
		summary.participants.forecasters = bundle.forecasters.len() as u32;
		if let Some(record) = LearningRecords::<T>::get(topic, epoch) {
			summary.losses = compared_losses(&record.losses, bundle.inferers.len());
			summary.participants.reputers = record.contributions.reputers.len() as u32;
			summary.truth = record.truth;
		}
		summary.intervals = bundle.intervals;
		summary
	}

	/// The elements of an epoch's bundle with their values and losses; empty if it is not stored.
	pub fn elements(topic: TopicId, epoch: EpochId) -> Vec<ElementInfo<T::AccountId>> {
		let Some(StoredBundle { bundle, .. }) = Bundles::<T>::get(topic, epoch) else {
			return Vec::new();
		};
		let losses = Self::losses(topic, epoch).unwrap_or_default();
		let layout = layout_of(&bundle);
		let named = layout.elements().enumerate().filter_map(|(at, element)| {
			Some(ElementInfo {
				element: named(element, &bundle)?,
				label_values: bundle.element(at).to_vec(),
				loss: losses.get(at).copied(),
			})
		});
		named.collect()
	}

	/// The storage key of the topic's newest network inference, for a storage proof.
	pub fn latest_inference_key(topic: TopicId) -> Vec<u8> {
		Latest::<T>::hashed_key_for(topic)
	}
}

/// The losses among those of a bundle of this many inferers that are compared most. The order of
/// elements begins with combined, naive, inferers (S 12.3).
fn compared_losses(losses: &[FixedI128], inferers: usize) -> Option<EpochLosses> {
	let (network, naive) = (*losses.first()?, *losses.get(1)?);
	let best = *losses.iter().skip(2).take(inferers).min()?;
	Some(EpochLosses { network, naive, best })
}

/// An element of a bundle by the accounts that it is of; `None` if the bundle does not have them.
fn named<AccountId: Clone>(
	element: layout::Element,
	bundle: &Bundle<AccountId>,
) -> Option<Element<AccountId>> {
	let inferer = |at: usize| bundle.inferers.get(at).cloned();
	let forecaster = |at: usize| bundle.forecasters.get(at).cloned();
	Some(match element {
		layout::Element::Combined => Element::Combined,
		layout::Element::Naive => Element::Naive,
		layout::Element::Inferer(j) => Element::Inferer(inferer(j)?),
		layout::Element::Forecaster(k) => Element::Forecaster(forecaster(k)?),
		layout::Element::OneOutInfererForecaster { forecaster: k, inferer: j } => {
			Element::OneOutInfererForecaster { forecaster: forecaster(k)?, inferer: inferer(j)? }
		}
		layout::Element::OneOutInferer(j) => Element::OneOutInferer(inferer(j)?),
		layout::Element::OneOutForecaster(k) => Element::OneOutForecaster(forecaster(k)?),
		layout::Element::OneInForecaster(k) => Element::OneInForecaster(forecaster(k)?),
	})
}
