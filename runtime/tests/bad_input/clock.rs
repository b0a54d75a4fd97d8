//! The clock's calls: activation, and what an emergency does.

use super::{table::Table, world::*};
use crate::support::{block, now};
use allora_primitives::{Cadence, Registration, Slot, TopicId, TopicParameters, ALLO};
use allora_runtime::{Runtime, RuntimeOrigin};
use frame_support::{assert_ok, traits::Get};
use pallet_clock::{Call, Error, Reserved, TopicStates};
use sp_keyring::Sr25519Keyring::*;

type E = Error<Runtime>;

/// All cases of this room.
pub fn cases(table: &mut Table) {
	let retired = create_retired();
	let (active, light, on_demand, barred) = block(|| {
		let on_demand = TopicParameters { cadence: Cadence::OnDemand, ..usual() };
		let active = create_active(usual());
		(active, create(usual()), create_active(on_demand), create_active(usual()))
	});
	block(|| {
		let origin = RuntimeOrigin::root();
		assert_ok!(allora_runtime::Clock::force_inactivate(origin, barred));
	});
	block(|| ());

	let activate = |topic| Call::activate { topic };
	let root = RuntimeOrigin::root;
	table.in_block(|table| {
		for topic in [0, NONE] {
			table.signed("activating nothing", Eve, activate(topic), E::TopicNotFound);
			let (bar, lift) = (Call::force_inactivate { topic }, Call::lift { topic });
			table.by("barring nothing", root(), bar, E::TopicNotFound);
			table.by("lifting no bar on nothing", root(), lift, E::TopicNotFound);
		}
		table.signed("activating what is active", Eve, activate(active), E::AlreadyActive);
		table.signed("activating what is too light", Eve, activate(light), E::WeightTooLow);
		table.signed("activating what is barred", Eve, activate(barred), E::Barred);
		table.signed("activating what is retired", Eve, activate(retired), E::TopicRetired);
		table.signed("activating what is on demand", Eve, activate(on_demand), E::OnDemand);
		table.by("barring twice", root(), Call::force_inactivate { topic: barred }, E::Barred);
		table.by("lifting no bar", root(), Call::lift { topic: active }, E::NotBarred);
		let prune = |topic| Call::prune { topic };
		table.signed("pruning nothing", Eve, prune(NONE), E::TopicNotFound);
		table.signed("pruning what is active", Eve, prune(active), E::NotLapsed);
		table.signed("pruning what is barred just now", Eve, prune(barred), E::NotLapsed);
		table.signed("pruning what is retired", Eve, prune(retired), E::TopicRetired);
		table.only_accounts("prune", prune(light));
		table.only_accounts("activate", activate(light));
		table.only_privileged("force_inactivate", Call::force_inactivate { topic: active });
		table.only_privileged("lift", Call::lift { topic: barred });
	});
	let weeks = Slot::from(pallet_timing::SlotsPerWeek::<Runtime>::get()) * 5;
	table.supposing(
		|| skip_to(now() + weeks),
		|table| {
			let prune = Call::prune { topic: light };
			table.signed("pruning what had no epoch", Eve, prune, E::NothingToPrune);
		},
	);
	full(table, active, light);
}

/// Activation of a topic while others have reserved the clock's share, or most of it.
fn full(table: &mut Table, active: TopicId, light: TopicId) {
	let reserved = TopicStates::<Runtime>::get(active).reservation.expect("it is active");
	let fill = |left_out: u32| {
		let left = allora_runtime::Clock::vacancies(&usual());
		let count = left.saturating_sub(left_out);
		Reserved::<Runtime>::mutate(|capacity| capacity.add_many(&reserved, count));
	};
	let back = || {
		register(light, Dave, Registration::Reputer);
		// What is left of the clock's share is dear.
		let little = ALLO / 10_000;
		pallet_registry::Economies::<Runtime>::mutate(light, |of| of.revenue = little);
		stake(light, Dave, 100_000);
	};
	for (what, left_out, error) in [
		("activating without capacity", 0, E::NoCapacity),
		("activating without the rent", 1, E::RentTooHigh),
	] {
		table.supposing(
			|| {
				block(|| {
					fill(left_out);
					back();
				})
			},
			|table| table.signed(what, Eve, Call::activate { topic: light }, error),
		);
	}
}
