//! The attacks on a network, and what each of them reaches.

use super::{
	drawn, effective, losses,
	networks::{
		accounts, deviation, first, median, moment, pool, split, spreads, truths, with_forecasters,
		with_member, with_values,
	},
	pay_of, reputers, sums, together, Base, Bound, Finding, Run, Runs, Trial, RULES,
};
use crate::{
	pay::{self, Paying, Settled},
	simulate::{Epoch, Inputs},
	synthetic::Random,
};
use anyhow::Result;
use std::ops::Range;

/// The number of epochs over which attacks run.
pub const EPOCHS: usize = 1200;

/// The largest value that the chain accepts.
pub const ABSURD: f64 = 1e15;

/// The most that exact copies weigh and earn together, of what one does; and those with jitter.
const COPIES: Bound = Bound::AtMost(1.1);
const JITTERED: Bound = Bound::AtMost(1.5);

/// The most that noise earns, of the mean.
pub const NOISE: Bound = Bound::AtMost(0.2);

/// The standard deviation of jitter, in those of an epoch's values.
const JITTER: f64 = 0.1;

/// The number of draws of trials that depend on random numbers or on a moment.
pub const DRAWS: u64 = 5;

/// The number of epochs that an account lives that is registered again and again.
const LIFE: usize = 50;

/// The number of epochs after a disturbance that are looked at.
const AFTER: usize = 60;

/// An attack by its name.
pub type Attack = (&'static str, Trial);

/// All attacks.
pub const ATTACKS: [Attack; 25] = [
	("minority-reports", reputers::minority),
	("extreme-values", extremes),
	("wrong-truth", wrong_truth),
	("absurd-value", absurd_values),
	("absurd-value-of-the-best", absurd_pay),
	("absurd-worker", absurd_for_ever),
	("copies-2", |base| copies(base, 2, 0.0)),
	("copies-5", |base| copies(base, 5, 0.0)),
	("copies-10", |base| copies(base, 10, 0.0)),
	("jittered-copies-2", |base| copies(base, 2, JITTER)),
	("jittered-copies-5", |base| copies(base, 5, JITTER)),
	("jittered-copies-10", |base| copies(base, 10, JITTER)),
	("jittered-accounts-10", |base| splitting(base, base.middle, "the middle worker", 10, JITTER)),
	("noisy-accounts-of-the-best-2", |base| splitting(base, base.best, "the best worker", 2, 0.3)),
	("noisy-accounts-of-the-best-10", |base| {
		splitting(base, base.best, "the best worker", 10, 0.3)
	}),
	("noisy-accounts-10", |base| splitting(base, base.middle, "the middle worker", 10, 0.3)),
	("noise", |base| useless(base, "noise as wide as the truths", wide)),
	("shuffled-truths", |base| useless(base, "truths of other epochs", shuffled)),
	("late-copy", delayed_copy),
	("new-accounts", new_accounts),
	("sleeper", sleeper),
	("noisy-forecasters", noisy_forecasters),
	("opposite-forecaster", mirrored_forecaster),
	("lying-forecaster", lying_forecaster),
	("turning-forecaster", turning_forecaster),
];

/// The runs and epochs of [`extremes`].
const RUNS: u64 = 20;
const SHORT: usize = 100;

/// Values, forecasts and truths at the ends of the accepted ranges, tiny ones and zeros, mixed: the
/// runs of which an epoch cannot be learned or settled.
fn extremes(base: &Base) -> Result<Vec<Finding>> {
	let failed = |draw: u64| {
		let mut random = Random::new(800 + draw);
		let mut inputs = first(&base.inputs, SHORT);
		let mut extreme = |honest: f64| match random.uniform(0.0..6.0) as usize {
			0 => ABSURD,
			1 => -ABSURD,
			2 => 1e-18,
			3 => 0.0,
			_ => honest,
		};
		for epoch in &mut inputs.epochs {
			let rows = epoch.inferences.iter_mut().chain(&mut epoch.forecasts);
			let numbers = rows.chain([&mut epoch.truth]).flatten();
			numbers.for_each(|number| *number = extreme(*number));
		}
		let failed = |rule| f64::from(u8::from(pay::run(rule, &inputs, base.lag).is_err()));
		RULES.map(failed)
	};
	let failed: Vec<_> = (0..RUNS).map(failed).collect();
	let count = |rule: usize| failed.iter().map(|run| run[rule]).sum();
	let finding = Finding::new(
		"values, forecasts, truths of 1e15, -1e15, 1e-18 and 0, mixed",
		"of 20 runs, those with an epoch that fails",
		[count(0), count(1)],
	);
	Ok(vec![finding.taking("all seats").within(Bound::AtMost(0.0))])
}

/// The networks of both systems, in which single values are tried out.
struct Probed {
	mixture: Box<dyn Paying>,
	original: Box<dyn Paying>,
	/// The number of inferers; the mixture rule's network has one more, which is never present.
	members: usize,
}

impl Probed {
	/// The shifts of both network inferences if a member sends another value, in half-widths of the
	/// mixture rule's band; an epoch has a row for the account that is never present.
	fn shifts(&self, epoch: &Epoch, member: usize, value: f64) -> Result<[f64; 2]> {
		let mut other = epoch.clone();
		other.inferences[member] = vec![value];
		let probe = self.mixture.probe(&other)?;
		let shift = |from: f64, to: f64| (to - from).abs() / probe.half_width;
		let moved = shift(self.mixture.probe(epoch)?.network, probe.network);
		if member >= self.members {
			return Ok([moved, f64::NAN]);
		}
		let original = |mut epoch: Epoch| {
			epoch.inferences.truncate(self.members);
			Ok::<_, anyhow::Error>(self.original.probe(&epoch)?.network)
		};
		Ok([moved, shift(original(epoch.clone())?, original(other)?)])
	}
}

/// The largest shift of the network inference by a single value, over epochs, members and signs.
fn absurd_values(base: &Base) -> Result<Vec<Finding>> {
	let members = base.inferers();
	let inputs = with_member(&base.inputs, None, |_| None);
	let mut probed = Probed {
		mixture: pay::start(RULES[0], &inputs),
		original: pay::start(RULES[1], &base.inputs),
		members,
	};
	let (mut newcomer, mut known) = ([0.0f64; 2], [0.0f64; 2]);
	for (at, (epoch, plain)) in inputs.epochs.iter().zip(&base.inputs.epochs).enumerate() {
		if let Some(past) = at.checked_sub(base.lag) {
			probed.mixture.settle(&inputs.epochs[past].truth)?;
			probed.original.settle(&inputs.epochs[past].truth)?;
		}
		let tried = if at >= LIFE && at % 10 == 0 { members + 1 } else { 0 };
		for (member, value) in (0..tried).flat_map(|member| [(member, ABSURD), (member, -ABSURD)]) {
			let largest = if member == members { &mut newcomer } else { &mut known };
			let shifts = probed.shifts(epoch, member, value)?;
			largest.iter_mut().zip(shifts).for_each(|(max, shift)| *max = max.max(shift));
		}
		probed.mixture.begin(epoch)?;
		probed.original.begin(plain)?;
	}
	let finding = |who: &str, found| {
		let measured = "largest shift of the network, in half-widths of the band";
		Finding::new("one value of 1e15", measured, found).taking(who)
	};
	// A value that was at one edge of the band is at the other one: its whole width.
	Ok(vec![
		finding("a newcomer", [newcomer[0], f64::NAN]).within(Bound::AtMost(1.0)),
		finding("any known worker", known).within(Bound::AtMost(2.0)),
	])
}

/// Both runs' number, from each run and that of the network as it is.
fn of_runs(base: &Base, runs: &Runs, number: impl Fn(&Run, &Run) -> f64) -> [f64; 2] {
	let ([mixture, regret], [plain, other]) = (runs, &base.runs);
	[number(mixture, plain), number(regret, other)]
}

/// The epochs after a disturbance that are looked at.
fn after(base: &Base, moment: usize) -> Range<usize> {
	let end = base.inputs.epochs.len();
	(moment + 1).min(end)..(moment + 1 + AFTER).min(end)
}

/// A finding about the network's losses in some epochs.
fn of_losses(base: &Base, trial: &str, runs: &Runs, epochs: Range<usize>) -> Finding {
	let measured = match epochs.start > 0 {
		true => "network's loss in the next 60 epochs, 1 = undisturbed",
		false => "network's loss, 1 = undisturbed",
	};
	let ratio =
		|run: &Run, plain: &Run| losses(&run[epochs.clone()]) / losses(&plain[epochs.clone()]);
	Finding::new(trial, measured, of_runs(base, runs, ratio))
}

/// A finding about how pay is spread after a disturbance.
fn of_spread(base: &Base, trial: &str, runs: &Runs, moment: usize) -> Finding {
	let number = |run: &Run| effective(&run[after(base, moment)], base.inferers());
	let found = of_runs(base, runs, |run, plain| number(run) / number(plain));
	let measured = "effective number of paid workers in the next 60, 1 = undisturbed";
	Finding::new(trial, measured, found)
}

/// The pay of the last inferer of a network over the mean.
pub fn last_of_mean(runs: &Runs, inferers: usize, epochs: Range<usize>) -> [f64; 2] {
	let of = |run: &Run| {
		let part = &run[epochs.clone()];
		pay_of(part, inferers)[inferers - 1] * inferers as f64 / part.len().max(1) as f64
	};
	[of(&runs[0]), of(&runs[1])]
}

/// Reporters of most of the reporting stake report a truth that is far off, once.
fn wrong_truth(base: &Base) -> Result<Vec<Finding>> {
	drawn(DRAWS, |draw| {
		let mut inputs = base.inputs.clone();
		let moment = moment(inputs.epochs.len(), draw, DRAWS);
		inputs.epochs[moment].truth[0] += 1000.0 * deviation(&truths(&base.inputs));
		let runs = base.both(&inputs)?;
		let trial = "a truth off by 1000 sd, once";
		let findings = [
			of_losses(base, trial, &runs, after(base, moment)),
			of_spread(base, trial, &runs, moment),
		];
		Ok(findings.map(|finding| finding.taking("most of the reporting stake")).to_vec())
	})
}

/// The best worker sends an absurd value once.
fn absurd_pay(base: &Base) -> Result<Vec<Finding>> {
	drawn(DRAWS, |draw| {
		let moment = moment(base.inputs.epochs.len(), draw, DRAWS);
		let value = |at: usize| match at == moment {
			true => ABSURD,
			false => base.inputs.epochs[at].inferences[base.best][0],
		};
		let runs = base.both(&with_values(&base.inputs, base.best, |at| Some(value(at))))?;
		let finding = of_spread(base, "one value of 1e15", &runs, moment);
		Ok(vec![finding.taking("the best worker")])
	})
}

/// A worker that sends nothing but absurd values.
fn absurd_for_ever(base: &Base) -> Result<Vec<Finding>> {
	let runs = base.both(&with_member(&base.inputs, None, |_| Some(ABSURD)))?;
	let (trial, all) = ("1e15 in every epoch", 0..base.inputs.epochs.len());
	let pay = last_of_mean(&runs, base.inferers() + 1, all.clone());
	let findings = [
		of_losses(base, trial, &runs, all),
		Finding::new(trial, "pay, 1 = mean", pay).within(NOISE),
	];
	Ok(findings.map(|finding| finding.taking("a seat")).to_vec())
}

/// What accounts have together, of what the one worker has.
fn of_one(
	base: &Base,
	runs: &Runs,
	member: usize,
	count: usize,
	list: fn(&Settled) -> &[f64],
) -> [f64; 2] {
	let (inferers, all) = (base.inferers(), base.inferers() + count - 1);
	let members = accounts(member, inferers, count);
	of_runs(base, runs, |run, plain| {
		together(&sums(run, all, list), &members) / sums(plain, inferers, list)[member]
	})
}

/// The best worker has several accounts that send its value, with or without jitter.
fn copies(base: &Base, count: usize, jitter: f64) -> Result<Vec<Finding>> {
	let (trial, bound, draws) = match jitter > 0.0 {
		true => (format!("{count} copies of the best worker, jitter {jitter} sd"), JITTERED, DRAWS),
		false => (format!("{count} exact copies of the best worker"), COPIES, 1),
	};
	drawn(draws, |draw| {
		let runs = base.both(&split(&base.inputs, base.best, count, jitter, 100 + draw))?;
		let finding = |what: &str, list| {
			let found = of_one(base, &runs, base.best, count, list);
			let finding =
				Finding::new(&trial, format!("{what} together, 1 = one account's"), found);
			finding.taking(format!("{count} seats")).within(bound)
		};
		let weight = finding("weight", |settled| &settled.weights);
		Ok(vec![weight, finding("pay", |settled| &settled.shares)])
	})
}

/// A worker has several accounts, each with noise of its own.
fn splitting(
	base: &Base,
	member: usize,
	who: &str,
	count: usize,
	noise: f64,
) -> Result<Vec<Finding>> {
	let (inferers, all) = (base.inferers(), base.inferers() + count - 1);
	let trial = format!("{who} in {count} accounts, noise {noise} sd");
	drawn(DRAWS, |draw| {
		let runs = base.both(&split(&base.inputs, member, count, noise, 200 + draw))?;
		let gain = |run: &Run, plain: &Run| {
			let now = together(&pay_of(run, all), &accounts(member, inferers, count));
			(now - pay_of(plain, inferers)[member]) * inferers as f64 / run.len() as f64
		};
		let pay = of_one(base, &runs, member, count, |settled| &settled.shares);
		let pay = Finding::new(&trial, "pay together, 1 = one account's", pay);
		let pay = if noise > JITTER { pay } else { pay.within(JITTERED) };
		let gain = of_runs(base, &runs, gain);
		let gain = Finding::new(&trial, "gain of pay, in mean pays of a worker", gain);
		Ok([pay, gain].map(|finding| finding.taking(format!("{count} seats"))).to_vec())
	})
}

/// Noise as wide as the truths around the median of the others.
pub fn wide(inputs: &Inputs, seed: u64) -> Inputs {
	let (width, mut random) = (deviation(&truths(inputs)), Random::new(300 + seed));
	with_member(inputs, None, |at| Some(median(&pool(inputs, at)) + width * random.normal()))
}

/// Truths of other epochs, drawn at random.
pub fn shuffled(inputs: &Inputs, seed: u64) -> Inputs {
	let (truths, mut random) = (truths(inputs), Random::new(400 + seed));
	let mut drawn = || truths[random.uniform(0.0..truths.len() as f64) as usize];
	with_member(inputs, None, |_| Some(drawn()))
}

/// A worker that adds nothing.
fn useless(base: &Base, trial: &str, network: fn(&Inputs, u64) -> Inputs) -> Result<Vec<Finding>> {
	drawn(DRAWS, |draw| {
		let runs = base.both(&network(&base.inputs, draw))?;
		let all = 0..base.inputs.epochs.len();
		let pay = last_of_mean(&runs, base.inferers() + 1, all.clone());
		let findings = [
			Finding::new(trial, "pay, 1 = mean", pay).within(NOISE),
			of_losses(base, trial, &runs, all),
		];
		Ok(findings.map(|finding| finding.taking("a seat")).to_vec())
	})
}

/// A worker sends what the best one sent an epoch ago.
fn delayed_copy(base: &Base) -> Result<Vec<Finding>> {
	let best = |at: usize| base.inputs.epochs[at.saturating_sub(1)].inferences[base.best][0];
	let runs = base.both(&with_member(&base.inputs, None, |at| Some(best(at))))?;
	let of = |measured: &str, member: usize| {
		let found = of_runs(base, &runs, |run, plain| {
			pay_of(run, base.inferers() + 1)[member] / pay_of(plain, base.inferers())[base.best]
		});
		let finding = Finding::new("the best worker's value, an epoch late", measured, found);
		finding.taking("a seat, public values")
	};
	Ok(vec![
		of("pay, 1 = the best worker's without it", base.inferers()),
		of("pay of the best worker, 1 = without it", base.best),
	])
}

/// The best worker registers a new account every 50 epochs.
fn new_accounts(base: &Base) -> Result<Vec<Finding>> {
	let (inferers, best) = (base.inferers(), base.best);
	let lives = base.inputs.epochs.len().div_ceil(LIFE);
	let value = |at: usize| base.inputs.epochs[at].inferences[best][0];
	let alive = |life: usize| move |at: usize| (at / LIFE == life).then(|| value(at));
	let mut network = with_values(&base.inputs, best, alive(0));
	for life in 1..lives {
		network = with_member(&network, Some(best), alive(life));
	}
	let run = base.default_only(&network)?;
	let own = together(&pay_of(&run, inferers + lives - 1), &accounts(best, inferers, lives));
	let found = [own / pay_of(&base.runs[0], inferers)[best], f64::NAN];
	let trial = "the best worker, a new account every 50 epochs";
	let finding = Finding::new(trial, "pay together, 1 = one account's", found);
	Ok(vec![finding.taking(format!("{lives} registrations"))])
}

/// A worker that is far better than the network and then off by 1000 standard deviations.
fn sleeper(base: &Base) -> Result<Vec<Finding>> {
	drawn(DRAWS, |draw| {
		let (truths, end) = (truths(&base.inputs), base.inputs.epochs.len());
		let (width, moment) = (deviation(&truths), moment(end, draw, DRAWS));
		let value = |at: usize| match at <= moment {
			true => truths[at] - 0.1 * (truths[at] - base.runs[0][at].network[0].to_num::<f64>()),
			false => truths[at] + 1000.0 * width,
		};
		let runs = base.both(&with_member(&base.inputs, None, |at| Some(value(at))))?;
		let (trial, inferers) = ("nearly perfect, then off by 1000 sd", base.inferers() + 1);
		let paid = |run: &Run| {
			let mut later = run[moment + 1..].iter();
			let fair = 0.2 / inferers as f64;
			let few = later.position(|settled| settled.shares[inferers - 1] < fair);
			few.map_or(f64::INFINITY, |epochs| epochs as f64)
		};
		let found = [paid(&runs[0]), paid(&runs[1])];
		let findings = [
			of_losses(base, trial, &runs, after(base, moment)),
			Finding::new(trial, "epochs until its share is below a fifth of the mean", found),
		];
		let takes = "a seat, truths in advance";
		Ok(findings.map(|finding| finding.taking(takes)).to_vec())
	})
}

/// The part of the workers' pay of forecasters that are not in the base network.
fn part_of_new(base: &Base, run: &[Settled]) -> f64 {
	let own = |settled: &Settled| {
		let shares = settled.forecasters.get(base.inputs.forecasters..).unwrap_or_default();
		settled.forecasting * shares.iter().sum::<f64>()
	};
	run.iter().map(own).sum::<f64>() / run.len().max(1) as f64
}

/// What more forecasters do to the network's loss, and what part of the workers' pay they get, over
/// all epochs or the next ones after a moment.
fn forecasting(
	base: &Base,
	trial: &str,
	takes: &str,
	inputs: &Inputs,
	epochs: Range<usize>,
) -> Result<Vec<Finding>> {
	let runs = base.both(inputs)?;
	let part = of_runs(base, &runs, |run, _| part_of_new(base, &run[epochs.clone()]));
	let findings = [
		of_losses(base, trial, &runs, epochs),
		Finding::new(trial, "their part of the workers' pay", part),
	];
	Ok(findings.map(|finding| finding.taking(takes)).to_vec())
}

/// The network with forecasts added to those of each epoch.
fn more_forecasters(
	base: &Base,
	more: usize,
	mut rows: impl FnMut(usize) -> Vec<Vec<f64>>,
) -> Inputs {
	let inputs = &base.inputs;
	with_forecasters(inputs, inputs.forecasters + more, |at| {
		[inputs.epochs[at].forecasts.clone(), rows(at)].concat()
	})
}

/// The losses of all inferers in each epoch, known in advance.
fn foreseen(base: &Base) -> Result<Vec<Vec<f64>>> {
	let Inputs { topic, epochs, .. } = &base.inputs;
	let of = |(epoch, spreads): (&Epoch, Vec<_>)| {
		let loss = |row: &Vec<f64>| topic.learned(row, &epoch.truth, &spreads);
		epoch.inferences.iter().map(loss).collect()
	};
	Ok(epochs.iter().zip(spreads(&base.inputs)?).map(of).collect())
}

/// These numbers, or their opposites.
fn signed(numbers: &[f64], sign: f64) -> Vec<f64> {
	numbers.iter().map(|number| sign * number).collect()
}

fn noisy_forecasters(base: &Base) -> Result<Vec<Finding>> {
	drawn(DRAWS, |draw| {
		let mut random = Random::new(500 + draw);
		let mut row = || (0..base.inferers()).map(|_| random.normal()).collect();
		let inputs = more_forecasters(base, 6, |_| (0..6).map(|_| row()).collect());
		let all = 0..base.inputs.epochs.len();
		forecasting(base, "six forecasters of noise", "six seats", &inputs, all)
	})
}

/// A forecaster that expects the opposite of what the demo's last one does.
fn mirrored_forecaster(base: &Base) -> Result<Vec<Finding>> {
	let inputs = more_forecasters(base, 1, |at| {
		let honest = base.inputs.epochs[at].forecasts.last().cloned().unwrap_or_default();
		vec![honest.iter().map(|loss| -loss).collect()]
	});
	let all = 0..base.inputs.epochs.len();
	forecasting(base, "a forecaster, opposite of an honest one", "a seat", &inputs, all)
}

/// A forecaster that knows all losses in advance and reports the opposite.
fn lying_forecaster(base: &Base) -> Result<Vec<Finding>> {
	let losses = foreseen(base)?;
	let inputs = more_forecasters(base, 1, |at| vec![signed(&losses[at], -1.0)]);
	let (takes, all) = ("a seat, truths in advance", 0..base.inputs.epochs.len());
	forecasting(base, "a forecaster, opposite of the losses to come", takes, &inputs, all)
}

/// A forecaster that reports the losses to come, and from a moment on the opposite.
fn turning_forecaster(base: &Base) -> Result<Vec<Finding>> {
	let losses = foreseen(base)?;
	drawn(DRAWS, |draw| {
		let moment = moment(base.inputs.epochs.len(), draw, DRAWS);
		let sign = |at: usize| if at <= moment { 1.0 } else { -1.0 };
		let inputs = more_forecasters(base, 1, |at| vec![signed(&losses[at], sign(at))]);
		let (trial, takes) =
			("a forecaster that knows all, then lies", "a seat, truths in advance");
		forecasting(base, trial, takes, &inputs, after(base, moment))
	})
}
