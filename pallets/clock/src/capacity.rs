//! The admission test: how much of every block topics may reserve so that all steps are on time.
//!
//! ## The promise
//!
//! No step of an admitted topic is late by more than a quarter of its epoch length, or two slots if
//! that is longer, whatever the alignment of the topics, as long as every slot has a block. The
//! test counts on no weight for the clock in a block that ends a session, which is more careful than
//! this runtime needs: such a block has room for the clock's share. The test does not account for
//! slots without a block.
//!
//! ## Why it holds
//!
//! Each topic is in a [`Class`]: its steps may be `D` slots late, where `D` is the largest power of
//! two that is at most a quarter of its epoch length `T`. The clock always takes the step with the
//! earliest deadline, *due slot + D* (earliest deadline first). Within a class deadlines have the
//! order of due slots, so the step is among the first entries of the classes.
//!
//! Each step of a topic is due at most once per `T` slots. If an epoch of the topic takes at most
//! `C`, the work that is both due and has its deadline within `L + 1` consecutive slots is at most
//! `C * (1 + (L - D) / T)` if `L >= D`, and 0 otherwise. If a session lasts `P` slots, at most
//! `1 + L / P` of these slots have a block that ends a session. In every other block, while such
//! work waits, the clock uses its share up to a rest too small for the next step: at least
//! `share - largest step`. No deadline is missed if for every `L`
//!
//! ```text
//! sum over topics with D <= L of  C * (1 + (L - D) / T)   <=   L * S,
//! S = (share - largest step) * (1 - 1 / P)
//! ```
//!
//! Both sides are linear in `L` between the powers of two, and only the left one jumps. So it is
//! enough to check `L = D` for every class, and that the sum of all `C / T` is at most `S`. With
//! the sums of `C` and `C / T` stored per class this takes one pass over [`CLASSES`] numbers, see
//! [`Capacity::holds`]. This is the processor demand test of Baruah, Rosier and Howell (1990) with
//! its usual linear bound. It does not depend on phases, so no alignment can break it.
//!
//! A topic releases its reservation only when it has no step to come, since epochs in flight are
//! closed after it has become inactive. An activation after that may open an epoch less than `T`
//! slots after the step that made the topic inactive; `C` therefore includes that step besides the
//! opening.
//!
//! ## Changed parameters
//!
//! After a change of a topic's rule, epochs under both rules are in flight, and one step may be
//! heavier under the former rule, another one under the new rule. `C` is therefore the sum of each
//! step's worst case under either, which may exceed the `C` of both rules. The change reserves it at
//! once or fails. What is reserved for a step never shrinks while the topic has a step to come.

use crate::rent::{self, RentLevel};
use allora_primitives::{Slot, Slots, Step};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::weights::Weight;
use scale_info::TypeInfo;

/// The number of classes: `D` is at most a quarter of the largest `u32`.
pub const CLASSES: usize = 30;
/// The number of phases over which openings are spread, see [`PhaseLoads::least_loaded`].
pub const PHASES: usize = 60;

/// How many slots late a topic's steps may be, as the exponent of a power of two.
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

	/// The number of slots by which a step of this class may be late (D).
	pub fn tolerance(self) -> Slot {
		1u64.checked_shl(self.0.into()).unwrap_or(Slot::MAX)
	}
}

/// The worst case of each step of an epoch, without that of the turn in which it is taken.
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
pub struct StepWeights {
	/// Of an opening; also of becoming inactive.
	pub open: Weight,
	/// Of a close to workers.
	pub close_workers: Weight,
	/// Of a close to reputers.
	pub close_reputers: Weight,
}

impl StepWeights {
	/// The worst case of a step.
	pub fn of(&self, step: Step) -> Weight {
		match step {
			Step::Open => self.open,
			Step::CloseWorkers => self.close_workers,
			Step::CloseReputers => self.close_reputers,
		}
	}

	/// The maximum of both for each step.
	pub fn max(self, other: Self) -> Self {
		Self {
			open: self.open.max(other.open),
			close_workers: self.close_workers.max(other.close_workers),
			close_reputers: self.close_reputers.max(other.close_reputers),
		}
	}

	/// The sum over the steps of an epoch.
	pub fn total(&self) -> Weight {
		self.open.saturating_add(self.close_workers).saturating_add(self.close_reputers)
	}

	/// The maximum over the steps.
	pub fn largest(&self) -> Weight {
		self.open.max(self.close_workers).max(self.close_reputers)
	}
}

/// What one topic reserves.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Reservation {
	/// The class of its epoch length.
	pub class: Class,
	/// The worst case of each step under the topic's parameters and the former ones under which
	/// epochs may be in flight.
	pub steps: StepWeights,
	/// The worst case of all steps of an epoch and of becoming inactive, with their turns (C).
	pub epoch: Weight,
	/// The worst case per slot: `epoch` divided by the epoch length, rounded up (C / T).
	pub rate: Weight,
	/// The worst case of its largest step, with that of its turn.
	pub largest: Weight,
	/// The phase: epochs open in slots congruent to this modulo the stride.
	pub phase: u8,
	/// The greatest common divisor of the epoch length and [`PHASES`].
	pub stride: u8,
}

impl Reservation {
	/// The reservation of a topic whose epochs take at most `epoch` and whose steps at most
	/// `largest`, both with the turns of `steps`. [`Reservation::opening_at`] sets its phase.
	pub fn new(epoch_length: Slots, steps: StepWeights, epoch: Weight, largest: Weight) -> Self {
		let length = epoch_length.max(1);
		let per_block = |total: u64| total.div_ceil(length.into());
		Self {
			class: Class::of(length),
			steps,
			epoch,
			rate: Weight::from_parts(per_block(epoch.ref_time()), per_block(epoch.proof_size())),
			largest,
			phase: 0,
			stride: stride(length),
		}
	}

	/// This reservation for a topic whose epochs open in this slot and whole epoch lengths later.
	pub fn opening_at(self, slot: Slot) -> Self {
		// Below the stride, which is at most 60.
		let phase = slot.checked_rem(self.stride.into()).unwrap_or_default() as u8;
		Self { phase, ..self }
	}

	/// The phases at which its epochs open.
	fn phases(&self) -> impl Iterator<Item = usize> {
		(usize::from(self.phase)..PHASES).step_by(usize::from(self.stride.max(1)))
	}

	/// The average computation per block in its phases, in picoseconds.
	fn phase_load(&self) -> u64 {
		self.rate.ref_time().saturating_mul(self.stride.into())
	}
}

/// The greatest common divisor of an epoch length and [`PHASES`].
fn stride(epoch_length: Slots) -> u8 {
	let (mut a, mut b) = (PHASES as u32, epoch_length);
	while b != 0 {
		(a, b) = (b, a.checked_rem(b).unwrap_or_default());
	}
	// Divides 60.
	a as u8
}

/// The sum of what the topics of a class reserve.
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
	/// The number of topics.
	pub topics: u32,
	/// The sum of the worst cases of their epochs (sum of C).
	pub epochs: Weight,
	/// The sum of their rates (sum of C / T).
	pub rate: Weight,
}

/// The sum of what all topics reserve.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Capacity {
	/// The sums by class.
	pub classes: [ClassLoad; CLASSES],
	/// The largest step of all topics that have reserved since nothing was reserved last.
	pub largest: Weight,
	/// The level of the rent's price; that of an idle chain if nothing is reserved.
	pub rent: RentLevel,
}

impl Default for Capacity {
	fn default() -> Self {
		Self {
			classes: [ClassLoad::default(); CLASSES],
			largest: Weight::zero(),
			rent: RentLevel::default(),
		}
	}
}

impl Capacity {
	/// The sum of all rates: the worst-case average weight per block.
	pub fn rate(&self) -> Weight {
		self.classes.iter().fold(Weight::zero(), |sum, class| sum.saturating_add(class.rate))
	}

	/// The classes that have topics.
	pub fn occupied(&self) -> impl Iterator<Item = Class> + '_ {
		let some = self.classes.iter().enumerate().filter(|(_, load)| load.topics > 0);
		some.map(|(class, _)| Class(class as u8))
	}

	/// Adds a topic's reservation.
	pub fn add(&mut self, one: &Reservation) {
		self.add_many(one, 1);
	}

	/// Adds the reservations of `count` topics that are alike.
	pub fn add_many(&mut self, one: &Reservation, count: u32) {
		let Some(class) = self.classes.get_mut(usize::from(one.class.0)) else {
			return;
		};
		class.topics = class.topics.saturating_add(count);
		class.epochs = class.epochs.saturating_add(one.epoch.saturating_mul(count.into()));
		class.rate = class.rate.saturating_add(one.rate.saturating_mul(count.into()));
		self.largest = self.largest.max(one.largest);
	}

	/// Removes a topic's reservation; returns whether it was included.
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
			self.rent = RentLevel::default();
		}
		true
	}

	/// Whether all steps are on time if the clock may use `share` of every block, except those that
	/// end a session of `session` slots; see the [module](self).
	pub fn holds(&self, share: Weight, session: Slot) -> bool {
		let Some(supply) = self.supply(share, session) else {
			return false;
		};
		self.demands(supply).all(|(demand, limit)| demand.all_lte(limit))
	}

	/// The part of the capacity that is taken, in units of 2^-32, at most 1: the largest quotient of
	/// both sides of the inequalities that [`Self::holds`] checks.
	pub fn fullness(&self, share: Weight, session: Slot) -> u64 {
		let Some(supply) = self.supply(share, session) else {
			return rent::ONE;
		};
		let part = |demand: u64, limit: u64| match limit {
			0 if demand == 0 => 0,
			_ => u128::from(demand)
				.saturating_mul(rent::ONE.into())
				.checked_div(limit.into())
				.map_or(rent::ONE, |part| part.min(rent::ONE.into()) as u64),
		};
		let parts = self.demands(supply).map(|(demand, limit)| {
			part(demand.ref_time(), limit.ref_time())
				.max(part(demand.proof_size(), limit.proof_size()))
		});
		parts.max().unwrap_or_default()
	}

	/// What the clock uses of a block at least while work waits, on average over a session (S);
	/// `None` if a step is larger than its share.
	fn supply(&self, share: Weight, session: Slot) -> Option<Weight> {
		let supply = share.checked_sub(&self.largest)?;
		let without = |part: u64| part.saturating_sub(part.div_ceil(session.max(1)));
		Some(Weight::from_parts(without(supply.ref_time()), without(supply.proof_size())))
	}

	/// Both sides of the inequalities: at the tolerance of each class that has topics, and of the
	/// rates.
	fn demands(&self, supply: Weight) -> impl Iterator<Item = (Weight, Weight)> + '_ {
		// The left side of the inequality at the tolerance of the preceding class, and its slope.
		let (mut demand, mut rate) = (Weight::zero(), Weight::zero());
		let mut last: Slot = 0;
		let of_classes = self.classes.iter().enumerate().filter_map(move |(class, load)| {
			let tolerance = Class(class as u8).tolerance();
			let passed = tolerance.saturating_sub(last);
			demand = demand.saturating_add(rate.saturating_mul(passed)).saturating_add(load.epochs);
			last = tolerance;
			rate = rate.saturating_add(load.rate);
			(load.topics > 0).then(|| (demand, supply.saturating_mul(tolerance)))
		});
		of_classes.chain([(self.rate(), supply)])
	}
}

/// The load of topics' openings in each phase, in picoseconds per block.
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
	/// Adds a topic's load.
	pub fn add(&mut self, one: &Reservation) {
		for phase in one.phases() {
			if let Some(load) = self.0.get_mut(phase) {
				*load = load.saturating_add(one.phase_load());
			}
		}
	}

	/// Removes a topic's load.
	pub fn remove(&mut self, one: &Reservation) {
		for phase in one.phases() {
			if let Some(load) = self.0.get_mut(phase) {
				*load = load.saturating_sub(one.phase_load());
			}
		}
	}

	/// The slot with the lowest load, from `from` on within an epoch length and [`PHASES`] slots;
	/// the earliest if several are equal.
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
