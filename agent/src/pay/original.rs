//! The original's pay: the regret rule, and shares by the scores of an epoch (S 13).

use super::{measure, spread, Paying, Probe, Settled};
use crate::{
	coordinator::{reals, Coordinator},
	loss::decimals,
	rules::{numbers, Topic},
	simulate::{Epoch, Inputs},
	topic::Truths,
};
use allora_math::{
	rewards::{
		class_shares, forecaster_score_ratio, forecasting_utility, score_fractions,
		smooth_fractions, task_entropy, task_score,
	},
	synthesis::Bundle,
	MathResult, Real,
};
use anyhow::{ensure, Context, Result};
use std::collections::VecDeque;

/// The chain's defaults of p and c, of beta and of the smoothing (S 3).
const P: Real = Real::lit("3");
const C: Real = Real::lit("0.75");
const BETA: Real = Real::lit("0.25");
const SMOOTHING: Real = Real::lit("0.1");

/// The number of recent scores that are kept, per member.
const SCORES: usize = 10;

/// What is known of a class of workers.
#[derive(Clone, Debug, Default)]
struct Class {
	/// Recent scores, oldest first.
	scores: VecDeque<Real>,
	/// The members' smoothed shares.
	smoothed: Vec<Option<Real>>,
}

impl Class {
	fn new(members: usize) -> Self {
		Self { scores: VecDeque::new(), smoothed: vec![None; members] }
	}

	/// The shares of those members that have scores, and the entropy of the class.
	fn share(
		&mut self,
		members: &[usize],
		scores: &[Real],
		epsilon: Real,
	) -> MathResult<(Vec<Real>, Real)> {
		if members.is_empty() {
			return Ok((Vec::new(), Real::ZERO));
		}
		self.scores.extend(scores);
		let excess = self.scores.len().saturating_sub(SCORES * self.smoothed.len());
		self.scores.drain(..excess);
		let shares = score_fractions(scores, self.scores.make_contiguous(), P, C, epsilon)?;
		let before: Vec<_> = members.iter().map(|member| self.smoothed[*member]).collect();
		let smoothed = smooth_fractions(&shares, &before, SMOOTHING)?;
		for (member, share) in members.iter().zip(&smoothed) {
			self.smoothed[*member] = Some(*share);
		}
		Ok((shares, task_entropy(&smoothed, BETA)?))
	}
}

/// A network under the original's rules; all of its members take part in every epoch.
pub struct Original {
	topic: Topic,
	coordinator: Coordinator,
	inferers: Class,
	forecasters: Class,
	/// tau (S 13.4).
	ratio: Real,
	truths: Truths,
	begun: VecDeque<Bundle>,
}

impl Original {
	/// A network without history.
	pub fn new(inputs: &Inputs) -> Self {
		let (members, forecasters) = (inputs.names.len(), inputs.forecasters);
		let (labels, learning) = (inputs.topic.width(), inputs.topic.learning);
		Self {
			topic: inputs.topic.clone(),
			coordinator: Coordinator::new(learning, labels, members, forecasters),
			inferers: Class::new(members),
			forecasters: Class::new(forecasters),
			ratio: Real::ZERO,
			truths: Truths::default(),
			begun: VecDeque::new(),
		}
	}

	/// The inferences of an epoch.
	fn synthesise(&self, epoch: &Epoch) -> Result<Bundle> {
		let complete = epoch.inferences.iter().all(|row| !row.is_empty());
		ensure!(complete, "the original's rule is run for inferers that are always present");
		let rows =
			|rows: &[Vec<f64>]| rows.iter().map(|row| reals(row)).collect::<Result<Vec<_>>>();
		Ok(self.coordinator.synthesise(&rows(&epoch.inferences)?, &rows(&epoch.forecasts)?)?)
	}
}

impl Paying for Original {
	fn begin(&mut self, epoch: &Epoch) -> Result<()> {
		self.begun.push_back(self.synthesise(epoch)?);
		Ok(())
	}

	fn probe(&self, epoch: &Epoch) -> Result<Probe> {
		let bundle = self.synthesise(epoch)?;
		let network = bundle.values.first().context("a network has labels")?.to_num();
		Ok(Probe { network, half_width: f64::INFINITY })
	}

	fn settle(&mut self, truth: &[f64]) -> Result<Settled> {
		let bundle = self.begun.pop_front().context("no epoch has begun")?;
		let rows = || bundle.values.chunks(bundle.labels.max(1));
		let truth = decimals(truth)?;
		let measured = measure(&self.topic, &self.truths.known(&truth), &truth, rows())?;
		self.truths.add(&truth)?;
		let losses: Vec<_> = measured.iter().map(|loss| loss.learned).collect();
		let scores = self.coordinator.learn(&bundle, &losses)?;
		let all: Vec<_> = (0..scores.inferers.len()).collect();
		let epsilon = Real::from_num(self.topic.learning.epsilon);
		let (inferers, disorder) = self.inferers.share(&all, &scores.inferers, epsilon)?;
		let (forecasters, of_forecasters) =
			self.forecasters.share(&bundle.forecasters, &scores.forecasters, epsilon)?;
		let mut elements = rows().zip(&measured);
		let (network, loss) = elements.next().context("a bundle has a network inference")?;
		let (naive, without) = elements.next().context("a bundle has a naive inference")?;
		let gain = task_score(without.learned, loss.learned)?;
		let ratio = forecaster_score_ratio(gain, &scores.inferers, self.ratio, SMOOTHING)?;
		self.ratio = ratio.unwrap_or_default();
		let utility = forecasting_utility(ratio);
		// Reputers' shares do not change what inferers and forecasters get of the workers' part.
		let (_, part, _) = class_shares(disorder, of_forecasters, Real::ZERO, utility)?;
		let count = self.forecasters.smoothed.len();
		Ok(Settled {
			network: network.to_vec(),
			naive: naive.to_vec(),
			loss: loss.own.to_num(),
			weights: numbers(&bundle.inferer_weights),
			worths: numbers(&scores.inferers),
			shares: numbers(&inferers),
			forecasting: part.to_num(),
			forecasters: spread(&bundle.forecasters, &numbers(&forecasters), count),
			..Settled::default()
		})
	}
}
