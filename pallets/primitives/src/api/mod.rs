//! The runtime APIs that clients call, and their types: one file per API.
//!
//! Every method does a bounded amount of work. Methods that list something take a `limit`, which is
//! moved into the range from 1 to a maximum below; the maxima are constants of `pallet-registry` in
//! the metadata. A method that returns a page with a field `next` is called again with its value
//! for the following page, until `next` is `None`; pages neither overlap nor leave anything out, as
//! long as they are read at the same block.

mod aggregation;
mod emissions;
mod explain;
mod monitoring;
mod proofs;
mod reputer;
mod topics;

pub use aggregation::*;
pub use emissions::*;
pub use explain::*;
pub use monitoring::*;
pub use proofs::*;
pub use reputer::*;
pub use topics::*;

/// The maximum number of topics in a page of `TopicsApi.overview` or `schedule`.
pub const MAX_TOPIC_PAGE: u32 = 64;
/// The maximum number of epochs in a page of `AggregationApi.history` or
/// `ExplainApi.explain_range`.
pub const MAX_EPOCH_PAGE: u32 = 64;
/// The maximum number of items in a page of topic numbers, members, positions, reputers,
/// delegations or removals.
pub const MAX_LIST_PAGE: u32 = 256;
/// The maximum number of stored entries or topic numbers that are looked through for a page. A page
/// may end there with fewer items than asked for, or without any, although others follow.
pub const MAX_WALK: u32 = 1_024;

/// The number of items of a page for which a client asks with this limit.
pub fn page_size(limit: u32, maximum: u32) -> usize {
	limit.clamp(1, maximum.max(1)) as usize
}
