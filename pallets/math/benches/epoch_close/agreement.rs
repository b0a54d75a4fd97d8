//! Both computations give the same results, so that their times can be compared.

use crate::twin::{self, Twin};
use allora_math::{
	bench_world::{close as fixed, World},
	Real,
};

/// How far apart results may be, relative to the larger of the result and 1.
const TOLERANCE: f64 = 1e-6;

fn near(what: &str, fixed: &[Real], float: &[f64]) {
	assert_eq!(fixed.len(), float.len(), "{what}");
	for (at, (fixed, float)) in fixed.iter().zip(float).enumerate() {
		let fixed: f64 = fixed.to_num();
		let apart = (fixed - float).abs() / float.abs().max(1.0);
		assert!(apart <= TOLERANCE, "{what} {at}: {fixed} and {float}");
	}
}

fn cells_near(what: &str, fixed: &[Option<Real>], float: &[Option<f64>]) {
	let fixed: Vec<_> = fixed.iter().flatten().copied().collect();
	let float: Vec<_> = float.iter().flatten().copied().collect();
	near(what, &fixed, &float);
}

/// Compares every result of an epoch close, and that the search for coefficients takes all rounds.
pub fn check(world: &World) {
	let twin = Twin::new(world);
	let (bundle, learned, payouts) = fixed::close(world).unwrap();
	let other = twin.synthesise();
	near("values", &bundle.values, &other.values);
	let weights = [bundle.inferer_weights, bundle.forecaster_weights].concat();
	near("weights", &weights, &other.weights);
	near("disagreement", bundle.disagreement.as_flattened(), other.disagreement.as_flattened());

	let taught = twin.learn();
	near("losses", &learned.losses, &taught.losses);
	let (regrets, others) = (&learned.regrets, &taught.regrets);
	cells_near("regrets", &regrets.inferers, &others.inferers);
	cells_near("regrets", &regrets.forecasters, &others.forecasters);
	cells_near("naive", &regrets.naive, &others.naive);
	cells_near("one-out inferer", &regrets.one_out_inferer, &others.one_out_inferer);
	cells_near("one-out forecaster", &regrets.one_out_forecaster, &others.one_out_forecaster);
	cells_near("one-in forecaster", &regrets.one_in_forecaster, &others.one_in_forecaster);
	near("scale and initial", &[learned.scale, learned.initial], &[taught.scale, taught.initial]);
	near("inferers", &learned.inferers, &taught.inferers);
	near("forecasters", &learned.forecasters, &taught.forecasters);
	let (reputers, twin::Reputers { scores, coefficients, adjusted, rounds }) =
		(&learned.reputers, &taught.reputers);
	near("reputers", &reputers.scores, scores);
	near("coefficients", &reputers.coefficients, coefficients);
	near("adjusted stakes", &reputers.adjusted_stakes, adjusted);
	assert_eq!(*rounds, 10, "reports disagree enough to search through all rounds");

	for (ours, theirs) in payouts.iter().flatten().zip(twin.settle(&taught).iter().flatten()) {
		let (ours, theirs) = (*ours as f64, *theirs as f64);
		assert!((ours - theirs).abs() <= TOLERANCE * theirs.max(1e7), "{ours} and {theirs} planck");
	}
}
