//! Properties of losses over all accepted inputs.

use allora_math::{
	loss::{element_losses, loss_of, Loss, Spread, Target, MAX_ALPHA, MAX_RAW, MAX_VALUE},
	testing::random::config,
	MathResult, Real,
};
use proptest::{collection::vec, prelude::*, sample::select};
use sp_arithmetic::FixedI128;

const UNIT: FixedI128 = FixedI128::from_inner(1);
const ZERO: FixedI128 = FixedI128::from_inner(0);
const ONE: FixedI128 = FixedI128::from_u32(1);
/// What rounding may change in a result.
const ROUNDING: f64 = 1e-16;

/// A loss with its parameters.
#[derive(Clone, Debug)]
struct Method {
	name: &'static str,
	/// Delta or alpha.
	parameter: FixedI128,
	levels: Vec<FixedI128>,
}

const LOGARITHMIC: [&str; 9] =
	["squared", "absolute", "huber", "log-cosh", "pinball", "brier", "ztae", "zptae", "czar"];

impl Method {
	fn loss(&self) -> Loss<'_> {
		match self.name {
			"squared" => Loss::Squared,
			"absolute" => Loss::Absolute,
			"huber" => Loss::Huber { delta: self.parameter.clamp(UNIT, MAX_VALUE) },
			"log-cosh" => Loss::LogCosh,
			"pinball" => Loss::Pinball { levels: &self.levels },
			"brier" => Loss::Brier,
			"cross-entropy" => Loss::CrossEntropy,
			"poisson" => Loss::Poisson,
			"ztae" => Loss::Ztae,
			"zptae" => Loss::Zptae,
			_ => Loss::Czar { alpha: self.parameter.min(MAX_ALPHA) },
		}
	}
}

/// Numbers from 0 to 1e15 of any size, often an extreme.
fn size() -> impl Strategy<Value = FixedI128> + Clone {
	let any_size = (any::<u128>(), 0..34u32).prop_map(|(bits, digits)| {
		FixedI128::from_inner(i128::try_from(bits % 10u128.pow(digits)).unwrap())
	});
	prop_oneof![1 => select(&[ZERO, UNIT, ONE, MAX_VALUE][..]), 5 => any_size]
}

/// Numbers of either sign.
fn value() -> impl Strategy<Value = FixedI128> + Clone {
	(size(), any::<bool>()).prop_map(|(size, negative)| if negative { ZERO - size } else { size })
}

fn spread() -> impl Strategy<Value = Spread> + Clone {
	(value(), size(), 1..51u8).prop_map(|(mean, deviation, truths)| Spread {
		mean,
		deviation,
		truths,
	})
}

fn floor() -> impl Strategy<Value = FixedI128> + Clone {
	(6..34u32).prop_map(|digits| FixedI128::from_inner(10i128.pow(digits)))
}

fn method(names: &'static [&'static str], labels: usize) -> impl Strategy<Value = Method> + Clone {
	let levels = vec(1..1_000_000_000_000_000_000i128 / 8, labels);
	(select(names), size(), levels).prop_map(|(name, parameter, steps)| {
		let levels = steps.iter().scan(0, |level, step| {
			*level += step;
			Some(FixedI128::from_inner(*level))
		});
		Method { name, parameter, levels: levels.collect() }
	})
}

/// A truth and values of as many labels, with spreads.
type Rows = (Vec<FixedI128>, Vec<FixedI128>, Vec<Spread>);

fn rows(labels: usize) -> impl Strategy<Value = Rows> + Clone {
	(vec(value(), labels), vec(value(), labels), vec(spread(), labels))
}

fn one(method: &Method, t: FixedI128, x: FixedI128, spread: Spread, floor: FixedI128) -> Real {
	loss_of(&method.loss(), &[t], &[x], &[spread], floor).expect("accepted")
}

fn in_range(result: MathResult) -> bool {
	result.is_ok_and(|loss| loss >= -MAX_RAW && loss <= MAX_RAW)
}

fn rounding() -> Real {
	Real::from_num(ROUNDING)
}

proptest! {
	#![proptest_config(config(3000))]

	#[test]
	fn every_accepted_input_has_a_loss_below_a_thousand(
		(method, (truth, values, spreads), floor) in (1..9usize)
			.prop_flat_map(|n| (method(&ALL, n), rows(n), floor())),
	) {
		let result = loss_of(&method.loss(), &truth, &values, &spreads, floor);
		prop_assert!(in_range(result), "{:?}", result);
	}

	#[test]
	fn values_outside_the_accepted_range_have_a_loss_too(
		method in method(&ALL, 1),
		numbers in any::<(i128, i128, i128)>(),
		shifts in (0..127u32, 0..127u32),
		spread in spread(),
		floor in floor(),
	) {
		let t = FixedI128::from_inner(numbers.0 >> shifts.0);
		let x = FixedI128::from_inner(numbers.1 >> shifts.1);
		let spread = Spread { mean: FixedI128::from_inner(numbers.2), ..spread };
		let result = loss_of(&method.loss(), &[t], &[x], &[spread], floor);
		prop_assert!(in_range(result), "{:?}", result);
	}

	#[test]
	fn no_value_is_better_than_the_truth(
		method in method(&LOGARITHMIC, 8),
		(truth, values, spreads) in rows(8),
		floor in floor(),
	) {
		let target = Target::new(method.loss(), &truth, &spreads, floor).unwrap();
		let (best, loss) = (target.loss(&truth).unwrap(), target.loss(&values).unwrap());
		prop_assert!(loss >= best - rounding(), "{} {}", loss, best);
		if method.name != "czar" {
			// The loss is 0; that of the floor is left.
			let floor = floor.into_inner().ilog10();
			let rest = Real::from_num(i64::from(floor) - 18);
			prop_assert!((best - rest).abs() <= rounding(), "{} {}", best, rest);
		}
	}

	#[test]
	fn true_probabilities_have_the_least_cross_entropy(
		shares in vec(1..1_000_000_000u64, 2..8),
		others in vec(1..1_000_000_000u64, 8),
	) {
		let probabilities = |parts: &[u64]| {
			let sum: u64 = parts.iter().sum();
			let share = |part: &u64| FixedI128::from_rational((*part).into(), sum.into());
			parts.iter().map(share).collect::<Vec<_>>()
		};
		let (truth, values) = (probabilities(&shares), probabilities(&others[..shares.len()]));
		let loss = |values| loss_of(&Loss::CrossEntropy, &truth, values, &[], ONE).unwrap();
		// Shares are rounded to units.
		prop_assert!(loss(&values) >= loss(&truth) - rounding());
	}

	#[test]
	fn true_rate_has_the_least_poisson_loss(
		t in 1_000_000_000_000i128..1_000_000_000_000_000_000_000_000,
		x in 1..1_000_000_000_000_000_000_000_000i128,
	) {
		let (t, x) = (FixedI128::from_inner(t), FixedI128::from_inner(x));
		let loss = |x| loss_of(&Loss::Poisson, &[t], &[x], &[], ONE).unwrap();
		// The error of a product with up to 1e6.
		prop_assert!(loss(x) >= loss(t) - Real::from_num(1e-11));
	}

	#[test]
	fn symmetric_losses_do_not_tell_truth_from_value(
		method in method(&["squared", "absolute", "huber", "log-cosh", "ztae", "zptae"], 1),
		(t, x, spread, floor) in (value(), value(), spread(), floor()),
	) {
		let loss = one(&method, t, x, spread, floor);
		let swapped = one(&method, x, t, spread, floor);
		prop_assert!((loss - swapped).abs() <= rounding(), "{} {}", loss, swapped);
		let mirror = Spread { mean: ZERO - spread.mean, ..spread };
		let mirrored = one(&method, ZERO - t, ZERO - x, mirror, floor);
		prop_assert!((loss - mirrored).abs() <= rounding(), "{} {}", loss, mirrored);
	}

	#[test]
	fn czar_is_the_same_for_mirrored_returns(
		method in method(&["czar"], 1),
		(t, x, spread, floor) in (value(), value(), spread(), floor()),
	) {
		let loss = one(&method, t, x, spread, floor);
		prop_assert_eq!(loss, one(&method, ZERO - t, ZERO - x, spread, floor));
	}

	#[test]
	fn pinball_of_the_mirrored_error_has_the_mirrored_level(
		level in 1..1_000_000_000_000_000_000i128,
		(t, x, floor) in (value(), value(), floor()),
	) {
		let levels = [FixedI128::from_inner(level)];
		let mirror = [ONE - levels[0]];
		let loss = |levels, t, x| loss_of(&Loss::Pinball { levels }, &[t], &[x], &[], floor);
		prop_assert_eq!(loss(&levels, t, x), loss(&mirror, x, t));
	}

	#[test]
	fn losses_rise_with_the_error_on_each_side(
		method in method(&LOGARITHMIC, 1),
		(t, x, share) in (value(), value(), 0..1_000_000i128),
		(spread, floor) in (spread(), floor()),
	) {
		// Between the truth and the value, or by one unit nearer.
		let step = (x.into_inner() - t.into_inner()) / 1_000_000 * share;
		let unit = (x.into_inner() - t.into_inner()).signum();
		let far = one(&method, t, x, spread, floor);
		for inner in [t.into_inner() + step, x.into_inner() - unit] {
			let near = one(&method, t, FixedI128::from_inner(inner), spread, floor);
			prop_assert!(near <= far + rounding(), "{} {} {}", inner, near, far);
		}
	}

	#[test]
	fn czar_does_not_jump_at_zero_nor_at_the_truth(
		method in method(&["czar"], 1),
		t in value(),
		deviation in 24..34u32,
		floor in floor(),
	) {
		// One unit is at most 1e-24 of the standard deviation, the slope beside a joint is about 1,
		// and the softening is at least e^-20 / 20 times A, which is more than 1/2: 5e-11.
		let spread = Spread {
			mean: ZERO,
			deviation: FixedI128::from_inner(10i128.pow(deviation)),
			truths: 50,
		};
		let sign = if t < ZERO { FixedI128::from_inner(-1) } else { UNIT };
		for joint in [ZERO, t] {
			let at = one(&method, t, joint, spread, floor);
			for side in [joint - sign, joint + sign] {
				let beside = one(&method, t, side, spread, floor);
				prop_assert!((at - beside).abs() <= Real::from_num(1e-12), "{} {}", at, beside);
			}
		}
	}

	#[test]
	fn huber_does_not_jump_at_delta(
		t in value(),
		delta in 1_000_000_000_000_000_000..1_000_000_000_000_000_000_000_000_000i128,
	) {
		let loss = Loss::Huber { delta: FixedI128::from_inner(delta) };
		let at = |distance: i128| {
			let x = FixedI128::from_inner(t.into_inner() - distance);
			loss_of(&loss, &[t], &[x], &[], UNIT).unwrap()
		};
		// The slope of the logarithm is at most 2 / delta.
		prop_assert!((at(delta) - at(delta - 1)).abs() <= Real::from_num(1e-17));
		prop_assert!((at(delta + 1) - at(delta)).abs() <= Real::from_num(1e-17));
	}

	#[test]
	fn elements_have_the_losses_of_their_rows(
		(method, (truth, values, spreads), more, floor) in (1..9usize)
			.prop_flat_map(|n| (method(&ALL, n), rows(n), vec(value(), n), floor())),
	) {
		let loss = method.loss();
		let all = element_losses(&loss, &truth, &[&values[..], &more].concat(), &spreads, floor);
		let of = |row: &[FixedI128]| loss_of(&loss, &truth, row, &spreads, floor).unwrap();
		prop_assert_eq!(all.unwrap(), [of(&values), of(&more)]);
	}

	#[test]
	fn spread_stays_within_the_truths(truths in vec(value(), 1..80)) {
		let mut spread = Spread::first(truths[0]);
		for truth in &truths[1..] {
			spread = spread.update(*truth).expect("accepted");
		}
		let (low, high) = (truths.iter().min().unwrap(), truths.iter().max().unwrap());
		prop_assert!(spread.mean >= *low && spread.mean <= *high);
		prop_assert!(spread.deviation >= ZERO);
		// Half the range at most, and a unit of rounding per update.
		let range = high.into_inner() - low.into_inner();
		prop_assert!(spread.deviation.into_inner() <= range / 2 + 80);
	}
}

const ALL: [&str; 11] = [
	"squared",
	"absolute",
	"huber",
	"log-cosh",
	"pinball",
	"brier",
	"cross-entropy",
	"poisson",
	"ztae",
	"zptae",
	"czar",
];

/// The mean and variance as they are defined, in floats.
#[test]
fn spread_follows_its_definition() {
	let (mut mean, mut variance) = (3.0f64, 0.0f64);
	let mut spread = Spread::first(FixedI128::from_u32(3));
	let mut number = 7u64;
	for k in 2..300u32 {
		number = number * 48_271 % 1_000_003;
		let truth = f64::from(number as u32) / 1000.0 - 500.0;
		let weight = 1.0 / f64::from(k.min(50));
		let distance = truth - mean;
		mean += weight * distance;
		variance = (1.0 - weight) * (variance + weight * distance * distance);
		spread = spread.update(FixedI128::from_inner((truth * 1e18) as i128)).unwrap();
		let (got, deviation) = (spread.mean.to_float(), spread.deviation.to_float());
		assert!((got - mean).abs() < 1e-9, "{k}: {got} {mean}");
		assert!((deviation - variance.sqrt()).abs() < 1e-9, "{k}: {deviation} {variance}");
	}
}
