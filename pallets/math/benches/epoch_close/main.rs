//! The time of an epoch close, and that of the same formulas in f64.
//!
//! Run `env -u RUSTC_WORKSPACE_WRAPPER cargo bench -p allora-math`. The wrapper of `scripts/env`
//! compiles the workspace's crates with clippy's driver, which omits some optimizations.
//!
//! An epoch close is the synthesis (S 8), the learning from reports (S 10, 11, 12) and the
//! arithmetic of the settlement (S 13). The f64 version exists only here. It has the same formulas
//! and optimizations, and no checks. The results of both versions are compared before they are
//! timed. The output has Criterion's figures, a table of both versions measured alternately, one of
//! the close by the mixture rule and pay by claims (S 9.4, 13.9) beside it, and the growth of the
//! synthesis with the numbers of inferers and forecasters.
#![allow(missing_docs, clippy::unwrap_used)]

mod agreement;
mod floats;
mod mixture;
mod twin;

use allora_math::bench_world::{close as fixed, Size, World};
use criterion::{BenchmarkId, Criterion};
use mixture::Mixture;
use std::{
	hint::black_box,
	time::{Duration, Instant},
};
use twin::Twin;

/// The sizes that are measured, with at most 12 elements per forecast.
const SIZES: [Size; 4] = [
	Size { n: 8, f: 2, r: 3, labels: 1 },
	Size { n: 32, f: 6, r: 6, labels: 1 },
	Size { n: 32, f: 8, r: 16, labels: 1 },
	Size { n: 32, f: 6, r: 6, labels: 8 },
];

fn name(size: Size) -> String {
	let Size { n, f, r, labels } = size;
	let labels = if labels > 1 { format!(", {labels} labels") } else { String::new() };
	format!("{n}/{f}/{r}{labels}")
}

/// The minimum times of two computations that are run alternately.
fn race(mut one: impl FnMut(), mut other: impl FnMut()) -> [Duration; 2] {
	let mut best = [Duration::MAX; 2];
	let time = |run: &mut dyn FnMut(), times: u32| {
		let start = Instant::now();
		(0..times).for_each(|_| run());
		start.elapsed() / times
	};
	let each = time(&mut one, 3).max(Duration::from_nanos(100));
	let times = u32::try_from(Duration::from_micros(500).as_nanos() / each.as_nanos());
	let times = times.unwrap_or(1).clamp(1, 5000);
	for _ in 0..300 {
		best[0] = best[0].min(time(&mut one, times));
		best[1] = best[1].min(time(&mut other, times));
	}
	best
}

fn row(label: &str, [fixed, float]: [Duration; 2]) {
	let micros = |time: Duration| time.as_secs_f64() * 1e6;
	let ratio = fixed.as_secs_f64() / float.as_secs_f64();
	println!("{label:<32} {:>10.2} {:>10.2} {ratio:>8.2}", micros(fixed), micros(float));
}

/// Prints the times of both versions, measured alternately.
fn table() {
	println!(
		"\n{:<32} {:>10} {:>10} {:>8}",
		"in turns, least time", "fixed, us", "f64, us", "ratio"
	);
	for size in SIZES {
		let (world, label) = (World::new(size), name(size));
		let twin = Twin::new(&world);
		let (bundle, learned, _) = fixed::close(&world).unwrap();
		let of_twin = twin.learn();
		row(
			&format!("{label}: synthesis"),
			race(
				|| drop(black_box(fixed::synthesise(black_box(&world)))),
				|| drop(black_box(black_box(&twin).synthesise())),
			),
		);
		row(
			&format!("{label}: learn"),
			race(
				|| drop(black_box(fixed::learn(black_box(&world), &bundle))),
				|| drop(black_box(black_box(&twin).learn())),
			),
		);
		row(
			&format!("{label}:   reputers alone"),
			race(
				|| drop(black_box(fixed::score_reputers(black_box(&world)))),
				|| drop(black_box(black_box(&twin).score_reputers())),
			),
		);
		row(
			&format!("{label}: settle"),
			race(
				|| drop(black_box(fixed::settle(black_box(&world), &bundle, &learned))),
				|| drop(black_box(black_box(&twin).settle(&of_twin))),
			),
		);
		row(
			&format!("{label}: epoch close"),
			race(
				|| drop(black_box(fixed::close(black_box(&world)))),
				|| drop(black_box(close(black_box(&twin)))),
			),
		);
	}
}

/// Prints the times of a close by the mixture and claims and of one by regrets, both fixed-point.
fn rules() {
	println!("\n{:<32} {:>10} {:>10} {:>8}", "in turns", "mixture, us", "regret, us", "ratio");
	for size in SIZES {
		let (world, label) = (World::new(size), name(size));
		let mixture = Mixture::new(&world);
		let (bundle, published) = (fixed::synthesise(&world).unwrap(), mixture.begin());
		let (_, _, (scored, _), _) = mixture.learn(&published);
		let rounds = [scored.rounds, fixed::score_reputers(&world).unwrap().rounds];
		assert_eq!(rounds[0], rounds[1], "both score the reputers in as many rounds");
		row(
			&format!("{label}: synthesis"),
			race(
				|| drop(black_box(black_box(&mixture).begin())),
				|| drop(black_box(fixed::synthesise(black_box(&world)))),
			),
		);
		row(
			&format!("{label}: measure, score, learn, share"),
			race(
				|| drop(black_box(black_box(&mixture).learn(&published))),
				|| drop(black_box(fixed::learn(black_box(&world), &bundle))),
			),
		);
		row(
			&format!("{label}: epoch close"),
			race(
				|| drop(black_box(black_box(&mixture).close())),
				|| drop(black_box(fixed::close(black_box(&world)))),
			),
		);
	}
}

/// Prints the time of the reputers' scoring if reports cancel and if they do not.
fn cancelling() {
	println!("\n{:<32} {:>10} {:>10} {:>8}", "reputers alone", "cancel, us", "agree, us", "ratio");
	for size in SIZES {
		let (agreeing, cancelling) = (World::new(size), World::new(size).cancelling());
		let scored = fixed::score_reputers(&cancelling).unwrap();
		assert!(
			scored.by_reports && scored.rounds == 10,
			"the most expensive: {} rounds",
			scored.rounds
		);
		row(
			&name(size),
			race(
				|| drop(black_box(fixed::score_reputers(black_box(&cancelling)))),
				|| drop(black_box(fixed::score_reputers(black_box(&agreeing)))),
			),
		);
	}
}

/// A whole epoch close in f64.
fn close(twin: &Twin) -> (twin::Bundle, twin::Learned, [Vec<u128>; 3]) {
	let (bundle, learned) = (twin.synthesise(), twin.learn());
	let payouts = twin.settle(&learned);
	(bundle, learned, payouts)
}

/// The slope of the line of least squares through the logarithms of pairs.
fn exponent(pairs: &[(f64, f64)]) -> f64 {
	let logs: Vec<_> = pairs.iter().map(|(x, y)| (x.ln(), y.ln())).collect();
	let count = logs.len() as f64;
	let mean = |of: fn(&(f64, f64)) -> f64| logs.iter().map(of).sum::<f64>() / count;
	let (x, y) = (mean(|log| log.0), mean(|log| log.1));
	let covered: f64 = logs.iter().map(|log| (log.0 - x) * (log.1 - y)).sum();
	covered / logs.iter().map(|log| (log.0 - x) * (log.0 - x)).sum::<f64>()
}

/// Prints the time of the synthesis by the numbers of inferers and forecasters.
fn growth() {
	println!(
		"\n{:<12} {:>10} {:>22} {:>20}",
		"synthesis", "us", "ns / (n+2f)(n+f)", "ns / n f (n+f)"
	);
	let (mut by_sets, mut by_product) = (Vec::new(), Vec::new());
	for n in [6, 12, 24, 48] {
		for f in [2, 4, 8, 16] {
			let world = World::new(Size { n, f, r: 1, labels: 1 });
			let synthesise = || drop(black_box(fixed::synthesise(black_box(&world))));
			let [time, _] = race(synthesise, || ());
			let nanos = time.as_secs_f64() * 1e9;
			let (sets, product) = (((n + 2 * f) * (n + f)) as f64, (n * f * (n + f)) as f64);
			println!(
				"{:<12} {:>10.2} {:>22.2} {:>20.2}",
				format!("{n}/{f}"),
				nanos / 1e3,
				nanos / sets,
				nanos / product
			);
			by_sets.push((sets, nanos));
			by_product.push((product, nanos));
		}
	}
	println!(
		"fit: time grows as ((n+2f)(n+f))^{:.2}, and as (n f (n+f))^{:.2}",
		exponent(&by_sets),
		exponent(&by_product)
	);
}

fn main() {
	for size in SIZES {
		agreement::check(&World::new(size));
	}
	let mut criterion = Criterion::default()
		.sample_size(20)
		.warm_up_time(Duration::from_millis(300))
		.measurement_time(Duration::from_secs(1))
		.configure_from_args();
	let mut group = criterion.benchmark_group("epoch close");
	for size in SIZES {
		let world = World::new(size);
		let twin = Twin::new(&world);
		group.bench_with_input(BenchmarkId::new("fixed", name(size)), &world, |bencher, world| {
			bencher.iter(|| fixed::close(world).unwrap());
		});
		group.bench_with_input(BenchmarkId::new("f64", name(size)), &twin, |bencher, twin| {
			bencher.iter(|| close(twin));
		});
	}
	group.finish();
	criterion.final_summary();
	table();
	rules();
	cancelling();
	growth();
}
