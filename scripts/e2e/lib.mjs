// What the tests share: a connection, the dev accounts, sending a transaction, and nodes of their own.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { ApiPromise, Keyring, WsProvider } from '@polkadot/api';
import { cryptoWaitReady } from '@polkadot/util-crypto';

import { parameters as base } from '../../zombienet/chain.js';

export { ALLO, finalised, fixed, send } from '../../zombienet/chain.js';

/** Parameters of a topic with the shortest epochs. */
export const parameters = {
	...base,
	metadata: 'e2e: the next value',
	epoch_length: 10,
	worker_window: 5,
	ground_truth_lag: 10,
	min_stake: 0,
};

/** Connects to a node, by default the one under test; fails if it does not answer. */
export async function connect(url = process.env.ALLORA_WS) {
	if (!url) throw new Error('ALLORA_WS names no node; use scripts/e2e/run');
	await cryptoWaitReady();
	return ApiPromise.create({
		provider: new WsProvider(url),
		noInitWarn: true,
		throwOnConnect: true,
	});
}

/** The dev account of this name. */
export function account(name) {
	return new Keyring({ type: 'sr25519', ss58Format: 42 }).addFromUri(`//${name}`);
}

/** Polls until `look` gives something true, which is returned. */
export async function until(what, look, seconds = 40) {
	const end = Date.now() + seconds * 1000;
	for (;;) {
		const found = await look();
		if (found) return found;
		if (Date.now() > end) throw new Error(`timed out waiting until ${what}`);
		await new Promise((resolve) => setTimeout(resolve, 250));
	}
}

/** The only event of this name among `events`. */
export function only(events, section, method) {
	const found = events.filter((event) => event.section === section && event.method === method);
	if (found.length !== 1) {
		const seen = events.map((event) => `${event.section}.${event.method}`).join(', ');
		throw new Error(`expected one ${section}.${method}, seen: ${seen}`);
	}
	return found[0];
}

/** Starts a node on free ports; its log so far is `lines`. */
export function start(...args) {
	const program = process.env.ALLORA_NODE;
	if (!program) throw new Error('ALLORA_NODE names no program; use scripts/e2e/run');
	const quiet = ['--no-prometheus', '--no-telemetry', '--no-mdns'];
	const child = spawn(program, [...args, '--rpc-port', '0', '--port', '0', ...quiet], {
		stdio: ['ignore', 'ignore', 'pipe'],
	});
	const lines = [];
	createInterface({ input: child.stderr }).on('line', (line) => lines.push(line));
	return { child, lines, ended: once(child, 'close') };
}

/** A connection to a dev node with this sealing; both end with the test, whose failure prints the log. */
export async function sealed(t, sealing) {
	const node = start('--dev', '--tmp', '--sealing', sealing);
	let api;
	t.after(async () => {
		await api?.disconnect();
		node.child.kill('SIGINT');
		await node.ended;
		if (!t.passed) node.lines.slice(-40).forEach((line) => t.diagnostic(line));
	});
	const port = await until('the node answers', () => {
		assert.equal(node.child.exitCode, null, 'the node ended');
		return node.lines.join('\n').match(/Running JSON-RPC server: .*127\.0\.0\.1:(\d+)/)?.[1];
	}, 180);
	api = await connect(`ws://127.0.0.1:${port}`);
	return api;
}

/** Asks for a block. */
export const create = (api, empty, finalise, parent = null) =>
	api._rpcCore.provider.send('engine_createBlock', [empty, finalise, parent]);
