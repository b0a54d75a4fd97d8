//! The calls that the agent makes.
//!
//! What the chain would refuse for its length is refused here, before a transaction is made of it:
//! of an argument that is far too long a node says no more than that the transaction is invalid.

use super::types::*;
use anyhow::{ensure, Result};
use subxt::{
	dynamic::{self, Value},
	tx::DynamicPayload,
};

/// Maximum length of a topic's text, in bytes.
pub const MAX_TEXT: usize = 255;
/// Maximum length of a label, in bytes.
pub const MAX_LABEL: usize = 64;
/// Maximum number of labels.
pub const MAX_LABELS: usize = 8;
/// Maximum number of elements of a forecast.
pub const MAX_FORECAST_ELEMENTS: usize = 32;
/// Maximum number of elements of a bundle, and so of losses of a report.
pub const MAX_ELEMENTS: usize = 346;

fn ensure_length(of: &str, length: usize, maximum: usize) -> Result<()> {
	ensure!(length <= maximum, "{of} is too long: {length}, and the chain accepts {maximum}");
	Ok(())
}

/// Creates a topic; an error if a text or the labels are too long.
pub fn create(parameters: TopicParameters) -> Result<DynamicPayload<(TopicParameters,)>> {
	ensure_length("metadata", parameters.metadata.len(), MAX_TEXT)?;
	ensure_length("loss_method", parameters.loss_method.len(), MAX_TEXT)?;
	ensure_length("ground_truth", parameters.ground_truth.len(), MAX_TEXT)?;
	ensure_length("labels", parameters.labels.len(), MAX_LABELS)?;
	for label in &parameters.labels {
		ensure_length("a label", label.len(), MAX_LABEL)?;
	}
	Ok(dynamic::tx("Topics", "create", (parameters,)))
}

/// Funds a topic.
pub fn fund(topic: TopicId, amount: u128) -> DynamicPayload<(TopicId, u128)> {
	dynamic::tx("Topics", "fund", (topic, amount))
}

/// What [`register`] takes; the last is who is paid, the account itself if none.
type Joining = (TopicId, Registration, Option<AccountId>);

/// Registers in a topic; the account itself is paid for its work.
pub fn register(topic: TopicId, what: Registration) -> DynamicPayload<Joining> {
	dynamic::tx("Topics", "register", (topic, what, None))
}

/// Activates a topic.
pub fn activate(topic: TopicId) -> DynamicPayload<(TopicId,)> {
	dynamic::tx("Clock", "activate", (topic,))
}

/// Retires a topic.
pub fn retire(topic: TopicId) -> DynamicPayload<(TopicId,)> {
	dynamic::tx("Topics", "retire", (topic,))
}

/// An inference: a value a label.
pub type Inference = Vec<i128>;
/// A forecast: the losses expected of inferers.
pub type Forecast = Vec<(AccountId, i128)>;

/// What [`submit`] and [`report`] take.
type Submission = (TopicId, EpochId, Option<Vec<Option<i128>>>, Option<Forecast>);
type Report = (TopicId, EpochId, [u8; 32], Vec<i128>);

/// Submits an inference, a forecast or both; an error if one is too long.
pub fn submit(
	topic: TopicId,
	epoch: EpochId,
	inference: Option<Inference>,
	forecast: Option<Forecast>,
) -> Result<DynamicPayload<Submission>> {
	ensure_length("the inference", inference.as_ref().map_or(0, Vec::len), MAX_LABELS)?;
	ensure_length("the forecast", forecast.as_ref().map_or(0, Vec::len), MAX_FORECAST_ELEMENTS)?;
	// On the chain a value may be left out; the agent gives them all.
	let inference = inference.map(|values| values.into_iter().map(Some).collect());
	Ok(dynamic::tx("Inference", "submit", (topic, epoch, inference, forecast)))
}

/// Stakes as a reputer.
pub fn stake(topic: TopicId, amount: u128) -> DynamicPayload<(TopicId, u128)> {
	dynamic::tx("Reputer", "stake", (topic, amount))
}

/// Reports losses of a bundle; an error if there are more than any bundle has elements.
pub fn report(
	topic: TopicId,
	epoch: EpochId,
	bundle: [u8; 32],
	losses: Vec<i128>,
) -> Result<DynamicPayload<Report>> {
	ensure_length("the report", losses.len(), MAX_ELEMENTS)?;
	Ok(dynamic::tx("Reputer", "report", (topic, epoch, bundle, losses)))
}

/// Transfers to many accounts, all or none.
pub fn transfers(to: &[(AccountId, u128)]) -> DynamicPayload<Vec<Value>> {
	let transfer = |(who, amount): &(AccountId, u128)| {
		let to = Value::unnamed_variant("Id", [Value::from_bytes(who)]);
		let fields = [("dest", to), ("value", Value::u128(*amount))];
		let call = Value::named_variant("transfer_keep_alive", fields);
		Value::unnamed_variant("Balances", [call])
	};
	let calls = Value::unnamed_composite(to.iter().map(transfer));
	dynamic::tx("Utility", "batch_all", vec![calls])
}

/// Pays out what topics owe these accounts; who is owed nothing any more is passed over.
pub fn collect(of: &[(TopicId, AccountId)]) -> DynamicPayload<Vec<Value>> {
	let collect = |(topic, who): &(TopicId, AccountId)| {
		let topic = Value::u128((*topic).into());
		let fields = [("topic", topic), ("account", Value::from_bytes(who))];
		Value::unnamed_variant("Emissions", [Value::named_variant("collect", fields)])
	};
	let calls = Value::unnamed_composite(of.iter().map(collect));
	dynamic::tx("Utility", "force_batch", vec![calls])
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn what_is_too_long_is_refused_before_it_is_sent() {
		let forecast = |elements: usize| submit(1, 10, None, Some(vec![([0; 32], 0); elements]));
		assert!(forecast(MAX_FORECAST_ELEMENTS).is_ok());
		let refused = forecast(MAX_FORECAST_ELEMENTS + 1).unwrap_err();
		assert_eq!(refused.to_string(), "the forecast is too long: 33, and the chain accepts 32");
		assert!(submit(1, 10, Some(vec![0; MAX_LABELS]), None).is_ok());
		assert!(submit(1, 10, Some(vec![0; MAX_LABELS + 1]), None).is_err());
		assert!(report(1, 10, [0; 32], vec![0; MAX_ELEMENTS]).is_ok());
		assert!(report(1, 10, [0; 32], vec![0; MAX_ELEMENTS + 1]).is_err());
	}
}
