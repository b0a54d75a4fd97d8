//! Balances and fees.

use crate::{
	AccountId, Authorship, Balance, Balances, Runtime, RuntimeEvent, RuntimeFreezeReason,
	RuntimeHoldReason, System, ALLO, EXISTENTIAL_DEPOSIT,
};
use frame_support::{
	dispatch::DispatchClass,
	parameter_types,
	traits::{
		fungible::{Balanced, Credit},
		tokens::imbalance::ResolveTo,
		ConstU32, Imbalance, OnUnbalanced, VariantCountOf,
	},
	weights::{
		constants::ExtrinsicBaseWeight, Weight, WeightToFeeCoefficient, WeightToFeeCoefficients,
		WeightToFeePolynomial,
	},
};
use pallet_transaction_payment::{
	FungibleAdapter, Multiplier, MultiplierUpdate, NextFeeMultiplier, TargetedFeeAdjustment,
};
use smallvec::smallvec;
use sp_runtime::{
	traits::{Convert, One},
	FixedPointNumber, Perbill, Perquintill, Saturating,
};

parameter_types! {
	/// The minimum balance of an account.
	pub const ExistentialDeposit: Balance = EXISTENTIAL_DEPOSIT;
	/// The fee per byte of a transaction: 10^-6 ALLO, times the multiplier.
	pub const TransactionByteFee: Balance = ALLO / 1_000_000;
	/// The fullness of blocks at which fees do not change.
	pub const TargetBlockFullness: Perquintill = Perquintill::from_percent(25);
	/// The rate at which fees follow the fullness of blocks.
	pub AdjustmentVariable: Multiplier = Multiplier::saturating_from_rational(75, 1_000_000);
	/// The minimum fee multiplier: 1, so that an idle chain is not free.
	pub MinimumMultiplier: Multiplier = Multiplier::one();
	/// The maximum fee multiplier: 100. To fill all blocks then costs about 1 400 ALLO per block in
	/// fees, 20 million ALLO or 2 % of the maximum supply per day, and by their length 400 ALLO. It
	/// multiplies the fees for weight and bytes, not the base fee, and so bounds what must be on an
	/// account before a submission to about 0.8 ALLO for one label, and 1.9 ALLO for the largest by
	/// proxy.
	pub MaximumMultiplier: Multiplier = Multiplier::saturating_from_integer(100);
	/// How many times its fee and tip the priority of an operational transaction gains.
	pub const OperationalFeeMultiplier: u8 = 5;
}

impl pallet_balances::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type RuntimeHoldReason = RuntimeHoldReason;
	type RuntimeFreezeReason = RuntimeFreezeReason;
	type Balance = Balance;
	type DustRemoval = ();
	type ExistentialDeposit = ExistentialDeposit;
	type AccountStore = System;
	type WeightInfo = pallet_balances::weights::SubstrateWeight<Runtime>;
	type MaxLocks = ConstU32<50>;
	type MaxReserves = ConstU32<50>;
	type ReserveIdentifier = [u8; 8];
	type FreezeIdentifier = RuntimeFreezeReason;
	type MaxFreezes = VariantCountOf<RuntimeFreezeReason>;
	type DoneSlashHandler = ();
}

/// The fee for weight: 0.001 ALLO for an empty transaction, and in proportion for others.
pub struct WeightToFee;
impl WeightToFeePolynomial for WeightToFee {
	type Balance = Balance;
	fn polynomial() -> WeightToFeeCoefficients<Self::Balance> {
		let fee = ALLO / 1_000;
		let weight = Balance::from(ExtrinsicBaseWeight::get().ref_time()).max(1);
		smallvec![WeightToFeeCoefficient {
			degree: 1,
			negative: false,
			coeff_frac: Perbill::from_rational(fee % weight, weight),
			coeff_integer: fee / weight,
		}]
	}
}

/// The fee for the bytes of a transaction.
///
/// The multiplier applies to it as it does to the fee for weight. Otherwise the price of blocks that are
/// full of bytes would never rise.
pub struct LengthToFee;
impl frame_support::weights::WeightToFee for LengthToFee {
	type Balance = Balance;
	/// The fee in planck of a transaction of this length, which is passed as computing time.
	fn weight_to_fee(length: &Weight) -> Balance {
		let fee = Balance::from(length.ref_time()).saturating_mul(TransactionByteFee::get());
		NextFeeMultiplier::<Runtime>::get().saturating_mul_int(fee)
	}
}

/// What the multiplier is after a block, by the weight of its transactions.
type FollowWeight = TargetedFeeAdjustment<
	Runtime,
	TargetBlockFullness,
	AdjustmentVariable,
	MinimumMultiplier,
	MaximumMultiplier,
>;

/// The multiplier of fees follows the weight or the length of a block's transactions, whichever fills
/// more of what they may have.
pub struct FollowFullness;

impl FollowFullness {
	/// The part of the bytes of normal transactions that the current block's extrinsics fill.
	pub fn of_length() -> Perquintill {
		let limits = <Runtime as frame_system::Config>::BlockLength::get();
		let most = *limits.max.get(DispatchClass::Normal);
		Perquintill::from_rational(u64::from(System::block_size()), u64::from(most))
	}

	/// What the multiplier is after a block of this fullness: the formula of
	/// [`TargetedFeeAdjustment`], which knows weights only.
	fn follow(previous: Multiplier, fullness: Perquintill) -> Multiplier {
		let (target, previous) =
			(TargetBlockFullness::get(), previous.max(MinimumMultiplier::get()));
		let distance = |more: Perquintill, less: Perquintill| {
			AdjustmentVariable::get().saturating_mul(more.saturating_sub(less).into())
		};
		let (up, down) = (distance(fullness, target), distance(target, fullness));
		let half_square = |x: Multiplier| x.saturating_mul(x) / Multiplier::from_u32(2);
		let factor = Multiplier::one()
			.saturating_add(up)
			.saturating_add(half_square(up))
			.saturating_sub(down.saturating_sub(half_square(down)));
		previous.saturating_mul(factor).clamp(MinimumMultiplier::get(), MaximumMultiplier::get())
	}
}

impl Convert<Multiplier, Multiplier> for FollowFullness {
	fn convert(previous: Multiplier) -> Multiplier {
		FollowWeight::convert(previous).max(Self::follow(previous, Self::of_length()))
	}
}

impl MultiplierUpdate for FollowFullness {
	fn min() -> Multiplier {
		MinimumMultiplier::get()
	}
	fn max() -> Multiplier {
		MaximumMultiplier::get()
	}
	fn target() -> Perquintill {
		TargetBlockFullness::get()
	}
	fn variability() -> Multiplier {
		AdjustmentVariable::get()
	}
}

/// The author's part of fees, in percent; the ecosystem pot gets the rest.
const AUTHORS_PERCENT: u32 = 25;

/// Pays a quarter of fees and all tips to the author of the block, the rest to the ecosystem pot.
///
/// An author that fills its own blocks, and raises the fees of others by it, pays three quarters.
pub struct SplitFees;
impl OnUnbalanced<Credit<AccountId, Balances>> for SplitFees {
	/// The fee comes first, then the tip.
	fn on_unbalanceds(mut parts: impl Iterator<Item = Credit<AccountId, Balances>>) {
		let Some(fee) = parts.next() else { return };
		let (mut authors, ecosystems) = fee.ration(AUTHORS_PERCENT, 100 - AUTHORS_PERCENT);
		parts.for_each(|tip| authors.subsume(tip));
		ToEcosystem::on_unbalanced(ecosystems);
		// A block without an author, or an author whose account cannot exist with so little.
		let left = match Authorship::author() {
			Some(author) => Balances::resolve(&author, authors).err(),
			None => Some(authors),
		};
		if let Some(left) = left {
			ToEcosystem::on_unbalanced(left);
		}
	}
}

impl pallet_transaction_payment::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type OnChargeTransaction = FungibleAdapter<Balances, SplitFees>;
	type WeightToFee = WeightToFee;
	type LengthToFee = LengthToFee;
	type FeeMultiplierUpdate = FollowFullness;
	type OperationalFeeMultiplier = OperationalFeeMultiplier;
	type WeightInfo = pallet_transaction_payment::weights::SubstrateWeight<Runtime>;
}

/// The receiver of slashes and of the part of validators' emission that is not paid out.
pub type ToEcosystem = ResolveTo<pallet_emissions::EcosystemPot<Runtime>, Balances>;
/// The source of the validators' part of emission.
pub type ValidatorsEmission = crate::Emissions;
