//! Recent scores and smoothed shares (S 13.1, 13.3).

use crate::{
	memory::{packed_score, packed_share, ScoreMemory},
	mock::*,
	Memories,
};
use allora_math::{MathError, Real};
use allora_primitives::{EpochId, FixedI128};
use frame_support::assert_ok;

/// Settles an epoch of topic 1.
fn settle(epoch: EpochId) {
	assert_ok!(crate::mock::settle(1, epoch));
}

/// The recent scores and smoothed shares of topic 1.
fn scores() -> ScoreMemory<AccountId> {
	Memories::<Test>::get(1).into_scores()
}

/// The smoothed share of an account among these, in units of 2^-64.
fn share_of(shares: &[(AccountId, u64)], who: AccountId) -> Option<u64> {
	shares.iter().find(|(account, _)| *account == who).map(|(_, share)| *share)
}

/// `numerator / denominator` in units of 2^-64.
fn units(numerator: u128, denominator: u128) -> u64 {
	u64::try_from((numerator << 64) / denominator).expect("shares below 1 have 64 bits")
}

#[test]
fn shares_are_smoothed_over_epochs() {
	ExtBuilder::default().build_and_execute(|| {
		contribute(1, EPOCH, &[(1, 50)], &[], &[(2, 100, 300), (3, 100, 100)]);
		settle(EPOCH);
		contribute(1, EPOCH + 10, &[(1, 50)], &[], &[(2, 100, 100), (3, 100, 300)]);
		settle(EPOCH + 10);
		// 0.1 * 0.25 + 0.9 * 0.75 = 0.7.
		let share = share_of(&scores().reputer_shares, 2).expect("it reported");
		assert!(share.abs_diff(units(7, 10)) < 10, "{share}");
	});
}

#[test]
fn share_of_one_is_stored_as_the_maximum() {
	assert_eq!(packed_share(Real::ONE), Ok(u64::MAX));
	assert_eq!(packed_share(Real::ONE / 4), Ok(1 << 62));
	assert_eq!(packed_share(-Real::ONE), Err(MathError::Domain));
}

#[test]
fn scores_are_stored_to_the_nearest_unit() {
	// One is 2^52 units; half a unit is rounded up.
	assert_eq!(packed_score(Real::ONE), Ok(1 << 52));
	assert_eq!(packed_score(-Real::ONE), Ok(-(1 << 52)));
	assert_eq!(packed_score(Real::from_bits(2_047)), Ok(0));
	assert_eq!(packed_score(Real::from_bits(2_048)), Ok(1));
	assert_eq!(packed_score(Real::from_bits(-2_049)), Ok(-1));
	// The maximum difference of two losses is in range; 2^11 is not.
	assert_eq!(packed_score(Real::from_num(2_000)), Ok(2_000 << 52));
	assert_eq!(packed_score(Real::from_num(2_048)), Err(MathError::Overflow));
}

#[test]
fn scores_and_shares_are_kept_within_bounds() {
	ExtBuilder::default().build_and_execute(|| {
		// 12 epochs of 32 inferers each, all different.
		for epoch in 0..12u64 {
			let first = 1_000 + 32 * AccountId::from(epoch);
			let inferers: Vec<_> = (first..first + 32).map(|who| (who, epoch as i64)).collect();
			contribute(1, epoch, &inferers, &[], &[(2, 100, 7)]);
			settle(epoch);
		}
		let memory = scores();
		assert_eq!(memory.inferer_scores.len(), 320);
		// Of 384 scores the oldest 64 are dropped: epochs 0 and 1.
		// 0.02 * 2^52 = 90 071 992 547 409.9.
		assert_eq!(memory.inferer_scores.first(), Some(&90_071_992_547_410));
		// The last two epochs' 64 shares are kept.
		assert_eq!(memory.inferer_shares.len(), 64);
		assert_eq!(share_of(&memory.inferer_shares, 1_000 + 32 * 10 - 1), None);
		assert_eq!(share_of(&memory.inferer_shares, 1_000 + 32 * 10), Some(units(1, 32)));
	});
}

#[test]
fn returning_account_keeps_its_share() {
	ExtBuilder::default().build_and_execute(|| {
		contribute(1, EPOCH, &[(1, 50), (2, 50)], &[], &[(9, 100, 7)]);
		settle(EPOCH);
		contribute(1, EPOCH + 10, &[(1, 50)], &[], &[(9, 100, 7)]);
		settle(EPOCH + 10);
		contribute(1, EPOCH + 20, &[(1, 50), (2, 50)], &[], &[(9, 100, 7)]);
		settle(EPOCH + 20);
		let shares = scores().inferer_shares;
		// 1: 0.5, then 0.1 + 0.9 * 0.5 = 0.55, then 0.05 + 0.9 * 0.55 = 0.545. 2: always 0.5.
		let (first, second) = (share_of(&shares, 1).unwrap(), share_of(&shares, 2).unwrap());
		assert!(first.abs_diff(units(545, 1_000)) < 10, "{first}");
		assert!(second.abs_diff(units(1, 2)) < 10, "{second}");
	});
}

#[test]
fn score_ratio_is_stored() {
	ExtBuilder::default().build_and_execute(|| {
		contribute(1, EPOCH, &[(1, 50), (2, 50)], &[(3, 10)], &[(5, 100, 7)]);
		Settled::mutate(|settled| {
			let contributions = settled.get_mut(&(1, EPOCH)).expect("just put");
			contributions.naive_loss = FixedI128::from_rational(5, 4);
		});
		settle(EPOCH);
		// T = 0.25 over the best inferer's 0.5, a tenth of it.
		assert_eq!(scores().score_ratio, FixedI128::from_rational(5, 100));
	});
}
