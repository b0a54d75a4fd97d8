//! Operations within others, and calls that must be refused.

use super::{
	super::{
		values::{self, once_in},
		world::{self, ClockCall, TopicsCall},
		Random,
	},
	some_registration, Kind, Operation, People, TRIES,
};
use allora_primitives::{EpochId, TopicParameters};
use allora_runtime::{configs::ProxyType, AccountId, Address, RuntimeCall};
use codec::{Decode, Encode};
use rand::{seq::IndexedRandom, Rng};

impl People {
	/// Operations in a batch, or one by proxy.
	pub(super) fn wrap(&mut self, random: &mut Random) -> (usize, RuntimeCall) {
		if once_in(random, 3) {
			if let Some(submission) = self.submit_for(random) {
				return submission;
			}
		}
		let inner = [
			Kind::Work,
			Kind::Report,
			Kind::Stake,
			Kind::Delegate,
			Kind::Consume,
			Kind::Fund,
			Kind::Govern,
			Kind::Money,
		];
		let inner = |random: &mut Random| *inner.choose(random).expect("there are some");
		let (kind, other) = (inner(random), inner(random));
		let Operation { signer, call, .. } = self.operation(kind, random);
		let other = self.operation(other, random).call;
		let delegates = world::proxies(&self.accounts[signer].id);
		let real = Address::Id(self.accounts[signer].id.clone());
		let somebody = self.somebody(random);
		match random.random_range(0..12) {
			0..=1 => (signer, pallet_utility::Call::batch { calls: vec![call, other] }.into()),
			2 => (signer, pallet_utility::Call::batch_all { calls: vec![call, other] }.into()),
			3 => (signer, pallet_utility::Call::force_batch { calls: vec![call, other] }.into()),
			4 => {
				let call = Box::new(call);
				(signer, pallet_utility::Call::as_derivative { index: 0, call }.into())
			}
			5 => {
				let (main, fallback) = (Box::new(call), Box::new(other));
				(signer, pallet_utility::Call::if_else { main, fallback }.into())
			}
			6 => {
				let (call, others) = (Box::new(call), vec![somebody]);
				let other_signatories = others;
				let call = pallet_multisig::Call::as_multi_threshold_1 { other_signatories, call };
				(signer, call.into())
			}
			7..=8 => {
				let (delegate, delay) = (Address::Id(somebody), 0);
				let proxy_type = some_proxy_type(random);
				(signer, pallet_proxy::Call::add_proxy { delegate, proxy_type, delay }.into())
			}
			9 if !delegates.is_empty() => (signer, pallet_proxy::Call::remove_proxies {}.into()),
			_ => {
				let delegate =
					delegates.choose(random).and_then(|delegate| self.index_of(delegate));
				let signer = delegate.unwrap_or(signer);
				let (call, force_proxy_type) = (Box::new(call), None);
				(signer, pallet_proxy::Call::proxy { real, force_proxy_type, call }.into())
			}
		}
	}

	/// A submission by a proxy of the account, or none if the account has no proxy.
	fn submit_for(&mut self, random: &mut Random) -> Option<(usize, RuntimeCall)> {
		let kind = if random.random() { Kind::Work } else { Kind::Report };
		let mut operation = self.operation(kind, random);
		let mut proxies = world::proxies(&self.accounts[operation.signer].id);
		for _ in 0..TRIES {
			if proxies.is_empty() {
				operation = self.operation(kind, random);
				proxies = world::proxies(&self.accounts[operation.signer].id);
			}
		}
		let delegate = self.index_of(proxies.choose(random)?)?;
		let real = Address::Id(self.accounts[operation.signer].id.clone());
		let call = Box::new(operation.call);
		Some((delegate, allora_runtime::delegates::Call::submit_for { real, call }.into()))
	}

	/// A call that does not fit the chain, or one whose bytes were changed.
	pub(super) fn garbage(&mut self, random: &mut Random) -> Operation {
		let signer = self.anyone(random);
		let call = if random.random() {
			self.nonsense(random)
		} else {
			let kinds = [
				Kind::Work,
				Kind::Report,
				Kind::Stake,
				Kind::Delegate,
				Kind::Consume,
				Kind::Create,
				Kind::Govern,
				Kind::Pool,
				Kind::Vote,
			];
			let kind = *kinds.choose(random).expect("there is one");
			let Operation { signer, call, .. } = self.operation(kind, random);
			let call = mutated(call, random);
			return Operation { signer, call, garbage: true };
		};
		Operation { signer, call, garbage: true }
	}

	fn nonsense(&self, random: &mut Random) -> RuntimeCall {
		let topic = match random.random_range(0..4) {
			0 => 0,
			1 => random.random(),
			_ => self.topic(random, |_| true).topic,
		};
		let epoch: EpochId = match random.random_range(0..3) {
			0 => random.random(),
			_ => world::now().saturating_sub(random.random::<u8>().into()),
		};
		let registration = some_registration(random);
		let amount = values::amount(random);
		match random.random_range(0..21) {
			0..=2 => {
				let parameters = Box::new(values::invalid_parameters(random));
				TopicsCall::create { parameters }.into()
			}
			3 => TopicsCall::fund { topic, amount }.into(),
			4 => ClockCall::activate { topic }.into(),
			5 => TopicsCall::retire { topic }.into(),
			6 => TopicsCall::leave { topic, registration }.into(),
			7 => {
				let changes = values::update(random).into();
				TopicsCall::update { topic, changes }.into()
			}
			8 => {
				let parameters = TopicParameters::regression(10, 1, 10);
				let inference =
					random.random::<bool>().then(|| values::inference(random, &parameters));
				let call =
					pallet_inference::Call::submit { topic, epoch, inference, forecast: None };
				call.into()
			}
			9 => {
				let bundle_hash = random.random::<[u8; 32]>().into();
				let losses = values::losses(random, 4);
				pallet_reputer::Call::report_losses { topic, epoch, bundle_hash, losses }.into()
			}
			10 => pallet_reputer::Call::abstain { topic, epoch }.into(),
			11 => pallet_reputer::Call::stake { topic, amount }.into(),
			12 => pallet_reputer::Call::unstake { topic, amount }.into(),
			13 => {
				let removal_id = random.random();
				pallet_reputer::Call::cancel_unstake { topic, removal_id }.into()
			}
			14 => {
				let reputer = self.somebody(random);
				pallet_reputer::Call::delegate { topic, reputer, amount }.into()
			}
			15 => {
				let reputer = self.somebody(random);
				pallet_reputer::Call::undelegate { topic, reputer, amount }.into()
			}
			16 => {
				let (max_age, keep) = (random.random(), random.random());
				pallet_consumer::Call::buy { topic, payment: amount, max_age, keep }.into()
			}
			17 => {
				let epochs = random.random();
				pallet_consumer::Call::subscribe { topic, per_epoch: amount, epochs }.into()
			}
			// Not by their origins.
			18 => ClockCall::force_inactivate { topic }.into(),
			19 => ClockCall::prune { topic }.into(),
			_ => {
				let account = AccountId::new(random.random());
				pallet_emissions::Call::collect { topic, account }.into()
			}
		}
	}
}

fn some_proxy_type(random: &mut Random) -> ProxyType {
	if random.random() {
		ProxyType::Any
	} else {
		ProxyType::Submissions
	}
}

/// The call with one to three of its bytes changed, or the call itself if that does not decode.
fn mutated(call: RuntimeCall, random: &mut Random) -> RuntimeCall {
	let mut bytes = call.encode();
	for _ in 0..random.random_range(1..=3) {
		// The first byte is the pallet.
		let at = random.random_range(1..bytes.len());
		bytes[at] = random.random();
	}
	RuntimeCall::decode(&mut &bytes[..]).unwrap_or(call)
}
