//! The running spreads of a topic's truths, by which some losses measure (S 10.3).

use alloc::vec::Vec;
use allora_math::{loss::Spread, MathError, MathResult};
use allora_primitives::{FixedI128, MAX_LABELS};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{traits::ConstU32, BoundedVec};
use scale_info::TypeInfo;

/// The running mean and standard deviation of a label's truths (S 10.3).
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct LabelSpread {
	/// The smoothed mean of the truths.
	pub mean: FixedI128,
	/// The smoothed standard deviation of the truths, without its minimum.
	pub deviation: FixedI128,
	/// The number of truths, at most 50.
	pub truths: u8,
}

impl From<Spread> for LabelSpread {
	fn from(Spread { mean, deviation, truths }: Spread) -> Self {
		Self { mean, deviation, truths }
	}
}

impl From<LabelSpread> for Spread {
	fn from(LabelSpread { mean, deviation, truths }: LabelSpread) -> Self {
		Self { mean, deviation, truths }
	}
}

/// The spreads of a topic's truths, one per label; empty before the first truth.
#[derive(
	Clone,
	Debug,
	Default,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct Spreads(pub BoundedVec<LabelSpread, ConstU32<MAX_LABELS>>);

impl Spreads {
	/// The spreads by which the losses of an epoch with this truth are measured: those of the
	/// truths before it, or of this one if it is the first.
	pub(crate) fn known(&self, truth: &[FixedI128]) -> Vec<Spread> {
		if self.0.is_empty() {
			return truth.iter().map(|value| Spread::first(*value)).collect();
		}
		self.0.iter().map(|spread| (*spread).into()).collect()
	}

	/// Adds a truth.
	pub(crate) fn add(&mut self, truth: &[FixedI128]) -> MathResult<()> {
		let added = if self.0.is_empty() {
			truth.iter().map(|value| Ok(Spread::first(*value).into())).collect::<MathResult<_>>()?
		} else {
			let pairs = self.0.iter().zip(truth);
			pairs
				.map(|(spread, value)| Ok(Spread::from(*spread).update(*value)?.into()))
				.collect::<MathResult<Vec<_>>>()?
		};
		self.0 = BoundedVec::try_from(added).map_err(|_| MathError::Shape)?;
		Ok(())
	}
}
