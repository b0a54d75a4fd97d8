//! Requests to the servers of webhooks, which may not be on the gateway's own network: else whoever
//! chooses a URL could reach what only the gateway reaches.

use anyhow::{bail, ensure, Context, Result};
use futures::future::BoxFuture;
use http_body_util::Full;
use hyper::{body::Bytes, header, Request, Uri};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
	client::legacy::{
		connect::{dns::Name, HttpConnector},
		Client,
	},
	rt::TokioExecutor,
};
use std::{
	io,
	net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
	task::{Context as TaskContext, Poll},
	time::Duration,
};

/// The maximum time of a request, from the resolution of the name to the status of the response.
const MAX_REQUEST: Duration = Duration::from_secs(10);

/// Networks of IPv4 that are not the public internet: first address and length of the prefix.
const SPECIAL_V4: [(Ipv4Addr, u32); 14] = [
	(Ipv4Addr::new(0, 0, 0, 0), 8),
	(Ipv4Addr::new(10, 0, 0, 0), 8),
	(Ipv4Addr::new(100, 64, 0, 0), 10),
	(Ipv4Addr::new(127, 0, 0, 0), 8),
	(Ipv4Addr::new(169, 254, 0, 0), 16),
	(Ipv4Addr::new(172, 16, 0, 0), 12),
	(Ipv4Addr::new(192, 0, 0, 0), 24),
	(Ipv4Addr::new(192, 0, 2, 0), 24),
	(Ipv4Addr::new(192, 88, 99, 0), 24),
	(Ipv4Addr::new(192, 168, 0, 0), 16),
	(Ipv4Addr::new(198, 18, 0, 0), 15),
	(Ipv4Addr::new(198, 51, 100, 0), 24),
	(Ipv4Addr::new(203, 0, 113, 0), 24),
	(Ipv4Addr::new(224, 0, 0, 0), 3),
];

/// Networks within 2000::/3, which is all of IPv6 that is public, that are not: tunnels, which lead to an
/// address of IPv4, and documentation.
const SPECIAL_V6: [(Ipv6Addr, u32); 4] = [
	(Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23),
	(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32),
	(Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16),
	(Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20),
];

/// Whether an address is one of the public internet.
pub fn is_public(address: IpAddr) -> bool {
	match address.to_canonical() {
		IpAddr::V4(address) => SPECIAL_V4.into_iter().all(|(network, bits)| {
			let shift = 32 - bits;
			u32::from(address) >> shift != u32::from(network) >> shift
		}),
		IpAddr::V6(address) => {
			let address = u128::from(address);
			let is_special = |(network, bits): (Ipv6Addr, u32)| {
				let shift = 128 - bits;
				address >> shift == u128::from(network) >> shift
			};
			address >> 125 == 1 && !SPECIAL_V6.into_iter().any(is_special)
		}
	}
}

/// Resolves names; to public addresses only, unless others are allowed.
#[derive(Clone, Copy)]
struct Resolver {
	allow_private: bool,
}

impl tower::Service<Name> for Resolver {
	type Response = std::vec::IntoIter<SocketAddr>;
	type Error = io::Error;
	type Future = BoxFuture<'static, io::Result<Self::Response>>;

	fn poll_ready(&mut self, _: &mut TaskContext<'_>) -> Poll<io::Result<()>> {
		Poll::Ready(Ok(()))
	}

	fn call(&mut self, name: Name) -> Self::Future {
		let allow_private = self.allow_private;
		Box::pin(async move {
			let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
			// The connection is made to one of these, so that the name cannot be resolved anew.
			let allowed: Vec<_> =
				found.filter(|found| allow_private || is_public(found.ip())).collect();
			if allowed.is_empty() {
				return Err(io::Error::other(format!("{name} has no public address")));
			}
			Ok(allowed.into_iter())
		})
	}
}

/// A server that requests are sent to.
pub struct Server {
	uri: Uri,
	client: Connections,
}

/// Connections without TLS, which need no certificates of the system, or with it.
enum Connections {
	Plain(Client<HttpConnector<Resolver>, Full<Bytes>>),
	Tls(Client<HttpsConnector<HttpConnector<Resolver>>, Full<Bytes>>),
}

impl Server {
	/// The server at a URL. An error if it is not one of HTTP, or if its address is not public and
	/// others are not allowed.
	pub fn new(url: &str, allow_private: bool) -> Result<Self> {
		let uri: Uri = url.parse().with_context(|| format!("{url} is not a URL"))?;
		let host = uri.host().unwrap_or_default().trim_matches(['[', ']']);
		let is_http = matches!(uri.scheme_str(), Some("http" | "https"));
		ensure!(is_http && !host.is_empty(), "{url} is not the URL of a server");
		// An address in a URL is not resolved.
		if let Ok(address) = host.parse::<IpAddr>() {
			ensure!(allow_private || is_public(address), "{url} is not at a public address");
		}
		let mut connector = HttpConnector::new_with_resolver(Resolver { allow_private });
		connector.enforce_http(false);
		// Each request has its own connection, for which the name is resolved again.
		let mut builder = Client::builder(TokioExecutor::new());
		builder.pool_max_idle_per_host(0);
		let client = if uri.scheme_str() == Some("https") {
			let roots = HttpsConnectorBuilder::new().with_native_roots();
			let roots = roots.context("the system has no certificates: install ca-certificates")?;
			let connector = roots.https_only().enable_http1().wrap_connector(connector);
			Connections::Tls(builder.build(connector))
		} else {
			Connections::Plain(builder.build(connector))
		};
		Ok(Self { uri, client })
	}

	/// Posts JSON; an error unless the server accepts it. Redirects are not followed, since they may
	/// lead anywhere.
	pub async fn post(&self, headers: &[(&'static str, String)], body: String) -> Result<()> {
		let mut request = Request::post(self.uri.clone())
			.header(header::CONTENT_TYPE, "application/json")
			.header(header::USER_AGENT, concat!("allora-agent/", env!("CARGO_PKG_VERSION")));
		for (name, value) in headers {
			request = request.header(*name, value);
		}
		let request = request.body(Full::from(body))?;
		let sent = async {
			match &self.client {
				Connections::Plain(client) => client.request(request).await,
				Connections::Tls(client) => client.request(request).await,
			}
		};
		let sent = tokio::time::timeout(MAX_REQUEST, sent).await;
		let response = sent.with_context(|| format!("no response within {MAX_REQUEST:?}"))??;
		match response.status() {
			status if status.is_success() => Ok(()),
			status if status.is_redirection() => bail!("{status}: redirects are not followed"),
			status => bail!("{status}"),
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn only_addresses_of_the_internet_are_public() {
		for address in ["1.1.1.1", "172.15.0.1", "100.128.0.1", "2606:4700::1111", "::ffff:1.1.1.1"]
		{
			assert!(is_public(address.parse().unwrap()), "{address}");
		}
		for address in [
			"127.0.0.1",
			"10.1.2.3",
			"172.31.0.1",
			"192.168.0.1",
			"169.254.169.254",
			"100.64.0.1",
			"0.0.0.0",
			"224.0.0.1",
			"255.255.255.255",
			"::1",
			"::",
			"fe80::1",
			"fd00::1",
			"ff02::1",
			"::ffff:127.0.0.1",
			"::127.0.0.1",
			"64:ff9b::7f00:1",
			"2002:7f00:1::",
			"2001::1",
			"2001:db8::1",
		] {
			assert!(!is_public(address.parse().unwrap()), "{address}");
		}
	}

	#[test]
	fn address_in_a_url_must_be_public() {
		for url in ["http://127.0.0.1:80/x", "http://[::1]/", "https://169.254.169.254/latest"] {
			let error = Server::new(url, false).err().unwrap().to_string();
			assert_eq!(error, format!("{url} is not at a public address"));
		}
		for url in ["ftp://example.org/", "example.org", "/path", "http://"] {
			assert!(Server::new(url, true).is_err(), "{url}");
		}
		assert!(Server::new("http://127.0.0.1:80/x", true).is_ok());
	}
}
