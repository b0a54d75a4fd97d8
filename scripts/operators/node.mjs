// A validator's node: found at an address, or started, and its session keys.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect, load, until } from '../e2e/lib.mjs';
import { rpc } from './metadata.mjs';
import { Failure } from './terminal.mjs';

const { hexToU8a, u8aToHex } = load('@polkadot/util');
const { decodeAddress } = load('@polkadot/util-crypto');

/** Whether a node listens at this address. */
export const listens = (url) => rpc(url, 'system_name').then(() => true, () => false);

/** Runs allora-node to its end; what it prints to standard error is in the error. */
async function runNode(...args) {
	const child = spawn('allora-node', args, { stdio: ['ignore', 'ignore', 'pipe'] });
	let text = '';
	child.stderr.on('data', (data) => { text += data; });
	const [code] = await Promise.race([once(child, 'close'), once(child, 'error').then(([error]) => { throw error; })])
		.catch((error) => { throw new Failure(`allora-node is not in the path: ${error.message}`); });
	return { code, text };
}

/** The command line of a validator's node. */
export function nodeArguments({ basePath, chain, extra, name, url }) {
	const port = new URL(url).port || '9944';
	return ['--validator', '--chain', chain, '--base-path', basePath, '--name', name, '--rpc-port', port, ...extra];
}

/** Starts a node that stays when this command has ended, and waits until it listens. */
export async function startNode({ basePath, chain, extra, name, url }) {
	await mkdir(basePath, { recursive: true, mode: 0o700 });
	// The identity in the network; a validator does not start without one.
	const { code, text } = await runNode('key', 'generate-node-key', '--chain', chain, '--base-path', basePath);
	if (code !== 0 && !/already exists/.test(text)) throw new Failure(text.trim());
	const log = join(basePath, 'node.log');
	const output = await open(log, 'a', 0o600);
	const child = spawn('allora-node', nodeArguments({ basePath, chain, extra, name, url }), {
		detached: true, stdio: ['ignore', output.fd, output.fd],
	});
	let ended = false;
	child.on('exit', () => { ended = true; });
	child.on('error', () => { ended = true; });
	await output.close();
	if (child.pid) await writeFile(join(basePath, 'node.pid'), `${child.pid}\n`);
	await until('the node listens', async () => {
		if (ended) throw new Failure(`the node has ended; its log is ${log}`);
		return listens(url);
	}, 300);
	child.unref();
	return { log, pid: child.pid };
}

/** Connects to the node, which has to be a validator's. */
export async function validatorNode(url) {
	if (!await listens(url)) throw new Failure(`no node listens at ${url}`);
	const roles = await rpc(url, 'system_nodeRoles');
	if (!roles.includes('Authority')) throw new Failure(`the node at ${url} runs without --validator`);
	return connect(url);
}

/** Waits until the node has the chain. */
export async function synced(api, say) {
	for (let told = -1; ;) {
		const [health, state] = await Promise.all([api.rpc.system.health(), api.rpc.system.syncState()]);
		const [at, of] = [`${state.currentBlock}`, `${state.highestBlock}`];
		const alone = health.peers.toNumber() === 0 && health.shouldHavePeers.isTrue;
		if (!health.isSyncing.isTrue && !alone) return;
		if (at !== told) say(alone ? 'the node has no peers yet' : `the node syncs: block ${at} of ${of}`);
		told = at;
		await sleep(2_000);
	}
}

/** New session keys on the node, with the proof that they are for this account. */
export async function makeKeys(url, address) {
	const owner = u8aToHex(decodeAddress(address));
	return rpc(url, 'author_rotateKeysWithOwner', [owner]).catch((error) => {
		throw new Failure(`${error.message}; the method is offered on the node's own machine only`);
	});
}

/** Whether the node has the private parts of these session keys. */
export const hasKeys = (url, keys) => rpc(url, 'author_hasSessionKeys', [keys]);

/** Session keys and a proof of the right length, to know what registering costs before there are any. */
export function sampleKeys(api) {
	const type = api.tx.session.setKeys.meta.args[0].type.toString();
	const keys = api.registry.createType(type);
	const length = hexToU8a(keys.toHex()).length;
	// A signature is at most twice as long as its key.
	return { keys: keys.toHex(), proof: `0x${'00'.repeat(2 * length)}` };
}
