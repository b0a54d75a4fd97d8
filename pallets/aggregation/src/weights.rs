//! Weights of the stages of an epoch and of forgetting.
//!
//! Synthesis and learning take time in products of their counts, to which no sum of terms of one
//! count each comes near. So their weights are linear in *work*, one number that [`synthesis_work`] and
//! [`learning_work`] make of the counts; the benchmarks measure what a unit of it takes.

use allora_primitives::EpochSizes;
use frame_support::weights::Weight;

/// Weights of this pallet's work.
pub trait WeightInfo {
	/// Making a bundle: so much [`synthesis_work`].
	fn synthesise(work: u32) -> Weight;
	/// Storing a bundle of this many values.
	fn store(values: u32) -> Weight;
	/// Learning an epoch: so much [`learning_work`].
	fn learn(work: u32) -> Weight;
	/// Recording what was learned of an epoch with this many losses.
	fn record(losses: u32) -> Weight;
	/// Forgets an epoch.
	fn prune() -> Weight;
	/// Looks for an epoch of a retired topic and forgets it.
	fn forget_epoch() -> Weight;
	/// Forgets what a retired topic has besides its epochs.
	fn forget_topic() -> Weight;
}

/// The work of making a bundle, with this many bytes of the regret book, in units of about 0.1 us in
/// wasm. With the bounds of the protocol it is below 10^5; past 32 bits it would saturate, which
/// refuses work.
///
/// An inferer takes 4.7 us, an element of the bundle 0.3 us and 0.2 us for each label's value, a
/// forecast loss 0.4 us, the regret book 1.2 us a kilobyte: fitted to measured closes.
pub const fn synthesis_work(sizes: &EpochSizes, book: u32) -> u32 {
	let element = sizes.labels.saturating_mul(2).saturating_add(3);
	let elements = sizes.bundle_elements().saturating_mul(element);
	let forecast = sizes.forecasters.saturating_mul(sizes.elements).saturating_mul(4);
	let inferers = sizes.inferers.saturating_mul(47);
	elements.saturating_add(forecast).saturating_add(inferers).saturating_add(book / 85)
}

/// The work of learning an epoch, likewise.
///
/// An element of the bundle takes 0.35 us, and 0.15 us for each report, 0.05 us of that for reports
/// that cancel and are scored again, 0.015 us for each pair of reports (how alike two
/// reputers are, S 12.3) and 0.06 us for each label; the regret book 0.8 us a kilobyte.
pub const fn learning_work(sizes: &EpochSizes, book: u32) -> u32 {
	let r = sizes.reputers;
	let reports = r.saturating_mul(r).saturating_mul(15).saturating_add(r.saturating_mul(150));
	let element = sizes.labels.saturating_mul(60).saturating_add(reports).saturating_add(350);
	(sizes.bundle_elements().saturating_mul(element) / 100).saturating_add(book / 120)
}

/// A weight of this many microseconds.
fn micros(count: u32) -> Weight {
	Weight::from_parts(1_000_000, 0).saturating_mul(count.into())
}

/// Made-up weights, another one for each function, for tests in a mock.
impl WeightInfo for () {
	fn synthesise(work: u32) -> Weight {
		micros(work.saturating_add(10))
	}
	fn store(values: u32) -> Weight {
		micros(values.saturating_add(15))
	}
	fn learn(work: u32) -> Weight {
		micros(work.saturating_add(11))
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
