//! The gateway's counters, in the format of Prometheus.

use prometheus::{
	Encoder, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGauge, Opts, Registry,
	TextEncoder,
};

/// The gateway's counters.
pub struct Metrics {
	registry: Registry,
	/// Requests by route and status.
	pub requests: IntCounterVec,
	/// The duration of requests by route, in seconds.
	pub seconds: HistogramVec,
	/// Questions that the node was asked.
	pub asked: IntCounter,
	/// Questions whose response was there already.
	pub kept: IntCounter,
	/// Attempts to post a change to a webhook, by outcome.
	pub webhooks: IntCounterVec,
	/// Open streams.
	pub streams: IntGauge,
	/// Open connections.
	pub connections: IntGauge,
	/// The number of the newest finalized block.
	pub block: IntGauge,
	/// The age of that block in seconds.
	pub block_age: IntGauge,
}

impl Default for Metrics {
	fn default() -> Self {
		Self::new()
	}
}

impl Metrics {
	/// Counters that are 0.
	pub fn new() -> Self {
		let registry = Registry::new();
		let name = |name| format!("allora_gateway_{name}");
		let requests = Opts::new(name("requests_total"), "Requests by route and status.");
		let webhooks = Opts::new(name("webhooks_total"), "Changes posted to webhooks by outcome.");
		let seconds = HistogramOpts::new(name("request_seconds"), "Duration of requests by route.");
		let counter = |what, help: &str| made(IntCounter::new(name(what), help));
		let gauge = |what, help: &str| made(IntGauge::new(name(what), help));
		let metrics = Self {
			requests: made(IntCounterVec::new(requests, &["route", "status"])),
			seconds: made(HistogramVec::new(seconds, &["route"])),
			asked: counter("node_questions_total", "Questions that the node was asked."),
			kept: counter("kept_responses_total", "Questions whose response was there already."),
			webhooks: made(IntCounterVec::new(webhooks, &["outcome"])),
			streams: gauge("streams", "Open streams."),
			connections: gauge("connections", "Open connections."),
			block: gauge("finalized_block", "Number of the newest finalized block."),
			block_age: gauge("finalized_block_age_seconds", "Age of the newest finalized block."),
			registry,
		};
		let Self {
			registry,
			requests,
			seconds,
			asked,
			kept,
			webhooks,
			streams,
			connections,
			block,
			block_age,
		} = &metrics;
		let collectors: [Box<dyn prometheus::core::Collector>; 9] = [
			Box::new(requests.clone()),
			Box::new(seconds.clone()),
			Box::new(asked.clone()),
			Box::new(kept.clone()),
			Box::new(webhooks.clone()),
			Box::new(streams.clone()),
			Box::new(connections.clone()),
			Box::new(block.clone()),
			Box::new(block_age.clone()),
		];
		for collector in collectors {
			made(registry.register(collector));
		}
		metrics
	}

	/// All counters as text.
	pub fn text(&self) -> Vec<u8> {
		let mut text = Vec::new();
		// Writing to memory cannot fail.
		let _ = TextEncoder::new().encode(&self.registry.gather(), &mut text);
		text
	}
}

/// A collector, whose fixed name is known to be valid: the test makes them all.
fn made<T>(result: prometheus::Result<T>) -> T {
	result.expect("the names are valid and differ")
}

/// A number that is counted up as long as it is there.
pub struct Counted(IntGauge);

impl Counted {
	/// Counts one more.
	pub fn new(gauge: &IntGauge) -> Self {
		gauge.inc();
		Self(gauge.clone())
	}
}

impl Drop for Counted {
	fn drop(&mut self) {
		self.0.dec();
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn counters_are_written_with_their_labels() {
		let metrics = Metrics::new();
		metrics.requests.with_label_values(&["/v1/topics", "200"]).inc();
		let open = Counted::new(&metrics.streams);
		let text = String::from_utf8(metrics.text()).unwrap();
		let line = "allora_gateway_requests_total{route=\"/v1/topics\",status=\"200\"} 1";
		assert!(text.contains(line), "{text}");
		assert!(text.contains("allora_gateway_streams 1"), "{text}");
		drop(open);
		assert_eq!(metrics.streams.get(), 0);
	}
}
