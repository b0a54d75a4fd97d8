//! A runtime with this pallet, and neighbours that answer what a test tells them to.

use crate as pallet_aggregation;
use crate::{Lesson, Pallet};
use allora_primitives::{
	traits::{
		EpochHandler, ListeningCoefficients, ReportInspect, ScoreSink, SubmissionInspect,
		TopicInspect,
	},
	Bundle, EpochId, EpochSizes, EpochState, EpochWindows, FixedI128, Registration, Report, Role,
	Step, TopicId, TopicParameters, VoidReason,
};
use frame_support::{
	derive_impl, parameter_types,
	storage::{with_transaction, TransactionOutcome},
	weights::Weight,
};
use sp_runtime::{BuildStorage, FixedPointNumber};
use std::collections::BTreeMap;

type Block = frame_system::mocking::MockBlockU32<Test>;

frame_support::construct_runtime!(
	pub enum Test {
		System: frame_system,
		Aggregation: pallet_aggregation,
	}
);

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = Block;
	type DbWeight = frame_support::weights::constants::ParityDbWeight;
}

impl crate::Config for Test {
	type Topics = Neighbours;
	type Submissions = Neighbours;
	type Reports = Neighbours;
	type Scores = Neighbours;
	type Listening = Neighbours;
	type WeightInfo = ();
}

/// The topic of the tests.
pub const TOPIC: TopicId = 1;

pub type Forecast = (u64, Vec<(u64, FixedI128)>);
pub type Notes = Vec<(EpochId, Role, Vec<(u64, FixedI128)>)>;

parameter_types! {
	pub static Parameters: Option<TopicParameters> = None;
	pub static FormerParameters: BTreeMap<EpochId, TopicParameters> = BTreeMap::new();
	pub static Inferences: BTreeMap<EpochId, Vec<(u64, Vec<FixedI128>)>> = BTreeMap::new();
	pub static Forecasts: BTreeMap<EpochId, Vec<Forecast>> = BTreeMap::new();
	pub static Reports: BTreeMap<EpochId, Vec<Report<u64>>> = BTreeMap::new();
	pub static NotedScores: Notes = Vec::new();
	pub static Coefficients: BTreeMap<u64, FixedI128> = BTreeMap::new();
	pub static SinkFails: bool = false;
}

/// The other pallets, answering from the static variables.
pub struct Neighbours;

impl TopicInspect<u64> for Neighbours {
	fn parameters(_: TopicId) -> Option<TopicParameters> {
		Parameters::get()
	}
	fn parameters_of(topic: TopicId, epoch: EpochId) -> Option<TopicParameters> {
		FormerParameters::get().remove(&epoch).or_else(|| Self::parameters(topic))
	}
	fn is_allowed(_: TopicId, _: &u64, _: Registration) -> bool {
		true
	}
	fn payee(_: TopicId, who: &u64, _: Registration) -> u64 {
		*who
	}
	fn is_registered(_: TopicId, _: &u64, _: Registration) -> bool {
		true
	}
	fn collecting_epoch(_: TopicId) -> Option<EpochId> {
		None
	}
	fn epoch_windows(_: TopicId, _: EpochId) -> Option<EpochWindows> {
		None
	}
	fn epoch_state(_: TopicId, _: EpochId) -> Option<EpochState> {
		None
	}
}

impl SubmissionInspect<u64> for Neighbours {
	fn inferences(_: TopicId, epoch: EpochId) -> Vec<(u64, allora_primitives::bundle::Inference)> {
		let all = Inferences::get().remove(&epoch).unwrap_or_default();
		all.into_iter().map(|(who, values)| (who, values.try_into().unwrap())).collect()
	}
	fn forecasts(_: TopicId, epoch: EpochId) -> Vec<Forecast> {
		Forecasts::get().remove(&epoch).unwrap_or_default()
	}
}

impl ReportInspect<u64> for Neighbours {
	fn reports(_: TopicId, epoch: EpochId) -> Vec<Report<u64>> {
		Reports::get().remove(&epoch).unwrap_or_default()
	}
}

impl ScoreSink<u64> for Neighbours {
	fn note_scores(
		_: TopicId,
		epoch: EpochId,
		role: Role,
		scores: &[(u64, FixedI128)],
	) -> Result<Vec<FixedI128>, VoidReason> {
		NotedScores::mutate(|notes| notes.push((epoch, role, scores.to_vec())));
		if SinkFails::get() {
			return Err(VoidReason::Arithmetic);
		}
		// Half of the instant score, for tests to tell it apart.
		Ok(scores.iter().map(|(_, score)| FixedI128::from_inner(score.into_inner() / 2)).collect())
	}
}

impl ListeningCoefficients<u64> for Neighbours {
	fn coefficient(_: TopicId, reputer: &u64) -> FixedI128 {
		Coefficients::get().get(reputer).copied().unwrap_or_else(|| fx(1, 1))
	}
	fn note_coefficients(_: TopicId, _: EpochId, coefficients: &[(u64, FixedI128)]) {
		Coefficients::mutate(|all| all.extend(coefficients.iter().copied()));
	}
}

/// `n / d` as the wire has it; exact if `d` divides 10^18.
pub fn fx(n: i128, d: i128) -> FixedI128 {
	FixedI128::from_inner(n * FixedI128::DIV / d)
}

/// Whether two numbers differ by at most 1e-12.
#[track_caller]
pub fn assert_close(left: FixedI128, right: FixedI128) {
	let off = (left.into_inner() - right.into_inner()).abs();
	assert!(off <= 1_000_000, "{left:?} is not {right:?}");
}

/// Puts scalar inferences before the coordinator.
pub fn infer(epoch: EpochId, inferences: &[(u64, FixedI128)]) {
	let rows = inferences.iter().map(|(who, value)| (*who, vec![*value])).collect();
	Inferences::mutate(|all| all.insert(epoch, rows));
}

/// Puts a forecast before the coordinator, after those of accounts below.
pub fn forecast(epoch: EpochId, who: u64, losses: &[(u64, FixedI128)]) {
	Forecasts::mutate(|all| all.entry(epoch).or_default().push((who, losses.to_vec())));
}

/// Puts a report before the coordinator, after those of accounts below.
pub fn report(epoch: EpochId, reputer: u64, authority: u128, losses: &[FixedI128]) {
	let losses = losses.to_vec().try_into().unwrap();
	let report = Report { reputer, authority, losses };
	Reports::mutate(|all| all.entry(epoch).or_default().push(report));
}

/// Does a step in a storage layer of its own, as the clock does, and holds it to its worst case.
fn run(step: Step, epoch: EpochId) -> Result<Weight, VoidReason> {
	let result = with_transaction(|| {
		let result = match step {
			Step::CloseWorkers => Aggregation::on_close_workers(TOPIC, epoch),
			_ => Aggregation::on_close_reputers(TOPIC, epoch),
		};
		match result {
			Ok(_) => TransactionOutcome::Commit(Ok::<_, sp_runtime::DispatchError>(result)),
			Err(_) => TransactionOutcome::Rollback(Ok(result)),
		}
	})
	.unwrap();
	if let (Ok(used), Some(parameters)) = (result, Parameters::get()) {
		let worst = Aggregation::weight(step, &EpochSizes::worst_case(&parameters));
		assert!(used.all_lte(worst), "{step:?} took {used:?} of {worst:?}");
	}
	result
}

/// Closes the worker window of an epoch.
pub fn close_workers(epoch: EpochId) -> Result<Weight, VoidReason> {
	run(Step::CloseWorkers, epoch)
}

/// Closes the reporting window of an epoch.
pub fn close_reputers(epoch: EpochId) -> Result<Weight, VoidReason> {
	run(Step::CloseReputers, epoch)
}

/// The stored bundle of an epoch.
pub fn bundle(epoch: EpochId) -> Bundle<u64> {
	crate::Bundles::<Test>::get(TOPIC, epoch).unwrap().bundle
}

/// What a learned epoch taught.
pub fn lesson(epoch: EpochId) -> Lesson<u64> {
	crate::Lessons::<Test>::get(TOPIC, epoch).unwrap()
}

/// The newest outlier-resistant inference, of one label, and who was left out of it.
pub fn resistant() -> (FixedI128, Vec<u64>) {
	let answer = Aggregation::latest_resistant_inference(TOPIC).unwrap();
	(answer.inference.label_values[0], answer.left_out)
}

/// The network inference of an epoch, of one label.
pub fn network(epoch: EpochId) -> FixedI128 {
	bundle(epoch).network_inference()[0]
}

/// 32 inferers from account 0 on.
pub fn full_crowd() -> Vec<(u64, FixedI128)> {
	(0..32).map(|who| (who, fx(i128::from(who), 1))).collect()
}

/// An epoch of [`full_crowd`] and so many forecasters and reputers, learned; every loss is -1.
///
/// Forecasters have no part in it before a first epoch is learned.
pub fn full_epoch(epoch: EpochId, forecasters: u64, reputers: u64) {
	infer(epoch, &full_crowd());
	for who in 40..40 + forecasters {
		let named: Vec<_> = (0..12).map(|of| (of, fx(of as i128 - 6, 1))).collect();
		forecast(epoch, who, &named);
	}
	close_workers(epoch).unwrap();
	let losses = vec![fx(-1, 1); bundle(epoch).elements() as usize];
	for reputer in 90..90 + reputers {
		report(epoch, reputer, 1, &losses);
	}
	close_reputers(epoch).unwrap();
}

/// Infers, closes, reports by one reputer, and learns.
pub fn whole_epoch(epoch: EpochId, inferences: &[(u64, FixedI128)], losses: &[FixedI128]) {
	infer(epoch, inferences);
	close_workers(epoch).unwrap();
	report(epoch, 90, 100, losses);
	close_reputers(epoch).unwrap();
}

/// This pallet's events since the last call.
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

/// Builds the externalities of a test and checks the invariants behind it.
pub struct ExtBuilder {
	parameters: TopicParameters,
}

impl Default for ExtBuilder {
	fn default() -> Self {
		Self { parameters: TopicParameters::regression(20, 5, 20) }
	}
}

impl ExtBuilder {
	pub fn parameters(mut self, change: impl FnOnce(&mut TopicParameters)) -> Self {
		change(&mut self.parameters);
		self
	}

	pub fn build_and_execute(self, test: impl FnOnce()) {
		// Tests may share a thread.
		Parameters::set(Some(self.parameters));
		FormerParameters::set(BTreeMap::new());
		Inferences::set(BTreeMap::new());
		Forecasts::set(BTreeMap::new());
		Reports::set(BTreeMap::new());
		NotedScores::set(Vec::new());
		Coefficients::set(BTreeMap::new());
		SinkFails::set(false);
		let storage = frame_system::GenesisConfig::<Test>::default().build_storage().unwrap();
		sp_io::TestExternalities::from(storage).execute_with(|| {
			System::set_block_number(1);
			test();
			Pallet::<Test>::do_try_state().unwrap();
		});
	}
}
