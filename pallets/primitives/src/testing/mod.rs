//! Fakes of the pallets' traits, for the mocks of other pallets; behind the feature `testing`.
//!
//! - [`topics::FakeTopics`] is the registry and the clock of a mock that has neither.
//! - The fakes of [`runtime`] surround the real registry and clock in the mock that
//!   [`topics_runtime`](crate::topics_runtime) declares.
//!
//! Thread-local statics configure the fakes and record what they were called with. Tests may share
//! a thread, so each mock resets them when it builds its genesis.

#![allow(missing_docs, reason = "`parameter_types` generates items without documentation")]

pub mod runtime;
pub mod topics;
