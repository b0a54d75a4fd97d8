//! Reads of the runtime APIs that combine several pallets.

use crate::{
	AccountId, Aggregation, Clock, Emissions, Inference, Proofs, Reputer, Runtime, System, Topics,
};
use alloc::vec::Vec;
use allora_primitives::{
	api::{
		page_size, Activity, ActorInfo, EpochExplanation, EpochSummary, Explanation,
		InclusionProof, LatestResult, Leader, Leaderboard, OverviewPage, Position, PositionPage,
		RemovalKey, RemovalPage, RolePosition, Schedule, TopicOverview, MAX_EPOCH_PAGE,
		MAX_LIST_PAGE, MAX_TOPIC_PAGE,
	},
	traits::{EpochInspect, SlotProvider, StakeInspect, TopicInspect},
	EpochId, EpochState, FixedI128, MadeInference, Registration, Role, TopicId,
};
use pallet_proofs::Inclusion;
use sp_runtime::traits::{Hash, Keccak256};

/// The topics from the number `from` on, each with its newest settled epoch and inference.
pub fn overview(from: TopicId, limit: u32) -> OverviewPage<AccountId> {
	let (topics, next) = Topics::walk_topics(from, page_size(limit, MAX_TOPIC_PAGE), |topic| {
		let settled = Clock::settled_epochs(topic).first().copied();
		Some(TopicOverview {
			info: Topics::topic_info(topic)?,
			settled: settled.map(|epoch| summary(topic, epoch, EpochState::Settled)),
			inference: Aggregation::latest_inference(topic),
		})
	});
	OverviewPage { topics, next }
}

/// What these topics accept at the newest block.
pub fn schedule(topics: Vec<TopicId>) -> Schedule {
	let asked = topics.into_iter().take(MAX_TOPIC_PAGE as usize);
	Schedule {
		block: System::block_number(),
		slot: crate::configs::BabeSlots::current_slot(),
		topics: asked.filter_map(Clock::topic_schedule).collect(),
	}
}

/// What an account is, has and is owed in the topics from the number `from` on.
pub fn positions(who: &AccountId, from: TopicId, limit: u32) -> PositionPage<AccountId> {
	let limit = page_size(limit, MAX_LIST_PAGE);
	let (positions, next) = Topics::walk_topics(from, limit, |topic| position(who, topic));
	PositionPage { positions, next }
}

/// The position of an account in a topic; `None` if it never registered there.
fn position(who: &AccountId, topic: TopicId) -> Option<Position<AccountId>> {
	let worker = Topics::registration_info(topic, who, Registration::Worker);
	let reputer = Topics::registration_info(topic, who, Registration::Reputer);
	if worker.is_none() && reputer.is_none() {
		return None;
	}
	let roles: &[_] = match (&worker, &reputer) {
		(Some(_), Some(_)) => &[Role::Inferer, Role::Forecaster, Role::Reputer],
		(Some(_), None) => &[Role::Inferer, Role::Forecaster],
		(None, _) => &[Role::Reputer],
	};
	let roles = roles.iter().map(|role| RolePosition {
		role: *role,
		score: score(topic, *role, who),
		last_active: match role {
			Role::Reputer => Reputer::last_active(topic, who),
			_ => Inference::last_active(topic, *role, who),
		},
	});
	Some(Position {
		topic,
		worker,
		reputer,
		roles: roles.collect(),
		stake: Reputer::reputer_stake(topic, who),
		due: Emissions::due(topic, who),
	})
}

/// The epochs on record before this one, newest first.
pub fn history(topic: TopicId, before: Option<EpochId>, limit: u32) -> Vec<EpochSummary> {
	let epochs = Clock::epochs_before(topic, before, page_size(limit, MAX_EPOCH_PAGE));
	epochs.into_iter().map(|(epoch, state)| summary(topic, epoch, state)).collect()
}

fn summary(topic: TopicId, epoch: EpochId, state: EpochState) -> EpochSummary {
	Aggregation::epoch_summary(topic, epoch, state, Emissions::paid(topic, epoch))
}

/// The accounts that were lately active in a role of a topic, the best first.
pub fn leaderboard(topic: TopicId, role: Role) -> Leaderboard<AccountId> {
	let settled = Clock::settled_epochs(topic);
	let mut ranked: Vec<(AccountId, Option<FixedI128>, EpochId)> = match role {
		Role::Reputer => Reputer::ranked(topic),
		_ => {
			let ranked = Inference::ranked(topic, role).into_iter();
			ranked.map(|(who, score, active)| (who, Some(score), active)).collect()
		}
	};
	ranked.sort_by(|(a, score_a, _), (b, score_b, _)| score_b.cmp(score_a).then(a.cmp(b)));
	let accounts: Vec<_> = ranked.iter().map(|(who, ..)| who.clone()).collect();
	let newest = settled.first().copied();
	let (parts, rewards) = match newest {
		Some(epoch) => {
			(Aggregation::parts(topic, epoch, role, &accounts), Emissions::rewards(topic, epoch))
		}
		None => (Vec::new(), Vec::new()),
	};
	let mut parts = parts.into_iter();
	let mut regrets = Aggregation::regrets(topic, role, &accounts).into_iter();
	let mut dues = Emissions::dues(topic, &accounts).into_iter();
	let leader = |(account, score, active): (AccountId, Option<FixedI128>, EpochId)| {
		let missed = settled.iter().filter(|epoch| **epoch > active).count() as u32;
		let regret = regrets.next().flatten();
		let is_known = if role == Role::Reputer { score.is_some() } else { regret.is_some() };
		let mine = rewards.iter().find(|of| of.role == role && of.account == account);
		let reward = mine.map_or(0, |of| of.amount);
		let registration = role.registration();
		Leader {
			owner: Topics::payee(topic, &account, registration),
			registered: Topics::is_registered(topic, &account, registration),
			activity: match (is_known, missed) {
				(false, _) => Activity::Newcomer,
				(true, 0) => Activity::Active,
				(true, _) => Activity::Passive,
			},
			missed,
			score,
			regret,
			due: dues.next().unwrap_or_default(),
			latest: parts.next().flatten().map(|part| LatestResult { reward, part }),
			account,
		}
	};
	Leaderboard { settled: newest, leaders: ranked.into_iter().map(leader).collect() }
}

/// The standing of an account in a topic and role.
pub fn actor(topic: TopicId, who: &AccountId, role: Role) -> ActorInfo {
	ActorInfo {
		registered: Topics::is_registered(topic, who, role.registration()),
		score: score(topic, role, who),
		regret: Aggregation::regret(topic, role, who),
		authority: Reputer::authority(topic, who),
	}
}

fn score(topic: TopicId, role: Role, who: &AccountId) -> Option<FixedI128> {
	match role {
		Role::Reputer => Reputer::score(topic, who),
		_ => Inference::score(topic, role, who),
	}
}

/// What happened to an account's submissions in an epoch.
pub fn explain(who: &AccountId, topic: TopicId, epoch: EpochId) -> Explanation<AccountId> {
	let worker = |role| {
		let part = Aggregation::worker_part(topic, epoch, role, who);
		let payment = Emissions::payment(topic, epoch, role, who);
		Inference::explain(topic, epoch, role, who, part, payment)
	};
	let learned = Aggregation::learned_reputer(topic, epoch, who);
	let payment = Emissions::payment(topic, epoch, Role::Reputer, who);
	Explanation {
		state: Clock::epoch_state(topic, epoch),
		inferer: worker(Role::Inferer),
		forecaster: worker(Role::Forecaster),
		reputer: Reputer::explain(topic, epoch, who, learned, payment),
	}
}

/// What happened to an account's submissions in the epochs on record before this one, newest first.
pub fn explain_range(
	who: &AccountId,
	topic: TopicId,
	before: Option<EpochId>,
	limit: u32,
) -> Vec<EpochExplanation<AccountId>> {
	let epochs = Clock::epochs_before(topic, before, page_size(limit, MAX_EPOCH_PAGE));
	let one = |(epoch, _)| EpochExplanation { epoch, explanation: explain(who, topic, epoch) };
	epochs.into_iter().map(one).collect()
}

/// The stakes and delegations of an account that have pending removals.
pub fn removals(
	who: &AccountId,
	after: Option<RemovalKey<AccountId>>,
	limit: u32,
) -> RemovalPage<AccountId> {
	let end = pallet_registry::NextTopicId::<Runtime>::get();
	Reputer::removals(who, after, limit, end)
}

/// The proof that an epoch's network inference is among those of its block; `None` if it is not kept.
pub fn inference_proof(topic: TopicId, epoch: EpochId) -> Option<InclusionProof> {
	let path = Proofs::inclusion(topic, epoch)?;
	let (_, bundle) = Aggregation::hashed_bundle(topic, epoch)?;
	let made = MadeInference {
		label_values: bundle.network_inference().to_vec().try_into().ok()?,
		intervals: bundle.intervals,
	};
	let leaf = Proofs::provable(topic, epoch, path.block, path.appended.time, made).to_leaf();
	let Inclusion { block, appended, leaves, index, siblings, root } = path;
	let proof = InclusionProof { block, leaf, leaves, index, siblings, root };
	(Keccak256::hash(&proof.leaf) == appended.leaf_hash).then_some(proof)
}
