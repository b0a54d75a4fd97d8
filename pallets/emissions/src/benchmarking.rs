//! Benchmarks: one per function of [`WeightInfo`](crate::WeightInfo), of the same name, each of the
//! worst case.

use crate::{
	claims::{ClaimBook, StoredInferer, StoredScales, MAX_CLAIM},
	memory::{ScoreMemory, ACCOUNTS_PER_SEAT, MAX_SCORES, SCORES_PER_SEAT},
	types::*,
	*,
};
use alloc::vec::Vec;
use allora_primitives::{
	traits::{EmissionIndex, EpochRecords},
	Balance, Contribution, Contributions, EpochContext, EpochId, FixedI128, Registration,
	ReputerContribution, Role, Slot, TopicId, TopicParameters, VoidReason, WorkerWorth, Worth,
	MAX_FORECASTERS, MAX_INFERERS, MAX_REPUTERS,
};
use frame_benchmarking::{account, benchmarking::add_to_whitelist, v2::*};
use frame_support::{
	traits::{
		fungible::{Inspect, Mutate},
		EnsureOrigin, Get,
	},
	weights::WeightMeter,
	BoundedVec,
};
use frame_system::RawOrigin;
use sp_runtime::Perbill;

/// Sets up the state of other pallets for benchmarks.
pub trait BenchmarkHelper<AccountId> {
	/// Registers an account in the topic with another account as its payee.
	fn member(topic: TopicId, account: &AccountId, registration: Registration);
	/// Makes the stake bonded by validators positive.
	fn bonded();
}

/// The topic of all benchmarks.
const TOPIC: TopicId = 1;
/// The epoch of all benchmarks.
const EPOCH: EpochId = 100;

/// An amount that any account can take.
fn amount<T: Config>() -> Balance {
	T::Currency::minimum_balance().saturating_mul(1_000)
}

/// Mints tokens into a pot.
fn fill<T: Config>(pot: Pot, amount: Balance) {
	let pot = Pallet::<T>::pot_account(pot);
	assert!(T::Currency::mint_into(&pot, amount).is_ok(), "pots take tokens");
}

/// Assigns this much emission to the epoch.
fn assign<T: Config>(amount: Balance) {
	fill::<T>(Pot::Rewards, amount);
	Rewards::<T>::insert(TOPIC, EPOCH, EpochReward::Assigned(amount));
	LedgerTotals::<T>::mutate(|totals| {
		totals.assigned += amount;
		totals.minted += amount;
	});
}

/// A list of `count` waiting accounts, followed by `last`.
fn waiting<T: Config>(
	name: &'static str,
	count: u32,
	last: &[T::AccountId],
) -> Waiting<T::AccountId> {
	let others = (0..count).map(|index| account(name, index, 0));
	let all = others.chain(last.iter().cloned());
	Waiting::truncate_from(
		all.map(|account| PendingPayout { account, amount: amount::<T>() }).collect(),
	)
}

/// Stores a purse with a pot and these waiting accounts, and updates the totals.
fn put_purse<T: Config>(workers: Waiting<T::AccountId>, reputers: Waiting<T::AccountId>) {
	let purse = Purse { pot: amount::<T>(), workers, reputers };
	let earnings = purse.earnings();
	fill::<T>(Pot::Topics, purse.pot + earnings);
	LedgerTotals::<T>::mutate(|totals| {
		totals.purchased += purse.pot + earnings;
		totals.topic_pots += purse.pot;
		totals.earnings += earnings;
	});
	Purses::<T>::insert(TOPIC, purse);
}

/// What is remembered of as many accounts as a role with this many seats can have, none of them a
/// participant of the epoch.
fn absent<T: Config, Entry>(
	name: &'static str,
	seats: u32,
	entry: impl Fn(u32) -> Entry,
) -> Vec<(T::AccountId, Entry)> {
	(0..ACCOUNTS_PER_SEAT * seats).map(|index| (account(name, index, 1), entry(index))).collect()
}

/// The largest memory under the regret rule.
fn full_scores<T: Config>() -> Memory<T::AccountId> {
	let scores = |seats: u32| {
		let some = (0..SCORES_PER_SEAT * seats).map(|index| i64::from(index) << 44);
		BoundedVec::truncate_from(some.take(MAX_SCORES as usize).collect())
	};
	let share = |_| 1 << 58;
	Memory::Scores(ScoreMemory {
		inferer_scores: scores(MAX_INFERERS),
		forecaster_scores: scores(MAX_FORECASTERS),
		inferer_shares: BoundedVec::truncate_from(absent::<T, _>("inferer", MAX_INFERERS, share)),
		forecaster_shares: BoundedVec::truncate_from(absent::<T, _>(
			"forecaster",
			MAX_FORECASTERS,
			share,
		)),
		reputer_shares: BoundedVec::truncate_from(absent::<T, _>("reputer", MAX_REPUTERS, share)),
		score_ratio: FixedI128::from_rational(1, 2),
	})
}

/// The largest memory under the mixture rule.
fn full_claims<T: Config>() -> Memory<T::AccountId> {
	// Claims of both signs.
	let claim = |index: u32| MAX_CLAIM / 101 * (i64::from(index) - 30);
	let inferer = |index| StoredInferer { claim: claim(index), excess: claim(index) / 64 };
	Memory::Claims(ClaimBook {
		scales: StoredScales {
			worth: 1 << 60,
			loss: 1 << 62,
			reference: 1 << 63,
			forecasting: claim(40),
		},
		inferers: BoundedVec::truncate_from(absent::<T, _>("inferer", MAX_INFERERS, inferer)),
		forecasters: BoundedVec::truncate_from(absent::<T, _>(
			"forecaster",
			MAX_FORECASTERS,
			claim,
		)),
	})
}

/// A score of up to 0.7, a different one per index.
fn score(index: u32) -> FixedI128 {
	FixedI128::from_rational((index * 37 % 101 + 1).into(), 150)
}

fn contributions<T: Config>(n: u32, f: u32, r: u32) -> Contributions<T::AccountId> {
	let worker = |name, count| -> Vec<_> {
		(0..count)
			.map(|index| Contribution { account: account(name, index, 0), score: score(index) })
			.collect()
	};
	let reputers = (0..r)
		.map(|index| ReputerContribution {
			account: account("reputer", index, 0),
			score: score(index),
			authority: amount::<T>() * Balance::from(index + 1),
		})
		.collect();
	Contributions {
		inferers: BoundedVec::truncate_from(worker("inferer", n)),
		forecasters: BoundedVec::truncate_from(worker("forecaster", f)),
		reputers: BoundedVec::truncate_from(reputers),
		network_loss: FixedI128::from_rational(1, 3),
		naive_loss: FixedI128::from_rational(1, 2),
		worth: None,
	}
}

/// What such participants were worth: every worker has a claim above 0 and an excess.
fn worth(n: u32, f: u32, r: u32) -> Worth {
	let worker = |index| WorkerWorth {
		worth: score(index),
		sharers: 3,
		excess: score(index),
		weight: FixedI128::from_rational(1, 50),
	};
	Worth {
		network: FixedI128::from_rational(1, 3),
		forecasting: FixedI128::from_rational(1, 6),
		reference: Some(FixedI128::from_rational(1, 2)),
		inferers: BoundedVec::truncate_from((0..n).map(worker).collect()),
		forecasters: BoundedVec::truncate_from((0..f).map(worker).collect()),
		reputers: Some(BoundedVec::truncate_from((0..r).map(score).collect())),
	}
}

/// Stores as many rules as can be remembered, up to [`EPOCH`].
fn fill_rules<T: Config>() {
	let rules = |from: u32| {
		let p_reputer = FixedI128::from_u32(from.saturating_add(2));
		let rules = RewardParameters { p_reputer, ..T::RewardRules::get() };
		(Slot::from(from), rules)
	};
	let known = (0..MAX_RULES).map(rules).collect();
	KnownRules::<T>::put(RuleHistory::truncate_from(known));
}

/// Stores everything that the settlement of these contributions reads, at its largest.
fn prepare_settlement<T: Config>(
	contributions: &Contributions<T::AccountId>,
	memory: Memory<T::AccountId>,
) -> EpochContext {
	let parameters = TopicParameters {
		max_inferers: MAX_INFERERS,
		max_forecasters: MAX_FORECASTERS,
		max_reputers: MAX_REPUTERS,
		..TopicParameters::regression(100, 50, 100)
	};
	let workers = (contributions.inferers.len() + contributions.forecasters.len()) as u32;
	let reputers = contributions.reputers.len() as u32;
	// Other accounts have all places except as many as the epoch's participants need.
	put_purse::<T>(
		waiting::<T>("worker", MAX_WAITING - workers, &[]),
		waiting::<T>("other", MAX_WAITING - reputers, &[]),
	);
	Memories::<T>::insert(TOPIC, memory);
	fill_rules::<T>();
	assign::<T>(amount::<T>() * 1_000);
	EpochContext { topic: TOPIC, epoch: EPOCH, parameters }
}

/// Excludes from the count the pot that all payouts of a settlement share.
fn whitelist_topics_pot<T: Config>() {
	let pot = Pallet::<T>::pot_account(Pot::Topics);
	add_to_whitelist(frame_system::Account::<T>::hashed_key_for(pot).into());
}

#[benchmarks]
mod benchmarks {
	use super::*;

	#[benchmark]
	fn emit_block() {
		let slot_emission = amount::<T>() * 4;
		CurrentSchedule::<T>::put(Schedule {
			slot_emission,
			validators_share: Perbill::from_percent(25),
			started: true,
			..Default::default()
		});
		CurrentDistribution::<T>::put(Distribution { total_weight: 7, ..Default::default() });
		// The ecosystem pot pays a part; the rest is minted.
		fill::<T>(Pot::Ecosystem, amount::<T>());
		#[block]
		{
			Pallet::<T>::emit_up_to(0);
		}
		assert!(LedgerTotals::<T>::get().minted > 0 && LedgerTotals::<T>::get().recycled > 0);
	}

	#[benchmark]
	fn recompute() -> Result<(), BenchmarkError> {
		T::BenchmarkHelper::bonded();
		LedgerTotals::<T>::mutate(|totals| {
			totals.month_credited = amount::<T>() * 3;
			totals.month_credited_to_reputers = amount::<T>();
		});
		let rate = Some(FixedI128::from_rational(1, 100));
		CurrentSchedule::<T>::put(Schedule { rate, ..Default::default() });
		#[block]
		{
			Pallet::<T>::recompute(EPOCH).map_err(|_| BenchmarkError::Stop("no rate"))?;
		}
		assert!(CurrentSchedule::<T>::get().next_recomputation > EPOCH);
		Ok(())
	}

	#[benchmark]
	fn open() -> Result<(), BenchmarkError> {
		Pallet::<T>::set_weight(TOPIC, 7)?;
		let accrued = amount::<T>();
		fill::<T>(Pot::Rewards, accrued);
		Accruals::<T>::mutate(TOPIC, |accrual| {
			if let Some(accrual) = accrual {
				accrual.accrued = accrued * SCALE;
			}
		});
		CurrentDistribution::<T>::mutate(|shared| shared.accruing = accrued * SCALE);
		Rewards::<T>::insert(TOPIC, EPOCH, EpochReward::Assigned(1));
		#[block]
		{
			// One epoch ended and one was skipped: half is the epoch's, half the ecosystem pot's.
			Pallet::<T>::assign_to_epoch(TOPIC, EPOCH, 1, 2)?;
		}
		assert_eq!(LedgerTotals::<T>::get().returned, accrued - accrued / 2);
		assert_eq!(LedgerTotals::<T>::get().assigned, accrued / 2);
		Ok(())
	}

	#[benchmark]
	fn set_weight() -> Result<(), BenchmarkError> {
		Pallet::<T>::set_weight(TOPIC, 7)?;
		#[block]
		{
			Pallet::<T>::set_weight(TOPIC, 8)?;
		}
		assert_eq!(Pallet::<T>::total_weight(), 8);
		Ok(())
	}

	#[benchmark]
	fn record_rules() {
		fill_rules::<T>();
		#[block]
		{
			Pallet::<T>::record_rules(EPOCH);
		}
		assert_eq!(KnownRules::<T>::get().last().map(|(from, _)| *from), Some(EPOCH));
	}

	#[benchmark]
	fn settle_regret(
		i: Linear<1, MAX_INFERERS>,
		f: Linear<0, MAX_FORECASTERS>,
		r: Linear<1, MAX_REPUTERS>,
	) {
		let contributions = contributions::<T>(i, f, r);
		let context = prepare_settlement::<T>(&contributions, full_scores::<T>());
		let settled;
		#[block]
		{
			settled = Pallet::<T>::settle(&context, &contributions);
		}
		assert!(settled.is_ok());
		assert!(!Pallet::<T>::rewards(TOPIC, EPOCH).is_empty());
	}

	#[benchmark]
	fn settle_mixture(
		i: Linear<1, MAX_INFERERS>,
		f: Linear<0, MAX_FORECASTERS>,
		r: Linear<1, MAX_REPUTERS>,
	) {
		let worth = Some(worth(i, f, r));
		let contributions = Contributions { worth, ..contributions::<T>(i, f, r) };
		let context = prepare_settlement::<T>(&contributions, full_claims::<T>());
		let settled;
		#[block]
		{
			settled = Pallet::<T>::settle(&context, &contributions);
		}
		assert!(settled.is_ok());
		assert!(!Pallet::<T>::rewards(TOPIC, EPOCH).is_empty());
	}

	/// Items that settling has read and written are left out.
	#[benchmark]
	fn store_purse() {
		let waiting = |name| waiting::<T>(name, MAX_WAITING, &[]);
		let purse =
			Purse { pot: amount::<T>(), workers: waiting("worker"), reputers: waiting("reputer") };
		#[block]
		{
			Pallet::<T>::record_crowded(TOPIC, &purse);
			Pallet::<T>::put_purse(TOPIC, &purse);
		}
		assert!(
			Purses::<T>::contains_key(TOPIC) && LedgerTotals::<T>::get().crowded.contains(&TOPIC)
		);
	}

	#[benchmark]
	fn pay_out() {
		let worker: T::AccountId = account("worker", 0, 0);
		T::BenchmarkHelper::member(TOPIC, &worker, Registration::Worker);
		put_purse::<T>(waiting::<T>("none", 0, core::slice::from_ref(&worker)), Waiting::default());
		whitelist_topics_pot::<T>();
		let due = PendingPayout { account: worker, amount: amount::<T>() };
		#[block]
		{
			let paid = Pallet::<T>::pay_out(TOPIC, Registration::Worker, &due);
			assert!(paid.is_ok(), "workers can be paid");
		}
		assert_eq!(LedgerTotals::<T>::get().paid, amount::<T>());
	}

	/// Items that settling has read and written are left out.
	#[benchmark]
	fn credit_delegators() {
		let parts: Vec<(T::AccountId, Balance)> =
			(0..MAX_REPUTERS).map(|index| (account("other", index, 0), amount::<T>())).collect();
		put_purse::<T>(Waiting::default(), waiting::<T>("other", MAX_WAITING, &[]));
		let purse = Purses::<T>::get(TOPIC);
		let to: T::AccountId = account("pot", 0, 0);
		whitelist_topics_pot::<T>();
		let parameters = TopicParameters::regression(100, 50, 100);
		let context = EpochContext { topic: TOPIC, epoch: EPOCH, parameters };
		let credited;
		#[block]
		{
			credited = Pallet::<T>::credit_delegators(&context, purse, &to, &parts);
		}
		assert!(credited.is_ok());
		assert_eq!(LedgerTotals::<T>::get().paid, amount::<T>() * Balance::from(MAX_REPUTERS));
	}

	#[benchmark]
	fn poll() {
		#[block]
		{
			Pallet::<T>::relieve_crowded(&mut WeightMeter::new());
		}
	}

	#[benchmark]
	fn relieve() {
		put_purse::<T>(
			waiting::<T>("worker", MAX_WAITING, &[]),
			waiting::<T>("reputer", MAX_WAITING, &[]),
		);
		let worker: T::AccountId = account("worker", 0, 0);
		T::BenchmarkHelper::member(TOPIC, &worker, Registration::Worker);
		Pallet::<T>::record_crowded(TOPIC, &Purses::<T>::get(TOPIC));
		// One account is paid, so that the items that payouts share are counted here.
		let limit = T::WeightInfo::poll()
			.saturating_add(T::WeightInfo::relieve())
			.saturating_add(T::WeightInfo::pay_out());
		#[block]
		{
			Pallet::<T>::relieve_crowded(&mut WeightMeter::with_limit(limit));
		}
		assert_eq!(Purses::<T>::get(TOPIC).workers.len() as u32, MAX_WAITING - 1);
	}

	#[benchmark]
	fn collect() {
		let caller: T::AccountId = whitelisted_caller();
		let earner: T::AccountId = account("earner", 0, 0);
		for registration in REGISTRATIONS {
			T::BenchmarkHelper::member(TOPIC, &earner, registration);
		}
		let last = [earner.clone()];
		put_purse::<T>(
			waiting::<T>("worker", MAX_WAITING - 1, &last),
			waiting::<T>("reputer", MAX_WAITING - 1, &last),
		);
		#[extrinsic_call]
		_(RawOrigin::Signed(caller), TOPIC, earner.clone());
		assert_eq!(Pallet::<T>::due(TOPIC, &earner), 0);
	}

	#[benchmark]
	fn void() {
		assign::<T>(amount::<T>());
		#[block]
		{
			Pallet::<T>::on_void(TOPIC, EPOCH, VoidReason::NoReport);
		}
		assert_eq!(LedgerTotals::<T>::get().returned, amount::<T>());
	}

	#[benchmark]
	fn mark_void() {
		#[block]
		{
			Pallet::<T>::on_void(TOPIC, EPOCH, VoidReason::NoInference);
		}
		assert!(Rewards::<T>::contains_key(TOPIC, EPOCH));
	}

	#[benchmark]
	fn prune() {
		let credit = Credit::Reward(amount::<T>());
		let credit = |index| (account("earner", index, 0), Role::Inferer, credit);
		let credits = CreditList::truncate_from((0..MAX_REWARDS).map(credit).collect());
		Rewards::<T>::insert(TOPIC, EPOCH, EpochReward::Settled(credits));
		#[block]
		{
			Pallet::<T>::on_prune(TOPIC, EPOCH);
		}
		assert!(!Rewards::<T>::contains_key(TOPIC, EPOCH));
	}

	#[benchmark]
	fn forget() {
		put_purse::<T>(Waiting::default(), Waiting::default());
		Memories::<T>::insert(TOPIC, full_scores::<T>());
		let done;
		#[block]
		{
			done = Pallet::<T>::on_forget(TOPIC, &mut WeightMeter::new());
		}
		assert!(done && !Memories::<T>::contains_key(TOPIC));
	}

	#[benchmark]
	fn start() -> Result<(), BenchmarkError> {
		CurrentSchedule::<T>::mutate(|schedule| schedule.started = false);
		let origin =
			T::StartOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)?;
		#[extrinsic_call]
		_(origin as T::RuntimeOrigin);
		assert!(CurrentSchedule::<T>::get().started);
		Ok(())
	}

	impl_benchmark_test_suite!(
		Pallet,
		crate::mock::ExtBuilder::default().build(),
		crate::mock::Test
	);
}
