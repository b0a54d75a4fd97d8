//! Accounts: keys, nonces, and transactions one at a time.

use super::{
	in_allo,
	refusals::explained,
	types::{AccountId, Slot},
	Chain, Head, Key, Snapshot, ALLO,
};
use anyhow::{anyhow, bail, ensure, Context, Result};
use std::{
	collections::BTreeSet,
	sync::{Mutex, PoisonError},
};
use subxt::{
	client::OnlineClientAtBlockImpl,
	config::{DefaultExtrinsicParamsBuilder, HashFor},
	dynamic,
	error::{BackendError, DispatchError, ExtrinsicError, RpcError},
	extrinsics::ExtrinsicEvents,
	metadata::ArcMetadata,
	rpcs,
	tx::{Payload, TransactionProgress, TransactionStatus},
	utils::AccountId32,
	SubstrateConfig,
};

/// Events of a transaction.
pub type Events = ExtrinsicEvents<SubstrateConfig>;

/// The status updates of a transaction.
type Progress = TransactionProgress<SubstrateConfig, OnlineClientAtBlockImpl<SubstrateConfig>>;

/// Slots after a transaction's last valid one within which a block that includes it is finalized.
const FINALITY: Slot = 8;

/// The number of blocks after which a node is asked whether it still has a transaction.
const LOST: u32 = 1;

/// The number of blocks that may pass over a transaction before it is sent again, although the node that
/// it was sent to still has it: other nodes may have dropped it, or prefer those that pay more.
const PASSED_OVER: u32 = 3;

/// The first tip, in planck, after a transaction found no place in a pool or in blocks: 10^-6 ALLO. Each
/// further time multiplies it by ten. Among transactions of one size, a pool prefers those with a higher
/// tip, and drops those without a tip first.
const FIRST_TIP: u128 = ALLO / 1_000_000;

/// The maximum tip, in planck: 0.001 ALLO, the fee of an empty transaction.
pub const MAX_TIP: u128 = ALLO / 1_000;

/// The code by which a pool refuses a transaction since it has another one of its nonce, which it prefers.
const HAS_ANOTHER: i32 = 1014;

/// The code by which a pool refuses a transaction since it is full.
const IS_FULL: i32 = 1016;

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

/// A nonce that a call under way uses, and no other call does until this is dropped.
struct Reserved<'a> {
	nonces: &'a Mutex<BTreeSet<u64>>,
	nonce: u64,
}

impl Drop for Reserved<'_> {
	fn drop(&mut self) {
		locked(self.nonces).remove(&self.nonce);
	}
}

/// The nonces in use; they are valid also after a panic.
fn locked(nonces: &Mutex<BTreeSet<u64>>) -> std::sync::MutexGuard<'_, BTreeSet<u64>> {
	nonces.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Reserves the first nonce from `next` on that is not in use.
fn reserve(nonces: &Mutex<BTreeSet<u64>>, next: u64) -> Reserved<'_> {
	let mut used = locked(nonces);
	let mut nonce = next;
	while !used.insert(nonce) {
		nonce += 1;
	}
	Reserved { nonces, nonce }
}

/// Whether the account's next nonce has no call, though the call of a later one waits for it.
fn is_gap(next: u64, waiting: u64, used: &BTreeSet<u64>) -> bool {
	next < waiting && !used.contains(&next)
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
				Some(pooled) => pooled > self.nonce_at(&chain.best().await?).await?,
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
	/// late. The call is sent again if the transaction was lost, refused or passed over, with a tip of at
	/// most [`MAX_TIP`], or if it failed and `seen` was abandoned: it may have been too early on the branch
	/// that was finalized.
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
	/// The status that a node reports is not conclusive: a pool may reject or drop a transaction,
	/// and a block may still include it. Therefore all attempts have the same nonce, so that at
	/// most one of them can be included, and once the account's finalized nonce has passed it, the
	/// finalized blocks show which attempt that was.
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
			if let Some(reserved) = &tries.reserved {
				if let Err(error) = self.fill_gap_below(reserved.nonce, last).await {
					trouble = error;
				}
			}
			chain.next_head().await?;
		}
	}

	/// Sends a remark under the account's next nonce if no call has it any more: those with higher
	/// nonces would wait for it until they are too late.
	async fn fill_gap_below(&self, nonce: u64, last: Slot) -> Result<()> {
		let next = self.nonce_at(&self.chain.best().await?).await?;
		if !is_gap(next, nonce, &locked(&self.nonces)) {
			return Ok(());
		}
		let reserved = reserve(&self.nonces, next);
		if reserved.nonce == next {
			let remark = dynamic::tx("System", "remark", (Vec::<u8>::new(),));
			let mut tries = Tries { reserved: Some(reserved), ..Tries::default() };
			// If it fails, the next block brings the next attempt.
			let _ = self.submit(&remark, last, &mut tries).await;
		}
		Ok(())
	}

	/// Sends a call, again if it is lost or passed over, and waits until the node reports a finalized
	/// block that includes it; an error if it reports anything else.
	async fn attempt<'a>(
		&'a self,
		call: &impl Payload,
		last: Slot,
		tries: &mut Tries<'a>,
	) -> Result<()> {
		let mut progress = self.submit(call, last, tries).await?;
		let nonce = tries.reserved.as_ref().map(|reserved| reserved.nonce);
		let mut chain = self.chain.clone();
		let mut blocks = 0;
		loop {
			let status = tokio::select! {
				status = progress.next() => status,
				head = chain.next_head() => {
					let slot = head?.slot;
					ensure!(
						slot <= last.saturating_add(FINALITY),
						"no block that includes it was finalized in time"
					);
					blocks += 1;
					let Some(nonce) = nonce.filter(|_| blocks > LOST) else { continue };
					if slot < last && self.is_in_vain(nonce, blocks).await? {
						tries.in_vain += 1;
						progress = self.submit(call, last, tries).await?;
						blocks = 0;
						continue;
					}
					// If it fails, the next block brings the next attempt.
					let _ = self.fill_gap_below(nonce, last).await;
					continue;
				},
			};
			match status.context("the node sends no more updates on it")?? {
				TransactionStatus::InFinalizedBlock(_) => return Ok(()),
				TransactionStatus::Dropped { message } => {
					tries.in_vain += 1;
					bail!(message)
				}
				TransactionStatus::Error { message } | TransactionStatus::Invalid { message } => {
					bail!(message)
				}
				// Blocks of several branches may include it.
				_ => (),
			}
		}
	}

	/// Whether the account's next transaction has this nonce and has to be sent again: the node's pool no
	/// longer has it, or none of more than [`PASSED_OVER`] blocks has included it. Nodes may drop a
	/// transaction silently. A light client sees no pool, so that only the blocks count for it.
	async fn is_in_vain(&self, nonce: u64, blocks: u32) -> Result<bool> {
		let is_next = self.nonce_at(&self.chain.best().await?).await? == nonce;
		if !is_next || blocks > PASSED_OVER {
			return Ok(is_next);
		}
		Ok(self.chain.next_nonce(self.id()).await?.is_some_and(|pooled| pooled <= nonce))
	}

	/// Signs a call and submits it to the node.
	async fn submit<'a>(
		&'a self,
		call: &impl Payload,
		last: Slot,
		tries: &mut Tries<'a>,
	) -> Result<Progress> {
		let nonce = match &tries.reserved {
			Some(reserved) => reserved.nonce,
			None => {
				let next = self.nonce_at(&self.chain.best().await?).await?;
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
		let tip = if self.tips { tip(tries.in_vain) } else { 0 };
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
		let submitted = transaction.submit_and_watch().await;
		if let Err(error) = &submitted {
			tries.count(refusal(error));
		}
		Ok(submitted?)
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
		let nonce = tries.reserved.as_ref().map(|reserved| reserved.nonce);
		let (Some(since), Some(nonce)) = (tries.since, nonce) else { return Ok(Fate::Open) };
		let last = self.chain.finalized().await?;
		if self.nonce_at(&last).await? <= nonce {
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
		let nonce = self.nonce_at(&state).await?;
		let params = DefaultExtrinsicParamsBuilder::new().nonce(nonce).build();
		let mut transactions = state.at.transactions();
		let transaction = transactions.create_signed(call, &self.key, params).await?;
		Ok(transaction.partial_fee_estimate().await?)
	}

	/// The nonce of the account's next transaction after a block.
	async fn nonce_at(&self, block: &Snapshot) -> Result<u64> {
		Ok(block.at.transactions().account_nonce(&AccountId32(self.id())).await?)
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

/// The tip in planck of a transaction, after `in_vain` ones that found no place.
fn tip(in_vain: u32) -> u128 {
	let Some(times) = in_vain.checked_sub(1) else { return 0 };
	FIRST_TIP.saturating_mul(10u128.saturating_pow(times)).min(MAX_TIP)
}

/// The code with which a node has refused a transaction.
fn refusal(error: &ExtrinsicError) -> Option<i32> {
	let ExtrinsicError::ErrorSubmittingTransaction(BackendError::Rpc(error)) = error else {
		return None;
	};
	match error {
		RpcError::ClientError(rpcs::Error::User(error)) => Some(error.code),
		_ => None,
	}
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

/// The transactions, all with the same nonce, that were submitted for one call.
#[derive(Default)]
struct Tries<'a> {
	/// The nonce.
	reserved: Option<Reserved<'a>>,
	/// The number of the finalized block to which the first refers: no block up to it includes one
	/// of them.
	since: Option<u32>,
	/// Their hashes.
	hashes: Vec<HashFor<SubstrateConfig>>,
	/// The number of those that found no place in a pool or in blocks.
	in_vain: u32,
	/// The number of refusals, since the last of these, by pools that have another one.
	waits: u32,
}

impl Tries<'_> {
	/// Counts a refusal with this code. If the pool has another transaction of the nonce, it is one of this
	/// account, which needs no tip unless blocks pass it over.
	fn count(&mut self, refusal: Option<i32>) {
		match refusal {
			Some(IS_FULL) => self.in_vain += 1,
			Some(HAS_ANOTHER) if self.waits < PASSED_OVER => self.waits += 1,
			Some(HAS_ANOTHER) => {
				self.waits = 0;
				self.in_vain += 1;
			}
			_ => (),
		}
	}
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

	#[test]
	fn tips_grow_with_each_transaction_in_vain_up_to_the_maximum() {
		assert_eq!([0, 1, 2, 3].map(tip), [0, 10_000, 100_000, 1_000_000]);
		assert_eq!([4, 5, u32::MAX].map(tip), [MAX_TIP; 3]);
	}

	/// The number of transactions in vain after these refusals of a node.
	fn in_vain_after(codes: &[i32]) -> u32 {
		let mut tries = Tries::default();
		for code in codes {
			let error = rpcs::UserError { code: *code, message: String::new(), data: None };
			let error = ExtrinsicError::ErrorSubmittingTransaction(rpcs::Error::User(error).into());
			tries.count(refusal(&error));
		}
		tries.in_vain
	}

	#[test]
	fn only_a_pool_without_a_place_asks_for_a_tip() {
		assert_eq!(in_vain_after(&[1016]), 1);
		// A banned one is accepted once it is signed anew, and an invalid one never.
		assert_eq!(in_vain_after(&[1012, 1010]), 0);
	}

	#[test]
	fn transaction_that_a_pool_has_already_is_given_four_blocks_before_another_one_has_a_tip() {
		assert_eq!(in_vain_after(&[1014, 1014, 1014]), 0);
		assert_eq!(in_vain_after(&[1014, 1014, 1014, 1014]), 1);
		assert_eq!(in_vain_after(&[1014; 7]), 1);
		assert_eq!(in_vain_after(&[1014; 8]), 2);
	}

	#[test]
	fn nonces_in_use_are_passed_over_and_gaps_are_filled_first() {
		let nonces = Mutex::default();
		let [first, second, third] = [7, 7, 7].map(|next| reserve(&nonces, next));
		assert_eq!([first.nonce, second.nonce, third.nonce], [7, 8, 9]);
		drop(second);
		assert_eq!(reserve(&nonces, 7).nonce, 8);
		drop(first);
		assert_eq!(reserve(&nonces, 8).nonce, 8);
	}

	#[test]
	fn nonce_that_a_call_waits_for_and_no_call_has_is_a_gap() {
		let used = BTreeSet::from([7, 9]);
		// Nonce 9 waits for 8, and 7 is under way.
		assert!(is_gap(8, 9, &used) && !is_gap(7, 9, &used));
		// Nothing waits for its own nonce, or for one that has been used.
		assert!(!is_gap(9, 9, &used) && !is_gap(10, 9, &used));
	}
}
