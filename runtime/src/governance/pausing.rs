//! What an emergency may stop, and what goes on.

use crate::{Runtime, RuntimeCall};
use frame_support::traits::Contains;
use pallet_tx_pause::RuntimeCallNameOf;

/// The calls that may be paused one by one, as pallet and name: those that bring something new into
/// the protocol, so that a pause never holds back what somebody already has there. A reveal cannot:
/// whoever has committed to it would lose score.
pub const PAUSABLE: [(&str, &str); 13] = [
	("Topics", "create"),
	("Topics", "fund"),
	("Topics", "register"),
	("Inference", "submit"),
	("Inference", "commit"),
	("Reputer", "stake"),
	("Reputer", "delegate"),
	("Reputer", "report"),
	("Reputer", "report_losses"),
	("Reputer", "abstain"),
	("Consumer", "buy"),
	("Consumer", "subscribe"),
	("Consumer", "request"),
];

/// The calls that `pallet_tx_pause` refuses to pause: all but [`PAUSABLE`].
pub struct NeverPaused;
impl Contains<RuntimeCallNameOf<Runtime>> for NeverPaused {
	fn contains((pallet, call): &RuntimeCallNameOf<Runtime>) -> bool {
		!PAUSABLE.iter().any(|name| {
			(name.0.as_bytes(), name.1.as_bytes()) == (pallet.as_slice(), call.as_slice())
		})
	}
}

/// The calls that go on in the safe mode: those that blocks and finality need, staking, ways out of
/// the protocol, and governance, which ends the safe mode, with what it may do to a topic. Wrapped
/// calls are filtered on their own.
pub struct InSafeMode;
impl Contains<RuntimeCall> for InSafeMode {
	fn contains(call: &RuntimeCall) -> bool {
		use RuntimeCall::*;
		let chain = matches!(
			call,
			System(_)
				| Timestamp(_)
				| Babe(_) | Grandpa(_)
				| Beefy(_) | Session(_)
				| Staking(_) | VoterList(_)
		);
		let governance =
			matches!(
				call,
				Preimage(_)
					| Scheduler(_) | Referenda(_)
					| ConvictionVoting(_)
					| Treasury(_) | TechnicalCommittee(_)
					| Whitelist(_) | TxPause(_)
					| SafeMode(_) | Parameters(_)
					| Sudo(_) | Clock(
					pallet_clock::Call::force_inactivate { .. } | pallet_clock::Call::lift { .. }
				) | Topics(pallet_registry::Call::set_subsidy { .. })
			);
		let wrappers = matches!(call, Utility(_) | Multisig(_) | Proxy(_));
		chain || governance || wrappers || is_exit(call)
	}
}

/// Whether a call takes what is the caller's out of the protocol. An emergency may keep things from
/// entering, and never locks anybody in.
fn is_exit(call: &RuntimeCall) -> bool {
	use pallet_nomination_pools::Call as Pools;
	use pallet_reputer::Call as Reputer;
	match call {
		RuntimeCall::Reputer(call) => matches!(
			call,
			Reputer::unstake { .. }
				| Reputer::undelegate { .. }
				| Reputer::withdraw { .. }
				| Reputer::withdraw_for { .. }
				| Reputer::claim { .. }
		),
		RuntimeCall::NominationPools(call) => matches!(
			call,
			Pools::unbond { .. } | Pools::withdraw_unbonded { .. } | Pools::claim_payout {}
		),
		RuntimeCall::Consumer(call) => matches!(
			call,
			pallet_consumer::Call::cancel { .. }
				| pallet_consumer::Call::cancel_request { .. }
				| pallet_consumer::Call::discard { .. }
		),
		RuntimeCall::Emissions(call) => matches!(call, pallet_emissions::Call::collect { .. }),
		_ => false,
	}
}
