// A runtime upgrade by the usual way of docs/governance.md, while epochs are open: the committee whitelists it, a
// referendum authorises it, and somebody uploads the code. The nodes stay as they are, and so does a light client, which
// reads a network inference with either runtime.
//
// The runtime that the chain is upgraded to is the file of ALLORA_NEXT_RUNTIME, which differs from the node's own at
// least by a higher spec_version; scripts/next-runtime builds one.
'use strict';
const { readFileSync } = require('node:fs');
const { ALLO, account, send, until } = require('../scripts/e2e/chain');
const { load } = require('./lib');
const { compare, inNode } = require('./light');
const { suite } = require('./nodes');
const { Participants } = require('./participants');
const { blake2AsHex } = load('@polkadot/util-crypto');

const COMMITTEE = ['Alice', 'Bob', 'Charlie'];
const VOTERS = ['Alice', 'Bob', 'Charlie', 'Dave', 'Eve', 'Ferdie'];

/** Longer epochs than elsewhere: no block comes while all nodes, on one machine, compile the new runtime. */
const EPOCH = { epoch_length: 24, worker_window: 18, ground_truth_lag: 24 };

/** The slots of a window that need blocks, so that participants, who have to connect anew, get their calls into one. */
const NEEDED = 8;

/** The slots of the final blocks from this one on. */
async function slotsFrom(node, number) {
	const api = await node.api();
	const slots = [];
	for (let block = number; block <= await node.final(); block += 1) {
		slots.push((await (await api.at(await node.hash(block))).query.babe.currentSlot()).toNumber());
	}
	return slots;
}

/** The longest run of slots without a block. */
const longestGap = (slots) => Math.max(0, ...slots.slice(1).map((slot, at) => slot - slots[at] - 1));

/** Whether one of the epoch's windows had a block in too few of its slots. */
function isLost(epoch, slots) {
	const windows = [[epoch, EPOCH.worker_window + 1], [epoch + EPOCH.ground_truth_lag, EPOCH.epoch_length]];
	return windows.some(([first, length]) => slots.filter((slot) => slot >= first && slot < first + length).length < NEEDED);
}

suite('upgrade: a referendum upgrades the runtime while epochs are open', { validators: 3 }, async (network, { step, saw }) => {
	if (!process.env.ALLORA_NEXT_RUNTIME) throw new Error('ALLORA_NEXT_RUNTIME is not set');
	const code = readFileSync(process.env.ALLORA_NEXT_RUNTIME);
	await network.start();
	const [alice] = network.validators;
	const topic = await Participants.join(network, EPOCH);
	await until('an epoch is settled', async () => await topic.settled(alice) >= 1, 120);
	const versions = () => Promise.all(network.running.map(async (node) =>
		(await node.rpc('state_getRuntimeVersion', await node.rpc('chain_getFinalizedHead'))).specVersion));
	const [old] = await versions();
	step(`an epoch is settled under version ${old}`);
	const light = await inNode(network, saw);
	const read = async (client, what) => {
		const { text, number, took } = await compare(client, alice, topic.topic);
		saw(`${what} read`, `${text} at block ${number} in ${took} ms, of version ${(await client.state()).version}`);
	};
	await read(light, 'the light client');

	const api = await alice.api();
	const event = ({ events }, section, method) => events.find((one) => one.section === section && one.method === method)?.data;
	const call = api.tx.system.authorizeUpgrade(blake2AsHex(code, 256)).method;
	const whitelist = api.tx.whitelist.whitelistCall(call.hash).method;
	const proposed = event(await send(api, api.tx.technicalCommittee.propose(COMMITTEE.length, whitelist, whitelist.encodedLength),
		account('Alice')), 'technicalCommittee', 'Proposed');
	const { proposalIndex, proposalHash } = proposed;
	await Promise.all(COMMITTEE.map((who) =>
		send(api, api.tx.technicalCommittee.vote(proposalHash, proposalIndex, true), account(who))));
	const closed = await send(api, api.tx.technicalCommittee.close(proposalHash, proposalIndex,
		{ refTime: 10n ** 9n, proofSize: 100_000n }, whitelist.encodedLength), account('Alice'));
	if (!event(closed, 'whitelist', 'CallWhitelisted')) throw new Error('the committee has not whitelisted the call');
	step('the committee has whitelisted the upgrade');

	const dispatch = api.tx.whitelist.dispatchWhitelistedCallWithPreimage(call).method.toHex();
	const submitted = await send(api, api.tx.referenda.submit({ Origins: 'WhitelistedCaller' }, { Inline: dispatch }, { After: 0 }),
		account('Alice'));
	const { index } = event(submitted, 'referenda', 'Submitted');
	// At the beginning a quarter of all tokens must say aye.
	const vote = { Standard: { vote: { aye: true, conviction: 'Locked1x' }, balance: 800_000n * ALLO } };
	await Promise.all([
		send(api, api.tx.referenda.placeDecisionDeposit(index), account('Bob')),
		...VOTERS.filter((who) => who !== 'Bob').map((who) => send(api, api.tx.convictionVoting.vote(index, vote), account(who))),
	]);
	const begin = await alice.final();
	await until('the upgrade is authorised', async () => (await api.query.system.authorizedUpgrade()).isSome, 240);
	saw('blocks from the votes until it is authorised', await alice.best() - begin);

	const inFlight = [...await topic.epochs(alice)].filter(([, state]) => state !== 'Settled').map(([epoch]) => epoch);
	const before = await alice.final();
	// Connections of polkadot.js that outlive an upgrade decode by the old metadata, and lack the runtime APIs: what happens
	// next is read by plain calls, and then by new connections.
	await api.tx.system.applyAuthorizedUpgrade(`0x${code.toString('hex')}`).signAndSend(account('Ferdie'), { nonce: -1 });
	const forgotten = new Set();
	/** Whether all nodes have finalized a block of the new runtime. Connections to those that have made one begin anew. */
	const newer = async () => {
		await Promise.all(network.running.map(async (node) => {
			if (forgotten.has(node) || (await node.rpc('state_getRuntimeVersion')).specVersion <= old) return;
			forgotten.add(node);
			await node.forget();
		}));
		return (await versions()).every((version) => version > old);
	};
	// A node that compiles it on a busy machine may not answer in time.
	await until('all nodes execute the new runtime', () => newer().catch(() => false), 120);
	saw('version', (await versions())[0]);
	saw('epochs in flight', inFlight.length);
	if (!inFlight.length) throw new Error('no epoch is in flight');

	await until('the light client executes the new runtime', async () => (await light.state()).version > old, 120);
	await read(light, 'the light client');
	const upgraded = await alice.final();
	const settled = await topic.settled(alice);
	await until('further epochs are settled', async () => await topic.settled(alice) >= settled + 2, 240);
	await topic.stop();
	const states = await topic.epochs(alice);
	// From before the first of the epochs that were in flight.
	const slots = await slotsFrom(alice, Math.max(1, before - 4 * EPOCH.epoch_length));
	saw('slots without a block, at most', longestGap(slots));
	const empty = [...states].filter(([, state]) => state.startsWith('Void')).map(([epoch]) => epoch);
	saw('epochs settled, and void', `${await topic.settled(alice)}, ${empty.length}`);
	const open = inFlight.filter((epoch) => states.get(epoch) !== 'Settled');
	// Only on a machine so busy that hardly a block came in one of its windows may an epoch be void.
	if ([...empty, ...open].some((epoch) => !isLost(epoch, slots))) {
		throw new Error(`epochs: ${JSON.stringify([...states])}, slots of blocks: ${slots.join(' ')}`);
	}
	await read(light, 'the light client');
	const late = await inNode(network, saw);
	await read(late, 'a light client that starts after the upgrade');
	await Promise.all([light, late].map((client) => client.close()));
	const fresh = await network.add('fresh');
	await fresh.start();
	await network.agree(upgraded + 20);
	step('all nodes agree, with one that executes the chain from its genesis');
	const ledger = await (await alice.api()).call.emissionsApi.ledger();
	if (!ledger.addsUp.isTrue) throw new Error('the ledger does not add up');
});
