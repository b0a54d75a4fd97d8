//! The rewards of epochs under the mixture rule (S 13.9).
//!
//! Of a pot of 1 000 planck, 250 are the reputers' and 750 the workers'. The first epoch sets the
//! unit of claims: the mean of what its inferers were worth, in magnitude.

use crate::{memory::Memory, mock::*, weights::WeightInfo, Memories};
use allora_primitives::{
	api::{Claim, NoReward, Unpaid},
	traits::EpochRecords,
	Balance, Contribution, Contributions, EpochId, EpochSizes, FixedI128, ReputerContribution,
	Role, Rule, StageError, VoidReason, WorkerWorth, Worth,
};
use frame_support::assert_ok;

type Weights = <Test as crate::Config>::WeightInfo;

/// A worker worth this many hundredths of a loss, with half of the weight.
fn worth(hundredths_of_a_loss: i64) -> WorkerWorth {
	let (excess, weight) = (FixedI128::default(), hundredths(50));
	WorkerWorth { worth: hundredths(hundredths_of_a_loss), sharers: 1, excess, weight }
}

/// The contributions to an epoch in which the network and the mean of truths lost 1. Reputers have
/// scores of 1; the distances of their truths are in hundredths of a loss. The naive inference lost
/// as much more than the network as the forecasters were worth together.
fn contributions(
	inferers: &[(AccountId, WorkerWorth)],
	forecasters: &[(AccountId, WorkerWorth)],
	reputers: &[(AccountId, i64, Balance)],
) -> Contributions<AccountId> {
	let one = FixedI128::from_u32(1);
	let members = |class: &[(AccountId, WorkerWorth)]| -> Vec<_> {
		class.iter().map(|(account, _)| Contribution { account: *account, score: one }).collect()
	};
	let worths = |class: &[(AccountId, WorkerWorth)]| -> Vec<_> {
		class.iter().map(|(_, worth)| *worth).collect()
	};
	let reputer = |(account, _, authority): &(AccountId, i64, Balance)| ReputerContribution {
		account: *account,
		score: one,
		authority: *authority,
	};
	let distances: Vec<_> = reputers.iter().map(|(_, distance, _)| hundredths(*distance)).collect();
	let sum = forecasters.iter().map(|(_, worth)| worth.worth.into_inner()).sum();
	Contributions {
		inferers: members(inferers).try_into().unwrap(),
		forecasters: members(forecasters).try_into().unwrap(),
		reputers: reputers.iter().map(reputer).collect::<Vec<_>>().try_into().unwrap(),
		network_loss: one,
		naive_loss: one,
		worth: Some(Worth {
			network: one,
			forecasting: FixedI128::from_inner(sum),
			reference: Some(one),
			inferers: worths(inferers).try_into().unwrap(),
			forecasters: worths(forecasters).try_into().unwrap(),
			reputers: Some(distances.try_into().unwrap()),
		}),
	}
}

/// Puts these contributions to an epoch of topic 1.
fn put(epoch: EpochId, contributions: Contributions<AccountId>) {
	Settled::mutate(|settled| settled.insert((1, epoch), contributions));
}

/// Settles an epoch of topic 1 with 1 000 planck for it.
fn settle(epoch: EpochId, contributions: Contributions<AccountId>) {
	put(epoch, contributions);
	buy(1, 1_000 - topic_pot(1));
	assert_ok!(crate::mock::settle(1, epoch));
}

/// Settles an epoch of these inferers and one exact reputer.
fn settle_inferers(epoch: EpochId, inferers: &[(AccountId, WorkerWorth)]) {
	settle(epoch, contributions(inferers, &[], &[(9, 0, 7)]));
}

/// What an epoch paid to accounts in a role.
fn paid<const N: usize>(epoch: EpochId, role: Role, accounts: [AccountId; N]) -> [Balance; N] {
	accounts.map(|who| Emissions::payment(1, epoch, role, &who).expect("it took part").reward)
}

/// The claim of an inferer.
fn claim(who: AccountId) -> Option<Claim> {
	Emissions::claim(1, Role::Inferer, &who)
}

/// A claim of `claim / 4096`, without excess.
fn of_4096(claim: i128) -> Option<Claim> {
	let claim = FixedI128::from_rational(claim.unsigned_abs(), 4_096);
	Some(Claim { claim, excess: Some(FixedI128::default()) })
}

#[test]
fn worker_that_makes_the_network_worse_is_not_paid() {
	ExtBuilder::default().build_and_execute(|| {
		settle_inferers(0, &[(1, worth(100)), (2, worth(-100))]);
		assert_eq!(paid(0, Role::Inferer, [1, 2]), [750, 0]);
		assert_eq!(paid(0, Role::Reputer, [9]), [250]);
		let unpaid = Unpaid { account: 2, role: Role::Inferer, reason: NoReward::NoShare };
		assert_eq!(Emissions::unpaid(1, 0), vec![unpaid]);
		let minus_one = FixedI128::from_inner(-FixedI128::from_u32(1).into_inner());
		assert_eq!(claim(2).expect("it took part").claim, minus_one);
	});
}

#[test]
fn workers_are_paid_by_the_discounted_sum_of_what_they_were_worth() {
	ExtBuilder::default().build_and_execute(|| {
		// The unit is (3 + 1) / 2, the claims are 3/2 and 1/2: of 750, 562.5 and 187.5.
		settle_inferers(0, &[(1, worth(300)), (2, worth(100))]);
		assert_eq!(paid(0, Role::Inferer, [1, 2]), [562, 187]);
		// 63/64 of before, and 4/2 more: 189/128 and 63/128 + 2 = 319/128.
		settle_inferers(10, &[(1, worth(0)), (2, worth(400))]);
		assert_eq!((claim(1), claim(2)), (of_4096(189 * 32), of_4096(319 * 32)));
		// 750 * 189/508 = 279.04, 750 * 319/508 = 470.96.
		assert_eq!(paid(10, Role::Inferer, [1, 2]), [279, 470]);
	});
}

#[test]
fn one_epoch_adds_at_most_sixteen_to_a_claim() {
	ExtBuilder::default().build_and_execute(|| {
		settle_inferers(0, &[(1, worth(100)), (2, worth(100))]);
		settle_inferers(10, &[(1, worth(1_000_000)), (2, worth(-1_000_000))]);
		// 63/64 + 16 and 63/64 - 16.
		assert_eq!(claim(1), of_4096(63 * 64 + 16 * 4_096));
		assert_eq!(claim(2).map(|of| of.claim < FixedI128::default()), Some(true));
	});
}

#[test]
fn workers_that_share_a_worth_share_the_limit_of_a_claim() {
	ExtBuilder::default().build_and_execute(|| {
		settle_inferers(0, &[(1, worth(100)), (2, worth(100))]);
		let shared = WorkerWorth { sharers: 2, ..worth(1_000_000) };
		settle_inferers(10, &[(1, shared), (2, shared)]);
		// 63/64 + 16/2.
		assert_eq!(
			(claim(1), claim(2)),
			(of_4096(63 * 64 + 8 * 4_096), of_4096(63 * 64 + 8 * 4_096))
		);
	});
}

#[test]
fn copies_share_what_one_of_them_would_earn() {
	ExtBuilder::default().build_and_execute(|| {
		// Workers 1 and 2 sent equal values; without both the network would have lost 1 more.
		settle_inferers(0, &[(1, worth(50)), (2, worth(50)), (3, worth(100)), (4, worth(0))]);
		assert_eq!(paid(0, Role::Inferer, [1, 2, 3, 4]), [187, 187, 375, 0]);
	});
}

#[test]
fn noise_is_hardly_paid_whatever_its_claim() {
	ExtBuilder::default().build_and_execute(|| {
		// Its loss exceeds the network's by 16 times the loss of the mean of truths.
		let noise = WorkerWorth { excess: FixedI128::from_u32(16), ..worth(100) };
		settle_inferers(0, &[(1, worth(100)), (2, noise)]);
		// The smoothed excess is 16/32 = 1/2, and the gate 1 / (1 + (5/2)^8) = 1/1526.9: of 750,
		// 749.509 and 0.491.
		assert_eq!(paid(0, Role::Inferer, [1, 2]), [749, 0]);
		let claim_of_noise = claim(2).expect("it took part");
		assert_eq!(claim_of_noise.claim, claim(1).expect("it took part").claim);
		assert_eq!(claim_of_noise.excess, Some(hundredths(50)));
	});
}

#[test]
fn newcomer_starts_with_what_its_first_epoch_was_worth() {
	ExtBuilder::default().build_and_execute(|| {
		settle_inferers(0, &[(1, worth(100))]);
		assert_eq!(claim(2), None);
		settle_inferers(10, &[(1, worth(100)), (2, worth(100))]);
		// 63/64 + 1 and 1.
		assert_eq!((claim(1), claim(2)), (of_4096(127 * 64), of_4096(4_096)));
		// 750 * 127/191 = 498.7, 750 * 64/191 = 251.3.
		assert_eq!(paid(10, Role::Inferer, [1, 2]), [498, 251]);
	});
}

#[test]
fn claim_of_an_absent_worker_fades_and_is_remembered() {
	ExtBuilder::default().build_and_execute(|| {
		let late = WorkerWorth { excess: FixedI128::from_u32(1), ..worth(100) };
		settle_inferers(0, &[(1, worth(100)), (2, late)]);
		settle_inferers(10, &[(1, worth(0))]);
		assert_eq!(paid(10, Role::Inferer, [1]), [750]);
		assert_eq!(Emissions::payment(1, 10, Role::Inferer, &2), None);
		// Its excess of 1/32 waits.
		let excess = Some(FixedI128::from_rational(1, 32));
		let claim_of = |of_64: u128| Claim { claim: FixedI128::from_rational(of_64, 64), excess };
		assert_eq!(claim(2), Some(claim_of(63)));
		settle_inferers(20, &[(1, worth(0)), (2, worth(0))]);
		// Both have faded twice; the gate of 2 is 1 / (1 + (5 * 31/1024)^8), less than 1e-6 from 1.
		assert_eq!(claim(1), of_4096(63 * 63));
		assert_eq!(claim(2).map(|of| of.claim), of_4096(63 * 63).map(|of| of.claim));
		assert_eq!(paid(20, Role::Inferer, [1, 2]), [375, 374]);
	});
}

#[test]
fn absent_forecasters_claim_fades_while_there_is_no_forecaster() {
	ExtBuilder::default().build_and_execute(|| {
		let inferers = [(1, worth(100)), (2, worth(100))];
		settle(0, contributions(&inferers, &[(3, worth(100))], &[(9, 0, 7)]));
		settle_inferers(10, &inferers);
		let faded = Claim { claim: FixedI128::from_rational(63, 64), excess: None };
		assert_eq!(Emissions::claim(1, Role::Forecaster, &3), Some(faded));
		// So does the claim of forecasting as a task.
		let Memory::Claims(book) = Memories::<Test>::get(1) else { panic!("claims are stored") };
		assert_eq!(book.scales.forecasting, 63 << 42);
	});
}

#[test]
fn account_that_was_away_longest_is_dropped_and_starts_anew() {
	ExtBuilder::default().build_and_execute(|| {
		let crowd = |epoch: EpochId| -> Vec<_> {
			let first = 1_000 + 32 * AccountId::from(epoch);
			(first..first + 32).map(|who| (who, worth(100))).collect()
		};
		for epoch in 0..3 {
			settle_inferers(epoch, &crowd(epoch));
		}
		// A topic of 32 seats knows 64 inferers: those of the last two epochs.
		assert_eq!(claim(1_000 + 31), None);
		assert_eq!((claim(1_000 + 32), claim(1_000 + 64)), (of_4096(63 * 64), of_4096(4_096)));
		settle_inferers(3, &[(1_000, worth(100))]);
		assert_eq!(claim(1_000), of_4096(4_096));
		// It took the place of the first account in order among those that were away longest.
		assert_eq!((claim(1_000 + 32), claim(1_000 + 33)), (None, of_4096(63 * 63)));
	});
}

#[test]
fn forecasters_that_add_nothing_get_nothing() {
	ExtBuilder::default().build_and_execute(|| {
		let inferers = [(1, worth(100)), (2, worth(100))];
		settle(0, contributions(&inferers, &[(3, worth(0)), (4, worth(-50))], &[(9, 0, 7)]));
		assert_eq!(paid(0, Role::Inferer, [1, 2]), [375, 375]);
		assert_eq!(paid(0, Role::Forecaster, [3, 4]), [0, 0]);
	});
}

#[test]
fn forecasters_get_what_they_add_in_proportion_to_the_inferers_claims() {
	ExtBuilder::default().build_and_execute(|| {
		let inferers = [(1, worth(100)), (2, worth(100))];
		settle(0, contributions(&inferers, &[(3, worth(90)), (4, worth(30))], &[(9, 0, 7)]));
		// The forecasters' gain is 1.2, the inferers' claims are 2: of 750, 281.25 at 3 : 1, and
		// 468.75 at 1 : 1.
		assert_eq!(paid(0, Role::Forecaster, [3, 4]), [210, 70]);
		assert_eq!(paid(0, Role::Inferer, [1, 2]), [234, 234]);
	});
}

#[test]
fn forecasters_get_at_most_half_of_the_workers_share() {
	ExtBuilder::default().build_and_execute(|| {
		let inferers = [(1, worth(100)), (2, worth(100))];
		settle(0, contributions(&inferers, &[(3, worth(1_000))], &[(9, 0, 7)]));
		assert_eq!(paid(0, Role::Inferer, [1, 2]), [187, 187]);
		assert_eq!(paid(0, Role::Forecaster, [3]), [375]);
	});
}

#[test]
fn inaccurate_reputer_gets_less_per_stake() {
	ExtBuilder::default().build_and_execute(|| {
		// A distance of a hundredth of the network's loss halves a reputer's mass.
		let reputers = [(7, 0, 100), (8, 1, 100), (9, 1, 500)];
		settle(0, contributions(&[(1, worth(100))], &[], &reputers));
		// 250 at 100 : 50 : 250: 62.5, 31.25, 156.25.
		assert_eq!(paid(0, Role::Reputer, [7, 8, 9]), [62, 31, 156]);
	});
}

#[test]
fn accuracy_is_relative_to_the_network_loss_of_the_epochs_before() {
	ExtBuilder::default().build_and_execute(|| {
		settle_inferers(0, &[(1, worth(100))]);
		let mut next = contributions(&[(1, worth(100))], &[], &[(7, 0, 100), (8, 1, 100)]);
		next.worth.as_mut().expect("just put").network = FixedI128::from_u32(1_000);
		settle(10, next);
		// 250 at 2 : 1.
		assert_eq!(paid(10, Role::Reputer, [7, 8]), [166, 83]);
	});
}

#[test]
fn reputers_of_custom_topics_are_paid_by_stake_and_score() {
	ExtBuilder::default().build_and_execute(|| {
		let custom = |scores: [i64; 2]| {
			let mut custom = contributions(&[(1, worth(100))], &[], &[(7, 0, 300), (8, 0, 100)]);
			for (reputer, score) in custom.reputers.iter_mut().zip(scores) {
				reputer.score = hundredths(score);
			}
			let worth = custom.worth.as_mut().expect("just put");
			(worth.reference, worth.reputers) = (None, None);
			custom
		};
		// 250 at 300 * 1 : 100 * 4.
		settle(0, custom([100, 400]));
		assert_eq!(paid(0, Role::Reputer, [7, 8]), [107, 142]);
		// Without a score above zero the workers share all.
		settle(10, custom([0, -100]));
		assert_eq!(paid(10, Role::Reputer, [7, 8]), [0, 0]);
		assert_eq!(paid(10, Role::Inferer, [1]), [1_000]);
	});
}

#[test]
fn workers_share_all_if_no_reputer_has_stake() {
	ExtBuilder::default().build_and_execute(|| {
		settle(0, contributions(&[(1, worth(100))], &[], &[(8, 0, 0), (9, 3, 0)]));
		assert_eq!(paid(0, Role::Inferer, [1]), [1_000]);
		assert_eq!(paid(0, Role::Reputer, [8, 9]), [0, 0]);
	});
}

#[test]
fn single_inferer_gets_the_workers_share() {
	ExtBuilder::default().build_and_execute(|| {
		// There is no network without it, so it is worth nothing, as is its forecaster.
		settle(0, contributions(&[(1, worth(0))], &[(2, worth(0))], &[(9, 0, 7)]));
		assert_eq!(paid(0, Role::Inferer, [1]), [750]);
		assert_eq!(paid(0, Role::Forecaster, [2]), [0]);
	});
}

#[test]
fn workers_without_a_claim_are_paid_by_weight() {
	ExtBuilder::default().build_and_execute(|| {
		let weighing = |weight| WorkerWorth { weight: hundredths(weight), ..worth(-100) };
		settle_inferers(0, &[(1, weighing(75)), (2, weighing(25))]);
		assert_eq!(paid(0, Role::Inferer, [1, 2]), [562, 187]);
	});
}

#[test]
fn claims_start_anew_when_the_rule_changes() {
	ExtBuilder::default().build_and_execute(|| {
		settle_inferers(0, &[(1, worth(100)), (2, worth(100))]);
		// Under the regret rule there are scores and no claims.
		contribute(1, 10, &[(1, 50), (2, 50)], &[], &[(9, 100, 7)]);
		assert_ok!(crate::mock::settle(1, 10));
		assert_eq!(claim(1), None);
		assert_eq!(Memories::<Test>::get(1).into_scores().inferer_scores.len(), 2);
		// A unit of 3, which only this epoch knows.
		settle_inferers(20, &[(1, worth(300)), (2, worth(300))]);
		assert_eq!(claim(1), of_4096(4_096));
		assert_eq!(Memories::<Test>::get(1).into_scores(), Default::default());
	});
}

#[test]
fn void_epoch_changes_no_claim() {
	ExtBuilder::default().build_and_execute(|| {
		settle_inferers(0, &[(1, worth(100)), (2, worth(-100))]);
		let before = Memories::<Test>::get(1);
		Emissions::on_void(1, 10, VoidReason::NoReport);
		assert_eq!(Memories::<Test>::get(1), before);
	});
}

#[test]
fn epoch_with_nothing_to_pay_changes_claims() {
	ExtBuilder::default().build_and_execute(|| {
		put(0, contributions(&[(1, worth(100)), (2, worth(100))], &[], &[(9, 0, 7)]));
		assert_ok!(crate::mock::settle(1, 0));
		assert_eq!(claim(1), of_4096(4_096));
	});
}

#[test]
fn participants_without_a_worth_void_the_epoch() {
	ExtBuilder::default().build_and_execute(|| {
		let mut short = contributions(&[(1, worth(100)), (2, worth(100))], &[], &[(9, 0, 7)]);
		short.worth.as_mut().expect("just put").inferers.pop();
		put(0, short);
		let used = Weights::settle_mixture(2, 0, 1);
		let failed = StageError { reason: VoidReason::Arithmetic, used };
		assert_eq!(crate::mock::settle(1, 0), Err(failed));
	});
}

#[test]
fn settlement_by_claims_is_no_heavier_than_the_worst_case() {
	ExtBuilder::default().build_and_execute(|| {
		let reputers = [(8, 0, 7), (9, 0, 7)];
		put(0, contributions(&[(1, worth(100)), (2, worth(50))], &[(3, worth(10))], &reputers));
		let (_, used) = crate::mock::settle(1, 0).expect("the epoch settles");
		assert_eq!(used, Weights::settle_mixture(2, 1, 2) + Weights::store_purse());
		let sizes = |rule| EpochSizes {
			inferers: 2,
			forecasters: 1,
			reputers: 2,
			rule,
			..Default::default()
		};
		let worst = Emissions::settle_weight(&sizes(Rule::Mixture));
		assert!(used.all_lte(worst + Emissions::pay_weight()));
		assert_ne!(worst, Emissions::settle_weight(&sizes(Rule::Regret)));
	});
}

#[test]
fn full_epoch_by_claims_loses_nothing() {
	ExtBuilder::default().build_and_execute(|| {
		for epoch in 0..5u64 {
			// From -0.48 to 0.48, different in each epoch; excesses from 0 to 0.96.
			let number = |who: AccountId| (who as i64 * 37 + epoch as i64 * 11) % 97;
			let worker = |who| {
				let excess = hundredths(number(who));
				(who, WorkerWorth { excess, ..worth(number(who) - 48) })
			};
			let inferers: Vec<_> = (1..=32).map(worker).collect();
			let forecasters: Vec<_> = (201..=208).map(worker).collect();
			let reputers: Vec<_> =
				(301..=316).map(|who| (who, number(who) % 3, who * 1_000)).collect();
			put(epoch, contributions(&inferers, &forecasters, &reputers));
			buy(1, 100_003 - topic_pot(1));
			assert_ok!(crate::mock::settle(1, epoch));
			let paid: Balance = Emissions::rewards(1, epoch).iter().map(|of| of.amount).sum();
			// Rounding takes at most a planck per member and class, which stays in the pot.
			assert_eq!(topic_pot(1), 100_003 - paid);
			assert!(topic_pot(1) <= 56 + 3, "{}", topic_pot(1));
		}
	});
}
