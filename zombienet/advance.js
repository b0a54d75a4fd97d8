// Passes once a block so far beyond the present best one is best, or finalised; with `best`, none of them may be final.
'use strict';
const { script, until } = require('./lib');

exports.run = script(async (api, [which, count]) => {
	const best = async () => (await api.rpc.chain.getHeader()).number.toNumber();
	const final = async () =>
		(await api.rpc.chain.getHeader(await api.rpc.chain.getFinalizedHead())).number.toNumber();
	const height = { best, finalised: final }[which];
	const start = await best();
	await until(async () => (await height()) >= start + Number(count));
	if (which === 'best' && (await final()) > start) {
		throw new Error(`block ${start + 1} became final without enough validators`);
	}
});
