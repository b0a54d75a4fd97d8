//! # Runtime
//!
//! Composition of the Allora solo chain: its pallets and their configuration, the runtime APIs that
//! it serves, and its genesis presets. Every rule of the protocol is in a pallet.
#![cfg_attr(not(feature = "std"), no_std)]
#![recursion_limit = "256"]
// The SDK's runtime macros make public items without docs.
#![allow(missing_docs)]

extern crate alloc;

/// The runtime as wasm, made by the build script.
#[cfg(feature = "wasm")]
#[allow(dead_code)]
mod wasm {
	include!(concat!(env!("OUT_DIR"), "/wasm_binary.rs"));
}
#[cfg(feature = "wasm")]
pub use wasm::{WASM_BINARY, WASM_BINARY_BLOATY};

pub mod apis;
#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
pub mod charge_fee;
pub mod configs;
pub mod delegates;
pub mod epoch;
pub mod genesis_presets;
pub mod genesis_validators;
pub mod governance;
pub mod migrations;
pub mod parameters;
pub mod production;
pub mod rotation;
pub mod views;
mod weights;

use alloc::{borrow::Cow, vec::Vec};
use frame_support::weights::{constants::WEIGHT_REF_TIME_PER_SECOND, Weight};
use sp_runtime::{
	generic,
	traits::{BlakeTwo256, IdentifyAccount, Verify},
	MultiAddress, MultiSignature, Perbill,
};
use sp_version::RuntimeVersion;

pub use allora_primitives::{Balance, BlockNumber, ALLO};
#[cfg(feature = "std")]
pub use apis::RuntimeApi;
pub use apis::RUNTIME_API_VERSIONS;

/// Signature of a transaction.
pub type Signature = MultiSignature;
/// An account, by its public key.
pub type AccountId = <<Signature as Verify>::Signer as IdentifyAccount>::AccountId;
/// The number of transactions that an account has sent.
pub type Nonce = u32;
/// Hash of a block, a transaction or a state.
pub type Hash = sp_core::H256;
/// An account as transactions name it.
pub type Address = MultiAddress<AccountId, ()>;
/// Header of a block.
pub type Header = generic::Header<BlockNumber, BlakeTwo256>;
/// A block.
pub type Block = generic::Block<Header, UncheckedExtrinsic>;
/// What a transaction carries besides its call: checks, nonce, tip.
///
/// Clients have to know each of them by name, so there is none without use. `AuthorizeCall` is for
/// calls with a `#[pallet::authorize]` of their own, and no pallet of this runtime has one.
pub type TxExtension = (
	frame_system::CheckNonZeroSender<Runtime>,
	frame_system::CheckSpecVersion<Runtime>,
	frame_system::CheckTxVersion<Runtime>,
	frame_system::CheckGenesis<Runtime>,
	frame_system::CheckEra<Runtime>,
	frame_system::CheckNonce<Runtime>,
	frame_system::CheckWeight<Runtime>,
	charge_fee::ChargeFee,
	frame_metadata_hash_extension::CheckMetadataHash<Runtime>,
	frame_system::WeightReclaim<Runtime>,
);
/// A transaction whose signature has not been checked yet.
pub type UncheckedExtrinsic =
	generic::UncheckedExtrinsic<Address, RuntimeCall, Signature, TxExtension>;
/// Executes blocks.
pub type Executive = frame_executive::Executive<
	Runtime,
	Block,
	frame_system::ChainContext<Runtime>,
	Runtime,
	AllPalletsWithSystem,
>;

/// Types with which the node handles blocks without decoding calls.
pub mod opaque {
	use super::*;
	pub use sp_runtime::OpaqueExtrinsic as UncheckedExtrinsic;

	/// Header of a block.
	pub type Header = generic::Header<BlockNumber, BlakeTwo256>;
	/// A block whose transactions are plain bytes.
	pub type Block = generic::Block<Header, UncheckedExtrinsic>;
	/// The number of a block, or its hash.
	pub type BlockId = generic::BlockId<Block>;
}

sp_runtime::impl_opaque_keys! {
	/// Keys that a validator signs with, in the order of the session handlers.
	pub struct SessionKeys {
		/// Block production.
		pub babe: Babe,
		/// Finality.
		pub grandpa: Grandpa,
		/// Signs the record with which validators find each other.
		pub authority_discovery: AuthorityDiscovery,
		/// Finality for other chains.
		pub beefy: Beefy,
	}
}

/// Version of the runtime.
#[sp_version::runtime_version]
pub const VERSION: RuntimeVersion = RuntimeVersion {
	spec_name: Cow::Borrowed("allora"),
	impl_name: Cow::Borrowed("allora-node"),
	authoring_version: 1,
	spec_version: 100,
	impl_version: 1,
	apis: RUNTIME_API_VERSIONS,
	transaction_version: 1,
	system_version: 1,
};

/// The minimum balance of an account: 0.001 ALLO.
pub const EXISTENTIAL_DEPOSIT: Balance = ALLO / 1_000;
/// The maximum supply: 10^9 ALLO.
pub const MAX_SUPPLY: Balance = 1_000_000_000 * ALLO;
/// The part of a block that normal transactions may use; hooks and operational calls may use all.
pub const NORMAL_DISPATCH_RATIO: Perbill = Perbill::from_percent(75);
/// Maximum weight of a block: two seconds of computing, a third of the slot in production.
pub const MAXIMUM_BLOCK_WEIGHT: Weight =
	Weight::from_parts(WEIGHT_REF_TIME_PER_SECOND.saturating_mul(2), u64::MAX);
/// The probability that a BABE slot has a primary author: one in four.
pub const PRIMARY_PROBABILITY: (u64, u64) = (1, 4);

/// BABE's configuration at genesis.
pub const BABE_GENESIS_EPOCH_CONFIG: sp_consensus_babe::BabeEpochConfiguration =
	sp_consensus_babe::BabeEpochConfiguration {
		c: PRIMARY_PROBABILITY,
		allowed_slots: sp_consensus_babe::AllowedSlots::PrimaryAndSecondaryPlainSlots,
	};

/// The deposit for something in storage: 0.1 ALLO per item and 0.0001 ALLO per byte.
pub const fn deposit(items: u32, bytes: u32) -> Balance {
	items as Balance * (ALLO / 10) + bytes as Balance * (ALLO / 10_000)
}

#[frame_support::runtime]
mod runtime {
	/// The chain.
	#[runtime::runtime]
	#[runtime::derive(
		RuntimeCall,
		RuntimeEvent,
		RuntimeError,
		RuntimeOrigin,
		RuntimeFreezeReason,
		RuntimeHoldReason,
		RuntimeSlashReason,
		RuntimeLockId,
		RuntimeTask,
		RuntimeViewFunction
	)]
	pub struct Runtime;

	#[runtime::pallet_index(0)]
	pub type System = frame_system;
	#[runtime::pallet_index(1)]
	pub type Timestamp = pallet_timestamp;
	// Before Babe, Session and Staking, whose genesis reads slot, session and era lengths from it.
	#[runtime::pallet_index(2)]
	pub type Timing = pallet_timing;
	#[runtime::pallet_index(3)]
	pub type Babe = pallet_babe;
	#[runtime::pallet_index(4)]
	pub type Authorship = pallet_authorship;
	#[runtime::pallet_index(5)]
	pub type Balances = pallet_balances;
	#[runtime::pallet_index(6)]
	pub type TransactionPayment = pallet_transaction_payment;
	#[runtime::pallet_index(7)]
	pub type Staking = pallet_staking;
	// After Staking, whose genesis validators it changes.
	#[runtime::pallet_index(21)]
	pub type GenesisValidators = crate::genesis_validators;
	#[runtime::pallet_index(8)]
	pub type VoterList = pallet_bags_list<Instance1>;
	#[runtime::pallet_index(9)]
	pub type Offences = pallet_offences;
	#[runtime::pallet_index(10)]
	pub type Session = pallet_session;
	// In the place of Session's own hook.
	#[runtime::pallet_index(25)]
	pub type Rotation = crate::rotation;
	#[runtime::pallet_index(11)]
	pub type Historical = pallet_session::historical;
	#[runtime::pallet_index(12)]
	pub type Grandpa = pallet_grandpa;
	#[runtime::pallet_index(13)]
	pub type AuthorityDiscovery = pallet_authority_discovery;
	#[runtime::pallet_index(14)]
	pub type Utility = pallet_utility;
	#[runtime::pallet_index(15)]
	pub type Multisig = pallet_multisig;
	#[runtime::pallet_index(16)]
	pub type Proxy = pallet_proxy;
	#[runtime::pallet_index(17)]
	pub type Identity = pallet_identity;
	#[runtime::pallet_index(18)]
	pub type Sudo = pallet_sudo;
	#[runtime::pallet_index(19)]
	pub type Parameters = pallet_parameters;
	#[runtime::pallet_index(20)]
	pub type Migrations = pallet_migrations;
	#[runtime::pallet_index(22)]
	pub type NominationPools = pallet_nomination_pools;
	#[runtime::pallet_index(23)]
	pub type DelegatedStaking = pallet_delegated_staking;
	// Beefy, Mmr and BeefyMmrLeaf, in this order, have indices above that of Rotation: the leaf of the
	// block that begins a session must name the validators of the session after it.
	#[runtime::pallet_index(27)]
	pub type Beefy = pallet_beefy;
	#[runtime::pallet_index(28)]
	pub type Mmr = pallet_mmr;
	#[runtime::pallet_index(29)]
	pub type BeefyMmrLeaf = pallet_beefy_mmr;
	// An index above that of Mmr, whose leaf is made of the parent's inferences.
	#[runtime::pallet_index(38)]
	pub type Proofs = pallet_proofs;
	// An index below that of Emissions, which notes the total issuance when its genesis is built: the
	// treasury's genesis mints the deposit of its account.
	#[runtime::pallet_index(26)]
	pub type Treasury = pallet_treasury;

	// Before Emissions, whose genesis locks allocations.
	#[runtime::pallet_index(24)]
	pub type Vesting = pallet_vesting;

	#[runtime::pallet_index(37)]
	pub type Delegates = crate::delegates;
	#[runtime::pallet_index(30)]
	pub type Topics = pallet_registry;
	#[runtime::pallet_index(35)]
	pub type Clock = pallet_clock;
	#[runtime::pallet_index(31)]
	pub type Inference = pallet_inference;
	#[runtime::pallet_index(32)]
	pub type Reputer = pallet_reputer;
	#[runtime::pallet_index(33)]
	pub type Aggregation = pallet_aggregation;
	#[runtime::pallet_index(34)]
	pub type Emissions = pallet_emissions;

	#[runtime::pallet_index(40)]
	pub type Preimage = pallet_preimage;
	// An index above that of Emissions, so that scheduled calls find this block's emission issued.
	#[runtime::pallet_index(41)]
	pub type Scheduler = pallet_scheduler;
	#[runtime::pallet_index(42)]
	pub type Referenda = pallet_referenda;
	#[runtime::pallet_index(43)]
	pub type ConvictionVoting = pallet_conviction_voting;
	#[runtime::pallet_index(45)]
	pub type TechnicalCommittee = pallet_collective<Instance1>;
	#[runtime::pallet_index(46)]
	pub type Whitelist = pallet_whitelist;
	#[runtime::pallet_index(47)]
	pub type Origins = crate::governance::origins;
	#[runtime::pallet_index(48)]
	pub type TxPause = pallet_tx_pause;
	#[runtime::pallet_index(49)]
	pub type SafeMode = pallet_safe_mode;
	#[runtime::pallet_index(36)]
	pub type Consumer = pallet_consumer;
}
