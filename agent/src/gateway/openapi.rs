//! The description of the routes (OpenAPI 3.1), from the table of questions.

use super::{
	follow::{EpochEvent, ScoreEvent},
	problem::Problem,
	question::{Endpoint, ENDPOINTS},
	responses::InferenceResponse,
	stream::StreamArgs,
};
use schemars::{generate::SchemaSettings, SchemaGenerator};
use serde_json::{json, Map, Value};

/// The description of all routes.
pub fn document() -> Value {
	let settings = SchemaSettings::draft2020_12().with(|settings| {
		settings.definitions_path = "/components/schemas".into();
	});
	let mut generator = settings.for_serialize().into_generator();
	let mut paths = Map::new();
	for endpoint in ENDPOINTS {
		paths.insert(endpoint.path.into(), json!({ "get": operation(endpoint, &mut generator) }));
	}
	paths.insert("/v1/stream".into(), json!({ "get": stream(&mut generator) }));
	let description = "This description.";
	paths.insert("/openapi.json".into(), json!({ "get": text(description, "application/json") }));
	let counters = "Counters in the format of Prometheus.";
	paths.insert("/metrics".into(), json!({ "get": text(counters, "text/plain") }));
	let tools = text("Tools of the Model Context Protocol (streamable HTTP).", "application/json");
	paths.insert("/mcp".into(), json!({ "post": tools }));
	generator.subschema_for::<Problem>();
	json!({
		"openapi": "3.1.0",
		"info": {
			"title": "Allora gateway",
			"version": env!("CARGO_PKG_VERSION"),
			"description": "Network inferences and their history, as of the newest finalized block. Numbers \
				of the chain and amounts in planck are strings of decimals. ETag is the hash of the block.",
		},
		"paths": paths,
		"components": { "schemas": generator.take_definitions(true) },
	})
}

/// A route for a question.
fn operation(endpoint: &Endpoint, generator: &mut SchemaGenerator) -> Value {
	let args = (endpoint.args)(&mut SchemaSettings::draft2020_12().into_generator());
	let mut responses = responses((endpoint.response)(generator).to_value(), "application/json");
	if endpoint.path == "/health" {
		responses["503"] = responses["200"].clone();
	} else {
		responses["304"] =
			json!({ "description": "Nothing has changed since the block of If-None-Match." });
	}
	json!({
		"operationId": endpoint.tool.map_or_else(|| name(endpoint.path), String::from),
		"summary": endpoint.summary,
		"parameters": parameters(endpoint.path, args.as_value()),
		"responses": responses,
	})
}

/// The name of a question that is no tool, such as `emissions_v9_latest_network_inferences`.
fn name(path: &str) -> String {
	let parts = path.split('/').filter(|part| !part.is_empty() && !part.starts_with('{'));
	parts.collect::<Vec<_>>().join("_")
}

/// The arguments of a question as parameters of a route.
fn parameters(path: &str, args: &Value) -> Vec<Value> {
	let properties = args.get("properties").and_then(Value::as_object);
	let properties = properties.into_iter().flatten();
	let parameter = |(name, schema): (&String, &Value)| {
		let is_path = path.contains(&format!("{{{name}}}"));
		let required = args.get("required").and_then(Value::as_array);
		let is_required = required.is_some_and(|names| names.contains(&json!(name)));
		// A schema of its own may be referred to: it is put in place.
		let reference = schema.get("$ref").and_then(Value::as_str);
		let found = reference.and_then(|path| args.pointer(path.trim_start_matches('#')));
		let mut schema = found.unwrap_or(schema).clone();
		let description = schema.as_object_mut().and_then(|schema| schema.remove("description"));
		json!({
			"name": name,
			"in": if is_path { "path" } else { "query" },
			"required": is_path || is_required,
			"description": description,
			"schema": schema,
		})
	};
	properties.map(parameter).collect()
}

/// The responses of a route: what it returns, or a problem.
fn responses(schema: Value, kind: &str) -> Value {
	let problem = json!({ "$ref": "#/components/schemas/Problem" });
	json!({
		"200": { "description": "The response.", "content": { kind: { "schema": schema } } },
		"default": {
			"description": "Why there is none.",
			"content": { "application/problem+json": { "schema": problem } },
		},
	})
}

/// A route whose response is described by its kind alone.
fn text(summary: &str, kind: &str) -> Value {
	json!({ "summary": summary, "responses": responses(json!({}), kind) })
}

/// The route of changes.
fn stream(generator: &mut SchemaGenerator) -> Value {
	let args = SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<StreamArgs>();
	let mut parameters = parameters("/v1/stream", args.as_value());
	parameters.push(json!({
		"name": "Last-Event-ID", "in": "header", "required": false, "schema": { "type": "string" },
		"description": "The id of the last event that was received: what has changed since then comes first.",
	}));
	let data = json!({ "anyOf": [
		generator.subschema_for::<InferenceResponse>(),
		generator.subschema_for::<EpochEvent>(),
		generator.subschema_for::<ScoreEvent>(),
	] });
	json!({
		"operationId": "stream",
		"summary": "Changes as server-sent events: inference, epoch and score. A stream begins with the newest \
			inferences, and ends after an hour.",
		"parameters": parameters,
		"responses": responses(data, "text/event-stream"),
	})
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn every_question_is_described() {
		let document = document();
		for endpoint in ENDPOINTS {
			let operation = &document["paths"][endpoint.path]["get"];
			let response =
				&operation["responses"]["200"]["content"]["application/json"]["schema"]["$ref"];
			let response = response.as_str().unwrap_or_default().trim_start_matches('#');
			assert!(document.pointer(response).is_some(), "{}: {operation}", endpoint.path);
		}
		let parameters = &document["paths"]["/v1/topics/{topic}/leaderboard"]["get"]["parameters"];
		let names: Vec<_> = parameters.as_array().unwrap().iter().map(|one| &one["name"]).collect();
		assert_eq!(names, ["role", "topic"]);
		assert_eq!(
			(&parameters[1]["in"], &parameters[1]["required"]),
			(&json!("path"), &json!(true))
		);
		assert!(parameters[0].to_string().contains("forecaster"), "{parameters}");
	}

	#[test]
	fn no_reference_leads_nowhere() {
		let document = document();
		let text = document.to_string();
		for part in text.split("\"$ref\":\"#").skip(1) {
			let path = part.split('"').next().unwrap();
			assert!(document.pointer(path).is_some(), "{path}");
		}
	}
}
