//! Losses against an oracle of 60 digits (see `loss/oracle.py`) and by hand.

use allora_math::{
	loss::{
		element_losses, loss_of, Loss, Measured, Spread, Target, MAX_ALPHA, MAX_OWN, MAX_RAW,
		MAX_VALUE, MIN_FLOOR,
	},
	testing::decimal::Decimal,
	MathError, Real,
};
use sp_arithmetic::FixedI128;

/// A row of the oracle.
struct Case {
	loss: String,
	parameters: Vec<FixedI128>,
	floor: FixedI128,
	truth: Vec<FixedI128>,
	values: Vec<FixedI128>,
	spreads: Vec<Spread>,
	result: Decimal,
}

fn fixed(text: &str) -> FixedI128 {
	FixedI128::from_inner(text.parse().expect("an integer"))
}

fn list<T>(text: &str, read: impl Fn(&str) -> T) -> Vec<T> {
	text.split(';').filter(|part| !part.is_empty()).map(read).collect()
}

fn cases(loss: &str) -> Vec<Case> {
	let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/loss/cases.csv");
	let mut reader = csv::Reader::from_path(path).expect("the oracle is committed");
	let rows = reader.records().map(|row| row.expect("seven columns"));
	rows.filter(|row| &row[0] == loss)
		.map(|row| Case {
			loss: row[0].into(),
			parameters: list(&row[1], fixed),
			floor: fixed(&row[2]),
			truth: list(&row[3], fixed),
			values: list(&row[4], fixed),
			spreads: list(&row[5], |pair| {
				let (mean, deviation) = pair.split_once(':').expect("mean and deviation");
				Spread { mean: fixed(mean), deviation: fixed(deviation), truths: 50 }
			}),
			result: Decimal::parse(&row[6]).expect("a decimal"),
		})
		.collect()
}

impl Case {
	fn method(&self) -> Loss<'_> {
		match self.loss.as_str() {
			"squared" => Loss::Squared,
			"absolute" => Loss::Absolute,
			"huber" => Loss::Huber { delta: self.parameters[0] },
			"log-cosh" => Loss::LogCosh,
			"pinball" => Loss::Pinball { levels: &self.parameters },
			"brier" => Loss::Brier,
			"cross-entropy" => Loss::CrossEntropy,
			"poisson" => Loss::Poisson,
			"ztae" => Loss::Ztae,
			"zptae" => Loss::Zptae,
			"czar" => Loss::Czar { alpha: self.parameters[0] },
			other => panic!("{other} is no loss"),
		}
	}

	fn error(&self) -> f64 {
		let got = loss_of(&self.method(), &self.truth, &self.values, &self.spreads, self.floor);
		Decimal::of(got.expect("never fails on accepted input")).distance(&self.result)
	}
}

/// The largest absolute error of a loss's cases is at most `bound`.
fn is_within(loss: &str, bound: f64) {
	let cases = cases(loss);
	assert!(cases.len() >= 200, "{}", cases.len());
	let errors = cases.iter().map(|case| (case.error(), case));
	let (worst, case) = errors.max_by(|a, b| a.0.total_cmp(&b.0)).unwrap();
	println!("{loss}: {} cases, worst {worst:.2e}", cases.len());
	let Case { parameters, truth, values, spreads, result, .. } = case;
	assert!(worst <= bound, "{worst:e} {parameters:?} {truth:?} {values:?} {spreads:?} {result}");
}

#[test]
fn squared_loss_is_within_its_bound() {
	is_within("squared", 1e-18);
}

#[test]
fn absolute_loss_is_within_its_bound() {
	is_within("absolute", 1e-18);
}

#[test]
fn huber_loss_is_within_its_bound() {
	is_within("huber", 1e-18);
}

#[test]
fn log_cosh_loss_is_within_its_bound() {
	is_within("log-cosh", 1e-16);
}

#[test]
fn pinball_loss_is_within_its_bound() {
	is_within("pinball", 1e-18);
}

#[test]
fn brier_loss_is_within_its_bound() {
	is_within("brier", 1e-18);
}

#[test]
fn cross_entropy_is_within_its_bound() {
	is_within("cross-entropy", 1e-17);
}

#[test]
fn ztae_is_within_its_bound() {
	is_within("ztae", 1e-16);
}

#[test]
fn zptae_is_within_its_bound() {
	is_within("zptae", 1e-16);
}

#[test]
fn czar_is_within_its_bound() {
	is_within("czar", 1e-16);
}

/// The error grows with the truths, by which a logarithm with 64 fraction bits is multiplied.
#[test]
fn poisson_loss_is_within_its_bound() {
	let cases = cases("poisson");
	assert!(cases.len() >= 200);
	let mut worst = 0.0f64;
	for case in &cases {
		let counts: f64 = case.truth.iter().map(|t| t.into_inner() as f64 / 1e18).sum();
		worst = worst.max(case.error() / (1.0 + counts));
	}
	println!("poisson: {} cases, worst {worst:.2e} (1 + t)", cases.len());
	assert!(worst <= 1e-17);
}

/// A decimal such as `"1.5"`.
fn decimal(text: &str) -> FixedI128 {
	let negative = text.starts_with('-');
	let digits = Decimal::parse(text.trim_start_matches('-')).expect("a decimal");
	let units = i128::try_from(digits.integer(18).expect("fits")).expect("fits");
	FixedI128::from_inner(if negative { -units } else { units })
}

fn decimals(texts: &[&str]) -> Vec<FixedI128> {
	texts.iter().map(|text| decimal(text)).collect()
}

/// The loss of values against truths with this floor and, for every label, this spread.
fn by_hand(loss: Loss, truth: &[&str], values: &[&str], floor: &str, spread: Spread) -> Real {
	let spreads = vec![spread; truth.len()];
	loss_of(&loss, &decimals(truth), &decimals(values), &spreads, decimal(floor)).unwrap()
}

fn plain(loss: Loss, truth: &[&str], values: &[&str], floor: &str) -> Real {
	by_hand(loss, truth, values, floor, Spread::first(decimal("1")))
}

/// Within the rounding of numbers that are given to 18 decimals.
fn near(got: Real, want: f64) -> bool {
	(got - Real::from_num(want)).abs() <= Real::from_num(1e-16)
}

#[test]
fn distances_by_hand() {
	// 7^2 + 7^2 + 1^2 = 99, and 1 more is 10^2.
	assert!(near(plain(Loss::Squared, &["7", "0", "1"], &["0", "-7", "2"], "1"), 2.0));
	// 500 + 499 = 999, and 1 more is 10^3.
	assert!(near(plain(Loss::Absolute, &["-500", "499"], &["0", "0"], "1"), 3.0));
	// 1^2 / 2 = 0.5 and 2 (4 - 2 / 2) = 6 are 6.5; 3.5 more is 10.
	let huber = Loss::Huber { delta: decimal("2") };
	assert!(near(plain(huber, &["1", "0"], &["0", "4"], "3.5"), 1.0));
	// Up to delta both formulas are 2^2 / 2 = 2; 8 more is 10.
	assert!(near(plain(huber, &["2"], &["0"], "8"), 1.0));
	// cosh ln 2 = (2 + 1/2) / 2 = 1.25, and ln 1.25 = 0.2231...; 0.7768... more is 1.
	let value = ["0.693147180559945309"];
	assert!(near(plain(Loss::LogCosh, &["0"], &value, "0.776856448685790243"), 0.0));
	// 0.1 * 6 = 0.6 and (0.9 - 1) * -5 = 0.5; their mean is 0.55, and 0.45 more is 1.
	let levels = decimals(&["0.1", "0.9"]);
	let pinball = Loss::Pinball { levels: &levels };
	assert!(near(plain(pinball, &["10", "10"], &["4", "15"], "0.45"), 0.0));
	// 0.6^2 + 0.6^2 = 0.72, and 0.28 more is 1.
	assert!(near(plain(Loss::Brier, &["1", "0"], &["0.4", "0.6"], "0.28"), 0.0));
	// Numbers beyond [0, 1] count as its ends: (1 - 0)^2 = 1, and 9 more is 10.
	assert!(near(plain(Loss::Brier, &["7"], &["-3"], "9"), 1.0));
}

#[test]
fn raw_losses_by_hand() {
	// -1 * ln 0.5 - 0 * ln 0.5 = ln 2.
	let loss = plain(Loss::CrossEntropy, &["1", "0"], &["0.5", "0.5"], "1");
	assert!(near(loss, core::f64::consts::LN_2));
	// A probability of 0 counts as 1e-9: 9 ln 10 = 20.72...
	let loss = plain(Loss::CrossEntropy, &["1", "0"], &["0", "1"], "1");
	assert!((loss - Real::from_num(20.723_265_836_946_41)).abs() < Real::from_num(1e-14));
	// ln 1 = 0, so 1 - 3 * 0 = 1; a count of 0 leaves the rate.
	assert!(near(plain(Loss::Poisson, &["3"], &["1"], "1"), 1.0));
	assert_eq!(plain(Loss::Poisson, &["0", "0"], &["5", "2"], "1"), Real::from_num(7));
	// 1e15 - 0 and 10 - 1e15 ln 10 are limited.
	assert_eq!(plain(Loss::Poisson, &["0"], &["1e15"], "1"), MAX_RAW);
	assert_eq!(plain(Loss::Poisson, &["1e15"], &["10"], "1"), -MAX_RAW);
}

#[test]
fn losses_of_scores_by_hand() {
	let spread =
		|mean, deviation| Spread { mean: decimal(mean), deviation: decimal(deviation), truths: 50 };
	// The truth is the mean, the value (ln 3) / 2 standard deviations above it, whose tangent is
	// (3 - 1) / (3 + 1) = 0.5; 0.5 more is 1.
	let value = ["11.098612288668109691"];
	assert!(near(by_hand(Loss::Ztae, &["10"], &value, "0.5", spread("10", "2")), 0.0));
	// h(1) - h(-1) = 2 / 2^0.375 = 2^0.625 = 1.5422108..., and (2 / 100)^4 = 1.6e-7; with the floor
	// it is 10.
	let floor = "8.457789014592058991";
	assert!(near(by_hand(Loss::Zptae, &["6"], &["14"], floor, spread("10", "4")), 1.0));
}

#[test]
fn czar_by_hand() {
	let alpha = FixedI128::from_inner(0);
	let czar = Loss::Czar { alpha };
	let spread = Spread { mean: decimal("5"), deviation: decimal("2"), truths: 50 };
	// With alpha 0, d = 0, D = 1 and h1 = 0. At a truth of 0 the loss is the value's size, 1, and
	// the softening atan 1 = pi / 4: 1.785398...; 8.214601... more is 10.
	for value in ["2", "-2"] {
		assert!(near(by_hand(czar, &["0"], &[value], "8.214601836602551690", spread), 1.0));
	}
	// At a truth of 1 the value -1 costs 1 + atan 1. There m = 1 - atan 1 / (pi / 4) = 0, so the
	// softening is ln 2 / ln(1 + e^20) = 0.034657... times pi / 4. 8.187382... more is 10.
	assert!(near(by_hand(czar, &["2"], &["-2"], "8.187382010476561872", spread), 1.0));
}

#[test]
fn first_fifty_truths_count_equally_and_later_ones_by_a_fiftieth() {
	let spread = Spread::first(decimal("4"));
	assert_eq!(spread.standard_deviation(), decimal("4"));
	assert_eq!(Spread::first(decimal("0")).standard_deviation(), decimal("1e-9"));
	// 4 and 8: the mean is 6, both are 2 away.
	let spread = spread.update(decimal("8")).unwrap();
	assert_eq!(spread, Spread { mean: decimal("6"), deviation: decimal("2"), truths: 2 });
	// 4, 8 and 9: the mean is 7, the variance (9 + 1 + 4) / 3 = 14 / 3, whose root is
	// 2.1602468994692867436..., here a unit less.
	let spread = spread.update(decimal("9")).unwrap();
	assert_eq!((spread.mean, spread.truths), (decimal("7"), 3));
	assert_eq!(spread.standard_deviation(), decimal("2.160246899469286743"));
	// Later: the mean moves by 50 / 50 = 1, the variance is 0.98 (100 + 0.02 * 2500) = 147.
	let later = Spread { mean: decimal("0"), deviation: decimal("10"), truths: 50 };
	let later = later.update(decimal("50")).unwrap();
	assert_eq!((later.mean, later.truths), (decimal("1"), 50));
	assert_eq!(later.deviation, decimal("12.124355652982141055"));
	// Equal truths have no spread; the lowest one counts.
	let equal = Spread::first(decimal("7")).update(decimal("7")).unwrap();
	assert_eq!((equal.deviation, equal.standard_deviation()), (decimal("0"), decimal("1e-9")));
}

#[test]
fn parameters_out_of_range_are_refused() {
	let unit = FixedI128::from_inner(1);
	let check = |loss: Loss| loss.check(1);
	for delta in [decimal("0"), decimal("-1"), MAX_VALUE + unit] {
		assert_eq!(check(Loss::Huber { delta }), Err(MathError::Domain));
	}
	assert_eq!(check(Loss::Huber { delta: MAX_VALUE }), Ok(()));
	for alpha in [decimal("-1e-18"), MAX_ALPHA + unit] {
		assert_eq!(check(Loss::Czar { alpha }), Err(MathError::Domain));
	}
	for alpha in [decimal("0"), MAX_ALPHA] {
		assert_eq!(check(Loss::Czar { alpha }), Ok(()));
	}
	for levels in [["0", "0.5"], ["0.5", "0.5"], ["0.6", "0.5"], ["0.5", "1"], ["-1", "0.5"]] {
		let levels = &decimals(&levels)[..];
		assert_eq!(Loss::Pinball { levels }.check(2), Err(MathError::Domain), "{levels:?}");
	}
	let levels = &decimals(&["0.1", "0.9"])[..];
	assert_eq!(Loss::Pinball { levels }.check(2), Ok(()));
	assert_eq!(Loss::Pinball { levels }.check(3), Err(MathError::Shape));
	assert_eq!(Loss::Squared.check(0), Err(MathError::Empty));
}

#[test]
fn wrong_shapes_and_floors_are_refused() {
	let (one, two) = (decimals(&["1"]), decimals(&["1", "2"]));
	let of = |loss: Loss, spreads: &[Spread], floor| loss_of(&loss, &two, &two, spreads, floor);
	let spread = Spread::first(decimal("1"));
	assert_eq!(of(Loss::Ztae, &[spread], MIN_FLOOR), Err(MathError::Shape));
	assert!(of(Loss::Ztae, &[spread; 2], MIN_FLOOR).is_ok());
	assert!(of(Loss::Squared, &[], MIN_FLOOR).is_ok());
	for floor in [decimal("0"), decimal("-1")] {
		assert_eq!(of(Loss::Squared, &[], floor), Err(MathError::Domain));
		assert!(of(Loss::Poisson, &[], floor).is_ok());
	}
	let target = Target::new(Loss::Squared, &two, &[], MIN_FLOOR).unwrap();
	assert_eq!(target.loss(&one), Err(MathError::Shape));
	let rows = decimals(&["1", "2", "3"]);
	let losses = |rows: &[FixedI128]| element_losses(&Loss::Squared, &two, rows, &[], MIN_FLOOR);
	assert_eq!(losses(&rows), Err(MathError::Shape));
	assert_eq!(losses(&rows[..2]).unwrap(), [of(Loss::Squared, &[], MIN_FLOOR).unwrap()]);
	assert_eq!(losses(&[]), Ok(vec![]));
}

const LOSSES: [&str; 11] = [
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

/// The oracle has logarithms of loss and floor, which determine the loss where the floor is not all
/// of it.
#[test]
fn own_loss_has_the_oracles_logarithm() {
	for name in LOSSES {
		let mut checked = 0;
		for case in cases(name) {
			let (method, floor) = (case.method(), case.floor.into_inner() as f64 / 1e18);
			let target = Target::new(method, &case.truth, &case.spreads, case.floor).unwrap();
			let Measured { own, learned } = target.measure(&case.values).unwrap();
			assert_eq!(target.loss(&case.values), Ok(learned), "{name}");
			if method.is_raw() {
				assert_eq!(own.clamp(-MAX_RAW, MAX_RAW), learned, "{name}");
				checked += 1;
				continue;
			}
			let want = case.result.real().expect("fits").to_num::<f64>();
			let own = own.to_num::<f64>();
			assert!(own >= 0.0, "{name}");
			if want > 18.0 {
				let limit = MAX_OWN.to_num::<f64>();
				assert!(own <= limit && own >= limit.min(10f64.powf(want)) * 0.999, "{name}");
				continue;
			}
			// Beside the double's precision, half a unit of 2^-64 may be missing.
			let error = ((own + floor).log10() - want).abs();
			let lost = 2f64.powi(-64) / (own + floor);
			assert!(error <= 1e-14 + lost, "{name}: {own} {floor} {want} {error:e}");
			checked += 1;
		}
		assert!(checked >= 100, "{name}: {checked}");
	}
}

#[test]
fn own_loss_by_hand() {
	let own = |loss: Loss, truth: &[&str], values: &[&str]| {
		let (truth, values) = (decimals(truth), decimals(values));
		Target::new(loss, &truth, &[], MIN_FLOOR).unwrap().measure(&values).unwrap()
	};
	// 7^2 + 7^2 + 1^2, without the floor.
	let measured = own(Loss::Squared, &["7", "0", "1"], &["0", "-7", "2"]);
	assert!((measured.own - Real::from_num(99)).abs() < Real::from_num(1e-16));
	assert_eq!(own(Loss::Absolute, &["3"], &["3"]).own, Real::ZERO);
	// A rate of a million at as many counts: 1e6 - 1e6 ln 1e6 = -12.8e6, beyond what is learned.
	let measured = own(Loss::Poisson, &["1e6"], &["1e6"]);
	assert_eq!(measured.learned, -MAX_RAW);
	assert!((measured.own + Real::from_num(12_815_510.557_964_3)).abs() < 1e-4);
	let measured = own(Loss::Poisson, &["0", "0"], &["5", "2"]);
	assert_eq!(measured, Measured { own: Real::from_num(7), learned: Real::from_num(7) });
}

#[test]
fn own_loss_saturates() {
	let (low, high) = ([-MAX_VALUE; 2], [MAX_VALUE; 2]);
	let spreads = [Spread { mean: decimal("0"), deviation: decimal("1e-9"), truths: 50 }; 2];
	for loss in [Loss::Squared, Loss::Zptae, Loss::Czar { alpha: MAX_ALPHA }] {
		let target = Target::new(loss, &low, &spreads, MIN_FLOOR).unwrap();
		assert_eq!(target.measure(&high).unwrap().own, MAX_OWN, "{loss:?}");
	}
	let absolute = Target::new(Loss::Absolute, &low, &[], MIN_FLOOR).unwrap();
	let error = absolute.measure(&high).unwrap().own - Real::from_num(4e15);
	assert!(error.abs() < 1);
	assert_eq!(MAX_OWN, Real::from_num(2f64.powi(60)));
}
