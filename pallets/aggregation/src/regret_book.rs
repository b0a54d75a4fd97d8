//! The regrets of a topic in one item, by topic-local slots (S 11.2).
//!
//! Regrets relate pairs of actors, so a map entry a pair would cost some 1 700 writes an epoch. The
//! book holds them as rows of slots instead. An actor keeps its slot, and with it its regrets, when
//! it leaves the active set or the topic and comes back. Slots outnumber the places in the active
//! sets two to one; when all are taken, the one used longest ago goes to the newcomer, and every
//! regret in its row and columns is forgotten.
//!
//! Size: a regret takes 8 bytes (see [`cells`](crate::cells)), known or not, unless it is missing at
//! the end of a row, where it takes none. With 32-byte accounts a topic of 5 inferers takes about
//! 0.5 kB, a steady full one (32 inferers, 6 forecasters) about 16 kB. [`MaxEncodedLen`], with all
//! 64 and 16 slots taken, is 64 520 bytes.

use crate::{
	cells::{clear, read, to_cell, to_decimal, write, UNKNOWN},
	types::Learned,
};
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

/// Inferers that a topic remembers.
pub const INFERER_SLOTS: u32 = 2 * MAX_INFERERS;
/// Forecasters that a topic remembers.
pub const FORECASTER_SLOTS: u32 = 2 * MAX_FORECASTERS;

/// Regrets towards the inferers, by slot; what is missing at the end is unknown.
pub type InfererCells = BoundedVec<i64, ConstU32<INFERER_SLOTS>>;
/// Regrets towards the forecasters, by slot; what is missing at the end is unknown.
pub type ForecasterCells = BoundedVec<i64, ConstU32<FORECASTER_SLOTS>>;

/// The account that holds a slot, and since when it is idle.
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
	pub combined: i64,
	/// Its regret in the set of inferers.
	pub naive: i64,
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
	pub combined: i64,
	/// Its regret as the only forecaster.
	pub alone: i64,
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

/// Bytes that a book with this many inferer and forecaster slots takes at most, of 32-byte accounts.
pub const fn book_bytes(inferer_slots: u32, forecaster_slots: u32) -> u32 {
	// A holder and the lengths of a row's parts, and a cell.
	const ROW: u32 = 56;
	const CELL: u32 = 8;
	let (n, f) = (inferer_slots, forecaster_slots);
	let inferer = n.saturating_add(f).saturating_add(2).saturating_mul(CELL).saturating_add(ROW);
	let forecaster = inferer.saturating_add(n.saturating_mul(CELL));
	n.saturating_mul(inferer).saturating_add(f.saturating_mul(forecaster)).saturating_add(64)
}

impl<AccountId: Clone + PartialEq> RegretBook<AccountId> {
	/// Bytes that the book takes at most, by its slots.
	pub fn bytes(&self) -> u32 {
		book_bytes(self.inferers.len() as u32, self.forecasters.len() as u32)
	}

	/// The combined regret of an inferer, none before its first.
	pub fn inferer_regret(&self, who: &AccountId) -> Option<FixedI128> {
		to_decimal(self.inferers.iter().find(|row| row.holder.account == *who)?.combined)
	}

	/// The combined regret of a forecaster, none before its first.
	pub fn forecaster_regret(&self, who: &AccountId) -> Option<FixedI128> {
		to_decimal(self.forecasters.iter().find(|row| row.holder.account == *who)?.combined)
	}

	/// An epoch's actors, each looked up in the book once.
	pub fn seat<'a>(
		&self,
		inferers: &'a [AccountId],
		forecasters: &'a [AccountId],
	) -> Seated<'a, AccountId> {
		Seated {
			inferers,
			forecasters,
			slots: Slots {
				inferers: positions(&self.inferers, inferers),
				forecasters: positions(&self.forecasters, forecasters),
			},
		}
	}

	/// The rows of these actors, none without a slot.
	fn rows<'a>(
		&'a self,
		seated: &'a Seated<AccountId>,
	) -> (
		impl Iterator<Item = Option<&'a InfererRow<AccountId>>>,
		impl Iterator<Item = Option<&'a ForecasterRow<AccountId>>>,
	) {
		(
			seated.slots.inferers.iter().map(|slot| self.inferers.get((*slot)?)),
			seated.slots.forecasters.iter().map(|slot| self.forecasters.get((*slot)?)),
		)
	}

	/// Whether none of these inferers has history, nor the topic (S 8.1).
	pub fn all_new(&self, seated: &Seated<AccountId>) -> bool {
		let (mut inferers, _) = self.rows(seated);
		self.initial == FixedI128::default()
			&& inferers.all(|row| row.is_none_or(|row| row.combined == UNKNOWN))
	}

	/// The regrets of an epoch's actors and the scale, to compute with; who has no slot has no
	/// history.
	///
	/// [`MathError::Overflow`] if the initial regret or the scale exceeds the range of computing.
	pub fn table(&self, seated: &Seated<AccountId>) -> MathResult<RegretTable> {
		let ours = &seated.slots;
		let mut table = RegretTable::empty(ours.inferers.len(), ours.forecasters.len());
		table.initial = from_fixed(self.initial)?;
		table.scale = self.learned.map(|last| from_fixed(last.scale)).transpose()?;
		let one = |cell: Option<i64>| read(cell.as_slice(), Some(0));
		// A row's regrets towards the inferers, then towards the forecasters.
		let near = |inferers: &[i64], forecasters: &[i64]| -> Vec<Option<Real>> {
			let inferers = ours.inferers.iter().map(|slot| read(inferers, *slot));
			inferers.chain(ours.forecasters.iter().map(|slot| read(forecasters, *slot))).collect()
		};

		let (inferers, forecasters) = self.rows(seated);
		table.inferers = inferers.map(|row| one(row.map(|row| row.combined))).collect();
		table.forecasters = forecasters.map(|row| one(row.map(|row| row.combined))).collect();
		let (inferers, forecasters) = self.rows(seated);
		table.naive = inferers.map(|row| one(row.map(|row| row.naive))).collect();
		table.one_out_forecaster = forecasters
			.flat_map(|row| match row {
				Some(row) => near(&row.out_inferers, &row.out_forecasters),
				None => near(&[], &[]),
			})
			.collect();
		let (inferers, forecasters) = self.rows(seated);
		table.one_out_inferer = inferers
			.flat_map(|row| match row {
				Some(row) => near(&row.out_inferers, &row.out_forecasters),
				None => near(&[], &[]),
			})
			.collect();
		table.one_in_forecaster = forecasters
			.flat_map(|row| {
				let others = row.map(|row| row.in_inferers.as_slice()).unwrap_or_default();
				let others = ours.inferers.iter().map(move |slot| read(others, *slot));
				others.chain([one(row.map(|row| row.alone))])
			})
			.collect();
		Ok(table)
	}

	/// The combined regrets in `table` of the experienced ones among an epoch's actors: those with
	/// at least `1 / alpha` inclusions before it (S 11.4).
	pub fn experienced(
		&self,
		seated: &Seated<AccountId>,
		table: &RegretTable,
		alpha: FixedI128,
	) -> Vec<Real> {
		let enough = |inclusions: u32| {
			i128::from(inclusions).saturating_mul(alpha.into_inner()) >= FixedI128::DIV
		};
		let (inferers, forecasters) = self.rows(seated);
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
	/// `seated` is of this book as it is now. Newcomers get a slot: a new one, or, if all are taken,
	/// the one used longest ago. [`MathError::Shape`] if the table is not of these actors, or an
	/// actor is named twice and so many that slots run out; [`MathError::Overflow`] if a regret is
	/// too large to be stored.
	pub fn store(
		&mut self,
		seated: &Seated<AccountId>,
		table: &RegretTable,
		epoch: EpochId,
	) -> MathResult<()> {
		let (n, f) = (seated.inferers.len(), seated.forecasters.len());
		if !table.fits(n, f) {
			return Err(MathError::Shape);
		}
		let ours = self.take_slots(seated, epoch)?;
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

	/// A slot for each of an epoch's actors, with its use noted.
	fn take_slots(
		&mut self,
		seated: &Seated<AccountId>,
		epoch: EpochId,
	) -> MathResult<Slots<usize>> {
		// First those who have one, so that no slot of theirs is freed for the others.
		let known = &seated.slots;
		touch(&mut self.inferers, &known.inferers, epoch);
		touch(&mut self.forecasters, &known.forecasters, epoch);
		let mut taken = Slots { inferers: Vec::new(), forecasters: Vec::new() };
		for (who, slot) in seated.inferers.iter().zip(&known.inferers) {
			let slot = match slot {
				Some(slot) => *slot,
				None => {
					let slot = allot(&mut self.inferers, who, epoch)?;
					self.forget_inferer_columns(slot);
					slot
				}
			};
			taken.inferers.push(slot);
		}
		for (who, slot) in seated.forecasters.iter().zip(&known.forecasters) {
			let slot = match slot {
				Some(slot) => *slot,
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
#[derive(Debug)]
struct Slots<Slot> {
	inferers: Vec<Slot>,
	forecasters: Vec<Slot>,
}

/// An epoch's actors with the slots that they have in a book.
#[derive(Debug)]
pub struct Seated<'a, AccountId> {
	inferers: &'a [AccountId],
	forecasters: &'a [AccountId],
	slots: Slots<Option<usize>>,
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

/// A regret of a computed table, to store.
fn cell_at(table: &[Option<Real>], at: usize) -> MathResult<i64> {
	to_cell(*table.get(at).ok_or(MathError::Shape)?)
}

#[cfg(any(test, feature = "try-runtime"))]
impl<AccountId: PartialEq> RegretBook<AccountId> {
	/// No account in two slots, no row longer than there are slots, no use after the last epoch.
	pub fn check(&self) -> Result<(), &'static str> {
		self.check_holders(&self.inferers)?;
		self.check_holders(&self.forecasters)?;
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
