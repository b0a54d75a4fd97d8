//! Models by pipe: a program that reads requests from its standard input and writes responses to its
//! standard output, JSON-RPC 2.0 with one object per line.

use super::{shown, shown_text, Method, ModelError, Request, PROTOCOL};
use crate::run::log::Log;
use serde_json::{json, Value};
use std::{
	collections::BTreeSet,
	path::{Path, PathBuf},
	process::Stdio,
	sync::{
		atomic::{AtomicU64, Ordering},
		Arc,
	},
	time::Duration,
};
use tokio::{
	io::{AsyncBufRead, AsyncBufReadExt, AsyncWriteExt, BufReader},
	process::{Child, ChildStdin, Command},
	sync::{mpsc, Mutex},
	time::{timeout_at, Instant},
};

/// The longest time between two starts of a program that keeps failing.
const MAX_BACK_OFF: Duration = Duration::from_secs(60);
/// The time that a program has to end by itself once its standard input is closed.
const GRACE: Duration = Duration::from_secs(2);
/// Maximum length of a line of a program's standard error that is shown, in bytes.
const MAX_REMARK: usize = 400;
/// Number of lines that may wait to be read.
const QUEUE: usize = 16;

/// A program that is a model. It is started when it is first asked, and again after it has failed.
pub struct Pipe {
	name: String,
	command: Vec<String>,
	folder: PathBuf,
	max_bytes: usize,
	log: Arc<Log>,
	state: Mutex<State>,
	late: AtomicU64,
}

#[derive(Default)]
struct State {
	running: Option<Running>,
	/// The number of failures since the last response.
	failures: u32,
	/// When the program may be started again.
	not_before: Option<Instant>,
	next_id: u64,
}

/// A running program; dropping it kills the process.
struct Running {
	child: Child,
	input: ChildStdin,
	lines: mpsc::Receiver<Line>,
	/// The requests whose deadlines have passed without a response.
	owed: BTreeSet<u64>,
}

/// What a program has written.
enum Line {
	Text(Vec<u8>),
	TooLong,
}

impl Pipe {
	/// A program that runs in a folder.
	pub fn new(
		name: &str,
		command: &[String],
		folder: &Path,
		max_bytes: usize,
		log: &Arc<Log>,
	) -> Self {
		Self {
			name: name.into(),
			command: command.into(),
			folder: folder.into(),
			max_bytes,
			log: log.clone(),
			state: Mutex::default(),
			late: AtomicU64::new(0),
		}
	}

	/// The number of responses that came after their deadline.
	pub fn late_responses(&self) -> u64 {
		self.late.load(Ordering::Relaxed)
	}

	/// Asks the program, which handles one request after another.
	pub async fn ask(
		&self,
		method: Method,
		request: &Request,
		deadline: Instant,
	) -> Result<Value, ModelError> {
		let started = Instant::now();
		let late = |_| ModelError::Late(started.elapsed());
		let mut state = timeout_at(deadline, self.state.lock()).await.map_err(late)?;
		self.drop_hung(&mut state).await;
		if state.running.is_none() {
			self.start(&mut state, deadline).await?;
		}
		let left = deadline.saturating_duration_since(Instant::now());
		let params = request.json(method, left);
		let response = self.call(&mut state, method.name(), params, deadline).await;
		match &response {
			Ok(_) => (state.failures, state.not_before) = (0, None),
			Err(ModelError::Crashed(_) | ModelError::Oversize(_)) => self.fail(&mut state),
			Err(_) => (),
		}
		response
	}

	/// Ends the program: it is asked to by the end of its input, and killed if it does not. One that
	/// still works on a request is killed with this process.
	pub async fn stop(&self) {
		let Ok(mut state) = tokio::time::timeout(GRACE, self.state.lock()).await else { return };
		if let Some(Running { mut child, input, .. }) = state.running.take() {
			drop(input);
			if tokio::time::timeout(GRACE, child.wait()).await.is_err() {
				let _ = child.kill().await;
			}
		}
	}

	/// Kills the program if it still owes a response whose deadline has passed: it hangs.
	async fn drop_hung(&self, state: &mut State) {
		let Some(running) = &mut state.running else { return };
		while let Ok(line) = running.lines.try_recv() {
			if let Line::Text(line) = line {
				self.forgive(&mut running.owed, &line);
			}
		}
		if running.owed.is_empty() {
			return;
		}
		if let Some(mut running) = state.running.take() {
			let _ = running.child.kill().await;
		}
		self.log.line(&format!("model {}", self.name), "hangs: restarted");
		self.fail(state);
		state.not_before = None;
	}

	/// Notes that a late response has come; whether the line is one.
	fn forgive(&self, owed: &mut BTreeSet<u64>, line: &[u8]) -> bool {
		let response: Option<Value> = serde_json::from_slice(line).ok();
		let id = response.and_then(|response| response.get("id")?.as_u64());
		let is_late = id.is_some_and(|id| owed.remove(&id));
		if is_late {
			self.late.fetch_add(1, Ordering::Relaxed);
		}
		is_late
	}

	/// Prints a line about the program.
	fn remark(&self, text: &str) {
		self.log.line(&format!("model {}", self.name), text);
	}

	/// Forgets the program, and sets the time of its next start.
	fn fail(&self, state: &mut State) {
		state.running = None;
		state.failures = state.failures.saturating_add(1);
		let wait = Duration::from_secs(1 << (state.failures - 1).min(6)).min(MAX_BACK_OFF);
		state.not_before = Some(Instant::now() + wait);
	}

	/// Starts the program and exchanges versions with it.
	async fn start(&self, state: &mut State, deadline: Instant) -> Result<(), ModelError> {
		let now = Instant::now();
		if let Some(time) = state.not_before.filter(|time| *time > now) {
			// If the deadline is too close for the whole pause, the program has the second half of the time.
			let half = now + deadline.saturating_duration_since(now) / 2;
			tokio::time::sleep_until(time.min(half)).await;
		}
		match self.spawn() {
			Ok(running) => (state.running, state.next_id) = (Some(running), 0),
			Err(error) => {
				self.fail(state);
				let command = self.command.join(" ");
				return Err(ModelError::Crashed(format!("cannot start `{command}`: {error}")));
			}
		}
		let agent = env!("CARGO_PKG_VERSION");
		let params = json!({ "protocol": PROTOCOL, "agent": agent, "model": self.name });
		let greeted = self.call(state, "initialize", params, deadline).await;
		let refused = match greeted {
			Ok(response) if response.get("protocol").and_then(Value::as_u64) == Some(PROTOCOL) => {
				return Ok(())
			}
			Ok(response) => ModelError::Schema(format!(
				"the response to `initialize` is {}, and has to have \"protocol\": {PROTOCOL}",
				shown(&response)
			)),
			Err(error) => error,
		};
		self.fail(state);
		Err(refused)
	}

	fn spawn(&self) -> std::io::Result<Running> {
		let [program, arguments @ ..] = &self.command[..] else {
			return Err(std::io::Error::other("the command is empty"));
		};
		let mut command = Command::new(program);
		command
			.args(arguments)
			.current_dir(&self.folder)
			.stdin(Stdio::piped())
			.stdout(Stdio::piped())
			.stderr(Stdio::piped())
			.kill_on_drop(true);
		// An interrupt is for the agent, which then ends the model.
		#[cfg(unix)]
		command.process_group(0);
		let mut child = command.spawn()?;
		let missing = || std::io::Error::other("it has no pipe");
		let input = child.stdin.take().ok_or_else(missing)?;
		let output = child.stdout.take().ok_or_else(missing)?;
		let remarks = child.stderr.take().ok_or_else(missing)?;
		let (sender, lines) = mpsc::channel(QUEUE);
		let max_bytes = self.max_bytes;
		tokio::spawn(async move {
			let mut output = BufReader::new(output);
			while let Ok(Some(line)) = read_line(&mut output, max_bytes, false).await {
				let is_last = matches!(line, Line::TooLong);
				if sender.send(line).await.is_err() || is_last {
					break;
				}
			}
		});
		let (log, scope) = (self.log.clone(), format!("model {}", self.name));
		tokio::spawn(async move {
			let mut remarks = BufReader::new(remarks);
			while let Ok(Some(line)) = read_line(&mut remarks, MAX_REMARK, true).await {
				if let Line::Text(text) = line {
					log.line(&scope, &String::from_utf8_lossy(&text));
				}
			}
		});
		Ok(Running { child, input, lines, owed: BTreeSet::new() })
	}

	/// Sends a request and waits for its response.
	async fn call(
		&self,
		state: &mut State,
		method: &str,
		params: Value,
		deadline: Instant,
	) -> Result<Value, ModelError> {
		let started = Instant::now();
		let late = |_| ModelError::Late(started.elapsed());
		state.next_id += 1;
		let id = state.next_id;
		let Some(running) = &mut state.running else {
			return Err(ModelError::Crashed("it does not run".into()));
		};
		let request = json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params });
		let text = format!("{request}\n");
		running.owed.insert(id);
		let written = timeout_at(deadline, async {
			running.input.write_all(text.as_bytes()).await?;
			running.input.flush().await
		});
		if written.await.map_err(late)?.is_err() {
			return Err(ModelError::Crashed(ending(&mut running.child).await));
		}
		loop {
			let line = match timeout_at(deadline, running.lines.recv()).await.map_err(late)? {
				Some(Line::Text(line)) => line,
				Some(Line::TooLong) => return Err(ModelError::Oversize(self.max_bytes)),
				None => return Err(ModelError::Crashed(ending(&mut running.child).await)),
			};
			let response = match serde_json::from_slice::<Value>(&line) {
				Ok(response) => response,
				Err(error) => {
					let text = String::from_utf8_lossy(&line);
					if is_meant_for(id, &text) {
						running.owed.remove(&id);
						return Err(ModelError::Schema(no_json(&text, &error)));
					}
					let text = shown_text(&text);
					let remark =
						"is no JSON: the standard output is for responses, print to standard error";
					self.remark(&format!("{text:?} {remark}"));
					continue;
				}
			};
			if response.get("id").and_then(Value::as_u64) != Some(id) {
				if !self.forgive(&mut running.owed, &line) {
					let shown = shown(&response);
					self.remark(&format!("{shown} is no response: the request has the id {id}"));
				}
				continue;
			}
			running.owed.remove(&id);
			if let Some(error) = response.get("error").filter(|error| !error.is_null()) {
				let message = error.get("message").and_then(Value::as_str);
				let message = message.map_or_else(|| shown(error), shown_text);
				return Err(ModelError::Failed(message));
			}
			return response.get("result").cloned().ok_or_else(|| {
				ModelError::Schema(format!("{} has neither result nor error", shown(&response)))
			});
		}
	}
}

/// Whether a line that is no JSON is meant as the response to the request of this id.
fn is_meant_for(id: u64, line: &str) -> bool {
	let dense: String = line.chars().filter(|char| !char.is_whitespace()).collect();
	let named = format!("\"id\":{id}");
	dense.contains("\"jsonrpc\"")
		&& [",", "}"].iter().any(|end| dense.contains(&(named.clone() + end)))
}

/// Why a response is no JSON.
fn no_json(line: &str, error: &serde_json::Error) -> String {
	if line.contains("NaN") || line.contains("Infinity") {
		return "the response is no JSON, which has no NaN and no Infinity".into();
	}
	format!("the response is no JSON: {error}")
}

/// How a program has ended.
async fn ending(child: &mut Child) -> String {
	match tokio::time::timeout(GRACE, child.wait()).await {
		Ok(Ok(status)) => format!("it ended ({status})"),
		_ => "it closed its output".into(),
	}
}

/// Reads a line of at most `max` bytes without its end, `None` at the end of the input. The rest of a
/// longer line is skipped if it is to be cut, and is an error for the caller otherwise.
async fn read_line(
	from: &mut (impl AsyncBufRead + Unpin),
	max: usize,
	cut: bool,
) -> std::io::Result<Option<Line>> {
	let mut line = Vec::new();
	loop {
		let buffer = from.fill_buf().await?;
		if buffer.is_empty() {
			return Ok((!line.is_empty()).then_some(Line::Text(line)));
		}
		let (part, ends) = match buffer.iter().position(|byte| *byte == b'\n') {
			Some(at) => (buffer.get(..at).unwrap_or_default(), true),
			None => (buffer, false),
		};
		let room = max.saturating_sub(line.len());
		if part.len() > room && !cut {
			return Ok(Some(Line::TooLong));
		}
		line.extend_from_slice(part.get(..room.min(part.len())).unwrap_or_default());
		let used = part.len() + usize::from(ends);
		from.consume(used);
		if ends {
			return Ok(Some(Line::Text(line)));
		}
	}
}

#[cfg(test)]
mod tests {
	use super::{super::tests::request, *};
	use crate::run::log::tests::recorded;

	/// A model that replies to the greeting, and then runs these lines of a shell for each request, with
	/// its id in `$id`.
	fn model(lines: &str) -> (Pipe, Arc<Log>) {
		let greeting = r#"read -r line; echo '{"jsonrpc":"2.0","id":1,"result":{"protocol":1}}'"#;
		let id = r#"id=${line#*\"id\":}; id=${id%%,*}"#;
		raw(&format!("{greeting}\nwhile read -r line; do\n{id}\n{lines}\ndone"))
	}

	fn raw(script: &str) -> (Pipe, Arc<Log>) {
		let log = recorded();
		let command = ["sh", "-c", script].map(String::from);
		(Pipe::new("fake", &command, Path::new("."), 1_000, &log), log)
	}

	const GOOD: &str = r#"echo "{\"jsonrpc\":\"2.0\",\"id\":$id,\"result\":{\"values\":[1]}}""#;

	/// Asks with so much time that a busy machine needs less.
	async fn ask(pipe: &Pipe) -> Result<Value, ModelError> {
		ask_within(pipe, Duration::from_secs(60)).await
	}

	/// Waits until something holds that happens in another process.
	async fn until(holds: impl Fn() -> bool) {
		while !holds() {
			tokio::time::sleep(Duration::from_millis(10)).await;
		}
	}

	async fn ask_within(pipe: &Pipe, time: Duration) -> Result<Value, ModelError> {
		pipe.ask(Method::Predict, &request(), Instant::now() + time).await
	}

	#[tokio::test]
	async fn response_is_returned_and_the_program_is_kept() {
		let (pipe, _) = model(&format!("count=$((count+1)); {GOOD}"));
		for _ in 0..3 {
			assert_eq!(ask(&pipe).await.unwrap(), json!({ "values": [1] }));
		}
		assert_eq!(pipe.state.lock().await.next_id, 4);
		pipe.stop().await;
	}

	#[tokio::test]
	async fn request_has_all_that_a_model_needs() {
		let echo = r#"echo "{\"jsonrpc\":\"2.0\",\"id\":$id,\"result\":$line}""#;
		let (pipe, _) = model(echo);
		let request = ask(&pipe).await.unwrap();
		assert_eq!(request["method"], "predict");
		let params = &request["params"];
		assert_eq!(params["topic"], 7);
		assert_eq!(params["epoch"], 1_000);
		assert_eq!(params["block"], 55);
		assert_eq!(params["labels"], json!(["up", "down"]));
		// No digit is lost.
		assert_eq!(params["history"][0]["truth"].to_string(), "[1.000000000000000001,0]");
		assert!(params["deadline_ms"].as_u64().is_some_and(|left| (1..=60_000).contains(&left)));
	}

	#[tokio::test]
	async fn late_response_is_dropped_and_counted() {
		let folder = tempfile::tempdir().unwrap();
		let go = folder.path().join("go").display().to_string();
		// It responds to the first request, and to the second one once it may.
		let wait = format!("while [ ! -e {go} ]; do sleep 0.01; done");
		let (pipe, _) = model(&format!("[ $id != 3 ] || {wait}\n{GOOD}"));
		assert_eq!(ask(&pipe).await.unwrap(), json!({ "values": [1] }));
		let error = ask_within(&pipe, Duration::from_millis(100)).await.unwrap_err();
		assert_eq!(error.name(), "late");
		std::fs::write(&go, "").unwrap();
		while pipe.state.lock().await.running.as_ref().unwrap().lines.is_empty() {
			tokio::time::sleep(Duration::from_millis(10)).await;
		}
		assert_eq!(ask(&pipe).await.unwrap(), json!({ "values": [1] }));
		assert_eq!(pipe.late_responses(), 1);
		// It was not restarted: the greeting, the first request, the late one and this one.
		assert_eq!(pipe.state.lock().await.next_id, 4);
	}

	#[tokio::test]
	async fn program_that_hangs_is_restarted_when_it_is_asked_again() {
		let folder = tempfile::tempdir().unwrap();
		let mark = folder.path().join("hung").display().to_string();
		let hang = format!("[ $id != 3 ] || [ -e {mark} ] || {{ touch {mark}; sleep 600; }}");
		let (pipe, log) = model(&format!("{hang}\n{GOOD}"));
		assert_eq!(ask(&pipe).await.unwrap(), json!({ "values": [1] }));
		assert_eq!(ask_within(&pipe, Duration::from_millis(100)).await.unwrap_err().name(), "late");
		until(|| std::path::Path::new(&mark).exists()).await;
		assert_eq!(ask(&pipe).await.unwrap(), json!({ "values": [1] }));
		assert!(log.lines().iter().any(|line| line.contains("hangs: restarted")));
	}

	#[tokio::test]
	async fn program_that_crashes_is_restarted_after_a_while() {
		let folder = tempfile::tempdir().unwrap();
		let mark = folder.path().join("crashed").display().to_string();
		let (pipe, _) = model(&format!("[ -e {mark} ] || {{ touch {mark}; exit 3; }}\n{GOOD}"));
		let started = Instant::now();
		let error = ask(&pipe).await.unwrap_err();
		assert_eq!(error, ModelError::Crashed("it ended (exit status: 3)".into()));
		assert_eq!(ask(&pipe).await.unwrap(), json!({ "values": [1] }));
		assert!(started.elapsed() >= Duration::from_secs(1));
		assert_eq!(pipe.state.lock().await.failures, 0);
	}

	#[tokio::test]
	async fn program_that_keeps_crashing_is_started_in_time_for_the_deadline() {
		let folder = tempfile::tempdir().unwrap();
		let mark = folder.path().join("starts").display().to_string();
		let (pipe, _) = raw(&format!("echo >> {mark}; exit 3"));
		for starts in 1..=5 {
			// The pause is 1, 2, 4 and 8 s by now; a program gets the second half of the time at least.
			let error = ask_within(&pipe, Duration::from_secs(4)).await.unwrap_err();
			assert_eq!(error.name(), "crashed");
			assert_eq!(std::fs::read_to_string(&mark).unwrap().lines().count(), starts);
		}
	}

	#[tokio::test]
	async fn failures_have_names() {
		let failed = r#"echo "{\"jsonrpc\":\"2.0\",\"id\":$id,\"error\":{\"code\":1,\"message\":\"no data\"}}""#;
		let long = r#"printf '%2000s\n' x"#;
		let no_result = r#"echo "{\"jsonrpc\":\"2.0\",\"id\":$id}""#;
		// As Python writes what is not a number.
		let nan = r#"echo "{\"jsonrpc\": \"2.0\", \"id\": $id, \"result\": {\"values\": [NaN]}}""#;
		let cut = r#"echo "{\"jsonrpc\":\"2.0\",\"id\":$id,""#;
		for (lines, error) in [
			(nan, "schema: the response is no JSON, which has no NaN and no Infinity"),
			(cut, "schema: the response is no JSON: EOF while parsing a value at line 1 column 24"),
			(failed, "failed: no data"),
			(long, "oversize: a response of more than 1000 bytes"),
			(no_result, "schema: {\"id\":2,\"jsonrpc\":\"2.0\"} has neither result nor error"),
		] {
			let (pipe, _) = model(lines);
			assert_eq!(ask(&pipe).await.unwrap_err().to_string(), error);
		}
		let (pipe, _) = raw(r#"read -r line; echo '{"id":1,"result":{"protocol":2}}'"#);
		let error = ask(&pipe).await.unwrap_err().to_string();
		assert!(error.starts_with("schema: the response to `initialize` is"), "{error}");
		let log = recorded();
		let pipe = Pipe::new("fake", &["/nowhere/model".into()], Path::new("."), 9, &log);
		let error = ask(&pipe).await.unwrap_err().to_string();
		assert!(error.starts_with("crashed: cannot start `/nowhere/model`"), "{error}");
	}

	#[tokio::test]
	async fn print_to_the_standard_output_is_passed_over_with_a_hint() {
		let (pipe, log) = model(&format!("echo 'epoch 1/10'; echo remark >&2; {GOOD}"));
		assert!(ask(&pipe).await.is_ok());
		let lines = log.lines().join("\n");
		assert!(lines.contains("\"epoch 1/10\" is no JSON"), "{lines}");
	}

	#[tokio::test]
	async fn response_to_another_request_is_passed_over_with_a_hint() {
		let (pipe, log) = model(&format!("echo '{{\"id\":77,\"result\":1}}'; {GOOD}"));
		assert!(ask(&pipe).await.is_ok());
		let lines = log.lines().join("\n");
		assert!(lines.contains("is no response: the request has the id 2"), "{lines}");
	}

	#[tokio::test]
	async fn program_that_does_not_read_cannot_block_the_agent() {
		let (pipe, _) = raw("sleep 600");
		assert_eq!(ask_within(&pipe, Duration::from_millis(300)).await.unwrap_err().name(), "late");
	}

	#[tokio::test]
	async fn failing_program_does_not_affect_another() {
		let (hung, _) = model("sleep 600");
		let (good, _) = model(GOOD);
		let late = ask_within(&hung, Duration::from_millis(700));
		let (late, response) = tokio::join!(late, ask(&good));
		assert_eq!(late.unwrap_err().name(), "late");
		assert_eq!(response.unwrap(), json!({ "values": [1] }));
	}
}
