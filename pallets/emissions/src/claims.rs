//! Claims, by which the mixture rule pays workers, and the shares that follow from them (S 13.9).

use crate::{
	memory::{entry_of, packed, remember, unpacked, Known, KnownForecasters, KnownInferers},
	pallet::*,
	settlement::{reputer_fractions, stake_shares, ClassShares, EpochShares},
	types::*,
};
use alloc::{vec, vec::Vec};
use allora_math::{
	arith::{mul, sub},
	claims::{self, Forecaster, Inferer, InfererClaim, Scales},
	convert, MathError, MathResult, Real,
};
use allora_primitives::{
	api::Claim, Contribution, Contributions, ReputerContribution, Role, TopicId, TopicParameters,
	WorkerWorth, Worth,
};
use codec::{Decode, Encode, MaxEncodedLen};
use frame_support::BoundedVec;
use scale_info::TypeInfo;

/// The unit of stored claims in units of [`Real`]: a stored claim has 16 fraction bits less.
const UNIT: i128 = 1 << 16;

/// The maximum magnitude of a stored claim: 1024 (S 13.9).
pub const MAX_CLAIM: i64 = 1024 << 48;
/// The maximum magnitude of a stored excess: 16 (S 13.9).
pub const MAX_EXCESS: i64 = 16 << 48;
/// The maximum of a stored scale: 2^61, the difference of two losses.
pub const MAX_SCALE: u128 = 1 << (61 + 64);

/// The claims of a topic's workers, and the scales by which they grow.
///
/// Size: 48 bytes per inferer and 40 per forecaster. With 32 inferers and 6 forecasters, and as many
/// absent accounts as present ones, that is 3.6 kB; 3.8 kB at most.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct ClaimBook<AccountId> {
	/// The scales of the topic.
	pub scales: StoredScales,
	/// The inferers that are known.
	pub inferers: Known<AccountId, StoredInferer, KnownInferers>,
	/// The claims of the forecasters that are known, in units of 2^-48.
	pub forecasters: Known<AccountId, i64, KnownForecasters>,
}

impl<AccountId> Default for ClaimBook<AccountId> {
	fn default() -> Self {
		Self {
			scales: StoredScales::default(),
			inferers: BoundedVec::new(),
			forecasters: BoundedVec::new(),
		}
	}
}

/// The scales of a topic as they are stored; 0 before the first epoch that measures them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct StoredScales {
	/// The running mean of what inferers are worth in magnitude (A), in units of 2^-64.
	pub worth: u128,
	/// The running mean of the network's loss in magnitude (N), in units of 2^-64.
	pub loss: u128,
	/// The running mean of the loss of the mean of truths (C), in units of 2^-64.
	pub reference: u128,
	/// The claim of forecasting as a task (F), in units of 2^-48.
	pub forecasting: i64,
}

impl StoredScales {
	fn new(scales: &Scales) -> MathResult<Self> {
		let stored = |scale: Real| u128::try_from(scale.to_bits()).map_err(|_| MathError::Domain);
		Ok(Self {
			worth: stored(scales.worth)?,
			loss: stored(scales.loss)?,
			reference: stored(scales.reference)?,
			forecasting: packed::<UNIT>(scales.forecasting)?,
		})
	}

	fn unpack(&self) -> MathResult<Scales> {
		let scale =
			|bits| Ok(Real::from_bits(i128::try_from(bits).map_err(|_| MathError::Overflow)?));
		Ok(Scales {
			worth: scale(self.worth)?,
			loss: scale(self.loss)?,
			reference: scale(self.reference)?,
			forecasting: unpacked::<UNIT>(self.forecasting),
		})
	}
}

/// What is remembered of an inferer, in units of 2^-48; an inferer that is not known has zeros.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct StoredInferer {
	/// The claim: the discounted sum of what the inferer was worth.
	pub claim: i64,
	/// The smoothed excess of its loss over the network's.
	pub excess: i64,
}

impl StoredInferer {
	fn new(inferer: &InfererClaim) -> MathResult<Self> {
		let (claim, excess) = (packed::<UNIT>(inferer.claim)?, packed::<UNIT>(inferer.excess)?);
		Ok(Self { claim, excess })
	}

	fn unpack(&self) -> InfererClaim {
		InfererClaim { claim: unpacked::<UNIT>(self.claim), excess: unpacked::<UNIT>(self.excess) }
	}
}

impl<T: Config> Pallet<T> {
	/// The claim of a worker after the latest settlement of its topic (S 13.9); `None` if the
	/// worker is not known, for reputers, and under the regret rule.
	pub fn claim(topic: TopicId, role: Role, who: &T::AccountId) -> Option<Claim> {
		let book = Memories::<T>::get(topic).into_claims();
		let decimal = |stored| convert::to_fixed(unpacked::<UNIT>(stored)).ok();
		match role {
			Role::Inferer => {
				let known = entry_of(&book.inferers, who)?;
				Some(Claim { claim: decimal(known.claim)?, excess: Some(decimal(known.excess)?) })
			}
			Role::Forecaster => {
				let claim = entry_of(&book.forecasters, who)?;
				Some(Claim { claim: decimal(*claim)?, excess: None })
			}
			Role::Reputer => None,
		}
	}
}

/// The shares of all participants in the epoch's reward (S 13.9). Updates the claims.
pub(crate) fn claim_shares<A: Clone + PartialEq>(
	rules: &RewardParameters,
	parameters: &TopicParameters,
	contributions: &Contributions<A>,
	worth: &Worth,
	book: &mut ClaimBook<A>,
) -> MathResult<EpochShares> {
	let Contributions { inferers, forecasters, reputers, .. } = contributions;
	let settled = claims::settle(&claims::Epoch {
		scales: book.scales.unpack()?,
		network: convert::from_fixed(worth.network)?,
		forecasting: convert::from_fixed(worth.forecasting)?,
		reference: worth.reference.map(convert::from_fixed).transpose()?,
		inferers: &known_inferers(&book.inferers, inferers, &worth.inferers)?,
		forecasters: &known_forecasters(&book.forecasters, forecasters, &worth.forecasters)?,
	})?;
	let reputation = reputer_shares(rules, settled.loss, reputers, worth)?;

	book.scales = StoredScales::new(&settled.scales)?;
	let members = to_remember(inferers, &settled.inferers, StoredInferer::new)?;
	remember(&mut book.inferers, members, parameters.max_inferers, |known| {
		faded(known.claim).map(|claim| known.claim = claim)
	})?;
	let members = to_remember(forecasters, &settled.forecasters, |claim| packed::<UNIT>(*claim))?;
	remember(&mut book.forecasters, members, parameters.max_forecasters, |claim| {
		faded(*claim).map(|faded| *claim = faded)
	})?;

	class_shares(convert::from_fixed(rules.reputers_share)?, settled.shares, reputation)
}

/// The inferers with what is remembered of them; [`MathError::Shape`] if one has no worth.
fn known_inferers<A: PartialEq>(
	known: &[(A, StoredInferer)],
	class: &[Contribution<A>],
	worth: &[WorkerWorth],
) -> MathResult<Vec<Inferer>> {
	pairs(class, worth)?
		.map(|(member, of)| {
			let known = entry_of(known, &member.account).copied().unwrap_or_default();
			Ok(Inferer {
				known: known.unpack(),
				worth: convert::from_fixed(of.worth)?,
				size: of.sharers,
				excess: convert::from_fixed(of.excess)?,
				weight: convert::from_fixed(of.weight)?,
			})
		})
		.collect()
}

/// The forecasters with their claims; [`MathError::Shape`] if one has no worth.
fn known_forecasters<A: PartialEq>(
	known: &[(A, i64)],
	class: &[Contribution<A>],
	worth: &[WorkerWorth],
) -> MathResult<Vec<Forecaster>> {
	pairs(class, worth)?
		.map(|(member, of)| {
			let known = entry_of(known, &member.account).copied().unwrap_or_default();
			Ok(Forecaster {
				known: unpacked::<UNIT>(known),
				worth: convert::from_fixed(of.worth)?,
				size: of.sharers,
				weight: convert::from_fixed(of.weight)?,
			})
		})
		.collect()
}

/// The members of a class, each with its number; [`MathError::Shape`] if there are more of one.
fn pairs<'a, M, N>(
	class: &'a [M],
	numbers: &'a [N],
) -> MathResult<impl Iterator<Item = (&'a M, &'a N)>> {
	if class.len() != numbers.len() {
		return Err(MathError::Shape);
	}
	Ok(class.iter().zip(numbers))
}

/// The members of a class with what is to be remembered of them.
fn to_remember<A: Clone, N, Entry>(
	class: &[Contribution<A>],
	settled: &[N],
	entry: impl Fn(&N) -> MathResult<Entry>,
) -> MathResult<Vec<(A, Entry)>> {
	pairs(class, settled)?
		.map(|(member, settled)| Ok((member.account.clone(), entry(settled)?)))
		.collect()
}

/// The claim of an absent worker after another epoch.
fn faded(claim: i64) -> MathResult<i64> {
	packed::<UNIT>(claims::fade(unpacked::<UNIT>(claim)))
}

/// The shares of reputers by stake and accuracy, relative to the network's usual loss.
///
/// In topics with a custom loss method, where no truth is reported, they are those of S 13.2. All
/// are 0 if no reputer has stake.
fn reputer_shares<A>(
	rules: &RewardParameters,
	loss: Real,
	class: &[ReputerContribution<A>],
	worth: &Worth,
) -> MathResult<Vec<Real>> {
	let Some(distances) = &worth.reputers else {
		return reputer_fractions(class, convert::from_fixed(rules.p_reputer)?);
	};
	let Some(stakes) = stake_shares(class)? else {
		return Ok(vec![Real::ZERO; class.len()]);
	};
	let distances = distances.iter().map(|distance| convert::from_fixed(*distance));
	claims::accuracy_fractions(loss, &stakes, &distances.collect::<MathResult<Vec<_>>>()?)
}

/// The shares of the classes (S 13.9): a fixed one for reputers, the rest for workers. If nobody on
/// one side has a share, the other side gets all.
fn class_shares(
	reputers_share: Real,
	workers: claims::Shares,
	reputers: Vec<Real>,
) -> MathResult<EpochShares> {
	let is_paid = |shares: &[Real]| shares.iter().any(|share| *share > 0);
	let reputation = match (is_paid(&workers.inferers), is_paid(&reputers)) {
		(_, false) => Real::ZERO,
		(false, true) => Real::ONE,
		(true, true) => reputers_share,
	};
	let work = if is_paid(&workers.inferers) { sub(Real::ONE, reputation)? } else { Real::ZERO };
	let forecasting = mul(work, workers.forecasting_part)?;
	Ok(EpochShares {
		inferers: ClassShares { class: sub(work, forecasting)?, members: workers.inferers },
		forecasters: ClassShares { class: forecasting, members: workers.forecasters },
		reputers: ClassShares { class: reputation, members: reputers },
	})
}
