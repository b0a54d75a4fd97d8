//! The options of `allora-agent simulate` and its JSON.

use std::{
	fs,
	process::{Command, Output},
};

fn simulate(options: &[&str]) -> Output {
	let program = env!("CARGO_BIN_EXE_allora-agent");
	Command::new(program).arg("simulate").args(options).output().unwrap()
}

/// The JSON of a run over the first 150 days of the built-in series.
fn json(options: &[&str]) -> serde_json::Value {
	json_of(150, options)
}

/// The JSON of a run over the first days of the built-in series.
fn json_of(days: usize, options: &[&str]) -> serde_json::Value {
	let text = fs::read_to_string("data/sp500_daily.csv").unwrap();
	let folder = tempfile::tempdir().unwrap();
	let path = folder.path().join("series.csv");
	fs::write(&path, text.lines().take(1 + days).collect::<Vec<_>>().join("\n")).unwrap();
	let series = ["--json", "--series", path.to_str().unwrap()];
	let output = simulate(&[&series, options].concat());
	assert!(output.status.success(), "{output:?}");
	serde_json::from_slice(&output.stdout).unwrap()
}

fn keys(value: &serde_json::Value) -> Vec<&str> {
	let mut keys: Vec<_> = value.as_object().unwrap().keys().map(String::as_str).collect();
	keys.sort_unstable();
	keys
}

const FIELDS: [&str; 8] =
	["best", "best_name", "epochs", "mean", "median", "naive", "network", "rules"];

#[test]
fn json_has_the_default_rule_and_all_rules() {
	let squared = json(&["--rules", "all"]);
	assert_eq!(keys(&squared), FIELDS);
	assert_eq!(squared["epochs"], 128);
	assert!(keys(&squared["rules"]).contains(&"regret"));
	for (_, rule) in squared["rules"].as_object().unwrap() {
		assert_eq!(keys(rule), FIELDS[..7]);
		assert_eq!(rule["mean"], squared["mean"]);
	}
	let absolute = json(&["--rules", "all", "--loss", "absolute"]);
	assert_eq!(keys(&absolute), FIELDS);
	assert_ne!(absolute["network"], squared["network"]);
	assert_eq!(absolute["median"], squared["median"]);
}

#[test]
fn single_rule_is_the_only_one_in_the_json() {
	let report = json(&["--rules", "regret"]);
	assert_eq!(keys(&report["rules"]), ["regret"]);
	assert_eq!(report["rules"]["regret"]["network"], report["network"]);
}

#[test]
fn two_topics_are_a_list() {
	let report = json(&["--topics", "2"]);
	assert_eq!(keys(&report), ["topics"]);
	let [range, direction] = report["topics"].as_array().unwrap().as_slice() else {
		panic!("two topics");
	};
	assert_eq!(keys(&range["naive"]), ["log", "mae", "rmse"]);
	assert_eq!(keys(&direction["naive"]), ["cross_entropy", "log", "mae", "rmse"]);
}

#[test]
fn trials_are_one_object_with_their_findings() {
	for option in ["--attacks", "--pay"] {
		let report = json_of(45, &[option]);
		assert_eq!(keys(&report), ["best", "epochs", "findings", "inferers", "middle"]);
		assert_eq!((&report["epochs"], &report["inferers"]), (&23.into(), &12.into()));
		for finding in report["findings"].as_array().unwrap() {
			let mut fields = keys(finding);
			fields.retain(|field| *field != "takes");
			assert_eq!(fields, ["bound", "holds", "measured", "mixture", "regret", "trial"]);
		}
	}
}

#[test]
fn errors_name_the_option() {
	for (options, expected) in [
		(&["--rules", "best"][..], "'best' for '--rules <RULE>'"),
		(&["--loss", "cubic"], "'cubic' for '--loss <LOSS>'"),
		(&["--synthetic", "calm"], "'calm' for '--synthetic <SCENARIO>'"),
		(&["--synthetic", "switch", "--topics", "2"], "'--topics <NUMBER>'"),
		(&["--synthetic", "switch", "--plot", "plot.svg"], "'--plot <FILE>'"),
		(&["--seed", "3"], "--synthetic <SCENARIO>"),
		(&["--attacks", "--pay"], "'--attacks' cannot be used with '--pay'"),
		(&["--attacks", "--rules", "all"], "'--rules <RULE>'"),
		(&["--pay", "--topics", "2"], "'--topics <NUMBER>'"),
		(&["--lag", "0"], "'0' for '--lag <LAG>'"),
	] {
		let output = simulate(options);
		let errors = String::from_utf8(output.stderr).unwrap();
		assert_eq!(output.status.code(), Some(2), "{errors}");
		assert!(errors.contains(expected), "{errors}");
	}
}
