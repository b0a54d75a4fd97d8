//! Changes as they come: server-sent events, read from the history, so that a client that was away
//! continues where it was.

use super::{
	app::Newest,
	limits::{Client, Place},
	metrics::Counted,
	problem::Problem,
	responses::stored,
	routes::App,
	store::{Event, EventId, Store},
};
use crate::chain::types::TopicId;
use axum::{
	extract::{Extension, RawQuery, State},
	http::HeaderMap,
	response::sse::{self, KeepAlive, Sse},
};
use futures::stream::{self, Stream};
use schemars::JsonSchema;
use serde::Deserialize;
use std::{
	collections::{BTreeSet, VecDeque},
	convert::Infallible,
	time::Duration,
};
use tokio::{sync::watch, time::Instant};

/// The kinds of changes.
pub const KINDS: [&str; 3] = ["inference", "epoch", "score"];
/// The maximum number of topics that a stream names.
const MAX_TOPICS: usize = 64;
/// The number of changes that are read at once.
const BATCH: u32 = 256;
/// The time between two comments of a silent stream, which show that the connection lives.
const PING: Duration = Duration::from_secs(15);
/// The maximum duration of a stream; a client continues by `Last-Event-ID`.
const MAX_DURATION: Duration = Duration::from_secs(3_600);

/// Which changes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StreamArgs {
	/// Numbers of topics, separated by commas; by default all topics.
	pub topics: Option<String>,
	/// Kinds of changes, separated by commas: `inference`, `epoch` and `score`; by default all of them.
	pub events: Option<String>,
	/// The id of the last event that was received, for clients that cannot send the header
	/// `Last-Event-ID`.
	pub last_event_id: Option<String>,
}

/// Which changes, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
	/// The topics, `None` for all.
	pub topics: Option<BTreeSet<TopicId>>,
	/// The kinds.
	pub kinds: Vec<&'static str>,
}

impl Filter {
	fn new(args: &StreamArgs) -> Result<Self, Problem> {
		let split = |text: &str| text.split(',').map(str::trim).map(String::from).collect();
		let topics: Option<Vec<String>> = args.topics.as_deref().map(split);
		let topics = topics.map(|topics| topics.iter().map(|text| topic(text)).collect());
		let topics: Option<BTreeSet<TopicId>> = topics.transpose()?;
		if topics.as_ref().is_some_and(|topics| topics.len() > MAX_TOPICS) {
			let detail = format!("more than {MAX_TOPICS} topics: leave topics out to follow all");
			return Err(Problem::bad_question(detail));
		}
		let kinds: Option<Vec<String>> = args.events.as_deref().map(split);
		let kinds = match kinds {
			None => KINDS.to_vec(),
			Some(kinds) => kinds.iter().map(|text| kind(text)).collect::<Result<_, _>>()?,
		};
		Ok(Self { topics, kinds })
	}

	/// Whether a change of this topic and kind is one of them.
	pub fn wants(&self, topic: TopicId, kind: &str) -> bool {
		let topics = self.topics.as_ref();
		self.kinds.contains(&kind) && topics.is_none_or(|topics| topics.contains(&topic))
	}
}

fn topic(text: &str) -> Result<TopicId, Problem> {
	let wrong = |_| Problem::bad_question("topics are numbers, separated by commas, such as 1,2");
	text.parse().map_err(wrong)
}

fn kind(text: &str) -> Result<&'static str, Problem> {
	let known = KINDS.into_iter().find(|kind| *kind == text);
	known.ok_or_else(|| {
		Problem::bad_question(format!("events are of the kinds {}", KINDS.join(", ")))
	})
}

/// The state of a stream.
struct Follow {
	store: Store,
	filter: Filter,
	/// The change up to which all has been sent.
	cursor: EventId,
	waiting: VecDeque<sse::Event>,
	blocks: watch::Receiver<Option<Newest>>,
	end: Instant,
	_place: Place,
	_counted: Counted,
}

impl Follow {
	/// The next event, `None` at the end of the stream.
	async fn next(mut self) -> Option<(Result<sse::Event, Infallible>, Self)> {
		loop {
			if let Some(event) = self.waiting.pop_front() {
				return Some((Ok(event), self));
			}
			// Marked as seen before the history is read, so that no block is missed in between.
			self.blocks.borrow_and_update();
			let events = stored(self.store.events_after(self.cursor, BATCH).await).ok()?;
			let Some(last) = events.last() else {
				let changed = tokio::time::timeout_at(self.end, self.blocks.changed()).await;
				changed.ok()?.ok()?;
				continue;
			};
			self.cursor = last.id;
			let wanted =
				events.into_iter().filter(|event| self.filter.wants(event.topic, &event.kind));
			self.waiting = wanted.map(shown).collect();
			if Instant::now() >= self.end {
				return None;
			}
		}
	}
}

/// A change as an event.
fn shown(event: Event) -> sse::Event {
	sse::Event::default().id(event.id.to_string()).event(event.kind).data(event.data)
}

/// Streams changes: at first the newest inferences, or what has changed since the last event.
pub async fn stream(
	State(app): State<App>,
	Extension(client): Extension<Client>,
	RawQuery(query): RawQuery,
	headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<sse::Event, Infallible>>>, Problem> {
	let args: StreamArgs = serde_urlencoded::from_str(query.as_deref().unwrap_or_default())
		.map_err(|error| Problem::bad_question(format!("{error}; see /openapi.json")))?;
	let filter = Filter::new(&args)?;
	let header = headers.get("last-event-id").map(|value| value.to_str().unwrap_or("?"));
	let last = header.or(args.last_event_id.as_deref());
	let last: Option<EventId> = last.map(str::parse).transpose().map_err(|()| {
		Problem::bad_question("Last-Event-ID is the id of an event of this stream, such as 120-3")
	})?;
	let place = app.streams.place(client).ok_or_else(Problem::too_many_streams)?;
	let store = app.gateway.store.clone();
	let changes = stored(store.changes().await)?;
	let newest = changes.newest.unwrap_or(EventId { block: changes.until, index: 0 });
	let mut waiting = VecDeque::new();
	let cursor = match last {
		Some(last) if (changes.since..=changes.until).contains(&last.block) => last,
		last => {
			if last.is_some() {
				let lost = serde_json::json!({ "detail": "the changes since that event are not known here" });
				waiting.push_back(sse::Event::default().event("reset").data(lost.to_string()));
			}
			let latest = stored(store.latest().await)?;
			let wanted = latest.into_iter().filter(|(topic, _)| filter.wants(*topic, "inference"));
			waiting.extend(wanted.map(|(topic, data)| {
				shown(Event { id: newest, topic, kind: "inference".into(), data })
			}));
			newest
		}
	};
	let follow = Follow {
		store,
		filter,
		cursor,
		waiting,
		blocks: app.gateway.blocks(),
		end: Instant::now() + MAX_DURATION,
		_place: place,
		_counted: Counted::new(&app.gateway.metrics.streams),
	};
	let events = stream::unfold(follow, Follow::next);
	Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(PING)))
}

#[cfg(test)]
mod tests {
	use super::*;

	fn filter(topics: Option<&str>, events: Option<&str>) -> Result<Filter, Problem> {
		let text = |text: &str| text.to_string();
		let (topics, events) = (topics.map(text), events.map(text));
		Filter::new(&StreamArgs { topics, events, last_event_id: None })
	}

	#[test]
	fn filter_takes_topics_and_kinds() {
		let all = filter(None, None).unwrap();
		assert!(all.wants(1, "score") && all.wants(9, "inference"));
		let some = filter(Some("1, 2"), Some("epoch,score")).unwrap();
		assert!(some.wants(2, "epoch") && !some.wants(3, "epoch") && !some.wants(2, "inference"));
	}

	#[test]
	fn wrong_filter_is_named() {
		for (topics, events, named) in [
			(Some("1;2"), None, "separated by commas"),
			(Some(""), None, "topics are numbers"),
			(None, Some("epoch,price"), "inference, epoch, score"),
		] {
			let problem = filter(topics, events).unwrap_err();
			assert!(problem.detail.contains(named), "{}", problem.detail);
		}
		let many = (0..65).map(|topic| topic.to_string()).collect::<Vec<_>>().join(",");
		assert!(filter(Some(&many), None).unwrap_err().detail.contains("more than 64"));
	}
}
