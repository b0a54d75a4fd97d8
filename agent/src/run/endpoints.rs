//! The nodes that the agent may use, and the choice among them.

use super::log::Log;
use crate::chain::{probe, Chain};
use anyhow::{anyhow, bail, Context, Result};
use futures::future::join_all;
use std::time::Duration;

/// The number of blocks by which the best block of a node may be behind that of another.
const TOLERANCE: u32 = 3;
/// The time between two comparisons of the nodes.
const COMPARE: Duration = Duration::from_secs(30);
/// Maximum time to connect, with the metadata.
const CONNECT: Duration = Duration::from_secs(60);

/// The nodes of the settings.
pub struct Endpoints {
	urls: Vec<String>,
	/// The genesis hash of the chain, once it is known.
	genesis: Option<String>,
	/// The node in use, or used last.
	current: Option<String>,
}

/// A node that has responded.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Candidate {
	url: String,
	genesis: String,
	number: u32,
}

impl Endpoints {
	/// Nodes, the preferred one first.
	pub fn new(urls: &[String]) -> Self {
		Self { urls: urls.into(), genesis: None, current: None }
	}

	/// Connects to the first node whose best block is not behind that of the others; the node that
	/// was used last comes after the others.
	pub async fn connect(&mut self, log: &Log) -> Result<Chain> {
		let mut found = Vec::new();
		let mut trouble = None;
		for (url, probed) in self.probe_all().await {
			match probed {
				Ok((genesis, number)) => found.push(Candidate { url, genesis, number }),
				Err(error) => trouble = Some(error.context(format!("cannot connect to {url}"))),
			}
		}
		if let Some(genesis) = &self.genesis {
			let (same, other): (Vec<_>, _) =
				found.into_iter().partition(|candidate| candidate.genesis == *genesis);
			if let Some(other) = other.first() {
				log.line(
					"agent",
					&format!("! {} has another chain, and is passed over", other.url),
				);
			}
			found = same;
		}
		for candidate in order(found, self.current.as_deref()) {
			self.current = Some(candidate.url.clone());
			let url = &candidate.url;
			let connected = tokio::time::timeout(CONNECT, Chain::connect(url)).await;
			match connected.context("no response within a minute").and_then(|connected| connected) {
				Ok(chain) => {
					self.genesis = Some(candidate.genesis);
					let number = chain.head().number;
					log.line("agent", &format!("connected to {url}, best block {number}"));
					return Ok(chain);
				}
				Err(error) => trouble = Some(error.context(format!("cannot connect to {url}"))),
			}
		}
		match trouble {
			Some(error) => Err(error.context(
				"no node can be used: start one, or set its URL (chain.endpoints, or --url)",
			)),
			None => bail!("none of chain.endpoints has the chain that the agent started with"),
		}
	}

	/// Waits until another node is so far ahead of the one in use that it is better; returns why.
	pub async fn better(&self, chain: &Chain) -> anyhow::Error {
		loop {
			tokio::time::sleep(COMPARE).await;
			if self.urls.len() < 2 {
				continue;
			}
			let probed = self.probe_all().await;
			let own = chain.head().number;
			for (url, (genesis, number)) in
				probed.into_iter().filter_map(|(url, found)| Some((url, found.ok()?)))
			{
				let is_same = self.genesis.as_ref() == Some(&genesis);
				if is_same && number > own.saturating_add(TOLERANCE) {
					let ahead = number - own;
					let current = self.current.as_deref().unwrap_or_default();
					return anyhow!("{url} is {ahead} blocks ahead of {current}");
				}
			}
		}
	}

	async fn probe_all(&self) -> Vec<(String, Result<(String, u32)>)> {
		join_all(self.urls.iter().map(|url| async { (url.clone(), probe(url).await) })).await
	}
}

/// The nodes that are not behind, in the order of the settings, the one used last behind the others;
/// then those that are behind, the newest first.
fn order(found: Vec<Candidate>, last: Option<&str>) -> Vec<Candidate> {
	let newest = found.iter().map(|candidate| candidate.number).max().unwrap_or_default();
	let is_behind = |candidate: &Candidate| candidate.number.saturating_add(TOLERANCE) < newest;
	let mut order = found;
	order.sort_by_key(|candidate| {
		let behind = if is_behind(candidate) { newest - candidate.number } else { 0 };
		(behind, Some(candidate.url.as_str()) == last)
	});
	order
}

#[cfg(test)]
mod tests {
	use super::*;

	fn urls(found: &[(&str, u32)], last: Option<&str>) -> Vec<String> {
		let candidate = |(url, number): &(&str, u32)| Candidate {
			url: (*url).into(),
			genesis: "0x00".into(),
			number: *number,
		};
		let ordered = order(found.iter().map(candidate).collect(), last);
		ordered.into_iter().map(|candidate| candidate.url).collect()
	}

	#[test]
	fn nodes_are_tried_in_order_unless_they_are_behind() {
		assert_eq!(urls(&[("a", 100), ("b", 103), ("c", 101)], None), ["a", "b", "c"]);
		assert_eq!(urls(&[("a", 100), ("b", 104), ("c", 90)], None), ["b", "a", "c"]);
	}

	#[test]
	fn node_that_was_used_last_comes_after_the_others() {
		assert_eq!(urls(&[("a", 100), ("b", 99)], Some("a")), ["b", "a"]);
		assert_eq!(urls(&[("a", 100), ("b", 50)], Some("a")), ["a", "b"]);
	}
}
