//! What always holds of this pallet's storage.

use crate::{
	learn::layout_of, Bundles, Config, Latest, LearningRecord, LearningRecords, Pallet,
	RegretBooks, ResistantInference,
};
use allora_primitives::{Bundle, FixedI128};
use frame_support::ensure;
use sp_runtime::TryRuntimeError;

impl<T: Config> Pallet<T> {
	/// Checks every invariant of the pallet.
	///
	/// * Every bundle has as many values as its layout asks for, weights that sum to 1 within 1e-12
	///   or are all zero, and its hash with the number of its elements; who was left out of its
	///   outlier-resistant inference is an inferer of it, and not all of them are.
	/// * Every record of learning has a bundle, as many losses as the bundle has elements, contributions of exactly
	///   the bundle's actors with the losses' first two, and something about each of them.
	/// * A topic's newest inference is its newest bundle's, unless that is pruned; its deviation is not
	///   negative.
	/// * In a regret book no account has two slots and no row is longer than there are slots; the
	///   epoch learned last has a record with the loss it remembers, unless it is pruned.
	pub(crate) fn do_try_state() -> Result<(), TryRuntimeError> {
		for (topic, epoch, stored) in Bundles::<T>::iter() {
			let bundle = &stored.bundle;
			check_bundle(bundle)?;
			ensure!(
				(stored.bundle_hash, stored.elements) == (bundle.hash(), bundle.elements()),
				"a bundle has another hash"
			);
			if let Some(resistant) = &stored.resistant {
				check_resistant(resistant, bundle)?;
			}
			let latest = Latest::<T>::get(topic).ok_or("a topic with a bundle has no inference")?;
			ensure!(latest.epoch >= epoch, "the newest inference is older than a bundle");
			if latest.epoch == epoch {
				ensure!(
					latest.label_values.as_slice() == bundle.network_inference()
						&& latest.intervals == bundle.intervals
						&& latest.resistant == stored.resistant,
					"the newest inference is not its bundle's"
				);
			}
		}
		for latest in Latest::<T>::iter_values() {
			ensure!(latest.deviation >= FixedI128::default(), "a deviation is negative");
		}
		for (topic, epoch, record) in LearningRecords::<T>::iter() {
			let stored =
				Bundles::<T>::get(topic, epoch).ok_or("a record of learning has no bundle")?;
			check_record(&record, &stored.bundle)?;
		}
		for (topic, book) in RegretBooks::<T>::iter() {
			book.check()?;
			let learned = book.learned.ok_or("a regret book is stored but nothing was learned")?;
			if let Some(record) = LearningRecords::<T>::get(topic, learned.epoch) {
				ensure!(
					record.contributions.network_loss == learned.network_loss,
					"a regret book remembers another loss"
				);
			}
		}
		Ok(())
	}
}

fn check_bundle<AccountId: Ord>(bundle: &Bundle<AccountId>) -> Result<(), TryRuntimeError> {
	let ascending = |accounts: &[AccountId]| accounts.windows(2).all(|pair| pair[0] < pair[1]);
	ensure!(
		ascending(&bundle.inferers) && ascending(&bundle.forecasters),
		"a bundle's actors are not ascending"
	);
	let (elements, labels) = (layout_of(bundle).len(), bundle.labels as usize);
	ensure!(labels > 0 && bundle.intervals.len() == labels, "a bundle lacks labels");
	ensure!(bundle.element_values.len() == elements * labels, "a bundle lacks values");
	ensure!(
		bundle.inferer_weights.len() == bundle.inferers.len()
			&& bundle.forecaster_weights.len() == bundle.forecasters.len(),
		"a bundle lacks weights"
	);
	let weights = || bundle.inferer_weights.iter().chain(&bundle.forecaster_weights);
	let sum: i128 = weights().map(|weight| weight.into_inner()).sum();
	let off = (sum - FixedI128::from_u32(1).into_inner()).abs();
	ensure!(
		off <= 1_000_000 || weights().all(|weight| weight.into_inner() == 0),
		"a bundle's weights do not sum to 1"
	);
	Ok(())
}

fn check_resistant<AccountId: Ord>(
	resistant: &ResistantInference<AccountId>,
	bundle: &Bundle<AccountId>,
) -> Result<(), TryRuntimeError> {
	let labels = bundle.labels as usize;
	ensure!(
		resistant.label_values.len() == labels && resistant.intervals.len() == labels,
		"an outlier-resistant inference lacks labels"
	);
	ensure!(
		!resistant.left_out.is_empty() && resistant.left_out.len() < bundle.inferers.len(),
		"nobody or everybody was left out"
	);
	ensure!(
		resistant.left_out.iter().all(|who| bundle.inferers.contains(who)),
		"somebody was left out who is not in the bundle"
	);
	Ok(())
}

fn check_record<AccountId: PartialEq>(
	record: &LearningRecord<AccountId>,
	bundle: &Bundle<AccountId>,
) -> Result<(), TryRuntimeError> {
	let contributions = &record.contributions;
	ensure!(record.losses.len() == layout_of(bundle).len(), "losses are not the bundle's");
	ensure!(
		record.losses.first() == Some(&contributions.network_loss)
			&& record.losses.get(1) == Some(&contributions.naive_loss),
		"contributions have other losses"
	);
	let inferers = contributions.inferers.iter().map(|one| &one.account);
	let forecasters = contributions.forecasters.iter().map(|one| &one.account);
	ensure!(inferers.eq(bundle.inferers.iter()), "inferers contributed who are not in the bundle");
	ensure!(
		forecasters.eq(bundle.forecasters.iter()),
		"forecasters contributed who are not in the bundle"
	);
	ensure!(!contributions.reputers.is_empty(), "an epoch was learned without reputers");
	ensure!(
		record.inferers.len() == contributions.inferers.len()
			&& record.forecasters.len() == contributions.forecasters.len()
			&& record.reputers.len() == contributions.reputers.len(),
		"a record of learning is silent about somebody"
	);
	Ok(())
}
