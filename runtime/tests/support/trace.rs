//! Proofs that a refused call or transaction leaves no trace in the state.

use super::accesses;
use allora_runtime::{
	AccountId, Authorship, Balance, Balances, Executive, Nonce, Runtime, RuntimeCall,
	RuntimeOrigin, System, UncheckedExtrinsic,
};
use codec::Encode;
use frame_support::storage::{
	storage_prefix, transactional::TRANSACTION_LEVEL_KEY, unhashed, with_transaction_unchecked,
};
use pallet_emissions::Pot;
use sp_core::storage::well_known_keys::EXTRINSIC_INDEX;
use sp_io::hashing::twox_128;
use sp_runtime::{
	generic::Preamble, traits::Dispatchable, ApplyExtrinsicResult, DispatchError, StateVersion,
	TransactionOutcome,
};
use std::collections::{BTreeMap, BTreeSet};

/// Everything in storage, or what is under some keys.
type Storage = BTreeMap<Vec<u8>, Vec<u8>>;

/// An account's record.
type Account = frame_system::AccountInfo<Nonce, pallet_balances::AccountData<Balance>>;

/// The error with which a call is refused, or `None` if it succeeds; panics if it is refused and has
/// changed anything. A call that succeeds is undone.
pub fn refusal_without_a_trace(call: &RuntimeCall, origin: RuntimeOrigin) -> Option<DispatchError> {
	refusal_that_keeps(&root(), call, origin)
}

/// [`refusal_without_a_trace`] where this is the root of the storage, which takes long to compute.
pub fn refusal_that_keeps(
	before: &[u8],
	call: &RuntimeCall,
	origin: RuntimeOrigin,
) -> Option<DispatchError> {
	let (refusal, traces) = undone(|| {
		let refusal = call.clone().dispatch(origin).err().map(|refused| refused.error);
		let changed = refusal.is_some() && root() != before;
		(refusal, changed.then(snapshot))
	});
	if let Some(after) = traces {
		panic!("a refused call left a trace in {:x?}: {call:?}", differences(&after));
	}
	refusal
}

/// The result of a transaction of this signer, without a tip, which is undone; panics if it changed
/// anything but what every transaction changes: the signer's nonce, the fee, and the system pallet's
/// records of the block. A transaction that is not valid costs nothing.
pub fn result_without_a_trace(
	signer: &AccountId,
	transaction: UncheckedExtrinsic,
) -> ApplyExtrinsicResult {
	result_that_keeps(&root(), signer, transaction)
}

/// [`result_without_a_trace`] where this is the root of the storage, which takes long to compute.
pub fn result_that_keeps(
	root_before: &[u8],
	signer: &AccountId,
	transaction: UncheckedExtrinsic,
) -> ApplyExtrinsicResult {
	let function = transaction.function.clone();
	let is_signed = matches!(transaction.preamble, Preamble::Signed(..));
	let (result, traces) = undone(|| {
		let before = values_of_a_transaction(signer);
		let accounts = payers_and_payees(signer).map(System::account);
		let result = Executive::apply_extrinsic(transaction);
		match result {
			Ok(Err(_)) if is_signed => check_accounts(signer, &accounts),
			// A bare one is nobody's, and free. A block's author undoes what such a transaction has done to the records of the block.
			Ok(Err(_)) | Err(_) => {
				assert_eq!(payers_and_payees(signer).map(System::account), accounts)
			}
			Ok(Ok(())) => (),
		}
		restore(signer, &before);
		let changed = !matches!(result, Ok(Ok(()))) && root() != root_before;
		(result, changed.then(snapshot))
	});
	if let Some(after) = traces {
		panic!("a refused transaction left a trace in {:x?}: {function:?}", differences(&after));
	}
	result
}

/// Runs this and undoes what it has done, also if it panics.
pub fn undone<R>(inside: impl FnOnce() -> R) -> R {
	accesses::isolated(|| with_transaction_unchecked(|| TransactionOutcome::Rollback(inside())))
}

/// The accounts that a transaction without a tip may change: its signer, and those who get the fee.
fn payers_and_payees(signer: &AccountId) -> [AccountId; 3] {
	let pot = pallet_emissions::Pallet::<Runtime>::pot_account(Pot::Ecosystem);
	[signer.clone(), pot.clone(), Authorship::author().unwrap_or(pot)]
}

/// Fails unless the signer has only paid, its nonce is one higher, and what it has paid went to
/// others.
fn check_accounts(signer: &AccountId, before: &[Account; 3]) {
	let [account, ..] = before;
	let fee = account.data.free - Balances::free_balance(signer);
	assert!(fee > 0, "a refused transaction paid nothing");
	let mut expected = account.clone();
	expected.nonce += 1;
	expected.data.free -= fee;
	assert_eq!(System::account(signer), expected, "a refused transaction changed its signer");
	let mut others: BTreeMap<AccountId, Balance> = BTreeMap::new();
	for (who, before) in payers_and_payees(signer).into_iter().zip(before) {
		others.insert(who, before.data.free);
	}
	others.remove(signer);
	let gained: Balance =
		others.iter().map(|(who, before)| Balances::free_balance(who) - before).sum();
	// An author that signs pays a part of the fee to itself.
	assert!(gained == fee, "of a fee of {fee}, {gained} arrived");
}

/// The prefixes and keys of what a transaction may change besides those accounts.
fn prefixes() -> [Vec<u8>; 3] {
	[
		twox_128(b"System").to_vec(),
		twox_128(b"TransactionPayment").to_vec(),
		EXTRINSIC_INDEX.to_vec(),
	]
}

/// The values that a transaction of this signer may change.
fn values_of_a_transaction(signer: &AccountId) -> Storage {
	let accounts = storage_prefix(b"System", b"Account");
	let own = payers_and_payees(signer).map(frame_system::Account::<Runtime>::hashed_key_for);
	let mut found: Storage = prefixes().iter().flat_map(|prefix| under(prefix)).collect();
	found.retain(|key, _| !key.starts_with(&accounts) || own.contains(key));
	found
}

/// Puts the values back that a transaction of this signer may change.
fn restore(signer: &AccountId, before: &Storage) {
	for key in values_of_a_transaction(signer).keys().filter(|key| !before.contains_key(*key)) {
		unhashed::kill(key);
	}
	for (key, value) in before {
		unhashed::put_raw(key, value);
	}
}

/// What is under keys that begin so.
fn under(prefix: &[u8]) -> Storage {
	let first = unhashed::get_raw(prefix).map(|_| prefix.to_vec());
	let first = first.or_else(|| sp_io::storage::next_key(prefix));
	std::iter::successors(first, |key| sp_io::storage::next_key(key))
		.take_while(|key| key.starts_with(prefix))
		.map(|key| (key.clone(), unhashed::get_raw(&key).unwrap_or_default()))
		.collect()
}

/// The root of the storage.
///
/// Removes FRAME's count of open storage layers first, which a refused call may leave at zero. This
/// also makes the overlay compute the root anew: it caches the root until the next write, and does
/// not take appending, as to the list of events, for a write.
pub fn root() -> Vec<u8> {
	unhashed::kill(TRANSACTION_LEVEL_KEY);
	sp_io::storage::root(StateVersion::V1)
}

/// Everything in storage.
fn snapshot() -> Storage {
	under(&[])
}

/// The keys whose values differ from those of now.
fn differences(other: &Storage) -> BTreeSet<Vec<u8>> {
	let now = snapshot();
	let differs = |key: &&Vec<u8>| now.get(*key) != other.get(*key);
	now.keys().chain(other.keys()).filter(differs).cloned().collect()
}

/// The two bytes by which a call's encoding begins: the pallet and the call.
pub fn index_of(call: &RuntimeCall) -> (u8, u8) {
	let bytes = call.encode();
	(bytes[0], bytes[1])
}
