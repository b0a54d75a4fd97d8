//! A network of any truths and models: tables, programs, and the demo's models.

pub use super::models::Models;
use super::{
	forecast_all,
	models::{account, ask, ask_forecasters, Submitted},
	predict_all,
	tables::{Table, TableFile},
	Epoch, Inputs,
};
use crate::{
	chain::{
		to_fixed,
		types::{AccountId, LossMethod},
	},
	forecasters::{forecasters, Record},
	loss::decimals,
	models::WARM_UP,
	rules::{RuleName, Simulated},
	run::model::{PastEpoch, Request},
	series::{Day, Series},
	topic::{Topic, Truths as Seen},
};
use allora_math::loss::Loss;
use anyhow::{bail, ensure, Context, Result};
use chrono::NaiveDate;
use std::time::Duration;

/// The number of settled epochs that a program is told of, as on the chain.
const HISTORY: usize = 16;

/// The largest truth that the demo's models predict, which take it for the range of a day.
const MAX_RANGE: f64 = 1e8;

/// The truths of a topic, oldest first.
pub struct Truths {
	rows: Vec<Truth>,
	/// The days that the demo's models see, if they can predict these truths.
	days: Option<Vec<Day>>,
}

/// The truth of an epoch.
struct Truth {
	/// The time in seconds since 1970.
	time: i64,
	/// The same for display.
	text: String,
	values: Vec<f64>,
}

impl Truths {
	/// The truths of a table, and the topic that they make with this loss if there is no other.
	///
	/// An error if the chain would refuse a truth; it names the row.
	pub fn from_table(
		file: &TableFile,
		topic: Option<Topic>,
		loss: LossMethod,
	) -> Result<(Self, Topic)> {
		let quantiles =
			topic.as_ref().is_some_and(|topic| matches!(topic.loss(), Loss::Pinball { .. }));
		let labels = topic.as_ref().filter(|_| !quantiles).map(Topic::labels);
		let table = file.load(labels.as_deref())?;
		ensure!(
			table.columns.len() <= 8,
			"{} values, and a topic has at most eight",
			table.columns.len()
		);
		let topic =
			topic.unwrap_or_else(|| Topic::new("truth".into(), table.columns.clone(), loss));
		let width = topic.width();
		let rows = table.rows.into_iter().map(|(time, row)| {
			// Quantiles are of one number.
			let values = match row.values.as_slice() {
				[only] if quantiles => vec![*only; width],
				_ => row.values,
			};
			topic.check_truth(&values).with_context(|| format!("the truth at {}", row.text))?;
			Ok(Truth { time, text: row.text, values })
		});
		let rows = rows.collect::<Result<Vec<_>>>()?;
		let days = days_of(&rows);
		Ok((Self { rows, days }, topic))
	}

	/// The ranges of the days of a series.
	pub fn from_series(series: &Series) -> Self {
		let midnight = |day: &Day| day.date.and_hms_opt(0, 0, 0).unwrap_or_default().and_utc();
		let row = |day: &Day| Truth {
			time: midnight(day).timestamp(),
			text: day.date.to_string(),
			values: vec![day.range()],
		};
		Self { rows: series.days.iter().map(row).collect(), days: Some(series.days.clone()) }
	}

	/// The number of truths.
	pub fn len(&self) -> usize {
		self.rows.len()
	}

	/// Whether there are none.
	pub fn is_empty(&self) -> bool {
		self.rows.is_empty()
	}

	/// When an epoch opened: at the truth before.
	fn opened_at(&self, at: usize) -> i64 {
		let time = |at: usize| self.rows.get(at).map_or(0, |row| row.time);
		match at.checked_sub(1) {
			Some(before) => time(before),
			None => 2 * time(at) - time(at + 1).max(time(at) + 1),
		}
	}
}

/// Days whose ranges are these truths; none unless each is one number that can be a range.
fn days_of(rows: &[Truth]) -> Option<Vec<Day>> {
	let day = |row: &Truth| match row.values.as_slice() {
		[range] if (0.0..=MAX_RANGE).contains(range) => Some(Day {
			date: NaiveDate::default(),
			open: 100.0,
			high: 100.0 + range,
			low: 100.0,
			close: 100.0,
		}),
		_ => None,
	};
	rows.iter().map(day).collect()
}

/// What a network submitted, and what it did not.
pub struct Built {
	/// The epochs.
	pub inputs: Inputs,
	/// The names of the forecasters.
	pub forecasters: Vec<String>,
	/// The models of which an inference is missing, with the number of those and a reason.
	pub missing: Vec<Missing>,
	/// The same for the forecasts of programs.
	pub missing_forecasts: Vec<Missing>,
	/// The number of truths that no model predicted, which are no epochs.
	pub skipped: usize,
}

/// The inferences or forecasts that a model did not submit, of the truths that have an epoch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
	/// The model.
	pub name: String,
	/// Their number.
	pub count: usize,
	/// The first reason.
	pub reason: String,
}

/// How a network is run while it submits.
pub struct Run {
	/// The rule whose inferences programs see.
	pub rule: RuleName,
	/// The number of epochs after which an epoch is learned.
	pub lag: usize,
	/// Whether the demo's forecasters take part.
	pub forecasters: bool,
}

/// What the models predict for each truth, and the forecasters of each model.
///
/// The demo's models need 22 truths before their first prediction, and see all truths before an epoch.
/// Tables have a row for the time of the truth. Programs are asked as by `run`: they see the settled
/// epochs. `progress` is called with the number of truths done.
///
/// An error if there is no epoch, if the demo's models cannot predict these truths, or if a program
/// does not start or ends; an inference that the chain would refuse is missing instead.
pub async fn build(
	topic: &Topic,
	truths: &Truths,
	models: &Models,
	how: &Run,
	progress: impl Fn(u64) + Sync,
) -> Result<Built> {
	let first = if models.built_in.is_empty() { 0 } else { WARM_UP };
	let days = match (&truths.days, models.built_in.is_empty()) {
		(Some(days), _) => days.as_slice(),
		(None, true) => &[],
		(None, false) => bail!(
			"the demo's models predict one number from 0 to {MAX_RANGE:e}: name models of your own by --model"
		),
	};
	ensure!(
		truths.len() > first,
		"{} truths: the demo's models need more than {first}",
		truths.len()
	);
	let built_in = predict_all(days, &models.built_in, &|_| ());
	let mut builder = Builder::new(topic, models, how, truths.days.is_some());
	progress(first as u64);
	for (at, truth) in truths.rows.iter().enumerate().skip(first) {
		let mut found: Vec<Submitted> = Vec::new();
		let own = built_in.get(at - first).into_iter().flatten();
		found.extend(own.map(|values| Ok(values.clone())));
		let row = |(_, table): &(String, Table)| match table.rows.get(&truth.time) {
			Some(row) => Ok(row.values.clone()),
			None => Err("no row".to_owned()),
		};
		found.extend(models.tables.iter().map(row));
		builder.settle()?;
		let request = builder.request(truths, at);
		found.extend(ask(&models.programs, &request).await?);
		let forecasts = ask_forecasters(&models.forecasters, &request, &builder.inferers()).await?;
		builder.add(at, truth, days, found, forecasts)?;
		progress(1);
	}
	let forecasters = models.forecasters.iter().map(|forecaster| &forecaster.program);
	for program in models.programs.iter().map(|(_, program)| program).chain(forecasters) {
		program.stop().await;
	}
	builder.built()
}

/// The epochs so far.
struct Builder<'a> {
	topic: &'a Topic,
	lag: usize,
	names: Vec<String>,
	forecasters: Vec<Box<dyn crate::forecasters::Forecaster>>,
	/// The names of the forecasters that are programs.
	programs: Vec<String>,
	epochs: Vec<Epoch>,
	/// The positions of the epochs' truths.
	positions: Vec<usize>,
	records: Vec<Record>,
	seen: Seen,
	missing: Vec<Option<Missing>>,
	missing_forecasts: Vec<Option<Missing>>,
	skipped: usize,
	/// The rule, if there are programs, which see its inferences.
	rule: Option<Box<dyn Simulated>>,
	/// What the rule inferred in each epoch.
	networks: Vec<Vec<f64>>,
	/// The number of settled epochs.
	settled: usize,
}

impl<'a> Builder<'a> {
	fn new(topic: &'a Topic, models: &Models, how: &Run, has_days: bool) -> Self {
		let names = models.names();
		let mut forecasters = if how.forecasters { forecasters() } else { Vec::new() };
		// The second one compares days; programs have their seats first.
		let programs: Vec<_> = models.forecasters.iter().map(|one| one.name.clone()).collect();
		let seats = topic.seats()[1].saturating_sub(programs.len());
		forecasters.truncate(if has_days { seats } else { seats.min(1) });
		let rule = how.rule.start(topic, names.len(), forecasters.len() + programs.len());
		let sees_rule = !models.programs.is_empty() || !programs.is_empty();
		Self {
			topic,
			lag: how.lag,
			missing: vec![None; names.len()],
			missing_forecasts: vec![None; programs.len()],
			programs,
			names,
			forecasters,
			epochs: Vec::new(),
			positions: Vec::new(),
			records: Vec::new(),
			seen: Seen::default(),
			skipped: 0,
			rule: sees_rule.then_some(rule),
			networks: Vec::new(),
			settled: 0,
		}
	}

	/// Settles the epoch that is due before the next one.
	fn settle(&mut self) -> Result<()> {
		if self.epochs.len() < self.lag + self.settled {
			return Ok(());
		}
		let due = self.epochs.get(self.settled).context("the epoch has begun")?;
		if let Some(rule) = &mut self.rule {
			rule.end(&due.truth)?;
		}
		self.settled += 1;
		Ok(())
	}

	/// The accounts of the inferers, and whether each took part in the newest epoch.
	fn inferers(&self) -> Vec<(AccountId, bool)> {
		let newest = self.epochs.last();
		let took_part = |at: usize| {
			newest.and_then(|epoch| epoch.inferences.get(at)).is_some_and(|row| !row.is_empty())
		};
		self.names.iter().enumerate().map(|(at, name)| (account(name), took_part(at))).collect()
	}

	/// What programs are asked for an epoch.
	fn request(&self, truths: &Truths, at: usize) -> Request {
		let ms = |seconds: i64| u64::try_from(seconds.saturating_mul(1_000)).unwrap_or_default();
		let fixed = |values: &[f64]| -> Vec<i128> {
			values.iter().map(|value| to_fixed(*value).unwrap_or_default()).collect()
		};
		let (opened, known) = (truths.opened_at(at), truths.rows.get(at).map_or(0, |row| row.time));
		let settled = self.epochs.iter().zip(&self.networks).zip(&self.positions);
		let settled = settled.take(self.settled).skip(self.settled.saturating_sub(HISTORY));
		let history = settled.map(|((epoch, network), position)| PastEpoch {
			epoch: *position as u64,
			opened_at_ms: ms(truths.opened_at(*position)),
			network: fixed(network),
			truth: fixed(&epoch.truth),
		});
		Request {
			topic: 0,
			epoch: at as u64,
			block: u32::try_from(at).unwrap_or(u32::MAX),
			labels: self.topic.labels(),
			opened_at_ms: ms(opened),
			truth_at_ms: ms(known),
			epoch_length: Duration::from_secs(known.abs_diff(opened)),
			history: history.collect(),
			inferers: Vec::new(),
			measured: None,
		}
	}

	/// Adds the epoch of a truth, or skips the truth if no model predicted it.
	fn add(
		&mut self,
		at: usize,
		truth: &Truth,
		days: &[Day],
		submitted: Vec<Submitted>,
		forecast: Vec<Submitted>,
	) -> Result<()> {
		let checked = submitted.into_iter().map(|found| {
			let values = found?;
			self.topic.check_inference(&values).map_err(|error| format!("{error:#}"))?;
			Ok(values)
		});
		let checked: Vec<Submitted> = checked.collect();
		if checked.iter().all(Result::is_err) {
			self.skipped += 1;
			return Ok(());
		}
		let mut inferences = Vec::with_capacity(checked.len());
		for ((found, missing), name) in checked.into_iter().zip(&mut self.missing).zip(&self.names)
		{
			if let Err(reason) = &found {
				note(missing, name, truth, reason);
			}
			inferences.push(found.unwrap_or_default());
		}
		let known = decimals(&truth.values)?;
		let spreads = self.seen.known(&known);
		let past = days.get(..at).unwrap_or_default();
		let forecasts = forecast_all(&self.forecasters, past, &self.records, self.names.len());
		let mut forecasts = forecasts.with_context(|| truth.text.clone())?;
		let programs = forecast.into_iter().zip(&mut self.missing_forecasts).zip(&self.programs);
		for ((found, missing), name) in programs {
			if let Err(reason) = &found {
				note(missing, name, truth, reason);
			}
			forecasts.push(found.unwrap_or_default());
		}
		let loss = |row: &Vec<f64>| {
			(!row.is_empty()).then(|| self.topic.learned(row, &truth.values, &spreads))
		};
		let losses = inferences.iter().map(loss).collect();
		self.records.push(Record { day: at, losses });
		self.seen.add(&known)?;
		if let Some(rule) = &mut self.rule {
			let inferred = rule.begin(&inferences, &forecasts);
			self.networks.push(inferred.with_context(|| truth.text.clone())?.network);
		}
		self.positions.push(at);
		let (date, truth) = (truth.text.clone(), truth.values.clone());
		self.epochs.push(Epoch { date, truth, inferences, forecasts });
		Ok(())
	}

	fn built(self) -> Result<Built> {
		let missing: Vec<Missing> = self.missing.into_iter().flatten().collect();
		if let Some(Missing { name, reason, .. }) =
			missing.iter().find(|missing| missing.count == self.epochs.len())
		{
			bail!("model {name} predicted nothing: {reason}");
		}
		ensure!(!self.epochs.is_empty(), "no model predicted any of the truths");
		let inputs = Inputs {
			topic: self.topic.clone(),
			names: self.names,
			forecasters: self.forecasters.len() + self.programs.len(),
			epochs: self.epochs,
		};
		let names = self.forecasters.iter().map(|forecaster| forecaster.name());
		Ok(Built {
			inputs,
			forecasters: names.chain(self.programs).collect(),
			missing,
			missing_forecasts: self.missing_forecasts.into_iter().flatten().collect(),
			skipped: self.skipped,
		})
	}
}

/// Counts what a model did not submit; the first reason is kept.
fn note(missing: &mut Option<Missing>, name: &str, truth: &Truth, reason: &str) {
	let first =
		|| Missing { name: name.into(), count: 0, reason: format!("{}: {reason}", truth.text) };
	missing.get_or_insert_with(first).count += 1;
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::question::Question;

	const HOW: Run = Run { rule: RuleName::DEFAULT, lag: 2, forecasters: true };

	/// A folder with these files.
	fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
		let folder = tempfile::tempdir().unwrap();
		for (name, text) in files {
			std::fs::write(folder.path().join(name), text).unwrap();
		}
		folder
	}

	fn run(truths: &Truths, topic: &Topic, models: &[String]) -> Result<Built> {
		let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
		let models = Models::parse(models, topic)?;
		runtime.block_on(build(topic, truths, &models, &HOW, |_| ()))
	}

	#[test]
	fn demos_models_predict_a_series_as_in_the_demo() {
		let mut series = Series::sp500().unwrap();
		series.days.truncate(60);
		let topic = Topic::from(Question::Range);
		let built = run(&Truths::from_series(&series), &topic, &[]).unwrap();
		let demo = Inputs::from_series(topic, Question::Range, &series, |_| ()).unwrap();
		assert_eq!(built.inputs, demo);
		assert_eq!((built.missing, built.skipped), (Vec::new(), 0));
	}

	#[test]
	fn tables_are_joined_with_the_truths_by_time() {
		let folder = folder(&[
			("truth.csv", "time,a\n1000,1\n1060,2\n1120,3\n1180,4\n"),
			("whole.csv", "time,a\n1000,1.5\n1060,2.5\n1120,3.5\n"),
			("late.csv", "time,b,c\n1060,9,7\n1120,9,1e20\n"),
		]);
		let path = |name: &str| format!("{}/{name}", folder.path().display());
		let file = TableFile::parse(&path("truth.csv")).unwrap();
		let (truths, topic) = Truths::from_table(&file, None, LossMethod::Squared).unwrap();
		let models = [format!("one={}", path("whole.csv")), format!("two={}:c", path("late.csv"))];
		let built = run(&truths, &topic, &models).unwrap();
		assert_eq!(built.inputs.names, ["one", "two"]);
		let rows: Vec<_> = built.inputs.epochs.iter().map(|epoch| &epoch.inferences).collect();
		assert_eq!(rows, [&[vec![1.5], vec![]], &[vec![2.5], vec![7.0]], &[vec![3.5], vec![]]]);
		// The last truth has no prediction; one value is beyond what the chain accepts.
		assert_eq!(built.skipped, 1);
		let missing = &built.missing[0];
		assert_eq!((missing.name.as_str(), missing.count), ("two", 2));
		assert_eq!(missing.reason, "1000: no row");
		// Numbers from 0 are like ranges of days, which the second forecaster compares.
		assert_eq!(built.inputs.forecasters, 2);
	}

	#[test]
	fn programs_see_the_settled_epochs_as_on_the_chain() {
		let model = r#"
import json, sys
for line in sys.stdin:
    message = json.loads(line)
    result = {"protocol": 1}
    if message["method"] == "predict":
        asked = message["params"]
        seen = [past["truth"][0] for past in asked["history"]]
        if asked["epoch"] == 3 and seen != [1, 2]:
            raise ValueError(seen)
        result = {"values": [100 * asked["truth_at_ms"] + len(seen)]}
    print(json.dumps({"jsonrpc": "2.0", "id": message["id"], "result": result}), flush=True)
"#;
		let rows = "time,a\n1,1\n2,2\n3,3\n4,4\n";
		let folder = folder(&[("truth.csv", rows), ("model.py", model)]);
		let path = |name: &str| format!("{}/{name}", folder.path().display());
		let file = TableFile::parse(&path("truth.csv")).unwrap();
		let (truths, topic) = Truths::from_table(&file, None, LossMethod::Squared).unwrap();
		let built = run(&truths, &topic, &[format!("mine=python3 {}", path("model.py"))]).unwrap();
		let values: Vec<_> =
			built.inputs.epochs.iter().map(|epoch| epoch.inferences[0][0].round()).collect();
		// Two epochs pass before the first is settled.
		assert_eq!(values, [100_000.0, 200_000.0, 300_001.0, 400_002.0]);
	}

	/// A model that predicts 5, and forecasts the higher a loss the later an inferer is asked about.
	const FORECASTING: &str = r#"
import json, sys
for line in sys.stdin:
    message = json.loads(line)
    params, result = message["params"], {"protocol": 1}
    if message["method"] == "predict":
        result = {"values": [5]}
    if message["method"] == "forecast":
        result = {"losses": {who: at - 2 for at, who in enumerate(params["inferers"])}}
        if params["epoch"] == 3:
            result = {"losses": {"nobody": 1}}
    print(json.dumps({"jsonrpc": "2.0", "id": message["id"], "result": result}), flush=True)
"#;

	#[test]
	fn programs_forecast_the_inferers_of_the_newest_epoch_but_themselves() {
		let truth = "time,a\n1,1\n2,2\n3,3\n4,4\n5,5\n";
		let folder = folder(&[
			("truth.csv", truth),
			("late.csv", "time,a\n2,2\n3,3\n4,4\n5,5\n"),
			("model.py", FORECASTING),
		]);
		let path = |name: &str| format!("{}/{name}", folder.path().display());
		let file = TableFile::parse(&path("truth.csv")).unwrap();
		let (truths, topic) = Truths::from_table(&file, None, LossMethod::Squared).unwrap();
		let arguments = [
			format!("right={}", path("truth.csv")),
			format!("late={}", path("late.csv")),
			format!("mine=python3 {}", path("model.py")),
		];
		let models = || Models::parse(&arguments, &topic).unwrap();
		let own = ["mine".to_owned(), format!("alone=python3 {}", path("model.py"))];
		let chosen = models().with_forecasters(&own, &topic).unwrap();
		let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
		let how = Run { forecasters: false, ..HOW };
		let built = runtime.block_on(build(&topic, &truths, &chosen, &how, |_| ())).unwrap();
		assert_eq!(built.forecasters, ["mine", "alone"]);
		// Nobody is known in the first epoch, and "late" has no part in it. In the fourth the programs
		// name somebody who is no inferer. No number is written as 9.
		let rows: Vec<Vec<Vec<f64>>> = built
			.inputs
			.epochs
			.iter()
			.map(|epoch| {
				let shown = |row: &Vec<f64>| {
					row.iter().map(|loss| if loss.is_nan() { 9.0 } else { *loss }).collect()
				};
				epoch.forecasts.iter().map(shown).collect()
			})
			.collect();
		let later = vec![vec![-2.0, -1.0, 9.0], vec![-2.0, -1.0, 0.0]];
		assert_eq!(
			rows,
			[
				vec![vec![], vec![]],
				vec![vec![-2.0, 9.0, 9.0], vec![-2.0, 9.0, -1.0]],
				later.clone(),
				vec![vec![], vec![]],
				later,
			]
		);
		let missing: Vec<_> =
			built.missing_forecasts.iter().map(|one| (one.name.as_str(), one.count)).collect();
		assert_eq!(missing, [("mine", 1), ("alone", 1)]);
		let error = |argument: &str| {
			models().with_forecasters(&[argument.into()], &topic).err().unwrap().to_string()
		};
		assert!(error("right").starts_with("\"right\" is no model that is a program"));
		assert!(error("mine=x").starts_with("\"mine\" is a model"));
	}

	#[test]
	fn errors_name_the_model() {
		let folder = folder(&[("truth.csv", "time,a\n1,-1\n2,2\n")]);
		let file = format!("{}/truth.csv", folder.path().display());
		let (truths, topic) =
			Truths::from_table(&TableFile::parse(&file).unwrap(), None, LossMethod::Squared)
				.unwrap();
		let error = |models: &[&str]| {
			let models: Vec<_> = models.iter().map(|model| (*model).to_owned()).collect();
			format!("{:#}", run(&truths, &topic, &models).err().unwrap())
		};
		assert!(
			error(&["mean-6"]).starts_with("\"mean-6\" is none of the demo's models, which are")
		);
		assert!(error(&[]).starts_with("the demo's models predict one number from 0"));
		let own = format!("a={file}");
		assert_eq!(error(&[own.as_str(), own.as_str()]), "two models have the name \"a\"");
		assert!(error(&["a=/nowhere/model"]).starts_with("model a: crashed: cannot start"));
	}
}
