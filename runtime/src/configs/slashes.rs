//! Deferred slashes of stakers who have no stake left.

use crate::{AccountId, Balance, Runtime, Staking};
use alloc::vec::Vec;
use pallet_session::{historical, SessionManager};
use pallet_staking::{ActiveEra, Bonded, ErasStartSessionIndex, UnappliedSlash, UnappliedSlashes};
use sp_staking::{EraIndex, SessionIndex};

/// Staking as the manager of sessions, in which a deferred slash passes over stakers without a bond.
///
/// A staker whose stake an earlier slash has taken may leave before a later one is due. Staking takes
/// for granted that everybody who is to be slashed is still bonded, and treats it as a failure of its
/// own if not.
///
/// Nothing escapes by that. What was at stake in the era of the offence was bonded when that era was
/// planned. If it was unbonded since, it unlocks a bonding duration later, and the slash is due an era
/// before. Whoever leaves by then has lost it to other slashes, and takes only what was unbonded before.
pub struct SlashesOfTheBonded;

impl SessionManager<AccountId> for SlashesOfTheBonded {
	fn new_session(index: SessionIndex) -> Option<Vec<AccountId>> {
		<Staking as SessionManager<_>>::new_session(index)
	}

	fn new_session_genesis(index: SessionIndex) -> Option<Vec<AccountId>> {
		<Staking as SessionManager<_>>::new_session_genesis(index)
	}

	fn start_session(index: SessionIndex) {
		if let Some(era) = era_that_starts(index) {
			pass_over_unbonded(era);
		}
		<Staking as SessionManager<_>>::start_session(index)
	}

	fn end_session(index: SessionIndex) {
		<Staking as SessionManager<_>>::end_session(index)
	}
}

impl historical::SessionManager<AccountId, ()> for SlashesOfTheBonded {
	fn new_session(index: SessionIndex) -> Option<Vec<(AccountId, ())>> {
		<Staking as historical::SessionManager<_, _>>::new_session(index)
	}

	fn new_session_genesis(index: SessionIndex) -> Option<Vec<(AccountId, ())>> {
		<Staking as historical::SessionManager<_, _>>::new_session_genesis(index)
	}

	fn start_session(index: SessionIndex) {
		<Self as SessionManager<_>>::start_session(index)
	}

	fn end_session(index: SessionIndex) {
		<Self as SessionManager<_>>::end_session(index)
	}
}

/// The era that becomes active with this session, if one does.
fn era_that_starts(session: SessionIndex) -> Option<EraIndex> {
	let next = ActiveEra::<Runtime>::get().map_or(0, |era| era.index.saturating_add(1));
	ErasStartSessionIndex::<Runtime>::get(next).filter(|start| *start <= session).map(|_| next)
}

/// Removes those who have no bond from the slashes that are due in this era.
fn pass_over_unbonded(era: EraIndex) {
	UnappliedSlashes::<Runtime>::mutate_exists(era, |slashes| {
		if let Some(due) = slashes {
			*due = core::mem::take(due).into_iter().filter_map(of_the_bonded).collect();
		}
	});
}

/// A slash without those who have no bond, or nothing if nobody is left.
///
/// Where the validator has none, one of its nominators stands in its place.
fn of_the_bonded(
	mut slash: UnappliedSlash<AccountId, Balance>,
) -> Option<UnappliedSlash<AccountId, Balance>> {
	slash.others.retain(|(who, _)| Bonded::<Runtime>::contains_key(who));
	if !Bonded::<Runtime>::contains_key(&slash.validator) {
		(slash.validator, slash.own) = slash.others.pop()?;
	}
	Some(slash)
}
