// An inference of the demo is proven by one program, which asks a node, and verified by another, which asks nobody.
import assert from 'node:assert/strict';
import { writeFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { agent, connect, signersOf, timed } from './lib.mjs';

/** Runs the agent; returns its exit code and what it has printed. */
async function run(...args) {
	const { ended, lines } = agent(...args);
	const [code] = await ended;
	return { code, text: lines.join('\n') };
}

/** A topic with an inference; the demo leaves some. */
async function served(api) {
	for (const topic of [...(await api.call.topicsApi.topics(1, 64)).topics].reverse()) {
		if ((await api.call.aggregationApi.latestInference(topic)).isSome) return topic;
	}
	throw new Error('no topic has an inference');
}

timed(60)('inference is verified by the authorities alone', async (t) => {
	const api = await connect();
	const folder = await mkdtemp(join(tmpdir(), 'allora-proof-'));
	t.after(async () => {
		await api.disconnect();
		await rm(folder, { recursive: true });
	});
	const [proof, authorities] = [join(folder, 'proof.json'), join(folder, 'authorities.json')];
	const topic = await served(api);
	const proven = await run('prove', '--topic', `${topic}`, '--url', process.env.ALLORA_WS);
	assert.equal(proven.code, 0, proven.text);
	await writeFile(proof, proven.text);
	// What a light client knows: the set that signs the block.
	await writeFile(authorities, JSON.stringify(await signersOf(api, JSON.parse(proven.text))));

	const verified = await run('verify', proof, '--authorities', authorities);
	assert.equal(verified.code, 0, verified.text);
	const { blockHash, epoch, labelValues, slot } = JSON.parse(verified.text);
	const there = await api.at(blockHash);
	const inference = (await there.call.aggregationApi.latestInference(topic)).unwrap();
	assert.equal(slot, (await there.call.topicsApi.clock()).slot.toNumber());
	assert.equal(epoch, inference.epoch.toNumber());
	assert.deepEqual(labelValues, inference.labelValues.map((value) => Number(value.toBigInt()) / 1e18));

	const stale = await run('verify', proof, '--authorities', authorities, '--since-slot', `${slot + 1}`);
	assert.equal(stale.code, 1, stale.text);
	// A proof names its own authorities: without others, or the word to trust it, nothing is verified.
	const blind = await run('verify', proof);
	assert.equal(blind.code, 2, blind.text);
	assert.equal((await run('verify', proof, '--trust-file')).code, 0);
});
