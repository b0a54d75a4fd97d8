//! What becomes of a submission.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_arithmetic::FixedI128;

/// What became of an account's submission in a role and epoch.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub enum Outcome<AccountId> {
	/// It is in the active set.
	#[codec(index = 0)]
	Accepted,
	/// The active set was full of accounts with no lower scores; the payload was not kept.
	#[codec(index = 1)]
	Passive {
		/// The smoothed score with which it came.
		score: FixedI128,
		/// The lowest score in the active set, which would have had to be exceeded.
		lowest: FixedI128,
	},
	/// It was in the active set until a stronger submission came; the payload was dropped.
	#[codec(index = 2)]
	Displaced {
		/// The smoothed score that was too low.
		score: FixedI128,
		/// Whose submission was stronger.
		by: AccountId,
		/// The score of that submission.
		by_score: FixedI128,
	},
	/// It declared openly that it does not report in this epoch; only reputers can.
	#[codec(index = 3)]
	Abstained,
}
