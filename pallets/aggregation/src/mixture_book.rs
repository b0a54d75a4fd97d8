//! What the mixture rule has learned about a topic and its workers (S 9.4.1).
//!
//! The book keeps the actors in the order of the latest learned epoch in which they took part,
//! oldest first. There are places for twice as many actors as seats in the active sets; if there
//! are more, the book forgets those that took part longest ago.
//!
//! Size: 88 bytes per inferer and 48 per forecaster, with 32-byte accounts. The book of a topic of 5
//! inferers takes about 0.6 kB, that of a full topic with steady actors (32 inferers, 6
//! forecasters) 3.2 kB. The maximum, with 64 inferers and 16 forecasters, is 6.5 kB.

use crate::{
	cells::{pack, unpack},
	regret_book::{FORECASTER_SLOTS, INFERER_SLOTS},
};
use alloc::vec::Vec;
use allora_math::{
	convert::{from_fixed, to_fixed},
	predictive::LabelState,
	rules::mixture::{BaseState, ForecasterState, Learned, Standing, TopicState, WorkerState},
	MathError, MathResult,
};
use allora_primitives::FixedI128;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{
	traits::{ConstU32, Get},
	BoundedVec,
};
use scale_info::TypeInfo;

/// The number of fraction bits that a cell of the book drops: a cell ranges to 131 072 in steps of
/// 2^-46 (1.4e-14), and the largest number of an actor is a variance of 50 000.
const DROPPED: u32 = 18;

/// The standing of a base against the network.
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
pub struct BaseStanding {
	/// The discounted regret.
	pub regret: FixedI128,
	/// The discounted sum of squared steps.
	pub variance: FixedI128,
	/// The largest step so far.
	pub range: FixedI128,
}

/// The standing of an expert, in units of 2^-46.
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
pub struct ExpertStanding {
	/// The discounted regret.
	pub regret: i64,
	/// The discounted sum of squared steps.
	pub variance: i64,
}

/// What is known about an inferer, in units of 2^-46.
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
pub struct InfererStanding {
	/// The expert that predicts its value.
	pub raw: ExpertStanding,
	/// The expert that predicts its corrected value.
	pub corrected: ExpertStanding,
	/// The log weight in base S.
	pub log_weight: i64,
	/// The correction, in units of the topic's scale.
	pub correction: i64,
	/// The running loss.
	pub loss: i64,
}

/// What the mixture rule has learned about a topic and its workers.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct MixtureBook<AccountId> {
	/// The running mean absolute error of the network; 0 before the first truth.
	pub scale: FixedI128,
	/// The running mean deviation of the workers' losses; custom losses only.
	pub spread: FixedI128,
	/// The number of epochs learned, at most 5.
	pub epochs: u8,
	/// The standings of base P and base S.
	pub bases: [BaseStanding; 2],
	/// The known inferers, those that took part longest ago first.
	pub inferers: BoundedVec<(AccountId, InfererStanding), ConstU32<INFERER_SLOTS>>,
	/// The known forecasters with the standings of their tilts, in the same order.
	pub forecasters: BoundedVec<(AccountId, ExpertStanding), ConstU32<FORECASTER_SLOTS>>,
}

impl<AccountId> Default for MixtureBook<AccountId> {
	fn default() -> Self {
		let [p, s] = TopicState::new(0).bases;
		// The initial numbers are within the range of the stored type.
		let base = |base: BaseState| to_base(&base).unwrap_or(BaseStanding::EMPTY);
		Self {
			scale: FixedI128::default(),
			spread: FixedI128::default(),
			epochs: 0,
			bases: [base(p), base(s)],
			inferers: BoundedVec::new(),
			forecasters: BoundedVec::new(),
		}
	}
}

impl BaseStanding {
	const EMPTY: Self = Self {
		regret: FixedI128::from_u32(0),
		variance: FixedI128::from_u32(0),
		range: FixedI128::from_u32(0),
	};
}

/// The size in bytes of a book with this many known inferers and forecasters and 32-byte accounts.
pub const fn mixture_bytes(inferers: u32, forecasters: u32) -> u32 {
	// The counts, the topic's numbers, the epoch learned last, and the spreads and errors of 8
	// labels.
	const REST: u32 = 1_070;
	let (n, f) = (inferers.saturating_mul(88), forecasters.saturating_mul(48));
	n.saturating_add(f).saturating_add(REST)
}

/// The states of an epoch's actors, in their order; `None` for unknown ones.
pub struct Known<AccountId> {
	/// The epoch's inferers.
	pub inferers: Vec<Option<WorkerState>>,
	/// The epoch's forecasters.
	pub forecasters: Vec<Option<ForecasterState>>,
	/// The known inferers that have no part in the epoch, and their states.
	pub absent: Vec<AccountId>,
	/// The states of the absent inferers.
	pub absent_states: Vec<WorkerState>,
}

impl<AccountId: Clone + PartialEq> MixtureBook<AccountId> {
	/// The maximum size in bytes of a book with as many actors as this one.
	pub fn bytes(&self) -> u32 {
		mixture_bytes(self.inferers.len() as u32, self.forecasters.len() as u32)
	}

	/// The larger one of the regrets of an inferer's two experts; `None` before its first one.
	pub fn inferer_regret(&self, who: &AccountId) -> Option<FixedI128> {
		let (_, standing) = self.inferers.iter().find(|(account, _)| account == who)?;
		let regret = standing.raw.regret.max(standing.corrected.regret);
		to_fixed(unpack(regret, DROPPED)).ok()
	}

	/// The regret of a forecaster's tilt; `None` before its first one.
	pub fn forecaster_regret(&self, who: &AccountId) -> Option<FixedI128> {
		let (_, standing) = self.forecasters.iter().find(|(account, _)| account == who)?;
		to_fixed(unpack(standing.regret, DROPPED)).ok()
	}

	/// The topic's state in the compute type.
	pub fn topic(&self, labels: Vec<LabelState>) -> MathResult<TopicState> {
		let [p, s] = &self.bases;
		Ok(TopicState {
			scale: from_fixed(self.scale)?,
			spread: from_fixed(self.spread)?,
			epochs: self.epochs,
			bases: [from_base(p)?, from_base(s)?],
			labels,
		})
	}

	/// The states of an epoch's actors, and of the known inferers that have no part in it.
	pub fn known(&self, inferers: &[AccountId], forecasters: &[AccountId]) -> Known<AccountId> {
		let (absent, absent_states) = self
			.inferers
			.iter()
			.filter(|(account, _)| !inferers.contains(account))
			.map(|(account, standing)| (account.clone(), from_inferer(standing)))
			.unzip();
		let tilted = |standing: &ExpertStanding| ForecasterState { tilted: from_expert(standing) };
		Known {
			inferers: states(&self.inferers, inferers, from_inferer),
			forecasters: states(&self.forecasters, forecasters, tilted),
			absent,
			absent_states,
		}
	}

	/// Stores the states after an epoch with these actors.
	///
	/// `absent` are the known inferers that had no part in it. Fails with [`MathError::Overflow`]
	/// if a state is out of its range, and with [`MathError::Shape`] if lengths do not match.
	pub fn store(
		&mut self,
		learned: &Learned,
		absent: Vec<AccountId>,
		inferers: &[AccountId],
		forecasters: &[AccountId],
	) -> MathResult<()> {
		let Learned { topic, workers, forecasters: tilts, absent: absent_states } = learned;
		if absent.len() != absent_states.len() {
			return Err(MathError::Shape);
		}
		self.scale = to_fixed(topic.scale)?;
		self.spread = to_fixed(topic.spread)?;
		self.epochs = topic.epochs;
		for (base, state) in self.bases.iter_mut().zip(&topic.bases) {
			*base = to_base(state)?;
		}
		let stayed = absent.into_iter().zip(absent_states);
		let stayed = stayed.map(|(account, state)| Ok((account, to_inferer(state)?)));
		let stayed = stayed.collect::<MathResult<Vec<_>>>()?;
		let states = workers.iter().map(to_inferer).collect::<MathResult<Vec<_>>>()?;
		self.inferers = newest(stayed, inferers, states)?;
		let stayed = self.forecasters.iter().filter(|(who, _)| !forecasters.contains(who));
		let states = tilts.iter().map(|state| to_expert(&state.tilted));
		let states = states.collect::<MathResult<Vec<_>>>()?;
		self.forecasters = newest(stayed.cloned().collect(), forecasters, states)?;
		Ok(())
	}
}

/// The states of accounts in a list.
fn states<AccountId: PartialEq, Stored, State>(
	list: &[(AccountId, Stored)],
	accounts: &[AccountId],
	state: impl Fn(&Stored) -> State,
) -> Vec<Option<State>> {
	let find = |who: &AccountId| list.iter().find(|(account, _)| account == who);
	accounts.iter().map(|who| find(who).map(|(_, stored)| state(stored))).collect()
}

/// The list of those that stayed away and, after them, an epoch's actors; the newest ones if there
/// are too many.
fn newest<AccountId: Clone, Stored, S: Get<u32>>(
	mut list: Vec<(AccountId, Stored)>,
	accounts: &[AccountId],
	states: Vec<Stored>,
) -> MathResult<BoundedVec<(AccountId, Stored), S>> {
	if accounts.len() != states.len() {
		return Err(MathError::Shape);
	}
	list.extend(accounts.iter().cloned().zip(states));
	let excess = list.len().saturating_sub(S::get() as usize);
	list.drain(..excess);
	BoundedVec::try_from(list).map_err(|_| MathError::Shape)
}

fn to_base(BaseState { regret, variance, range }: &BaseState) -> MathResult<BaseStanding> {
	Ok(BaseStanding {
		regret: to_fixed(*regret)?,
		variance: to_fixed(*variance)?,
		range: to_fixed(*range)?,
	})
}

fn from_base(BaseStanding { regret, variance, range }: &BaseStanding) -> MathResult<BaseState> {
	Ok(BaseState {
		regret: from_fixed(*regret)?,
		variance: from_fixed(*variance)?,
		range: from_fixed(*range)?,
	})
}

fn to_expert(Standing { regret, variance }: &Standing) -> MathResult<ExpertStanding> {
	Ok(ExpertStanding { regret: pack(*regret, DROPPED)?, variance: pack(*variance, DROPPED)? })
}

fn from_expert(ExpertStanding { regret, variance }: &ExpertStanding) -> Standing {
	Standing { regret: unpack(*regret, DROPPED), variance: unpack(*variance, DROPPED) }
}

fn to_inferer(state: &WorkerState) -> MathResult<InfererStanding> {
	let WorkerState { raw, corrected, log_weight, correction, loss } = state;
	Ok(InfererStanding {
		raw: to_expert(raw)?,
		corrected: to_expert(corrected)?,
		log_weight: pack(*log_weight, DROPPED)?,
		correction: pack(*correction, DROPPED)?,
		loss: pack(*loss, DROPPED)?,
	})
}

fn from_inferer(standing: &InfererStanding) -> WorkerState {
	let InfererStanding { raw, corrected, log_weight, correction, loss } = standing;
	WorkerState {
		raw: from_expert(raw),
		corrected: from_expert(corrected),
		log_weight: unpack(*log_weight, DROPPED),
		correction: unpack(*correction, DROPPED),
		loss: unpack(*loss, DROPPED),
	}
}

#[cfg(any(test, feature = "try-runtime"))]
impl<AccountId: PartialEq> MixtureBook<AccountId> {
	/// Fails if an account is known twice in a role, or a scale or variance is negative,
	/// or more epochs are counted than are told apart.
	pub fn check(&self) -> Result<(), &'static str> {
		fn distinct<A: PartialEq, S>(list: &[(A, S)]) -> bool {
			let mut pairs = list.iter().enumerate();
			pairs.all(|(at, (who, _))| list.iter().take(at).all(|(other, _)| other != who))
		}
		if !distinct(&self.inferers) || !distinct(&self.forecasters) {
			return Err("an account is twice in the mixture book");
		}
		let zero = FixedI128::default();
		if self.scale < zero || self.spread < zero {
			return Err("a scale in the mixture book is negative");
		}
		if self.epochs > 5 {
			return Err("the mixture book counts too many epochs");
		}
		let inferers = self.inferers.iter().flat_map(|(_, one)| [one.raw, one.corrected]);
		let mut experts = inferers.chain(self.forecasters.iter().map(|(_, tilt)| *tilt));
		match experts.all(|expert| expert.variance >= 0) {
			true => Ok(()),
			false => Err("a variance in the mixture book is negative"),
		}
	}
}
