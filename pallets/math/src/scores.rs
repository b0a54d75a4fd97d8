//! Instant scores of inferers, forecasters and reputers (S 12).

use crate::{
	arith::{add, div, dot, gather, mul, mul_div, norm, sub, sum, By, Exact},
	gram::{self, Gram},
	layout::{Element, Layout},
	stats::{count, mean},
	MathError, MathResult, Real,
};
use alloc::{vec, vec::Vec};

/// A loss by element, [`MathError::Shape`] if the bundle lacks it.
fn loss(layout: &Layout, losses: &[Real], element: Element) -> MathResult {
	layout
		.position(element)
		.and_then(|position| losses.get(position).copied())
		.ok_or(MathError::Shape)
}

/// The score of an inferer: `L^-j - L`, what the network loses without it (S 12.1).
pub fn inferer_score(one_out_loss: Real, network_loss: Real) -> MathResult {
	sub(one_out_loss, network_loss)
}

/// The scores of all inferers (S 12.1), 0 for a single one.
///
/// `losses` are the network's, in the order of the layout; [`MathError::Shape`] if they are not as
/// many.
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

/// The weight of the one-in term among `n` forecasters: `f+ = 1 / 2^(n - 1)` (S 12.2).
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

/// The one-in and the one-out term of a forecaster's score together: `f+ T+ + (1 - f+) T-`
/// (S 12.2).
pub fn mix_scores(one_in: Real, one_out: Real, share: Real) -> MathResult {
	dot(&[share, sub(Real::ONE, share)?], &[one_in, one_out])
}

/// The scores of all forecasters (S 12.2), 0 for a single one; arguments as [`inferer_scores`].
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
	/// What bounds a score by its inverse; 0.01 by default.
	pub epsilon: Real,
	/// What stands in for a consensus of norm zero; 1e-7 by default.
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

/// What a scoring of reputers yields, one entry a reputer each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReputerScores {
	/// Scores, in [0, 1 / epsilon], for the coefficients at the start of the last round.
	pub scores: Vec<Real>,
	/// Listening coefficients after the last round, in [0, 1], to store.
	pub coefficients: Vec<Real>,
	/// Adjusted stakes for the coefficients that the scores belong to, in [0, 1].
	pub adjusted_stakes: Vec<Real>,
}

/// Stakes as they are listened to: `min(N a_m S_m / sum(a S), 1)` (S 12.3).
///
/// [`MathError::Shape`] if the lengths differ, [`MathError::DivisionByZero`] if all products are
/// zero.
pub fn adjusted_stakes(stakes: &[Real], coefficients: &[Real]) -> MathResult<Vec<Real>> {
	let total = dot(coefficients, stakes)?;
	let n = count(stakes.len())?;
	gather(coefficients.iter().zip(stakes).map(|(coefficient, stake)| {
		let share = mul_div(*coefficient, *stake, total)?;
		Ok(mul(n, share)?.min(Real::ONE))
	}))
}

/// What the reputers agree on, by element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consensus {
	/// The mean weighted by adjusted stake; `None` where nobody reported.
	pub values: Vec<Option<Real>>,
	/// The reported value farthest from it, 0 where nobody reported.
	pub farthest: Vec<Real>,
}

/// The consensus of reports for adjusted stakes, and the values farthest from it (S 12.3).
///
/// The distance is absolute (the first releases took the signed one), and the first of equals is
/// taken. If those who reported an element have no adjusted stake, they count alike.
/// [`MathError::Empty`] without reports, [`MathError::Shape`] if rows differ in length or number.
pub fn consensus(adjusted: &[Real], reports: &[Vec<Option<Real>>]) -> MathResult<Consensus> {
	let elements = reports.first().ok_or(MathError::Empty)?.len();
	if reports.len() != adjusted.len() || reports.iter().any(|row| row.len() != elements) {
		return Err(MathError::Shape);
	}
	let total = sum(adjusted)?;
	// The shares of stake serve every element that all have reported.
	let shares = match total > 0 {
		true => {
			let total = By::new(total)?;
			gather(adjusted.iter().map(|stake| total.nearest(*stake)))?
		}
		false => Vec::new(),
	};
	let mut agreed =
		Consensus { values: Vec::with_capacity(elements), farthest: Vec::with_capacity(elements) };
	let mut column = Vec::with_capacity(reports.len());
	for element in 0..elements {
		column.clear();
		column.extend(reports.iter().filter_map(|row| row.get(element).copied().flatten()));
		let value = if column.is_empty() {
			None
		} else if column.len() == shares.len() {
			Some(dot(&shares, &column)?)
		} else {
			Some(partial_mean(adjusted, reports, element)?)
		};
		let far = value.map_or(Real::ZERO, |value| farthest(value, &column));
		agreed.values.push(value);
		agreed.farthest.push(far);
	}
	Ok(agreed)
}

/// The reported value farthest from the consensus, the first of equals.
///
/// Distances that differ by less than the rounding of the consensus count as equal.
fn farthest(value: Real, reported: &[Real]) -> Real {
	let mut found = (0u128, value);
	for loss in reported {
		let distance = value.to_bits().abs_diff(loss.to_bits());
		if distance > found.0.saturating_add(8) || found.0 == 0 {
			found = (distance, *loss);
		}
	}
	found.1
}

/// The mean of an element over those who reported it, by adjusted stake or alike without any.
fn partial_mean(adjusted: &[Real], reports: &[Vec<Option<Real>>], element: usize) -> MathResult {
	let reported = || {
		let losses = reports.iter().map(|row| row.get(element).copied().flatten());
		adjusted.iter().copied().zip(losses).filter_map(|(stake, loss)| Some((stake, loss?)))
	};
	let weight = sum(&reported().map(|(stake, _)| stake).collect::<Vec<_>>())?;
	if weight == 0 {
		return mean(&reported().map(|(_, loss)| loss).collect::<Vec<_>>());
	}
	Exact::of_products(reported())?.divide(weight)
}

/// The score of a reputer: `1 / (|v - consensus| / |consensus| + epsilon)` (S 12.3).
///
/// An element it did not report counts as the farthest value; one that nobody reported does not
/// count. A distance that does not fit scores 0.
pub fn consensus_score(
	report: &[Option<Real>],
	agreed: &Consensus,
	params: &ReputerParams,
) -> MathResult {
	if report.len() != agreed.values.len() || report.len() != agreed.farthest.len() {
		return Err(MathError::Shape);
	}
	let size = norm(agreed.values.iter().flatten().copied())?;
	scored(report, agreed, size, params)
}

/// The score of a reputer for a consensus of known norm.
fn scored(
	report: &[Option<Real>],
	agreed: &Consensus,
	size: Real,
	params: &ReputerParams,
) -> MathResult {
	let mut differences = Vec::with_capacity(report.len());
	for ((own, value), far) in report.iter().zip(&agreed.values).zip(&agreed.farthest) {
		if let Some(value) = value {
			differences.push(sub(own.unwrap_or(*far), *value)?);
		}
	}
	let distance = norm(differences.into_iter())?;
	let size = if size == 0 { params.epsilon_safe_div } else { size };
	match div(distance, size).and_then(|relative| add(relative, params.epsilon)) {
		Err(MathError::Overflow) => Ok(Real::ZERO),
		relative => div(Real::ONE, relative?),
	}
}

/// The scores of all reputers for given coefficients, and the adjusted stakes (S 12.3).
pub fn consensus_scores(
	reports: &[Vec<Option<Real>>],
	stakes: &[Real],
	coefficients: &[Real],
	params: &ReputerParams,
) -> MathResult<(Vec<Real>, Vec<Real>)> {
	let adjusted = adjusted_stakes(stakes, coefficients)?;
	let agreed = consensus(&adjusted, reports)?;
	let size = norm(agreed.values.iter().flatten().copied())?;
	let scores = gather(reports.iter().map(|report| scored(report, &agreed, size, params)))?;
	Ok((scores, adjusted))
}

/// A way to score all reputers for given coefficients.
trait Scoring {
	/// A total of scores by stake, in a unit of its own.
	type Total: Copy;

	/// Writes the scores.
	fn score(&mut self, coefficients: &[Real], scores: &mut Vec<Real>) -> MathResult<()>;

	/// The total of scores by stake.
	fn total(&self, scores: &[Real]) -> MathResult<Self::Total>;

	/// What a total gained, as a share of what it became: `1 - before / after`.
	fn gain(before: Self::Total, after: Self::Total) -> MathResult;
}

/// Scoring by the inner products of complete reports.
struct ByProducts<'a> {
	gram: Gram,
	params: &'a ReputerParams,
}

impl Scoring for ByProducts<'_> {
	type Total = u128;

	fn score(&mut self, coefficients: &[Real], scores: &mut Vec<Real>) -> MathResult<()> {
		self.gram.score(coefficients, self.params.epsilon, scores)
	}

	fn total(&self, scores: &[Real]) -> MathResult<u128> {
		self.gram.total(scores)
	}

	fn gain(before: u128, after: u128) -> MathResult {
		gram::gain(before, after)
	}
}

/// Scoring by the reports themselves, which may be incomplete.
struct ByReports<'a> {
	reports: &'a [Vec<Option<Real>>],
	stakes: &'a [Real],
	params: &'a ReputerParams,
}

impl Scoring for ByReports<'_> {
	type Total = Real;

	fn score(&mut self, coefficients: &[Real], scores: &mut Vec<Real>) -> MathResult<()> {
		(*scores, _) = consensus_scores(self.reports, self.stakes, coefficients, self.params)?;
		Ok(())
	}

	fn total(&self, scores: &[Real]) -> MathResult {
		dot(self.stakes, scores)
	}

	fn gain(before: Real, after: Real) -> MathResult {
		div(sub(after, before)?, after)
	}
}

/// The scores for some coefficients, and the slope of their total by each coefficient, from a
/// finite difference: `(1 - sum S T(a) / sum S T(a + d e_m)) / d` (S 12.3).
fn slopes<S: Scoring>(
	scoring: &mut S,
	coefficients: &[Real],
) -> MathResult<(Vec<Real>, Vec<Real>)> {
	let thousandth = Real::ONE / 1000;
	let (mut scores, mut others) = (Vec::new(), Vec::with_capacity(coefficients.len()));
	scoring.score(coefficients, &mut scores)?;
	let base = scoring.total(&scores)?;
	let mut moved = coefficients.to_vec();
	let mut slopes = Vec::with_capacity(coefficients.len());
	for (m, coefficient) in coefficients.iter().enumerate() {
		let (step, per_step) =
			if *coefficient == 1 { (-thousandth, -1000) } else { (thousandth, 1000) };
		if let Some(slot) = moved.get_mut(m) {
			*slot = add(*coefficient, step)?;
		}
		scoring.score(&moved, &mut others)?;
		let gain = S::gain(base, scoring.total(&others)?)?;
		slopes.push(gain.checked_mul_int(per_step).ok_or(MathError::Overflow)?);
		if let Some(slot) = moved.get_mut(m) {
			*slot = *coefficient;
		}
	}
	Ok((scores, slopes))
}

/// The coefficients after a step, held at the least listened stake; `None` if the step changes
/// nothing of the listened stake and so cannot be shortened to it (S 12.3).
///
/// Coefficients stay in [0, 1] here too: from a start below the floor, the formula of the original
/// can lengthen the step past them.
fn held_at_floor(
	old: &[Real],
	new: Vec<Real>,
	stakes: &[Real],
	params: &ReputerParams,
) -> MathResult<Option<Vec<Real>>> {
	let least = mul(params.min_stake_fraction, sum(stakes)?)?;
	let after = dot(&new, stakes)?;
	if after >= least {
		return Ok(Some(new));
	}
	let before = dot(old, stakes)?;
	let change = sub(after, before)?;
	if change == 0 {
		return Ok(None);
	}
	let reach = sub(least, before)?;
	let shortened = old.iter().zip(&new).map(|(old, new)| {
		let step = mul_div(sub(*new, *old)?, reach, change)?;
		Ok(add(*old, step)?.clamp(Real::ZERO, Real::ONE))
	});
	gather(shortened).map(Some)
}

/// Coefficients to start from: those given, or all [`ReputerParams::epsilon`] if all are zero
/// (S 12.3).
fn lifted(coefficients: &[Real], params: &ReputerParams) -> Vec<Real> {
	if coefficients.iter().all(|coefficient| *coefficient == 0) {
		vec![params.epsilon; coefficients.len()]
	} else {
		coefficients.to_vec()
	}
}

/// The scores of reputers and their next listening coefficients, by gradient ascent on the
/// stake-weighted total score (S 12.3).
///
/// `reports` has one row a reputer with one entry an element, `None` if not reported; `stakes` are
/// authorities or shares of them; `coefficients` those stored before, 1 for a new reputer. The
/// scores are those of the coefficients at the start of the last round, and 0 without rounds.
/// [`MathError::Empty`] without reputers, [`MathError::Shape`] if lengths differ,
/// [`MathError::Domain`] for a negative stake or a coefficient outside [0, 1],
/// [`MathError::DivisionByZero`] without stake.
pub fn reputer_scores(
	reports: &[Vec<Option<Real>>],
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
	let mut current = lifted(coefficients, params);
	let mut scored = current.clone();
	let mut scores = vec![Real::ZERO; stakes.len()];
	let mut by_reports = ByReports { reports, stakes, params };
	let mut by_products = Gram::new(reports, stakes).map(|gram| ByProducts { gram, params });
	for _ in 0..params.rounds {
		// What is out of range for the products is done by the reports from then on.
		let quick = by_products.as_mut().and_then(|scoring| slopes(scoring, &current).ok());
		let slopes;
		(scores, slopes) = match quick {
			Some(found) => found,
			None => {
				by_products = None;
				self::slopes(&mut by_reports, &current)?
			}
		};
		scored.clone_from(&current);
		let stepped = gather(current.iter().zip(&slopes).map(|(coefficient, slope)| {
			let next = add(*coefficient, mul(params.learning_rate, *slope)?)?;
			Ok(next.clamp(Real::ZERO, Real::ONE))
		}))?;
		let Some(next) = held_at_floor(&current, stepped, stakes, params)? else {
			break;
		};
		let moved = |(old, new): (&Real, &Real)| new.to_bits().abs_diff(old.to_bits());
		let largest = current.iter().zip(&next).map(moved).max().unwrap_or_default();
		current = lifted(&next, params);
		let least = mul(params.gradient_threshold, params.learning_rate)?;
		if largest < least.to_bits().unsigned_abs() {
			break;
		}
	}
	let adjusted_stakes = adjusted_stakes(stakes, &scored)?;
	Ok(ReputerScores { scores, coefficients: current, adjusted_stakes })
}
