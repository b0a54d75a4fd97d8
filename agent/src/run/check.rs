//! `run --check`: a dry epoch. It sends nothing.

use super::{
	config::RoleSpec,
	endpoints::Endpoints,
	ensure_fits, funds, log,
	model::{in_words, Request},
	role::{
		ask_worker_model as ask,
		losses::{measured, Measure},
	},
	session::Session,
	Agent, Config,
};
use crate::{
	chain::{
		documents::{Element, ElementInfo},
		json::Fixed,
		schedule::{OpenEpoch, Windows},
		types::{EpochWindows, QuestionParameters, Registration, Slot},
		Chain, Snapshot,
	},
	participants::Tick,
};
use anyhow::{ensure, Context, Result};
use std::sync::Arc;
use tokio::{sync::watch, time::Instant};

/// Does what an epoch needs, short of sending: asks the models, checks what they return and what it
/// costs. An error if anything would keep a role from taking part.
pub async fn check(config: Config, dev_fund: bool) -> Result<()> {
	let agent = Agent::without_lock(config)?;
	let mut endpoints = Endpoints::new(&agent.config);
	let chain = endpoints.connect(&agent.log).await?;
	ensure_fits(&agent, &chain).await?;
	if dev_fund {
		funds::from_alice(&agent, &chain).await?;
	}
	let session = Session::new(&agent, chain.clone(), watch::channel(false).1).await?;
	let mut problems = check_funds(&agent, &chain).await?;
	for role in agent.config.roles() {
		let who = agent.keys.get(role.key).context("the key is missing")?.id();
		let name = log::role(role.topic, role.registration.name(), &who);
		match check_role(&agent, &session, &role).await {
			Ok(lines) => lines.iter().for_each(|line| agent.log.line(&name, line)),
			Err(error) => {
				problems += 1;
				agent.log.line(&name, &format!("! {error:#}"));
			}
		}
	}
	for model in agent.models.values() {
		model.stop().await;
	}
	let what = if problems == 1 { "a problem: see the line" } else { "problems: see the lines" };
	ensure!(problems == 0, "{what} with !, and repeat `allora-agent run --check`");
	agent.log.line("agent", "all is well: start it by `allora-agent run`");
	Ok(())
}

/// Prints what the roles cost, and whether it is there; returns the number of accounts that lack it.
async fn check_funds(agent: &Agent, chain: &Chain) -> Result<u32> {
	let state = chain.best().await?;
	let terms = state.terms().await?;
	let mut roles = Vec::new();
	for role in agent.config.roles() {
		let who = agent.keys.get(role.key).context("the key is missing")?.id();
		let RoleSpec { topic, registration, stake, .. } = role;
		let entry = funds::Entry::of(&state, &terms, topic, registration, who, stake).await?;
		agent.log.line(&log::role(topic, registration.name(), &who), &entry.in_words());
		roles.push((role, who));
	}
	let mut lacking = 0;
	for (who, (needed, has)) in funds::needs(&state, &roles).await? {
		if has < needed {
			lacking += 1;
			agent.log.line("agent", &format!("! {}", funds::remedy(&who, needed, has)));
		}
	}
	Ok(lacking)
}

/// Asks the model of a role for an epoch that opens now, and returns what would be sent.
async fn check_role(agent: &Agent, session: &Session, role: &RoleSpec<'_>) -> Result<Vec<String>> {
	let head = session.chain.head();
	let topics = Windows::new(vec![role.topic]).read(&session.chain, head).await?;
	let topics = Arc::new(topics);
	let tick = Tick { head, topics };
	let state = session.chain.at(head).await?;
	let question = state.question(role.topic).await?.context("the topic no longer exists")?;
	let open = opening(head.slot, &question.parameters);
	let (request, question) = session.request(role.topic, open, &tick).await?;
	let model = agent.models.get(role.model).context("the model is missing")?;
	let mut lines = Vec::new();
	if !question.active {
		lines.push("the topic is not active: its epochs open once it has stake and revenue, and on demand, once \
			 one is requested".into());
	}
	let started = Instant::now();
	let left = match role.registration {
		Registration::Worker => question.parameters.worker_window,
		Registration::Reputer => question.parameters.epoch_length,
	};
	let deadline = started + session.slots(left.saturating_sub(2).max(1).into());
	let mut reports = None;
	let (values, what) = match role.registration {
		Registration::Worker => {
			let values = ask(model, &request, &question, deadline).await?;
			let what = if open.reveals() { "commit to, and later reveal," } else { "submit" };
			(Some(values), what)
		}
		Registration::Reputer => {
			let truth = model.truth(&request, deadline).await;
			let truth = truth.with_context(|| format!("model {}", model.name))?;
			if let Some(truth) = &truth {
				reports = check_losses(agent, &state, role, &request, truth, deadline).await?;
			}
			(truth, if reports.is_some() { "report the losses by" } else { "report" })
		}
	};
	let time = started.elapsed().as_millis();
	let shown = values.as_deref().map(in_words);
	lines.push(match shown {
		Some(shown) => format!(
			"model {}: {time} ms; it would {what} {shown} (free with a seat; 0.03 ALLO must be there)",
			model.name
		),
		None => {
			format!("model {}: {time} ms; the truth is absent now, and asked for again", model.name)
		}
	});
	lines.extend(reports);
	Ok(lines)
}

/// Has the loss of the truth itself computed, if the chain does not compute the topic's losses; what came
/// of it.
async fn check_losses(
	agent: &Agent,
	state: &Snapshot,
	role: &RoleSpec<'_>,
	request: &Request,
	truth: &[i128],
	deadline: Instant,
) -> Result<Option<String>> {
	let details = state.details(role.topic).await?.context("the topic no longer exists")?;
	let model = role.losses.and_then(|name| agent.models.get(name)).cloned();
	let measure = Measure::of(&details.parameters, model)?;
	if matches!(measure, Measure::Chain) {
		return Ok(None);
	}
	let label_values = truth.iter().copied().map(Fixed).collect();
	let exact = ElementInfo { element: Element::Combined, label_values };
	let measured = measured(&details.parameters, truth, &[exact]);
	let by =
		if let Some(name) = role.losses { format!("model {name}") } else { "the agent".into() };
	let losses = measure.losses(request, measured, deadline).await?;
	Ok(Some(match losses.as_deref() {
		Some(losses) => {
			format!("{by} computes the losses; that of the truth is {}", in_words(losses))
		}
		None => format!("{by} computes the losses, which are absent now, and asked for again"),
	}))
}

/// An epoch that opens in this slot.
fn opening(slot: Slot, parameters: &QuestionParameters) -> OpenEpoch {
	let workers_last = slot + u64::from(parameters.worker_window);
	let reports_open = slot + u64::from(parameters.ground_truth_lag);
	OpenEpoch {
		epoch: slot,
		windows: EpochWindows {
			workers_open: slot,
			workers_last,
			reveals_last: workers_last + u64::from(parameters.reveal_window),
			reports_open,
			reports_last: reports_open + u64::from(parameters.epoch_length),
		},
	}
}
