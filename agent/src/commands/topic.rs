//! `topic`: list, show, create and manage topics.

use super::{
	allo, counted, no_topic, read,
	send::{nothing, Outcome, Plan, Sending, Signer},
	show, topic_file, who, Kind, Node, Who,
};
use crate::{
	chain::{
		address, calls,
		documents::Topic,
		exact_allo,
		refusals::explanation,
		types::{Registration, Role, TopicId},
		Snapshot,
	},
	demo::created_topic,
};
use anyhow::{bail, ensure, Context, Result};
use clap::{Args, Subcommand, ValueEnum};
use codec::Decode;
use serde_json::json;
use std::path::PathBuf;

/// A command of topics.
#[derive(Debug, Subcommand)]
pub enum Command {
	/// List all topics.
	List(Node),
	/// Show a topic: what it asks for, its windows, its funding and its newest epochs.
	Show(One),
	/// Show the accounts of a topic that were lately active, the best first.
	Leaderboard(Leaderboard),
	/// Print a file to start from for `create`.
	Template {
		/// The kind of topic: price, volatility, direction, probability or quantiles.
		preset: String,
	},
	/// Create a topic.
	Create(Create),
	/// Change parameters of a topic; if there is stake in it, first announce that.
	Update(Update),
	/// Fund a topic; it counts as revenue, and does not come back.
	Fund(Fund),
	/// Activate a topic that had to wait.
	Activate(Manage),
	/// Remove the old epochs of a topic that lapsed four weeks ago from the chain.
	Prune(Manage),
	/// Retire a topic; if there is stake in it, first announce that.
	Retire(Manage),
	/// Offer a topic to another account.
	Offer(Offer),
	/// Accept a topic that was offered.
	Accept(Manage),
	/// Take back what was announced: a change of parameters, or the retirement.
	WithdrawAnnouncements(Manage),
	/// Admit only accounts on the topic's list, or all again.
	Restrict(Restrict),
	/// Put accounts on a topic's list.
	Allow(Listing),
	/// Remove accounts from a topic's list.
	Disallow(Listing),
	/// Set the minimum price of a topic's inferences.
	Price(Price),
}

impl Command {
	pub async fn run(self) -> Result<()> {
		match self {
			Self::List(node) => {
				let state = node.state().await?;
				show::list(&state.overviews().await?, &state.clock().await?, node.json);
				Ok(())
			}
			Self::Show(one) => one.run().await,
			Self::Leaderboard(board) => board.run().await,
			Self::Template { preset } => {
				print!("{}", topic_file::template(&preset)?);
				Ok(())
			}
			Self::Create(create) => create.run().await,
			Self::Update(update) => update.run().await,
			Self::Fund(fund) => fund.run().await,
			Self::Activate(Manage { topic, sending }) => {
				let plan =
					Plan::free(calls::activate(topic), format!("opens epochs of topic {topic}"));
				let plan = plan.and(
					"needs stake and revenue (the root of their product is the topic's weight), revenue for \
					 the rent, and capacity of the chain",
				);
				Signer::open(&sending).await?.send(plan, nothing).await.map(drop)
			}
			Self::Prune(Manage { topic, sending }) => {
				let effect = format!("removes the old epochs of topic {topic}");
				let plan = Plan::free(calls::prune(topic), effect);
				let plan = plan.and("the transaction is free unless it is refused");
				Signer::open(&sending).await?.send(plan, nothing).await.map(drop)
			}
			Self::Retire(manage) => manage.retire().await,
			Self::Offer(offer) => offer.run().await,
			Self::Accept(Manage { topic, sending }) => {
				let plan = Plan::free(calls::accept(topic), format!("takes over topic {topic}"));
				let plan = plan.and("the deposits of its lists are taken over too");
				Signer::open(&sending).await?.send(plan, nothing).await.map(drop)
			}
			Self::WithdrawAnnouncements(Manage { topic, sending }) => {
				let call = calls::withdraw_announcements(topic);
				let plan = Plan::free(call, format!("takes back what topic {topic} has announced"));
				Signer::open(&sending).await?.send(plan, nothing).await.map(drop)
			}
			Self::Restrict(restrict) => restrict.run().await,
			Self::Allow(listing) => listing.run(true).await,
			Self::Disallow(listing) => listing.run(false).await,
			Self::Price(price) => price.run().await,
		}
	}
}

/// A topic of a state, and an error if it does not exist.
async fn details(state: &Snapshot, topic: TopicId) -> Result<Topic> {
	state.details(topic).await?.with_context(|| no_topic(topic))
}

/// A topic to show.
#[derive(Debug, Args)]
pub struct One {
	/// Id of the topic.
	topic: TopicId,
	#[command(flatten)]
	node: Node,
}

impl One {
	async fn run(self) -> Result<()> {
		let state = self.node.state().await?;
		let found = show::Topic {
			overview: state.overview(self.topic).await?.with_context(|| no_topic(self.topic))?,
			clock: state.clock().await?,
			schedule: state.schedules(&[self.topic]).await?.remove(&self.topic),
			funding: state.funding(self.topic).await?,
			history: state.history(self.topic).await?,
		};
		found.print(self.node.json)
	}
}

/// A leaderboard.
#[derive(Debug, Args)]
pub struct Leaderboard {
	/// Id of the topic.
	topic: TopicId,
	/// The role.
	#[arg(long, value_enum, default_value_t = RoleName::Inferer)]
	role: RoleName,
	#[command(flatten)]
	node: Node,
}

/// The capacity in which an account takes part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum RoleName {
	/// Predicts the truth.
	Inferer,
	/// Predicts the losses of inferers.
	Forecaster,
	/// Reports the truth.
	Reputer,
}

impl Leaderboard {
	async fn run(self) -> Result<()> {
		let state = self.node.state().await?;
		details(&state, self.topic).await?;
		let role = match self.role {
			RoleName::Inferer => Role::Inferer,
			RoleName::Forecaster => Role::Forecaster,
			RoleName::Reputer => Role::Reputer,
		};
		let board = state.leaderboard(self.topic, role).await?;
		show::leaderboard(self.topic, role, &board, self.node.json);
		Ok(())
	}
}

/// Creates a topic.
#[derive(Debug, Args)]
pub struct Create {
	/// The topic's parameters, as `topic template` prints them.
	#[arg(long)]
	file: PathBuf,
	/// Fund the topic with this amount of ALLO too.
	#[arg(long, value_name = "ALLO", value_parser = allo)]
	fund: Option<u128>,
	#[command(flatten)]
	sending: Sending,
}

impl Create {
	async fn run(self) -> Result<()> {
		let signer = Signer::open(&self.sending).await?;
		let state = signer.state().await?;
		let clock = state.clock().await?;
		let parameters = topic_file::parse(&read(&self.file)?, clock.slot_duration_ms);
		let parameters = parameters.with_context(|| format!("{}", self.file.display()))?;
		let call = calls::create(parameters.clone())?;
		check(&state, &state.call_data(&call)?)?;
		let vacancies = state.vacancies(&parameters).await?;
		let terms = state.terms().await?;
		let mut plan =
			Plan { call, effects: show::question(&parameters, &clock), costs: Vec::new() };
		plan = plan.and(match vacancies {
			0 => "! the chain has no capacity for it now: it would wait until another topic ends"
				.into(),
			_ => format!("the chain has capacity for {}", counted(vacancies, "such topic")),
		});
		plan = plan.and(format!(
			"opens epochs once the root of stake times revenue is {} ALLO",
			exact_allo(terms.min_topic_weight)
		));
		plan = plan.costing("fee for creating it, counts as revenue", terms.create_fee);
		let mut id = None;
		let sent = signer.send(plan, |events| {
			let topic = created_topic(events)?;
			id = Some(topic);
			let text = format!("topic {topic} is created: `allora-agent topic show {topic}`");
			Ok(vec![Outcome { name: "topic", value: json!(topic), text }])
		});
		sent.await?;
		match (id, self.fund) {
			(Some(topic), Some(amount)) => fund(&signer, topic, amount).await,
			_ => Ok(()),
		}
	}
}

/// An error if the chain would refuse these parameters, in the encoding of the call.
///
/// The rule is that of the chain's sources. If the chain has another one by now, what it refuses is
/// still an error, after the fee.
fn check(state: &Snapshot, call: &[u8]) -> Result<()> {
	// The first two bytes are those of pallet and call.
	let Some(Ok(parameters)) =
		call.get(2..).map(|mut data| allora_primitives::TopicParameters::decode(&mut data))
	else {
		return Ok(());
	};
	let lengths =
		state.constant("Topics", "MinEpochLength")?..=state.constant("Topics", "SlotsPerWeek")?;
	let Err(reason) = parameters.validate(lengths, state.constant("Topics", "MaxSupply")?) else {
		return Ok(());
	};
	let name = format!("{reason:?}");
	let metadata = state.metadata();
	let error = [format!("Invalid{name}"), name.clone()];
	let found = error.iter().find_map(|error| explanation(&metadata, "Topics", error));
	bail!("the chain would refuse it: {}", found.unwrap_or(name))
}

/// Changes parameters of a topic.
#[derive(Debug, Args)]
pub struct Update {
	/// Id of the topic.
	topic: TopicId,
	/// The parameters to change, by the keys of `topic template`.
	#[arg(long)]
	file: PathBuf,
	#[command(flatten)]
	sending: Sending,
}

impl Update {
	async fn run(self) -> Result<()> {
		let signer = Signer::open(&self.sending).await?;
		let state = signer.state().await?;
		let topic = details(&state, self.topic).await?;
		ensure_creator(&signer, &topic)?;
		let changes = topic_file::parse_update(&read(&self.file)?);
		let changes = changes.with_context(|| format!("{}", self.file.display()))?;
		let after = changes.applied(&topic.parameters);
		ensure!(
			after != topic.parameters,
			"the topic has these parameters already: `allora-agent topic show {}`",
			self.topic
		);
		// The chain has the same rules for all parameters that a new topic has.
		check(&state, &state.call_data(&calls::create(after)?)?)?;
		let mut effects = show::changes(&changes, &topic.parameters)?;
		effects.push(match (&topic.announced.update, topic.stake.0) {
			(Some((announced, _)), _) if *announced == changes => {
				"makes the change that is announced, if the notice is over".into()
			}
			(_, 0) => "is in force for epochs that open from now on".into(),
			_ => format!(
				"is announced, since there is stake in the topic; the same command makes it after the \
				 notice: `allora-agent topic show {}` says when",
				self.topic
			),
		});
		let plan = Plan { call: calls::update(self.topic, changes)?, effects, costs: Vec::new() };
		signer.send(plan, nothing).await.map(drop)
	}
}

/// Funds a topic.
#[derive(Debug, Args)]
pub struct Fund {
	/// Id of the topic.
	topic: TopicId,
	/// The amount, in ALLO.
	#[arg(long, value_name = "ALLO", value_parser = allo)]
	amount: u128,
	#[command(flatten)]
	sending: Sending,
}

impl Fund {
	async fn run(self) -> Result<()> {
		let signer = Signer::open(&self.sending).await?;
		details(&signer.state().await?, self.topic).await?;
		fund(&signer, self.topic, self.amount).await
	}
}

async fn fund(signer: &Signer, topic: TopicId, amount: u128) -> Result<()> {
	let plan = Plan::free(
		calls::fund(topic, amount),
		format!("funds topic {topic} with {} ALLO, which count as revenue", exact_allo(amount)),
	)
	.and("goes to the ecosystem pot, which pays all topics, and does not come back")
	.costing("funding", amount);
	signer.send(plan, nothing).await.map(drop)
}

/// A topic to manage.
#[derive(Debug, Args)]
pub struct Manage {
	/// Id of the topic.
	topic: TopicId,
	#[command(flatten)]
	sending: Sending,
}

impl Manage {
	async fn retire(self) -> Result<()> {
		let signer = Signer::open(&self.sending).await?;
		let topic = details(&signer.state().await?, self.topic).await?;
		ensure_creator(&signer, &topic)?;
		let effect = match topic.stake.0 {
			0 => "retires the topic: its running epoch is the last one",
			_ => {
				"announces that the topic is retired, if it is not announced yet: there is stake in it, \
				 which can leave before; the same command retires it after the notice"
			}
		};
		signer.send(Plan::free(calls::retire(self.topic), effect), nothing).await.map(drop)
	}
}

/// An error unless the signer has created the topic.
fn ensure_creator(signer: &Signer, topic: &Topic) -> Result<()> {
	ensure!(
		topic.creator.0 == signer.id(),
		"only {}, its creator, may do this with topic {2}; {1} is not: `allora-agent topic show {2}`",
		address(&topic.creator.0),
		address(&signer.id()),
		topic.topic,
	);
	Ok(())
}

/// Offers a topic.
#[derive(Debug, Args)]
pub struct Offer {
	/// Id of the topic.
	topic: TopicId,
	/// The account; without it, an offer is taken back.
	#[arg(long, value_name = "ACCOUNT", value_parser = who)]
	to: Option<Who>,
	#[command(flatten)]
	sending: Sending,
}

impl Offer {
	async fn run(self) -> Result<()> {
		let signer = Signer::open(&self.sending).await?;
		ensure_creator(&signer, &details(&signer.state().await?, self.topic).await?)?;
		let to = self.to.map(|Who(to)| to);
		let effect = match &to {
			Some(to) => format!(
				"offers topic {0} to {1}, which takes it by `allora-agent topic accept {0}`",
				self.topic,
				address(to)
			),
			None => format!("takes back the offer of topic {}", self.topic),
		};
		signer.send(Plan::free(calls::offer(self.topic, to), effect), nothing).await.map(drop)
	}
}

/// Enables or disables a list.
#[derive(Debug, Args)]
pub struct Restrict {
	/// Id of the topic.
	topic: TopicId,
	/// Whom the list is for.
	#[arg(long, value_enum)]
	role: Kind,
	/// Admit all accounts again.
	#[arg(long)]
	off: bool,
	#[command(flatten)]
	sending: Sending,
}

impl Restrict {
	async fn run(self) -> Result<()> {
		let signer = Signer::open(&self.sending).await?;
		let topic = details(&signer.state().await?, self.topic).await?;
		ensure_creator(&signer, &topic)?;
		let registration = Registration::from(self.role);
		let call = calls::set_allow_list(self.topic, registration, !self.off);
		let name = registration.name();
		let plan = match self.off {
			true => Plan::free(call, format!("admits all accounts as {name}s of the topic")),
			false => {
				Plan::free(call, format!("admits only listed accounts as {name}s of the topic"))
					.and("while a list is enabled, the topic has no part in emission")
			}
		};
		let plan = match (self.off, topic.stake.0) {
			(false, 1..) => {
				plan.and("is in force after the notice, since there is stake in the topic")
			}
			_ => plan,
		};
		signer.send(plan, nothing).await.map(drop)
	}
}

/// Accounts of a list.
#[derive(Debug, Args)]
pub struct Listing {
	/// Id of the topic.
	topic: TopicId,
	/// Whom the list is for.
	#[arg(long, value_enum)]
	role: Kind,
	/// The accounts.
	#[arg(required = true, value_name = "ACCOUNT", value_parser = who)]
	accounts: Vec<Who>,
	#[command(flatten)]
	sending: Sending,
}

impl Listing {
	async fn run(self, allow: bool) -> Result<()> {
		let signer = Signer::open(&self.sending).await?;
		let state = signer.state().await?;
		ensure_creator(&signer, &details(&state, self.topic).await?)?;
		let accounts: Vec<_> = self.accounts.iter().map(|Who(account)| *account).collect();
		let (count, registration) = (accounts.len() as u32, Registration::from(self.role));
		let counted = counted(count, "account");
		let deposit: u128 = state.constant("Topics", "ListDeposit")?;
		let name = registration.name();
		if allow {
			let plan = Plan::free(
				calls::allow(self.topic, registration, accounts),
				format!("puts {counted} on the list of {name}s of topic {}", self.topic),
			);
			let plan = plan.costing(
				"deposits, returned on removal, at most",
				deposit.saturating_mul(count.into()),
			);
			return signer.send(plan, nothing).await.map(drop);
		}
		let plan = Plan::free(
			calls::disallow(self.topic, registration, accounts),
			format!("removes {counted} from the list of {name}s of topic {}", self.topic),
		);
		let plan = plan.and(format!("gives back {} ALLO of deposit for each", exact_allo(deposit)));
		signer.send(plan, nothing).await.map(drop)
	}
}

/// Sets a minimum price.
#[derive(Debug, Args)]
pub struct Price {
	/// Id of the topic.
	topic: TopicId,
	/// The minimum, in ALLO.
	#[arg(long, value_name = "ALLO", value_parser = allo)]
	minimum: u128,
	#[command(flatten)]
	sending: Sending,
}

impl Price {
	async fn run(self) -> Result<()> {
		let signer = Signer::open(&self.sending).await?;
		let state = signer.state().await?;
		let topic = details(&state, self.topic).await?;
		ensure_creator(&signer, &topic)?;
		let plan = Plan::free(
			calls::set_minimum(self.topic, self.minimum),
			format!(
				"inferences of topic {} cost {} ALLO or more",
				self.topic,
				exact_allo(self.minimum)
			),
		);
		let plan = match topic.stake.0 {
			0 => plan,
			_ => {
				plan.and("a higher price is in force after the notice, since there is stake in it")
			}
		};
		signer.send(plan, nothing).await.map(drop)
	}
}
