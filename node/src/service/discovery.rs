//! Publishes the addresses of this authority and finds those of others in the network's DHT.

use super::{network::NetworkParts, Shared};
use futures::StreamExt;
use sc_authority_discovery::{new_worker_and_service_with_config, Role, WorkerConfig};
use sc_network::{config::NetworkConfiguration, Event, NetworkEventStream};
use sc_service::TaskManager;
use std::sync::Arc;

/// The configuration: which addresses are published, and where found ones are kept for a restart.
pub(super) fn config(network: &NetworkConfiguration) -> WorkerConfig {
	WorkerConfig {
		publish_non_global_ips: network.allow_non_globals_in_dht,
		public_addresses: network.public_addresses.clone(),
		// No peer of this chain is old enough to publish unsigned records.
		strict_record_validation: true,
		persisted_cache_directory: network.net_config_path.clone(),
		..Default::default()
	}
}

/// Starts the discovery of an authority.
pub(super) fn spawn(
	config: WorkerConfig,
	shared: &Shared,
	network: &NetworkParts,
	task_manager: &TaskManager,
) {
	let network = network.network.clone();
	let dht_events = network.event_stream("authority-discovery").filter_map(|event| async move {
		match event {
			Event::Dht(event) => Some(event),
			_ => None,
		}
	});
	let (worker, _service) = new_worker_and_service_with_config(
		config,
		shared.client.clone(),
		Arc::new(network),
		Box::pin(dht_events),
		Role::PublishAndDiscover(shared.keystore.clone()),
		shared.prometheus.clone(),
		task_manager.spawn_handle(),
	);

	task_manager.spawn_handle().spawn(
		"authority-discovery-worker",
		Some("networking"),
		worker.run(),
	);
}
