//! Accounts: keys, nonces, and transactions one at a time.

use super::{
	in_allo,
	types::{AccountId, Slot},
	Chain, Head, Snapshot, ALLO,
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

/// The status updates of a transaction.
type Progress = TransactionProgress<SubstrateConfig, OnlineClientAtBlockImpl<SubstrateConfig>>;

/// Slots after a transaction's last valid one within which a block that includes it is finalized.
const FINALITY: Slot = 8;

/// The balance below which an account ceases to exist, in planck: 0.001 ALLO.
const EXISTENTIAL_DEPOSIT: u128 = ALLO / 1_000;

/// The key of a path from the well-known development seed, such as `//Alice`.
pub fn key(path: &str) -> Result<Keypair> {
	let uri: SecretUri =
		path.parse().with_context(|| format!("{path:?} is not the path of a key"))?;
	Keypair::from_uri(&uri).with_context(|| format!("no key can be derived from {path:?}"))
}

/// The account in a command-line argument: an address, or a path from the development seed.
pub fn account_id(text: &str) -> Result<AccountId> {
	if text.starts_with('/') {
		return Ok(key(text)?.public_key().0);
	}
	let account: AccountId32 = text.parse().map_err(|error| {
		anyhow!("{text:?} is neither an address ({error}) nor a path such as //Alice")
	})?;
	Ok(account.0)
}

/// The address of an account.
pub fn address(who: &AccountId) -> String {
	AccountId32(*who).to_string()
}

/// An account that sends transactions, one at a time. Nothing else may use its nonce.
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

	/// The chain to which it sends them.
	pub fn chain(&self) -> &Chain {
		&self.chain
	}

	/// Its account id.
	pub fn id(&self) -> AccountId {
		self.key.public_key().0
	}

	/// Sends a call and waits until a finalized block includes it, within this number of slots.
	///
	/// See [`Account::send_until`].
	pub async fn send(&mut self, call: &impl Payload, slots: u32) -> Result<Events> {
		let head = self.chain.head();
		self.send_until(call, head, head.slot.saturating_add(slots.into())).await
	}

	/// Sends a call that follows from the state at the block `seen`, and waits until a finalized
	/// block in a slot up to `last` includes it.
	///
	/// A best block may be abandoned for another branch, with every transaction in it; once this
	/// returns, calls that depend on this one can be sent. The transaction refers to a finalized
	/// block, so that it is valid on every branch, and is mortal, so that it cannot be included
	/// late. The call is sent again if the transaction was lost, or if it failed and `seen` was
	/// abandoned: it may have been too early on the branch that was finalized.
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

	/// Has a call included in exactly one finalized block, in as many attempts as that needs;
	/// returns its events, or the error with which it failed there. An outer error means that no
	/// finalized block is known to include it.
	///
	/// The status that a node reports is not conclusive: a pool may reject or drop a transaction,
	/// and a block may still include it. Therefore all attempts have the same nonce, so that at
	/// most one of them can be included, and once the account's finalized nonce has passed it, the
	/// finalized blocks show which attempt that was.
	async fn include(&mut self, call: &impl Payload, last: Slot) -> Result<Result<Events>> {
		let mut tries = Tries::default();
		let mut trouble = anyhow!("the last slot for it has passed");
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
				// Another program sends transactions from the account.
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

	/// Sends a call once, and waits until the node reports a finalized block that includes it; an
	/// error if it reports anything else.
	async fn attempt(&mut self, call: &impl Payload, last: Slot, tries: &mut Tries) -> Result<()> {
		let mut progress = self.submit(call, last, tries).await?;
		let mut chain = self.chain.clone();
		loop {
			let status = tokio::select! {
				status = progress.next() => status,
				head = chain.next_head() => {
					ensure!(
						head?.slot <= last.saturating_add(FINALITY),
						"no block that includes it was finalized in time"
					);
					continue;
				},
			};
			match status.context("the node sends no more updates on it")?? {
				TransactionStatus::InFinalizedBlock(_) => return Ok(()),
				TransactionStatus::Error { message }
				| TransactionStatus::Invalid { message }
				| TransactionStatus::Dropped { message } => bail!(message),
				// Blocks of several branches may include it.
				_ => (),
			}
		}
	}

	/// Signs a call and submits it to the node.
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
		let anchor = self.chain.finalized().await?;
		// A slot has at most one block.
		let blocks = last.saturating_sub(anchor.head.slot).saturating_add(1);
		let params = DefaultExtrinsicParamsBuilder::new()
			.mortal(blocks.next_power_of_two().max(4))
			.nonce(nonce)
			.build();
		let mut transactions = anchor.at.transactions();
		let transaction = transactions.create_signed(call, &self.key, params).await?;
		let fee = transaction.partial_fee_estimate().await?;
		self.ensure_balance(&self.chain.best().await?, fee).await?;
		tries.since.get_or_insert(anchor.head.number);
		tries.hashes.push(transaction.hash());
		Ok(transaction.submit_and_watch().await?)
	}

	/// Fails unless the account holds the fee beside what keeps it alive.
	///
	/// A node takes no transaction without it, also if the fee would be returned, and reports it in
	/// fewer words.
	async fn ensure_balance(&self, best: &Snapshot, fee: u128) -> Result<()> {
		let free = best.balances(self.id()).await?.map_or(0, |balances| balances.free);
		let needed = fee.saturating_add(EXISTENTIAL_DEPOSIT);
		ensure!(
			free >= needed,
			"{} has {} ALLO and needs {} ALLO, also for a transaction that is free in the end: send \
			 it the difference",
			address(&self.id()),
			in_allo(free),
			in_allo(needed),
		);
		Ok(())
	}

	/// Whether the finalized blocks include one of these attempts.
	async fn settled(&self, tries: &Tries) -> Result<Fate> {
		let (Some(since), Some(nonce)) = (tries.since, self.nonce) else { return Ok(Fate::Open) };
		let last = self.chain.finalized().await?;
		if self.nonce_at(&last).await? <= nonce {
			return Ok(Fate::Open);
		}
		for number in since..last.head.number {
			let at = self.chain.finalized_block(number + 1).await?;
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

/// The events of a transaction that succeeded, or the error with which it failed.
fn outcome(events: Events, metadata: ArcMetadata) -> Result<Result<Events>> {
	for event in events.iter() {
		let event = event?;
		if (event.pallet_name(), event.event_name()) == ("System", "ExtrinsicFailed") {
			return Ok(Err(DispatchError::decode_from(event.field_bytes(), metadata)?.into()));
		}
	}
	Ok(Ok(events))
}

/// The transactions, all with the same nonce, that were submitted for one call.
#[derive(Default)]
struct Tries {
	/// The number of the finalized block to which the first refers: no block up to it includes one
	/// of them.
	since: Option<u32>,
	/// Their hashes.
	hashes: Vec<HashFor<SubstrateConfig>>,
}

/// The state of a call in the finalized blocks.
enum Fate {
	/// It may still be included.
	Open,
	/// It is included: its events, or the error with which it failed.
	Included(Result<Events>),
	/// Another transaction has used its nonce.
	Overtaken,
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn account_is_an_address_or_a_path() {
		let alice = account_id("//Alice").unwrap();
		let address = address(&alice);
		assert_eq!(address, "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY");
		assert_eq!(account_id(&address).unwrap(), alice);
		assert!(account_id("Alice").is_err());
	}
}
