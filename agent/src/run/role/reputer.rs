//! A reputer: asks for the truth of every epoch that reports, and reports it, or losses by it.
//!
//! While the truth is absent it is asked for again, at growing intervals; when only the last slots of
//! the window are left the reputer abstains. The first truth is reported, and a later revision has no
//! effect.

use super::{
	jitter,
	losses::{of_epoch, Report},
	Member, OnChain, Retry, SENDING,
};
use crate::{
	chain::{calls, decimal, schedule::OpenEpoch, types::Slot},
	participants::Tick,
	run::{
		config::ReputerSettings,
		model::{in_words, Model},
		session::Session,
	},
};
use anyhow::{Context, Result};
use std::sync::Arc;
use tokio::time::Instant;

/// The number of slots at the end of a window in which a reputer without the truth abstains.
const LAST_CALL: Slot = 4;

/// A reputer.
pub struct Reputer {
	settings: ReputerSettings,
	model: Arc<Model>,
	losses: Option<Arc<Model>>,
}

/// What is known of an epoch.
#[derive(Default)]
struct Found {
	/// The first truth that the model has returned.
	truth: Option<Vec<i128>>,
	/// What is to be reported.
	report: Option<Report>,
	/// Whether the model was asked for the last time.
	is_absent: bool,
}

impl Reputer {
	/// A reputer that asks a model for the truth, and `losses` for the losses that the chain does not
	/// compute.
	pub fn new(settings: ReputerSettings, model: Arc<Model>, losses: Option<Arc<Model>>) -> Self {
		Self { settings, model, losses }
	}

	/// Asks for the truth and reports it, until the chain has the report or the window closes.
	pub async fn report(&self, member: &Member, session: &Session, open: OpenEpoch) -> Result<()> {
		let mut ticks = session.ticks();
		let mut retry = None;
		let mut found = Found::default();
		while let Some(tick) = session.next(&mut ticks).await? {
			let slot = tick.head.slot;
			let left = open.windows.reports_last.saturating_sub(slot);
			if left == 0 {
				break;
			}
			let retry = retry.get_or_insert_with(|| {
				member.say_of(session, open.epoch, &format!("reports, {left} slots left"));
				let wait = self.settings.jitter.map_or(0, |most| jitter(session, Some(most), left));
				Retry::from(slot + wait)
			});
			if slot < retry.next && left > LAST_CALL {
				continue;
			}
			match self.attempt(member, session, &tick, open, &mut found).await {
				Ok(true) => break,
				// The truth is absent, or the report is not final.
				Ok(false) => retry.wait(slot, left),
				Err(error) => {
					if !retry.failed((member, session, open.epoch), &error, (slot, left)) {
						break;
					}
				}
			}
		}
		Ok(())
	}

	/// Reports, or abstains if the window is about to close without the truth, unless the chain has a
	/// report; whether there was something to send, or a finalized block has it.
	async fn attempt(
		&self,
		member: &Member,
		session: &Session,
		tick: &Tick,
		open: OpenEpoch,
		found: &mut Found,
	) -> Result<bool> {
		let say = |text: &str| member.say_of(session, open.epoch, text);
		match member.on_chain(session, tick, open.epoch).await? {
			OnChain::Nothing => (),
			OnChain::Best => return Ok(false),
			OnChain::Final => {
				say("was reported before; nothing to do");
				return Ok(true);
			}
		}
		let account = session.account(&member.who)?;
		let last = open.windows.reports_last;
		let is_last_call = is_last_call(tick.head.slot, last);
		if found.report.is_none() && !found.is_absent {
			found.is_absent = is_last_call;
			let left = last.saturating_sub(tick.head.slot);
			let deadline = Instant::now() + session.slots(slots_to_respond(left));
			match self.prepare(member, session, tick, open, &mut found.truth, deadline).await {
				Ok(report) => found.report = report,
				Err(error) if is_last_call => {
					member.complain_of(session, open.epoch, &format!("{error:#}"));
				}
				Err(error) => return Err(error),
			}
			// The source took its time.
			if member.is_overtaken(session, open.epoch).await? {
				return Ok(false);
			}
		}
		let topic = member.topic;
		match &found.report {
			Some(Report::Truth(values)) => {
				let call = calls::report_fixed(topic, open.epoch, values.clone());
				let block = account.send_until(&call, tick.head, last).await?.block;
				say(&format!("reported {} in block {block}, final", in_words(values)));
			}
			Some(Report::Losses { bundle, losses }) => {
				let call = calls::report_losses(topic, open.epoch, *bundle, losses.clone());
				let block = account.send_until(&call, tick.head, last).await?.block;
				let (count, network) = (losses.len(), losses.first().copied().unwrap_or_default());
				let text = format!("the network's is {}", decimal(network));
				say(&format!("reported {count} losses in block {block}, final; {text}"));
			}
			None if found.is_absent => {
				let call = calls::abstain(topic, open.epoch);
				let block = account.send_until(&call, tick.head, last).await?.block;
				let what = if found.truth.is_some() { "losses are" } else { "truth is" };
				say(&format!("abstained in block {block}: the {what} still absent"));
			}
			None => return Ok(false),
		}
		Ok(true)
	}

	/// What is to be reported; `None` while it is not known. Keeps the first truth that the model
	/// returns.
	async fn prepare(
		&self,
		member: &Member,
		session: &Session,
		tick: &Tick,
		open: OpenEpoch,
		truth: &mut Option<Vec<i128>>,
		deadline: Instant,
	) -> Result<Option<Report>> {
		let (request, _) = session.request(member.topic, open, tick).await?;
		if truth.is_none() {
			let asked = self.model.truth(&request, deadline).await;
			*truth = asked.with_context(|| format!("model {}", self.model.name))?;
		}
		let Some(truth) = truth else { return Ok(None) };
		let of = (member.topic, open.epoch);
		let (parameters, measure) = of_epoch(of, (session, tick), self.losses.clone()).await?;
		measure.report((session, &parameters), (&request, open), truth, deadline).await
	}
}

/// Whether a reputer without the truth abstains in this slot, when its window closes at `last`.
fn is_last_call(slot: Slot, last: Slot) -> bool {
	last.saturating_sub(slot) <= LAST_CALL
}

/// The slots that a model has to respond if `left` are left of the window: up to the last call, or, at
/// the last call, as long as a transaction can still be sent.
fn slots_to_respond(left: Slot) -> Slot {
	let kept = if left <= LAST_CALL { SENDING } else { LAST_CALL };
	left.saturating_sub(kept).max(1)
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn model_has_time_up_to_the_last_call_and_then_as_long_as_a_transaction_can_be_sent() {
		// Windows that close at slot 100.
		for (slot, last_call, time) in [
			(0, false, 96),
			(94, false, 2),
			(95, false, 1),
			(96, true, 2),
			(98, true, 1),
			(100, true, 1),
		] {
			assert_eq!(is_last_call(slot, 100), last_call, "slot {slot}");
			assert_eq!(slots_to_respond(100 - slot), time, "slot {slot}");
		}
	}
}
