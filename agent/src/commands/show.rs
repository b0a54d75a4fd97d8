//! Topics in tables and in JSON.

use super::{counted, print, stake::in_time};
use crate::{
	chain::{
		address, decimal,
		documents::{
			Announced, EpochSummary, Funding, Leader, Leaderboard, Overview, RolePart,
			Topic as Details,
		},
		exact_allo, from_fixed, in_allo,
		json::{Fixed, Text},
		types::{Cadence, Clock, Role, TopicLoss, TopicParameters, TopicSchedule, TopicUpdate},
	},
	explain::state_in_words,
	table,
};
use anyhow::Result;
use serde::Serialize;
use serde_json::{json, Value};

/// The number of epochs that `topic show` shows.
const SHOWN: usize = 5;

/// A text of the chain, which is the words of a stranger.
pub fn text(bytes: &[u8]) -> String {
	Text::new(bytes).0
}

/// Prints a list of topics.
pub fn list(topics: &[Overview], clock: &Clock, json: bool) {
	if json {
		return print(json!({ "topics": topics }));
	}
	let columns = [
		"topic",
		"asks for",
		"state",
		"epoch length",
		"stake",
		"emission weight",
		"inference",
		"loss",
	];
	let mut table = table::new(&columns);
	for Overview { info, settled, inference } in topics {
		let parameters = &info.parameters;
		let loss = settled.as_ref().and_then(|settled| settled.losses.as_ref());
		table.add_row([
			info.topic.to_string(),
			text(&parameters.metadata),
			info.state().into(),
			in_time(clock.seconds(parameters.epoch_length.into())),
			format!("{:.2}", in_allo(info.stake.0)),
			format!("{:.2}", in_allo(info.weight.0)),
			inference.as_ref().map_or("-".into(), |found| values(parameters, &found.label_values)),
			loss.map_or("-".into(), |loss| format!("{:.4}", from_fixed(loss.network.0))),
		]);
	}
	print(table);
	print(format_args!(
		"stake and emission weight in ALLO; loss as log10; next: allora-agent topic show TOPIC"
	));
}

/// Values with their labels, one label without its name.
fn values(parameters: &TopicParameters, values: &[Fixed]) -> String {
	let shown = |value: &Fixed| format!("{:.6}", from_fixed(value.0));
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

/// The name of a loss, with its parameters.
fn loss(loss: &TopicLoss) -> String {
	match loss {
		TopicLoss::Squared => "squared".into(),
		TopicLoss::Absolute => "absolute".into(),
		TopicLoss::Huber { delta } => format!("huber {}", decimal(*delta)),
		TopicLoss::LogCosh => "log_cosh".into(),
		TopicLoss::Pinball { levels } => {
			let levels: Vec<_> = levels.iter().copied().map(decimal).collect();
			format!("pinball {}", levels.join(" "))
		}
		TopicLoss::Brier => "brier".into(),
		TopicLoss::CrossEntropy => "cross_entropy".into(),
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
			"seats: {}, {}, {}; an epoch needs {} and {} ALLO of stake",
			counted(parameters.max_inferers, "inferer"),
			counted(parameters.max_forecasters, "forecaster"),
			counted(parameters.max_reputers, "reputer"),
			counted(parameters.min_reputers, "report"),
			exact_allo(parameters.min_stake)
		),
	]
}

/// What a change of parameters changes, in lines.
pub fn changes(changes: &TopicUpdate, parameters: &TopicParameters) -> Result<Vec<String>> {
	let shown = |value: &Value| value.as_str().map_or_else(|| value.to_string(), Into::into);
	let (new, old) = (serde_json::to_value(changes)?, serde_json::to_value(parameters)?);
	let changed = new.as_object().into_iter().flatten();
	let changed = changed.map(|(key, value)| {
		let old = old.get(key).map_or_else(|| "?".into(), shown);
		format!("{key}: {} rather than {old}", shown(value))
	});
	Ok(changed.collect())
}

/// What the creator of a topic has announced, in lines.
fn announced(details: &Details, clock: &Clock) -> Result<Vec<String>> {
	let Announced { workers_listed_from, reputers_listed_from, update, retirement } =
		&details.announced;
	let mut lines = Vec::new();
	for (what, from, listed) in [
		("workers", workers_listed_from, details.workers_listed),
		("reputers", reputers_listed_from, details.reputers_listed),
	] {
		match from {
			_ if listed => lines.push(format!("admits only listed {what}: ask its creator")),
			Some(slot) => {
				lines.push(format!("admits only listed {what} from {} on", clock.utc(*slot)))
			}
			None => (),
		}
	}
	if let Some((update, slot)) = update {
		let changes = changes(update, &details.parameters)?.join("; ");
		lines.push(format!("may be changed from {} on: {changes}", clock.utc(*slot)));
	}
	if let Some(slot) = retirement {
		lines.push(format!("may be retired from {} on", clock.utc(*slot)));
	}
	Ok(lines)
}

/// A topic with all that `topic show` shows.
#[derive(Serialize)]
pub struct Topic {
	/// The topic.
	#[serde(flatten)]
	pub overview: Overview,
	/// The chain's time.
	#[serde(skip)]
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
			print(serde_json::to_string(self)?);
			return Ok(());
		}
		let details = &self.overview.info;
		print(format_args!(
			"topic {}, {}, created by {}",
			details.topic,
			details.state(),
			address(&details.creator.0)
		));
		for line in question(&details.parameters, &self.clock) {
			print(format_args!("  {line}"));
		}
		print(format_args!(
			"  stake {} ALLO, revenue {} ALLO, emission weight {} ALLO, pot {} ALLO",
			exact_allo(details.stake.0),
			exact_allo(details.revenue.0),
			exact_allo(details.weight.0),
			exact_allo(details.pot.0)
		));
		if let Some(Funding { rent, epochs, seconds }) = &self.funding {
			print(format_args!(
				"  rent {} ALLO per epoch; funded for {}, {}",
				exact_allo(rent.0),
				counted(*epochs, "more epoch"),
				in_time(*seconds)
			));
		}
		for line in announced(details, &self.clock)? {
			print(format_args!("  {line}"));
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
			let shown = |found: &[Fixed]| match found {
				[] => "-".into(),
				found => values(&details.parameters, found),
			};
			table.add_row([
				epoch.epoch.to_string(),
				state_in_words(epoch.state),
				shown(&epoch.label_values),
				epoch.truth.as_deref().map_or("-".into(), shown),
				epoch
					.losses
					.as_ref()
					.map_or("-".into(), |it| format!("{:.4}", from_fixed(it.network.0))),
				format!("{:.4}", in_allo(epoch.paid.0)),
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
}

/// Prints a leaderboard.
pub fn leaderboard(topic: u64, role: Role, board: &Leaderboard, json: bool) {
	if json {
		let Leaderboard { settled, leaders } = board;
		let board = json!({ "topic": topic, "role": role, "settled": settled, "leaders": leaders });
		return print(board);
	}
	if board.leaders.is_empty() {
		return print(format_args!("nobody was lately active in this role of topic {topic}"));
	}
	let mut table =
		table::new(&["", "account", "is", "missed", "score", "weight", "loss", "reward"]);
	for (at, leader) in board.leaders.iter().enumerate() {
		let number = |value: Option<i128>| {
			value.map_or("-".into(), |value| format!("{:.5}", from_fixed(value)))
		};
		let (weight, loss) = weight_and_loss(leader);
		let reward = leader.latest.as_ref().map(|latest| latest.reward.0);
		table.add_row([
			(at + 1).to_string(),
			address(&leader.account.0),
			leader.activity.0.clone(),
			leader.missed.to_string(),
			number(leader.score.map(|score| score.0)),
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
