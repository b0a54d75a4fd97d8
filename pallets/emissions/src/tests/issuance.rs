//! What blocks issue (S 15).

use crate::{
	mock::*, types::*, weights::WeightInfo, CurrentDistribution, CurrentSchedule, Event,
	LedgerTotals,
};
use allora_primitives::{
	traits::{EmissionIndex, TopicPot},
	FixedI128,
};
use frame_support::{assert_ok, traits::OnInitialize};
use sp_runtime::Perbill;
use sp_staking::EraPayout;

type Weights = <Test as crate::Config>::WeightInfo;

#[test]
fn first_block_computes_the_rate_from_stake_and_supply() {
	ExtBuilder::default().build_and_execute(|| {
		Bonded::set(4_000_000);
		TotalStake::set(2_000_000);
		run_blocks(1);
		// Locked 3 595 000 of 10 000 000, so 6 405 000 circulate, and 6 000 000 are staked:
		// 0.025 * 3 595 / 6 000 * 0.6405 = 0.00959415625,
		// below the cap of 0.0095 / (1/4 + 3/4 * 1/3) = 0.019.
		// A month brings 57 564.9375, a block a hundredth.
		let schedule = CurrentSchedule::<Test>::get();
		assert_eq!(schedule.slot_emission, 575);
		assert_eq!(schedule.next_recomputation, 101);
		let rate = schedule.rate.expect("the first month has a rate").into_inner();
		assert!((rate - 9_594_156_250_000_000).abs() < 10, "{rate}");
		assert_eq!(
			take_events(),
			vec![Event::RateRenewed {
				rate: FixedI128::from_inner(rate),
				slot_emission: 575,
				staked: 6_000_000,
				ecosystem_locked: 3_595_000,
				circulating: 6_405_000,
				reputers_share: FixedI128::from_rational(1, 3),
				validators_share: Perbill::from_percent(25),
				target: FixedI128::from_inner(rate),
				cap: FixedI128::from_inner(19_000_000_000_000_000),
				next_recomputation: 101,
			}]
		);
	});
}

#[test]
fn second_month_is_smoothed_with_the_first() {
	ExtBuilder::default().build_and_execute(|| {
		Bonded::set(6_000_000);
		run_blocks(1);
		assert_eq!(CurrentSchedule::<Test>::get().slot_emission, 575);
		Bonded::set(12_000_000);
		run_blocks(100);
		// Staked were 6 000 000 in one slot and 12 000 000 in 99: 11 940 000 on average.
		// Validators were promised 143 in each slot, which are not minted: locked 3 580 700,
		// circulating 6 405 000. e^ = 0.025 * 3 580.7 / 11 940 * 0.6405 = 0.00480199...;
		// e = 0.1 e^ + 0.9 * 0.00959415625 = 0.00911494...; times 11 940 000 is 108 832.38.
		assert_eq!(CurrentSchedule::<Test>::get().slot_emission, 1_088);
		assert_eq!(CurrentSchedule::<Test>::get().next_recomputation, 201);
	});
}

#[test]
fn rate_is_capped_by_the_highest_yield() {
	ExtBuilder::default().build_and_execute(|| {
		Bonded::set(1_000_050);
		run_blocks(1);
		// The target is about 0.0576, the cap 0.019: a month brings 19 000.95.
		assert_eq!(CurrentSchedule::<Test>::get().slot_emission, 190);
	});
}

#[test]
fn cap_follows_what_reputers_got_last_month() {
	ExtBuilder::default().build_and_execute(|| {
		Bonded::set(1_000_050);
		run_blocks(1);
		buy(1, 1_000);
		contribute(1, EPOCH, &[(1, 50)], &[], &[(2, 100, 1)]);
		assert_ok!(settle(1, EPOCH));
		assert_eq!(LedgerTotals::<Test>::get().month_credited_to_reputers, 500);
		run_blocks(100);
		// Reputers got half: the cap is 0.0095 / (1/4 + 3/4 * 1/2) = 0.0152,
		// the rate 0.1 * 0.0152 + 0.9 * 0.019 = 0.01862, a month's emission 18 620.93.
		assert_eq!(CurrentSchedule::<Test>::get().slot_emission, 186);
		assert_eq!(LedgerTotals::<Test>::get().month_credited, 0);
	});
}

#[test]
fn locked_allocations_do_not_circulate() {
	ExtBuilder::default().vested(4_000_000).build_and_execute(|| {
		Bonded::set(6_000_000);
		run_blocks(1);
		// 2 405 000 circulate: 0.025 * 3 595 / 6 000 * 0.2405 * 6 000 000 = 21 614.9375.
		assert_eq!(CurrentSchedule::<Test>::get().slot_emission, 216);
	});
}

#[test]
fn first_month_begins_with_the_first_stake() {
	ExtBuilder::default().build_and_execute(|| {
		assert_ok!(Emissions::set_weight(1, 100));
		run_blocks(2);
		assert_eq!(CurrentSchedule::<Test>::get().rate, None);
		assert_eq!(Emissions::ledger().emitted, 0);
		assert_eq!(take_events(), vec![]);
		Bonded::set(6_000_000);
		run_blocks(1);
		// As in the first test.
		assert_eq!(CurrentSchedule::<Test>::get().next_recomputation, 103);
		assert_eq!(Emissions::ledger().emitted, 575);
	});
}

#[test]
fn parameters_without_a_rate_leave_the_old_one_in_force() {
	ExtBuilder::default().build_and_execute(|| {
		let old = Schedule { slot_emission: 1_000, ..Default::default() };
		CurrentSchedule::<Test>::put(old);
		Bonded::set(6_000_000);
		// The cap has a zero divisor.
		Issuance::set(IssuanceParameters {
			validators_share: Perbill::zero(),
			initial_reputers_share: FixedI128::from_u32(0),
			..Default::default()
		});
		run_blocks(1);
		let schedule = CurrentSchedule::<Test>::get();
		assert_eq!((schedule.slot_emission, schedule.rate), (1_000, None));
		assert_eq!(schedule.next_recomputation, 0);
	});
}

#[test]
fn renewal_of_the_rate_is_charged_only_when_it_is_due() {
	ExtBuilder::default().build_and_execute(|| {
		Bonded::set(6_000_000);
		let block = Weights::record_rules().saturating_add(Weights::emit_block());
		assert_eq!(Emissions::on_initialize(1), block.saturating_add(Weights::recompute()));
		System::set_block_number(2);
		assert_eq!(Emissions::on_initialize(2), block);
	});
}

#[test]
fn validators_get_a_quarter_and_topics_the_rest() {
	ExtBuilder::default().block_emission(1_001).build_and_execute(|| {
		assert_ok!(Emissions::set_weight(1, 100));
		let before = Balances::total_issuance();
		run_blocks(2);
		// floor(1 001 / 4) = 250, the topics' rest 751; twice.
		let ledger = Emissions::ledger();
		assert_eq!(ledger.validators_accrued, 500);
		assert_eq!(ledger.minted, 1_502);
		assert_eq!(ledger.emitted, 2_002);
		assert_eq!(pot(Pot::Rewards), 1_502);
		assert_eq!(Balances::total_issuance(), before + 1_502);
	});
}

#[test]
fn ecosystem_pot_pays_before_anything_is_minted() {
	ExtBuilder::default().ecosystem(1_000).block_emission(1_000).build_and_execute(|| {
		assert_ok!(Emissions::set_weight(1, 100));
		run_blocks(1);
		let ledger = Emissions::ledger();
		assert_eq!((ledger.recycled, ledger.minted), (750, 0));
		run_blocks(1);
		// The pot has 250 left of the 750 that are due.
		let ledger = Emissions::ledger();
		assert_eq!((ledger.recycled, ledger.minted), (1_000, 500));
		assert_eq!(pot(Pot::Ecosystem), 0);
		assert_eq!(pot(Pot::Rewards), 1_500);
	});
}

#[test]
fn emission_stops_at_the_ecosystem_supply() {
	ExtBuilder::default().block_emission(1_000).build_and_execute(|| {
		EcosystemSupply::set(2_500);
		assert_ok!(Emissions::set_weight(1, 100));
		run_blocks(5);
		// Two blocks of 250 and 750; of the last 500, validators get 250 and topics 250.
		let ledger = Emissions::ledger();
		assert_eq!((ledger.validators_accrued, ledger.minted), (750, 1_750));
	});
}

#[test]
fn emission_stops_at_the_maximum_supply() {
	ExtBuilder::default().block_emission(1_000).build_and_execute(|| {
		MaxSupply::set(Balances::total_issuance() + 1_500);
		assert_ok!(Emissions::set_weight(1, 100));
		run_blocks(3);
		// 250 and 750, then 250 and 250.
		let ledger = Emissions::ledger();
		assert_eq!((ledger.validators_accrued, ledger.minted), (500, 1_000));
	});
}

#[test]
fn once_supply_is_used_up_the_ecosystem_pot_alone_pays_topics() {
	ExtBuilder::default().block_emission(1_000).build_and_execute(|| {
		EcosystemSupply::set(0);
		assert_ok!(Emissions::set_weight(1, 100));
		assert_ok!(<Emissions as TopicPot<AccountId>>::pay_ecosystem(&BUYER, 800));
		run_blocks(3);
		// 750, then the last 50.
		let ledger = Emissions::ledger();
		assert_eq!((ledger.recycled, ledger.minted, ledger.validators_accrued), (800, 0, 0));
	});
}

#[test]
fn topics_share_is_not_issued_without_weight() {
	ExtBuilder::default().ecosystem(5_000).block_emission(1_000).build_and_execute(|| {
		let before = Balances::total_issuance();
		run_blocks(3);
		assert_eq!(Emissions::ledger().emitted, 750);
		assert_eq!(Emissions::ledger().validators_accrued, 750);
		assert_eq!(Balances::total_issuance(), before);
		assert_eq!(pot(Pot::Ecosystem), 5_000);
	});
}

#[test]
fn era_takes_the_validators_share_once() {
	ExtBuilder::default().block_emission(1_000).build_and_execute(|| {
		run_blocks(3);
		let issuance = Balances::total_issuance();
		let payout = || <Emissions as EraPayout<u128>>::era_payout(1, 1, 1);
		assert_eq!(payout(), (750, 0));
		assert_eq!(payout(), (0, 0));
		let ledger = Emissions::ledger();
		assert_eq!((ledger.validators_accrued, ledger.validators_taken), (0, 750));
		assert_eq!(ledger.emitted, 750);
		assert_eq!(Balances::total_issuance(), issuance);
		assert_eq!(
			take_events(),
			vec![
				Event::ValidatorsShareTaken { amount: 750 },
				Event::ValidatorsShareTaken { amount: 0 }
			]
		);
	});
}

/// The totals, the schedule and the distribution, which describe all that was issued.
fn issued() -> (Totals, Schedule, Distribution) {
	(
		LedgerTotals::<Test>::get(),
		CurrentSchedule::<Test>::get(),
		CurrentDistribution::<Test>::get(),
	)
}

/// The result of [`issued`] on a chain with stake and a topic, and with blocks in these slots.
fn issued_by_blocks_in(slots: impl IntoIterator<Item = u64>) -> (Totals, Schedule, Distribution) {
	let mut result = None;
	ExtBuilder::default().ecosystem(30_000).build_and_execute(|| {
		Bonded::set(6_000_000);
		// So that sharing leaves a remainder.
		assert_ok!(Emissions::set_weight(1, 77));
		for slot in slots {
			System::set_block_number(slot);
			run_blocks(1);
		}
		result = Some(issued());
	});
	result.expect("the test has run")
}

#[test]
fn slots_without_a_block_are_issued_by_the_next_one() {
	assert_eq!(issued_by_blocks_in([1, 2, 60]), issued_by_blocks_in(1..=60));
}

#[test]
fn months_that_begin_in_slots_without_a_block_renew_the_rate() {
	// Months of 100 slots begin at 1, 101, 201 and 301; the ecosystem pot is used up on the way.
	let (totals, schedule, shared) = issued_by_blocks_in([1, 350]);
	assert!(totals.minted > 0 && totals.recycled > 0);
	assert_eq!(schedule.next_recomputation, 401);
	assert_eq!((totals, schedule, shared), issued_by_blocks_in(1..=350));
}

#[test]
fn block_issues_at_most_twelve_months_and_the_next_one_the_rest() {
	// After block 1 twelve months end at 101 + 11 * 100 = 1201; the block at 1999 stops there.
	let (_, schedule, _) = issued_by_blocks_in([1, 1_999]);
	assert_eq!(schedule.next_slot, 1_201);
	assert_eq!(issued_by_blocks_in([1, 1_999, 2_000]), issued_by_blocks_in(1..=2_000));
}

#[test]
fn every_issued_month_is_charged() {
	ExtBuilder::default().build_and_execute(|| {
		Bonded::set(6_000_000);
		run_blocks(1);
		System::set_block_number(350);
		// The rest of the first month, and three that begin at 101, 201 and 301.
		let expected = Weights::emit_block()
			.saturating_mul(4)
			.saturating_add(Weights::recompute().saturating_mul(3))
			.saturating_add(Weights::record_rules());
		assert_eq!(Emissions::on_initialize(350), expected);
	});
}

#[test]
fn months_count_from_the_slot_of_the_first_block() {
	ExtBuilder::default().vested(4_000_000).build_and_execute(|| {
		Bonded::set(6_000_000);
		assert_ok!(Emissions::set_weight(1, 100));
		// A slot of six seconds in the year 2026.
		let first = 300_000_000;
		System::set_block_number(first);
		run_blocks(1);
		// Nothing is unlocked yet, as in the test above, and one slot's emission is issued.
		let schedule = CurrentSchedule::<Test>::get();
		assert_eq!((schedule.slot_emission, schedule.next_recomputation), (216, first + 100));
		assert_eq!(Emissions::ledger().emitted, 216);
	});
}

#[test]
fn nothing_is_issued_for_slots_before_the_first_stake() {
	ExtBuilder::default().build_and_execute(|| {
		assert_ok!(Emissions::set_weight(1, 100));
		run_blocks(1);
		System::set_block_number(250);
		run_blocks(1);
		assert_eq!(Emissions::ledger().emitted, 0);
		Bonded::set(6_000_000);
		run_blocks(1);
		// As in the first test: one slot, and the month begins with it.
		assert_eq!(CurrentSchedule::<Test>::get().next_recomputation, 351);
		assert_eq!(Emissions::ledger().emitted, 575);
	});
}
