//! Operations of workers and reputers in epochs.

use super::{
	super::{
		values::{self, once_in},
		world, Random,
	},
	stake_to_report, People, TRIES,
};
use allora_primitives::{
	api::TopicInfo, commitment_hash, EpochId, Registration, Role, TopicId, WorkerRoles,
};
use allora_runtime::{AccountId, Runtime, RuntimeCall};
use rand::{seq::IndexedRandom, Rng};

/// The number of commitments that are remembered, to be revealed.
const COMMITMENTS: usize = 40;

/// Positions in the counts of what each epoch was sent.
const PAYLOADS: usize = 0;
const REPORTS: usize = 1;

impl People {
	pub(super) fn work(&mut self, random: &mut Random) -> (usize, RuntimeCall) {
		if !once_in(random, 5) {
			if let Some((signer, call)) = self.reveal(random) {
				return (signer, call);
			}
		}
		let collecting = |topic| world::collecting_epoch(topic).into_iter().collect();
		let in_need = self.epoch_in_need(random, PAYLOADS, collecting);
		let Some((topic, epoch)) = in_need.or_else(|| {
			let topic = self.topic(random, |topic| topic.last_epoch.is_some());
			topic.last_epoch.map(|epoch| (topic, epoch))
		}) else {
			return self.fund(random);
		};
		let mut signer = self.participant(topic.topic, Registration::Worker, random);
		for _ in 0..2 * TRIES {
			let who = &self.accounts[signer].id;
			let registered = world::is_registered(topic.topic, who, Registration::Worker);
			if !registered || world::has_acted(who, topic.topic, epoch, Role::Inferer) {
				signer = self.participant(topic.topic, Registration::Worker, random);
			}
		}
		let registered =
			world::is_registered(topic.topic, &self.accounts[signer].id, Registration::Worker);
		if !registered && !once_in(random, 20) {
			return (signer, self.register(topic.topic, Registration::Worker, random));
		}
		let forecasts = topic.parameters.max_forecasters > 0 && random.random_ratio(2, 5);
		let inference = (!forecasts || random.random_ratio(2, 3))
			.then(|| values::inference(random, &topic.parameters));
		let forecast = forecasts.then(|| {
			let about: Vec<_> = self.accounts.iter().map(|account| account.id.clone()).collect();
			values::forecast(random, &about)
		});
		let reveals = topic.parameters.has_reveal_window() && !once_in(random, 20);
		let topic = topic.topic;
		let Some(roles) = WorkerRoles::of(inference.is_some(), forecast.is_some()) else {
			return self.fund(random);
		};
		self.sent.entry((topic, epoch)).or_default()[PAYLOADS] += 1;
		if !reveals {
			let call = pallet_inference::Call::submit { topic, epoch, inference, forecast };
			return (signer, call.into());
		}
		let (salt, who) = (random.random(), &self.accounts[signer].id);
		let payload_hash = commitment_hash(&inference, &forecast, &salt, who, topic, epoch);
		let revealing = pallet_inference::Call::reveal { topic, epoch, inference, forecast, salt };
		self.commitments.truncate(COMMITMENTS - 1);
		self.commitments.push_front((signer, revealing));
		(signer, pallet_inference::Call::commit { topic, epoch, payload_hash, roles }.into())
	}

	/// Reveals one of the latest commitments whose reveal window is open, if there is one. Some
	/// commitments are never revealed, since they are too many or the window is too short.
	fn reveal(&mut self, random: &mut Random) -> Option<(usize, RuntimeCall)> {
		let is_open = |call: &pallet_inference::Call<Runtime>| match call {
			pallet_inference::Call::reveal { topic, epoch, .. } => {
				world::revealing_epoch(*topic) == Some(*epoch)
			}
			_ => false,
		};
		let at = self.commitments.iter().position(|(_, call)| is_open(call))?;
		let (signer, mut call) = self.commitments.remove(at)?;
		if let (true, pallet_inference::Call::reveal { salt, .. }) =
			(once_in(random, 20), &mut call)
		{
			*salt = random.random();
		}
		Some((signer, call.into()))
	}

	pub(super) fn report(&mut self, random: &mut Random) -> (usize, RuntimeCall) {
		let Some((topic, epoch)) = self
			.epoch_in_need(random, REPORTS, world::reporting_epochs)
			.map(|(topic, epoch)| (topic.topic, epoch))
		else {
			let topic = self.topic(random, |topic| topic.active).topic;
			return self.back(topic, random);
		};
		let least = world::terms().min_reputer_stake;
		let mut signer = self.participant(topic, Registration::Reputer, random);
		for _ in 0..2 * TRIES {
			let who = &self.accounts[signer].id;
			let acted = world::has_acted(who, topic, epoch, Role::Reputer);
			if acted || world::actor(topic, who, Role::Reputer).authority < least {
				signer = self.participant(topic, Registration::Reputer, random);
			}
		}
		let actor = world::actor(topic, &self.accounts[signer].id, Role::Reputer);
		if !actor.registered && !once_in(random, 20) {
			return (signer, self.register(topic, Registration::Reputer, random));
		}
		if actor.authority < least && !once_in(random, 20) {
			return (signer, stake_to_report(topic, random));
		}
		self.sent.entry((topic, epoch)).or_default()[REPORTS] += 1;
		if once_in(random, 12) {
			return (signer, pallet_reputer::Call::abstain { topic, epoch }.into());
		}
		let parameters =
			world::epoch_parameters(topic, epoch).expect("an epoch on record has parameters");
		if !parameters.loss_method.is_custom() && !once_in(random, 40) {
			let truth = values::truth(random, &parameters);
			return (signer, pallet_reputer::Call::report { topic, epoch, truth }.into());
		}
		let (mut bundle_hash, elements) =
			world::report_shape(topic, epoch).expect("an epoch that is reporting has a bundle");
		if once_in(random, 40) {
			bundle_hash = random.random::<[u8; 32]>().into();
		}
		let losses = values::losses(random, elements);
		let report = pallet_reputer::Call::report_losses { topic, epoch, bundle_hash, losses };
		(signer, report.into())
	}

	/// An epoch that is `open`, mostly the one that has been sent the fewest payloads or reports.
	fn epoch_in_need(
		&self,
		random: &mut Random,
		kind: usize,
		open: impl Fn(TopicId) -> Vec<EpochId>,
	) -> Option<(&TopicInfo<AccountId>, EpochId)> {
		if once_in(random, 4) {
			let topic = self.topic(random, |topic| !open(topic.topic).is_empty());
			return open(topic.topic).choose(random).map(|epoch| (topic, *epoch));
		}
		let all = self
			.topics
			.iter()
			.flat_map(|topic| open(topic.topic).into_iter().map(move |epoch| (topic, epoch)));
		let sent = |(topic, epoch): &(&TopicInfo<_>, EpochId)| {
			self.sent.get(&(topic.topic, *epoch)).map_or(0, |sent| sent[kind])
		};
		all.min_by_key(sent)
	}
}
