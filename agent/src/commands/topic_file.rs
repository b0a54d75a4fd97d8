//! `topic.toml`: the parameters of a topic to create, on top of a preset, or changes of some of them.
//!
//! A parameter has the key and the values that it has in JSON; unknown keys are errors that name the
//! nearest known ones. Times are whole numbers of slots, or texts such as "90 s", "10 min", "1 h" or "1 d".

use crate::{
	chain::{
		to_fixed,
		types::{Cadence, Rule, ScaleRule, TopicLoss, TopicParameters, TopicUpdate},
	},
	run::config::section::{check_keys, nearest, Section},
};
use anyhow::{bail, ensure, Context, Result};
use std::fmt::Write;
use toml::{Table, Value};

/// The keys of the file.
const KEYS: &[&str] = &[
	"preset",
	"metadata",
	"ground_truth",
	"labels",
	"loss_method",
	"loss_floor",
	"unity_tolerance",
	"label_default",
	"cadence",
	"epoch_length",
	"phase",
	"worker_window",
	"reveal_window",
	"ground_truth_lag",
	"rule",
	"p_norm",
	"c_norm",
	"alpha_regret",
	"merit_sortition_alpha",
	"epsilon",
	"scale_rule",
	"inferer_quantile",
	"forecaster_quantile",
	"max_inferers",
	"max_forecasters",
	"max_reputers",
	"min_reputers",
	"min_stake",
	"history",
];

/// The losses without a parameter, as JSON has them.
const LOSSES: &[(&str, TopicLoss)] = &[
	("squared", TopicLoss::Squared),
	("absolute", TopicLoss::Absolute),
	("log_cosh", TopicLoss::LogCosh),
	("brier", TopicLoss::Brier),
	("cross_entropy", TopicLoss::CrossEntropy),
	("poisson", TopicLoss::Poisson),
	("ztae", TopicLoss::Ztae),
	("zptae", TopicLoss::Zptae),
];

/// The cadences, as JSON has them.
const CADENCES: &[(&str, Cadence)] =
	&[("regular", Cadence::Regular), ("on_demand", Cadence::OnDemand)];

/// The rules, as JSON has them.
const RULES: &[(&str, Rule)] = &[("mixture", Rule::Mixture), ("regret", Rule::Regret)];

/// The scale rules, as JSON has them.
const SCALE_RULES: &[(&str, ScaleRule)] =
	&[("mad", ScaleRule::Mad), ("std_dev", ScaleRule::StdDev)];

/// A kind of topic, with what is special about it.
pub struct Preset {
	/// Its name.
	pub name: &'static str,
	/// What it is for.
	pub about: &'static str,
	/// An example of what to ask.
	example: &'static str,
	/// Its parameters.
	text: &'static str,
}

/// The presets.
pub const PRESETS: &[Preset] = &[
	Preset {
		name: "price",
		about: "a number, such as a price or a demand",
		example: "ETH/USD in one hour",
		text:
			"labels = [\"price\"]\nloss_method = \"squared\"\n# about a thousandth of the typical squared \
		       error\nloss_floor = 0.001\n",
	},
	Preset {
		name: "volatility",
		about: "a small positive number, such as a volatility or a range",
		example: "the realized volatility of ETH/USD over the next hour",
		text: "labels = [\"volatility\"]\nloss_method = \"squared\"\n# for values of about a hundredth\n\
		       loss_floor = 0.00000001\n",
	},
	Preset {
		name: "direction",
		about: "up or down, with probabilities that sum to 1",
		example: "whether ETH/USD is up or down in one hour",
		text: "labels = [\"up\", \"down\"]\nloss_method = \"cross_entropy\"\nloss_floor = 0.001\n\
		       unity_tolerance = 0.01\n",
	},
	Preset {
		name: "probability",
		about: "the probability of an event",
		example: "whether it rains in Berlin tomorrow",
		text: "labels = [\"yes\", \"no\"]\nloss_method = \"brier\"\nloss_floor = 0.001\n\
		       unity_tolerance = 0.01\n",
	},
	Preset {
		name: "quantiles",
		about: "quantiles of a number: where it is expected",
		example: "the 10 %, 50 % and 90 % quantiles of ETH/USD in one hour",
		text: "labels = [\"q10\", \"q50\", \"q90\"]\nloss_method = { pinball = [0.1, 0.5, 0.9] }\n\
		       loss_floor = 0.001\n",
	},
];

/// The parameters that all presets share.
const COMMON: &str =
	"cadence = \"regular\" # or \"on_demand\": epochs open when requests pay for them
rule = \"mixture\" # or \"regret\", the only one that reads p_norm, c_norm, alpha_regret and scale_rule
label_default = 0
p_norm = 3
c_norm = 0.75
alpha_regret = 0.1
merit_sortition_alpha = 0.1
epsilon = 0.01
scale_rule = \"mad\"
inferer_quantile = 0.25
forecaster_quantile = 0.25
max_inferers = 32
max_forecasters = 6
max_reputers = 6
min_reputers = 1
min_stake = 0 # ALLO
history = 64 # epochs that stay on record
";

/// The preset of a name.
fn preset(name: &str) -> Result<&'static Preset> {
	PRESETS.iter().find(|preset| preset.name == name).with_context(|| {
		let names: Vec<_> = PRESETS.iter().map(|preset| preset.name).collect();
		match nearest(name, names.iter().copied()) {
			Some(near) => format!("there is no preset {name:?}; did you mean {near:?}?"),
			None => format!("there is no preset {name:?}; there are {}", names.join(", ")),
		}
	})
}

/// A file to start from.
pub fn template(name: &str) -> Result<String> {
	let Preset { name, about, example, text } = preset(name)?;
	let mut file = format!(
		"# A topic: {about}.\n# allora-agent topic create --file topic.toml --dry-run\n\
		 preset = \"{name}\"\nmetadata = \"{example}\"\n\
		 ground_truth = \"where reputers find the truth, such as a URL\"\n\
		 epoch_length = \"1 h\"          # from one opening to the next; or a number of slots\n\
		 # worker_window = \"20 min\"    # to predict [default: a third of an epoch]\n\
		 # reveal_window = \"20 min\"    # to reveal what was committed to [default: as long, if it fits]\n\
		 # ground_truth_lag = \"1 h\"    # from the opening until the truth is known [default: an epoch]\n\
		 # phase = 0                   # slot of the opening within an epoch [default: the chain's choice]\n\
		 \n# The preset's values; remove the first character of a line to change it.\n"
	);
	for line in text.lines().chain(COMMON.lines()) {
		writeln!(file, "# {}", line.trim_start_matches("# "))?;
	}
	Ok(file)
}

/// The parameters of a file; slots are of this length.
pub fn parse(text: &str, slot_ms: u64) -> Result<TopicParameters> {
	let table: Table = text.parse().context("not TOML")?;
	check_keys("", &table, KEYS)?;
	let mut all: Table = COMMON.parse().context("the defaults")?;
	let own = Section { place: "the file".into(), table };
	if let Some(name) = own.text("preset")? {
		all.extend(preset(&name)?.text.parse::<Table>().context("the preset")?);
	}
	all.extend(own.table);
	let file = File { section: Section { place: "the file".into(), table: all }, slot_ms };
	file.parameters()
}

/// The keys of parameters that can be changed.
const CHANGEABLE: &[&str] = &[
	"metadata",
	"loss_method",
	"loss_floor",
	"ground_truth",
	"rule",
	"p_norm",
	"c_norm",
	"alpha_regret",
	"merit_sortition_alpha",
];

/// The changes of parameters in a file, in which a key is as in a topic's file.
pub fn parse_update(text: &str) -> Result<TopicUpdate> {
	let table: Table = text.parse().context("not TOML")?;
	check_keys("", &table, KEYS)?;
	for key in table.keys() {
		ensure!(
			CHANGEABLE.contains(&key.as_str()),
			"`{key}` can never be changed; only {} can",
			CHANGEABLE.join(", ")
		);
	}
	ensure!(!table.is_empty(), "the file changes nothing");
	let section = Section { place: "the file".into(), table };
	// Nothing that can be changed is a time.
	let file = File { section, slot_ms: 1 };
	let section = &file.section;
	let has = |key: &str| section.table.contains_key(key);
	Ok(TopicUpdate {
		metadata: section.text("metadata")?.map(String::into_bytes),
		loss_method: has("loss_method").then(|| file.loss_method()).transpose()?,
		loss_floor: section.decimal("loss_floor")?,
		ground_truth: section.text("ground_truth")?.map(String::into_bytes),
		rule: has("rule").then(|| file.rule()).transpose()?,
		p_norm: section.decimal("p_norm")?,
		c_norm: section.decimal("c_norm")?,
		alpha_regret: section.decimal("alpha_regret")?,
		merit_sortition_alpha: section.decimal("merit_sortition_alpha")?,
	})
}

/// A file with its preset.
struct File {
	section: Section,
	slot_ms: u64,
}

impl File {
	fn parameters(&self) -> Result<TopicParameters> {
		let section = &self.section;
		let bytes = |key: &str| -> Result<Vec<u8>> {
			Ok(section.text(key)?.with_context(|| section.missing(key))?.into_bytes())
		};
		let labels = section.strings("labels")?.with_context(|| section.missing("labels"))?;
		let epoch_length =
			self.slots("epoch_length")?.with_context(|| section.missing("epoch_length"))?;
		let worker_window = self.slots("worker_window")?.unwrap_or(epoch_length / 3);
		let reveal_window = self
			.slots("reveal_window")?
			.unwrap_or_else(|| TopicParameters::common_reveal_window(epoch_length, worker_window));
		Ok(TopicParameters {
			metadata: bytes("metadata")?,
			loss_method: self.loss_method()?,
			loss_floor: self.number("loss_floor")?,
			ground_truth: bytes("ground_truth")?,
			labels: labels.into_iter().map(String::into_bytes).collect(),
			unity_tolerance: section.decimal("unity_tolerance")?,
			label_default: self.number("label_default")?,
			cadence: self.one_of("cadence", CADENCES)?,
			epoch_length,
			phase: self.slots("phase")?,
			worker_window,
			reveal_window,
			ground_truth_lag: self.slots("ground_truth_lag")?.unwrap_or(epoch_length),
			rule: self.rule()?,
			p_norm: self.number("p_norm")?,
			c_norm: self.number("c_norm")?,
			alpha_regret: self.number("alpha_regret")?,
			merit_sortition_alpha: self.number("merit_sortition_alpha")?,
			epsilon: self.number("epsilon")?,
			scale_rule: self.one_of("scale_rule", SCALE_RULES)?,
			inferer_quantile: self.number("inferer_quantile")?,
			forecaster_quantile: self.number("forecaster_quantile")?,
			max_inferers: self.whole("max_inferers")?,
			max_forecasters: self.whole("max_forecasters")?,
			max_reputers: self.whole("max_reputers")?,
			min_reputers: self.whole("min_reputers")?,
			min_stake: section.allo("min_stake")?.with_context(|| section.missing("min_stake"))?,
			history: self.whole("history")?,
		})
	}

	fn rule(&self) -> Result<Rule> {
		self.one_of("rule", RULES)
	}

	fn number(&self, key: &str) -> Result<i128> {
		self.section.decimal(key)?.with_context(|| self.section.missing(key))
	}

	fn whole(&self, key: &str) -> Result<u32> {
		let value = self.section.whole(key)?.with_context(|| self.section.missing(key))?;
		u32::try_from(value).with_context(|| self.section.wrong(key, "a small number"))
	}

	/// A value with a name.
	fn one_of<T: Copy>(&self, key: &str, names: &[(&str, T)]) -> Result<T> {
		let text = self.section.text(key)?.with_context(|| self.section.missing(key))?;
		let found = names.iter().find(|(name, _)| *name == text).map(|(_, value)| *value);
		found.with_context(|| {
			let names: Vec<_> = names.iter().map(|(name, _)| format!("{name:?}")).collect();
			self.section.wrong(key, &names.join(" or "))
		})
	}

	/// A time in slots.
	fn slots(&self, key: &str) -> Result<Option<u32>> {
		let expected = "a whole number of slots, or a time such as \"90 s\", \"10 min\" or \"1 h\"";
		let wrong = || self.section.wrong(key, expected);
		let slots = match self.section.table.get(key) {
			None => return Ok(None),
			Some(Value::Integer(slots)) => u64::try_from(*slots).ok().with_context(wrong)?,
			Some(Value::String(text)) => {
				let text = text.trim();
				let end = text.find(|c: char| !c.is_ascii_digit()).with_context(wrong)?;
				let (count, unit) = text.split_at(end);
				let seconds: u64 = match unit.trim() {
					"s" | "sec" => 1,
					"m" | "min" => 60,
					"h" => 3_600,
					"d" => 86_400,
					_ => bail!(wrong()),
				};
				let ms =
					count.parse::<u64>().ok().and_then(|count| count.checked_mul(seconds * 1_000));
				let ms = ms.with_context(wrong)?;
				let slot = self.slot_ms.max(1);
				ensure!(
					ms % slot == 0,
					"`{key}` is not a whole number of slots, which are {} s long",
					slot as f64 / 1_000.0
				);
				ms / slot
			}
			Some(_) => bail!(wrong()),
		};
		Ok(Some(u32::try_from(slots).ok().with_context(wrong)?))
	}

	/// The loss: a name, or a table of a name and its parameter.
	fn loss_method(&self) -> Result<TopicLoss> {
		let forms = "huber = 1.5, pinball = [0.1, 0.9], czar = 0.5 or custom = \"name\"";
		let wrong = || {
			let names: Vec<_> = LOSSES.iter().map(|(name, _)| *name).collect();
			let expected = format!("one of {}, or {{ {forms} }}", names.join(", "));
			self.section.wrong("loss_method", &expected)
		};
		let number = |value: &Value| value.as_float().or(value.as_integer().map(|it| it as f64));
		let fixed = |value: &Value| to_fixed(number(value).with_context(wrong)?);
		let value = self.section.table.get("loss_method");
		let value = value.with_context(|| self.section.missing("loss_method"))?;
		if let Some(text) = value.as_str() {
			let found = LOSSES.iter().find(|(name, _)| *name == text);
			return Ok(found.with_context(wrong)?.1.clone());
		}
		let table = value.as_table().filter(|table| table.len() == 1).with_context(wrong)?;
		let (name, value) = table.iter().next().with_context(wrong)?;
		Ok(match (name.as_str(), value) {
			("huber", value) => TopicLoss::Huber { delta: fixed(value)? },
			("czar", value) => TopicLoss::Czar { alpha: fixed(value)? },
			("pinball", Value::Array(levels)) => {
				TopicLoss::Pinball { levels: levels.iter().map(fixed).collect::<Result<_>>()? }
			}
			("custom", Value::String(name)) => TopicLoss::Custom(name.clone().into_bytes()),
			_ => bail!(wrong()),
		})
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::chain::ALLO;

	/// Slots of two seconds.
	const SLOT: u64 = 2_000;
	const HEAD: &str = "metadata = \"a\"\nground_truth = \"b\"\nepoch_length = \"1 min\"\n";

	#[test]
	fn template_of_each_preset_is_a_file_that_is_accepted() {
		for preset in PRESETS {
			let text = template(preset.name).unwrap();
			let parameters = parse(&text, SLOT).unwrap();
			assert_eq!(parameters.metadata, preset.example.as_bytes());
			// An hour has 1800 slots, and a third of it is to predict and a third to reveal.
			assert_eq!((parameters.epoch_length, parameters.worker_window), (1_800, 600));
			assert_eq!((parameters.reveal_window, parameters.ground_truth_lag), (600, 1_800));
			// With the preset's values in force, it is the same.
			let (head, values) = text.split_once("\n\n").unwrap();
			let values = values.lines().skip(1).filter(|line| line.contains(" = "));
			let values: Vec<_> = values.map(|line| line.trim_start_matches("# ")).collect();
			let explicit = format!("{}\n{}", head.replace("preset", "# preset"), values.join("\n"));
			assert_eq!(parse(&explicit, SLOT).unwrap(), parameters, "{explicit}");
		}
	}

	#[test]
	fn keys_are_the_names_of_the_parameters() {
		let parameters = parse(&format!("{HEAD}preset = \"price\"\n"), SLOT).unwrap();
		let named = serde_json::to_value(parameters).unwrap();
		let mut names: Vec<_> = named.as_object().unwrap().keys().map(String::as_str).collect();
		names.push("preset");
		let mut keys = KEYS.to_vec();
		names.sort_unstable();
		keys.sort_unstable();
		assert_eq!(keys, names);
	}

	#[test]
	fn values_are_those_of_json() {
		fn check<T: serde::Serialize>(names: &[(&str, T)]) {
			for (name, value) in names {
				assert_eq!(serde_json::to_value(value).unwrap(), *name);
			}
		}
		check(LOSSES);
		check(CADENCES);
		check(RULES);
		check(SCALE_RULES);
	}

	#[test]
	fn values_of_the_file_replace_those_of_the_preset() {
		let text = format!(
			"{HEAD}preset = \"price\"\nloss_method = {{ huber = 1.5 }}\nmin_stake = 100\nworker_window = 9\n"
		);
		let parameters = parse(&text, SLOT).unwrap();
		assert_eq!(parameters.loss_method, TopicLoss::Huber { delta: to_fixed(1.5).unwrap() });
		assert_eq!(parameters.min_stake, 100 * ALLO);
		assert_eq!((parameters.epoch_length, parameters.worker_window), (30, 9));
		assert_eq!(parameters.reveal_window, 9);
	}

	#[test]
	fn changes_are_those_of_the_file() {
		let update =
			parse_update("loss_floor = 0.01\nrule = \"regret\"\nloss_method = \"absolute\"\n")
				.unwrap();
		let expected = TopicUpdate {
			loss_method: Some(TopicLoss::Absolute),
			loss_floor: Some(to_fixed(0.01).unwrap()),
			rule: Some(Rule::Regret),
			..Default::default()
		};
		assert_eq!(update, expected);
		let before = parse(&format!("{HEAD}preset = \"price\"\n"), SLOT).unwrap();
		let after = update.applied(&before);
		assert_eq!((after.rule, after.loss_floor), (Rule::Regret, to_fixed(0.01).unwrap()));
		assert_eq!((after.metadata, after.p_norm), (before.metadata, before.p_norm));
		for (text, reason) in [
			(
				"epoch_length = 30",
				"`epoch_length` can never be changed; only metadata, loss_method,",
			),
			("loss = 1", "unknown key `loss`; did you mean `loss_method` or `loss_floor`?"),
			("", "the file changes nothing"),
		] {
			let error = parse_update(text).unwrap_err().to_string();
			assert!(error.starts_with(reason), "{error}");
		}
	}

	#[test]
	fn errors_say_what_is_wrong() {
		for (line, reason) in [
			("preset = \"prise\"", "there is no preset \"prise\"; did you mean \"price\"?"),
			("lable = 1", "unknown key `lable`; did you mean `labels`?"),
			("epoch = 30", "unknown key `epoch`; did you mean `epoch_length`?"),
			("loss = 1", "unknown key `loss`; did you mean `loss_method` or `loss_floor`?"),
			(
				"preset = \"price\"\nphase = \"3 s\"",
				"`phase` is not a whole number of slots, which are 2 s long",
			),
			(
				"preset = \"price\"\nphase = \"soon\"",
				"`phase` in the file is not a whole number of slots",
			),
			(
				"preset = \"price\"\nloss_method = \"cubed\"",
				"`loss_method` in the file is not one of squared, absolute",
			),
			(
				"preset = \"price\"\nrule = \"best\"",
				"`rule` in the file is not \"mixture\" or \"regret\"",
			),
			("", "the file has no `labels`"),
		] {
			let error = parse(&format!("{HEAD}{line}\n"), SLOT).unwrap_err().to_string();
			assert!(error.starts_with(reason), "{error}");
		}
	}
}
