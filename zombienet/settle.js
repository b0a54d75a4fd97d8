// Funds the topic, by which it becomes active, and takes part in its first epoch until that is settled.
'use strict';
const { ALLO, account, epochs, finalised, fixed, script, send, until } = require('./lib');

/** What the worker says, and what turns out to be true. */
const INFERENCE = 3;
const TRUTH = 3.5;

/** The loss of an inner value: the logarithm of its squared error, again as an inner value. */
function loss(value) {
	const error = Number(value.toBigInt()) / 1e18 - TRUTH;
	return fixed(BigInt(Math.round(Math.log10(error * error) * 1e6)), 10n ** 6n);
}

/** Waits until the first epoch is in this state. */
function reached(api, topic, state) {
	return until(async () => {
		const [first] = await epochs(api, topic);
		if (first.state.isVoid) throw new Error(`the epoch is void: ${first.state.asVoid}`);
		return first.state.type === state;
	});
}

exports.run = script(async (api, [topic]) => {
	await send(api, api.tx.topics.fund(topic, 1000n * ALLO), account('Alice'));
	// As finalised: on another fork it may have another number.
	const epoch = await until(async () => {
		const [first] = await epochs(await finalised(api), topic);
		return first?.epoch;
	});
	const inference = [fixed(BigInt(INFERENCE))];
	await send(api, api.tx.inference.submit(topic, epoch, inference, null), account('Charlie'));

	await reached(api, topic, 'Reporting');
	const [hash, bundle] = (await api.call.aggregationApi.bundle(topic, epoch)).unwrap();
	const losses = bundle.elementValues.map(loss);
	await send(api, api.tx.reputer.report(topic, epoch, hash, losses), account('Dave'));
	await reached(api, topic, 'Settled');
});
