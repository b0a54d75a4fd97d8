// Passes once the topic's first epoch is settled in a finalised block of this node, with the parts of all participants,
// and with rewards for the better worker and the reputers.
'use strict';
const { account, epochs, finalised, script, until } = require('./lib');

exports.run = script(async (api, [topic]) => {
	const state = await until('the first epoch is settled', async () => {
		const last = await finalised(api);
		const [first] = await epochs(last, topic);
		return first?.state.isSettled && last;
	});
	const [{ epoch }] = await epochs(state, topic);
	for (const [name, role] of [['Charlie', 'inferer'], ['Eve', 'inferer'], ['Dave', 'reputer'], ['Ferdie', 'reputer']]) {
		const { [role]: { standing } } = await state.call.explainApi.explain(account(name).address, topic, epoch);
		if (!standing.outcome.unwrapOr(null)?.isAccepted) throw new Error(`${name} in epoch ${epoch}: ${standing.outcome}`);
	}
	const rewards = await state.call.emissionsApi.rewards(topic, epoch);
	for (const name of ['Charlie', 'Dave', 'Ferdie']) {
		const { address } = account(name);
		const paid = rewards.some((reward) =>
			reward.account.toString() === address && reward.amount.toBigInt() > 0n);
		if (!paid) throw new Error(`${name} has no reward for epoch ${epoch}`);
	}
	const ledger = await state.call.emissionsApi.ledger();
	if (!ledger.addsUp.isTrue) throw new Error(`the ledger does not add up: ${ledger}`);
});
