// The agent loses no epoch and sends nothing twice, whatever fails: docs/faults.md has the table that this prints.
// ALLORA_FAULTS=all, or scripts/e2e/faults --all, runs all of it; else a part that takes less than a minute.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { openSync } from 'node:fs';
import { after } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Node, Ward, relay, table } from './faults.mjs';
import { account, create, finalise, timed, typed, until } from './lib.mjs';

const ALL = process.env.ALLORA_FAULTS === 'all';
const check = timed(600);
const rows = [];

after(() => console.log(`\n${table(rows)}\n`));

/**
 * Adds rows to the table; fails unless the faults have happened, all expected epochs were accepted, and nothing was sent
 * twice.
 */
function judge(found) {
	rows.push(...found);
	for (const { fault, times, epochs, expected, accepted, twice, missed } of found) {
		assert.ok(epochs > 0, `${fault}: no epoch`);
		assert.ok(times !== 0, `${fault}: it has not happened`);
		assert.equal(accepted, expected, `${fault}: not accepted: ${missed}`);
		assert.equal(twice, 0, `${fault}: sent twice`);
	}
}

/**
 * Does something in as many epochs; `act` is given their count and the last one in which it has done something, and
 * returns the one in which it has done it now. Failures are shown with those of the test.
 */
function repeat(ward, patient, times, act) {
	let done = 0;
	patient.options.times = () => done;
	(async () => {
		for (let after = patient.since; done < times; done += 1) after = await act(done, after);
	})().catch((error) => ward.t.diagnostic(`${patient.name}: ${error}`));
	return patient;
}

/** The points at which an agent is killed, seen from outside. */
const POINTS = {
	'it connects': async (patient) => {
		const epoch = await patient.ward.nextEpoch();
		const connected = patient.line(/connected to/);
		await patient.restart();
		await connected;
		return epoch;
	},
	// A block may take it before anybody has seen it there.
	'its registration is in the pool': (patient) =>
		Promise.race(['pool', 'block'].map((stage) => patient.call(stage, 'topics.register'))),
	'an epoch opens': (patient, after) => patient.line(/epoch (\d+) open/, after),
	'its model works': (patient, after) => patient.asked(after),
	'the journal is written': (patient, after) => patient.journaled(after),
	'its commitment is in the pool': (patient, after) => patient.call('pool', 'inference.commit', after),
	'its commitment is in a block': (patient, after) => patient.call('block', 'inference.commit', after),
	'its commitment is final': (patient, after) => patient.line(/epoch (\d+) committed in block/, after),
	'its reveal is in the pool': (patient, after) => patient.call('pool', 'inference.reveal', after),
	'its reveal is in a block': (patient, after) => patient.call('block', 'inference.reveal', after),
};

/** An agent that is killed at a point, in several epochs. */
async function killed(ward, name, times) {
	const options = { fault: `killed when ${name}` };
	if (name === 'its registration is in the pool') {
		const patient = await ward.admit(name, { ...options, slow: true });
		patient.options.times = () => 1;
		await POINTS[name](patient);
		await patient.restart();
		await patient.ready();
		return;
	}
	const patient = await ward.admit(name, options);
	repeat(ward, patient, times, async (_, after) => {
		const epoch = await POINTS[name](patient, after);
		await patient.restart();
		return epoch;
	});
}

/** Two agents with one key, and journals of their own. */
async function twins(ward) {
	const twin = await ward.admit('twins', { fault: 'two agents with one key' });
	const other = await ward.admit('other twin', { shares: 'twins', slow: true });
	twin.options.times = () => other.lines.filter((line) => /epoch \d+ open/.test(line)).length;
}

/** A model that is late in each second epoch, which is lost; and one that takes most of the window. */
async function slow(ward, seconds) {
	const { behave } = ward.models;
	const late = new Set();
	const seen = [];
	behave.set('late', async (epoch) => {
		if (!seen.includes(epoch)) seen.push(epoch);
		if (seen.indexOf(epoch) % 2) late.add(epoch);
		if (late.has(epoch)) await sleep(60_000);
		return 100;
	});
	behave.set('slow', async () => {
		await sleep(seconds * 1000);
		return 100;
	});
	await Promise.all([
		ward.admit('slow', { fault: `model takes ${seconds} s`, timeout: 60 }),
		ward.admit('late', {
			fault: 'model does not respond in every second epoch',
			expected: (epochs) => epochs.filter((epoch) => !late.has(epoch)).length,
			times: () => late.size,
		}),
	]);
}

/** A model whose first response in each epoch is nonsense, and one whose server drops the first question. */
async function wrong(ward) {
	const { behave } = ward.models;
	const atFirst = (response) => {
		const seen = new Set();
		return [(epoch) => (seen.has(epoch) ? 100 : (seen.add(epoch), response)), () => seen.size];
	};
	const [nonsense, nonsenseTimes] = atFirst('about a hundred');
	const [dropped, droppedTimes] = atFirst(null);
	behave.set('wrong', nonsense);
	behave.set('gone', dropped);
	await Promise.all([
		ward.admit('wrong', { fault: 'model responds with nonsense, once per epoch', times: nonsenseTimes }),
		ward.admit('gone', { fault: 'model\'s server drops the question, once per epoch', times: droppedTimes }),
	]);
}

/** A program that ends without a response when it is first asked in an epoch. */
const CRASHING = `import json, os, sys
for line in sys.stdin:
    request = json.loads(line)
    result = {"protocol": 1}
    if request["method"] == "predict":
        mark = "crashed-%d" % request["params"]["epoch"]
        if not os.path.exists(mark):
            open(mark, "w").close()
            os._exit(3)
        result = {"values": [100]}
    print(json.dumps({"jsonrpc": "2.0", "id": request["id"], "result": result}), flush=True)
`;

const crashing = (ward) => ward.admit('crashing', {
	fault: 'model crashes, once per epoch', command: ['python3', 'model.py'], files: { 'model.py': CRASHING },
});

/** Whether the clock of a program can be set. */
const hasFaketime = () => spawnSync('faketime', ['--version']).status === 0;

async function skewed(ward) {
	if (!hasFaketime()) {
		ward.t.diagnostic('clock skew is left out: install faketime');
		return;
	}
	await Promise.all(['+30s', '-30s'].map((skew) => ward.admit(`clock ${skew}`, {
		fault: `clock ${skew.replace('s', ' s')}`, wrap: ['faketime', '-f', skew],
	})));
}

/** No space for the journal in each second epoch; and none for the log, all the time. */
async function full(ward, times) {
	// A write beyond the limit is an error rather than a signal.
	const patient = await ward.admit('disk full', {
		fault: 'disk full under the journal', wrap: ['sh', '-c', 'trap "" XFSZ; exec "$0" "$@"'],
	});
	const limit = (size) => execFileSync('prlimit', ['--pid', `${patient.child.pid}`, `--fsize=${size}:`]);
	repeat(ward, patient, times, async (count) => {
		// Between two windows, so that all of the next one is with the limit, or without it.
		await until('no epoch collects', async () => await ward.collecting().catch(() => 0) === null, 120);
		limit(count % 2 ? 'unlimited' : 0);
		return ward.nextEpoch();
	});
	patient.options.times = () => patient.lines.filter((line) => line.includes('in memory alone')).length;
	await ward.admit('log full', { fault: 'disk full under the log', stdout: openSync('/dev/full', 'w') });
}

/** Moments at which a connection is cut or a node ended, one after another. */
const MOMENTS = [
	(patient, after) => patient.asked(after),
	(patient, after) => patient.call('pool', 'inference.commit', after),
	(patient, after) => patient.call('block', 'inference.commit', after),
	(patient, after) => patient.call('pool', 'inference.reveal', after),
	(patient, after) => patient.line(/epoch (\d+) open/, after),
];

/** Waits for one moment after another. */
const moment = (patient, count, after) => MOMENTS[count % MOMENTS.length](patient, after);

/** Two nodes, of which the one in use is cut in each epoch. */
async function failing(ward, name, fault, times, cut) {
	const relays = await Promise.all([relay(ward.t, ward.node.port), relay(ward.t, ward.node.port)]);
	const patient = await ward.admit(name, { fault, endpoints: relays.map(({ url }) => url) });
	repeat(ward, patient, times, async (count, after) => {
		const epoch = await moment(patient, count, after);
		const connected = patient.lines.map((line) => line.match(/connected to (\S+),/)?.[1]).filter(Boolean).at(-1);
		const used = relays.find(({ url }) => url === connected);
		cut(used);
		sleep(6_000).then(() => used.open());
		return epoch;
	});
}

/** One node, whose connections are closed in each epoch. */
async function dropped(ward, times) {
	const between = await relay(ward.t, ward.node.port);
	const patient = await ward.admit('dropped', { fault: 'connection closed, one node', endpoints: [between.url] });
	repeat(ward, patient, times, async (count, after) => {
		const epoch = await moment(patient, count, after);
		between.close();
		await sleep(1_000);
		between.open();
		return epoch;
	});
}

/** The calls by which an epoch may be lost. */
const CALLS = ['inference.commit', 'inference.reveal'];

/** Takes the agent's next call of this name out of a node's pool, unless a block has it at once; returns its epoch. */
async function dropFrom({ api }, { address }, call, after) {
	for (;;) {
		for (const { hash, signer, method: { section, method, args } } of await api.rpc.author.pendingExtrinsics()) {
			if (signer.toString() !== address || `${section}.${method}` !== call || args[1].toNumber() <= after) continue;
			const gone = await api.rpc.author.removeExtrinsic([{ Hash: hash }]);
			if (gone.length) return args[1].toNumber();
		}
		await sleep(5);
	}
}

/** A worker whose commitment, reveal, commitment ... the node loses. */
async function lost(ward, times) {
	const patient = await ward.admit('lost', { fault: 'transaction lost from the pool' });
	repeat(ward, patient, times, (count, after) => dropFrom(ward.node, patient, CALLS[count % 2], after));
}

/**
 * Opens a number of epochs, and up to three more until each fault has happened; puts into the table what has become of
 * them.
 */
async function run(ward, epochs) {
	const isMissing = () => ward.patients.some(({ options }) => options.times?.() === 0);
	let last;
	for (let count = 0; count < epochs || (count < epochs + 3 && isMissing()); count += 1) last = await ward.nextEpoch();
	judge(await ward.rows(last));
}

const NAMES = [
	...Object.keys(POINTS), 'twins', 'slow', 'late', 'wrong', 'gone', 'crashing', 'clock +30s', 'clock -30s', 'disk full',
	'log full', 'closed', 'frozen', 'dropped', 'lost', 'worker',
];

/** Windows of a topic in slots. */
const windows = (worker, length) => ({
	epoch_length: length, worker_window: worker, reveal_window: worker, ground_truth_lag: length,
});

const only = { all: ALL ? check : () => {}, fast: ALL ? () => {} : check };

only.fast('agents are killed, models and disks fail, and keys are shared: no epoch is lost', async (t) => {
	const node = await Node.start(t);
	const ward = await Ward.open(t, node, windows(11, 24), NAMES);
	const points = ['its model works', 'its commitment is in the pool', 'its commitment is in a block', 'its reveal is in the pool'];
	await Promise.all([
		...points.map((name) => killed(ward, name, 3)), twins(ward), wrong(ward), crashing(ward), full(ward, 2), lost(ward, 2),
	]);
	await run(ward, 2);
});

only.all('agents are killed, models, clocks, disks and connections fail: no epoch is lost', async (t) => {
	const node = await Node.start(t);
	const ward = await Ward.open(t, node, windows(14, 32), NAMES);
	const gone = 'node gone, another one there';
	const silent = 'node silent without a close frame, another one there';
	await Promise.all([
		...Object.keys(POINTS).map((name) => killed(ward, name, 3)), twins(ward), slow(ward, 4), wrong(ward), crashing(ward),
		skewed(ward), full(ward, 4), dropped(ward, 5), failing(ward, 'closed', gone, 5, (used) => used.close()),
		failing(ward, 'frozen', silent, 5, (used) => used.freeze()),
	]);
	await run(ward, 7);
});

for (const signal of ['SIGTERM', 'SIGKILL']) {
	only.all(`the node is ended by ${signal} in mid-window and starts again: no epoch is lost`, async (t) => {
		const node = await Node.start(t);
		const ward = await Ward.open(t, node, windows(14, 32), NAMES);
		const patient = await ward.admit('worker', { fault: `node ended by ${signal} in mid-window, and started again` });
		repeat(ward, patient, 5, async (count, after) => {
			const epoch = await moment(patient, count, after);
			await node.stop(signal);
			await node.begin();
			return epoch;
		});
		await run(ward, 6);
	});
}

/** The time from one block to the next, in milliseconds: less if many epochs are opened. */
const PAUSE = ALL ? 350 : 1_000;

/** Makes blocks on a chain that makes none by itself; `next` may be replaced by another way to make one. */
class Blocks {
	static async start(t, ...options) {
		const blocks = new Blocks();
		blocks.node = await Node.start(t, '--sealing', 'manual', ...options);
		blocks.api = blocks.node.api;
		blocks.next = blocks.final;
		let going = true;
		t.after(() => { going = false; });
		(async () => {
			while (going) {
				blocks.making = blocks.next().catch((error) => t.diagnostic(`${error}`));
				await blocks.making;
				await sleep(PAUSE);
			}
		})();
		return blocks;
	}

	final = () => create(this.api, true, true);

	loose = () => create(this.api, true, false);

	none = async () => {};
}

/** A worker on a chain with blocks on request, to which `act` does something in each epoch. */
async function sealedWard(t, fault, times, act, blocks = null) {
	blocks ??= await Blocks.start(t);
	const ward = await Ward.open(t, blocks.node, windows(14, 32), NAMES);
	const patient = await ward.admit('worker', { fault });
	repeat(ward, patient, times, (count, after) => act(blocks, patient, count, after));
	await run(ward, times + 1);
}

only.all('the chain stands still for longer than a minute, and goes on: no epoch is lost', (t) =>
	sealedWard(t, 'chain stalled for 70 s in mid-window', 2, async (blocks, patient, count, after) => {
		const epoch = await MOMENTS[[1, 3][count]](patient, after);
		blocks.next = blocks.none;
		await sleep(70_000);
		blocks.next = blocks.final;
		return epoch;
	}));

only.all('nothing becomes final for both windows of an epoch: no epoch is lost', (t) =>
	sealedWard(t, 'no finality for 20 blocks', 3, async (blocks, patient, _, after) => {
		const epoch = await patient.line(/epoch (\d+) open/, after);
		const best = async () => (await blocks.api.rpc.chain.getHeader()).number.toNumber();
		const from = await best();
		blocks.next = blocks.loose;
		await until('20 blocks are made', async () => await best() >= from + 20, 120);
		blocks.next = blocks.final;
		return epoch;
	}));

only.all('the best branch is abandoned with the worker\'s transaction: no epoch is lost', (t) =>
	sealedWard(t, 'branch with its transaction abandoned', 4, async (blocks, patient, count, after) => {
		const { api } = blocks;
		const epoch = await patient.call('pool', CALLS[count % 2], after);
		blocks.next = blocks.none;
		// The final block that is being made, if any, is the last one.
		await blocks.making;
		try {
			const root = await api.rpc.chain.getFinalizedHead();
			for (let block = 0; block < 2; block += 1) {
				await blocks.loose();
				await sleep(400);
			}
			const { hash } = await create(api, true, false, root);
			await finalise(api, hash);
			await sleep(400);
		} finally {
			blocks.next = blocks.final;
		}
		return epoch;
	}));

only.all('the node loses the worker\'s transaction: no epoch is lost', (t) =>
	sealedWard(t, 'transaction lost from the pool', 4, (blocks, patient, count, after) =>
		dropFrom(blocks.node, patient, CALLS[count % 2], after)));

/** A node that makes no blocks, with those of another one. */
async function follower(t, { api }) {
	const addresses = (await api.rpc.system.localListenAddresses()).map((one) => one.toString());
	const address = addresses.find((one) => one.startsWith('/ip4/127.0.0.1/tcp/'));
	const node = await Node.start(t, '--chain', 'dev', '--bootnodes', address);
	await until('the other node has a block', async () => (await node.api.rpc.chain.getHeader()).number.toNumber() > 0);
	return node;
}

only.all('the node that makes the blocks drops the worker\'s transaction, and its own keeps it: no epoch is lost', async (t) => {
	const author = await Node.start(t);
	const ward = await Ward.open(t, await follower(t, author), windows(14, 32), NAMES);
	const patient = await ward.admit('worker', { fault: 'transaction dropped by the validator alone' });
	repeat(ward, patient, 4, (count, after) => dropFrom(author, patient, CALLS[count % 2], after));
	await run(ward, 5);
});

/**
 * Keeps the pool full of transactions that tip, of which a block has room for one. Returns how often it has found the
 * pool full.
 */
async function crowd(t, { api }, places) {
	let full = 0;
	const signer = account('Ferdie');
	const weight = { refTime: 1_000_000_000_000n, proofSize: 0n };
	const call = api.tx.utility.withWeight(api.tx.system.remark('0x'), weight);
	let nonce = (await api.rpc.system.accountNextIndex(signer.address)).toNumber();
	(async () => {
		while (api.isConnected) {
			const pending = (await api.rpc.author.pendingExtrinsics()).length;
			if (pending >= places) {
				full += 1;
				await sleep(10);
			}
			for (let place = pending; place < places; place += 1) {
				const signed = await call.signAsync(signer, { nonce, era: 0, tip: 50_000n });
				await api.rpc.author.submitExtrinsic(signed).then(() => { nonce += 1; }, (error) => t.diagnostic(`${error}`));
			}
		}
	})().catch((error) => t.diagnostic(`${error}`));
	return () => full;
}

check('the pool is full of transactions that pay more: no epoch is lost, and commands succeed', async (t) => {
	const blocks = await Blocks.start(t, '--pool-limit', '16');
	const command = [];
	let full;
	await sealedWard(t, 'pool full of what pays more', ALL ? 4 : 1, async (_, patient, count, after) => {
		if (count === 0) {
			full = await crowd(t, blocks, 16);
			const { topic, node: { url } } = patient.ward;
			command.push(typed('topic', 'fund', `${topic}`, '--amount', '1', '--key', '//Alice', '--yes', '--url', url));
		}
		return patient.line(/epoch (\d+) revealed in block/, after);
	}, blocks);
	assert.match(await command[0], /done in block \d+, final/);
	assert.ok(full() > 0, 'the pool was never full');
});
