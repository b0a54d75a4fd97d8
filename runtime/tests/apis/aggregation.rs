//! `AggregationApi`: history, leaderboard and elements.

use super::*;
use crate::support::on_chain;
use allora_primitives::{
	api::{
		runtime_decl_for_aggregation_api::AggregationApi,
		runtime_decl_for_emissions_api::EmissionsApi, runtime_decl_for_explain_api::ExplainApi,
		runtime_decl_for_topics_api::TopicsApi, Activity, Element, EpochSummary, Leader,
		Leaderboard, Participants, RolePart,
	},
	topic::{Label, Labels},
	EpochState, LossMethod, Role, Rule, VoidReason,
};
use allora_runtime::Runtime;
use codec::{Encode, MaxEncodedLen};

/// The epochs of all pages of this limit, newest first.
fn all_epochs(limit: u32) -> Vec<EpochSummary> {
	let (mut epochs, mut before) = (vec![], None);
	loop {
		let page = Runtime::history(TOPIC, before, limit);
		assert!(page.len() <= limit as usize);
		let Some(last) = page.last() else { return epochs };
		before = Some(last.epoch);
		epochs.extend(page);
	}
}

/// Compares an epoch of the history with the calls for single epochs.
fn check_summary(summary: &EpochSummary) {
	let epoch = summary.epoch;
	assert_eq!(Some(summary.state), Runtime::epoch(TOPIC, epoch).map(|record| record.state));
	let (mut label_values, mut intervals) = (vec![], vec![]);
	let mut participants = Participants::default();
	if let Some((_, bundle)) = Runtime::bundle(TOPIC, epoch) {
		label_values = bundle.network_inference().to_vec();
		intervals = bundle.intervals.to_vec();
		participants.inferers = bundle.inferers.len() as u32;
		participants.forecasters = bundle.forecasters.len() as u32;
	}
	assert_eq!(
		(summary.label_values.to_vec(), summary.intervals.to_vec()),
		(label_values, intervals)
	);
	assert_eq!(summary.truth.clone().map(BoundedVec::into_inner), Runtime::truth(TOPIC, epoch));
	let losses = Runtime::losses(TOPIC, epoch);
	assert_eq!(summary.losses.is_some(), losses.is_some());
	if let (Some(compared), Some(losses)) = (summary.losses, losses) {
		assert_eq!((compared.network, compared.naive), (losses[0], losses[1]));
		let of_inferers = &losses[2..2 + participants.inferers as usize];
		assert_eq!(Some(&compared.best), of_inferers.iter().min());
		let contributions = Runtime::contributions(TOPIC, epoch).unwrap();
		assert_eq!(compared.network, contributions.network_loss);
		participants.reputers = contributions.reputers.len() as u32;
	}
	assert_eq!(summary.participants, participants);
	let rewards = Runtime::rewards(TOPIC, epoch);
	assert_eq!(summary.paid, rewards.iter().map(|reward| reward.amount).sum::<u128>());
}

#[test]
fn history_joins_in_pages_and_agrees_with_the_calls_for_single_epochs() {
	on_chain(|| {
		let first = start(parameters());
		assert_eq!(all_epochs(1).len(), 1);
		run_epochs(first, 0..4, &[Bob, Charlie, Dave]);
		// Nobody reports on the fourth epoch, nobody submits in the fifth, and the sixth collects.
		go_to(first + 4 * LENGTH);
		go_to(first + 5 * LENGTH);
		let epochs = all_epochs(7);
		let states: Vec<_> = epochs.iter().rev().map(|of| (of.epoch - first, of.state)).collect();
		let expected = [
			(0, EpochState::Settled),
			(10, EpochState::Settled),
			(20, EpochState::Settled),
			(30, EpochState::Void(VoidReason::NoReport)),
			(40, EpochState::Void(VoidReason::NoInference)),
			(50, EpochState::Collecting),
		];
		assert_eq!(states, expected);
		epochs.iter().for_each(check_summary);
		let settled = &epochs[3];
		assert!(settled.paid > 0 && !settled.intervals.is_empty());
		assert_eq!(settled.truth.as_ref().map(|truth| truth[0]), Some(FixedI128::from_u32(TRUTH)));
		for limit in LIMITS {
			assert_eq!(all_epochs(limit), epochs, "pages of {limit}");
		}
		// It need not be an epoch on record from which a page continues.
		assert_eq!(Runtime::history(TOPIC, Some(first + 35), 1), epochs[2..3]);
		assert_eq!(Runtime::history(TOPIC, Some(first), 64), vec![]);
		assert_eq!(Runtime::history(9, None, 64), vec![]);
	});
}

#[test]
fn epoch_of_a_custom_topic_has_losses_and_no_truth() {
	on_chain(|| {
		let loss_method = LossMethod::Custom(BoundedVec::truncate_from(b"own".to_vec()));
		let first = start(TopicParameters { loss_method, ..parameters() });
		block(|| send(Bob, inference(first, 1)));
		go_to(first + LENGTH);
		block(|| {
			let (bundle_hash, bundle) = Runtime::bundle(TOPIC, first).unwrap();
			let losses = vec![FixedI128::from_u32(2); bundle.elements() as usize];
			let losses = BoundedVec::truncate_from(losses);
			let (topic, epoch) = (TOPIC, first);
			send(One, pallet_reputer::Call::report_losses { topic, epoch, bundle_hash, losses });
		});
		go_to(first + 2 * LENGTH);
		let settled = all_epochs(64).pop().unwrap();
		check_summary(&settled);
		assert_eq!((settled.state, settled.truth), (EpochState::Settled, None));
		assert!(settled.losses.is_some());
	});
}

/// A topic of eight labels, which is the most; the size of its history depends on nothing else.
fn eight_labels(history: u32) -> TopicParameters {
	let label = |at: u8| Label::truncate_from(vec![b'a' + at]);
	let labels = Labels::truncate_from((0..8).map(label).collect());
	TopicParameters { labels, history, ..parameters() }
}

#[test]
fn sixteen_epochs_of_the_largest_topic_take_less_than_14_kilobytes() {
	// Epoch 8, state 2, values 1 + 8 * 16, intervals 1 + 8 * 64, truth 1 + 1 + 8 * 16, losses
	// 1 + 3 * 16, participants 3 * 4, paid 16.
	let largest = 8 + 2 + 129 + 513 + 130 + 49 + 12 + 16;
	assert_eq!(EpochSummary::max_encoded_len(), largest);
	assert!(1 + 16 * largest < 14_000);
	on_chain(|| {
		let first = start(eight_labels(17));
		run_epochs(first, 0..19, &[Bob, Charlie]);
		go_to(first + 19 * LENGTH);
		let page = Runtime::history(TOPIC, Some(first + 18 * LENGTH), 16);
		assert!(page.iter().all(|of| of.intervals.len() == 8 && of.state == EpochState::Settled));
		// Each is as large as it may be, but for the reason of a void epoch.
		assert_eq!(page.encode().len(), 1 + 16 * (largest - 1));
	});
}

#[test]
fn history_has_64_epochs_at_most() {
	on_chain(|| {
		let first = start(TopicParameters { history: 64, ..parameters() });
		run_epochs(first, 0..68, &[Bob]);
		let on_record = Runtime::epochs(TOPIC).len();
		assert!(on_record > 64, "{on_record} epochs are on record");
		assert_eq!(Runtime::history(TOPIC, None, u32::MAX).len(), 64);
		assert_eq!(Runtime::history(TOPIC, None, 0).len(), 1);
		assert_eq!(all_epochs(64).len(), on_record);
		let account = Bob.to_account_id();
		assert_eq!(Runtime::explain_range(account, TOPIC, None, u32::MAX).len(), 64);
	});
}

/// The leader of this account.
fn leader(board: &Leaderboard<AccountId>, who: Sr25519Keyring) -> &Leader<AccountId> {
	let found = board.leaders.iter().find(|leader| leader.account == who.to_account_id());
	found.expect("it is on the leaderboard")
}

/// Checks the order of a leaderboard, and compares it with the calls for single accounts.
fn check_leaderboard(role: Role) -> Leaderboard<AccountId> {
	let board = Runtime::leaderboard(TOPIC, role);
	for pair in board.leaders.windows(2) {
		let equal = pair[0].score == pair[1].score && pair[0].account < pair[1].account;
		assert!(pair[0].score > pair[1].score || equal);
	}
	for leader in &board.leaders {
		let account = leader.account.clone();
		let actor = Runtime::actor(TOPIC, account.clone(), role);
		assert_eq!(leader.registered, actor.registered);
		assert_eq!((leader.score, leader.regret), (actor.score, actor.regret));
		assert_eq!(leader.due, Runtime::due(TOPIC, account.clone()));
		let epoch = board.settled.unwrap();
		let explained = Runtime::explain(account, TOPIC, epoch);
		let (part, reward) = match role {
			Role::Inferer => {
				(explained.inferer.part.map(RolePart::Worker), explained.inferer.standing.reward)
			}
			Role::Forecaster => (
				explained.forecaster.part.map(RolePart::Worker),
				explained.forecaster.standing.reward,
			),
			Role::Reputer => (
				explained.reputer.learned.map(RolePart::Reputer),
				explained.reputer.standing.reward,
			),
		};
		assert_eq!(leader.latest.map(|latest| latest.part), part);
		assert_eq!(leader.latest.map_or(0, |latest| latest.reward), reward);
	}
	board
}

#[test]
fn leaderboard_is_by_score_and_tells_who_takes_part() {
	on_chain(|| {
		let first = start(parameters());
		let empty = Runtime::leaderboard(TOPIC, Role::Inferer);
		assert_eq!(empty, Leaderboard { settled: None, leaders: vec![] });
		assert_eq!(Runtime::leaderboard(9, Role::Reputer), empty);
		run_epochs(first, 0..3, &[Bob, Charlie, Dave]);
		run_epochs(first, 3..6, &[Bob, Charlie]);
		block(|| {
			let registration = Registration::Worker;
			send(Dave, pallet_registry::Call::leave { topic: TOPIC, registration });
		});
		go_to(first + 6 * LENGTH);
		block(|| {
			send(Eve, {
				let (registration, owner) = (Registration::Worker, Some(Alice.to_account_id()));
				pallet_registry::Call::register { topic: TOPIC, registration, owner }
			})
		});
		block(|| send(Eve, inference(first + 6 * LENGTH, TRUTH)));

		let board = check_leaderboard(Role::Inferer);
		assert_eq!(board.settled, Some(first + 4 * LENGTH));
		assert_eq!(board.leaders.len(), 4);
		let bob = leader(&board, Bob);
		assert_eq!((bob.activity, bob.missed), (Activity::Active, 0));
		assert!(bob.latest.unwrap().reward > 0);
		// Dave took part in epochs 0 to 2, and epochs 0 to 4 are settled.
		let dave = leader(&board, Dave);
		assert_eq!((dave.activity, dave.missed, dave.registered), (Activity::Passive, 2, false));
		assert_eq!(dave.latest, None);
		let eve = leader(&board, Eve);
		assert_eq!((eve.activity, eve.missed, eve.regret), (Activity::Newcomer, 0, None));
		assert_eq!(eve.owner, Alice.to_account_id());

		assert_eq!(check_leaderboard(Role::Forecaster).leaders.len(), 1);
		let board = check_leaderboard(Role::Reputer);
		assert_eq!(board.leaders.len(), 2);
		assert_eq!(leader(&board, One).activity, Activity::Active);
	});
}

/// Checks the elements of an epoch against its bundle; returns them without numbers.
fn check_elements(epoch: EpochId) -> Vec<Element<AccountId>> {
	let elements = Runtime::elements(TOPIC, epoch);
	let (_, bundle) = Runtime::bundle(TOPIC, epoch).unwrap();
	let losses = Runtime::losses(TOPIC, epoch);
	assert_eq!(elements.len(), bundle.elements() as usize);
	for (at, one) in elements.iter().enumerate() {
		assert_eq!(one.label_values, bundle.element(at));
		assert_eq!(one.loss, losses.as_ref().map(|losses| losses[at]));
	}
	elements.into_iter().map(|one| one.element).collect()
}

#[test]
fn elements_have_the_names_values_and_losses_of_the_bundle() {
	for (rule, pairs) in [(Rule::Mixture, 0), (Rule::Regret, 2)] {
		on_chain(|| {
			let first = start(TopicParameters { rule, ..parameters() });
			run_epochs(first, 0..4, &[Bob, Charlie]);
			go_to(first + 4 * LENGTH);
			// The last of these epochs is not learned.
			check_elements(first + 3 * LENGTH);
			let epoch = first + 2 * LENGTH;
			let elements = check_elements(epoch);
			let ferdie = Ferdie.to_account_id();
			let mut inferers = [Bob, Charlie].map(|who| who.to_account_id());
			inferers.sort();
			let [a, b] = inferers;
			let mut expected = vec![
				Element::Combined,
				Element::Naive,
				Element::Inferer(a.clone()),
				Element::Inferer(b.clone()),
				Element::Forecaster(ferdie.clone()),
			];
			for inferer in [a.clone(), b.clone()].into_iter().take(pairs) {
				let forecaster = ferdie.clone();
				expected.push(Element::OneOutInfererForecaster { forecaster, inferer });
			}
			expected.extend([Element::OneOutInferer(a), Element::OneOutInferer(b)]);
			assert_eq!(elements, expected, "{rule:?}");
			// The value of an inferer is what it submitted.
			let own = Element::Inferer(Bob.to_account_id());
			let submitted = FixedI128::from_u32(TRUTH + 1);
			let found = Runtime::elements(TOPIC, epoch).into_iter().find(|one| one.element == own);
			assert_eq!(found.map(|one| one.label_values), Some(vec![submitted]));
			for (topic, epoch) in [(TOPIC, first + 4 * LENGTH), (TOPIC, first + 1), (9, first)] {
				assert_eq!(Runtime::elements(topic, epoch), vec![]);
			}
		});
	}
}
