//! How the payloads of workers get to the chain: submitted openly, or committed and revealed.

use super::{next, Tick, Ticks};
use crate::{
	chain::{
		address,
		calls::{self, WorkerPayload},
		explanation::{Explanation, Outcome},
		schedule::OpenEpoch,
		types::{Slot, TopicId, WorkerRoles},
		Account, Chain, Head, Included,
	},
	journal::{Entry, Journal},
};
use anyhow::{ensure, Context, Result};
use std::sync::Arc;

/// A worker's account, and the journal of its commitments.
#[derive(Clone)]
pub struct Worker {
	/// The account.
	pub account: Arc<Account>,
	/// The journal.
	pub journal: Arc<Journal>,
}

impl Worker {
	/// Sends a payload for the epoch that collects at this tick. In a topic with a reveal window it
	/// commits, waits for the window and reveals.
	pub async fn send(
		&self,
		topic: TopicId,
		open: OpenEpoch,
		payload: WorkerPayload,
		tick: &Tick,
		ticks: &mut Ticks,
	) -> Result<()> {
		if !open.reveals() {
			return self.submit(topic, open, payload, tick.head).await.map(drop);
		}
		let entry = self.entry(topic, open, payload)?;
		self.keep(&entry, tick.head)?;
		let committed = self.commit(&entry, open.windows.workers_last, tick.head).await;
		// A commitment may be in a block although the node did not report that.
		loop {
			let newest = ticks.borrow().clone();
			let is_time = |tick: Tick| {
				tick.revealing(topic).is_some_and(|revealing| revealing.epoch == open.epoch)
					|| tick.head.slot > entry.reveals_last
			};
			if newest.is_some_and(is_time) {
				break;
			}
			next(ticks).await?;
		}
		let revealed = self.reveal(&entry).await;
		committed.map(drop).and(revealed.map(drop))
	}

	/// Submits a payload openly, for an epoch that collects at the block `seen`.
	pub async fn submit(
		&self,
		topic: TopicId,
		open: OpenEpoch,
		payload: WorkerPayload,
		seen: Head,
	) -> Result<Included> {
		let call = calls::submit(topic, open.epoch, payload);
		self.account.send_until(&call, seen, open.windows.workers_last).await
	}

	/// The journal's entry for a payload, with a new salt.
	pub fn entry(&self, topic: TopicId, open: OpenEpoch, payload: WorkerPayload) -> Result<Entry> {
		let mut salt = [0; 32];
		getrandom::fill(&mut salt).context("the system has no random bytes")?;
		Ok(Entry {
			genesis: self.account.chain().genesis(),
			topic,
			epoch: open.epoch,
			account: self.account.id(),
			reveals_last: open.windows.reveals_last,
			salt,
			payload,
		})
	}

	/// Writes an entry to the journal, which has to be before its commitment is sent, and forgets those
	/// that can no longer be revealed. After an error the entry is in memory alone.
	pub fn keep(&self, entry: &Entry, seen: Head) -> Result<()> {
		// What this cannot write, the next line does.
		let _ = self.journal.forget_before(entry.genesis, seen.slot);
		self.journal.add(entry.clone())
	}

	/// Commits to the payload of an entry, in a slot up to `last`, for an epoch that collects at the
	/// block `seen`.
	pub async fn commit(&self, entry: &Entry, last: Slot, seen: Head) -> Result<Included> {
		let roles = entry.payload.roles().context("there is nothing to commit to")?;
		let call = calls::commit(entry.topic, entry.epoch, entry.commitment_hash(), roles);
		self.account.send_until(&call, seen, last).await
	}

	/// Reveals what an earlier run of the agent has committed to, as far as the chain still accepts
	/// it, and forgets the rest. Waits for the reveal windows. Returns the number of reveals.
	pub async fn reveal_pending(&self) -> Result<usize> {
		let mut chain = self.account.chain().clone();
		let genesis = chain.genesis();
		let mut revealed = 0;
		for entry in self.journal.entries(genesis, self.account.id()) {
			while is_to_come(&chain, &entry).await? {
				chain.next_head().await?;
			}
			let is_late = chain.head().slot > entry.reveals_last;
			// One that fails is too late by now; the others may still be in time.
			if !is_late && matches!(self.reveal(&entry).await, Ok(Some(_))) {
				revealed += 1;
			}
		}
		self.journal.forget_before(genesis, chain.head().slot)?;
		Ok(revealed)
	}

	/// Reveals the payload of an entry, if the account has a seat for it, and removes the entry.
	/// Returns `None` if it has no seat.
	///
	/// Without a seat the entry stays until its window is over: the best block may be on a branch
	/// without the commitment. A commitment of the account to another payload is an error: to reveal
	/// this one would fail, and would cost a fee.
	pub async fn reveal(&self, entry: &Entry) -> Result<Option<Included>> {
		let head = self.account.chain().head();
		if !has_seat(self.account.chain(), head, entry).await? {
			return Ok(None);
		}
		let Entry { topic, epoch, salt, .. } = *entry;
		let call = calls::reveal(topic, epoch, entry.payload.clone(), salt);
		let included = self.account.send_until(&call, head, entry.reveals_last).await?;
		// If this cannot be written, the next change can.
		let _ = self.journal.remove(entry);
		Ok(Some(included))
	}
}

/// Whether the reveal window of an entry opens later than at the best block.
async fn is_to_come(chain: &Chain, entry: &Entry) -> Result<bool> {
	let schedules = chain.best().await?.schedules(&[entry.topic]).await?;
	let collecting = schedules.get(&entry.topic).and_then(|schedule| schedule.collecting);
	Ok(collecting.is_some_and(|open| open.epoch == entry.epoch))
}

/// Whether the account has a seat for the payload of an entry that it has not revealed yet.
///
/// One that was displaced, or found no seat, has nothing to reveal, and would pay for trying.
async fn has_seat(chain: &Chain, head: Head, entry: &Entry) -> Result<bool> {
	let state = chain.at(head).await?;
	let explained = state.explain(entry.account, entry.topic, entry.epoch).await?;
	if !entry.payload.roles().is_some_and(|roles| is_committed(&explained, roles)) {
		return Ok(false);
	}
	let hashes = state.commitments(entry.account, entry.topic, entry.epoch).await?;
	ensure!(
		hashes.contains(&entry.commitment_hash()),
		"another program has committed with the key of {}, and it alone can reveal that: a key is for \
		 one agent",
		address(&entry.account)
	);
	Ok(true)
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
