// What the tests of one node share: the node under test, nodes of their own, and the agent's demo.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { connect as connectTo, parameters as base, until } from './chain.js';

export {
	ALLO, account, bestHeadAfter, eventsOf, finalHeader, finalised, fixed, freePort, headAfter, send, until,
} from './chain.js';

/** Loads a polkadot.js package in the form that chain.js does: in both forms each would be there twice, and warn. */
export const load = createRequire(import.meta.url);

/** Returns the function that defines a test with this time limit. */
export const timed = (seconds) => (name, body) => test(name, { timeout: seconds * 1000 }, body);

/** Parameters of a topic with the shortest epochs. */
export const parameters = {
	...base,
	metadata: 'e2e: the next value',
	epoch_length: 10,
	worker_window: 5,
	ground_truth_lag: 10,
	min_stake: 0,
};

/** The value of an environment variable that scripts/e2e/run sets. */
function setting(name) {
	const value = process.env[name];
	if (!value) throw new Error(`${name} is not set; use scripts/e2e/run`);
	return value;
}

/** Connects to a node, by default the one under test; fails if it does not accept the connection. */
export const connect = (url = setting('ALLORA_WS')) => connectTo(url);

/** The only event of this name among `events`. */
export function only(events, section, method) {
	const found = events.filter((event) => event.section === section && event.method === method);
	if (found.length !== 1) {
		const seen = events.map((event) => `${event.section}.${event.method}`).join(', ');
		throw new Error(`expected one ${section}.${method}, seen: ${seen}`);
	}
	return found[0];
}

/** Starts a program; what it has printed so far is `lines`. */
function launch(program, args) {
	const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
	const lines = [];
	for (const input of [child.stdout, child.stderr]) {
		createInterface({ input }).on('line', (line) => lines.push(line));
	}
	return { child, lines, ended: once(child, 'close') };
}

/** Starts a node on free ports, unless the options name them. */
export function start(...args) {
	const rpc = args.includes('--rpc-port') ? [] : ['--rpc-port', '0'];
	const port = args.includes('--port') ? [] : ['--port', '0'];
	const quiet = ['--no-prometheus', '--no-telemetry', '--no-mdns'];
	return launch(setting('ALLORA_NODE'), [...args, ...rpc, ...port, ...quiet]);
}

/** Starts the agent. */
export const agent = (...args) => launch(setting('ALLORA_AGENT'), args);

/** Types a line: runs the agent to its end, and returns what it has printed. */
export async function type(...args) {
	const run = agent(...args);
	const [code] = await run.ended;
	return { code, text: run.lines.join('\n') };
}

/** Types a line that has to succeed. */
export async function typed(...args) {
	const { code, text } = await type(...args);
	assert.equal(code, 0, `allora-agent ${args.join(' ')}: ${text}`);
	return text;
}

/** Types a line that has to fail, and returns what it has printed. */
export async function refused(...args) {
	const { code, text } = await type(...args);
	assert.equal(code, 1, `allora-agent ${args.join(' ')}: ${text}`);
	return text;
}

/** The JSON objects among what the agent has printed. */
export const objects = (text) =>
	text.split('\n').filter((line) => line.startsWith('{')).map((line) => JSON.parse(line));

/** Types a line with `--json` that has to succeed, and returns its only object. */
export async function json(...args) {
	const found = objects(await typed(...args, '--json'));
	assert.equal(found.length, 1, args.join(' '));
	return found[0];
}

/** Writes the file of a topic with epochs of this number of slots, and with these further lines. */
export async function topicFile(folder, slots, { preset = 'price', more = '' } = {}) {
	const file = join(folder, `topic-${Math.random().toString(36).slice(2)}.toml`);
	const text = await typed('topic', 'template', preset);
	await writeFile(file, `${text.replace(/^epoch_length = .*$/m, `epoch_length = ${slots}`)}\n${more}\n`);
	return file;
}

/**
 * A node of a development chain with these options, and a connection; both end with the test, whose failure prints the
 * log.
 */
export async function devNode(t, ...options) {
	const node = start('--dev', '--tmp', ...options);
	let api;
	t.after(async () => {
		await api?.disconnect();
		node.child.kill('SIGINT');
		await node.ended;
		if (!t.passed) node.lines.slice(-40).forEach((line) => t.diagnostic(line));
	});
	const port = await until('the node listens', () => {
		assert.equal(node.child.exitCode, null, 'the node ended');
		return node.lines.join('\n').match(/Running JSON-RPC server: .*127\.0\.0\.1:(\d+)/)?.[1];
	}, 180);
	const url = `ws://127.0.0.1:${port}`;
	api = await connect(url);
	return { api, url };
}

/** The authorities that sign the block of a proof: its parent, by whose hash its header begins, names them. */
export async function signersOf(api, { proof }) {
	const { call } = await api.at(proof.header.slice(0, '0x'.length + 64));
	const authorities = (await call.grandpaApi.grandpaAuthorities()).map(([key, weight]) => [key.toHex(), weight.toNumber()]);
	return { setId: (await call.grandpaApi.currentSetId()).toNumber(), authorities };
}

/** The numbers of the epochs of a topic that collect, reveal and are reported on; `null` if there is none. */
export async function openEpochs(api, topic) {
	const { topics: [schedule] } = await api.call.topicsApi.schedule([topic]);
	const epoch = (open) => open.unwrapOr(null)?.epoch.toNumber() ?? null;
	return {
		collecting: epoch(schedule.collecting),
		revealing: epoch(schedule.revealing),
		reporting: schedule.reporting.map((open) => open.epoch.toNumber()),
	};
}

/** A node of a development chain with this sealing. */
export const sealed = (t, sealing) => devNode(t, '--sealing', sealing);

/** Asks for a block. */
export const create = (api, empty, finalise, parent = null) =>
	api._rpcCore.provider.send('engine_createBlock', [empty, finalise, parent]);

/** Makes a block final, and so the best one: branches without it are abandoned. */
export const finalise = (api, hash) => api._rpcCore.provider.send('engine_finalizeBlock', [hash, null]);

/**
 * Runs the agent's demo of one topic; fails unless all its epochs settle, it has nothing to complain of, and the chain
 * inferred what the agent does off chain.
 */
export async function demo(t, url, epochs) {
	const folder = await mkdtemp(join(tmpdir(), 'allora-demo-'));
	t.after(() => rm(folder, { recursive: true }));
	const files = ['--plot', join(folder, 'plot.svg'), '--journal', join(folder, 'journal.json')];
	const options = ['--url', url, '--topics', '1', '--epochs', `${epochs}`, ...files];
	const run = promisify(execFile);
	const { stdout } = await run(setting('ALLORA_AGENT'), ['demo', ...options], { timeout: 150_000 });
	assert.ok(stdout.includes(`${epochs} of ${epochs} epochs settled`), stdout);
	assert.doesNotMatch(stdout, /^!/m);
	const within = stdout.match(/repeats the chain's network inferences to within (\S+)\.$/m)?.[1];
	assert.ok(Number(within) < 1e-9, stdout);
}
