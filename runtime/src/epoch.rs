//! The steps of an epoch: their stages, in the order in which they run.
//!
//! The order is defined here and nowhere else. A stage takes the values of earlier stages and
//! returns its own with the weight that it used. No stage reads what another stage of the same step
//! has written. The clock runs each step in a storage layer, so a stage that fails undoes its step.

use crate::{Aggregation, Consumer, Emissions, Inference, Proofs, Reputer, Runtime, Topics};
use allora_primitives::{
	stage,
	traits::{EpochPipeline, EpochRecords},
	EpochId, EpochSizes, Step, TopicId, VoidReason,
};
use frame_support::{traits::TypedGet, weights::Weight};
use pallet_emissions::types::Settlement;
use pallet_reputer::DelegatorsPot;

/// The pallets that store something per epoch.
///
/// The registry comes last, since the others may read a topic while they forget it.
pub type Records = (Consumer, Inference, Reputer, Aggregation, Emissions, Topics);

/// The epoch as a pipeline of the pallets' stages.
pub struct Pipeline;

impl EpochPipeline for Pipeline {
	fn open(topic: TopicId, epoch: EpochId, used: &mut Weight) -> Result<(), VoidReason> {
		let of = &stage(used, Topics::epoch_context(topic, epoch))?;
		stage(used, Emissions::open(of))?;
		stage(used, Reputer::open(of))
	}

	fn close_workers(topic: TopicId, epoch: EpochId, used: &mut Weight) -> Result<(), VoidReason> {
		let of = &stage(used, Topics::epoch_context(topic, epoch))?;
		let payloads = stage(used, Inference::freeze(of))?;
		let synthesis = stage(used, Aggregation::synthesise(of, payloads))?;
		let made = stage(used, Aggregation::store(of, synthesis))?;
		stage(used, Proofs::append(of, made))?;
		stage(used, Consumer::announce(of))
	}

	fn close_reputers(topic: TopicId, epoch: EpochId, used: &mut Weight) -> Result<(), VoidReason> {
		let of = &stage(used, Topics::epoch_context(topic, epoch))?;
		let (reports, backings) = stage(used, Reputer::freeze(of))?;
		let learned = stage(used, Aggregation::learn(of, &reports))?;
		let contributions = &learned.contributions;
		let workers = stage(used, Inference::record_scores(of, contributions))?;
		let reputers = Reputer::record_scores(of, &contributions.reputers, &learned.coefficients);
		let reputers = stage(used, reputers)?;
		let Settlement { purse, reputation } = stage(used, Emissions::settle(of, contributions))?;
		stage(used, Aggregation::record(of, learned, workers, reputers))?;
		let parts = stage(used, Reputer::share(of, &backings, &reputation))?;
		let pot = DelegatorsPot::<Runtime>::get();
		let purse = stage(used, Emissions::credit_delegators(of, purse, &pot, &parts))?;
		stage(used, Emissions::pay(of, purse))
	}

	fn worst_case(step: Step, sizes: &EpochSizes) -> Weight {
		let void = Records::void_weight(step);
		let stages: &[Weight] = match step {
			Step::Open => &[
				Topics::epoch_context_weight(),
				Emissions::open_weight(),
				Reputer::open_weight(),
				void,
			],
			Step::CloseWorkers => &[
				Topics::epoch_context_weight(),
				Inference::freeze_weight(sizes),
				Aggregation::synthesise_weight(sizes),
				Aggregation::store_weight(sizes),
				Proofs::append_weight(),
				// Announcing cannot fail, so that a step either announces or is voided.
				Consumer::announce_weight().max(void),
			],
			Step::CloseReputers => &[
				Topics::epoch_context_weight(),
				Reputer::freeze_weight(sizes),
				Aggregation::learn_weight(sizes),
				Inference::record_scores_weight(sizes),
				Reputer::record_scores_weight(sizes),
				Emissions::settle_weight(sizes),
				Aggregation::record_weight(sizes),
				Reputer::share_weight(sizes),
				Emissions::credit_delegators_weight(),
				// Paying cannot fail, so that a step either pays or is voided.
				Emissions::pay_weight().max(void),
			],
		};
		stages.iter().fold(Weight::zero(), |sum, weight| sum.saturating_add(*weight))
	}
}
