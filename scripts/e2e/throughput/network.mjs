// A chain that is filled with topics, workers and reputers, and on which everything that is sent can be found again.
import { ALLO, connect, fixed, parameters } from '../lib.mjs';
import { startNodes } from './nodes.mjs';
import { Rpc, flood } from './rpc.mjs';
import { Signer, accountOf, accountsOf, aimed, bytesOf } from './signing.mjs';

/** Milliseconds of a slot, as in production. */
export const SLOT = 6_000;
/** Connections to each node, since a node takes the requests of one connection one after the other. */
const CONNECTIONS = 4;
/** Topics that are made by one transaction. */
const BATCH = 25;

/** A topic's parameters, as those of a price with the given sizes and windows. */
export const shape = (more) => ({
	...parameters, loss_floor: fixed(1n, 1000n), min_stake: 0, worker_window: 9, ground_truth_lag: more.epoch_length, ...more,
});

/** Topics of one shape, each with its own accounts. */
export class Group {
	/** `first` is the number of the first topic. */
	constructor(name, first, count, parameters, { inferers, forecasters = 0, reputers }) {
		this.parameters = shape(parameters);
		const names = { inferers, forecasters, reputers };
		this.topics = Array.from({ length: count }, (_, index) => {
			const accounts = Object.entries(names).map(([role, size]) => [role, accountsOf(`${name} ${index} ${role}`, size)]);
			return { number: first + index, ...Object.fromEntries(accounts) };
		});
	}

	workers = (topic) => [...topic.inferers, ...topic.forecasters];
	accounts = () => this.topics.flatMap((topic) => [...this.workers(topic), ...topic.reputers]);
}

/** A started chain and the means to load it. */
export class Network {
	/** Starts the nodes on a chain on which everybody in `groups` and `others` has tokens. */
	static async start({ groups, others = [], ...nodes }) {
		const network = new Network();
		network.slot = SLOT;
		network.groups = groups;
		network.creator = accountOf('creator');
		network.running = await startNodes({
			slot: SLOT,
			endowed: [
				{ accounts: [network.creator], planck: 10_000_000n * ALLO },
				{ accounts: groups.flatMap((group) => group.accounts()), planck: 300n * ALLO },
				{ accounts: others, planck: 10n * ALLO },
			],
			...nodes,
		});
		const { urls } = network.running;
		network.api = await connect(urls[0]);
		network.signer = new Signer(network.api);
		network.rpcs = await Promise.all(urls.flatMap((url) => Array.from({ length: CONNECTIONS }, () => Rpc.open(url))));
		[network.rpc] = network.rpcs;
		return network;
	}

	/** Transactions that create the topics and give them revenue. */
	creations() {
		const { tx } = this.api;
		const calls = this.groups.flatMap(({ parameters, topics }) => topics.flatMap(({ number }) =>
			[tx.topics.create(parameters), tx.topics.fund(number, 1_000n * ALLO)]));
		const batches = [];
		for (let from = 0; from < calls.length; from += 2 * BATCH) batches.push(calls.slice(from, from + 2 * BATCH));
		return batches.map((batch) => this.signer.sign(this.creator, bytesOf(tx.utility.batchAll(batch))));
	}

	/** Transactions by which everybody registers, and those by which reputers stake. */
	registrations() {
		const { tx } = this.api;
		const register = { worker: bytesOf(tx.topics.register(1, 'Worker', null)), reputer: bytesOf(tx.topics.register(1, 'Reputer', null)) };
		const stake = bytesOf(tx.reputer.stake(1, 150n * ALLO));
		const of = (call, topic, account) => {
			const copy = Buffer.from(call);
			copy.writeBigUInt64LE(BigInt(topic.number), 2);
			return this.signer.sign(account, copy);
		};
		const all = this.groups.flatMap((group) => group.topics.map((topic) => ({ topic, workers: group.workers(topic) })));
		return {
			register: all.flatMap(({ topic, workers }) => [
				...workers.map((account) => of(register.worker, topic, account)),
				...topic.reputers.map((account) => of(register.reputer, topic, account)),
			]),
			stake: all.flatMap(({ topic }) => topic.reputers.map((account) => of(stake, topic, account))),
		};
	}

	/** Sends transactions; throws if one is refused. */
	async send(transactions, onSent) {
		const refused = await flood(this.rpcs, transactions, onSent);
		if (refused.size > 0) throw new Error(`${refused.size} of ${transactions.length} refused: ${[...refused.values()][0].message}`);
	}

	/** The transactions of a block, as hexadecimal text. */
	async extrinsics(hash) {
		return (await this.rpc.call('chain_getBlock', hash)).block.extrinsics;
	}

	/** The figures of a block: when it was, how full it is, by the classes' weights and bytes. */
	async figures(hash, extrinsics) {
		const { api } = this;
		const at = await api.at(hash);
		const [weight, now] = await Promise.all([at.query.system.blockWeight(), at.query.timestamp.now()]);
		const { normal } = api.consts.system.blockWeights.perClass;
		const share = (used, most) => Number(used) / Number(most);
		return {
			time: now.toNumber(),
			fullness: share(weight.normal.refTime, normal.maxTotal.unwrap().refTime),
			proof: share(weight.normal.proofSize, normal.maxTotal.unwrap().proofSize),
			hooks: Number(weight.mandatory.refTime) / 1e9,
			length: extrinsics.reduce((sum, text) => sum + text.length / 2 - 1, 0) / Number(api.consts.system.blockLength.max.normal),
		};
	}

	/** The states of the topics' clocks. */
	async clocks(topics) {
		const states = await this.api.query.clock.topicStates.multi(topics.map(({ number }) => number));
		return states.map(({ active, anchor }) => ({ active: active.isTrue, anchor: anchor.toNumber() }));
	}

	async stop() {
		this.rpcs.forEach((rpc) => rpc.close());
		await this.api.disconnect();
		await this.running.stop();
	}
}

/** What participants send in an epoch: a function per kind, of topic, account, its number in its role, and epoch. */
export function messages({ api, signer }) {
	const { tx } = api;
	const value = (index) => fixed(1000n + BigInt(index), 10n);
	const cache = new Map();
	const once = (key, make) => {
		if (!cache.has(key)) cache.set(key, bytesOf(make()));
		return cache.get(key);
	};
	const forecast = (topic, index) => topic.inferers.map(({ id }, at) => [id, -fixed(BigInt(1 + ((at + index) % 7)), 10n)]);
	const send = (call) => (topic, account, index, epoch) => signer.sign(account, aimed(call(topic, index), topic.number, epoch));
	return {
		inference: send((_, index) => once(`i${index}`, () => tx.inference.submit(1, 1, [value(index)], null))),
		forecast: send((topic, index) => once(`f${topic.number} ${index}`, () => tx.inference.submit(1, 1, null, forecast(topic, index)))),
		report: send((_, index) => once(`r${index}`, () => tx.reputer.report(1, 1, [value(16 + (index % 3))]))),
		value,
	};
}
