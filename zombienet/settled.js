// Passes once the node has finalised that the topic's first epoch is settled and its rewards are credited.
'use strict';
const { account, epochs, finalised, script, until } = require('./lib');

exports.run = script(async (api, [topic]) => {
	const state = await until(async () => {
		const last = await finalised(api);
		const [first] = await epochs(last, topic);
		return first?.state.isSettled && last;
	});
	const [{ epoch }] = await epochs(state, topic);
	const rewards = await state.call.emissionsApi.rewards(topic, epoch);
	for (const name of ['Charlie', 'Dave']) {
		const { address } = account(name);
		const paid = rewards.some((reward) =>
			reward.account.toString() === address && reward.amount.toBigInt() > 0n);
		if (!paid) throw new Error(`${name} got nothing for epoch ${epoch}`);
	}
	const ledger = await state.call.emissionsApi.ledger();
	if (!ledger.addsUp.isTrue) throw new Error(`the ledger does not add up: ${ledger}`);
});
