//! # The off-chain participant
//!
//! Workers, forecasters and reputers of the Allora network, the demo that runs them all against a
//! dev node, and the same topic simulated off chain over a whole series.
//!
//! ## Overview
//!
//! A topic asks a [`question`] of the next day of a price [`series`]: its range, or its direction.
//! [`models`] answer it from past days, [`forecasters`] predict how much each of them will lose.
//! [`simulate`] lets the [`coordinator`], the chain's own formulas off chain, make a network
//! inference of them for every day of a series. [`demo`] does the same on a chain, each participant
//! a task with an account of its own, and [`explain`] tells why it got what it got; [`chain`] is how
//! they reach it, and knows it by its metadata only.

pub mod chain;
pub mod coordinator;
pub mod demo;
pub mod explain;
pub mod figures;
pub mod forecasters;
pub mod loss;
pub mod models;
pub mod participants;
pub mod plot;
pub mod question;
pub mod series;
pub mod simulate;
pub mod table;
