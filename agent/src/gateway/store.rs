//! The history: every epoch that the gateway has seen, and what has changed, in SQLite.
//!
//! A node forgets epochs; the history keeps them. It belongs to one chain, whose newest finalized
//! block it has read it names, and to one gateway, which locks the file.

use crate::chain::types::{EpochId, TopicId};
use anyhow::{bail, Context, Result};
use rusqlite::{params, Connection, ErrorCode, OptionalExtension};
use std::{
	path::Path,
	str::FromStr,
	sync::{Arc, Mutex, PoisonError},
	time::Duration,
};

/// The number of changes that are kept for streams that continue.
const MAX_EVENTS: i64 = 65_536;

/// The number of a change: the block in which the gateway saw it, and its place among those of the
/// block.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct EventId {
	/// The block.
	pub block: u32,
	/// The place.
	pub index: u32,
}

impl std::fmt::Display for EventId {
	fn fmt(&self, to: &mut std::fmt::Formatter) -> std::fmt::Result {
		write!(to, "{}-{}", self.block, self.index)
	}
}

impl FromStr for EventId {
	type Err = ();

	fn from_str(text: &str) -> Result<Self, ()> {
		let (block, index) = text.split_once('-').ok_or(())?;
		let number = |text: &str| text.parse().map_err(|_| ());
		Ok(Self { block: number(block)?, index: number(index)? })
	}
}

/// A change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
	/// Its number.
	pub id: EventId,
	/// The topic.
	pub topic: TopicId,
	/// Its kind, such as `inference`.
	pub kind: String,
	/// What has changed, as JSON.
	pub data: String,
}

/// The block up to which the history has been read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
	/// The hash of the chain's genesis block.
	pub genesis: String,
	/// The number of the block.
	pub number: u32,
	/// The hash of the block.
	pub hash: String,
}

/// The changes that the history has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Changes {
	/// The block after which it has all changes.
	pub since: u32,
	/// The block up to which it has them.
	pub until: u32,
	/// The newest change, `None` if there is none.
	pub newest: Option<EventId>,
}

/// What a block adds to the history, all of it or nothing.
#[derive(Debug, Default)]
pub struct Batch {
	/// Epochs as JSON.
	pub epochs: Vec<(TopicId, EpochId, String)>,
	/// The newest inference of topics, as JSON.
	pub latest: Vec<(TopicId, String)>,
	/// Topics that no longer exist: they have no newest inference.
	pub gone: Vec<TopicId>,
	/// Changes: topic, kind, and data as JSON.
	pub events: Vec<(TopicId, &'static str, String)>,
}

/// The history.
#[derive(Clone)]
pub struct Store {
	connection: Arc<Mutex<Connection>>,
}

impl Store {
	/// Opens the history in a file, which is created if need be, or in memory.
	pub fn open(path: Option<&Path>) -> Result<Self> {
		let Some(path) = path else { return Self::prepare(Connection::open_in_memory()?) };
		let opened = Connection::open(path).map_err(anyhow::Error::from).and_then(Self::prepare);
		opened.map_err(|error| {
			let code = error.downcast_ref().and_then(rusqlite::Error::sqlite_error_code);
			let file = path.display();
			match code {
				Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => error.context(
					format!("another gateway uses {file}: choose another file by --history"),
				),
				_ => error.context(format!(
					"cannot use {file} as the history: choose another file by --history"
				)),
			}
		})
	}

	fn prepare(connection: Connection) -> Result<Self> {
		connection.busy_timeout(Duration::ZERO)?;
		// The lock is held as long as the file is open: the history has one writer.
		connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
		connection.pragma_update(None, "journal_mode", "WAL")?;
		connection.pragma_update(None, "synchronous", "NORMAL")?;
		connection.execute_batch(
			"BEGIN EXCLUSIVE;
			CREATE TABLE IF NOT EXISTS mark (
				one INTEGER PRIMARY KEY CHECK (one = 1), genesis TEXT, number INTEGER, hash TEXT,
				since INTEGER
			);
			CREATE TABLE IF NOT EXISTS epochs (
				topic INTEGER, epoch INTEGER, summary TEXT NOT NULL, PRIMARY KEY (topic, epoch)
			) WITHOUT ROWID;
			CREATE TABLE IF NOT EXISTS latest (topic INTEGER PRIMARY KEY, inference TEXT NOT NULL);
			CREATE TABLE IF NOT EXISTS events (
				block INTEGER, place INTEGER, topic INTEGER NOT NULL, kind TEXT NOT NULL,
				data TEXT NOT NULL, PRIMARY KEY (block, place)
			) WITHOUT ROWID;
			CREATE TABLE IF NOT EXISTS posted (
				url TEXT PRIMARY KEY, block INTEGER NOT NULL, place INTEGER NOT NULL
			);
			COMMIT;",
		)?;
		Ok(Self { connection: Arc::new(Mutex::new(connection)) })
	}

	/// Runs something on the connection, on a thread for work that blocks.
	async fn run<T: Send + 'static>(
		&self,
		work: impl FnOnce(&mut Connection) -> Result<T> + Send + 'static,
	) -> Result<T> {
		let connection = self.connection.clone();
		let run = move || work(&mut connection.lock().unwrap_or_else(PoisonError::into_inner));
		tokio::task::spawn_blocking(run).await.context("the history")?
	}

	/// The block up to which the history has been read, `None` if it is new.
	pub async fn mark(&self) -> Result<Option<Mark>> {
		self.run(|connection| {
			let mark = connection.query_row("SELECT genesis, number, hash FROM mark", [], |row| {
				Ok(Mark { genesis: row.get(0)?, number: row.get(1)?, hash: row.get(2)? })
			});
			Ok(mark.optional()?)
		})
		.await
	}

	/// Adds what a block brings. Changes are numbered in the order of the batch.
	pub async fn write(&self, batch: Batch, mark: Mark) -> Result<()> {
		self.run(move |connection| {
			let write = connection.transaction()?;
			for (topic, epoch, summary) in batch.epochs {
				write.execute(
					"INSERT OR REPLACE INTO epochs VALUES (?1, ?2, ?3)",
					params![key(topic)?, key(epoch)?, summary],
				)?;
			}
			for (topic, inference) in batch.latest {
				write.execute(
					"INSERT OR REPLACE INTO latest VALUES (?1, ?2)",
					params![key(topic)?, inference],
				)?;
			}
			for topic in batch.gone {
				write.execute("DELETE FROM latest WHERE topic = ?1", params![key(topic)?])?;
			}
			for (place, (topic, kind, data)) in batch.events.into_iter().enumerate() {
				write.execute(
					"INSERT OR REPLACE INTO events VALUES (?1, ?2, ?3, ?4, ?5)",
					params![mark.number, key(place as u64)?, key(topic)?, kind, data],
				)?;
			}
			let forgotten = write.execute(
				"DELETE FROM events WHERE (block, place) <= (
					SELECT block, place FROM events ORDER BY block DESC, place DESC LIMIT 1 OFFSET ?1
				)",
				params![MAX_EVENTS],
			)?;
			write.execute(
				"INSERT INTO mark VALUES (1, ?1, ?2, ?3, ?2) ON CONFLICT (one)
				DO UPDATE SET genesis = ?1, number = ?2, hash = ?3",
				params![mark.genesis, mark.number, mark.hash],
			)?;
			if forgotten > 0 {
				// Of the oldest block some changes may be forgotten.
				write.execute("UPDATE mark SET since = (SELECT MIN(block) FROM events)", [])?;
			}
			Ok(write.commit()?)
		})
		.await
	}

	/// The epochs of a topic before one, or up to the newest one, newest first, as JSON.
	pub async fn epochs(
		&self,
		topic: TopicId,
		before: Option<EpochId>,
		limit: u32,
	) -> Result<Vec<(EpochId, String)>> {
		self.run(move |connection| {
			let before = before.map_or(Ok(i64::MAX), key)?;
			let mut query = connection.prepare(
				"SELECT epoch, summary FROM epochs WHERE topic = ?1 AND epoch < ?2
				ORDER BY epoch DESC LIMIT ?3",
			)?;
			let rows = query.query_map(params![key(topic)?, before, limit], |row| {
				Ok((row.get::<_, i64>(0)?.unsigned_abs(), row.get(1)?))
			})?;
			Ok(rows.collect::<Result<_, _>>()?)
		})
		.await
	}

	/// The newest inference of each topic, as JSON.
	pub async fn latest(&self) -> Result<Vec<(TopicId, String)>> {
		self.run(|connection| {
			let mut query =
				connection.prepare("SELECT topic, inference FROM latest ORDER BY topic")?;
			let rows = query
				.query_map([], |row| Ok((row.get::<_, i64>(0)?.unsigned_abs(), row.get(1)?)))?;
			Ok(rows.collect::<Result<_, _>>()?)
		})
		.await
	}

	/// The changes after one, oldest first.
	pub async fn events_after(&self, id: EventId, limit: u32) -> Result<Vec<Event>> {
		self.run(move |connection| {
			let mut query = connection.prepare(
				"SELECT block, place, topic, kind, data FROM events
				WHERE (block, place) > (?1, ?2) ORDER BY block, place LIMIT ?3",
			)?;
			let rows = query.query_map(params![id.block, id.index, limit], |row| {
				let id = EventId { block: row.get(0)?, index: row.get(1)? };
				let topic = row.get::<_, i64>(2)?.unsigned_abs();
				Ok(Event { id, topic, kind: row.get(3)?, data: row.get(4)? })
			})?;
			Ok(rows.collect::<Result<_, _>>()?)
		})
		.await
	}

	/// The change up to which a webhook has posted all, `None` if it is new.
	pub async fn posted(&self, url: &str) -> Result<Option<EventId>> {
		let url = url.to_string();
		self.run(move |connection| {
			let query = "SELECT block, place FROM posted WHERE url = ?1";
			let posted = connection.query_row(query, params![url], |row| {
				Ok(EventId { block: row.get(0)?, index: row.get(1)? })
			});
			Ok(posted.optional()?)
		})
		.await
	}

	/// Notes that a webhook has posted all changes up to this one.
	pub async fn set_posted(&self, url: &str, id: EventId) -> Result<()> {
		let url = url.to_string();
		self.run(move |connection| {
			let write = "INSERT OR REPLACE INTO posted VALUES (?1, ?2, ?3)";
			connection.execute(write, params![url, id.block, id.index])?;
			Ok(())
		})
		.await
	}

	/// The changes that are there.
	pub async fn changes(&self) -> Result<Changes> {
		self.run(|connection| {
			let mark = connection.query_row("SELECT since, number FROM mark", [], |row| {
				Ok(Changes { since: row.get(0)?, until: row.get(1)?, newest: None })
			});
			let newest = connection.query_row(
				"SELECT block, place FROM events ORDER BY block DESC, place DESC LIMIT 1",
				[],
				|row| Ok(EventId { block: row.get(0)?, index: row.get(1)? }),
			);
			Ok(Changes { newest: newest.optional()?, ..mark.optional()?.unwrap_or_default() })
		})
		.await
	}
}

/// A number as SQLite has it: 63 bits.
fn key(number: u64) -> Result<i64> {
	match i64::try_from(number) {
		Ok(number) => Ok(number),
		Err(_) => bail!("{number} is beyond the numbers of the history"),
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	fn mark(number: u32) -> Mark {
		Mark { genesis: "0x00".into(), number, hash: format!("0x{number:02}") }
	}

	fn epochs(numbers: &[u64]) -> Batch {
		let epoch = |number: &u64| (1, *number, format!("{{\"epoch\":{number}}}"));
		Batch { epochs: numbers.iter().map(epoch).collect(), ..Default::default() }
	}

	fn events(count: usize) -> Batch {
		let event = |index| (1, "epoch", format!("{index}"));
		Batch { events: (0..count).map(event).collect(), ..Default::default() }
	}

	#[tokio::test]
	async fn epochs_are_read_in_pages_newest_first() {
		let store = Store::open(None).unwrap();
		store.write(epochs(&[10, 20, 30]), mark(1)).await.unwrap();
		store.write(epochs(&[30, 40]), mark(2)).await.unwrap();
		let page = |before, limit| {
			let store = store.clone();
			async move {
				let page = store.epochs(1, before, limit).await.unwrap();
				page.into_iter().map(|(epoch, _)| epoch).collect::<Vec<_>>()
			}
		};
		assert_eq!(page(None, 3).await, [40, 30, 20]);
		assert_eq!(page(Some(20), 3).await, [10]);
		assert_eq!(store.epochs(2, None, 3).await.unwrap(), []);
		assert_eq!(store.mark().await.unwrap(), Some(mark(2)));
		assert!(store.epochs(u64::MAX, None, 3).await.is_err());
	}

	#[tokio::test]
	async fn changes_are_read_after_a_number_and_the_oldest_are_dropped() {
		let store = Store::open(None).unwrap();
		store.write(Batch::default(), mark(1)).await.unwrap();
		let changes = || async { store.changes().await.unwrap() };
		assert_eq!(changes().await, Changes { since: 1, until: 1, newest: None });
		store.write(events(2), mark(2)).await.unwrap();
		let newest = Some(EventId { block: 2, index: 1 });
		assert_eq!(changes().await, Changes { since: 1, until: 2, newest });
		store.write(events(MAX_EVENTS as usize - 1), mark(3)).await.unwrap();
		// The first change of block 2 is forgotten.
		let newest = EventId { block: 3, index: MAX_EVENTS as u32 - 2 };
		assert_eq!(changes().await, Changes { since: 2, until: 3, newest: Some(newest) });
		let read = store.events_after(EventId::default(), 1).await.unwrap();
		assert_eq!(read[0].id.to_string(), "2-1");
		let read = store.events_after("3-5".parse().unwrap(), 2).await.unwrap();
		assert_eq!(
			read.iter().map(|event| event.id.to_string()).collect::<Vec<_>>(),
			["3-6", "3-7"]
		);
		assert_eq!(store.events_after(newest, 2).await.unwrap(), []);
		assert!("2".parse::<EventId>().is_err() && "2-x".parse::<EventId>().is_err());
	}

	#[tokio::test]
	async fn file_is_kept_and_has_one_gateway() {
		let folder = tempfile::tempdir().unwrap();
		let path = folder.path().join("history.sqlite");
		let store = Store::open(Some(&path)).unwrap();
		store.write(epochs(&[10]), mark(1)).await.unwrap();
		let error = format!("{:#}", Store::open(Some(&path)).err().unwrap());
		assert!(error.starts_with("another gateway uses"), "{error}");
		drop(store);
		let again = Store::open(Some(&path)).unwrap();
		assert_eq!(again.epochs(1, None, 9).await.unwrap().len(), 1);
		std::fs::write(folder.path().join("text"), "x".repeat(5000)).unwrap();
		let error = format!("{:#}", Store::open(Some(&folder.path().join("text"))).err().unwrap());
		assert!(error.starts_with("cannot use"), "{error}");
	}
}
