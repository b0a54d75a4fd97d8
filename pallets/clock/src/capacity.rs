//! How much of every block is promised to topics, and why the promise can be kept.
//!
//! ## The promise
//!
//! No step of an admitted topic is taken later than a quarter of its epoch length after it is due
//! (two slots at least), whatever the alignment of the topics, as long as every slot has a block. The
//! blocks that end a session declare all their weight to be used, so that they leave the clock
//! nothing: this is accounted for. A block that is missed is not.
//!
//! ## Why it holds
//!
//! Each topic is in a [`Class`]: its steps may be `D` slots late, where `D` is the largest power of
//! two that is at most a quarter of its epoch length `T`. The clock always takes the step with the
//! earliest deadline, *due slot + D* (earliest deadline first). Within a class that is the order of
//! due slots, so that the first entries of all classes are enough to find it.
//!
//! A step of a topic falls due at most once per `T` slots. So of a topic whose epoch takes `C` at
//! worst, at most `C * (1 + (L - D) / T)` can both fall due and reach its deadline within `L + 1`
//! consecutive slots if `L >= D`, and nothing otherwise. Of the blocks of these slots at most
//! `1 + L / P` end a session, if a session lasts `P` slots. In every other one, while such work waits,
//! the clock uses its share except for what is too little for the next step: at least
//! `share - largest step`. Earliest deadline first misses no deadline if for every `L`
//!
//! ```text
//! sum over topics with D <= L of  C * (1 + (L - D) / T)   <=   L * S,
//! S = (share - largest step) * (1 - 1 / P)
//! ```
//!
//! Both sides are linear in `L` between the powers of two, and only the left one jumps, so that it is
//! enough to check `L = D` of every class and that the sum of all `C / T` is at most `S`. With the
//! sums of `C` and `C / T` kept per class that is one pass over [`CLASSES`] numbers
//! ([`Capacity::holds`]). This is the demand test of Baruah, Rosier and Howell (1990) with its usual
//! linear bound. It knows nothing of phases, so that no alignment can break it.
//!
//! What a topic reserves is released only when it has no step to come, since epochs in flight are
//! closed after the topic has become inactive. An activation after that may open an epoch less than
//! `T` after the step that made the topic inactive, which therefore counts beside the opening.

use allora_primitives::{Slot, Slots, TopicParameters};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::weights::Weight;
use scale_info::TypeInfo;

/// Number of classes: `D` is at most a quarter of the longest length that a `u32` can hold.
pub const CLASSES: usize = 30;
/// Number of phases by which load is levelled, see [`Capacity::least_loaded`].
pub const PHASES: usize = 60;

/// How late a topic's steps may be, as a power of two.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	PartialOrd,
	Ord,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct Class(pub u8);

impl Class {
	/// The class of topics with epochs of this length.
	pub fn of(epoch_length: Slots) -> Self {
		let quarter = (epoch_length / 4).max(2);
		// At most 29, being the logarithm of at most 2^30.
		Self(quarter.ilog2() as u8)
	}

	/// How many slots late a step of this class may be (D).
	pub fn tolerance(self) -> Slot {
		1u64.checked_shl(self.0.into()).unwrap_or(Slot::MAX)
	}
}

/// What one topic reserves.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Reservation {
	/// How late its steps may be.
	pub class: Class,
	/// Worst case of all steps of an epoch and of becoming inactive (C).
	pub epoch: Weight,
	/// That divided by the epoch length, rounded up (C / T).
	pub rate: Weight,
	/// Worst case of its largest step.
	pub largest: Weight,
	/// Where it counts among the phases: its epochs open in slots congruent to this modulo the
	/// stride.
	pub phase: u8,
	/// Greatest common divisor of the epoch length and [`PHASES`].
	pub stride: u8,
}

impl Reservation {
	/// What a topic reserves whose epochs take `epoch` at worst, and no step of which more than
	/// `largest`. Its phase is still to be chosen, by [`Reservation::opening_at`].
	pub fn new(parameters: &TopicParameters, epoch: Weight, largest: Weight) -> Self {
		let length = parameters.epoch_length.max(1);
		let per_block = |total: u64| total.div_ceil(length.into());
		Self {
			class: Class::of(length),
			epoch,
			rate: Weight::from_parts(per_block(epoch.ref_time()), per_block(epoch.proof_size())),
			largest,
			phase: 0,
			stride: stride(length),
		}
	}

	/// The same for a topic whose epochs open in this slot and whole epoch lengths later.
	pub fn opening_at(self, slot: Slot) -> Self {
		// Below the stride, which is at most 60.
		let phase = slot.checked_rem(self.stride.into()).unwrap_or_default() as u8;
		Self { phase, ..self }
	}

	/// The phases at which its epochs open.
	fn phases(&self) -> impl Iterator<Item = usize> {
		(usize::from(self.phase)..PHASES).step_by(usize::from(self.stride.max(1)))
	}

	/// How much computation it adds to each block of its phases on average, in picoseconds.
	fn phase_load(&self) -> u64 {
		self.rate.ref_time().saturating_mul(self.stride.into())
	}
}

/// Greatest common divisor of an epoch length and the number of phases.
fn stride(epoch_length: Slots) -> u8 {
	let (mut a, mut b) = (PHASES as u32, epoch_length);
	while b != 0 {
		(a, b) = (b, a.checked_rem(b).unwrap_or_default());
	}
	// Divides 60.
	a as u8
}

/// What the topics of a class reserve together.
#[derive(
	Clone,
	Copy,
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
pub struct ClassLoad {
	/// How many topics they are.
	pub topics: u32,
	/// Sum of the worst cases of their epochs (sum of C).
	pub epochs: Weight,
	/// Sum of their rates (sum of C / T).
	pub rate: Weight,
}

/// What all topics reserve together.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Capacity {
	/// By class.
	pub classes: [ClassLoad; CLASSES],
	/// The largest step of any topic that has reserved since nothing was reserved.
	pub largest: Weight,
}

impl Default for Capacity {
	fn default() -> Self {
		Self { classes: [ClassLoad::default(); CLASSES], largest: Weight::zero() }
	}
}

impl Capacity {
	/// Sum of all rates: what the topics use of every block on average, at worst.
	pub fn rate(&self) -> Weight {
		self.classes.iter().fold(Weight::zero(), |sum, class| sum.saturating_add(class.rate))
	}

	/// The classes that have topics.
	pub fn occupied(&self) -> impl Iterator<Item = Class> + '_ {
		let some = self.classes.iter().enumerate().filter(|(_, load)| load.topics > 0);
		some.map(|(class, _)| Class(class as u8))
	}

	/// Counts a topic in.
	pub fn add(&mut self, one: &Reservation) {
		self.add_many(one, 1);
	}

	/// Counts this many topics in.
	pub fn add_many(&mut self, one: &Reservation, count: u32) {
		let Some(class) = self.classes.get_mut(usize::from(one.class.0)) else {
			return;
		};
		class.topics = class.topics.saturating_add(count);
		class.epochs = class.epochs.saturating_add(one.epoch.saturating_mul(count.into()));
		class.rate = class.rate.saturating_add(one.rate.saturating_mul(count.into()));
		self.largest = self.largest.max(one.largest);
	}

	/// Counts a topic out; returns whether it was counted in.
	pub fn remove(&mut self, one: &Reservation) -> bool {
		let Some(class) = self.classes.get_mut(usize::from(one.class.0)) else {
			return false;
		};
		let (topics, epochs, rate) = (
			class.topics.checked_sub(1),
			class.epochs.checked_sub(&one.epoch),
			class.rate.checked_sub(&one.rate),
		);
		let (Some(topics), Some(epochs), Some(rate)) = (topics, epochs, rate) else {
			return false;
		};
		*class = ClassLoad { topics, epochs, rate };
		if self.occupied().next().is_none() {
			self.largest = Weight::zero();
		}
		true
	}

	/// Whether all steps are on time if the clock may use `share` of every block but those that end
	/// a session of this many slots; see the [module](self).
	pub fn holds(&self, share: Weight, session: Slot) -> bool {
		let Some(supply) = share.checked_sub(&self.largest) else {
			return false;
		};
		let without = |part: u64| part.saturating_sub(part.div_ceil(session.max(1)));
		let supply = Weight::from_parts(without(supply.ref_time()), without(supply.proof_size()));
		// The left side of the inequality at the tolerance of the class before, and its slope there.
		let (mut demand, mut rate) = (Weight::zero(), Weight::zero());
		let mut last: Slot = 0;
		for (class, load) in self.classes.iter().enumerate() {
			let tolerance = Class(class as u8).tolerance();
			let passed = tolerance.saturating_sub(last);
			demand = demand.saturating_add(rate.saturating_mul(passed)).saturating_add(load.epochs);
			last = tolerance;
			rate = rate.saturating_add(load.rate);
			if load.topics > 0 && !demand.all_lte(supply.saturating_mul(tolerance)) {
				return false;
			}
		}
		rate.all_lte(supply)
	}
}

/// How the openings of topics are spread over the phases.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct PhaseLoads(pub [u64; PHASES]);

impl Default for PhaseLoads {
	fn default() -> Self {
		Self([0; PHASES])
	}
}

impl PhaseLoads {
	/// Counts a topic in.
	pub fn add(&mut self, one: &Reservation) {
		for phase in one.phases() {
			if let Some(load) = self.0.get_mut(phase) {
				*load = load.saturating_add(one.phase_load());
			}
		}
	}

	/// Counts a topic out.
	pub fn remove(&mut self, one: &Reservation) {
		for phase in one.phases() {
			if let Some(load) = self.0.get_mut(phase) {
				*load = load.saturating_sub(one.phase_load());
			}
		}
	}

	/// The slot, of `from` and those after it within an epoch length, in which the fewest
	/// computations of other topics fall due on average; the earliest of several.
	pub fn least_loaded(&self, from: Slot, epoch_length: Slots) -> Slot {
		let step = usize::from(stride(epoch_length).max(1));
		let load = |slot: Slot| {
			let at = |phase: usize| self.0.get(phase).copied().unwrap_or_default();
			// Below the step, which is at most 60.
			let first = slot.checked_rem(step as Slot).unwrap_or_default() as usize;
			(first..PHASES).step_by(step).map(at).max().unwrap_or_default()
		};
		let ahead = Slot::from(epoch_length).clamp(1, PHASES as Slot);
		let candidates = (0..ahead).map(|ahead| from.saturating_add(ahead));
		candidates.min_by_key(|slot| load(*slot)).unwrap_or(from)
	}
}
