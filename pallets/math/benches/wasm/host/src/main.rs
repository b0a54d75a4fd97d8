//! What closing an epoch costs in WebAssembly, beside native, in the same run.
//!
//! The module is compiled by the node's engine, wasmtime with Cranelift, with the settings that
//! sc-executor-wasmtime makes for code: optimised for speed and size, no SIMD, no threads, no fuel.
//! The module imports nothing and has an allocator of its own, so host calls are no part of it.
#![allow(dead_code)]

extern crate alloc;

#[path = "../../../epoch_close/fixed.rs"]
mod fixed;
#[path = "../../../epoch_close/world.rs"]
mod world;

use std::{
	hint::black_box,
	time::{Duration, Instant},
};
use wasmtime::{Config, Engine, Instance, Module, OptLevel, Result, Store};
use world::{Size, World};

const SIZES: [(&str, Size); 4] = [
	("8/2/3", Size { n: 8, f: 2, r: 3, labels: 1 }),
	("32/6/6", Size { n: 32, f: 6, r: 6, labels: 1 }),
	("32/8/16", Size { n: 32, f: 8, r: 16, labels: 1 }),
	("32/6/6, 8 labels", Size { n: 32, f: 6, r: 6, labels: 8 }),
];

/// Epoch closes at a time.
const TIMES: u32 = 10;

fn engine() -> Result<Engine> {
	let mut config = Config::new();
	config.cranelift_opt_level(OptLevel::SpeedAndSize);
	config.wasm_simd(false);
	config.wasm_relaxed_simd(false);
	config.wasm_bulk_memory(false);
	config.wasm_multi_memory(false);
	config.wasm_memory64(false);
	config.wasm_tail_call(false);
	config.wasm_extended_const(false);
	Engine::new(&config)
}

fn main() -> Result<()> {
	let path = std::env::args().nth(1).expect("the path of the guest's wasm file");
	let engine = engine()?;
	let module = Module::from_file(&engine, path)?;
	println!("{:<20} {:>12} {:>12} {:>8}", "epoch close", "native, us", "wasm, us", "ratio");
	for (name, size) in SIZES {
		let mut store = Store::new(&engine, ());
		let instance = Instance::new(&mut store, &module, &[])?;
		let prepare = instance.get_typed_func::<(u32, u32, u32, u32), ()>(&mut store, "prepare")?;
		let close = instance.get_typed_func::<u32, u64>(&mut store, "close")?;
		let Size { n, f, r, labels } = size;
		prepare.call(&mut store, (n as u32, f as u32, r as u32, labels as u32))?;
		let world = World::new(size);
		let native = || {
			let (_, _, payouts) = fixed::close(black_box(&world)).expect("the inputs are sound");
			payouts.iter().flatten().sum::<u128>() as u64
		};
		assert_eq!(close.call(&mut store, 1)?, native(), "both pay the same");
		let (mut outside, mut inside) = (Duration::MAX, Duration::MAX);
		for _ in 0..200 {
			let start = Instant::now();
			for _ in 0..TIMES {
				black_box(native());
			}
			outside = outside.min(start.elapsed() / TIMES);
			let start = Instant::now();
			black_box(close.call(&mut store, TIMES)?);
			inside = inside.min(start.elapsed() / TIMES);
		}
		let micros = |time: Duration| time.as_secs_f64() * 1e6;
		let ratio = micros(inside) / micros(outside);
		println!("{name:<20} {:>12.2} {:>12.2} {ratio:>8.2}", micros(outside), micros(inside));
	}
	Ok(())
}
