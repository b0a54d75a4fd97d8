//! What happens to workers that commit to a payload and do not reveal it (S 7.6).

use super::{
	reveals::{commit, commit_value, go_to, go_to_reveals, reveal_value, topic, SALT},
	*,
};
use crate::{reveal::MAX_UNREVEALED, Commitments, Inferers, ScoreBooks};
use allora_primitives::{
	commitment_hash, traits::EpochRecords, EpochState, StageError, VoidReason, WorkerRoles,
};
use sp_core::H256;

fn score(who: u64) -> FixedI128 {
	Submissions::score(TOPIC, Role::Inferer, &who).unwrap()
}

/// Closes an epoch to workers as the clock does, goes to the first slot of the next one, and prunes
/// the epoch that leaves the history.
fn close(epoch: EpochId) {
	go_to(epoch + 10);
	States::mutate(|states| states.push((epoch + 10, EpochState::Collecting)));
	let state = match Submissions::freeze(&context(epoch)) {
		Ok(_) => EpochState::AwaitingTruth,
		Err(StageError { reason, .. }) => {
			Submissions::on_void(TOPIC, epoch, reason);
			EpochState::Void(reason)
		}
	};
	States::mutate(|states| {
		let known = states.iter_mut().find(|(known, _)| *known == epoch).unwrap();
		known.1 = state;
	});
	let pruned = epoch.saturating_sub(100);
	States::mutate(|states| states.retain(|(known, _)| *known > pruned));
	Submissions::on_prune(TOPIC, pruned);
}

#[test]
fn unrevealed_payload_has_no_element_and_lowers_the_score() {
	let one = |p: &mut allora_primitives::TopicParameters| p.epsilon = fixed(1);
	topic().with(one).score(Role::Inferer, 1, 8).score(Role::Inferer, 2, 8).build_and_execute(
		|| {
			ScoreBooks::<Test>::mutate(TOPIC, |books| books.inferers.quantile = fixed(3));
			assert_ok!(commit_value(1, 5));
			assert_ok!(commit_value(2, 6));
			go_to_reveals();
			assert_ok!(reveal_value(2, 6));
			take_events();
			assert_eq!(outcome(Role::Inferer, 1), Some(Outcome::Committed));
			close(EPOCH);
			assert_eq!(outcome(Role::Inferer, 1), Some(Outcome::Unrevealed));
			// Less the distance from the quantile to the initial score, plus epsilon: 3 - 0 + 1.
			assert_eq!((score(1), score(2)), (fixed(4), fixed(8)));
			let unrevealed = Event::Unrevealed {
				topic: TOPIC,
				epoch: EPOCH,
				role: Role::Inferer,
				scores: vec![(1, fixed(8), fixed(4))].try_into().unwrap(),
			};
			assert!(take_events().contains(&unrevealed));
			let frozen = Inferers::<Test>::get(TOPIC, EPOCH);
			let accounts: Vec<_> = frozen.members().iter().map(|one| one.account).collect();
			assert_eq!(accounts, [2]);
		},
	);
}

#[test]
fn each_further_time_in_a_row_costs_twice_as_much_until_a_payload_is_revealed() {
	let one = |p: &mut allora_primitives::TopicParameters| p.epsilon = fixed(1);
	topic().with(one).score(Role::Inferer, 1, 0).build_and_execute(|| {
		let mut epoch = EPOCH;
		let mut commits = |reveals: bool| {
			let payload = given(&[5]);
			let hash = commitment_hash(&payload, &None, &SALT, &1u64, TOPIC, epoch);
			let origin = || RuntimeOrigin::signed(1);
			assert_ok!(Submissions::commit(origin(), TOPIC, epoch, hash, WorkerRoles::Inferer));
			if reveals {
				go_to(epoch + 6);
				assert_ok!(Submissions::reveal(origin(), TOPIC, epoch, payload, None, SALT));
			}
			close(epoch);
			epoch += 10;
			score(1)
		};
		// Nobody else takes part, so that the quantile and the initial score are 0.
		assert_eq!([false, false, false].map(&mut commits), [fixed(-1), fixed(-3), fixed(-7)]);
		assert_eq!(commits(true), fixed(-7));
		assert_eq!(commits(false), fixed(-8));
	});
}

#[test]
fn score_falls_no_further_than_its_floor() {
	let one = |p: &mut allora_primitives::TopicParameters| p.epsilon = fixed(1);
	topic().with(one).build_and_execute(|| {
		let floor = fixed(-(1i128 << MAX_UNREVEALED));
		let mut epoch = EPOCH;
		for _ in 0..2 * MAX_UNREVEALED {
			let origin = RuntimeOrigin::signed(1);
			let roles = WorkerRoles::Inferer;
			assert_ok!(Submissions::commit(origin, TOPIC, epoch, H256::zero(), roles));
			close(epoch);
			epoch += 10;
			assert!(score(1) >= floor);
		}
		assert_eq!(score(1), floor);
		let books = ScoreBooks::<Test>::get(TOPIC);
		assert_eq!(books.inferers.places.entry(&1).unwrap().standing.unrevealed, MAX_UNREVEALED);
	});
}

#[test]
fn epoch_in_which_nobody_reveals_is_void_and_lowers_all_scores() {
	topic().build_and_execute(|| {
		assert_ok!(commit_value(1, 5));
		assert_ok!(commit(2, None, Some(forecast(&[(1, 0)]))));
		close(EPOCH);
		let void = EpochState::Void(VoidReason::NoInference);
		assert!(States::get().contains(&(EPOCH, void)));
		assert!(score(1) < fixed(0));
		assert!(Submissions::score(TOPIC, Role::Forecaster, &2).unwrap() < fixed(0));
		assert_eq!(outcome(Role::Inferer, 1), Some(Outcome::Unrevealed));
	});
}

#[test]
fn epoch_that_is_void_for_another_reason_lowers_no_score() {
	topic().build_and_execute(|| {
		assert_ok!(commit_value(1, 5));
		for reason in [VoidReason::Arithmetic, VoidReason::NoReport] {
			Submissions::on_void(TOPIC, EPOCH, reason);
		}
		assert_eq!(score(1), fixed(0));
	});
}

#[test]
fn worker_cannot_reveal_for_a_void_epoch() {
	topic().build_and_execute(|| {
		assert_ok!(commit_value(1, 5));
		States::set(vec![(EPOCH, EpochState::Void(VoidReason::Arithmetic))]);
		// The clock has no window open for a void epoch.
		go_to(EPOCH + 10);
		assert_noop!(reveal_value(1, 5), Error::<Test>::EpochVoid);
	});
}

/// Squatters commit at the beginning of each epoch and never reveal; then honest workers commit and
/// reveal. Returns the squatters that held a seat in each epoch.
fn seated_squatters(epochs: u64) -> Vec<Vec<u64>> {
	let (squatters, honest) = (1..=4u64, 11..=14u64);
	let mut seats = vec![];
	for at in 0..epochs {
		let epoch = EPOCH + 10 * at;
		for who in squatters.clone().chain(honest.clone()) {
			let hash = commitment_hash(&given(&[5]), &None, &SALT, &who, TOPIC, epoch);
			let origin = RuntimeOrigin::signed(who);
			assert_ok!(Submissions::commit(origin, TOPIC, epoch, hash, WorkerRoles::Inferer));
		}
		let committed = Commitments::<Test>::get(TOPIC, epoch).inferers;
		seats.push(squatters.clone().filter(|who| committed.member(who).is_some()).collect());
		go_to(epoch + 6);
		let scores: Vec<_> = honest
			.clone()
			.filter(|who| committed.member(who).is_some())
			.enumerate()
			.map(|(at, who)| {
				let origin = RuntimeOrigin::signed(who);
				assert_ok!(Submissions::reveal(origin, TOPIC, epoch, given(&[5]), None, SALT));
				(who, FixedI128::from_rational(at as u128, 10))
			})
			.collect();
		close(epoch);
		assert_ok!(record(epoch, Role::Inferer, &scores));
	}
	seats
}

#[test]
fn squatters_of_all_seats_lose_them_and_hold_ever_fewer() {
	topic().with(|p| p.max_inferers = 4).build_and_execute(|| {
		let seats = seated_squatters(200);
		// At first all scores are equal, so that the lot decides.
		assert!(!seats[0].is_empty());
		assert!(seats[1].iter().all(|who| !seats[0].contains(who)));
		let held =
			|epochs: core::ops::Range<usize>| seats[epochs].iter().map(Vec::len).sum::<usize>();
		println!(
			"seats of four squatters in 200 epochs, by 50: {:?}",
			[held(0..50), held(50..100), held(100..150), held(150..200),]
		);
		assert!(held(0..100) >= 2 * held(100..200));
		assert!(held(0..200) <= 4 * 200 / 25);
	});
}

#[test]
fn epoch_without_commitments_changes_no_score() {
	topic().build_and_execute(|| {
		close(EPOCH);
		assert!(!ScoreBooks::<Test>::contains_key(TOPIC));
	});
}
