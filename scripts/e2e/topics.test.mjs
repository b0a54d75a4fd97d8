// A topic from creation to its first epoch, read back through storage, runtime APIs and events.
import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { ALLO, account, connect, only, parameters, send, timed, until } from './lib.mjs';

const bob = account('Bob');
let api;
let topic;
before(async () => { api = await connect(); }, { timeout: 60_000 });
after(() => api?.disconnect());

const check = timed(60);

check('a topic is created, and rejected if its windows do not fit', async () => {
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

check('each wrong timing is rejected with an error of its own', async () => {
	for (const [timing, error] of [
		[{ epoch_length: 9, worker_window: 5, ground_truth_lag: 9 }, /topics\.EpochTooShort/],
		[{ epoch_length: 604_801, ground_truth_lag: 604_801 }, /topics\.EpochTooLong/],
		[{ phase: 10 }, /topics\.InvalidPhase/],
	]) {
		await assert.rejects(send(api, api.tx.topics.create({ ...parameters, ...timing }), bob), error);
	}
});

check('the clock counts slots since 1970', async () => {
	const at = await api.at(await api.rpc.chain.getBlockHash());
	const clock = await at.call.topicsApi.clock();
	const slot = await at.query.babe.currentSlot();
	assert.equal(clock.slot.toNumber(), slot.toNumber());
	const now = (await at.query.timestamp.now()).toNumber();
	const length = clock.slotDurationMs.toNumber();
	assert.equal(Math.floor(now / length), slot.toNumber());
});

check('storage and the runtime API return the same topic', async () => {
	assert.ok((await api.query.topics.topics(topic)).isSome);
	assert.ok((await api.call.topicsApi.topics(1, 256)).topics.map(Number).includes(topic));
	const info = (await api.call.topicsApi.topic(topic)).unwrap();
	assert.equal(info.creator.toString(), bob.address);
	assert.equal(info.parameters.metadata.toUtf8(), parameters.metadata);
	assert.equal(info.parameters.rule.type, parameters.rule);
	assert.equal(info.parameters.pNorm.toBigInt(), parameters.p_norm);
	assert.ok(info.retired.isFalse);
	assert.ok((await api.call.topicsApi.topic(topic + 1000)).isNone);
	const overview = await api.call.topicsApi.overview(topic, 1);
	assert.deepEqual(overview.topics.map((one) => one.info.topic.toNumber()), [topic]);
});

check('funding counts as revenue', async () => {
	const before = (await api.call.topicsApi.topic(topic)).unwrap().revenue.toBigInt();
	const { events } = await send(api, api.tx.topics.fund(topic, 100n * ALLO), bob);
	only(events, 'topics', 'TopicFunded');
	const revenue = (await api.call.topicsApi.topic(topic)).unwrap().revenue.toBigInt();
	assert.ok(revenue > before, `${before} to ${revenue}`);
});

check('the other runtime APIs return values', async () => {
	assert.ok(Array.isArray([...await api.call.topicsApi.epochs(topic)]));
	assert.equal((await api.call.topicsApi.members(topic, 'Worker', null, 10)).members.length, 0);
	assert.equal((await api.call.topicsApi.positions(account('Nobody').address, topic, 10)).positions.length, 0);
	assert.equal((await api.call.aggregationApi.history(topic, null, 64)).length, 0);
	assert.equal((await api.call.aggregationApi.leaderboard(topic, 'Inferer')).leaders.length, 0);
	assert.equal((await api.call.reputerApi.reputers(topic, null, 10)).reputers.length, 0);
	assert.ok((await api.call.emissionsApi.accrued(topic)).isSome);
	assert.ok((await api.call.aggregationApi.latestInference(topic)).isNone);
	assert.ok((await api.call.aggregationApi.latestInferenceKey(topic)).length > 32);
	const emission = await api.call.emissionsApi.emission();
	assert.ok(emission.maxSupply.toBigInt() === 10n ** 9n * ALLO);
	await until('something is emitted', async () =>
		(await api.call.emissionsApi.emission()).emitted.toBigInt() > emission.emitted.toBigInt());
	await api.call.emissionsApi.ledger();
});
