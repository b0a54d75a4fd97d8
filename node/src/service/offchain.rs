//! Runs the runtime's offchain workers.

use super::Shared;
use futures::FutureExt;
use sc_client_api::Backend;
use sc_network::service::traits::NetworkService;
use sc_offchain::{OffchainWorkerOptions, OffchainWorkers};
use sc_service::{error::Error as ServiceError, Role, TaskManager};
use sc_transaction_pool_api::OffchainTransactionPoolFactory;
use std::sync::Arc;

/// Calls the runtime's offchain worker after each new best block.
pub(super) fn spawn(
	role: Role,
	shared: &Shared,
	network: Arc<dyn NetworkService>,
	task_manager: &TaskManager,
) -> Result<(), ServiceError> {
	let workers = OffchainWorkers::new(OffchainWorkerOptions {
		runtime_api_provider: shared.client.clone(),
		keystore: Some(shared.keystore.clone()),
		offchain_db: shared.backend.offchain_storage(),
		transaction_pool: Some(OffchainTransactionPoolFactory::new(shared.pool.clone())),
		network_provider: Arc::new(network),
		is_validator: role.is_authority(),
		enable_http_requests: true,
		custom_extensions: |_| Vec::new(),
	})?;

	task_manager.spawn_handle().spawn(
		"offchain-workers-runner",
		"offchain-worker",
		workers.run(shared.client.clone(), task_manager.spawn_handle()).boxed(),
	);
	Ok(())
}
