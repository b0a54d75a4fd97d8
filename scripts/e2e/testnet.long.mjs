// A network from a list of two validators: its specification, and two nodes that make and finalize blocks by it.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { account, connect, finalised, freePort, start, timed, until } from './lib.mjs';

const run = promisify(execFile);
const scripts = fileURLToPath(new URL('..', import.meta.url));
const allora = (...args) => run(process.env.ALLORA_NODE, args, { maxBuffer: 2 ** 26 });

/** Starts a node; its address, and how to stop it. */
async function node(t, ...args) {
	const { child, ended, lines } = start(...args);
	t.after(() => child.kill('SIGKILL'));
	const port = await until('the node listens', () => {
		assert.equal(child.exitCode, null, lines.join('\n'));
		return lines.join('\n').match(/Running JSON-RPC server: .*127\.0\.0\.1:(\d+)/)?.[1];
	}, 180);
	const peer = await until('the node has an identity', () => lines.join('\n').match(/Local node identity is: (\w+)/)?.[1]);
	return { peer, stop: () => { child.kill('SIGINT'); return ended; }, url: `ws://127.0.0.1:${port}` };
}

/** Session keys of a stash in a keystore, made by a node of another chain, as docs/operators.md says. */
async function sessionKeys(t, stash, keystore) {
	const maker = await node(t, '--chain', 'dev', '--tmp', '--keystore-path', keystore);
	const { stdout } = await run(join(scripts, 'session-keys'), [stash, maker.url]);
	await maker.stop();
	return JSON.parse(stdout);
}

/** The list of a network with these validators. */
function list(validators) {
	const groups = ['foundation', 'participants', 'investors', 'team'].map((name) => [name, account(`test ${name}`).address]);
	return {
		name: 'Test', id: 'allora_test', committee: [account('test member').address],
		timing: { slot_duration_ms: 2_000, session_length: 10, sessions_per_era: 2 },
		groups: Object.fromEntries(groups),
		holder: [{ account: account('test faucet').address, amount: 1_000 }],
		validator: validators.map(({ keys, proof, stash }) => ({ stash, keys, proof, bond: 20_000, commission: 5 })),
	};
}

timed(600)('a list of validators becomes a network that finalizes', async (t) => {
	const work = await mkdtemp(join(tmpdir(), 'allora-testnet-'));
	t.after(() => rm(work, { recursive: true, force: true }));
	const stashes = ['one', 'two'].map((name) => account(`test ${name}`).address);
	const validators = [];
	for (const [at, stash] of stashes.entries()) validators.push({ stash, ...await sessionKeys(t, stash, join(work, `keys${at}`)) });
	const file = join(work, 'list.json');
	await writeFile(file, JSON.stringify(list(validators)));
	const [first, second] = [await allora('testnet-spec', file), await allora('testnet-spec', file)];
	assert.ok(first.stdout === second.stdout, 'the same bytes');
	const genesis = first.stderr.match(/^genesis block: +(0x\w{64})$/m)[1];
	await writeFile(join(work, 'spec.json'), first.stdout);

	// With the options that the page has operators install.
	const settings = await readFile(join(scripts, '../packaging/node.env'), 'utf8');
	const options = settings.match(/^ALLORA_NODE_OPTIONS=(.*)$/m)[1].split(' ');
	assert.ok(options.includes('--validator'));
	const nodes = [];
	for (const at of stashes.keys()) {
		const key = join(work, `node${at}`);
		await allora('key', 'generate-node-key', '--file', key);
		const peers = nodes.length === 0 ? [] : ['--bootnodes', `/ip4/127.0.0.1/tcp/${nodes[0].port}/p2p/${nodes[0].peer}`];
		const port = await freePort();
		nodes.push({ port, ...await node(t, '--chain', join(work, 'spec.json'), '--tmp', ...options, '--node-key-file', key,
			'--keystore-path', join(work, `keys${at}`), '--port', `${port}`, ...peers) });
	}
	const api = await connect(nodes[1].url);
	t.after(() => api.disconnect());
	assert.equal(api.genesisHash.toHex(), genesis);
	assert.equal((await api.rpc.system.chainType()).asCustom.toString(), 'Testnet');
	await until('four blocks are final', async () =>
		(await api.rpc.chain.getHeader(await api.rpc.chain.getFinalizedHead())).number.toNumber() >= 4, 120);
	const { query } = await finalised(api);
	assert.deepEqual((await query.session.validators()).map(String).sort(), [...stashes].sort());
	assert.ok((await query.sudo.key()).isNone);
	assert.equal((await query.staking.minValidatorBond()).toBigInt(), 10_000n * 10n ** 10n);
	assert.equal((await query.staking.validators(stashes[0])).commission.toNumber(), 50_000_000);
	assert.equal((await query.system.account(account('test faucet').address)).data.free.toBigInt(), 1_000n * 10n ** 10n);
	await api.disconnect();
	for (const one of nodes) await one.stop();
});

timed(60)('a list with a fault has its name, and no specification', async (t) => {
	const work = await mkdtemp(join(tmpdir(), 'allora-testnet-'));
	t.after(() => rm(work, { recursive: true, force: true }));
	const file = join(work, 'list.json');
	await writeFile(file, JSON.stringify(list([{ stash: account('test one').address, keys: '0x00' }])));
	await assert.rejects(allora('testnet-spec', file), ({ stderr, stdout }) => {
		assert.match(stderr, /WrongKeys: the 1 bytes of 5\w+ are not the \d session keys of this runtime/);
		assert.equal(stdout, '');
		return true;
	});
});
