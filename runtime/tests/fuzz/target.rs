//! The target: a sequence of calls on a chain that is in full swing, and what must hold throughout.

use crate::{
	simulation::{
		chain,
		checks::History,
		statistics::{name_of, Statistics},
		world::{self, Tip},
	},
	support::{accesses, call as sent, trace::undone},
};
use allora_primitives::{Cadence, FixedI128, Registration, TopicId, TopicParameters, ALLO};
use allora_runtime::{AccountId, Runtime, RuntimeCall, RuntimeOrigin, System};
use codec::{Decode, DecodeLimit, Encode};
use frame_support::{
	assert_ok,
	dispatch::{DispatchClass, GetDispatchInfo},
	traits::GetCallMetadata,
	BoundedVec,
};
use sp_keyring::Sr25519Keyring::{self, *};
use sp_runtime::traits::Dispatchable;
use std::collections::BTreeSet;

/// The depth to which inputs are decoded.
const DEPTH: u32 = 64;
/// The maximum number of steps of an input that are taken.
pub const STEPS: usize = 24;
/// The accounts that sign.
pub const ACCOUNTS: [Sr25519Keyring; 12] = [
	Alice,
	Bob,
	Charlie,
	Dave,
	Eve,
	Ferdie,
	AliceStash,
	BobStash,
	CharlieStash,
	DaveStash,
	One,
	Two,
];

/// A step of an input.
#[derive(Clone, Debug, Encode, Decode)]
pub struct Step {
	/// 0 if the step is in the same block as the one before; else the number of slots to the next
	/// block, of which at most 40 are without a block.
	pub advance: u8,
	/// The origin of the call: an index into [`ACCOUNTS`]; a larger number is no origin or the root.
	pub origin: u8,
	/// The call.
	pub call: RuntimeCall,
}

/// The input that these bytes are, if they are one.
pub fn decode(bytes: &[u8]) -> Option<Vec<Step>> {
	Vec::<Step>::decode_all_with_depth_limit(DEPTH, &mut &bytes[..]).ok()
}

/// What an input has reached: outcomes of calls, and kinds of events.
pub type Reached = BTreeSet<String>;

/// A chain with topics in all stages, on which inputs are tried one by one.
pub struct Chain {
	externalities: sp_io::TestExternalities,
	tip: Tip,
	history: History,
}

impl Chain {
	/// Makes the chain.
	pub fn new() -> Self {
		let mut externalities = chain(1);
		let (tip, history) = externalities.execute_with(|| {
			let mut blocks = Blocks {
				tip: Tip::genesis(),
				history: History::genesis(),
				statistics: Statistics::default(),
				reached: Reached::new(),
			};
			furnish(&mut blocks);
			(blocks.tip, blocks.history)
		});
		externalities.commit_all().expect("no transaction is open");
		Self { externalities, tip, history }
	}

	/// Looks at the chain, in which nothing changes.
	pub fn look<R>(&mut self, look: impl FnOnce() -> R) -> R {
		self.externalities.execute_with(|| undone(look))
	}

	/// Takes the steps, and a few blocks more. Returns what they have reached; panics if anything
	/// does not hold.
	pub fn run(&mut self, steps: &[Step]) -> Reached {
		let (tip, history) = (self.tip.clone(), self.history.clone());
		self.externalities.execute_with(|| {
			undone(|| {
				let statistics = Statistics::default();
				let mut blocks = Blocks { tip, history, statistics, reached: Reached::new() };
				blocks.begin(1);
				for step in steps.iter().take(STEPS) {
					if step.advance > 0 {
						blocks.end();
						blocks.begin(step.advance.min(41).into());
					}
					blocks.take(step);
				}
				blocks.end();
				for slots in [1, 3, 11] {
					blocks.begin(slots);
					blocks.end();
				}
				blocks.reached
			})
		})
	}
}

/// The blocks of a run.
struct Blocks {
	tip: Tip,
	history: History,
	statistics: Statistics,
	reached: Reached,
}

impl Blocks {
	/// Begins a block this number of slots after the newest one.
	fn begin(&mut self, slots: u64) {
		self.tip.begin_block(slots - 1, 0);
	}

	/// Ends the block, and checks `try_state` of all pallets, that all balances are the issuance, and
	/// that it has grown by emission only.
	fn end(&mut self) {
		self.tip.end_block();
		self.history.check(&mut self.statistics);
		for record in System::read_events_no_consensus() {
			let [pallet, event, ..] = record.event.encode()[..] else { continue };
			self.reached.insert(format!("event {pallet} {event}"));
		}
	}

	/// Makes a step's call, and checks that it has used no more weight than it declares, and that this
	/// covers what it has read and written.
	fn take(&mut self, Step { origin, call, .. }: &Step) {
		let root = usize::from(*origin) == ACCOUNTS.len() + 1;
		let signer = ACCOUNTS.get(usize::from(*origin));
		let origin = match signer {
			Some(who) => RuntimeOrigin::signed(who.to_account_id()),
			None if root => RuntimeOrigin::root(),
			None => RuntimeOrigin::none(),
		};
		let info = call.get_dispatch_info();
		let limits = <Runtime as frame_system::Config>::BlockWeights::get();
		let most = limits.get(DispatchClass::Normal).max_extrinsic.unwrap_or(limits.max_block);
		let is_inherent = info.class == DispatchClass::Mandatory;
		if info.call_weight.any_gt(most) || is_inherent || (root && !by_governance(call)) {
			return;
		}
		let account =
			signer.map(|who| frame_system::Account::<Runtime>::hashed_key_for(who.to_account_id()));
		let (result, accesses) = accesses::of(|| call.clone().dispatch(origin));
		let (outcome, post) = match result {
			Ok(post) => ("Ok".into(), post),
			Err(refused) => (name_of(&refused.error), refused.post_info),
		};
		let used = post.actual_weight.unwrap_or(info.call_weight);
		let name = call.get_call_metadata();
		// The SDK's `approve_as_multi` declares its own benchmarks but returns those of `as_multi`,
		// which are 2.94 % higher with one other signatory and 3.04 % with 99, the maximum; a block
		// counts what was declared. A multisig that makes such a call exceeds its own by less.
		let percent = if name.pallet_name == "Multisig" { 104 } else { 100 };
		let most = info.call_weight.saturating_mul(percent).saturating_div(100);
		assert!(used.all_lte(most), "{name:?} used {used:?} of {:?}", info.call_weight);
		let counted = accesses.counted(account.as_deref());
		let covers = accesses::cost(counted).all_lte(used);
		assert!(covers, "{name:?} ({outcome}): {used:?} for {counted:?} reads and writes");
		self.reached.insert(format!("{}.{}: {outcome}", name.pallet_name, name.function_name));
	}
}

/// The root's calls that an input may make: those that a referendum is for, and that leave the chain
/// as it is documented.
fn by_governance(call: &RuntimeCall) -> bool {
	matches!(
		call,
		RuntimeCall::Clock(_)
			| RuntimeCall::Emissions(_)
			| RuntimeCall::Topics(pallet_registry::Call::set_subsidy { .. })
			| RuntimeCall::TxPause(_)
			| RuntimeCall::SafeMode(
				pallet_safe_mode::Call::force_enter {} | pallet_safe_mode::Call::force_exit {}
			)
	)
}

fn send(who: Sr25519Keyring, call: impl Into<RuntimeCall>) {
	assert_ok!(sent(&who.to_account_id(), call));
}

/// Topics of several kinds, with workers, reputers, a delegation, a subscription, and epochs in all
/// states.
fn furnish(blocks: &mut Blocks) {
	blocks.begin(1);
	// With a root key one account could do anything.
	pallet_sudo::Key::<Runtime>::kill();
	assert_ok!(allora_runtime::Emissions::start(RuntimeOrigin::root()));
	let usual = || TopicParameters::regression(10, 4, 10);
	let kinds = [
		usual(),
		TopicParameters { reveal_window: 4, ..usual() },
		TopicParameters { cadence: Cadence::OnDemand, ..usual() },
		TopicParameters { max_inferers: 1, max_reputers: 1, ..usual() },
	];
	for (at, parameters) in kinds.into_iter().enumerate() {
		let topic = at as TopicId + 1;
		send(Ferdie, pallet_registry::Call::create { parameters: Box::new(parameters) });
		let register =
			|registration| pallet_registry::Call::register { topic, registration, owner: None };
		[Alice, Bob, Dave].into_iter().for_each(|who| send(who, register(Registration::Worker)));
		for who in [Charlie, Eve] {
			send(who, register(Registration::Reputer));
			send(who, pallet_reputer::Call::stake { topic, amount: 1_000 * ALLO });
		}
		let reputer: AccountId = Charlie.to_account_id();
		send(One, pallet_reputer::Call::delegate { topic, reputer, amount: 10 * ALLO });
		send(Ferdie, pallet_registry::Call::fund { topic, amount: 100 * ALLO });
		if topic != 3 {
			send(Two, pallet_consumer::Call::subscribe { topic, per_epoch: ALLO, epochs: 5 });
		}
	}
	blocks.end();
	for _ in 0..33 {
		blocks.begin(1);
		for topic in [1, 4] {
			serve(topic);
		}
		blocks.end();
	}
}

/// Alice and Bob submit, Charlie reports, whatever is open.
fn serve(topic: TopicId) {
	let value = FixedI128::from_u32(8);
	if let Some(epoch) = world::collecting_epoch(topic) {
		for who in [Alice, Bob] {
			let inference = Some(BoundedVec::truncate_from(vec![Some(value)]));
			let call = pallet_inference::Call::submit { topic, epoch, inference, forecast: None };
			// All but the first in an epoch are refused.
			let _ = sent(&who.to_account_id(), call);
		}
	}
	for epoch in world::reporting_epochs(topic) {
		let truth = BoundedVec::truncate_from(vec![value]);
		let _ =
			sent(&Charlie.to_account_id(), pallet_reputer::Call::report { topic, epoch, truth });
	}
}
