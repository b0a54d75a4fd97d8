//! The consensus of an epoch's reports: the truth, and the losses that follow from it (S 10).

use crate::{spreads::Spreads, synthesise::reals};
use alloc::vec::Vec;
use allora_math::{
	arith::sub,
	convert::ratio,
	layout::Layout,
	loss::{Loss, Spread, Target},
	losses::weighted_median,
	MathError, MathResult, Real,
};
use allora_primitives::{
	bundle::Inference, Bundle, FixedI128, LossMethod, Report, ReportPayload, TopicParameters,
};

/// What the reports on an epoch agree on.
pub(crate) struct Consensus {
	/// The truth, one value per label; `None` if losses were reported.
	pub(crate) truth: Option<Inference>,
	/// The network's losses as they are learned from, one per element of the bundle.
	pub(crate) losses: Vec<Real>,
	/// The same in the unit of the topic's loss.
	pub(crate) own: Vec<Real>,
	/// The loss of the mean of the truths before this one, in the unit of the topic's loss; `None`
	/// if there is none, if the mean is not an accepted inference, or if losses were reported.
	pub(crate) reference: Option<Real>,
	/// The loss of each reputer's truth, measured against the consensus, less that of the consensus
	/// itself; `None` if losses were reported.
	pub(crate) distances: Option<Vec<Real>>,
	/// Per reputer, the losses by which it is scored: those that it reported, or those of the
	/// [scored elements](scored_elements) that follow from the truth that it reported.
	pub(crate) rows: Vec<Vec<Real>>,
	/// Each reputer's part of the stake behind the reports.
	pub(crate) shares: Vec<Real>,
}

/// The number of elements by whose losses a truth is scored: the combined and the naive inference,
/// and each inferer's, which come first in a bundle (S 12.3).
///
/// The others are averages of the same values, whose losses would only repeat these.
pub(crate) const fn scored_elements(inferers: u32) -> u32 {
	inferers.saturating_add(2)
}

/// The consensus of the reports on a bundle, and with it the spreads of the topic's truths, which
/// then include this epoch's.
pub(crate) fn consensus<AccountId>(
	parameters: &TopicParameters,
	bundle: &Bundle<AccountId>,
	layout: &Layout,
	reports: &[Report<AccountId>],
	spreads: &mut Spreads,
) -> MathResult<Consensus> {
	let shares = shares(reports)?;
	let Some(method) = chain_loss(&parameters.loss_method) else {
		let losses = reals(median_row(reports, layout.len())?.iter())?;
		let rows = reports.iter().map(|report| reals(reported(report).iter()));
		return Ok(Consensus {
			truth: None,
			own: losses.clone(),
			losses,
			reference: None,
			distances: None,
			rows: rows.collect::<MathResult<_>>()?,
			shares,
		});
	};
	let labels = parameters.labels.len();
	let truth = Inference::try_from(median_row(reports, labels)?).map_err(|_| MathError::Shape)?;
	let known = spreads.known(&truth);
	let values = || bundle.element_values.chunks_exact(labels.max(1)).take(layout.len());
	let target = Target::new(method, &truth, &known, parameters.loss_floor)?;
	let measured = values().map(|values| target.measure(values)).collect::<MathResult<Vec<_>>>()?;
	let losses: Vec<_> = measured.iter().map(|loss| loss.learned).collect();
	let scored = scored_elements(layout.inferers as u32) as usize;
	let agreed = losses.get(..scored).ok_or(MathError::Shape)?;
	let row = |report: &Report<AccountId>| match reported(report) {
		own if own == truth.as_slice() => Ok(agreed.to_vec()),
		own => compute(method, own, values().take(scored), &known, parameters.loss_floor),
	};
	let rows = reports.iter().map(row).collect::<MathResult<_>>()?;
	let least = target.measure(&truth)?.own;
	let distance = |report: &Report<AccountId>| match reported(report) {
		own if own == truth.as_slice() => Ok(Real::ZERO),
		own => Ok(sub(target.measure(own)?.own, least)?.max(Real::ZERO)),
	};
	let distances = reports.iter().map(distance).collect::<MathResult<_>>()?;
	let mean: Vec<_> = known.iter().map(|spread| spread.mean).collect();
	let accepted = !spreads.0.is_empty() && parameters.check_inference(&mean).is_ok();
	let reference = accepted.then(|| target.measure(&mean).map(|loss| loss.own)).transpose()?;
	spreads.add(&truth)?;
	Ok(Consensus {
		own: measured.into_iter().map(|loss| loss.own).collect(),
		truth: Some(truth),
		losses,
		reference,
		distances: Some(distances),
		rows,
		shares,
	})
}

/// The losses of elements, each with one value per label.
pub(crate) fn compute<'a>(
	method: Loss,
	truth: &[FixedI128],
	elements: impl Iterator<Item = &'a [FixedI128]>,
	spreads: &[Spread],
	floor: FixedI128,
) -> MathResult<Vec<Real>> {
	let target = Target::new(method, truth, spreads, floor)?;
	elements.map(|values| target.loss(values)).collect()
}

/// The loss method as the formulas take it; `None` for a custom one.
pub(crate) fn chain_loss(method: &LossMethod) -> Option<Loss<'_>> {
	Some(match method {
		LossMethod::Squared => Loss::Squared,
		LossMethod::Absolute => Loss::Absolute,
		LossMethod::Huber { delta } => Loss::Huber { delta: *delta },
		LossMethod::LogCosh => Loss::LogCosh,
		LossMethod::Pinball { levels } => Loss::Pinball { levels },
		LossMethod::Brier => Loss::Brier,
		LossMethod::CrossEntropy => Loss::CrossEntropy,
		LossMethod::Poisson => Loss::Poisson,
		LossMethod::Ztae => Loss::Ztae,
		LossMethod::Zptae => Loss::Zptae,
		LossMethod::Czar { alpha } => Loss::Czar { alpha: *alpha },
		LossMethod::Custom(_) => return None,
	})
}

/// Each reputer's part of the stake behind the reports.
pub(crate) fn shares<AccountId>(reports: &[Report<AccountId>]) -> MathResult<Vec<Real>> {
	let total = reports.iter().try_fold(0u128, |sum, report| sum.checked_add(report.authority));
	let total = total.ok_or(MathError::Overflow)?;
	reports.iter().map(|report| ratio(report.authority, total)).collect()
}

/// The medians of what was reported, value by value, by authority (S 10.2).
///
/// Listening coefficients do not count: they rise for reputers who agree, whether they are right or
/// not, so that a minority could lift its own until it decides the truth.
fn median_row<AccountId>(
	reports: &[Report<AccountId>],
	values: usize,
) -> MathResult<Vec<FixedI128>> {
	let mut votes = Vec::with_capacity(reports.len());
	let mut medians = Vec::with_capacity(values);
	for at in 0..values {
		votes.clear();
		for report in reports {
			votes.push((*reported(report).get(at).ok_or(MathError::Shape)?, report.authority));
		}
		medians.push(weighted_median(&mut votes)?);
	}
	Ok(medians)
}

/// The values of a report.
fn reported<AccountId>(report: &Report<AccountId>) -> &[FixedI128] {
	match &report.payload {
		ReportPayload::Truth(truth) => truth,
		ReportPayload::Losses(losses) => losses,
	}
}
