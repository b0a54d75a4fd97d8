//! Where a command reads the chain.

use super::{Chain, Light};
use anyhow::{Context, Result};
use clap::Args;
use std::path::PathBuf;

/// A node, or a light client in this process.
#[derive(Clone, Debug, Args)]
pub struct Source {
	/// URL of a node.
	#[arg(long, value_name = "WS_URL", default_value = "ws://127.0.0.1:9944")]
	pub url: String,
	/// Read the chain by a light client of this specification, and trust no node.
	#[arg(long, value_name = "SPEC", conflicts_with = "url")]
	pub light: Option<PathBuf>,
}

impl Source {
	/// Connects to the node, or starts the light client.
	pub async fn connect(&self) -> Result<Chain> {
		if let Some(spec) = &self.light {
			return Chain::of_light_client(&Light::start(spec)?).await;
		}
		let chain = Chain::connect(&self.url).await;
		chain.with_context(|| {
			format!("cannot connect to {}: start a node, or name one by --url", self.url)
		})
	}
}
