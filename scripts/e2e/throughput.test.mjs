// The load test (scripts/load): a tiny run of its own, and its bounds.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { timed } from './lib.mjs';
import { play } from './throughput/capacity.mjs';
import { MAX_TRANSACTIONS, Rpc, assertLoopback, flood } from './throughput/rpc.mjs';
import { whole } from './throughput/sizing.mjs';

const check = timed(120);
const main = fileURLToPath(new URL('throughput/main.mjs', import.meta.url));

check('a tiny run loses nothing, and has all figures', async () => {
	const { stdout, stderr } = await promisify(execFile)('node', [main, '--smoke'], { timeout: 110_000 });
	const { epochs, pool } = JSON.parse(stdout);
	assert.match(stderr, /\| epochs settled, with all participants \| 3, 3 \|/);

	assert.equal(epochs.transactions, 3 * (32 + 6 + 6));
	assert.deepEqual([epochs.missing, epochs.settled, epochs.complete, epochs.lateSteps], [0, 3, 3, 0]);
	assert.equal(epochs.blocks.reduce((sum, { transactions }) => sum + transactions, 0), epochs.transactions);
	// Each topic opens, closes to workers and closes to reputers, and opens once more meanwhile.
	assert.ok(epochs.blocks.reduce((sum, { served }) => sum + served, 0) >= 3 * 4);
	assert.ok(epochs.points.length >= 2 && epochs.points.every(({ memory, files }) => memory > 0 && files > 0));
	const { admitted, reserved, messages } = epochs.then;
	assert.ok(admitted > 100 && reserved.epoch > 0 && messages.open > 0 && messages.committed > messages.open);

	assert.equal(pool.sent, 200);
	assert.ok(pool.refused > 0 && pool.included <= pool.limit + pool.tipped);
	assert.equal(pool.tippedIncluded, pool.tipped);
	assert.equal(pool.lost, 0);
});

check('load is sent to this machine only', async () => {
	for (const url of ['ws://127.0.0.1:9944', 'ws://127.1.2.3', 'ws://localhost:1', 'ws://[::1]:9944']) assertLoopback(url);
	for (const url of ['wss://example.org', 'ws://10.0.0.1:9944', 'ws://127.0.0.1.example.org', 'ws://0.0.0.0:9944']) {
		await assert.rejects(Rpc.open(url), /loopback addresses only/);
	}
});

check('a run sends a bounded number of transactions', () =>
	assert.rejects(flood([], Array(MAX_TRANSACTIONS + 1)), /at most/));

check('what is sent fills whole blocks, almost', () => {
	// Three blocks of 2 000 and a part of a fourth: 99 % of three.
	assert.equal(whole(7_000, 2_000), 5_940);
	// Nearly two are sent as they are, and so is what fills none.
	assert.equal(whole(3_800, 2_000), 3_800);
	assert.equal(whole(1_500, 2_000), 1_500);
});

check('the played clock is late exactly if it has too little', () => {
	const reserved = { open: 1, closeWorkers: 1, closeReputers: 2, turn: 1 };
	const of = (more) => play({ topics: 10, length: 20, share: 20, session: 1_000, reserved, spread: true, slots: 200, ...more });
	// The first two epochs of 200 slots have no close to reputers yet, and the last windows are not over.
	assert.deepEqual(of({}), { steps: 280, late: 0, latest: 0, used: (10 * (10 * 4 + 8 * 2)) / (200 * 20), waiting: 0 });
	// Ten turns of 2 + 2 in one slot, of which a slot has room for five.
	assert.equal(of({ spread: false }).latest, 1);
	assert.ok(of({ topics: 200 }).waiting > 0);
});
