//! The lines that `run` prints: one per phase, plain or as JSON.

use crate::chain::{
	address,
	types::{AccountId, TopicId},
};
use chrono::DateTime;
use std::{
	io::{stderr, stdout, Write},
	time::{SystemTime, UNIX_EPOCH},
};

/// Where lines go.
pub struct Log {
	json: bool,
	to_stderr: bool,
	#[cfg(test)]
	recorded: Option<std::sync::Mutex<Vec<String>>>,
}

impl Log {
	/// Prints to the standard output.
	pub fn new(json: bool) -> Self {
		Self {
			json,
			to_stderr: false,
			#[cfg(test)]
			recorded: None,
		}
	}

	/// Prints to the standard error, for a process whose output is read by a program.
	pub fn on_stderr() -> Self {
		Self { to_stderr: true, ..Self::new(false) }
	}

	/// Prints a line about something, such as `model price` or `topic 1 worker 5Grwva`.
	pub fn line(&self, about: &str, text: &str) {
		let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
		let now = i64::try_from(now.as_millis()).ok().and_then(DateTime::from_timestamp_millis);
		let now = now.unwrap_or_default();
		let line = if self.json {
			let time = now.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string();
			serde_json::json!({ "time": time, "about": about, "text": text }).to_string()
		} else {
			format!("{} {about}: {text}", now.format("%H:%M:%S"))
		};
		#[cfg(test)]
		if let Some(lines) = &self.recorded {
			lines.lock().unwrap().push(line);
			return;
		}
		// A line that cannot be written, to a full disk or to a reader that is gone, is no reason to stop.
		let _ = if self.to_stderr {
			writeln!(stderr(), "{line}")
		} else {
			writeln!(stdout(), "{line}")
		};
	}
}

/// The name of a role in lines, such as `topic 1 worker 5Grwva`.
pub fn role(topic: TopicId, role: &str, who: &AccountId) -> String {
	format!("topic {topic} {role} {}", short(who))
}

/// The beginning of an address.
pub fn short(who: &AccountId) -> String {
	let mut address = address(who);
	address.truncate(6);
	address
}

#[cfg(test)]
pub(super) mod tests {
	use super::*;
	use std::sync::Arc;

	/// A log that keeps its lines.
	pub fn recorded() -> Arc<Log> {
		Arc::new(Log { json: false, to_stderr: false, recorded: Some(Default::default()) })
	}

	impl Log {
		/// The lines so far.
		pub fn lines(&self) -> Vec<String> {
			self.recorded.as_ref().unwrap().lock().unwrap().clone()
		}
	}

	#[test]
	fn lines_say_when_and_about_what() {
		let log = recorded();
		log.line(&role(1, "worker", &[1; 32]), "registered");
		let line = log.lines().concat();
		let (time, text) = line.split_once(' ').unwrap();
		assert_eq!(time.len(), "12:34:56".len());
		assert_eq!(text, format!("topic 1 worker {}: registered", short(&[1; 32])));
	}
}
