//! The pots and the ledger.

use crate::{mock::*, types::Pot, EcosystemPot, LedgerTotals};
use allora_primitives::traits::{EmissionIndex, EpochRecords, TopicPot};
use frame_support::{
	assert_noop, assert_ok, hypothetically,
	traits::{fungible::Mutate, tokens::Preservation, TypedGet},
};
use sp_runtime::TokenError;

fn pay_ecosystem(amount: u128) -> sp_runtime::DispatchResult {
	<Emissions as TopicPot<AccountId>>::pay_ecosystem(&BUYER, amount)
}

#[test]
fn pots_have_accounts_of_their_own_with_a_deposit_each() {
	ExtBuilder::default().ecosystem(500).build_and_execute(|| {
		let accounts = Pot::ALL.map(Emissions::pot_account);
		assert!(accounts[0] != accounts[1] && accounts[1] != accounts[2]);
		assert_eq!(accounts.map(balance), [ED + 500, ED, ED]);
		assert_eq!(Emissions::pot_balance(Pot::Ecosystem), 500);
		assert_eq!(Emissions::pot_balance(Pot::Rewards), 0);
		assert_eq!(EcosystemPot::<Test>::get(), accounts[0]);
		assert_eq!(Emissions::ledger().genesis_issuance, FUNDS + balance(HOLDER) + 3 * ED + 500);
	});
}

#[test]
fn fees_go_to_the_ecosystem_pot_and_never_kill_the_payer() {
	ExtBuilder::default().build_and_execute(|| {
		assert_ok!(pay_ecosystem(3));
		assert_eq!(pot(Pot::Ecosystem), 3);
		assert_noop!(pay_ecosystem(FUNDS - 3), TokenError::NotExpendable);
		assert_noop!(pay_ecosystem(FUNDS), TokenError::FundsUnavailable);
	});
}

#[test]
fn purchases_go_to_the_topics_pot() {
	ExtBuilder::default().build_and_execute(|| {
		buy(1, 3);
		buy(1, 4);
		buy(2, 5);
		assert_eq!(topic_pot(1), 7);
		assert_eq!(topic_pot(2), 5);
		assert_eq!(pot(Pot::Topics), 12);
		assert_noop!(
			<Emissions as TopicPot<AccountId>>::pay_topic(&BUYER, 1, FUNDS),
			TokenError::FundsUnavailable
		);
	});
}

#[test]
fn ledger_adds_up_through_the_life_of_an_epoch() {
	ExtBuilder::default().ecosystem(333).block_emission(1_000).build_and_execute(|| {
		assert_ok!(Emissions::set_weight(1, 100));
		assert_ok!(Emissions::set_weight(2, 50));
		run_blocks(3);
		let ledger = Emissions::ledger();
		assert_eq!((ledger.recycled, ledger.minted), (333, 1_917));
		assert_eq!(ledger.rewards_owed + ledger.rewards_carried, 2_250);
		assert_eq!(ledger.emitted, 3_000);

		assert_ok!(Emissions::assign_to_epoch(1, EPOCH, 10, 10));
		assert_ok!(Emissions::assign_to_epoch(2, EPOCH, 10, 10));
		buy(1, 600);
		contribute(1, EPOCH, &[(1, 50)], &[], &[(2, 100, 7)]);
		assert_ok!(settle(1, EPOCH));
		assert!(Emissions::ledger().adds_up);
		Emissions::on_void(2, EPOCH, allora_primitives::VoidReason::NoReport);
		// Two thirds of 2 250 and the 600 are paid; a third is returned.
		let ledger = Emissions::ledger();
		assert!(ledger.adds_up);
		assert_eq!((ledger.settled, ledger.paid, ledger.returned), (1_500, 2_100, 750));
		assert_eq!((ledger.rewards_owed, ledger.rewards_carried, ledger.topic_pots), (0, 0, 0));
	});
}

#[test]
fn ledger_adds_up_when_accounts_send_tokens_to_pots() {
	ExtBuilder::default().build_and_execute(|| {
		for to in Pot::ALL.map(Emissions::pot_account) {
			assert_ok!(Balances::transfer(&BUYER, &to, 5, Preservation::Preserve));
		}
		assert!(Emissions::ledger().adds_up);
	});
}

#[test]
fn ledger_does_not_add_up_when_a_pot_does_not_cover_what_it_owes() {
	ExtBuilder::default().build_and_execute(|| {
		buy(1, 100);
		hypothetically!({
			LedgerTotals::<Test>::mutate(|totals| totals.topic_pots = 101);
			assert!(!Emissions::ledger().adds_up);
			assert!(Emissions::do_try_state().is_err());
		});
		hypothetically!({
			let pot = Emissions::pot_account(Pot::Topics);
			assert_ok!(Balances::transfer(&pot, &BUYER, 1, Preservation::Preserve));
			assert!(!Emissions::ledger().adds_up);
		});
		contribute(1, EPOCH, &[(1, 50)], &[], &[(2, 100, 7), (3, 100, 7)]);
		assert_ok!(settle(1, EPOCH));
		assert!(Emissions::ledger().earnings > 0);
		hypothetically!({
			let pot = Emissions::pot_account(Pot::Topics);
			assert_ok!(Balances::transfer(&pot, &BUYER, 1, Preservation::Preserve));
			assert!(!Emissions::ledger().adds_up);
		});
	});
}

#[test]
fn ledger_does_not_add_up_when_more_is_issued_than_emitted() {
	ExtBuilder::default().build_and_execute(|| {
		hypothetically!({
			assert_ok!(Balances::mint_into(&BUYER, 1));
			assert!(!Emissions::ledger().adds_up);
		});
	});
}

#[test]
fn emission_figures_are_those_of_the_schedule_and_the_totals() {
	ExtBuilder::default().block_emission(1_000).build_and_execute(|| {
		assert_ok!(Emissions::set_weight(1, 70));
		run_blocks(2);
		let info = Emissions::emission_info();
		assert_eq!((info.slot_emission, info.emitted), (1_000, 2_000));
		assert_eq!((info.max_supply, info.total_weight), (10_000_000, 70));
		assert_eq!(info.next_recomputation, u64::MAX);
	});
}
