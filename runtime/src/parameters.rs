//! Parameters that governance may tune, each within the range its type admits.

use crate::{Balance, Runtime, ALLO};
use codec::{Decode, DecodeWithMemTracking, Encode, Error, Input, MaxEncodedLen};
use frame_support::{
	dynamic_params::{dynamic_pallet_params, dynamic_params},
	traits::Get,
};
use scale_info::TypeInfo;

/// An amount in planck from `MIN` to `MAX`; decoding anything else fails.
#[derive(
	Clone, Copy, Debug, PartialEq, Eq, Encode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Amount<const MIN: Balance, const MAX: Balance>(Balance);

impl<const MIN: Balance, const MAX: Balance> Amount<MIN, MAX> {
	/// The amount, moved into the range if it is outside.
	pub const fn new(planck: Balance) -> Self {
		if planck < MIN {
			Self(MIN)
		} else if planck > MAX {
			Self(MAX)
		} else {
			Self(planck)
		}
	}

	/// The amount in planck.
	pub const fn planck(self) -> Balance {
		self.0
	}
}

impl<const MIN: Balance, const MAX: Balance> Decode for Amount<MIN, MAX> {
	fn decode<I: Input>(input: &mut I) -> Result<Self, Error> {
		let planck = Balance::decode(input)?;
		if (MIN..=MAX).contains(&planck) {
			Ok(Self(planck))
		} else {
			Err("amount outside its range".into())
		}
	}
}

/// Reads a parameter of type [`Amount`] as planck.
pub struct Planck<P, const MIN: Balance, const MAX: Balance>(core::marker::PhantomData<P>);

impl<P: Get<Amount<MIN, MAX>>, const MIN: Balance, const MAX: Balance> Get<Balance>
	for Planck<P, MIN, MAX>
{
	fn get() -> Balance {
		P::get().planck()
	}
}

/// The maximum of a fee: 10 000 ALLO.
const MAX_FEE: Balance = 10_000 * ALLO;
/// The maximum of the stake that a reputer must have: 1 000 000 ALLO.
const MAX_STAKE: Balance = 1_000_000 * ALLO;

/// A fee, from a thousandth of an ALLO to 10 000 ALLO.
pub type Fee = Amount<{ ALLO / 1_000 }, MAX_FEE>;
/// A stake or topic weight that is asked for, from 1 planck to 1 000 000 ALLO.
pub type Threshold = Amount<1, MAX_STAKE>;

/// The parameters by the pallet that reads them.
#[allow(missing_docs)]
#[dynamic_params(RuntimeParameters, pallet_parameters::Parameters::<Runtime>)]
pub mod dynamic_params {
	use super::*;

	/// Fees and thresholds of topics.
	#[dynamic_pallet_params]
	#[codec(index = 0)]
	pub mod topics {
		/// Fee of creating a topic: 10 ALLO.
		#[codec(index = 0)]
		pub static CreateFee: Fee = Fee::new(10 * ALLO);
		/// Fee of registering in a topic: 1 ALLO.
		#[codec(index = 1)]
		pub static RegisterFee: Fee = Fee::new(ALLO);
		/// The minimum weight of an active topic: 1 ALLO.
		#[codec(index = 2)]
		pub static MinTopicWeight: Threshold = Threshold::new(ALLO);
	}

	/// Thresholds of reputers.
	#[dynamic_pallet_params]
	#[codec(index = 1)]
	pub mod reputer {
		/// The minimum authority with which a reputer may report: 100 ALLO.
		#[codec(index = 0)]
		pub static MinReputerStake: Threshold = Threshold::new(100 * ALLO);
	}
}

/// Fee of creating a topic in planck.
pub type CreateFee = Planck<dynamic_params::topics::CreateFee, { ALLO / 1_000 }, MAX_FEE>;
/// Fee of registering in a topic in planck.
pub type RegisterFee = Planck<dynamic_params::topics::RegisterFee, { ALLO / 1_000 }, MAX_FEE>;
/// The minimum weight of an active topic in planck.
pub type MinTopicWeight = Planck<dynamic_params::topics::MinTopicWeight, 1, MAX_STAKE>;
/// The minimum authority with which a reputer may report in planck.
pub type MinReputerStake = Planck<dynamic_params::reputer::MinReputerStake, 1, MAX_STAKE>;
pub use dynamic_params::*;

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn amount_outside_its_range_does_not_decode() {
		for planck in [0, ALLO / 1_000 - 1, MAX_FEE + 1] {
			assert!(Fee::decode(&mut &planck.encode()[..]).is_err());
		}
		for planck in [ALLO / 1_000, ALLO, MAX_FEE] {
			assert_eq!(Fee::decode(&mut &planck.encode()[..]).map(Amount::planck), Ok(planck));
		}
	}
}
