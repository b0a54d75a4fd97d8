//! The gateway: inferences and their history for applications, over HTTP and as tools.
//!
//! It follows the blocks of a node ([`follow`]) and keeps a [`store`] of what has changed, which
//! [`webhooks`] post to servers. Questions are in one table ([`question`]); [`routes`] and [`mcp`] ask
//! them of one [`app`], which keeps [`responses`] as long as their block is the newest. Clients are
//! strangers: [`limits`] and [`server`] bound what each may use.

pub mod app;
#[cfg(test)]
mod fake;
pub mod follow;
pub mod limits;
pub mod mcp;
pub mod metrics;
pub mod openapi;
pub mod original;
pub mod outbound;
pub mod problem;
pub mod question;
pub mod responses;
pub mod routes;
pub mod server;
pub mod state;
pub mod store;
pub mod stream;
#[cfg(test)]
mod tests;
pub mod webhooks;

use crate::run::{log::Log, stop_signal, stopped};
use anyhow::{Context, Result};
use app::Gateway;
use clap::Args;
use routes::App;
use std::{net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};
use store::Store;
use tokio::net::TcpListener;

/// Options of `gateway`.
#[derive(Debug, Args)]
pub struct GatewayArgs {
	/// URL of a node; may be given several times, the preferred node first.
	#[arg(long, value_name = "WS_URL", default_value = "ws://127.0.0.1:9944")]
	url: Vec<String>,
	/// Address and port to listen on.
	#[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
	listen: SocketAddr,
	/// File of the history, which is created if need be.
	#[arg(long, value_name = "FILE", default_value = "allora-gateway.sqlite")]
	history: PathBuf,
	/// Take a client's address from X-Forwarded-For: only behind a proxy, which sets it.
	#[arg(long)]
	behind_proxy: bool,
	/// Name of this server that clients of /mcp may use besides localhost; may be given several times.
	#[arg(long, value_name = "HOST")]
	host: Vec<String>,
	/// File with the servers to which changes are posted [default: none].
	#[arg(long, value_name = "FILE")]
	webhooks: Option<PathBuf>,
}

/// Options of `mcp`.
#[derive(Debug, Args)]
pub struct McpArgs {
	/// URL of a node; may be given several times, the preferred node first.
	#[arg(long, value_name = "WS_URL", default_value = "ws://127.0.0.1:9944")]
	url: Vec<String>,
	/// File of the history [default: none; only what the chain has on record].
	#[arg(long, value_name = "FILE")]
	history: Option<PathBuf>,
}

/// Serves the gateway until the process is told to stop.
pub async fn serve(args: GatewayArgs) -> Result<()> {
	let log = Arc::new(Log::new(false));
	let webhooks = args.webhooks.as_deref().map(webhooks::read).transpose()?.unwrap_or_default();
	let store = Store::open(Some(&args.history))?;
	let listener = TcpListener::bind(args.listen).await;
	let listener = listener.with_context(|| {
		format!("cannot listen on {}: choose another address by --listen", args.listen)
	})?;
	let address = listener.local_addr()?;
	log.line("gateway", &format!("http://{address}, history in {}", args.history.display()));
	let (heads, blocks) = follow::heads();
	let gateway = Arc::new(Gateway::new(blocks, store.clone()));
	for webhook in webhooks {
		let (counters, log) = (gateway.metrics.webhooks.clone(), log.clone());
		let run =
			webhook.run(store.clone(), gateway.blocks(), counters, log.clone(), Default::default());
		tokio::spawn(async move {
			if let Err(error) = run.await {
				log.line("webhook", &format!("! {error:#}"));
			}
		});
	}
	let app = App::new(gateway.clone(), args.behind_proxy);
	let router = routes::router(app.clone(), mcp::router(&gateway, &args.host));
	let stop = stop_signal()?;
	tokio::select! {
		error = follow::follow(&args.url, store, heads, log.clone()) => return Err(error),
		() = server::serve(listener, router, &app) => (),
		() = stopped(stop) => (),
	}
	log.line("gateway", "stopped");
	Ok(())
}

/// The maximum time that the tools wait for a node before they are served without one.
const MAX_TO_FOLLOW: Duration = Duration::from_secs(20);

/// Serves the tools over the standard input and output until the input ends.
pub async fn serve_mcp(args: McpArgs) -> Result<()> {
	let store = Store::open(args.history.as_deref())?;
	let (heads, blocks) = follow::heads();
	let gateway = Arc::new(Gateway::new(blocks, store.clone()));
	let log = Arc::new(Log::on_stderr());
	let serve = async {
		// Whoever starts this asks at once, and a question waits for a block only for so long.
		let mut newest = gateway.blocks();
		let first = newest.wait_for(Option::is_some);
		let _ = tokio::time::timeout(MAX_TO_FOLLOW, first).await;
		let tools = mcp::Tools::new(gateway.clone());
		let service = rmcp::serve_server(tools, rmcp::transport::stdio()).await;
		service.context("the client ended before it began")?.waiting().await?;
		anyhow::Ok(())
	};
	tokio::select! {
		error = follow::follow(&args.url, store, heads, log) => Err(error),
		served = serve => served,
	}
}
