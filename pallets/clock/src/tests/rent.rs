//! Rent: its price, who pays it and when, and what it costs to squat.
//!
//! A week of the mock has 1000 slots, and its topics reserve 417.1 us per slot, as the tests of
//! admission show.

use super::signed;
use crate::{
	mock::*,
	rent::{rent, RentLevel, MAX_LEVEL, ONE, TARGET},
	Capacity, Deferral, Error, Event, Reservation, Reserved, StepWeights, TopicState, TopicStates,
};
use allora_primitives::{Balance, Slot, Slots, TopicId, ALLO};
use frame_support::{assert_noop, assert_ok, weights::Weight};
use frame_system::limits::BlockWeights;
use pallet_registry::{Economies, Event as RegistryEvent};

/// A fullness in percent.
fn percent(part: u64) -> u64 {
	ONE / 100 * part
}

/// A price of 0.001 ALLO per second: an epoch of the mock's topics costs 4.171 ms of it.
const FLOOR: Balance = ALLO / 1_000;
/// The rent of an epoch at the lowest price, in planck.
const EPOCH_RENT: Balance = 41_710;

fn state(topic: TopicId) -> TopicState {
	TopicStates::<Test>::get(topic)
}

fn revenue(topic: TopicId) -> Balance {
	Topics::topic_info(topic).unwrap().revenue
}

#[test]
fn price_doubles_every_three_hours_at_95_percent_up_to_its_maximum() {
	let week: Slots = 100_800;
	let level = |hours: Slot| RentLevel::default().at(hours * 600, percent(95), week).doublings;
	// 57.6 doublings per week: one every 2.9 hours.
	assert!((ONE * 102 / 100..ONE * 103 / 100).contains(&level(3)), "{}", level(3));
	assert!((2 * level(3)).abs_diff(level(6)) <= 1);
	assert_eq!(level(30), MAX_LEVEL);
	assert_eq!(level(1_000), MAX_LEVEL);
	assert_eq!(RentLevel::default().at(Slot::MAX, ONE, 1).doublings, MAX_LEVEL);
}

#[test]
fn price_halves_while_less_than_half_is_reserved() {
	let full = RentLevel { doublings: MAX_LEVEL, since: 100 };
	let level = |slot, fullness| full.at(slot, fullness, 1_000).doublings;
	assert_eq!(level(1_000_000, TARGET), MAX_LEVEL);
	// At a quarter it falls by 32 doublings per week.
	assert_eq!(level(350, ONE / 4), MAX_LEVEL - 8 * ONE);
	assert_eq!(level(2_000, ONE / 4), 0);
	// Time does not run backwards.
	assert_eq!(full.at(50, ONE, 1_000), full);
}

#[test]
fn price_is_the_floor_doubled_by_level_and_surcharge() {
	let price = |doublings, fullness| RentLevel { doublings, since: 0 }.price(fullness, 1_000);
	assert_eq!(price(0, 0), 1_000);
	assert_eq!(price(0, TARGET), 1_000);
	// Twenty doublings per unit above the target: two for a tenth.
	assert!((3_999..=4_000).contains(&price(0, percent(60))));
	assert_eq!(price(0, ONE), 1_024_000);
	assert_eq!(price(3 * ONE, 0), 8_000);
	assert_eq!(price(3 * ONE + ONE / 2, 0), 12_000);
	assert_eq!(price(MAX_LEVEL, ONE), 1_000 << 20);
	// An idle chain's rent is not zero.
	assert_eq!(rent(1, Weight::from_parts(1, 0), 1), 1);
	assert_eq!(rent(FLOOR, Weight::from_parts(417_100_000, 0), 10), EPOCH_RENT);
}

#[test]
fn level_depends_on_how_long_capacity_was_how_full_and_not_on_how_often_it_is_read() {
	let start = RentLevel { doublings: ONE, since: 0 };
	let once = start.at(100, percent(70), 1_000);
	let often = (1..=100).fold(start, |level, slot| level.at(slot, percent(70), 1_000));
	assert!(once.doublings.abs_diff(often.doublings) <= 100);
}

#[test]
fn activation_pays_up_to_the_last_step_and_each_opening_for_one_epoch_more() {
	ExtBuilder::build_and_execute(|| {
		RentFloor::set(FLOOR);
		let topic = topic_with_stake(10 * ALLO);
		// Activated in slot 1; the first epoch opens in 2 and its reports close in 2 + 20 + 10.
		let first = rent(FLOOR, Weight::from_parts(417_100_000, 0), 31);
		assert!(events().contains(&Event::TopicActivated {
			topic,
			anchor: 2,
			weight: 10 * ALLO,
			rent: first
		}));
		assert_eq!((revenue(topic), state(topic).paid_through), (10 * ALLO - first, 32));
		run_to(2);
		let left = 10 * ALLO - first - EPOCH_RENT;
		assert_eq!((revenue(topic), state(topic).paid_through), (left, 42));
		run_to(12);
		let left = left - left.div_ceil(100) - EPOCH_RENT;
		assert_eq!((revenue(topic), state(topic).paid_through), (left, 52));
		System::assert_has_event(
			RegistryEvent::WeightUpdated {
				topic,
				weight: Economies::<Test>::get(topic).weight.unwrap(),
				counted: Economies::<Test>::get(topic).weight.unwrap(),
				revenue: left,
				rent: EPOCH_RENT,
			}
			.into(),
		);
	});
}

#[test]
fn reservation_that_is_kept_after_the_last_epoch_is_paid() {
	ExtBuilder::build_and_execute(|| {
		RentFloor::set(FLOOR);
		let topic = topic_with_stake(10 * ALLO);
		run_to(13);
		let paid = state(topic).paid_through;
		Stakes::mutate(|stakes| stakes.clear());
		// Epoch 22 is paid for already, and is the last one.
		run_to(32);
		assert!(!state(topic).active);
		assert_eq!(state(topic).paid_through, paid);
		run_to(paid - 1);
		assert!(state(topic).reservation.is_some());
		run_to(paid);
		assert!(state(topic).reservation.is_none());
	});
}

/// A price by which an epoch costs 1 ALLO.
const ONE_PER_EPOCH: Balance = ALLO * 1_000_000 / 4_171 + 1;

#[test]
fn topic_that_cannot_pay_its_first_epoch_is_not_activated() {
	ExtBuilder::build_and_execute(|| {
		RentFloor::set(4 * ONE_PER_EPOCH);
		// Slots 2 to 32 cost 12.4 ALLO, and the creation fee is 10 ALLO.
		let topic = topic_with_stake(10 * ALLO);
		let deferred = Event::ActivationDeferred { topic, reason: Deferral::RentTooHigh };
		assert_eq!(events(), vec![deferred]);
		assert_noop!(Clock::activate(signed(BOB), topic), Error::<Test>::RentTooHigh);
		assert_eq!((revenue(topic), Reserved::<Test>::get()), (10 * ALLO, Capacity::default()));
		assert_ok!(Topics::fund(signed(BOB), topic, 3 * ALLO));
		assert!(state(topic).active);
	});
}

#[test]
fn topic_that_cannot_pay_rent_lapses_by_announcement_and_funding_in_time_cancels_it() {
	ExtBuilder::build_and_execute(|| {
		RentFloor::set(ONE_PER_EPOCH);
		let topic = topic_with_stake(1_000 * ALLO);
		let (_, epochs, slots) = Clock::funding(topic).unwrap();
		// After 3.1 ALLO for the first epoch, 6.9 ALLO decay and pay for six more.
		assert_eq!((epochs, slots), (6, 11 + 60));
		run_to(61);
		assert!(state(topic).continues && revenue(topic) < ALLO);
		events();
		run_to(62);
		assert!(events().contains(&Event::InactivationAnnounced {
			topic,
			last_epoch: 62,
			inactive_at: 72
		}));
		// As much weight as before, and still it ends.
		assert!(EmissionWeights::get()[&topic] > ALLO);
		let before = revenue(topic);
		assert_ok!(Topics::fund(signed(BOB), topic, ALLO));
		let [Event::InactivationCancelled { next_epoch: 72, rent, .. }] = events()[..] else {
			panic!("the announcement is not cancelled")
		};
		assert_eq!((revenue(topic), rent / 10), (before + ALLO - rent, ALLO / 10));
		run_to(82);
		assert!(!state(topic).active);
	});
}

#[test]
fn topic_is_funded_as_long_as_is_said() {
	for (floor, funds) in [(ONE_PER_EPOCH, 50), (ONE_PER_EPOCH / 100, 0), (0, 0)] {
		ExtBuilder::build_and_execute(|| {
			RentFloor::set(floor);
			let topic = topic_with_stake(ALLO);
			assert_ok!(Topics::fund(signed(BOB), topic, funds * ALLO + 1));
			run_to(2);
			let (_, epochs, slots) = Clock::funding(topic).unwrap();
			assert!(epochs > 10, "{epochs}");
			run_to(2 + slots - 1);
			assert!(state(topic).active);
			run_to(2 + slots);
			assert!(!state(topic).active);
			assert_eq!(
				Clock::funding(topic).map(|(_, epochs, slots)| (epochs, slots)),
				Some((0, 0))
			);
		});
	}
	ExtBuilder::build_and_execute(|| assert_eq!(Clock::funding(1), None));
}

#[test]
fn skipped_epochs_cost_no_rent() {
	ExtBuilder::build_and_execute(|| {
		RentFloor::set(ONE_PER_EPOCH);
		let topic = topic_with_stake(1_000 * ALLO);
		run_to(13);
		WithPayloads::set(Some(vec![2, 12]));
		skip_to(205);
		poll(Weight::MAX);
		WithPayloads::set(None);
		let before = revenue(topic);
		run_to(212);
		// The rent of one epoch, and what decayed in the meantime.
		assert!(revenue(topic) + ALLO <= before && before < revenue(topic) + 2 * ALLO);
		assert_eq!(state(topic).paid_through, 212 + 10 + 30);
	});
}

#[test]
fn chain_without_topics_has_the_lowest_price() {
	ExtBuilder::build_and_execute(|| {
		RentFloor::set(FLOOR);
		few_topics();
		let topics = squat(44, 0);
		run_to(100);
		assert!(Clock::rent_price(&Reserved::<Test>::get()) > FLOOR << 12);
		for topic in topics {
			assert_ok!(Topics::retire(signed(ALICE), topic));
		}
		run_to(200);
		assert_eq!(Reserved::<Test>::get(), Capacity::default());
		assert_eq!(Clock::rent_price(&Capacity::default()), FLOOR);
	});
}

/// Makes blocks of 0.4 s, so that 46 topics fill the capacity.
///
/// The clock's share is 100 ms, of which the largest step and a fiftieth are not usable: 96.9 ms.
/// Two slots of it must hold an epoch, 4.171 ms, of every topic.
fn few_topics() {
	let block = Weight::from_parts(400_000_000_000, 5_000_000);
	TestBlockWeights::set(BlockWeights::simple_max(block));
}

/// Creates this many topics with 10 000 ALLO of stake and this funding each.
fn squat(count: u32, funds: Balance) -> Vec<TopicId> {
	let one = |_| {
		let topic = topic_with_stake(10_000 * ALLO);
		if funds > 0 {
			assert_ok!(Topics::fund(signed(BOB), topic, funds));
		}
		topic
	};
	(0..count).map(one).collect()
}

/// The rent that all topics have paid since events were reset last.
fn paid() -> Balance {
	let records = System::events();
	System::reset_events();
	let paid = |event| match event {
		RuntimeEvent::Clock(Event::TopicActivated { rent, .. })
		| RuntimeEvent::Topics(RegistryEvent::WeightUpdated { rent, .. }) => rent,
		_ => 0,
	};
	records.into_iter().map(|record| paid(record.event)).sum()
}

/// The part of the capacity that is taken, in percent.
fn fullness() -> u64 {
	Clock::fullness(&Reserved::<Test>::get()) * 100 / ONE
}

/// What it costs to hold this many topics for a week; they are all active at its end.
fn week_of(count: u32) -> Balance {
	System::reset_events();
	let topics = squat(count, 15_000 * ALLO);
	let mut cost = paid();
	for slot in 2..=1_001 {
		run_to(slot);
		cost += paid();
	}
	assert!(topics.into_iter().all(|topic| state(topic).active));
	cost
}

/// Attack 2: capacity used to be free once a topic was created.
#[test]
fn squatting_95_percent_for_a_week_costs_more_than_a_hundred_times_what_10_percent_cost() {
	let mut few = 0;
	ExtBuilder::build_and_execute(|| {
		RentFloor::set(FLOOR);
		few_topics();
		few = week_of(5);
		assert_eq!(fullness(), 10);
		// The lowest price, for a week of 100 epochs and at most three epochs more.
		assert!((500 * EPOCH_RENT..=520 * EPOCH_RENT).contains(&few), "{few}");
	});
	ExtBuilder::build_and_execute(|| {
		RentFloor::set(FLOOR);
		few_topics();
		let many = week_of(44);
		assert_eq!(fullness(), 94);
		assert!(many >= 100 * few, "{many} and {few}");
		// Every planck of it was prepaid: nearly the maximum of a week at nine surcharges.
		assert!(many / 44 > (80 * EPOCH_RENT) << 18, "{many}");

		// There is room for an honest topic, which pays today's price for as long as it likes.
		let honest = squat(1, 100 * ALLO)[0];
		assert!(state(honest).active);
		run_to(1_030);
		assert!(state(honest).active);
	});
}

/// Attack 2: 503 topics of 11 ALLO each used to refuse everybody else for weeks.
#[test]
fn squatters_who_fill_the_capacity_lapse_within_hours_and_the_price_falls() {
	ExtBuilder::build_and_execute(|| {
		RentFloor::set(FLOOR);
		few_topics();
		let squatters = squat(46, ALLO);
		assert_eq!(fullness(), 98);
		assert!(squatters.iter().all(|topic| state(*topic).active));
		let honest = squat(1, 100 * ALLO)[0];
		assert_noop!(Clock::activate(signed(BOB), honest), Error::<Test>::NoCapacity);
		// 240 of the 1000 slots of a week are 40 hours.
		run_to(240);
		assert!(squatters.iter().all(|topic| !state(*topic).active));
		run_to(280);
		assert_ok!(Clock::activate(signed(BOB), honest));
		run_to(600);
		assert!(state(honest).active);
		assert_eq!(Clock::funding(honest).unwrap().0, EPOCH_RENT);
	});
}

/// Epochs of a week pay once a week. The surcharge makes them dear although the level does not
/// change while they are activated.
#[test]
fn squatting_by_long_epochs_costs_as_many_times_more() {
	let length: Slots = 100_800;
	let (share, session) = (Weight::from_parts(500_000_000, 1_000_000), 600);
	let little = Weight::from_parts(1_000_000, 0);
	let steps = StepWeights { open: little, close_workers: little, close_reputers: little };
	// 16 384 slots of almost 0.5 ms must hold 80 ms of every topic: one takes about a hundredth.
	let one = Reservation::new(length, steps, little * 80_000, little);
	let mut capacity = Capacity::default();
	let (mut cost, mut of_ten_percent) = (0, 0);
	loop {
		capacity.add(&one);
		let fullness = capacity.fullness(share, session);
		if fullness > percent(95) {
			break;
		}
		let price = capacity.rent.price(fullness, FLOOR);
		cost += rent(price, one.rate, length.into());
		if fullness <= percent(10) {
			of_ten_percent = cost;
		}
	}
	assert!(of_ten_percent > 0);
	assert!(cost >= 100 * of_ten_percent, "{cost} and {of_ten_percent}");
}
