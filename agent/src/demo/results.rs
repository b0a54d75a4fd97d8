//! What a run found out about a topic: both rules, coverage, and contribution beside pay.

use super::{
	setup::Names,
	shadow,
	watch::{EndedEpoch, Recorded},
};
use crate::{
	chain::{
		from_fixed, in_allo,
		types::{AccountId, Contributions, Role},
	},
	figures::{Figures, Metric, Summary},
	ranks::rank_correlation,
	report::{Covered, RuleReport},
	table,
};
use serde::Serialize;
use std::{
	collections::BTreeMap,
	fmt::{self, Display},
};

/// The results of a topic; displayed as tables with their captions.
#[derive(Clone, Debug, Serialize)]
pub struct Results {
	/// The mean losses as the chain learns from them.
	#[serde(flatten)]
	pub summary: Summary,
	/// The topic's rule.
	pub rule: &'static str,
	/// The errors by rule: those of the topic's own on the chain, and those of the other one in a run
	/// off chain over the same inferences and forecasts, if there was one.
	pub rules: BTreeMap<&'static str, RuleReport>,
	/// The largest difference between a network inference of the chain and that of the same rule off
	/// chain; `None` if it could not be run.
	pub shadow_difference: Option<f64>,
	/// How many truths are inside the intervals.
	pub coverage: Covered,
	/// The participants in each role, by their pay.
	pub participants: Vec<Participant>,
	/// The rank correlation of what inferers were worth and their pay, or of their scores and pay if
	/// the topic's rule has no such number; `None` if it is not defined.
	pub rank_correlation: Option<f64>,
	/// The runs of the topic's rule and of the other one.
	#[serde(skip)]
	runs: Vec<Figures>,
	/// Why a rule could not be run off chain.
	#[serde(skip)]
	failures: Vec<String>,
}

/// What a participant contributed in a role, and what it was paid.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Participant {
	/// The role: worker, forecaster or reputer.
	pub role: &'static str,
	/// Its name.
	pub name: String,
	/// The number of epochs in which it took part.
	pub epochs: usize,
	/// By how much the network's losses would have been higher without a worker, in percent of their
	/// sum; of a reputer, by how much the losses of its truths exceed those of the consensus. `None`
	/// under the regret rule.
	pub worth: Option<f64>,
	/// The mean weight in the network inference; `None` for a reputer, or if it never had one.
	pub weight: Option<f64>,
	/// The mean score.
	pub score: f64,
	/// The rewards in ALLO.
	pub allo: f64,
}

/// The roles, as they are called here.
const ROLES: [(Role, &str); 3] =
	[(Role::Inferer, "worker"), (Role::Forecaster, "forecaster"), (Role::Reputer, "reputer")];

impl Results {
	/// The results of epochs that have ended, of which `figures` has a row for each that is settled;
	/// `None` if none is.
	pub fn of(figures: &Figures, names: &Names, ended: &[EndedEpoch]) -> Option<Self> {
		let summary = figures.summary()?;
		let recorded: Vec<_> = ended.iter().filter_map(|epoch| epoch.recorded.as_ref()).collect();
		let mut runs = vec![figures.clone()];
		let mut failures = Vec::new();
		let other = shadow::other(figures, &recorded).map_err(|error| failures.push(error));
		runs.extend(other);
		let difference = shadow::difference(figures, &recorded);
		let difference = difference.map_err(|error| failures.push(error));
		for run in &mut runs {
			run.metric = Metric::of_topic(&figures.topic);
		}
		let rules = runs.iter().map(|run| Some((run.rule, RuleReport::of(run)?)));
		let participants = participants(names, ended, &recorded);
		Some(Self {
			summary,
			rule: figures.rule,
			rules: rules.collect::<Option<_>>()?,
			shadow_difference: difference.ok(),
			coverage: Covered::of(&figures.rows),
			rank_correlation: correlation_of(&participants),
			participants,
			runs,
			failures: failures.into_iter().map(|error| format!("{error:#}")).collect(),
		})
	}

	/// The participants in a role.
	fn of_role(&self, role: &'static str) -> impl Iterator<Item = &Participant> {
		self.participants.iter().filter(move |one| one.role == role)
	}

	/// What contributions are measured by: a column's header, and a word for it.
	fn measure(&self) -> (&'static str, &'static str) {
		match self.participants.iter().any(|one| one.worth.is_some()) {
			true => ("worth, % of loss", "worth"),
			false => ("mean score", "score"),
		}
	}
}

/// The participants in each role, by their pay.
fn participants(names: &Names, ended: &[EndedEpoch], recorded: &[&Recorded]) -> Vec<Participant> {
	let contributions: Vec<_> =
		ended.iter().filter_map(|epoch| epoch.contributions.as_ref()).collect();
	let worths = contributions.iter().filter_map(|all| all.worth.as_ref());
	let losses: f64 = worths.map(|worth| from_fixed(worth.network)).sum();
	let mut all = Vec::new();
	for (role, title) in ROLES {
		let mut of_role = Vec::new();
		for (who, name) in names.of(role) {
			let parts: Vec<_> =
				contributions.iter().filter_map(|all| contribution(all, role, who)).collect();
			let worth: Option<Vec<_>> = parts.iter().map(|(_, worth)| *worth).collect();
			let weights = recorded.iter().flat_map(|epoch| epoch.bundle.weights(role));
			let weights: Vec<_> = weights.filter(|(other, _)| other == who).collect();
			let rewards = ended.iter().flat_map(|epoch| &epoch.rewards);
			let rewards = rewards.filter(|reward| reward.role == role && reward.account == *who);
			let mean = |numbers: &[f64]| {
				(!numbers.is_empty()).then(|| numbers.iter().sum::<f64>() / numbers.len() as f64)
			};
			of_role.push(Participant {
				role: title,
				name: name.clone(),
				epochs: parts.len(),
				worth: worth
					.filter(|worth| !worth.is_empty() && losses != 0.0)
					.map(|worth| 100.0 * worth.iter().sum::<f64>() / losses),
				weight: mean(&weights.iter().map(|(_, weight)| *weight).collect::<Vec<_>>()),
				score: mean(&parts.iter().map(|(score, _)| *score).collect::<Vec<_>>())
					.unwrap_or_default(),
				allo: in_allo(rewards.map(|reward| reward.amount).sum()),
			});
		}
		of_role.sort_by(|a, b| b.allo.total_cmp(&a.allo));
		all.extend(of_role);
	}
	all
}

/// An account's score in an epoch, and what it was worth if the chain measures that; `None` if it
/// did not contribute.
fn contribution(all: &Contributions, role: Role, who: &AccountId) -> Option<(f64, Option<f64>)> {
	let at = all.of(role).iter().position(|one| one.account == *who)?;
	let worth = all.worth.as_ref().and_then(|worth| match role {
		Role::Inferer => worth.inferers.get(at).map(|one| one.worth),
		Role::Forecaster => worth.forecasters.get(at).map(|one| one.worth),
		Role::Reputer => worth.reputers.as_ref()?.get(at).copied(),
	});
	Some((from_fixed(all.of(role)[at].score), worth.map(from_fixed)))
}

/// The rank correlation of inferers' contribution and pay, `None` if it is not defined.
fn correlation_of(participants: &[Participant]) -> Option<f64> {
	let inferers = participants.iter().filter(|one| one.role == "worker" && one.epochs > 0);
	let (given, paid): (Vec<_>, Vec<_>) =
		inferers.map(|one| (one.worth.unwrap_or(one.score), one.allo)).unzip();
	Some(rank_correlation(&given, &paid)).filter(|found| found.is_finite())
}

impl Display for Results {
	fn fmt(&self, to: &mut fmt::Formatter) -> fmt::Result {
		if let Some(table) = table::rules(&self.runs) {
			writeln!(to, "{table}")?;
		}
		self.write_rules(to)?;
		self.write_coverage(to)?;
		self.write_workers(to)?;
		self.write_reputers(to)
	}
}

impl Results {
	/// Writes what the runs of both rules are.
	fn write_rules(&self, to: &mut fmt::Formatter) -> fmt::Result {
		let own = self.rule;
		writeln!(to, "The topic's rule is {own}: its rows are what the chain inferred.")?;
		if let Some(other) = self.runs.get(1) {
			writeln!(
				to,
				"Those of {} are of a run off chain, over the inferences and forecasts read from the chain.",
				other.rule
			)?;
		}
		if let Some(difference) = self.shadow_difference {
			writeln!(
				to,
				"Such a run of {own} repeats the chain's network inferences to within {difference:.1e}."
			)?;
		}
		for failure in &self.failures {
			writeln!(to, "A rule was not run off chain: {failure}.")?;
		}
		writeln!(to)
	}

	/// Writes how many truths are inside the intervals.
	fn write_coverage(&self, to: &mut fmt::Formatter) -> fmt::Result {
		let Covered { epochs, truths, inside } = self.coverage;
		let topic = &self.summary.topic;
		let Some([narrow, wide]) = self.coverage.fractions() else {
			return writeln!(to, "Coverage of {topic}: no epoch had an interval yet.\n");
		};
		// The standard deviation of a fraction of independent epochs.
		let chance = 100.0 * (0.68 * 0.32 / epochs as f64).sqrt();
		let labels = if truths > epochs { ", one per label," } else { "" };
		writeln!(
			to,
			"Coverage of {topic}: {} of {truths} truths{labels} are inside the 68 % interval ({:.0} %), \
			 {} inside\nthe 95 % interval ({:.0} %). The {epochs} epochs that had an interval are few: \
			 chance alone moves\nthe first figure by {chance:.0} points (one standard deviation).",
			inside[0],
			100.0 * narrow,
			inside[1],
			100.0 * wide
		)?;
		if truths > epochs {
			writeln!(to, "A label is either 0 or 1, so that its interval is wide.")?;
		}
		writeln!(to)
	}

	/// Writes the contributions of inferers and forecasters beside their pay.
	fn write_workers(&self, to: &mut fmt::Formatter) -> fmt::Result {
		let (header, word) = self.measure();
		let name = format!("{}: participant", self.summary.topic);
		let mut table = table::new(&[&name, "epochs", header, "mean weight", "ALLO"]);
		for one in self.of_role("worker").chain(self.of_role("forecaster")) {
			table.add_row([
				format!("{} {}", one.role, one.name),
				one.epochs.to_string(),
				self.given(one),
				one.weight.map_or("-".into(), |weight| format!("{:.1} %", 100.0 * weight)),
				format!("{:.4}", one.allo),
			]);
		}
		table::align(&mut table, 1);
		writeln!(to, "{table}")?;
		if word == "worth" {
			writeln!(
				to,
				"Worth is by how much the network's losses would have been higher without it, in percent \
				 of their\nsum; where it is negative, the network would have done better. A forecaster's \
				 weight is a part of\nthe workers'."
			)?;
		}
		let Some(found) = self.rank_correlation else { return writeln!(to) };
		let workers = self.of_role("worker").filter(|one| one.epochs > 0).count();
		// The standard deviation of the rank correlation of unrelated lists.
		let chance = 1.0 / (workers.saturating_sub(1).max(1) as f64).sqrt();
		writeln!(
			to,
			"The rank correlation of {word} and pay over {workers} workers is {found:.2}. Without any \
			 relation it would\nvary by {chance:.2} (one standard deviation), and a worker's {word} over \
			 {} epochs is noisy itself:\nthey are too few to judge by.\n",
			self.summary.epochs
		)
	}

	/// Writes what reputers reported beside their pay.
	fn write_reputers(&self, to: &mut fmt::Formatter) -> fmt::Result {
		let (header, word) = self.measure();
		let header = if word == "worth" { "distance, % of loss" } else { header };
		let name = format!("{}: participant", self.summary.topic);
		let mut table = table::new(&[&name, "epochs", header, "ALLO"]);
		for one in self.of_role("reputer") {
			table.add_row([
				one.name.clone(),
				one.epochs.to_string(),
				self.given(one),
				format!("{:.4}", one.allo),
			]);
		}
		table::align(&mut table, 1);
		writeln!(to, "{table}")?;
		if word == "worth" {
			writeln!(
				to,
				"Distance is by how much the losses of its truths exceed those of the consensus, in percent \
				 of the\nsum of the network's losses."
			)?;
		}
		Ok(())
	}

	/// What a participant contributed, for display.
	fn given(&self, one: &Participant) -> String {
		match (self.measure().1, one.worth) {
			("worth", Some(0.0)) => "0.00".into(),
			("worth", Some(worth)) => format!("{worth:+.2}"),
			("worth", None) => "-".into(),
			_ if one.epochs == 0 => "-".into(),
			_ => format!("{:.5}", one.score),
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::{
		chain::{
			to_fixed,
			types::{Contribution, EpochState, Reward, WorkerWorth, Worth},
			ALLO,
		},
		demo::shadow::tests::made_up,
		rules::RuleName,
	};

	fn names() -> Names {
		let named = |of: &[(u8, &str)]| {
			of.iter().map(|(who, name)| ([*who; 32], (*name).to_owned())).collect()
		};
		Names {
			inferers: named(&[(1, "near"), (2, "middle"), (3, "far")]),
			forecasters: named(&[(11, "early"), (12, "late")]),
			reputers: named(&[(21, "reputer with 150 ALLO"), (22, "reputer with 300 ALLO")]),
		}
	}

	fn fixed(value: f64) -> i128 {
		to_fixed(value).unwrap()
	}

	/// The epochs of a made-up run, in which the network has a loss of 0.5: "far" is paid most and
	/// harms, "middle" is paid least.
	fn ended(recorded: Vec<Recorded>) -> Vec<EndedEpoch> {
		let contribution =
			|(who, score): (u8, f64)| Contribution { account: [who; 32], score: fixed(score) };
		let worth = |worth: f64| WorkerWorth { worth: fixed(worth) };
		let reward = |(who, role, allo): (u8, _, u128)| Reward {
			account: [who; 32],
			role,
			amount: allo * ALLO,
		};
		let epoch = |recorded: Recorded| EndedEpoch {
			epoch: recorded.epoch,
			state: EpochState::Settled,
			contributions: Some(Contributions {
				inferers: [(1, 0.5), (2, 0.25), (3, -0.5)].map(contribution).to_vec(),
				forecasters: [(11, 1.0)].map(contribution).to_vec(),
				reputers: [(21, 3.0), (22, 9.0)].map(contribution).to_vec(),
				network_loss: 0,
				worth: (recorded.bundle.rule == RuleName::Mixture).then(|| Worth {
					network: fixed(0.5),
					inferers: [0.25, 0.125, -0.0625].map(worth).to_vec(),
					forecasters: vec![worth(0.0)],
					reputers: Some([0.05, 0.0].map(fixed).to_vec()),
				}),
			}),
			rewards: [(1, Role::Inferer, 2), (3, Role::Inferer, 3), (22, Role::Reputer, 1)]
				.map(reward)
				.to_vec(),
			unpaid: vec![],
			recorded: Some(recorded),
		};
		recorded.into_iter().map(epoch).collect()
	}

	fn results(rule: RuleName) -> Results {
		let (figures, recorded) = made_up(rule);
		Results::of(&figures, &names(), &ended(recorded)).unwrap()
	}

	/// The cells of the only row that has this text.
	fn row(text: &str, of: &str) -> Vec<String> {
		let rows: Vec<_> =
			text.lines().filter(|line| line.starts_with('│') && line.contains(of)).collect();
		assert_eq!(rows.len(), 1, "{of} in {text}");
		let cells = rows[0].split(['│', '┆']).map(str::trim).filter(|cell| !cell.is_empty());
		cells.map(String::from).collect()
	}

	#[test]
	fn contribution_stands_beside_pay() {
		let text = results(RuleName::Mixture).to_string();
		// Worth is in percent of the network's loss of 0.5.
		let given = |of: &str| row(&text, of)[1..3].to_vec();
		assert_eq!(given("worker near  "), ["12", "+50.00"]);
		assert_eq!(given("worker middle  "), ["12", "+25.00"]);
		assert_eq!(given("worker far  "), ["12", "-12.50"]);
		assert_eq!(given("forecaster early"), ["12", "0.00"]);
		assert_eq!(row(&text, "forecaster late")[1..], ["0", "-", "-", "0.0000"]);
		assert_eq!(row(&text, "with 150"), ["reputer with 150 ALLO", "12", "+10.00", "0.0000"]);
		assert_eq!(row(&text, "with 300"), ["reputer with 300 ALLO", "12", "0.00", "12.0000"]);
		let at = |of: &str| text.find(of).unwrap();
		assert!(at("worker far  ") < at("worker near  ") && at("near  ") < at("worker middle  "));
		// Ranks of worth 2, 1, 0 and of pay 1, 0, 2.
		let correlation = "The rank correlation of worth and pay over 3 workers is -0.50.";
		assert!(text.contains(correlation), "{text}");
	}

	#[test]
	fn scores_take_the_place_of_worth_under_the_regret_rule() {
		let results = results(RuleName::Regret);
		let text = results.to_string();
		assert!(!text.contains("worth"), "{text}");
		assert_eq!(row(&text, "worker far  ")[2], "-0.50000");
		assert_eq!(row(&text, "with 150")[2], "3.00000");
		assert!(text.contains("The rank correlation of score and pay over 3 workers is -0.50."));
		assert!(results.participants.iter().all(|one| one.worth.is_none()));
	}

	#[test]
	fn both_rules_and_coverage_are_displayed() {
		for rule in [RuleName::Mixture, RuleName::Regret] {
			let text = results(rule).to_string();
			for of in ["mixture: network", "regret: network", "mixture: naive", "regret: naive"] {
				assert_eq!(row(&text, of).len(), 5, "{text}");
			}
			assert!(text.contains(&format!("The topic's rule is {}:", rule.name())), "{text}");
			// Truths 2.5, 2.75 and 3 of five are inside [2, 3], as is 2; all are inside [1, 4].
			assert!(
				text.contains("10 of 10 truths are inside the 68 % interval (100 %)"),
				"{text}"
			);
			assert!(text.contains("The 10 epochs that had an interval are few"), "{text}");
		}
	}

	#[test]
	fn coverage_is_over_all_labels() {
		let mut results = results(RuleName::Mixture);
		results.coverage = Covered { epochs: 4, truths: 12, inside: [9, 12] };
		let text = results.to_string();
		let coverage =
			"9 of 12 truths, one per label, are inside the 68 % interval (75 %), 12 inside";
		assert!(text.contains(coverage), "{text}");
		// The root of 0.68 times 0.32 over 4.
		assert!(text.contains("the first figure by 23 points"), "{text}");
		results.coverage = Covered::default();
		assert!(results.to_string().contains("no epoch had an interval yet"));
	}

	#[test]
	fn lines_fit_into_a_hundred_columns() {
		for rule in [RuleName::Mixture, RuleName::Regret] {
			let text = results(rule).to_string();
			for line in text.lines() {
				assert!(line.chars().count() <= 100, "{line}");
				assert!(!line.starts_with(char::is_whitespace), "{line}");
			}
		}
	}

	#[test]
	fn json_has_what_is_displayed() {
		let json = serde_json::to_value(results(RuleName::Mixture)).unwrap();
		for field in ["network", "naive", "mean", "best", "shadow_difference"] {
			assert!(json[field].is_f64(), "{field}: {json}");
		}
		assert_eq!((&json["rule"], &json["epochs"]), (&"mixture".into(), &12.into()));
		let rules = json["rules"].as_object().unwrap();
		assert_eq!(rules.keys().collect::<Vec<_>>(), ["mixture", "regret"]);
		assert_eq!(rules["regret"]["network"]["coverage"], serde_json::Value::Null);
		let coverage = serde_json::json!({ "epochs": 10, "truths": 10, "inside": [10, 10] });
		assert_eq!(json["coverage"], coverage);
		let first = serde_json::json!({
			"role": "worker", "name": "far", "epochs": 12, "worth": -12.5, "score": -0.5, "allo": 36.0,
			"weight": json["participants"][0]["weight"],
		});
		assert_eq!(json["participants"][0], first);
		assert_eq!(json["participants"].as_array().unwrap().len(), 7);
		assert_eq!(json["rank_correlation"], -0.5);
	}

	#[test]
	fn run_off_chain_that_fails_is_left_out_and_says_why() {
		let (figures, mut recorded) = made_up(RuleName::Mixture);
		recorded[3].forecasts[0].1.pop();
		let results = Results::of(&figures, &names(), &ended(recorded)).unwrap();
		assert_eq!(results.rules.keys().collect::<Vec<_>>(), [&"mixture"]);
		let reason = "A rule was not run off chain: regret in epoch 130: NaN is not finite";
		assert!(results.to_string().contains(reason), "{results}");
		assert!(results.shadow_difference.is_some());
	}
}
