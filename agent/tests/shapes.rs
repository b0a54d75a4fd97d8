//! Compares the agent's types with the chain's own, encoded and decoded by metadata as over RPC.

mod encoding;

use allora_agent::{
	chain::{calls, documents, explanation, json::Address, types},
	journal::Entry,
};
use allora_primitives::{self as chain, api, FixedI128};
use codec::Decode;
use encoding::{account, fixed, metadata, read, to_fixed};
use scale_info::TypeInfo;
use sp_core::crypto::AccountId32;
use subxt::ext::scale_encode::EncodeAsType;

/// The value that the chain decodes from one that the agent encodes.
fn received<T: TypeInfo + Decode + 'static>(sent: &impl EncodeAsType) -> T {
	let (id, registry) = metadata::<T>();
	let bytes = sent.encode_as_type(id, &registry).unwrap();
	let mut rest = &bytes[..];
	let value = T::decode(&mut rest).unwrap();
	assert!(rest.is_empty());
	value
}

/// The parameters of a topic as the agent sends them.
fn parameters() -> types::TopicParameters {
	types::TopicParameters {
		metadata: b"range".to_vec(),
		loss_method: types::TopicLoss::CrossEntropy,
		loss_floor: to_fixed(1e-8),
		ground_truth: b"series".to_vec(),
		labels: vec![b"up".to_vec(), b"down".to_vec()],
		unity_tolerance: Some(to_fixed(1e-6)),
		label_default: 0,
		cadence: types::Cadence::OnDemand,
		epoch_length: 15,
		phase: Some(7),
		worker_window: 8,
		reveal_window: 6,
		ground_truth_lag: 15,
		rule: types::Rule::Regret,
		p_norm: to_fixed(3.5),
		c_norm: to_fixed(0.75),
		alpha_regret: to_fixed(0.005),
		merit_sortition_alpha: to_fixed(0.1),
		epsilon: to_fixed(0.01),
		scale_rule: types::ScaleRule::StdDev,
		inferer_quantile: to_fixed(0.25),
		forecaster_quantile: to_fixed(0.25),
		max_inferers: 12,
		max_forecasters: 2,
		max_reputers: 3,
		min_reputers: 1,
		min_stake: 7,
		history: 64,
	}
}

#[test]
fn topic_parameters_are_encoded() {
	let sent = parameters();
	let received: chain::TopicParameters = received(&sent);
	assert_eq!(received.validate(10..=100, 1_000_000_000 * chain::ALLO), Ok(()));
	assert_eq!(received.metadata.to_vec(), sent.metadata);
	assert_eq!(received.labels.len(), 2);
	assert_eq!(received.loss_method, chain::LossMethod::CrossEntropy);
	assert_eq!(received.loss_floor, fixed(1e-8));
	assert_eq!((received.cadence, received.phase), (chain::Cadence::OnDemand, Some(7)));
	assert_eq!(received.reveal_window, 6);
	assert_eq!(received.unity_tolerance, Some(FixedI128::from_rational(1, 1_000_000)));
	assert_eq!(received.rule, chain::Rule::Regret);
	assert_eq!(received.alpha_regret, FixedI128::from_rational(5, 1000));
	assert_eq!(received.scale_rule, chain::ScaleRule::StdDev);
	assert_eq!((received.min_stake, received.history), (7, 64));
}

#[test]
fn common_reveal_window_is_the_chains() {
	for (epoch_length, worker_window) in [(15, 8), (20, 8), (16, 8), (17, 8), (u32::MAX, u32::MAX)]
	{
		assert_eq!(
			types::TopicParameters::common_reveal_window(epoch_length, worker_window),
			chain::TopicParameters::common_reveal_window(epoch_length, worker_window),
		);
	}
}

#[test]
fn time_is_decoded() {
	let own: types::Clock = read(&api::ChainTime { slot: 300_000_000, slot_duration_ms: 6_000 });
	assert_eq!(own, types::Clock { slot: 300_000_000, slot_duration_ms: 6_000 });
}

#[test]
fn topics_terms_and_standings_are_decoded() {
	let own: Option<types::TopicQuestion> = read(&Some(topic_info()));
	let types::TopicQuestion { parameters, active, retired } = own.unwrap();
	assert_eq!((active, retired), (true, false));
	assert_eq!(parameters.label_names(), ["up", "down"]);
	assert_eq!(parameters.unity_tolerance, Some(to_fixed(1e-6)));
	assert_eq!((parameters.epoch_length, parameters.worker_window), (15, 8));
	assert_eq!((parameters.reveal_window, parameters.ground_truth_lag), (6, 15));

	let terms =
		api::Terms { create_fee: 1, register_fee: 2, min_topic_weight: 3, min_reputer_stake: 4 };
	let own: types::Terms = read(&terms);
	assert_eq!(
		own,
		types::Terms { create_fee: 1, register_fee: 2, min_topic_weight: 3, min_reputer_stake: 4 }
	);

	let (score, regret) = (Some(fixed(0.5)), None);
	let actor = api::ActorInfo { registered: true, score, regret, authority: 9 };
	let own: types::ActorInfo = read(&actor);
	assert_eq!(own, types::ActorInfo { registered: true, score: Some(to_fixed(0.5)) });
	let role: chain::Role = received(&types::Role::Reputer);
	assert_eq!(role, chain::Role::Reputer);
}

#[test]
fn submissions_are_encoded() {
	let sent = Some(vec![Some(to_fixed(1.25)), None]);
	let inference: Option<chain::bundle::SubmittedInference> = received(&sent);
	assert_eq!(inference.unwrap().to_vec(), [Some(fixed(1.25)), None]);
	let forecast: chain::Forecast<AccountId32> = received(&vec![([3u8; 32], to_fixed(-1.5))]);
	assert_eq!(forecast.to_vec(), [(account(3), fixed(-1.5))]);
	let hash: sp_core::H256 = received(&[9u8; 32]);
	assert_eq!(hash.0, [9; 32]);
	let reputer: chain::Registration = received(&types::Registration::Reputer);
	assert_eq!(reputer, chain::Registration::Reputer);
}

#[test]
fn commitments_are_those_that_the_chain_computes() {
	let payload = calls::WorkerPayload {
		inference: Some(vec![Some(to_fixed(1.25)), None]),
		forecast: Some(vec![([3; 32], to_fixed(-1.5))]),
	};
	let parts = [
		payload.clone(),
		calls::WorkerPayload { forecast: None, ..payload.clone() },
		calls::WorkerPayload { inference: None, ..payload },
	];
	for payload in parts {
		let inference: Option<chain::bundle::SubmittedInference> = received(&payload.inference);
		let forecast: Option<chain::bundle::SubmittedForecast<AccountId32>> =
			received(&payload.forecast);
		let roles: chain::WorkerRoles = received(&payload.roles().unwrap());
		let theirs = chain::WorkerRoles::of(inference.is_some(), forecast.is_some());
		assert_eq!(Some(roles), theirs);
		let (salt, who) = ([7; 32], account(5));
		let hash = chain::commitment_hash(&inference, &forecast, &salt, &who, 2, 300);
		let entry = Entry {
			genesis: [0; 32],
			topic: 2,
			epoch: 300,
			account: [5; 32],
			reveals_last: 316,
			salt,
			payload,
		};
		assert_eq!(entry.commitment_hash(), hash.0);
	}
}

#[test]
fn maximum_lengths_equal_the_chains() {
	let own = [calls::MAX_TEXT, calls::MAX_LABEL, calls::MAX_LABELS, calls::MAX_FORECAST_ELEMENTS];
	let theirs =
		[chain::MAX_TEXT, chain::MAX_LABEL, chain::MAX_LABELS, chain::MAX_FORECAST_ELEMENTS];
	assert_eq!(own, theirs.map(|maximum| maximum as usize));
}

#[test]
fn bundles_are_decoded() {
	let bundle = chain::Bundle {
		loss_epoch: Some(4),
		rule: chain::Rule::Regret,
		labels: 1,
		inferers: vec![account(1), account(2)].try_into().unwrap(),
		forecasters: Default::default(),
		absent: Default::default(),
		element_values: [2.0, 2.1, 1.5, 2.5].map(fixed).to_vec().try_into().unwrap(),
		inferer_weights: vec![fixed(0.5), fixed(0.5)].try_into().unwrap(),
		forecaster_weights: Default::default(),
		intervals: vec![[1.0, 1.5, 2.5, 3.0].map(fixed)].try_into().unwrap(),
		disagreement: vec![[1.5, 1.5, 2.0, 2.5, 2.5].map(fixed)].try_into().unwrap(),
	};
	let returned = Some((sp_core::H256([7; 32]), bundle));
	let own: Option<([u8; 32], types::Bundle)> = read(&returned);
	let (hash, bundle) = own.unwrap();
	assert_eq!(hash, [7; 32]);
	assert_eq!((bundle.loss_epoch, bundle.rule), (Some(4), types::Rule::Regret));
	assert_eq!(bundle.elements().next(), Some(vec![2.0]));
	assert_eq!(bundle.inference(&[2; 32]), Some(vec![2.5]));
	assert_eq!(bundle.inference(&[3; 32]), None);
	let weights: Vec<_> = bundle.weights(types::Role::Inferer).collect();
	assert_eq!(weights, [([1; 32], 0.5), ([2; 32], 0.5)]);
	assert_eq!(bundle.weights(types::Role::Forecaster).count(), 0);
	assert_eq!(bundle.bounds(), [[1.0, 1.5, 2.5, 3.0]]);
}

#[test]
fn epochs_and_rewards_are_decoded() {
	let record = chain::EpochRecord {
		state: chain::EpochState::Void(chain::VoidReason::NoReport),
		windows: chain::EpochWindows {
			workers_open: 1,
			workers_last: 2,
			reveals_last: 5,
			reports_open: 3,
			reports_last: 4,
		},
	};
	let own: Option<types::EpochRecord> = read(&Some(record));
	let own = own.unwrap();
	assert_eq!(own.state, types::EpochState::Void(types::VoidReason::NoReport));
	assert_eq!((own.windows.workers_last, own.windows.reports_last), (2, 4));
	assert_eq!(own.windows.reveals_last, 5);

	let reward = api::Reward { account: account(5), role: chain::Role::Forecaster, amount: 11 };
	let own: Vec<types::Reward> = read(&vec![reward]);
	let expected = types::Reward { account: [5; 32], role: types::Role::Forecaster, amount: 11 };
	assert_eq!(own, [expected]);
}

#[test]
fn schedules_are_decoded() {
	let open = |epoch| api::OpenWindow { epoch, last: epoch + 4, slots_left: 3 };
	let topic = api::TopicSchedule {
		topic: 7,
		collecting: Some(open(40)),
		revealing: None,
		reporting: vec![open(20), open(30)],
		next_opening: Some(50),
	};
	let own: types::Schedule = read(&api::Schedule { block: 3, slot: 41, topics: vec![topic] });
	let open = |epoch| types::OpenWindow { epoch, last: epoch + 4 };
	let expected = types::TopicSchedule {
		topic: 7,
		collecting: Some(open(40)),
		revealing: None,
		reporting: vec![open(20), open(30)],
		next_opening: Some(50),
	};
	assert_eq!(own.topics, [expected]);
}

#[test]
fn contributions_are_decoded() {
	let (excess, weight) = (fixed(0.5), fixed(1.0));
	let worth = chain::WorkerWorth { worth: fixed(-0.5), sharers: 1, excess, weight };
	let contributions = chain::Contributions {
		inferers: vec![chain::Contribution { account: account(1), score: fixed(0.5) }]
			.try_into()
			.unwrap(),
		forecasters: Default::default(),
		reputers: vec![chain::ReputerContribution {
			account: account(2),
			score: fixed(9.0),
			authority: 100,
		}]
		.try_into()
		.unwrap(),
		network_loss: fixed(-1.0),
		naive_loss: fixed(-0.5),
		worth: Some(chain::Worth {
			network: fixed(0.25),
			forecasting: fixed(0.125),
			reference: Some(fixed(2.0)),
			inferers: vec![worth].try_into().unwrap(),
			forecasters: Default::default(),
			reputers: Some(vec![fixed(0.75)].try_into().unwrap()),
		}),
	};
	let own: Option<types::Contributions> = read(&Some(contributions));
	let own = own.unwrap();
	assert_eq!(own.inferers[0].score, to_fixed(0.5));
	assert_eq!(own.reputers[0].account, [2; 32]);
	assert_eq!(own.network_loss, to_fixed(-1.0));
	let worth = own.worth.unwrap();
	let expected = types::WorkerWorth { worth: to_fixed(-0.5) };
	assert_eq!((worth.network, &worth.inferers[..]), (to_fixed(0.25), &[expected][..]));
	assert_eq!(worth.reputers, Some(vec![to_fixed(0.75)]));
}

#[test]
fn explanations_are_decoded() {
	let standing = |no_reward| api::RoleStanding {
		registered: true,
		allowed: true,
		outcome: Some(chain::Outcome::Passive { merit: fixed(0.25), lowest: fixed(0.5) }),
		reward: 7,
		share: fixed(0.125),
		no_reward,
	};
	let learned = api::LearnedWorker {
		loss: fixed(-1.5),
		regret_before: None,
		regret: fixed(0.25),
		score: fixed(0.5),
		smoothed_score: fixed(0.75),
		worth: Some(fixed(0.375)),
	};
	let explanation = api::Explanation {
		state: Some(chain::EpochState::Settled),
		inferer: api::WorkerExplanation {
			standing: standing(None),
			kept: vec![],
			part: Some(api::WorkerPart {
				weight: fixed(0.25),
				left_out: true,
				learned: Some(learned),
			}),
		},
		forecaster: api::WorkerExplanation {
			standing: standing(Some(api::NoReward::EpochVoid(chain::VoidReason::NoReport))),
			kept: vec![(account(2), fixed(-0.5))],
			part: None,
		},
		reputer: api::ReputerExplanation {
			standing: standing(Some(api::NoReward::Abstained)),
			learned: Some(api::LearnedReputer {
				authority: 100,
				distance: None,
				coefficient_before: fixed(1.0),
				coefficient: fixed(0.5),
				score: fixed(2.0),
				smoothed_score: fixed(3.0),
			}),
		},
	};
	let own: explanation::Explanation = read(&explanation);
	assert_eq!(own.state, Some(types::EpochState::Settled));
	let passive = explanation::Outcome::Passive { merit: to_fixed(0.25), lowest: to_fixed(0.5) };
	assert_eq!(own.inferer.standing.outcome, Some(passive));
	assert_eq!((own.inferer.standing.reward, own.inferer.standing.no_reward), (7, None));
	let part = own.inferer.part.unwrap();
	assert_eq!((part.weight, part.left_out), (to_fixed(0.25), true));
	let learned = part.learned.unwrap();
	assert_eq!((learned.smoothed_score, learned.worth), (to_fixed(0.75), Some(to_fixed(0.375))));
	assert_eq!(own.forecaster.kept, [([2; 32], to_fixed(-0.5))]);
	let void = explanation::NoReward::EpochVoid(types::VoidReason::NoReport);
	assert_eq!(own.forecaster.standing.no_reward, Some(void));
	let learned = own.reputer.learned.unwrap();
	assert_eq!((learned.authority, learned.distance), (100, None));
	assert_eq!(learned.coefficient, to_fixed(0.5));
}

#[test]
fn ledgers_are_decoded() {
	let mut ledger = chain::Ledger::decode(&mut &[0u8; 1024][..]).unwrap();
	(ledger.earnings, ledger.paid, ledger.adds_up) = (5, 6, true);
	let own: types::Ledger = read(&ledger);
	assert_eq!((own.earnings, own.paid, own.adds_up), (5, 6, true));
}

/// A topic as the chain returns it.
fn topic_info() -> api::TopicInfo<AccountId32> {
	api::TopicInfo {
		topic: 7,
		creator: account(1),
		offered_to: Some(account(2)),
		parameters: received(&parameters()),
		workers_listed: true,
		reputers_listed: false,
		active: true,
		retired: false,
		last_epoch: None,
		next_epoch: Some(40),
		weight: 1,
		revenue: 2,
		stake: 3,
		pot: 4,
		reserved: Default::default(),
		announced: Default::default(),
	}
}

#[test]
fn topics_are_decoded_with_all_their_parameters() {
	let own: Option<documents::Topic> = read(&Some(topic_info()));
	let own = own.unwrap();
	assert_eq!((own.topic, own.creator), (7, Address([1; 32])));
	assert_eq!((own.offered_to, own.parameters), (Some(Address([2; 32])), parameters()));
}

#[test]
fn losses_are_those_of_the_chain() {
	let bytes = |text: &str| text.as_bytes().to_vec();
	for (own, theirs) in [
		(types::TopicLoss::Squared, chain::LossMethod::Squared),
		(types::TopicLoss::Absolute, chain::LossMethod::Absolute),
		(
			types::TopicLoss::Huber { delta: to_fixed(1.5) },
			chain::LossMethod::Huber { delta: fixed(1.5) },
		),
		(types::TopicLoss::LogCosh, chain::LossMethod::LogCosh),
		(
			types::TopicLoss::Pinball { levels: [0.1, 0.9].map(to_fixed).to_vec() },
			chain::LossMethod::Pinball {
				levels: [0.1, 0.9].map(fixed).to_vec().try_into().unwrap(),
			},
		),
		(types::TopicLoss::Brier, chain::LossMethod::Brier),
		(types::TopicLoss::CrossEntropy, chain::LossMethod::CrossEntropy),
		(types::TopicLoss::Poisson, chain::LossMethod::Poisson),
		(types::TopicLoss::Ztae, chain::LossMethod::Ztae),
		(types::TopicLoss::Zptae, chain::LossMethod::Zptae),
		(
			types::TopicLoss::Czar { alpha: to_fixed(0.5) },
			chain::LossMethod::Czar { alpha: fixed(0.5) },
		),
		(
			types::TopicLoss::Custom(bytes("mine")),
			chain::LossMethod::Custom(bytes("mine").try_into().unwrap()),
		),
	] {
		assert_eq!(received::<chain::LossMethod>(&own), theirs);
		assert_eq!(read::<_, types::TopicLoss>(&theirs), own);
	}
}
