//! Tests of the pallets together, on the real runtime.

mod copycat;
mod event_phases;
mod explain;
#[cfg(feature = "try-runtime")]
mod exported_state;
mod golden_series;
mod metadata;
mod metering;
mod outage;
mod presets;
mod seats;
// Without `try_state` it would check next to nothing.
#[cfg(feature = "try-runtime")]
mod simulation;
mod support;
mod touched_storage;
