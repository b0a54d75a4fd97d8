//! The routes: each asks its question of the table, and passes the response on.

use super::{
	app::{self, Gateway},
	limits::{Client, Open, Rate},
	openapi,
	problem::Problem,
	question::{Endpoint, ENDPOINTS},
	stream,
};
use axum::{
	extract::{
		rejection::RawPathParamsRejection, MatchedPath, RawPathParams, RawQuery, Request, State,
	},
	http::{header, HeaderMap, HeaderName, Method, StatusCode},
	middleware::{self, Next},
	response::{IntoResponse, Response},
	routing::get,
	Router,
};
use std::{
	sync::Arc,
	time::{Duration, Instant},
};
use tower_http::cors::{Any, CorsLayer};

/// The maximum number of streams, in all and per client.
const MAX_STREAMS: (usize, usize) = (512, 8);
/// The maximum time until a response begins.
const MAX_REQUEST: Duration = Duration::from_secs(30);
/// How long a browser may keep what it knows of the rules for other pages.
const CORS_AGE: Duration = Duration::from_secs(3_600);

/// What the routes share.
#[derive(Clone)]
pub struct App {
	/// Where responses come from.
	pub gateway: Arc<Gateway>,
	/// How often clients may ask.
	pub rate: Arc<Rate>,
	/// The open streams.
	pub streams: Arc<Open>,
	/// Whether a proxy names the clients.
	pub behind_proxy: bool,
}

impl App {
	/// Routes over a gateway.
	pub fn new(gateway: Arc<Gateway>, behind_proxy: bool) -> Self {
		let (all, each) = MAX_STREAMS;
		Self { gateway, rate: Arc::default(), streams: Open::new(all, each), behind_proxy }
	}

	/// The client that sends a request.
	fn client(&self, request: &Request) -> Client {
		let peer = request.extensions().get::<Client>().copied().unwrap_or_default();
		if !self.behind_proxy {
			return peer;
		}
		let forwarded = request.headers().get_all("x-forwarded-for").iter().next_back();
		let forwarded = forwarded.and_then(|value| value.to_str().ok());
		forwarded.and_then(Client::forwarded).unwrap_or(peer)
	}
}

/// All routes; `mcp` has those for tools.
pub fn router(app: App, mcp: Router<App>) -> Router {
	let mut routes = Router::new();
	for endpoint in ENDPOINTS {
		let ask = move |State(app): State<App>,
		                params: Result<RawPathParams, RawPathParamsRejection>,
		                RawQuery(query): RawQuery,
		                headers: HeaderMap| async move {
			let response = ask(&app, endpoint, params, query.as_deref()).await;
			response.map(|response| written(&headers, response))
		};
		routes = routes.route(endpoint.path, get(ask));
	}
	let description = openapi::document().to_string();
	let json = [(header::CONTENT_TYPE, "application/json")];
	let cors = CorsLayer::new()
		.allow_origin(Any)
		.allow_methods([Method::GET, Method::HEAD])
		.allow_headers([header::IF_NONE_MATCH, HeaderName::from_static("last-event-id")])
		.expose_headers([header::ETAG, header::RETRY_AFTER])
		.max_age(CORS_AGE);
	routes
		.route("/v1/stream", get(stream::stream))
		.route("/openapi.json", get(move || async move { (json, description) }))
		.route("/metrics", get(metrics))
		.fallback(|| async { Problem::no_such_route() })
		.method_not_allowed_fallback(|| async { Problem::no_such_method() })
		.layer(cors)
		.merge(mcp)
		.layer(middleware::from_fn_with_state(app.clone(), guard))
		.with_state(app)
}

/// Returns what the question of a route asks for.
async fn ask(
	app: &App,
	endpoint: &Endpoint,
	params: Result<RawPathParams, RawPathParamsRejection>,
	query: Option<&str>,
) -> Result<app::Response, Problem> {
	let params = params.map_err(|error| Problem::bad_question(error.body_text()))?;
	let path = serde_urlencoded::to_string(params.iter().collect::<Vec<_>>());
	let path = path.map_err(|error| Problem::bad_question(error.to_string()))?;
	let parts = [Some(path.as_str()), query].into_iter().flatten();
	let text = parts.filter(|part| !part.is_empty()).collect::<Vec<_>>().join("&");
	app.gateway.respond((endpoint.from_query)(&text)?).await
}

/// A response as HTTP has it.
fn written(headers: &HeaderMap, response: app::Response) -> Response {
	let app::Response { at, healthy, body } = response;
	let Some(at) = at else {
		let status = if healthy { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
		let headers =
			[(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-store")];
		return (status, headers, body.to_string()).into_response();
	};
	// What holds at a best block is kept by nobody without asking again, and has a tag of its own, since
	// the same block may be finalized later.
	let (tag, keep) = match at.finalized {
		true => (format!("\"{}\"", at.hash), format!("public, max-age={}", at.max_age)),
		false => (format!("\"best-{}\"", at.hash), "no-cache".into()),
	};
	let known = headers.get_all(header::IF_NONE_MATCH).iter();
	let mut known = known.filter_map(|value| value.to_str().ok()).flat_map(|text| text.split(','));
	let is_known = known.any(
		|known| matches!(known.trim().trim_start_matches("W/"), text if text == tag || text == "*"),
	);
	let caching = [(header::ETAG, tag), (header::CACHE_CONTROL, keep)];
	if is_known {
		return (StatusCode::NOT_MODIFIED, caching).into_response();
	}
	let json = [(header::CONTENT_TYPE, "application/json")];
	(caching, json, body.to_string()).into_response()
}

/// The counters.
async fn metrics(State(app): State<App>) -> Response {
	app.gateway.measure();
	let kind = [(header::CONTENT_TYPE, "text/plain; version=0.0.4")];
	(kind, app.gateway.metrics.text()).into_response()
}

/// Refuses clients that ask too often, ends requests that take too long, and counts.
async fn guard(State(app): State<App>, mut request: Request, next: Next) -> Response {
	let client = app.client(&request);
	let route = request.extensions().get::<MatchedPath>();
	let route = route.map_or_else(|| "other".to_string(), |path| path.as_str().to_string());
	let started = Instant::now();
	let response = match app.rate.check(client) {
		Err(seconds) => Problem::too_many_requests(seconds).into_response(),
		Ok(()) => {
			request.extensions_mut().insert(client);
			let response = tokio::time::timeout(MAX_REQUEST, next.run(request)).await;
			response.unwrap_or_else(|_| Problem::too_slow().into_response())
		}
	};
	let metrics = &app.gateway.metrics;
	metrics.requests.with_label_values(&[&route, response.status().as_str()]).inc();
	metrics.seconds.with_label_values(&[&route]).observe(started.elapsed().as_secs_f64());
	response
}
