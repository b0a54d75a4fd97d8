//! Weights of the call, the hooks, the stages, and of pruning and forgetting.

use frame_support::weights::Weight;

/// Weights of the call, the hooks, the stages, and of pruning and forgetting.
pub trait WeightInfo {
	/// Issuing a block's emission out of one month.
	fn emit_block() -> Weight;
	/// The monthly renewal of the rate.
	fn recompute() -> Weight;
	/// The calls of the clock at an opening: handing a topic's emission over to the epoch that
	/// ended, at worst returning a part of it to the ecosystem pot, and setting the topic's new
	/// weight.
	fn open() -> Weight;
	/// Setting a topic's weight between two openings.
	fn set_weight() -> Weight;
	/// Recording the rules by which epochs that open from this block on will be paid.
	fn record_rules() -> Weight;
	/// Settling an epoch of this many inferers, forecasters and reputers under the mixture rule,
	/// without payouts and without storing the topic's purse.
	fn settle_mixture(inferers: u32, forecasters: u32, reputers: u32) -> Weight;
	/// The same under the regret rule.
	fn settle_regret(inferers: u32, forecasters: u32, reputers: u32) -> Weight;
	/// Storing a topic's purse after its settlement, and recording whether the topic is crowded.
	fn store_purse() -> Weight;
	/// Paying out what is due to one account under one registration.
	fn pay_out() -> Weight;
	/// Crediting the delegators' part of all reputers' credits of an epoch.
	fn credit_delegators() -> Weight;
	/// Looking for crowded topics.
	fn poll() -> Weight;
	/// Relieving a crowded topic, without payouts.
	fn relieve() -> Weight;
	/// The call `collect`, for an account that is due earnings as a worker and as a reputer.
	fn collect() -> Weight;
	/// Voiding an epoch that has no emission yet.
	fn mark_void() -> Weight;
	/// Voiding an epoch and returning its emission.
	fn void() -> Weight;
	/// Pruning a settled epoch.
	fn prune() -> Weight;
	/// Forgetting a topic that owes nothing and has no epoch on record.
	fn forget() -> Weight;
	/// The call `start`.
	fn start() -> Weight;
}

/// A weight of this many microseconds.
fn micros(count: u32) -> Weight {
	Weight::from_parts(1_000_000, 0).saturating_mul(count.into())
}

/// Invented weights for mocks, a different one per function.
impl WeightInfo for () {
	fn emit_block() -> Weight {
		micros(10)
	}
	fn recompute() -> Weight {
		micros(11)
	}
	fn open() -> Weight {
		micros(12)
	}
	fn set_weight() -> Weight {
		micros(9)
	}
	fn record_rules() -> Weight {
		micros(3)
	}
	fn settle_regret(inferers: u32, forecasters: u32, reputers: u32) -> Weight {
		micros(13u32.saturating_add(inferers).saturating_add(forecasters).saturating_add(reputers))
	}
	fn settle_mixture(inferers: u32, forecasters: u32, reputers: u32) -> Weight {
		micros(23u32.saturating_add(inferers).saturating_add(forecasters).saturating_add(reputers))
	}
	fn store_purse() -> Weight {
		micros(15)
	}
	fn pay_out() -> Weight {
		micros(14)
	}
	fn credit_delegators() -> Weight {
		micros(24)
	}
	fn poll() -> Weight {
		micros(16)
	}
	fn relieve() -> Weight {
		micros(17)
	}
	fn collect() -> Weight {
		micros(18)
	}
	fn mark_void() -> Weight {
		micros(19)
	}
	fn void() -> Weight {
		micros(20)
	}
	fn prune() -> Weight {
		micros(21)
	}
	fn forget() -> Weight {
		micros(22)
	}
	fn start() -> Weight {
		micros(24)
	}
}
