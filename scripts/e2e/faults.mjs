// What the fault tests share: a node that can be killed, models that can be told what to do, relays that can be cut,
// agents that can be killed, and the count of what has come of it on the chain.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import { connect as connectTo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { ALLO, account, connect, finalHeader, freePort, only, openEpochs, parameters, send, start, until } from './lib.mjs';

/** The truth of every epoch, and what every model predicts. */
const VALUE = 100;

/**
 * A node of a development chain with a database and a port of its own, so that it can be started again; it ends with the
 * test.
 */
export class Node {
	/** Starts a node with these options, which makes blocks unless they name a chain. */
	static async start(t, ...options) {
		const node = new Node();
		node.folder = await mkdtemp(join(tmpdir(), 'allora-node-'));
		node.port = await freePort();
		node.url = `ws://127.0.0.1:${node.port}`;
		const chain = options.includes('--chain') ? [] : ['--dev'];
		node.options = [...chain, '--base-path', node.folder, ...options, '--rpc-port', `${node.port}`];
		t.after(async () => {
			node.over = true;
			await node.api?.disconnect();
			await node.stop('SIGKILL');
			await rm(node.folder, { recursive: true });
			if (!t.passed) node.run.lines.slice(-40).forEach((line) => t.diagnostic(line));
		});
		await node.begin();
		node.api = await connect(node.url);
		return node;
	}

	/** Starts the process, again if need be. */
	async begin() {
		if (this.over) return;
		this.run = start(...this.options);
		await until('the node listens', () => {
			assert.equal(this.run.child.exitCode, null, 'the node ended');
			return this.run.lines.some((line) => line.includes('Running JSON-RPC server'));
		}, 180);
	}

	/** Ends the process by a signal. */
	async stop(signal) {
		if (this.run.child.exitCode !== null) return;
		this.run.child.kill(signal);
		await this.run.ended;
	}
}

/** Models by HTTP. A model of a name responds with the value, unless `behave` has something else for its name. */
export async function modelServer(t) {
	const asked = new EventEmitter();
	const behave = new Map();
	const server = createHttpServer(async (request, response) => {
		const [, name, epoch] = decodeURIComponent(request.url).match(/^\/(.+)\/(\d+)$/);
		asked.emit(name, Number(epoch));
		const act = behave.get(name) ?? (() => VALUE);
		// A model may fail, respond late, or after the agent has gone.
		const value = await act(Number(epoch));
		if (value === null) request.socket.destroy();
		else response.end(`${value}`);
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	t.after(() => server.close().closeAllConnections());
	return { asked, behave, url: `http://127.0.0.1:${server.address().port}` };
}

/** A relay to a port, which ends with the test. It can be cut: by closing connections, or without a word. */
export async function relay(t, port) {
	const sockets = new Set();
	let state = 'open';
	const server = createServer((client) => {
		if (state === 'closed') {
			client.destroy();
			return;
		}
		const node = connectTo(port, '127.0.0.1');
		for (const socket of [client, node]) {
			sockets.add(socket);
			socket.on('error', () => {});
			socket.on('close', () => {
				sockets.delete(socket);
				// Frozen, it is silent about the other end too.
				if (state !== 'frozen') [client, node].forEach((end) => end.destroy());
			});
		}
		if (state === 'open') client.pipe(node).pipe(client);
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	const cut = (how) => {
		state = how;
		for (const socket of sockets) {
			if (how === 'frozen') socket.unpipe().pause();
			else socket.destroy();
		}
	};
	t.after(() => {
		cut('closed');
		server.close();
	});
	return {
		url: `ws://127.0.0.1:${server.address().port}`,
		close: () => cut('closed'),
		freeze: () => cut('frozen'),
		// What was frozen stays so; what connects from now on is relayed.
		open: () => { state = 'open'; },
	};
}

/** A topic on a chain with a reputer that nothing happens to, and agents to which something happens. */
export class Ward {
	/** Funds `accounts`, makes a topic and has a reputer report. */
	static async open(t, node, windows, names, makeBlocks = (done) => done) {
		const ward = new Ward();
		Object.assign(ward, { t, node, api: node.api, patients: [], events: new EventEmitter() });
		ward.events.setMaxListeners(0);
		ward.folder = await mkdtemp(join(tmpdir(), 'allora-faults-'));
		// Its agents may still be writing: they end after it.
		t.after(() => rm(ward.folder, { recursive: true, maxRetries: 5, retryDelay: 100 }));
		ward.models = await modelServer(t);
		ward.models.asked.setMaxListeners(0);
		await makeBlocks(ward.prepare(windows, ['reputer', ...names]));
		ward.watch();
		ward.reputer = await ward.admit('reputer', { reputer: true });
		return ward;
	}

	async prepare(windows, names) {
		const { api } = this;
		const alice = account('Alice');
		const shape = {
			...parameters, ...windows, min_stake: 100n * ALLO, max_inferers: 32, history: 64, loss_floor: 10n ** 15n,
		};
		const { topic } = only((await send(api, api.tx.topics.create(shape), alice)).events, 'topics', 'TopicCreated').data;
		this.topic = topic.toNumber();
		const gifts = names.map((name) => api.tx.balances.transferKeepAlive(this.key(name).address, 250n * ALLO));
		const calls = [...gifts, api.tx.topics.fund(this.topic, 500n * ALLO)];
		await send(api, api.tx.utility.batchAll(calls), alice);
	}

	/** The key of an agent. */
	key(name) {
		return account(`faults//${name}`);
	}

	/** Emits what agents have in the pool, in the best block and in finalized ones: `<stage> <address> <call>`. */
	watch() {
		const seen = new Set();
		const note = (stage, extrinsic) => {
			if (!extrinsic.isSigned) return;
			const id = `${stage} ${extrinsic.hash.toHex()}`;
			if (seen.has(id)) return;
			seen.add(id);
			const { section, method, args } = extrinsic.method;
			const epoch = section === 'inference' ? args[1].toNumber() : 0;
			this.events.emit(`${stage} ${extrinsic.signer.toString()} ${section}.${method}`, epoch);
		};
		let watching = true;
		this.t.after(() => { watching = false; });
		(async () => {
			while (watching) {
				try {
					if (!this.api.isConnected) throw new Error('the node is being restarted');
					(await this.api.rpc.author.pendingExtrinsics()).forEach((extrinsic) => note('pool', extrinsic));
					const { block } = await this.api.rpc.chain.getBlock();
					block.extrinsics.forEach((extrinsic) => note('block', extrinsic));
				} catch {
					// The connection may end at any time.
				}
				await sleep(40);
			}
		})();
	}

	/** Adds an agent with one role, and waits until it takes part. */
	async admit(name, options = {}) {
		const patient = new Patient(this, name, options);
		await patient.write();
		this.patients.push(patient);
		patient.start();
		// One that never takes part is in the table, as one without an epoch.
		if (!options.slow) await patient.ready().catch((error) => this.t.diagnostic(`${error}`));
		return patient;
	}

	/** The epoch that collects, `null` if none does. */
	async collecting() {
		return (await openEpochs(this.api, this.topic)).collecting;
	}

	/** Waits until the next epoch opens, and returns it. */
	async nextEpoch() {
		const before = await this.collecting().catch(() => null);
		let epoch = null;
		await until('the next epoch opens', async () => {
			epoch = await this.collecting().catch(() => null);
			return epoch !== null && epoch !== before;
		}, 120);
		return epoch;
	}

	/** Waits until the payloads of an epoch are all revealed, for good. */
	async closed(epoch) {
		const isClosed = async () => {
			const at = await this.api.at(await this.api.rpc.chain.getFinalizedHead());
			const record = (await at.call.topicsApi.epoch(this.topic, epoch)).unwrapOr(null);
			return record && !record.state.isCollecting && !record.state.isRevealing;
		};
		// The node may be ended meanwhile, and start again.
		await until(`epoch ${epoch} has its bundle`, () => isClosed().catch(() => false), 120);
	}

	/** The row of each agent: what has become of the epochs that opened while it took part, up to `last`. */
	async rows(last) {
		await this.closed(last);
		const sent = await this.sent();
		const rows = [];
		for (const patient of this.patients) {
			if (patient.options.reputer || patient.options.shares) continue;
			rows.push(await patient.row(last, sent));
		}
		return rows;
	}

	/** All that agents have had included in finalized blocks: address, call, epoch and whether it was refused. */
	async sent() {
		const { api } = this;
		const addresses = new Set(this.patients.map((patient) => patient.address));
		const found = [];
		const last = (await finalHeader(api)).number.toNumber();
		for (let number = 1; number <= last; number += 1) {
			const hash = await api.rpc.chain.getBlockHash(number);
			const { block } = await api.rpc.chain.getBlock(hash);
			const own = block.extrinsics.map((extrinsic, index) => ({ extrinsic, index }))
				.filter(({ extrinsic }) => extrinsic.isSigned && addresses.has(extrinsic.signer.toString()));
			if (own.length === 0) continue;
			const events = await (await api.at(hash)).query.system.events();
			for (const { extrinsic, index } of own) {
				const failed = events.some(({ phase, event }) => phase.isApplyExtrinsic
					&& phase.asApplyExtrinsic.eq(index) && api.events.system.ExtrinsicFailed.is(event));
				const { section, method, args } = extrinsic.method;
				const epoch = section === 'inference' ? args[1].toNumber() : null;
				found.push({ address: extrinsic.signer.toString(), call: `${section}.${method}`, epoch, failed });
			}
		}
		return found;
	}
}

/** An agent to which something happens. */
class Patient {
	constructor(ward, name, options) {
		Object.assign(this, { ward, name, options, lines: [], restarts: 0 });
		this.home = join(ward.folder, options.home ?? name);
		this.address = ward.key(options.shares ?? name).address;
		this.output = new EventEmitter();
	}

	/** Writes the settings. */
	async write() {
		const { ward, options, name } = this;
		const urls = options.endpoints ?? [ward.node.url];
		const model = options.command
			? `command = ${JSON.stringify(options.command)}`
			: `http = "${ward.models.url}/${encodeURIComponent(name)}/{Epoch}"`;
		const role = options.reputer
			? `[[reputer]]\ntopic = ${ward.topic}\nkey = "main"\ntruth = "model"\nstake = 100`
			: `[[worker]]\ntopic = ${ward.topic}\nkey = "main"\nmodel = "model"\njitter_s = ${options.jitter ?? 0}`;
		await mkdir(this.home, { recursive: true });
		for (const [file, text] of Object.entries(options.files ?? {})) await writeFile(join(this.home, file), text);
		await writeFile(join(this.home, 'agent.toml'), `
chain.endpoints = ${JSON.stringify(urls)}
keys.main.dev = "//faults//${options.shares ?? name}"
models.model = { ${model}, timeout_s = ${options.timeout ?? 30} }
${role}
`);
	}

	/** Starts the process. */
	start() {
		const [program, ...args] = [
			...(this.options.wrap ?? []), process.env.ALLORA_AGENT, 'run', '--config', join(this.home, 'agent.toml'),
		];
		const stdio = ['ignore', this.options.stdout ?? 'pipe', 'pipe'];
		// A group of its own: what wraps the agent may be another process.
		const child = spawn(program, args, { stdio, detached: true, env: { ...process.env, ...this.options.env } });
		for (const input of [child.stdout, child.stderr]) {
			if (!input) continue;
			createInterface({ input }).on('line', (line) => {
				this.lines.push(line);
				this.output.emit('line', line);
			});
		}
		this.child = child;
		this.ended = once(child, 'exit');
		const { t } = this.ward;
		if (this.restarts === 0) {
			t.after(async () => {
				this.over = true;
				await this.kill();
				if (!t.passed) this.lines.slice(-40).forEach((line) => t.diagnostic(`${this.name}: ${line}`));
			});
		}
		this.restarts += 1;
	}

	/** Waits until it takes part, and notes from which slot on. */
	async ready() {
		const { api, topic } = this.ward;
		const role = this.options.reputer ? 'Reputer' : 'Inferer';
		await until(`${this.name} is registered`, async () => {
			const actor = await api.call.aggregationApi.actor(topic, this.address, role);
			if (!actor.registered.isTrue) return false;
			if (!this.options.reputer) return true;
			return (await api.call.reputerApi.stake(topic, this.address)).own.toBigInt() > 0n;
		}, 120);
		this.since = (await api.call.topicsApi.clock()).slot.toNumber();
	}

	/** Waits for a line from now on, about an epoch later than `after` if the pattern has a group; returns that epoch. */
	line(pattern, after = 0) {
		return new Promise((resolve) => {
			const look = (line) => {
				const found = line.match(pattern);
				if (!found || Number(found[1] ?? Infinity) <= after) return;
				this.output.off('line', look);
				resolve(Number(found[1] ?? after));
			};
			this.output.on('line', look);
		});
	}

	/** Waits until its call of this name is at a stage, `pool` or `block`, for an epoch later than `after`. */
	async call(stage, name, after = -1) {
		for (;;) {
			const [epoch] = await once(this.ward.events, `${stage} ${this.address} ${name}`);
			if (epoch > after) return epoch;
		}
	}

	/** Waits until its model is asked about an epoch later than `after`. */
	async asked(after) {
		for (;;) {
			const [epoch] = await once(this.ward.models.asked, this.name);
			if (epoch > after) return epoch;
		}
	}

	/** Waits until its journal has an entry for an epoch later than `after`. */
	async journaled(after) {
		for (;;) {
			const text = await readFile(join(this.home, 'journal.json'), 'utf8').catch(() => '');
			const epochs = [...text.matchAll(/"epoch":(\d+)/g)].map(([, epoch]) => Number(epoch));
			const found = epochs.find((epoch) => epoch > after);
			if (found || this.over) return found;
			await sleep(5);
		}
	}

	/** Kills it, with what wraps it. */
	async kill() {
		if (this.child.exitCode === null && this.child.signalCode === null) process.kill(-this.child.pid, 'SIGKILL');
		await this.ended;
	}

	/** Kills it and starts it again. */
	async restart(pause = 200) {
		await this.kill();
		await sleep(pause);
		if (!this.over) this.start();
	}

	/** What has become of its epochs. */
	async row(last, sent) {
		const { api, topic } = this.ward;
		const at = await api.at(await api.rpc.chain.getFinalizedHead());
		const ends = (await at.call.topicsApi.epochs(topic)).map(([epoch]) => epoch.toNumber());
		const epochs = ends.filter((epoch) => epoch > this.since && epoch <= last);
		const row = { fault: this.options.fault ?? this.name, epochs: epochs.length, committed: 0, revealed: 0, accepted: 0 };
		const own = sent.filter(({ address }) => address === this.address);
		const of = (call, epoch) => own.filter((one) => one.call === call && one.epoch === epoch);
		const missed = [];
		for (const epoch of epochs) {
			const { inferer } = await at.call.explainApi.explain(this.address, topic, epoch);
			const outcome = inferer.standing.outcome.unwrapOr(null);
			row.committed += of('inference.commit', epoch).some(({ failed }) => !failed);
			row.revealed += of('inference.reveal', epoch).some(({ failed }) => !failed);
			row.accepted += outcome?.isAccepted === true;
			if (!outcome?.isAccepted) missed.push(epoch);
		}
		const keys = own.filter(({ epoch }) => epoch !== null).map(({ call, epoch }) => `${call} ${epoch}`);
		row.twice = keys.length - new Set(keys).size;
		row.refused = own.filter(({ failed }) => failed).length;
		row.expected = this.options.expected?.(epochs) ?? epochs.length;
		row.times = this.options.times?.() ?? null;
		row.missed = missed;
		return row;
	}
}

/** The rows as a table in Markdown, by the names of the faults. */
export function table(unsorted) {
	const rows = [...unsorted].sort((one, other) => one.fault.localeCompare(other.fault));
	const columns = ['fault', 'times', 'epochs', 'expected', 'committed', 'revealed', 'accepted', 'twice', 'refused'];
	const cells = rows.map((row) => columns.map((column) => `${row[column] ?? ''}`));
	const width = columns.map((column, index) => Math.max(column.length, ...cells.map((cell) => cell[index].length)));
	const line = (cell) => `| ${cell.map((text, index) => (index ? text.padStart(width[index]) : text.padEnd(width[index]))).join(' | ')} |`;
	const rule = `|${width.map((size, index) => `${'-'.repeat(size + 1)}${index ? ':' : '-'}`).join('|')}|`;
	return [line(columns), rule, ...cells.map(line)].join('\n');
}
