//! Weights of the two closes and of forgetting, estimated from counted work.
//!
//! Counted are this pallet's own reads and writes: the neighbours that are asked in a step declare
//! theirs. Computing time follows the cost model of S 8.9 with these figures of the runtime in wasm:
//! a 64.64 multiplication 6.6 ns, a division 31 ns, e^-x 31 ns (measured); a conversion between
//! decimal and binary, which is a 256-bit division, 80 ns, encoding or decoding and hashing a byte
//! 4 ns, of the regret book's rows, which are moved in one piece, 1 ns, comparing a 32-byte account
//! 10 ns (estimated). All of it counts double, for the allocations and loops around. Proof size is
//! not counted: this is a chain of its own, and the bytes read count as time.

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// Weights of what the clock asks of this pallet.
pub trait WeightInfo {
	/// Makes a bundle: inferers, forecasters, elements of the longest forecast, labels, bytes of
	/// the regret book.
	fn close_workers(
		inferers: u32,
		forecasters: u32,
		elements: u32,
		labels: u32,
		book: u32,
	) -> Weight;
	/// Learns an epoch: inferers, forecasters, reputers, labels, bytes of the regret book.
	fn close_reputers(
		inferers: u32,
		forecasters: u32,
		reputers: u32,
		labels: u32,
		book: u32,
	) -> Weight;
	/// Forgets an epoch.
	fn prune() -> Weight;
	/// Looks for an epoch of a retired topic and forgets it.
	fn forget_epoch() -> Weight;
	/// Forgets what a retired topic has besides its epochs.
	fn forget_topic() -> Weight;
}

/// Picoseconds of a 64.64 multiplication or the like.
const MULTIPLY: u64 = 6_600;
/// Picoseconds of a 64.64 division.
const DIVIDE: u64 = 31_000;
/// Picoseconds of e^-x.
const EXPONENTIAL: u64 = 31_000;
/// Picoseconds of a conversion between the wire's decimals and 64.64.
const CONVERT: u64 = 80_000;
/// Picoseconds of encoding or decoding and hashing a byte.
const BYTE: u64 = 4_000;
/// Picoseconds of encoding or decoding a byte of the regret book.
const BOOK_BYTE: u64 = 1_000;
/// Picoseconds of a comparison of accounts.
const COMPARE: u64 = 10_000;
/// Factor for what surrounds the counted work.
const OVERHEAD: u64 = 2;

/// A product of counts and a cost; with the bounds of the protocol it is far below 2^64, and past
/// that it saturates, which refuses work rather than underestimating it.
fn product(factors: &[u64]) -> u64 {
	factors.iter().fold(1, |product, factor| product.saturating_mul(*factor))
}

/// A sum that saturates for the same reason.
fn total(terms: &[u64]) -> u64 {
	terms.iter().fold(0, |total, term| total.saturating_add(*term))
}

/// Elements of a bundle (S 12.3).
fn bundle_elements(n: u64, f: u64) -> u64 {
	total(&[2, product(&[2, n]), product(&[3, f]), product(&[n, f])])
}

/// Cells of a regret table (S 11.2).
fn table_cells(n: u64, f: u64) -> u64 {
	let all = total(&[n, f]);
	total(&[product(&[all, all]), product(&[f, total(&[n, 1])]), n, all])
}

/// Bytes of an encoded bundle: values, then accounts, weights, intervals and absent pairs.
fn bundle_bytes(n: u64, f: u64, labels: u64) -> u64 {
	let values = product(&[bundle_elements(n, f), labels, 16]);
	total(&[
		values,
		product(&[total(&[n, f]), 48]),
		product(&[labels, 80]),
		product(&[2, n, f]),
		64,
	])
}

/// Bytes of an outlier-resistant inference that leaves everybody out.
fn resistant_bytes(n: u64, labels: u64) -> u64 {
	total(&[product(&[labels, 96]), product(&[n, 32]), 8])
}

/// Searching the slots of an epoch's actors in the regret book, once.
fn search(n: u64, f: u64) -> u64 {
	// 64 inferer slots and 16 forecaster slots.
	product(&[total(&[product(&[64, n]), product(&[16, f])]), COMPARE])
}

/// Weights estimated as the module says, until benchmarks replace them.
pub struct Estimate<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo for Estimate<T> {
	fn close_workers(
		inferers: u32,
		forecasters: u32,
		elements: u32,
		labels: u32,
		book: u32,
	) -> Weight {
		let [n, f, kept, labels, book] =
			[inferers, forecasters, elements, labels, book].map(u64::from);
		// S 8.9: 2 + n + 2 f syntheses of n + f members, (n + 1) f implied inferences.
		let syntheses = product(&[total(&[2, n, product(&[2, f])]), total(&[n, f])]);
		// Without outliers: one synthesis more and the forecasts once more.
		let members =
			total(&[syntheses, n, f, product(&[f, kept]), product(&[total(&[n, 1]), f, kept])]);
		// A member: its regret over the scale, the exponential, the ratio, and a product a label;
		// twenty comparisons for a median where there is no common scale.
		let member = total(&[
			EXPONENTIAL,
			product(&[2, DIVIDE]),
			product(&[total(&[24, labels]), MULTIPLY]),
		]);
		let values = product(&[bundle_elements(n, f), labels]);
		let converted = total(&[
			product(&[n, labels]),
			product(&[f, kept]),
			values,
			product(&[12, labels]),
			n,
			f,
		]);
		// A bundle is encoded to be hashed and to be stored, an inference for three items.
		let bytes = total(&[
			product(&[2, bundle_bytes(n, f, labels)]),
			product(&[3, resistant_bytes(n, labels)]),
			product(&[total(&[n, product(&[f, kept])]), 48]),
		]);
		let time = total(&[
			product(&[members, member]),
			product(&[converted, CONVERT]),
			product(&[bytes, BYTE]),
			product(&[book, BOOK_BYTE]),
			search(n, f),
			// Finding each forecast inferer, and the five percentiles of each label, twice.
			product(&[f, kept, 12, COMPARE]),
			product(&[labels, total(&[n, f]), 40, DIVIDE]),
			// How far each inference is from the median.
			product(&[n, labels, 20, MULTIPLY]),
		]);
		// Regret book, newest inference; bundle, newest inference.
		Weight::from_parts(product(&[time, OVERHEAD]), 0)
			.saturating_add(T::DbWeight::get().reads_writes(2, 2))
	}

	fn close_reputers(
		inferers: u32,
		forecasters: u32,
		reputers: u32,
		labels: u32,
		book: u32,
	) -> Weight {
		let [n, f, r, labels, book] =
			[inferers, forecasters, reputers, labels, book].map(u64::from);
		let (elements, cells) = (bundle_elements(n, f), table_cells(n, f));
		let reported = product(&[r, elements]);
		let values = product(&[elements, labels]);
		let converted =
			total(&[reported, values, elements, product(&[6, total(&[n, f])]), product(&[4, r])]);
		let arithmetic = total(&[product(&[2, reported]), product(&[4, cells]), product(&[60, n])]);
		// S 12.3: in each of ten rounds one consensus and one more a reputer; in each of them, a
		// reported loss: its part of the mean, its distance, compared and squared; an element: the
		// mean's division.
		let consensus = total(&[
			product(&[reported, total(&[product(&[8, MULTIPLY]), DIVIDE])]),
			product(&[elements, DIVIDE]),
		]);
		let scoring = product(&[10, total(&[r, 1]), consensus]);
		let bytes = total(&[
			bundle_bytes(n, f, labels),
			resistant_bytes(n, labels),
			product(&[total(&[reported, elements]), 16]),
			product(&[total(&[n, f, r]), 200]),
		]);
		let time = total(&[
			product(&[converted, CONVERT]),
			product(&[arithmetic, MULTIPLY]),
			product(&[elements, DIVIDE]),
			product(&[bytes, BYTE]),
			product(&[2, book, BOOK_BYTE]),
			search(n, f),
			scoring,
		]);
		// Bundle, regret book; regret book, lesson.
		Weight::from_parts(product(&[time, OVERHEAD]), 0)
			.saturating_add(T::DbWeight::get().reads_writes(2, 2))
	}

	fn prune() -> Weight {
		// Two removals with their keys' hashing.
		Weight::from_parts(5_000_000, 0).saturating_add(T::DbWeight::get().writes(2))
	}

	fn forget_epoch() -> Weight {
		// The next key is found by iteration.
		Self::prune().saturating_add(T::DbWeight::get().reads(1))
	}

	fn forget_topic() -> Weight {
		// Two removals with their keys' hashing.
		Weight::from_parts(5_000_000, 0).saturating_add(T::DbWeight::get().writes(2))
	}
}
