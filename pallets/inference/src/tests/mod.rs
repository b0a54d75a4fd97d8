//! Tests, one module per concern.

mod epochs;
mod reveals;
mod scores;
mod sets;
mod sortition;
mod submissions;
mod unrevealed;

use crate::{mock::*, Error, Event};
use allora_primitives::{
	bundle::{Inference, SubmittedForecast, SubmittedInference},
	pipeline::{Forecasts, Inferences},
	Contribution, Contributions, EpochContext, EpochId, EpochState, FixedI128, Outcome, Payloads,
	Role, StageResult, WorkerScores,
};
use frame_support::{
	assert_noop, assert_ok,
	dispatch::{DispatchResultWithPostInfo, Pays},
	traits::Get,
	BoundedVec,
};

fn fixed(value: i128) -> FixedI128 {
	FixedI128::from(value)
}

fn inference(values: &[i128]) -> Inference {
	BoundedVec::truncate_from(values.iter().map(|value| fixed(*value)).collect())
}

fn given(values: &[i128]) -> Option<SubmittedInference> {
	Some(BoundedVec::truncate_from(values.iter().map(|value| Some(fixed(*value))).collect()))
}

fn forecast<Bound: Get<u32>>(elements: &[(u64, i128)]) -> BoundedVec<(u64, FixedI128), Bound> {
	let elements = elements.iter().map(|(inferer, loss)| (*inferer, fixed(*loss)));
	BoundedVec::truncate_from(elements.collect())
}

fn submit(
	who: u64,
	inference: Option<SubmittedInference>,
	forecast: Option<SubmittedForecast<u64>>,
) -> DispatchResultWithPostInfo {
	Submissions::submit(RuntimeOrigin::signed(who), TOPIC, EPOCH, inference, forecast)
}

fn infer(who: u64, value: i128) -> DispatchResultWithPostInfo {
	submit(who, given(&[value]), None)
}

fn infer_in(epoch: EpochId, who: u64) -> DispatchResultWithPostInfo {
	Submissions::submit(RuntimeOrigin::signed(who), TOPIC, epoch, given(&[0]), None)
}

/// Goes to the first block of an epoch and puts it on record.
fn open(epoch: EpochId) {
	System::set_block_number(epoch);
	if !States::get().iter().any(|(known, _)| *known == epoch) {
		States::mutate(|states| states.push((epoch, EpochState::Collecting)));
	}
}

fn outcome(role: Role, who: u64) -> Option<Outcome<u64>> {
	Submissions::outcome(TOPIC, EPOCH, role, &who)
}

fn context(epoch: EpochId) -> EpochContext {
	EpochContext { topic: TOPIC, epoch, parameters: Parameters::get() }
}

fn frozen() -> Payloads<u64> {
	Submissions::freeze(&context(EPOCH)).unwrap().0
}

fn inferences() -> Inferences<u64> {
	frozen().inferences
}

fn forecasts() -> Forecasts<u64> {
	frozen().forecasts
}

/// The contributions of an epoch that gave these scores in one role and none in the other.
fn contributions(role: Role, scores: &[(u64, FixedI128)]) -> Contributions<u64> {
	let scored = |of: Role| -> Vec<_> {
		let scores = scores.iter().filter(|_| of == role);
		scores.map(|(account, score)| Contribution { account: *account, score: *score }).collect()
	};
	Contributions {
		inferers: scored(Role::Inferer).try_into().unwrap(),
		forecasters: scored(Role::Forecaster).try_into().unwrap(),
		reputers: Default::default(),
		network_loss: fixed(0),
		naive_loss: fixed(0),
		worth: None,
	}
}

fn record(epoch: EpochId, role: Role, scores: &[(u64, FixedI128)]) -> StageResult<WorkerScores> {
	Submissions::record_scores(&context(epoch), &contributions(role, scores))
}
