// A thin client of the node's RPC: no decoding, many requests at once, and only to this machine.
import { once } from 'node:events';
import { load } from '../lib.mjs';

const WebSocket = load('ws');

/** The requests of a connection that wait for an answer; the node buffers 64 of its own per connection. */
const IN_FLIGHT = 48;

/** The maximum number of transactions that a run sends. */
export const MAX_TRANSACTIONS = 300_000;

/** Throws unless the address is one of this machine's loopback interface: a load test is an attack on others' nodes. */
export function assertLoopback(url) {
	const { hostname } = new URL(url);
	const isLoopback = hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
	if (!isLoopback) throw new Error(`${url} is not on this machine: load is sent to loopback addresses only`);
}

/** The error of a request, with the node's code. */
class Refusal extends Error {
	constructor({ code, message, data }) {
		super(data ? `${message}: ${data}` : message);
		this.code = code;
	}
}

/** A connection. */
export class Rpc {
	static async open(url) {
		assertLoopback(url);
		const rpc = new Rpc();
		rpc.socket = new WebSocket(url, { perMessageDeflate: false, maxPayload: 2 ** 28 });
		rpc.waiting = new Map();
		rpc.subscriptions = new Map();
		rpc.count = 0;
		rpc.socket.on('message', (data) => rpc.#receive(JSON.parse(data)));
		rpc.socket.on('close', () => rpc.waiting.forEach(({ reject }) => reject(new Error('the connection ended'))));
		await once(rpc.socket, 'open');
		return rpc;
	}

	#receive({ id, result, error, params }) {
		if (params) return this.subscriptions.get(params.subscription)?.(params.result);
		const { resolve, reject } = this.waiting.get(id);
		this.waiting.delete(id);
		return error ? reject(new Refusal(error)) : resolve(result);
	}

	/** Calls a method. */
	call(method, ...params) {
		this.count += 1;
		const id = this.count;
		return new Promise((resolve, reject) => {
			this.waiting.set(id, { resolve, reject });
			this.socket.send(JSON.stringify({ jsonrpc: '2.0', id, method, params }));
		});
	}

	/** Subscribes; `tell` gets each result. */
	async subscribe(method, tell) {
		this.subscriptions.set(await this.call(method), tell);
	}

	close() {
		this.socket.close();
	}
}

let sent = 0;

/**
 * Submits transactions as fast as the nodes take them, spread over the connections. Returns what was refused, by
 * transaction, and notes in `onSent` when each was sent.
 */
export async function flood(rpcs, transactions, onSent = () => {}) {
	sent += transactions.length;
	if (sent > MAX_TRANSACTIONS) throw new Error(`a run sends at most ${MAX_TRANSACTIONS} transactions`);
	const refused = new Map();
	let next = 0;
	const sender = async (rpc) => {
		while (next < transactions.length) {
			const transaction = transactions[next];
			next += 1;
			onSent(transaction);
			await rpc.call('author_submitExtrinsic', transaction).catch((error) => {
				if (error.code === undefined) throw error;
				refused.set(transaction, error);
			});
		}
	};
	await Promise.all(rpcs.flatMap((rpc) => Array.from({ length: IN_FLIGHT }, () => sender(rpc))));
	return refused;
}
