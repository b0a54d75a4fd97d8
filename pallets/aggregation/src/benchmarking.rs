//! Benchmarks: one per function of [`WeightInfo`](crate::WeightInfo), of the same name, each of the
//! worst case.
//!
//! The values that stages of other pallets would hand on are made here.

use super::*;
use crate::{
	consensus::{compute, scored_elements, shares},
	mixture_book::{mixture_bytes, ExpertStanding, InfererStanding},
	regret_book::{book_bytes, Holder, FORECASTER_SLOTS, INFERER_SLOTS},
	synthesise::reals,
	weights::{computed_losses, learning_work, synthesis_work},
};
use alloc::{vec, vec::Vec};
use allora_math::{
	convert::from_fixed,
	loss::{Loss, Spread},
	scores::{reputer_scores, ReputerParams},
	MathError, MathResult,
};
use allora_primitives::{
	topic::Label, traits::EpochRecords, EpochContext, EpochSizes, LossClass, LossMethod, Payloads,
	Report, ReportPayload, Rule, TopicParameters, WorkerScores, KEPT_FORECAST_ELEMENTS,
	MAX_ELEMENTS, MAX_FORECASTERS, MAX_INFERERS, MAX_LABELS, MAX_REPUTERS, MAX_VALUES,
};
use frame_benchmarking::v2::*;
use frame_support::{sp_runtime::Saturating, BoundedVec};

const TOPIC: TopicId = 1;
/// The epoch learned last.
const LEARNED: EpochId = 100;
/// The epoch that is closed.
const EPOCH: EpochId = 200;
/// The size of the largest book of a rule in bytes.
const fn largest(rule: Rule) -> u32 {
	match rule {
		Rule::Mixture => mixture_bytes(INFERER_SLOTS, FORECASTER_SLOTS),
		Rule::Regret => book_bytes(INFERER_SLOTS, FORECASTER_SLOTS),
	}
}

/// The `n`-th number of a sequence without a pattern, in [0, 1).
fn noise(n: u32) -> FixedI128 {
	FixedI128::from_rational(u128::from(n.wrapping_mul(2_654_435_761) >> 8), 1 << 24)
}

/// The number of steps from the smallest to the largest epoch.
const STEPS: u32 = MAX_INFERERS;
const MIN_MIXTURE_SYNTHESIS: u32 = synthesis_work(&sizes(1, Rule::Mixture), book(1, Rule::Mixture));
const MAX_MIXTURE_SYNTHESIS: u32 =
	synthesis_work(&sizes(STEPS, Rule::Mixture), book(STEPS, Rule::Mixture));
const MIN_REGRET_SYNTHESIS: u32 = synthesis_work(&sizes(1, Rule::Regret), book(1, Rule::Regret));
const MAX_REGRET_SYNTHESIS: u32 =
	synthesis_work(&sizes(STEPS, Rule::Regret), book(STEPS, Rule::Regret));
const MIN_MIXTURE_LEARNING: u32 = learning_work(&sizes(1, Rule::Mixture), book(1, Rule::Mixture));
const MAX_MIXTURE_LEARNING: u32 =
	learning_work(&sizes(STEPS, Rule::Mixture), book(STEPS, Rule::Mixture));
const MIN_REGRET_LEARNING: u32 = learning_work(&sizes(1, Rule::Regret), book(1, Rule::Regret));
const MAX_REGRET_LEARNING: u32 =
	learning_work(&sizes(STEPS, Rule::Regret), book(STEPS, Rule::Regret));

/// The sizes of a step's epoch: all counts grow in proportion, except the labels.
///
/// Under the mixture rule reputers report the truth, since reported losses need neither
/// corrections nor bands.
const fn sizes(step: u32, rule: Rule) -> EpochSizes {
	let inferers = MAX_INFERERS * step / STEPS;
	let kept = KEPT_FORECAST_ELEMENTS;
	EpochSizes {
		inferers,
		forecasters: MAX_FORECASTERS * step / STEPS,
		reputers: (MAX_REPUTERS * step).div_ceil(STEPS),
		elements: if inferers < kept { inferers } else { kept },
		labels: MAX_LABELS,
		in_flight: 1,
		loss: match rule {
			Rule::Mixture => LossClass::Plain,
			Rule::Regret => LossClass::Reported,
		},
		reveals: false,
		rule,
	}
}

/// The number of losses that are computed for the largest epoch.
const MAX_LOSSES: u32 =
	computed_losses(&EpochSizes { loss: LossClass::Curved, ..sizes(STEPS, Rule::Regret) });

/// Computes this many losses by a method, against targets of one label that serve as many
/// elements as reputers are scored by.
fn compute_losses(count: u32, method: Loss) -> MathResult<usize> {
	let values: Vec<_> = (0..count).map(noise).collect();
	let mut computed = 0usize;
	for (at, values) in (0u32..).zip(values.chunks(scored_elements(MAX_INFERERS) as usize)) {
		let truth = [noise(at).saturating_sub(FixedI128::from_rational(1, 2))];
		let deviation = FixedI128::from_rational(1, 3);
		let spread = Spread { mean: FixedI128::default(), deviation, truths: 50 };
		let elements = values.chunks(1);
		let floor = TopicParameters::DEFAULT_LOSS_FLOOR;
		let losses = compute(method, &truth, elements, &[spread], floor)?;
		computed = computed.saturating_add(losses.len());
	}
	Ok(computed)
}

/// The size of the book of a step in bytes.
const fn book(step: u32, rule: Rule) -> u32 {
	largest(rule) / STEPS * step
}

/// The smallest step that takes this much work.
fn step_of(work: u32, rule: Rule, of: impl Fn(&EpochSizes, u32) -> u32) -> u32 {
	(1..STEPS).find(|step| of(&sizes(*step, rule), book(*step, rule)) >= work).unwrap_or(STEPS)
}

/// Accounts in ascending order.
fn accounts<T: Config>(name: &'static str, count: u32) -> Vec<T::AccountId> {
	let mut accounts: Vec<T::AccountId> = (0..count).map(|at| account(name, at, 0)).collect();
	accounts.sort();
	accounts
}

/// A topic; by the mixture rule one with bands, which a sum restricts further.
fn parameters(rule: Rule) -> TopicParameters {
	let label = |at: u32| Label::truncate_from(vec![b'a'.saturating_add(at as u8)]);
	TopicParameters {
		labels: BoundedVec::truncate_from((0..MAX_LABELS).map(label).collect()),
		loss_method: match rule {
			Rule::Mixture => LossMethod::Huber { delta: FixedI128::from_u32(1) },
			Rule::Regret => LossMethod::Custom(BoundedVec::truncate_from(vec![b'x'])),
		},
		unity_tolerance: (rule == Rule::Mixture).then(|| FixedI128::from_u32(1)),
		rule,
		..TopicParameters::regression(100, 50, 100)
	}
}

/// Stores a book of about this many bytes.
fn store_book<T: Config>(
	inferers: &[T::AccountId],
	forecasters: &[T::AccountId],
	bytes: u32,
	rule: Rule,
) {
	let state = match rule {
		Rule::Mixture => RuleState::Mixture(mixture_state::<T>(inferers, forecasters, bytes)),
		Rule::Regret => RuleState::Regret(regret_state::<T>(inferers, forecasters, bytes)),
	};
	let third = FixedI128::from_rational(1, 3);
	let spread = |_| spreads::LabelSpread { mean: third, deviation: third, truths: 50 };
	let quantiles = [-20i32, -5, 5, 20].map(|n| third.saturating_mul(FixedI128::from(n as i128)));
	let errors = |_| book::LabelErrors { scale: third, quantiles };
	let book = Book {
		learned: Some(LastLearned { epoch: LEARNED, network_loss: -FixedI128::from_u32(1) }),
		spreads: spreads::Spreads(BoundedVec::truncate_from((0..MAX_LABELS).map(spread).collect())),
		errors: BoundedVec::truncate_from((0..MAX_LABELS).map(errors).collect()),
		state,
	};
	Books::<T>::insert(TOPIC, book);
}

/// What the mixture rule has learned. All have standings, also the epoch's actors, as far as they
/// fit.
fn mixture_state<T: Config>(
	inferers: &[T::AccountId],
	forecasters: &[T::AccountId],
	bytes: u32,
) -> MixtureBook<T::AccountId> {
	let fits = |places: &u32| mixture_bytes(*places, places / 4) <= bytes;
	let places = (0..=INFERER_SLOTS).rev().find(fits).unwrap_or_default() as usize;
	let strangers = accounts::<T>("stranger", INFERER_SLOTS);
	let mix = |ours: &[T::AccountId], places: usize| -> Vec<T::AccountId> {
		let others = places.saturating_sub(ours.len());
		strangers.iter().take(others).chain(ours.iter().take(places)).cloned().collect()
	};
	// Numbers of a few units that differ from place to place.
	let number = |at: usize| (1i64 << 46).saturating_add((at as i64) << 43);
	let expert = |at: usize| ExpertStanding { regret: number(at), variance: number(at) };
	let inferer = |(at, who): (usize, T::AccountId)| {
		let standing = InfererStanding {
			raw: expert(at),
			corrected: expert(at),
			log_weight: -number(at),
			correction: number(at),
			loss: -number(at),
		};
		(who, standing)
	};
	let third = FixedI128::from_rational(1, 3);
	let (all, some) = (mix(inferers, places), mix(forecasters, places / 4));
	let tilts = some.into_iter().enumerate().map(|(at, who)| (who, expert(at)));
	MixtureBook {
		scale: third,
		spread: third,
		inferers: BoundedVec::truncate_from(all.into_iter().enumerate().map(inferer).collect()),
		forecasters: BoundedVec::truncate_from(tilts.collect()),
		..Default::default()
	}
}

/// What the regret rule has learned, in which every regret is known. The epoch's actors have the
/// last slots, as far as there are enough.
fn regret_state<T: Config>(
	inferers: &[T::AccountId],
	forecasters: &[T::AccountId],
	bytes: u32,
) -> RegretBook<T::AccountId> {
	let fits = |slots: &u32| book_bytes(*slots, slots / 4) <= bytes;
	let slots = (0..=INFERER_SLOTS).rev().find(fits).unwrap_or_default() as usize;
	let mut book = RegretBook::<T::AccountId>::default();
	// Other actors than the epoch's take the remaining slots.
	let strangers = accounts::<T>("stranger", INFERER_SLOTS);
	let mix = |ours: &[T::AccountId], slots: usize| -> Vec<T::AccountId> {
		let others = slots.saturating_sub(ours.len());
		strangers.iter().take(others).chain(ours.iter().take(slots)).cloned().collect()
	};
	let (all, some) = (mix(inferers, slots), mix(forecasters, slots / 4));
	for (at, who) in all.iter().enumerate() {
		book.inferers
			.try_push(regret_book::InfererRow {
				holder: holder(who),
				combined: at as i64,
				naive: at as i64,
				out_inferers: BoundedVec::truncate_from(vec![1 << 40; all.len()]),
				out_forecasters: BoundedVec::truncate_from(vec![1 << 41; some.len()]),
			})
			.unwrap_or_default();
	}
	for (at, who) in some.iter().enumerate() {
		book.forecasters
			.try_push(regret_book::ForecasterRow {
				holder: holder(who),
				combined: at as i64,
				alone: at as i64,
				out_inferers: BoundedVec::truncate_from(vec![1 << 40; all.len()]),
				out_forecasters: BoundedVec::truncate_from(vec![1 << 41; some.len()]),
				in_inferers: BoundedVec::truncate_from(vec![1 << 42; all.len()]),
			})
			.unwrap_or_default();
	}
	book.initial = -FixedI128::from_rational(1, 3);
	book.scale = Some(FixedI128::from_u32(1));
	book
}

fn holder<AccountId: Clone>(who: &AccountId) -> Holder<AccountId> {
	Holder { account: who.clone(), last_use: LEARNED, inclusions: 100, generation: 0 }
}

/// The payloads of an epoch, in which the last inference is an outlier.
fn payloads<T: Config>(
	inferers: &[T::AccountId],
	forecasters: &[T::AccountId],
	elements: u32,
) -> Payloads<T::AccountId> {
	let mut inferences = Vec::new();
	for (at, who) in inferers.iter().enumerate() {
		let value = |label| noise((at as u32).saturating_mul(8).saturating_add(label));
		let mut values: Vec<_> = (0..MAX_LABELS).map(value).collect();
		if at > 1 && at.saturating_add(1) == inferers.len() {
			values.fill(FixedI128::from_u32(1_000_000));
		}
		inferences.push((who.clone(), BoundedVec::truncate_from(values)));
	}
	let mut forecasts = Vec::new();
	for (k, who) in forecasters.iter().enumerate() {
		let named = inferers.iter().take(elements as usize).enumerate();
		let loss = |at: usize| noise((k as u32).saturating_mul(31).saturating_add(at as u32));
		forecasts.push((who.clone(), named.map(|(at, of)| (of.clone(), loss(at))).collect()));
	}
	Payloads { inferences, forecasts }
}

fn context(rule: Rule) -> EpochContext {
	EpochContext { topic: TOPIC, epoch: EPOCH, parameters: parameters(rule) }
}

/// Makes and stores the bundle of an epoch.
fn close<T: Config>(n: u32, f: u32, elements: u32, book: u32, rule: Rule) {
	let (inferers, forecasters) = (accounts::<T>("inferer", n), accounts::<T>("forecaster", f));
	store_book::<T>(&inferers, &forecasters, book, rule);
	let payloads = payloads::<T>(&inferers, &forecasters, elements);
	let context = context(rule);
	let synthesis = Pallet::<T>::synthesise(&context, payloads);
	let stored = synthesis.and_then(|(synthesis, _)| Pallet::<T>::store(&context, synthesis));
	assert!(stored.is_ok());
}

/// The reports on the stored bundle that are the most expensive to score. Each reputer disagrees
/// more than the one before, so that the search for coefficients takes all rounds. The last two are
/// far off in opposite directions, so that their reports cancel and are scored again.
fn reports<T: Config>(r: u32) -> Vec<Report<T::AccountId>> {
	let elements = Bundles::<T>::get(TOPIC, EPOCH).map_or(0, |stored| stored.elements);
	let report = |(at, reputer): (u32, T::AccountId)| {
		let doubt = FixedI128::from_rational(u128::from(at).saturating_add(1), 2);
		let loss = |element: u32| {
			let truth = noise(element).saturating_mul(FixedI128::from_u32(6));
			let own = at.saturating_add(1).saturating_mul(99_991).saturating_add(element);
			let loss = truth.saturating_add(doubt.saturating_mul(noise(own)));
			let far = noise(element).saturating_mul(FixedI128::from_u32(900));
			let near = loss.saturating_mul(FixedI128::from_rational(1, 100));
			match r.saturating_sub(at) {
				1 if r > 1 => near.saturating_add(far),
				2 => near.saturating_sub(far),
				_ => near,
			}
		};
		let part = if r.saturating_sub(at) > 2 { at.saturating_add(2) % 3 } else { 0 };
		Report {
			reputer,
			authority: 1_000_000_000_000u128.saturating_mul(u128::from(part).saturating_add(1)),
			// From this value a coefficient can move up or down.
			coefficient: FixedI128::from_rational(3, 4),
			payload: ReportPayload::Losses(BoundedVec::truncate_from(
				(0..elements).map(loss).collect(),
			)),
		}
	};
	(0..).zip(accounts::<T>("reputer", r)).map(report).collect()
}

/// The reports of the truth on the stored bundle that are the most expensive to score, for the same
/// reason.
fn truths<T: Config>(r: u32) -> Vec<Report<T::AccountId>> {
	let report = |(at, reputer): (u32, T::AccountId)| {
		let far = match r.saturating_sub(at) {
			1 if r > 1 => FixedI128::from_u32(100_000_000),
			2 => -FixedI128::from_u32(100_000_000),
			_ => FixedI128::from_rational(u128::from(at), 16),
		};
		let value = |label| noise(label).saturating_add(far);
		Report {
			reputer,
			authority: 1_000_000_000_000,
			coefficient: FixedI128::from_rational(3, 4),
			payload: ReportPayload::Truth(
				(0..MAX_LABELS).map(value).collect::<Vec<_>>().try_into().unwrap_or_default(),
			),
		}
	};
	(0..).zip(accounts::<T>("reputer", r)).map(report).collect()
}

/// The number of rounds that the search for coefficients takes, and whether reports are scored
/// again.
fn effort<T: Config>(reports: &[Report<T::AccountId>]) -> MathResult<(u32, bool)> {
	let coefficients: Vec<_> =
		reports.iter().map(|report| from_fixed(report.coefficient)).collect::<MathResult<_>>()?;
	let row = |report: &Report<T::AccountId>| match &report.payload {
		ReportPayload::Losses(losses) => reals(losses.iter()),
		ReportPayload::Truth(_) => Err(MathError::Shape),
	};
	let rows = reports.iter().map(row).collect::<MathResult<Vec<_>>>()?;
	let params = ReputerParams::default();
	let scored = reputer_scores(&rows, &shares(reports)?, &coefficients, &params)?;
	Ok((scored.rounds, scored.by_reports))
}

/// Smoothed scores of `n` inferers and `f` forecasters, and of `r` reputers.
fn smoothed(n: u32, f: u32, r: u32) -> (WorkerScores, Vec<FixedI128>) {
	let scores = |count: u32| (0..count).map(noise).collect();
	(WorkerScores { inferers: scores(n), forecasters: scores(f) }, scores(r))
}

/// The results of learning from the largest epoch.
fn learned<T: Config>() -> EpochLearning<T::AccountId> {
	let (n, f) = (MAX_INFERERS, MAX_FORECASTERS);
	close::<T>(n, f, KEPT_FORECAST_ELEMENTS, largest(Rule::Regret), Rule::Regret);
	let context = context(Rule::Regret);
	let learned = Pallet::<T>::learn(&context, &reports::<T>(MAX_REPUTERS));
	learned.map(|(learning, _)| learning).expect("the epoch is learned")
}

/// Makes, learns and records an epoch.
fn whole_epoch<T: Config>() {
	let learning = learned::<T>();
	let (workers, reputers) = smoothed(MAX_INFERERS, MAX_FORECASTERS, MAX_REPUTERS);
	assert!(Pallet::<T>::record(&context(Rule::Regret), learning, workers, reputers).is_ok());
}

/// The synthesis of the largest epoch, with its values cut to this many.
fn synthesis<T: Config>(values: u32) -> Synthesis<T::AccountId> {
	let (n, f) = (MAX_INFERERS, MAX_FORECASTERS);
	let (inferers, forecasters) = (accounts::<T>("inferer", n), accounts::<T>("forecaster", f));
	store_book::<T>(&inferers, &forecasters, largest(Rule::Regret), Rule::Regret);
	let payloads = payloads::<T>(&inferers, &forecasters, KEPT_FORECAST_ELEMENTS);
	let made = Pallet::<T>::synthesise(&context(Rule::Regret), payloads);
	let (mut synthesis, _) = made.expect("the bundle is made");
	synthesis.bundle.element_values.truncate(values as usize);
	synthesis
}

/// Stores the book of the step with this much work; returns its epoch and payloads.
fn stage_synthesis<T: Config>(work: u32, rule: Rule) -> (EpochContext, Payloads<T::AccountId>) {
	let step = step_of(work, rule, synthesis_work);
	let EpochSizes { inferers: n, forecasters: f, elements: e, .. } = sizes(step, rule);
	let (inferers, forecasters) = (accounts::<T>("inferer", n), accounts::<T>("forecaster", f));
	store_book::<T>(&inferers, &forecasters, book(step, rule), rule);
	let payloads = payloads::<T>(&inferers, &forecasters, e);
	(context(rule), payloads)
}

/// Checks that the bundle of the step with this much work was made, with and without outliers.
fn check_synthesis<T: Config>(
	made: allora_primitives::StageResult<Synthesis<T::AccountId>>,
	work: u32,
	rule: Rule,
) -> Result<(), BenchmarkError> {
	let (synthesis, _) = made.map_err(|_| "a bundle is made")?;
	let EpochSizes { inferers, forecasters, .. } = sizes(step_of(work, rule, synthesis_work), rule);
	assert_eq!(synthesis.bundle.forecasters.len() as u32, forecasters);
	assert_eq!(synthesis.resistant.is_some(), inferers > 2);
	Ok(())
}

#[benchmarks]
mod benchmarks {
	use super::*;

	/// The last inferer is an outlier, so the inference is made a second time without it.
	#[benchmark]
	fn synthesise_mixture(
		w: Linear<MIN_MIXTURE_SYNTHESIS, MAX_MIXTURE_SYNTHESIS>,
	) -> Result<(), BenchmarkError> {
		let (context, payloads) = stage_synthesis::<T>(w, Rule::Mixture);
		let made;
		#[block]
		{
			made = Pallet::<T>::synthesise(&context, payloads);
		}
		check_synthesis::<T>(made, w, Rule::Mixture)
	}

	/// The last inferer is an outlier, so the inference is made a second time without it.
	#[benchmark]
	fn synthesise_regret(
		w: Linear<MIN_REGRET_SYNTHESIS, MAX_REGRET_SYNTHESIS>,
	) -> Result<(), BenchmarkError> {
		let (context, payloads) = stage_synthesis::<T>(w, Rule::Regret);
		let made;
		#[block]
		{
			made = Pallet::<T>::synthesise(&context, payloads);
		}
		check_synthesis::<T>(made, w, Rule::Regret)
	}

	/// An inferer is left out, so there are two inferences to store.
	#[benchmark]
	fn store(v: Linear<0, MAX_VALUES>) {
		let synthesis = synthesis::<T>(v);
		assert!(synthesis.resistant.is_some());
		let context = context(Rule::Regret);
		let stored;
		#[block]
		{
			stored = Pallet::<T>::store(&context, synthesis);
		}
		assert!(stored.is_ok());
		let stored =
			Bundles::<T>::get(TOPIC, EPOCH).map(|stored| stored.bundle.element_values.len());
		assert_eq!(stored, Some(v as usize));
	}

	#[benchmark]
	fn learn_mixture(w: Linear<MIN_MIXTURE_LEARNING, MAX_MIXTURE_LEARNING>) {
		let step = step_of(w, Rule::Mixture, learning_work);
		let EpochSizes { inferers: n, forecasters: f, reputers: r, .. } =
			sizes(step, Rule::Mixture);
		let book = book(step, Rule::Mixture);
		close::<T>(n, f, KEPT_FORECAST_ELEMENTS, book, Rule::Mixture);
		let reports = truths::<T>(r);
		let context = context(Rule::Mixture);
		let learned;
		#[block]
		{
			learned = Pallet::<T>::learn(&context, &reports);
		}
		assert!(learned.is_ok());
		let learned = Books::<T>::get(TOPIC).learned;
		assert_eq!(learned.map(|last| last.epoch), Some(EPOCH));
	}

	#[benchmark]
	fn learn_regret(w: Linear<MIN_REGRET_LEARNING, MAX_REGRET_LEARNING>) {
		let step = step_of(w, Rule::Regret, learning_work);
		let EpochSizes { inferers: n, forecasters: f, reputers: r, .. } = sizes(step, Rule::Regret);
		let book = book(step, Rule::Regret);
		close::<T>(n, f, KEPT_FORECAST_ELEMENTS, book, Rule::Regret);
		let reports = reports::<T>(r);
		// A single reputer agrees with itself, and fewer than five find their coefficients early.
		let effort = effort::<T>(&reports);
		assert!(effort.is_ok_and(|(rounds, again)| {
			(r < 2 || again) && (r < 5 || rounds == ReputerParams::default().rounds)
		}));
		let context = context(Rule::Regret);
		let learned;
		#[block]
		{
			learned = Pallet::<T>::learn(&context, &reports);
		}
		assert!(learned.is_ok());
		let learned = Books::<T>::get(TOPIC).learned;
		assert_eq!(learned.map(|last| last.epoch), Some(EPOCH));
	}

	#[benchmark]
	fn plain_losses(l: Linear<1, MAX_LOSSES>) {
		let computed;
		#[block]
		{
			computed = compute_losses(l, Loss::Huber { delta: FixedI128::from_rational(1, 2) });
		}
		assert_eq!(computed, Ok(l as usize));
	}

	#[benchmark]
	fn curved_losses(l: Linear<1, MAX_LOSSES>) {
		let computed;
		#[block]
		{
			computed = compute_losses(l, Loss::Czar { alpha: FixedI128::from_u32(1) });
		}
		assert_eq!(computed, Ok(l as usize));
	}

	#[benchmark]
	fn record(l: Linear<0, MAX_ELEMENTS>) {
		let mut learning = learned::<T>();
		learning.losses.truncate(l as usize);
		let (workers, reputers) = smoothed(MAX_INFERERS, MAX_FORECASTERS, MAX_REPUTERS);
		let context = context(Rule::Regret);
		let recorded;
		#[block]
		{
			recorded = Pallet::<T>::record(&context, learning, workers, reputers);
		}
		assert!(recorded.is_ok());
		assert!(LearningRecords::<T>::contains_key(TOPIC, EPOCH));
	}

	#[benchmark]
	fn prune() {
		whole_epoch::<T>();
		#[block]
		{
			<Pallet<T> as EpochRecords>::on_prune(TOPIC, EPOCH);
		}
		assert!(!Bundles::<T>::contains_key(TOPIC, EPOCH));
		assert!(!LearningRecords::<T>::contains_key(TOPIC, EPOCH));
	}

	#[benchmark]
	fn forget_epoch() {
		whole_epoch::<T>();
		#[block]
		{
			Pallet::<T>::forget_epoch(TOPIC);
		}
		assert!(!Bundles::<T>::contains_key(TOPIC, EPOCH));
	}

	#[benchmark]
	fn forget_topic() {
		whole_epoch::<T>();
		#[block]
		{
			Pallet::<T>::forget_topic(TOPIC);
		}
		assert!(!Books::<T>::contains_key(TOPIC));
		assert!(!Latest::<T>::contains_key(TOPIC));
	}

	impl_benchmark_test_suite!(Pallet, crate::mock::new_test_ext(), crate::mock::Test);
}
