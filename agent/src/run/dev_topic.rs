//! `dev-topic`: a topic on a development chain, so that there is something to take part in.

use super::ensure_development;
use crate::{
	chain::{
		calls, to_fixed,
		types::{Cadence, Rule, ScaleRule, TopicId, TopicLoss, TopicParameters},
		Account, Key, Source, ALLO,
	},
	demo::create_topic,
};
use anyhow::Result;

/// The amount with which the topic is funded.
const FUNDING: u128 = 500 * ALLO;
/// Slots within which a call must be included in a block.
const VALID: u32 = 16;
/// Creates and funds a topic as //Alice, and returns its id. Its epochs of `epoch_length` slots open
/// once a reputer has stake in it.
pub async fn dev_topic(source: &Source, epoch_length: u32, open: bool) -> Result<TopicId> {
	let chain = source.connect().await?;
	ensure_development(&chain, "topics of `dev-topic`").await?;
	let alice = Account::new(Key::development("//Alice")?, chain);
	let topic = create_topic(&alice, parameters(epoch_length, open)?).await?;
	alice.send(&calls::fund(topic, FUNDING), VALID).await?;
	Ok(topic)
}

fn parameters(epoch_length: u32, open: bool) -> Result<TopicParameters> {
	// A third of an epoch to predict, and a third to reveal.
	let window = epoch_length / 3;
	Ok(TopicParameters {
		metadata: "the next value of a slow wave".into(),
		loss_method: TopicLoss::Squared,
		loss_floor: to_fixed(0.001)?,
		ground_truth: "100 + 10 sin(t / 300), t in seconds since 1970".into(),
		labels: vec!["value".into()],
		unity_tolerance: None,
		label_default: 0,
		cadence: Cadence::Regular,
		epoch_length,
		phase: None,
		worker_window: window,
		reveal_window: if open { 0 } else { window },
		ground_truth_lag: epoch_length,
		rule: Rule::Mixture,
		p_norm: to_fixed(3.5)?,
		c_norm: to_fixed(0.75)?,
		alpha_regret: to_fixed(0.1)?,
		merit_sortition_alpha: to_fixed(0.1)?,
		epsilon: to_fixed(0.01)?,
		scale_rule: ScaleRule::Mad,
		inferer_quantile: to_fixed(0.25)?,
		forecaster_quantile: to_fixed(0.25)?,
		max_inferers: 16,
		max_forecasters: 8,
		max_reputers: 8,
		min_reputers: 1,
		min_stake: 100 * ALLO,
		history: 64,
	})
}
