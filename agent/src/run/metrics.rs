//! `/metrics` for Prometheus and `/health` for supervisors, if the settings have `agent.listen`.

use super::role::MISSED;
use crate::chain::{in_allo, types::EpochId};
use anyhow::{Context, Result};
use http_body_util::Full;
use hyper::{body::Bytes, header, server::conn::http1, service::service_fn, Request, Response};
use hyper_util::rt::TokioIo;
use prometheus::{CounterVec, IntCounterVec, IntGauge, Opts, Registry, TextEncoder};
use serde_json::json;
use std::{
	collections::BTreeMap,
	convert::Infallible,
	net::SocketAddr,
	sync::{Arc, Mutex, PoisonError},
	time::{Duration, Instant},
};
use tokio::{net::TcpListener, sync::Semaphore};

/// The age of the newest block from which on the agent is not healthy.
const OLD: Duration = Duration::from_secs(60);
/// Maximum number of connections at a time.
const CONNECTIONS: usize = 16;
/// Maximum time that a connection is kept.
const KEPT: Duration = Duration::from_secs(30);

/// What a running agent counts, by the names of its roles.
pub struct Metrics {
	registry: Registry,
	block: IntGauge,
	epochs: IntCounterVec,
	rewards: CounterVec,
	failures: IntCounterVec,
	health: Mutex<Health>,
}

/// What `/health` reports.
#[derive(Default)]
struct Health {
	/// When the newest block came, `None` before the first.
	seen: Option<Instant>,
	roles: BTreeMap<String, RoleHealth>,
}

/// The state of a role.
#[derive(Default)]
struct RoleHealth {
	is_ready: bool,
	/// The newest epoch that has ended.
	epoch: Option<EpochId>,
	/// The number of epochs in a row that were missed.
	missed: u32,
	/// The newest failure.
	failure: Option<String>,
}

impl RoleHealth {
	fn is_well(&self) -> bool {
		self.is_ready && self.missed < MISSED
	}
}

impl Metrics {
	/// Nothing counted yet.
	pub fn new() -> Result<Self> {
		let registry = Registry::new();
		let block = IntGauge::new("allora_agent_best_block", "Number of the newest block")?;
		let epochs = Opts::new("allora_agent_epochs_total", "Epochs that ended, by outcome");
		let epochs = IntCounterVec::new(epochs, &["role", "outcome"])?;
		let rewards = Opts::new("allora_agent_rewards_allo_total", "Rewards credited, in ALLO");
		let rewards = CounterVec::new(rewards, &["role"])?;
		let failures = Opts::new("allora_agent_failures_total", "Failures of models and calls");
		let failures = IntCounterVec::new(failures, &["role"])?;
		registry.register(Box::new(block.clone()))?;
		registry.register(Box::new(epochs.clone()))?;
		registry.register(Box::new(rewards.clone()))?;
		registry.register(Box::new(failures.clone()))?;
		Ok(Self { registry, block, epochs, rewards, failures, health: Mutex::default() })
	}

	fn with_role(&self, role: &str, change: impl FnOnce(&mut RoleHealth)) {
		let mut health = self.health.lock().unwrap_or_else(PoisonError::into_inner);
		change(health.roles.entry(role.to_owned()).or_default());
	}

	/// Adds a role, whose counts are then 0 rather than absent.
	pub fn add(&self, role: &str) {
		for outcome in ["submitted", "missed"] {
			self.epochs.with_label_values(&[role, outcome]);
		}
		self.rewards.with_label_values(&[role]);
		self.failures.with_label_values(&[role]);
		self.with_role(role, |_| ());
	}

	/// Notes a block.
	pub fn saw_block(&self, number: u32) {
		self.block.set(number.into());
		self.health.lock().unwrap_or_else(PoisonError::into_inner).seen = Some(Instant::now());
	}

	/// Notes that a role can take part.
	pub fn is_ready(&self, role: &str) {
		self.with_role(role, |role| role.is_ready = true);
	}

	/// Counts a failure.
	pub fn failed(&self, role: &str, text: &str) {
		self.failures.with_label_values(&[role]).inc();
		self.with_role(role, |role| role.failure = Some(text.into()));
	}

	/// Counts an epoch that has ended: the number of those missed in a row, 0 if something was
	/// submitted, and the reward in planck.
	pub fn ended(&self, role: &str, epoch: EpochId, missed: u32, reward: u128) {
		let outcome = if missed == 0 { "submitted" } else { "missed" };
		self.epochs.with_label_values(&[role, outcome]).inc();
		self.rewards.with_label_values(&[role]).inc_by(in_allo(reward));
		self.with_role(role, |role| (role.epoch, role.missed) = (Some(epoch), missed));
	}

	/// Whether all is well, and the report on it.
	fn health(&self) -> (bool, String) {
		let health = self.health.lock().unwrap_or_else(PoisonError::into_inner);
		let age = health.seen.map(|seen| seen.elapsed());
		let is_well =
			age.is_some_and(|age| age < OLD) && health.roles.values().all(RoleHealth::is_well);
		let role = |(name, role): (&String, &RoleHealth)| {
			json!({
				"role": name,
				"healthy": role.is_well(),
				"ready": role.is_ready,
				"newest_epoch": role.epoch,
				"missed_in_a_row": role.missed,
				"newest_failure": role.failure,
			})
		};
		let report = json!({
			"healthy": is_well,
			"block": self.block.get(),
			"block_age_s": age.map(|age| age.as_secs()),
			"roles": health.roles.iter().map(role).collect::<Vec<_>>(),
		});
		(is_well, report.to_string())
	}

	/// The response to a request for a path.
	fn respond(&self, path: &str) -> (u16, &'static str, String) {
		match path {
			"/metrics" => match TextEncoder::new().encode_to_string(&self.registry.gather()) {
				Ok(text) => (200, prometheus::TEXT_FORMAT, text),
				Err(error) => (500, "text/plain", error.to_string()),
			},
			"/health" => {
				let (is_well, report) = self.health();
				(if is_well { 200 } else { 503 }, "application/json", report)
			}
			_ => (404, "text/plain", "there are /metrics and /health\n".into()),
		}
	}
}

/// Serves metrics and health at an address, as long as the process runs.
pub async fn listen(address: SocketAddr, metrics: Arc<Metrics>) -> Result<()> {
	let listener = TcpListener::bind(address).await;
	let listener = listener.with_context(|| {
		format!("cannot listen at {address}: set another address as `listen` in [agent]")
	})?;
	tokio::spawn(serve(listener, metrics));
	Ok(())
}

async fn serve(listener: TcpListener, metrics: Arc<Metrics>) {
	let free = Arc::new(Semaphore::new(CONNECTIONS));
	loop {
		let Ok(place) = free.clone().acquire_owned().await else { return };
		let Ok((stream, _)) = listener.accept().await else {
			// Out of files, for instance.
			tokio::time::sleep(Duration::from_secs(1)).await;
			continue;
		};
		let metrics = metrics.clone();
		tokio::spawn(async move {
			let service = service_fn(|request: Request<_>| {
				let (status, kind, body) = metrics.respond(request.uri().path());
				let mut response = Response::new(Full::from(body));
				*response.status_mut() = hyper::StatusCode::from_u16(status).unwrap_or_default();
				let kind = header::HeaderValue::from_static(kind);
				response.headers_mut().insert(header::CONTENT_TYPE, kind);
				std::future::ready(Ok::<Response<Full<Bytes>>, Infallible>(response))
			});
			let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
			// A client that goes away, or stays, is not our concern.
			let _ = tokio::time::timeout(KEPT, connection).await;
			drop(place);
		});
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn agent_is_healthy_while_blocks_come_and_no_role_misses_epochs() {
		let metrics = Metrics::new().unwrap();
		metrics.add("topic 1 worker 5Grwva");
		let status = || metrics.respond("/health").0;
		assert_eq!(status(), 503, "no block, and not registered");
		metrics.saw_block(7);
		metrics.is_ready("topic 1 worker 5Grwva");
		assert_eq!(status(), 200);
		metrics.ended("topic 1 worker 5Grwva", 100, 1, 0);
		assert_eq!(status(), 200);
		metrics.failed("topic 1 worker 5Grwva", "the model is late");
		metrics.ended("topic 1 worker 5Grwva", 110, 2, 0);
		let (status, _, report) = metrics.respond("/health");
		assert_eq!(status, 503);
		let report: serde_json::Value = serde_json::from_str(&report).unwrap();
		assert_eq!((&report["block"], &report["healthy"]), (&json!(7), &json!(false)));
		assert_eq!(report["roles"][0]["newest_failure"], "the model is late");
	}

	#[test]
	fn metrics_are_counted_by_role() {
		let metrics = Metrics::new().unwrap();
		metrics.add("topic 1 worker 5Grwva");
		metrics.ended("topic 1 worker 5Grwva", 100, 0, crate::chain::ALLO / 2);
		metrics.ended("topic 1 worker 5Grwva", 110, 0, crate::chain::ALLO);
		metrics.ended("topic 1 worker 5Grwva", 120, 1, 0);
		let (status, _, text) = metrics.respond("/metrics");
		assert_eq!(status, 200);
		for line in [
			"allora_agent_epochs_total{outcome=\"submitted\",role=\"topic 1 worker 5Grwva\"} 2",
			"allora_agent_epochs_total{outcome=\"missed\",role=\"topic 1 worker 5Grwva\"} 1",
			"allora_agent_rewards_allo_total{role=\"topic 1 worker 5Grwva\"} 1.5",
			"allora_agent_failures_total{role=\"topic 1 worker 5Grwva\"} 0",
		] {
			assert!(text.lines().any(|found| found == line), "{line} in {text}");
		}
		assert_eq!(metrics.respond("/").0, 404);
	}
}
