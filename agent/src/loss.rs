//! The losses by which inferences are compared with the truth.

/// What is added to a squared error so that a hit has a finite loss.
const FLOOR: f64 = 1e-8;

/// The least probability that counts as such, so that a miss has a finite loss.
const LEAST: f64 = 1e-6;

/// The loss of a number: log10 of its squared error plus 1e-8.
pub fn squared_error(inference: f64, truth: f64) -> f64 {
	((inference - truth).powi(2) + FLOOR).log10()
}

/// The loss of probabilities: the negative natural logarithm of that of the label that came.
///
/// It is reported as it is, for it is a logarithm already; at least 1e-6 counts as probability.
pub fn cross_entropy(inference: &[f64], truth: &[f64]) -> f64 {
	let came = inference.iter().zip(truth).map(|(probability, came)| probability * came);
	-came.sum::<f64>().max(LEAST).ln()
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
	fn loss_of_probabilities_is_that_of_what_came() {
		let truth = [0.0, 1.0, 0.0];
		assert!((cross_entropy(&[0.25, 0.5, 0.25], &truth) - 2f64.ln()).abs() < 1e-15);
		assert_eq!(cross_entropy(&[0.0, 1.0, 0.0], &truth), 0.0);
		assert!((cross_entropy(&[1.0, 0.0, 0.0], &truth) - 6.0 * 10f64.ln()).abs() < 1e-12);
	}
}
