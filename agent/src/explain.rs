//! Explains in words why an account was or was not rewarded in an epoch.

use crate::chain::{
	address,
	explanation::{
		Explanation, LearnedReputer, LearnedWorker, NoReward, Outcome, Standing, WorkerExplanation,
	},
	from_fixed, in_allo,
	types::{AccountId, EpochId, EpochRecord, EpochState, TopicId, VoidReason},
	Snapshot,
};
use anyhow::Result;
use std::fmt::{self, Display};

/// The explanation of an account in an epoch of a topic; displayed as several lines of text.
pub struct EpochExplanation {
	/// The topic.
	pub topic: TopicId,
	/// The epoch.
	pub epoch: EpochId,
	/// When the epoch opened, for display.
	pub opened: String,
	/// The account.
	pub account: AccountId,
	/// The explanation that the chain returned.
	pub explanation: Explanation,
}

/// There is nothing to explain, for a reason that is not the node's.
#[derive(Debug)]
pub struct NothingToExplain(pub(crate) String);

impl Display for NothingToExplain {
	fn fmt(&self, to: &mut fmt::Formatter) -> fmt::Result {
		to.write_str(&self.0)
	}
}

impl std::error::Error for NothingToExplain {}

/// Reads the explanation of an account in an epoch, by default the newest that has ended.
///
/// The error [`NothingToExplain`] if there is no such topic, if the epoch is not on record, or if the account is not
/// registered in the topic and submitted nothing in the epoch.
pub async fn fetch(
	state: &Snapshot,
	topic: TopicId,
	epoch: Option<EpochId>,
	account: AccountId,
) -> Result<EpochExplanation> {
	let exists = state.topic(topic).await?.is_some();
	let epoch = choose_epoch(topic, exists, &state.epochs(topic).await?, epoch)?;
	let explanation = state.explain(account, topic, epoch).await?;
	let opened = state.clock().await?.utc(epoch);
	let explained = EpochExplanation { topic, epoch, opened, account, explanation };
	explained.ensure_took_part()?;
	Ok(explained)
}

/// The epoch to explain, of those on record: the requested one, or else the newest that has ended.
fn choose_epoch(
	topic: TopicId,
	exists: bool,
	on_record: &[(EpochId, EpochRecord)],
	requested: Option<EpochId>,
) -> Result<EpochId, NothingToExplain> {
	let nothing = |reason| Err(NothingToExplain(reason));
	if !exists {
		return nothing(format!(
			"there is no topic {topic}: it was never created, or it has been removed"
		));
	}
	let Some(epoch) = requested else {
		let ended = |state| matches!(state, EpochState::Settled | EpochState::Void(_));
		let newest = on_record.iter().rev().find(|(_, record)| ended(record.state));
		return match newest {
			Some((epoch, _)) => Ok(*epoch),
			None => nothing(format!("no epoch of topic {topic} has ended")),
		};
	};
	if on_record.iter().any(|(recorded, _)| *recorded == epoch) {
		return Ok(epoch);
	}
	match (on_record.first(), on_record.last()) {
		(Some((first, _)), Some((last, _))) => nothing(format!(
			"epoch {epoch} of topic {topic} is not on record; those on record are {first} to {last}"
		)),
		_ => nothing(format!(
			"epoch {epoch} is not on record: topic {topic} has no epochs on record"
		)),
	}
}

impl EpochExplanation {
	/// An error if the account is not registered in the topic and submitted nothing in the epoch.
	fn ensure_took_part(&self) -> Result<(), NothingToExplain> {
		let Explanation { inferer, forecaster, reputer, .. } = &self.explanation;
		let roles = [&inferer.standing, &forecaster.standing, &reputer.standing];
		if roles.iter().any(|role| role.registered || role.outcome.is_some() || role.reward > 0) {
			return Ok(());
		}
		Err(NothingToExplain(format!(
			"account {} has no part in topic {}: it is registered neither as a worker nor as a reputer, \
			 and it submitted nothing in epoch {}",
			address(&self.account),
			self.topic,
			self.epoch
		)))
	}
}

impl Display for EpochExplanation {
	fn fmt(&self, to: &mut fmt::Formatter) -> fmt::Result {
		let Explanation { state, inferer, forecaster, reputer } = &self.explanation;
		let state = state.map_or("not on record".into(), state_in_words);
		writeln!(
			to,
			"topic {}, epoch {} of {} ({state}), account {}",
			self.topic,
			self.epoch,
			self.opened,
			address(&self.account)
		)?;
		for (role, worker) in [("inferer", inferer), ("forecaster", forecaster)] {
			write_standing(to, role, &worker.standing)?;
			write_part(to, worker)?;
			write_reward(to, role, &worker.standing, without_claim(role, worker))?;
		}
		write_standing(to, "reputer", &reputer.standing)?;
		if let Some(learned) = &reputer.learned {
			write_report(to, learned)?;
		}
		write_reward(to, "reputer", &reputer.standing, None)
	}
}

/// A number of the chain, for display.
fn number(value: i128) -> String {
	format!("{:.5}", from_fixed(value))
}

/// A fraction of 1, for display.
fn percent(value: i128) -> String {
	format!("{:.2} %", 100.0 * from_fixed(value))
}

/// The state of an epoch in words.
pub fn state_in_words(state: EpochState) -> String {
	match state {
		EpochState::Collecting => "collecting payloads".into(),
		EpochState::Revealing => "payloads are being revealed".into(),
		EpochState::AwaitingTruth => "waiting for the ground truth".into(),
		EpochState::Reporting => "collecting reports".into(),
		EpochState::Settled => "settled".into(),
		EpochState::Void(reason) => format!("void: {}", void(reason)),
	}
}

/// The reason why an epoch is void in words.
fn void(reason: VoidReason) -> &'static str {
	match reason {
		VoidReason::NoInference => "no inference was accepted",
		VoidReason::NoReport => "no report was accepted",
		VoidReason::TooFewReputers => "too few reputers, or too little stake, reported",
		VoidReason::Arithmetic => "a computation exceeded the range of its numbers",
	}
}

/// Writes whether the account has the role, and what happened to its submission.
fn write_standing(to: &mut fmt::Formatter, role: &str, standing: &Standing) -> fmt::Result {
	let registered = if standing.registered { "registered" } else { "not registered" };
	let allowed = if standing.allowed { "" } else { ", not on the allow-list" };
	let measure = if role == "reputer" { "stake times coefficient, in planck," } else { "score" };
	// Of equal numbers, the lot decided.
	let compared =
		|own: i128, other: i128| if own < other { "is below" } else { "has a lower lot than" };
	let submitted = match &standing.outcome {
		None => "submitted nothing".into(),
		Some(Outcome::Accepted) => "accepted, in the active set".into(),
		Some(Outcome::Abstained) => "abstained".into(),
		Some(Outcome::Committed) => "committed, and has not revealed yet".into(),
		Some(Outcome::Unrevealed) => "committed and did not reveal".into(),
		Some(Outcome::Passive { merit, lowest }) => format!(
			"passive: its {measure} of {} {} {}, the lowest in the active set",
			number(*merit),
			compared(*merit, *lowest),
			number(*lowest),
		),
		Some(Outcome::Displaced { merit, by, by_merit }) => format!(
			"displaced: its {measure} of {} {} the {} of {}",
			number(*merit),
			compared(*merit, *by_merit),
			number(*by_merit),
			address(by),
		),
	};
	writeln!(to, "as {role}: {registered}{allowed}; {submitted}")
}

/// Writes a worker's part in the bundle.
fn write_part(to: &mut fmt::Formatter, worker: &WorkerExplanation) -> fmt::Result {
	for (inferer, loss) in &worker.kept {
		writeln!(to, "  forecast kept: a loss of {} for {}", number(*loss), address(inferer))?;
	}
	let Some(part) = &worker.part else { return Ok(()) };
	let left_out = if part.left_out { "; left out of the outlier-resistant inference" } else { "" };
	writeln!(to, "  weight in the network inference: {}{left_out}", percent(part.weight))?;
	let Some(learned) = &part.learned else { return Ok(()) };
	let LearnedWorker { loss, regret_before, regret, score, smoothed_score, worth } = learned;
	let before = regret_before.map_or("none".into(), number);
	writeln!(
		to,
		"  loss {}; regret {before} before, {} after; score {}, smoothed {}",
		number(*loss),
		number(*regret),
		number(*score),
		number(*smoothed_score),
	)?;
	worth.map_or(Ok(()), |worth| {
		writeln!(to, "  without it the network's loss would have been {}", difference(worth))
	})
}

/// A difference of losses in words.
fn difference(worth: i128) -> String {
	let size = from_fixed(worth).abs();
	let size = if size < 1e-3 { format!("{size:.1e}") } else { format!("{size:.5}") };
	match worth {
		0 => "the same".into(),
		1.. => format!("{size} higher"),
		_ => format!("{size} lower"),
	}
}

/// Why a worker has no share where rewards are shared by claims, `None` if they are shared by scores.
fn without_claim(role: &str, worker: &WorkerExplanation) -> Option<&'static str> {
	worker.part.as_ref()?.learned.as_ref()?.worth?;
	Some(match role {
		"inferer" => {
			"its claim on the topic's rewards is not positive, or too small for a planck: over recent \
			 epochs the network did no worse without it, or its own losses were far above the network's"
		}
		_ => {
			"its claim on the topic's rewards is not positive, or too small for a planck: over recent \
			 epochs the network did no worse without it, or without any forecaster"
		}
	})
}

/// Writes what was learned from a report.
fn write_report(to: &mut fmt::Formatter, learned: &LearnedReputer) -> fmt::Result {
	let distance = learned.distance.map_or("too large for a number".into(), number);
	writeln!(
		to,
		"  stake {} ALLO; distance from the consensus {distance}; listening coefficient {} before, \
		 {} after",
		in_allo(learned.authority),
		percent(learned.coefficient_before),
		percent(learned.coefficient),
	)?;
	let (score, smoothed) = (number(learned.score), number(learned.smoothed_score));
	writeln!(to, "  score {score}, smoothed {smoothed}")
}

/// Why there is no reward, in words.
pub fn reason_in_words(reason: NoReward) -> String {
	match reason {
		NoReward::Forgotten => "the epoch is not on record".into(),
		NoReward::NotRegistered => "the account is not registered for the role".into(),
		NoReward::NotAllowed => "the account is not on the topic's allow-list".into(),
		NoReward::NothingSubmitted => "the account submitted nothing".into(),
		NoReward::Abstained => "the account abstained".into(),
		NoReward::Passive => "its merit was too low for the active set".into(),
		NoReward::Displaced => "a stronger account took its place".into(),
		NoReward::EpochOpen => "the epoch is not settled yet".into(),
		NoReward::EpochVoid(reason) => format!("the epoch is void: {}", void(reason)),
		NoReward::NoForecastKept => {
			"no element of its forecast is for an active inferer, or no earlier loss was known".into()
		}
		NoReward::Unrevealed => "the account committed and did not reveal".into(),
		NoReward::NothingToPay => "there was no reward to distribute".into(),
		NoReward::NoShare => "its share is less than one planck".into(),
		NoReward::Unpaid => {
			"too many rewards were waiting to be paid out, so that its own stayed in the topic's pot"
				.into()
		}
	}
}

/// Writes the account's reward in the role, or why there is none; `without_claim` is the reason for
/// a share of zero under claims.
fn write_reward(
	to: &mut fmt::Formatter,
	role: &str,
	standing: &Standing,
	without_claim: Option<&str>,
) -> fmt::Result {
	let Some(reason) = standing.no_reward else {
		let (reward, share) = (in_allo(standing.reward), percent(standing.share));
		return writeln!(to, "  reward: {reward} ALLO, {share} of the {role}s' total");
	};
	let reason = match without_claim {
		Some(text) if reason == NoReward::NoShare => text.into(),
		_ => reason_in_words(reason),
	};
	writeln!(to, "  no reward: {reason}")
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::chain::{
		explanation::{ReputerExplanation, WorkerPart},
		types::EpochWindows,
		ALLO,
	};

	fn fixed(value: f64) -> i128 {
		crate::chain::to_fixed(value).unwrap()
	}

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

	fn explained() -> EpochExplanation {
		let inferer = Standing {
			registered: true,
			allowed: true,
			outcome: Some(Outcome::Accepted),
			reward: 3 * ALLO / 2,
			share: fixed(0.125),
			no_reward: None,
		};
		let learned = LearnedWorker {
			loss: fixed(-1.5),
			regret_before: None,
			regret: fixed(0.25),
			score: fixed(0.5),
			smoothed_score: fixed(0.75),
			worth: Some(fixed(0.3)),
		};
		let part = WorkerPart { weight: fixed(0.25), left_out: true, learned: Some(learned) };
		let displaced = Outcome::Displaced { merit: fixed(1.0), by: [2; 32], by_merit: fixed(2.0) };
		let forecaster = Standing { outcome: Some(displaced), ..nothing(NoReward::Displaced) };
		EpochExplanation {
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
	fn reward_is_explained() {
		let text = explained().to_string();
		for part in [
			"topic 1, epoch 45 of 2026-11-28 14:30:00 UTC (settled)",
			"as inferer: registered; accepted, in the active set",
			"weight in the network inference: 25.00 %; left out of the outlier-resistant inference",
			"loss -1.50000; regret none before, 0.25000 after; score 0.50000, smoothed 0.75000",
			"without it the network's loss would have been 0.30000 higher",
			"reward: 1.5 ALLO, 12.50 % of the inferers' total",
		] {
			assert!(text.contains(part), "{part:?} is not in {text}");
		}
	}

	#[test]
	fn missing_reward_is_explained() {
		let text = explained().to_string();
		let by = address(&[2; 32]);
		for part in [
			format!("displaced: its score of 1.00000 is below the 2.00000 of {by}"),
			"no reward: a stronger account took its place".into(),
			"as reputer: not registered; submitted nothing".into(),
			"no reward: the account is not registered for the role".into(),
		] {
			assert!(text.contains(&part), "{part:?} is not in {text}");
		}
	}

	#[test]
	fn worth_is_explained_as_a_difference_of_losses() {
		assert_eq!(difference(fixed(-2.5)), "2.50000 lower");
		assert_eq!(difference(fixed(2e-7)), "2.0e-7 higher");
		assert_eq!(difference(0), "the same");
		let mut explained = explained();
		let part = explained.explanation.inferer.part.as_mut();
		part.unwrap().learned.as_mut().unwrap().worth = None;
		assert!(!explained.to_string().contains("without it"), "{explained}");
	}

	#[test]
	fn zero_share_under_claims_is_explained() {
		let mut explained = explained();
		explained.explanation.inferer.standing =
			Standing { reward: 0, share: 0, ..nothing(NoReward::NoShare) };
		let claim =
			"its claim on the topic's rewards is not positive, or too small for a planck: over";
		assert!(explained.to_string().contains(claim), "{explained}");
		// A share by scores is explained as before.
		let too_small = "its share is less than one planck";
		let part = explained.explanation.inferer.part.as_mut();
		part.unwrap().learned.as_mut().unwrap().worth = None;
		assert!(explained.to_string().contains(too_small), "{explained}");
	}

	#[test]
	fn account_without_a_part_in_the_topic_is_an_error() {
		let mut explained = explained();
		assert!(explained.ensure_took_part().is_ok());
		let stranger = nothing(NoReward::NotRegistered);
		explained.explanation.inferer.standing = stranger.clone();
		explained.explanation.forecaster.standing = stranger;
		let error = explained.ensure_took_part().unwrap_err().to_string();
		let account = address(&[1; 32]);
		assert!(
			error.starts_with(&format!("account {account} has no part in topic 1: ")),
			"{error}"
		);
		// It has left the topic since.
		explained.explanation.reputer.standing.outcome = Some(Outcome::Accepted);
		assert!(explained.ensure_took_part().is_ok());
	}

	#[test]
	fn topic_and_epoch_must_exist() {
		let windows = EpochWindows {
			workers_open: 0,
			workers_last: 0,
			reveals_last: 0,
			reports_open: 0,
			reports_last: 0,
		};
		let record = |epoch, state| (epoch, EpochRecord { state, windows });
		let on_record = [
			record(30, EpochState::Settled),
			record(45, EpochState::Void(VoidReason::NoReport)),
			record(60, EpochState::Collecting),
		];
		let choose = |exists, on_record: &[_], requested| {
			choose_epoch(7, exists, on_record, requested).map_err(|error| error.to_string())
		};
		assert_eq!(choose(true, &on_record, None), Ok(45));
		assert_eq!(choose(true, &on_record, Some(60)), Ok(60));
		for (exists, on_record, requested, expected) in [
			(false, &[][..], None, "there is no topic 7"),
			(false, &[], Some(45), "there is no topic 7"),
			(true, &[], None, "no epoch of topic 7 has ended"),
			(true, &on_record[2..], None, "no epoch of topic 7 has ended"),
			(true, &[], Some(45), "epoch 45 is not on record: topic 7 has no epochs on record"),
			(
				true,
				&on_record,
				Some(46),
				"epoch 46 of topic 7 is not on record; those on record are 30 to 60",
			),
		] {
			let error = choose(exists, on_record, requested).unwrap_err();
			assert!(error.starts_with(expected), "{error}");
		}
	}
}
