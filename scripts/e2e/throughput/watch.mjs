// Watches a chain under load: when each block and its finality were seen, and which of the sent transactions it has.
import { setTimeout as sleep } from 'node:timers/promises';

/** The value below which this part of the values is. */
export function quantile(values, part) {
	const sorted = [...values].sort((a, b) => a - b);
	return sorted.length === 0 ? null : sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))];
}

const rounded = (value, digits = 2) => value === null ? null : Number(value.toFixed(digits));

/** What has been sent, and what became of it. */
export class Watch {
	static async start(network) {
		const watch = new Watch();
		watch.network = network;
		watch.sent = new Map();
		watch.missing = new Map();
		watch.seen = new Map();
		watch.blockSeen = new Map();
		watch.finalAt = new Map();
		watch.kinds = new Map();
		watch.final = 0;
		await network.rpc.subscribe('chain_subscribeNewHeads', ({ number }) => watch.#head(Number(number)));
		await network.rpc.subscribe('chain_subscribeFinalizedHeads', ({ number }) => watch.#finalised(Number(number)));
		return watch;
	}

	async #head(number) {
		const now = Date.now();
		if (!this.seen.has(number)) this.seen.set(number, now);
		this.best = number;
		const hash = await this.network.rpc.call('chain_getBlockHash', number);
		if (!this.blockSeen.has(hash)) this.blockSeen.set(hash, now);
		if (!hash || this.missing.size === 0) return;
		for (const one of await this.network.extrinsics(hash)) {
			this.missing.get(this.sent.get(one)?.kind)?.delete(one);
		}
	}

	#finalised(number) {
		for (let height = this.final + 1; height <= number; height += 1) this.finalAt.set(height, Date.now());
		this.final = number;
	}

	/** The slot of this moment. */
	slot = () => Math.floor(Date.now() / this.network.slot);

	/** Waits until a block of this slot, or a later one, has been seen; at most a slot longer than it lasts. */
	async untilBlockOf(slot) {
		const [start, end] = [slot * this.network.slot, (slot + 2) * this.network.slot];
		while (Date.now() < end && (this.seen.get(this.best) ?? 0) < start) await sleep(50);
	}

	/** Sends transactions of a kind, and waits until blocks have all of them or the time is over. */
	async send(kind, transactions, seconds = 180) {
		const missing = new Set(transactions);
		this.missing.set(kind, missing);
		const { nodes } = this.network.running;
		const usage = async () => (await Promise.all(nodes.map((node) => node.usage()))).reduce((sum, { cpu }) => sum + cpu, 0);
		const [began, cpu, own] = [Date.now(), await usage(), process.cpuUsage()];
		await this.network.send(transactions, (one) => this.sent.set(one, { kind, at: Date.now() }));
		const sending = (Date.now() - began) / 1000;
		const end = Date.now() + seconds * 1000;
		while (missing.size > 0 && Date.now() < end) await sleep(100);
		const { user, system } = process.cpuUsage(own);
		this.missing.delete(kind);
		this.kinds.set(kind, {
			sent: transactions.length, missing: missing.size, sendingSeconds: sending,
			nodeCpu: (await usage()) - cpu, senderCpu: (user + system) / 1e6,
		});
		return missing.size;
	}

	/** The figures of all blocks of the final chain from the first that has anything sent. */
	async blocks() {
		const sentAt = new Map([...this.kinds.keys()].map((kind) =>
			[kind, [...this.sent.values()].filter((one) => one.kind === kind).map(({ at }) => at)]));
		const included = new Map();
		const blocks = [];
		for (let number = 1; number <= this.final; number += 1) {
			const hash = await this.network.rpc.call('chain_getBlockHash', number);
			// Another block of this height may have been seen before, on a branch that was abandoned.
			this.seen.set(number, this.blockSeen.get(hash) ?? this.seen.get(number));
			const extrinsics = await this.network.extrinsics(hash);
			const figures = await this.network.figures(hash, extrinsics);
			const proposal = this.network.running.nodes.map(({ proposals }) => proposals.get(hash)).find(Boolean);
			const kinds = {};
			for (const one of extrinsics) {
				const sent = this.sent.get(one);
				if (!sent) continue;
				kinds[sent.kind] = (kinds[sent.kind] ?? 0) + 1;
				sent.block = number;
			}
			const waiting = {};
			for (const [kind, times] of sentAt) {
				included.set(kind, (included.get(kind) ?? 0) + (kinds[kind] ?? 0));
				const left = times.filter((at) => at < this.seen.get(number)).length - included.get(kind);
				if (left > 0) waiting[kind] = left;
			}
			blocks.push({
				number, ...figures, kinds, waiting, building: proposal?.milliseconds ?? null, end: proposal?.end ?? null,
				lag: (this.finalAt.get(number) - this.seen.get(number)) / 1000, unfinal: this.unfinal(number),
			});
		}
		return blocks;
	}

	/** By how many blocks the best one was ahead of the last final one when this block was seen. */
	unfinal(number) {
		const at = this.seen.get(number);
		const final = [...this.finalAt].filter(([, time]) => time <= at).map(([height]) => height);
		return number - Math.max(0, ...final);
	}
}

/** Why a block has no more transactions, by what its builder logs. */
const ENDS = { HitBlockWeightLimit: 'weight', HitBlockSizeLimit: 'length', HitDeadline: 'time', NoMoreTransactions: 'nothing ready' };

/** The rate of a kind that no block has. */
const NOTHING = {
	included: 0, blocks: 0, seconds: 0, perSecond: 0, mostInBlock: 0, atMost: 0, fullness: 0, length: 0, limits: [],
	mostWaiting: 0, inclusion: [null, null], finality: [null, null], buildMicroseconds: null, nodeMicroseconds: null,
	senderMicroseconds: null, usedMicroseconds: null, fitByUse: null,
};

/** The rate of a kind as polkadot-stps counts it: over the block times of the blocks that have some of it. */
export function rateOf(watch, kind, blocks, cost) {
	const own = blocks.filter(({ kinds }) => kinds[kind]);
	if (own.length === 0) return { ...watch.kinds.get(kind), ...cost, ...NOTHING };
	const times = own.map((block) => block.time - blocks[block.number - 2].time);
	const included = own.reduce((sum, { kinds }) => sum + kinds[kind], 0);
	const seconds = times.reduce((sum, time) => sum + time, 0) / 1000;
	// The last block has what is left: what limits the rate shows in those before it.
	const full = own.length > 1 ? own.slice(0, -1) : own;
	const fullest = own.reduce((most, block) => block.kinds[kind] > most.kinds[kind] ? block : most, own[0]);
	// A block's weight is counted after what its transactions have given back.
	const used = fullest.fullness / Object.values(fullest.kinds).reduce((sum, count) => sum + count, 0);
	const sent = [...watch.sent.values()].filter((one) => one.kind === kind && one.block);
	const waits = sent.map(({ at, block }) => (watch.seen.get(block) - at) / 1000);
	const finals = sent.map(({ at, block }) => (watch.finalAt.get(block) - at) / 1000);
	const limits = full.map(({ end }) => ENDS[end] ?? 'unknown');
	const built = own.filter(({ building }) => building !== null);
	const buildingTime = built.reduce((sum, { building }) => sum + building, 0);
	const { nodeCpu, senderCpu, ...counts } = watch.kinds.get(kind);
	return {
		...counts, included, blocks: own.length, seconds, perSecond: rounded(included / seconds, 1),
		mostInBlock: fullest.kinds[kind], atMost: rounded(Math.max(...own.map((block, at) => (1000 * block.kinds[kind]) / times[at])), 1),
		...cost, usedMicroseconds: cost && Math.round(cost.blockMicroseconds * used), fitByUse: Math.floor(1 / used),
		fullness: rounded(Math.max(...own.map(({ fullness }) => fullness)), 3),
		length: rounded(Math.max(...own.map(({ length }) => length)), 3),
		limits: [...new Set(limits)].map((name) => [name, limits.filter((one) => one === name).length]),
		mostWaiting: Math.max(0, ...own.map(({ waiting }) => waiting[kind] ?? 0)),
		inclusion: [rounded(quantile(waits, 0.5), 1), rounded(quantile(waits, 0.95), 1)],
		finality: [rounded(quantile(finals, 0.5), 1), rounded(quantile(finals, 0.95), 1)],
		buildMicroseconds: Math.round((1000 * buildingTime) / built.reduce((sum, { kinds }) => sum + kinds[kind], 0)),
		nodeMicroseconds: Math.round((nodeCpu * 1e6) / included), senderMicroseconds: Math.round((senderCpu * 1e6) / included),
	};
}
