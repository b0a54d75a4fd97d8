//! `init`: settings, a key and a model to start from.

use super::{key, no_topic};
use crate::chain::{
	address,
	types::{Clock, QuestionParameters, TopicId},
	Key, Source,
};
use anyhow::{bail, ensure, Context, Result};
use serde_json::Value;
use std::{
	collections::BTreeMap,
	fmt::Write,
	path::{Path, PathBuf},
};

/// The file names in the folder.
const SETTINGS: &str = "agent.toml";
const KEY: &str = "key.json";
/// Models to start from.
const MODEL_STUB: &str = include_str!("stub/model.py");
const TRUTH_STUB: &str = include_str!("stub/truth.py");

/// The kind of participant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
	/// Predicts.
	Worker,
	/// Reports the truth.
	Reputer,
}

impl Kind {
	/// The name of the model's file and its contents.
	fn stub(self) -> (&'static str, &'static str) {
		match self {
			Self::Worker => ("model.py", MODEL_STUB),
			Self::Reputer => ("truth.py", TRUTH_STUB),
		}
	}
}

/// What `init` is asked for.
#[derive(Clone, Debug)]
pub struct Init {
	/// The topic; `None` to take those of the settings to import.
	pub topic: Option<TopicId>,
	/// The kind of participant.
	pub kind: Kind,
	/// The command of the model.
	pub model: Option<String>,
	/// The URL of the model.
	pub http: Option<String>,
	/// The folder.
	pub out: PathBuf,
	/// The settings of the original network's node to import.
	pub from_allora: Option<PathBuf>,
	/// Where the chain is read, now and by the agent.
	pub source: Source,
}

/// A role to be written, with its model.
struct Draft {
	kind: Kind,
	topic: TopicId,
	model: DraftModel,
	forecast: bool,
	/// What the topic asks for, `None` if the chain has no such topic.
	question: Option<QuestionParameters>,
}

enum DraftModel {
	Command(Vec<String>),
	Http { url: String, forecast: Option<String>, params: BTreeMap<String, String> },
}

/// Where the original network's node asks a model.
struct Endpoints {
	/// For inferences, or the truth.
	url: Option<String>,
	/// For forecasts.
	forecast: Option<String>,
}

/// A role of the original network's settings.
struct Import {
	kind: Kind,
	topic: TopicId,
	/// For topics of one label.
	single: Endpoints,
	/// For topics of several labels.
	labeled: Endpoints,
	params: BTreeMap<String, String>,
	forecast: bool,
}

impl Import {
	/// The role with the endpoints that the original's node would ask: those for several labels if the
	/// topic has several, the others if it has one or is not known. If only the other kind is there, it
	/// is taken.
	fn draft(self, question: Option<QuestionParameters>) -> Result<Draft> {
		let is_labeled = question.as_ref().is_some_and(|question| question.labels.len() > 1);
		let Self { kind, topic, single, labeled, params, forecast } = self;
		let (first, second) = if is_labeled { (labeled, single) } else { (single, labeled) };
		let url = first.url.or(second.url);
		let url = url.with_context(|| format!("the model of topic {topic} has no endpoint"))?;
		let forecasts = first.forecast.or(second.forecast).filter(|_| forecast);
		let forecast = forecasts.is_some();
		let model = DraftModel::Http { url, forecast: forecasts, params };
		Ok(Draft { kind, topic, model, forecast, question })
	}
}

/// Writes settings, and a key and a model where there are none; returns what to type next.
pub async fn init(init: Init) -> Result<String> {
	let settings = init.out.join(SETTINGS);
	ensure!(
		!settings.exists(),
		"{} exists: choose another folder by --out, or move it away",
		settings.display()
	);
	let state = init.source.connect().await?.finalized().await?;
	let clock = state.clock().await?;
	let mut drafts = Vec::new();
	if let Some(path) = &init.from_allora {
		for import in import(path, init.topic)? {
			let question = state.question(import.topic).await?;
			drafts.push(import.draft(question.map(|question| question.parameters))?);
		}
	} else {
		let draft = draft(&init)?;
		let question = state.question(draft.topic).await?;
		let question = question.with_context(|| no_topic(draft.topic))?;
		drafts.push(Draft { question: Some(question.parameters), ..draft });
	}
	std::fs::create_dir_all(&init.out)
		.with_context(|| format!("cannot make the folder {}", init.out.display()))?;
	let mut report = String::new();
	let account = write_key(&init.out, &mut report)?;
	for draft in &drafts {
		write_stub(&init.out, draft, &clock, &mut report)?;
	}
	let text = text(&init.source, &drafts, &clock)?;
	// What is written has to be accepted.
	super::config::Config::parse(&text, &init.out)
		.context("the settings to write are not valid")?;
	std::fs::write(&settings, text)
		.with_context(|| format!("cannot write {}", settings.display()))?;
	writeln!(report, "wrote {}", settings.display())?;
	for draft in drafts.iter().filter(|draft| draft.question.is_none()) {
		writeln!(report, "! topic {} does not exist here: change it in the settings", draft.topic)?;
	}
	let config = match init.out == Path::new(".") {
		true => String::new(),
		false => format!(" --config {}", settings.display()),
	};
	writeln!(
		report,
		"next: send ALLO to {account}, or use --dev-fund on a development chain, then"
	)?;
	writeln!(report, "  allora-agent run --check{config}")?;
	write!(report, "  allora-agent run{config}")?;
	Ok(report)
}

/// The key's address; makes a key if there is none.
fn write_key(out: &Path, report: &mut String) -> Result<String> {
	let path = out.join(KEY);
	if path.exists() {
		let address = key::read_address(&path)?;
		writeln!(report, "kept {}, the key of {address}", path.display())?;
		return Ok(address);
	}
	let key = Key::generate()?;
	key::write(&path, &key, "allora-agent", &key::password(true)?)?;
	let address = address(&key.id());
	writeln!(
		report,
		"wrote {}, the encrypted key of {address}: keep a copy of it and its password, there is no other",
		path.display()
	)?;
	Ok(address)
}

/// Writes the model to start from, if the command is a Python program that does not exist.
fn write_stub(out: &Path, draft: &Draft, clock: &Clock, report: &mut String) -> Result<()> {
	let (DraftModel::Command(command), Some(question)) = (&draft.model, &draft.question) else {
		return Ok(());
	};
	let script = command.iter().find(|part| part.ends_with(".py"));
	let Some(path) = script.map(|script| out.join(script)).filter(|path| !path.exists()) else {
		return Ok(());
	};
	let (_, stub) = draft.kind.stub();
	let probabilities = if question.unity_tolerance.is_some() { "True" } else { "False" };
	let stub = stub
		.replace("@TOPIC@", &draft.topic.to_string())
		.replace("@ABOUT@", &about(question, clock).join("\n").replace('\\', "/").replace('"', "'"))
		.replace("@PROBABILITIES@", probabilities);
	std::fs::write(&path, stub).with_context(|| format!("cannot write {}", path.display()))?;
	writeln!(report, "wrote {}, a model to start from", path.display())?;
	Ok(())
}

/// What a topic asks for, in lines.
fn about(question: &QuestionParameters, clock: &Clock) -> Vec<String> {
	let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
	let seconds = |slots: u32| clock.seconds(slots.into());
	let sum = if question.unity_tolerance.is_some() { ", which sum to 1" } else { "" };
	let reveals = match question.reveal_window {
		0 => String::new(),
		slots => format!(", then {} s to reveal", seconds(slots)),
	};
	vec![
		format!("It asks for: {}", text(&question.metadata)),
		format!("Values: {}{sum}", question.label_names().join(", ")),
		format!("Truth: {}", text(&question.ground_truth)),
		format!(
			"An epoch opens every {} s; {} s to predict{reveals}; the truth is known {} s after the opening",
			seconds(question.epoch_length),
			seconds(question.worker_window),
			seconds(question.ground_truth_lag),
		),
	]
}

/// The role that the options ask for.
fn draft(init: &Init) -> Result<Draft> {
	let topic = init.topic.context("--topic is missing")?;
	let model = match (&init.model, &init.http) {
		(None, Some(url)) => {
			DraftModel::Http { url: url.clone(), forecast: None, params: BTreeMap::new() }
		}
		(command, _) => {
			let default = init.kind.stub().0;
			DraftModel::Command(command_of(command.as_deref().unwrap_or(default), &init.out)?)
		}
	};
	Ok(Draft { kind: init.kind, topic, model, forecast: false, question: None })
}

/// The words of a command line; a Python program alone is run by `python3`. Files that exist get their
/// full path, since the command runs in the folder of the settings.
pub(crate) fn command_of(text: &str, out: &Path) -> Result<Vec<String>> {
	let mut words: Vec<String> = text.split_whitespace().map(Into::into).collect();
	match &mut words[..] {
		[] => bail!("the command of the model is empty"),
		[only] if only.ends_with(".py") => words.insert(0, "python3".into()),
		_ => (),
	}
	for word in &mut words {
		let path = Path::new(word.as_str());
		let is_elsewhere = path.components().count() > 1 || out != Path::new(".");
		if path.is_file() && is_elsewhere {
			*word = path.canonicalize()?.to_string_lossy().into_owned();
		} else if word.ends_with(".py") {
			// It is written beside the settings.
			let name = path.file_name().context("the command of the model has no file")?;
			*word = name.to_string_lossy().into_owned();
		}
	}
	Ok(words)
}

/// The roles of a `config.json` of the original network's node; wallet and mnemonic are not read.
fn import(path: &Path, topic: Option<TopicId>) -> Result<Vec<Import>> {
	let text = std::fs::read_to_string(path);
	let text = text.with_context(|| format!("cannot read {}", path.display()))?;
	let json: Value =
		serde_json::from_str(&text).with_context(|| format!("{} is not JSON", path.display()))?;
	let mut imports = Vec::new();
	let lists = [
		("worker", Kind::Worker, "parameters", "InferenceEndpoint"),
		("reputer", Kind::Reputer, "groundTruthParameters", "GroundTruthEndpoint"),
	];
	for (list, kind, parameters, endpoint) in lists {
		for (at, entry) in
			json.get(list).and_then(Value::as_array).into_iter().flatten().enumerate()
		{
			let place = format!("{}, {list} number {}", path.display(), at + 1);
			let own = entry.get("topicId").and_then(Value::as_u64);
			let topic = topic.or(own).with_context(|| format!("{place} has no topicId"))?;
			let fields = entry.get(parameters).and_then(Value::as_object);
			let fields = fields.with_context(|| format!("{place} has no {parameters}"))?;
			let field = |name: String| fields.get(&name).and_then(Value::as_str).map(str::to_owned);
			let of = |prefix: &str| Endpoints {
				url: field(format!("{prefix}{endpoint}")),
				forecast: field(format!("{prefix}ForecastEndpoint")),
			};
			let (single, labeled) = (of(""), of("Labeled"));
			ensure!(single.url.is_some() || labeled.url.is_some(), "{place} has no {endpoint}");
			// An endpoint counts if its entry point is named.
			let forecasts = entry.get("forecastEntrypointName").and_then(Value::as_str);
			let forecast = kind == Kind::Worker && forecasts.is_some_and(|name| !name.is_empty());
			ensure!(
				!forecast || single.forecast.is_some() || labeled.forecast.is_some(),
				"{place} has no ForecastEndpoint"
			);
			let params = fields.iter().filter(|(name, _)| !name.ends_with("Endpoint"));
			let params = params.filter_map(|(name, value)| match value {
				Value::String(text) => Some((name.clone(), text.clone())),
				Value::Number(_) | Value::Bool(_) => Some((name.clone(), value.to_string())),
				_ => None,
			});
			let params = params.collect();
			imports.push(Import { kind, topic, single, labeled, params, forecast });
		}
	}
	ensure!(!imports.is_empty(), "{} has neither workers nor reputers", path.display());
	Ok(imports)
}

/// A text in quotes, as TOML has it.
fn quoted(text: &str) -> String {
	toml::Value::String(text.into()).to_string()
}

/// The text of the settings.
fn text(source: &Source, drafts: &[Draft], clock: &Clock) -> Result<String> {
	let chain = match &source.light {
		// The settings may be in another folder.
		Some(spec) => {
			let path = std::path::absolute(spec)?;
			format!(
				"# The agent follows the chain itself, by a light client of this specification.\n\
				 light = {}\n",
				quoted(&path.to_string_lossy())
			)
		}
		None => format!(
			"# Several nodes: the agent moves on when one is gone or behind.\n\
			 endpoints = [{}]\n\
			 # Without any: `light`, the file of a specification, for a light client of the agent's own.\n",
			quoted(&source.url)
		),
	};
	let mut text = format!(
		"# Settings of `allora-agent run`. Lines after a # are defaults or examples.\n\
		 \n\
		 [chain]\n\
		 {chain}\
		 \n\
		 [agent]\n\
		 # What was committed to and is not revealed yet; keep it over restarts.\n\
		 # journal = \"journal.json\"\n\
		 # logs = \"plain\"           # or \"json\"\n\
		 # listen = \"127.0.0.1:9600\"  # serves /metrics for Prometheus, and /health\n\
		 # collect_at = 10          # ALLO; without it the chain pays, within about a dozen epochs\n\
		 \n\
		 [keys.main]\n\
		 file = {}\n",
		quoted(KEY),
	);
	for (at, draft) in drafts.iter().enumerate() {
		let name = if drafts.len() == 1 { "main".into() } else { format!("model{}", at + 1) };
		text += &model_text(&name, &draft.model);
		text += &role_text(&name, draft, clock);
	}
	Ok(text)
}

fn model_text(name: &str, model: &DraftModel) -> String {
	let mut text = format!("\n[models.{name}]\n");
	match model {
		DraftModel::Command(command) => {
			let words: Vec<_> = command.iter().map(|word| quoted(word)).collect();
			text += &format!("command = [{}]\n", words.join(", "));
		}
		DraftModel::Http { url, forecast, params } => {
			text += &format!("http = {}\n", quoted(url));
			if let Some(forecast) = forecast {
				text += &format!("forecast_http = {}\n", quoted(forecast));
			}
			text += "# method = \"GET\"          # or \"POST\", with the request as JSON\n";
			text += "# pointer = \"/data/price\" # the place of the value in the response\n";
			if !params.is_empty() {
				let pairs: Vec<_> = params
					.iter()
					.map(|(name, value)| format!("{} = {}", quoted(name), quoted(value)))
					.collect();
				text += &format!("params = {{ {} }}\n", pairs.join(", "));
			}
		}
	}
	text + "# timeout_s = 30\n# max_bytes = 65536\n"
}

fn role_text(model: &str, draft: &Draft, clock: &Clock) -> String {
	let (table, field) = match draft.kind {
		Kind::Worker => ("worker", "model"),
		Kind::Reputer => ("reputer", "truth"),
	};
	let mut text = format!("\n[[{table}]]\n");
	if let Some(question) = &draft.question {
		for line in about(question, clock) {
			text += &format!("# {}\n", line.replace(['\n', '\r'], " "));
		}
	}
	text += &format!("topic = {}\nkey = \"main\"\n{field} = \"{model}\"\n", draft.topic);
	match draft.kind {
		Kind::Worker if draft.forecast => text += "forecast = true\n",
		Kind::Worker => {
			text += "# forecast = false         # whether the model also forecasts losses\n"
		}
		Kind::Reputer => text += "stake = 100                # ALLO\n",
	}
	text + "# jitter_s = 5             # a random delay of at most this, and a quarter of the window\n\
		# owner = \"5...\"           # the account to pay, if it is not that of the key\n"
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::run::config::{Config, ModelSource};

	const CLOCK: Clock = Clock { slot: 0, slot_duration_ms: 1_000 };

	fn question() -> QuestionParameters {
		QuestionParameters {
			metadata: b"tomorrow's \"range\"".to_vec(),
			ground_truth: b"the exchange".to_vec(),
			labels: vec![b"value".to_vec()],
			unity_tolerance: None,
			epoch_length: 60,
			worker_window: 20,
			reveal_window: 10,
			ground_truth_lag: 60,
		}
	}

	fn node(url: &str) -> Source {
		Source { url: url.into(), light: None }
	}

	fn drafted(kind: Kind, model: Option<&str>) -> Draft {
		let init = Init {
			topic: Some(7),
			kind,
			model: model.map(Into::into),
			http: None,
			out: "/nowhere".into(),
			from_allora: None,
			source: node(""),
		};
		Draft { question: Some(question()), ..draft(&init).unwrap() }
	}

	#[test]
	fn settings_that_are_written_are_accepted() {
		let text = text(&node("ws://node"), &[drafted(Kind::Worker, None)], &CLOCK).unwrap();
		let config = Config::parse(&text, Path::new(".")).unwrap();
		assert_eq!(config.endpoints, ["ws://node"]);
		assert_eq!((config.workers[0].topic, config.reputers.len()), (7, 0));
		let command = ["python3", "model.py"].map(String::from).to_vec();
		assert_eq!(config.models["main"].source, ModelSource::Command(command));
		assert!(text.contains("# An epoch opens every 60 s; 20 s to predict, then 10 s to reveal"));
		// Every default that is shown is one that may be set.
		let example =
			|line: &str| line.starts_with("# ") && line.contains(" = ") && !line.contains("5...");
		let uncommented = text.lines().map(|line| match line.strip_prefix("# ") {
			Some(rest) if example(line) => rest.to_owned() + "\n",
			_ => line.to_owned() + "\n",
		});
		Config::parse(&uncommented.collect::<String>(), Path::new(".")).unwrap();
	}

	#[test]
	fn specification_of_a_light_client_is_found_from_any_folder() {
		let source = Source { light: Some("/spec.json".into()), ..node("ws://node") };
		let text = text(&source, &[drafted(Kind::Worker, None)], &CLOCK).unwrap();
		let config = Config::parse(&text, Path::new("/folder")).unwrap();
		assert_eq!(config.light, Some("/spec.json".into()));
	}

	#[test]
	fn stubs_are_about_the_topic() {
		let folder = tempfile::tempdir().unwrap();
		let mut report = String::new();
		let draft = drafted(Kind::Reputer, None);
		write_stub(folder.path(), &draft, &CLOCK, &mut report).unwrap();
		let stub = std::fs::read_to_string(folder.path().join("truth.py")).unwrap();
		assert!(stub.contains("The truth of topic 7") && stub.contains("tomorrow's 'range'"));
		assert!(!stub.contains('@'));
		// What is there is kept.
		std::fs::write(folder.path().join("truth.py"), "mine").unwrap();
		write_stub(folder.path(), &draft, &CLOCK, &mut report).unwrap();
		assert_eq!(std::fs::read_to_string(folder.path().join("truth.py")).unwrap(), "mine");
	}

	#[test]
	fn command_is_split_into_words() {
		let command = |text| command_of(text, Path::new("/nowhere")).unwrap();
		assert_eq!(command("./mine.py"), ["python3", "mine.py"]);
		assert_eq!(command("R --slave -f model.R"), ["R", "--slave", "-f", "model.R"]);
		assert!(command_of(" ", Path::new(".")).is_err());
	}

	#[test]
	fn settings_of_the_original_are_imported_without_the_wallet() {
		let folder = tempfile::tempdir().unwrap();
		let path = folder.path().join("config.json");
		let json = r#"{
			"wallet": { "addressKeyName": "secret", "addressRestoreMnemonic": "twelve words" },
			"worker": [{
				"topicId": 1,
				"inferenceEntrypointName": "apiAdapter",
				"loopSeconds": 5,
				"parameters": { "InferenceEndpoint": "http://source:8000/inference/{Token}", "Token": "ETH" }
			}, {
				"topicId": 2,
				"inferenceEntrypointName": "apiAdapter",
				"forecastEntrypointName": "apiAdapter",
				"loopSeconds": 5,
				"parameters": {
					"InferenceEndpoint": "http://source:8000/inference/{Token}",
					"ForecastEndpoint": "http://source:8000/forecast/{TopicId}/{BlockHeight}",
					"Token": "BTC"
				}
			}],
			"reputer": [{
				"topicId": 1,
				"groundTruthEntrypointName": "apiAdapter",
				"minStake": 1000000,
				"groundTruthParameters": {
					"GroundTruthEndpoint": "http://localhost:8888/gt/{Token}/{BlockHeight}",
					"Token": "ETHUSD"
				}
			}]
		}"#;
		std::fs::write(&path, json).unwrap();
		let imports = import(&path, None).unwrap().into_iter();
		let drafts: Vec<_> = imports.map(|import| import.draft(None).unwrap()).collect();
		let text = text(&node("ws://node"), &drafts, &CLOCK).unwrap();
		assert!(!text.contains("twelve words"));
		let config = Config::parse(&text, Path::new(".")).unwrap();
		let workers: Vec<_> = config.workers.iter().map(|one| (one.topic, one.forecast)).collect();
		assert_eq!((workers, config.reputers[0].topic), (vec![(1, false), (2, true)], 1));
		let source = |model: &str| match &config.models[model].source {
			ModelSource::Http { url, forecast, params, .. } => {
				(url.clone(), forecast.clone(), params["Token"].clone())
			}
			_ => panic!(),
		};
		let url = "http://source:8000/inference/{Token}";
		assert_eq!(source("model1"), (url.into(), None, "ETH".into()));
		let forecast = "http://source:8000/forecast/{TopicId}/{BlockHeight}";
		assert_eq!(source("model2"), (url.into(), Some(forecast.into()), "BTC".into()));
		assert_eq!(import(&path, Some(3)).unwrap()[2].topic, 3);
	}

	#[test]
	fn endpoints_of_the_original_are_chosen_by_the_number_of_labels() {
		let folder = tempfile::tempdir().unwrap();
		let path = folder.path().join("config.json");
		let json = r#"{ "worker": [{
			"topicId": 1,
			"forecastEntrypointName": "apiAdapter",
			"parameters": {
				"InferenceEndpoint": "http://one", "LabeledInferenceEndpoint": "http://many",
				"ForecastEndpoint": "http://forecast", "LabeledForecastEndpoint": "http://forecasts",
				"Horizon": 5, "Spot": true
			}
		}, { "topicId": 2, "parameters": { "LabeledInferenceEndpoint": "http://only" } }] }"#;
		std::fs::write(&path, json).unwrap();
		let chosen = |labels: usize| -> Vec<_> {
			let of = |import: Import| {
				let labels = vec![b"label".to_vec(); labels];
				let draft = import.draft(Some(QuestionParameters { labels, ..question() }));
				let DraftModel::Http { url, forecast, params } = draft.unwrap().model else {
					panic!()
				};
				(url, forecast, params.len())
			};
			import(&path, None).unwrap().into_iter().map(of).collect()
		};
		let text = |text: &str| text.to_owned();
		let only = (text("http://only"), None, 0);
		let one = (text("http://one"), Some(text("http://forecast")), 2);
		assert_eq!(chosen(1), [one, only.clone()]);
		let many = (text("http://many"), Some(text("http://forecasts")), 2);
		assert_eq!(chosen(3), [many, only]);
		std::fs::write(&path, r#"{ "worker": [{ "topicId": 1, "parameters": {} }] }"#).unwrap();
		let error = import(&path, None).err().unwrap().to_string();
		assert!(error.ends_with("worker number 1 has no InferenceEndpoint"), "{error}");
	}
}
