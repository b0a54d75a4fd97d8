//! A copycat with 31 accounts and one good worker: what copying is worth in a topic in which payloads
//! are submitted openly, and in one with a reveal window (S 7.6).

use crate::support::{block, call, on_chain, run_to};
use allora_primitives::{
	api::runtime_decl_for_emissions_api::EmissionsApi, bundle::SubmittedInference, commitment_hash,
	traits::EpochInspect, Balance, EpochId, FixedI128, Registration, Role, Slots, TopicId,
	TopicParameters, WorkerRoles, ALLO,
};
use allora_runtime::{AccountId, Clock, Runtime};
use frame_support::{assert_ok, BoundedVec};
use sp_keyring::Sr25519Keyring::{Alice, Bob, One};

const TOPIC: TopicId = 1;
/// The number of the copycat's accounts.
const COPIES: u8 = 31;
/// The number of epochs, and of the first ones of which no pay is counted.
const EPOCHS: u64 = 24;
const WARM_UP: u64 = 12;
const EPOCH_LENGTH: Slots = 10;
const WINDOW: Slots = 4;

/// What the copycat sends.
#[derive(Clone, Copy)]
enum Copycat {
	/// The good worker's value of the same epoch, or that of the epoch before if it is not known.
	CopiesWhatItSees,
	/// The good worker's value of the epoch before.
	GuessesBlindly,
}

/// The account of the good worker.
fn good() -> AccountId {
	Bob.to_account_id()
}

fn copies() -> impl Iterator<Item = AccountId> {
	(1..=COPIES).map(|n| AccountId::from([n; 32]))
}

/// The truth of an epoch: about -9 to 9, without a pattern.
fn truth(at: u64) -> f64 {
	let mixed = (at + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(23) % 1_801;
	mixed as f64 / 100.0 - 9.0
}

/// The good worker's value: the truth with an error of about a hundredth.
fn good_value(at: u64) -> f64 {
	truth(at) + (truth(at + 1_000) + 10.0) / 1_000.0
}

fn fixed(value: f64) -> FixedI128 {
	FixedI128::from_inner((value * 1e18) as i128)
}

/// A topic of 32 seats, the good worker, the copycat's accounts and a reputer. Returns the first
/// epoch.
fn start(reveal_window: Slots) -> EpochId {
	block(|| {
		let parameters = TopicParameters {
			reveal_window,
			..TopicParameters::regression(EPOCH_LENGTH, WINDOW, EPOCH_LENGTH)
		};
		let alice = Alice.to_account_id();
		let parameters = Box::new(parameters);
		assert_ok!(call(&alice, pallet_registry::Call::create { parameters }));
		for who in copies() {
			let (dest, value) = (who.into(), 10 * ALLO);
			assert_ok!(call(&alice, pallet_balances::Call::transfer_keep_alive { dest, value }));
		}
		let worker = |who| (who, Registration::Worker);
		let reputer = (One.to_account_id(), Registration::Reputer);
		for (who, registration) in copies().chain([good()]).map(worker).chain([reputer]) {
			let (topic, owner) = (TOPIC, None);
			assert_ok!(call(&who, pallet_registry::Call::register { topic, registration, owner }));
		}
		let stake = pallet_reputer::Call::stake { topic: TOPIC, amount: 1_000 * ALLO };
		assert_ok!(call(&One.to_account_id(), stake));
		let fund = pallet_registry::Call::fund { topic: TOPIC, amount: 100 * ALLO };
		assert_ok!(call(&alice, fund));
	});
	let mut collecting = (0..20).filter_map(|_| {
		block(|| ());
		<Clock as EpochInspect>::collecting_epoch(TOPIC)
	});
	collecting.next().expect("the topic is active")
}

/// Submits a value openly.
fn submit(who: &AccountId, epoch: EpochId, value: FixedI128) {
	let inference = Some(BoundedVec::truncate_from(vec![Some(value)]));
	let forecast = None;
	let submit = pallet_inference::Call::submit { topic: TOPIC, epoch, inference, forecast };
	assert_ok!(call(who, submit));
}

/// Commits to a value, or reveals it.
fn commit_or_reveal(who: &AccountId, epoch: EpochId, value: FixedI128, reveals: bool) {
	let inference: Option<SubmittedInference> = Some(BoundedVec::truncate_from(vec![Some(value)]));
	let (topic, forecast, salt) = (TOPIC, None, [7; 32]);
	if reveals {
		let reveal = pallet_inference::Call::reveal { topic, epoch, inference, forecast, salt };
		assert_ok!(call(who, reveal));
	} else {
		let payload_hash = commitment_hash(&inference, &forecast, &salt, who, topic, epoch);
		let roles = WorkerRoles::Inferer;
		assert_ok!(call(who, pallet_inference::Call::commit { topic, epoch, payload_hash, roles }));
	}
}

/// The inference of the good worker that can be read from the chain in this block.
fn seen(epoch: EpochId) -> Option<FixedI128> {
	let set = pallet_inference::Inferers::<Runtime>::get(TOPIC, epoch);
	set.member(&good()).and_then(|member| member.payload.first().copied())
}

/// All workers send their values for an epoch. The copycat acts after the good worker, in the same
/// window, and reads what the chain knows then.
fn work(at: u64, epoch: EpochId, reveal_window: Slots, copycat: Copycat) {
	let reveals = reveal_window > 0;
	let good_value = fixed(good_value(at));
	block(|| match reveals {
		true => commit_or_reveal(&good(), epoch, good_value, false),
		false => submit(&good(), epoch, good_value),
	});
	let before = seen(epoch.saturating_sub(EPOCH_LENGTH.into())).unwrap_or_default();
	let copied = match copycat {
		Copycat::CopiesWhatItSees => seen(epoch).unwrap_or(before),
		Copycat::GuessesBlindly => before,
	};
	block(|| {
		for who in copies() {
			match reveals {
				true => commit_or_reveal(&who, epoch, copied, false),
				false => submit(&who, epoch, copied),
			}
		}
	});
	if reveals {
		run_to(epoch + Slots::from(WINDOW) as u64);
		block(|| commit_or_reveal(&good(), epoch, good_value, true));
		block(|| copies().for_each(|who| commit_or_reveal(&who, epoch, copied, true)));
	}
}

/// The reputer reports the truth.
fn report(at: u64, epoch: EpochId) {
	let truth = BoundedVec::truncate_from(vec![fixed(truth(at))]);
	let report = pallet_reputer::Call::report { topic: TOPIC, epoch, truth };
	assert_ok!(call(&One.to_account_id(), report));
}

/// The copycat's share of the inferers' pay in the epochs after the first ones.
fn share(reveal_window: Slots, copycat: Copycat) -> f64 {
	let mut share = 0.0;
	on_chain(|| {
		let first = start(reveal_window);
		let epoch = |at: u64| first + at * u64::from(EPOCH_LENGTH);
		let (mut copied, mut all): (Balance, Balance) = (0, 0);
		for at in 0..EPOCHS {
			run_to(epoch(at));
			if let Some(before) = at.checked_sub(1) {
				block(|| report(before, epoch(before)));
			}
			if let Some(settled) = at.checked_sub(2).filter(|at| *at >= WARM_UP) {
				for reward in Runtime::rewards(TOPIC, epoch(settled)) {
					if reward.role == Role::Inferer {
						all += reward.amount;
						copied += if reward.account == good() { 0 } else { reward.amount };
					}
				}
			}
			work(at, epoch(at), reveal_window, copycat);
		}
		assert!(all > 0);
		share = copied as f64 / all as f64;
	});
	share
}

#[test]
fn copycat_earns_with_a_reveal_window_no_more_than_by_guessing() {
	let open = share(0, Copycat::CopiesWhatItSees);
	let blind = share(0, Copycat::GuessesBlindly);
	let revealed = share(WINDOW, Copycat::CopiesWhatItSees);
	println!(
		"share of the inferers' pay of 31 copies: {open:.4} without a reveal window, \
		{revealed:.4} with one; of 31 blind guesses without one: {blind:.4}"
	);
	assert!(open > 0.9);
	assert!((revealed - blind).abs() < 0.01);
	assert!(revealed < open / 4.0);
}
