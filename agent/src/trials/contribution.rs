//! Whether pay follows contribution: of workers, newcomers, copies, noise, forecasters, reputers.

use super::{
	attacks::{last_of_mean, shuffled, wide, DRAWS, NOISE},
	drawn,
	networks::{first, moment, split, truths, with_forecasters, with_member, without_member},
	pay_of, reputers, sums, together, Base, Bound, Finding, Run, Runs, Trial, RULES,
};
use crate::{
	pay,
	ranks::{correlation, rank_correlation},
	rules::RuleName,
	synthetic::{Random, Scenario},
};
use anyhow::Result;
use rayon::prelude::*;
use std::ops::Range;

/// The number of epochs over which pay is compared with contribution.
pub const EPOCHS: usize = 2100;

/// The number of epochs over which both are added up.
const WINDOW: usize = 300;

/// All trials.
pub const TRIALS: [Trial; 9] = [
	correlations,
	noise,
	copies,
	|base| newcomer(base, 0.5),
	|base| newcomer(base, 0.8),
	|base| newcomer(base, 0.9),
	forecasters,
	context_forecasters,
	reputers::panel,
];

/// The network's loss of each epoch without each inferer, less that with it: the whole run repeated.
fn contributions(base: &Base, rule: RuleName, run: &Run) -> Result<Vec<Vec<f64>>> {
	let of = |member: usize| {
		let without = pay::run(rule, &without_member(&base.inputs, member), base.lag)?;
		Ok(without.iter().zip(run).map(|(without, with)| without.loss - with.loss).collect())
	};
	(0..base.inferers()).into_par_iter().map(of).collect()
}

/// Pay against contribution in a part of a run.
struct Compared {
	rank: f64,
	/// The rank correlation of pay with the one-out differences that a settlement sees.
	seen: f64,
	amounts: f64,
	/// The part of pay that goes to inferers whose absence would have cost the network something.
	to_contributors: f64,
}

impl Compared {
	fn new(run: &Run, contributions: &[Vec<f64>], epochs: Range<usize>) -> Self {
		let part = &run[epochs.clone()];
		let inferers = contributions.len();
		let paid = pay_of(part, inferers);
		let given: Vec<f64> =
			contributions.iter().map(|list| list[epochs.clone()].iter().sum()).collect();
		let seen = sums(part, inferers, |settled| &settled.worths);
		let useful: Vec<_> = (0..inferers).filter(|member| given[*member] > 0.0).collect();
		Self {
			rank: rank_correlation(&paid, &given),
			seen: rank_correlation(&paid, &seen),
			amounts: correlation(&paid, &given),
			to_contributors: together(&paid, &useful) / paid.iter().sum::<f64>(),
		}
	}
}

/// What is reported of a comparison, and its name.
type Number = (&'static str, fn(&Compared) -> f64);

/// The numbers of a comparison.
const NUMBERS: [Number; 4] = [
	("rank correlation of pay and contribution", |found| found.rank),
	("rank correlation of pay and one-out differences", |found| found.seen),
	("linear correlation of pay and contribution", |found| found.amounts),
	("part of pay to workers that the network needs", |found| found.to_contributors),
];

/// The correlations of pay with contribution.
fn correlations(base: &Base) -> Result<Vec<Finding>> {
	let epochs = base.inputs.epochs.len();
	let windows = (0..epochs / WINDOW).map(|at| at * WINDOW..(at + 1) * WINDOW);
	let windows: Vec<_> = windows.collect();
	let mut parts = Vec::new();
	for (rule, run) in RULES.into_iter().zip(&base.runs) {
		let contributions = contributions(base, rule, run)?;
		let compared = |epochs: Range<usize>| Compared::new(run, &contributions, epochs);
		let windows: Vec<_> = windows.iter().cloned().map(compared).collect();
		parts.push((windows, [compared(0..epochs)]));
	}
	let [(mixture, mixture_all), (regret, regret_all)] = parts.as_slice() else {
		return Ok(Vec::new());
	};
	let split = mixture.len().min(1);
	let lists = [
		("first 300 epochs", &mixture[..split], &regret[..split], true),
		("later windows of 300 epochs", &mixture[split..], &regret[split..], true),
		("whole run", mixture_all, regret_all, false),
	];
	let findings = lists.into_iter().flat_map(|(trial, mixture, regret, barred)| {
		NUMBERS.into_iter().enumerate().map(move |(at, (measured, of))| {
			let of = |list: &[Compared]| list.iter().map(of).collect::<Vec<_>>();
			let finding = Finding::of_draws(trial, measured, [&of(mixture), &of(regret)]);
			match barred && at == 0 {
				true => finding.within(Bound::AtLeast(0.8)),
				false => finding,
			}
		})
	});
	Ok(findings.collect())
}

/// Workers that send noise.
fn noise(base: &Base) -> Result<Vec<Finding>> {
	drawn(DRAWS, |draw| {
		let all = 0..base.inputs.epochs.len();
		let finding = |name: &str, inputs| -> Result<Finding> {
			let runs = base.both(&inputs)?;
			let found = last_of_mean(&runs, base.inferers() + 1, all.clone());
			Ok(Finding::new(name, "pay, 1 = mean", found).within(NOISE))
		};
		Ok(vec![
			finding("worker of noise as wide as the truths", wide(&base.inputs, draw))?,
			finding("worker of truths of other epochs", shuffled(&base.inputs, draw))?,
		])
	})
}

/// An exact copy of the best worker.
fn copies(base: &Base) -> Result<Vec<Finding>> {
	let (best, inferers) = (base.best, base.inferers());
	let runs = base.both(&split(&base.inputs, best, 2, 0.0, 1))?;
	let ratio = |run: &Run, plain: &Run| {
		together(&pay_of(run, inferers + 1), &[best, inferers]) / pay_of(plain, inferers)[best]
	};
	let found = [ratio(&runs[0], &base.runs[0]), ratio(&runs[1], &base.runs[1])];
	let finding =
		Finding::new("an exact copy of the best worker", "pay of both, 1 = one account's", found);
	Ok(vec![finding.within(Bound::AtMost(1.1))])
}

/// The number of epochs in which a leader is looked for.
const LEADING: usize = 20;

/// The first epoch from which a member leads in most of the next 20.
fn leads_from(leads: &[bool]) -> Option<usize> {
	leads.windows(LEADING).position(|next| 2 * next.iter().filter(|lead| **lead).count() > LEADING)
}

/// Whether the last of some numbers is larger than all others.
fn last_leads(numbers: &[f64]) -> bool {
	let last = numbers.split_last();
	last.is_some_and(|(own, others)| others.iter().all(|other| other < own))
}

/// A newcomer whose errors are a part of the network's.
fn newcomer(base: &Base, part: f64) -> Result<Vec<Finding>> {
	drawn(DRAWS, |draw| {
		let truths = truths(&base.inputs);
		let moment = moment(truths.len(), draw, DRAWS);
		let plain = |at: usize| base.runs[0][at].network[0].to_num::<f64>();
		let value = |at: usize| truths[at] - part * (truths[at] - plain(at));
		let inputs = with_member(&base.inputs, None, |at| (at >= moment).then(|| value(at)));
		let run = base.default_only(&inputs)?;
		let since = &run[moment..];
		let paid: Vec<_> = since.iter().map(|settled| last_leads(&settled.shares)).collect();
		let mut sums = vec![0.0; base.inferers() + 1];
		let given = since.iter().map(|settled| {
			sums.iter_mut().zip(&settled.worths).for_each(|(sum, worth)| *sum += worth);
			last_leads(&sums)
		});
		let given: Vec<_> = given.collect();
		let finding = |measured: &str, leads: &[bool]| {
			let epochs = leads_from(leads).unwrap_or(since.len()) as f64;
			let trial = format!("newcomer with {part} of the network's error");
			Finding::new(trial, measured, [epochs, f64::NAN])
		};
		Ok(vec![
			finding("epochs until it is paid best", &paid).within(Bound::AtMost(60.0)),
			finding("epochs until it has contributed most", &given),
		])
	})
}

/// The forecasters' part of the workers' pay, and the shares of that.
fn parts(run: &Run) -> (f64, Vec<f64>) {
	let count = run.first().map_or(0, |settled| settled.forecasters.len());
	let got = |at: usize| {
		run.iter().map(|settled| settled.forecasting * settled.forecasters[at]).sum::<f64>()
	};
	let got: Vec<_> = (0..count).map(got).collect();
	(got.iter().sum::<f64>() / run.len() as f64, got)
}

/// The demo's forecasters, and one of noise in their place.
fn forecasters(base: &Base) -> Result<Vec<Finding>> {
	let measured = "part of the workers' pay";
	let part = |runs: &Runs| [parts(&runs[0]).0, parts(&runs[1]).0];
	let mut findings = vec![Finding::new("the demo's forecasters", measured, part(&base.runs))];
	findings.extend(drawn(DRAWS, |draw| {
		let mut random = Random::new(600 + draw);
		let mut row = || (0..base.inferers()).map(|_| random.normal()).collect();
		let runs = base.both(&with_forecasters(&base.inputs, 1, |_| vec![row()]))?;
		let finding = Finding::new("a forecaster of noise alone", measured, part(&runs));
		Ok(vec![finding.within(LITTLE)])
	})?);
	Ok(findings)
}

/// The most that is nearly nothing, of a class's pay.
const LITTLE: Bound = Bound::AtMost(0.02);

/// The most epochs of a made-up network.
const MADE_UP: usize = 1200;

/// Made-up networks with public states, which one forecaster knows.
fn context_forecasters(base: &Base) -> Result<Vec<Finding>> {
	drawn(DRAWS, |draw| {
		let network = Scenario::Context.network_of(&base.inputs.topic, draw);
		let network = first(&network, base.inputs.epochs.len().min(MADE_UP));
		let mut random = Random::new(700 + draw);
		let knows = |at: usize| network.epochs[at].forecasts[1].clone();
		let only = |count: usize| with_forecasters(&network, count, |at| vec![knows(at); count]);
		let noise = with_forecasters(&network, 2, |at| {
			vec![knows(at), network.epochs[at].inferences.iter().map(|_| random.normal()).collect()]
		});
		let run = |inputs| -> Result<_> {
			let runs = base.both(&inputs)?;
			Ok([parts(&runs[0]), parts(&runs[1])])
		};
		let (one, two, noise) = (run(only(1))?, run(only(2))?, run(noise)?);
		let finding = |measured: &str, of: &dyn Fn(usize) -> f64| {
			Finding::new("made-up network with context", measured, [of(0), of(1)])
		};
		let share = |at: usize| noise[at].1[1] / noise[at].1.iter().sum::<f64>();
		Ok(vec![
			finding("part of the workers' pay, forecaster that knows", &|at| one[at].0),
			finding("part of two such forecasters, 1 = one", &|at| two[at].0 / one[at].0)
				.within(Bound::AtMost(1.1)),
			finding("noise beside it, part of the forecasters' pay", &share).within(LITTLE),
		])
	})
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::pay::Settled;

	#[test]
	fn leader_is_found_where_most_of_the_next_epochs_are_led() {
		let mut leads = vec![false; 10];
		leads.extend([true; 30]);
		// From epoch 1 on, 11 of 20 are led.
		assert_eq!(leads_from(&leads), Some(1));
		assert_eq!(leads_from(&[false; 40]), None);
		assert_eq!(leads_from(&[true; 5]), None);
	}

	#[test]
	fn pay_is_compared_with_what_the_network_would_have_lost() {
		let settled = |shares: [f64; 3], worths: [f64; 3]| Settled {
			shares: shares.to_vec(),
			worths: worths.to_vec(),
			..Settled::default()
		};
		let run = vec![settled([0.5, 0.3, 0.2], [3.0, 1.0, 2.0]); 2];
		let given = [vec![3.0, 1.0], vec![2.0, -1.0], vec![-5.0, 1.0]];
		let compared = Compared::new(&run, &given, 0..2);
		assert!((compared.rank - 1.0).abs() < 1e-12);
		assert!((compared.seen - 0.5).abs() < 1e-12);
		assert!((compared.to_contributors - 0.8).abs() < 1e-12);
	}
}
