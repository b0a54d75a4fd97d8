//! Commitments to payloads, in topics with a reveal window (S 7.6).

use crate::{
	bundle::{SubmittedForecast, SubmittedInference},
	EpochId, Role, TopicId,
};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_core::H256;

/// The random bytes that keep a committed payload from being guessed.
pub type Salt = [u8; 32];

/// The roles for which a worker commits to a payload.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
#[scale_info(capture_docs = "always")]
pub enum WorkerRoles {
	/// The payload is an inference.
	#[codec(index = 0)]
	Inferer,
	/// The payload is a forecast.
	#[codec(index = 1)]
	Forecaster,
	/// The payload is an inference and a forecast.
	#[codec(index = 2)]
	Both,
}

impl WorkerRoles {
	/// The roles of a payload with an inference, a forecast or both; `None` if it has neither.
	pub fn of(has_inference: bool, has_forecast: bool) -> Option<Self> {
		match (has_inference, has_forecast) {
			(true, true) => Some(Self::Both),
			(true, false) => Some(Self::Inferer),
			(false, true) => Some(Self::Forecaster),
			(false, false) => None,
		}
	}

	/// Whether this role is among them.
	pub fn has(self, role: Role) -> bool {
		match role {
			Role::Inferer => self != Self::Forecaster,
			Role::Forecaster => self != Self::Inferer,
			Role::Reputer => false,
		}
	}
}

/// The hash by which an account commits to a payload for an epoch of a topic (S 7.6): Blake2-256 of
/// the SCALE encodings of inference, forecast, salt, account, topic and epoch, in this order.
///
/// `inference` and `forecast` are the arguments with which the payload will be revealed, to the
/// byte: a value that is omitted as `None` and one that is left out at the end are different.
pub fn commitment_hash<AccountId: Encode>(
	inference: &Option<SubmittedInference>,
	forecast: &Option<SubmittedForecast<AccountId>>,
	salt: &Salt,
	who: &AccountId,
	topic: TopicId,
	epoch: EpochId,
) -> H256 {
	let preimage = (inference, forecast, salt, who, topic, epoch).encode();
	sp_io::hashing::blake2_256(&preimage).into()
}

#[cfg(test)]
mod tests {
	use super::*;
	use alloc::{vec, vec::Vec};
	use sp_arithmetic::FixedI128;

	#[test]
	fn preimage_of_a_commitment_is_as_documented() {
		// The example of S 7.6: an inference of 3.5 and no forecast, with a salt of 32 bytes 0x07,
		// by the account of 32 bytes 0x01, for epoch 300000000 of topic 2.
		let inference =
			SubmittedInference::truncate_from(vec![Some(FixedI128::from_rational(7, 2))]);
		let (salt, who) = ([7u8; 32], [1u8; 32]);
		let mut preimage: Vec<u8> = vec![1, 4, 1];
		preimage.extend(3_500_000_000_000_000_000i128.to_le_bytes());
		preimage.push(0);
		preimage.extend(salt);
		preimage.extend(who);
		preimage.extend(2u64.to_le_bytes());
		preimage.extend(300_000_000u64.to_le_bytes());
		let expected = H256(sp_io::hashing::blake2_256(&preimage));
		let hash = commitment_hash(&Some(inference), &None, &salt, &who, 2, 300_000_000);
		assert_eq!(hash, expected);
		let documented = "0xdfa0b430f4c7b3b792a6fbc1be42ce7e2267d4cd2ad03604e860100856c8841f";
		assert_eq!(alloc::format!("{hash:?}"), documented);
	}

	#[test]
	fn roles_follow_from_the_parts_of_a_payload() {
		for (inference, forecast) in [(true, true), (true, false), (false, true)] {
			let roles = WorkerRoles::of(inference, forecast).expect("the payload has a part");
			assert_eq!(roles.has(Role::Inferer), inference);
			assert_eq!(roles.has(Role::Forecaster), forecast);
			assert!(!roles.has(Role::Reputer));
		}
		assert_eq!(WorkerRoles::of(false, false), None);
	}
}
