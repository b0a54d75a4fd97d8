// Bad input to the node: malformed transactions, bodies beyond every limit, wrong parameters for each method, batches,
// and subscriptions without end. Each gets an error, and the node stays as quick as before.
import assert from 'node:assert/strict';

import { account, connect, load, timed, until } from './lib.mjs';

const { WebSocket } = load('ws');
const ws = process.env.ALLORA_WS;
const http = ws.replace(/^ws/, 'http');

/** Methods without parameters, which are answered whatever parameters they are called with. */
const WITHOUT_PARAMETERS = new Set(`archive_v1_finalizedHeight archive_v1_genesisHash author_pendingExtrinsics
	babe_epochAuthorship beefy_getFinalizedHead chainSpec_v1_chainName chainSpec_v1_genesisHash
	chainSpec_v1_properties chain_getFinalisedHead chain_getFinalizedHead grandpa_roundState rpc_methods system_chain
	system_chainType system_health system_localListenAddresses system_localPeerId system_name system_nodeRoles
	system_peers system_properties system_reservedPeers system_syncState system_unstable_networkState
	system_version`.split(/\s+/));
/** Methods without parameters that change the node: they add keys, and change what is logged. */
const NOT_CALLED = new Set(['author_rotateKeys', 'system_resetLogFilter']);

/** The maximum size of a request in bytes, and the maximum number of subscriptions of a connection. */
const LARGEST = 15 * 1024 * 1024;
const SUBSCRIPTIONS = 1024;

/** Posts a body; returns the status and what came back. */
async function post(body) {
	const headers = { 'content-type': 'application/json' };
	const response = await fetch(http, { method: 'POST', headers, body });
	return { status: response.status, text: await response.text() };
}

/** Posts a body that is too large: the node says so, or stops reading and closes the connection. */
async function postTooLarge(body) {
	try {
		return (await post(body)).status;
	} catch (error) {
		assert.match(error.cause?.code ?? '', /EPIPE|ECONNRESET|UND_ERR_SOCKET/, error);
		return 413;
	}
}

/** Calls a method, and returns the whole answer. */
async function call(method, params) {
	const { text } = await post(JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }));
	return JSON.parse(text);
}

/** Calls a method that has to fail, and returns the error. */
async function failed(method, params) {
	const { error } = await call(method, params);
	assert.ok(error, `${method}(${JSON.stringify(params).slice(0, 100)}) is answered`);
	assert.equal(typeof error.code, 'number', method);
	assert.ok(error.message, method);
	return error;
}

/** The number of the best block; fails unless the node answers within 30 seconds. */
async function isLive() {
	const begin = Date.now();
	const { result } = await call('chain_getHeader', []);
	assert.ok(Date.now() - begin < 30_000, `an answer took ${Date.now() - begin} ms`);
	return Number.parseInt(result.number, 16);
}

/** A connection without a client around it. */
async function connection() {
	const socket = new WebSocket(ws);
	await new Promise((resolve, reject) => { socket.on('open', resolve).on('error', reject); });
	const received = [];
	socket.on('message', (data) => received.push(JSON.parse(data)));
	return { socket, received };
}

timed(20)('every method refuses parameters that are not its own', async () => {
	const { methods } = (await call('rpc_methods', [])).result;
	assert.ok(methods.length > 100, `${methods.length} methods`);
	let refused = 0;
	await Promise.all(methods.filter((method) => !NOT_CALLED.has(method)).map(async (method) => {
		if (WITHOUT_PARAMETERS.has(method)) {
			assert.ok((await call(method, [])).result !== undefined, method);
			return;
		}
		for (const params of [[{}], [{}, {}, {}, {}, {}, {}, {}, {}], [[[[[[]]]]]]]) {
			await failed(method, params);
			refused += 1;
		}
	}));
	assert.equal((await failed('no_such_method', [])).code, -32601);
	console.log(`${methods.length} methods, ${refused} calls refused`);
	await isLive();
});

timed(20)('what is no transaction is refused by the pool, and what is no argument by the runtime', async (t) => {
	const api = await connect();
	t.after(() => api.disconnect());
	const alice = account('Alice');
	const signed = await api.tx.system.remark('0x').signAsync(alice, { nonce: -1 });
	const hex = signed.toHex();
	const bytes = signed.toU8a();
	const other = Uint8Array.from(bytes);
	other[other.length - 1] ^= 1;
	const toHex = (data) => `0x${Buffer.from(data).toString('hex')}`;
	const unsigned = api.tx.system.remark('0x').toHex();
	const malformed = ['0x', '0x00', '0xff', hex.slice(0, -2), hex.slice(0, 40), `0x${'ff'.repeat(1000)}`,
		`0x${'84'.repeat(10_000)}`, 'zz', '', null, 7, [hex], { hex }];
	const methods = ['author_submitExtrinsic', 'system_dryRun', 'payment_queryInfo', 'payment_queryFeeDetails'];
	for (const transaction of malformed) {
		for (const method of methods) await failed(method, [transaction]);
	}
	for (const transaction of [unsigned, toHex(other)]) await failed('author_submitExtrinsic', [transaction]);
	assert.equal((await call('author_pendingExtrinsics', [])).result.filter((one) => one === toHex(other)).length, 0);

	const arguments_ = ['0x', '0x00', `0x${'ff'.repeat(7)}`];
	for (const data of arguments_) await failed('state_call', ['AggregationApi_latest_inference', data]);
	await failed('state_call', ['NoApi_nothing', '0x']);
	// A call in a call, a hundred thousand deep, exhausts the stack of the runtime and not of the node.
	const { callIndex } = api.tx.utility.batch;
	const deep = new Uint8Array(300_000);
	for (let at = 0; at < deep.length; at += 3) deep.set([...callIndex, 4], at);
	const bare = api.registry.createType('Bytes', Uint8Array.from([4, ...deep])).toHex();
	await failed('author_submitExtrinsic', [bare]);
	await failed('state_call', ['TransactionPaymentCallApi_query_call_info', toHex(deep)]);
	// Pages of the largest size and from the last topic are answered, and short.
	for (const method of ['TopicsApi_topics', 'TopicsApi_overview']) {
		for (const from of ['0000000000000000', 'ffffffffffffffff']) {
			const { result } = await call('state_call', [method, `0x${from}ffffffff`]);
			assert.ok(result.length < 200_000, `${method}: ${result.length}`);
		}
	}
	await isLive();
});

timed(20)('bodies that are no JSON-RPC, or too large, are refused', async () => {
	for (const body of ['', '{', '[]', 'null', '7', '"x"', '{"jsonrpc":"1.0"}', '\u0000', '['.repeat(100_000)]) {
		const { status, text } = await post(body);
		assert.ok(status >= 400 || JSON.parse(text).error, `${body.slice(0, 20)}: ${status} ${text.slice(0, 100)}`);
	}
	const large = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'x', params: ['x'.repeat(LARGEST)] });
	assert.equal(await postTooLarge(large), 413);
	// Within the limit, and still no transaction.
	await failed('author_submitExtrinsic', [`0x${'00'.repeat(6 * 1024 * 1024)}`]);

	const { socket, received } = await connection();
	const closed = new Promise((resolve) => { socket.on('close', resolve).on('error', resolve); });
	socket.send('x'.repeat(LARGEST + 1));
	const answer = new Promise((resolve) => { socket.on('message', resolve); });
	await Promise.race([closed, answer]);
	assert.ok(received.every(({ error }) => error), JSON.stringify(received));
	socket.terminate();
	await isLive();
});

timed(20)('batches of thousands of calls keep nobody else waiting', async () => {
	const batch = (count, method) =>
		post(JSON.stringify(Array.from({ length: count }, (_, id) => ({ jsonrpc: '2.0', id, method, params: [{}] }))));
	const [answers] = await Promise.all([batch(5000, 'state_getStorage'), isLive()]);
	const parsed = JSON.parse(answers.text);
	for (const { error } of [parsed].flat()) assert.ok(error);
	// Answers that are too long together end in one error.
	const { text } = await post(JSON.stringify(Array.from({ length: 100 }, (_, id) => (
		{ jsonrpc: '2.0', id, method: 'state_getMetadata', params: [] }))));
	assert.ok([JSON.parse(text)].flat().some(({ error }) => error), text.slice(0, 200));
	await isLive();
});

timed(20)('a connection has a bounded number of subscriptions', async () => {
	const { socket, received } = await connection();
	const count = SUBSCRIPTIONS + 76;
	for (let id = 1; id <= count; id += 1) {
		socket.send(JSON.stringify({ jsonrpc: '2.0', id, method: 'chain_subscribeFinalizedHeads', params: [] }));
	}
	const answers = () => received.filter(({ id }) => id !== undefined);
	while (answers().length < count) await new Promise((resolve) => { setTimeout(resolve, 100); });
	assert.equal(answers().filter(({ error }) => error).length, count - SUBSCRIPTIONS);
	await isLive();
	socket.terminate();
	// After all of this the chain still grows.
	const before = await isLive();
	await until('a block comes', async () => await isLive() > before, 15);
});
