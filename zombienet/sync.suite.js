// Fresh nodes join a chain: by all blocks, by warp sync, from a file of blocks, from a copy of a database in use, and on
// a disk that fills up.
'use strict';
const { execFileSync } = require('node:child_process');
const { cpSync, existsSync, mkdirSync, rmSync, statfsSync, statSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { until } = require('../scripts/e2e/chain');
const { load } = require('./lib');
const { run, suite } = require('./nodes');

const { xxhashAsHex } = load('@polkadot/util-crypto');

/** How a node says that its disk is full. */
const SPACE = /available space .* below threshold|no space left on device/i;

/** The blocks that the chain has before anybody joins. */
const LENGTH = 40;

const patch = { timing: { sessionLength: 10, sessionsPerEra: 3 } };

/** Some maps of the state, by the beginnings of their keys. */
const MAPS = new Map([['System', 'Account'], ['Staking', 'Ledger'], ['Staking', 'ErasStakersOverview'], ['Session', 'NextKeys']]
	.map((names) => [names.join('.'), `0x${names.map((name) => xxhashAsHex(name, 128).slice(2)).join('')}`]));

/** All keys of a node's state at this block, with their values. */
async function stateOf(node, block) {
	const state = new Map();
	for (let last = null; ;) {
		const keys = await node.rpc('state_getKeysPaged', '0x', 500, last, block);
		if (!keys.length) return state;
		const [{ changes }] = await node.rpc('state_queryStorageAt', keys, block);
		for (const [key, value] of changes) state.set(key, value);
		last = keys.at(-1);
	}
}

const seconds = (begin) => ((Date.now() - begin) / 1000).toFixed(1);

suite('sync: fresh nodes join a chain', { validators: 3, patch }, async (network, { step, saw }) => {
	await network.start();
	const [alice] = network.validators;
	await until(`${LENGTH} blocks are final`, async () => await alice.final() >= LENGTH, 240);

	step('full sync');
	let begin = Date.now();
	let target = await alice.final();
	const full = await network.add('full');
	await full.start();
	await network.agree(target, [alice, full]);
	saw(`seconds of a full sync of ${target} blocks, with the start of the node`, seconds(begin));

	step('warp sync');
	begin = Date.now();
	target = await alice.final();
	const warp = await network.add('warp', ['--sync', 'warp']);
	await warp.start();
	await until('the node has caught up', async () => await warp.final() >= target, 120);
	saw(`seconds of a warp sync past block ${target}, with the start of the node`, seconds(begin));
	if (!/Warp sync is complete/.test(warp.text)) throw new Error('the node has not used warp sync');
	const head = await warp.rpc('chain_getFinalizedHead');
	const { number } = await warp.rpc('chain_getHeader', head);
	await until('the block is final there, too', async () => await alice.final() >= Number(number), 60);
	const [has, wanted] = await Promise.all([warp, alice].map((node) => stateOf(node, head)));
	const differs = [...new Set([...has.keys(), ...wanted.keys()])].filter((key) => has.get(key) !== wanted.get(key));
	if (differs.length) throw new Error(`the node that warped has another state: ${differs.length} keys, ${differs[0]}`);
	const maps = [...MAPS].map(([name, prefix]) => [name, [...has.keys()].filter((key) => key.startsWith(prefix)).length]);
	saw('keys of its state, all of them with the same values', `${has.size}, ${maps.map((one) => one.join(' ')).join(', ')}`);
	if (maps.some(([, count]) => count < 2)) throw new Error('the state lacks entries of maps');
	// The blocks behind come later, the oldest first.
	await until('the blocks behind are there', async () =>
		(await Promise.all([1, target].map((number) => warp.hash(number)))).every(Boolean), 120);
	if (await warp.hash(1) !== await alice.hash(1)) throw new Error('block 1 differs');
	await network.agree(target, [alice, warp]);

	step('export and import of blocks');
	target = await full.final();
	const hash = await full.hash(target);
	await full.kill('SIGTERM');
	const file = join(network.folder, 'blocks');
	begin = Date.now();
	await run('export-blocks', '--chain', network.spec, '--base-path', full.base, '--to', `${target}`, '--binary', file);
	saw(`seconds of the export of ${target} blocks, and bytes`, `${seconds(begin)}, ${statSync(file).size}`);
	const imported = await network.add('imported');
	begin = Date.now();
	await run('import-blocks', '--chain', network.spec, '--base-path', imported.base, '--binary', file);
	saw('seconds of the import', seconds(begin));
	const info = await run('chain-info', '--chain', network.spec, '--base-path', imported.base);
	if (!info.includes(hash.slice(2)) && !info.includes(hash)) throw new Error(`the import ends elsewhere: ${info}`);
	await imported.start();
	await network.agree(await alice.final(), [alice, imported]);
	if (await imported.hash(target) !== hash) throw new Error('the imported chain is another one');
	await imported.kill('SIGTERM');

	step('a database copied while in use');
	await full.start();
	for (const name of ['copy-1', 'copy-2', 'copy-3']) {
		const copy = await network.add(name);
		const now = await full.final();
		await until('the node goes on', async () => await full.final() > now, 60);
		await until('a copy has been made', () => {
			rmSync(copy.base, { recursive: true, force: true });
			try {
				cpSync(full.base, copy.base, { recursive: true });
				return true;
			} catch (error) {
				// A file was deleted meanwhile.
				if (error.code !== 'ENOENT') throw error;
				return false;
			}
		});
		copy.launch();
		const follows = copy.ready().then(() => network.agree(now, [alice, copy])).then(() => 'recovers');
		follows.catch(() => {});
		const end = await Promise.race([copy.ended.then(([code, signal]) => code ?? signal), follows]);
		saw(name, end === 'recovers' ? end : `ends by ${end}`);
		if (end === 'recovers') await copy.kill('SIGTERM');
		// A node that refuses says why.
		else if (end !== 1 || !/^Error: /m.test(copy.text)) throw new Error(`${name} ended without an error`);
	}
	await full.kill('SIGTERM');

	const disk = join(network.folder, 'disk');
	mkdirSync(disk);
	try {
		execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=192m', 'tmpfs', disk], { stdio: 'pipe' });
	} catch (error) {
		return `a full disk, since this user cannot mount one (${String(error.stderr).trim()})`;
	}
	try {
		step('a disk with less than the threshold of 1024 MiB');
		const small = await network.add('small');
		small.base = join(disk, 'small');
		small.launch();
		const [refused] = await small.ended;
		saw('exit code', refused);
		saw('its last line', small.text.trim().split('\n').at(-1));
		if (refused !== 1 || !SPACE.test(small.text)) throw new Error('the node does not say that there is no space');

		// A node writes about 10 MiB of what it has in memory when it ends, so that much has to be left.
		for (const [threshold, left] of [[64, 48], [0, 0]]) {
			step(`a disk that fills up to ${left} MiB while the node runs, with a threshold of ${threshold} MiB`);
			rmSync(small.base, { recursive: true, force: true });
			const options = ['--db-storage-threshold', `${threshold}`];
			await small.start(options);
			target = await alice.final();
			await network.agree(target, [alice, small]);
			const said = small.text.length;
			const { bavail, bsize } = statfsSync(disk);
			try {
				writeFileSync(join(disk, 'filler'), Buffer.alloc(bavail * bsize - left * 2 ** 20));
			} catch (error) {
				// The node has written meanwhile: then nothing is left either.
				if (error.code !== 'ENOSPC') throw error;
			}
			const text = () => small.text.slice(said);
			await until('the node ends, or says that there is no space', () =>
				SPACE.test(text()) || small.child.exitCode !== null || small.child.signalCode !== null, 60);
			const end = await Promise.race([
				small.ended.then(([code, signal]) => code ?? signal),
				new Promise((done) => { setTimeout(done, 30_000, null); }),
			]);
			saw('exit code or signal', end ?? 'it runs on');
			saw('what it says', text().split('\n').findLast((line) => SPACE.test(line)) ?? 'nothing');
			// Without a threshold it may run on, too, and the system may end it when it writes to a file
			// that is mapped into memory.
			const ends = threshold ? [1] : [1, null, 'SIGBUS'];
			if (!ends.includes(end)) throw new Error(`the node ended by ${end}`);
			if (end !== 'SIGBUS' && !SPACE.test(text())) throw new Error('the node does not say that there is no space');
			if (end === null) {
				const [final, other] = [await small.final().catch(() => target), await alice.final()];
				saw('blocks finalized since the disk is full, and by another node', `${final - target}, ${other - target}`);
				if (other - target < 10) throw new Error('the others do not go on');
				await small.kill('SIGKILL');
			}
			rmSync(join(disk, 'filler'));
			begin = Date.now();
			await small.start(options);
			const now = await alice.final();
			await network.agree(now, [alice, small]);
			if (now <= target) throw new Error('no block is new to the node');
			saw('seconds from the restart with space until it has caught up', seconds(begin));
			if (await small.hash(target) !== await alice.hash(target)) throw new Error('a final block is lost');
			await small.kill('SIGTERM');
		}
	} finally {
		await Promise.all(network.running.filter(({ name }) => name === 'small').map((node) => node.kill()));
		execFileSync('umount', [disk]);
	}
	if (existsSync(join(disk, 'small'))) throw new Error('the disk is still mounted');
	return null;
});
