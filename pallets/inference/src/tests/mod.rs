//! Tests by concern.

mod epochs;
mod scores;
mod sets;
mod sortition;
mod submissions;

use crate::{mock::*, Error, Event};
use allora_primitives::{
	bundle::{Inference, SubmittedForecast, SubmittedInference},
	EpochId, FixedI128, Outcome, Role,
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

fn outcome(role: Role, who: u64) -> Option<Outcome<u64>> {
	Submissions::outcome(TOPIC, EPOCH, role, &who)
}
