//! Keeps methods that take long off the threads that serve all connections.
//!
//! The server has as many of these threads as the machine has processors. A method that works on
//! one of them for seconds holds up all requests that come by it, whoever sent them.

use futures::{channel::oneshot, future::BoxFuture, FutureExt};
use jsonrpsee::{
	server::{AsyncMethod, MethodCallback, MethodResponse, RegisterMethodError, SyncMethod},
	types::{ErrorCode, ErrorObject, ErrorObjectOwned, Id, Params},
	Extensions, Methods,
};
use sc_rpc::SubscriptionTaskExecutor;
use sc_rpc_api::check_if_safe;
use std::sync::{
	atomic::{AtomicBool, Ordering},
	Arc,
};

/// The code of the error of a method that is already running.
pub const BUSY: i32 = -32_050;

/// The methods, each run on a thread for blocking work. Subscriptions stay as they are.
pub fn blocking(
	methods: impl Into<Methods>,
	executor: &SubscriptionTaskExecutor,
) -> Result<Methods, RegisterMethodError> {
	wrapped(methods.into(), executor, None)
}

/// The methods as [`blocking`] ones that only the operator may call: where the node serves safe
/// methods only, they are refused. At most one of them runs at a time; others are refused with the
/// code [`BUSY`].
pub fn exclusive(
	methods: impl Into<Methods>,
	executor: &SubscriptionTaskExecutor,
) -> Result<Methods, RegisterMethodError> {
	wrapped(methods.into(), executor, Some(Gate::default()))
}

fn wrapped(
	methods: Methods,
	executor: &SubscriptionTaskExecutor,
	gate: Option<Gate>,
) -> Result<Methods, RegisterMethodError> {
	let mut guarded = Methods::new();
	for name in methods.method_names() {
		let Some(callback) = methods.method(name) else { continue };
		let method = match callback.clone() {
			MethodCallback::Sync(method) => asynchronous(method),
			MethodCallback::Async(method) => method,
			subscription => {
				guarded.verify_and_insert(name, subscription)?;
				continue;
			}
		};
		guarded.verify_and_insert(name, on_blocking_thread(method, executor, gate.clone()))?;
	}
	Ok(guarded)
}

fn asynchronous(method: SyncMethod) -> AsyncMethod<'static> {
	Arc::new(move |id: Id<'static>, params: Params<'static>, _, max_size, extensions| {
		let method = method.clone();
		async move { method(id, params, max_size, extensions) }.boxed()
	})
}

fn on_blocking_thread(
	method: AsyncMethod<'static>,
	executor: &SubscriptionTaskExecutor,
	gate: Option<Gate>,
) -> MethodCallback {
	let executor = executor.clone();
	MethodCallback::Async(Arc::new(move |id, params, connection, max_size, extensions| {
		let permit = match gate.as_ref().map(|gate| gate.enter(&extensions)).transpose() {
			Ok(permit) => permit,
			Err(error) => return ready(MethodResponse::error(id, error), extensions),
		};
		let work = method(id.clone(), params, connection, max_size, extensions.clone());
		let (sender, receiver) = oneshot::channel();
		let task = async move {
			let response = work.await;
			drop(permit);
			// An error means that the client has left.
			let _ = sender.send(response);
		};
		executor.spawn_blocking("rpc-method", Some("rpc"), task.boxed());
		let response = receiver.map(move |response| {
			response.unwrap_or_else(|_| {
				let error = ErrorObject::from(ErrorCode::InternalError);
				MethodResponse::error(id, error).with_extensions(extensions)
			})
		});
		response.boxed()
	}))
}

fn ready(response: MethodResponse, extensions: Extensions) -> BoxFuture<'static, MethodResponse> {
	futures::future::ready(response.with_extensions(extensions)).boxed()
}

/// Lets one call of the operator in at a time.
#[derive(Clone, Default)]
struct Gate(Arc<AtomicBool>);

impl Gate {
	fn enter(&self, extensions: &Extensions) -> Result<Permit, ErrorObjectOwned> {
		check_if_safe(extensions)?;
		if self.0.swap(true, Ordering::AcqRel) {
			let text = "this method is already running; try again when it is done";
			return Err(ErrorObject::owned(BUSY, text, None::<()>));
		}
		Ok(Permit(self.clone()))
	}
}

/// The right to run, given back when it is dropped.
struct Permit(Gate);

impl Drop for Permit {
	fn drop(&mut self) {
		self.0 .0.store(false, Ordering::Release);
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use futures::executor::block_on;
	use jsonrpsee::RpcModule;
	use sc_rpc_api::DenyUnsafe;
	use serde_json::Value;
	use sp_core::traits::SpawnNamed;
	use std::{sync::Mutex, thread};

	/// A thread per blocking task; nothing else is expected.
	#[derive(Clone)]
	struct Threads;

	impl SpawnNamed for Threads {
		fn spawn_blocking(
			&self,
			_: &'static str,
			_: Option<&'static str>,
			task: BoxFuture<'static, ()>,
		) {
			thread::spawn(move || block_on(task));
		}

		fn spawn(&self, name: &'static str, _: Option<&'static str>, _: BoxFuture<'static, ()>) {
			panic!("{name} is not blocking");
		}
	}

	fn executor() -> SubscriptionTaskExecutor {
		Arc::new(Threads)
	}

	/// A module whose method `slow` returns what the channel gives, and the channel.
	fn slow() -> (RpcModule<()>, std::sync::mpsc::Sender<u32>) {
		let (sender, receiver) = std::sync::mpsc::channel();
		let receiver = Arc::new(Mutex::new(receiver));
		let mut module = RpcModule::new(());
		let method = move |_: Params<'_>, _: &(), _: &Extensions| {
			receiver.lock().expect("no panic").recv().expect("a number comes")
		};
		module.register_method("slow", method).expect("the name is free");
		(module, sender)
	}

	/// Calls the method with this right; returns the result or the error.
	async fn call(methods: &Methods, right: DenyUnsafe) -> Value {
		let mut methods = methods.clone();
		methods.extensions_mut().insert(right);
		let request = r#"{"jsonrpc":"2.0","id":7,"method":"slow","params":[]}"#;
		let (answer, _) = methods.raw_json_request(request, 1).await.expect("it is a request");
		let answer: Value = serde_json::from_str(&answer).expect("it is JSON");
		assert_eq!(answer["id"], 7);
		match answer.get("error") {
			Some(error) => error.clone(),
			None => answer["result"].clone(),
		}
	}

	#[test]
	fn exclusive_method_is_refused_where_methods_must_be_safe() {
		let (module, _sender) = slow();
		let methods = exclusive(module, &executor()).expect("the names differ");
		let error = block_on(call(&methods, DenyUnsafe::Yes));
		assert_eq!(error["code"], -32_601);
		assert_eq!(error["message"], "RPC call is unsafe to be called externally");
	}

	#[test]
	fn exclusive_method_runs_once_at_a_time_and_again_when_it_is_done() {
		let (module, sender) = slow();
		let methods = exclusive(module, &executor()).expect("the names differ");
		let first = call(&methods, DenyUnsafe::No);
		futures::pin_mut!(first);
		// The first poll starts it.
		assert!(first.as_mut().now_or_never().is_none());
		assert_eq!(block_on(call(&methods, DenyUnsafe::No))["code"], BUSY);
		sender.send(1).expect("it waits");
		assert_eq!(block_on(first), 1);
		sender.send(2).expect("there is a receiver");
		assert_eq!(block_on(call(&methods, DenyUnsafe::No)), 2);
	}

	#[test]
	fn blocking_method_does_not_hold_the_thread_that_asks() {
		let (module, sender) = slow();
		let methods = blocking(module, &executor()).expect("the names differ");
		let (first, second) = (call(&methods, DenyUnsafe::Yes), call(&methods, DenyUnsafe::Yes));
		futures::pin_mut!(first, second);
		assert!(first.as_mut().now_or_never().is_none());
		assert!(second.as_mut().now_or_never().is_none());
		for number in [1, 2] {
			sender.send(number).expect("it waits");
		}
		let mut got = [block_on(first), block_on(second)].map(|value| value.as_u64());
		got.sort();
		assert_eq!(got, [Some(1), Some(2)]);
	}
}
