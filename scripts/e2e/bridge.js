// What the tests of one node and of a network share about proofs to other chains: one program fetches the proof of an
// inference, another verifies it by the set of validators alone. CommonJS, because zombienet loads its scripts so.
'use strict';
const assert = require('node:assert/strict');
const { execFile } = require('node:child_process');
const { mkdtemp, rm, writeFile } = require('node:fs/promises');
const { tmpdir } = require('node:os');
const { join } = require('node:path');
const { promisify } = require('node:util');

/** Runs the agent; returns what it has printed to standard output, or throws what to standard error. */
async function run(agent, ...args) {
	const { stdout } = await promisify(execFile)(agent, args, { maxBuffer: 1 << 26 });
	return stdout;
}

/** Asserts that the agent refuses, with this reason. */
async function refuses(agent, args, reason) {
	await assert.rejects(run(agent, ...args), ({ stderr }) => {
		assert.match(stderr, reason);
		return true;
	});
}

/** A set of validators as the agent reads it. */
const known = (genesis, { id, len, keysetCommitment }) =>
	({ genesis, setId: id.toNumber(), validators: len.toNumber(), root: keysetCommitment.toHex() });

/**
 * Proves the newest inference of a topic by the first node of `urls` that can, and verifies it by what the node of `api` says about the
 * validators. Returns the inference, and the size of the proof in bytes.
 */
async function prove(agent, urls, api, topic) {
	const folder = await mkdtemp(join(tmpdir(), 'allora-bridge-'));
	try {
		const [proof, validators] = [join(folder, 'proof.json'), join(folder, 'validators.json')];
		const text = await run(agent, 'bridge', 'prove', '--topic', `${topic}`, ...urls.flatMap((url) => ['--url', url]));
		await writeFile(proof, text);
		const verify = (...args) => ['bridge', 'verify', proof, ...args];
		const { signedBlock } = JSON.parse(await run(agent, ...verify('--trust-file')));

		// What a light client knows.
		const genesis = api.genesisHash.toHex();
		const signed = await api.at(await api.rpc.chain.getBlockHash(signedBlock));
		await writeFile(validators, JSON.stringify(known(genesis, await signed.call.beefyMmrApi.authoritySetProof())));
		const proven = JSON.parse(await run(agent, ...verify('--validators', validators)));

		// What is proven is what the chain has.
		const made = await api.at(await api.rpc.chain.getBlockHash(proven.block));
		const inference = (await made.call.aggregationApi.latestInference(topic)).unwrap();
		const number = (value) => Number(value.toBigInt()) / 1e18;
		assert.equal(proven.epoch, inference.epoch.toNumber());
		assert.deepEqual(proven.labelValues, inference.labelValues.map(number));
		assert.deepEqual(proven.intervals, inference.intervals.map((row) => row.map(number)));
		assert.equal(proven.time, Math.floor((await made.query.timestamp.now()).toNumber() / 1000));
		// The leaf names the validators of the session after that of its block.
		const leafBlock = await api.at(await api.rpc.chain.getBlockHash(proven.block + 1));
		assert.deepEqual(proven.next, known(genesis, await leafBlock.call.beefyMmrApi.nextAuthoritySetProof()));

		await refuses(agent, verify('--validators', validators, '--since', `${proven.time + 1}`), /before/);
		await writeFile(validators, JSON.stringify({ ...proven.next, setId: JSON.parse(text).trusted.setId + 1 }));
		await refuses(agent, verify('--validators', validators), /the commitment is of validator set/);
		const forged = JSON.parse(text);
		forged.proof.inference = forged.proof.inference.replace(/.$/, (digit) => (digit === '0' ? '1' : '0'));
		await writeFile(proof, JSON.stringify(forged));
		await refuses(agent, verify('--trust-file'), /the inference is not among those of the leaf/);

		const hex = (value) => (typeof value === 'string' ? [value] : Array.isArray(value) ? value : []);
		const bytes = Object.values(JSON.parse(text).proof).flatMap(hex).map((one) => (one.length - 2) / 2);
		return { proven, size: bytes.reduce((sum, one) => sum + one, 0) };
	} finally {
		await rm(folder, { recursive: true });
	}
}

module.exports = { prove };
