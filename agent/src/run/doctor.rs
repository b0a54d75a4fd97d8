//! `doctor`: what keeps a role from being scored, one sentence and one command each.

use super::{
	config::{Config, KeySource},
	endpoints::Endpoints,
	funds::{self, Entry},
	key,
	log::{role as role_name, Log},
};
use crate::{
	chain::{
		account_id, address,
		documents::Topic,
		explanation::{NoReward, Outcome},
		in_allo,
		json::Planck,
		types::{
			AccountId, Cadence, Clock, EpochId, EpochRecord, EpochState, Registration, TopicId,
		},
		Chain, Key, Snapshot,
	},
	explain::reason_in_words,
	journal::Journal,
};
use anyhow::{bail, Result};
use std::{
	fmt::{self, Display},
	time::{Duration, SystemTime, UNIX_EPOCH},
};

/// The age of a best block, in slots, from which on something is wrong.
const OLD: i128 = 5;

/// What was looked at, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
	/// What was found, in one sentence.
	pub text: String,
	/// What to type, `None` if all is well.
	pub command: Option<String>,
}

impl Finding {
	fn good(text: impl Into<String>) -> Self {
		Self { text: text.into(), command: None }
	}

	fn bad(text: impl Into<String>, command: impl Into<String>) -> Self {
		Self { text: text.into(), command: Some(command.into()) }
	}
}

impl Display for Finding {
	fn fmt(&self, to: &mut fmt::Formatter) -> fmt::Result {
		match &self.command {
			None => write!(to, "ok: {}", self.text),
			Some(command) => write!(to, "! {}: `{command}`", self.text),
		}
	}
}

/// Looks at everything that the settings name, and prints what it finds; an error if anything is
/// wrong.
pub async fn doctor(config: Config) -> Result<()> {
	let log = Log::new(config.json_logs);
	let mut wrong = 0;
	let mut print = |about: &str, findings: Vec<Finding>| {
		for finding in findings {
			wrong += u32::from(finding.command.is_some());
			log.line(about, &finding.to_string());
		}
	};
	let chain = match Endpoints::new(&config).connect(&log).await {
		Ok(chain) => chain,
		Err(error) => {
			let text = format!("{error:#}");
			let command = match config.light {
				Some(_) => "allora-node export-chain-spec --raw",
				None => "allora-node --dev --tmp",
			};
			print("connection", vec![Finding::bad(text, command)]);
			bail!("without a node there is no more to see");
		}
	};
	print("connection", vec![examine_time(&chain).await?]);
	print("journal", vec![examine_journal(&config)]);
	for (name, source) in &config.keys {
		print(&format!("key {name}"), vec![examine_key(source)]);
	}
	for role in config.roles() {
		let source = config.keys.get(role.key);
		let Some(who) = source.and_then(|source| account_of(source).ok()) else { continue };
		let examined = (role.topic, role.registration, who, role.stake);
		let findings = examine_role(&chain, examined).await?;
		print(&role_name(role.topic, role.registration.name(), &who), findings);
	}
	if wrong > 0 {
		bail!("{wrong} findings: see the lines with !");
	}
	Ok(())
}

/// The account of a key, which needs no password.
fn account_of(source: &KeySource) -> Result<AccountId> {
	match source {
		KeySource::File(path) => account_id(&key::read_address(path)?),
		KeySource::Development(path) => Ok(Key::development(path)?.id()),
	}
}

fn examine_key(source: &KeySource) -> Finding {
	match account_of(source) {
		Ok(who) => Finding::good(format!("{source} is the key of {}", address(&who))),
		Err(error) => Finding::bad(format!("{error:#}"), "allora-agent init"),
	}
}

fn examine_journal(config: &Config) -> Finding {
	match Journal::open(&config.journal).map(|journal| journal.count()) {
		Ok(0) => Finding::good("nothing is left to reveal"),
		Ok(left) => {
			Finding::good(format!("{left} commitments are to be revealed by a running agent"))
		}
		Err(error) => {
			Finding::bad(format!("{error:#}"), format!("mv {0} {0}.bad", config.journal.display()))
		}
	}
}

/// Compares the time of the best block with this machine's.
async fn examine_time(chain: &Chain) -> Result<Finding> {
	let state = chain.best().await?;
	let clock = state.clock().await?;
	let slot = i128::from(clock.slot_duration_ms);
	let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
	let age = now.as_millis() as i128 - i128::from(clock.slot) * slot;
	let number = state.head.number;
	let seconds = |time: i128| time as f64 / 1_000.0;
	Ok(if age < -slot {
		let text = format!("this machine's clock is {:.0} s behind the chain's", -seconds(age));
		Finding::bad(text, "timedatectl set-ntp true")
	} else if age > OLD * slot {
		let text = format!(
			"block {number}, the newest, is {:.0} s old: the chain stands still, the node is behind, or \
			 this machine's clock is ahead",
			seconds(age)
		);
		Finding::bad(text, "timedatectl")
	} else {
		Finding::good(format!("block {number} is {:.1} s old", seconds(age.max(0))))
	})
}

/// What may keep an account from being scored in a role; the last number is its stake by the settings.
pub async fn examine_role(
	chain: &Chain,
	(topic, registration, who, stake): (TopicId, Registration, AccountId, u128),
) -> Result<Vec<Finding>> {
	let state = chain.finalized().await?;
	let mut findings = Vec::new();
	let Some(info) = state.details(topic).await? else {
		return Ok(vec![Finding::bad(format!("there is no topic {topic}"), "allora-agent init")]);
	};
	findings.push(examine_topic(&info, &state.clock().await?));
	let terms = state.terms().await?;
	let entry = Entry::of(&state, &terms, topic, registration, who, stake).await?;
	findings.push(match entry.cost() {
		0 => Finding::good("registered"),
		_ => Finding::bad(format!("it has yet to pay: {}", entry.in_words()), "allora-agent run"),
	});
	let (needed, has) = (entry.cost() + funds::RESERVE, funds::free(&state, who).await?);
	findings.push(if has < needed {
		Finding::bad(funds::remedy(&who, needed, has), "allora-agent run --dev-fund")
	} else {
		Finding::good(format!("{} ALLO are free", in_allo(has)))
	});
	findings.extend(examine_epochs(&state, topic, registration, who).await?);
	Ok(findings)
}

/// Whether epochs of a topic open.
fn examine_topic(topic: &Topic, clock: &Clock) -> Finding {
	let (number, amount) = (topic.topic, |amount: Planck| in_allo(amount.0));
	match (topic.active, topic.next_epoch) {
		_ if topic.retired => Finding::bad(
			format!("topic {number} is retired: take this role out of the settings"),
			"allora-agent topic list",
		),
		(true, Some(next)) => Finding::good(format!(
			"the topic is active; its next epoch opens at {}",
			clock.utc(next)
		)),
		_ if topic.stake.0 == 0 => Finding::bad(
			"the topic is not active: it has no stake, and a reputer brings some",
			format!("allora-agent init --topic {number} --role reputer --out reputer"),
		),
		_ if topic.parameters.cadence == Cadence::OnDemand => Finding::good(format!(
			"the topic is on demand: its next epoch opens when somebody requests one, by `allora-agent \
			 request --topic {number}`"
		)),
		(true, None) => Finding::bad(
			"the running epoch is the topic's last, unless it gets revenue or stake",
			format!("allora-agent topic fund {number} --amount ALLO"),
		),
		(false, _) => Finding::bad(
			format!(
				"the topic is not active: with {} ALLO of stake and {} ALLO of revenue it waits for more \
				 revenue or for capacity, and a call says for which",
				amount(topic.stake),
				amount(topic.revenue)
			),
			format!("allora-agent topic activate {number}"),
		),
	}
}

/// The number of epochs on record for which something was submitted, and why the newest had no reward.
async fn examine_epochs(
	state: &Snapshot,
	topic: TopicId,
	registration: Registration,
	who: AccountId,
) -> Result<Vec<Finding>> {
	let slot = state.clock().await?.slot;
	let closed = |record: &EpochRecord| match registration {
		Registration::Worker => record.windows.workers_last < slot,
		Registration::Reputer => record.windows.reports_last < slot,
	};
	let (mut hit, mut missed, mut unpaid) = (0, Vec::new(), None);
	for (epoch, record) in state.epochs(topic).await?.into_iter().filter(|(_, at)| closed(at)) {
		let explained = state.explain(who, topic, epoch).await?;
		let (outcome, reason) = match registration {
			Registration::Worker => {
				let standing = explained.inferer.standing;
				(standing.outcome, standing.no_reward)
			}
			Registration::Reputer => {
				(explained.reputer.standing.outcome, explained.reputer.standing.no_reward)
			}
		};
		match outcome {
			None | Some(Outcome::Unrevealed) => missed.push(epoch),
			Some(_) => hit += 1,
		}
		if matches!(record.state, EpochState::Settled | EpochState::Void(_)) {
			unpaid = reason.map(|reason| (epoch, reason));
		}
	}
	let total = hit + missed.len();
	let explain = |epoch: EpochId| {
		format!("allora-agent explain --topic {topic} --epoch {epoch} --account {}", address(&who))
	};
	let windows = format!("{hit} of {total} windows on record hit");
	let mut findings = vec![match missed.last() {
		Some(last) => {
			Finding::bad(format!("{windows}; the last one missed is {last}"), explain(*last))
		}
		None => Finding::good(windows),
	}];
	if let Some((epoch, reason)) =
		unpaid.filter(|(_, reason)| *reason != NoReward::NothingSubmitted)
	{
		let text = format!("epoch {epoch} brought no reward: {}", reason_in_words(reason));
		findings.push(Finding::bad(text, explain(epoch)));
	}
	Ok(findings)
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::{
		chain::{documents::Announced, json::Address},
		commands::topic_file,
	};

	#[test]
	fn finding_is_a_sentence_and_what_to_type() {
		assert_eq!(Finding::good("registered").to_string(), "ok: registered");
		let bad = Finding::bad("the clock is 30 s behind", "timedatectl set-ntp true");
		assert_eq!(bad.to_string(), "! the clock is 30 s behind: `timedatectl set-ntp true`");
	}

	#[test]
	fn topic_whose_epochs_do_not_open_has_the_command_that_helps() {
		let text = topic_file::template("price").unwrap();
		let clock = Clock { slot: 0, slot_duration_ms: 1_000 };
		let topic = || Topic {
			topic: 7,
			creator: Address([9; 32]),
			offered_to: None,
			parameters: topic_file::parse(&text, 1_000).unwrap(),
			workers_listed: false,
			reputers_listed: false,
			active: false,
			retired: false,
			last_epoch: None,
			next_epoch: None,
			weight: Planck(0),
			revenue: Planck(10_000_000_000),
			stake: Planck(1_000_000_000_000),
			pot: Planck(0),
			announced: Announced::default(),
		};
		let found = |topic: Topic| {
			let finding = examine_topic(&topic, &clock);
			(finding.command.unwrap_or_default(), finding.text)
		};
		let (command, text) = found(topic());
		assert_eq!(command, "allora-agent topic activate 7");
		assert!(text.contains("100 ALLO of stake and 1 ALLO of revenue"), "{text}");
		let (command, _) = found(Topic { stake: Planck(0), ..topic() });
		assert_eq!(command, "allora-agent init --topic 7 --role reputer --out reputer");
		let (command, text) = found(Topic { active: true, ..topic() });
		assert_eq!(command, "allora-agent topic fund 7 --amount ALLO");
		assert!(text.contains("the topic's last"), "{text}");
		let (command, text) = found(Topic { retired: true, ..topic() });
		assert_eq!(command, "allora-agent topic list");
		assert!(text.contains("topic 7 is retired"), "{text}");
		let mut on_demand = topic();
		on_demand.parameters.cadence = Cadence::OnDemand;
		let (command, text) = found(on_demand);
		assert_eq!(command, "");
		assert!(text.contains("allora-agent request --topic 7"), "{text}");
	}

	#[test]
	fn missing_key_is_a_finding() {
		let finding = examine_key(&KeySource::File("/nowhere/key.json".into()));
		assert!(finding.text.contains("there is no key file /nowhere/key.json"), "{finding}");
		assert_eq!(finding.command.as_deref(), Some("allora-agent init"));
	}
}
