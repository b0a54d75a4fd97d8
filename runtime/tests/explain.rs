//! Whole epochs on the real runtime, and what `ExplainApi` returns for them.

use crate::support::{block, call, now, on_chain, run_to};
use allora_primitives::{
	api::{runtime_decl_for_explain_api::ExplainApi, Explanation, NoReward},
	commitment_hash,
	traits::{BundleInspect, EpochInspect},
	EpochId, EpochState, FixedI128, LossMethod, Outcome, Registration, Role, Rule, TopicId,
	TopicParameters, VoidReason, WorkerRoles, ALLO,
};
use allora_runtime::{AccountId, Aggregation, Balances, Clock, Runtime};
use frame_support::{assert_ok, traits::fungible::Inspect, BoundedVec};
use sp_keyring::Sr25519Keyring::{self, *};
use sp_runtime::FixedPointNumber;

const TOPIC: TopicId = 1;

fn of(who: Sr25519Keyring, epoch: EpochId) -> Explanation<AccountId> {
	Runtime::explain(who.to_account_id(), TOPIC, epoch)
}

fn fx(n: i128, d: i128) -> FixedI128 {
	FixedI128::from_inner(n * FixedI128::DIV / d)
}

/// Creates a topic with seats for two inferers and registers workers and reputers. Returns the
/// first epoch, which has just opened.
fn start() -> EpochId {
	start_with(TopicParameters {
		max_inferers: 2,
		loss_method: LossMethod::Custom(BoundedVec::truncate_from(b"own".to_vec())),
		rule: Rule::Regret,
		..TopicParameters::regression(10, 4, 10)
	})
}

/// Does the same with a topic of these parameters.
fn start_with(parameters: TopicParameters) -> EpochId {
	block(|| {
		let creator = Alice.to_account_id();
		assert_ok!(call(
			&creator,
			pallet_registry::Call::create { parameters: Box::new(parameters) }
		));
		for who in [Bob, Charlie, Dave, Eve, Ferdie] {
			let registration = Registration::Worker;
			let register =
				pallet_registry::Call::register { topic: TOPIC, registration, owner: None };
			assert_ok!(call(&who.to_account_id(), register));
		}
		for who in [One, Two, Alice] {
			let registration = Registration::Reputer;
			let register =
				pallet_registry::Call::register { topic: TOPIC, registration, owner: None };
			assert_ok!(call(&who.to_account_id(), register));
			let stake = pallet_reputer::Call::stake { topic: TOPIC, amount: 1_000 * ALLO };
			assert_ok!(call(&who.to_account_id(), stake));
		}
		assert_ok!(call(
			&creator,
			pallet_registry::Call::fund { topic: TOPIC, amount: 100 * ALLO }
		));
	});
	(0..20)
		.find_map(|_| {
			block(|| ());
			<Clock as EpochInspect>::collecting_epoch(TOPIC)
		})
		.expect("the topic is active")
}

fn infer(who: Sr25519Keyring, epoch: EpochId, value: i128) {
	let inference = Some(BoundedVec::truncate_from(vec![Some(fx(value, 1))]));
	let submit = pallet_inference::Call::submit { topic: TOPIC, epoch, inference, forecast: None };
	assert_ok!(call(&who.to_account_id(), submit));
}

fn forecast(who: Sr25519Keyring, epoch: EpochId, about: &[Sr25519Keyring]) {
	let elements = about.iter().map(|inferer| (inferer.to_account_id(), fx(-1, 1)));
	let forecast = Some(BoundedVec::truncate_from(elements.collect()));
	let submit = pallet_inference::Call::submit { topic: TOPIC, epoch, inference: None, forecast };
	assert_ok!(call(&who.to_account_id(), submit));
}

fn report(who: Sr25519Keyring, epoch: EpochId, losses: &[i128]) {
	let shape = <Aggregation as BundleInspect<AccountId>>::report_shape(TOPIC, epoch);
	let (bundle_hash, _) = shape.expect("there is a bundle");
	let losses = losses.iter().map(|loss| fx(*loss, 1)).collect();
	let losses = BoundedVec::truncate_from(losses);
	let report = pallet_reputer::Call::report_losses { topic: TOPIC, epoch, bundle_hash, losses };
	assert_ok!(call(&who.to_account_id(), report));
}

/// An epoch with two active inferers: the first by account has a loss 2 below the network's and
/// scores 1, the other scores -1. Two reputers agree, and the third reports the opposite. A third
/// inferer has a lower score than the two, and no seat.
fn first_epoch() -> EpochId {
	let epoch = start();
	block(|| {
		let dave = (Role::Inferer, Dave.to_account_id());
		pallet_inference::Actors::<Runtime>::mutate(TOPIC, dave, |record| {
			record.standing.get_or_insert_default().score = fx(-1, 1);
		});
		infer(Bob, epoch, 10);
		infer(Charlie, epoch, 20);
		infer(Dave, epoch, 30);
	});
	run_to(epoch + 10);
	block(|| {
		// The losses of: combined, naive, the two inferers, without the first, without the second.
		let losses = match Bob.to_account_id() < Charlie.to_account_id() {
			true => [-1, -1, -3, -1, 0, -2],
			false => [-1, -1, -1, -3, -2, 0],
		};
		report(One, epoch, &losses);
		report(Two, epoch, &losses);
		report(Alice, epoch, &losses.map(|loss| -loss));
	});
	run_to(epoch + 20);
	epoch
}

#[test]
fn accepted_inferer_has_a_part_and_a_reward() {
	on_chain(|| {
		let epoch = first_epoch();
		let explained = of(Bob, epoch);
		assert_eq!(explained.state, Some(EpochState::Settled));
		let standing = explained.inferer.standing;
		assert!(standing.registered && standing.allowed);
		assert_eq!((standing.outcome, standing.no_reward), (Some(Outcome::Accepted), None));
		assert!(standing.reward > 0 && standing.share > fx(1, 2) && standing.share < fx(1, 1));
		let part = explained.inferer.part.unwrap();
		assert_eq!((part.weight, part.left_out), (fx(1, 2), false));
		let learned = part.learned.unwrap();
		// Two of three equal stakes report -3 and -1, the third the opposite: the median is theirs.
		let close = |left: FixedI128, right: FixedI128| {
			assert!((left.into_inner() - right.into_inner()).abs() < 1_000_000, "{left:?}");
		};
		close(learned.loss, fx(-3, 1));
		// 0.1 * (-1 - -3).
		assert_eq!(learned.regret_before, None);
		close(learned.regret, fx(2, 10));
		// 0 - -1; smoothed from a newcomer's 0 it is 0.1 * 1 + 0.9 * 0.
		close(learned.score, fx(1, 1));
		close(learned.smoothed_score, fx(1, 10));
	});
}

#[test]
fn passive_inferer_has_a_score_to_exceed() {
	on_chain(|| {
		let epoch = first_epoch();
		let explained = of(Dave, epoch).inferer;
		assert!(matches!(explained.standing.outcome, Some(Outcome::Passive { .. })));
		assert_eq!(explained.standing.no_reward, Some(NoReward::Passive));
		assert_eq!((explained.part, explained.standing.reward), (None, 0));
	});
}

#[test]
fn account_without_a_registration_is_explained_as_not_registered() {
	on_chain(|| {
		let epoch = first_epoch();
		let explained = of(BobStash, epoch);
		assert!(!explained.inferer.standing.registered && !explained.reputer.standing.registered);
		for standing in
			[explained.inferer.standing, explained.forecaster.standing, explained.reputer.standing]
		{
			assert_eq!(standing.no_reward, Some(NoReward::NotRegistered));
		}
		// It is registered, but has submitted nothing.
		let explained = of(Eve, epoch);
		assert_eq!(explained.inferer.standing.no_reward, Some(NoReward::NothingSubmitted));
	});
}

#[test]
fn reputer_far_from_the_consensus_has_a_distance_and_earns_less() {
	on_chain(|| {
		let epoch = first_epoch();
		let (near, far) = (of(One, epoch).reputer, of(Alice, epoch).reputer);
		assert!(far.standing.reward > 0 && far.standing.reward < near.standing.reward);
		let (near, far) = (near.learned.unwrap(), far.learned.unwrap());
		assert_eq!((near.authority, far.authority), (1_000 * ALLO, 1_000 * ALLO));
		assert!(far.distance.unwrap() > near.distance.unwrap());
		assert_eq!((far.coefficient_before, near.coefficient), (fx(1, 1), fx(1, 1)));
		assert!(far.coefficient < fx(1, 1));
		assert!(far.score < near.score);
	});
}

/// The third epoch, in which Bob displaces another inferer and Ferdie forecasts about all.
fn third_epoch() -> EpochId {
	let epoch = first_epoch() + 20;
	block(|| {
		infer(Charlie, epoch, 20);
		infer(Eve, epoch, 30);
		infer(Bob, epoch, 10);
		forecast(Ferdie, epoch, &[Bob, Charlie, Eve]);
	});
	epoch
}

#[test]
fn displaced_inferer_has_the_account_and_the_score_that_displaced_it() {
	on_chain(|| {
		let epoch = third_epoch();
		let explained = [Charlie, Eve].map(|who| of(who, epoch).inferer.standing);
		let displaced = explained
			.iter()
			.filter(|standing| standing.no_reward == Some(NoReward::Displaced))
			.collect::<Vec<_>>();
		let [standing] = displaced[..] else { panic!("one of two makes room") };
		let Some(Outcome::Displaced { merit, by, by_merit }) = &standing.outcome else {
			panic!("it was displaced")
		};
		assert_eq!(*by, Bob.to_account_id());
		assert!(merit < by_merit);
	});
}

#[test]
fn open_epoch_is_explained_as_open() {
	on_chain(|| {
		let epoch = third_epoch();
		assert_eq!(of(Bob, epoch).inferer.standing.no_reward, Some(NoReward::EpochOpen));
		assert_eq!(of(Dave, epoch).inferer.standing.no_reward, Some(NoReward::EpochOpen));
		assert_eq!(of(One, epoch).reputer.standing.no_reward, Some(NoReward::EpochOpen));
		assert_eq!(of(Bob, epoch).inferer.part, None);
		run_to(epoch + 5);
		assert!(of(Bob, epoch).inferer.part.unwrap().learned.is_none());
		assert_eq!(of(Dave, epoch).inferer.standing.no_reward, Some(NoReward::NothingSubmitted));
	});
}

#[test]
fn one_forecaster_is_told_what_was_kept_and_takes_all_of_its_class() {
	on_chain(|| {
		let epoch = third_epoch();
		run_to(epoch + 10);
		let (_, elements) =
			<Aggregation as BundleInspect<AccountId>>::report_shape(TOPIC, epoch).unwrap();
		block(|| report(One, epoch, &vec![-1; elements as usize]));
		let before = Balances::total_balance(&Ferdie.to_account_id());
		run_to(epoch + 20);
		let explained = of(Ferdie, epoch).forecaster;
		// Of the three inferers two are active.
		assert_eq!(explained.kept.len(), 2);
		assert!(explained.kept.iter().any(|(inferer, _)| *inferer == Bob.to_account_id()));
		let learned = explained.part.unwrap().learned.unwrap();
		assert_eq!((learned.loss, learned.score), (fx(-1, 1), fx(0, 1)));
		assert_eq!(explained.standing.share, fx(1, 1));
		let after = Balances::total_balance(&Ferdie.to_account_id());
		assert_eq!(after, before + explained.standing.reward);
	});
}

#[test]
fn void_epoch_is_explained_with_its_reason() {
	on_chain(|| {
		let epoch = third_epoch();
		run_to(epoch + 20);
		let explained = of(Bob, epoch);
		assert_eq!(explained.state, Some(EpochState::Void(VoidReason::NoReport)));
		let reason = Some(NoReward::EpochVoid(VoidReason::NoReport));
		assert_eq!(explained.inferer.standing.no_reward, reason);
		assert_eq!(of(One, epoch).reputer.standing.no_reward, Some(NoReward::NothingSubmitted));
		// The epoch between has no inference.
		let explained = of(One, epoch - 10).reputer.standing;
		assert_eq!(explained.no_reward, Some(NoReward::EpochVoid(VoidReason::NoInference)));
	});
}

#[test]
fn epoch_without_a_record_is_explained_as_forgotten() {
	on_chain(|| {
		let epoch = start();
		let explained = of(Bob, epoch + 1);
		assert_eq!((explained.state, now()), (None, epoch));
		assert_eq!(explained.inferer.standing.no_reward, Some(NoReward::Forgotten));
	});
}

#[test]
fn worker_that_commits_and_does_not_reveal_is_explained_as_unrevealed() {
	on_chain(|| {
		let epoch = start_with(TopicParameters {
			reveal_window: 4,
			..TopicParameters::regression(10, 4, 10)
		});
		let inference = Some(BoundedVec::truncate_from(vec![Some(fx(10, 1))]));
		block(|| {
			for who in [Bob, Charlie] {
				let who = who.to_account_id();
				let payload_hash = commitment_hash(&inference, &None, &[7; 32], &who, TOPIC, epoch);
				let roles = WorkerRoles::Inferer;
				let commit =
					pallet_inference::Call::commit { topic: TOPIC, epoch, payload_hash, roles };
				assert_ok!(call(&who, commit));
			}
		});
		let standing = of(Bob, epoch).inferer.standing;
		assert_eq!(standing.outcome, Some(Outcome::Committed));
		assert_eq!(standing.no_reward, Some(NoReward::EpochOpen));

		run_to(epoch + 5);
		assert_eq!(of(Bob, epoch).state, Some(EpochState::Revealing));
		let (topic, salt) = (TOPIC, [7; 32]);
		block(|| {
			let forecast = None;
			let reveal = pallet_inference::Call::reveal { topic, epoch, inference, forecast, salt };
			assert_ok!(call(&Charlie.to_account_id(), reveal));
		});
		run_to(epoch + 9);
		let explained = of(Bob, epoch).inferer;
		assert_eq!(explained.standing.outcome, Some(Outcome::Unrevealed));
		assert_eq!(explained.standing.no_reward, Some(NoReward::Unrevealed));
		assert_eq!(explained.part, None);
		let explained = of(Charlie, epoch).inferer;
		assert_eq!(explained.standing.outcome, Some(Outcome::Accepted));
		assert_eq!(explained.part.unwrap().weight, fx(1, 1));
	});
}
