// A light client, smoldot under polkadot-api as in a browser, follows the chain by nothing but its specification over
// several peers, and reads a network inference, past changes of session, era and keys, and when peers are gone.
'use strict';
const { execFileSync } = require('node:child_process');
const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const { pathToFileURL } = require('node:url');
const { account, send, until } = require('../scripts/e2e/chain');
const { load } = require('./lib');
const { suite } = require('./nodes');
const { Participants } = require('./participants');

const patch = { timing: { sessionLength: 10, sessionsPerEra: 3 } };

/** A package that exists as a module only. */
const imported = (name) => import(pathToFileURL(load.resolve(name)));

const title = 'light: a light client follows the chain and reads an inference';

suite(title, { validators: 3, patch }, async (network, { step, saw }) => {
	await network.start();
	const [alice] = network.validators;
	const watcher = await network.add('watcher');
	await watcher.start();
	const topic = await Participants.join(network);
	await until('an epoch is settled', async () => await topic.settled(alice) >= 1, 120);
	step('four nodes have settled an epoch');

	const [{ start }, { createClient }, { getSmProvider }] = await Promise.all(
		['polkadot-api/smoldot', 'polkadot-api', 'polkadot-api/sm-provider'].map(imported));
	const spec = JSON.parse(readFileSync(network.spec, 'utf8'));
	delete spec.protocolId;
	spec.bootNodes = network.nodes.map((node) => node.address());
	const smoldot = start({ maxLogLevel: 1, logCallback: (level, target, message) => saw(`light client, ${target}`, message) });
	const began = Date.now();
	const light = await smoldot.addChain({ chainSpec: JSON.stringify(spec) });
	const client = createClient(getSmProvider(() => light));
	const peers = async () => (await client._request('system_health', [])).peers;
	let head = null;
	client.finalizedBlock$.subscribe({ next: (block) => { head = block; }, error: (error) => { saw('light client', error); } });
	await until('the light client has a finalised block', () => head?.number > 0, 120);
	saw('seconds until the first finalised block', ((Date.now() - began) / 1000).toFixed(1));

	const unsafe = client.getUnsafeApi();
	/** Reads the newest inference by the light client and by a node, at the same block, and compares them. */
	const read = async () => {
		await until('the light client has caught up', async () => head.number >= await alice.final() - 3, 120);
		const { hash, number } = head;
		const begin = Date.now();
		const inference = await unsafe.apis.AggregationApi.latest_inference(BigInt(topic.topic), { at: hash });
		const took = Date.now() - begin;
		if (await alice.hash(number) !== hash) throw new Error(`block ${number} of the light client is not that of the chain`);
		const api = await alice.api();
		const wanted = (await (await api.at(hash)).call.aggregationApi.latestInference(topic.topic)).unwrap();
		// Both as text, since JSON has no integers of this size.
		const [here, there] = [
			[inference.epoch, inference.label_values, inference.intervals],
			[wanted.epoch, wanted.labelValues, wanted.intervals].map(function plain(part) {
				return Array.isArray(part) ? [...part].map(plain) : part.toBigInt();
			}),
		].map((parts) => JSON.stringify(parts, (_, part) => (typeof part === 'bigint' ? `${part}` : part)));
		if (here !== there) throw new Error(`the light client reads ${here}, the node ${there}`);
		return { number, took, epoch: Number(inference.epoch), text: here };
	};
	const first = await read();
	saw('read', `${first.text} at block ${first.number} in ${first.took} ms, from ${await peers()} peers`);
	const session = async () => Number(await unsafe.query.Session.CurrentIndex.getValue({ at: head.hash }));
	const era = async () => (await unsafe.query.Staking.ActiveEra.getValue({ at: head.hash })).index;
	const [oldSession, oldEra] = [await session(), await era()];
	if (await peers() < 3) throw new Error('the light client has fewer than three peers');

	step('a peer is gone, and a validator registers new keys');
	await watcher.kill();
	const api = await alice.api();
	const stash = account('Alice//stash');
	const script = join(__dirname, '../scripts/session-keys');
	const { keys, proof } = JSON.parse(execFileSync(script, [stash.address, alice.url], { encoding: 'utf8' }));
	await send(api, api.tx.session.setKeys(keys, proof), stash);
	const setId = async (at) => (await at.call.grandpaApi.currentSetId()).toNumber();
	const oldSet = await setId(await api.at(head.hash));
	await until('the keys are in force, an era has begun, and the light client has seen both', async () =>
		await setId(await api.at(head.hash)) > oldSet && await era() > oldEra, 240);
	const after = head.number;
	await until('the light client goes on', () => head.number >= after + 10, 120);
	saw('sessions, eras and sets of authorities passed',
		`${await session() - oldSession}, ${await era() - oldEra}, ${await setId(await api.at(head.hash)) - oldSet}`);

	const last = await read();
	saw('read', `${last.text} at block ${last.number} in ${last.took} ms, from ${await peers()} peers`);
	if (last.epoch <= first.epoch) throw new Error(`epoch ${last.epoch} is not newer than ${first.epoch}`);
	saw('finality lag of the light client behind a node, in blocks', await alice.final() - head.number);
	await topic.stop();
	client.destroy();
	await smoldot.terminate();
});
