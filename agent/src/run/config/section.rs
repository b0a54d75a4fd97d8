//! Tables of the settings, and errors that say where something is wrong.

use crate::chain::{fixed_from_text, planck_from_text};
use anyhow::{anyhow, bail, ensure, Context, Result};
use std::{collections::BTreeMap, time::Duration};
use toml::{Table, Value};

/// Maximum length of a number in the file.
const MAX_NUMBER: usize = 60;

/// The tables of a file; an error in one sentence if it is no TOML.
pub fn tables(text: &str) -> Result<Table> {
	toml::from_str(text).map_err(|error| {
		let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
		let line = before.matches('\n').count() + 1;
		let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
		let reason = error.message().lines().collect::<Vec<_>>().join(", ");
		anyhow!("line {line}, column {column}: {reason}")
	})
}

/// The known word that is nearest to another one, `None` if none is near.
pub fn nearest<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
	let scored = known.map(|other| (strsim::jaro_winkler(word, other), other));
	let best = scored.max_by(|one, other| one.0.total_cmp(&other.0))?;
	(best.0 > 0.7).then_some(best.1)
}

/// An error that names the nearest known keys, if a table has an unknown one: those that begin with the
/// whole word, or else one that is spelled almost like it.
pub fn check_keys(of: &str, table: &Table, known: &[&str]) -> Result<()> {
	for key in table.keys() {
		if !known.contains(&key.as_str()) {
			let place = if of.is_empty() { String::new() } else { format!(" in {of}") };
			let longer = |other: &&str| {
				other.strip_prefix(key.as_str()).is_some_and(|rest| rest.starts_with('_'))
			};
			let mut near: Vec<_> = known.iter().copied().filter(longer).collect();
			if near.is_empty() {
				near.extend(nearest(key, known.iter().copied()));
			}
			ensure!(!near.is_empty(), "unknown key `{key}`{place}; known are {}", known.join(", "));
			bail!("unknown key `{key}`{place}; did you mean `{}`?", near.join("` or `"));
		}
	}
	Ok(())
}

/// The entries of a table of tables.
pub fn named<T>(
	table: &Table,
	name: &str,
	read: impl Fn(&Section) -> Result<T>,
	known: &[&str],
) -> Result<BTreeMap<String, T>> {
	let mut entries = BTreeMap::new();
	for (key, value) in Section::of(table, name, &[])?.table {
		let place = format!("[{name}.{key}]");
		let Value::Table(table) = value else {
			bail!("`{key}` in [{name}] is not a table: write {place}")
		};
		check_keys(&place, &table, known)?;
		entries.insert(key, read(&Section { place, table })?);
	}
	Ok(entries)
}

/// The entries of a list of tables.
pub fn list<T>(
	table: &Table,
	name: &str,
	read: impl Fn(&Section) -> Result<T>,
	known: &[&str],
) -> Result<Vec<T>> {
	let entries = match table.get(name) {
		None => return Ok(Vec::new()),
		Some(Value::Array(entries)) => entries,
		Some(_) => bail!("[{name}] is one table: write [[{name}]], since there may be several"),
	};
	let entries = entries.iter().enumerate().map(|(at, entry)| {
		let place = format!("[[{name}]] number {}", at + 1);
		let table = entry.as_table().with_context(|| format!("{place} is not a table"))?;
		check_keys(&place, table, known)?;
		read(&Section { place, table: table.clone() })
	});
	entries.collect()
}

/// A table of the file and its place, for errors.
pub struct Section {
	/// The place.
	pub place: String,
	/// The table.
	pub table: Table,
}

impl Section {
	/// A table of a table, empty if there is none; any key is allowed if none is known.
	pub fn of(table: &Table, name: &str, known: &[&str]) -> Result<Self> {
		let place = format!("[{name}]");
		let inner = match table.get(name) {
			None => Table::new(),
			Some(Value::Table(inner)) => inner.clone(),
			Some(_) => bail!("`{name}` is not a table: write {place}"),
		};
		if !known.is_empty() {
			check_keys(&place, &inner, known)?;
		}
		Ok(Self { place, table: inner })
	}

	/// The error for a value of another form.
	pub fn wrong(&self, key: &str, expected: &str) -> String {
		format!("`{key}` in {} is not {expected}", self.place)
	}

	/// The error for a value that is not there.
	pub fn missing(&self, key: &str) -> String {
		format!("{} has no `{key}`", self.place)
	}

	/// A text.
	pub fn text(&self, key: &str) -> Result<Option<String>> {
		let Some(value) = self.table.get(key) else { return Ok(None) };
		let text = value.as_str().with_context(|| self.wrong(key, "a text in quotes"))?;
		Ok(Some(text.into()))
	}

	/// A list of texts.
	pub fn strings(&self, key: &str) -> Result<Option<Vec<String>>> {
		let Some(value) = self.table.get(key) else { return Ok(None) };
		let expected = || self.wrong(key, "a list of texts, such as [\"a\", \"b\"]");
		let values = value.as_array().with_context(expected)?;
		let texts = values.iter().map(|value| Some(value.as_str()?.to_owned()));
		Ok(Some(texts.collect::<Option<_>>().with_context(expected)?))
	}

	/// A whole number of at least 0.
	pub fn whole(&self, key: &str) -> Result<Option<u64>> {
		let Some(value) = self.table.get(key) else { return Ok(None) };
		let whole = value.as_integer().and_then(|value| u64::try_from(value).ok());
		Ok(Some(whole.with_context(|| self.wrong(key, "a whole number of at least 0"))?))
	}

	/// True or false; false if it is not there.
	pub fn flag(&self, key: &str) -> Result<bool> {
		let Some(value) = self.table.get(key) else { return Ok(false) };
		value.as_bool().with_context(|| self.wrong(key, "true or false"))
	}

	/// The text of a number, which may be in quotes.
	fn number(&self, key: &str) -> Result<Option<String>> {
		let Some(value) = self.table.get(key) else { return Ok(None) };
		let text = match value {
			Value::String(text) => text.clone(),
			Value::Integer(_) | Value::Float(_) => value.to_string(),
			_ => bail!(self.wrong(key, "a number")),
		};
		ensure!(text.len() <= MAX_NUMBER, self.wrong(key, "a number of reasonable size"));
		Ok(Some(text))
	}

	/// A number, or a text of one.
	pub fn decimal(&self, key: &str) -> Result<Option<i128>> {
		let Some(text) = self.number(key)? else { return Ok(None) };
		Ok(Some(fixed_from_text(&text).with_context(|| self.wrong(key, "a number"))?))
	}

	/// An amount of ALLO, in planck.
	pub fn allo(&self, key: &str) -> Result<Option<u128>> {
		let Some(text) = self.number(key)? else { return Ok(None) };
		let amount = planck_from_text(&text);
		Ok(Some(amount.with_context(|| self.wrong(key, "an amount of at least 0 ALLO"))?))
	}

	/// A number of seconds.
	pub fn seconds(&self, key: &str) -> Result<Option<Duration>> {
		let Some(seconds) = self.decimal(key)? else { return Ok(None) };
		let nanoseconds = u64::try_from(seconds / 1_000_000_000).ok();
		let nanoseconds =
			nanoseconds.with_context(|| self.wrong(key, "a number of at least 0 seconds"))?;
		Ok(Some(Duration::from_nanos(nanoseconds)))
	}
}
