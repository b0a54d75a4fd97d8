//! What a light client knows of the chain: the blocks that it has pinned, and the calls under way.

use super::event::{Final, New};
use std::collections::{BTreeMap, HashMap, VecDeque};
use subxt::{config::HashFor, SubstrateConfig};
use tokio::sync::oneshot;

/// The hash of a block.
pub type Hash = HashFor<SubstrateConfig>;

/// The number of finalized and abandoned blocks that stay pinned; smoldot ends a subscription with 32.
const KEPT: usize = 24;
/// The number of finalized blocks whose hashes are kept.
const TRAIL: usize = 4_096;

/// The end of a call.
#[derive(Debug, PartialEq, Eq)]
pub enum Outcome {
	/// The bytes that the runtime returned.
	Done(Vec<u8>),
	/// The call failed, and would fail again.
	Failed(String),
	/// No peer has sent a proof, or the subscription has ended: another attempt may succeed.
	Lost,
}

/// A block for which smoldot has the runtime.
struct Pinned {
	number: u32,
	parent: Hash,
	/// The number of runtimes before that of the block.
	runtime: u32,
}

/// The state of one subscription, and what outlives it.
#[derive(Default)]
pub struct View {
	/// The id of the subscription, `None` while there is none.
	subscription: Option<String>,
	pinned: HashMap<Hash, Pinned>,
	/// The pinned blocks that are finalized or abandoned, oldest first.
	released: VecDeque<Hash>,
	finalized: Option<Hash>,
	/// Finalized blocks by number; they outlive the subscription.
	trail: BTreeMap<u32, Hash>,
	/// The number of runtimes seen.
	runtimes: u32,
	/// What calls return that depend on the runtime alone, by runtime and call; those of the newest two.
	constants: HashMap<(u32, String), Vec<u8>>,
	waiting: HashMap<String, oneshot::Sender<Outcome>>,
	/// Outcomes of calls whose ids are not known yet.
	early: HashMap<String, Outcome>,
}

impl View {
	/// Begins a subscription with finalized blocks in order: hash, number and parent of each.
	pub fn begin(&mut self, subscription: &str, blocks: &[(Hash, u32, Hash)]) {
		self.end();
		self.runtimes += 1;
		let runtime = self.runtimes;
		for (hash, number, parent) in blocks {
			self.pinned.insert(*hash, Pinned { number: *number, parent: *parent, runtime });
			self.released.push_back(*hash);
			self.add_final(*number, *hash);
			self.finalized = Some(*hash);
		}
		self.subscription = Some(subscription.into());
	}

	/// Ends the subscription: its blocks are not pinned any more, and its calls have no other outcome.
	pub fn end(&mut self) {
		self.subscription = None;
		self.pinned.clear();
		self.released.clear();
		self.early.clear();
		self.constants.clear();
		for (_, sender) in self.waiting.drain() {
			// Nobody may wait any more.
			let _ = sender.send(Outcome::Lost);
		}
	}

	/// Adds a block, whose parent is pinned.
	pub fn add(&mut self, block: &New) {
		let Some(parent) = self.pinned.get(&block.parent) else { return };
		let (number, mut runtime) = (parent.number + 1, parent.runtime);
		if block.has_new_runtime {
			self.runtimes += 1;
			runtime = self.runtimes;
			// Blocks of the one before are still read.
			self.constants.retain(|(other, _), _| other + 1 >= runtime);
		}
		self.pinned.insert(block.hash, Pinned { number, parent: block.parent, runtime });
	}

	/// Notes blocks that are final or abandoned; returns those that are to be unpinned.
	pub fn finalize(&mut self, blocks: &Final) -> Vec<Hash> {
		self.released.extend(&blocks.abandoned);
		for hash in &blocks.finalized {
			if let Some(number) = self.pinned.get(hash).map(|block| block.number) {
				self.add_final(number, *hash);
				self.released.push_back(*hash);
				self.finalized = Some(*hash);
			}
		}
		let excess = self.released.len().saturating_sub(KEPT);
		let unpinned: Vec<_> = self.released.drain(..excess).collect();
		for hash in &unpinned {
			self.pinned.remove(hash);
		}
		unpinned
	}

	/// Notes the hash of a finalized block.
	pub fn add_final(&mut self, number: u32, hash: Hash) {
		self.trail.insert(number, hash);
		if self.trail.len() > TRAIL {
			self.trail.pop_first();
		}
	}

	/// The first known finalized block from this number on.
	pub fn final_from(&self, number: u32) -> Option<(u32, Hash)> {
		self.trail.range(number..).next().map(|(number, hash)| (*number, *hash))
	}

	/// The last finalized block.
	pub fn finalized(&self) -> Option<Hash> {
		self.finalized
	}

	/// The subscription by which a block is pinned, and the block's runtime.
	pub fn pin(&self, block: &Hash) -> Option<(String, u32)> {
		let runtime = self.pinned.get(block)?.runtime;
		Some((self.subscription.clone()?, runtime))
	}

	/// The parent of a pinned block.
	pub fn parent(&self, block: &Hash) -> Option<Hash> {
		self.pinned.get(block).map(|block| block.parent)
	}

	/// What a call returned under this runtime.
	pub fn constant(&self, runtime: u32, call: &str) -> Option<Vec<u8>> {
		self.constants.get(&(runtime, call.into())).cloned()
	}

	/// Keeps what a call returns under a runtime.
	pub fn keep(&mut self, runtime: u32, call: String, output: Vec<u8>) {
		self.constants.insert((runtime, call), output);
	}

	/// Where the outcome of a call will arrive.
	pub fn outcome(&mut self, subscription: &str, operation: String) -> oneshot::Receiver<Outcome> {
		let (sender, receiver) = oneshot::channel();
		let is_over = self.subscription.as_deref() != Some(subscription);
		let early = self.early.remove(&operation).or_else(|| is_over.then_some(Outcome::Lost));
		match early {
			// The receiver is there.
			Some(outcome) => drop(sender.send(outcome)),
			None => drop(self.waiting.insert(operation, sender)),
		}
		receiver
	}

	/// Notes the outcome of a call.
	pub fn finish(&mut self, operation: String, outcome: Outcome) {
		match self.waiting.remove(&operation) {
			// Nobody may wait any more.
			Some(sender) => drop(sender.send(outcome)),
			None => drop(self.early.insert(operation, outcome)),
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	fn hash(number: u8) -> Hash {
		Hash::from([number; 32])
	}

	fn child(number: u8, parent: u8) -> New {
		New { hash: hash(number), parent: hash(parent), has_new_runtime: false }
	}

	fn final_blocks(finalized: &[u8], abandoned: &[u8]) -> Final {
		let hashes = |of: &[u8]| of.iter().copied().map(hash).collect();
		Final { finalized: hashes(finalized), abandoned: hashes(abandoned) }
	}

	/// A view whose finalized block is that of number 10.
	fn view() -> View {
		let mut view = View::default();
		view.begin("one", &[(hash(10), 10, hash(9))]);
		view
	}

	#[test]
	fn blocks_stay_pinned_for_some_time_after_they_are_final() {
		let mut view = view();
		view.add(&child(11, 10));
		view.add(&child(111, 10));
		assert_eq!(view.finalize(&final_blocks(&[11], &[111])), []);
		assert_eq!(view.finalized(), Some(hash(11)));
		for number in 12..40 {
			view.add(&child(number, number - 1));
			view.finalize(&final_blocks(&[number], &[]));
		}
		let pinned = |number| view.pin(&hash(number)).is_some();
		assert_eq!([10, 111, 15, 16, 39].map(pinned), [false, false, false, true, true]);
		assert_eq!(view.parent(&hash(39)), Some(hash(38)));
		// Their numbers are known for longer.
		assert_eq!(view.final_from(11), Some((11, hash(11))));
		assert_eq!((view.final_from(1), view.final_from(40)), (Some((10, hash(10))), None));
	}

	#[test]
	fn constants_belong_to_a_runtime() {
		let mut view = view();
		let runtime = |view: &View, number| view.pin(&hash(number)).unwrap().1;
		let first = runtime(&view, 10);
		view.keep(first, "Core_version".into(), vec![1]);
		view.add(&child(11, 10));
		assert_eq!(runtime(&view, 11), first);
		view.add(&New { has_new_runtime: true, ..child(12, 11) });
		let second = runtime(&view, 12);
		assert_eq!(view.constant(second, "Core_version"), None);
		assert_eq!(view.constant(first, "Core_version"), Some(vec![1]));
	}

	#[test]
	fn outcome_may_come_before_the_call_is_known_to_have_begun() {
		let mut view = view();
		view.finish("a".into(), Outcome::Done(vec![1]));
		assert_eq!(view.outcome("one", "a".into()).try_recv(), Ok(Outcome::Done(vec![1])));
		let mut later = view.outcome("one", "b".into());
		assert!(later.try_recv().is_err());
		view.finish("b".into(), Outcome::Failed("bad".into()));
		assert_eq!(later.try_recv(), Ok(Outcome::Failed("bad".into())));
	}

	#[test]
	fn calls_are_lost_with_their_subscription() {
		let mut view = view();
		let mut before = view.outcome("one", "a".into());
		view.begin("two", &[(hash(20), 20, hash(19))]);
		assert_eq!(before.try_recv(), Ok(Outcome::Lost));
		assert_eq!(view.outcome("one", "b".into()).try_recv(), Ok(Outcome::Lost));
		assert!(view.pin(&hash(10)).is_none());
		assert_eq!(view.pin(&hash(20)).unwrap().0, "two");
		// The finalized blocks before are still known.
		assert_eq!(view.final_from(10), Some((10, hash(10))));
	}
}
