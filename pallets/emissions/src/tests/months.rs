//! The golden series of the token economy, month by month through the pallet (S 15).
//!
//! A month has [`MONTH`] slots here. `tokenomics_months.csv` is with the vectors of the math crate;
//! the README there describes its columns. Stake is the file's; rates, emission, unlocking and the
//! circulating supply are the pallet's.

use crate::{mock::*, types::*, CurrentFigures, CurrentSchedule, LedgerTotals};
use allora_primitives::{traits::EmissionIndex, Balance, FixedI128};
use frame_support::{assert_ok, traits::fungible::Mutate};
use sp_staking::EraPayout;
use std::collections::HashMap;

/// The slots of a month.
const MONTH: u32 = 100;
/// The maximum relative error: the file has 16 digits.
const TOLERANCE: f64 = 1e-13;

/// A row of the file, which is a month: its cells by column.
struct Row(HashMap<String, String>);

impl Row {
	fn read() -> Vec<Self> {
		let file =
			concat!(env!("CARGO_MANIFEST_DIR"), "/../math/tests/vectors/tokenomics_months.csv");
		let mut reader = csv::Reader::from_path(file).expect("the file is there");
		reader.deserialize().map(|row| Self(row.expect("the file is a table"))).collect()
	}

	fn number(&self, column: &str) -> f64 {
		self.0[column].parse().expect("a number")
	}

	/// An amount of ALLO in planck, rounded down.
	fn planck(&self, column: &str) -> Balance {
		let text = &self.0[column];
		let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
		let digits: String = fraction.chars().chain("0000000000".chars()).take(10).collect();
		format!("{whole}{digits}").parse().expect("an amount")
	}

	/// Compares a figure with a cell; `units` are the units of the figure in one of the cell.
	fn check(&self, column: &str, got: u128, units: f64) {
		let (got, want) = (got as f64 / units, self.number(column));
		assert!(
			(got - want).abs() <= TOLERANCE * want.abs(),
			"month {} {column}: {got}, not {want}",
			self.0["epoch"]
		);
	}

	/// Compares the figures of the month in force, and what it has issued, with the row.
	fn check_month(&self, validators: Balance, topics: Balance) {
		let schedule = CurrentSchedule::<Test>::get();
		let figures = CurrentFigures::<Test>::get().expect("the month has begun");
		let inner = |fixed: FixedI128| fixed.into_inner().unsigned_abs();
		self.check("ehat_target_i", inner(figures.target), 1e18);
		self.check("ehat_max_i", inner(figures.cap), 1e18);
		self.check("ehat_i", inner(figures.target.min(figures.cap)), 1e18);
		self.check("e_i", inner(schedule.rate.expect("there is a rate")), 1e18);
		self.check("ecosystem_tokens_emission", validators + topics, 1e10);
		self.check("validator_rewards", validators, 1e10);
		self.check("topics_rewards", topics, 1e10);
		let left = Emissions::supply_left(&LedgerTotals::<Test>::get());
		self.check("ecosystem_tokens_total", left, 1e10);
	}
}

/// Runs the block of the next slot, then one in which the other slots of the month are issued, in
/// which so much is staked that the month's average is `next`.
fn run_month(next: Balance) {
	run_blocks(1);
	let slots = Balance::from(MONTH - 1);
	Bonded::set((next * Balance::from(MONTH) - Bonded::get()).div_ceil(slots));
	System::set_block_number(System::block_number() + u64::from(MONTH) - 2);
	run_blocks(1);
}

/// Pays validators out, as staking does.
fn pay_validators() -> Balance {
	let (amount, _) = <Emissions as EraPayout<Balance>>::era_payout(0, 0, 0);
	assert_ok!(Balances::mint_into(&HOLDER, amount));
	amount
}

/// The tokens that unlock in a row's month.
fn unlocked(row: &Row) -> Balance {
	let groups = ["investors_preseed", "investors_seed", "team"];
	groups.map(|group| row.planck(&format!("{group}_tokens_emission"))).iter().sum()
}

/// The stake in a row's month: of what unlocks, three quarters are staked.
fn staked(before: &Row, row: &Row) -> Balance {
	before.planck("network_tokens_staked") + unlocked(row) * 3 / 4
}

/// A chain with the supply and the locked allocations of the file's first row.
fn golden_chain(first: &Row) -> ExtBuilder {
	let groups = ["investors_preseed", "investors_seed", "team"];
	let vested = groups.map(|group| first.planck(&format!("{group}_tokens_total")));
	ExtBuilder::default()
		.supply(first.planck("network_tokens_total"), first.planck("ecosystem_tokens_total"))
		.vested(vested.iter().sum())
		.not_started()
}

#[test]
fn golden_series_of_the_token_economy_is_reproduced() {
	let rows = Row::read();
	golden_chain(&rows[0]).build_and_execute(|| {
		let yearly = 1.12f64;
		let max_monthly_yield =
			FixedI128::from_inner(((yearly.powf(1.0 / 12.0) - 1.0) * 1e18) as i128);
		Issuance::set(IssuanceParameters { max_monthly_yield, ..golden_issuance() });
		assert_ok!(Emissions::set_weight(1, 1));
		// The file's first row is a month without emission.
		run_blocks(MONTH);
		assert_ok!(Emissions::start_after(System::block_number() - 1));
		Bonded::set(staked(&rows[0], &rows[1]));
		let mut topics = 0;
		for month in 1..rows.len() {
			let (before, row) = (&rows[month - 1], &rows[month]);
			let next = rows.get(month + 1).map_or(staked(before, row), |next| staked(row, next));
			run_month(next);
			let figures = CurrentFigures::<Test>::get().expect("the month has begun");
			assert!(figures.staked.abs_diff(staked(before, row)) <= 1, "month {month}");
			let circulating = before.planck("network_tokens_circulating") + unlocked(row);
			let error = figures.circulating.abs_diff(circulating) as f64;
			assert!(error <= TOLERANCE * circulating as f64, "month {month}: {error}");
			let all = Emissions::ledger().minted;
			row.check_month(pay_validators(), all - topics);
			topics = all;
		}
	});
}
