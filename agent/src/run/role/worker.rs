//! A worker: asks its model in every epoch, and sends what it returns.

use super::{jitter, Member, OnChain, Retry, SENDING};
use crate::{
	chain::{
		calls::{WorkerPayload, MAX_FORECAST_ELEMENTS},
		from_fixed,
		schedule::OpenEpoch,
		types::{EpochId, TopicQuestion},
	},
	journal::Entry,
	participants::{Tick, Worker as Sender},
	run::{
		config::WorkerSettings,
		model::{in_words, Model, ModelError, Request},
		session::Session,
	},
};
use anyhow::{Context, Result};
use futures::{
	future::{BoxFuture, Shared},
	FutureExt,
};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::time::Instant;

/// A prediction that is under way, or has been made: it outlives the connection over which it was
/// asked for.
type Asked = Shared<BoxFuture<'static, Result<Vec<i128>, ModelError>>>;

/// A worker.
pub struct Worker {
	settings: WorkerSettings,
	model: Arc<Model>,
	/// The prediction for the epoch that was asked for last.
	asked: Mutex<Option<(EpochId, Asked)>>,
}

impl Worker {
	/// A worker with a model.
	pub fn new(settings: WorkerSettings, model: Arc<Model>) -> Self {
		Self { settings, model, asked: Mutex::default() }
	}

	/// Asks the model and sends what it returns, until the chain has it or the window closes.
	pub async fn submit(&self, member: &Member, session: &Session, open: OpenEpoch) -> Result<()> {
		let mut ticks = session.ticks();
		let mut retry = None;
		while let Some(tick) = session.next(&mut ticks).await? {
			let slot = tick.head.slot;
			let left = open.windows.workers_last.saturating_sub(slot);
			if left == 0 {
				break;
			}
			let retry = retry.get_or_insert_with(|| {
				member.say_of(session, open.epoch, &format!("open, {left} slots left"));
				Retry::from(slot + jitter(session, self.settings.jitter, left))
			});
			if slot < retry.next {
				continue;
			}
			match self.attempt(member, session, &tick, open).await {
				Ok(true) => break,
				Ok(false) => (),
				Err(error) => {
					if !retry.failed((member, session, open.epoch), &error, (slot, left)) {
						break;
					}
				}
			}
		}
		Ok(())
	}

	/// Sends a payload unless the chain has one; whether a finalized block has it.
	async fn attempt(
		&self,
		member: &Member,
		session: &Session,
		tick: &Tick,
		open: OpenEpoch,
	) -> Result<bool> {
		let say = |text: &str| member.say_of(session, open.epoch, text);
		match member.on_chain(session, tick, open.epoch).await? {
			OnChain::Nothing => (),
			OnChain::Best => return Ok(false),
			OnChain::Final => {
				say("was submitted before; nothing to do");
				return Ok(true);
			}
		}
		let sender = self.sender(member, session)?;
		let last = open.windows.workers_last;
		let scored = session.clock.utc(open.windows.reports_last + 1);
		if let Some(entry) = journaled(member, session, open.epoch) {
			let block = sender.commit(&entry, last, tick.head).await?.block;
			say(&format!("committed in block {block}, final, by the journal"));
			return Ok(true);
		}
		let payload = self.payload(member, session, tick, open).await?;
		// The model took its time.
		if member.is_overtaken(session, open.epoch).await? {
			return Ok(false);
		}
		if open.reveals() {
			let entry = sender.entry(member.topic, open, payload)?;
			if let Err(error) = sender.keep(&entry, tick.head) {
				let text = format!(
					"{error:#}; what it commits to is in memory alone until the file can be written: do \
					 not stop the agent before it is revealed"
				);
				member.complain_of(session, open.epoch, &text);
			}
			// The journal took its time, too.
			if member.is_overtaken(session, open.epoch).await? {
				return Ok(false);
			}
			let block = sender.commit(&entry, last, tick.head).await?.block;
			say(&format!("committed in block {block}, final; scored about {scored}"));
		} else {
			let block = sender.submit(member.topic, open, payload, tick.head).await?.block;
			say(&format!("submitted in block {block}, final; scored about {scored}"));
		}
		Ok(true)
	}

	fn sender(&self, member: &Member, session: &Session) -> Result<Sender> {
		let account = session.account(&member.who)?;
		Ok(Sender { account, journal: session.journal.clone() })
	}

	/// Reveals what the journal has for the epoch, until that is final or the window closes.
	pub async fn reveal(&self, member: &Member, session: &Session, open: OpenEpoch) -> Result<()> {
		let Some(entry) = journaled(member, session, open.epoch) else { return Ok(()) };
		let sender = self.sender(member, session)?;
		let mut ticks = session.ticks();
		let mut retry = Retry::from(0);
		while let Some(tick) = session.next(&mut ticks).await? {
			let slot = tick.head.slot;
			let left = open.windows.reveals_last.saturating_sub(slot);
			if left == 0 {
				break;
			}
			match sender.reveal(&entry).await {
				Ok(Some(included)) => {
					let text = format!("revealed in block {}, final", included.block);
					member.say_of(session, open.epoch, &text);
					break;
				}
				// There is no seat on this branch, or it is revealed already.
				Ok(None) => (),
				Err(error) => {
					if !retry.failed((member, session, open.epoch), &error, (slot, left)) {
						break;
					}
				}
			}
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
		let values = self.predict(&request, &question, deadline).await?;
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

	/// The model's prediction. A question that is under way, or has its response, is not asked again: a
	/// connection may have ended meanwhile.
	async fn predict(
		&self,
		request: &Request,
		question: &TopicQuestion,
		deadline: Instant,
	) -> Result<Vec<i128>> {
		let lock = || self.asked.lock().unwrap_or_else(PoisonError::into_inner);
		let under_way = lock().clone().filter(|(epoch, _)| *epoch == request.epoch);
		let asked = match under_way {
			Some((_, asked)) => asked,
			None => {
				let (model, request) = (self.model.clone(), request.clone());
				let epoch = request.epoch;
				let asked = async move { model.predict(&request, deadline).await };
				let asked = tokio::spawn(asked).map(|joined| {
					joined.unwrap_or_else(|error| Err(ModelError::Failed(error.to_string())))
				});
				let asked = asked.boxed().shared();
				*lock() = Some((epoch, asked.clone()));
				asked
			}
		};
		let values = asked.await.and_then(|values| checked(values, question));
		if values.is_err() {
			*lock() = None;
		}
		values.with_context(|| format!("model {}", self.model.name))
	}
}

/// The journal's entry for an epoch.
fn journaled(member: &Member, session: &Session, epoch: EpochId) -> Option<Entry> {
	let entries = session.journal.entries(session.chain.genesis(), member.who);
	entries.into_iter().find(|entry| (entry.topic, entry.epoch) == (member.topic, epoch))
}

/// Asks a model for its prediction, and checks its sum.
pub async fn ask(
	model: &Model,
	request: &Request,
	question: &TopicQuestion,
	deadline: Instant,
) -> Result<Vec<i128>> {
	let values = model.predict(request, deadline).await;
	let values = values.and_then(|values| checked(values, question));
	values.with_context(|| format!("model {}", model.name))
}

/// The values, an error unless they add up to what the topic asks for.
fn checked(values: Vec<i128>, question: &TopicQuestion) -> Result<Vec<i128>, ModelError> {
	let Some(tolerance) = question.parameters.unity_tolerance else { return Ok(values) };
	let sum = values.iter().try_fold(0i128, |sum, value| sum.checked_add(*value));
	let difference = sum.and_then(|sum| sum.checked_sub(10i128.pow(18)));
	if difference.is_some_and(|difference| difference.abs() <= tolerance) {
		return Ok(values);
	}
	Err(ModelError::Schema(format!(
		"the values add up to {}, and the topic asks for 1 to within {}",
		sum.map_or_else(|| "too much".into(), |sum| from_fixed(sum).to_string()),
		from_fixed(tolerance),
	)))
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::chain::{to_fixed, types::QuestionParameters};

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
		assert!(checked(values.into(), &question(None)).is_ok());
		assert!(checked(values.into(), &question(Some(0.2))).is_ok());
		let error = checked(values.into(), &question(Some(0.01))).unwrap_err().to_string();
		assert_eq!(
			error,
			"schema: the values add up to 0.9, and the topic asks for 1 to within 0.01"
		);
	}
}
