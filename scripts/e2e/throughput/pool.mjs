// What the pool does with more transactions than it has room for.
import { ALLO } from '../lib.mjs';
import { Network } from './network.mjs';
import { flood } from './rpc.mjs';
import { accountsOf, address, bytesOf } from './signing.mjs';

/** One late transaction with a tip comes per this many places in the pool. */
const TIPPED = 10;
/** The pool's code for a transaction that it has dropped lately. */
const BANNED = 1012;

/** Makes blocks until two have none of these transactions; returns what the blocks have. */
async function drain(network, wanted) {
	const found = new Set();
	for (let empty = 0; empty < 2;) {
		const { hash } = await network.rpc.call('engine_createBlock', true, true, null);
		const own = (await network.extrinsics(hash)).filter((one) => wanted.has(one));
		own.forEach((one) => found.add(one));
		empty = own.length === 0 ? empty + 1 : 0;
	}
	return found;
}

/** The number of transactions by the code and message with which the pool has refused them. */
function reasons(refused) {
	const counts = {};
	for (const { code, message } of refused.values()) {
		const name = `${code}: ${message.replace(/0x\w+/g, '...')}`;
		counts[name] = (counts[name] ?? 0) + 1;
	}
	return counts;
}

/**
 * Sends what no block has again: signed anew with a tip of 1 planck if the pool has banned it. Makes blocks in between,
 * until nothing is left; returns how often, what was refused meanwhile, and what is lost.
 */
async function resend(network, left, sign) {
	const found = { rounds: 0, banned: 0, reasonsAgain: {} };
	for (let waiting = left; waiting.length > 0 && found.rounds < 10; found.rounds += 1) {
		const refused = await flood(network.rpcs, waiting.map(({ transaction }) => transaction));
		for (const [name, times] of Object.entries(reasons(refused))) {
			found.reasonsAgain[name] = (found.reasonsAgain[name] ?? 0) + times;
		}
		const included = await drain(network, new Set(waiting.map(({ transaction }) => transaction)));
		waiting = waiting.filter(({ transaction }) => !included.has(transaction));
		for (const one of waiting) {
			if (refused.get(one.transaction)?.code !== BANNED) continue;
			found.banned += 1;
			one.transaction = sign(one.account, 1n);
		}
		found.lost = waiting.length;
	}
	return found;
}

/** Sends `count` transfers to a pool that holds `limit`, then some with a tip, and at last what no block has, again. */
export async function overfull({ limit, count }, log) {
	const plain = accountsOf('plain', count);
	const tipping = accountsOf('tipping', Math.ceil(limit / TIPPED));
	const options = ['--sealing', 'manual', '--pool-limit', `${limit}`];
	const network = await Network.start({ groups: [], others: [...plain, ...tipping], options });
	const call = bytesOf(network.api.tx.balances.transferKeepAlive(address(network.creator), ALLO / 10n));
	const sign = (account, tip) => network.signer.sign(Object.assign(account, { nonce: 0 }), call, tip);
	const first = plain.map((account) => ({ account, transaction: sign(account, 0n) }));
	const second = tipping.map((account) => sign(account, ALLO));

	const refused = await flood(network.rpcs, first.map(({ transaction }) => transaction));
	const held = (await network.rpc.call('author_pendingExtrinsics')).length;
	const refusedTipped = await flood(network.rpcs, second);
	const included = await drain(network, new Set([...first.map(({ transaction }) => transaction), ...second]));
	const left = first.filter(({ transaction }) => !included.has(transaction));
	const result = {
		limit, sent: first.length, refused: refused.size, reasons: reasons(refused), held, tipped: second.length,
		tippedRefused: refusedTipped.size, tippedIncluded: second.filter((one) => included.has(one)).length,
		included: included.size, dropped: left.filter(({ transaction }) => !refused.has(transaction)).length,
		...await resend(network, left, sign),
	};
	await network.stop();
	log(`pool of ${limit}: ${result.refused} of ${count} refused, ${result.dropped} dropped later, ${result.lost} lost in the end`);
	return result;
}
