//! `export`: the history of a topic as CSV or Parquet.

use super::{
	counted, no_topic,
	parquet::{self, Values},
	print, show, Node,
};
use crate::{
	chain::{
		decimal,
		documents::EpochSummary,
		exact_allo, from_fixed, in_allo,
		json::Fixed,
		types::{Clock, TopicId},
	},
	explain::state_in_words,
};
use anyhow::{Context, Result};
use clap::{Args, ValueEnum};
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
	/// The format of the file; Parquet has numbers of 53 bits, and times in UTC.
	#[arg(long, value_enum, default_value_t = Format::Csv, conflicts_with = "json")]
	format: Format,
	#[command(flatten)]
	node: Node,
}

/// A format of tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
	/// Text, with all digits.
	Csv,
	/// Columns for programs that analyse data.
	Parquet,
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
			match self.format {
				Format::Csv => in_csv(&labels, history, &clock)?,
				Format::Parquet => in_parquet(&labels, history, &clock)?,
			}
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

/// The columns of a label.
const OF_LABEL: [&str; 6] = ["inference", "truth", "low_95", "low_68", "high_68", "high_95"];
/// The columns of losses.
const LOSSES: [&str; 3] = ["loss_network", "loss_naive", "loss_best"];
/// The columns of counts.
const COUNTS: [&str; 3] = ["inferers", "forecasters", "reputers"];

/// The values of a label in an epoch.
fn of_label(epoch: &EpochSummary, label: usize) -> [Option<Fixed>; 6] {
	let interval = epoch.intervals.get(label);
	let [low_95, low_68, high_68, high_95] =
		[0, 1, 2, 3].map(|bound| interval.and_then(|interval| interval.get(bound)).copied());
	let truth = epoch.truth.as_ref().and_then(|truth| truth.get(label)).copied();
	[epoch.label_values.get(label).copied(), truth, low_95, low_68, high_68, high_95]
}

/// The losses of an epoch.
fn losses(epoch: &EpochSummary) -> [Option<Fixed>; 3] {
	match &epoch.losses {
		Some(losses) => [losses.network, losses.naive, losses.best].map(Some),
		None => [None; 3],
	}
}

/// The number of participants of an epoch.
fn counts(epoch: &EpochSummary) -> [u32; 3] {
	let counts = &epoch.participants;
	[counts.inferers, counts.forecasters, counts.reputers]
}

/// The history in Parquet, oldest epoch first: the columns of the CSV.
fn in_parquet(labels: &[String], history: Vec<EpochSummary>, clock: &Clock) -> Result<Vec<u8>> {
	let epochs: Vec<_> = history.into_iter().rev().collect();
	let whole = |of: &dyn Fn(&EpochSummary) -> u64| -> Result<Vec<i64>> {
		Ok(epochs.iter().map(|epoch| i64::try_from(of(epoch))).collect::<Result<_, _>>()?)
	};
	let numbers = |of: &dyn Fn(&EpochSummary) -> Option<Fixed>| {
		Values::Number(epochs.iter().map(|epoch| of(epoch).map(|it| from_fixed(it.0))).collect())
	};
	let opened = whole(&|epoch| epoch.epoch.saturating_mul(clock.slot_duration_ms))?;
	let states = epochs.iter().map(|epoch| state_in_words(epoch.state)).collect();
	let mut columns = vec![
		("epoch".into(), Values::Whole(whole(&|epoch| epoch.epoch)?)),
		("opened_at".into(), Values::Time(opened)),
		("state".into(), Values::Text(states)),
	];
	for (at, label) in labels.iter().enumerate() {
		for (place, column) in OF_LABEL.into_iter().enumerate() {
			let values = numbers(&|epoch| of_label(epoch, at).get(place).copied().flatten());
			columns.push((format!("{column}_{label}"), values));
		}
	}
	for (place, column) in LOSSES.into_iter().enumerate() {
		let values = numbers(&|epoch| losses(epoch).get(place).copied().flatten());
		columns.push((column.into(), values));
	}
	for (place, column) in COUNTS.into_iter().enumerate() {
		let values = whole(&|epoch| counts(epoch).get(place).copied().unwrap_or_default().into())?;
		columns.push((column.into(), Values::Whole(values)));
	}
	let paid = epochs.iter().map(|epoch| Some(in_allo(epoch.paid.0))).collect();
	columns.push(("paid_allo".into(), Values::Number(paid)));
	parquet::write(&columns)
}

/// The history in CSV, oldest epoch first: a row per epoch, without a value where there is none.
fn in_csv(labels: &[String], history: Vec<EpochSummary>, clock: &Clock) -> Result<Vec<u8>> {
	let mut writer = csv::Writer::from_writer(Vec::new());
	let mut header: Vec<String> =
		["epoch", "opened_at", "state"].into_iter().map(Into::into).collect();
	for label in labels {
		header.extend(OF_LABEL.map(|column| format!("{column}_{label}")));
	}
	header.extend(LOSSES.into_iter().chain(COUNTS).chain(["paid_allo"]).map(Into::into));
	writer.write_record(&header)?;
	for epoch in history.into_iter().rev() {
		let mut row =
			vec![epoch.epoch.to_string(), clock.utc(epoch.epoch), state_in_words(epoch.state)];
		let number = |value: Option<Fixed>| value.map(|it| decimal(it.0)).unwrap_or_default();
		for label in 0..labels.len() {
			row.extend(of_label(&epoch, label).map(number));
		}
		row.extend(losses(&epoch).map(number));
		row.extend(counts(&epoch).map(|count| count.to_string()));
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
		let text = in_csv(&["y".into()], vec![settled, void], &clock).unwrap();
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
