//! A fake of smoldot's methods, and what the client makes of them.

use super::*;
use serde_json::json;
use std::collections::BTreeMap;
use tokio::sync::mpsc;

/// A chain of one branch, of which nothing is pinned but what the test says.
struct Fake {
	/// Where events of the subscription come from; taken by the first one.
	events: Mutex<Option<mpsc::UnboundedReceiver<Value>>>,
	sender: mpsc::UnboundedSender<Value>,
	/// Methods that were called, with their first text.
	seen: Arc<Mutex<Vec<String>>>,
	/// How often a call is lost before it succeeds.
	losses: Mutex<u32>,
	peers: u32,
	headers: BTreeMap<Hash, Header>,
}

fn hash(number: u32) -> Hash {
	let mut bytes = [7; 32];
	bytes[..4].copy_from_slice(&number.to_be_bytes());
	Hash::from(bytes)
}

impl Fake {
	fn respond(&self, method: &str, params: &[Value]) -> Result<Value, Error> {
		let text = params.iter().find_map(Value::as_str).unwrap_or_default();
		self.seen.lock().unwrap().push(format!("{method} {text}"));
		let header = |hash: &Value| {
			let hash: Hash = serde_json::from_value(hash.clone()).unwrap();
			self.headers.get(&hash).cloned()
		};
		Ok(match method {
			"chainHead_v1_header" => {
				let header = header(&params[1]).unwrap();
				json!(Bytes(codec::Encode::encode(&header)))
			}
			"chain_getHeader" => json!(header(&params[0])),
			"chainHead_v1_call" => {
				let mut losses = self.losses.lock().unwrap();
				let event = match losses.checked_sub(1) {
					Some(left) => {
						*losses = left;
						json!({ "event": "operationInaccessible", "operationId": "a" })
					}
					None => json!({
						"event": "operationCallDone",
						"operationId": "a",
						"output": "0x2a",
					}),
				};
				// The outcome may be there before the caller has the id.
				self.sender.send(event).unwrap();
				json!({ "result": "started", "operationId": "a" })
			}
			"chainHead_v1_unpin" => Value::Null,
			"chain_getBlock" => header(&params[0]).map_or(Value::Null, |header| json!(header)),
			"state_call" => json!("0x63"),
			"system_health" => {
				json!({ "peers": self.peers, "isSyncing": false, "shouldHavePeers": true })
			}
			_ => {
				let message = "Not implemented in smoldot yet".into();
				return Err(Error::User(UserError { code: -32_000, message, data: None }));
			}
		})
	}
}

impl RpcClientT for Fake {
	fn request_raw<'a>(
		&'a self,
		method: &'a str,
		params: Option<Box<RawValue>>,
	) -> RawRpcFuture<'a, Box<RawValue>> {
		let params = Params::read(params.as_deref()).unwrap();
		let response = self.respond(method, &params.0);
		Box::pin(async { raw(json(&response?)?) })
	}

	fn subscribe_raw<'a>(
		&'a self,
		sub: &'a str,
		_: Option<Box<RawValue>>,
		_: &'a str,
	) -> RawRpcFuture<'a, RawRpcSubscription> {
		assert_eq!(sub, "chainHead_v1_follow");
		let events = self.events.lock().unwrap().take().unwrap();
		let events = stream::unfold(events, |mut events| async {
			let event = events.recv().await?;
			Some((raw(json(&event).unwrap()), events))
		});
		Box::pin(async {
			Ok(RawRpcSubscription { stream: events.boxed(), id: Some("follow".into()) })
		})
	}
}

struct World {
	light: Light,
	events: mpsc::UnboundedSender<Value>,
	seen: Arc<Mutex<Vec<String>>>,
}

impl World {
	/// A chain of which block 390 is final and block 391 the best one.
	async fn new(losses: u32) -> Self {
		Self::of(losses, 2).await
	}

	async fn with_peers(peers: u32) -> Self {
		Self::of(0, peers).await
	}

	async fn of(losses: u32, peers: u32) -> Self {
		let (sender, events) = mpsc::unbounded_channel();
		let seen = Arc::new(Mutex::new(Vec::new()));
		let headers = (1..=400).map(|number| {
			let header = Header {
				parent_hash: hash(number - 1),
				number: number.into(),
				state_root: hash(0),
				extrinsics_root: hash(0),
				digest: Default::default(),
			};
			(hash(number), header)
		});
		let fake = Fake {
			events: Mutex::new(Some(events)),
			sender: sender.clone(),
			seen: seen.clone(),
			losses: Mutex::new(losses),
			peers,
			headers: headers.collect(),
		};
		let patience = Patience {
			attempts: Duration::from_millis(1),
			peer: Duration::from_millis(20),
			head: Duration::from_secs(60),
		};
		let light = Light::over(RpcClient::new(fake), patience);
		let world = Self { light, events: sender, seen };
		world.event(json!({ "event": "initialized", "finalizedBlockHashes": [hash(390)] }));
		world.new_best(391);
		world.light.0.best().await.unwrap();
		world
	}

	fn event(&self, event: Value) {
		self.events.send(event).unwrap();
	}

	fn new_best(&self, number: u32) {
		self.event(json!({
			"event": "newBlock",
			"blockHash": hash(number),
			"parentBlockHash": hash(number - 1),
			"newRuntime": null,
		}));
		self.event(json!({ "event": "bestBlockChanged", "bestBlockHash": hash(number) }));
	}

	fn count(&self, method: &str) -> usize {
		self.seen.lock().unwrap().iter().filter(|seen| seen.starts_with(method)).count()
	}

	async fn ask<T: serde::de::DeserializeOwned>(
		&self,
		method: &str,
		params: subxt::rpcs::client::RpcParams,
	) -> Result<T, Error> {
		self.light.rpc().request(method, params).await
	}
}

#[tokio::test]
async fn blocks_are_found_by_number_from_those_that_are_known() {
	let world = World::new(0).await;
	let find = |number: u32| world.ask::<Option<Hash>>("chain_getBlockHash", rpc_params![number]);
	assert_eq!(find(391).await.unwrap(), Some(hash(391)));
	assert_eq!(find(392).await.unwrap(), None);
	assert_eq!(world.count("chain_getHeader"), 0);
	// The parent of 390 is known, the five before it are not.
	assert_eq!(find(384).await.unwrap(), Some(hash(384)));
	assert_eq!(world.count("chain_getHeader"), 5);
	// What was walked over is kept.
	assert_eq!(find(386).await.unwrap(), Some(hash(386)));
	assert_eq!(world.count("chain_getHeader"), 5);
	let error = find(100).await.unwrap_err().to_string();
	assert!(error.contains("older than 256 blocks: ask a node for it"), "{error}");
	let finalized: Hash = world.ask("chain_getFinalizedHead", rpc_params![]).await.unwrap();
	assert_eq!(finalized, hash(390));
}

#[tokio::test]
async fn runtime_is_called_at_pinned_blocks_without_its_code() {
	let world = World::new(0).await;
	let call = |name: &'static str, block: u32| {
		world.ask::<Bytes>("state_call", rpc_params![name, "0x", hash(block)])
	};
	assert_eq!(call("TopicsApi_clock", 391).await.unwrap().0, [0x2a]);
	assert_eq!((world.count("chainHead_v1_call"), world.count("state_call")), (1, 0));
	// At another block there is no way but smoldot's own.
	assert_eq!(call("TopicsApi_clock", 200).await.unwrap().0, [0x63]);
	assert_eq!((world.count("chainHead_v1_call"), world.count("state_call")), (1, 1));
	// What depends on the runtime alone is asked for once.
	for block in [390, 391] {
		assert_eq!(call("Core_version", block).await.unwrap().0, [0x2a]);
	}
	assert_eq!(world.count("chainHead_v1_call"), 2);
}

#[tokio::test]
async fn call_without_a_proof_is_made_again_and_given_up_at_last() {
	let world = World::new(2).await;
	let params = || rpc_params!["TopicsApi_clock", "0x", hash(391)];
	assert_eq!(world.ask::<Bytes>("state_call", params()).await.unwrap().0, [0x2a]);
	assert_eq!(world.count("chainHead_v1_call"), 3);
	let world = World::new(ATTEMPTS).await;
	let error = world.ask::<Bytes>("state_call", params()).await.unwrap_err().to_string();
	assert!(error.contains("no peer of the light client has sent a proof"), "{error}");
}

#[tokio::test]
async fn best_blocks_come_as_headers() {
	let world = World::new(0).await;
	let (begin, end) = ("chain_subscribeNewHeads", "chain_unsubscribeNewHeads");
	let rpc = world.light.rpc();
	let mut heads = rpc.subscribe::<Header>(begin, rpc_params![], end).await.unwrap();
	assert_eq!(heads.next().await.unwrap().unwrap().number, 391);
	world.new_best(392);
	assert_eq!(heads.next().await.unwrap().unwrap().number, 392);
	let best: Header = world.ask("chain_getHeader", rpc_params![]).await.unwrap();
	assert_eq!((best.number, best.parent_hash), (392, hash(391)));
	world.light.ready().await.unwrap();
}

#[tokio::test]
async fn finalized_blocks_come_as_headers_of_the_last_one() {
	let world = World::new(0).await;
	let (begin, end) = ("chain_subscribeFinalizedHeads", "chain_unsubscribeFinalizedHeads");
	let rpc = world.light.rpc();
	let mut heads = rpc.subscribe::<Header>(begin, rpc_params![], end).await.unwrap();
	assert_eq!(heads.next().await.unwrap().unwrap().number, 390);
	world.new_best(392);
	world.event(json!({
		"event": "finalized",
		"finalizedBlockHashes": [hash(391), hash(392)],
		"prunedBlockHashes": [],
	}));
	assert_eq!(heads.next().await.unwrap().unwrap().number, 392);
	// By then, it is found by its number.
	let found: Option<Hash> = world.ask("chain_getBlockHash", rpc_params![392]).await.unwrap();
	assert_eq!(found, Some(hash(392)));
}

#[tokio::test]
async fn method_that_smoldot_lacks_names_the_way_out() {
	let world = World::new(0).await;
	let asked = world.ask::<Value>("mmr_generateProof", rpc_params![]).await;
	let error = asked.unwrap_err().to_string();
	assert!(
		error.contains("a light client has no mmr_generateProof: ask a node (--url)"),
		"{error}"
	);
}

#[tokio::test]
async fn block_is_asked_for_once() {
	let world = World::new(0).await;
	let block =
		|number: u32| world.ask::<Option<Header>>("chain_getBlock", rpc_params![hash(number)]);
	let (one, other) = tokio::join!(block(380), block(380));
	assert_eq!((one.unwrap().unwrap().number, other.unwrap().unwrap().number), (380, 380));
	assert_eq!(world.count("chain_getBlock"), 1);
	// What no peer has may come later.
	assert_eq!(block(1_000).await.unwrap(), None);
	assert_eq!(block(1_000).await.unwrap(), None);
	assert_eq!(world.count("chain_getBlock"), 3);
}

#[tokio::test]
async fn client_without_peers_is_not_waited_for_long() {
	let world = World::with_peers(0).await;
	let ready = tokio::time::timeout(Duration::from_secs(30), world.light.ready());
	let error = ready.await.unwrap().unwrap_err().to_string();
	assert!(error.contains("it has no peer; are the bootNodes"), "{error}");
}
