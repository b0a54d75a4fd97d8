// Commit and reveal, with an agent that is killed in between: what it can reveal after its restart is in its journal.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { front } from './front.mjs';
import { agent, create, openEpochs, sealed, timed, until } from './lib.mjs';

const check = timed(90);

/** The number of calls of this name in the pool. */
async function pending(api, name) {
	const calls = (await api.rpc.author.pendingExtrinsics()).map(({ method }) => `${method.section}.${method.method}`);
	return calls.filter((call) => call === name).length;
}

/** Starts the agent, which ends with the test; a failure prints what it has printed. */
function startAgent(t, ...args) {
	const started = agent(...args);
	t.after(async () => {
		started.child.kill('SIGKILL');
		await started.ended;
		if (!t.passed) started.lines.slice(-20).forEach((line) => t.diagnostic(`agent: ${line}`));
	});
	return started;
}

/** Makes one block after another until `look` returns something true of the state, and returns that. */
async function blocksUntil(api, what, look) {
	for (let count = 0; count < 100; count += 1) {
		const found = await look();
		if (found) return found;
		await create(api, true, true);
	}
	throw new Error(`no block in which ${what}`);
}

/**
 * Makes blocks of what the agent sends until it has set up its topics. Returns the topic with a reveal window, the
 * first epoch in which the agent takes part, and the number of inferers.
 */
async function setUp(api, { child, lines }) {
	const isReady = () => lines.some((line) => line.endsWith('payloads are committed and revealed'));
	// The pool may keep a transaction for a moment after its block; a block more than needed could open the epoch.
	const included = new Set();
	const isNew = ({ hash }) => !included.has(hash.toHex());
	for (;;) {
		await until('the agent sends something, or has set up its topics', async () => {
			assert.equal(child.exitCode, null, 'the agent ended');
			return isReady() || (await api.rpc.author.pendingExtrinsics()).some(isNew);
		});
		if (isReady()) break;
		const { hash } = await create(api, true, true);
		const { block } = await api.rpc.chain.getBlock(hash);
		for (const extrinsic of block.extrinsics) included.add(extrinsic.hash.toHex());
	}
	for (const topic of (await api.call.topicsApi.topics(1, 256)).topics) {
		const { parameters, nextEpoch } = (await api.call.topicsApi.topic(topic)).unwrap();
		if (parameters.revealWindow.isZero()) continue;
		const [epoch, workers] = [nextEpoch.unwrap().toNumber(), parameters.maxInferers.toNumber()];
		return { topic: topic.toNumber(), epoch, workers };
	}
	throw new Error('no topic has a reveal window');
}

/** The committed inferences of an epoch as the journal has them: values by account. */
async function journaled(path, topic, epoch) {
	// Values are integers with more digits than a number of JavaScript can hold.
	const entries = JSON.parse((await readFile(path, 'utf8')).replace(/-?\d{16,}/g, '"$&"'));
	const ofEpoch = entries.filter((entry) => entry.topic === topic && entry.epoch === epoch);
	return new Map(ofEpoch.map(({ account, payload }) => {
		return [`0x${Buffer.from(account).toString('hex')}`, payload.inference.map(BigInt)];
	}));
}

/** The number of these accounts by the outcome of their inferences. */
async function outcomes(api, { topic, epoch, inferences }) {
	const counts = {};
	for (const account of inferences.keys()) {
		const { inferer } = await api.call.explainApi.explain(account, topic, epoch);
		const outcome = inferer.standing.outcome.toString();
		counts[outcome] = (counts[outcome] ?? 0) + 1;
	}
	return counts;
}

/**
 * Returns a chain on which the agent's demo was killed when all inferers of an epoch had committed and none had
 * revealed; `run` starts the demo again, with the same journal.
 *
 * Each slot has one block, which the test makes once the agent has sent what belongs in it: no window can pass while
 * the agent is busy.
 */
async function killedAfterCommits(t) {
	const { api, url } = await sealed(t, 'manual');
	const folder = await mkdtemp(join(tmpdir(), 'allora-reveal-'));
	t.after(() => rm(folder, { recursive: true }));
	const journal = join(folder, 'journal.json');
	const files = ['--plot', join(folder, 'plot.svg'), '--journal', journal];
	const run = (through = url) => startAgent(t, 'demo', '--url', through, '--topics', '2', '--epochs', '1', ...files);
	// The agent connects to a chain that has a block.
	await create(api, true, true);

	const killed = run();
	const { topic, epoch, workers } = await setUp(api, killed);
	const isCollecting = async () => (await openEpochs(api, topic)).collecting === epoch;
	await blocksUntil(api, 'payloads are collected', isCollecting);
	await until('all inferers commit', async () => await pending(api, 'inference.commit') === workers);
	await create(api, true, true);
	assert.ok(await isCollecting());
	killed.child.kill('SIGKILL');
	await killed.ended;
	assert.equal(killed.child.signalCode, 'SIGKILL');

	const inferences = await journaled(journal, topic, epoch);
	const committed = { topic, epoch, inferences };
	assert.equal(inferences.size, workers);
	assert.deepEqual(await outcomes(api, committed), { Committed: workers });
	return { api, url, journal, run, workers, ...committed };
}

/** Makes blocks until the reveal window of the epoch is open. */
const revealing = (api, { topic, epoch }) => blocksUntil(api, 'payloads are revealed', async () =>
	(await openEpochs(api, topic)).revealing === epoch);

/** Makes blocks until the epoch is closed to workers, and returns its state. */
const closed = (api, { topic, epoch }) => blocksUntil(api, 'the epoch is closed', async () => {
	const { state } = (await api.call.topicsApi.epoch(topic, epoch)).unwrap();
	return !state.isCollecting && !state.isRevealing && state;
});

/** Fails unless all inferers reveal what they have committed to, and the epoch's inference is made of it. */
async function allReveal({ api, topic, epoch, workers, inferences }) {
	await until('all inferers reveal', async () => await pending(api, 'inference.reveal') === workers);
	const state = await closed(api, { topic, epoch });
	assert.equal(state.type, 'AwaitingTruth');
	assert.deepEqual(await outcomes(api, { topic, epoch, inferences }), { Accepted: workers });

	const [, bundle] = (await api.call.aggregationApi.bundle(topic, epoch)).unwrap();
	const labels = bundle.labels.toNumber();
	const values = bundle.elementValues.map((value) => value.toBigInt());
	// The combined and the naive inference are before those of the inferers.
	const inference = (at) => values.slice((2 + at) * labels, (3 + at) * labels);
	const used = new Map(bundle.inferers.map((account, at) => [account.toHex(), inference(at)]));
	assert.deepEqual(used, inferences);
}

check('an agent that is killed between commit and reveal reveals after its restart', async (t) => {
	const chain = await killedAfterCommits(t);
	await revealing(chain.api, chain);
	chain.run();
	await allReveal(chain);
});

check('an agent that is back before the reveal window waits for it', async (t) => {
	const chain = await killedAfterCommits(t);
	const { url, apis } = await front(t, chain.url, ['none']);
	chain.run(url);
	await until('the agent looks whether it can reveal', () => apis.has('TopicsApi_schedule'));
	assert.equal(await pending(chain.api, 'inference.reveal'), 0);
	await revealing(chain.api, chain);
	await allReveal(chain);
});

check('without its journal it cannot reveal, and its seats end unrevealed', async (t) => {
	const { api, journal, run, workers, ...committed } = await killedAfterCommits(t);
	await rm(journal);
	run();
	// The demo reveals what it can before it sets up new topics.
	await until('the agent sets up new topics', async () => await pending(api, 'utility.batchAll') > 0);
	const state = await closed(api, committed);
	assert.ok(state.isVoid && state.asVoid.isNoInference, `the epoch is ${state}`);
	assert.deepEqual(await outcomes(api, committed), { Unrevealed: workers });
});
