//! A chain in memory: whole blocks of the real runtime, as the executive runs them.

pub mod preset;

use allora_runtime::{
	AccountId, BlockNumber, Executive, Header, RuntimeCall, RuntimeOrigin, System, Timestamp,
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

/// The slot of the genesis block, and its length in milliseconds.
const GENESIS_SLOT: u64 = 1_000;
const SLOT: u64 = 1_000;

/// Runs a test on the development chain and checks every pallet's invariants behind it.
pub fn on_chain(test: impl FnOnce()) {
	preset::in_preset("development", test);
}

/// Begins a block: the hooks before the first extrinsic; returns the time of its slot.
pub fn begin_block() -> u64 {
	let number = System::block_number() + 1;
	let slot = GENESIS_SLOT + u64::from(number);
	let author = PreDigest::SecondaryPlain(SecondaryPlainPreDigest {
		authority_index: 0,
		slot: slot.into(),
	});
	let digest = Digest { logs: vec![DigestItem::PreRuntime(BABE_ENGINE_ID, author.encode())] };
	let parent = System::block_hash(number - 1);
	Executive::initialize_block(&Header::new(
		number,
		Default::default(),
		Default::default(),
		parent,
		digest,
	));
	slot * SLOT
}

/// Makes a block: hooks, inherents, due steps, then what the test does, then the closing hooks.
pub fn block<R>(inside: impl FnOnce() -> R) -> R {
	let now = begin_block();
	assert_ok!(Timestamp::set(RuntimeOrigin::none(), now));
	Executive::inherents_applied();
	let result = inside();
	Executive::finalize_block();
	result
}

/// Makes empty blocks until one of this number is done.
pub fn run_to(number: BlockNumber) {
	while System::block_number() < number {
		block(|| ());
	}
}

/// A call by an account, in the block that is being made.
pub fn call(who: &AccountId, call: impl Into<RuntimeCall>) -> Result<(), DispatchError> {
	let done = call.into().dispatch(RuntimeOrigin::signed(who.clone()));
	done.map(|_| ()).map_err(|failed| failed.error)
}
