// 20 workers and 5 reputers on 5 topics in one agent, for 200 epochs: run by scripts/e2e/faults --load. Prints what has
// become of the epochs, and the memory of the agent over time; ends with an error unless all are accepted.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ALLO, account, connect, eventsOf, parameters, send, start, until } from './lib.mjs';

const TOPICS = 5;
const WORKERS = 4;
const EPOCHS = Number(process.env.ALLORA_LOAD_EPOCHS ?? 200);
/** Milliseconds per block. Each is one slot, whatever time it takes. */
const BLOCK = Number(process.env.ALLORA_LOAD_BLOCK ?? 500);
const WINDOWS = { epoch_length: 12, worker_window: 5, reveal_window: 5, ground_truth_lag: 12 };
/** Where to draw the memory over time. */
const PLOT = process.env.ALLORA_LOAD_PLOT;

const topics = Array.from({ length: TOPICS }, (_, index) => index + 1);
const workers = topics.flatMap((topic) => Array.from({ length: WORKERS }, (_, index) => ({ topic, name: `load//w${topic}${index}` })));
const reputers = topics.map((topic) => ({ topic, name: `load//r${topic}` }));

/** Makes topics with funds, and funds the accounts. */
async function prepare(api) {
	const shape = { ...parameters, ...WINDOWS, min_stake: 100n * ALLO, history: 64, loss_floor: 10n ** 15n };
	const calls = [
		...topics.map(() => api.tx.topics.create(shape)),
		...topics.map((topic) => api.tx.topics.fund(topic, 2_000n * ALLO)),
		...[...workers, ...reputers].map(({ name }) => api.tx.balances.transferKeepAlive(account(name).address, 300n * ALLO)),
	];
	for (let from = 0; from < calls.length; from += 10) {
		await send(api, api.tx.utility.batchAll(calls.slice(from, from + 10)), account('Alice'));
	}
}

/** A model that responds with a number that depends on the worker. */
async function modelServer() {
	const server = createServer((request, response) => response.end(`${100 + Number(request.url.slice(-1)) / 10}`));
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	return server;
}

/** The settings of the agent. */
function settings(url, models) {
	const key = ({ name }) => `${name.slice(6)}`;
	const all = [...workers, ...reputers];
	return [
		`chain.endpoints = ["${url}"]`, '[keys]', ...all.map((one) => `${key(one)}.dev = "//${one.name}"`),
		'[models]', ...all.map((one) => `${key(one)}.http = "${models}/${key(one)}"`),
		...workers.map((one) => `[[worker]]\ntopic = ${one.topic}\nkey = "${key(one)}"\nmodel = "${key(one)}"`),
		...reputers.map((one) => `[[reputer]]\ntopic = ${one.topic}\nkey = "${key(one)}"\ntruth = "${key(one)}"\nstake = 100`),
	].join('\n');
}

/** The resident memory of a process in MiB. */
async function memory(pid) {
	const status = await readFile(`/proc/${pid}/status`, 'utf8');
	return Number(status.match(/^VmRSS:\s+(\d+) kB/m)[1]) / 1024;
}

/** The curve of the memory, as an SVG. */
function plot(points) {
	const [width, height, left, bottom, top] = [760, 260, 56, 40, 16];
	const [end, most] = [points.at(-1).epoch, Math.ceil(Math.max(...points.map(({ rss }) => rss)) / 20) * 20];
	const x = (epoch) => left + (epoch / end) * (width - left - 16);
	const y = (rss) => height - bottom - (rss / most) * (height - bottom - top);
	const text = (at, to, words, anchor = 'middle') => `<text x="${at.toFixed(1)}" y="${to.toFixed(1)}" text-anchor="${anchor}">${words}</text>`;
	const ticks = Array.from({ length: 5 }, (_, index) => index / 4);
	const grid = ticks.map((part) => {
		const [rss, epoch] = [part * most, Math.round(part * end)];
		return `<line x1="${left}" x2="${width - 16}" y1="${y(rss).toFixed(1)}" y2="${y(rss).toFixed(1)}" stroke="#ddd"/>`
			+ text(left - 6, y(rss) + 4, `${Math.round(rss)}`, 'end') + text(x(epoch), height - bottom + 18, `${epoch}`);
	}).join('\n');
	const line = points.map(({ epoch, rss }) => `${x(epoch).toFixed(1)},${y(rss).toFixed(1)}`).join(' ');
	return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12">
<rect width="${width}" height="${height}" fill="#fff"/>
${grid}
<polyline points="${line}" fill="none" stroke="#1f5fa8" stroke-width="1.5"/>
${text(width / 2, height - 6, 'epoch')}
${text(left, 11, 'resident memory of the agent in MiB', 'start')}
</svg>
`;
}

/** Counts what agents sent in each block, once it is final: by call, and what was refused. */
async function count(api, from, to, counts) {
	for (let number = from; number <= to; number += 1) {
		const hash = await api.rpc.chain.getBlockHash(number);
		const { extrinsics } = (await api.rpc.chain.getBlock(hash)).block;
		for (const [index, { isSigned, method, signer }] of extrinsics.entries()) {
			if (!isSigned || !['inference', 'reputer'].includes(method.section)) continue;
			const name = `${method.section}.${method.method}`;
			if (method.method === 'stake') continue;
			const key = `${signer} ${name} ${method.args[0]} ${method.args[1]}`;
			if (counts.keys.has(key)) counts.twice += 1;
			counts.keys.add(key);
			counts[name] = (counts[name] ?? 0) + 1;
			const failed = (await eventsOf(api, hash, index)).some((event) => api.events.system.ExtrinsicFailed.is(event));
			counts.refused += failed;
		}
	}
}

const folder = await mkdtemp(join(tmpdir(), 'allora-load-'));
const node = start('--dev', '--tmp', '--sealing', `${BLOCK}`, '--state-pruning', '1000', '--blocks-pruning', 'archive');
const server = await modelServer();
let child;
try {
	const port = await until('the node listens', () =>
		node.lines.join('\n').match(/Running JSON-RPC server: .*127\.0\.0\.1:(\d+)/)?.[1], 180);
	const url = `ws://127.0.0.1:${port}`;
	const api = await connect(url);
	await prepare(api);
	await writeFile(join(folder, 'agent.toml'), settings(url, `http://127.0.0.1:${server.address().port}`));
	child = spawn(process.env.ALLORA_AGENT, ['run', '--config', join(folder, 'agent.toml')]);
	const complaints = [];
	let lines = 0;
	for (const input of [child.stdout, child.stderr]) {
		createInterface({ input }).on('line', (line) => {
			lines += 1;
			if (line.includes('! ')) complaints.push(line);
		});
	}
	const started = Date.now();
	const isReady = async ({ topic, name }) => {
		const stake = await api.call.reputerApi.stake(topic, account(name).address);
		return stake.own.toBigInt() > 0n;
	};
	await until('all are registered', async () => {
		for (const { topic, name } of workers) {
			if (!(await api.call.aggregationApi.actor(topic, account(name).address, 'Inferer')).registered.isTrue) return false;
		}
		return (await Promise.all(reputers.map(isReady))).every(Boolean);
	}, 300);
	const since = (await api.call.topicsApi.clock()).slot.toNumber();
	const first = (await api.rpc.chain.getHeader()).number.toNumber();

	// Epochs are counted when they are settled; the chain forgets old ones.
	const settled = new Map(topics.map((topic) => [topic, new Set()]));
	const result = { accepted: 0, expected: 0, reports: 0, settled: 0, void: 0 };
	const counts = { twice: 0, refused: 0, keys: new Set() };
	const points = [];
	let counted = first;
	const done = () => Math.min(...[...settled.values()].map(({ size }) => size));
	while (done() < EPOCHS) {
		assert.equal(child.exitCode, null, 'the agent ended');
		const head = await api.rpc.chain.getFinalizedHead();
		const at = await api.at(head);
		for (const topic of topics) {
			for (const [id, { state }] of await at.call.topicsApi.epochs(topic)) {
				const epoch = id.toNumber();
				const seen = settled.get(topic);
				if (epoch <= since || seen.has(epoch) || seen.size >= EPOCHS || !(state.isSettled || state.isVoid)) continue;
				seen.add(epoch);
				result[state.isSettled ? 'settled' : 'void'] += 1;
				for (const { topic: own, name } of workers.filter((worker) => worker.topic === topic)) {
					const { inferer } = await at.call.explainApi.explain(account(name).address, own, epoch);
					result.expected += 1;
					result.accepted += inferer.standing.outcome.unwrapOr(null)?.isAccepted === true;
				}
				const { reputer } = await at.call.explainApi.explain(account(`load//r${topic}`).address, topic, epoch);
				result.reports += reputer.standing.outcome.unwrapOr(null)?.isAccepted === true;
			}
		}
		const last = (await api.rpc.chain.getHeader(head)).number.toNumber();
		await count(api, counted + 1, last, counts);
		counted = last;
		points.push({ epoch: done(), rss: await memory(child.pid), seconds: Math.round((Date.now() - started) / 1000) });
		if (points.length % 20 === 1) console.log(JSON.stringify({ ...points.at(-1), ...result }));
		await new Promise((next) => setTimeout(next, 2_000));
	}
	const { keys, ...rest } = counts;
	console.log(JSON.stringify({ result, ...rest, lines, complaints: complaints.length, seconds: points.at(-1).seconds }, null, '\t'));
	complaints.slice(0, 20).forEach((line) => console.log(line));
	for (const part of [0, 1, 2, 4, 6, 8, 10]) {
		const point = points.find(({ epoch }) => epoch >= (part * EPOCHS) / 10);
		console.log(`epoch ${point.epoch}: ${point.rss.toFixed(1)} MiB after ${point.seconds} s`);
	}
	if (PLOT) await writeFile(PLOT, plot(points));
	await api.disconnect();
	assert.equal(result.accepted, result.expected, 'not all were accepted');
	assert.equal(result.reports, result.settled, 'not all reports were accepted');
	assert.equal(counts.twice, 0, 'something was sent twice');
} finally {
	child?.kill('SIGKILL');
	node.child.kill('SIGINT');
	await node.ended;
	server.close();
	server.closeAllConnections();
	await rm(folder, { recursive: true });
}
