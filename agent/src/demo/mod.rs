//! The demo: topics with all their participants on a development chain, one day of data per epoch.

mod audit;
mod flows;
mod results;
mod setup;
mod shadow;
mod watch;

pub use results::Results;
pub use setup::{create as create_topic, created as created_topic};

use crate::{
	chain::{types::Clock, types::Rule, Chain, DevNode, Snapshot},
	explain,
	journal::Journal,
	participants::{follow_clock, Plan},
	plot,
	question::Question,
	series::Series,
	table::{self, Screen},
};
use anyhow::{ensure, Context, Result};
use audit::Accounting;
use flows::{Flows, Groups};
use setup::{Names, Participants, Setup};
use std::{future::Future, path::PathBuf, sync::Arc, time::Duration};
use tokio::task::JoinSet;

/// Slots after an epoch's opening in which payloads are accepted.
const WORKER_WINDOW: u32 = 8;
/// Maximum time until a started node accepts connections: a busy machine needs a minute to start one.
const NODE_START: Duration = Duration::from_secs(180);

/// The options of the demo.
#[derive(Clone, Debug)]
pub struct Settings {
	/// The questions, one per topic.
	pub questions: Vec<Question>,
	/// The rule of all topics.
	pub rule: Rule,
	/// The number of epochs, and therefore of days.
	pub epochs: usize,
	/// The URL of a running node; `None` to start one.
	pub url: Option<String>,
	/// The program of the node to start, by default the one next to this program.
	pub node: Option<PathBuf>,
	/// Whether standard output is reserved for one JSON object.
	pub json: bool,
	/// The path of the plot.
	pub plot: PathBuf,
	/// The path of the journal of commitments; `None` for one that is removed with the node that
	/// the demo starts.
	pub journal: Option<PathBuf>,
}

/// Runs the demo and returns the results of each topic; an error unless every epoch settled,
/// every expected reward was paid and the ledger adds up.
///
/// A node that was started is always stopped, even after an interrupt.
pub async fn run(series: Series, settings: Settings) -> Result<Vec<Results>> {
	let first_day = series.days.len().saturating_sub(settings.epochs);
	ensure!(
		first_day > crate::models::WARM_UP,
		"{} epochs need a series of more than {} days, and it has {}",
		settings.epochs,
		settings.epochs + crate::models::WARM_UP,
		series.days.len()
	);
	let mut node = match &settings.url {
		Some(_) => None,
		None => {
			let program = settings.node.clone().map_or_else(DevNode::default_program, Ok)?;
			Some(DevNode::start(&program)?)
		}
	};
	let done = tokio::select! {
		done = run_topics(Arc::new(series), first_day, &settings, node.as_mut()) => done,
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

/// Waits for a signal to stop, and returns its name.
pub(crate) async fn interrupted() -> Result<&'static str> {
	#[cfg(unix)]
	{
		use tokio::signal::unix::{signal, SignalKind};
		let mut terminate = signal(SignalKind::terminate())?;
		let mut hang_up = signal(SignalKind::hangup())?;
		tokio::select! {
			done = tokio::signal::ctrl_c() => done.map(|()| "an interrupt").map_err(Into::into),
			_ = terminate.recv() => Ok("a termination signal"),
			_ = hang_up.recv() => Ok("a hangup"),
		}
	}
	#[cfg(not(unix))]
	{
		tokio::signal::ctrl_c().await?;
		Ok("an interrupt")
	}
}

/// Connects as soon as the node accepts connections.
///
/// This is a loop, rather than a policy of `backon`, because its ends are not a number of attempts:
/// a node of the demo's own that has exited ends it at once, and any other node gets one attempt.
async fn connect(url: &str, node: Option<&mut DevNode>, screen: &Screen) -> Result<Chain> {
	screen.set_status("waiting for the node");
	let mut node = node;
	let started = std::time::Instant::now();
	loop {
		if let Some(node) = node.as_mut() {
			node.check()?;
		}
		match Chain::connect(url).await {
			Ok(chain) => return Ok(chain),
			Err(error) if node.is_none() || started.elapsed() > NODE_START => {
				return Err(error.context(format!("cannot connect to a node at {url}")));
			}
			Err(_) => tokio::time::sleep(Duration::from_millis(300)).await,
		}
	}
}

/// Sets up the topics, runs them to their last epoch and prints the results.
async fn run_topics(
	series: Arc<Series>,
	first_day: usize,
	settings: &Settings,
	node: Option<&mut DevNode>,
) -> Result<Vec<Results>> {
	let url = settings.url.clone().or_else(|| node.as_ref().map(|node| node.url().to_owned()));
	let url = url.context("there is neither a node nor the URL of one")?;
	let screen = Screen::new(settings.json, setup::SETUP_STEPS, "setting up");
	let chain = connect(&url, node, &screen).await?;
	screen.advance(1);

	// A node that the demo starts keeps no chain, so that nothing can be revealed after a restart.
	let folder = tempfile::tempdir().context("cannot create a folder for the journal")?;
	let path = settings.journal.clone().unwrap_or_else(|| folder.path().join("journal.json"));
	let journal = Arc::new(Journal::open(&path)?);
	let mut setup = Setup::create_accounts(&chain, &settings.questions, settings.rule, &journal)?;
	setup.reveal_pending(&screen).await?;
	let (groups, start) = (Groups::new(&setup), chain.finalized().await?.head.number);
	let topics = setup.run(&chain, settings.epochs, &screen).await?;
	let mut plans = Vec::new();
	for (topic, participants) in topics.into_iter().zip(&setup.topics) {
		plans.push(Plan {
			topic,
			question: participants.question,
			first_epoch: setup::first_epoch(&chain, topic).await?,
			epoch_length: participants.epoch_length().into(),
			first_day,
			epochs: settings.epochs,
			series: series.clone(),
		});
	}
	screen.finish();

	let clock = chain.best().await?.clock().await?;
	let slots: u64 = plans.iter().map(|plan| plan.end().saturating_sub(clock.slot)).sum();
	let screen = Arc::new(Screen::new(settings.json, clock.seconds(slots), "running"));
	let names: Vec<_> = setup.topics.iter().map(Participants::names).collect();
	for ((plan, names), participants) in plans.iter().zip(&names).zip(&setup.topics) {
		print_topic(plan, names, participants.reveal_window() > 0, &clock, &screen);
	}
	let accounts: Vec<_> = plans
		.iter()
		.zip(&names)
		.flat_map(|(plan, names)| names.accounts().map(|who| (plan.topic, who)))
		.collect();
	let before = Accounting::read(&chain.finalized().await?, &accounts).await?;
	let watch = |(plan, names): (&Plan, _)| watch::Watcher::new(&chain, clock, plan.clone(), names);
	let mut watchers: Vec<_> = plans.iter().zip(&names).map(watch).collect();
	let participants = std::mem::take(&mut setup.topics);
	run_epochs(&chain, &plans, participants, &mut watchers, &screen).await?;

	setup.collect(&chain, &accounts).await?;
	let first = |(plan, names): (&Plan, &Names)| Some((plan.topic, names.reputers.first()?.0));
	let delegated: Vec<_> = plans.iter().zip(&names).filter_map(first).collect();
	let shared = setup.claim(&chain, &delegated).await?;
	let state = chain.finalized().await?;
	let after = Accounting::read(&state, &accounts).await?;
	let runs: Vec<_> = watchers.iter().map(watch::Watcher::run_result).collect();
	let mut report = audit::audit(&runs, &before, &after, &shared);
	let flows = Flows::read(&chain, &groups, start, &state).await?;
	report.faults.extend(flows.faults());
	screen.print(flows.table());
	print_explanations(&state, &watchers, &screen).await?;
	// A node that keeps running would open epochs in which nobody takes part.
	for plan in &plans {
		setup.retire(plan.topic, &screen).await;
	}
	print_results(&watchers, &report, settings, &screen)
}

/// Runs all participants until every epoch has ended, or a task fails.
async fn run_epochs(
	chain: &Chain,
	plans: &[Plan],
	participants: Vec<Participants>,
	watchers: &mut [watch::Watcher],
	screen: &Arc<Screen>,
) -> Result<()> {
	let mut tasks = JoinSet::new();
	let (sender, ticks) = tokio::sync::watch::channel(None);
	let topics = plans.iter().map(|plan| plan.topic).collect();
	tasks.spawn(follow_clock(chain.clone(), topics, sender));
	for (plan, participants) in plans.iter().zip(participants) {
		participants.spawn(chain, plan, ticks.clone(), screen, &mut tasks);
	}
	screen.print(table::heading());
	let watched = tokio::select! {
		watched = all(watchers.iter_mut().map(|watcher| watcher.run(screen))) => watched,
		failed = first_failure(&mut tasks) => Err(failed),
	};
	tasks.shutdown().await;
	screen.finish();
	watched
}

/// Explains the largest reward of each topic's last epoch.
async fn print_explanations(
	state: &Snapshot,
	watchers: &[watch::Watcher],
	screen: &Screen,
) -> Result<()> {
	for watcher in watchers {
		if let Some((epoch, who)) = watcher.best_paid() {
			let explained = explain::fetch(state, watcher.topic(), Some(epoch), who).await?;
			screen.print(format!("the largest reward of the last epoch:\n{explained}"));
		}
	}
	Ok(())
}

/// Prints what a topic is about, and when its epochs open.
fn print_topic(plan: &Plan, names: &Names, reveals: bool, clock: &Clock, screen: &Screen) {
	screen.print(format!(
		"topic {}: {}; {} workers, {} forecasters, {} reputers; {} epochs of {} s, the first at {}{}",
		plan.topic,
		plan.question.title(),
		names.inferers.len(),
		names.forecasters.len(),
		names.reputers.len(),
		plan.epochs,
		clock.seconds(plan.epoch_length),
		clock.utc(plan.first_epoch),
		if reveals { "; payloads are committed and revealed" } else { "" },
	));
}

/// The error of the first task that fails; never returns if none does.
async fn first_failure(tasks: &mut JoinSet<Result<()>>) -> anyhow::Error {
	loop {
		match tasks.join_next().await {
			Some(Ok(Ok(()))) => continue,
			Some(Ok(Err(error))) => return error.context("a participant failed"),
			Some(Err(error)) => {
				return anyhow::Error::from(error).context("a participant panicked")
			}
			None => std::future::pending::<()>().await,
		}
	}
}

/// Prints the results of the run and writes the plot; an error if the audit found a fault.
fn print_results(
	watchers: &[watch::Watcher],
	report: &audit::AuditReport,
	settings: &Settings,
	screen: &Screen,
) -> Result<Vec<Results>> {
	let results: Vec<_> = watchers.iter().filter_map(watch::Watcher::results).collect();
	for topic in &results {
		screen.print(topic);
	}
	screen.print(report);
	if results.len() == watchers.len() {
		let figures = watchers.iter().map(watch::Watcher::figures);
		let topics: Vec<_> = figures.map(std::slice::from_ref).collect();
		plot::write(&topics, &settings.plot)?;
		screen.print(format!("plot: {}", settings.plot.display()));
	}
	report.ensure_passed()?;
	ensure!(results.len() == watchers.len(), "no epoch of a topic settled");
	Ok(results)
}

/// Runs all futures to their end, or to the first error.
async fn all<F>(futures: impl IntoIterator<Item = F>) -> Result<()>
where
	F: Future<Output = Result<()>>,
{
	futures::future::try_join_all(futures).await.map(drop)
}
