//! A reputer: asks for the truth of every epoch that reports, and reports it.
//!
//! While the truth is absent it is asked for again, at growing intervals; when only the last slots of
//! the window are left the reputer abstains. The first truth is reported, and a later revision has no
//! effect.

use super::{is_refusal, jitter, Member, SENDING};
use crate::{
	chain::{
		calls,
		schedule::OpenEpoch,
		types::{EpochId, Slot},
	},
	participants::Tick,
	run::{
		config::ReputerSettings,
		model::{in_words, Model},
		session::Session,
	},
};
use anyhow::{Context, Result};
use std::{collections::BTreeMap, sync::Arc};
use tokio::time::Instant;

/// The longest interval between two questions for the truth of an epoch, in slots.
const MAX_INTERVAL: Slot = 32;
/// The number of slots at the end of a window in which a reputer without the truth abstains.
const LAST_CALL: Slot = 4;

/// A reputer.
pub struct Reputer {
	settings: ReputerSettings,
	model: Arc<Model>,
	/// The open epochs.
	epochs: BTreeMap<EpochId, Progress>,
}

/// The state of the work on an epoch.
struct Progress {
	/// The slot from which on the truth is asked for.
	next: Slot,
	/// The slots between two questions.
	interval: Slot,
	is_done: bool,
}

impl Reputer {
	/// A reputer that asks a model for the truth.
	pub fn new(settings: ReputerSettings, model: Arc<Model>) -> Self {
		Self { settings, model, epochs: BTreeMap::new() }
	}

	/// Does what can be done at this block.
	pub async fn step(
		&mut self,
		member: &mut Member,
		session: &Session,
		tick: &Tick,
	) -> Result<()> {
		let open: Vec<_> = tick.reporting(member.topic).to_vec();
		self.epochs.retain(|epoch, _| open.iter().any(|open| open.epoch == *epoch));
		for open in open {
			// Stake counts for epochs whose reporting opens after it.
			if member.since.is_some_and(|since| open.windows.reports_open > since) {
				self.step_epoch(member, session, tick, open).await?;
			}
		}
		Ok(())
	}

	async fn step_epoch(
		&mut self,
		member: &mut Member,
		session: &Session,
		tick: &Tick,
		open: OpenEpoch,
	) -> Result<()> {
		let (slot, epoch) = (tick.head.slot, open.epoch);
		let left = open.windows.reports_last.saturating_sub(slot);
		let progress = self.epochs.entry(epoch).or_insert_with(|| {
			member.say_of(session, epoch, &format!("reports, {left} slots left"));
			let wait = self.settings.jitter.map_or(0, |most| jitter(session, Some(most), left));
			Progress { next: slot + wait, interval: 1, is_done: false }
		});
		let is_last_call = left <= LAST_CALL;
		if progress.is_done || left == 0 || (slot < progress.next && !is_last_call) {
			return Ok(());
		}
		progress.next = slot + progress.interval;
		progress.interval = (progress.interval * 2).min(MAX_INTERVAL);
		let state = session.chain.at(tick.head).await?;
		let explained = state.explain(member.who, member.topic, epoch).await?;
		if explained.reputer.standing.outcome.is_some() {
			progress.is_done = true;
			member.say_of(session, epoch, "was reported before; nothing to do");
			return Ok(());
		}
		let result = self.report(member, session, tick, open, is_last_call).await;
		let Some(progress) = self.epochs.get_mut(&epoch) else { return Ok(()) };
		match result {
			Ok(is_done) => progress.is_done = is_done,
			Err(error) => {
				progress.is_done = is_refusal(&error);
				let next = if progress.is_done { "given up" } else { "trying again" };
				member.complain_of(session, epoch, &format!("{error:#}; {next}"));
			}
		}
		Ok(())
	}

	/// Asks for the truth and reports it; whether the epoch needs no more work.
	async fn report(
		&self,
		member: &Member,
		session: &Session,
		tick: &Tick,
		open: OpenEpoch,
		is_last_call: bool,
	) -> Result<bool> {
		let say = |text: &str| member.say_of(session, open.epoch, text);
		let account = session.account(&member.who)?;
		let (last, started) = (open.windows.reports_last, Instant::now());
		let left = last.saturating_sub(tick.head.slot).saturating_sub(SENDING).max(1);
		let (request, _) = session.request(member.topic, open, tick).await?;
		let asked = self.model.truth(&request, started + session.slots(left)).await;
		let truth = match asked.with_context(|| format!("model {}", self.model.name)) {
			Ok(truth) => truth,
			Err(error) if is_last_call => {
				member.complain_of(session, open.epoch, &format!("{error:#}"));
				None
			}
			Err(error) => return Err(error),
		};
		let Some(truth) = truth else {
			if is_last_call {
				let call = calls::abstain(member.topic, open.epoch);
				let block = account.send_until(&call, tick.head, last).await?.block;
				say(&format!("abstained in block {block}: the truth is still absent"));
			}
			return Ok(is_last_call);
		};
		let shown = in_words(&truth);
		let call = calls::report_fixed(member.topic, open.epoch, truth);
		let block = account.send_until(&call, tick.head, last).await?.block;
		say(&format!("reported {shown} in block {block}, final"));
		Ok(true)
	}
}
