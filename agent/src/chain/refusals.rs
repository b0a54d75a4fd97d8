//! Which command sends each call of the protocol, and what to do when the chain refuses one.
//!
//! What an error means is said by the chain's own metadata, so that it is right also after an upgrade;
//! the next step is here. `scripts/e2e/agent.test.mjs` compares the tables with the metadata.

use std::fmt::{self, Display};
use subxt::{
	error::{DispatchError, ModuleError},
	metadata::Metadata,
};

/// The pallets of the protocol.
pub const PALLETS: &[&str] = &[
	"Topics",
	"Clock",
	"Inference",
	"Reputer",
	"Aggregation",
	"Emissions",
	"Consumer",
	"Delegates",
];

/// How a call is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
	/// By this command.
	Command(&'static str),
	/// By no command, for this reason.
	None(&'static str),
}

/// Commands of a table.
const RUN: Way = Way::Command("allora-agent run");
const REPORT_LOSSES: Way = Way::Command(LOSSES);
const GOVERNANCE: Way = Way::None("the call of a governance origin: see docs/governance.md");

/// How each call of the protocol is sent.
pub const CALLS: &[(&str, &str, Way)] = &[
	("Topics", "create", Way::Command("allora-agent topic create --file topic.toml")),
	("Topics", "fund", Way::Command("allora-agent topic fund TOPIC --amount ALLO")),
	("Topics", "register", Way::Command("allora-agent register --topic TOPIC --role worker")),
	("Topics", "leave", Way::Command("allora-agent leave --topic TOPIC --role worker")),
	("Topics", "retire", Way::Command("allora-agent topic retire TOPIC")),
	("Topics", "update", Way::Command("allora-agent topic update TOPIC --file changes.toml")),
	("Topics", "offer", Way::Command("allora-agent topic offer TOPIC --to ACCOUNT")),
	("Topics", "accept", Way::Command("allora-agent topic accept TOPIC")),
	(
		"Topics",
		"set_owner",
		Way::Command(
			"allora-agent set-owner --topic TOPIC --role worker --account ACCOUNT --owner OWNER",
		),
	),
	("Topics", "set_allow_list", Way::Command("allora-agent topic restrict TOPIC --role worker")),
	("Topics", "allow", Way::Command("allora-agent topic allow TOPIC --role worker ACCOUNT")),
	("Topics", "disallow", Way::Command("allora-agent topic disallow TOPIC --role worker ACCOUNT")),
	("Topics", "set_subsidy", GOVERNANCE),
	(
		"Topics",
		"withdraw_announcements",
		Way::Command("allora-agent topic withdraw-announcements TOPIC"),
	),
	("Clock", "activate", Way::Command("allora-agent topic activate TOPIC")),
	("Clock", "prune", Way::Command("allora-agent topic prune TOPIC")),
	("Clock", "force_inactivate", GOVERNANCE),
	("Clock", "lift", GOVERNANCE),
	("Inference", "submit", RUN),
	("Inference", "commit", RUN),
	("Inference", "reveal", RUN),
	("Reputer", "stake", Way::Command("allora-agent stake --topic TOPIC --amount ALLO")),
	("Reputer", "unstake", Way::Command("allora-agent unstake --topic TOPIC --amount ALLO")),
	("Reputer", "cancel_unstake", Way::Command("allora-agent unstake --topic TOPIC --cancel ID")),
	("Reputer", "withdraw", Way::Command("allora-agent withdraw --topic TOPIC")),
	("Reputer", "report", RUN),
	("Reputer", "abstain", RUN),
	("Reputer", "report_losses", REPORT_LOSSES),
	(
		"Reputer",
		"delegate",
		Way::Command("allora-agent delegate --topic TOPIC --reputer ACCOUNT --amount ALLO"),
	),
	(
		"Reputer",
		"undelegate",
		Way::Command("allora-agent undelegate --topic TOPIC --reputer ACCOUNT --amount ALLO"),
	),
	(
		"Reputer",
		"cancel_undelegate",
		Way::Command("allora-agent undelegate --topic TOPIC --reputer ACCOUNT --cancel ID"),
	),
	(
		"Reputer",
		"withdraw_for",
		Way::Command("allora-agent withdraw --topic TOPIC --reputer ACCOUNT"),
	),
	(
		"Reputer",
		"set_commission",
		Way::Command("allora-agent commission --topic TOPIC --percent 10"),
	),
	("Reputer", "claim", Way::Command("allora-agent claim")),
	("Reputer", "compound", Way::Command("allora-agent claim --compound")),
	("Emissions", "collect", Way::Command("allora-agent claim")),
	("Emissions", "start", GOVERNANCE),
	("Consumer", "buy", Way::Command("allora-agent buy --topic TOPIC")),
	("Consumer", "discard", Way::Command("allora-agent discard NUMBER")),
	("Consumer", "set_minimum", Way::Command("allora-agent topic price TOPIC --minimum ALLO")),
	(
		"Consumer",
		"subscribe",
		Way::Command("allora-agent subscribe --topic TOPIC --per-epoch ALLO --epochs NUMBER"),
	),
	("Consumer", "cancel", Way::Command("allora-agent unsubscribe --topic TOPIC")),
	("Consumer", "request", Way::Command("allora-agent request --topic TOPIC")),
	("Consumer", "cancel_request", Way::Command("allora-agent request --topic TOPIC --cancel")),
	("Delegates", "submit_for", Way::None("for proxies: the agent signs by the account itself")),
];

/// Commands that are the next step after several errors.
const CHECK: &str = "allora-agent run --check";
const CREATE: &str = "allora-agent topic create --file topic.toml --dry-run";
const DOCTOR: &str = "allora-agent doctor";
const EXPLAIN: &str = "allora-agent explain --topic TOPIC --account ACCOUNT";
const FUND: &str = "allora-agent topic fund TOPIC --amount ALLO";
const LIST: &str = "allora-agent topic list";
const LOSSES: &str = "allora-agent report-losses --topic TOPIC --file losses.csv";
const SHOW: &str = "allora-agent topic show TOPIC";

/// What to type after each error of the protocol.
pub const NEXT: &[(&str, &[&str], &str)] = &[
	("Topics", &["TopicNotFound", "TopicRetired", "NoCapacity"], LIST),
	(
		"Topics",
		&[
			"NotCreator",
			"NotOffered",
			"NothingChanged",
			"TooManyUpdates",
			"NotAllowed",
			"Arithmetic",
			"NoticeNotOver",
			"NothingAnnounced",
		],
		SHOW,
	),
	("Topics", &["RentTooHigh", "ZeroAmount"], FUND),
	("Topics", &["ListFull"], "allora-agent topic disallow TOPIC --role worker ACCOUNT"),
	("Topics", &["TooManyAccounts"], "allora-agent topic allow TOPIC --role worker ACCOUNT"),
	("Topics", &["NotOwner", "NotRegistered"], "allora-agent register --topic TOPIC --role worker"),
	("Topics", &["AlreadyRegistered"], DOCTOR),
	("Topics", &["LossMethodClass"], "allora-agent topic template price"),
	(
		"Topics",
		&[
			"InvalidMetadata",
			"InvalidLossMethod",
			"InvalidLossFloor",
			"InvalidGroundTruth",
			"InvalidLabels",
			"InvalidUnityTolerance",
			"InvalidLabelDefault",
			"EpochTooShort",
			"EpochTooLong",
			"InvalidPhase",
			"InvalidWorkerWindow",
			"InvalidRevealWindow",
			"InvalidGroundTruthLag",
			"InvalidPNorm",
			"InvalidCNorm",
			"InvalidAlphaRegret",
			"InvalidMeritSortitionAlpha",
			"InvalidEpsilon",
			"InvalidQuantile",
			"InvalidActiveSetSize",
			"InvalidMinReputers",
			"InvalidMinStake",
			"InvalidHistory",
		],
		CREATE,
	),
	("Clock", &["TopicNotFound", "TopicRetired", "NoCapacity"], LIST),
	("Clock", &["AlreadyActive", "Barred", "NotBarred", "NotLapsed", "NothingToPrune"], SHOW),
	("Clock", &["WeightTooLow", "RentTooHigh"], FUND),
	("Inference", &["TopicNotFound"], LIST),
	(
		"Inference",
		&[
			"WindowNotOpen",
			"WindowClosed",
			"EpochVoid",
			"NotAllowed",
			"ForecastsNotTaken",
			"CommitFirst",
			"NoRevealWindow",
			"RevealNotOpen",
			"RevealClosed",
		],
		SHOW,
	),
	("Inference", &["NotRegistered"], "allora-agent register --topic TOPIC --role worker"),
	("Inference", &["WrongHash", "WrongRoles"], DOCTOR),
	("Inference", &["AlreadySubmitted", "NoSeat", "AlreadyRevealed"], EXPLAIN),
	(
		"Inference",
		&[
			"NothingSubmitted",
			"TooManyValues",
			"NoValueGiven",
			"NotUnity",
			"NotProbability",
			"NotPositive",
			"QuantilesDecrease",
			"InferenceOutOfRange",
			"ForecastEmpty",
			"ForecastTooLong",
			"DuplicateInferer",
			"ForecastOutOfRange",
		],
		CHECK,
	),
	("Reputer", &["TopicNotFound", "TopicRetired"], LIST),
	("Reputer", &["NotRegistered"], "allora-agent register --topic TOPIC --role reputer"),
	(
		"Reputer",
		&[
			"NotAllowed",
			"TooManyUnsettled",
			"EpochNotFound",
			"WindowNotOpen",
			"WindowClosed",
			"EpochNotReporting",
			"TruthExpected",
		],
		SHOW,
	),
	("Reputer", &["WrongBundle", "LossesExpected", "LossOutOfRange"], LOSSES),
	(
		"Reputer",
		&["ZeroAmount", "SelfDelegation"],
		"allora-agent stake --topic TOPIC --amount ALLO",
	),
	("Reputer", &["StakeTooLow"], "allora-agent stake --topic TOPIC --amount ALLO"),
	(
		"Reputer",
		&["StakeExceeded", "RemovalNotFound", "NothingDue", "DelegationNotFound", "NothingToClaim"],
		"allora-agent account ACCOUNT",
	),
	("Reputer", &["TooManyRemovals"], "allora-agent withdraw --topic TOPIC"),
	(
		"Reputer",
		&["DelegationTooLow"],
		"allora-agent delegate --topic TOPIC --reputer ACCOUNT --amount ALLO",
	),
	("Reputer", &["CommissionTooHigh"], "allora-agent commission --topic TOPIC --percent 10"),
	(
		"Reputer",
		&[
			"WrongLength",
			"TruthOutOfRange",
			"NotUnity",
			"NotProbability",
			"NegativeCount",
			"TruthsDiffer",
		],
		CHECK,
	),
	("Reputer", &["AlreadyReported", "AlreadyAbstained"], EXPLAIN),
	("Emissions", &["NothingDue"], "allora-agent account ACCOUNT"),
	("Emissions", &["AlreadyStarted"], LIST),
	("Consumer", &["NoInference", "InferencePruned", "NotCreator", "Arithmetic"], SHOW),
	("Consumer", &["InferenceTooOld"], "allora-agent buy --topic TOPIC --max-age SLOTS"),
	("Consumer", &["PaymentBelowMinimum"], "allora-agent buy --topic TOPIC --dry-run"),
	("Consumer", &["TooManyReceipts"], "allora-agent discard NUMBER"),
	(
		"Consumer",
		&["ReceiptNotFound", "InsufficientBalance", "NotSubscribed"],
		"allora-agent account ACCOUNT",
	),
	(
		"Consumer",
		&["ZeroEpochs", "Outbid"],
		"allora-agent subscribe --topic TOPIC --per-epoch ALLO --epochs NUMBER --dry-run",
	),
	(
		"Consumer",
		&["AlreadySubscribed", "TooManySubscriptions"],
		"allora-agent unsubscribe --topic TOPIC",
	),
	("Consumer", &["NotOnDemand"], "allora-agent buy --topic TOPIC"),
	("Consumer", &["WeightTooLow"], "allora-agent topic fund TOPIC --amount ALLO"),
	("Consumer", &["Barred", "NotRequested", "RequestBound", "TooManyRequests"], SHOW),
	(
		"Consumer",
		&["WaitOutOfRange", "PaymentBelowRent"],
		"allora-agent request --topic TOPIC --dry-run",
	),
	("Consumer", &["AlreadyRequested"], "allora-agent request --topic TOPIC --cancel"),
	("Clock", &["OnDemand"], "allora-agent request --topic TOPIC"),
	("Clock", &["NotOnDemand"], "allora-agent topic activate TOPIC"),
	("Delegates", &["NotASubmission", "Unannounced"], RUN_WITH_A_KEY),
];

/// The agent needs no proxy.
const RUN_WITH_A_KEY: &str = "allora-agent init --topic TOPIC";

/// What to type after an error, `None` if it is not one of the protocol.
pub fn next_step(pallet: &str, error: &str) -> Option<&'static str> {
	let found = NEXT.iter().find(|(of, errors, _)| *of == pallet && errors.contains(&error));
	found.map(|(.., command)| *command)
}

/// The explanation that the metadata of a chain has for an error.
pub fn explanation(metadata: &Metadata, pallet: &str, error: &str) -> Option<String> {
	let errors = metadata.pallet_by_name(pallet)?.error_variants()?;
	let variant = errors.iter().find(|variant| variant.name == error)?;
	Some(in_one_line(&variant.docs)).filter(|text| !text.is_empty())
}

/// The lines of a documentation as one.
pub fn in_one_line(docs: &[String]) -> String {
	docs.iter().map(|line| line.trim()).collect::<Vec<_>>().join(" ").trim().replace('`', "")
}

/// An error with which the chain has refused a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
	/// The pallet and the name of the error.
	pub name: String,
	/// What it means, in one sentence; empty if the metadata does not say.
	pub explanation: String,
	/// What to type, `None` if the error is not one of the protocol.
	pub next: Option<&'static str>,
}

impl Refusal {
	/// The refusal that an error of a pallet is.
	fn of(error: &ModuleError) -> Option<Self> {
		let details = error.details().ok()?;
		let (pallet, name) = (details.pallet.name(), &details.variant.name);
		Some(Self {
			name: format!("{pallet}.{name}"),
			explanation: in_one_line(&details.variant.docs),
			next: next_step(pallet, name),
		})
	}
}

impl Display for Refusal {
	fn fmt(&self, to: &mut fmt::Formatter) -> fmt::Result {
		let text = self.explanation.trim_end_matches('.');
		let separator = if text.is_empty() { "" } else { ": " };
		write!(to, "refused, {}{separator}{text}", self.name)?;
		self.next.map_or(Ok(()), |command| write!(to, ": `{command}`"))
	}
}

impl std::error::Error for Refusal {}

/// The error with which the chain refused a call, with its explanation.
pub fn explained(error: DispatchError) -> anyhow::Error {
	match &error {
		DispatchError::Module(module) => {
			Refusal::of(module).map_or_else(|| error.into(), anyhow::Error::new)
		}
		_ => error.into(),
	}
}

/// Whether the chain refused a call: to send it again is of no use.
pub fn is_refusal(error: &anyhow::Error) -> bool {
	error.downcast_ref::<Refusal>().is_some() || error.downcast_ref::<DispatchError>().is_some()
}

#[cfg(test)]
mod tests {
	use super::*;
	use std::collections::BTreeSet;

	#[test]
	fn refusal_is_a_sentence_and_what_to_type() {
		let mut refusal = Refusal {
			name: "Reputer.NothingDue".into(),
			explanation: "No removal is due yet.".into(),
			next: next_step("Reputer", "NothingDue"),
		};
		assert_eq!(
			refusal.to_string(),
			"refused, Reputer.NothingDue: No removal is due yet: `allora-agent account ACCOUNT`"
		);
		refusal.next = next_step("Balances", "Other");
		refusal.explanation.clear();
		assert_eq!(refusal.to_string(), "refused, Reputer.NothingDue");
	}

	#[test]
	fn each_call_and_each_error_is_listed_once() {
		let calls: BTreeSet<_> = CALLS.iter().map(|(pallet, call, _)| (pallet, call)).collect();
		assert_eq!(calls.len(), CALLS.len());
		let listed = || NEXT.iter().flat_map(|(of, errors, _)| errors.iter().map(move |e| (of, e)));
		assert_eq!(listed().collect::<BTreeSet<_>>().len(), listed().count());
		assert!(CALLS.iter().all(|(pallet, ..)| PALLETS.contains(pallet)));
	}
}
