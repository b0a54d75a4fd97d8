//! The command line: options and subcommands.

use crate::{hardware::CheckHardwareCmd, testnet::TestnetSpecCmd};
use sc_cli::{
	BuildSpecCmd, ChainInfoCmd, CheckBlockCmd, ExportBlocksCmd, ExportChainSpecCmd, ExportStateCmd,
	ImportBlocksCmd, KeySubcommand, PurgeChainCmd, RevertCmd, RpcMethods, RunCmd,
	TransactionPoolType,
};
use sc_storage_monitor::StorageMonitorParams;
use std::{
	num::{NonZeroU32, NonZeroU64},
	str::FromStr,
	time::Duration,
};

/// The maximum number of requests in a batch, unless the options say otherwise.
const MAX_BATCH: u32 = 100;

/// The calls per minute of a connection from elsewhere, or through a proxy, unless the options say
/// otherwise.
const MAX_RATE: NonZeroU32 = NonZeroU32::new(6_000).expect("it is above 0");

/// The command line: a subcommand, or the options of a node.
#[derive(Debug, clap::Parser)]
pub struct Cli {
	/// The subcommand, if any.
	#[command(subcommand)]
	pub subcommand: Option<Subcommand>,

	/// Options of a running node.
	#[clap(flatten)]
	pub run: RunCmd,

	/// When to stop because the disk is almost full.
	#[clap(flatten)]
	pub storage_monitor: StorageMonitorParams,

	/// Make and finalize blocks without slots and votes, for tests on a development chain.
	///
	/// `manual`: a block per call of the RPC method `engine_createBlock`. `instant`: a block per
	/// transaction. A number: a block per this many milliseconds. Each block is one slot later than
	/// the one before, whatever the time of the machine; once it is ahead of that time, the chain
	/// can only be continued with this option.
	#[arg(long, value_name = "manual|instant|MS")]
	pub sealing: Option<Sealing>,
}

impl Cli {
	/// The options of the node.
	///
	/// The fork-aware pool reports a transaction as soon as one of its views has it. If the view of
	/// the next block is being built at that moment, it lacks the transaction until a block after
	/// that, and with a block per transaction none may come. Such a chain has no forks, so it takes
	/// the pool that has a single view.
	///
	/// The RPC has limits that the SDK leaves out: a batch has at most [`MAX_BATCH`] requests, and
	/// where the RPC listens to other machines or has safe methods only, as behind a proxy, a connection
	/// may make [`MAX_RATE`] calls a minute.
	pub fn node(&self) -> RunCmd {
		let mut options = self.run.clone();
		if self.sealing == Some(Sealing::Instant) {
			options.pool_config.pool_type = TransactionPoolType::SingleState;
		}
		let rpc = &mut options.rpc_params;
		if !rpc.rpc_disable_batch_requests {
			rpc.rpc_max_batch_request_len.get_or_insert(MAX_BATCH);
		}
		if rpc.rpc_external || rpc.unsafe_rpc_external || rpc.rpc_methods == RpcMethods::Safe {
			rpc.rpc_rate_limit.get_or_insert(MAX_RATE);
		}
		options
	}
}

/// When blocks are made without slots.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sealing {
	/// On request by RPC.
	Manual,
	/// For each transaction.
	Instant,
	/// Once per period.
	Every(Duration),
}

impl FromStr for Sealing {
	type Err = String;

	fn from_str(text: &str) -> Result<Self, String> {
		match text {
			"manual" => Ok(Self::Manual),
			"instant" => Ok(Self::Instant),
			_ => text
				.parse::<NonZeroU64>()
				.map(|period| Self::Every(Duration::from_millis(period.get())))
				.map_err(|_| {
					"expected `manual`, `instant` or a number of milliseconds above 0".into()
				}),
		}
	}
}

/// What the binary does besides running a node.
#[derive(Debug, clap::Subcommand)]
#[allow(clippy::large_enum_variant)]
pub enum Subcommand {
	/// Manage keys.
	#[command(subcommand)]
	Key(KeySubcommand),

	/// Build a chain specification; prefer `export-chain-spec`.
	BuildSpec(BuildSpecCmd),

	/// Export a chain specification, plain or raw.
	ExportChainSpec(ExportChainSpecCmd),

	/// Print the specification of a test network, made from a list of its validators.
	TestnetSpec(TestnetSpecCmd),

	/// Measure this machine, and compare it with what a validator needs.
	CheckHardware(CheckHardwareCmd),

	/// Validate blocks.
	CheckBlock(CheckBlockCmd),

	/// Export blocks.
	ExportBlocks(ExportBlocksCmd),

	/// Import blocks.
	ImportBlocks(ImportBlocksCmd),

	/// Export the state of a block into a chain specification.
	ExportState(ExportStateCmd),

	/// Remove the database of the chain.
	PurgeChain(PurgeChainCmd),

	/// Remove the latest blocks, but none that is finalized.
	Revert(RevertCmd),

	/// Print the best, finalized and genesis blocks of the database.
	ChainInfo(ChainInfoCmd),
}

#[cfg(test)]
mod tests {
	use super::*;
	use sc_cli::SubstrateCli;

	/// Parses a command line without the name of the binary.
	fn parse(line: &str) -> Cli {
		let args = std::iter::once("allora-node").chain(line.split_whitespace());
		Cli::try_from_iter(args).expect("the command line is valid")
	}

	#[test]
	fn command_is_consistent() {
		<Cli as clap::CommandFactory>::command().debug_assert();
	}

	#[test]
	fn storage_monitor_is_on_by_default() {
		let cli = parse("--dev");
		assert!(cli.subcommand.is_none());
		assert_eq!(cli.storage_monitor.threshold, 1024);
		assert_eq!(parse("--dev --db-storage-threshold 0").storage_monitor.threshold, 0);
	}

	#[test]
	fn sealing_is_manual_instant_or_a_period() {
		assert_eq!(parse("--dev").sealing, None);
		assert_eq!(parse("--dev --sealing manual").sealing, Some(Sealing::Manual));
		assert_eq!(parse("--dev --sealing=instant").sealing, Some(Sealing::Instant));
		let period = Duration::from_millis(250);
		assert_eq!(parse("--dev --sealing 250").sealing, Some(Sealing::Every(period)));
	}

	#[test]
	fn pool_of_a_block_per_transaction_has_one_view() {
		let pool = |line| parse(line).node().pool_config.pool_type;
		assert!(matches!(pool("--dev --sealing instant"), TransactionPoolType::SingleState));
		for line in ["--dev", "--dev --sealing manual", "--dev --sealing 250"] {
			assert!(matches!(pool(line), TransactionPoolType::ForkAware), "{line}");
		}
	}

	#[test]
	fn batches_and_calls_of_others_are_limited() {
		let limits = |line| {
			let rpc = parse(line).node().rpc_params;
			(rpc.rpc_max_batch_request_len, rpc.rpc_rate_limit.map(NonZeroU32::get))
		};
		assert_eq!(limits("--dev"), (Some(100), None));
		assert_eq!(limits("--dev --rpc-external"), (Some(100), Some(6_000)));
		assert_eq!(limits("--dev --unsafe-rpc-external"), (Some(100), Some(6_000)));
		assert_eq!(limits("--dev --rpc-methods safe"), (Some(100), Some(6_000)));
		let own = "--dev --rpc-external --rpc-rate-limit 7 --rpc-max-batch-request-len 8";
		assert_eq!(limits(own), (Some(8), Some(7)));
		assert_eq!(limits("--dev --rpc-disable-batch-requests"), (None, None));
	}

	#[test]
	fn other_sealings_are_refused_with_the_valid_ones() {
		for text in ["0", "-1", "1.5", "1s", "Manual", "", "99999999999999999999"] {
			let error = text.parse::<Sealing>().expect_err(text);
			assert!(error.contains("`manual`, `instant` or a number of milliseconds"), "{error}");
		}
	}

	#[test]
	fn zombienet_can_build_a_spec() {
		let cli = parse("build-spec --chain local --disable-default-bootnode --raw");
		let Some(Subcommand::BuildSpec(cmd)) = cli.subcommand else {
			panic!("expected `build-spec`")
		};
		assert!(cmd.raw && cmd.disable_default_bootnode);
	}

	#[test]
	fn zombienet_can_start_a_validator() {
		let cli = parse(
			"--chain local.json --name alice --rpc-cors all --rpc-methods unsafe -lruntime=info \
			 --no-mdns --node-key 2bd806c97f0e00af1a1fc3328fa763a9269723c8db8fac4f93af71db186d6e90 \
			 --no-telemetry --prometheus-external --validator --prometheus-port 9615 \
			 --rpc-port 9944 --listen-addr /ip4/127.0.0.1/tcp/30333/ws --base-path /tmp/alice",
		);
		assert!(cli.run.validator);
		assert_eq!(cli.run.name.as_deref(), Some("alice"));
	}
}
