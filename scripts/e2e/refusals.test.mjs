// What a node reports of a transaction is not what becomes of it: agent and tests get each call into one block.
import assert from 'node:assert/strict';
import { LIES, UNWATCHED_LIES, front } from './front.mjs';
import { ALLO, account, connect, demo, eventsOf, finalHeader, finalised, only, sealed, send, timed } from './lib.mjs';

const check = timed(180);

/** The signers of each signed call in a final block, by call; fails if a call has failed. */
async function signersByCall(api) {
	const signers = {};
	const head = (await finalHeader(api)).number.toNumber();
	for (let number = 1; number <= head; number += 1) {
		const hash = await api.rpc.chain.getBlockHash(number);
		const { extrinsics } = (await api.rpc.chain.getBlock(hash)).block;
		for (const [index, { isSigned, signer, method: { section, method } }] of extrinsics.entries()) {
			if (!isSigned) continue;
			const call = `${section}.${method}`;
			const events = await eventsOf(api, hash, index);
			const failed = events.some((event) => api.events.system.ExtrinsicFailed.is(event));
			assert.ok(!failed, `${call} failed in block ${number}`);
			signers[call] ??= [];
			signers[call].push(signer.toString());
		}
	}
	return signers;
}

check('the agent neither repeats nor loses a call when a node refuses transactions and keeps them', async (t) => {
	const { api, url } = await sealed(t, '300');
	const lying = await front(t, url, UNWATCHED_LIES);
	await demo(t, lying.url, 1);
	for (const lie of UNWATCHED_LIES) assert.ok(lying.told[lie] >= 10, `${lie}: ${lying.told[lie]} times`);

	const calls = await signersByCall(api);
	for (const [call, signers] of Object.entries(calls)) {
		assert.equal(new Set(signers).size, signers.length, `${call} is sent twice`);
	}
	assert.equal(calls['topics.create'].length, 1);
	assert.equal(calls['topics.fund'].length, 1);
	assert.equal(calls['reputer.stake'].length, 3);
	assert.ok(calls['topics.register'].length >= 10);

	// Its RPC client keeps memory for each subscription of a connection: there is none per transaction.
	for (const methods of lying.subscriptions) {
		assert.deepEqual(methods.filter((method) => !method.startsWith('chain_subscribe')), []);
		assert.ok(methods.length <= 2, methods.join(' '));
	}
});

check('the tests neither repeat nor lose a call', async (t) => {
	const { api, url } = await sealed(t, '100');

	await t.test('when a node refuses transactions and keeps them', async (t) => {
		const lying = await front(t, url);
		const deceived = await connect(lying.url);
		t.after(() => deceived.disconnect());
		const { transferKeepAlive } = deceived.tx.balances;
		const recipients = Array.from({ length: 40 }, (_, at) => account(`recipient-${at}`).address);
		const pay = async (sender, at) => {
			for (const to of recipients.filter((_, index) => index % 4 === at)) {
				const { events } = await send(deceived, transferKeepAlive(to, ALLO), account(sender));
				assert.equal(only(events, 'balances', 'Transfer').data.to.toString(), to);
			}
		};
		await Promise.all(['Alice', 'Bob', 'Charlie', 'Dave'].map(pay));
		for (const lie of LIES) assert.ok(lying.told[lie] >= 6, `${lie}: ${lying.told[lie]} times`);
		const { query } = await finalised(api);
		for (const recipient of recipients) {
			assert.equal((await query.system.account(recipient)).data.free.toBigInt(), ALLO);
		}

		// A call that fails in its block is not repeated either.
		const eve = account('Eve');
		const tooMuch = transferKeepAlive(account('Alice').address, 10n ** 12n * ALLO);
		for (const lie of LIES) await assert.rejects(send(deceived, tooMuch, eve), /Underflow/, lie);
		const { nonce } = await (await finalised(api)).query.system.account(eve.address);
		assert.equal(nonce.toNumber(), LIES.length);
	});

	await t.test('when an account sends several calls at the same time', async () => {
		const { address } = account('recipient');
		await Promise.all([1n, 2n, 3n].map((count) =>
			send(api, api.tx.balances.transferKeepAlive(address, count * ALLO), account('Alice'))));
		const { data } = await (await finalised(api)).query.system.account(address);
		assert.equal(data.free.toBigInt(), 6n * ALLO);
	});

	await t.test('and a transaction that is invalid fails at once, with its reason', async (t) => {
		const honest = await front(t, url, ['none']);
		const client = await connect(honest.url);
		t.after(() => client.disconnect());
		const transfer = client.tx.balances.transferKeepAlive(account('Alice').address, ALLO);
		await assert.rejects(send(client, transfer, account('poor')), /1010: .*Inability to pay/);
		assert.equal(honest.told.none, 1);
	});
});
