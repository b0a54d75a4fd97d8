// Nobody can keep a node from answering by asking for what takes it long.
import assert from 'node:assert/strict';
import { connect, devNode, finalHeader, timed, until } from './lib.mjs';

/** Asks a node by its name for a method; the error of a refusal has the code and the text of the node. */
const ask = (api, method, ...params) => api._rpcCore.provider.send(method, params);

/** The code of a method that is already running. */
const BUSY = -32050;

timed(120)('a specification is made once at a time, and headers come meanwhile', async (t) => {
	const [slow, other] = await Promise.all([connect(), connect()]);
	t.after(() => Promise.all([slow.disconnect(), other.disconnect()]));
	// Light clients begin with a final block after that of genesis.
	await until('a block is final', async () => (await finalHeader(slow)).number.toNumber() > 0);
	const order = [];
	const done = (what) => (value) => {
		order.push(what);
		return value;
	};
	// The node takes up requests of one connection at the same time: either of these may be the one that is refused.
	const both = [1, 2].map(() => ask(slow, 'sync_state_genSyncSpec', true).then(done('specification')));
	const specified = Promise.any(both);
	await assert.rejects(Promise.race(both), { code: BUSY });
	for (let count = 0; count < 20; count += 1) {
		await ask(other, 'chain_getHeader').then(done('header'));
		await ask(slow, 'chain_getHeader').then(done('header'));
	}
	const specification = await specified;
	assert.ok(specification.lightSyncState.finalizedBlockHeader);
	assert.deepEqual(order, [...Array(40).fill('header'), 'specification']);
});

timed(120)('a node that serves safe methods only makes no specification', async (t) => {
	const { api } = await devNode(t, '--rpc-methods', 'safe');
	const refusal = { code: -32601, message: /RPC call is unsafe to be called externally/ };
	await assert.rejects(ask(api, 'sync_state_genSyncSpec', true), refusal);
	await assert.rejects(ask(api, 'sync_state_genSyncSpec', false), refusal);
	assert.ok((await ask(api, 'chain_getHeader')).number);
});

timed(120)('a batch has at most 100 requests', async () => {
	const url = process.env.ALLORA_WS.replace('ws:', 'http:');
	const batch = async (length) => {
		const requests = Array.from({ length }, (_, id) => ({ jsonrpc: '2.0', id, method: 'chain_getHeader', params: [] }));
		const headers = { 'Content-Type': 'application/json' };
		return (await fetch(url, { method: 'POST', headers, body: JSON.stringify(requests) })).json();
	};
	const answers = await batch(100);
	assert.equal(answers.filter(({ result }) => result.number).length, 100);
	const { error } = await batch(101);
	assert.match(error.message, /batch.*too large|Exceeded max limit/i);
});
