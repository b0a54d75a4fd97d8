//! The reputer close: reports become losses, regrets and scores (S 9.4, 10, 11, 12).

use crate::{
	book::{label_states, to_errors, Book, RuleState},
	consensus::{consensus, Consensus},
	rules::{mixture, regret, Update},
	synthesise::{bounded, fixed, reals},
	types::{Kept, LabelValues, LastLearned, LearningRecord, ReputerUpdate, WorkerUpdate},
	Config, Event, Pallet, PerForecaster, PerInferer,
};
use alloc::vec::Vec;
use allora_math::{
	arith::{div, sub},
	convert::to_fixed,
	layout::{Element, Layout},
	predictive::{self, LabelState},
	scores::{forecaster_scores, inferer_scores, reputer_scores, ReputerParams, ReputerScores},
	stats::count,
	MathError, MathResult, Real,
};
use allora_primitives::{
	bundle::Losses as ElementLosses, Bundle, Contribution, Contributions, EpochId, FixedI128,
	Report, ReputerContribution, Rule, TopicId, TopicParameters, WorkerScores,
};

/// The results of learning from an epoch, for its settlement and its learning record.
#[derive(Debug)]
pub struct EpochLearning<AccountId> {
	/// The instant scores of all participants.
	pub contributions: Contributions<AccountId>,
	/// The reputers' new listening coefficients, in [0, 1] and in the order of the contributions.
	pub coefficients: Vec<FixedI128>,
	/// The reputers' listening coefficients before the epoch.
	coefficients_before: Vec<FixedI128>,
	/// The truth on which the reports agree; `None` if losses were reported.
	pub(crate) truth: Option<LabelValues>,
	/// The network's log10 losses, one per element of the bundle.
	pub(crate) losses: ElementLosses,
	update: Update,
}

/// An actor's regret before an epoch, if it had one, and after it.
pub(crate) type RegretStep = (Option<FixedI128>, FixedI128);

impl<T: Config> Pallet<T> {
	/// Emits what was learned.
	pub(crate) fn emit_learning(
		topic: TopicId,
		epoch: EpochId,
		learning: &EpochLearning<T::AccountId>,
	) {
		let contributions = &learning.contributions;
		let Contributions { network_loss, naive_loss, .. } = *contributions;
		let truth = learning.truth.clone();
		Self::deposit_event(Event::LossesLearned { topic, epoch, truth, network_loss, naive_loss });
		let regrets = |of: &[Contribution<T::AccountId>], regrets: &[RegretStep]| {
			let accounts = of.iter().map(|one| one.account.clone());
			accounts.zip(regrets.iter().map(|(_, after)| *after)).collect::<Vec<_>>()
		};
		let inferers = regrets(&contributions.inferers, &learning.update.inferers);
		let forecasters = regrets(&contributions.forecasters, &learning.update.forecasters);
		Self::deposit_event(Event::RegretsLearned {
			topic,
			epoch,
			// One per contribution, and contributions have the same bound.
			inferers: PerInferer::truncate_from(inferers),
			forecasters: PerForecaster::truncate_from(forecasters),
			scale: learning.update.scale,
			initial_regret: learning.update.initial_regret,
		});
		let scores = |of: &[Contribution<T::AccountId>]| {
			of.iter().map(|one| (one.account.clone(), one.score)).collect::<Vec<_>>()
		};
		Self::deposit_event(Event::ScoresGiven {
			topic,
			epoch,
			inferers: PerInferer::truncate_from(scores(&contributions.inferers)),
			forecasters: PerForecaster::truncate_from(scores(&contributions.forecasters)),
		});
	}
}

/// The learning record of an epoch; [`MathError::Shape`] unless every contribution has a smoothed
/// score.
pub(crate) fn to_record<AccountId>(
	learning: EpochLearning<AccountId>,
	workers: &WorkerScores,
	reputers: &[FixedI128],
) -> MathResult<LearningRecord<AccountId>> {
	let worker = |(&(regret_before, regret), &score): (&RegretStep, &FixedI128)| WorkerUpdate {
		regret_before,
		regret,
		score,
	};
	let Update { inferers, forecasters, .. } = &learning.update;
	if inferers.len() != workers.inferers.len()
		|| forecasters.len() != workers.forecasters.len()
		|| learning.coefficients.len() != reputers.len()
	{
		return Err(MathError::Shape);
	}
	let coefficients = learning.coefficients_before.iter().zip(&learning.coefficients);
	let reputer = |((before, after), score): ((&FixedI128, &FixedI128), &FixedI128)| {
		ReputerUpdate { coefficient_before: *before, coefficient: *after, score: *score }
	};
	Ok(LearningRecord {
		inferers: bounded(inferers.iter().zip(&workers.inferers).map(worker).collect())?,
		forecasters: bounded(forecasters.iter().zip(&workers.forecasters).map(worker).collect())?,
		reputers: bounded(coefficients.zip(reputers).map(reputer).collect())?,
		truth: learning.truth,
		contributions: learning.contributions,
		losses: learning.losses,
	})
}

/// The positions of a stored bundle's elements.
pub(crate) fn layout_of<AccountId>(bundle: &Bundle<AccountId>) -> Layout {
	let (inferers, forecasters) = (bundle.inferers.len(), bundle.forecasters.len());
	let pair = |(k, j): &(u8, u8)| (usize::from(*k), usize::from(*j));
	match bundle.rule {
		Rule::Mixture => Layout::of_mixture(inferers, forecasters),
		Rule::Regret => {
			Layout { inferers, forecasters, absent: bundle.absent.iter().map(pair).collect() }
		}
	}
}

/// Learns from an epoch's bundle and reports. Updates the book and returns the other results.
pub(crate) fn learn_epoch<AccountId: Clone + PartialEq>(
	parameters: &TopicParameters,
	bundle: &Bundle<AccountId>,
	kept: &Kept,
	reports: &[Report<AccountId>],
	book: &mut Book<AccountId>,
	epoch: EpochId,
) -> MathResult<EpochLearning<AccountId>> {
	let layout = layout_of(bundle);
	let consensus = consensus(parameters, bundle, &layout, reports, &mut book.spreads)?;
	let coefficients = reals(reports.iter().map(|report| &report.coefficient))?;
	let ReputerScores { scores: of_reputers, coefficients, .. } = reputer_scores(
		&consensus.rows,
		&consensus.shares,
		&coefficients,
		&ReputerParams::default(),
	)?;
	let mut errors = label_states(&book.errors, parameters.labels.len())?;
	book.follow(bundle.rule);
	let update = match &mut book.state {
		RuleState::Mixture(state) => {
			mixture::learn(parameters, state, &mut errors, bundle, kept, &consensus)?
		}
		RuleState::Regret(state) => {
			learn_errors(&mut errors, bundle, kept, &consensus)?;
			regret::learn(parameters, state, bundle, &consensus.losses, epoch)?
		}
	};
	book.errors = to_errors(&errors)?;
	let network_loss = to_fixed(loss_of(&layout, &consensus.losses, Element::Combined)?)?;
	book.learned = Some(LastLearned { epoch, network_loss });
	Ok(EpochLearning {
		contributions: contributions_of(bundle, reports, of_reputers, &layout, &consensus)?,
		truth: consensus.truth,
		losses: bounded(fixed(&consensus.losses)?)?,
		update,
		coefficients: fixed(&coefficients)?,
		coefficients_before: reports.iter().map(|report| report.coefficient).collect(),
	})
}

/// Learns the errors of the network, if the truth is known (S 8.10).
fn learn_errors<AccountId>(
	states: &mut [LabelState],
	bundle: &Bundle<AccountId>,
	kept: &Kept,
	consensus: &Consensus,
) -> MathResult<()> {
	let Some(truth) = &consensus.truth else {
		return Ok(());
	};
	let truth = reals(truth.iter())?;
	// The network inference is the first element.
	let network = reals(bundle.element_values.iter().take(truth.len()))?;
	let errors = truth.iter().zip(&network).map(|(truth, value)| sub(*truth, *value));
	let errors = errors.collect::<MathResult<Vec<_>>>()?;
	predictive::learn(states, &reals(kept.label_scales.iter())?, &errors)
}

/// The contributions of all participants: their scores (S 12), and what else settlement needs.
///
/// Under the mixture rule, workers with equal values share the score of all of them.
fn contributions_of<AccountId: Clone>(
	bundle: &Bundle<AccountId>,
	reports: &[Report<AccountId>],
	of_reputers: Vec<Real>,
	layout: &Layout,
	consensus: &Consensus,
) -> MathResult<Contributions<AccountId>> {
	if reports.len() != of_reputers.len() {
		return Err(MathError::Shape);
	}
	let losses = &consensus.losses;
	let mut inferers = inferer_scores(layout, losses)?;
	let mut forecasters = forecaster_scores(layout, losses)?;
	let worth = match bundle.rule {
		Rule::Mixture => {
			let sizes = mixture::group_sizes(bundle)?;
			share_out(&mut inferers, &sizes.0)?;
			share_out(&mut forecasters, &sizes.1)?;
			Some(mixture::worth(bundle, layout, consensus, &sizes)?)
		}
		Rule::Regret => None,
	};
	let scored = |accounts: &[AccountId], scores: Vec<Real>| {
		let pairs = accounts.iter().zip(scores);
		let one = |(who, score): (&AccountId, Real)| {
			Ok(Contribution { account: who.clone(), score: to_fixed(score)? })
		};
		pairs.map(one).collect::<MathResult<Vec<_>>>()
	};
	let reputer = |(report, score): (&Report<AccountId>, Real)| {
		Ok(ReputerContribution {
			account: report.reputer.clone(),
			score: to_fixed(score)?,
			authority: report.authority,
		})
	};
	let reputers = reports.iter().zip(of_reputers).map(reputer).collect::<MathResult<_>>()?;
	Ok(Contributions {
		inferers: bounded(scored(&bundle.inferers, inferers)?)?,
		forecasters: bounded(scored(&bundle.forecasters, forecasters)?)?,
		reputers: bounded(reputers)?,
		network_loss: to_fixed(loss_of(layout, losses, Element::Combined)?)?,
		naive_loss: to_fixed(loss_of(layout, losses, Element::Naive)?)?,
		worth,
	})
}

/// Divides scores by the numbers of workers that share them.
fn share_out(scores: &mut [Real], sizes: &[usize]) -> MathResult<()> {
	for (score, size) in scores.iter_mut().zip(sizes) {
		*score = div(*score, count(*size)?)?;
	}
	Ok(())
}

/// The loss of an element; [`MathError::Shape`] if the layout does not have the element.
pub(crate) fn loss_of(layout: &Layout, losses: &[Real], element: Element) -> MathResult {
	let position = layout.position(element).ok_or(MathError::Shape)?;
	losses.get(position).copied().ok_or(MathError::Shape)
}

/// Each actor's regret before and after an epoch; [`MathError::Shape`] if an actor has none after
/// it.
pub(crate) fn regret_steps(
	before: &[Option<Real>],
	after: &[Option<Real>],
) -> MathResult<Vec<RegretStep>> {
	let step = |(before, after): (&Option<Real>, &Option<Real>)| {
		Ok((before.map(to_fixed).transpose()?, to_fixed(after.ok_or(MathError::Shape)?)?))
	};
	before.iter().zip(after).map(step).collect()
}
