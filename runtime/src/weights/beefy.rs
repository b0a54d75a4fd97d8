//! What the validators' keys for other chains add to the end of a session. Counted, not measured: the
//! benchmarks of `rotation` have these keys as well, so that [`WithBeefy`] is to be removed when the
//! weights of `rotation` are measured next.

use crate::{configs::max_validators, rotation::WeightInfo, Runtime};
use core::marker::PhantomData;
use frame_support::weights::Weight;

/// The picoseconds that computing the address of a key takes: a square root modulo a prime of 256
/// bits, in wasm, and a hash.
const ADDRESS: u64 = 250_000_000;

/// Weights of sessions with the work of the keys for other chains.
pub struct WithBeefy<W>(PhantomData<W>);

impl<W: WeightInfo> WeightInfo for WithBeefy<W> {
	fn change_session(s: u32) -> Weight {
		W::change_session(s).saturating_add(change_of_keys())
	}
	fn elect_spread(h: u32) -> Weight {
		W::elect_spread(h)
	}
	fn elect_backed(h: u32) -> Weight {
		W::elect_backed(h)
	}
}

/// The trees over the addresses of the new validators and of the next ones.
fn change_of_keys() -> Weight {
	// Storage: `Beefy::ValidatorSetId` (r:1 w:1)
	// Storage: `Beefy::SetIdSession` (r:1 w:2)
	// Storage: `Beefy::Authorities` (r:0 w:1)
	// Storage: `Beefy::NextAuthorities` (r:0 w:1)
	// Storage: `BeefyMmrLeaf::BeefyAuthorities` (r:0 w:1)
	// Storage: `BeefyMmrLeaf::BeefyNextAuthorities` (r:0 w:1)
	let addresses = u64::from(max_validators()).saturating_mul(2);
	Weight::from_parts(ADDRESS.saturating_mul(addresses), 0)
		.saturating_add(<Runtime as frame_system::Config>::DbWeight::get().reads_writes(2, 7))
}
