//! The invariants of the storage.

use crate::{
	book::RuleState, learn::layout_of, Books, Bundles, Config, Latest, LearningRecord,
	LearningRecords, Pallet, ResistantInference, StoredBundle,
};
use allora_primitives::{Bundle, FixedI128, Rule};
use frame_support::ensure;
use sp_runtime::TryRuntimeError;

impl<T: Config> Pallet<T> {
	/// Checks the invariants of the storage:
	///
	/// 1. a bundle has as many values as its layout requires, weights that sum to 1 within 1e-12 or
	///    are all zero, and its own hash and number of elements; some but not all of its inferers
	///    are left out of its outlier-resistant inference;
	/// 2. a learning record has a bundle, as many losses as the bundle has elements, contributions
	///    of exactly the bundle's actors, the losses' first two, and an update for each
	///    participant;
	/// 3. a topic's newest inference is that of its newest bundle, unless that is pruned, and its
	///    deviation is not negative;
	/// 4. in a book no account has two places and no row is longer than there are slots, scales are
	///    not negative, and the epoch learned last has a record with the same loss, unless it is
	///    pruned.
	pub(crate) fn do_try_state() -> Result<(), TryRuntimeError> {
		for (topic, epoch, stored) in Bundles::<T>::iter() {
			let bundle = &stored.bundle;
			check_bundle(bundle)?;
			ensure!(
				(stored.bundle_hash, stored.elements) == (bundle.hash(), bundle.elements()),
				"the stored hash or number of elements is not the bundle's"
			);
			check_kept(&stored)?;
			if let Some(resistant) = &stored.resistant {
				check_resistant(resistant, bundle)?;
			}
			let latest = Latest::<T>::get(topic).ok_or("a topic with a bundle has no inference")?;
			ensure!(latest.epoch >= epoch, "the newest inference is older than a bundle");
			if latest.epoch == epoch {
				ensure!(
					latest.label_values.as_slice() == bundle.network_inference()
						&& latest.intervals == bundle.intervals
						&& latest.disagreement == bundle.disagreement
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
				Bundles::<T>::get(topic, epoch).ok_or("a learning record has no bundle")?;
			check_record(&record, &stored.bundle)?;
		}
		for (topic, book) in Books::<T>::iter() {
			let learned = book.learned.ok_or("a book is stored, but nothing was learned")?;
			match &book.state {
				RuleState::Mixture(state) => state.check()?,
				RuleState::Regret(state) => state.check(Some(learned.epoch))?,
			}
			let scales = book.errors.iter().map(|errors| errors.scale);
			ensure!(
				scales.clone().all(|scale| scale > FixedI128::default()),
				"the scale of a label's errors is not positive"
			);
			if let Some(record) = LearningRecords::<T>::get(topic, learned.epoch) {
				ensure!(
					record.contributions.network_loss == learned.network_loss,
					"the loss in a book is not that of the epoch's record"
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
		"a bundle's actors are not in ascending order"
	);
	let (elements, labels) = (layout_of(bundle).len(), bundle.labels as usize);
	ensure!(
		labels > 0 && bundle.disagreement.len() == labels,
		"a bundle lacks the disagreement about a label"
	);
	ensure!(
		bundle.intervals.is_empty() || bundle.intervals.len() == labels,
		"a bundle lacks an interval of a label"
	);
	ensure!(bundle.intervals.iter().all(|row| row.is_sorted()), "an interval does not ascend");
	ensure!(bundle.element_values.len() == elements * labels, "a bundle lacks values");
	ensure!(
		bundle.inferer_weights.len() == bundle.inferers.len()
			&& bundle.forecaster_weights.len() == bundle.forecasters.len(),
		"a bundle lacks weights of actors"
	);
	// Under the mixture rule the forecasters' weights are a part of the inferers'.
	let forecasters = match bundle.rule {
		Rule::Mixture => &[][..],
		Rule::Regret => bundle.forecaster_weights.as_slice(),
	};
	let weights = || bundle.inferer_weights.iter().chain(forecasters);
	let sum: i128 = weights().map(|weight| weight.into_inner()).sum();
	let off = (sum - FixedI128::from_u32(1).into_inner()).abs();
	ensure!(
		off <= 1_000_000 || weights().all(|weight| weight.into_inner() == 0),
		"a bundle's weights do not sum to 1"
	);
	Ok(())
}

fn check_kept<AccountId>(stored: &StoredBundle<AccountId>) -> Result<(), TryRuntimeError> {
	let labels = stored.bundle.labels as usize;
	ensure!(stored.kept.label_scales.len() == labels, "an epoch lacks the scale of a label");
	let kept = stored.kept.mixture.as_ref();
	ensure!(
		kept.is_some() == (stored.bundle.rule == Rule::Mixture),
		"an epoch keeps numbers of another rule than its bundle's"
	);
	let lengths = |kept: &crate::KeptMixture| {
		[kept.polynomial.len(), kept.exponential.len(), kept.bands.len()] == [labels; 3]
			&& [0, stored.bundle.inferers.len()].contains(&kept.corrected.len())
	};
	ensure!(kept.is_none_or(lengths), "an epoch lacks numbers that learning needs");
	Ok(())
}

fn check_resistant<AccountId: Ord>(
	resistant: &ResistantInference<AccountId>,
	bundle: &Bundle<AccountId>,
) -> Result<(), TryRuntimeError> {
	let labels = bundle.labels as usize;
	ensure!(
		resistant.label_values.len() == labels && resistant.disagreement.len() == labels,
		"an outlier-resistant inference does not have one value per label"
	);
	ensure!(
		!resistant.left_out.is_empty() && resistant.left_out.len() < bundle.inferers.len(),
		"no inferer or all inferers were left out"
	);
	ensure!(
		resistant.left_out.iter().all(|who| bundle.inferers.contains(who)),
		"an account was left out that is not in the bundle"
	);
	Ok(())
}

fn check_record<AccountId: PartialEq>(
	record: &LearningRecord<AccountId>,
	bundle: &Bundle<AccountId>,
) -> Result<(), TryRuntimeError> {
	let contributions = &record.contributions;
	let labels = bundle.labels as usize;
	ensure!(
		record.truth.as_ref().is_none_or(|truth| truth.len() == labels),
		"a truth does not have one value per label"
	);
	ensure!(
		record.losses.len() == layout_of(bundle).len(),
		"a learning record lacks losses of elements"
	);
	ensure!(
		record.losses.first() == Some(&contributions.network_loss)
			&& record.losses.get(1) == Some(&contributions.naive_loss),
		"the losses of the contributions are not the first two of the record"
	);
	let inferers = contributions.inferers.iter().map(|one| &one.account);
	let forecasters = contributions.forecasters.iter().map(|one| &one.account);
	ensure!(inferers.eq(bundle.inferers.iter()), "the contributing inferers are not the bundle's");
	ensure!(
		forecasters.eq(bundle.forecasters.iter()),
		"the contributing forecasters are not the bundle's"
	);
	ensure!(!contributions.reputers.is_empty(), "an epoch was learned without reputers");
	ensure!(
		contributions.worth.is_some() == (bundle.rule == Rule::Mixture),
		"an epoch is paid by another rule than its bundle's"
	);
	let complete = contributions.worth.as_ref().is_none_or(|worth| {
		let reputers = worth.reputers.as_ref().map(|reputers| reputers.len());
		worth.inferers.len() == contributions.inferers.len()
			&& worth.forecasters.len() == contributions.forecasters.len()
			&& reputers.is_none_or(|reputers| reputers == contributions.reputers.len())
	});
	ensure!(complete, "a learning record lacks the worth of a participant");
	ensure!(
		record.inferers.len() == contributions.inferers.len()
			&& record.forecasters.len() == contributions.forecasters.len()
			&& record.reputers.len() == contributions.reputers.len(),
		"a learning record does not have one update per participant"
	);
	Ok(())
}
