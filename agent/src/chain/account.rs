//! Accounts: keys, nonces, and transactions one at a time.

use super::{
	types::{AccountId, Slot},
	Chain, Head, Snapshot,
};
use anyhow::{anyhow, bail, ensure, Context, Result};
use subxt::{
	client::OnlineClientAtBlockImpl,
	config::{DefaultExtrinsicParamsBuilder, HashFor},
	error::DispatchError,
	extrinsics::ExtrinsicEvents,
	metadata::ArcMetadata,
	tx::{Payload, TransactionProgress, TransactionStatus},
	utils::AccountId32,
	SubstrateConfig,
};
use subxt_signer::{sr25519::Keypair, SecretUri};

/// Events of a transaction.
pub type Events = ExtrinsicEvents<SubstrateConfig>;

/// Where a transaction stands.
type Progress = TransactionProgress<SubstrateConfig, OnlineClientAtBlockImpl<SubstrateConfig>>;

/// Slots after the last that may take a transaction, in which a block that took it becomes final.
const FINALITY: Slot = 8;

/// The key of a path from the well-known development seed, such as `//Alice`.
pub fn key(path: &str) -> Result<Keypair> {
	let uri: SecretUri = path.parse().with_context(|| format!("{path} is no path of a key"))?;
	Keypair::from_uri(&uri).with_context(|| format!("{path} gives no key"))
}

/// The account that a user means: an address, or a path from the development seed.
pub fn account_id(text: &str) -> Result<AccountId> {
	if text.starts_with('/') {
		return Ok(key(text)?.public_key().0);
	}
	let account: AccountId32 =
		text.parse().map_err(|error| anyhow!("{text} is no address ({error}), and no //path"))?;
	Ok(account.0)
}

/// The address of an account.
pub fn address(who: &AccountId) -> String {
	AccountId32(*who).to_string()
}

/// An account that sends transactions, one at a time: the one keeper of its nonce.
pub struct Account {
	key: Keypair,
	chain: Chain,
	nonce: Option<u64>,
}

impl Account {
	/// The account of a key.
	pub fn new(key: Keypair, chain: Chain) -> Self {
		Self { key, chain, nonce: None }
	}

	/// Its identity.
	pub fn id(&self) -> AccountId {
		self.key.public_key().0
	}

	/// Sends a call and waits until a final block has taken it, within this many slots.
	///
	/// See [`Account::send_until`].
	pub async fn send(&mut self, call: &impl Payload, slots: u32) -> Result<Events> {
		let head = self.chain.head();
		self.send_until(call, head, head.slot.saturating_add(slots.into())).await
	}

	/// Sends a call that was decided upon at the block `seen`, and waits until a final block in a
	/// slot up to `last` has taken it.
	///
	/// A best block may be abandoned for another branch, with every transaction in it. So what
	/// depends on the call can be sent after this. The transaction refers to a final block, so that
	/// it is valid on every branch, and is mortal, so that it cannot come late. The call is sent
	/// again if the transaction was lost, or if it failed and `seen` was abandoned, so that it may
	/// have come too early on the branch that won.
	pub async fn send_until(
		&mut self,
		call: &impl Payload,
		mut seen: Head,
		last: Slot,
	) -> Result<Events> {
		let title = || format!("{}.{}", call.pallet_name(), call.call_name());
		loop {
			let outcome = self.include(call, last).await.with_context(title)?;
			if outcome.is_ok() || self.chain.holds(seen).await? {
				return outcome.with_context(title);
			}
			seen = self.chain.head();
		}
	}

	/// Gets a call into one final block, in as many tries as that takes; returns its events, or why
	/// it failed there. An error means that no final block is known to have taken it.
	///
	/// What a node reports of a transaction is not what becomes of it: a pool may refuse a
	/// transaction, or drop it, and a block may take it all the same. So all tries have one nonce,
	/// no two of them can get into blocks, and once the chain's final nonce has passed it, the final
	/// blocks say which try it was.
	async fn include(&mut self, call: &impl Payload, last: Slot) -> Result<Result<Events>> {
		let mut tries = Tries::default();
		let mut trouble = anyhow!("too late");
		loop {
			let slot = self.chain.head().slot;
			if slot < last {
				if let Err(error) = self.attempt(call, last, &mut tries).await {
					trouble = error;
				}
			}
			match self.settled(&tries).await {
				Ok(Fate::Open) => (),
				Ok(Fate::Included(outcome)) => {
					self.nonce = self.nonce.map(|nonce| nonce + 1);
					return Ok(outcome);
				}
				// Somebody else sends from the account.
				Ok(Fate::Overtaken) => {
					self.nonce = None;
					tries = Tries::default();
				}
				Err(error) => trouble = error,
			}
			if slot >= last && (tries.hashes.is_empty() || slot > last.saturating_add(FINALITY)) {
				self.nonce = None;
				return Err(trouble);
			}
			self.chain.next_head().await?;
		}
	}

	/// Sends a call once, and waits until a final block has taken it: an error if that did not come
	/// about as far as the node knows.
	async fn attempt(&mut self, call: &impl Payload, last: Slot, tries: &mut Tries) -> Result<()> {
		let mut progress = self.submit(call, last, tries).await?;
		let mut chain = self.chain.clone();
		loop {
			let status = tokio::select! {
				status = progress.next() => status,
				head = chain.next_head() => {
					ensure!(
						head?.slot <= last.saturating_add(FINALITY),
						"no block that took it became final"
					);
					continue;
				},
			};
			match status.context("the node says nothing more of it")?? {
				TransactionStatus::InFinalizedBlock(_) => return Ok(()),
				TransactionStatus::Error { message }
				| TransactionStatus::Invalid { message }
				| TransactionStatus::Dropped { message } => bail!(message),
				// Blocks of several branches may take it.
				_ => (),
			}
		}
	}

	/// Signs a call and hands it to the node.
	async fn submit(
		&mut self,
		call: &impl Payload,
		last: Slot,
		tries: &mut Tries,
	) -> Result<Progress> {
		let nonce = match self.nonce {
			Some(nonce) => nonce,
			None => self.nonce_at(&self.chain.best().await?).await?,
		};
		self.nonce = Some(nonce);
		let anchor = self.chain.finalised().await?;
		// A slot has a block at most.
		let blocks = last.saturating_sub(anchor.head.slot).saturating_add(1);
		let params = DefaultExtrinsicParamsBuilder::new()
			.mortal(blocks.next_power_of_two().max(4))
			.nonce(nonce)
			.build();
		let mut transactions = anchor.at.transactions();
		let transaction = transactions.create_signed(call, &self.key, params).await?;
		tries.since.get_or_insert(anchor.head.number);
		tries.hashes.push(transaction.hash());
		Ok(transaction.submit_and_watch().await?)
	}

	/// What the final blocks have made of these tries.
	async fn settled(&self, tries: &Tries) -> Result<Fate> {
		let (Some(since), Some(nonce)) = (tries.since, self.nonce) else { return Ok(Fate::Open) };
		let last = self.chain.finalised().await?;
		if self.nonce_at(&last).await? <= nonce {
			return Ok(Fate::Open);
		}
		for number in since..last.head.number {
			let at = self.chain.final_block(number + 1).await?;
			for extrinsic in at.extrinsics().fetch().await?.iter() {
				let extrinsic = extrinsic?;
				if tries.hashes.contains(&extrinsic.hash()) {
					return Ok(Fate::Included(outcome(extrinsic.events().await?, at.metadata())?));
				}
			}
		}
		Ok(Fate::Overtaken)
	}

	/// The nonce of the account's next transaction after a block.
	async fn nonce_at(&self, block: &Snapshot) -> Result<u64> {
		let who = self.key.public_key().to_account_id();
		Ok(block.at.transactions().account_nonce(&who).await?)
	}
}

/// The events of a transaction that succeeded, or why it failed.
fn outcome(events: Events, metadata: ArcMetadata) -> Result<Result<Events>> {
	for event in events.iter() {
		let event = event?;
		if (event.pallet_name(), event.event_name()) == ("System", "ExtrinsicFailed") {
			return Ok(Err(DispatchError::decode_from(event.field_bytes(), metadata)?.into()));
		}
	}
	Ok(Ok(events))
}

/// The transactions, of one nonce, that were to bring one call into a block.
#[derive(Default)]
struct Tries {
	/// The number of the final block that the first refers to: no block up to it has one of them.
	since: Option<u32>,
	/// Their hashes.
	hashes: Vec<HashFor<SubstrateConfig>>,
}

/// What the final blocks have made of a call.
enum Fate {
	/// They may still take it.
	Open,
	/// One has taken it: its events, or why it failed.
	Included(Result<Events>),
	/// Another transaction has its nonce.
	Overtaken,
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn accounts_are_named_by_address_or_path() {
		let alice = account_id("//Alice").unwrap();
		let address = address(&alice);
		assert_eq!(address, "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY");
		assert_eq!(account_id(&address).unwrap(), alice);
		assert!(account_id("Alice").is_err());
	}
}
