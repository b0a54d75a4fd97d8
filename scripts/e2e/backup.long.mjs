// packaging/backup: what a node has on disk, on another disk.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { appendFile, copyFile, mkdtemp, rm, stat, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { rpc } from '../operators/metadata.mjs';
import { start, timed, until } from './lib.mjs';

const script = fileURLToPath(new URL('../../packaging/backup', import.meta.url));
const backup = (...args) => promisify(execFile)(script, args);

/** A node on this folder, with its session keys in the chain's folder or beside it; its address, and how to stop it. */
async function node(t, folder, keysAreBeside) {
	const keystore = keysAreBeside ? ['--keystore-path', join(folder, 'keystore')] : [];
	const { child, ended, lines } = start('--dev', '--base-path', folder, '--sealing', '100', ...keystore);
	t.after(() => child.kill('SIGKILL'));
	const port = await until('the node listens', () =>
		lines.join('\n').match(/Running JSON-RPC server: .*127\.0\.0\.1:(\d+)/)?.[1], 120);
	const stop = () => { child.kill('SIGINT'); return ended; };
	return { stop, url: `http://127.0.0.1:${port}` };
}

const height = async (url) => Number((await rpc(url, 'chain_getHeader')).number);

/** Backs up a node and restores it on another disk. */
async function backUpAndRestore(t, keysAreBeside) {
	const work = await mkdtemp(join(tmpdir(), 'allora-backup-'));
	t.after(() => rm(work, { recursive: true, force: true }));
	const [from, to, keyFile, dataFile] = ['from', 'to', 'keys.tar', 'database.tar'].map((name) => join(work, name));
	const one = await node(t, from, keysAreBeside);
	await assert.rejects(backup('keys', from, keyFile), /no session keys/);
	await backup('identity', from, join(work, 'identity.tar'));
	const keys = await rpc(one.url, 'author_rotateKeys');
	const peer = await rpc(one.url, 'system_localPeerId');
	await until('there are blocks', async () => await height(one.url) >= 3, 60);

	await backup('keys', from, keyFile);
	assert.equal((await stat(keyFile)).mode & 0o77, 0, 'others may not read keys');
	await assert.rejects(backup('keys', from, keyFile), /exists/);
	await assert.rejects(backup('database', from, dataFile), /a node runs on .*stop it/);
	const last = await height(one.url);
	await one.stop();
	await backup('database', from, dataFile);

	await backup('restore', keyFile, to);
	await backup('restore', dataFile, to);
	await assert.rejects(backup('restore', keyFile, to), /exists/);
	const two = await node(t, to, keysAreBeside);
	assert.ok(await height(two.url) >= last);
	assert.equal(await rpc(two.url, 'author_hasSessionKeys', [keys]), true);
	assert.equal(await rpc(two.url, 'system_localPeerId'), peer);
	await assert.rejects(backup('restore', keyFile, to), /a node runs on/);
	await two.stop();

	await appendFile(join(work, 'stray'), 'not a database');
	await promisify(execFile)('tar', ['--create', '--file', join(work, 'odd.tar'), '--directory', work, 'stray']);
	await assert.rejects(backup('restore', join(work, 'odd.tar'), join(work, 'new')), /is no archive of this script/);

	// A damaged archive leaves nothing that would be in the way of a good one, whose name may have a time.
	const [cut, dated] = [join(work, 'cut.tar'), join(work, 'keys-10:00.tar')];
	await copyFile(dataFile, cut);
	await truncate(cut, Math.floor((await stat(dataFile)).size / 2));
	await assert.rejects(backup('restore', cut, join(work, 'new')), /cut\.tar is damaged: nothing was restored/);
	await backup('database', from, dated);
	await backup('restore', dated, join(work, 'new'));
}

timed(240)('keys and database of a node are restored on another disk', (t) => backUpAndRestore(t, false));

timed(240)('keys that are beside the chain are restored with them', (t) => backUpAndRestore(t, true));
