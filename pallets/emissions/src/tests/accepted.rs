//! Scores of accepted losses never fail a settlement, however extreme, epoch after epoch.

use crate::{
	memory::Memory,
	settlement::{epoch_shares, EpochShares},
	types::RewardParameters,
};
use allora_math::{
	testing::random::{config, decimals, stakes},
	Real,
};
use allora_primitives::{
	Contribution, Contributions, FixedI128, ReputerContribution, TopicParameters, MAX_LOSS,
};
use proptest::{collection::vec, prelude::*, sample::select};

/// The members of a class in an epoch, among 8 accounts, and their scores.
fn class() -> impl Strategy<Value = Vec<Contribution<u64>>> {
	let most = FixedI128::from_u32(2000);
	vec(prop::option::of(decimals(most)), 8).prop_map(|scores| {
		let scored = (0..).zip(scores);
		scored
			.filter_map(|(account, score)| Some(Contribution { account, score: score? }))
			.collect()
	})
}

fn reputers() -> impl Strategy<Value = Vec<ReputerContribution<u64>>> {
	// Of all reputers of an epoch none may have a score.
	let scores = prop_oneof![
		Just(vec![FixedI128::default(); 4]),
		vec(decimals(FixedI128::from_u32(100)), 4),
	];
	(1..5usize).prop_flat_map(stakes).prop_flat_map(move |stakes| {
		scores.clone().prop_map(move |scores| {
			let pairs = (0..).zip(stakes.iter().zip(&scores));
			pairs
				.map(|(account, (authority, score))| ReputerContribution {
					account,
					score: FixedI128::from_inner(score.into_inner().abs()),
					authority: *authority,
				})
				.collect()
		})
	})
}

fn contributions() -> impl Strategy<Value = Contributions<u64>> {
	(class(), class(), reputers(), decimals(MAX_LOSS), decimals(MAX_LOSS)).prop_map(
		|(inferers, forecasters, reputers, network_loss, naive_loss)| Contributions {
			inferers: inferers.try_into().unwrap(),
			forecasters: forecasters.try_into().unwrap(),
			reputers: reputers.try_into().unwrap(),
			network_loss,
			naive_loss,
		},
	)
}

fn parameters(epsilon: FixedI128) -> TopicParameters {
	TopicParameters { epsilon, ..TopicParameters::regression(10, 5, 10) }
}

/// Asserts that neither the classes nor the members of one share out more than there is.
fn assert_shared(shares: &EpochShares) {
	let EpochShares { inferers, forecasters, reputers } = shares;
	let classes = [inferers, forecasters, reputers];
	assert!(classes.iter().map(|class| class.class).sum::<Real>() <= 1);
	for class in classes {
		assert!(class.class >= 0 && class.members.iter().all(|share| *share >= 0));
		assert!(class.members.iter().sum::<Real>() <= 1);
	}
}

proptest! {
	#![proptest_config(config(300))]

	#[test]
	fn scores_of_accepted_losses_are_settled_epoch_after_epoch(
		epsilon in select(vec![
			TopicParameters::MIN_EPSILON,
			FixedI128::from_rational(1, 100),
			FixedI128::from_u32(1),
		]),
		epochs in vec(contributions(), 1..12),
	) {
		let (rules, parameters) = (RewardParameters::default(), parameters(epsilon));
		let mut memory = Memory::<u64>::default();
		for contributions in epochs {
			let shares = epoch_shares(&rules, &parameters, &contributions, &mut memory).unwrap();
			assert_shared(&shares);
		}
	}
}

/// Two reputers whose reports cancel have no score, for as long as they like.
#[test]
fn reputers_that_never_score_do_not_fail_settlements() {
	let reputer = |account, score| ReputerContribution { account, score, authority: 1 };
	let scored = |score: u32| Contributions {
		inferers: vec![Contribution { account: 1, score: FixedI128::from_u32(1) }]
			.try_into()
			.unwrap(),
		forecasters: Default::default(),
		reputers: vec![
			reputer(8, FixedI128::from_u32(score)),
			reputer(9, FixedI128::from_u32(score)),
		]
		.try_into()
		.unwrap(),
		network_loss: Default::default(),
		naive_loss: Default::default(),
	};
	let (rules, parameters) = (RewardParameters::default(), parameters(FixedI128::from_u32(1)));
	let mut memory = Memory::<u64>::default();
	let mut settle = |score| epoch_shares(&rules, &parameters, &scored(score), &mut memory);
	assert!(settle(100).unwrap().reputers.class > 0);
	for epoch in 0..1_000 {
		let shares = settle(0).unwrap_or_else(|error| panic!("epoch {epoch}: {error}"));
		// Nobody can be paid as a reputer, so the others are.
		assert!(shares.inferers.class > Real::ONE * 99 / 100 && shares.reputers.class == 0);
	}
	// A score counts again at once.
	assert!(settle(100).unwrap().reputers.class > 0);
}
