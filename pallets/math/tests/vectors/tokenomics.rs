//! `tokenomics_months.csv`: emission, vesting and topic weights (S 15, 6.5, 6.8).

use crate::{
	decimal::Decimal,
	epochs::real,
	formulas,
	report::Report,
	table::{read, Row},
};
use allora_math::{
	arith::{mul, sub, sum},
	convert::{mul_div, ratio},
	elementary::{pow, powi},
	emission,
	topic::{target_weight, weight_ema},
	Real,
};

/// The holders of allocations that vest.
const VESTING: [&str; 3] = ["investors_preseed", "investors_seed", "team"];

struct Case {
	report: Report,
}

impl Case {
	fn real(&mut self, formula: &str, row: &Row, column: &str, got: Real) {
		let at = format!("month {} {column}", row.text("epoch"));
		self.report.real(formula, got, &row.decimal(column), &at);
	}

	/// An amount in units of 1e-18.
	fn units(&mut self, formula: &str, row: &Row, column: &str, got: u128) {
		let at = format!("month {} {column}", row.text("epoch"));
		let got = Decimal::of_integer(got, 18);
		self.report.decimal(formula, &got, &row.decimal(column), 1e-17, &at);
	}

	/// The results that depend on one month: the cap, the circulating supply.
	fn alone(&mut self, row: &Row) {
		let yearly = pow(real("1.12"), Real::ONE / 12).unwrap();
		let monthly = sub(yearly, Real::ONE).unwrap();
		let cap = emission::rate_cap(monthly, Real::ONE / 3, Real::ONE / 4).unwrap();
		self.real("cap of the rate", row, "ehat_max_i", cap);
		let groups = ["ecosystem", "foundation", "participants"].iter().chain(&VESTING);
		let parts: Vec<_> =
			groups.map(|group| row.real(&format!("{group}_tokens_circulating"))).collect();
		self.real("circulating supply", row, "network_tokens_circulating", sum(&parts).unwrap());
	}

	/// The rate and the emission, from the month before and this month's unlock.
	fn emission(&mut self, before: &Row, row: &Row, first: bool) {
		let unlocks = VESTING.map(|group| row.units(&format!("{group}_tokens_emission")));
		let unlock: u128 = unlocks.iter().sum();
		let staked = before.units("network_tokens_staked") + unlock / 4 * 3;
		let circulating = before.units("network_tokens_circulating") + unlock;
		let ecosystem = before.units("ecosystem_tokens_total");
		let supply = before.units("network_tokens_total");
		let target = emission::target_rate(real("0.025"), ecosystem, staked, circulating, supply);
		self.real("target rate", row, "ehat_target_i", target.unwrap());
		let cap = row.real("ehat_max_i");
		let (target, alpha) = (Ok(row.real("ehat_target_i")), real("0.1"));
		let capped = emission::rate(target, cap, None, alpha).unwrap();
		self.real("capped rate", row, "ehat_i", capped);
		let previous = (!first).then(|| before.real("e_i"));
		let smoothed = emission::rate(Ok(row.real("ehat_i")), cap, previous, alpha).unwrap();
		self.real("smoothed rate", row, "e_i", smoothed);
		let monthly = emission::monthly_emission(row.real("e_i"), staked).unwrap();
		self.units("monthly emission", row, "ecosystem_tokens_emission", monthly);
		let emitted = row.units("ecosystem_tokens_emission");
		let (validators, topics) = formulas::split(emitted, Real::ONE / 4).unwrap();
		self.units("split of the emission", row, "validator_rewards", validators);
		self.units("split of the emission", row, "topics_rewards", topics);
		self.units("ecosystem balance", row, "ecosystem_tokens_total", ecosystem - emitted);
	}

	/// The weights and rewards of the file's topics, and the validators' rewards.
	fn topics(&mut self, before: &Row, row: &Row) {
		let slots = row.count(|t| format!("topic_id_{t}"));
		// Weekly 0.5, four weeks at once.
		let alpha = sub(Real::ONE, powi(Real::ONE / 2, 4).unwrap()).unwrap();
		let lives = |row: &Row, t: usize, name: &str| {
			!matches!(row.text(&format!("{name}_{t}")), "" | "0" | "0.0" | "nan")
		};
		for t in (0..slots).filter(|t| lives(row, *t, "topic_id")) {
			let stake = row.units(&format!("topic_total_stake_{t}"));
			let revenue = row.units(&format!("topic_total_fee_revenue_{t}"));
			let target = target_weight(stake, revenue);
			let same = |x: &usize| {
				before.text(&format!("topic_id_{x}")) == row.text(&format!("topic_id_{t}"))
					&& lives(before, *x, "topic_months_live")
			};
			let column = format!("topic_weights_{t}");
			let slot = (0..slots).find(same);
			if slot.is_some() || row.whole(&format!("topic_months_live_{t}")) == 1 {
				let previous = slot.map(|slot| before.units(&format!("topic_weights_{slot}")));
				let weight = weight_ema(alpha, target, previous).unwrap();
				self.units("topic weight", row, &column, weight);
			}
			let (weight, total) = (row.units(&column), row.units("all_topic_weight_sum"));
			let rewards = row.units("topics_rewards");
			let due = formulas::topic_rewards(&[weight], total, &[1], rewards, u128::MAX).unwrap();
			self.units("topic rewards", row, &format!("topic_rewards_{t}"), due[0]);
		}
		for v in (1..slots).filter(|v| lives(row, *v, "validator_id")) {
			let first = row.units("validator_rewards_0");
			let stake = row.units(&format!("validator_stake_{v}"));
			let due = mul_div(first, stake, row.units("validator_stake_0")).unwrap();
			self.units("validator rewards", row, &format!("validator_rewards_{v}"), due);
		}
	}
}

#[test]
fn token_economy_of_every_month_is_reproduced() {
	let rows = read("tokenomics_months.csv");
	let mut case = Case { report: Report::new("tokenomics_months.csv") };
	let mut unlocked = [0u128; 3];
	for (index, row) in rows.iter().enumerate() {
		case.alone(row);
		for (group, unlocked) in VESTING.iter().zip(&mut unlocked) {
			let full = rows[0].units(&format!("{group}_tokens_total"));
			*unlocked += row.units(&format!("{group}_tokens_emission"));
			let month = u32::try_from(row.whole("epoch")).unwrap();
			let got = emission::locked(full, month.into(), 1);
			// Below one token the file has rounding errors of floats.
			let left = full.saturating_sub(*unlocked);
			let left = if left > 1_000_000_000_000_000_000 { left } else { 0 };
			let want = Decimal::of_integer(left, 18);
			let at = format!("month {month} {group}");
			case.report.decimal("locked", &Decimal::of_integer(got, 18), &want, 0.0, &at);
			let share = mul(formulas::locked_share(month), ratio(full, full).unwrap()).unwrap();
			let want = ratio(got, full).unwrap();
			case.report.real("locked share", share, &Decimal::of(want), &at);
		}
		if let Some(before) = index.checked_sub(1).map(|before| &rows[before]) {
			case.emission(before, row, index == 1);
			case.topics(before, row);
		}
	}
	case.report.finish(&["target rate", "monthly emission", "topic weight", "topic rewards"]);
}
