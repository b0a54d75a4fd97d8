//! Scores and worths of accepted losses never fail a settlement, however extreme, epoch after epoch.

use crate::{
	claims::{ClaimBook, MAX_CLAIM, MAX_EXCESS, MAX_SCALE},
	memory::Memory,
	settlement::{epoch_shares, EpochShares},
	types::RewardParameters,
};
use allora_math::{
	testing::random::{config, decimals, stakes},
	Real,
};
use allora_primitives::{
	Contribution, Contributions, FixedI128, ReputerContribution, TopicParameters, WorkerWorth,
	Worth, MAX_LOSS,
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
			worth: None,
		},
	)
}

/// A loss, or a difference of two: up to 2^60 in magnitude, among them the smallest and the largest.
fn loss() -> impl Strategy<Value = FixedI128> {
	let limit = || FixedI128::from_rational(1 << 60, 1);
	let extremes = [limit(), FixedI128::from_inner(-limit().into_inner()), FixedI128::default()];
	prop_oneof![
		select(extremes.to_vec()),
		select(vec![1, -1]).prop_map(FixedI128::from_inner),
		decimals(limit()),
		decimals(FixedI128::from_u32(1)),
	]
}

fn magnitude(number: FixedI128) -> FixedI128 {
	FixedI128::from_inner(number.into_inner().abs())
}

/// What as many workers were worth.
fn worths(count: usize) -> impl Strategy<Value = Vec<WorkerWorth>> {
	let weight = decimals(FixedI128::from_u32(1)).prop_map(magnitude);
	let worth = (loss(), 1..40u32, loss(), weight);
	let worth = worth.prop_map(|(worth, sharers, excess, weight)| WorkerWorth {
		worth,
		sharers,
		excess,
		weight,
	});
	vec(worth, count)
}

/// Contributions with what the participants were worth.
fn worthy() -> impl Strategy<Value = Contributions<u64>> {
	contributions().prop_flat_map(|contributions| {
		let (inferers, forecasters) =
			(contributions.inferers.len(), contributions.forecasters.len());
		let distances = vec(loss().prop_map(magnitude), contributions.reputers.len());
		let reference = prop::option::of(loss().prop_map(magnitude));
		let distances = prop::option::of(distances);
		(loss(), loss(), reference, worths(inferers), worths(forecasters), distances).prop_map(
			move |(network, forecasting, reference, inferers, forecasters, distances)| {
				let worth = Worth {
					network,
					forecasting,
					reference,
					inferers: inferers.try_into().unwrap(),
					forecasters: forecasters.try_into().unwrap(),
					reputers: distances.map(|distances| distances.try_into().unwrap()),
				};
				Contributions { worth: Some(worth), ..contributions.clone() }
			},
		)
	})
}

/// Asserts that all claims, excesses and scales are within their bounds.
fn assert_bounded(memory: &Memory<u64>) {
	let Memory::Claims(ClaimBook { scales, inferers, forecasters }) = memory else {
		panic!("the epoch was settled by claims")
	};
	let claims = forecasters.iter().map(|(_, claim)| *claim).chain([scales.forecasting]);
	let mut claims = claims.chain(inferers.iter().map(|(_, known)| known.claim));
	assert!(claims.all(|claim| claim.abs() <= MAX_CLAIM));
	assert!(inferers.iter().all(|(_, known)| known.excess.abs() <= MAX_EXCESS));
	assert!([scales.worth, scales.loss, scales.reference].iter().all(|of| *of <= MAX_SCALE));
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

	#[test]
	fn any_losses_are_settled_by_claims_epoch_after_epoch(epochs in vec(worthy(), 1..12)) {
		let rules = RewardParameters::default();
		let parameters = parameters(FixedI128::from_u32(1));
		let mut memory = Memory::<u64>::default();
		for contributions in epochs {
			let shares = epoch_shares(&rules, &parameters, &contributions, &mut memory).unwrap();
			assert_shared(&shares);
			assert_bounded(&memory);
			// Inferers always share something, unless there is none.
			prop_assert_eq!(shares.inferers.class > 0, !contributions.inferers.is_empty());
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
		worth: None,
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
