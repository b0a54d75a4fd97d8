//! Webhooks: changes that are posted to servers, each with a signature.
//!
//! The operator names the servers in a file; no request can. Signatures and headers are those of
//! Standard Webhooks (<https://www.standardwebhooks.com>), for which there are libraries.

use super::{
	app::Newest,
	outbound::Server,
	store::{Event, EventId, Store},
	stream::{Filter, KINDS},
};
use crate::{
	chain::types::TopicId,
	run::{
		config::section::{check_keys, list, Section},
		log::Log,
	},
};
use anyhow::{anyhow, ensure, Context, Result};
use base64::{engine::general_purpose::STANDARD, Engine};
use hmac::{Hmac, Mac};
use prometheus::IntCounterVec;
use sha2::Sha256;
use std::{
	collections::BTreeSet,
	path::Path,
	sync::Arc,
	time::{Duration, SystemTime, UNIX_EPOCH},
};
use tokio::{sync::watch, time::Instant};

/// The maximum number of webhooks.
const MAX_WEBHOOKS: usize = 32;
/// The number of changes that are read at once.
const BATCH: u32 = 64;
/// What a secret begins with.
const PREFIX: &str = "whsec_";
/// The length of a secret in bytes.
const SECRET: std::ops::RangeInclusive<usize> = 24..=64;
/// The keys of a webhook in the file.
const KEYS: &[&str] = &["url", "secret", "topics", "events", "allow_private"];

/// How often a change is sent that a server does not accept.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
	/// The time from the first attempt to the second; it doubles with each that fails.
	pub at_first: Duration,
	/// The maximum time between two attempts.
	pub at_most: Duration,
	/// The time after which the change is given up.
	pub in_all: Duration,
}

impl Default for Patience {
	fn default() -> Self {
		let hour = Duration::from_secs(3_600);
		Self { at_first: Duration::from_secs(1), at_most: hour, in_all: 24 * hour }
	}
}

/// A server to which changes are posted.
pub struct Webhook {
	url: String,
	server: Server,
	secret: Vec<u8>,
	filter: Filter,
}

/// The webhooks of a file.
pub fn read(path: &Path) -> Result<Vec<Webhook>> {
	let read = || {
		ensure_private(path)?;
		parse(&std::fs::read_to_string(path)?)
	};
	read().with_context(|| format!("the webhooks in {}", path.display()))
}

/// An error if others may read a file, which has secrets.
#[cfg(unix)]
fn ensure_private(path: &Path) -> Result<()> {
	use std::os::unix::fs::PermissionsExt;
	let mode = std::fs::metadata(path)?.permissions().mode();
	ensure!(mode & 0o077 == 0, "others may read the secrets: `chmod 600 {}`", path.display());
	Ok(())
}

#[cfg(not(unix))]
fn ensure_private(_: &Path) -> Result<()> {
	Ok(())
}

fn parse(text: &str) -> Result<Vec<Webhook>> {
	let table: toml::Table = text.parse().context("not TOML")?;
	check_keys("", &table, &["webhook"])?;
	let webhooks = list(&table, "webhook", webhook, KEYS)?;
	ensure!(!webhooks.is_empty(), "there is no [[webhook]]");
	ensure!(webhooks.len() <= MAX_WEBHOOKS, "there are more than {MAX_WEBHOOKS} webhooks");
	let urls: BTreeSet<_> = webhooks.iter().map(|webhook| &webhook.url).collect();
	ensure!(urls.len() == webhooks.len(), "two webhooks have the same url");
	Ok(webhooks)
}

fn webhook(section: &Section) -> Result<Webhook> {
	let text = |key| section.text(key)?.with_context(|| section.missing(key));
	let url = text("url")?;
	let server = Server::new(&url, section.flag("allow_private")?).with_context(|| {
		format!("{}; `allow_private = true` is for servers of your own", section.place)
	})?;
	let secret = text("secret")?;
	let bytes = secret.strip_prefix(PREFIX).and_then(|text| STANDARD.decode(text).ok());
	let secret = bytes.filter(|bytes| SECRET.contains(&bytes.len())).with_context(|| {
		let form =
			"whsec_ and 24 to 64 random bytes in base64: `echo whsec_$(openssl rand -base64 32)`";
		section.wrong("secret", form)
	})?;
	let topics = section.table.get("topics").map(|value| topics(value, section)).transpose()?;
	let kind = |name: String| {
		let known = KINDS.into_iter().find(|kind| *kind == name);
		known.with_context(|| section.wrong("events", &format!("a list of {}", KINDS.join(", "))))
	};
	let kinds = match section.strings("events")? {
		None => KINDS.to_vec(),
		Some(names) => names.into_iter().map(kind).collect::<Result<_>>()?,
	};
	Ok(Webhook { url, server, secret, filter: Filter { topics, kinds } })
}

fn topics(value: &toml::Value, section: &Section) -> Result<BTreeSet<TopicId>> {
	let topic = |value: &toml::Value| TopicId::try_from(value.as_integer()?).ok();
	let topics = value.as_array().map(|values| values.iter().map(topic).collect());
	let topics: Option<Option<BTreeSet<_>>> = topics;
	topics.flatten().with_context(|| section.wrong("topics", "a list of numbers, such as [1, 2]"))
}

/// The signature of a message.
fn signature(secret: &[u8], id: &str, timestamp: u64, body: &str) -> Result<String> {
	let mac = Hmac::<Sha256>::new_from_slice(secret);
	let mut mac = mac.map_err(|error| anyhow!("the secret: {error}"))?;
	mac.update(format!("{id}.{timestamp}.{body}").as_bytes());
	Ok(format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())))
}

impl Webhook {
	/// Posts changes as they come, in their order, one at a time; ends only if the history fails.
	///
	/// A webhook that is new begins with the next change, and others continue after the last one that
	/// was accepted or given up.
	pub async fn run(
		self,
		store: Store,
		mut blocks: watch::Receiver<Option<Newest>>,
		counters: IntCounterVec,
		log: Arc<Log>,
		patience: Patience,
	) -> Result<()> {
		let changes = store.changes().await?;
		let newest = changes.newest.unwrap_or(EventId { block: changes.until, index: 0 });
		let mut cursor = match store.posted(&self.url).await? {
			None => newest,
			Some(last) if last.block >= changes.since => last,
			Some(_) => {
				log.line("webhook", &format!("! {}: changes are lost, for age", self.url));
				newest
			}
		};
		store.set_posted(&self.url, cursor).await?;
		let mut delivery = Delivery { webhook: &self, counters, log, patience, pause: None };
		loop {
			// Marked as seen before the history is read, so that no block is missed in between.
			blocks.borrow_and_update();
			let events = store.events_after(cursor, BATCH).await?;
			if events.is_empty() {
				blocks.changed().await.context("there are no more blocks")?;
				continue;
			}
			for event in events {
				cursor = event.id;
				if self.filter.wants(event.topic, &event.kind) {
					delivery.deliver(&event).await;
					store.set_posted(&self.url, cursor).await?;
				}
			}
			store.set_posted(&self.url, cursor).await?;
		}
	}

	/// Posts a change once.
	async fn post(&self, event: &Event) -> Result<()> {
		let id = event.id.to_string();
		// The data of a change is JSON already.
		let body = format!(
			"{{\"id\":\"{id}\",\"type\":\"{}\",\"topic\":{},\"data\":{}}}",
			event.kind, event.topic, event.data
		);
		let timestamp = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
		let signature = signature(&self.secret, &id, timestamp, &body)?;
		let headers = [
			("webhook-id", id),
			("webhook-timestamp", timestamp.to_string()),
			("webhook-signature", signature),
		];
		self.server.post(&headers, body).await
	}
}

/// The delivery of changes to a server.
struct Delivery<'a> {
	webhook: &'a Webhook,
	counters: IntCounterVec,
	log: Arc<Log>,
	patience: Patience,
	/// The time between two attempts; `None` unless the last one failed.
	pause: Option<Duration>,
}

impl Delivery<'_> {
	/// Posts a change until the server accepts it, or patience ends.
	async fn deliver(&mut self, event: &Event) {
		let began = Instant::now();
		let counters = self.counters.clone();
		let count = |outcome| counters.with_label_values(&[outcome]).inc();
		let url = &self.webhook.url;
		loop {
			let Err(error) = self.webhook.post(event).await else {
				count("accepted");
				if self.pause.take().is_some() {
					self.log.line("webhook", &format!("{url} accepts changes again"));
				}
				return;
			};
			count("failed");
			if began.elapsed() >= self.patience.in_all {
				count("given_up");
				self.log.line("webhook", &format!("! {url}: {} is given up: {error:#}", event.id));
				return;
			}
			let pause = match self.pause {
				None => {
					let text = format!("! {url}: {error:#}; sending again, ever less often");
					self.log.line("webhook", &text);
					self.patience.at_first
				}
				Some(pause) => (2 * pause).min(self.patience.at_most),
			};
			self.pause = Some(pause);
			tokio::time::sleep(pause).await;
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::gateway::{
		metrics::Metrics,
		store::{Batch, Mark},
	};
	use axum::{
		extract::State as Shared,
		http::{HeaderMap, StatusCode},
		response::Redirect,
		routing::post,
		Router,
	};
	use std::sync::Mutex;
	use tokio::net::TcpListener;

	/// The example of the specification of Standard Webhooks.
	const EXAMPLE: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

	#[test]
	fn signature_is_that_of_the_specification() {
		let secret = STANDARD.decode(EXAMPLE.trim_start_matches(PREFIX)).unwrap();
		let id = "msg_p5jXN8AQM9LWM0D4loKWxJek";
		let signed = signature(&secret, id, 1_614_265_330, "{\"test\": 2432232314}").unwrap();
		assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
	}

	#[test]
	fn errors_of_the_file_are_named() {
		let hook = |lines: &str| format!("[[webhook]]\n{lines}\n");
		let secret = format!("secret = \"{EXAMPLE}\"");
		let public = format!("url = \"https://example.org/x\"\n{secret}");
		assert_eq!(parse(&hook(&public)).unwrap().len(), 1);
		for (text, reason) in [
			(String::new(), "there is no [[webhook]]"),
			(hook(&secret), "[[webhook]] number 1 has no `url`"),
			(hook(&format!("{public}\nevent = []")), "unknown key `event`"),
			(
				hook(&format!("{public}\nevents = [\"block\"]")),
				"`events` in [[webhook]] number 1 is not",
			),
			(hook(&format!("{public}\ntopics = [-1]")), "`topics` in [[webhook]] number 1 is not"),
			(
				hook("url = \"https://example.org/\"\nsecret = \"x\""),
				"`secret` in [[webhook]] number 1",
			),
			(hook(&format!("url = \"http://10.0.0.1/\"\n{secret}")), "is not at a public address"),
			(hook(&public).repeat(2), "two webhooks have the same url"),
		] {
			let error = format!("{:#}", parse(&text).err().unwrap());
			assert!(error.contains(reason), "{error}");
		}
	}

	#[cfg(unix)]
	#[test]
	fn file_that_others_may_read_is_refused() {
		use std::os::unix::fs::PermissionsExt;
		let folder = tempfile::tempdir().unwrap();
		let path = folder.path().join("webhooks.toml");
		std::fs::write(
			&path,
			format!("[[webhook]]\nurl = \"https://example.org/\"\nsecret = \"{EXAMPLE}\"\n"),
		)
		.unwrap();
		std::fs::set_permissions(&path, PermissionsExt::from_mode(0o644)).unwrap();
		let error = format!("{:#}", read(&path).err().unwrap());
		assert!(error.contains("`chmod 600 "), "{error}");
		std::fs::set_permissions(&path, PermissionsExt::from_mode(0o600)).unwrap();
		assert_eq!(read(&path).unwrap().len(), 1);
	}

	/// What a server was sent: headers and body.
	type Seen = Arc<Mutex<Vec<(HeaderMap, String)>>>;

	/// A server that fails the given number of times at first, and redirects at /elsewhere.
	async fn server(failures: usize) -> (String, Seen) {
		let seen = Seen::default();
		let hook = move |Shared(seen): Shared<Seen>, headers: HeaderMap, body: String| async move {
			let mut seen = seen.lock().unwrap();
			seen.push((headers, body));
			if seen.len() <= failures {
				StatusCode::BAD_GATEWAY
			} else {
				StatusCode::OK
			}
		};
		let elsewhere = || async { Redirect::temporary("/hook") };
		let routes = Router::new()
			.route("/hook", post(hook).get(hook))
			.route("/elsewhere", post(elsewhere).get(elsewhere))
			.with_state(seen.clone());
		let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
		let url = format!("http://{}", listener.local_addr().unwrap());
		tokio::spawn(async move { axum::serve(listener, routes).await });
		(url, seen)
	}

	/// A webhook to a URL, for changes of topic 1.
	fn hook(url: &str, allow_private: bool) -> Webhook {
		let options =
			format!("topics = [1]\nevents = [\"inference\"]\nallow_private = {allow_private}");
		let text = format!("[[webhook]]\nurl = \"{url}\"\nsecret = \"{EXAMPLE}\"\n{options}");
		parse(&text).unwrap().remove(0)
	}

	/// Quick to try again, for longer than a test waits.
	const QUICK: Patience = Patience {
		at_first: Duration::from_millis(1),
		at_most: Duration::from_millis(2),
		in_all: Duration::from_secs(60),
	};

	/// A history with webhooks.
	struct Stand {
		store: Store,
		blocks: watch::Sender<Option<Newest>>,
		metrics: Metrics,
	}

	impl Stand {
		fn new() -> Self {
			let (blocks, _) = watch::channel(None);
			Self { store: Store::open(None).unwrap(), blocks, metrics: Metrics::new() }
		}

		/// Runs a webhook, as the process does from its start to its end.
		fn start(&self, webhook: Webhook) -> tokio::task::JoinHandle<Result<()>> {
			self.start_with(webhook, QUICK)
		}

		fn start_with(
			&self,
			webhook: Webhook,
			patience: Patience,
		) -> tokio::task::JoinHandle<Result<()>> {
			let (store, blocks) = (self.store.clone(), self.blocks.subscribe());
			let log = Arc::new(Log::on_stderr());
			tokio::spawn(webhook.run(store, blocks, self.metrics.webhooks.clone(), log, patience))
		}

		/// Adds changes of a block: of topic 1 an inference and an epoch, and of topic 2 an inference.
		async fn change(&self, number: u32) {
			let data = format!("{{\"block\":{number}}}");
			let events = [(1, "inference"), (1, "epoch"), (2, "inference")];
			let events = events.map(|(topic, kind)| (topic, kind, data.clone())).to_vec();
			let mark = Mark { genesis: "0x00".into(), number, hash: "0x01".into() };
			self.store.write(Batch { events, ..Default::default() }, mark).await.unwrap();
			self.blocks.send_replace(None);
		}

		async fn until(&self, outcome: &str, count: u64) {
			let counter = self.metrics.webhooks.with_label_values(&[outcome]);
			for _ in 0..3_000 {
				if counter.get() >= count {
					return;
				}
				tokio::time::sleep(Duration::from_millis(10)).await;
			}
			panic!("{outcome}: {} of {count}", counter.get());
		}
	}

	/// Waits until a webhook has begun, so that what follows is a change.
	async fn begun(stand: &Stand, url: &str) {
		while stand.store.posted(url).await.unwrap().is_none() {
			tokio::time::sleep(Duration::from_millis(1)).await;
		}
	}

	fn bodies(seen: &Seen) -> Vec<String> {
		seen.lock().unwrap().iter().map(|(_, body)| body.clone()).collect()
	}

	#[tokio::test]
	async fn changes_are_posted_in_order_signed_and_over_a_restart() {
		let (base, seen) = server(0).await;
		let url = format!("{base}/hook");
		let stand = Stand::new();
		stand.change(1).await;
		let running = stand.start(hook(&url, true));
		begun(&stand, &url).await;
		stand.change(2).await;
		stand.until("accepted", 1).await;
		running.abort();
		assert!(running.await.unwrap_err().is_cancelled());
		stand.change(3).await;
		stand.start(hook(&url, true));
		stand.until("accepted", 2).await;
		let body = |block| {
			format!("{{\"id\":\"{block}-0\",\"type\":\"inference\",\"topic\":1,\"data\":{{\"block\":{block}}}}}")
		};
		assert_eq!(bodies(&seen), [body(2), body(3)]);
		let (headers, sent) = seen.lock().unwrap()[0].clone();
		let header = |name| headers[name].to_str().unwrap();
		let timestamp = header("webhook-timestamp").parse().unwrap();
		let secret = STANDARD.decode(EXAMPLE.trim_start_matches(PREFIX)).unwrap();
		let expected = signature(&secret, header("webhook-id"), timestamp, &sent).unwrap();
		assert_eq!((header("webhook-id"), header("webhook-signature")), ("2-0", expected.as_str()));
	}

	#[tokio::test]
	async fn change_that_is_not_accepted_is_sent_again_before_the_next_one() {
		let (base, seen) = server(2).await;
		let url = format!("{base}/hook");
		let stand = Stand::new();
		stand.start(hook(&url, true));
		begun(&stand, &url).await;
		stand.change(1).await;
		stand.change(2).await;
		stand.until("accepted", 2).await;
		let ids: Vec<_> = bodies(&seen).iter().map(|body| body[7..10].to_string()).collect();
		assert_eq!(ids, ["1-0", "1-0", "1-0", "2-0"]);
	}

	#[tokio::test]
	async fn patience_ends() {
		let (base, seen) = server(usize::MAX).await;
		let url = format!("{base}/hook");
		let stand = Stand::new();
		stand.start_with(hook(&url, true), Patience { in_all: Duration::from_secs(1), ..QUICK });
		begun(&stand, &url).await;
		stand.change(1).await;
		stand.change(2).await;
		stand.until("given_up", 2).await;
		let sent = bodies(&seen);
		for id in ["1-0", "2-0"] {
			let times = sent.iter().filter(|body| &body[7..10] == id).count();
			assert!(times > 1, "{id} was sent {times} times");
		}
	}

	#[tokio::test]
	async fn redirects_and_names_of_private_addresses_are_refused() {
		let (base, seen) = server(0).await;
		let private = base.replace("127.0.0.1", "localhost");
		let event =
			Event { id: EventId::default(), topic: 1, kind: "epoch".into(), data: "{}".into() };
		for (url, allow_private, reason) in [
			(format!("{base}/elsewhere"), true, "redirects are not followed"),
			(format!("{private}/hook"), false, "localhost has no public address"),
		] {
			let error = hook(&url, allow_private).post(&event).await.unwrap_err();
			assert!(format!("{error:?}").contains(reason), "{error:?}");
		}
		assert_eq!(bodies(&seen), [""; 0]);
		hook(&format!("{private}/hook"), true).post(&event).await.unwrap();
		assert_eq!(bodies(&seen).len(), 1, "the server is there");
	}
}
