//! Reports validators that make two blocks in one slot.
//!
//! `sc-consensus-babe` 0.60 looks for such blocks when it imports them, but passes on headers whose
//! seal its verifier has already taken off. A report of them proves nothing, and the runtime refuses it.
//! So this looks before, at whole headers, and reports first. Both reports provide the same tag in the
//! transaction pool, which does not take the second.

use super::{partial::BabeImport, FullClient, FullPool, FullSelectChain};
use allora_runtime::opaque::Block;
use async_trait::async_trait;
use sc_client_api::AuxStore;
use sc_consensus::{BlockCheckParams, BlockImport, BlockImportParams, ImportResult};
use sc_consensus_babe::{
	find_pre_digest, AuthorityId, BabeIntermediate, BabeLink, Epoch, PreDigest, INTERMEDIATE_KEY,
};
use sc_consensus_slots::check_equivocation;
use sc_transaction_pool_api::OffchainTransactionPoolFactory;
use sp_api::{ApiExt, ProvideRuntimeApi};
use sp_blockchain::Result as ClientResult;
use sp_consensus::{BlockOrigin, Error as ConsensusError, SelectChain};
use sp_consensus_babe::{BabeApi, EquivocationProof, Slot};
use sp_runtime::traits::{Block as BlockT, Header};
use std::{error::Error, sync::Arc};

type Proof = EquivocationProof<<Block as BlockT>::Header>;
type Failure = Box<dyn Error + Send + Sync>;

/// The prefix of what is kept here, apart from the headers without seals that BABE keeps.
const PREFIX: &[u8] = b"sealed_";

/// Imports blocks by BABE's rules, and reports an author of two blocks in a slot.
#[derive(Clone)]
pub struct ReportingImport {
	inner: BabeImport,
	client: Arc<FullClient>,
	select_chain: FullSelectChain,
	pool: Arc<FullPool>,
	babe_link: BabeLink<Block>,
}

impl ReportingImport {
	/// Wraps BABE's import.
	pub(super) fn new(
		inner: BabeImport,
		client: Arc<FullClient>,
		select_chain: FullSelectChain,
		pool: Arc<FullPool>,
		babe_link: BabeLink<Block>,
	) -> Self {
		Self { inner, client, select_chain, pool, babe_link }
	}

	/// The proof that the author of this block has made another one in the same slot, if it has.
	fn find(&self, block: &BlockImportParams<Block>) -> Result<Option<Proof>, Failure> {
		// What is imported during the first sync is old.
		if block.origin == BlockOrigin::NetworkInitialSync {
			return Ok(None);
		}
		// BABE's verifier passes over some blocks, such as one that comes with its state.
		let Ok(verified) = block.get_intermediate::<BabeIntermediate<Block>>(INTERMEDIATE_KEY)
		else {
			return Ok(None);
		};
		let claim = find_pre_digest::<Block>(&block.header)?;
		let Some(author) = self.author(verified, &claim) else { return Ok(None) };
		let now = Slot::from_timestamp(
			sp_timestamp::Timestamp::current(),
			self.babe_link.config().slot_duration(),
		);
		let kept = Sealed(&*self.client);
		Ok(check_equivocation(&kept, now, claim.slot(), &block.post_header(), &author)?)
	}

	/// The key of the authority that the claim of a slot names.
	fn author(&self, verified: &BabeIntermediate<Block>, claim: &PreDigest) -> Option<AuthorityId> {
		let epochs = self.babe_link.epoch_changes().shared_data();
		let genesis = |slot| Epoch::genesis(self.babe_link.config(), slot);
		let epoch = epochs.viable_epoch(&verified.epoch_descriptor, genesis)?;
		let (key, _) = epoch.as_ref().authorities.get(claim.authority_index() as usize)?;
		Some(key.clone())
	}

	/// Sends a report to the pool of this node, whose author includes it.
	async fn report(&self, proof: Proof) -> Result<(), Failure> {
		let (slot, offender) = (proof.slot, proof.offender.clone());
		log::warn!("☠️  The validator {offender} has made two blocks in slot {}", *slot);
		let best = self.select_chain.best_chain().await?.hash();
		// In the first block of a session its parent does not know the session's keys.
		let parent = *proof.second_header.parent_hash();
		let mut owner = None;
		for at in [parent, best] {
			let api = self.client.runtime_api();
			owner = owner.or(api.generate_key_ownership_proof(at, slot, offender.clone())?);
		}
		let Some(owner) = owner else { return Ok(()) };
		let mut api = self.client.runtime_api();
		let pool = OffchainTransactionPoolFactory::new(self.pool.clone());
		api.register_extension(pool.offchain_transaction_pool(best));
		api.submit_report_equivocation_unsigned_extrinsic(best, proof, owner)?;
		Ok(())
	}
}

#[async_trait]
impl BlockImport<Block> for ReportingImport {
	type Error = ConsensusError;

	async fn check_block(
		&self,
		block: BlockCheckParams<Block>,
	) -> Result<ImportResult, Self::Error> {
		self.inner.check_block(block).await
	}

	async fn import_block(
		&self,
		block: BlockImportParams<Block>,
	) -> Result<ImportResult, Self::Error> {
		// A block is not worse for what cannot be reported.
		let outcome = match self.find(&block) {
			Ok(Some(proof)) => self.report(proof).await,
			Ok(None) => Ok(()),
			Err(error) => Err(error),
		};
		if let Err(error) = outcome {
			log::warn!(
				"Two blocks of an author in one slot could not be found or reported: {error}"
			);
		}
		self.inner.import_block(block).await
	}
}

/// The client's own store, under a prefix.
struct Sealed<'a, Store>(&'a Store);

impl<Store: AuxStore> AuxStore for Sealed<'_, Store> {
	fn insert_aux<
		'a,
		'b: 'a,
		'c: 'a,
		I: IntoIterator<Item = &'a (&'c [u8], &'c [u8])>,
		D: IntoIterator<Item = &'a &'b [u8]>,
	>(
		&self,
		insert: I,
		delete: D,
	) -> ClientResult<()> {
		let prefixed = |key: &[u8]| [PREFIX, key].concat();
		let insert: Vec<_> =
			insert.into_iter().map(|(key, value)| (prefixed(key), *value)).collect();
		let delete: Vec<_> = delete.into_iter().map(|key| prefixed(key)).collect();
		let insert: Vec<_> = insert.iter().map(|(key, value)| (&key[..], *value)).collect();
		let delete: Vec<_> = delete.iter().map(|key| &key[..]).collect();
		self.0.insert_aux(&insert, &delete)
	}

	fn get_aux(&self, key: &[u8]) -> ClientResult<Option<Vec<u8>>> {
		self.0.get_aux(&[PREFIX, key].concat())
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use sp_consensus_babe::{
		check_equivocation_proof,
		digests::{CompatibleDigestItem, SecondaryPlainPreDigest},
		AuthorityPair,
	};
	use sp_core::{crypto::Pair, H256};
	use sp_runtime::{generic::Digest, DigestItem};
	use std::{collections::BTreeMap, sync::Mutex};

	type BlockHeader = <Block as BlockT>::Header;

	/// A store in memory.
	#[derive(Default)]
	struct Memory(Mutex<BTreeMap<Vec<u8>, Vec<u8>>>);

	impl AuxStore for Memory {
		fn insert_aux<
			'a,
			'b: 'a,
			'c: 'a,
			I: IntoIterator<Item = &'a (&'c [u8], &'c [u8])>,
			D: IntoIterator<Item = &'a &'b [u8]>,
		>(
			&self,
			insert: I,
			delete: D,
		) -> ClientResult<()> {
			let mut kept = self.0.lock().expect("no panic");
			kept.extend(insert.into_iter().map(|(key, value)| (key.to_vec(), value.to_vec())));
			delete.into_iter().for_each(|key| drop(kept.remove(*key)));
			Ok(())
		}

		fn get_aux(&self, key: &[u8]) -> ClientResult<Option<Vec<u8>>> {
			Ok(self.0.lock().expect("no panic").get(key).cloned())
		}
	}

	/// A header in slot 7 by this author, without its seal and with it.
	fn header(author: &AuthorityPair, state_root: H256) -> (BlockHeader, BlockHeader) {
		let claim = PreDigest::SecondaryPlain(SecondaryPlainPreDigest {
			authority_index: 0,
			slot: 7.into(),
		});
		let digest = Digest { logs: vec![DigestItem::babe_pre_digest(claim)] };
		let bare = BlockHeader::new(1, H256::zero(), state_root, H256::zero(), digest);
		let seal = DigestItem::babe_seal(author.sign(bare.hash().as_ref()));
		let mut sealed = bare.clone();
		sealed.digest_mut().push(seal);
		(bare, sealed)
	}

	#[test]
	fn two_sealed_headers_of_a_slot_prove_an_equivocation_beside_bare_ones() {
		let author = AuthorityPair::from_seed(&[7; 32]);
		let (store, key) = (Memory::default(), author.public());
		let kept = Sealed(&store);
		let (first, second) =
			(header(&author, H256::repeat_byte(1)), header(&author, H256::repeat_byte(2)));
		// As they are imported: whole headers are looked at here, and then without seals by BABE.
		let look = |header: &BlockHeader, sealed: bool| match sealed {
			true => check_equivocation(&kept, 8.into(), 7.into(), header, &key),
			false => check_equivocation(&store, 8.into(), 7.into(), header, &key),
		};
		for (header, sealed) in [(&first.1, true), (&first.0, false), (&first.1, true)] {
			assert_eq!(look(header, sealed).expect("the store works"), None);
		}
		let proof = look(&second.1, true).expect("the store works").expect("there are two");
		assert!(check_equivocation_proof(proof));
		// What BABE itself would report.
		let bare = look(&second.0, false).expect("the store works").expect("there are two");
		assert!(!check_equivocation_proof(bare));
	}
}
