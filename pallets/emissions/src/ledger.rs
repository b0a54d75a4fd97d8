//! What clients ask: figures of emission, rewards, and whether the books add up.

use crate::{pallet::*, settlement::rewards_in, types::*};
use alloc::vec::Vec;
use allora_primitives::{
	api::{EmissionInfo, Payment, Reward, Unpaid},
	traits::StakeInspect,
	Balance, EpochId, FixedI128, Ledger, Role, TopicId,
};
use frame_support::traits::{fungible::Inspect, Get};
use sp_runtime::FixedPointNumber;

impl<T: Config> Pallet<T> {
	/// Emission figures, in planck.
	pub fn emission_info() -> EmissionInfo {
		let schedule = CurrentSchedule::<T>::get();
		EmissionInfo {
			slot_emission: schedule.slot_emission,
			rate: schedule.rate.unwrap_or_default(),
			emitted: emitted(&Books::<T>::get()),
			max_supply: T::MaxSupply::get(),
			total_weight: Shared::<T>::get().total_weight,
			next_recomputation: schedule.next_recomputation,
		}
	}

	/// What an epoch on record credited; nothing before its settlement and after pruning.
	pub fn rewards(topic: TopicId, epoch: EpochId) -> Vec<Reward<T::AccountId>> {
		rewards_in(&Self::credits(topic, epoch))
			.into_iter()
			.map(|(account, role, amount)| Reward { account, role, amount })
			.collect()
	}

	/// Who contributed to an epoch on record and was credited nothing, and why; nobody before its
	/// settlement and after pruning.
	pub fn unpaid(topic: TopicId, epoch: EpochId) -> Vec<Unpaid<T::AccountId>> {
		let unpaid = |(account, role, credit): (_, _, Credit)| {
			credit.no_reward().map(|reason| Unpaid { account, role, reason })
		};
		Self::credits(topic, epoch).into_iter().filter_map(unpaid).collect()
	}

	/// What the settlement of an epoch brought an account in a role; none before the settlement and
	/// after pruning, and if the account did not contribute.
	pub fn payment(
		topic: TopicId,
		epoch: EpochId,
		role: Role,
		who: &T::AccountId,
	) -> Option<Payment> {
		let mut credits = Self::credits(topic, epoch).into_inner();
		credits.retain(|(_, of, _)| *of == role);
		// Parts of what there is in issue, so their sum cannot overflow.
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

	fn credits(topic: TopicId, epoch: EpochId) -> CreditList<T::AccountId> {
		match Rewards::<T>::get(topic, epoch) {
			Some(EpochReward::Settled(credits)) => credits,
			_ => CreditList::default(),
		}
	}

	/// What a topic owes an account for its work, in planck: credited and not paid out yet.
	pub fn due(topic: TopicId, who: &T::AccountId) -> Balance {
		Purses::<T>::get(topic).due(who)
	}

	/// Every pot, liability and total, in planck, and whether they add up.
	pub fn ledger() -> Ledger {
		let books = Books::<T>::get();
		let shared = Shared::<T>::get();
		let balance = |pot| T::Currency::total_balance(&Self::pot_account(pot));
		let accrued = whole(shared.accruing);
		let mut ledger = Ledger {
			total_issuance: T::Currency::total_issuance(),
			genesis_issuance: books.genesis_issuance,
			emitted: emitted(&books),
			minted: books.minted,
			recycled: books.recycled,
			validators_accrued: books.validators_accrued,
			validators_taken: books.validators_taken,
			ecosystem_pot: balance(Pot::Ecosystem),
			rewards_pot: balance(Pot::Rewards),
			rewards_owed: accrued.saturating_add(books.assigned),
			rewards_carried: whole(shared.accruing.saturating_add(shared.carried))
				.saturating_sub(accrued),
			returned: books.returned,
			settled: books.settled,
			purchased: books.purchased,
			topic_pots: books.topic_pots,
			earnings: books.earnings,
			topic_pots_balance: balance(Pot::Topics),
			reputer_stake: T::Stake::total_stake(),
			paid: books.paid,
			released: books.released,
			adds_up: false,
		};
		ledger.adds_up = Self::check_ledger(&ledger).is_ok();
		ledger
	}

	/// Says which of the books' laws does not hold, if any.
	pub(crate) fn check_ledger(ledger: &Ledger) -> Result<(), &'static str> {
		let seed = T::Currency::minimum_balance();
		let ensure = |holds: bool, law| if holds { Ok(()) } else { Err(law) };
		let owed = ledger.rewards_owed.saturating_add(ledger.rewards_carried);

		ensure(ledger.ecosystem_pot >= seed, "the ecosystem pot keeps its deposit")?;
		ensure(
			ledger.rewards_pot >= seed.saturating_add(owed),
			"the rewards pot covers what is owed from it",
		)?;
		ensure(
			ledger.topic_pots_balance
				>= seed.saturating_add(ledger.topic_pots).saturating_add(ledger.earnings),
			"the topics' account covers the topic pots and earnings",
		)?;
		// Where emission went: it waits, was settled, or went back.
		let went = owed.saturating_add(ledger.settled).saturating_add(ledger.returned);
		ensure(
			ledger.minted.saturating_add(ledger.recycled) == went,
			"topics' emission is owed, settled or returned",
		)?;
		let left = ledger.paid.saturating_add(ledger.released);
		let there = ledger.earnings.saturating_add(ledger.topic_pots);
		ensure(
			ledger.settled.saturating_add(ledger.purchased) == left.saturating_add(there),
			"what came into topic pots is paid out, released, due or still there",
		)?;
		// What staking minted of its part is not known here, so the issuance has a bound only.
		let taken = ledger
			.genesis_issuance
			.saturating_add(ledger.minted)
			.saturating_add(ledger.validators_taken);
		ensure(ledger.total_issuance <= taken, "nothing is issued that was not emitted")?;
		ensure(
			taken.saturating_add(ledger.validators_accrued)
				<= T::MaxSupply::get().max(ledger.genesis_issuance),
			"the maximum supply holds",
		)
	}
}

/// All emission since genesis, in planck: minted, paid by the ecosystem pot, and validators'.
fn emitted(books: &Totals) -> Balance {
	books
		.minted
		.saturating_add(books.recycled)
		.saturating_add(books.validators_accrued)
		.saturating_add(books.validators_taken)
}

/// Whole planck of an amount with 64 fraction bits.
fn whole(scaled: u128) -> Balance {
	scaled.checked_div(SCALE).unwrap_or_default()
}
