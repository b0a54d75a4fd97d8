//! Pay by claims: whole runs against `claims/oracle.py`, which computes in floats; what a settlement
//! does to claims and shares; and extremes.

use allora_math::{
	claims::{
		accuracy_fractions, fade, settle, Epoch, Forecaster, Inferer, InfererClaim, Scales, Settled,
	},
	loss::MAX_OWN,
	testing::random::config,
	MathError, Real,
};
use proptest::{collection::vec, option, prelude::*, sample::select};
use serde_json::Value;
use std::collections::BTreeMap;

/// The largest accepted error, relative to the larger one of the number's size and 1.
const BOUND: f64 = 1e-12;

/// The same where values differ by 1e-4, so that contributions are as small as 1e-10 and have that
/// many digits less with 64 fraction bits.
const SMALL_BOUND: f64 = 1e-9;

fn vectors() -> Value {
	let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/claims/vectors.json");
	serde_json::from_str(&std::fs::read_to_string(path).expect("committed")).expect("an object")
}

fn list(value: &Value) -> &[Value] {
	value.as_array().expect("a list")
}

fn float(value: &Value) -> f64 {
	value.as_f64().expect("a number")
}

fn real(value: &Value) -> Real {
	Real::from_num(float(value))
}

fn account(row: &Value) -> u64 {
	row[0].as_u64().expect("an account")
}

/// A topic as a caller keeps it: claims by account.
#[derive(Default)]
struct Topic {
	scales: Scales,
	inferers: BTreeMap<u64, InfererClaim>,
	forecasters: BTreeMap<u64, Real>,
}

impl Topic {
	/// Settles an epoch of accounts with what they were worth; `known` is taken from the topic.
	fn settle(
		&mut self,
		[network, forecasting]: [Real; 2],
		reference: Option<Real>,
		inferers: &[(u64, Inferer)],
		forecasters: &[(u64, Forecaster)],
	) -> Settled {
		let of_inferer = |(account, inferer): &(u64, Inferer)| Inferer {
			known: self.inferers.get(account).copied().unwrap_or_default(),
			..*inferer
		};
		let of_forecaster = |(account, forecaster): &(u64, Forecaster)| Forecaster {
			known: self.forecasters.get(account).copied().unwrap_or_default(),
			..*forecaster
		};
		let settled = settle(&Epoch {
			scales: self.scales,
			network,
			forecasting,
			reference,
			inferers: &inferers.iter().map(of_inferer).collect::<Vec<_>>(),
			forecasters: &forecasters.iter().map(of_forecaster).collect::<Vec<_>>(),
		})
		.expect("accepted");
		self.scales = settled.scales;
		self.inferers.values_mut().for_each(|known| known.claim = fade(known.claim));
		self.forecasters.values_mut().for_each(|claim| *claim = fade(*claim));
		let accounts = inferers.iter().map(|(account, _)| *account);
		self.inferers.extend(accounts.zip(settled.inferers.iter().copied()));
		let accounts = forecasters.iter().map(|(account, _)| *account);
		self.forecasters.extend(accounts.zip(settled.forecasters.iter().copied()));
		settled
	}

	fn settle_row(&mut self, row: &Value) -> Settled {
		let (network, naive) = (real(&row["network"]), real(&row["naive"]));
		let inferer = |row: &Value| {
			let worth = (real(&row[1]) - network) / real(&row[2]);
			let excess = real(&row[3]) - network;
			let size = row[2].as_u64().expect("a size") as u32;
			let (known, weight) = (<_>::default(), real(&row[4]));
			(account(row), Inferer { worth, size, excess, weight, known })
		};
		let forecaster = |row: &Value| {
			let both = (real(&row[1]) - network) + (naive - real(&row[2]));
			let worth = both / 2 / real(&row[3]);
			let size = row[3].as_u64().expect("a size") as u32;
			(account(row), Forecaster { worth, size, weight: real(&row[4]), known: Real::ZERO })
		};
		self.settle(
			[network, naive - network],
			(!row["reference"].is_null()).then(|| real(&row["reference"])),
			&list(&row["inferers"]).iter().map(inferer).collect::<Vec<_>>(),
			&list(&row["forecasters"]).iter().map(forecaster).collect::<Vec<_>>(),
		)
	}
}

/// The largest error of numbers.
fn worst(at: &str, got: impl IntoIterator<Item = Real>, want: &[Value]) -> f64 {
	let got: Vec<f64> = got.into_iter().map(|x| x.to_num()).collect();
	assert_eq!(got.len(), want.len(), "{at}");
	let errors = got.iter().zip(want).map(|(got, want)| {
		let error = (got - float(want)).abs() / float(want).abs().max(1.0);
		let bound = if at.contains("small unit") { SMALL_BOUND } else { BOUND };
		assert!(error <= bound, "{at}: {got} is not {want}");
		error
	});
	errors.fold(0.0, f64::max)
}

#[test]
fn every_settlement_of_the_oracle_is_reproduced() {
	let vectors = vectors();
	for scenario in list(&vectors["scenarios"]) {
		let (mut topic, mut largest) = (Topic::default(), 0f64);
		for (at, row) in list(&scenario["epochs"]).iter().enumerate() {
			let at = format!("{} {at}", scenario["name"]);
			let shares = topic.settle_row(row).shares;
			let state = &row["state"];
			let Scales { worth, loss, reference, forecasting } = topic.scales;
			let columns = |rows: &Value, k: usize| {
				list(rows).iter().map(|row| row[k].clone()).collect::<Vec<_>>()
			};
			let known = || topic.inferers.values();
			let errors = [
				worst(&at, [shares.forecasting_part], &[row["part"].clone()]),
				worst(&at, shares.inferers, list(&row["inferer_shares"])),
				worst(&at, shares.forecasters, list(&row["forecaster_shares"])),
				worst(&at, [worth, loss, reference, forecasting], list(&state["scales"])),
				worst(&at, known().map(|known| known.claim), &columns(&state["inferers"], 1)),
				worst(&at, known().map(|known| known.excess), &columns(&state["inferers"], 2)),
				worst(&at, topic.forecasters.values().copied(), &columns(&state["forecasters"], 1)),
			];
			largest = errors.into_iter().fold(largest, f64::max);
		}
		println!("{}: within {largest:.1e}", scenario["name"]);
	}
}

#[test]
fn every_share_of_reputers_of_the_oracle_is_reproduced() {
	let vectors = vectors();
	for row in list(&vectors["reputers"]) {
		let column = |k: usize| list(&row["reputers"]).iter().map(move |row| real(&row[k]));
		let (stakes, distances): (Vec<_>, Vec<_>) = (column(0).collect(), column(1).collect());
		let shares = accuracy_fractions(real(&row["loss"]), &stakes, &distances).unwrap();
		worst("reputers", shares, list(&row["shares"]));
	}
}

fn num(x: f64) -> Real {
	Real::from_num(x)
}

fn near(one: Real, other: Real) -> bool {
	(one - other).abs() < num(1e-15)
}

/// An inferer without a loss in excess of the network's.
fn inferer(claim: f64, worth: f64) -> Inferer {
	let known = InfererClaim { claim: num(claim), excess: Real::ZERO };
	Inferer { known, worth: num(worth), size: 1, excess: Real::ZERO, weight: num(0.125) }
}

fn forecaster(claim: f64, worth: f64) -> Forecaster {
	Forecaster { known: num(claim), worth: num(worth), size: 1, weight: num(0.125) }
}

/// Scales of a settled topic.
const SCALES: Scales =
	Scales { worth: Real::ONE, loss: Real::ONE, reference: Real::ONE, forecasting: Real::ZERO };

fn settled(inferers: &[Inferer], forecasters: &[Forecaster]) -> Settled {
	let reference = Some(Real::ONE);
	let (scales, network, forecasting) = (SCALES, Real::ONE, Real::ONE);
	settle(&Epoch { scales, network, forecasting, reference, inferers, forecasters }).unwrap()
}

#[test]
fn settlement_by_hand() {
	// 64 - 1 + 2 = 65 and 32 - 0.5 + 1 = 32.5 are 2/3 and 1/3 of the positive claims.
	let inferers = [inferer(64.0, 2.0), inferer(32.0, 1.0), inferer(0.0, -3.0)];
	let forecasters = [forecaster(0.0, 2.0), forecaster(-5.0, 0.0)];
	let Settled { scales, inferers, forecasters, shares, loss } = settled(&inferers, &forecasters);
	let claims: Vec<_> = inferers.iter().map(|known| known.claim).collect();
	assert_eq!(claims, [65.0, 32.5, -3.0].map(num));
	assert!(near(shares.inferers[0] * 3, num(2.0)) && near(shares.inferers[1] * 3, num(1.0)));
	assert_eq!(shares.inferers[2], Real::ZERO);
	assert_eq!(forecasters, [2.0, -5.0 + 5.0 / 64.0].map(num));
	assert_eq!(shares.forecasters, [Real::ONE, Real::ZERO]);
	// Forecasting gained 1, the forecasters 2; the smaller one against 97.5.
	assert_eq!(scales.forecasting, Real::ONE);
	assert!(near(shares.forecasting_part, Real::ONE / num(98.5)));
	// Contributions of 2 on average, against 1.
	assert_eq!(scales.worth, num(1.0 + 1.0 / 64.0));
	assert_eq!((scales.loss, scales.reference, loss), (Real::ONE, Real::ONE, Real::ONE));
}

#[test]
fn newcomer_starts_at_zero_and_claims_of_the_first_epoch_set_the_scale() {
	let scales = Scales::default();
	let inferers = [inferer(0.0, 6.0), inferer(0.0, -2.0)];
	let (network, forecasting, reference) = (num(-7.0), Real::ZERO, Some(num(3.0)));
	let (inferers, forecasters) = (&inferers[..], &[][..]);
	let first = Epoch { scales, network, forecasting, reference, inferers, forecasters };
	let first = settle(&first).unwrap();
	assert_eq!(first.inferers[0].claim, num(1.5));
	assert_eq!(first.inferers[1].claim, num(-0.5));
	let Scales { worth, loss, reference, .. } = first.scales;
	assert_eq!([worth, loss, reference], [4.0, 7.0, 3.0].map(num));
	assert_eq!((first.loss, first.shares.forecasting_part), (num(7.0), Real::ZERO));
	// Beside an old hand, a newcomer of the same worth has little.
	let later = settled(&[inferer(60.0, 1.0), inferer(0.0, 1.0)], &[]);
	assert_eq!(later.inferers[1].claim, Real::ONE);
	assert!(later.shares.inferers[1] < num(0.02));
}

#[test]
fn copies_share_what_one_would_earn() {
	let alone = settled(&[inferer(8.0, 4.0), inferer(8.0, 1.0)], &[]).shares.inferers[0];
	// Three of them are worth a third of what their absence costs, and have had a third before.
	let third = Inferer { size: 3, ..inferer(8.0 / 3.0, 4.0 / 3.0) };
	let shared = settled(&[third, third, third, inferer(8.0, 1.0)], &[]).shares.inferers;
	assert!(near(shared[0] * 3, alone) && shared[0] == shared[1] && shared[1] == shared[2]);
}

#[test]
fn copies_of_a_worker_beyond_the_limit_earn_what_one_would() {
	for copies in [2u32, 3, 8, 30] {
		let (mut alone, mut copied) = (Topic::default(), Topic::default());
		for epoch in 0..200 {
			// From less than the others to far beyond the limit of 16 mean contributions.
			let group = num([1.0, 90.0, -5.0, 3.0, -700.0, 4000.0, 2.0][epoch % 7]);
			let settle = |topic: &mut Topic, size: u32| {
				let (worth, weight) = (group / i128::from(size), num(0.125) / i128::from(size));
				let inferers = (0..size.into())
					.map(|at| (at, Inferer { worth, size, weight, ..inferer(0.0, 0.0) }))
					.chain([(100, inferer(0.0, 1.0)), (101, inferer(0.0, -0.5))]);
				let forecasters = (0..size.into())
					.map(|at| (at, Forecaster { worth, size, weight, ..forecaster(0.0, 0.0) }))
					.chain([(100, forecaster(0.0, 2.0))]);
				let (inferers, forecasters): (Vec<_>, Vec<_>) =
					(inferers.collect(), forecasters.collect());
				let losses = [Real::ONE, num(2.0)];
				topic.settle(losses, Some(Real::ONE), &inferers, &forecasters).shares
			};
			let (one, many) = (settle(&mut alone, 1), settle(&mut copied, copies));
			let sum = |shares: &[Real]| shares[..copies as usize].iter().sum::<Real>();
			assert!(near(sum(&many.inferers), one.inferers[0]), "{copies} at {epoch}");
			assert!(near(sum(&many.forecasters), one.forecasters[0]), "{copies} at {epoch}");
			assert!(near(many.forecasting_part, one.forecasting_part));
			assert!(near(copied.scales.worth / alone.scales.worth, Real::ONE));
		}
		// The limit was reached, and passed.
		assert!(alone.inferers[&0].claim > 50 && alone.inferers[&0].claim < 1024);
	}
}

#[test]
fn absent_claims_halve_in_44_epochs() {
	for start in [num(100.0), num(-100.0)] {
		let after = |epochs| (0..epochs).fold(start, |claim, _| fade(claim)) / start;
		assert!(after(44) > num(0.5) && after(45) < num(0.5));
		assert!(after(4_000) < num(1e-15));
	}
	assert_eq!(
		[Real::ZERO, Real::MAX, Real::MIN].map(|claim| fade(claim).signum()),
		[Real::ZERO, Real::ONE, -Real::ONE]
	);
}

#[test]
fn absurd_loss_moves_claims_by_at_most_sixteen_and_scales_by_a_few_percent() {
	let sane = [inferer(10.0, 1.0), inferer(10.0, 1.0)];
	for sign in [1, -1] {
		let absurd = Inferer { worth: MAX_OWN * 2 * sign, excess: MAX_OWN * 2, ..sane[0] };
		let network = MAX_OWN * sign;
		let reference = Some(MAX_OWN);
		let (inferers, forecasters) = (&[absurd, sane[1]][..], &[forecaster(10.0, 0.0)][..]);
		let forecasting = MAX_OWN * 2;
		let epoch =
			Epoch { scales: SCALES, network, forecasting, reference, inferers, forecasters };
		let settled = settle(&epoch).unwrap();
		let kept = num(10.0 - 10.0 / 64.0);
		assert_eq!(settled.inferers[0].claim, kept + 16 * Real::from_num(sign));
		assert_eq!(settled.inferers[0].excess, num(0.5));
		assert_eq!(settled.inferers[1].claim, kept + Real::ONE);
		assert_eq!(settled.forecasters[0], kept);
		let Scales { worth, loss, reference, forecasting } = settled.scales;
		assert_eq!([worth, loss], [num(1.0 + 3.0 / 64.0); 2]);
		assert_eq!((reference, forecasting), (num(1.0 + 3.0 / 32.0), num(16.0)));
	}
}

#[test]
fn pay_falls_to_half_at_a_fifth_of_the_references_loss_and_to_nothing_beyond() {
	let with_excess = |excess: f64| {
		let mut worse = inferer(64.0, 1.0);
		worse.known.excess = num(excess);
		worse.excess = num(excess);
		let shares = settled(&[worse, inferer(64.0, 1.0)], &[]).shares.inferers;
		shares[0] / shares[1]
	};
	assert!(near(with_excess(0.0), Real::ONE) && near(with_excess(-16.0), Real::ONE));
	assert!((with_excess(0.2) - num(0.5)).abs() < num(1e-9));
	assert!(with_excess(0.1) > num(0.99) && with_excess(0.4) < num(0.004));
	// 1 / (1 + 80^8).
	let least = with_excess(16.0);
	assert!(least > 0 && (least - num(6e-16)).abs() < num(1e-17), "{least:e}");
}

#[test]
fn gate_needs_a_reference() {
	let mut worse = inferer(64.0, 1.0);
	worse.known.excess = num(3.0);
	worse.excess = num(9.0);
	let inferers = [worse, inferer(64.0, 1.0)];
	for (reference, scale) in [(None, Real::ONE), (Some(Real::ZERO), Real::ZERO)] {
		let scales = Scales { reference: scale, ..SCALES };
		let (network, forecasting) = (Real::ONE, Real::ZERO);
		let (inferers, forecasters) = (&inferers[..], &[][..]);
		let epoch = Epoch { scales, network, forecasting, reference, inferers, forecasters };
		let settled = settle(&epoch).unwrap();
		assert_eq!(settled.shares.inferers[0], settled.shares.inferers[1]);
		assert_eq!(settled.inferers[0].excess, num(3.0));
		assert_eq!(settled.scales.reference, scale);
	}
}

#[test]
fn without_claims_pay_is_by_weight_and_without_weights_equal() {
	let mut inferers = [inferer(-1.0, 0.0), inferer(0.0, 0.0), inferer(-5.0, -1.0)];
	let mut forecasters = [forecaster(-1.0, 0.0), forecaster(-2.0, 0.0)];
	for (k, weight) in [0.5, 0.25, 0.25].into_iter().enumerate() {
		inferers[k].weight = num(weight);
		if let Some(forecaster) = forecasters.get_mut(k) {
			forecaster.weight = num(weight);
		}
	}
	let shares = settled(&inferers, &forecasters).shares;
	assert_eq!(shares.inferers, [0.5, 0.25, 0.25].map(num));
	assert!(near(shares.forecasters[0] * 3, num(2.0)));
	assert_eq!(shares.forecasting_part, Real::ZERO);
	inferers.iter_mut().for_each(|inferer| inferer.weight = Real::ZERO);
	forecasters.iter_mut().for_each(|forecaster| forecaster.weight = Real::ZERO);
	let shares = settled(&inferers, &forecasters).shares;
	assert!(shares.inferers.iter().all(|share| near(*share * 3, Real::ONE)));
	assert_eq!(shares.forecasters, [num(0.5); 2]);
}

#[test]
fn forecasters_get_at_most_half_and_no_more_than_their_own_claims_show() {
	let mut scales = SCALES;
	scales.forecasting = num(500.0);
	let part = |claim: f64| {
		let (network, forecasting, reference) = (Real::ONE, Real::ONE, None);
		let (inferers, forecasters) = (&[inferer(64.0, 1.0)][..], &[forecaster(claim, 0.0)][..]);
		let epoch = Epoch { scales, network, forecasting, reference, inferers, forecasters };
		settle(&epoch).unwrap().shares.forecasting_part
	};
	assert_eq!(part(900.0), num(0.5));
	assert!(near(part(64.0), num(63.0 / 127.0)));
	assert_eq!((part(0.0), part(-9.0)), (Real::ZERO, Real::ZERO));
}

#[test]
fn empty_epoch_lets_scales_and_the_claim_of_forecasting_fade() {
	let scales = Scales { forecasting: num(64.0), ..SCALES };
	let (network, forecasting, reference) = (Real::ZERO, num(9.0), None);
	let (inferers, forecasters) = (&[][..], &[][..]);
	let epoch = Epoch { scales, network, forecasting, reference, inferers, forecasters };
	let settled = settle(&epoch).unwrap();
	let Scales { worth, loss, reference, forecasting } = settled.scales;
	let kept = num(63.0 / 64.0);
	assert_eq!([worth, loss, reference, forecasting], [kept, kept, Real::ONE, num(63.0)]);
	assert!(settled.shares.inferers.is_empty() && settled.shares.forecasters.is_empty());
	assert_eq!(settled.shares.forecasting_part, Real::ZERO);
}

#[test]
fn scale_of_the_least_size_can_grow() {
	let mut scales = Scales { worth: Real::DELTA, ..SCALES };
	for _ in 0..400 {
		let (network, forecasting, reference) = (Real::ONE, Real::ZERO, None);
		let (inferers, forecasters) = (&[inferer(0.0, 1e-12)][..], &[][..]);
		let epoch = Epoch { scales, network, forecasting, reference, inferers, forecasters };
		scales = settle(&epoch).unwrap().scales;
	}
	assert!(scales.worth > num(5e-13), "{:e}", scales.worth);
}

#[test]
fn reputers_share_by_stake_and_accuracy() {
	let shares = |distances: [f64; 3]| {
		let stakes = [0.5, 0.25, 0.25].map(num);
		accuracy_fractions(num(2.0), &stakes, &distances.map(num)).unwrap()
	};
	assert_eq!(shares([0.0; 3]), [0.5, 0.25, 0.25].map(num));
	assert_eq!(shares([-3.0, 0.0, -1e9]), [0.5, 0.25, 0.25].map(num));
	// A hundredth of the network's loss halves the mass: 0.25 of 0.75.
	let halved = shares([0.02, 0.0, 0.0]);
	assert!(halved.iter().all(|share| near(*share * 3, Real::ONE)), "{halved:?}");
	let [far, exact, wrong] = shares([1e18, 0.0, 2.0])[..] else { panic!("three") };
	assert!(far < num(1e-11) && exact > num(0.999) && (wrong - num(1e-4)).abs() < num(1e-7));
	// Nobody is near: by stake again.
	let equal = shares([1e18; 3]);
	assert!(equal.iter().zip([0.5, 0.25, 0.25]).all(|(share, stake)| near(*share, num(stake))));
	assert_eq!(accuracy_fractions(Real::ZERO, &[num(0.5); 2], &[Real::ZERO; 2]).unwrap().len(), 2);
	assert_eq!(accuracy_fractions(Real::ONE, &[], &[]), Ok(vec![]));
	assert_eq!(
		accuracy_fractions(Real::ONE, &[num(0.0); 2], &[num(1.0); 2]),
		Ok(vec![num(0.5); 2])
	);
	let refused = |scale, stake, distances: &[Real]| accuracy_fractions(scale, &[stake], distances);
	assert_eq!(refused(-Real::ONE, Real::ONE, &[Real::ONE]), Err(MathError::Domain));
	assert_eq!(refused(Real::ONE, num(1.5), &[Real::ONE]), Err(MathError::Domain));
	assert_eq!(refused(Real::ONE, Real::ONE, &[]), Err(MathError::Shape));
}

#[test]
fn weights_that_exceed_their_range_by_rounding_are_moved_into_it() {
	let shares = |weight: Real| {
		let mut inferers = [inferer(0.0, 0.0), inferer(0.0, 0.0)];
		let mut forecasters = [forecaster(0.0, 0.0), forecaster(0.0, 0.0)];
		(inferers[0].weight, forecasters[0].weight) = (weight, weight);
		settled(&inferers, &forecasters).shares
	};
	assert_eq!(shares(Real::ONE + Real::DELTA), shares(Real::ONE));
	assert_eq!(shares(-Real::DELTA), shares(Real::ZERO));
}

/// Losses, or their differences, up to a size.
fn within(limit: Real) -> impl Strategy<Value = Real> + Clone {
	prop_oneof![
		2 => select(vec![limit, -limit, Real::ZERO, Real::DELTA, -Real::DELTA, Real::ONE]),
		3 => (any::<i128>(), 0..127u32)
			.prop_map(move |(bits, shift)| Real::from_bits(bits >> shift).clamp(-limit, limit)),
		1 => (-1000..1000i32).prop_map(move |x| (Real::from_num(x) / 100).clamp(-limit, limit)),
	]
}

fn share() -> impl Strategy<Value = Real> + Clone {
	prop_oneof![1 => select(vec![Real::ZERO, Real::ONE]), 2 => within(Real::ONE).prop_map(|x| x.abs().min(Real::ONE))]
}

/// What an epoch shows: network, forecasting, reference; per inferer size, worth, excess,
/// weight; per forecaster size, worth and weight.
type Shown = ([Real; 2], Option<Real>, Vec<(u64, u32, [Real; 3])>, Vec<(u64, u32, [Real; 2])>);

fn shown() -> impl Strategy<Value = Shown> {
	let double = || within(MAX_OWN * 2);
	let inferers =
		vec((0..40u64, 0..40u32, [double().boxed(), double().boxed(), share().boxed()]), 0..40);
	let forecasters = vec((0..8u64, 0..8u32, [double().boxed(), share().boxed()]), 0..8);
	let network = (within(MAX_OWN), double()).prop_map(|(network, gain)| [network, gain]);
	(network, option::weighted(0.8, within(MAX_OWN)), inferers, forecasters)
}

fn assert_shares(shares: &[Real]) {
	assert!(shares.iter().all(|share| (0..=1).contains(share)), "{shares:?}");
	let total: Real = shares.iter().sum();
	let rounding = Real::from_bits(shares.len() as i128);
	assert!(shares.is_empty() || total <= 1 && total + rounding >= 1, "{total}");
}

proptest! {
	#![proptest_config(config(300))]

	#[test]
	fn every_accepted_epoch_has_a_settlement_and_states_stay_in_range(
		epochs in vec(shown(), 1..30)
	) {
		let mut topic = Topic::default();
		for (losses, reference, inferers, forecasters) in epochs {
			let inferers = inferers.into_iter().map(|(account, size, [worth, excess, weight])| {
				(account, Inferer { known: <_>::default(), worth, size, excess, weight })
			});
			let forecasters = forecasters.into_iter().map(|(account, size, [worth, weight])| {
				(account, Forecaster { known: Real::ZERO, worth, size, weight })
			});
			let inferers: Vec<_> = inferers.collect::<BTreeMap<_, _>>().into_iter().collect();
			let forecasters: Vec<_> = forecasters.collect::<BTreeMap<_, _>>().into_iter().collect();
			let settled = topic.settle(losses, reference, &inferers, &forecasters);
			assert_shares(&settled.shares.inferers);
			assert_shares(&settled.shares.forecasters);
			prop_assert!((Real::ZERO..=num(0.5)).contains(&settled.shares.forecasting_part));
			prop_assert!(settled.loss >= 0 && settled.loss <= MAX_OWN);
			let Scales { worth, loss, reference, forecasting } = topic.scales;
			prop_assert!(worth >= 0 && worth <= MAX_OWN * 2);
			prop_assert!(loss >= 0 && loss <= MAX_OWN && reference >= 0 && reference <= MAX_OWN);
			let claims = topic.inferers.values().map(|known| known.claim);
			let claims = claims.chain(topic.forecasters.values().copied()).chain([forecasting]);
			prop_assert!(claims.into_iter().all(|claim| claim.abs() <= 1024));
			prop_assert!(topic.inferers.values().all(|known| known.excess.abs() <= 16));
		}
	}

	#[test]
	fn states_at_the_ends_of_their_ranges_have_a_settlement(
		(losses, reference, inferers, forecasters) in shown(),
		far in [any::<bool>(), any::<bool>(), any::<bool>()],
		scale in select(vec![Real::ZERO, Real::DELTA, Real::ONE, MAX_OWN]),
	) {
		let sign = |low: bool| Real::from_num(if low { -1 } else { 1 });
		let claim = 1024 * sign(far[0]);
		let scales = Scales {
			worth: scale * 2,
			loss: scale,
			reference: scale,
			forecasting: 1024 * sign(far[1]),
		};
		let known = InfererClaim { claim, excess: 16 * sign(far[2]) };
		let inferers: Vec<_> = inferers.into_iter().map(|(_, size, [worth, excess, weight])| {
			Inferer { known, worth, size, excess, weight }
		}).collect();
		let forecasters: Vec<_> = forecasters.into_iter().map(|(_, size, [worth, weight])| {
			Forecaster { known: claim, worth, size, weight }
		}).collect();
		let [network, forecasting] = losses;
		let (inferers, forecasters) = (&inferers[..], &forecasters[..]);
		let epoch = Epoch { scales, network, forecasting, reference, inferers, forecasters };
		let settled = settle(&epoch).unwrap();
		assert_shares(&settled.shares.inferers);
		assert_shares(&settled.shares.forecasters);
		prop_assert!(settled.inferers.iter().all(|known| known.claim.abs() <= 1024));
	}

	#[test]
	fn every_accepted_report_has_a_share(
		scale in within(MAX_OWN).prop_map(Real::abs),
		reputers in vec((share(), within(MAX_OWN * 2)), 0..30),
	) {
		let (stakes, distances): (Vec<_>, Vec<_>) = reputers.into_iter().unzip();
		assert_shares(&accuracy_fractions(scale, &stakes, &distances).unwrap());
	}
}
