//! Instant scores of inferers, forecasters and reputers (S 12).

use crate::{
	arith::{add, div, dot, gather, mul, mul_div, norm, sub, sum, Reciprocal},
	gram::{self, Gram},
	layout::{Element, Layout},
	losses::network_losses,
	stats::count,
	MathError, MathResult, Real,
};
use alloc::{vec, vec::Vec};

/// The loss of an element; [`MathError::Shape`] if the bundle does not have it.
fn loss(layout: &Layout, losses: &[Real], element: Element) -> MathResult {
	layout
		.position(element)
		.and_then(|position| losses.get(position).copied())
		.ok_or(MathError::Shape)
}

/// The score of an inferer: `L^-j - L`, the increase of the network's loss without it (S 12.1).
pub fn inferer_score(one_out_loss: Real, network_loss: Real) -> MathResult {
	sub(one_out_loss, network_loss)
}

/// The scores of all inferers (S 12.1), 0 for a single one.
///
/// `losses` are the network's, in the order of the layout; [`MathError::Shape`] if their number
/// differs.
pub fn inferer_scores(layout: &Layout, losses: &[Real]) -> MathResult<Vec<Real>> {
	if losses.len() != layout.len() {
		return Err(MathError::Shape);
	}
	if layout.inferers <= 1 {
		return Ok(vec![Real::ZERO; layout.inferers]);
	}
	let network = loss(layout, losses, Element::Combined)?;
	gather(
		(0..layout.inferers)
			.map(|j| inferer_score(loss(layout, losses, Element::OneOutInferer(j))?, network)),
	)
}

/// The weight of the one-in term for `n` forecasters: `f+ = 1 / 2^(n - 1)` (S 12.2).
pub fn one_in_share(n: usize) -> Real {
	let halvings = u32::try_from(n.saturating_sub(1)).unwrap_or(u32::MAX);
	Real::ONE.checked_shr(halvings).unwrap_or(Real::ZERO)
}

/// The score of a forecaster: `f+ (L_naive - L^+k) + (1 - f+) (L^-k - L)` (S 12.2).
///
/// `n` is the number of forecasters.
pub fn forecaster_score(
	one_out_loss: Real,
	network_loss: Real,
	naive_loss: Real,
	one_in_loss: Real,
	n: usize,
) -> MathResult {
	mix_scores(sub(naive_loss, one_in_loss)?, sub(one_out_loss, network_loss)?, one_in_share(n))
}

/// The sum of the one-in and the one-out term of a forecaster's score: `f+ T+ + (1 - f+) T-`
/// (S 12.2).
pub fn mix_scores(one_in: Real, one_out: Real, share: Real) -> MathResult {
	dot(&[share, sub(Real::ONE, share)?], &[one_in, one_out])
}

/// The scores of all forecasters (S 12.2), 0 for a single one.
///
/// Arguments and errors as for [`inferer_scores`].
pub fn forecaster_scores(layout: &Layout, losses: &[Real]) -> MathResult<Vec<Real>> {
	if losses.len() != layout.len() {
		return Err(MathError::Shape);
	}
	if layout.forecasters <= 1 {
		return Ok(vec![Real::ZERO; layout.forecasters]);
	}
	let at = |element| loss(layout, losses, element);
	let (network, naive) = (at(Element::Combined)?, at(Element::Naive)?);
	gather((0..layout.forecasters).map(|k| {
		let one_out = at(Element::OneOutForecaster(k))?;
		let one_in = at(Element::OneInForecaster(k))?;
		forecaster_score(one_out, network, naive, one_in, layout.forecasters)
	}))
}

/// How reputers are scored (S 3, 12.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReputerParams {
	/// Size of a gradient step; 0.05 by default.
	pub learning_rate: Real,
	/// The most gradient steps of one scoring; 10 by default. Each costs one scoring a reputer.
	pub rounds: u32,
	/// The step, over the learning rate, below which the search stops; 0.001 by default.
	pub gradient_threshold: Real,
	/// The least share of stake that is listened to; 0.5 by default.
	pub min_stake_fraction: Real,
	/// The number whose inverse is the maximum score; 0.01 by default.
	pub epsilon: Real,
	/// The number that replaces a norm of zero of the consensus; 1e-7 by default.
	pub epsilon_safe_div: Real,
}

impl Default for ReputerParams {
	fn default() -> Self {
		Self {
			learning_rate: Real::ONE / 20,
			rounds: 10,
			gradient_threshold: Real::ONE / 1000,
			min_stake_fraction: Real::ONE / 2,
			epsilon: Real::ONE / 100,
			epsilon_safe_div: crate::weights::EPSILON_SAFE_DIV,
		}
	}
}

/// The result of a scoring of reputers; lists have one entry per reputer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReputerScores {
	/// Scores, in [0, 1 / epsilon], for the coefficients at the start of the last round.
	pub scores: Vec<Real>,
	/// Listening coefficients after the last round, in [0, 1].
	pub coefficients: Vec<Real>,
	/// Adjusted stakes for the coefficients that the scores belong to, in [0, 1].
	pub adjusted_stakes: Vec<Real>,
	/// The number of gradient steps.
	pub rounds: u32,
	/// Whether the scores were computed again from the reports themselves, because the reports
	/// cancel in the consensus. This is the most expensive case.
	pub by_reports: bool,
}

/// Adjusted stakes: `min(N a_m S_m / sum(a S), 1)` (S 12.3).
///
/// [`MathError::Shape`] if the lengths differ, [`MathError::DivisionByZero`] if all products are
/// zero.
pub fn adjusted_stakes(stakes: &[Real], coefficients: &[Real]) -> MathResult<Vec<Real>> {
	let total = dot(coefficients, stakes)?;
	let (n, total) = (count(stakes.len())?, Reciprocal::new(total)?);
	gather(coefficients.iter().zip(stakes).map(|(coefficient, stake)| {
		let share = total.nearest_product(*coefficient, *stake)?;
		Ok(mul(n, share)?.min(Real::ONE))
	}))
}

/// The scores of reputers from the reports themselves, for adjusted stakes (S 12.3):
/// `1 / (|v - consensus| / |consensus| + epsilon)`.
///
/// If the relative distance does not fit, the score is 0.
fn scores_by_reports(
	reports: &[Vec<Real>],
	adjusted: &[Real],
	params: &ReputerParams,
) -> MathResult<Vec<Real>> {
	let agreed = network_losses(adjusted, reports)?;
	let size = match norm(agreed.iter().copied())? {
		none if none == 0 => params.epsilon_safe_div,
		size => size,
	};
	let mut differences = Vec::with_capacity(agreed.len());
	gather(reports.iter().map(|report| {
		differences.clear();
		for (own, agreed) in report.iter().zip(&agreed) {
			differences.push(sub(*own, *agreed)?);
		}
		let distance = norm(differences.iter().copied())?;
		match div(distance, size).and_then(|relative| add(relative, params.epsilon)) {
			Err(MathError::Overflow) => Ok(Real::ZERO),
			relative => div(Real::ONE, relative?),
		}
	}))
}

/// The search for coefficients, with buffers for all its rounds.
struct Ascent {
	gram: Gram,
	epsilon: Real,
	/// The scores for the coefficients at hand.
	scores: Vec<Real>,
	/// Whether the scores are precise.
	precise: bool,
	/// The slope of the total score by each coefficient.
	slopes: Vec<Real>,
	/// The coefficients, one of which is moved, and the scores for them.
	moved: Vec<Real>,
	others: Vec<Real>,
}

impl Ascent {
	fn new(gram: Gram, epsilon: Real, count: usize) -> Self {
		let room = || Vec::with_capacity(count);
		let scores = vec![Real::ZERO; count];
		let (slopes, moved, others) = (room(), room(), room());
		Self { gram, epsilon, scores, precise: true, slopes, moved, others }
	}

	/// Computes the scores for some coefficients, and the slopes by finite differences:
	/// `(1 - sum S T(a) / sum S T(a + d e_m)) / d` (S 12.3).
	fn score(&mut self, coefficients: &[Real]) -> MathResult<()> {
		let thousandth = Real::ONE / 1000;
		let Self { gram, epsilon, scores, slopes, moved, others, .. } = self;
		self.precise = gram.score(coefficients, *epsilon, scores)?;
		let base = gram.total(scores)?;
		moved.clear();
		moved.extend_from_slice(coefficients);
		slopes.clear();
		for (m, coefficient) in coefficients.iter().enumerate() {
			let (step, per_step) =
				if *coefficient == 1 { (-thousandth, -1000) } else { (thousandth, 1000) };
			let slot = moved.get_mut(m).ok_or(MathError::Shape)?;
			*slot = add(*coefficient, step)?;
			gram.score(moved, *epsilon, others)?;
			// A gain is at most 2^40, so the product fits.
			let gain = gram::gain(base, gram.total(others)?).to_bits();
			slopes.push(Real::from_bits(gain.wrapping_mul(per_step)));
			if let Some(slot) = moved.get_mut(m) {
				*slot = *coefficient;
			}
		}
		Ok(())
	}
}

/// The coefficients after a step, shortened so that the listened stake is at least the minimum
/// (S 12.3). `None` if the step does not change the listened stake.
///
/// Coefficients are clamped to [0, 1]: from a start below the minimum, the formula of the original
/// lengthens the step and can exceed that range.
fn held_at_floor(
	old: &[Real],
	new: Vec<Real>,
	stakes: &[Real],
	minimum: Real,
) -> MathResult<Option<Vec<Real>>> {
	let after = dot(&new, stakes)?;
	if after >= minimum {
		return Ok(Some(new));
	}
	let before = dot(old, stakes)?;
	let change = sub(after, before)?;
	if change == 0 {
		return Ok(None);
	}
	let reach = sub(minimum, before)?;
	let shortened = old.iter().zip(&new).map(|(old, new)| {
		let falls = (new < old) == ((reach < 0) == (change < 0));
		match mul_div(sub(*new, *old)?, reach, change).and_then(|step| add(*old, step)) {
			// Steps that nearly cancel change the listened stake by next to nothing.
			Err(MathError::Overflow) if falls => Ok(Real::ZERO),
			Err(MathError::Overflow) => Ok(Real::ONE),
			moved => Ok(moved?.clamp(Real::ZERO, Real::ONE)),
		}
	});
	gather(shortened).map(Some)
}

/// The coefficients to start from: those given, or [`ReputerParams::epsilon`] for all reputers if
/// the listened stake would be zero (S 12.3).
fn lifted(
	coefficients: Vec<Real>,
	stakes: &[Real],
	params: &ReputerParams,
) -> MathResult<Vec<Real>> {
	let mut pairs = coefficients.iter().zip(stakes);
	// If both are at least 2^-32, the product is not zero.
	let seen = |(a, b): (&Real, &Real)| a.to_bits() >> 32 > 0 && b.to_bits() >> 32 > 0;
	if pairs.any(seen) || dot(&coefficients, stakes)? > 0 {
		return Ok(coefficients);
	}
	Ok(vec![params.epsilon; stakes.len()])
}

/// The scores of reputers and their next listening coefficients, by gradient ascent on the
/// stake-weighted total score (S 12.3).
///
/// `reports` has one row per reputer and one column per element. `stakes` are stakes or shares of
/// them. `coefficients` are those of the epoch before, 1 for a new reputer. The scores are those
/// for the coefficients at the start of the last round, and 0 without rounds.
///
/// The search scores by inner products, so its cost does not depend on the reported losses. If
/// reports cancel in the consensus, the last scores are computed once more from the reports
/// themselves.
///
/// [`MathError::Empty`] without reputers, [`MathError::Shape`] if lengths differ,
/// [`MathError::Domain`] for a negative stake or a coefficient outside [0, 1],
/// [`MathError::DivisionByZero`] without stake, [`MathError::Overflow`] if there are more than 64
/// reputers or 1024 elements, or losses too far apart.
pub fn reputer_scores(
	reports: &[Vec<Real>],
	stakes: &[Real],
	coefficients: &[Real],
	params: &ReputerParams,
) -> MathResult<ReputerScores> {
	if reports.is_empty() {
		return Err(MathError::Empty);
	}
	if reports.len() != stakes.len() || reports.len() != coefficients.len() {
		return Err(MathError::Shape);
	}
	let outside = |x: &Real| *x < 0 || *x > 1;
	if stakes.iter().any(|stake| *stake < 0) || coefficients.iter().any(outside) {
		return Err(MathError::Domain);
	}
	let gram = Gram::new(reports, stakes, params.epsilon_safe_div)?;
	let mut ascent = Ascent::new(gram, params.epsilon, stakes.len());
	let mut current = lifted(coefficients.to_vec(), stakes, params)?;
	let mut scored = current.clone();
	let min_stake = mul(params.min_stake_fraction, sum(stakes)?)?;
	let min_move = mul(params.gradient_threshold, params.learning_rate)?;
	let mut rounds = 0;
	while rounds < params.rounds {
		rounds = rounds.saturating_add(1);
		ascent.score(&current)?;
		scored.clone_from(&current);
		let stepped = gather(current.iter().zip(&ascent.slopes).map(|(coefficient, slope)| {
			let next = add(*coefficient, mul(params.learning_rate, *slope)?)?;
			Ok(next.clamp(Real::ZERO, Real::ONE))
		}))?;
		let Some(next) = held_at_floor(&current, stepped, stakes, min_stake)? else {
			break;
		};
		let moved = |(old, new): (&Real, &Real)| new.to_bits().abs_diff(old.to_bits());
		let largest = current.iter().zip(&next).map(moved).max().unwrap_or_default();
		current = lifted(next, stakes, params)?;
		if largest < min_move.to_bits().unsigned_abs() {
			break;
		}
	}
	let adjusted_stakes = adjusted_stakes(stakes, &scored)?;
	let Ascent { mut scores, precise, .. } = ascent;
	if !precise {
		scores = scores_by_reports(reports, &adjusted_stakes, params)?;
	}
	let by_reports = !precise;
	Ok(ReputerScores { scores, coefficients: current, adjusted_stakes, rounds, by_reports })
}
