// Best blocks are abandoned for another branch, with every transaction in them: what is done on the chain survives it.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { account, create, finalised, only, parameters, sealed, send, until } from './lib.mjs';

const alice = account('Alice');
const charlie = account('Charlie');

/** A test that may not hang. */
const check = (name, body) => test(name, { timeout: 180_000 }, body);

/** Between blocks, in milliseconds: enough for the agent to hear of one and to send. */
const BEAT = 200;

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** A block on this one, or on the best one; not final. */
const block = async (api, parent = null) => (await create(api, true, false, parent)).hash;

/** Makes a block final, and so the best one: branches without it are abandoned. */
const finalise = (api, hash) => api._rpcCore.provider.send('engine_finalizeBlock', [hash, null]);

/** The calls that wait in the pool. */
const waiting = async (api) =>
	(await api.rpc.author.pendingExtrinsics()).map(({ method }) => `${method.section}.${method.method}`);

/** Whether there is the first topic in this block. */
const hasTopic = async (api, hash) => (await (await api.at(hash)).call.topicsApi.topic(1)).isSome;

check('a registration follows its topic from an abandoned branch to the one that wins', async (t) => {
	const api = await sealed(t, 'manual');
	const { hash: root } = await create(api, true, true);
	await block(api);

	let done = false;
	const registered = send(api, api.tx.topics.create(parameters), alice).then(({ events }) => {
		const { topic } = only(events, 'topics', 'TopicCreated').data;
		return send(api, api.tx.topics.register(topic, 'Worker', null), charlie);
	});
	registered.then(() => { done = true; }, () => { done = true; });
	await until('the creation waits', async () => (await waiting(api)).includes('topics.create'));

	// A best block has the topic: nothing that needs it may come before that is final.
	assert.ok(await hasTopic(api, await block(api)));
	await pause(1_000);
	assert.deepEqual(await waiting(api), []);

	const other = await block(api, root);
	await finalise(api, other);
	assert.equal((await api.rpc.chain.getBlockHash()).toHex(), other);
	assert.equal(await hasTopic(api, other), false);
	await until('the registration is final', async () => {
		await finalise(api, await block(api));
		return done;
	});
	only((await registered).events, 'topics', 'Registered');
	assert.ok((await (await finalised(api)).call.topicsApi.topic(1)).isSome);
});

check('the demo of the agent succeeds on a chain that forks all the time', async (t) => {
	const agent = process.env.ALLORA_AGENT;
	if (!agent) throw new Error('ALLORA_AGENT names no program; use scripts/e2e/run');
	const api = await sealed(t, 'manual');
	const folder = await mkdtemp(join(tmpdir(), 'allora-forks-'));
	t.after(() => rm(folder, { recursive: true }));

	let done = false;
	const url = api._rpcCore.provider.endpoint;
	const options = ['--url', url, '--topics', '1', '--epochs', '2', '--plot', join(folder, 'plot.svg')];
	const demo = promisify(execFile)(agent, ['demo', ...options], { timeout: 150_000 });
	demo.then(() => { done = true; }, () => { done = true; });
	let forks = 0;
	while (!done) {
		const root = await block(api);
		await finalise(api, root);
		await pause(BEAT);
		await block(api);
		await pause(BEAT);
		// What was sent since then comes into a best block that is abandoned.
		await block(api);
		await pause(BEAT);
		await finalise(api, await block(api, root));
		forks += 1;
	}
	const { stdout } = await demo;
	assert.match(stdout, /2 of 2 epochs settled/);
	assert.doesNotMatch(stdout, /^!/m);
	assert.ok(forks > 20, `${forks} forks`);
});
