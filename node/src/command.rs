//! Runs what the command line asks for.

use crate::{
	chain_spec::{self, ChainSpec},
	cli::{Cli, Subcommand},
	service::{self, Clock, FullBackend, FullClient},
};
use allora_runtime::opaque::Block;
use sc_cli::{CliConfiguration, Result, RevertCmd, SubstrateCli};
use sc_consensus::DefaultImportQueue;
use sc_service::{Configuration, PartialComponents};
use sp_runtime::traits::NumberFor;
use std::{future::Future, path::PathBuf, sync::Arc};

impl SubstrateCli for Cli {
	fn impl_name() -> String {
		"Allora Node".into()
	}

	fn impl_version() -> String {
		env!("SUBSTRATE_CLI_IMPL_VERSION").into()
	}

	fn description() -> String {
		env!("CARGO_PKG_DESCRIPTION").into()
	}

	fn author() -> String {
		"Allora substrate contributors".into()
	}

	fn support_url() -> String {
		"see README.md".into()
	}

	fn copyright_start_year() -> i32 {
		2026
	}

	/// Finds a chain by name, or reads it from a file.
	///
	/// No name means the local testnet, so that `key generate-node-key` works without one.
	fn load_spec(&self, id: &str) -> std::result::Result<Box<dyn sc_service::ChainSpec>, String> {
		Ok(match id {
			"dev" => Box::new(chain_spec::development()?),
			"" | "local" => Box::new(chain_spec::local_testnet()?),
			path => Box::new(ChainSpec::from_json_file(PathBuf::from(path))?),
		})
	}
}

/// Parses the command line and runs it to its end.
pub fn run() -> Result<()> {
	let cli = Cli::from_args();

	match &cli.subcommand {
		Some(subcommand) => run_subcommand(&cli, subcommand),
		None => run_node(&cli),
	}
}

/// Runs a node until it is told to stop.
fn run_node(cli: &Cli) -> Result<()> {
	let options =
		service::Options { storage_monitor: cli.storage_monitor.clone(), sealing: cli.sealing };
	cli.create_runner(&cli.run)?.run_node_until_exit(|config| async move {
		service::new_full(config, options).map_err(sc_cli::Error::Service)
	})
}

/// Runs a command that is not the node itself.
fn run_subcommand(cli: &Cli, subcommand: &Subcommand) -> Result<()> {
	match subcommand {
		Subcommand::Key(cmd) => cmd.run(cli),
		Subcommand::BuildSpec(cmd) => {
			cli.create_runner(cmd)?.sync_run(|config| cmd.run(config.chain_spec, config.network))
		}
		Subcommand::ExportChainSpec(cmd) => cmd.run(cli.load_spec(&cmd.chain)?),
		Subcommand::PurgeChain(cmd) => {
			cli.create_runner(cmd)?.sync_run(|config| cmd.run(config.database))
		}
		Subcommand::ChainInfo(cmd) => {
			cli.create_runner(cmd)?.sync_run(|config| cmd.run::<Block>(&config))
		}
		Subcommand::CheckBlock(cmd) => {
			with_node(
				cli,
				cmd,
				|node, _| async move { cmd.run(node.client, node.import_queue).await },
			)
		}
		Subcommand::ExportBlocks(cmd) => with_node(cli, cmd, |node, config| async move {
			cmd.run(node.client, config.database).await
		}),
		Subcommand::ImportBlocks(cmd) => {
			with_node(
				cli,
				cmd,
				|node, _| async move { cmd.run(node.client, node.import_queue).await },
			)
		}
		Subcommand::ExportState(cmd) => with_node(cli, cmd, |node, config| async move {
			cmd.run(node.client, config.chain_spec).await
		}),
		Subcommand::Revert(cmd) => with_node(cli, cmd, |node, _| revert(cmd, node)),
	}
}

/// A node without network, of which the offline commands use some parts.
struct OfflineNode {
	client: Arc<FullClient>,
	backend: Arc<FullBackend>,
	import_queue: DefaultImportQueue<Block>,
}

/// Opens the database and runs `action` on it, until it is done or the process is told to stop.
fn with_node<Command, Action, Done>(cli: &Cli, cmd: &Command, action: Action) -> Result<()>
where
	Command: CliConfiguration,
	Action: FnOnce(OfflineNode, Configuration) -> Done,
	Done: Future<Output = Result<()>>,
{
	cli.create_runner(cmd)?.async_run(|config| {
		let PartialComponents { client, backend, import_queue, task_manager, .. } =
			service::new_partial(&config, Clock::Machine)?;
		Ok((action(OfflineNode { client, backend, import_queue }, config), task_manager))
	})
}

/// Reverts blocks, and with them what BABE and GRANDPA remember of these blocks.
async fn revert(cmd: &RevertCmd, node: OfflineNode) -> Result<()> {
	cmd.run(node.client, node.backend, Some(Box::new(revert_consensus))).await
}

/// Makes BABE and GRANDPA forget the last `blocks` blocks.
fn revert_consensus(
	client: Arc<FullClient>,
	backend: Arc<FullBackend>,
	blocks: NumberFor<Block>,
) -> Result<()> {
	sc_consensus_babe::revert(client.clone(), backend, blocks)?;
	sc_consensus_grandpa::revert(client, blocks)?;
	Ok(())
}
