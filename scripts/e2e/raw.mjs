// Calls of the node's RPC without a client around them, as a stranger makes them; that they change nothing; and that the
// node answers others meanwhile.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { load } from './lib.mjs';

const { WebSocket } = load('ws');
const ws = process.env.ALLORA_WS;
const http = ws.replace(/^ws/, 'http');

/** The longest time that a simple answer may take while the node has bad input, in milliseconds. */
const PATIENCE = 5_000;

/** The code of an error of wrong parameters. */
export const WRONG_PARAMETERS = -32602;

/** JSON in which big integers are numbers. */
const json = (value) => JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? `#${part}#` : part))
	.replace(/"#(-?\d+)#"/g, '$1');

/** A request. */
const request = (method, params, id = 1) => ({ jsonrpc: '2.0', id, method, params });

/** Posts a body; returns the status and what came back. */
export async function post(body) {
	const headers = { 'content-type': 'application/json' };
	const response = await fetch(http, { method: 'POST', headers, body });
	return { status: response.status, text: await response.text() };
}

/** Calls a method, and returns the whole answer. */
export async function call(method, params) {
	const { text } = await post(json(request(method, params)));
	return JSON.parse(text);
}

/** Calls a method that has to answer, and returns the result. */
export async function result(method, params) {
	const answer = await call(method, params);
	assert.ok(!answer.error, `${method}: ${JSON.stringify(answer.error)}`);
	return answer.result;
}

/** Calls a method many times in one batch, and returns the answers, or the only one. */
export async function batch(count, method, params) {
	const { text } = await post(json(Array.from({ length: count }, (_, id) => request(method, params, id))));
	return JSON.parse(text);
}

/** Fails unless an answer is an error with one of these codes. */
export function assertFailed({ error }, codes, method, params) {
	const what = `${method}(${json(params).slice(0, 100)})`;
	assert.ok(error, `${what} is answered`);
	assert.ok(codes.includes(error.code), `${what}: ${JSON.stringify(error).slice(0, 200)}`);
	assert.ok(error.message, what);
}

/** Calls a method that has to fail with one of these codes, by default that of wrong parameters. */
export async function failed(method, params, ...codes) {
	assertFailed(await call(method, params), codes.length > 0 ? codes : [WRONG_PARAMETERS], method, params);
}

/** A connection without a client around it. */
export async function connection() {
	const socket = new WebSocket(ws);
	await new Promise((resolve, reject) => { socket.on('open', resolve).on('error', reject); });
	const received = [];
	const waiting = new Map();
	socket.on('message', (data) => {
		const message = JSON.parse(data);
		received.push(message);
		waiting.get(message.id)?.(message);
	});
	/** Calls a method, and returns the whole answer. */
	const ask = (method, params) => new Promise((resolve) => {
		const id = waiting.size + 1;
		waiting.set(id, resolve);
		socket.send(json(request(method, params, id)));
	});
	return { socket, received, ask };
}

/** The number of the best block. */
export async function best() {
	return Number((await result('chain_getHeader', [])).number);
}

/** What no refused call changes: the pool, the peers, and the newest block with its state. */
async function condition() {
	const asked = ['author_pendingExtrinsics', 'system_peers', 'system_reservedPeers', 'system_localPeerId'];
	const [header, ...known] = await Promise.all(['chain_getHeader', ...asked].map((method) => result(method, [])));
	return { number: Number(header.number), stateRoot: header.stateRoot, known };
}

/** Runs this, after which the pool and the peers are the same, the best block of before is still in the chain with the
 * same state, and the blocks since have nothing but their inherents, so that no other state has changed either. */
async function unchanged(inside) {
	const before = await condition();
	await inside();
	const after = await condition();
	assert.deepEqual(after.known, before.known);
	const blockAt = async (number) => {
		const hash = await result('chain_getBlockHash', [number]);
		return (await result('chain_getBlock', [hash])).block;
	};
	assert.equal((await blockAt(before.number)).header.stateRoot, before.stateRoot);
	for (let number = before.number + 1; number <= after.number; number += 1) {
		const { extrinsics } = await blockAt(number);
		assert.equal(extrinsics.length, 1, `block ${number}`);
		// The length, and the version without a signature.
		assert.match(extrinsics[0], /^0x..0[45]01/, `block ${number}`);
	}
}

/**
 * Runs this while another thread asks for the best block again and again, and prints the longest time that an answer
 * took. Fails unless each came within {@link PATIENCE}, and the last one after this had ended.
 */
export async function answering(inside) {
	const worker = new Worker(new URL('pulse.mjs', import.meta.url), { workerData: { http, patience: PATIENCE } });
	const report = once(worker, 'message');
	try {
		await inside();
	} finally {
		worker.postMessage('end');
	}
	const [{ asked, longest, failure }] = await report;
	console.log(`the best block, asked for ${asked} times meanwhile, came within ${longest} ms`);
	assert.equal(failure, undefined);
	assert.ok(asked > 1 && longest < PATIENCE, `an answer took ${longest} ms`);
}

/** Runs this, which changes nothing and keeps nobody else waiting. */
export const harmless = (inside) => answering(() => unchanged(inside));
