//! `vote`: a vote in a referendum.

use super::{
	allo,
	send::{nothing, Plan, Sending, Signer},
	stake::in_time,
};
use crate::chain::{calls, exact_allo, Source};
use anyhow::{ensure, Result};
use clap::{Args, ValueEnum};

/// Votes.
#[derive(Debug, Args)]
pub struct Vote {
	/// Number of the referendum.
	referendum: u32,
	/// What to vote.
	#[arg(value_enum)]
	side: Side,
	/// The balance to vote with, in ALLO; it may be staked, too.
	#[arg(long, value_name = "ALLO", value_parser = allo)]
	amount: u128,
	/// How often the balance counts: 0 for a tenth, without a lock; 1 to 6 times for a lock.
	#[arg(long, default_value_t = 0, value_parser = clap::value_parser!(u8).range(0..=6))]
	conviction: u8,
	#[command(flatten)]
	sending: Sending,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Side {
	/// For the proposal.
	Aye,
	/// Against it.
	Nay,
}

impl Vote {
	pub async fn run(self) -> Result<()> {
		let signer = Signer::open(&self.sending).await?;
		let state = signer.state().await?;
		let found = state.referendum(self.referendum).await?;
		ensure!(
			found.as_deref() == Some("Ongoing"),
			"referendum {} {}: {}",
			self.referendum,
			found.map_or("does not exist".into(), |state| format!("is over ({state})")),
			referenda(&self.sending.node.source),
		);
		let side = if self.side == Side::Aye { "aye" } else { "nay" };
		let plan = Plan::free(
			calls::vote(self.referendum, self.side == Side::Aye, self.conviction, self.amount),
			format!(
				"votes {side} in referendum {} with {} ALLO, counted {} times",
				self.referendum,
				exact_allo(self.amount),
				if self.conviction == 0 { "0.1".into() } else { self.conviction.to_string() },
			),
		);
		let plan = plan.and(match self.conviction {
			0 => "locks nothing once the referendum is over".into(),
			conviction => {
				let blocks: u32 = state.constant("ConvictionVoting", "VoteLockingPeriod")?;
				let slots = u64::from(blocks) << (conviction - 1);
				let time = in_time(state.clock().await?.seconds(slots));
				format!("locks the balance for {time} after the referendum, if this side wins")
			}
		});
		let plan = plan
			.and("a lock also covers what is on hold: see docs/consumers.md before a large vote");
		signer.send(plan, nothing).await.map(drop)
	}
}

/// Where the referenda are shown. A light client gives a browser no node.
fn referenda(source: &Source) -> String {
	match source.light {
		None => format!("`open https://polkadot.js.org/apps/?rpc={}#/referenda`", source.url),
		Some(_) => "a node's RPC lists the others (storage of the pallet Referenda)".into(),
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn page_of_the_referenda_has_the_node_of_the_user_or_none() {
		let url = "wss://node.example:9944".to_owned();
		let shown = referenda(&Source { url: url.clone(), light: None });
		assert_eq!(
			shown,
			"`open https://polkadot.js.org/apps/?rpc=wss://node.example:9944#/referenda`"
		);
		let shown = referenda(&Source { url, light: Some("spec.json".into()) });
		assert!(!shown.contains("://"), "{shown}");
	}
}
