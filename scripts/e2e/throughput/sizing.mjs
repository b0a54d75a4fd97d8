// How many transactions of a kind fill whole blocks, by the weight that one really uses.

/**
 * How many of a kind are sent ahead to see what one uses: calls declare the worst case, and give back what they do not
 * use.
 */
const PROBES = 8;

/** The most blocks that a probe is looked for in. */
const DEPTH = 20;

/** The numbers of the probes among this many transactions, far apart, so that each is for another topic. */
function probesOf(count) {
	const step = Math.max(1, Math.floor(count / PROBES));
	// Not the first of the list, which may be the first of its topic's epoch.
	return Array.from({ length: Math.min(PROBES, count) }, (_, index) => Math.min(count - 1, index * step + 1));
}

/**
 * The least part of a block's limit that one of these transactions has used, by its event. The first of a topic's epoch
 * uses more than those after it.
 */
async function usedBy(network, best, transactions) {
	const { api } = network;
	const wanted = new Set(transactions);
	const limit = Number(api.consts.system.blockWeights.perClass.normal.maxTotal.unwrap().refTime);
	const used = [];
	for (let number = best; number > best - DEPTH && number > 0 && used.length < wanted.size; number -= 1) {
		const hash = await network.rpc.call('chain_getBlockHash', number);
		const block = await network.extrinsics(hash);
		if (!block.some((one) => wanted.has(one))) continue;
		for (const { phase, event } of await (await api.at(hash)).query.system.events()) {
			if (!api.events.system.ExtrinsicSuccess.is(event) || !wanted.has(block[phase.asApplyExtrinsic.toNumber()])) continue;
			used.push(Number(event.data.dispatchInfo.weight.refTime) / limit);
		}
	}
	if (used.length === 0) throw new Error('no block has the probes');
	return Math.min(...used);
}

/** How many of `count` transactions fill whole blocks of `fit` each: all, if they do not fill one. */
export function whole(count, fit) {
	// Almost a block counts as one. A hundredth is left out, for blocks with something else in them.
	const blocks = Math.floor(count / fit + 0.1);
	return blocks === 0 ? count : Math.min(count, Math.floor((99 * blocks * fit) / 100));
}

/** Sends one kind after the other, each as many as fill whole blocks. */
export class Sizes {
	/** `costs` has by kind what a transaction declares, and gets what a probe has used. */
	constructor(network, watch, costs, log) {
		Object.assign(this, { network, watch, costs, log });
	}

	/** Sends as many as fill whole blocks by the weight that they declare. */
	async declared(kind, transactions) {
		await this.#send(kind, transactions.slice(0, whole(transactions.length, this.costs[kind].fitByWeight)));
	}

	/**
	 * Sends a few and those with the numbers in `first`, and then as many of the others as fill whole blocks if each uses
	 * as much as the cheapest of the few. Returns the numbers of all that were sent.
	 */
	async probed(kind, transactions, first = []) {
		const probes = [...new Set([...first, ...probesOf(transactions.length)])];
		const ahead = probes.map((number) => transactions[number]);
		await this.watch.send(`probes: ${kind}`, ahead);
		const used = await usedBy(this.network, this.watch.best, ahead);
		this.costs[kind].fitByProbe = Math.floor(1 / used);
		const ones = new Set(probes);
		const others = transactions.map((_, number) => number).filter((number) => !ones.has(number));
		const chosen = others.slice(0, whole(others.length, this.costs[kind].fitByProbe));
		await this.#send(kind, chosen.map((number) => transactions[number]));
		return [...probes, ...chosen].sort((one, other) => one - other);
	}

	async #send(kind, transactions) {
		const missing = await this.watch.send(kind, transactions);
		const { fitByWeight, fitByProbe } = this.costs[kind];
		const fits = fitByProbe ? `${fitByProbe} by a probe, ${fitByWeight}` : fitByWeight;
		this.log(`slot ${this.watch.slot()}: blocks have ${transactions.length - missing} of ${transactions.length} ${kind}; a block has room for ${fits} by what they declare`);
	}
}
