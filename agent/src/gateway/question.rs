//! What the gateway can be asked: the one table from which routes, tools and their descriptions come.

use super::{
	original::{LabeledNetworkInferences, LatestNetworkInferences},
	problem::Problem,
	responses::{
		AccountResponse, ExplanationResponse, HealthResponse, HistoryResponse, InferenceResponse,
		LeaderboardResponse, ProofResponse, TopicResponse, TopicsResponse,
	},
};
use crate::chain::{
	json::{Address, Text},
	types::{EpochId, Role, TopicId},
};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{de::DeserializeOwned, Deserialize};
use serde_json::Value;

/// The maximum number of topics in a response.
pub const MAX_TOPICS: u32 = 64;
/// The maximum number of epochs in a response.
pub const MAX_EPOCHS: u32 = 256;
/// The maximum number of positions in a response.
pub const MAX_POSITIONS: u32 = 256;
/// The number of items in a response if a question does not say.
const PAGE: u32 = 64;

/// Nothing is asked but the question itself.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NoArgs {}

/// Which topics.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TopicsArgs {
	/// The number from which the list starts, such as `next` of the page before.
	#[serde(default)]
	pub from: TopicId,
	/// The maximum number of topics.
	#[serde(default = "page")]
	#[schemars(range(min = 1, max = 64))]
	pub limit: u32,
}

/// Which topic.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TopicArgs {
	/// The id of the topic.
	pub topic: TopicId,
}

/// Which topic, as the original network names it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OriginalArgs {
	/// The id of the topic.
	pub topic_id: TopicId,
}

/// Which inference.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InferenceArgs {
	/// The id of the topic.
	pub topic: TopicId,
	/// Whether to leave outliers out.
	#[serde(default)]
	pub resistant: bool,
	/// Whether the block has to be finalized; the best one may still be replaced by another.
	#[serde(default = "yes")]
	pub finalized: bool,
}

/// Which epochs of a topic.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HistoryArgs {
	/// The id of the topic.
	pub topic: TopicId,
	/// Only epochs before this one, such as `next` of the page before.
	pub before: Option<EpochId>,
	/// The maximum number of epochs.
	#[serde(default = "page")]
	#[schemars(range(min = 1, max = 256))]
	pub limit: u32,
}

/// Which leaderboard of a topic.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LeaderboardArgs {
	/// The id of the topic.
	pub topic: TopicId,
	/// The role.
	#[serde(default = "inferer")]
	pub role: Role,
}

/// Which account.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AccountArgs {
	/// The address of the account.
	pub account: Address,
	/// The topic from which its positions start, such as `next` of the page before.
	#[serde(default)]
	pub from: TopicId,
	/// The maximum number of positions.
	#[serde(default = "page")]
	#[schemars(range(min = 1, max = 256))]
	pub limit: u32,
}

/// What to explain.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExplainArgs {
	/// The address of the account.
	pub account: Address,
	/// The id of the topic.
	pub topic: TopicId,
	/// The epoch; by default the newest that has ended.
	pub epoch: Option<EpochId>,
}

fn page() -> u32 {
	PAGE
}

fn yes() -> bool {
	true
}

fn inferer() -> Role {
	Role::Inferer
}

/// A question to the gateway.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Question {
	/// The topics.
	Topics(TopicsArgs),
	/// A topic.
	Topic(TopicArgs),
	/// The newest inference of a topic.
	Inference(InferenceArgs),
	/// The proof of the newest inference of a topic.
	Proof(TopicArgs),
	/// The past epochs of a topic.
	History(HistoryArgs),
	/// The best accounts of a topic.
	Leaderboard(LeaderboardArgs),
	/// An account.
	Account(AccountArgs),
	/// Why an account was or was not rewarded.
	Explain(ExplainArgs),
	/// The newest inference of a topic of one label in the shape of the original network, version 9.
	Original(OriginalArgs),
	/// The newest inference of a topic in the shape of the original network, version 10.
	OriginalLabeled(OriginalArgs),
	/// The same as [`Self::Original`] without outliers.
	OriginalResistant(OriginalArgs),
	/// The same as [`Self::OriginalLabeled`] without outliers.
	OriginalLabeledResistant(OriginalArgs),
	/// Whether the gateway and its node work.
	Health(NoArgs),
}

impl Question {
	/// Whether the response holds at the newest finalized block, rather than at the best one.
	pub fn is_of_finalized(&self) -> bool {
		!matches!(self, Self::Inference(InferenceArgs { finalized: false, .. }))
	}
}

/// A question as clients ask it: a route, and mostly a tool.
pub struct Endpoint {
	/// The path; what is in braces are arguments.
	pub path: &'static str,
	/// The name of the tool.
	pub tool: Option<&'static str>,
	/// What is returned, in a sentence.
	pub summary: &'static str,
	/// The schema of the arguments.
	pub args: fn(&mut SchemaGenerator) -> Schema,
	/// The schema of the response.
	pub response: fn(&mut SchemaGenerator) -> Schema,
	/// Reads arguments in the form of a query.
	pub from_query: fn(&str) -> Result<Question, Problem>,
	/// Reads arguments in JSON.
	pub from_json: fn(Value) -> Result<Question, Problem>,
}

/// A row of the table: path, tool, kind of the question with its arguments, response, summary.
macro_rules! endpoint {
	($path:literal, $tool:expr, $kind:ident($args:ty) -> $response:ty, $summary:literal) => {
		Endpoint {
			path: $path,
			tool: $tool,
			summary: $summary,
			args: |generator| generator.root_schema_for::<$args>(),
			response: |generator| generator.subschema_for::<$response>(),
			from_query: |text| query::<$args>(text).map(Question::$kind),
			from_json: |value| json::<$args>(value).map(Question::$kind),
		}
	};
}

/// All questions.
pub const ENDPOINTS: &[Endpoint] = &[
	endpoint!(
		"/v1/topics",
		Some("list_topics"),
		Topics(TopicsArgs) -> TopicsResponse,
		"The topics with their parameters, newest settled epoch and newest inference. Texts are their \
		 creators' words."
	),
	endpoint!(
		"/v1/topics/{topic}",
		None,
		Topic(TopicArgs) -> TopicResponse,
		"A topic with its parameters, newest settled epoch and newest inference. Texts are its creator's \
		 words."
	),
	endpoint!(
		"/v1/topics/{topic}/inference",
		Some("get_inference"),
		Inference(InferenceArgs) -> InferenceResponse,
		"The newest network inference of a topic, with intervals, age, and whether it is fresh. Labels are \
		 the creator's words."
	),
	endpoint!(
		"/v1/topics/{topic}/inference/proof",
		None,
		Proof(TopicArgs) -> ProofResponse,
		"What proves the newest inference to somebody who knows the chain's authorities: the file that \
		 `allora-agent verify` takes."
	),
	endpoint!(
		"/v1/topics/{topic}/history",
		Some("get_history"),
		History(HistoryArgs) -> HistoryResponse,
		"The epochs of a topic, newest first, with inference, truth and losses, also those that the chain \
		 has forgotten."
	),
	endpoint!(
		"/v1/topics/{topic}/leaderboard",
		Some("get_leaderboard"),
		Leaderboard(LeaderboardArgs) -> LeaderboardResponse,
		"The lately active accounts of a topic in a role, by falling smoothed score."
	),
	endpoint!(
		"/v1/accounts/{account}",
		Some("get_account"),
		Account(AccountArgs) -> AccountResponse,
		"An account: its balance, and per topic its registrations, scores, stake and rewards due."
	),
	endpoint!(
		"/v1/accounts/{account}/explain",
		Some("explain"),
		Explain(ExplainArgs) -> ExplanationResponse,
		"What happened to an account's submissions in an epoch, and why they were or were not rewarded, \
		 as data and in words."
	),
	endpoint!(
		"/emissions/v9/latest_network_inferences/{topic_id}",
		None,
		Original(OriginalArgs) -> LatestNetworkInferences,
		"The newest network inference of a topic of one label, in the shape of the original network's REST \
		 API, version 9."
	),
	endpoint!(
		"/emissions/v10/latest_network_inferences/{topic_id}",
		None,
		OriginalLabeled(OriginalArgs) -> LabeledNetworkInferences,
		"The newest network inference of a topic, in the shape of the original network's REST API, version \
		 10."
	),
	endpoint!(
		"/emissions/v9/latest_network_inferences_outlier_resistant/{topic_id}",
		None,
		OriginalResistant(OriginalArgs) -> LatestNetworkInferences,
		"The newest network inference of a topic of one label without outliers, in the shape of the \
		 original network's REST API, version 9."
	),
	endpoint!(
		"/emissions/v10/latest_network_inferences_outlier_resistant/{topic_id}",
		None,
		OriginalLabeledResistant(OriginalArgs) -> LabeledNetworkInferences,
		"The newest network inference of a topic without outliers, in the shape of the original network's \
		 REST API, version 10."
	),
	endpoint!(
		"/health",
		Some("doctor"),
		Health(NoArgs) -> HealthResponse,
		"Whether the gateway follows its chain, and what to do if it does not. The status is 503 if it \
		 does not."
	),
];

/// Reads arguments in the form of a query.
fn query<Args: DeserializeOwned>(text: &str) -> Result<Args, Problem> {
	serde_urlencoded::from_str(text).map_err(|error: serde_urlencoded::de::Error| {
		// The error does not name the parameter.
		wrong(&format_args!("{error}, in {:?}", Text::new(text.as_bytes()).0))
	})
}

/// Reads arguments in JSON.
fn json<Args: DeserializeOwned>(value: Value) -> Result<Args, Problem> {
	serde_json::from_value(value).map_err(|error| wrong(&error))
}

fn wrong(error: &dyn std::fmt::Display) -> Problem {
	Problem::bad_question(format!("{error}; /openapi.json has the parameters of each question"))
}

/// An error if a limit is not in the range that a question has.
pub fn check_limit(limit: u32, maximum: u32) -> Result<(), Problem> {
	if (1..=maximum).contains(&limit) {
		return Ok(());
	}
	Err(Problem::bad_question(format!("limit is {limit}: choose one of 1 to {maximum}")))
}

#[cfg(test)]
mod tests {
	use super::*;

	fn endpoint(path: &str) -> &'static Endpoint {
		ENDPOINTS.iter().find(|endpoint| endpoint.path == path).unwrap()
	}

	#[test]
	fn query_and_json_ask_the_same() {
		let history = endpoint("/v1/topics/{topic}/history");
		let asked = (history.from_query)("topic=7&before=30").unwrap();
		let expected = HistoryArgs { topic: 7, before: Some(30), limit: PAGE };
		assert_eq!(asked, Question::History(expected));
		let json = serde_json::json!({ "topic": 7, "before": 30 });
		assert_eq!((history.from_json)(json).unwrap(), asked);
		let leaders =
			(endpoint("/v1/topics/{topic}/leaderboard").from_query)("topic=7&role=reputer");
		let expected = LeaderboardArgs { topic: 7, role: Role::Reputer };
		assert_eq!(leaders.unwrap(), Question::Leaderboard(expected));
	}

	#[test]
	fn wrong_parameter_is_named() {
		let history = endpoint("/v1/topics/{topic}/history");
		for (query, named) in [
			("topic=seven", "invalid digit"),
			("topic=7&befor=3", "unknown field `befor`"),
			("topic=7&topic=8", "duplicate field `topic`"),
			("topic=7&limit=-1", "invalid digit"),
			("before=3", "missing field `topic`"),
		] {
			let problem = (history.from_query)(query).unwrap_err();
			assert_eq!(problem.status.as_u16(), 400);
			assert!(problem.detail.contains(named), "{}", problem.detail);
		}
		let problem = (endpoint("/v1/accounts/{account}").from_query)("account=abc").unwrap_err();
		assert!(problem.detail.contains("\"abc\" is no address"), "{}", problem.detail);
	}

	#[test]
	fn there_are_seven_tools() {
		let mut tools: Vec<_> = ENDPOINTS.iter().filter_map(|endpoint| endpoint.tool).collect();
		tools.sort();
		let expected = [
			"doctor",
			"explain",
			"get_account",
			"get_history",
			"get_inference",
			"get_leaderboard",
			"list_topics",
		];
		assert_eq!(tools, expected);
	}
}
