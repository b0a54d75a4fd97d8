//! The loss by which inferences are compared with the truth.

/// What is added to a squared error so that a hit has a finite loss.
const FLOOR: f64 = 1e-8;

/// The loss of an inference: log10 of its squared error plus 1e-8.
pub fn log_loss(inference: f64, truth: f64) -> f64 {
	((inference - truth).powi(2) + FLOOR).log10()
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn loss_is_the_logarithm_of_the_squared_error() {
		assert!((log_loss(3.0, 2.0) - 1e-8f64.ln_1p() / 10f64.ln()).abs() < 1e-15);
		assert!((log_loss(1.9, 2.0) - (0.01f64 + 1e-8).log10()).abs() < 1e-12);
		assert_eq!(log_loss(2.0, 2.0), -8.0);
		assert_eq!(log_loss(1.0, 4.0), log_loss(4.0, 1.0));
	}
}
