// Funds the topic, which activates it, and takes part in its first epoch until that is settled.
'use strict';
const { ALLO, account, epochs, finalised, fixed, script, send, until } = require('./lib');

/** The worker's inference, and the value that turns out to be true. */
const INFERENCE = fixed(3n);
const TRUTH = fixed(7n, 2n);

/** The number of the first epoch, if it accepts submissions in the best block. */
async function collecting(api, topic) {
	const [first] = await epochs(api, topic);
	return first?.state.isCollecting && first.epoch;
}

/** Submits for the first epoch; returns its number once the submission is final. */
async function submit(api, topic) {
	const inference = [INFERENCE];
	for (;;) {
		// The window is too short to wait until the opening is final. So another branch may win, in which the topic
		// was funded in another block and the epoch has another number: then submit again.
		const epoch = await until('the first epoch collects', () => collecting(api, topic));
		try {
			await send(api, api.tx.inference.submit(topic, epoch, inference, null), account('Charlie'));
			return epoch;
		} catch (error) {
			const [first] = await epochs(api, topic);
			if (first && !first.state.isCollecting) throw error;
		}
	}
}

/** Waits until the first epoch has this state in a finalised block; returns the chain as of that block. */
function reached(api, topic, state) {
	return until(`the first epoch is ${state}`, async () => {
		const last = await finalised(api);
		const [first] = await epochs(last, topic);
		if (first?.state.isVoid) throw new Error(`the epoch is void: ${first.state.asVoid}`);
		return first?.state.type === state && last;
	});
}

exports.run = script(async (api, [topic]) => {
	// This node may be behind the one through which the stake became final.
	await until('the stake is final here', async () => {
		const info = await (await finalised(api)).call.topicsApi.topic(topic);
		return info.isSome && info.unwrap().stake.toBigInt() > 0n;
	});
	const [epoch] = await Promise.all([
		submit(api, topic),
		send(api, api.tx.topics.fund(topic, 1000n * ALLO), account('Alice')),
	]);

	await reached(api, topic, 'Reporting');
	await send(api, api.tx.reputer.report(topic, epoch, [TRUTH]), account('Dave'));
	await reached(api, topic, 'Settled');
});
