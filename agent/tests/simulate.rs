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
		let findings = report["findings"].as_array().unwrap();
		assert!(!findings.is_empty());
		for finding in findings {
			let mut fields = keys(finding);
			fields.retain(|field| *field != "takes");
			assert_eq!(fields, ["bound", "holds", "measured", "mixture", "regret", "trial"]);
		}
	}
}

/// The example of docs/simulation.md.
const EXAMPLE: [&str; 8] = [
	"--topic",
	"examples/simulation/topic.toml",
	"--truth",
	"truth.csv",
	"--model",
	"open=truth.csv:open",
	"--model",
	"steps=python3 examples/simulation/model.py",
];

/// The example over the first days of the built-in series, with more options.
fn example(days: usize, folder: &std::path::Path, options: &[&str]) -> Output {
	let text = fs::read_to_string("data/sp500_daily.csv").unwrap();
	let path = folder.join("truth.csv");
	fs::write(&path, text.lines().take(1 + days).collect::<Vec<_>>().join("\n")).unwrap();
	let path = path.display().to_string();
	let own = EXAMPLE.map(|word| word.replace("truth.csv", &path));
	let words: Vec<&str> = own.iter().map(String::as_str).chain(options.iter().copied()).collect();
	simulate(&words)
}

#[test]
fn network_of_ones_own_has_a_report_and_json() {
	let folder = tempfile::tempdir().unwrap();
	let page = folder.path().join("report.html");
	let options = ["--json", "--report", page.to_str().unwrap(), "--model", "last-value"];
	let output = example(80, folder.path(), &options);
	assert!(output.status.success(), "{output:?}");
	let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
	let added = ["forecasters", "participants", "sensitivity", "topic"];
	let mut fields = [&FIELDS[..], &added].concat();
	fields.sort_unstable();
	assert_eq!(keys(&report), fields);
	assert_eq!(report["topic"]["labels"], serde_json::json!(["close"]));
	assert_eq!(
		(&report["topic"]["loss"], &report["topic"]["lag"]),
		(&"Huber loss".into(), &2.into())
	);
	// The demo's model needs 22 days before its first prediction.
	assert_eq!(report["epochs"], 58);
	assert_eq!(keys(&report["network"]), ["coverage", "log", "loss", "mae", "rmse"]);
	let participants = report["participants"].as_array().unwrap();
	let names: Vec<_> = participants.iter().map(|one| one["name"].as_str().unwrap()).collect();
	assert_eq!(names, ["last-value", "open", "steps"]);
	let paid: f64 = participants.iter().map(|one| one["expected_pay"].as_f64().unwrap()).sum();
	assert!(paid > 0.5 && paid < 1.0 + 1e-9, "{paid}");
	// The program has nothing to go by until the first epoch is settled.
	let took_part = |at: usize| &participants[at]["track_record"]["participated"];
	assert_eq!((took_part(1), took_part(2)), (&58.into(), &56.into()));
	let errors = String::from_utf8(output.stderr).unwrap();
	assert!(errors.contains("steps has no inference in 2 epochs"), "{errors}");
	assert_eq!(report["sensitivity"]["without"].as_array().unwrap().len(), 3);
	assert!(fs::read_to_string(page).unwrap().contains("<svg"));
}

#[test]
fn adversaries_are_run_by_name() {
	let report = json_of(60, &["--adversary", "noise", "--adversary", "late-copy"]);
	let findings = report["adversaries"]["findings"].as_array().unwrap();
	let trials: Vec<_> = findings.iter().map(|one| one["trial"].as_str().unwrap()).collect();
	assert!(trials.contains(&"noise as wide as the truths"), "{trials:?}");
	assert_eq!(trials.last(), Some(&"the best worker's value, an epoch late"));
	assert_eq!(findings.len(), 4);
	assert_eq!(report["rules"]["mixture"]["network"], report["network"]);
}

#[test]
fn details_do_not_change_the_figures() {
	let (plain, details) = (json(&["--rules", "all"]), json(&["--rules", "all", "--details"]));
	for field in FIELDS {
		assert_eq!(plain[field], details[field], "{field}");
	}
}

#[test]
fn errors_of_networks_say_what_is_wrong() {
	let folder = tempfile::tempdir().unwrap();
	let error = |options: &[&str]| {
		let output = example(40, folder.path(), options);
		assert_eq!(output.status.code(), Some(1), "{output:?}");
		String::from_utf8(output.stderr).unwrap()
	};
	let regret = error(&["--rules", "regret"]);
	assert!(regret.contains("run for inferers that are always present"), "{regret}");
	let adversary = error(&["--adversary", "noise"]);
	assert!(adversary.contains("and steps has nothing for 1999-01-04"), "{adversary}");
	let crashed = error(&["--model", "gone=false"]);
	assert!(crashed.contains("model gone: crashed"), "{crashed}");
	let twice = error(&["--model", "open=nowhere.csv"]);
	assert!(twice.contains("model open: cannot read nowhere.csv"), "{twice}");
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
		(&["--adversary", "worse"], "'worse' for '--adversary <NAME>'"),
		(&["--truth", "a.csv", "--series", "b.csv"], "'--series <FILE>'"),
		(&["--topic", "a.toml", "--topics", "2"], "'--topics <NUMBER>'"),
		(&["--report", "a.html", "--pay"], "'--pay'"),
	] {
		let output = simulate(options);
		let errors = String::from_utf8(output.stderr).unwrap();
		assert_eq!(output.status.code(), Some(2), "{errors}");
		assert!(errors.contains(expected), "{errors}");
	}
}
