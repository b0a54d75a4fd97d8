//! `synthesis_epochs.csv`: the sharing of an epoch's reward (S 13).

use crate::{
	decimal::Decimal,
	epochs::{params, real, Epochs},
	report::Report,
	table::Row,
};
use allora_math::{
	convert::mul_floor,
	rewards::{
		class_shares, forecaster_score_ratio, forecasting_utility, payouts, reputer_fractions,
		score_fractions, smooth_fractions, task_entropy, task_score,
	},
	Real,
};

/// The number of scores over which the spread is measured.
const SAMPLES: usize = 10;

struct Case<'a> {
	epochs: &'a Epochs,
	report: Report,
}

impl Case<'_> {
	fn check(&mut self, formula: &str, row: &Row, column: &str, got: Real) {
		let at = format!("{} {column}", row.text("epoch"));
		self.report.real(formula, got, &row.decimal(column), &at);
	}

	fn kinds(&self) -> [(&'static str, usize); 3] {
		let epochs = self.epochs;
		[
			("inferer", epochs.inferers),
			("forecaster", epochs.forecasters),
			("reputer", epochs.reputers),
		]
	}

	/// The shares of workers, in epochs for which the file has enough scores for the spread.
	fn worker_fractions(&mut self) {
		let (params, epochs) = (params(), self.epochs);
		for (kind, n) in self.kinds().into_iter().take(2) {
			for (index, row) in epochs.rows.iter().enumerate() {
				let needed = SAMPLES.div_ceil(n.max(1));
				let first = (index + 1).saturating_sub(needed);
				let span = &epochs.rows[first..=index];
				let epoch = |row: &Row| row.whole("epoch");
				if span.len() < needed || epoch(row) + 1 != epoch(&span[0]) + needed as u64 {
					continue;
				}
				let scores = |row: &Row| row.reals(n, |i| format!("{kind}_score_{i}"));
				let history: Vec<_> = span.iter().rev().flat_map(scores).take(SAMPLES).collect();
				let (p, c) = (params.p_norm, params.c_norm);
				let got = score_fractions(&scores(row), &history, p, c, params.epsilon).unwrap();
				for (i, got) in got.into_iter().enumerate() {
					let formula = format!("{kind} fractions");
					self.check(&formula, row, &format!("{kind}_reward_fraction_{i}"), got);
				}
			}
		}
	}

	/// The results that depend on one row: reputers' shares, chi, class shares and payouts.
	fn shares(&mut self, row: &Row) {
		let stakes = self.epochs.stakes(row);
		let scores = row.reals(stakes.len(), |m| format!("reputer_score_{m}"));
		let fractions = reputer_fractions(&stakes, &scores, Real::ONE).unwrap();
		for (m, got) in fractions.into_iter().enumerate() {
			self.check("reputer fractions", row, &format!("reputer_reward_fraction_{m}"), got);
		}
		let score = task_score(row.real("network_naive_loss"), row.real("network_loss")).unwrap();
		self.check("forecasting task score", row, "forecaster_task_score", score);
		let ratio = row.maybe_real("forecaster_score_ratio");
		self.check("utility chi", row, "forecasters_utility", forecasting_utility(ratio));
		let [f, g, h] = ["inferers", "forecasters", "reputers"]
			.map(|class| row.real(&format!("{class}_entropy")));
		let (u, v, w) = class_shares(f, g, h, row.real("forecasters_utility")).unwrap();
		let reward = row.units("topic_rewards");
		for ((kind, n), share) in self.kinds().into_iter().zip([u, v, w]) {
			self.check("class shares", row, &format!("{kind}s_reward_fraction"), share);
			let amount = mul_floor(reward, share).unwrap();
			let fractions = row.reals(n, |i| format!("{kind}_reward_fraction_{i}"));
			for (i, paid) in payouts(amount, &fractions).unwrap().into_iter().enumerate() {
				let column = format!("{kind}_reward_{i}");
				let at = format!("{} {column}", row.text("epoch"));
				let paid = Decimal::of_integer(paid, 18);
				self.report.decimal("payouts", &paid, &row.decimal(&column), 1e-17, &at);
			}
		}
	}

	/// The results that are smoothed over epochs: shares, entropies, tau.
	fn smoothed(&mut self, before: &Row, now: &Row) {
		let alpha = real("0.1");
		for (kind, n) in self.kinds() {
			let name = |i: usize| format!("{kind}_reward_fraction_smooth_{i}");
			let fractions = now.reals(n, |i| format!("{kind}_reward_fraction_{i}"));
			let previous: Vec<_> = (0..n).map(|i| before.maybe_real(&name(i))).collect();
			let smoothed = smooth_fractions(&fractions, &previous, alpha).unwrap();
			for (i, got) in smoothed.iter().enumerate() {
				self.check("smoothed fractions", now, &name(i), *got);
			}
			let entropy = task_entropy(&smoothed, real("0.25")).unwrap();
			self.check(&format!("entropy {kind}s"), now, &format!("{kind}s_entropy"), entropy);
		}
		let scores = now.reals(self.epochs.inferers, |j| format!("inferer_score_{j}"));
		let previous = before.real("forecaster_score_ratio");
		let score = now.real("forecaster_task_score");
		let ratio = forecaster_score_ratio(score, &scores, previous, alpha).unwrap();
		self.check("score ratio tau", now, "forecaster_score_ratio", ratio.unwrap_or_default());
	}
}

#[test]
fn rewards_of_every_epoch_are_reproduced() {
	let epochs = Epochs::read();
	let report = Report::new("synthesis_epochs.csv: rewards");
	let mut case = Case { epochs: &epochs, report };
	case.worker_fractions();
	for row in &epochs.rows {
		case.shares(row);
	}
	for (before, now) in epochs.transitions() {
		case.smoothed(before, now);
	}
	case.report.finish(&["reputer fractions", "class shares", "payouts", "score ratio tau"]);
}
