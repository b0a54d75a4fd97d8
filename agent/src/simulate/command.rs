//! The command `simulate`.

use super::{
	network::{self, Built, Models, Truths},
	page, run_all, study,
	tables::TableFile,
	Inputs,
};
use crate::{
	chain::types::LossMethod,
	commands::topic_file,
	figures::{Figures, Metric},
	models, plot,
	question::Question,
	report::Report,
	rules::{RuleName, Topic},
	series::Series,
	synthetic, table,
	trials::{attacks, contribution, Base, Trial},
};
use anyhow::{Context, Result};
use clap::{builder::PossibleValue, builder::PossibleValuesParser, Args, ValueEnum};
use serde::Serialize;
use std::{path::PathBuf, time::Instant};

/// Options of both `demo` and `simulate`.
#[derive(Debug, Args)]
pub struct Common {
	/// CSV file with the columns date, open, high, low and close, or date and price, oldest day
	/// first [default: the S&P 500, 1999 to 2018].
	#[arg(long, value_name = "FILE")]
	pub series: Option<PathBuf>,
	/// Number of topics: the first predicts the next day's range, the second its direction.
	#[arg(long, value_name = "NUMBER", default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=2))]
	topics: u8,
	/// Print the figures as one JSON object, and everything else to standard error.
	#[arg(long)]
	pub json: bool,
	/// Write the plot to this SVG file.
	#[arg(long, value_name = "FILE")]
	pub plot: Option<PathBuf>,
}

impl Common {
	/// The questions, one per topic.
	pub fn questions(&self) -> Vec<Question> {
		Question::ALL.into_iter().take(self.topics.into()).collect()
	}
}

/// The options of `simulate`.
#[derive(Debug, Args)]
pub struct SimulateArgs {
	#[command(flatten)]
	common: Common,
	/// Number of epochs after which the losses of an epoch are learned [default: 2, or as the topic's
	/// file says].
	#[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
	lag: Option<u32>,
	/// Rule to run, or all of them [default: the topic's, or else the default rule].
	#[arg(long, value_name = "RULE")]
	rules: Option<Rules>,
	/// Loss of the first topic; the second has the cross-entropy.
	#[arg(long, value_enum, default_value_t = Loss::Squared)]
	loss: Loss,
	/// Run made-up networks instead of a series.
	#[arg(long, value_enum, value_name = "SCENARIO", conflicts_with_all = ["series", "topics", "plot"])]
	synthetic: Option<synthetic::Scenario>,
	/// Run attacks on the first topic instead, under the default rule and the original's, over the
	/// first 1200 epochs; takes about half a minute.
	#[arg(long, conflicts_with_all = ["pay", "topics", "plot", "rules", "synthetic"])]
	attacks: bool,
	/// Compare pay with contribution in the first topic instead, under the default rule and the
	/// original's, over the first 2100 epochs; takes about half a minute.
	#[arg(long, conflicts_with_all = ["topics", "plot", "rules", "synthetic"])]
	pay: bool,
	/// Seed of the made-up networks.
	#[arg(long, value_name = "NUMBER", default_value_t = 0, requires = "synthetic")]
	seed: u64,
	#[command(flatten)]
	own: Own,
}

/// The options for networks of one's own.
#[derive(Debug, Args)]
#[command(next_help_heading = "A network of your own")]
struct Own {
	/// Truths: a CSV file with a time and one value per label in each row. FILE.csv:COLUMN takes one of
	/// several columns.
	#[arg(long, value_name = "FILE", value_parser = TableFile::parse, conflicts_with_all = INSTEAD)]
	#[arg(conflicts_with = "series")]
	truth: Option<TableFile>,
	/// A model, once for each: NAME=FILE.csv, with a row for the time of each truth; NAME=COMMAND, a
	/// program as for `run`; the name of one of the demo's models; or `demo` for all of these [default:
	/// demo].
	#[arg(long = "model", value_name = "MODEL", conflicts_with_all = INSTEAD)]
	models: Vec<String>,
	/// The file of a topic, as for `topic create`: labels, loss, rule and its parameters.
	#[arg(long, value_name = "FILE", conflicts_with_all = INSTEAD, conflicts_with = "loss")]
	topic: Option<PathBuf>,
	/// A forecaster, once for each: NAME=COMMAND, a program as for `run` that is asked for forecasts
	/// alone, or the name of a model that is a program, which is asked after its prediction.
	#[arg(long = "forecaster", value_name = "FORECASTER", conflicts_with_all = INSTEAD)]
	forecasters: Vec<String>,
	/// Leave out the demo's forecasters.
	#[arg(long, conflicts_with_all = INSTEAD)]
	no_forecasters: bool,
	/// An attack on the first 1200 epochs, once for each, or `all`.
	#[arg(long = "adversary", value_name = "NAME", conflicts_with_all = INSTEAD)]
	#[arg(value_parser = PossibleValuesParser::new(adversary_names()))]
	adversaries: Vec<String>,
	/// Write a report to this HTML file: the network, each participant's pay and track record, and how
	/// the result changes without it and with other parameters.
	#[arg(long, value_name = "FILE", conflicts_with_all = INSTEAD)]
	report: Option<PathBuf>,
	/// Print what the report has; other options of this kind imply it.
	#[arg(long, conflicts_with_all = INSTEAD)]
	details: bool,
}

/// The options that run something else.
const INSTEAD: [&str; 4] = ["synthetic", "attacks", "pay", "topics"];

/// The name that means all adversaries.
const ALL: &str = "all";

/// The names of adversaries.
fn adversary_names() -> Vec<&'static str> {
	attacks::ATTACKS.iter().map(|(name, _)| *name).chain([ALL]).collect()
}

impl Own {
	/// Whether any option asks for a study.
	fn is_any(&self) -> bool {
		self.truth.is_some()
			|| self.topic.is_some()
			|| self.report.is_some()
			|| self.details
			|| self.no_forecasters
			|| !self.forecasters.is_empty()
			|| !self.models.is_empty()
			|| !self.adversaries.is_empty()
	}

	/// The attacks that are asked for.
	fn trials(&self) -> Vec<Trial> {
		let asked = |name: &str| self.adversaries.iter().any(|other| other == name || other == ALL);
		let attacks = attacks::ATTACKS.iter().filter(|(name, _)| asked(name));
		attacks.map(|(_, trial)| *trial).collect()
	}
}

/// The loss of the first topic.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Loss {
	/// The squared error; figures are compared by RMSE.
	Squared,
	/// The absolute error; figures are compared by MAE.
	Absolute,
}

impl From<Loss> for LossMethod {
	fn from(loss: Loss) -> Self {
		match loss {
			Loss::Squared => Self::Squared,
			Loss::Absolute => Self::Absolute,
		}
	}
}

/// The rules to run.
#[derive(Clone, Copy, Debug)]
enum Rules {
	/// All of them.
	All,
	/// One of them.
	One(RuleName),
}

impl ValueEnum for Rules {
	fn value_variants<'a>() -> &'a [Self] {
		&[Self::All, Self::One(RuleName::Mixture), Self::One(RuleName::Regret)]
	}

	fn to_possible_value(&self) -> Option<PossibleValue> {
		match self {
			Self::All => Some(PossibleValue::new("all").help("All rules")),
			Self::One(rule) => rule.to_possible_value(),
		}
	}
}

impl SimulateArgs {
	/// Runs the command.
	pub fn run(self) -> Result<()> {
		if let Some(scenario) = self.synthetic {
			return self.run_synthetic(scenario);
		}
		if self.own.is_any() {
			return self.run_study();
		}
		let series = load(&self.common)?;
		if self.attacks || self.pay {
			return self.run_trials(series);
		}
		self.run_series(&series)
	}

	/// The rules to run, that of the topic first.
	fn rules(&self, default: RuleName) -> Vec<RuleName> {
		match self.rules {
			None => vec![default],
			Some(Rules::One(rule)) => vec![rule],
			Some(Rules::All) => {
				let mut rules = RuleName::value_variants().to_vec();
				rules.sort_by_key(|rule| *rule != default);
				rules
			}
		}
	}

	/// The number of epochs after which an epoch is learned.
	fn lag(&self) -> usize {
		self.lag.unwrap_or(2) as usize
	}

	/// A topic of the demo, with the loss that is asked for.
	fn topic(&self, question: Question) -> Topic {
		match question {
			Question::Range => Topic::of(question, self.loss.into()),
			Question::Direction => question.into(),
		}
	}

	/// Runs the demo's topics over a series.
	fn run_series(&self, series: &Series) -> Result<()> {
		let (questions, rules) = (self.common.questions(), self.rules(RuleName::DEFAULT));
		let epochs = series.days.len().saturating_sub(models::WARM_UP);
		let steps = (1 + rules.len()) * epochs * questions.len();
		let screen = table::Screen::new(self.common.json, steps as u64, "simulating");
		let mut topics = Vec::new();
		for question in questions {
			let started = Instant::now();
			let advance = |steps| screen.advance(steps);
			let inputs = Inputs::from_series(self.topic(question), question, series, advance)?;
			let runs = run_all(&rules, &inputs, self.lag(), advance)?;
			let report = Report::of(&runs).context("the simulation had no epoch")?;
			topics.push((runs, report, started.elapsed()));
		}
		screen.finish();
		for (runs, report, time) in &topics {
			if let Some(table) = table::rules(runs) {
				screen.print(table);
			}
			screen.print(format!("{} epochs in {:.1} s", report.first.epochs, time.as_secs_f64()));
		}
		let runs: Vec<&[Figures]> = topics.iter().map(|(runs, ..)| runs.as_slice()).collect();
		self.write_plot(&runs, &screen)?;
		if self.common.json {
			print_json(&topics.into_iter().map(|(_, report, _)| report).collect::<Vec<_>>())?;
		}
		Ok(())
	}

	/// Writes the plot, if it is asked for.
	fn write_plot(&self, topics: &[&[Figures]], screen: &table::Screen) -> Result<()> {
		let Some(path) = &self.common.plot else { return Ok(()) };
		plot::write(topics, path)?;
		screen.print(format!("plot: {}", path.display()));
		Ok(())
	}

	/// Runs the trials of attacks or of pay.
	fn run_trials(&self, mut series: Series) -> Result<()> {
		let attacks = attacks::ATTACKS.map(|(_, trial)| trial);
		let (epochs, trials) = match self.attacks {
			true => (attacks::EPOCHS, &attacks[..]),
			false => (contribution::EPOCHS, &contribution::TRIALS[..]),
		};
		let question = Question::Range;
		let started = Instant::now();
		let screen = table::Screen::new(self.common.json, trials.len() as u64, "running trials");
		series.days.truncate(models::WARM_UP + epochs);
		let inputs = Inputs::from_series(self.topic(question), question, &series, |_| ())?;
		let report =
			Base::new(inputs, self.lag())?.findings(trials, |done| screen.advance(done))?;
		screen.finish();
		screen.print(table::trials(&report));
		let time = started.elapsed().as_secs_f64();
		let crate::trials::Report { epochs, best, middle, .. } = &report;
		screen.print(format!(
			"{epochs} epochs; best paid {best}, in the middle {middle}; {time:.1} s"
		));
		if self.common.json {
			print_json(&[report])?;
		}
		Ok(())
	}

	/// Runs made-up networks.
	fn run_synthetic(&self, scenario: synthetic::Scenario) -> Result<()> {
		let (rules, method) = (self.rules(RuleName::DEFAULT), LossMethod::from(self.loss));
		let steps = scenario.networks() * rules.len() as u64;
		let screen = table::Screen::new(self.common.json, steps, "simulating");
		let advance = |steps| screen.advance(steps);
		let report = scenario.run(&rules, method, self.lag(), self.seed, advance)?;
		screen.finish();
		screen.print(table::synthetic(&report, Metric::of(method)));
		if self.common.json {
			print_json(&[report])?;
		}
		Ok(())
	}

	/// Runs a network of one's own.
	fn run_study(&self) -> Result<()> {
		let started = Instant::now();
		let (truths, topic, file) = self.truths()?;
		let (default, lag) = file.unwrap_or((RuleName::DEFAULT, self.lag()));
		let (rules, lag) = (self.rules(default), self.lag.map_or(lag, |lag| lag as usize));
		let rule = *rules.first().context("a rule is chosen")?;
		let models = Models::parse(&self.own.models, &topic)?;
		let models = models.with_forecasters(&self.own.forecasters, &topic)?;
		let screen = table::Screen::new(self.common.json, truths.len() as u64, "predicting");
		let how = network::Run { rule, lag, forecasters: !self.own.no_forecasters };
		let advance = |steps| screen.advance(steps);
		let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
		let built = runtime.block_on(network::build(&topic, &truths, &models, &how, advance));
		let Built { inputs, forecasters, missing, missing_forecasts, skipped } = built?;
		let trials = self.own.trials();
		if !trials.is_empty() {
			study::ensure_attackable(&inputs)?;
		}
		screen.restart((rules.len() * inputs.epochs.len()) as u64, "simulating");
		let runs = run_all(&rules, &inputs, lag, advance)?;
		screen.restart(study::runs(rule, &inputs, lag) as u64, "studying");
		let mut study = study::study(&runs, (&inputs, &forecasters), rule, lag, advance)?;
		if !trials.is_empty() {
			screen.restart(trials.len() as u64, "running adversaries");
			study.adversaries = Some(study::adversaries(&inputs, lag, &trials, advance)?);
		}
		screen.finish();
		if let Some(table) = table::rules(&runs) {
			screen.print(table);
		}
		screen.print(table::participants(&study));
		screen.print(table::track_records(&study));
		if !study.forecasters.is_empty() {
			screen.print(table::forecasters(&study));
		}
		screen.print(table::sensitivity(&study.sensitivity));
		if let Some(report) = &study.adversaries {
			screen.print(table::trials(report));
		}
		for network::Missing { name, count, reason } in missing {
			screen.print(format!("{name} has no inference in {count} epochs; the first: {reason}"));
		}
		for network::Missing { name, count, reason } in missing_forecasts {
			screen.print(format!("{name} has no forecast in {count} epochs; the first: {reason}"));
		}
		if skipped > 0 {
			screen.print(format!("{skipped} truths that no model predicted are no epochs"));
		}
		let (epochs, time) = (inputs.epochs.len(), started.elapsed().as_secs_f64());
		screen.print(format!("{epochs} epochs in {time:.1} s"));
		self.write_plot(&[runs.as_slice()], &screen)?;
		if let Some(path) = &self.own.report {
			page::write(&study, &runs, path)?;
			screen.print(format!("report: {}", path.display()));
		}
		if self.common.json {
			print_json(&[study])?;
		}
		Ok(())
	}

	/// The truths and their topic, with the rule and the lag of its file.
	fn truths(&self) -> Result<(Truths, Topic, Option<Terms>)> {
		let file = self.own.topic.as_ref().map(topic_of).transpose()?;
		let (topic, terms) = file.unzip();
		if let Some(truth) = &self.own.truth {
			let (truths, topic) = Truths::from_table(truth, topic, self.loss.into())?;
			return Ok((truths, topic, terms));
		}
		let topic = topic.unwrap_or_else(|| self.topic(Question::Range));
		anyhow::ensure!(
			topic.width() == 1,
			"a series has one truth per day, and the topic has {} labels: give truths by --truth",
			topic.width()
		);
		Ok((Truths::from_series(&load(&self.common)?), topic, terms))
	}
}

/// The length of a slot in milliseconds: a file's times are whole numbers of seconds.
const SLOT_MS: u64 = 1_000;

/// The rule of a topic's file, and the number of epochs after which it learns.
type Terms = (RuleName, usize);

/// The topic of a file, with its rule and the number of epochs after which it learns.
fn topic_of(path: &PathBuf) -> Result<(Topic, Terms)> {
	let parse = || -> Result<_> {
		let text = std::fs::read_to_string(path)?;
		let parameters = topic_file::parse(&text, SLOT_MS)?;
		let topic = Topic::from_parameters(&parameters)?;
		// The truth is known after the lag, and reported in the epoch after that.
		let lag = 1 + parameters.ground_truth_lag.div_ceil(parameters.epoch_length.max(1));
		Ok((topic, (parameters.rule, lag as usize)))
	};
	parse().with_context(|| path.display().to_string())
}

/// Prints the figures as one JSON object: those of a single topic, or a list under `topics`.
pub fn print_json(figures: &[impl Serialize]) -> Result<()> {
	let json = match figures {
		[only] => serde_json::to_string(only)?,
		all => serde_json::json!({ "topics": all }).to_string(),
	};
	println!("{json}");
	Ok(())
}

/// Maximum number of skipped lines that are listed.
const MAX_LISTED: usize = 10;

/// Reads the series, and prints its length and the rows that were left out.
pub fn load(common: &Common) -> Result<Series> {
	let series = Series::load(common.series.as_deref())?;
	let blank = &series.blank_lines;
	eprintln!("{} days; {} rows with a blank skipped", series.days.len(), blank.len());
	if !blank.is_empty() {
		let mut lines: Vec<_> = blank.iter().take(MAX_LISTED).map(usize::to_string).collect();
		if blank.len() > MAX_LISTED {
			lines.push("...".into());
		}
		eprintln!("rows with a blank are in lines {}", lines.join(", "));
	}
	Ok(series)
}
