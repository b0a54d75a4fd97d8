// Light clients, smoldot in a browser's page, follow the chain by nothing but its specification over several peers, one
// by websockets and one by WebRTC, and read a network inference, past changes of session, era and keys, and when a peer
// is gone.
//
// Without a browser one runs in Node.js instead, and the suite says so.
'use strict';
const { execFileSync } = require('node:child_process');
const { join } = require('node:path');
const { account, send, until } = require('../scripts/e2e/chain');
const { Browser } = require('./browser');
const { compare, inNode, specification } = require('./light');
const { suite } = require('./nodes');
const { Participants } = require('./participants');

const patch = { timing: { sessionLength: 10, sessionsPerEra: 3 } };

/** Starts the light clients; each has a name. */
async function start(network, browser, saw) {
	if (!browser) return [['Node.js, websockets', await inNode(network, saw)]];
	saw('browser', browser.version);
	const websockets = specification(network, network.nodes.map((node) => node.address()));
	const webrtc = specification(network, await Promise.all(network.nodes.map((node) => node.webrtc())));
	return Promise.all([
		['websockets', websockets, { forbidWebRtc: true }],
		['WebRTC', webrtc, { forbidWs: true }],
	].map(async ([name, ...args]) => [name, await browser.client(name, ...args)]));
}

const title = 'light: light clients in a browser follow the chain and read an inference';

suite(title, { validators: 3, patch, webrtc: true }, async (network, { step, saw }) => {
	await network.start();
	const [alice] = network.validators;
	const watcher = await network.add('watcher');
	await watcher.start();
	const topic = await Participants.join(network);
	await until('an epoch is settled', async () => await topic.settled(alice) >= 1, 120);
	step('four nodes have settled an epoch');

	const browser = await Browser.open(network.folder, saw);
	if (!browser) step('there is no browser: a light client runs in Node.js instead');
	const began = Date.now();
	const clients = await start(network, browser, saw);
	/** What `look` returns for each light client, all at once. */
	const all = (look) => Promise.all(clients.map(([name, client], index) => look(client, name, index)));
	await all(async (client, name) => {
		await until(`${name}: there is a finalized block`, async () => (await client.head())?.number > 0, 120);
		saw(`${name}: seconds until the first finalized block`, ((Date.now() - began) / 1000).toFixed(1));
		await until(`${name}: the full node and two others are peers`, async () => {
			const peers = await client.peers();
			return peers.length >= 3 && peers.includes(watcher.peer);
		}, 60);
	});
	const read = () => all(async (client, name) => {
		const found = await compare(client, alice, topic.topic);
		const peers = (await client.peers()).length;
		saw(`${name}: read`, `${found.text} at block ${found.number} in ${found.took} ms, from ${peers} peers`);
		return found;
	});
	const first = await read();
	const old = await all((client) => client.state());

	step('a peer is gone, and a validator registers new keys');
	await watcher.kill();
	await all((client, name) => until(`${name}: the peer is gone`, async () =>
		!(await client.peers()).includes(watcher.peer), 60));
	const api = await alice.api();
	const stash = account('Alice//stash');
	const script = join(__dirname, '../scripts/session-keys');
	const { keys, proof } = JSON.parse(execFileSync(script, [stash.address, alice.url], { encoding: 'utf8' }));
	await send(api, api.tx.session.setKeys(keys, proof), stash);
	await all(async (client, name, index) => {
		await until(`${name}: the keys are in force, and an era has begun`, async () => {
			const now = await client.state();
			return now.era > old[index].era && now.keys.some((key) => keys.includes(key.slice(2)));
		}, 240);
		const after = (await client.head()).number;
		await until(`${name}: goes on`, async () => (await client.head()).number >= after + 10, 120);
	});

	const last = await read();
	await all(async (client, name, index) => {
		const [before, now] = [old[index], await client.state()];
		saw(`${name}: sessions and eras passed`, `${now.session - before.session}, ${now.era - before.era}`);
		if (last[index].epoch <= first[index].epoch) throw new Error(`${name}: epoch ${last[index].epoch} is not newer`);
		saw(`${name}: blocks behind a node`, await alice.final() - (await client.head()).number);
	});
	await topic.stop();
	await all((client) => client.close());
	await browser?.close();
	return browser ? null : 'the browser, since none was found (chromium, Google Chrome, or the program CHROMIUM)';
});
