//! The golden series on the composed runtime: workers and reputers send what those of the simulator
//! sent, epoch by epoch, and the chain must compute the simulator's losses, scores, coefficients
//! and shares.
//!
//! `synthesis_epochs.csv` is with the vectors of the math crate, or in the folder that
//! `ALLORA_VECTORS` names; the README there describes its columns. It is a part of a longer series:
//! the state after the first row is set before the second row is reported, and so is what the
//! rewards of a row take from earlier rows, where the file has enough of them. The bundles are the
//! chain's own, since the file does not have the regrets of earlier epochs; losses are those that
//! were reported.

use allora_math::{
	convert::{from_fixed, to_fixed},
	layout::{Element, Layout},
	losses::network_losses,
	rewards::task_entropy,
	Real,
};
use allora_primitives::{
	traits::{BundleInspect, EpochInspect, TopicPot},
	Balance, EpochId, EpochState, FixedI128, LossMethod, Registration, Role, Rule, ScaleRule, Slot,
	Slots, TopicId, TopicParameters,
};
use allora_runtime::{
	AccountId, Aggregation, Balances, Clock, Emissions, Inference, Reputer, Runtime,
	RuntimeGenesisConfig, RuntimeOrigin, System, Topics, ALLO,
};
use frame_support::{
	assert_ok,
	traits::{fungible::Inspect, OnPoll},
	weights::WeightMeter,
	BoundedVec,
};
use pallet_emissions::{
	memory::{packed_score, packed_share},
	Memories, Memory,
};
use pallet_reputer::ScoreBooks;
use sp_runtime::BuildStorage;
use std::{collections::HashMap, path::PathBuf};

const INFERERS: usize = 5;
const FORECASTERS: usize = 3;
const REPUTERS: usize = 5;
/// The number of epochs with the first row before the series begins: the chain needs losses before
/// a forecast implies an inference, and it learns the first ones after the second bundle is made.
const WARM_UP: usize = 2;
/// The length of an epoch in slots.
const EPOCH_LENGTH: Slots = 10;
/// The number of single scores over which the simulator measured their spread; the chain measures
/// it over ten per seat.
const SAMPLES: usize = 10;
/// The maximum relative error.
const TOLERANCE: f64 = 1e-9;

/// A row of the file, which is an epoch: its cells by column.
#[derive(Clone)]
struct Row(HashMap<String, String>);

impl Row {
	/// The rows of the series: the first row of the file for the warm-up, then all rows.
	fn series() -> Vec<Self> {
		let rows = Self::read();
		let first = rows.iter().take(1).cycle().take(WARM_UP).cloned();
		first.chain(rows.iter().cloned()).collect()
	}

	/// All rows of the file.
	fn read() -> Vec<Self> {
		let own = concat!(env!("CARGO_MANIFEST_DIR"), "/../pallets/math/tests/vectors");
		let folder = std::env::var_os("ALLORA_VECTORS").map_or_else(|| own.into(), PathBuf::from);
		let mut reader =
			csv::Reader::from_path(folder.join("synthesis_epochs.csv")).expect("the file is there");
		reader.deserialize().map(|row| Self(row.expect("the file is a table"))).collect()
	}

	fn text(&self, column: &str) -> &str {
		self.0.get(column).unwrap_or_else(|| panic!("no column {column}"))
	}

	/// A cell in units of 10^-`decimals`, rounded toward zero.
	fn units(&self, column: &str, decimals: usize) -> i128 {
		let text = self.text(column);
		let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
		let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
		let exponent: i32 = exponent.parse().expect("exponents are whole");
		let places = decimals as i32 + exponent;
		let digits: String = whole
			.chars()
			.chain(fraction.chars().chain(std::iter::repeat('0')).take(places.max(0) as usize))
			.collect();
		let kept = digits.len() - (-places).clamp(0, digits.len() as i32) as usize;
		match &digits[..kept] {
			"" | "-" => 0,
			digits => digits.parse().expect("a number"),
		}
	}

	fn fixed(&self, column: &str) -> FixedI128 {
		FixedI128::from_inner(self.units(column, 18))
	}

	fn real(&self, column: &str) -> Real {
		from_fixed(self.fixed(column)).expect("in range")
	}

	/// An amount of ALLO in planck.
	fn planck(&self, column: &str) -> Balance {
		self.units(column, 10).try_into().expect("not negative")
	}

	/// Compares a value of the chain with a cell.
	fn check(&self, column: &str, got: FixedI128) {
		let want: f64 = self.text(column).parse().expect("a number");
		let got = got.into_inner() as f64 / 1e18;
		assert!(
			(got - want).abs() <= TOLERANCE * want.abs(),
			"{} {column}: {got}, not {want}",
			self.text("epoch")
		);
	}

	/// The means of the reputers' losses, weighted by stake.
	fn means(&self, reports: &[Vec<FixedI128>]) -> Vec<FixedI128> {
		let real = |loss: &FixedI128| from_fixed(*loss).expect("in range");
		let rows: Vec<Vec<_>> = reports.iter().map(|row| row.iter().map(real).collect()).collect();
		let stakes: Vec<_> =
			(0..reports.len()).map(|m| self.real(&format!("reputer_stake_{m}"))).collect();
		let means = network_losses(&stakes, &rows).expect("there is stake");
		means.into_iter().map(|mean| to_fixed(mean).expect("in range")).collect()
	}

	/// The loss that a reputer reports of an element.
	fn loss(&self, reputer: usize, element: Element) -> FixedI128 {
		let name = match element {
			Element::Combined => "network_inference".into(),
			Element::Naive => "naive_network_inference".into(),
			Element::Inferer(j) => format!("inference_{j}"),
			Element::Forecaster(k) => format!("forecast_implied_inference_{k}"),
			Element::OneOutInfererForecaster { forecaster: k, inferer: j } => {
				format!("forecast_implied_inference_{k}_oneout_{j}")
			}
			Element::OneOutInferer(j) => format!("network_inference_oneout_{j}"),
			Element::OneOutForecaster(k) => format!("network_inference_oneout_{}", INFERERS + k),
			Element::OneInForecaster(k) => format!("naive_network_inference_onein_{k}"),
		};
		self.fixed(&format!("reputer_{reputer}_loss_{name}"))
	}
}

/// Accounts in the order of the file, which is that of the chain.
fn member(role: Role, index: usize) -> AccountId {
	let first = match role {
		Role::Inferer => 1,
		Role::Forecaster => 101,
		Role::Reputer => 201,
	};
	AccountId::new([first + index as u8; 32])
}

fn members(role: Role) -> Vec<AccountId> {
	let count = match role {
		Role::Inferer => INFERERS,
		Role::Forecaster => FORECASTERS,
		Role::Reputer => REPUTERS,
	};
	(0..count).map(|index| member(role, index)).collect()
}

fn name(role: Role) -> &'static str {
	match role {
		Role::Inferer => "inferer",
		Role::Forecaster => "forecaster",
		Role::Reputer => "reputer",
	}
}

const ROLES: [Role; 3] = [Role::Inferer, Role::Forecaster, Role::Reputer];

/// The account that creates the topic and funds it.
fn consumer() -> AccountId {
	AccountId::new([255; 32])
}

fn signed(who: AccountId) -> RuntimeOrigin {
	RuntimeOrigin::signed(who)
}

/// Begins the block of a slot, which has the slot's number.
fn enter(slot: Slot) {
	System::set_block_number(slot as u32);
	pallet_babe::CurrentSlot::<Runtime>::put(sp_consensus_babe::Slot::from(slot));
}

/// The topic of the series, and the epochs of the rows.
struct World {
	rows: Vec<Row>,
	topic: TopicId,
	/// The epochs that have opened, in the order of the rows.
	epochs: Vec<EpochId>,
	/// What the reputers report.
	reports: Reports,
}

/// What the reputers of the series report.
///
/// The simulator's network losses are the means of the reports, the chain's their medians (S 10.2).
/// So one run shows what the chain computes of the reputers, another one what it computes of the
/// workers.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reports {
	/// What each of them reported to the simulator.
	Own,
	/// The means of what they reported to the simulator.
	Means,
}

impl World {
	/// A topic with all workers and reputers registered.
	fn new(reports: Reports) -> Self {
		enter(1);
		let topic = 1;
		let mut parameters = TopicParameters::regression(EPOCH_LENGTH, 3, EPOCH_LENGTH);
		parameters.rule = Rule::Regret;
		parameters.scale_rule = ScaleRule::StdDev;
		parameters.loss_method = LossMethod::Custom(BoundedVec::truncate_from(b"mse".to_vec()));
		parameters.max_inferers = INFERERS as u32;
		parameters.max_forecasters = FORECASTERS as u32;
		parameters.max_reputers = REPUTERS as u32;
		assert_ok!(Topics::create(signed(consumer()), Box::new(parameters)));
		assert_ok!(Topics::fund(signed(consumer()), topic, 1_000_000 * ALLO));
		for role in ROLES {
			let registration = match role {
				Role::Reputer => Registration::Reputer,
				_ => Registration::Worker,
			};
			for who in members(role) {
				assert_ok!(Topics::register(signed(who), topic, registration, None));
			}
		}
		let world = Self { rows: Row::series(), topic, epochs: Vec::new(), reports };
		world.stake(0);
		world
	}

	/// Raises the reputers' stakes to those of a row.
	fn stake(&self, row: usize) {
		for m in 0..REPUTERS {
			let column = format!("reputer_stake_{m}");
			let before = match row.checked_sub(1) {
				Some(before) => self.rows[before].planck(&column),
				None => 0,
			};
			let added = self.rows[row].planck(&column) - before;
			if added > 0 {
				assert_ok!(Reputer::stake(signed(member(Role::Reputer, m)), self.topic, added));
			}
		}
	}

	/// Sends the payloads of a row.
	fn submit(&self, row: usize) {
		let (epoch, row) = (self.epochs[row], &self.rows[row]);
		for j in 0..INFERERS {
			let value = row.fixed(&format!("inference_{j}"));
			let inference = BoundedVec::truncate_from(vec![Some(value)]);
			let who = signed(member(Role::Inferer, j));
			assert_ok!(Inference::submit(who, self.topic, epoch, Some(inference), None));
		}
		for k in 0..FORECASTERS {
			let forecast = (0..INFERERS)
				.map(|j| {
					let loss = row.fixed(&format!("forecasted_loss_{k}_for_{j}"));
					(member(Role::Inferer, j), loss)
				})
				.collect();
			let forecast = Some(BoundedVec::truncate_from(forecast));
			let who = signed(member(Role::Forecaster, k));
			assert_ok!(Inference::submit(who, self.topic, epoch, None, forecast));
		}
	}

	/// Sends the reports of a row about the elements that the chain has.
	fn report(&self, row: usize) {
		let (epoch, row) = (self.epochs[row], &self.rows[row]);
		let bundle = Aggregation::bundle(self.topic, epoch).expect("the bundle is made");
		let layout = Layout {
			inferers: bundle.inferers.len(),
			forecasters: bundle.forecasters.len(),
			absent: Vec::new(),
		};
		let own = |m| layout.elements().map(|element| row.loss(m, element)).collect::<Vec<_>>();
		for m in 0..REPUTERS {
			let losses = match self.reports {
				Reports::Own => own(m),
				Reports::Means => row.means(&(0..REPUTERS).map(own).collect::<Vec<_>>()),
			};
			let losses = BoundedVec::truncate_from(losses);
			let who = signed(member(Role::Reputer, m));
			assert_ok!(Reputer::report_losses(who, self.topic, epoch, bundle.hash(), losses));
		}
	}

	/// Sets the listening coefficients of the first row.
	fn listen(&self) {
		let column = |m| format!("reputer_listening_coefficient_{m}");
		ScoreBooks::<Runtime>::mutate(self.topic, |book| {
			for m in 0..REPUTERS {
				let entry = book.entry_mut(&member(Role::Reputer, m)).expect("it has reported");
				entry.standing.coefficient = self.rows[WARM_UP].fixed(&column(m));
			}
		});
	}

	/// The newest scores of a role that are measured with those of a row, oldest first.
	fn window(&self, role: Role, row: usize) -> Vec<i64> {
		let count = members(role).len();
		let scores = self.rows[..row].iter().rev().flat_map(|row| {
			(0..count).map(move |i| {
				packed_score(row.real(&format!("{}_score_{i}", name(role)))).expect("in range")
			})
		});
		let mut scores: Vec<_> = scores.take(SAMPLES - count).collect();
		scores.reverse();
		scores
	}

	/// Sets what settlement has stored before a row: all of it if the row is the first that is
	/// compared, otherwise the window of recent scores.
	fn remember(&self, row: usize) {
		let before = &self.rows[row - 1];
		let shares = |role| -> Vec<_> {
			let column = |i| format!("{}_reward_fraction_smooth_{i}", name(role));
			let packed = |i| packed_share(before.real(&column(i))).expect("a share");
			members(role).into_iter().enumerate().map(|(i, who)| (who, packed(i))).collect()
		};
		let mut memory = Memories::<Runtime>::get(self.topic).into_scores();
		memory.inferer_scores = BoundedVec::truncate_from(self.window(Role::Inferer, row));
		memory.forecaster_scores = BoundedVec::truncate_from(self.window(Role::Forecaster, row));
		if row == first_compared() {
			memory.inferer_shares = BoundedVec::truncate_from(shares(Role::Inferer));
			memory.forecaster_shares = BoundedVec::truncate_from(shares(Role::Forecaster));
			memory.reputer_shares = BoundedVec::truncate_from(shares(Role::Reputer));
			memory.score_ratio = before.fixed("forecaster_score_ratio");
		}
		Memories::<Runtime>::insert(self.topic, Memory::Scores(memory));
	}

	/// Makes the next slot: workers and reputers act if their window is open, then the clock does.
	fn pass(&mut self, now: Slot) {
		enter(now);
		System::reset_events();
		if let Some(last) = self.epochs.len().checked_sub(1) {
			let windows = Clock::epoch_record(self.topic, self.epochs[last]).map(|of| of.windows);
			if windows.is_some_and(|windows| now == windows.workers_open + 1) {
				self.submit(last);
				if last > 0 {
					self.stake(last);
				}
			}
		}
		for row in 0..self.epochs.len() {
			let windows = Clock::epoch_record(self.topic, self.epochs[row]).map(|of| of.windows);
			let Some(windows) = windows else { continue };
			if now == windows.reports_open + 2 {
				self.report(row);
			}
			if now == windows.reports_last {
				let reward = self.rows[row].planck("topic_rewards");
				assert_ok!(Emissions::pay_topic(&consumer(), self.topic, reward));
				if row == WARM_UP + 1 {
					self.listen();
				}
				if row >= first_compared() {
					self.remember(row);
				}
			}
		}
		Clock::on_poll(System::block_number(), &mut WeightMeter::new());
		if let Some(epoch) = Clock::collecting_epoch(self.topic) {
			if !self.epochs.contains(&epoch) && self.epochs.len() < self.rows.len() {
				self.epochs.push(epoch);
			}
		}
	}

	/// Runs the series and calls `check` on every row that has just been settled.
	fn run(mut self, check: impl Fn(&Self, usize)) {
		let mut settled = 0;
		for now in 2..200 {
			self.pass(now);
			let state = |row: usize| {
				self.epochs.get(row).and_then(|epoch| Clock::epoch_state(self.topic, *epoch))
			};
			if state(settled) == Some(EpochState::Settled) {
				check(&self, settled);
				settled += 1;
			}
			if settled == self.rows.len() {
				return;
			}
		}
		panic!("{settled} epochs of {} are settled", self.rows.len());
	}
}

/// The first row with enough rows before it for a full window of each role's scores.
fn first_compared() -> usize {
	WARM_UP + SAMPLES.div_ceil(FORECASTERS) - 1
}

/// Runs the series on a chain where each account has enough balance.
fn series(reports: Reports, check: impl Fn(&World, usize)) {
	let everyone = ROLES.into_iter().flat_map(members).chain([consumer()]);
	let genesis = RuntimeGenesisConfig {
		balances: pallet_balances::GenesisConfig {
			balances: everyone.map(|who| (who, 10_000_000 * ALLO)).collect(),
			..Default::default()
		},
		topics: pallet_registry::GenesisConfig {
			default_subsidy: sp_runtime::Permill::one(),
			..Default::default()
		},
		..Default::default()
	};
	let storage = genesis.build_storage().expect("the genesis builds");
	sp_io::TestExternalities::new(storage).execute_with(|| World::new(reports).run(check));
}

#[test]
fn chain_computes_the_losses_and_scores_of_the_series() {
	series(Reports::Means, |world, row| {
		if row <= WARM_UP {
			return;
		}
		let epoch = world.epochs[row];
		let contributions =
			Aggregation::contributions(world.topic, epoch).expect("the epoch is learned from");
		let row = &world.rows[row];
		row.check("network_loss", contributions.network_loss);
		row.check("network_naive_loss", contributions.naive_loss);
		for (j, of) in contributions.inferers.iter().enumerate() {
			row.check(&format!("inferer_score_{j}"), of.score);
		}
		for (k, of) in contributions.forecasters.iter().enumerate() {
			row.check(&format!("forecaster_score_{k}"), of.score);
		}
		assert_eq!(contributions.forecasters.len(), FORECASTERS);
	});
}

#[test]
fn chain_computes_the_reputers_scores_and_coefficients_of_the_series() {
	series(Reports::Own, |world, row| {
		if row <= WARM_UP {
			return;
		}
		let epoch = world.epochs[row];
		let contributions =
			Aggregation::contributions(world.topic, epoch).expect("the epoch is learned from");
		let row = &world.rows[row];
		for (m, of) in contributions.reputers.iter().enumerate() {
			row.check(&format!("reputer_score_{m}"), of.score);
			assert_eq!(of.authority, row.planck(&format!("reputer_stake_{m}")));
			let book = ScoreBooks::<Runtime>::get(world.topic);
			let entry = book.entry(&of.account).expect("it has reported");
			let coefficient = entry.standing.coefficient;
			row.check(&format!("reputer_listening_coefficient_{m}"), coefficient);
		}
	});
}

/// A smoothed share as a decimal.
fn decimal(share: u64) -> FixedI128 {
	let real = Real::from_bits(share.into());
	to_fixed(real).expect("shares are in range")
}

/// The parts of a class in what the class is paid: those of the chain, and of the file.
fn check_parts(row: &Row, role: Role, paid: &[Balance]) {
	let number =
		|i| -> f64 { row.text(&format!("{}_reward_{i}", name(role))).parse().expect("a number") };
	let all_paid = paid.iter().sum::<Balance>() as f64;
	let all_wanted = (0..paid.len()).map(number).sum::<f64>();
	for (i, paid) in paid.iter().enumerate() {
		let (got, want) = (*paid as f64 / all_paid, number(i) / all_wanted);
		// Each amount is rounded down to whole planck.
		let tolerance = TOLERANCE * want + 2.0 * paid_units(all_paid);
		assert!((got - want).abs() <= tolerance, "{} of {role:?}: {got}, not {want}", i);
	}
}

/// One planck as a part of an amount.
fn paid_units(all: f64) -> f64 {
	1.0 / all.max(1.0)
}

/// Checks the smoothed shares, the entropies and the parts in the rewards of these roles.
fn check_shares(world: &World, row: usize, roles: &[Role]) {
	let epoch = world.epochs[row];
	let row = &world.rows[row];
	let memory = Memories::<Runtime>::get(world.topic).into_scores();
	let rewards = Emissions::rewards(world.topic, epoch);
	for role in roles.iter().copied() {
		let shares: Vec<u64> = match role {
			Role::Inferer => memory.inferer_shares.iter().map(|(_, share)| *share).collect(),
			Role::Forecaster => memory.forecaster_shares.iter().map(|(_, share)| *share).collect(),
			Role::Reputer => memory.reputer_shares.iter().map(|(_, share)| *share).collect(),
		};
		for (i, share) in shares.iter().enumerate() {
			row.check(&format!("{}_reward_fraction_smooth_{i}", name(role)), decimal(*share));
		}
		let shares: Vec<_> = shares.iter().map(|share| Real::from_bits((*share).into())).collect();
		let entropy = task_entropy(&shares, Real::ONE / 4).expect("shares have an entropy");
		row.check(&format!("{}s_entropy", name(role)), to_fixed(entropy).expect("in range"));
		let paid = |who: &AccountId| {
			let paid = rewards.iter().find(|paid| paid.role == role && paid.account == *who);
			paid.map_or(0, |paid| paid.amount)
		};
		check_parts(row, role, &members(role).iter().map(paid).collect::<Vec<_>>());
	}
}

#[test]
fn chain_computes_the_workers_shares_and_entropies_of_the_series() {
	series(Reports::Means, |world, row| {
		if row < first_compared() {
			return;
		}
		check_shares(world, row, &[Role::Inferer, Role::Forecaster]);
		let memory = Memories::<Runtime>::get(world.topic).into_scores();
		world.rows[row].check("forecaster_score_ratio", memory.score_ratio);
	});
}

#[test]
fn chain_computes_the_reputers_shares_and_entropy_of_the_series() {
	series(Reports::Own, |world, row| {
		if row >= first_compared() {
			check_shares(world, row, &[Role::Reputer]);
		}
	});
}

#[test]
fn accounts_are_paid_what_they_earned_in_the_series() {
	series(Reports::Own, |world, row| {
		if row + 1 < world.rows.len() {
			return;
		}
		// No account waits longer than its turn: of eight workers and five reputers, three and one
		// are paid per epoch.
		for who in ROLES.into_iter().flat_map(members) {
			let earned: Balance = world
				.epochs
				.iter()
				.flat_map(|epoch| Emissions::rewards(world.topic, *epoch))
				.filter(|reward| reward.account == who)
				.map(|reward| reward.amount)
				.sum();
			let due = Emissions::due(world.topic, &who);
			assert!(due < earned, "{who}: {due} of {earned}");
			if due > 0 {
				let had = Balances::balance(&who);
				assert_ok!(Emissions::collect(signed(consumer()), world.topic, who.clone()));
				assert_eq!(Balances::balance(&who), had + due);
			}
		}
		let ledger = Emissions::ledger();
		assert_eq!((ledger.earnings, ledger.adds_up), (0, true));
	});
}
