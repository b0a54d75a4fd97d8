// The agent with models of one's own: the lines of docs/quickstart.md, typed, on a development chain in real time.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import { createServer, connect as connectTo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
	ALLO, account, agent, devNode, freePort, json, load, send, timed, topicFile, type, typed, until,
} from './lib.mjs';

const check = timed(240);
const { Keyring } = load('@polkadot/keyring');
const PASSWORD = 'a password';

/** The last lines of a program, for a failure. */
const tail = ({ lines }) => lines.slice(-30).join('\n');

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
	await until('the agent notices that the node is silent', () => /the node does not respond/.test(since()), 20);
	await until('the agent changes to the other node', () => since().includes(`connected to ${url},`), 20);

	const scored = new RegExp(`epoch ${epoch} settled: weight 100\\.00 %, loss \\S+, score \\S+, (.*)`);
	await line(second, 'the worker is scored', scored);
	const explained = await json('explain', '--topic', '1', '--epoch', text, '--account', file, '--url', url);
	assert.deepEqual([explained.account, explained.explanation.inferer.standing.no_reward], [pair.address, null]);
	const again = second.lines.filter((text) => text.includes(`epoch ${epoch} model`));
	assert.deepEqual(again, [], 'the model is not asked again for what the journal has');

	// One agent per journal; the doctor may look on.
	assert.match((await type('run', ...settings(worker))).text, /another agent runs with/);
	assert.match((await type('doctor', ...settings(worker))).text, /windows on record hit/);
	second.child.kill('SIGTERM');
	assert.equal((await second.ended)[0], 0);
	assert.match(tail(second), /agent: stopped/);
});

/** A model that predicts 100, that each other inferer is off by a factor of ten, and whose losses are lengths of names. */
const MODEL = `import json, sys
for line in sys.stdin:
    request = json.loads(line)
    params, reply = request.get("params", {}), {"jsonrpc": "2.0", "id": request["id"]}
    reply["result"] = {
        "initialize": lambda: {"protocol": 1},
        "predict": lambda: {"values": ["100.000000000000000001"]},
        "forecast": lambda: {"losses": {who: 1 for who in params["inferers"]}},
        "losses": lambda: {"losses": [len(one["element"]) for one in params["elements"]]},
    }[request["method"]]()
    print(json.dumps(reply), flush=True)
`;

/** Starts a server of models, which ends with the test; `asked` has what it was asked. */
async function modelServer(t) {
	const asked = [];
	const server = createHttpServer(async (request, response) => {
		let body = '';
		for await (const part of request) body += part;
		asked.push({ method: request.method, url: request.url, body });
		response.end(request.method === 'GET' ? '101.5' : JSON.stringify({ values: ['99.5'] }));
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	t.after(() => server.close());
	return { asked, url: `http://127.0.0.1:${server.address().port}` };
}

check('programs, servers and a table are the models of one agent, in two topics with one key', async (t) => {
	const { api, url } = await devNode(t);
	const folder = await workspace(t);
	const { asked, url: server } = await modelServer(t);
	const file = await topicFile(folder, 18);
	const create = ['topic', 'create', '--file', file, '--fund', '500', '--key', '//Alice', '--yes', '--url', url];
	await typed(...create);
	await typed(...create);
	// Topics whose losses the chain does not compute: one that a program does, and one that the agent knows.
	for (const name of ['mine', 'huber:2']) {
		const own = await topicFile(folder, 18, { more: `loss_method = { custom = "${name}" }` });
		await typed(...create.map((word) => (word === file ? own : word)));
	}

	const now = Math.floor(Date.now() / 1000);
	const rows = Array.from({ length: 400 }, (_, second) => `${now + second},100.25`);
	await writeFile(join(folder, 'truth.csv'), ['time,price', ...rows].join('\n'));
	await writeFile(join(folder, 'model.py'), MODEL);
	const config = join(folder, 'agent.toml');
	const own = `127.0.0.1:${await freePort()}`;
	await writeFile(config, `
agent.listen = "${own}"
chain.endpoints = ["${url}"]
keys = { main = { dev = "//Charlie" }, other = { dev = "//Dave" }, reputer = { dev = "//Bob" } }
[models]
program = { command = ["python3", "model.py"] }
get = { http = "${server}/inference/{Token}?topic={TopicId}&block={BlockHeight}", params = { Token = "ETH" } }
post = { http = "${server}/model", method = "POST" }
table = { csv = "truth.csv" }
[[worker]]
topic = 1
key = "main"
model = "program"
forecast = true
[[worker]]
topic = 1
key = "other"
model = "get"
[[worker]]
topic = 2
key = "main"
model = "post"
[[reputer]]
topic = 1
key = "reputer"
truth = "table"
stake = 100
[[worker]]
topic = 3
key = "main"
model = "program"
[[worker]]
topic = 4
key = "main"
model = "program"
[[reputer]]
topic = 2
key = "reputer"
truth = "table"
stake = 100
[[reputer]]
topic = 3
key = "reputer"
truth = "table"
losses = "program"
stake = 100
[[reputer]]
topic = 4
key = "reputer"
truth = "table"
stake = 100
`);
	// A loss that nobody computes is reported at the start.
	const blind = join(folder, 'blind.toml');
	await writeFile(blind, (await readFile(config, 'utf8')).replace('losses = "program"\n', ''));
	assert.match((await type('run', '--config', blind)).text,
		/the reputer of topic 3: the loss "mine" is none of the built-in ones: name a model/);
	assert.match(await typed('run', '--check', '--config', config), /model program computes the losses; that of the truth is 8\n/);
	const run = running(t, '--config', config);
	const charlie = account('Charlie').address;
	for (const topic of [1, 2]) {
		await line(run, `topic ${topic} settles an epoch`, new RegExp(`topic ${topic} reputer .* reported 100.25 in block`), 120);
	}
	for (const topic of [3, 4]) {
		await line(run, `topic ${topic} has losses`, new RegExp(`topic ${topic} reputer .* reported [3-9] losses in block`), 120);
	}
	const line1 = await line(run, 'the program is scored', /topic 1 worker 5FLSig: epoch (\d+) settled: weight (.*)/);
	await line(run, 'the same key is scored in the other topic', /topic 2 worker 5FLSig: epoch \d+ settled: weight 100/);
	assert.ok(run.lines.some((text) => text.includes('model program') && text.includes(': 100.000000000000000001')));
	await until('a forecast is accepted', async () => {
		const explained = await api.call.explainApi.explainRange(charlie, 1, null, 8);
		return explained.some(({ explanation }) => explanation.forecaster.standing.outcome.unwrapOr(null)?.isAccepted);
	}, 60);

	// The server was asked as the original's are, and by POST.
	const get = asked.find((one) => one.method === 'GET');
	assert.match(get.url, /^\/inference\/ETH\?topic=1&block=\d+$/);
	const { method, params } = JSON.parse(asked.find((one) => one.method === 'POST').body);
	assert.deepEqual([method, params.topic, params.labels], ['predict', 2, ['price']]);

	// What supervisors see.
	const health = await fetch(`http://${own}/health`);
	const { healthy, roles } = await health.json();
	assert.deepEqual([health.status, healthy, roles.length], [200, true, 9]);
	const metrics = await (await fetch(`http://${own}/metrics`)).text();
	assert.match(metrics, /^allora_agent_epochs_total\{outcome="submitted",role="topic 1 worker 5FLSig"\} [1-9]/m);

	// The losses are those of the program, the length of "combined", and the chain's own of an error of a quarter.
	for (const [topic, loss] of [[3, 8], [4, Math.log10(0.25 ** 2 / 2 + 0.001)]]) {
		const found = async () => (await json('topic', 'show', `${topic}`, '--url', url)).history.find(({ losses }) => losses);
		const { losses: { network } } = await until(`topic ${topic} has settled`, found, 60);
		assert.ok(Math.abs(Number(network) - loss) < 1e-9, `topic ${topic}: ${network}, expected ${loss}`);
	}

	// What it came to, by the commands.
	const csv = (await typed('export', '1', '--url', url)).split('\n');
	assert.match(csv[0], /^epoch,opened_at,state,inference_price,truth_price,low_95_price/);
	assert.ok(csv.some((row) => row.startsWith(`${line1[1]},`) && row.includes(',settled,') && row.includes(',100.25,')));
	const { leaders } = await json('topic', 'leaderboard', '1', '--url', url);
	assert.deepEqual(new Set(leaders.map((one) => one.account)), new Set([charlie, account('Dave').address]));
	// The truth never moves, so that there are losses to compare and no directions.
	const { record } = await json('track-record', '--topic', '1', '--account', charlie, '--url', url);
	assert.ok(record.participated >= 1 && record.participated <= record.epochs, JSON.stringify(record));
	assert.equal(record.directional_accuracy, null);
	assert.ok(Number.isFinite(record.loss_improvement.value));
	const receipt = (await json('buy', '--topic', '1', '--keep', '--key', '//Eve', '--yes', '--url', url)).receipt;
	assert.ok(Math.abs(Number(receipt.label_values[0]) - 100) < 3);
	const [kept] = (await json('account', '//Eve', '--url', url)).receipts;
	assert.equal(kept.epoch, receipt.epoch);
	await typed('discard', `${kept.number}`, '--key', '//Eve', '--yes', '--url', url);
	run.child.kill('SIGTERM');
	assert.equal((await run.ended)[0], 0);
});
