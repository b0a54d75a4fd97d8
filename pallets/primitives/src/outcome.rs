//! The outcome of a submission.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_arithmetic::FixedI128;

/// The outcome of an account's submission in a role and epoch.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub enum Outcome<AccountId> {
	/// The account is in the active set.
	#[codec(index = 0)]
	Accepted,
	/// The active set was full, and no member had a lower score; the payload was not kept.
	#[codec(index = 1)]
	Passive {
		/// The account's smoothed score at the submission.
		score: FixedI128,
		/// The lowest score in the active set; a higher one was required.
		lowest: FixedI128,
	},
	/// An account with a higher score took the seat; the payload was dropped.
	#[codec(index = 2)]
	Displaced {
		/// The account's smoothed score at the submission.
		score: FixedI128,
		/// The account that took the seat.
		by: AccountId,
		/// The smoothed score of that account.
		by_score: FixedI128,
	},
	/// The account declared that it does not report on this epoch; only reputers can abstain.
	#[codec(index = 3)]
	Abstained,
}
