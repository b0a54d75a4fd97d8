//! Models: programs, servers and tables that predict, forecast, or know the truth.
//!
//! A model may be late, fail, print nonsense or hang. Each of these is an error with a name, and
//! none of them affects another model: every model has a process or a connection of its own.

mod csv;
mod http;
mod pipe;

pub use http::check_url;

use super::config::{Config, ModelSettings, ModelSource};
use crate::{
	chain::{
		address, decimal, fixed_from_text,
		types::{AccountId, EpochId, TopicId},
	},
	run::log::Log,
};
use allora_primitives::MAX_LOSS;
use anyhow::Result;
use serde_json::{json, Value};
use std::{
	collections::BTreeMap,
	fmt::{self, Display},
	path::Path,
	sync::Arc,
	time::Duration,
};
use tokio::time::Instant;

/// The version of the model contract.
pub const PROTOCOL: u64 = 1;

/// What a model is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
	/// To predict the truth of an epoch.
	Predict,
	/// To predict the losses of the inferers.
	Forecast,
	/// To return the truth of an epoch.
	Truth,
	/// To compute the losses of an epoch's elements.
	Losses,
}

impl Method {
	/// Its name in a request.
	pub fn name(self) -> &'static str {
		match self {
			Self::Predict => "predict",
			Self::Forecast => "forecast",
			Self::Truth => "truth",
			Self::Losses => "losses",
		}
	}
}

/// A past epoch of a topic, as models see it.
#[derive(Clone, Debug, PartialEq)]
pub struct PastEpoch {
	/// The epoch.
	pub epoch: EpochId,
	/// When it opened, in milliseconds since the Unix epoch.
	pub opened_at_ms: u64,
	/// The network inference, one value per label, in the chain's numbers.
	pub network: Vec<i128>,
	/// The truth, one value per label, in the chain's numbers.
	pub truth: Vec<i128>,
}

/// What a model needs to know to respond.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
	/// The topic.
	pub topic: TopicId,
	/// The epoch.
	pub epoch: EpochId,
	/// The number of the best block.
	pub block: u32,
	/// The names of the values, one each.
	pub labels: Vec<String>,
	/// When the epoch opened, in milliseconds since the Unix epoch.
	pub opened_at_ms: u64,
	/// When its truth is known, in milliseconds since the Unix epoch.
	pub truth_at_ms: u64,
	/// The length of an epoch.
	pub epoch_length: Duration,
	/// The newest settled epochs, oldest first.
	pub history: Vec<PastEpoch>,
	/// The inferers whose losses are to be forecast.
	pub inferers: Vec<AccountId>,
	/// What losses are to be computed of.
	pub measured: Option<Measured>,
}

/// What losses are computed of.
#[derive(Clone, Debug, PartialEq)]
pub struct Measured {
	/// The name of the topic's loss.
	pub loss: String,
	/// What the topic adds to a loss before its logarithm, in the chain's numbers.
	pub floor: i128,
	/// The truth, one value per label, in the chain's numbers.
	pub truth: Vec<i128>,
	/// The elements of the epoch's bundle in its order: their names and values.
	pub elements: Vec<(String, Vec<i128>)>,
}

impl Request {
	/// The parameters of a request by JSON-RPC.
	fn json(&self, method: Method, left: Duration) -> Value {
		let mut params = json!({
			"topic": self.topic,
			"epoch": self.epoch,
			"block": self.block,
			"labels": self.labels,
			"opened_at_ms": self.opened_at_ms,
			"truth_at_ms": self.truth_at_ms,
			"deadline_ms": u64::try_from(left.as_millis()).unwrap_or(u64::MAX),
		});
		if matches!(method, Method::Predict | Method::Forecast) {
			let past = |past: &PastEpoch| {
				json!({
					"epoch": past.epoch,
					"opened_at_ms": past.opened_at_ms,
					"network": exact(&past.network),
					"truth": exact(&past.truth),
				})
			};
			params["history"] = self.history.iter().map(past).collect();
		}
		if method == Method::Forecast {
			params["inferers"] = self.inferers.iter().map(address).collect();
		}
		if let Some(measured) = self.measured.as_ref().filter(|_| method == Method::Losses) {
			let element = |(name, values): &(String, Vec<i128>)| json!({ "element": name, "values": exact(values) });
			params["loss"] = json!(measured.loss);
			params["floor"] = exact_number(&measured.floor);
			params["truth"] = exact(&measured.truth);
			params["elements"] = measured.elements.iter().map(element).collect();
		}
		params
	}
}

/// Why a model has no response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ModelError {
	/// It did not respond in time.
	Late(Duration),
	/// Its response was longer than allowed, in bytes.
	Oversize(usize),
	/// Its response is not of the form that the contract asks for.
	Schema(String),
	/// It responded with an error.
	Failed(String),
	/// Its program ended, or does not start.
	Crashed(String),
	/// Its server cannot be reached.
	Unreachable(String),
}

impl ModelError {
	/// The name of the error, one word.
	pub fn name(&self) -> &'static str {
		match self {
			Self::Late(_) => "late",
			Self::Oversize(_) => "oversize",
			Self::Schema(_) => "schema",
			Self::Failed(_) => "failed",
			Self::Crashed(_) => "crashed",
			Self::Unreachable(_) => "unreachable",
		}
	}
}

impl Display for ModelError {
	fn fmt(&self, to: &mut fmt::Formatter) -> fmt::Result {
		write!(to, "{}: ", self.name())?;
		match self {
			Self::Late(time) => write!(to, "no response within {:.1} s", time.as_secs_f64()),
			Self::Oversize(bytes) => write!(to, "a response of more than {bytes} bytes"),
			Self::Schema(reason)
			| Self::Failed(reason)
			| Self::Crashed(reason)
			| Self::Unreachable(reason) => to.write_str(reason),
		}
	}
}

impl std::error::Error for ModelError {}

/// A model of the settings.
pub struct Model {
	/// Its name in the settings.
	pub name: String,
	timeout: Duration,
	kind: Kind,
}

enum Kind {
	Pipe(Arc<pipe::Pipe>),
	Http(Box<http::Http>),
	Csv(csv::Truths),
}

/// The models of the settings by name.
pub type Models = BTreeMap<String, Arc<Model>>;

/// The models of the settings; their programs start when they are first asked.
pub fn all(config: &Config, log: &Arc<Log>) -> Result<Models> {
	let models = config.models.iter().map(|(name, settings)| {
		Ok((name.clone(), Arc::new(Model::new(name, settings, &config.folder, log)?)))
	});
	models.collect()
}

impl Model {
	/// A model; `folder` is where its program runs.
	pub fn new(
		name: &str,
		settings: &ModelSettings,
		folder: &Path,
		log: &Arc<Log>,
	) -> Result<Self> {
		let max_bytes = settings.max_bytes;
		let kind = match &settings.source {
			ModelSource::Command(command) => {
				Kind::Pipe(Arc::new(pipe::Pipe::new(name, command, folder, max_bytes, log)))
			}
			ModelSource::Http { url, forecast, post, pointer, params } => {
				let (post, pointer, params) = (*post, pointer.clone(), params.clone());
				let http = http::Http::new(url.clone(), post, pointer, params, max_bytes)?;
				Kind::Http(Box::new(http.forecasting(forecast.clone())?))
			}
			ModelSource::Csv { path, max_age } => {
				Kind::Csv(csv::Truths { path: path.clone(), max_age: *max_age })
			}
		};
		Ok(Self { name: name.into(), timeout: settings.timeout, kind })
	}

	/// The model's prediction for an epoch, one value per label, in the chain's numbers.
	pub async fn predict(
		&self,
		request: &Request,
		deadline: Instant,
	) -> Result<Vec<i128>, ModelError> {
		let response = self.ask(Method::Predict, request, deadline).await?;
		values(&response, &request.labels)
	}

	/// The losses that the model expects of the request's inferers, as far as it has any.
	pub async fn forecast(
		&self,
		request: &Request,
		deadline: Instant,
	) -> Result<Vec<(AccountId, i128)>, ModelError> {
		losses(&self.ask(Method::Forecast, request, deadline).await?, &request.inferers)
	}

	/// The truth of an epoch, one value per label, `None` while it is not known.
	pub async fn truth(
		&self,
		request: &Request,
		deadline: Instant,
	) -> Result<Option<Vec<i128>>, ModelError> {
		match self.ask(Method::Truth, request, deadline).await? {
			Value::Null => Ok(None),
			response => values(&response, &request.labels).map(Some),
		}
	}

	/// The losses of the request's elements in their order, in the chain's numbers, `None` while they
	/// are not known.
	pub async fn losses(
		&self,
		request: &Request,
		deadline: Instant,
	) -> Result<Option<Vec<i128>>, ModelError> {
		let count = request.measured.as_ref().map_or(0, |measured| measured.elements.len());
		match self.ask(Method::Losses, request, deadline).await? {
			Value::Null => Ok(None),
			response => element_losses(&response, count).map(Some),
		}
	}

	/// The number of responses that came after their deadline, and were dropped.
	pub fn late_responses(&self) -> u64 {
		match &self.kind {
			Kind::Pipe(pipe) => pipe.late_responses(),
			Kind::Http(_) | Kind::Csv(_) => 0,
		}
	}

	/// Ends the model's program.
	pub async fn stop(&self) {
		if let Kind::Pipe(pipe) = &self.kind {
			pipe.stop().await;
		}
	}

	async fn ask(
		&self,
		method: Method,
		request: &Request,
		deadline: Instant,
	) -> Result<Value, ModelError> {
		let deadline = deadline.min(Instant::now() + self.timeout);
		match &self.kind {
			// The caller may be dropped before the response comes, such as when a connection ends: the
			// program must not seem to hang for that.
			Kind::Pipe(pipe) => {
				let (pipe, request) = (pipe.clone(), request.clone());
				let asked = tokio::spawn(async move { pipe.ask(method, &request, deadline).await });
				asked.await.unwrap_or_else(|error| Err(ModelError::Failed(error.to_string())))
			}
			Kind::Http(http) => http.ask(method, request, deadline).await,
			Kind::Csv(truths) => truths.ask(method, request),
		}
	}
}

/// Numbers of the chain as JSON, with all their digits.
fn exact(values: &[i128]) -> Value {
	values.iter().map(exact_number).collect()
}

/// A number of the chain as JSON, with all its digits.
fn exact_number(value: &i128) -> Value {
	serde_json::from_str(&decimal(*value)).unwrap_or_default()
}

/// Numbers of the chain, for a line of text.
pub fn in_words(values: &[i128]) -> String {
	values.iter().copied().map(decimal).collect::<Vec<_>>().join(" ")
}

/// A number in a response: a JSON number, or a text of one.
fn number(value: &Value) -> Result<i128, ModelError> {
	let text = match value {
		Value::Number(number) => number.to_string(),
		Value::String(text) => text.trim().to_owned(),
		other => return Err(ModelError::Schema(format!("{} is not a number", shown(other)))),
	};
	if text.len() > SHOWN {
		let reason = format!("{} is too long for a number", shown_text(&text));
		return Err(ModelError::Schema(reason));
	}
	fixed_from_text(&text).map_err(|error| ModelError::Schema(error.to_string()))
}

/// The values of a response: a number, a list of numbers, an object with such a list as `values`, or one
/// with a number per label.
fn values(response: &Value, labels: &[String]) -> Result<Vec<i128>, ModelError> {
	let values = match response {
		Value::Object(fields) => match fields.get("values") {
			Some(values) => values,
			None => return by_label(fields, labels),
		},
		other => other,
	};
	let values = match values {
		Value::Array(values) => values.iter().map(number).collect::<Result<Vec<_>, _>>()?,
		value => vec![number(value)?],
	};
	if values.len() != labels.len() {
		let (found, wanted) = (values.len(), labels.len());
		return Err(ModelError::Schema(format!(
			"{found} values, and the topic has {wanted} labels"
		)));
	}
	Ok(values)
}

/// The values of an object that has one for each label and nothing else.
fn by_label(
	fields: &serde_json::Map<String, Value>,
	labels: &[String],
) -> Result<Vec<i128>, ModelError> {
	let found: Option<Vec<_>> = labels.iter().map(|label| fields.get(label)).collect();
	match found {
		Some(found) if fields.len() == labels.len() => found.into_iter().map(number).collect(),
		_ => Err(ModelError::Schema(format!(
			"{} has neither `values` nor the labels {}",
			shown(&Value::Object(fields.clone())),
			labels.join(", ")
		))),
	}
}

/// The losses of a response, in the order of the inferers; accounts that are not inferers are an error.
fn losses(response: &Value, inferers: &[AccountId]) -> Result<Vec<(AccountId, i128)>, ModelError> {
	let Some(losses) = response.get("losses").and_then(Value::as_object) else {
		return Err(ModelError::Schema(format!("{} has no object `losses`", shown(response))));
	};
	let mut found = Vec::new();
	for inferer in inferers {
		if let Some(loss) = losses.get(&address(inferer)) {
			found.push((*inferer, number(loss)?));
		}
	}
	if found.len() < losses.len() {
		return Err(ModelError::Schema("a loss is for an account that is not an inferer".into()));
	}
	Ok(found)
}

/// The losses of a response, one per element: a list of numbers, or an object with such a list as
/// `losses`.
fn element_losses(response: &Value, count: usize) -> Result<Vec<i128>, ModelError> {
	let losses = response.get("losses").unwrap_or(response).as_array();
	let Some(losses) = losses else {
		return Err(ModelError::Schema(format!("{} has no list `losses`", shown(response))));
	};
	let losses = losses.iter().map(number).collect::<Result<Vec<_>, _>>()?;
	if losses.len() != count {
		let found = losses.len();
		return Err(ModelError::Schema(format!("{found} losses, and there are {count} elements")));
	}
	let most = MAX_LOSS.into_inner().unsigned_abs();
	match losses.iter().find(|loss| loss.unsigned_abs() > most) {
		Some(loss) => {
			Err(ModelError::Schema(format!("a loss is {}, and at most 1000", decimal(*loss))))
		}
		None => Ok(losses),
	}
}

/// Maximum length of a foreign text in a line of ours, in characters.
const SHOWN: usize = 120;

/// The beginning of a value, for an error.
fn shown(value: &Value) -> String {
	shown_text(&value.to_string())
}

/// The beginning of a text in one line, for an error.
fn shown_text(text: &str) -> String {
	let mut chars = text.chars().map(|char| if char.is_control() { ' ' } else { char });
	let begin: String = chars.by_ref().take(SHOWN).collect();
	if chars.next().is_some() {
		format!("{begin}...")
	} else {
		begin
	}
}

#[cfg(test)]
pub(super) mod tests {
	use super::*;

	/// A request for the values of two labels.
	pub fn request() -> Request {
		Request {
			topic: 7,
			epoch: 1_000,
			block: 55,
			labels: vec!["up".into(), "down".into()],
			opened_at_ms: 1_000_000,
			truth_at_ms: 1_060_000,
			epoch_length: Duration::from_secs(60),
			history: vec![PastEpoch {
				epoch: 900,
				opened_at_ms: 900_000,
				network: vec![ONE / 2, ONE / 2],
				truth: vec![ONE + 1, 0],
			}],
			inferers: vec![[1; 32]],
			measured: None,
		}
	}

	const ONE: i128 = 1_000_000_000_000_000_000;

	/// The labels a, b, ...
	fn labels(count: u8) -> Vec<String> {
		(0..count).map(|at| char::from(b'a' + at).to_string()).collect()
	}

	#[test]
	fn values_are_numbers_or_decimal_texts() {
		for response in [json!({ "values": ["0.25", 0.75] }), json!([0.25, "0.75"])] {
			assert_eq!(values(&response, &labels(2)).unwrap(), [ONE / 4, 3 * ONE / 4]);
		}
		let by_label = json!({ "b": "0.75", "a": 0.25 });
		assert_eq!(values(&by_label, &labels(2)).unwrap(), [ONE / 4, 3 * ONE / 4]);
		assert_eq!(values(&json!("1.5"), &labels(1)).unwrap(), [3 * ONE / 2]);
		// No digit is lost on the way through JSON.
		let exact: Value = serde_json::from_str("101.250000000000000001").unwrap();
		assert_eq!(values(&exact, &labels(1)).unwrap(), [101_250_000_000_000_000_001]);
	}

	#[test]
	fn responses_of_another_form_are_errors_that_say_what_is_wrong() {
		for (response, count, reason) in [
			(
				json!({ "value": 1 }),
				1,
				"schema: {\"value\":1} has neither `values` nor the labels a",
			),
			(
				json!({ "a": 1, "c": 2 }),
				1,
				"schema: {\"a\":1,\"c\":2} has neither `values` nor the labels a",
			),
			(json!({ "values": [1] }), 2, "schema: 1 values, and the topic has 2 labels"),
			(json!({ "values": [true] }), 1, "schema: true is not a number"),
			(json!({ "values": ["NaN"] }), 1, "schema: \"NaN\" is not a decimal number"),
			(json!(1e300), 1, "schema: 1e300 is out of the range of the chain's numbers"),
			(json!(null), 1, "schema: null is not a number"),
			(json!("a\nb"), 1, "schema: \"a\\nb\" is not a decimal number"),
		] {
			let error = values(&response, &labels(count)).unwrap_err().to_string();
			assert!(error == reason || error.replace("+300", "300") == reason, "{error}");
		}
	}

	#[test]
	fn long_responses_are_shown_in_part_and_in_one_line() {
		let error = values(&json!("7".repeat(5_000)), &labels(1)).unwrap_err().to_string();
		assert_eq!(error, format!("schema: {}... is too long for a number", "7".repeat(SHOWN)));
		assert_eq!(shown_text("no data\nfor\ttoday"), "no data for today");
	}

	#[test]
	fn losses_of_elements_are_as_many_as_they_and_in_range() {
		for response in [json!({ "losses": [-1.5, "0.25"] }), json!([-1.5, 0.25])] {
			assert_eq!(element_losses(&response, 2).unwrap(), [-3 * ONE / 2, ONE / 4]);
		}
		for (response, reason) in [
			(json!({ "losses": [1] }), "schema: 1 losses, and there are 2 elements"),
			(json!([1, 1000.5]), "schema: a loss is 1000.5, and at most 1000"),
			(json!([1, null]), "schema: null is not a number"),
			(json!({ "loss": [1] }), "schema: {\"loss\":[1]} has no list `losses`"),
		] {
			assert_eq!(element_losses(&response, 2).unwrap_err().to_string(), reason);
		}
	}

	#[test]
	fn losses_are_asked_with_truth_and_elements() {
		let measured = Measured {
			loss: "mine".into(),
			floor: ONE / 1_000,
			truth: vec![ONE + 1],
			elements: vec![("combined".into(), vec![ONE / 2])],
		};
		let asked = Request { measured: Some(measured), ..request() };
		let params = asked.json(Method::Losses, Duration::ZERO);
		assert_eq!(params["truth"].to_string(), "[1.000000000000000001]");
		assert_eq!(
			(&params["loss"], params["floor"].to_string()),
			(&json!("mine"), "0.001".into())
		);
		let elements = serde_json::json!([{ "element": "combined", "values": [0.5] }]);
		assert_eq!(params["elements"], elements);
		assert!(params.get("history").is_none());
		assert!(asked.json(Method::Truth, Duration::ZERO).get("elements").is_none());
	}

	#[test]
	fn losses_are_those_of_the_inferers() {
		let inferers = [[1; 32], [2; 32]];
		let response = json!({ "losses": { address(&[2; 32]): "0.5" } });
		assert_eq!(losses(&response, &inferers).unwrap(), [([2; 32], ONE / 2)]);
		let stranger = json!({ "losses": { address(&[3; 32]): 1 } });
		assert!(losses(&stranger, &inferers).is_err());
		assert!(losses(&json!([1]), &inferers).is_err());
	}
}
