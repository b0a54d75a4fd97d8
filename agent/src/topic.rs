//! A topic off chain: what it asks for, how values are measured, and the parameters of its rules.

use crate::{
	chain::{
		from_fixed,
		types::{Cadence, LossMethod, Rule, ScaleRule, TopicLoss},
	},
	coordinator::Learning,
	loss::{decimals, FLOOR},
	question::{observed_label, Question},
};
use allora_math::{
	convert::from_fixed as real,
	loss::{Loss, Measured, Spread, Target},
	MathResult, Real,
};
use allora_primitives::{
	self as primitives, FixedI128, LossMethod as ChainLoss, TopicParameters, TopicParametersError,
	ValuesError,
};
use anyhow::{bail, ensure, Context, Result};

/// A topic as a simulation sees it.
#[derive(Clone, Debug, PartialEq)]
pub struct Topic {
	/// A short name.
	pub name: String,
	/// The parameters of the regret rule.
	pub learning: Learning,
	/// All other parameters, as the chain has them.
	parameters: TopicParameters,
}

impl Default for Topic {
	fn default() -> Self {
		Question::default().into()
	}
}

impl From<Question> for Topic {
	fn from(question: Question) -> Self {
		Self::of(question, question.loss_method())
	}
}

impl Topic {
	/// One of the demo's questions, with this loss.
	pub fn of(question: Question, method: LossMethod) -> Self {
		let labels = question.labels().iter().map(|label| (*label).to_owned()).collect();
		let mut topic = Self::new(question.name().into(), labels, method);
		topic.parameters.unity_tolerance = question.unity_tolerance().map(FixedI128::from_float);
		topic
	}

	/// A topic with this loss and the demo's parameters.
	pub fn new(name: String, labels: Vec<String>, method: LossMethod) -> Self {
		let mut parameters = TopicParameters::regression(1, 1, 1);
		let label = |label: String| primitives::topic::Label::truncate_from(label.into_bytes());
		parameters.labels =
			primitives::topic::Labels::truncate_from(labels.into_iter().map(label).collect());
		parameters.loss_floor = FixedI128::from_float(FLOOR);
		parameters.loss_method = match method {
			LossMethod::Squared => ChainLoss::Squared,
			LossMethod::Absolute => ChainLoss::Absolute,
			LossMethod::CrossEntropy => ChainLoss::CrossEntropy,
		};
		Self { name, learning: Learning::default(), parameters }
	}

	/// The topic of a file.
	///
	/// An error if the chain would refuse the parameters, or if the topic has a custom loss, which only
	/// reputers can compute.
	pub fn from_parameters(of: &crate::chain::types::TopicParameters) -> Result<Self> {
		let fixed = FixedI128::from_inner;
		let text = |bytes: &[u8]| {
			primitives::topic::Text::try_from(bytes.to_vec()).ok().context("a text is too long")
		};
		let label = |label: &Vec<u8>| {
			let name = String::from_utf8_lossy(label).into_owned();
			let label = primitives::topic::Label::try_from(label.clone());
			label.ok().with_context(|| format!("the label {name:?} is too long"))
		};
		let labels = of.labels.iter().map(label).collect::<Result<Vec<_>>>()?;
		let parameters = TopicParameters {
			metadata: text(&of.metadata)?,
			loss_method: chain_loss(&of.loss_method)?,
			loss_floor: fixed(of.loss_floor),
			ground_truth: text(&of.ground_truth)?,
			labels: primitives::topic::Labels::try_from(labels)
				.ok()
				.context("a topic has at most eight labels")?,
			unity_tolerance: of.unity_tolerance.map(fixed),
			label_default: fixed(of.label_default),
			cadence: match of.cadence {
				Cadence::Regular => primitives::Cadence::Regular,
				Cadence::OnDemand => primitives::Cadence::OnDemand,
			},
			epoch_length: of.epoch_length,
			phase: of.phase,
			worker_window: of.worker_window,
			reveal_window: of.reveal_window,
			ground_truth_lag: of.ground_truth_lag,
			rule: match of.rule {
				Rule::Mixture => primitives::Rule::Mixture,
				Rule::Regret => primitives::Rule::Regret,
			},
			p_norm: fixed(of.p_norm),
			c_norm: fixed(of.c_norm),
			alpha_regret: fixed(of.alpha_regret),
			merit_sortition_alpha: fixed(of.merit_sortition_alpha),
			epsilon: fixed(of.epsilon),
			scale_rule: match of.scale_rule {
				ScaleRule::Mad => primitives::ScaleRule::Mad,
				ScaleRule::StdDev => primitives::ScaleRule::StdDev,
			},
			inferer_quantile: fixed(of.inferer_quantile),
			forecaster_quantile: fixed(of.forecaster_quantile),
			max_inferers: of.max_inferers,
			max_forecasters: of.max_forecasters,
			max_reputers: of.max_reputers,
			min_reputers: of.min_reputers,
			min_stake: of.min_stake,
			history: of.history,
		};
		parameters.validate(1..=u32::MAX, u128::MAX).map_err(refused)?;
		let learning = Learning {
			p_norm: from_fixed(of.p_norm),
			c_norm: from_fixed(of.c_norm),
			alpha_regret: from_fixed(of.alpha_regret),
			epsilon: from_fixed(of.epsilon),
			standard_deviation: of.scale_rule == ScaleRule::StdDev,
		};
		let name = String::from_utf8_lossy(&of.metadata).into_owned();
		Ok(Self { name, learning, parameters })
	}

	/// The names of the values of an inference.
	pub fn labels(&self) -> Vec<String> {
		let labels = self.parameters.labels.iter();
		labels.map(|label| String::from_utf8_lossy(label).into_owned()).collect()
	}

	/// The number of values of an inference.
	pub fn width(&self) -> usize {
		self.parameters.labels.len()
	}

	/// Whether the values of an inference sum to 1.
	pub fn is_unity(&self) -> bool {
		self.parameters.unity_tolerance.is_some()
	}

	/// Whether the values of an inference are probabilities by the loss.
	pub fn has_probabilities(&self) -> bool {
		matches!(self.loss(), Loss::Brier | Loss::CrossEntropy)
	}

	/// The largest numbers of inferers and forecasters in an epoch.
	pub fn seats(&self) -> [usize; 2] {
		[self.parameters.max_inferers, self.parameters.max_forecasters].map(|seats| seats as usize)
	}

	/// What is added to a loss before its logarithm is taken.
	pub fn floor(&self) -> FixedI128 {
		self.parameters.loss_floor
	}

	/// The same topic with another floor, limited to the range that the chain accepts.
	pub fn with_floor(&self, floor: FixedI128) -> Self {
		let mut topic = self.clone();
		topic.parameters.loss_floor = floor.max(TopicParameters::MIN_LOSS_FLOOR);
		topic
	}

	/// How far an inference is from the truth.
	pub fn loss(&self) -> Loss<'_> {
		match &self.parameters.loss_method {
			// Custom losses are refused when a topic is made.
			ChainLoss::Squared | ChainLoss::Custom(_) => Loss::Squared,
			ChainLoss::Absolute => Loss::Absolute,
			ChainLoss::Huber { delta } => Loss::Huber { delta: *delta },
			ChainLoss::LogCosh => Loss::LogCosh,
			ChainLoss::Pinball { levels } => Loss::Pinball { levels },
			ChainLoss::Brier => Loss::Brier,
			ChainLoss::CrossEntropy => Loss::CrossEntropy,
			ChainLoss::Poisson => Loss::Poisson,
			ChainLoss::Ztae => Loss::Ztae,
			ChainLoss::Zptae => Loss::Zptae,
			ChainLoss::Czar { alpha } => Loss::Czar { alpha: *alpha },
		}
	}

	/// The name of the loss.
	pub fn loss_name(&self) -> &'static str {
		match self.loss() {
			Loss::Squared => "squared error",
			Loss::Absolute => "absolute error",
			Loss::Huber { .. } => "Huber loss",
			Loss::LogCosh => "log-cosh loss",
			Loss::Pinball { .. } => "pinball loss",
			Loss::Brier => "Brier score",
			Loss::CrossEntropy => "-ln of the probability",
			Loss::Poisson => "Poisson loss",
			Loss::Ztae => "ZTAE",
			Loss::Zptae => "ZPTAE",
			Loss::Czar { .. } => "CZAR",
		}
	}

	/// The unit of the losses that rules learn from.
	pub fn loss_unit(&self) -> String {
		match self.loss().is_raw() {
			true => self.loss_name().into(),
			false => format!("log10 of the {}", self.loss_name()),
		}
	}

	/// The loss of an inference in the topic's own unit, and as the chain learns from it; `None` if the
	/// number of values is wrong, or if a value cannot be represented.
	///
	/// `spreads` are those of the truths before, see [`Truths::known`].
	pub fn measure(
		&self,
		inference: &[f64],
		truth: &[f64],
		spreads: &[Spread],
	) -> Option<Measured> {
		let (inference, truth) = (decimals(inference).ok()?, decimals(truth).ok()?);
		let target = Target::new(self.loss(), &truth, spreads, self.floor()).ok()?;
		target.measure(&inference).ok()
	}

	/// The loss of an inference as the chain learns from it; not a number if there is none.
	pub fn learned(&self, inference: &[f64], truth: &[f64], spreads: &[Spread]) -> f64 {
		self.measure(inference, truth, spreads)
			.map_or(f64::NAN, |measured| measured.learned.to_num())
	}

	/// The loss of an inference in the topic's own unit; not a number if there is none.
	pub fn own(&self, inference: &[f64], truth: &[f64], spreads: &[Spread]) -> f64 {
		self.measure(inference, truth, spreads).map_or(f64::NAN, |measured| measured.own.to_num())
	}

	/// An error if the chain would refuse an inference, which says why.
	pub fn check_inference(&self, values: &[f64]) -> Result<()> {
		self.check(values, TopicParameters::check_inference)
	}

	/// An error if the chain would refuse a truth, which says why.
	pub fn check_truth(&self, values: &[f64]) -> Result<()> {
		self.check(values, TopicParameters::check_truth)
	}

	fn check(
		&self,
		values: &[f64],
		rule: fn(&TopicParameters, &[FixedI128]) -> Result<(), ValuesError>,
	) -> Result<()> {
		let (found, wanted) = (values.len(), self.width());
		ensure!(found == wanted, "{found} values, and the topic has {wanted} labels");
		let Err(reason) = rule(&self.parameters, &decimals(values)?) else { return Ok(()) };
		bail!(match reason {
			ValuesError::OutOfRange => "a value is larger than 1e15 in magnitude",
			ValuesError::NotUnity => "the values do not sum to 1 within the topic's tolerance",
			ValuesError::NotProbability => "a probability is below 0 or above 1",
			ValuesError::NotPositive => "the value of a count is not positive",
			ValuesError::QuantilesDecrease => "a quantile is below that of a lower level",
			ValuesError::TruthsDiffer => "the truth of quantiles is not the same for all labels",
		})
	}

	/// The label that is shown of several: the observed one of probabilities, and else the one in the
	/// middle, the median of quantiles.
	pub fn shown_label(&self, truth: &[f64]) -> usize {
		match self.is_unity() {
			true => observed_label(truth),
			false => truth.len().saturating_sub(1) / 2,
		}
	}

	/// An inference or a ground truth, for display: numbers, or percentages.
	pub fn format(&self, values: &[f64]) -> String {
		if self.is_unity() {
			let percentages = values.iter().map(|value| format!("{:.0}", 100.0 * value));
			return format!("{} %", percentages.collect::<Vec<_>>().join("/"));
		}
		values.iter().map(|value| format!("{value:.3}")).collect::<Vec<_>>().join(" ")
	}

	/// A ground truth, for display: the numbers, or the observed label.
	pub fn format_truth(&self, truth: &[f64]) -> String {
		match self.is_unity() {
			true => self.labels().get(observed_label(truth)).cloned().unwrap_or_default(),
			false => self.format(truth),
		}
	}
}

/// A loss as the chain has it; an error for one that reputers compute.
fn chain_loss(loss: &TopicLoss) -> Result<ChainLoss> {
	let fixed = |value: &i128| FixedI128::from_inner(*value);
	Ok(match loss {
		TopicLoss::Squared => ChainLoss::Squared,
		TopicLoss::Absolute => ChainLoss::Absolute,
		TopicLoss::Huber { delta } => ChainLoss::Huber { delta: fixed(delta) },
		TopicLoss::LogCosh => ChainLoss::LogCosh,
		TopicLoss::Pinball { levels } => {
			let levels: Vec<_> = levels.iter().map(fixed).collect();
			let levels = levels.try_into().ok().context("there are more than eight levels")?;
			ChainLoss::Pinball { levels }
		}
		TopicLoss::Brier => ChainLoss::Brier,
		TopicLoss::CrossEntropy => ChainLoss::CrossEntropy,
		TopicLoss::Poisson => ChainLoss::Poisson,
		TopicLoss::Ztae => ChainLoss::Ztae,
		TopicLoss::Zptae => ChainLoss::Zptae,
		TopicLoss::Czar { alpha } => ChainLoss::Czar { alpha: fixed(alpha) },
		TopicLoss::Custom(name) => bail!(
			"the loss {:?} is computed by reputers, and a simulation has no formula for it",
			String::from_utf8_lossy(name)
		),
	})
}

/// The error for parameters that the chain refuses.
fn refused(reason: TopicParametersError) -> anyhow::Error {
	anyhow::anyhow!("the chain would refuse this topic: {reason:?} (docs/protocol.md, section 6.1)")
}

/// The running spreads of a topic's truths, by which some losses measure (S 10.3).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Truths(Option<Vec<Spread>>);

impl Truths {
	/// The spreads by which an epoch with this truth is measured: those of the truths before it, or of
	/// this one if it is the first.
	pub fn known(&self, truth: &[FixedI128]) -> Vec<Spread> {
		let first = || truth.iter().map(|value| Spread::first(*value)).collect();
		self.0.clone().unwrap_or_else(first)
	}

	/// The running mean of each label's truths; `None` before the first.
	pub fn means(&self) -> MathResult<Option<Vec<Real>>> {
		let means = |spreads: &Vec<Spread>| spreads.iter().map(|label| real(label.mean)).collect();
		self.0.as_ref().map(means).transpose()
	}

	/// Adds a truth.
	pub fn add(&mut self, truth: &[FixedI128]) -> MathResult<()> {
		let next = match &self.0 {
			None => self.known(truth),
			Some(known) => {
				let pairs = known.iter().zip(truth);
				pairs.map(|(label, value)| label.update(*value)).collect::<MathResult<_>>()?
			}
		};
		self.0 = Some(next);
		Ok(())
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::commands::topic_file;

	fn of_file(lines: &str) -> Result<Topic> {
		let head = "metadata = \"m\"\nground_truth = \"g\"\nepoch_length = \"1 min\"\n";
		Topic::from_parameters(&topic_file::parse(&format!("{head}{lines}"), 6_000)?)
	}

	#[test]
	fn topic_of_a_file_measures_by_its_loss() {
		let topic = of_file("preset = \"price\"\nloss_method = { huber = 2 }\n").unwrap();
		// 1^2 / 2 up to delta, and 2 (4 - 2 / 2) beyond it.
		assert!((topic.own(&[1.0], &[2.0], &[]) - 0.5).abs() < 1e-15);
		assert!((topic.own(&[0.0], &[4.0], &[]) - 6.0).abs() < 1e-15);
		// The preset's floor is a thousandth.
		assert!((topic.learned(&[1.0], &[2.0], &[]) - 0.501f64.log10()).abs() < 1e-12);
		let topic = of_file("preset = \"quantiles\"\n").unwrap();
		// Levels of 0.1, 0.5 and 0.9, each of which is 1 below the truth.
		assert!((topic.own(&[1.0; 3], &[2.0; 3], &[]) - 0.5).abs() < 1e-15);
		assert_eq!((topic.width(), topic.shown_label(&[2.0; 3])), (3, 1));
	}

	#[test]
	fn topic_that_cannot_be_simulated_is_refused() {
		let error = |lines: &str| format!("{:#}", of_file(lines).unwrap_err());
		let custom = error("preset = \"price\"\nloss_method = { custom = \"mine\" }\n");
		assert!(custom.contains("\"mine\" is computed by reputers"), "{custom}");
		let range = error("preset = \"price\"\np_norm = 9\n");
		assert!(range.starts_with("the chain would refuse this topic: PNorm"), "{range}");
	}

	#[test]
	fn values_that_the_chain_refuses_are_errors_with_the_reason() {
		let direction = of_file("preset = \"direction\"\n").unwrap();
		let reason = |values: &[f64]| direction.check_inference(values).unwrap_err().to_string();
		assert!(direction.check_inference(&[0.25, 0.75]).is_ok());
		assert!(reason(&[0.5, 0.6]).contains("sum to 1"));
		assert!(reason(&[0.5]).starts_with("1 values, and the topic has 2 labels"));
		assert!(reason(&[1.5, -0.5]).contains("below 0 or above 1"));
	}

	#[test]
	fn losses_that_need_them_use_the_truths_before() {
		let topic = of_file("preset = \"price\"\nloss_method = \"ztae\"\n").unwrap();
		let mut truths = Truths::default();
		assert_eq!(truths.means().unwrap(), None);
		for truth in [4.0, 8.0] {
			truths.add(&decimals(&[truth]).unwrap()).unwrap();
		}
		assert_eq!(truths.means().unwrap(), Some(vec![Real::from_num(6)]));
		let spreads = truths.known(&decimals(&[6.0]).unwrap());
		// The truth is the mean; the value is a standard deviation of 2 above it.
		assert!((topic.own(&[8.0], &[6.0], &spreads) - 1f64.tanh()).abs() < 1e-12);
		assert!(topic.own(&[8.0], &[6.0], &[]).is_nan());
	}

	#[test]
	fn values_are_displayed_as_numbers_or_percentages() {
		let [range, direction] = Question::ALL.map(Topic::from);
		assert_eq!(range.format(&[1.25]), "1.250");
		assert_eq!(direction.format(&[0.45, 0.25, 0.3]), "45/25/30 %");
		assert_eq!(direction.format_truth(&[0.0, 0.0, 1.0]), "down");
	}
}
