// A best block may be abandoned for another branch, with all its transactions: agent and tests lose nothing by that.
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { account, create, demo, finalise, finalised, only, parameters, sealed, send, timed, until } from './lib.mjs';

const alice = account('Alice');
const charlie = account('Charlie');

const check = timed(180);

/** The time from block to block in milliseconds: enough for the agent to see one and to send. */
const BLOCK_TIME = 300;

/** Makes a block on this one, or on the best one; not final. */
const block = async (api, parent = null) => (await create(api, true, false, parent)).hash;

/** The calls in the pool. */
const pending = async (api) =>
	(await api.rpc.author.pendingExtrinsics()).map(({ method }) => `${method.section}.${method.method}`);

/** Whether the first topic exists in this block. */
const hasTopic = async (api, hash) => (await (await api.at(hash)).call.topicsApi.topic(1)).isSome;

check('a registration follows its topic from an abandoned branch to the one that wins', async (t) => {
	const { api } = await sealed(t, 'manual');
	const { hash: root } = await create(api, true, true);
	await block(api);

	let done = false;
	const registered = send(api, api.tx.topics.create(parameters), alice).then(({ events }) => {
		const { topic } = only(events, 'topics', 'TopicCreated').data;
		return send(api, api.tx.topics.register(topic, 'Worker', null), charlie);
	});
	registered.then(() => { done = true; }, () => { done = true; });
	await until('the creation is in the pool', async () => (await pending(api)).includes('topics.create'));

	// The best block has the topic, but no block that is not final may bring the registration about.
	assert.ok(await hasTopic(api, await block(api)));
	for (let count = 0; count < 10; count += 1) {
		await block(api);
		assert.deepEqual(await pending(api), []);
	}

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
	const { api, url } = await sealed(t, 'manual');
	let done = false;
	const succeeded = demo(t, url, 2);
	succeeded.then(() => { done = true; }, () => { done = true; });
	let forks = 0;
	while (!done) {
		const root = await block(api);
		await finalise(api, root);
		await sleep(BLOCK_TIME);
		await block(api);
		await sleep(BLOCK_TIME);
		// What was sent since then gets into a best block that is abandoned.
		await block(api);
		await sleep(BLOCK_TIME);
		await finalise(api, await block(api, root));
		forks += 1;
	}
	await succeeded;
	assert.ok(forks > 20, `${forks} forks`);
});
