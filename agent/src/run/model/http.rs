//! Models by HTTP: a server that is asked by GET with the topic in the URL, as those of the original
//! network are, or by POST with the request as JSON.

use super::{shown, shown_text, Method, ModelError, Request};
use crate::chain::{address, types::AccountId};
use anyhow::{bail, ensure, Context, Result};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::{body::Bytes, header, Uri};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
	client::legacy::{connect::HttpConnector, Client},
	rt::TokioExecutor,
};
use serde_json::{json, Value};
use std::collections::BTreeMap;
use tokio::time::{timeout_at, Instant};

/// A server that is a model.
pub struct Http {
	url: String,
	post: bool,
	pointer: Option<String>,
	params: BTreeMap<String, String>,
	max_bytes: usize,
	client: Connections,
	/// The URL for forecasts, if it is another one, with its connections.
	forecast: Option<Box<(String, Connections)>>,
}

/// Connections without TLS, which need no certificates of the system, or with it.
enum Connections {
	Plain(Client<HttpConnector, Full<Bytes>>),
	Tls(Client<HttpsConnector<HttpConnector>, Full<Bytes>>),
}

impl Connections {
	fn new(url: &str) -> Result<Self> {
		let builder = Client::builder(TokioExecutor::new());
		if !url.starts_with("https:") {
			return Ok(Self::Plain(builder.build_http()));
		}
		let roots = HttpsConnectorBuilder::new().with_native_roots();
		let roots = roots.context("the system has no certificates: install ca-certificates")?;
		Ok(Self::Tls(builder.build(roots.https_or_http().enable_http1().build())))
	}
}

impl Http {
	/// A server at a URL with placeholders.
	pub fn new(
		url: String,
		post: bool,
		pointer: Option<String>,
		params: BTreeMap<String, String>,
		max_bytes: usize,
	) -> Result<Self> {
		let client = Connections::new(&url)?;
		Ok(Self { url, post, pointer, params, max_bytes, client, forecast: None })
	}

	/// The same with another URL for forecasts, which is asked by GET.
	pub fn forecasting(mut self, url: Option<String>) -> Result<Self> {
		self.forecast = match url {
			Some(url) => Some(Box::new((url.clone(), Connections::new(&url)?))),
			None => None,
		};
		Ok(self)
	}

	/// Asks the server.
	pub async fn ask(
		&self,
		method: Method,
		request: &Request,
		deadline: Instant,
	) -> Result<Value, ModelError> {
		let started = Instant::now();
		let late = |_| ModelError::Late(started.elapsed());
		let body =
			timeout_at(deadline, self.fetch(method, request, deadline)).await.map_err(late)??;
		let body = String::from_utf8_lossy(&body);
		let response = value(&body);
		if method == Method::Forecast && self.forecast.is_some() {
			return original_losses(&response, &request.inferers);
		}
		let Some(pointer) = &self.pointer else { return Ok(response) };
		match response.pointer(pointer) {
			Some(found) => Ok(found.clone()),
			None if method == Method::Truth => Ok(Value::Null),
			None => {
				Err(ModelError::Schema(format!("{} has nothing at {pointer}", shown(&response))))
			}
		}
	}

	async fn fetch(
		&self,
		method: Method,
		request: &Request,
		deadline: Instant,
	) -> Result<Bytes, ModelError> {
		let forecast = self.forecast.as_deref().filter(|_| method == Method::Forecast);
		let (url, client) =
			forecast.map_or((&self.url, &self.client), |(url, client)| (url, client));
		let url = self.filled(url, request);
		let uri: Uri = url.parse().map_err(|error| {
			ModelError::Unreachable(format!("{url} is not the URL of a server ({error})"))
		})?;
		let left = deadline.saturating_duration_since(Instant::now());
		let builder = hyper::Request::builder().uri(uri).header(header::ACCEPT, "application/json");
		let request = if self.post && forecast.is_none() {
			let body = json!({ "method": method.name(), "params": request.json(method, left) });
			let builder = builder.method("POST").header(header::CONTENT_TYPE, "application/json");
			builder.body(Full::from(body.to_string()))
		} else {
			builder.body(Full::default())
		};
		let request = request.map_err(|error| ModelError::Unreachable(error.to_string()))?;
		let sent = match client {
			Connections::Plain(client) => client.request(request).await,
			Connections::Tls(client) => client.request(request).await,
		};
		let response = sent.map_err(|error| {
			let cause = std::error::Error::source(&error).map(|cause| format!(" ({cause})"));
			ModelError::Unreachable(format!("{url}: {error}{}", cause.unwrap_or_default()))
		})?;
		let status = response.status();
		let body = Limited::new(response.into_body(), self.max_bytes).collect().await;
		let body = body.map_err(|error| match error.downcast_ref::<LengthLimitError>() {
			Some(_) => ModelError::Oversize(self.max_bytes),
			None => ModelError::Unreachable(format!("{url}: {error}")),
		})?;
		let body = body.to_bytes();
		if !status.is_success() {
			let text = shown_text(&String::from_utf8_lossy(&body));
			return Err(ModelError::Failed(format!("{url}: {status}: {text}")));
		}
		Ok(body)
	}

	/// A URL with its placeholders filled in.
	fn filled(&self, url: &str, request: &Request) -> String {
		let values = [
			request.topic,
			request.block.into(),
			request.epoch,
			request.opened_at_ms / 1_000,
			request.truth_at_ms / 1_000,
		];
		filled(url, &self.params, values)
	}
}

/// The placeholders that need no value in the settings.
const PLACEHOLDERS: [&str; 5] = ["TopicId", "BlockHeight", "Epoch", "OpenedAt", "TruthAt"];

/// A URL with its placeholders filled in: those of the settings, and [`PLACEHOLDERS`].
fn filled(url: &str, params: &BTreeMap<String, String>, values: [u64; 5]) -> String {
	let known = PLACEHOLDERS.iter().zip(values);
	let known = known.map(|(name, value)| (name.to_string(), value.to_string()));
	let own = params.iter().map(|(name, value)| (name.clone(), value.clone()));
	own.chain(known)
		.fold(url.to_owned(), |url, (name, value)| url.replace(&format!("{{{name}}}"), &value))
}

/// An error unless a URL of the settings is one once its placeholders are filled in.
pub fn check_url(url: &str, params: &BTreeMap<String, String>) -> Result<()> {
	let filled = filled(url, params, [0; 5]);
	if let Some((_, rest)) = filled.split_once('{') {
		let name = rest.split('}').next().unwrap_or_default();
		let known = PLACEHOLDERS.join("}, {");
		bail!("{{{name}}} has no value: add `params.{name} = \"...\"`, or use {{{known}}}");
	}
	let uri: Option<Uri> = filled.parse().ok();
	let scheme = uri.as_ref().filter(|uri| uri.host().is_some()).and_then(Uri::scheme_str);
	ensure!(
		matches!(scheme, Some("http" | "https")),
		"{} is not the URL of a server, such as http://127.0.0.1:8000/predict",
		shown_text(url)
	);
	Ok(())
}

/// The losses in the shape of the original network's models, a list per account of which the first
/// number counts. Such a server is not asked about certain accounts: others than the inferers are left out.
fn original_losses(response: &Value, inferers: &[AccountId]) -> Result<Value, ModelError> {
	let Some(all) = response.as_object() else {
		return Err(ModelError::Schema(format!("{} has no losses by account", shown(response))));
	};
	let loss = |inferer: &AccountId| {
		let name = address(inferer);
		let loss = all.get(&name)?;
		let first = loss.as_array().map_or(Some(loss), |losses| losses.first());
		first.map(|loss| (name, loss.clone()))
	};
	let losses: serde_json::Map<_, _> = inferers.iter().filter_map(loss).collect();
	if losses.is_empty() {
		return Err(ModelError::Schema(format!("{} has no loss of an inferer", shown(response))));
	}
	Ok(json!({ "losses": losses }))
}

/// The value of a response: JSON, or a bare text; an empty one is no value.
fn value(body: &str) -> Value {
	let body = body.trim();
	if body.is_empty() {
		return Value::Null;
	}
	serde_json::from_str(body).unwrap_or_else(|_| Value::String(body.into()))
}

#[cfg(test)]
mod tests {
	use super::{super::tests::request, *};
	use std::time::Duration;
	use tokio::{
		io::{AsyncReadExt, AsyncWriteExt},
		net::TcpListener,
	};

	/// A server that responds to every request with this text after this time; its URL.
	async fn server(response: &'static str, delay: Duration) -> String {
		let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
		let address = listener.local_addr().unwrap();
		tokio::spawn(async move {
			while let Ok((mut stream, _)) = listener.accept().await {
				let mut asked = vec![0; 65_536];
				let length = stream.read(&mut asked).await.unwrap();
				let line =
					String::from_utf8_lossy(&asked[..length]).lines().next().map(String::from);
				let response = response.replace("{line}", &line.unwrap_or_default());
				tokio::time::sleep(delay).await;
				let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", response.len());
				let _ = stream.write_all((head + &response).as_bytes()).await;
			}
		});
		format!("http://{address}")
	}

	/// Asks with so much time that a busy machine needs less.
	async fn ask(url: String, pointer: Option<&str>) -> Result<Value, ModelError> {
		ask_within(url, pointer, Duration::from_secs(60)).await
	}

	async fn ask_within(
		url: String,
		pointer: Option<&str>,
		time: Duration,
	) -> Result<Value, ModelError> {
		let params = BTreeMap::from([("Token".to_owned(), "ETH".to_owned())]);
		let http = Http::new(url, false, pointer.map(Into::into), params, 100).unwrap();
		http.ask(Method::Truth, &request(), Instant::now() + time).await
	}

	#[tokio::test]
	async fn placeholders_are_filled_in() {
		let url = server("{line}", Duration::ZERO).await;
		let url =
			format!("{url}/inference/{{Token}}?{{TopicId}}&{{BlockHeight}}&{{Epoch}}&{{TruthAt}}");
		let response = ask(url, None).await.unwrap();
		assert_eq!(response, json!("GET /inference/ETH?7&55&1000&1060 HTTP/1.1"));
	}

	#[test]
	fn urls_without_a_server_or_with_unknown_placeholders_are_refused() {
		let params = BTreeMap::from([("Token".to_owned(), "ETH".to_owned())]);
		let error = |url: &str| format!("{:#}", check_url(url, &params).unwrap_err());
		for url in ["http://one/{Token}?{TopicId}&{TruthAt}", "https://one:8000"] {
			check_url(url, &params).unwrap();
		}
		for url in ["ftp://one", "one:8000", "not a url", "/predict", "http://"] {
			assert_eq!(
				error(url),
				format!("{url} is not the URL of a server, such as http://127.0.0.1:8000/predict")
			);
		}
		assert_eq!(
			error("http://one/{Coin}"),
			"{Coin} has no value: add `params.Coin = \"...\"`, or use {TopicId}, {BlockHeight}, \
			 {Epoch}, {OpenedAt}, {TruthAt}"
		);
	}

	#[tokio::test]
	async fn responses_are_numbers_texts_or_found_by_a_pointer() {
		for (body, pointer, expected) in [
			("1.5\n", None, json!(1.5)),
			("\"1.5\"", None, json!("1.5")),
			("", None, Value::Null),
			(r#"{"data":[{"price":"7.25"}]}"#, Some("/data/0/price"), json!("7.25")),
			(r#"{"data":[]}"#, Some("/data/0/price"), Value::Null),
		] {
			let url = server(body, Duration::ZERO).await;
			assert_eq!(ask(url, pointer).await.unwrap(), expected);
		}
	}

	#[tokio::test]
	async fn forecasts_of_the_original_are_lists_by_account() {
		let forecast = |response: String| async move {
			let url = server(Box::leak(response.into_boxed_str()), Duration::ZERO).await;
			let http = Http::new("http://127.0.0.1:1".into(), true, None, BTreeMap::new(), 1_000);
			let http = http.unwrap().forecasting(Some(format!("{url}/{{TopicId}}"))).unwrap();
			let deadline = Instant::now() + Duration::from_secs(60);
			http.ask(Method::Forecast, &request(), deadline).await
		};
		let (inferer, stranger) = (address(&[1; 32]), address(&[9; 32]));
		let response = json!({ &inferer: [-1.5, 7], stranger: [1] }).to_string();
		assert_eq!(forecast(response).await.unwrap(), json!({ "losses": { inferer: -1.5 } }));
		for response in ["{}", "[1]"] {
			assert_eq!(forecast(response.into()).await.unwrap_err().name(), "schema");
		}
	}

	#[tokio::test]
	async fn failures_have_names() {
		let late = server("1", Duration::from_secs(600)).await;
		let error = ask_within(late, None, Duration::from_millis(500)).await.unwrap_err();
		assert_eq!(error.name(), "late");
		let long = Box::leak("9".repeat(101).into_boxed_str());
		for (url, name) in [
			(server(long, Duration::ZERO).await, "oversize"),
			("http://127.0.0.1:1".into(), "unreachable"),
			("no url".into(), "unreachable"),
		] {
			assert_eq!(ask(url, None).await.unwrap_err().name(), name);
		}
	}
}
