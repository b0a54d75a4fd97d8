//! Why an account got what it got in an epoch, in words.

use crate::chain::{
	address,
	explanation::{
		Explanation, LearnedReputer, LearnedWorker, NoReward, Outcome, Standing, WorkerExplanation,
	},
	from_fixed, in_allo,
	types::{AccountId, EpochId, EpochState, TopicId, VoidReason},
	Snapshot,
};
use anyhow::{Context, Result};
use std::fmt::{self, Display};

/// An account in an epoch of a topic, and what the chain tells of it.
pub struct Told {
	/// The topic.
	pub topic: TopicId,
	/// The epoch.
	pub epoch: EpochId,
	/// When it opened, for people.
	pub opened: String,
	/// The account.
	pub account: AccountId,
	/// What the chain tells.
	pub explanation: Explanation,
}

/// Asks the chain of an account in an epoch, by default the newest that has ended.
pub async fn ask(
	state: &Snapshot,
	topic: TopicId,
	epoch: Option<EpochId>,
	account: AccountId,
) -> Result<Told> {
	let ended = |state| matches!(state, EpochState::Settled | EpochState::Void(_));
	let epoch = match epoch {
		Some(epoch) => epoch,
		None => {
			let epochs = state.epochs(topic).await?;
			let newest = epochs.iter().rev().find(|(_, record)| ended(record.state));
			newest.with_context(|| format!("no epoch of topic {topic} has ended"))?.0
		}
	};
	let explanation = state.explain(account, topic, epoch).await?;
	let opened = state.clock().await?.utc(epoch);
	Ok(Told { topic, epoch, opened, account, explanation })
}

impl Display for Told {
	fn fmt(&self, to: &mut fmt::Formatter) -> fmt::Result {
		let Explanation { state, inferer, forecaster, reputer } = &self.explanation;
		let state = state.map_or("not on record".into(), in_words);
		writeln!(
			to,
			"topic {}, epoch {} of {} ({state}), {}",
			self.topic,
			self.epoch,
			self.opened,
			address(&self.account)
		)?;
		for (role, worker) in [("inferer", inferer), ("forecaster", forecaster)] {
			standing(to, role, &worker.standing)?;
			part(to, worker)?;
			earned(to, role, &worker.standing)?;
		}
		standing(to, "reputer", &reputer.standing)?;
		if let Some(learned) = &reputer.learned {
			report(to, learned)?;
		}
		earned(to, "reputer", &reputer.standing)
	}
}

/// A number of the chain, for people.
fn number(value: i128) -> String {
	format!("{:.5}", from_fixed(value))
}

/// A part of 1, for people.
fn percent(value: i128) -> String {
	format!("{:.2} %", 100.0 * from_fixed(value))
}

/// Where an epoch stands.
fn in_words(state: EpochState) -> String {
	match state {
		EpochState::Collecting => "payloads are accepted".into(),
		EpochState::Revealing => "payloads are revealed".into(),
		EpochState::AwaitingTruth => "the truth is awaited".into(),
		EpochState::Reporting => "losses are reported".into(),
		EpochState::Settled => "settled".into(),
		EpochState::Void(reason) => format!("void: {}", void(reason)),
	}
}

/// Why an epoch came to nothing.
fn void(reason: VoidReason) -> &'static str {
	match reason {
		VoidReason::NoInference => "there was no inference",
		VoidReason::NoReport => "nobody reported losses",
		VoidReason::TooFewReputers => "too few reputers, or too little stake, reported",
		VoidReason::Arithmetic => "a computation left its range",
		VoidReason::NoReward => "there was nothing to pay",
	}
}

/// Whether the account has the role, and what became of what it sent.
fn standing(to: &mut fmt::Formatter, role: &str, standing: &Standing) -> fmt::Result {
	let registered = if standing.registered { "registered" } else { "not registered" };
	let allowed = if standing.allowed { "" } else { ", not admitted" };
	let sent = match &standing.outcome {
		None => "sent nothing".into(),
		Some(Outcome::Accepted) => "accepted, in the active set".into(),
		Some(Outcome::Abstained) => "abstained".into(),
		Some(Outcome::Passive { score, lowest }) => format!(
			"passive: its score of {} is not above {}, the lowest in the active set",
			number(*score),
			number(*lowest),
		),
		Some(Outcome::Displaced { score, by, by_score }) => format!(
			"displaced: its score of {} is below the {} of {}",
			number(*score),
			number(*by_score),
			address(by),
		),
	};
	writeln!(to, "as {role}: {registered}{allowed}; {sent}")
}

/// A worker's part in the bundle.
fn part(to: &mut fmt::Formatter, worker: &WorkerExplanation) -> fmt::Result {
	for (inferer, loss) in &worker.kept {
		writeln!(to, "  forecast kept: {} loses {}", address(inferer), number(*loss))?;
	}
	let Some(part) = &worker.part else { return Ok(()) };
	let without =
		if part.left_out { "; the outlier-resistant inference is without it" } else { "" };
	writeln!(to, "  weight in the network inference: {}{without}", percent(part.weight))?;
	let Some(LearnedWorker { loss, regret_before, regret, score, smoothed_score }) = &part.learned
	else {
		return Ok(());
	};
	let before = regret_before.map_or("none".into(), number);
	writeln!(
		to,
		"  loss {}; regret {before} before, {} since; score {}, smoothed {}",
		number(*loss),
		number(*regret),
		number(*score),
		number(*smoothed_score),
	)
}

/// What came of a report.
fn report(to: &mut fmt::Formatter, learned: &LearnedReputer) -> fmt::Result {
	let distance = learned.distance.map_or("too far for a number".into(), number);
	writeln!(
		to,
		"  stake {:.4} ALLO; distance from the consensus {distance}; listened to {} before, {} since",
		in_allo(learned.authority),
		percent(learned.coefficient_before),
		percent(learned.coefficient),
	)?;
	let (score, smoothed) = (number(learned.score), number(learned.smoothed_score));
	writeln!(to, "  score {score}, smoothed {smoothed}")
}

/// What the account earned in the role, or why nothing.
fn earned(to: &mut fmt::Formatter, role: &str, standing: &Standing) -> fmt::Result {
	let reason = match standing.no_reward {
		None => {
			let (reward, share) = (in_allo(standing.reward), percent(standing.share));
			return writeln!(to, "  reward: {reward:.4} ALLO, {share} of all {role}s'");
		}
		Some(NoReward::Forgotten) => "the epoch is not on record".into(),
		Some(NoReward::NotRegistered) => "the account is not registered for it".into(),
		Some(NoReward::NotAllowed) => "the topic does not admit the account".into(),
		Some(NoReward::NothingSubmitted) => "it sent nothing".into(),
		Some(NoReward::Abstained) => "it abstained".into(),
		Some(NoReward::Passive) => "its score was too low for the active set".into(),
		Some(NoReward::Displaced) => "a stronger one took its place".into(),
		Some(NoReward::EpochOpen) => "the epoch is not settled yet".into(),
		Some(NoReward::EpochVoid(reason)) => format!("the epoch is void, {}", void(reason)),
		Some(NoReward::NoForecastKept) => {
			"no part of its forecast is of an active inferer, or no earlier loss was known".into()
		}
		Some(NoReward::NothingToPay) => "there was nothing to pay anybody".into(),
		Some(NoReward::NoShare) => "its share is less than the smallest amount".into(),
		Some(NoReward::Unpaid) => "too many wait to be paid out, it stayed in the pot".into(),
	};
	writeln!(to, "  no reward: {reason}")
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::chain::{
		explanation::{ReputerExplanation, WorkerPart},
		to_fixed, ALLO,
	};

	fn nothing(reason: NoReward) -> Standing {
		Standing {
			registered: false,
			allowed: true,
			outcome: None,
			reward: 0,
			share: 0,
			no_reward: Some(reason),
		}
	}

	fn told() -> Told {
		let inferer = Standing {
			registered: true,
			allowed: true,
			outcome: Some(Outcome::Accepted),
			reward: 3 * ALLO / 2,
			share: to_fixed(0.125),
			no_reward: None,
		};
		let learned = LearnedWorker {
			loss: to_fixed(-1.5),
			regret_before: None,
			regret: to_fixed(0.25),
			score: to_fixed(0.5),
			smoothed_score: to_fixed(0.75),
		};
		let part = WorkerPart { weight: to_fixed(0.25), left_out: true, learned: Some(learned) };
		let displaced =
			Outcome::Displaced { score: to_fixed(1.0), by: [2; 32], by_score: to_fixed(2.0) };
		let forecaster = Standing { outcome: Some(displaced), ..nothing(NoReward::Displaced) };
		Told {
			topic: 1,
			epoch: 45,
			opened: "2026-11-28 14:30:00 UTC".into(),
			account: [1; 32],
			explanation: Explanation {
				state: Some(EpochState::Settled),
				inferer: WorkerExplanation { standing: inferer, kept: vec![], part: Some(part) },
				forecaster: WorkerExplanation { standing: forecaster, kept: vec![], part: None },
				reputer: ReputerExplanation {
					standing: nothing(NoReward::NotRegistered),
					learned: None,
				},
			},
		}
	}

	#[test]
	fn reward_is_told_with_what_led_to_it() {
		let text = told().to_string();
		for part in [
			"topic 1, epoch 45 of 2026-11-28 14:30:00 UTC (settled)",
			"as inferer: registered; accepted, in the active set",
			"weight in the network inference: 25.00 %; the outlier-resistant inference is without it",
			"loss -1.50000; regret none before, 0.25000 since; score 0.50000, smoothed 0.75000",
			"reward: 1.5000 ALLO, 12.50 % of all inferers'",
		] {
			assert!(text.contains(part), "{part:?} is not in {text}");
		}
	}

	#[test]
	fn want_of_a_reward_is_told_with_its_reason() {
		let text = told().to_string();
		let by = address(&[2; 32]);
		for part in [
			format!("displaced: its score of 1.00000 is below the 2.00000 of {by}"),
			"no reward: a stronger one took its place".into(),
			"as reputer: not registered; sent nothing".into(),
			"no reward: the account is not registered for it".into(),
		] {
			assert!(text.contains(&part), "{part:?} is not in {text}");
		}
	}
}
