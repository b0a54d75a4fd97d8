//! A runtime of this pallet. Tests set the values that earlier stages would return.

use crate as pallet_aggregation;
use crate::{Book, LearningRecord, Pallet, RegretBook, RuleState};
use allora_primitives::{
	stage, Bundle, Contribution, EpochContext, EpochId, EpochSizes, FixedI128, LossMethod,
	Payloads, Report, ReportPayload, Rule, Step, TopicId, TopicParameters, VoidReason,
	WorkerScores,
};
use frame_support::{
	derive_impl, parameter_types,
	storage::{with_transaction, TransactionOutcome},
	weights::Weight,
};
use sp_runtime::{BuildStorage, FixedPointNumber};
use std::collections::BTreeMap;

frame_support::construct_runtime!(
	pub enum Test {
		System: frame_system,
		Aggregation: pallet_aggregation,
	}
);

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = frame_system::mocking::MockBlock<Test>;
	type DbWeight = frame_support::weights::constants::ParityDbWeight;
}

impl crate::Config for Test {
	type Time = System;
	type WeightInfo = ();
}

/// The topic of the tests.
pub const TOPIC: TopicId = 1;

pub type Forecast = (u64, Vec<(u64, FixedI128)>);

parameter_types! {
	pub static Parameters: Option<TopicParameters> = None;
	pub static FormerParameters: BTreeMap<EpochId, TopicParameters> = BTreeMap::new();
	pub static Inferences: BTreeMap<EpochId, Vec<(u64, Vec<FixedI128>)>> = BTreeMap::new();
	pub static Forecasts: BTreeMap<EpochId, Vec<Forecast>> = BTreeMap::new();
	pub static Reports: BTreeMap<EpochId, Vec<Report<u64>>> = BTreeMap::new();
	/// The listening coefficients of reputers; 1 before the first scoring.
	pub static Coefficients: BTreeMap<u64, FixedI128> = BTreeMap::new();
}

/// `n / d`; exact if `d` divides 10^18.
pub fn fx(n: i128, d: i128) -> FixedI128 {
	FixedI128::from_inner(n * FixedI128::DIV / d)
}

/// Whether two numbers differ by at most 1e-12.
#[track_caller]
pub fn assert_close(left: FixedI128, right: FixedI128) {
	let off = (left.into_inner() - right.into_inner()).abs();
	assert!(off <= 1_000_000, "{left:?} is not {right:?}");
}

/// Sets the inferences of an epoch, of one label each.
pub fn infer(epoch: EpochId, inferences: &[(u64, FixedI128)]) {
	let rows = inferences.iter().map(|(who, value)| (*who, vec![*value])).collect();
	Inferences::mutate(|all| all.insert(epoch, rows));
}

/// Adds a forecast to an epoch; calls come in ascending order of accounts.
pub fn forecast(epoch: EpochId, who: u64, losses: &[(u64, FixedI128)]) {
	Forecasts::mutate(|all| all.entry(epoch).or_default().push((who, losses.to_vec())));
}

/// Adds a report to an epoch; calls come in ascending order of accounts.
pub fn report(epoch: EpochId, reputer: u64, authority: u128, losses: &[FixedI128]) {
	add_report(
		epoch,
		reputer,
		authority,
		ReportPayload::Losses(losses.to_vec().try_into().unwrap()),
	);
}

/// Adds a report of the truth to an epoch; calls come in ascending order of accounts.
pub fn report_truth(epoch: EpochId, reputer: u64, authority: u128, truth: &[FixedI128]) {
	add_report(epoch, reputer, authority, ReportPayload::Truth(truth.to_vec().try_into().unwrap()));
}

fn add_report(epoch: EpochId, reputer: u64, authority: u128, payload: ReportPayload) {
	let report = Report { reputer, authority, coefficient: fx(1, 1), payload };
	Reports::mutate(|all| all.entry(epoch).or_default().push(report));
}

/// Smoothed scores that differ from the instant ones: half of them.
fn halves(scores: impl Iterator<Item = FixedI128>) -> Vec<FixedI128> {
	scores.map(|score| FixedI128::from_inner(score.into_inner() / 2)).collect()
}

fn half_scores(of: &[Contribution<u64>]) -> Vec<FixedI128> {
	halves(of.iter().map(|one| one.score))
}

/// This pallet's stages of the worker close, with the payloads that the test set.
fn synthesise_and_store(of: &EpochContext, used: &mut Weight) -> Result<(), VoidReason> {
	let inferences = Inferences::get().remove(&of.epoch).unwrap_or_default();
	let inferences = inferences.into_iter().map(|(who, row)| (who, row.try_into().unwrap()));
	let forecasts = Forecasts::get().remove(&of.epoch).unwrap_or_default();
	let payloads = Payloads { inferences: inferences.collect(), forecasts };
	let synthesis = stage(used, Aggregation::synthesise(of, payloads))?;
	stage(used, Aggregation::store(of, synthesis)).map(drop)
}

/// This pallet's stages of the reputer close, with the reports that the test set. Each smoothed
/// score is half the instant one.
fn learn_and_record(of: &EpochContext, used: &mut Weight) -> Result<(), VoidReason> {
	let mut reports = Reports::get().remove(&of.epoch).unwrap_or_default();
	for report in &mut reports {
		let known = Coefficients::get().get(&report.reputer).copied();
		report.coefficient = known.unwrap_or_else(|| fx(1, 1));
	}
	let learning = stage(used, Aggregation::learn(of, &reports))?;
	let contributions = &learning.contributions;
	let workers = WorkerScores {
		inferers: half_scores(&contributions.inferers),
		forecasters: half_scores(&contributions.forecasters),
	};
	let reputers = halves(contributions.reputers.iter().map(|one| one.score));
	let accounts = contributions.reputers.iter().map(|one| one.account);
	let coefficients = accounts.zip(learning.coefficients.iter().copied()).collect::<Vec<_>>();
	Coefficients::mutate(|all| all.extend(coefficients));
	stage(used, Aggregation::record(of, learning, workers, reputers))
}

/// The worst-case weight of this pallet's stages of a step.
pub fn worst_case(step: Step, sizes: &EpochSizes) -> Weight {
	match step {
		Step::Open => Weight::zero(),
		Step::CloseWorkers => {
			Aggregation::synthesise_weight(sizes) + Aggregation::store_weight(sizes)
		}
		Step::CloseReputers => Aggregation::learn_weight(sizes) + Aggregation::record_weight(sizes),
	}
}

/// Runs a step in a storage layer of its own, as the clock does; panics if it exceeds its worst
/// case.
fn run(step: Step, epoch: EpochId) -> Result<Weight, VoidReason> {
	let parameters = FormerParameters::get().remove(&epoch).or_else(Parameters::get).unwrap();
	let sizes = EpochSizes::worst_case(&parameters);
	let of = EpochContext { topic: TOPIC, epoch, parameters };
	let mut used = Weight::zero();
	let result = with_transaction(|| {
		let result = match step {
			Step::CloseWorkers => synthesise_and_store(&of, &mut used),
			_ => learn_and_record(&of, &mut used),
		};
		match result {
			Ok(_) => TransactionOutcome::Commit(Ok::<_, sp_runtime::DispatchError>(result)),
			Err(_) => TransactionOutcome::Rollback(Ok(result)),
		}
	})
	.unwrap();
	let worst = worst_case(step, &sizes);
	assert!(used.all_lte(worst), "{step:?} used {used:?} of {worst:?}");
	result.map(|()| used)
}

/// Runs the worker close of an epoch; returns the weight used.
pub fn close_workers(epoch: EpochId) -> Result<Weight, VoidReason> {
	run(Step::CloseWorkers, epoch)
}

/// Runs the reputer close of an epoch; returns the weight used.
pub fn close_reputers(epoch: EpochId) -> Result<Weight, VoidReason> {
	run(Step::CloseReputers, epoch)
}

/// The stored bundle of an epoch.
pub fn bundle(epoch: EpochId) -> Bundle<u64> {
	crate::Bundles::<Test>::get(TOPIC, epoch).unwrap().bundle
}

/// The stored learning record of an epoch.
pub fn record(epoch: EpochId) -> LearningRecord<u64> {
	crate::LearningRecords::<Test>::get(TOPIC, epoch).unwrap()
}

/// Everything that the topic has learned.
pub fn book() -> Book<u64> {
	crate::Books::<Test>::get(TOPIC)
}

/// What the topic has learned by the regret rule.
pub fn regret_book() -> RegretBook<u64> {
	match book().state {
		RuleState::Regret(book) => book,
		other => panic!("the state is {other:?}"),
	}
}

/// The newest outlier-resistant inference, of one label, and the inferers left out of it.
pub fn resistant() -> (FixedI128, Vec<u64>) {
	let latest = Aggregation::latest_resistant_inference(TOPIC).unwrap();
	(latest.inference.label_values[0], latest.left_out)
}

/// The network inference of an epoch, of one label.
pub fn network(epoch: EpochId) -> FixedI128 {
	bundle(epoch).network_inference()[0]
}

/// The inferences of the maximum number of inferers, which are accounts 0 to 31.
pub fn full_crowd() -> Vec<(u64, FixedI128)> {
	(0..32).map(|who| (who, fx(i128::from(who), 1))).collect()
}

/// Runs an epoch with [`full_crowd`] and these numbers of forecasters and reputers; every loss is
/// -1.
///
/// Forecasters contribute only after a first epoch was learned.
pub fn full_epoch(epoch: EpochId, forecasters: u64, reputers: u64) {
	full_bundle(epoch, forecasters);
	let losses = vec![fx(-1, 1); bundle(epoch).elements() as usize];
	for reputer in 90..90 + reputers {
		report(epoch, reputer, 1, &losses);
	}
	close_reputers(epoch).unwrap();
}

/// Runs an epoch with [`full_crowd`] and these numbers of forecasters and reputers; every truth is
/// 7.
pub fn full_epoch_of_truth(epoch: EpochId, forecasters: u64, reputers: u64) {
	full_bundle(epoch, forecasters);
	for reputer in 90..90 + reputers {
		report_truth(epoch, reputer, 1, &[fx(7, 1)]);
	}
	close_reputers(epoch).unwrap();
}

/// Makes the bundle of [`full_crowd`] and this number of forecasters.
fn full_bundle(epoch: EpochId, forecasters: u64) {
	infer(epoch, &full_crowd());
	for who in 40..40 + forecasters {
		let named: Vec<_> = (0..12).map(|of| (of, fx(of as i128 - 6, 1))).collect();
		forecast(epoch, who, &named);
	}
	close_workers(epoch).unwrap();
}

/// Runs an epoch with these inferences and one report.
pub fn whole_epoch(epoch: EpochId, inferences: &[(u64, FixedI128)], losses: &[FixedI128]) {
	infer(epoch, inferences);
	close_workers(epoch).unwrap();
	report(epoch, 90, 100, losses);
	close_reputers(epoch).unwrap();
}

/// The pallet's events since the last call.
pub fn events() -> Vec<crate::Event<Test>> {
	let all = System::events();
	System::reset_events();
	all.into_iter()
		.filter_map(|record| match record.event {
			RuntimeEvent::Aggregation(event) => Some(event),
			_ => None,
		})
		.collect()
}

/// The externalities of a benchmark's test.
#[cfg(feature = "runtime-benchmarks")]
pub fn new_test_ext() -> sp_io::TestExternalities {
	frame_system::GenesisConfig::<Test>::default().build_storage().unwrap().into()
}

/// Builds the state of a test.
pub struct ExtBuilder {
	parameters: TopicParameters,
}

/// A topic of the regret rule whose reputers report losses.
impl Default for ExtBuilder {
	fn default() -> Self {
		let name = b"own".to_vec().try_into().unwrap();
		let loss_method = LossMethod::Custom(name);
		Self {
			parameters: TopicParameters {
				loss_method,
				rule: Rule::Regret,
				..TopicParameters::regression(20, 5, 20)
			},
		}
	}
}

impl ExtBuilder {
	/// A topic whose reputers report the truth, with this loss method.
	pub fn truth(loss_method: LossMethod) -> Self {
		Self::default().parameters(|p| p.loss_method = loss_method)
	}

	/// A topic of the mixture rule whose reputers report the truth, with this loss method.
	pub fn mixture(loss_method: LossMethod) -> Self {
		Self::truth(loss_method).parameters(|p| p.rule = Rule::Mixture)
	}

	/// Changes the topic's parameters.
	pub fn parameters(mut self, change: impl FnOnce(&mut TopicParameters)) -> Self {
		change(&mut self.parameters);
		self
	}

	/// Runs the test in block 1, then checks the invariants.
	pub fn build_and_execute(self, test: impl FnOnce()) {
		// Tests may share a thread.
		Parameters::set(Some(self.parameters));
		FormerParameters::set(BTreeMap::new());
		Inferences::set(BTreeMap::new());
		Forecasts::set(BTreeMap::new());
		Reports::set(BTreeMap::new());
		Coefficients::set(BTreeMap::new());
		let storage = frame_system::GenesisConfig::<Test>::default().build_storage().unwrap();
		sp_io::TestExternalities::from(storage).execute_with(|| {
			System::set_block_number(1);
			test();
			Pallet::<Test>::do_try_state().unwrap();
		});
	}
}
