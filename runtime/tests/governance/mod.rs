//! Referenda, the technical committee, and what they may do.

mod emergency;

use crate::support::{begin_block_in, block, call, genesis::genesis, now, on_chain};
use allora_primitives::{EpochState, Registration, TopicId, TopicParameters, VoidReason, ALLO};
use allora_runtime::{
	governance::{
		blocks,
		origins::Origin::{self, *},
		pausing::PAUSABLE,
		tracks::Tracks,
		DAY, HOUR,
	},
	parameters::{topics, Fee, RuntimeParameters},
	AccountId, Address, Balance, Balances, Clock, Executive, Hash, OriginCaller, Referenda,
	Runtime, RuntimeCall, RuntimeEvent, RuntimeHoldReason, RuntimeOrigin, SafeMode, System,
	TechnicalCommittee, Treasury, TxPause, UncheckedExtrinsic,
};
use codec::Encode;
use frame_support::{
	assert_noop, assert_ok,
	dispatch::GetDispatchInfo,
	traits::{
		fungible::{Inspect, InspectHold},
		schedule::DispatchTime,
		Bounded, GetCallMetadata,
	},
	weights::Weight,
	BoundedVec,
};
use pallet_conviction_voting::{AccountVote, Conviction, Vote};
use pallet_referenda::{ReferendumInfo, ReferendumInfoFor, TracksInfo};
use serde_json::json;
use sp_keyring::Sr25519Keyring::{self, *};
use sp_runtime::{
	traits::{BlakeTwo256, Dispatchable, Hash as _},
	DispatchError, DispatchResult, Permill,
};

pub const ROOT: OriginCaller = OriginCaller::system(frame_system::RawOrigin::Root);

fn blocks_pass(count: u32) {
	for _ in 0..count {
		block(|| ());
	}
}

/// Notes the preimage of a call, submits a referendum on it and places the decision deposit.
fn propose(who: Sr25519Keyring, origin: impl Into<OriginCaller>, proposal: RuntimeCall) -> u32 {
	let (bytes, origin) = (proposal.encode(), Box::new(origin.into()));
	let proposal = Bounded::Lookup { hash: BlakeTwo256::hash(&bytes), len: bytes.len() as u32 };
	let index = pallet_referenda::ReferendumCount::<Runtime>::get();
	block(|| {
		let who = who.to_account_id();
		assert_ok!(call(&who, pallet_preimage::Call::note_preimage { bytes }));
		let submit = pallet_referenda::Call::submit {
			proposal_origin: origin,
			proposal,
			enactment_moment: DispatchTime::After(0),
		};
		assert_ok!(call(&who, submit));
		assert_ok!(call(&who, pallet_referenda::Call::place_decision_deposit { index }));
	});
	index
}

fn vote(who: Sr25519Keyring, poll_index: u32, aye: bool) {
	let vote = Vote { aye, conviction: Conviction::Locked1x };
	let vote = AccountVote::Standard { vote, balance: 800_000 * ALLO };
	let vote = pallet_conviction_voting::Call::vote { poll_index, vote };
	assert_ok!(call(&who.to_account_id(), vote));
}

/// How the scheduler's calls of the newest block have ended, alarms of referenda left out.
fn enactments() -> Vec<DispatchResult> {
	let enacted = |record: frame_system::EventRecord<RuntimeEvent, Hash>| match record.event {
		RuntimeEvent::Scheduler(pallet_scheduler::Event::Dispatched {
			id: Some(_),
			result,
			..
		}) => Some(result),
		_ => None,
	};
	System::events().into_iter().filter_map(enacted).collect()
}

/// Takes a referendum of the most confident voters through its track. Returns how its call ended
/// and the number of blocks that it took.
pub fn decide(origin: impl Into<OriginCaller>, proposal: RuntimeCall) -> (DispatchResult, u32) {
	let submitted = System::block_number() + 1;
	let index = propose(Alice, origin, proposal);
	block(|| Sr25519Keyring::iter().for_each(|who| vote(who, index, true)));
	for _ in 0..500 {
		block(|| ());
		if let Some(result) = enactments().pop() {
			return (result, System::block_number() - submitted);
		}
	}
	panic!("{:?}", ReferendumInfoFor::<Runtime>::get(index))
}

/// Has two of the three members of the technical committee carry a motion.
pub fn carry(motion: impl Into<RuntimeCall>) -> DispatchResult {
	let motion = motion.into();
	let (hash, length) = (BlakeTwo256::hash_of(&motion), motion.encoded_size() as u32);
	let index = pallet_collective::ProposalCount::<Runtime, pallet_collective::Instance1>::get();
	let weight = motion.get_dispatch_info().call_weight;
	block(|| {
		let proposal = Box::new(motion);
		let propose =
			pallet_collective::Call::propose { threshold: 2, proposal, length_bound: length };
		assert_ok!(call(&Alice.to_account_id(), propose));
		for member in [Alice, Bob] {
			let vote = pallet_collective::Call::vote { proposal: hash, index, approve: true };
			assert_ok!(call(&member.to_account_id(), vote));
		}
		let close = pallet_collective::Call::close {
			proposal_hash: hash,
			index,
			proposal_weight_bound: weight,
			length_bound: length,
		};
		assert_ok!(call(&Eve.to_account_id(), close));
		let executed = |record: frame_system::EventRecord<RuntimeEvent, Hash>| match record.event {
			RuntimeEvent::TechnicalCommittee(pallet_collective::Event::Executed {
				result, ..
			}) => Some(result),
			_ => None,
		};
		System::events().into_iter().find_map(executed).expect("the motion was carried")
	})
}

fn create_fee(planck: Balance) -> RuntimeCall {
	let fee = Some(Fee::new(planck));
	let key_value =
		RuntimeParameters::Topics(topics::Parameters::CreateFee(topics::CreateFee, fee));
	pallet_parameters::Call::set_parameter { key_value }.into()
}

fn transfer() -> RuntimeCall {
	let dest = Address::Id(Bob.to_account_id());
	pallet_balances::Call::transfer_keep_alive { dest, value: ALLO }.into()
}

fn spend(amount: Balance) -> RuntimeCall {
	pallet_treasury::Call::spend {
		asset_kind: Box::new(()),
		amount,
		beneficiary: Box::new(Address::Id(Ferdie.to_account_id())),
		valid_from: None,
	}
	.into()
}

fn name((pallet, call): (&str, &str)) -> pallet_tx_pause::RuntimeCallNameOf<Runtime> {
	let bounded = |name: &str| BoundedVec::truncate_from(name.as_bytes().to_vec());
	(bounded(pallet), bounded(call))
}

fn pause(full_name: (&str, &str)) -> RuntimeCall {
	pallet_tx_pause::Call::pause { full_name: name(full_name) }.into()
}

fn submit() -> RuntimeCall {
	pallet_inference::Call::submit { topic: 1, epoch: 1, inference: None, forecast: None }.into()
}

/// The error of a call that the base filter refuses.
fn filtered() -> Result<(), DispatchError> {
	Err(frame_system::Error::<Runtime>::CallFiltered.into())
}

#[test]
fn well_known_accounts_have_the_votes_of_these_tests() {
	on_chain(|| {
		let votes = Sr25519Keyring::iter().count() as Balance * 800_000 * ALLO;
		assert!(votes * 2 > Balances::active_issuance());
	});
}

#[test]
fn referendum_changes_a_parameter_after_all_periods_of_its_track() {
	on_chain(|| {
		block(|| ());
		let (result, waited) = decide(ParameterAdmin, create_fee(25 * ALLO));
		assert_eq!(result, Ok(()));
		assert_eq!(allora_runtime::configs::terms().create_fee, 25 * ALLO);
		let least = blocks(2 * HOUR) + 2 * blocks(DAY);
		assert!((least..=least + 3).contains(&waited), "{waited} blocks, at least {least}");
	});
}

#[test]
fn parameter_outside_its_range_is_no_proposal() {
	on_chain(|| {
		block(|| ());
		let mut bytes = create_fee(10_000 * ALLO).encode();
		// The fee is the last 16 bytes.
		let at = bytes.len() - 16;
		bytes[at..].copy_from_slice(&(10_000 * ALLO + 1).to_le_bytes());
		assert!(<RuntimeCall as codec::Decode>::decode(&mut &bytes[..]).is_err());
	});
}

#[test]
fn origin_of_a_track_does_nothing_else() {
	on_chain(|| {
		block(|| {
			let set_code: RuntimeCall =
				frame_system::Call::authorize_upgrade { code_hash: Hash::zero() }.into();
			let hash = BlakeTwo256::hash_of(&set_code);
			let whitelisted: RuntimeCall = pallet_whitelist::Call::dispatch_whitelisted_call {
				call_hash: hash,
				call_encoded_len: set_code.encoded_size() as u32,
				call_weight_witness: Weight::MAX,
			}
			.into();
			assert_ok!(allora_runtime::Whitelist::whitelist_call(RuntimeOrigin::root(), hash));
			let subsidy = Permill::one();
			let set_subsidy = pallet_registry::Call::set_subsidy { topic: 1, subsidy }.into();
			let bar = pallet_clock::Call::force_inactivate { topic: 1 }.into();
			let own: [(Origin, RuntimeCall); 6] = [
				(ParameterAdmin, create_fee(25 * ALLO)),
				(SubsidyAdmin, set_subsidy),
				(EmergencyAdmin, bar),
				(Treasurer, spend(ALLO)),
				(EmergencyAdmin, pause(PAUSABLE[0])),
				(WhitelistedCaller, whitelisted),
			];
			for (origin, call) in &own {
				for other in
					[ParameterAdmin, SubsidyAdmin, Treasurer, EmergencyAdmin, WhitelistedCaller]
				{
					let done = call.clone().dispatch(other.clone().into());
					let refused =
						done.is_err_and(|failed| failed.error == DispatchError::BadOrigin);
					// The preimage has not been noted, so the whitelisted call itself fails.
					assert_eq!(refused, other != *origin, "{other:?}: {call:?}");
				}
				let signed = RuntimeOrigin::signed(Alice.to_account_id());
				assert!(call.clone().dispatch(signed).is_err(), "{call:?}");
			}
			for origin in [ParameterAdmin, Treasurer, EmergencyAdmin, WhitelistedCaller] {
				let done = set_code.clone().dispatch(origin.into());
				assert!(done.is_err_and(|failed| failed.error == DispatchError::BadOrigin));
			}
		});
	});
}

#[test]
fn referendum_spends_from_the_treasury_up_to_the_limit() {
	on_chain(|| {
		block(|| {
			let (dest, value) = (Address::Id(Treasury::account_id()), 1_000 * ALLO);
			let transfer = pallet_balances::Call::transfer_keep_alive { dest, value };
			assert_ok!(call(&Alice.to_account_id(), transfer));
		});
		assert_eq!(decide(Treasurer, spend(600 * ALLO)).0, Ok(()));
		let before = Balances::balance(&Ferdie.to_account_id());
		block(|| {
			assert_ok!(call(&Eve.to_account_id(), pallet_treasury::Call::payout { index: 0 }));
			assert!(call(&Eve.to_account_id(), pallet_treasury::Call::payout { index: 0 }).is_err());
			let above = spend(1_000_000 * ALLO + 1).dispatch(Treasurer.into());
			let refused = pallet_treasury::Error::<Runtime>::InsufficientPermission.into();
			assert_eq!(above.map_err(|failed| failed.error), Err(refused));
		});
		assert_eq!(Balances::balance(&Ferdie.to_account_id()) - before, 600 * ALLO);
		assert_eq!(Treasury::pot(), 400 * ALLO);
	});
}

#[test]
fn killed_referendum_pays_its_deposits_to_the_treasury() {
	on_chain(|| {
		block(|| ());
		let index = propose(Alice, ROOT, create_fee(25 * ALLO));
		block(|| {
			assert_ok!(Referenda::kill(RuntimeOrigin::root(), index));
		});
		assert_eq!(Treasury::pot(), 100_100 * ALLO);
	});
}

#[test]
fn small_holder_alone_passes_nothing() {
	on_chain(|| {
		block(|| ());
		let index = propose(Alice, EmergencyAdmin, pause(PAUSABLE[0]));
		block(|| {
			let vote = Vote { aye: true, conviction: Conviction::Locked6x };
			let vote = AccountVote::Standard { vote, balance: 500_000 * ALLO };
			let vote = pallet_conviction_voting::Call::vote { poll_index: index, vote };
			assert_ok!(call(&Alice.to_account_id(), vote));
		});
		blocks_pass(blocks(10) + blocks(7 * DAY) + 1);
		let info = ReferendumInfoFor::<Runtime>::get(index);
		assert!(matches!(info, Some(ReferendumInfo::Rejected(..))), "{info:?}");
	});
}

#[test]
fn vote_with_conviction_is_locked_after_the_referendum() {
	on_chain(|| {
		block(|| ());
		assert_eq!(decide(ParameterAdmin, create_fee(25 * ALLO)).0, Ok(()));
		let who = Alice.to_account_id();
		let unlock = || {
			let unlock = pallet_conviction_voting::Call::unlock {
				class: 2,
				target: Address::Id(Alice.to_account_id()),
			};
			block(|| {
				assert_ok!(call(&Alice.to_account_id(), unlock));
			});
			Balances::locks(&Alice.to_account_id()).iter().map(|lock| lock.amount).max()
		};
		let remove = pallet_conviction_voting::Call::remove_vote { class: Some(2), index: 0 };
		block(|| {
			assert_ok!(call(&who, remove));
		});
		assert_eq!(unlock(), Some(800_000 * ALLO));
		blocks_pass(blocks(7 * DAY));
		assert_eq!(unlock(), None);
	});
}

#[test]
fn deposit_of_a_preimage_is_a_hold_with_its_reason() {
	on_chain(|| {
		let who = Alice.to_account_id();
		let bytes = transfer().encode();
		let hash = BlakeTwo256::hash(&bytes);
		let held = allora_runtime::deposit(1, bytes.len() as u32);
		let reason = RuntimeHoldReason::Preimage(pallet_preimage::HoldReason::Preimage);
		block(|| {
			assert_ok!(call(&who, pallet_preimage::Call::note_preimage { bytes }));
			assert_eq!(Balances::balance_on_hold(&reason, &who), held);
			assert_ok!(call(&who, pallet_preimage::Call::unnote_preimage { hash }));
			assert_eq!(Balances::balance_on_hold(&reason, &who), 0);
		});
	});
}

#[test]
fn every_hold_is_named_by_its_pallet_and_reason() {
	use scale_info::{TypeDef, TypeInfo};
	let variants = |def: TypeDef| match def {
		TypeDef::Variant(all) => all.variants,
		_ => panic!("the reasons are an enumeration"),
	};
	let mut names = vec![];
	for pallet in variants(RuntimeHoldReason::type_info().type_def) {
		for reason in variants(pallet.fields[0].ty.type_info().type_def) {
			names.push((pallet.name, reason.name));
		}
	}
	for name in [
		("Staking", "Staking"),
		("Session", "Keys"),
		("Reputer", "Stake"),
		("Preimage", "Preimage"),
		("SafeMode", "EnterOrExtend"),
	] {
		assert!(names.contains(&name), "{name:?} is not in {names:?}");
	}
}

#[test]
fn root_referendum_replaces_the_committee() {
	on_chain(|| {
		block(|| ());
		let replace = |prime| {
			let new_members = vec![Eve.to_account_id()];
			let set = pallet_collective::Call::set_members { new_members, prime, old_count: 3 };
			RuntimeCall::TechnicalCommittee(set)
		};
		// The committee cannot cancel or kill the referendum.
		let index = propose(Alice, ROOT, replace(None));
		assert!(carry(pallet_referenda::Call::cancel { index }).is_err());
		assert!(carry(pallet_referenda::Call::kill { index }).is_err());
		block(|| {
			assert_ok!(Referenda::cancel(RuntimeOrigin::root(), index));
		});
		assert_eq!(decide(ROOT, replace(Some(Eve.to_account_id()))).0, Ok(()));
		assert!(TechnicalCommittee::is_member(&Eve.to_account_id()));
		assert!(!TechnicalCommittee::is_member(&Alice.to_account_id()));
	});
}

#[test]
fn without_a_key_sudo_does_nothing_for_anybody() {
	let mut chain = genesis("development", json!({ "sudo": { "key": null } }));
	chain.execute_with(|| {
		block(|| {
			for who in Sr25519Keyring::iter().map(|who| who.to_account_id()) {
				let call_inside = || Box::new(create_fee(25 * ALLO));
				let refused = || DispatchError::from(pallet_sudo::Error::<Runtime>::RequireSudo);
				for attempt in [
					pallet_sudo::Call::sudo { call: call_inside() },
					pallet_sudo::Call::sudo_unchecked_weight {
						call: call_inside(),
						weight: Weight::zero(),
					},
					pallet_sudo::Call::sudo_as {
						who: Address::Id(who.clone()),
						call: call_inside(),
					},
					pallet_sudo::Call::set_key { new: Address::Id(who.clone()) },
				] {
					let attempt = RuntimeCall::from(attempt);
					assert_noop!(call(&who, attempt), refused());
				}
			}
		});
		assert_eq!(allora_runtime::configs::terms().create_fee, 10 * ALLO);
	});
}

#[test]
fn production_periods_are_wall_time_in_slots_of_six_seconds() {
	let production = json!({
		"timing": { "slotDurationMs": 6_000 },
		"origins": { "dayMs": 24 * 60 * 60 * 1_000 },
	});
	genesis("development", production).execute_with(|| {
		assert_eq!(blocks(DAY), 14_400);
		let root = Tracks::info(0).expect("root is the first track");
		assert_eq!((root.prepare_period, root.decision_period), (1_200, 28 * 14_400));
		assert_eq!((root.confirm_period, root.min_enactment_period), (14_400, 14_400));
	});
}

#[test]
fn tracks_are_in_order_and_each_has_its_own_origin() {
	on_chain(|| {
		assert_ok!(Tracks::check_integrity());
		let ids: Vec<u16> = Tracks::track_ids().collect();
		assert_eq!(ids, [0, 1, 2, 3, 4, 5]);
		let origins = [WhitelistedCaller, ParameterAdmin, SubsidyAdmin, Treasurer, EmergencyAdmin];
		let of_origins = [ROOT].into_iter().chain(origins.map(OriginCaller::from));
		let found: Vec<_> = of_origins.map(|origin| Tracks::track_for(&origin)).collect();
		assert_eq!(found, ids.into_iter().map(Ok).collect::<Vec<_>>());
		let signed = frame_system::RawOrigin::Signed(AccountId::new([1; 32]));
		assert_eq!(Tracks::track_for(&signed.into()), Err(()));
	});
}

/// In production no topic has a subsidy of its own, so that a referendum on the first one decides on
/// all of the topics' emission.
#[test]
fn directing_emission_takes_at_least_what_spending_the_treasury_takes() {
	on_chain(|| {
		let track = |origin: Origin| {
			let id = Tracks::track_for(&origin.into()).expect("the origin has a track");
			Tracks::info(id).expect("the track exists")
		};
		let (subsidy, treasury) = (track(SubsidyAdmin), track(Treasurer));
		assert!(subsidy.decision_deposit >= treasury.decision_deposit);
		assert!(subsidy.confirm_period >= treasury.confirm_period);
		assert!(subsidy.min_enactment_period >= treasury.min_enactment_period);
		let end = sp_runtime::Perbill::one();
		assert!(subsidy.min_support.threshold(end) >= treasury.min_support.threshold(end));
		assert!(subsidy.min_approval.threshold(end) >= treasury.min_approval.threshold(end));
	});
}
