//! What other chains verify: the validators' signatures for them (BEEFY) under the root of a Merkle
//! mountain range, which has a leaf per block.

use super::consensus::MaxAuthorities;
use crate::{BeefyMmrLeaf, BlockNumber, Historical, Offences, Proofs, Runtime, Timestamp};
use frame_support::{parameter_types, traits::ConstU32};
use sp_consensus_beefy::{
	ecdsa_crypto::AuthorityId as BeefyId,
	mmr::{BeefyDataProvider, MmrLeafVersion},
};
use sp_core::H256;
use sp_runtime::traits::Keccak256;

parameter_types! {
	/// The version of the leaves: its minor part grows when fields are added, its major part when the
	/// meaning of a field changes.
	pub LeafVersion: MmrLeafVersion = MmrLeafVersion::new(0, 0);
	/// The blocks whose inferences can be proven from the newest state: two hours in production.
	pub const KeptBlocks: BlockNumber = 1_200;
}

impl pallet_beefy::Config for Runtime {
	type BeefyId = BeefyId;
	type MaxAuthorities = MaxAuthorities;
	type MaxNominators = super::staking::MaxExposurePageSize;
	type MaxSetIdSessionEntries = pallet_timing::MaxSetIdSessionEntries<Runtime>;
	type OnNewValidatorSet = BeefyMmrLeaf;
	type AncestryHelper = BeefyMmrLeaf;
	type WeightInfo = ();
	type KeyOwnerProof = sp_session::MembershipProof;
	type EquivocationReportSystem = pallet_beefy::EquivocationReportSystem<
		Runtime,
		Offences,
		Historical,
		pallet_timing::ReportLongevity<Runtime>,
	>;
}

impl pallet_mmr::Config for Runtime {
	const INDEXING_PREFIX: &'static [u8] = sp_mmr_primitives::INDEXING_PREFIX;
	type Hashing = Keccak256;
	type LeafData = BeefyMmrLeaf;
	type OnNewRoot = pallet_beefy_mmr::DepositBeefyDigest<Runtime>;
	type BlockHashProvider = pallet_mmr::DefaultBlockHashProvider<Runtime>;
	type WeightInfo = crate::weights::pallet_mmr::Weights<Runtime>;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = ();
}

/// The extra data of a leaf: the root over the network inferences of the parent block.
pub struct InferencesRoot;
impl BeefyDataProvider<H256> for InferencesRoot {
	fn extra_data() -> H256 {
		Proofs::root_of_parent()
	}
}

impl pallet_beefy_mmr::Config for Runtime {
	type LeafVersion = LeafVersion;
	type BeefyAuthorityToMerkleLeaf = pallet_beefy_mmr::BeefyEcdsaToEthereum;
	type LeafExtra = H256;
	type BeefyDataProvider = InferencesRoot;
	type WeightInfo = ();
}

impl pallet_proofs::Config for Runtime {
	type Time = Timestamp;
	type MaxInferences = ConstU32<1_024>;
	type KeptBlocks = KeptBlocks;
	type WeightInfo = crate::weights::pallet_proofs::Weights<Runtime>;
}
