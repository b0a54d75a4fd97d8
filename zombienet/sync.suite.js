// Fresh nodes join a chain: by all blocks, by warp sync, from a file of blocks, from a copy of a database in use, and on
// a disk that fills up.
'use strict';
const { execFileSync } = require('node:child_process');
const { cpSync, existsSync, mkdirSync, rmSync, statfsSync, statSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { until } = require('../scripts/e2e/chain');
const { run, suite } = require('./nodes');

/** The blocks that the chain has before anybody joins. */
const LENGTH = 40;

const patch = { timing: { sessionLength: 10, sessionsPerEra: 3 } };

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
	const [has, wanted] = await Promise.all([warp, alice].map((node) => node.rpc('state_getMetadata', head)));
	if (has !== wanted) throw new Error('the node that warped has another state');
	// The blocks behind come later.
	await until('the blocks behind are there', async () => await warp.hash(1) === await alice.hash(1), 120);
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
		saw(name, await Promise.race([copy.ended.then(([code]) => `refuses, exit code ${code}`), follows]));
		if (copy.child.exitCode === null) await copy.kill('SIGTERM');
		// A node that refuses says why.
		else if (!/^Error: /m.test(copy.text)) throw new Error(`${name} ended without an error`);
	}
	await full.kill('SIGTERM');

	const disk = join(network.folder, 'disk');
	mkdirSync(disk);
	try {
		execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=96m', 'tmpfs', disk], { stdio: 'pipe' });
	} catch (error) {
		step(`left out: a full disk, since this user cannot mount one (${String(error.stderr).trim()})`);
		return;
	}
	try {
		step('a disk with less than the threshold of 1024 MiB');
		const small = await network.add('small');
		small.base = join(disk, 'small');
		small.launch();
		const [refused] = await small.ended;
		saw('exit code', refused);
		saw('its last line', small.text.trim().split('\n').at(-1));
		if (refused === 0 || !/space/i.test(small.text)) throw new Error('the node does not say that there is no space');

		for (const [threshold, left] of [[20, 10], [0, 0]]) {
			step(`a disk that fills up to ${left} MiB while the node runs, with a threshold of ${threshold} MiB`);
			rmSync(small.base, { recursive: true, force: true });
			const options = ['--db-storage-threshold', `${threshold}`];
			await small.start(options);
			target = await alice.final();
			await network.agree(target, [alice, small]);
			const { bavail, bsize } = statfsSync(disk);
			try {
				writeFileSync(join(disk, 'filler'), Buffer.alloc(bavail * bsize - left * 2 ** 20));
			} catch (error) {
				// The node has written meanwhile: then nothing is left either.
				if (error.code !== 'ENOSPC') throw error;
			}
			const code = await Promise.race([
				small.ended.then(([ended, signal]) => ended ?? signal),
				new Promise((done) => { setTimeout(done, 30_000, null); }),
			]);
			saw('exit code or signal', code ?? 'it runs on');
			saw('what it says', small.text.split('\n').findLast((line) => /space/i.test(line)) ?? 'nothing');
			if (threshold && code === null) throw new Error('the node runs on below the threshold');
			if (code === null) {
				saw('blocks finalised since the disk is full', await small.final().catch(() => target) - target);
				await small.kill('SIGKILL');
			}
			rmSync(join(disk, 'filler'));
			begin = Date.now();
			await small.start(options);
			await network.agree(await alice.final(), [alice, small]);
			saw('seconds from the restart with space until it has caught up', seconds(begin));
			if (await small.hash(target) !== await alice.hash(target)) throw new Error('a final block is lost');
			await small.kill('SIGTERM');
		}
	} finally {
		await Promise.all(network.running.filter(({ name }) => name === 'small').map((node) => node.kill()));
		execFileSync('umount', [disk]);
	}
	if (existsSync(join(disk, 'small'))) throw new Error('the disk is still mounted');
});
