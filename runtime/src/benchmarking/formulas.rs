//! The formulas of an epoch close alone, in wasm; the benchmark of allora-math runs them natively.
//!
//! They are no weights of calls or steps, so the benchmarks are marked as extra:
//! `scripts/benchmark --formulas` runs them, to compare the node's executor with native code.

use crate::Runtime;
use allora_math::bench_world::{close, Size, World};
use core::marker::PhantomData;
use frame_benchmarking::v2::*;

/// The benchmarking macros need a pallet.
pub struct Pallet<T>(PhantomData<T>);
/// The pallet's configuration, which is empty.
pub trait Config: frame_system::Config {}
impl Config for Runtime {}

#[benchmarks]
mod benches {
	use super::*;

	#[benchmark(extra)]
	fn close_8_2_3() {
		let world = World::new(Size { n: 8, f: 2, r: 3, labels: 1 });
		let closed;
		#[block]
		{
			closed = close::close(&world);
		}
		assert!(closed.is_ok());
	}

	#[benchmark(extra)]
	fn close_32_6_6() {
		let world = World::new(Size { n: 32, f: 6, r: 6, labels: 1 });
		let closed;
		#[block]
		{
			closed = close::close(&world);
		}
		assert!(closed.is_ok());
	}

	#[benchmark(extra)]
	fn close_32_8_16() {
		let world = World::new(Size { n: 32, f: 8, r: 16, labels: 1 });
		let closed;
		#[block]
		{
			closed = close::close(&world);
		}
		assert!(closed.is_ok());
	}

	#[benchmark(extra)]
	fn close_32_6_6_8_labels() {
		let world = World::new(Size { n: 32, f: 6, r: 6, labels: 8 });
		let closed;
		#[block]
		{
			closed = close::close(&world);
		}
		assert!(closed.is_ok());
	}
}
