// What the tests of one node (scripts/e2e) and of a network (zombienet) share: accounts, connecting, sending, waiting.
// CommonJS, because zombienet loads its scripts with `require`; both use the packages that are installed here.
'use strict';
const { randomInt } = require('node:crypto');
const { once } = require('node:events');
const { createServer } = require('node:net');
const { setTimeout: sleep } = require('node:timers/promises');
const { ApiPromise, Keyring, WsProvider } = require('@polkadot/api');
const { cryptoWaitReady } = require('@polkadot/util-crypto');

/** One ALLO in planck. */
const ALLO = 10n ** 10n;

/** A rational number as the chain encodes it: an integer with 18 decimals. */
const fixed = (numerator, denominator = 1n) => (numerator * 10n ** 18n) / denominator;

/** Parameters of a topic with short epochs. */
const parameters = {
	metadata: 'a test: the next value',
	loss_method: 'Squared',
	loss_floor: fixed(1n, 10n ** 8n),
	ground_truth: 'the test knows',
	labels: ['y'],
	unity_tolerance: null,
	label_default: 0,
	cadence: 'Regular',
	epoch_length: 12,
	worker_window: 9,
	reveal_window: 0,
	ground_truth_lag: 12,
	rule: 'Mixture',
	p_norm: fixed(3n),
	c_norm: fixed(3n, 4n),
	alpha_regret: fixed(1n, 10n),
	merit_sortition_alpha: fixed(1n, 10n),
	epsilon: fixed(1n, 100n),
	scale_rule: 'Mad',
	inferer_quantile: fixed(1n, 4n),
	forecaster_quantile: fixed(1n, 4n),
	max_inferers: 32,
	max_forecasters: 6,
	max_reputers: 6,
	min_reputers: 1,
	min_stake: 100n * ALLO,
	history: 10,
};

/** Connects to the node at this address; fails if it does not accept the connection. */
async function connect(url) {
	await cryptoWaitReady();
	const provider = new WsProvider(url);
	try {
		return await ApiPromise.create({ provider, noInitWarn: true, throwOnConnect: true });
	} catch (error) {
		// Else it tries on for ever, and reads the metadata when it succeeds, for nobody.
		await provider.disconnect();
		throw error;
	}
}

/** The development account of this name. */
function account(name) {
	return new Keyring({ type: 'sr25519', ss58Format: 42 }).addFromUri(`//${name}`);
}

/** Polls until `look` returns something true, and returns that. */
async function until(what, look, seconds = 40) {
	const end = Date.now() + seconds * 1000;
	for (;;) {
		const found = await look();
		if (found) return found;
		if (Date.now() > end) throw new Error(`timed out waiting until ${what}`);
		await sleep(250);
	}
}

/** The header of the last finalized block. */
async function finalHeader(api) {
	return api.rpc.chain.getHeader(await api.rpc.chain.getFinalizedHead());
}

/** The chain as of the last finalized block. */
async function finalised(api) {
	return api.at(await api.rpc.chain.getFinalizedHead());
}

/**
 * Waits until a head is above this number, and returns it; `subscribe` and `look` give the same kind of heads.
 *
 * A node reads the first head of a subscription before it begins to listen for the next, so that a block which comes
 * between the two is never reported. Where blocks come on request it may be the last for good: the head is therefore
 * looked up once more when the subscription stands.
 */
function headAfter(subscribe, look, number) {
	return new Promise((resolve, reject) => {
		const passed = (header) => {
			if (header.number.toNumber() <= number) return;
			subscribed.then((unsubscribe) => unsubscribe(), () => {});
			resolve(header);
		};
		const subscribed = subscribe(passed);
		subscribed.then(look).then(passed).catch(reject);
	});
}

/** Waits until a finalized block is above this number, and returns its header. */
const finalHeadAfter = (api, number) =>
	headAfter(api.rpc.chain.subscribeFinalizedHeads, () => finalHeader(api), number);

/** Waits until a best block is above this number, and returns its header. */
const bestHeadAfter = (api, number) =>
	headAfter(api.rpc.chain.subscribeNewHeads, () => api.rpc.chain.getHeader(), number);

/** For how many blocks a transaction is valid. */
const VALID = 64;

/** The pool's code for a transaction that is invalid. */
const INVALID = 1010;

/**
 * The pool's codes for a transaction that may get into a block all the same, or whose call may in another transaction:
 * temporarily banned, already imported, priority too low, and dropped because the pool is full.
 */
const UNDECIDED = [1012, 1013, 1014, 1016];

/** Whether the pool's refusal leaves open what becomes of the call. */
function undecided({ code, message }) {
	// Outdated is only the nonce: a block may have taken this call with it, or another transaction of the account.
	return UNDECIDED.includes(code) || (code === INVALID && /outdated/.test(message));
}

/** Signs a call with the nonce of `tries` as of this finalized block, and submits it. */
async function attempt(api, tx, signer, options, tries, { number, hash: blockHash }) {
	tries.stop?.();
	tries.stop = tries.trouble = null;
	const era = api.registry.createType('ExtrinsicEra', { current: number, period: VALID });
	const signed = await tx.signAsync(signer, { ...options, blockHash, era, nonce: tries.nonce });
	tries.hashes.add(signed.hash.toHex());
	try {
		tries.stop = await api.rpc.author.submitAndWatchExtrinsic(signed, (status) => {
			const lost = status.isInvalid || status.isDropped || status.isUsurped || status.isFinalityTimeout;
			if (lost) tries.trouble = new Error(`the node reports the transaction as ${status.type}`);
		});
	} catch (error) {
		if (!undecided(error)) throw error;
		tries.trouble = error;
	}
}

/** The events of the extrinsic at this index in a block. */
async function eventsOf(api, block, index) {
	const records = await (await api.at(block)).query.system.events();
	return records
		.filter(({ phase }) => phase.isApplyExtrinsic && phase.asApplyExtrinsic.eq(index))
		.map(({ event }) => event);
}

/** The block up to `head` that has one of these transactions, and its events; nothing if none has. */
async function find(api, { since, hashes }, head) {
	for (let number = since + 1; number <= head.number.toNumber(); number += 1) {
		const block = await api.rpc.chain.getBlockHash(number);
		const { extrinsics } = (await api.rpc.chain.getBlock(block)).block;
		const index = extrinsics.findIndex(({ hash }) => hashes.has(hash.toHex()));
		if (index >= 0) return { block, events: await eventsOf(api, block, index) };
	}
	return undefined;
}

/** The message of a dispatch error: `pallet.Error`. */
function reason(api, error) {
	if (!error.isModule) return error.toString();
	const { section, name } = api.registry.findMetaError(error.asModule);
	return `${section}.${name}`;
}

/**
 * Gets a call into one finalized block; returns the block's hash and the call's events, or throws why it failed.
 *
 * A best block may be abandoned for another branch, which has none of its transactions and where they may come later,
 * or fail: whatever depends on a call waits for its finality. And a pool may refuse or drop a transaction that a block
 * takes all the same. So, as in the agent, only finalized blocks decide: all tries of a call have one nonce, of which
 * blocks can take only one, and once the account's nonce in a finalized block is past it, the blocks show which try it
 * was. If it was none, another transaction has used the nonce, and the next try takes a new one. Each try refers to a
 * finalized block, so that it is valid on every branch. A transaction that the pool finds invalid fails at once.
 */
async function send(api, tx, signer, options = {}) {
	let head = await finalHeader(api);
	const last = head.number.toNumber() + VALID;
	let tries = null;
	try {
		while (head.number.toNumber() < last) {
			tries ??= {
				nonce: (await api.rpc.system.accountNextIndex(signer.address)).toNumber(),
				since: head.number.toNumber(),
				hashes: new Set(),
			};
			if (!tries.stop || tries.trouble) await attempt(api, tx, signer, options, tries, head);
			head = await finalHeadAfter(api, head.number.toNumber());

			const { nonce } = await (await api.at(head.hash)).query.system.account(signer.address);
			if (nonce.toNumber() <= tries.nonce) continue;
			const found = await find(api, tries, head);
			const failed = found?.events.find((event) => api.events.system.ExtrinsicFailed.is(event));
			if (failed) throw new Error(reason(api, failed.data.dispatchError));
			if (found) return found;
			tries.stop?.();
			tries = null;
		}
		throw tries?.trouble ?? new Error(`no block up to ${last} has the transaction`);
	} finally {
		tries?.stop?.();
	}
}

/** The ports that were given to a server of this process. */
const given = new Set();

/**
 * A port that is free now, and below those that the system takes for outgoing connections: else one of these might have
 * it when the server starts, or while it is down.
 */
async function freePort() {
	for (;;) {
		const port = randomInt(11_000, 32_000);
		if (given.has(port)) continue;
		const server = createServer().listen(port, '127.0.0.1');
		const isFree = await once(server, 'listening').then(() => true, () => false);
		if (!isFree) continue;
		given.add(port);
		await new Promise((closed) => { server.close(closed); });
		return port;
	}
}

module.exports = {
	ALLO, account, bestHeadAfter, connect, eventsOf, finalHeader, finalised, fixed, freePort, headAfter, parameters, send,
	undecided, until,
};
