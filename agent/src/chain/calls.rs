//! The calls that the agent sends.
//!
//! What the chain would refuse for its length, and numbers that it cannot represent, are refused
//! here, before a transaction is signed: for an argument that is far too long a node reports only
//! that the transaction is invalid, and a number that is not finite has no encoding at all.

use super::{to_fixed, types::*};
use anyhow::{ensure, Context, Result};
use serde::{Deserialize, Serialize};
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

/// An error that names the argument unless its length is at most `maximum`.
fn ensure_length(of: &str, length: usize, maximum: usize) -> Result<()> {
	ensure!(length <= maximum, "{of} is too long: {length}, and the chain accepts {maximum}");
	Ok(())
}

/// The numbers as the chain has them; an error that names the argument if the chain cannot
/// represent one of them.
fn fixed(of: &str, values: &[f64]) -> Result<Vec<i128>> {
	let fixed: Result<_> = values.iter().copied().map(to_fixed).collect();
	fixed.with_context(|| of.to_owned())
}

/// Creates a topic; an error if a text or the labels are too long.
pub fn create(parameters: TopicParameters) -> Result<DynamicPayload<(TopicParameters,)>> {
	ensure_length("metadata", parameters.metadata.len(), MAX_TEXT)?;
	ensure_length("ground_truth", parameters.ground_truth.len(), MAX_TEXT)?;
	ensure_length("labels", parameters.labels.len(), MAX_LABELS)?;
	for label in &parameters.labels {
		ensure_length("a label", label.len(), MAX_LABEL)?;
	}
	Ok(dynamic::tx("Topics", "create", (parameters,)))
}

/// Changes parameters of a topic; an error if a text is too long.
pub fn update(
	topic: TopicId,
	changes: TopicUpdate,
) -> Result<DynamicPayload<(TopicId, TopicUpdate)>> {
	for (name, text) in [("metadata", &changes.metadata), ("ground_truth", &changes.ground_truth)] {
		ensure_length(name, text.as_ref().map_or(0, Vec::len), MAX_TEXT)?;
	}
	Ok(dynamic::tx("Topics", "update", (topic, changes)))
}

/// Funds a topic with an amount in planck.
pub fn fund(topic: TopicId, amount: u128) -> DynamicPayload<(TopicId, u128)> {
	dynamic::tx("Topics", "fund", (topic, amount))
}

/// Subscribes to a topic's next network inferences, at a price per epoch in planck.
pub fn subscribe(
	topic: TopicId,
	per_epoch: u128,
	epochs: u32,
) -> DynamicPayload<(TopicId, u128, u32)> {
	dynamic::tx("Consumer", "subscribe", (topic, per_epoch, epochs))
}

/// Delegates an amount in planck to a reputer of a topic.
pub fn delegate(
	topic: TopicId,
	reputer: AccountId,
	amount: u128,
) -> DynamicPayload<(TopicId, AccountId, u128)> {
	dynamic::tx("Reputer", "delegate", (topic, reputer, amount))
}

/// Pays the signer what its delegation to a reputer of a topic has earned.
pub fn claim(topic: TopicId, reputer: AccountId) -> DynamicPayload<(TopicId, AccountId)> {
	dynamic::tx("Reputer", "claim", (topic, reputer))
}

/// The arguments of [`register`]; the last is the account to pay, `None` for the signer itself.
type Registering = (TopicId, Registration, Option<AccountId>);

/// Registers the signer in a topic; its rewards are paid to `owner`, by default to itself.
pub fn register(
	topic: TopicId,
	registration: Registration,
	owner: Option<AccountId>,
) -> DynamicPayload<Registering> {
	dynamic::tx("Topics", "register", (topic, registration, owner))
}

/// Leaves a topic.
pub fn leave(
	topic: TopicId,
	registration: Registration,
) -> DynamicPayload<(TopicId, Registration)> {
	dynamic::tx("Topics", "leave", (topic, registration))
}

/// Changes the owner of an account's registration.
pub fn set_owner(
	topic: TopicId,
	registration: Registration,
	who: AccountId,
	owner: AccountId,
) -> DynamicPayload<(TopicId, Registration, AccountId, AccountId)> {
	dynamic::tx("Topics", "set_owner", (topic, registration, who, owner))
}

/// Offers a topic to an account; `None` takes the offer back.
pub fn offer(
	topic: TopicId,
	to: Option<AccountId>,
) -> DynamicPayload<(TopicId, Option<AccountId>)> {
	dynamic::tx("Topics", "offer", (topic, to))
}

/// Accepts an offered topic.
pub fn accept(topic: TopicId) -> DynamicPayload<(TopicId,)> {
	dynamic::tx("Topics", "accept", (topic,))
}

/// Takes back what the creator of a topic has announced.
pub fn withdraw_announcements(topic: TopicId) -> DynamicPayload<(TopicId,)> {
	dynamic::tx("Topics", "withdraw_announcements", (topic,))
}

/// Enables or disables an allow-list of a topic.
pub fn set_allow_list(
	topic: TopicId,
	registration: Registration,
	enabled: bool,
) -> DynamicPayload<(TopicId, Registration, bool)> {
	dynamic::tx("Topics", "set_allow_list", (topic, registration, enabled))
}

/// The arguments of [`allow`] and [`disallow`].
type Listing = (TopicId, Registration, Vec<AccountId>);

/// Puts accounts on an allow-list of a topic.
pub fn allow(
	topic: TopicId,
	registration: Registration,
	accounts: Vec<AccountId>,
) -> DynamicPayload<Listing> {
	dynamic::tx("Topics", "allow", (topic, registration, accounts))
}

/// Removes accounts from an allow-list of a topic.
pub fn disallow(
	topic: TopicId,
	registration: Registration,
	accounts: Vec<AccountId>,
) -> DynamicPayload<Listing> {
	dynamic::tx("Topics", "disallow", (topic, registration, accounts))
}

/// Sets the minimum price of a topic's inferences, in planck.
pub fn set_minimum(topic: TopicId, minimum: u128) -> DynamicPayload<(TopicId, u128)> {
	dynamic::tx("Consumer", "set_minimum", (topic, minimum))
}

/// Buys the newest inference of a topic for a payment in planck, if it is at most `max_age` slots
/// old; `keep` keeps the receipt.
pub fn buy(
	topic: TopicId,
	payment: u128,
	max_age: u32,
	keep: bool,
) -> DynamicPayload<(TopicId, u128, u32, bool)> {
	dynamic::tx("Consumer", "buy", (topic, payment, max_age, keep))
}

/// Discards a receipt.
pub fn discard(number: u64) -> DynamicPayload<(u64,)> {
	dynamic::tx("Consumer", "discard", (number,))
}

/// Ends a subscription.
pub fn unsubscribe(topic: TopicId) -> DynamicPayload<(TopicId,)> {
	dynamic::tx("Consumer", "cancel", (topic,))
}

/// Requests an inference of a topic on demand for a payment in planck, and waits for this number of
/// slots until an epoch is ordered.
pub fn request(
	topic: TopicId,
	payment: u128,
	max_wait: u32,
) -> DynamicPayload<(TopicId, u128, u32)> {
	dynamic::tx("Consumer", "request", (topic, payment, max_wait))
}

/// Cancels the request to a topic.
pub fn cancel_request(topic: TopicId) -> DynamicPayload<(TopicId,)> {
	dynamic::tx("Consumer", "cancel_request", (topic,))
}

/// Votes in a referendum with a balance in planck and a conviction of 0 to 6.
pub fn vote(
	referendum: u32,
	aye: bool,
	conviction: u8,
	balance: u128,
) -> DynamicPayload<Vec<Value>> {
	// The conviction, and the side in the highest bit.
	let byte = conviction | if aye { 0x80 } else { 0 };
	let vote = Value::unnamed_composite([Value::u128(byte.into())]);
	let fields = [("vote", vote), ("balance", Value::u128(balance))];
	let vote = Value::named_variant("Standard", fields);
	dynamic::tx("ConvictionVoting", "vote", vec![Value::u128(referendum.into()), vote])
}

/// Activates a topic.
pub fn activate(topic: TopicId) -> DynamicPayload<(TopicId,)> {
	dynamic::tx("Clock", "activate", (topic,))
}

/// Removes the old epochs of a topic that lapsed long ago from the record.
pub fn prune(topic: TopicId) -> DynamicPayload<(TopicId,)> {
	dynamic::tx("Clock", "prune", (topic,))
}

/// Retires a topic.
pub fn retire(topic: TopicId) -> DynamicPayload<(TopicId,)> {
	dynamic::tx("Topics", "retire", (topic,))
}

/// An inference as the chain has it: one value per label; a value may be omitted.
pub type Inference = Vec<Option<i128>>;
/// A forecast as the chain has it: the losses expected of inferers.
pub type Forecast = Vec<(AccountId, i128)>;

/// The arguments of [`submit`]: topic, epoch, inference and forecast.
type Submission = (TopicId, EpochId, Option<Inference>, Option<Forecast>);
/// The arguments of [`commit`]: topic, epoch, hash of the payload and roles.
type Commitment = (TopicId, EpochId, [u8; 32], WorkerRoles);
/// The arguments of [`reveal`]: topic, epoch, inference, forecast and salt.
type Reveal = (TopicId, EpochId, Option<Inference>, Option<Forecast>, [u8; 32]);
/// The arguments of [`report`]: topic, epoch and truth.
type Report = (TopicId, EpochId, Vec<i128>);

/// What a worker sends for an epoch: an inference, a forecast, or both.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkerPayload {
	/// The inference.
	pub inference: Option<Inference>,
	/// The forecast.
	pub forecast: Option<Forecast>,
}

impl WorkerPayload {
	/// An inference, one value per label; an error if it has too many values or one that the chain
	/// cannot represent.
	pub fn inference(values: &[f64]) -> Result<Self> {
		ensure_length("the inference", values.len(), MAX_LABELS)?;
		// The chain lets a value be omitted; the agent sends all of them.
		let inference = fixed("the inference", values)?.into_iter().map(Some).collect();
		Ok(Self { inference: Some(inference), forecast: None })
	}

	/// A forecast, the loss expected of each of `inferers`; an error if there are too many of them
	/// or a loss that the chain cannot represent.
	pub fn forecast(inferers: &[AccountId], losses: &[f64]) -> Result<Self> {
		ensure!(inferers.len() == losses.len(), "the forecast needs one loss for each inferer");
		ensure_length("the forecast", losses.len(), MAX_FORECAST_ELEMENTS)?;
		let losses = fixed("the forecast", losses)?;
		let forecast = inferers.iter().copied().zip(losses).collect();
		Ok(Self { inference: None, forecast: Some(forecast) })
	}

	/// The roles that it is for, `None` if it is empty.
	pub fn roles(&self) -> Option<WorkerRoles> {
		match (&self.inference, &self.forecast) {
			(Some(_), Some(_)) => Some(WorkerRoles::Both),
			(Some(_), None) => Some(WorkerRoles::Inferer),
			(None, Some(_)) => Some(WorkerRoles::Forecaster),
			(None, None) => None,
		}
	}
}

/// Submits a payload openly.
pub fn submit(
	topic: TopicId,
	epoch: EpochId,
	WorkerPayload { inference, forecast }: WorkerPayload,
) -> DynamicPayload<Submission> {
	dynamic::tx("Inference", "submit", (topic, epoch, inference, forecast))
}

/// Commits to a payload for these roles by its hash.
pub fn commit(
	topic: TopicId,
	epoch: EpochId,
	hash: [u8; 32],
	roles: WorkerRoles,
) -> DynamicPayload<Commitment> {
	dynamic::tx("Inference", "commit", (topic, epoch, hash, roles))
}

/// Reveals a payload with the salt of its commitment.
pub fn reveal(
	topic: TopicId,
	epoch: EpochId,
	WorkerPayload { inference, forecast }: WorkerPayload,
	salt: [u8; 32],
) -> DynamicPayload<Reveal> {
	dynamic::tx("Inference", "reveal", (topic, epoch, inference, forecast, salt))
}

/// Stakes an amount in planck as a reputer.
pub fn stake(topic: TopicId, amount: u128) -> DynamicPayload<(TopicId, u128)> {
	dynamic::tx("Reputer", "stake", (topic, amount))
}

/// Removes an amount in planck from the signer's stake.
pub fn unstake(topic: TopicId, amount: u128) -> DynamicPayload<(TopicId, u128)> {
	dynamic::tx("Reputer", "unstake", (topic, amount))
}

/// Cancels a removal of stake.
pub fn cancel_unstake(topic: TopicId, removal: u64) -> DynamicPayload<(TopicId, u64)> {
	dynamic::tx("Reputer", "cancel_unstake", (topic, removal))
}

/// Takes out the stake whose removal is due.
pub fn withdraw(topic: TopicId) -> DynamicPayload<(TopicId,)> {
	dynamic::tx("Reputer", "withdraw", (topic,))
}

/// Removes an amount in planck from a delegation.
pub fn undelegate(
	topic: TopicId,
	reputer: AccountId,
	amount: u128,
) -> DynamicPayload<(TopicId, AccountId, u128)> {
	dynamic::tx("Reputer", "undelegate", (topic, reputer, amount))
}

/// Cancels a removal of a delegation.
pub fn cancel_undelegate(
	topic: TopicId,
	reputer: AccountId,
	removal: u64,
) -> DynamicPayload<(TopicId, AccountId, u64)> {
	dynamic::tx("Reputer", "cancel_undelegate", (topic, reputer, removal))
}

/// Takes out an account's delegation to a reputer as far as its removal is due.
pub fn withdraw_for(
	topic: TopicId,
	reputer: AccountId,
	account: AccountId,
) -> DynamicPayload<(TopicId, AccountId, AccountId)> {
	dynamic::tx("Reputer", "withdraw_for", (topic, reputer, account))
}

/// Sets the signer's commission, in 1e-9.
pub fn set_commission(topic: TopicId, commission: u32) -> DynamicPayload<(TopicId, u32)> {
	dynamic::tx("Reputer", "set_commission", (topic, commission))
}

/// Reports the truth, one value per label; an error if it has too many values or one that the chain
/// cannot represent.
pub fn report(topic: TopicId, epoch: EpochId, truth: &[f64]) -> Result<DynamicPayload<Report>> {
	ensure_length("the truth", truth.len(), MAX_LABELS)?;
	Ok(report_fixed(topic, epoch, fixed("the truth", truth)?))
}

/// Reports the truth, one value per label, in the chain's numbers.
pub fn report_fixed(topic: TopicId, epoch: EpochId, truth: Vec<i128>) -> DynamicPayload<Report> {
	dynamic::tx("Reputer", "report", (topic, epoch, truth))
}

/// The arguments of [`report_losses`]: topic, epoch, hash of the bundle and losses.
type LossReport = (TopicId, EpochId, [u8; 32], Vec<i128>);

/// Reports the losses of the elements of an epoch's bundle, as log10, in the chain's numbers.
pub fn report_losses(
	topic: TopicId,
	epoch: EpochId,
	bundle_hash: [u8; 32],
	losses: Vec<i128>,
) -> DynamicPayload<LossReport> {
	dynamic::tx("Reputer", "report_losses", (topic, epoch, bundle_hash, losses))
}

/// Declares that the signer does not report on an epoch.
pub fn abstain(topic: TopicId, epoch: EpochId) -> DynamicPayload<(TopicId, EpochId)> {
	dynamic::tx("Reputer", "abstain", (topic, epoch))
}

/// Transfers amounts in planck to many accounts, all or none.
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

/// Something owed to an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claim {
	/// What a topic owes an account: to be paid out.
	Earnings(TopicId, AccountId),
	/// What the signer's delegation to a reputer of a topic has earned: to be paid out.
	Rewards(TopicId, AccountId),
	/// The same: to be added to the delegation.
	Compound(TopicId, AccountId),
}

/// Claims what is owed; a debt that has been paid meanwhile is passed over.
pub fn claims(of: &[Claim]) -> DynamicPayload<Vec<Value>> {
	let call = |claim: &Claim| {
		let (pallet, call, topic, who) = match claim {
			Claim::Earnings(topic, who) => ("Emissions", "collect", topic, who),
			Claim::Rewards(topic, reputer) => ("Reputer", "claim", topic, reputer),
			Claim::Compound(topic, reputer) => ("Reputer", "compound", topic, reputer),
		};
		let fields = [Value::u128((*topic).into()), Value::from_bytes(who)];
		Value::unnamed_variant(pallet, [Value::unnamed_variant(call, fields)])
	};
	let calls = Value::unnamed_composite(of.iter().map(call));
	dynamic::tx("Utility", "force_batch", vec![calls])
}

/// Pays out what topics owe to these accounts; a debt that has been paid meanwhile is passed over.
pub fn collect(of: &[(TopicId, AccountId)]) -> DynamicPayload<Vec<Value>> {
	let claim = |(topic, who): &(TopicId, AccountId)| Claim::Earnings(*topic, *who);
	claims(&of.iter().map(claim).collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn arguments_that_are_too_long_are_refused() {
		let forecast = |n: usize| WorkerPayload::forecast(&vec![[0; 32]; n], &vec![0.0; n]);
		assert!(forecast(MAX_FORECAST_ELEMENTS).is_ok());
		let refused = forecast(MAX_FORECAST_ELEMENTS + 1).unwrap_err();
		assert_eq!(refused.to_string(), "the forecast is too long: 33, and the chain accepts 32");
		assert!(WorkerPayload::inference(&[0.0; MAX_LABELS]).is_ok());
		assert!(WorkerPayload::inference(&[0.0; MAX_LABELS + 1]).is_err());
		assert!(report(1, 10, &[0.0; MAX_LABELS]).is_ok());
		assert!(report(1, 10, &[0.0; MAX_LABELS + 1]).is_err());
	}

	#[test]
	fn numbers_that_the_chain_cannot_represent_are_refused() {
		for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e300] {
			for (name, error) in [
				("the inference", WorkerPayload::inference(&[0.5, bad]).err()),
				("the forecast", WorkerPayload::forecast(&[[1; 32], [2; 32]], &[bad, 0.5]).err()),
				("the truth", report(1, 10, &[0.5, 0.5, bad]).err()),
			] {
				let error = format!("{:#}", error.unwrap());
				assert!(error.starts_with(&format!("{name}: ")), "{error}");
			}
		}
	}
}
