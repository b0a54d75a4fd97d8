//! # Sortition
//!
//! Seats by merit (S 7.4, 7.5): how the submissions of an epoch compete for the seats of a role,
//! and how the scores that decide it are kept. Shared by the workers and the reputers; no pallet.
//!
//! - [`enter()`] brings a submission to its epoch's [`ActiveSet`]: it takes a free seat, displaces
//!   the weakest member, or stays passive. Scores of passive and displaced accounts are pulled
//!   toward the quantile of the active scores.
//! - [`ScoreBook`] is one bounded item per topic and role. It holds the scores of recently active
//!   accounts, the initial score of newcomers, and that quantile. Scoring an epoch renews it.
//! - [`ActorRecord`] is one item per account, topic and role. It holds the outcomes of the
//!   account's submissions, and its score while the book does not hold it. A pallet says where
//!   these records are stored by implementing [`ActorStore`].
//! - [`forget_items`] removes what a retired topic leaves, in bounded steps.
//!
//! Scores are decided by `allora_math::sortition`; the types here bound and store them.
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

pub mod active_set;
pub mod actor;
pub mod enter;
pub mod forget;
pub mod score_book;

#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

pub use active_set::{ActiveSet, Member, NoSeat};
pub use actor::{ActorRecord, ActorStore, Standing};
pub use enter::{enter, Displaced, SeatOutcome, SeatRules};
pub use forget::forget_items;
pub use score_book::ScoreBook;
