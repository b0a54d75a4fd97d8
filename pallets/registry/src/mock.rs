//! A runtime of the registry, the clock and balances, with fakes of the other pallets.

use crate as pallet_registry;

pub use allora_primitives::testing::runtime::*;

allora_primitives::topics_runtime!(Topics: pallet_registry);
