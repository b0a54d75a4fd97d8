//! The check of what a pause and the safe mode stop, and of what goes on.

use allora_runtime::{Runtime, RuntimeCall, RuntimeEvent, SafeMode};
use frame_support::{traits::GetCallMetadata, BoundedVec};
use pallet_tx_pause::{PausedCalls, RuntimeCallNameOf};
use sp_runtime::{ApplyExtrinsicResult, DispatchError};

/// The pallets whose calls go on in the safe mode, as `docs/governance.md` lists them.
const GOES_ON: [&str; 21] = [
	// Blocks and finality.
	"System",
	"Timestamp",
	"Babe",
	"Grandpa",
	// Staking.
	"Session",
	"Staking",
	"VoterList",
	// Governance.
	"ConvictionVoting",
	"Parameters",
	"Preimage",
	"Referenda",
	"SafeMode",
	"Scheduler",
	"Sudo",
	"TechnicalCommittee",
	"Treasury",
	"TxPause",
	"Whitelist",
	// Wrappers, see below.
	"Multisig",
	"Proxy",
	"Utility",
];
/// The pallets whose calls may be refused because of a call inside.
const WRAPPERS: [&str; 4] = ["Delegates", "Multisig", "Proxy", "Utility"];
/// The other calls that go on in the safe mode: the ways out of the protocol and of pools, and what
/// governance may do to a topic.
const EXITS: [(&str, &str); 15] = [
	("Clock", "force_inactivate"),
	("Clock", "lift"),
	("Consumer", "cancel"),
	("Consumer", "cancel_request"),
	("Consumer", "discard"),
	("Emissions", "collect"),
	("NominationPools", "claim_payout"),
	("NominationPools", "unbond"),
	("NominationPools", "withdraw_unbonded"),
	("Reputer", "claim"),
	("Reputer", "undelegate"),
	("Reputer", "unstake"),
	("Reputer", "withdraw"),
	("Reputer", "withdraw_for"),
	("Topics", "set_subsidy"),
];

/// What should happen to a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
	/// It is dispatched.
	GoesOn,
	/// It is refused, because it is paused or because of the safe mode.
	Stopped,
}

/// What should happen to a call now.
pub fn rule(call: &RuntimeCall) -> Rule {
	let call = call.get_call_metadata();
	let (pallet, function) = (call.pallet_name, call.function_name);
	let name = |name: &str| BoundedVec::truncate_from(name.as_bytes().to_vec());
	let full_name: RuntimeCallNameOf<Runtime> = (name(pallet), name(function));
	let goes_on = GOES_ON.contains(&pallet) || EXITS.contains(&(pallet, function));
	if PausedCalls::<Runtime>::contains_key(full_name) || SafeMode::is_entered() && !goes_on {
		Rule::Stopped
	} else {
		Rule::GoesOn
	}
}

/// Fails if a call that should be stopped was not, or one that should go on was.
pub fn check_result(call: &RuntimeCall, rule: Rule, result: &ApplyExtrinsicResult) {
	let filtered = DispatchError::from(frame_system::Error::<Runtime>::CallFiltered);
	let as_stopped = match result {
		// The account could not pay for it, or the block is full.
		Err(_) => return,
		Ok(Ok(())) => false,
		Ok(Err(error)) => *error == filtered,
	};
	let wraps = WRAPPERS.contains(&call.get_call_metadata().pallet_name);
	let right = match rule {
		Rule::GoesOn => !as_stopped || wraps,
		Rule::Stopped => as_stopped,
	};
	assert!(right, "{rule:?}, and the result is {result:?}: {call:?}");
}

/// Fails if, in a block all of which was in the safe mode, anybody did what is stopped, in whatever
/// call it was wrapped.
pub fn check_events(events: &[RuntimeEvent]) {
	use pallet_safe_mode::Event::{Entered, Exited};
	let changes = |event: &RuntimeEvent| {
		matches!(event, RuntimeEvent::SafeMode(Entered { .. } | Exited { .. }))
	};
	if SafeMode::is_entered() && !events.iter().any(changes) {
		for event in events {
			assert!(!brings_something_new(event), "in the safe mode: {event:?}");
		}
	}
}

/// Whether an event says that somebody brought something new into the protocol or into a pool.
fn brings_something_new(event: &RuntimeEvent) -> bool {
	use pallet_consumer::Event::{Purchased, Subscribed};
	use pallet_inference::Event::{Committed, ForecastAccepted, InferenceAccepted};
	use pallet_registry::Event::{Registered, TopicCreated, TopicFunded};
	use pallet_reputer::Event::{Abstained, Delegated, ReportAccepted, Staked};
	matches!(
		event,
		RuntimeEvent::Consumer(Purchased { .. } | Subscribed { .. })
			| RuntimeEvent::Inference(
				Committed { .. } | ForecastAccepted { .. } | InferenceAccepted { .. }
			) | RuntimeEvent::NominationPools(pallet_nomination_pools::Event::Bonded { .. })
			| RuntimeEvent::Reputer(
				Abstained { .. } | Delegated { .. } | ReportAccepted { .. } | Staked { .. }
			) | RuntimeEvent::Topics(Registered { .. } | TopicCreated { .. } | TopicFunded { .. })
	)
}
