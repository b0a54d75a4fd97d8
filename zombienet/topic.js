// Creates a topic with a worker and a reputer that has staked; returns its number.
'use strict';
const { ALLO, account, parameters, script, send } = require('./lib');

exports.run = script(async (api) => {
	const { events } = await send(api, api.tx.topics.create(parameters), account('Alice'));
	const { data } = events.find((event) => api.events.topics.TopicCreated.is(event));
	const topic = data.topic.toNumber();
	const register = (role, who) => send(api, api.tx.topics.register(topic, role, null), account(who));
	await Promise.all([register('Worker', 'Charlie'), register('Reputer', 'Dave')]);
	await send(api, api.tx.reputer.stake(topic, 1000n * ALLO), account('Dave'));
	return topic;
});
