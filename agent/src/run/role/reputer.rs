//! A reputer: asks for the truth of every epoch that reports, and reports it.
//!
//! While the truth is absent it is asked for again, at growing intervals; when only the last slots of
//! the window are left the reputer abstains. The first truth is reported, and a later revision has no
//! effect.

use super::{jitter, Member, OnChain, Retry, SENDING};
use crate::{
	chain::{calls, schedule::OpenEpoch, types::Slot},
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
}

/// What is known of the truth of an epoch.
#[derive(Default)]
struct Truth {
	/// The first that the model has returned.
	values: Option<Vec<i128>>,
	/// Whether the model was asked for the last time.
	is_absent: bool,
}

impl Reputer {
	/// A reputer that asks a model for the truth.
	pub fn new(settings: ReputerSettings, model: Arc<Model>) -> Self {
		Self { settings, model }
	}

	/// Asks for the truth and reports it, until the chain has the report or the window closes.
	pub async fn report(&self, member: &Member, session: &Session, open: OpenEpoch) -> Result<()> {
		let mut ticks = session.ticks();
		let mut retry = None;
		let mut truth = Truth::default();
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
			match self.attempt(member, session, &tick, open, &mut truth).await {
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

	/// Reports the truth, or abstains if the window is about to close without it, unless the chain has
	/// a report; whether a finalized block has one.
	async fn attempt(
		&self,
		member: &Member,
		session: &Session,
		tick: &Tick,
		open: OpenEpoch,
		truth: &mut Truth,
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
		let is_last_call = last.saturating_sub(tick.head.slot) <= LAST_CALL;
		if truth.values.is_none() && !truth.is_absent {
			truth.is_absent = is_last_call;
			match self.ask(member, session, tick, open, is_last_call).await {
				Ok(values) => truth.values = values,
				Err(error) if is_last_call => {
					member.complain_of(session, open.epoch, &format!("{error:#}"));
				}
				Err(error) => return Err(error),
			}
		}
		if let Some(values) = &truth.values {
			let shown = in_words(values);
			let call = calls::report_fixed(member.topic, open.epoch, values.clone());
			let block = account.send_until(&call, tick.head, last).await?.block;
			say(&format!("reported {shown} in block {block}, final"));
		} else if truth.is_absent {
			let call = calls::abstain(member.topic, open.epoch);
			let block = account.send_until(&call, tick.head, last).await?.block;
			say(&format!("abstained in block {block}: the truth is still absent"));
		}
		Ok(truth.values.is_some() || truth.is_absent)
	}

	/// Asks the model for the truth, which has time up to the last call, or, at the last call, as long as
	/// a transaction can still be sent.
	async fn ask(
		&self,
		member: &Member,
		session: &Session,
		tick: &Tick,
		open: OpenEpoch,
		is_last_call: bool,
	) -> Result<Option<Vec<i128>>> {
		let started = Instant::now();
		let kept = if is_last_call { SENDING } else { LAST_CALL };
		let left = open.windows.reports_last.saturating_sub(tick.head.slot);
		let time = session.slots(left.saturating_sub(kept).max(1));
		let (request, _) = session.request(member.topic, open, tick).await?;
		let truth = self.model.truth(&request, started + time).await;
		truth.with_context(|| format!("model {}", self.model.name))
	}
}
