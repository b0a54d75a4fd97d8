//! The emission of months and blocks.

use super::Bytes;
use crate::{
	emission::{
		block_emission, block_issue, locked, monthly_emission, rate, rate_cap, target_rate,
	},
	MathError, Real,
};

/// A rate is between its bounds, and a month and its blocks emit no more than the rate and the
/// supply allow.
pub(super) fn check(bytes: &mut Bytes) {
	check_rate(bytes);
	check_locked(bytes);
	let [staked, pot, mintable] = [(); 3].map(|()| amount(bytes));
	let monthly = monthly_emission(bytes.share(), staked).expect("a share of the stake fits");
	assert!(monthly <= staked);
	let blocks = bytes.bits() as u64 >> bytes.below(64);
	let Ok(emission) = block_emission(monthly, blocks) else {
		assert_eq!(blocks, 0);
		return;
	};
	// What the month's blocks leave is less than a planck for each.
	let rest = monthly.checked_sub(emission * u128::from(blocks));
	assert!(rest.is_some_and(|rest| rest < u128::from(blocks)), "{emission} of {monthly}");
	let issue = block_issue(emission, pot, mintable);
	assert!(issue.minted <= mintable && issue.emitted <= emission, "{issue:?}");
	// What is not minted, the pot pays, all of it before anything is minted.
	let paid = issue.emitted.checked_sub(issue.minted);
	assert!(paid.is_some_and(|paid| paid <= pot), "{issue:?} with a pot of {pot}");
	assert!(issue.minted == 0 || paid == Some(pot), "{issue:?} with a pot of {pot}");
	let exhausted = pot.checked_add(mintable).is_some_and(|supply| supply < emission);
	assert!(exhausted || issue.emitted == emission, "{issue:?} of {emission}");
	assert!(!exhausted || issue.emitted == pot + mintable, "{issue:?} of {emission}");
}

fn amount(bytes: &mut Bytes) -> u128 {
	bytes.bits().unsigned_abs() >> bytes.below(127)
}

fn check_rate(bytes: &mut Bytes) {
	let (factor, supply) = (bytes.share(), amount(bytes));
	let [locked, staked, circulating] = [(); 3].map(|()| amount(bytes));
	let target = target_rate(factor, locked, staked, circulating, supply);
	match &target {
		Ok(target) => assert!(*target >= 0, "{target}"),
		Err(MathError::DivisionByZero) => assert_eq!(supply, 0),
		Err(error) => assert_eq!(*error, MathError::Overflow),
	}
	let (yield_, reputers, validators) = (bytes.share(), bytes.share(), bytes.share());
	let Ok(cap) = rate_cap(yield_, reputers, validators) else {
		// Nobody who has a stake gets anything, or next to nothing.
		assert!(validators < Real::ONE / 1_000_000_000 && reputers < Real::ONE / 1_000_000_000);
		return;
	};
	// At least what the yield is of a whole.
	assert!(cap + Real::DELTA >= yield_, "{cap}");
	let previous = (bytes.byte() > 60).then(|| bytes.real().clamp(Real::ZERO, cap));
	if let Ok(rate) = rate(target, cap, previous, bytes.share()) {
		assert!((Real::ZERO..=cap).contains(&rate), "{rate} of {cap}");
		assert!(previous.is_some() || target.map_or(cap, |target| target.min(cap)) == rate);
	}
}

/// What is locked only falls.
fn check_locked(bytes: &mut Bytes) {
	let allocation = amount(bytes);
	let [month, before, passed] = [(); 3].map(|()| bytes.bits() as u64 >> bytes.below(64));
	let early = locked(allocation, before, month);
	let late = locked(allocation, before.saturating_add(passed), month);
	assert!(late <= early && early <= allocation, "{late} after {early} of {allocation}");
}
