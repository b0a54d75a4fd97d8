// Transactions per second by kind, with slots as in production: transfers, and what the protocol's participants send.
import { setTimeout as sleep } from 'node:timers/promises';
import { ALLO, until } from '../lib.mjs';
import { Network, SLOT } from './network.mjs';
import { APART, EPOCH, groupsOf, participate } from './participants.mjs';
import { accountsOf, address, bytesOf } from './signing.mjs';
import { Sizes } from './sizing.mjs';
import { Watch, quantile, rateOf } from './watch.mjs';

/** The slots that the creation of topics takes, and some to spare until the first opening. */
const SPARE = 8;

/** What a transaction of each kind declares, and how many fit into a block by that. */
async function declared(network) {
	const { api, creator } = network;
	const { tx } = api;
	const value = [10n ** 18n];
	const submit = tx.inference.submit(1, 1, value, null);
	const commit = tx.inference.commit(1, 1, new Uint8Array(32), 'Inferer');
	const report = tx.reputer.report(1, 1, value);
	const calls = {
		transfers: tx.balances.transferKeepAlive(address(creator), ALLO),
		'submissions, newcomers': submit, 'submissions, regulars': submit,
		'commits, newcomers': commit, 'commits, regulars': commit,
		reveals: tx.inference.reveal(1, 1, value, null, new Uint8Array(32)),
		'reports, newcomers': report, 'reports, regulars': report,
		registrations: tx.topics.register(1, 'Worker', null),
		stakes: tx.reputer.stake(1, ALLO),
	};
	const { baseExtrinsic, maxTotal } = api.consts.system.blockWeights.perClass.normal;
	const most = Number(api.consts.system.blockLength.max.normal);
	const nonce = creator.nonce;
	const costs = {};
	for (const [kind, call] of Object.entries(calls)) {
		const bytes = Buffer.from(network.signer.sign(creator, bytesOf(call)).slice(2), 'hex');
		const { weight } = await api.call.transactionPaymentApi.queryInfo(bytes, bytes.length);
		const picoseconds = Number(weight.refTime) + Number(baseExtrinsic.refTime);
		const limit = Number(maxTotal.unwrap().refTime);
		costs[kind] = {
			blockMicroseconds: limit / 1e6, declaredMicroseconds: Math.round(picoseconds / 1e6), bytes: bytes.length,
			fitByWeight: Math.floor(limit / picoseconds), fitByLength: Math.floor(most / bytes.length),
		};
	}
	creator.nonce = nonce;
	return costs;
}

/** Keep-alive transfers between accounts of which each is used once. */
function transfers({ api, signer }, senders, receivers) {
	const call = bytesOf(api.tx.balances.transferKeepAlive(address(receivers[0]), ALLO / 10n));
	return senders.map((sender, index) => {
		const copy = Buffer.from(call);
		copy.set(receivers[index].id, 3);
		return signer.sign(sender, copy);
	});
}

/** How much of what was sent the chain has accepted, how much has failed, and how many epochs blocks closed to workers. */
async function accepted(network, [open, closed], epochs, blocks) {
	const { api } = network;
	const numbers = ({ topics }) => topics.map(({ number }) => number);
	const participants = async (group, { epoch }) => {
		const pages = await Promise.all(numbers(group).map((number) => api.call.aggregationApi.history(number, null, 8)));
		const found = pages.map((page) => page.find((one) => one.epoch.eq(epoch)));
		return found.reduce((sum, one) => sum + (one?.participants.inferers.toNumber() ?? 0), 0);
	};
	const keys = (group, { epoch }) => numbers(group).map((number) => [number, epoch]);
	const reports = async (...all) => (await api.query.reputer.reports.multi(all.flat())).reduce((sum, { members }) => sum + members.length, 0);
	const found = { closes: [], failed: 0 };
	for (const { number, building } of blocks) {
		const at = await api.at(await network.rpc.call('chain_getBlockHash', number));
		const events = (await at.query.system.events()).map(({ event }) => event);
		const count = (kind) => events.filter((event) => kind.is(event)).length;
		const ended = count(api.events.clock.WorkersClosed);
		if (ended > 0) found.closes.push({ block: number, closed: ended, building });
		found.failed += count(api.events.system.ExtrinsicFailed);
	}
	return {
		newcomers: await participants(open, epochs.newcomers), regulars: await participants(open, epochs.regulars),
		reveals: await participants(closed, epochs.committed), regularReveals: await participants(closed, epochs.recommitted),
		reports: await reports(keys(open, epochs.newcomers), keys(closed, epochs.committed)),
		regularReports: await reports(keys(open, epochs.regulars), keys(closed, epochs.recommitted)), ...found,
	};
}

/** Block times and finality of the blocks from the first to the last that has anything sent. */
function pace(blocks) {
	const busy = blocks.filter(({ kinds }) => Object.keys(kinds).length > 0).map(({ number }) => number);
	const span = blocks.filter(({ number }) => number >= busy[0] && number <= busy.at(-1));
	const times = span.map((block) => (block.time - blocks[block.number - 2].time) / 1000);
	const of = (values) => ({ median: quantile(values, 0.5), p95: quantile(values, 0.95), most: Math.max(...values) });
	return {
		blocks: span.length, blockTime: of(times), finalitySeconds: of(span.map(({ lag }) => lag)),
		finalityBlocks: of(span.map(({ unfinal }) => unfinal)), building: of(span.map(({ building }) => building ?? 0)),
		missedSlots: Math.round(times.reduce((sum, time) => sum + (time * 1000) / SLOT - 1, 0)),
	};
}

/** Creates the topics, and registers everybody; the first opening is as far ahead as that takes. */
async function prepare(network, watch, costs) {
	const { groups } = network;
	const { register, stake } = network.registrations();
	const blocks = (transactions, { fitByWeight }) => Math.ceil(transactions.length / fitByWeight);
	const ahead = blocks(register, costs.registrations) + blocks(stake, costs.stakes) + SPARE;
	groups.forEach(({ parameters }, index) => {
		parameters.phase = (watch.slot() + ahead + index * APART) % EPOCH;
	});
	await watch.send('creations', network.creations());
	await watch.send('registrations', register);
	await watch.send('stakes', stake);
	const clocks = await network.clocks(groups.flatMap(({ topics }) => topics));
	if (!clocks.every(({ active }) => active)) throw new Error(`${clocks.filter(({ active }) => !active).length} topics are not active`);
	return clocks.length;
}

/** Measures all kinds on a chain with this number of validators. */
export async function rates({ validators, transfers: count, ...sizes }, log) {
	const groups = groupsOf(sizes);
	const [senders, receivers] = [accountsOf('sender', count), accountsOf('receiver', count)];
	const network = await Network.start({ groups, others: [...senders, ...receivers], count: validators });
	const watch = await Watch.start(network);
	const costs = await declared(network);
	const signed = transfers(network, senders, receivers);
	await until('there are blocks', () => watch.best >= 1, 120);
	const before = await network.running.nodes[0].usage();
	const topics = await prepare(network, watch, costs);
	log(`slot ${watch.slot()}: ${topics} topics are ready, whose epochs open at ${groups.map(({ parameters }) => parameters.phase)} of ${EPOCH}`);
	const sender = new Sizes(network, watch, costs, log);
	const epochs = await participate(network, watch, sender, groups, () => sender.declared('transfers', signed));

	const last = watch.best;
	await until('the last block is final', () => watch.final >= last, 180);
	await sleep(100);
	const blocks = await watch.blocks();
	const kinds = {};
	for (const kind of watch.kinds.keys()) kinds[kind] = rateOf(watch, kind, blocks, costs[kind]);
	for (const rate of Object.values(kinds)) rate.ofTransfers = rate.perSecond / kinds.transfers.perSecond;
	const result = {
		validators, slotMilliseconds: SLOT, ...sizes, kinds, epochs, accepted: await accepted(network, groups, epochs, blocks),
		pace: pace(blocks), before, after: await network.running.nodes[0].usage(), blocks,
	};
	await network.stop();
	return result;
}
