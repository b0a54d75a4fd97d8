// scripts/validator on development chains: from no node at all to a node and a candidate, by options and by answers on a
// terminal; and on a chain with eras of twenty blocks from a candidate to a validator, and out again.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { ALLO, account, connect, freePort, sealed, start, timed, until } from './lib.mjs';

const script = fileURLToPath(new URL('../validator', import.meta.url));
const run = promisify(execFile);
const charlie = account('Charlie').address;

/** Whether a process runs. */
function runs(pid) {
	try {
		return process.kill(pid, 0);
	} catch {
		return false;
	}
}

/**
 * Runs the script on a terminal. Each of the answers is typed when its question is on the screen. Returns the exit code
 * and what the screen has shown.
 */
async function onTerminal(args, answers) {
	const command = [script, ...args].map((word) => `'${word}'`).join(' ');
	const child = spawn('script', ['--quiet', '--return', '--command', command, '/dev/null']);
	const ended = once(child, 'close');
	let screen = '';
	child.stdout.on('data', (data) => { screen += data; });
	let from = 0;
	try {
		for (const [question, answer] of answers) {
			const asked = () => screen.indexOf(question, from) + 1;
			const over = ended.then(() => assert.fail(`it ends without asking ${question}: ${screen}`));
			from = await Promise.race([until(`it asks ${question}`, asked, 60), over]);
			child.stdin.write(`${answer}\r`);
		}
		const [code] = await ended;
		return { code, screen };
	} finally {
		child.kill();
	}
}

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
	for (const of of [['--key', '//Charlie'], ['--account', account('Charlie').address]]) {
		const args = ['status', '--url', 'ws://127.0.0.1:1', ...of];
		await assert.rejects(run(script, args), /error: no node listens at ws:\/\/127\.0\.0\.1:1/);
	}
});

timed(120)('where no node listens, the script starts one, which stays', async (t) => {
	const folder = await mkdtemp(join(tmpdir(), 'allora-validator-'));
	await symlink(process.env.ALLORA_NODE, join(folder, 'allora-node'));
	const env = { ...process.env, PATH: `${folder}:${process.env.PATH}` };
	const base = join(folder, 'data');
	const url = `ws://127.0.0.1:${await freePort()}`;
	const validator = (...args) => run(script, [...args, '--url', url, '--key', '//Charlie'], { env });
	const joins = (...more) => {
		const own = ['--chain', 'dev', '--base-path', base, '--name', 'newcomer', '--bond', '1000', '--commission', '5'];
		const nodes = ['--alice', '--sealing', '100', '--port', '0', '--no-prometheus', '--no-telemetry', '--no-mdns'];
		return run(script, ['join', '--url', url, '--key', '//Charlie', ...own, ...more, '--', ...nodes], { env });
	};
	t.after(async () => {
		const text = (file) => readFile(join(base, file), 'utf8').catch(() => '');
		const pid = Number(await text('node.pid'));
		if (pid) process.kill(pid, 'SIGINT');
		await until('the node has ended', () => !pid || !runs(pid));
		if (!t.passed) t.diagnostic((await text('node.log')).slice(-4000));
		await rm(folder, { recursive: true });
	});

	await assert.rejects(joins('--dry-run'), /error: there is no node to look at, and nothing is started/);
	// Nobody is there to say yes.
	await assert.rejects(joins(), /error: nobody is there to ask: add --yes/);
	const { stdout } = await joins('--yes', '--no-wait');
	assert.match(stdout, /^This starts: allora-node --validator --chain dev .* --alice --sealing 100 /m);
	const [, pid, log] = stdout.match(/^It runs as process (\d+), and logs to (\S+)\. /m);
	assert.equal(log, join(base, 'node.log'));
	assert.match(stdout, /^Done, and final\.$/m);

	assert.ok(runs(Number(pid)));
	const status = JSON.parse((await validator('status', '--json')).stdout);
	assert.deepEqual([status.validating, status.nodeHasKeys, status.bonded], [true, true, (1_000n * ALLO).toString()]);
	// It finds the node that it has started.
	assert.match((await joins('--yes', '--no-wait')).stdout, /^A node listens at .*\n[^]*^There is nothing to send\.$/m);
});

timed(120)('on a terminal, the script asks for what is missing, and sends nothing without a yes', async (t) => {
	const folder = await mkdtemp(join(tmpdir(), 'allora-validator-'));
	t.after(() => rm(folder, { recursive: true }));
	const file = join(folder, 'charlie.json');
	await writeFile(file, JSON.stringify(account('Charlie').toJson('a password')));
	const nowhere = await onTerminal(['join', '--url', 'ws://127.0.0.1:1'], [
		['The chain to start one for, such as spec.json: ', ''],
		// It asks again for what has no default.
		['The chain to start one for, such as spec.json: ', 'no.json'],
		['Start it? (y/n) [n]: ', ''],
	]);
	assert.equal(nowhere.code, 1, nowhere.screen);
	assert.match(nowhere.screen, /This starts: allora-node --validator --chain no\.json --base-path validator-data /);
	assert.match(nowhere.screen, /error: nothing is started/);

	const { api, url } = await sealed(t, '100');
	const joins = (last) => onTerminal(['join', '--url', url, '--no-wait'], [
		['The key file of the account [key.json]: ', file],
		[`Password of ${file}: `, 'a password'],
		['Bond in ALLO, at least 100 ALLO [100]: ', '200'],
		['Commission in percent, at least ', ''],
		['Send it? (y/n) [n]: ', last],
	]);
	const refused = await joins('n');
	assert.equal(refused.code, 1, refused.screen);
	assert.match(refused.screen, /error: nothing is sent/);
	assert.equal((await api.query.staking.ledger(charlie)).isNone, true);

	const joined = await joins('y');
	assert.equal(joined.code, 0, joined.screen);
	assert.match(joined.screen, /Done, and final\./);
	assert.doesNotMatch(joined.screen, /a password/);
	assert.equal((await api.query.staking.ledger(charlie)).unwrap().active.toBigInt(), 200n * ALLO);
	assert.equal((await api.query.staking.validators(charlie)).commission.toNumber(), 50_000_000);
});
