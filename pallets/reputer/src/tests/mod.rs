//! Tests, one module per concern.

mod delegations;
mod epochs;
mod invariants;
mod reports;
mod sortition;
mod stakes;

use crate::{epoch::Frozen, mock::*};
use allora_primitives::{
	bundle::{SubmittedLosses, SubmittedTruth},
	Balance, EpochContext, EpochId, FixedI128, LossMethod, Report, ReportPayload,
	ReputerContribution, StageResult, TopicParameters,
};
use frame_support::{
	dispatch::{DispatchResult, DispatchResultWithPostInfo},
	traits::Get,
	BoundedVec,
};

fn fixed(value: i128) -> FixedI128 {
	FixedI128::from(value)
}

/// Values of a truth, or losses.
fn numbers<Bound: Get<u32>>(values: &[i128]) -> BoundedVec<FixedI128, Bound> {
	BoundedVec::truncate_from(values.iter().map(|value| fixed(*value)).collect())
}

fn stake(who: u64, amount: Balance) -> DispatchResult {
	Reputers::stake(RuntimeOrigin::signed(who), TOPIC, amount)
}

fn unstake(who: u64, amount: Balance) -> DispatchResult {
	Reputers::unstake(RuntimeOrigin::signed(who), TOPIC, amount)
}

fn withdraw(who: u64) -> DispatchResult {
	Reputers::withdraw(RuntimeOrigin::signed(who), TOPIC)
}

/// Makes the topic one whose reputers report losses.
fn custom(parameters: &mut TopicParameters) {
	parameters.loss_method = LossMethod::Custom(b"own".to_vec().try_into().unwrap());
}

fn report_losses(who: u64, losses: SubmittedLosses) -> DispatchResultWithPostInfo {
	Reputers::report_losses(RuntimeOrigin::signed(who), TOPIC, EPOCH, bundle_hash(EPOCH), losses)
}

fn report_truth(who: u64, truth: SubmittedTruth) -> DispatchResultWithPostInfo {
	Reputers::report(RuntimeOrigin::signed(who), TOPIC, EPOCH, truth)
}

fn report(who: u64) -> DispatchResultWithPostInfo {
	report_truth(who, numbers(&[3]))
}

fn abstain(who: u64) -> DispatchResult {
	Reputers::abstain(RuntimeOrigin::signed(who), TOPIC, EPOCH)
}

fn context(epoch: EpochId) -> EpochContext {
	EpochContext { topic: TOPIC, epoch, parameters: Parameters::get() }
}

fn freeze() -> StageResult<Frozen<u64>> {
	Reputers::freeze(&context(EPOCH))
}

fn reports() -> Vec<Report<u64>> {
	freeze().unwrap().0 .0
}

/// Scores reputers, with listening coefficients of 1.
fn record(epoch: EpochId, scores: &[(u64, FixedI128)]) -> StageResult<Vec<FixedI128>> {
	let full: Vec<_> = scores.iter().map(|(who, score)| (*who, *score, fixed(1))).collect();
	record_with_coefficients(epoch, &full)
}

/// Scores reputers: account, score and listening coefficient of each.
fn record_with_coefficients(
	epoch: EpochId,
	scores: &[(u64, FixedI128, FixedI128)],
) -> StageResult<Vec<FixedI128>> {
	let contribution = |(account, score, _): &(u64, _, _)| ReputerContribution {
		account: *account,
		score: *score,
		authority: 1,
	};
	let reputers: Vec<_> = scores.iter().map(contribution).collect();
	let coefficients: Vec<_> = scores.iter().map(|(_, _, coefficient)| *coefficient).collect();
	Reputers::record_scores(&context(epoch), &reputers, &coefficients)
}
