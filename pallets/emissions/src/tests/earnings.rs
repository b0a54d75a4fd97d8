//! Payouts of what settlements have credited.

use crate::{mock::*, types::*, weights::WeightInfo, Error, Event, Purses};
use allora_primitives::{
	api::NoReward, Balance, EpochContext, EpochId, Registration, Role, TopicParameters, VoidReason,
};
use frame_support::{
	assert_noop, assert_ok,
	dispatch::Pays,
	traits::{tokens::Preservation, OnPoll},
	weights::WeightMeter,
};
use sp_runtime::{DispatchError, TokenError};

type Weights = <Test as crate::Config>::WeightInfo;

/// Settles an epoch of topic 1.
fn settle(epoch: EpochId) {
	assert_ok!(crate::mock::settle(1, epoch));
}

/// Settles an epoch of inferers with equal scores and one reputer, with this reward.
fn settle_epoch(epoch: EpochId, inferers: impl Iterator<Item = AccountId>, reward: Balance) {
	let inferers: Vec<_> = inferers.map(|who| (who, 50)).collect();
	contribute(1, epoch, &inferers, &[], &[(9_999, 100, 7)]);
	buy(1, reward);
	settle(epoch);
}

/// 32 accounts, different ones in each epoch.
fn members_of(epoch: EpochId) -> std::ops::Range<AccountId> {
	let first = 1_000 + 32 * AccountId::from(epoch);
	first..first + 32
}

fn waiting_workers() -> Vec<AccountId> {
	Purses::<Test>::get(1).workers.iter().map(|due| due.account).collect()
}

fn collect(account: AccountId) -> frame_support::dispatch::DispatchResultWithPostInfo {
	Emissions::collect(RuntimeOrigin::signed(BUYER), 1, account)
}

/// Makes the account of the topic pots the payee of a reputer, which cannot be paid then.
fn make_pot_the_payee(reputer: AccountId) {
	let pot = Emissions::pot_account(Pot::Topics);
	Payees::set([((reputer, Registration::Reputer), pot)].into());
}

#[test]
fn settlement_pays_the_accounts_that_have_waited_longest() {
	ExtBuilder::default().build_and_execute(|| {
		settle_epoch(5, 1..6, 100_000);
		assert_eq!(waiting_workers(), vec![4, 5]);
		let reward = balance(1);
		assert_eq!(Emissions::due(1, &4), reward);
		assert_eq!(Emissions::ledger().earnings, 2 * reward);
		settle_epoch(15, 1..6, 100_000);
		// 4 and 5 wait with two rewards, 1, 2 and 3 behind them with one: 4, 5 and 1 are next.
		assert_eq!(waiting_workers(), vec![2, 3]);
		assert!(balance(4) > reward && balance(4) == balance(5) && balance(1) == balance(4));
		assert_eq!(balance(2), reward);
	});
}

#[test]
fn every_account_is_paid_within_thirteen_epochs_of_the_usual_size() {
	ExtBuilder::default().build_and_execute(|| {
		let (inferers, reputers) = (1..=32, 301..=306);
		let scored: Vec<_> = inferers.map(|who| (who, 50)).collect();
		let forecasters: Vec<_> = (201..=206).map(|who| (who, 50)).collect();
		let staked: Vec<_> = reputers.map(|who| (who, 50, 1_000)).collect();
		let members = || (1..=32).chain(201..=206).chain(301..=306);
		for epoch in 0..13 {
			assert!(members().any(|who| balance(who) == 0), "in epoch {epoch}");
			contribute(1, epoch, &scored, &forecasters, &staked);
			buy(1, 50_000);
			settle(epoch);
		}
		assert!(members().all(|who| balance(who) > 0));
	});
}

#[test]
fn collecting_pays_at_once_and_is_free() {
	ExtBuilder::default().build_and_execute(|| {
		settle_epoch(5, 1..6, 100_000);
		take_events();
		let amount = Emissions::due(1, &5);
		let result = collect(5).expect("something is due");
		assert_eq!(result.pays_fee, Pays::No);
		assert_eq!((balance(5), Emissions::due(1, &5)), (amount, 0));
		let registration = Registration::Worker;
		let paid = Event::PaidOut { topic: 1, who: 5, registration, amount };
		assert_eq!(take_events(), vec![paid]);
		assert_eq!(waiting_workers(), vec![4]);
	});
}

#[test]
fn collecting_pays_an_account_as_worker_and_as_reputer() {
	ExtBuilder::default().build_and_execute(|| {
		let inferers: Vec<_> = (1..=5).map(|who| (who, 50)).collect();
		contribute(1, EPOCH, &inferers, &[], &[(4, 100, 7), (5, 100, 7)]);
		buy(1, 100_000);
		settle(EPOCH);
		let rewards = Emissions::rewards(1, EPOCH);
		let earned: Balance = rewards.iter().filter(|r| r.account == 5).map(|r| r.amount).sum();
		assert_eq!(Emissions::due(1, &5), earned);
		assert_ok!(collect(5));
		assert_eq!(balance(5), earned);
		assert_eq!(Purses::<Test>::get(1).reputers.len(), 0);
	});
}

#[test]
fn collecting_pays_what_can_be_paid() {
	ExtBuilder::default().build_and_execute(|| {
		let inferers: Vec<_> = (1..=5).map(|who| (who, 50)).collect();
		contribute(1, EPOCH, &inferers, &[], &[(4, 100, 7), (5, 100, 7)]);
		buy(1, 100_000);
		settle(EPOCH);
		make_pot_the_payee(5);
		assert_ok!(collect(5));
		assert_eq!(Purses::<Test>::get(1).reputers.len(), 1);
		assert_noop!(collect(5), DispatchError::Corruption);
	});
}

#[test]
fn collecting_nothing_is_refused() {
	ExtBuilder::default().build_and_execute(|| {
		settle_epoch(5, 1..6, 100_000);
		assert_noop!(collect(1), Error::<Test>::NothingDue);
		assert_noop!(Emissions::collect(RuntimeOrigin::signed(5), 2, 5), Error::<Test>::NothingDue);
		assert_noop!(Emissions::collect(RuntimeOrigin::none(), 1, 5), DispatchError::BadOrigin);
	});
}

#[test]
fn collecting_less_than_the_existential_deposit_is_refused() {
	ExtBuilder::default().build_and_execute(|| {
		buy(1, 15);
		contribute(1, EPOCH, &[(1, 50)], &[], &[(BUYER, 100, 7)]);
		settle(EPOCH);
		assert_noop!(collect(1), TokenError::BelowMinimum);
	});
}

#[test]
fn earnings_below_the_existential_deposit_wait_and_grow() {
	ExtBuilder::default().build_and_execute(|| {
		buy(1, 15);
		contribute(1, EPOCH, &[(1, 50)], &[], &[(BUYER, 100, 7)]);
		take_events();
		settle(EPOCH);
		// 7 each, below the existential deposit of 10; 1 stays in the pot.
		assert_eq!(balance(BUYER), FUNDS - 15 + 7);
		assert_eq!((Emissions::due(1, &1), topic_pot(1)), (7, 1));
		let registration = Registration::Worker;
		let failed = Event::PayoutFailed { topic: 1, who: 1, registration, amount: 7 };
		assert!(take_events().contains(&failed));
		buy(1, 14);
		contribute(1, EPOCH + 10, &[(1, 50)], &[], &[(BUYER, 100, 7)]);
		settle(EPOCH + 10);
		assert_eq!((balance(1), Emissions::due(1, &1)), (14, 0));
	});
}

#[test]
fn account_that_cannot_be_paid_does_not_delay_others() {
	ExtBuilder::default().build_and_execute(|| {
		make_pot_the_payee(2);
		buy(1, 3_000);
		contribute(1, EPOCH, &[(1, 50)], &[], &[(2, 100, 7), (3, 100, 7)]);
		settle(EPOCH);
		// The payout of the first reputer failed, so it is the last now.
		assert_eq!((balance(2), balance(3)), (0, 0));
		let earned = Emissions::due(1, &3);
		contribute(1, EPOCH + 10, &[(1, 50)], &[], &[(2, 100, 7)]);
		settle(EPOCH + 10);
		assert_eq!((balance(2), balance(3)), (0, earned));
		Payees::set(Default::default());
		contribute(1, EPOCH + 20, &[(1, 50)], &[], &[(2, 100, 7)]);
		settle(EPOCH + 20);
		assert_eq!(balance(2), earned);
	});
}

#[test]
fn payee_of_a_worker_is_looked_up_at_the_payout() {
	ExtBuilder::default().build_and_execute(|| {
		settle_epoch(5, 1..6, 100_000);
		let earned = Emissions::due(1, &5);
		Payees::set([((5, Registration::Worker), 77)].into());
		assert_ok!(collect(5));
		assert_eq!((balance(5), balance(77)), (0, earned));
	});
}

#[test]
fn payee_of_a_reputer_is_looked_up_at_the_payout() {
	ExtBuilder::default().build_and_execute(|| {
		buy(1, 1_000);
		contribute(1, EPOCH, &[(1, 50)], &[], &[(2, 100, 7)]);
		Payees::set([((2, Registration::Reputer), 77)].into());
		settle(EPOCH);
		assert_eq!((balance(1), balance(2), balance(77)), (500, 0, 500));
	});
}

#[test]
fn crowded_topic_is_relieved_by_the_hook() {
	ExtBuilder::default().build_and_execute(|| {
		settle_epoch(0, members_of(0), 50_000);
		// 32 less the 3 that were paid are no more than an epoch can have.
		assert!(!is_crowded(1));
		settle_epoch(1, members_of(1), 50_000);
		assert!(is_crowded(1));
		assert_eq!(waiting_workers().len(), 2 * 29);
		let used = poll();
		// The oldest 18 of 58 are paid: of epoch 0 the first 3, then 3, then these.
		assert_eq!(waiting_workers().first(), Some(&(1_000 + 3 + 3 + 18)));
		assert_eq!(waiting_workers().len(), 40);
		assert!(!is_crowded(1));
		let payouts = Weights::pay_out() * 18;
		assert_eq!(used, Weights::poll() + Weights::relieve() + payouts);
		assert_eq!(poll(), Weights::poll());
	});
}

#[test]
fn relief_is_limited_by_the_meter() {
	ExtBuilder::default().build_and_execute(|| {
		settle_epoch(0, members_of(0), 50_000);
		settle_epoch(1, members_of(1), 50_000);
		let limit = Weights::poll() + Weights::relieve() + Weights::pay_out() * 2;
		let mut meter = WeightMeter::with_limit(limit);
		Emissions::on_poll(1, &mut meter);
		assert_eq!(waiting_workers().len(), 2 * 29 - 2);
		assert!(is_crowded(1));
		poll();
		assert_eq!(waiting_workers().len(), 40);
	});
}

#[test]
fn reward_that_finds_no_place_stays_in_the_pot() {
	ExtBuilder::default().build_and_execute(|| {
		for epoch in 0..4 {
			settle_epoch(epoch, members_of(epoch), 50_000);
		}
		// 4 * 29 wait, and there are 120 places.
		assert_eq!(waiting_workers().len(), 116);
		take_events();
		settle_epoch(4, members_of(4), 50_000);
		let unpaid: Vec<_> = take_events()
			.into_iter()
			.filter_map(|event| match event {
				Event::RewardUnpaid { epoch: 4, role: Role::Inferer, amount, .. } => Some(amount),
				_ => None,
			})
			.collect();
		assert_eq!(unpaid.len(), 28);
		assert_eq!(Emissions::rewards(1, 4).len(), 4 + 1);
		let recorded = Emissions::unpaid(1, 4);
		assert_eq!(recorded.len(), 28);
		assert!(recorded.iter().all(|one| one.reason == NoReward::Unpaid));
		// Rounding takes at most a planck per member and class, which stays in the pot too.
		let dust = topic_pot(1) - unpaid.iter().sum::<Balance>();
		assert!(dust <= 35, "{dust}");
		poll();
		settle_epoch(5, members_of(5), 50_000);
		assert_eq!(Emissions::rewards(1, 5).len(), 32 + 1);
	});
}

#[test]
fn failed_payout_of_a_crowded_topic_returns_to_the_pot() {
	ExtBuilder::default().build_and_execute(|| {
		// About 5 each, which is below the existential deposit of 10.
		settle_epoch(0, members_of(0), 160);
		settle_epoch(1, members_of(1), 160);
		assert_eq!(waiting_workers().len(), 2 * 32);
		let before = topic_pot(1);
		take_events();
		poll();
		let returned: Balance = take_events()
			.into_iter()
			.map(|event| match event {
				Event::EarningsReturned { topic: 1, amount, .. } => amount,
				other => panic!("{other:?}"),
			})
			.sum();
		assert!(returned > 0);
		assert_eq!(topic_pot(1), before + returned);
		assert_eq!(waiting_workers().len(), 40);
	});
}

#[test]
fn hook_without_weight_does_nothing() {
	ExtBuilder::default().build_and_execute(|| {
		settle_epoch(0, members_of(0), 50_000);
		settle_epoch(1, members_of(1), 50_000);
		for limit in [Default::default(), Weights::poll()] {
			let mut meter = WeightMeter::with_limit(limit);
			frame_support::assert_storage_noop!(Emissions::on_poll(1, &mut meter));
		}
	});
}

#[test]
fn nothing_is_lost_in_a_long_run_with_changing_members() {
	ExtBuilder::default().build_and_execute(|| {
		let mut bought = 0;
		for epoch in 0..40u64 {
			let at = AccountId::from(epoch);
			// Three members change per epoch, and some rewards are below the existential deposit.
			let inferers: Vec<_> =
				(0..24).map(|who| (1_000 + 3 * at + who, (who as i64 * 7) % 40)).collect();
			let reputers: Vec<_> = (0..9).map(|who| (3_000 + 2 * at + who, 60, 1 + who)).collect();
			contribute(1, epoch, &inferers, &[(5_000 + at, 30)], &reputers);
			let reward = if epoch % 3 == 0 { 200 } else { 3_000 };
			buy(1, reward);
			bought += reward;
			settle(epoch);
			if epoch % 5 == 4 {
				poll();
			}
			let who = 1_000 + 3 * at + 11;
			if Emissions::due(1, &who) >= ED {
				assert_ok!(collect(who));
			}
			let ledger = Emissions::ledger();
			assert!(ledger.adds_up, "in epoch {epoch}");
			assert_eq!(ledger.purchased, bought);
			assert_eq!(ledger.paid + ledger.earnings + ledger.topic_pots, bought);
			Emissions::do_try_state().expect("the invariants hold after every epoch");
		}
	});
}

#[test]
fn tokens_of_the_topics_account_are_never_paid_twice() {
	ExtBuilder::default().build_and_execute(|| {
		settle_epoch(5, 1..6, 100_000);
		// Tokens of another account in the pot make no difference.
		let pot = Emissions::pot_account(Pot::Topics);
		assert_ok!(<Balances as frame_support::traits::fungible::Mutate<_>>::transfer(
			&BUYER,
			&pot,
			500,
			Preservation::Preserve
		));
		for account in [4, 5] {
			assert_ok!(collect(account));
			assert_noop!(collect(account), Error::<Test>::NothingDue);
		}
		assert_eq!(Emissions::ledger().earnings, 0);
	});
}

// Delegators

#[test]
fn delegators_part_of_a_credit_leaves_the_pot_at_once_and_the_rest_waits() {
	ExtBuilder::default().build_and_execute(|| {
		contribute(1, EPOCH, &[(1, 50)], &[], &[(2, 100, 7)]);
		buy(1, 1_000);
		let of = EpochContext {
			topic: 1,
			epoch: EPOCH,
			parameters: TopicParameters::regression(10, 3, 10),
		};
		let contributions = Settled::get().remove(&(1, EPOCH)).unwrap();
		let (Settlement { purse, reputation }, _) = Emissions::settle(&of, &contributions).unwrap();
		assert_eq!(reputation, [(2, 500)]);
		// More than is due cannot be taken.
		let too_much = Emissions::credit_delegators(&of, purse.clone(), &77, &[(2, 501)]);
		assert_eq!(too_much.unwrap_err().reason, VoidReason::Arithmetic);
		take_events();
		let credited = Emissions::credit_delegators(&of, purse, &77, &[(2, 300)]);
		let (purse, used) = credited.unwrap();
		assert_eq!(used, Emissions::credit_delegators_weight());
		let event = Event::DelegatorsCredited { topic: 1, epoch: EPOCH, amount: 300 };
		assert_eq!(take_events(), vec![event]);
		assert_eq!(balance(77), 300);
		assert_ok!(Emissions::pay(&of, purse));
		assert_eq!(balance(2), 200);
		assert_eq!(Emissions::ledger().paid, 1_000);
	});
}

#[test]
fn credit_that_is_all_the_delegators_leaves_no_entry() {
	let mut purse = Purse::<AccountId>::default();
	assert!(purse.credit(Registration::Reputer, 2, 500));
	assert_eq!(purse.take_from_reputer(&2, 500), Some(()));
	assert_eq!(purse.take_from_reputer(&2, 1), None);
	assert!(purse.is_empty());
}
