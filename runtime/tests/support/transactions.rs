//! Signed transactions.

use allora_runtime::{
	AccountId, Address, Balance, Runtime, RuntimeCall, Signature, System, TxExtension,
	UncheckedExtrinsic,
};
use codec::Encode;
use frame_metadata_hash_extension::CheckMetadataHash;
use sp_core::Pair;
use sp_runtime::generic::{Era, SignedPayload};

/// A call as a transaction of the account of this key, with a tip in planck.
pub fn signed(
	key: &sp_core::sr25519::Pair,
	call: impl Into<RuntimeCall>,
	tip: Balance,
) -> UncheckedExtrinsic {
	let who = AccountId::from(key.public());
	let extension: TxExtension = (
		frame_system::CheckNonZeroSender::new(),
		frame_system::CheckSpecVersion::new(),
		frame_system::CheckTxVersion::new(),
		frame_system::CheckGenesis::new(),
		frame_system::CheckEra::from(Era::Immortal),
		frame_system::CheckNonce::from(System::account_nonce(&who)),
		frame_system::CheckWeight::new(),
		pallet_transaction_payment::ChargeTransactionPayment::<Runtime>::from(tip).into(),
		CheckMetadataHash::new(false),
		frame_system::WeightReclaim::new(),
	);
	let payload =
		SignedPayload::new(call.into(), extension).expect("every implicit value is known");
	let signature = payload.using_encoded(|bytes| key.sign(bytes));
	let (call, extension, _) = payload.deconstruct();
	UncheckedExtrinsic::new_signed(call, Address::Id(who), Signature::Sr25519(signature), extension)
}
