//! Compares the documents of the gateway and the commands with the chain's own types, decoded by
//! metadata as over RPC.

mod encoding;

use allora_agent::chain::{self as agent, documents, holdings, types};
use allora_primitives::{self as chain, api};
use codec::Decode;
use encoding::{account, fixed, read};
use serde_json::{json, Value};
use sp_core::crypto::AccountId32;

/// A value of the chain whose numbers are all 0, whose lists are empty and whose options are none.
fn zero<T: Decode>() -> T {
	T::decode(&mut &[0u8; 4096][..]).unwrap()
}

/// A value of the agent as JSON.
fn written(value: &impl serde::Serialize) -> Value {
	serde_json::to_value(value).unwrap()
}

#[test]
fn overviews_are_decoded() {
	let mut info: api::TopicInfo<AccountId32> = zero();
	(info.topic, info.creator, info.weight) = (7, account(3), 12);
	(info.active, info.last_epoch, info.next_epoch) = (true, Some(100), None);
	let parameters = &mut info.parameters;
	parameters.metadata = b"the next value".to_vec().try_into().unwrap();
	parameters.labels = vec![b"y".to_vec().try_into().unwrap()].try_into().unwrap();
	parameters.loss_method = chain::LossMethod::CrossEntropy;
	(parameters.epoch_length, parameters.history) = (20, 64);
	let inference = api::NetworkInference {
		epoch: 80,
		label_values: vec![fixed(1.5)],
		intervals: vec![[fixed(1.0), fixed(1.25), fixed(1.75), fixed(2.0)]],
		disagreement: vec![[fixed(1.0), fixed(1.25), fixed(1.5), fixed(1.75), fixed(2.0)]],
		age: 30,
	};
	let topics = vec![api::TopicOverview { info, settled: None, inference: Some(inference) }];
	let own: documents::OverviewPage = read(&api::OverviewPage { topics, next: Some(8) });
	assert_eq!(own.next, Some(8));
	let own = written(&own.topics[0]);
	assert_eq!(own["info"]["creator"], agent::address(&[3; 32]));
	assert_eq!((&own["info"]["weight"], &own["info"]["last_epoch"]), (&"12".into(), &100.into()));
	let parameters = &own["info"]["parameters"];
	assert_eq!(parameters["metadata"], "the next value");
	assert_eq!(parameters["labels"], json!(["y"]));
	assert_eq!(parameters["loss_method"], "cross_entropy");
	assert_eq!(
		(&parameters["cadence"], &parameters["rule"]),
		(&"regular".into(), &"mixture".into())
	);
	assert_eq!(
		(&parameters["p_norm"], &parameters["unity_tolerance"]),
		(&"0".into(), &Value::Null)
	);
	let inference = &own["inference"];
	assert_eq!(inference["label_values"], json!(["1.5"]));
	assert_eq!(inference["intervals"], json!([["1", "1.25", "1.75", "2"]]));
	assert_eq!(inference["disagreement"][0][4], "2");
}

#[test]
fn resistant_inferences_are_decoded() {
	let inference: api::NetworkInference = zero();
	let left_out = vec![account(4)];
	let own: Option<documents::ResistantInference> =
		read(&Some(api::ResistantInference { inference, left_out }));
	assert_eq!(own.unwrap().left_out[0].0, [4; 32]);
}

#[test]
fn summaries_of_epochs_are_decoded() {
	let mut summary: api::EpochSummary = zero();
	summary.state = chain::EpochState::Void(chain::VoidReason::NoReport);
	(summary.epoch, summary.paid) = (40, 9);
	summary.truth = Some(vec![fixed(-0.5)].try_into().unwrap());
	let (network, naive, best) = (fixed(-1.0), fixed(-0.5), fixed(-2.0));
	summary.losses = Some(api::EpochLosses { network, naive, best });
	summary.participants = api::Participants { inferers: 1, forecasters: 2, reputers: 3 };
	let own: Vec<documents::EpochSummary> = read(&vec![summary]);
	let own = written(&own[0]);
	let expected = json!({
		"epoch": 40, "state": { "type": "void", "reason": "no_report" }, "label_values": [],
		"intervals": [], "truth": ["-0.5"],
		"losses": { "network": "-1", "naive": "-0.5", "best": "-2" },
		"participants": { "inferers": 1, "forecasters": 2, "reputers": 3 }, "paid": "9",
	});
	assert_eq!(own, expected);
}

#[test]
fn leaderboards_are_decoded() {
	let part = api::WorkerPart { weight: fixed(0.25), left_out: true, learned: None };
	let leader = |part| api::Leader {
		account: account(1),
		owner: account(2),
		registered: true,
		activity: api::Activity::Passive,
		missed: 3,
		score: Some(fixed(0.5)),
		regret: None,
		due: 4,
		latest: Some(api::LatestResult { reward: 5, part }),
	};
	let leaders = vec![leader(api::RolePart::Worker(part)), leader(api::RolePart::Reputer(zero()))];
	let own: documents::Leaderboard = read(&api::Leaderboard { settled: Some(60), leaders });
	let own = written(&own);
	let first = &own["leaders"][0];
	assert_eq!(first["owner"], agent::address(&[2; 32]));
	assert_eq!((&first["activity"], &first["score"]), (&"passive".into(), &"0.5".into()));
	assert_eq!(first["latest"]["part"]["worker"]["weight"], "0.25");
	assert_eq!(own["leaders"][1]["latest"]["part"]["reputer"]["authority"], "0");
}

#[test]
fn positions_are_decoded() {
	let removal = api::PendingRemoval { id: 1, amount: 2, due: 3 };
	let stake = api::ReputerStake {
		own: 10,
		delegated: 20,
		commission: sp_arithmetic::Perbill::from_percent(5),
		commission_rise: None,
		removals: vec![removal],
	};
	let role = api::RolePosition {
		role: chain::Role::Reputer,
		score: Some(fixed(1.0)),
		last_active: Some(80),
	};
	let position = api::Position {
		topic: 7,
		worker: None,
		reputer: Some(api::RegistrationInfo { owner: account(2), left: true }),
		roles: vec![role],
		stake,
		due: 6,
	};
	let own: holdings::PositionPage =
		read(&api::PositionPage { positions: vec![position], next: Some(9) });
	assert_eq!(own.next, Some(9));
	let expected = json!({
		"topic": 7, "worker": null,
		"reputer": { "owner": agent::address(&[2; 32]), "left": true },
		"roles": [{ "role": "reputer", "score": "1", "last_active": 80 }],
		"stake": {
			"own": "10", "delegated": "20", "commission": "0.05",
			"removals": [{ "id": 1, "amount": "2", "due": 3 }],
		},
		"due": "6",
	});
	assert_eq!(written(&own.positions[0]), expected);
}

#[test]
fn position_says_whether_the_account_is_registered() {
	let registered =
		holdings::RegistrationInfo { owner: agent::json::Address([2; 32]), left: false };
	let left = holdings::RegistrationInfo { left: true, ..registered.clone() };
	let mut position: api::Position<AccountId32> = zero();
	position.topic = 7;
	let mut own: holdings::Position = read(&position);
	(own.worker, own.reputer) = (Some(registered), Some(left));
	assert!(own.is_registered(types::Registration::Worker));
	assert!(!own.is_registered(types::Registration::Reputer), "it has left");
}

#[test]
fn delegations_and_funding_are_decoded() {
	let delegation = api::DelegationInfo {
		topic: 7,
		reputer: account(3),
		amount: 30,
		earning: vec![],
		claimable: 31,
		removals: vec![api::PendingRemoval { id: 1, amount: 2, due: 3 }],
	};
	let own: Vec<holdings::Delegation> = read(&vec![delegation]);
	let expected = json!([{
		"topic": 7, "reputer": agent::address(&[3; 32]), "amount": "30", "claimable": "31",
		"removals": [{ "id": 1, "amount": "2", "due": 3 }],
	}]);
	assert_eq!(written(&own), expected);
	let funding = api::Funding { rent: 1, epochs: 2, seconds: 3 };
	let own: Option<documents::Funding> = read(&Some(funding));
	assert_eq!(written(&own), json!({ "rent": "1", "epochs": 2, "seconds": 3 }));
}

#[test]
fn purchases_are_decoded() {
	let quote: Option<holdings::Quote> =
		read(&Some(chain::consumer::Quote { epoch: 1, age: 2, minimum: 3 }));
	assert_eq!(written(&quote), json!({ "epoch": 1, "age": 2, "minimum": "3" }));
	let held = chain::consumer::SubscriptionInfo {
		topic: 7,
		subscriber: account(1),
		per_epoch: 2,
		epochs_left: 3,
		escrow: 4,
		deposit: 5,
		last_epoch: None,
		prepaid: false,
	};
	let own: Vec<holdings::Subscription> = read(&vec![held]);
	let expected =
		json!([{ "topic": 7, "per_epoch": "2", "epochs_left": 3, "escrow": "4", "deposit": "5" }]);
	assert_eq!(written(&own), expected);
	let receipt = chain::consumer::Receipt {
		topic: 7,
		epoch: 20,
		label_values: vec![fixed(0.5)].try_into().unwrap(),
		intervals: Default::default(),
		bundle_hash: Default::default(),
		price: 6,
		slot: 21,
		block: 22,
	};
	let own: Vec<(u64, holdings::Receipt)> = read(&vec![(9u64, receipt)]);
	let receipt = json!({ "topic": 7, "epoch": 20, "label_values": ["0.5"], "price": "6" });
	assert_eq!(written(&own), json!([[9, receipt]]));
}

#[test]
fn elements_are_decoded() {
	let elements = [
		api::Element::Combined,
		api::Element::Inferer(account(1)),
		api::Element::OneOutInfererForecaster { forecaster: account(2), inferer: account(1) },
	];
	let info = |element| api::ElementInfo { element, label_values: vec![fixed(1.0)], loss: None };
	let own: Vec<documents::ElementInfo> = read(&elements.map(info).to_vec());
	let (forecaster, inferer) = (agent::json::Address([2; 32]), agent::json::Address([1; 32]));
	assert_eq!(own[1].element, documents::Element::Inferer(inferer));
	let last = documents::Element::OneOutInfererForecaster { forecaster, inferer };
	assert_eq!((own[2].element, own[2].label_values.len()), (last, 1));
}
