//! Everything that a topic has learned, in one item.

use crate::{
	mixture_book::MixtureBook, regret_book::RegretBook, spreads::Spreads, types::LastLearned,
};
use alloc::vec::Vec;
use allora_math::{
	convert::{from_fixed, to_fixed},
	predictive::LabelState,
	MathError, MathResult, Real,
};
use allora_primitives::{FixedI128, Role, Rule, MAX_LABELS};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{traits::ConstU32, BoundedVec};
use scale_info::TypeInfo;

/// The errors of the network in a label, from which its predictive interval follows (S 8.10).
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
pub struct LabelErrors {
	/// The running mean absolute error.
	pub scale: FixedI128,
	/// The quantiles of the error at 2.5, 16, 84 and 97.5 %, in units of `scale`.
	pub quantiles: [FixedI128; 4],
}

/// The errors of the network, one entry per label; empty before the first truth.
pub type Errors = BoundedVec<LabelErrors, ConstU32<MAX_LABELS>>;

/// What a topic's rule has learned.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub enum RuleState<AccountId> {
	/// By the mixture rule.
	#[codec(index = 0)]
	Mixture(MixtureBook<AccountId>),
	/// By the regret rule.
	#[codec(index = 1)]
	Regret(RegretBook<AccountId>),
}

impl<AccountId> RuleState<AccountId> {
	/// The state of a rule that has learned nothing.
	pub fn new(rule: Rule) -> Self {
		match rule {
			Rule::Mixture => Self::Mixture(MixtureBook::default()),
			Rule::Regret => Self::Regret(RegretBook::default()),
		}
	}

	/// The rule that it is of.
	pub fn rule(&self) -> Rule {
		match self {
			Self::Mixture(_) => Rule::Mixture,
			Self::Regret(_) => Rule::Regret,
		}
	}
}

impl<AccountId: Clone + PartialEq> RuleState<AccountId> {
	/// The regret of an account in a role; `None` before its first one, and for reputers.
	pub fn regret(&self, role: Role, who: &AccountId) -> Option<FixedI128> {
		match (self, role) {
			(Self::Mixture(book), Role::Inferer) => book.inferer_regret(who),
			(Self::Mixture(book), Role::Forecaster) => book.forecaster_regret(who),
			(Self::Regret(book), Role::Inferer) => book.inferer_regret(who),
			(Self::Regret(book), Role::Forecaster) => book.forecaster_regret(who),
			(_, Role::Reputer) => None,
		}
	}
}

/// Everything that a topic has learned.
///
/// A topic that changes its rule keeps all but `state`, which starts anew with the first epoch of
/// the other rule that is learned.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Book<AccountId> {
	/// The epoch learned last; `None` before the first.
	pub learned: Option<LastLearned>,
	/// The spreads of the truths.
	pub spreads: Spreads,
	/// The errors of the network.
	pub errors: Errors,
	/// What the topic's rule has learned.
	pub state: RuleState<AccountId>,
}

impl<AccountId> Default for Book<AccountId> {
	fn default() -> Self {
		Self {
			learned: None,
			spreads: Spreads::default(),
			errors: Errors::default(),
			state: RuleState::new(Rule::default()),
		}
	}
}

impl<AccountId> Book<AccountId> {
	/// Replaces the state by one that has learned nothing, unless it is of this rule.
	pub fn follow(&mut self, rule: Rule) {
		if self.state.rule() != rule {
			self.state = RuleState::new(rule);
		}
	}
}

impl<AccountId: Clone + PartialEq> Book<AccountId> {
	/// The maximum size in bytes of a book with as many actors as this one.
	pub fn bytes(&self) -> u32 {
		match &self.state {
			RuleState::Mixture(state) => state.bytes(),
			RuleState::Regret(state) => state.bytes(),
		}
	}
}

/// The errors of the network in the compute type; those of a topic with this number of labels that
/// has no truth, if there are none.
pub(crate) fn label_states(errors: &Errors, labels: usize) -> MathResult<Vec<LabelState>> {
	if errors.is_empty() {
		return Ok(alloc::vec![LabelState::default(); labels]);
	}
	let state = |LabelErrors { scale, quantiles }: &LabelErrors| {
		let mut state = LabelState { scale: from_fixed(*scale)?, ..Default::default() };
		for (quantile, stored) in state.quantiles.iter_mut().zip(quantiles) {
			*quantile = from_fixed(*stored)?;
		}
		Ok(state)
	};
	errors.iter().map(state).collect()
}

/// The errors of the network in the stored type; none if no truth is known.
pub(crate) fn to_errors(states: &[LabelState]) -> MathResult<Errors> {
	if states.iter().all(|state| state.scale == Real::ZERO) {
		return Ok(Errors::default());
	}
	let errors = |LabelState { scale, quantiles }: &LabelState| {
		let mut stored = LabelErrors { scale: to_fixed(*scale)?, quantiles: Default::default() };
		for (stored, quantile) in stored.quantiles.iter_mut().zip(quantiles) {
			*stored = to_fixed(*quantile)?;
		}
		Ok(stored)
	};
	let errors = states.iter().map(errors).collect::<MathResult<Vec<_>>>()?;
	Errors::try_from(errors).map_err(|_| MathError::Shape)
}
