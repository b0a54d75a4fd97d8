// Creates a topic with a worker and a reputer that has staked; returns its number.
'use strict';
const { ALLO, account, finalised, fixed, script, send, until } = require('./lib');

// Payloads are taken for most of the epoch, as it is known some blocks late: once its opening is final.
const parameters = {
	metadata: 'zombienet: the next value',
	loss_method: 'sqe',
	ground_truth: 'the test knows',
	labels: ['y'],
	unity_tolerance: null,
	label_default: 0,
	epoch_length: 12,
	worker_window: 9,
	ground_truth_lag: 12,
	p_norm: fixed(3n),
	c_norm: fixed(3n, 4n),
	alpha_regret: fixed(1n, 10n),
	merit_sortition_alpha: fixed(1n, 10n),
	epsilon: fixed(1n, 100n),
	scale_rule: 'Mad',
	inferer_quantile: fixed(1n, 4n),
	forecaster_quantile: fixed(1n, 4n),
	reputer_quantile: fixed(1n, 4n),
	allow_negative: false,
	max_inferers: 32,
	max_forecasters: 6,
	max_reputers: 6,
	min_reputers: 1,
	min_stake: 100n * ALLO,
	history: 10,
};

exports.run = script(async (api) => {
	const created = await send(api, api.tx.topics.create(parameters), account('Alice'));
	const { data } = created.find(({ method }) => method === 'TopicCreated');
	const topic = data.topic.toNumber();
	await Promise.all([
		send(api, api.tx.topics.register(topic, 'Worker', null), account('Charlie')),
		send(api, api.tx.topics.register(topic, 'Reputer', null), account('Dave')),
	]);
	await send(api, api.tx.reputer.stake(topic, 1000n * ALLO), account('Dave'));
	// Seen by the other nodes too.
	await until(async () => {
		const info = await (await finalised(api)).call.topicsApi.topic(topic);
		return info.isSome && info.unwrap().stake.toBigInt() === 1000n * ALLO;
	});
	return topic;
});
