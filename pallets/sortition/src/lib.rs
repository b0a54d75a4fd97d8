//! # Sortition
//!
//! Merit-based sortition (S 7.4, 7.5): how the submissions of an epoch compete for the seats of a
//! role, and how the scores that decide it are stored.
//!
//! ## Overview
//!
//! This crate is a library that inference and reputer share, not a pallet.
//!
//! - [`enter()`] enters a submission into its epoch's [`ActiveSet`]. The submission takes a free
//!   seat, displaces the weakest member, or stays passive. The scores of passive and displaced
//!   accounts are pulled toward the quantile of the active scores.
//! - [`ScoreBook`] is one bounded item per topic and role. It holds the scores of recently active
//!   accounts, the initial score of newcomers, and that quantile. Scoring an epoch updates it.
//! - [`ActorRecord`] is one item per account, topic and role. It holds the outcomes of the
//!   account's submissions, and its score while the book does not hold it. A pallet determines
//!   where these records are stored by implementing [`ActorStore`].
//! - [`forget_items`] removes the records of a retired topic in bounded steps.
//!
//! `allora_math::sortition` computes the scores; the types here bound and store them.
//!
//! ### Example
//!
//! Three accounts compete for two seats:
#![doc = docify::embed!("src/tests/mod.rs", stronger_account_displaces_the_weakest_member)]
//!
//! ## Terminology
//!
//! - **Seat**: a place in an epoch's active set; a topic's parameters limit their number per role.
//! - **Passive**: submitted, but without a seat.
//! - **Newcomer**: an account without a score in the topic and role.
//! - **Round**: the number of an epoch among those that received a submission.
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
