//! The rewards of an epoch (S 13).

use crate::{
	claims::claim_shares,
	memory::{record_scores, smooth_shares, Memory, ScoreMemory, Scores, SCORES_PER_SEAT},
	pallet::*,
	types::*,
};
use alloc::{vec, vec::Vec};
use allora_math::{convert, rewards, MathError, MathResult, Real};
use allora_primitives::{
	Balance, Contribution, Contributions, EpochContext, EpochId, FixedI128, ReputerContribution,
	Role, TopicId, TopicParameters, VoidReason,
};
use core::mem;
use sp_runtime::Saturating;

/// A class's share of an epoch's reward, and each member's share of that, in the order of the
/// members.
pub(crate) struct ClassShares {
	pub(crate) class: Real,
	pub(crate) members: Vec<Real>,
}

/// The shares of all classes. The shares of the classes sum to at most 1, as do those of the
/// members of each class.
pub(crate) struct EpochShares {
	pub(crate) inferers: ClassShares,
	pub(crate) forecasters: ClassShares,
	pub(crate) reputers: ClassShares,
}

/// The rule by which a class of workers is paid: the parameters of S 13.1, and the number of recent
/// scores that count.
struct WorkerRule {
	p: Real,
	c: Real,
	epsilon: Real,
	scores: u32,
}

impl<T: Config> Pallet<T> {
	/// Credits an epoch's rewards, and records what each participant was credited, or why nothing.
	/// Returns the credits of reputers.
	pub(crate) fn credit_epoch(
		of: &EpochContext,
		contributions: &Contributions<T::AccountId>,
		purse: &mut Purse<T::AccountId>,
	) -> Result<Vec<(T::AccountId, Balance)>, VoidReason> {
		let EpochContext { topic, epoch, .. } = of;
		let shares = Self::epoch_shares(of, contributions).map_err(|_| VoidReason::Arithmetic)?;

		let from_pot = purse.pot;
		let emission = Self::take_assigned(*topic, *epoch);
		if emission > 0 {
			Self::settle_emission(purse, emission).map_err(|_| VoidReason::Arithmetic)?;
		}
		let rewards =
			rewards_of(purse.pot, &shares, contributions).map_err(|_| VoidReason::Arithmetic)?;
		let credits = if purse.pot == 0 {
			Self::deposit_event(Event::NothingToPay { topic: *topic, epoch: *epoch });
			let nothing = |(account, role, _)| (account, role, Credit::NothingToPay);
			rewards.into_iter().map(nothing).collect()
		} else {
			Self::credit_all(*topic, *epoch, emission, from_pot, purse, rewards)
		};
		// At most one per seat, which is the bound of the type.
		let credits = CreditList::<T::AccountId>::truncate_from(credits);
		let to_reputer =
			|(account, role, amount)| (role == Role::Reputer).then_some((account, amount));
		let reputation = rewards_in(&credits).into_iter().filter_map(to_reputer).collect();
		Rewards::<T>::insert(topic, epoch, EpochReward::Settled(credits));
		Ok(reputation)
	}

	/// Credits all rewards out of the topic's pot. Returns the credit of each participant.
	fn credit_all(
		topic: TopicId,
		epoch: EpochId,
		emission: Balance,
		from_pot: Balance,
		purse: &mut Purse<T::AccountId>,
		rewards: Vec<(T::AccountId, Role, Balance)>,
	) -> Vec<(T::AccountId, Role, Credit)> {
		let mut by_role = [(Role::Inferer, 0), (Role::Forecaster, 0), (Role::Reputer, 0)];
		let mut credits = Vec::with_capacity(rewards.len());
		for (account, role, amount) in rewards {
			let credit = Self::credit_one(topic, epoch, purse, &account, role, amount);
			for (_, credited) in by_role.iter_mut().filter(|(of, _)| *of == role) {
				credited.saturating_accrue(credit.amount());
			}
			credits.push((account, role, credit));
		}
		let [(_, inference), (_, forecast), (_, reputation)] = by_role;
		let credited = inference.saturating_add(forecast).saturating_add(reputation);
		if purse.pot < credited {
			frame_support::defensive!("rewards exceed the pot");
		}
		purse.pot.saturating_reduce(credited);
		LedgerTotals::<T>::mutate(|totals| {
			totals.topic_pots.saturating_reduce(credited);
			totals.earnings.saturating_accrue(credited);
			totals.month_credited.saturating_accrue(credited);
			totals.month_credited_to_reputers.saturating_accrue(reputation);
		});
		Self::deposit_event(Event::RewardsCredited {
			topic,
			epoch,
			emission,
			from_pot,
			inference,
			forecast,
			reputation,
			rewards: rewards_in(&credits),
		});
		credits
	}

	/// Credits one reward, unless it is zero or there is no place for it.
	fn credit_one(
		topic: TopicId,
		epoch: EpochId,
		purse: &mut Purse<T::AccountId>,
		account: &T::AccountId,
		role: Role,
		amount: Balance,
	) -> Credit {
		if amount == 0 {
			return Credit::NoShare;
		}
		if !purse.credit(role.registration(), account.clone(), amount) {
			let who = account.clone();
			Self::deposit_event(Event::RewardUnpaid { topic, epoch, who, role, amount });
			return Credit::NoPlace;
		}
		Credit::Reward(amount)
	}

	/// The shares of all participants in the epoch's reward, by the epoch's rule. Stores what the
	/// next settlement needs.
	fn epoch_shares(
		of: &EpochContext,
		contributions: &Contributions<T::AccountId>,
	) -> MathResult<EpochShares> {
		let EpochContext { topic, epoch, parameters } = of;
		let rules = Self::rules_of(*epoch);
		let mut memory = Memories::<T>::get(topic);
		let shares = epoch_shares(&rules, parameters, contributions, &mut memory)?;
		Memories::<T>::insert(topic, memory);
		Ok(shares)
	}
}

/// The rewards among these credits.
pub(crate) fn rewards_in<A: Clone>(credits: &[(A, Role, Credit)]) -> RewardList<A> {
	let reward = |(account, role, credit): &(A, Role, Credit)| match credit {
		Credit::Reward(amount) => Some((account.clone(), *role, *amount)),
		_ => None,
	};
	// At most one per seat, which is the bound of the type.
	RewardList::truncate_from(credits.iter().filter_map(reward).collect())
}

/// The shares of all participants in the epoch's reward, by the epoch's rule. Updates the memory,
/// which starts anew if it is of the other rule.
pub(crate) fn epoch_shares<A: Clone + PartialEq>(
	rules: &RewardParameters,
	parameters: &TopicParameters,
	contributions: &Contributions<A>,
	memory: &mut Memory<A>,
) -> MathResult<EpochShares> {
	match &contributions.worth {
		Some(worth) => {
			let mut book = mem::take(memory).into_claims();
			let shares = claim_shares(rules, parameters, contributions, worth, &mut book)?;
			*memory = Memory::Claims(book);
			Ok(shares)
		}
		None => {
			let mut scores = mem::take(memory).into_scores();
			let shares = score_shares(rules, parameters, contributions, &mut scores)?;
			*memory = Memory::Scores(scores);
			Ok(shares)
		}
	}
}

/// The shares of all participants in the epoch's reward by their scores (S 13.1 to 13.5). Updates
/// the recent scores and smoothed shares.
fn score_shares<A: Clone + PartialEq>(
	rules: &RewardParameters,
	parameters: &TopicParameters,
	contributions: &Contributions<A>,
	memory: &mut ScoreMemory<A>,
) -> MathResult<EpochShares> {
	let Contributions { inferers, forecasters, reputers, .. } = contributions;
	let (inference, forecast) = worker_rules(rules, parameters)?;
	let scores = worker_scores(inferers)?;
	let u = worker_fractions(&inference, &scores, &mut memory.inferer_scores)?;
	let v =
		worker_fractions(&forecast, &worker_scores(forecasters)?, &mut memory.forecaster_scores)?;
	let w = reputer_fractions(reputers, convert::from_fixed(rules.p_reputer)?)?;

	let alpha = convert::from_fixed(rules.smoothing)?;
	let smooth_u = smooth_shares(
		&mut memory.inferer_shares,
		&accounts(inferers, |member| &member.account),
		&u,
		alpha,
		parameters.max_inferers,
	)?;
	let smooth_v = smooth_shares(
		&mut memory.forecaster_shares,
		&accounts(forecasters, |member| &member.account),
		&v,
		alpha,
		parameters.max_forecasters,
	)?;
	let smooth_w = smooth_shares(
		&mut memory.reputer_shares,
		&accounts(reputers, |member| &member.account),
		&w,
		alpha,
		parameters.max_reputers,
	)?;

	let beta = convert::from_fixed(rules.beta_entropy)?;
	let f = class_entropy(&u, &smooth_u, beta)?;
	// There is nothing to forecast about a single inferer.
	let g = if inferers.len() > 1 { class_entropy(&v, &smooth_v, beta)? } else { Real::ZERO };
	let h = class_entropy(&w, &smooth_w, beta)?;
	let chi = forecasting_utility(contributions, &scores, alpha, &mut memory.score_ratio)?;
	let (inference, forecast, reputation) = if [f, g, h].iter().all(|entropy| *entropy == 0) {
		(Real::ZERO, Real::ZERO, Real::ZERO)
	} else {
		rewards::class_shares(f, g, h, chi)?
	};
	Ok(EpochShares {
		inferers: ClassShares { class: inference, members: u },
		forecasters: ClassShares { class: forecast, members: v },
		reputers: ClassShares { class: reputation, members: w },
	})
}

/// The rules by which inferers and forecasters of a topic are paid.
fn worker_rules(
	rules: &RewardParameters,
	parameters: &TopicParameters,
) -> MathResult<(WorkerRule, WorkerRule)> {
	let rule = |p, c, seats| -> MathResult<WorkerRule> {
		Ok(WorkerRule {
			p: convert::from_fixed(p)?,
			c: convert::from_fixed(c)?,
			epsilon: convert::from_fixed(parameters.epsilon)?,
			scores: SCORES_PER_SEAT.saturating_mul(seats),
		})
	};
	Ok((
		rule(rules.p_inference, rules.c_inference, parameters.max_inferers)?,
		rule(rules.p_forecast, rules.c_forecast, parameters.max_forecasters)?,
	))
}

/// The accounts of a class.
fn accounts<M, A>(class: &[M], account: impl Fn(&M) -> &A) -> Vec<&A> {
	class.iter().map(account).collect()
}

/// The scores of a class of workers.
fn worker_scores<A>(class: &[Contribution<A>]) -> MathResult<Vec<Real>> {
	class.iter().map(|member| convert::from_fixed(member.score)).collect()
}

/// The shares of workers by their scores, scaled by the recent ones (S 13.1).
fn worker_fractions(
	rule: &WorkerRule,
	latest: &[Real],
	recent: &mut Scores,
) -> MathResult<Vec<Real>> {
	if latest.is_empty() {
		return Ok(Vec::new());
	}
	let history = record_scores(recent, latest, rule.scores)?;
	rewards::score_fractions(latest, &history, rule.p, rule.c, rule.epsilon)
}

/// The shares of reputers by stake and score (S 13.2). A score below zero earns nothing.
pub(crate) fn reputer_fractions<A>(
	class: &[ReputerContribution<A>],
	p: Real,
) -> MathResult<Vec<Real>> {
	let Some(stakes) = stake_shares(class)? else {
		return Ok(vec![Real::ZERO; class.len()]);
	};
	let scores = class
		.iter()
		.map(|member| convert::from_fixed(member.score).map(|score| score.max(Real::ZERO)))
		.collect::<MathResult<Vec<_>>>()?;
	rewards::reputer_fractions(&stakes, &scores, p)
}

/// The shares of reputers in their stake; `None` without stake.
pub(crate) fn stake_shares<A>(class: &[ReputerContribution<A>]) -> MathResult<Option<Vec<Real>>> {
	let total = class
		.iter()
		.try_fold(0u128, |sum, member| sum.checked_add(member.authority))
		.ok_or(MathError::Overflow)?;
	if total == 0 {
		return Ok(None);
	}
	class
		.iter()
		.map(|member| convert::ratio(member.authority, total))
		.collect::<MathResult<_>>()
		.map(Some)
}

/// The entropy of a class; 0 if none of its members has a share in the epoch (S 13.3).
///
/// Such a class could not be paid. Its smoothed shares fade from epoch to epoch, so that their
/// effective number would grow without a bound.
fn class_entropy(shares: &[Real], smoothed: &[Real], beta: Real) -> MathResult {
	if shares.iter().all(|share| *share == 0) {
		return Ok(Real::ZERO);
	}
	rewards::task_entropy(smoothed, beta)
}

/// The forecasters' share of the workers' reward before entropies, chi (S 13.4). Updates tau.
fn forecasting_utility<A>(
	contributions: &Contributions<A>,
	inferer_scores: &[Real],
	alpha: Real,
	tau: &mut FixedI128,
) -> MathResult {
	let score = rewards::task_score(
		convert::from_fixed(contributions.naive_loss)?,
		convert::from_fixed(contributions.network_loss)?,
	)?;
	let previous = convert::from_fixed(*tau)?;
	let ratio = rewards::forecaster_score_ratio(score, inferer_scores, previous, alpha)?;
	*tau = convert::to_fixed(ratio.unwrap_or(Real::ZERO))?;
	Ok(rewards::forecasting_utility(ratio))
}

/// The rewards of all participants out of `reward` planck, by class, each rounded down; zeros
/// included.
fn rewards_of<A: Clone>(
	reward: Balance,
	shares: &EpochShares,
	contributions: &Contributions<A>,
) -> MathResult<Vec<(A, Role, Balance)>> {
	let amounts = |shares: &ClassShares| {
		rewards::payouts(convert::mul_floor(reward, shares.class)?, &shares.members)
	};
	let Contributions { inferers, forecasters, reputers, .. } = contributions;
	let classes = [
		(Role::Inferer, accounts(inferers, |member| &member.account), &shares.inferers),
		(Role::Forecaster, accounts(forecasters, |member| &member.account), &shares.forecasters),
		(Role::Reputer, accounts(reputers, |member| &member.account), &shares.reputers),
	];
	let mut all = Vec::new();
	for (role, accounts, shares) in classes {
		let members = accounts.into_iter().zip(amounts(shares)?);
		all.extend(members.map(|(account, amount)| (account.clone(), role, amount)));
	}
	Ok(all)
}
