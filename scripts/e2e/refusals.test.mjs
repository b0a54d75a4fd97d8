// What a node reports of a transaction is not what becomes of it: the agent sends each call into one block all the same.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { WebSocket, WebSocketServer } from 'ws';
import { create, sealed } from './lib.mjs';

/** Between blocks, in milliseconds: enough for the agent to hear of one and to send. */
const BEAT = 300;

const SUBMIT = 'author_submitAndWatchExtrinsic';
const UPDATE = 'author_extrinsicUpdate';

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** What becomes of every fourth submission, and what the agent hears of it. */
const LIES = ['none', 'refused but taken', 'refused', 'dropped but taken'];

/** A node's front that lies about transactions; its address, and how often it told which lie. */
async function liar(t, url) {
	const told = Object.fromEntries(LIES.map((lie) => [lie, 0]));
	const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
	await once(server, 'listening');
	t.after(() => server.close());
	let submissions = 0;

	server.on('connection', (client) => {
		const node = new WebSocket(url, { perMessageDeflate: false });
		const open = once(node, 'open');
		const lies = new Map();
		const dropped = new Set();
		client.on('message', async (data) => {
			await open;
			const request = JSON.parse(data);
			if (request.method !== SUBMIT) return node.send(data.toString());
			const lie = LIES[submissions++ % LIES.length];
			told[lie] += 1;
			lies.set(request.id, lie);
			if (lie === 'refused') return client.send(refusal(request.id));
			if (lie === 'refused but taken') request.method = 'author_submitExtrinsic';
			node.send(JSON.stringify(request));
		});
		node.on('message', (data) => {
			const message = JSON.parse(data);
			const lie = lies.get(message.id);
			if (lie === 'refused but taken' && !message.error) return client.send(refusal(message.id));
			if (lie === 'dropped but taken' && !message.error) dropped.add(message.result);
			if (message.method === UPDATE && dropped.has(message.params.subscription)) {
				message.params.result = 'dropped';
			}
			client.send(JSON.stringify(message));
		});
		client.on('close', () => node.close());
	});
	return { url: `ws://127.0.0.1:${server.address().port}`, told };
}

/** What a pool says when two of its views take a transaction at once. */
const refusal = (id) =>
	JSON.stringify({ jsonrpc: '2.0', id, error: { code: 1013, message: 'Transaction Already Imported' } });

test('the agent sends no call twice and loses none when a node refuses what it takes', { timeout: 180_000 }, async (t) => {
	const agent = process.env.ALLORA_AGENT;
	if (!agent) throw new Error('ALLORA_AGENT names no program; use scripts/e2e/run');
	const api = await sealed(t, 'manual');
	const { url, told } = await liar(t, api._rpcCore.provider.endpoint);
	const folder = await mkdtemp(join(tmpdir(), 'allora-refusals-'));
	t.after(() => rm(folder, { recursive: true }));

	let done = false;
	const options = ['--url', url, '--topics', '1', '--epochs', '1', '--plot', join(folder, 'plot.svg')];
	const demo = promisify(execFile)(agent, ['demo', ...options], { timeout: 150_000 });
	demo.then(() => { done = true; }, () => { done = true; });
	while (!done) {
		await create(api, true, true);
		await pause(BEAT);
	}
	const { stdout } = await demo;
	assert.match(stdout, /1 of 1 epochs settled/);
	assert.doesNotMatch(stdout, /^!/m);
	for (const lie of LIES) assert.ok(told[lie] >= 10, `${lie}: ${told[lie]} times`);

	// Every call of the setting-up is in one block, and succeeded there.
	const calls = {};
	const head = (await api.rpc.chain.getHeader()).number.toNumber();
	for (let number = 1; number <= head; number += 1) {
		const hash = await api.rpc.chain.getBlockHash(number);
		const [{ block }, at] = await Promise.all([api.rpc.chain.getBlock(hash), api.at(hash)]);
		const failed = (await at.query.system.events())
			.filter(({ event }) => api.events.system.ExtrinsicFailed.is(event))
			.map(({ phase }) => phase.asApplyExtrinsic.toNumber());
		block.extrinsics.forEach(({ isSigned, signer, method: { section, method } }, index) => {
			if (!isSigned) return;
			assert.ok(!failed.includes(index), `${section}.${method} failed in block ${number}`);
			const call = `${section}.${method}`;
			calls[call] ??= [];
			calls[call].push(signer.toString());
		});
	}
	for (const [call, signers] of Object.entries(calls)) {
		assert.equal(new Set(signers).size, signers.length, `${call} is sent twice`);
	}
	assert.equal(calls['topics.create'].length, 1);
	assert.equal(calls['topics.fund'].length, 1);
	assert.equal(calls['reputer.stake'].length, 3);
	assert.ok(calls['topics.register'].length >= 10);
});
