//! What always holds of this pallet's storage.

use crate::{
	learn::layout_of, BundleHashes, Bundles, Config, EpochContributions, Latest, Losses, Pallet,
	RegretBooks,
};
use allora_primitives::{Bundle, Contributions, FixedI128};
use frame_support::ensure;
use sp_runtime::TryRuntimeError;

impl<T: Config> Pallet<T> {
	/// Checks every invariant of the pallet.
	///
	/// * Every bundle has as many values as its layout asks for, weights that sum to 1 within 1e-12
	///   or are all zero, and its hash with the number of its elements; no hash lacks its bundle.
	/// * Every learned epoch has a bundle, as many losses as the bundle has elements, and
	///   contributions of exactly the bundle's actors with the losses' first two.
	/// * A topic's newest inference is its newest bundle's, unless that is pruned.
	/// * In a regret book no account has two slots and no row is longer than there are slots; the
	///   epoch learned last has losses with the loss it remembers, unless they are pruned.
	pub(crate) fn do_try_state() -> Result<(), TryRuntimeError> {
		for (topic, epoch, bundle) in Bundles::<T>::iter() {
			check_bundle(&bundle)?;
			ensure!(
				BundleHashes::<T>::get(topic, epoch) == Some((bundle.hash(), bundle.elements())),
				"a bundle has another hash"
			);
			let latest = Latest::<T>::get(topic).ok_or("a topic with a bundle has no inference")?;
			ensure!(latest.epoch >= epoch, "the newest inference is older than a bundle");
			if latest.epoch == epoch {
				ensure!(
					latest.values.as_slice() == bundle.network_inference()
						&& latest.intervals == bundle.intervals,
					"the newest inference is not its bundle's"
				);
			}
		}
		for (topic, epoch) in BundleHashes::<T>::iter_keys() {
			ensure!(Bundles::<T>::contains_key(topic, epoch), "a hash has no bundle");
		}
		for (topic, epoch, losses) in Losses::<T>::iter() {
			let bundle = Bundles::<T>::get(topic, epoch).ok_or("losses have no bundle")?;
			ensure!(losses.len() as u32 == bundle.elements(), "losses are not the bundle's");
			let contributions = EpochContributions::<T>::get(topic, epoch);
			check_contributions(&contributions.ok_or("losses lack contributions")?, &bundle)?;
		}
		for (topic, epoch, contributions) in EpochContributions::<T>::iter() {
			let losses = Losses::<T>::get(topic, epoch).ok_or("contributions lack losses")?;
			ensure!(
				losses.first() == Some(&contributions.network_loss)
					&& losses.get(1) == Some(&contributions.naive_loss),
				"contributions have other losses"
			);
		}
		for (topic, book) in RegretBooks::<T>::iter() {
			book.check()?;
			let learned = book.learned.ok_or("a regret book is stored but nothing was learned")?;
			if let Some(losses) = Losses::<T>::get(topic, learned.epoch) {
				ensure!(
					losses.first() == Some(&learned.network_loss),
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
	ensure!(bundle.values.len() == elements * labels, "a bundle lacks values");
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

fn check_contributions<AccountId: PartialEq>(
	contributions: &Contributions<AccountId>,
	bundle: &Bundle<AccountId>,
) -> Result<(), TryRuntimeError> {
	let inferers = contributions.inferers.iter().map(|one| &one.account);
	let forecasters = contributions.forecasters.iter().map(|one| &one.account);
	ensure!(inferers.eq(bundle.inferers.iter()), "inferers contributed who are not in the bundle");
	ensure!(
		forecasters.eq(bundle.forecasters.iter()),
		"forecasters contributed who are not in the bundle"
	);
	ensure!(!contributions.reputers.is_empty(), "an epoch was learned without reputers");
	Ok(())
}
