//! Pay by claims: who improves the network inference is paid for it (S 13.9).
//!
//! A worker's *claim* is the discounted sum of what its absence would have cost the network, in the
//! topic's own loss. [`settle()`] takes what an epoch's truth shows, and returns the claims after it
//! and the shares of its reward. Losses may have any size up to [`MAX_OWN`](crate::loss::MAX_OWN).
//! Reputers share by stake and accuracy: [`accuracy_fractions`].

use crate::{
	arith::{abs, add, div, gather, mul, sum, unit, ExactSum, Reciprocal, Unit},
	rewards::normalise,
	stats::ema,
	MathError, MathResult, Real,
};
use alloc::{vec, vec::Vec};

/// The memory of claims and scales, 1/64: their half-life is 44 epochs.
const MEMORY: Real = Real::lit("0.015625");

/// The memory of excess losses and of the reference's loss, 1/32.
const GATE_MEMORY: Real = Real::lit("0.03125");

/// The most that an epoch adds to the claims of a group, in recent mean contributions, and the
/// largest excess loss.
const MOST: Real = Real::from_bits(16 << 64);

/// The largest difference of two losses, 2^61.
const MOST_WORTH: Real = Real::from_bits(1 << 125);

/// The most that a scale sees of an epoch, in its own size.
const GROWTH: Real = Real::from_bits(4 << 64);

/// The least size of a scale that is set, 2^-58; smaller ones could not grow by their rounding.
const LEAST_SCALE: Real = Real::from_bits(1 << 6);

/// The inverse of the excess loss at which pay is halved, in losses of the reference.
const GATE: Real = Real::from_bits(5 << 64);

/// The most of the workers' reward that goes to forecasters.
const MOST_FORECASTING: Real = Real::lit("0.5");

/// The inverse of the distance at which a reputer's mass is halved, in losses of the network.
const ACCURACY: Real = Real::from_bits(100 << 64);

/// The largest distance that counts, 2^20, in the unit of the former.
const MOST_DISTANCE: Real = Real::from_bits(1 << 84);

/// By how much masses are scaled up, 2^40, so that small ones keep their digits.
const MASS: Real = Real::from_bits(1 << 104);

/// What a topic keeps between settlements; all 0 at first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Scales {
	/// The running mean size of what groups of inferers were worth, from 0 (unset) to 2^61, in
	/// losses.
	pub worth: Real,
	/// The running size of the network's loss, from 0 (unset) to 2^60.
	pub loss: Real,
	/// The running size of the reference's loss, from 0 (unset) to 2^60.
	pub reference: Real,
	/// The claim of all forecasters together, from -1024 to 1024.
	pub forecasting: Real,
}

/// What is known about an inferer; 0 for a newcomer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct InfererClaim {
	/// The claim, from -1024 to 1024.
	pub claim: Real,
	/// The running excess of its loss over the network's, in losses of the reference, from -16 to 16.
	pub excess: Real,
}

/// An inferer of an epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Inferer {
	/// What was known before the epoch.
	pub known: InfererClaim,
	/// The network's loss without the workers of equal values less that with them, over their
	/// number; at most 2^61 in size.
	pub worth: Real,
	/// The number of workers of equal values, itself included; 0 counts as 1.
	pub size: u32,
	/// Its own loss less the network's, at most 2^61 in size.
	pub excess: Real,
	/// Its weight in the network inference, in [0, 1]; moved there if it is outside.
	pub weight: Real,
}

/// A forecaster of an epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Forecaster {
	/// Its claim before the epoch, from -1024 to 1024.
	pub known: Real,
	/// The mean of two differences of the network's loss, over the number of forecasters of equal
	/// tilted values: without them less with all, and without forecasters less with them alone; at
	/// most 2^61 in size.
	pub worth: Real,
	/// The number of forecasters of equal tilted values, itself included; 0 counts as 1.
	pub size: u32,
	/// Its weight in the network inference, in [0, 1]; moved there if it is outside.
	pub weight: Real,
}

/// What is known about an epoch when its truth is.
#[derive(Clone, Copy, Debug)]
pub struct Epoch<'a> {
	/// The topic's scales.
	pub scales: Scales,
	/// The network's loss, at most 2^60 in size.
	pub network: Real,
	/// The network's loss without forecasters less that with them, at most 2^61 in size.
	pub forecasting: Real,
	/// The loss of the running mean of truths before this one, at most 2^60 in size; `None` where
	/// there is none, as in custom topics, or where it is no accepted inference.
	pub reference: Option<Real>,
	/// The epoch's inferers.
	pub inferers: &'a [Inferer],
	/// The epoch's forecasters.
	pub forecasters: &'a [Forecaster],
}

/// The shares in an epoch's reward, rounded down; those of a class sum to at most 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shares {
	/// The inferers' shares of their class's part.
	pub inferers: Vec<Real>,
	/// The forecasters' shares of their class's part.
	pub forecasters: Vec<Real>,
	/// The forecasters' part of the workers' reward, at most a half.
	pub forecasting_part: Real,
}

/// The result of a settlement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settled {
	/// The topic's scales after the epoch.
	pub scales: Scales,
	/// What is known about the inferers after the epoch, in their order.
	pub inferers: Vec<InfererClaim>,
	/// The forecasters' claims after the epoch, in their order.
	pub forecasters: Vec<Real>,
	/// The shares in the epoch's reward.
	pub shares: Shares,
	/// The network's loss by which the epoch's reputers are judged, for [`accuracy_fractions`]: the
	/// running one before this epoch, which the first epoch sets.
	pub loss: Real,
}

/// A scale that is unset is set by its first number other than 0.
fn set(scale: Real, first: Real) -> Real {
	match scale > 0 {
		true => scale,
		false if first > 0 => first.max(LEAST_SCALE),
		false => Real::ZERO,
	}
}

/// A scale after an epoch, of which it sees at most four times its own size.
fn next_scale(scale: Real, seen: Real, memory: Real) -> MathResult {
	if scale <= 0 {
		return Ok(Real::ZERO);
	}
	let counted = seen.min(scale.saturating_mul(GROWTH));
	Ok(ema(memory, counted, Some(scale))?.max(LEAST_SCALE))
}

/// What is left of a claim after an epoch in which an account took no part: 63/64 of it, so half in
/// 44 epochs (S 13.9).
pub fn fade(claim: Real) -> Real {
	// At most 1/64 of the number, so neither overflows.
	claim.saturating_sub(mul(MEMORY, claim).unwrap_or_default())
}

/// Claims after an epoch, in a unit of losses.
struct Ledger {
	/// `None` as long as the scale is unset.
	unit: Option<Unit>,
}

impl Ledger {
	fn new(scale: Real) -> MathResult<Self> {
		Ok(Self { unit: (scale > 0).then(|| Unit::new(scale)).transpose()? })
	}

	/// The claim after an epoch in which its holder was worth this much, as one of `size` accounts
	/// of equal worth.
	///
	/// The limit is that of all of them together, as if they were one account.
	fn next(&self, claim: Real, worth: Real, size: u32) -> MathResult {
		let most = div(MOST, size.max(1).into())?;
		let gained = self.unit.as_ref().map_or(Ok(Real::ZERO), |unit| unit.of(worth, most))?;
		add(fade(claim), gained)
	}
}

/// One more than the eighth power of five times the excess, from 1 to 1.7e15: the divisor of pay.
fn toll(excess: Real) -> MathResult {
	let r = mul(GATE, excess.max(Real::ZERO))?;
	let square = mul(r, r)?;
	let fourth = mul(square, square)?;
	add(Real::ONE, mul(fourth, fourth)?)
}

/// The weight, which may exceed 1 by rounding.
fn share(weight: Real) -> Real {
	weight.clamp(Real::ZERO, Real::ONE)
}

/// The shares by mass; without any mass by what is next, at last equal ones.
fn shares(masses: impl IntoIterator<Item = Vec<Real>>, members: usize) -> MathResult<Vec<Real>> {
	if members == 0 {
		return Ok(Vec::new());
	}
	for masses in masses {
		if sum(&masses)? > 0 {
			return normalise(masses);
		}
	}
	normalise(vec![Real::ONE; members])
}

/// The sum of positive claims.
fn positive(mut claims: impl Iterator<Item = Real>) -> MathResult {
	claims.try_fold(Real::ZERO, |total, claim| add(total, claim.max(Real::ZERO)))
}

impl Epoch<'_> {
	/// The mean size of what the groups of inferers were worth; 0 without inferers.
	fn mean_worth(&self) -> MathResult {
		if self.inferers.is_empty() {
			return Ok(Real::ZERO);
		}
		// Their sum may exceed the range.
		let (mut total, mut groups) = (ExactSum::default(), Real::ZERO);
		for inferer in self.inferers {
			total.add_product(abs(inferer.worth)?, Real::ONE)?;
			groups = add(groups, div(Real::ONE, inferer.size.max(1).into())?)?;
		}
		// Up to 2^61, but for the rounding of the number of groups.
		match total.divide(groups) {
			Err(MathError::Overflow) => Ok(MOST_WORTH),
			mean => Ok(mean?.min(MOST_WORTH)),
		}
	}

	/// What is known about the inferers after the epoch, and the divisor of each one's pay.
	fn inferers(&self, ledger: &Ledger, reference: Real) -> MathResult<Vec<(InfererClaim, Real)>> {
		let by = match self.reference {
			Some(_) if reference > 0 => Some(Unit::new(reference)?),
			_ => None,
		};
		gather(self.inferers.iter().map(|inferer| {
			let claim = ledger.next(inferer.known.claim, inferer.worth, inferer.size)?;
			let excess = inferer.known.excess;
			Ok(match &by {
				None => (InfererClaim { claim, excess }, Real::ONE),
				Some(by) => {
					let now = by.of(inferer.excess, MOST)?;
					let excess = ema(GATE_MEMORY, now, Some(excess))?;
					(InfererClaim { claim, excess }, toll(excess)?)
				}
			})
		}))
	}

	/// The forecasters' part of the workers' reward: the claim of forecasting, but at most those of
	/// the forecasters, against the inferers' claims.
	fn forecasting_part(
		&self,
		forecasting: Real,
		forecasters: &[Real],
		inferers: &[(InfererClaim, Real)],
	) -> MathResult {
		let gain = forecasting.min(positive(forecasters.iter().copied())?);
		if gain <= 0 {
			return Ok(Real::ZERO);
		}
		let of_inferers = positive(inferers.iter().map(|(known, _)| known.claim))?;
		let part = Reciprocal::new(add(gain, of_inferers)?)?.down(gain)?;
		Ok(part.min(MOST_FORECASTING))
	}
}

/// Settles an epoch: claims and scales after it, and the shares of its reward (S 13.9).
///
/// Known accounts that took no part are the caller's to [`fade`]. Inferers share by their positive
/// claims, each over its toll, which rises with its excess loss; without claims by their weights
/// over the toll, and without weights equally. Forecasters share by their positive claims, or by
/// weight, or equally. It never fails for arguments in the ranges that their fields state;
/// [`MathError::Overflow`] for numbers far out of range.
pub fn settle(epoch: &Epoch) -> MathResult<Settled> {
	let scales = &epoch.scales;
	let (worth, network) = (epoch.mean_worth()?, abs(epoch.network)?);
	let reference = epoch.reference.map(abs).transpose()?;
	let [of_worth, of_loss] = [set(scales.worth, worth), set(scales.loss, network)];
	let of_reference = set(scales.reference, reference.unwrap_or_default());

	let ledger = Ledger::new(of_worth)?;
	let inferers = epoch.inferers(&ledger, of_reference)?;
	let of_forecaster = |known: &Forecaster| ledger.next(known.known, known.worth, known.size);
	let forecasters = gather(epoch.forecasters.iter().map(of_forecaster))?;
	let gain = if epoch.forecasters.is_empty() { Real::ZERO } else { epoch.forecasting };
	let forecasting = ledger.next(scales.forecasting, gain, 1)?;

	let by_claim =
		|(known, toll): &(InfererClaim, Real)| div(mul(MASS, known.claim.max(Real::ZERO))?, *toll);
	let by_weight = inferers
		.iter()
		.zip(epoch.inferers)
		.map(|((_, toll), i)| div(mul(MASS, share(i.weight))?, *toll));
	let of_inferers = [gather(inferers.iter().map(by_claim))?, gather(by_weight)?];
	let of_forecasters = [
		forecasters.iter().map(|claim| (*claim).max(Real::ZERO)).collect(),
		epoch.forecasters.iter().map(|forecaster| share(forecaster.weight)).collect(),
	];
	Ok(Settled {
		scales: Scales {
			worth: next_scale(of_worth, worth, MEMORY)?,
			loss: next_scale(of_loss, network, MEMORY)?,
			reference: match reference {
				Some(reference) => next_scale(of_reference, reference, GATE_MEMORY)?,
				None => of_reference,
			},
			forecasting,
		},
		shares: Shares {
			inferers: shares(of_inferers, inferers.len())?,
			forecasters: shares(of_forecasters, forecasters.len())?,
			forecasting_part: epoch.forecasting_part(forecasting, &forecasters, &inferers)?,
		},
		inferers: inferers.into_iter().map(|(known, _)| known).collect(),
		forecasters,
		loss: of_loss,
	})
}

/// The shares of reputers, rounded down: stake times accuracy, `1 / (1 + r^2)`, where r is the
/// distance in hundredths of the network's usual loss (S 13.9).
///
/// `scale` is [`Settled::loss`], `stakes` are parts of the total in [0, 1], `distances` the losses
/// of the reported truths taken as inferences, against the truth, less that of the truth itself, at
/// most 2^61 in size; below 0 they count as 0. If no stake is above 0, shares are equal; there are
/// none without reputers. [`MathError::Shape`] if the lengths differ, [`MathError::Domain`] for a
/// stake outside [0, 1] or a negative scale.
pub fn accuracy_fractions(
	scale: Real,
	stakes: &[Real],
	distances: &[Real],
) -> MathResult<Vec<Real>> {
	if stakes.len() != distances.len() {
		return Err(MathError::Shape);
	}
	if scale < 0 {
		return Err(MathError::Domain);
	}
	let by = (scale > 0).then(|| Reciprocal::new(scale)).transpose()?;
	let mass = |(stake, distance): (&Real, &Real)| {
		let r = match &by {
			_ if *distance <= 0 => Real::ZERO,
			None => MOST_DISTANCE,
			Some(by) => match by.nearest_product(*distance, ACCURACY) {
				Err(MathError::Overflow) => MOST_DISTANCE,
				r => r?.min(MOST_DISTANCE),
			},
		};
		div(mul(MASS, unit(*stake)?)?, add(Real::ONE, mul(r, r)?)?)
	};
	let masses = gather(stakes.iter().zip(distances).map(mass))?;
	shares([masses, stakes.to_vec()], stakes.len())
}
