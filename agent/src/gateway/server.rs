//! The server: a bounded number of connections, each of them for a bounded time.

use super::{
	limits::{Client, Open},
	metrics::Counted,
	routes::App,
};
use anyhow::Result;
use axum::{body::Body, http::Request, Router};
use hyper::{body::Incoming, server::conn::http1};
use hyper_util::{
	rt::{TokioIo, TokioTimer},
	service::TowerToHyperService,
};
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};

/// The maximum number of connections, in all and per client.
const MAX_CONNECTIONS: (usize, usize) = (1_024, 64);
/// The maximum time that a client has to send the head of a request.
const MAX_HEAD_TIME: Duration = Duration::from_secs(10);
/// The maximum size of the head of a request in bytes.
const MAX_HEAD: usize = 16 * 1_024;
/// The maximum duration of a connection, longer than that of a stream.
const MAX_DURATION: Duration = Duration::from_secs(3_700);
/// The time between two times of forgetting clients that ask no more.
const FORGET: Duration = Duration::from_secs(60);
/// The pause after a connection could not be accepted, such as for want of file descriptors.
const PAUSE: Duration = Duration::from_millis(100);

/// Serves the routes until the process ends.
pub async fn serve(listener: TcpListener, router: Router, app: &App) {
	let (all, each) = MAX_CONNECTIONS;
	// Behind a proxy all connections are the proxy's.
	let open = Open::new(all, if app.behind_proxy { all } else { each });
	let (rate, metrics) = (app.rate.clone(), &app.gateway.metrics);
	tokio::spawn(async move {
		loop {
			tokio::time::sleep(FORGET).await;
			rate.forget();
		}
	});
	loop {
		let (stream, client) = match listener.accept().await {
			Ok((stream, address)) => (stream, Client::new(address.ip())),
			Err(_) => {
				tokio::time::sleep(PAUSE).await;
				continue;
			}
		};
		// A client with too many connections is not served; the connection is closed at once.
		let Some(place) = open.place(client) else { continue };
		let counted = Counted::new(&metrics.connections);
		let router = router.clone();
		tokio::spawn(async move {
			let _held = (place, counted);
			let _ = tokio::time::timeout(MAX_DURATION, connection(stream, client, router)).await;
		});
	}
}

/// Serves a connection.
async fn connection(stream: TcpStream, client: Client, router: Router) -> Result<()> {
	stream.set_nodelay(true)?;
	let service = tower::service_fn(move |mut request: Request<Incoming>| {
		request.extensions_mut().insert(client);
		tower::ServiceExt::oneshot(router.clone(), request.map(Body::new))
	});
	http1::Builder::new()
		.timer(TokioTimer::new())
		.header_read_timeout(MAX_HEAD_TIME)
		.max_buf_size(MAX_HEAD)
		.serve_connection(TokioIo::new(stream), TowerToHyperService::new(service))
		.await?;
	Ok(())
}
