//! The demo: a topic with all its participants on a dev node, a day of data an epoch.

mod audit;
mod cast;
mod watch;

use crate::{
	chain::{Chain, DevNode},
	figures::Summary,
	participants::{follow_clock, Plan},
	plot,
	series::Series,
	table::{self, Screen},
};
use anyhow::{ensure, Context, Result};
use std::{future::Future, path::PathBuf, sync::Arc, time::Duration};
use tokio::task::JoinSet;

/// Blocks from one epoch to the next.
const EPOCH_LENGTH: u32 = 15;
/// Blocks after an epoch's opening in which payloads are accepted.
const WORKER_WINDOW: u32 = 8;
/// How long a node may take to answer.
const NODE_START: Duration = Duration::from_secs(60);

/// What the user asked for.
#[derive(Clone, Debug)]
pub struct Settings {
	/// How many epochs, and so days.
	pub epochs: usize,
	/// A running node.
	pub url: Option<String>,
	/// The node to start otherwise.
	pub node: Option<PathBuf>,
	/// Whether standard output is kept for one JSON object.
	pub json: bool,
	/// Where the plot goes.
	pub plot: PathBuf,
}

/// Runs the demo; an error unless every epoch settled, every expected reward was paid and the
/// ledger adds up.
///
/// A node that was started is stopped in any case, on an interrupt too.
pub async fn run(series: Series, settings: Settings) -> Result<Summary> {
	let first_day = series.days.len().saturating_sub(settings.epochs);
	ensure!(
		first_day > crate::models::WARM_UP,
		"{} epochs need a series of more than {} days",
		settings.epochs,
		settings.epochs + crate::models::WARM_UP
	);
	let mut node = match &settings.url {
		Some(_) => None,
		None => {
			let program = settings.node.clone().map_or_else(DevNode::beside_this_program, Ok)?;
			Some(DevNode::start(&program)?)
		}
	};
	let done = tokio::select! {
		done = perform(Arc::new(series), first_day, &settings, node.as_mut()) => done,
		signal = interrupted() => signal.and_then(|name| Err(anyhow::anyhow!("stopped by {name}"))),
	};
	if let Some(node) = node {
		if done.is_err() {
			eprintln!("the node's log ends with\n{}", node.log_end());
		}
		node.stop().await?;
	}
	done
}

/// Waits for a signal to stop.
async fn interrupted() -> Result<&'static str> {
	#[cfg(unix)]
	{
		use tokio::signal::unix::{signal, SignalKind};
		let mut terminate = signal(SignalKind::terminate())?;
		let mut hang_up = signal(SignalKind::hangup())?;
		tokio::select! {
			done = tokio::signal::ctrl_c() => done.map(|()| "an interrupt").map_err(Into::into),
			_ = terminate.recv() => Ok("a request to terminate"),
			_ = hang_up.recv() => Ok("the terminal's end"),
		}
	}
	#[cfg(not(unix))]
	{
		tokio::signal::ctrl_c().await?;
		Ok("an interrupt")
	}
}

/// Connects as soon as the node answers.
async fn connect(url: &str, node: Option<&mut DevNode>, screen: &Screen) -> Result<Chain> {
	screen.waiting_for("waiting for the node");
	let mut node = node;
	let started = std::time::Instant::now();
	loop {
		if let Some(node) = node.as_mut() {
			node.check()?;
		}
		match Chain::connect(url).await {
			Ok(chain) => return Ok(chain),
			Err(error) if node.is_none() || started.elapsed() > NODE_START => {
				return Err(error.context(format!("no node answers at {url}")));
			}
			Err(_) => tokio::time::sleep(Duration::from_millis(300)).await,
		}
	}
}

/// Everything between the node's start and its end.
async fn perform(
	series: Arc<Series>,
	first_day: usize,
	settings: &Settings,
	node: Option<&mut DevNode>,
) -> Result<Summary> {
	let url = settings.url.clone().or_else(|| node.as_ref().map(|node| node.url().to_owned()));
	let url = url.context("there is neither a node nor an address of one")?;
	let screen = Arc::new(Screen::new(settings.json, cast::SETUP_STEPS, "setting up"));
	let chain = connect(&url, node, &screen).await?;
	screen.advance(1);

	let mut cast = cast::Cast::hire(&chain)?;
	let topic = cast.set_up(&chain, &screen).await?;
	let first_epoch = cast.start(&chain, topic).await?;
	screen.finish();
	let plan = Plan {
		topic,
		first_epoch,
		epoch_length: EPOCH_LENGTH,
		worker_window: WORKER_WINDOW,
		first_day,
		epochs: settings.epochs,
		series,
	};
	let blocks = plan.end().saturating_sub(chain.head().number);
	let screen = Arc::new(Screen::new(settings.json, blocks.into(), "blocks"));
	screen.say(format!(
		"topic {topic}: S&P 500, tomorrow's range in percent; {} workers, {} forecasters, {} reputers; \
		{} epochs of {EPOCH_LENGTH} blocks from block {first_epoch} on",
		cast.inferers.len(),
		cast.forecasters.len(),
		cast.reputers.len(),
		settings.epochs,
	));

	let names = cast.names();
	let mut watcher = watch::Watcher::new(&chain, plan.clone(), &names).await?;
	let mut tasks = JoinSet::new();
	let (sender, ticks) = tokio::sync::watch::channel(None);
	tasks.spawn(follow_clock(chain.clone(), topic, sender));
	let creator = cast.perform(&chain, &plan, ticks, &screen, &mut tasks);
	let watched = tokio::select! {
		watched = watcher.run(&screen) => watched,
		failed = first_failure(&mut tasks) => Err(failed),
	};
	tasks.shutdown().await;
	screen.finish();
	watched?;
	let outcome = watcher.audit(&chain).await?;
	// So that a node that runs on opens no more epochs nobody works in.
	cast::retire(creator, topic, &screen).await;

	conclude(&watcher, &names, &outcome, settings, &screen)
}

/// The first failure of a task; never answers if none fails.
async fn first_failure(tasks: &mut JoinSet<Result<()>>) -> anyhow::Error {
	loop {
		match tasks.join_next().await {
			Some(Ok(Ok(()))) => continue,
			Some(Ok(Err(error))) => return error.context("a participant gave up"),
			Some(Err(error)) => return anyhow::Error::from(error).context("a participant crashed"),
			None => std::future::pending::<()>().await,
		}
	}
}

/// Prints what came of the run, draws it, and says whether all is well.
fn conclude(
	watcher: &watch::Watcher,
	names: &cast::Names,
	outcome: &audit::Outcome,
	settings: &Settings,
	screen: &Screen,
) -> Result<Summary> {
	let figures = watcher.figures();
	if let Some(table) = table::summary(figures) {
		screen.say(table);
	}
	screen.say(watcher.participants_table(names));
	screen.say(outcome);
	let summary = figures.summary();
	if summary.is_some() {
		plot::write(figures, &settings.plot)?;
		screen.say(format!("plot: {}", settings.plot.display()));
	}
	outcome.verdict()?;
	summary.context("no epoch settled")
}

/// Runs all and answers when they are done, or with the first error.
async fn all<F>(futures: impl IntoIterator<Item = F>) -> Result<()>
where
	F: Future<Output = Result<()>>,
{
	futures::future::try_join_all(futures).await.map(drop)
}
