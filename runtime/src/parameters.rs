//! Parameters that governance may tune, each within the range its type admits.

use crate::{Balance, Runtime, ALLO};
use allora_primitives::FixedI128;
use codec::{Decode, DecodeWithMemTracking, Encode, Error, Input, MaxEncodedLen};
use frame_support::{
	dynamic_params::{dynamic_pallet_params, dynamic_params},
	traits::Get,
};
use pallet_emissions::{IssuanceParameters, RewardParameters};
use scale_info::TypeInfo;
use sp_runtime::Perbill;

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

/// A share from `MIN` to `MAX` billionths; decoding anything else fails.
#[derive(
	Clone, Copy, Debug, PartialEq, Eq, Encode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Share<const MIN: u32, const MAX: u32>(Perbill);

impl<const MIN: u32, const MAX: u32> Share<MIN, MAX> {
	/// The share of this many billionths, moved into the range if it is outside.
	pub const fn new(billionths: u32) -> Self {
		if billionths < MIN {
			Self(Perbill::from_parts(MIN))
		} else if billionths > MAX {
			Self(Perbill::from_parts(MAX))
		} else {
			Self(Perbill::from_parts(billionths))
		}
	}

	/// The share.
	pub const fn part(self) -> Perbill {
		self.0
	}

	/// The share as a fraction.
	pub fn fraction(self) -> FixedI128 {
		FixedI128::from_perbill(self.0)
	}
}

impl<const MIN: u32, const MAX: u32> Decode for Share<MIN, MAX> {
	fn decode<I: Input>(input: &mut I) -> Result<Self, Error> {
		let part = Perbill::decode(input)?;
		if (MIN..=MAX).contains(&part.deconstruct()) {
			Ok(Self(part))
		} else {
			Err("share outside its range".into())
		}
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

/// The rules by which an epoch's reward is shared, each value within its range; decoding anything
/// else fails.
///
/// The degrees `p` are from 0.1 to 10, the scores `c` from 0 to 10, `beta_entropy` from 0 to 1,
/// `smoothing` from 0.01 to 1, and the reputers' share from 0.05 to 0.75.
#[derive(
	Clone, Debug, Default, PartialEq, Eq, Encode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Rules(RewardParameters);

impl Rules {
	/// The rules, if each value is within its range.
	pub fn new(rules: RewardParameters) -> Option<Self> {
		let RewardParameters {
			p_inference,
			p_forecast,
			p_reputer,
			c_inference,
			c_forecast,
			beta_entropy,
			smoothing,
			reputers_share,
		} = rules;
		let within = |value: FixedI128, least: (u128, u128), most: (u128, u128)| {
			(FixedI128::from_rational(least.0, least.1)..=FixedI128::from_rational(most.0, most.1))
				.contains(&value)
		};
		let valid =
			[p_inference, p_forecast, p_reputer].into_iter().all(|p| within(p, (1, 10), (10, 1)))
				&& [c_inference, c_forecast].into_iter().all(|c| within(c, (0, 1), (10, 1)))
				&& within(beta_entropy, (0, 1), (1, 1))
				&& within(smoothing, (1, 100), (1, 1))
				&& within(reputers_share, (1, 20), (3, 4));
		valid.then_some(Self(rules))
	}
}

impl Decode for Rules {
	fn decode<I: Input>(input: &mut I) -> Result<Self, Error> {
		let rules = RewardParameters::decode(input)?;
		Self::new(rules).ok_or_else(|| "rule outside its range".into())
	}
}

/// The rules by which an epoch's reward is shared.
pub struct RewardRules;
impl Get<RewardParameters> for RewardRules {
	fn get() -> RewardParameters {
		dynamic_params::rewards::Rules::get().0
	}
}

/// A thousandth, in billionths.
const MILLI: u32 = 1_000_000;

/// The validators' share of emission, from 5 to 50 %.
pub type ValidatorsPart = Share<{ 50 * MILLI }, { 500 * MILLI }>;
/// The emission per month as a part of the locked tokens, from 0.1 to 10 %.
pub type EmissionPart = Share<MILLI, { 100 * MILLI }>;
/// The maximum yield per month, from 0.01 to 2 %.
pub type YieldPart = Share<{ MILLI / 10 }, { 20 * MILLI }>;
/// The weight of a new month's rate, from 1 to 100 %.
pub type SmoothingPart = Share<{ 10 * MILLI }, { 1_000 * MILLI }>;

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

	/// How an epoch's reward is shared.
	#[dynamic_pallet_params]
	#[codec(index = 3)]
	pub mod rewards {
		/// The rules by which an epoch's reward is shared: the defaults of S 3.
		#[codec(index = 0)]
		pub static Rules: super::super::Rules = Default::default();
	}

	/// Emission (S 15.1). A change takes effect when the next month begins.
	#[dynamic_pallet_params]
	#[codec(index = 2)]
	pub mod emissions {
		/// The validators' share of emission in billionths; topics get the rest: 25 %.
		#[codec(index = 0)]
		pub static ValidatorsShare: ValidatorsPart = ValidatorsPart::new(250 * MILLI);
		/// The emission per month as a part of the locked tokens, in billionths: 3.5 %.
		#[codec(index = 1)]
		pub static EmissionFactor: EmissionPart = EmissionPart::new(35 * MILLI);
		/// The maximum yield per staked token and month, in billionths: 0.95 %.
		#[codec(index = 2)]
		pub static MaxMonthlyYield: YieldPart = YieldPart::new(9_500_000);
		/// The weight of a new month's rate in the smoothed rate, in billionths: 10 %.
		#[codec(index = 3)]
		pub static RateSmoothing: SmoothingPart = SmoothingPart::new(100 * MILLI);
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
/// The parameters of emission: those that governance may tune, and the initial reputers' share.
pub struct Issuance;

impl Get<IssuanceParameters> for Issuance {
	fn get() -> IssuanceParameters {
		IssuanceParameters {
			validators_share: emissions::ValidatorsShare::get().part(),
			emission_factor: emissions::EmissionFactor::get().fraction(),
			max_monthly_yield: emissions::MaxMonthlyYield::get().fraction(),
			rate_smoothing: emissions::RateSmoothing::get().fraction(),
			..Default::default()
		}
	}
}

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
	#[test]
	fn reward_rule_outside_its_range_does_not_decode() {
		let valid = RewardParameters::default();
		assert!(Rules::decode(&mut &valid.encode()[..]).is_ok());
		let zero = FixedI128::from_u32(0);
		let eleven = FixedI128::from_u32(11);
		for invalid in [
			RewardParameters { p_inference: zero, ..valid.clone() },
			RewardParameters { p_forecast: eleven, ..valid.clone() },
			RewardParameters { p_reputer: eleven, ..valid.clone() },
			RewardParameters { c_inference: eleven, ..valid.clone() },
			RewardParameters { c_forecast: FixedI128::from_inner(-1), ..valid.clone() },
			RewardParameters { beta_entropy: eleven, ..valid.clone() },
			RewardParameters { smoothing: zero, ..valid.clone() },
			RewardParameters { reputers_share: FixedI128::from_u32(1), ..valid.clone() },
		] {
			assert!(Rules::decode(&mut &invalid.encode()[..]).is_err(), "{invalid:?}");
		}
	}

	#[test]
	fn share_outside_its_range_does_not_decode() {
		let decode = |parts: u32| {
			ValidatorsPart::decode(&mut &Perbill::from_parts(parts).encode()[..])
				.map(|share| share.part().deconstruct())
		};
		for parts in [0, 50 * MILLI - 1, 500 * MILLI + 1, 1_000 * MILLI] {
			assert!(decode(parts).is_err(), "{parts}");
		}
		for parts in [50 * MILLI, 250 * MILLI, 500 * MILLI] {
			assert_eq!(decode(parts), Ok(parts));
		}
	}

	#[test]
	fn parameters_of_emission_are_those_of_the_protocol_until_they_are_set() {
		sp_io::TestExternalities::default().execute_with(|| {
			assert_eq!(Issuance::get(), IssuanceParameters::default());
		});
	}
}
