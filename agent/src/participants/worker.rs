//! How the payloads of workers get to the chain: submitted openly, or committed and revealed.

use super::{next, Plan, Tick, Ticks};
use crate::{
	chain::{
		calls::{self, WorkerPayload},
		explanation::{Explanation, Outcome},
		types::{EpochId, WorkerRoles},
		Account, Chain, Head,
	},
	journal::{Entry, Journal},
};
use anyhow::{Context, Result};
use std::sync::Arc;

/// A worker's account, and the journal of its commitments.
pub struct Worker {
	/// The account.
	pub account: Account,
	/// The journal.
	pub journal: Arc<Journal>,
}

impl Worker {
	/// Sends a payload for the epoch that collects at this tick. In a topic with a reveal window it
	/// commits, waits for the window and reveals.
	pub async fn send(
		&mut self,
		plan: &Plan,
		epoch: EpochId,
		payload: WorkerPayload,
		tick: &Tick,
		ticks: &mut Ticks,
	) -> Result<()> {
		let window_end = epoch + plan.worker_window;
		if plan.reveal_window == 0 {
			let call = calls::submit(plan.topic, epoch, payload);
			return self.account.send_until(&call, tick.head, window_end).await.map(drop);
		}
		let mut salt = [0; 32];
		getrandom::fill(&mut salt).context("the system has no random bytes")?;
		let entry = Entry {
			genesis: self.account.chain().genesis(),
			topic: plan.topic,
			epoch,
			account: self.account.id(),
			reveals_last: window_end + plan.reveal_window,
			salt,
			payload,
		};
		let roles = entry.payload.roles().context("there is nothing to commit to")?;
		let call = calls::commit(plan.topic, epoch, entry.commitment_hash(), roles);
		self.journal.forget_before(entry.genesis, tick.head.slot)?;
		self.journal.add(entry.clone())?;
		let committed = self.account.send_until(&call, tick.head, window_end).await;
		// A commitment may be in a block although the node did not report that.
		loop {
			let newest = ticks.borrow().clone();
			let is_time =
				|tick: Tick| tick.revealing == Some(epoch) || tick.head.slot > entry.reveals_last;
			if newest.is_some_and(is_time) {
				break;
			}
			next(ticks).await?;
		}
		let revealed = reveal(&mut self.account, &self.journal, &entry).await;
		committed.map(drop).and(revealed.map(drop))
	}

	/// Reveals what an earlier run of the agent has committed to, as far as the chain still accepts
	/// it, and forgets the rest. Waits for the reveal windows. Returns the number of reveals.
	pub async fn reveal_pending(&mut self) -> Result<usize> {
		let mut chain = self.account.chain().clone();
		let genesis = chain.genesis();
		let mut revealed = 0;
		for entry in self.journal.entries(genesis, self.account.id()) {
			while is_to_come(&chain, &entry).await? {
				chain.next_head().await?;
			}
			let is_late = chain.head().slot > entry.reveals_last;
			// One that fails is too late by now; the others may still be in time.
			if !is_late && reveal(&mut self.account, &self.journal, &entry).await.unwrap_or(false) {
				revealed += 1;
			}
		}
		self.journal.forget_before(genesis, chain.head().slot)?;
		Ok(revealed)
	}
}

/// Whether the reveal window of an entry opens later than at the best block.
async fn is_to_come(chain: &Chain, entry: &Entry) -> Result<bool> {
	let schedule = chain.best().await?.schedule(entry.topic).await?;
	let collecting = schedule.and_then(|schedule| schedule.collecting);
	Ok(collecting.is_some_and(|open| open.epoch == entry.epoch))
}

/// Reveals the payload of an entry, if the account has a seat for it, and removes the entry. Returns
/// whether it had one.
///
/// Without a seat the entry stays until its window is over: the best block may be on a branch without
/// the commitment.
async fn reveal(account: &mut Account, journal: &Journal, entry: &Entry) -> Result<bool> {
	let head = account.chain().head();
	let has_seat = has_seat(account.chain(), head, entry).await?;
	if has_seat {
		let Entry { topic, epoch, salt, .. } = *entry;
		let call = calls::reveal(topic, epoch, entry.payload.clone(), salt);
		account.send_until(&call, head, entry.reveals_last).await?;
		journal.remove(entry)?;
	}
	Ok(has_seat)
}

/// Whether the account has a seat for the payload of an entry that it has not revealed yet.
///
/// One that was displaced, or found no seat, has nothing to reveal, and would pay for trying.
async fn has_seat(chain: &Chain, head: Head, entry: &Entry) -> Result<bool> {
	let state = chain.at(head).await?;
	let explained = state.explain(entry.account, entry.topic, entry.epoch).await?;
	Ok(entry.payload.roles().is_some_and(|roles| is_committed(&explained, roles)))
}

/// Whether a commitment for these roles has a seat in one of them.
fn is_committed(explained: &Explanation, roles: WorkerRoles) -> bool {
	let seat = |outcome: &Option<Outcome>| *outcome == Some(Outcome::Committed);
	let (inferer, forecaster) =
		(seat(&explained.inferer.standing.outcome), seat(&explained.forecaster.standing.outcome));
	match roles {
		WorkerRoles::Inferer => inferer,
		WorkerRoles::Forecaster => forecaster,
		WorkerRoles::Both => inferer || forecaster,
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::chain::explanation::{ReputerExplanation, Standing, WorkerExplanation};

	fn explained(inferer: Option<Outcome>, forecaster: Option<Outcome>) -> Explanation {
		let standing = |outcome| Standing {
			registered: true,
			allowed: true,
			outcome,
			reward: 0,
			share: 0,
			no_reward: None,
		};
		let worker =
			|outcome| WorkerExplanation { standing: standing(outcome), kept: vec![], part: None };
		Explanation {
			state: None,
			inferer: worker(inferer),
			forecaster: worker(forecaster),
			reputer: ReputerExplanation { standing: standing(None), learned: None },
		}
	}

	#[test]
	fn payload_is_revealed_only_if_it_has_a_seat() {
		let passive = Some(Outcome::Passive { merit: 0, lowest: 1 });
		for (inferer, forecaster, roles, expected) in [
			(Some(Outcome::Committed), None, WorkerRoles::Inferer, true),
			(passive.clone(), None, WorkerRoles::Inferer, false),
			(Some(Outcome::Accepted), None, WorkerRoles::Inferer, false),
			(Some(Outcome::Committed), None, WorkerRoles::Forecaster, false),
			(passive, Some(Outcome::Committed), WorkerRoles::Both, true),
			(None, None, WorkerRoles::Both, false),
		] {
			assert_eq!(is_committed(&explained(inferer, forecaster), roles), expected);
		}
	}
}
