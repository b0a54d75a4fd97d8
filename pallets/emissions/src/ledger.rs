//! Reads for the runtime API: emission figures, rewards, and the ledger with its laws.

use crate::{pallet::*, settlement::rewards_in, types::*};
use alloc::vec::Vec;
use allora_primitives::{
	api::{Accrued, EmissionInfo, Payment, Reward, Unpaid},
	traits::{StakeInspect, TopicInspect},
	Balance, EpochId, FixedI128, Ledger, Role, TopicId,
};
use frame_support::traits::{fungible::Inspect, Get};
use sp_runtime::FixedPointNumber;

impl<T: Config> Pallet<T> {
	/// The emission figures; amounts in planck.
	pub fn emission_info() -> EmissionInfo {
		let schedule = CurrentSchedule::<T>::get();
		EmissionInfo {
			slot_emission: schedule.slot_emission,
			rate: schedule.rate.unwrap_or_default(),
			emitted: emitted(&LedgerTotals::<T>::get()),
			max_supply: T::MaxSupply::get(),
			total_weight: CurrentDistribution::<T>::get().total_weight,
			next_recomputation: schedule.next_recomputation,
			started: schedule.started,
			month: CurrentFigures::<T>::get(),
		}
	}

	/// The rewards of an epoch; empty before its settlement and after pruning.
	pub fn rewards(topic: TopicId, epoch: EpochId) -> Vec<Reward<T::AccountId>> {
		rewards_in(&Self::credits(topic, epoch))
			.into_iter()
			.map(|(account, role, amount)| Reward { account, role, amount })
			.collect()
	}

	/// The participants in an epoch that were credited nothing, and why; empty before its
	/// settlement and after pruning.
	pub fn unpaid(topic: TopicId, epoch: EpochId) -> Vec<Unpaid<T::AccountId>> {
		let unpaid = |(account, role, credit): (_, _, Credit)| {
			credit.no_reward().map(|reason| Unpaid { account, role, reason })
		};
		Self::credits(topic, epoch).into_iter().filter_map(unpaid).collect()
	}

	/// The result of an account in a role in the settlement of an epoch; `None` before the
	/// settlement, after pruning, and if the account did not contribute.
	pub fn payment(
		topic: TopicId,
		epoch: EpochId,
		role: Role,
		who: &T::AccountId,
	) -> Option<Payment> {
		let mut credits = Self::credits(topic, epoch).into_inner();
		credits.retain(|(_, of, _)| *of == role);
		// Rewards are parts of the total issuance, so their sum cannot overflow.
		let paid = credits
			.iter()
			.fold(0, |sum: Balance, (.., credit)| sum.saturating_add(credit.amount()));
		let (.., credit) = credits.into_iter().find(|(account, ..)| account == who)?;
		let reward = credit.amount();
		Some(Payment {
			reward,
			share: FixedI128::checked_from_rational(reward, paid).unwrap_or_default(),
			no_reward: credit.no_reward(),
		})
	}

	/// The sum of the rewards that an epoch credited, in planck; 0 before its settlement and after
	/// pruning.
	pub fn paid(topic: TopicId, epoch: EpochId) -> Balance {
		// Rewards are parts of the total issuance, so their sum cannot overflow.
		let credits = Self::credits(topic, epoch).into_iter();
		credits.fold(0, |sum: Balance, (.., credit)| sum.saturating_add(credit.amount()))
	}

	/// The emission that a topic has accrued since its running epoch opened, and its pot; `None` if
	/// there is no such topic.
	pub fn accrued(topic: TopicId) -> Option<Accrued> {
		T::Topics::parameters(topic)?;
		let index = CurrentDistribution::<T>::get().index;
		let accrued = Accruals::<T>::get(topic).and_then(|accrual| accrual.accrued_at(index));
		let emission = whole(accrued.unwrap_or_default());
		Some(Accrued { emission, pot: Purses::<T>::get(topic).pot })
	}

	fn credits(topic: TopicId, epoch: EpochId) -> CreditList<T::AccountId> {
		match Rewards::<T>::get(topic, epoch) {
			Some(EpochReward::Settled(credits)) => credits,
			_ => CreditList::default(),
		}
	}

	/// The earnings that a topic owes an account, in planck.
	pub fn due(topic: TopicId, who: &T::AccountId) -> Balance {
		Purses::<T>::get(topic).due(who)
	}

	/// The earnings that a topic owes each of these accounts, in planck.
	pub fn dues(topic: TopicId, accounts: &[T::AccountId]) -> Vec<Balance> {
		let purse = Purses::<T>::get(topic);
		accounts.iter().map(|who| purse.due(who)).collect()
	}

	/// All pots, liabilities and totals, in planck, and whether they add up.
	pub fn ledger() -> Ledger {
		let totals = LedgerTotals::<T>::get();
		let distribution = CurrentDistribution::<T>::get();
		let balance = |pot| T::Currency::total_balance(&Self::pot_account(pot));
		let accrued = whole(distribution.accruing);
		let mut ledger = Ledger {
			total_issuance: T::Currency::total_issuance(),
			genesis_issuance: totals.genesis_issuance,
			emitted: emitted(&totals),
			minted: totals.minted,
			recycled: totals.recycled,
			validators_accrued: totals.validators_accrued,
			validators_taken: totals.validators_taken,
			ecosystem_pot: balance(Pot::Ecosystem),
			rewards_pot: balance(Pot::Rewards),
			rewards_owed: accrued.saturating_add(totals.assigned),
			rewards_carried: whole(distribution.accruing.saturating_add(distribution.carried))
				.saturating_sub(accrued),
			returned: totals.returned,
			settled: totals.settled,
			purchased: totals.purchased,
			topic_pots: totals.topic_pots,
			earnings: totals.earnings,
			topic_pots_balance: balance(Pot::Topics),
			reputer_stake: T::Stake::total_held(),
			paid: totals.paid,
			released: totals.released,
			adds_up: false,
		};
		ledger.adds_up = Self::check_ledger(&ledger).is_ok();
		ledger
	}

	/// Checks the laws of the ledger; fails with the first violation.
	pub(crate) fn check_ledger(ledger: &Ledger) -> Result<(), &'static str> {
		let deposit = T::Currency::minimum_balance();
		let ensure = |holds: bool, violation| if holds { Ok(()) } else { Err(violation) };
		let owed = ledger.rewards_owed.saturating_add(ledger.rewards_carried);

		ensure(ledger.ecosystem_pot >= deposit, "the ecosystem pot has less than its deposit")?;
		ensure(
			ledger.rewards_pot >= deposit.saturating_add(owed),
			"the rewards pot has less than it owes",
		)?;
		ensure(
			ledger.topic_pots_balance
				>= deposit.saturating_add(ledger.topic_pots).saturating_add(ledger.earnings),
			"the account of the topic pots has less than the pots and earnings",
		)?;
		// All emission of the topics is owed, settled or returned.
		let used = owed.saturating_add(ledger.settled).saturating_add(ledger.returned);
		ensure(
			ledger.minted.saturating_add(ledger.recycled) == used,
			"the topics' emission is not the sum of what is owed, settled and returned",
		)?;
		let paid_in = ledger.settled.saturating_add(ledger.purchased);
		let paid_out = ledger.paid.saturating_add(ledger.released);
		let left = ledger.earnings.saturating_add(ledger.topic_pots);
		ensure(
			paid_in == paid_out.saturating_add(left),
			"what was paid into topic pots is not the sum of what was paid out and what is left",
		)?;
		// The part of their share that validators were paid is not known here, so the issuance has
		// an upper bound only.
		let taken = ledger
			.genesis_issuance
			.saturating_add(ledger.minted)
			.saturating_add(ledger.validators_taken);
		ensure(ledger.total_issuance <= taken, "more was issued than emitted")?;
		ensure(
			taken.saturating_add(ledger.validators_accrued)
				<= T::MaxSupply::get().max(ledger.genesis_issuance),
			"the maximum supply is exceeded",
		)
	}
}

/// All emission since genesis, in planck: minted, paid by the ecosystem pot, and the validators'.
fn emitted(totals: &Totals) -> Balance {
	totals
		.minted
		.saturating_add(totals.recycled)
		.saturating_add(totals.validators_accrued)
		.saturating_add(totals.validators_taken)
}

/// The whole planck of an amount with 64 fraction bits.
fn whole(scaled: u128) -> Balance {
	scaled.checked_div(SCALE).unwrap_or_default()
}
