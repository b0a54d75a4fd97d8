//! `explain`: why an account was or was not rewarded in an epoch.

use super::{print, who, Node, Who};
use crate::{
	chain::{
		explanation::Explanation,
		json::Address,
		types::{EpochId, TopicId},
	},
	explain::{fetch, EpochExplanation},
};
use anyhow::Result;
use clap::Args;
use serde::Serialize;

/// Explains an epoch.
#[derive(Debug, Args)]
pub struct Explain {
	/// Id of the topic.
	#[arg(long)]
	topic: TopicId,
	/// Id of the epoch, the slot in which it opened [default: the newest that has ended].
	#[arg(long)]
	epoch: Option<EpochId>,
	/// The account: an address, a path such as //Alice, or a key file.
	#[arg(long, value_name = "ACCOUNT", value_parser = who)]
	account: Who,
	#[command(flatten)]
	node: Node,
}

/// What happened to an account in an epoch, as the gateway writes it.
#[derive(Serialize)]
struct Explained {
	account: Address,
	topic: TopicId,
	epoch: EpochId,
	explanation: Explanation,
}

impl Explain {
	pub async fn run(self) -> Result<()> {
		let (state, Who(account)) = (self.node.state().await?, self.account);
		let explained = fetch(&state, self.topic, self.epoch, account).await?;
		if self.node.json {
			let EpochExplanation { topic, epoch, account, explanation, .. } = explained;
			let explained = Explained { account: Address(account), topic, epoch, explanation };
			print(serde_json::to_string(&explained)?);
		} else {
			print(explained.to_string().trim_end());
		}
		Ok(())
	}
}
