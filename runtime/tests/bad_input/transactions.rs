//! Transactions that are not valid, and bytes that are none.

use super::{table::Table, world::*};
use crate::support::{
	block, run_to,
	trace::{result_without_a_trace, undone},
	transactions::{signed, signed_for, Carried},
};
use allora_primitives::{Balance, EpochId, TopicId, ALLO};
use allora_runtime::{
	AccountId, Address, BlockNumber, Executive, Runtime, RuntimeCall, System, UncheckedExtrinsic,
};
use codec::{Compact, Decode, DecodeAll, DecodeLimit, Encode};
use frame_support::{storage::transactional::TRANSACTIONAL_LIMIT, weights::Weight};
use sp_core::{sr25519, Pair, H256};
use sp_keyring::Sr25519Keyring::{self, *};
use sp_runtime::{
	generic::Era,
	transaction_validity::{
		InvalidTransaction as Invalid, TransactionSource, TransactionValidityError as Refused,
		UnknownTransaction as Unknown,
	},
	ArithmeticError, DispatchError, TransactionalError,
};
use sp_transaction_pool::runtime_api::runtime_decl_for_tagged_transaction_queue::TaggedTransactionQueue;

/// The depth to which the runtime APIs decode transactions.
const DEPTH: u32 = frame_support::MAX_EXTRINSIC_DEPTH;

/// All cases of this room.
pub fn cases(table: &mut Table) {
	let topic = block(|| create_active(usual()));
	let epoch = collecting(topic);
	invalid(table, topic, epoch);
	unsigned(table, topic, epoch);
	too_large(table);
	spam(table, topic, epoch);
	replay(table, topic, epoch);
	bytes(table, topic, epoch);
	nesting(table);
}

/// A transaction is refused by the pool from every source, and in a block, where it changes nothing.
fn refused(
	table: &mut Table,
	what: &str,
	who: &AccountId,
	transaction: &UncheckedExtrinsic,
	error: impl Into<Refused>,
) {
	let error = error.into();
	table.case(what, || {
		check_pools(transaction, error);
		assert_eq!(result_without_a_trace(who, transaction.clone()), Err(error), "in a block");
	});
}

/// Fails unless the pool refuses the transaction from every source.
fn check_pools(transaction: &UncheckedExtrinsic, error: Refused) {
	for source in
		[TransactionSource::External, TransactionSource::Local, TransactionSource::InBlock]
	{
		let pool = undone(|| {
			Runtime::validate_transaction(source, transaction.clone(), System::parent_hash())
		});
		assert_eq!(pool.map(|_| ()), Err(error), "in the pool from {source:?}");
	}
}

fn invalid(table: &mut Table, topic: TopicId, epoch: EpochId) {
	let call = || submit(topic, epoch, &[number(1)]);
	let alice = id(Alice);
	let by = |key: Sr25519Keyring, carried| {
		signed_for(Address::Id(id(Alice)), &key.pair(), call(), carried)
	};
	table.in_block(|table| {
		let carried = Carried::next(&alice);
		let mut case =
			|what, transaction, error: Invalid| refused(table, what, &alice, &transaction, error);
		case("another's key", by(Bob, carried), Invalid::BadProof);
		case(
			"tip beyond the balance",
			by(Alice, Carried { tip: Balance::MAX, ..carried }),
			Invalid::Payment,
		);
		let mut other_call = by(Alice, carried);
		other_call.function = submit(topic, epoch, &[number(2)]);
		case("signature of another call", other_call, Invalid::BadProof);
		let nobody = signed_for(Address::Raw(vec![1]), &Alice.pair(), call(), carried);
		refused(table, "signer of no account", &alice, &nobody, Unknown::CannotLookup);
	});
	// A nonce to come waits in the pool, and has no place in a block.
	table.in_block(|table| {
		for nonce in [System::account_nonce(&alice) + 1, u32::MAX] {
			table.case("nonce to come", || {
				let transaction = by(Alice, Carried { nonce, ..Carried::next(&alice) });
				let result = result_without_a_trace(&alice, transaction);
				assert_eq!(result, Err(Invalid::Future.into()));
			});
		}
	});
	// Valid for four blocks from the newest block on whose hash is on record.
	let era = Era::mortal(4, (System::block_number() - 1).into());
	let expires = Carried { era, ..Carried::next(&alice) };
	let transaction = by(Alice, expires);
	table.supposing(
		|| {
			// After three periods of the era, the birth that it has then is two blocks before the next.
			run_to(crate::support::now() + 12);
			// Blocks of tests do not name their parents, and so have no hashes on record.
			let birth = era.birth(System::block_number().saturating_add(1).into()) as BlockNumber;
			frame_system::BlockHash::<Runtime>::insert(birth, H256::repeat_byte(1));
		},
		|table| {
			refused(table, "transaction that has expired", &alice, &transaction, Invalid::BadProof)
		},
	);
}

fn unsigned(table: &mut Table, topic: TopicId, epoch: EpochId) {
	let transfer =
		pallet_balances::Call::transfer_all { dest: Address::Id(id(Eve)), keep_alive: false };
	let sudo = pallet_sudo::Call::sudo { call: Box::new(submit(topic, epoch, &[])) };
	let calls: [(&str, RuntimeCall); 5] = [
		("unsigned submission", submit(topic, epoch, &[number(1)])),
		("unsigned report", report(topic, epoch, &[number(1)])),
		("unsigned transfer", transfer.into()),
		("unsigned sudo", sudo.into()),
		("unsigned start", pallet_emissions::Call::start {}.into()),
	];
	table.in_block(|table| {
		for (what, call) in calls {
			let bare = UncheckedExtrinsic::new_bare(call);
			table.case(what, || {
				check_pools(&bare, Unknown::NoUnsignedValidator.into());
				// An author that puts it into a block all the same achieves nothing.
				let result = result_without_a_trace(&id(Alice), bare);
				assert_eq!(result, Ok(Err(DispatchError::BadOrigin)));
			});
		}
		let time = pallet_timestamp::Call::set { now: u64::MAX };
		let transaction = signed(&Eve.pair(), time, 0);
		table.case("the time by an account", || {
			check_pools(&transaction, Invalid::MandatoryValidation.into());
			// The author undoes what it has done, and a block with it is not valid.
			let result = undone(|| Executive::apply_extrinsic(transaction));
			assert_eq!(result, Err(Invalid::BadMandatory.into()));
		});
	});
}

/// What no block has room for.
fn too_large(table: &mut Table) {
	let call = || Box::new(RuntimeCall::from(frame_system::Call::remark { remark: vec![] }));
	let multi = |max_weight| pallet_multisig::Call::as_multi {
		threshold: 2,
		other_signatories: vec![id(Alice)],
		maybe_timepoint: None,
		call: call(),
		max_weight,
	};
	let calls: [(&str, RuntimeCall); 3] = [
		(
			"remark of four million bytes",
			frame_system::Call::remark { remark: vec![0; 4_000_000] }.into(),
		),
		("operation of any weight", multi(Weight::MAX).into()),
		("operation of two seconds", multi(Weight::from_parts(2_000_000_000_000, 0)).into()),
	];
	table.in_block(|table| {
		for (what, call) in calls {
			let transaction = signed(&Eve.pair(), call, 0);
			refused(table, what, &id(Eve), &transaction, Invalid::ExhaustsResources);
		}
	});
}

/// Accounts without money send what is free of the fee if it succeeds.
fn spam(table: &mut Table, topic: TopicId, epoch: EpochId) {
	table.in_block(|table| {
		table.case("ten submissions of accounts without money", || {
			for n in 0..10u32 {
				let key = sr25519::Pair::from_seed(&sp_io::hashing::blake2_256(&n.encode()));
				let transaction = signed(&key, submit(topic, epoch, &[number(1)]), 0);
				check_pools(&transaction, Invalid::Payment.into());
				let result = result_without_a_trace(&key.public().into(), transaction);
				assert_eq!(result, Err(Invalid::Payment.into()));
			}
		});
	});
}

/// A transaction twice, and a free submission until the block is full.
fn replay(table: &mut Table, topic: TopicId, epoch: EpochId) {
	table.in_block(|table| {
		let transaction = signed(&Alice.pair(), submit(topic, epoch, &[number(1)]), 0);
		assert_eq!(Executive::apply_extrinsic(transaction.clone()), Ok(Ok(())));
		refused(table, "transaction replayed", &id(Alice), &transaction, Invalid::Stale);
		let free = allora_runtime::Balances::free_balance(id(Alice));
		table.case("free submission twenty times", || {
			for _ in 0..20 {
				let again = signed(&Alice.pair(), submit(topic, epoch, &[number(1)]), 0);
				let error = pallet_inference::Error::<Runtime>::AlreadySubmitted;
				assert_eq!(Executive::apply_extrinsic(again), Ok(Err(error.into())));
			}
			let paid = free - allora_runtime::Balances::free_balance(id(Alice));
			assert!(paid >= 20 * ALLO / 1_000, "{paid}");
		});
	});
}

/// Decodes a transaction as the runtime APIs do.
fn decoded(bytes: &[u8]) -> Option<UncheckedExtrinsic> {
	UncheckedExtrinsic::decode_all_with_depth_limit(DEPTH, &mut &bytes[..]).ok()
}

/// Bytes that are no transaction, or not the one that was signed.
fn bytes(table: &mut Table, topic: TopicId, epoch: EpochId) {
	table.in_block(|table| {
		let transaction = signed(&Alice.pair(), submit(topic, epoch, &[number(1)]), 0);
		let bytes = transaction.encode();
		table.case("transaction cut off anywhere", || {
			assert_eq!(decoded(&bytes).map(|decoded| decoded.encode()), Some(bytes.clone()));
			for end in 0..bytes.len() {
				assert_eq!(decoded(&bytes[..end]), None, "after {end} bytes");
			}
		});
		table.case("transaction with bytes after it", || {
			assert_eq!(decoded(&[&bytes[..], &[0]].concat()), None);
		});
		table.case("transaction with one byte changed", || {
			let mut refusals = std::collections::BTreeMap::<String, u32>::new();
			// Most of them cost a check of a signature, which is slow without optimization.
			for at in (0..bytes.len()).step_by(3) {
				let mut changed = bytes.clone();
				changed[at] ^= 1 << (at % 8);
				let Some(other) = decoded(&changed) else {
					*refusals.entry("not decoded".into()).or_default() += 1;
					continue;
				};
				let error = result_without_a_trace(&id(Alice), other).expect_err("it is refused");
				*refusals.entry(format!("{error:?}")).or_default() += 1;
			}
			let sum: u32 = refusals.values().sum();
			assert_eq!(sum as usize, bytes.len().div_ceil(3), "{refusals:?}");
		});
		table.case("noise of every length", || {
			let mut noise = sp_io::hashing::blake2_256(b"noise").to_vec();
			for length in 0..1_000 {
				noise.extend(sp_io::hashing::blake2_256(&noise[noise.len() - 32..]));
				assert_eq!(decoded(&noise[..length]), None, "{length} bytes");
			}
		});
		// A vector that claims to have more bytes than there are.
		for claimed in [1 << 20, u32::MAX >> 2, u32::MAX] {
			table.case("length beyond the end", || {
				let claim = Compact(claimed).encode();
				assert_eq!(decoded(&claim), None);
				assert_eq!(decoded(&[&claim[..], &bytes].concat()), None);
				// The call `remark`, by its indices.
				assert!(RuntimeCall::decode(&mut &[&[0, 0][..], &claim].concat()[..]).is_err());
			});
		}
		oversized(table, topic, epoch);
	});
}

/// Arguments at the bounds of their types decode, and one more does not.
fn oversized(table: &mut Table, topic: TopicId, epoch: EpochId) {
	let submission = |values: usize, losses: usize| {
		let inference = Some(vec![Some(number(1)); values]);
		let forecast = Some(vec![(id(Alice), number(1)); losses]);
		([31u8, 0], topic, epoch, inference, forecast).encode()
	};
	let values = |count| submission(count, 1);
	let forecast = |count| submission(1, count);
	let truths = |count| ([32u8, 4], topic, epoch, vec![number(1); count]).encode();
	let entries = |count| ([30u8, 10], topic, 0u8, vec![id(Alice); count]).encode();
	let text = |count| {
		// The text is the first parameter.
		let others = usual().encode().split_off(usual().metadata.encoded_size());
		[([30u8, 0], vec![b'x'; count]).encode(), others].concat()
	};
	type Encoding<'a> = &'a dyn Fn(usize) -> Vec<u8>;
	let rows: [(&str, usize, Encoding); 5] = [
		("values", 32, &values),
		("losses in a forecast", 128, &forecast),
		("truths", 32, &truths),
		("entries", 400, &entries),
		("bytes of text", 1_020, &text),
	];
	for (what, bound, encoding) in rows {
		table.case(what, || {
			let is_read = |count| RuntimeCall::decode_all(&mut &encoding(count)[..]).is_ok();
			assert!(is_read(bound), "{bound}");
			assert!(!is_read(bound + 1), "more than {bound}");
		});
	}
}

/// Puts a call into another one.
type Wrapper = fn(RuntimeCall) -> RuntimeCall;

/// The call is made by an account of the signer and Alice, of whom one suffices.
fn by_multisig(call: RuntimeCall) -> RuntimeCall {
	let (other_signatories, call) = (vec![id(Alice)], Box::new(call));
	pallet_multisig::Call::as_multi_threshold_1 { other_signatories, call }.into()
}

/// The call is made for Bob, who has no proxies.
fn by_proxy(call: RuntimeCall) -> RuntimeCall {
	let (real, call) = (Address::Id(id(Bob)), Box::new(call));
	pallet_proxy::Call::proxy { real, force_proxy_type: None, call }.into()
}

/// The call is in a batch, which fails if it does.
fn by_batch(call: RuntimeCall) -> RuntimeCall {
	pallet_utility::Call::batch_all { calls: vec![call] }.into()
}

/// The call in this many others, by these wrappers in turn from the inside out.
fn nested(inside: &RuntimeCall, depth: u32, wrappers: &[Wrapper]) -> RuntimeCall {
	let wrappers = wrappers.iter().cycle().take(depth as usize);
	wrappers.fold(inside.clone(), |call, wrap| wrap(call))
}

/// Calls in calls in calls.
fn nesting(table: &mut Table) {
	let (dest, value) = (Address::Id(id(Bob)), Balance::MAX);
	let beyond = RuntimeCall::from(pallet_balances::Call::transfer_allow_death { dest, value });
	let for_bob = by_proxy(beyond.clone());
	let more_than_there_is = DispatchError::Arithmetic(ArithmeticError::Underflow);
	let no_proxy = DispatchError::from(pallet_proxy::Error::<Runtime>::NotProxy);
	let too_deep = DispatchError::Transactional(TransactionalError::LimitReached);
	// A proxy call succeeds even if the call inside fails. So it is the outermost proxy call that is
	// refused, and what it contains does not run. A batch refuses another one directly inside.
	let kinds: [(&str, &RuntimeCall, &[Wrapper], DispatchError); 4] = [
		("multisigs in each other", &beyond, &[by_multisig], more_than_there_is),
		("proxies in each other", &beyond, &[by_proxy], no_proxy),
		("a proxy in batches and multisigs", &for_bob, &[by_batch, by_multisig], no_proxy),
		("proxies, batches and multisigs", &beyond, &[by_proxy, by_batch, by_multisig], no_proxy),
	];
	table.in_block(|table| {
		for (what, inside, wrappers, error) in kinds {
			for depth in [1, 10, 50] {
				table.signed(what, Eve, nested(inside, depth, wrappers), error);
			}
			table.case("more depth than is decoded", || {
				let encoded = |depth| nested(inside, depth, wrappers).encode();
				let decoded = |bytes: Vec<u8>| {
					RuntimeCall::decode_with_depth_limit(DEPTH, &mut &bytes[..]).is_ok()
				};
				assert!(decoded(encoded(100)) && !decoded(encoded(DEPTH + 1)), "{what}");
			});
		}
		// Each call that runs takes a storage layer, of which there are not that many.
		for (what, inside, wrappers, _) in [&kinds[0], &kinds[2]] {
			table.signed(what, Eve, nested(inside, TRANSACTIONAL_LIMIT, wrappers), too_deep);
		}
	});
}
