//! The transaction extension that charges fees: the SDK's, with two rules for what is free (S 1.2).
//!
//! - A submission that is free stays so inside of a proxy call or of a batch of one. `proxy` and the
//!   batches of the SDK drop the `Pays::No` of the call inside. That it was free is known by the
//!   pallets' own counts of free submissions, which grow with nothing else.
//! - In a block that is fuller than the target, everything pays. So free transactions alone never
//!   fill a block beyond the fullness from which fees rise.
//!
//! The extension wraps `ChargeTransactionPayment` and has its name, type and bytes, so that metadata
//! and wallets do not see it.

use crate::{
	configs::{FollowFullness, TargetBlockFullness},
	Inference, Reputer, Runtime, RuntimeCall, RuntimeOrigin, System,
};
use allora_primitives::{EpochId, TopicId};
use codec::{Decode, DecodeWithMemTracking, Encode};
use frame_support::{
	dispatch::{DispatchClass, DispatchInfo, Pays, PostDispatchInfo},
	weights::Weight,
};
use pallet_transaction_payment::ChargeTransactionPayment;
use scale_info::{Type, TypeInfo};
use sp_runtime::{
	traits::{Implication, TransactionExtension, TransactionExtensionMetadata, ValidateResult},
	transaction_validity::{TransactionSource, TransactionValidityError},
	DispatchResult,
};

/// The wrapped extension.
type Inner = ChargeTransactionPayment<Runtime>;

/// The maximum number of calls around a submission that is free.
const MAX_DEPTH: u32 = 2;

/// Storage items read to count the free submissions of an epoch: the topic, its superseded
/// parameters, two active sets and the commitments.
const READS: u64 = 5;

/// The time to decode them, in picoseconds, of which the largest is a set of 16 reports with 346
/// losses each.
const DECODING: u64 = 150_000_000;

/// Charges fees as `ChargeTransactionPayment` does, with the rules for submissions above.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking)]
pub struct ChargeFee(Inner);

impl From<Inner> for ChargeFee {
	fn from(inner: Inner) -> Self {
		Self(inner)
	}
}

impl TypeInfo for ChargeFee {
	type Identity = Inner;
	fn type_info() -> Type {
		Inner::type_info()
	}
}

/// A kind of call that is free if it succeeds or takes a seat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
	/// A submission, a commitment or a reveal for an epoch.
	Inference(TopicId, EpochId),
	/// A report on an epoch.
	Reputer(TopicId, EpochId),
	/// A collection of earnings.
	Earnings,
	/// A removal of old records.
	Records,
}

impl Subject {
	/// The subject of a call or of the one inside of it, and whether it is inside.
	fn of(call: &RuntimeCall) -> Option<(Self, bool)> {
		let inside = (0..MAX_DEPTH).fold(call, |call, _| wrapped(call).unwrap_or(call));
		Some((Self::of_inside(inside)?, !core::ptr::eq(inside, call)))
	}

	/// The subject of a call that is inside of no other.
	fn of_inside(call: &RuntimeCall) -> Option<Self> {
		use pallet_inference::Call as Of;
		use pallet_reputer::Call as OfReputer;
		match call {
			RuntimeCall::Inference(
				Of::submit { topic, epoch, .. }
				| Of::commit { topic, epoch, .. }
				| Of::reveal { topic, epoch, .. },
			) => Some(Self::Inference(*topic, *epoch)),
			RuntimeCall::Reputer(
				OfReputer::report { topic, epoch, .. }
				| OfReputer::report_losses { topic, epoch, .. },
			) => Some(Self::Reputer(*topic, *epoch)),
			RuntimeCall::Emissions(pallet_emissions::Call::collect { .. }) => Some(Self::Earnings),
			RuntimeCall::Clock(pallet_clock::Call::prune { .. }) => Some(Self::Records),
			_ => None,
		}
	}

	/// The count that grows with each free submission.
	fn free(self) -> u32 {
		match self {
			Self::Inference(topic, epoch) => Inference::free_of_fee(topic, epoch),
			Self::Reputer(topic, epoch) => Reputer::free_of_fee(topic, epoch),
			// These are free on their own only.
			Self::Earnings | Self::Records => 0,
		}
	}

	/// The weight of counting before and after a call.
	fn weight() -> Weight {
		let db = <Runtime as frame_system::Config>::DbWeight::get();
		db.reads(READS).saturating_add(Weight::from_parts(DECODING, 0).saturating_mul(2))
	}
}

/// Whether the block's normal transactions fill it beyond the target, by weight or by length.
fn is_busy() -> bool {
	if FollowFullness::of_length() > TargetBlockFullness::get() {
		return true;
	}
	let limits = <Runtime as frame_system::Config>::BlockWeights::get();
	let most = limits.get(DispatchClass::Normal).max_total.unwrap_or(limits.max_block);
	let target = Weight::from_parts(
		TargetBlockFullness::get() * most.ref_time(),
		TargetBlockFullness::get() * most.proof_size(),
	);
	System::block_weight().get(DispatchClass::Normal).any_gt(target)
}

/// The call inside of a proxy call, or the only one of a batch.
fn wrapped(call: &RuntimeCall) -> Option<&RuntimeCall> {
	use pallet_utility::Call as Utility;
	match call {
		RuntimeCall::Proxy(pallet_proxy::Call::proxy { call, .. })
		| RuntimeCall::Delegates(crate::delegates::Call::submit_for { call, .. }) => Some(call),
		RuntimeCall::Utility(
			Utility::batch { calls }
			| Utility::batch_all { calls }
			| Utility::force_batch { calls },
		) => match calls.as_slice() {
			[call] => Some(call),
			_ => None,
		},
		_ => None,
	}
}

impl TransactionExtension<RuntimeCall> for ChargeFee {
	const IDENTIFIER: &'static str = <Inner as TransactionExtension<RuntimeCall>>::IDENTIFIER;
	type Implicit = ();
	type Val = <Inner as TransactionExtension<RuntimeCall>>::Val;
	/// That of the wrapped extension; the call's subject and, if it is inside of another call, the
	/// count before.
	type Pre = (<Inner as TransactionExtension<RuntimeCall>>::Pre, Option<(Subject, Option<u32>)>);

	fn metadata() -> alloc::vec::Vec<TransactionExtensionMetadata> {
		<Inner as TransactionExtension<RuntimeCall>>::metadata()
	}

	fn weight(&self, call: &RuntimeCall) -> Weight {
		let counting = match Subject::of(call) {
			Some((_, true)) => Subject::weight(),
			_ => Weight::zero(),
		};
		self.0.weight(call).saturating_add(counting)
	}

	fn validate(
		&self,
		origin: RuntimeOrigin,
		call: &RuntimeCall,
		info: &DispatchInfo,
		len: usize,
		implicit: (),
		implication: &impl Implication,
		source: TransactionSource,
	) -> ValidateResult<Self::Val, RuntimeCall> {
		self.0.validate(origin, call, info, len, implicit, implication, source)
	}

	fn prepare(
		self,
		val: Self::Val,
		origin: &RuntimeOrigin,
		call: &RuntimeCall,
		info: &DispatchInfo,
		len: usize,
	) -> Result<Self::Pre, TransactionValidityError> {
		let subject = Subject::of(call)
			.map(|(subject, is_inside)| (subject, is_inside.then(|| subject.free())));
		Ok((self.0.prepare(val, origin, call, info, len)?, subject))
	}

	fn post_dispatch(
		(pre, subject): Self::Pre,
		info: &DispatchInfo,
		post_info: &mut PostDispatchInfo,
		len: usize,
		result: &DispatchResult,
	) -> Result<(), TransactionValidityError> {
		if let Some((subject, before)) = subject {
			if before.is_some_and(|before| subject.free() > before) {
				post_info.pays_fee = Pays::No;
			}
			if is_busy() {
				post_info.pays_fee = Pays::Yes;
			}
		}
		<Inner as TransactionExtension<RuntimeCall>>::post_dispatch(
			pre, info, post_info, len, result,
		)
	}
}
