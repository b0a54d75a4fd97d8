// Creates a topic whose payloads are committed and revealed, with two workers and two reputers that have staked; returns
// its number.
'use strict';
const { ALLO, account, parameters, script, send } = require('./lib');

/** Windows of twelve and nine slots: a full node takes up to three seconds to pass a call on, and a busy machine more. */
const windows = { epoch_length: 21, worker_window: 11, reveal_window: 9, ground_truth_lag: 21 };

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
