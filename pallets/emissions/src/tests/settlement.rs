//! What epochs pay (S 13).

use crate::{
	mock::*, types::*, EpochEmissions, Event, RecentScores, Rewards, ScoreRatios, SmoothedShares,
	TopicPots,
};
use allora_primitives::{
	api::Reward,
	traits::{EmissionIndex, EpochHandler},
	Balance, EpochId, EpochSizes, FixedI128, Role, Step, TopicId, VoidReason,
};
use frame_support::{assert_ok, assert_storage_noop};

/// Settles an epoch of topic 1.
fn settle(epoch: EpochId) {
	assert_ok!(Emissions::on_close_reputers(1, epoch));
}

/// Everyone's reward in an epoch of topic 1, amounts only.
fn amounts(epoch: EpochId) -> Vec<Balance> {
	Emissions::rewards(1, epoch).into_iter().map(|reward| reward.amount).collect()
}

fn share_of(topic: TopicId, role: Role, who: AccountId) -> Option<FixedI128> {
	let shares = SmoothedShares::<Test>::get(topic, role);
	let found = shares.iter().find(|(account, _)| *account == who);
	found.map(|(_, share)| *share)
}

#[test]
fn one_inferer_and_one_reputer_share_alike() {
	ExtBuilder::default().build_and_execute(|| {
		buy(1, 1_001);
		contribute(1, EPOCH, &[(1, 50)], &[], &[(2, 100, 7)]);
		settle(EPOCH);
		// Both entropies are ln 2 / 4: a half each, rounded down; 1 stays in the pot.
		let reward = |account, role| Reward { account, role, amount: 500 };
		let expected = vec![reward(1, Role::Inferer), reward(2, Role::Reputer)];
		assert_eq!(Emissions::rewards(1, EPOCH), expected);
		assert_eq!((balance(1), balance(2)), (500, 500));
		assert_eq!(TopicPots::<Test>::get(1), 1);
	});
}

#[test]
fn emission_and_pot_are_paid_together_and_dust_stays() {
	ExtBuilder::default().block_emission(1_000).build_and_execute(|| {
		assert_ok!(Emissions::set_weight(1, 100));
		run_blocks(1);
		assert_ok!(Emissions::assign_to_epoch(1, EPOCH));
		buy(1, 101);
		take_events();
		contribute(1, EPOCH, &[(1, 50)], &[], &[(2, 100, 7)]);
		settle(EPOCH);
		// Halves of 851 are 425.5.
		let rewards = vec![(1, Role::Inferer, 425), (2, Role::Reputer, 425)];
		assert_eq!(
			take_events(),
			vec![Event::RewardsPaid {
				topic: 1,
				epoch: EPOCH,
				emission: 750,
				from_pot: 101,
				inference: 425,
				forecast: 0,
				reputation: 425,
				rewards: rewards.try_into().unwrap(),
			}]
		);
		assert_eq!(TopicPots::<Test>::get(1), 1);
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
		assert_eq!(TopicPots::<Test>::get(1), 1);
	});
}

#[test]
fn equal_scores_are_paid_equally() {
	ExtBuilder::default().build_and_execute(|| {
		buy(1, 100_000);
		contribute(1, EPOCH, &[(1, 50), (2, 50), (3, 50)], &[], &[(4, 100, 7)]);
		settle(EPOCH);
		// F = ln 3 = 1.0986, H = ln 2 / 4 = 0.1733: 86 375.74 for inferers, a third being 28 791.67;
		// 13 624.26 for the reputer.
		assert_eq!(amounts(EPOCH), vec![28_791, 28_791, 28_791, 13_624]);
		assert_eq!(TopicPots::<Test>::get(1), 100_000 - 3 * 28_791 - 13_624);
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

#[test]
fn reputers_without_score_or_stake_get_nothing() {
	ExtBuilder::default().build_and_execute(|| {
		buy(1, 1_000);
		contribute(1, EPOCH, &[(1, 50)], &[], &[(2, 0, 300), (3, -100, 100)]);
		settle(EPOCH);
		// H = 0, so the inferer gets all.
		assert_eq!(amounts(EPOCH), vec![1_000]);
		assert!(!TopicPots::<Test>::contains_key(1));
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
fn reward_below_the_existential_deposit_stays_in_the_pot() {
	ExtBuilder::default().build_and_execute(|| {
		buy(1, 15);
		take_events();
		contribute(1, EPOCH, &[(1, 50)], &[], &[(BUYER, 100, 7)]);
		settle(EPOCH);
		// 7 each, and an account needs 10 to come into being.
		assert_eq!(amounts(EPOCH), vec![7]);
		assert_eq!(balance(BUYER), FUNDS - 15 + 7);
		assert_eq!(TopicPots::<Test>::get(1), 8);
		let unpaid = Event::RewardUnpaid {
			topic: 1,
			epoch: EPOCH,
			account: 1,
			role: Role::Inferer,
			amount: 7,
		};
		assert_eq!(take_events().first(), Some(&unpaid));
	});
}

#[test]
fn reputer_who_cannot_be_paid_holds_nobody_else_up() {
	ExtBuilder::default().build_and_execute(|| {
		Unpayable::set(Some(2));
		buy(1, 1_000);
		contribute(1, EPOCH, &[(1, 50)], &[], &[(2, 100, 7)]);
		settle(EPOCH);
		assert_eq!((balance(1), balance(2)), (500, 0));
		assert_eq!(TopicPots::<Test>::get(1), 500);
	});
}

#[test]
fn pot_that_was_left_over_is_paid_by_the_next_epoch() {
	ExtBuilder::default().build_and_execute(|| {
		Unpayable::set(Some(2));
		buy(1, 1_000);
		contribute(1, EPOCH, &[(1, 50)], &[], &[(2, 100, 7)]);
		settle(EPOCH);
		Unpayable::set(None);
		contribute(1, EPOCH + 10, &[(1, 50)], &[], &[(2, 100, 7)]);
		settle(EPOCH + 10);
		assert_eq!((balance(1), balance(2)), (750, 250));
	});
}

#[test]
fn epoch_with_nothing_to_pay_is_settled_and_learned_from() {
	ExtBuilder::default().build_and_execute(|| {
		contribute(1, EPOCH, &[(1, 50)], &[], &[(2, 100, 7)]);
		settle(EPOCH);
		assert_eq!(take_events(), vec![Event::NothingToPay { topic: 1, epoch: EPOCH }]);
		assert_eq!(EpochEmissions::<Test>::get(1, EPOCH), Some(EpochEmission::Settled));
		assert_eq!(amounts(EPOCH), Vec::<Balance>::new());
		assert_eq!(RecentScores::<Test>::get(1, Role::Inferer).len(), 1);
		assert_eq!(share_of(1, Role::Reputer, 2), Some(FixedI128::from_u32(1)));
	});
}

#[test]
fn epoch_that_was_not_learned_from_is_void() {
	ExtBuilder::default().build_and_execute(|| {
		buy(1, 1_000);
		assert_storage_noop!(assert_eq!(
			Emissions::on_close_reputers(1, EPOCH),
			Err(VoidReason::NoReward)
		));
	});
}

#[test]
fn shares_are_smoothed_over_epochs() {
	ExtBuilder::default().build_and_execute(|| {
		contribute(1, EPOCH, &[(1, 50)], &[], &[(2, 100, 300), (3, 100, 100)]);
		settle(EPOCH);
		contribute(1, EPOCH + 10, &[(1, 50)], &[], &[(2, 100, 100), (3, 100, 300)]);
		settle(EPOCH + 10);
		// 0.1 * 0.25 + 0.9 * 0.75.
		assert_eq!(share_of(1, Role::Reputer, 2), Some(FixedI128::from_rational(7, 10)));
	});
}

#[test]
fn scores_and_shares_are_kept_within_bounds() {
	ExtBuilder::default().build_and_execute(|| {
		// 12 epochs of 32 inferers each, all different.
		for epoch in 0..12u32 {
			let first = 1_000 + 32 * AccountId::from(epoch);
			let inferers: Vec<_> = (first..first + 32).map(|who| (who, epoch.into())).collect();
			contribute(1, epoch, &inferers, &[], &[(2, 100, 7)]);
			settle(epoch);
		}
		let scores = RecentScores::<Test>::get(1, Role::Inferer);
		assert_eq!(scores.len(), 320);
		// 384 scores came; the oldest 64 are gone: epochs 0 and 1.
		assert_eq!(scores.first(), Some(&FixedI128::from_rational(2, 100)));
		// The last four epochs' 128 shares are kept.
		assert_eq!(SmoothedShares::<Test>::get(1, Role::Inferer).len(), 128);
		assert_eq!(share_of(1, Role::Inferer, 1_000 + 32 * 8 - 1), None);
		assert!(share_of(1, Role::Inferer, 1_000 + 32 * 8).is_some());
	});
}

#[test]
fn full_epoch_pays_everyone_and_loses_nothing() {
	ExtBuilder::default().build_and_execute(|| {
		let mut pot_left = 0;
		for epoch in 0..5u32 {
			// Scores spread over 0.01 to 0.97, other ones in each epoch.
			let score = |who: AccountId| (who as i64 * 37 + i64::from(epoch) * 11) % 97 + 1;
			let inferers: Vec<_> = (1..=32).map(|who| (who, score(who))).collect();
			let forecasters: Vec<_> = (201..=208).map(|who| (who, score(who))).collect();
			let reputers: Vec<_> = (301..=316).map(|who| (who, score(who), who * 1_000)).collect();
			contribute(1, epoch, &inferers, &forecasters, &reputers);
			buy(1, 100_003);
			settle(epoch);
			let paid: Balance = amounts(epoch).iter().sum();
			assert_eq!(amounts(epoch).len(), 32 + 8 + 16);
			// A planck at most is lost by each member and class, and stays in the pot.
			pot_left = pot_left + 100_003 - paid;
			assert_eq!(TopicPots::<Test>::get(1), pot_left);
			assert!(pot_left <= 56 + 3, "{pot_left}");
		}
	});
}

#[test]
fn score_ratio_is_remembered() {
	ExtBuilder::default().build_and_execute(|| {
		contribute(1, EPOCH, &[(1, 50), (2, 50)], &[(3, 10)], &[(5, 100, 7)]);
		Settled::mutate(|settled| {
			let contributions = settled.get_mut(&(1, EPOCH)).expect("just put");
			contributions.naive_loss = FixedI128::from_rational(5, 4);
		});
		settle(EPOCH);
		// T = 0.25 over the best inferer's 0.5, a tenth of it.
		assert_eq!(ScoreRatios::<Test>::get(1), FixedI128::from_rational(5, 100));
	});
}

#[test]
fn numbers_past_the_range_void_the_epoch() {
	ExtBuilder::default().build_and_execute(|| {
		contribute(1, EPOCH, &[(1, 50)], &[], &[(2, 100, u128::MAX), (3, 100, 1)]);
		let settled = Emissions::on_close_reputers(1, EPOCH);
		assert_eq!(settled, Err(VoidReason::Arithmetic));
	});
}

#[test]
fn pruned_epoch_forgets_its_rewards() {
	ExtBuilder::default().build_and_execute(|| {
		buy(1, 1_000);
		contribute(1, EPOCH, &[(1, 50)], &[], &[(2, 100, 7)]);
		settle(EPOCH);
		Emissions::on_prune(1, EPOCH);
		assert!(!Rewards::<Test>::contains_key(1, EPOCH));
		assert_eq!(EpochEmissions::<Test>::get(1, EPOCH), None);
	});
}

#[test]
fn settlement_is_no_heavier_than_the_worst_case() {
	ExtBuilder::default().build_and_execute(|| {
		contribute(1, EPOCH, &[(1, 50)], &[(3, 10)], &[(2, 100, 7)]);
		let used = Emissions::on_close_reputers(1, EPOCH).expect("the epoch settles");
		let sizes = EpochSizes { inferers: 1, forecasters: 1, reputers: 1, ..Default::default() };
		let most = <Emissions as EpochHandler>::weight(Step::CloseReputers, &sizes);
		assert!(used.ref_time() > 0 && used.all_lte(most));
		for step in [Step::Open, Step::CloseWorkers] {
			assert!(<Emissions as EpochHandler>::weight(step, &sizes).ref_time() > 0);
		}
	});
}
