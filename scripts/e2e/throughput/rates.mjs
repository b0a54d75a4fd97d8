// Transactions per second by kind, with slots as in production: transfers, and what the protocol's participants send.
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { ALLO, load, until } from '../lib.mjs';
import { Group, Network, SLOT, messages } from './network.mjs';
import { accountsOf, aimed, address, bytesOf } from './signing.mjs';
import { Watch, quantile, rateOf } from './watch.mjs';

const { u8aConcat } = load('@polkadot/util');
const { blake2AsU8a } = load('@polkadot/util-crypto');

/** Slots of an epoch, so that the clock admits all topics, and of the windows for commitments and reveals. */
const [EPOCH, COMMIT, REVEAL] = [16, 4, 5];
/** The slots between the openings of open topics and of those with commitments. */
const APART = 3;
/** The slots from the creation of topics to the first opening that is meant to be used, as full blocks need them. */
const AHEAD = 11;

/** What a transaction of each kind declares, and how many fit into a block by that. */
async function declared(network) {
	const { api, creator } = network;
	const { tx } = api;
	const value = [10n ** 18n];
	const calls = {
		transfers: tx.balances.transferKeepAlive(address(creator), ALLO),
		submissions: tx.inference.submit(1, 1, value, null),
		commits: tx.inference.commit(1, 1, new Uint8Array(32), 'Inferer'),
		reveals: tx.inference.reveal(1, 1, value, null, new Uint8Array(32)),
		reports: tx.reputer.report(1, 1, value),
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
			declaredMicroseconds: Math.round(picoseconds / 1e6), bytes: bytes.length,
			fitByWeight: Math.floor(limit / picoseconds), fitByLength: Math.floor(most / bytes.length),
		};
	}
	creator.nonce = nonce;
	return costs;
}

/**
 * As many of the transactions as fill whole blocks: the rate counts the time of the last block in full, whatever it has.
 * A hundredth is left out, for blocks with something else in them.
 */
function whole(transactions, { fitByWeight }) {
	// Almost a block counts as one.
	const blocks = Math.floor(transactions.length / fitByWeight + 0.1);
	return blocks === 0 ? transactions : transactions.slice(0, Math.floor(0.99 * blocks * fitByWeight));
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

/** Commitments of all inferers to an epoch, and the reveals that belong to them. */
function commitments({ api, signer }, group, epoch) {
	const { tx } = api;
	const commit = bytesOf(tx.inference.commit(1, 1, new Uint8Array(32), 'Inferer'));
	const reveal = bytesOf(tx.inference.reveal(1, 1, [10n ** 20n], null, new Uint8Array(32)));
	const all = { commits: [], reveals: [] };
	for (const { number, inferers } of group.topics) {
		for (const account of inferers) {
			const opened = aimed(reveal, number, epoch);
			opened.set(randomBytes(32), opened.length - 32);
			const closed = aimed(commit, number, epoch);
			// After pallet, call, topic and epoch: what is revealed, and the salt at the end.
			closed.set(blake2AsU8a(u8aConcat(opened.subarray(18), account.id, opened.subarray(2, 18))), 18);
			all.commits.push(signer.sign(account, closed));
			all.reveals.push(signer.sign(account, opened));
		}
	}
	return all;
}

/** The first opening of a group's topics after the slot of this moment. */
function nextOpening(watch, { parameters: { phase } }) {
	const first = watch.slot() + 1;
	return first + ((phase - first) % EPOCH + EPOCH) % EPOCH;
}

/**
 * Sends everything that belongs to an epoch of the open topics, and to one of the topics with commitments; `between`
 * runs while the truth of the former is waited for.
 */
async function protocol(network, watch, [open, closed], between, send) {
	const { inference, report } = messages(network);
	const epoch = nextOpening(watch, open);
	const of = (role, make) => open.topics.flatMap((topic) => topic[role].map((account, index) => make(topic, account, index, epoch)));
	const submissions = of('inferers', inference);
	const reports = of('reputers', report);
	await watch.untilBlockOf(epoch - 1);
	await send('submissions', submissions);

	const sealed = nextOpening(watch, closed);
	const { commits, reveals } = commitments(network, closed, sealed);
	await watch.untilBlockOf(sealed - 1);
	const committed = await send('commits', commits);
	await watch.untilBlockOf(sealed + COMMIT);
	await send('reveals', reveals.slice(0, committed));
	await between();
	await watch.untilBlockOf(epoch + EPOCH - 1);
	await send('reports', reports);
	return { epoch, sealed };
}

/** How much of what was sent the chain has accepted, and how many epochs each block closed. */
async function accepted(network, [open, closed], { epoch, sealed }, blocks) {
	const { api } = network;
	const numbers = ({ topics }) => topics.map(({ number }) => number);
	const participants = async (group, wanted) => {
		const pages = await Promise.all(numbers(group).map((number) => api.call.aggregationApi.history(number, null, 8)));
		const found = pages.map((page) => page.find((one) => one.epoch.eq(wanted)));
		return found.reduce((sum, one) => sum + (one?.participants.inferers.toNumber() ?? 0), 0);
	};
	const reports = await api.query.reputer.reports.multi(numbers(open).map((number) => [number, epoch]));
	const closes = [];
	for (const block of blocks) {
		const slot = Math.floor(block.time / SLOT);
		const due = [epoch + open.parameters.worker_window + 1, sealed + COMMIT + REVEAL + 1];
		if (!due.some((one) => slot >= one && slot < one + 3)) continue;
		const at = await api.at(await network.rpc.call('chain_getBlockHash', block.number));
		const closed = (await at.query.system.events()).filter(({ event }) => api.events.clock.WorkersClosed.is(event)).length;
		if (closed > 0) closes.push({ block: block.number, closed, building: block.building });
	}
	return {
		submissions: await participants(open, epoch), reveals: await participants(closed, sealed),
		reports: reports.reduce((sum, { members }) => sum + members.length, 0), closes,
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

/** The groups of a run: topics to submit to openly, and topics with commitments. */
function groupsOf({ topics, inferers, reputers }) {
	const sizes = { epoch_length: EPOCH, max_inferers: inferers, max_forecasters: 0 };
	const windows = { worker_window: COMMIT, reveal_window: REVEAL };
	return [
		new Group('open', 1, topics, { ...sizes, max_reputers: reputers }, { inferers, reputers }),
		new Group('closed', topics + 1, topics, { ...sizes, ...windows, max_reputers: 1 }, { inferers, reputers: 1 }),
	];
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
	groups.forEach(({ parameters }, index) => {
		parameters.phase = (watch.slot() + AHEAD + index * APART) % EPOCH;
	});

	const send = async (kind, transactions) => {
		const chosen = costs[kind] ? whole(transactions, costs[kind]) : transactions;
		const missing = await watch.send(kind, chosen);
		log(`slot ${watch.slot()}: blocks have ${chosen.length - missing} of ${chosen.length} ${kind}`);
		return chosen.length;
	};
	await watch.send('creations', network.creations());
	const { register, stake } = network.registrations();
	await watch.send('registrations', register);
	await watch.send('stakes', stake);
	const clocks = await network.clocks(groups.flatMap(({ topics }) => topics));
	if (!clocks.every(({ active }) => active)) throw new Error(`${clocks.filter(({ active }) => !active).length} topics are not active`);
	log(`slot ${watch.slot()}: ${clocks.length} topics are ready`);
	const windows = await protocol(network, watch, groups, () => send('transfers', signed), send);

	const last = watch.best;
	await until('the last block is final', () => watch.final >= last, 180);
	await sleep(100);
	const blocks = await watch.blocks();
	const kinds = {};
	for (const kind of watch.kinds.keys()) kinds[kind] = rateOf(watch, kind, blocks, costs[kind]);
	for (const rate of Object.values(kinds)) rate.ofTransfers = rate.perSecond / kinds.transfers.perSecond;
	const result = {
		validators, slotMilliseconds: SLOT, ...sizes, kinds, accepted: await accepted(network, groups, windows, blocks),
		pace: pace(blocks), before, after: await network.running.nodes[0].usage(), blocks,
	};
	await network.stop();
	return result;
}
