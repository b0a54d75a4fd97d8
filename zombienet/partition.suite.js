// A network that falls into parts, and heals: each node is in a network namespace of its own and reaches the others only
// by relays, which are cut between the parts, so that all parts go on for themselves.
'use strict';
const { setTimeout: sleep } = require('node:timers/promises');
const { ALLO, account, until } = require('../scripts/e2e/chain');
const { suite } = require('./nodes');

/** Blocks that a part makes for each of its nodes. */
const SPAN = 4;

const title = 'partition: parts of the network go on alone, and agree when it heals';

suite(title, { relayed: true }, async (network, { step, saw }) => {
	if (!network.namespace) return 'all of it, since this machine allows no network namespaces';
	await network.start();
	const [alice, bob, charlie, dave] = network.validators;
	await until('blocks are final', async () => await dave.final() >= 3, 120);

	/** Waits until no node has more peers than those of its part. */
	const parted = async (parts) => {
		await until('the parts are apart', async () => {
			const counts = await Promise.all(parts.flatMap((part) => part.map(async (node) => await node.peers() === part.length - 1)));
			return counts.every(Boolean);
		}, 120);
		// A block that a node began to make while it had peers comes within a slot or two.
		await sleep(2000);
	};
	/** Waits until all nodes have finalised the best block of now; returns how long that takes in seconds. */
	const healed = async () => {
		const begin = Date.now();
		network.cut([]);
		await until('all nodes are connected', async () =>
			(await Promise.all(network.validators.map((node) => node.peers()))).every((count) => count === 3), 180);
		saw('seconds until all are connected', ((Date.now() - begin) / 1000).toFixed(1));
		const heads = await Promise.all(network.validators.map((node) => node.best()));
		await network.agree(Math.max(...heads), undefined, 180);
		return ((Date.now() - begin) / 1000).toFixed(1);
	};
	/** Sends a transfer to an account of this name through a node; it is valid on any branch. */
	const transfer = async (node, from, to) => {
		const api = await node.api();
		await api.tx.balances.transferKeepAlive(account(to).address, ALLO).signAndSend(account(from), { nonce: -1, era: 0 });
	};
	const balance = async (node, who) => {
		const api = await node.api();
		const at = await api.at(await api.rpc.chain.getFinalizedHead());
		return (await at.query.system.account(account(who).address)).data.free.toBigInt();
	};

	for (const [what, parts, finality] of [
		['two and two', [[alice, bob], [charlie, dave]], [false, false]],
		['three and one', [[alice, bob, charlie], [dave]], [true, false]],
	]) {
		step(`the network falls into ${what}`);
		network.cut(parts[1]);
		await parted(parts);
		const heads = parts.map((part) => part[0]);
		const best = await Promise.all(heads.map((node) => node.best()));
		const payees = heads.map((node) => `part of ${node.name}, ${what}`);
		await Promise.all(heads.map((node, index) => transfer(node, ['Alice', 'Bob'][index], payees[index])));
		// A validator without any peer makes no blocks.
		const aim = best.map((number, index) => number + (parts[index].length > 1 ? SPAN * parts[index].length : 0));
		await until('the parts make blocks', async () =>
			(await Promise.all(heads.map((node) => node.best()))).every((now, index) => now >= aim[index]), 180);
		for (const [index, goesOn] of finality.entries()) {
			if (goesOn) await until('a part goes on with finality', async () => await heads[index].final() > best[index], 120);
		}
		const final = await Promise.all(heads.map((node) => node.final()));
		const hashes = await Promise.all(heads.map((node, index) => node.hash(final[index])));
		for (const [index, goesOn] of finality.entries()) {
			// Votes that were on their way at the cut may still make the best block of then final.
			if ((final[index] > best[index]) !== goesOn) {
				throw new Error(`the part of ${heads[index].name} has finalized ${final[index]}, and it was at ${best[index]}`);
			}
		}
		const tips = await Promise.all(heads.map((node) => node.best()));
		const apart = Math.min(...tips);
		const [one, other] = await Promise.all(heads.map((node) => node.hash(apart)));
		const alone = parts.some((part) => part.length === 1);
		if (!alone && one === other) throw new Error(`both parts have the same block ${apart}`);
		if (alone && tips[1] !== best[1]) throw new Error(`${heads[1].name} has made blocks alone`);
		saw('blocks made by each part', tips.map((tip, index) => tip - best[index]).join(' and '));
		saw('blocks finalised by each part', final.map((now, index) => Math.max(0, now - best[index])).join(' and '));

		step('the network heals');
		saw('seconds until one chain is final everywhere', await healed());
		for (const [index, hash] of hashes.entries()) {
			for (const node of network.validators) {
				if (await node.hash(final[index]) !== hash) throw new Error(`${node.name} has lost the final block ${final[index]}`);
			}
		}
		if (!alone) saw('the blocks that are kept are those of', (await alice.hash(apart)) === one ? heads[0].name : heads[1].name);
		// What the abandoned branch took is made again from the pool.
		await until('the transactions of both parts are final', async () =>
			(await Promise.all(payees.map((payee) => balance(alice, payee)))).every((free) => free === ALLO), 120);
	}
	return null;
});
