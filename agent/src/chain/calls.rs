//! The calls that the agent makes.

use super::types::*;
use subxt::{
	dynamic::{self, Value},
	tx::DynamicPayload,
};

/// Creates a topic.
pub fn create(parameters: TopicParameters) -> DynamicPayload<(TopicParameters,)> {
	dynamic::tx("Topics", "create", (parameters,))
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
	dynamic::tx("Topics", "activate", (topic,))
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

/// Submits an inference, a forecast or both.
pub fn submit(
	topic: TopicId,
	epoch: EpochId,
	inference: Option<Inference>,
	forecast: Option<Forecast>,
) -> DynamicPayload<Submission> {
	// On the chain a value may be left out; the agent gives them all.
	let inference = inference.map(|values| values.into_iter().map(Some).collect());
	dynamic::tx("Inference", "submit", (topic, epoch, inference, forecast))
}

/// Stakes as a reputer.
pub fn stake(topic: TopicId, amount: u128) -> DynamicPayload<(TopicId, u128)> {
	dynamic::tx("Reputer", "stake", (topic, amount))
}

/// Reports losses of a bundle.
pub fn report(
	topic: TopicId,
	epoch: EpochId,
	bundle: [u8; 32],
	losses: Vec<i128>,
) -> DynamicPayload<Report> {
	dynamic::tx("Reputer", "report", (topic, epoch, bundle, losses))
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
