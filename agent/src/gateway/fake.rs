//! A chain of one topic, for tests.

use super::state::{Block, State};
use crate::{
	chain::{
		documents::*,
		explanation::{
			Explanation, LearnedWorker, NoReward, ReputerExplanation, Standing, WorkerExplanation,
			WorkerPart,
		},
		holdings::*,
		json::{Address, Fixed, Fraction, Name, Planck},
		types::{
			AccountData, AccountId, Bundle, Clock, Contribution, Contributions, EpochId,
			EpochState, Role, Rule, TopicId,
		},
	},
	commands::topic_file,
	explain::{EpochExplanation, NothingToExplain},
	verify::ProofFile,
};
use anyhow::{ensure, Result};
use async_trait::async_trait;
use std::sync::{
	atomic::{AtomicBool, AtomicUsize, Ordering},
	Arc,
};

/// The worker of the topic.
pub const WORKER: AccountId = [1; 32];
/// The epoch that opened first, and the slots from one to the next.
const FIRST: u64 = 100;
const LENGTH: u64 = 20;
/// The number of epochs on record, so that they fill more than a page of 16.
const EPOCHS: u64 = 20;
/// The length of a slot, so long that the block is in the far future, and so always young.
const SLOT_MS: u64 = 10_000_000_000;

/// The parameters of the topic.
const PARAMETERS: &str = r#"
preset = "price"
metadata = "the next value"
ground_truth = "a series"
labels = ["y"]
epoch_length = 20
worker_window = 5
reveal_window = 3
"#;

/// The chain at a block.
pub struct Fake {
	block: Block,
	epochs: u64,
	topics: Vec<TopicId>,
	/// The number of calls.
	pub calls: Arc<AtomicUsize>,
	/// Whether calls fail.
	pub fails: Arc<AtomicBool>,
}

fn fixed(tenths: i128) -> Fixed {
	Fixed(tenths * 10i128.pow(17))
}

impl Fake {
	/// The chain at the block of this number.
	pub fn new(number: u32) -> Self {
		let mut fake = Self {
			block: Block::new(0, [0; 32], Clock { slot: 0, slot_duration_ms: 0 }),
			epochs: EPOCHS,
			topics: vec![1],
			calls: Arc::default(),
			fails: Arc::default(),
		};
		fake.place(number);
		fake
	}

	fn place(&mut self, number: u32) {
		let slot = self.newest() + 10;
		let hash = [number as u8; 32];
		self.block = Block::new(number, hash, Clock { slot, slot_duration_ms: SLOT_MS });
	}

	/// The same with one more epoch.
	pub fn one_epoch_later(mut self) -> Self {
		self.epochs += 1;
		self.place(self.block.number);
		self
	}

	/// The same at another block of this number.
	pub fn with_hash(mut self, byte: u8) -> Self {
		self.block.hash = format!("0x{}", format!("{byte:02x}").repeat(32));
		self
	}

	/// The same after the topic has been removed.
	pub fn without_topics(mut self) -> Self {
		self.topics.clear();
		self
	}

	/// The epochs on record, oldest first.
	pub fn epochs(&self) -> impl DoubleEndedIterator<Item = EpochId> {
		(0..self.epochs).map(|number| FIRST + number * LENGTH)
	}

	fn newest(&self) -> EpochId {
		FIRST + (self.epochs - 1) * LENGTH
	}

	fn inference(&self) -> Inference {
		Inference {
			epoch: self.newest() - LENGTH,
			label_values: vec![fixed(15)],
			intervals: vec![[fixed(10), fixed(12), fixed(18), fixed(20)]],
			disagreement: vec![[fixed(13), fixed(14), fixed(15), fixed(16), fixed(17)]],
			age: LENGTH + 10,
		}
	}

	fn summary(&self, epoch: EpochId) -> EpochSummary {
		let is_open = epoch == self.newest();
		let losses = Losses { network: fixed(-5), naive: fixed(-4), best: fixed(-6) };
		EpochSummary {
			epoch,
			state: if is_open { EpochState::Collecting } else { EpochState::Settled },
			label_values: if is_open { vec![] } else { vec![fixed(15)] },
			intervals: vec![],
			truth: (!is_open).then(|| vec![fixed(16)]),
			losses: (!is_open).then_some(losses),
			participants: Participants { inferers: 1, forecasters: 0, reputers: 1 },
			paid: Planck(7),
		}
	}

	/// A topic.
	pub fn topic(&self, topic: TopicId) -> Topic {
		let parameters = topic_file::parse(PARAMETERS, SLOT_MS).unwrap();
		Topic {
			topic,
			creator: Address([9; 32]),
			offered_to: None,
			parameters,
			workers_listed: false,
			reputers_listed: false,
			active: true,
			retired: false,
			last_epoch: Some(self.newest()),
			next_epoch: Some(self.newest() + LENGTH),
			weight: Planck(1),
			revenue: Planck(2),
			stake: Planck(3),
			pot: Planck(4),
			announced: Announced::default(),
		}
	}

	fn overview(&self, topic: TopicId) -> Overview {
		let info = self.topic(topic);
		let settled = Some(self.summary(self.newest() - LENGTH));
		Overview { info, settled, inference: Some(self.inference()) }
	}

	/// Counts a call, which may fail.
	fn call(&self) -> Result<()> {
		self.calls.fetch_add(1, Ordering::Relaxed);
		ensure!(!self.fails.load(Ordering::Relaxed), "the node at ws://10.0.0.1 is gone");
		Ok(())
	}

	fn has(&self, topic: TopicId) -> bool {
		self.topics.contains(&topic)
	}
}

#[async_trait]
impl State for Fake {
	fn block(&self) -> &Block {
		&self.block
	}

	async fn overview(&self, from: TopicId, limit: u32) -> Result<OverviewPage> {
		self.call()?;
		let topics = self.topics.iter().filter(|topic| **topic >= from).take(limit as usize);
		Ok(OverviewPage { topics: topics.map(|topic| self.overview(*topic)).collect(), next: None })
	}

	async fn resistant(&self, topic: TopicId) -> Result<Option<ResistantInference>> {
		self.call()?;
		let inference = Inference { label_values: vec![fixed(14)], ..self.inference() };
		Ok(self
			.has(topic)
			.then(|| ResistantInference { inference, left_out: vec![Address(WORKER)] }))
	}

	async fn history(
		&self,
		_: TopicId,
		before: Option<EpochId>,
		limit: u32,
	) -> Result<Vec<EpochSummary>> {
		self.call()?;
		let epochs =
			self.epochs().rev().filter(|epoch| before.is_none_or(|before| *epoch < before));
		Ok(epochs.take(limit as usize).map(|epoch| self.summary(epoch)).collect())
	}

	async fn leaderboard(&self, topic: TopicId, _: Role) -> Result<Leaderboard> {
		self.call()?;
		let learned = LearnedWorker {
			loss: fixed(-5).0,
			regret_before: None,
			regret: fixed(1).0,
			score: fixed(2).0,
			smoothed_score: fixed(3).0,
			worth: None,
		};
		let part = WorkerPart { weight: fixed(10).0, left_out: false, learned: Some(learned) };
		let leader = Leader {
			account: Address(WORKER),
			owner: Address([2; 32]),
			registered: true,
			activity: Name("active".into()),
			missed: 0,
			score: Some(fixed(3)),
			regret: None,
			due: Planck(5),
			latest: Some(LatestResult { reward: Planck(7), part: RolePart::Worker(part) }),
		};
		let leaders = if self.has(topic) { vec![leader] } else { vec![] };
		Ok(Leaderboard { settled: None, leaders })
	}

	async fn positions(&self, who: AccountId, _: TopicId, _: u32) -> Result<PositionPage> {
		self.call()?;
		let role = RolePosition { role: Role::Inferer, score: None, last_active: None };
		let commission = Fraction(50_000_000);
		let position = Position {
			topic: 1,
			worker: Some(RegistrationInfo { owner: Address([2; 32]), left: false }),
			reputer: None,
			roles: vec![role],
			stake: Stake { own: Planck(0), delegated: Planck(0), commission, removals: vec![] },
			due: Planck(5),
		};
		let positions = if who == WORKER { vec![position] } else { vec![] };
		Ok(PositionPage { positions, next: None })
	}

	async fn balance(&self, who: AccountId) -> Result<Option<AccountData>> {
		self.call()?;
		Ok((who == WORKER).then_some(AccountData { free: u128::MAX, reserved: 1 }))
	}

	async fn explain(
		&self,
		topic: TopicId,
		epoch: Option<EpochId>,
		who: AccountId,
	) -> Result<EpochExplanation> {
		self.call()?;
		if who != WORKER || !self.has(topic) {
			return Err(NothingToExplain("account has no part in it".into()).into());
		}
		let standing = |registered| Standing {
			registered,
			allowed: true,
			outcome: None,
			reward: 0,
			share: 0,
			no_reward: Some(NoReward::NothingSubmitted),
		};
		let worker = |registered| WorkerExplanation {
			standing: standing(registered),
			kept: vec![(WORKER, fixed(-5).0)],
			part: None,
		};
		let explanation = Explanation {
			state: Some(EpochState::Settled),
			inferer: worker(true),
			forecaster: worker(false),
			reputer: ReputerExplanation { standing: standing(false), learned: None },
		};
		let epoch = epoch.unwrap_or(self.newest() - LENGTH);
		Ok(EpochExplanation { topic, epoch, opened: "then".into(), account: who, explanation })
	}

	async fn elements(&self, _: TopicId, _: EpochId) -> Result<Vec<ElementInfo>> {
		self.call()?;
		let (inferer, forecaster) = (Address(WORKER), Address([2; 32]));
		let elements = [
			Element::Combined,
			Element::Naive,
			Element::Inferer(inferer),
			Element::Forecaster(forecaster),
			Element::OneOutInfererForecaster { forecaster, inferer },
			Element::OneOutInferer(inferer),
			Element::OneOutForecaster(forecaster),
			Element::OneInForecaster(forecaster),
		];
		let info = |(position, element): (usize, &Element)| ElementInfo {
			element: *element,
			label_values: vec![fixed(position as i128 + 1)],
		};
		Ok(elements.iter().enumerate().map(info).collect())
	}

	async fn bundle(&self, _: TopicId, _: EpochId) -> Result<Option<Bundle>> {
		self.call()?;
		Ok(Some(Bundle {
			loss_epoch: Some(FIRST),
			rule: Rule::Mixture,
			labels: 1,
			inferers: vec![WORKER],
			forecasters: vec![[2; 32]],
			element_values: vec![],
			inferer_weights: vec![fixed(10).0],
			forecaster_weights: vec![fixed(4).0],
			intervals: vec![],
		}))
	}

	async fn contributions(&self, _: TopicId, _: EpochId) -> Result<Option<Contributions>> {
		self.call()?;
		Ok(Some(Contributions {
			inferers: vec![Contribution { account: WORKER, score: fixed(2).0 }],
			forecasters: vec![],
			reputers: vec![],
			network_loss: 0,
			worth: None,
		}))
	}

	async fn proof(&self, _: TopicId) -> Result<Option<ProofFile>> {
		self.call()?;
		Ok(Some(serde_json::from_str(include_str!("../../tests/inference_proof.json"))?))
	}
}
