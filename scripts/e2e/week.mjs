// A week of the economy on a development chain: run by scripts/week. It ends with an error if anybody gets less than is
// due.
import assert from 'node:assert/strict';
import {
	ALLO, account, connect, finalHeader, finalised, fixed, openEpochs, parameters, send, start, until,
} from './lib.mjs';

/** Milliseconds per block. Each is one slot, whatever time it takes: a day of governance has 60 of them. */
const BLOCK = 150;
const DAY = 60;

const alice = account('Alice');
const stash = account('Alice//stash').address;
const names = [
	'worker', 'reputer', 'delegator', 'consumer', 'subscriber', 'nominator',
	// Those of the topic on demand.
	'odd worker', 'odd reputer', 'requester',
];
const people = Object.fromEntries(names.map((name) => [name, account(`week ${name}`)]));

let api;
let first;

/** The number of the track `parameters`. */
const PARAMETERS = 2;

/** The accounts that vote. */
const voters = ['Alice', 'Bob', 'Charlie', 'Dave', 'Eve', 'Ferdie']
	.flatMap((name) => [account(name), account(`${name}//stash`)]);

/** An amount of planck in ALLO. */
const allo = (planck) => `${(Number(planck) / Number(ALLO)).toFixed(4)} ALLO`;

/** Prints a line with the day on which it happens. */
async function say(who, what) {
	const day = ((await finalHeader(api)).number.toNumber() - first) / DAY;
	console.log(`day ${day.toFixed(1).padStart(4)}  ${who.padEnd(10)}  ${what}`);
}

/** The whole balance of an account at the last finalized block. */
async function balance(who) {
	const { free, reserved } = (await (await finalised(api)).query.system.account(who.address)).data;
	return free.toBigInt() + reserved.toBigInt();
}

/** The only event of this name in what `send` returns. */
function only({ events }, section, method) {
	const found = events.filter((event) => event.section === section && event.method === method);
	assert.equal(found.length, 1, `${found.length} events ${section}.${method}`);
	return found[0].data;
}

const by = (name, call) => send(api, call, people[name]);

/** Runs a topic's worker and reputer until `done`: they submit 3 and report 3. */
async function work(topic, worker, reputer, done) {
	const value = [fixed(3n)];
	let submitted = 0;
	const reported = new Set();
	while (!done.now) {
		const at = await api.at(await api.rpc.chain.getBlockHash());
		const { collecting: open, reporting } = await openEpochs(at, topic);
		if (open && open > submitted) {
			submitted = open;
			await send(api, api.tx.inference.submit(topic, open, value, null), worker).catch(() => {});
		}
		for (const epoch of reporting) {
			if (reported.has(epoch)) continue;
			reported.add(epoch);
			await send(api, api.tx.reputer.report(topic, epoch, value), reputer).catch(() => {});
		}
		await new Promise((next) => setTimeout(next, BLOCK));
	}
}

/** Endows everybody. */
async function endow() {
	const endowed = Object.values(people).map(({ address }) =>
		api.tx.balances.transferKeepAlive(address, 2_000n * ALLO));
	await send(api, api.tx.utility.batchAll(endowed), alice);
}

/** Sets up a topic with this worker and reputer; returns its number. */
async function begin(worker, reputer, cadence) {
	const question = {
		...parameters, metadata: 'week: the next value', cadence,
		epoch_length: 20, worker_window: 12, ground_truth_lag: 20,
	};
	const created = await send(api, api.tx.topics.create(question), alice);
	const topic = only(created, 'topics', 'TopicCreated').topic.toNumber();
	await by(worker, api.tx.topics.register(topic, 'Worker', null));
	await by(reputer, api.tx.topics.register(topic, 'Reputer', null));
	await by(reputer, api.tx.reputer.stake(topic, 500n * ALLO));
	await send(api, api.tx.topics.fund(topic, 500n * ALLO), alice);
	return topic;
}

async function nominator() {
	const { nominator: who } = people;
	await by('nominator', api.tx.staking.bond(1_000n * ALLO, 'Stash'));
	await by('nominator', api.tx.staking.nominate([stash]));
	await say('nominator', 'bonds 1000 ALLO and nominates the validator');
	const active = async () => (await api.query.staking.activeEra()).unwrap().index.toNumber();
	const bonded = await active();
	await until('the nominator has backed a validator for an era', async () => await active() > bonded + 1, 150);
	const before = await balance(who);
	await send(api, api.tx.staking.payoutStakers(stash, bonded + 1), alice);
	const reward = await balance(who) - before;
	assert.ok(reward > 0n, 'the nominator got no reward');
	await say('nominator', `is paid ${allo(reward)} for an era`);
	await by('nominator', api.tx.staking.chill());
	await by('nominator', api.tx.staking.unbond(1_000n * ALLO));
	await say('nominator', 'chills and unbonds');
}

async function delegator(topic) {
	const { delegator: who, reputer } = people;
	await by('delegator', api.tx.reputer.delegate(topic, reputer.address, 1_000n * ALLO));
	await say('delegator', 'delegates 1000 ALLO to the reputer');
	const before = await balance(who);
	let earned = 0n;
	await until('the delegation has earned something', async () => {
		await by('delegator', api.tx.reputer.claim(topic, reputer.address)).catch(() => {});
		earned = await balance(who) - before;
		return earned > 0n;
	}, 120);
	await say('delegator', `claims ${allo(earned)}, fees deducted`);
	await by('delegator', api.tx.reputer.undelegate(topic, reputer.address, 1_000n * ALLO));
	await say('delegator', 'takes the delegation back; it stays on hold for the unbonding time');
	const held = async () => (await (await finalised(api)).query.balances.holds(who.address)).toJSON().length;
	await until('the delegation is due and anybody can pay it out', async () => {
		await send(api, api.tx.reputer.withdrawFor(topic, reputer.address, who.address), people.worker).catch(() => {});
		return await held() === 0;
	}, 120);
	await say('delegator', 'has its delegation back, paid out by somebody else');
}

async function consumer(topic) {
	const { consumer: who } = people;
	await until('there is an inference to buy', async () => (await api.call.consumerApi.quote(topic)).isSome, 60);
	await assert.rejects(by('consumer', api.tx.consumer.buy(topic, 1n, 100, false)), /PaymentBelowMinimum/);
	await say('consumer', 'offers one planck and is refused');
	const bought = await by('consumer', api.tx.consumer.buy(topic, 5n * ALLO, 100, true));
	only(bought, 'consumer', 'Purchased');
	await say('consumer', 'buys the latest inference for 5 ALLO and keeps the receipt');
	const before = await balance(people.worker);
	await until('the purchase has reached the worker', async () => await balance(people.worker) > before, 60);
	await say('consumer', `has paid the worker: it got ${allo(await balance(people.worker) - before)} since`);
	const receipts = await api.call.consumerApi.receipts(who.address, 0, 10);
	await by('consumer', api.tx.consumer.discard(receipts[0][0]));
	await say('consumer', 'discards the receipt and has its deposit back');
}

async function subscriber(topic) {
	const { subscriber: who } = people;
	const before = await balance(who);
	await by('subscriber', api.tx.consumer.subscribe(topic, 2n * ALLO, 10));
	await say('subscriber', 'subscribes to 10 inferences for 2 ALLO each; the price is on hold');
	await until('three inferences have been delivered', async () => before - await balance(who) >= 6n * ALLO, 120);
	await by('subscriber', api.tx.consumer.cancel(topic));
	const paid = before - await balance(who);
	assert.ok(paid < 10n * ALLO, `${paid} planck`);
	await say('subscriber', `cancels; the deliveries and fees cost ${allo(paid)}, the rest is free again`);
}

async function requester(topic) {
	const { requester: who } = people;
	assert.equal((await api.call.topicsApi.epochs(topic)).length, 0, 'an idle topic has opened an epoch');
	const { minimum, rent } = (await api.call.consumerApi.opening(topic)).unwrap();
	await say('requester', `finds topic ${topic} idle; an epoch would cost ${allo(rent)} of rent, and at least ${allo(minimum)}`);
	const earned = await balance(people['odd worker']);
	const before = await balance(who);
	await by('requester', api.tx.consumer.request(topic, 5n * ALLO, 60));
	await say('requester', 'requests an inference for 5 ALLO; an epoch is ordered at once');
	await assert.rejects(by('requester', api.tx.consumer.cancelRequest(topic)), /RequestBound/);
	await until('the request is served', async () => (await api.call.consumerApi.requests(topic)).length === 0, 60);
	const paid = before - await balance(who);
	assert.ok(paid >= 5n * ALLO && paid < 6n * ALLO, `${paid} planck`);
	const { epoch } = (await api.call.consumerApi.quote(topic)).unwrap();
	await say('requester', `has the inference of epoch ${epoch}; it cost ${allo(paid)} with fees`);
	await until('the request has reached the worker', async () => await balance(people['odd worker']) > earned, 60);
	await say('requester', 'has paid the worker');
	assert.equal((await api.call.topicsApi.epochs(topic)).length, 1, 'one request opens one epoch');
}

async function referendum() {
	const fee = 12n * ALLO;
	const call = api.tx.parameters.setParameter({ Topics: { CreateFee: [null, fee] } });
	const encoded = call.method.toHex();
	const length = (encoded.length - 2) / 2;
	await send(api, api.tx.preimage.notePreimage(encoded), alice);
	const submitted = await send(api, api.tx.referenda.submit(
		{ Origins: 'ParameterAdmin' }, { Lookup: { hash: call.method.hash.toHex(), len: length } }, { After: 0 },
	), alice);
	const index = only(submitted, 'referenda', 'Submitted').index.toNumber();
	await send(api, api.tx.referenda.placeDecisionDeposit(index), alice);
	// At the beginning half of all tokens must say aye, and the well-known accounts have them.
	const vote = { Standard: { vote: { aye: true, conviction: 'Locked1x' }, balance: 800_000n * ALLO } };
	await Promise.all(voters.map((who) => send(api, api.tx.convictionVoting.vote(index, vote), who)));
	await say('referendum', `${index}: a topic should cost 12 ALLO; the well-known accounts vote aye`);
	await until('the referendum is enacted', async () =>
		(await (await finalised(api)).call.topicsApi.terms()).createFee.toBigInt() === fee, 120);
	await say('referendum', 'is enacted: a topic costs 12 ALLO');
	await send(api, api.tx.referenda.refundDecisionDeposit(index), alice);
	await send(api, api.tx.convictionVoting.removeVote(PARAMETERS, index), alice);
	await say('referendum', 'gives its deposit back');
}

const node = start('--dev', '--tmp', '--sealing', `${BLOCK}`);
try {
	const port = await until('the node listens', () => {
		assert.equal(node.child.exitCode, null, node.lines.slice(-20).join('\n'));
		return node.lines.join('\n').match(/Running JSON-RPC server: .*127\.0\.0\.1:(\d+)/)?.[1];
	}, 180);
	api = await connect(`ws://127.0.0.1:${port}`);
	first = (await finalHeader(api)).number.toNumber();
	await endow();
	const topic = await begin('worker', 'reputer', 'Regular');
	await say('creator', `creates topic ${topic}; a worker and a reputer take part`);
	const demanded = await begin('odd worker', 'odd reputer', 'OnDemand');
	await say('creator', `creates topic ${demanded}, whose epochs open on demand`);
	const done = { now: false };
	const working = Promise.all([
		work(topic, people.worker, people.reputer, done),
		work(demanded, people['odd worker'], people['odd reputer'], done),
	]);
	try {
		await Promise.all([
			nominator(), delegator(topic), consumer(topic), subscriber(topic), requester(demanded), referendum(),
		]);
		await until('the week is over', async () => (await finalHeader(api)).number.toNumber() >= first + 7 * DAY, 120);
	} finally {
		done.now = true;
		await working;
	}
	const ledger = await (await finalised(api)).call.emissionsApi.ledger();
	assert.ok(ledger.addsUp.isTrue, 'the ledger does not add up');
	await say('ledger', 'adds up');
} finally {
	await api?.disconnect();
	node.child.kill('SIGINT');
	await node.ended;
}
