// Passes once all nodes have finalised one block, of the same state and with the same network inference.
'use strict';
const { finalHeader, script, until } = require('./lib');

exports.run = script(async (api, [topic], connect) => {
	const apis = [api, ...await Promise.all(['alice', 'bob'].map(connect))];
	const number = (await finalHeader(api)).number.toNumber();
	const seen = await Promise.all(apis.map(async (one) => {
		await until('the block is final here', async () => (await finalHeader(one)).number.toNumber() >= number);
		const hash = await one.rpc.chain.getBlockHash(number);
		const { stateRoot } = await one.rpc.chain.getHeader(hash);
		const inference = await (await one.at(hash)).call.aggregationApi.latestInference(topic);
		if (inference.isEmpty) throw new Error(`no inference in block ${number}`);
		return `${hash} ${stateRoot} ${inference.toHex()}`;
	}));
	if (new Set(seen).size !== 1) throw new Error(`the nodes differ in block ${number}: ${seen.join('\n')}`);
});
