//! The agent for one's own models: any number of workers and reputers, in one process, until it is
//! told to stop.
//!
//! A *session* is the time over one connection to a node. Roles outlive sessions: what they have
//! committed to is in the journal, and what they have submitted is on the chain, so that a new
//! session, or a new process, continues where the last one ended and sends nothing twice.

mod check;
pub mod config;
mod dev_topic;
mod doctor;
pub(crate) mod endpoints;
pub(crate) mod funds;
mod init;
pub mod key;
pub(crate) mod log;
mod metrics;
pub(crate) mod model;
mod role;
mod session;

pub use check::check;
pub use dev_topic::dev_topic;
pub use doctor::doctor;
pub(crate) use init::command_of;
pub use init::{init, Init, Kind};

use crate::{
	chain::{types::TopicId, Chain, Key},
	journal::Journal,
};
use anyhow::{ensure, Context, Result};
use config::{Config, KeySource};
use endpoints::Endpoints;
use log::Log;
use metrics::Metrics;
use model::Models;
use role::Role;
use session::Session;
use std::{collections::BTreeMap, fs::File, future::Future, path::Path, sync::Arc, time::Duration};
use tokio::{sync::watch, time::Instant};

/// The time between two attempts to connect.
const RECONNECT: Duration = Duration::from_secs(1);
/// A session that was shorter is followed by a pause.
const SHORT: Duration = Duration::from_secs(10);
/// The time between two attempts to write the journal.
const WRITE_AGAIN: Duration = Duration::from_secs(2);
/// The time that roles have to finish what they are sending once the agent is told to stop.
const STOP_GRACE: Duration = Duration::from_secs(20);

/// The keys of the settings by name.
type Keys = BTreeMap<String, Key>;

/// What all sessions share.
struct Agent {
	config: Config,
	keys: Keys,
	models: Models,
	journal: Arc<Journal>,
	log: Arc<Log>,
	metrics: Arc<Metrics>,
	/// Held as long as the agent runs: a journal has one agent.
	_lock: Option<File>,
}

impl Agent {
	/// Reads the keys, and opens the journal for this process alone.
	fn new(config: Config) -> Result<Self> {
		let lock = lock(&config.journal)?;
		Ok(Self { _lock: Some(lock), ..Self::without_lock(config)? })
	}

	/// Reads the keys; another agent may use the journal, to which nothing is to be written.
	fn without_lock(config: Config) -> Result<Self> {
		let keys = read_keys(&config)?;
		let log = Arc::new(Log::new(config.json_logs));
		let models = model::all(&config, &log)?;
		let journal = Arc::new(Journal::open(&config.journal)?);
		let metrics = Arc::new(Metrics::new()?);
		Ok(Self { config, keys, models, journal, log, metrics, _lock: None })
	}

	/// The roles of the settings.
	fn roles(&self) -> Result<Vec<Role>> {
		let id = |name: &String| self.keys.get(name).map(Key::id).context("the key is missing");
		let model = |name: &String| self.models.get(name).cloned().context("the model is missing");
		let mut roles = Vec::new();
		for settings in &self.config.workers {
			let (id, model) = (id(&settings.key)?, model(&settings.model)?);
			roles.push(Role::worker(settings.clone(), id, model));
		}
		for settings in &self.config.reputers {
			let (id, truth) = (id(&settings.key)?, model(&settings.truth)?);
			let losses = settings.losses.as_ref().map(model).transpose()?;
			roles.push(Role::reputer(settings.clone(), id, truth, losses));
		}
		Ok(roles)
	}
}

/// Runs the roles of the settings until the process is told to stop, or its standard input ends if
/// `stop_at_eof`.
pub async fn run(config: Config, dev_fund: bool, stop_at_eof: bool) -> Result<()> {
	let agent = Agent::new(config)?;
	let mut roles = agent.roles()?;
	for role in &roles {
		agent.metrics.add(role.name());
	}
	if let Some(address) = agent.config.listen {
		metrics::listen(address, agent.metrics.clone()).await?;
		agent.log.line("agent", &format!("http://{address}/metrics and /health are served"));
	}
	let stop = stop_when(stop_at_eof)?;
	let mut endpoints = Endpoints::new(&agent.config);
	let mut is_first = true;
	while !*stop.borrow() {
		let connected = tokio::select! {
			connected = endpoints.connect(&agent.log) => connected,
			() = stopped(stop.clone()) => break,
		};
		let chain = match connected {
			Ok(chain) => chain,
			// Who has just typed the command hears of it at once, unless there is something to reveal.
			Err(error) if is_first && endpoints.has_one() && agent.journal.count() == 0 => {
				return Err(error)
			}
			Err(error) => {
				agent.log.line("agent", &format!("! {error:#}"));
				tokio::time::sleep(RECONNECT).await;
				continue;
			}
		};
		if is_first {
			let begun = begin(&agent, &chain, dev_fund);
			if while_alive(begun, chain.ended(), stop.clone()).await?.is_none() {
				break;
			}
			is_first = false;
		}
		let started = Instant::now();
		if let Err(error) = session(&agent, &mut roles, &chain, &endpoints, &stop).await {
			agent.log.line("agent", &format!("! {error:#}; connecting again"));
			if started.elapsed() < SHORT {
				tokio::time::sleep(RECONNECT).await;
			}
		}
	}
	for model in agent.models.values() {
		model.stop().await;
	}
	say_goodbye(&agent);
	Ok(())
}

/// What is done over the first connection alone: the settings are checked, and accounts are funded.
async fn begin(agent: &Agent, chain: &Chain, dev_fund: bool) -> Result<()> {
	ensure_fits(agent, chain).await?;
	if dev_fund {
		funds::from_alice(agent, chain).await?;
	}
	Ok(())
}

/// Runs the roles over one connection, until it ends, a better one is found, or the agent stops.
async fn session(
	agent: &Agent,
	roles: &mut [Role],
	chain: &Chain,
	endpoints: &Endpoints,
	stop: &watch::Receiver<bool>,
) -> Result<()> {
	let session = Session::new(agent, chain.clone(), stop.clone());
	let Some(session) = while_alive(session, chain.ended(), stop.clone()).await? else {
		return Ok(());
	};
	let work = futures::future::try_join_all(roles.iter_mut().map(|role| role.run(&session)));
	tokio::select! {
		done = work => done.map(drop),
		ended = session.follow() => ended,
		ended = chain.ended() => Err(ended),
		better = endpoints.better(chain) => Err(better),
		() = write_journal(agent) => Ok(()),
		() = overdue(stop.clone()) => {
			agent.log.line("agent", "stops before its last transactions are final");
			Ok(())
		}
	}
}

/// What comes of some work over a connection, `None` if the agent is to stop. An error if the connection
/// ends: what is asked over it then has no response.
async fn while_alive<T>(
	work: impl Future<Output = Result<T>>,
	ended: impl Future<Output = anyhow::Error>,
	stop: watch::Receiver<bool>,
) -> Result<Option<T>> {
	tokio::select! {
		done = work => done.map(Some),
		ended = ended => Err(ended),
		() = stopped(stop) => Ok(None),
	}
}

/// Writes the journal as soon as that is possible again.
async fn write_journal(agent: &Agent) {
	loop {
		tokio::time::sleep(WRITE_AGAIN).await;
		if matches!(agent.journal.write_again(), Ok(true)) {
			agent.log.line("agent", "the journal could be written again");
		}
	}
}

/// An error unless the chain has the topics, the losses of reputers can be computed, and the keys may be
/// used there.
async fn ensure_fits(agent: &Agent, chain: &Chain) -> Result<()> {
	let config = &agent.config;
	let has_dev = config.keys.values().any(|key| matches!(key, KeySource::Development(_)));
	if has_dev {
		ensure_development(chain, "`dev` keys").await?;
	}
	let state = chain.finalized().await?;
	for topic in config.topics() {
		ensure!(state.topic(topic).await?.is_some(), no_topic(topic));
	}
	for reputer in &config.reputers {
		role::losses::ensure_known(&state, reputer, &agent.models).await?;
	}
	Ok(())
}

/// The error for a topic that does not exist.
fn no_topic(topic: TopicId) -> String {
	format!(
		"there is no topic {topic} on this chain: check `topic` in the settings, or make one on a \
		 development chain by `allora-agent dev-topic`"
	)
}

/// An error unless the chain is for development: `what` is known to everyone.
pub(crate) async fn ensure_development(chain: &Chain, what: &str) -> Result<()> {
	let kind = chain.chain_type().await?;
	ensure!(
		kind == "Development" || kind == "Local",
		"{what} are for development chains, and this chain's type is {kind}: use a key file, which \
		 `allora-agent init` makes"
	);
	Ok(())
}

/// Reads the keys; asks for their password once.
fn read_keys(config: &Config) -> Result<Keys> {
	let mut password = None;
	let mut keys = Keys::new();
	for (name, source) in &config.keys {
		let key = match source {
			KeySource::Development(path) => Key::development(path)?,
			KeySource::File(path) => {
				// A file that is missing is reported before the password is asked for.
				key::read_address(path)?;
				if password.is_none() {
					password = Some(key::password(false)?);
				}
				key::read(path, password.as_deref().unwrap_or_default())?
			}
		};
		keys.insert(name.clone(), key);
	}
	Ok(keys)
}

/// Locks the journal for this process, by a file beside it.
fn lock(journal: &Path) -> Result<File> {
	let path = journal.with_extension("lock");
	let file = File::create(&path).with_context(|| format!("cannot write {}", path.display()))?;
	ensure!(
		file.try_lock().is_ok(),
		"another agent runs with {}: stop it first, or give this one an `agent.journal` of its own",
		journal.display()
	);
	Ok(file)
}

/// Says what is left to reveal.
fn say_goodbye(agent: &Agent) {
	let left = agent.journal.count();
	let text = match left {
		0 => "stopped".into(),
		_ => format!(
			"stopped; {left} commitments are not revealed: start the agent again before their windows \
			 close"
		),
	};
	agent.log.line("agent", &text);
}

/// Whether the agent is to stop; a second signal ends the process at once.
pub(crate) fn stop_signal() -> Result<watch::Receiver<bool>> {
	stop_when(false)
}

/// As [`stop_signal`], or at the end of the standard input.
fn stop_when(at_eof: bool) -> Result<watch::Receiver<bool>> {
	let (sender, stop) = watch::channel(false);
	if at_eof {
		let sender = sender.clone();
		// A thread of its own: the process could not end while the runtime waits for a read.
		std::thread::spawn(move || {
			let _ = std::io::copy(&mut std::io::stdin().lock(), &mut std::io::sink());
			sender.send_replace(true);
		});
	}
	tokio::spawn(async move {
		loop {
			if crate::demo::interrupted().await.is_err() {
				return;
			}
			if sender.send_replace(true) {
				std::process::exit(130);
			}
		}
	});
	Ok(stop)
}

/// Returns once the agent is to stop.
pub(crate) async fn stopped(mut stop: watch::Receiver<bool>) {
	if stop.wait_for(|stop| *stop).await.is_err() {
		std::future::pending::<()>().await;
	}
}

/// Returns some time after the agent is to stop.
async fn overdue(stop: watch::Receiver<bool>) {
	stopped(stop).await;
	tokio::time::sleep(STOP_GRACE).await;
}

#[cfg(test)]
mod tests {
	use super::*;
	use std::future::{pending, ready};

	#[tokio::test]
	async fn work_over_a_connection_that_dies_ends_with_the_reason() {
		let (sender, stop) = watch::channel(false);
		let ended = ready(anyhow::anyhow!("the node does not respond"));
		let outcome = while_alive(pending::<Result<()>>(), ended, stop.clone()).await;
		assert_eq!(outcome.unwrap_err().to_string(), "the node does not respond");
		let outcome = while_alive(ready(Ok(7)), pending(), stop.clone()).await;
		assert_eq!(outcome.unwrap(), Some(7));
		sender.send_replace(true);
		let outcome = while_alive(pending::<Result<()>>(), pending(), stop).await;
		assert_eq!(outcome.unwrap(), None);
	}
}
