//! What an emergency stops, and what goes on.

use super::*;

#[test]
fn emergency_referendum_pauses_submissions_faster_than_a_parameter_changes() {
	on_chain(|| {
		block(|| ());
		let (result, waited) = decide(EmergencyAdmin, pause(("Inference", "submit")));
		assert_eq!(result, Ok(()));
		assert!(waited < blocks(DAY), "{waited} blocks");
		block(|| assert_eq!(call(&Bob.to_account_id(), submit()), filtered()));
	});
}

#[test]
fn committee_pauses_a_call_also_inside_others_and_ends_the_pause() {
	on_chain(|| {
		block(|| assert_ne!(call(&Bob.to_account_id(), submit()), filtered()));
		for call in PAUSABLE {
			assert_ok!(carry(pause(call)));
		}
		block(|| {
			let bob = Bob.to_account_id();
			assert_eq!(call(&bob, submit()), filtered());
			let batch = pallet_utility::Call::batch_all { calls: vec![submit()] };
			assert_eq!(call(&bob, batch), filtered());
			let call_inside = Box::new(submit());
			let single = pallet_multisig::Call::as_multi_threshold_1 {
				other_signatories: vec![Alice.to_account_id()],
				call: call_inside,
			};
			assert_eq!(call(&bob, single), filtered());
			// What is in the protocol can leave it, and the rest of the chain goes on.
			assert_ok!(call(&bob, transfer()));
			let unstake = pallet_reputer::Call::unstake { topic: 1, amount: ALLO };
			assert_ne!(call(&bob, unstake), filtered());
		});
		let ident = name(("Inference", "submit"));
		assert_ok!(carry(pallet_tx_pause::Call::unpause { ident }));
		block(|| assert_ne!(call(&Bob.to_account_id(), submit()), filtered()));
	});
}

#[test]
fn one_member_of_the_committee_does_nothing_alone() {
	on_chain(|| {
		block(|| {
			for proposal in [pause(PAUSABLE[0]), pallet_safe_mode::Call::force_enter {}.into()] {
				let length_bound = proposal.encoded_size() as u32;
				let proposal = Box::new(proposal);
				let alone = pallet_collective::Call::propose {
					threshold: 1,
					proposal: proposal.clone(),
					length_bound,
				};
				// It is executed at once, with the origin of one of three.
				assert_ok!(call(&Charlie.to_account_id(), alone));
				let execute = pallet_collective::Call::execute { proposal, length_bound };
				assert_ok!(call(&Charlie.to_account_id(), execute));
			}
			assert!(!TxPause::is_paused(&name(PAUSABLE[0])));
			assert!(!SafeMode::is_entered());
			let stranger = pallet_safe_mode::Call::enter {};
			assert!(call(&Eve.to_account_id(), stranger).is_err());
		});
	});
}

#[test]
fn nothing_but_the_listed_calls_can_be_paused() {
	on_chain(|| {
		block(|| {
			let mut seen = 0;
			for pallet in RuntimeCall::get_module_names() {
				for call in RuntimeCall::get_call_names(pallet) {
					let paused = TxPause::pause(RuntimeOrigin::root(), name((pallet, call)));
					assert_eq!(
						paused.is_ok(),
						PAUSABLE.contains(&(pallet, call)),
						"{pallet}.{call}"
					);
					seen += u32::from(paused.is_ok());
				}
			}
			assert_eq!(seen as usize, PAUSABLE.len());
		});
	});
}

/// Makes a block with its timestamp as an inherent, as a node makes it.
fn block_with_inherents() {
	let now = begin_block_in(now() + 1);
	let timestamp = UncheckedExtrinsic::new_bare(pallet_timestamp::Call::set { now }.into());
	assert_eq!(Executive::apply_extrinsic(timestamp), Ok(Ok(())));
	Executive::finalize_block();
}

const TOPIC: TopicId = 1;

/// Creates a topic, which opens an epoch every ten slots.
fn start_topic() {
	block(|| {
		let parameters = Box::new(TopicParameters::regression(10, 4, 10));
		assert_ok!(call(&Alice.to_account_id(), pallet_registry::Call::create { parameters }));
		for (who, registration) in [(Bob, Registration::Worker), (One, Registration::Reputer)] {
			let register =
				pallet_registry::Call::register { topic: TOPIC, registration, owner: None };
			assert_ok!(call(&who.to_account_id(), register));
		}
		let stake = pallet_reputer::Call::stake { topic: TOPIC, amount: 1_000 * ALLO };
		assert_ok!(call(&One.to_account_id(), stake));
		let fund = pallet_registry::Call::fund { topic: TOPIC, amount: 100 * ALLO };
		assert_ok!(call(&Alice.to_account_id(), fund));
	});
}

#[test]
fn blocks_clock_and_governance_go_on_in_the_safe_mode() {
	on_chain(|| {
		start_topic();
		assert_ok!(carry(pallet_safe_mode::Call::force_enter {}));
		// The clock opens an epoch, and closes it without an inference.
		let void = EpochState::Void(VoidReason::NoInference);
		let closed = (0..40).any(|_| {
			block_with_inherents();
			Clock::epochs(TOPIC).iter().any(|(_, record)| record.state == void)
		});
		assert!(closed && SafeMode::is_entered());
		block(|| {
			assert_eq!(call(&Bob.to_account_id(), submit()), filtered());
			assert_eq!(call(&Bob.to_account_id(), transfer()), filtered());
			let batch = pallet_utility::Call::batch_all { calls: vec![transfer()] };
			assert_eq!(call(&Bob.to_account_id(), batch), filtered());
		});
		// A referendum can still be submitted and decided, and the committee can end it.
		let index = propose(Alice, EmergencyAdmin, pause(PAUSABLE[0]));
		block(|| vote(Bob, index, true));
		assert_ok!(carry(pallet_safe_mode::Call::force_exit {}));
		block(|| {
			assert_ok!(call(&Bob.to_account_id(), transfer()));
		});
	});
}

#[test]
fn safe_mode_ends_by_itself_after_a_day() {
	on_chain(|| {
		block(|| ());
		assert_ok!(carry(pallet_safe_mode::Call::force_enter {}));
		blocks_pass(blocks(DAY));
		assert!(SafeMode::is_entered());
		blocks_pass(1);
		assert!(!SafeMode::is_entered());
	});
}

#[test]
fn committee_bars_a_topic_and_lets_it_go() {
	on_chain(|| {
		start_topic();
		let barred = || pallet_clock::TopicStates::<Runtime>::get(TOPIC).barred;
		assert_ok!(carry(pallet_clock::Call::force_inactivate { topic: TOPIC }));
		assert!(barred());
		assert_ok!(carry(pallet_clock::Call::lift { topic: TOPIC }));
		assert!(!barred());
	});
}

#[test]
fn committee_bars_a_topic_and_lets_it_go_in_the_safe_mode() {
	on_chain(|| {
		start_topic();
		assert_ok!(carry(pallet_safe_mode::Call::force_enter {}));
		assert_ok!(carry(pallet_clock::Call::force_inactivate { topic: TOPIC }));
		assert!(pallet_clock::TopicStates::<Runtime>::get(TOPIC).barred);
		assert_ok!(carry(pallet_clock::Call::lift { topic: TOPIC }));
		// The same calls of anybody else are refused for their origin, as outside of the safe mode.
		let lift = pallet_clock::Call::lift { topic: TOPIC };
		block(|| assert_eq!(call(&Bob.to_account_id(), lift), Err(DispatchError::BadOrigin)));
	});
}

#[test]
fn committee_cannot_extend_the_safe_mode() {
	on_chain(|| {
		block(|| ());
		assert_ok!(carry(pallet_safe_mode::Call::force_enter {}));
		let until = pallet_safe_mode::EnteredUntil::<Runtime>::get();
		let extend = pallet_safe_mode::Call::force_extend {};
		assert_eq!(carry(extend.clone()), Err(DispatchError::BadOrigin));
		assert_eq!(pallet_safe_mode::EnteredUntil::<Runtime>::get(), until);
		let (result, _) = decide(EmergencyAdmin, RuntimeCall::from(extend));
		// The referendum may take longer than the day that is left.
		let exited = pallet_safe_mode::Error::<Runtime>::Exited;
		assert!(result == Ok(()) || result == Err(exited.into()), "{result:?}");
	});
}

#[test]
fn stake_and_earnings_leave_in_the_safe_mode() {
	on_chain(|| {
		start_topic();
		assert_ok!(carry(pallet_safe_mode::Call::force_enter {}));
		let one = One.to_account_id();
		block(|| {
			let unstake = pallet_reputer::Call::unstake { topic: TOPIC, amount: 1_000 * ALLO };
			assert_ok!(call(&one, unstake));
			// What is refused is refused by the pallet, for its own reason.
			let exits: [RuntimeCall; 6] = [
				pallet_reputer::Call::withdraw { topic: TOPIC }.into(),
				pallet_reputer::Call::claim { topic: TOPIC, reputer: one.clone() }.into(),
				pallet_consumer::Call::cancel { topic: TOPIC }.into(),
				pallet_consumer::Call::cancel_request { topic: TOPIC }.into(),
				pallet_consumer::Call::discard { number: 0 }.into(),
				pallet_nomination_pools::Call::claim_payout {}.into(),
			];
			for exit in exits {
				assert_ne!(call(&one, exit.clone()), filtered(), "{exit:?}");
			}
			let stake = pallet_reputer::Call::stake { topic: TOPIC, amount: ALLO };
			assert_eq!(call(&one, stake), filtered());
		});
		blocks_pass(blocks(DAY));
		block(|| {
			assert_ok!(call(&one, pallet_reputer::Call::withdraw { topic: TOPIC }));
		});
	});
}
