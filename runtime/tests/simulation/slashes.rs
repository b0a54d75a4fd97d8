//! The check that slashes are applied in the era in which they are due, and in full.

use super::{holds, statistics::Statistics};
use allora_primitives::Balance;
use allora_runtime::{AccountId, Balances, Runtime, RuntimeEvent};
use frame_support::traits::fungible::Inspect;
use pallet_staking::{ActiveEra, Ledger, UnappliedSlashes, VirtualStakers};
use sp_staking::EraIndex;
use std::collections::BTreeMap;

/// What one staker owes for its own offences, or for those of validators that it has nominated.
#[derive(Clone, Default)]
struct Due {
	amount: Balance,
	/// The number of offences.
	offences: u32,
	/// The stake on the staker's ledger after the previous block, with what is unlocking.
	bonded: Balance,
	/// The number of parts of that stake: the active one, and the chunks that unlock.
	parts: u32,
	validates: bool,
}

/// The slashes that were not applied yet after the previous block, by the era in which they are due.
#[derive(Clone, Default)]
pub struct Slashes(BTreeMap<EraIndex, BTreeMap<AccountId, Due>>);

impl Slashes {
	/// Checks what the block slashed, and notes what is due later.
	pub fn check(&mut self, events: &[RuntimeEvent], statistics: &mut Statistics) {
		let era = ActiveEra::<Runtime>::get().map_or(0, |era| era.index);
		let mut slashed = slashed(events);
		let later = self.0.split_off(&(era + 1));
		let due = std::mem::replace(&mut self.0, later);
		assert!(due.len() <= 1, "slashes of several eras are due in era {era}");
		for (who, due) in due.into_values().flatten() {
			let amount = slashed.remove(&who).unwrap_or_default();
			// What is left of a part is slashed as well if it is below the existential deposit.
			let dust = u128::from(due.offences * due.parts) * Balances::minimum_balance();
			let least = due.amount.min(due.bonded);
			let most = due.bonded.min(due.amount + dust);
			assert!((least..=most).contains(&amount), "{who} lost {amount}, not {least} to {most}");
			if amount > 0 {
				count(&who, &due, statistics);
			}
		}
		assert!(slashed.is_empty(), "nothing was due from {slashed:?}");
		// What is reported after the bonding duration is never applied.
		self.0 = pending();
		self.0.retain(|due, _| *due > era);
	}
}

/// What the block took from each staker's stake.
fn slashed(events: &[RuntimeEvent]) -> BTreeMap<AccountId, Balance> {
	let mut slashed = BTreeMap::new();
	for event in events {
		if let RuntimeEvent::Staking(pallet_staking::Event::Slashed { staker, amount }) = event {
			*slashed.entry(staker.clone()).or_default() += amount;
		}
	}
	slashed
}

/// All slashes that are not applied yet.
fn pending() -> BTreeMap<EraIndex, BTreeMap<AccountId, Due>> {
	let mut all = BTreeMap::<_, BTreeMap<AccountId, Due>>::new();
	for (era, slashes) in UnappliedSlashes::<Runtime>::iter() {
		let due = all.entry(era).or_default();
		for slash in slashes {
			due.entry(slash.validator.clone()).or_default().validates = true;
			for (who, amount) in slash.others.into_iter().chain([(slash.validator, slash.own)]) {
				let due = due.entry(who).or_default();
				due.amount += amount;
				due.offences += 1;
			}
		}
		for (who, due) in due {
			if let Some(ledger) = Ledger::<Runtime>::get(who) {
				due.bonded = ledger.total;
				due.parts = 1 + ledger.unlocking.len() as u32;
			}
		}
	}
	all
}

fn count(who: &AccountId, due: &Due, statistics: &mut Statistics) {
	let kind = if due.validates {
		"a validator"
	} else if VirtualStakers::<Runtime>::contains_key(who) {
		"a pool"
	} else {
		"a nominator"
	};
	let mut count = |kind: &str| *statistics.slashed.entry(kind.into()).or_default() += 1;
	count(kind);
	if holds::has_stake_in_a_topic(who) {
		count("an account with stake in a topic");
	}
}
