//! Operations of governance: by the root key, by the technical committee, and by referendum.

use super::{
	super::{
		staking,
		values::{self, once_in},
		world::{self, ClockCall, TopicsCall},
		Random,
	},
	People,
};
use allora_primitives::{TopicId, ALLO};
use allora_runtime::{
	governance::{origins::Origin, pausing::PAUSABLE},
	parameters::{reputer, topics, Fee, RuntimeParameters, Threshold},
	AccountId, Address, Hash, OriginCaller, Runtime, RuntimeCall, SafeMode,
};
use codec::{Decode, Encode};
use frame_support::{
	dispatch::GetDispatchInfo,
	traits::{schedule::DispatchTime, Bounded},
	BoundedVec,
};
use pallet_collective::Instance1;
use pallet_conviction_voting::{AccountVote, Call as Voting, Conviction, Vote, VotingFor};
use pallet_referenda::{Call as Referenda, ReferendumInfo, ReferendumInfoFor};
use rand::{seq::IndexedRandom, Rng};
use sp_runtime::Permill;

/// The calls of the technical committee.
type Committee = pallet_collective::Call<Runtime, Instance1>;

/// The accounts whose votes decide, and that sit on the committee: those that the preset endows.
const DECIDING: usize = 2;

impl People {
	/// Governance changes thresholds and fees, decides about topics, acts in an emergency, and
	/// sometimes slashes.
	pub(super) fn as_root(&self, random: &mut Random) -> RuntimeCall {
		let call = match random.random_range(0..16) {
			_ if SafeMode::is_entered() && random.random() => emergency(random),
			0..=3 => pallet_parameters::Call::set_parameter { key_value: parameter(random) }.into(),
			4..=7 => staking::as_root(random),
			// Emission starts with the first of these calls.
			8..=9 => pallet_emissions::Call::start {}.into(),
			10..=11 => emergency(random),
			_ => self.about_a_topic(random),
		};
		pallet_sudo::Call::sudo { call: Box::new(call) }.into()
	}

	/// What governance may do with a topic: subsidize it, or bar it from being active. A topic that
	/// is barred is let go soon.
	fn about_a_topic(&self, random: &mut Random) -> RuntimeCall {
		let barred = self.barred();
		match random.random_range(0..5) {
			0..=1 => {
				let topic = self.topic(random, |_| true).topic;
				let subsidy =
					Permill::from_percent(*[0, 30, 100, 100].choose(random).unwrap_or(&100));
				TopicsCall::set_subsidy { topic, subsidy }.into()
			}
			2 if barred.is_empty() || once_in(random, 8) => {
				let topic = self.topic(random, |topic| topic.active).topic;
				ClockCall::force_inactivate { topic }.into()
			}
			_ => {
				let topic = barred.choose(random).copied();
				let topic = topic.unwrap_or_else(|| self.topic(random, |_| true).topic);
				ClockCall::lift { topic }.into()
			}
		}
	}

	/// Whether the committee has anything to end: a motion, a pause, or a bar.
	pub(super) fn is_urgent(&self) -> bool {
		let motions = pallet_collective::Proposals::<Runtime, Instance1>::get();
		let paused = pallet_tx_pause::PausedCalls::<Runtime>::iter_keys().next().is_some();
		paused || !motions.is_empty() || !self.barred().is_empty()
	}

	fn barred(&self) -> Vec<TopicId> {
		self.topics
			.iter()
			.map(|topic| topic.topic)
			.filter(|topic| world::is_barred(*topic))
			.collect()
	}

	/// Two of the committee's members propose a motion, carry it, and close it. The safe mode, a call
	/// that is paused, and a topic that is barred, are let go by the next motion.
	pub(super) fn committee(&self, random: &mut Random) -> (usize, RuntimeCall) {
		if once_in(random, 12) {
			// Of nobody that may.
			let full_name = pause_name(random);
			return (self.anyone(random), pallet_tx_pause::Call::pause { full_name }.into());
		}
		let member = random.random_range(0..DECIDING);
		let proposals = pallet_collective::Proposals::<Runtime, Instance1>::get();
		let Some(hash) = proposals.first().copied() else {
			let motion = self.motion(random);
			let length_bound = motion.encoded_size() as u32;
			let proposal = Box::new(motion);
			return (member, Committee::propose { threshold: 2, proposal, length_bound }.into());
		};
		let (index, ayes) = votes_on(hash);
		let has_voted = |member: &usize| ayes.contains(&self.accounts[*member].id);
		if let Some(member) = (0..DECIDING).find(|member| !has_voted(member)) {
			return (member, Committee::vote { proposal: hash, index, approve: true }.into());
		}
		let motion = pallet_collective::ProposalOf::<Runtime, Instance1>::get(hash);
		let motion = motion.expect("a proposal on the list exists");
		let close = Committee::close {
			proposal_hash: hash,
			index,
			proposal_weight_bound: motion.get_dispatch_info().call_weight,
			length_bound: motion.encoded_size() as u32,
		};
		(self.anyone(random), close.into())
	}

	fn motion(&self, random: &mut Random) -> RuntimeCall {
		if SafeMode::is_entered() && random.random() {
			return emergency(random);
		}
		if let Some(full_name) = pallet_tx_pause::PausedCalls::<Runtime>::iter_keys().next() {
			return pallet_tx_pause::Call::unpause { ident: full_name }.into();
		}
		if let Some(topic) = self.barred().choose(random).copied() {
			return ClockCall::lift { topic }.into();
		}
		match random.random_range(0..3) {
			0 => emergency(random),
			1 => pallet_tx_pause::Call::pause { full_name: pause_name(random) }.into(),
			_ => {
				let topic = self.topic(random, |topic| topic.active).topic;
				ClockCall::force_inactivate { topic }.into()
			}
		}
	}

	/// A referendum is proposed, paid for, voted on, or cleared up after.
	pub(super) fn vote(&self, random: &mut Random) -> (usize, RuntimeCall) {
		let decider = random.random_range(0..DECIDING);
		let referenda: Vec<_> = ReferendumInfoFor::<Runtime>::iter().collect();
		let is_ongoing = |info: &ReferendumInfo<_, _, _, _, _, _, _, _>| {
			matches!(info, ReferendumInfo::Ongoing(_))
		};
		let (ongoing, ended): (Vec<_>, Vec<_>) =
			referenda.into_iter().partition(|(_, info)| is_ongoing(info));
		let some =
			|of: &[(u32, _)], random: &mut Random| of.choose(random).map(|(index, _)| *index);
		let (Some(poll), false) = (some(&ongoing, random), once_in(random, 6)) else {
			return self.propose(random);
		};
		let unpaid = ongoing.iter().find(
			|(_, info)| matches!(info, ReferendumInfo::Ongoing(status) if status.decision_deposit.is_none()),
		);
		let anyone = self.anyone(random);
		let over = some(&ended, random).unwrap_or(poll);
		let account = &self.accounts[anyone].id;
		match random.random_range(0..12) {
			0..=2 => {
				let index = unpaid.map_or(poll, |(index, _)| *index);
				(decider, Referenda::place_decision_deposit { index }.into())
			}
			3..=6 => {
				// Both together have what the tracks ask for at the end of the decision period.
				let balance = ALLO * random.random_range(100_000..450_000);
				let aye = !once_in(random, 8);
				(decider, voting(poll, aye, Conviction::Locked1x, balance))
			}
			7 => {
				let conviction =
					Conviction::try_from(random.random_range(0..=6)).unwrap_or_default();
				(
					anyone,
					voting(poll, random.random(), conviction, values::affordable_amount(random)),
				)
			}
			8 => self.remove_vote(over, random),
			9 => {
				let (class, target) = (random.random_range(0..6), Address::Id(account.clone()));
				(anyone, Voting::unlock { class, target }.into())
			}
			10 => (anyone, Referenda::refund_decision_deposit { index: over }.into()),
			_ => (anyone, Referenda::refund_submission_deposit { index: over }.into()),
		}
	}

	/// A voter removes its vote on a referendum, whether that has ended or not; rarely one that it
	/// does not have.
	fn remove_vote(&self, other: u32, random: &mut Random) -> (usize, RuntimeCall) {
		let votes = VotingFor::<Runtime>::iter().flat_map(|(who, class, voting)| {
			let votes = match voting {
				pallet_conviction_voting::Voting::Casting(casting) => casting.votes.into_inner(),
				_ => Vec::new(),
			};
			votes.into_iter().map(move |(index, _)| (who.clone(), class, index))
		});
		let votes: Vec<_> = votes.collect();
		let (signer, class, index) = match votes.choose(random) {
			Some((who, class, index)) if !once_in(random, 8) => {
				(self.index_of(who), *class, *index)
			}
			_ => (None, random.random_range(0..6), other),
		};
		let signer = signer.unwrap_or_else(|| self.anyone(random));
		(signer, Voting::remove_vote { class: Some(class), index }.into())
	}

	/// Submits a referendum, or the preimage of one.
	fn propose(&self, random: &mut Random) -> (usize, RuntimeCall) {
		let signer = self.anyone(random);
		let subsidy = Permill::from_percent(random.random_range(1..=100));
		let topic = self.topic(random, |_| true).topic;
		let set_subsidy: RuntimeCall = TopicsCall::set_subsidy { topic, subsidy }.into();
		let (origin, call): (OriginCaller, RuntimeCall) = match random.random_range(0..8) {
			0 => {
				let bytes = set_subsidy.encode();
				return (signer, pallet_preimage::Call::note_preimage { bytes }.into());
			}
			1 => (Origin::EmergencyAdmin.into(), ClockCall::force_inactivate { topic }.into()),
			2 => (Origin::EmergencyAdmin.into(), ClockCall::lift { topic }.into()),
			3 => {
				let beneficiary = Box::new(Address::Id(self.somebody(random)));
				let amount = values::affordable_amount(random);
				let asset_kind = Box::new(());
				let spend = pallet_treasury::Call::spend {
					asset_kind,
					amount,
					beneficiary,
					valid_from: None,
				};
				(Origin::Treasurer.into(), spend.into())
			}
			// An origin that may not.
			4 => (Origin::Treasurer.into(), set_subsidy),
			_ => (Origin::SubsidyAdmin.into(), set_subsidy),
		};
		let noted = pallet_preimage::PreimageFor::<Runtime>::iter_keys().collect::<Vec<_>>();
		let proposal = match noted.choose(random) {
			Some((hash, len)) if once_in(random, 3) => Bounded::Lookup { hash: *hash, len: *len },
			_ => Bounded::Inline(BoundedVec::truncate_from(call.encode())),
		};
		let enactment_moment = DispatchTime::After(random.random_range(0..3));
		let proposal_origin = Box::new(origin);
		(signer, Referenda::submit { proposal_origin, proposal, enactment_moment }.into())
	}
}

/// A threshold or a fee. A weight that few topics have is asked for rarely, and not for long.
fn parameter(random: &mut Random) -> RuntimeParameters {
	let some = |random: &mut Random, allos: &[u32]| {
		ALLO * u128::from(*allos.choose(random).expect("there is one"))
	};
	let is_high = world::terms().min_topic_weight > ALLO;
	match random.random_range(0..8) {
		kind if kind == 0 || is_high => {
			let weight = if is_high { ALLO } else { some(random, &[1, 100, 10_000]) };
			let new = Some(Threshold::new(weight));
			let key = topics::MinTopicWeight;
			RuntimeParameters::Topics(topics::Parameters::MinTopicWeight(key, new))
		}
		1..=3 => {
			let new = Some(Fee::new(some(random, &[0, 1, 3])));
			RuntimeParameters::Topics(topics::Parameters::RegisterFee(topics::RegisterFee, new))
		}
		_ => {
			let new = Some(Threshold::new(some(random, &[1, 100, 200])));
			let key = reputer::MinReputerStake;
			RuntimeParameters::Reputer(reputer::Parameters::MinReputerStake(key, new))
		}
	}
}

fn voting(poll_index: u32, aye: bool, conviction: Conviction, balance: u128) -> RuntimeCall {
	let vote = AccountVote::Standard { vote: Vote { aye, conviction }, balance };
	Voting::vote { poll_index, vote }.into()
}

/// What ends or prolongs the safe mode, or what enters it; rarely what does not fit. The committee
/// prolongs it in vain.
fn emergency(random: &mut Random) -> RuntimeCall {
	use pallet_safe_mode::Call::{force_enter, force_exit, force_extend};
	let fits = !once_in(random, 8);
	let call = match (SafeMode::is_entered() == fits, once_in(random, 3)) {
		(false, _) => force_enter {},
		(true, true) => force_exit {},
		(true, false) => force_extend {},
	};
	call.into()
}

/// The name of a call that may be paused.
fn pause_name(random: &mut Random) -> pallet_tx_pause::RuntimeCallNameOf<Runtime> {
	let name = |name: &str| BoundedVec::truncate_from(name.as_bytes().to_vec());
	let (pallet, call) = PAUSABLE.choose(random).expect("some calls may be paused");
	(name(pallet), name(call))
}

/// The number of a motion, and the members that have voted for it.
fn votes_on(motion: Hash) -> (u32, Vec<AccountId>) {
	let votes = pallet_collective::Voting::<Runtime, Instance1>::get(motion);
	// The fields are private: the number, the threshold, the ayes.
	let bytes = votes.encode();
	let (_, index, _, ayes) = <(u8, u32, u32, Vec<AccountId>)>::decode(&mut &bytes[..])
		.expect("a motion on the list has votes");
	(index, ayes)
}
