//! Errors of the gateway: problem details in JSON (RFC 9457), each with a name and what to do.

use crate::chain::types::TopicId;
use axum::{
	http::{header, HeaderValue, StatusCode},
	response::{IntoResponse, Response},
};
use schemars::JsonSchema;
use serde::Serialize;

/// Why a request fails.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Problem {
	/// The name of the problem, such as `urn:allora:problem:no-such-topic`.
	#[serde(rename = "type", serialize_with = "urn")]
	#[schemars(with = "String")]
	pub name: &'static str,
	/// The problem in a few words.
	pub title: &'static str,
	/// The status of the response.
	#[serde(serialize_with = "code")]
	#[schemars(with = "u16")]
	pub status: StatusCode,
	/// What is wrong here, and what to do.
	pub detail: String,
	/// The number of seconds after which to ask again.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub retry_after: Option<u64>,
}

fn urn<S: serde::Serializer>(name: &&str, to: S) -> Result<S::Ok, S::Error> {
	to.collect_str(&format_args!("urn:allora:problem:{name}"))
}

fn code<S: serde::Serializer>(status: &StatusCode, to: S) -> Result<S::Ok, S::Error> {
	to.serialize_u16(status.as_u16())
}

impl Problem {
	fn new(status: StatusCode, name: &'static str, title: &'static str, detail: String) -> Self {
		Self { name, title, status, detail, retry_after: None }
	}

	fn later(self, seconds: u64) -> Self {
		Self { retry_after: Some(seconds), ..self }
	}

	/// The question has a wrong parameter.
	pub fn bad_question(detail: impl Into<String>) -> Self {
		let title = "a parameter is wrong";
		Self::new(StatusCode::BAD_REQUEST, "bad-question", title, detail.into())
	}

	/// There is no such topic.
	pub fn no_such_topic(topic: TopicId) -> Self {
		let detail = format!(
			"there is no topic {topic}: it was never created, or it has been removed; /v1/topics lists \
			 those that exist"
		);
		Self::new(StatusCode::NOT_FOUND, "no-such-topic", "there is no such topic", detail)
	}

	/// The topic has no inference yet.
	pub fn no_inference(topic: TopicId) -> Self {
		let detail = format!(
			"topic {topic} has no inference yet; /v1/topics/{topic} says when its next epoch opens, and \
			 /v1/stream?topics={topic} sends the first inference"
		);
		Self::new(StatusCode::NOT_FOUND, "no-inference", "the topic has no inference yet", detail)
	}

	/// What was asked for is not there, for this reason.
	pub fn not_there(detail: impl Into<String>) -> Self {
		Self::new(
			StatusCode::NOT_FOUND,
			"not-there",
			"there is nothing of this kind",
			detail.into(),
		)
	}

	/// There is no such route.
	pub fn no_such_route() -> Self {
		let detail = "there is no such route; /openapi.json lists all routes".into();
		Self::new(StatusCode::NOT_FOUND, "no-such-route", "there is no such route", detail)
	}

	/// The route does not take this method.
	pub fn no_such_method() -> Self {
		let detail = "this route is read by GET; /openapi.json lists all routes".into();
		let title = "the route does not take this method";
		Self::new(StatusCode::METHOD_NOT_ALLOWED, "no-such-method", title, detail)
	}

	/// The client asks too often.
	pub fn too_many_requests(seconds: u64) -> Self {
		let detail = format!(
			"this address has asked too often; ask again after {seconds} s, use If-None-Match, or follow \
			 /v1/stream instead of asking again and again"
		);
		let title = "too many requests";
		Self::new(StatusCode::TOO_MANY_REQUESTS, "too-many-requests", title, detail).later(seconds)
	}

	/// There are too many open streams.
	pub fn too_many_streams() -> Self {
		let detail =
			"too many streams are open; close one, since one stream may follow many topics";
		let title = "too many streams";
		let status = StatusCode::TOO_MANY_REQUESTS;
		Self::new(status, "too-many-streams", title, detail.into()).later(30)
	}

	/// The response took too long.
	pub fn too_slow() -> Self {
		let detail = "the request took too long; ask again in a few seconds".into();
		let title = "the request took too long";
		Self::new(StatusCode::GATEWAY_TIMEOUT, "too-slow", title, detail).later(5)
	}

	/// The gateway has more questions than it can ask a node.
	pub fn busy() -> Self {
		let detail = "the gateway has too many questions for its node; ask again in a few seconds";
		let title = "the gateway is busy";
		Self::new(StatusCode::SERVICE_UNAVAILABLE, "busy", title, detail.into()).later(5)
	}

	/// The gateway has no finalized block yet.
	pub fn not_ready(detail: &str) -> Self {
		let title = "the gateway is not ready";
		let status = StatusCode::SERVICE_UNAVAILABLE;
		Self::new(status, "not-ready", title, detail.into()).later(5)
	}

	/// The node did not respond. The reason is for the log, not for clients.
	pub fn node_failed() -> Self {
		let detail = "the node of the gateway did not respond; ask again in a few seconds".into();
		let title = "the node did not respond";
		Self::new(StatusCode::BAD_GATEWAY, "node-failed", title, detail).later(5)
	}

	/// The history cannot be read.
	pub fn store_failed() -> Self {
		let detail = "the history of the gateway cannot be read; its operator finds why in the log";
		let title = "the history cannot be read";
		Self::new(StatusCode::INTERNAL_SERVER_ERROR, "store-failed", title, detail.into())
	}
}

impl IntoResponse for Problem {
	fn into_response(self) -> Response {
		let body = serde_json::to_string(&self).unwrap_or_default();
		let kind = HeaderValue::from_static("application/problem+json");
		let mut response = (self.status, [(header::CONTENT_TYPE, kind)], body).into_response();
		if let Some(seconds) = self.retry_after {
			response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
		}
		response
	}
}
