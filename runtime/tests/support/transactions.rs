//! Signed transactions.

use allora_runtime::{
	AccountId, Address, Balance, Nonce, Runtime, RuntimeCall, Signature, System, TxExtension,
	UncheckedExtrinsic,
};
use codec::Encode;
use frame_metadata_hash_extension::CheckMetadataHash;
use sp_core::{sr25519, Pair};
use sp_runtime::generic::{Era, SignedPayload};

/// What a transaction carries besides its call.
#[derive(Clone, Copy)]
pub struct Carried {
	/// The number of transactions that its signer has sent before.
	pub nonce: Nonce,
	/// The blocks in which it is valid.
	pub era: Era,
	/// The tip in planck.
	pub tip: Balance,
}

impl Carried {
	/// What the next transaction of an account carries: it is valid for ever, and has no tip.
	pub fn next(who: &AccountId) -> Self {
		Self { nonce: System::account_nonce(who), era: Era::Immortal, tip: 0 }
	}

	fn extension(self) -> TxExtension {
		(
			frame_system::CheckNonZeroSender::new(),
			frame_system::CheckSpecVersion::new(),
			frame_system::CheckTxVersion::new(),
			frame_system::CheckGenesis::new(),
			frame_system::CheckEra::from(self.era),
			frame_system::CheckNonce::from(self.nonce),
			frame_system::CheckWeight::new(),
			pallet_transaction_payment::ChargeTransactionPayment::<Runtime>::from(self.tip).into(),
			CheckMetadataHash::new(false),
			frame_system::WeightReclaim::new(),
		)
	}
}

/// A call as a transaction of the account of this key, with a tip in planck.
pub fn signed(
	key: &sr25519::Pair,
	call: impl Into<RuntimeCall>,
	tip: Balance,
) -> UncheckedExtrinsic {
	let who = AccountId::from(key.public());
	let carried = Carried { tip, ..Carried::next(&who) };
	signed_for(Address::Id(who), key, call, carried)
}

/// A call as a transaction that names this address as its signer, and is signed with this key.
pub fn signed_for(
	signer: Address,
	key: &impl Pair<Signature: Into<Signature>>,
	call: impl Into<RuntimeCall>,
	carried: Carried,
) -> UncheckedExtrinsic {
	let payload = SignedPayload::new(call.into(), carried.extension())
		.expect("every implicit value is known");
	let signature = payload.using_encoded(|bytes| key.sign(bytes));
	let (call, extension, _) = payload.deconstruct();
	UncheckedExtrinsic::new_signed(call, signer, signature.into(), extension)
}
