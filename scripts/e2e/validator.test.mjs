// scripts/validator on a development chain with eras of twenty blocks: from nothing to elected, and out again.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { ALLO, account, connect, start, timed, until } from './lib.mjs';

const script = fileURLToPath(new URL('../validator', import.meta.url));
const run = promisify(execFile);
const charlie = account('Charlie').address;

/** A chain with short eras and places for two validators, and a connection. */
async function shortEras(t) {
	const folder = await mkdtemp(join(tmpdir(), 'allora-validator-'));
	const { stdout } = await run(process.env.ALLORA_NODE, ['export-chain-spec', '--chain', 'dev'], { maxBuffer: 2 ** 26 });
	const spec = JSON.parse(stdout);
	const { staking, timing } = spec.genesis.runtimeGenesis.patch;
	Object.assign(timing, { sessionLength: 10, sessionsPerEra: 2, bondingDuration: 1 });
	staking.validatorCount = 2;
	await writeFile(join(folder, 'spec.json'), JSON.stringify(spec));
	await run(process.env.ALLORA_NODE, ['key', 'generate-node-key', '--file', join(folder, 'key')]);
	const node = start('--chain', join(folder, 'spec.json'), '--alice', '--tmp', '--sealing', '100', '--node-key-file', join(folder, 'key'));
	let api;
	t.after(async () => {
		await api?.disconnect();
		node.child.kill('SIGINT');
		await node.ended;
		if (!t.passed) node.lines.slice(-20).forEach((line) => t.diagnostic(line));
		await rm(folder, { recursive: true });
	});
	const port = await until('the node listens', () =>
		node.lines.join('\n').match(/Running JSON-RPC server: .*127\.0\.0\.1:(\d+)/)?.[1], 180);
	const url = `ws://127.0.0.1:${port}`;
	api = await connect(url);
	return { api, url };
}

timed(240)('an account becomes a validator, changes its keys and leaves', async (t) => {
	const { api, url } = await shortEras(t);
	const validator = async (...args) => (await run(script, [...args, '--url', url, '--key', '//Charlie', '--yes'])).stdout;
	const refusal = async (...args) => validator(...args).then(assert.fail, ({ code, stderr }) => {
		assert.equal(code, 1, stderr);
		return stderr;
	});
	const keys = async () => (await api.query.session.nextKeys(charlie)).unwrapOr(null)?.toHex() ?? null;

	assert.match(await validator('join', '--bond', '1000', '--commission', '5', '--dry-run'), /staking\.bond [^]*Nothing is sent\.$/m);
	assert.equal((await api.query.staking.ledger(charlie)).isNone, true);
	assert.match(await refusal('join', '--bond', '99'), /the bond must be at least 100 ALLO/);
	assert.match(await refusal('join', '--bond', '2000000'), /the account has .* free, and needs /);
	assert.match(await refusal('join', '--bnod', '1'), /there is no option --bnod/);

	const joined = await validator('join', '--bond', '1000', '--commission', '5');
	assert.match(joined, /^Elected: the account is a validator of this session\.$/m);
	assert.match(joined, /^standing +active: it produces blocks and votes$/m);
	const { query } = api;
	assert.ok((await query.session.validators()).some((who) => who.eq(charlie)));
	assert.equal((await query.staking.validators(charlie)).commission.toNumber(), 50_000_000);
	assert.equal((await query.staking.ledger(charlie)).unwrap().active.toBigInt(), 1_000n * ALLO);
	const first = await keys();
	assert.ok((await api.rpc.author.hasSessionKeys(first)).isTrue);

	assert.match(await validator('join', '--no-wait'), /There is nothing to send\./);
	assert.match(await validator('rotate-keys'), /the chain uses the new keys\.$/m);
	const second = await keys();
	assert.notEqual(second, first);
	assert.ok((await api.rpc.author.hasSessionKeys(second)).isTrue);
	const status = JSON.parse(await validator('status', '--json'));
	assert.deepEqual([status.active, status.nodeHasKeys, status.bonded], [true, true, (1_000n * ALLO).toString()]);

	assert.match(await validator('chill'), /The node must run on until the era ends/);
	await until('Charlie is out of the session', async () => {
		const { session } = api.query;
		const queued = (await session.queuedKeys()).map(([who]) => who);
		return ![...await session.validators(), ...queued].some((who) => who.eq(charlie));
	}, 60);
	const free = Number((await validator('leave')).match(/can be freed from era (\d+) on/)[1]);
	await until('the bond has unbonded', async () =>
		(await api.query.staking.activeEra()).unwrap().index.toNumber() >= free, 60);
	assert.match(await validator('leave'), /^The account has left: nothing is bonded\.$/m);
	assert.equal(await keys(), null);
	assert.equal((await api.query.system.account(charlie)).data.reserved.toBigInt(), 0n);
});

timed(30)('without a node, the script says so', async () => {
	const args = ['status', '--url', 'ws://127.0.0.1:1', '--key', '//Charlie'];
	await assert.rejects(run(script, args), /error: no node listens at ws:\/\/127\.0\.0\.1:1/);
});
