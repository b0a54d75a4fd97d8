// Funds the topic, which activates it, and takes part in its first epoch until that is settled: each participant through
// a node of its own, the workers by commitments that they reveal.
'use strict';
const { blake2AsHex, randomAsU8a } = require('./lib').load('@polkadot/util-crypto');
const { ALLO, account, epochs, finalised, fixed, script, send, until } = require('./lib');

/** Each worker's node and inference, each reputer's node, and the value that turns out to be true. */
const WORKERS = [['Charlie', 'watcher', fixed(3n)], ['Eve', 'alice', fixed(5n)]];
const REPUTERS = [['Dave', 'bob'], ['Ferdie', 'watcher']];
const TRUTH = fixed(7n, 2n);

/** The first epoch, if the topic has one in this state in the best block. */
async function inState(api, topic, name) {
	const [first] = await epochs(api, topic);
	if (first?.state.isVoid) throw new Error(`the epoch is void: ${first.state.asVoid}`);
	return first?.state.type === name && first.epoch;
}

/** The hash of a payload (docs/protocol.md, 7.6.1). */
function hashOf(api, topic, epoch, { address }, inference, salt) {
	const parts = [
		api.createType('Option<Vec<Option<i128>>>', inference).toU8a(), api.createType('Option<Null>', null).toU8a(), salt,
		api.createType('AccountId', address).toU8a(), api.createType('u64', topic).toU8a(), api.createType('u64', epoch).toU8a(),
	];
	return blake2AsHex(Buffer.concat(parts), 256);
}

/** Commits to an inference for the first epoch, and reveals it; returns the epoch's number. */
async function work(api, topic, who, value) {
	const inference = [value];
	const salt = randomAsU8a(32);
	for (;;) {
		// The window is too short to wait until the opening is final. So another branch may win, in which the topic
		// was funded in another block and the epoch has another number: then commit again.
		const epoch = await until('the first epoch collects', () => inState(api, topic, 'Collecting'));
		try {
			const hash = hashOf(api, topic, epoch, who, inference, salt);
			await send(api, api.tx.inference.commit(topic, epoch, hash, 'Inferer'), who);
		} catch (error) {
			const [first] = await epochs(api, topic);
			if (first?.epoch === epoch && !first.state.isCollecting) throw error;
			continue;
		}
		await until('the first epoch reveals', () => inState(api, topic, 'Revealing'));
		await send(api, api.tx.inference.reveal(topic, epoch, inference, null, salt), who);
		return epoch;
	}
}

/** Waits until the first epoch has this state in a finalised block of this node. */
const reached = (api, topic, state) =>
	until(`the first epoch is ${state}`, async () => inState(await finalised(api), topic, state));

exports.run = script(async (api, [topic], connect) => {
	// The nodes may be behind the one through which the stake became final.
	const apis = new Map(await Promise.all(['alice', 'bob', 'watcher'].map(async (name) => [name, await connect(name)])));
	await Promise.all([...apis.values()].map((one) => until('the stakes are final here', async () => {
		const info = await (await finalised(one)).call.topicsApi.topic(topic);
		return info.isSome && info.unwrap().stake.toBigInt() === 2000n * ALLO;
	})));
	const [[epoch]] = await Promise.all([
		Promise.all(WORKERS.map(([who, node, value]) => work(apis.get(node), topic, account(who), value))),
		send(api, api.tx.topics.fund(topic, 1000n * ALLO), account('Alice')),
	]);
	await Promise.all(REPUTERS.map(async ([who, node]) => {
		await reached(apis.get(node), topic, 'Reporting');
		await send(apis.get(node), apis.get(node).tx.reputer.report(topic, epoch, [TRUTH]), account(who));
	}));
	await reached(api, topic, 'Settled');
});
