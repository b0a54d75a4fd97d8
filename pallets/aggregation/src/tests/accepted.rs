//! Accepted payloads and reports never fail a close, however extreme, epoch after epoch.

use crate::{
	learn::learn_epoch,
	synthesise::{make_bundle, Synthesis},
	Book, RuleState,
};
use allora_math::testing::random::{config, decimals, stakes};
use allora_primitives::{
	bundle::{Inference, Losses},
	LossMethod, Payloads, Report, ReportPayload, Rule, ScaleRule, TopicParameters, MAX_INFERENCE,
	MAX_LOSS,
};
use proptest::{collection::vec, prelude::*, sample::select};
use sp_runtime::{
	traits::{One, Zero},
	FixedI128,
};

const LABELS: usize = 2;
const INFERERS: u64 = 14;
const FORECASTERS: u64 = 3;
const REPUTERS: usize = 3;

/// The losses that a forecaster expects of some of the inferers.
type Expected = Vec<Option<FixedI128>>;

/// What an epoch's accounts submit: a value per label of each inferer that takes part, the
/// forecasts, and for each reputer a stake, some losses, which are repeated as often as needed, and
/// a truth.
type Submitted = (
	Vec<Option<Vec<FixedI128>>>,
	Vec<Expected>,
	Vec<u128>,
	Vec<Vec<FixedI128>>,
	Vec<Vec<FixedI128>>,
);

fn submitted() -> impl Strategy<Value = Submitted> {
	let values = prop::option::weighted(0.8, vec(decimals(MAX_INFERENCE), LABELS));
	let expected = vec(prop::option::weighted(0.7, decimals(MAX_LOSS)), INFERERS as usize);
	(
		vec(values, INFERERS as usize),
		vec(expected, FORECASTERS as usize),
		stakes(REPUTERS),
		vec(vec(decimals(MAX_LOSS), 1..40), REPUTERS),
		vec(vec(decimals(MAX_INFERENCE), LABELS), REPUTERS),
	)
}

/// A loss method that takes any values.
fn loss_method() -> impl Strategy<Value = LossMethod> {
	let fx = FixedI128::from_rational;
	select(vec![
		LossMethod::Custom(b"own".to_vec().try_into().unwrap()),
		LossMethod::Squared,
		LossMethod::Absolute,
		LossMethod::Huber { delta: fx(1, 1_000_000_000) },
		LossMethod::Huber { delta: MAX_INFERENCE },
		LossMethod::LogCosh,
		LossMethod::Ztae,
		LossMethod::Zptae,
		LossMethod::Czar { alpha: fx(0, 1) },
		LossMethod::Czar { alpha: fx(1_000, 1) },
	])
}

/// The parameters of a topic, mostly at the ends of their ranges.
fn parameters() -> impl Strategy<Value = TopicParameters> {
	let fx = FixedI128::from_rational;
	let least = FixedI128::from_inner(1);
	(
		select(vec![Rule::Mixture, Rule::Regret]),
		select(vec![fx(5, 2), fx(3, 1), fx(9, 2)]),
		select(vec![least, fx(3, 4), fx(10, 1)]),
		select(vec![least, fx(1, 10), fx(1, 2), fx(1, 1)]),
		select(vec![TopicParameters::MIN_EPSILON, fx(1, 100), fx(1, 1)]),
		select(vec![ScaleRule::Mad, ScaleRule::StdDev]),
		loss_method(),
		select(vec![TopicParameters::MIN_LOSS_FLOOR, fx(1, 100_000_000), MAX_INFERENCE]),
	)
		.prop_map(
			|(rule, p_norm, c_norm, alpha_regret, epsilon, scale_rule, loss_method, loss_floor)| {
				let usual = TopicParameters::regression(10, 5, 10);
				let labels = [&b"a"[..], b"b"].map(|label| label.to_vec().try_into().unwrap());
				TopicParameters {
					labels: labels.to_vec().try_into().unwrap(),
					rule,
					p_norm,
					c_norm,
					alpha_regret,
					epsilon,
					scale_rule,
					loss_method,
					loss_floor,
					..usual
				}
			},
		)
}

/// The payloads of those who take part: forecasts as they are frozen, with the elements about
/// active inferers.
fn payloads(values: &[Option<Vec<FixedI128>>], expected: &[Expected]) -> Payloads<u64> {
	let active = |inferer: &u64| values[*inferer as usize].is_some();
	let inferences = (0..INFERERS).filter(active).map(|inferer| {
		let values = values[inferer as usize].clone().unwrap();
		(inferer, Inference::truncate_from(values))
	});
	let forecasts = expected.iter().zip(100..).map(|(losses, forecaster)| {
		let elements = (0..INFERERS).zip(losses).filter_map(|(who, loss)| Some((who, (*loss)?)));
		(forecaster, elements.filter(|(who, _)| active(who)).take(12).collect::<Vec<_>>())
	});
	Payloads {
		inferences: inferences.collect(),
		forecasts: forecasts.filter(|(_, forecast)| !forecast.is_empty()).collect(),
	}
}

proptest! {
	#![proptest_config(config(96))]

	#[test]
	fn accepted_payloads_and_reports_are_learned_epoch_after_epoch(
		parameters in parameters(),
		epochs in vec(submitted(), 1..7),
	) {
		let mut book = Book::<u64>::default();
		let mut deviation = None;
		let mut coefficients = vec![FixedI128::one(); REPUTERS];
		for (epoch, (values, expected, stakes, losses, truths)) in (100..).step_by(10).zip(epochs) {
			let payloads = payloads(&values, &expected);
			if payloads.inferences.is_empty() {
				continue;
			}
			let synthesis = make_bundle(&parameters, &book, payloads, deviation);
			let Synthesis { bundle, kept, deviation: next, .. } = synthesis.unwrap();
			deviation = Some(next);
			let payload = |m: usize| {
				if !parameters.loss_method.is_custom() {
					return ReportPayload::Truth(Inference::truncate_from(truths[m].clone()));
				}
				let losses = losses[m].iter().copied().cycle().take(bundle.elements() as usize);
				ReportPayload::Losses(Losses::truncate_from(losses.collect()))
			};
			let report = |m: usize| Report {
				reputer: 200 + m as u64,
				authority: stakes[m],
				coefficient: coefficients[m],
				payload: payload(m),
			};
			let reports: Vec<_> = (0..REPUTERS).map(report).collect();
			let learned = learn_epoch(&parameters, &bundle, &kept, &reports, &mut book, epoch);
			let learned = learned.unwrap();
			coefficients = learned.coefficients.clone();
			let range = |bound: i128| -FixedI128::from(bound)..=FixedI128::from(bound);
			prop_assert!(coefficients.iter().all(|one| (Zero::zero()..=One::one()).contains(one)));
			let scores = learned.contributions.inferers.iter();
			let scores = scores.chain(learned.contributions.forecasters.iter());
			prop_assert!(scores.clone().all(|one| range(2000).contains(&one.score)));
			match &book.state {
				RuleState::Regret(state) => {
					prop_assert!(range(2000).contains(&state.initial));
					for who in 0..INFERERS {
						let regret = state.inferer_regret(&who).unwrap_or_default();
						prop_assert!(range(2001).contains(&regret), "{}", regret);
					}
				}
				RuleState::Mixture(state) => prop_assert_eq!(state.check(), Ok(())),
			}
		}
	}
}
