//! Issuance: the emission of slots, and its shares (S 15).

use crate::{pallet::*, types::*, weights::WeightInfo};
use allora_math::{convert, emission, MathError, MathResult};
use allora_primitives::{
	api::MonthFigures,
	traits::{BondedStake, StakeInspect},
	Balance, FixedI128, Slot, Slots,
};
use frame_support::{
	defensive, ensure,
	storage::with_storage_layer,
	traits::{fungible::Inspect, Get},
	weights::Weight,
};
use sp_runtime::{traits::Bounded, ArithmeticError, DispatchResult, PerThing, Perbill, Saturating};
use sp_staking::EraPayout;

/// The maximum number of months that a block issues. After a longer outage the following blocks
/// issue the rest.
pub(crate) const MAX_MONTHS: u32 = 12;

/// The minimum of the reputers' measured share (S 13.8), which bounds how far topics that pay
/// reputers next to nothing raise the cap of the rate.
const MIN_REPUTERS_SHARE: FixedI128 = FixedI128::from_rational(1, 5);
/// The maximum of the reputers' measured share (S 13.8).
const MAX_REPUTERS_SHARE: FixedI128 = FixedI128::from_rational(1, 2);

/// The reputers' share of what a month has credited, moved into its bounds (S 13.8).
fn measured_share(totals: &Totals) -> MathResult<FixedI128> {
	let share = convert::ratio(totals.month_credited_to_reputers, totals.month_credited)?;
	Ok(convert::to_fixed(share)?.clamp(MIN_REPUTERS_SHARE, MAX_REPUTERS_SHARE))
}

/// The rate of a new month: the target for these figures, capped, and smoothed with the old rate
/// (S 15.3). Sets the target and the cap among the figures.
fn renewed_rate(
	parameters: &IssuanceParameters,
	previous: Option<FixedI128>,
	figures: &mut MonthFigures,
	max_supply: Balance,
) -> MathResult<FixedI128> {
	let target = emission::target_rate(
		convert::from_fixed(parameters.emission_factor)?,
		figures.ecosystem_locked,
		figures.staked,
		figures.circulating,
		max_supply,
	);
	let cap = emission::rate_cap(
		convert::from_fixed(parameters.max_monthly_yield)?,
		convert::from_fixed(figures.reputers_share)?,
		convert::ratio(figures.validators_share.deconstruct().into(), Perbill::ACCURACY.into())?,
	)?;
	figures.target = match &target {
		Err(MathError::Overflow) => FixedI128::max_value(),
		target => convert::to_fixed((*target)?)?,
	};
	figures.cap = convert::to_fixed(cap)?;
	let previous = previous.map(convert::from_fixed).transpose()?;
	let smoothing = convert::from_fixed(parameters.rate_smoothing)?;
	convert::to_fixed(emission::rate(target, cap, previous, smoothing)?)
}

/// The emission of each of a month's slots, in planck (S 15.3).
pub(crate) fn slot_emission(rate: FixedI128, staked: Balance, month: Slots) -> MathResult<Balance> {
	let monthly = emission::monthly_emission(convert::from_fixed(rate)?, staked)?;
	emission::block_emission(monthly, month.into())
}

impl<T: Config> Pallet<T> {
	/// The accesses to the items that the emission of every block touches: the ledger's totals, the
	/// distribution, and the pots of rewards and of the ecosystem. No other weight includes them.
	pub(crate) fn weight_of_every_block() -> Weight {
		T::DbWeight::get().reads_writes(4, 4)
	}

	/// The keys of the items of `weight_of_every_block`.
	#[cfg(feature = "runtime-benchmarks")]
	pub fn keys_of_every_block() -> [alloc::vec::Vec<u8>; 4] {
		let pot = |pot| frame_system::Account::<T>::hashed_key_for(Self::pot_account(pot));
		[
			LedgerTotals::<T>::hashed_key().to_vec(),
			CurrentDistribution::<T>::hashed_key().to_vec(),
			pot(Pot::Rewards),
			pot(Pot::Ecosystem),
		]
	}

	/// Issues the emission of this slot, and of the slots before it whose emission is not issued
	/// yet, which had no block.
	///
	/// The result is the same as with a block in each slot: the rate is renewed in the slots in
	/// which months begin. The only difference is that validators come first if the supply runs
	/// out. What exceeds [`MAX_MONTHS`] months is left to the next block.
	pub(crate) fn begin_block(now: Slot) -> Weight {
		let mut schedule = CurrentSchedule::<T>::get();
		if schedule.first_slot.is_none() {
			schedule.first_slot = Some(now);
			schedule.next_slot = now;
			CurrentSchedule::<T>::put(&schedule);
		}
		if !schedule.started {
			return T::WeightInfo::emit_block();
		}
		let mut weight = Weight::zero();
		for _ in 0..MAX_MONTHS {
			weight.saturating_accrue(Self::begin_month_and_emit(now));
			if CurrentSchedule::<T>::get().next_slot > now {
				break;
			}
		}
		weight
	}

	/// Starts emission with the slot after this one.
	pub(crate) fn start_after(now: Slot) -> DispatchResult {
		CurrentSchedule::<T>::try_mutate(|schedule| {
			ensure!(!schedule.started, Error::<T>::AlreadyStarted);
			let slot = now.checked_add(1).ok_or(ArithmeticError::Overflow)?;
			schedule.started = true;
			schedule.next_slot = slot;
			schedule.next_recomputation = slot;
			Self::deposit_event(Event::EmissionStarted { slot });
			Ok(())
		})
	}

	/// Renews the rate if the next slot to be issued begins a month, then issues the emission of
	/// that month's slots up to this one.
	fn begin_month_and_emit(now: Slot) -> Weight {
		let mut weight = T::WeightInfo::emit_block();
		let schedule = CurrentSchedule::<T>::get();
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
		let parameters = T::Issuance::get();
		if totals.month_credited > 0 {
			schedule.reputers_share = Some(measured_share(&totals)?);
		}
		let mut figures = Self::figures(&totals, &schedule, &parameters, slot);
		schedule.stake_sum = 0;
		schedule.stake_slots = 0;
		if figures.staked == 0 {
			schedule.slot_emission = 0;
			CurrentSchedule::<T>::put(schedule);
			return Ok(());
		}
		let month = T::SlotsPerMonth::get();
		let rate = renewed_rate(&parameters, schedule.rate, &mut figures, T::MaxSupply::get())?;
		schedule.rate = Some(rate);
		schedule.slot_emission = slot_emission(rate, figures.staked, month)?;
		schedule.next_recomputation = slot.checked_add(month.into()).ok_or(MathError::Overflow)?;
		schedule.validators_share = figures.validators_share;
		totals.month_credited = 0;
		totals.month_credited_to_reputers = 0;

		Self::deposit_event(Event::RateRenewed {
			rate,
			slot_emission: schedule.slot_emission,
			staked: figures.staked,
			ecosystem_locked: figures.ecosystem_locked,
			circulating: figures.circulating,
			reputers_share: figures.reputers_share,
			validators_share: figures.validators_share,
			target: figures.target,
			cap: figures.cap,
			next_recomputation: schedule.next_recomputation,
		});
		CurrentFigures::<T>::put(figures);
		CurrentSchedule::<T>::put(schedule);
		LedgerTotals::<T>::put(totals);
		Ok(())
	}

	/// The figures from which the rate of the month that begins in this slot follows; target and
	/// cap are 0.
	///
	/// None can be moved for a moment at no cost: the stake is an average over the month, the
	/// reputers' share is a sum over it, and the other figures change only by tokens that their
	/// owners pay or burn.
	fn figures(
		totals: &Totals,
		schedule: &Schedule,
		parameters: &IssuanceParameters,
		slot: Slot,
	) -> MonthFigures {
		let pot = Self::pot_balance(Pot::Ecosystem);
		let since_first = slot.saturating_sub(schedule.first_slot.unwrap_or(slot));
		let locked =
			emission::locked(Vested::<T>::get(), since_first, T::SlotsPerMonth::get().into());
		let average = schedule.stake_sum.checked_div(schedule.stake_slots.into());
		MonthFigures {
			staked: average.filter(|staked| *staked > 0).unwrap_or_else(Self::staked),
			ecosystem_locked: pot.saturating_add(Self::supply_left(totals)),
			circulating: T::Currency::total_issuance().saturating_sub(pot).saturating_sub(locked),
			reputers_share: schedule.reputers_share.unwrap_or(parameters.initial_reputers_share),
			validators_share: parameters.validators_share,
			target: FixedI128::from_u32(0),
			cap: FixedI128::from_u32(0),
		}
	}

	/// The stake of validators, nominators and reputers, in planck.
	fn staked() -> Balance {
		T::Bonded::bonded().saturating_add(T::Stake::total_stake())
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
		let passed = end.saturating_sub(schedule.next_slot);
		let slots = Balance::from(passed);
		let emission = schedule.slot_emission;
		let of_validators = schedule.validators_share.mul_floor(emission);
		schedule.next_slot = end;
		schedule.stake_slots = schedule.stake_slots.saturating_add(passed);
		schedule.stake_sum =
			schedule.stake_sum.saturating_add(Self::staked().saturating_mul(slots));
		CurrentSchedule::<T>::put(schedule);
		if emission == 0 || slots == 0 {
			return;
		}
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
