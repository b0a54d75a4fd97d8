//! What an epoch pays, and to whom (S 13).

use crate::{pallet::*, types::*, weights::WeightInfo};
use alloc::vec::Vec;
use allora_math::{convert, rewards, MathError, MathResult, Real};
use allora_primitives::{
	traits::{ContributionInspect, RewardSink, TopicInspect},
	Balance, Contribution, Contributions, EpochId, FixedI128, ReputerContribution, Role, TopicId,
	TopicParameters, VoidReason, MAX_FORECASTERS, MAX_INFERERS, MAX_REPUTERS,
};
use frame_support::{
	storage::with_storage_layer,
	traits::{
		fungible::{Inspect, Mutate},
		tokens::Preservation,
		Get,
	},
	weights::Weight,
};
use sp_runtime::{DispatchError, DispatchResult, SaturatedConversion, Saturating};

/// A class's part of an epoch's reward, and each member's part of that, in the members' order.
struct ClassShares {
	class: Real,
	members: Vec<Real>,
}

/// The parts of all classes in an epoch's reward; the classes' add up to at most 1, and so do the
/// members' of each.
struct EpochShares {
	inferers: ClassShares,
	forecasters: ClassShares,
	reputers: ClassShares,
}

/// A reward to pay.
struct Due<AccountId> {
	account: AccountId,
	role: Role,
	amount: Balance,
}

/// How a class of workers is paid: S 13.1's parameters and how many recent scores count.
struct WorkerRule {
	role: Role,
	p: Real,
	c: Real,
	epsilon: Real,
	scores: u32,
}

impl<T: Config> Pallet<T> {
	/// Settles an epoch that has been learned from: pays its emission and the topic's pot out.
	///
	/// Everything that is not paid, by rounding or because an account cannot take it, is in the
	/// topic's pot afterwards. An epoch without anything to pay is settled all the same, so that
	/// what was learned from it stays.
	pub(crate) fn settle(topic: TopicId, epoch: EpochId) -> Result<Weight, VoidReason> {
		let known = T::Contributions::contributions(topic, epoch);
		let (Some(parameters), Some(contributions)) = (T::Topics::parameters(topic), known) else {
			return Err(VoidReason::NoReward);
		};
		let shares = Self::epoch_shares(topic, &parameters, &contributions)
			.map_err(|_| VoidReason::Arithmetic)?;

		let from_pot = TopicPots::<T>::get(topic);
		let emission = Self::take_assigned(topic, epoch, Some(EpochEmission::Settled));
		if emission > 0 {
			Self::settle_emission(topic, emission).map_err(|_| VoidReason::Arithmetic)?;
		}
		// Both are tokens in existence, whose sum the balances pallet keeps in range.
		let reward = emission.saturating_add(from_pot);
		if reward == 0 {
			Self::deposit_event(Event::NothingToPay { topic, epoch });
		} else {
			let dues = dues(reward, &shares, &contributions).map_err(|_| VoidReason::Arithmetic)?;
			Self::pay_all(topic, epoch, emission, from_pot, dues);
		}
		Ok(T::WeightInfo::settle(
			contributions.inferers.len().saturated_into(),
			contributions.forecasters.len().saturated_into(),
			contributions.reputers.len().saturated_into(),
		))
	}

	/// Pays the dues out of the topic's pot and records them.
	fn pay_all(
		topic: TopicId,
		epoch: EpochId,
		emission: Balance,
		from_pot: Balance,
		dues: Vec<Due<T::AccountId>>,
	) {
		let mut paid_by_role = [(Role::Inferer, 0), (Role::Forecaster, 0), (Role::Reputer, 0)];
		let mut list = RewardList::<T::AccountId>::default();
		for Due { account, role, amount } in dues.into_iter().filter(|due| due.amount > 0) {
			if let Err(error) = with_storage_layer(|| Self::pay(topic, &account, role, amount)) {
				log::debug!(target: crate::LOG_TARGET, "topic {topic}: {error:?}");
				Self::deposit_event(Event::RewardUnpaid { topic, epoch, account, role, amount });
				continue;
			}
			for (_, paid) in paid_by_role.iter_mut().filter(|(of, _)| *of == role) {
				paid.saturating_accrue(amount);
			}
			if list.try_push((account, role, amount)).is_err() {
				frame_support::defensive!("as many rewards as seats fit");
			}
		}
		let [(_, inference), (_, forecast), (_, reputation)] = paid_by_role;
		let paid = inference.saturating_add(forecast).saturating_add(reputation);
		Self::debit_topic(topic, paid, reputation);
		Rewards::<T>::insert(topic, epoch, &list);
		Self::deposit_event(Event::RewardsPaid {
			topic,
			epoch,
			emission,
			from_pot,
			inference,
			forecast,
			reputation,
			rewards: list,
		});
	}

	/// Pays one reward from the topics' account; exactly `amount` planck leave it, or an error.
	fn pay(topic: TopicId, who: &T::AccountId, role: Role, amount: Balance) -> DispatchResult {
		let pot = Self::pot_account(Pot::Topics);
		let before = T::Currency::total_balance(&pot);
		match role {
			Role::Inferer | Role::Forecaster => {
				T::Currency::transfer(&pot, who, amount, Preservation::Preserve)?;
			}
			Role::Reputer => T::RewardSink::reward_reputer(&pot, topic, who, amount)?,
		}
		let after = T::Currency::total_balance(&pot);
		if before.checked_sub(after) != Some(amount) {
			return Err(DispatchError::Corruption);
		}
		Ok(())
	}

	/// Books what a settlement paid out of a topic's pot.
	fn debit_topic(topic: TopicId, paid: Balance, paid_to_reputers: Balance) {
		let rest = TopicPots::<T>::get(topic).checked_sub(paid);
		if rest.is_none() {
			frame_support::defensive!("rewards are at most what the pot holds");
		}
		match rest {
			Some(rest) if rest > 0 => TopicPots::<T>::insert(topic, rest),
			_ => TopicPots::<T>::remove(topic),
		}
		Books::<T>::mutate(|books| {
			books.topic_pots.saturating_reduce(paid);
			books.paid.saturating_accrue(paid);
			books.month_paid.saturating_accrue(paid);
			books.month_paid_to_reputers.saturating_accrue(paid_to_reputers);
		});
	}

	/// The parts of everyone in the epoch's reward (S 13.1 to 13.5); remembers what the next epoch
	/// needs of this one.
	fn epoch_shares(
		topic: TopicId,
		parameters: &TopicParameters,
		contributions: &Contributions<T::AccountId>,
	) -> MathResult<EpochShares> {
		let rules = T::RewardRules::get();
		let (inference, forecast) = worker_rules(&rules, parameters)?;
		let u = Self::worker_fractions(topic, &inference, &contributions.inferers)?;
		let v = Self::worker_fractions(topic, &forecast, &contributions.forecasters)?;
		let p_reputer = convert::from_fixed(rules.p_reputer)?;
		let w = reputer_fractions(&contributions.reputers, p_reputer)?;

		let inferers = accounts(&contributions.inferers, |member| &member.account);
		let forecasters = accounts(&contributions.forecasters, |member| &member.account);
		let reputers = accounts(&contributions.reputers, |member| &member.account);
		let alpha = convert::from_fixed(rules.smoothing)?;
		let smooth_u = Self::smooth(topic, Role::Inferer, &inferers, &u, alpha)?;
		let smooth_v = Self::smooth(topic, Role::Forecaster, &forecasters, &v, alpha)?;
		let smooth_w = Self::smooth(topic, Role::Reputer, &reputers, &w, alpha)?;

		let beta = convert::from_fixed(rules.beta_entropy)?;
		let f = class_entropy(&smooth_u, beta)?;
		// There is nothing to forecast about a single inferer.
		let g = if inferers.len() > 1 { class_entropy(&smooth_v, beta)? } else { Real::ZERO };
		let h = class_entropy(&smooth_w, beta)?;
		let chi = Self::forecasting_utility(topic, contributions, alpha)?;
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

	/// The shares of workers by their scores, measured against the recent ones (S 13.1).
	fn worker_fractions(
		topic: TopicId,
		rule: &WorkerRule,
		class: &[Contribution<T::AccountId>],
	) -> MathResult<Vec<Real>> {
		if class.is_empty() {
			return Ok(Vec::new());
		}
		let mut recent = RecentScores::<T>::get(topic, rule.role).into_inner();
		recent.extend(class.iter().map(|member| member.score));
		let kept = rule.scores.min(MAX_SCORES).saturated_into::<usize>();
		let excess = recent.len().saturating_sub(kept);
		let recent: Vec<FixedI128> = recent.into_iter().skip(excess).collect();

		let real = |score: &FixedI128| convert::from_fixed(*score);
		let history = recent.iter().rev().map(real).collect::<MathResult<Vec<_>>>()?;
		let latest =
			class.iter().map(|member| real(&member.score)).collect::<MathResult<Vec<_>>>()?;
		RecentScores::<T>::insert(topic, rule.role, Scores::truncate_from(recent));
		rewards::score_fractions(&latest, &history, rule.p, rule.c, rule.epsilon)
	}

	/// Smooths a class's shares over the epochs, and remembers the result (S 13.3).
	///
	/// Those who are absent keep their place until the list is full; then those who took part
	/// longest ago fall out, and begin anew when they come back.
	fn smooth(
		topic: TopicId,
		role: Role,
		accounts: &[T::AccountId],
		fractions: &[Real],
		alpha: Real,
	) -> MathResult<Vec<Real>> {
		if accounts.is_empty() {
			return Ok(Vec::new());
		}
		let kept = SmoothedShares::<T>::get(topic, role);
		let share_of = |who: &T::AccountId| kept.iter().find(|(account, _)| account == who);
		let previous = accounts
			.iter()
			.map(|who| share_of(who).map(|(_, share)| convert::from_fixed(*share)).transpose())
			.collect::<MathResult<Vec<_>>>()?;
		let smoothed = rewards::smooth_fractions(fractions, &previous, alpha)?;

		let absent = kept.iter().filter(|(account, _)| !accounts.contains(account)).cloned();
		let mut next: Vec<_> = absent.collect();
		for (account, share) in accounts.iter().zip(&smoothed) {
			next.push((account.clone(), convert::to_fixed(*share)?));
		}
		let excess = next.len().saturating_sub(share_capacity(role));
		let next = next.into_iter().skip(excess).collect();
		SmoothedShares::<T>::insert(topic, role, Shares::truncate_from(next));
		Ok(smoothed)
	}

	/// The forecasters' part of the workers' reward before entropies, chi; remembers tau (S 13.4).
	fn forecasting_utility(
		topic: TopicId,
		contributions: &Contributions<T::AccountId>,
		alpha: Real,
	) -> MathResult {
		let score = rewards::task_score(
			convert::from_fixed(contributions.naive_loss)?,
			convert::from_fixed(contributions.network_loss)?,
		)?;
		let inferers = contributions
			.inferers
			.iter()
			.map(|member| convert::from_fixed(member.score))
			.collect::<MathResult<Vec<_>>>()?;
		let previous = convert::from_fixed(ScoreRatios::<T>::get(topic))?;
		let ratio = rewards::forecaster_score_ratio(score, &inferers, previous, alpha)?;
		ScoreRatios::<T>::insert(topic, convert::to_fixed(ratio.unwrap_or(Real::ZERO))?);
		Ok(rewards::forecasting_utility(ratio))
	}
}

/// How inferers and forecasters of a topic are paid.
fn worker_rules(
	rules: &RewardParameters,
	parameters: &TopicParameters,
) -> MathResult<(WorkerRule, WorkerRule)> {
	let rule = |role, p, c, seats| -> MathResult<WorkerRule> {
		Ok(WorkerRule {
			role,
			p: convert::from_fixed(p)?,
			c: convert::from_fixed(c)?,
			epsilon: convert::from_fixed(parameters.epsilon)?,
			scores: SCORES_PER_SEAT.saturating_mul(seats),
		})
	};
	Ok((
		rule(Role::Inferer, rules.p_inference, rules.c_inference, parameters.max_inferers)?,
		rule(Role::Forecaster, rules.p_forecast, rules.c_forecast, parameters.max_forecasters)?,
	))
}

/// The accounts of a class.
fn accounts<M, A: Clone>(class: &[M], account: impl Fn(&M) -> &A) -> Vec<A> {
	class.iter().map(|member| account(member).clone()).collect()
}

/// How many smoothed shares of a role are kept.
fn share_capacity(role: Role) -> usize {
	let seats = match role {
		Role::Inferer => MAX_INFERERS,
		Role::Forecaster => MAX_FORECASTERS,
		Role::Reputer => MAX_REPUTERS,
	};
	SHARES_PER_SEAT.saturating_mul(seats).saturated_into()
}

/// The shares of reputers by stake and score; a score below zero earns nothing (S 13.2).
fn reputer_fractions<A>(class: &[ReputerContribution<A>], p: Real) -> MathResult<Vec<Real>> {
	let total = class
		.iter()
		.try_fold(0u128, |sum, member| sum.checked_add(member.authority))
		.ok_or(MathError::Overflow)?;
	if total == 0 {
		return Ok(class.iter().map(|_| Real::ZERO).collect());
	}
	let stakes = class
		.iter()
		.map(|member| convert::ratio(member.authority, total))
		.collect::<MathResult<Vec<_>>>()?;
	let scores = class
		.iter()
		.map(|member| convert::from_fixed(member.score).map(|score| score.max(Real::ZERO)))
		.collect::<MathResult<Vec<_>>>()?;
	rewards::reputer_fractions(&stakes, &scores, p)
}

/// The entropy of a class; 0 if none of its members has a share (S 13.3).
fn class_entropy(smoothed: &[Real], beta: Real) -> MathResult {
	if smoothed.iter().all(|share| *share == 0) {
		return Ok(Real::ZERO);
	}
	rewards::task_entropy(smoothed, beta)
}

/// Everyone's reward of `reward` planck: class by class, each rounded down, zeros included.
fn dues<A: Clone>(
	reward: Balance,
	shares: &EpochShares,
	contributions: &Contributions<A>,
) -> MathResult<Vec<Due<A>>> {
	let amounts = |shares: &ClassShares| {
		rewards::payouts(convert::mul_floor(reward, shares.class)?, &shares.members)
	};
	let workers = |role, class: &[Contribution<A>], amounts: Vec<Balance>| -> Vec<Due<A>> {
		let due = |(member, amount): (&Contribution<A>, _)| Due {
			account: member.account.clone(),
			role,
			amount,
		};
		class.iter().zip(amounts).map(due).collect()
	};
	let mut dues = workers(Role::Inferer, &contributions.inferers, amounts(&shares.inferers)?);
	dues.extend(workers(
		Role::Forecaster,
		&contributions.forecasters,
		amounts(&shares.forecasters)?,
	));
	let reputers = contributions.reputers.iter().zip(amounts(&shares.reputers)?);
	dues.extend(reputers.map(|(member, amount)| Due {
		account: member.account.clone(),
		role: Role::Reputer,
		amount,
	}));
	Ok(dues)
}
