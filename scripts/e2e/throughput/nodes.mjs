// The nodes under load: their chain specification, their processes, and what these use.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { freePort, until } from '../lib.mjs';
import { address } from './signing.mjs';

const run = promisify(execFile);
const NODE = process.env.ALLORA_NODE;
/** Limits of the pool, the same for everything that is compared: as many as a minute of full blocks. */
export const POOL = ['--pool-limit', '32768', '--pool-kbytes', '65536'];
/** Clock ticks per second of the times in /proc. */
const TICKS = 100;

const VALIDATORS = ['alice', 'bob', 'charlie', 'dave'];
const nodeKey = (index) => `${index + 1}`.padStart(64, '0');

/** What has been started and made; `cleanUp` ends and removes it. */
const started = { nodes: new Set(), folders: new Set() };

/** Ends all nodes and removes their files. */
export async function cleanUp() {
	for (const { child } of started.nodes) child.kill('SIGKILL');
	await Promise.all([...started.nodes].map(({ ended }) => ended));
	await Promise.all([...started.folders].map((folder) => rm(folder, { recursive: true, force: true })));
	started.nodes.clear();
	started.folders.clear();
}

/** Writes the specification of a chain with these slots (milliseconds) and endowed accounts. */
async function specify(folder, chain, slot, endowed) {
	const { stdout } = await run(NODE, ['export-chain-spec', '--chain', chain], { maxBuffer: 2 ** 28 });
	const spec = JSON.parse(stdout);
	const { patch } = spec.genesis.runtimeGenesis;
	patch.timing.slotDurationMs = slot;
	for (const { accounts, planck } of endowed) {
		for (const account of accounts) patch.balances.balances.push([address(account), Number(planck)]);
	}
	const file = join(folder, 'chain.json');
	await writeFile(file, JSON.stringify(spec));
	return file;
}

/** A running node. */
class Node {
	constructor(name, base, args) {
		this.name = name;
		this.base = base;
		this.lines = [];
		this.proposals = new Map();
		this.child = spawn(NODE, args, { stdio: ['ignore', 'ignore', 'pipe'] });
		started.nodes.add(this);
		this.ended = once(this.child, 'close');
		createInterface({ input: this.child.stderr }).on('line', (line) => this.#read(line));
	}

	#read(line) {
		this.url ??= line.match(/Running JSON-RPC server: .*127\.0\.0\.1:(\d+)/)?.[1];
		const proposal = line.match(/Prepared block for proposing at \d+ \((\d+) ms\) hash: (0x\w+);.* end: (\w+);/);
		if (proposal) this.proposals.set(proposal[2], { milliseconds: Number(proposal[1]), end: proposal[3] });
		const sealed = line.match(/Hash now (0x\w+), previously (0x\w+)/);
		if (sealed) this.proposals.set(sealed[1], this.proposals.get(sealed[2]));
		this.lines.push(line);
		if (this.lines.length > 200) this.lines.shift();
	}

	async ready() {
		await until(`${this.name} listens`, () => {
			if (this.child.exitCode !== null) throw new Error(`${this.name} ended:\n${this.lines.slice(-20).join('\n')}`);
			return this.url;
		}, 120);
		return `ws://127.0.0.1:${this.url}`;
	}

	/** What the process uses: MiB of resident memory, of that of mapped files, and at most; seconds of processor; MiB of files. */
	async usage() {
		const status = await readFile(`/proc/${this.child.pid}/status`, 'utf8');
		const times = (await readFile(`/proc/${this.child.pid}/stat`, 'utf8')).split(') ')[1].split(' ');
		const mebibytes = (field) => Number(status.match(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm'))[1]) / 1024;
		return {
			memory: mebibytes('VmRSS'),
			mapped: mebibytes('RssFile'),
			mostMemory: mebibytes('VmHWM'),
			cpu: (Number(times[11]) + Number(times[12])) / TICKS,
			files: await sizeOf(this.base),
		};
	}

	async stop() {
		this.child.kill('SIGINT');
		await this.ended;
		started.nodes.delete(this);
	}
}

/** The size of a folder's files in MiB. */
async function sizeOf(folder) {
	const entries = await readdir(folder, { withFileTypes: true, recursive: true });
	const sizes = entries.filter((entry) => entry.isFile()).map((entry) =>
		stat(join(entry.parentPath ?? entry.path, entry.name)).then(({ blocks }) => blocks * 512, () => 0));
	return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0) / 2 ** 20;
}

/** Starts a node of its own chain, or the validators of the local chain; returns them with their addresses. */
export async function startNodes({ count = 1, slot, endowed, options = POOL }) {
	const folder = await mkdtemp(join(tmpdir(), 'allora-load-'));
	started.folders.add(folder);
	const spec = await specify(folder, count === 1 ? 'dev' : 'local', slot, endowed);
	const port = await freePort();
	// The identity that belongs to the first node key.
	const boot = `/ip4/127.0.0.1/tcp/${port}/p2p/12D3KooWEyoppNCUx8Yx66oV9fJnriXwCcXwDDUA2kj6vnc6iDEp`;
	const nodes = VALIDATORS.slice(0, count).map((name, index) => {
		const base = join(folder, name);
		const network = index === 0 ? ['--port', `${port}`] : ['--port', '0', '--bootnodes', boot];
		const quiet = ['--no-prometheus', '--no-telemetry', '--no-mdns', '--rpc-methods', 'unsafe'];
		return new Node(name, base, [
			'--chain', spec, `--${name}`, '--base-path', base, '--rpc-port', '0', '--node-key', nodeKey(index),
			...count === 1 ? ['--force-authoring'] : [], ...network, ...quiet, ...options,
		]);
	});
	const urls = await Promise.all(nodes.map((node) => node.ready()));
	return {
		nodes,
		urls,
		stop: async () => {
			await Promise.all(nodes.map((node) => node.stop()));
			await rm(folder, { recursive: true });
			started.folders.delete(folder);
		},
	};
}
