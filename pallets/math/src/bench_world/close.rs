//! The epoch close as the chain computes it.

use super::World;
use crate::{
	convert,
	layout::Element,
	losses::network_losses,
	regrets::{initial_regret, regret_scale, update, InitialRegretParams, RegretTable},
	rewards,
	scores::{forecaster_scores, inferer_scores, reputer_scores, ReputerParams, ReputerScores},
	synthesis::{self, Bundle, Input},
	MathError, MathResult, Real,
};
use alloc::vec::Vec;

/// The results of learning from an epoch's reports.
pub struct Learned {
	/// The network's loss of each element.
	pub losses: Vec<Real>,
	/// The updated regrets.
	pub regrets: RegretTable,
	/// The scale of the next synthesis.
	pub scale: Real,
	/// The initial regret of newcomers.
	pub initial: Real,
	/// The scores of the inferers.
	pub inferers: Vec<Real>,
	/// The scores of the forecasters.
	pub forecasters: Vec<Real>,
	/// The scores and coefficients of the reputers.
	pub reputers: ReputerScores,
}

/// The whole bundle (S 8).
pub fn synthesise(world: &World) -> MathResult<Bundle> {
	synthesis::synthesise(&Input {
		labels: world.size.labels,
		inferences: &world.inferences,
		forecasts: &world.forecasts,
		previous_loss: Some(world.previous_loss),
		all_new: false,
		regrets: &world.regrets,
		params: &world.params,
	})
}

/// Losses, regrets and scores (S 10, 11, 12).
pub fn learn(world: &World, bundle: &Bundle) -> MathResult<Learned> {
	let losses = network_losses(&world.stakes, &world.reports)?;
	let reputers = score_reputers(world)?;
	let regrets = update(&world.regrets, &bundle.layout, &losses, Real::ONE / 10)?;
	let workers: Vec<_> =
		regrets.inferers.iter().chain(&regrets.forecasters).flatten().copied().collect();
	let previous = world.regrets.initial;
	let rule = InitialRegretParams::default();
	Ok(Learned {
		scale: regret_scale(&regrets, &world.params)?,
		initial: initial_regret(&workers, &workers, previous, &world.params, &rule)?,
		inferers: inferer_scores(&bundle.layout, &losses)?,
		forecasters: forecaster_scores(&bundle.layout, &losses)?,
		losses,
		regrets,
		reputers,
	})
}

/// The reputers' scores (S 12.3).
pub fn score_reputers(world: &World) -> MathResult<ReputerScores> {
	reputer_scores(&world.reports, &world.stakes, &world.coefficients, &ReputerParams::default())
}

/// The payouts of inferers, forecasters and reputers (S 13).
pub fn settle(world: &World, bundle: &Bundle, learned: &Learned) -> MathResult<[Vec<u128>; 3]> {
	let (three, c) = (Real::ONE * 3, Real::ONE * 3 / 4);
	let (alpha, beta, epsilon) = (Real::ONE / 10, Real::ONE / 4, world.params.epsilon);
	let fractions = [
		rewards::score_fractions(&learned.inferers, &world.inferer_history, three, c, epsilon)?,
		rewards::score_fractions(
			&learned.forecasters,
			&world.forecaster_history,
			three,
			c,
			epsilon,
		)?,
		rewards::reputer_fractions(&world.stakes, &learned.reputers.scores, Real::ONE)?,
	];
	let [u, v, w] = [0, 1, 2]
		.map(|class| rewards::smooth_fractions(&fractions[class], &world.smoothed[class], alpha));
	let f = rewards::task_entropy(&u?, beta)?;
	let g = rewards::task_entropy(&v?, beta)?;
	let h = rewards::task_entropy(&w?, beta)?;
	let loss = |element| bundle.layout.position(element).map(|at| learned.losses[at]);
	let (naive, network) = (loss(Element::Naive), loss(Element::Combined));
	let (Some(naive), Some(network)) = (naive, network) else {
		return Err(MathError::Shape);
	};
	let score = rewards::task_score(naive, network)?;
	let ratio = rewards::forecaster_score_ratio(score, &learned.inferers, world.ratio, alpha)?;
	let chi = rewards::forecasting_utility(ratio);
	let (inference, forecasting, reputation) = rewards::class_shares(f, g, h, chi)?;
	let pay = |class: Real, fractions: &[Real]| {
		rewards::payouts(convert::mul_floor(world.reward, class)?, fractions)
	};
	Ok([
		pay(inference, &fractions[0])?,
		pay(forecasting, &fractions[1])?,
		pay(reputation, &fractions[2])?,
	])
}

/// A whole epoch close.
pub fn close(world: &World) -> MathResult<(Bundle, Learned, [Vec<u128>; 3])> {
	let bundle = synthesise(world)?;
	let learned = learn(world, &bundle)?;
	let payouts = settle(world, &bundle, &learned)?;
	Ok((bundle, learned, payouts))
}
