//! The merit by which reputers get seats (S 7.4).

use crate::types::{ReputerBook, ReputerPlaces, Standing};
use allora_math::{
	convert::{from_fixed, to_fixed},
	sortition::pull_to_quantile,
	MathResult, Real,
};
use allora_primitives::{Balance, FixedI128, Stored};
use allora_sortition::{Merits, Places, SeatRules};

/// The standings of a topic's reputers, and the frozen authority of the one that reports.
pub(crate) struct Reporting<'a, AccountId: Stored> {
	pub(crate) book: &'a mut ReputerBook<AccountId>,
	/// In planck.
	pub(crate) authority: Balance,
}

impl<AccountId: Stored + Ord> Merits<AccountId, Standing> for Reporting<'_, AccountId> {
	type Bound = ReputerPlaces;

	fn places(&mut self) -> &mut Places<AccountId, Standing, ReputerPlaces> {
		self.book
	}

	fn arrive(
		&mut self,
		_: &SeatRules,
		known: Option<Standing>,
	) -> MathResult<(Standing, FixedI128)> {
		let standing = known.unwrap_or_default();
		Ok((standing, merit(self.authority, standing.coefficient)))
	}

	/// Pulls the coefficient toward 1, at which a reputer starts: only a scoring could raise it
	/// again, and only members of the set are scored.
	fn without_seat(&self, rules: &SeatRules, standing: Standing) -> MathResult<Standing> {
		let (alpha, known) = (from_fixed(rules.alpha)?, from_fixed(standing.coefficient)?);
		let coefficient = to_fixed(pull_to_quantile(alpha, Real::ONE, known)?)?;
		Ok(Standing { coefficient, ..standing })
	}
}

/// The merit of a reputer: its authority times its listening coefficient, in planck.
///
/// The whole supply of 10^19 planck is far inside the range; beyond it the merit saturates.
pub(crate) fn merit(authority: Balance, coefficient: FixedI128) -> FixedI128 {
	let authority = i128::try_from(authority).unwrap_or(i128::MAX);
	FixedI128::from_inner(authority.saturating_mul(coefficient.into_inner()))
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn merit_of_the_whole_supply_is_exact_and_more_saturates() {
		let supply = 10u128.pow(19);
		let coefficient = FixedI128::from_inner(10i128.pow(18) - 1);
		assert_eq!(merit(supply, coefficient).into_inner(), 10i128.pow(37) - 10i128.pow(19));
		assert_eq!(merit(u128::MAX, coefficient).into_inner(), i128::MAX);
	}
}
