//! The statistics of a simulation: results of calls, ends of epochs, and events.

use allora_primitives::EpochState;
use allora_runtime::{AllPalletsWithSystem, RuntimeCall, RuntimeEvent, SafeMode};
use frame_support::traits::{GetCallMetadata, PalletsInfoAccess};
use sp_runtime::{
	transaction_validity::TransactionValidityError, ApplyExtrinsicResult, DispatchError,
};
use std::{
	collections::{BTreeMap, BTreeSet},
	fmt::{self, Write},
	ops::RangeInclusive,
	sync::LazyLock,
};

/// The indices of the pallets of the protocol in the runtime.
const OF_PROTOCOL: RangeInclusive<usize> = 30..=37;
/// A call of the protocol that must be tried, but need succeed in a long simulation only: all that
/// changes what an activation needs tries one, so that the call succeeds only when capacity became
/// free since, or cheaper; about once in 1 000 blocks.
const RARE: (&str, &str) = ("Clock", "activate");
/// The number of blocks from which on a simulation is long.
const LONG: u32 = 5_000;
/// The calls of other pallets that must succeed.
const CALLS: [(&str, &str); 29] = [
	("Babe", "report_equivocation"),
	("Babe", "report_equivocation_unsigned"),
	("ConvictionVoting", "remove_vote"),
	("ConvictionVoting", "unlock"),
	("ConvictionVoting", "vote"),
	("Grandpa", "report_equivocation"),
	("Grandpa", "report_equivocation_unsigned"),
	("NominationPools", "apply_slash"),
	("NominationPools", "bond_extra"),
	("NominationPools", "claim_payout"),
	("NominationPools", "create"),
	("NominationPools", "join"),
	("NominationPools", "nominate"),
	("NominationPools", "unbond"),
	("NominationPools", "withdraw_unbonded"),
	("Preimage", "note_preimage"),
	("Referenda", "place_decision_deposit"),
	("Referenda", "refund_decision_deposit"),
	("Referenda", "submit"),
	("SafeMode", "force_enter"),
	("SafeMode", "force_exit"),
	("SafeMode", "force_extend"),
	("Staking", "manual_slash"),
	("Staking", "payout_stakers"),
	("TechnicalCommittee", "close"),
	("TechnicalCommittee", "propose"),
	("TechnicalCommittee", "vote"),
	("TxPause", "pause"),
	("TxPause", "unpause"),
];
/// The ends of epochs that a simulation must reach. The others, a computation out of its range and
/// a settlement without scores, are failures that no accepted input may cause.
const ENDS: [&str; 4] = ["Settled", "Void(NoInference)", "Void(NoReport)", "Void(TooFewReputers)"];

/// What must have been done, and how epochs must have ended, while the chain was in the safe mode.
const IN_SAFE_MODE: [&str; 10] = [
	"ConvictionVoting.vote",
	"Emissions.collect",
	"Referenda.submit",
	"Reputer.undelegate",
	"Reputer.unstake",
	"Reputer.withdraw_for",
	"Settled",
	"Staking.unbond",
	"TechnicalCommittee.close",
	"Void(NoInference)",
];

/// Whose stake must have been slashed.
const SLASHED: [&str; 4] =
	["a nominator", "a pool", "a validator", "an account with stake in a topic"];

/// The events that must occur besides.
const EVENTS: [&str; 21] = [
	"Aggregation.OutliersLeftOut",
	"Clock.ActivationDeferred",
	"Clock.EpochPruned",
	"Clock.EpochsSkipped",
	"Clock.TopicActivated",
	"Clock.TopicForgotten",
	"Clock.TopicInactivated",
	"Inference.Displaced",
	"Consumer.OpeningOrdered",
	"Consumer.RequestEnded",
	"Consumer.SubscriptionEnded",
	"Inference.Unrevealed",
	"Referenda.Confirmed",
	"Referenda.Rejected",
	"Reputer.Displaced",
	"Reputer.RewardsClaimed",
	"SafeMode.Exited(Force)",
	"SafeMode.Exited(Timeout)",
	"Scheduler.Dispatched",
	"Staking.Slashed",
	"TechnicalCommittee.Executed",
];

/// The results of a call.
#[derive(Default)]
struct Results {
	succeeded: u32,
	/// Refusals by the name of the error.
	failed: BTreeMap<String, u32>,
}

/// Counts of everything.
#[derive(Default)]
pub struct Statistics {
	calls: BTreeMap<(&'static str, &'static str), Results>,
	/// How epochs ended.
	ends: BTreeMap<String, u32>,
	/// What was done, and how epochs ended, in the safe mode.
	pub in_safe_mode: BTreeMap<String, u32>,
	/// Slashes by whom they hit.
	pub slashed: BTreeMap<String, u32>,
	events: BTreeMap<String, u32>,
	/// Blocks made.
	pub blocks: u32,
	/// Refused calls that have been checked to change nothing.
	pub unchanged: u32,
}

/// Names of other pallets whose events are counted.
const COUNTED: [&str; 8] = [
	"NominationPools",
	"Offences",
	"Referenda",
	"SafeMode",
	"Scheduler",
	"Staking",
	"TechnicalCommittee",
	"TxPause",
];

/// Names of the protocol's pallets.
static PROTOCOL: LazyLock<BTreeSet<&str>> = LazyLock::new(|| {
	let infos = AllPalletsWithSystem::infos().into_iter();
	infos.filter(|pallet| OF_PROTOCOL.contains(&pallet.index)).map(|pallet| pallet.name).collect()
});

/// The name of an error.
pub fn name_of(error: &DispatchError) -> String {
	match error {
		// An error in an event has no name.
		DispatchError::Module(module) => module.message.map_or_else(
			|| format!("error {} of pallet {}", module.error[0], module.index),
			Into::into,
		),
		other => format!("{other:?}"),
	}
}

impl Statistics {
	/// Counts a call that was sent in a transaction.
	pub fn count_call(&mut self, call: &RuntimeCall, result: &ApplyExtrinsicResult) {
		let call = call.get_call_metadata();
		let results = self.calls.entry((call.pallet_name, call.function_name)).or_default();
		let refusal = match result {
			Ok(Ok(())) => {
				results.succeeded += 1;
				if SafeMode::is_entered() {
					let name = format!("{}.{}", call.pallet_name, call.function_name);
					*self.in_safe_mode.entry(name).or_default() += 1;
				}
				return;
			}
			Ok(Err(error)) => name_of(error),
			Err(TransactionValidityError::Invalid(error)) => format!("invalid: {error:?}"),
			Err(error) => format!("{error:?}"),
		};
		*results.failed.entry(refusal).or_default() += 1;
	}

	/// Counts the end of an epoch.
	pub fn count_end(&mut self, state: EpochState) {
		let end = format!("{state:?}");
		if SafeMode::is_entered() {
			*self.in_safe_mode.entry(end.clone()).or_default() += 1;
		}
		*self.ends.entry(end).or_default() += 1;
	}

	/// Counts an event of the protocol, of staking or of governance by its name.
	pub fn count_event(&mut self, event: &RuntimeEvent) {
		if let RuntimeEvent::SafeMode(pallet_safe_mode::Event::Exited { reason }) = event {
			*self.events.entry(format!("SafeMode.Exited({reason:?})")).or_default() += 1;
			return;
		}
		let mut head = Head(String::new());
		// It stops the formatter after the name.
		let _ = write!(head, "{event:?}");
		let (pallet, rest) = head.0.split_once('(').unwrap_or((&head.0, ""));
		if PROTOCOL.contains(pallet) || COUNTED.contains(&pallet) {
			let rest = rest.strip_prefix("Event::").unwrap_or(rest);
			let name = rest.split([' ', '{', '(']).next().unwrap_or_default();
			*self.events.entry(format!("{pallet}.{name}")).or_default() += 1;
		}
	}

	/// Adds the statistics of another simulation.
	pub fn add(&mut self, other: Self) {
		for (call, results) in other.calls {
			let sum = self.calls.entry(call).or_default();
			sum.succeeded += results.succeeded;
			add_counts(&mut sum.failed, results.failed);
		}
		add_counts(&mut self.ends, other.ends);
		add_counts(&mut self.in_safe_mode, other.in_safe_mode);
		add_counts(&mut self.slashed, other.slashed);
		add_counts(&mut self.events, other.events);
		self.blocks += other.blocks;
		self.unchanged += other.unchanged;
	}

	/// What a long simulation has missed: calls of the protocol that never succeeded, ends that no
	/// epoch had, and events that were never emitted.
	pub fn missing(&self) -> Vec<String> {
		let succeeded = |call| self.calls.get(&call).is_some_and(|results| results.succeeded > 0);
		let with_calls = RuntimeCall::get_module_names();
		let pallets = PROTOCOL.iter().copied().filter(|pallet| with_calls.contains(pallet));
		let calls = pallets.flat_map(|pallet| {
			RuntimeCall::get_call_names(pallet).iter().map(move |call| (pallet, *call))
		});
		let excused = self.blocks < LONG && self.calls.contains_key(&RARE);
		let calls = calls.filter(|call| *call != RARE || !excused).chain(CALLS);
		let calls = calls.filter(|call| !succeeded(*call));
		let events = EVENTS.into_iter().filter(|event| !self.events.contains_key(*event));
		let all: u32 = self.ends.values().sum();
		let settled = self.ends.get("Settled").copied().unwrap_or_default();
		let few =
			(2 * settled <= all).then(|| format!("only {settled} of {all} epochs were settled"));
		let ends = ENDS.into_iter().filter(|end| !self.ends.contains_key(*end));
		let safe = IN_SAFE_MODE.into_iter().filter(|what| !self.in_safe_mode.contains_key(*what));
		let unslashed = SLASHED.into_iter().filter(|whom| !self.slashed.contains_key(*whom));
		calls
			.map(|(pallet, call)| format!("{pallet}.{call} never succeeded"))
			.chain(ends.map(|end| format!("no epoch was {end}")))
			.chain(few)
			.chain(safe.map(|what| format!("there was no {what} in the safe mode")))
			.chain(unslashed.map(|whom| format!("the stake of {whom} was never slashed")))
			.chain(events.map(|event| format!("{event} was never emitted")))
			.collect()
	}
}

impl fmt::Display for Statistics {
	fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
		writeln!(f, "{:<34} {:>7} {:>7}  refused with", "call", "done", "refused")?;
		for ((pallet, call), results) in &self.calls {
			let refused: u32 = results.failed.values().sum();
			let errors = list(&results.failed);
			let call = format!("{pallet}.{call}");
			writeln!(f, "{call:<34} {:>7} {refused:>7}  {errors}", results.succeeded)?;
		}
		writeln!(f, "blocks: {}", self.blocks)?;
		writeln!(f, "refused calls seen to change nothing: {}", self.unchanged)?;
		writeln!(f, "epochs by their end: {}", list(&self.ends))?;
		writeln!(f, "in the safe mode: {}", list(&self.in_safe_mode))?;
		writeln!(f, "slashes of: {}", list(&self.slashed))?;
		writeln!(f, "events: {}", list(&self.events))
	}
}

fn add_counts(sum: &mut BTreeMap<String, u32>, counts: BTreeMap<String, u32>) {
	for (name, count) in counts {
		*sum.entry(name).or_default() += count;
	}
}

/// Names with their counts.
fn list(counts: &BTreeMap<String, u32>) -> String {
	let items: Vec<_> = counts.iter().map(|(name, count)| format!("{name} {count}")).collect();
	items.join(", ")
}

/// A buffer that stops its formatter after the first characters.
struct Head(String);

impl Write for Head {
	fn write_str(&mut self, text: &str) -> fmt::Result {
		self.0.push_str(text);
		if self.0.len() < 60 {
			Ok(())
		} else {
			Err(fmt::Error)
		}
	}
}
