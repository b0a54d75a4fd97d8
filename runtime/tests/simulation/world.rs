//! The simulated chain: accounts that sign, blocks, and reads of the state.
//!
//! All reads of the protocol are here, through the runtime APIs where there is one, so that a
//! change of storage or of names changes only this file.

use allora_primitives::{
	api::{
		runtime_decl_for_aggregation_api::AggregationApi,
		runtime_decl_for_emissions_api::EmissionsApi, runtime_decl_for_explain_api::ExplainApi,
		runtime_decl_for_topics_api::TopicsApi, ActorInfo, Explanation, Reward, Terms, TopicInfo,
		TopicSchedule,
	},
	consumer::runtime_decl_for_consumer_api::ConsumerApi,
	Balance, BlockNumber, EpochId, EpochRecord, Ledger, OpeningInfo, Quote, Registration, Role,
	Slot, TopicId, TopicParameters, ALLO,
};
use allora_runtime::{
	AccountId, Babe, Balances, Block, Executive, Hash, Header, Runtime, RuntimeCall, Session,
	System, TxExtension, UncheckedExtrinsic,
};
use codec::Encode;
use sp_consensus_babe::{
	digests::{PreDigest, SecondaryPlainPreDigest},
	BABE_ENGINE_ID,
};
use sp_core::{ecdsa, sr25519, Pair};
use sp_keyring::Sr25519Keyring;
use sp_runtime::{
	generic::{Digest, DigestItem, Era, SignedPayload},
	traits::{Header as _, IdentifyAccount},
	MultiSignature, MultiSigner,
};

/// The calls of the registry.
pub type TopicsCall = pallet_registry::Call<Runtime>;
/// The calls of the clock.
pub type ClockCall = pallet_clock::Call<Runtime>;
/// The accounts that one call adds to an allow-list or removes from it.
pub type Accounts = pallet_registry::NamedAccounts<AccountId>;

/// The length of a slot in milliseconds: four hours, so that months pass within a simulation.
pub const SLOT_DURATION: u64 = 4 * 60 * 60 * 1_000;
/// The slot before that of the first block.
const GENESIS_SLOT: Slot = 1_000;

/// The key that an account signs with.
enum Key {
	/// For almost every account: only the library of this scheme is fast in the dev profile.
	Ecdsa(ecdsa::Pair),
	/// For the accounts that the preset endows.
	Sr25519(sr25519::Pair),
}

/// An account that signs transactions.
pub struct Account {
	/// Its id.
	pub id: AccountId,
	key: Key,
}

impl Account {
	/// A new account of this secret.
	pub fn new(secret: [u8; 32]) -> Self {
		let pair = ecdsa::Pair::from_seed(&secret);
		Self { id: MultiSigner::from(pair.public()).into_account(), key: Key::Ecdsa(pair) }
	}

	/// A well-known account.
	pub fn known(who: Sr25519Keyring) -> Self {
		Self { id: who.to_account_id(), key: Key::Sr25519(who.pair()) }
	}

	/// Whether the account exists and can pay for what it does.
	pub fn is_alive(&self) -> bool {
		System::account_exists(&self.id) && Balances::usable_balance(&self.id) > 2 * ALLO
	}

	/// A transaction as the account's wallet would make it in this block.
	pub fn sign(&self, call: RuntimeCall) -> UncheckedExtrinsic {
		let extension: TxExtension = (
			frame_system::CheckNonZeroSender::new(),
			frame_system::CheckSpecVersion::new(),
			frame_system::CheckTxVersion::new(),
			frame_system::CheckGenesis::new(),
			frame_system::CheckEra::from(Era::Immortal),
			frame_system::CheckNonce::from(System::account_nonce(&self.id)),
			frame_system::CheckWeight::new(),
			pallet_transaction_payment::ChargeTransactionPayment::from(0).into(),
			frame_metadata_hash_extension::CheckMetadataHash::new(false),
			frame_system::WeightReclaim::new(),
		);
		let payload =
			SignedPayload::new(call.clone(), extension.clone()).expect("the genesis hash is known");
		let signature: MultiSignature = payload.using_encoded(|bytes| match &self.key {
			Key::Ecdsa(pair) => pair.sign(bytes).into(),
			Key::Sr25519(pair) => pair.sign(bytes).into(),
		});
		UncheckedExtrinsic::new_signed(call, self.id.clone().into(), signature, extension)
	}
}

/// The newest block, which the next block follows.
#[derive(Clone)]
pub struct Tip {
	parent: Hash,
	slot: Slot,
}

impl Tip {
	/// The genesis block.
	pub fn genesis() -> Self {
		Self { parent: System::block_hash(0), slot: GENESIS_SLOT }
	}

	/// Begins the next block, after `missed` slots without one and by one of the authorities:
	/// hooks, the inherent, and the steps that are due.
	pub fn begin_block(&mut self, missed: Slot, author: u32) {
		self.slot += 1 + missed;
		// Authorities that are disabled after an offence may not make blocks.
		let disabled = Session::disabled_validators();
		let authorities: Vec<_> = (0..Babe::authorities().len() as u32)
			.filter(|index| !disabled.contains(index))
			.collect();
		let claim = PreDigest::SecondaryPlain(SecondaryPlainPreDigest {
			authority_index: authorities[author as usize % authorities.len()],
			slot: self.slot.into(),
		});
		let digest = Digest { logs: vec![DigestItem::PreRuntime(BABE_ENGINE_ID, claim.encode())] };
		Executive::initialize_block(&Header::new(
			System::block_number() + 1,
			Default::default(),
			Default::default(),
			self.parent,
			digest,
		));
		let time = pallet_timestamp::Call::set { now: self.slot * SLOT_DURATION };
		Executive::apply_extrinsic(UncheckedExtrinsic::new_bare(time.into()))
			.expect("the inherent is valid")
			.expect("the inherent succeeds");
	}

	/// Ends the block.
	pub fn end_block(&mut self) {
		self.parent = Executive::finalize_block().hash();
	}
}

/// The slot of the current block, as clients read it.
pub fn now() -> Slot {
	<Runtime as TopicsApi<Block, AccountId>>::clock().slot
}

/// The number of the current block.
pub fn block_number() -> BlockNumber {
	System::block_number()
}

/// The existing topics.
pub fn topics() -> Vec<TopicInfo<AccountId>> {
	let page = <Runtime as TopicsApi<Block, AccountId>>::topics(1, u32::MAX);
	assert_eq!(page.next, None, "all topics fit into a page");
	page.topics
		.into_iter()
		.map(|topic| {
			<Runtime as TopicsApi<Block, AccountId>>::topic(topic).expect("a listed topic exists")
		})
		.collect()
}

/// Today's fees and thresholds.
pub fn terms() -> Terms {
	<Runtime as TopicsApi<Block, AccountId>>::terms()
}

/// What the topic accepts now.
fn schedule(topic: TopicId) -> Option<TopicSchedule> {
	<Runtime as TopicsApi<Block, AccountId>>::schedule(vec![topic]).topics.pop()
}

/// The epoch whose worker window is open.
pub fn collecting_epoch(topic: TopicId) -> Option<EpochId> {
	schedule(topic)?.collecting.map(|open| open.epoch)
}

/// The epoch whose reveal window is open.
pub fn revealing_epoch(topic: TopicId) -> Option<EpochId> {
	schedule(topic)?.revealing.map(|open| open.epoch)
}

/// The epochs whose reporting window is open.
pub fn reporting_epochs(topic: TopicId) -> Vec<EpochId> {
	let reporting = schedule(topic).map(|of| of.reporting).unwrap_or_default();
	reporting.into_iter().map(|open| open.epoch).collect()
}

/// The topic's epochs on record, oldest first.
pub fn epochs(topic: TopicId) -> Vec<(EpochId, EpochRecord)> {
	<Runtime as TopicsApi<Block, AccountId>>::epochs(topic)
}

/// The parameters that hold for an epoch on record.
pub fn epoch_parameters(topic: TopicId, epoch: EpochId) -> Option<TopicParameters> {
	<Runtime as TopicsApi<Block, AccountId>>::epoch_parameters(topic, epoch)
}

/// The hash of an epoch's bundle and how many losses a report about it has.
pub fn report_shape(topic: TopicId, epoch: EpochId) -> Option<(Hash, usize)> {
	let (hash, bundle) = <Runtime as AggregationApi<Block, AccountId>>::bundle(topic, epoch)?;
	Some((hash, bundle.elements() as usize))
}

/// An account's standing in a topic.
pub fn actor(topic: TopicId, who: &AccountId, role: Role) -> ActorInfo {
	<Runtime as AggregationApi<Block, AccountId>>::actor(topic, who.clone(), role)
}

/// Whether an account is registered in a topic.
pub fn is_registered(topic: TopicId, who: &AccountId, registration: Registration) -> bool {
	let role = match registration {
		Registration::Worker => Role::Inferer,
		Registration::Reputer => Role::Reputer,
	};
	actor(topic, who, role).registered
}

/// The explanation of an account in an epoch.
pub fn explain(who: &AccountId, topic: TopicId, epoch: EpochId) -> Explanation<AccountId> {
	<Runtime as ExplainApi<Block, AccountId>>::explain(who.clone(), topic, epoch)
}

/// Whether an account has already sent something for an epoch in this role.
pub fn has_acted(who: &AccountId, topic: TopicId, epoch: EpochId, role: Role) -> bool {
	let explanation = explain(who, topic, epoch);
	let standing = match role {
		Role::Inferer => explanation.inferer.standing,
		Role::Forecaster => explanation.forecaster.standing,
		Role::Reputer => explanation.reputer.standing,
	};
	standing.outcome.is_some()
}

/// The rewards of an epoch.
pub fn rewards(topic: TopicId, epoch: EpochId) -> Vec<Reward<AccountId>> {
	<Runtime as EmissionsApi<Block, AccountId>>::rewards(topic, epoch)
}

/// The amount that a topic owes an account.
pub fn due(topic: TopicId, who: &AccountId) -> Balance {
	<Runtime as EmissionsApi<Block, AccountId>>::due(topic, who.clone())
}

/// The ledger: pots, liabilities and totals.
pub fn ledger() -> Ledger {
	<Runtime as EmissionsApi<Block, AccountId>>::ledger()
}

/// Reads everything else that clients read of a topic and an epoch: no read may panic.
pub fn read_everything(topic: TopicId, epoch: EpochId) {
	type Api = Runtime;
	<Api as AggregationApi<Block, AccountId>>::latest_inference(topic);
	<Api as AggregationApi<Block, AccountId>>::latest_resistant_inference(topic);
	<Api as AggregationApi<Block, AccountId>>::latest_inference_key(topic);
	<Api as AggregationApi<Block, AccountId>>::resistant_inference(topic, epoch);
	<Api as AggregationApi<Block, AccountId>>::losses(topic, epoch);
	<Api as AggregationApi<Block, AccountId>>::contributions(topic, epoch);
	<Api as TopicsApi<Block, AccountId>>::epoch(topic, epoch);
	<Api as TopicsApi<Block, AccountId>>::capacity();
	if let Some(parameters) = epoch_parameters(topic, epoch) {
		<Api as TopicsApi<Block, AccountId>>::reservation(parameters.clone());
		<Api as TopicsApi<Block, AccountId>>::vacancies(parameters);
	}
	<Api as EmissionsApi<Block, AccountId>>::unpaid(topic, epoch);
	<Api as EmissionsApi<Block, AccountId>>::emission();
	<Api as ConsumerApi<Block, AccountId>>::subscription_minimum(topic);
	<Api as ConsumerApi<Block, AccountId>>::subscribers(topic);
	<Api as ConsumerApi<Block, AccountId>>::requests(topic);
}

/// The numbers of the removals that an account has pending in a topic.
pub fn removals(topic: TopicId, who: &AccountId) -> Vec<u64> {
	let removals = pallet_reputer::Removals::<Runtime>::get(topic, who);
	removals.iter().map(|removal| removal.id).collect()
}

/// The age and the minimum price of a topic's newest network inference, if it is for sale.
pub fn quote(topic: TopicId) -> Option<Quote> {
	<Runtime as ConsumerApi<Block, AccountId>>::quote(topic)
}

/// What a request to a topic costs at present, if its epochs open on demand.
pub fn opening(topic: TopicId) -> Option<OpeningInfo> {
	<Runtime as ConsumerApi<Block, AccountId>>::opening(topic)
}

/// Whether the records of a topic that is not retired may be pruned: it has several, and lapsed four
/// weeks ago.
pub fn is_prunable(topic: TopicId) -> bool {
	let state = pallet_clock::TopicStates::<Runtime>::get(topic);
	let weeks = pallet_clock::PRUNED_AFTER_WEEKS * 7 * 24 * 60 * 60 * 1_000 / SLOT_DURATION;
	let is_over = state.scheduled.is_none() && state.paid_through + weeks < now();
	is_over && state.records.len() > 1
}

/// Whether governance has barred a topic from being active.
pub fn is_barred(topic: TopicId) -> bool {
	pallet_clock::TopicStates::<Runtime>::get(topic).barred
}

/// The proxies of an account.
pub fn proxies(who: &AccountId) -> Vec<AccountId> {
	let (proxies, _) = pallet_proxy::Proxies::<Runtime>::get(who);
	proxies.into_iter().map(|proxy| proxy.delegate).collect()
}
