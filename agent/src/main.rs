//! The command line of the off-chain participant.

use allora_agent::{
	bridge, chain, commands, demo, gateway,
	rules::RuleName,
	run,
	simulate::{self, Common, SimulateArgs},
	verify::ProofFile,
};
use anyhow::{Context, Result};
use clap::{ArgGroup, Args, Parser, Subcommand, ValueEnum};
use std::{path::PathBuf, process::ExitCode};

/// The off-chain participant of the Allora network.
#[derive(Debug, Parser)]
#[command(version)]
struct Cli {
	#[command(subcommand)]
	command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
	/// Run topics with workers, forecasters and reputers on a development chain, one day of data per epoch.
	Demo(DemoArgs),
	/// Run the same topics off chain over the whole series, or a network of your own.
	Simulate(Box<SimulateArgs>),
	/// Write settings, a key and a model to start from, for `run`.
	Init(InitArgs),
	/// Take part in topics with your own models, until stopped.
	Run(RunArgs),
	/// Look for what keeps the roles of the settings from being scored.
	Doctor(ConfigArgs),
	/// Create and fund a topic with short epochs on a development chain, as //Alice.
	DevTopic(DevTopicArgs),
	/// Fetch a proof of a topic's newest network inference, as JSON, from a node that finalizes blocks.
	Prove(ProveArgs),
	/// Verify a proof of a network inference by a set of authorities, without a node, and print the
	/// inference as JSON.
	Verify(VerifyArgs),
	/// Prove inferences to other chains, and verify such proofs.
	#[command(subcommand)]
	Bridge(bridge::command::Command),
	/// Serve inferences and their history to applications: REST, events and tools on one port, without
	/// keys.
	Gateway(gateway::GatewayArgs),
	/// Serve the gateway's tools to a program that a language model uses, over standard input and output.
	Mcp(gateway::McpArgs),
	#[command(flatten)]
	Chain(commands::Command),
}

#[derive(Debug, Args)]
struct DemoArgs {
	#[command(flatten)]
	common: Common,
	/// Rule of all topics; the other one is run beside them, off chain.
	#[arg(long, value_enum, default_value_t = RuleName::DEFAULT)]
	rule: RuleName,
	/// Number of epochs to run; they predict the last days of the series.
	#[arg(long, default_value_t = 15, value_parser = clap::value_parser!(u32).range(1..))]
	epochs: u32,
	/// Use the development chain of this running node instead of starting one.
	#[arg(long, value_name = "WS_URL")]
	url: Option<String>,
	/// Program of the node to start [default: `allora-node` in the folder of this program].
	#[arg(long, value_name = "PATH", conflicts_with = "url")]
	node: Option<PathBuf>,
	/// File that keeps what workers have committed to until they reveal it, also over a restart
	/// [default: `allora-journal.json` with `--url`, and else a temporary one].
	#[arg(long, value_name = "FILE")]
	journal: Option<PathBuf>,
}

#[derive(Debug, Args)]
struct InitArgs {
	/// Id of the topic.
	#[arg(long, required_unless_present = "from_allora")]
	topic: Option<u64>,
	/// Command of the model, run in the folder of the settings; a Python program that does not exist is
	/// written [default: model.py, or truth.py for a reputer].
	#[arg(long, value_name = "COMMAND")]
	model: Option<String>,
	/// URL of the model, with placeholders such as {TopicId} and {BlockHeight}.
	#[arg(long, value_name = "URL", conflicts_with = "model")]
	http: Option<String>,
	/// The kind of participant.
	#[arg(long, value_enum, default_value_t = RoleName::Worker)]
	role: RoleName,
	/// Folder to write to.
	#[arg(long, value_name = "FOLDER", default_value = ".")]
	out: PathBuf,
	/// Import workers and reputers from a config.json of allora-offchain-node; its mnemonic is not read.
	#[arg(long, value_name = "FILE", conflicts_with_all = ["model", "http", "role"])]
	from_allora: Option<PathBuf>,
	#[command(flatten)]
	source: chain::Source,
}

/// The kind of participant.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum RoleName {
	/// Predicts.
	Worker,
	/// Stakes, and reports the truth.
	Reputer,
}

#[derive(Debug, Args)]
struct ConfigArgs {
	/// The settings, as `init` writes them.
	#[arg(long, value_name = "FILE", default_value = "agent.toml")]
	config: PathBuf,
	/// Read the chain by a light client of this specification, whatever the settings say, and trust no
	/// node.
	#[arg(long, value_name = "SPEC")]
	light: Option<PathBuf>,
}

impl ConfigArgs {
	fn load(self) -> Result<run::config::Config> {
		let config = run::config::Config::load(&self.config)?;
		let light = self.light.or(config.light);
		Ok(run::config::Config { light, ..config })
	}
}

#[derive(Debug, Args)]
struct RunArgs {
	#[command(flatten)]
	config: ConfigArgs,
	/// Ask the models once, show what would be sent and what it costs, and send nothing.
	#[arg(long)]
	check: bool,
	/// Send the accounts what they need, from //Alice: on development chains only.
	#[arg(long)]
	dev_fund: bool,
	/// Stop when the standard input ends: for programs that start the agent, which then does not
	/// outlive them.
	#[arg(long, conflicts_with = "check")]
	stop_at_eof: bool,
}

#[derive(Debug, Args)]
struct DevTopicArgs {
	/// Slots from one epoch to the next; workers have a third of them to predict.
	#[arg(long, value_name = "SLOTS", default_value_t = 18, value_parser = clap::value_parser!(u32).range(10..))]
	epoch_length: u32,
	/// Let workers submit openly, rather than commit and reveal.
	#[arg(long)]
	open: bool,
	#[command(flatten)]
	source: chain::Source,
}

#[derive(Debug, Args)]
struct ProveArgs {
	/// Id of the topic.
	#[arg(long)]
	topic: u64,
	/// URL of a node.
	#[arg(long, value_name = "WS_URL", default_value = "ws://127.0.0.1:9944")]
	url: String,
}

#[derive(Debug, Args)]
#[command(group = ArgGroup::new("trusted").required(true).args(["authorities", "trust_file"]))]
struct VerifyArgs {
	/// The proof, as `prove` prints it.
	file: PathBuf,
	/// The authorities to trust: a JSON file with the fields `setId` and `authorities`.
	#[arg(long, value_name = "FILE")]
	authorities: Option<PathBuf>,
	/// Trust the authorities that the proof's file names: the proof then shows no more than that its
	/// parts fit together, unless the file comes from somebody trusted.
	#[arg(long)]
	trust_file: bool,
	/// Refuse a proof of a block before this slot.
	#[arg(long, value_name = "SLOT", default_value_t = 0)]
	since_slot: u64,
}

fn main() -> ExitCode {
	let done = match Cli::parse().command {
		Command::Demo(args) => run_demo(args),
		Command::Simulate(args) => args.run(),
		Command::Init(args) => run_init(args),
		Command::Run(args) => run_roles(args),
		Command::Doctor(args) => run_doctor(args),
		Command::DevTopic(args) => run_dev_topic(args),
		Command::Prove(args) => prove(args),
		Command::Verify(args) => verify(args),
		Command::Bridge(command) => block_on(command.run()),
		Command::Chain(command) => block_on(command.run()),
		Command::Gateway(args) => block_on(gateway::serve(args)),
		Command::Mcp(args) => block_on(gateway::serve_mcp(args)),
	};
	match done {
		Ok(()) => ExitCode::SUCCESS,
		Err(error) => {
			eprintln!("error: {error:#}");
			ExitCode::FAILURE
		}
	}
}

fn run_demo(args: DemoArgs) -> Result<()> {
	let series = simulate::load(&args.common)?;
	let questions = args.common.questions();
	let plot = args.common.plot.unwrap_or_else(|| "allora-demo.svg".into());
	let with_url = args.url.as_ref().map(|_| "allora-journal.json".into());
	let settings = demo::Settings {
		questions,
		rule: args.rule,
		epochs: args.epochs as usize,
		url: args.url,
		node: args.node,
		json: args.common.json,
		plot,
		journal: args.journal.or(with_url),
	};
	let results = block_on(demo::run(series, settings))?;
	if args.common.json {
		simulate::print_json(&results)?;
	}
	Ok(())
}

/// Runs a future to its end; tasks that it has started and still run are not joined.
fn block_on<T>(future: impl std::future::Future<Output = Result<T>>) -> Result<T> {
	let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
	let done = runtime.block_on(future);
	runtime.shutdown_background();
	done
}

fn run_init(args: InitArgs) -> Result<()> {
	let InitArgs { topic, model, http, role, out, from_allora, source } = args;
	let kind = match role {
		RoleName::Worker => run::Kind::Worker,
		RoleName::Reputer => run::Kind::Reputer,
	};
	let init = run::Init { topic, kind, model, http, out, from_allora, source };
	println!("{}", block_on(run::init(init))?);
	Ok(())
}

fn run_roles(args: RunArgs) -> Result<()> {
	let config = args.config.load()?;
	if args.check {
		return block_on(run::check(config, args.dev_fund));
	}
	block_on(run::run(config, args.dev_fund, args.stop_at_eof))
}

fn run_doctor(args: ConfigArgs) -> Result<()> {
	block_on(run::doctor(args.load()?))
}

fn run_dev_topic(args: DevTopicArgs) -> Result<()> {
	let topic = block_on(run::dev_topic(&args.source, args.epoch_length, args.open))?;
	println!("topic {topic} is there; its epochs open once a reputer has 100 ALLO of stake in it");
	println!("next: allora-agent init --topic {topic} --role reputer --out reputer");
	Ok(())
}

#[tokio::main]
async fn prove(args: ProveArgs) -> Result<()> {
	let file = ProofFile::fetch(&args.url, args.topic).await?;
	println!("{}", serde_json::to_string_pretty(&file)?);
	Ok(())
}

fn verify(args: VerifyArgs) -> Result<()> {
	let read = |path: &PathBuf| {
		std::fs::read_to_string(path).with_context(|| format!("{}", path.display()))
	};
	let ProofFile { authorities, proof } = serde_json::from_str(&read(&args.file)?)?;
	let trusted = match &args.authorities {
		Some(path) => serde_json::from_str(&read(path)?)?,
		None => authorities,
	};
	let proven = proof.verify(&trusted, args.since_slot)?;
	println!("{}", serde_json::to_string_pretty(&proven)?);
	Ok(())
}

#[cfg(test)]
mod tests {
	use super::*;
	use allora_agent::chain::refusals::{Way, CALLS, NEXT};
	use clap::CommandFactory;

	#[test]
	fn commands_of_the_reference_can_be_typed() {
		Cli::command().debug_assert();
		let calls = CALLS.iter().filter_map(|(.., way)| match way {
			Way::Command(command) => Some(*command),
			Way::None(_) => None,
		});
		for text in calls.chain(NEXT.iter().map(|(.., command)| *command)) {
			let typed = text
				.replace("TOPIC", "1")
				.replace("NUMBER", "1")
				.replace("SLOTS", "1")
				.replace("ID", "1")
				.replace("ALLO", "1")
				.replace("ACCOUNT", "//Alice")
				.replace("OWNER", "//Bob");
			let parsed = Cli::try_parse_from(typed.split_whitespace());
			assert!(parsed.is_ok(), "{text}: {}", parsed.unwrap_err());
		}
	}
}
