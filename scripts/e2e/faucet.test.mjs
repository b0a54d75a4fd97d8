// scripts/faucet on a development chain: what it gives, and what it refuses.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { DAY, Limits, network } from '../operators/limits.mjs';
import { ALLO, account, connect, load, sealed, start, timed, until } from './lib.mjs';

const { encodeAddress } = load('@polkadot/util-crypto');
const script = fileURLToPath(new URL('../faucet', import.meta.url));

/** A faucet; `ask` asks for a drip from a network address. */
async function faucet(t, url, folder, ...more) {
	const args = ['--key', '//Alice', '--url', url, '--listen', '0', '--state', join(folder, 'faucet.json'), '--behind-proxy', ...more];
	const child = spawn(script, args, { stdio: ['ignore', 'pipe', 'inherit'] });
	t.after(() => child.kill('SIGKILL'));
	const lines = createInterface({ input: child.stdout });
	const port = await new Promise((resolve, reject) => {
		child.once('exit', () => reject(new Error('the faucet has ended')));
		lines.on('line', (line) => {
			const found = line.match(/http:\/\/127\.0\.0\.1:(\d+)\//);
			if (found) resolve(found[1]);
		});
	});
	const base = `http://127.0.0.1:${port}`;
	const post = async (body, address, path = 'drip') => {
		const headers = address ? { 'X-Forwarded-For': `6.6.6.6, ${address}` } : {};
		const response = await fetch(`${base}/${path}`, { body, headers, method: 'POST' });
		return { retry: response.headers.get('retry-after'), status: response.status, ...await response.json() };
	};
	return {
		ask: (who, address) => post(JSON.stringify({ account: who }), address), base, post,
		stop: () => { child.kill('SIGTERM'); return new Promise((done) => { child.once('close', done); }); },
	};
}

timed(120)('the faucet gives once per account and address in a day, up to a sum', async (t) => {
	const folder = await mkdtemp(join(tmpdir(), 'allora-faucet-'));
	t.after(() => rm(folder, { recursive: true }));
	const { api, url } = await sealed(t, 'instant');
	const amounts = ['--amount', '2.5', '--per-day', '10'];
	const one = await faucet(t, url, folder, ...amounts);
	const people = ['one', 'two', 'three', 'four', 'five'].map((name) => account(`faucet ${name}`));
	const balance = async (who) => (await api.query.system.account(who.address)).data.free.toBigInt();

	const given = await one.ask(people[0].address, '10.0.0.1');
	assert.deepEqual([given.status, given.amount], [200, '25000000000']);
	assert.equal(await balance(people[0]), 25n * (ALLO / 10n));
	const again = await one.ask(people[0].address, '10.0.0.2');
	assert.deepEqual([again.status, again.error], [429, 'this account had a drip in the last 24 hours']);
	assert.ok(Number(again.retry) > 86_000 && Number(again.retry) <= 86_400, again.retry);
	assert.equal((await one.ask(encodeAddress(people[0].publicKey, 0), '10.0.0.2')).status, 429, 'the prefix of another network');
	const near = await one.ask(people[1].address, '10.0.0.1');
	assert.deepEqual([near.status, near.error], [429, 'your network address had a drip in the last 24 hours']);
	for (const bad of ['', 'no JSON', '{}', '{"account": 5}', '{"account": "5FLSigC9HGRKVhB9FiEo4Y3koPsNmBmLJbpXg2mp1hXcS59Z"}']) {
		assert.equal((await one.post(bad, '10.0.0.3')).status, 400, bad);
	}
	assert.equal((await one.post('x'.repeat(2_000), '10.0.0.3')).status, 413);
	assert.equal((await one.post('{}', '10.0.0.3', 'nothing')).status, 404);

	// Two at once, and two for the same account at once.
	const both = await Promise.all([one.ask(people[1].address, '10.0.0.4'), one.ask(people[2].address, '10.0.0.5'), one.ask(people[2].address, '10.0.0.6')]);
	assert.equal(both[0].status, 200);
	assert.deepEqual(both.slice(1).map(({ status }) => status).sort(), [200, 429]);
	assert.deepEqual(await Promise.all(people.slice(1, 3).map(balance)), [25n * (ALLO / 10n), 25n * (ALLO / 10n)]);
	await one.stop();

	const two = await faucet(t, url, folder, ...amounts);
	assert.equal((await two.ask(people[0].address, '10.0.0.7')).status, 429, 'a restart forgets nothing');
	assert.equal((await (await fetch(`${two.base}/status`)).json()).left, '25000000000');
	assert.equal((await two.ask(people[3].address, '10.0.0.8')).status, 200);
	const last = await two.ask(people[4].address, '10.0.0.9');
	assert.deepEqual([last.status, last.error], [429, 'the faucet has given all that it gives in 24 hours']);
	assert.equal(await balance(people[4]), 0n);
	assert.match(await (await fetch(two.base)).text(), /2\.5 ALLO for an account of this test network/);
	await two.stop();
	assert.equal(JSON.parse(await readFile(join(folder, 'faucet.json'), 'utf8')).length, 4);
});

timed(90)('the faucet refuses a chain that is not for tests', async (t) => {
	const folder = await mkdtemp(join(tmpdir(), 'allora-faucet-'));
	const run = promisify(execFile);
	const { stdout } = await run(process.env.ALLORA_NODE, ['export-chain-spec', '--chain', 'dev'], { maxBuffer: 2 ** 26 });
	await writeFile(join(folder, 'live.json'), JSON.stringify({ ...JSON.parse(stdout), chainType: 'Live' }));
	const node = start('--chain', join(folder, 'live.json'), '--tmp');
	t.after(async () => {
		node.child.kill('SIGINT');
		await node.ended;
		await rm(folder, { recursive: true });
	});
	const port = await until('the node listens', () =>
		node.lines.join('\n').match(/Running JSON-RPC server: .*127\.0\.0\.1:(\d+)/)?.[1], 60);
	const url = `ws://127.0.0.1:${port}`;
	await assert.rejects(run(script, ['--key', '//Alice', '--url', url]), /is of type Live: its tokens are not for tests/);
	const api = await connect(url);
	t.after(() => api.disconnect());
	const join_ = fileURLToPath(new URL('../validator', import.meta.url));
	await assert.rejects(run(join_, ['chill', '--key', '//Alice', '--url', url, '--yes']), /known to everybody/);
});

test('a network address is an IPv4 address or the first half of an IPv6 address', () => {
	assert.equal(network('10.1.2.3'), '10.1.2.3');
	assert.equal(network('::ffff:10.1.2.3'), '10.1.2.3');
	assert.equal(network('2001:db8:1:2:3:4:5:6'), '2001:db8:1:2::/64');
	assert.equal(network('2001:0db8:1:2::9'), '2001:db8:1:2::/64');
	assert.equal(network('2001:db8::1'), '2001:db8:0:0::/64');
	assert.equal(network('::1'), '0:0:0:0::/64');
});

test('a drip counts for a day', () => {
	const limits = new Limits({ amount: 1n, perDay: 1n });
	assert.ok(limits.take('a', '10.0.0.1', DAY).drip);
	assert.match(limits.take('b', '10.0.0.2', 2 * DAY - 1).refused, /all that it gives/);
	const { drip } = limits.take('a', '10.0.0.1', 2 * DAY);
	assert.ok(drip);
	limits.giveBack(drip);
	assert.ok(limits.take('b', '10.0.0.1', 2 * DAY).drip);
});

test('a drip that cannot be written down is an error, and the next one is written', async (t) => {
	const folder = await mkdtemp(join(tmpdir(), 'allora-limits-'));
	t.after(() => rm(folder, { recursive: true }));
	const limits = new Limits({ amount: 1n, file: join(folder, 'later', 'drips.json'), perDay: 9n });
	limits.take('a', '10.0.0.1', DAY);
	await assert.rejects(limits.save(), /ENOENT/);
	await mkdir(join(folder, 'later'));
	await limits.save();
	assert.match(await readFile(limits.file, 'utf8'), /"account":"a"/);
});
