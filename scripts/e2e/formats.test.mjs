// The chain's formats: two client libraries read an epoch with all its parts.
import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { merkleizeMetadata } from '@polkadot-api/merkleize-metadata';
import { createClient } from 'polkadot-api';
import { getWsProvider } from 'polkadot-api/ws';
import { WebSocket } from 'ws';
import { ALLO, account, connect, fixed, load, only, openEpochs, parameters, send, timed, until } from './lib.mjs';

const { GenericEventData } = load('@polkadot/types');
const { Struct } = load('@polkadot/types-codec');
const { stringCamelCase, u8aToHex } = load('@polkadot/util');

const [alice, worker, reputer, stranger] = ['Alice', 'Charlie', 'Dave', 'Eve'].map(account);
let api;
let topic;
before(async () => { api = await connect(); }, { timeout: 60_000 });
after(() => api?.disconnect());

const check = timed(150);

/** The protocol's pallets, as @polkadot/api names them. */
const PROTOCOL = ['topics', 'clock', 'inference', 'reputer', 'aggregation', 'emissions'];

check('the fees are those that the runtime API returns', async () => {
	const terms = await api.call.topicsApi.terms();
	assert.ok(terms.minTopicWeight.toBigInt() > 0n && terms.minReputerStake.toBigInt() > 0n);
	const { events } = await send(api, api.tx.topics.create({ ...parameters, worker_window: 8 }), alice);
	const created = only(events, 'topics', 'TopicCreated').data;
	assert.equal(created.fee.toBigInt(), terms.createFee.toBigInt());
	topic = created.topic.toNumber();
	const join = (who, registration) =>
		send(api, api.tx.topics.register(topic, registration, null), who);
	const joined = only((await join(worker, 'Worker')).events, 'topics', 'Registered').data;
	assert.equal(joined.fee.toBigInt(), terms.registerFee.toBigInt());
	await join(reputer, 'Reputer');
	await join(alice, 'Worker');
});

check('a call names the argument that is too long', async () => {
	const refused = (tx, who, error) => assert.rejects(send(api, tx, who), error);
	const long = { ...parameters, metadata: 'x'.repeat(256) };
	await refused(api.tx.topics.create(long), alice, /topics\.InvalidMetadata/);
	const labels = { ...parameters, labels: [...'abcdefghi'] };
	await refused(api.tx.topics.create(labels), alice, /topics\.InvalidLabels/);
	const accounts = Array.from({ length: 101 }, (_, at) => account(`listed-${at}`).address);
	await refused(api.tx.topics.allow(topic, 'Worker', accounts), alice, /topics\.TooManyAccounts/);
});

check('no event of an epoch is in the phase of a transaction that is not its cause', async () => {
	await send(api, api.tx.reputer.stake(topic, 1_000n * ALLO), reputer);
	await send(api, api.tx.topics.fund(topic, 1_000n * ALLO), alice);
	// An epoch that has just opened, so that submissions in the next few blocks are in time.
	const opened = async () => {
		const { collecting } = await openEpochs(api, topic);
		const { slot } = await api.call.topicsApi.clock();
		return collecting && slot.toNumber() - collecting < 3 && collecting;
	};
	const epoch = await until('an epoch has opened', opened);

	const many = Array.from({ length: 33 }, (_, at) => [account(`inferer-${at}`).address, 0]);
	const submit = (who, inference, forecast) =>
		send(api, api.tx.inference.submit(topic, epoch, inference, forecast), who);
	await Promise.all([
		submit(worker, [fixed(3n)], many.slice(0, 2)),
		assert.rejects(submit(alice, null, many), /inference\.ForecastTooLong/),
	]);

	// Another account has a transaction in every block until the epoch is settled.
	const state = async () => {
		const { state } = (await api.call.topicsApi.epoch(topic, epoch)).unwrap();
		assert.ok(!state.isVoid, `the epoch is void: ${state}`);
		return state.type;
	};
	const numbers = [];
	const stop = await api.rpc.chain.subscribeNewHeads(async ({ number }) => {
		numbers.push(number.toNumber());
		// The pool refuses it if the previous one is not in a block yet: both have the same nonce.
		await api.tx.system.remark('0x00').signAndSend(stranger, { nonce: -1 }).catch(() => {});
	});
	try {
		await until('reports are accepted', async () => await state() === 'Reporting');
		await send(api, api.tx.reputer.report(topic, epoch, [fixed(3n)]), reputer);
		await until('the epoch is settled', async () => await state() === 'Settled');
	} finally {
		stop();
	}

	const ofHooks = new Set();
	let remarks = 0;
	for (let number = Math.min(...numbers); number <= Math.max(...numbers); number++) {
		const hash = await api.rpc.chain.getBlockHash(number);
		const { block } = await api.rpc.chain.getBlock(hash);
		remarks += block.extrinsics.filter(({ method }) => method.method === 'remark').length;
		for (const { phase, event } of await (await api.at(hash)).query.system.events()) {
			const name = `${event.section}.${event.method}`;
			if (!phase.isApplyExtrinsic) {
				ofHooks.add(name);
				continue;
			}
			const cause = block.extrinsics[phase.asApplyExtrinsic.toNumber()];
			assert.ok(cause, `${name} is in the phase of an extrinsic that is not in its block`);
			const { section, method } = cause.method;
			const foreign = PROTOCOL.includes(event.section) && section !== event.section;
			const paid = method === 'remark' && event.method === 'Transfer';
			assert.ok(!foreign && !paid, `${name} is in the phase of ${section}.${method}`);
		}
	}
	assert.ok(remarks > 5, `${remarks} transactions of the other account`);
	for (const name of ['aggregation.InferenceMade', 'clock.WorkersClosed', 'clock.EpochSettled']) {
		assert.ok(ofHooks.has(name), `${name} is not among ${[...ofHooks]}`);
	}
});

/** Every storage item as `[pallet, item, query]`. */
function storage(query) {
	return Object.entries(query).flatMap(([pallet, items]) =>
		Object.entries(items).filter(([, item]) => item.creator?.meta)
			.map(([item, entry]) => [pallet, item, entry]));
}

check('every storage item decodes in @polkadot/api', async () => {
	const block = await api.rpc.chain.getFinalizedHead();
	const { query } = await api.at(block);
	let read = 0;
	for (const [pallet, item, entry] of storage(query)) {
		const isMap = entry.creator.meta.type.isMap;
		const values = isMap ? (await entry.entries()).map(([, value]) => value) : [await entry()];
		read += values.length;
		// A value decoded as another type encodes to other bytes. Not for the SDK's items: they are not ours to check.
		if (!PROTOCOL.includes(pallet) || !isMap) continue;
		for (const [key, value] of await entry.entries()) {
			const raw = await api.rpc.state.getStorage.raw(key.toHex(), block);
			const decoded = entry.creator.meta.modifier.isOptional ? value.unwrap() : value;
			assert.equal(u8aToHex(decoded.toU8a()), String(raw), `${pallet}.${item}`);
		}
	}
	assert.ok(read > 100, `${read} values`);
	const books = await query.inference.scoreBooks(topic);
	assert.deepEqual(books.inferers.places.holders.map(({ account: who }) => String(who)), [worker.address]);
	assert.deepEqual(books.forecasters.places.holders.map(({ account: who }) => String(who)), [worker.address]);
	const latest = (await query.aggregation.latest(topic)).unwrap();
	assert.equal(latest.labelValues[0].toBigInt(), fixed(3n));
});

check('every storage item decodes in PAPI', async (t) => {
	const client = createClient(getWsProvider(process.env.ALLORA_WS, { websocketClass: WebSocket }));
	t.after(() => client.destroy());
	const { query } = client.getUnsafeApi();
	let read = 0;
	for (const pallet of api.runtimeMetadata.asLatest.pallets.filter((pallet) => pallet.storage.isSome)) {
		for (const { name, type } of pallet.storage.unwrap().items) {
			const item = query[String(pallet.name)][String(name)];
			if (type.isMap) read += (await item.getEntries()).length;
			else read += (await item.getValue()) === undefined ? 0 : 1;
		}
	}
	assert.ok(read > 100, `${read} values`);
	const books = await query.Inference.ScoreBooks.getValue(BigInt(topic));
	assert.equal(books.inferers.places.holders[0].account, worker.address);
	assert.equal(books.forecasters.places.holders[0].account, worker.address);
});

check('every field of the protocol is a property in @polkadot/api', () => {
	const { lookup } = api.registry;
	const crates = new Set(api.runtimeMetadata.asLatest.pallets
		.filter(({ name, events }) => events.isSome && PROTOCOL.includes(stringCamelCase(name)))
		.map(({ events }) => String(lookup.getSiType(events.unwrap().type).path[0])));
	assert.equal(crates.size, PROTOCOL.length);
	const isOwn = ({ path }) => crates.has(String(path[0])) || String(path[0]).startsWith('allora_');
	let seen = 0;
	for (const { type } of lookup.types.filter(({ type }) => isOwn(type))) {
		const isEvent = String(type.path.at(-1)) === 'Event';
		const built = isEvent ? GenericEventData.prototype : Struct.prototype;
		const variants = type.def.isVariant ? [...type.def.asVariant.variants] : [];
		const composites = type.def.isComposite ? [type.def.asComposite] : variants;
		for (const { name } of composites.flatMap(({ fields }) => [...fields])) {
			if (name.isNone) continue;
			const reached = lookup.sanitizeField(name)[0];
			const plain = stringCamelCase(name.unwrap());
			assert.ok(reached === plain && !(plain in built), `${type.path.join('::')}: ${plain}`);
			seen += 1;
		}
	}
	assert.ok(seen > 200, `${seen} fields`);
});

check('a transaction with a metadata hash, as hardware wallets send it, is accepted', async () => {
	const bytes = (await api.call.metadata.metadataAtVersion(15)).unwrap().toHex();
	const merkleized = merkleizeMetadata(bytes, { decimals: 10, tokenSymbol: 'ALLO' });
	const transfer = async (digest) => {
		const tx = api.tx.balances.transferKeepAlive(account('wallet').address, ALLO);
		await send(api, tx, alice, { mode: 1, metadataHash: u8aToHex(digest) });
		return tx;
	};
	assert.equal((await transfer(merkleized.digest())).mode.toNumber(), 1);
	const other = merkleizeMetadata(bytes, { decimals: 12, tokenSymbol: 'ALLO' });
	await assert.rejects(transfer(other.digest()), /bad signature/i);
});
