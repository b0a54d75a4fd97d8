//! The runtime APIs, which the node and clients call.

use crate::{
	configs::BabeSlots, figures, views, AccountId, Aggregation, AuthorityDiscovery, Babe, Balance,
	Beefy, BeefyMmrLeaf, Block, BlockNumber, Clock, Consumer, Emissions, Executive, Grandpa, Hash,
	Historical, InherentDataExt, Mmr, NominationPools, Nonce, Reputer, Runtime, RuntimeCall,
	RuntimeGenesisConfig, SessionKeys, Staking, System, Topics, TransactionPayment,
	BABE_GENESIS_EPOCH_CONFIG, VERSION,
};
use alloc::vec::Vec;
use allora_primitives::{
	api::{
		Accrued, ActorInfo, BlockFigures, ChainTime, Claim, ClockFigures, DelegationInfo,
		ElementInfo, EmissionInfo, EpochExplanation, EpochSummary, Explanation, Funding,
		InclusionProof, Leaderboard, MemberKey, MemberPage, NetworkInference, OverviewPage,
		PositionPage, RemovalKey, RemovalPage, ReputerPage, ReputerStake, ResistantInference,
		Reward, Schedule, Terms, TopicIdPage, TopicInfo, Unpaid, MAX_LIST_PAGE,
	},
	traits::{EpochInspect, InferenceSource, SlotProvider, TopicInspect},
	Bundle, Contributions, EpochId, EpochRecord, FixedI128, Ledger, OpeningInfo, Quote, Receipt,
	Registration, RequestInfo, Role, SubscriptionInfo, TopicId, TopicParameters,
};
use codec::Encode;
use frame_support::{
	genesis_builder_helper::{build_state, get_preset},
	traits::{Get, KeyOwnerProofSystem},
	weights::Weight,
};
use pallet_nomination_pools::PoolId;
use pallet_transaction_payment::{FeeDetails, RuntimeDispatchInfo};
use sp_api::impl_runtime_apis;
use sp_authority_discovery::AuthorityId as AuthorityDiscoveryId;
use sp_consensus_beefy::{ecdsa_crypto::AuthorityId as BeefyId, MmrHashing};
use sp_consensus_grandpa::AuthorityId as GrandpaId;
use sp_core::{crypto::KeyTypeId, OpaqueMetadata};
use sp_inherents::{CheckInherentsResult, InherentData};
use sp_mmr_primitives::EncodableOpaqueLeaf;
use sp_runtime::{
	traits::{Block as BlockT, NumberFor},
	transaction_validity::{TransactionSource, TransactionValidity},
	ApplyExtrinsicResult,
};
use sp_session::OpaqueGeneratedSessionKeys;
use sp_version::RuntimeVersion;

/// The leaf that a block appends to the Merkle mountain range.
type MmrLeaf =
	<<Runtime as pallet_mmr::Config>::LeafData as sp_mmr_primitives::LeafDataProvider>::LeafData;

impl_runtime_apis! {
	impl sp_api::Core<Block> for Runtime {
		fn version() -> RuntimeVersion {
			VERSION
		}

		fn execute_block(block: <Block as BlockT>::LazyBlock) {
			Executive::execute_block(block);
		}

		fn initialize_block(header: &<Block as BlockT>::Header) -> sp_runtime::ExtrinsicInclusionMode {
			Executive::initialize_block(header)
		}
	}

	impl sp_api::Metadata<Block> for Runtime {
		fn metadata() -> OpaqueMetadata {
			OpaqueMetadata::new(Runtime::metadata().into())
		}

		fn metadata_at_version(version: u32) -> Option<OpaqueMetadata> {
			Runtime::metadata_at_version(version)
		}

		fn metadata_versions() -> Vec<u32> {
			Runtime::metadata_versions()
		}
	}

	impl frame_support::view_functions::runtime_api::RuntimeViewFunction<Block> for Runtime {
		fn execute_view_function(
			id: frame_support::view_functions::ViewFunctionId,
			input: Vec<u8>,
		) -> Result<Vec<u8>, frame_support::view_functions::ViewFunctionDispatchError> {
			Runtime::execute_view_function(id, input)
		}
	}

	impl sp_block_builder::BlockBuilder<Block> for Runtime {
		fn apply_extrinsic(extrinsic: <Block as BlockT>::Extrinsic) -> ApplyExtrinsicResult {
			Executive::apply_extrinsic(extrinsic)
		}

		fn finalize_block() -> <Block as BlockT>::Header {
			Executive::finalize_block()
		}

		fn inherent_extrinsics(data: InherentData) -> Vec<<Block as BlockT>::Extrinsic> {
			data.create_extrinsics()
		}

		fn check_inherents(
			block: <Block as BlockT>::LazyBlock,
			data: InherentData,
		) -> CheckInherentsResult {
			data.check_extrinsics(&block)
		}
	}

	impl sp_transaction_pool::runtime_api::TaggedTransactionQueue<Block> for Runtime {
		fn validate_transaction(
			source: TransactionSource,
			tx: <Block as BlockT>::Extrinsic,
			block_hash: <Block as BlockT>::Hash,
		) -> TransactionValidity {
			Executive::validate_transaction(source, tx, block_hash)
		}
	}

	impl sp_offchain::OffchainWorkerApi<Block> for Runtime {
		fn offchain_worker(header: &<Block as BlockT>::Header) {
			Executive::offchain_worker(header)
		}
	}

	impl sp_consensus_babe::BabeApi<Block> for Runtime {
		fn configuration() -> sp_consensus_babe::BabeConfiguration {
			let epoch_config = Babe::epoch_config().unwrap_or(BABE_GENESIS_EPOCH_CONFIG);
			sp_consensus_babe::BabeConfiguration {
				slot_duration: Babe::slot_duration(),
				epoch_length: <Runtime as pallet_babe::Config>::EpochDuration::get(),
				c: epoch_config.c,
				authorities: Babe::authorities().to_vec(),
				randomness: Babe::randomness(),
				allowed_slots: epoch_config.allowed_slots,
			}
		}

		fn current_epoch_start() -> sp_consensus_babe::Slot {
			Babe::current_epoch_start()
		}

		fn current_epoch() -> sp_consensus_babe::Epoch {
			Babe::current_epoch()
		}

		fn next_epoch() -> sp_consensus_babe::Epoch {
			Babe::next_epoch()
		}

		fn generate_key_ownership_proof(
			_slot: sp_consensus_babe::Slot,
			authority_id: sp_consensus_babe::AuthorityId,
		) -> Option<sp_consensus_babe::OpaqueKeyOwnershipProof> {
			Historical::prove((sp_consensus_babe::KEY_TYPE, authority_id))
				.map(|proof| proof.encode())
				.map(sp_consensus_babe::OpaqueKeyOwnershipProof::new)
		}

		fn submit_report_equivocation_unsigned_extrinsic(
			equivocation_proof: sp_consensus_babe::EquivocationProof<<Block as BlockT>::Header>,
			key_owner_proof: sp_consensus_babe::OpaqueKeyOwnershipProof,
		) -> Option<()> {
			Babe::submit_unsigned_equivocation_report(equivocation_proof, key_owner_proof.decode()?)
		}
	}

	impl sp_consensus_grandpa::GrandpaApi<Block> for Runtime {
		fn grandpa_authorities() -> sp_consensus_grandpa::AuthorityList {
			Grandpa::grandpa_authorities()
		}

		fn current_set_id() -> sp_consensus_grandpa::SetId {
			Grandpa::current_set_id()
		}

		fn submit_report_equivocation_unsigned_extrinsic(
			equivocation_proof: sp_consensus_grandpa::EquivocationProof<
				<Block as BlockT>::Hash,
				NumberFor<Block>,
			>,
			key_owner_proof: sp_consensus_grandpa::OpaqueKeyOwnershipProof,
		) -> Option<()> {
			Grandpa::submit_unsigned_equivocation_report(
				equivocation_proof,
				key_owner_proof.decode()?,
			)
		}

		fn generate_key_ownership_proof(
			_set_id: sp_consensus_grandpa::SetId,
			authority_id: GrandpaId,
		) -> Option<sp_consensus_grandpa::OpaqueKeyOwnershipProof> {
			Historical::prove((sp_consensus_grandpa::KEY_TYPE, authority_id))
				.map(|proof| proof.encode())
				.map(sp_consensus_grandpa::OpaqueKeyOwnershipProof::new)
		}
	}

	impl sp_consensus_beefy::BeefyApi<Block, BeefyId> for Runtime {
		fn beefy_genesis() -> Option<BlockNumber> {
			pallet_beefy::GenesisBlock::<Runtime>::get()
		}

		fn validator_set() -> Option<sp_consensus_beefy::ValidatorSet<BeefyId>> {
			Beefy::validator_set()
		}

		fn submit_report_double_voting_unsigned_extrinsic(
			equivocation_proof: sp_consensus_beefy::DoubleVotingProof<
				BlockNumber,
				BeefyId,
				sp_consensus_beefy::ecdsa_crypto::Signature,
			>,
			key_owner_proof: sp_consensus_beefy::OpaqueKeyOwnershipProof,
		) -> Option<()> {
			Beefy::submit_unsigned_double_voting_report(
				equivocation_proof,
				key_owner_proof.decode()?,
			)
		}

		fn submit_report_fork_voting_unsigned_extrinsic(
			equivocation_proof: sp_consensus_beefy::ForkVotingProof<
				<Block as BlockT>::Header,
				BeefyId,
				sp_runtime::OpaqueValue,
			>,
			key_owner_proof: sp_consensus_beefy::OpaqueKeyOwnershipProof,
		) -> Option<()> {
			Beefy::submit_unsigned_fork_voting_report(
				equivocation_proof.try_into()?,
				key_owner_proof.decode()?,
			)
		}

		fn submit_report_future_block_voting_unsigned_extrinsic(
			equivocation_proof: sp_consensus_beefy::FutureBlockVotingProof<BlockNumber, BeefyId>,
			key_owner_proof: sp_consensus_beefy::OpaqueKeyOwnershipProof,
		) -> Option<()> {
			Beefy::submit_unsigned_future_block_voting_report(
				equivocation_proof,
				key_owner_proof.decode()?,
			)
		}

		fn generate_key_ownership_proof(
			_set_id: sp_consensus_beefy::ValidatorSetId,
			authority_id: BeefyId,
		) -> Option<sp_consensus_beefy::OpaqueKeyOwnershipProof> {
			Historical::prove((sp_consensus_beefy::KEY_TYPE, authority_id))
				.map(|proof| proof.encode())
				.map(sp_consensus_beefy::OpaqueKeyOwnershipProof::new)
		}
	}

	impl sp_mmr_primitives::MmrApi<Block, Hash, BlockNumber> for Runtime {
		fn mmr_root() -> Result<Hash, sp_mmr_primitives::Error> {
			Ok(Mmr::mmr_root())
		}

		fn mmr_leaf_count() -> Result<sp_mmr_primitives::LeafIndex, sp_mmr_primitives::Error> {
			Ok(Mmr::mmr_leaves())
		}

		fn generate_proof(
			block_numbers: Vec<BlockNumber>,
			best_known_block_number: Option<BlockNumber>,
		) -> Result<
			(Vec<EncodableOpaqueLeaf>, sp_mmr_primitives::LeafProof<Hash>),
			sp_mmr_primitives::Error,
		> {
			let (leaves, proof) = Mmr::generate_proof(block_numbers, best_known_block_number)?;
			let opaque = |leaf| EncodableOpaqueLeaf::from_leaf(&leaf);
			Ok((leaves.into_iter().map(opaque).collect(), proof))
		}

		fn generate_ancestry_proof(
			prev_block_number: BlockNumber,
			best_known_block_number: Option<BlockNumber>,
		) -> Result<sp_mmr_primitives::AncestryProof<Hash>, sp_mmr_primitives::Error> {
			Mmr::generate_ancestry_proof(prev_block_number, best_known_block_number)
		}

		fn verify_proof(
			leaves: Vec<EncodableOpaqueLeaf>,
			proof: sp_mmr_primitives::LeafProof<Hash>,
		) -> Result<(), sp_mmr_primitives::Error> {
			let decode = |leaf: EncodableOpaqueLeaf| {
				leaf.into_opaque_leaf().try_decode().ok_or(sp_mmr_primitives::Error::Verify)
			};
			let leaves = leaves.into_iter().map(decode).collect::<Result<Vec<MmrLeaf>, _>>()?;
			Mmr::verify_leaves(leaves, proof)
		}

		fn verify_proof_stateless(
			root: Hash,
			leaves: Vec<EncodableOpaqueLeaf>,
			proof: sp_mmr_primitives::LeafProof<Hash>,
		) -> Result<(), sp_mmr_primitives::Error> {
			let node = |leaf: EncodableOpaqueLeaf| {
				sp_mmr_primitives::DataOrHash::Data(leaf.into_opaque_leaf())
			};
			let nodes = leaves.into_iter().map(node).collect();
			pallet_mmr::verify_leaves_proof::<MmrHashing, _>(root, nodes, proof)
		}
	}

	impl pallet_beefy_mmr::BeefyMmrApi<Block, Hash> for Runtime {
		fn authority_set_proof() -> sp_consensus_beefy::mmr::BeefyAuthoritySet<Hash> {
			BeefyMmrLeaf::authority_set_proof()
		}

		fn next_authority_set_proof() -> sp_consensus_beefy::mmr::BeefyNextAuthoritySet<Hash> {
			BeefyMmrLeaf::next_authority_set_proof()
		}
	}

	impl sp_authority_discovery::AuthorityDiscoveryApi<Block> for Runtime {
		fn authorities() -> Vec<AuthorityDiscoveryId> {
			AuthorityDiscovery::authorities()
		}
	}

	impl sp_session::SessionKeys<Block> for Runtime {
		fn generate_session_keys(
			owner: Vec<u8>,
			seed: Option<Vec<u8>>,
		) -> OpaqueGeneratedSessionKeys {
			SessionKeys::generate(&owner, seed).into()
		}

		fn decode_session_keys(encoded: Vec<u8>) -> Option<Vec<(Vec<u8>, KeyTypeId)>> {
			SessionKeys::decode_into_raw_public_keys(&encoded)
		}
	}

	impl frame_system_rpc_runtime_api::AccountNonceApi<Block, AccountId, Nonce> for Runtime {
		fn account_nonce(account: AccountId) -> Nonce {
			System::account_nonce(account)
		}
	}

	impl pallet_transaction_payment_rpc_runtime_api::TransactionPaymentApi<Block, Balance>
		for Runtime
	{
		fn query_info(
			uxt: <Block as BlockT>::Extrinsic,
			len: u32,
		) -> RuntimeDispatchInfo<Balance> {
			TransactionPayment::query_info(uxt, len)
		}

		fn query_fee_details(uxt: <Block as BlockT>::Extrinsic, len: u32) -> FeeDetails<Balance> {
			TransactionPayment::query_fee_details(uxt, len)
		}

		fn query_weight_to_fee(weight: frame_support::weights::Weight) -> Balance {
			TransactionPayment::weight_to_fee(weight)
		}

		fn query_length_to_fee(length: u32) -> Balance {
			TransactionPayment::length_to_fee(length)
		}
	}

	impl pallet_transaction_payment_rpc_runtime_api::TransactionPaymentCallApi<
		Block,
		Balance,
		RuntimeCall,
	> for Runtime
	{
		fn query_call_info(call: RuntimeCall, len: u32) -> RuntimeDispatchInfo<Balance> {
			TransactionPayment::query_call_info(call, len)
		}

		fn query_call_fee_details(call: RuntimeCall, len: u32) -> FeeDetails<Balance> {
			TransactionPayment::query_call_fee_details(call, len)
		}

		fn query_weight_to_fee(weight: frame_support::weights::Weight) -> Balance {
			TransactionPayment::weight_to_fee(weight)
		}

		fn query_length_to_fee(length: u32) -> Balance {
			TransactionPayment::length_to_fee(length)
		}
	}

	impl pallet_staking_runtime_api::StakingApi<Block, Balance, AccountId> for Runtime {
		fn nominations_quota(balance: Balance) -> u32 {
			Staking::api_nominations_quota(balance)
		}

		fn eras_stakers_page_count(era: sp_staking::EraIndex, account: AccountId) -> sp_staking::Page {
			Staking::api_eras_stakers_page_count(era, account)
		}

		fn pending_rewards(era: sp_staking::EraIndex, account: AccountId) -> bool {
			Staking::api_pending_rewards(era, account)
		}
	}

	impl pallet_nomination_pools_runtime_api::NominationPoolsApi<Block, AccountId, Balance>
		for Runtime
	{
		fn pending_rewards(who: AccountId) -> Balance {
			NominationPools::api_pending_rewards(who).unwrap_or_default()
		}

		fn points_to_balance(pool_id: PoolId, points: Balance) -> Balance {
			NominationPools::api_points_to_balance(pool_id, points)
		}

		fn balance_to_points(pool_id: PoolId, new_funds: Balance) -> Balance {
			NominationPools::api_balance_to_points(pool_id, new_funds)
		}

		fn pool_pending_slash(pool_id: PoolId) -> Balance {
			NominationPools::api_pool_pending_slash(pool_id)
		}

		fn member_pending_slash(member: AccountId) -> Balance {
			NominationPools::api_member_pending_slash(member)
		}

		fn pool_needs_delegate_migration(pool_id: PoolId) -> bool {
			NominationPools::api_pool_needs_delegate_migration(pool_id)
		}

		fn member_needs_delegate_migration(member: AccountId) -> bool {
			NominationPools::api_member_needs_delegate_migration(member)
		}

		fn member_total_balance(who: AccountId) -> Balance {
			NominationPools::api_member_total_balance(who)
		}

		fn pool_balance(pool_id: PoolId) -> Balance {
			NominationPools::api_pool_balance(pool_id)
		}

		fn pool_accounts(pool_id: PoolId) -> (AccountId, AccountId) {
			NominationPools::api_pool_accounts(pool_id)
		}
	}

	impl allora_primitives::api::TopicsApi<Block, AccountId> for Runtime {
		fn clock() -> ChainTime {
			ChainTime { slot: BabeSlots::current_slot(), slot_duration_ms: Babe::slot_duration() }
		}

		fn terms() -> Terms {
			crate::configs::terms()
		}

		fn topic(topic: TopicId) -> Option<TopicInfo<AccountId>> {
			Topics::topic_info(topic)
		}

		fn topics(from: TopicId, limit: u32) -> TopicIdPage {
			Topics::topic_page(from, limit, MAX_LIST_PAGE)
		}

		fn overview(from: TopicId, limit: u32) -> OverviewPage<AccountId> {
			views::overview(from, limit)
		}

		fn schedule(topics: Vec<TopicId>) -> Schedule {
			views::schedule(topics)
		}

		fn members(
			topic: TopicId,
			registration: Registration,
			after: Option<MemberKey<AccountId>>,
			limit: u32,
		) -> MemberPage<AccountId> {
			Topics::members(topic, registration, after, limit)
		}

		fn positions(account: AccountId, from: TopicId, limit: u32) -> PositionPage<AccountId> {
			views::positions(&account, from, limit)
		}

		fn epoch_parameters(topic: TopicId, epoch: EpochId) -> Option<TopicParameters> {
			<Topics as TopicInspect<AccountId>>::parameters_of(topic, epoch)
		}

		fn epoch(topic: TopicId, epoch: EpochId) -> Option<EpochRecord> {
			<Clock as EpochInspect>::epoch_record(topic, epoch)
		}

		fn epochs(topic: TopicId) -> Vec<(EpochId, EpochRecord)> {
			Clock::epochs(topic)
		}

		fn capacity() -> (Weight, Weight) {
			Clock::reserved_and_share()
		}

		fn reservation(parameters: TopicParameters) -> Option<Weight> {
			Clock::reservation(&parameters)
		}

		fn vacancies(parameters: TopicParameters) -> u32 {
			Clock::vacancies(&parameters)
		}

		fn funded(topic: TopicId) -> Option<Funding> {
			let (rent, epochs, slots) = Clock::funding(topic)?;
			let seconds = slots.saturating_mul(Babe::slot_duration()) / 1_000;
			Some(Funding { rent, epochs, seconds })
		}
	}

	impl allora_primitives::api::AggregationApi<Block, AccountId> for Runtime {
		fn latest_inference(topic: TopicId) -> Option<NetworkInference> {
			Aggregation::latest_inference(topic)
		}

		fn latest_resistant_inference(topic: TopicId) -> Option<ResistantInference<AccountId>> {
			Aggregation::latest_resistant_inference(topic)
		}

		fn resistant_inference(
			topic: TopicId,
			epoch: EpochId,
		) -> Option<ResistantInference<AccountId>> {
			Aggregation::resistant_inference(topic, epoch)
		}

		fn bundle(topic: TopicId, epoch: EpochId) -> Option<(Hash, Bundle<AccountId>)> {
			Aggregation::hashed_bundle(topic, epoch)
		}

		fn truth(topic: TopicId, epoch: EpochId) -> Option<Vec<FixedI128>> {
			Aggregation::truth(topic, epoch)
		}

		fn losses(topic: TopicId, epoch: EpochId) -> Option<Vec<FixedI128>> {
			Aggregation::losses(topic, epoch)
		}

		fn contributions(topic: TopicId, epoch: EpochId) -> Option<Contributions<AccountId>> {
			Aggregation::contributions(topic, epoch)
		}

		fn history(topic: TopicId, before: Option<EpochId>, limit: u32) -> Vec<EpochSummary> {
			views::history(topic, before, limit)
		}

		fn leaderboard(topic: TopicId, role: Role) -> Leaderboard<AccountId> {
			views::leaderboard(topic, role)
		}

		fn elements(topic: TopicId, epoch: EpochId) -> Vec<ElementInfo<AccountId>> {
			Aggregation::elements(topic, epoch)
		}

		fn actor(topic: TopicId, account: AccountId, role: Role) -> ActorInfo {
			views::actor(topic, &account, role)
		}

		fn latest_inference_key(topic: TopicId) -> Vec<u8> {
			Aggregation::latest_inference_key(topic)
		}
	}

	impl allora_primitives::api::ProofsApi<Block> for Runtime {
		fn inference_proof(topic: TopicId, epoch: EpochId) -> Option<InclusionProof> {
			views::inference_proof(topic, epoch)
		}
	}

	impl allora_primitives::api::ExplainApi<Block, AccountId> for Runtime {
		fn explain(account: AccountId, topic: TopicId, epoch: EpochId) -> Explanation<AccountId> {
			views::explain(&account, topic, epoch)
		}

		fn explain_range(
			account: AccountId,
			topic: TopicId,
			before: Option<EpochId>,
			limit: u32,
		) -> Vec<EpochExplanation<AccountId>> {
			views::explain_range(&account, topic, before, limit)
		}
	}

	impl allora_primitives::api::EmissionsApi<Block, AccountId> for Runtime {
		fn emission() -> EmissionInfo {
			Emissions::emission_info()
		}

		fn rewards(topic: TopicId, epoch: EpochId) -> Vec<Reward<AccountId>> {
			Emissions::rewards(topic, epoch)
		}

		fn unpaid(topic: TopicId, epoch: EpochId) -> Vec<Unpaid<AccountId>> {
			Emissions::unpaid(topic, epoch)
		}

		fn accrued(topic: TopicId) -> Option<Accrued> {
			Emissions::accrued(topic)
		}

		fn claim(topic: TopicId, account: AccountId, role: Role) -> Option<Claim> {
			Emissions::claim(topic, role, &account)
		}

		fn due(topic: TopicId, account: AccountId) -> Balance {
			Emissions::due(topic, &account)
		}

		fn ledger() -> Ledger {
			Emissions::ledger()
		}
	}

	impl allora_primitives::consumer::ConsumerApi<Block, AccountId> for Runtime {
		fn quote(topic: TopicId) -> Option<Quote> {
			<Consumer as InferenceSource<AccountId>>::quote(topic)
		}

		fn subscription_minimum(topic: TopicId) -> Option<Balance> {
			Consumer::subscription_minimum(topic)
		}

		fn receipts(account: AccountId, from: u64, limit: u32) -> Vec<(u64, Receipt)> {
			Consumer::receipts(&account, from, limit)
		}

		fn subscriptions(account: AccountId) -> Vec<SubscriptionInfo<AccountId>> {
			Consumer::subscriptions(&account)
		}

		fn subscribers(topic: TopicId) -> Vec<SubscriptionInfo<AccountId>> {
			Consumer::subscribers(topic)
		}

		fn opening(topic: TopicId) -> Option<OpeningInfo> {
			Consumer::opening(topic)
		}

		fn requests(topic: TopicId) -> Vec<RequestInfo<AccountId>> {
			Consumer::requests(topic)
		}
	}

	impl allora_primitives::api::ReputerApi<Block, AccountId> for Runtime {
		fn stake(topic: TopicId, reputer: AccountId) -> ReputerStake {
			Reputer::reputer_stake(topic, &reputer)
		}

		fn reputers(
			topic: TopicId,
			after: Option<AccountId>,
			limit: u32,
		) -> ReputerPage<AccountId> {
			Reputer::reputers(topic, after, limit)
		}

		fn removals(
			account: AccountId,
			after: Option<RemovalKey<AccountId>>,
			limit: u32,
		) -> RemovalPage<AccountId> {
			views::removals(&account, after, limit)
		}

		fn delegation(
			topic: TopicId,
			reputer: AccountId,
			delegator: AccountId,
		) -> Option<DelegationInfo<AccountId>> {
			Reputer::delegation(topic, &reputer, &delegator)
		}

		fn delegations(delegator: AccountId) -> Vec<DelegationInfo<AccountId>> {
			Reputer::delegations(&delegator)
		}
	}

	impl sp_genesis_builder::GenesisBuilder<Block> for Runtime {
		fn build_state(config: Vec<u8>) -> sp_genesis_builder::Result {
			build_state::<RuntimeGenesisConfig>(config)
		}

		fn get_preset(id: &Option<sp_genesis_builder::PresetId>) -> Option<Vec<u8>> {
			get_preset::<RuntimeGenesisConfig>(id, crate::genesis_presets::get_preset)
		}

		fn preset_names() -> Vec<sp_genesis_builder::PresetId> {
			crate::genesis_presets::preset_names()
		}
	}

	impl allora_primitives::api::MonitoringApi<Block> for Runtime {
		fn block_figures() -> BlockFigures {
			figures::block_figures()
		}

		fn clock_figures() -> ClockFigures {
			figures::clock_figures()
		}
	}

	#[cfg(feature = "runtime-benchmarks")]
	impl frame_benchmarking::Benchmark<Block> for Runtime {
		fn benchmark_metadata(
			extra: bool,
		) -> (
			Vec<frame_benchmarking::BenchmarkList>,
			Vec<frame_support::traits::StorageInfo>,
		) {
			crate::benchmarking::metadata(extra)
		}

		fn dispatch_benchmark(
			config: frame_benchmarking::BenchmarkConfig,
		) -> Result<Vec<frame_benchmarking::BenchmarkBatch>, alloc::string::String> {
			crate::benchmarking::dispatch(config)
		}
	}

	#[cfg(feature = "try-runtime")]
	impl frame_try_runtime::TryRuntime<Block> for Runtime {
		fn on_runtime_upgrade(
			checks: frame_try_runtime::UpgradeCheckSelect,
		) -> (frame_support::weights::Weight, frame_support::weights::Weight) {
			match Executive::try_runtime_upgrade(checks) {
				Ok(weight) => (weight, crate::configs::max_block_weight()),
				Err(error) => panic!("runtime upgrade failed: {error:?}"),
			}
		}

		fn execute_block(
			block: <Block as BlockT>::LazyBlock,
			state_root_check: bool,
			signature_check: bool,
			select: frame_try_runtime::TryStateSelect,
		) -> frame_support::weights::Weight {
			match Executive::try_execute_block(block, state_root_check, signature_check, select) {
				Ok(weight) => weight,
				Err(error) => panic!("block failed: {error:?}"),
			}
		}
	}
}
