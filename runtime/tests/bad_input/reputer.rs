//! Reports, stake and delegations.

use super::{table::Table, world::*};
use crate::support::{block, now, run_to};
use allora_primitives::{
	Balance, EpochId, FixedI128, LossMethod, Registration, TopicId, TopicParameters, ALLO,
};
use allora_runtime::Runtime;
use frame_support::BoundedVec;
use pallet_reputer::{Call, Error};
use sp_core::H256;
use sp_keyring::Sr25519Keyring::{self, *};
use sp_runtime::{DispatchError, Perbill, TokenError};
use std::cell::Cell;

type E = Error<Runtime>;

const POOR: DispatchError = DispatchError::Token(TokenError::FundsUnavailable);

/// The topics of this room, whose epochs open in the same slots.
struct Topics {
	plain: TopicId,
	probabilities: TopicId,
	counts: TopicId,
	quantiles: TopicId,
	custom: TopicId,
	/// Nobody submits in it.
	silent: TopicId,
	retired: TopicId,
}

/// All cases of this room.
pub fn cases(table: &mut Table) {
	let topics = topics();
	let epoch = collecting(topics.plain);
	table.in_block(|table| stakes(table, &topics));
	table.in_block(|table| delegations(table, &topics));
	table.in_block(|table| origins(table, &topics, epoch));
	pending(table, topics.plain);
	let half = number(1) / number(2);
	block(|| {
		for topic in [topics.plain, topics.counts, topics.custom] {
			send(Alice, submit(topic, epoch, &[number(1)]));
		}
		send(Alice, submit(topics.probabilities, epoch, &[half, half]));
		send(Alice, submit(topics.quantiles, epoch, &[number(1), number(2)]));
	});
	run_to(epoch + EpochId::from(LENGTH));
	table.in_block(|table| windows_and_roles(table, &topics, epoch));
	table.in_block(|table| truths(table, &topics, epoch));
	table.in_block(|table| losses(table, &topics, epoch));
	duplicates(table, topics.plain, epoch);
	late(table, &topics, epoch);
}

fn topics() -> Topics {
	let retired = create_retired();
	let topics = block(|| {
		let with = |method: LossMethod, labels: &[&str], unity: Option<FixedI128>| {
			let labels =
				labels.iter().map(|name| BoundedVec::truncate_from(name.as_bytes().to_vec()));
			create_active(TopicParameters {
				loss_method: method,
				labels: BoundedVec::truncate_from(labels.collect()),
				unity_tolerance: unity,
				phase: Some(0),
				..usual()
			})
		};
		let levels =
			BoundedVec::truncate_from(vec![number(1) / number(10), number(9) / number(10)]);
		let custom = LossMethod::Custom(BoundedVec::truncate_from(b"own".to_vec()));
		Topics {
			plain: with(LossMethod::Squared, &["y"], None),
			probabilities: with(LossMethod::Brier, &["up", "down"], Some(number(1) / number(100))),
			counts: with(LossMethod::Poisson, &["n"], None),
			quantiles: with(LossMethod::Pinball { levels }, &["low", "high"], None),
			custom: with(custom, &["y"], None),
			silent: with(LossMethod::Squared, &["y"], None),
			retired,
		}
	});
	block(|| {
		// Dave has less than reports need, Two has little, and One delegates.
		register(topics.plain, Dave, Registration::Reputer);
		stake(topics.plain, Dave, 50);
		let value = allora_runtime::Balances::free_balance(id(Two)) - ALLO / 2;
		send(Two, pallet_balances::Call::burn { value, keep_alive: true });
		send(One, delegate(topics.plain, Charlie, 5 * ALLO));
	});
	topics
}

fn delegate(topic: TopicId, reputer: Sr25519Keyring, amount: Balance) -> Call<Runtime> {
	Call::delegate { topic, reputer: id(reputer), amount }
}

fn undelegate(topic: TopicId, reputer: Sr25519Keyring, amount: Balance) -> Call<Runtime> {
	Call::undelegate { topic, reputer: id(reputer), amount }
}

fn stakes(table: &mut Table, topics: &Topics) {
	let (topic, all) = (topics.plain, Balance::MAX);
	let stake = |topic, amount| Call::stake { topic, amount };
	let unstake = |topic, amount| Call::unstake { topic, amount };
	table.signed("stake of nothing", Charlie, stake(topic, 0), E::ZeroAmount);
	table.signed("stake beyond the supply", Charlie, stake(topic, all), POOR);
	table.signed("stake of who is no reputer", Alice, stake(topic, ALLO), E::NotRegistered);
	table.signed("stake in a retired topic", Charlie, stake(topics.retired, ALLO), E::TopicRetired);
	table.signed("removal of nothing", Charlie, unstake(topic, 0), E::ZeroAmount);
	table.signed("removal of more than there is", Charlie, unstake(topic, all), E::StakeExceeded);
	table.signed("a planck too much", Charlie, unstake(topic, 1_000 * ALLO + 1), E::StakeExceeded);
	table.signed("removal of another's stake", Eve, unstake(topic, 1), E::StakeExceeded);
	for topic in [0, NONE] {
		table.signed("stake in no topic", Charlie, stake(topic, ALLO), E::NotRegistered);
		table.signed("removal in no topic", Charlie, unstake(topic, 1), E::StakeExceeded);
		table.signed("withdrawal in no topic", Charlie, Call::withdraw { topic }, E::NothingDue);
	}
	for removal_id in [0, u64::MAX] {
		let cancel = Call::cancel_unstake { topic, removal_id };
		table.signed("cancelling no removal", Charlie, cancel.clone(), E::RemovalNotFound);
		table.signed("cancelling as a stranger", Eve, cancel, E::NotRegistered);
	}
	table.signed("withdrawal of nothing", Charlie, Call::withdraw { topic }, E::NothingDue);
	let withdraw =
		|account| Call::withdraw_for { topic, reputer: id(Charlie), account: id(account) };
	table.signed("withdrawal of nothing for another", Eve, withdraw(Charlie), E::NothingDue);
	table.signed("withdrawal of no delegation", Eve, withdraw(One), E::NothingDue);
	let commission =
		|percent| Call::set_commission { topic, commission: Perbill::from_percent(percent) };
	table.signed("commission of 51 %", Charlie, commission(51), E::CommissionTooHigh);
	table.signed("commission of all", Charlie, commission(100), E::CommissionTooHigh);
	table.signed("commission of who is no reputer", Eve, commission(1), E::NotRegistered);
}

fn delegations(table: &mut Table, topics: &Topics) {
	let (topic, all) = (topics.plain, Balance::MAX);
	table.signed("delegation of nothing", Eve, delegate(topic, Charlie, 0), E::ZeroAmount);
	table.signed(
		"delegation to oneself",
		Charlie,
		delegate(topic, Charlie, ALLO),
		E::SelfDelegation,
	);
	table.signed("delegation to a worker", Eve, delegate(topic, Alice, ALLO), E::NotRegistered);
	table.signed("delegation in no topic", Eve, delegate(NONE, Charlie, ALLO), E::NotRegistered);
	let retired = delegate(topics.retired, Charlie, ALLO);
	table.signed("delegation in a retired topic", Eve, retired, E::TopicRetired);
	let dust = delegate(topic, Charlie, ALLO - 1);
	table.signed("delegation below the minimum", Eve, dust, E::DelegationTooLow);
	table.signed("delegation beyond the supply", Eve, delegate(topic, Charlie, all), POOR);
	table.signed("delegation of what is not there", Two, delegate(topic, Charlie, ALLO), POOR);
	table.signed("end of nothing", One, undelegate(topic, Charlie, 0), E::ZeroAmount);
	table.signed("end of no delegation", Eve, undelegate(topic, Charlie, 1), E::DelegationNotFound);
	table.signed("end of more", One, undelegate(topic, Charlie, all), E::StakeExceeded);
	let rest = undelegate(topic, Charlie, 4 * ALLO + 1);
	table.signed("a rest below the minimum", One, rest, E::DelegationTooLow);
	let reputer = id(Charlie);
	for removal_id in [0, u64::MAX] {
		let cancel = Call::cancel_undelegate { topic, reputer: reputer.clone(), removal_id };
		table.signed("cancelling no end", One, cancel, E::RemovalNotFound);
	}
	let claim = Call::claim { topic, reputer: reputer.clone() };
	table.signed("claim of nothing", One, claim.clone(), E::NothingToClaim);
	table.signed("claim of a stranger", Eve, claim, E::DelegationNotFound);
	let compound = Call::compound { topic, reputer };
	table.signed("compounding nothing", One, compound.clone(), E::NothingToClaim);
	table.signed("compounding as a stranger", Eve, compound, E::DelegationNotFound);
}

fn origins(table: &mut Table, topics: &Topics, epoch: EpochId) {
	let (topic, reputer, amount, removal_id) = (topics.plain, id(Charlie), ALLO, 0);
	let (bundle_hash, losses) = (H256::zero(), BoundedVec::new());
	let commission = Perbill::zero();
	for call in [
		Call::stake { topic, amount },
		Call::unstake { topic, amount },
		Call::cancel_unstake { topic, removal_id },
		Call::withdraw { topic },
		Call::abstain { topic, epoch },
		Call::report { topic, epoch, truth: BoundedVec::new() },
		Call::report_losses { topic, epoch, bundle_hash, losses },
		delegate(topic, Charlie, amount),
		undelegate(topic, Charlie, amount),
		Call::cancel_undelegate { topic, reputer: reputer.clone(), removal_id },
		Call::withdraw_for { topic, reputer: reputer.clone(), account: id(One) },
		Call::set_commission { topic, commission },
		Call::claim { topic, reputer: reputer.clone() },
		Call::compound { topic, reputer },
	] {
		table.only_accounts("origin", call);
	}
}

/// Seventeen removals, of stake and of a delegation.
fn pending(table: &mut Table, topic: TopicId) {
	table.supposing(
		|| {
			block(|| {
				send(One, delegate(topic, Charlie, 20 * ALLO));
				for _ in 0..pallet_reputer::types::MAX_REMOVALS {
					send(Charlie, Call::unstake { topic, amount: 1 });
					send(One, undelegate(topic, Charlie, 1));
				}
			})
		},
		|table| {
			let more = Call::unstake { topic, amount: 1 };
			table.signed("seventeenth removal", Charlie, more, E::TooManyRemovals);
			let more = undelegate(topic, Charlie, 1);
			table.signed("seventeenth end", One, more, E::TooManyRemovals);
			table.signed("withdrawal too early", Charlie, Call::withdraw { topic }, E::NothingDue);
		},
	);
}

fn report_losses(
	topic: TopicId,
	epoch: EpochId,
	hash: H256,
	losses: &[FixedI128],
) -> Call<Runtime> {
	let losses = BoundedVec::truncate_from(losses.to_vec());
	Call::report_losses { topic, epoch, bundle_hash: hash, losses }
}

fn windows_and_roles(table: &mut Table, topics: &Topics, epoch: EpochId) {
	let (topic, one) = (topics.plain, [number(1)]);
	let abstain = |topic, epoch| Call::abstain { topic, epoch };
	for none in [0, NONE] {
		table.signed("report in no topic", Charlie, report(none, epoch, &one), E::TopicNotFound);
		table.signed("abstention in no topic", Charlie, abstain(none, epoch), E::TopicNotFound);
		let losses = report_losses(none, epoch, H256::zero(), &one);
		table.signed("losses in no topic", Charlie, losses, E::TopicNotFound);
	}
	for unknown in [0, epoch + 1, EpochId::MAX] {
		table.signed("report on no epoch", Charlie, report(topic, unknown, &one), E::EpochNotFound);
		table.signed("abstention in no epoch", Charlie, abstain(topic, unknown), E::EpochNotFound);
	}
	let next = epoch + EpochId::from(LENGTH);
	table.signed("report too early", Charlie, report(topic, next, &one), E::WindowNotOpen);
	table.signed("abstention too early", Charlie, abstain(topic, next), E::WindowNotOpen);
	let void = report(topics.silent, epoch, &one);
	table.signed("report on a void epoch", Charlie, void, E::EpochNotReporting);
	for who in [Eve, Alice] {
		table.signed("report of no reputer", who, report(topic, epoch, &one), E::NotRegistered);
		table.signed("abstention of no reputer", who, abstain(topic, epoch), E::NotRegistered);
	}
	table.signed("report on little stake", Dave, report(topic, epoch, &one), E::StakeTooLow);
	table.signed("abstention on little stake", Dave, abstain(topic, epoch), E::StakeTooLow);
}

/// Truths that no reputer may report.
fn truths(table: &mut Table, topics: &Topics, epoch: EpochId) {
	let (zero, one, two, minus) = (number(0), number(1), number(2), number(-1));
	let above = number(1_000_000_000_000_000) + FixedI128::from_inner(1);
	let rows: Vec<(&str, TopicId, Vec<FixedI128>, E)> = vec![
		("no truth", topics.plain, vec![], E::WrongLength),
		("two truths for one label", topics.plain, vec![one, one], E::WrongLength),
		("32 truths", topics.plain, vec![one; 32], E::WrongLength),
		("the largest truth", topics.plain, vec![MAX], E::TruthOutOfRange),
		("the least truth", topics.plain, vec![MIN], E::TruthOutOfRange),
		("truth a unit above the bound", topics.plain, vec![above], E::TruthOutOfRange),
		("truths that sum to 2", topics.probabilities, vec![one, one], E::NotUnity),
		("truth below 0", topics.probabilities, vec![two, minus], E::NotProbability),
		("one truth of two", topics.probabilities, vec![one], E::WrongLength),
		("count below 0", topics.counts, vec![minus], E::NegativeCount),
		("two truths of quantiles", topics.quantiles, vec![zero, one], E::TruthsDiffer),
		("truth where losses are reported", topics.custom, vec![one], E::LossesExpected),
	];
	for (what, topic, truth, error) in rows {
		table.signed(what, Charlie, report(topic, epoch, &truth), error);
	}
}

fn losses(table: &mut Table, topics: &Topics, epoch: EpochId) {
	use allora_primitives::api::runtime_decl_for_aggregation_api::AggregationApi;
	let one = number(1);
	let (hash, _) = Runtime::bundle(topics.custom, epoch).expect("there is an inference");
	let elements = Runtime::elements(topics.custom, epoch).len();
	let rows: Vec<(&str, TopicId, H256, Vec<FixedI128>, E)> = vec![
		("losses where the truth is", topics.plain, hash, vec![one], E::TruthExpected),
		("losses of no bundle", topics.custom, H256::zero(), vec![one; elements], E::WrongBundle),
		("no losses", topics.custom, hash, vec![], E::WrongLength),
		("a loss too many", topics.custom, hash, vec![one; elements + 1], E::WrongLength),
		("the largest loss", topics.custom, hash, vec![MAX; elements], E::LossOutOfRange),
		("the least loss", topics.custom, hash, vec![MIN; elements], E::LossOutOfRange),
		(
			"a loss above 1000",
			topics.custom,
			hash,
			vec![number(1_001); elements],
			E::LossOutOfRange,
		),
	];
	for (what, topic, hash, losses, error) in rows {
		table.signed(what, Charlie, report_losses(topic, epoch, hash, &losses), error);
	}
}

fn duplicates(table: &mut Table, topic: TopicId, epoch: EpochId) {
	let again = || report(topic, epoch, &[number(1)]);
	let abstain = || Call::abstain { topic, epoch };
	table.supposing(
		|| block(|| send(Charlie, again())),
		|table| {
			table.signed("second report", Charlie, again(), E::AlreadyReported);
			table.signed("abstention after a report", Charlie, abstain(), E::AlreadyReported);
		},
	);
	table.supposing(
		|| block(|| send(Charlie, abstain())),
		|table| {
			table.signed("second abstention", Charlie, abstain(), E::AlreadyAbstained);
			table.signed("report after an abstention", Charlie, again(), E::AlreadyAbstained);
		},
	);
}

/// Reports after their window, and of who is not listed any more.
fn late(table: &mut Table, topics: &Topics, epoch: EpochId) {
	let topic = topics.plain;
	table.supposing(
		|| run_to(epoch + 2 * EpochId::from(LENGTH)),
		|table| {
			let late = report(topic, epoch, &[number(1)]);
			table.signed("report too late", Charlie, late, E::WindowClosed);
			let late = Call::abstain { topic, epoch };
			table.signed("abstention too late", Charlie, late, E::WindowClosed);
		},
	);
	let registration = Registration::Reputer;
	let listed = Cell::new(0);
	table.supposing(
		|| {
			let list = pallet_registry::Call::set_allow_list { topic, registration, enabled: true };
			block(|| send(Ferdie, list));
			// The list is in force in the epoch's first slot: else those who could report then still can.
			skip_to(now() + 62 + EpochId::from(LENGTH));
			listed.set(collecting(topic));
			serve(topic, listed.get(), &[number(1)]);
		},
		|table| {
			let excluded = report(topic, listed.get(), &[number(1)]);
			table.signed("report of who is not listed", Charlie, excluded, E::NotAllowed);
			let more = Call::stake { topic, amount: ALLO };
			table.signed("stake of who is not listed", Charlie, more, E::NotAllowed);
			let more = delegate(topic, Charlie, ALLO);
			table.signed("delegation to who is not listed", Eve, more, E::NotAllowed);
		},
	);
}
