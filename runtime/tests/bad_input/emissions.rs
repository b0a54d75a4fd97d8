//! Earnings, the start of emission, and submissions by a proxy.

use super::{table::Table, world::*};
use crate::support::block;
use allora_primitives::{EpochId, TopicId};
use allora_runtime::{configs::ProxyType, delegates, Address, Runtime, RuntimeCall, RuntimeOrigin};
use pallet_emissions::{Call, Error};
use sp_keyring::Sr25519Keyring::{self, *};
use sp_runtime::DispatchError;

/// All cases of this room.
pub fn cases(table: &mut Table) {
	let topic = block(|| create_active(usual()));
	let epoch = collecting(topic);
	let nothing = Error::<Runtime>::NothingDue;
	table.in_block(|table| {
		let collect = |topic, who: Sr25519Keyring| Call::collect { topic, account: id(who) };
		table.signed("earnings of no work", Alice, collect(topic, Alice), nothing);
		let nothing = Error::<Runtime>::NothingDue;
		table.signed("earnings of a stranger", Alice, collect(topic, Eve), nothing);
		for topic in [0, NONE] {
			let nothing = Error::<Runtime>::NothingDue;
			table.signed("earnings in no topic", Alice, collect(topic, Alice), nothing);
		}
		table.only_accounts("collect", collect(topic, Alice));
		table.only_privileged("start", Call::start {});
		let again = Error::<Runtime>::AlreadyStarted;
		table.by("start of what has started", RuntimeOrigin::root(), Call::start {}, again);
	});
	proxies(table, topic, epoch);
}

fn submit_for(real: Address, call: RuntimeCall) -> delegates::Call<Runtime> {
	delegates::Call::submit_for { real, call: Box::new(call) }
}

fn of(who: Sr25519Keyring) -> Address {
	Address::Id(id(who))
}

fn proxies(table: &mut Table, topic: TopicId, epoch: EpochId) {
	type E = delegates::Error<Runtime>;
	let submission = || submit(topic, epoch, &[number(1)]);
	table.supposing(
		|| {
			block(|| {
				for (who, delay) in [(Alice, 0), (Bob, 10)] {
					let (delegate, proxy_type) = (of(Dave), ProxyType::Submissions);
					send(who, pallet_proxy::Call::add_proxy { delegate, proxy_type, delay });
				}
			})
		},
		|table| {
			let transfer =
				pallet_balances::Call::transfer_all { dest: of(Dave), keep_alive: false };
			let money = submit_for(of(Alice), transfer.into());
			table.signed("money by a proxy", Dave, money, E::NotASubmission);
			let inner = submit_for(of(Alice), submission()).into();
			table.signed(
				"submission in a submission",
				Dave,
				submit_for(of(Alice), inner),
				E::NotASubmission,
			);
			let batch = pallet_utility::Call::batch { calls: vec![submission()] }.into();
			table.signed(
				"submission in a batch",
				Dave,
				submit_for(of(Alice), batch),
				E::NotASubmission,
			);
			let delayed = submit_for(of(Bob), submission());
			table.signed("proxy with a delay", Dave, delayed, E::Unannounced);
			let stranger = submit_for(of(Alice), submission());
			let not_proxy = pallet_proxy::Error::<Runtime>::NotProxy;
			table.signed("who is no proxy", Eve, stranger, not_proxy);
			let nobody = submit_for(Address::Raw(vec![]), submission());
			table.signed("proxy of nobody", Dave, nobody, DispatchError::CannotLookup);
			let wrong = submit_for(of(Alice), submit(topic, 0, &[number(1)]));
			let closed = pallet_inference::Error::<Runtime>::WindowClosed;
			table.signed("late submission by a proxy", Dave, wrong, closed);
			table.only_accounts("submit_for", submit_for(of(Alice), submission()));
			// The proxy's type holds inside of the SDK's own call as well.
			let (real, call) = (of(Alice), Box::new(submission()));
			let force_proxy_type = Some(ProxyType::Any);
			let forced = pallet_proxy::Call::proxy { real, force_proxy_type, call };
			let not_proxy = pallet_proxy::Error::<Runtime>::NotProxy;
			table.signed("proxy of another type", Dave, forced, not_proxy);
		},
	);
}
