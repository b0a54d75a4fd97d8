//! A chain in memory: whole blocks on the real runtime, executed as the node executes them.

// Only fuzzing counts accesses.
#[cfg_attr(not(feature = "try-runtime"), allow(dead_code))]
pub mod accesses;
pub mod genesis;
pub mod preset;
pub mod trace;
pub mod transactions;

use allora_primitives::Slot;
use allora_runtime::{
	AccountId, Babe, Executive, Header, Runtime, RuntimeCall, RuntimeOrigin, System, Timestamp,
};
use codec::Encode;
use frame_support::assert_ok;
use sp_consensus_babe::{
	digests::{PreDigest, SecondaryPlainPreDigest},
	BABE_ENGINE_ID,
};
use sp_runtime::{
	generic::{Digest, DigestItem},
	traits::{Dispatchable, Header as _},
	DispatchError,
};

/// The slot of the genesis block.
const GENESIS_SLOT: Slot = 1_000;

/// Runs a test on the development chain, then checks every pallet's invariants.
pub fn on_chain(test: impl FnOnce()) {
	preset::in_preset("development", test);
}

/// The slot of the newest block.
pub fn now() -> Slot {
	Slot::from(pallet_babe::CurrentSlot::<Runtime>::get()).max(GENESIS_SLOT)
}

/// The header of the next block, in a slot.
pub fn header_in(slot: Slot) -> Header {
	let number = System::block_number() + 1;
	let author = PreDigest::SecondaryPlain(SecondaryPlainPreDigest {
		authority_index: 0,
		slot: slot.into(),
	});
	let digest = Digest { logs: vec![DigestItem::PreRuntime(BABE_ENGINE_ID, author.encode())] };
	let parent = System::block_hash(number - 1);
	Header::new(number, Default::default(), Default::default(), parent, digest)
}

/// Begins a block in a slot: the hooks before the first extrinsic. Returns the time of the slot in
/// milliseconds. The slots since that of the newest block are missed.
pub fn begin_block_in(slot: Slot) -> u64 {
	Executive::initialize_block(&header_in(slot));
	slot * Babe::slot_duration()
}

/// Makes a block in the next slot: hooks, inherents, due steps, then `inside`, then the closing
/// hooks.
pub fn block<R>(inside: impl FnOnce() -> R) -> R {
	block_in(now() + 1, inside)
}

/// Makes a block in a slot; the slots since that of the newest block are missed.
pub fn block_in<R>(slot: Slot, inside: impl FnOnce() -> R) -> R {
	let time = begin_block_in(slot);
	assert_ok!(Timestamp::set(RuntimeOrigin::none(), time));
	Executive::inherents_applied();
	let result = inside();
	Executive::finalize_block();
	result
}

/// Makes empty blocks, one per slot, up to the block of this slot.
pub fn run_to(slot: Slot) {
	while now() < slot {
		block(|| ());
	}
}

/// Dispatches a call of an account in the current block.
pub fn call(who: &AccountId, call: impl Into<RuntimeCall>) -> Result<(), DispatchError> {
	let done = call.into().dispatch(RuntimeOrigin::signed(who.clone()));
	done.map(|_| ()).map_err(|failed| failed.error)
}
