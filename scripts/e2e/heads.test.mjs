// Waiting for a head: none is missed, whatever a subscription leaves out.
import assert from 'node:assert/strict';
import { headAfter, timed } from './lib.mjs';

const check = timed(10);

const header = (number) => ({ number: { toNumber: () => number } });

/** A subscription that reports these heads once it stands, and how often it was ended. */
function subscription(...numbers) {
	const state = { ended: 0 };
	const subscribe = async (report) => {
		setImmediate(() => numbers.forEach((number) => report(header(number))));
		return () => { state.ended += 1; };
	};
	return { state, subscribe };
}

/** Waits for a head above 1 and returns its number; the subscription must have ended by then, once. */
async function waited({ state, subscribe }, look) {
	const head = await headAfter(subscribe, look, 1);
	await new Promise(setImmediate);
	assert.equal(state.ended, 1);
	return head.number.toNumber();
}

check('a block that comes while the node sets the subscription up is not missed', async () => {
	assert.equal(await waited(subscription(1), async () => header(2)), 2);
});

check('a later block is taken from the subscription', async () => {
	assert.equal(await waited(subscription(1, 2), async () => header(1)), 2);
});

check('a refused subscription is an error', async () => {
	const refused = async () => { throw new Error('too many subscriptions'); };
	await assert.rejects(headAfter(refused, async () => header(2), 1), /too many subscriptions/);
});
