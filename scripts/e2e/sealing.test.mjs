// `--sealing`: blocks on request, for each transaction, or by a timer; all of them final.
import assert from 'node:assert/strict';
import {
	ALLO, account, bestHeadAfter, connect, create, finalHeader, finalise, sealed, send, start, timed, until,
} from './lib.mjs';

const alice = account('Alice');
const bob = account('Bob');

const check = timed(300);

const best = async (api) => (await api.rpc.chain.getHeader()).number.toNumber();
const final = async (api) => (await finalHeader(api)).number.toNumber();
const heights = async (api) => [await best(api), await final(api)];

/** Waits until the chain has this many more best blocks. */
async function blocks(api, count) {
	await bestHeadAfter(api, await best(api) + count - 1);
}

/** Waits until the node under test, which makes a block per slot, has made some: a sealed one makes none meanwhile. */
async function slots() {
	const slotted = await connect();
	await blocks(slotted, 3).finally(() => slotted.disconnect());
}

check('manual: blocks come on request', async (t) => {
	const { api } = await sealed(t, 'manual');

	await t.test('none comes by itself, and those that come are final', async () => {
		assert.deepEqual(await heights(api), [0, 0]);
		await create(api, true, true);
		await create(api, true, true);
		assert.deepEqual(await heights(api), [2, 2]);
	});

	await t.test('a transaction waits for its block', async () => {
		await assert.rejects(create(api, false, true), /Transaction pool is empty/);
		await api.tx.balances.transferKeepAlive(bob.address, ALLO).signAndSend(alice);
		await slots();
		assert.deepEqual(await heights(api), [2, 2]);
		const { hash } = await create(api, false, true);
		const { block } = await api.rpc.chain.getBlock(hash);
		const calls = block.extrinsics.map(({ method }) => method.section);
		assert.deepEqual(calls, ['timestamp', 'balances']);
		assert.deepEqual(await heights(api), [3, 3]);
	});

	await t.test('a block need not be final, and can be finalized later', async () => {
		const { hash } = await create(api, true, false);
		assert.deepEqual(await heights(api), [4, 3]);
		assert.equal(await finalise(api, hash), true);
		assert.deepEqual(await heights(api), [4, 4]);
	});

	await t.test('time is counted in slots, whatever the clock says', async () => {
		const { hash: first } = await create(api, true, true);
		const sessionLength = api.consts.babe.epochDuration.toNumber();
		// Three sessions, and more than the half minute by which a block may be ahead of the clock.
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
		assert.ok(await session(end) >= await session(start) + 2, 'sessions do not change');
	});
});

check('instant: one block per transaction, final at once', async (t) => {
	const { api } = await sealed(t, 'instant');
	await slots();
	assert.deepEqual(await heights(api), [0, 0]);
	const { block } = await send(api, api.tx.balances.transferKeepAlive(bob.address, ALLO), alice);
	assert.equal((await api.rpc.chain.getHeader(block)).number.toNumber(), 1);
	assert.deepEqual(await heights(api), [1, 1]);
	await Promise.all([
		send(api, api.tx.balances.transferKeepAlive(bob.address, ALLO), alice),
		send(api, api.tx.balances.transferKeepAlive(alice.address, ALLO), bob),
	]);
	await until('each transaction has had its block', async () => await final(api) === 3);
});

check('by a timer: one block per period, and final', async (t) => {
	const { api } = await sealed(t, '100');
	const slotted = await connect();
	t.after(() => slotted.disconnect());
	const [start, slot, first] = [Date.now(), await best(slotted), await best(api)];
	await blocks(api, 20);
	const [last, time, slotsPassed] = [await best(api), Date.now() - start, await best(slotted) - slot];
	const made = last - first;
	assert.ok(made <= time / 100 + 2, `${made} blocks in ${time} ms`);
	assert.ok(made > 2 * slotsPassed, `${made} blocks in ${slotsPassed} slots`);
	await until('they are final', async () => await final(api) >= last);
});

/** Fails unless the node refuses to start with these options, for this reason. */
async function refuses(reason, ...options) {
	const node = start(...options);
	const [code] = await node.ended;
	assert.notEqual(code, 0);
	assert.match(node.lines.join('\n'), reason);
}

check('a chain that several nodes make is not sealed', () =>
	refuses(/use it with `--dev`/, '--chain', 'local', '--tmp', '--sealing', 'instant'));

check('any other value is refused', () =>
	refuses(/expected `manual`, `instant` or a number of milliseconds/, '--dev', '--tmp', '--sealing', 'sometimes'));
