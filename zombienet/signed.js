// Passes once this many more blocks are signed for other chains; with `none`, once this many more blocks are best, and
// no further one is signed. Validators sign every fourth block at most, so that three blocks would show nothing.
'use strict';
const { script, until } = require('./lib');

exports.run = script(async (api, [count, blocks]) => {
	// Without an argument for the best block: the client keeps the result for one that is undefined.
	const number = async (...block) => (await api.rpc.chain.getHeader(...block)).number.toNumber();
	const signed = async () => number(await api.rpc.beefy.getFinalizedHead());
	const start = await signed();
	if (count !== 'none') {
		await until('more blocks are signed', async () => (await signed()) >= start + Number(count));
		return;
	}
	const best = await number();
	await until('the chain has advanced', async () => (await number()) >= best + Number(blocks));
	const end = await signed();
	if (end > start) throw new Error(`block ${end} was signed without enough validators`);
});
