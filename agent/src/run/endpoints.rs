//! The nodes that the agent may use, and the choice among them; or the light client in their place.

use super::{config::Config, log::Log};
use crate::chain::{probe, Chain, Light};
use anyhow::{anyhow, bail, Context, Result};
use futures::stream::{FuturesUnordered, StreamExt};
use std::{
	future::Future,
	path::{Path, PathBuf},
	time::Duration,
};
use tokio::time::Instant;

/// The number of blocks by which the best block of a node may be behind that of another.
const TOLERANCE: u32 = 3;
/// The time between two comparisons of the nodes.
const COMPARE: Duration = Duration::from_secs(30);
/// The number of slots without a block after which the nodes are compared.
const SILENT: u32 = 4;
/// The time that other nodes have to respond once one has.
const OTHERS: Duration = Duration::from_secs(1);
/// Maximum time to connect, with the metadata.
const CONNECT: Duration = Duration::from_secs(60);
/// The same if there is another node to use.
const CONNECT_OR_NEXT: Duration = Duration::from_secs(15);

/// The nodes of the settings, or the light client.
pub struct Endpoints {
	/// None if there is a light client.
	urls: Vec<String>,
	/// The specification for a light client.
	spec: Option<PathBuf>,
	/// The light client, once it is started; it finds other peers by itself.
	light: Option<Light>,
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
	/// What the settings name.
	pub fn new(config: &Config) -> Self {
		match &config.light {
			Some(spec) => Self { spec: Some(spec.clone()), ..Self::of_nodes(&[]) },
			None => Self::of_nodes(&config.endpoints),
		}
	}

	/// Nodes, the preferred one first.
	pub fn of_nodes(urls: &[String]) -> Self {
		Self { urls: urls.into(), spec: None, light: None, genesis: None, current: None }
	}

	/// Whether there is no other node to try.
	pub fn has_one(&self) -> bool {
		self.urls.len() < 2
	}

	/// Connects to the first node whose best block is not behind that of the others; the node that
	/// was used last comes after the others.
	pub async fn connect(&mut self, log: &Log) -> Result<Chain> {
		if let Some(spec) = self.spec.clone() {
			return self.connect_light(&spec, log).await;
		}
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
		let mut candidates = order(found, self.current.as_deref()).into_iter().peekable();
		while let Some(candidate) = candidates.next() {
			self.current = Some(candidate.url.clone());
			let url = &candidate.url;
			let limit = if candidates.peek().is_some() { CONNECT_OR_NEXT } else { CONNECT };
			let connected = tokio::time::timeout(limit, Chain::connect(url)).await;
			match connected.context("no response in time").and_then(|connected| connected) {
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

	/// Follows the chain by the light client, which is started first.
	async fn connect_light(&mut self, spec: &Path, log: &Log) -> Result<Chain> {
		let light = match &self.light {
			Some(light) => light.clone(),
			None => {
				log.line("agent", &format!("a light client of {} looks for peers", spec.display()));
				self.light.insert(Light::start(spec)?).clone()
			}
		};
		let chain = Chain::of_light_client(&light).await?;
		let (peers, number) = (light.peers().await?, chain.head().number);
		log.line("agent", &format!("the light client has {peers}, best block {number}"));
		Ok(chain)
	}

	/// Waits until another node is so far ahead of the one in use that it is better; returns why. The
	/// nodes are compared from time to time, and when no block has come for four slots.
	pub async fn better(&self, chain: &Chain) -> anyhow::Error {
		let mut heads = chain.clone();
		loop {
			let silence = chain.slot_duration().saturating_mul(SILENT);
			let next = async || heads.next_head().await.map(drop);
			if let Err(ended) = until_comparison(COMPARE, silence, next).await {
				return ended;
			}
			if self.has_one() {
				continue;
			}
			for (url, probed) in self.probe_all().await {
				let Ok((genesis, number)) = probed else { continue };
				let is_same = self.genesis.as_ref() == Some(&genesis);
				let own = chain.head().number;
				if let Some(ahead) = is_same.then(|| ahead(number, own)).flatten() {
					let current = self.current.as_deref().unwrap_or_default();
					return anyhow!("{url} is {ahead} blocks ahead of {current}");
				}
			}
		}
	}

	/// What the nodes report, in the order of the settings.
	async fn probe_all(&self) -> Vec<(String, Result<(String, u32)>)> {
		let found = gather(self.urls.iter().map(|url| probe(url)).collect()).await;
		self.urls.iter().cloned().zip(found).collect()
	}
}

/// Waits until the nodes are to be compared: after `time` while blocks come, and as soon as none has come
/// for `silence`. An error if no more can come.
async fn until_comparison(
	time: Duration,
	silence: Duration,
	mut next: impl AsyncFnMut() -> Result<()>,
) -> Result<()> {
	let end = Instant::now() + time;
	while Instant::now() < end {
		match tokio::time::timeout(silence, next()).await {
			Ok(block) => block?,
			Err(_) => break,
		}
	}
	Ok(())
}

/// By how many blocks a node is ahead of another, `None` if that is no reason to change.
fn ahead(number: u32, own: u32) -> Option<u32> {
	number.checked_sub(own).filter(|blocks| *blocks > TOLERANCE)
}

/// The outcomes of probes, in their order. Once one is good, the others have a second: windows are open
/// meanwhile.
async fn gather<T>(probes: Vec<impl Future<Output = Result<T>>>) -> Vec<Result<T>> {
	let late = || Err(anyhow!("no response within a second after another node's"));
	let mut found: Vec<_> = probes.iter().map(|_| late()).collect();
	let numbered = probes.into_iter().enumerate();
	let mut running: FuturesUnordered<_> =
		numbered.map(|(index, probe)| async move { (index, probe.await) }).collect();
	let mut end = None;
	loop {
		let next = match end {
			Some(end) => tokio::time::timeout_at(end, running.next()).await,
			None => Ok(running.next().await),
		};
		let Ok(Some((index, probed))) = next else { return found };
		if probed.is_ok() {
			end.get_or_insert_with(|| Instant::now() + OTHERS);
		}
		if let Some(place) = found.get_mut(index) {
			*place = probed;
		}
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

	#[tokio::test]
	async fn node_that_stands_still_is_compared_with_the_others_at_once() {
		let (time, silence) = (Duration::from_secs(600), Duration::from_millis(100));
		let started = Instant::now();
		let mut blocks = 0;
		// Three blocks, and then none.
		let next = async || {
			blocks += 1;
			let pause = if blocks > 3 { time } else { Duration::ZERO };
			tokio::time::sleep(pause).await;
			Ok(())
		};
		until_comparison(time, silence, next).await.unwrap();
		assert!(started.elapsed() < Duration::from_secs(60));
		assert_eq!(blocks, 4);
		// While blocks come, there is time.
		let steady = async || {
			tokio::time::sleep(Duration::from_millis(5)).await;
			Ok(())
		};
		let started = Instant::now();
		until_comparison(Duration::from_millis(300), silence, steady).await.unwrap();
		assert!(started.elapsed() >= Duration::from_millis(300));
		let ended = until_comparison(time, silence, async || bail!("it is gone")).await;
		assert_eq!(ended.unwrap_err().to_string(), "it is gone");
	}

	#[test]
	fn node_is_better_if_it_is_ahead_by_more_than_three_blocks() {
		assert_eq!([ahead(104, 100), ahead(103, 100), ahead(99, 100)], [Some(4), None, None]);
	}

	#[tokio::test]
	async fn silent_node_keeps_the_others_waiting_for_a_second_only() {
		let started = Instant::now();
		let probe = |seconds: u64, is_good: bool| async move {
			tokio::time::sleep(Duration::from_secs(seconds)).await;
			is_good.then_some(seconds).context("it is bad")
		};
		let found = gather(vec![probe(60, true), probe(0, true), probe(0, false)]).await;
		let found: Vec<_> = found.into_iter().map(Result::ok).collect();
		assert_eq!(found, [None, Some(0), None]);
		assert!(started.elapsed() < Duration::from_secs(5));
	}

	#[test]
	fn node_that_was_used_last_comes_after_the_others() {
		assert_eq!(urls(&[("a", 100), ("b", 99)], Some("a")), ["b", "a"]);
		assert_eq!(urls(&[("a", 100), ("b", 50)], Some("a")), ["a", "b"]);
	}
}
