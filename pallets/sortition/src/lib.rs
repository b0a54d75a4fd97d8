//! # Sortition
//!
//! Merit-based sortition (S 7.4, 7.5): how the submissions of an epoch compete for the seats of a
//! role, and how the standings that decide it are stored.
//!
//! ## Overview
//!
//! This crate is a library that inference and reputer share, not a pallet.
//!
//! - [`enter()`] enters a submission into its epoch's [`ActiveSet`]. The submission takes a free
//!   seat, displaces the weakest member, or stays passive. Of equal merit, the higher lot is the
//!   stronger; lots are drawn anew in each epoch.
//! - [`Merits`] is how a role measures merit, and what changes for an account without a seat.
//! - [`Places`] is one bounded item per topic and role. It holds the standings of recently active
//!   accounts, so that scoring an epoch updates this item only. The [`ScoreBook`] of workers adds
//!   the initial score of newcomers, and the quantile of the active scores, toward which the scores
//!   of passive and displaced accounts are pulled.
//! - [`ActorRecord`] is one item per account, topic and role. It holds the outcomes of the
//!   account's submissions without a seat, and its standing while it has no place. A pallet determines where these
//!   records are stored by implementing [`ActorStore`].
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
//! - **Merit**: the number by which seats are given: the smoothed score of a worker, the authority
//!   times the listening coefficient of a reputer.
//! - **Standing**: what is stored about an account in a topic and role between epochs.
//! - **Seat**: a place in an epoch's active set; a topic's parameters limit their number per role.
//! - **Passive**: submitted, but without a seat.
//! - **Newcomer**: an account without a standing in the topic and role.
//! - **Round**: the number of an epoch among those that received a submission and whose active set
//!   was still stored when the next one did.
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

pub mod active_set;
pub mod actor;
pub mod enter;
pub mod forget;
pub mod places;
pub mod score_book;

#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

pub use active_set::{seed_of_lots, ActiveSet, Member, NoSeat, FREE_PER_SEAT};
pub use actor::{ActorRecord, ActorStore, Standing};
pub use enter::{
	enter, unused_records, Changes, Displaced, Entered, Merits, SeatOutcome, SeatRules, MAX_OTHERS,
};
pub use forget::forget_items;
pub use places::{Admitted, Places};
pub use score_book::ScoreBook;
