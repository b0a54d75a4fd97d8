//! `report-losses`: the report of a reputer in a topic whose loss is not one of the chain's.

use super::{
	counted, no_topic, print, read,
	send::{nothing, Plan, Sending, Signer},
	show,
};
use crate::chain::{
	calls, decimal,
	documents::ElementInfo,
	fixed_from_text,
	types::{EpochId, TopicId, TopicLoss},
	Snapshot,
};
use anyhow::{bail, ensure, Context, Result};
use clap::Args;
use std::path::PathBuf;

/// The column of losses.
const LOSS: &str = "log10_loss";

/// Reports losses.
#[derive(Debug, Args)]
pub struct ReportLosses {
	/// Id of the topic.
	#[arg(long)]
	topic: TopicId,
	/// The epoch [default: the oldest that is open for reports].
	#[arg(long)]
	epoch: Option<EpochId>,
	/// The table with the losses, filled in; without it, the table to fill in is printed.
	#[arg(long, value_name = "FILE")]
	file: Option<PathBuf>,
	#[command(flatten)]
	sending: Sending,
}

impl ReportLosses {
	pub async fn run(self) -> Result<()> {
		let Some(file) = &self.file else {
			let table = Table::read(&self.sending.node.state().await?, &self).await?;
			print(table.csv()?.trim_end());
			return Ok(());
		};
		let signer = Signer::open(&self.sending).await?;
		let table = Table::read(&signer.state().await?, &self).await?;
		let losses = table.losses(&read(file)?);
		let losses = losses.with_context(|| format!("{}", file.display()))?;
		let effect = format!(
			"reports the losses of {} of epoch {} of topic {}",
			counted(u32::try_from(losses.len())?, "inference"),
			table.epoch,
			self.topic
		);
		let call = calls::report_losses(self.topic, table.epoch, table.hash, losses);
		let plan = Plan::free(call, effect);
		let plan = plan.and("takes a deposit for its seat, which is returned");
		signer.send(plan, nothing).await.map(drop)
	}
}

/// The inferences of an epoch for which losses are reported.
struct Table {
	epoch: EpochId,
	hash: [u8; 32],
	labels: Vec<String>,
	elements: Vec<ElementInfo>,
}

impl Table {
	async fn read(state: &Snapshot, args: &ReportLosses) -> Result<Self> {
		let topic = args.topic;
		let details = state.details(topic).await?.with_context(|| no_topic(topic))?;
		ensure!(
			matches!(details.parameters.loss_method, TopicLoss::Custom(_)),
			"the chain computes the losses of topic {topic}; reputers report the truth: `allora-agent run`"
		);
		let epoch = match args.epoch {
			Some(epoch) => epoch,
			None => {
				let schedule = state.schedules(&[topic]).await?.remove(&topic);
				let open = schedule.and_then(|schedule| Some(schedule.reporting.first()?.epoch));
				open.with_context(|| {
					format!(
						"no epoch of topic {topic} is open for reports: `allora-agent topic show {topic}`"
					)
				})?
			}
		};
		let bundle = state.bundle(topic, epoch).await?;
		let (hash, _) = bundle.with_context(|| {
			format!(
				"there is no inference of epoch {epoch} on record: `allora-agent topic show {topic}`"
			)
		})?;
		let elements = state.elements(topic, epoch).await?;
		let labels = details.parameters.labels.iter().map(|label| show::text(label)).collect();
		Ok(Self { epoch, hash, labels, elements })
	}

	/// The columns before that of losses.
	fn header(&self) -> Vec<String> {
		["element".to_string()].into_iter().chain(self.labels.iter().cloned()).collect()
	}

	/// The fields of an element before its loss.
	fn fields(info: &ElementInfo) -> Vec<String> {
		let values = info.label_values.iter().map(|value| decimal(value.0));
		[info.element.to_string()].into_iter().chain(values).collect()
	}

	/// The table in CSV, without losses.
	fn csv(&self) -> Result<String> {
		let mut writer = csv::Writer::from_writer(Vec::new());
		let with = |mut fields: Vec<String>, last: &str| {
			fields.push(last.into());
			fields
		};
		writer.write_record(with(self.header(), LOSS))?;
		for info in &self.elements {
			writer.write_record(with(Self::fields(info), ""))?;
		}
		Ok(String::from_utf8(writer.into_inner()?)?)
	}

	/// The losses of a table that is filled in; an error if it is of another epoch, or incomplete.
	fn losses(&self, text: &str) -> Result<Vec<i128>> {
		let mut reader = csv::Reader::from_reader(text.as_bytes());
		let header = reader.headers()?.clone();
		let columns = self.header();
		let at = header.iter().position(|column| column == LOSS);
		let at = at.with_context(|| format!("there is no column {LOSS}"))?;
		let mut losses = Vec::new();
		// In this order, so that no row is read beyond the elements.
		for (info, row) in self.elements.iter().zip(reader.records()) {
			let row = row?;
			let is_same = row.iter().take(columns.len()).eq(Self::fields(info));
			let number = losses.len() + 1;
			ensure!(
				is_same,
				"row {number} is not {} of epoch {}: print the table again",
				info.element,
				self.epoch
			);
			let text = row.get(at).unwrap_or_default().trim();
			losses.push(fixed_from_text(text).with_context(|| format!("{LOSS} of row {number}"))?);
		}
		match losses.len() == self.elements.len() && reader.records().next().is_none() {
			true => Ok(losses),
			false => bail!(
				"epoch {} has {} rows: print the table again",
				self.epoch,
				self.elements.len()
			),
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::chain::{
		address,
		documents::Element,
		json::{Address, Fixed},
		to_fixed,
	};

	fn table() -> Table {
		let info = |element, value| ElementInfo {
			element,
			label_values: vec![Fixed(to_fixed(value).unwrap())],
		};
		Table {
			epoch: 20,
			hash: [0; 32],
			labels: vec!["y".into()],
			elements: vec![
				info(Element::Combined, 1.5),
				info(Element::Inferer(Address([1; 32])), 1.25),
			],
		}
	}

	#[test]
	fn losses_are_read_from_the_table_that_was_printed() {
		let table = table();
		let text = table.csv().unwrap();
		let inferer = address(&[1; 32]);
		assert_eq!(text, format!("element,y,log10_loss\ncombined,1.5,\ninferer {inferer},1.25,\n"));
		let filled = text.replace("1.5,", "1.5,-2").replace("1.25,", "1.25,0.5");
		let expected = [-2.0, 0.5].map(|loss| to_fixed(loss).unwrap());
		assert_eq!(table.losses(&filled).unwrap(), expected);
	}

	#[test]
	fn table_of_another_epoch_or_without_a_loss_is_refused() {
		let table = table();
		let text = table.csv().unwrap();
		let filled = text.replace("1.5,", "1.5,-2").replace("1.25,", "1.25,0.5");
		let short: Vec<_> = filled.lines().take(2).collect();
		for (text, reason) in [
			(text.clone(), "log10_loss of row 1"),
			(filled.replace("1.25", "1.26"), "row 2 is not inferer"),
			(short.join("\n"), "epoch 20 has 2 rows"),
			(format!("{filled}naive,1,1\n"), "epoch 20 has 2 rows"),
			(filled.replace("log10_loss", "loss"), "there is no column log10_loss"),
		] {
			let error = format!("{:#}", table.losses(&text).unwrap_err());
			assert!(error.starts_with(reason), "{error}");
		}
	}
}
