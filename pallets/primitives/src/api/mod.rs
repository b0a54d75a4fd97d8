//! The runtime APIs that clients call, and their types: one file per API.

mod aggregation;
mod emissions;
mod explain;
mod reputer;
mod topics;

pub use aggregation::*;
pub use emissions::*;
pub use explain::*;
pub use reputer::*;
pub use topics::*;
