//! `track-record`: how well a worker predicted, from what a chain has on record.

use super::{no_topic, print, who, Node, Who};
use crate::{
	chain::{
		address,
		documents::EpochSummary,
		from_fixed,
		types::{AccountId, EpochState, TopicId},
		Snapshot,
	},
	table,
	topic::Topic,
	track_record::{Seen, TrackRecord},
};
use anyhow::{Context, Result};
use clap::Args;

/// Shows a track record.
#[derive(Debug, Args)]
pub struct ShowTrackRecord {
	/// Id of the topic.
	#[arg(long)]
	topic: TopicId,
	/// The worker: an address, a path such as //Alice, or a key file.
	#[arg(long, value_name = "ACCOUNT", value_parser = who)]
	account: Who,
	#[command(flatten)]
	node: Node,
}

impl ShowTrackRecord {
	pub async fn run(self) -> Result<()> {
		let (state, Who(account)) = (self.node.state().await?, self.account);
		let details = state.details(self.topic).await?.with_context(|| no_topic(self.topic))?;
		let topic = Topic::from_parameters(&details.parameters)?;
		let seen = seen(&state, self.topic, &topic, account).await?;
		let record = TrackRecord::of(&topic, &seen).with_context(|| {
			format!(
				"{} had a seat in none of the {} settled epochs on record: `allora-agent topic leaderboard {} \
				 --role inferer` shows who had",
				address(&account),
				seen.len(),
				self.topic
			)
		})?;
		if self.node.json {
			let account = address(&account);
			let json =
				serde_json::json!({ "topic": self.topic, "account": account, "record": record });
			print(json);
			return Ok(());
		}
		print(format_args!("topic {}, {}, worker {}", self.topic, topic.name, address(&account)));
		let names = [
			"took part in",
			"effective sample",
			"directional accuracy",
			"correlation of changes",
			"loss improvement over naive",
		];
		for (name, cell) in names.iter().zip(table::track_record(&record)) {
			print(format_args!("{name:<28} {cell}"));
		}
		Ok(())
	}
}

/// The settled epochs of a topic, oldest first, as a track record sees them.
async fn seen(
	state: &Snapshot,
	id: TopicId,
	topic: &Topic,
	account: AccountId,
) -> Result<Vec<Seen>> {
	let mut all = Vec::new();
	for epoch in state.history(id).await?.into_iter().rev() {
		let Some(truth) = epoch.truth.as_deref().filter(|_| epoch.state == EpochState::Settled)
		else {
			continue;
		};
		let truth: Vec<_> = truth.iter().map(|value| from_fixed(value.0)).collect();
		let bundle = state.bundle(id, epoch.epoch).await?.map(|(_, bundle)| bundle);
		let value = bundle.as_ref().and_then(|bundle| bundle.inference(&account));
		let naive = bundle.as_ref().and_then(|bundle| bundle.elements().nth(1));
		let losses = match value.as_ref().zip(naive) {
			None => None,
			Some(_) if topic.loss().needs_spread() => {
				learned(state, id, topic, &epoch, account).await?
			}
			Some((value, naive)) => {
				Some([value, &naive].map(|values| topic.own(values, &truth, &[])))
			}
		};
		all.push(Seen { truth, value, losses });
	}
	Ok(all)
}

/// The losses of an epoch from what was learned of it: by a loss that depends on all truths before, of
/// which some are not on record any more.
async fn learned(
	state: &Snapshot,
	id: TopicId,
	topic: &Topic,
	epoch: &EpochSummary,
	account: AccountId,
) -> Result<Option<[f64; 2]>> {
	let explanation = state.explain(account, id, epoch.epoch).await?;
	let own = explanation.inferer.part.and_then(|part| part.learned).map(|part| part.loss);
	let floor = from_fixed(topic.floor().into_inner());
	let unlogged = |loss: i128| 10f64.powf(from_fixed(loss)) - floor;
	Ok(own.zip(epoch.losses.as_ref()).map(|(own, losses)| [own, losses.naive.0].map(unlogged)))
}
