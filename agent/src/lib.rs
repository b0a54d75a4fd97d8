//! # The off-chain participant
//!
//! Workers, forecasters and reputers of the Allora network, a demo that runs them on a development chain,
//! and a simulation of the same topics off chain over a whole series.
//!
//! ## Overview
//!
//! A topic asks a [`question`] about the next day of a price [`series`]: its range or its direction.
//! [`models`] predict it from past days, and [`forecasters`] predict the loss of each model.
//! [`simulate`] combines them by one or several [`rules`], the chain's formulas off chain, into a
//! network inference for every day of a series, [`report`] sums the runs up, and [`synthetic`] has
//! networks made up for a purpose. [`pay`] settles the epochs of such runs as the chain would, and
//! [`trials`] has attacks on a network and comparisons of pay with contribution. [`demo`] does the
//! same on a chain, where each of the [`participants`] is a task with its own account, and a
//! [`journal`] keeps what workers have committed to. [`explain`] reports why an account was or was
//! not rewarded. [`run`] takes part with models of one's own, [`commands`] show topics and accounts
//! and send single calls, and [`gateway`] serves inferences and their history to applications.
//! [`chain`] is the connection; it depends on the chain's metadata only. [`verify`] verifies an
//! inference by a proof, without a node, and [`bridge`] does so as other chains do.

pub mod bridge;
pub mod chain;
pub mod commands;
pub mod coordinator;
pub mod demo;
pub mod explain;
pub mod figures;
pub mod forecasters;
pub mod gateway;
pub mod journal;
pub mod loss;
pub mod models;
pub mod participants;
pub mod pay;
pub mod plot;
pub mod question;
pub mod ranks;
pub mod report;
pub mod rules;
pub mod run;
pub mod series;
pub mod simulate;
pub mod synthetic;
pub mod table;
pub mod topic;
pub mod track_record;
pub mod trials;
pub mod verify;
