//! The epoch close of `benches/epoch_close` as a WebAssembly module that imports nothing.
#![no_std]
#![allow(dead_code)]

extern crate alloc;

#[path = "../../../epoch_close/fixed.rs"]
mod fixed;
#[path = "../../../epoch_close/world.rs"]
mod world;

use core::{
	alloc::{GlobalAlloc, Layout},
	cell::UnsafeCell,
	hint::black_box,
	ptr::null_mut,
};
use world::{Size, World};

/// Bytes of memory.
const HEAP: usize = 16 << 20;

/// Memory that is given out from the bottom and taken back all at once.
struct Heap {
	bytes: UnsafeCell<[u8; HEAP]>,
	used: UnsafeCell<usize>,
}

// There are no threads.
unsafe impl Sync for Heap {}

unsafe impl GlobalAlloc for Heap {
	unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
		let used = unsafe { &mut *self.used.get() };
		let start = used.next_multiple_of(layout.align());
		if start + layout.size() > HEAP {
			return null_mut();
		}
		*used = start + layout.size();
		unsafe { self.bytes.get().cast::<u8>().add(start) }
	}

	unsafe fn dealloc(&self, _: *mut u8, _: Layout) {}
}

#[global_allocator]
static MEMORY: Heap = Heap { bytes: UnsafeCell::new([0; HEAP]), used: UnsafeCell::new(0) };

/// The inputs at hand.
struct Inputs(UnsafeCell<Option<World>>);

// There are no threads.
unsafe impl Sync for Inputs {}

static INPUTS: Inputs = Inputs(UnsafeCell::new(None));

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
	core::arch::wasm32::unreachable()
}

/// Makes the inputs for a size.
#[no_mangle]
pub extern "C" fn prepare(n: u32, f: u32, r: u32, labels: u32) {
	let [n, f, r, labels] = [n, f, r, labels].map(|count| count as usize);
	unsafe { *INPUTS.0.get() = Some(World::new(Size { n, f, r, labels })) };
}

/// Closes the epoch some times; answers the sum of the last payouts, 0 if it fails.
#[no_mangle]
pub extern "C" fn close(times: u32) -> u64 {
	let Some(world) = (unsafe { &*INPUTS.0.get() }) else {
		return 0;
	};
	let mut paid = 0;
	for _ in 0..times {
		let before = unsafe { *MEMORY.used.get() };
		paid = match fixed::close(black_box(world)) {
			Ok((_, _, payouts)) => payouts.iter().flatten().sum::<u128>() as u64,
			Err(_) => 0,
		};
		unsafe { *MEMORY.used.get() = before };
	}
	paid
}
