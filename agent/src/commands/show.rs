//! Topics in tables and in JSON.

use super::{print, stake::in_time};
use crate::{
	chain::{
		address, decimal, exact_allo, from_fixed, in_allo,
		types::{Cadence, Clock, TopicLoss, TopicParameters, TopicSchedule},
		views::{
			EpochLosses, EpochSummary, Funding, Leader, Leaderboard, RolePart, TopicDetails,
			TopicOverview,
		},
	},
	explain::state_in_words,
	table,
};
use anyhow::Result;
use serde_json::{json, Value};

/// The number of epochs that `topic show` shows.
const SHOWN: usize = 5;

/// A text of the chain.
pub fn text(bytes: &[u8]) -> String {
	String::from_utf8_lossy(bytes).into_owned()
}

/// Numbers of the chain as decimal strings.
pub fn decimals(values: &[i128]) -> Value {
	values.iter().map(|value| Value::from(decimal(*value))).collect()
}

/// Prints a list of topics.
pub fn list(topics: &[TopicOverview], clock: &Clock, json: bool) -> Result<()> {
	if json {
		let topics: Vec<_> = topics.iter().map(overview_json).collect();
		print(json!({ "topics": topics }));
		return Ok(());
	}
	let columns = ["topic", "asks for", "state", "epoch", "stake", "weight", "inference", "loss"];
	let mut table = table::new(&columns);
	for TopicOverview { info, settled, inference } in topics {
		let parameters = &info.parameters;
		let loss = settled.as_ref().and_then(|settled| settled.losses);
		table.add_row([
			info.topic.to_string(),
			text(&parameters.metadata),
			info.state().into(),
			in_time(clock.seconds(parameters.epoch_length.into())),
			format!("{:.2}", in_allo(info.stake)),
			format!("{:.2}", in_allo(info.weight)),
			inference.as_ref().map_or("-".into(), |found| values(parameters, &found.label_values)),
			loss.map_or("-".into(), |loss| format!("{:.4}", from_fixed(loss.network))),
		]);
	}
	print(table);
	print(format_args!(
		"stake and weight in ALLO; loss as log10; next: allora-agent topic show TOPIC"
	));
	Ok(())
}

/// Values with their labels, one label without its name.
fn values(parameters: &TopicParameters, values: &[i128]) -> String {
	let shown = |value: &i128| format!("{:.6}", from_fixed(*value));
	match (&parameters.labels[..], values) {
		([_], [value]) => shown(value),
		(labels, values) => {
			let pairs = labels.iter().zip(values);
			pairs
				.map(|(label, value)| format!("{} {}", text(label), shown(value)))
				.collect::<Vec<_>>()
				.join(", ")
		}
	}
}

fn overview_json(topic: &TopicOverview) -> Value {
	let mut json = details_json(&topic.info);
	json["settled"] = topic.settled.as_ref().map(epoch_json).into();
	json["inference"] = topic
		.inference
		.as_ref()
		.map(|found| {
			json!({
				"epoch": found.epoch,
				"age_slots": found.age,
				"values": decimals(&found.label_values),
			})
		})
		.into();
	json
}

fn details_json(details: &TopicDetails) -> Value {
	json!({
		"topic": details.topic,
		"state": details.state(),
		"creator": address(&details.creator),
		"offered_to": details.offered_to.as_ref().map(address),
		"workers_listed": details.workers_listed,
		"reputers_listed": details.reputers_listed,
		"next_epoch": details.next_epoch,
		"weight_planck": details.weight.to_string(),
		"revenue_planck": details.revenue.to_string(),
		"stake_planck": details.stake.to_string(),
		"pot_planck": details.pot.to_string(),
		"parameters": parameters_json(&details.parameters),
	})
}

fn parameters_json(parameters: &TopicParameters) -> Value {
	json!({
		"metadata": text(&parameters.metadata),
		"ground_truth": text(&parameters.ground_truth),
		"labels": parameters.labels.iter().map(|label| text(label)).collect::<Vec<_>>(),
		"loss": loss(&parameters.loss_method),
		"loss_floor": decimal(parameters.loss_floor),
		"unity_tolerance": parameters.unity_tolerance.map(decimal),
		"label_default": decimal(parameters.label_default),
		"cadence": match parameters.cadence {
			Cadence::Regular => "regular",
			Cadence::OnDemand => "on-demand",
		},
		"epoch_length": parameters.epoch_length,
		"phase": parameters.phase,
		"worker_window": parameters.worker_window,
		"reveal_window": parameters.reveal_window,
		"ground_truth_lag": parameters.ground_truth_lag,
		"rule": format!("{:?}", parameters.rule).to_lowercase(),
		"max_inferers": parameters.max_inferers,
		"max_forecasters": parameters.max_forecasters,
		"max_reputers": parameters.max_reputers,
		"min_reputers": parameters.min_reputers,
		"min_stake_planck": parameters.min_stake.to_string(),
		"history": parameters.history,
	})
}

/// An epoch of a history in JSON.
pub fn epoch_json(epoch: &EpochSummary) -> Value {
	let losses = |losses: EpochLosses| {
		json!({
			"network": decimal(losses.network),
			"naive": decimal(losses.naive),
			"best": decimal(losses.best),
		})
	};
	json!({
		"epoch": epoch.epoch,
		"state": state_in_words(epoch.state),
		"values": decimals(&epoch.label_values),
		"intervals": epoch.intervals.iter().map(|row| decimals(row)).collect::<Vec<_>>(),
		"truth": epoch.truth.as_deref().map(decimals),
		"losses": epoch.losses.map(losses),
		"inferers": epoch.participants.inferers,
		"forecasters": epoch.participants.forecasters,
		"reputers": epoch.participants.reputers,
		"paid_planck": epoch.paid.to_string(),
	})
}

/// The name of a loss, with its parameters.
fn loss(loss: &TopicLoss) -> String {
	match loss {
		TopicLoss::Squared => "squared".into(),
		TopicLoss::Absolute => "absolute".into(),
		TopicLoss::Huber { delta } => format!("huber {}", decimal(*delta)),
		TopicLoss::LogCosh => "log-cosh".into(),
		TopicLoss::Pinball { levels } => {
			let levels: Vec<_> = levels.iter().copied().map(decimal).collect();
			format!("pinball {}", levels.join(" "))
		}
		TopicLoss::Brier => "brier".into(),
		TopicLoss::CrossEntropy => "cross-entropy".into(),
		TopicLoss::Poisson => "poisson".into(),
		TopicLoss::Ztae => "ztae".into(),
		TopicLoss::Zptae => "zptae".into(),
		TopicLoss::Czar { alpha } => format!("czar {}", decimal(*alpha)),
		TopicLoss::Custom(name) => format!("custom {}", text(name)),
	}
}

/// What a topic asks for and when, in lines.
pub fn question(parameters: &TopicParameters, clock: &Clock) -> Vec<String> {
	let time = |slots: u32| in_time(clock.seconds(slots.into()));
	let labels: Vec<_> = parameters.labels.iter().map(|label| text(label)).collect();
	let sum = if parameters.unity_tolerance.is_some() { ", which sum to 1" } else { "" };
	let reveals = match parameters.reveal_window {
		0 => "payloads are submitted openly".into(),
		slots => format!("then {} to reveal what was committed to", time(slots)),
	};
	let opens = match parameters.cadence {
		Cadence::Regular => "every",
		Cadence::OnDemand => "when a request pays for it, at most one in",
	};
	vec![
		format!("asks for: {}", text(&parameters.metadata)),
		format!("values: {}{sum}", labels.join(", ")),
		format!("truth: {}", text(&parameters.ground_truth)),
		format!(
			"loss: {}, floor {}",
			loss(&parameters.loss_method),
			decimal(parameters.loss_floor)
		),
		format!(
			"an epoch opens {opens} {} ({} slots); {} to predict, {reveals}; the truth is known {} after \
			 the opening",
			time(parameters.epoch_length),
			parameters.epoch_length,
			time(parameters.worker_window),
			time(parameters.ground_truth_lag)
		),
		format!(
			"seats: {} inferers, {} forecasters, {} reputers; an epoch needs {} reports and {} ALLO of \
			 stake",
			parameters.max_inferers,
			parameters.max_forecasters,
			parameters.max_reputers,
			parameters.min_reputers,
			exact_allo(parameters.min_stake)
		),
	]
}

/// A topic with all that `topic show` shows.
pub struct Topic {
	/// The topic.
	pub details: TopicDetails,
	/// The chain's time.
	pub clock: Clock,
	/// What it accepts.
	pub schedule: Option<TopicSchedule>,
	/// How long it is funded.
	pub funding: Option<Funding>,
	/// Its epochs on record, newest first.
	pub history: Vec<EpochSummary>,
}

impl Topic {
	/// Prints it.
	pub fn print(&self, json: bool) -> Result<()> {
		if json {
			print(self.json());
			return Ok(());
		}
		let details = &self.details;
		print(format_args!(
			"topic {}, {}, created by {}",
			details.topic,
			details.state(),
			address(&details.creator)
		));
		for line in question(&details.parameters, &self.clock) {
			print(format_args!("  {line}"));
		}
		print(format_args!(
			"  stake {} ALLO, revenue {} ALLO, weight {} ALLO, pot {} ALLO",
			exact_allo(details.stake),
			exact_allo(details.revenue),
			exact_allo(details.weight),
			exact_allo(details.pot)
		));
		if let Some(Funding { rent, epochs, seconds }) = self.funding {
			print(format_args!(
				"  rent {} ALLO per epoch; funded for {epochs} more epochs, {}",
				exact_allo(rent),
				in_time(seconds)
			));
		}
		for (what, listed) in
			[("workers", details.workers_listed), ("reputers", details.reputers_listed)]
		{
			if listed {
				print(format_args!("  admits only listed {what}: ask its creator"));
			}
		}
		for line in self.windows() {
			print(format_args!("  {line}"));
		}
		if self.history.is_empty() {
			print(format_args!("  no epoch is on record"));
			return Ok(());
		}
		let mut table = table::new(&["epoch", "state", "inference", "truth", "loss", "paid"]);
		for epoch in self.history.iter().take(SHOWN) {
			let shown = |found: &[i128]| match found {
				[] => "-".into(),
				found => values(&details.parameters, found),
			};
			table.add_row([
				epoch.epoch.to_string(),
				state_in_words(epoch.state),
				shown(&epoch.label_values),
				epoch.truth.as_deref().map_or("-".into(), shown),
				epoch.losses.map_or("-".into(), |it| format!("{:.4}", from_fixed(it.network))),
				format!("{:.4}", in_allo(epoch.paid)),
			]);
		}
		print(table);
		Ok(())
	}

	/// What it accepts, in lines.
	fn windows(&self) -> Vec<String> {
		let Some(schedule) = &self.schedule else { return Vec::new() };
		let mut lines = Vec::new();
		let left = |last: u64| in_time(self.clock.seconds(last.saturating_sub(self.clock.slot)));
		for (what, window) in [("predict", &schedule.collecting), ("reveal", &schedule.revealing)] {
			if let Some(window) = window {
				lines.push(format!("epoch {}: {} left to {what}", window.epoch, left(window.last)));
			}
		}
		for window in &schedule.reporting {
			lines.push(format!("epoch {}: {} left to report", window.epoch, left(window.last)));
		}
		if let Some(next) = schedule.next_opening {
			lines.push(format!("epoch {next} opens at {}", self.clock.utc(next)));
		}
		lines
	}

	fn json(&self) -> Value {
		let mut json = details_json(&self.details);
		json["slot"] = self.clock.slot.into();
		json["funding"] = self
			.funding
			.map(|funding| {
				json!({
					"rent_planck": funding.rent.to_string(),
					"epochs": funding.epochs,
					"seconds": funding.seconds,
				})
			})
			.into();
		let schedule = self.schedule.clone().unwrap_or_default();
		let window = |open: &crate::chain::types::OpenWindow| json!({ "epoch": open.epoch, "last_slot": open.last });
		json["collecting"] = schedule.collecting.as_ref().map(window).into();
		json["revealing"] = schedule.revealing.as_ref().map(window).into();
		json["reporting"] = schedule.reporting.iter().map(window).collect();
		json["next_opening"] = schedule.next_opening.into();
		json["history"] = self.history.iter().map(epoch_json).collect();
		json
	}
}

/// Prints a leaderboard.
pub fn leaderboard(topic: u64, board: &Leaderboard, json: bool) -> Result<()> {
	if json {
		let leaders: Vec<_> = board.leaders.iter().map(leader_json).collect();
		print(json!({ "topic": topic, "settled": board.settled, "leaders": leaders }));
		return Ok(());
	}
	if board.leaders.is_empty() {
		print(format_args!("nobody was lately active in this role of topic {topic}"));
		return Ok(());
	}
	let mut table =
		table::new(&["", "account", "is", "missed", "score", "weight", "loss", "reward"]);
	for (at, leader) in board.leaders.iter().enumerate() {
		let number = |value: Option<i128>| {
			value.map_or("-".into(), |value| format!("{:.5}", from_fixed(value)))
		};
		let (weight, loss) = weight_and_loss(leader);
		let reward = leader.latest.as_ref().map(|latest| latest.reward);
		table.add_row([
			(at + 1).to_string(),
			address(&leader.account),
			leader.activity.name().into(),
			leader.missed.to_string(),
			number(leader.score),
			number(weight),
			number(loss),
			reward.map_or("-".into(), |reward| format!("{:.4}", in_allo(reward))),
		]);
	}
	print(table);
	match board.settled {
		Some(epoch) => {
			print(format_args!("weight, loss and reward (ALLO) are those of epoch {epoch}"))
		}
		None => print(format_args!("no epoch of topic {topic} is settled yet")),
	}
	Ok(())
}

/// The weight and the loss of a worker; the listening coefficient and the distance of a reputer.
fn weight_and_loss(leader: &Leader) -> (Option<i128>, Option<i128>) {
	match leader.latest.as_ref().map(|latest| &latest.part) {
		Some(RolePart::Worker(part)) => {
			(Some(part.weight), part.learned.as_ref().map(|learned| learned.loss))
		}
		Some(RolePart::Reputer(learned)) => (Some(learned.coefficient), learned.distance),
		None => (None, None),
	}
}

fn leader_json(leader: &Leader) -> Value {
	let (weight, loss) = weight_and_loss(leader);
	let (first, second) = match leader.latest.as_ref().map(|latest| &latest.part) {
		Some(RolePart::Reputer(_)) => ("coefficient", "distance"),
		_ => ("weight", "loss"),
	};
	json!({
		"account": address(&leader.account),
		"owner": address(&leader.owner),
		"activity": leader.activity.name(),
		"missed": leader.missed,
		"score": leader.score.map(decimal),
		first: weight.map(decimal),
		second: loss.map(decimal),
		"reward_planck": leader.latest.as_ref().map(|latest| latest.reward.to_string()),
	})
}
