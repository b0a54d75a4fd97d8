//! Accounts: keys, nonces, and transactions one at a time.

use super::{
	types::{AccountId, Slot},
	Chain,
};
use anyhow::{anyhow, bail, ensure, Context, Result};
use std::time::Duration;
use subxt::{
	config::DefaultExtrinsicParamsBuilder,
	extrinsics::ExtrinsicEvents,
	tx::{Payload, TransactionStatus},
	utils::AccountId32,
	SubstrateConfig,
};
use subxt_signer::{sr25519::Keypair, SecretUri};

/// Events of a transaction.
pub type Events = ExtrinsicEvents<SubstrateConfig>;

/// How long a transaction may take before it counts as lost; it is past its mortality by then.
const PATIENCE: Duration = Duration::from_secs(60);

/// Pause before a transaction that no block took is tried again.
const RETRY: Duration = Duration::from_millis(300);

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

	/// Sends a call and waits until it is done in a best block.
	///
	/// The transaction is mortal: it is valid for `blocks` blocks, rounded up to a power of two, so
	/// that it cannot come late. If it gets into no block, the nonce is read from the chain again.
	pub async fn send(&mut self, call: &impl Payload, blocks: u32) -> Result<Events> {
		let sent = tokio::time::timeout(PATIENCE, self.submit(call, blocks)).await;
		let (included, events) = match sent {
			Ok(Ok(done)) => (true, done),
			Ok(Err(error)) => (false, Err(error)),
			Err(_) => (false, Err(anyhow!("no block took it"))),
		};
		self.nonce = self.nonce.filter(|_| included).map(|nonce| nonce + 1);
		events.with_context(|| format!("{}.{}", call.pallet_name(), call.call_name()))
	}

	/// As [`Account::send`], but tried again if no block took it, as long as a block in a slot up to
	/// `last` still can.
	pub async fn send_until(&mut self, call: &impl Payload, last: Slot) -> Result<Events> {
		loop {
			let now = self.chain.head().slot;
			ensure!(now < last, "{}.{}: too late", call.pallet_name(), call.call_name());
			// A slot has a block at most.
			let blocks = u32::try_from(last - now).unwrap_or(u32::MAX);
			match self.send(call, blocks).await {
				Ok(events) => return Ok(events),
				// A block took it, so that it would fail again.
				Err(error) if self.nonce.is_some() => return Err(error),
				Err(_) => tokio::time::sleep(RETRY).await,
			}
		}
	}

	/// Sends a call: an error if it gets into no block, else how it went there.
	async fn submit(&mut self, call: &impl Payload, blocks: u32) -> Result<Result<Events>> {
		let best = self.chain.best().await?;
		let mut transactions = best.at.transactions();
		let nonce = match self.nonce {
			Some(nonce) => nonce,
			None => transactions.account_nonce(&self.key.public_key().to_account_id()).await?,
		};
		self.nonce = Some(nonce);
		let params = DefaultExtrinsicParamsBuilder::new()
			.mortal(u64::from(blocks).next_power_of_two().max(4))
			.nonce(nonce)
			.build();
		let mut progress = transactions.sign_and_submit_then_watch(call, &self.key, params).await?;
		while let Some(status) = progress.next().await {
			match status? {
				TransactionStatus::InBestBlock(block)
				| TransactionStatus::InFinalizedBlock(block) => {
					return Ok(block.wait_for_success().await.map_err(Into::into));
				}
				TransactionStatus::Error { message }
				| TransactionStatus::Invalid { message }
				| TransactionStatus::Dropped { message } => bail!("{message}"),
				_ => (),
			}
		}
		bail!("the node says nothing more of it")
	}
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
