//! Weights of the calls, the stages, and of pruning and forgetting.

use frame_support::weights::Weight;

/// Weights of the calls, the stages, and of pruning and forgetting. Calls that change stake also
/// have the weight of the observer of stake.
pub trait WeightInfo {
	/// Staking.
	fn stake() -> Weight;
	/// Starting a removal.
	fn unstake() -> Weight;
	/// Cancelling a removal.
	fn cancel_unstake() -> Weight;
	/// Withdrawing what is due.
	fn withdraw() -> Weight;
	/// A report of this many losses, with changes to the records of two other accounts.
	fn report(losses: u32) -> Weight;
	/// A *regular* reputer's report of this many losses: the reputer has a place in the score book
	/// and takes a free seat, the report is not the first of the epoch, and the topic has neither an
	/// allow-list nor new parameters.
	fn report_regular_losses(losses: u32) -> Weight;
	/// A regular reputer's report of the truth for this many labels; no bundle is read.
	fn report_regular_truth(labels: u32) -> Weight;
	/// Changing the record of another account.
	fn change_record() -> Weight;
	/// Abstaining.
	fn abstain() -> Weight;
	/// Recording the reporting window of an epoch that opens.
	fn open() -> Weight;
	/// Dropping the reporting window of a void epoch.
	fn void() -> Weight;
	/// Freezing the reports of this many reputers with this many losses each; with no reports,
	/// finding that there are none.
	fn freeze(reputers: u32, losses: u32) -> Weight;
	/// The additional weight of reading the coefficients of this many reputers that are not in the
	/// score book, at least one.
	fn freeze_missing(missing: u32) -> Weight;
	/// Recording the instant scores and coefficients of this many reputers, all of them in the
	/// score book.
	fn record_scores(reputers: u32) -> Weight;
	/// The additional weight of recording those of this many reputers that are not in the score
	/// book, at least one.
	fn record_missing(missing: u32) -> Weight;
	/// Pruning an epoch.
	fn prune() -> Weight;
	/// Forgetting this many items of a retired topic.
	fn forget(items: u32) -> Weight;
	/// Delegating.
	fn delegate() -> Weight;
	/// Starting a removal of a delegation.
	fn undelegate() -> Weight;
	/// Cancelling a removal of a delegation.
	fn cancel_undelegate() -> Weight;
	/// Withdrawing what is due to another account.
	fn withdraw_for() -> Weight;
	/// Setting a commission.
	fn set_commission() -> Weight;
	/// Claiming the rewards of a delegation.
	fn claim() -> Weight;
	/// Delegating the rewards of a delegation.
	fn compound() -> Weight;
	/// Sharing the rewards of this many reputers with their delegators, at least one.
	fn share(reputers: u32) -> Weight;
}

/// A weight of this many microseconds.
fn micros(count: u32) -> Weight {
	Weight::from_parts(1_000_000, 0).saturating_mul(count.into())
}

/// Invented weights for mocks, a different one per function.
impl WeightInfo for () {
	fn stake() -> Weight {
		micros(10)
	}
	fn unstake() -> Weight {
		micros(11)
	}
	fn cancel_unstake() -> Weight {
		micros(12)
	}
	fn withdraw() -> Weight {
		micros(13)
	}
	fn report(losses: u32) -> Weight {
		micros(14u32.saturating_add(losses))
	}
	fn report_regular_losses(losses: u32) -> Weight {
		micros(2u32.saturating_add(losses))
	}
	fn report_regular_truth(labels: u32) -> Weight {
		micros(1u32.saturating_add(labels))
	}
	fn change_record() -> Weight {
		micros(4)
	}
	fn abstain() -> Weight {
		micros(15)
	}
	fn open() -> Weight {
		micros(16)
	}
	fn void() -> Weight {
		micros(17)
	}
	fn freeze(reputers: u32, losses: u32) -> Weight {
		micros(18u32.saturating_add(reputers).saturating_add(losses))
	}
	fn freeze_missing(missing: u32) -> Weight {
		micros(23u32.saturating_add(missing))
	}
	fn record_scores(reputers: u32) -> Weight {
		micros(19u32.saturating_add(reputers))
	}
	fn record_missing(missing: u32) -> Weight {
		micros(22u32.saturating_add(missing))
	}
	fn prune() -> Weight {
		micros(20)
	}
	fn forget(items: u32) -> Weight {
		micros(21u32.saturating_add(items))
	}
	fn delegate() -> Weight {
		micros(25)
	}
	fn undelegate() -> Weight {
		micros(26)
	}
	fn cancel_undelegate() -> Weight {
		micros(27)
	}
	fn withdraw_for() -> Weight {
		micros(28)
	}
	fn set_commission() -> Weight {
		micros(29)
	}
	fn claim() -> Weight {
		micros(30)
	}
	fn compound() -> Weight {
		micros(31)
	}
	fn share(reputers: u32) -> Weight {
		micros(24u32.saturating_add(reputers))
	}
}
