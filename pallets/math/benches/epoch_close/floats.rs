//! Sums and statistics in f64, for the twin.

pub fn dot(a: &[f64], b: &[f64]) -> f64 {
	a.iter().zip(b).map(|(a, b)| a * b).sum()
}

pub fn normal(mut masses: Vec<f64>) -> Vec<f64> {
	let sum: f64 = masses.iter().sum();
	masses.iter_mut().for_each(|mass| *mass /= sum);
	masses
}

/// The entropy of a class from its shares and their smoothed past.
pub fn entropy(fractions: &[f64], previous: &[Option<f64>]) -> f64 {
	let pairs = fractions.iter().zip(previous);
	let smoothed: Vec<f64> =
		pairs.map(|(now, past)| past.map_or(*now, |past| 0.1 * now + 0.9 * past)).collect();
	let effective = 1.0 / smoothed.iter().map(|share| share * share).sum::<f64>();
	let count = smoothed.len() as f64;
	let disorder: f64 = normal(smoothed).iter().map(|share| share * share.ln()).sum();
	-disorder * (effective / count).powf(0.25)
}

pub fn std_dev(xs: &[f64]) -> f64 {
	let mean = xs.iter().sum::<f64>() / xs.len() as f64;
	let squares: f64 = xs.iter().map(|x| (x - mean) * (x - mean)).sum();
	(squares / (xs.len() - 1) as f64).sqrt()
}

pub fn median(xs: &mut [f64]) -> f64 {
	xs.sort_unstable_by(f64::total_cmp);
	let upper = xs[xs.len() / 2];
	if xs.len() % 2 == 1 {
		upper
	} else {
		(xs[xs.len() / 2 - 1] + upper) / 2.0
	}
}

pub fn mad(xs: &[f64]) -> f64 {
	let mut sorted = xs.to_vec();
	let centre = median(&mut sorted);
	sorted.iter_mut().for_each(|x| *x = (*x - centre).abs());
	median(&mut sorted)
}

pub fn quantile(xs: &[f64], q: f64) -> f64 {
	let mut sorted = xs.to_vec();
	sorted.sort_unstable_by(f64::total_cmp);
	let position = q * (sorted.len() - 1) as f64;
	let (below, part) = (position.floor() as usize, position.fract());
	let above = sorted.get(below + 1).copied().unwrap_or(sorted[below]);
	sorted[below] + part * (above - sorted[below])
}

/// The values at 2.28, 15.87, 50, 84.13 and 97.72 % of the weight.
pub fn percentiles(values: impl Iterator<Item = f64>, weights: &[f64]) -> [f64; 5] {
	let mut points: Vec<_> = values.zip(weights.iter().copied()).collect();
	points.sort_by(|a, b| a.0.total_cmp(&b.0));
	let total: f64 = weights.iter().sum();
	let mut before = 0.0;
	for (_, weight) in &mut points {
		let middle = (before + *weight / 2.0) / total;
		before += *weight;
		*weight = middle;
	}
	[2.28, 15.87, 50.0, 84.13, 97.72].map(|percentage| {
		let at = percentage / 100.0;
		let above = points.partition_point(|(_, position)| *position <= at);
		match (above.checked_sub(1).map(|below| points[below]), points.get(above)) {
			(None, _) => points[0].0,
			(Some((last, _)), None) => last,
			(Some((low, from)), Some((high, to))) => low + (at - from) * (high - low) / (to - from),
		}
	})
}
