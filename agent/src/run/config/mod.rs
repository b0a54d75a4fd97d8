//! The settings of `run`: a TOML file.
//!
//! Unknown keys are errors that name the nearest known one, and so are names that nothing has.
//! Paths are relative to the folder of the file.

pub(crate) mod section;

use super::model::check_url;
use crate::chain::{
	account_id,
	types::{AccountId, Registration, TopicId},
	ALLO,
};
use anyhow::{bail, ensure, Context, Result};
use section::{check_keys, list, named, nearest, tables, Section};
use std::{
	collections::BTreeMap,
	net::SocketAddr,
	path::{Path, PathBuf},
	time::Duration,
};

/// The keys of each table.
const TOP: &[&str] = &["chain", "agent", "keys", "models", "worker", "reputer"];
const CHAIN: &[&str] = &["endpoints", "light"];
const AGENT: &[&str] = &["journal", "logs", "collect_at", "listen"];
const KEY: &[&str] = &["file", "dev"];
const MODEL: &[&str] = &[
	"command",
	"http",
	"forecast_http",
	"csv",
	"method",
	"pointer",
	"params",
	"timeout_s",
	"max_bytes",
	"max_age_s",
];
const WORKER: &[&str] = &["topic", "key", "model", "forecast", "jitter_s", "owner"];
const REPUTER: &[&str] = &["topic", "key", "truth", "losses", "stake", "jitter_s", "owner"];

/// The settings of `run`.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
	/// The folder of the file.
	pub folder: PathBuf,
	/// WebSocket URLs of nodes, the preferred one first.
	pub endpoints: Vec<String>,
	/// The specification of the chain, if a light client follows it in place of nodes.
	pub light: Option<PathBuf>,
	/// The file that keeps what workers have committed to until they reveal it.
	pub journal: PathBuf,
	/// Whether lines are JSON objects.
	pub json_logs: bool,
	/// The rewards, in planck, from which on the agent collects them; `None` to leave it to the chain,
	/// which pays within about a dozen epochs.
	pub collect_at: Option<u128>,
	/// The address that serves `/metrics` and `/health`, `None` for none.
	pub listen: Option<SocketAddr>,
	/// The keys by name.
	pub keys: BTreeMap<String, KeySource>,
	/// The models by name.
	pub models: BTreeMap<String, ModelSettings>,
	/// The workers.
	pub workers: Vec<WorkerSettings>,
	/// The reputers.
	pub reputers: Vec<ReputerSettings>,
}

/// The place of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeySource {
	/// An encrypted file.
	File(PathBuf),
	/// A path of the development seed, which everyone knows.
	Development(String),
}

/// A model: a program, a server or a table.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelSettings {
	/// How it is reached.
	pub source: ModelSource,
	/// Maximum time for a response.
	pub timeout: Duration,
	/// Maximum length of a response in bytes.
	pub max_bytes: usize,
}

/// How a model is reached.
#[derive(Clone, Debug, PartialEq)]
pub enum ModelSource {
	/// By the pipe of a program, started in the folder of the settings.
	Command(Vec<String>),
	/// By HTTP.
	Http {
		/// The URL, with placeholders such as `{TopicId}`.
		url: String,
		/// The URL for forecasts, if it is another one: the response is a list of losses by account, as the
		/// original network's models return it.
		forecast: Option<String>,
		/// Whether the request is posted as JSON.
		post: bool,
		/// The place of the value in the response, a JSON pointer such as `/data/price`.
		pointer: Option<String>,
		/// Values of further placeholders.
		params: BTreeMap<String, String>,
	},
	/// A CSV file of truths: Unix times in seconds, and one value per label.
	Csv {
		/// The file.
		path: PathBuf,
		/// Maximum age of a row at the time of the truth; `None` for one epoch length.
		max_age: Option<Duration>,
	},
}

/// A worker of a topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkerSettings {
	/// The topic.
	pub topic: TopicId,
	/// The name of its key.
	pub key: String,
	/// The name of its model.
	pub model: String,
	/// Whether the model also forecasts the losses of the other workers.
	pub forecast: bool,
	/// Maximum random delay before the model is asked; `None` for a quarter of the window.
	pub jitter: Option<Duration>,
	/// The account to which rewards are paid; `None` for its own.
	pub owner: Option<AccountId>,
}

/// A reputer of a topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReputerSettings {
	/// The topic.
	pub topic: TopicId,
	/// The name of its key.
	pub key: String,
	/// The name of the model that has the truth.
	pub truth: String,
	/// The name of the model that computes losses, in a topic whose loss the chain does not compute.
	pub losses: Option<String>,
	/// Its stake in planck; what is missing is staked at the start, nothing is ever unstaked.
	pub stake: u128,
	/// Maximum random delay before the truth is asked for; `None` for none.
	pub jitter: Option<Duration>,
	/// The account to which rewards are paid; `None` for its own.
	pub owner: Option<AccountId>,
}

impl Config {
	/// Reads a file.
	pub fn load(path: &Path) -> Result<Self> {
		let text = std::fs::read_to_string(path).with_context(|| {
			format!("cannot read {}: `allora-agent init` writes such a file", path.display())
		})?;
		let folder = match path.parent() {
			Some(folder) if !folder.as_os_str().is_empty() => folder,
			_ => Path::new("."),
		};
		Self::parse(&text, folder).with_context(|| format!("{}", path.display()))
	}

	/// Reads the text of a file in a folder.
	pub fn parse(text: &str, folder: &Path) -> Result<Self> {
		let table = tables(text)?;
		check_keys("", &table, TOP)?;
		let chain = Section::of(&table, "chain", CHAIN)?;
		let agent = Section::of(&table, "agent", AGENT)?;
		let keys = named(&table, "keys", |section| section.key(folder), KEY)?;
		let models = named(&table, "models", |section| section.model(folder), MODEL)?;
		let workers = list(&table, "worker", Section::worker, WORKER)?;
		let reputers = list(&table, "reputer", Section::reputer, REPUTER)?;
		let endpoints = chain.strings("endpoints")?;
		ensure!(!endpoints.as_ref().is_some_and(Vec::is_empty), "chain.endpoints is empty");
		let light = chain.text("light")?.map(|path| folder.join(path));
		ensure!(
			endpoints.is_none() || light.is_none(),
			"chain.light takes the place of chain.endpoints: remove one of them"
		);
		let journal = agent.text("journal")?.unwrap_or_else(|| "journal.json".into());
		let logs = agent.text("logs")?.unwrap_or_else(|| "plain".into());
		ensure!(
			matches!(&*logs, "plain" | "json"),
			"agent.logs is {logs:?}: \"plain\" or \"json\""
		);
		let config = Self {
			folder: folder.into(),
			endpoints: endpoints.unwrap_or_else(|| vec!["ws://127.0.0.1:9944".into()]),
			light,
			journal: folder.join(journal),
			json_logs: logs == "json",
			collect_at: agent.allo("collect_at")?,
			listen: agent.address("listen")?,
			keys,
			models,
			workers,
			reputers,
		};
		config.check_names()?;
		Ok(config)
	}

	/// An error unless every name is that of a key or a model, and no account has a role twice.
	fn check_names(&self) -> Result<()> {
		ensure!(
			!self.workers.is_empty() || !self.reputers.is_empty(),
			"there is no [[worker]] and no [[reputer]]: `allora-agent init` writes a file with one"
		);
		for worker in &self.workers {
			let of = format!("the worker of topic {}", worker.topic);
			check_name(&of, "key", &worker.key, "keys", self.keys.keys())?;
			check_name(&of, "model", &worker.model, "models", self.models.keys())?;
			let source = self.models.get(&worker.model).map(|model| &model.source);
			let is_csv = matches!(source, Some(ModelSource::Csv { .. }));
			ensure!(
				!is_csv,
				"{of} has the model {:?}, and a CSV file predicts nothing",
				worker.model
			);
			let is_get =
				matches!(source, Some(ModelSource::Http { post: false, forecast: None, .. }));
			ensure!(
				!(worker.forecast && is_get),
				"{of} forecasts, which needs a command, `method = \"POST\"` or `forecast_http` in [models.{}]",
				worker.model
			);
		}
		for reputer in &self.reputers {
			let of = format!("the reputer of topic {}", reputer.topic);
			check_name(&of, "key", &reputer.key, "keys", self.keys.keys())?;
			check_name(&of, "truth", &reputer.truth, "models", self.models.keys())?;
			let Some(losses) = &reputer.losses else { continue };
			check_name(&of, "losses", losses, "models", self.models.keys())?;
			let source = self.models.get(losses).map(|model| &model.source);
			ensure!(
				matches!(
					source,
					Some(ModelSource::Command(_) | ModelSource::Http { post: true, .. })
				),
				"{of} has its losses by {losses:?}, which needs a command or `method = \"POST\"` in \
				 [models.{losses}]"
			);
		}
		let workers = self.workers.iter().map(|role| ("worker", role.topic, &role.key));
		let reputers = self.reputers.iter().map(|role| ("reputer", role.topic, &role.key));
		let mut roles: Vec<_> = workers.chain(reputers).collect();
		roles.sort();
		for pair in roles.windows(2) {
			if let [one, (role, topic, key)] = pair {
				ensure!(
					*one != (*role, *topic, *key),
					"the key {key:?} is twice a {role} of topic {topic}"
				);
			}
		}
		Ok(())
	}

	/// The topics of all roles, ascending.
	pub fn topics(&self) -> Vec<TopicId> {
		let workers = self.workers.iter().map(|worker| worker.topic);
		let mut topics: Vec<_> =
			workers.chain(self.reputers.iter().map(|role| role.topic)).collect();
		topics.sort_unstable();
		topics.dedup();
		topics
	}
}

/// A role of the settings, as the chain knows it.
#[derive(Clone, Copy, Debug)]
pub struct RoleSpec<'a> {
	/// The topic.
	pub topic: TopicId,
	/// The kind of participant.
	pub registration: Registration,
	/// The name of its key.
	pub key: &'a str,
	/// The name of its model.
	pub model: &'a str,
	/// The name of the model that computes losses for it, if there is one.
	pub losses: Option<&'a str>,
	/// Its stake in planck; 0 for a worker.
	pub stake: u128,
}

impl Config {
	/// All roles.
	pub fn roles(&self) -> Vec<RoleSpec<'_>> {
		let workers = self.workers.iter().map(|worker| RoleSpec {
			topic: worker.topic,
			registration: Registration::Worker,
			key: &worker.key,
			model: &worker.model,
			losses: None,
			stake: 0,
		});
		let reputers = self.reputers.iter().map(|reputer| RoleSpec {
			topic: reputer.topic,
			registration: Registration::Reputer,
			key: &reputer.key,
			model: &reputer.truth,
			losses: reputer.losses.as_deref(),
			stake: reputer.stake,
		});
		workers.chain(reputers).collect()
	}
}

/// An error unless the name is one of those that a table has.
fn check_name<'a>(
	of: &str,
	field: &str,
	name: &str,
	table: &str,
	known: impl Iterator<Item = &'a String> + Clone,
) -> Result<()> {
	if known.clone().any(|other| other == name) {
		return Ok(());
	}
	let hint = match nearest(name, known.map(String::as_str)) {
		Some(other) => format!("; did you mean {other:?}?"),
		None => format!(": add [{table}.{name}]"),
	};
	bail!("{of} has the {field} {name:?}, which is not in [{table}]{hint}")
}

impl Section {
	fn address(&self, key: &str) -> Result<Option<SocketAddr>> {
		let Some(text) = self.text(key)? else { return Ok(None) };
		let address = text.parse().ok();
		Ok(Some(address.with_context(|| self.wrong(key, "an address such as \"127.0.0.1:9600\""))?))
	}

	fn owner(&self) -> Result<Option<AccountId>> {
		let owner = self.text("owner")?;
		owner.map(|owner| account_id(&owner)).transpose().with_context(|| self.place.clone())
	}

	fn topic(&self) -> Result<TopicId> {
		self.whole("topic")?.with_context(|| self.missing("topic"))
	}

	fn required(&self, key: &str) -> Result<String> {
		self.text(key)?.with_context(|| self.missing(key))
	}

	fn key(&self, folder: &Path) -> Result<KeySource> {
		match (self.text("file")?, self.text("dev")?) {
			(Some(file), None) => Ok(KeySource::File(folder.join(file))),
			(None, Some(path)) => Ok(KeySource::Development(path)),
			_ => bail!("{} needs either `file` or `dev`", self.place),
		}
	}

	fn model(&self, folder: &Path) -> Result<ModelSettings> {
		let source = match (self.strings("command")?, self.text("http")?, self.text("csv")?) {
			(Some(command), None, None) => {
				let is_empty = command.first().is_none_or(String::is_empty);
				ensure!(!is_empty, "`command` in {} names no program", self.place);
				ModelSource::Command(command)
			}
			(None, Some(url), None) => self.http(url)?,
			(None, None, Some(path)) => {
				let max_age = self.seconds("max_age_s")?;
				ModelSource::Csv { path: folder.join(path), max_age }
			}
			_ => bail!("{} needs one of `command`, `http` and `csv`", self.place),
		};
		let foreign: &[&str] = match &source {
			ModelSource::Command(_) => {
				&["forecast_http", "method", "pointer", "params", "max_age_s"]
			}
			ModelSource::Http { .. } => &["max_age_s"],
			ModelSource::Csv { .. } => {
				&["forecast_http", "method", "pointer", "params", "timeout_s", "max_bytes"]
			}
		};
		if let Some(key) = foreign.iter().find(|key| self.table.contains_key(**key)) {
			bail!("`{key}` in {} has no meaning for this kind of model", self.place);
		}
		let timeout = self.seconds("timeout_s")?.unwrap_or(DEFAULT_TIMEOUT);
		ensure!(!timeout.is_zero(), "`timeout_s` in {} is 0", self.place);
		let max_bytes = self.whole("max_bytes")?.unwrap_or(DEFAULT_MAX_BYTES);
		ensure!(max_bytes > 0, "`max_bytes` in {} is 0", self.place);
		Ok(ModelSettings { source, timeout, max_bytes: usize::try_from(max_bytes)? })
	}

	fn http(&self, url: String) -> Result<ModelSource> {
		let post = match self.text("method")?.as_deref() {
			None | Some("GET") => false,
			Some("POST") => true,
			Some(_) => bail!(self.wrong("method", "\"GET\" or \"POST\"")),
		};
		let params =
			Section::of(&self.table, "params", &[])?.table.into_iter().map(|(name, value)| {
				let text = value.as_str().map_or_else(|| value.to_string(), Into::into);
				(name, text)
			});
		let params = params.collect();
		let (forecast, pointer) = (self.text("forecast_http")?, self.text("pointer")?);
		for (key, url) in [("http", Some(&url)), ("forecast_http", forecast.as_ref())] {
			let checked = url.map_or(Ok(()), |url| check_url(url, &params));
			checked.with_context(|| format!("`{key}` in {}", self.place))?;
		}
		Ok(ModelSource::Http { url, forecast, post, pointer, params })
	}

	fn worker(&self) -> Result<WorkerSettings> {
		Ok(WorkerSettings {
			topic: self.topic()?,
			key: self.required("key")?,
			model: self.required("model")?,
			forecast: self.flag("forecast")?,
			jitter: self.seconds("jitter_s")?,
			owner: self.owner()?,
		})
	}

	fn reputer(&self) -> Result<ReputerSettings> {
		Ok(ReputerSettings {
			topic: self.topic()?,
			key: self.required("key")?,
			truth: self.required("truth")?,
			losses: self.text("losses")?,
			stake: self.allo("stake")?.unwrap_or(DEFAULT_STAKE),
			jitter: self.seconds("jitter_s")?,
			owner: self.owner()?,
		})
	}
}

/// Maximum time for a response of a model, unless the settings say otherwise.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(30);
/// Maximum length of a response, unless the settings say otherwise.
pub const DEFAULT_MAX_BYTES: u64 = 65_536;
/// The stake of a reputer, unless the settings say otherwise: the minimum of the chain.
pub const DEFAULT_STAKE: u128 = 100 * ALLO;

impl std::fmt::Display for KeySource {
	fn fmt(&self, to: &mut std::fmt::Formatter) -> std::fmt::Result {
		match self {
			Self::File(path) => write!(to, "{}", path.display()),
			Self::Development(path) => write!(to, "{path}"),
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	const GOOD: &str = r#"
		[chain]
		endpoints = ["ws://one:9944", "wss://two"]

		[agent]
		collect_at = 2.5
		listen = "127.0.0.1:9600"

		[keys.main]
		file = "key.json"
		[keys.other]
		dev = "//Bob"

		[models.price]
		command = ["python3", "model.py"]
		timeout_s = 2.5
		[models.server]
		http = "http://127.0.0.1:8000/inference/{Token}"
		params = { Token = "ETH" }
		[models.table]
		csv = "truth.csv"

		[[worker]]
		topic = 1
		key = "main"
		model = "price"
		forecast = true
		[[worker]]
		topic = 2
		key = "main"
		model = "server"
		jitter_s = 0

		[[reputer]]
		topic = 1
		key = "other"
		truth = "table"
		stake = "150.5"
	"#;

	fn parse(text: &str) -> Result<Config> {
		Config::parse(text, Path::new("/folder"))
	}

	#[test]
	fn file_is_read() {
		let config = parse(GOOD).unwrap();
		assert_eq!(config.endpoints, ["ws://one:9944", "wss://two"]);
		assert_eq!(config.journal, Path::new("/folder/journal.json"));
		assert_eq!(config.collect_at, Some(25_000_000_000));
		assert_eq!(config.listen, Some(([127, 0, 0, 1], 9_600).into()));
		assert_eq!(config.keys["main"], KeySource::File("/folder/key.json".into()));
		assert_eq!(config.models["price"].timeout, Duration::from_millis(2_500));
		let ModelSource::Http { params, post, .. } = &config.models["server"].source else {
			panic!()
		};
		assert_eq!((params["Token"].as_str(), *post), ("ETH", false));
		assert_eq!((config.workers.len(), config.workers[0].forecast), (2, true));
		assert_eq!(config.workers[1].jitter, Some(Duration::ZERO));
		assert_eq!(config.reputers[0].stake, 1_505_000_000_000);
		assert_eq!(config.topics(), [1, 2]);
	}

	#[test]
	fn specification_of_a_light_client_is_in_the_folder() {
		let nodes = "endpoints = [\"ws://one:9944\", \"wss://two\"]";
		let config = parse(&GOOD.replace(nodes, "light = \"spec.json\"")).unwrap();
		assert_eq!(config.light, Some("/folder/spec.json".into()));
		assert_eq!(parse(GOOD).unwrap().light, None);
	}

	#[test]
	fn unknown_keys_are_errors_that_name_the_nearest() {
		for (right, wrong, message) in [
			("[chain]", "[chains]", "unknown key `chains`; did you mean `chain`?"),
			(
				"endpoints",
				"endpoint",
				"unknown key `endpoint` in [chain]; did you mean `endpoints`?",
			),
			(
				"timeout_s",
				"time_out",
				"unknown key `time_out` in [models.price]; did you mean `timeout_s`?",
			),
			(
				"stake",
				"steak",
				"unknown key `steak` in [[reputer]] number 1; did you mean `stake`?",
			),
			(
				"jitter_s",
				"zzz",
				"unknown key `zzz` in [[worker]] number 2; known are topic, key, model, forecast, \
				 jitter_s, owner",
			),
		] {
			let error = parse(&GOOD.replace(right, wrong)).unwrap_err();
			assert_eq!(error.to_string(), message);
		}
	}

	#[test]
	fn names_that_nothing_has_are_errors_that_name_the_nearest() {
		let error = parse(&GOOD.replace("key = \"main\"", "key = \"mian\"")).unwrap_err();
		let expected =
			"the worker of topic 1 has the key \"mian\", which is not in [keys]; did you mean \
			\"main\"?";
		assert_eq!(error.to_string(), expected);
		let error = parse(&GOOD.replace("truth = \"table\"", "truth = \"xyz\"")).unwrap_err();
		let expected =
			"the reputer of topic 1 has the truth \"xyz\", which is not in [models]: add \
			[models.xyz]";
		assert_eq!(error.to_string(), expected);
	}

	#[test]
	fn settings_that_make_no_sense_are_refused() {
		for (right, wrong, message) in [
			("dev = \"//Bob\"", "", "[keys.other] needs either `file` or `dev`"),
			(
				"endpoints",
				"light = \"spec.json\"\nendpoints",
				"chain.light takes the place of chain.endpoints: remove one of them",
			),
			("topic = 2", "topic = 1", "the key \"main\" is twice a worker of topic 1"),
			(
				"topic = 2",
				"topic = -2",
				"`topic` in [[worker]] number 2 is not a whole number of at least 0",
			),
			("topic = 2", "", "[[worker]] number 2 has no `topic`"),
			("timeout_s = 2.5", "max_bytes = 0", "`max_bytes` in [models.price] is 0"),
			(
				"timeout_s = 2.5",
				"timeout_s = 1e300",
				"`timeout_s` in [models.price] is not a number of reasonable size",
			),
			(
				"[\"python3\", \"model.py\"]",
				"[\"\"]",
				"`command` in [models.price] names no program",
			),
			(
				"csv = ",
				"http = \"x\"\ncsv = ",
				"[models.table] needs one of `command`, `http` and `csv`",
			),
			(
				"jitter_s = 0",
				"forecast = true",
				"the worker of topic 2 forecasts, which needs a command, `method = \"POST\"` or \
				 `forecast_http` in [models.server]",
			),
			(
				"model = \"server\"",
				"model = \"table\"",
				"the worker of topic 2 has the model \"table\", and \
			 a CSV file predicts nothing",
			),
			(
				"truth = \"table\"",
				"truth = \"table\"\nlosses = \"server\"",
				"the reputer of topic 1 has its losses by \"server\", which needs a command or \
				 `method = \"POST\"` in [models.server]",
			),
			(
				"csv = ",
				"max_bytes = 9\ncsv = ",
				"`max_bytes` in [models.table] has no meaning for this kind \
			 of model",
			),
		] {
			let error = parse(&GOOD.replace(right, wrong)).unwrap_err();
			assert_eq!(error.to_string(), message);
		}
		for (text, message) in [
			("", "there is no [[worker]] and no [[reputer]]: `allora-agent init` writes a file with one"),
			("a = 1\nhello", "line 2, column 6: expected `.`, `=`"),
		] {
			assert_eq!(parse(text).unwrap_err().to_string(), message);
		}
	}
}
