// Passes once the topic's first epoch is settled in a finalised block of this node, with rewards for all participants.
'use strict';
const { account, epochs, finalised, script, until } = require('./lib');

exports.run = script(async (api, [topic]) => {
	const state = await until('the first epoch is settled', async () => {
		const last = await finalised(api);
		const [first] = await epochs(last, topic);
		return first?.state.isSettled && last;
	});
	const [{ epoch }] = await epochs(state, topic);
	const rewards = await state.call.emissionsApi.rewards(topic, epoch);
	for (const name of ['Charlie', 'Eve', 'Dave', 'Ferdie']) {
		const { address } = account(name);
		const paid = rewards.some((reward) =>
			reward.account.toString() === address && reward.amount.toBigInt() > 0n);
		if (!paid) throw new Error(`${name} has no reward for epoch ${epoch}`);
	}
	const ledger = await state.call.emissionsApi.ledger();
	if (!ledger.addsUp.isTrue) throw new Error(`the ledger does not add up: ${ledger}`);
});
