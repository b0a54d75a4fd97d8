//! Tests of the pallets together, on the real runtime.

mod apis;
mod bad_input;
mod bridge;
mod copycat;
mod delegation;
mod demand;
mod event_phases;
mod explain;
#[cfg(feature = "try-runtime")]
mod exported_state;
mod fees;
mod figures;
#[cfg(feature = "try-runtime")]
mod fuzz;
mod golden_series;
mod governance;
mod issuance;
mod metadata;
mod metering;
mod notice;
mod npos;
mod outage;
mod presets;
mod pruning;
mod purchase;
mod seats;
// Without `try_state` it would check next to nothing.
#[cfg(feature = "try-runtime")]
mod simulation;
mod squatting;
mod support;
mod touched_by_stake;
mod touched_storage;
mod upgrade;
