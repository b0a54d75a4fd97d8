// The validator set changes by staking: one of three chills, a newcomer bonds, registers keys that its node has made,
// is elected and makes blocks.
'use strict';
const { execFileSync } = require('node:child_process');
const { join } = require('node:path');
const { setTimeout: sleep } = require('node:timers/promises');
const { ALLO, account, send, until } = require('../scripts/e2e/chain');
const { suite } = require('./nodes');

const patch = { timing: { sessionLength: 10, sessionsPerEra: 3 } };

suite('validators: one chills, and a newcomer takes its place', { validators: 3, patch }, async (network, { step, saw }) => {
	await network.start();
	const [alice, bob, charlie] = network.validators;
	const newcomer = await network.add('newcomer', ['--validator']);
	await newcomer.start();
	await until('the newcomer has all others as peers', async () => await newcomer.peers() >= 3, 120);
	await network.agree(3);
	step('four nodes are peers of each other, and finalise the same blocks');

	const api = await alice.api();
	/** A number of the state of the last final block: of the era or the session. */
	const now = async (item) => {
		const at = await api.at(await api.rpc.chain.getFinalizedHead());
		const found = await (item === 'era' ? at.query.staking.activeEra() : at.query.session.currentIndex());
		return item === 'era' ? found.unwrap().index.toNumber() : found.toNumber();
	};
	const validating = async () => {
		const at = await api.at(await api.rpc.chain.getFinalizedHead());
		return (await at.query.session.validators()).map(String);
	};
	const [era, session] = [await now('era'), await now('session')];

	const stash = account('Dave//stash');
	const leaver = account('Charlie//stash');
	const script = join(__dirname, '../scripts/session-keys');
	const { keys, proof } = JSON.parse(execFileSync(script, [stash.address, newcomer.url], { encoding: 'utf8' }));
	// The proof is for this owner: nobody else can register the keys.
	const refused = await send(api, api.tx.session.setKeys(keys, proof), account('Eve')).then(() => null, ({ message }) => message);
	if (refused !== 'session.InvalidProof') throw new Error(`keys with the proof of another owner: ${refused}`);
	// The leaver first: no election may find four candidates for three places.
	await send(api, api.tx.staking.chill(), leaver);
	await send(api, api.tx.utility.batchAll([
		api.tx.staking.bond(200_000n * ALLO, 'Staked'),
		api.tx.session.setKeys(keys, proof),
		api.tx.staking.validate({ commission: 50_000_000, blocked: false }),
	]), stash);
	const joined = await alice.final();
	step(`charlie chills, and the newcomer stands for election, in era ${await now('era')}`);

	await until('the newcomer is a validator', async () => (await validating()).includes(stash.address), 240);
	const elected = await alice.final();
	saw('blocks from the calls until the newcomer validates', elected - joined);
	const set = await validating();
	if (set.includes(leaver.address) || set.length !== 3) throw new Error(`validators: ${set}`);
	const [nowEra, nowSession] = [await now('era'), await now('session')];
	saw('eras and sessions that have begun', `${nowEra - era} and ${nowSession - session}`);
	if (nowEra === era || nowSession < session + 2) throw new Error('neither era nor sessions have changed');

	const authors = new Map();
	let next = elected + 1;
	await until('the newcomer has made a final block', async () => {
		const final = await alice.final();
		for (; next <= final; next += 1) {
			const { author } = await api.derive.chain.getHeader(await alice.hash(next));
			authors.set(author.toString(), (authors.get(author.toString()) ?? 0) + 1);
		}
		return authors.has(stash.address) && next > elected + 8;
	}, 120);
	if (authors.has(leaver.address)) throw new Error('charlie makes blocks, though it does not validate');
	saw('blocks by author since then', [...authors.values()].join(', '));

	// The set that finalises is the new one: three of three are needed, and charlie is none of them.
	await charlie.kill();
	const final = await alice.final();
	await until('finality goes on without charlie', async () => await alice.final() >= final + 5, 120);
	await newcomer.kill();
	// What it has voted for may still become final; this node may have to import it first.
	await sleep(1000);
	const best = await alice.best();
	await until('blocks go on without the newcomer', async () => await alice.best() >= best + 8, 120);
	if (await alice.final() > best) throw new Error('finality goes on without the newcomer');
	await newcomer.start();
	await network.agree(await bob.best());
});
