//! Commissions, and the stage that shares reputers' rewards with their delegators (S 14.3).

use crate::{
	types::{Authority, Backing, Commission},
	Commissions, Config, Error, Event, Pallet, Pools, WeightInfo,
};
use alloc::vec::Vec;
use allora_primitives::{
	traits::TopicInspect, Balance, EpochContext, EpochSizes, Registration, Slot, StageError,
	StageResult, TopicId, VoidReason,
};
use core::marker::PhantomData;
use frame_support::{
	defensive, ensure,
	traits::{fungible::Inspect, fungible::Mutate, Get, TypedGet},
	weights::Weight,
};
use sp_runtime::{
	helpers_128bit::multiply_by_rational_with_rounding, traits::AccountIdConversion,
	DispatchResult, Perbill, Rounding,
};

/// The account of the delegators' pot: the rewards of delegators that they have not claimed, and
/// the residue.
pub struct DelegatorsPot<T>(PhantomData<T>);

impl<T: Config> TypedGet for DelegatorsPot<T> {
	type Type = T::AccountId;
	fn get() -> T::AccountId {
		T::PalletId::get().into_account_truncating()
	}
}

impl<T: Config> Pallet<T> {
	/// Gives the delegators' pot its existential deposit, which it never pays out.
	pub(crate) fn endow_pot() {
		let pot = DelegatorsPot::<T>::get();
		let missing =
			T::Currency::minimum_balance().saturating_sub(T::Currency::total_balance(&pot));
		if missing > 0 && T::Currency::mint_into(&pot, missing).is_err() {
			defensive!("the delegators' pot cannot hold its deposit");
		}
	}

	/// Sets a reputer's commission: a cut at once, a rise after one unbonding time, and not before
	/// the close of each epoch whose reporting has opened by then: delegators cannot leave that.
	pub(crate) fn do_set_commission(
		who: &T::AccountId,
		topic: TopicId,
		rate: Perbill,
	) -> DispatchResult {
		ensure!(rate <= T::MaxCommission::get(), Error::<T>::CommissionTooHigh);
		ensure!(
			T::Topics::is_registered(topic, who, Registration::Reputer),
			Error::<T>::NotRegistered
		);
		let now = Self::now();
		let current = Commissions::<T>::get(topic, who).rate_at(now);
		let (commission, from) = if rate <= current {
			(Commission { rate, rise: None }, now)
		} else {
			let from = now.saturating_add(T::UnbondingSlots::get().into());
			let from = Self::counted_until(topic, from);
			(Commission { rate: current, rise: Some((rate, from)) }, from)
		};
		if commission == Commission::default() {
			Commissions::<T>::remove(topic, who);
		} else {
			Commissions::<T>::insert(topic, who, commission);
		}
		Self::deposit_event(Event::CommissionSet { topic, who: who.clone(), rate, from });
		Ok(())
	}

	/// Shares the rewards of reputers with their delegators. Returns what each reputer hands over
	/// to the delegators' pot, in planck.
	///
	/// `backings` are the reputers to which stake is delegated, `rewards` the rewards of the epoch.
	/// Fails with [`VoidReason::Arithmetic`] if a number leaves its range.
	pub fn share(
		of: &EpochContext,
		backings: &[Backing<T::AccountId>],
		rewards: &[(T::AccountId, Balance)],
	) -> StageResult<Vec<(T::AccountId, Balance)>> {
		if backings.is_empty() {
			return Ok((Vec::new(), Weight::zero()));
		}
		let used = T::WeightInfo::share(backings.len() as u32);
		let now = Self::now();
		let mut handed_over = Vec::new();
		for Backing { reputer, authority } in backings {
			let reward = rewards.iter().find(|(account, _)| account == reputer);
			let Some((_, reward)) = reward.filter(|(_, reward)| *reward > 0) else { continue };
			let part = Self::share_one(of, reputer, *authority, *reward, now)
				.ok_or(StageError { reason: VoidReason::Arithmetic, used })?;
			if part > 0 {
				handed_over.push((reputer.clone(), part));
			}
		}
		Ok((handed_over, used))
	}

	/// Worst case of [`Self::share`].
	pub fn share_weight(sizes: &EpochSizes) -> Weight {
		T::WeightInfo::share(sizes.reputers)
	}

	/// Shares a reputer's reward. Returns the delegators' part, in planck; `None` if a number
	/// leaves its range.
	fn share_one(
		of: &EpochContext,
		reputer: &T::AccountId,
		authority: Authority,
		reward: Balance,
		now: Slot,
	) -> Option<Balance> {
		let EpochContext { topic, epoch, .. } = *of;
		let mut pool = Pools::<T>::get(topic, reputer);
		if pool.delegations == 0 {
			defensive!("stake is delegated to a reputer without a pool");
			return Some(0);
		}
		let rate = Commissions::<T>::get(topic, reputer).rate_at(now);
		let (commission, part) = parts(reward, authority, rate)?;
		pool.share(epoch, part, authority.delegated)?;
		Pools::<T>::insert(topic, reputer, pool);
		Self::deposit_event(Event::RewardShared {
			topic,
			epoch,
			who: reputer.clone(),
			reward,
			authority,
			commission,
			to_delegators: part,
		});
		Some(part)
	}
}

/// The commission on the delegators' part of a reward and what is left of that part, in planck:
/// the part by stake is rounded down, the commission too. `None` if a number leaves its range.
fn parts(reward: Balance, authority: Authority, rate: Perbill) -> Option<(Balance, Balance)> {
	let total = authority.total();
	let by_stake =
		multiply_by_rational_with_rounding(reward, authority.delegated, total, Rounding::Down)?;
	let commission = rate.mul_floor(by_stake);
	Some((commission, by_stake.checked_sub(commission)?))
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn delegators_get_their_part_by_stake_less_the_commission() {
		let authority = Authority { own: 100, delegated: 300 };
		assert_eq!(parts(1_000, authority, Perbill::zero()), Some((0, 750)));
		assert_eq!(parts(1_000, authority, Perbill::from_percent(10)), Some((75, 675)));
		assert_eq!(parts(1_000, authority, Perbill::one()), Some((750, 0)));
		// 3/4 of 3 is 2; a tenth of that is nothing.
		assert_eq!(parts(3, authority, Perbill::from_percent(10)), Some((0, 2)));
		assert_eq!(parts(3, Authority::default(), Perbill::zero()), None);
	}

	#[test]
	fn rise_is_in_force_from_its_slot_on() {
		let (low, high) = (Perbill::from_percent(5), Perbill::from_percent(20));
		let commission = Commission { rate: low, rise: Some((high, 10)) };
		assert_eq!((commission.rate_at(9), commission.rate_at(10)), (low, high));
	}
}
