//! The target of fuzzing: formulas on numbers made of the bytes of an input.
//!
//! `fuzz/` drives it with coverage, and a test of this crate replays the inputs that fuzzing kept.

mod emission;
mod mixture;
mod screening;

use super::random::{params, Epoch};
use crate::{
	arith,
	claims::{self, settle, Forecaster, Inferer, InfererClaim, Scales},
	elementary,
	loss::{Loss, Spread, Target, MAX_ALPHA, MAX_OWN, MAX_VALUE},
	regrets, rewards, scores,
	synthesis::{synthesise, Input},
	weights::{weights, ScaleRule},
	MathError, Real,
};
use alloc::vec::Vec;
use sp_arithmetic::FixedI128;

/// The bytes of an input, and zeros after its end.
struct Bytes<'a>(core::slice::Iter<'a, u8>);

impl Bytes<'_> {
	fn byte(&mut self) -> u8 {
		self.0.next().copied().unwrap_or_default()
	}

	/// A number below `most`.
	fn below(&mut self, most: u8) -> usize {
		usize::from(self.byte() % most)
	}

	fn bits(&mut self) -> i128 {
		let bytes = [(); 16].map(|()| self.byte());
		i128::from_le_bytes(bytes)
	}

	/// A number of any size, often an extreme.
	fn real(&mut self) -> Real {
		match self.byte() {
			0 => Real::ZERO,
			1 => Real::MAX,
			2 => Real::MIN,
			3 => Real::ONE,
			4 => -Real::DELTA,
			shift => Real::from_bits(self.bits() >> (shift % 127)),
		}
	}

	/// A number of at most this size.
	fn within(&mut self, most: Real) -> Real {
		self.real().clamp(-most, most)
	}

	fn share(&mut self) -> Real {
		self.real().clamp(Real::ZERO, Real::ONE)
	}

	/// A number of at most this size.
	fn fixed(&mut self, most: FixedI128) -> FixedI128 {
		let shift = self.byte() % 127;
		FixedI128::from_inner(self.bits() >> shift).clamp(-most, most)
	}

	fn list<T>(&mut self, count: usize, mut one: impl FnMut(&mut Self) -> T) -> Vec<T> {
		(0..count).map(|_| one(self)).collect()
	}
}

/// Runs a formula that the first byte chooses on numbers of the other bytes; panics if a result is
/// out of its range, or if what must not fail does.
pub fn check(input: &[u8]) {
	let mut bytes = Bytes(input.iter());
	match bytes.below(11) {
		0 => check_synthesis(&mut bytes, |bytes| bytes.real()),
		1 => check_synthesis(&mut bytes, |bytes| bytes.within(Real::from_num(999))),
		2 => check_claims(&mut bytes),
		3 => check_losses(&mut bytes),
		4 => check_weights(&mut bytes),
		5 => check_rewards(&mut bytes),
		6 => check_powers(&mut bytes),
		7 => mixture::check(&mut bytes),
		8 => screening::check_votes(&mut bytes),
		9 => screening::check_outliers(&mut bytes),
		_ => emission::check(&mut bytes),
	}
}

fn is_share(share: &Real) -> bool {
	(0..=1).contains(share)
}

/// The inputs of a synthesis; `number` reads inferences, losses and regrets.
fn epoch(bytes: &mut Bytes, mut number: impl FnMut(&mut Bytes) -> Real) -> Epoch {
	let (n, f, labels) = (bytes.below(8) + 1, bytes.below(4), bytes.below(3) + 1);
	let inferences = bytes.list(n * labels, &mut number);
	let forecasts = bytes.list(f, |bytes| {
		let named = (0..n).filter(|_| bytes.byte() > 80).collect::<Vec<_>>();
		named.into_iter().map(|inferer| (inferer, number(bytes))).collect::<Vec<_>>()
	});
	let mut regrets = regrets::RegretTable::empty(n, f);
	regrets.initial = number(bytes);
	let cells = regrets.inferers.iter_mut().chain(&mut regrets.forecasters);
	let cells = cells.chain(&mut regrets.naive).chain(&mut regrets.one_out_inferer);
	let cells = cells.chain(&mut regrets.one_out_forecaster);
	for cell in cells.chain(&mut regrets.one_in_forecaster) {
		*cell = (bytes.byte() > 50).then(|| number(bytes));
	}
	let params = params(if bytes.byte() > 127 { ScaleRule::Mad } else { ScaleRule::StdDev });
	Epoch { inferences, forecasts, regrets, params, labels }
}

fn check_synthesis(bytes: &mut Bytes, number: impl FnMut(&mut Bytes) -> Real) {
	let epoch = epoch(bytes, number);
	let Epoch { inferences, forecasts, regrets: table, .. } = &epoch;
	let bundle = match synthesise(&Input { all_new: bytes.byte() > 200, ..epoch.input() }) {
		Ok(bundle) => bundle,
		Err(error) => {
			let far = |number: &Real| number.unsigned_abs() >= Real::from_num(1000).unsigned_abs();
			let numbers = inferences.iter().chain(table.inferers.iter().flatten());
			let all = numbers.chain(forecasts.iter().flatten().map(|(_, loss)| loss));
			let more = table.forecasters.iter().chain(&table.naive).chain(&table.one_out_inferer);
			let more = more.chain(&table.one_out_forecaster).chain(&table.one_in_forecaster);
			let mut all = all.chain(more.flatten()).chain([&table.initial]);
			assert!(
				error == MathError::Overflow && all.any(far),
				"accepted numbers fail: {error:?}"
			);
			return;
		}
	};
	assert!(bundle.inferer_weights.iter().chain(&bundle.forecaster_weights).all(is_share));
	let losses = bytes.list(bundle.layout.len(), |bytes| bytes.within(Real::from_num(1000)));
	let Ok(kept) = table.keep_forecasters(&bundle.forecasters) else {
		panic!("the bundle's forecasters are none of the table's");
	};
	// Regrets far out of range may not fit.
	if let Ok(next) = regrets::update(&kept, &bundle.layout, &losses, Real::ONE / 10) {
		assert!(next.fits(table.inferers.len(), bundle.forecasters.len()));
	}
	for scored in [
		scores::inferer_scores(&bundle.layout, &losses),
		scores::forecaster_scores(&bundle.layout, &losses),
	] {
		assert!(scored.is_ok_and(|scored| scored.iter().all(|score| score.abs() <= 2000)));
	}
}

/// It never fails for arguments in their ranges.
fn check_claims(bytes: &mut Bytes) {
	let (claim, excess) = (Real::from_num(1024), Real::from_num(16));
	let (own, difference) = (MAX_OWN, Real::from_bits(1 << 125));
	let scale = |bytes: &mut Bytes| bytes.within(difference).abs();
	let (inferers, forecasters) = (bytes.below(33), bytes.below(9));
	let epoch = claims::Epoch {
		scales: Scales {
			worth: scale(bytes),
			loss: scale(bytes),
			reference: scale(bytes),
			forecasting: bytes.within(claim),
		},
		network: bytes.within(own),
		forecasting: bytes.within(difference),
		reference: (bytes.byte() > 60).then(|| bytes.within(own)),
		inferers: &bytes.list(inferers, |bytes| Inferer {
			known: InfererClaim { claim: bytes.within(claim), excess: bytes.within(excess) },
			worth: bytes.within(difference),
			size: bytes.byte().into(),
			excess: bytes.within(difference),
			weight: bytes.share(),
		}),
		forecasters: &bytes.list(forecasters, |bytes| Forecaster {
			known: bytes.within(claim),
			worth: bytes.within(difference),
			size: bytes.byte().into(),
			weight: bytes.share(),
		}),
	};
	match settle(&epoch) {
		Ok(settled) => {
			for class in [&settled.shares.inferers, &settled.shares.forecasters] {
				assert!(class.iter().all(is_share), "{settled:?}");
				assert!(arith::sum(class).is_ok_and(|sum| sum <= 1), "{settled:?}");
			}
			assert!((Real::ZERO..=Real::ONE / 2).contains(&settled.shares.forecasting_part));
			let known = settled.inferers.iter();
			assert!(known
				.into_iter()
				.all(|one| one.claim.abs() <= claim && one.excess.abs() <= excess));
			assert!(settled.forecasters.iter().all(|one| one.abs() <= claim));
		}
		Err(error) => panic!("{error:?} for {epoch:?}"),
	}
}

/// Levels of a pinball loss, ascending in (0, 1).
fn levels(bytes: &mut Bytes, labels: usize) -> Vec<FixedI128> {
	let largest = 999_999_999_999_999_000 / (255 * labels as i128);
	let mut level = FixedI128::from_inner(0);
	bytes.list(labels, |bytes| {
		level = level + FixedI128::from_inner(1 + i128::from(bytes.byte()) * largest);
		level
	})
}

/// Losses of accepted values are in their ranges.
fn check_losses(bytes: &mut Bytes) {
	let labels = bytes.below(8) + 1;
	let levels = levels(bytes, labels);
	let unit = FixedI128::from_inner(1);
	let loss = match bytes.below(11) {
		0 => Loss::Squared,
		1 => Loss::Absolute,
		2 => Loss::Huber { delta: bytes.fixed(MAX_VALUE).max(unit) },
		3 => Loss::LogCosh,
		4 => Loss::Pinball { levels: &levels },
		5 => Loss::Brier,
		6 => Loss::CrossEntropy,
		7 => Loss::Poisson,
		8 => Loss::Ztae,
		9 => Loss::Zptae,
		_ => Loss::Czar { alpha: bytes.fixed(MAX_ALPHA).max(FixedI128::from_inner(0)) },
	};
	let truth = bytes.list(labels, |bytes| bytes.fixed(MAX_VALUE));
	let spreads = bytes.list(labels, |bytes| Spread {
		mean: bytes.fixed(MAX_VALUE),
		deviation: bytes.fixed(MAX_VALUE).max(FixedI128::from_inner(0)),
		truths: bytes.byte(),
	});
	let floor = bytes.fixed(MAX_VALUE).max(FixedI128::from_inner(1_000_000));
	let values = bytes.list(labels, |bytes| bytes.fixed(MAX_VALUE));
	let Ok(target) = Target::new(loss, &truth, &spreads, floor) else { return };
	if let Ok(measured) = target.measure(&values) {
		assert!(measured.own.abs() <= MAX_OWN && measured.learned.abs() <= 1000, "{measured:?}");
		assert!(loss.is_raw() || measured.own >= 0, "{measured:?}");
	}
}

fn check_weights(bytes: &mut Bytes) {
	let count = bytes.below(33) + 1;
	let regrets = bytes.list(count, Bytes::real);
	let (scale, p, c) = (bytes.real(), bytes.real(), bytes.real());
	match weights(&regrets, scale, p, c) {
		Ok(weights) => {
			let best = regrets.iter().max();
			for (weight, regret) in weights.iter().zip(&regrets) {
				assert!(is_share(weight) && (Some(regret) != best || *weight == 1));
			}
		}
		Err(MathError::Domain) => assert!(scale <= 0 || p <= 0),
		Err(error) => assert_eq!(error, MathError::Overflow),
	}
}

fn check_rewards(bytes: &mut Bytes) {
	let count = bytes.below(17) + 1;
	let masses = bytes.list(count, Bytes::share);
	let amount = bytes.bits().unsigned_abs() >> bytes.below(127);
	let Ok(shares) = rewards::normalise(masses.clone()) else {
		assert!(masses.iter().all(|mass| *mass == 0));
		return;
	};
	if let Ok(paid) = rewards::payouts(amount, &shares) {
		let sum = paid.iter().try_fold(0u128, |sum, paid| sum.checked_add(*paid));
		assert!(sum.is_some_and(|sum| sum <= amount), "{paid:?} of {amount}");
	}
	let (f, g, h, chi) = (bytes.share(), bytes.share(), bytes.share(), bytes.share());
	if let Ok((u, v, w)) = rewards::class_shares(f, g, h, chi) {
		assert!([u, v, w].iter().all(is_share) && u + v + w <= 1);
	}
}

fn check_powers(bytes: &mut Bytes) {
	let (x, y) = (bytes.real(), bytes.real());
	if let Ok(power) = elementary::pow(x, y) {
		assert!(power >= 0 && x >= 0);
	}
	if let Ok(root) = elementary::sqrt(x) {
		// It is rounded down, so x lies below the square of the next number, which is larger by less
		// than `2 root + 1` units of the last place; the square itself is rounded to nearest.
		let most = Real::from_bits((root.to_bits() >> 63) + 1);
		assert!(
			arith::mul(root, root).is_ok_and(|square| (Real::ZERO..=most).contains(&(x - square)))
		);
	}
	if let (Ok(log), true) = (elementary::ln(x), x > 1) {
		assert!((Real::ZERO..=Real::from_num(44)).contains(&log));
	}
	let mut ramp = [y];
	match elementary::soft_ramp(bytes.real(), bytes.real(), &mut ramp) {
		Ok(()) => assert!(ramp[0] >= 0),
		Err(error) => assert_eq!(error, MathError::Overflow),
	}
}
