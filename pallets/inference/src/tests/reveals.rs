//! Commit and reveal (S 7.6). Commitments are accepted in slots 100 to 105, reveals in 106 to 109.

use super::*;
use crate::{Call, Commitments, WeightInfo};
use allora_primitives::{
	commitment_hash, testing::topics::Strangers, traits::EpochRecords, EpochSizes, Salt, Step,
	WorkerRoles, MAX_LABELS,
};
use codec::Encode;
use frame_support::dispatch::GetDispatchInfo;
use sp_core::H256;

pub(super) const SALT: Salt = [7; 32];

/// A topic with a reveal window.
pub(super) fn topic() -> ExtBuilder {
	ExtBuilder::default().with(|p| p.reveal_window = 4)
}

pub(super) fn go_to(slot: u64) {
	System::set_block_number(slot);
}

/// Goes to the first slot in which reveals are accepted.
pub(super) fn go_to_reveals() {
	go_to(EPOCH + 6);
}

fn commit_hash(who: u64, hash: H256, roles: WorkerRoles) -> DispatchResultWithPostInfo {
	Submissions::commit(RuntimeOrigin::signed(who), TOPIC, EPOCH, hash, roles)
}

/// Commits to a payload.
pub(super) fn commit(
	who: u64,
	inference: Option<SubmittedInference>,
	forecast: Option<SubmittedForecast<u64>>,
) -> DispatchResultWithPostInfo {
	let roles = WorkerRoles::of(inference.is_some(), forecast.is_some()).unwrap();
	let hash = commitment_hash(&inference, &forecast, &SALT, &who, TOPIC, EPOCH);
	commit_hash(who, hash, roles)
}

/// Commits to an inference of one value.
pub(super) fn commit_value(who: u64, value: i128) -> DispatchResultWithPostInfo {
	commit(who, given(&[value]), None)
}

fn reveal(
	who: u64,
	inference: Option<SubmittedInference>,
	forecast: Option<SubmittedForecast<u64>>,
) -> DispatchResultWithPostInfo {
	Submissions::reveal(RuntimeOrigin::signed(who), TOPIC, EPOCH, inference, forecast, SALT)
}

pub(super) fn reveal_value(who: u64, value: i128) -> DispatchResultWithPostInfo {
	reveal(who, given(&[value]), None)
}

/// The keys and values in storage that contain the number of a value.
fn traces_of(value: i128) -> usize {
	let needle = fixed(value).encode();
	let contains = |bytes: &[u8]| bytes.windows(needle.len()).any(|window| window == needle);
	let mut traces = 0;
	let mut last = Vec::new();
	while let Some(key) = sp_io::storage::next_key(&last) {
		let stored = sp_io::storage::get(&key).unwrap_or_default();
		traces += usize::from(contains(&key) || contains(&stored));
		last = key;
	}
	traces
}

#[docify::export]
#[test]
fn worker_commits_and_reveals() {
	ExtBuilder::default().with(|p| p.reveal_window = 4).build_and_execute(|| {
		let origin = || RuntimeOrigin::signed(1);
		let value = FixedI128::from(5);
		let inference = Some(BoundedVec::truncate_from(vec![Some(value)]));
		// A worker draws a salt at random, so that nobody can try out payloads until the hash fits.
		let salt = [7; 32];
		let hash = commitment_hash(&inference, &None, &salt, &1u64, TOPIC, EPOCH);
		assert_ok!(Submissions::commit(origin(), TOPIC, EPOCH, hash, WorkerRoles::Inferer));
		let outcome = || Submissions::outcome(TOPIC, EPOCH, Role::Inferer, &1);
		assert_eq!(outcome(), Some(Outcome::Committed));

		// After the worker window, which lasts 6 slots, it reveals what it committed to.
		System::set_block_number(EPOCH + 6);
		assert_ok!(Submissions::reveal(origin(), TOPIC, EPOCH, inference, None, salt));
		assert_eq!(outcome(), Some(Outcome::Accepted));
	});
}

#[test]
fn payload_is_emitted_when_it_is_revealed_and_only_its_hash_before() {
	topic().build_and_execute(|| {
		let (values, losses) = (given(&[5]), Some(forecast(&[(1, -2)])));
		let hash = commitment_hash(&values, &losses, &SALT, &1, TOPIC, EPOCH);
		assert_ok!(commit(1, values.clone(), losses.clone()));
		let committed = |role| Event::Committed {
			topic: TOPIC,
			epoch: EPOCH,
			role,
			who: 1,
			score: fixed(0),
			payload_hash: hash,
		};
		assert_eq!(take_events(), [committed(Role::Inferer), committed(Role::Forecaster)]);
		go_to_reveals();
		assert_ok!(reveal(1, values, losses));
		let accepted = Event::InferenceAccepted {
			topic: TOPIC,
			epoch: EPOCH,
			who: 1,
			score: fixed(0),
			inference: inference(&[5]),
		};
		let forecast_accepted = Event::ForecastAccepted {
			topic: TOPIC,
			epoch: EPOCH,
			who: 1,
			score: fixed(0),
			forecast: forecast(&[(1, -2)]),
		};
		assert_eq!(take_events(), [accepted, forecast_accepted]);
		assert_eq!(inferences(), vec![(1, inference(&[5]))]);
		assert_eq!(forecasts(), vec![(1, vec![(1, fixed(-2))])]);
	});
}

#[test]
fn value_is_in_no_storage_and_no_event_before_it_is_revealed() {
	topic().build_and_execute(|| {
		let value = 987_654_321;
		assert_ok!(commit_value(1, value));
		assert_eq!(traces_of(value), 0);
		go_to_reveals();
		assert_eq!(traces_of(value), 0);
		assert_ok!(reveal_value(1, value));
		// The active set has it, and the event.
		assert_eq!(traces_of(value), 2);
	});
}

#[test]
fn payload_cannot_be_submitted_openly_in_a_topic_with_a_reveal_window() {
	topic().build_and_execute(|| {
		assert_noop!(infer(1, 5), Error::<Test>::CommitFirst);
	});
}

#[test]
fn topic_without_a_reveal_window_takes_no_commitments() {
	ExtBuilder::default().build_and_execute(|| {
		assert_noop!(commit_value(1, 5), Error::<Test>::NoRevealWindow);
		go_to_reveals();
		assert_noop!(reveal_value(1, 5), Error::<Test>::NoRevealWindow);
	});
}

#[test]
fn commitments_are_accepted_in_the_worker_window_only() {
	topic().build_and_execute(|| {
		let early = Submissions::commit(
			RuntimeOrigin::signed(1),
			TOPIC,
			EPOCH + 10,
			H256::zero(),
			WorkerRoles::Inferer,
		);
		assert_noop!(early, Error::<Test>::WindowNotOpen);
		go_to(EPOCH + 5);
		assert_ok!(commit_value(1, 5));
		go_to(EPOCH + 6);
		assert_noop!(commit_value(2, 5), Error::<Test>::WindowClosed);
	});
}

#[test]
fn reveals_are_accepted_in_the_reveal_window_only() {
	topic().build_and_execute(|| {
		assert_ok!(commit_value(1, 5));
		assert_ok!(commit_value(2, 6));
		go_to(EPOCH + 5);
		assert_noop!(reveal_value(1, 5), Error::<Test>::RevealNotOpen);
		go_to(EPOCH + 9);
		assert_ok!(reveal_value(1, 5));
		go_to(EPOCH + 10);
		assert_noop!(reveal_value(2, 6), Error::<Test>::RevealClosed);
	});
}

#[test]
fn commitment_needs_registration_and_admission() {
	topic().build_and_execute(|| {
		assert_noop!(commit_value(LAST_WORKER + 1, 5), Error::<Test>::NotRegistered);
		Excluded::set(vec![1]);
		assert_noop!(commit_value(1, 5), Error::<Test>::NotAllowed);
	});
}

#[test]
fn worker_that_has_left_may_reveal() {
	topic().build_and_execute(|| {
		assert_ok!(commit_value(1, 5));
		Strangers::set(vec![1]);
		go_to_reveals();
		assert_ok!(reveal_value(1, 5));
	});
}

#[test]
fn topic_without_forecaster_seats_refuses_commitments_to_forecasts() {
	topic().with(|p| p.max_forecasters = 0).build_and_execute(|| {
		let call = commit(1, given(&[5]), Some(forecast(&[(1, 0)])));
		assert_noop!(call, Error::<Test>::ForecastsNotTaken);
	});
}

#[test]
fn worker_commits_once_per_role_and_epoch() {
	topic().build_and_execute(|| {
		assert_ok!(commit_value(1, 5));
		assert_noop!(commit_value(1, 6), Error::<Test>::AlreadySubmitted);
		let both = commit(1, given(&[5]), Some(forecast(&[(1, 0)])));
		assert_noop!(both, Error::<Test>::AlreadySubmitted);
		// The forecast may follow, with a commitment of its own.
		assert_ok!(commit(1, None, Some(forecast(&[(1, 0)]))));
		go_to_reveals();
		assert_ok!(reveal_value(1, 5));
		assert_ok!(reveal(1, None, Some(forecast(&[(1, 0)]))));
		assert_eq!((inferences().len(), forecasts().len()), (1, 1));
	});
}

#[test]
fn reveal_must_be_of_the_payload_that_was_committed() {
	topic().build_and_execute(|| {
		assert_ok!(commit_value(1, 5));
		go_to_reveals();
		assert_noop!(reveal_value(1, 6), Error::<Test>::WrongHash);
		let both = reveal(1, given(&[5]), Some(forecast(&[(1, 0)])));
		assert_noop!(both, Error::<Test>::WrongHash);
		let origin = RuntimeOrigin::signed(1);
		let salted = Submissions::reveal(origin, TOPIC, EPOCH, given(&[5]), None, [8; 32]);
		assert_noop!(salted, Error::<Test>::WrongHash);
		assert_ok!(reveal_value(1, 5));
	});
}

#[test]
fn commitment_of_another_account_topic_or_epoch_cannot_be_revealed() {
	topic().build_and_execute(|| {
		let payload = given(&[5]);
		for (who, of, topic, epoch) in
			[(1, 9, TOPIC, EPOCH), (2, 2, TOPIC + 1, EPOCH), (3, 3, TOPIC, EPOCH + 10)]
		{
			let hash = commitment_hash(&payload, &None, &SALT, &of, topic, epoch);
			assert_ok!(commit_hash(who, hash, WorkerRoles::Inferer));
		}
		go_to_reveals();
		for who in 1..=3 {
			assert_noop!(reveal_value(who, 5), Error::<Test>::WrongHash);
		}
	});
}

#[test]
fn reveal_must_have_the_parts_that_the_commitment_stated() {
	topic().build_and_execute(|| {
		let payload = given(&[5]);
		for (who, roles) in [(1, WorkerRoles::Both), (2, WorkerRoles::Forecaster)] {
			let hash = commitment_hash(&payload, &None, &SALT, &who, TOPIC, EPOCH);
			assert_ok!(commit_hash(who, hash, roles));
		}
		go_to_reveals();
		for who in [1, 2] {
			assert_noop!(reveal_value(who, 5), Error::<Test>::WrongRoles);
		}
		assert_noop!(reveal(1, None, None), Error::<Test>::NothingSubmitted);
	});
}

#[test]
fn payload_is_revealed_once() {
	topic().build_and_execute(|| {
		assert_ok!(commit_value(1, 5));
		go_to_reveals();
		assert_ok!(reveal_value(1, 5));
		assert_noop!(reveal_value(1, 5), Error::<Test>::AlreadyRevealed);
	});
}

#[test]
fn revealed_payload_is_checked_like_a_submitted_one() {
	topic().build_and_execute(|| {
		assert_ok!(commit(1, given(&[1, 2]), None));
		assert_ok!(commit(2, given(&[]), None));
		assert_ok!(commit(3, given(&[1]), Some(forecast(&[(1, 0), (1, 0)]))));
		assert_ok!(commit(4, None, Some(forecast(&[(1, 1_001)]))));
		go_to_reveals();
		assert_noop!(reveal(1, given(&[1, 2]), None), Error::<Test>::TooManyValues);
		assert_noop!(reveal(2, given(&[]), None), Error::<Test>::NoValueGiven);
		let duplicate = reveal(3, given(&[1]), Some(forecast(&[(1, 0), (1, 0)])));
		assert_noop!(duplicate, Error::<Test>::DuplicateInferer);
		let large = reveal(4, None, Some(forecast(&[(1, 1_001)])));
		assert_noop!(large, Error::<Test>::ForecastOutOfRange);
	});
}

#[test]
fn worker_without_a_seat_cannot_reveal() {
	topic().with(|p| p.max_inferers = 1).score(Role::Inferer, 3, 1).build_and_execute(|| {
		assert_ok!(commit_value(1, 1));
		assert_ok!(commit_value(2, 2));
		assert_ok!(commit_value(3, 3));
		go_to_reveals();
		for who in [1, 2, 4] {
			assert_noop!(reveal_value(who, who.into()), Error::<Test>::NoSeat);
		}
		assert_ok!(reveal_value(3, 3));
		assert_eq!(inferences(), vec![(3, inference(&[3]))]);
		assert!(matches!(outcome(Role::Inferer, 1), Some(Outcome::Displaced { by: 3, .. })));
		assert!(matches!(outcome(Role::Inferer, 2), Some(Outcome::Passive { .. })));
	});
}

#[test]
fn only_the_part_with_a_seat_is_stored_and_emitted() {
	topic().with(|p| p.max_inferers = 1).score(Role::Inferer, 2, 1).build_and_execute(|| {
		assert_ok!(commit(1, given(&[5]), Some(forecast(&[(2, -2)]))));
		assert_ok!(commit_value(2, 6));
		go_to_reveals();
		assert_ok!(reveal_value(2, 6));
		take_events();
		assert_ok!(reveal(1, given(&[5]), Some(forecast(&[(2, -2)]))));
		let events = take_events();
		assert!(matches!(events.as_slice(), [Event::ForecastAccepted { who: 1, .. }]));
		assert_eq!(inferences(), vec![(2, inference(&[6]))]);
		assert_eq!(forecasts(), vec![(1, vec![(2, fixed(-2))])]);
	});
}

// Fees

#[test]
fn seat_is_free_and_what_takes_none_pays() {
	topic().with(|p| p.max_inferers = 1).build_and_execute(|| {
		assert_eq!(commit_value(1, 5).unwrap().pays_fee, Pays::No);
		// The second one is passive.
		assert_eq!(commit_value(2, 5).unwrap().pays_fee, Pays::Yes);
		assert_eq!(commit_value(1, 5).unwrap_err().post_info.pays_fee, Pays::Yes);
		go_to_reveals();
		assert_eq!(reveal_value(1, 6).unwrap_err().post_info.pays_fee, Pays::Yes);
		assert_eq!(reveal_value(1, 5).unwrap().pays_fee, Pays::No);
		assert_eq!(reveal_value(1, 5).unwrap_err().post_info.pays_fee, Pays::Yes);
	});
}

#[test]
fn commitments_are_free_up_to_the_seats_and_reveals_as_well() {
	let builder = (1..=5u64).fold(topic().with(|p| p.max_inferers = 2), |builder, who| {
		builder.score(Role::Inferer, who, who.into())
	});
	builder.build_and_execute(|| {
		// Each one takes a seat; from the third on it displaces another.
		let pays: Vec<_> = (1..=5).map(|who| commit_value(who, 0).unwrap().pays_fee).collect();
		assert_eq!(pays, [Pays::No, Pays::No, Pays::Yes, Pays::Yes, Pays::Yes]);
		// Those that kept a seat reveal: twice the seats are free in all.
		go_to_reveals();
		assert_eq!(reveal_value(4, 0).unwrap().pays_fee, Pays::No);
		assert_eq!(reveal_value(5, 0).unwrap().pays_fee, Pays::No);
		assert_eq!(Submissions::free_of_fee(TOPIC, EPOCH), 4);
	});
}

#[test]
fn calls_are_charged_by_their_roles_and_sizes() {
	type Info = <Test as crate::Config>::WeightInfo;
	topic().build_and_execute(|| {
		let both = Info::commit_inference() + Info::commit_forecast();
		for (roles, weight) in [
			(WorkerRoles::Inferer, Info::commit_inference()),
			(WorkerRoles::Forecaster, Info::commit_forecast()),
			(WorkerRoles::Both, both),
		] {
			let (topic, epoch, payload_hash) = (TOPIC, EPOCH, H256::zero());
			let call = Call::<Test>::commit { topic, epoch, payload_hash, roles };
			assert_eq!(call.get_dispatch_info().call_weight, weight);
		}
		let forecast = || Some(forecast(&[(1, -2), (2, -2)]));
		// Four records of others are declared, and none changes. The first of an epoch and role keeps
		// the weight of one.
		let free_seats = both - Info::change_record() * 2;
		let used = commit(1, given(&[5]), forecast()).unwrap().actual_weight;
		assert_eq!(used, Some(free_seats));
		go_to_reveals();
		let used = reveal(1, given(&[5]), forecast()).unwrap().actual_weight;
		assert_eq!(used, Some(Info::reveal_inference(1) + Info::reveal_forecast(2)));
		let (inference, forecast) = (given(&[5]), forecast());
		let (topic, epoch, salt) = (TOPIC, EPOCH, SALT);
		let call = Call::<Test>::reveal { topic, epoch, inference, forecast, salt };
		let declared = Info::reveal_inference(MAX_LABELS) + Info::reveal_forecast(2);
		assert_eq!(call.get_dispatch_info().call_weight, declared);
	});
}

// The stages

#[test]
fn close_is_charged_for_its_commitments() {
	type Info = <Test as crate::Config>::WeightInfo;
	topic().build_and_execute(|| {
		let sizes = EpochSizes::worst_case(&Parameters::get());
		let worst = Submissions::freeze_weight(&sizes);
		assert_ok!(commit_value(1, 5));
		assert_ok!(commit_value(2, 5));
		let failed = Submissions::freeze(&context(EPOCH)).unwrap_err();
		assert_eq!(failed.used, Info::freeze(0, 0));
		go_to_reveals();
		assert_ok!(reveal_value(1, 5));
		let (_, used) = Submissions::freeze(&context(EPOCH)).unwrap();
		assert_eq!(used, Info::freeze(1, 0) + Info::close_commitments(2, 0));
		assert!(used.all_lte(worst));
	});
}

#[test]
fn void_epoch_of_commitments_uses_no_more_than_was_reserved_for_its_close() {
	topic().with(|p| (p.max_inferers, p.max_forecasters) = (2, 1)).build_and_execute(|| {
		assert_ok!(commit_value(1, 5));
		assert_ok!(commit(2, given(&[5]), Some(forecast(&[(1, 0)]))));
		let failed = Submissions::freeze(&context(EPOCH)).unwrap_err();
		let used = failed.used + Submissions::on_void(TOPIC, EPOCH, failed.reason);
		let sizes = EpochSizes::worst_case(&Parameters::get());
		let reserved =
			Submissions::freeze_weight(&sizes) + Submissions::void_weight(Step::CloseWorkers);
		assert!(used.all_lte(reserved));
	});
}

#[test]
fn topic_without_a_reveal_window_reserves_nothing_for_commitments() {
	ExtBuilder::default().build_and_execute(|| {
		let sizes = EpochSizes::worst_case(&Parameters::get());
		let freezing = <Test as crate::Config>::WeightInfo::freeze(32, 6);
		assert_eq!(Submissions::freeze_weight(&sizes), freezing);
	});
}

#[test]
fn epoch_with_a_commitment_has_payloads_until_it_is_pruned() {
	topic().build_and_execute(|| {
		assert!(!Submissions::has_payloads(TOPIC, EPOCH));
		assert_ok!(commit_value(1, 5));
		assert!(Submissions::has_payloads(TOPIC, EPOCH));
		Submissions::on_prune(TOPIC, EPOCH);
		assert!(!Submissions::has_payloads(TOPIC, EPOCH));
		assert_eq!(Commitments::<Test>::iter().count(), 0);
		// The mock's clock keeps an epoch on record until its last slot has passed.
		go_to(EPOCH + 10);
		States::set(vec![]);
	});
}

#[test]
fn commitments_of_a_retired_topic_are_forgotten() {
	let mut ext = topic().build();
	ext.execute_with(|| commit_value(1, 5).unwrap());
	ext.commit_all().unwrap();
	ext.execute_with(|| {
		let mut meter = frame_support::weights::WeightMeter::new();
		assert!(Submissions::on_forget(TOPIC, &mut meter));
		assert_eq!(Commitments::<Test>::iter().count(), 0);
	});
}

#[test]
fn worker_commits_and_reveals_before_a_late_clock_opens_the_epoch() {
	topic().build_and_execute(|| {
		States::set(vec![]);
		assert_ok!(commit_value(1, 5));
		go_to_reveals();
		assert_eq!(outcome(Role::Inferer, 1), Some(Outcome::Committed));
		assert_ok!(reveal_value(1, 5));
		assert_eq!(outcome(Role::Inferer, 1), Some(Outcome::Accepted));
	});
}
