// Passes once this many more blocks are best, or finalised; with `best`, none of them may be final by then.
'use strict';
const { finalHeader, script, until } = require('./lib');

exports.run = script(async (api, [which, count]) => {
	const best = async () => (await api.rpc.chain.getHeader()).number.toNumber();
	const final = async () => (await finalHeader(api)).number.toNumber();
	const height = { best, finalised: final }[which];
	const start = await best();
	await until('the chain has advanced', async () => (await height()) >= start + Number(count));
	if (which === 'best' && (await final()) > start) {
		throw new Error(`block ${start + 1} became final without enough validators`);
	}
});
