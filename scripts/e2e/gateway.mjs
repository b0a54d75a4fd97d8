// The gateway over the chain that the demo leaves: its responses are the chain's, its proof is verified by another
// program, its tools return what its routes do, and its history outlives it.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { agent, connect, json, signersOf, timed, type, until } from './lib.mjs';

const url = process.env.ALLORA_WS;

/** Starts a gateway, which ends with the test; returns its address once it follows the chain. */
async function gateway(t, history, ...options) {
	const run = agent('gateway', '--url', url, '--listen', '127.0.0.1:0', '--history', history, ...options);
	const stop = async () => {
		run.child.kill('SIGTERM');
		await run.ended;
	};
	t.after(async () => {
		await stop();
		if (!t.passed) run.lines.slice(-40).forEach((line) => t.diagnostic(line));
	});
	const base = await until('the gateway listens', () => {
		assert.equal(run.child.exitCode, null, `the gateway ended: ${run.lines.join('\n')}`);
		return run.lines.join('\n').match(/gateway: (http:\/\/\S+),/)?.[1];
	});
	await until('the gateway follows the chain', async () => (await fetch(`${base}/health`)).ok);
	return { base, stop };
}

/** A decimal in text as the chain encodes it, with 18 decimals. */
function units(text) {
	const [whole, fraction = ''] = text.split('.');
	return BigInt(whole + fraction.padEnd(18, '0'));
}

/** What a route returns. */
async function get(address) {
	const response = await fetch(address);
	const text = await response.text();
	assert.equal(response.status, 200, `${address}: ${text}`);
	return { json: JSON.parse(text), etag: response.headers.get('etag') };
}

/** Asks a route and a tool until both respond at the same block, and compares the responses. */
async function same(what, route, tool) {
	await until(`${what} is returned twice at one block`, async () => {
		const [{ json }, response] = [await get(route), await tool()];
		if (json.block.hash !== response.block.hash) return false;
		assert.deepEqual(response, json);
		return true;
	}, 20);
}

/** The first event of a stream that a function wants. */
async function event(address, wanted, headers = {}) {
	const abort = new AbortController();
	const timer = setTimeout(() => abort.abort(), 30_000);
	const response = await fetch(address, { headers, signal: abort.signal });
	let text = '';
	for await (const part of response.body.pipeThrough(new TextDecoderStream())) {
		text += part;
		const events = text.split('\n\n').slice(0, -1).filter((one) => !one.startsWith(':'));
		const fields = events.map((one) => Object.fromEntries(one.split('\n').map((line) => line.split(/: (.*)/s))));
		const found = fields.find(wanted);
		if (found) {
			clearTimeout(timer);
			abort.abort();
			return found;
		}
	}
	throw new Error(`the stream ended: ${text}`);
}

/** A program that talks the Model Context Protocol over its standard input and output. */
function tools(t) {
	const child = spawn(process.env.ALLORA_AGENT, ['mcp', '--url', url], { stdio: ['pipe', 'pipe', 'inherit'] });
	const waiting = new Map();
	createInterface({ input: child.stdout }).on('line', (line) => {
		const message = JSON.parse(line);
		waiting.get(message.id)?.(message);
	});
	t.after(() => child.kill('SIGKILL'));
	let id = 0;
	const send = (message) => child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
	const ask = (method, params) => new Promise((resolve) => {
		id += 1;
		waiting.set(id, resolve);
		send({ id, method, params });
	});
	return { child, ask, send };
}

/** A server of webhooks, which ends with the test; `messages` are those that it has accepted. */
async function receiver(t) {
	const messages = [];
	let refusals = 1;
	const server = createServer(async (request, response) => {
		let body = '';
		for await (const part of request) body += part;
		response.statusCode = refusals > 0 ? 503 : 204;
		if (refusals === 0) messages.push({ headers: request.headers, body });
		refusals = Math.max(0, refusals - 1);
		response.end();
	}).listen(0, '127.0.0.1');
	await once(server, 'listening');
	t.after(() => server.close());
	return { url: `http://127.0.0.1:${server.address().port}/hook`, messages };
}

timed(110)('the gateway returns what the chain says', async (t) => {
	const api = await connect();
	const folder = await mkdtemp(join(tmpdir(), 'allora-gateway-'));
	t.after(async () => {
		await api.disconnect();
		await rm(folder, { recursive: true });
	});
	const history = join(folder, 'history.sqlite');
	const hook = await receiver(t);
	const webhooks = join(folder, 'webhooks.toml');
	const key = Buffer.alloc(32, 7);
	const settings = `[[webhook]]\nurl = "${hook.url}"\nsecret = "whsec_${key.toString('base64')}"\n`;
	await writeFile(webhooks, settings, { mode: 0o600 });
	const refused = await type('gateway', '--url', url, '--history', history, '--webhooks', webhooks);
	assert.match(refused.text, /is not at a public address/);
	await writeFile(webhooks, `${settings}allow_private = true\n`);
	const { base, stop } = await gateway(t, history, '--webhooks', webhooks);

	// The newest topic of one label that has an inference.
	const { json: { topics } } = await get(`${base}/v1/topics`);
	const found = [...topics].reverse().find(({ info, inference }) => inference && info.parameters.labels.length === 1);
	const { topic } = found.info;
	const { json: inference, etag } = await get(`${base}/v1/topics/${topic}/inference`);
	assert.equal(etag, `"${inference.block.hash}"`);
	const there = await api.at(inference.block.hash);
	const latest = (await there.call.aggregationApi.latestInference(topic)).unwrap();
	assert.equal(inference.epoch, latest.epoch.toNumber());
	assert.deepEqual(inference.values.map(({ float }) => float),
		latest.labelValues.map((value) => Number(value.toBigInt()) / 1e18));
	const again = await fetch(`${base}/v1/topics/${topic}`, { headers: { 'if-none-match': '*' } });
	assert.equal(again.status, 304);

	// The best block is at least as new, and marked.
	const { json: best, etag: own } = await get(`${base}/v1/topics/${topic}/inference?finalized=false`);
	assert.ok(best.finalized === false && inference.finalized && best.block.number > inference.block.number);
	assert.equal(own, `"best-${best.block.hash}"`);

	// The history is the chain's record, to the digit.
	const { json: past } = await get(`${base}/v1/topics/${topic}/history?limit=64`);
	const recorded = await (await api.at(past.block.hash)).call.aggregationApi.history(topic, null, 64);
	assert.deepEqual(past.epochs.map(({ epoch }) => epoch), recorded.map(({ epoch }) => epoch.toNumber()));
	const settled = past.epochs.findIndex(({ losses }) => losses !== null);
	assert.equal(units(past.epochs[settled].losses.network), recorded[settled].losses.unwrap().network.toBigInt());

	// The proof is a file that the agent verifies without a node.
	const { json: file } = await get(`${base}/v1/topics/${topic}/inference/proof`);
	const [proof, trusted] = [join(folder, 'proof.json'), join(folder, 'authorities.json')];
	await writeFile(proof, JSON.stringify(file));
	await writeFile(trusted, JSON.stringify(await signersOf(api, file)));
	const verified = await type('verify', proof, '--authorities', trusted);
	assert.equal(verified.code, 0, verified.text);
	assert.equal(JSON.parse(verified.text).epoch, inference.epoch);

	// The original's shape, and what an account did.
	const { json: original } = await get(`${base}/emissions/v9/latest_network_inferences/${topic}`);
	assert.equal(original.network_inferences.combined_value, inference.values[0].value);
	const { json: labelled } = await get(`${base}/emissions/v10/latest_network_inferences/${topic}`);
	assert.equal(labelled.network_inferences.combined_value[0].value, inference.values[0].value);
	const { json: resistant } = await get(`${base}/v1/topics/${topic}/inference?resistant=true`);
	const { json: alias } = await get(`${base}/emissions/v10/latest_network_inferences_outlier_resistant/${topic}`);
	assert.equal(alias.network_inferences.combined_value[0].value, resistant.values[0].value);
	assert.equal(alias.network_inferences.inferer_values.length,
		labelled.network_inferences.inferer_values.length - resistant.left_out.length);
	const { json: { leaders, settled: epoch } } = await get(`${base}/v1/topics/${topic}/leaderboard`);
	assert.ok(leaders.length > 1 && leaders.every(({ score }) => score !== null), JSON.stringify(leaders));
	const { account } = leaders[0];
	const { json: positions } = await get(`${base}/v1/accounts/${account}`);
	assert.ok(positions.positions.some((position) => position.topic === topic && position.worker));
	const { json: explained } = await get(`${base}/v1/accounts/${account}/explain?topic=${topic}&epoch=${epoch}`);
	const explain = ['explain', '--topic', `${topic}`, '--epoch', `${epoch}`, '--account', account, '--url', url];
	const { block: _, text, ...data } = explained;
	assert.equal((await type(...explain)).text.trimEnd(), text.trimEnd());
	assert.deepEqual(await json(...explain), data);

	// A stream begins with the newest inference, and continues after an event.
	const stream = `${base}/v1/stream?topics=${topic}`;
	const first = await event(stream, (one) => one.event === 'inference');
	assert.equal(JSON.parse(first.data).epoch, inference.epoch);
	const lost = await event(stream, (one) => one.event === 'inference', { 'last-event-id': '0-0' });
	assert.equal(lost.data, first.data);

	// Tools return what routes do, over HTTP and over a pipe.
	const call = { name: 'get_leaderboard', arguments: { topic, role: 'reputer' } };
	const route = `${base}/v1/topics/${topic}/leaderboard?role=reputer`;
	await same('a tool over HTTP', route, async () => {
		const response = await fetch(`${base}/mcp`, {
			method: 'POST',
			headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
			body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: call }),
		});
		return (await response.json()).result.structuredContent;
	});
	const pipe = tools(t);
	const clientInfo = { name: 'e2e', version: '1' };
	const { result } = await pipe.ask('initialize', { protocolVersion: '2025-06-18', capabilities: {}, clientInfo });
	assert.equal(result.serverInfo.name, 'allora-gateway');
	pipe.send({ method: 'notifications/initialized' });
	assert.equal((await pipe.ask('tools/list', {})).result.tools.length, 7);
	await same('a tool over a pipe', route, async () => (await pipe.ask('tools/call', call)).result.structuredContent);
	pipe.child.stdin.end();
	assert.equal((await once(pipe.child, 'exit'))[0], 0);

	// A change is posted, again if need be, with a signature.
	await until('a change is posted', () => hook.messages.length > 0, 40);
	const [{ headers, body }] = hook.messages;
	const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
	const signature = createHmac('sha256', key).update(signed).digest('base64');
	assert.equal(headers['webhook-signature'], `v1,${signature}`);
	assert.equal(JSON.parse(body).id, headers['webhook-id']);
	assert.ok(JSON.parse(body).data.block.number > 0);

	// One gateway per history, which the next one continues.
	const second = await type('gateway', '--url', url, '--listen', '127.0.0.1:0', '--history', history);
	assert.match(second.text, /another gateway uses .*choose another file by --history/);
	await stop();
	const { base: later } = await gateway(t, history);
	const { json: kept } = await get(`${later}/v1/topics/${topic}/history?limit=64`);
	assert.deepEqual(kept.epochs.slice(-past.epochs.length + 1), past.epochs.slice(1));
});
