//! The invariants of the storage.

use crate::{
	claims::{ClaimBook, MAX_CLAIM, MAX_EXCESS, MAX_SCALE},
	issuance::slot_emission,
	memory::{Memory, ScoreMemory, ACCOUNTS_PER_SEAT},
	pallet::*,
	types::*,
};
use alloc::collections::BTreeSet;
use allora_primitives::{traits::TopicInspect, TopicParameters};
use frame_support::{ensure, traits::Get};
use sp_runtime::TryRuntimeError;

impl<T: Config> Pallet<T> {
	/// Checks the invariants of the storage:
	///
	/// 1. the ledger adds up (`check_ledger`);
	/// 2. the weights, accruals and pots of topics, and the emission of epochs, sum to the running
	///    totals;
	/// 3. no topic is ahead of the index, and what is shared out is a whole number of planck;
	/// 4. an account waits at most once per registration, and a crowded topic is recorded as such,
	///    unless there is no place for it;
	/// 5. a topic remembers at most two accounts per seat and role, each once, and claims are within
	///    their bounds;
	/// 6. no reward is zero;
	/// 7. the emission of a slot follows from the rate and the stake on record, and nothing is
	///    emitted before the start;
	/// 8. the rules of a topic's epochs are in ascending order, and change from one to the next.
	pub fn do_try_state() -> Result<(), TryRuntimeError> {
		Self::check_ledger(&Self::ledger())?;
		Self::check_schedule()?;
		Self::check_accruals()?;
		Self::check_epochs()?;
		Self::check_purses()?;
		Self::check_rules()?;
		Self::check_memories()
	}

	fn check_rules() -> Result<(), TryRuntimeError> {
		let known = KnownRules::<T>::get();
		let mut pairs = known.iter().zip(known.iter().skip(1));
		ensure!(
			pairs.all(|((from, rules), (next, changed))| from < next && rules != changed),
			"reward rules are out of order"
		);
		Ok(())
	}

	fn check_schedule() -> Result<(), TryRuntimeError> {
		let schedule = CurrentSchedule::<T>::get();
		ensure!(schedule.started || Self::ledger().emitted == 0, "emission precedes its start");
		ensure!(
			Vested::<T>::get() <= LedgerTotals::<T>::get().genesis_issuance,
			"more is locked than there was at genesis"
		);
		if let (Some(rate), Some(figures)) = (schedule.rate, CurrentFigures::<T>::get()) {
			ensure!(
				figures.validators_share == schedule.validators_share,
				"validators' shares on record differ"
			);
			let emission = slot_emission(rate, figures.staked, T::SlotsPerMonth::get())
				.map_err(|_| "the emission of a slot is out of range")?;
			// Nothing is emitted while nothing is staked.
			ensure!(
				[0, emission].contains(&schedule.slot_emission),
				"the emission of a slot does not follow from the rate"
			);
		}
		Ok(())
	}

	fn check_accruals() -> Result<(), TryRuntimeError> {
		let distribution = CurrentDistribution::<T>::get();
		let (mut weight, mut accruing) = (0u128, 0u128);
		for (_, accrual) in Accruals::<T>::iter() {
			ensure!(accrual.checkpoint <= distribution.index, "a topic is ahead of the index");
			let accrued =
				accrual.accrued_at(distribution.index).ok_or("an accrual is out of range")?;
			ensure!(
				accrual.weight > 0 || accrued >= SCALE,
				"an accrual without weight and amount is stored"
			);
			weight =
				weight.checked_add(accrual.weight).ok_or("the sum of weights is out of range")?;
			accruing = accruing.checked_add(accrued).ok_or("an accrual is out of range")?;
		}
		ensure!(weight == distribution.total_weight, "topics' weights do not sum to the total");
		ensure!(accruing == distribution.accruing, "topics' accruals do not sum to the total");
		let pool = accruing.checked_add(distribution.carried).ok_or("the pool is out of range")?;
		ensure!(pool % SCALE == 0, "what is shared out is not a whole number of planck");
		Ok(())
	}

	fn check_epochs() -> Result<(), TryRuntimeError> {
		let totals = LedgerTotals::<T>::get();
		let mut assigned = 0u128;
		for (_, _, reward) in Rewards::<T>::iter() {
			match reward {
				EpochReward::Assigned(amount) => {
					ensure!(amount > 0, "an assignment of nothing is stored");
					assigned = assigned
						.checked_add(amount)
						.ok_or("the sum of emission is out of range")?;
				}
				EpochReward::Voided => (),
				EpochReward::Settled(credits) => {
					let mut credits = credits.iter().map(|(_, _, credit)| *credit);
					ensure!(credits.all(|credit| credit != Credit::Reward(0)), "a reward is zero");
				}
			}
		}
		ensure!(assigned == totals.assigned, "epochs' emission does not sum to the total");
		ensure!(
			totals.month_credited <= totals.settled.saturating_add(totals.purchased),
			"a month has credited more than was paid into topic pots"
		);
		ensure!(
			totals.month_credited_to_reputers <= totals.month_credited,
			"reputers were credited more than a month has credited"
		);
		Ok(())
	}

	fn check_purses() -> Result<(), TryRuntimeError> {
		let totals = LedgerTotals::<T>::get();
		let (mut pots, mut earnings) = (0u128, 0u128);
		for (topic, purse) in Purses::<T>::iter() {
			ensure!(!purse.is_empty(), "an empty purse is stored");
			let recorded = totals.crowded.contains(&topic) || totals.crowded.is_full();
			ensure!(recorded || !purse.is_crowded(), "a crowded topic is not recorded");
			for waiting in REGISTRATIONS.map(|registration| purse.waiting(registration)) {
				ensure!(waiting.iter().all(|due| due.amount > 0), "an account waits for nothing");
				ensure!(
					is_unique(waiting.iter().map(|due| &due.account)),
					"an account waits twice"
				);
			}
			pots = pots.checked_add(purse.pot).ok_or("the sum of pots is out of range")?;
			earnings = earnings
				.checked_add(purse.earnings())
				.ok_or("the sum of earnings is out of range")?;
		}
		ensure!(pots == totals.topic_pots, "topic pots do not sum to the total");
		ensure!(earnings == totals.earnings, "earnings do not sum to the total");
		Ok(())
	}

	fn check_memories() -> Result<(), TryRuntimeError> {
		for (topic, memory) in Memories::<T>::iter() {
			let parameters = T::Topics::parameters(topic).ok_or("a memory of no topic")?;
			let TopicParameters { max_inferers, max_forecasters, max_reputers, .. } = parameters;
			match memory {
				Memory::Scores(ScoreMemory {
					inferer_shares,
					forecaster_shares,
					reputer_shares,
					..
				}) => {
					check_known(&inferer_shares, max_inferers)?;
					check_known(&forecaster_shares, max_forecasters)?;
					check_known(&reputer_shares, max_reputers)?;
				}
				Memory::Claims(ClaimBook { scales, inferers, forecasters }) => {
					check_known(&inferers, max_inferers)?;
					check_known(&forecasters, max_forecasters)?;
					let claims = inferers.iter().map(|(_, known)| known.claim);
					let claims = claims.chain(forecasters.iter().map(|(_, claim)| *claim));
					let mut claims = claims.chain([scales.forecasting]);
					ensure!(
						claims.all(|claim| (-MAX_CLAIM..=MAX_CLAIM).contains(&claim)),
						"a claim is out of bounds"
					);
					let mut excesses = inferers.iter().map(|(_, known)| known.excess);
					ensure!(
						excesses.all(|excess| (-MAX_EXCESS..=MAX_EXCESS).contains(&excess)),
						"an excess is out of bounds"
					);
					ensure!(
						[scales.worth, scales.loss, scales.reference]
							.iter()
							.all(|of| *of <= MAX_SCALE),
						"a scale is out of bounds"
					);
				}
			}
		}
		Ok(())
	}
}

/// Checks that a role's accounts are within the topic's seats, each once.
fn check_known<A: Ord, Entry>(known: &[(A, Entry)], seats: u32) -> Result<(), TryRuntimeError> {
	ensure!(is_unique(known.iter().map(|(account, _)| account)), "an account is remembered twice");
	ensure!(
		known.len() as u32 <= ACCOUNTS_PER_SEAT.saturating_mul(seats),
		"more accounts are remembered than two per seat"
	);
	Ok(())
}

/// Whether no account occurs twice.
fn is_unique<'a, A: Ord + 'a>(accounts: impl Iterator<Item = &'a A>) -> bool {
	let mut seen = BTreeSet::new();
	accounts.into_iter().all(|account| seen.insert(account))
}
