//! The rank correlation of two lists.

/// Spearman's rank correlation of two lists of equal length, from -1 to 1; not a number if one of
/// them is constant.
pub fn rank_correlation(one: &[f64], other: &[f64]) -> f64 {
	correlation(&ranks(one), &ranks(other))
}

/// The rank of each number, 0 for the smallest; equal numbers share the mean of their ranks.
fn ranks(numbers: &[f64]) -> Vec<f64> {
	let rank = |number: &f64| {
		let below = numbers.iter().filter(|other| *other < number).count();
		let equal = numbers.iter().filter(|other| *other == number).count();
		below as f64 + (equal as f64 - 1.0) / 2.0
	};
	numbers.iter().map(rank).collect()
}

/// The linear correlation of two lists; not a number if one of them is constant.
pub fn correlation(one: &[f64], other: &[f64]) -> f64 {
	let centred = |list: &[f64]| {
		let centre = list.iter().sum::<f64>() / list.len() as f64;
		list.iter().map(|number| number - centre).collect::<Vec<_>>()
	};
	let (one, other) = (centred(one), centred(other));
	let product = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
	product(&one, &other) / (product(&one, &one) * product(&other, &other)).sqrt()
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn rank_correlation_follows_the_order_only() {
		let close = |found: f64, expected: f64| assert!((found - expected).abs() < 1e-12);
		close(rank_correlation(&[1.0, 2.0, 3.0], &[1.0, 10.0, 11.0]), 1.0);
		close(rank_correlation(&[1.0, 2.0, 3.0], &[3.0, 2.0, -50.0]), -1.0);
		// Ranks 0, 1, 2, 3 and 1, 0, 3, 2.
		close(rank_correlation(&[1.0, 2.0, 3.0, 4.0], &[2.0, 1.0, 4.0, 3.0]), 0.6);
	}

	#[test]
	fn equal_numbers_share_their_rank() {
		assert_eq!(ranks(&[5.0, 1.0, 5.0, 7.0]), [1.5, 0.0, 1.5, 3.0]);
		assert!(rank_correlation(&[1.0, 1.0], &[1.0, 2.0]).is_nan());
	}
}
