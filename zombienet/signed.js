// Passes once this many more blocks are signed for other chains than when it began.
'use strict';
const { script, until } = require('./lib');

exports.run = script(async (api, [count]) => {
	const signed = async () => {
		const block = await api.rpc.beefy.getFinalizedHead();
		return (await api.rpc.chain.getHeader(block)).number.toNumber();
	};
	const start = await signed();
	await until('more blocks are signed', async () => (await signed()) >= start + Number(count));
});
