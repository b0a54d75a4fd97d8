//! The regrets of a topic in one item, by topic-local slots (S 11.2).
//!
//! Regrets relate pairs of actors, so a map entry a pair would cost some 1 700 writes an epoch. The
//! book holds them as rows of slots instead. An actor keeps its slot, and with it its regrets, when
//! it leaves the active set or the topic and comes back. Slots outnumber the places in the active
//! sets two to one; when all are taken, the one used longest ago goes to the newcomer, and every
//! regret in its row and columns is forgotten.
//!
//! Size: a regret takes 17 bytes, a missing one 1 byte, a missing one at the end of a row nothing.
//! With 32-byte accounts a topic of 5 inferers takes about 1 kB, a steady full one (32 inferers, 6
//! forecasters) about 30 kB. [`MaxEncodedLen`], with all 64 and 16 slots taken and every regret
//! known, is about 133 kB.

use crate::types::Learned;
use alloc::vec::Vec;
use allora_math::{
	convert::{from_fixed, to_fixed},
	regrets::RegretTable,
	MathError, MathResult, Real,
};
use allora_primitives::{EpochId, FixedI128, MAX_FORECASTERS, MAX_INFERERS};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{
	traits::{ConstU32, DefensiveOption, Get},
	BoundedVec,
};
use scale_info::TypeInfo;
use sp_runtime::FixedPointNumber;

/// Inferers that a topic remembers.
pub const INFERER_SLOTS: u32 = 2 * MAX_INFERERS;
/// Forecasters that a topic remembers.
pub const FORECASTER_SLOTS: u32 = 2 * MAX_FORECASTERS;

/// Regrets towards the inferers, by slot; what is missing at the end is unknown.
pub type InfererCells = BoundedVec<Option<FixedI128>, ConstU32<INFERER_SLOTS>>;
/// Regrets towards the forecasters, by slot; what is missing at the end is unknown.
pub type ForecasterCells = BoundedVec<Option<FixedI128>, ConstU32<FORECASTER_SLOTS>>;

/// Who holds a slot, and since when it is idle.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Holder<AccountId> {
	/// The actor.
	pub account: AccountId,
	/// The epoch learned last in which the actor took part.
	pub last_use: EpochId,
	/// Epochs learned in which the actor took part, since it holds the slot (S 11.3).
	pub inclusions: u32,
	/// Actors that held the slot before.
	pub generation: u32,
}

/// The regrets of an inferer, and those of everybody in the sets without it.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct InfererRow<AccountId> {
	/// Whose row it is.
	pub holder: Holder<AccountId>,
	/// Its regret in the set of all.
	pub combined: Option<FixedI128>,
	/// Its regret in the set of inferers.
	pub naive: Option<FixedI128>,
	/// Regrets of the inferers when it is left out.
	pub out_inferers: InfererCells,
	/// Regrets of the forecasters when it is left out.
	pub out_forecasters: ForecasterCells,
}

/// The regrets of a forecaster, and those of everybody in the sets without it or with it alone.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct ForecasterRow<AccountId> {
	/// Whose row it is.
	pub holder: Holder<AccountId>,
	/// Its regret in the set of all.
	pub combined: Option<FixedI128>,
	/// Its regret as the only forecaster.
	pub alone: Option<FixedI128>,
	/// Regrets of the inferers when it is left out.
	pub out_inferers: InfererCells,
	/// Regrets of the forecasters when it is left out.
	pub out_forecasters: ForecasterCells,
	/// Regrets of the inferers when it is the only forecaster.
	pub in_inferers: InfererCells,
}

/// Every regret of a topic, and what goes with them.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct RegretBook<AccountId> {
	/// What an unknown regret reads as (S 11.4).
	pub initial: FixedI128,
	/// What the epoch learned last left behind; none before the first.
	pub learned: Option<Learned>,
	/// The inferers, by slot.
	pub inferers: BoundedVec<InfererRow<AccountId>, ConstU32<INFERER_SLOTS>>,
	/// The forecasters, by slot.
	pub forecasters: BoundedVec<ForecasterRow<AccountId>, ConstU32<FORECASTER_SLOTS>>,
}

impl<AccountId> Default for RegretBook<AccountId> {
	fn default() -> Self {
		Self {
			initial: FixedI128::default(),
			learned: None,
			inferers: BoundedVec::new(),
			forecasters: BoundedVec::new(),
		}
	}
}

/// A row of either kind, for finding and freeing slots.
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
			combined: None,
			naive: None,
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
			combined: None,
			alone: None,
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

/// Bytes that a book with so many inferer and forecaster slots takes at most, of 32-byte accounts.
pub fn book_bytes(inferer_slots: u32, forecaster_slots: u32) -> u32 {
	// A holder and the lengths of a row's parts, and a cell.
	const ROW: u32 = 52;
	const CELL: u32 = 17;
	let (n, f) = (inferer_slots, forecaster_slots);
	let row = |cells: u32| cells.saturating_add(2).saturating_mul(CELL).saturating_add(ROW);
	n.saturating_mul(row(n.saturating_add(f)))
		.saturating_add(f.saturating_mul(row(n.saturating_mul(2).saturating_add(f))))
		.saturating_add(64)
}

impl<AccountId: Clone + PartialEq> RegretBook<AccountId> {
	/// Bytes that the book takes at most, by its slots.
	pub fn bytes(&self) -> u32 {
		book_bytes(self.inferers.len() as u32, self.forecasters.len() as u32)
	}

	/// The combined regret of an inferer, none before its first.
	pub fn inferer_regret(&self, who: &AccountId) -> Option<FixedI128> {
		self.inferers.iter().find(|row| row.holder.account == *who)?.combined
	}

	/// The combined regret of a forecaster, none before its first.
	pub fn forecaster_regret(&self, who: &AccountId) -> Option<FixedI128> {
		self.forecasters.iter().find(|row| row.holder.account == *who)?.combined
	}

	/// Whether none of these inferers has history, nor the topic (S 8.1).
	pub fn all_new(&self, inferers: &[AccountId]) -> bool {
		self.initial == FixedI128::default()
			&& inferers.iter().all(|who| self.inferer_regret(who).is_none())
	}

	/// The regrets of an epoch's actors, to compute with; who has no slot has no history.
	///
	/// [`MathError::Overflow`] if a regret exceeds the range of computing, which none that was
	/// stored by [`RegretBook::store`] does.
	pub fn table(
		&self,
		inferers: &[AccountId],
		forecasters: &[AccountId],
	) -> MathResult<RegretTable> {
		let ours = Slots::find(self, inferers, forecasters);
		let mut table = RegretTable::empty(inferers.len(), forecasters.len());
		table.initial = from_fixed(self.initial)?;
		let inferer_rows = || ours.inferers.iter().map(|slot| self.inferers.get((*slot)?));
		let forecaster_rows = || ours.forecasters.iter().map(|slot| self.forecasters.get((*slot)?));

		table.inferers = reals(inferer_rows().map(|row| row?.combined))?;
		table.naive = reals(inferer_rows().map(|row| row?.naive))?;
		table.forecasters = reals(forecaster_rows().map(|row| row?.combined))?;
		table.one_out_inferer = reals(inferer_rows().flat_map(|row| {
			let near = ours.inferers.iter().map(move |slot| cell(&row?.out_inferers, *slot));
			near.chain(ours.forecasters.iter().map(move |slot| cell(&row?.out_forecasters, *slot)))
		}))?;
		table.one_out_forecaster = reals(forecaster_rows().flat_map(|row| {
			let near = ours.inferers.iter().map(move |slot| cell(&row?.out_inferers, *slot));
			near.chain(ours.forecasters.iter().map(move |slot| cell(&row?.out_forecasters, *slot)))
		}))?;
		table.one_in_forecaster = reals(forecaster_rows().flat_map(|row| {
			let near = ours.inferers.iter().map(move |slot| cell(&row?.in_inferers, *slot));
			near.chain(core::iter::once(row.and_then(|row| row.alone)))
		}))?;
		Ok(table)
	}

	/// The combined regrets in `table` of the experienced ones among an epoch's actors: those with
	/// at least `1 / alpha` inclusions before it (S 11.4).
	pub fn experienced(
		&self,
		inferers: &[AccountId],
		forecasters: &[AccountId],
		table: &RegretTable,
		alpha: FixedI128,
	) -> Vec<Real> {
		let enough = |inclusions: u32| {
			i128::from(inclusions).saturating_mul(alpha.into_inner()) >= FixedI128::DIV
		};
		let ours = Slots::find(self, inferers, forecasters);
		let old_inferers = ours.inferers.iter().map(|slot| self.inferers.get((*slot)?));
		let old_forecasters = ours.forecasters.iter().map(|slot| self.forecasters.get((*slot)?));
		let inclusions = old_inferers
			.map(|row| row.map(|row| row.holder.inclusions))
			.chain(old_forecasters.map(|row| row.map(|row| row.holder.inclusions)));
		inclusions
			.zip(table.inferers.iter().chain(&table.forecasters))
			.filter(|(inclusions, _)| inclusions.is_some_and(enough))
			.filter_map(|(_, regret)| *regret)
			.collect()
	}

	/// Writes the regrets of an epoch's actors back and counts their inclusion.
	///
	/// Newcomers get a slot: a new one, or, if all are taken, the one used longest ago.
	/// [`MathError::Shape`] if the table is not of these actors, or an actor is named twice and so
	/// many that slots run out.
	pub fn store(
		&mut self,
		inferers: &[AccountId],
		forecasters: &[AccountId],
		table: &RegretTable,
		epoch: EpochId,
	) -> MathResult<()> {
		let (n, f) = (inferers.len(), forecasters.len());
		if !table.fits(n, f) {
			return Err(MathError::Shape);
		}
		let ours = self.take_slots(inferers, forecasters, epoch)?;
		for (j, slot) in ours.inferers.iter().enumerate() {
			let row = self.inferers.get_mut(*slot).ok_or(MathError::Shape)?;
			row.combined = dense(&table.inferers, j)?;
			row.naive = dense(&table.naive, j)?;
			let start = j.saturating_mul(n.saturating_add(f));
			write(&mut row.out_inferers, &ours.inferers, &table.one_out_inferer, start)?;
			let start = start.saturating_add(n);
			write(&mut row.out_forecasters, &ours.forecasters, &table.one_out_inferer, start)?;
		}
		for (k, slot) in ours.forecasters.iter().enumerate() {
			let row = self.forecasters.get_mut(*slot).ok_or(MathError::Shape)?;
			row.combined = dense(&table.forecasters, k)?;
			let start = k.saturating_mul(n.saturating_add(f));
			write(&mut row.out_inferers, &ours.inferers, &table.one_out_forecaster, start)?;
			let start = start.saturating_add(n);
			write(&mut row.out_forecasters, &ours.forecasters, &table.one_out_forecaster, start)?;
			let start = k.saturating_mul(n.saturating_add(1));
			write(&mut row.in_inferers, &ours.inferers, &table.one_in_forecaster, start)?;
			row.alone = dense(&table.one_in_forecaster, start.saturating_add(n))?;
		}
		Ok(())
	}

	/// A slot for each of an epoch's actors, with its use noted.
	fn take_slots(
		&mut self,
		inferers: &[AccountId],
		forecasters: &[AccountId],
		epoch: EpochId,
	) -> MathResult<Slots<usize>> {
		// First those who have one, so that no slot of theirs is freed for the others.
		let known = Slots::find(self, inferers, forecasters);
		touch(&mut self.inferers, &known.inferers, epoch);
		touch(&mut self.forecasters, &known.forecasters, epoch);
		let mut taken = Slots { inferers: Vec::new(), forecasters: Vec::new() };
		for (who, slot) in inferers.iter().zip(known.inferers) {
			let slot = match slot {
				Some(slot) => slot,
				None => {
					let slot = allot(&mut self.inferers, who, epoch)?;
					self.forget_inferer_columns(slot);
					slot
				}
			};
			taken.inferers.push(slot);
		}
		for (who, slot) in forecasters.iter().zip(known.forecasters) {
			let slot = match slot {
				Some(slot) => slot,
				None => {
					let slot = allot(&mut self.forecasters, who, epoch)?;
					self.forget_forecaster_columns(slot);
					slot
				}
			};
			taken.forecasters.push(slot);
		}
		Ok(taken)
	}

	/// Forgets all regrets of the inferer in a slot in sets other than those of its own row.
	fn forget_inferer_columns(&mut self, slot: usize) {
		for row in self.inferers.iter_mut() {
			clear(&mut row.out_inferers, slot);
		}
		for row in self.forecasters.iter_mut() {
			clear(&mut row.out_inferers, slot);
			clear(&mut row.in_inferers, slot);
		}
	}

	/// Forgets all regrets of the forecaster in a slot in sets other than those of its own row.
	fn forget_forecaster_columns(&mut self, slot: usize) {
		for row in self.inferers.iter_mut() {
			clear(&mut row.out_forecasters, slot);
		}
		for row in self.forecasters.iter_mut() {
			clear(&mut row.out_forecasters, slot);
		}
	}
}

/// The slots of an epoch's actors.
struct Slots<Slot> {
	inferers: Vec<Slot>,
	forecasters: Vec<Slot>,
}

impl Slots<Option<usize>> {
	/// The slots that these actors have.
	fn find<AccountId: PartialEq>(
		book: &RegretBook<AccountId>,
		inferers: &[AccountId],
		forecasters: &[AccountId],
	) -> Self {
		Self {
			inferers: positions(&book.inferers, inferers),
			forecasters: positions(&book.forecasters, forecasters),
		}
	}
}

/// The position of each account's row, if it has one.
fn positions<R: Row>(rows: &[R], accounts: &[R::AccountId]) -> Vec<Option<usize>>
where
	R::AccountId: PartialEq,
{
	let position = |who: &R::AccountId| rows.iter().position(|row| row.holder().account == *who);
	accounts.iter().map(position).collect()
}

/// Notes the use of some slots in an epoch.
fn touch<R: Row, S: Get<u32>>(
	rows: &mut BoundedVec<R, S>,
	slots: &[Option<usize>],
	epoch: EpochId,
) {
	for slot in slots.iter().flatten() {
		if let Some(row) = rows.get_mut(*slot) {
			let holder = row.holder_mut();
			holder.last_use = epoch;
			// Saturates after 4e9 epochs; only "at least 1 / alpha" is ever asked.
			holder.inclusions = holder.inclusions.saturating_add(1);
		}
	}
}

/// A fresh slot for a newcomer: behind the last, or the one used longest ago.
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
	// There are twice as many slots as actors in an epoch, so one is idle.
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

/// The regret in a slot of a row; none without a slot or past the row's end.
fn cell(cells: &[Option<FixedI128>], slot: Option<usize>) -> Option<FixedI128> {
	cells.get(slot?).copied().flatten()
}

/// Forgets the regret in a slot of a row.
fn clear<S: Get<u32>>(cells: &mut BoundedVec<Option<FixedI128>, S>, slot: usize) {
	if let Some(cell) = cells.get_mut(slot) {
		*cell = None;
	}
}

/// Regrets to compute with.
fn reals(cells: impl Iterator<Item = Option<FixedI128>>) -> MathResult<Vec<Option<Real>>> {
	cells.map(|cell| cell.map(from_fixed).transpose()).collect()
}

/// A regret of a computed table, to store.
fn dense(cells: &[Option<Real>], at: usize) -> MathResult<Option<FixedI128>> {
	cells.get(at).ok_or(MathError::Shape)?.map(to_fixed).transpose()
}

/// Writes the computed regrets from `start` on into the given slots of a row.
fn write<S: Get<u32>>(
	row: &mut BoundedVec<Option<FixedI128>, S>,
	slots: &[usize],
	table: &[Option<Real>],
	start: usize,
) -> MathResult<()> {
	for (offset, slot) in slots.iter().enumerate() {
		let regret = dense(table, start.saturating_add(offset))?;
		if row.len() <= *slot && regret.is_some() {
			row.bounded_resize(slot.saturating_add(1), None);
		}
		match row.get_mut(*slot) {
			Some(cell) => *cell = regret,
			None if regret.is_none() => (),
			None => return Err(MathError::Shape),
		}
	}
	Ok(())
}

#[cfg(any(test, feature = "try-runtime"))]
impl<AccountId: PartialEq> RegretBook<AccountId> {
	/// No account in two slots, no row longer than there are slots, no use after the last epoch.
	pub fn check(&self) -> Result<(), &'static str> {
		self.check_holders(&self.inferers)?;
		self.check_holders(&self.forecasters)?;
		let (n, f) = (self.inferers.len(), self.forecasters.len());
		let fits = |inferers: &[Option<FixedI128>], forecasters: &[Option<FixedI128>]| {
			inferers.len() <= n && forecasters.len() <= f
		};
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

	fn check_holders<R: Row<AccountId = AccountId>>(&self, rows: &[R]) -> Result<(), &'static str> {
		let newest = self.learned.map(|learned| learned.epoch);
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
}
