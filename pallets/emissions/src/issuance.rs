//! Issuance: the emission of slots, and its shares (S 15).

use crate::{pallet::*, types::*, weights::WeightInfo};
use allora_math::{convert, emission, MathError, MathResult};
use allora_primitives::{
	traits::{BondedStake, StakeInspect},
	Balance, Slot,
};
use frame_support::{defensive, storage::with_storage_layer, traits::Get, weights::Weight};
use sp_runtime::{DispatchResult, PerThing, Perbill, Saturating};
use sp_staking::EraPayout;

/// The maximum number of months that a block issues. After a longer outage the following blocks
/// issue the rest.
pub(crate) const MAX_MONTHS: u32 = 12;

/// The figures that the rate depends on, in planck.
#[derive(Clone, Copy)]
struct Figures {
	/// The stake of validators, nominators and reputers.
	staked: Balance,
	/// The balance of the ecosystem pot, and what emission may still mint.
	ecosystem_locked: Balance,
	/// The tokens in circulation.
	circulating: Balance,
}

/// The rate of a new month: the target for these figures, capped, and smoothed with the old rate
/// (S 15.3).
fn renewed_rate(
	parameters: &IssuanceParameters,
	schedule: &Schedule,
	figures: Figures,
	max_supply: Balance,
) -> MathResult {
	let target = emission::target_rate(
		convert::from_fixed(parameters.emission_factor)?,
		figures.ecosystem_locked,
		figures.staked,
		figures.circulating,
		max_supply,
	);
	let reputers_share = schedule.reputers_share.unwrap_or(parameters.initial_reputers_share);
	let validators_share = parameters.validators_share.deconstruct();
	let cap = emission::rate_cap(
		convert::from_fixed(parameters.max_monthly_yield)?,
		convert::from_fixed(reputers_share)?,
		convert::ratio(validators_share.into(), Perbill::ACCURACY.into())?,
	)?;
	let previous = schedule.rate.map(convert::from_fixed).transpose()?;
	emission::rate(target, cap, previous, convert::from_fixed(parameters.rate_smoothing)?)
}

impl<T: Config> Pallet<T> {
	/// Issues the emission of this slot, and of the slots before it whose emission is not issued
	/// yet, which had no block.
	///
	/// The result is the same as with a block in each slot: the rate is renewed in the slots in
	/// which months begin. The only difference is that validators come first if the supply runs
	/// out. What exceeds [`MAX_MONTHS`] months is left to the next block.
	pub(crate) fn begin_block(now: Slot) -> Weight {
		let mut weight = Weight::zero();
		for _ in 0..MAX_MONTHS {
			weight.saturating_accrue(Self::begin_month_and_emit(now));
			if CurrentSchedule::<T>::get().next_slot > now {
				break;
			}
		}
		weight
	}

	/// Renews the rate if the next slot to be issued begins a month, then issues the emission of
	/// that month's slots up to this one.
	fn begin_month_and_emit(now: Slot) -> Weight {
		let mut weight = T::WeightInfo::emit_block();
		let mut schedule = CurrentSchedule::<T>::get();
		if schedule.first_slot.is_none() {
			schedule.first_slot = Some(now);
			schedule.next_slot = now;
			CurrentSchedule::<T>::put(&schedule);
		}
		if schedule.next_slot >= schedule.next_recomputation {
			weight.saturating_accrue(T::WeightInfo::recompute());
			if let Err(error) = Self::recompute(schedule.next_slot) {
				// The old rate stays in force; the next block tries again.
				log::error!(target: crate::LOG_TARGET, "the emission rate is not renewed: {error}");
			}
		}
		Self::emit_up_to(now);
		weight
	}

	/// The amount that may still be minted, in planck, the validators' share included. It is
	/// bounded by both the ecosystem's supply and the maximum supply.
	pub(crate) fn supply_left(totals: &Totals) -> Balance {
		let unissued = T::MaxSupply::get().saturating_sub(totals.genesis_issuance);
		// Tokens count when they are minted or promised to validators.
		let used = totals
			.minted
			.saturating_add(totals.validators_accrued)
			.saturating_add(totals.validators_taken);
		T::EcosystemSupply::get().min(unissued).saturating_sub(used)
	}

	/// Computes the rate of the month that begins in this slot, and the emission of its slots
	/// (S 15.3).
	///
	/// While nothing is staked, nothing is emitted; the month then begins with the first stake.
	pub(crate) fn recompute(slot: Slot) -> MathResult<()> {
		let mut totals = LedgerTotals::<T>::get();
		let mut schedule = CurrentSchedule::<T>::get();
		let month = T::SlotsPerMonth::get().max(1);
		let since_first = slot.saturating_sub(schedule.first_slot.unwrap_or(slot));
		let figures = Self::figures(&totals, since_first.checked_div(month.into()).unwrap_or(0));
		let Figures { staked, ecosystem_locked, circulating } = figures;
		if staked == 0 {
			schedule.slot_emission = 0;
			CurrentSchedule::<T>::put(schedule);
			return Ok(());
		}
		if totals.month_credited > 0 {
			let share = convert::ratio(totals.month_credited_to_reputers, totals.month_credited)?;
			schedule.reputers_share = Some(convert::to_fixed(share)?);
		}
		let rate = renewed_rate(&T::Issuance::get(), &schedule, figures, T::MaxSupply::get())?;
		let monthly = emission::monthly_emission(rate, staked)?;
		schedule.rate = Some(convert::to_fixed(rate)?);
		schedule.slot_emission = emission::block_emission(monthly, month.into())?;
		schedule.next_recomputation = slot.checked_add(month.into()).ok_or(MathError::Overflow)?;
		totals.month_credited = 0;
		totals.month_credited_to_reputers = 0;

		Self::deposit_event(Event::RateRenewed {
			rate: schedule.rate.unwrap_or_default(),
			slot_emission: schedule.slot_emission,
			staked,
			ecosystem_locked,
			circulating,
		});
		CurrentSchedule::<T>::put(schedule);
		LedgerTotals::<T>::put(totals);
		Ok(())
	}

	/// The figures that the rate depends on, this many whole months after the chain's first slot.
	fn figures(totals: &Totals, months: Slot) -> Figures {
		let months = u32::try_from(months).unwrap_or(u32::MAX);
		let locked = emission::locked(T::Vested::get(), months);
		let ecosystem_locked =
			Self::pot_balance(Pot::Ecosystem).saturating_add(Self::supply_left(totals));
		Figures {
			staked: T::Bonded::bonded().saturating_add(T::Stake::total_stake()),
			ecosystem_locked,
			circulating: emission::circulating(T::MaxSupply::get(), locked, ecosystem_locked),
		}
	}

	/// Issues the emission of the slots up to this one, or up to the end of their month if that
	/// comes first: the validators' share as a number, the topics' share as tokens.
	///
	/// The validators' share of each slot is rounded down. A month whose successor has no rate does
	/// not end.
	pub(crate) fn emit_up_to(now: Slot) {
		let mut schedule = CurrentSchedule::<T>::get();
		let month_end = Some(schedule.next_recomputation).filter(|end| *end > schedule.next_slot);
		let end = now.saturating_add(1).min(month_end.unwrap_or(Slot::MAX));
		let slots = Balance::from(end.saturating_sub(schedule.next_slot));
		let emission = schedule.slot_emission;
		schedule.next_slot = end;
		CurrentSchedule::<T>::put(schedule);
		if emission == 0 || slots == 0 {
			return;
		}
		let of_validators = T::Issuance::get().validators_share.mul_floor(emission);
		let planned = of_validators.saturating_mul(slots);
		let validators = LedgerTotals::<T>::mutate(|totals| {
			let part = planned.min(Self::supply_left(totals));
			totals.validators_accrued.saturating_accrue(part);
			part
		});
		let topics = emission.saturating_sub(of_validators).saturating_mul(slots);
		let emitted = with_storage_layer(|| Self::emit_to_topics(topics));
		if emitted.is_err() {
			defensive!("emission cannot be moved to the rewards pot, or shared out", validators);
		}
	}

	/// Moves up to `amount` planck into the rewards pot and shares it out by weight.
	///
	/// The ecosystem pot pays first; the rest is minted while supply lasts. If no topic has weight,
	/// nothing is issued, and the supply lasts longer.
	fn emit_to_topics(amount: Balance) -> DispatchResult {
		let distribution = CurrentDistribution::<T>::get();
		if distribution.total_weight == 0 {
			return Ok(());
		}
		let left = Self::supply_left(&LedgerTotals::<T>::get());
		let issue = emission::block_issue(amount, Self::pot_balance(Pot::Ecosystem), left);
		let recycled = issue.emitted.saturating_sub(issue.minted);
		if issue.emitted == 0 {
			return Ok(());
		}
		let shared =
			distribution.share_out(issue.emitted).ok_or(sp_runtime::ArithmeticError::Overflow)?;
		if recycled > 0 {
			Self::move_between(Pot::Ecosystem, Pot::Rewards, recycled)?;
		}
		if issue.minted > 0 {
			Self::mint_rewards(issue.minted)?;
		}
		CurrentDistribution::<T>::put(shared);
		LedgerTotals::<T>::mutate(|totals| {
			totals.minted.saturating_accrue(issue.minted);
			totals.recycled.saturating_accrue(recycled);
		});
		Ok(())
	}
}

/// The validators' share of emission: staking takes the number at the end of an era, and mints it
/// as it pays out. What staking never pays out is never minted.
impl<T: Config> EraPayout<Balance> for Pallet<T> {
	fn era_payout(_: Balance, _: Balance, _: u64) -> (Balance, Balance) {
		let amount = LedgerTotals::<T>::mutate(|totals| {
			let amount = core::mem::take(&mut totals.validators_accrued);
			totals.validators_taken.saturating_accrue(amount);
			amount
		});
		Self::deposit_event(Event::ValidatorsShareTaken { amount });
		(amount, 0)
	}
}
