//! Tests by concern.

mod epochs;
mod reports;
mod sortition;
mod stakes;

use crate::mock::*;
use allora_primitives::{bundle::SubmittedLosses, Balance, FixedI128};
use frame_support::{
	dispatch::{DispatchResult, DispatchResultWithPostInfo},
	traits::Get,
	BoundedVec,
};

fn fixed(value: i128) -> FixedI128 {
	FixedI128::from(value)
}

fn losses<Bound: Get<u32>>(values: &[i128]) -> BoundedVec<FixedI128, Bound> {
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

fn report_losses(who: u64, losses: SubmittedLosses) -> DispatchResultWithPostInfo {
	Reputers::report(RuntimeOrigin::signed(who), TOPIC, EPOCH, bundle_hash(EPOCH), losses)
}

fn report(who: u64) -> DispatchResultWithPostInfo {
	report_losses(who, losses(&[1, 2]))
}

fn abstain(who: u64) -> DispatchResultWithPostInfo {
	Reputers::abstain(RuntimeOrigin::signed(who), TOPIC, EPOCH)
}
