//! The roles of the agent: workers and reputers.
//!
//! What a role does within one window of an epoch is a *task*. The tasks of a role run side by side, so
//! that one whose transaction is not final yet, or never will be, keeps no other from its window.

mod ends;
pub(super) mod losses;
mod reputer;
mod worker;

use super::{
	config::{ReputerSettings, WorkerSettings},
	funds::{self, Entry},
	log,
	model::{Model, ModelError},
	session::Session,
};
use crate::{
	chain::{
		calls,
		explanation::{Explanation, Standing},
		in_allo,
		refusals::is_refusal,
		schedule::OpenEpoch,
		types::{AccountId, EpochId, Registration, Slot, TopicId},
	},
	participants::Tick,
};
use anyhow::{bail, Result};
use ends::Ends;
use futures::{
	future::{FutureExt, LocalBoxFuture},
	stream::{FuturesUnordered, StreamExt},
};
use reputer::Reputer;
use std::{
	collections::BTreeSet,
	sync::{Arc, Mutex, OnceLock, PoisonError},
	time::Duration,
};
pub use worker::ask as ask_worker_model;
use worker::Worker;

/// Slots between two attempts to register.
const RETRY: Slot = 10;
/// Slots within which a registration or a stake must be included in a block.
const VALID: u32 = 16;
/// Slots that are kept of a window for the transaction.
const SENDING: Slot = 2;
/// The number of missed epochs after which the doctor is called.
pub const MISSED: u32 = 2;
/// The longest interval between two questions to a model about an epoch, in slots.
const MAX_INTERVAL: Slot = 32;

/// A role of an account in a topic; it outlives connections.
pub struct Role {
	member: Member,
	work: Work,
	ends: Ends,
	tasks: Tasks,
}

enum Work {
	Worker(Worker),
	Reputer(Reputer),
}

/// What a role does in a window of an epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Task {
	/// Submits or commits.
	Submit(EpochId),
	/// Reveals what it has committed to.
	Reveal(EpochId),
	/// Reports the truth.
	Report(EpochId),
}

/// What a role has begun to do; it outlives connections.
#[derive(Default)]
struct Tasks {
	/// When to try again to register.
	retry_at: Slot,
	/// What is done, as far as the windows are still open.
	done: BTreeSet<Task>,
}

/// The part that all roles share.
struct Member {
	topic: TopicId,
	registration: Registration,
	who: AccountId,
	owner: Option<AccountId>,
	stake: u128,
	/// Its name in lines.
	name: String,
	/// The slot from which on it can take part; nothing until it is registered.
	since: OnceLock<Slot>,
	/// The last failure that was printed, so that it is not repeated.
	told: Mutex<Option<String>>,
}

impl Role {
	/// A worker.
	pub fn worker(settings: WorkerSettings, who: AccountId, model: Arc<Model>) -> Self {
		let member = Member::new(settings.topic, Registration::Worker, who, settings.owner, 0);
		Self::new(member, Work::Worker(Worker::new(settings, model)))
	}

	/// A reputer.
	pub fn reputer(
		settings: ReputerSettings,
		who: AccountId,
		model: Arc<Model>,
		losses: Option<Arc<Model>>,
	) -> Self {
		let (topic, owner, stake) = (settings.topic, settings.owner, settings.stake);
		let member = Member::new(topic, Registration::Reputer, who, owner, stake);
		Self::new(member, Work::Reputer(Reputer::new(settings, model, losses)))
	}

	fn new(member: Member, work: Work) -> Self {
		Self { member, work, ends: Ends::default(), tasks: Tasks::default() }
	}

	/// Its name in lines.
	pub fn name(&self) -> &str {
		&self.member.name
	}

	/// Takes part until the connection ends or the agent is to stop. Failures are printed; the next
	/// block brings the next attempt.
	pub async fn run(&mut self, session: &Session) -> Result<()> {
		let Self { member, work, ends, tasks } = self;
		let follow = ends.follow(member, session);
		tokio::try_join!(tasks.run(member, work, session), follow).map(drop)
	}
}

impl Tasks {
	/// Registers, and then begins each task when its window is open; returns once the agent is to stop
	/// and the tasks under way have ended.
	async fn run(&mut self, member: &Member, work: &Work, session: &Session) -> Result<()> {
		let mut ticks = session.ticks();
		let mut begun = BTreeSet::new();
		let mut running: FuturesUnordered<LocalBoxFuture<(Task, Result<()>)>> =
			FuturesUnordered::new();
		loop {
			let tick = tokio::select! {
				tick = session.next(&mut ticks) => tick?,
				Some((task, ended)) = running.next() => {
					begun.remove(&task);
					self.done.insert(task);
					ended?;
					continue;
				}
			};
			let Some(tick) = tick else { break };
			match self.is_ready(member, session, &tick).await {
				Ok(true) => (),
				Ok(false) => continue,
				Err(error) => {
					member.complain(session, &format!("{error:#}"));
					continue;
				}
			}
			let open = work.open(member, &tick);
			self.done.retain(|task| open.iter().any(|(open, _)| open == task));
			for (task, epoch) in open {
				if !self.done.contains(&task) && begun.insert(task) {
					let performed = work.perform(member, session, task, epoch);
					running.push(performed.map(move |ended| (task, ended)).boxed_local());
				}
			}
		}
		while let Some((_, ended)) = running.next().await {
			ended?;
		}
		Ok(())
	}
}

impl Work {
	/// The tasks whose windows are open.
	fn open(&self, member: &Member, tick: &Tick) -> Vec<(Task, OpenEpoch)> {
		let topic = member.topic;
		match self {
			Self::Worker(_) => {
				let submit = tick.collecting(topic).map(|open| (Task::Submit(open.epoch), open));
				let reveal = tick.revealing(topic).map(|open| (Task::Reveal(open.epoch), open));
				submit.into_iter().chain(reveal).collect()
			}
			Self::Reputer(_) => {
				// Stake counts for epochs whose reporting opens after it.
				let since = member.since.get().copied().unwrap_or(Slot::MAX);
				let open = tick.reporting(topic).iter().copied();
				let counts = open.filter(|open| open.windows.reports_open > since);
				counts.map(|open| (Task::Report(open.epoch), open)).collect()
			}
		}
	}

	/// Performs a task, as far as that is possible within its window. An error if there are no more
	/// blocks.
	async fn perform(
		&self,
		member: &Member,
		session: &Session,
		task: Task,
		open: OpenEpoch,
	) -> Result<()> {
		match (self, task) {
			(Self::Worker(worker), Task::Submit(_)) => worker.submit(member, session, open).await,
			(Self::Worker(worker), _) => worker.reveal(member, session, open).await,
			(Self::Reputer(reputer), _) => reputer.report(member, session, open).await,
		}
	}
}

/// When to try again what has failed, and what has been printed about that.
struct Retry {
	/// The slot from which on to try.
	next: Slot,
	/// Slots to wait after the next failure of a model.
	interval: Slot,
	told: Option<String>,
}

impl Retry {
	/// Tries from this slot on.
	fn from(next: Slot) -> Self {
		Self { next, interval: 1, told: None }
	}

	/// Sets the time of the next question to a model: at intervals that double up to 32 slots, and at
	/// the latest after half of the slots that are left.
	fn wait(&mut self, slot: Slot, left: Slot) {
		self.next = slot + self.interval.min((left / 2).max(1));
		self.interval = (self.interval * 2).min(MAX_INTERVAL);
	}

	/// Prints a failure, unless it is the one printed last; whether to try again. A model is asked again
	/// later, a transaction is sent again at the next block, unless the chain has refused it.
	fn failed(
		&mut self,
		(member, session, epoch): (&Member, &Session, EpochId),
		error: &anyhow::Error,
		(slot, left): (Slot, Slot),
	) -> bool {
		let is_refused = is_refusal(error);
		let text = format!("{error:#}; {}", if is_refused { "given up" } else { "trying again" });
		if self.told.as_ref() != Some(&text) {
			member.complain_of(session, epoch, &text);
			self.told = Some(text);
		}
		if error.downcast_ref::<ModelError>().is_some() {
			self.wait(slot, left);
		} else {
			self.next = slot + 1;
		}
		!is_refused
	}
}

/// What the chain has of an account in an epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum OnChain {
	/// Nothing.
	Nothing,
	/// Something in a best block, which may yet be abandoned.
	Best,
	/// Something in a finalized block.
	Final,
}

impl Member {
	fn new(
		topic: TopicId,
		registration: Registration,
		who: AccountId,
		owner: Option<AccountId>,
		stake: u128,
	) -> Self {
		Self {
			topic,
			registration,
			who,
			owner,
			stake,
			name: log::role(topic, registration.name(), &who),
			since: OnceLock::new(),
			told: Mutex::default(),
		}
	}

	/// Prints a line.
	fn say(&self, session: &Session, text: &str) {
		session.log.line(&self.name, text);
	}

	/// Prints a line about an epoch.
	fn say_of(&self, session: &Session, epoch: EpochId, text: &str) {
		self.say(session, &format!("epoch {epoch} {text}"));
	}

	/// Prints a failure that concerns an epoch.
	fn complain_of(&self, session: &Session, epoch: EpochId, text: &str) {
		session.metrics.failed(&self.name, text);
		self.say_of(session, epoch, &format!("! {text}"));
	}

	/// Prints a failure, unless it is the one printed last.
	fn complain(&self, session: &Session, text: &str) {
		let told = self.told.lock().unwrap_or_else(PoisonError::into_inner).replace(text.into());
		if told.as_deref() != Some(text) {
			session.metrics.failed(&self.name, text);
			self.say(session, &format!("! {text}"));
		}
	}

	/// What the chain has of the account in an epoch already, such as from before a restart.
	async fn on_chain(&self, session: &Session, tick: &Tick, epoch: EpochId) -> Result<OnChain> {
		let best = session.chain.at(tick.head).await?;
		if !self.has_part(&best.explain(self.who, self.topic, epoch).await?) {
			return Ok(OnChain::Nothing);
		}
		let last = session.chain.finalized().await?;
		let is_final = self.has_part(&last.explain(self.who, self.topic, epoch).await?);
		Ok(if is_final { OnChain::Final } else { OnChain::Best })
	}

	/// Whether the newest block has something of the account in an epoch: another agent of the same
	/// account may have sent it since the tick.
	async fn is_overtaken(&self, session: &Session, epoch: EpochId) -> Result<bool> {
		let newest = session.chain.at(session.chain.head()).await?;
		Ok(self.has_part(&newest.explain(self.who, self.topic, epoch).await?))
	}

	/// Whether something was submitted.
	fn has_part(&self, explained: &Explanation) -> bool {
		self.standings(explained).iter().any(|standing| standing.outcome.is_some())
	}

	/// The standings of the account in the roles of its registration.
	fn standings<'a>(&self, explained: &'a Explanation) -> Vec<&'a Standing> {
		match self.registration {
			Registration::Worker => {
				vec![&explained.inferer.standing, &explained.forecaster.standing]
			}
			Registration::Reputer => vec![&explained.reputer.standing],
		}
	}
}

impl Tasks {
	/// Registers and stakes, once; whether the role can take part.
	async fn is_ready(&mut self, member: &Member, session: &Session, tick: &Tick) -> Result<bool> {
		if member.since.get().is_some() {
			return Ok(true);
		}
		if tick.head.slot < self.retry_at {
			return Ok(false);
		}
		let state = session.chain.at(tick.head).await?;
		let terms = state.terms().await?;
		let (topic, registration, who) = (member.topic, member.registration, member.who);
		let entry = Entry::of(&state, &terms, topic, registration, who, member.stake).await?;
		let (needed, has) = (entry.cost() + funds::RESERVE, funds::free(&state, who).await?);
		if entry.cost() > 0 {
			self.retry_at = tick.head.slot.saturating_add(RETRY);
			if has < needed {
				bail!(funds::remedy(&who, needed, has));
			}
			member.say(session, &format!("{}; {} ALLO are there", entry.in_words(), in_allo(has)));
		}
		let account = session.account(&who)?;
		if entry.register.is_some() {
			let call = calls::register(topic, registration, member.owner);
			let block = account.send(&call, VALID).await?.block;
			member.say(session, &format!("registered in block {block}"));
		}
		if entry.stake > 0 {
			let block = account.send(&calls::stake(topic, entry.stake), VALID).await?.block;
			let counts = "it counts for epochs whose reporting opens from now on";
			member.say(session, &format!("staked in block {block}: {counts}"));
		}
		session.metrics.is_ready(&member.name);
		// A stake counts for what begins after it.
		let changed = entry.cost() > 0;
		let since = if changed { session.chain.head().slot } else { 0 };
		let _ = member.since.set(since);
		if !changed {
			member.say(session, "registered");
		}
		Ok(true)
	}
}

/// A random number of slots to wait, so that agents do not all send in the same block: at most the
/// maximum of the settings, and a quarter of what is left of the window.
fn jitter(session: &Session, maximum: Option<Duration>, left: Slot) -> Slot {
	let quarter = left / 4;
	let most = maximum.map_or(quarter, |maximum| session.in_slots(maximum).min(quarter));
	let mut random = [0; 8];
	// Without random bytes there is no delay.
	let _ = getrandom::fill(&mut random);
	u64::from_le_bytes(random) % most.saturating_add(1)
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn model_is_asked_again_at_growing_intervals_and_before_the_window_closes() {
		// The slots at which a model that always fails at once is asked, in a window up to slot `last`.
		let asked = |last: Slot| {
			let (mut retry, mut slots) = (Retry::from(0), Vec::new());
			for slot in 0..last {
				if slot >= retry.next {
					slots.push(slot);
					retry.wait(slot, last - slot);
				}
			}
			slots
		};
		assert_eq!(asked(6), [0, 1, 3, 4, 5]);
		let long = asked(600);
		assert_eq!(long[..8], [0, 1, 3, 7, 15, 31, 63, 95]);
		assert!(long.len() < 30 && *long.last().unwrap() == 599, "{long:?}");
	}
}
