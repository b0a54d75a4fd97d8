//! A runtime of the clock, the registry and balances, with fakes of the other pallets.

use crate as pallet_clock;

pub use allora_primitives::testing::runtime::*;

allora_primitives::topics_runtime!(Clock: pallet_clock);
