// A topic from creation to its first epoch, read back through storage, runtime APIs and events.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ALLO, account, connect, only, parameters as base, send, until } from './lib.mjs';

const bob = account('Bob');
let api;
let topic;
before(async () => { api = await connect(); }, { timeout: 60_000 });
after(() => api?.disconnect());

/** A test that may not hang. */
const check = (name, body) => test(name, { timeout: 60_000 }, body);

const parameters = { ...base, epoch_length: 10, worker_window: 5, ground_truth_lag: 10, min_stake: 0 };

check('a topic is created, and refused when its windows do not fit', async () => {
	const { events } = await send(api, api.tx.topics.create(parameters), bob);
	const created = only(events, 'topics', 'TopicCreated').data;
	topic = created.topic.toNumber();
	assert.equal(created.creator.toString(), bob.address);
	assert.ok(topic > 0);
	await assert.rejects(
		send(api, api.tx.topics.create({ ...parameters, worker_window: 10 }), bob),
		/topics\.InvalidWorkerWindow/,
	);
});

check('storage and the runtime API tell the same of it', async () => {
	assert.ok((await api.query.topics.topics(topic)).isSome);
	assert.ok((await api.call.topicsApi.topics(1, 256)).map(Number).includes(topic));
	const info = (await api.call.topicsApi.topic(topic)).unwrap();
	assert.equal(info.creator.toString(), bob.address);
	assert.equal(info.parameters.metadata.toUtf8(), parameters.metadata);
	assert.equal(info.parameters.pNorm.toBigInt(), parameters.p_norm);
	assert.ok(info.retired.isFalse);
	assert.ok((await api.call.topicsApi.topic(topic + 1000)).isNone);
});

check('funding counts as revenue', async () => {
	const before = (await api.call.topicsApi.topic(topic)).unwrap().revenue.toBigInt();
	const { events } = await send(api, api.tx.topics.fund(topic, 100n * ALLO), bob);
	only(events, 'topics', 'TopicFunded');
	const revenue = (await api.call.topicsApi.topic(topic)).unwrap().revenue.toBigInt();
	assert.ok(revenue > before, `${before} to ${revenue}`);
});

check('the other runtime APIs answer', async () => {
	assert.ok(Array.isArray([...await api.call.topicsApi.epochs(topic)]));
	assert.ok((await api.call.aggregationApi.latestInference(topic)).isNone);
	assert.ok((await api.call.aggregationApi.latestInferenceKey(topic)).length > 32);
	const emission = await api.call.emissionsApi.emission();
	assert.ok(emission.maxSupply.toBigInt() === 10n ** 9n * ALLO);
	await until('something is emitted', async () =>
		(await api.call.emissionsApi.emission()).emitted.toBigInt() > emission.emitted.toBigInt());
	await api.call.emissionsApi.ledger();
});
