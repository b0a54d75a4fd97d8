//! Random pools of workers of different skill.

use allora_math::{
	loss::Loss,
	rules::mixture::{Kept, Params, Synthesis},
	testing::mixture::{Submitted, Topic},
	Real,
};

pub const SQUARED: Params<'static> = Params { loss: Some(Loss::Squared), labels: 1, unity: false };
pub const ABSOLUTE: Params<'static> =
	Params { loss: Some(Loss::Absolute), labels: 1, unity: false };

/// Reproducible random numbers.
pub struct Random(pub u64);

impl Random {
	/// A number in [0, 1).
	pub fn share(&mut self) -> f64 {
		self.0 ^= self.0 << 13;
		self.0 ^= self.0 >> 7;
		self.0 ^= self.0 << 17;
		(self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 11) as f64 / (1u64 << 53) as f64
	}

	/// Roughly normal, with a standard deviation of 1.
	pub fn normal(&mut self) -> f64 {
		(0..12).map(|_| self.share()).sum::<f64>() - 6.0
	}
}

/// A pool whose worker j errs by about `noise[j]`, around truths that walk.
pub struct Pool {
	pub random: Random,
	noise: Vec<f64>,
	truth: f64,
}

impl Pool {
	pub fn new(seed: u64, workers: usize) -> Self {
		let mut random = Random(0x9e37_79b9_7f4a_7c15 ^ seed.wrapping_mul(0x1234_5678_9abc_def1));
		let noise = (0..workers).map(|_| 0.5 + 1.5 * random.share()).collect();
		Self { random, noise, truth: 100.0 }
	}

	/// The worker that errs least.
	pub fn best(&self) -> usize {
		let workers = self.noise.iter().enumerate();
		workers.min_by(|a, b| a.1.total_cmp(b.1)).map(|(worker, _)| worker).expect("not empty")
	}

	/// A truth and the workers' values.
	pub fn epoch(&mut self) -> (f64, Vec<f64>) {
		self.truth += self.random.normal();
		let noise = self.noise.clone();
		let common = 0.5 * self.random.normal();
		let values = noise.iter().map(|noise| self.truth + common + noise * self.random.normal());
		(self.truth, values.collect())
	}
}

/// One row per value, of the accounts from 0 on.
pub fn submitted(values: &[f64]) -> Submitted {
	Submitted {
		workers: (0..values.len() as u32).collect(),
		values: values.iter().copied().map(Real::from_num).collect(),
		forecasts: Vec::new(),
	}
}

pub fn learn(topic: &mut Topic, submitted: &Submitted, kept: &Kept, truth: f64) {
	let loss = |value: &Real| {
		let error = value.to_num::<f64>() - truth;
		Real::from_num((error * error + 1e-8).log10())
	};
	let losses: Vec<_> = submitted.values.iter().map(loss).collect();
	topic.end(submitted, kept, Some(&[Real::from_num(truth)]), &losses).expect("accepted");
}

/// One epoch of values, learned at once.
pub fn step(topic: &mut Topic, values: &[f64], truth: f64) -> Synthesis {
	let submitted = submitted(values);
	let published = topic.begin(&submitted).expect("accepted");
	learn(topic, &submitted, &published.kept, truth);
	published
}

/// A topic that has learned this number of epochs.
pub fn learned<'a>(params: Params<'a>, pool: &mut Pool, epochs: usize) -> Topic<'a> {
	let mut topic = Topic::new(params);
	for _ in 0..epochs {
		let (truth, values) = pool.epoch();
		step(&mut topic, &values, truth);
	}
	topic
}

pub fn float(x: Real) -> f64 {
	x.to_num()
}
