//! The rewards of epochs (S 13).

use crate::{mock::*, types::*, weights::WeightInfo, Event, KnownRules, Memories, Purses, Rewards};
use allora_primitives::{
	api::{NoReward, Payment, Reward, Unpaid},
	traits::{EmissionIndex, EpochRecords},
	Balance, EpochId, EpochSizes, FixedI128, Registration, Role, Rule, StageError, VoidReason,
};
use frame_support::assert_ok;

/// Settles an epoch of topic 1.
fn settle(epoch: EpochId) {
	assert_ok!(crate::mock::settle(1, epoch));
}

/// The amounts of all rewards in an epoch of topic 1.
fn amounts(epoch: EpochId) -> Vec<Balance> {
	Emissions::rewards(1, epoch).into_iter().map(|reward| reward.amount).collect()
}

#[docify::export]
#[test]
fn epoch_is_paid() {
	ExtBuilder::default().block_emission(1_000).build_and_execute(|| {
		// A block issues 1000 planck: 250 for validators, 750 for topic 1, which has all weight.
		assert_ok!(Emissions::set_weight(1, 100));
		run_blocks(1);
		// When an epoch ends after 10 slots, it is assigned what its topic accrued.
		assert_ok!(Emissions::assign_to_epoch(1, EPOCH, 10, 10));
		// Accounts have paid another 250 into the topic's pot.
		buy(1, 250);

		// Inferer 1 scored 0.5, reputer 2 scored 1 with a stake of 7: the epoch can be settled.
		contribute(1, EPOCH, &[(1, 50)], &[], &[(2, 100, 7)]);
		settle(EPOCH);

		// Emission and pot were shared and paid out.
		let reward = |account, role| Reward { account, role, amount: 500 };
		let expected = vec![reward(1, Role::Inferer), reward(2, Role::Reputer)];
		assert_eq!(Emissions::rewards(1, EPOCH), expected);
		assert_eq!((balance(1), balance(2)), (500, 500));
		assert_eq!(topic_pot(1), 0);
		assert!(Emissions::ledger().adds_up);
	});
}

#[test]
fn one_inferer_and_one_reputer_get_half_each() {
	ExtBuilder::default().build_and_execute(|| {
		buy(1, 1_001);
		contribute(1, EPOCH, &[(1, 50)], &[], &[(2, 100, 7)]);
		settle(EPOCH);
		// Both entropies are ln 2 / 4: a half each, rounded down; 1 stays in the pot.
		let reward = |account, role| Reward { account, role, amount: 500 };
		let expected = vec![reward(1, Role::Inferer), reward(2, Role::Reputer)];
		assert_eq!(Emissions::rewards(1, EPOCH), expected);
		assert_eq!((balance(1), balance(2)), (500, 500));
		assert_eq!(topic_pot(1), 1);
	});
}

#[test]
fn emission_and_pot_are_paid_together_and_the_remainder_stays() {
	ExtBuilder::default().block_emission(1_000).build_and_execute(|| {
		assert_ok!(Emissions::set_weight(1, 100));
		run_blocks(1);
		assert_ok!(Emissions::assign_to_epoch(1, EPOCH, 10, 10));
		buy(1, 101);
		take_events();
		contribute(1, EPOCH, &[(1, 50)], &[], &[(2, 100, 7)]);
		settle(EPOCH);
		// Halves of 851 are 425.5.
		let rewards = vec![(1, Role::Inferer, 425), (2, Role::Reputer, 425)];
		let paid_out =
			|who, registration| Event::PaidOut { topic: 1, who, registration, amount: 425 };
		assert_eq!(
			take_events(),
			vec![
				Event::RewardsCredited {
					topic: 1,
					epoch: EPOCH,
					emission: 750,
					from_pot: 101,
					inference: 425,
					forecast: 0,
					reputation: 425,
					rewards: rewards.try_into().unwrap(),
				},
				paid_out(1, Registration::Worker),
				paid_out(2, Registration::Reputer),
			]
		);
		assert_eq!(topic_pot(1), 1);
		assert_eq!(pot(Pot::Rewards), 0);
		let ledger = Emissions::ledger();
		assert_eq!((ledger.settled, ledger.purchased, ledger.paid), (750, 101, 850));
		assert_eq!((ledger.topic_pots, ledger.rewards_owed), (1, 0));
	});
}

#[test]
fn all_three_classes_are_paid_by_entropy_and_utility() {
	ExtBuilder::default().build_and_execute(|| {
		buy(1, 90_001);
		contribute(1, EPOCH, &[(1, 50), (2, 50)], &[(3, 10), (4, 10)], &[(5, 100, 7)]);
		settle(EPOCH);
		// F = G = ln 2, H = ln 2 / 4; the task score is 0, so tau = 0 and chi = 0.1;
		// gamma = 2 F / (0.9 F + 0.1 F) = 2. U = 0.9 * 2 / 2.25 = 0.8, V = 0.1 * 2 / 2.25 = 4 / 45,
		// W = 0.25 / 2.25 = 1 / 9: 72 000.8, 8 000.09, 10 000.11.
		assert_eq!(amounts(EPOCH), vec![36_000, 36_000, 4_000, 4_000, 10_000]);
		assert_eq!(topic_pot(1), 1);
	});
}

#[test]
fn equal_scores_are_paid_equally() {
	ExtBuilder::default().build_and_execute(|| {
		buy(1, 100_000);
		contribute(1, EPOCH, &[(1, 50), (2, 50), (3, 50)], &[], &[(4, 100, 7)]);
		settle(EPOCH);
		// F = ln 3 = 1.0986, H = ln 2 / 4 = 0.1733: 86 375.74 for inferers, a third of which is
		// 28 791.67; 13 624.26 for the reputer.
		assert_eq!(amounts(EPOCH), vec![28_791, 28_791, 28_791, 13_624]);
		assert_eq!(topic_pot(1), 100_000 - 3 * 28_791 - 13_624);
	});
}

#[test]
fn better_scores_are_paid_better() {
	ExtBuilder::default().build_and_execute(|| {
		buy(1, 100_000);
		contribute(1, EPOCH, &[(1, 90), (2, 50), (3, 10)], &[], &[(4, 100, 7)]);
		settle(EPOCH);
		let amounts = amounts(EPOCH);
		assert!(amounts[0] > amounts[1] && amounts[1] > amounts[2], "{amounts:?}");
	});
}

#[test]
fn reputers_are_paid_by_stake_and_score() {
	ExtBuilder::default().build_and_execute(|| {
		buy(1, 10_000);
		contribute(1, EPOCH, &[(1, 50)], &[], &[(2, 100, 300), (3, 100, 100)]);
		settle(EPOCH);
		// Shares 3/4 and 1/4: -sum w ln w = 0.56234, N_eff = 1 / (9/16 + 1/16) = 1.6, and
		// H = 0.56234 * 0.8^(1/4) = 0.53183; F = 0.17329. W = 0.75425 of 10 000 is 7 542,
		// split into 5 656.5 and 1 885.5; the inferer gets 2 457.
		assert_eq!(amounts(EPOCH), vec![2_457, 5_656, 1_885]);
	});
}

/// Has the parameters of rewards favour stake and score of reputers to this degree.
fn favour_reputers(p_reputer: u32) {
	let p_reputer = FixedI128::from_u32(p_reputer);
	RewardRules::set(RewardParameters { p_reputer, ..Default::default() });
}

/// Otherwise a referendum could change what work earns that has been done.
#[test]
fn reward_rules_of_an_epoch_are_those_of_its_opening() {
	ExtBuilder::default().build_and_execute(|| {
		Emissions::record_rules(EPOCH);
		favour_reputers(2);
		Emissions::record_rules(EPOCH + 10);
		for epoch in [EPOCH, EPOCH + 10] {
			buy(1, 10_000);
			contribute(1, epoch, &[(1, 50)], &[], &[(2, 100, 300), (3, 100, 100)]);
			settle(epoch);
		}
		// The shares are 3/4 and 1/4, as above.
		assert_eq!(amounts(EPOCH), vec![2_457, 5_656, 1_885]);
		// They are 9/10 and 1/10, being of the squares.
		let later = amounts(EPOCH + 10);
		assert!(later[1].abs_diff(9 * later[2]) <= 9, "{later:?}");
	});
}

#[test]
fn latest_reward_rules_are_remembered_with_the_slots_from_which_they_hold() {
	ExtBuilder::default().build_and_execute(|| {
		let remembered =
			|| -> Vec<_> { KnownRules::<Test>::get().into_iter().map(|(from, _)| from).collect() };
		Emissions::record_rules(999);
		Emissions::record_rules(1_000);
		assert_eq!(remembered(), vec![999]);
		for slot in 1_001..1_001 + u64::from(MAX_RULES) {
			favour_reputers(slot as u32);
			Emissions::record_rules(slot);
			Emissions::record_rules(slot + 1);
		}
		assert_eq!(remembered(), (1_001..1_001 + u64::from(MAX_RULES)).collect::<Vec<_>>());
	});
}

#[test]
fn reputers_without_score_or_stake_get_nothing() {
	ExtBuilder::default().build_and_execute(|| {
		buy(1, 1_000);
		contribute(1, EPOCH, &[(1, 50)], &[], &[(2, 0, 300), (3, -100, 100)]);
		settle(EPOCH);
		// H = 0, so the inferer gets all.
		assert_eq!(amounts(EPOCH), vec![1_000]);
		let unpaid = |account| Unpaid { account, role: Role::Reputer, reason: NoReward::NoShare };
		assert_eq!(Emissions::unpaid(1, EPOCH), vec![unpaid(2), unpaid(3)]);
		assert!(!Purses::<Test>::contains_key(1));
		buy(1, 1_000);
		contribute(1, EPOCH + 10, &[(4, 50)], &[], &[(5, 100, 0), (6, 100, 0)]);
		settle(EPOCH + 10);
		assert_eq!(amounts(EPOCH + 10), vec![1_000]);
	});
}

#[test]
fn forecasters_of_a_single_inferer_get_nothing() {
	ExtBuilder::default().build_and_execute(|| {
		buy(1, 1_000);
		contribute(1, EPOCH, &[(1, 50)], &[(2, 10), (3, 10)], &[(4, 100, 7)]);
		settle(EPOCH);
		assert_eq!(amounts(EPOCH), vec![500, 500]);
		assert_eq!((balance(2), balance(3)), (0, 0));
	});
}

#[test]
fn single_forecaster_is_paid_for_several_inferers() {
	ExtBuilder::default().build_and_execute(|| {
		buy(1, 90_001);
		contribute(1, EPOCH, &[(1, 50), (2, 50)], &[(3, 10)], &[(5, 100, 7)]);
		settle(EPOCH);
		// F = ln 2, G = H = ln 2 / 4, chi = 0.1; gamma = 1.25 / (0.9 + 0.025) = 1.351351.
		// U = 0.9 gamma / 1.5 = 0.810811, V = 0.1 * 0.25 gamma / 1.5 = 0.022523, W = 0.25 / 1.5:
		// 72 973.8, 2 027.05, 15 000.2.
		assert_eq!(amounts(EPOCH), vec![36_486, 36_486, 2_027, 15_000]);
	});
}

#[test]
fn forecasters_get_the_maximum_share_if_all_scores_are_zero() {
	ExtBuilder::default().build_and_execute(|| {
		buy(1, 90_001);
		contribute(1, EPOCH, &[(1, 0), (2, 0)], &[(3, 0), (4, 0)], &[(5, 100, 7)]);
		settle(EPOCH);
		// No score and no gain of the network over the naive one: chi = 0.5 and gamma = 2, so that
		// U = V = 0.5 * 2 / 2.25 = 4 / 9 and W = 1 / 9.
		assert_eq!(amounts(EPOCH), vec![20_000, 20_000, 20_000, 20_000, 10_000]);
	});
}

#[test]
fn newcomer_is_paid_like_a_known_inferer_of_its_score() {
	ExtBuilder::default().build_and_execute(|| {
		contribute(1, EPOCH, &[(1, 50), (2, 10)], &[], &[(9, 100, 7)]);
		settle(EPOCH);
		buy(1, 100_000);
		contribute(1, EPOCH + 10, &[(1, 50), (2, 10), (3, 50)], &[], &[(9, 100, 7)]);
		settle(EPOCH + 10);
		let amounts = amounts(EPOCH + 10);
		assert!(amounts[0] == amounts[2] && amounts[0] > amounts[1], "{amounts:?}");
	});
}

#[test]
fn absent_account_earns_nothing() {
	ExtBuilder::default().build_and_execute(|| {
		contribute(1, EPOCH, &[(1, 50), (2, 50)], &[], &[(9, 100, 7)]);
		settle(EPOCH);
		buy(1, 1_001);
		contribute(1, EPOCH + 10, &[(1, 50)], &[], &[(9, 100, 7)]);
		settle(EPOCH + 10);
		// One inferer and one reputer: half each.
		assert_eq!(amounts(EPOCH + 10), vec![500, 500]);
		assert_eq!(balance(2), 0);
	});
}

#[test]
fn scores_below_zero_earn_less_but_not_nothing() {
	ExtBuilder::default().build_and_execute(|| {
		buy(1, 100_000);
		contribute(1, EPOCH, &[(1, 30), (2, -10)], &[], &[(9, 100, 7)]);
		settle(EPOCH);
		let amounts = amounts(EPOCH);
		assert!(amounts[0] > amounts[1] && amounts[1] > 0, "{amounts:?}");
	});
}

#[test]
fn epoch_with_nothing_to_pay_is_settled_and_learned_from() {
	ExtBuilder::default().build_and_execute(|| {
		contribute(1, EPOCH, &[(1, 50)], &[], &[(2, 100, 7)]);
		settle(EPOCH);
		assert_eq!(take_events(), vec![Event::NothingToPay { topic: 1, epoch: EPOCH }]);
		let unpaid = |account, role| Unpaid { account, role, reason: NoReward::NothingToPay };
		let expected = vec![unpaid(1, Role::Inferer), unpaid(2, Role::Reputer)];
		assert_eq!(Emissions::unpaid(1, EPOCH), expected);
		assert_eq!(amounts(EPOCH), Vec::<Balance>::new());
		let memory = Memories::<Test>::get(1).into_scores();
		assert_eq!((memory.inferer_scores.len(), memory.reputer_shares.len()), (1, 1));
	});
}

#[test]
fn full_epoch_credits_all_members_and_loses_nothing() {
	ExtBuilder::default().build_and_execute(|| {
		let mut pot_left = 0;
		for epoch in 0..5u64 {
			// Scores from 0.01 to 0.97, different ones in each epoch.
			let score = |who: AccountId| (who as i64 * 37 + epoch as i64 * 11) % 97 + 1;
			let inferers: Vec<_> = (1..=32).map(|who| (who, score(who))).collect();
			let forecasters: Vec<_> = (201..=208).map(|who| (who, score(who))).collect();
			let reputers: Vec<_> = (301..=316).map(|who| (who, score(who), who * 1_000)).collect();
			contribute(1, epoch, &inferers, &forecasters, &reputers);
			buy(1, 100_003);
			settle(epoch);
			let paid: Balance = amounts(epoch).iter().sum();
			assert_eq!(amounts(epoch).len(), 32 + 8 + 16);
			// Rounding takes at most a planck per member and class, which stays in the pot.
			pot_left = pot_left + 100_003 - paid;
			assert_eq!(topic_pot(1), pot_left);
			assert!(pot_left <= 56 + 3, "{pot_left}");
		}
	});
}

#[test]
fn numbers_out_of_range_void_the_epoch() {
	ExtBuilder::default().build_and_execute(|| {
		contribute(1, EPOCH, &[(1, 50)], &[], &[(2, 100, u128::MAX), (3, 100, 1)]);
		let used = <Test as crate::Config>::WeightInfo::settle_regret(1, 0, 2);
		let failed = StageError { reason: VoidReason::Arithmetic, used };
		assert_eq!(crate::mock::settle(1, EPOCH), Err(failed));
	});
}

#[test]
fn pruned_epoch_has_no_rewards() {
	ExtBuilder::default().build_and_execute(|| {
		buy(1, 1_000);
		contribute(1, EPOCH, &[(1, 50)], &[], &[(2, 100, 7)]);
		settle(EPOCH);
		assert_eq!(Emissions::on_prune(1, EPOCH), Emissions::prune_weight());
		assert!(!Rewards::<Test>::contains_key(1, EPOCH));
		assert_eq!(amounts(EPOCH), Vec::<Balance>::new());
	});
}

#[test]
fn settlement_is_no_heavier_than_the_worst_case() {
	ExtBuilder::default().build_and_execute(|| {
		buy(1, 1_000_000 - 20);
		let inferers: Vec<_> = (1..=5).map(|who| (who, 50)).collect();
		contribute(1, EPOCH, &inferers, &[(6, 10)], &[(7, 100, 7), (8, 100, 7)]);
		let (_, used) = crate::mock::settle(1, EPOCH).expect("the epoch settles");
		// Three of five workers and one of two reputers are paid out.
		type Weights = <Test as crate::Config>::WeightInfo;
		assert_eq!(
			used,
			Weights::settle_regret(5, 1, 2) + Weights::store_purse() + Weights::pay_out() * 4
		);
		let rule = Rule::Regret;
		let sizes =
			EpochSizes { inferers: 5, forecasters: 1, reputers: 2, rule, ..Default::default() };
		assert!(used.all_lte(Emissions::settle_weight(&sizes) + Emissions::pay_weight()));
	});
}

#[test]
fn payment_has_the_share_of_an_account_in_its_role() {
	ExtBuilder::default().build_and_execute(|| {
		buy(1, 90_001);
		contribute(1, EPOCH, &[(1, 50), (2, 50)], &[(3, 10), (4, 10)], &[(5, 100, 7)]);
		settle(EPOCH);
		let payment = |role, who| Emissions::payment(1, EPOCH, role, &who);
		let half = FixedI128::from_rational(1, 2);
		let expected = Payment { reward: 36_000, share: half, no_reward: None };
		assert_eq!(payment(Role::Inferer, 2), Some(expected));
		assert_eq!(payment(Role::Forecaster, 2), None);
		assert_eq!(Emissions::payment(1, EPOCH + 10, Role::Inferer, &2), None);
	});
}
