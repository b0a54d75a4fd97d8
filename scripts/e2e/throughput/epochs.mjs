// Topics of 32 inferers, 6 forecasters and 6 reputers over half an hour of chain time, each block made on request: is
// every step on time, does every epoch settle with everybody, and what does it take?
import { Group, Network, SLOT, messages } from './network.mjs';
import { POOL } from './nodes.mjs';

const SIZES = { inferers: 32, forecasters: 6, reputers: 6 };
/** Slots of an epoch: two minutes. */
const EPOCH = 20;
/** The slots over which the participants of an epoch spread what they send, from the second of their window on. */
const SPREAD = 8;

/** Makes a block, and returns what it took. */
async function block(network) {
	const began = performance.now();
	const { hash } = await network.rpc.call('engine_createBlock', true, true, null);
	return { hash, milliseconds: performance.now() - began };
}

/** Sends transactions and makes blocks until all are in one. */
async function include(network, transactions) {
	await network.send(transactions);
	const missing = new Set(transactions);
	for (let blocks = 0; missing.size > 0; blocks += 1) {
		if (blocks === 60) throw new Error(`${missing.size} of ${transactions.length} are in none of ${blocks} blocks`);
		for (const one of await network.extrinsics((await block(network)).hash)) missing.delete(one);
	}
}

/** The slots in which the topics' next steps are due: the clock's agenda, whose keys are class, slot and topic. */
async function agenda(network) {
	const prefix = network.api.query.clock.agenda.keyPrefix();
	const keys = await network.rpc.call('state_getKeysPaged', prefix, 1000, null);
	return keys.map((key) => Number(BigInt(`0x${key.slice(prefix.length + 2, prefix.length + 18)}`)));
}

/** Signs everything that the topics' participants send in these many epochs; returns it by slot. */
function presign(network, group, firsts, epochs) {
	const kinds = messages(network);
	const slots = new Map();
	const add = (slot, transaction) => slots.set(slot, [...slots.get(slot) ?? [], transaction]);
	const sign = (kind, topic, accounts, epoch, from) => accounts.forEach((account, index) =>
		add(from + 1 + (index % SPREAD), kinds[kind](topic, account, index, epoch)));
	for (let count = 0; count < epochs; count += 1) {
		group.topics.forEach((topic, index) => {
			const epoch = firsts[index] + count * EPOCH;
			sign('inference', topic, topic.inferers, epoch, epoch);
			sign('forecast', topic, topic.forecasters, epoch, epoch);
			sign('report', topic, topic.reputers, epoch, epoch + EPOCH);
		});
	}
	return slots;
}

/** What has become of the epochs. */
async function outcomes(network, group, firsts, epochs) {
	const result = { epochs: 0, settled: 0, complete: 0 };
	for (const [index, { number }] of group.topics.entries()) {
		const page = await network.api.call.aggregationApi.history(number, null, 64);
		const [first, last] = [firsts[index], firsts[index] + (epochs - 1) * EPOCH];
		for (const { epoch, state, participants } of page) {
			if (epoch.toNumber() < first || epoch.toNumber() > last) continue;
			const all = Object.entries(SIZES).every(([role, size]) => participants[role].toNumber() === size);
			result.epochs += 1;
			result.settled += state.isSettled;
			result.complete += state.isSettled && all;
		}
	}
	return result;
}

/** Makes all blocks from the first epoch's opening to the last one's settlement; returns the figures of each. */
async function play(network, plan, from, to) {
	let dues = await agenda(network);
	const [node] = network.running.nodes;
	const blocks = [];
	const points = [{ slot: 0, ...await node.usage() }];
	const missing = new Set();
	const send = (slot) => {
		const sent = plan.get(slot) ?? [];
		sent.forEach((one) => missing.add(one));
		return network.send(sent);
	};
	await send(from);
	for (let slot = from; slot <= to; slot += 1) {
		// What is planned for the next slot comes meanwhile, as on a real chain: windows are open in this slot as well.
		const [{ hash, milliseconds }] = await Promise.all([block(network), send(slot + 1)]);
		const extrinsics = await network.extrinsics(hash);
		for (const one of extrinsics) missing.delete(one);
		const before = dues.filter((due) => due <= slot).length;
		dues = await agenda(network);
		const lateness = dues.filter((due) => due <= slot).map((due) => slot - due + 1);
		const { time, fullness, hooks, length } = await network.figures(hash, extrinsics);
		if (Math.floor(time / SLOT) !== slot) throw new Error(`the block is of slot ${time / SLOT}, not ${slot}`);
		blocks.push({
			slot: slot - from, transactions: extrinsics.length - 1, milliseconds: Math.round(milliseconds),
			fullness, hooks, length, served: before - lateness.length, late: lateness.length, latest: Math.max(0, ...lateness),
		});
		if ((slot - from + 1) % EPOCH === 0) points.push({ slot: slot - from + 1, ...await node.usage() });
	}
	return { blocks, points, missing: missing.size };
}

/** Creates the topics and registers everybody; returns the first epoch of each that lies ahead. */
async function prepare(network, group) {
	await include(network, network.creations());
	const { register, stake } = network.registrations();
	await include(network, [...register, ...stake]);
	const clocks = await network.clocks(group.topics);
	if (!clocks.every(({ active }) => active)) throw new Error('not all topics are active');
	const slot = (await network.api.query.babe.currentSlot()).toNumber();
	return {
		from: slot + 1,
		firsts: clocks.map(({ anchor }) => anchor + Math.max(0, Math.ceil((slot + 1 - anchor) / EPOCH)) * EPOCH),
	};
}

/**
 * Plays a number of epochs of each topic on a chain of one node. With `phase`, all topics open in the same slots, so that
 * a block closes all of them; else the chain spreads them. `then` gets the network before it stops.
 */
export async function epochs({ topics, epochs: count, phase = null }, log, then = () => {}) {
	const parameters = {
		epoch_length: EPOCH, phase, history: count + 4, max_inferers: SIZES.inferers,
		max_forecasters: SIZES.forecasters, max_reputers: SIZES.reputers,
	};
	const group = new Group('epochs', 1, topics, parameters, SIZES);
	const network = await Network.start({ groups: [group], options: ['--sealing', 'manual', ...POOL] });
	const { from, firsts } = await prepare(network, group);
	const plan = presign(network, group, firsts, count);
	const transactions = [...plan.values()].reduce((sum, list) => sum + list.length, 0);
	// The last epoch's reports close two lengths after its opening; the close is taken in the slot after.
	const to = Math.max(...firsts) + (count + 1) * EPOCH;
	log(`${topics} topics are active; ${transactions} transactions are signed for ${to - from + 1} slots`);

	const began = Date.now();
	const { blocks, points, missing } = await play(network, plan, from, to);
	const seconds = (Date.now() - began) / 1000;
	const result = {
		topics, sizes: SIZES, epochSlots: EPOCH, slotMilliseconds: SLOT, epochsEach: count, transactions, missing,
		...await outcomes(network, group, firsts, count),
		chainMinutes: (blocks.length * SLOT) / 60_000, seconds,
		lateSteps: blocks.reduce((sum, { late }) => sum + late, 0), latest: Math.max(...blocks.map(({ latest }) => latest)),
		blocks, points,
	};
	result.then = await then(network, group);
	await network.stop();
	log(`${result.complete} of ${topics * count} epochs settled with everybody, ${result.lateSteps} late steps, ${seconds.toFixed(0)} s`);
	return result;
}
