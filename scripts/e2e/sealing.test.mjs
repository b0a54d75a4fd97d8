// `--sealing`: blocks when they are asked for, for each transaction, or by a timer; all of them final.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ALLO, account, create, sealed, send, start, until } from './lib.mjs';

const alice = account('Alice');
const bob = account('Bob');

/** A test that may not hang. */
const check = (name, body) => test(name, { timeout: 300_000 }, body);

const best = async (api) => (await api.rpc.chain.getHeader()).number.toNumber();
const final = async (api) =>
	(await api.rpc.chain.getHeader(await api.rpc.chain.getFinalizedHead())).number.toNumber();
const heights = async (api) => [await best(api), await final(api)];

/** So long no block may come by itself: two slots and more. */
const quiet = () => new Promise((resolve) => setTimeout(resolve, 2_500));

check('manual: blocks come when asked for', async (t) => {
	const api = await sealed(t, 'manual');

	await t.test('none comes by itself, and what comes is final', async () => {
		await quiet();
		assert.deepEqual(await heights(api), [0, 0]);
		await create(api, true, true);
		await create(api, true, true);
		await quiet();
		assert.deepEqual(await heights(api), [2, 2]);
	});

	await t.test('a transaction waits for its block', async () => {
		await assert.rejects(create(api, false, true), /Transaction pool is empty/);
		await api.tx.balances.transferKeepAlive(bob.address, ALLO).signAndSend(alice);
		await quiet();
		assert.deepEqual(await heights(api), [2, 2]);
		const { hash } = await create(api, false, true);
		const { block } = await api.rpc.chain.getBlock(hash);
		const calls = block.extrinsics.map(({ method }) => method.section);
		assert.deepEqual(calls, ['timestamp', 'balances']);
		assert.deepEqual(await heights(api), [3, 3]);
	});

	await t.test('a block can be left open, and finalised later', async () => {
		const { hash } = await create(api, true, false);
		assert.deepEqual(await heights(api), [4, 3]);
		assert.equal(await api._rpcCore.provider.send('engine_finalizeBlock', [hash, null]), true);
		assert.deepEqual(await heights(api), [4, 4]);
	});

	await t.test('time is counted in slots, whatever the clock says', async () => {
		const { hash: first } = await create(api, true, true);
		const sessionLength = api.consts.babe.epochDuration.toNumber();
		// Three sessions, and more than the half minute that a block may be ahead of the clock.
		const count = Math.max(3 * sessionLength, 60);
		for (let block = 0; block < count; block += 1) await create(api, true, true);
		const start = await api.at(first);
		const end = await api.at(await api.rpc.chain.getFinalizedHead());
		const slot = async (at) => (await at.query.babe.currentSlot()).toNumber();
		assert.equal(await slot(end) - await slot(start), count);
		const now = async (at) => (await at.query.timestamp.now()).toNumber();
		const slotDuration = api.consts.babe.expectedBlockTime.toNumber();
		assert.equal(await now(end) - await now(start), count * slotDuration);
		const session = async (at) => (await at.query.session.currentIndex()).toNumber();
		assert.ok(await session(end) >= await session(start) + 2, 'sessions do not go on');
	});
});

check('instant: a block for each transaction, final at once', async (t) => {
	const api = await sealed(t, 'instant');
	await quiet();
	assert.deepEqual(await heights(api), [0, 0]);
	const { block } = await send(api, api.tx.balances.transferKeepAlive(bob.address, ALLO), alice);
	assert.equal((await api.rpc.chain.getHeader(block)).number.toNumber(), 1);
	assert.deepEqual(await heights(api), [1, 1]);
	await Promise.all([
		send(api, api.tx.balances.transferKeepAlive(bob.address, ALLO), alice),
		send(api, api.tx.balances.transferKeepAlive(alice.address, ALLO), bob),
	]);
	await until('both transactions have their block', async () => await final(api) === 3);
});

check('by a timer: blocks come once a period, and are final', async (t) => {
	const api = await sealed(t, '100');
	const start = await final(api);
	await until('ten more blocks are final', async () => await final(api) >= start + 10);
	// Ten blocks of the usual slots would take ten seconds, and more are not made than the timer says.
	const before = [Date.now(), await best(api)];
	await new Promise((resolve) => setTimeout(resolve, 2_000));
	const after = [await best(api), Date.now()];
	const [blocks, time] = [after[0] - before[1], after[1] - before[0]];
	assert.ok(blocks > 2 && blocks <= time / 100 + 2, `${blocks} blocks in ${time} ms`);
});

check('a chain of several nodes is not sealed', async () => {
	const node = start('--chain', 'local', '--tmp', '--sealing', 'instant');
	const [code] = await node.ended;
	assert.notEqual(code, 0);
	assert.match(node.lines.join('\n'), /use it with `--dev`/);
});

check('another word is refused', async () => {
	const node = start('--dev', '--tmp', '--sealing', 'sometimes');
	const [code] = await node.ended;
	assert.notEqual(code, 0);
	assert.match(node.lines.join('\n'), /expected `manual`, `instant` or a number of milliseconds/);
});
