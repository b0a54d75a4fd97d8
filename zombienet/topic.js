// Creates a topic whose payloads are committed and revealed, with two workers and two reputers that have staked; returns
// its number.
'use strict';
const { ALLO, account, parameters, script, send } = require('./lib');

/** Windows of nine and seven slots: on a busy machine a call needs some. */
const windows = { epoch_length: 17, worker_window: 8, reveal_window: 7, ground_truth_lag: 17 };

exports.run = script(async (api) => {
	const create = api.tx.topics.create({ ...parameters, ...windows });
	const { events } = await send(api, create, account('Alice'));
	const { data } = events.find((event) => api.events.topics.TopicCreated.is(event));
	const topic = data.topic.toNumber();
	const register = (role) => api.tx.topics.register(topic, role, null);
	await Promise.all([
		...['Charlie', 'Eve'].map((who) => send(api, register('Worker'), account(who))),
		...['Dave', 'Ferdie'].map((who) => send(api, api.tx.utility.batchAll([
			register('Reputer'), api.tx.reputer.stake(topic, 1000n * ALLO),
		]), account(who))),
	]);
	return topic;
});
