//! Every call of every pallet, the SDK's too, as an account without any role makes it: one with
//! funds, one without, and nobody.
//!
//! The calls are made from the metadata, with arguments of [`patterns`], so that none is left out. A
//! call is refused with an error that has a name and changes nothing, or it is on the list of those
//! that may succeed, which is exact. Each outcome of a call is reached in a transaction once more.

use super::{
	patterns::{self, PATTERNS},
	table::Table,
	world::*,
};
use crate::{
	metadata::metadata,
	support::{
		accesses, block,
		trace::{refusal_that_keeps, result_that_keeps, undone},
		transactions::{signed_for, Carried},
	},
};
use allora_primitives::ALLO;
use allora_runtime::{
	AccountId, Address, Executive, Runtime, RuntimeCall, RuntimeOrigin, UncheckedExtrinsic,
};
use codec::DecodeLimit;
use frame_metadata::RuntimeMetadata;
use frame_support::dispatch::{DispatchClass, GetDispatchInfo};
use scale_info::TypeDef;
use sp_core::{ecdsa, Pair};
use sp_keyring::Sr25519Keyring::*;
use sp_runtime::{
	traits::{Dispatchable, IdentifyAccount},
	transaction_validity::{InvalidTransaction, TransactionValidityError},
	ApplyExtrinsicResult, DispatchError, MultiSigner,
};
use std::collections::BTreeSet;

/// The depth to which transactions are decoded.
const DEPTH: u32 = frame_support::MAX_EXTRINSIC_DEPTH;

/// The account that makes a call.
#[derive(Clone, Copy, PartialEq)]
enum Who {
	/// An account with funds.
	Stranger,
	/// An account without any.
	Unfunded,
	/// Nobody: there is no signature.
	Nobody,
}

/// The calls by which an account with funds changes its own state, or that are open to everybody.
const BY_A_STRANGER: &[&str] = &[
	"Balances.burn",
	"Balances.transfer_all",
	"Balances.transfer_allow_death",
	"Balances.transfer_keep_alive",
	"Balances.upgrade_accounts",
	"ConvictionVoting.delegate",
	"ConvictionVoting.unlock",
	"Identity.set_identity",
	"Multisig.approve_as_multi",
	"Multisig.as_multi",
	"Multisig.as_multi_threshold_1",
	"Preimage.ensure_updated",
	"Preimage.note_preimage",
	"Proxy.add_proxy",
	"Proxy.create_pure",
	"Proxy.poke_deposit",
	"Proxy.remove_proxies",
	"Referenda.set_metadata",
	"Referenda.submit",
	"Staking.bond",
	"System.remark",
	"System.remark_with_event",
	"TechnicalCommittee.release_proposal_cost",
	"Topics.fund",
	"Topics.register",
	"Utility.as_derivative",
	"Utility.batch",
	"Utility.batch_all",
	"Utility.force_batch",
	"Utility.if_else",
	"Vesting.merge_schedules",
];
/// The calls that succeed without funds once they are dispatched, since they move nothing: transfers
/// of zero, bonds of all that there is. As transactions they are refused, for their fees.
const BY_THE_UNFUNDED: &[&str] = &[
	"Balances.burn",
	"Balances.transfer_all",
	"Balances.transfer_allow_death",
	"Balances.transfer_keep_alive",
	"Balances.upgrade_accounts",
	"ConvictionVoting.delegate",
	"ConvictionVoting.unlock",
	"Multisig.as_multi_threshold_1",
	"Preimage.ensure_updated",
	"Proxy.poke_deposit",
	"Proxy.remove_proxies",
	"Referenda.set_metadata",
	"Staking.bond",
	"System.remark",
	"System.remark_with_event",
	"TechnicalCommittee.release_proposal_cost",
	"Utility.as_derivative",
	"Utility.batch",
	"Utility.batch_all",
	"Utility.force_batch",
	"Utility.if_else",
	"Vesting.merge_schedules",
];
/// The calls that only the author may put into a block, each once.
const INHERENTS: &[&str] = &["Timestamp.set"];
/// The calls that succeed without a signature: they do nothing.
const BY_NOBODY: &[&str] = &["System.remark"];

/// The cases of an account with funds.
pub fn by_a_stranger(table: &mut Table) {
	cases(table, Who::Stranger, BY_A_STRANGER);
}

/// The cases of an account without funds.
pub fn by_the_unfunded(table: &mut Table) {
	cases(table, Who::Unfunded, BY_THE_UNFUNDED);
}

/// The cases without a signature.
pub fn by_nobody(table: &mut Table) {
	cases(table, Who::Nobody, BY_NOBODY);
}

/// Tries all calls, and fails unless exactly those of this list succeed.
fn cases(table: &mut Table, who: Who, may_succeed: &[&str]) {
	block(|| {
		create_active(usual());
		let dest = Address::Id(account(Who::Stranger));
		let value = 10_000 * ALLO;
		send(Alice, pallet_balances::Call::transfer_keep_alive { dest, value });
	});
	let mut succeeded = BTreeSet::new();
	let calls = calls();
	table.in_block(|table| {
		for (name, calls) in &calls {
			let root = table.root().to_vec();
			table.case(name, || {
				assert!(!calls.is_empty(), "no pattern of arguments decodes");
				let mut outcomes = Outcomes::new(&root, who);
				let is_inherent = who == Who::Nobody && INHERENTS.contains(&name.as_str());
				for call in calls.iter().filter(|_| !is_inherent) {
					if !outcomes.is_refused(call) {
						succeeded.insert(name.clone());
					}
				}
			});
		}
		let listed: BTreeSet<String> = may_succeed.iter().map(|name| name.to_string()).collect();
		table.case("calls that may succeed", || {
			let unlisted: Vec<_> = succeeded.difference(&listed).collect();
			let failing: Vec<_> = listed.difference(&succeeded).collect();
			assert!(unlisted.is_empty(), "these succeed: {unlisted:#?}");
			assert!(failing.is_empty(), "these never succeed: {failing:#?}");
		});
	});
}

/// All calls by their names, each with the arguments that decode.
fn calls() -> Vec<(String, Vec<RuntimeCall>)> {
	let RuntimeMetadata::V16(metadata) = metadata(16) else { panic!("metadata of version 16") };
	let mut calls = vec![];
	for pallet in &metadata.pallets {
		let id = pallet.calls.as_ref().map(|calls| calls.ty.id);
		let ty = id.and_then(|id| metadata.types.resolve(id)).map(|ty| &ty.type_def);
		let Some(TypeDef::Variant(variants)) = ty else { continue };
		for variant in &variants.variants {
			let bytes: BTreeSet<Vec<u8>> = (0..PATTERNS)
				.map(|nth| {
					let arguments = patterns::fields(&metadata.types, &variant.fields, nth);
					[&[pallet.index, variant.index], arguments.as_slice()].concat()
				})
				.collect();
			let decode = |bytes: &Vec<u8>| {
				RuntimeCall::decode_all_with_depth_limit(DEPTH, &mut &bytes[..]).ok()
			};
			let decoded = bytes.iter().filter_map(decode).collect();
			calls.push((format!("{}.{}", pallet.name, variant.name), decoded));
		}
	}
	calls
}

/// The outcomes of the tries of one call.
struct Outcomes<'a> {
	root: &'a [u8],
	who: Who,
	/// The errors, and success.
	known: BTreeSet<String>,
}

impl<'a> Outcomes<'a> {
	fn new(root: &'a [u8], who: Who) -> Self {
		Self { root, who, known: BTreeSet::new() }
	}

	/// Whether the call is refused. Fails if it is and has changed anything, or if its error has no
	/// name. Of each error the first is proved by the root of the storage, which takes long, and is
	/// reached in a transaction once more; the others by what they have written.
	fn is_refused(&mut self, call: &RuntimeCall) -> bool {
		let origin = match self.who {
			Who::Nobody => RuntimeOrigin::none(),
			who => RuntimeOrigin::signed(account(who)),
		};
		let (refusal, accesses) = undone(|| {
			accesses::of(|| call.clone().dispatch(origin.clone()).err().map(|of| of.error))
		});
		if let Some(error) = &refusal {
			assert!(!matches!(error, DispatchError::Other(_)), "{error:?} of {call:?}");
		}
		let is_new = self.known.insert(format!("{refusal:?}"));
		if is_new || (refusal.is_some() && !accesses.leave_no_trace()) {
			assert_eq!(refusal_that_keeps(self.root, call, origin), refusal);
		}
		if is_new {
			self.send(call, refusal);
		}
		refusal.is_some()
	}

	/// Sends a call in a transaction, which has the same outcome or is not valid.
	fn send(&self, call: &RuntimeCall, refusal: Option<DispatchError>) {
		let transaction = match self.who {
			Who::Nobody => UncheckedExtrinsic::new_bare(call.clone()),
			who => {
				let who = account(who);
				let carried = Carried::next(&who);
				signed_for(Address::Id(who), &key(self.who), call.clone(), carried)
			}
		};
		if call.get_dispatch_info().class == DispatchClass::Mandatory {
			// An author that puts it into a block makes it invalid, with all that it has done.
			let result = undone(|| Executive::apply_extrinsic(transaction));
			let invalid = match self.who {
				Who::Unfunded => InvalidTransaction::Payment,
				_ => InvalidTransaction::BadMandatory,
			};
			assert_eq!(result, Err(invalid.into()));
			return;
		}
		let result = result_that_keeps(self.root, &account(self.who), transaction);
		assert!(self.is_expected(call, refusal, &result), "{result:?} of {call:?}");
	}

	fn is_expected(
		&self,
		call: &RuntimeCall,
		refusal: Option<DispatchError>,
		result: &ApplyExtrinsicResult,
	) -> bool {
		use InvalidTransaction::*;
		let info = call.get_dispatch_info();
		match result {
			Ok(result) if self.who != Who::Unfunded => result.err() == refusal,
			Ok(_) => false,
			Err(TransactionValidityError::Unknown(_)) => self.who == Who::Nobody,
			Err(TransactionValidityError::Invalid(invalid)) => match invalid {
				Payment => self.who == Who::Unfunded,
				ExhaustsResources => {
					let limits = <Runtime as frame_system::Config>::BlockWeights::get();
					let most = limits.get(info.class).max_extrinsic;
					most.is_some_and(|most| info.call_weight.any_gt(most))
				}
				_ => self.who == Who::Nobody,
			},
		}
	}
}

/// The key of an account: of a scheme whose library is fast without optimization.
fn key(who: Who) -> ecdsa::Pair {
	ecdsa::Pair::from_seed(&[who as u8 + 1; 32])
}

fn account(who: Who) -> AccountId {
	MultiSigner::from(key(who).public()).into_account()
}
