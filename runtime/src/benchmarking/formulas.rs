//! The formulas of an epoch close alone, which allora-math's own benchmark runs native.
//!
//! These are not weights, so they are extra: only `scripts/benchmark --formulas` asks for them, to
//! set the node's executor beside native.
#![allow(dead_code)]

#[path = "../../../pallets/math/benches/epoch_close/fixed.rs"]
mod fixed;
#[path = "../../../pallets/math/benches/epoch_close/world.rs"]
mod world;

use crate::Runtime;
use core::marker::PhantomData;
use frame_benchmarking::v2::*;
use world::{Size, World};

/// What the benchmarks hang on; the macro asks for a pallet.
pub struct Pallet<T>(PhantomData<T>);
/// Nothing is asked of the runtime.
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
			closed = fixed::close(&world);
		}
		assert!(closed.is_ok());
	}

	#[benchmark(extra)]
	fn close_32_6_6() {
		let world = World::new(Size { n: 32, f: 6, r: 6, labels: 1 });
		let closed;
		#[block]
		{
			closed = fixed::close(&world);
		}
		assert!(closed.is_ok());
	}

	#[benchmark(extra)]
	fn close_32_8_16() {
		let world = World::new(Size { n: 32, f: 8, r: 16, labels: 1 });
		let closed;
		#[block]
		{
			closed = fixed::close(&world);
		}
		assert!(closed.is_ok());
	}

	#[benchmark(extra)]
	fn close_32_6_6_8_labels() {
		let world = World::new(Size { n: 32, f: 6, r: 6, labels: 8 });
		let closed;
		#[block]
		{
			closed = fixed::close(&world);
		}
		assert!(closed.is_ok());
	}
}
