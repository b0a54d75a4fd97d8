//! How epochs end: a line per epoch, the doctor after two that were missed, and what is collected.

use super::{Member, MISSED, RETRY, VALID};
use crate::{
	chain::{
		address, calls,
		explanation::{Explanation, LearnedWorker, Outcome},
		from_fixed, in_allo,
		schedule::Schedule,
		types::{EpochId, EpochState, Registration, Slot},
	},
	explain::reason_in_words,
	participants::Tick,
	run::{doctor, session::Session},
};
use anyhow::{ensure, Result};

/// What a role has reported of the epochs that have ended; it outlives connections.
#[derive(Default)]
pub struct Ends {
	/// The newest epoch whose end has been reported, `None` before the first look.
	reported: Option<EpochId>,
	/// The number of epochs in a row for which nothing was submitted.
	missed: u32,
	collecting: Collecting,
}

/// When to collect.
#[derive(Default)]
struct Collecting {
	/// The slot from which on to try again.
	next: Slot,
}

impl Collecting {
	/// Whether an attempt may begin in this slot.
	fn is_open(&self, slot: Slot) -> bool {
		slot >= self.next
	}

	/// Whether to collect what is due, from the amount of the settings on; if so, the next attempt is
	/// some slots later, whatever becomes of this one.
	fn begins(&mut self, slot: Slot, due: u128, least: u128) -> bool {
		let begins = self.is_open(slot) && due >= least.max(1);
		if begins {
			self.next = slot.saturating_add(RETRY);
		}
		begins
	}
}

impl Ends {
	/// Prints how epochs end, until the agent is to stop. Failures are printed; the next block brings
	/// the next attempt.
	pub async fn follow(&mut self, member: &Member, session: &Session) -> Result<()> {
		let mut ticks = session.ticks();
		while let Some(tick) = session.next(&mut ticks).await? {
			let reported = self.report(member, session, &tick).await;
			let result = match reported {
				Ok(()) => self.collect(member, session, &tick).await,
				Err(error) => Err(error),
			};
			if let Err(error) = result {
				member.complain(session, &format!("{error:#}"));
			}
		}
		Ok(())
	}

	/// Prints how epochs have ended since the last look, and why there was no reward.
	async fn report(&mut self, member: &Member, session: &Session, tick: &Tick) -> Result<()> {
		let Some(schedule) = tick.topics.get(&member.topic) else { return Ok(()) };
		if *schedule == Schedule::default() {
			let is_gone = session.chain.finalized().await?.topic(member.topic).await?.is_none();
			ensure!(!is_gone, gone(member));
		}
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
			let explained = at.explain(member.who, member.topic, *epoch).await?;
			self.reported = Some(*epoch);
			let standings = member.standings(&explained);
			let outcomes: Vec<_> =
				standings.iter().filter_map(|standing| standing.outcome.as_ref()).collect();
			let could_submit = member.since.get().is_some_and(|since| epoch >= since);
			if outcomes.is_empty() && !could_submit {
				continue;
			}
			member.say_of(session, *epoch, &ending(member, *epoch, *state, &explained));
			let is_missed = outcomes.iter().all(|outcome| **outcome == Outcome::Unrevealed);
			self.missed = if is_missed { self.missed + 1 } else { 0 };
			let reward = standings.iter().map(|standing| standing.reward).sum();
			session.metrics.ended(&member.name, *epoch, self.missed, reward);
			if self.missed == MISSED {
				member.say(session, "two epochs missed; what may be wrong:");
				let role = (member.topic, member.registration, member.who, member.stake);
				for finding in doctor::examine_role(&session.chain, role).await? {
					member.say(session, &finding.to_string());
				}
			}
		}
		Ok(())
	}

	/// Collects what the topic owes, from the amount of the settings on.
	async fn collect(&mut self, member: &Member, session: &Session, tick: &Tick) -> Result<()> {
		let Some(least) = session.collect_at else { return Ok(()) };
		let slot = tick.head.slot;
		if !self.collecting.is_open(slot) {
			return Ok(());
		}
		let due = session.chain.finalized().await?.due(member.topic, member.who).await?;
		if self.collecting.begins(slot, due, least) {
			let call = calls::collect(&[(member.topic, member.who)]);
			let block = session.account(&member.who)?.send(&call, VALID).await?.block;
			member.say(session, &format!("collected {} ALLO in block {block}", in_allo(due)));
		}
		Ok(())
	}
}

/// What to do about a topic that no longer exists.
fn gone(member: &Member) -> String {
	format!(
		"the topic no longer exists: it was retired; take this role out of the settings, and see what is \
		 left of it by `allora-agent account {}`",
		address(&member.who)
	)
}

/// How an epoch has ended for the account, in one line.
fn ending(member: &Member, epoch: EpochId, state: EpochState, explained: &Explanation) -> String {
	let mut parts = Vec::new();
	if member.registration == Registration::Worker {
		let part = explained.inferer.part.as_ref();
		if let Some(part) = part {
			parts.push(format!("weight {:.2} %", 100.0 * from_fixed(part.weight)));
		}
		if let Some(LearnedWorker { loss, score, .. }) = part.and_then(|part| part.learned.as_ref())
		{
			parts.push(format!("loss {:.5}", from_fixed(*loss)));
			parts.push(format!("score {:.5}", from_fixed(*score)));
		}
	} else if let Some(learned) = &explained.reputer.learned {
		parts.push(format!("score {:.5}", from_fixed(learned.score)));
	}
	let standings = member.standings(explained);
	let reward: u128 = standings.iter().map(|standing| standing.reward).sum();
	let reason = standings.first().and_then(|standing| standing.no_reward);
	match reason {
		Some(reason) if reward == 0 => {
			parts.push(format!(
				"no reward: {} (`allora-agent explain --topic {} --epoch {epoch} --account {}`)",
				reason_in_words(reason),
				member.topic,
				address(&member.who),
			));
		}
		_ => parts.push(format!("reward {:.4} ALLO", in_allo(reward))),
	}
	let ended = if state == EpochState::Settled { "settled" } else { "ended" };
	format!("{ended}: {}", parts.join(", "))
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn attempt_to_collect_that_fails_is_repeated_some_slots_later() {
		let mut collecting = Collecting::default();
		assert!(!collecting.begins(100, 9, 10) && collecting.is_open(101));
		assert!(collecting.begins(101, 10, 10));
		// Whether it failed or not, the next blocks bring no other.
		assert!(
			(102..111).all(|slot| !collecting.is_open(slot) && !collecting.begins(slot, 10, 10))
		);
		assert!(collecting.begins(111, 10, 10));
		// Nothing is not collected, though the settings ask for no amount.
		assert!(!collecting.begins(200, 0, 0) && collecting.begins(200, 1, 0));
	}
}
