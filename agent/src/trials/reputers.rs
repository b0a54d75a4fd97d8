//! Reputers: what a minority can do to the truth, and what a panel of them would be paid.

use super::{
	attacks::NOISE,
	networks::{mean, spreads, truths},
	Base, Bound, Finding, RULES,
};
use crate::{
	coordinator::reals,
	loss::decimals,
	pay::{measure, Settled},
	rules::RuleName,
	synthetic::Random,
};
use allora_math::{
	arith::sub,
	claims, convert,
	loss::{Spread, MAX_RAW, MAX_VALUE},
	losses::{network_losses, weighted_median},
	rewards::reputer_fractions,
	scores::{reputer_scores, ReputerParams},
	MathResult, Real,
};
use anyhow::{Context, Result};
use sp_arithmetic::FixedI128;

/// Reputers on either side of the attack by a minority, and the stake of each.
const SIDE: usize = 10;
const HONEST_STAKE: u32 = 51;
const OTHER_STAKE: u32 = 49;

/// The epochs in which reports of a minority move the truth, or under the original's rule the loss of
/// the network, out of the range of the honest ones.
pub fn minority(base: &Base) -> Result<Vec<Finding>> {
	let mut random = Random::new(31);
	let (usual, spreads) = (usual_error(base), spreads(&base.inputs)?);
	let mut moved = [0.0, 0.0];
	for (at, truth) in truths(&base.inputs).into_iter().enumerate() {
		let honest: Vec<_> = (0..SIDE).map(|_| truth + 0.01 * usual * random.normal()).collect();
		let (honest, sign) = (decimals(&honest)?, if at % 2 == 0 { 1 } else { -1 });

		let wrong = FixedI128::from_inner(sign * MAX_VALUE.into_inner());
		let mut votes: Vec<_> = honest.iter().map(|value| (*value, HONEST_STAKE.into())).collect();
		votes.extend([(wrong, OTHER_STAKE.into()); SIDE]);
		moved[0] += outside(&honest, weighted_median(&mut votes)?);

		let loss = |value: &FixedI128| {
			let network = std::iter::once(base.runs[1][at].network.as_slice());
			let losses = measure(&base.inputs.topic, &spreads[at], &[*value], network)?;
			Ok(losses.first().context("an element has a loss")?.learned)
		};
		let honest = honest.iter().map(loss).collect::<Result<Vec<_>>>()?;
		let wrong = [MAX_RAW * sign; SIDE];
		let reports: Vec<_> = honest.iter().chain(&wrong).map(|loss| vec![*loss]).collect();
		let stakes = [HONEST_STAKE, OTHER_STAKE].map(|stake| vec![Real::from_num(stake); SIDE]);
		let found = network_losses(&stakes.concat(), &reports)?;
		moved[1] += outside(&honest, *found.first().context("an element has a loss")?);
	}
	let measured = "epochs with the truth (regret: the loss) outside the honest range";
	let finding = Finding::new("reports of +-1e15 (regret: losses of +-1000)", measured, moved);
	Ok(vec![finding.taking("49 % of the reporting stake").within(Bound::AtMost(0.0))])
}

/// 1 if a number is outside of the range of others, else 0.
fn outside<T: PartialOrd>(others: &[T], number: T) -> f64 {
	let above = others.iter().all(|other| *other < number);
	let below = others.iter().all(|other| *other > number);
	f64::from(u8::from(above || below))
}

/// The mean size of the errors of the network as it is, under the default rule.
fn usual_error(base: &Base) -> f64 {
	let pairs = truths(&base.inputs).into_iter().zip(&base.runs[0]);
	let errors = pairs.map(|(truth, settled)| (truth - settled.network[0].to_num::<f64>()).abs());
	mean(&errors.collect::<Vec<_>>())
}

/// The members of the panel, with their stakes.
const PANEL: [(&str, u32); 8] = [
	("exact", 4),
	("noise of a tenth of the network's error", 1),
	("noise of the network's error", 1),
	("biased by 0.3 of the network's error", 3),
	("the truth of the epoch before", 1),
	("the network inference", 1),
	("truths of other epochs", 1),
	("exact, off by 1e9 in every tenth epoch", 1),
];

/// The epochs at the start that do not count for reputers.
const WARM: usize = 50;

/// What each member of a panel of reputers is paid per stake, that of the exact one being 1.
pub fn panel(base: &Base) -> Result<Vec<Finding>> {
	let of = RULES.map(|rule| panel_under(base, rule));
	let [mixture, regret] = of;
	let (mixture, regret) = (mixture?, regret?);
	let rows = PANEL.iter().enumerate().skip(1).map(|(at, (name, _))| {
		let found = [mixture[at] / mixture[0], regret[at] / regret[0]];
		let finding = Finding::new(format!("reputer: {name}"), "pay per stake, 1 = exact", found);
		match *name {
			"truths of other epochs" => finding.within(NOISE),
			_ => finding,
		}
	});
	Ok(rows.collect())
}

/// The pay per stake of each member of the panel under a rule.
fn panel_under(base: &Base, rule: RuleName) -> Result<Vec<f64>> {
	let inputs = &base.inputs;
	let run = &base.runs[usize::from(rule != RULES[0])];
	let (known, usual, spreads) = (truths(inputs), usual_error(base), spreads(inputs)?);
	let (mut random, mut paid) = (Random::new(32), vec![0.0; PANEL.len()]);
	let all: u32 = PANEL.iter().map(|(_, stake)| stake).sum();
	let part = |stake: u32| convert::ratio(stake.into(), all.into());
	let stakes = PANEL.iter().map(|(_, stake)| part(*stake)).collect::<MathResult<Vec<_>>>()?;
	let mut coefficients = vec![Real::ONE; PANEL.len()];
	for (at, (settled, truth)) in run.iter().zip(&known).enumerate() {
		let drawn = known[random.uniform(0.0..known.len() as f64) as usize];
		let reports = decimals(&[
			*truth,
			truth + 0.1 * usual * random.normal(),
			truth + usual * random.normal(),
			truth + 0.3 * usual,
			known[at.saturating_sub(1)],
			settled.network[0].to_num(),
			drawn,
			if at % 10 == 0 { truth + 1e9 } else { *truth },
		])?;
		let shares = match rule {
			RuleName::Mixture => by_accuracy(base, &spreads[at], settled, &reports, &stakes)?,
			RuleName::Regret => {
				let inferences = reals(&inputs.epochs[at].inferences.concat())?;
				let elements =
					[settled.network.clone(), settled.naive.clone(), inferences].concat();
				let losses = implied(base, &spreads[at], &reports, &elements)?;
				let params = ReputerParams::default();
				let scored = reputer_scores(&losses, &stakes, &coefficients, &params)?;
				coefficients = scored.coefficients;
				reputer_fractions(&stakes, &scored.scores, Real::ONE)?
			}
		};
		if at >= WARM {
			for ((sum, share), (_, stake)) in paid.iter_mut().zip(&shares).zip(PANEL) {
				*sum += share.to_num::<f64>() / f64::from(stake);
			}
		}
	}
	Ok(paid)
}

/// The losses that follow from each reported truth, as scores of reputers compare them (S 12.3).
fn implied(
	base: &Base,
	spreads: &[Spread],
	reports: &[FixedI128],
	elements: &[Real],
) -> Result<Vec<Vec<Real>>> {
	let losses = reports.iter().map(|report| {
		let losses = measure(&base.inputs.topic, spreads, &[*report], elements.chunks(1))?;
		Ok(losses.iter().map(|loss| loss.learned).collect())
	});
	losses.collect()
}

/// The shares of reputers by the distance of their reports from the accepted truth.
fn by_accuracy(
	base: &Base,
	spreads: &[Spread],
	settled: &Settled,
	reports: &[FixedI128],
	stakes: &[Real],
) -> Result<Vec<Real>> {
	let votes = PANEL.iter().map(|(_, stake)| u128::from(*stake));
	let mut votes: Vec<_> = reports.iter().copied().zip(votes).collect();
	let truth = weighted_median(&mut votes)?;
	let values = reports.iter().chain([&truth]).map(|value| convert::from_fixed(*value));
	let values = values.collect::<MathResult<Vec<_>>>()?;
	let losses = measure(&base.inputs.topic, spreads, &[truth], values.chunks(1))?;
	let (least, losses) = losses.split_last().context("the truth has a loss")?;
	let distances = losses.iter().map(|loss| Ok(sub(loss.own, least.own)?.max(Real::ZERO)));
	let distances = distances.collect::<MathResult<Vec<_>>>()?;
	Ok(claims::accuracy_fractions(settled.usual_loss, stakes, &distances)?)
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn ends_of_the_honest_range_are_inside() {
		assert_eq!([1, 3, 4].map(|number| outside(&[4, 1], number)), [0.0; 3]);
		assert_eq!([0, 5].map(|number| outside(&[4, 1], number)), [1.0; 2]);
	}
}
