//! The losses that compare inferences with the ground truth.

/// Added to a squared error, so that an exact inference has a finite loss.
const FLOOR: f64 = 1e-8;

/// The minimum probability, so that an inference that excludes the outcome has a finite loss.
const MIN_PROBABILITY: f64 = 1e-6;

/// The loss of a number: log10 of its squared error plus 1e-8.
pub fn squared_error(inference: f64, truth: f64) -> f64 {
	((inference - truth).powi(2) + FLOOR).log10()
}

/// The loss of probabilities: the negative natural logarithm of the observed label's probability,
/// which counts as at least 1e-6.
///
/// It is reported without taking log10, since it is a logarithm already.
pub fn cross_entropy(inference: &[f64], truth: &[f64]) -> f64 {
	let observed = inference.iter().zip(truth).map(|(probability, truth)| probability * truth);
	-observed.sum::<f64>().max(MIN_PROBABILITY).ln()
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn loss_of_a_number_is_the_logarithm_of_the_squared_error() {
		assert!((squared_error(3.0, 2.0) - 1e-8f64.ln_1p() / 10f64.ln()).abs() < 1e-15);
		assert!((squared_error(1.9, 2.0) - (0.01f64 + 1e-8).log10()).abs() < 1e-12);
		assert_eq!(squared_error(2.0, 2.0), -8.0);
		assert_eq!(squared_error(1.0, 4.0), squared_error(4.0, 1.0));
	}

	#[test]
	fn loss_of_probabilities_depends_on_the_observed_label() {
		let truth = [0.0, 1.0, 0.0];
		assert!((cross_entropy(&[0.25, 0.5, 0.25], &truth) - 2f64.ln()).abs() < 1e-15);
		assert_eq!(cross_entropy(&[0.0, 1.0, 0.0], &truth), 0.0);
		assert!((cross_entropy(&[1.0, 0.0, 0.0], &truth) - 6.0 * 10f64.ln()).abs() < 1e-12);
	}
}
