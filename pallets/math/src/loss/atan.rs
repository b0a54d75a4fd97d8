//! The arc tangent of a number that is not negative, and of a quotient.

use super::scaled::{part, Scaled};
use crate::{MathError, MathResult};

/// `atan(i / 64)` in units of 2^-64; written by `tests/loss/oracle.py`.
const ANGLES: [u64; 64] = [
	0x0000_0000_0000_0000,
	0x03ff_eaab_776e_5357,
	0x07ff_556e_ea5d_892a,
	0x0bfd_c0c2_186d_14fd,
	0x0ffa_addb_967e_f4e3,
	0x13f5_9f0e_7c55_9d6b,
	0x17ee_1826_02f1_0e8c,
	0x1be3_9ebe_6f07_c37e,
	0x1fd5_ba9a_ac2f_6dc6,
	0x23c3_f5f6_086e_4dc9,
	0x27ad_ddd1_8cc4_d8b1,
	0x2b93_023c_7d84_d3bf,
	0x2f72_f697_9cb6_044d,
	0x334d_51d2_d90c_4c3a,
	0x3721_aea5_24c1_4409,
	0x3aef_abbe_40ae_6ce3,
	0x3eb6_ebf2_5901_bac5,
	0x4277_165f_618d_8963,
	0x462f_d68c_2fc5_e098,
	0x49e0_dc81_5fbd_16f9,
	0x4d89_dcdc_1faf_2f35,
	0x512a_90db_0abc_26a3,
	0x54c2_b665_4735_276d,
	0x5852_100c_273f_8659,
	0x5bd8_6507_937b_c23a,
	0x5f55_812d_8ecf_dd6a,
	0x62c9_34e5_286c_95b7,
	0x6633_5515_35ac_619e,
	0x6993_bb0f_308f_f2db,
	0x6cea_4476_9971_b1ae,
	0x7036_d325_3b27_be34,
	0x7379_4d0c_b04d_425d,
	0x76b1_9c15_86ed_3da3,
	0x79df_adfc_5d68_d10e,
	0x7d03_742d_5050_5f2e,
	0x801c_e39e_0d20_5c9a,
	0x832b_f4a6_d986_7e2a,
	0x8630_a2da_da1e_d066,
	0x892a_ecdf_de95_47b5,
	0x8c1a_d445_f3e0_9b8c,
	0x8f00_5d5e_f7f5_9f9b,
	0x91db_8f16_64f3_50e2,
	0x94ac_72c9_8471_86f6,
	0x9773_1420_365e_538c,
	0x9a2f_80e6_71bd_da20,
	0x9ce1_c8e6_a0b8_cdba,
	0x9f89_fdc4_f4b7_a1ed,
	0xa228_32db_cada_ae09,
	0xa4bc_7d19_34f7_0924,
	0xa746_f2dd_b760_2294,
	0xa9c7_abdc_4830_f5c9,
	0xac3e_c0fb_997d_d6a2,
	0xaeac_4c38_b4d8_c080,
	0xb110_688a_ebdc_6f6a,
	0xb36b_31c9_1f04_3691,
	0xb5bc_c490_59ec_c4b0,
	0xb805_3e2b_c231_9e74,
	0xba44_bc7d_d470_782f,
	0xbc7b_5dea_e98a_f281,
	0xbea9_4144_fd04_9aac,
	0xc0ce_85b8_ac52_6641,
	0xc2eb_4abb_6616_28b6,
	0xc4ff_affa_bf8f_bd55,
	0xc70b_d54c_e602_ee14,
];

/// The arc tangent of `y / x`, in [0, pi / 2], with a relative error of at most 2^-59.
///
/// Beyond 1 it is that of the inverse, subtracted from a right angle. Below, with c the argument
/// rounded down to 64ths and `r = (x - c) / (1 + c x)`, it is `atan c + atan r`, where r is below
/// 1/64 and `atan r = r (1 - r^2 (1/3 - r^2 (1/5 - ...)))` omits less than 2^-63 of it.
/// [`MathError::Domain`] if both are zero.
pub(super) fn atan_of_quotient(y: Scaled, x: Scaled) -> MathResult<Scaled> {
	if y > x {
		return Ok(Scaled::HALF_PI.minus(up_to_one(x.over(y)?)?));
	}
	up_to_one(y.over(x).map_err(|_| MathError::Domain)?)
}

/// The arc tangent of a number in [0, 1].
fn up_to_one(x: Scaled) -> MathResult<Scaled> {
	const COEFFICIENTS: [u64; 4] = [part(1, 3), part(1, 5), part(1, 7), part(1, 9)];
	// Just below 1 instead of 1, which has no fraction bits.
	let fraction = if x >= Scaled::ONE { u64::MAX } else { x.fraction() };
	let step = fraction >> 58;
	let rest = if step == 0 {
		x
	} else {
		let corner = Scaled::new(step.into(), -6);
		x.minus(corner).over(Scaled::ONE.plus(x.times(corner)))?
	};
	let angle = ANGLES.get(step as usize).copied().unwrap_or_default();
	let small = rest.times_series(rest.squared().fraction(), &COEFFICIENTS);
	Ok(Scaled::new(angle.into(), -64).plus(small))
}
