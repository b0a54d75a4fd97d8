//! Runs the subcommands, or the node.

use crate::{
	chain_spec::{self, ChainSpec},
	cli::{Cli, Subcommand},
	service::{self, Clock, FullBackend, FullClient, Purpose},
};
use allora_runtime::opaque::Block;
use sc_cli::{CliConfiguration, Result, RevertCmd, Runner, SubstrateCli};
use sc_consensus::DefaultImportQueue;
use sc_service::{Configuration, PartialComponents, PruningMode};
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
		"the issue tracker of the repository that this binary was built from".into()
	}

	fn copyright_start_year() -> i32 {
		2026
	}

	/// Finds a chain by name, or reads it from a file.
	///
	/// Without a name it is the local testnet, so that `key generate-node-key` needs none.
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

/// Runs a node until a signal stops it.
fn run_node(cli: &Cli) -> Result<()> {
	let options =
		service::Options { storage_monitor: cli.storage_monitor.clone(), sealing: cli.sealing };
	// Dropped after the runner has waited for the node's tasks.
	let mut sync = None;
	let kept = &mut sync;
	runner(cli, &cli.node())?.run_node_until_exit(|config| async move {
		let (task_manager, sync) = service::new_full(config, options)?;
		*kept = Some(sync);
		Ok::<_, sc_cli::Error>(task_manager)
	})
}

/// A runner for a command or the node.
///
/// On a development chain it keeps all states, so that explorers can read old blocks, if the user
/// does not choose otherwise. The choice belongs to a database, so one that exists keeps its own.
fn runner<Command: CliConfiguration>(cli: &Cli, command: &Command) -> Result<Runner<Cli>> {
	let mut runner = cli.create_runner(command)?;
	let is_dev = command.is_dev()?;
	let config = runner.config_mut();
	let is_new = config.database.path().is_none_or(|path| !path.exists());
	if is_dev && is_new && config.state_pruning.is_none() {
		config.state_pruning = Some(PruningMode::ArchiveAll);
	}
	Ok(runner)
}

/// Runs a subcommand.
fn run_subcommand(cli: &Cli, subcommand: &Subcommand) -> Result<()> {
	match subcommand {
		Subcommand::Key(cmd) => cmd.run(cli),
		Subcommand::BuildSpec(cmd) => {
			runner(cli, cmd)?.sync_run(|config| cmd.run(config.chain_spec, config.network))
		}
		Subcommand::ExportChainSpec(cmd) => cmd.run(cli.load_spec(&cmd.chain)?),
		Subcommand::TestnetSpec(cmd) => cmd.run(),
		Subcommand::CheckHardware(cmd) => cmd.run(),
		Subcommand::PurgeChain(cmd) => {
			runner(cli, cmd)?.sync_run(|config| cmd.run(config.database))
		}
		Subcommand::ChainInfo(cmd) => {
			runner(cli, cmd)?.sync_run(|config| cmd.run::<Block>(&config))
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

/// The components of a node without a network that the offline commands use.
struct OfflineNode {
	client: Arc<FullClient>,
	backend: Arc<FullBackend>,
	import_queue: DefaultImportQueue<Block>,
}

/// Opens the database and runs `action` on it, until it is done or a signal stops it.
fn with_node<Command, Action, Done>(cli: &Cli, cmd: &Command, action: Action) -> Result<()>
where
	Command: CliConfiguration,
	Action: FnOnce(OfflineNode, Configuration) -> Done,
	Done: Future<Output = Result<()>>,
{
	runner(cli, cmd)?.async_run(|config| {
		let PartialComponents { client, backend, import_queue, task_manager, .. } =
			service::new_partial(&config, Clock::Machine, Purpose::Command)?;
		Ok((action(OfflineNode { client, backend, import_queue }, config), task_manager))
	})
}

/// Reverts blocks, and what BABE and GRANDPA have recorded of them.
async fn revert(cmd: &RevertCmd, node: OfflineNode) -> Result<()> {
	cmd.run(node.client, node.backend, Some(Box::new(revert_consensus))).await
}

/// Removes the last `blocks` blocks from the records of BABE and GRANDPA.
fn revert_consensus(
	client: Arc<FullClient>,
	backend: Arc<FullBackend>,
	blocks: NumberFor<Block>,
) -> Result<()> {
	sc_consensus_babe::revert(client.clone(), backend, blocks)?;
	sc_consensus_grandpa::revert(client, blocks)?;
	Ok(())
}
