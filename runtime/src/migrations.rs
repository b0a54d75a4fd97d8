//! Migrations of storage, which run when the runtime is upgraded.
//!
//! Each pallet has had a storage version since the first release. A change of what a pallet stores
//! raises that version and adds a migration here, in the same commit:
//!
//! - Work that fits a block is a `frame_support::migrations::VersionedMigration`, which runs only
//!   from the version before, in [`SingleBlock`]: in the first block of the new runtime, before any
//!   other hook.
//! - Work that grows with the chain is a `frame_support::migrations::SteppedMigration` in
//!   [`MultiBlock`]. Until it is done, blocks have nothing but inherents, and the clock takes no
//!   step; slots pass, so epochs whose windows end meanwhile are late or void.
//!
//! Both carry `pre_upgrade` and `post_upgrade` checks, and `runtime/tests/upgrade.rs` has an
//! example that upgrades a chain whose epochs are open. A migration leaves the list in the release
//! after the one that ran it.

/// Migrations that run in the first block of this runtime.
pub type SingleBlock = ();

/// Migrations that run in steps over several blocks.
#[cfg(not(feature = "runtime-benchmarks"))]
pub type MultiBlock = ();
/// Migrations that the benchmarks of `pallet_migrations` run.
#[cfg(feature = "runtime-benchmarks")]
pub type MultiBlock = pallet_migrations::mock_helpers::MockedMigrations;
