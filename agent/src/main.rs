//! The command line of the off-chain participant.

use allora_agent::{
	chain, demo, explain, figures::Summary, plot, question::Question, series::Series, simulate,
	table,
};
use anyhow::{Context, Result};
use clap::{Args, Parser, Subcommand};
use std::{path::PathBuf, process::ExitCode, time::Instant};

/// The off-chain participant of the Allora network.
#[derive(Debug, Parser)]
#[command(version)]
struct Cli {
	#[command(subcommand)]
	command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
	/// Run topics with workers, forecasters and reputers on a dev node, a day of data an epoch.
	Demo(DemoArgs),
	/// Run the same topics off chain over the whole series.
	Simulate(SimulateArgs),
	/// Tell why an account got what it got in an epoch.
	Explain(ExplainArgs),
}

/// What both commands take.
#[derive(Debug, Args)]
struct Common {
	/// Series with the columns date, open, high, low and close; without it the S&P 500, 1999-2018.
	#[arg(long, value_name = "FILE")]
	series: Option<PathBuf>,
	/// Topics: tomorrow's range, and with 2 also its direction, up, flat or down.
	#[arg(long, value_name = "NUMBER", default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=2))]
	topics: u8,
	/// Print one JSON object with the figures, and everything else to standard error.
	#[arg(long)]
	json: bool,
	/// Where to write the plot, an SVG file.
	#[arg(long, value_name = "FILE")]
	plot: Option<PathBuf>,
}

#[derive(Debug, Args)]
struct DemoArgs {
	#[command(flatten)]
	common: Common,
	/// Epochs to run; the last so many days of the series are predicted.
	#[arg(long, default_value_t = 15, value_parser = clap::value_parser!(u32).range(1..))]
	epochs: u32,
	/// Use this running dev node instead of starting one.
	#[arg(long, value_name = "WS_URL")]
	url: Option<String>,
	/// The node to start; without it the `allora-node` beside this program.
	#[arg(long, value_name = "PATH", conflicts_with = "url")]
	node: Option<PathBuf>,
}

#[derive(Debug, Args)]
struct SimulateArgs {
	#[command(flatten)]
	common: Common,
	/// How many epochs the newest learned one lies behind the one being predicted.
	#[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u32).range(1..))]
	lag: u32,
}

#[derive(Debug, Args)]
struct ExplainArgs {
	/// The topic's number.
	#[arg(long)]
	topic: u64,
	/// The epoch's number, the slot in which it opened; without it the newest that has ended.
	#[arg(long)]
	epoch: Option<u64>,
	/// An address, or a path such as `//Alice` from the development seed.
	#[arg(long, value_parser = chain::account_id)]
	account: [u8; 32],
	/// A node of the chain.
	#[arg(long, value_name = "WS_URL", default_value = "ws://127.0.0.1:9944")]
	url: String,
}

fn main() -> ExitCode {
	let done = match Cli::parse().command {
		Command::Demo(args) => run_demo(args),
		Command::Simulate(args) => run_simulation(args),
		Command::Explain(args) => run_explanation(args),
	};
	match done {
		Ok(()) => ExitCode::SUCCESS,
		Err(error) => {
			eprintln!("error: {error:#}");
			ExitCode::FAILURE
		}
	}
}

impl Common {
	/// What the topics ask.
	fn questions(&self) -> Vec<Question> {
		Question::ALL.into_iter().take(self.topics.into()).collect()
	}
}

/// Prints the figures as one JSON object: those of the only topic, or of each under `topics`.
fn print_json(summaries: &[Summary]) -> Result<()> {
	let json = match summaries {
		[only] => serde_json::to_string(only)?,
		all => serde_json::json!({ "topics": all }).to_string(),
	};
	println!("{json}");
	Ok(())
}

/// Reads the series and says what was left out of it.
fn load(common: &Common) -> Result<Series> {
	let series = Series::load(common.series.as_deref())?;
	eprintln!("{} days; {} rows with a blank skipped", series.days.len(), series.skipped);
	Ok(series)
}

fn run_simulation(args: SimulateArgs) -> Result<()> {
	let series = load(&args.common)?;
	let questions = args.common.questions();
	let epochs = series.days.len().saturating_sub(allora_agent::models::WARM_UP);
	let steps = 2 * epochs * questions.len();
	let screen = table::Screen::new(args.common.json, steps as u64, "simulating");
	let mut runs = Vec::new();
	for question in questions {
		let started = Instant::now();
		let settings = simulate::Settings { lag: args.lag as usize, ..Default::default() };
		let figures =
			simulate::simulate(question, &series, settings, |steps| screen.advance(steps))?;
		let summary = figures.summary().context("there was no epoch")?;
		runs.push((figures, summary, started.elapsed()));
	}
	screen.finish();
	for (figures, summary, time) in &runs {
		if let Some(table) = table::summary(figures) {
			screen.say(table);
		}
		screen.say(format!("{} epochs in {:.1} s", summary.epochs, time.as_secs_f64()));
	}
	if let Some(path) = &args.common.plot {
		plot::write(&runs.iter().map(|(figures, ..)| figures).collect::<Vec<_>>(), path)?;
		screen.say(format!("plot: {}", path.display()));
	}
	if args.common.json {
		print_json(&runs.into_iter().map(|(_, summary, _)| summary).collect::<Vec<_>>())?;
	}
	Ok(())
}

fn run_demo(args: DemoArgs) -> Result<()> {
	let series = load(&args.common)?;
	let questions = args.common.questions();
	let plot = args.common.plot.unwrap_or_else(|| "allora-demo.svg".into());
	let settings = demo::Settings {
		questions,
		epochs: args.epochs as usize,
		url: args.url,
		node: args.node,
		json: args.common.json,
		plot,
	};
	let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
	let done = runtime.block_on(demo::run(series, settings));
	// Tasks still waiting for blocks need not end.
	runtime.shutdown_background();
	let summaries = done?;
	if args.common.json {
		print_json(&summaries)?;
	}
	Ok(())
}

fn run_explanation(args: ExplainArgs) -> Result<()> {
	let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
	let told = runtime.block_on(async {
		let state = chain::Chain::connect(&args.url).await?.finalised().await?;
		explain::ask(&state, args.topic, args.epoch, args.account).await
	});
	runtime.shutdown_background();
	print!("{}", told?);
	Ok(())
}
