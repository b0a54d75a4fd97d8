//! The reputer close: reports become losses, regrets and scores (S 10, 11, 12).

use crate::{
	synthesise::{bounded, fixed, reals, weight_params},
	types::{Learned, Lesson, ReputerLesson, StoredBundle, WorkerLesson},
	weights::learning_work,
	Bundles, Config, Event, Lessons, OfForecasters, OfInferers, Pallet, RegretBook, RegretBooks,
	WeightInfo, LOG_TARGET,
};
use alloc::vec::Vec;
use allora_math::{
	convert::{from_fixed, ratio, to_fixed},
	layout::{Element, Layout},
	losses::network_losses,
	regrets::{initial_regret, regret_scale, InitialRegretParams, RegretTable},
	rules::{Observation, RegretRule, Rule},
	scores::{forecaster_scores, inferer_scores, reputer_scores, ReputerParams, ReputerScores},
	MathError, MathResult, Real,
};
use allora_primitives::{
	bundle::Losses as ElementLosses,
	traits::{ListeningCoefficients, ReportInspect, ScoreSink, TopicInspect},
	Bundle, Contribution, Contributions, EpochId, EpochSizes, FixedI128, Report,
	ReputerContribution, Role, TopicId, TopicParameters, VoidReason,
};
use frame_support::{defensive, traits::DefensiveOption, weights::Weight};

/// What an epoch taught, before its scores are smoothed.
pub(crate) struct Taught<AccountId> {
	contributions: Contributions<AccountId>,
	losses: ElementLosses,
	inferer_regrets: Vec<RegretStep>,
	forecaster_regrets: Vec<RegretStep>,
	/// Coefficients of the reputers, as the contributions have them.
	coefficients: Vec<FixedI128>,
	/// What they were before.
	coefficients_before: Vec<FixedI128>,
}

/// A combined regret before an epoch, if there was one, and after it.
type RegretStep = (Option<FixedI128>, FixedI128);

/// The smoothed scores of an epoch's actors, as the contributions have them.
#[derive(Default)]
pub(crate) struct Smoothed {
	pub(crate) inferers: Vec<FixedI128>,
	pub(crate) forecasters: Vec<FixedI128>,
	pub(crate) reputers: Vec<FixedI128>,
}

impl<T: Config> Pallet<T> {
	/// Learns an epoch; answers the weight it took.
	///
	/// [`VoidReason::NoReport`] without reports, [`VoidReason::TooFewReputers`] if there is no
	/// stake behind them, [`VoidReason::Arithmetic`] if a computation leaves its range.
	pub(crate) fn learn(topic: TopicId, epoch: EpochId) -> Result<Weight, VoidReason> {
		let parameters =
			T::Topics::parameters_of(topic, epoch).defensive_ok_or(VoidReason::Arithmetic)?;
		let reports = T::Reports::reports(topic, epoch);
		if reports.is_empty() {
			return Err(VoidReason::NoReport);
		}
		if reports.iter().all(|report| report.authority == 0) {
			return Err(VoidReason::TooFewReputers);
		}
		let coefficients: Vec<_> = reports
			.iter()
			.map(|report| T::Listening::coefficient(topic, &report.reputer))
			.collect();
		let (taught, weight) = Self::teach(topic, epoch, &parameters, &reports, coefficients)?;
		let smoothed = Self::give_scores(topic, epoch, &taught.contributions)?;
		let reputers = reports.into_iter().map(|report| report.reputer);
		let next: Vec<_> = reputers.zip(taught.coefficients.iter().copied()).collect();
		T::Listening::note_coefficients(topic, epoch, &next);
		Self::store_lesson(topic, epoch, taught, smoothed)?;
		Ok(weight)
	}

	/// Renews the topic's regrets by these reports and tells what was learned; answers that and the
	/// weight it took, storing the lesson included.
	pub(crate) fn teach(
		topic: TopicId,
		epoch: EpochId,
		parameters: &TopicParameters,
		reports: &[Report<T::AccountId>],
		coefficients: Vec<FixedI128>,
	) -> Result<(Taught<T::AccountId>, Weight), VoidReason> {
		let StoredBundle { bundle, .. } =
			Bundles::<T>::get(topic, epoch).defensive_ok_or(VoidReason::NoInference)?;
		let mut book = RegretBooks::<T>::get(topic);
		if book.learned.is_some_and(|last| last.epoch >= epoch) {
			defensive!("epochs of a topic are learned in their order");
			return Err(VoidReason::Arithmetic);
		}
		let taught = take_lesson(parameters, &bundle, reports, coefficients, &mut book, epoch);
		let taught = taught.map_err(|error| {
			log::warn!(target: LOG_TARGET, "topic {topic}, epoch {epoch}: not learned: {error}");
			VoidReason::Arithmetic
		})?;
		let sizes = EpochSizes {
			inferers: bundle.inferers.len() as u32,
			forecasters: bundle.forecasters.len() as u32,
			reputers: reports.len() as u32,
			labels: bundle.labels,
			..Default::default()
		};
		let weight = T::WeightInfo::close_reputers(learning_work(&sizes, book.bytes()));
		Self::announce(topic, epoch, &taught, &book);
		RegretBooks::<T>::insert(topic, book);
		Ok((taught, weight))
	}

	/// Tells what was learned.
	fn announce(
		topic: TopicId,
		epoch: EpochId,
		taught: &Taught<T::AccountId>,
		book: &RegretBook<T::AccountId>,
	) {
		let Contributions { network_loss, naive_loss, .. } = taught.contributions;
		Self::deposit_event(Event::LossesLearned { topic, epoch, network_loss, naive_loss });
		let regrets = |of: &[Contribution<T::AccountId>], regrets: &[RegretStep]| {
			let accounts = of.iter().map(|one| one.account.clone());
			accounts.zip(regrets.iter().map(|(_, after)| *after)).collect::<Vec<_>>()
		};
		let inferers = regrets(&taught.contributions.inferers, &taught.inferer_regrets);
		let forecasters = regrets(&taught.contributions.forecasters, &taught.forecaster_regrets);
		Self::deposit_event(Event::RegretsLearned {
			topic,
			epoch,
			// As many as the contributions, which are bounded alike.
			inferers: OfInferers::truncate_from(inferers),
			forecasters: OfForecasters::truncate_from(forecasters),
			scale: book.learned.map(|last| last.scale).unwrap_or_default(),
			initial_regret: book.initial,
		});
	}

	/// Hands the scores of an epoch on and announces those of workers; answers the smoothed ones.
	fn give_scores(
		topic: TopicId,
		epoch: EpochId,
		contributions: &Contributions<T::AccountId>,
	) -> Result<Smoothed, VoidReason> {
		let scores = |of: &[Contribution<T::AccountId>]| {
			of.iter().map(|one| (one.account.clone(), one.score)).collect::<Vec<_>>()
		};
		let inferers = scores(&contributions.inferers);
		let forecasters = scores(&contributions.forecasters);
		let reputers: Vec<_> =
			contributions.reputers.iter().map(|one| (one.account.clone(), one.score)).collect();
		let smoothed = Smoothed {
			inferers: T::Scores::note_scores(topic, epoch, Role::Inferer, &inferers)?,
			forecasters: T::Scores::note_scores(topic, epoch, Role::Forecaster, &forecasters)?,
			reputers: T::Scores::note_scores(topic, epoch, Role::Reputer, &reputers)?,
		};
		Self::deposit_event(Event::ScoresGiven {
			topic,
			epoch,
			// As many as the contributions, which are bounded alike.
			inferers: OfInferers::truncate_from(inferers),
			forecasters: OfForecasters::truncate_from(forecasters),
		});
		Ok(smoothed)
	}

	/// Stores what an epoch taught; [`VoidReason::Arithmetic`] unless there is a smoothed score for
	/// everyone.
	pub(crate) fn store_lesson(
		topic: TopicId,
		epoch: EpochId,
		taught: Taught<T::AccountId>,
		smoothed: Smoothed,
	) -> Result<(), VoidReason> {
		let lesson = to_lesson(taught, &smoothed).ok().defensive_ok_or(VoidReason::Arithmetic)?;
		Lessons::<T>::insert(topic, epoch, lesson);
		Ok(())
	}
}

/// What an epoch taught in its stored form; [`MathError::Shape`] unless there is a smoothed score
/// for everyone.
fn to_lesson<AccountId>(
	taught: Taught<AccountId>,
	smoothed: &Smoothed,
) -> MathResult<Lesson<AccountId>> {
	let worker = |(&(regret_before, regret), &score): (&RegretStep, &FixedI128)| WorkerLesson {
		regret_before,
		regret,
		score,
	};
	let Taught { inferer_regrets, forecaster_regrets, .. } = &taught;
	if inferer_regrets.len() != smoothed.inferers.len()
		|| forecaster_regrets.len() != smoothed.forecasters.len()
		|| taught.coefficients.len() != smoothed.reputers.len()
	{
		return Err(MathError::Shape);
	}
	let coefficients = taught.coefficients_before.iter().zip(&taught.coefficients);
	let reputer = |((before, after), score): ((&FixedI128, &FixedI128), &FixedI128)| {
		ReputerLesson { coefficient_before: *before, coefficient: *after, score: *score }
	};
	Ok(Lesson {
		inferers: bounded(inferer_regrets.iter().zip(&smoothed.inferers).map(worker).collect())?,
		forecasters: bounded(
			forecaster_regrets.iter().zip(&smoothed.forecasters).map(worker).collect(),
		)?,
		reputers: bounded(coefficients.zip(&smoothed.reputers).map(reputer).collect())?,
		contributions: taught.contributions,
		losses: taught.losses,
	})
}

/// Where the elements of a stored bundle stand.
pub(crate) fn layout_of<AccountId>(bundle: &Bundle<AccountId>) -> Layout {
	let pair = |(k, j): &(u8, u8)| (usize::from(*k), usize::from(*j));
	Layout {
		inferers: bundle.inferers.len(),
		forecasters: bundle.forecasters.len(),
		absent: bundle.absent.iter().map(pair).collect(),
	}
}

/// Learns an epoch from its bundle and reports: updates the book and answers the rest.
fn take_lesson<AccountId: Clone + PartialEq>(
	parameters: &TopicParameters,
	bundle: &Bundle<AccountId>,
	reports: &[Report<AccountId>],
	coefficients_before: Vec<FixedI128>,
	book: &mut RegretBook<AccountId>,
	epoch: EpochId,
) -> MathResult<Taught<AccountId>> {
	let layout = layout_of(bundle);
	let reported = reported(reports)?;
	let losses = losses_of(&reported, &layout)?;
	let coefficients = reals(coefficients_before.iter())?;
	let ReputerScores { scores, coefficients, .. } =
		reputer_scores(&reported.rows, &reported.shares, &coefficients, &ReputerParams::default())?;
	let (before, after) = learn_regrets(parameters, bundle, &layout, &losses, book, epoch)?;
	Ok(Taught {
		losses: bounded(fixed(&losses)?)?,
		contributions: contributions_of(bundle, reports, scores, &layout, &losses)?,
		inferer_regrets: regret_steps(&before.inferers, &after.inferers)?,
		forecaster_regrets: regret_steps(&before.forecasters, &after.forecasters)?,
		coefficients: fixed(&coefficients)?,
		coefficients_before,
	})
}

/// The reports as numbers to compute with.
struct Reported {
	/// Each reputer's part of the stake behind the reports.
	shares: Vec<Real>,
	/// Each reputer's losses; none is missing, since incomplete reports are refused.
	rows: Vec<Vec<Option<Real>>>,
}

fn reported<AccountId>(reports: &[Report<AccountId>]) -> MathResult<Reported> {
	let total = reports.iter().try_fold(0u128, |sum, report| sum.checked_add(report.authority));
	let total = total.ok_or(MathError::Overflow)?;
	let row = |report: &Report<AccountId>| {
		report.losses.iter().map(|loss| from_fixed(*loss).map(Some)).collect()
	};
	Ok(Reported {
		shares: reports
			.iter()
			.map(|report| ratio(report.authority, total))
			.collect::<MathResult<_>>()?,
		rows: reports.iter().map(row).collect::<MathResult<_>>()?,
	})
}

/// The network's losses: for each element the mean of the reported ones, by raw stake (S 10.1).
fn losses_of(reported: &Reported, layout: &Layout) -> MathResult<Vec<Real>> {
	let losses = network_losses(&reported.shares, &reported.rows)?;
	if losses.len() != layout.len() {
		return Err(MathError::Shape);
	}
	losses.into_iter().map(|loss| loss.ok_or(MathError::Shape)).collect()
}

/// Renews the regrets, the common scale and the initial regret (S 11, 9.2); answers the regrets of
/// the epoch's actors before it and after it.
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
	let scale = book.learned.map(|last| from_fixed(last.scale)).transpose()?;
	let rule = RegretRule { params: &params, alpha: from_fixed(parameters.alpha_regret)?, scale };
	let seen = Observation {
		layout,
		labels: bundle.labels as usize,
		values: &reals(bundle.element_values.iter())?,
		losses,
	};
	let seated = book.seat(inferers, forecasters);
	let before = book.table(&seated)?;
	let table = rule.learn(&before, &seen)?;
	let experienced = book.experienced(&seated, &table, parameters.alpha_regret);
	let all: Vec<_> = table.inferers.iter().chain(&table.forecasters).flatten().copied().collect();
	let initial = initial_regret(
		&experienced,
		&all,
		table.initial,
		&params,
		&InitialRegretParams::default(),
	)?;
	book.initial = to_fixed(initial)?;
	book.learned = Some(Learned {
		epoch,
		network_loss: to_fixed(loss_of(layout, losses, Element::Combined)?)?,
		scale: to_fixed(regret_scale(&table, &params)?)?,
	});
	book.store(&seated, &table, epoch)?;
	Ok((before, table))
}

/// Scores of everyone (S 12), with what settlement needs besides.
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

/// The loss of an element; [`MathError::Shape`] if there is none.
fn loss_of(layout: &Layout, losses: &[Real], element: Element) -> MathResult {
	let position = layout.position(element).ok_or(MathError::Shape)?;
	losses.get(position).copied().ok_or(MathError::Shape)
}

/// Each actor's regret before an epoch and after it; [`MathError::Shape`] if one has none after it.
fn regret_steps(before: &[Option<Real>], after: &[Option<Real>]) -> MathResult<Vec<RegretStep>> {
	let step = |(before, after): (&Option<Real>, &Option<Real>)| {
		Ok((before.map(to_fixed).transpose()?, to_fixed(after.ok_or(MathError::Shape)?)?))
	};
	before.iter().zip(after).map(step).collect()
}
