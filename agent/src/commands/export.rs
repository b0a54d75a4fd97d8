//! `export`: the history of a topic as CSV.

use super::{counted, no_topic, print, show, Node};
use crate::{
	chain::{
		decimal,
		documents::EpochSummary,
		exact_allo,
		json::Fixed,
		types::{Clock, TopicId},
	},
	explain::state_in_words,
};
use anyhow::{Context, Result};
use clap::Args;
use std::{
	io::{stdout, Write},
	path::PathBuf,
};

/// Exports a topic.
#[derive(Debug, Args)]
pub struct Export {
	/// Id of the topic.
	topic: TopicId,
	/// The file to write [default: the standard output].
	#[arg(long, value_name = "FILE")]
	out: Option<PathBuf>,
	#[command(flatten)]
	node: Node,
}

impl Export {
	pub async fn run(self) -> Result<()> {
		let state = self.node.state().await?;
		let topic = state.details(self.topic).await?.with_context(|| no_topic(self.topic))?;
		let (history, clock) = (state.history(self.topic).await?, state.clock().await?);
		let rows = history.len();
		let bytes = if self.node.json {
			format!("{}\n", serde_json::json!({ "topic": self.topic, "epochs": history }))
				.into_bytes()
		} else {
			let labels: Vec<_> =
				topic.parameters.labels.iter().map(|label| show::text(label)).collect();
			csv(&labels, history, &clock)?
		};
		match &self.out {
			// A closed pipe is no error.
			None => drop(stdout().write_all(&bytes)),
			Some(path) => {
				std::fs::write(path, bytes)
					.with_context(|| format!("cannot write {}", path.display()))?;
				let epochs = counted(u32::try_from(rows)?, "epoch");
				print(format_args!("wrote {} with {epochs}", path.display()));
			}
		}
		Ok(())
	}
}

/// The history in CSV, oldest epoch first: a row per epoch, without a value where there is none.
fn csv(labels: &[String], history: Vec<EpochSummary>, clock: &Clock) -> Result<Vec<u8>> {
	let mut writer = csv::Writer::from_writer(Vec::new());
	let mut header: Vec<String> =
		["epoch", "opened_at", "state"].into_iter().map(Into::into).collect();
	for label in labels {
		header.extend(
			["inference", "truth", "low_95", "low_68", "high_68", "high_95"]
				.map(|column| format!("{column}_{label}")),
		);
	}
	let rest = [
		"loss_network",
		"loss_naive",
		"loss_best",
		"inferers",
		"forecasters",
		"reputers",
		"paid_allo",
	];
	header.extend(rest.map(Into::into));
	writer.write_record(&header)?;
	for epoch in history.into_iter().rev() {
		let mut row =
			vec![epoch.epoch.to_string(), clock.utc(epoch.epoch), state_in_words(epoch.state)];
		let number = |value: Option<&Fixed>| value.map(|it| decimal(it.0)).unwrap_or_default();
		for at in 0..labels.len() {
			row.push(number(epoch.label_values.get(at)));
			row.push(number(epoch.truth.as_ref().and_then(|truth| truth.get(at))));
			let interval = epoch.intervals.get(at);
			row.extend((0..4).map(|bound| number(interval.and_then(|it| it.get(bound)))));
		}
		let losses = epoch.losses.map(|losses| [losses.network, losses.naive, losses.best]);
		row.extend((0..3).map(|at| number(losses.as_ref().and_then(|losses| losses.get(at)))));
		let counts = epoch.participants;
		let counts = [counts.inferers, counts.forecasters, counts.reputers];
		row.extend(counts.map(|count| count.to_string()));
		row.push(exact_allo(epoch.paid.0));
		writer.write_record(&row)?;
	}
	writer.into_inner().map_err(|error| anyhow::anyhow!("{error}"))
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::chain::{
		documents::{Losses, Participants},
		json::Planck,
		to_fixed,
		types::{EpochState, VoidReason},
		ALLO,
	};

	#[test]
	fn history_is_a_row_per_epoch_oldest_first() {
		let fixed = |value| Fixed(to_fixed(value).unwrap());
		let void = EpochSummary {
			epoch: 20_000 * 14_400,
			state: EpochState::Void(VoidReason::NoInference),
			label_values: vec![],
			intervals: vec![],
			truth: None,
			losses: None,
			participants: Participants { inferers: 0, forecasters: 0, reputers: 0 },
			paid: Planck(0),
		};
		let settled = EpochSummary {
			epoch: void.epoch + 10,
			state: EpochState::Settled,
			label_values: vec![fixed(1.5)],
			intervals: vec![[1.0, 1.25, 1.75, 2.0].map(fixed)],
			truth: Some(vec![fixed(1.625)]),
			losses: Some(Losses { network: fixed(-1.5), naive: fixed(-1.0), best: fixed(-2.0) }),
			participants: Participants { inferers: 3, forecasters: 1, reputers: 2 },
			paid: Planck(5 * ALLO / 2),
		};
		let clock = Clock { slot: 0, slot_duration_ms: 6_000 };
		let text = csv(&["y".into()], vec![settled, void], &clock).unwrap();
		assert_eq!(
			String::from_utf8(text).unwrap().lines().collect::<Vec<_>>(),
			[
				"epoch,opened_at,state,inference_y,truth_y,low_95_y,low_68_y,high_68_y,high_95_y,\
				 loss_network,loss_naive,loss_best,inferers,forecasters,reputers,paid_allo",
				"288000000,2024-10-04 00:00:00 UTC,void: no inference was accepted,,,,,,,,,,0,0,0,0",
				"288000010,2024-10-04 00:01:00 UTC,settled,1.5,1.625,1,1.25,1.75,2,-1.5,-1,-2,3,1,2,2.5",
			]
		);
	}
}
