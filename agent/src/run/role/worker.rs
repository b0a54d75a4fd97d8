//! A worker: asks its model in every epoch, and sends what it returns.

use super::{is_refusal, jitter, Member, SENDING};
use crate::{
	chain::{
		calls::{WorkerPayload, MAX_FORECAST_ELEMENTS},
		explanation::Explanation,
		from_fixed,
		schedule::OpenEpoch,
		to_fixed,
		types::{EpochId, Slot, TopicQuestion},
	},
	journal::Entry,
	participants::{Tick, Worker as Sender},
	run::{
		config::WorkerSettings,
		model::{in_words, Model, Request},
		session::Session,
	},
};
use anyhow::{ensure, Context, Result};
use std::sync::Arc;
use tokio::time::Instant;

/// Attempts to send in one epoch.
const ATTEMPTS: u32 = 3;

/// A worker.
pub struct Worker {
	settings: WorkerSettings,
	model: Arc<Model>,
	/// The epoch that it works on.
	current: Option<Current>,
	/// The epoch that it has revealed, or found nothing to reveal for.
	revealed: Option<EpochId>,
}

/// The state of the work on an epoch.
struct Current {
	epoch: EpochId,
	/// The slot from which on the model is asked.
	start: Slot,
	attempts: u32,
	is_done: bool,
}

impl Worker {
	/// A worker with a model.
	pub fn new(settings: WorkerSettings, model: Arc<Model>) -> Self {
		Self { settings, model, current: None, revealed: None }
	}

	/// Does what can be done at this block.
	pub async fn step(
		&mut self,
		member: &mut Member,
		session: &Session,
		tick: &Tick,
	) -> Result<()> {
		let account = session.account(&member.who)?;
		let sender = Sender { account, journal: session.journal.clone() };
		if let Some(open) = tick.revealing(member.topic) {
			self.reveal(member, session, &sender, open).await?;
		}
		let Some(open) = tick.collecting(member.topic) else { return Ok(()) };
		let current = match &mut self.current {
			Some(current) if current.epoch == open.epoch => current,
			_ => {
				let left = open.windows.workers_last.saturating_sub(tick.head.slot);
				let start = tick.head.slot + jitter(session, self.settings.jitter, left);
				member.say_of(session, open.epoch, &format!("open, {left} slots left"));
				let (epoch, attempts, is_done) = (open.epoch, 0, false);
				self.current.insert(Current { epoch, start, attempts, is_done })
			}
		};
		let left = open.windows.workers_last.saturating_sub(tick.head.slot);
		if current.is_done || tick.head.slot < current.start || left == 0 {
			return Ok(());
		}
		if let Some(what) = self.is_on_chain(member, session, tick, open).await? {
			self.finish();
			member.say_of(session, open.epoch, what);
			return Ok(());
		}
		let sent = self.work(member, session, &sender, tick, open).await;
		let Err(error) = sent else {
			self.finish();
			member.told = None;
			return Ok(());
		};
		if let Some(current) = &mut self.current {
			current.attempts += 1;
			current.is_done = is_refusal(&error) || current.attempts >= ATTEMPTS;
			let next = if current.is_done { "given up" } else { "trying again" };
			member.complain_of(session, open.epoch, &format!("{error:#}; {next}"));
		}
		Ok(())
	}

	/// Notes that the current epoch needs no more work.
	fn finish(&mut self) {
		if let Some(current) = &mut self.current {
			current.is_done = true;
		}
	}

	/// What the chain has of the account in the epoch already, such as from before a restart.
	async fn is_on_chain(
		&self,
		member: &Member,
		session: &Session,
		tick: &Tick,
		open: OpenEpoch,
	) -> Result<Option<&'static str>> {
		let state = session.chain.at(tick.head).await?;
		let explained = state.explain(member.who, member.topic, open.epoch).await?;
		let Explanation { inferer, forecaster, .. } = explained;
		let has_part = inferer.standing.outcome.is_some() || forecaster.standing.outcome.is_some();
		Ok(has_part.then_some("was submitted before; nothing to do"))
	}

	/// Asks the model and sends its response; or sends again what the journal has.
	async fn work(
		&self,
		member: &Member,
		session: &Session,
		sender: &Sender,
		tick: &Tick,
		open: OpenEpoch,
	) -> Result<()> {
		let say = |text: &str| member.say_of(session, open.epoch, text);
		let scored = session.clock.utc(open.windows.reports_last + 1);
		if let Some(entry) = self.journaled(member, session, open.epoch) {
			let included = sender.commit(&entry, open.windows.workers_last, tick.head).await?;
			say(&format!("committed in block {}, final, by the journal", included.block));
			return Ok(());
		}
		let payload = self.payload(member, session, tick, open).await?;
		if open.reveals() {
			let entry = sender.prepare(member.topic, open, payload, tick.head)?;
			let included = sender.commit(&entry, open.windows.workers_last, tick.head).await?;
			say(&format!("committed in block {}, final; scored about {scored}", included.block));
		} else {
			let included = sender.submit(member.topic, open, payload, tick.head).await?;
			say(&format!("submitted in block {}, final; scored about {scored}", included.block));
		}
		Ok(())
	}

	/// The journal's entry for an epoch.
	fn journaled(&self, member: &Member, session: &Session, epoch: EpochId) -> Option<Entry> {
		let entries = session.journal.entries(session.chain.genesis(), member.who);
		entries.into_iter().find(|entry| (entry.topic, entry.epoch) == (member.topic, epoch))
	}

	/// Reveals what the journal has for the epoch.
	async fn reveal(
		&mut self,
		member: &Member,
		session: &Session,
		sender: &Sender,
		open: OpenEpoch,
	) -> Result<()> {
		if self.revealed == Some(open.epoch) {
			return Ok(());
		}
		let Some(entry) = self.journaled(member, session, open.epoch) else { return Ok(()) };
		if let Some(included) = sender.reveal(&entry).await? {
			self.revealed = Some(open.epoch);
			let text = format!("revealed in block {}, final", included.block);
			member.say_of(session, open.epoch, &text);
		}
		Ok(())
	}

	/// The payload for an epoch, by the model.
	async fn payload(
		&self,
		member: &Member,
		session: &Session,
		tick: &Tick,
		open: OpenEpoch,
	) -> Result<WorkerPayload> {
		let started = Instant::now();
		let left = open.windows.workers_last.saturating_sub(tick.head.slot);
		let deadline = started + session.slots(left.saturating_sub(SENDING).max(1));
		let (mut request, question) = session.request(member.topic, open, tick).await?;
		let values = ask(&self.model, &request, &question, deadline).await?;
		let time = started.elapsed().as_millis();
		let shown = in_words(&values);
		let late = match self.model.late_responses() {
			0 => String::new(),
			late => format!(" ({late} late responses dropped so far)"),
		};
		let text = format!("model {} {time} ms: {shown}{late}", self.model.name);
		member.say_of(session, open.epoch, &text);
		let inference = Some(values.into_iter().map(Some).collect());
		let mut payload = WorkerPayload { inference, forecast: None };
		if self.settings.forecast {
			request.inferers = session.inferers(member.topic).await?;
			request.inferers.retain(|inferer| *inferer != member.who);
			request.inferers.truncate(MAX_FORECAST_ELEMENTS);
			match self.model.forecast(&request, deadline).await {
				Ok(losses) if losses.is_empty() => (),
				Ok(losses) => payload.forecast = Some(losses),
				// The inference is worth sending without it.
				Err(error) => {
					let text = format!("model {} has no forecast: {error}", self.model.name);
					member.complain_of(session, open.epoch, &text);
				}
			}
		}
		Ok(payload)
	}
}

/// Asks a model for its prediction, and checks its sum.
pub async fn ask(
	model: &Model,
	request: &Request,
	question: &TopicQuestion,
	deadline: Instant,
) -> Result<Vec<i128>> {
	let values = model.predict(request, deadline).await;
	let values = values.with_context(|| format!("model {}", model.name))?;
	check_sum(&values, question).with_context(|| format!("model {}: schema", model.name))?;
	Ok(values)
}

/// An error unless the values add up to what the topic asks for.
fn check_sum(values: &[i128], question: &TopicQuestion) -> Result<()> {
	let Some(tolerance) = question.parameters.unity_tolerance else { return Ok(()) };
	let sum = values.iter().try_fold(0i128, |sum, value| sum.checked_add(*value));
	let difference = sum.and_then(|sum| sum.checked_sub(to_fixed(1.0).ok()?));
	ensure!(
		difference.is_some_and(|difference| difference.abs() <= tolerance),
		"the values add up to {}, and the topic asks for 1 to within {}",
		sum.map_or_else(|| "too much".into(), |sum| from_fixed(sum).to_string()),
		from_fixed(tolerance),
	);
	Ok(())
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::chain::types::QuestionParameters;

	#[test]
	fn values_must_add_up_to_what_the_topic_asks_for() {
		let question = |tolerance: Option<f64>| TopicQuestion {
			parameters: QuestionParameters {
				metadata: vec![],
				ground_truth: vec![],
				labels: vec![],
				unity_tolerance: tolerance.map(|tolerance| to_fixed(tolerance).unwrap()),
				epoch_length: 10,
				worker_window: 5,
				reveal_window: 0,
				ground_truth_lag: 10,
			},
			active: true,
			retired: false,
		};
		let values = [0.5, 0.4].map(|value| to_fixed(value).unwrap());
		assert!(check_sum(&values, &question(None)).is_ok());
		assert!(check_sum(&values, &question(Some(0.2))).is_ok());
		let error = check_sum(&values, &question(Some(0.01))).unwrap_err().to_string();
		assert_eq!(error, "the values add up to 0.9, and the topic asks for 1 to within 0.01");
	}
}
