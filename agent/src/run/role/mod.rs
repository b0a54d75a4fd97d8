//! The roles of the agent: workers and reputers.

mod reputer;
mod worker;

use super::{
	config::{ReputerSettings, WorkerSettings},
	doctor,
	funds::{self, Entry},
	log,
	model::Model,
	session::Session,
};
use crate::{
	chain::{
		address, calls,
		explanation::{Explanation, LearnedWorker, Outcome, Standing},
		from_fixed, in_allo,
		refusals::is_refusal,
		types::{AccountId, EpochId, EpochState, Registration, Slot, TopicId},
	},
	explain::reason_in_words,
	participants::Tick,
};
use anyhow::{bail, Result};
use reputer::Reputer;
use std::{sync::Arc, time::Duration};
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

/// A role of an account in a topic; it outlives connections.
pub struct Role {
	member: Member,
	work: Work,
}

enum Work {
	Worker(Worker),
	Reputer(Reputer),
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
	/// The slot from which on it can take part, `None` until it is registered.
	since: Option<Slot>,
	/// When to try again to register.
	retry_at: Slot,
	/// The newest epoch whose end has been reported, `None` before the first look.
	reported: Option<EpochId>,
	/// The number of epochs in a row for which nothing was submitted.
	missed: u32,
	/// The last failure that was printed, so that it is not repeated.
	told: Option<String>,
}

impl Role {
	/// A worker.
	pub fn worker(settings: WorkerSettings, who: AccountId, model: Arc<Model>) -> Self {
		let (topic, owner) = (settings.topic, settings.owner);
		let member = Member::new(topic, Registration::Worker, who, owner, 0);
		Self { member, work: Work::Worker(Worker::new(settings, model)) }
	}

	/// A reputer.
	pub fn reputer(settings: ReputerSettings, who: AccountId, model: Arc<Model>) -> Self {
		let (topic, owner, stake) = (settings.topic, settings.owner, settings.stake);
		let member = Member::new(topic, Registration::Reputer, who, owner, stake);
		Self { member, work: Work::Reputer(Reputer::new(settings, model)) }
	}

	/// Its name in lines.
	pub fn name(&self) -> &str {
		&self.member.name
	}

	/// Takes part until the connection ends or the agent is to stop. Failures are printed; the next
	/// block brings the next attempt.
	pub async fn run(&mut self, session: &Session) -> Result<()> {
		let mut ticks = session.ticks();
		while let Some(tick) = session.next(&mut ticks).await? {
			if let Err(error) = self.step(session, &tick).await {
				self.member.complain(session, &format!("{error:#}"));
			}
		}
		Ok(())
	}

	async fn step(&mut self, session: &Session, tick: &Tick) -> Result<()> {
		let Self { member, work } = self;
		member.report_ends(session, tick).await?;
		if !member.is_ready(session, tick).await? {
			return Ok(());
		}
		match work {
			Work::Worker(worker) => worker.step(member, session, tick).await,
			Work::Reputer(reputer) => reputer.step(member, session, tick).await,
		}
	}
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
			since: None,
			retry_at: 0,
			reported: None,
			missed: 0,
			told: None,
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
	fn complain(&mut self, session: &Session, text: &str) {
		if self.told.as_deref() != Some(text) {
			session.metrics.failed(&self.name, text);
			self.say(session, &format!("! {text}"));
			self.told = Some(text.into());
		}
	}

	/// Registers and stakes, once; whether the role can take part.
	async fn is_ready(&mut self, session: &Session, tick: &Tick) -> Result<bool> {
		if self.since.is_some() {
			return Ok(true);
		}
		if tick.head.slot < self.retry_at {
			return Ok(false);
		}
		self.retry_at = tick.head.slot.saturating_add(RETRY);
		let state = session.chain.at(tick.head).await?;
		let terms = state.terms().await?;
		let (topic, registration) = (self.topic, self.registration);
		let entry = Entry::of(&state, &terms, topic, registration, self.who, self.stake).await?;
		let (needed, has) = (entry.cost() + funds::RESERVE, funds::free(&state, self.who).await?);
		if entry.cost() > 0 {
			if has < needed {
				bail!(funds::remedy(&self.who, needed, has));
			}
			self.say(session, &format!("{}; {} ALLO are there", entry.in_words(), in_allo(has)));
		}
		let account = session.account(&self.who)?;
		if entry.register.is_some() {
			let call = calls::register(topic, registration, self.owner);
			let block = account.send(&call, VALID).await?.block;
			self.say(session, &format!("registered in block {block}"));
		}
		if entry.stake > 0 {
			let block = account.send(&calls::stake(topic, entry.stake), VALID).await?.block;
			let counts = "it counts for epochs whose reporting opens from now on";
			self.say(session, &format!("staked in block {block}: {counts}"));
		}
		session.metrics.is_ready(&self.name);
		// A stake counts for what begins after it.
		let changed = entry.cost() > 0;
		self.since = Some(if changed { session.chain.head().slot } else { 0 });
		if !changed {
			self.say(session, "registered");
		}
		Ok(true)
	}

	/// Prints how epochs have ended since the last look, and why there was no reward.
	async fn report_ends(&mut self, session: &Session, tick: &Tick) -> Result<()> {
		let Some(schedule) = tick.topics.get(&self.topic) else { return Ok(()) };
		let newest = schedule.ended.last().map_or(0, |(epoch, _)| *epoch);
		let Some(reported) = self.reported else {
			self.reported = Some(newest);
			return Ok(());
		};
		for (epoch, state) in &schedule.ended {
			if *epoch <= reported {
				continue;
			}
			let at = session.chain.finalized().await?;
			let explained = at.explain(self.who, self.topic, *epoch).await?;
			self.reported = Some(*epoch);
			let outcomes =
				self.standings(&explained).into_iter().filter_map(|role| role.outcome.as_ref());
			let outcomes: Vec<_> = outcomes.collect();
			let could_submit = self.since.is_some_and(|since| *epoch >= since);
			if outcomes.is_empty() && !could_submit {
				continue;
			}
			let text = self.ending(*epoch, *state, &explained);
			self.say_of(session, *epoch, &text);
			let is_missed = outcomes.iter().all(|outcome| **outcome == Outcome::Unrevealed);
			self.missed = if is_missed { self.missed + 1 } else { 0 };
			let rewards = self.standings(&explained).into_iter().map(|role| role.reward);
			session.metrics.ended(&self.name, *epoch, self.missed, rewards.sum());
			if self.missed == MISSED {
				self.say(session, "two epochs missed; what may be wrong:");
				let role = (self.topic, self.registration, self.who, self.stake);
				for finding in doctor::examine_role(&session.chain, role).await? {
					self.say(session, &finding.to_string());
				}
			}
		}
		self.collect(session).await
	}

	/// Collects what the topic owes, from the amount of the settings on.
	async fn collect(&mut self, session: &Session) -> Result<()> {
		let Some(least) = session.collect_at else { return Ok(()) };
		let due = session.chain.finalized().await?.due(self.topic, self.who).await?;
		if due >= least.max(1) {
			let call = calls::collect(&[(self.topic, self.who)]);
			let block = session.account(&self.who)?.send(&call, VALID).await?.block;
			self.say(session, &format!("collected {} ALLO in block {block}", in_allo(due)));
		}
		Ok(())
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

	/// How an epoch has ended for the account, in one line.
	fn ending(&self, epoch: EpochId, state: EpochState, explained: &Explanation) -> String {
		let mut parts = Vec::new();
		if self.registration == Registration::Worker {
			let part = explained.inferer.part.as_ref();
			if let Some(part) = part {
				parts.push(format!("weight {:.2} %", 100.0 * from_fixed(part.weight)));
			}
			if let Some(LearnedWorker { loss, score, .. }) =
				part.and_then(|part| part.learned.as_ref())
			{
				parts.push(format!("loss {:.5}", from_fixed(*loss)));
				parts.push(format!("score {:.5}", from_fixed(*score)));
			}
		} else if let Some(learned) = &explained.reputer.learned {
			parts.push(format!("score {:.5}", from_fixed(learned.score)));
		}
		let standings = self.standings(explained);
		let reward: u128 = standings.iter().map(|standing| standing.reward).sum();
		let reason = standings.first().and_then(|standing| standing.no_reward);
		match reason {
			Some(reason) if reward == 0 => {
				parts.push(format!(
					"no reward: {} (`allora-agent explain --topic {} --epoch {epoch} --account {}`)",
					reason_in_words(reason),
					self.topic,
					address(&self.who),
				));
			}
			_ => parts.push(format!("reward {:.4} ALLO", in_allo(reward))),
		}
		let ended = if state == EpochState::Settled { "settled" } else { "ended" };
		format!("{ended}: {}", parts.join(", "))
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
