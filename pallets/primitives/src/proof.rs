//! The bytes by which other chains know a network inference.
//!
//! A leaf of the tree of a block's inferences has a fixed layout that a contract can slice without a
//! decoder. Numbers are big-endian; fixed-point numbers are `int128` in units of 10^-18.
//!
//! | offset | bytes | field |
//! |---|---|---|
//! | 0 | 16 | [`LEAF_TAG`] |
//! | 16 | 32 | the hash of the chain's genesis block |
//! | 48 | 8 | the topic |
//! | 56 | 8 | the epoch |
//! | 64 | 4 | the block that closed the epoch's worker window |
//! | 68 | 8 | that block's time, in seconds since the Unix epoch |
//! | 76 | 1 | the number of labels, `n` |
//! | 77 | 1 | 1 if the intervals are known, else 0 |
//! | 78 | 80 `n` | per label: the value, and the quantiles at 2.5, 16, 84 and 97.5 % of where the truth is expected; 0 if the intervals are unknown |

use crate::{
	bundle::{Inference, Intervals},
	BlockNumber, EpochId, TopicId, MAX_LABELS,
};
use alloc::vec::Vec;
use sp_arithmetic::FixedI128;
use sp_core::H256;

/// The first bytes of the leaf of an inference: no other signed data begins with them.
pub const LEAF_TAG: [u8; 16] = *b"allora/inference";

/// The length of the part of a leaf that comes before its labels, in bytes.
pub const LEAF_HEAD: usize = 78;

/// The length of the part of a leaf that belongs to a label, in bytes.
pub const LEAF_LABEL: usize = 80;

/// A network inference as it was made: the part of a leaf that a synthesis knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MadeInference {
	/// One value per label.
	pub label_values: Inference,
	/// Where the truth is expected, one row per label; empty if that is unknown.
	pub intervals: Intervals,
}

/// A network inference that can be proven to other chains.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProvableInference {
	/// The hash of the chain's genesis block.
	pub genesis: H256,
	/// The topic.
	pub topic: TopicId,
	/// The epoch.
	pub epoch: EpochId,
	/// The block that closed the epoch's worker window.
	pub block: BlockNumber,
	/// The time of that block, in seconds since the Unix epoch.
	pub time: u64,
	/// The inference.
	pub made: MadeInference,
}

impl ProvableInference {
	/// The leaf of this inference.
	///
	/// Intervals count as unknown unless there is one per label.
	pub fn to_leaf(&self) -> Vec<u8> {
		let MadeInference { label_values, intervals } = &self.made;
		let known = !intervals.is_empty() && intervals.len() == label_values.len();
		let mut leaf = Vec::with_capacity(leaf_length(label_values.len()));
		leaf.extend(LEAF_TAG);
		leaf.extend(self.genesis.0);
		leaf.extend(self.topic.to_be_bytes());
		leaf.extend(self.epoch.to_be_bytes());
		leaf.extend(self.block.to_be_bytes());
		leaf.extend(self.time.to_be_bytes());
		leaf.push(label_values.len() as u8);
		leaf.push(known.into());
		for (at, value) in label_values.iter().enumerate() {
			let interval = known.then(|| intervals.get(at).copied()).flatten().unwrap_or_default();
			for number in [*value].into_iter().chain(interval) {
				leaf.extend(number.into_inner().to_be_bytes());
			}
		}
		leaf
	}

	/// The inference of a leaf; `None` if these are not exactly the bytes of one.
	pub fn from_leaf(leaf: &[u8]) -> Option<Self> {
		let mut rest = leaf;
		let tag: [u8; 16] = take(&mut rest)?;
		let genesis = H256(take(&mut rest)?);
		let topic = u64::from_be_bytes(take(&mut rest)?);
		let epoch = u64::from_be_bytes(take(&mut rest)?);
		let block = u32::from_be_bytes(take(&mut rest)?);
		let time = u64::from_be_bytes(take(&mut rest)?);
		let [labels, known] = take(&mut rest)?;
		if tag != LEAF_TAG || u32::from(labels) > MAX_LABELS || labels == 0 {
			return None;
		}
		let mut number = || Some(FixedI128::from_inner(i128::from_be_bytes(take(&mut rest)?)));
		let (mut label_values, mut intervals) = (Inference::default(), Intervals::default());
		for _ in 0..labels {
			label_values.try_push(number()?).ok()?;
			let interval = [number()?, number()?, number()?, number()?];
			if known == 1 {
				intervals.try_push(interval).ok()?;
			}
		}
		let made = MadeInference { label_values, intervals };
		let inference = Self { genesis, topic, epoch, block, time, made };
		// Refuses bytes that are left over, and intervals that are said to be unknown.
		(inference.to_leaf() == leaf).then_some(inference)
	}
}

/// The length of the leaf of an inference with this many labels, in bytes.
pub const fn leaf_length(labels: usize) -> usize {
	LEAF_HEAD.saturating_add(LEAF_LABEL.saturating_mul(labels))
}

/// The first bytes, which are removed from the slice; `None` if there are too few.
fn take<const N: usize>(bytes: &mut &[u8]) -> Option<[u8; N]> {
	let (first, rest) = bytes.split_first_chunk()?;
	*bytes = rest;
	Some(*first)
}

#[cfg(test)]
mod tests {
	use super::*;
	use alloc::vec;
	use frame_support::BoundedVec;

	fn inference(labels: usize, known: bool) -> ProvableInference {
		let number = |n: usize| FixedI128::from_inner(n as i128 - 3);
		let row = |n| [number(10 * n), number(10 * n + 1), number(10 * n + 2), number(10 * n + 3)];
		let intervals = if known { (1..=labels).map(row).collect() } else { vec![] };
		ProvableInference {
			genesis: H256::repeat_byte(7),
			topic: 1,
			epoch: 2,
			block: 3,
			time: 4,
			made: MadeInference {
				label_values: BoundedVec::truncate_from((0..labels).map(number).collect()),
				intervals: BoundedVec::truncate_from(intervals),
			},
		}
	}

	#[test]
	fn leaf_has_the_documented_layout() {
		let mut made = inference(1, true);
		made.made.label_values = BoundedVec::truncate_from(vec![FixedI128::from_inner(-2)]);
		let expected = [
			b"allora/inference".to_vec(),
			vec![7; 32],
			vec![0, 0, 0, 0, 0, 0, 0, 1],
			vec![0, 0, 0, 0, 0, 0, 0, 2],
			vec![0, 0, 0, 3],
			vec![0, 0, 0, 0, 0, 0, 0, 4],
			vec![1, 1],
			[vec![0xff; 15], vec![0xfe]].concat(),
			// The rows count up from 7.
			[vec![0; 15], vec![7], vec![0; 15], vec![8]].concat(),
			[vec![0; 15], vec![9], vec![0; 15], vec![10]].concat(),
		];
		assert_eq!(made.to_leaf(), expected.concat());
	}

	#[test]
	fn leaf_is_read_back() {
		for labels in 1..=MAX_LABELS as usize {
			for known in [true, false] {
				let made = inference(labels, known);
				let leaf = made.to_leaf();
				assert_eq!(leaf.len(), leaf_length(labels));
				assert_eq!(ProvableInference::from_leaf(&leaf), Some(made));
			}
		}
	}

	#[test]
	fn no_leaf_is_as_long_as_an_inner_node() {
		// An inner node is the hash of two hashes: 64 bytes that could otherwise be shown as a leaf.
		let lengths: Vec<_> = (1..=MAX_LABELS as usize).map(leaf_length).collect();
		assert_eq!(lengths, [158, 238, 318, 398, 478, 558, 638, 718]);
		assert!(!lengths.contains(&64));
	}

	#[test]
	fn bytes_that_are_no_leaf_are_refused() {
		let leaf = inference(2, false).to_leaf();
		let refused = |change: &dyn Fn(&mut Vec<u8>)| {
			let mut changed = leaf.clone();
			change(&mut changed);
			assert_eq!(ProvableInference::from_leaf(&changed), None);
		};
		refused(&|leaf| leaf[0] ^= 1);
		refused(&|leaf| leaf.push(0));
		refused(&|leaf| leaf.truncate(leaf.len() - 1));
		refused(&|leaf| leaf.truncate(LEAF_HEAD));
		refused(&|leaf| leaf.truncate(10));
		// A label more than there is, none, and more than a topic has.
		for labels in [3, 0, 9] {
			refused(&move |leaf| leaf[76] = labels);
		}
		refused(&|leaf| leaf[77] = 2);
		// An interval that is said to be unknown.
		refused(&|leaf| *leaf.last_mut().expect("it has bytes") = 1);
	}
}
