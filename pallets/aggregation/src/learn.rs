//! The reputer close: reports become losses, regrets and scores (S 10, 11, 12).

use crate::{
	consensus::{consensus, Consensus},
	synthesise::{bounded, fixed, reals, weight_params},
	types::{LabelValues, LastLearned, LearningRecord, ReputerUpdate, WorkerUpdate},
	Config, Event, Pallet, PerForecaster, PerInferer, RegretBook,
};
use alloc::vec::Vec;
use allora_math::{
	convert::to_fixed,
	layout::{Element, Layout},
	regrets::{initial_regret, InitialRegretParams, RegretTable},
	rules::{Observation, RegretRule, Rule},
	scores::{forecaster_scores, inferer_scores, reputer_scores, ReputerParams, ReputerScores},
	MathError, MathResult, Real,
};
use allora_primitives::{
	bundle::Losses as ElementLosses, Bundle, Contribution, Contributions, EpochId, FixedI128,
	Report, ReputerContribution, TopicId, TopicParameters, WorkerScores,
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
	inferer_regrets: Vec<RegretStep>,
	forecaster_regrets: Vec<RegretStep>,
}

/// An actor's combined regret before an epoch, if it had one, and after it.
type RegretStep = (Option<FixedI128>, FixedI128);

impl<T: Config> Pallet<T> {
	/// Emits what was learned.
	pub(crate) fn emit_learning(
		topic: TopicId,
		epoch: EpochId,
		learning: &EpochLearning<T::AccountId>,
		book: &RegretBook<T::AccountId>,
	) {
		let contributions = &learning.contributions;
		let Contributions { network_loss, naive_loss, .. } = *contributions;
		let truth = learning.truth.clone();
		Self::deposit_event(Event::LossesLearned { topic, epoch, truth, network_loss, naive_loss });
		let regrets = |of: &[Contribution<T::AccountId>], regrets: &[RegretStep]| {
			let accounts = of.iter().map(|one| one.account.clone());
			accounts.zip(regrets.iter().map(|(_, after)| *after)).collect::<Vec<_>>()
		};
		let inferers = regrets(&contributions.inferers, &learning.inferer_regrets);
		let forecasters = regrets(&contributions.forecasters, &learning.forecaster_regrets);
		Self::deposit_event(Event::RegretsLearned {
			topic,
			epoch,
			// One per contribution, and contributions have the same bound.
			inferers: PerInferer::truncate_from(inferers),
			forecasters: PerForecaster::truncate_from(forecasters),
			scale: book.learned.map(|last| last.scale).unwrap_or_default(),
			initial_regret: book.initial,
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
	let EpochLearning { inferer_regrets, forecaster_regrets, .. } = &learning;
	if inferer_regrets.len() != workers.inferers.len()
		|| forecaster_regrets.len() != workers.forecasters.len()
		|| learning.coefficients.len() != reputers.len()
	{
		return Err(MathError::Shape);
	}
	let coefficients = learning.coefficients_before.iter().zip(&learning.coefficients);
	let reputer = |((before, after), score): ((&FixedI128, &FixedI128), &FixedI128)| {
		ReputerUpdate { coefficient_before: *before, coefficient: *after, score: *score }
	};
	Ok(LearningRecord {
		inferers: bounded(inferer_regrets.iter().zip(&workers.inferers).map(worker).collect())?,
		forecasters: bounded(
			forecaster_regrets.iter().zip(&workers.forecasters).map(worker).collect(),
		)?,
		reputers: bounded(coefficients.zip(reputers).map(reputer).collect())?,
		truth: learning.truth,
		contributions: learning.contributions,
		losses: learning.losses,
	})
}

/// The positions of a stored bundle's elements.
pub(crate) fn layout_of<AccountId>(bundle: &Bundle<AccountId>) -> Layout {
	let pair = |(k, j): &(u8, u8)| (usize::from(*k), usize::from(*j));
	Layout {
		inferers: bundle.inferers.len(),
		forecasters: bundle.forecasters.len(),
		absent: bundle.absent.iter().map(pair).collect(),
	}
}

/// Learns from an epoch's bundle and reports. Updates the book and returns the other results.
pub(crate) fn learn_epoch<AccountId: Clone + PartialEq>(
	parameters: &TopicParameters,
	bundle: &Bundle<AccountId>,
	reports: &[Report<AccountId>],
	book: &mut RegretBook<AccountId>,
	epoch: EpochId,
) -> MathResult<EpochLearning<AccountId>> {
	let layout = layout_of(bundle);
	let Consensus { truth, losses, rows, shares } =
		consensus(parameters, bundle, &layout, reports, &mut book.spreads)?;
	let coefficients = reals(reports.iter().map(|report| &report.coefficient))?;
	let ReputerScores { scores, coefficients, .. } =
		reputer_scores(&rows, &shares, &coefficients, &ReputerParams::default())?;
	let (before, after) = learn_regrets(parameters, bundle, &layout, &losses, book, epoch)?;
	Ok(EpochLearning {
		truth,
		losses: bounded(fixed(&losses)?)?,
		contributions: contributions_of(bundle, reports, scores, &layout, &losses)?,
		inferer_regrets: regret_steps(&before.inferers, &after.inferers)?,
		forecaster_regrets: regret_steps(&before.forecasters, &after.forecasters)?,
		coefficients: fixed(&coefficients)?,
		coefficients_before: reports.iter().map(|report| report.coefficient).collect(),
	})
}

/// Updates the regrets, the common scale and the initial regret (S 11, 9.2). Returns the regrets of
/// the epoch's actors before and after it.
fn learn_regrets<AccountId: Clone + PartialEq>(
	parameters: &TopicParameters,
	bundle: &Bundle<AccountId>,
	layout: &Layout,
	losses: &[Real],
	book: &mut RegretBook<AccountId>,
	epoch: EpochId,
) -> MathResult<(RegretTable, RegretTable)> {
	let (inferers, forecasters) = (&bundle.inferers, &bundle.forecasters);
	let params = weight_params(parameters)?;
	let seen = Observation { layout, losses, values: &|| reals(bundle.element_values.iter()) };
	let located = book.locate(inferers, forecasters);
	let before = book.table(&located)?;
	let table = RegretRule { params: &params }.learn(&before, &seen)?;
	let experienced = book.experienced(&located, &table, parameters.alpha_regret);
	let all: Vec<_> = table.inferers.iter().chain(&table.forecasters).flatten().copied().collect();
	let initial = initial_regret(
		&experienced,
		&all,
		table.initial,
		&params,
		&InitialRegretParams::default(),
	)?;
	book.initial = to_fixed(initial)?;
	book.learned = Some(LastLearned {
		epoch,
		network_loss: to_fixed(loss_of(layout, losses, Element::Combined)?)?,
		scale: to_fixed(table.scale.ok_or(MathError::Shape)?)?,
	});
	book.store(&located, &table, epoch)?;
	Ok((before, table))
}

/// The contributions of all participants: their scores (S 12), and what else settlement needs.
fn contributions_of<AccountId: Clone>(
	bundle: &Bundle<AccountId>,
	reports: &[Report<AccountId>],
	reputer_scores: Vec<Real>,
	layout: &Layout,
	losses: &[Real],
) -> MathResult<Contributions<AccountId>> {
	let scored = |accounts: &[AccountId], scores: Vec<Real>| {
		accounts
			.iter()
			.zip(scores)
			.map(|(who, score)| Ok(Contribution { account: who.clone(), score: to_fixed(score)? }))
			.collect::<MathResult<Vec<_>>>()
	};
	if reports.len() != reputer_scores.len() {
		return Err(MathError::Shape);
	}
	let reputer = |(report, score): (&Report<AccountId>, Real)| {
		Ok(ReputerContribution {
			account: report.reputer.clone(),
			score: to_fixed(score)?,
			authority: report.authority,
		})
	};
	let reputers = reports.iter().zip(reputer_scores).map(reputer).collect::<MathResult<_>>()?;
	Ok(Contributions {
		inferers: bounded(scored(&bundle.inferers, inferer_scores(layout, losses)?)?)?,
		forecasters: bounded(scored(&bundle.forecasters, forecaster_scores(layout, losses)?)?)?,
		reputers: bounded(reputers)?,
		network_loss: to_fixed(loss_of(layout, losses, Element::Combined)?)?,
		naive_loss: to_fixed(loss_of(layout, losses, Element::Naive)?)?,
	})
}

/// The loss of an element; [`MathError::Shape`] if the layout does not have the element.
fn loss_of(layout: &Layout, losses: &[Real], element: Element) -> MathResult {
	let position = layout.position(element).ok_or(MathError::Shape)?;
	losses.get(position).copied().ok_or(MathError::Shape)
}

/// Each actor's regret before and after an epoch; [`MathError::Shape`] if an actor has none after
/// it.
fn regret_steps(before: &[Option<Real>], after: &[Option<Real>]) -> MathResult<Vec<RegretStep>> {
	let step = |(before, after): (&Option<Real>, &Option<Real>)| {
		Ok((before.map(to_fixed).transpose()?, to_fixed(after.ok_or(MathError::Shape)?)?))
	};
	before.iter().zip(after).map(step).collect()
}
