//! # Numbers and formulas of the Allora protocol
//!
//! The computations on losses, regrets, weights, scores, rewards and emission, as pure functions
//! without storage, floats or panics.
//!
//! ## Overview
//!
//! Values are 64.64 binary fixed-point numbers ([`Real`]), with exponential, logarithm and square
//! root implemented on integers. Each public function is one formula of `docs/protocol.md`, cited
//! by its section as (S 9.3). Every operation is checked: a result that cannot be represented,
//! divided or averaged is a named [`MathError`], never a panic. Balances stay integers; they are
//! converted to a share ([`convert::ratio`]) or multiplied by a rate ([`convert::mul_floor`]).
//!
//! ## Terminology
//!
//! An *inferer* submits values, a *forecaster* submits the losses that it expects of inferers, a
//! *reputer* reports the truth. The *network inference* of a *set* of actors is their weighted
//! average: *combined* (all), *naive* (inferers only), *one-out* (all but one), *one-in* (inferers
//! and one forecaster). A *forecast-implied* inference is the average of the inferers' values,
//! weighted by a forecaster's expected losses. All inferences of an epoch are a *bundle*, whose
//! members are *elements*.
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

pub mod arith;
#[cfg(feature = "bench-world")]
pub mod bench_world;
pub mod claims;
pub mod convert;
pub mod elementary;
pub mod emission;
mod error;
mod gram;
pub mod layout;
mod limb;
pub mod loss;
pub mod losses;
pub mod outliers;
pub mod predictive;
pub mod regrets;
pub mod resistant;
pub mod rewards;
pub mod rules;
pub mod scores;
pub mod sortition;
pub mod stats;
pub mod synthesis;
mod tables;
#[cfg(feature = "testing")]
pub mod testing;
pub mod topic;
pub mod weighing;
pub mod weights;
mod wide;

pub use error::MathError;

/// The number type of all formulas: 64 integer and 64 fraction bits, two's complement.
///
/// Its range is about -9.22e18 to 9.22e18 in steps of 5.4e-20.
pub type Real = fixed::types::I64F64;

/// The result of a formula that can fail.
pub type MathResult<T = Real> = Result<T, MathError>;
