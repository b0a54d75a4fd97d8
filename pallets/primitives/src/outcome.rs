//! The outcome of a submission.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_arithmetic::FixedI128;

/// The outcome of an account's submission in a role and epoch.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
#[scale_info(capture_docs = "always")]
pub enum Outcome<AccountId> {
	/// The account is in the active set, from which this follows: it is stored nowhere else.
	#[codec(index = 0)]
	Accepted,
	/// The active set was full, and no member was weaker; the payload was not kept.
	#[codec(index = 1)]
	Passive {
		/// The account's merit at the submission: the smoothed score of a worker, the authority in
		/// planck times the listening coefficient of a reputer.
		merit: FixedI128,
		/// The lowest merit in the active set; of equal merit, the lot of the epoch decided.
		lowest: FixedI128,
	},
	/// A stronger account took the seat; the payload was dropped.
	#[codec(index = 2)]
	Displaced {
		/// The account's merit at the submission.
		merit: FixedI128,
		/// The account that took the seat.
		by: AccountId,
		/// The merit of that account; of equal merit, the lot of the epoch decided.
		by_merit: FixedI128,
	},
	/// The account declared that it does not report on this epoch; only reputers can abstain.
	#[codec(index = 3)]
	Abstained,
	/// The account holds a seat for a payload that it has committed to and not revealed yet. It
	/// follows from the commitments, and is not stored.
	#[codec(index = 4)]
	Committed,
	/// The account held a seat for a payload that it committed to, and did not reveal it in time.
	/// It follows from the commitments, and is not stored.
	#[codec(index = 5)]
	Unrevealed,
}
