//! Topics under the mixture rule as a caller keeps them, whole runs of them, and what must hold in
//! every run.

mod run;
mod topic;

pub use run::{assert_published, run, Epoch, Setting, LABELS, NAMES};
pub use topic::{assert_states_in_range, Submitted, Topic};
