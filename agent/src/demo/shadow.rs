//! Runs a rule off chain over what a topic's epochs have on the chain.

use super::watch::Recorded;
use crate::{
	chain::{from_fixed, types::AccountId},
	figures::Figures,
	rules::{Inferred, RuleName, Topic},
};
use anyhow::{Context, Result};
use std::collections::{BTreeSet, VecDeque};

/// The largest difference between a network inference of a topic and that of the topic's rule off
/// chain.
pub fn difference(figures: &Figures, recorded: &[&Recorded]) -> Result<f64> {
	let inferred = run(rule_of(recorded)?, &figures.topic, recorded)?;
	let rows = inferred.iter().zip(&figures.rows);
	let pairs = rows.flat_map(|(off, on)| off.network.iter().zip(&on.network));
	Ok(pairs.map(|(off, on)| (off - on).abs()).fold(0.0, f64::max))
}

/// The figures of a topic under the other rule than its own, without intervals.
///
/// An error if the rule refuses the inferences or forecasts, as the original's does if an inferer
/// missed an epoch, or if a forecast leaves one out.
pub fn other(figures: &Figures, recorded: &[&Recorded]) -> Result<Figures> {
	let rule = match rule_of(recorded)? {
		RuleName::Mixture => RuleName::Regret,
		RuleName::Regret => RuleName::Mixture,
	};
	let mut other = figures.clone();
	other.rule = rule.name();
	let inferred = run(rule, &figures.topic, recorded)?;
	for (row, Inferred { network, naive, .. }) in other.rows.iter_mut().zip(inferred) {
		(row.network, row.naive) = (network, naive);
		row.bounds.clear();
	}
	Ok(other)
}

/// The rule of the epochs.
fn rule_of(recorded: &[&Recorded]) -> Result<RuleName> {
	Ok(recorded.first().context("no epoch is settled")?.bundle.rule)
}

/// What a rule infers from the inferences and forecasts of a topic's epochs, each of which it learns
/// when the chain did.
fn run(rule: RuleName, topic: &Topic, recorded: &[&Recorded]) -> Result<Vec<Inferred>> {
	let inferers: BTreeSet<_> = recorded.iter().flat_map(|epoch| &epoch.bundle.inferers).collect();
	let forecasters = recorded.iter().flat_map(|epoch| &epoch.forecasts);
	let forecasters: BTreeSet<_> = forecasters.map(|(who, _)| who).collect();
	let mut simulated = rule.start(topic, inferers.len(), forecasters.len());
	let mut begun = VecDeque::new();
	let mut all = Vec::new();
	for epoch in recorded {
		while begun
			.front()
			.is_some_and(|other: &&Recorded| Some(other.epoch) <= epoch.bundle.loss_epoch)
		{
			let learned = begun.pop_front().context("there is such an epoch")?;
			simulated.end(&learned.truth)?;
		}
		let values = |who: &&AccountId| epoch.bundle.inference(who).unwrap_or_default();
		let inferences: Vec<_> = inferers.iter().map(values).collect();
		let of = |who: &&AccountId| forecast(epoch, who, &inferers);
		let forecasts: Vec<_> = forecasters.iter().map(of).collect();
		let inferred = simulated.begin(&inferences, &forecasts);
		all.push(inferred.with_context(|| format!("{} in epoch {}", rule.name(), epoch.epoch))?);
		begun.push_back(epoch);
	}
	Ok(all)
}

/// The losses that a forecaster expected of the inferers, in their order, not numbers for those that
/// it did not name; none if it is absent.
fn forecast(epoch: &Recorded, who: &AccountId, inferers: &BTreeSet<&AccountId>) -> Vec<f64> {
	let Some((_, named)) = epoch.forecasts.iter().find(|(other, _)| other == who) else {
		return Vec::new();
	};
	let of = |inferer: &&AccountId| {
		let found = named.iter().find(|(other, _)| other == *inferer);
		found.map_or(f64::NAN, |(_, loss)| from_fixed(*loss))
	};
	inferers.iter().map(of).collect()
}

#[cfg(test)]
pub(super) mod tests {
	use super::*;
	use crate::{
		chain::{to_fixed, types::Bundle},
		figures::Row,
		question::Question,
	};

	fn fixed(values: &[f64]) -> Vec<i128> {
		values.iter().map(|value| to_fixed(*value).unwrap()).collect()
	}

	/// The made-up record of a chain with this rule: three inferers, of whom the first is the best,
	/// and two forecasters, of whom the second joins late. An epoch is learned two epochs later.
	pub(in super::super) fn made_up(rule: RuleName) -> (Figures, Vec<Recorded>) {
		const EPOCHS: u64 = 12;
		let question = Question::Range;
		let mut chain = rule.start(&question.into(), 3, 2);
		let mut figures = Figures::new(question, ["a", "b", "c"].map(String::from).to_vec());
		figures.rule = rule.name();
		let mut recorded: Vec<Recorded> = Vec::new();
		for at in 0..EPOCHS {
			if at >= 2 {
				chain.end(&recorded[at as usize - 2].truth).unwrap();
			}
			let truth = 2.0 + (at % 5) as f64 / 4.0;
			let inferences = [0.125, -0.5, 1.5].map(|error| vec![truth + error]);
			let expected = [[-2.0, -0.5, (at % 3) as f64], [0.0, 1.0, 0.5]].map(|row| row.to_vec());
			let present = if at < 4 { [expected[0].clone(), vec![]] } else { expected };
			let inferred = chain.begin(&inferences, &present).unwrap();
			let row = Row {
				date: format!("day {at}"),
				truth: vec![truth],
				network: inferred.network.clone(),
				bounds: if at < 2 { vec![] } else { vec![[1.0, 2.0, 3.0, 4.0]] },
				naive: inferred.naive.clone(),
				workers: inferences.iter().cloned().map(Some).collect(),
			};
			let elements = [row.network.clone(), row.naive.clone(), inferences.concat()].concat();
			let forecasts = [11u8, 12].into_iter().zip(&present);
			recorded.push(Recorded {
				epoch: 100 + 10 * at,
				truth: row.truth.clone(),
				bundle: Bundle {
					loss_epoch: (at >= 2).then(|| 100 + 10 * (at - 2)),
					rule,
					labels: 1,
					inferers: vec![[1; 32], [2; 32], [3; 32]],
					forecasters: vec![],
					inferer_weights: fixed(&inferred.weights),
					forecaster_weights: vec![],
					element_values: fixed(&elements),
					intervals: vec![],
				},
				forecasts: forecasts
					.filter(|(_, row)| !row.is_empty())
					.map(|(who, row)| {
						([who; 32], (1..=3).map(|of| [of; 32]).zip(fixed(row)).collect())
					})
					.collect(),
			});
			figures.push(row);
		}
		(figures, recorded)
	}

	/// What these functions take of epochs.
	fn all(recorded: &[Recorded]) -> Vec<&Recorded> {
		recorded.iter().collect()
	}

	#[test]
	fn network_inferences_of_the_chains_rule_are_repeated() {
		for rule in [RuleName::Mixture, RuleName::Regret] {
			let (figures, recorded) = made_up(rule);
			let found = difference(&figures, &all(&recorded)).unwrap();
			assert!(found < 1e-12, "{rule:?}: {found}");
		}
	}

	#[test]
	fn other_rule_infers_what_the_chain_would_have_inferred_under_it() {
		let (mixture, recorded) = made_up(RuleName::Mixture);
		let (regret, _) = made_up(RuleName::Regret);
		let found = other(&mixture, &all(&recorded)).unwrap();
		assert_eq!(found.rule, "regret");
		for (off, on) in found.rows.iter().zip(&regret.rows) {
			let close = |a: &[f64], b: &[f64]| (a[0] - b[0]).abs() < 1e-12;
			assert!(close(&off.network, &on.network) && close(&off.naive, &on.naive));
			assert_eq!((&off.truth, &off.workers), (&on.truth, &on.workers));
			assert!(off.bounds.is_empty());
		}
		assert_ne!(found.rows[11].network, mixture.rows[11].network);
	}

	#[test]
	fn other_learning_than_the_chains_shows_as_a_difference() {
		let (figures, mut recorded) = made_up(RuleName::Mixture);
		for epoch in &mut recorded[2..] {
			epoch.bundle.loss_epoch = None;
		}
		assert!(difference(&figures, &all(&recorded)).unwrap() > 1e-3);
	}

	#[test]
	fn epoch_that_an_inferer_missed_is_no_obstacle_to_the_mixture_only() {
		let (_, mut recorded) = made_up(RuleName::Mixture);
		let bundle = &mut recorded[5].bundle;
		bundle.inferers.remove(1);
		bundle.element_values.remove(3);
		for (_, named) in &mut recorded[5].forecasts {
			named.remove(1);
		}
		let done = |rule| run(rule, &Question::Range.into(), &all(&recorded));
		assert_eq!(done(RuleName::Mixture).unwrap().len(), 12);
		assert!(done(RuleName::Regret).is_err());
	}

	#[test]
	fn forecast_that_leaves_out_an_inferer_is_refused_by_the_regret_rule_only() {
		let (figures, mut recorded) = made_up(RuleName::Mixture);
		recorded[3].forecasts[0].1.pop();
		assert!(difference(&figures, &all(&recorded)).is_ok());
		let error = format!("{:#}", other(&figures, &all(&recorded)).unwrap_err());
		assert!(error.starts_with("regret in epoch 130: NaN is not finite"), "{error}");
	}
}
