//! Tests of the lengths, their adapters and their genesis.

use crate::{mock::*, *};
use frame_support::traits::Get;

#[test]
fn empty_storage_has_production_lengths() {
	sp_io::TestExternalities::default().execute_with(|| {
		assert_eq!(Lengths::<Test>::get(), TimingParameters::default());
		assert_eq!(<SlotDuration<Test> as Get<u64>>::get(), 6_000);
		assert_eq!(<EpochDuration<Test> as Get<u64>>::get(), 600);
		assert_eq!(<SessionsPerEra<Test> as Get<u32>>::get(), 6);
		assert_eq!(<BondingDuration<Test> as Get<u32>>::get(), 28);
		assert!(Timing::do_try_state().is_ok());
	});
}

#[test]
fn genesis_without_lengths_has_production_lengths() {
	ExtBuilder::default().build_and_execute(|| {
		assert_eq!(Lengths::<Test>::get(), TimingParameters::default());
	});
}

#[docify::export]
#[test]
fn genesis_sets_the_lengths() {
	ExtBuilder::default()
		.slot_duration_ms(1_000)
		.session_length(20)
		.sessions_per_era(3)
		.bonding_duration(4)
		.stake_unbonding_ms(60_000)
		.build_and_execute(|| {
			assert_eq!(<SlotDuration<Test> as Get<u64>>::get(), 1_000);
			assert_eq!(<MinimumPeriod<Test> as Get<u64>>::get(), 500);
			assert_eq!(<EpochDuration<Test> as Get<u64>>::get(), 20);
			assert_eq!(<SessionsPerEra<Test> as Get<u32>>::get(), 3);
			assert_eq!(<BondingDuration<Test> as Get<u32>>::get(), 4);
			assert_eq!(<UnbondingSlots<Test> as Get<u32>>::get(), 60);
		});
}

#[test]
fn slashes_apply_while_stake_is_still_bonded() {
	ExtBuilder::default().bonding_duration(4).build_and_execute(|| {
		// An offence in era 10 is slashed at the start of era 10 + 2 + 1. What was unbonded in era 10
		// can be withdrawn when era 10 + 4 is planned, at the end of era 13.
		assert_eq!(<SlashDeferDuration<Test> as Get<u32>>::get(), 2);
	});
	// With a bonding duration of at most two eras, slashes apply at once.
	for eras in [1, 2] {
		ExtBuilder::default().bonding_duration(eras).build_and_execute(|| {
			assert_eq!(<SlashDeferDuration<Test> as Get<u32>>::get(), 0);
		});
	}
}

#[test]
fn equivocations_are_reportable_as_long_as_stake_is_bonded() {
	// 28 eras of 6 sessions are 168 sessions. With 600 slots each they have 100 800 blocks.
	ExtBuilder::default().build_and_execute(|| {
		assert_eq!(<MaxSetIdSessionEntries<Test> as Get<u64>>::get(), 168);
		assert_eq!(<ReportLongevity<Test> as Get<u64>>::get(), 100_800);
	});
}

#[test]
fn wall_time_is_converted_by_the_slot_length() {
	// A day has 86 400 s, here in slots of 6 s and of 1 s.
	ExtBuilder::default().build_and_execute(|| {
		assert_eq!(<SlotsPerDay<Test> as Get<u32>>::get(), 14_400);
		assert_eq!(<SlotsPerWeek<Test> as Get<u32>>::get(), 100_800);
		assert_eq!(<SlotsPerMonth<Test> as Get<u32>>::get(), 432_000);
		assert_eq!(<UnbondingSlots<Test> as Get<u32>>::get(), 302_400);
	});
	ExtBuilder::default().slot_duration_ms(1_000).build_and_execute(|| {
		assert_eq!(<SlotsPerDay<Test> as Get<u32>>::get(), 86_400);
	});
}

#[test]
fn durations_round_up_and_are_never_zero() {
	// 86 400 000 ms are 12 342.86 slots of 7 000 ms, rounded up to 12 343.
	ExtBuilder::default().slot_duration_ms(7_000).stake_unbonding_ms(1).build_and_execute(|| {
		assert_eq!(<SlotsPerDay<Test> as Get<u32>>::get(), 12_343);
		assert_eq!(<UnbondingSlots<Test> as Get<u32>>::get(), 1);
	});
}

#[test]
fn durations_saturate_at_the_maximum_number_of_slots() {
	ExtBuilder::default().stake_unbonding_ms(u64::MAX).build_and_execute(|| {
		assert_eq!(<UnbondingSlots<Test> as Get<u32>>::get(), u32::MAX);
	});
}

#[test]
#[should_panic(expected = "every length must be above zero")]
fn genesis_rejects_a_slot_of_one_millisecond() {
	ExtBuilder::default().slot_duration_ms(1).build_and_execute(|| ());
}

#[test]
#[should_panic(expected = "every length must be above zero")]
fn genesis_rejects_a_session_without_slots() {
	ExtBuilder::default().session_length(0).build_and_execute(|| ());
}

#[test]
#[should_panic(expected = "every length must be above zero")]
fn genesis_rejects_an_era_without_sessions() {
	ExtBuilder::default().sessions_per_era(0).build_and_execute(|| ());
}

#[test]
#[should_panic(expected = "every length must be above zero")]
fn genesis_rejects_a_bonding_duration_of_zero() {
	ExtBuilder::default().bonding_duration(0).build_and_execute(|| ());
}

#[test]
#[should_panic(expected = "every length must be above zero")]
fn genesis_rejects_an_unbonding_time_of_zero() {
	ExtBuilder::default().stake_unbonding_ms(0).build_and_execute(|| ());
}
