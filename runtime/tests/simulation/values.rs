//! Random arguments: mostly ordinary ones, some extremes that the chain accepts, and a few that it
//! must refuse.

use super::{world::SLOT_DURATION, Random};
use allora_primitives::{
	bundle::{SubmittedForecast, SubmittedInference, SubmittedLosses, SubmittedTruth},
	topic::Text,
	Balance, Cadence, FixedI128, LossMethod, Rule, ScaleRule, Slots, TopicParameters, TopicUpdate,
	ALLO, MAX_ELEMENTS, MAX_FORECASTERS, MAX_HISTORY, MAX_INFERENCE, MAX_INFERERS, MAX_LABELS,
	MAX_LOSS, MAX_REPUTERS, MAX_TEXT,
};
use allora_runtime::{AccountId, MAX_SUPPLY};
use frame_support::BoundedVec;
use rand::{seq::IndexedRandom, Rng};
use sp_runtime::{
	traits::{Bounded, One, Zero},
	FixedPointNumber,
};

/// The maximum length of an epoch: the slots of a week.
const LONGEST_EPOCH: Slots = (7 * 24 * 60 * 60 * 1_000 / SLOT_DURATION) as Slots;
/// The minimum number above zero.
const SMALLEST: FixedI128 = FixedI128::from_inner(1);

/// Returns true with a probability of 1 in `times`.
pub fn once_in(random: &mut Random, times: u32) -> bool {
	random.random_ratio(1, times)
}

/// One of the choices, with probabilities in proportion to the weights.
pub fn weighted<T: Copy>(random: &mut Random, choices: &[(u32, T)]) -> T {
	choices.choose_weighted(random, |(weight, _)| *weight).expect("weights are above zero").1
}

/// A multiple of a thousandth between two such multiples.
fn thousandths(random: &mut Random, from: i64, to: i64) -> FixedI128 {
	number_of_thousandths(random.random_range(from..=to))
}

fn number_of_thousandths(count: i64) -> FixedI128 {
	FixedI128::from_inner(i128::from(count) * (FixedI128::DIV / 1_000))
}

/// Mostly an ordinary value, otherwise one of the extremes.
fn mostly(random: &mut Random, ordinary: FixedI128, extremes: &[FixedI128]) -> FixedI128 {
	if once_in(random, 5) {
		*extremes.choose(random).expect("there is an extreme")
	} else {
		ordinary
	}
}

/// An amount in planck from dust to 100 000 ALLO, sometimes zero or above the supply.
pub fn amount(random: &mut Random) -> Balance {
	match random.random_range(0..20) {
		0 => 0,
		1 => 1,
		2 => Balance::MAX,
		3 => random.random_range(1..ALLO),
		_ => ALLO * 10u128.pow(random.random_range(0..5)) * random.random_range(1..10),
	}
}

/// An amount that most accounts can pay, from 0.1 ALLO to 500 ALLO.
pub fn affordable_amount(random: &mut Random) -> Balance {
	random.random_range(ALLO / 10..=500 * ALLO)
}

/// Valid parameters of a topic.
pub fn parameters(random: &mut Random) -> TopicParameters {
	let one_less = FixedI128::one() - SMALLEST;
	let epoch_length = match random.random_range(0..20) {
		0 => LONGEST_EPOCH,
		1 => random.random_range(20..LONGEST_EPOCH),
		_ => random.random_range(10..=14),
	};
	let worker_window = match random.random_range(0..10) {
		0 => epoch_length - 1,
		1 => 1,
		_ => random.random_range(4..epoch_length),
	};
	let ground_truth_lag = match random.random_range(0..10) {
		0 => epoch_length * TopicParameters::MAX_LAG_EPOCHS,
		1 => random.random_range(epoch_length..=4 * epoch_length),
		_ => epoch_length,
	};
	let mut topic = TopicParameters::regression(epoch_length, worker_window, ground_truth_lag);
	if once_in(random, 3) {
		topic.reveal_window = random.random_range(0..epoch_length - worker_window);
	}
	topic.rule = rule(random);
	topic.phase = once_in(random, 3).then(|| random.random_range(0..epoch_length));
	topic.cadence = if once_in(random, 6) { Cadence::OnDemand } else { Cadence::Regular };
	set_labels(random, &mut topic);
	set_seats(random, &mut topic);
	topic.p_norm = thousandths(random, 2_500, 4_500);
	topic.c_norm = c_norm(random);
	topic.alpha_regret = alpha_regret(random);
	topic.merit_sortition_alpha = merit_alpha(random);
	let epsilon = thousandths(random, 1, 1_000);
	topic.epsilon =
		mostly(random, epsilon, &[TopicParameters::MIN_EPSILON, FixedI128::one(), epsilon]);
	topic.scale_rule = if random.random() { ScaleRule::Mad } else { ScaleRule::StdDev };
	for quantile in [&mut topic.inferer_quantile, &mut topic.forecaster_quantile] {
		let ordinary = thousandths(random, 0, 999);
		*quantile = mostly(random, ordinary, &[FixedI128::zero(), one_less]);
	}
	topic.loss_method = loss_method(random, &topic);
	topic.loss_floor =
		mostly(random, topic.loss_floor, &[TopicParameters::MIN_LOSS_FLOOR, MAX_INFERENCE]);
	topic.history = match random.random_range(0..10) {
		0 => MAX_HISTORY,
		_ => random.random_range(1..=5),
	};
	topic
}

fn set_labels(random: &mut Random, topic: &mut TopicParameters) {
	let labels = match random.random_range(0..10) {
		0 => MAX_LABELS,
		1..=3 => random.random_range(2..MAX_LABELS),
		_ => 1,
	};
	let names = (0..labels).map(|label| BoundedVec::truncate_from(vec![b'a' + label as u8]));
	topic.labels = BoundedVec::truncate_from(names.collect());
	if labels > 1 && random.random() {
		let tolerance = thousandths(random, 0, 1_000);
		topic.unity_tolerance = Some(mostly(random, tolerance, &[FixedI128::zero(), SMALLEST]));
	} else {
		let default = thousandths(random, -1_000, 1_000);
		topic.label_default = mostly(random, default, &[MAX_INFERENCE, -MAX_INFERENCE]);
	}
}

fn set_seats(random: &mut Random, topic: &mut TopicParameters) {
	topic.max_inferers = match random.random_range(0..10) {
		0..=2 => MAX_INFERERS,
		_ => random.random_range(1..=4),
	};
	topic.max_forecasters = match random.random_range(0..10) {
		0 => MAX_FORECASTERS,
		1 => 0,
		_ => random.random_range(1..=3),
	};
	topic.max_reputers = match random.random_range(0..10) {
		0 => MAX_REPUTERS,
		_ => random.random_range(1..=4),
	};
	topic.min_reputers = match random.random_range(0..10) {
		0 => topic.max_reputers,
		1 => 2.min(topic.max_reputers),
		_ => 1,
	};
	topic.min_stake = match random.random_range(0..20) {
		0 => MAX_SUPPLY,
		1..=3 => random.random_range(0..500 * ALLO),
		_ => 0,
	};
}

fn rule(random: &mut Random) -> Rule {
	if once_in(random, 3) {
		Rule::Regret
	} else {
		Rule::Mixture
	}
}

fn c_norm(random: &mut Random) -> FixedI128 {
	let ordinary = thousandths(random, 1, 2_000);
	mostly(random, ordinary, &[SMALLEST, FixedI128::from_u32(10)])
}

fn alpha_regret(random: &mut Random) -> FixedI128 {
	let ordinary = thousandths(random, 1, 1_000);
	mostly(random, ordinary, &[SMALLEST, FixedI128::one()])
}

fn merit_alpha(random: &mut Random) -> FixedI128 {
	let ordinary = thousandths(random, 0, 999);
	mostly(random, ordinary, &[FixedI128::zero(), SMALLEST, FixedI128::one() - SMALLEST])
}

/// Parameters with one that is out of range.
pub fn invalid_parameters(random: &mut Random) -> TopicParameters {
	let mut topic = parameters(random);
	let out_of_unit = *[-SMALLEST, FixedI128::one(), FixedI128::max_value()]
		.choose(random)
		.expect("there is one");
	match random.random_range(0..21) {
		0 => topic.loss_method = LossMethod::Custom(Text::default()),
		1 => topic.labels = Default::default(),
		2 => topic.unity_tolerance = Some(-SMALLEST),
		3 => topic.label_default = MAX_INFERENCE + SMALLEST,
		4 => topic.epoch_length = random.random_range(0..10),
		5 => topic.worker_window = topic.epoch_length,
		6 => topic.ground_truth_lag = topic.epoch_length - 1,
		7 => topic.p_norm = thousandths(random, 4_501, 9_000),
		8 => topic.c_norm = FixedI128::min_value(),
		9 => topic.alpha_regret = FixedI128::one() + SMALLEST,
		10 => topic.merit_sortition_alpha = out_of_unit,
		11 => topic.epsilon = TopicParameters::MIN_EPSILON - SMALLEST,
		12 => topic.forecaster_quantile = out_of_unit,
		13 => topic.max_inferers = random.random_range(MAX_INFERERS + 1..=u32::MAX),
		14 => topic.min_reputers = topic.max_reputers + 1,
		15 => topic.min_stake = random.random_range(MAX_SUPPLY + 1..=Balance::MAX),
		16 => topic.phase = Some(random.random_range(topic.epoch_length..=Slots::MAX)),
		17 => topic.epoch_length = random.random_range(LONGEST_EPOCH + 1..=Slots::MAX),
		18 => topic.metadata = text(MAX_TEXT as usize + 1),
		19 => topic.reveal_window = topic.epoch_length - topic.worker_window,
		_ => topic.history = 0,
	}
	topic
}

/// A loss method that fits a topic's labels.
fn loss_method(random: &mut Random, topic: &TopicParameters) -> LossMethod {
	let unity = topic.unity_tolerance.is_some();
	match random.random_range(0..12) {
		0 => LossMethod::Squared,
		1 => LossMethod::Absolute,
		2 => LossMethod::Huber { delta: thousandths(random, 1, 10_000) },
		3 => LossMethod::LogCosh,
		4 if !unity => {
			let count = topic.labels.len() as u128;
			let levels = (1..=count).map(|at| FixedI128::from_rational(at, count + 1));
			LossMethod::Pinball { levels: BoundedVec::truncate_from(levels.collect()) }
		}
		5 if unity => LossMethod::Brier,
		6 if unity => LossMethod::CrossEntropy,
		7 => LossMethod::Poisson,
		8 => LossMethod::Ztae,
		9 => LossMethod::Zptae,
		10 => LossMethod::Czar { alpha: thousandths(random, 0, 10_000) },
		_ => LossMethod::Custom(text(3)),
	}
}

/// A text of this many characters.
fn text(length: usize) -> Text {
	Text::truncate_from(vec![b'x'; length])
}

/// Changes of a topic, sometimes with a value out of range.
pub fn update(random: &mut Random) -> TopicUpdate {
	let mut update = TopicUpdate::default();
	let length = random.random_range(0..=MAX_TEXT as usize + 1);
	let text = text(if once_in(random, 5) { length } else { length.clamp(1, 9) });
	match random.random_range(0..9) {
		0 => update.metadata = Some(text),
		1 if random.random() => update.loss_method = Some(LossMethod::Custom(text)),
		1 => update.loss_method = Some(LossMethod::Absolute),
		2 => update.ground_truth = Some(text),
		3 => update.p_norm = Some(thousandths(random, 2_500, 4_500)),
		4 => update.c_norm = Some(c_norm(random)),
		5 => update.alpha_regret = Some(alpha_regret(random)),
		6 => update.merit_sortition_alpha = Some(merit_alpha(random)),
		7 => update.rule = Some(rule(random)),
		_ => update.p_norm = Some(thousandths(random, 0, 9_000)),
	}
	update
}

/// A value near a common truth; sometimes far from it, equal to it, or an extreme.
fn value(random: &mut Random) -> FixedI128 {
	match random.random_range(0..20) {
		0 => MAX_INFERENCE,
		1 => -MAX_INFERENCE,
		2 => SMALLEST,
		3 => FixedI128::zero(),
		4..=6 => FixedI128::from_u32(100),
		7 => thousandths(random, -1_000_000_000, 1_000_000_000),
		_ => thousandths(random, 90_000, 110_000),
	}
}

/// An inference for a topic, complete or not; rarely one that the topic refuses.
pub fn inference(random: &mut Random, topic: &TopicParameters) -> SubmittedInference {
	let labels = topic.labels.len();
	let mut values = match topic.unity_tolerance {
		Some(_) => parts_of_one(random, topic),
		None => (0..labels).map(|_| value(random)).collect(),
	};
	match topic.loss_method {
		LossMethod::Poisson if topic.unity_tolerance.is_none() => {
			values.iter_mut().for_each(|value| *value = value.saturating_abs().max(SMALLEST))
		}
		LossMethod::Pinball { .. } => values.sort_unstable(),
		_ => {}
	}
	let mut values: Vec<_> = values.into_iter().map(Some).collect();
	if once_in(random, 10) {
		let at = random.random_range(0..labels);
		values[at] = None;
	}
	if once_in(random, 40) {
		values.push(Some(MAX_INFERENCE + SMALLEST));
	}
	SubmittedInference::truncate_from(values)
}

/// A number per label, which add up to exactly 1. Some may be negative, unless they are
/// probabilities or counts.
fn parts_of_one(random: &mut Random, topic: &TopicParameters) -> Vec<FixedI128> {
	let count = topic.labels.len();
	let range = match topic.loss_method {
		LossMethod::Brier | LossMethod::CrossEntropy | LossMethod::Poisson => 1..=140,
		_ => -100..=400,
	};
	let part = |_| thousandths(random, *range.start(), *range.end());
	let mut parts: Vec<_> = (1..count).map(part).collect();
	let rest = parts.iter().fold(FixedI128::one(), |rest, part| rest - *part);
	parts.push(rest);
	parts
}

/// A loss: ordinary, zero, or an extreme.
fn loss(random: &mut Random) -> FixedI128 {
	match random.random_range(0..20) {
		0 => MAX_LOSS,
		1 => -MAX_LOSS,
		2 => SMALLEST,
		3..=5 => FixedI128::zero(),
		_ => thousandths(random, -4_000, 2_000),
	}
}

/// A forecast about some of these accounts.
pub fn forecast(random: &mut Random, about: &[AccountId]) -> SubmittedForecast<AccountId> {
	let count = random.random_range(1..=about.len().clamp(1, 6));
	let mut named: Vec<_> = about.choose_multiple(random, count).cloned().collect();
	if once_in(random, 40) {
		named.extend(named.first().cloned());
	}
	let elements = named.into_iter().map(|who| (who, loss(random)));
	SubmittedForecast::truncate_from(elements.collect())
}

/// The truth of an epoch as a reputer reports it: that of all others, or near it; rarely one that
/// the topic refuses.
pub fn truth(random: &mut Random, topic: &TopicParameters) -> SubmittedTruth {
	let labels = topic.labels.len();
	let mut values = match topic.unity_tolerance {
		Some(_) => parts_of_one(random, topic),
		None => vec![value(random); labels],
	};
	if topic.loss_method == LossMethod::Poisson && topic.unity_tolerance.is_none() {
		values.iter_mut().for_each(|value| *value = value.saturating_abs());
	}
	if once_in(random, 40) {
		values.push(MAX_INFERENCE + SMALLEST);
	}
	SubmittedTruth::truncate_from(values)
}

/// The losses of a report about a bundle of `elements` elements: independent losses, losses close
/// to those of other reports, or those of other reports with the opposite sign, which cancel.
pub fn losses(random: &mut Random, elements: usize) -> SubmittedLosses {
	let common = |at: usize| number_of_thousandths(500 * (at as i64 % 7 - 3));
	let style = random.random_range(0..10);
	let losses = (0..elements.min(MAX_ELEMENTS as usize)).map(|at| match style {
		0..=3 => loss(random),
		4..=5 => common(at) + thousandths(random, -50, 50),
		6..=7 => common(at),
		8 => -common(at),
		_ => FixedI128::zero(),
	});
	let mut losses: Vec<_> = losses.collect();
	match random.random_range(0..60) {
		0 => drop(losses.pop()),
		1 => losses.fill(MAX_LOSS),
		2 => losses.iter_mut().take(1).for_each(|loss| *loss = MAX_LOSS + SMALLEST),
		_ => {}
	}
	SubmittedLosses::truncate_from(losses)
}
