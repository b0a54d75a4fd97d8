//! The demo: topics with all their participants on a dev node, a day of data an epoch.

mod audit;
mod cast;
mod watch;

use crate::{
	chain::{types::Clock, Chain, DevNode},
	explain,
	figures::Summary,
	participants::{follow_clock, Plan},
	plot,
	question::Question,
	series::Series,
	table::{self, Screen},
};
use anyhow::{ensure, Context, Result};
use audit::Books;
use cast::Names;
use std::{future::Future, path::PathBuf, sync::Arc, time::Duration};
use tokio::task::JoinSet;

/// Slots from one epoch to the next.
const EPOCH_LENGTH: u32 = 15;
/// Slots after an epoch's opening in which payloads are accepted.
const WORKER_WINDOW: u32 = 8;
/// How long a node may take to answer.
const NODE_START: Duration = Duration::from_secs(60);

/// What the user asked for.
#[derive(Clone, Debug)]
pub struct Settings {
	/// What the topics ask.
	pub questions: Vec<Question>,
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

/// Runs the demo and answers the figures of each topic; an error unless every epoch settled, every
/// expected reward was paid and the ledger adds up.
///
/// A node that was started is stopped in any case, on an interrupt too.
pub async fn run(series: Series, settings: Settings) -> Result<Vec<Summary>> {
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
) -> Result<Vec<Summary>> {
	let url = settings.url.clone().or_else(|| node.as_ref().map(|node| node.url().to_owned()));
	let url = url.context("there is neither a node nor an address of one")?;
	let screen = Arc::new(Screen::new(settings.json, cast::SETUP_STEPS, "setting up"));
	let chain = connect(&url, node, &screen).await?;
	screen.advance(1);

	let mut stage = cast::Stage::hire(&chain, &settings.questions)?;
	let topics = stage.set_up(&chain, &screen).await?;
	let mut plans = Vec::new();
	for (topic, cast) in topics.into_iter().zip(&stage.casts) {
		plans.push(Plan {
			topic,
			question: cast.question,
			first_epoch: cast::first_epoch(&chain, topic).await?,
			epoch_length: EPOCH_LENGTH.into(),
			worker_window: WORKER_WINDOW.into(),
			first_day,
			epochs: settings.epochs,
			series: series.clone(),
		});
	}
	screen.finish();

	let clock = chain.best().await?.clock().await?;
	let slots: u64 = plans.iter().map(|plan| plan.end().saturating_sub(clock.slot)).sum();
	let screen = Arc::new(Screen::new(settings.json, clock.seconds(slots), "seconds"));
	let names: Vec<_> = stage.casts.iter().map(cast::Cast::names).collect();
	for (plan, names) in plans.iter().zip(&names) {
		announce(plan, names, &clock, &screen);
	}
	let participants: Vec<_> = plans
		.iter()
		.zip(&names)
		.flat_map(|(plan, names)| names.everybody().map(|who| (plan.topic, who)))
		.collect();
	let before = Books::read(&chain.finalised().await?, &participants).await?;
	let watch = |(plan, names): (&Plan, _)| watch::Watcher::new(&chain, clock, plan.clone(), names);
	let mut watchers: Vec<_> = plans.iter().zip(&names).map(watch).collect();

	let mut tasks = JoinSet::new();
	for (plan, cast) in plans.iter().zip(std::mem::take(&mut stage.casts)) {
		let (sender, ticks) = tokio::sync::watch::channel(None);
		tasks.spawn(follow_clock(chain.clone(), plan.topic, sender));
		cast.perform(&chain, plan, ticks, &screen, &mut tasks);
	}
	screen.say(table::heading());
	let watched = tokio::select! {
		watched = all(watchers.iter_mut().map(|watcher| watcher.run(&screen))) => watched,
		failed = first_failure(&mut tasks) => Err(failed),
	};
	tasks.shutdown().await;
	screen.finish();
	watched?;
	stage.collect(&chain, &participants).await?;
	let state = chain.finalised().await?;
	let after = Books::read(&state, &participants).await?;
	let runs: Vec<_> = watchers.iter().map(watch::Watcher::outcome).collect();
	let outcome = audit::audit(&runs, &before, &after);
	for watcher in &watchers {
		if let Some((epoch, who)) = watcher.best_paid() {
			let told = explain::ask(&state, watcher.topic(), Some(epoch), who).await?;
			screen.say(format!("why the best paid of the last epoch was:\n{told}"));
		}
	}
	// So that a node that runs on opens no more epochs nobody works in.
	for plan in &plans {
		stage.retire(plan.topic, &screen).await;
	}

	conclude(&watchers, &names, &outcome, settings, &screen)
}

/// Says what a topic is.
fn announce(plan: &Plan, names: &Names, clock: &Clock, screen: &Screen) {
	screen.say(format!(
		"topic {}: {}; {} workers, {} forecasters, {} reputers; {} epochs of {} s from {} on",
		plan.topic,
		plan.question.title(),
		names.inferers.len(),
		names.forecasters.len(),
		names.reputers.len(),
		plan.epochs,
		clock.seconds(plan.epoch_length),
		clock.utc(plan.first_epoch),
	));
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
	watchers: &[watch::Watcher],
	names: &[Names],
	outcome: &audit::Outcome,
	settings: &Settings,
	screen: &Screen,
) -> Result<Vec<Summary>> {
	for (watcher, names) in watchers.iter().zip(names) {
		if let Some(table) = table::summary(watcher.figures()) {
			screen.say(table);
		}
		screen.say(watcher.participants_table(names));
	}
	screen.say(outcome);
	let figures: Vec<_> = watchers.iter().map(watch::Watcher::figures).collect();
	let summaries: Vec<_> = figures.iter().filter_map(|figures| figures.summary()).collect();
	if summaries.len() == figures.len() {
		plot::write(&figures, &settings.plot)?;
		screen.say(format!("plot: {}", settings.plot.display()));
	}
	outcome.verdict()?;
	ensure!(summaries.len() == figures.len(), "no epoch of a topic settled");
	Ok(summaries)
}

/// Runs all and answers when they are done, or with the first error.
async fn all<F>(futures: impl IntoIterator<Item = F>) -> Result<()>
where
	F: Future<Output = Result<()>>,
{
	futures::future::try_join_all(futures).await.map(drop)
}
