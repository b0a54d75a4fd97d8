//! The bounds of what is minted: emission by the schedule, and staking's rewards by what eras have
//! taken of it.

use allora_primitives::{Balance, Ledger};
use allora_runtime::{Runtime, RuntimeEvent};
use pallet_emissions::{types::Schedule, CurrentSchedule, Event::RateRenewed};
use sp_runtime::Perbill;

/// What has been emitted and minted until the previous block.
#[derive(Clone)]
pub struct Emission {
	schedule: Schedule,
	/// What topics and validators have been given, in planck.
	topics: Balance,
	validators: Balance,
	/// The rewards that staking has minted, in planck, and their number.
	rewarded: Balance,
	rewards: Balance,
}

impl Emission {
	/// Nothing, before the first block.
	pub fn genesis() -> Self {
		let schedule = CurrentSchedule::<Runtime>::get();
		Self { schedule, topics: 0, validators: 0, rewarded: 0, rewards: 0 }
	}

	/// Checks that a block has emitted no more than the emission of the slots that it has issued,
	/// and that staking mints no more than it was given.
	pub fn check(&mut self, events: &[RuntimeEvent], ledger: &Ledger) {
		let schedule = CurrentSchedule::<Runtime>::get();
		// The rate is renewed where a month begins, several times in a block after an outage; each
		// slot has one of these rates.
		let renewed = events.iter().filter_map(|event| match event {
			RuntimeEvent::Emissions(RateRenewed { slot_emission, validators_share, .. }) => {
				Some((*slot_emission, *validators_share))
			}
			_ => None,
		});
		let old = (self.schedule.slot_emission, self.schedule.validators_share);
		let parts = renewed.chain([old]).map(|(emission, share): (Balance, Perbill)| {
			let of_validators = share.mul_floor(emission);
			(emission - of_validators, of_validators)
		});
		let most = parts.fold((0, 0), |most: (Balance, Balance), (topics, validators)| {
			(most.0.max(topics), most.1.max(validators))
		});
		// Before the first block no slot is issued.
		let first = schedule.first_slot.unwrap_or_default().max(self.schedule.next_slot);
		let slots = Balance::from(schedule.next_slot - first);
		let topics = ledger.minted + ledger.recycled;
		let validators = ledger.validators_accrued + ledger.validators_taken;
		let emitted = (topics - self.topics, validators - self.validators);
		assert!(
			emitted.0 <= slots * most.0 && emitted.1 <= slots * most.1,
			"topics and validators got {emitted:?} in {slots} slots of at most {most:?}"
		);

		let minted = events.iter().map(minted_by_staking).filter(|amount| *amount > 0);
		for amount in minted {
			self.rewarded += amount;
			self.rewards += 1;
		}
		// A reward, the validator's commission and the validator's part of the era are each rounded to
		// the nearest planck.
		assert!(
			self.rewarded <= ledger.validators_taken + 2 * self.rewards,
			"staking minted {} of {} in {} rewards",
			self.rewarded,
			ledger.validators_taken,
			self.rewards
		);
		(self.schedule, self.topics, self.validators) = (schedule, topics, validators);
	}
}

/// The amount that a payout of staking minted.
pub fn minted_by_staking(event: &RuntimeEvent) -> Balance {
	match event {
		RuntimeEvent::Staking(pallet_staking::Event::Rewarded { amount, .. }) => *amount,
		_ => 0,
	}
}
