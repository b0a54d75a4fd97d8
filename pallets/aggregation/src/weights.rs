//! Weights of the stages, and of pruning and forgetting.
//!
//! The time of synthesis and learning grows with products of their counts, which no sum of terms of
//! one count each approximates. Their weights are therefore linear in *work*, one number that
//! [`synthesis_work`] and [`learning_work`] compute from the counts; the benchmarks measure the
//! time of a unit of work.

use crate::consensus::scored_elements;
use allora_primitives::{EpochSizes, LossClass, Rule};
use frame_support::weights::Weight;

/// Weights of the stages, and of pruning and forgetting.
pub trait WeightInfo {
	/// Making a bundle by the mixture rule: this amount of [`synthesis_work`].
	fn synthesise_mixture(work: u32) -> Weight;
	/// Making a bundle by the regret rule: this amount of [`synthesis_work`].
	fn synthesise_regret(work: u32) -> Weight;
	/// Storing a bundle of this many values.
	fn store(values: u32) -> Weight;
	/// Learning from an epoch by the mixture rule: this amount of [`learning_work`].
	fn learn_mixture(work: u32) -> Weight;
	/// Learning from an epoch by the regret rule: this amount of [`learning_work`].
	fn learn_regret(work: u32) -> Weight;
	/// Computing this many losses by a method of sums and products.
	fn plain_losses(losses: u32) -> Weight;
	/// Computing this many losses by a method of exponentials, logarithms or arc tangents.
	fn curved_losses(losses: u32) -> Weight;
	/// Recording what was learned from an epoch with this many losses.
	fn record(losses: u32) -> Weight;
	/// Pruning an epoch.
	fn prune() -> Weight;
	/// Finding and pruning an epoch of a retired topic.
	fn forget_epoch() -> Weight;
	/// Forgetting the items of a retired topic that are not of an epoch.
	fn forget_topic() -> Weight;
}

/// The work of making a bundle with a book of `book` bytes, in units of about 0.1 us in wasm. Within
/// the bounds of the protocol it is below 10^5. Beyond 32 bits it saturates, and the weight is then
/// more than a block has.
///
/// Fitted to measured closes. Regret rule: 4.7 us per inferer, 0.3 us per element of the bundle, 0.2
/// us per element and label, 0.4 us per forecast loss, and 1.2 us per kilobyte of the book. Mixture
/// rule: 3 us per inferer, 0.3 us per element, 1 us per element and label, 0.04 us per pair of
/// inferers and label, 0.2 us per inferer, forecaster and label, 0.4 us per forecast loss, and 3 us
/// per kilobyte of the book.
pub const fn synthesis_work(sizes: &EpochSizes, book: u32) -> u32 {
	let EpochSizes { inferers, forecasters, labels, .. } = *sizes;
	let forecast = forecasters.saturating_mul(sizes.elements).saturating_mul(4);
	let own = match sizes.rule {
		Rule::Regret => {
			let element = labels.saturating_mul(2).saturating_add(3);
			let elements = sizes.bundle_elements().saturating_mul(element);
			elements.saturating_add(inferers.saturating_mul(47)).saturating_add(book / 85)
		}
		Rule::Mixture => {
			let element = labels.saturating_mul(10).saturating_add(3);
			let elements = sizes.bundle_elements().saturating_mul(element);
			let pairs = inferers.saturating_mul(4).saturating_add(forecasters.saturating_mul(20));
			let pairs = inferers.saturating_mul(pairs).saturating_mul(labels) / 10;
			let inferers = inferers.saturating_mul(30);
			elements.saturating_add(pairs).saturating_add(inferers).saturating_add(book / 34)
		}
	};
	own.saturating_add(forecast)
}

/// The work of learning from an epoch with a book of `book` bytes, in the same units. Under the
/// mixture rule it includes that of [`computed_losses`] by a method of sums and products.
///
/// Fitted to measured closes. Per element that reputers are scored by: 0.15 us per report (0.05 us of
/// it for reports that cancel and are scored again), and 0.015 us per pair of reports (the similarity
/// of two reputers, S 12.3). Regret rule: 0.35 us per element of the bundle, 0.06 us per element and
/// label, and 0.8 us per kilobyte of the book. Mixture rule: 6 us per inferer, 0.5 us per inferer and
/// label, 0.33 us per computed loss, and 3 us per kilobyte of the book.
pub const fn learning_work(sizes: &EpochSizes, book: u32) -> u32 {
	let EpochSizes { inferers, reputers: r, labels, .. } = *sizes;
	let reports = r.saturating_mul(r).saturating_mul(15).saturating_add(r.saturating_mul(150));
	let by_reports = scored_elements_of(sizes).saturating_mul(reports) / 100;
	let own = match sizes.rule {
		Rule::Regret => {
			let element = labels.saturating_mul(60).saturating_add(350);
			(sizes.bundle_elements().saturating_mul(element) / 100).saturating_add(book / 120)
		}
		Rule::Mixture => {
			let inferer = labels.saturating_mul(5).saturating_add(60);
			let losses = match sizes.loss {
				LossClass::Reported => 0,
				LossClass::Plain | LossClass::Curved => computed_losses(sizes),
			};
			let losses = losses.saturating_mul(33) / 10;
			inferers.saturating_mul(inferer).saturating_add(losses).saturating_add(book / 34)
		}
	};
	own.saturating_add(by_reports)
}

/// The number of losses, one per label, that are computed if the truth is reported: of all elements
/// for the consensus, and per reputer of those that it is scored by and of its truth; and that of the
/// mean of the truths and of the truth itself.
pub const fn computed_losses(sizes: &EpochSizes) -> u32 {
	let by_reports = scored_elements_of(sizes).saturating_add(1).saturating_mul(sizes.reputers);
	let elements = sizes.bundle_elements().saturating_add(2);
	elements.saturating_add(by_reports).saturating_mul(sizes.labels)
}

/// The number of elements by whose losses reputers are scored.
const fn scored_elements_of(sizes: &EpochSizes) -> u32 {
	match sizes.loss {
		LossClass::Reported => sizes.bundle_elements(),
		LossClass::Plain | LossClass::Curved => scored_elements(sizes.inferers),
	}
}

/// A weight of this many microseconds.
fn micros(count: u32) -> Weight {
	Weight::from_parts(1_000_000, 0).saturating_mul(count.into())
}

/// Invented weights for mocks, a different one per function.
impl WeightInfo for () {
	fn synthesise_mixture(work: u32) -> Weight {
		micros(work.saturating_add(19))
	}
	fn synthesise_regret(work: u32) -> Weight {
		micros(work.saturating_add(10))
	}
	fn store(values: u32) -> Weight {
		micros(values.saturating_add(15))
	}
	fn learn_mixture(work: u32) -> Weight {
		micros(work.saturating_add(20))
	}
	fn learn_regret(work: u32) -> Weight {
		micros(work.saturating_add(11))
	}
	fn plain_losses(losses: u32) -> Weight {
		micros(losses.saturating_add(17))
	}
	fn curved_losses(losses: u32) -> Weight {
		micros(losses.saturating_add(18))
	}
	fn record(losses: u32) -> Weight {
		micros(losses.saturating_add(16))
	}
	fn prune() -> Weight {
		micros(12)
	}
	fn forget_epoch() -> Weight {
		micros(13)
	}
	fn forget_topic() -> Weight {
		micros(14)
	}
}
