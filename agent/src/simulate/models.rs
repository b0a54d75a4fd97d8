//! The models of a simulated network: the demo's, tables, and programs that predict or forecast.

use super::tables::{Table, TableFile};
use crate::{
	chain::{from_fixed, types::AccountId},
	models::{range_models, Model},
	run::{
		command_of,
		config::{ModelSettings, ModelSource, DEFAULT_MAX_BYTES, DEFAULT_TIMEOUT},
		log::Log,
		model::{self as program, ModelError, Request},
	},
	topic::Topic,
};
use anyhow::{bail, ensure, Context, Result};
use futures::future::join_all;
use std::{
	collections::{BTreeMap, BTreeSet},
	path::Path,
	sync::Arc,
};
use tokio::time::Instant;

/// The name by which all of the demo's models are meant.
const DEMO: &str = "demo";

/// The models of a network, each with a name of its own.
#[derive(Default)]
pub struct Models {
	pub(super) built_in: Vec<Box<dyn Model>>,
	pub(super) tables: Vec<(String, Table)>,
	pub(super) programs: Vec<(String, Arc<program::Model>)>,
	pub(super) forecasters: Vec<ProgramForecaster>,
}

/// A program that forecasts the inferers' losses.
pub(super) struct ProgramForecaster {
	pub(super) name: String,
	pub(super) program: Arc<program::Model>,
	/// The inferer that it is itself.
	own: Option<usize>,
}

/// A program that a command starts.
fn program_of(name: &str, command: &str, log: &Arc<Log>) -> Result<Arc<program::Model>> {
	let settings = ModelSettings {
		source: ModelSource::Command(command_of(command, Path::new("."))?),
		timeout: DEFAULT_TIMEOUT,
		max_bytes: usize::try_from(DEFAULT_MAX_BYTES)?,
	};
	program::Model::new(name, &settings, Path::new("."), log).map(Arc::new)
}

impl Models {
	/// The models of these arguments: `demo`, the name of one of the demo's models, `NAME=FILE.csv` or
	/// `NAME=COMMAND`; all of the demo's if there are none.
	pub fn parse(arguments: &[String], topic: &Topic) -> Result<Self> {
		let mut models = Self::default();
		let log = Arc::new(Log::on_stderr());
		if arguments.is_empty() {
			models.built_in = range_models();
		}
		for argument in arguments {
			let Some((name, source)) = argument.split_once('=') else {
				models.built_in.extend(built_in(argument)?);
				continue;
			};
			ensure!(!name.is_empty(), "the model {argument:?} has no name");
			if TableFile::is_one(source) {
				let labels = topic.labels();
				let table = TableFile::parse(source)?.load(Some(&labels));
				let table = table.with_context(|| format!("model {name}"))?;
				models.tables.push((name.into(), table));
			} else {
				models.programs.push((name.into(), program_of(name, source, &log)?));
			}
		}
		let names = models.names();
		let seats = topic.seats()[0];
		ensure!(
			names.len() <= seats,
			"{} models, and the topic has {seats} seats for inferers",
			names.len()
		);
		let mut known = BTreeSet::new();
		if let Some(twice) = names.iter().find(|name| !known.insert(*name)) {
			bail!("two models have the name {twice:?}");
		}
		Ok(models)
	}

	/// The same with the forecasters of these arguments: `NAME=COMMAND`, or the name of a model that is
	/// a program, which forecasts the other inferers' losses after its prediction.
	pub fn with_forecasters(mut self, arguments: &[String], topic: &Topic) -> Result<Self> {
		let (log, names) = (Arc::new(Log::on_stderr()), self.names());
		for argument in arguments {
			let (name, command) = match argument.split_once('=') {
				Some((name, command)) => (name, Some(command)),
				None => (argument.as_str(), None),
			};
			ensure!(!name.is_empty(), "the forecaster {argument:?} has no name");
			let twice = self.forecasters.iter().any(|other| other.name == name);
			ensure!(!twice, "two forecasters have the name {name:?}");
			let own = names.iter().position(|other| other == name);
			let program = match command {
				Some(command) => {
					ensure!(
						own.is_none(),
						"{name:?} is a model: as a forecaster it needs no command"
					);
					program_of(name, command, &log)?
				}
				None => {
					let found = self.programs.iter().find(|(other, _)| other == name);
					let (_, program) = found.with_context(|| {
						format!("{name:?} is no model that is a program; another forecaster is NAME=COMMAND")
					})?;
					program.clone()
				}
			};
			self.forecasters.push(ProgramForecaster { name: name.into(), program, own });
		}
		let (count, seats) = (self.forecasters.len(), topic.seats()[1]);
		ensure!(count <= seats, "{count} forecasters, and the topic has {seats} seats for them");
		Ok(self)
	}

	/// Their names: the demo's models first, then tables, then programs.
	pub(super) fn names(&self) -> Vec<String> {
		let built_in = self.built_in.iter().map(|model| model.name());
		let tables = self.tables.iter().map(|(name, _)| name.clone());
		let programs = self.programs.iter().map(|(name, _)| name.clone());
		built_in.chain(tables).chain(programs).collect()
	}
}

/// One of the demo's models, or all of them.
fn built_in(name: &str) -> Result<Vec<Box<dyn Model>>> {
	let mut models = range_models();
	if name == DEMO {
		return Ok(models);
	}
	let names: Vec<_> = models.iter().map(|model| model.name()).collect();
	let at = names.iter().position(|other| other == name).with_context(|| {
		format!(
			"{name:?} is none of the demo's models, which are {}; a model of your own is NAME=FILE.csv or \
			 NAME=COMMAND",
			names.join(", ")
		)
	})?;
	Ok(vec![models.swap_remove(at)])
}

/// An inference, or why there is none.
pub(super) type Submitted = Result<Vec<f64>, String>;

/// Asks programs, all at a time; an error if one does not run.
pub(super) async fn ask(
	programs: &[(String, Arc<program::Model>)],
	request: &Request,
) -> Result<Vec<Submitted>> {
	let deadline = Instant::now() + DEFAULT_TIMEOUT;
	let asked = programs.iter().map(|(name, program)| async move {
		match program.predict(request, deadline).await {
			Ok(values) => Ok(Ok(values.into_iter().map(from_fixed).collect())),
			Err(error @ (ModelError::Crashed(_) | ModelError::Oversize(_))) => {
				bail!("model {name}: {error}")
			}
			Err(error) => Ok(Err(error.to_string())),
		}
	});
	join_all(asked).await.into_iter().collect()
}

/// The account by which programs know a model: its name decides.
pub(super) fn account(name: &str) -> AccountId {
	sp_crypto_hashing::blake2_256(name.as_bytes())
}

/// Asks programs for the losses that they expect of the inferers, as by `run`: those who took part in
/// the newest epoch, but for themselves. A row has a loss per inferer, not a number where there is none.
pub(super) async fn ask_forecasters(
	forecasters: &[ProgramForecaster],
	request: &Request,
	inferers: &[(AccountId, bool)],
) -> Result<Vec<Submitted>> {
	let deadline = Instant::now() + DEFAULT_TIMEOUT;
	let asked = forecasters.iter().map(|ProgramForecaster { name, program, own }| async move {
		let others = inferers
			.iter()
			.enumerate()
			.filter(|(at, (_, took_part))| *took_part && Some(*at) != *own);
		let others: Vec<_> = others.map(|(_, (account, _))| *account).collect();
		if others.is_empty() {
			return Ok(Ok(Vec::new()));
		}
		let request = Request { inferers: others, ..request.clone() };
		match program.forecast(&request, deadline).await {
			Ok(losses) if losses.is_empty() => Ok(Ok(Vec::new())),
			Ok(losses) => {
				let losses: BTreeMap<_, _> = losses.into_iter().collect();
				let loss = |(account, _): &(AccountId, bool)| {
					losses.get(account).map_or(f64::NAN, |loss| from_fixed(*loss))
				};
				Ok(Ok(inferers.iter().map(loss).collect()))
			}
			Err(error @ (ModelError::Crashed(_) | ModelError::Oversize(_))) => {
				bail!("forecaster {name}: {error}")
			}
			Err(error) => Ok(Err(error.to_string())),
		}
	});
	join_all(asked).await.into_iter().collect()
}
