//! Calls of the SDK's pallets whose bounds and origins are this runtime's configuration.

use super::{table::Table, world::*};
use crate::support::block;
use allora_primitives::{Balance, ALLO};
use allora_runtime::{
	configs::ProxyType, AccountId, Address, Runtime, RuntimeCall, RuntimeOrigin, SessionKeys,
};
use codec::Decode;
use frame_support::{assert_ok, weights::Weight, BoundedVec};
use pallet_nomination_pools as pools;
use sp_core::H256;
use sp_keyring::Sr25519Keyring::{self, *};
use sp_runtime::{traits::TrailingZeroInput, ArithmeticError, DispatchError, Perbill, TokenError};

const POOR: DispatchError = DispatchError::Token(TokenError::FundsUnavailable);
/// What the balances pallet says of more than the total issuance.
const BEYOND: DispatchError = DispatchError::Arithmetic(ArithmeticError::Underflow);

/// All cases of this room.
pub fn cases(table: &mut Table) {
	block(|| ());
	table.in_block(privileged);
	table.in_block(money);
	table.in_block(staking);
	table.in_block(pools);
	table.in_block(wrappers);
	table.in_block(governance);
	proxies(table);
	stopped(table);
}

/// All cases of the production preset.
pub fn production(table: &mut Table) {
	block(|| {
		// The placeholders have no keys, so Eve gets what pays fees out of nothing.
		use frame_support::traits::fungible::Mutate;
		assert_ok!(allora_runtime::Balances::mint_into(&id(Eve), ALLO));
	});
	table.in_block(|table| {
		let call = || Box::new(remark());
		type E = pallet_sudo::Error<Runtime>;
		let sudo = pallet_sudo::Call::sudo { call: call() };
		table.signed("sudo without a root key", Eve, sudo, E::RequireSudo);
		let unchecked =
			pallet_sudo::Call::sudo_unchecked_weight { call: call(), weight: Weight::zero() };
		table.signed("unchecked sudo without a root key", Eve, unchecked, E::RequireSudo);
		let take = pallet_sudo::Call::set_key { new: of(Eve) };
		table.signed("taking the root key", Eve, take, E::RequireSudo);
		let sudo_as = pallet_sudo::Call::sudo_as { who: of(Alice), call: call() };
		table.signed("sudo for another", Eve, sudo_as, E::RequireSudo);
		let remove = pallet_sudo::Call::remove_key {};
		table.signed("removing the root key", Eve, remove, E::RequireSudo);
	});
}

fn remark() -> RuntimeCall {
	frame_system::Call::remark { remark: vec![] }.into()
}

fn of(who: Sr25519Keyring) -> Address {
	Address::Id(id(who))
}

/// What only the root, or governance, may do.
fn privileged(table: &mut Table) {
	let call = || Box::new(remark());
	let (who, amount) = (of(Alice), Balance::MAX);
	let spend = |amount| pallet_treasury::Call::spend {
		asset_kind: Box::new(()),
		amount,
		beneficiary: Box::new(of(Eve)),
		valid_from: None,
	};
	let rows: Vec<(&str, RuntimeCall)> = vec![
		("set_code", frame_system::Call::set_code { code: vec![0; 1_000] }.into()),
		("set_storage", frame_system::Call::set_storage { items: vec![] }.into()),
		("kill_prefix", frame_system::Call::kill_prefix { prefix: vec![], subkeys: 1 }.into()),
		(
			"authorize_upgrade",
			frame_system::Call::authorize_upgrade { code_hash: H256::zero() }.into(),
		),
		(
			"force_transfer",
			pallet_balances::Call::force_transfer { source: of(Alice), dest: of(Eve), value: ALLO }
				.into(),
		),
		(
			"force_set_balance",
			pallet_balances::Call::force_set_balance { who: who.clone(), new_free: amount }.into(),
		),
		("force_unreserve", pallet_balances::Call::force_unreserve { who, amount }.into()),
		("force_new_era", pallet_staking::Call::force_new_era {}.into()),
		("set_validator_count", pallet_staking::Call::set_validator_count { new: 1 }.into()),
		(
			"cancel_deferred_slash",
			pallet_staking::Call::cancel_deferred_slash { era: 0, slash_indices: vec![0] }.into(),
		),
		(
			"set_configs",
			pools::Call::set_configs {
				min_join_bond: pools::ConfigOp::Remove,
				min_create_bond: pools::ConfigOp::Remove,
				max_pools: pools::ConfigOp::Noop,
				max_members: pools::ConfigOp::Noop,
				max_members_per_pool: pools::ConfigOp::Noop,
				global_max_commission: pools::ConfigOp::Noop,
			}
			.into(),
		),
		(
			"schedule",
			pallet_scheduler::Call::schedule {
				when: 100,
				maybe_periodic: None,
				priority: 0,
				call: call(),
			}
			.into(),
		),
		(
			"dispatch_as",
			pallet_utility::Call::dispatch_as {
				as_origin: Box::new(allora_runtime::OriginCaller::system(
					frame_system::RawOrigin::Root,
				)),
				call: call(),
			}
			.into(),
		),
		(
			"with_weight",
			pallet_utility::Call::with_weight { call: call(), weight: Weight::zero() }.into(),
		),
		("spend", spend(amount).into()),
		(
			"force_vested_transfer",
			pallet_vesting::Call::force_remove_vesting_schedule {
				target: of(Alice),
				schedule_index: 0,
			}
			.into(),
		),
		("force_enter", pallet_safe_mode::Call::force_enter {}.into()),
		("force_exit", pallet_safe_mode::Call::force_exit {}.into()),
		(
			"set_members",
			pallet_collective::Call::set_members {
				new_members: vec![id(Eve)],
				prime: None,
				old_count: 3,
			}
			.into(),
		),
		("request_preimage", pallet_preimage::Call::request_preimage { hash: H256::zero() }.into()),
		("add_registrar", pallet_identity::Call::add_registrar { account: of(Eve) }.into()),
		("kill_identity", pallet_identity::Call::kill_identity { target: of(Alice) }.into()),
		("referendum's end", pallet_referenda::Call::kill { index: 0 }.into()),
	];
	for (what, call) in rows {
		table.only_privileged(what, call);
	}
	// An account may make a call that governance has dispatched before it was on the list.
	let unlisted = || pallet_whitelist::Call::dispatch_whitelisted_call_with_preimage {
		call: Box::new(remark()),
	};
	let not_deferred = pallet_whitelist::Error::<Runtime>::DeferredDispatchNotFound;
	table.signed("whitelisted call", Eve, unlisted(), not_deferred);
	let nobody = RuntimeOrigin::none();
	table.by("whitelisted call", nobody, unlisted(), DispatchError::BadOrigin);
	let key = pallet_sudo::Call::set_key { new: of(Eve) };
	table.signed("root key of a stranger", Eve, key, pallet_sudo::Error::<Runtime>::RequireSudo);
}

fn money(table: &mut Table) {
	let transfer = |value| pallet_balances::Call::transfer_allow_death { dest: of(Bob), value };
	table.signed("transfer beyond the supply", Eve, transfer(Balance::MAX), BEYOND);
	let nobody =
		pallet_balances::Call::transfer_allow_death { dest: Address::Raw(vec![0; 32]), value: 1 };
	table.signed("transfer to nobody", Eve, nobody, DispatchError::CannotLookup);
	let dest = Address::Id(AccountId::new([5; 32]));
	let dust = pallet_balances::Call::transfer_allow_death { dest, value: 1 };
	let below = DispatchError::Token(TokenError::BelowMinimum);
	table.signed("account of dust", Eve, dust, below);
	let vest = pallet_vesting::Call::vest {};
	table.signed("nothing to vest", Eve, vest, pallet_vesting::Error::<Runtime>::NotVesting);
	let keys = SessionKeys::decode(&mut TrailingZeroInput::zeroes()).expect("zeros decode");
	let set = pallet_session::Call::set_keys { keys, proof: vec![] };
	table.signed("keys without a proof", Eve, set, pallet_session::Error::<Runtime>::InvalidProof);
	let purge = pallet_session::Call::purge_keys {};
	table.signed("no keys to remove", Eve, purge, pallet_session::Error::<Runtime>::NoKeys);
}

fn staking(table: &mut Table) {
	type E = pallet_staking::Error<Runtime>;
	use pallet_staking::Call;
	let bond = |value| Call::bond { value, payee: pallet_staking::RewardDestination::Staked };
	table.signed("bond of dust", Eve, bond(1), E::InsufficientBond);
	table.signed("second bond", AliceStash, bond(ALLO), E::AlreadyBonded);
	let prefs = pallet_staking::ValidatorPrefs::default();
	table.signed("validator without a bond", Eve, Call::validate { prefs }, E::NotController);
	let free = pallet_staking::ValidatorPrefs { commission: Perbill::zero(), blocked: false };
	table.signed(
		"commission below the minimum",
		AliceStash,
		Call::validate { prefs: free },
		E::CommissionTooLow,
	);
	let nominate = |count: usize| Call::nominate { targets: vec![of(AliceStash); count] };
	table.signed("nomination without a bond", Eve, nominate(1), E::NotController);
	table.signed("nomination of nobody", AliceStash, nominate(0), E::EmptyTargets);
	table.signed("too many nominated", AliceStash, nominate(100), E::TooManyTargets);
	let unbond = Call::unbond { value: Balance::MAX };
	table.signed("end of no bond", Eve, unbond, E::NotController);
	let rebond = Call::rebond { value: 1 };
	table.signed("bond of nothing that ends", AliceStash, rebond, E::NoUnlockChunk);
	let chill = Call::chill_other { stash: id(AliceStash) };
	table.signed("chilling a validator", Eve, chill, E::CannotChillOther);
	let payout = Call::payout_stakers { validator_stash: id(AliceStash), era: u32::MAX };
	table.signed("pay for an era to come", Eve, payout, E::InvalidEraToReward);
	let reap = Call::reap_stash { stash: id(AliceStash), num_slashing_spans: 0 };
	table.signed("reaping a stash with funds", Eve, reap, E::FundedTarget);
}

fn pools(table: &mut Table) {
	type E = pools::Error<Runtime>;
	use pools::Call;
	let join = |amount, pool_id| Call::join { amount, pool_id };
	table.signed("joining with dust", Eve, join(1, 1), E::MinimumBondNotMet);
	table.signed("joining no pool", Eve, join(ALLO, u32::MAX), E::PoolNotFound);
	let create = Call::create { amount: ALLO, root: of(Eve), nominator: of(Eve), bouncer: of(Eve) };
	table.signed("pool of little", Eve, create, E::MinimumBondNotMet);
	let claim = Call::claim_payout {};
	table.signed("pay of no member", Eve, claim, E::PoolMemberNotFound);
	let unbond = Call::unbond { member_account: of(Alice), unbonding_points: Balance::MAX };
	table.signed("leaving for another", Eve, unbond, E::PoolMemberNotFound);
	let commission =
		Call::set_commission { pool_id: 1, new_commission: Some((Perbill::one(), id(Eve))) };
	table.signed("commission of no pool", Eve, commission, E::PoolNotFound);
}

/// Calls around calls.
fn wrappers(table: &mut Table) {
	type M = pallet_multisig::Error<Runtime>;
	let call = || Box::new(remark());
	let multi = |threshold, others: Vec<AccountId>| pallet_multisig::Call::as_multi {
		threshold,
		other_signatories: others,
		maybe_timepoint: None,
		call: call(),
		max_weight: Weight::from_parts(1_000_000_000, 10_000),
	};
	let mut others = vec![id(Alice), id(Bob), id(Charlie)];
	others.sort();
	table.signed("threshold of none", Eve, multi(0, others.clone()), M::MinimumThreshold);
	table.signed("nobody else", Eve, multi(2, vec![]), M::TooFewSignatories);
	let reversed = others.iter().rev().cloned().collect();
	table.signed("signatories out of order", Eve, multi(2, reversed), M::SignatoriesOutOfOrder);
	let twice = vec![others[0].clone(), others[0].clone()];
	table.signed("a signatory twice", Eve, multi(2, twice), M::SignatoriesOutOfOrder);
	let mut with_sender = [others.clone(), vec![id(Eve)]].concat();
	with_sender.sort();
	table.signed("sender among the others", Eve, multi(2, with_sender), M::SenderInSignatories);
	let many = (0..100).map(|n| AccountId::new([n; 32])).collect();
	table.signed("101 signatories", Eve, multi(2, many), M::TooManySignatories);
	let cancel = pallet_multisig::Call::cancel_as_multi {
		threshold: 2,
		other_signatories: others,
		timepoint: pallet_multisig::Timepoint { height: u32::MAX, index: u32::MAX },
		call_hash: [0; 32],
	};
	table.signed("cancelling no operation", Eve, cancel, M::NotFound);

	// A batch that fails leaves nothing of what its first calls did.
	let transfer = |value| {
		RuntimeCall::from(pallet_balances::Call::transfer_allow_death { dest: of(Bob), value })
	};
	let half = || vec![transfer(ALLO), transfer(Balance::MAX)];
	table.signed(
		"batch of which the end fails",
		Eve,
		pallet_utility::Call::batch_all { calls: half() },
		BEYOND,
	);
	// The utility pallet lets no account nest them.
	let nested =
		(0..4).fold(half(), |calls, _| vec![pallet_utility::Call::batch_all { calls }.into()]);
	table.signed(
		"batches in batches",
		Eve,
		pallet_utility::Call::batch_all { calls: nested },
		frame_system::Error::<Runtime>::CallFiltered,
	);
	let inner = pallet_utility::Call::batch_all { calls: half() }.into();
	let as_multi = pallet_multisig::Call::as_multi_threshold_1 {
		other_signatories: vec![id(Alice)],
		call: Box::new(inner),
	};
	table.signed("batch by several signatories", Eve, as_multi, POOR);
	let (main, fallback) = (Box::new(transfer(Balance::MAX)), Box::new(transfer(Balance::MAX)));
	let either = pallet_utility::Call::if_else { main, fallback };
	table.signed("fallback that fails", Eve, either, BEYOND);
	let derivative =
		pallet_utility::Call::as_derivative { index: 7, call: Box::new(transfer(ALLO)) };
	table.signed("derivative of nothing", Eve, derivative, POOR);
	let calls = vec![remark(); 30_000];
	let too_many = pallet_utility::Error::<Runtime>::TooManyCalls;
	let origin = RuntimeOrigin::signed(id(Eve));
	table.by("batch of 30000", origin, pallet_utility::Call::batch { calls }, too_many);
}

fn governance(table: &mut Table) {
	type C = pallet_collective::Error<Runtime, pallet_collective::Instance1>;
	let proposal = || Box::new(remark());
	let propose =
		pallet_collective::Call::propose { threshold: 2, proposal: proposal(), length_bound: 100 };
	table.signed("motion of a stranger", Eve, propose, C::NotMember);
	let execute = pallet_collective::Call::execute { proposal: proposal(), length_bound: 100 };
	table.signed("execution by a stranger", Eve, execute, C::NotMember);
	let short =
		pallet_collective::Call::propose { threshold: 2, proposal: proposal(), length_bound: 0 };
	table.signed("motion longer than it says", Alice, short, C::WrongProposalLength);
	let close = pallet_collective::Call::close {
		proposal_hash: H256::zero(),
		index: u32::MAX,
		proposal_weight_bound: Weight::zero(),
		length_bound: 0,
	};
	table.signed("close of no motion", Eve, close, C::ProposalMissing);
	let vote = pallet_conviction_voting::AccountVote::Standard {
		vote: pallet_conviction_voting::Vote {
			aye: true,
			conviction: pallet_conviction_voting::Conviction::None,
		},
		balance: ALLO,
	};
	let vote = pallet_conviction_voting::Call::vote { poll_index: u32::MAX, vote };
	table.signed(
		"vote on nothing",
		Eve,
		vote,
		pallet_conviction_voting::Error::<Runtime>::NotOngoing,
	);
	let deposit = pallet_referenda::Call::place_decision_deposit { index: u32::MAX };
	table.signed(
		"deposit for nothing",
		Eve,
		deposit,
		pallet_referenda::Error::<Runtime>::NotOngoing,
	);
	let note = pallet_preimage::Call::note_preimage { bytes: vec![0; 5 * 1024 * 1024] };
	let origin = RuntimeOrigin::signed(id(Eve));
	table.by("preimage too large", origin, note, pallet_preimage::Error::<Runtime>::TooBig);
	let name = |pallet: &str, call: &str| {
		let bounded = |name: &str| BoundedVec::truncate_from(name.as_bytes().to_vec());
		(bounded(pallet), bounded(call))
	};
	type P = pallet_tx_pause::Error<Runtime>;
	for (what, full_name, error) in [
		("pausing a way out", name("Reputer", "withdraw"), P::Unpausable),
		("pausing nothing", name("Nothing", "nothing"), P::Unpausable),
	] {
		let pause = pallet_tx_pause::Call::pause { full_name };
		table.by(what, RuntimeOrigin::root(), pause.clone(), error);
		table.only_privileged(what, pause);
	}
	type S = pallet_safe_mode::Error<Runtime>;
	table.signed(
		"safe mode of a stranger",
		Eve,
		pallet_safe_mode::Call::enter {},
		S::NotConfigured,
	);
	table.signed("extending no safe mode", Eve, pallet_safe_mode::Call::extend {}, S::Exited);
	table.by(
		"leaving no safe mode",
		RuntimeOrigin::root(),
		pallet_safe_mode::Call::force_exit {},
		S::Exited,
	);
}

fn proxies(table: &mut Table) {
	type E = pallet_proxy::Error<Runtime>;
	use pallet_proxy::Call;
	let add =
		|delegate: Address| Call::add_proxy { delegate, proxy_type: ProxyType::Any, delay: 0 };
	table.in_block(|table| {
		let proxy =
			Call::proxy { real: of(Alice), force_proxy_type: None, call: Box::new(remark()) };
		table.signed("who is no proxy", Eve, proxy, E::NotProxy);
		table.signed("proxy of oneself", Eve, add(of(Eve)), E::NoSelfProxy);
		let remove = Call::remove_proxy { delegate: of(Bob), proxy_type: ProxyType::Any, delay: 0 };
		table.signed("removing no proxy", Eve, remove, E::NotFound);
		let announce = Call::announce { real: of(Alice), call_hash: H256::zero() };
		table.signed("announcement of a stranger", Eve, announce, E::NotProxy);
	});
	table.supposing(
		|| {
			block(|| {
				for n in 0..32 {
					send(Dave, add(Address::Id(AccountId::new([n; 32]))));
				}
				send(Eve, add(of(Dave)));
			})
		},
		|table| {
			table.signed("proxy 33", Dave, add(of(Alice)), E::TooMany);
			table.signed("the same proxy twice", Eve, add(of(Dave)), E::Duplicate);
		},
	);
}

/// What is refused while a call is paused, and in the safe mode.
fn stopped(table: &mut Table) {
	let filtered = || frame_system::Error::<Runtime>::CallFiltered;
	let create = || pallet_registry::Call::create { parameters: Box::new(usual()) };
	let bounded = |name: &str| BoundedVec::truncate_from(name.as_bytes().to_vec());
	table.supposing(
		|| {
			block(|| {
				let full_name = (bounded("Topics"), bounded("create"));
				assert_ok!(allora_runtime::TxPause::pause(RuntimeOrigin::root(), full_name));
			})
		},
		|table| {
			table.signed("a paused call", Eve, create(), filtered());
			let batch =
				pallet_utility::Call::batch_all { calls: vec![RuntimeCall::from(create())] };
			table.signed("a paused call in a batch", Eve, batch, filtered());
		},
	);
	table.supposing(
		|| {
			let entered = || allora_runtime::SafeMode::force_enter(RuntimeOrigin::root());
			assert_ok!(block(entered));
		},
		|table| {
			table.signed("a call in the safe mode", Eve, create(), filtered());
			let dest = of(Bob);
			let transfer = pallet_balances::Call::transfer_allow_death { dest, value: ALLO };
			table.signed("a transfer in the safe mode", Eve, transfer, filtered());
		},
	);
}
