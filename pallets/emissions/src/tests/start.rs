//! The start of emission, the locked allocations, and figures that cannot be moved for a moment
//! (S 15).

use crate::{
	mock::*, types::*, CurrentFigures, CurrentSchedule, Error, Event, LedgerTotals, Vested,
};
use allora_math::emission::locked;
use allora_primitives::{traits::EmissionIndex, Balance, FixedI128};
use frame_support::{
	assert_noop, assert_ok,
	traits::{
		fungible::Inspect,
		tokens::{Fortitude::Polite, Preservation::Expendable},
		VestingSchedule,
	},
};
use sp_runtime::{DispatchError, Perbill};

fn slot_emission() -> Balance {
	CurrentSchedule::<Test>::get().slot_emission
}

fn start() -> Result<(), DispatchError> {
	Emissions::start(RuntimeOrigin::root()).map(|_| ()).map_err(|failed| failed.error)
}

#[test]
fn nothing_is_emitted_before_the_start() {
	ExtBuilder::default().not_started().build_and_execute(|| {
		Bonded::set(6_000_000);
		assert_ok!(Emissions::set_weight(1, 100));
		run_blocks(250);
		assert_eq!(Emissions::ledger().emitted, 0);
		let info = Emissions::emission_info();
		assert_eq!((info.started, info.month, info.slot_emission), (false, None, 0));
		assert_eq!(take_events(), vec![]);
	});
}

#[test]
fn emission_begins_with_the_slot_after_its_start() {
	ExtBuilder::default().not_started().build_and_execute(|| {
		Bonded::set(6_000_000);
		assert_ok!(Emissions::set_weight(1, 100));
		System::set_block_number(70);
		run_blocks(1);
		System::set_block_number(70);
		assert_ok!(start());
		assert_eq!(take_events(), vec![Event::EmissionStarted { slot: 71 }]);
		// Slots without a block count from 71 on.
		System::set_block_number(75);
		run_blocks(1);
		let info = Emissions::emission_info();
		assert_eq!((info.started, info.next_recomputation), (true, 171));
		// As in the first test of issuance.
		assert_eq!((info.slot_emission, info.emitted), (575, 5 * 575));
	});
}

#[test]
fn only_the_start_origin_starts_emission_and_only_once() {
	ExtBuilder::default().not_started().build_and_execute(|| {
		assert_noop!(Emissions::start(RuntimeOrigin::signed(BUYER)), DispatchError::BadOrigin);
		assert_ok!(start());
		assert_noop!(start(), Error::<Test>::AlreadyStarted);
	});
	ExtBuilder::default().build_and_execute(|| {
		assert_noop!(start(), Error::<Test>::AlreadyStarted);
	});
}

#[test]
fn allocation_counts_as_locked_what_the_vesting_pallet_locks() {
	let allocation = 4_000_000;
	ExtBuilder::default().vested(allocation).build_and_execute(|| {
		assert_eq!(Vested::<Test>::get(), allocation);
		for slot in [1, 1_199, 1_200, 1_201, 1_750, 2_400, 3_599, 3_600, 5_000] {
			System::set_block_number(slot);
			let counted = locked(allocation, slot, 100);
			let still = <Vesting as VestingSchedule<_>>::vesting_balance(&HOLDER);
			// A schedule unlocks whole planck per slot, rounded up: at most one more per slot.
			let most = u128::from(slot.saturating_sub(1_200));
			let still = still.unwrap_or_default();
			assert!(still <= counted && counted - still <= most, "{slot}: {still}, {counted}");
		}
	});
}

#[test]
fn locked_tokens_cannot_be_transferred_until_they_unlock() {
	ExtBuilder::default().vested(4_000_000).build_and_execute(|| {
		let free = balance(HOLDER) - 4_000_000;
		let movable = || Balances::reducible_balance(&HOLDER, Expendable, Polite);
		let vest = || Vesting::vest(RuntimeOrigin::signed(HOLDER));
		System::set_block_number(1_199);
		assert_eq!(movable(), free);
		System::set_block_number(1_200);
		assert_ok!(vest());
		assert_eq!(movable(), free + 1_333_333);
		System::set_block_number(3_600);
		assert_ok!(vest());
		assert_eq!(movable(), balance(HOLDER));
	});
}

#[test]
#[should_panic(expected = "less than its locked allocation")]
fn genesis_refuses_to_lock_more_than_an_account_has() {
	ExtBuilder::default().vested(9_000_000).build();
}

#[test]
fn tokens_that_do_not_exist_do_not_circulate() {
	ExtBuilder::default().ecosystem(5_000).build_and_execute(|| {
		Bonded::set(6_000_000);
		assert_ok!(Balances::burn(RuntimeOrigin::signed(BUYER), 400_000, false));
		run_blocks(1);
		let figures = CurrentFigures::<Test>::get().expect("the month has begun");
		assert_eq!(figures.circulating, Balances::total_issuance() - 5_000);
		assert_eq!(figures.circulating, 6_405_000 - 400_000);
	});
}

#[test]
fn stake_that_is_there_for_a_moment_hardly_counts() {
	let next_month = |flash: Balance| {
		let mut emission = 0;
		ExtBuilder::default().build_and_execute(|| {
			Bonded::set(6_000_000);
			run_blocks(99);
			TotalStake::set(flash);
			run_blocks(2);
			emission = slot_emission();
			assert_eq!(CurrentSchedule::<Test>::get().next_recomputation, 201);
		});
		emission
	};
	let (honest, attacked) = (next_month(0), next_month(60_000_000));
	// Eleven times the stake in 1 of 100 slots: a tenth more, instead of eleven times as much.
	assert!(attacked > honest && attacked < honest * 112 / 100, "{attacked}, not {honest}");
}

#[test]
fn topics_that_pay_no_reputers_raise_the_cap_only_to_its_bound() {
	// What reputers get of 100 planck credited in a month, and the share that counts.
	for (reputation, share) in [(5, (1, 5)), (33, (33, 100)), (95, (1, 2))] {
		ExtBuilder::default().build_and_execute(|| {
			Bonded::set(1_000_000);
			run_blocks(100);
			buy(1, 1_000);
			assert_eq!(LedgerTotals::<Test>::get().month_credited, 0);
			LedgerTotals::<Test>::mutate(|totals| {
				totals.month_credited = 100;
				totals.month_credited_to_reputers = reputation;
			});
			run_blocks(1);
			let figures = CurrentFigures::<Test>::get().expect("the month has begun");
			let share = FixedI128::from_rational(share.0, share.1);
			assert_eq!(figures.reputers_share, share);
			// 0.0095 / (1/4 + 3/4 f_r)
			let divisor = FixedI128::from_rational(1, 4) + FixedI128::from_rational(3, 4) * share;
			let cap = FixedI128::from_rational(95, 10_000) / divisor;
			let error = (figures.cap - cap).into_inner().abs();
			assert!(error < 10, "{:?}, not {cap:?}", figures.cap);
		});
	}
}

#[test]
fn parameters_take_effect_when_the_rate_is_renewed() {
	ExtBuilder::default().build_and_execute(|| {
		Bonded::set(6_000_000);
		run_blocks(1);
		let before = slot_emission();
		let validators_share = Perbill::from_percent(40);
		Issuance::set(IssuanceParameters { validators_share, ..golden_issuance() });
		run_blocks(99);
		// floor(575 / 4) = 143 in each of 100 slots.
		assert_eq!((slot_emission(), Emissions::ledger().validators_accrued), (before, 14_300));
		run_blocks(1);
		let share = validators_share.mul_floor(slot_emission());
		assert_eq!(Emissions::ledger().validators_accrued, 14_300 + share);
	});
}
