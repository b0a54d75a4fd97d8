//! Accounts: keys, nonces, and transactions one at a time.

use super::{
	types::{AccountId, Slot},
	Chain, Head,
};
use anyhow::{anyhow, Context, Error, Result};
use subxt::{
	client::OnlineClientAtBlockImpl,
	config::DefaultExtrinsicParamsBuilder,
	extrinsics::ExtrinsicEvents,
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
		let mut lost = anyhow!("too late");
		// Every try has the same nonce once the node has taken one: no two can get into a block.
		let mut taken = false;
		while self.chain.head().slot < last {
			match self.attempt(call, last).await {
				Attempt::Final(done) => {
					self.nonce = self.nonce.map(|nonce| nonce + 1);
					taken = false;
					if done.is_ok() || self.chain.holds(seen).await? {
						return done.with_context(title);
					}
					seen = self.chain.head();
					continue;
				}
				Attempt::Refused(error) => lost = error,
				Attempt::Lost(error) => (lost, taken) = (error, true),
			}
			self.nonce = self.nonce.filter(|_| taken);
			self.chain.next_head().await?;
		}
		self.nonce = None;
		Err(lost).with_context(title)
	}

	/// Sends a call once.
	async fn attempt(&mut self, call: &impl Payload, last: Slot) -> Attempt {
		let mut progress = match self.submit(call, last).await {
			Ok(progress) => progress,
			Err(error) => return Attempt::Refused(error),
		};
		let mut chain = self.chain.clone();
		loop {
			let status = tokio::select! {
				status = progress.next() => status,
				head = chain.next_head() => match head {
					Ok(head) if head.slot <= last.saturating_add(FINALITY) => continue,
					Ok(_) => return Attempt::Lost(anyhow!("no block that took it became final")),
					Err(error) => return Attempt::Lost(error),
				},
			};
			return match status {
				Some(Ok(TransactionStatus::InFinalizedBlock(block))) => {
					Attempt::Final(block.wait_for_success().await.map_err(Into::into))
				}
				Some(Ok(
					TransactionStatus::Error { message }
					| TransactionStatus::Invalid { message }
					| TransactionStatus::Dropped { message },
				)) => Attempt::Lost(anyhow!(message)),
				// Blocks of several branches may take it.
				Some(Ok(_)) => continue,
				Some(Err(error)) => Attempt::Lost(error.into()),
				None => Attempt::Lost(anyhow!("the node says nothing more of it")),
			};
		}
	}

	/// Signs a call and hands it to the node.
	async fn submit(&mut self, call: &impl Payload, last: Slot) -> Result<Progress> {
		let nonce = match self.nonce {
			Some(nonce) => nonce,
			None => {
				let who = self.key.public_key().to_account_id();
				self.chain.best().await?.at.transactions().account_nonce(&who).await?
			}
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
		Ok(transactions.sign_and_submit_then_watch(call, &self.key, params).await?)
	}
}

/// How a try to get a call into a block ended.
enum Attempt {
	/// In a final block: its events, or why it failed.
	Final(Result<Events>),
	/// The node did not take the transaction.
	Refused(Error),
	/// The node took it, and it is not known to be in a final block.
	Lost(Error),
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
