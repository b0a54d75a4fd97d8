// The agent with models of one's own: the lines of docs/quickstart.md, typed, on a dev node in real time.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, connect as connectTo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { agent, devNode, load, timed, until } from './lib.mjs';

const check = timed(240);
const { Keyring } = load('@polkadot/keyring');
const PASSWORD = 'a password';

/** The last lines of a program, for a failure. */
const tail = ({ lines }) => lines.slice(-30).join('\n');

/** Types a line: runs the agent to its end, and returns what it has printed. */
async function type(...args) {
	const run = agent(...args);
	const [code] = await run.ended;
	return { code, text: run.lines.join('\n') };
}

/** Types a line that has to succeed. */
async function typed(...args) {
	const { code, text } = await type(...args);
	assert.equal(code, 0, `allora-agent ${args.join(' ')}: ${text}`);
	return text;
}

/** Starts the agent, which ends with the test; a failure prints what it has printed. */
function running(t, ...args) {
	const run = agent('run', ...args);
	t.after(async () => {
		run.child.kill('SIGKILL');
		await run.ended;
		if (!t.passed) run.lines.slice(-40).forEach((line) => t.diagnostic(`${args.join(' ')}: ${line}`));
	});
	return run;
}

/** Waits for a line of a running agent that matches, and returns the match. */
const line = (run, what, pattern, seconds = 90) => until(what, () => {
	assert.equal(run.child.exitCode, null, `the agent ended: ${tail(run)}`);
	return run.lines.map((text) => text.match(pattern)).find(Boolean);
}, seconds);

/** A folder with a password file that the agent reads; it ends with the test. */
async function workspace(t) {
	const folder = await mkdtemp(join(tmpdir(), 'allora-agent-'));
	t.after(() => rm(folder, { recursive: true }));
	process.env.ALLORA_PASSWORD_FILE = join(folder, 'password');
	await writeFile(process.env.ALLORA_PASSWORD_FILE, `${PASSWORD}\n`);
	return folder;
}

/** Starts a relay to a node, which ends with the test; once it is frozen, it is silent and closes nothing. */
async function relay(t, url) {
	const sockets = [];
	let frozen = false;
	const server = createServer((client) => {
		const node = connectTo(new URL(url).port, '127.0.0.1');
		for (const socket of [client, node]) socket.on('error', () => {});
		sockets.push(client, node);
		if (frozen) return;
		client.pipe(node).pipe(client);
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	t.after(() => {
		for (const socket of sockets) socket.destroy();
		server.close();
	});
	const freeze = () => {
		frozen = true;
		for (const socket of sockets) socket.unpipe();
	};
	return { url: `ws://127.0.0.1:${server.address().port}`, freeze };
}

/** Puts a node before those of the settings in a folder. */
async function prefer(of, url) {
	const path = join(of, 'agent.toml');
	const text = await readFile(path, 'utf8');
	await writeFile(path, text.replace('endpoints = [', `endpoints = ["${url}", `));
}

check('a worker is scored, though it is killed after its commitment and loses its node', async (t) => {
	const { api, url } = await devNode(t);
	const folder = await workspace(t);
	const [worker, reputer] = ['worker', 'reputer'].map((name) => join(folder, name));
	const settings = (of) => ['--config', join(of, 'agent.toml')];

	assert.match(await typed('dev-topic', '--url', url), /^topic 1 is there/);
	await typed('init', '--topic', '1', '--role', 'reputer', '--out', reputer, '--url', url);
	const written = await typed('init', '--topic', '1', '--out', worker, '--url', url);
	assert.match(written, /wrote .*model\.py, a model to start from/);
	assert.match((await type('init', '--topic', '1', '--out', worker, '--url', url)).text, /exists: choose another folder/);

	// The key is one that polkadot.js opens, and nobody else can read.
	const file = join(worker, 'key.json');
	assert.equal((await stat(file)).mode & 0o777, 0o600);
	const pair = new Keyring({ type: 'sr25519' }).addFromJson(JSON.parse(await readFile(file, 'utf8')));
	pair.decodePkcs8(PASSWORD);
	assert.ok(written.includes(pair.address));

	// Without money the check says what is missing; with it, what would be sent.
	const poor = await type('run', '--check', ...settings(worker));
	assert.equal(poor.code, 1);
	assert.match(poor.text, /registration 1 ALLO/);
	assert.match(poor.text, /has 0 ALLO and needs 1\.031 ALLO: send it 1\.031 ALLO/);
	const rich = await typed('run', '--check', '--dev-fund', ...settings(worker));
	assert.match(rich, /model main: \d+ ms; it would commit to, and later reveal, 0 /);

	running(t, '--dev-fund', ...settings(reputer));
	const first = running(t, ...settings(worker));
	await line(first, 'the worker registers', /registered in block/);
	const [, text] = await line(first, 'the worker sees an epoch', /epoch (\d+) model main/);
	const epoch = Number(text);
	const outcome = async () =>
		(await api.call.explainApi.explain(pair.address, 1, epoch)).inferer.standing.outcome.unwrapOr(null);
	await until('the worker commits', async () => (await outcome())?.isCommitted, 30);
	first.child.kill('SIGKILL');
	await first.ended;

	const between = await relay(t, url);
	await prefer(worker, between.url);
	const second = running(t, ...settings(worker));
	await line(second, 'the worker is connected', new RegExp(`connected to ${between.url}`));
	await line(second, 'the worker reveals after its restart', new RegExp(`epoch ${epoch} revealed in block`));
	assert.ok((await outcome()).isAccepted);

	// A connection that dies without a word is noticed, and the next node is used.
	const seen = second.lines.length;
	between.freeze();
	const since = () => second.lines.slice(seen).join('\n');
	await until('the agent notices that the node is silent', () => /the node does not answer/.test(since()), 20);
	await until('the agent changes to the other node', () => since().includes(`connected to ${url},`), 20);

	const scored = new RegExp(`epoch ${epoch} settled: weight 100\\.00 %, loss \\S+, score \\S+, (.*)`);
	await line(second, 'the worker is scored', scored);
	const again = second.lines.filter((text) => text.includes(`epoch ${epoch} model`));
	assert.deepEqual(again, [], 'the model is not asked again for what the journal has');

	// One agent per journal; the doctor may look on.
	assert.match((await type('run', ...settings(worker))).text, /another agent runs with/);
	assert.match((await type('doctor', ...settings(worker))).text, /windows on record hit/);
	second.child.kill('SIGTERM');
	assert.equal((await second.ended)[0], 0);
	assert.match(tail(second), /agent: stopped/);
});
