//! `dev-topic`: a topic on a development chain, so that there is something to take part in.

use super::ensure_development;
use crate::{
	chain::{
		calls,
		types::{TopicId, TopicParameters},
		Account, Key, Source, ALLO,
	},
	commands::topic_file,
	demo::create_topic,
};
use anyhow::Result;

/// The amount with which the topic is funded.
const FUNDING: u128 = 500 * ALLO;
/// Slots within which a call must be included in a block.
const VALID: u32 = 16;

/// Creates and funds a topic as //Alice, and returns its id. Its epochs of `epoch_length` slots open
/// once a reputer has stake in it.
pub async fn dev_topic(source: &Source, epoch_length: u32, open: bool) -> Result<TopicId> {
	let chain = source.connect().await?;
	ensure_development(&chain, "topics of `dev-topic`").await?;
	let alice = Account::new(Key::development("//Alice")?, chain);
	let topic = create_topic(&alice, parameters(epoch_length, open)?).await?;
	alice.send(&calls::fund(topic, FUNDING), VALID).await?;
	Ok(topic)
}

/// Parameters that are those of the preset for prices, but for what the topic asks.
fn parameters(epoch_length: u32, open: bool) -> Result<TopicParameters> {
	let text = format!(
		"preset = \"price\"\nmetadata = \"the next value of a slow wave\"\n\
		 ground_truth = \"100 + 10 sin(t / 300), t in seconds since 1970\"\nlabels = [\"value\"]\n\
		 epoch_length = {epoch_length}\n{}",
		if open { "reveal_window = 0\n" } else { "" }
	);
	// All times are numbers of slots, however long those are.
	topic_file::parse(&text, 1)
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn topic_reveals_unless_it_is_open() {
		for (epoch_length, open, windows) in
			[(18, false, (6, 6)), (10, false, (3, 3)), (18, true, (6, 0))]
		{
			let found = parameters(epoch_length, open).unwrap();
			assert_eq!((found.epoch_length, found.ground_truth_lag), (epoch_length, epoch_length));
			assert_eq!((found.worker_window, found.reveal_window), windows);
			assert_eq!(found.labels, [b"value"]);
		}
	}
}
