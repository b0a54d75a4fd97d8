//! Weights of the two closes, estimated from counted work.
//!
//! Reads and writes are counted in the code, those of the neighbours that are asked included: a
//! read a payload or report, a read and a write a score. Computing time follows the cost model of
//! S 8.9 with these figures of the runtime in wasm: a 64.64 multiplication 6.6 ns, a division
//! 31 ns, e^-x 31 ns (measured); a conversion between decimal and binary, which is a 256-bit
//! division, 80 ns, encoding or decoding and hashing a byte 4 ns, comparing a 32-byte account 10 ns
//! (estimated). All of it counts double, for the allocations and loops around. Proof size is not
//! counted: this is a chain of its own, and the bytes read count as time.

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
		let members = total(&[syntheses, product(&[total(&[n, 1]), f, kept])]);
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
			table_cells(n, f),
			values,
			product(&[6, labels]),
			n,
			f,
		]);
		let bytes = total(&[
			book,
			product(&[2, bundle_bytes(n, f, labels)]),
			product(&[total(&[n, product(&[f, kept])]), 48]),
		]);
		let time = total(&[
			product(&[members, member]),
			product(&[converted, CONVERT]),
			product(&[bytes, BYTE]),
			product(&[2, search(n, f)]),
			// Finding each forecast inferer, and the five percentiles of each label.
			product(&[f, kept, 6, COMPARE]),
			product(&[labels, total(&[n, f]), 20, DIVIDE]),
		]);
		// Parameters, regret book, two active sets and their sizes; payloads.
		let reads = total(&[6, n, f]);
		// Bundle, hash, newest inference, event.
		Weight::from_parts(product(&[time, OVERHEAD]), 0)
			.saturating_add(T::DbWeight::get().reads_writes(reads, 4))
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
			total(&[reported, values, elements, product(&[2, cells]), product(&[4, n])]);
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
			product(&[2, book]),
			bundle_bytes(n, f, labels),
			product(&[total(&[reported, elements]), 16]),
			product(&[total(&[n, f, r]), 200]),
		]);
		let time = total(&[
			product(&[converted, CONVERT]),
			product(&[arithmetic, MULTIPLY]),
			product(&[elements, DIVIDE]),
			product(&[bytes, BYTE]),
			product(&[4, search(n, f)]),
			scoring,
		]);
		let scored = total(&[n, f, r]);
		// Parameters, bundle, regret book, active reputers; reports and coefficients; scores with
		// their sets.
		let reads = total(&[4, product(&[2, r]), scored, 6]);
		// Regret book, losses, contributions, three events; coefficients; scores with their sets.
		let writes = total(&[6, r, scored, 3]);
		Weight::from_parts(product(&[time, OVERHEAD]), 0)
			.saturating_add(T::DbWeight::get().reads_writes(reads, writes))
	}

	fn prune() -> Weight {
		// Four removals with their keys' hashing.
		Weight::from_parts(10_000_000, 0).saturating_add(T::DbWeight::get().writes(4))
	}
}
