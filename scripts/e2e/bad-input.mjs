// Bad input to the node: malformed transactions, bodies beyond every limit, wrong parameters for each method, batches,
// and subscriptions without end. Each gets an error, changes nothing, and keeps nobody else waiting.
import assert from 'node:assert/strict';

import { account, connect, load, timed, until } from './lib.mjs';
import {
	WRONG_PARAMETERS, answering, assertFailed, batch, best, call, connection, failed, harmless, post, result,
} from './raw.mjs';

const { Metadata, TypeRegistry } = load('@polkadot/types');

/** Methods without parameters, which are answered whatever parameters they are called with. */
const WITHOUT_PARAMETERS = new Set(`archive_v1_finalizedHeight archive_v1_genesisHash author_pendingExtrinsics
	babe_epochAuthorship beefy_getFinalizedHead chainSpec_v1_chainName chainSpec_v1_genesisHash
	chainSpec_v1_properties chain_getFinalisedHead chain_getFinalizedHead grandpa_roundState rpc_methods system_chain
	system_chainType system_health system_localListenAddresses system_localPeerId system_name system_nodeRoles
	system_peers system_properties system_reservedPeers system_syncState system_unstable_networkState
	system_version`.split(/\s+/));
/** Subscriptions without parameters, which begin whatever parameters they are called with. */
const SUBSCRIPTIONS_WITHOUT_PARAMETERS = new Set(`beefy_subscribeJustifications chain_subscribeAllHeads
	chain_subscribeFinalisedHeads chain_subscribeFinalizedHeads chain_subscribeNewHead chain_subscribeNewHeads
	chain_subscribeRuntimeVersion grandpa_subscribeJustifications state_subscribeRuntimeVersion
	subscribe_newHead`.split(/\s+/));
/** Other subscriptions: a wrong parameter begins none. */
const SUBSCRIPTIONS_WITH_PARAMETERS = new Set(`archive_v1_storage archive_v1_storageDiff author_submitAndWatchExtrinsic
	chainHead_v1_follow state_subscribeStorage transactionWatch_v1_submitAndWatch`.split(/\s+/));
/** Methods that end a subscription, and say that there is none. */
const ENDS_OF_SUBSCRIPTIONS = new Set(`archive_v1_stopStorage archive_v1_storageDiff_stopStorageDiff
	author_unwatchExtrinsic beefy_unsubscribeJustifications chainHead_v1_unfollow chain_unsubscribeAllHeads
	chain_unsubscribeFinalisedHeads chain_unsubscribeFinalizedHeads chain_unsubscribeNewHead chain_unsubscribeNewHeads
	chain_unsubscribeRuntimeVersion grandpa_unsubscribeJustifications state_unsubscribeRuntimeVersion
	state_unsubscribeStorage transactionWatch_v1_unwatch unsubscribe_newHead`.split(/\s+/));
/** Methods without parameters that change the node: they add keys, and change what is logged. */
const NOT_CALLED = new Set(['author_rotateKeys', 'system_resetLogFilter']);

/** What is no list of parameters of any method. */
const WRONG = [[{}], [{}, {}, {}, {}, {}, {}, {}, {}], [[[[[[]]]]]]];

/** The codes of errors. */
const NO_METHOD = -32601;
/** A subscription where there can be none. */
const INTERNAL = -32603;
/** Too many calls in a batch, and too long answers to one. */
const LONG_BATCH = -32010;
const LONG_ANSWERS = -32011;
const FAILED_EXECUTION = 4003;
/** What the pool says of a transaction: the runtime cannot read it, it is not valid, it was refused before, and it is
 * no transaction. */
const UNREADABLE = 1002;
const INVALID = 1010;
const BANNED = 1012;
const NO_TRANSACTION = 1040;
/** What methods about a transaction say of bytes that are none: what the runtime, and what the node cannot read. */
const OF_NO_TRANSACTION = {
	author_submitExtrinsic: [UNREADABLE, NO_TRANSACTION],
	system_dryRun: [1, 2],
	payment_queryInfo: [1, 2],
	payment_queryFeeDetails: [1, 2],
};

/** The maximum size of a request in bytes, and the maximum number of subscriptions of a connection. */
const LARGEST = 15 * 1024 * 1024;
const SUBSCRIPTIONS = 1024;

/** Posts a body that is too large: the node says so, or stops reading and closes the connection. */
async function postTooLarge(body) {
	try {
		return (await post(body)).status;
	} catch (error) {
		assert.match(error.cause?.code ?? '', /EPIPE|ECONNRESET|UND_ERR_SOCKET/, error);
		return 413;
	}
}

timed(60)('every method refuses parameters that are not its own, and changes nothing', () => harmless(async () => {
	const { methods } = (await call('rpc_methods', [])).result;
	assert.ok(methods.length > 100, `${methods.length} methods`);
	const exceptions = [WITHOUT_PARAMETERS, SUBSCRIPTIONS_WITHOUT_PARAMETERS, SUBSCRIPTIONS_WITH_PARAMETERS,
		ENDS_OF_SUBSCRIPTIONS, NOT_CALLED].flatMap((set) => [...set]);
	assert.equal(new Set(exceptions).size, exceptions.length, 'a method is listed twice');
	for (const method of exceptions) assert.ok(methods.includes(method), `${method} is no method`);
	let refused = 0;
	const { socket, ask } = await connection();
	await Promise.all(methods.filter((method) => !NOT_CALLED.has(method)).map(async (method) => {
		const subscribes = SUBSCRIPTIONS_WITHOUT_PARAMETERS.has(method) || SUBSCRIPTIONS_WITH_PARAMETERS.has(method);
		for (const params of WRONG) {
			if (WITHOUT_PARAMETERS.has(method)) {
				assert.notEqual((await call(method, params)).result, undefined, method);
				continue;
			}
			refused += 1;
			if (!subscribes && !ENDS_OF_SUBSCRIPTIONS.has(method)) {
				await failed(method, params);
				continue;
			}
			// Only a connection has subscriptions.
			await failed(method, params, INTERNAL);
			const answer = await ask(method, params);
			if (ENDS_OF_SUBSCRIPTIONS.has(method)) assert.equal(answer.result, false, method);
			else if (SUBSCRIPTIONS_WITHOUT_PARAMETERS.has(method)) assert.ok(answer.result, method);
			else assertFailed(answer, [WRONG_PARAMETERS], method, params);
		}
	}));
	socket.terminate();
	await failed('no_such_method', [], NO_METHOD);
	console.log(`${methods.length} methods, ${refused} calls refused`);
}));

timed(60)('every method of the runtime answers or refuses any bytes, and changes nothing', () => harmless(async () => {
	// Version 15 is the first one that names the methods.
	const { result: encoded } = await call('state_call', ['Metadata_metadata_at_version', '0x0f000000']);
	const registry = new TypeRegistry();
	const bytes = registry.createType('Option<Bytes>', Uint8Array.from(Buffer.from(encoded.slice(2), 'hex'))).unwrap();
	const { apis } = new Metadata(registry, bytes.toHex()).asV15;
	assert.ok(apis.length > 20, `${apis.length} APIs`);
	const inputs = ['', '00', 'ff'.repeat(7), ...['00', '01', '04', '7f', 'ff'].map((byte) => byte.repeat(1000))];
	let [answered, refused] = [0, 0];
	for (const api of apis) {
		await Promise.all(api.methods.map(async ({ name, inputs: { length } }) => {
			const method = `${api.name}_${name}`;
			for (const input of inputs) {
				const params = [method, `0x${input}`];
				const answer = await call('state_call', params);
				if (answer.error) {
					assertFailed(answer, [FAILED_EXECUTION], 'state_call', params);
					refused += 1;
				} else {
					assert.ok(answer.result.length < 2_000_000, `${method}: ${answer.result.length}`);
					assert.ok(length === 0 || input !== '', `${method} is answered without arguments`);
					answered += 1;
				}
			}
		}));
	}
	console.log(`${apis.length} APIs, ${answered} calls answered and ${refused} refused`);
	assert.ok(answered > 100, `${answered} answered`);
}));

timed(60)('what is no transaction or no argument is refused, and changes nothing', (t) => harmless(async () => {
	const api = await connect();
	t.after(() => api.disconnect());
	const alice = account('Alice');
	const signed = await api.tx.system.remark('0x').signAsync(alice, { nonce: -1 });
	const hex = signed.toHex();
	const bytes = signed.toU8a();
	// A bit of the signature.
	const other = Uint8Array.from(bytes);
	other[60] ^= 1;
	const toHex = (data) => `0x${Buffer.from(data).toString('hex')}`;
	const unsigned = api.tx.system.remark('0x').toHex();
	const malformed = ['0x', '0x00', '0xff', hex.slice(0, -2), hex.slice(0, 40), `0x${'ff'.repeat(1000)}`,
		`0x${'84'.repeat(10_000)}`, ''];
	for (const [method, codes] of Object.entries(OF_NO_TRANSACTION)) {
		for (const transaction of malformed) await failed(method, [transaction], ...codes);
		for (const wrong of ['zz', null, 7, [hex], { hex }]) await failed(method, [wrong]);
	}
	for (const transaction of [unsigned, toHex(other)]) {
		await failed('author_submitExtrinsic', [transaction], INVALID);
	}

	const arguments_ = ['0x', '0x00', `0x${'ff'.repeat(7)}`];
	for (const data of arguments_) {
		await failed('state_call', ['AggregationApi_latest_inference', data], FAILED_EXECUTION);
	}
	await failed('state_call', ['NoApi_nothing', '0x'], FAILED_EXECUTION);
	// A call in a call, a hundred thousand deep, exhausts the stack of the runtime and not of the node.
	const { callIndex } = api.tx.utility.batch;
	const deep = new Uint8Array(300_000);
	for (let at = 0; at < deep.length; at += 3) deep.set([...callIndex, 4], at);
	const bare = api.registry.createType('Bytes', Uint8Array.from([4, ...deep])).toHex();
	await failed('author_submitExtrinsic', [bare], UNREADABLE, NO_TRANSACTION);
	await failed('state_call', ['TransactionPaymentCallApi_query_call_info', toHex(deep)], FAILED_EXECUTION);
	// Pages of the largest size and from the last topic are answered, and short.
	for (const method of ['TopicsApi_topics', 'TopicsApi_overview']) {
		for (const from of ['0000000000000000', 'ffffffffffffffff']) {
			const { result } = await call('state_call', [method, `0x${from}ffffffff`]);
			assert.ok(result.length < 200_000, `${method}: ${result.length}`);
		}
	}
}));

timed(60)('bodies that are no JSON-RPC, or too large, are refused and change nothing', () => harmless(async () => {
	for (const body of ['', '{', '[]', 'null', '7', '"x"', '{"jsonrpc":"1.0"}', '\u0000', '['.repeat(100_000)]) {
		const { status, text } = await post(body);
		assert.ok(status >= 400 || JSON.parse(text).error, `${body.slice(0, 20)}: ${status} ${text.slice(0, 100)}`);
	}
	const large = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'x', params: ['x'.repeat(LARGEST)] });
	assert.equal(await postTooLarge(large), 413);
	// Within the limit, and still no transaction.
	await failed('author_submitExtrinsic', [`0x${'00'.repeat(6 * 1024 * 1024)}`], UNREADABLE, BANNED);

	const { socket, received } = await connection();
	const closed = new Promise((resolve) => { socket.on('close', resolve).on('error', resolve); });
	socket.send('x'.repeat(LARGEST + 1));
	const answer = new Promise((resolve) => { socket.on('message', resolve); });
	await Promise.race([closed, answer]);
	assert.ok(received.every(({ error }) => error), JSON.stringify(received));
	socket.terminate();
}));

timed(60)('a batch of thousands of calls is refused, and of its calls none is made', () => harmless(async () => {
	const { error } = await batch(5_000, 'state_getStorage', ['0x']);
	assert.equal(error.code, LONG_BATCH, JSON.stringify(error));
}));

timed(120)('batches of costly calls keep nobody else waiting', (t) => harmless(async () => {
	const api = await connect();
	t.after(() => api.disconnect());
	const block = await result('chain_getBlockHash', []);
	/** From several connections at once, more than there are processors. */
	const batches = (method, params) => Promise.all(Array.from({ length: 4 }, () => batch(100, method, params)));
	/** What asks the runtime to weigh a batch of this many calls, each of which it has to decode. */
	const weigh = (count) => {
		const bytes = api.tx.utility.batch(Array(count).fill(api.tx.system.remark('0x'))).method.toU8a();
		const length = Buffer.from(Uint32Array.of(bytes.length).buffer);
		return ['TransactionPaymentCallApi_query_call_info', `0x${Buffer.concat([bytes, length]).toString('hex')}`];
	};
	// Short answers that take long, the first of them since all of the state is read. The SDK makes the last calls on the
	// threads that serve all connections, where calls that take ten times as long made others wait for two seconds.
	for (const [method, params] of [
		['state_getStorageSize', ['0x', block]],
		['state_call', [...weigh(10_000), block]],
		['archive_v1_call', [block, ...weigh(1_000)]],
	]) {
		const answers = (await batches(method, params)).flat();
		assert.equal(answers.length, 400);
		assert.ok(answers[0].result, JSON.stringify(answers[0]));
		for (const answer of answers) assert.deepEqual(answer.result, answers[0].result);
	}
	// Answers that are too long together end in one error.
	for (const [method, params] of [
		['state_getMetadata', []],
		['state_getPairs', ['0x']],
		['state_call', ['Metadata_metadata', '0x']],
		['archive_v1_call', [block, 'Metadata_metadata', '']],
	]) {
		for (const { error } of await batches(method, params)) assert.equal(error?.code, LONG_ANSWERS, `${method}: ${JSON.stringify(error)}`);
	}
}));

timed(60)('a connection has a bounded number of subscriptions', async () => {
	await answering(async () => {
		const { socket, received } = await connection();
		const count = SUBSCRIPTIONS + 76;
		for (let id = 1; id <= count; id += 1) {
			socket.send(JSON.stringify({ jsonrpc: '2.0', id, method: 'chain_subscribeFinalizedHeads', params: [] }));
		}
		const answers = () => received.filter(({ id }) => id !== undefined);
		while (answers().length < count) await new Promise((resolve) => { setTimeout(resolve, 100); });
		assert.equal(answers().filter(({ error }) => error).length, count - SUBSCRIPTIONS);
		socket.terminate();
	});
	// After all of this the chain still grows.
	const before = await best();
	await until('a block comes', async () => await best() > before, 15);
});
