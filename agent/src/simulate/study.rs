//! What a simulated network is worth, and what each participant adds to it: scores, expected pay, track
//! records, and how the result changes with the parameters and without a participant.

use super::{run, Inputs};
use crate::{
	figures::{Figures, Metric},
	pay::{self, Settled},
	report::{Errors, Report},
	rules::RuleName,
	track_record::{Added, TrackRecord},
	trials::{
		self,
		networks::{first, with_forecasters, without_forecaster, without_member},
		Base, Trial,
	},
};
use allora_math::loss::Loss;
use anyhow::{ensure, Context, Result};
use rayon::prelude::*;
use serde::Serialize;
use sp_arithmetic::FixedI128;

/// A simulated topic with all that was found.
#[derive(Clone, Debug, Serialize)]
pub struct Study {
	/// The errors of the network and of what it is compared with, by the rule.
	#[serde(flatten)]
	pub report: Report,
	/// What was run.
	pub topic: TopicFacts,
	/// The inferers.
	pub participants: Vec<Participant>,
	/// The forecasters.
	pub forecasters: Vec<Forecasting>,
	/// How the network's number changes.
	pub sensitivity: Sensitivity,
	/// What attackers reach, if any were tried.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub adversaries: Option<trials::Report>,
}

impl Study {
	/// The inferers, the best paid first.
	pub fn ranked(&self) -> Vec<&Participant> {
		let mut ranked: Vec<_> = self.participants.iter().collect();
		ranked.sort_by(|a, b| b.expected_pay.total_cmp(&a.expected_pay));
		ranked
	}
}

/// What was run.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TopicFacts {
	/// The topic.
	pub name: String,
	/// The names of the values.
	pub labels: Vec<String>,
	/// The loss.
	pub loss: &'static str,
	/// The rule, of several the first.
	pub rule: &'static str,
	/// The number of epochs after which an epoch is learned.
	pub lag: usize,
	/// The number by which networks and participants are compared; lower is better.
	pub metric: &'static str,
	/// The epochs, from the first to the last.
	pub span: [String; 2],
}

/// An inferer.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Participant {
	/// Its name.
	pub name: String,
	/// Its errors.
	#[serde(flatten)]
	pub errors: Errors,
	/// Its mean weight in the network inference.
	pub weight: f64,
	/// The mean of its scores: by how much the network's loss would have been higher without it, as a
	/// part of the network's loss; under the regret rule in the unit of what is learned.
	pub score: f64,
	/// The part of the workers' pay that it is expected to get.
	pub expected_pay: f64,
	/// Its track record against the naive inference.
	pub track_record: Option<TrackRecord>,
	/// Its part of the workers' pay up to some epochs, for the plot.
	#[serde(skip)]
	pub pay_so_far: Vec<(usize, f64)>,
}

/// A forecaster.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Forecasting {
	/// Its name.
	pub name: String,
	/// The part of the workers' pay that it is expected to get.
	pub expected_pay: f64,
	/// What it added to the network; none if it took part in no epoch.
	pub track_record: Option<Added>,
}

/// The network's number, and what changes it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Sensitivity {
	/// The network's number as it is.
	pub base: f64,
	/// The same without each inferer.
	pub without: Vec<Change>,
	/// The same with other parameters.
	pub parameters: Vec<Change>,
}

/// The network's number after a change.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Change {
	/// What is changed.
	pub name: String,
	/// The number.
	pub value: f64,
	/// By how much it is higher than without the change, as a part.
	pub change: f64,
}

/// The number of points of a line of pay.
const POINTS: usize = 200;

/// A variant of a run.
struct Variant {
	name: String,
	rule: RuleName,
	inputs: Inputs,
	lag: usize,
}

/// The number of runs that [`study`] makes besides those of the rules, for a bar.
pub fn runs(rule: RuleName, inputs: &Inputs, lag: usize) -> usize {
	let inferers = inputs.names.len();
	let without = usize::from(inferers > 1) * inferers + inputs.forecasters;
	1 + without + parameters(rule, inputs, lag).len()
}

/// Studies a network that has been run by some rules, of which the first counts. `names` are those of its
/// forecasters.
///
/// `progress` is called after each of its [`runs`].
pub fn study(
	figures: &[Figures],
	(inputs, names): (&Inputs, &[String]),
	rule: RuleName,
	lag: usize,
	progress: impl Fn(u64) + Sync,
) -> Result<Study> {
	let report = Report::of(figures).context("the simulation had no epoch")?;
	let first = figures.first().context("the simulation had no rule")?;
	let settled = pay::run(rule, inputs, lag)?;
	progress(1);
	let base = network(first)?;
	let change = |variant: &Variant| {
		let Variant { name, rule, inputs, lag } = variant;
		let changed = run(*rule, inputs, *lag, |_| ()).with_context(|| name.clone())?;
		progress(1);
		let value = network(&changed)?;
		Ok(Change { name: name.clone(), value, change: value / base - 1.0 })
	};
	let without = without_each(rule, inputs, lag);
	let without = without.par_iter().map(change).collect::<Result<_>>()?;
	let other = parameters(rule, inputs, lag);
	let other = other.par_iter().map(change).collect::<Result<_>>()?;
	let forecasters = forecasters(first, (inputs, names), &settled, |inputs| {
		let without = run(rule, inputs, lag, |_| ());
		progress(1);
		without
	})?;
	let span = [inputs.epochs.first(), inputs.epochs.last()];
	Ok(Study {
		report,
		topic: TopicFacts {
			name: inputs.topic.name.clone(),
			labels: inputs.topic.labels(),
			loss: inputs.topic.loss_name(),
			rule: rule.name(),
			lag,
			metric: metric_name(first.metric),
			span: span.map(|epoch| epoch.map(|epoch| epoch.date.clone()).unwrap_or_default()),
		},
		participants: participants(first, &settled),
		forecasters,
		sensitivity: Sensitivity { base, without, parameters: other },
		adversaries: None,
	})
}

/// What attackers reach on the first epochs of a network. An error unless it can be attacked.
pub fn adversaries(
	inputs: &Inputs,
	lag: usize,
	trials: &[Trial],
	progress: impl Fn(u64) + Sync,
) -> Result<trials::Report> {
	ensure_attackable(inputs)?;
	Base::new(first(inputs, trials::attacks::EPOCHS), lag)?.findings(trials, progress)
}

/// An error if the topic has several labels or a model missed an epoch: attacks change a number of each
/// inferer in each epoch.
pub fn ensure_attackable(inputs: &Inputs) -> Result<()> {
	ensure!(inputs.topic.width() == 1, "adversaries are for topics with one label");
	let absent = |epoch: &super::Epoch| epoch.inferences.iter().position(Vec::is_empty);
	if let Some((epoch, at)) = inputs.epochs.iter().find_map(|epoch| Some((epoch, absent(epoch)?)))
	{
		let name = inputs.names.get(at).map(String::as_str).unwrap_or_default();
		anyhow::bail!(
			"adversaries are for models that predict each epoch, and {name} has nothing for {}",
			epoch.date
		);
	}
	ensure!(
		inputs.is_complete(),
		"adversaries are for forecasters that forecast each epoch in full"
	);
	Ok(())
}

/// The name of a metric in figures.
fn metric_name(metric: Metric) -> &'static str {
	match metric {
		Metric::MeanLoss => "mean of -ln p",
		Metric::OwnLoss => "mean loss",
		other => other.name(),
	}
}

/// The number of the network of a run.
fn network(figures: &Figures) -> Result<f64> {
	figures.mean_loss(|row| Some(row.network.clone())).context("the run has no epoch")
}

/// The network without each inferer; none if there is only one.
fn without_each(rule: RuleName, inputs: &Inputs, lag: usize) -> Vec<Variant> {
	if inputs.names.len() < 2 {
		return Vec::new();
	}
	let without = |(member, name): (usize, &String)| {
		let mut inputs = without_member(inputs, member);
		// An epoch that nobody else predicted does not open.
		inputs.epochs.retain(|epoch| epoch.inferences.iter().any(|row| !row.is_empty()));
		Variant { name: name.clone(), rule, inputs, lag }
	};
	inputs.names.iter().enumerate().map(without).collect()
}

/// The network with other parameters of the topic, one at a time.
fn parameters(rule: RuleName, inputs: &Inputs, lag: usize) -> Vec<Variant> {
	let variant = |name: String, rule, inputs: Inputs, lag| Variant { name, rule, inputs, lag };
	let mut all = Vec::new();
	let others = [1, 2, 4, 8].into_iter().filter(|other| *other != lag);
	all.extend(others.map(|other| variant(format!("lag {other}"), rule, inputs.clone(), other)));
	if inputs.forecasters > 0 {
		let alone = with_forecasters(inputs, 0, |_| Vec::new());
		all.push(variant("no forecasters".into(), rule, alone, lag));
	}
	match rule {
		RuleName::Regret => {
			all.push(variant("rule mixture".into(), RuleName::Mixture, inputs.clone(), lag));
		}
		RuleName::Mixture if inputs.is_complete() => {
			all.push(variant("rule regret".into(), RuleName::Regret, inputs.clone(), lag));
		}
		RuleName::Mixture => (),
	}
	if !matches!(inputs.topic.loss(), Loss::CrossEntropy | Loss::Poisson) {
		for (name, factor) in [("a hundredth", 0.01), ("hundredfold", 100.0)] {
			let floor = inputs.topic.floor().into_inner() as f64 * factor;
			let mut inputs = inputs.clone();
			inputs.topic = inputs.topic.with_floor(FixedI128::from_inner(floor as i128));
			all.push(variant(format!("loss floor {name}"), rule, inputs, lag));
		}
	}
	if rule == RuleName::Regret {
		all.extend(
			of_regret(inputs).into_iter().map(|(name, inputs)| variant(name, rule, inputs, lag)),
		);
	}
	all
}

/// The network with other parameters of the regret rule.
fn of_regret(inputs: &Inputs) -> Vec<(String, Inputs)> {
	let learning = inputs.topic.learning;
	let mut all = Vec::new();
	let mut add = |name: String, changed| {
		if changed != learning {
			let mut inputs = inputs.clone();
			inputs.topic.learning = changed;
			all.push((name, inputs));
		}
	};
	for p_norm in [2.5, 3.0, 3.5, 4.5] {
		add(format!("p_norm {p_norm}"), crate::coordinator::Learning { p_norm, ..learning });
	}
	for c_norm in [0.25, 0.75, 1.5] {
		add(format!("c_norm {c_norm}"), crate::coordinator::Learning { c_norm, ..learning });
	}
	for alpha_regret in [0.005, 0.02, 0.1] {
		let changed = crate::coordinator::Learning { alpha_regret, ..learning };
		add(format!("alpha_regret {alpha_regret}"), changed);
	}
	for epsilon in [0.001, 0.01, 0.1] {
		add(format!("epsilon {epsilon}"), crate::coordinator::Learning { epsilon, ..learning });
	}
	let standard_deviation = !learning.standard_deviation;
	let name = if standard_deviation { "scale_rule std_dev" } else { "scale_rule mad" };
	add(name.into(), crate::coordinator::Learning { standard_deviation, ..learning });
	all
}

/// The inferers of a run.
fn participants(figures: &Figures, settled: &[Settled]) -> Vec<Participant> {
	let epochs = settled.len().max(1) as f64;
	let losses: f64 = settled.iter().map(|epoch| epoch.loss).sum();
	let is_regret = figures.rule == RuleName::Regret.name();
	let of = |(at, name): (usize, &String)| {
		let errors = Errors::of(figures, |row| row.workers.get(at)?.clone())?;
		let number = |list: &[f64]| list.get(at).copied().unwrap_or_default();
		let sum = |of: &dyn Fn(&Settled) -> f64| settled.iter().map(of).sum::<f64>();
		let paid = |epoch: &Settled| number(&epoch.shares) * (1.0 - epoch.forecasting);
		let worth = sum(&|epoch| number(&epoch.worths));
		Some(Participant {
			name: name.clone(),
			errors,
			weight: sum(&|epoch| number(&epoch.weights)) / epochs,
			score: if is_regret { worth / epochs } else { worth / losses },
			expected_pay: sum(&paid) / epochs,
			track_record: TrackRecord::of_run(figures, at),
			pay_so_far: so_far(settled.iter().map(paid)),
		})
	};
	let named: Vec<_> = figures.names.iter().enumerate().collect();
	named.into_par_iter().filter_map(of).collect()
}

/// The mean of numbers up to some of them.
fn so_far(numbers: impl ExactSizeIterator<Item = f64>) -> Vec<(usize, f64)> {
	let (count, mut sum) = (numbers.len(), 0.0);
	let step = count.div_ceil(POINTS).max(1);
	let mut points = Vec::new();
	for (at, number) in numbers.enumerate() {
		sum += number;
		if (at + 1) % step == 0 || at + 1 == count {
			points.push((at + 1, sum / (at + 1) as f64));
		}
	}
	points
}

/// The forecasters of a run. `without` runs the network without one of them.
fn forecasters(
	figures: &Figures,
	(inputs, names): (&Inputs, &[String]),
	settled: &[Settled],
	without: impl Fn(&Inputs) -> Result<Figures> + Sync,
) -> Result<Vec<Forecasting>> {
	let of = |at: usize| {
		let paid = |epoch: &Settled| {
			epoch.forecasting * epoch.forecasters.get(at).copied().unwrap_or_default()
		};
		let name = names.get(at).cloned().unwrap_or_else(|| format!("forecaster {}", at + 1));
		let alone = without(&without_forecaster(inputs, at));
		let alone = alone.with_context(|| format!("without the forecaster {name}"))?;
		let rows = inputs.epochs.iter().map(|epoch| epoch.forecasts.get(at));
		let took_part: Vec<_> = rows.map(|row| row.is_some_and(|row| !row.is_empty())).collect();
		Ok(Forecasting {
			name,
			expected_pay: settled.iter().map(paid).sum::<f64>() / settled.len().max(1) as f64,
			track_record: Added::of_runs(figures, &alone, &took_part),
		})
	};
	(0..inputs.forecasters).into_par_iter().map(of).collect()
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::{question::Question, simulate::Epoch};

	/// A network of which the first inferer is right, the second off by one to either side, and the
	/// third off by five and mostly absent.
	fn network() -> Inputs {
		let epoch = |at: usize| {
			let (truth, side) = ((at % 7) as f64, if at.is_multiple_of(2) { 1.0 } else { -1.0 });
			let third = if at.is_multiple_of(4) { vec![truth + 5.0] } else { Vec::new() };
			Epoch {
				date: format!("epoch {at}"),
				truth: vec![truth],
				inferences: vec![vec![truth], vec![truth + side], third],
				forecasts: Vec::new(),
			}
		};
		let names = ["right", "near", "seldom"].map(String::from).to_vec();
		Inputs {
			topic: Question::Range.into(),
			names,
			forecasters: 0,
			epochs: (0..60).map(epoch).collect(),
		}
	}

	#[test]
	fn study_says_who_adds_what() {
		let inputs = network();
		let figures = [run(RuleName::Mixture, &inputs, 2, |_| ()).unwrap()];
		let done = std::sync::atomic::AtomicU64::new(0);
		let progress = |runs| {
			done.fetch_add(runs, std::sync::atomic::Ordering::Relaxed);
		};
		let study = study(&figures, (&inputs, &[]), RuleName::Mixture, 2, progress).unwrap();
		assert_eq!(done.into_inner(), runs(RuleName::Mixture, &inputs, 2) as u64);
		let [right, near, seldom] = study.participants.as_slice() else { panic!("three") };
		assert!(right.expected_pay > near.expected_pay && right.weight > near.weight, "{study:?}");
		let paid: f64 = study.participants.iter().map(|one| one.expected_pay).sum();
		assert!(paid <= 1.0 + 1e-9, "{paid}");
		let record = seldom.track_record.as_ref().unwrap();
		assert_eq!((record.epochs, record.participated), (60, 15));
		assert_eq!(right.pay_so_far.last().map(|(epoch, _)| *epoch), Some(60));
		// Without the one that is right the network is worse, without the one that is far off not.
		let [without_right, _, without_seldom] = study.sensitivity.without.as_slice() else {
			panic!("three")
		};
		assert!(without_right.change > 0.2 && without_seldom.change < 0.1, "{study:?}");
		let names: Vec<_> =
			study.sensitivity.parameters.iter().map(|it| it.name.as_str()).collect();
		// The regret rule is not run, since an inferer is absent.
		let expected =
			["lag 1", "lag 4", "lag 8", "loss floor a hundredth", "loss floor hundredfold"];
		assert_eq!(names, expected);
	}

	#[test]
	fn forecaster_that_knows_who_is_right_adds_and_one_that_is_absent_does_not() {
		// Two inferers are right by turns; the first forecaster knows when, in the second half.
		let epoch = |at: usize| {
			let (truth, right) = ((at % 7) as f64, at % 2);
			let value = |member| vec![truth + if member == right { 0.0 } else { 1.0 }];
			let loss = |member| if member == right { -4.0 } else { 0.0 };
			let known = if at < 100 { vec![] } else { vec![loss(0), loss(1)] };
			Epoch {
				date: format!("epoch {at}"),
				truth: vec![truth],
				inferences: vec![value(0), value(1)],
				forecasts: vec![known, vec![], vec![f64::NAN, 0.5]],
			}
		};
		let inputs = Inputs {
			topic: Question::Range.into(),
			names: ["one", "two"].map(String::from).into(),
			forecasters: 3,
			epochs: (0..300).map(epoch).collect(),
		};
		let figures = [run(RuleName::Mixture, &inputs, 2, |_| ()).unwrap()];
		let names = ["knows", "absent", "vague"].map(String::from);
		let study = study(&figures, (&inputs, &names), RuleName::Mixture, 2, |_| ()).unwrap();
		let [knows, absent, vague] = study.forecasters.as_slice() else { panic!("three") };
		let record = knows.track_record.as_ref().unwrap();
		assert_eq!((record.epochs, record.participated), (200, 200));
		let improvement = record.loss_improvement.unwrap();
		assert!(improvement.value > 0.1 && improvement.low.unwrap() > 0.0, "{knows:?}");
		assert!(knows.expected_pay > 0.0);
		assert_eq!((&absent.track_record, absent.expected_pay), (&None, 0.0));
		// A single loss says nothing about who is better.
		let vague = vague.track_record.as_ref().unwrap();
		assert_eq!(vague.participated, 300);
		assert!(vague.loss_improvement.unwrap().value.abs() < 0.01, "{vague:?}");
		assert!(adversaries(&inputs, 2, &[], |_| ()).is_err());
	}

	#[test]
	fn adversaries_need_numbers_of_each_model_in_each_epoch() {
		let error = adversaries(&network(), 2, &[], |_| ()).unwrap_err().to_string();
		assert!(error.ends_with("and seldom has nothing for epoch 1"), "{error}");
	}

	#[test]
	fn parameters_of_the_regret_rule_are_changed_one_at_a_time() {
		let inputs = crate::trials::networks::without_member(&network(), 2);
		let variants = parameters(RuleName::Regret, &inputs, 2);
		let names: Vec<_> = variants.iter().map(|variant| variant.name.as_str()).collect();
		// The demo's are 3.5, 0.75, 0.005, 0.01 and mad.
		for name in ["rule mixture", "p_norm 3", "c_norm 0.25", "alpha_regret 0.1", "epsilon 0.1"] {
			assert!(names.contains(&name), "{name} in {names:?}");
		}
		assert!(names.contains(&"scale_rule std_dev") && !names.contains(&"p_norm 3.5"));
		assert_eq!(so_far([1.0, 3.0].into_iter()), [(1, 1.0), (2, 2.0)]);
	}
}
