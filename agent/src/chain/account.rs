//! Accounts: keys, nonces, and transactions one at a time.

use super::{
	client::AtBlock,
	in_allo,
	refusals::explained,
	tries::{is_gap, locked, refusal, reserve, Tries, PASSED_OVER},
	types::{AccountId, Slot},
	Chain, Head, Key, Snapshot, ALLO,
};
use anyhow::{anyhow, bail, ensure, Context, Result};
use std::{collections::BTreeSet, sync::Mutex};
use subxt::{
	config::DefaultExtrinsicParamsBuilder, dynamic, error::DispatchError,
	extrinsics::ExtrinsicEvents, metadata::ArcMetadata, tx::Payload, utils::AccountId32,
	SubstrateConfig,
};

/// Events of a transaction.
pub type Events = ExtrinsicEvents<SubstrateConfig>;

/// Slots after a transaction's last valid one within which a block that includes it is finalized.
const FINALITY: Slot = 8;

/// The number of blocks after which a node is asked whether it still has a transaction.
const LOST: u32 = 1;

/// The number of blocks in which a transaction that a light client does not see is likely included.
const UNSEEN: u32 = 2;

/// The balance below which an account ceases to exist, in planck: 0.001 ALLO.
pub const EXISTENTIAL_DEPOSIT: u128 = ALLO / 1_000;

/// Blocks for which a node certainly has the state of a finalized block.
const KEPT_STATES: u64 = 128;

/// The account in a command-line argument: an address, or a path from the development seed.
pub fn account_id(text: &str) -> Result<AccountId> {
	if text.starts_with('/') {
		return Ok(Key::development(text)?.id());
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

/// A call that a finalized block includes.
pub struct Included {
	/// The number of the block.
	pub block: u32,
	/// The events of the transaction.
	pub events: Events,
}

/// An account that sends transactions, several at a time if need be. It owns the nonces of its key:
/// no other `Account` of the same key may send at the same time.
pub struct Account {
	key: Key,
	chain: Chain,
	nonces: Mutex<BTreeSet<u64>>,
	resends: bool,
	tips: bool,
}

impl Account {
	/// The account of a key.
	pub fn new(key: Key, chain: Chain) -> Self {
		Self { key, chain, nonces: Mutex::default(), resends: true, tips: true }
	}

	/// The same account, but no transaction has a tip, so that what it pays is known beforehand.
	pub fn without_tips(self) -> Self {
		Self { tips: false, ..self }
	}

	/// The same account, but a call whose nonce another program has used is an error, rather than
	/// sent again: the other program may have sent the same call.
	pub fn once_only(self) -> Self {
		Self { resends: false, ..self }
	}

	/// The chain to which it sends them.
	pub fn chain(&self) -> &Chain {
		&self.chain
	}

	/// Its account id.
	pub fn id(&self) -> AccountId {
		self.key.id()
	}

	/// Waits until the node's pool has no transaction of the account, such as those of an agent that
	/// was killed, for at most this number of blocks; by a light client, which sees no pool, for two.
	pub async fn wait_for_pool(&self, blocks: u32) -> Result<()> {
		let mut chain = self.chain.clone();
		for block in 0..blocks {
			let waits = match chain.next_nonce(self.id()).await? {
				Some(pooled) => pooled > self.nonce_at(&chain.best().await?.at).await?,
				None => block < UNSEEN,
			};
			if !waits {
				break;
			}
			chain.next_head().await?;
		}
		Ok(())
	}

	/// Sends a call and waits until a finalized block includes it, within this number of slots.
	///
	/// See [`Account::send_until`].
	pub async fn send(&self, call: &impl Payload, slots: u32) -> Result<Included> {
		let head = self.chain.head();
		self.send_until(call, head, head.slot.saturating_add(slots.into())).await
	}

	/// Sends a call that follows from the state at the block `seen`, and waits until a finalized
	/// block in a slot up to `last` includes it.
	///
	/// A best block may be abandoned for another branch, with every transaction in it; once this
	/// returns, calls that depend on this one can be sent. The transaction refers to a finalized
	/// block, so that it is valid on every branch, and is mortal, so that it cannot be included
	/// late. The call is sent again if the transaction was lost, refused or passed over, with a tip of
	/// at most [`MAX_TIP`](super::MAX_TIP), or if it failed and `seen` was abandoned: it may have been
	/// too early on the branch that was finalized.
	pub async fn send_until(
		&self,
		call: &impl Payload,
		mut seen: Head,
		last: Slot,
	) -> Result<Included> {
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
	/// What a node reports of a transaction is not conclusive: a pool may reject or drop it, and a
	/// block may still include it. Therefore all attempts have the same nonce, so that at most one of
	/// them can be included, and once the account's finalized nonce has passed it, the finalized
	/// blocks show which attempt that was.
	async fn include(&self, call: &impl Payload, last: Slot) -> Result<Result<Included>> {
		let mut chain = self.chain.clone();
		let mut tries = Tries::default();
		let mut trouble = anyhow!("the last slot for it has passed");
		loop {
			let slot = chain.head().slot;
			if slot < last {
				if let Err(error) = self.attempt(call, last, &mut tries).await {
					trouble = error;
				}
			}
			match self.settled(&tries).await {
				Ok(Fate::Open) => (),
				Ok(Fate::Included(outcome)) => return Ok(outcome),
				Ok(Fate::Overtaken) if !self.resends => {
					bail!("another program sends transactions from {}", address(&self.id()))
				}
				// Another program sends transactions from the account.
				Ok(Fate::Overtaken) => tries = Tries::default(),
				Err(error) => trouble = error,
			}
			if tries.hashes.is_empty() {
				// Nothing was sent under the nonce: other calls must not wait for it.
				tries.reserved = None;
			}
			if slot >= last && (tries.hashes.is_empty() || slot > last.saturating_add(FINALITY)) {
				return Err(trouble);
			}
			if let Err(error) = self.fill_gap_below(last, &mut tries).await {
				trouble = error;
			}
			chain.next_head().await?;
		}
	}

	/// Sends a remark under the account's next nonce if no call has it any more: these tries, with a higher
	/// nonce, would wait for it until they are too late. Its tip is theirs.
	async fn fill_gap_below<'a>(&'a self, last: Slot, tries: &mut Tries<'a>) -> Result<()> {
		let Some(nonce) = tries.nonce() else { return Ok(()) };
		let next = self.nonce_at(&self.chain.best().await?.at).await?;
		if !is_gap(next, nonce, &locked(&self.nonces)) {
			return Ok(());
		}
		let reserved = reserve(&self.nonces, next);
		if reserved.nonce == next {
			let remark = dynamic::tx("System", "remark", (Vec::<u8>::new(),));
			let mut filler = tries.filler(reserved);
			// If it fails, the next block brings the next attempt.
			let _ = self.submit(&remark, last, &mut filler).await;
			tries.learn(&filler);
		}
		Ok(())
	}

	/// Sends a call, again if it is lost or passed over, and waits until a transaction with its nonce is
	/// in a finalized block.
	///
	/// This reads finalized blocks instead of subscribing to the transaction: the RPC clients of nodes and
	/// of the light client keep some memory for each subscription, as long as they are connected.
	async fn attempt<'a>(
		&'a self,
		call: &impl Payload,
		last: Slot,
		tries: &mut Tries<'a>,
	) -> Result<()> {
		let nonce = self.submit(call, last, tries).await?;
		// Both begin with the last block.
		let (mut best, mut finals) = (self.chain.clone(), self.chain.clone());
		let mut blocks = 0;
		loop {
			let slot = tokio::select! {
				number = finals.next_final() => {
					let block = self.chain.finalized_block(number?).await?;
					if self.nonce_at(&block).await? > nonce {
						return Ok(());
					}
					continue;
				}
				head = best.next_head() => head?.slot,
			};
			ensure!(
				slot <= last.saturating_add(FINALITY),
				"no block that includes it was finalized in time"
			);
			blocks += 1;
			if blocks <= LOST {
				continue;
			}
			if slot < last && self.is_in_vain(nonce, blocks).await? {
				tries.in_vain += 1;
				self.submit(call, last, tries).await?;
				blocks = 0;
				continue;
			}
			// If it fails, the next block brings the next attempt.
			let _ = self.fill_gap_below(last, tries).await;
		}
	}

	/// Whether the account's next transaction has this nonce and has to be sent again: the node's pool no
	/// longer has it, or none of more than [`PASSED_OVER`] blocks has included it. Nodes may drop a
	/// transaction silently. A light client sees no pool, so that only the blocks count for it.
	async fn is_in_vain(&self, nonce: u64, blocks: u32) -> Result<bool> {
		let is_next = self.nonce_at(&self.chain.best().await?.at).await? == nonce;
		if !is_next || blocks > PASSED_OVER {
			return Ok(is_next);
		}
		Ok(self.chain.next_nonce(self.id()).await?.is_some_and(|pooled| pooled <= nonce))
	}

	/// Signs a call and submits it to the node; returns its nonce.
	async fn submit<'a>(
		&'a self,
		call: &impl Payload,
		last: Slot,
		tries: &mut Tries<'a>,
	) -> Result<u64> {
		let nonce = match &tries.reserved {
			Some(reserved) => reserved.nonce,
			None => {
				let next = self.nonce_at(&self.chain.best().await?.at).await?;
				tries.reserved.insert(reserve(&self.nonces, next)).nonce
			}
		};
		let anchor = self.chain.finalized().await?;
		let (birth, period) = mortality(anchor.head, self.chain.head(), last);
		// A transaction was not accepted: the older block may be the reason.
		let birth = if tries.hashes.is_empty() { birth } else { anchor.head.number };
		let hash = match birth {
			birth if birth == anchor.head.number => anchor.head.hash,
			birth => self.chain.block_hash(birth).await?,
		};
		let tip = if self.tips { tries.tip() } else { 0 };
		let params = DefaultExtrinsicParamsBuilder::new()
			.mortal_from_unchecked(period, birth.into(), hash)
			.nonce(nonce)
			.tip(tip)
			.build();
		let mut transactions = anchor.at.transactions();
		let transaction = transactions.create_signed(call, &self.key, params).await?;
		let fee = transaction.partial_fee_estimate().await?;
		self.ensure_balance(&self.chain.best().await?, fee.saturating_add(tip)).await?;
		tries.since.get_or_insert(anchor.head.number);
		tries.hashes.push(transaction.hash());
		let submitted = self.chain.submit(transaction.encoded()).await;
		if let Err(error) = &submitted {
			tries.count(refusal(error));
		}
		submitted.context("cannot submit it")?;
		Ok(nonce)
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
	async fn settled(&self, tries: &Tries<'_>) -> Result<Fate> {
		let (Some(since), Some(nonce)) = (tries.since, tries.nonce()) else {
			return Ok(Fate::Open);
		};
		let last = self.chain.finalized().await?;
		if self.nonce_at(&last.at).await? <= nonce {
			return Ok(Fate::Open);
		}
		for number in since..last.head.number {
			let at = self.chain.finalized_block(number + 1).await?;
			for extrinsic in at.extrinsics().fetch().await?.iter() {
				let extrinsic = extrinsic?;
				if tries.hashes.contains(&extrinsic.hash()) {
					let outcome = outcome(extrinsic.events().await?, at.metadata())?;
					let included = |events| Included { block: number + 1, events };
					return Ok(Fate::Included(outcome.map(included)));
				}
			}
		}
		Ok(Fate::Overtaken)
	}

	/// The fee of a call at most, in planck.
	pub async fn fee(&self, call: &impl Payload) -> Result<u128> {
		let state = self.chain.finalized().await?;
		let nonce = self.nonce_at(&state.at).await?;
		let params = DefaultExtrinsicParamsBuilder::new().nonce(nonce).build();
		let mut transactions = state.at.transactions();
		let transaction = transactions.create_signed(call, &self.key, params).await?;
		Ok(transaction.partial_fee_estimate().await?)
	}

	/// The nonce of the account's next transaction after a block.
	async fn nonce_at(&self, block: &AtBlock) -> Result<u64> {
		Ok(block.transactions().account_nonce(&AccountId32(self.id())).await?)
	}
}

/// The block to which a transaction refers, and the number of blocks from it on in which the
/// transaction is valid: up to the slot `last` if no slot is missed, and at least from the best block
/// on. `anchor` is the last finalized block.
///
/// The number of blocks is a power of two, so that the block is an older one than the anchor, as far
/// as nodes still have its state.
fn mortality(anchor: Head, best: Head, last: Slot) -> (u32, u64) {
	// A slot has at most one block.
	let end = u64::from(best.number) + last.saturating_sub(best.slot) + 1;
	let period = end.saturating_sub(anchor.number.into()).next_power_of_two().max(4);
	let birth = end.checked_sub(period).filter(|birth| *birth > 0 && period <= KEPT_STATES);
	let birth = birth.and_then(|birth| u32::try_from(birth).ok());
	(birth.map_or(anchor.number, |birth| birth.min(anchor.number)), period)
}

/// The events of a transaction that succeeded, or the error with which it failed.
fn outcome(events: Events, metadata: ArcMetadata) -> Result<Result<Events>> {
	for event in events.iter() {
		let event = event?;
		if (event.pallet_name(), event.event_name()) == ("System", "ExtrinsicFailed") {
			let error = DispatchError::decode_from(event.field_bytes(), metadata)?;
			return Ok(Err(explained(error)));
		}
	}
	Ok(Ok(events))
}

/// The state of a call in the finalized blocks.
enum Fate {
	/// It may still be included.
	Open,
	/// It is included: its events, or the error with which it failed.
	Included(Result<Included>),
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

	#[test]
	fn transactions_are_valid_up_to_the_last_slot() {
		let head = |number, slot| Head { number, slot, hash: Default::default() };
		// Block 100 is final in slot 1000, block 103 is the best: the last slot has block 111.
		let (birth, period) = mortality(head(100, 1_000), head(103, 1_003), 1_011);
		assert_eq!((birth, period), (96, 16));
		assert_eq!(u64::from(birth) + period - 1, 111);
		// There is no block before the first, and a state of long ago may be gone.
		assert_eq!(mortality(head(1, 10), head(2, 11), 16), (1, 8));
		assert_eq!(mortality(head(1_000, 10), head(1_000, 10), 210), (1_000, 256));
		// The last slot has passed.
		assert_eq!(mortality(head(100, 10), head(103, 13), 12), (100, 4));
	}
}
