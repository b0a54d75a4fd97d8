//! A runtime of this pallet alone.

use crate as pallet_timing;
use frame_support::derive_impl;
use sp_runtime::BuildStorage;

frame_support::construct_runtime!(
	pub enum Test {
		System: frame_system,
		Timing: pallet_timing,
	}
);

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = frame_system::mocking::MockBlockU32<Test>;
}

impl pallet_timing::Config for Test {}

/// Builds the test's genesis.
#[derive(Default)]
pub struct ExtBuilder {
	timing: pallet_timing::GenesisConfig<Test>,
}

impl ExtBuilder {
	/// Sets the length of a slot in milliseconds.
	pub fn slot_duration_ms(mut self, ms: u64) -> Self {
		self.timing.slot_duration_ms = ms;
		self
	}

	/// Sets the length of a session in slots.
	pub fn session_length(mut self, slots: u32) -> Self {
		self.timing.session_length = slots;
		self
	}

	/// Sets the length of an era in sessions.
	pub fn sessions_per_era(mut self, sessions: u32) -> Self {
		self.timing.sessions_per_era = sessions;
		self
	}

	/// Sets the bonding duration in eras.
	pub fn bonding_duration(mut self, eras: u32) -> Self {
		self.timing.bonding_duration = eras;
		self
	}

	/// Sets the unbonding time of stake in topics in milliseconds.
	pub fn stake_unbonding_ms(mut self, ms: u64) -> Self {
		self.timing.stake_unbonding_ms = ms;
		self
	}

	/// Runs the test, then checks the invariant.
	pub fn build_and_execute(self, test: impl FnOnce()) {
		let genesis = RuntimeGenesisConfig { system: Default::default(), timing: self.timing };
		let storage = genesis.build_storage().expect("the genesis of a test is valid");
		sp_io::TestExternalities::new(storage).execute_with(|| {
			test();
			Timing::do_try_state().expect("the state is valid after a test");
		});
	}
}
