// The command scripts/validator.
import { setTimeout as sleep } from 'node:timers/promises';
import { connect, send } from '../e2e/lib.mjs';
import { hasKeys, listens, makeKeys, nodeArguments, sampleKeys, startNode, synced, validatorNode } from './node.mjs';
import { look, standing, time, untilEraEnds } from './stash.mjs';
import { Failure, allo, ask, confirm, options, planck, run, signer } from './terminal.mjs';

const USAGE = `Makes an account a validator, and manages it. It asks, shows what it will do and what that costs, and waits until the
blocks with it are final. It may be run again at any time: what is done already is left out.

usage: validator join          finds or starts a node, makes session keys, bonds, validates, and waits for the election
       validator status        shows how the validator stands
       validator rotate-keys   makes new session keys, and waits until the chain uses them
       validator chill         ends the candidacy: from the next election on, the account is not a validator
       validator leave         chills and unbonds; run again, it frees what has unbonded and the deposit of the keys

--url URL           the validator's own node, by default ws://127.0.0.1:9944
--key FILE          the account: a key file of polkadot.js, or //Charlie on a development chain; the password is asked
                    for, or read from the file that ALLORA_PASSWORD_FILE names
--account ADDRESS   for status, in place of a key
--bond ALLO         join: how much the bond is to be; a bond that exists is raised to it
--commission NUMBER join: percent of the nominators' rewards, at least the chain's minimum
--chain SPEC        join: starts a node for this chain if none listens at the URL; what comes after -- is for the node
--base-path DIR     join: the folder of a node that it starts, by default validator-data
--name NAME         join: the name of a node that it starts, by default validator
--yes               does not ask
--dry-run           shows what would happen, and sends nothing
--no-wait           does not wait for the election, or for new keys to be used
--json              status: prints JSON`;

const OPTIONS = {
	flags: ['yes', 'dry-run', 'no-wait', 'json', 'help'],
	values: ['url', 'key', 'account', 'bond', 'commission', 'chain', 'base-path', 'name'],
};

const say = (text) => console.log(text);

/** A session's, or an era's, worth of waiting that does not flood the terminal: says a text only when it is another one. */
function teller() {
	let last;
	return (text) => {
		if (text !== last) say(text);
		last = text;
	};
}

/** Shows calls and what they cost; sends them as one, unless told otherwise. */
async function carryOut({ api, given, pair }, steps, { free, keep = 0n, prepare = () => {} }) {
	if (steps.length === 0) return false;
	const wrap = (calls) => (calls.length === 1 ? calls[0] : api.tx.utility.batchAll(calls));
	const { partialFee } = await wrap(steps.map(({ call }) => call)).paymentInfo(pair.address);
	const fee = partialFee.toBigInt();
	say('This sends, in one transaction:');
	for (const { call, text } of steps) say(`  ${`${call.method.section}.${call.method.method}`.padEnd(26)} ${text}`);
	say(`  ${'fee'.padEnd(26)} about ${allo(fee)}`);
	const needed = keep + fee + api.consts.balances.existentialDeposit.toBigInt();
	if (free < needed) throw new Failure(`the account has ${allo(free)} free, and needs ${allo(needed)}`);
	if (given['dry-run']) {
		say('Nothing is sent.');
		return false;
	}
	await confirm(given, 'Send it?');
	await prepare(steps);
	try {
		await send(api, wrap(steps.map(({ call }) => call)), pair);
	} catch (error) {
		throw new Failure(`the chain refuses: ${error.message}`);
	}
	say('Done, and final.');
	return true;
}

/** The step that registers new session keys; the keys are made when it is sent. */
function keysStep(api, text) {
	const { keys, proof } = sampleKeys(api);
	return { call: api.tx.session.setKeys(keys, proof), text, isKeys: true };
}

/** Makes the session keys of the step that registers them. */
const withKeys = (api, url, address) => async (steps) => {
	const step = steps.find(({ isKeys }) => isKeys);
	if (!step) return;
	const { keys, proof } = await makeKeys(url, address);
	step.call = api.tx.session.setKeys(keys, proof);
	step.keys = keys;
};

async function findNode(given, url) {
	if (await listens(url)) return say(`A node listens at ${url}.`);
	const chain = given.chain ?? await ask(given, `No node listens at ${url}. The chain to start one for, such as spec.json`);
	const settings = { basePath: given['base-path'] ?? 'validator-data', chain, extra: given.node, name: given.name ?? 'validator', url };
	say(`This starts: allora-node ${nodeArguments(settings).join(' ')}`);
	if (given['dry-run']) throw new Failure('there is no node to look at, and nothing is started');
	await confirm(given, 'Start it?', 'nothing is started');
	const { log, pid } = await startNode(settings);
	return say(`It runs as process ${pid}, and logs to ${log}. For a server, see docs/operators.md.`);
}

/** What a join has to do for the account as it stands. */
async function joinSteps({ api, given, url }, found) {
	const steps = [];
	const minimum = allo(found.minBond);
	const bond = given.bond !== undefined || found.bonded < found.minBond
		? planck(given.bond ?? await ask(given, `Bond in ALLO, at least ${minimum}`, String(found.minBond / 10n ** 10n)))
		: found.bonded;
	if (bond < found.minBond) throw new Failure(`the bond must be at least ${minimum}`);
	const more = bond - found.bonded;
	if (found.bonded === 0n && found.unlocking.length === 0) {
		steps.push({ call: api.tx.staking.bond(bond, 'Staked'), text: `bonds ${allo(bond)}; rewards are added to the bond` });
	} else if (more > 0n) {
		steps.push({ call: api.tx.staking.bondExtra(more), text: `raises the bond by ${allo(more)} to ${allo(bond)}` });
	}
	const fresh = found.keys === null || !await hasKeys(url, found.keys);
	const deposit = api.consts.session.keyDeposit.toBigInt();
	if (fresh) {
		const held = found.keys === null ? `, and holds a deposit of ${allo(deposit)}` : '';
		steps.push(keysStep(api, `registers new session keys of this node${held}`));
	}
	const commission = Number(given.commission
		?? (found.validating ? found.commission : await ask(given, `Commission in percent, at least ${found.minCommission}`, '5')));
	if (!(commission >= found.minCommission && commission <= 100)) {
		throw new Failure(`the commission must be from ${found.minCommission} to 100 percent`);
	}
	if (!found.validating || commission !== found.commission) {
		const preferences = { commission: Math.round(commission * 10_000_000), blocked: false };
		steps.push({ call: api.tx.staking.validate(preferences), text: `stands for election, with a commission of ${commission} %` });
	}
	const keep = (more > 0n ? more : 0n) + (fresh && found.keys === null ? deposit : 0n);
	return { keep, steps };
}

async function join({ api, given, pair, url }) {
	await synced(api, teller());
	const found = await look(api, pair.address);
	say(`Account ${pair.address}: ${allo(found.free)} free, ${allo(found.bonded)} bonded; ${standing(found)}.`);
	const { keep, steps } = await joinSteps({ api, given, url }, found);
	if (steps.length === 0) say('There is nothing to send.');
	const prepare = withKeys(api, url, pair.address);
	const sent = await carryOut({ api, given, pair }, steps, { free: found.free, keep, prepare });
	if (given['no-wait'] || (given['dry-run'] && !sent)) return;
	await elected(api, pair.address);
	await show({ address: pair.address, api, given, url });
}

/** Waits until the account is a validator of the running session. */
async function elected(api, address) {
	const tell = teller();
	for (;;) {
		const found = await look(api, address);
		if (found.active) return say('Elected: the account is a validator of this session.');
		if (!found.validating) throw new Failure('the account does not stand for election any more');
		const left = time(await untilEraEnds(api));
		tell(found.queued
			? 'Elected: it starts with the next session.'
			: `Waiting: era ${found.era} ends in about ${left}; places: ${found.places}, candidates: ${found.candidates}.`);
		await sleep(2_000);
	}
}

/** Lines of what is known of the account, as names and texts. */
async function facts({ address, api, url }) {
	const found = await look(api, address);
	const own = found.keys !== null && await hasKeys(url, found.keys);
	const [chain, health, left] = await Promise.all([api.rpc.system.chain(), api.rpc.system.health(), untilEraEnds(api)]);
	const unlocking = found.unlocking.map(({ era, value }) => `${allo(value)} in era ${era}`).join(', ');
	const keysText = found.keys === null ? 'none registered'
		: `${own ? 'the node has them' : 'the node does NOT have them: the validator signs nothing'}`
			+ `${found.active && found.queuedKeys !== found.keys ? '; the chain uses older ones until the session after the next' : ''}`;
	const lines = [
		['account', address],
		['chain', `${chain}, era ${found.era}, which ends in about ${time(left)}; session ${found.session}`],
		['node', `${health.isSyncing.isTrue ? 'syncing' : 'in sync'}, peers: ${health.peers}`],
		['standing', standing(found)],
		['bond', `${allo(found.bonded)}; ${allo(found.free)} free${unlocking && `; unbonding: ${unlocking}`}`],
		['commission', found.commission === null ? 'none' : `${found.commission} %`],
		['session keys', keysText],
		['stake in this era', found.active ? `${allo(found.stake)}, with that of nominators (${found.nominators})` : 'none'],
		['era points', found.active ? `${found.points} of ${found.allPoints}` : 'none'],
		['election', `places: ${found.places}, candidates: ${found.candidates}; elected: ${found.elected}, with at least ${allo(found.leastStake)}`],
	];
	return { found: { ...found, nodeHasKeys: own, peers: health.peers.toNumber() }, lines };
}

async function show({ address, api, given, url }) {
	const { found, lines } = await facts({ address, api, url });
	if (given.json) say(JSON.stringify(found, (_, value) => (typeof value === 'bigint' ? value.toString() : value)));
	else lines.forEach(([name, text]) => say(`${name.padEnd(18)} ${text}`));
}

async function rotate({ api, given, pair, url }) {
	const found = await look(api, pair.address);
	if (found.bonded === 0n) throw new Failure('the account has no bond: join first');
	const step = keysStep(api, 'registers new session keys of this node in the place of the old ones');
	const prepare = withKeys(api, url, pair.address);
	if (!await carryOut({ api, given, pair }, [step], { free: found.free, prepare })) return;
	if (!found.active) return say('The account is not elected: the new keys count from its election on.');
	say('The old keys sign until the session after the next: keep them, and the node that has them.');
	if (given['no-wait']) return;
	const tell = teller();
	for (let usedIn = Infinity; ;) {
		const now = await look(api, pair.address);
		// Queued keys are used from the next session on.
		if (now.queuedKeys === step.keys && usedIn === Infinity) usedIn = now.session + 1;
		if (now.session >= usedIn) return say(`Session ${now.session}: the chain uses the new keys.`);
		if (!now.active) throw new Failure('the account is not a validator any more');
		tell(usedIn === Infinity ? `Session ${now.session}: registered.` : `Session ${now.session}: queued for session ${usedIn}.`);
		await sleep(2_000);
	}
}

async function chill({ api, given, pair }) {
	const found = await look(api, pair.address);
	if (!found.validating) return say(`There is nothing to do: ${standing(found)}.`);
	const step = { call: api.tx.staking.chill(), text: 'does not stand for election any more' };
	if (!await carryOut({ api, given, pair }, [step], { free: found.free })) return;
	if (found.active) say(`The node must run on until the era ends, in about ${time(await untilEraEnds(api))}.`);
}

async function leave({ api, given, pair }) {
	const found = await look(api, pair.address);
	const steps = [];
	if (found.validating) steps.push({ call: api.tx.staking.chill(), text: 'does not stand for election any more' });
	if (found.bonded > 0n) {
		const duration = api.consts.staking.bondingDuration.toNumber();
		steps.push({ call: api.tx.staking.unbond(found.bonded), text: `unbonds ${allo(found.bonded)}, free after ${duration} eras; until then it can be slashed` });
	}
	const free = found.unlocking.filter(({ era }) => era <= found.era);
	if (free.length > 0) {
		const spans = await api.query.staking.slashingSpans(pair.address);
		const count = spans.isSome ? spans.unwrap().prior.length + 1 : 0;
		const sum = free.reduce((all, { value }) => all + value, 0n);
		steps.push({ call: api.tx.staking.withdrawUnbonded(count), text: `frees ${allo(sum)}` });
	}
	// Their private parts may still have to prove what they have signed, until nothing can be slashed.
	const rest = found.unlocking.length - free.length;
	if (found.keys !== null && found.bonded === 0n && rest === 0 && !found.active && !found.queued) {
		steps.push({ call: api.tx.session.purgeKeys(), text: 'takes the session keys back, and releases their deposit' });
	}
	if (steps.length === 0) say('There is nothing to send.');
	await carryOut({ api, given, pair }, steps, { free: found.free });
	const now = await look(api, pair.address);
	if (now.active || now.queued) say(`The node must run on: ${standing(now)}. The era ends in about ${time(await untilEraEnds(api))}.`);
	for (const { era, value } of now.unlocking) say(`${allo(value)} can be freed from era ${era} on (now ${now.era}): run this again then.`);
	if (now.bonded === 0n && now.unlocking.length === 0 && now.keys === null) say('The account has left: nothing is bonded.');
}

const COMMANDS = { join, status: show, 'rotate-keys': rotate, chill, leave };

await run(async () => {
	const given = options(process.argv.slice(2), OPTIONS);
	const [name, ...rest] = given.rest;
	if (given.help || rest.length > 0 || !Object.hasOwn(COMMANDS, name ?? '')) {
		console.error(USAGE);
		process.exit(given.help ? 0 : 2);
	}
	const url = given.url ?? 'ws://127.0.0.1:9944';
	if (name === 'join') await findNode(given, url);
	const reach = () => connect(url).catch(() => {
		throw new Failure(`no node listens at ${url}`);
	});
	if (name === 'status' && given.account) {
		const api = await reach();
		return show({ address: given.account, api, given, url });
	}
	const api = name === 'join' || name === 'rotate-keys' ? await validatorNode(url) : await reach();
	const key = given.key ?? await ask(given, 'The key file of the account', 'key.json');
	const pair = await signer(api, key);
	return COMMANDS[name]({ address: pair.address, api, given, pair, url });
});
