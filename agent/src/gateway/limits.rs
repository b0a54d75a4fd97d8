//! Bounds per client: how often it may ask, and how many connections and streams it may have open.

use governor::{clock::Clock, DefaultKeyedRateLimiter, Quota, RateLimiter};
use std::{
	collections::HashMap,
	net::{IpAddr, Ipv4Addr, Ipv6Addr},
	num::NonZeroU32,
	sync::{Arc, Mutex, PoisonError},
};

/// The number of requests per second and client.
const RATE: NonZeroU32 = NonZeroU32::new(30).unwrap();
/// The number of requests that a client may make at once.
const BURST: NonZeroU32 = NonZeroU32::new(60).unwrap();

/// A client: an address, or the network of one, since whoever has an address of IPv6 has 2^64.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Client(IpAddr);

impl Client {
	/// The client behind an address.
	pub fn new(address: IpAddr) -> Self {
		Self(match address.to_canonical() {
			IpAddr::V6(address) => {
				let network = u128::from(address) >> 64 << 64;
				IpAddr::V6(Ipv6Addr::from(network))
			}
			address => address,
		})
	}

	/// The client that a proxy names: the last address of `X-Forwarded-For`, which the proxy itself has
	/// appended. `None` if there is none.
	pub fn forwarded(header: &str) -> Option<Self> {
		header.rsplit(',').next()?.trim().parse().ok().map(Self::new)
	}
}

impl Default for Client {
	fn default() -> Self {
		Self(Ipv4Addr::UNSPECIFIED.into())
	}
}

/// How often clients may ask.
pub struct Rate(DefaultKeyedRateLimiter<Client>);

impl Default for Rate {
	fn default() -> Self {
		Self(RateLimiter::keyed(Quota::per_second(RATE).allow_burst(BURST)))
	}
}

impl Rate {
	/// An error with the number of seconds after which the client may ask again.
	pub fn check(&self, client: Client) -> Result<(), u64> {
		self.0.check_key(&client).map_err(|denied| {
			let now = governor::clock::DefaultClock::default().now();
			denied.wait_time_from(now).as_secs().max(1)
		})
	}

	/// Forgets clients that have not asked for a while.
	pub fn forget(&self) {
		self.0.retain_recent();
		self.0.shrink_to_fit();
	}
}

/// How many of something all clients, and each of them, may have open.
pub struct Open {
	all: usize,
	each: usize,
	open: Mutex<HashMap<Client, usize>>,
}

/// One of them; it is closed when it is dropped.
pub struct Place {
	client: Client,
	of: Arc<Open>,
}

impl Open {
	/// Limits to a total, and to a number per client.
	pub fn new(all: usize, each: usize) -> Arc<Self> {
		Arc::new(Self { all, each, open: Mutex::default() })
	}

	/// One more for a client, `None` if there are too many.
	pub fn place(self: &Arc<Self>, client: Client) -> Option<Place> {
		let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
		let count = open.get(&client).copied().unwrap_or_default();
		if count >= self.each || open.values().sum::<usize>() >= self.all {
			return None;
		}
		open.insert(client, count + 1);
		Some(Place { client, of: self.clone() })
	}
}

impl Drop for Place {
	fn drop(&mut self) {
		let mut open = self.of.open.lock().unwrap_or_else(PoisonError::into_inner);
		match open.get_mut(&self.client) {
			Some(count) if *count > 1 => *count -= 1,
			_ => drop(open.remove(&self.client)),
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	fn client(text: &str) -> Client {
		Client::new(text.parse().unwrap())
	}

	#[test]
	fn client_that_asks_too_often_waits_and_others_do_not() {
		let rate = Rate::default();
		let results = (0..200).map(|_| rate.check(client("1.2.3.4")));
		let waits: Vec<_> = results.filter_map(Result::err).collect();
		assert!((130..=140).contains(&waits.len()), "{}", waits.len());
		assert!(waits.iter().all(|seconds| *seconds == 1));
		assert_eq!(rate.check(client("1.2.3.5")), Ok(()));
	}

	#[test]
	fn network_of_ipv6_is_one_client() {
		assert_eq!(client("2001:db8::1"), client("2001:db8::ffff:1"));
		assert_ne!(client("2001:db8::1"), client("2001:db8:0:1::1"));
		assert_eq!(client("::ffff:1.2.3.4"), client("1.2.3.4"));
	}

	#[test]
	fn proxy_names_the_client_last() {
		assert_eq!(Client::forwarded("9.9.9.9, 1.2.3.4"), Some(client("1.2.3.4")));
		assert_eq!(Client::forwarded("unknown"), None);
	}

	#[test]
	fn places_are_bounded_per_client_and_in_all() {
		let open = Open::new(3, 2);
		let (a, b, c) = (client("1.1.1.1"), client("2.2.2.2"), client("3.3.3.3"));
		let first = open.place(a);
		let held = (open.place(a), open.place(b));
		assert!(open.place(a).is_none() && open.place(c).is_none());
		drop(first);
		assert!(open.place(c).is_some() && held.0.is_some() && held.1.is_some());
		drop(held);
		assert!(open.open.lock().unwrap().is_empty());
	}
}
