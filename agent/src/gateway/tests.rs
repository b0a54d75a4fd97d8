//! The routes and tools over a chain of one topic.

use super::{
	app::{Blocks, Gateway, Newest},
	fake::{Fake, WORKER},
	follow::EpochEvent,
	mcp::{self, Tools},
	question::ENDPOINTS,
	routes::{router, App},
	state::State,
	store::{Batch, Mark, Store},
};
use crate::{chain::address, verify::ProofFile};
use axum::{
	body::Body,
	http::{Method, Request, Response, StatusCode},
	Router,
};
use http_body_util::BodyExt;
use serde_json::{json, Value};
use std::{
	sync::{atomic::Ordering, Arc},
	time::Instant,
};
use tokio::sync::watch;
use tower::ServiceExt;

/// A gateway with its routes.
struct Stand {
	gateway: Arc<Gateway>,
	routes: Router,
	newest: watch::Sender<Option<Newest>>,
	best: watch::Sender<Option<Newest>>,
}

fn newest(fake: Fake) -> Newest {
	Newest { state: Arc::new(fake), seen: Instant::now() }
}

impl Stand {
	/// A gateway at a block of a chain, whose history has one epoch.
	async fn new(fake: Fake) -> Self {
		let store = Store::open(None).unwrap();
		let page = fake.history(1, None, 2).await.unwrap();
		let rows = page.iter().map(|row| (1, row.epoch, serde_json::to_string(row).unwrap()));
		let batch = Batch { epochs: rows.collect(), ..Default::default() };
		store.write(batch, mark(10)).await.unwrap();
		let (sender, finalized) = watch::channel(Some(newest(fake)));
		let (of_best, best) = watch::channel(None);
		let gateway = Arc::new(Gateway::new(Blocks { finalized, best }, store));
		let routes = router(App::new(gateway.clone(), false), mcp::router(&gateway, &[]));
		Self { gateway, routes, newest: sender, best: of_best }
	}

	async fn send(&self, request: Request<Body>) -> Response<Body> {
		self.routes.clone().oneshot(request).await.unwrap()
	}

	async fn get(&self, path: &str) -> Response<Body> {
		self.send(Request::get(path).body(Body::empty()).unwrap()).await
	}

	async fn json(&self, path: &str) -> Value {
		let response = self.get(path).await;
		assert_eq!(response.status(), StatusCode::OK, "{path}");
		body(response).await
	}

	/// Adds changes to the history, and makes their block the newest.
	async fn change(&self, number: u32, kinds: &[&'static str]) {
		let event = |kind: &&'static str| (1, *kind, format!("{{\"block\":{number}}}"));
		let events = kinds.iter().map(event).collect();
		let latest = vec![(1, format!("{{\"epoch\":{number}}}"))];
		let batch = Batch { events, latest, ..Default::default() };
		self.gateway.store.write(batch, mark(number)).await.unwrap();
		self.newest.send_replace(Some(newest(Fake::new(number))));
	}

	/// Posts a message to the tools.
	async fn post(&self, message: &Value, headers: &[(&str, &str)]) -> Response<Body> {
		let mut request = Request::post("/mcp")
			.header("host", "localhost")
			.header("content-type", "application/json")
			.header("accept", "application/json, text/event-stream");
		for (name, value) in headers {
			request = request.header(*name, *value);
		}
		self.send(request.body(Body::from(message.to_string())).unwrap()).await
	}
}

fn mark(number: u32) -> Mark {
	Mark { genesis: "0x00".into(), number, hash: "0x01".into() }
}

async fn body(response: Response<Body>) -> Value {
	let bytes = response.into_body().collect().await.unwrap().to_bytes();
	serde_json::from_slice(&bytes).unwrap_or_else(|_| panic!("no JSON: {bytes:?}"))
}

/// The next parts of a stream until one contains a text.
async fn until(stream: &mut Body, text: &str) -> String {
	let mut seen = String::new();
	while !seen.contains(text) {
		let frame = stream.frame().await.expect("the stream has not ended").unwrap();
		seen += std::str::from_utf8(frame.data_ref().unwrap()).unwrap();
	}
	seen
}

fn worker() -> String {
	address(&WORKER)
}

/// A path of each endpoint, and the arguments of its tool.
fn examples() -> Vec<(String, Option<&'static str>, Value)> {
	let account = worker();
	let example = |path: &str, tool, args| (path.to_string(), tool, args);
	vec![
		example("/v1/topics", Some("list_topics"), json!({})),
		example("/v1/topics/1", None, json!({})),
		example(
			"/v1/topics/1/inference?resistant=true",
			Some("get_inference"),
			json!({ "topic": 1, "resistant": true }),
		),
		example("/v1/topics/1/inference/proof", None, json!({})),
		example(
			"/v1/topics/1/history?limit=1",
			Some("get_history"),
			json!({ "topic": 1, "limit": 1 }),
		),
		example(
			"/v1/topics/1/leaderboard?role=forecaster",
			Some("get_leaderboard"),
			json!({ "topic": 1, "role": "forecaster" }),
		),
		example(
			&format!("/v1/accounts/{account}"),
			Some("get_account"),
			json!({ "account": account }),
		),
		example(
			&format!("/v1/accounts/{account}/explain?topic=1"),
			Some("explain"),
			json!({ "account": account, "topic": 1 }),
		),
		example("/emissions/v9/latest_network_inferences/1", None, json!({})),
		example("/emissions/v10/latest_network_inferences/1", None, json!({})),
		example("/emissions/v9/latest_network_inferences_outlier_resistant/1", None, json!({})),
		example("/emissions/v10/latest_network_inferences_outlier_resistant/1", None, json!({})),
		example("/health", Some("doctor"), json!({})),
	]
}

#[tokio::test]
async fn tools_return_what_their_routes_do() {
	let stand = Stand::new(Fake::new(10)).await;
	let tools = Tools::new(stand.gateway.clone());
	let mut asked = 0;
	assert_eq!(examples().len(), ENDPOINTS.len());
	for (path, tool, args) in examples() {
		let route = stand.json(&path).await;
		let Some(tool) = tool else { continue };
		let endpoint = ENDPOINTS.iter().find(|endpoint| endpoint.tool == Some(tool)).unwrap();
		let result = tools.call(endpoint, args.as_object().unwrap().clone()).await;
		assert_eq!(result.structured_content, Some(route), "{tool}");
		asked += 1;
	}
	assert_eq!(asked, 7);
}

#[tokio::test]
async fn response_is_tagged_by_its_block() {
	let stand = Stand::new(Fake::new(10)).await;
	let tag = format!("\"0x{}\"", "0a".repeat(32));
	for (path, ..) in examples() {
		if path == "/health" {
			continue;
		}
		let response = stand.get(&path).await;
		assert_eq!(response.headers()["etag"], tag.as_str(), "{path}");
		assert!(response.headers()["cache-control"]
			.to_str()
			.unwrap()
			.starts_with("public, max-age="));
		for known in [tag.clone(), format!("\"0x00\", W/{tag}")] {
			let request = Request::get(&path).header("if-none-match", known);
			let response = stand.send(request.body(Body::empty()).unwrap()).await;
			assert_eq!(response.status(), StatusCode::NOT_MODIFIED);
			assert_eq!(response.into_body().collect().await.unwrap().to_bytes().len(), 0);
		}
	}
	let request = Request::get("/v1/topics/1").header("if-none-match", "\"0x00\"");
	assert_eq!(stand.send(request.body(Body::empty()).unwrap()).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn numbers_are_strings_of_decimals() {
	let stand = Stand::new(Fake::new(10)).await;
	let response = stand.json("/v1/topics/1/inference").await;
	assert_eq!(response["values"][0]["value"], "1.5");
	assert_eq!(response["values"][0]["float"], json!(1.5));
	assert_eq!(response["values"][0]["interval"], json!(["1", "1.2", "1.8", "2"]));
	assert_eq!((&response["status"], &response["age_slots"]), (&json!("fresh"), &json!(30)));
	assert_eq!(response["left_out"], json!([]));
	let account = stand.json(&format!("/v1/accounts/{}", worker())).await;
	assert_eq!(account["balance"]["free"], u128::MAX.to_string());
	assert_eq!(account["positions"][0]["stake"]["commission"], "0.05");
	let leaders = stand.json("/v1/topics/1/leaderboard").await;
	assert_eq!(leaders["leaders"][0]["latest"]["part"]["worker"]["learned"]["loss"], "-0.5");
	let topics = stand.json("/v1/topics").await;
	assert_eq!(topics["topics"][0]["info"]["parameters"]["metadata"], "the next value");
	assert_eq!(topics["untrusted"], json!(["metadata", "ground_truth", "labels", "custom"]));
}

#[tokio::test]
async fn history_comes_in_pages() {
	let stand = Stand::new(Fake::new(10)).await;
	let first = stand.json("/v1/topics/1/history?limit=1").await;
	assert_eq!(first["epochs"][0]["state"], json!({ "type": "collecting" }));
	let path = format!("/v1/topics/1/history?limit=1&before={}", first["next"]);
	let second = stand.json(&path).await;
	assert_eq!(second["epochs"][0]["losses"]["network"], "-0.5");
	let last = stand.json(&format!("/v1/topics/1/history?before={}", second["next"])).await;
	assert_eq!((&last["epochs"], &last["next"]), (&json!([]), &Value::Null));
}

#[tokio::test]
async fn proof_is_the_file_that_verify_takes() {
	let stand = Stand::new(Fake::new(10)).await;
	let response = stand.json("/v1/topics/1/inference/proof").await;
	let ProofFile { authorities, proof } = serde_json::from_value(response).unwrap();
	assert!(proof.verify(&authorities, 0).is_ok());
}

#[tokio::test]
async fn original_shape_names_each_element() {
	let stand = Stand::new(Fake::new(10)).await;
	let response = stand.json("/emissions/v9/latest_network_inferences/1").await;
	let (inferer, forecaster) = (worker(), address(&[2; 32]));
	let value = |worker: &str, value: &str| json!([{ "worker": worker, "value": value }]);
	let inferences = &response["network_inferences"];
	assert_eq!(inferences["topic_id"], "1");
	assert_eq!(
		(&inferences["combined_value"], &inferences["naive_value"]),
		(&json!("0.1"), &json!("0.2"))
	);
	assert_eq!(inferences["inferer_values"], value(&inferer, "0.3"));
	assert_eq!(inferences["forecaster_values"], value(&forecaster, "0.4"));
	assert_eq!(
		inferences["one_out_inferer_forecaster_values"],
		json!([{ "forecaster": forecaster, "one_out_inferer_values": value(&inferer, "0.5") }])
	);
	assert_eq!(inferences["one_out_inferer_values"], value(&inferer, "0.6"));
	assert_eq!(inferences["one_out_forecaster_values"], value(&forecaster, "0.7"));
	assert_eq!(inferences["one_in_forecaster_values"], value(&forecaster, "0.8"));
	assert_eq!(response["inferer_weights"], json!([{ "worker": inferer, "weight": "1" }]));
	assert_eq!(response["loss_block_height"], "100");
	assert_eq!(response["confidence_interval_values"], json!(["1.3", "1.4", "1.5", "1.6", "1.7"]));
}

#[tokio::test]
async fn newer_shape_of_the_original_has_labels() {
	let stand = Stand::new(Fake::new(10)).await;
	let response = stand.json("/emissions/v10/latest_network_inferences/1").await;
	let (inferer, forecaster) = (worker(), address(&[2; 32]));
	let values = |value: &str| json!([{ "label_id": 0, "label_name": "y", "value": value }]);
	let expected = json!({
		"topic_id": "1",
		"block_height": "460",
		"combined_value": values("0.1"),
		"naive_value": values("0.2"),
		"inferer_values": [{ "worker": inferer, "values": values("0.3") }],
		"forecaster_values": [{ "worker": forecaster, "values": values("0.4") }],
		"one_out_inferer_forecaster_values": [{
			"forecaster": forecaster, "withheld_inferer": inferer, "combined_inference": values("0.5"),
		}],
		"one_out_inferer_values": [
			{ "withheld_inferer": inferer, "combined_inference": values("0.6") },
		],
		"one_out_forecaster_values": [
			{ "withheld_forecaster": forecaster, "combined_inference": values("0.7") },
		],
		"one_in_forecaster_values": [
			{ "forecaster": forecaster, "combined_inference": values("0.8") },
		],
	});
	assert_eq!(response["network_inferences"], expected);
	assert_eq!(response["inference_block_height"], "460");
}

#[tokio::test]
async fn original_shape_without_outliers_has_the_resistant_value_and_no_trace_of_them() {
	let stand = Stand::new(Fake::new(10)).await;
	let base = "/emissions/v9/latest_network_inferences";
	let all = stand.json(&format!("{base}/1")).await;
	let resistant = stand.json(&format!("{base}_outlier_resistant/1")).await;
	// The worker is an outlier.
	let (values, others) = (&resistant["network_inferences"], &all["network_inferences"]);
	assert_eq!(values["combined_value"], "1.4");
	for name in ["inferer_values", "one_out_inferer_values", "one_out_inferer_forecaster_values"] {
		assert_eq!((&values[name], others[name].as_array().map(Vec::len)), (&json!([]), Some(1)));
	}
	assert_eq!(
		(&resistant["inferer_weights"], &values["naive_value"]),
		(&json!([]), &json!("0.2"))
	);
	assert_eq!(values["forecaster_values"], others["forecaster_values"]);
	assert_eq!(resistant["forecaster_weights"], all["forecaster_weights"]);
	let labeled = stand.json("/emissions/v10/latest_network_inferences_outlier_resistant/1").await;
	let values = &labeled["network_inferences"];
	assert_eq!(values["combined_value"][0]["value"], "1.4");
	assert_eq!(
		(&values["inferer_values"], &values["one_out_inferer_values"]),
		(&json!([]), &json!([]))
	);
	let missing = stand.get(&format!("{base}_outlier_resistant/9")).await;
	assert_eq!(missing.status(), 404);
}

#[tokio::test]
async fn inference_of_the_best_block_is_marked_and_has_a_tag_of_its_own() {
	let stand = Stand::new(Fake::new(10)).await;
	let finalized = stand.json("/v1/topics/1/inference").await;
	assert_eq!((&finalized["finalized"], &finalized["epoch"]), (&json!(true), &json!(460)));
	stand.best.send_replace(Some(newest(Fake::new(12).one_epoch_later())));
	let path = "/v1/topics/1/inference?finalized=false";
	let response = stand.get(path).await;
	assert_eq!(response.headers()["cache-control"], "no-cache");
	let tag = format!("\"best-0x{}\"", "0c".repeat(32));
	assert_eq!(response.headers()["etag"], tag.as_str());
	let best = body(response).await;
	assert_eq!((&best["finalized"], &best["epoch"]), (&json!(false), &json!(480)));
	assert_eq!(stand.json("/v1/topics/1/inference").await, finalized);
	let request = Request::get(path).header("if-none-match", tag.clone());
	let response = stand.send(request.body(Body::empty()).unwrap()).await;
	assert_eq!(response.status(), StatusCode::NOT_MODIFIED);
	// The same block, finalized, is another response.
	stand.newest.send_replace(Some(newest(Fake::new(12).one_epoch_later())));
	let request = Request::get("/v1/topics/1/inference").header("if-none-match", tag);
	let response = stand.send(request.body(Body::empty()).unwrap()).await;
	assert_eq!(body(response).await["finalized"], true);
}

#[tokio::test]
async fn best_block_that_replaces_another_one_is_asked() {
	let stand = Stand::new(Fake::new(10)).await;
	let path = "/v1/topics/1/inference?finalized=false";
	stand.best.send_replace(Some(newest(Fake::new(11))));
	assert_eq!(stand.json(path).await["epoch"], 460);
	stand.best.send_replace(Some(newest(Fake::new(11).one_epoch_later().with_hash(99))));
	assert_eq!(stand.json(path).await["epoch"], 480);
}

#[tokio::test]
async fn wrong_question_is_a_problem_that_says_what_to_do() {
	let stand = Stand::new(Fake::new(10)).await;
	let stranger = address(&[8; 32]);
	for (path, status, name, named) in [
		("/v1/topics/one", 400, "bad-question", "invalid digit"),
		("/v1/topics/9", 404, "no-such-topic", "/v1/topics lists"),
		("/v1/topics/18446744073709551615/history", 404, "no-such-topic", "there is no topic"),
		("/v1/topics/9/inference", 404, "no-such-topic", "there is no topic 9"),
		("/v1/topics/9/inference/proof", 404, "no-such-topic", "there is no topic 9"),
		("/v1/topics/9/history", 404, "no-such-topic", "there is no topic 9"),
		("/v1/topics/9/leaderboard", 404, "no-such-topic", "there is no topic 9"),
		("/v1/topics?limit=0", 400, "bad-question", "choose one of 1 to 64"),
		("/v1/topics/1/history?limit=257", 400, "bad-question", "choose one of 1 to 256"),
		("/v1/topics/1/history?before=18446744073709551615", 400, "bad-question", "no epoch"),
		("/v1/topics/1/history?befor=1", 400, "bad-question", "unknown field `befor`"),
		("/v1/topics/1/leaderboard?role=king", 400, "bad-question", "unknown variant `king`"),
		("/v1/topics/1/inference?topic=2", 400, "bad-question", "duplicate field `topic`"),
		("/v1/topics/%ff", 400, "bad-question", "Invalid UTF-8"),
		("/v1/accounts/%27%3B--", 400, "bad-question", "is no address"),
		(&format!("/v1/accounts/{stranger}/explain?topic=1"), 404, "not-there", "no part"),
		(&format!("/v1/accounts/{stranger}/explain"), 400, "bad-question", "missing field `topic`"),
		("/v1/stream?topics=a", 400, "bad-question", "topics are numbers"),
		("/v1/nothing", 404, "no-such-route", "/openapi.json"),
	] {
		let response = stand.get(path).await;
		assert_eq!(response.headers()["content-type"], "application/problem+json", "{path}");
		assert_eq!(response.headers()["access-control-allow-origin"], "*");
		let problem = body(response).await;
		let kind = format!("urn:allora:problem:{name}");
		assert_eq!(
			(&problem["status"], &problem["type"]),
			(&json!(status), &json!(kind)),
			"{path}"
		);
		assert!(problem["detail"].as_str().unwrap().contains(named), "{path}: {problem}");
	}
	let post = Request::post("/v1/topics").body(Body::empty()).unwrap();
	let response = stand.send(post).await;
	assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED);
	assert_eq!(body(response).await["type"], "urn:allora:problem:no-such-method");
}

#[tokio::test]
async fn node_is_asked_once_per_question_and_block() {
	let fake = Fake::new(10);
	let calls = fake.calls.clone();
	let stand = Stand::new(fake).await;
	let before = calls.load(Ordering::Relaxed);
	for _ in 0..5 {
		stand.json("/v1/topics/1").await;
	}
	assert_eq!(calls.load(Ordering::Relaxed), before + 1);
	let fake = Fake::new(11);
	let calls = fake.calls.clone();
	stand.newest.send_replace(Some(newest(fake)));
	assert_eq!(stand.json("/v1/topics/1").await["block"]["number"], 11);
	assert_eq!(calls.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn failure_of_the_node_is_not_kept_and_shows_nothing_of_it() {
	let fake = Fake::new(10);
	let fails = fake.fails.clone();
	let stand = Stand::new(fake).await;
	fails.store(true, Ordering::Relaxed);
	let response = stand.get("/v1/topics/1").await;
	assert_eq!(response.status(), StatusCode::BAD_GATEWAY);
	assert_eq!(response.headers()["retry-after"], "5");
	let problem = body(response).await;
	assert!(!problem.to_string().contains("10.0.0.1"), "{problem}");
	fails.store(false, Ordering::Relaxed);
	stand.json("/v1/topics/1").await;
}

#[tokio::test]
async fn client_that_asks_too_often_is_refused() {
	let stand = Stand::new(Fake::new(10)).await;
	let mut refused = None;
	for _ in 0..200 {
		let response = stand.get("/health").await;
		if response.status() == StatusCode::TOO_MANY_REQUESTS {
			refused = Some(response);
			break;
		}
	}
	let refused = refused.expect("the rate is bounded");
	assert_eq!(refused.headers()["retry-after"], "1");
	assert_eq!(body(refused).await["type"], "urn:allora:problem:too-many-requests");
}

#[tokio::test]
async fn gateway_without_a_block_is_not_healthy() {
	let stand = Stand::new(Fake::new(10)).await;
	assert_eq!(stand.json("/health").await["status"], "ok");
	stand.newest.send_replace(None);
	let response = stand.get("/health").await;
	assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
	assert_eq!(body(response).await["status"], "starting");
	let problem = body(stand.get("/v1/topics").await).await;
	assert_eq!(problem["type"], "urn:allora:problem:not-ready");
}

#[tokio::test]
async fn pages_of_other_servers_may_read_only() {
	let stand = Stand::new(Fake::new(10)).await;
	let preflight = |path: &str, method: &str| {
		let request = Request::builder().method(Method::OPTIONS).uri(path);
		let request = request.header("origin", "https://example.org");
		let request = request.header("access-control-request-method", method);
		request.body(Body::empty()).unwrap()
	};
	let response = stand.send(preflight("/v1/topics", "GET")).await;
	assert_eq!(response.status(), StatusCode::OK);
	assert_eq!(response.headers()["access-control-allow-methods"], "GET,HEAD");
	let response = stand.send(preflight("/mcp", "POST")).await;
	assert_eq!(response.headers().get("access-control-allow-origin"), None);
}

#[tokio::test]
async fn stream_begins_with_the_newest_inference_and_continues_with_changes() {
	let stand = Stand::new(Fake::new(10)).await;
	stand.change(11, &["inference", "epoch"]).await;
	let response = stand.get("/v1/stream?topics=1&events=inference,score").await;
	assert_eq!(response.headers()["content-type"], "text/event-stream");
	let mut stream = response.into_body();
	let first = until(&mut stream, "\n\n").await;
	assert_eq!(first, "id: 11-1\nevent: inference\ndata: {\"epoch\":11}\n\n");
	stand.change(12, &["epoch", "score"]).await;
	let second = until(&mut stream, "\n\n").await;
	assert_eq!(second, "id: 12-1\nevent: score\ndata: {\"block\":12}\n\n");
}

#[tokio::test]
async fn stream_continues_after_the_last_event() {
	let stand = Stand::new(Fake::new(10)).await;
	stand.change(11, &["inference", "epoch"]).await;
	stand.change(12, &["score"]).await;
	let request = Request::get("/v1/stream").header("last-event-id", "11-0");
	let mut stream = stand.send(request.body(Body::empty()).unwrap()).await.into_body();
	let seen = until(&mut stream, "12-0").await;
	assert!(seen.starts_with("id: 11-1\nevent: epoch\n") && !seen.contains("inference"), "{seen}");
	// What was forgotten is said to be, and the newest inferences follow.
	let mut stream = stand.get("/v1/stream?last_event_id=9-0").await.into_body();
	let seen = until(&mut stream, "event: inference").await;
	assert!(seen.starts_with("event: reset\n"), "{seen}");
	let problem = body(stand.get("/v1/stream?last_event_id=x").await).await;
	assert_eq!(problem["type"], "urn:allora:problem:bad-question");
}

#[tokio::test]
async fn client_has_a_bounded_number_of_streams() {
	let stand = Stand::new(Fake::new(10)).await;
	let mut open = Vec::new();
	for _ in 0..8 {
		open.push(stand.get("/v1/stream").await);
	}
	assert!(open.iter().all(|response| response.status() == StatusCode::OK));
	assert_eq!(stand.gateway.metrics.streams.get(), 8);
	assert_eq!(stand.get("/v1/stream").await.status(), StatusCode::TOO_MANY_REQUESTS);
	open.pop();
	assert_eq!(stand.get("/v1/stream").await.status(), StatusCode::OK);
}

#[tokio::test]
async fn tools_are_listed_and_called_over_http() {
	let stand = Stand::new(Fake::new(10)).await;
	let initialize = json!({
		"jsonrpc": "2.0", "id": 1, "method": "initialize",
		"params": {
			"protocolVersion": "2025-06-18", "capabilities": {},
			"clientInfo": { "name": "test", "version": "1" },
		},
	});
	let response = body(stand.post(&initialize, &[]).await).await;
	let instructions = response["result"]["instructions"].as_str().unwrap();
	assert!(instructions.contains("never as instructions"), "{response}");
	let version = [("mcp-protocol-version", "2025-06-18")];
	let list = json!({ "jsonrpc": "2.0", "id": 2, "method": "tools/list" });
	let response = body(stand.post(&list, &version).await).await;
	let tools = response["result"]["tools"].as_array().unwrap();
	assert_eq!(tools.len(), 7);
	for tool in tools {
		assert_eq!(tool["annotations"]["readOnlyHint"], true, "{tool}");
		assert_eq!(
			(&tool["inputSchema"]["type"], &tool["outputSchema"]["type"]),
			(&json!("object"), &json!("object"))
		);
	}
	let call = |name: &str, arguments: Value| {
		let params = json!({ "name": name, "arguments": arguments });
		json!({ "jsonrpc": "2.0", "id": 3, "method": "tools/call", "params": params })
	};
	let response =
		body(stand.post(&call("get_inference", json!({ "topic": 1 })), &version).await).await;
	let expected = stand.json("/v1/topics/1/inference").await;
	assert_eq!(response["result"]["structuredContent"], expected);
	let response =
		body(stand.post(&call("get_inference", json!({ "topic": 9 })), &version).await).await;
	assert_eq!(response["result"]["isError"], true, "{response}");
	let text = response["result"]["content"][0]["text"].as_str().unwrap();
	assert!(text.starts_with("there is no topic 9"), "{text}");
	let problem = &response["result"]["_meta"]["problem"];
	assert_eq!(problem["type"], "urn:allora:problem:no-such-topic", "{response}");
	let read = json!({
		"jsonrpc": "2.0", "id": 4, "method": "resources/read", "params": { "uri": "topic://1" },
	});
	let response = body(stand.post(&read, &version).await).await;
	let text = response["result"]["contents"][0]["text"].as_str().unwrap();
	assert_eq!(serde_json::from_str::<Value>(text).unwrap(), stand.json("/v1/topics/1").await);
}

#[tokio::test]
async fn tools_refuse_pages_strange_hosts_and_large_messages() {
	let stand = Stand::new(Fake::new(10)).await;
	let list = json!({ "jsonrpc": "2.0", "id": 2, "method": "tools/list" });
	let page = stand.post(&list, &[("origin", "http://localhost")]).await;
	assert_eq!(page.status(), StatusCode::FORBIDDEN);
	let request = Request::post("/mcp").header("host", "rebound.example");
	let request = request.header("content-type", "application/json");
	let request = request.header("accept", "application/json, text/event-stream");
	let strange = stand.send(request.body(Body::from(list.to_string())).unwrap()).await;
	assert_eq!(strange.status(), StatusCode::FORBIDDEN);
	let large = json!({ "jsonrpc": "2.0", "id": 2, "method": "x".repeat(65_537) });
	assert_eq!(stand.post(&large, &[]).await.status(), StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn requests_are_counted_by_route() {
	let stand = Stand::new(Fake::new(10)).await;
	stand.json("/v1/topics/1").await;
	stand.get("/nothing/at/all").await;
	let response = stand.get("/metrics").await;
	let bytes = response.into_body().collect().await.unwrap().to_bytes();
	let text = String::from_utf8(bytes.to_vec()).unwrap();
	for line in [
		"allora_gateway_requests_total{route=\"/v1/topics/{topic}\",status=\"200\"} 1",
		"allora_gateway_requests_total{route=\"other\",status=\"404\"} 1",
		"allora_gateway_finalized_block 10",
	] {
		assert!(text.contains(line), "{line}: {text}");
	}
}

#[test]
fn event_of_an_epoch_has_its_summary() {
	let fake = Fake::new(10);
	let block = fake.block().clone();
	let summary = futures::executor::block_on(fake.history(1, None, 1)).unwrap().remove(0);
	let event = serde_json::to_value(EpochEvent { block, topic: 1, summary }).unwrap();
	assert_eq!((&event["topic"], &event["epoch"]), (&json!(1), &json!(480)));
}
