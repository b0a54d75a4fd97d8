//! Calls in batches, by several signatories and by proxy; identities; sudo.

use crate::{
	deposit, AccountId, Balance, Balances, OriginCaller, Runtime, RuntimeCall, RuntimeEvent,
	Signature, System,
};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{
	parameter_types,
	traits::{ConstU32, Contains, InstanceFilter},
};
use frame_system::EnsureRoot;
use scale_info::TypeInfo;
use sp_runtime::traits::{BlakeTwo256, Verify};

impl pallet_utility::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type RuntimeCall = RuntimeCall;
	type PalletsOrigin = OriginCaller;
	type WeightInfo = pallet_utility::weights::SubstrateWeight<Runtime>;
}

impl pallet_sudo::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type RuntimeCall = RuntimeCall;
	type WeightInfo = pallet_sudo::weights::SubstrateWeight<Runtime>;
}

parameter_types! {
	/// Deposit per open multisig operation: one item of 88 bytes.
	pub const MultisigDepositBase: Balance = deposit(1, 88);
	/// Deposit per signatory: one account.
	pub const MultisigDepositFactor: Balance = deposit(0, 32);
	/// Deposit per account with proxies: one item of 8 bytes.
	pub const ProxyDepositBase: Balance = deposit(1, 8);
	/// Deposit per proxy: an account, a type and a delay.
	pub const ProxyDepositFactor: Balance = deposit(0, 37);
	/// Deposit per account with announcements: one item of 16 bytes.
	pub const AnnouncementDepositBase: Balance = deposit(1, 16);
	/// Deposit per announcement: an account, a hash and a block number.
	pub const AnnouncementDepositFactor: Balance = deposit(0, 68);
	/// Deposit per identity: one item of 258 bytes.
	pub const IdentityBasicDeposit: Balance = deposit(1, 258);
	/// Deposit per byte of an identity.
	pub const IdentityByteDeposit: Balance = deposit(0, 1);
	/// Deposit per user name: one item of 32 bytes.
	pub const UsernameDeposit: Balance = deposit(1, 32);
	/// Deposit per sub-account: one item of 53 bytes.
	pub const SubAccountDeposit: Balance = deposit(1, 53);
}

impl pallet_multisig::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type RuntimeCall = RuntimeCall;
	type Currency = Balances;
	type DepositBase = MultisigDepositBase;
	type DepositFactor = MultisigDepositFactor;
	type MaxSignatories = ConstU32<100>;
	type WeightInfo = pallet_multisig::weights::SubstrateWeight<Runtime>;
	type BlockNumberProvider = System;
}

/// What a proxy may do for an account; each type lists the calls that it allows.
#[derive(
	Clone,
	Copy,
	Debug,
	Default,
	PartialEq,
	Eq,
	PartialOrd,
	Ord,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub enum ProxyType {
	/// Everything the account may do.
	#[default]
	#[codec(index = 0)]
	Any,
	/// Submitting payloads and reports, but nothing that moves money.
	#[codec(index = 1)]
	Submissions,
}

impl InstanceFilter<RuntimeCall> for ProxyType {
	fn filter(&self, call: &RuntimeCall) -> bool {
		match self {
			Self::Any => true,
			Self::Submissions => is_submission(call),
		}
	}

	fn is_superset(&self, other: &Self) -> bool {
		self == other || *self == Self::Any
	}
}

/// Whether the call is a submission; a new call is refused until it is listed here.
fn is_submission(call: &RuntimeCall) -> bool {
	matches!(
		call,
		RuntimeCall::Inference(
			pallet_inference::Call::submit { .. }
				| pallet_inference::Call::commit { .. }
				| pallet_inference::Call::reveal { .. }
		) | RuntimeCall::Reputer(
			pallet_reputer::Call::report { .. }
				| pallet_reputer::Call::report_losses { .. }
				| pallet_reputer::Call::abstain { .. }
		)
	)
}

impl pallet_proxy::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type RuntimeCall = RuntimeCall;
	type Currency = Balances;
	type ProxyType = ProxyType;
	type ProxyDepositBase = ProxyDepositBase;
	type ProxyDepositFactor = ProxyDepositFactor;
	type MaxProxies = ConstU32<32>;
	type WeightInfo = pallet_proxy::weights::SubstrateWeight<Runtime>;
	type MaxPending = ConstU32<32>;
	type CallHasher = BlakeTwo256;
	type AnnouncementDepositBase = AnnouncementDepositBase;
	type AnnouncementDepositFactor = AnnouncementDepositFactor;
	type BlockNumberProvider = System;
}

/// The calls that are submissions.
pub struct Submissions;
impl Contains<RuntimeCall> for Submissions {
	fn contains(call: &RuntimeCall) -> bool {
		is_submission(call)
	}
}

impl crate::delegates::Config for Runtime {
	type Inside = RuntimeCall;
	type Submissions = Submissions;
}

impl pallet_identity::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type Currency = Balances;
	type BasicDeposit = IdentityBasicDeposit;
	type ByteDeposit = IdentityByteDeposit;
	type UsernameDeposit = UsernameDeposit;
	type SubAccountDeposit = SubAccountDeposit;
	type MaxSubAccounts = ConstU32<100>;
	type IdentityInformation = pallet_identity::legacy::IdentityInfo<ConstU32<100>>;
	type MaxRegistrars = ConstU32<20>;
	type Slashed = ();
	type ForceOrigin = EnsureRoot<AccountId>;
	type RegistrarOrigin = EnsureRoot<AccountId>;
	type OffchainSignature = Signature;
	type SigningPublicKey = <Signature as Verify>::Signer;
	type UsernameAuthorityOrigin = EnsureRoot<AccountId>;
	// The pallet counts blocks, of which there is at most one per slot.
	type PendingUsernameExpiration = pallet_timing::SlotsPerWeek<Runtime>;
	type UsernameGracePeriod = pallet_timing::SlotsPerMonth<Runtime>;
	type MaxSuffixLength = ConstU32<7>;
	type MaxUsernameLength = ConstU32<32>;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = ();
	type WeightInfo = pallet_identity::weights::SubstrateWeight<Runtime>;
}
