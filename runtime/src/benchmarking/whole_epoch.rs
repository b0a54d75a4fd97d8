//! The steps of a whole epoch, through all pallets at once.
//!
//! These measurements are not used as weights: each pallet has weights for its own stages. A test
//! compares the sum of those weights with the whole step.

use super::stage::set_slot;
use crate::{
	AccountId, Balance, Balances, Clock, Emissions, Inference, Reputer, Runtime, RuntimeOrigin,
	System, Topics, ALLO,
};
use alloc::{boxed::Box, vec, vec::Vec};
use allora_primitives::{
	bundle::{SubmittedForecast, SubmittedInference},
	traits::EpochInspect,
	EpochId, EpochState, FixedI128, Registration, Slot, Slots, TopicId, TopicParameters,
};
use core::marker::PhantomData;
use frame_benchmarking::v2::*;
use frame_support::{
	traits::{fungible::Mutate, Hooks},
	weights::WeightMeter,
	BoundedVec,
};
use sp_runtime::DispatchError;

/// The pallet that the benchmark macro requires.
pub struct Pallet<T>(PhantomData<T>);
/// The configuration that the benchmark macro requires.
pub trait Config: frame_system::Config {}
impl Config for Runtime {}

/// The epoch length in slots, the minimum allowed.
const EPOCH_LENGTH: Slots = 10;
/// The number of slots from one epoch to the next.
const EPOCH: Slot = EPOCH_LENGTH as Slot;
/// The number of slots after the opening in which payloads are accepted.
const WORKER_WINDOW: Slots = 3;
/// The first slot.
const FIRST: Slot = 1_000;
/// The number of epochs that open before the measured steps, so that all records of the past are
/// full; recent scores go back ten settled epochs.
const WARM_UP: u32 = 13;
/// The initial balance of each account in planck, more than all fees and stakes.
const ENDOWMENT: Balance = 1_000_000 * ALLO;
/// The stake of a reputer in planck.
const STAKE: Balance = 10_000 * ALLO;

/// A topic of the usual sizes, 32 inferers, 6 forecasters and 6 reputers, with all seats taken.
struct World {
	topic: TopicId,
	inferers: Vec<AccountId>,
	forecasters: Vec<AccountId>,
	reputers: Vec<AccountId>,
	/// The epoch that opens next.
	next: EpochId,
}

fn endowed(name: &'static str, count: u32) -> Vec<AccountId> {
	(0..count)
		.map(|index| {
			let who = account(name, index, 0);
			Balances::set_balance(&who, ENDOWMENT);
			who
		})
		.collect()
}

fn signed(who: &AccountId) -> RuntimeOrigin {
	RuntimeOrigin::signed(who.clone())
}

/// A number of up to 1.43 that differs by actor, subject and epoch.
fn some_number(actor: usize, subject: usize, epoch: EpochId) -> FixedI128 {
	let mixed = (actor * 7_919 + subject * 104_729 + epoch as usize * 1_299_709) % 10_007;
	FixedI128::from_rational(mixed as u128 + 1, 7_000)
}

/// Begins the block of a slot, without the clock's due steps.
fn enter(slot: Slot) {
	set_slot(slot);
	System::reset_events();
	Emissions::on_initialize(System::block_number());
}

/// Runs the clock's due steps.
fn poll() {
	Clock::on_poll(System::block_number(), &mut WeightMeter::new());
}

impl World {
	fn new() -> Result<Self, DispatchError> {
		enter(FIRST);
		let topic = pallet_registry::NextTopicId::<Runtime>::get();
		let mut parameters = TopicParameters::regression(EPOCH_LENGTH, WORKER_WINDOW, EPOCH_LENGTH);
		// With the minimum history every opening prunes an epoch.
		parameters.history = 1;
		let inferers = endowed("inferer", parameters.max_inferers);
		let forecasters = endowed("forecaster", parameters.max_forecasters);
		let reputers = endowed("reputer", parameters.max_reputers);
		for creator in endowed("creator", 1) {
			Topics::create(signed(&creator), Box::new(parameters.clone()))?;
			Topics::fund(signed(&creator), topic, ENDOWMENT / 2)?;
		}
		for who in inferers.iter().chain(&forecasters) {
			Topics::register(signed(who), topic, Registration::Worker, None)?;
		}
		for who in &reputers {
			Topics::register(signed(who), topic, Registration::Reputer, None)?;
			Reputer::stake(signed(who), topic, STAKE)?;
		}
		let next = pallet_clock::TopicStates::<Runtime>::get(topic).anchor;
		let mut world = Self { topic, inferers, forecasters, reputers, next };
		for _ in 0..WARM_UP {
			world.collect()?;
			poll();
			world.next += EPOCH;
		}
		Ok(world)
	}

	/// Opens the next epoch, submits payloads and reports, and begins the block of the worker
	/// close.
	fn collect(&self) -> Result<(), DispatchError> {
		let Self { topic, next: epoch, .. } = *self;
		enter(epoch);
		poll();
		for (actor, who) in self.inferers.iter().enumerate() {
			let inference = BoundedVec::truncate_from(vec![Some(some_number(actor, 0, epoch))]);
			submit(who, topic, epoch, Some(inference), None)?;
		}
		for (actor, who) in self.forecasters.iter().enumerate() {
			let subjects = self.inferers.iter().enumerate();
			let forecast = subjects
				.map(|(subject, inferer)| (inferer.clone(), some_number(actor, subject, epoch)))
				.collect();
			submit(who, topic, epoch, None, Some(BoundedVec::truncate_from(forecast)))?;
		}
		self.report(epoch - EPOCH)?;
		enter(epoch + Slot::from(WORKER_WINDOW) + 1);
		Ok(())
	}

	/// Submits all reports on an epoch, if it has a bundle.
	fn report(&self, epoch: EpochId) -> Result<(), DispatchError> {
		if self.state(epoch) != Some(EpochState::Reporting) {
			return Ok(());
		}
		for (actor, who) in self.reputers.iter().enumerate() {
			let truth = BoundedVec::truncate_from(vec![some_number(actor, actor, epoch)]);
			Reputer::report(signed(who), self.topic, epoch, truth)
				.map_err(|refused| refused.error)?;
		}
		Ok(())
	}

	fn state(&self, epoch: EpochId) -> Option<EpochState> {
		Clock::epoch_state(self.topic, epoch)
	}
}

fn submit(
	who: &AccountId,
	topic: TopicId,
	epoch: EpochId,
	inference: Option<SubmittedInference>,
	forecast: Option<SubmittedForecast<AccountId>>,
) -> Result<(), DispatchError> {
	Inference::submit(signed(who), topic, epoch, inference, forecast)
		.map(|_| ())
		.map_err(|refused| refused.error)
}

#[benchmarks]
mod benchmarks {
	use super::*;

	/// The worker close: the network inference of 32 inferers and 6 forecasters is made.
	#[benchmark]
	fn close_workers() -> Result<(), BenchmarkError> {
		let world = World::new()?;
		world.collect()?;
		#[block]
		{
			poll();
		}
		assert_eq!(world.state(world.next), Some(EpochState::AwaitingTruth));
		Ok(())
	}

	/// The other two steps, which are due in the same block: an epoch is learned from and settled,
	/// and another one opens.
	#[benchmark]
	fn close_reputers_and_open() -> Result<(), BenchmarkError> {
		let world = World::new()?;
		enter(world.next);
		#[block]
		{
			poll();
		}
		let epoch = world.next;
		assert_eq!(world.state(epoch - 2 * EPOCH), Some(EpochState::Settled));
		assert_eq!(world.state(epoch), Some(EpochState::Collecting));
		Ok(())
	}
}
