//! The regrets of a topic in one item, by topic-local slots (S 11.2).
//!
//! Regrets relate pairs of actors, so one map entry per pair would cost about 1 700 writes per
//! epoch. The book holds the regrets as rows of slots instead. An actor keeps its slot, and so its
//! regrets, when it leaves the active set or the topic and returns. There are twice as many slots
//! as seats in the active sets. When all slots are taken, a newcomer gets the one used longest ago,
//! and every regret in its row and columns is cleared.
//!
//! Size: a regret takes 8 bytes (see [`cells`](crate::cells)), known or not; unknown regrets at the
//! end of a row take none. With 32-byte accounts the book of a topic of 5 inferers takes about 0.5
//! kB, that of a full topic with steady actors (32 inferers, 6 forecasters) about 16 kB. The
//! maximum, with all 64 and 16 slots taken, is 65 109 bytes.

use crate::cells::{clear, read, to_cell, to_decimal, write, UNKNOWN};
use alloc::vec::Vec;
use allora_math::{convert::from_fixed, regrets::RegretTable, MathError, MathResult, Real};
use allora_primitives::{EpochId, FixedI128, MAX_FORECASTERS, MAX_INFERERS};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{
	traits::{ConstU32, DefensiveOption, Get},
	BoundedVec,
};
use scale_info::TypeInfo;
use sp_runtime::FixedPointNumber;

/// The number of inferers whose regrets a topic keeps.
pub const INFERER_SLOTS: u32 = 2 * MAX_INFERERS;
/// The number of forecasters whose regrets a topic keeps.
pub const FORECASTER_SLOTS: u32 = 2 * MAX_FORECASTERS;

/// Regrets of the inferers, by slot; those missing at the end are unknown.
pub type InfererCells = BoundedVec<i64, ConstU32<INFERER_SLOTS>>;
/// Regrets of the forecasters, by slot; those missing at the end are unknown.
pub type ForecasterCells = BoundedVec<i64, ConstU32<FORECASTER_SLOTS>>;

/// The account that holds a slot, and its use of the slot.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Holder<AccountId> {
	/// The actor's account.
	pub account: AccountId,
	/// The latest learned epoch in which the actor took part.
	pub last_use: EpochId,
	/// The number of learned epochs in which the actor took part since it has held the slot (S
	/// 11.3).
	pub inclusions: u32,
	/// The number of actors that held the slot before.
	pub generation: u32,
}

/// The regrets of an inferer, and those of all actors in the sets without it.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct InfererRow<AccountId> {
	/// The actor of the row.
	pub holder: Holder<AccountId>,
	/// Its regret in the set of all actors.
	pub combined: i64,
	/// Its regret in the set of the inferers alone.
	pub naive: i64,
	/// The inferers' regrets in the set without it.
	pub out_inferers: InfererCells,
	/// The forecasters' regrets in the set without it.
	pub out_forecasters: ForecasterCells,
}

/// The regrets of a forecaster, and those of all actors in the sets without it or without any other
/// forecaster.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct ForecasterRow<AccountId> {
	/// The actor of the row.
	pub holder: Holder<AccountId>,
	/// Its regret in the set of all actors.
	pub combined: i64,
	/// Its regret in the set in which it is the only forecaster.
	pub alone: i64,
	/// The inferers' regrets in the set without it.
	pub out_inferers: InfererCells,
	/// The forecasters' regrets in the set without it.
	pub out_forecasters: ForecasterCells,
	/// The inferers' regrets in the set in which it is the only forecaster.
	pub in_inferers: InfererCells,
}

/// All regrets of a topic, their scale and the initial regret.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct RegretBook<AccountId> {
	/// The initial regret, which stands for unknown regrets (S 11.4).
	pub initial: FixedI128,
	/// The common scale of all sets of actors until the next epoch is learned (S 9.2); `None`
	/// before the first.
	pub scale: Option<FixedI128>,
	/// The inferers, by slot.
	pub inferers: BoundedVec<InfererRow<AccountId>, ConstU32<INFERER_SLOTS>>,
	/// The forecasters, by slot.
	pub forecasters: BoundedVec<ForecasterRow<AccountId>, ConstU32<FORECASTER_SLOTS>>,
}

impl<AccountId> Default for RegretBook<AccountId> {
	fn default() -> Self {
		Self {
			initial: FixedI128::default(),
			scale: None,
			inferers: BoundedVec::new(),
			forecasters: BoundedVec::new(),
		}
	}
}

/// A row of an inferer or a forecaster, for finding and freeing slots.
trait Row {
	type AccountId;
	fn new(holder: Holder<Self::AccountId>) -> Self;
	fn holder(&self) -> &Holder<Self::AccountId>;
	fn holder_mut(&mut self) -> &mut Holder<Self::AccountId>;
}

impl<AccountId> Row for InfererRow<AccountId> {
	type AccountId = AccountId;
	fn new(holder: Holder<AccountId>) -> Self {
		Self {
			holder,
			combined: UNKNOWN,
			naive: UNKNOWN,
			out_inferers: BoundedVec::new(),
			out_forecasters: BoundedVec::new(),
		}
	}
	fn holder(&self) -> &Holder<AccountId> {
		&self.holder
	}
	fn holder_mut(&mut self) -> &mut Holder<AccountId> {
		&mut self.holder
	}
}

impl<AccountId> Row for ForecasterRow<AccountId> {
	type AccountId = AccountId;
	fn new(holder: Holder<AccountId>) -> Self {
		Self {
			holder,
			combined: UNKNOWN,
			alone: UNKNOWN,
			out_inferers: BoundedVec::new(),
			out_forecasters: BoundedVec::new(),
			in_inferers: BoundedVec::new(),
		}
	}
	fn holder(&self) -> &Holder<AccountId> {
		&self.holder
	}
	fn holder_mut(&mut self) -> &mut Holder<AccountId> {
		&mut self.holder
	}
}

/// The maximum size in bytes of a book with this many inferer and forecaster slots and 32-byte
/// accounts.
pub const fn book_bytes(inferer_slots: u32, forecaster_slots: u32) -> u32 {
	// A holder, and the lengths of a row's lists.
	const ROW: u32 = 56;
	const CELL: u32 = 8;
	// The counts of rows, the initial regret, the scale, the epoch learned last, and the spreads and
	// errors of 8 labels.
	const REST: u32 = 970;
	let (n, f) = (inferer_slots, forecaster_slots);
	let inferer = n.saturating_add(f).saturating_add(2).saturating_mul(CELL).saturating_add(ROW);
	let forecaster = inferer.saturating_add(n.saturating_mul(CELL));
	n.saturating_mul(inferer).saturating_add(f.saturating_mul(forecaster)).saturating_add(REST)
}

impl<AccountId: Clone + PartialEq> RegretBook<AccountId> {
	/// The maximum size in bytes of a book with as many slots as this one.
	pub fn bytes(&self) -> u32 {
		book_bytes(self.inferers.len() as u32, self.forecasters.len() as u32)
	}

	/// The combined regret of an inferer; `None` before its first one.
	pub fn inferer_regret(&self, who: &AccountId) -> Option<FixedI128> {
		to_decimal(self.inferers.iter().find(|row| row.holder.account == *who)?.combined)
	}

	/// The combined regret of a forecaster; `None` before its first one.
	pub fn forecaster_regret(&self, who: &AccountId) -> Option<FixedI128> {
		to_decimal(self.forecasters.iter().find(|row| row.holder.account == *who)?.combined)
	}

	/// Looks an epoch's actors up in the book, each once.
	pub fn locate<'a>(
		&self,
		inferers: &'a [AccountId],
		forecasters: &'a [AccountId],
	) -> Located<'a, AccountId> {
		Located {
			inferers,
			forecasters,
			slots: Slots {
				inferers: positions(&self.inferers, inferers),
				forecasters: positions(&self.forecasters, forecasters),
			},
		}
	}

	/// The rows of these actors; `None` for an actor without a slot.
	fn rows<'a>(
		&'a self,
		located: &'a Located<AccountId>,
	) -> (
		impl Iterator<Item = Option<&'a InfererRow<AccountId>>>,
		impl Iterator<Item = Option<&'a ForecasterRow<AccountId>>>,
	) {
		(
			located.slots.inferers.iter().map(|slot| self.inferers.get((*slot)?)),
			located.slots.forecasters.iter().map(|slot| self.forecasters.get((*slot)?)),
		)
	}

	/// Whether all these inferers are new: none has a regret, and the initial regret is zero (S
	/// 8.1).
	pub fn all_new(&self, located: &Located<AccountId>) -> bool {
		let (mut inferers, _) = self.rows(located);
		self.initial == FixedI128::default()
			&& inferers.all(|row| row.is_none_or(|row| row.combined == UNKNOWN))
	}

	/// The regrets of an epoch's actors and the scale, in the compute type. The regrets of an actor
	/// without a slot are unknown.
	///
	/// Fails with [`MathError::Overflow`] if the initial regret or the scale is out of range.
	pub fn table(&self, located: &Located<AccountId>) -> MathResult<RegretTable> {
		let slots = &located.slots;
		let mut table = RegretTable::empty(slots.inferers.len(), slots.forecasters.len());
		table.initial = from_fixed(self.initial)?;
		table.scale = self.scale.map(from_fixed).transpose()?;
		let one = |cell: Option<i64>| read(cell.as_slice(), Some(0));
		// The regrets of a row's inferers, then those of its forecasters.
		let actors = |inferers: &[i64], forecasters: &[i64]| -> Vec<Option<Real>> {
			let inferers = slots.inferers.iter().map(|slot| read(inferers, *slot));
			inferers.chain(slots.forecasters.iter().map(|slot| read(forecasters, *slot))).collect()
		};

		let (inferers, forecasters) = self.rows(located);
		table.inferers = inferers.map(|row| one(row.map(|row| row.combined))).collect();
		table.forecasters = forecasters.map(|row| one(row.map(|row| row.combined))).collect();
		let (inferers, forecasters) = self.rows(located);
		table.naive = inferers.map(|row| one(row.map(|row| row.naive))).collect();
		table.one_out_forecaster = forecasters
			.flat_map(|row| match row {
				Some(row) => actors(&row.out_inferers, &row.out_forecasters),
				None => actors(&[], &[]),
			})
			.collect();
		let (inferers, forecasters) = self.rows(located);
		table.one_out_inferer = inferers
			.flat_map(|row| match row {
				Some(row) => actors(&row.out_inferers, &row.out_forecasters),
				None => actors(&[], &[]),
			})
			.collect();
		table.one_in_forecaster = forecasters
			.flat_map(|row| {
				let others = row.map(|row| row.in_inferers.as_slice()).unwrap_or_default();
				let others = slots.inferers.iter().map(move |slot| read(others, *slot));
				others.chain([one(row.map(|row| row.alone))])
			})
			.collect();
		Ok(table)
	}

	/// The combined regrets in `table` of an epoch's experienced actors, which are those with at
	/// least `1 / alpha` inclusions before it (S 11.4).
	pub fn experienced(
		&self,
		located: &Located<AccountId>,
		table: &RegretTable,
		alpha: FixedI128,
	) -> Vec<Real> {
		let enough = |inclusions: u32| {
			i128::from(inclusions).saturating_mul(alpha.into_inner()) >= FixedI128::DIV
		};
		let (inferers, forecasters) = self.rows(located);
		let inclusions = inferers
			.map(|row| row.map(|row| row.holder.inclusions))
			.chain(forecasters.map(|row| row.map(|row| row.holder.inclusions)));
		inclusions
			.zip(table.inferers.iter().chain(&table.forecasters))
			.filter(|(inclusions, _)| inclusions.is_some_and(enough))
			.filter_map(|(_, regret)| *regret)
			.collect()
	}

	/// Writes the regrets of an epoch's actors back and counts their inclusion.
	///
	/// `located` must come from this book, unchanged since. Newcomers get a slot: a free one, or,
	/// if all are taken, the one used longest ago. Fails with [`MathError::Shape`] if the table
	/// does not have the size for these actors, or if slots run out because actors are named twice,
	/// and with [`MathError::Overflow`] if a regret is too large to be stored.
	pub fn store(
		&mut self,
		located: &Located<AccountId>,
		table: &RegretTable,
		epoch: EpochId,
	) -> MathResult<()> {
		let (n, f) = (located.inferers.len(), located.forecasters.len());
		if !table.fits(n, f) {
			return Err(MathError::Shape);
		}
		let ours = self.take_slots(located, epoch)?;
		for (j, slot) in ours.inferers.iter().enumerate() {
			let row = self.inferers.get_mut(*slot).ok_or(MathError::Shape)?;
			row.combined = cell_at(&table.inferers, j)?;
			row.naive = cell_at(&table.naive, j)?;
			let start = j.saturating_mul(n.saturating_add(f));
			write(&mut row.out_inferers, &ours.inferers, &table.one_out_inferer, start)?;
			let start = start.saturating_add(n);
			write(&mut row.out_forecasters, &ours.forecasters, &table.one_out_inferer, start)?;
		}
		for (k, slot) in ours.forecasters.iter().enumerate() {
			let row = self.forecasters.get_mut(*slot).ok_or(MathError::Shape)?;
			row.combined = cell_at(&table.forecasters, k)?;
			let start = k.saturating_mul(n.saturating_add(f));
			write(&mut row.out_inferers, &ours.inferers, &table.one_out_forecaster, start)?;
			let start = start.saturating_add(n);
			write(&mut row.out_forecasters, &ours.forecasters, &table.one_out_forecaster, start)?;
			let start = k.saturating_mul(n.saturating_add(1));
			write(&mut row.in_inferers, &ours.inferers, &table.one_in_forecaster, start)?;
			row.alone = cell_at(&table.one_in_forecaster, start.saturating_add(n))?;
		}
		Ok(())
	}

	/// Gives each of an epoch's actors a slot and records the use of the slots.
	fn take_slots(
		&mut self,
		located: &Located<AccountId>,
		epoch: EpochId,
	) -> MathResult<Slots<usize>> {
		// Actors that have a slot come first, so that it is not freed for a newcomer.
		let known = &located.slots;
		touch(&mut self.inferers, &known.inferers, epoch);
		touch(&mut self.forecasters, &known.forecasters, epoch);
		let mut taken = Slots { inferers: Vec::new(), forecasters: Vec::new() };
		for (who, slot) in located.inferers.iter().zip(&known.inferers) {
			let slot = match slot {
				Some(slot) => *slot,
				None => {
					let slot = allot(&mut self.inferers, who, epoch)?;
					self.clear_inferer_columns(slot);
					slot
				}
			};
			taken.inferers.push(slot);
		}
		for (who, slot) in located.forecasters.iter().zip(&known.forecasters) {
			let slot = match slot {
				Some(slot) => *slot,
				None => {
					let slot = allot(&mut self.forecasters, who, epoch)?;
					self.clear_forecaster_columns(slot);
					slot
				}
			};
			taken.forecasters.push(slot);
		}
		Ok(taken)
	}

	/// Clears the regrets of the inferer in a slot in the rows of all actors.
	fn clear_inferer_columns(&mut self, slot: usize) {
		for row in self.inferers.iter_mut() {
			clear(&mut row.out_inferers, slot);
		}
		for row in self.forecasters.iter_mut() {
			clear(&mut row.out_inferers, slot);
			clear(&mut row.in_inferers, slot);
		}
	}

	/// Clears the regrets of the forecaster in a slot in the rows of all actors.
	fn clear_forecaster_columns(&mut self, slot: usize) {
		for row in self.inferers.iter_mut() {
			clear(&mut row.out_forecasters, slot);
		}
		for row in self.forecasters.iter_mut() {
			clear(&mut row.out_forecasters, slot);
		}
	}
}

/// The slots of an epoch's actors.
#[derive(Debug)]
struct Slots<Slot> {
	inferers: Vec<Slot>,
	forecasters: Vec<Slot>,
}

/// An epoch's actors with their slots in a book.
#[derive(Debug)]
pub struct Located<'a, AccountId> {
	inferers: &'a [AccountId],
	forecasters: &'a [AccountId],
	slots: Slots<Option<usize>>,
}

/// The position of each account's row; `None` for an account without one.
fn positions<R: Row>(rows: &[R], accounts: &[R::AccountId]) -> Vec<Option<usize>>
where
	R::AccountId: PartialEq,
{
	let position = |who: &R::AccountId| rows.iter().position(|row| row.holder().account == *who);
	accounts.iter().map(position).collect()
}

/// Records the use of these slots in an epoch.
fn touch<R: Row, S: Get<u32>>(
	rows: &mut BoundedVec<R, S>,
	slots: &[Option<usize>],
	epoch: EpochId,
) {
	for slot in slots.iter().flatten() {
		if let Some(row) = rows.get_mut(*slot) {
			let holder = row.holder_mut();
			holder.last_use = epoch;
			// Saturates after 4e9 epochs; only the comparison with 1 / alpha matters.
			holder.inclusions = holder.inclusions.saturating_add(1);
		}
	}
}

/// Gives a newcomer a slot: a free one, or the one used longest ago.
fn allot<R: Row, S: Get<u32>>(
	rows: &mut BoundedVec<R, S>,
	who: &R::AccountId,
	epoch: EpochId,
) -> MathResult<usize>
where
	R::AccountId: Clone,
{
	let holder =
		|generation| Holder { account: who.clone(), last_use: epoch, inclusions: 1, generation };
	if rows.try_push(R::new(holder(0))).is_ok() {
		return Ok(rows.len().saturating_sub(1));
	}
	// There are twice as many slots as seats, so one is not used in this epoch.
	let (slot, row) = rows
		.iter_mut()
		.enumerate()
		.filter(|(_, row)| row.holder().last_use != epoch)
		.min_by_key(|(_, row)| row.holder().last_use)
		.defensive_ok_or(MathError::Shape)?;
	let generation = row.holder().generation.saturating_add(1);
	*row = R::new(holder(generation));
	Ok(slot)
}

/// The cell of a regret of a computed table.
fn cell_at(table: &[Option<Real>], at: usize) -> MathResult<i64> {
	to_cell(*table.get(at).ok_or(MathError::Shape)?)
}

#[cfg(any(test, feature = "try-runtime"))]
impl<AccountId: PartialEq> RegretBook<AccountId> {
	/// Fails if an account has two slots, a row is longer than there are slots, or a slot was used
	/// never, or after `newest`, the epoch learned last.
	pub fn check(&self, newest: Option<EpochId>) -> Result<(), &'static str> {
		check_holders(&self.inferers, newest)?;
		check_holders(&self.forecasters, newest)?;
		let (n, f) = (self.inferers.len(), self.forecasters.len());
		let fits =
			|inferers: &[i64], forecasters: &[i64]| inferers.len() <= n && forecasters.len() <= f;
		let inferers =
			self.inferers.iter().all(|row| fits(&row.out_inferers, &row.out_forecasters));
		let forecasters = self
			.forecasters
			.iter()
			.all(|row| fits(&row.out_inferers, &row.out_forecasters) && row.in_inferers.len() <= n);
		match inferers && forecasters {
			true => Ok(()),
			false => Err("a row is longer than the regret book has slots"),
		}
	}
}

#[cfg(any(test, feature = "try-runtime"))]
fn check_holders<R: Row>(rows: &[R], newest: Option<EpochId>) -> Result<(), &'static str>
where
	R::AccountId: PartialEq,
{
	for (slot, row) in rows.iter().enumerate() {
		let holder = row.holder();
		if rows.iter().take(slot).any(|other| other.holder().account == holder.account) {
			return Err("an account has two slots in the regret book");
		}
		if Some(holder.last_use) > newest {
			return Err("a slot was used after the epoch learned last");
		}
		if holder.inclusions == 0 {
			return Err("a slot was never used");
		}
	}
	Ok(())
}
