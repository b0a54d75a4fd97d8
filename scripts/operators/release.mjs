// What scripts/release does with a built node: the metadata and the changelog, and whether the versions have risen.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { load, until } from '../e2e/lib.mjs';
import { changelog, checkRelease, compare, describe, print } from './interface.mjs';
import { decode, fetchMetadata } from './metadata.mjs';

const { u8aToHex } = load('@polkadot/util');
const { blake2AsHex } = load('@polkadot/util-crypto');

const RECORD = new URL('../../runtime/release.json', import.meta.url);
const INTERFACE = new URL('../../runtime/interface.json', import.meta.url);

/** What a file of JSON has; nothing if there is no such file. */
const read = (url) => readFile(url, 'utf8').then(JSON.parse).catch((error) => {
	if (error.code === 'ENOENT') return null;
	throw error;
});

/** The metadata of the runtime that a node has, by a development chain that makes no block. */
async function metadataOf(program) {
	const node = spawn(program, ['--dev', '--tmp', '--sealing', 'manual', '--rpc-port', '0', '--port', '0',
		'--no-prometheus', '--no-telemetry', '--no-mdns'], { stdio: ['ignore', 'ignore', 'pipe'] });
	let log = '';
	node.stderr.on('data', (data) => { log += data; });
	const ended = once(node, 'close');
	try {
		const port = await until('the node listens', () => {
			if (node.exitCode !== null) throw new Error(`the node has ended: ${log}`);
			return log.match(/Running JSON-RPC server: .*127\.0\.0\.1:(\d+)/)?.[1];
		}, 300);
		return await fetchMetadata(`http://127.0.0.1:${port}`);
	} finally {
		node.kill('SIGINT');
		await ended;
	}
}

const [folder, ...more] = process.argv.slice(2);
const metadata = await metadataOf(join(folder, 'allora-node'));
await writeFile(join(folder, 'metadata.scale'), metadata);
const after = describe(decode(metadata));
await writeFile(join(folder, 'interface.json'), print(after));

const wasm = await readFile(join(folder, 'allora_runtime.wasm'));
const release = {
	spec_version: after.spec_version,
	transaction_version: after.transaction_version,
	/** What system.authorize_upgrade takes. */
	code_hash: blake2AsHex(wasm, 256),
	code_bytes: wasm.length,
	metadata_hash: blake2AsHex(metadata, 256),
};
await writeFile(join(folder, 'release.json'), `${JSON.stringify(release, null, '\t')}\n`);

const [before, last] = [await read(INTERFACE), await read(RECORD)];
const changes = compare(before, after);
await writeFile(join(folder, 'CHANGES.md'), changelog(before, after, changes));
console.log(`runtime ${release.spec_version}, ${release.code_bytes} bytes, hash ${release.code_hash}; metadata ${u8aToHex(metadata.subarray(0, 5))}, ${metadata.length} bytes`);
console.log(`${changes.length} changes of the interface since ${last ? `release ${last.spec_version}` : 'the interface on file'}, ${changes.filter(({ breaks }) => breaks).length} of them break calls`);
const problems = checkRelease({ before, last }, { after, release }, changes);
problems.forEach((problem) => console.error(problem));
if (problems.length > 0) process.exit(1);
if (more.includes('--record')) {
	await writeFile(INTERFACE, print(after));
	await writeFile(RECORD, `${JSON.stringify(release, null, '\t')}\n`);
}
process.exit(0);
