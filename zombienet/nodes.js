// A network of nodes that a suite starts, kills, copies and cuts off from each other, which zombienet's language cannot
// say. The chain is the local one with one-second slots; all ports are free ones, all files in the suite's folder.
'use strict';
const { execFile, spawn } = require('node:child_process');
const { createHash } = require('node:crypto');
const { once } = require('node:events');
const { appendFileSync, closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { promisify } = require('node:util');
const chain = require('../scripts/e2e/chain');
const { load } = require('./lib');
const { Link } = require('./link');

const { ed25519PairFromSeed, base58Encode } = load('@polkadot/util-crypto');

const NODE = process.env.ALLORA_NODE;

/** The validators of the local chain, in the order in which its genesis lists them. */
const VALIDATORS = ['alice', 'bob', 'charlie', 'dave'];

/** What the node prints, or throws with what it has complained of. */
async function run(...args) {
	const { stdout } = await promisify(execFile)(NODE, args, { maxBuffer: 2 ** 28 });
	return stdout;
}

/** The command that runs another one in a network namespace of its own; `null` where the machine allows none. */
async function namespace() {
	// Root may make one also where users may not.
	for (const options of [['--map-root-user', '--net'], ['--net']]) {
		const command = ['unshare', ...options];
		const works = await promisify(execFile)(command[0], [...command.slice(1), 'ip', 'link', 'set', 'lo', 'up']).then(() => true, () => false);
		if (works) return command;
	}
	return null;
}

/** Writes `change` over `target`, object by object. */
function merge(target, change) {
	for (const [key, value] of Object.entries(change)) {
		const isObject = value !== null && typeof value === 'object' && !Array.isArray(value);
		if (isObject && target[key]) merge(target[key], value);
		else target[key] = value;
	}
}

/** A node; it has a name, and keeps its ports, its identity and its folder over restarts. */
class Node {
	constructor(network, name, args) {
		Object.assign(this, { network, name, args, child: null });
		this.base = join(network.folder, name);
		this.log = join(network.folder, `${name}.log`);
		const seed = createHash('sha256').update(`node ${name} of ${network.id}`).digest();
		this.key = seed.toString('hex');
		// The peer id is the public key as a protobuf message, in the form of a hash.
		const identity = Buffer.from('002408011220', 'hex');
		this.peer = base58Encode(Buffer.concat([identity, ed25519PairFromSeed(seed).publicKey]));
	}

	/** Its address for another node; in the namespace of that, a link listens on this port. */
	address() {
		return `/ip4/127.0.0.1/tcp/${this.port}/ws/p2p/${this.peer}`;
	}

	/** Its address for browsers without a certificate of an authority, which has the hash of its own one. */
	async webrtc() {
		const found = (await this.rpc('system_localListenAddresses')).find((address) => address.includes('/certhash/'));
		if (!found) throw new Error(`${this.name} does not listen on WebRTC`);
		return found;
	}

	get url() {
		return `ws://127.0.0.1:${this.rpcPort}`;
	}

	/** What it has logged since it was started for the first time. */
	get text() {
		return readFileSync(this.log, 'utf8');
	}

	/** Starts the process; `more` are options of this run only. */
	launch(more = []) {
		const { network } = this;
		const out = openSync(this.log, 'a');
		const args = [
			'--chain', network.spec, '--base-path', this.base, '--node-key', this.key,
			'--listen-addr', `/ip4/127.0.0.1/tcp/${this.port}/ws`,
			...(network.webrtc ? ['--listen-addr', `/ip4/127.0.0.1/udp/${this.port}/webrtc-direct`] : []),
			'--rpc-port', `${this.rpcPort}`,
			'--rpc-methods', 'unsafe', '--no-mdns', '--no-prometheus', '--no-telemetry',
			...network.peersOf(this), ...this.args, ...more,
		];
		const [program, ...rest] = network.relayed ? this.inside([NODE, ...args]) : [NODE, ...args];
		this.answers = false;
		this.child = spawn(program, rest, { stdio: ['ignore', out, out] });
		closeSync(out);
		this.ended = once(this.child, 'exit');
		return this;
	}

	/** The command that runs this command in a network namespace of its own, from which only the links lead. */
	inside(command) {
		const { network } = this;
		const local = (port) => ({ host: '127.0.0.1', port });
		const links = network.nodes.filter((other) => other !== this).map((other) =>
			[local(other.port), { path: network.socket(`${this.name}-${other.name}`) }]);
		links.push([{ path: network.socket(this.name) }, local(this.port)]);
		links.push([{ path: network.socket(`${this.name}-rpc`) }, local(this.rpcPort)]);
		const program = join(__dirname, 'link.js');
		return [...network.namespace, process.execPath, program, JSON.stringify({ links, command })];
	}

	/** Starts the process and waits until it answers. */
	async start(more = []) {
		await this.launch(more).ready();
		return this;
	}

	/** Waits until it answers. */
	async ready() {
		await chain.until(`${this.name} answers`, async () => {
			if (this.child.exitCode !== null) throw new Error(`${this.name} ended: ${this.text.slice(-2000)}`);
			return this.rpc('system_health').catch(() => null);
		}, 180);
		this.answers = true;
	}

	/** Ends the process by this signal, and returns its exit code. */
	async kill(signal = 'SIGKILL') {
		const { child, connection } = this;
		// Nobody else may use it from now on.
		this.child = this.connection = null;
		this.answers = false;
		await connection?.then((api) => api.disconnect(), () => {});
		child.kill(signal);
		const [code] = await this.ended;
		return code;
	}

	/** Calls a method of its RPC. */
	async rpc(method, ...params) {
		const response = await fetch(`http://127.0.0.1:${this.rpcPort}`, {
			method: 'POST',
			headers: { 'Content-Type': 'application/json' },
			body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
			signal: AbortSignal.timeout(30_000),
		});
		const { result, error } = await response.json();
		if (error) throw new Error(`${this.name}: ${method}: ${error.message}`);
		return result;
	}

	/** A connection of polkadot.js to it, which is kept until it is killed. */
	async api() {
		if (!this.child) throw new Error(`${this.name} does not run`);
		// One that fails is not kept.
		this.connection ??= chain.connect(this.url).catch((error) => {
			this.connection = null;
			throw error ?? new Error(`${this.name} does not accept a connection`);
		});
		return this.connection;
	}

	/** Closes the connection of polkadot.js; the next use makes a new one. */
	async forget() {
		const { connection } = this;
		this.connection = null;
		await connection?.then((api) => api.disconnect(), () => {});
	}

	async best() {
		return Number((await this.rpc('chain_getHeader')).number);
	}

	async final() {
		return Number((await this.rpc('chain_getHeader', await this.rpc('chain_getFinalizedHead'))).number);
	}

	async hash(number) {
		return this.rpc('chain_getBlockHash', number);
	}

	async peers() {
		return (await this.rpc('system_health')).peers;
	}
}

/** The network of one suite. */
class Network {
	/**
	 * Makes the genesis. The first `validators` of the four of the local chain validate; `patch` is written over the
	 * genesis of the runtime. With `relayed`, each node is in a network namespace of its own, and
	 * reaches the others only by links that can be cut; where the machine allows no namespaces, `namespace` is `null`,
	 * and no node can be started. With `webrtc`, nodes listen for browsers too.
	 */
	static async create({ validators = 4, patch = {}, relayed = false, webrtc = false } = {}) {
		const network = new Network();
		network.folder = mkdtempSync(join(process.env.ALLORA_NETWORKS, 'network-'));
		network.id = `${process.pid}-${Date.now()}`;
		Object.assign(network, { nodes: [], links: new Map(), rpcs: [], relayed, webrtc });
		if (relayed) network.namespace = await namespace();

		const plain = JSON.parse(await run('build-spec', '--chain', 'local', '--disable-default-bootnode'));
		const genesis = plain.genesis.runtimeGenesis.patch;
		for (const list of [genesis.session.keys, genesis.genesisValidators.commissions]) list.splice(validators);
		const stashes = genesis.session.keys.map(([stash]) => stash);
		// The validators come first among the stakers, then the nominators of all.
		genesis.staking.stakers.splice(validators, VALIDATORS.length - validators);
		for (const [, , , status] of genesis.staking.stakers) if (status.Nominator) status.Nominator = stashes;
		genesis.staking.validatorCount = validators;
		merge(genesis, { timing: { slotDurationMs: 1000 } });
		merge(genesis, patch);
		// Its own fork id, so that networks on one machine never mix.
		plain.forkId = network.id;
		network.spec = join(network.folder, 'plain.json');
		writeFileSync(network.spec, JSON.stringify(plain));
		const raw = await run('build-spec', '--chain', network.spec, '--raw', '--disable-default-bootnode');
		network.spec = join(network.folder, 'spec.json');
		writeFileSync(network.spec, raw);
		network.validators = [];
		for (const name of VALIDATORS.slice(0, validators)) {
			// The suites read what happened in all blocks, however long that takes on a busy machine.
			network.validators.push(await network.add(name, ['--validator', `--${name}`, '--state-pruning', 'archive']));
		}
		return network;
	}

	/** Adds a node that is not started yet. */
	async add(name, args = []) {
		const node = new Node(this, name, ['--name', name, ...args]);
		[node.port, node.rpcPort] = [await chain.freePort(), await chain.freePort()];
		mkdirSync(node.base);
		if (this.relayed) await this.link(node);
		this.nodes.push(node);
		return node;
	}

	/** The file of a socket; its path has to be short. */
	socket(name) {
		return join(this.folder, `${name}.sock`);
	}

	/** Makes the links between a new node and the others, and the one to its RPC. */
	async link(node) {
		const pairs = this.nodes.flatMap((other) => [[node, other], [other, node]]);
		for (const [from, to] of pairs) {
			const key = `${from.name}-${to.name}`;
			this.links.set(key, new Link({ path: this.socket(key) }, { path: this.socket(to.name) }));
		}
		this.rpcs.push(new Link({ host: '127.0.0.1', port: node.rpcPort }, { path: this.socket(`${node.name}-rpc`) }));
		await Promise.all([...this.links.values(), ...this.rpcs].map(({ ready }) => ready));
	}

	/** The options by which a node knows the others. */
	peersOf(node) {
		const known = this.nodes.filter((other) => other !== node && (this.relayed || this.validators.includes(other)));
		if (!known.length) return [];
		const addresses = known.map((other) => other.address());
		return this.relayed ? ['--reserved-only', '--reserved-nodes', ...addresses] : ['--bootnodes', ...addresses];
	}

	/** Starts all validators, and waits until each has the others as peers. */
	async start() {
		await Promise.all(this.validators.map((node) => node.start()));
		await chain.until('all validators are connected', async () => {
			const peers = await Promise.all(this.validators.map((node) => node.peers()));
			return peers.every((count) => count >= this.validators.length - 1);
		}, 120);
	}

	/** Cuts the links between these nodes and all others, or mends all links. */
	cut(nodes) {
		const within = new Set(nodes.map(({ name }) => name));
		for (const [key, link] of this.links) {
			const [from, to] = key.split('-');
			link.cut(within.has(from) !== within.has(to));
		}
	}

	/** The nodes that run. */
	get running() {
		return this.nodes.filter(({ child }) => child && child.exitCode === null);
	}

	/**
	 * Waits until all these nodes have finalized this block, and fails unless it is the same block, with the same state,
	 * on each; returns its hash.
	 */
	async agree(number, nodes = this.running, seconds = 120) {
		await chain.until(`block ${number} is final on ${nodes.map(({ name }) => name)}`, async () => {
			const finals = await Promise.all(nodes.map((node) => node.final()));
			return finals.every((final) => final >= number);
		}, seconds);
		const seen = await Promise.all(nodes.map(async (node) => {
			const hash = await node.hash(number);
			return `${hash} ${(await node.rpc('chain_getHeader', hash)).stateRoot}`;
		}));
		if (new Set(seen).size !== 1) throw new Error(`block ${number} differs: ${seen.join(', ')}`);
		return seen[0].split(' ')[0];
	}

	/** Ends everything. */
	async end() {
		// In a namespace, what runs there ends the node.
		await Promise.all(this.running.map((node) => node.kill(this.relayed ? 'SIGTERM' : 'SIGKILL')));
	}
}

/**
 * Runs a suite, a function that gets `step` and `saw` to say what it does and what it measured, and returns what this
 * machine has made it leave out, if anything. Exits with 1, after the ends of the logs, if it throws.
 */
async function suite(title, options, body) {
	const begin = Date.now();
	const say = (text) => console.log(`${String(Math.round((Date.now() - begin) / 1000)).padStart(4)} s  ${text}`);
	let network;
	try {
		console.log(title);
		network = await Network.create(options);
		for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => network.end().then(() => process.exit(1)));
		const leftOut = await body(network, { step: say, saw: (what, value) => say(`  ${what}: ${value}`) });
		say(leftOut ? `passed, BUT LEFT OUT ${leftOut}` : 'passed');
		// What runs several suites repeats it at the end.
		if (leftOut) appendFileSync(process.env.ALLORA_LEFT_OUT, `${title.split(':')[0]}: ${leftOut}\n`);
	} catch (error) {
		say(`FAILED: ${error?.stack ?? error}`);
		for (const node of network?.nodes ?? []) {
			try {
				console.log(`== ${node.log}\n${node.text.split('\n').slice(-40).join('\n')}`);
			} catch {
				// It was never started.
			}
		}
		process.exitCode = 1;
	} finally {
		await network?.end();
	}
	// Connections that polkadot.js still tries to repair must not keep the process.
	process.exit();
}

module.exports = { run, suite };
